//! Random commands at random times: the invariants hold after each, ends are never left, and the same
//! inputs give the same decision.

use super::bank::{challenged, connecting, secret};
use super::{Caller, Command, DAY, Entry, Failure, LinkHash, MS, Presence, Reply, World, cookie};
use crate::domain::auth_link::CodeText;
use crate::domain::bank::BankSession;
use crate::domain::command::Rows;
use crate::domain::consent_session::ConsentSession;
use crate::domain::errand::{Action, Errand};
use crate::domain::id::{ConnectionId, ConsentId, JobId};
use crate::domain::job::{Cause, Job, Report, Start};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::Span;
use crate::domain::user::{Outcome, User};
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One step of a random life. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Act {
    Link(bool),
    DeleteLink,
    View(u8, u8),
    Request(u8),
    Right(u8, u8),
    Wrong(u8),
    Exchange(u8, bool),
    Visit(u8),
    Agree(u8),
    Decline(u8),
    Disclose(u8, bool),
    DiscloseByToken(u8),
    Leave(u8),
    Errand(u8, bool),
    EndConsent(bool),
    Connect(u8, u8),
    Answer(u8, u8, u8),
    Report(u8, u8, u8),
    Resume(u8),
    DeleteConnection(u8),
    Refresh(u8),
    Retype(u8, u8),
    Purge(u8),
    ChangePolicy,
    Update,
    DeleteUser,
    Read(u8),
    Alarm,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<bool>().prop_map(Act::Link),
        1 => Just(Act::DeleteLink),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(link, browser)| Act::View(link, browser)),
        6 => any::<u8>().prop_map(Act::Request),
        6 => (any::<u8>(), any::<u8>()).prop_map(|(link, browser)| Act::Right(link, browser)),
        4 => any::<u8>().prop_map(Act::Wrong),
        3 => (any::<u8>(), any::<bool>()).prop_map(|(browser, by_link)| Act::Exchange(browser, by_link)),
        3 => any::<u8>().prop_map(Act::Visit),
        4 => any::<u8>().prop_map(Act::Agree),
        1 => any::<u8>().prop_map(Act::Decline),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(browser, leave_out)| Act::Disclose(browser, leave_out)),
        1 => any::<u8>().prop_map(Act::DiscloseByToken),
        1 => any::<u8>().prop_map(Act::Leave),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(browser, extends)| Act::Errand(browser, extends)),
        1 => any::<bool>().prop_map(Act::EndConsent),
        8 => (any::<u8>(), any::<u8>()).prop_map(|(browser, login)| Act::Connect(browser, login)),
        4 => (any::<u8>(), any::<u8>(), 0_u8..3).prop_map(|(by, job, texts)| Act::Answer(by, job, texts)),
        16 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(job, what, try_)| Act::Report(job, what, try_)),
        2 => any::<u8>().prop_map(Act::Resume),
        1 => any::<u8>().prop_map(Act::DeleteConnection),
        5 => any::<u8>().prop_map(Act::Refresh),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(by, which)| Act::Retype(by, which)),
        1 => any::<u8>().prop_map(Act::Purge),
        1 => Just(Act::ChangePolicy),
        1 => Just(Act::Update),
        1 => Just(Act::DeleteUser).prop_filter("rare", |_| true),
        2 => any::<u8>().prop_map(Act::Read),
        3 => Just(Act::Alarm),
    ]
}

fn step() -> impl Strategy<Value = Span> {
    prop_oneof![
        8 => (0_u64..40_000).prop_map(Span),
        2 => (0_u64..20).prop_map(Span::minutes),
        1 => (0_u64..9).prop_map(Span::days),
        1 => Just(MS),
        1 => Just(Span(30 * DAY.0)),
    ]
}

fn browser(number: u8) -> super::CookieHash {
    cookie(1 + number % 3)
}

/// Which link: mostly the latest, sometimes an older one.
fn link(links: &[LinkHash], number: u8) -> LinkHash {
    let from_the_end = usize::from(number % 4 / 3) * usize::from(number / 4);
    links.iter().rev().nth(from_the_end).copied().unwrap_or([0xEE; 16])
}

