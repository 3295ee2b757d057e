//! Reading again: with the bank session of before, with a new password, and by itself where an institution
//! did not work (contract sections 2.7 and 5.6).

use super::bank::{CAREFUL, OTHER, PLAIN, challenged, credentials, job, secret};
use super::{World, cookie};
use crate::domain::bank::Credentials;
use crate::domain::command::{Command, Failure, Reply, Rows};
use crate::domain::connection::Connection;
use crate::domain::event::EventKind as E;
use crate::domain::id::{AccountId, ConnectionId, JobId};
use crate::domain::job::{Cause, Gather, Job, Occasion, Report, Start, StepName, StepStatus};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{DeadlineKind, JOBS_MAX};
use crate::domain::workflow::connection::State;
use crate::domain::workflow::job::State as JobState;
use std::collections::BTreeMap;
use uuid::Uuid;

const RETRY: Span = Span::minutes(120);

impl World {
    fn refresh(&mut self, id: ConnectionId) -> Result<Job, Failure> {
        self.server(Command::RefreshConnection(id)).map(job)
    }

    fn update(&mut self, id: ConnectionId, login: Option<&str>, password: &str) -> Result<Job, Failure> {
        let (login_id, password) = (login.map(secret), secret(password));
        let command = Command::UpdateConnection { cookie: None, connection: id, login_id, password };
        self.server(command).map(job)
    }

    fn of(&self, job: JobId) -> Connection {
        let id = self.job(job).connection;
        self.user().connections.iter().find(|one| one.id == id).unwrap().clone()
    }

    /// The session still does, and everything is read by it.
    fn refreshed(&mut self, job: JobId) {
        let session = self.of(job).session.unwrap();
        self.report(job, Report::SignedIn(session)).unwrap();
        self.report(job, Report::Accounts(vec![self.account(job, "100200300", "Everyday")])).unwrap();
        self.report(job, Report::Transactions { new: 1 }).unwrap();
    }

    fn retry_at(&self) -> Option<UnixMillis> {
        let due = self.user().deadlines().into_iter();
        due.into_iter().find(|(kind, _)| *kind == DeadlineKind::ConnectionRetry).map(|(_, at)| at)
    }
}

#[test]
fn a_refresh_tries_the_bank_session_and_reads_all_again() {
    let (mut world, first) = World::connected();
    let (id, events) = (world.of(first).id, world.events.len());
    world.wait(Span::days(2));
    let job = world.refresh(id).unwrap();
    assert_eq!((job.state, job.occasion, job.session), (JobState::Refreshing, Occasion::Refresh, None));
    assert_eq!(job.steps()[0], (StepName::VerifyCredentials, StepStatus::InProgress));
    let plan = (*world.begun().last().unwrap()).clone();
    assert_eq!(plan.start, Start::Refresh { session: secret("bank-session-1") }, "nothing was typed");
    assert_eq!((plan.generation, plan.shown), (2, 1));
    assert_eq!(world.standing_gathers(), vec![job.id]);
    assert_eq!(world.of(first).state, State::Active, "it is what it was until something is known");
    world.refreshed(job.id);
    assert_eq!(world.standing(job.id), "Success");
    assert_eq!(world.of(first).last_used, Some(world.now));
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::TransactionsUpdated]);
    assert!(world.signed_out().is_empty(), "the same session stays");
}

#[test]
fn a_refresh_while_a_job_runs_is_that_job() {
    let (mut world, running) = World::reading();
    let id = world.of(running).id;
    let Reply::JobOpen(open) = world.server(Command::RefreshConnection(id)).unwrap() else { panic!() };
    assert_eq!((open.id, world.committed), (running, false));
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let job = world.refresh(id).unwrap().id;
    let Reply::JobOpen(open) = world.server(Command::RefreshConnection(id)).unwrap() else { panic!() };
    assert_eq!((open.id, world.committed), (job, false));
    assert_eq!(world.connect(PLAIN, "gavin").unwrap().id, job, "signing in there finds it too");
}

