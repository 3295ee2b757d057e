//! One group of commits: conditions, numbers, one batch, one sync. A plain struct without async or
//! threads. The order of steps is what durability rests on:
//!
//! 1. new data keys to their slots, and the keys file synced: nothing sealed outlives its key;
//! 2. the batch applied, the store synced;
//! 3. the durable sequence published: readers may see the events;
//! 4. acknowledged;
//! 5. ended keys destroyed, and the keys file synced: after the commit that ends them, never before.
//!
//! A failed write or sync poisons: nothing is known about the disk any more, so nothing is answered
//! but that, and the process ends.

use super::events::{EventIndexV1, TimelineV1};
use super::tally::Tally;
use crate::crypto::DataKey;
use crate::domain::id::{ApplicationId, EventId, UserId};
use crate::store::codec::{self, Record};
use crate::store::space::FreeSpace;
use crate::store::vault::{KeySlotV1, SlotWrite, Vault, slot_of};
use crate::store::{Batch, Row, Store, StoreError, key};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// What a record must be for a commit to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Not there.
    Absent,
    /// There, in any version.
    Present,
    /// There, in this version.
    Version(u64),
}

/// A condition of a commit: the fence is here, not in anybody's belief to be alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Which record.
    pub key: Vec<u8>,
    /// What it must be.
    pub expect: Expect,
}

/// One write; `None` removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Which record.
    pub key: Vec<u8>,
    /// Its wrapped value.
    pub value: Option<Vec<u8>>,
}

/// An event that gets its number here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Whose list it joins.
    pub application: ApplicationId,
    /// Whose timeline it joins.
    pub user: UserId,
    /// Its name.
    pub id: EventId,
    /// Its wrapped value; the version is stamped here.
    pub encoded: Vec<u8>,
}

/// A data key that begins with this commit.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Whose.
    pub owner: [u8; 16],
    /// The key.
    pub key: DataKey,
    /// For the wrapping.
    pub nonce: [u8; 24],
}

/// Everything that becomes true together.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// Records.
    pub writes: Vec<Write>,
    /// Events, in order.
    pub events: Vec<NewEvent>,
    /// Keys that begin.
    pub new_keys: Vec<NewKey>,
    /// Owners whose keys end.
    pub destroyed_keys: Vec<[u8; 16]>,
    /// What changes in how many connections there are.
    pub tally: Option<Tally>,
}

/// Why a commit does not hold. Nothing of it was written, but for `Poisoned`: there nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommitError {
    /// A condition does not hold.
    #[error("a record of kind `{}` changed meanwhile", char::from(*.kind))]
    Conflict {
        /// The kind of the record.
        kind: u8,
    },
    /// There are as many connections as may be.
    #[error("as many connections as may be")]
    TallyFull,
    /// Too little room on the disk.
    #[error("too little room on the disk to write")]
    Full,
    /// The store failed, now or before.
    #[error("the store failed")]
    Poisoned,
}

/// The number of the last commit that is durable. Readers of ranges skip what is newer.
#[derive(Debug, Clone, Default)]
pub struct DurableSequence(Arc<AtomicU64>);

impl DurableSequence {
    /// The number of the last durable commit.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Facts that the committer keeps about itself, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceV1(pub u64);

impl Record for SequenceV1 {
    const KIND: u8 = b'N';
    const SCHEMA: u8 = 1;
}

const COMMITS: &str = "commits";

/// The steps of a group.
pub struct CommitterCore {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    durable: DurableSequence,
    commits: u64,
    sequences: BTreeMap<ApplicationId, u64>,
    moved: BTreeMap<ApplicationId, u64>,
    slots_free: BTreeSet<u64>,
    slot_next: u64,
    poisoned: bool,
    full: bool,
}

/// What one group has gathered so far.
#[derive(Default)]
struct Group {
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    slots: Vec<SlotWrite>,
    ended: Vec<u64>,
    sequences: BTreeMap<ApplicationId, u64>,
}

impl Group {
    fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.rows.insert(key, value);
    }
}

impl CommitterCore {
    /// Over a store and its vault, going on where they stopped. Both are synced first: a process that
    /// ended between writing and syncing leaves what can be read and is not durable, and what is read
    /// from here on is shown and acted upon.
    ///
    /// # Errors
    /// When the store does not answer or its own records are damaged.
    pub fn open(store: Arc<dyn Store>, vault: Arc<Vault>) -> Result<Self, StoreError> {
        vault.sync()?;
        store.sync()?;
        let commits = match store.get(&key::meta(COMMITS))? {
            Some(value) => {
                codec::peek_version(&value).map_err(|error| StoreError::Value(error.to_string()))?
            }
            None => 0,
        };
        let durable = DurableSequence(Arc::new(AtomicU64::new(commits)));
        let slot_next = vault.count()?;
        let (sequences, moved, slots_free) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let (poisoned, full) = (false, false);
        Ok(Self { store, vault, durable, commits, sequences, moved, slots_free, slot_next, poisoned, full })
    }

