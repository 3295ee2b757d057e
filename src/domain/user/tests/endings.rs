//! The user as a whole: made once, deleted for good, seen by its own application alone.

use super::bank::{PLAIN, connecting, signed_in};
use super::{MOBILE, OTHER_MOBILE, World, cookie};
use crate::domain::command::{Caller, Command, Entry, Failure, Reply};
use crate::domain::errand::Errand;
use crate::domain::event::EventKind;
use crate::domain::id::{ApplicationId, ConnectionId, ConsentId, JobId};
use crate::domain::profile::ProfileChanges;
use crate::domain::user::{DeadlineKind, Next, Outcome, Presence};
use crate::domain::workflow::consent;
use uuid::Uuid;

/// One of each command, for a link and a browser that exist.
fn every_command(world: &World) -> Vec<Command> {
    let hash = world.user().link.as_ref().unwrap().hash;
    let code = world.last_text().unwrap().1;
    vec![
        Command::CreateUser(Box::default(), None),
        Command::GetUser,
        Command::UpdateUser(Box::new(ProfileChanges {
            first_name: Some("Ada".into()),
            ..ProfileChanges::default()
        })),
        Command::DeleteUser,
        Command::CreateLink { mobile: None },
        Command::GetLink,
        Command::DeleteLink,
        Command::GetConsent,
        Command::EndConsent(ConsentId(Uuid::from_u128(3))),
        Command::ViewLink { hash, cookie: None },
        Command::RequestCode { hash, words: &"is your code" },
        Command::TryCode { hash, code, entry: Entry::Token },
        Command::DiscloseByToken { hash },
        Command::Exchange {
            cookie: cookie(9),
            old_cookie: None,
            return_state: None,
            errand: Errand::default(),
        },
        Command::ViewSession(cookie(1)),
        Command::Agree { cookie: cookie(1), policy_version: 1, shown: None },
        Command::Decline(cookie(1)),
        Command::Disclose { cookie: cookie(1), leave_out: false, gaps: None },
        Command::Leave(cookie(1)),
        Command::Extend(cookie(1)),
        Command::Withdraw { cookie: cookie(1), consent: ConsentId(Uuid::from_u128(3)), wants_deletion: true },
        Command::Disconnect { cookie: cookie(1), connection: ConnectionId(Uuid::from_u128(5)) },
        Command::Finish(cookie(1)),
        Command::PeekSession(cookie(1)),
        connecting(Some(cookie(1)), PLAIN, "gavin"),
        Command::AnswerChallenge { cookie: Some(cookie(1)), job: JobId(Uuid::from_u128(4)), answers: vec![] },
        Command::ListConnections,
        Command::GetConnection(ConnectionId(Uuid::from_u128(5))),
        Command::DeleteConnection(ConnectionId(Uuid::from_u128(5))),
        Command::ListSources,
        Command::ListJobs,
        Command::GetJob(JobId(Uuid::from_u128(4))),
        Command::ResumeJob(JobId(Uuid::from_u128(4))),
        Command::Report { job: JobId(Uuid::from_u128(4)), attempt: 1, report: Box::new(signed_in()) },
        Command::Touch,
        Command::FallDue,
        Command::Inspect,
    ]
}

#[test]
fn a_user_is_made_once() {
    let mut world = World::empty();
    assert!(matches!(world.create_user(), Ok(Reply::User(_))));
    assert_eq!(world.create_user(), Err(Failure::UserExists));
    assert_eq!(world.count(EventKind::UserCreated), 1);
}

#[test]
fn a_user_that_is_not_there_answers_nothing_but_creation() {
    let (there, _) = World::in_session();
    for command in every_command(&there).into_iter().skip(1) {
        let mut world = World::empty();
        let name = command.name();
        assert_eq!(world.server(command), Err(Failure::UserUnknown), "{name}");
        assert_eq!(world.presence, Presence::Absent, "{name}");
    }
}

#[test]
fn a_deleted_user_stays_deleted() {
    let (mut world, _) = World::in_session();
    let commands = every_command(&world);
    assert_eq!(world.server(Command::DeleteUser), Ok(Reply::Done));
    assert_eq!(world.count(EventKind::UserDeleted), 1);
    for command in commands {
        let name = command.name();
        assert_eq!(world.ask(Caller::House, command), Err(Failure::UserUnknown), "{name}");
        assert_eq!(world.presence, Presence::Deleted, "{name}");
    }
}

