//! What is told of a link and of jobs: how far a person had come, and which step came next. Must not know: who
//! is told.

use super::{Turn, User};
use crate::domain::consent_session::Origin;
use crate::domain::event::{EventData, EventKind, LinkReason, LinkThen, Stage};
use crate::domain::id::AuthLinkId;
use crate::domain::job::{Cause, Job};
use crate::domain::workflow::auth_link::State as LinkState;
use crate::domain::workflow::consent_session::State as SessionState;
use crate::domain::workflow::job::State as JobState;

impl User {
    /// The latest link as an event shows it.
    pub fn link_then(&self, reason: Option<LinkReason>) -> Option<LinkThen> {
        let link = self.link.as_ref()?;
        let jobs = self.jobs_by(link.id).map(|job| job.id).collect();
        Some(LinkThen { stage: self.stage()?, reason, jobs, ..LinkThen::of(link) })
    }

    /// How far the person of the latest link has come: what became of the last thing that they did.
    pub(super) fn stage(&self) -> Option<Stage> {
        let link = self.link.as_ref()?;
        let by_link = self.session.as_ref().filter(|session| session.origin == Origin::Link(link.id));
        let Some(session) = by_link else { return Some(LinkThen::of(link).stage) };
        if self.jobs_by(link.id).any(Job::is_waiting) {
            return Some(Stage::Mfa);
        }
        if session.state == SessionState::Consenting || self.consent.is_none() {
            return Some(Stage::Consent);
        }
        Some(self.jobs_by(link.id).last().map_or(Stage::Institution, stage_of))
    }

    fn jobs_by(&self, link: AuthLinkId) -> impl Iterator<Item = &Job> {
        let session = self.session.as_ref().filter(|session| session.origin == Origin::Link(link));
        let session = session.map(|session| session.id);
        self.jobs.iter().filter(move |job| session.is_some() && job.session == session)
    }
}

/// Where a person stands whose last job this is.
fn stage_of(job: &Job) -> Stage {
    let cause = job.failure.map(|failure| failure.cause);
    match (job.state, cause) {
        (JobState::Success, _) => Stage::Review,
        (_, Some(Cause::ChallengeOver)) => Stage::Mfa,
        (_, Some(cause)) if cause.lies_with_person() => Stage::SignIn,
        _ => Stage::Progress,
    }
}

impl Turn<'_> {
    pub(super) fn link_event(&mut self, kind: EventKind) {
        self.link_event_by(kind, None);
    }

    /// The same, where there is a reason for it.
    pub(super) fn link_event_by(&mut self, kind: EventKind, reason: Option<LinkReason>) {
        let then = self.user.link_then(reason);
        self.tell_of_link(kind, then);
    }

    /// The same, where the way there is over by now.
    pub(super) fn link_event_from(
        &mut self,
        kind: EventKind,
        reason: Option<LinkReason>,
        from: Option<Stage>,
    ) {
        let then = self.user.link_then(reason);
        let then = then.map(|then| LinkThen { stage: from.unwrap_or(then.stage), ..then });
        self.tell_of_link(kind, then);
    }

    /// The partner deletes what was over already: that is how it stands from here on.
    pub(super) fn dead_link_deleted(&mut self) {
        let then = self.user.link_then(None);
        let then = then.map(|then| LinkThen { state: LinkState::Deleted, ..then });
        self.tell_of_link(EventKind::LinkDeleted, then);
    }

    fn tell_of_link(&mut self, kind: EventKind, then: Option<LinkThen>) {
        let Some(then) = then else { return };
        self.event(kind, Some(then.id), None, EventData::Link(Box::new(then)));
    }

    /// What became of jobs by this decision, one event for each: it follows from what they were before, so
    /// that no rule has to remember to tell.
    pub(super) fn tell_of_jobs(&mut self, before: &User) {
        let told: Vec<(EventKind, Job)> = self
            .user
            .jobs
            .iter()
            .filter_map(|job| happened_to(before.job(job.id), job).map(|kind| (kind, job.for_event())))
            .collect();
        for (kind, job) in told {
            let (consent, subject) = (Some(job.consent), Some(job.id.0));
            self.event_about(kind, consent, subject, EventData::Job(Box::new(job)));
        }
    }
}

fn happened_to(before: Option<&Job>, job: &Job) -> Option<EventKind> {
    match before {
        None => Some(EventKind::JobCreated),
        Some(before) if before.is_open() && !job.is_open() => Some(match job.state {
            JobState::Success => EventKind::JobCompleted,
            _ => EventKind::JobFailed,
        }),
        Some(before) => (before.steps() != job.steps()).then_some(EventKind::JobUpdated),
    }
}
