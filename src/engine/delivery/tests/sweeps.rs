//! What is not shown any more goes, and nothing else.

use super::*;
use crate::domain::workflow::webhook_delivery::State;
use crate::engine::records::delivery::{self, Cursor, WebhookCursorV1};
use crate::store::codec;

#[test]
fn messages_go_a_month_after_their_end_with_their_attempts() {
    let mut world = World::new();
    let mut first = BTreeSet::new();
    let one = world.webhook(1, move |_, key| (QUICK, if first.insert(key) { BAD } else { OK }));
    world.happen(40);
    world.pass(Span::days(20));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::Attempt)), (40, 80));
    world.happen(5);
    world.pass(Span::days(9));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::Attempt)), (45, 90));
    world.pass(Span::days(2));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::Attempt)), (5, 10));
    world.crash(Span(1));
    world.pass(Span::days(1));
    assert_eq!((world.told(one), world.heard_by(one).len()), (45, 90), "nothing is told again for that");
}

#[test]
fn a_message_that_is_still_tried_stays() {
    let mut world = World::new();
    let one =
        world.webhook(1, |_, key| (QUICK, if key.sequence == 1 { Answer::Status(410, None) } else { OK }));
    world.happen(3);
    world.pass(Span::days(40));
    assert_eq!(world.heard_by(one), [live(1)]);
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::Retry)), (1, 1));
}

/// Writes down messages of a webhook as they stand, one for each event so far.
fn stand(world: &mut World, one: WebhookId, state: impl Fn(u64) -> State, many: u64) {
    let cursor = codec::encode(1, &WebhookCursorV1::from(&Cursor::default())).unwrap();
    let mut writes = vec![Write { key: key::webhook_cursor(one), value: Some(cursor) }];
    for sequence in 1..=many {
        let table = &world.house.workflows.webhook_delivery;
        let message = Message::new(table, EventId([1; 32]), EventKind::UserCreated, world.now);
        let message = Message { state: state(sequence), ..message };
        let value = delivery::encode(one, live(sequence), &message, &world.house.keyring, [0; 24]).unwrap();
        writes.push(Write { key: key::message(one, sequence, LIVE), value: Some(value) });
    }
    assert!(world.committer.commit(vec![Commit { writes, ..Commit::default() }])[0].is_ok());
}

/// Sweeps, at most so many steps, as a server does that is started then.
fn sweep_from_the_start(world: &mut World, steps_max: usize) -> usize {
    let (mut from, mut steps) = (None, 0);
    while steps < steps_max {
        let table = &world.house.workflows.webhook_delivery;
        let owner = |_| Some(APPLICATION);
        let step = sweep::step(world.store.as_ref(), table, from, owner, world.now).unwrap();
        assert!(step.commit.writes.len() < 2 * sweep::SWEEP_ROWS_MAX);
        assert!(world.committer.commit(vec![step.commit])[0].is_ok());
        steps += 1;
        from = step.next;
        if from.is_none() {
            break;
        }
    }
    steps
}

#[test]
fn behind_many_that_wait_in_a_halted_webhook_what_ended_goes_also_over_restarts() {
    let (waiting, all) = (700, 1200);
    let mut world = World::new();
    world.happen(1200);
    let state = |sequence| if sequence <= waiting { State::Retrying } else { State::Delivered };
    stand(&mut world, webhook(1), state, all);
    let other = |_| State::Delivered;
    stand(&mut world, webhook(2), other, 3);
    world.now = world.now.plus(Span::days(30));
    sweep_from_the_start(&mut world, 100);
    assert_eq!(world.rows(Kind::Message), 1203, "not yet");
    world.now = world.now.plus(Span(1));
    for _ in 0..2 {
        sweep_from_the_start(&mut world, 3);
    }
    assert_eq!(world.rows(Kind::Message), 703, "three steps at a time get on, as far as they reach");
    assert!(sweep_from_the_start(&mut world, 100) < 10);
    assert_eq!(world.rows(Kind::Message), 700, "and the other one's are gone too");
}

#[test]
fn a_message_that_cannot_be_read_holds_up_no_other() {
    let mut world = World::new();
    world.happen(10);
    stand(&mut world, webhook(1), |_| State::Delivered, 10);
    world.commit(vec![(key::message(webhook(1), 3, LIVE), Some(()))]);
    world.now = world.now.plus(Span::days(31));
    sweep_from_the_start(&mut world, 100);
    assert_eq!(world.rows(Kind::Message), 1);
}

#[test]
fn what_happened_later_than_that_is_not_looked_at() {
    let mut world = World::new();
    world.happen(10);
    stand(&mut world, webhook(1), |_| State::Delivered, 10);
    world.now = world.now.plus(Span::days(31));
    world.happen(9000);
    stand(&mut world, webhook(1), |_| State::Delivered, 9000);
    assert!(sweep_from_the_start(&mut world, 100) <= 4);
    assert_eq!(world.rows(Kind::Message), 9000);
}

#[test]
fn what_ended_lately_keeps_nothing_behind_it() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.happen(40);
    world.pass(Span::days(20));
    world.ask(1, one, Ask::Replay { from: 2, to: 2 });
    world.pass(Span::days(11));
    world.happen(3);
    world.pass(Span::minutes(60));
    assert_eq!(
        (world.told(one), world.rows(Kind::Message)),
        (43, 4),
        "a replay of the second, and what is new"
    );
    world.pass(Span::days(20));
    assert_eq!(world.rows(Kind::Message), 3);
}

#[test]
fn tests_go_too_where_their_numbers_lie_ahead_of_what_happened() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.happen(3);
    world.pass(Span::minutes(1));
    for token in 0..30 {
        let mut message = Message::new(
            &world.house.workflows.webhook_delivery,
            EventId([7; 32]),
            EventKind::UserCreated,
            world.now,
        );
        message.text = Some("is anybody there".into());
        world.ask(token, one, Ask::Test(Box::new(message)));
        world.pass(Span::minutes(1));
    }
    assert_eq!(world.rows(Kind::Message), 33);
    world.pass(Span::days(29));
    world.happen(50);
    world.pass(Span::days(2));
    assert_eq!(world.rows(Kind::Message), 50);
}

#[test]
fn of_a_webhook_that_is_gone_nothing_is_left_and_of_others_everything() {
    let mut world = World::new();
    let mut all = BTreeMap::new();
    for number in 1..=3 {
        let mut first = BTreeSet::new();
        let receiver = move |_, key: MessageKey| {
            (QUICK, if key.sequence.is_multiple_of(3) && first.insert(key) { BAD } else { OK })
        };
        all.insert(number, world.webhook(number, receiver));
    }
    world.happen(150);
    world.pass(Span::minutes(2));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::WebhookCursor)), (450, 3));
    world.remove(all[&2]);
    world.pass(Span::minutes(30));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::WebhookCursor)), (300, 2));
    assert_eq!((world.rows(Kind::Attempt), world.rows(Kind::Retry)), (400, 0));
    world.remove(all[&1]);
    world.remove(all[&3]);
    world.pass(Span::minutes(30));
    let kinds = [Kind::Message, Kind::Attempt, Kind::Retry, Kind::WebhookCursor];
    assert_eq!(kinds.map(|kind| world.rows(kind)), [0; 4]);
}
