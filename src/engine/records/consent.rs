//! Consents: the active one inside the user's snapshot, ended ones as records of their own. Ids and
//! times only, so that history may outlive an erasure.

use super::RecordError;
use crate::domain::application::Permission;
use crate::domain::consent::Consent;
use crate::domain::id::ConsentId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::consent::State;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A consent that ended, third schema: with what its person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentV3 {
    second: ConsentV2,
    deletion_asked: bool,
}

impl Record for ConsentV3 {
    const KIND: u8 = b'C';
    const SCHEMA: u8 = 3;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<ConsentV1>(payload).map(ConsentV2::from).map(Self::from),
            2 => codec::read_payload::<ConsentV2>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<ConsentV2> for ConsentV3 {
    fn from(second: ConsentV2) -> Self {
        Self { second, deletion_asked: false }
    }
}

impl From<&Consent> for ConsentV3 {
    fn from(consent: &Consent) -> Self {
        Self { second: ConsentV2::from(consent), deletion_asked: consent.deletion_asked }
    }
}

impl TryFrom<ConsentV3> for Consent {
    type Error = RecordError;

    fn try_from(record: ConsentV3) -> Result<Self, RecordError> {
        let second = Self::try_from(record.second)?;
        Ok(Self { deletion_asked: record.deletion_asked, ..second })
    }
}

/// A consent, second schema: with room for what it is due for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentV2 {
    first: ConsentV1,
    warning_at: Option<i64>,
    reminder_at: Option<i64>,
}

impl Record for ConsentV2 {
    const KIND: u8 = b'C';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<ConsentV1>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

/// A consent, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentV1 {
    id: [u8; 16],
    policy_version: u32,
    permissions: Vec<u8>,
    state: u8,
    created: i64,
    updated: i64,
    expires: i64,
    revoked: Option<i64>,
}

impl Record for ConsentV1 {
    const KIND: u8 = b'C';
    const SCHEMA: u8 = 1;
}

impl From<ConsentV1> for ConsentV2 {
    fn from(first: ConsentV1) -> Self {
        Self { first, warning_at: None, reminder_at: None }
    }
}

impl From<ConsentV2> for ConsentV1 {
    fn from(second: ConsentV2) -> Self {
        second.first
    }
}

impl From<&Consent> for ConsentV2 {
    fn from(consent: &Consent) -> Self {
        Self {
            first: ConsentV1 {
                id: *consent.id.bytes(),
                policy_version: consent.policy_version,
                permissions: consent
                    .permissions
                    .iter()
                    .map(|permission| permission_number(*permission))
                    .collect(),
                state: state_number(consent.state),
                created: consent.created.0,
                updated: consent.updated.0,
                expires: consent.expires.0,
                revoked: consent.revoked.map(|at| at.0),
            },
            warning_at: consent.warning_at.map(|at| at.0),
            reminder_at: consent.reminder_at.map(|at| at.0),
        }
    }
}

impl TryFrom<ConsentV2> for Consent {
    type Error = RecordError;

    fn try_from(record: ConsentV2) -> Result<Self, RecordError> {
        let ConsentV2 { first, warning_at, reminder_at } = record;
        Ok(Self {
            id: ConsentId(Uuid::from_bytes(first.id)),
            policy_version: first.policy_version,
            permissions: first.permissions.into_iter().map(permission_from).collect::<Result<_, _>>()?,
            state: state_from(first.state)?,
            created: UnixMillis(first.created),
            updated: UnixMillis(first.updated),
            expires: UnixMillis(first.expires),
            warning_at: warning_at.map(UnixMillis),
            reminder_at: reminder_at.map(UnixMillis),
            revoked: first.revoked.map(UnixMillis),
            // What only an ended one has stands in that one's own record.
            deletion_asked: false,
        })
    }
}

pub(super) const fn state_number(state: State) -> u8 {
    match state {
        State::Active => 1,
        State::Revoked => 2,
        State::Expired => 3,
    }
}

fn state_from(number: u8) -> Result<State, RecordError> {
    match number {
        1 => Ok(State::Active),
        2 => Ok(State::Revoked),
        3 => Ok(State::Expired),
        other => Err(RecordError::Number(other)),
    }
}

pub(super) const fn permission_number(permission: Permission) -> u8 {
    match permission {
        Permission::PersonBasic => 1,
        Permission::PersonDetail => 2,
        Permission::OrganisationBasic => 3,
        Permission::OrganisationDetail => 4,
        Permission::AccountBasic => 5,
        Permission::AccountDetail => 6,
        Permission::TransactionDetail => 7,
    }
}

pub(super) fn permission_from(number: u8) -> Result<Permission, RecordError> {
    Permission::ALL
        .into_iter()
        .find(|permission| permission_number(*permission) == number)
        .ok_or(RecordError::Number(number))
}
