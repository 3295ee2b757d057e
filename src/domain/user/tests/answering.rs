//! Questions of an institution: asked, answered, wrong, late; and the steps that people watch.

use super::bank::{CAREFUL, PLAIN, SOMETIMES, challenged, job, secret, signed_in};
use super::{MS, World, cookie};
use crate::domain::bank::ChallengeMethod;
use crate::domain::command::{Caller, Command, Failure};
use crate::domain::id::JobId;
use crate::domain::job::{Cause, Gather, Job, Report, StepName, StepStatus};
use crate::domain::time::Span;
use crate::domain::user::DeadlineKind;
use crate::domain::workflow::Names;
use crate::domain::workflow::job::State;
use crate::golden;
use std::fmt::Write;
use uuid::Uuid;

const PATIENCE: Span = Span::seconds(120);

#[test]
fn a_question_waits_for_the_person_for_two_minutes_to_the_millisecond() {
    for rings in [true, false] {
        let (mut world, job) = World::asked();
        let asked = world.job(job).challenge.unwrap();
        assert_eq!((asked.method, asked.wrong), (ChallengeMethod::Token, 0));
        assert_eq!(
            (asked.prompts.as_slice(), asked.expires),
            (&["Code".to_owned()][..], world.now.plus(PATIENCE))
        );
        assert!(world.connection().is_challenged);
        world.wait(Span(PATIENCE.0 - 1));
        if rings {
            world.alarm();
            assert!(!world.committed, "an early alarm does nothing");
        }
        assert_eq!(world.job(job).state, State::Challenged);
        world.wait(MS);
        if rings {
            world.alarm();
            assert_eq!(world.standing(job), "ChallengeOver");
        }
        assert_eq!(world.answer(job, &["1"]), Err(Failure::JobOver));
        assert_eq!(world.job(job).failure.unwrap().step, StepName::MfaChallenge);
        assert!(world.job(job).challenge.is_some(), "what was asked stays");
    }
}

#[test]
fn an_answer_is_handed_on_once_with_one_text_for_each_prompt() {
    let (mut world, job) = World::asked();
    for wrong in [&[][..], &["1", "2"]] {
        assert_eq!(world.answer(job, wrong), Err(Failure::AnswersMissing));
        assert_eq!(world.job(job).state, State::Challenged);
    }
    let answered = world.answer(job, &["123456"]).unwrap();
    assert_eq!((answered.state, answered.answers), (State::Answering, 1));
    let told = Gather::Answer { job, attempt: 1, answers: vec![secret("123456")] };
    assert_eq!(world.gathers.last(), Some(&told));
    let before = world.gathers.len();
    assert_eq!(world.answer(job, &["123456"]), Err(Failure::NotNow), "one at a time");
    assert_eq!(world.gathers.len(), before);
    assert_eq!(world.report(job, signed_in()), Ok(true));
    assert_eq!(world.job(job).state, State::RetrievingAccounts);
}

#[test]
fn a_wrong_answer_is_counted_and_asked_for_again_in_the_same_time() {
    let (mut world, job) = World::asked();
    let expires = world.job(job).challenge.unwrap().expires;
    for wrong in 1..=3 {
        world.wait(Span::seconds(10));
        world.answer(job, &["000000"]).unwrap();
        assert_eq!(world.report(job, Report::AnswerWrong), Ok(true));
        let now = world.job(job);
        let asked = now.challenge.unwrap();
        assert_eq!((now.state, asked.wrong, now.answers), (State::Challenged, wrong, wrong));
        assert_eq!(asked.expires, expires, "coming back to the question gives no new time");
    }
    world.now = expires;
    world.alarm();
    assert_eq!(world.standing(job), "ChallengeOver");
}