    /// For readers.
    pub fn durable(&self) -> DurableSequence {
        self.durable.clone()
    }

    /// Whether the store failed.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// The applications that have new durable events since the last call, each with its last number.
    pub fn take_moved(&mut self) -> BTreeMap<ApplicationId, u64> {
        std::mem::take(&mut self.moved)
    }

    /// Looks how much room the disk has: while it is too little, every commit is refused and nothing is
    /// written. Says whether it is too little.
    pub fn look_at_space(&mut self) -> bool {
        self.full = self.store.space().ok().flatten().is_some_and(FreeSpace::is_low);
        self.full
    }

    /// Frees slots whose owner the store does not name: a crash between steps 1 and 2 left them. Looks
    /// at `many` slots from `from` on and says where to go on, or `None` at the end.
    ///
    /// # Errors
    /// When the store or the keys file does not answer.
    pub fn sweep(&mut self, from: u64, many: u64) -> Result<Option<u64>, StoreError> {
        let count = self.vault.count()?;
        let until = from.saturating_add(many).min(count);
        let mut freed = false;
        for slot in from..until {
            match self.vault.owner(slot)? {
                Some(owner) if slot_of(self.store.as_ref(), &owner)? == Some(slot) => {}
                Some(_) => {
                    self.vault.destroy(slot)?;
                    freed = true;
                    self.slots_free.insert(slot);
                }
                None => {
                    self.slots_free.insert(slot);
                }
            }
        }
        if freed {
            self.vault.sync()?;
        }
        Ok((until < count).then_some(until))
    }

    /// Commits a group: one batch, one sync. Answers in the order of the commits.
    pub fn commit(&mut self, commits: Vec<Commit>) -> Vec<Result<u64, CommitError>> {
        if self.poisoned {
            return commits.iter().map(|_| Err(CommitError::Poisoned)).collect();
        }
        if self.full {
            return commits.iter().map(|_| Err(CommitError::Full)).collect();
        }
        let number = self.commits + 1;
        let mut group = Group::default();
        let gathered = commits.into_iter().map(|one| self.gather(&mut group, one, number)).collect();
        let answers: Result<Vec<Result<u64, CommitError>>, StoreError> = gathered;
        match answers.and_then(|answers| self.write(group, number).map(|()| answers)) {
            Ok(answers) => answers,
            Err(error) => {
                tracing::error!(%error, "a commit failed; this process must end");
                self.poisoned = true;
                Vec::new()
            }
        }
    }

    /// Adds a commit to the group, or says why it does not hold: that one alone, the group goes on.
    fn gather(
        &mut self,
        group: &mut Group,
        commit: Commit,
        number: u64,
    ) -> Result<Result<u64, CommitError>, StoreError> {
        for condition in &commit.conditions {
            if !self.holds(group, condition)? {
                return Ok(Err(CommitError::Conflict {
                    kind: condition.key.first().copied().unwrap_or(b'?'),
                }));
            }
        }
        let tallied = match commit.tally.map(|tally| self.tallied(group, tally)).transpose()? {
            Some(None) => return Ok(Err(CommitError::TallyFull)),
            other => other.flatten(),
        };
        group.rows.extend(tallied.map(|(row, value)| (row, Some(value))));
        for new in commit.new_keys {
            let slot = self.slots_free.pop_first().unwrap_or_else(|| {
                self.slot_next += 1;
                self.slot_next - 1
            });
            let row = codec::encode(0, &KeySlotV1(slot)).map_err(value_error)?;
            group.put(key::key_slot(&new.owner), Some(row));
            group.slots.push(SlotWrite { slot, owner: new.owner, key: new.key, nonce: new.nonce });
        }
        for owner in commit.destroyed_keys {
            // A keys file that is newer than a restored store may have given the slot to somebody else.
            if let Some(slot) = slot_of(self.store.as_ref(), &owner)?
                && self.vault.owner(slot)? == Some(owner)
            {
                group.ended.push(slot);
            }
            group.put(key::key_slot(&owner), None);
        }
        for write in commit.writes {
            group.put(write.key, write.value);
        }
        for event in commit.events {
            self.number_event(group, event, number)?;
        }
        Ok(Ok(number))
    }

    fn holds(&self, group: &Group, condition: &Condition) -> Result<bool, StoreError> {
        let version = match group.rows.get(&condition.key) {
            Some(value) => value.as_deref().map(codec::peek_version),
            None => self.store.get(&condition.key)?.as_deref().map(codec::peek_version),
        };
        let version = version.transpose().map_err(value_error)?;
        Ok(match condition.expect {
            Expect::Absent => version.is_none(),
            Expect::Present => version.is_some(),
            Expect::Version(wanted) => version == Some(wanted),
        })
    }

