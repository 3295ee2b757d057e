//! The link: how long it lives, that only the latest works, that looking spends nothing, and what is
//! remembered of the dead.

use super::{DAY, MOBILE, MS, OTHER_MOBILE, START, WEEK, World, cookie};
use crate::domain::auth_link::DEAD_LINKS_MAX;
use crate::domain::command::{Command, Entry, Failure};
use crate::domain::event::EventKind;
use crate::domain::profile::{ProfileChanges, ProfileFault};
use crate::domain::time::Span;
use crate::domain::workflow::auth_link::State;
use crate::domain::workflow::consent_session;

/// Both ways there are to reach a deadline: the alarm rang on time, or nobody has rung at all.
fn with_and_without_alarm(proof: impl Fn(bool)) {
    proof(true);
    proof(false);
}

#[test]
fn a_link_lives_seven_days_to_the_millisecond_whether_or_not_an_alarm_rings() {
    with_and_without_alarm(|rings| {
        let (mut world, link) = World::with_link();
        assert_eq!(world.get_link().unwrap().expires, START.plus(WEEK));
        world.now = START.plus(Span(WEEK.0 - 1));
        if rings {
            world.alarm();
            assert!(!world.committed, "an early alarm does nothing");
        }
        assert_eq!(world.get_link().unwrap().state, State::Issued);
        assert!(world.get_user().has_link);
        assert_eq!(world.view(link).unwrap().state, State::Issued);
        world.request(link).unwrap();
        world.wait(MS);
        if rings {
            world.alarm();
        }
        assert_eq!(world.get_link(), Err(Failure::LinkOver(State::Expired)));
        assert!(!world.get_user().has_link);
        assert_eq!(world.view(link).unwrap().state, State::Expired);
        assert_eq!(world.request(link), Err(Failure::LinkOver(State::Expired)));
        assert_eq!(world.try_wrong(link), Failure::LinkOver(State::Expired));
        assert_eq!(world.count(EventKind::LinkExpired), 1);
    });
}

#[test]
fn a_right_code_enters_in_the_last_millisecond_and_not_after() {
    for (early, enters) in [(1, true), (0, false)] {
        let (mut world, link) = World::with_link();
        world.now = START.plus(Span(WEEK.0 - 300_000));
        let code = world.code(link);
        world.now = START.plus(Span(WEEK.0 - early));
        let entered = world.try_code(link, &code, Entry::Token);
        assert_eq!(entered.is_ok(), enters);
        if !enters {
            assert_eq!(entered, Err(Failure::LinkOver(State::Expired)));
        }
    }
}

#[test]
fn alarms_that_are_early_repeated_or_late_do_what_is_due_once() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    world.wait(Span(Span::minutes(10).0 - 1));
    world.alarm();
    assert!(!world.committed);
    world.now = START.plus(Span(WEEK.0 + 3 * DAY.0));
    world.alarm();
    assert!(world.committed);
    let seen = world.events.len();
    world.alarm();
    assert!(!world.committed, "a repeated alarm does nothing");
    assert_eq!((world.events.len(), world.count(EventKind::LinkExpired)), (seen, 1));
    let expired = world.events.iter().find(|event| event.kind == EventKind::LinkExpired).unwrap();
    assert_eq!(expired.at, world.now, "a late deadline happens now");
    assert_eq!(world.user().link.as_ref().unwrap().state, State::Expired);
}

#[test]
fn only_the_latest_link_works() {
    let (mut world, older) = World::with_link();
    let code = world.code(older);
    let newer = world.link();
    assert_ne!(older, newer);
    assert_eq!(world.request(older), Err(Failure::LinkOver(State::Replaced)));
    assert_eq!(world.try_code(older, &code, Entry::Token), Err(Failure::LinkOver(State::Replaced)));
    let face = world.view(older).unwrap();
    assert_eq!((face.state, face.mobile_ending), (State::Replaced, None));
    assert_eq!(world.get_link().unwrap().state, State::Issued);
    assert_eq!(world.count(EventKind::LinkReplaced), 1);
    assert_eq!(world.withdrawn().len(), 1, "the older link's text is taken back");
    world.enter(newer, cookie(1));
    assert_eq!(world.view(newer).unwrap().state, State::InSession);
}

