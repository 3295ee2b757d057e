//! Connections: what each end of a job does to them, what is shown and swept, and what the partner is
//! told (contract section 5.7).

use super::bank::{CAREFUL, OTHER, PLAIN, challenged, secret, signed_in};
use super::{World, cookie};
use crate::domain::account::AccountClass;
use crate::domain::bank::BankFault;
use crate::domain::command::{Command, Failure, Reply, Rows};
use crate::domain::connection::ACCOUNTS_MAX;
use crate::domain::event::{EventData, EventKind as E};
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::job::{Cause, Report};
use crate::domain::money::Money;
use crate::domain::time::Span;
use crate::domain::workflow::connection::State;
use uuid::Uuid;

fn is_the_persons(cause: Cause) -> bool {
    [Cause::InvalidCredentials, Cause::Locked, Cause::ActionRequired, Cause::SessionOver].contains(&cause)
}

#[test]
fn the_first_success_activates_and_tells_once() {
    let (mut world, _) = World::connecting();
    let job = world.connect(PLAIN, "gavin").unwrap().id;
    assert_eq!(world.news(0), vec![E::ConnectionCreated]);
    assert_eq!(world.connection().state, State::Pending);
    world.wait(Span::seconds(5));
    world.read_all(job);
    let connection = world.connection().clone();
    assert_eq!((connection.state, connection.last_used), (State::Active, Some(world.now)));
    let told = [E::ConnectionUpdated, E::ConnectionActivated, E::TransactionsUpdated];
    assert_eq!(world.news(0), [&[E::ConnectionCreated][..], &told].concat());
    let Some(EventData::Connection(told)) = world
        .events
        .iter()
        .rev()
        .find_map(|event| (event.kind == E::ConnectionActivated).then_some(event.data.clone()))
    else {
        panic!()
    };
    assert_eq!((told.state, told.last_used), (State::Active, connection.last_used), "as it is from then on");
}

#[test]
fn a_second_success_updates_and_activates_nothing() {
    let (mut world, _) = World::connected();
    let (events, job) = (world.events.len(), world.connect(PLAIN, "gavin").unwrap().id);
    world.read_all(job);
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::TransactionsUpdated]);
}

#[test]
fn transactions_are_news_only_where_there_are_new_ones() {
    let (mut world, job) = World::reading();
    world.report(job, Report::Accounts(Vec::new())).unwrap();
    let events = world.events.len();
    world.report(job, Report::Transactions { new: 0 }).unwrap();
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::ConnectionActivated]);
    let (world, _) = World::connected();
    let told = world.events.iter().rfind(|event| event.data.is_covered()).unwrap();
    let EventData::Transactions { connection, new } = &told.data else { panic!("{told:?}") };
    assert_eq!((connection.id, *new), (world.connection().id, 3));
    assert_eq!((told.consent, told.subject), (Some(world.consent_id()), Some(world.connection().id.0)));
}

#[test]
fn a_failure_before_the_first_success_makes_it_invalid_and_invalidates_nothing() {
    for cause in Cause::ALL {
        let (mut world, job) = World::with_job(PLAIN);
        let events = world.events.len();
        world.fail(job, cause);
        assert_eq!(world.connection().state, State::Invalid, "{cause:?}");
        assert_eq!(world.news(events), vec![E::ConnectionUpdated], "{cause:?}");
    }
}

#[test]
fn a_failure_later_invalidates_where_the_person_must_act() {
    for cause in Cause::ALL {
        let (mut world, _) = World::connected();
        let job = world.connect(PLAIN, "gavin").unwrap().id;
        let events = world.events.len();
        world.fail(job, cause);
        assert_eq!(world.connection().state, State::Invalid, "{cause:?}");
        let told: &[E] = if is_the_persons(cause) {
            &[E::ConnectionUpdated, E::ConnectionInvalidated]
        } else {
            &[E::ConnectionUpdated]
        };
        assert_eq!(world.news(events), told, "{cause:?}");
        let again = world.connect(PLAIN, "gavin").unwrap().id;
        let events = world.events.len();
        world.fail(again, Cause::Locked);
        assert_eq!(world.news(events), vec![], "it is invalid already");
    }
}

#[test]
fn a_success_after_a_failure_recovers_it() {
    let (mut world, job) = World::with_job(PLAIN);
    world.fail(job, Cause::Unavailable);
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    let events = world.events.len();
    world.read_all(again);
    let first = [E::ConnectionUpdated, E::ConnectionActivated, E::TransactionsUpdated];
    assert_eq!((world.connection().state, &world.news(events)[..]), (State::Active, &first[..]));
    let job = world.connect(PLAIN, "gavin").unwrap().id;
    world.fail(job, Cause::InvalidCredentials);
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    let events = world.events.len();
    world.read_all(again);
    assert_eq!(world.connection().state, State::Active);
    assert_eq!(world.news(events), vec![E::ConnectionUpdated, E::TransactionsUpdated], "activated once");
}

