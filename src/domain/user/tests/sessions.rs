//! Sessions: how they begin, how long they last, who may hold them, and what each end does.

use super::{DAY, MS, OTHER_MOBILE, WEEK, World, cookie};
use crate::domain::command::{Caller, Command, Entry, Failure, Reply};
use crate::domain::consent_session::{Origin, RETURN_STATE_BYTES_MAX};
use crate::domain::errand::Errand;
use crate::domain::event::EventKind;
use crate::domain::profile::ProfileChanges;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::auth_link;
use crate::domain::workflow::consent_session::State;

const IDLE: Span = Span::minutes(15);
const TOTAL: Span = Span::minutes(60);

const fn just_before(at: UnixMillis) -> UnixMillis {
    UnixMillis(at.0 - 1)
}

#[test]
fn a_session_idles_for_fifteen_minutes_to_the_millisecond() {
    for rings in [true, false] {
        let (mut world, link) = World::in_session();
        world.wait(Span(IDLE.0 - 1));
        if rings {
            world.alarm();
            assert!(!world.committed);
        }
        let seen = world.visit(cookie(1)).unwrap();
        assert_eq!((seen.state, seen.idle_at), (State::Consenting, world.now.plus(IDLE)));
        world.wait(IDLE);
        if rings {
            world.alarm();
        }
        assert_eq!(world.agree(cookie(1)), Err(Failure::SessionOver(State::TimedOut)));
        assert_eq!(world.visit(cookie(1)).unwrap().state, State::TimedOut);
        assert_eq!(world.get_link(), Err(Failure::LinkOver(auth_link::State::Abandoned)));
        assert_eq!(world.view(link).unwrap().session.end, Some(State::TimedOut));
        assert_eq!(world.count(EventKind::LinkAbandoned), 1);
    }
}

#[test]
fn a_session_lasts_sixty_minutes_however_busy_it_is() {
    let (mut world, _) = World::in_session();
    let end = world.now.plus(TOTAL);
    world.stay(cookie(1), just_before(end));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Consenting);
    world.wait(MS);
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::TimedOut);
    assert_eq!(world.get_link(), Err(Failure::LinkOver(auth_link::State::Abandoned)));
}

#[test]
fn touches_are_committed_at_most_once_a_minute() {
    let (mut world, _) = World::in_session();
    let idle_at = world.visit(cookie(1)).unwrap().idle_at;
    world.wait(Span(59_999));
    assert_eq!(world.visit(cookie(1)).unwrap().idle_at, idle_at);
    assert!(!world.committed);
    world.wait(MS);
    assert_eq!(world.visit(cookie(1)).unwrap().idle_at, world.now.plus(IDLE));
    assert!(world.committed);
    world.visit(cookie(1)).unwrap();
    assert!(!world.committed);
}

#[test]
fn a_token_that_asks_for_something_keeps_its_session_and_a_refused_one_does_not() {
    let (mut world, _, token) = World::with_token();
    world.wait(Span::minutes(14));
    world.ask(token, Command::Touch).unwrap();
    assert_eq!(world.user().session.as_ref().unwrap().idle_at, world.now.plus(IDLE));
    world.wait(Span::minutes(14));
    let idle_at = world.user().session.as_ref().unwrap().idle_at;
    world.ask(token, Command::DiscloseByToken { hash: [0xEE; 16] }).unwrap_err();
    world.ask(Caller::Client(world.application.id), Command::Touch).unwrap();
    assert_eq!(world.user().session.as_ref().unwrap().idle_at, idle_at);
    world.wait(Span::minutes(1));
    assert_eq!(world.ask(token, Command::Touch), Err(Failure::TokenRevoked));
}

#[test]
fn leaving_ends_the_session_and_the_link_in_one_decision() {
    let (mut world, link) = World::in_session();
    assert_eq!(world.leave(cookie(1)).unwrap().state, State::Left);
    let user = world.user();
    assert_eq!(user.link.as_ref().unwrap().state, auth_link::State::Abandoned);
    assert_eq!(world.get_link(), Err(Failure::LinkOver(auth_link::State::Abandoned)));
    assert!(!world.get_user().has_link);
    assert_eq!(world.agree(cookie(1)), Err(Failure::SessionOver(State::Left)));
    assert_eq!(world.request(link), Err(Failure::LinkOver(auth_link::State::Abandoned)));
    assert_eq!(world.view(link).unwrap().session.end, Some(State::Left));
}

