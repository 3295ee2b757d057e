//! Who works on a job: one at a time, the next one after the one before has gone, and a user with an open
//! job stays in memory.

use super::super::load::Loaded;
use super::bank::connecting;
use super::{Input, UserCore, Whole, house, names};
use crate::domain::command::{Caller, Command};
use crate::domain::id::JobId;
use crate::domain::job::{Cause, Gather, Job, Report};
use crate::domain::secret::Secret;
use crate::engine::records::outbox::Wish;
use crate::engine::user::core::Output;

/// A user with a job past its sign-in, on which somebody works.
fn reading() -> (Whole, Job) {
    let mut whole = Whole::connecting();
    let job = whole.connect("ada");
    whole.report(&job, Report::SignedIn(Secret::new("bank session".into())));
    (whole, job)
}

impl Whole {
    /// Somebody should see to a job: what comes out at once.
    fn resume(&mut self, token: u64, job: JobId) -> Vec<Output> {
        self.bench.ask(token, Caller::House, Command::ResumeJob(job))
    }

    fn attempt(&self, job: JobId) -> u32 {
        self.bench.user().job(job).unwrap().attempt
    }
}

/// The tries that somebody is set to work on.
fn begun(out: &[Output]) -> Vec<(JobId, u32)> {
    let begun = |one: &Output| match one {
        Output::Gather(Gather::Begin(plan)) => Some((plan.job, plan.attempt)),
        _ => None,
    };
    out.iter().filter_map(begun).collect()
}

#[test]
fn a_job_on_which_somebody_works_is_left_to_them() {
    let (mut whole, job) = reading();
    let before = whole.bench.user().clone();
    assert_eq!(names(&whole.resume(1, job.id)), ["reply 1 ok"]);
    assert_eq!(whole.bench.user(), &before);
}

#[test]
fn after_they_have_gone_a_new_try_begins_and_is_left_to_the_next() {
    let (mut whole, job) = reading();
    assert!(whole.bench.handle(Input::Unattended(Some((job.id, 1)))).is_empty());
    assert_eq!(names(&whole.resume(1, job.id)), ["commit"]);
    assert_eq!(begun(&whole.bench.committed()), [(job.id, 2)]);
    assert_eq!((whole.attempt(job.id), names(&whole.resume(2, job.id))), (2, vec!["reply 2 ok".to_owned()]));
    // Word of the first try that comes late says nothing about the second.
    whole.bench.handle(Input::Unattended(Some((job.id, 1))));
    assert_eq!(names(&whole.resume(3, job.id)), ["reply 3 ok"]);
}

#[test]
fn who_leaves_one_job_leaves_the_others_alone_and_who_fails_leaves_all() {
    let (mut whole, one) = reading();
    let other = whole.connect("ada at work");
    whole.report(&other, Report::SignedIn(Secret::new("another bank session".into())));
    whole.bench.handle(Input::Unattended(Some((one.id, 1))));
    assert_eq!(names(&whole.resume(1, other.id)), ["reply 1 ok"]);
    whole.bench.handle(Input::Unattended(None));
    for job in [one.id, other.id] {
        assert_eq!(names(&whole.resume(2, job)), ["commit"]);
        assert_eq!(begun(&whole.bench.committed()), [(job, 2)]);
    }
}

#[test]
fn nobody_works_on_what_was_read_from_the_store() {
    let (mut whole, job) = reading();
    let loaded: Loaded = whole.library.user(super::USER).unwrap();
    whole.bench.core = UserCore::new(super::USER, house(), loaded);
    assert_eq!(names(&whole.resume(1, job.id)), ["commit"]);
    assert_eq!(begun(&whole.bench.committed()), [(job.id, 2)]);
}

#[test]
fn the_wish_for_a_job_that_is_being_begun_does_not_begin_it_twice() {
    let mut whole = Whole::connecting();
    let commit = super::commit(whole.bench.ask(1, Caller::Applicant, connecting("ada")));
    let result = whole.committer.commit(vec![commit]).pop().unwrap();
    // It is in the outbox before the user has heard of its own commit.
    let wishes = whole.outbox().into_iter().filter_map(|head| match head.wish {
        Wish::Gather { job } => Some(job),
        _ => None,
    });
    let job = wishes.last().unwrap();
    assert!(whole.resume(2, job).is_empty(), "it waits for the commit");
    let out = whole.bench.handle(Input::Committed(result));
    assert_eq!(begun(&out), [(job, 1)]);
    assert_eq!(names(&out).last().unwrap(), "reply 2 ok");
    assert_eq!((whole.bench.core.committing(), whole.attempt(job)), (None, 1));
}

#[test]
fn two_who_ask_at_the_same_time_begin_one_new_try() {
    let (mut whole, job) = reading();
    whole.bench.handle(Input::Unattended(None));
    assert_eq!(names(&whole.resume(1, job.id)), ["commit"]);
    assert!(whole.resume(2, job.id).is_empty());
    let out = whole.bench.committed();
    assert_eq!(begun(&out), [(job.id, 2)]);
    assert_eq!(names(&out).last().unwrap(), "reply 2 ok");
    assert!(whole.bench.core.committing().is_none());
}

#[test]
fn a_user_with_an_open_job_stays_in_memory_until_its_end() {
    let mut whole = Whole::connecting();
    assert!(whole.bench.core.is_idle());
    let job = whole.connect("ada");
    let seen = whole.bench.core.observe();
    assert!(!seen.committing && seen.waiting == 0);
    assert!(!whole.bench.core.is_idle());
    whole.report(&job, Report::SignedIn(Secret::new("bank session".into())));
    assert!(!whole.bench.core.is_idle());
    whole.report(&job, Report::Failed(Cause::Unavailable));
    assert!(whole.bench.core.is_idle());
}
