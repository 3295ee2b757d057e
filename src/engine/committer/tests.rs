//! Proofs of the committer: conditions, numbers, the order of steps on the disk, poison, keys.

use super::core::{
    Commit, CommitError, CommitterCore, Condition, Expect, NewEvent, NewKey, SequenceV1, Write,
};
use super::events::{
    EventIndexV1, EventPage, TimelinePage, durable_events, durable_events_after, durable_timeline,
    last_durable_event,
};
use super::thread::Committer;
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::id::{ApplicationId, EventId, UserId};
use crate::engine::bell::Bell;
use crate::metrics::Metrics;
use crate::store::memory::{Faults, MemoryStore};
use crate::store::sled::{Barrier, SledStore};
use crate::store::space::FreeSpace;
use crate::store::vault::{DataKeys, MemorySlots, SLOT_BYTES, SlotWrite, Slots, Vault};
use crate::store::{Batch, Order, Row, Store, StoreError, codec, key};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use uuid::Uuid;

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, what: impl Into<String>) {
    log.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A store that writes down what is called, in order.
struct Noted {
    inner: Arc<dyn Store>,
    log: Log,
}

impl Store for Noted {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }
    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }
    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        note(&self.log, "apply");
        self.inner.apply(batch)
    }
    fn sync(&self) -> Result<(), StoreError> {
        let done = self.inner.sync();
        note(&self.log, "sync");
        done
    }
    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        self.inner.space()
    }
}

/// Slots that write down what is called, in order, and fail to sync when told so.
struct NotedSlots {
    inner: Arc<MemorySlots>,
    log: Log,
    fails: Arc<AtomicBool>,
}

impl Slots for NotedSlots {
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>> {
        self.inner.read(slot)
    }
    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()> {
        let what = if bytes.iter().all(|byte| *byte == 0) { "destroy slot" } else { "write slot" };
        note(&self.log, what);
        self.inner.write(slot, bytes)
    }
    fn sync(&self) -> std::io::Result<()> {
        note(&self.log, "sync slots");
        if self.fails.load(Ordering::SeqCst) {
            Err(std::io::Error::other("on purpose"))
        } else {
            self.inner.sync()
        }
    }
    fn count(&self) -> std::io::Result<u64> {
        self.inner.count()
    }
}

fn keyring() -> Keyring {
    Keyring::derive(&MasterKey::new([1; 32]))
}

struct Bench {
    core: CommitterCore,
    store: Arc<Noted>,
    memory: Arc<MemoryStore>,
    slots: Arc<MemorySlots>,
    vault: Arc<Vault>,
    log: Log,
}

impl Bench {
    fn new() -> Self {
        Self::over(Arc::new(MemoryStore::default()), Arc::default(), false)
    }

    fn over(memory: Arc<MemoryStore>, slots: Arc<MemorySlots>, slots_fail: bool) -> Self {
        let log = Log::default();
        let store = Arc::new(Noted { inner: memory.clone(), log: log.clone() });
        let fails = Arc::new(AtomicBool::new(false));
        let noted = NotedSlots { inner: slots.clone(), log: log.clone(), fails: fails.clone() };
        let vault = Arc::new(Vault::new(Box::new(noted), keyring()));
        let core = CommitterCore::open(store.clone(), vault.clone()).unwrap();
        assert_eq!(
            taken(&log),
            ["sync slots", "sync"],
            "what a dead process left unsynced is made durable first"
        );
        fails.store(slots_fail, Ordering::SeqCst);
        Self { core, store, memory, slots, vault, log }
    }

    /// The process ends and starts again on the same disk.
    fn reopen(&mut self) {
        *self = Self::over(self.memory.clone(), self.slots.clone(), false);
    }

    fn one(&mut self, commit: Commit) -> Result<u64, CommitError> {
        self.core.commit(vec![commit]).pop().unwrap_or(Err(CommitError::Poisoned))
    }

    fn owns(&self, owner: u8) -> bool {
        let keys = DataKeys::new(self.store.clone(), self.vault.clone());
        keys.get(&[owner; 16]).unwrap().is_some()
    }

    fn slot(&self, owner: u8) -> Option<u64> {
        crate::store::vault::slot_of(self.store.as_ref(), &[owner; 16]).unwrap()
    }
}

