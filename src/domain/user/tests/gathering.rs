//! Beginning a job and what is reported of it: who may, once for each login, and what an attempt that
//! does not count comes to.

use super::bank::{OTHER, PLAIN, SOMETIMES, challenged, connecting, credentials, job, secret, signed_in};
use super::{World, cookie};
use crate::domain::application::{Mode, Permission, Policy};
use crate::domain::command::{Caller, Command, Effect, Failure};
use crate::domain::consent_session::CookieHash;
use crate::domain::day::Day;
use crate::domain::id::JobId;
use crate::domain::job::{Cause, Coverage, Gather, Report, Start};
use crate::domain::time::Span;
use crate::domain::workflow::consent_session;
use crate::domain::workflow::job::State;
use std::collections::BTreeSet;
use uuid::Uuid;

#[test]
fn connecting_begins_one_job_and_hands_the_credentials_over_once() {
    let (mut world, _) = World::connecting();
    let begun = world.connect(PLAIN, "gavin").unwrap();
    assert_eq!((begun.state, begun.attempt, begun.generation), (State::Verifying, 1, 1));
    assert_eq!(begun.total_at, world.now.plus(Span::minutes(60)));
    assert_eq!(begun.session, world.user().session.as_ref().map(|session| session.id));
    let [Effect::Gather { id, job, not_after }] = &world.effects[world.effects.len() - 1..] else { panic!() };
    assert_eq!((*id, *job, *not_after), (begun.effect, begun.id, begun.total_at));
    let plans = world.begun();
    assert_eq!(plans.len(), 1);
    assert_eq!((plans[0].job, plans[0].attempt, plans[0].effect), (begun.id, 1, begun.effect));
    assert_eq!((plans[0].connection, plans[0].consent), (begun.connection, begun.consent));
    assert_eq!((plans[0].generation, plans[0].shown), (1, 0));
    assert_eq!(plans[0].start, Start::SignIn(credentials("gavin")));
    assert_eq!(plans[0].from, Day::of(world.now).minus(730));
}

#[test]
fn what_is_read_is_what_was_agreed_to() {
    let read = |permissions: &[Permission]| {
        let mut world = World::new();
        let policy = Policy { permissions: permissions.to_vec(), retrieval_days: 90, ..Policy::standard() };
        world.application.policies.insert(1, policy);
        let link = world.link();
        world.enter(link, cookie(1));
        world.agree(cookie(1)).unwrap();
        // What the partner asks for later binds nobody who agreed before.
        world.application.policies.insert(2, Policy { version: 2, retrieval_days: 1, ..Policy::standard() });
        world.server(connecting(None, PLAIN, "gavin")).unwrap();
        let plan = world.begun()[0].clone();
        assert_eq!(plan.from, Day::of(world.now).minus(90));
        plan.coverage
    };
    let accounts = read(&[Permission::AccountBasic]);
    assert_eq!(accounts, Coverage { profile: false, terms: false, transactions: false });
    for person in [
        Permission::PersonBasic,
        Permission::PersonDetail,
        Permission::OrganisationBasic,
        Permission::OrganisationDetail,
    ] {
        let coverage = read(&[Permission::AccountBasic, person]);
        assert_eq!(coverage, Coverage { profile: true, terms: false, transactions: false });
    }
    let all = read(&[Permission::AccountBasic, Permission::AccountDetail]);
    assert_eq!(all, Coverage { profile: false, terms: true, transactions: false });
    let all = read(&[Permission::AccountDetail, Permission::TransactionDetail]);
    assert_eq!(all, Coverage { profile: false, terms: true, transactions: true });
}