#[test]
fn every_no_of_an_institution_means_one_cause() {
    for (fault, cause) in [
        (BankFault::InvalidCredentials, Cause::InvalidCredentials),
        (BankFault::Locked, Cause::Locked),
        (BankFault::ActionRequired, Cause::ActionRequired),
        (BankFault::ChallengeOver, Cause::ChallengeOver),
        (BankFault::SessionOver, Cause::SessionOver),
        (BankFault::WrongAnswer, Cause::Unavailable),
        (BankFault::Unavailable, Cause::Unavailable),
    ] {
        assert_eq!(Cause::of(fault), cause);
    }
    for cause in Cause::ALL {
        assert_eq!(cause.lies_with_person(), is_the_persons(cause));
    }
}

#[test]
fn a_bank_session_that_the_institution_ended_is_forgotten() {
    let (mut world, job) = World::reading();
    world.fail(job, Cause::SessionOver);
    assert_eq!(world.connection().session, None);
    assert!(world.signed_out().is_empty(), "there is nothing to sign out of");
    let (mut world, job) = World::reading();
    world.fail(job, Cause::Unavailable);
    assert!(world.connection().session.is_some(), "one that only did not answer may be used again");
}

#[test]
fn nothing_is_shown_before_it_is_reported_and_each_kind_with_its_own_report() {
    let (mut world, job) = World::reading();
    let shown = |world: &World| {
        let one = world.connection();
        (one.accounts_generation, one.transactions_generation, one.accounts.len())
    };
    assert_eq!(shown(&world), (0, 0, 0));
    let accounts = vec![world.account(job, "1", "Everyday"), world.account(job, "2", "Savings")];
    world.report(job, Report::Accounts(accounts)).unwrap();
    assert_eq!(shown(&world), (1, 0, 2));
    world.report(job, Report::Transactions { new: 0 }).unwrap();
    assert_eq!(shown(&world), (1, 1, 2));
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(again, signed_in()).unwrap();
    assert_eq!(shown(&world), (1, 1, 2), "what was read before stays until the new is there");
    world.report(again, Report::Accounts(vec![world.account(again, "2", "Savings")])).unwrap();
    assert_eq!(shown(&world), (2, 1, 1));
    world.fail(again, Cause::Unavailable);
    assert_eq!(shown(&world), (2, 1, 1));
}

#[test]
fn at_the_end_of_a_job_all_but_what_is_shown_is_swept() {
    let (mut world, job) = World::connected();
    let connection = world.job(job).connection;
    let sweeps = |keep: [u32; 3], up_to| {
        let kept = Rows::ALL.into_iter().zip(keep);
        kept.map(|(rows, keep)| (connection, rows, keep, up_to)).collect::<Vec<_>>()
    };
    let sorted = |mut found: Vec<(ConnectionId, Rows, u32, u32)>| {
        found.sort_by_key(|sweep| sweep.1);
        found
    };
    assert_eq!(sorted(world.sweeps(0)), sweeps([1, 1, 1], 1));
    // The second is begun twice and ends after its accounts: those stay, and the older transactions.
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(again, signed_in()).unwrap();
    world.resume(again);
    world.report(again, Report::Accounts(Vec::new())).unwrap();
    let effects = world.effects.len();
    world.fail(again, Cause::Unavailable);
    assert_eq!(sorted(world.sweeps(effects)), sweeps([3, 3, 1], 3));
}