fn record(version: u64) -> Vec<u8> {
    codec::encode(version, &SequenceV1(version)).unwrap()
}

fn place(name: u8) -> Vec<u8> {
    vec![b'U', name]
}

/// Replaces `expect` at `name` by `version`.
fn put(name: u8, expect: Expect, version: u64) -> Commit {
    Commit {
        conditions: vec![Condition { key: place(name), expect }],
        writes: vec![Write { key: place(name), value: Some(record(version)) }],
        ..Commit::default()
    }
}

fn event(application: u128, id: u8) -> NewEvent {
    NewEvent {
        application: ApplicationId(Uuid::from_u128(application)),
        user: UserId(Uuid::from_u128(7)),
        id: EventId([id; 32]),
        encoded: record(0),
    }
}

fn new_key(owner: u8) -> NewKey {
    NewKey { owner: [owner; 16], key: DataKey::new([owner; 32]), nonce: [owner; 24] }
}

const CONFLICT: Result<u64, CommitError> = Err(CommitError::Conflict { kind: b'U' });

#[test]
fn of_two_commits_on_the_same_version_one_wins() {
    for one_group in [true, false] {
        let mut bench = Bench::new();
        let (first, mut second) = (put(1, Expect::Absent, 1), put(1, Expect::Absent, 1));
        second.events.push(event(1, 9));
        second.new_keys.push(new_key(9));
        second.writes.push(Write { key: place(2), value: Some(record(1)) });
        let answers = if one_group {
            bench.core.commit(vec![first, second])
        } else {
            vec![bench.one(first), bench.one(second)]
        };
        assert_eq!(answers, [Ok(1), CONFLICT]);
        assert_eq!(bench.store.get(&place(2)).unwrap(), None, "the loser wrote nothing");
        assert!(!bench.owns(9));
        assert_eq!(bench.store.get(&key::event_index(EventId([9; 32]))).unwrap(), None);
        assert_eq!(bench.one(put(1, Expect::Version(1), 2)), Ok(2));
    }
}

#[test]
fn a_later_commit_of_a_group_sees_what_an_earlier_one_wrote() {
    let mut bench = Bench::new();
    let removal = Commit {
        conditions: vec![Condition { key: place(1), expect: Expect::Present }],
        writes: vec![Write { key: place(1), value: None }],
        ..Commit::default()
    };
    let group = vec![
        put(1, Expect::Absent, 1),
        put(1, Expect::Version(1), 2),
        put(1, Expect::Version(1), 2),
        removal.clone(),
        removal,
        put(1, Expect::Absent, 7),
    ];
    assert_eq!(bench.core.commit(group), [Ok(1), Ok(1), CONFLICT, Ok(1), CONFLICT, Ok(1)]);
    assert_eq!(bench.store.get(&place(1)).unwrap(), Some(record(7)));
    assert_eq!(taken(&bench.log), ["apply", "sync"], "one batch, one sync");
}

#[test]
fn events_are_numbered_by_application_in_the_order_of_commits() {
    let mut bench = Bench::new();
    let with = |name, expect, events| Commit { events, ..put(name, expect, 1) };
    let group = vec![
        with(1, Expect::Absent, vec![event(1, 1), event(1, 2)]),
        with(1, Expect::Absent, vec![event(1, 3)]),
        with(2, Expect::Absent, vec![event(2, 4), event(1, 5)]),
    ];
    assert_eq!(bench.core.commit(group), [Ok(1), CONFLICT, Ok(1)]);
    bench.reopen();
    assert_eq!(bench.one(with(3, Expect::Absent, vec![event(1, 6)])), Ok(2));
    let list = |application| {
        let id = ApplicationId(Uuid::from_u128(application));
        durable_events(bench.store.as_ref(), &bench.core.durable(), id, None, 9).unwrap().events
    };
    let numbers = |application| list(application).iter().map(|(number, _)| *number).collect::<Vec<_>>();
    assert_eq!((numbers(1), numbers(2)), (vec![4, 3, 2, 1], vec![1]), "no number is lost to a conflict");
    let stamps: Vec<u64> = list(1).iter().map(|(_, value)| codec::peek_version(value).unwrap()).collect();
    assert_eq!(stamps, [2, 1, 1, 1]);
    let index = bench.store.get(&key::event_index(EventId([5; 32]))).unwrap().unwrap();
    let (_, index) = codec::decode::<EventIndexV1>(&index).unwrap();
    assert_eq!(index.sequence, 3);
    let (store, durable) = (bench.store.as_ref(), bench.core.durable());
    let id = ApplicationId(Uuid::from_u128(1));
    let after = |number| {
        let rows = durable_events_after(store, &durable, id, number, 2).unwrap();
        rows.iter().map(|(number, _)| *number).collect::<Vec<_>>()
    };
    assert_eq!([after(0), after(2), after(4)], [vec![1, 2], vec![3, 4], vec![]]);
    assert_eq!(last_durable_event(store, &durable, id), Ok(4));
    let other = ApplicationId(Uuid::from_u128(2));
    let page = |before| durable_timeline(store, &durable, UserId(Uuid::from_u128(7)), before, 3).unwrap();
    let lines = vec![(id, 4), (id, 3), (id, 2)];
    assert_eq!(page(None), TimelinePage { lines, before: Some(2) });
    assert_eq!(page(Some(2)), TimelinePage { lines: vec![(other, 1)], before: None });
}

