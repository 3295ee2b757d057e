//! Every way a job ends, and what goes on without its session (decisions sections 1 and 2).

use super::bank::{CAREFUL, OTHER, PLAIN, SOMETIMES, challenged, secret, signed_in};
use super::{DAY, MS, World, cookie};
use crate::domain::attestation::FoundGap;
use crate::domain::command::{Caller, Command, Failure, Reply, Rows};
use crate::domain::day::Day;
use crate::domain::event::EventKind;
use crate::domain::gap::{Gap, GapAnswer, GapKind};
use crate::domain::id::{AccountId, JobId};
use crate::domain::job::{Cause, Gather, Report};
use crate::domain::money::Money;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{Next, Outcome};
use crate::domain::workflow::{consent_session, job};

/// A job in each state in which it is open; the first three wait for credentials or the person.
fn open_jobs() -> [(&'static str, World, JobId); 5] {
    let (verifying, one) = World::with_job(CAREFUL);
    let (challenged, two) = World::asked();
    let (mut answering, three) = World::asked();
    answering.answer(three, &["1"]).unwrap();
    let (accounts, four) = World::reading();
    let (mut transactions, five) = World::reading();
    let read = Report::Accounts(vec![transactions.account(five, "1", "Everyday")]);
    transactions.report(five, read).unwrap();
    [
        ("verifying", verifying, one),
        ("challenged", challenged, two),
        ("answering", answering, three),
        ("retrieving accounts", accounts, four),
        ("retrieving transactions", transactions, five),
    ]
}

/// Ends as it should: nobody is at work, nothing stands for it, and whoever reports is told to stop.
#[track_caller]
fn ended(world: &mut World, job: JobId, cause: &str) {
    assert_eq!(world.standing(job), cause);
    assert_eq!(world.job(job).ended, Some(world.now));
    assert_eq!(world.standing_gathers(), vec![]);
    assert_eq!(world.stopped(), vec![job]);
    assert_eq!(world.report(job, signed_in()), Ok(false));
}

/// What puts an end to something else than the job.
type End = fn(&mut World);

#[test]
fn a_job_lasts_sixty_minutes_to_the_millisecond_in_whatever_state() {
    for rings in [true, false] {
        for (name, mut world, job) in open_jobs() {
            if name == "challenged" {
                continue; // its question is over long before
            }
            let end = world.job(job).total_at;
            world.now = super::UnixMillis(end.0 - 1);
            world.alarm();
            assert!(world.job(job).is_open(), "{name}");
            world.wait(MS);
            if rings {
                world.alarm();
            } else {
                assert_eq!(world.report(job, Report::Transactions { new: 1 }), Ok(false), "{name}");
            }
            ended(&mut world, job, "TimedOut");
        }
    }
}

#[test]
fn everything_due_at_once_is_done_in_its_order_by_one_late_alarm() {
    let (mut world, asked) = World::asked();
    let reading = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(reading, signed_in()).unwrap();
    world.wait(DAY);
    world.alarm();
    assert_eq!(
        (world.standing(asked).as_str(), world.standing(reading).as_str()),
        ("ChallengeOver", "TimedOut")
    );
    assert_eq!(world.user().session.as_ref().unwrap().state, consent_session::State::TimedOut);
    world.alarm();
    assert!(!world.committed);
}

#[test]
fn with_the_link_ends_what_waits_and_reading_goes_on() {
    let ends: [(&str, End); 2] = [
        ("deleted", |world| drop(world.server(Command::DeleteLink).unwrap())),
        ("replaced", |world| _ = world.link()),
    ];
    for (how, end) in ends {
        for (number, (name, mut world, job)) in open_jobs().into_iter().enumerate() {
            end(&mut world);
            assert_eq!(world.user().session.as_ref().unwrap().state, consent_session::State::Revoked);
            if number < 3 {
                ended(&mut world, job, "LinkOver");
            } else {
                assert!(world.job(job).is_open(), "{how} while {name}");
                assert_eq!(world.standing_gathers(), vec![job]);
                assert_eq!(world.stopped(), vec![]);
                let read = Report::Accounts(vec![world.account(job, "1", "Everyday")]);
                world.report(job, read).unwrap();
                world.report(job, Report::Transactions { new: 1 }).unwrap();
                assert_eq!(world.standing(job), "Success");
            }
        }
    }
}

#[test]
fn the_link_of_another_session_ends_nothing() {
    let (mut world, left) = World::with_job(CAREFUL);
    let beside =
        world.server(super::bank::connecting(None, PLAIN, "gavin")).map(super::bank::job).unwrap().id;
    world.leave(cookie(1)).unwrap();
    world.link();
    world.server(Command::DeleteLink).unwrap();
    assert!(world.job(left).is_open(), "its own link was left, not deleted");
    assert!(world.job(beside).is_open(), "no link led to it");
}

#[test]
fn left_disclosed_or_timed_out_it_goes_on_to_its_end() {
    let ends: [(&str, End); 3] = [
        ("left", |world| drop(world.leave(cookie(1)).unwrap())),
        ("disclosed", |world| drop(world.leave_out().unwrap())),
        ("timed out", |world| {
            let total = world.user().session.as_ref().unwrap().total_at;
            world.now = total;
            world.alarm();
        }),
    ];
    for (how, end) in ends {
        let (mut world, _) = World::connecting();
        world.wait(Span::minutes(10));
        let job = world.connect(PLAIN, "gavin").unwrap().id;
        end(&mut world);
        assert!(world.user().session.as_ref().unwrap().ended.is_some(), "{how}");
        assert!(world.job(job).is_open(), "{how}");
        world.read_all(job);
        assert_eq!(world.standing(job), "Success", "{how}");
    }
}

#[test]
fn with_the_consent_ends_every_job_and_all_that_it_covered_goes() {
    let ends: [(&str, End); 3] = [
        ("ended by the partner", World::end_consent),
        ("superseded", |world| {
            world.change_policy();
            let link = world.link();
            world.enter(link, cookie(1));
            world.agree(cookie(1)).unwrap();
        }),
        ("expired", |world| {
            let super::Presence::Here(user) = &mut world.presence else { panic!() };
            user.consent.as_mut().unwrap().expires = world.now;
            world.alarm();
        }),
    ];
    for (how, end) in ends {
        for (number, (name, mut world, job)) in open_jobs().into_iter().enumerate() {
            let (connection, effects) = (world.job(job).connection, world.effects.len());
            let events = world.events.len();
            let is_signed_in = world.connection().session.is_some();
            end(&mut world);
            let cause = if how == "superseded" && number < 3 { "LinkOver" } else { "ConsentOver" };
            ended(&mut world, job, cause);
            assert!(world.user().connections.is_empty(), "{how} while {name}");
            let mut told = world.events[events..].to_vec();
            told.retain(|event| event.subject == Some(connection.0));
            let told: Vec<_> = told.iter().map(|event| event.kind).collect();
            // A link that is replaced ends what waited for its person before the consent does.
            let expected = [EventKind::ConnectionUpdated, EventKind::ConnectionDeleted];
            let from = usize::from(cause == "ConsentOver");
            assert_eq!(told, expected[from..], "{how} while {name}");
            let last: Vec<_> = world.sweeps(effects).into_iter().rev().take(3).collect();
            for rows in Rows::ALL {
                assert!(last.contains(&(connection, rows, 0, u32::MAX)), "{how} while {name}: {last:?}");
            }
            let out = world.signed_out();
            assert_eq!(out, [&secret("bank-session-1")][..usize::from(is_signed_in)], "{how} while {name}");
            assert_eq!(world.ended_consents.len(), 1);
        }
    }
}

#[test]
fn the_end_of_a_consent_takes_deleted_connections_too_and_signs_each_out_once() {
    let (mut world, first) = World::connected();
    let second = world.connect(OTHER, "gavin").unwrap().id;
    world.report(second, Report::SignedIn(secret("bank-session-2"))).unwrap();
    world.server(Command::DeleteConnection(world.job(first).connection)).unwrap();
    assert_eq!(world.user().connections.len(), 2, "what was read by it is still there");
    assert_eq!(world.count(EventKind::ConnectionDeleted), 1);
    let effects = world.effects.len();
    world.end_consent();
    assert!(world.user().connections.is_empty());
    let all: Vec<_> = world.sweeps(effects).into_iter().filter(|sweep| sweep.3 == u32::MAX).collect();
    assert_eq!(all.len(), 6);
    assert_eq!(world.count(EventKind::ConnectionDeleted), 2, "each is told once");
    assert_eq!(world.signed_out(), vec![&secret("bank-session-1"), &secret("bank-session-2")]);
}

#[test]
fn disclosing_while_a_job_waits_asks_once() {
    let (mut world, waiting) = World::asked();
    let reading = world.connect(PLAIN, "gavin").unwrap().id;
    world.report(reading, signed_in()).unwrap();
    assert_eq!(world.disclose(cookie(1)), Err(Failure::JobsWaiting));
    assert!(!world.committed, "asking changes nothing");
    assert_eq!(world.visit(cookie(1)).unwrap().state, consent_session::State::Connecting);
    let view = world.leave_out().unwrap();
    assert_eq!(view.state, consent_session::State::Disclosed);
    assert_eq!((world.standing(waiting).as_str(), world.standing_gathers()), ("LeftOut", vec![reading]));
    assert_eq!(view.jobs.len(), 2, "the way back names all of them");
    world.leave_out().unwrap();
    assert!(!world.committed, "a double click is harmless");
}

fn found(wording: &str, answer: Option<GapAnswer>) -> FoundGap {
    let gap = Gap {
        kind: GapKind::Card,
        wording: wording.into(),
        count: 2,
        last_day: Day::of(UnixMillis(0)),
        last_amount: Money::parse("1.00").unwrap(),
        account: AccountId(uuid::Uuid::nil()),
    };
    FoundGap { gap, answer }
}

#[test]
fn what_waits_is_asked_about_first_then_what_seems_to_be_missing() {
    let (mut world, _) = World::asked();
    let declare =
        |leave_out, gaps: Vec<FoundGap>| Command::Disclose { cookie: cookie(1), leave_out, gaps: Some(gaps) };
    let (asked, fresh) = (found("VISA", Some(GapAnswer::NotMine)), found("AMEX", None));
    let all = vec![asked.clone(), fresh.clone()];
    assert_eq!(world.person(declare(false, all.clone())), Err(Failure::JobsWaiting));
    assert_eq!(world.person(declare(true, all)), Err(Failure::GapsUnasked));
    assert!(!world.committed && world.user().attestation.is_none(), "asking changes nothing");
    world.person(declare(true, vec![asked.clone()])).unwrap();
    let kept = world.user().attestation.clone().unwrap().gaps;
    assert_eq!(kept, Some(vec![asked.answered().unwrap()]));
    world.person(declare(true, vec![fresh])).unwrap();
    assert!(!world.committed, "a double click is harmless");
}

#[test]
fn finishing_instead_of_leaving_out_discloses_without_being_asked() {
    let (mut world, job) = World::asked();
    assert_eq!(world.disclose(cookie(1)), Err(Failure::JobsWaiting));
    world.answer(job, &["1"]).unwrap();
    assert_eq!(world.disclose(cookie(1)), Err(Failure::JobsWaiting), "the next question may come yet");
    world.read_all(job);
    assert_eq!(world.disclose(cookie(1)).unwrap().state, consent_session::State::Disclosed);
}

#[test]
fn disclosing_while_a_job_is_at_work_asks_whether_to_wait_and_it_goes_on_without() {
    let declare = |leave_out| Command::Disclose { cookie: cookie(1), leave_out, gaps: Some(Vec::new()) };
    for waits in [true, false] {
        let (mut world, job) = World::connected();
        let slow = world.connect(CAREFUL, "gavin").unwrap().id;
        for _ in 0..2 {
            assert_eq!(world.person(declare(false)), Err(Failure::JobsWaiting));
            assert!(!world.committed && world.user().attestation.is_none(), "asking changes nothing");
        }
        if waits {
            world.read_all(slow);
        }
        world.person(declare(!waits)).unwrap();
        assert_eq!(world.job(slow).is_open(), !waits, "what is on its way goes on");
        let kept = world.user().attestation.clone().unwrap().gaps;
        assert_eq!(kept, waits.then(Vec::new), "nobody looked at what was not read");
        world.person(declare(false)).unwrap();
        assert!(!world.committed, "a double click is harmless");
        assert!(!world.job(job).is_open());
    }
}

#[test]
fn a_job_that_waits_elsewhere_is_nobodys_business_here() {
    let (mut world, job) = World::asked();
    world.exchange(Caller::Client(world.application.id), cookie(2), None).unwrap();
    assert_eq!(world.disclose(cookie(2)).unwrap().state, consent_session::State::Disclosed);
    assert!(world.job(job).is_waiting());
}

#[test]
fn disclosing_by_token_leaves_out_what_waits() {
    let (mut world, link) = World::connecting();
    let waiting = world.connect(CAREFUL, "gavin").unwrap().id;
    world.report(waiting, challenged()).unwrap();
    let token = world.link_token();
    assert_eq!(world.ask(token, Command::DiscloseByToken { hash: link }), Ok(Reply::Done));
    ended(&mut world, waiting, "LeftOut");
}

#[test]
fn a_question_after_the_disclosure_ends_with_its_time() {
    let (mut world, job) = World::with_job(SOMETIMES);
    world.leave_out().unwrap();
    world.report(job, challenged()).unwrap();
    world.wait(Span::seconds(120));
    world.alarm();
    ended(&mut world, job, "ChallengeOver");
}

#[test]
fn with_its_connection_ends_a_job() {
    for (name, mut world, job) in open_jobs() {
        let connection = world.job(job).connection;
        let is_signed_in = world.connection().session.is_some();
        world.server(Command::DeleteConnection(connection)).unwrap();
        ended(&mut world, job, "ConsentOver");
        assert_eq!(world.signed_out().len(), usize::from(is_signed_in), "{name}");
    }
}

#[test]
fn with_the_user_ends_everything() {
    for (name, mut world, job) in open_jobs() {
        let effect = world.job(job).effect;
        let caller = Caller::Server(world.application.id);
        let Outcome { next, events, effects, gathers, .. } = world.decide(caller, Command::DeleteUser);
        assert!(matches!(next, Next::Delete), "{name}");
        assert!(gathers.contains(&Gather::Stop(job)), "{name}");
        assert!(
            effects.iter().any(|effect_of| matches!(effect_of, super::Effect::Withdraw(id) if *id == effect))
        );
        let sweeps = effects
            .iter()
            .filter(|effect| matches!(effect, super::Effect::Sweep { keep: 0, up_to: u32::MAX, .. }));
        assert_eq!(sweeps.count(), 3, "{name}");
        assert_eq!(events.last().unwrap().kind, EventKind::UserDeleted);
        world.server(Command::DeleteUser).unwrap();
        let late = Command::Report { job, attempt: 1, report: Box::new(signed_in()) };
        assert_eq!(
            world.ask(Caller::House, late),
            Err(Failure::UserUnknown),
            "late reports make nobody again"
        );
    }
}

#[test]
fn an_institution_that_says_no_ends_the_job_at_the_step_it_was_at() {
    for cause in Cause::ALL {
        for (name, mut world, job) in open_jobs() {
            let step = world.job(job).step();
            world.fail(job, cause);
            let failure = world.job(job).failure.unwrap();
            assert_eq!((failure.step, failure.cause), (step, cause), "{name}");
            assert_eq!(world.job(job).state, job::State::Failed);
            assert_eq!(world.standing_gathers(), vec![]);
        }
    }
}
