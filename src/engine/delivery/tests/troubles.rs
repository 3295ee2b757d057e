//! Receivers that fail, are slow, ask to be left alone, or are gone.

use super::*;
use crate::domain::delivery::{HaltCause, NoAnswer};
use crate::domain::workflow::webhook_delivery::State;
use crate::engine::delivery::core::{HEALTHY_MAX, TROUBLED_MAX};
use crate::engine::delivery::line::Lane;

const DEAD: (Span, Answer) = (Span::seconds(15), Answer::None(NoAnswer::TimedOut));

#[test]
fn eight_failures_of_one_message_stop_its_webhook_until_the_partner_says_something() {
    let mut world = World::new();
    let start = world.now;
    let one =
        world.webhook(1, move |now, _| (QUICK, if now.since(start) < Span::days(3) { BAD } else { OK }));
    world.happen(1);
    world.pass(Span::days(2));
    let times = world.times_of(one, live(1));
    let waits: Vec<_> = times.windows(2).map(|two| (two[1] - two[0]) / 1000).collect();
    let schedule = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
    assert_eq!(waits.len(), schedule.len());
    for (wait, least) in waits.iter().zip(schedule) {
        assert!((least..=least + least / 10 + 1).contains(wait), "{waits:?}");
    }
    assert_eq!(world.stored(one, live(1)).state, State::Exhausted);
    let seen = world.core.observe().next().unwrap();
    assert_eq!(seen.halt.map(|halt| halt.cause), Some(HaltCause::Exhausted));
    world.happen(5);
    world.pass(Span::days(2));
    assert_eq!(world.heard_by(one).len(), 8, "nothing goes there");

    world.subscribers.get_mut(&one).unwrap().term += 1;
    world.input(Input::Changed(APPLICATION));
    world.pass(Span::minutes(1));
    let heard: Vec<_> = world.heard_by(one)[8..].iter().map(|key| key.sequence).collect();
    assert_eq!(heard, [2, 3, 4, 5, 6], "what was not told yet is told, in order");
}

#[test]
fn a_stopped_webhook_stays_stopped_over_a_restart() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, Answer::Status(410, None)));
    world.happen(3);
    world.pass(Span::seconds(5));
    assert_eq!(world.heard_by(one), [live(1)]);
    assert_eq!(world.core.observe().next().unwrap().halt.unwrap().cause, HaltCause::Gone);
    world.crash(Span::days(1));
    world.pass(Span::days(1));
    assert_eq!(world.heard_by(one), [live(1)]);
}

#[test]
fn a_dead_receiver_slows_nobody_else() {
    let mut world = World::new();
    for number in 100..400 {
        world.webhook(number, |_, _| DEAD);
    }
    world.happen(3);
    world.pass(Span::minutes(10));
    let quick: Vec<_> = (1..=50).map(|number| world.webhook(number, |_, _| (QUICK, OK))).collect();
    world.pass(Span::seconds(1));
    let begun = world.now;
    world.happen(10);
    world.pass(Span::seconds(2));
    for one in quick {
        assert_eq!(world.heard_by(one).len(), 10, "{one} waited for others since {begun:?}");
    }
    let tally = world.core.tally();
    assert!(tally.under_way[0] == 0 && tally.under_way[1] <= TROUBLED_MAX, "{tally:?}");
    assert_eq!(tally.webhooks, 350);
}

#[test]
fn places_are_bounded_in_both_lanes() {
    let mut world = World::new();
    for number in 1..=200 {
        world.webhook(number, |_, _| DEAD);
    }
    world.pass(Span(100));
    world.happen(1);
    world.pass(Span(100));
    assert_eq!(world.core.tally().under_way, [HEALTHY_MAX, 0]);
    world.pass(Span::minutes(2));
    world.happen(1);
    world.pass(Span::seconds(80));
    let tally = world.core.tally();
    assert!(tally.under_way[0] == 0 && tally.under_way[1] <= TROUBLED_MAX, "{tally:?}");
    let all: BTreeSet<_> = world.heard.iter().map(|(_, one, _)| *one).collect();
    assert_eq!(all.len(), 200, "each has its turn");
}

#[test]
fn a_slow_receiver_goes_in_the_other_lane_and_comes_back() {
    let mut world = World::new();
    let mut count = 0;
    let one = world.webhook(1, move |_, _| {
        count += 1;
        (if count == 2 { Span::seconds(3) } else { QUICK }, OK)
    });
    let lane = |world: &World| world.core.observe().next().unwrap().lane;
    world.happen(1);
    world.pass(Span::seconds(5));
    assert_eq!(lane(&world), Lane::Healthy);
    world.happen(1);
    world.pass(Span::seconds(5));
    assert_eq!(lane(&world), Lane::Troubled);
    world.crash(Span(1));
    world.pass(Span::seconds(1));
    assert_eq!(lane(&world), Lane::Troubled, "also after a restart");
    world.happen(1);
    world.pass(Span::seconds(5));
    assert_eq!((lane(&world), world.heard_by(one).len()), (Lane::Healthy, 3));
}

