//! Whatever happens to the process, each event reaches each webhook, under one name.

use super::*;
use crate::domain::workflow::webhook_delivery::State;
use crate::engine::delivery::line::UNWRITTEN_MAX;

#[test]
fn after_a_crash_the_cursor_goes_on_where_it_was_written_down() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.happen(300);
    world.pass(Span(2345));
    let before = world.heard_by(one);
    world.crash(Span::seconds(1));
    world.pass(Span::minutes(1));
    let all = world.heard_by(one);
    let repeated = all.len() - 300;
    assert!(repeated <= UNWRITTEN_MAX + 1, "{repeated} of {}", before.len());
    let (first, rest) = all.split_at(before.len());
    assert!(first.is_sorted() && rest.is_sorted() && rest.last() == Some(&live(300)));
}

#[test]
fn whatever_happens_each_event_is_delivered_or_in_the_list_of_those_that_are_not() {
    for seed in 0..24_u8 {
        let mut dice = Entropy::new([seed; 32]);
        let mut world = World::new();
        let many = 1 + dice.below(4);
        for number in 0..many {
            let (mut own, badness) = (numbered(seed ^ 0x55, number), dice.below(90));
            world.webhook(u128::from(number) + 1, move |_, _| {
                let is_slow = own.below(10) == 0;
                let took = Span(own.below(if is_slow { 15_000 } else { 300 }));
                let answer = match own.below(100) {
                    roll if roll >= badness => OK,
                    roll if roll % 7 == 0 => Answer::Status(503, Some(Span::seconds(own.below(100)))),
                    _ => BAD,
                };
                (took, answer)
            });
        }
        world.pass(Span(100));
        for _ in 0..40 {
            match dice.below(10) {
                0..=4 => {
                    let some = usize::try_from(dice.below(20)).unwrap();
                    world.happen(some);
                }
                5 => world.happens(EventKind::LinkOpened),
                6 => world.crash(Span(dice.below(100_000))),
                7 => world.is_full = !world.is_full,
                _ => {}
            }
            world.pass(Span(dice.below(20_000)));
        }
        world.is_full = false;
        world.happen(1);
        world.pass(Span::days(4));
        let durable = world.committer.durable();
        let events = crate::engine::committer::events::durable_events_after(
            world.store.as_ref(),
            &durable,
            APPLICATION,
            0,
            usize::MAX,
        );
        for (sequence, value) in events.unwrap() {
            if event::decode(&value, None).unwrap().kind != EventKind::UserCreated {
                continue;
            }
            for number in 0..many {
                let id = webhook(u128::from(number) + 1);
                let halted = world.core.observe().find(|one| one.subscriber.webhook == id).unwrap().halt;
                if halted.is_some() {
                    continue;
                }
                let message = world.stored(id, live(sequence));
                let took = world.took.contains(&(id, live(sequence)));
                assert_eq!(message.state, State::Delivered, "seed {seed}, {sequence} to {id}");
                assert!(took, "seed {seed}: {sequence} was never taken by {id}");
            }
        }
    }
}

#[test]
fn a_replay_and_a_test_survive_a_crash_once_they_are_answered() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.happen(100);
    world.pass(Span::minutes(1));
    world.ask(1, one, Ask::Replay { from: 1, to: 90 });
    let table = &world.house.workflows.webhook_delivery;
    let mut message = Message::new(table, EventId([5; 32]), EventKind::UserDeleted, world.now);
    message.text = Some("x".into());
    world.ask(2, one, Ask::Test(Box::new(message)));
    world.pass(Span(8));
    let [(1, Ok(_)), (2, Ok(Asked::Test(test)))] = world.replies[..] else { panic!("{:?}", world.replies) };
    world.crash(Span::seconds(1));
    world.heard.clear();
    world.pass(Span::minutes(1));
    let heard: BTreeSet<_> = world.heard_by(one).into_iter().collect();
    assert!((1..=90).all(|sequence| heard.contains(&MessageKey { sequence, run: 1 })));
    assert!(heard.contains(&test));
}

/// The cursor runs ahead over what is not wanted before that is written down: when it is wanted later, and the
/// process ends at once, what happened before that is looked at again.
#[test]
fn what_it_comes_to_want_is_told_from_then_on_and_in_order_whatever_crashes() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.pass(Span(10));
    for _ in 0..5 {
        world.happens(EventKind::LinkOpened);
    }
    world.happen(1);
    world.pass(Span(10));
    assert_eq!(
        (world.heard_by(one), world.told(one)),
        (vec![live(6)], 0),
        "it is told, and not written down"
    );
    world.wanted.insert(EventKind::LinkOpened, 6);
    world.crash(Span(1));
    world.happens(EventKind::LinkOpened);
    world.pass(Span::seconds(5));
    assert_eq!(world.heard_by(one), [6, 6, 7].map(live), "nothing of before");
    world.heard.clear();
    world.ask(1, one, Ask::Replay { from: 2, to: 3 });
    world.pass(Span::seconds(5));
    let again = |sequence| MessageKey { sequence, run: 1 };
    assert_eq!(world.heard_by(one), [again(2), again(3)], "but where it is asked for");
}

#[test]
fn what_rings_while_it_is_read_is_not_missed() {
    for after in 0..6 {
        let mut world = World::new();
        let one = world.webhook(1, |_, _| (Span(1), OK));
        world.pass(Span(10));
        world.happen(1);
        world.pass(Span(after));
        world.happen(1);
        world.pass(Span::minutes(3));
        assert_eq!(world.heard_by(one), [live(1), live(2)], "{after}");
    }
}

#[test]
fn a_webhook_that_begins_anew_while_it_is_read_is_read_again() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.pass(Span(10));
    world.happen(1);
    // Somebody else writes its cursor: the commit is refused, and what is stored counts.
    let change = super::super::change::Change {
        subscriber: world.subscribers[&one],
        version: 0,
        cursor: crate::engine::records::delivery::Cursor::default(),
        done: Vec::new(),
        tests: Vec::new(),
    };
    let commit = rows::commit(&world.house.keyring, &change, &mut Entropy::new([9; 32])).unwrap();
    assert!(world.committer.commit(vec![commit])[0].is_ok());
    world.pass(Span::minutes(1));
    world.happen(5);
    world.pass(Span::minutes(1));
    assert_eq!(world.told(one), 6);
    assert_eq!(world.heard_by(one).iter().filter(|key| key.sequence == 1).count(), 2, "told again");
}
