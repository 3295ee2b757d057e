//! What is shown of institutions, compared with what they told: all of it, once, in order, and nothing
//! before it is there or after its consent. The server's own reading shows it, from the durable rows.

use super::Outcome;
use super::asks::Wish;
use super::banks::{Banks, Telling};
use super::checker::{Checker, broken, readable};
use super::log::Log;
use super::world::{Asked, World};
use crate::crypto::Keyring;
use crate::domain::account::{Account, Transaction, TransactionFacts};
use crate::domain::bank::BankSession;
use crate::domain::command::Reply;
use crate::domain::connection::{Connection, ConnectionView, Generation};
use crate::domain::day::Day;
use crate::domain::event::EventData;
use crate::domain::id::{AccountId, ConnectionId, TransactionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::user::{Presence, User};
use crate::engine::read::Keys;
use crate::engine::read::sources::{self, AccountFilter, Source};
use crate::engine::read::transactions::{TransactionFilter, transactions};
use crate::engine::user::core::Refusal;
use crate::engine::user::load::Library;
use crate::store::key::{self, Kind};
use crate::store::{Batch, Store};
use std::collections::{BTreeMap, BTreeSet};

/// How many transactions a page holds: few, so that most lists have several.
const PAGE: usize = 20;

/// What was told of what a connection shows.
#[derive(Debug, Default)]
struct Behind {
    accounts: Option<Telling>,
    transactions: Option<Telling>,
}

/// What is shown, by connection.
#[derive(Debug, Default)]
pub(super) struct Shown {
    behind: BTreeMap<ConnectionId, Behind>,
    /// How many transactions of a connection came to be shown with the batch at hand.
    news: BTreeMap<ConnectionId, usize>,
}

/// What an institution told of one account.
struct ToldOf<'a> {
    id: AccountId,
    transactions: Vec<&'a TransactionFacts>,
}

fn told_of<'a>(
    keyring: &Keyring,
    user: UserId,
    institution: InstitutionId,
    telling: &'a Telling,
) -> Vec<ToldOf<'a>> {
    let all = telling.accounts().map(|(facts, transactions)| {
        let id = AccountId::of(keyring, user, institution, facts);
        ToldOf { id, transactions }
    });
    all.collect()
}

/// All pages of what is shown.
fn pages(store: &dyn Store, sources: &[Source]) -> Outcome<Vec<Transaction>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let filter = TransactionFilter::default();
        let page = readable(transactions(store, sources, &filter, cursor, PAGE, Day::default()))?;
        all.extend(page.transactions);
        cursor = page.next;
        if cursor.is_none() {
            let days = all.iter().map(|one| one.facts.day);
            return if page.total != all.len() {
                broken("SHOWN", format!("{} of {} transactions are on the pages", all.len(), page.total))
            } else if !days.is_sorted_by(|one, next| one >= next) {
                broken("SHOWN", "an older transaction stands before a newer one")
            } else {
                Ok(all)
            };
        }
    }
}

/// One account's share of a list is exactly what was told, newest first.
fn same_transactions(shown: &[Transaction], told: &ToldOf<'_>) -> Outcome<()> {
    let ours = shown.iter().filter(|one| one.account == told.id).map(|one| &one.facts);
    if ours.eq(told.transactions.iter().copied()) {
        return Ok(());
    }
    let count = shown.iter().filter(|one| one.account == told.id).count();
    let (id, told) = (told.id, told.transactions.len());
    broken("SHOWN", format!("account {id} shows {count} transactions, of which {told} were told otherwise"))
}

fn days(told: &[&TransactionFacts]) -> Option<(Day, Day)> {
    let posted = || told.iter().filter(|one| one.is_posted).map(|one| one.day);
    posted().min().zip(posted().max())
}

/// The sources of a user, in the order in which they come first.
fn views(user: &User) -> Vec<ConnectionView> {
    let mut views: Vec<ConnectionView> = user.connections.iter().map(Connection::view).collect();
    views.sort_by_key(|view| std::cmp::Reverse((view.last_used, view.created, view.id)));
    views
}

