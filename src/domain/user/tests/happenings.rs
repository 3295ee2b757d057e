//! What is told of links and jobs: why, and how far the person had come.

use super::bank::{CAREFUL, PLAIN, challenged};
use super::{MOBILE, WEEK, World, cookie};
use crate::domain::command::Command;
use crate::domain::event::{EventData, EventKind as K, LinkReason as R, LinkThen, Stage as S};
use crate::domain::id::JobId;
use crate::domain::job::{Cause, Job, Report, StepName, StepStatus};
use crate::domain::time::Span;
use crate::domain::workflow::auth_link::State;

impl World {
    /// What the last event of a kind shows of the link.
    fn told(&self, kind: K) -> LinkThen {
        let event = self.events.iter().rfind(|event| event.kind == kind).unwrap();
        match &event.data {
            EventData::Link(then) => {
                assert_eq!(event.link, Some(then.id));
                then.as_ref().clone()
            }
            other => panic!("{other:?}"),
        }
    }

    /// How the last event of a kind says that it came about.
    fn how(&self, kind: K) -> (State, S, Option<R>) {
        let then = self.told(kind);
        (then.state, then.stage, then.reason)
    }

    fn jobs_told(&self) -> Vec<(K, Job)> {
        let jobs = self.events.iter().filter_map(|event| match &event.data {
            EventData::Job(job) => {
                assert_eq!((event.subject, event.consent), (Some(job.id.0), Some(job.consent)));
                Some((event.kind, job.as_ref().clone()))
            }
            _ => None,
        });
        jobs.collect()
    }
}

#[test]
fn a_link_that_nobody_followed_says_how_far_they_had_come() {
    let (mut world, link) = World::with_link();
    assert_eq!(world.how(K::LinkCreated), (State::Issued, S::Start, None));
    assert_eq!(world.told(K::LinkCreated).opened, None);
    world.view(link).unwrap();
    assert_eq!(world.told(K::LinkOpened).opened, Some(world.now));
    world.wait(WEEK);
    world.alarm();
    assert_eq!(world.how(K::LinkExpired), (State::Expired, S::Start, None));

    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    world.wait(WEEK);
    world.alarm();
    assert_eq!(world.how(K::LinkExpired), (State::Expired, S::Code, None));
    world.link();
    let then = world.told(K::LinkCreated);
    assert_eq!((then.sends, then.stage), (0, S::Start), "the newer link begins anew");
}

#[test]
fn what_goes_wrong_with_codes_is_told_with_its_reason() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    for wrong in 1..5 {
        world.try_wrong(link);
        assert_eq!(world.how(K::LinkCodeFailed), (State::Challenged, S::Code, Some(R::WrongCode)));
        assert_eq!(world.told(K::LinkCodeFailed).wrong_tries, wrong);
    }
    world.try_wrong(link);
    assert_eq!(world.how(K::LinkLocked), (State::Locked, S::Code, None));
    let locked = world.told(K::LinkLocked);
    assert_eq!((locked.wrong_tries, locked.sends, locked.ended), (5, 1, Some(world.now)));

    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    let text = world.last_text().unwrap().0;
    world.ask(crate::domain::command::Caller::House, Command::TextRefused(text)).unwrap();
    assert_eq!(world.how(K::LinkCodeFailed), (State::Issued, S::Code, Some(R::TextRefused)));
}

#[test]
fn a_text_that_outlives_its_code_is_left_to_those_who_send_it() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    world.wait(Span::minutes(10));
    world.alarm();
    assert!(world.user().link.as_ref().unwrap().code.is_none());
    assert_eq!(world.withdrawn(), Vec::new(), "it is too late by itself, and that is told");
}

fn begin(world: &mut World, institution: &str) -> JobId {
    world.agree(cookie(1)).unwrap();
    world.connect(institution, "gavin").unwrap().id
}

#[test]
fn whoever_gives_up_is_told_of_with_the_step_and_the_reason() {
    let abandon = |prepare: fn(&mut World), expected| {
        for (reason, end) in [
            (R::Left, (|world| drop(world.leave(cookie(1)).unwrap())) as fn(&mut World)),
            (R::TooLong, |world| {
                world.now = world.user().session.as_ref().unwrap().total_at;
                world.alarm();
            }),
        ] {
            let (mut world, _) = World::in_session();
            prepare(&mut world);
            end(&mut world);
            assert_eq!(world.how(K::LinkAbandoned), (State::Abandoned, expected, Some(reason)));
            let jobs: Vec<_> = world.user().jobs.iter().map(|job| job.id).collect();
            assert_eq!(world.told(K::LinkAbandoned).jobs, jobs);
        }
    };
    abandon(|_| (), S::Consent);
    abandon(|world| drop(world.agree(cookie(1)).unwrap()), S::Institution);
    abandon(
        |world| {
            let job = begin(world, PLAIN);
            world.report(job, Report::Failed(Cause::InvalidCredentials)).unwrap();
        },
        S::SignIn,
    );
    abandon(
        |world| {
            let job = begin(world, PLAIN);
            world.report(job, Report::Failed(Cause::Unavailable)).unwrap();
        },
        S::Progress,
    );
    abandon(
        |world| {
            let job = begin(world, PLAIN);
            world.read_all(job);
        },
        S::Review,
    );
}