#[test]
fn looking_spends_nothing_and_sends_nothing() {
    let (mut world, link) = World::with_link();
    world.view(link).unwrap();
    assert!(world.committed, "the first look is noted");
    for _ in 0..50 {
        world.wait(Span::seconds(1));
        world.view_with(link, Some(cookie(9))).unwrap();
        assert!(!world.committed);
    }
    assert_eq!((world.texts(), world.count(EventKind::LinkOpened)), (0, 1));
    let code = world.code(link);
    world.view(link).unwrap();
    assert_eq!(world.view(link).unwrap().code.unwrap().tries_left, 5);
    world.try_code(link, &code, Entry::Token).unwrap();
    assert_eq!(world.view(link).unwrap().state, State::InSession);
    assert_eq!(world.texts(), 1);
}

#[test]
fn the_number_is_copied_into_the_link_when_it_is_made() {
    let (mut world, link) = World::with_link();
    let changes = ProfileChanges { mobile: Some(OTHER_MOBILE.into()), ..ProfileChanges::default() };
    world.server(Command::UpdateUser(Box::new(changes))).unwrap();
    assert_eq!(world.view(link).unwrap().mobile_ending.as_deref(), Some("222"));
    world.request(link).unwrap();
    assert_eq!(world.last_text().unwrap().2, MOBILE);
    let newer = world.link();
    world.request(newer).unwrap();
    assert_eq!(world.last_text().unwrap().2, OTHER_MOBILE);
}

#[test]
fn a_number_given_with_the_link_is_the_links_alone() {
    let mut world = World::new();
    world.server(Command::CreateLink { mobile: Some("+61 (400) 333-444".into()) }).unwrap();
    assert_eq!(world.get_link().unwrap().mobile.e164(), OTHER_MOBILE);
    assert_eq!(world.get_user().profile.mobile.unwrap().e164(), MOBILE);
}

#[test]
fn a_link_without_a_good_number_is_refused_and_the_one_before_lives_on() {
    let (mut world, link) = World::with_link();
    let refused = world.server(Command::CreateLink { mobile: Some("0400 333 444".into()) });
    assert_eq!(refused, Err(Failure::Profile(ProfileFault::Mobile)));
    assert!(!world.committed);
    assert_eq!(world.view(link).unwrap().state, State::Issued);
    let mut world = World::empty();
    let changes = ProfileChanges { email: Some("ada@example.test".into()), ..ProfileChanges::default() };
    world.server(Command::CreateUser(Box::new(changes), None)).unwrap();
    assert_eq!(world.server(Command::CreateLink { mobile: None }), Err(Failure::MobileMissing));
}

#[test]
fn a_deleted_link_is_gone_at_once() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.get_link(), Err(Failure::LinkNone));
    assert!(!world.get_user().has_link);
    assert_eq!(world.view(link).unwrap().state, State::Deleted);
    assert_eq!(world.request(link), Err(Failure::LinkOver(State::Deleted)));
    assert_eq!(world.try_code(link, &code, Entry::Token), Err(Failure::LinkOver(State::Deleted)));
    assert_eq!(world.server(Command::DeleteLink), Err(Failure::LinkNone));
    assert_eq!((world.count(EventKind::LinkDeleted), world.withdrawn().len()), (1, 1));
}

#[test]
fn a_link_that_is_over_answers_gone_until_it_is_deleted_too() {
    let (mut world, link) = World::with_link();
    world.now = START.plus(WEEK);
    assert_eq!(world.get_link(), Err(Failure::LinkOver(State::Expired)));
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.get_link(), Err(Failure::LinkNone));
    assert_eq!(world.view(link).unwrap().state, State::Deleted);
    assert_eq!(world.request(link), Err(Failure::LinkOver(State::Deleted)));
    assert_eq!(world.server(Command::DeleteLink), Err(Failure::LinkNone));
    let newer = world.link();
    assert_eq!(world.view(link).unwrap().state, State::Replaced);
    assert_eq!(world.view(newer).unwrap().state, State::Issued);
}

