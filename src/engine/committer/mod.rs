//! Makes decisions durable: many users' commits in one batch and one sync. [`core`] checks conditions,
//! numbers events and keeps the order of steps; [`thread`] feeds it. Must not know: what is written.

pub mod core;
pub mod events;
mod tally;
#[cfg(test)]
mod tests;
pub mod thread;

pub use self::core::{
    Commit, CommitError, CommitterCore, Condition, DurableSequence, Expect, NewEvent, NewKey, Write,
};
pub use self::tally::{ConnectionTallyV1, Tally};
pub use self::thread::Committer;