#[test]
fn the_same_login_twice_answers_with_the_job_that_runs() {
    let (mut world, first) = World::with_job(PLAIN);
    let (effects, gathers) = (world.effects.len(), world.gathers.len());
    for password in ["hooli2016", "something else"] {
        let mut typed = credentials("gavin");
        typed.password = secret(password);
        let institution = world.job(first).institution;
        let again = Command::Connect { cookie: Some(cookie(1)), institution, credentials: typed };
        assert_eq!(world.person(again).map(|reply| job(reply).id), Ok(first));
    }
    assert_eq!((world.effects.len(), world.gathers.len()), (effects, gathers));
    assert_eq!(world.user().jobs.len(), 1);
    let other = world.connect(PLAIN, "richard").unwrap();
    assert_ne!(other.id, first, "another login is another job");
    assert_ne!(world.connect(OTHER, "gavin").unwrap().id, first, "and so is another institution");
}

#[test]
fn connecting_the_same_login_again_reuses_the_connection() {
    let (mut world, first) = World::connected();
    let second = world.connect(PLAIN, "gavin").unwrap();
    assert_ne!(second.id, first);
    assert_eq!(second.connection, world.job(first).connection);
    assert_eq!(second.generation, 2);
    let plan = world.begun()[1].clone();
    assert_eq!((plan.generation, plan.shown), (2, 1), "what is shown tells what will be new");
    assert_eq!(plan.start, Start::SignIn(credentials("gavin")), "a login is never repeated by itself");
    world.connection();
}

#[test]
fn a_deleted_connection_is_not_connected_again() {
    let (mut world, first) = World::connected();
    let old = world.job(first).connection;
    world.server(Command::DeleteConnection(old)).unwrap();
    let second = world.connect(PLAIN, "gavin").unwrap();
    assert_ne!(second.connection, old);
    assert_eq!(second.generation, 1);
}

#[test]
fn nobody_connects_without_a_consent() {
    let (mut world, _) = World::in_session();
    assert_eq!(world.connect(PLAIN, "gavin"), Err(Failure::ConsentNeeded));
    let (mut api, _, token) = World::with_token();
    for caller in [token, Caller::Client(api.application.id), Caller::Server(api.application.id)] {
        assert_eq!(api.ask(caller, connecting(None, PLAIN, "gavin")), Err(Failure::ConsentNeeded));
        assert!(api.user().connections.is_empty() && api.user().jobs.is_empty());
    }
    world.agree(cookie(1)).unwrap();
    world.end_consent();
    assert_eq!(world.connect(PLAIN, "gavin"), Err(Failure::ConsentNeeded));
    assert!(world.user().connections.is_empty() && world.begun().is_empty());
}

#[test]
fn who_may_connect_and_in_which_session() {
    type Who = fn(&World) -> (Caller, Option<CookieHash>);
    let may: [(Who, bool); 4] = [
        (|_| (Caller::Applicant, Some(cookie(1))), true),
        (|world| (world.link_token(), None), true),
        (|world| (Caller::Client(world.application.id), None), false),
        (|world| (Caller::Server(world.application.id), None), false),
    ];
    for (who, in_session) in may {
        let (mut world, _) = World::connecting();
        let (caller, cookie) = who(&world);
        let begun = world.ask(caller, connecting(cookie, PLAIN, "gavin")).map(job).unwrap();
        let ours = world.user().session.as_ref().map(|session| session.id);
        assert_eq!(begun.session, ours.filter(|_| in_session), "{caller:?}");
    }
    let (mut world, _) = World::connecting();
    assert_eq!(world.person(connecting(None, PLAIN, "gavin")), Err(Failure::SessionUnknown));
    assert_eq!(world.person(connecting(Some(cookie(2)), PLAIN, "gavin")), Err(Failure::SessionUnknown));
    world.disclose(cookie(1)).unwrap();
    let over = Failure::SessionOver(consent_session::State::Disclosed);
    assert_eq!(world.connect(PLAIN, "gavin"), Err(over));
}