#[test]
fn deleting_a_user_takes_back_its_text() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    world.server(Command::DeleteUser).unwrap();
    assert_eq!(world.withdrawn(), vec![world.last_text().unwrap().0]);
}

#[test]
fn deleting_a_user_ends_its_consent_which_stays_as_history() {
    let (mut world, _) = World::in_session();
    world.agree(cookie(1)).unwrap();
    let given = world.user().consent.clone().unwrap();
    let caller = Caller::Server(world.application.id);
    let Outcome { next, ended_consents, events, .. } = world.decide(caller, Command::DeleteUser);
    assert!(matches!(next, Next::Delete));
    assert_eq!(ended_consents.len(), 1);
    assert_eq!((ended_consents[0].id, ended_consents[0].state), (given.id, consent::State::Revoked));
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert!(kinds.contains(&EventKind::ConsentRevoked));
    assert_eq!(kinds.last(), Some(&EventKind::UserDeleted), "nothing happens to a user after its deletion");
}

#[test]
fn another_application_sees_nobody() {
    let (world, _) = World::in_session();
    let stranger = ApplicationId(Uuid::from_u128(2));
    let (link, session) = (world.user().link.as_ref().unwrap().id, world.user().session.as_ref().unwrap().id);
    for caller in [
        Caller::Server(stranger),
        Caller::Client(stranger),
        Caller::LinkClient { application: stranger, link, session },
    ] {
        for command in every_command(&world) {
            let (mut world, _) = World::in_session();
            let name = command.name();
            assert_eq!(world.ask(caller, command), Err(Failure::UserUnknown), "{name}");
            assert!(!world.committed, "{name}");
        }
    }
}

#[test]
fn changes_that_change_nothing_are_no_news() {
    let mut world = World::new();
    let same = ProfileChanges { mobile: Some(MOBILE.into()), ..ProfileChanges::default() };
    world.server(Command::UpdateUser(Box::new(same))).unwrap();
    assert!(!world.committed);
    let other = ProfileChanges { mobile: Some(OTHER_MOBILE.into()), ..ProfileChanges::default() };
    world.server(Command::UpdateUser(Box::new(other))).unwrap();
    assert_eq!((world.committed, world.count(EventKind::UserUpdated)), (true, 1));
}

#[test]
fn each_deadline_is_set_while_it_means_something_and_no_longer() {
    use DeadlineKind as K;
    let kinds = |world: &World| world.user().deadlines().iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    let (mut world, link) = World::with_link();
    assert_eq!(kinds(&world), vec![K::LinkLifetime]);
    world.request(link).unwrap();
    assert_eq!(kinds(&world), vec![K::LinkLifetime, K::CodeLifetime]);
    let code = world.last_text().unwrap().1;
    world
        .try_code(
            link,
            &code,
            Entry::Cookie { cookie: cookie(1), return_state: None, errand: Errand::default() },
        )
        .unwrap();
    assert_eq!(kinds(&world), vec![K::SessionIdle, K::SessionTotal]);
    world.agree(cookie(1)).unwrap();
    let consent = [K::ConsentDuration, K::ConsentWarning, K::ConsentReminder];
    assert_eq!(kinds(&world), [&[K::SessionIdle, K::SessionTotal][..], &consent].concat());
    world.disclose(cookie(1)).unwrap();
    assert_eq!(kinds(&world), [&consent[..], &[K::LinkForgotten]].concat());
    world.exchange(Caller::Client(world.application.id), cookie(5), None).unwrap();
    let token = [K::TokenSessionIdle, K::TokenSessionTotal];
    assert_eq!(kinds(&world), [&token[..], &consent, &[K::LinkForgotten]].concat());
}

#[test]
fn every_kind_of_deadline_has_its_own_stored_number() {
    for kind in DeadlineKind::ALL {
        assert_eq!(DeadlineKind::from_number(kind.number()), Some(kind));
    }
    assert_eq!(DeadlineKind::from_number(0), None);
}