#[test]
fn a_question_that_waits_and_a_page_that_nobody_minds_are_told_apart() {
    let (mut world, _) = World::asked();
    world.leave(cookie(1)).unwrap();
    assert_eq!(world.how(K::LinkAbandoned).1, S::Mfa);
    let (mut world, _) = World::with_job(PLAIN);
    world.leave(cookie(1)).unwrap();
    assert_eq!(world.how(K::LinkAbandoned).1, S::Progress);

    let (mut world, _) = World::in_session();
    world.now = world.user().session.as_ref().unwrap().idle_at;
    world.alarm();
    assert_eq!(world.how(K::LinkAbandoned), (State::Abandoned, S::Consent, Some(R::Idle)));
    let (mut world, _) = World::in_session();
    world.person(Command::Decline(cookie(1))).unwrap();
    assert_eq!(world.how(K::LinkAbandoned), (State::Abandoned, S::Consent, Some(R::Declined)));
}

#[test]
fn what_the_partner_ends_says_where_the_person_was() {
    let (mut world, _) = World::asked();
    world.link();
    let replaced = world.told(K::LinkReplaced);
    assert_eq!((replaced.state, replaced.stage, replaced.jobs.len()), (State::Replaced, S::Mfa, 1));
    let (mut world, _) = World::connecting();
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.how(K::LinkDeleted), (State::Deleted, S::Institution, None));
    let (mut world, _) = World::in_session();
    world.leave(cookie(1)).unwrap();
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.how(K::LinkDeleted), (State::Deleted, S::Consent, None), "long after they left");
    let (mut world, job) = World::connected();
    world.disclose(cookie(1)).unwrap();
    let completed = world.told(K::LinkCompleted);
    assert_eq!((completed.state, completed.stage), (State::Completed, S::Review));
    assert_eq!((completed.jobs, completed.ended), (vec![job], Some(world.now)));
}

#[test]
fn a_job_is_told_of_with_each_step_and_without_the_institutions_words() {
    let (mut world, job) = World::with_job(CAREFUL);
    world.report(job, challenged()).unwrap();
    world.answer(job, &["1234"]).unwrap();
    world.read_all(job);
    let told = world.jobs_told();
    let kinds: Vec<_> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, vec![K::JobCreated, K::JobUpdated, K::JobUpdated, K::JobUpdated, K::JobCompleted]);
    let at = |place: usize| told[place].1.steps();
    assert_eq!(at(0)[0], (StepName::VerifyCredentials, StepStatus::InProgress));
    assert_eq!(at(1)[1], (StepName::MfaChallenge, StepStatus::InProgress));
    assert_eq!(at(2)[2], (StepName::RetrieveAccounts, StepStatus::InProgress));
    assert!(at(4).iter().all(|(_, status)| *status == StepStatus::Success));
    let asked = told[1].1.challenge.as_ref().unwrap();
    assert!(asked.prompts.is_empty() && asked.description.is_empty());
    assert!(!world.job(job).challenge.as_ref().unwrap().prompts.is_empty(), "the job itself keeps them");
}

#[test]
fn a_job_that_ends_says_where_and_why_whatever_ended_it() {
    let (mut world, job) = World::reading();
    let consent = world.user().consent.as_ref().unwrap().id;
    world.server(Command::EndConsent(consent)).unwrap();
    let (kind, told) = world.jobs_told().pop().unwrap();
    assert_eq!((kind, told.id), (K::JobFailed, job));
    let failure = told.failure.unwrap();
    assert_eq!((failure.step, failure.cause), (StepName::RetrieveAccounts, Cause::ConsentOver));
    let told = world.jobs_told().len();
    world.alarm();
    world.get_user();
    assert_eq!(world.jobs_told().len(), told, "once");
}

#[test]
fn nothing_that_is_told_names_the_number_or_the_secret() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    world.enter(link, cookie(1));
    let secret = world.user().link.as_ref().unwrap().public_id.reveal();
    let said = format!("{:?}", world.events.iter().filter(|event| event.link.is_some()).collect::<Vec<_>>());
    assert!(said.contains("LinkThen"));
    assert!(!said.contains(&secret) && !said.contains(&MOBILE[3..]));
}
