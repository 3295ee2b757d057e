//! Reads what was read of institutions. The user's actor says first which connections show something and
//! under which numbers; then their rows are read beside it. Must not know: HTTP, how rows are kept.

use super::read::sources::{self, AccountFilter, Known, Source};
use super::read::transactions::{self, TransactionCursor, TransactionFilter, TransactionPage};
use super::read::{self, ReadError};
use super::user::core::{Refusal, Trouble};
use super::{Engine, readable};
use crate::domain::account::{Account, Transaction};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::connection::ConnectionView;
use crate::domain::day::Day;
use crate::domain::gap::{self, Gap, LOOKBACK_DAYS};
use crate::domain::id::{AccountId, JobId, TransactionId, UserId};
use uuid::Uuid;

/// The most transactions that are looked at for gaps, the newest first: half a year of a busy person has a third.
const GAP_TRANSACTIONS_MAX: usize = 5_000;

/// How often rows are read that go while they are read.
const TRIES: u32 = 4;

/// Who asks, about whom.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// Whose data.
    pub user: UserId,
    /// Who asks.
    pub caller: Caller,
    /// Follows the request through the logs.
    pub request_id: Uuid,
}

impl Engine {
    /// The accounts of a user that fit, those that were read last first.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn accounts(&self, asking: Asking, filter: &AccountFilter) -> Result<Vec<Account>, Refusal> {
        let store = self.shared.store.as_ref();
        self.read_shown(asking, |sources| sources::accounts(store, sources, filter)).await
    }

    /// One account of a user, with what is laid down about it or without.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn account(
        &self,
        asking: Asking,
        id: AccountId,
        with_terms: bool,
    ) -> Result<Option<Account>, Refusal> {
        let store = self.shared.store.as_ref();
        self.read_shown(asking, |sources| sources::account(store, sources, id, with_terms)).await
    }

    /// One page of the transactions of a user that fit, the newest day first.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn transactions(
        &self,
        asking: Asking,
        filter: &TransactionFilter,
        cursor: Option<TransactionCursor>,
        limit: usize,
    ) -> Result<TransactionPage, Refusal> {
        let (store, today) = (self.shared.store.as_ref(), Day::of(self.now()));
        self.read_shown(asking, |sources| {
            transactions::transactions(store, sources, filter, cursor, limit, today)
        })
        .await
    }

    /// One transaction of a user.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn transaction(
        &self,
        asking: Asking,
        id: TransactionId,
    ) -> Result<Option<Transaction>, Refusal> {
        let store = self.shared.store.as_ref();
        self.read_shown(asking, |sources| transactions::transaction(store, sources, id)).await
    }

    /// What the transactions of a user show to be missing, for the question before a declaration.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn gaps(&self, asking: Asking) -> Result<Vec<Gap>, Refusal> {
        let store = self.shared.store.as_ref();
        let today = Day::of(self.now());
        let from = Some(today.minus(LOOKBACK_DAYS));
        let filter = TransactionFilter { from, is_posted: vec![true], ..TransactionFilter::default() };
        self.read_shown(asking, |sources| {
            let accounts = sources::accounts(store, sources, &AccountFilter::default())?;
            let page =
                transactions::transactions(store, sources, &filter, None, GAP_TRANSACTIONS_MAX, today)?;
            Ok(gap::find(&accounts, &page.transactions))
        })
        .await
    }

    /// Who the user is, as each institution knows them.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn identities(&self, asking: Asking) -> Result<Vec<Known>, Refusal> {
        let store = self.shared.store.as_ref();
        self.read_shown(asking, |sources| sources::identities(store, sources)).await
    }

    /// Whose job it is: a hint, the user has the last word.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn job_owner(&self, id: JobId) -> Result<Option<UserId>, Trouble> {
        readable(read::user_of_job(self.shared.store.as_ref(), id))
    }

    /// Reads the rows of all sources. What the actor names is durable. When it names something else by the
    /// time they are read, some of them may have been swept away meanwhile, and all are read again.
    async fn read_shown<T>(
        &self,
        asking: Asking,
        read: impl Fn(&[Source]) -> Result<T, ReadError>,
    ) -> Result<T, Refusal> {
        let mut views = self.views(asking).await?;
        for _ in 0..TRIES {
            let sources = readable(sources::open(&self.shared.library, asking.user, &views))?;
            let found = readable(read(&sources.open))?;
            if views.is_empty() {
                return Ok(found);
            }
            if sources.some_are_closed {
                // A key that is gone may be so by a commit that is not durable yet: nothing is shown by
                // it. Behind this one it is, and the actor knows of it.
                match self.settle().await {
                    Ok(()) | Err(Trouble::Full) => {}
                    Err(trouble) => return Err(trouble.into()),
                }
            }
            let now = self.views(asking).await?;
            if now == views {
                return Ok(found);
            }
            views = now;
        }
        Err(Trouble::Busy.into())
    }

    async fn views(&self, asking: Asking) -> Result<Vec<ConnectionView>, Refusal> {
        let Asking { user, caller, request_id } = asking;
        match self.ask(user, caller, Command::ListSources, request_id).await? {
            Reply::Connections(views) => Ok(views),
            _ => Err(Trouble::Defect.into()),
        }
    }
}
