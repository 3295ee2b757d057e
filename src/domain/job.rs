//! The job: one piece of work at an institution, in steps that a person watches and a partner reads
//! (contract section 5). The arrows stand in workflows/job.toml. Must not know: HTTP, records, how an
//! institution is reached.

use crate::domain::account::Account;
use crate::domain::bank::{BankFault, BankSession, ChallengeMethod, Credentials};
use crate::domain::connection::Generation;
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, ConsentId, EffectId, JobId, SessionId, UserId};
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::job::State;

/// What an institution asks the person. It stays when it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// How it asks.
    pub method: ChallengeMethod,
    /// What it says about it.
    pub description: String,
    /// One prompt for each answer.
    pub prompts: Vec<String>,
    /// Deadline `challenge`.
    pub expires: UnixMillis,
    /// Wrong answers so far.
    pub wrong: u32,
}

/// The steps of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepName {
    /// Signing in.
    VerifyCredentials,
    /// The institution's question.
    MfaChallenge,
    /// Finding accounts.
    RetrieveAccounts,
    /// Getting transactions.
    RetrieveTransactions,
}

impl StepName {
    /// The word on the wire (contract section 5.3).
    pub const fn word(self) -> &'static str {
        match self {
            Self::VerifyCredentials => "verify-credentials",
            Self::MfaChallenge => "mfa-challenge",
            Self::RetrieveAccounts => "retrieve-accounts",
            Self::RetrieveTransactions => "retrieve-transactions",
        }
    }
}

/// Where a step stands (contract section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// At work, or waiting for the person.
    InProgress,
    /// Done.
    Success,
    /// Not needed this time.
    Skipped,
    /// Here the job failed.
    Failed,
}

impl StepStatus {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in-progress",
            Self::Success => "success",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// Why a job failed. What the wire and the pages make of it stands in one table each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Login id and password do not belong together.
    InvalidCredentials,
    /// The login is locked.
    Locked,
    /// The person must do something at the institution first.
    ActionRequired,
    /// The institution does not work.
    Unavailable,
    /// The server stopped before the sign-in was through, and passwords are not kept.
    Interrupted,
    /// The question was not answered in time.
    ChallengeOver,
    /// It took too long as a whole.
    TimedOut,
    /// The person disclosed without it.
    LeftOut,
    /// The link that led here was deleted or replaced.
    LinkOver,
    /// The consent ended.
    ConsentOver,
    /// The institution ended the bank session.
    SessionOver,
}

impl Cause {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 11] = [
        Self::InvalidCredentials,
        Self::Locked,
        Self::ActionRequired,
        Self::Unavailable,
        Self::Interrupted,
        Self::ChallengeOver,
        Self::TimedOut,
        Self::LeftOut,
        Self::LinkOver,
        Self::ConsentOver,
        Self::SessionOver,
    ];

    /// What an institution's no means for the job that met it.
    pub const fn of(fault: BankFault) -> Self {
        match fault {
            BankFault::InvalidCredentials => Self::InvalidCredentials,
            BankFault::Locked => Self::Locked,
            BankFault::ActionRequired => Self::ActionRequired,
            BankFault::ChallengeOver => Self::ChallengeOver,
            BankFault::SessionOver => Self::SessionOver,
            BankFault::WrongAnswer | BankFault::Unavailable => Self::Unavailable,
        }
    }

    /// Its name, for the operator.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid_credentials",
            Self::Locked => "locked",
            Self::ActionRequired => "action_required",
            Self::Unavailable => "unavailable",
            Self::Interrupted => "interrupted",
            Self::ChallengeOver => "challenge_over",
            Self::TimedOut => "timed_out",
            Self::LeftOut => "left_out",
            Self::LinkOver => "link_over",
            Self::ConsentOver => "consent_over",
            Self::SessionOver => "session_over",
        }
    }

    /// Whether the person can mend it: the connection is then said to be invalidated (contract 5.7).
    pub const fn lies_with_person(self) -> bool {
        matches!(self, Self::InvalidCredentials | Self::Locked | Self::ActionRequired | Self::SessionOver)
    }
}

/// How a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobFailure {
    /// At which step.
    pub step: StepName,
    /// Why.
    pub cause: Cause,
}

/// What a job was begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// To connect: somebody signs in, for the first time or anew.
    Connect,
    /// A connection got a new password.
    Update,
    /// The partner wants to know what is new.
    Refresh,
    /// The institution did not work when it was last asked.
    Retry,
}

impl Occasion {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 4] = [Self::Connect, Self::Update, Self::Refresh, Self::Retry];

    /// Its name, for the operator.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Update => "update",
            Self::Refresh => "refresh",
            Self::Retry => "retry",
        }
    }
}