#[test]
fn without_what_stands_for_a_sign_in_nothing_is_refreshed() {
    for cause in Cause::ALL {
        let (mut world, first) = World::connected();
        let id = world.of(first).id;
        let again = world.refresh(id).unwrap().id;
        world.fail(again, cause);
        assert_eq!(world.of(first).fault, Some(cause));
        let refused = matches!(cause, Cause::InvalidCredentials | Cause::Locked | Cause::SessionOver);
        let answer = world.refresh(id).map(|job| job.state);
        let expected = if refused { Err(Failure::CredentialsRefused) } else { Ok(JobState::Refreshing) };
        assert_eq!(answer, expected, "{cause:?}");
        assert_eq!(world.committed, !refused);
    }
    let (mut world, job) = World::with_job(PLAIN);
    world.fail(job, Cause::Unavailable);
    let id = world.of(job).id;
    assert_eq!(world.refresh(id), Err(Failure::CredentialsRefused), "nobody signed in yet");
    let never = ConnectionId(Uuid::from_u128(9));
    assert_eq!(world.refresh(never), Err(Failure::ConnectionUnknown));
    world.server(Command::DeleteConnection(id)).unwrap();
    assert_eq!(world.refresh(id), Err(Failure::ConnectionUnknown));
}

#[test]
fn a_session_that_the_institution_does_not_take_any_more_fails_the_first_step() {
    let (mut world, first) = World::connected();
    let (id, events) = (world.of(first).id, world.events.len());
    let job = world.refresh(id).unwrap().id;
    world.fail(job, Cause::SessionOver);
    let failure = world.job(job).failure.unwrap();
    assert_eq!((failure.step, failure.cause), (StepName::VerifyCredentials, Cause::SessionOver));
    assert_eq!((world.of(first).state, world.of(first).session), (State::Invalid, None));
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::ConnectionInvalidated]);
    let signs_in = world.update(id, None, "new").unwrap().id;
    world.read_all(signs_in);
    assert_eq!((world.of(first).state, world.of(first).fault), (State::Active, None));
    assert!(world.refresh(id).is_ok(), "and from then on it can be refreshed");
}

#[test]
fn a_restart_goes_on_with_a_refresh_and_the_end_of_a_link_does_not_end_it() {
    let (mut world, first) = World::connected();
    let job = world.refresh(world.of(first).id).unwrap().id;
    world.resume(job);
    let plan = (*world.begun().last().unwrap()).clone();
    assert_eq!((plan.job, plan.attempt, plan.generation), (job, 2, 3));
    assert_eq!(plan.start, Start::Refresh { session: secret("bank-session-1") }, "it is not known yet");
    world.server(Command::DeleteLink).unwrap();
    assert!(world.job(job).is_open());
    world.report(job, Report::SignedIn(secret("bank-session-1"))).unwrap();
    world.resume(job);
    let plan = (*world.begun().last().unwrap()).clone();
    assert_eq!(plan.start, Start::Resume { session: secret("bank-session-1") });
    world.end_consent();
    assert_eq!(world.standing(job), "ConsentOver");
}

#[test]
fn all_are_refreshed_in_one_decision_but_those_that_need_their_person() {
    let (mut world, first) = World::connected();
    let second = world.connect(OTHER, "gavin").unwrap().id;
    world.read_all(second);
    let refused = world.connect(PLAIN, "richard").unwrap().id;
    world.fail(refused, Cause::InvalidCredentials);
    let asked = world.connect(CAREFUL, "gavin").unwrap().id;
    world.report(asked, challenged()).unwrap();
    world.server(Command::DeleteConnection(world.of(second).id)).unwrap();
    let Reply::Jobs(jobs) = world.server(Command::RefreshConnections).unwrap() else { panic!() };
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    assert_eq!((jobs.len(), ids.contains(&asked)), (2, true), "what runs is named as it runs");
    let new = jobs.iter().find(|job| job.id != asked).unwrap();
    assert_eq!((new.connection, new.state), (world.of(first).id, JobState::Refreshing));
    let Reply::Jobs(again) = world.server(Command::RefreshConnections).unwrap() else { panic!() };
    assert_eq!((again.len(), world.committed), (2, false), "asking twice begins nothing twice");
    world.end_consent();
    assert_eq!(world.server(Command::RefreshConnections), Ok(Reply::Jobs(vec![])));
}

