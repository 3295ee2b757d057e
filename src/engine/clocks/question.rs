//! Who asked the keeper, and what that leaves: a question that its caller named leaves a mark, in the commit
//! that does what was asked. Must not know: what was asked.

use super::core::Token;
use crate::crypto::Keyring;
use crate::domain::clock::TestClock;
use crate::domain::entropy::Entropy;
use crate::domain::time::UnixMillis;
use crate::engine::committer::Commit;
use crate::engine::mark::{self, Mark, Sealing};
use crate::engine::records::RecordError;

/// Whoever waits for an answer, and how their question is done once.
#[derive(Debug)]
pub(super) struct Asker {
    pub(super) token: Token,
    once: Option<Box<Once>>,
}

/// A mark with what it takes to seal its answer.
struct Once {
    mark: Mark<TestClock>,
    keyring: Keyring,
    entropy: Entropy,
}

impl std::fmt::Debug for Once {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.mark.fmt(out)
    }
}

impl Asker {
    /// Somebody with a question, done once where it has a mark.
    pub(super) fn new(
        token: Token,
        mark: Option<Box<Mark<TestClock>>>,
        keyring: &Keyring,
        entropy: Entropy,
    ) -> Self {
        let once = mark.map(|mark| Box::new(Once { mark: *mark, keyring: keyring.clone(), entropy }));
        Self { token, once }
    }

    /// Adds what the question leaves to the commit after which the clock is so.
    pub(super) fn leave(
        mut self,
        commit: &mut Commit,
        clock: &TestClock,
        real: UnixMillis,
    ) -> Result<(), RecordError> {
        let Some(once) = &mut self.once else { return Ok(()) };
        mark::add(commit, &once.mark, clock, &Sealing::House(&once.keyring), real, &mut once.entropy)
    }
}
