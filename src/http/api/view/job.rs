//! A job on the wire (contract section 5): its steps, the institution's question, and why it failed.

use super::{Reference, path};
use crate::domain::id::{ConnectionId, JobId, UserId};
use crate::domain::job::{Cause, Challenge, Job, StepName, StepStatus};
use crate::domain::time::Span;
use crate::domain::workflow::job::State;
use crate::http::Settings;
use crate::http::api::users::SelfLink;
use crate::http::error::StepError;
use serde::Serialize;

/// Where jobs are shown: what every one of them needs to know.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// For links.
    pub settings: &'a Settings,
    /// How long a question waits.
    pub patience: Span,
}

/// A job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    created: String,
    updated: String,
    job_type: &'static str,
    status: &'static str,
    institution: Reference,
    steps: Vec<StepView<'a>>,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    source: String,
}

#[derive(Serialize)]
struct StepView<'a> {
    title: &'static str,
    status: &'static str,
    result: Option<StepResult<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum StepResult<'a> {
    Link(Link),
    Challenge(Box<ChallengeView<'a>>),
    Error(ErrorView),
}

/// Where the step's outcome is read: a path, not a URL.
#[derive(Serialize)]
struct Link {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
    /// The accounts that the person has through another connection too: those are shown once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    duplicates: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChallengeView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    method: &'static str,
    description: &'a str,
    input: &'a [String],
    expiry_ms: u64,
    links: ChallengeLinks,
}

#[derive(Serialize)]
struct ChallengeLinks {
    response: String,
}

#[derive(Serialize)]
struct ErrorView {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
    /// The same once more, in lists: their schema has another name for it, and clients follow either.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'static str>,
}

/// Where a job stands as a whole (contract section 5.2).
const fn status(state: State) -> &'static str {
    match state {
        State::Success => "success",
        State::Failed => "failed",
        State::Verifying
        | State::Refreshing
        | State::Challenged
        | State::Answering
        | State::RetrievingAccounts
        | State::RetrievingTransactions => "in-progress",
    }
}

impl<'a> JobView<'a> {
    /// A job of a person.
    pub fn new(frame: Frame<'_>, user: UserId, job: &'a Job) -> Self {
        Self::of(frame, user, job, false)
    }

    /// A job as it stood when something happened to it. What was asked and what was found is read from the
    /// job itself.
    pub fn in_event(settings: &Settings, user: UserId, job: &'a Job) -> Self {
        Self::of(Frame { settings, patience: Span(0) }, user, job, false)
    }

    fn of(frame: Frame<'_>, user: UserId, job: &'a Job, is_listed: bool) -> Self {
        let settings = frame.settings;
        let step = |(name, status): (StepName, StepStatus)| StepView {
            title: name.word(),
            status: status.word(),
            result: result(frame, user, job, name, status, is_listed),
        };
        Self {
            kind: "job",
            id: job.id.to_string(),
            created: job.created.rfc3339(),
            updated: job.updated.rfc3339(),
            job_type: "connection",
            status: status(job.state),
            institution: Reference::institution(settings, job.institution),
            steps: job.steps().into_iter().map(step).collect(),
            links: Links {
                own: settings.url(&path::job(job.id)),
                source: settings.url(&path::connection(user, job.connection)),
            },
        }
    }
}

fn result<'a>(
    frame: Frame<'_>,
    user: UserId,
    job: &'a Job,
    name: StepName,
    status: StepStatus,
    is_listed: bool,
) -> Option<StepResult<'a>> {
    match (status, name) {
        (StepStatus::Pending | StepStatus::Skipped, _) => None,
        (StepStatus::Failed, _) => {
            let cause = job.failure.map_or(Cause::Unavailable, |failure| failure.cause);
            Some(StepResult::Error(ErrorView::new(cause, is_listed)))
        }
        // What was asked stays, also when it was answered.
        (_, StepName::MfaChallenge) => {
            let challenge = job.challenge.as_ref().filter(|asked| !asked.prompts.is_empty())?;
            Some(StepResult::Challenge(Box::new(ChallengeView::new(frame, job, challenge))))
        }
        (StepStatus::InProgress, _) => None,
        (StepStatus::Success, StepName::VerifyCredentials) => {
            Some(link(path::connection(user, job.connection)))
        }
        (StepStatus::Success, StepName::RetrieveAccounts) => {
            let duplicates = job.duplicates.iter().map(ToString::to_string).collect();
            Some(StepResult::Link(Link {
                kind: "link",
                url: path::accounts_at(user, job.institution),
                duplicates,
            }))
        }
        (StepStatus::Success, StepName::RetrieveTransactions) => {
            Some(link(path::transactions_at(user, job.institution)))
        }
    }
}

const fn link(url: String) -> StepResult<'static> {
    StepResult::Link(Link { kind: "link", url, duplicates: Vec::new() })
}

impl<'a> ChallengeView<'a> {
    fn new(frame: Frame<'_>, job: &Job, challenge: &'a Challenge) -> Self {
        Self {
            kind: "mfa",
            method: challenge.method.word(),
            description: &challenge.description,
            input: &challenge.prompts,
            expiry_ms: frame.patience.0,
            links: ChallengeLinks { response: frame.settings.url(&path::answers(job.id)) },
        }
    }
}

impl ErrorView {
    fn new(cause: Cause, is_listed: bool) -> Self {
        let StepError { code, title, detail } = StepError::of(cause);
        Self { code: code.words().0, title, detail, details: is_listed.then_some(detail) }
    }
}

/// What signing in comes back with where the login was connected before: its job, and by name the connection
/// that there is, for no second one is made.
#[derive(Serialize)]
pub struct JobOfKnown {
    #[serde(flatten)]
    job: Reference,
    existing: Reference,
}

impl JobOfKnown {
    /// The job of a connection of a person.
    pub fn new(settings: &Settings, user: UserId, job: JobId, connection: ConnectionId) -> Self {
        Self {
            job: Reference::job(settings, job),
            existing: Reference::connection(settings, user, connection),
        }
    }
}

/// All jobs that were asked for.
#[derive(Serialize)]
pub struct JobList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    size: usize,
    data: Vec<JobView<'a>>,
    links: SelfLink,
}

impl<'a> JobList<'a> {
    /// Jobs of a person.
    pub fn new<'b>(frame: Frame<'_>, user: UserId, jobs: impl Iterator<Item = &'b Job>) -> Self
    where
        'b: 'a,
    {
        let data: Vec<_> = jobs.map(|job| JobView::of(frame, user, job, true)).collect();
        let links = SelfLink { own: frame.settings.url(&path::jobs(user)) };
        Self { kind: "list", size: data.len(), data, links }
    }
}