fn open(library: &Library, user: UserId, views: &[ConnectionView]) -> Outcome<Vec<Source>> {
    let sources = readable(sources::open(library, user, views))?;
    if sources.some_are_closed {
        return broken("SHOWN", format!("a connection of user {user} has no key"));
    }
    Ok(sources.open)
}

impl Checker {
    /// One committed step of a user: what comes to be shown by it is exactly what was told.
    pub(super) fn note_shown(
        &mut self,
        before: Option<&User>,
        after: &User,
        banks: &Banks,
        log: &mut Log,
    ) -> Outcome<()> {
        let here: BTreeSet<ConnectionId> = after.connections.iter().map(|one| one.id).collect();
        self.shown.behind.retain(|id, _| {
            let is_ours = before.is_some_and(|user| user.connections.iter().any(|one| one.id == *id));
            !is_ours || here.contains(id)
        });
        for one in &after.connections {
            let old = before.and_then(|user| user.connections.iter().find(|old| old.id == one.id));
            let old = old.map_or((0, 0), |old| (old.accounts_generation, old.transactions_generation));
            let (accounts, transactions) =
                (old.0 != one.accounts_generation, old.1 != one.transactions_generation);
            if !accounts && !transactions {
                continue;
            }
            if one.accounts_generation == 0 && one.transactions_generation == 0 {
                self.shown.behind.remove(&one.id);
                self.check_accounts(after, one)?;
                log.mark("what was read was purged");
                continue;
            }
            let telling = one.session.as_ref().and_then(|session| banks.telling(session));
            let Some(telling) = telling else {
                return broken("CS-1", format!("connection {} shows something without a sign-in", one.id));
            };
            let behind = self.shown.behind.entry(one.id).or_default();
            if accounts {
                behind.accounts = Some(telling.clone());
                log.mark("accounts came to be shown");
            }
            if transactions {
                let old = behind.transactions.replace(telling.clone());
                let new = news(old.as_ref(), &telling);
                self.shown.news.insert(one.id, new);
                log.mark(if old.is_some() { "a login was read again" } else { "a login was read" });
                if telling.accounts().any(|(_, all)| all.len() > 128) {
                    log.mark("more than one batch of transactions was read");
                }
            }
            self.check_accounts(after, one)?;
            if transactions {
                self.check_transactions(after, one)?;
            }
        }
        Ok(())
    }

    /// The last generation by which a connection shows anything, as durable.
    pub(super) fn generation_shown(&self, user: UserId, connection: ConnectionId) -> Generation {
        let Some(Presence::Here(user)) = self.presence(user) else { return 0 };
        let one = user.connections.iter().find(|one| one.id == connection);
        one.map_or(0, |one| one.accounts_generation.max(one.transactions_generation))
    }

    /// The accounts that a connection shows are exactly what was told.
    fn check_accounts(&self, user: &User, one: &Connection) -> Outcome<()> {
        let Some(behind) = self.shown.behind.get(&one.id) else {
            let nothing = one.accounts_generation == 0 && one.transactions_generation == 0;
            return if nothing { Ok(()) } else { broken("SHOWN", "a connection shows what nobody told") };
        };
        let store = self.replay.as_ref();
        let sources = open(&self.library, user.id, &[one.view()])?;
        let all = AccountFilter { with_terms: true, ..AccountFilter::default() };
        let accounts = readable(sources::accounts(store, &sources, &all))?;
        let shown: BTreeMap<AccountId, &Account> = accounts.iter().map(|one| (one.id, one)).collect();
        let telling = behind.accounts.as_ref();
        let told: BTreeMap<AccountId, _> = telling
            .into_iter()
            .flat_map(Telling::accounts)
            .map(|(facts, _)| (AccountId::of(&self.keyring, user.id, one.institution, facts), facts))
            .collect();
        let same = accounts.len() == shown.len()
            && shown.iter().map(|(id, one)| (id, &one.facts)).eq(told.iter().map(|(id, facts)| (id, *facts)));
        if !same {
            return broken(
                "SHOWN",
                format!("connection {} shows {} accounts of {}", one.id, accounts.len(), told.len()),
            );
        }
        let identities = readable(sources::identities(store, &sources))?;
        let known = telling.map(Telling::identity);
        if identities.len() > 1 || identities.iter().any(|one| Some(&one.identity.facts) != known) {
            return broken("SHOWN", format!("connection {} shows another person", one.id));
        }
        Ok(())
    }