fn command(world: &mut World, links: &[LinkHash], act: &Act) -> (Caller, Command) {
    let server = Caller::Server(world.application.id);
    let token = world.token_of_session().unwrap_or(Caller::Client(world.application.id));
    let person = |command| (Caller::Applicant, command);
    match act {
        Act::Link(other) => {
            (server, Command::CreateLink { mobile: other.then(|| super::OTHER_MOBILE.into()) })
        }
        Act::DeleteLink => (server, Command::DeleteLink),
        Act::View(which, by) => {
            person(Command::ViewLink { hash: link(links, *which), cookie: Some(browser(*by)) })
        }
        Act::Request(which) => person(Command::RequestCode { hash: link(links, *which), words: &"" }),
        Act::Right(which, by) => {
            let code = world.last_text().map_or_else(|| CodeText::parse("111111").unwrap(), |text| text.1);
            let entry = match by % 4 {
                0 => Entry::Token,
                _ => Entry::Cookie { cookie: browser(*by), return_state: None, errand: Errand::default() },
            };
            person(Command::TryCode { hash: link(links, *which), code, entry })
        }
        Act::Wrong(which) => {
            let code = CodeText::parse("000000").unwrap();
            person(Command::TryCode { hash: link(links, *which), code, entry: Entry::Token })
        }
        Act::Exchange(by, true) => (token, exchange(world, *by)),
        Act::Exchange(by, false) => (Caller::Client(world.application.id), exchange(world, *by)),
        Act::Visit(by) => person(Command::ViewSession(browser(*by))),
        Act::Agree(by) => {
            let policy_version = world.application.policy().map_or(0, |policy| policy.version);
            person(Command::Agree { cookie: browser(*by), policy_version, shown: None })
        }
        Act::Decline(by) => person(Command::Decline(browser(*by))),
        Act::Disclose(by, leave_out) => {
            person(Command::Disclose { cookie: browser(*by), leave_out: *leave_out, gaps: None })
        }
        Act::DiscloseByToken(which) => (token, Command::DiscloseByToken { hash: link(links, *which) }),
        Act::Leave(by) => person(Command::Leave(browser(*by))),
        Act::Errand(by, true) => person(Command::Extend(browser(*by))),
        Act::Errand(by, false) => person(Command::Finish(browser(*by))),
        Act::EndConsent(real) => {
            let known = match &world.presence {
                Presence::Here(user) => user.consent.as_ref().map(|consent| consent.id),
                Presence::Absent | Presence::Deleted => None,
            };
            let id = known.filter(|_| *real).unwrap_or(ConsentId(Uuid::from_u128(9)));
            (server, Command::EndConsent(id))
        }
        Act::Connect(..)
        | Act::Answer(..)
        | Act::Report(..)
        | Act::Resume(_)
        | Act::DeleteConnection(_)
        | Act::Refresh(_)
        | Act::Retype(..)
        | Act::Purge(_) => work(world, token, act),
        Act::ChangePolicy => {
            world.change_policy();
            (server, Command::GetUser)
        }
        Act::Update => {
            let changes = ProfileChanges { first_name: Some("Ada".into()), ..ProfileChanges::default() };
            (server, Command::UpdateUser(Box::new(changes)))
        }
        Act::DeleteUser => (server, Command::DeleteUser),
        Act::Read(which) => read(world, token, *which),
        Act::Alarm => (Caller::House, Command::FallDue),
    }
}

/// A browser that comes by a token, sent for one thing or another.
fn exchange(world: &World, by: u8) -> Command {
    let connection = match &world.presence {
        Presence::Here(user) => user.connections.first().map(|one| one.id),
        Presence::Absent | Presence::Deleted => None,
    };
    let action = Action::ALL[usize::from(by / 2) % Action::ALL.len()];
    let errand =
        Errand { action, institution: None, connection: connection.filter(|_| by.is_multiple_of(5)) };
    Command::Exchange { cookie: browser(by), old_cookie: Some(browser(by / 3)), return_state: None, errand }
}

/// What the partner looks at, and what the person's token may.
fn read(world: &World, token: Caller, which: u8) -> (Caller, Command) {
    let server = Caller::Server(world.application.id);
    match which % 6 {
        0 => (server, Command::GetUser),
        1 => (server, Command::GetLink),
        2 => (server, Command::ListJobs),
        3 => (server, Command::ListSources),
        4 => (token, Command::GetJob(world.some_job(which))),
        _ => (server, Command::GetConsent),
    }
}

