//! What is over its time goes, whole, and nothing else.

use super::*;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{EventId, UserId};
use crate::engine::committer::events::durable_events;
use crate::engine::committer::{CommitError, CommitterCore, NewEvent};
use crate::engine::mark::{Mark, Rendered, Sealing};
use crate::engine::open;
use crate::engine::records::access::AccessBlockV1;
use crate::store::codec;
use crate::store::memory::MemoryStore;
use crate::store::vault::{MemorySlots, Vault};

const START: UnixMillis = UnixMillis(1_700_000_000_000);

struct World {
    store: Arc<MemoryStore>,
    vault: Arc<Vault>,
    library: Library,
    keyring: Keyring,
    core: CommitterCore,
    entropy: Entropy,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = open::join(store.clone(), Box::new(MemorySlots::default()), keyring.clone());
        let core = CommitterCore::open(store.clone(), opened.vault.clone()).unwrap();
        let library = Library { store: opened.store, keys: opened.keys };
        Self { store, vault: opened.vault, library, keyring, core, entropy: Entropy::new([7; 32]) }
    }

    fn commit(&mut self, commit: Commit) -> Result<u64, CommitError> {
        self.core.commit(vec![commit]).pop().unwrap()
    }

    /// All that was not synced is gone, and the next process goes on.
    fn crash(&mut self) {
        self.store.crash(0);
        self.core = CommitterCore::open(self.store.clone(), self.vault.clone()).unwrap();
    }

    fn rows(&self, kind: Kind) -> Vec<Vec<u8>> {
        let (from, to) = key::all(kind);
        let rows = self.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap();
        rows.into_iter().map(|(row, _)| row).collect()
    }

    fn happens(&mut self, application: ApplicationId, recorded: UnixMillis) {
        let (id, user) = (EventId(self.entropy.bytes()), UserId(self.entropy.uuid()));
        let event = Event {
            id,
            kind: EventKind::UserCreated,
            // By its user's test clock it is a year ahead: what counts is real time.
            at: recorded.plus(Span::days(365)),
            recorded,
            user,
            link: None,
            consent: None,
            subject: None,
            data: EventData::Nothing,
        };
        let encoded = event::encode(&event, None, self.entropy.nonce()).unwrap();
        let events = vec![NewEvent { application, user, id, encoded }];
        self.commit(Commit { events, ..Commit::default() }).unwrap();
    }

    /// Names of events and lines of timelines lead to events that are there.
    fn assert_whole(&self) {
        let all = [Kind::Event, Kind::EventIndex, Kind::Timeline].map(|kind| self.rows(kind).len());
        assert!(all.iter().all(|rows| *rows == all[0]), "{all:?}");
    }

    fn leaves_mark(&mut self, number: u8, now: UnixMillis, body: usize) {
        let rendered = Rendered { status: 201, body: vec![number; body] };
        let render = Arc::new(move |(): &()| Some(rendered.clone()));
        let mark = Mark { id: [number; 32], body: [number; 32], lifetime: Span::days(1), render };
        let mut commit = Commit::default();
        let sealing = Sealing::House(&self.keyring);
        mark::add(&mut commit, &mark, &(), &sealing, now, &mut self.entropy).unwrap();
        self.commit(commit).unwrap();
    }
}

#[test]
fn old_events_go_from_the_oldest_on_with_their_names_and_lines() {
    let mut world = World::new();
    let (one, other) = (ApplicationId(Uuid::from_u128(1)), ApplicationId(Uuid::from_u128(2)));
    for number in 0..100 {
        world.happens(one, START.plus(Span::minutes(number)));
    }
    for number in 0..3 {
        world.happens(other, START.plus(Span::days(number * 10)));
    }
    // 95 of one are over their time, the first of the other, and no more.
    let now = START.plus(Span::minutes(94)).plus(EVENT_LIFETIME);
    let (mut gone, mut steps) = (0, 0);
    for application in [one, other] {
        loop {
            let step = events(world.store.as_ref(), application, now, EVENT_LIFETIME).unwrap();
            assert!(step.commit.writes.len() <= ROWS_MAX);
            gone += step.gone;
            steps += 1;
            world.commit(step.commit).unwrap();
            world.assert_whole();
            world.crash();
            world.assert_whole();
            if !step.is_more {
                break;
            }
        }
    }
    assert_eq!((gone, steps), (96, 4));
    let numbers = |world: &World, application| -> Vec<u64> {
        let page =
            durable_events(world.store.as_ref(), &world.core.durable(), application, None, 500).unwrap();
        page.events.into_iter().map(|(number, _)| number).collect()
    };
    assert_eq!(numbers(&world, one), [100, 99, 98, 97, 96]);
    assert_eq!(numbers(&world, other), [3, 2]);
    let next = |from| next_application(world.store.as_ref(), from).unwrap();
    assert_eq!(
        (next(None), next(Some(other)), next(Some(ApplicationId(Uuid::from_u128(3))))),
        (Some(one), Some(other), None)
    );
}

