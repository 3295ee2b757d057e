//! What the pages about banks are filled from, as plain values: the jobs and connections of one person.
//! Whoever asks the engine makes these from its answer. Must not know: pages, how they look.

use crate::domain::account::{Account, AccountFacts};
use crate::domain::bank::ChallengeMethod;
use crate::domain::command::SessionView;
use crate::domain::connection::ConnectionView;
use crate::domain::id::{AccountId, ConnectionId, JobId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Job, StepName, StepStatus};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::connection;
use crate::http::pages::view::{Mark, Step, StepKind, Stopped};
use std::collections::BTreeMap;

/// The banks of one person.
#[derive(Debug, Clone, Default)]
pub struct BankFacts {
    /// Their jobs: what is open, and what the session began.
    pub jobs: Vec<JobFacts>,
    /// Their connections that were not deleted.
    pub connections: Vec<ConnectionFacts>,
}

/// One job.
#[derive(Debug, Clone)]
pub struct JobFacts {
    /// Its name.
    pub id: JobId,
    /// Where it signs in and reads.
    pub institution: InstitutionId,
    /// The connection that it fills, once there is one.
    pub connection: Option<ConnectionId>,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// What the institution asks, while it waits for an answer.
    pub challenge: Option<ChallengeFacts>,
    /// Why it failed, when it did.
    pub stopped: Option<Stopped>,
    /// When it began.
    pub created: UnixMillis,
    /// For how long nothing has changed.
    pub still: Span,
    /// How long a job takes there as a rule, when that was seen.
    pub usual: Option<Span>,
}

/// What an institution asks.
#[derive(Debug, Clone)]
pub struct ChallengeFacts {
    /// How.
    pub method: ChallengeMethod,
    /// What it says about it.
    pub description: String,
    /// One for each answer.
    pub prompts: Vec<String>,
    /// Until when it waits.
    pub expires: UnixMillis,
}

/// One connection.
#[derive(Debug, Clone)]
pub struct ConnectionFacts {
    /// Its name.
    pub id: ConnectionId,
    /// Where it reads.
    pub institution: InstitutionId,
    /// Why it can't be read by, where that is so: its last job did not come to its end.
    pub stopped: Option<Stopped>,
    /// When it was made.
    pub created: UnixMillis,
    /// When its accounts were read last.
    pub read: Option<UnixMillis>,
    /// Its accounts.
    pub accounts: Vec<AccountFacts>,
    /// How many more it reads that are shown with another connection: joint ones, each shown once.
    pub elsewhere: usize,
}

impl ConnectionFacts {
    /// The last job came to its end, so it can be read again.
    pub const fn is_active(&self) -> bool {
        self.stopped.is_none()
    }
}

impl JobFacts {
    /// It ended well.
    pub fn is_done(&self) -> bool {
        self.stopped.is_none()
            && self.steps.iter().all(|step| matches!(step.mark, Mark::Done | Mark::Skipped))
    }

    /// It has not ended.
    pub fn is_open(&self) -> bool {
        self.stopped.is_none() && !self.is_done()
    }
}

impl BankFacts {
    /// The job with that name.
    pub fn job(&self, id: JobId) -> Option<&JobFacts> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// A login is connected, or on its way.
    pub fn has_login(&self) -> bool {
        let connected = self.connections.iter().any(ConnectionFacts::is_active);
        connected || self.jobs.iter().any(JobFacts::is_open)
    }

    /// The jobs that wait for an answer, oldest first.
    pub fn waiting(&self) -> Vec<(&JobFacts, &ChallengeFacts)> {
        let open = self.jobs.iter().filter(|job| job.is_open());
        let mut waiting: Vec<_> =
            open.filter_map(|job| job.challenge.as_ref().map(|challenge| (job, challenge))).collect();
        waiting.sort_by_key(|(job, _)| (job.created, job.id));
        waiting
    }

    /// The jobs that are at work, oldest first.
    pub fn working(&self) -> Vec<&JobFacts> {
        let mut working: Vec<_> =
            self.jobs.iter().filter(|job| job.is_open() && job.challenge.is_none()).collect();
        working.sort_by_key(|job| (job.created, job.id));
        working
    }

    /// How the newest job at that institution ended, when it failed.
    pub fn last_stop(&self, institution: InstitutionId) -> Option<Stopped> {
        self.newest(institution)?.stopped
    }

