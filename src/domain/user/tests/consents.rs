//! Consents: given once on what was shown, carried on by a second link, asked again when the policy
//! changed, ended by the partner and by time.

use super::{DAY, MS, START, World, cookie};
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::consent::Consent;
use crate::domain::event::{EventData, EventKind};
use crate::domain::id::ConsentId;
use crate::domain::notice::{Notice, Shown};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{Next, Outcome, Presence};
use crate::domain::workflow::auth_link;
use crate::domain::workflow::consent;
use crate::domain::workflow::consent_session::State;
use uuid::Uuid;

fn active(world: &mut World) -> Option<Consent> {
    match world.server(Command::GetConsent).unwrap() {
        Reply::Consent(consent) => consent.map(|consent| *consent),
        other => panic!("{other:?}"),
    }
}

#[test]
fn agreeing_writes_down_exactly_what_was_shown() {
    let (mut world, _) = World::in_session();
    assert_eq!(active(&mut world), None);
    let view = world.agree(cookie(1)).unwrap();
    assert_eq!((view.state, view.carried), (State::Connecting, false));
    let given = active(&mut world).unwrap();
    let policy = world.application.policy().unwrap();
    assert_eq!((given.policy_version, &given.permissions), (1, &policy.permissions));
    assert_eq!((given.created, given.expires), (START, START.plus(Span::days(365))));
    world.agree(cookie(1)).unwrap();
    assert_eq!(active(&mut world), Some(given), "agreeing twice gives one consent");
    assert_eq!(world.count(EventKind::ConsentCreated), 1);
}

#[test]
fn the_words_that_were_shown_go_with_the_consent_that_was_given_and_with_no_other() {
    let (mut world, _) = World::in_session();
    let notice = |text: &str| Notice::new("vi", text.into()).unwrap();
    let agree = |policy_version, text| {
        let shown = Some(Box::new(Shown { notice: notice(text), at: START }));
        Command::Agree { cookie: cookie(1), policy_version, shown }
    };
    assert_eq!(world.person(agree(0, "an older policy")), Err(Failure::PolicyChanged));
    assert!(world.notices.is_empty());
    world.person(agree(1, "these words")).unwrap();
    let given = active(&mut world).unwrap();
    world.person(agree(1, "a second press")).unwrap();
    assert_eq!(world.notices, [(given.id, Box::new(notice("these words")))]);
}

#[test]
fn a_consent_ends_when_its_page_said_however_long_it_was_read() {
    let read_for = |minutes: u64, shown: UnixMillis| {
        let (mut world, _) = World::in_session();
        // Somebody who reads is there: each look keeps the session.
        for _ in 0..minutes / 10 {
            world.wait(Span::minutes(10));
            world.visit(cookie(1)).unwrap();
        }
        let notice = Notice::new("en-AU", "until then".into()).unwrap();
        let shown = Some(Box::new(Shown { notice, at: shown }));
        let agreed = world.person(Command::Agree { cookie: cookie(1), policy_version: 1, shown });
        agreed.map(|_| active(&mut world).map(|given| (given.created, given.expires)).unwrap())
    };
    let (later, year) = (START.plus(Span::minutes(50)), Span::days(365));
    assert_eq!(read_for(50, START), Ok((later, START.plus(year))));
    assert_eq!(read_for(50, later), Ok((later, later.plus(year))));
    // What no session can have shown is not believed: from before it, or from a time that is not yet.
    for shown in [later.plus(Span(1)), later.minus(Span::minutes(60)).minus(Span(1))] {
        assert_eq!(read_for(50, shown), Err(Failure::PolicyChanged), "{shown:?}");
    }
    assert!(read_for(50, later.minus(Span::minutes(60))).is_ok(), "as long as a session may last");
}

#[test]
fn agreeing_to_an_older_page_is_refused() {
    let (mut world, _) = World::in_session();
    world.change_policy();
    let stale = Command::Agree { cookie: cookie(1), policy_version: 1, shown: None };
    assert_eq!(world.person(stale), Err(Failure::PolicyChanged));
    assert_eq!(active(&mut world), None);
    world.agree(cookie(1)).unwrap();
    assert_eq!(active(&mut world).unwrap().expires, START.plus(Span::days(30)));
}

#[test]
fn without_a_policy_nobody_can_agree() {
    let (mut world, _) = World::in_session();
    world.application.policies.clear();
    assert_eq!(world.agree(cookie(1)), Err(Failure::PolicyMissing));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Consenting);
}