#[test]
fn a_live_application_takes_no_passwords() {
    let (mut world, _) = World::connecting();
    world.application.mode = Mode::Live;
    for caller in [Caller::Client(world.application.id), Caller::Server(world.application.id)] {
        assert_eq!(world.ask(caller, connecting(None, PLAIN, "gavin")), Err(Failure::InstitutionRefused));
    }
    assert_eq!(world.connect(PLAIN, "gavin"), Err(Failure::InstitutionRefused));
    assert!(world.user().connections.is_empty() && world.begun().is_empty());
}

#[test]
fn a_new_policy_does_not_stop_who_agreed_to_the_one_before() {
    let (mut world, job) = World::asked();
    world.change_policy();
    world.answer(job, &["123456"]).unwrap();
    assert_eq!(world.visit(cookie(1)).unwrap().state, consent_session::State::Connecting);
    let next = world.connect(OTHER, "gavin").unwrap();
    assert_eq!(next.consent, world.consent_id());
}

#[test]
fn an_application_that_wants_the_link_binds_its_token_sessions_from_then_on() {
    let mut world = World::new();
    world.exchange(Caller::Client(world.application.id), cookie(1), None).unwrap();
    world.agree(cookie(1)).unwrap();
    world.application.requires_link = true;
    assert_eq!(world.connect(PLAIN, "gavin"), Err(Failure::ConsentNeeded));
    world.application.requires_link = false;
    let begun = world.connect(PLAIN, "gavin").unwrap();
    assert_eq!(begun.session, world.user().token_session.as_ref().map(|session| session.id));
}

#[test]
fn a_job_of_a_session_that_is_over_goes_over_to_who_signs_in_there_again() {
    let (mut world, first) = World::asked();
    world.leave(cookie(1)).unwrap();
    let link = world.link();
    world.enter(link, cookie(1));
    let again = world.connect(super::bank::CAREFUL, "gavin").unwrap();
    assert_eq!(again.id, first);
    assert_eq!(again.session, world.user().session.as_ref().map(|session| session.id));
    assert_eq!(world.visit(cookie(1)).unwrap().jobs, vec![again]);
    world.answer(first, &["123456"]).unwrap();
}

#[test]
fn a_job_of_a_living_session_stays_with_it() {
    let (mut world, first) = World::with_job(PLAIN);
    let owner = world.job(first).session;
    world.exchange(Caller::Client(world.application.id), cookie(2), None).unwrap();
    let again = world.person(connecting(Some(cookie(2)), PLAIN, "gavin")).map(job).unwrap();
    assert_eq!((again.id, again.session), (first, owner));
}

#[test]
fn the_sign_in_leaves_a_bank_session_and_the_reading_begins() {
    let (mut world, job) = World::with_job(PLAIN);
    world.wait(Span::seconds(2));
    assert_eq!(world.report(job, signed_in()), Ok(true));
    let now = world.job(job);
    assert_eq!((now.state, now.updated), (State::RetrievingAccounts, world.now));
    assert_eq!(world.connection().session, Some(secret("bank-session-1")));
}

#[test]
fn a_new_bank_session_signs_the_old_one_out() {
    let (mut world, _) = World::connected();
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(again, Report::SignedIn(secret("bank-session-2"))).unwrap();
    assert_eq!(world.connection().session, Some(secret("bank-session-2")));
    assert_eq!(world.signed_out(), vec![&secret("bank-session-1")]);
    let (mut world, _) = World::connected();
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(again, signed_in()).unwrap();
    assert!(world.signed_out().is_empty(), "the institution gave the same again: it goes on being used");
}

/// Every report there is.
fn reports(world: &World, job: JobId) -> Vec<Report> {
    let account = world.account(job, "100200300", "Everyday");
    vec![
        signed_in(),
        challenged(),
        Report::AnswerWrong,
        Report::Accounts(vec![account]),
        Report::Transactions { new: 1 },
        Report::Failed(Cause::Unavailable),
    ]
}

#[test]
fn of_another_attempt_nothing_counts() {
    let (world, job) = World::reading();
    for report in reports(&world, job) {
        let (mut world, job) = World::reading();
        world.resume(job);
        let before = world.user().clone();
        for attempt in [0, 1, 3, u32::MAX] {
            assert_eq!(world.report_of(job, attempt, report.clone()), Ok(false), "{report:?}");
            assert_eq!((world.user(), world.committed), (&before, false), "{report:?}");
        }
    }
}