    /// What was typed there as login id, when the newest job there failed.
    pub fn last_login(&self, typed: &[(JobId, Secret)], institution: InstitutionId) -> Option<String> {
        let newest = self.newest(institution).filter(|job| job.stopped.is_some())?;
        typed.iter().find(|(job, _)| *job == newest.id).map(|(_, login)| login.reveal().to_owned())
    }

    fn newest(&self, institution: InstitutionId) -> Option<&JobFacts> {
        let there = self.jobs.iter().filter(|job| job.institution == institution);
        there.max_by_key(|job| (job.created, job.id))
    }
}

impl BankFacts {
    /// What the engine tells of a session and of the accounts of its user.
    /// `usual` is how long a job takes at an institution as a rule.
    pub fn of(
        view: &SessionView,
        accounts: Vec<Account>,
        usual: impl Fn(InstitutionId) -> Option<Span>,
    ) -> Self {
        let job = |job: &Job| JobFacts { usual: usual(job.institution), ..JobFacts::of(job, view.now) };
        let jobs = view.jobs.iter().map(job).collect();
        let mut by_connection: BTreeMap<ConnectionId, Vec<AccountFacts>> = BTreeMap::new();
        let owners: BTreeMap<AccountId, ConnectionId> =
            accounts.iter().map(|account| (account.id, account.connection)).collect();
        for account in accounts {
            by_connection.entry(account.connection).or_default().push(account.facts);
        }
        let connections = view.connections.iter().map(|one| ConnectionFacts {
            id: one.id,
            institution: one.institution,
            stopped: why_stopped(one),
            created: one.created,
            read: one.last_used,
            accounts: by_connection.remove(&one.id).unwrap_or_default(),
            elsewhere: one
                .accounts
                .iter()
                .filter(|id| owners.get(id).is_some_and(|owner| *owner != one.id))
                .count(),
        });
        Self { jobs, connections: connections.collect() }
    }
}

impl JobFacts {
    fn of(job: &Job, now: UnixMillis) -> Self {
        let step = |(name, status): (StepName, StepStatus)| Step { kind: kind(name), mark: mark(status) };
        let waits = job.challenge.as_ref().filter(|_| job.is_waiting());
        Self {
            id: job.id,
            institution: job.institution,
            connection: Some(job.connection),
            steps: job.steps().into_iter().map(step).collect(),
            challenge: waits.map(|asked| ChallengeFacts {
                method: asked.method,
                description: asked.description.clone(),
                prompts: asked.prompts.clone(),
                expires: asked.expires,
            }),
            stopped: job.failure.map(|failure| stopped(failure.cause)),
            created: job.created,
            still: now.since(job.updated),
            usual: None,
        }
    }
}

/// Why a connection can't be read by. The job that says more may have been another session's, or forgotten.
pub(super) fn why_stopped(one: &ConnectionView) -> Option<Stopped> {
    match one.state {
        connection::State::Active => None,
        // Nothing was read by it yet, and its first job is not over.
        connection::State::Pending => Some(Stopped::Elsewhere),
        connection::State::Invalid | connection::State::Deleted => {
            Some(one.fault.map_or(Stopped::SignedOut, stopped))
        }
    }
}

const fn kind(name: StepName) -> StepKind {
    match name {
        StepName::VerifyCredentials => StepKind::SignIn,
        StepName::MfaChallenge => StepKind::Question,
        StepName::RetrieveAccounts => StepKind::Accounts,
        StepName::RetrieveTransactions => StepKind::Transactions,
    }
}

const fn mark(status: StepStatus) -> Mark {
    match status {
        StepStatus::Pending => Mark::Next,
        StepStatus::InProgress | StepStatus::Failed => Mark::Now,
        StepStatus::Success => Mark::Done,
        StepStatus::Skipped => Mark::Skipped,
    }
}

const fn stopped(cause: Cause) -> Stopped {
    match cause {
        Cause::InvalidCredentials => Stopped::WrongLogin,
        Cause::Locked => Stopped::Locked,
        Cause::ActionRequired => Stopped::ActionNeeded,
        Cause::Unavailable => Stopped::Unavailable,
        Cause::Interrupted => Stopped::Interrupted,
        Cause::ChallengeOver => Stopped::Unanswered,
        Cause::TimedOut => Stopped::TooLong,
        Cause::LeftOut => Stopped::LeftOut,
        Cause::LinkOver => Stopped::Broken,
        Cause::ConsentOver => Stopped::ConsentOver,
        Cause::SessionOver => Stopped::SignedOut,
    }
}