#[test]
fn the_newest_event_stays_so_that_its_number_is_known() {
    let mut world = World::new();
    let one = ApplicationId(Uuid::from_u128(1));
    for _ in 0..2 {
        world.happens(one, START);
    }
    let much_later = START.plus(Span::days(3650));
    let step = events(world.store.as_ref(), one, much_later, EVENT_LIFETIME).unwrap();
    assert_eq!((step.gone, step.is_more, step.over_since), (1, false, Some(START.plus(EVENT_LIFETIME))));
    world.commit(step.commit).unwrap();
    let step = events(world.store.as_ref(), one, much_later, EVENT_LIFETIME).unwrap();
    assert_eq!((step.gone, step.is_more), (0, false));
    world.happens(one, much_later);
    assert_eq!(world.rows(Kind::Event), [key::event(one, 2), key::event(one, 3)]);
}

#[test]
fn marks_go_with_all_parts_of_their_answers_in_bounded_commits() {
    let mut world = World::new();
    for number in 0..80 {
        let body = if number % 16 == 0 { 150_000 } else { 100 };
        world.leaves_mark(number, START.plus(Span(number.into())), body);
    }
    let now = START.plus(Span::days(1)).plus(Span(69));
    let mut gone = 0;
    loop {
        let step = marks(&world.library, now).unwrap();
        assert!(step.commit.writes.len() <= ROWS_MAX + 66, "{}", step.commit.writes.len());
        gone += step.gone;
        world.commit(step.commit).unwrap();
        world.crash();
        if !step.is_more {
            break;
        }
    }
    assert_eq!(gone, 70);
    let left = [Kind::Mark, Kind::MarkDue, Kind::MarkPart].map(|kind| world.rows(kind).len());
    assert_eq!(left, [10, 10, 10], "the youngest, each with a short answer");
    assert!(world.rows(Kind::Mark).contains(&key::mark(&[79; 32])));
}

#[test]
fn blocks_of_accesses_go_once_all_their_days_are_over_their_time() {
    let mut world = World::new();
    let lifetime = Span::days(40);
    let user = UserId(Uuid::from_u128(7));
    for block in AccessBlock::between(Day(0), Day(32 * 99)) {
        let rows = [key::access(user, block), key::access_block(block, user)];
        let value = codec::encode(0, &AccessBlockV1).unwrap();
        let writes = rows.map(|key| Write { key, value: Some(value.clone()) }).to_vec();
        world.commit(Commit { writes, ..Commit::default() }).unwrap();
    }
    // The last day of block 79 is 32 * 80 - 1.
    let last = Day(32 * 80 - 1).midnight().plus(lifetime);
    for (now, gone_at_last) in [(last, 79), (last.plus(Span::days(1)), 80)] {
        loop {
            let step = accesses(world.store.as_ref(), now, lifetime).unwrap();
            assert!(step.commit.writes.len() <= ROWS_MAX);
            assert!(step.over_since.is_none_or(|since| since <= now));
            world.commit(step.commit).unwrap();
            world.crash();
            if !step.is_more {
                break;
            }
        }
        let left = [Kind::Access, Kind::AccessBlock].map(|kind| world.rows(kind).len());
        assert_eq!(left, [100 - gone_at_last; 2]);
    }
}

#[test]
fn a_mark_that_was_made_anew_meanwhile_stays() {
    let mut world = World::new();
    world.leaves_mark(1, START, 100);
    let now = START.plus(Span::days(1));
    let late = marks(&world.library, now).unwrap();
    let writes = mark::forget(&world.library, &[1; 32], now).unwrap();
    world.commit(Commit { writes, ..Commit::default() }).unwrap();
    world.leaves_mark(1, now, 100);
    let refused = world.commit(late.commit);
    assert_eq!(refused, Err(CommitError::Conflict { kind: Kind::MarkDue as u8 }));
    assert_eq!(world.rows(Kind::Mark).len(), 1);
    assert_eq!(marks(&world.library, now).unwrap().gone, 0);
}