#[test]
fn an_answer_on_its_way_is_not_late_and_if_it_was_wrong_there_is_no_time_left() {
    for wrong in [true, false] {
        let (mut world, job) = World::asked();
        world.wait(Span(PATIENCE.0 - 1));
        world.answer(job, &["1"]).unwrap();
        world.wait(Span::seconds(5));
        world.alarm();
        assert_eq!(world.job(job).state, State::Answering);
        if wrong {
            assert_eq!(world.report(job, Report::AnswerWrong), Ok(false));
            assert_eq!(world.standing(job), "ChallengeOver");
            assert_eq!(world.standing_gathers(), vec![]);
        } else {
            assert_eq!(world.report(job, signed_in()), Ok(true));
        }
    }
}

#[test]
fn a_second_question_takes_the_place_of_the_first_and_has_its_own_time() {
    let (mut world, job) = World::asked();
    world.wait(Span::seconds(100));
    world.answer(job, &["1"]).unwrap();
    let second = Report::Challenged {
        method: ChallengeMethod::SecurityQuestions,
        description: String::new(),
        prompts: vec!["Pet?".into(), "Street?".into()],
    };
    world.report(job, second).unwrap();
    let asked = world.job(job).challenge.unwrap();
    assert_eq!((asked.method, asked.wrong), (ChallengeMethod::SecurityQuestions, 0));
    assert_eq!(asked.expires, world.now.plus(PATIENCE));
    world.wait(Span::seconds(119));
    assert_eq!(world.answer(job, &["Rex"]), Err(Failure::AnswersMissing));
    world.answer(job, &["Rex", "High"]).unwrap();
}

#[test]
fn the_deadline_of_a_question_stands_while_it_waits() {
    let (mut world, job) = World::asked();
    let asked = |world: &World| {
        world.user().deadlines().into_iter().find(|(kind, _)| *kind == DeadlineKind::JobChallenge)
    };
    assert_eq!(asked(&world), Some((DeadlineKind::JobChallenge, world.now.plus(PATIENCE))));
    world.answer(job, &["1"]).unwrap();
    assert_eq!(asked(&world), None);
    world.report(job, Report::AnswerWrong).unwrap();
    assert!(asked(&world).is_some());
}

#[test]
fn only_who_is_in_the_session_of_a_job_answers_for_it() {
    let (mut world, id) = World::asked();
    let answer = |cookie| Command::AnswerChallenge { cookie, job: id, answers: vec![secret("1")] };
    assert_eq!(world.person(answer(None)), Err(Failure::SessionUnknown));
    assert_eq!(world.person(answer(Some(cookie(2)))), Err(Failure::SessionUnknown));
    world.exchange(Caller::Client(world.application.id), cookie(2), None).unwrap();
    assert_eq!(
        world.person(answer(Some(cookie(2)))),
        Err(Failure::JobUnknown),
        "another session of the user"
    );
    let unknown =
        Command::AnswerChallenge { cookie: Some(cookie(1)), job: JobId(Uuid::from_u128(4)), answers: vec![] };
    assert_eq!(world.person(unknown), Err(Failure::JobUnknown));
    for caller in
        [world.link_token(), Caller::Client(world.application.id), Caller::Server(world.application.id)]
    {
        let answered = world.ask(caller, answer(None)).map(job).unwrap();
        assert_eq!(answered.state, State::Answering);
        world.report(id, Report::AnswerWrong).unwrap();
    }
}

#[test]
fn a_job_without_a_question_takes_no_answer() {
    let (mut world, job) = World::with_job(CAREFUL);
    assert_eq!(world.answer(job, &["1"]), Err(Failure::NotNow));
    world.report(job, signed_in()).unwrap();
    assert_eq!(world.answer(job, &["1"]), Err(Failure::NotNow));
    assert!(world.gathers.iter().all(|gather| !matches!(gather, Gather::Answer { .. })));
}

