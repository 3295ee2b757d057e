//! A link as an event keeps it.

use crate::domain::event::{LinkReason, LinkThen, Stage};
use crate::domain::id::{AuthLinkId, JobId};
use crate::domain::time::UnixMillis;
use crate::engine::records::RecordError;
use crate::engine::records::user::{link_state_from, link_state_number};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A link as it stood.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkThenV1 {
    id: [u8; 16],
    state: u8,
    created: i64,
    expires: i64,
    opened: Option<i64>,
    ended: Option<i64>,
    sends: u32,
    wrong_tries: u32,
    stage: u8,
    reason: Option<u8>,
    jobs: Vec<[u8; 16]>,
}

impl From<&LinkThen> for LinkThenV1 {
    fn from(then: &LinkThen) -> Self {
        Self {
            id: *then.id.bytes(),
            state: link_state_number(then.state),
            created: then.created.0,
            expires: then.expires.0,
            opened: then.opened.map(|at| at.0),
            ended: then.ended.map(|at| at.0),
            sends: then.sends,
            wrong_tries: then.wrong_tries,
            stage: stage_number(then.stage),
            reason: then.reason.map(reason_number),
            jobs: then.jobs.iter().map(|job| *job.bytes()).collect(),
        }
    }
}

impl LinkThenV1 {
    pub(super) fn into_then(self) -> Result<LinkThen, RecordError> {
        Ok(LinkThen {
            id: AuthLinkId(Uuid::from_bytes(self.id)),
            state: link_state_from(self.state)?,
            created: UnixMillis(self.created),
            expires: UnixMillis(self.expires),
            opened: self.opened.map(UnixMillis),
            ended: self.ended.map(UnixMillis),
            sends: self.sends,
            wrong_tries: self.wrong_tries,
            stage: stage_from(self.stage)?,
            reason: self.reason.map(reason_from).transpose()?,
            jobs: self.jobs.into_iter().map(|job| JobId(Uuid::from_bytes(job))).collect(),
        })
    }
}

pub(in crate::engine::records) const fn stage_number(stage: Stage) -> u8 {
    match stage {
        Stage::Start => 1,
        Stage::Code => 2,
        Stage::Consent => 3,
        Stage::Institution => 4,
        Stage::SignIn => 5,
        Stage::Mfa => 6,
        Stage::Progress => 7,
        Stage::Review => 8,
    }
}

fn stage_from(number: u8) -> Result<Stage, RecordError> {
    Stage::ALL.into_iter().find(|stage| stage_number(*stage) == number).ok_or(RecordError::Number(number))
}

pub(in crate::engine::records) const fn reason_number(reason: LinkReason) -> u8 {
    match reason {
        LinkReason::WrongCode => 1,
        LinkReason::TextRefused => 2,
        LinkReason::TextLate => 3,
        LinkReason::Left => 4,
        LinkReason::Declined => 5,
        LinkReason::Idle => 6,
        LinkReason::TooLong => 7,
        LinkReason::Reissued => 8,
    }
}

fn reason_from(number: u8) -> Result<LinkReason, RecordError> {
    let mut all = LinkReason::ALL.into_iter();
    all.find(|reason| reason_number(*reason) == number).ok_or(RecordError::Number(number))
}