    /// And its transactions.
    fn check_transactions(&self, user: &User, one: &Connection) -> Outcome<()> {
        let behind = self.shown.behind.get(&one.id);
        let Some(telling) = behind.and_then(|behind| behind.transactions.as_ref()) else { return Ok(()) };
        let store = self.replay.as_ref();
        let sources = open(&self.library, user.id, &[one.view()])?;
        let all = pages(store, &sources)?;
        let listed: BTreeSet<AccountId> = one.accounts.iter().map(|mark| mark.id).collect();
        let told = told_of(&self.keyring, user.id, one.institution, telling);
        let told: Vec<ToldOf<'_>> = told.into_iter().filter(|told| listed.contains(&told.id)).collect();
        told.iter().try_for_each(|told| same_transactions(&all, told))?;
        let count: usize = told.iter().map(|told| told.transactions.len()).sum();
        if count != all.len() {
            return broken("SHOWN", format!("{} transactions are shown of {count}", all.len()));
        }
        // An account knows of its days once they are read; they come with the transactions' generation.
        let is_whole = one.accounts_generation == one.transactions_generation;
        let accounts = readable(sources::accounts(store, &sources, &AccountFilter::default()))?;
        let wrong = told.iter().find(|told| {
            let shown = accounts.iter().find(|one| one.id == told.id);
            shown.is_none_or(|shown| shown.span != days(&told.transactions))
        });
        match wrong.filter(|_| is_whole) {
            Some(told) => broken("SHOWN", format!("account {} has other days than was told", told.id)),
            None => Ok(()),
        }
    }

    /// Of new transactions is told once, and how many.
    pub(super) fn check_news(&mut self, batch: &Batch, log: &mut Log) -> Outcome<()> {
        let mut keys = Keys::new(&self.library);
        let mut told: BTreeMap<ConnectionId, usize> = BTreeMap::new();
        let mut unreadable = false;
        for (row, value) in &batch.0 {
            let Some(value) = value.as_ref().filter(|_| key::read_event(row).is_some()) else { continue };
            let happened = readable(keys.event(value))?;
            match happened.data {
                EventData::Transactions { connection, new } => {
                    told.insert(connection.id, usize::try_from(new).unwrap_or(0));
                }
                // Its consent ended in the same group.
                EventData::Nothing => unreadable = true,
                _ => {}
            }
        }
        let news = std::mem::take(&mut self.shown.news);
        let expected: BTreeMap<ConnectionId, usize> = news.into_iter().filter(|(_, new)| *new > 0).collect();
        if expected.is_empty() && told.is_empty() {
            return Ok(());
        }
        log.mark("new transactions were told of");
        if told == expected || unreadable {
            Ok(())
        } else {
            broken("NEWS", format!("{told:?} new transactions were told of where {expected:?} are"))
        }
    }

    /// At rest nothing is kept but what is shown; looked at again, that still is what was told.
    pub(super) fn check_rests(&self, again: bool) -> Outcome<()> {
        let mut shown = BTreeSet::new();
        for user in self.here() {
            for one in &user.connections {
                shown.insert((Kind::Account, user.id, one.id, one.accounts_generation));
                shown.insert((Kind::Identity, user.id, one.id, one.accounts_generation));
                shown.insert((Kind::Terms, user.id, one.id, one.accounts_generation));
                shown.insert((Kind::Transaction, user.id, one.id, one.transactions_generation));
                if again {
                    self.check_accounts(user, one)?;
                    self.check_transactions(user, one)?;
                }
            }
        }
        for kind in [Kind::Account, Kind::Terms, Kind::Identity, Kind::Transaction] {
            for row in self.replay.keys(key::all(kind)) {
                let reading = key::read_account(&row)
                    .map(|(reading, _)| reading)
                    .or_else(|| key::read_terms(&row).map(|(reading, ..)| reading))
                    .or_else(|| key::read_identity(&row).map(|(reading, _)| reading))
                    .or_else(|| key::read_transaction(&row).map(|(reading, _)| reading));
                let Some(one) = reading else { return broken("CS-2", format!("a strange {kind:?} row")) };
                if !shown.contains(&(kind, one.user, one.connection, one.generation)) {
                    let (connection, number) = (one.connection, one.generation);
                    return broken(
                        "CS-2",
                        format!("{kind:?} rows {number} of {connection} were never swept"),
                    );
                }
            }
        }
        Ok(())
    }