#[test]
fn no_more_than_may_be_open_are_refreshed_and_those_read_long_ago_come_first() {
    let limits = [("open_per_user".into(), toml::Value::Integer(2))].into();
    let (mut world, _) = World::connecting_with(&BTreeMap::from([("job".into(), limits)]));
    let logins: Vec<String> = (0..3).map(|number| format!("login-{number}")).collect();
    let mut connections = Vec::new();
    for login in &logins {
        world.wait(Span::seconds(1));
        let job = world.connect(PLAIN, login).unwrap().id;
        world.read_all(job);
        connections.push(world.job(job).connection);
    }
    let again = world.refresh(connections[0]).unwrap().id;
    world.wait(Span::seconds(1));
    world.refreshed(again);
    let Reply::Jobs(jobs) = world.server(Command::RefreshConnections).unwrap() else { panic!() };
    let begun: Vec<ConnectionId> = jobs.iter().map(|job| job.connection).collect();
    assert_eq!(begun, connections[1..]);
    assert_eq!(world.refresh(connections[0]), Err(Failure::TooManyJobs));
}

#[test]
fn a_new_password_signs_in_as_the_login_that_was_kept() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let job = world.update(id, None, "new").unwrap();
    assert_eq!((job.state, job.occasion), (JobState::Verifying, Occasion::Update));
    let plan = (*world.begun().last().unwrap()).clone();
    let typed = Credentials { login_id: secret("gavin"), password: secret("new") };
    assert_eq!(plan.start, Start::SignIn(typed));
    assert_eq!(world.update(id, None, "newer").unwrap().id, job.id, "the same sign-in");
    world.report(job.id, Report::SignedIn(secret("bank-session-2"))).unwrap();
    assert_eq!(world.signed_out(), vec![&secret("bank-session-1")], "the one before is closed");
    assert_eq!(world.update(id, Some("richard"), "new"), Err(Failure::LoginOther));
    let never = ConnectionId(Uuid::from_u128(9));
    assert_eq!(world.update(never, None, "new"), Err(Failure::ConnectionUnknown));
}

#[test]
fn a_login_that_was_not_kept_must_be_said_and_is_kept_from_then_on() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let super::Presence::Here(user) = &mut world.presence else { panic!() };
    user.connections[0].login_id = None;
    assert_eq!(world.update(id, None, "new"), Err(Failure::LoginMissing));
    assert!(!world.committed);
    let job = world.update(id, Some("gavin"), "new").unwrap().id;
    assert_eq!(world.of(first).login_id, Some(secret("gavin")));
    world.read_all(job);
    let super::Presence::Here(user) = &mut world.presence else { panic!() };
    user.connections[0].login_id = None;
    world.connect(PLAIN, "gavin").unwrap();
    assert_eq!(world.of(first).login_id, Some(secret("gavin")), "also where it connects again");
}

#[test]
fn a_password_is_not_dropped_behind_a_session_that_may_not_do() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let job = world.refresh(id).unwrap().id;
    assert_eq!(world.update(id, None, "new"), Err(Failure::NotNow));
    world.report(job, Report::SignedIn(secret("bank-session-1"))).unwrap();
    assert_eq!(world.update(id, None, "new").unwrap().id, job, "the institution takes the session");
}