    /// The row of a tally as it becomes; `None` when that is more than may be.
    fn tallied(&self, group: &Group, tally: Tally) -> Result<Option<Row>, StoreError> {
        let row = key::connection_tally(tally.application);
        let stored = match group.rows.get(&row) {
            Some(value) => value.clone(),
            None => self.store.get(&row)?,
        };
        Ok(tally.next(stored.as_deref()).map_err(value_error)?.map(|value| (row, value)))
    }

    fn number_event(&self, group: &mut Group, event: NewEvent, number: u64) -> Result<(), StoreError> {
        let last = match group
            .sequences
            .get(&event.application)
            .or_else(|| self.sequences.get(&event.application))
        {
            Some(last) => *last,
            None => last_sequence(self.store.as_ref(), event.application)?,
        };
        let sequence = last + 1;
        group.sequences.insert(event.application, sequence);
        let value = codec::restamp(event.encoded, number).map_err(value_error)?;
        group.put(key::event(event.application, sequence), Some(value));
        let index = EventIndexV1 { application: *event.application.bytes(), sequence };
        let index = codec::encode(0, &index).map_err(value_error)?;
        group.put(key::event_index(event.id), Some(index));
        let line = codec::encode(number, &TimelineV1(*event.application.bytes())).map_err(value_error)?;
        group.put(key::timeline(event.user, sequence), Some(line));
        Ok(())
    }

    fn write(&mut self, mut group: Group, number: u64) -> Result<(), StoreError> {
        if group.rows.is_empty() {
            return Ok(());
        }
        for (application, sequence) in &group.sequences {
            let value = codec::encode(0, &SequenceV1(*sequence)).map_err(value_error)?;
            group.rows.insert(key::sequence(*application), Some(value));
        }
        let mark = codec::encode(number, &SequenceV1(number)).map_err(value_error)?;
        group.rows.insert(key::meta(COMMITS), Some(mark));
        if !group.slots.is_empty() {
            group.slots.iter().try_for_each(|slot| self.vault.write(slot))?;
            self.vault.sync()?;
        }
        self.store.apply(&Batch(group.rows.into_iter().collect()))?;
        self.store.sync()?;
        self.commits = number;
        self.moved.extend(&group.sequences);
        self.sequences.extend(group.sequences);
        self.durable.0.store(number, Ordering::Release);
        if !group.ended.is_empty() {
            group.ended.iter().try_for_each(|slot| self.vault.destroy(*slot))?;
            self.vault.sync()?;
            self.slots_free.extend(group.ended);
        }
        Ok(())
    }
}

/// Applications remember their last number beside the events, so that pruning old events loses nothing.
fn last_sequence(store: &dyn Store, application: ApplicationId) -> Result<u64, StoreError> {
    match store.get(&key::sequence(application))? {
        Some(value) => codec::decode::<SequenceV1>(&value).map(|(_, last)| last.0).map_err(value_error),
        None => Ok(0),
    }
}

fn value_error(error: codec::CodecError) -> StoreError {
    StoreError::Value(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Keyring, MasterKey};
    use crate::store::memory::{Faults, MemoryStore};
    use crate::store::vault::MemorySlots;

    fn vault() -> Arc<Vault> {
        Arc::new(Vault::new(Box::new(MemorySlots::default()), Keyring::derive(&MasterKey::new([1; 32]))))
    }

    fn commit(sequence: u64) -> Commit {
        let value = codec::encode(0, &SequenceV1(sequence)).unwrap();
        let write = Write { key: key::meta("something"), value: Some(value) };
        Commit { writes: vec![write], ..Commit::default() }
    }

    /// Found by the simulator: killed between apply and sync, started again, and only then cut off.
    #[test]
    fn what_is_readable_after_opening_is_durable() {
        let store = Arc::new(MemoryStore::default());
        store.set_faults(Faults { fail_sync_after: Some(1), ..Faults::default() });
        let mut core = CommitterCore::open(store.clone(), vault()).unwrap();
        assert!(core.commit(vec![commit(7)]).is_empty() && core.is_poisoned());
        store.set_faults(Faults::default());
        let again = CommitterCore::open(store.clone(), vault()).unwrap();
        assert_eq!(again.durable().get(), 1, "the batch can be read");
        store.crash(0);
        assert!(store.get(&key::meta("something")).unwrap().is_some(), "and was lost after it was shown");
    }

    #[test]
    fn a_full_disk_refuses_all_and_writes_nothing() {
        let store = Arc::new(MemoryStore::default());
        let mut core = CommitterCore::open(store.clone(), vault()).unwrap();
        store.set_faults(Faults { is_full: true, ..Faults::default() });
        assert!(core.look_at_space());
        assert_eq!(core.commit(vec![commit(1)]), vec![Err(CommitError::Full)]);
        assert_eq!(store.counts().0, 0);
        store.set_faults(Faults::default());
        assert!(!core.look_at_space());
        assert_eq!(core.commit(vec![commit(1)]), vec![Ok(1)]);
    }
}
