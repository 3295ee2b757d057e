//! What arrives, in which order, and what is written down of it.

use super::*;
use crate::domain::delivery::test_message;
use crate::domain::workflow::webhook_delivery::State;

#[test]
fn a_receiver_that_keeps_up_hears_everything_once_and_in_order() {
    let mut world = World::new();
    world.happen(3);
    world.pass(Span(5));
    let one = world.webhook(1, |_, _| (QUICK, OK));
    for _ in 0..10 {
        world.happen(30);
        world.pass(Span(200));
    }
    world.pass(Span::minutes(1));
    let expected: Vec<_> = (4..=303).map(live).collect();
    assert_eq!(world.heard_by(one), expected, "what happened before it was made is not told");
    assert_eq!((world.told(one), world.rows(Kind::Message), world.rows(Kind::Attempt)), (303, 300, 300));
    assert_eq!(world.rows(Kind::Retry), 0);
    assert_eq!(world.stored(one, live(9)).state, State::Delivered);
}

#[test]
fn one_try_of_a_webhook_is_under_way_at_a_time() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (Span(700), OK));
    world.happen(20);
    world.pass(Span::minutes(1));
    let times: Vec<_> = world.heard.iter().map(|(at, _, _)| at.0).collect();
    assert!(times.windows(2).all(|two| two[1] >= two[0] + 700), "{times:?}");
    assert_eq!(world.heard_by(one).len(), 20);
}

#[test]
fn a_message_that_fails_steps_aside_and_those_behind_it_pass_on() {
    let mut world = World::new();
    let mut failed = false;
    let one = world.webhook(1, move |_, key| {
        let fails = key.sequence == 3 && !std::mem::replace(&mut failed, true);
        (QUICK, if fails { BAD } else { OK })
    });
    world.happen(6);
    world.pass(Span::seconds(20));
    let heard: Vec<_> = world.heard_by(one).iter().map(|key| key.sequence).collect();
    assert_eq!(heard, [1, 2, 3, 4, 5, 6, 3]);
    let times = world.times_of(one, live(3));
    assert!((5020..=5600).contains(&(times[1] - times[0])), "{times:?}");
    let message = world.stored(one, live(3));
    assert_eq!((message.state, message.tries, message.next), (State::Delivered, 2, None));
    assert_eq!((world.rows(Kind::Attempt), world.rows(Kind::Retry)), (7, 0));
}

#[test]
fn events_that_nobody_wants_move_the_cursor_and_are_written_down_rarely() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.pass(Span(10));
    for _ in 0..900 {
        world.happens(EventKind::LinkOpened);
    }
    world.pass(Span::seconds(5));
    assert_eq!((world.told(one), world.rows(Kind::WebhookCursor)), (0, 0), "nothing is written for them");
    for _ in 0..200 {
        world.happens(EventKind::LinkOpened);
    }
    world.pass(Span::seconds(5));
    assert!(world.told(one) >= 1000);
    world.happen(1);
    world.pass(Span::seconds(5));
    assert_eq!(world.heard_by(one), [live(1101)]);
    assert_eq!(world.told(one), 1101);
}

#[test]
fn an_idle_webhook_is_not_read() {
    let mut world = World::new();
    world.webhook(1, |_, _| (QUICK, OK));
    world.happen(1);
    world.pass(Span::minutes(2));
    let loads = world.loads;
    world.pass(Span::days(1));
    assert_eq!(world.loads, loads);
}

#[test]
fn a_replay_tells_its_range_again_under_other_names_beside_what_is_new() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.happen(150);
    world.pass(Span::minutes(1));
    world.heard.clear();
    world.ask(1, one, Ask::Replay { from: 20, to: 120 });
    world.ask(2, one, Ask::Replay { from: 7, to: 7 });
    world.happen(100);
    world.pass(Span::minutes(1));
    assert_eq!(world.replies, [(1, Ok(Asked::Replay(1))), (2, Ok(Asked::Replay(2)))]);
    let of_run = |run| world.heard_by(one).into_iter().filter(move |key| key.run == run);
    let sequences = |run| of_run(run).map(|key| key.sequence).collect::<Vec<_>>();
    assert_eq!(sequences(1), (20..=120).collect::<Vec<_>>());
    assert_eq!(sequences(2), [7]);
    assert_eq!(sequences(LIVE), (151..=250).collect::<Vec<_>>());
    let place = |old: bool| world.heard.iter().position(|(_, _, key)| (key.run == 1) == old && key.run < 2);
    let last = |old: bool| world.heard.iter().rposition(|(_, _, key)| (key.run == 1) == old && key.run < 2);
    assert!(place(false) < last(true) && place(true) < last(false), "neither waits for the whole other");
    let cursor = rows::cursor(world.store.as_ref(), one).unwrap().unwrap().1;
    assert_eq!((cursor.runs.len(), cursor.last_run), (0, 2));
    let ring = &world.house.keyring;
    assert_ne!(live(7).id(ring, one), MessageKey { sequence: 7, run: 2 }.id(ring, one));
}

#[test]
fn replays_are_bounded_and_a_strange_webhook_is_refused() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (Span::seconds(10), OK));
    world.happen(5);
    world.ask(0, one, Ask::Replay { from: 1, to: 5 });
    assert_eq!(world.replies.pop(), Some((0, Err(Refusal::Unknown))), "not listed yet");
    world.pass(Span::seconds(5));
    for token in 1..=9 {
        world.ask(token, one, Ask::Replay { from: 1, to: 5 });
    }
    world.ask(10, webhook(99), Ask::Replay { from: 1, to: 5 });
    world.pass(Span::seconds(1));
    let refused: Vec<_> = world.replies.iter().filter(|(_, answer)| answer.is_err()).collect();
    assert_eq!(refused, [&(9, Err(Refusal::TooMany)), &(10, Err(Refusal::Unknown))]);
    assert_eq!(world.replies.len(), 10);
}

#[test]
fn a_test_message_goes_out_as_it_was_written_and_stands_for_no_event() {
    let mut world = World::new();
    let mut tries = 0;
    let one = world.webhook(1, move |_, _| {
        tries += 1;
        (QUICK, if tries == 1 { BAD } else { OK })
    });
    world.pass(Span(10));
    let table = &world.house.workflows.webhook_delivery;
    let mut message = Message::new(table, EventId([5; 32]), EventKind::UserDeleted, world.now);
    message.text = Some("is anybody there".into());
    world.ask(1, one, Ask::Test(Box::new(message)));
    world.pass(Span::seconds(10));
    let [(1, Ok(Asked::Test(key)))] = world.replies[..] else { panic!("{:?}", world.replies) };
    assert_eq!(world.heard_by(one), [key, key]);
    let stored = world.stored(one, key);
    assert_eq!((stored.state, stored.tries), (State::Delivered, 2));
    assert_eq!(stored.text.as_deref(), Some("is anybody there"));
    assert_eq!(test_message(stored.event), (one, key));
    let value = world.store.get(&key::message(one, key.sequence, key.run)).unwrap().unwrap();
    assert!(!value.windows(7).any(|part| part == b"anybody"), "it is sealed");
}