#[test]
fn a_wrong_new_password_invalidates_and_the_right_one_recovers() {
    let (mut world, first) = World::connected();
    let (id, events) = (world.of(first).id, world.events.len());
    let wrong = world.update(id, None, "wrong").unwrap().id;
    world.fail(wrong, Cause::InvalidCredentials);
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::ConnectionInvalidated]);
    assert_eq!(world.refresh(id), Err(Failure::CredentialsRefused));
    let right = world.update(id, None, "right").unwrap().id;
    world.read_all(right);
    assert_eq!(world.of(first).state, State::Active);
    assert!(world.refresh(id).is_ok());
}

#[test]
fn what_was_read_at_an_institution_is_purged_and_comes_back_under_the_same_names() {
    let (mut world, first) = World::connected();
    let (id, accounts) = (world.of(first).id, world.of(first).accounts.clone());
    let (events, effects) = (world.events.len(), world.effects.len());
    assert_eq!(world.server(Command::PurgeConnection(id)), Ok(Reply::Done));
    let one = world.of(first);
    assert_eq!((one.accounts_generation, one.transactions_generation, one.accounts.len()), (0, 0, 0));
    assert_eq!((one.state, one.session.is_some()), (State::Active, true), "the connection stays");
    assert_eq!(world.news(events), vec![E::ConnectionUpdated]);
    let mut swept = world.sweeps(effects);
    swept.sort_by_key(|sweep| sweep.1);
    assert_eq!(swept, Rows::ALL.map(|rows| (id, rows, 0, 1)));
    let job = world.refresh(id).unwrap().id;
    assert_eq!(world.begun().last().unwrap().shown, 0, "all of it is new");
    world.refreshed(job);
    assert_eq!(world.of(first).accounts, accounts);
}

#[test]
fn only_what_was_read_lately_and_is_not_read_just_now_is_purged() {
    let (mut world, job) = World::with_job(PLAIN);
    let id = world.of(job).id;
    let purge = || Command::PurgeConnection(id);
    assert_eq!(world.server(purge()), Err(Failure::ConnectionNotActive));
    world.fail(job, Cause::Unavailable);
    assert_eq!(world.server(purge()), Err(Failure::ConnectionNotActive));
    let job = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(job);
    let other = world.connect(PLAIN, "richard").unwrap().id;
    assert_eq!(world.server(purge()), Err(Failure::NotNow), "it would be back in a moment");
    assert!(!world.committed);
    world.read_all(other);
    let elsewhere = world.connect(OTHER, "gavin").unwrap().id;
    assert_eq!(world.server(purge()), Ok(Reply::Done));
    assert!(world.user().connections.iter().all(|one| one.accounts.is_empty()), "through any login");
    assert!(world.job(elsewhere).is_open(), "other institutions are nobody's business here");
    let never = ConnectionId(Uuid::from_u128(9));
    assert_eq!(world.server(Command::PurgeConnection(never)), Err(Failure::ConnectionUnknown));
}

#[test]
fn a_purge_takes_what_a_deleted_connection_left() {
    let (mut world, first) = World::connected();
    let left = world.of(first).id;
    world.server(Command::DeleteConnection(left)).unwrap();
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(again);
    let (id, effects) = (world.of(again).id, world.effects.len());
    assert_ne!(id, left);
    world.server(Command::PurgeConnection(id)).unwrap();
    assert_eq!(world.user().connections.len(), 1, "what was deleted stands for nothing any more");
    let swept = world.sweeps(effects);
    assert!(Rows::ALL.iter().all(|rows| swept.contains(&(left, *rows, 0, u32::MAX))), "{swept:?}");
}

