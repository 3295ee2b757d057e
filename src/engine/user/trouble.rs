//! What can be wrong with the machinery around a user. Must not know: rules of the product.

use crate::engine::committer::CommitError;
use thiserror::Error;

/// What can be wrong with the machinery. Nothing was done, unless it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Trouble {
    /// Too much is going on; a retry is safe.
    #[error("too busy at the moment")]
    Busy,
    /// The disk is nearly full: writes are refused, reads go on; a retry is safe.
    #[error("no space to write")]
    Full,
    /// The store failed: it may or may not have been done. The server ends itself.
    #[error("the store failed")]
    Store,
    /// Somebody else changed the user meanwhile; a retry is safe.
    #[error("changed meanwhile")]
    Conflict,
    /// A defect of ours; it may or may not have been done.
    #[error("a defect inside")]
    Defect,
}

impl Trouble {
    /// Its name, for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Full => "full",
            Self::Store => "store",
            Self::Conflict => "conflict",
            Self::Defect => "defect",
        }
    }
}

impl From<CommitError> for Trouble {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict { .. } => Self::Conflict,
            // Nothing but a connection asks for a place, and its user is told so in words.
            CommitError::TallyFull => Self::Defect,
            CommitError::Full => Self::Full,
            CommitError::Poisoned => Self::Store,
        }
    }
}
