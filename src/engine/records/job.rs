//! Jobs, open or ended: sealed under the user's key, so that what an institution asked outlives neither
//! its person nor its seven days.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::bank::ChallengeMethod;
use crate::domain::id::{AccountId, ConnectionId, ConsentId, EffectId, JobId, SessionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Challenge, Job, JobFailure, Occasion, StepName};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use crate::domain::workflow::job::State;
use crate::store::codec::{self, CodecError, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands under a job's key, first schema: the sealed [`JobBodyV2`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobV1(Vec<u8>);

impl JobV1 {
    /// What is sealed.
    pub(super) const fn new(sealed: Vec<u8>) -> Self {
        Self(sealed)
    }
}

impl Record for JobV1 {
    const KIND: u8 = b'H';
    const SCHEMA: u8 = 1;
}

/// A job, second schema: what it was begun for, and what it found that was there already.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JobBodyV2 {
    first: JobBodyV1,
    occasion: u8,
    duplicates: Vec<[u8; 16]>,
}

impl Record for JobBodyV2 {
    const KIND: u8 = b'h';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<JobBodyV1>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<JobBodyV1> for JobBodyV2 {
    /// The first schema knew no other jobs than those that connect.
    fn from(first: JobBodyV1) -> Self {
        Self { first, occasion: occasion_number(Occasion::Connect), duplicates: Vec::new() }
    }
}

/// A job, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JobBodyV1 {
    effect: [u8; 16],
    connection: [u8; 16],
    consent: [u8; 16],
    institution: [u8; 7],
    session: Option<[u8; 16]>,
    created: i64,
    updated: i64,
    state: u8,
    attempt: u32,
    generation: u32,
    total_at: i64,
    challenge: Option<ChallengeV1>,
    answers: u32,
    failure: Option<(u8, u8)>,
    ended: Option<i64>,
}

impl Record for JobBodyV1 {
    const KIND: u8 = b'h';
    const SCHEMA: u8 = 1;
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChallengeV1 {
    method: u8,
    description: String,
    prompts: Vec<String>,
    expires: i64,
    wrong: u32,
}

/// The stored value of a user's job; `version` is that of the user who stands beside it.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    user: UserId,
    job: &Job,
    version: u64,
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let sealed = seal::seal(&JobBodyV2::from(job), &key::job(user, job.id), key, nonce)?;
    Ok(codec::encode(version, &JobV1::new(sealed))?)
}

/// Reads a stored job.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(user: UserId, id: JobId, value: &[u8], key: &DataKey) -> Result<Job, RecordError> {
    let (_, JobV1(sealed)) = codec::decode::<JobV1>(value)?;
    let body: JobBodyV2 = seal::open(&sealed, &key::job(user, id), key)?;
    body.into_job(id)
}

impl From<&Job> for JobBodyV1 {
    fn from(job: &Job) -> Self {
        let asked = |challenge: &Challenge| ChallengeV1 {
            method: method_number(challenge.method),
            description: challenge.description.clone(),
            prompts: challenge.prompts.clone(),
            expires: challenge.expires.0,
            wrong: challenge.wrong,
        };
        Self {
            effect: *job.effect.bytes(),
            connection: *job.connection.bytes(),
            consent: *job.consent.bytes(),
            institution: job.institution.0,
            session: job.session.map(|session| *session.bytes()),
            created: job.created.0,
            updated: job.updated.0,
            state: state_number(job.state),
            attempt: job.attempt,
            generation: job.generation,
            total_at: job.total_at.0,
            challenge: job.challenge.as_ref().map(asked),
            answers: job.answers,
            failure: job.failure.map(|failure| (step_number(failure.step), cause_number(failure.cause))),
            ended: job.ended.map(|at| at.0),
        }
    }
}

impl From<&Job> for JobBodyV2 {
    fn from(job: &Job) -> Self {
        Self {
            first: JobBodyV1::from(job),
            occasion: occasion_number(job.occasion),
            duplicates: job.duplicates.iter().map(|id| *id.bytes()).collect(),
        }
    }
}

