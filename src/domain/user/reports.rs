//! What is reported of a job while somebody works on it, and what becomes visible by it.

use super::Turn;
use crate::domain::account::Account;
use crate::domain::bank::BankSession;
use crate::domain::command::{Effect, Failure, Reply, Rows};
use crate::domain::connection::{ACCOUNTS_MAX, AccountMark, Connection, Generation, mark};
use crate::domain::event::{EventData, EventKind};
use crate::domain::id::{AccountId, ConnectionId, JobId};
use crate::domain::job::{Challenge, Gather, Job, Report};
use crate::domain::workflow::connection;
use crate::domain::workflow::job::{Input, Limit};
use std::collections::BTreeSet;

impl Turn<'_> {
    /// What is reported of a job. Of another try, of an ended job: dropped, and whoever reports stops.
    pub(super) fn report(&mut self, id: JobId, attempt: u32, report: Report) -> Result<Reply, Failure> {
        let awaited = self.user.job(id).is_some_and(|job| job.is_open() && job.attempt == attempt);
        if !awaited {
            return Ok(Reply::Gathering(false));
        }
        match report {
            Report::SignedIn(session) => {
                self.step_job(id, Input::SignedIn)?;
                self.keep_bank_session(id, session);
            }
            Report::Challenged { method, description, prompts } => {
                self.step_job(id, Input::Challenge)?;
                let expires = self.ctx.now.plus(self.ctx.workflows.job.span(Limit::Challenge));
                let challenge = Challenge { method, description, prompts, expires, wrong: 0 };
                self.set_challenge(id, challenge);
            }
            Report::AnswerWrong => {
                self.step_job(id, Input::AnswerWrong)?;
                // Coming back to the question gives no new time: there may be none left.
                self.job_falls_due(Limit::Challenge);
            }
            Report::Accounts(accounts) => {
                self.step_job(id, Input::AccountsRead)?;
                self.show_accounts(id, accounts);
            }
            Report::Transactions { new } => {
                self.step_job(id, Input::TransactionsRead)?;
                self.show_transactions(id, new);
            }
            Report::Failed(cause) => self.fail_job(id, Input::Fail, cause)?,
        }
        Ok(Reply::Gathering(self.user.job(id).is_some_and(Job::is_open)))
    }

    fn keep_bank_session(&mut self, id: JobId, session: BankSession) {
        let Some(connection) = self.user.job(id).map(|job| job.connection) else { return };
        let Some(one) = self.connection_mut(connection) else { return };
        let institution = one.institution;
        let old = one.session.replace(session.clone()).filter(|old| *old != session);
        self.gathers.extend(old.map(|session| Gather::SignOut { institution, session }));
    }

    fn set_challenge(&mut self, id: JobId, challenge: Challenge) {
        let Some(connection) = self.user.job(id).map(|job| job.connection) else { return };
        if let Some(job) = self.job_mut(id) {
            job.challenge = Some(challenge);
        }
        self.connection_mut(connection).into_iter().for_each(|one| one.is_challenged = true);
    }

    /// The accounts of this generation are shown from here on; those that changed are told of.
    fn show_accounts(&mut self, id: JobId, accounts: Vec<Account>) {
        let Some((connection, generation)) = self.user.job(id).map(|job| (job.connection, job.generation))
        else {
            return;
        };
        let consent = self.user.job(id).map(|job| job.consent);
        let marks: Vec<AccountMark> =
            accounts.iter().take(ACCOUNTS_MAX).map(|account| mark(self.ctx.keyring, account)).collect();
        let duplicates = self.duplicates(connection, &marks);
        if let Some(job) = self.job_mut(id) {
            job.duplicates = duplicates;
        }
        let Some(found) = self.connection_mut(connection) else { return };
        let old = std::mem::replace(&mut found.accounts, marks.clone());
        found.accounts_generation = generation;
        for (account, now) in accounts.into_iter().zip(marks) {
            if old.iter().any(|then| then.id == now.id && then.digest != now.digest) {
                let subject = Some(account.id.0);
                self.event_about(
                    EventKind::AccountUpdated,
                    consent,
                    subject,
                    EventData::Account(Box::new(account)),
                );
            }
        }
    }

    /// The accounts that the person has through another connection that is there already.
    fn duplicates(&self, connection: ConnectionId, marks: &[AccountMark]) -> Vec<AccountId> {
        let others = self.user.connections.iter().filter(|one| one.id != connection);
        let others = others.filter(|one| one.state != connection::State::Deleted);
        let there: BTreeSet<AccountId> = others.flat_map(|one| &one.accounts).map(|mark| mark.id).collect();
        marks.iter().map(|mark| mark.id).filter(|id| there.contains(id)).collect()
    }

    /// The transactions of this generation are shown from here on: the job is done.
    fn show_transactions(&mut self, id: JobId, new: u32) {
        let Some((connection, generation, consent)) =
            self.user.job(id).map(|job| (job.connection, job.generation, job.consent))
        else {
            return;
        };
        let now = self.ctx.now;
        let Some(one) = self.connection_mut(connection) else { return };
        one.transactions_generation = generation;
        (one.fault, one.retry_at, one.retry_until) = (None, None, None);
        let input = match one.last_used.replace(now) {
            None => connection::Input::CompleteFirst,
            Some(_) => connection::Input::Complete,
        };
        let _ = self.step_connection(connection, input);
        self.sweep(connection, generation);
        let view = self.user.connection(connection).map(Connection::view);
        if let Some(view) = view.filter(|_| new > 0) {
            let data = EventData::Transactions { connection: Box::new(view), new };
            self.event_about(EventKind::TransactionsUpdated, Some(consent), Some(connection.0), data);
        }
    }

    /// What no generation shows any more is swept away.
    pub(super) fn sweep(&mut self, connection: ConnectionId, up_to: Generation) {
        let Some(found) = self.user.connections.iter().find(|one| one.id == connection) else { return };
        let shown = [
            (Rows::Accounts, found.accounts_generation),
            (Rows::Identities, found.accounts_generation),
            (Rows::Transactions, found.transactions_generation),
        ];
        for (rows, keep) in shown {
            let id = self.effect_id();
            self.effects.push(Effect::Sweep { id, connection, rows, keep, up_to });
        }
    }
}
