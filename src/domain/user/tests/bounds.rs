//! How long and how many: sessions with work under way, open jobs, connections, and what is remembered.

use super::bank::{CAREFUL, OTHER, PLAIN, connecting, signed_in};
use super::{DAY, MS, WEEK, World, cookie};
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::consent_session::ConsentSession;
use crate::domain::id::JobId;
use crate::domain::job::{Cause, Report};
use crate::domain::time::Span;
use crate::domain::user::{DeadlineKind, JOBS_MAX};
use crate::domain::workflow::consent_session::State;

const IDLE: Span = Span::minutes(15);

fn session(world: &World) -> &ConsentSession {
    world.user().session.as_ref().unwrap()
}

#[test]
fn nobody_idles_while_a_job_is_open_and_total_bounds_it_all() {
    for (name, (mut world, job)) in [("at work", World::with_job(PLAIN)), ("reading", World::reading())] {
        let total = session(&world).total_at;
        assert_eq!(session(&world).idle_at, total, "{name}");
        world.wait(Span::minutes(30));
        world.alarm();
        assert_eq!(world.visit(cookie(1)).unwrap().idle_at, total, "{name}, looking changes nothing of it");
        world.now = super::UnixMillis(total.0 - 1);
        world.alarm();
        assert_eq!(session(&world).state, State::Connecting, "{name}");
        world.wait(MS);
        world.alarm();
        assert_eq!(session(&world).state, State::TimedOut, "{name}");
        assert!(world.job(job).ended.is_some(), "a job of the same age ends with it");
    }
}

#[test]
fn nobody_idles_while_a_question_waits() {
    let long = toml::from_str("[job]\nchallenge = \"15m\"\n[consent_session]\nidle = \"1m\"").unwrap();
    let mut world = World::with(&long);
    world.create_user().unwrap();
    let link = world.link();
    world.enter(link, cookie(1));
    world.agree(cookie(1)).unwrap();
    let job = world.connect(CAREFUL, "gavin").unwrap().id;
    world.report(job, super::bank::challenged()).unwrap();
    world.wait(Span::minutes(14));
    world.alarm();
    world.answer(job, &["1"]).unwrap();
    assert_eq!(session(&world).state, State::Connecting);
}

#[test]
fn idling_begins_anew_when_the_last_open_job_ends() {
    type End = fn(&mut World, JobId);
    let ends: [(&str, End); 3] = [
        ("success", World::read_all),
        ("failure", |world, job| world.fail(job, Cause::Locked)),
        ("deletion", |world, job| {
            let connection = world.job(job).connection;
            world.server(Command::DeleteConnection(connection)).unwrap();
        }),
    ];
    for (how, end) in ends {
        let (mut world, first) = World::with_job(PLAIN);
        let second = world.connect(OTHER, "gavin").unwrap().id;
        world.wait(Span::minutes(20));
        end(&mut world, first);
        assert_eq!(session(&world).idle_at, session(&world).total_at, "{how}: the other is open");
        world.wait(Span::minutes(1));
        end(&mut world, second);
        assert_eq!(session(&world).idle_at, world.now.plus(IDLE), "{how}");
        world.wait(Span(IDLE.0 - 1));
        world.alarm();
        assert_eq!(session(&world).state, State::Connecting, "{how}");
        world.wait(MS);
        world.alarm();
        assert_eq!(session(&world).state, State::TimedOut, "{how}");
    }
}

#[test]
fn the_end_of_a_consent_ends_the_work_and_idling_begins_anew() {
    let (mut world, _) = World::reading();
    world.wait(Span::minutes(5));
    world.end_consent();
    assert_eq!((session(&world).state, session(&world).idle_at), (State::Consenting, world.now.plus(IDLE)));
}

#[test]
fn the_work_of_others_keeps_nobody_from_idling() {
    let (mut world, _) = World::connecting();
    world.server(connecting(None, PLAIN, "gavin")).unwrap();
    assert_eq!(session(&world).idle_at, world.now.plus(IDLE));
    world.wait(IDLE);
    world.alarm();
    assert_eq!(session(&world).state, State::TimedOut);
}

#[test]
fn a_partners_token_session_does_not_idle_either_while_it_works() {
    let mut world = World::new();
    world.exchange(Caller::Client(world.application.id), cookie(1), None).unwrap();
    world.agree(cookie(1)).unwrap();
    let job = world.connect(PLAIN, "gavin").unwrap().id;
    let token = |world: &World| world.user().token_session.clone().unwrap();
    assert_eq!(token(&world).idle_at, token(&world).total_at);
    world.wait(Span::minutes(20));
    world.read_all(job);
    assert_eq!(token(&world).idle_at, world.now.plus(IDLE));
}

#[test]
fn a_session_that_is_over_is_not_touched_by_its_jobs() {
    let (mut world, job) = World::with_job(PLAIN);
    world.leave_out().unwrap();
    let ended = session(&world).clone();
    world.wait(Span::minutes(1));
    world.read_all(job);
    assert_eq!(session(&world), &ended);
}

