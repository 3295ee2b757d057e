//! What people are sent here for: extending, signing in again, agreeing to what has changed.

use super::bank::{OTHER, PLAIN, connecting};
use super::{World, cookie};
use crate::domain::command::{Command, Failure, Reply, SessionView};
use crate::domain::consent_session::Origin;
use crate::domain::errand::{Action, Errand};
use crate::domain::event::EventKind;
use crate::domain::id::ConnectionId;
use crate::domain::time::Span;
use crate::domain::workflow::consent_session::State;
use uuid::Uuid;

fn sent(action: Action) -> Errand {
    Errand { action, ..Errand::default() }
}

impl World {
    /// Comes by a partner's token, sent for something.
    fn come(&mut self, browser: u8, old: Option<u8>, errand: Errand) -> SessionView {
        let command = Command::Exchange {
            cookie: cookie(browser),
            old_cookie: old.map(cookie),
            return_state: Some(if browser == 3 { "s2".into() } else { format!("s{browser}") }),
            errand,
        };
        session(self.client(command).unwrap())
    }

    /// Agreed by a token, with a connection at each of two institutions.
    fn sharing() -> Self {
        let mut world = Self::new();
        world.come(1, None, Errand::default());
        world.agree(cookie(1)).unwrap();
        for bank in [PLAIN, OTHER] {
            world.person(connecting(Some(cookie(1)), bank, "gavin")).unwrap();
        }
        world
    }
}

fn session(reply: Reply) -> SessionView {
    match reply {
        Reply::Session(view) => *view,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_consent_that_is_extended_lasts_its_full_time_from_now_and_is_told_of_once() {
    let mut world = World::sharing();
    let given = world.user().consent.clone().unwrap();
    world.wait(Span::days(300));
    let view = world.come(2, None, sent(Action::Extend));
    assert_eq!((view.state, view.errand.action), (State::Connecting, Action::Extend));
    let done = session(world.person(Command::Extend(cookie(2))).unwrap());
    assert_eq!((done.state, done.ended), (State::Finished, Some(world.now)));
    let consent = world.user().consent.clone().unwrap();
    assert_eq!((consent.id, consent.expires), (given.id, given.expires.plus(Span::days(300))));
    assert_eq!((consent.updated, consent.created), (world.now, given.created));
    assert_eq!(consent.warning_at, Some(consent.expires.minus(Span::days(7))), "it is warned of later");
    assert_eq!(consent.reminder_at, Some(world.now.plus(Span::days(90))));
    assert_eq!(world.count(EventKind::ConsentUpdated), 1);
    assert_eq!(world.user().connections.len(), 2, "what is connected stays");
    let again = world.person(Command::Extend(cookie(2)));
    assert_eq!(again, Err(Failure::SessionOver(State::Finished)), "a double click");
    assert_eq!(world.count(EventKind::ConsentUpdated), 1);
}

#[test]
fn without_a_consent_there_is_nothing_to_extend_and_nothing_is_done() {
    let mut world = World::new();
    world.come(1, None, sent(Action::Extend));
    assert_eq!(world.person(Command::Extend(cookie(1))), Err(Failure::ConsentNeeded));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Consenting, "a refusal leaves all as it was");
    assert_eq!(world.count(EventKind::ConsentUpdated), 0);
}

#[test]
fn what_was_agreed_to_on_an_older_policy_is_extended_on_its_own_terms() {
    let mut world = World::sharing();
    world.change_policy();
    let policy = world.application.policies.values_mut().last().unwrap();
    policy.duration_days = 1;
    world.wait(Span::days(10));
    let view = world.come(2, None, sent(Action::Extend));
    assert!(!view.is_current);
    world.person(Command::Extend(cookie(2))).unwrap();
    let consent = world.user().consent.clone().unwrap();
    assert_eq!((consent.policy_version, consent.expires), (1, world.now.plus(Span::days(365))));
}

#[test]
fn who_is_sent_for_something_else_begins_again_and_who_reloads_does_not() {
    let mut world = World::sharing();
    let first = world.come(2, None, sent(Action::Manage));
    let reload = world.come(3, Some(2), sent(Action::Manage));
    assert_eq!((reload.session, reload.cookie), (first.session, Some(cookie(2))), "the back button");
    assert_eq!(reload.return_state.as_deref(), Some("s2"));
    let other = world.come(4, Some(2), sent(Action::Connect));
    assert_ne!(other.session, first.session);
    assert_eq!((other.cookie, other.return_state.as_deref()), (Some(cookie(4)), Some("s4")));
}

#[test]
fn signing_in_again_needs_a_consent_and_no_newer_policy() {
    let mut world = World::sharing();
    world.change_policy();
    let plain = world.come(2, None, sent(Action::Connect));
    assert_eq!(plain.state, State::Consenting, "what changed is asked about");
    let renewing = world.come(3, None, sent(Action::Reauthorise));
    assert_eq!((renewing.state, renewing.carried), (State::Connecting, true));
    let connection = Some(world.user().connections[0].id);
    let one = world.come(4, None, Errand { connection, ..Errand::default() });
    assert_eq!(one.state, State::Connecting);
    let consent = world.user().consent.as_ref().unwrap().id;
    world.server(Command::EndConsent(consent)).unwrap();
    let unknown = Errand {
        action: Action::Reauthorise,
        connection: Some(ConnectionId(Uuid::nil())),
        institution: None,
    };
    assert_eq!(world.come(5, None, unknown).state, State::Consenting);
}

#[test]
fn who_agrees_to_what_changed_is_reminded_of_where_they_had_connected() {
    let mut world = World::sharing();
    world.change_policy();
    world.come(2, None, sent(Action::Update));
    let agreed = world.agree(cookie(2)).unwrap();
    assert_eq!((agreed.state, agreed.carried, agreed.is_current), (State::Connecting, false, true));
    let former: Vec<String> = agreed.former.iter().map(ToString::to_string).collect();
    assert_eq!(former, [PLAIN, OTHER]);
    assert!(world.user().connections.is_empty(), "what was connected ended with the old consent");
    assert_eq!(world.count(EventKind::ConsentRevoked), 1);
}

#[test]
fn an_errand_by_a_link_ends_the_link_with_it() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    let entry = crate::domain::command::Entry::Cookie {
        cookie: cookie(1),
        return_state: None,
        errand: sent(Action::Manage),
    };
    world.try_code(link, &code, entry).unwrap();
    let view = world.visit(cookie(1)).unwrap();
    assert!(matches!(view.origin, Origin::Link(_)) && view.errand.action == Action::Manage);
    let done = session(world.person(Command::Finish(cookie(1))).unwrap());
    assert_eq!(done.state, State::Finished);
    assert!(world.user().link.as_ref().unwrap().ended.is_some());
    assert_eq!(world.person(Command::Finish(cookie(1))), Err(Failure::SessionOver(State::Finished)));
}