#[test]
fn of_a_job_that_ended_nothing_counts() {
    let (world, job) = World::connected();
    for report in reports(&world, job) {
        let (mut world, job) = World::connected();
        assert_eq!(world.report(job, report.clone()), Ok(false));
        assert!(!world.committed, "{report:?}");
        assert_eq!(world.report_of(JobId(Uuid::from_u128(5)), 1, report), Ok(false), "a job nobody knows");
    }
}

#[test]
fn what_does_not_fit_the_state_is_refused_and_changes_nothing() {
    type Reach = fn() -> (World, JobId);
    let fits: [(&str, Reach, &[usize]); 3] = [
        ("verifying", || World::with_job(PLAIN), &[0, 1, 5]),
        ("challenged", World::asked, &[5]),
        ("retrieving accounts", World::reading, &[3, 5]),
    ];
    for (name, reach, good) in fits {
        let (world, job) = reach();
        for (number, report) in reports(&world, job).into_iter().enumerate() {
            let (mut world, job) = reach();
            let reply = world.report(job, report);
            if good.contains(&number) {
                assert!(reply.is_ok() && world.committed, "{name} {number}");
            } else {
                assert_eq!((reply, world.committed), (Err(Failure::NotNow), false), "{name} {number}");
            }
        }
    }
}

#[test]
fn a_doubled_report_counts_once() {
    let (mut world, job) = World::reading();
    let accounts = Report::Accounts(vec![world.account(job, "100200300", "Everyday")]);
    world.report(job, accounts.clone()).unwrap();
    let events = world.events.len();
    assert_eq!(world.report(job, accounts), Ok(true));
    assert_eq!(world.events.len(), events);
    assert_eq!(world.connection().accounts.len(), 1);
    assert_eq!(world.report(job, Report::Transactions { new: 3 }), Ok(false));
    let user = world.user().clone();
    assert_eq!(world.report(job, Report::Transactions { new: 3 }), Ok(false));
    assert_eq!((world.user(), world.committed), (&user, false));
}

#[test]
fn before_the_sign_in_an_interrupted_job_fails_and_says_so() {
    let (mut world, job) = World::with_job(PLAIN);
    world.resume(job);
    assert_eq!(world.standing(job), "Interrupted");
    assert_eq!(world.begun().len(), 1, "no password is kept, so nothing is begun again");
    let (mut world, job) = World::asked();
    world.resume(job);
    assert_eq!(world.standing(job), "Interrupted");
    let (mut world, job) = World::asked();
    world.answer(job, &["1"]).unwrap();
    world.resume(job);
    assert_eq!(world.standing(job), "Interrupted");
}

#[test]
fn past_the_sign_in_an_interrupted_job_begins_again_under_new_numbers() {
    let (mut world, job) = World::reading();
    world.resume(job);
    let now = world.job(job);
    assert_eq!((now.state, now.attempt, now.generation), (State::RetrievingAccounts, 2, 2));
    let plan = world.begun()[1].clone();
    assert_eq!((plan.job, plan.attempt, plan.generation, plan.shown), (job, 2, 2, 0));
    assert_eq!(plan.effect, now.effect, "the same outbox entry stands for it");
    assert_eq!(plan.start, Start::Resume { session: secret("bank-session-1") }, "no credentials");
    assert_eq!(world.standing_gathers(), vec![job]);
}

#[test]
fn accounts_that_are_shown_stay_while_a_job_begins_again() {
    let (mut world, job) = World::reading();
    let accounts = Report::Accounts(vec![world.account(job, "100200300", "Everyday")]);
    world.report(job, accounts.clone()).unwrap();
    world.resume(job);
    let connection = world.connection();
    assert_eq!((world.job(job).state, connection.accounts_generation), (State::RetrievingTransactions, 1));
    world.report(job, accounts).unwrap();
    assert_eq!(world.connection().accounts_generation, 2);
    world.report(job, Report::Transactions { new: 3 }).unwrap();
    let connection = world.connection();
    assert_eq!((connection.accounts_generation, connection.transactions_generation), (2, 2));
}