#[test]
fn saying_no_ends_it_as_leaving_does() {
    let (mut world, _) = World::in_session();
    let view = world.person(Command::Decline(cookie(1))).map(super::session).unwrap();
    assert_eq!(view.state, State::Left);
    assert_eq!(world.get_link(), Err(Failure::LinkOver(auth_link::State::Abandoned)));
    assert_eq!(world.count(EventKind::ConsentCreated), 0);
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    assert_eq!(world.person(Command::Decline(cookie(1))), Err(Failure::NotNow), "too late to say no");
}

#[test]
fn disclosing_deletes_the_link_in_the_same_decision() {
    let (mut world, link) = World::in_session();
    world.agree(cookie(1)).unwrap();
    assert_eq!(world.disclose(cookie(1)).unwrap().state, State::Disclosed);
    let user = world.user().clone();
    assert_eq!(user.link.as_ref().unwrap().state, auth_link::State::Completed);
    assert_eq!(user.link.as_ref().unwrap().ended, user.session.as_ref().unwrap().ended);
    assert_eq!(world.get_link(), Err(Failure::LinkNone));
    assert!(!world.get_user().has_link);
    assert_eq!(world.view(link).unwrap().state, auth_link::State::Completed);
    world.disclose(cookie(1)).unwrap();
    assert!(!world.committed, "twice is harmless");
    assert_eq!((world.user(), world.count(EventKind::LinkCompleted)), (&user, 1));
    assert_eq!(world.leave(cookie(1)), Err(Failure::SessionOver(State::Disclosed)));
}

#[test]
fn nothing_is_disclosed_before_it_is_agreed_to() {
    let (mut world, link, token) = World::with_token();
    assert_eq!(world.ask(token, Command::DiscloseByToken { hash: link }), Err(Failure::ConsentNeeded));
    world.exchange(token, cookie(1), None).unwrap();
    assert_eq!(world.disclose(cookie(1)), Err(Failure::ConsentNeeded));
    assert_eq!(world.get_link().unwrap().state, auth_link::State::InSession);
}

#[test]
fn the_token_that_disclosed_may_say_so_again_and_nothing_else() {
    let (mut world, link, token) = World::with_token();
    world.exchange(token, cookie(1), None).unwrap();
    world.agree(cookie(1)).unwrap();
    assert_eq!(world.ask(token, Command::DiscloseByToken { hash: link }), Ok(Reply::Done));
    assert_eq!(world.get_link(), Err(Failure::LinkNone));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Disclosed);
    assert_eq!(world.ask(token, Command::DiscloseByToken { hash: link }), Ok(Reply::Done));
    assert!(!world.committed);
    assert_eq!(world.count(EventKind::LinkCompleted), 1);
    for command in [Command::GetUser, Command::GetConsent, Command::GetLink] {
        assert_eq!(world.ask(token, command), Err(Failure::TokenRevoked));
    }
    assert_eq!(world.exchange(token, cookie(2), None), Err(Failure::TokenUsed));
    let stranger = Command::DiscloseByToken { hash: [0xEE; 16] };
    assert_eq!(world.ask(token, stranger), Err(Failure::LinkUnknown));
    world.link();
    assert_eq!(world.ask(token, Command::DiscloseByToken { hash: link }), Err(Failure::TokenRevoked));
}

#[test]
fn a_token_discloses_its_own_link_alone() {
    let (mut world, link, token) = World::with_token();
    world.exchange(token, cookie(1), None).unwrap();
    world.agree(cookie(1)).unwrap();
    let disclose = || Command::DiscloseByToken { hash: link };
    assert_eq!(world.server(disclose()), Err(Failure::TokenRevoked));
    assert_eq!(world.client(disclose()), Err(Failure::TokenRevoked));
    assert_eq!(world.person(disclose()), Err(Failure::TokenRevoked));
    assert_eq!(world.get_link().unwrap().state, auth_link::State::InSession);
}