#[test]
fn no_reader_sees_an_event_that_is_not_durable() {
    let mut bench = Bench::new();
    let durable = bench.core.durable();
    bench.one(Commit { events: vec![event(1, 1)], ..Commit::default() }).unwrap();
    bench.memory.set_faults(Faults { fail_sync_after: Some(0), ..Faults::default() });
    assert_eq!(
        bench.one(Commit { events: vec![event(1, 2)], ..Commit::default() }),
        Err(CommitError::Poisoned)
    );
    let id = ApplicationId(Uuid::from_u128(1));
    assert!(bench.store.get(&key::event(id, 2)).unwrap().is_some(), "it was applied");
    assert_eq!(durable_events(bench.store.as_ref(), &durable, id, None, 9).unwrap().events.len(), 1);
    let hidden = durable_events(bench.store.as_ref(), &durable, id, None, 1).unwrap();
    assert_eq!(
        hidden,
        EventPage { events: vec![], before: Some(2) },
        "a page of what is hidden is not the end"
    );
    let rest = durable_events(bench.store.as_ref(), &durable, id, hidden.before, 9).unwrap();
    assert_eq!((rest.events.len(), rest.before), (1, None));
    assert_eq!(durable.get(), 1);
    assert_eq!(durable_events_after(bench.store.as_ref(), &durable, id, 0, 9).unwrap().len(), 1);
    assert_eq!(last_durable_event(bench.store.as_ref(), &durable, id), Ok(1));
    let timeline = durable_timeline(bench.store.as_ref(), &durable, UserId(Uuid::from_u128(7)), None, 9);
    assert_eq!(timeline.unwrap().lines, [(id, 1)]);
}

#[test]
fn a_failed_write_or_sync_poisons_and_nothing_is_done_after_it() {
    for faults in [
        Faults { fail_apply_after: Some(0), ..Faults::default() },
        Faults { fail_sync_after: Some(0), ..Faults::default() },
    ] {
        let mut bench = Bench::new();
        bench.memory.set_faults(faults);
        assert_eq!(bench.one(put(1, Expect::Absent, 1)), Err(CommitError::Poisoned));
        assert!(bench.core.is_poisoned());
        bench.memory.set_faults(Faults::default());
        taken(&bench.log);
        let again = bench.core.commit(vec![put(2, Expect::Absent, 1), put(3, Expect::Absent, 1)]);
        assert_eq!(again, [Err(CommitError::Poisoned), Err(CommitError::Poisoned)]);
        assert_eq!(taken(&bench.log), Vec::<String>::new(), "a poisoned store is not touched again");
    }
}

#[test]
fn keys_are_durable_before_what_they_seal_and_destroyed_after_their_end_is() {
    let mut bench = Bench::new();
    bench.one(Commit { new_keys: vec![new_key(1), new_key(2)], ..put(1, Expect::Absent, 1) }).unwrap();
    assert_eq!(taken(&bench.log), ["write slot", "write slot", "sync slots", "apply", "sync"]);
    let end =
        Commit { destroyed_keys: vec![[1; 16]], new_keys: vec![new_key(3)], ..put(1, Expect::Version(1), 2) };
    bench.one(end).unwrap();
    assert_eq!(
        taken(&bench.log),
        ["write slot", "sync slots", "apply", "sync", "destroy slot", "sync slots"]
    );
    assert_eq!((bench.owns(1), bench.owns(2), bench.owns(3)), (false, true, true));
    bench.one(Commit { new_keys: vec![new_key(4)], ..Commit::default() }).unwrap();
    assert_eq!(bench.slot(4), Some(0), "a destroyed slot is used again");
}

