//! What a committed decision asks of the world. Must not know: who does it, and how the outbox keeps it.

use crate::domain::auth_link::{CodeText, CodeWords, LinkWords, PublicId};
use crate::domain::connection::Generation;
use crate::domain::id::{AuthLinkId, ConnectionId, EffectId, JobId};
use crate::domain::mobile::Mobile;
use crate::domain::time::UnixMillis;

/// What a committed decision asks of the world.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Text a one-time code.
    SendCode {
        /// Its name: the idempotency key at the gateway.
        id: EffectId,
        /// The link it is for.
        link: AuthLinkId,
        /// To whom.
        to: Mobile,
        /// The digits.
        code: CodeText,
        /// What stands behind them.
        words: &'static dyn CodeWords,
        /// After this it is worthless and is dropped.
        not_after: UnixMillis,
    },
    /// Text a link.
    SendLink {
        /// Its name: the idempotency key at the gateway.
        id: EffectId,
        /// Which link.
        link: AuthLinkId,
        /// To whom.
        to: Mobile,
        /// What stands before its secret.
        words: LinkWords,
        /// Its secret.
        public_id: PublicId,
        /// From then on the link lets nobody in.
        not_after: UnixMillis,
    },
    /// Take back what has not been done yet.
    Withdraw(EffectId),
    /// A job is open: see that somebody works on it, also after a restart.
    Gather {
        /// Its name.
        id: EffectId,
        /// Which job.
        job: JobId,
        /// When the job ends in any case.
        not_after: UnixMillis,
    },
    /// Remove what was read and is not shown any more.
    Sweep {
        /// Its name.
        id: EffectId,
        /// Of which connection.
        connection: ConnectionId,
        /// Which rows.
        rows: Rows,
        /// The generation that is shown stays; zero: none.
        keep: Generation,
        /// Later ones than this are let be.
        up_to: Generation,
    },
}

/// What is read of an institution, as rows of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rows {
    /// Accounts, and what is laid down about them.
    Accounts,
    /// Who the person is.
    Identities,
    /// Transactions.
    Transactions,
}

impl Rows {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accounts, Self::Identities, Self::Transactions];
}