#[test]
fn twenty_jobs_are_open_at_a_time_and_the_next_makes_nothing() {
    let (mut world, _) = World::connecting();
    for number in 0..20 {
        world.wait(MS);
        world.connect(PLAIN, &format!("login-{number}")).unwrap();
    }
    let (user, gathers) = (world.user().clone(), world.gathers.len());
    assert_eq!(world.connect(PLAIN, "one more"), Err(Failure::TooManyJobs));
    assert!(*world.user() == user, "neither a connection nor a job");
    assert_eq!(world.gathers.len(), gathers);
    let first = user.jobs[0].id;
    assert_eq!(world.connect(PLAIN, "login-0").unwrap().id, first, "one that runs answers all the same");
    world.read_all(first);
    assert_eq!(world.connect(PLAIN, "login-1").unwrap().id, user.jobs[1].id);
    world.connect(PLAIN, "one more").unwrap();
    assert_eq!(
        world.connect(PLAIN, "login-0"),
        Err(Failure::TooManyJobs),
        "also where the connection is known"
    );
}

#[test]
fn fifty_connections_and_then_a_plain_no() {
    let (mut world, _) = World::connecting();
    for number in 0..50 {
        let job = world.connect(PLAIN, &format!("login-{number}")).unwrap().id;
        world.fail(job, Cause::InvalidCredentials);
    }
    let events = world.events.len();
    assert_eq!(world.connect(PLAIN, "one more"), Err(Failure::TooManyConnections));
    assert_eq!((world.user().connections.len(), world.events.len()), (50, events));
    world.connect(PLAIN, "login-7").unwrap();
    let id = world.user().connections[3].id;
    world.server(Command::DeleteConnection(id)).unwrap();
    assert_eq!(
        world.connect(PLAIN, "one more"),
        Err(Failure::TooManyConnections),
        "what was read by a deleted one is still there, so it counts until its consent ends"
    );
    world.end_consent();
    world.agree(cookie(1)).unwrap();
    world.connect(PLAIN, "one more").unwrap();
}

#[test]
fn a_hundred_jobs_are_remembered_and_the_oldest_that_ended_goes_first() {
    let (mut world, open) = World::with_job(OTHER);
    let mut ended = Vec::new();
    for _ in 0..JOBS_MAX {
        world.wait(MS);
        let job = world.connect(PLAIN, "gavin").unwrap().id;
        world.fail(job, Cause::Locked);
        ended.push(job);
    }
    assert_eq!(world.user().jobs.len(), JOBS_MAX);
    assert!(world.job(open).is_open(), "what is open is never forgotten");
    assert_eq!(world.server(Command::GetJob(ended[0])), Err(Failure::JobUnknown));
    assert_eq!(world.job(ended[1]).id, ended[1]);
}

#[test]
fn an_ended_job_is_forgotten_after_seven_days_to_the_millisecond() {
    for rings in [true, false] {
        let (mut world, job) = World::connected();
        world.disclose(cookie(1)).unwrap();
        let ended = world.now;
        let due = world.user().deadlines().into_iter().find(|(kind, _)| *kind == DeadlineKind::JobForgotten);
        assert_eq!(due, Some((DeadlineKind::JobForgotten, ended.plus(WEEK))));
        world.now = ended.plus(Span(WEEK.0 - 1));
        world.alarm();
        assert!(world.user().job(job).is_some());
        world.wait(MS);
        if rings {
            world.alarm();
            assert!(world.user().jobs.is_empty());
        }
        assert_eq!(world.server(Command::GetJob(job)), Err(Failure::JobUnknown));
        assert_eq!(world.server(Command::ListJobs), Ok(Reply::Jobs(vec![])));
        world.connection();
    }
}

#[test]
fn each_deadline_of_a_job_is_set_while_it_means_something() {
    use DeadlineKind as K;
    let kinds = |world: &World| {
        let of_jobs = |kind: &K| matches!(kind, K::JobTotal | K::JobChallenge | K::JobForgotten);
        world.user().deadlines().iter().map(|(kind, _)| *kind).filter(of_jobs).collect::<Vec<_>>()
    };
    let (mut world, job) = World::with_job(CAREFUL);
    assert_eq!(kinds(&world), vec![K::JobTotal]);
    world.report(job, super::bank::challenged()).unwrap();
    assert_eq!(kinds(&world), vec![K::JobTotal, K::JobChallenge]);
    world.answer(job, &["1"]).unwrap();
    assert_eq!(kinds(&world), vec![K::JobTotal]);
    world.report(job, signed_in()).unwrap();
    world.report(job, Report::Accounts(vec![])).unwrap();
    world.report(job, Report::Transactions { new: 0 }).unwrap();
    assert_eq!(kinds(&world), vec![K::JobForgotten]);
    world.wait(DAY);
    let earliest = world.user().deadlines().into_iter().find(|(kind, _)| *kind == K::JobForgotten);
    world.agree(cookie(1)).ok();
    let again = world.server(connecting(None, CAREFUL, "gavin")).map(super::bank::job).unwrap().id;
    world.fail(again, Cause::Unavailable);
    let now = world.user().deadlines().into_iter().find(|(kind, _)| *kind == K::JobForgotten);
    assert_eq!(now, earliest, "the first to be forgotten counts");
}