#[test]
fn the_end_of_a_key_leaves_a_slot_alone_that_is_somebody_elses() {
    let mut bench = Bench::new();
    bench.one(Commit { new_keys: vec![new_key(1)], ..Commit::default() }).unwrap();
    // The store is a backup, the keys file is newer: the slot has changed hands since.
    let write = SlotWrite { slot: 0, owner: [2; 16], key: DataKey::new([2; 32]), nonce: [2; 24] };
    bench.vault.write(&write).unwrap();
    bench.one(Commit { destroyed_keys: vec![[1; 16]], ..Commit::default() }).unwrap();
    assert_eq!((bench.slot(1), bench.vault.owner(0).unwrap()), (None, Some([2; 16])));
}

#[test]
fn keys_that_are_not_durable_let_nothing_be_sealed_by_them() {
    let mut bench = Bench::over(Arc::new(MemoryStore::default()), Arc::default(), true);
    let answer = bench.one(Commit { new_keys: vec![new_key(1)], ..put(1, Expect::Absent, 1) });
    assert_eq!(answer, Err(CommitError::Poisoned));
    assert_eq!(taken(&bench.log), ["write slot", "sync slots"], "nothing was applied");
    assert_eq!(bench.store.get(&place(1)).unwrap(), None);
}

#[test]
fn sweeping_frees_orphans_and_keeps_what_is_owned() {
    let mut bench = Bench::new();
    bench.one(Commit { new_keys: vec![new_key(1), new_key(2)], ..Commit::default() }).unwrap();
    for (slot, owner) in [(2, 8), (3, 1), (4, 2)] {
        let (owner, key, nonce) = ([owner; 16], DataKey::new([owner; 32]), [owner; 24]);
        bench.vault.write(&SlotWrite { slot, owner, key, nonce }).unwrap();
    }
    bench.reopen();
    assert_eq!(bench.core.sweep(0, 2).unwrap(), Some(2));
    assert_eq!(taken(&bench.log), Vec::<String>::new(), "what is owned stays");
    assert_eq!(bench.core.sweep(2, 100).unwrap(), None);
    assert_eq!(taken(&bench.log), ["destroy slot", "destroy slot", "destroy slot", "sync slots"]);
    assert_eq!((bench.owns(1), bench.owns(2)), (true, true));
    let keys = [11, 12, 13, 14].map(new_key).to_vec();
    bench.one(Commit { new_keys: keys, ..Commit::default() }).unwrap();
    assert_eq!([11, 12, 13, 14].map(|owner| bench.slot(owner)), [2, 3, 4, 5].map(Some));
}

#[derive(Debug, Clone)]
enum Act {
    Begin(u8),
    End(u8),
    Sweep,
    Reopen,
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_u8..12).prop_map(Act::Begin),
        3 => (0_u8..12).prop_map(Act::End),
        2 => Just(Act::Sweep),
        1 => Just(Act::Reopen),
        1 => Just(Act::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_slot_is_ever_two_owners_and_no_owner_loses_its_key(acts in prop::collection::vec(act(), 1..60)) {
        let mut bench = Bench::new();
        let mut owners = BTreeMap::<u8, u64>::new();
        for act in acts {
            match act {
                Act::Begin(owner) if !owners.contains_key(&owner) => {
                    bench.one(Commit { new_keys: vec![new_key(owner)], ..Commit::default() }).unwrap();
                    owners.insert(owner, bench.slot(owner).unwrap());
                }
                Act::End(owner) if owners.contains_key(&owner) => {
                    bench.one(Commit { destroyed_keys: vec![[owner; 16]], ..Commit::default() }).unwrap();
                    owners.remove(&owner);
                }
                Act::Begin(_) | Act::End(_) => {}
                Act::Sweep => {
                    let mut from = Some(0);
                    while let Some(next) = from {
                        from = bench.core.sweep(next, 3).unwrap();
                    }
                }
                Act::Reopen => bench.reopen(),
                Act::Crash => {
                    bench.memory.crash(0);
                    bench.slots.crash();
                    bench.reopen();
                }
            }
            for (owner, slot) in &owners {
                prop_assert_eq!(bench.slot(*owner), Some(*slot));
                prop_assert!(bench.owns(*owner), "the key of {} is lost", owner);
            }
            let slots: std::collections::BTreeSet<u64> = owners.values().copied().collect();
            prop_assert_eq!(slots.len(), owners.len());
        }
    }
}

