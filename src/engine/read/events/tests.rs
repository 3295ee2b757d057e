//! Proofs of the list of events: whoever pages through it sees each event exactly once.

use super::*;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::event::EventData;
use crate::engine::committer::{Commit, CommitterCore, NewEvent};
use crate::engine::open::join;
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use std::sync::Arc;
use uuid::Uuid;

const OURS: ApplicationId = ApplicationId(Uuid::from_u128(1));
const OTHERS: ApplicationId = ApplicationId(Uuid::from_u128(2));
const NOW: UnixMillis = UnixMillis(1_000_000_000_000);

struct Bench {
    committer: CommitterCore,
    library: Library,
    count: u64,
}

impl Bench {
    fn new() -> Self {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = join(Arc::new(MemoryStore::default()), Box::new(MemorySlots::default()), keyring);
        let committer = CommitterCore::open(opened.store.clone(), opened.vault).unwrap();
        Self { committer, library: Library { store: opened.store, keys: opened.keys }, count: 0 }
    }

    /// Something happens to the user of that number.
    fn happens(&mut self, application: ApplicationId, kind: EventKind, user: u128, recorded: UnixMillis) {
        self.count += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.count.to_be_bytes());
        let user = UserId(Uuid::from_u128(user));
        let (id, data) = (EventId(id), EventData::Nothing);
        let event =
            Event { id, kind, at: recorded, recorded, user, link: None, consent: None, subject: None, data };
        let encoded = event::encode(&event, None, [0; 24]).unwrap();
        let events = vec![NewEvent { application, user, id, encoded }];
        assert!(self.committer.commit(vec![Commit { events, ..Commit::default() }])[0].is_ok());
    }

    fn page(&self, filter: &EventFilter, place: EventPlace, looked_at_max: usize) -> EventList {
        let durable = self.committer.durable();
        page(&self.library, &durable, OURS, filter, place, NOW, looked_at_max).unwrap()
    }

    /// All pages, and how many they were.
    fn pages(&self, filter: &EventFilter, limit: usize, looked_at_max: usize) -> (Vec<EventId>, usize) {
        let (mut seen, mut place, mut count) = (Vec::new(), EventPlace { before: None, limit }, 0);
        loop {
            let page = self.page(filter, place, looked_at_max);
            assert!(page.events.len() <= limit);
            seen.extend(page.events.iter().map(|event| event.id));
            count += 1;
            place.before = page.next;
            if place.before.is_none() {
                return (seen, count);
            }
        }
    }
}

fn number(id: EventId) -> u64 {
    u64::from_be_bytes(id.0[..8].try_into().unwrap())
}

#[test]
fn whoever_goes_from_page_to_page_sees_each_event_once() {
    let mut bench = Bench::new();
    for at in 0..1203_u128 {
        let kind = if at % 4 == 3 { EventKind::LinkCreated } else { EventKind::UserCreated };
        bench.happens(if at % 5 == 0 { OTHERS } else { OURS }, kind, at % 3, NOW);
    }
    let ours = (0..1203_u64).filter(|at| at % 5 != 0 && at % 4 != 3);
    let all: Vec<u64> = ours.clone().map(|at| at + 1).rev().collect();
    let of_one: Vec<u64> = ours.filter(|at| at % 3 == 1).map(|at| at + 1).rev().collect();
    let one = EventFilter { user: Some(UserId(Uuid::from_u128(1))), ..EventFilter::default() };
    let nobody = EventFilter { user: Some(UserId(Uuid::from_u128(9))), ..EventFilter::default() };
    for limit in [1, 7, 240, 241, 500] {
        for (filter, wanted) in [(EventFilter::default(), &all), (one.clone(), &of_one)] {
            let (seen, pages) = bench.pages(&filter, limit, LOOKED_AT_MAX);
            assert_eq!(&seen.into_iter().map(number).collect::<Vec<_>>(), wanted, "{limit}");
            assert_eq!(pages, wanted.len().div_ceil(limit), "no page is empty: {limit}");
            // However few events are looked at for a page: it says where it goes on.
            let (seen, _) = bench.pages(&filter, limit, 1);
            assert_eq!(&seen.into_iter().map(number).collect::<Vec<_>>(), wanted, "{limit}");
        }
    }
    assert_eq!(bench.pages(&nobody, 500, LOOKED_AT_MAX), (vec![], 1));
    let first = bench.page(&nobody, EventPlace::default(), 1);
    assert_eq!((first.events, first.next.is_some()), (vec![], true), "nothing there yet is not the end");
}

#[test]
fn what_happens_meanwhile_moves_no_page_and_what_is_old_ends_the_last() {
    let mut bench = Bench::new();
    bench.happens(OURS, EventKind::UserCreated, 1, NOW.minus(EVENT_LIST_REACH).minus(Span(1)));
    for _ in 0..5 {
        bench.happens(OURS, EventKind::UserCreated, 1, NOW.minus(EVENT_LIST_REACH));
    }
    let filter = EventFilter::default();
    let first = bench.page(&filter, EventPlace { before: None, limit: 3 }, LOOKED_AT_MAX);
    bench.happens(OURS, EventKind::UserUpdated, 1, NOW);
    let second = bench.page(&filter, EventPlace { before: first.next, limit: 3 }, LOOKED_AT_MAX);
    let numbers = first.events.iter().chain(&second.events).map(|event| number(event.id));
    assert_eq!(numbers.collect::<Vec<_>>(), [6, 5, 4, 3, 2]);
    assert_eq!(second.next, None);
}