/// Everything that can happen to a job on the way to its end, each from the one before.
fn stations(institution: &str, asks: bool) -> Vec<(&'static str, World, JobId)> {
    type Station = (&'static str, fn(&mut World, JobId));
    let question: [Station; 2] = [
        ("challenged", |world, job| _ = world.report(job, challenged()).unwrap()),
        ("answering", |world, job| _ = world.answer(job, &["1"]).unwrap()),
    ];
    let reading: [Station; 3] = [
        ("retrieving_accounts", |world, job| _ = world.report(job, signed_in()).unwrap()),
        ("retrieving_transactions", |world, job| {
            let accounts = Report::Accounts(vec![world.account(job, "1", "Everyday")]);
            world.report(job, accounts).unwrap();
        }),
        ("success", |world, job| _ = world.report(job, Report::Transactions { new: 0 }).unwrap()),
    ];
    let mut way: Vec<Station> = vec![("verifying", |_, _| {})];
    way.extend(question.into_iter().filter(|_| asks));
    way.extend(reading);
    (1..=way.len())
        .map(|far| {
            let (mut world, job) = World::with_job(institution);
            way[..far].iter().for_each(|(_, go)| go(&mut world, job));
            (way[far - 1].0, world, job)
        })
        .collect()
}

fn steps(job: &Job) -> String {
    let steps = job.steps();
    let words = steps.iter().map(|(name, status)| format!("{} {}", name.word(), status.word()));
    words.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_steps_of_a_job_are_the_golden_ones_in_every_state() {
    let mut printed =
        String::from("The steps of a job in each state, and where it failed (contract 5.2 and 5.3).\n");
    for (institution, asks) in
        [(PLAIN, false), (CAREFUL, true), (CAREFUL, false), (SOMETIMES, true), (SOMETIMES, false)]
    {
        let asked = if asks { "asks" } else { "does not ask" };
        writeln!(printed, "\n{institution}, {asked}").unwrap();
        for (state, mut world, job) in stations(institution, asks) {
            assert_eq!(world.job(job).state.name(), state);
            writeln!(printed, "  {state:<30} {}", steps(&world.job(job))).unwrap();
            if world.job(job).is_open() {
                world.fail(job, Cause::Unavailable);
                writeln!(printed, "  {:<30} {}", format!("failed in {state}"), steps(&world.job(job)))
                    .unwrap();
            }
        }
    }
    golden::compare("job_steps.txt", &printed);
}

#[test]
fn a_question_that_was_not_asked_is_skipped_and_one_that_was_asked_stays_done() {
    use StepName::{MfaChallenge, RetrieveAccounts, RetrieveTransactions, VerifyCredentials};
    use StepStatus::{Failed, InProgress, Pending, Skipped, Success};
    let (mut world, job) = World::with_job(SOMETIMES);
    let all = |a, b, c, d| {
        vec![(VerifyCredentials, a), (MfaChallenge, b), (RetrieveAccounts, c), (RetrieveTransactions, d)]
    };
    assert_eq!(world.job(job).steps(), all(InProgress, Pending, Pending, Pending));
    world.report(job, signed_in()).unwrap();
    assert_eq!(world.job(job).steps(), all(Success, Skipped, InProgress, Pending));
    world.fail(job, Cause::Unavailable);
    assert_eq!(world.job(job).steps(), all(Success, Skipped, Failed, Pending));
    let job = world.connect(SOMETIMES, "gavin").unwrap().id;
    world.report(job, challenged()).unwrap();
    assert_eq!(world.job(job).steps(), all(Success, InProgress, Pending, Pending));
    world.answer(job, &["1"]).unwrap();
    world.read_all(job);
    assert_eq!(world.job(job).steps(), all(Success, Success, Success, Success));
    let (world, job) = World::connected();
    let plain =
        vec![(VerifyCredentials, Success), (RetrieveAccounts, Success), (RetrieveTransactions, Success)];
    assert_eq!(world.job(job).steps(), plain);
}

#[test]
fn a_bank_that_asks_unexpectedly_has_the_step_all_the_same() {
    let (mut world, job) = World::with_job(PLAIN);
    assert_eq!(world.job(job).steps().len(), 3);
    world.report(job, challenged()).unwrap();
    assert_eq!(world.job(job).steps().len(), 4);
}