impl JobBodyV2 {
    pub(super) fn into_job(self, id: JobId) -> Result<Job, RecordError> {
        let failed = |(step, cause)| -> Result<JobFailure, RecordError> {
            Ok(JobFailure { step: step_from(step)?, cause: cause_from(cause)? })
        };
        let Self { first, occasion, duplicates } = self;
        Ok(Job {
            id,
            effect: EffectId(Uuid::from_bytes(first.effect)),
            connection: ConnectionId(Uuid::from_bytes(first.connection)),
            consent: ConsentId(Uuid::from_bytes(first.consent)),
            institution: InstitutionId(first.institution),
            occasion: occasion_from(occasion)?,
            session: first.session.map(|session| SessionId(Uuid::from_bytes(session))),
            created: UnixMillis(first.created),
            updated: UnixMillis(first.updated),
            state: state_from(first.state)?,
            attempt: first.attempt,
            generation: first.generation,
            total_at: UnixMillis(first.total_at),
            challenge: first.challenge.map(ChallengeV1::into_challenge).transpose()?,
            answers: first.answers,
            duplicates: duplicates.into_iter().map(|id| AccountId(Uuid::from_bytes(id))).collect(),
            failure: first.failure.map(failed).transpose()?,
            ended: first.ended.map(UnixMillis),
        })
    }
}

impl ChallengeV1 {
    fn into_challenge(self) -> Result<Challenge, RecordError> {
        Ok(Challenge {
            method: method_from(self.method)?,
            description: self.description,
            prompts: self.prompts,
            expires: UnixMillis(self.expires),
            wrong: self.wrong,
        })
    }
}

pub(super) const fn state_number(state: State) -> u8 {
    match state {
        State::Verifying => 1,
        State::Challenged => 2,
        State::Answering => 3,
        State::RetrievingAccounts => 4,
        State::RetrievingTransactions => 5,
        State::Success => 6,
        State::Failed => 7,
        State::Refreshing => 8,
    }
}

fn state_from(number: u8) -> Result<State, RecordError> {
    let all = State::ALL.iter().copied();
    all.into_iter().find(|state| state_number(*state) == number).ok_or(RecordError::Number(number))
}

pub(super) const fn occasion_number(occasion: Occasion) -> u8 {
    match occasion {
        Occasion::Connect => 1,
        Occasion::Update => 2,
        Occasion::Refresh => 3,
        Occasion::Retry => 4,
    }
}

fn occasion_from(number: u8) -> Result<Occasion, RecordError> {
    let all = Occasion::ALL.into_iter();
    all.into_iter().find(|one| occasion_number(*one) == number).ok_or(RecordError::Number(number))
}

pub(super) const fn step_number(step: StepName) -> u8 {
    match step {
        StepName::VerifyCredentials => 1,
        StepName::MfaChallenge => 2,
        StepName::RetrieveAccounts => 3,
        StepName::RetrieveTransactions => 4,
    }
}

fn step_from(number: u8) -> Result<StepName, RecordError> {
    match number {
        1 => Ok(StepName::VerifyCredentials),
        2 => Ok(StepName::MfaChallenge),
        3 => Ok(StepName::RetrieveAccounts),
        4 => Ok(StepName::RetrieveTransactions),
        other => Err(RecordError::Number(other)),
    }
}

pub(super) const fn method_number(method: ChallengeMethod) -> u8 {
    match method {
        ChallengeMethod::Token => 1,
        ChallengeMethod::SecurityQuestions => 2,
    }
}

fn method_from(number: u8) -> Result<ChallengeMethod, RecordError> {
    match number {
        1 => Ok(ChallengeMethod::Token),
        2 => Ok(ChallengeMethod::SecurityQuestions),
        other => Err(RecordError::Number(other)),
    }
}

pub(super) const fn cause_number(cause: Cause) -> u8 {
    match cause {
        Cause::InvalidCredentials => 1,
        Cause::Locked => 2,
        Cause::ActionRequired => 3,
        Cause::Unavailable => 4,
        Cause::Interrupted => 5,
        Cause::ChallengeOver => 6,
        Cause::TimedOut => 7,
        Cause::LeftOut => 8,
        Cause::LinkOver => 9,
        Cause::ConsentOver => 10,
        Cause::SessionOver => 11,
    }
}

pub(super) fn cause_from(number: u8) -> Result<Cause, RecordError> {
    Cause::ALL.into_iter().find(|cause| cause_number(*cause) == number).ok_or(RecordError::Number(number))
}
