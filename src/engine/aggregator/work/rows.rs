//! What an institution told as rows of the store: accounts with their terms and who the person is, and the transactions of
//! one account, each once. Must not know: when they are written.

use super::Work;
use crate::crypto::Keyring;
use crate::domain::account::{Account, AccountFacts, Identity, Transaction, TransactionFacts};
use crate::domain::connection::ACCOUNTS_MAX;
use crate::domain::day::Day;
use crate::domain::entropy::Entropy;
use crate::domain::id::{AccountId, IdentityId, TransactionId};
use crate::domain::job::Plan;
use crate::domain::time::UnixMillis;
use crate::engine::committer::Write;
use crate::engine::house::House;
use crate::engine::records::RecordError;
use crate::engine::records::data::ReadingWriter;
use crate::store::key::Reading;
use std::collections::{BTreeMap, BTreeSet};

impl Work {
    pub(super) fn take_accounts(&mut self, now: UnixMillis, keyring: &Keyring, facts: Vec<AccountFacts>) {
        let mut seen = BTreeSet::new();
        let (user, institution) = (self.plan.user, self.plan.institution);
        self.accounts = facts
            .into_iter()
            .map(|facts| (AccountId::of(keyring, user, institution, &facts), facts))
            .filter(|(id, _)| seen.insert(*id))
            .take(ACCOUNTS_MAX)
            .map(|(id, facts)| Account {
                id,
                connection: self.plan.connection,
                institution,
                updated: now,
                span: None,
                facts,
            })
            .collect();
    }

    pub(super) fn account_rows(
        &self,
        now: UnixMillis,
        entropy: &mut Entropy,
        house: &House,
    ) -> Result<Vec<Write>, RecordError> {
        let writer = ReadingWriter::new(self.reading(), &self.key);
        let mut rows = Vec::with_capacity(self.accounts.len() + 1);
        if let Some(facts) = &self.identity {
            let identity = Identity {
                id: IdentityId::of(&house.keyring, self.plan.connection),
                connection: self.plan.connection,
                institution: self.plan.institution,
                updated: now,
                facts: facts.clone(),
            };
            rows.push(writer.identity(&identity, entropy.nonce())?);
        }
        for account in &self.accounts {
            rows.push(writer.account(account, entropy.nonce())?);
            rows.extend(writer.terms(account, || entropy.nonce())?);
        }
        Ok(rows)
    }

    const fn reading(&self) -> Reading {
        let Plan { user, connection, generation, .. } = self.plan;
        Reading { user, connection, generation }
    }

    /// The account's transactions, each once, and the account again with the days they are known of. The
    /// place of one within its day is counted from the oldest: what comes later moves none.
    pub(super) fn transaction_rows(
        &mut self,
        now: UnixMillis,
        entropy: &mut Entropy,
        keyring: &Keyring,
    ) -> Result<Vec<Write>, RecordError> {
        let key = self.key.clone();
        let writer = ReadingWriter::new(self.reading(), &key);
        let facts = std::mem::take(&mut self.pages.facts);
        let Some(account) = self.accounts.get_mut(self.pages.account) else { return Ok(Vec::new()) };
        account.updated = now;
        account.span = days_of(&facts);
        let mut rows = vec![writer.account(account, entropy.nonce())?];
        let mut seen = BTreeSet::new();
        let mut in_day: BTreeMap<Day, u32> = BTreeMap::new();
        for facts in facts.into_iter().rev() {
            let id = TransactionId::of(keyring, account.id, &facts.reference);
            if !seen.insert(id) {
                continue;
            }
            if facts.is_posted && !self.known.contains(&id) {
                self.new = self.new.saturating_add(1);
            }
            let ordinal = in_day.entry(facts.day).or_default();
            *ordinal += 1;
            let transaction = Transaction {
                id,
                account: account.id,
                connection: self.plan.connection,
                institution: self.plan.institution,
                facts,
            };
            rows.push(writer.transaction(&transaction, *ordinal, entropy.nonce())?);
        }
        Ok(rows)
    }
}

fn days_of(facts: &[TransactionFacts]) -> Option<(Day, Day)> {
    let posted = || facts.iter().filter(|facts| facts.is_posted).map(|facts| facts.day);
    posted().min().zip(posted().max())
}
