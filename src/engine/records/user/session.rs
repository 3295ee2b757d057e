//! A session as the user's snapshot holds it.

use crate::domain::consent_session::{ConsentSession, Origin};
use crate::domain::errand::{Action, Errand};
use crate::domain::id::{AuthLinkId, ConnectionId, SessionId};
use crate::domain::institution::InstitutionId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::{Names, consent_session};
use crate::engine::records::RecordError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionV1 {
    id: [u8; 16],
    link: Option<[u8; 16]>,
    state: u8,
    started: i64,
    touched: i64,
    idle_at: i64,
    total_at: i64,
    cookie: Option<[u8; 32]>,
    return_state: Option<String>,
    carried: bool,
    ended: Option<i64>,
}

/// The first, with what the person was sent for and where they had connected before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionV2 {
    first: SessionV1,
    action: u8,
    institution: Option<[u8; 7]>,
    connection: Option<[u8; 16]>,
    former: Vec<[u8; 7]>,
}

impl From<SessionV1> for SessionV2 {
    fn from(first: SessionV1) -> Self {
        let action = action_number(Action::Share);
        Self { first, action, institution: None, connection: None, former: Vec::new() }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<SessionV2> for SessionV1 {
    fn from(second: SessionV2) -> Self {
        second.first
    }
}

impl From<&ConsentSession> for SessionV2 {
    fn from(session: &ConsentSession) -> Self {
        Self {
            first: SessionV1 {
                id: *session.id.bytes(),
                link: match session.origin {
                    Origin::Link(link) => Some(*link.bytes()),
                    Origin::ClientToken => None,
                },
                state: session_state_number(session.state),
                started: session.started.0,
                touched: session.touched.0,
                idle_at: session.idle_at.0,
                total_at: session.total_at.0,
                cookie: session.cookie,
                return_state: session.return_state.clone(),
                carried: session.carried,
                ended: session.ended.map(|at| at.0),
            },
            action: action_number(session.errand.action),
            institution: session.errand.institution.map(|one| one.0),
            connection: session.errand.connection.map(|one| *one.bytes()),
            former: session.former.iter().map(|one| one.0).collect(),
        }
    }
}

impl SessionV2 {
    pub(super) fn into_session(self) -> Result<ConsentSession, RecordError> {
        let first = self.first;
        Ok(ConsentSession {
            id: SessionId(Uuid::from_bytes(first.id)),
            origin: first
                .link
                .map_or(Origin::ClientToken, |link| Origin::Link(AuthLinkId(Uuid::from_bytes(link)))),
            state: session_state_from(first.state)?,
            started: UnixMillis(first.started),
            touched: UnixMillis(first.touched),
            idle_at: UnixMillis(first.idle_at),
            total_at: UnixMillis(first.total_at),
            cookie: first.cookie,
            return_state: first.return_state,
            carried: first.carried,
            errand: Errand {
                action: action_from(self.action)?,
                institution: self.institution.map(InstitutionId),
                connection: self.connection.map(|bytes| ConnectionId(Uuid::from_bytes(bytes))),
            },
            former: self.former.into_iter().map(InstitutionId).collect(),
            ended: first.ended.map(UnixMillis),
        })
    }
}

pub(in crate::engine::records) const fn session_state_number(state: consent_session::State) -> u8 {
    use consent_session::State;
    match state {
        State::Consenting => 1,
        State::Connecting => 2,
        State::Disclosed => 3,
        State::Left => 4,
        State::TimedOut => 5,
        State::Revoked => 6,
        State::Finished => 7,
    }
}

fn session_state_from(number: u8) -> Result<consent_session::State, RecordError> {
    let all = consent_session::State::ALL.iter().copied();
    all.into_iter().find(|state| session_state_number(*state) == number).ok_or(RecordError::Number(number))
}

pub(in crate::engine::records) const fn action_number(action: Action) -> u8 {
    match action {
        Action::Share => 1,
        Action::Connect => 2,
        Action::Manage => 3,
        Action::Extend => 4,
        Action::Update => 5,
        Action::Reauthorise => 6,
    }
}

fn action_from(number: u8) -> Result<Action, RecordError> {
    let found = Action::ALL.into_iter().find(|action| action_number(*action) == number);
    found.ok_or(RecordError::Number(number))
}