/// Counts the second half of a sync.
struct Counted {
    log: Log,
    fails: Arc<AtomicBool>,
}

impl Barrier for Counted {
    fn sync_data(&self) -> std::io::Result<()> {
        note(&self.log, "fdatasync");
        if self.fails.load(Ordering::SeqCst) { Err(std::io::Error::other("on purpose")) } else { Ok(()) }
    }
}

/// What happens on a real sled for one commit through the thread, and the answer.
fn on_sled(fails: bool) -> (Vec<String>, Result<u64, CommitError>) {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::default();
    let sled = SledStore::open(folder.path(), 1 << 24).unwrap();
    let failing = Arc::new(AtomicBool::new(false));
    let sled = sled.with_barrier(Box::new(Counted { log: log.clone(), fails: failing.clone() }));
    let store: Arc<dyn Store> = Arc::new(Noted { inner: Arc::new(sled), log: log.clone() });
    let vault = Arc::new(Vault::new(Box::new(MemorySlots::default()), keyring()));
    let core = CommitterCore::open(store, vault).unwrap();
    taken(&log);
    failing.store(fails, Ordering::SeqCst);
    let (failed, failure) = mpsc::channel();
    let on_failure = Box::new(move || failed.send(()).unwrap());
    let (committer, thread) =
        Committer::start(core, Arc::new(Metrics::default()), Bell::default(), on_failure).unwrap();
    let (answered, answer) = mpsc::channel();
    let seen = log.clone();
    committer.submit(
        put(1, Expect::Absent, 1),
        Box::new(move |result| {
            note(&seen, "answer");
            answered.send(result).unwrap();
        }),
    );
    let result = answer.recv().unwrap();
    committer.stop();
    thread.join().unwrap();
    assert_eq!(failure.try_recv().is_ok(), fails, "the process is told to end exactly when the store failed");
    (taken(&log), result)
}

#[test]
fn an_fdatasync_stands_between_every_write_and_its_answer() {
    assert_eq!(on_sled(false), (["apply", "fdatasync", "sync", "answer"].map(str::to_owned).to_vec(), Ok(1)));
}

#[test]
fn a_failed_fdatasync_is_a_failed_commit() {
    assert_eq!(on_sled(true).1, Err(CommitError::Poisoned));
}

#[test]
fn a_full_disk_refuses_before_anything_is_written() {
    let log = Log::default();
    let memory = Arc::new(MemoryStore::default());
    memory.set_faults(Faults { is_full: true, ..Faults::default() });
    let store: Arc<dyn Store> = Arc::new(Noted { inner: memory, log: log.clone() });
    let vault = Arc::new(Vault::new(Box::new(MemorySlots::default()), keyring()));
    let core = CommitterCore::open(store, vault).unwrap();
    taken(&log);
    let (committer, thread) =
        Committer::start(core, Arc::default(), Bell::default(), Box::new(|| panic!("not poisoned"))).unwrap();
    let (answered, answer) = mpsc::channel();
    committer.submit(put(1, Expect::Absent, 1), Box::new(move |result| answered.send(result).unwrap()));
    assert_eq!(answer.recv().unwrap(), Err(CommitError::Full));
    assert!(committer.is_full());
    committer.stop();
    thread.join().unwrap();
    assert_eq!(taken(&log), Vec::<String>::new());
    let (answered, answer) = mpsc::channel();
    committer.submit(put(1, Expect::Absent, 1), Box::new(move |result| answered.send(result).unwrap()));
    assert_eq!(
        answer.recv().unwrap(),
        Err(CommitError::Poisoned),
        "a thread that ended answers all the same"
    );
}
