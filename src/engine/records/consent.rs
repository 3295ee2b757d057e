//! Consents: the active one inside the user's snapshot, ended ones as records of their own. Ids and
//! times only, so that history may outlive an erasure.

use super::RecordError;
use crate::domain::application::Permission;
use crate::domain::consent::Consent;
use crate::domain::id::ConsentId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::consent::State;
use crate::store::codec::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

impl From<&Consent> for ConsentV1 {
    fn from(consent: &Consent) -> Self {
        Self {
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
        }
    }
}

impl TryFrom<ConsentV1> for Consent {
    type Error = RecordError;

    fn try_from(record: ConsentV1) -> Result<Self, RecordError> {
        Ok(Self {
            id: ConsentId(Uuid::from_bytes(record.id)),
            policy_version: record.policy_version,
            permissions: record.permissions.into_iter().map(permission_from).collect::<Result<_, _>>()?,
            state: state_from(record.state)?,
            created: UnixMillis(record.created),
            updated: UnixMillis(record.updated),
            expires: UnixMillis(record.expires),
            revoked: record.revoked.map(UnixMillis),
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