#[test]
fn a_second_link_carries_the_consent_on_and_revokes_nothing() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    world.disclose(cookie(1)).unwrap();
    let given = active(&mut world).unwrap();
    let second = world.link();
    assert_eq!(active(&mut world), Some(given.clone()));
    world.enter(second, cookie(2));
    let view = world.visit(cookie(2)).unwrap();
    assert_eq!((view.state, view.carried), (State::Connecting, true));
    assert_eq!(view.consent, Some(given.clone()));
    world.disclose(cookie(2)).unwrap();
    assert_eq!(active(&mut world), Some(given));
    assert_eq!((world.count(EventKind::ConsentCreated), world.count(EventKind::ConsentRevoked)), (1, 0));
}

#[test]
fn a_changed_policy_asks_again_and_ends_the_old_consent_when_the_new_one_is_given() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    world.disclose(cookie(1)).unwrap();
    let old = active(&mut world).unwrap();
    world.change_policy();
    let second = world.link();
    world.enter(second, cookie(2));
    let view = world.visit(cookie(2)).unwrap();
    assert_eq!((view.state, view.carried), (State::Consenting, false));
    assert_eq!(world.disclose(cookie(2)), Err(Failure::ConsentNeeded));
    assert_eq!(active(&mut world), Some(old.clone()), "still there until the new one is given");
    world.agree(cookie(2)).unwrap();
    let new = active(&mut world).unwrap();
    assert_eq!(new.policy_version, 2);
    assert_ne!(new.id, old.id);
    let revoked = world.events.iter().find(|event| event.kind == EventKind::ConsentRevoked).unwrap();
    let EventData::Consent(ended) = &revoked.data else { panic!("{revoked:?}") };
    assert_eq!((ended.id, ended.state, ended.revoked), (old.id, consent::State::Revoked, Some(world.now)));
}

#[test]
fn an_ended_consent_becomes_history_in_the_same_decision() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let id = active(&mut world).unwrap().id;
    let caller = Caller::Server(world.application.id);
    let Outcome { next, ended_consents, events, .. } = world.decide(caller, Command::EndConsent(id));
    let Next::Save(after) = next else { panic!() };
    assert_eq!(after.consent, None);
    assert_eq!(ended_consents.len(), 1);
    assert_eq!((ended_consents[0].id, ended_consents[0].state), (id, consent::State::Revoked));
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, vec![EventKind::ConsentRevoked, EventKind::ConsentArchived]);
}

#[test]
fn a_person_who_withdraws_archives_nothing() {
    let (mut world, _) = World::in_session();
    let (partner, token) = (Caller::Client(world.application.id), world.link_token());
    for caller in [partner, token] {
        world.agree(cookie(1)).unwrap();
        let id = active(&mut world).unwrap().id;
        let before = world.events.len();
        world.ask(caller, Command::EndConsent(id)).unwrap();
        let kinds: Vec<_> = world.events[before..].iter().map(|event| event.kind).collect();
        assert_eq!(kinds, vec![EventKind::ConsentRevoked], "{caller:?}");
        let ended = world.ended_consents.last().unwrap();
        assert_eq!((ended.id, ended.state, ended.revoked), (id, consent::State::Revoked, Some(world.now)));
    }
}

#[test]
fn a_partner_who_ends_a_consent_sends_the_session_back_to_asking() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let id = active(&mut world).unwrap().id;
    let unknown = ConsentId(Uuid::from_u128(99));
    assert_eq!(world.server(Command::EndConsent(unknown)), Err(Failure::ConsentUnknown));
    world.server(Command::EndConsent(id)).unwrap();
    assert_eq!(world.server(Command::EndConsent(id)), Err(Failure::ConsentUnknown));
    assert_eq!(world.visit(cookie(1)).unwrap().state, State::Consenting);
    assert_eq!(world.disclose(cookie(1)), Err(Failure::ConsentNeeded));
    assert_eq!(world.get_link().unwrap().state, auth_link::State::InSession);
    world.agree(cookie(1)).unwrap();
    world.disclose(cookie(1)).unwrap();
}

