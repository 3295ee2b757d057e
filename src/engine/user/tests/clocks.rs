//! A user who lives by a test clock: its deadlines stand under the clock, what is asked of the world says so,
//! and it is counted from its first commit to its last.

use super::*;
use crate::domain::clock::TestClock;
use crate::domain::id::ClockId;
use crate::engine::clocks::registry::MEMBERS_MAX;
use crate::engine::records::clock::ClockV1;
use crate::store::{Batch, codec};

const THERE: UnixMillis = UnixMillis(1_900_000_000_000);

fn clock() -> TestClock {
    TestClock {
        id: ClockId::new(6).unwrap(),
        application: APPLICATION,
        name: String::new(),
        created: START,
        at: THERE,
        runs_since: None,
        target: None,
    }
}

/// A house with a clock, nobody in it, and a user that is not there yet.
fn whole() -> (Whole, Arc<House>) {
    let (mut whole, house) = (Whole::new(), house());
    house.clocks.publish(clock(), false);
    house.clocks.counted(clock().id, 0);
    whole.bench.core = UserCore::new(USER, house.clone(), Loaded::absent());
    (whole, house)
}

fn store(whole: &Whole) {
    let value = codec::encode(1, &ClockV1::from(&clock())).unwrap();
    whole.library.store.apply(&Batch(vec![(key::clock(clock().id), Some(value))])).unwrap();
}

fn create_by(clock: ClockId) -> Command {
    let changes = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
    Command::CreateUser(Box::new(changes), Some(clock))
}

#[test]
fn deadlines_and_what_is_asked_of_the_world_go_by_the_clock() {
    let (mut whole, house) = whole();
    store(&whole);
    whole.ask(SERVER, create_by(clock().id)).unwrap();
    assert_eq!(whole.bench.user().created, THERE);
    assert_eq!(whole.rows(Kind::ClockMember), vec![key::clock_member(clock().id, USER)]);
    assert_eq!(house.clocks.members(clock().id), Some(1));
    whole.ask(SERVER, create_link()).unwrap();
    let hash = whole.bench.user().link.as_ref().unwrap().hash;
    whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
    let code = whole.bench.user().link.as_ref().unwrap().code.clone().unwrap();
    assert_eq!(code.expires, THERE.plus(Span::minutes(10)));
    let [head] = whole.outbox()[..] else { panic!("one text") };
    let expected = (Some(clock().id), START, code.expires);
    assert_eq!((head.clock, head.created, head.not_after), expected);
    // The clock is sent past the link's end: the user sees it at once, and does what is due when told.
    house.clocks.publish(TestClock { at: THERE.plus(Span::days(8)), ..clock() }, false);
    let over = whole.ask(SERVER, Command::GetLink);
    assert_eq!(over, Err(Failure::LinkOver(auth_link::State::Expired).into()));
    let late = house.clocks.now(head.clock, START) > head.not_after;
    assert!(late, "a code that is dead by its clock is not texted");
    whole.library.store.apply(&Batch(vec![(key::outbox(head.id), None)])).unwrap();
    whole.ask(Caller::House, Command::FallDue).unwrap();
    whole.ask(SERVER, Command::DeleteUser).unwrap();
    assert!(whole.rows(Kind::ClockMember).is_empty() && whole.rows(Kind::Deadline).is_empty());
    assert_eq!(house.clocks.members(clock().id), Some(0));
}

#[test]
fn its_alarms_are_the_clocks() {
    let (mut whole, _) = whole();
    store(&whole);
    whole.ask(SERVER, create_by(clock().id)).unwrap();
    whole.bench.ask(0, SERVER, create_link());
    let out = whole.bench.committed();
    let alarms: Vec<_> = out.iter().filter(|one| matches!(one, Output::Alarm(_))).collect();
    assert!(alarms.is_empty(), "{alarms:?}");
    let due = THERE.plus(Span::days(7));
    assert!(
        out.iter().any(|one| matches!(one, Output::ClockAlarm(id, at) if (*id, *at) == (clock().id, due)))
    );
}

#[test]
fn nobody_joins_a_clock_that_is_gone_full_or_not_theirs() {
    let (mut whole, house) = whole();
    let gone = whole.ask(SERVER, create_by(clock().id));
    assert_eq!(gone, Err(Trouble::Conflict.into()), "the store has it no more");
    assert_eq!(house.clocks.members(clock().id), Some(0), "the place is free again");
    store(&whole);
    whole.bench.core = UserCore::new(USER, house.clone(), Loaded::absent());
    let unknown = whole.ask(SERVER, create_by(ClockId::new(7).unwrap()));
    assert_eq!(unknown, Err(Failure::ClockUnknown.into()));
    for _ in 0..MEMBERS_MAX {
        house.clocks.enter(APPLICATION, clock().id).unwrap();
    }
    assert_eq!(whole.ask(SERVER, create_by(clock().id)), Err(Failure::ClockFull.into()));
    house.clocks.leave(clock().id);
    let nameless = Command::CreateUser(Box::default(), Some(clock().id));
    assert!(matches!(whole.ask(SERVER, nameless), Err(Refusal::Rule(Failure::Profile(_)))));
    whole.ask(SERVER, create_by(clock().id)).unwrap();
    assert_eq!(house.clocks.members(clock().id), Some(MEMBERS_MAX), "a refused user keeps no place");
}