    /// Whether a bank session belongs to a connection of an open job, as durable.
    pub(super) fn is_reading(&self, user: UserId, session: &BankSession) -> bool {
        let Some(Presence::Here(user)) = self.presence(user) else { return false };
        let held = user.connections.iter().find(|one| one.session.as_ref() == Some(session));
        held.is_some_and(|one| user.open_jobs().any(|job| job.connection == one.id))
    }
}

/// How many final transactions are among these that were not shown before.
fn news(old: Option<&Telling>, new: &Telling) -> usize {
    let all = |telling: &Telling, posted: bool| -> BTreeSet<(String, String)> {
        let all = telling.accounts().flat_map(|(facts, all)| {
            let all = all.into_iter().filter(move |one| one.is_posted || !posted);
            all.map(|one| (facts.number.clone(), one.reference.clone()))
        });
        all.collect()
    };
    let old = old.map(|old| all(old, false)).unwrap_or_default();
    all(new, true).difference(&old).count()
}

impl World {
    /// A partner reads accounts and transactions: each once, each from the source that comes first.
    pub(super) fn check_list(
        &mut self,
        ask: &Asked,
        wish: &Wish,
        answer: &Result<Reply, Refusal>,
    ) -> Outcome<()> {
        let (Wish::ListAccounts, Ok(Reply::Connections(shown))) = (wish, answer) else { return Ok(()) };
        let Some(process) = self.process.as_ref() else { return Ok(()) };
        let Some(Presence::Here(user)) = self.checker.presence(ask.user) else { return Ok(()) };
        if *shown != views(user) {
            return Ok(());
        }
        let store = self.disk.as_ref();
        let sources = open(&process.library, ask.user, shown)?;
        let accounts = readable(sources::accounts(store, &sources, &AccountFilter::default()))?;
        let all = pages(store, &sources)?;
        let names: BTreeSet<TransactionId> = all.iter().map(|one| one.id).collect();
        if names.len() != all.len() {
            return broken("SHOWN", format!("user {} is shown a transaction twice", user.id));
        }
        let mut seen: BTreeMap<AccountId, ConnectionId> = BTreeMap::new();
        let mut count = 0;
        for view in shown {
            let behind = self.checker.shown.behind.get(&view.id);
            for account in &view.accounts {
                if *seen.entry(*account).or_insert(view.id) != view.id {
                    self.log.mark("an account was held by two logins");
                    continue;
                }
                let telling = behind.and_then(|behind| behind.transactions.as_ref());
                let told =
                    telling.map(|telling| told_of(&self.checker.keyring, user.id, view.institution, telling));
                let told = told.into_iter().flatten().find(|told| told.id == *account);
                if let Some(told) = told {
                    same_transactions(&all, &told)?;
                    count += told.transactions.len();
                }
            }
        }
        let owned: BTreeMap<AccountId, ConnectionId> =
            accounts.iter().map(|one| (one.id, one.connection)).collect();
        if owned != seen || accounts.len() != seen.len() || count != all.len() {
            return broken("SHOWN", format!("user {} is shown {} accounts", user.id, accounts.len()));
        }
        if !accounts.is_empty() {
            self.log.mark("a partner read accounts and transactions");
        }
        Ok(())
    }

    /// At rest no bank session is open that nobody holds, but for those that nobody could have closed.
    pub(super) fn demand_quiet_banks(&self) -> Outcome<()> {
        let held: BTreeSet<&str> = self
            .checker
            .here()
            .flat_map(|user| &user.connections)
            .filter_map(|one| one.session.as_ref().map(BankSession::reveal))
            .collect();
        match self.banks.forgotten(|session| held.contains(session)) {
            Some(which) => broken("CS-2", format!("a bank session was left open: {which}")),
            None => Ok(()),
        }
    }
}