/// What people and whoever works at institutions do.
fn work(world: &World, token: Caller, act: &Act) -> (Caller, Command) {
    let server = Caller::Server(world.application.id);
    let who = |by: u8| match by % 6 {
        0 => (token, None),
        1 => (server, None),
        2 => (Caller::Client(world.application.id), None),
        _ => (Caller::Applicant, Some(browser(by / 6))),
    };
    match act {
        Act::Connect(by, login) => {
            let (caller, cookie) = who(*by);
            let institution = ["AU00000", "AU00002", "AU00003"][usize::from(login % 3)];
            (caller, connecting(cookie, institution, ["gavin", "richard"][usize::from(login / 3 % 2)]))
        }
        Act::Answer(by, job, texts) => {
            let (caller, cookie) = who(*by);
            let answers = (0..*texts).map(|_| secret("1")).collect();
            (caller, Command::AnswerChallenge { cookie, job: world.some_job(*job), answers })
        }
        Act::Report(job, what, try_) => {
            let id = world.some_job(*job);
            let attempt = world.find_job(id).map_or(1, |job| job.attempt);
            // Most reports are of the try that counts, some of the one before or of one to come.
            let attempt = match try_ % 8 {
                0 => attempt.saturating_sub(1),
                1 => attempt + 1,
                _ => attempt,
            };
            (
                Caller::House,
                Command::Report { job: id, attempt, report: Box::new(world.some_report(id, *what)) },
            )
        }
        Act::Resume(job) => (Caller::House, Command::ResumeJob(world.some_job(*job))),
        Act::DeleteConnection(which) => (server, Command::DeleteConnection(world.some_connection(*which))),
        Act::Refresh(which) if which % 4 == 0 => (server, Command::RefreshConnections),
        Act::Refresh(which) => (server, Command::RefreshConnection(world.some_connection(which / 4))),
        Act::Retype(by, which) => {
            let ((caller, cookie), connection) = (who(*by), world.some_connection(*which));
            let (login_id, password) = (None, secret("hooli2016"));
            (caller, Command::UpdateConnection { cookie, connection, login_id, password })
        }
        Act::Purge(which) => (server, Command::PurgeConnection(world.some_connection(*which))),
        _ => (Caller::House, Command::FallDue),
    }
}

impl World {
    fn here(&self) -> Option<&User> {
        match &self.presence {
            Presence::Here(user) => Some(user),
            Presence::Absent | Presence::Deleted => None,
        }
    }

    /// Every session that is over, with how it ended.
    fn over(&self) -> Vec<ConsentSession> {
        let sessions = self.here().into_iter().flat_map(|user| [&user.session, &user.token_session]);
        sessions.flatten().filter(|one| one.ended.is_some()).cloned().collect()
    }

    /// Every job that is over.
    fn jobs_over(&self) -> Vec<Job> {
        let jobs = self.here().map(|user| user.jobs.clone()).unwrap_or_default();
        jobs.into_iter().filter(|job| !job.is_open()).collect()
    }

    fn find_job(&self, id: JobId) -> Option<&Job> {
        self.here()?.job(id)
    }

    /// Mostly one of the last jobs.
    fn some_job(&self, number: u8) -> JobId {
        let jobs = self.here().map(|user| user.jobs.as_slice()).unwrap_or_default();
        let found = jobs.iter().rev().nth(usize::from(number % 4));
        found.map_or(JobId(Uuid::from_u128(9)), |job| job.id)
    }

    fn some_connection(&self, number: u8) -> ConnectionId {
        let all = self.here().map(|user| user.connections.as_slice()).unwrap_or_default();
        let found = all.get(usize::from(number) % all.len().max(1));
        found.map_or(ConnectionId(Uuid::from_u128(9)), |one| one.id)
    }

    /// A report that moves the job on, mostly; each bank session is one of its own.
    fn some_report(&self, job: JobId, what: u8) -> Report {
        let accounts = || self.find_job(job).map(|_| self.account(job, &format!("{}", what % 3), "Everyday"));
        match what % 16 {
            0..=4 => Report::SignedIn(secret(&format!("bank-session-{}", self.draws))),
            5 | 6 => challenged(),
            7 | 8 => Report::AnswerWrong,
            9..=11 => Report::Accounts(accounts().into_iter().collect()),
            12..=14 => Report::Transactions { new: u32::from(what / 16) },
            _ => Report::Failed(Cause::ALL[usize::from(what / 16) % Cause::ALL.len()]),
        }
    }

    /// The bank sessions that are in use.
    fn bank_sessions(&self) -> Vec<BankSession> {
        let connections = self.here().map(|user| user.connections.as_slice()).unwrap_or_default();
        connections.iter().filter_map(|one| one.session.clone()).collect()
    }
}