/// One job. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// The outbox entry that stands as long as it is open: after a restart somebody goes on with it.
    pub effect: EffectId,
    /// The connection it works for.
    pub connection: ConnectionId,
    /// The consent that covers it.
    pub consent: ConsentId,
    /// Where.
    pub institution: InstitutionId,
    /// What it was begun for.
    pub occasion: Occasion,
    /// The session that began it, if one did.
    pub session: Option<SessionId>,
    /// When it began.
    pub created: UnixMillis,
    /// When it last changed.
    pub updated: UnixMillis,
    /// Where it stands.
    pub state: State,
    /// Which try: what an earlier one reports is dropped.
    pub attempt: u32,
    /// What this try writes is written under this number.
    pub generation: Generation,
    /// Deadline `total`.
    pub total_at: UnixMillis,
    /// What the institution asked, if it did.
    pub challenge: Option<Challenge>,
    /// How many answers were given.
    pub answers: u32,
    /// The accounts it found that the person has through another connection already.
    pub duplicates: Vec<AccountId>,
    /// How it failed, when it did.
    pub failure: Option<JobFailure>,
    /// When it ended.
    pub ended: Option<UnixMillis>,
}

impl Job {
    /// As an event shows it: where it stands, without the institution's words and what it found.
    #[must_use]
    pub fn for_event(&self) -> Self {
        let mut shown = self.clone();
        shown.duplicates.clear();
        if let Some(asked) = &mut shown.challenge {
            asked.description.clear();
            asked.prompts.clear();
        }
        shown
    }

    /// Whether it is still at work or waiting.
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether it waits for the person's answer.
    pub fn is_waiting(&self) -> bool {
        self.state == State::Challenged
    }

    /// The step that it is at, or ended at.
    pub fn step(&self) -> StepName {
        match self.state {
            State::Verifying | State::Refreshing => StepName::VerifyCredentials,
            State::Challenged | State::Answering => StepName::MfaChallenge,
            State::RetrievingAccounts => StepName::RetrieveAccounts,
            State::RetrievingTransactions | State::Success => StepName::RetrieveTransactions,
            State::Failed => self.failure.map_or(StepName::VerifyCredentials, |failure| failure.step),
        }
    }

    /// Its steps in order. The challenge has one where the institution may ask.
    pub fn steps(&self) -> Vec<(StepName, StepStatus)> {
        let may_challenge =
            Institution::find(self.institution).is_some_and(|one| one.authorization.may_challenge());
        let mut names = vec![StepName::VerifyCredentials];
        if may_challenge || self.challenge.is_some() {
            names.push(StepName::MfaChallenge);
        }
        names.extend([StepName::RetrieveAccounts, StepName::RetrieveTransactions]);
        names.into_iter().map(|name| (name, self.status_of(name))).collect()
    }

    fn status_of(&self, name: StepName) -> StepStatus {
        let at = self.step();
        if name < at || self.state == State::Success {
            let is_skipped = name == StepName::MfaChallenge && self.challenge.is_none();
            return if is_skipped { StepStatus::Skipped } else { StepStatus::Success };
        }
        if name > at {
            return StepStatus::Pending;
        }
        if self.state == State::Failed { StepStatus::Failed } else { StepStatus::InProgress }
    }
}

/// How work at an institution begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With what the person typed.
    SignIn(Credentials),
    /// With a bank session of before, which the institution may not take any more.
    Refresh {
        /// What stands for the sign-in.
        session: BankSession,
    },
    /// With a bank session: the person is signed in.
    Resume {
        /// What stands for the sign-in.
        session: BankSession,
    },
}

/// What the consent covers of what could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Who the person is.
    pub profile: bool,
    /// What is laid down about accounts.
    pub terms: bool,
    /// Transactions.
    pub transactions: bool,
}

/// Everything that is needed to work on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose job.
    pub user: UserId,
    /// Which job.
    pub job: JobId,
    /// Which try.
    pub attempt: u32,
    /// The outbox entry that must still stand when anything is written.
    pub effect: EffectId,
    /// For which connection.
    pub connection: ConnectionId,
    /// Under which consent, whose key seals what is read.
    pub consent: ConsentId,
    /// Where.
    pub institution: InstitutionId,
    /// Under which number it is written.
    pub generation: Generation,
    /// The transactions that are shown at the moment: those not among them are new.
    pub shown: Generation,
    /// How it begins.
    pub start: Start,
    /// What may be read.
    pub coverage: Coverage,
    /// From which day on.
    pub from: Day,
}

/// What whoever works on jobs is told. Nothing of it is stored: it goes out after the commit that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gather {
    /// Work on this.
    Begin(Box<Plan>),
    /// Hand these answers on.
    Answer {
        /// Which job.
        job: JobId,
        /// Which try.
        attempt: u32,
        /// One for each prompt.
        answers: Vec<Secret>,
    },
    /// Stop working on this.
    Stop(JobId),
    /// A bank session is not needed any more.
    SignOut {
        /// Where.
        institution: InstitutionId,
        /// Which.
        session: BankSession,
    },
}

/// What whoever works on a job reports. What was read is stored before it is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The person is signed in.
    SignedIn(BankSession),
    /// The institution wants to know more.
    Challenged {
        /// How it asks.
        method: ChallengeMethod,
        /// What it says about it.
        description: String,
        /// One prompt for each answer.
        prompts: Vec<String>,
    },
    /// The answer was wrong.
    AnswerWrong,
    /// These accounts are stored.
    Accounts(Vec<Account>),
    /// The transactions are stored; so many were not shown before.
    Transactions {
        /// How many are new.
        new: u32,
    },
    /// It came to nothing.
    Failed(Cause),
}
