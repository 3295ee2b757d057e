//! What is not shown any more goes, and nothing else.

use super::*;

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