#[test]
fn what_an_institution_could_not_answer_is_asked_again_every_two_hours_for_seven_days() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let job = world.refresh(id).unwrap().id;
    world.fail(job, Cause::Unavailable);
    let (began, mut tries) = (world.now, 0);
    while let Some(at) = world.retry_at() {
        assert_eq!(at, world.now.plus(RETRY));
        world.now = UnixMillis(at.0 - 1);
        world.alarm();
        assert!(world.user().open_jobs().next().is_none(), "not a millisecond early");
        world.now = at;
        world.alarm();
        let running = world.user().open_jobs().next().unwrap().clone();
        assert_eq!((running.occasion, running.connection), (Occasion::Retry, id));
        assert_eq!(world.begun().last().unwrap().start, Start::Refresh { session: secret("bank-session-1") });
        world.alarm();
        assert_eq!(world.user().open_jobs().count(), 1, "once");
        world.fail(running.id, Cause::Unavailable);
        tries += 1;
    }
    assert_eq!((tries, world.now), (84, began.plus(Span::days(7))));
    assert!(world.user().jobs.len() <= JOBS_MAX);
    assert_eq!(world.connection().state, State::Invalid);
    let job = world.refresh(id).unwrap().id;
    world.fail(job, Cause::Unavailable);
    assert_eq!(world.retry_at(), Some(world.now.plus(RETRY)), "whoever asks again begins anew");
}

#[test]
fn it_is_tried_again_until_it_works_or_needs_its_person() {
    let failed = || {
        let (mut world, first) = World::connected();
        let job = world.refresh(world.of(first).id).unwrap().id;
        world.fail(job, Cause::Unavailable);
        world.now = world.retry_at().unwrap();
        world.alarm();
        let retry = world.user().open_jobs().next().unwrap().id;
        (world, first, retry)
    };
    let (mut world, first, retry) = failed();
    world.refreshed(retry);
    assert_eq!((world.of(first).state, world.retry_at()), (State::Active, None));
    for cause in Cause::ALL.into_iter().filter(|cause| *cause != Cause::Unavailable) {
        let (mut world, _, retry) = failed();
        world.fail(retry, cause);
        assert_eq!(world.retry_at(), None, "{cause:?}");
    }
    let (mut world, first, retry) = failed();
    world.fail(retry, Cause::Unavailable);
    world.server(Command::DeleteConnection(world.of(first).id)).unwrap();
    assert_eq!(world.retry_at(), None, "nothing waits for what was deleted");
    let (mut world, _, retry) = failed();
    world.fail(retry, Cause::Unavailable);
    world.end_consent();
    assert_eq!(world.retry_at(), None);
}

#[test]
fn a_try_that_is_due_when_the_consent_is_over_wants_nobody() {
    let (mut world, first) = World::connected();
    let job = world.refresh(world.of(first).id).unwrap().id;
    world.fail(job, Cause::Unavailable);
    assert!(world.retry_at().is_some());
    world.wait(Span::days(366));
    world.alarm();
    assert!(world.user().consent.is_none() && world.user().open_jobs().next().is_none());
    assert_eq!(world.standing_gathers(), Vec::new(), "a machine that slept asks for nobody");
}

#[test]
fn a_first_reading_and_one_that_asks_for_more_are_not_tried_again() {
    let (mut world, job) = World::reading();
    world.fail(job, Cause::Unavailable);
    assert_eq!(world.retry_at(), None, "whoever signs in is there");
    let (mut world, asked) = World::asked();
    world.answer(asked, &["1"]).unwrap();
    world.read_all(asked);
    let job = world.refresh(world.of(asked).id).unwrap().id;
    world.fail(job, Cause::Unavailable);
    assert_eq!(world.retry_at(), None, "only its person could go on");
}

#[test]
fn a_new_password_that_met_a_dead_institution_is_followed_up_with_the_session_of_before() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let job = world.update(id, None, "new").unwrap().id;
    world.fail(job, Cause::Unavailable);
    world.now = world.retry_at().unwrap();
    world.alarm();
    assert_eq!(world.begun().last().unwrap().start, Start::Refresh { session: secret("bank-session-1") });
    let told = Gather::Begin(Box::new((*world.begun().last().unwrap()).clone()));
    assert!(!format!("{told:?}").contains("new"));
}