#[test]
fn a_job_whose_bank_session_is_missing_needs_a_new_sign_in() {
    let (mut world, job) = World::reading();
    let super::Presence::Here(user) = &mut world.presence else { panic!() };
    user.connections[0].session = None;
    world.resume(job);
    assert_eq!(world.standing(job), "SessionOver");
    assert_eq!(world.begun().len(), 1);
}

#[test]
fn resuming_what_is_over_or_unknown_does_nothing() {
    let (mut world, job) = World::connected();
    world.resume(job);
    assert!(!world.committed);
    world.resume(JobId(Uuid::from_u128(5)));
    assert!(!world.committed);
}

#[test]
fn neither_state_nor_commands_nor_plans_print_what_people_type() {
    let (mut world, job) = World::with_job(SOMETIMES);
    world.report(job, signed_in()).unwrap();
    let typed = connecting(Some(cookie(1)), PLAIN, "login-of-gavin");
    let answers = Command::AnswerChallenge { cookie: None, job, answers: vec![secret("answer-of-gavin")] };
    let told = Gather::Answer { job, attempt: 1, answers: vec![secret("answer-of-gavin")] };
    let shown = format!(
        "{:?} {:?} {:?} {typed:?} {answers:?} {told:?} {:?}",
        world.user(),
        world.effects,
        world.gathers,
        signed_in()
    );
    for secret in ["hooli2016", "login-of-gavin", "answer-of-gavin", "bank-session"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn no_effect_shares_its_name_with_another() {
    let (mut world, _) = World::connected();
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(again);
    world.end_consent();
    let ids = world.effect_ids();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn a_token_reads_all_jobs_while_its_session_lives_and_its_own_when_it_disclosed() {
    let (mut world, link) = World::connecting();
    let own = world.connect(PLAIN, "gavin").unwrap().id;
    let others = world.server(connecting(None, PLAIN, "richard")).map(job).unwrap().id;
    let token = world.link_token();
    for id in [own, others] {
        assert_eq!(world.ask(token, Command::GetJob(id)).map(|reply| job(reply).id), Ok(id));
    }
    world.ask(token, Command::DiscloseByToken { hash: link }).unwrap();
    assert_eq!(world.ask(token, Command::GetJob(own)).map(|reply| job(reply).id), Ok(own));
    assert_eq!(world.ask(token, Command::GetJob(others)), Err(Failure::JobUnknown));
    for refused in [Command::ListJobs, Command::GetConnection(world.job(own).connection)] {
        assert_eq!(world.ask(token, refused), Err(Failure::TokenRevoked));
    }
    assert_eq!(world.ask(token, connecting(None, OTHER, "gavin")), Err(Failure::TokenRevoked));
    world.link();
    assert_eq!(world.ask(token, Command::GetJob(own)), Err(Failure::TokenRevoked));
}

#[test]
fn jobs_and_connections_are_listed_newest_first() {
    let (mut world, _) = World::connecting();
    let mut made = Vec::new();
    for login in ["gavin", "richard", "erlich"] {
        world.wait(Span::seconds(1));
        made.push(world.connect(PLAIN, login).unwrap());
    }
    made.reverse();
    let super::Reply::Jobs(jobs) = world.server(Command::ListJobs).unwrap() else { panic!() };
    assert_eq!(jobs, made);
    let super::Reply::Connections(views) = world.server(Command::ListConnections).unwrap() else { panic!() };
    let ids: Vec<_> = views.iter().map(|view| view.id).collect();
    assert_eq!(ids, made.iter().map(|job| job.connection).collect::<Vec<_>>());
}