#[test]
fn a_completed_link_cannot_be_deleted_again() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    world.disclose(cookie(1)).unwrap();
    assert_eq!(world.server(Command::DeleteLink), Err(Failure::LinkNone));
}

#[test]
fn twenty_dead_links_are_remembered_newest_first() {
    let mut world = World::new();
    let links: Vec<_> = (0..25).map(|_| world.link()).collect();
    let known: Vec<bool> = links.iter().map(|link| world.view(*link).is_ok()).collect();
    let forgotten = links.len() - 1 - DEAD_LINKS_MAX;
    assert_eq!(DEAD_LINKS_MAX, 20);
    assert_eq!(known, [vec![false; forgotten], vec![true; 21]].concat());
    for (link, known) in links.iter().zip(known) {
        let expected = if known { State::Replaced } else { continue };
        if *link != links[24] {
            assert_eq!(world.view(*link).unwrap().state, expected);
        }
    }
    assert_eq!(world.view(links[0]), Err(Failure::LinkUnknown));
    assert_eq!(world.request(links[0]), Err(Failure::LinkUnknown));
    assert_eq!(world.user().link_hashes().count(), 21, "one row each, and no more");
}

#[test]
fn an_ended_link_is_remembered_for_thirty_days_and_then_as_if_it_had_never_been() {
    with_and_without_alarm(|rings| {
        let (mut world, link) = World::with_link();
        world.now = START.plus(WEEK);
        world.alarm();
        world.now = START.plus(Span(WEEK.0 + 30 * DAY.0 - 1));
        assert_eq!(world.get_link(), Err(Failure::LinkOver(State::Expired)));
        assert_eq!(world.view(link).unwrap().state, State::Expired);
        world.wait(MS);
        if rings {
            world.alarm();
            assert_eq!(world.user().link_hashes().count(), 0);
        }
        assert_eq!(world.get_link(), Err(Failure::LinkNone));
        assert_eq!(world.view(link), Err(Failure::LinkUnknown));
    });
}

#[test]
fn an_older_link_is_remembered_for_thirty_days_beside_a_living_one() {
    let (mut world, older) = World::with_link();
    world.wait(DAY);
    world.link();
    world.wait(Span(30 * DAY.0 - 1));
    assert_eq!(world.view(older).unwrap().state, State::Replaced);
    world.wait(MS);
    assert_eq!(world.view(older), Err(Failure::LinkUnknown));
}

#[test]
fn day_seven_ends_nobody_who_is_in() {
    let (mut world, link) = World::with_link();
    world.now = START.plus(Span(WEEK.0 - 60_000));
    world.enter(link, cookie(1));
    world.now = START.plus(Span(WEEK.0 + 60_000));
    world.alarm();
    assert_eq!(world.visit(cookie(1)).unwrap().state, consent_session::State::Consenting);
    assert_eq!(world.get_link().unwrap().state, State::InSession);
    assert!(world.get_user().has_link);
    assert_eq!(world.count(EventKind::LinkExpired), 0);
}

#[test]
fn an_unknown_link_is_nobodys() {
    let (mut world, _) = World::with_link();
    let stranger = [0xEE; 16];
    assert_eq!(world.view(stranger), Err(Failure::LinkUnknown));
    assert_eq!(world.request(stranger), Err(Failure::LinkUnknown));
    assert_eq!(world.try_wrong(stranger), Failure::LinkUnknown);
    assert!(world.user().link_hashes().all(|known| known != stranger));
}

#[test]
fn a_new_link_can_be_made_long_after_the_last_one_even_when_no_alarm_rang() {
    let (mut world, link) = World::with_link();
    world.server(Command::DeleteLink).unwrap();
    world.wait(Span(30 * DAY.0));
    let newer = world.link();
    assert_eq!(world.view(link), Err(Failure::LinkUnknown));
    assert_eq!(world.view(newer).unwrap().state, State::Issued);
}

#[test]
fn a_link_shows_as_dead_at_its_instant_even_to_those_who_ask_no_command() {
    let (world, _) = World::with_link();
    let user = world.user();
    assert!(user.view(START.plus(Span(WEEK.0 - 1))).has_link);
    assert!(!user.view(START.plus(WEEK)).has_link);
}