#[test]
fn where_too_much_is_read_a_new_try_waits_for_another_while() {
    let limits = [("open_per_user".into(), toml::Value::Integer(1))].into();
    let (mut world, _) = World::connecting_with(&BTreeMap::from([("job".into(), limits)]));
    let first = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(first);
    let job = world.refresh(world.of(first).id).unwrap().id;
    world.fail(job, Cause::Unavailable);
    let at = world.retry_at().unwrap();
    world.now = UnixMillis(at.0 - 1);
    let busy = world.server(super::bank::connecting(None, OTHER, "gavin")).map(super::bank::job).unwrap().id;
    world.now = at;
    world.alarm();
    assert_eq!(world.retry_at(), Some(at.plus(RETRY)));
    world.read_all(busy);
    world.now = at.plus(RETRY);
    world.alarm();
    assert_eq!(world.user().open_jobs().count(), 1);
}

#[test]
fn jobs_that_nobody_asked_for_are_forgotten_first() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let asked = world.refresh(id).unwrap().id;
    world.fail(asked, Cause::Unavailable);
    let super::Presence::Here(user) = &mut world.presence else { panic!() };
    let sample = user.job(asked).unwrap().clone();
    while user.jobs.len() < JOBS_MAX {
        let mut bytes = [0; 16];
        bytes[0] = u8::try_from(user.jobs.len()).unwrap();
        let id = JobId(Uuid::from_bytes(bytes));
        user.jobs.push(Job { id, occasion: Occasion::Retry, ..sample.clone() });
    }
    world.connect(PLAIN, "gavin").unwrap();
    let jobs = &world.user().jobs;
    assert!(jobs.len() == JOBS_MAX && jobs.iter().any(|job| job.id == asked));
    assert!(jobs.iter().any(|job| job.id == first));
}

#[test]
fn accounts_that_are_there_through_another_login_are_said_to_be_so() {
    let (mut world, first) = World::connected();
    let second = world.connect(PLAIN, "richard").unwrap().id;
    world.report(second, Report::SignedIn(secret("bank-session-2"))).unwrap();
    let joint = world.account(second, "100200300", "Everyday");
    let own = world.account(second, "200", "Savings");
    world.report(second, Report::Accounts(vec![joint.clone(), own])).unwrap();
    let there: Vec<AccountId> = world.of(first).accounts.iter().map(|mark| mark.id).collect();
    assert_eq!(world.job(second).duplicates, there);
    assert_eq!(there, vec![joint.id]);
    assert_eq!(world.job(first).duplicates, vec![], "the first brought what was new");
    world.report(second, Report::Transactions { new: 0 }).unwrap();
    world.server(Command::DeleteConnection(world.of(first).id)).unwrap();
    let again = world.refresh(world.of(second).id).unwrap().id;
    world.refreshed(again);
    assert_eq!(world.job(again).duplicates, vec![], "what was deleted is no login any more");
}

#[test]
fn real_applications_have_none_of_it() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    world.application.mode = crate::domain::application::Mode::Live;
    assert_eq!(world.refresh(id), Err(Failure::InstitutionRefused));
    assert_eq!(world.update(id, None, "new"), Err(Failure::InstitutionRefused));
    assert_eq!(world.server(Command::RefreshConnections), Err(Failure::InstitutionRefused));
}

#[test]
fn a_person_updates_in_their_own_session_alone() {
    let (mut world, first) = World::connected();
    let id = world.of(first).id;
    let update = |cookie| {
        let (login_id, password) = (None, credentials("gavin").password);
        Command::UpdateConnection { cookie: Some(cookie), connection: id, login_id, password }
    };
    assert_eq!(world.person(update(cookie(9))), Err(Failure::SessionUnknown));
    let job = world.person(update(cookie(1))).map(job).unwrap();
    assert_eq!(job.session, world.user().session.as_ref().map(|session| session.id));
}