#[test]
fn new_events_to_a_receiver_that_fails_wait_twice_as_long_each_time_up_to_a_minute() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, BAD));
    world.happen(200);
    world.pass(Span::minutes(30));
    let firsts: Vec<_> = (1..=200).filter_map(|n| world.times_of(one, live(n)).first().copied()).collect();
    let gaps: Vec<_> = firsts.windows(2).map(|two| (two[1] - two[0]) / 1000).collect();
    assert_eq!(gaps[0], 1);
    assert!(gaps.iter().all(|gap| *gap >= 1) && *gaps.last().unwrap() >= 60, "{gaps:?}");
    assert!(firsts.len() < 60, "{}", firsts.len());
}

#[test]
fn after_a_failure_that_ends_all_arrives_in_order_and_at_once() {
    let mut world = World::new();
    let start = world.now;
    let one =
        world.webhook(1, move |now, _| (QUICK, if now.since(start) < Span::minutes(10) { BAD } else { OK }));
    world.happen(100);
    world.pass(Span::minutes(5 * 60));
    let took: Vec<_> = world.took.iter().map(|(_, key)| key.sequence).collect();
    let all: BTreeSet<_> = took.iter().copied().collect();
    assert_eq!((took.len(), all.len()), (100, 100));
    let never_failed: Vec<_> =
        (1..=100).filter(|n| world.times_of(one, live(*n)).len() == 1).collect::<Vec<u64>>();
    let order: Vec<_> = took.into_iter().filter(|n| never_failed.contains(n)).collect();
    assert!(order.len() > 50 && order.is_sorted(), "{order:?}");
}

#[test]
fn whoever_asks_to_be_left_alone_is() {
    let mut world = World::new();
    let mut count = 0;
    let one = world.webhook(1, move |_, _| {
        count += 1;
        (QUICK, if count == 1 { Answer::Status(429, Some(Span::minutes(10))) } else { OK })
    });
    let begun = world.now;
    world.happen(3);
    world.pass(Span::minutes(20));
    let times: Vec<_> = world.heard.iter().map(|(at, _, _)| at.since(begun).0 / 1000).collect();
    assert_eq!(world.heard_by(one).len(), 4);
    assert!(times[0] == 0 && times[1..].iter().all(|at| *at >= 600), "{times:?}");
}

#[test]
fn more_tries_than_memory_holds_are_all_made() {
    let mut world = World::new();
    let mut first = BTreeSet::new();
    // Every other one is refused once.
    let one = world.webhook(1, move |_, key| {
        (QUICK, if key.sequence.is_multiple_of(2) && first.insert(key) { BAD } else { OK })
    });
    world.happen(1000);
    world.pass(Span::minutes(2 * 60));
    let took: BTreeSet<_> = world.took.iter().map(|(_, key)| key.sequence).collect();
    assert_eq!((took.len(), world.took.len(), world.rows(Kind::Retry)), (1000, 1000, 0));
    assert_eq!(world.heard_by(one).len(), 1500);
}

#[test]
fn what_was_due_while_nobody_was_there_is_tried_once() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, BAD));
    world.happen(3);
    world.pass(Span::minutes(1));
    let before = world.heard.len();
    world.crash(Span::minutes(20 * 60));
    world.pass(Span::seconds(30));
    let after: Vec<_> = world.heard[before..].iter().map(|(_, _, key)| key.sequence).collect();
    let each: BTreeSet<_> = after.iter().copied().collect();
    assert_eq!((after.len(), each.len()), (3, 3), "{after:?}");
    assert!(world.heard_by(one).len() > 3);
}

#[test]
fn a_webhook_that_goes_while_a_try_is_under_way_gives_its_place_back_and_nothing_is_written() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (Span::seconds(5), OK));
    world.happen(2);
    world.pass(Span::seconds(1));
    assert_eq!(world.core.tally().under_way, [1, 0]);
    world.remove(one);
    world.pass(Span::seconds(20));
    assert_eq!(world.core.tally().under_way, [0, 0]);
    assert_eq!(
        (world.heard_by(one).len(), world.rows(Kind::Message), world.core.tally().webhooks),
        (1, 0, 0)
    );
}

#[test]
fn a_webhook_that_goes_unnoticed_is_never_written_of() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (Span::seconds(5), OK));
    world.happen(2);
    world.pass(Span::seconds(1));
    world.commit(vec![(key::webhook(APPLICATION, one), None)]);
    world.subscribers.remove(&one);
    world.pass(Span::seconds(20));
    assert_eq!((world.rows(Kind::Message), world.rows(Kind::WebhookCursor)), (0, 0));
    assert_eq!(world.core.tally().webhooks, 0, "the refused commit made it look");
}

#[test]
fn a_store_without_room_stops_it_until_there_is_some() {
    let mut world = World::new();
    let one = world.webhook(1, |_, _| (QUICK, OK));
    world.pass(Span(10));
    world.is_full = true;
    world.happen(100);
    world.pass(Span::minutes(5));
    let tried = world.heard_by(one).len();
    assert!(tried <= 17, "{tried}: what cannot be written down is not sent on and on");
    world.is_full = false;
    world.pass(Span::minutes(1));
    assert_eq!(world.heard_by(one), (1..=100).map(live).collect::<Vec<_>>());
    assert_eq!(world.told(one), 100);
}