#[test]
fn a_token_dies_with_its_link_and_with_its_session() {
    type End = fn(&mut World);
    let ends: [(&str, End); 5] = [
        ("deleted", |world| assert_eq!(world.server(Command::DeleteLink), Ok(Reply::Done))),
        ("replaced", |world| _ = world.link()),
        ("left", |world| drop(world.leave(cookie(1)).unwrap())),
        ("idle", |world| world.wait(IDLE)),
        ("total", |world| {
            let end = world.now.plus(TOTAL);
            world.stay(cookie(1), just_before(end));
            world.wait(MS);
        }),
    ];
    for (name, end) in ends {
        let (mut world, link, token) = World::with_token();
        assert!(world.ask(token, Command::GetUser).is_ok(), "{name}");
        world.exchange(token, cookie(1), None).unwrap();
        end(&mut world);
        for command in [Command::GetUser, Command::DiscloseByToken { hash: link }] {
            assert_eq!(world.ask(token, command), Err(Failure::TokenRevoked), "{name}");
        }
        assert_eq!(world.exchange(token, cookie(2), None), Err(Failure::TokenRevoked), "{name}");
        assert!(world.agree(cookie(1)).is_err(), "{name}");
    }
}

#[test]
fn deletion_and_replacement_put_out_whoever_is_in() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    world.server(Command::DeleteLink).unwrap();
    let seen = world.visit(cookie(1)).unwrap();
    assert_eq!((seen.state, seen.is_replaced), (State::Revoked, false));
    assert_eq!(world.disclose(cookie(1)), Err(Failure::SessionOver(State::Revoked)));
    assert_eq!(world.get_link(), Err(Failure::LinkNone));
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let newer = world.link();
    let seen = world.visit(cookie(1)).unwrap();
    assert_eq!((seen.state, seen.is_replaced), (State::Revoked, true));
    assert_eq!(world.leave(cookie(1)), Err(Failure::SessionOver(State::Revoked)));
    assert_eq!(world.view(newer).unwrap().state, auth_link::State::Issued, "the newer link is untouched");
}

#[test]
fn a_session_that_was_put_out_acts_for_the_number_it_proved() {
    let (mut world, _) = World::in_session();
    world.server(Command::CreateLink { mobile: Some(OTHER_MOBILE.into()) }).unwrap();
    let seen = world.visit(cookie(1)).unwrap();
    assert_eq!(seen.mobile_ending, None, "the newer link's number is not this session's");
}

#[test]
fn a_links_token_is_exchanged_once() {
    let (mut world, _, token) = World::with_token();
    let first = world.exchange(token, cookie(1), None).unwrap();
    assert_eq!(first.return_state.as_deref(), Some("s2"));
    assert!(matches!(first.origin, Origin::Link(_)));
    let again = world.exchange(token, cookie(2), Some(cookie(1))).unwrap();
    assert_eq!(again.session, first.session, "the same browser goes on with what it has");
    assert_eq!(world.visit(cookie(2)), Err(Failure::SessionUnknown));
    assert_eq!(world.exchange(token, cookie(2), None), Err(Failure::TokenUsed));
    assert_eq!(world.exchange(token, cookie(2), Some(cookie(3))), Err(Failure::TokenUsed));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Consenting);
}

#[test]
fn that_browser_goes_on_and_others_do_not() {
    let (mut world, link) = World::in_session();
    assert!(world.view_with(link, Some(cookie(1))).unwrap().session.is_own);
    assert!(!world.view_with(link, Some(cookie(2))).unwrap().session.is_own);
    assert!(!world.view(link).unwrap().session.is_own);
    assert_eq!(world.visit(cookie(2)), Err(Failure::SessionUnknown));
    assert_eq!(world.agree(cookie(2)), Err(Failure::SessionUnknown));
    assert_eq!(world.user().cookies().collect::<Vec<_>>(), vec![cookie(1)]);
}

