//! Accesses come into their user's rows, each once, and go with the user.

use super::*;
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::engine::committer::{CommitterCore, NewKey};
use crate::engine::open;
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use uuid::Uuid;

const USER: UserId = UserId(Uuid::from_u128(7));
const AT: UnixMillis = UnixMillis(1_795_857_240_000);

fn one(at: UnixMillis) -> AccessLog {
    let mut log = AccessLog::default();
    log.count(AccessBy::Application, AccessTo::Accounts, at);
    log
}

struct World {
    library: Library,
    core: CommitterCore,
}

impl World {
    fn with_user() -> Self {
        let store = Arc::new(MemoryStore::default());
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = open::join(store.clone(), Box::new(MemorySlots::default()), keyring);
        let core = CommitterCore::open(store, opened.vault.clone()).unwrap();
        let mut world = Self { library: Library { store: opened.store, keys: opened.keys }, core };
        let key = NewKey { owner: *USER.bytes(), key: DataKey::new([2; 32]), nonce: [3; 24] };
        world.commit(Commit { new_keys: vec![key], ..Commit::default() }).unwrap();
        world
    }

    fn commit(&mut self, commit: Commit) -> Result<u64, CommitError> {
        self.core.commit(vec![commit]).pop().unwrap()
    }

    fn addition(&self, log: &AccessLog) -> Option<Commit> {
        addition(&self.library, USER, log).unwrap()
    }

    fn counts(&self, now: UnixMillis) -> Vec<u32> {
        let log = read(self.library.store.as_ref(), USER, now, LIFETIME).unwrap();
        log.0.values().map(|accesses| accesses.count).collect()
    }

    fn rows(&self) -> usize {
        let rows = |kind| {
            let (from, to) = key::all(kind);
            self.library.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap().len()
        };
        assert_eq!(rows(Kind::Access), rows(Kind::AccessBlock), "each block is found");
        rows(Kind::Access)
    }
}

#[test]
fn what_two_add_at_once_is_added_by_one_and_the_other_looks_again() {
    let mut world = World::with_user();
    for expected in [1, 3] {
        let (first, second) = (world.addition(&one(AT)), world.addition(&one(AT)));
        world.commit(first.unwrap()).unwrap();
        assert_eq!(world.counts(AT), [expected]);
        let late = world.commit(second.unwrap());
        assert_eq!(late, Err(CommitError::Conflict { kind: Kind::Access as u8 }));
        let again = world.addition(&one(AT));
        world.commit(again.unwrap()).unwrap();
        assert_eq!(world.counts(AT), [expected + 1]);
    }
}

#[test]
fn days_are_kept_for_their_time_and_shown_no_longer() {
    let mut world = World::with_user();
    for days in 0..=400 {
        let commit = world.addition(&one(AT.plus(Span::days(days)))).unwrap();
        world.commit(commit).unwrap();
    }
    let now = AT.plus(Span::days(400));
    assert_eq!(world.counts(now).len(), 366, "today and 365 days");
    assert!(world.rows() >= 13);
}

#[test]
fn all_rows_go_with_their_user_and_none_comes_after() {
    let mut world = World::with_user();
    // What is over its time may wait for the housekeeper.
    for days in 0..=432 {
        let commit = world.addition(&one(AT.plus(Span::days(days)))).unwrap();
        world.commit(commit).unwrap();
    }
    let now = AT.plus(Span::days(432));
    let late = world.addition(&one(now)).unwrap();
    let destroyed_keys = vec![*USER.bytes()];
    let writes = removal(USER, now).collect();
    world.commit(Commit { writes, destroyed_keys, ..Commit::default() }).unwrap();
    assert_eq!(world.rows(), 0);
    assert_eq!(world.commit(late), Err(CommitError::Conflict { kind: Kind::KeySlot as u8 }));
    assert!(world.addition(&one(now)).is_none());
    assert_eq!(world.rows(), 0);
}

#[test]
fn as_many_users_wait_as_may_and_those_who_do_are_counted_on() {
    let waiting = Waiting::new(LIFETIME, FLUSH);
    let count = |user: usize| {
        waiting.count(UserId(Uuid::from_u128(user as u128)), AccessBy::Application, AccessTo::Identity, AT)
    };
    assert!((0..WAITING_MAX).all(count));
    assert!(!count(WAITING_MAX) && count(0));
    assert_eq!(waiting.take(UserId(Uuid::from_u128(0))).unwrap().0.values().next().unwrap().count, 2);
    assert!(count(WAITING_MAX), "there is room again");
    let mut taken = 0;
    loop {
        let some = waiting.take_some();
        assert!(some.len() <= FLUSHED_MAX);
        taken += some.len();
        if some.is_empty() {
            break;
        }
    }
    assert_eq!((taken, waiting.users()), (WAITING_MAX, 0));
}
