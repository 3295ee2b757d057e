//! How many connections the users of an application have. Must not know: why there may not be more.

use crate::domain::id::ApplicationId;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};

/// What a commit adds to how many connections an application has. It is counted where commits are put in
/// order: many users who want the last place at once get it one by one, and a crash takes the count back
/// with what was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Whose.
    pub application: ApplicationId,
    /// How many more; fewer when it is negative.
    pub change: i64,
    /// More than these may not be; giving back is always possible.
    pub most: u64,
}

/// How many connections an application has, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTallyV1(pub u64);

impl Record for ConnectionTallyV1 {
    const KIND: u8 = b'G';
    const SCHEMA: u8 = 1;
}

impl Tally {
    /// The stored count as it becomes; `None` when that is more than may be. A count that would fall below
    /// zero stays there.
    ///
    /// # Errors
    /// When the stored count is damaged.
    pub(super) fn next(self, stored: Option<&[u8]>) -> Result<Option<Vec<u8>>, CodecError> {
        let count = match stored {
            Some(value) => codec::decode::<ConnectionTallyV1>(value)?.1.0,
            None => 0,
        };
        let next = count.saturating_add_signed(self.change);
        if self.change > 0 && next > self.most {
            return Ok(None);
        }
        codec::encode(0, &ConnectionTallyV1(next)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Keyring, MasterKey};
    use crate::engine::committer::{Commit, CommitError, CommitterCore, Condition, Expect};
    use crate::store::memory::{Faults, MemoryStore};
    use crate::store::vault::{MemorySlots, Vault};
    use crate::store::{Store as _, key};
    use std::sync::Arc;
    use uuid::Uuid;

    const MOST: u64 = 3;

    fn application(number: u128) -> ApplicationId {
        ApplicationId(Uuid::from_u128(number))
    }

    fn takes(number: u128, change: i64) -> Commit {
        let tally = Tally { application: application(number), change, most: MOST };
        Commit { tally: Some(tally), ..Commit::default() }
    }

    fn core(store: &Arc<MemoryStore>) -> CommitterCore {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let vault = Arc::new(Vault::new(Box::new(MemorySlots::default()), keyring));
        CommitterCore::open(store.clone(), vault).unwrap()
    }

    fn count(store: &MemoryStore, number: u128) -> Option<u64> {
        let value = store.get(&key::connection_tally(application(number))).unwrap();
        value.map(|value| codec::decode::<ConnectionTallyV1>(&value).unwrap().1.0)
    }

    #[test]
    fn of_many_who_want_the_last_place_at_once_one_gets_it() {
        let store = Arc::new(MemoryStore::default());
        let mut core = core(&store);
        let answers = core.commit((0..6).map(|_| takes(1, 1)).collect());
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(taken as u64, MOST);
        assert!(answers[3..].iter().all(|answer| *answer == Err(CommitError::TallyFull)));
        assert_eq!(core.commit(vec![takes(2, 1), takes(1, 1)])[1], Err(CommitError::TallyFull));
        let back_and_again = core.commit(vec![takes(1, -1), takes(1, 1), takes(1, 1)]);
        assert!(back_and_again[..2].iter().all(Result::is_ok) && back_and_again[2].is_err());
        assert_eq!((count(&store, 1), count(&store, 2)), (Some(3), Some(1)));
        assert!(core.commit(vec![takes(1, -9)])[0].is_ok());
        assert_eq!(count(&store, 1), Some(0), "never below none");
    }

    #[test]
    fn a_commit_that_does_not_hold_takes_no_place_and_neither_does_one_that_is_lost() {
        let store = Arc::new(MemoryStore::default());
        let mut first = core(&store);
        let unmet = Condition { key: vec![b'U', 1], expect: Expect::Present };
        let refused = Commit { conditions: vec![unmet], ..takes(1, 1) };
        assert!(matches!(first.commit(vec![refused])[0], Err(CommitError::Conflict { .. })));
        assert_eq!(count(&store, 1), None);
        assert!(first.commit(vec![takes(1, 2)])[0].is_ok());
        store.set_faults(Faults { fail_sync_after: Some(0), ..Faults::default() });
        assert!(first.commit(vec![takes(1, 1)]).is_empty() && first.is_poisoned());
        store.set_faults(Faults::default());
        store.crash(0);
        let mut again = core(&store);
        assert_eq!(count(&store, 1), Some(2), "counted with what was counted, or not at all");
        let answers = again.commit(vec![takes(1, 1), takes(1, 1)]);
        assert!(answers[0].is_ok() && answers[1] == Err(CommitError::TallyFull));
    }
}