#[test]
fn the_partners_state_is_kept_with_the_session_when_it_is_short_enough() {
    let (mut world, _) = World::in_session();
    assert_eq!(world.visit(cookie(1)).unwrap().return_state.as_deref(), Some("s1"));
    for (length, kept) in [(RETURN_STATE_BYTES_MAX, true), (RETURN_STATE_BYTES_MAX + 1, false)] {
        let (mut world, link) = World::with_link();
        let code = world.code(link);
        let return_state = Some("s".repeat(length));
        world
            .try_code(
                link,
                &code,
                Entry::Cookie { cookie: cookie(1), return_state, errand: Errand::default() },
            )
            .unwrap();
        assert_eq!(world.visit(cookie(1)).unwrap().return_state.is_some(), kept);
    }
}

#[test]
fn a_partners_token_opens_a_session_beside_the_link() {
    let (mut world, link) = World::with_link();
    let client = Caller::Client(world.application.id);
    let view = world.exchange(client, cookie(5), None).unwrap();
    assert_eq!((view.origin, view.state), (Origin::ClientToken, State::Consenting));
    assert_eq!(view.mobile_ending.as_deref(), Some("222"), "the user's own number");
    world.agree(cookie(5)).unwrap();
    world.disclose(cookie(5)).unwrap();
    assert_eq!(world.view(link).unwrap().state, auth_link::State::Issued, "no link rule binds it");
    let again = world.exchange(client, cookie(6), Some(cookie(5))).unwrap();
    assert_ne!(again.session, view.session, "a session that is over is not resumed");
    assert!(again.carried);
    world.link();
    assert_eq!(world.visit(cookie(6)).unwrap().state, State::Connecting, "replacement does not touch it");
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.visit(cookie(6)).unwrap().state, State::Connecting);
}

#[test]
fn a_partners_token_session_has_the_same_limits_and_the_latest_one_counts() {
    let mut world = World::new();
    let client = Caller::Client(world.application.id);
    let first = world.exchange(client, cookie(5), None).unwrap();
    let same = world.exchange(client, cookie(6), Some(cookie(5))).unwrap();
    assert_eq!(same.session, first.session);
    let other = world.exchange(client, cookie(7), None).unwrap();
    assert_ne!(other.session, first.session);
    assert_eq!(world.visit(cookie(5)), Err(Failure::SessionUnknown));
    world.wait(IDLE);
    assert_eq!(world.agree(cookie(7)), Err(Failure::SessionOver(State::TimedOut)));
}

#[test]
fn an_application_may_require_the_link() {
    let mut world = World::new();
    let client = Caller::Client(world.application.id);
    world.exchange(client, cookie(5), None).unwrap();
    world.application.requires_link = true;
    assert_eq!(world.exchange(client, cookie(6), None), Err(Failure::LinkRequired));
    assert_eq!(world.agree(cookie(5)), Err(Failure::NotNow), "not even a session that was open before");
    let link = world.link();
    world.enter(link, cookie(1));
    world.agree(cookie(1)).unwrap();
}

#[test]
fn only_tokens_are_exchanged() {
    let (mut world, _) = World::in_session();
    for caller in [Caller::Server(world.application.id), Caller::Applicant, Caller::House] {
        assert_eq!(world.exchange(caller, cookie(4), None), Err(Failure::TokenRevoked));
    }
}

#[test]
fn a_session_outlives_the_links_seventh_day_and_ends_by_its_own_limits() {
    let (mut world, link) = World::with_link();
    world.wait(Span(WEEK.0 - 1000));
    world.enter(link, cookie(1));
    let end = world.now.plus(TOTAL);
    world.stay(cookie(1), just_before(end));
    world.wait(DAY);
    world.alarm();
    assert_eq!(world.get_link(), Err(Failure::LinkOver(auth_link::State::Abandoned)));
    assert_eq!(world.count(EventKind::LinkExpired), 0);
}

#[test]
fn a_changed_number_does_not_change_whom_a_session_acts_for() {
    let (mut world, _) = World::in_session();
    let changes = ProfileChanges { mobile: Some(OTHER_MOBILE.into()), ..ProfileChanges::default() };
    world.server(Command::UpdateUser(Box::new(changes))).unwrap();
    assert_eq!(world.visit(cookie(1)).unwrap().mobile_ending.as_deref(), Some("222"));
}