/// What holds between any two states of a user, whatever was asked.
fn held(before: Option<&User>, world: &World, effects: usize) {
    let open: BTreeSet<JobId> =
        world.here().into_iter().flat_map(User::open_jobs).map(|job| job.id).collect();
    let standing = world.standing_gathers();
    assert_eq!(standing.len(), open.len(), "one outbox entry for each open job");
    assert!(standing.iter().all(|job| open.contains(job)), "and none for any other");
    let (Some(before), after) = (before, world.here()) else { return };
    for job in &before.jobs {
        let now = world.find_job(job.id);
        if job.is_open() && now.is_none_or(|now| !now.is_open()) {
            assert!(world.stopped().contains(&job.id), "whoever works on it is told to stop");
        }
        if let Some(now) = now {
            assert!(now.attempt >= job.attempt && now.generation >= job.generation, "numbers only grow");
            assert!(job.is_open() || now == job, "an end state is never left");
        }
    }
    for one in &before.connections {
        let now = after.and_then(|user| user.connections.iter().find(|now| now.id == one.id));
        if let Some(now) = now {
            assert!(now.generation >= one.generation, "a generation is given out once");
            // What was purged is shown no more.
            let is_newer = |now: u32, then: u32| now == 0 || now >= then;
            assert!(
                is_newer(now.accounts_generation, one.accounts_generation),
                "nothing older is shown again"
            );
            assert!(is_newer(now.transactions_generation, one.transactions_generation));
        } else {
            let all = world.sweeps(effects);
            for rows in Rows::ALL {
                assert!(all.contains(&(one.id, rows, 0, u32::MAX)), "what it read goes with it");
            }
        }
    }
    if let Some(user) = after {
        let mut working = BTreeSet::new();
        assert!(
            user.open_jobs().all(|job| working.insert(job.connection)),
            "one job at a time for each login"
        );
    }
}

fn same(one: &Outcome, other: &Outcome) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_breaks_a_rule(
        begins in 0_u8..4,
        life in prop::collection::vec((step(), act()), 1..70),
    ) {
        // Most lives begin where the work begins; the long way there is taken by the others.
        let mut world = if begins == 0 { World::new() } else { World::connecting().0 };
        let mut links: Vec<LinkHash> = world.here().and_then(|user| user.link.as_ref()).map(|link| link.hash).into_iter().collect();
        let mut sent = world.texts();
        for (wait, act) in &life {
            world.wait(*wait);
            let (presence, over, jobs_over) = (world.presence.clone(), world.over(), world.jobs_over());
            let (held_before, begun, effects) = (world.bank_sessions(), world.begun().len(), world.effects.len());
            let out = world.signed_out().len();
            let (caller, asked) = command(&mut world, &links, act);
            let (_, again) = command(&mut world, &links, act);
            let first = world.decide(caller, asked);
            world.draws -= 1;
            let second = world.decide(caller, again);
            world.draws -= 1;
            prop_assert!(same(&first, &second), "{act:?} decided in two ways");
            let (_, asked) = command(&mut world, &links, act);
            let reported = match &asked {
                Command::Report { job, attempt, .. } => Some((*job, *attempt)),
                _ => None,
            };
            // The invariants, AL-2 among them, are checked in here after every step.
            let reply = world.ask(caller, asked);
            if presence == Presence::Deleted {
                prop_assert_eq!(&reply, &Err(Failure::UserUnknown));
                prop_assert_eq!(&world.presence, &Presence::Deleted);
            }
            for ended in over {
                let now = world.over().into_iter().find(|one| one.id == ended.id);
                prop_assert!(now.is_none_or(|now| now == ended), "a session that is over changed");
            }
            for ended in jobs_over {
                prop_assert!(world.find_job(ended.id).is_none_or(|now| *now == ended), "a job that is over changed");
            }
            let before = match &presence {
                Presence::Here(user) => Some(user.as_ref()),
                Presence::Absent | Presence::Deleted => None,
            };
            held(before, &world, effects);
            for plan in &world.begun()[begun..] {
                let typed = matches!(act, Act::Connect(..) | Act::Retype(..));
                prop_assert!(typed || !matches!(plan.start, Start::SignIn(_)), "a login is never repeated");
                let resumes = matches!(plan.start, Start::Resume { .. });
                prop_assert!(!resumes || matches!(act, Act::Resume(_)), "signed in by this job alone");
            }
            if let (Some((job, attempt)), Some(user)) = (reported, before) {
                let awaited = user.open_jobs().any(|one| one.id == job && one.attempt == attempt);
                prop_assert!(awaited || reply == Ok(Reply::Gathering(false)), "{act:?} counted: {reply:?}");
            }
            // No bank session is forgotten: it is in use, signed out, or the institution ended it.
            let in_use = world.bank_sessions();
            for session in held_before.iter().filter(|one| !in_use.contains(one)) {
                let ended_there = matches!(act, Act::Report(_, what, _) if what % 16 == 15);
                prop_assert!(world.signed_out()[out..].contains(&session) || ended_there, "a bank session was lost");
            }
            if let Presence::Here(user) = &world.presence {
                let latest = user.link.as_ref().map(|link| link.hash);
                links.extend(latest.filter(|hash| !links.contains(hash)));
                prop_assert!(user.deadlines().iter().all(|(_, at)| *at > world.now), "something due was left");
                prop_assert!(user.dead_links.len() <= 20);
            }
            prop_assert!(world.texts() - sent <= 1);
            sent = world.texts();
        }
    }
}