#[test]
fn a_consent_ends_with_its_duration_to_the_millisecond() {
    for rings in [true, false] {
        let (mut world, _) = World::in_session();
        world.agree(cookie(1)).unwrap();
        world.disclose(cookie(1)).unwrap();
        world.now = START.plus(Span(365 * DAY.0 - 1));
        assert!(active(&mut world).is_some());
        world.wait(MS);
        if rings {
            world.alarm();
            assert_eq!(world.count(EventKind::ConsentExpired), 1);
        }
        assert_eq!(active(&mut world), None);
        let second = world.link();
        world.enter(second, cookie(2));
        assert_eq!(world.visit(cookie(2)).unwrap().state, State::Consenting, "an expired consent is none");
    }
}

#[test]
fn a_consent_lasts_no_longer_than_the_house_allows() {
    let short = toml::from_str("[consent]\nduration = \"2d\"").unwrap();
    let mut world = World::with(&short);
    world.create_user().unwrap();
    let link = world.link();
    world.enter(link, cookie(1));
    world.agree(cookie(1)).unwrap();
    assert_eq!(active(&mut world).unwrap().expires, START.plus(Span::days(2)));
}

/// Lets the alarm ring whenever something of the consent is due, up to `until` after the start; says what
/// was told of it, and on which day.
fn told(world: &mut World, until: u64) -> Vec<(EventKind, u64)> {
    let (mut told, end) = (Vec::new(), START.plus(Span::days(until)));
    loop {
        let due = world.user().deadlines().into_iter().map(|(_, at)| at).min();
        let Some(at) = due.filter(|at| *at <= end) else { return told };
        let before = world.events.len();
        world.now = crate::domain::time::UnixMillis(at.0 - 1);
        world.alarm();
        assert_eq!(world.events.len(), before, "not a millisecond early");
        world.now = at;
        world.alarm();
        world.alarm();
        let new = world.events[before..].iter().filter(|event| event.consent.is_some());
        told.extend(new.map(|event| (event.kind, event.at.since(START).0 / DAY.0)));
    }
}

#[test]
fn a_consent_is_reminded_of_each_90_days_and_warned_of_a_week_before_its_end() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let told = told(&mut world, 400);
    let reminders = [90, 180, 270, 360].map(|day| (EventKind::ConsentReminder, day));
    let mut expected = reminders[..3].to_vec();
    expected.extend([(EventKind::ConsentWarning, 358), reminders[3], (EventKind::ConsentExpired, 365)]);
    assert_eq!(told, expected);
    let warning = world.events.iter().find(|event| event.kind == EventKind::ConsentWarning).unwrap();
    assert!(
        matches!(&warning.data, EventData::Consent(consent) if consent.expires == START.plus(Span::days(365)))
    );
}

#[test]
fn a_consent_that_is_shorter_than_its_warning_has_none() {
    let (mut world, _) = World::in_session();
    world.application.policies.get_mut(&1).unwrap().duration_days = 7;
    world.agree(cookie(1)).unwrap();
    assert_eq!(told(&mut world, 400), vec![(EventKind::ConsentExpired, 7)]);
}

#[test]
fn what_is_noticed_late_is_told_once_and_nothing_is_told_of_what_is_over() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let before = world.events.len();
    world.now = START.plus(Span::days(300));
    world.alarm();
    assert_eq!(world.count(EventKind::ConsentReminder), 1, "three were missed");
    let next = active(&mut world).unwrap().reminder_at;
    assert_eq!(next, Some(START.plus(Span::days(360))), "it goes on from the last change of the consent");
    world.now = START.plus(Span::days(400));
    world.alarm();
    let consents = world.events[before..].iter().filter(|event| event.consent.is_some());
    assert_eq!(
        consents.map(|event| event.kind).collect::<Vec<_>>(),
        vec![EventKind::ConsentReminder, EventKind::ConsentExpired]
    );
}

#[test]
fn an_ended_consent_is_not_spoken_of_again() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let id = active(&mut world).unwrap().id;
    world.server(Command::EndConsent(id)).unwrap();
    assert_eq!(told(&mut world, 400), Vec::new());
}

#[test]
fn a_consent_of_before_there_were_warnings_gets_them_when_it_is_seen_next() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let Presence::Here(user) = &mut world.presence else { panic!() };
    let consent = user.consent.as_mut().unwrap();
    (consent.warning_at, consent.reminder_at) = (None, None);
    world.now = START.plus(Span::days(10));
    world.alarm();
    let given = world.user().consent.clone().unwrap();
    assert_eq!(given.warning_at, Some(START.plus(Span::days(358))));
    assert_eq!(given.reminder_at, Some(START.plus(Span::days(90))));
}