#[test]
fn an_account_is_news_when_anything_but_a_balance_changed() {
    let (mut world, first) = World::connected();
    let read_again = |world: &mut World, change: fn(&mut crate::domain::account::AccountFacts)| {
        let job = world.connect(PLAIN, "gavin").unwrap().id;
        world.report(job, signed_in()).unwrap();
        let mut account = world.account(job, "100200300", "Everyday");
        change(&mut account.facts);
        let events = world.events.len();
        world.report(job, Report::Accounts(vec![account.clone()])).unwrap();
        let news = world.news(events);
        let told = world.events.iter().rfind(|event| event.data.is_covered()).cloned();
        // Back to what it was, for the next one.
        let before = world.account(first, "100200300", "Everyday");
        world.report(job, Report::Accounts(vec![before])).unwrap();
        world.report(job, Report::Transactions { new: 0 }).unwrap();
        if !news.is_empty() {
            let told = told.unwrap();
            assert_eq!((told.consent, told.subject), (Some(world.consent_id()), Some(account.id.0)));
            let EventData::Account(shown) = told.data else { panic!() };
            assert_eq!(shown.facts, account.facts);
        }
        news
    };
    assert_eq!(read_again(&mut world, |_| {}), vec![]);
    assert_eq!(read_again(&mut world, |facts| facts.balance = Some(Money(1))), vec![]);
    assert_eq!(read_again(&mut world, |facts| facts.available_funds = None), vec![]);
    let told = vec![E::AccountUpdated];
    assert_eq!(read_again(&mut world, |facts| facts.name = "Bills".into()), told);
    assert_eq!(read_again(&mut world, |facts| facts.product = "Saver".into()), told);
    assert_eq!(read_again(&mut world, |facts| facts.class = AccountClass::Savings), told);
    assert_eq!(read_again(&mut world, |facts| facts.credit_limit = Some(Money(5))), told);
    assert_eq!(read_again(&mut world, |facts| facts.holder = None), told);
    assert_eq!(read_again(&mut world, |facts| facts.currency = "NZD".into()), told);
}

#[test]
fn a_connection_keeps_no_more_accounts_than_fit() {
    let (mut world, job) = World::reading();
    let many = (0..=ACCOUNTS_MAX).map(|number| world.account(job, &number.to_string(), "Everyday")).collect();
    world.report(job, Report::Accounts(many)).unwrap();
    assert_eq!(world.connection().accounts.len(), ACCOUNTS_MAX);
}

#[test]
fn a_deleted_connection_is_gone_and_what_was_read_by_it_stays() {
    let (mut world, job) = World::connected();
    let (id, events, effects) = (world.job(job).connection, world.events.len(), world.effects.len());
    let delete = || Command::DeleteConnection(id);
    assert_eq!(world.server(delete()), Ok(Reply::Done));
    assert_eq!(world.news(events), vec![E::ConnectionDeleted]);
    assert_eq!(world.signed_out(), vec![&secret("bank-session-1")]);
    assert_eq!(world.sweeps(effects), vec![], "nothing that is shown is swept");
    assert_eq!(world.server(delete()), Err(Failure::ConnectionUnknown));
    assert_eq!(world.server(Command::GetConnection(id)), Err(Failure::ConnectionUnknown));
    assert_eq!(world.server(Command::ListConnections), Ok(Reply::Connections(vec![])));
    let Reply::Connections(sources) = world.server(Command::ListSources).unwrap() else { panic!() };
    assert_eq!((sources[0].id, sources[0].accounts_generation, sources[0].accounts.len()), (id, 1, 1));
    let never = ConnectionId(Uuid::from_u128(9));
    assert_eq!(world.server(Command::DeleteConnection(never)), Err(Failure::ConnectionUnknown));
}

#[test]
fn sources_are_told_with_the_one_that_was_read_last_first() {
    let (mut world, first) = World::connected();
    world.wait(Span::seconds(1));
    let second = world.connect(OTHER, "gavin").unwrap().id;
    world.read_all(second);
    world.wait(Span::seconds(1));
    let third = world.connect(CAREFUL, "gavin").unwrap().id;
    let order = |world: &mut World| match world.server(Command::ListSources).unwrap() {
        Reply::Connections(views) => views.iter().map(|view| view.id).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let of = |world: &World, job: JobId| world.job(job).connection;
    let (one, two, never_read) = (of(&world, first), of(&world, second), of(&world, third));
    assert_eq!(order(&mut world), vec![two, one, never_read]);
    let again = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(again);
    assert_eq!(order(&mut world), vec![one, two, never_read]);
}

#[test]
fn a_view_tells_what_a_question_and_a_page_need() {
    let (mut world, job) = World::with_job(CAREFUL);
    assert!(!world.visit(cookie(1)).unwrap().connections[0].is_challenged);
    world.report(job, challenged()).unwrap();
    let view = world.visit(cookie(1)).unwrap();
    assert!(view.connections[0].is_challenged);
    assert_eq!(view.jobs, vec![world.job(job)]);
    let user = world.get_user();
    assert_eq!(user.connections, view.connections);
}

/// What is shown is what is kept for as long as it is shown: when its person ends the connection, it goes too.
#[test]
fn of_a_connection_that_its_person_ends_nothing_is_left() {
    let (mut world, job) = World::connected();
    let (connection, effects) = (world.job(job).connection, world.effects.len());
    world.person(Command::Disconnect { cookie: cookie(1), connection }).unwrap();
    assert!(world.user().connections.is_empty());
    let all = Rows::ALL.map(|rows| (connection, rows, 0, u32::MAX));
    assert_eq!(world.sweeps(effects), all);
}
