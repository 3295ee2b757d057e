//! Connections: sealed under the key of the consent that covers them, for they hold bank sessions. Which
//! consent that is stands in the clear.

use super::job::{cause_from, cause_number};
use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::connection::{AccountMark, Connection};
use crate::domain::id::{AccountId, ConnectionId, ConsentId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use crate::domain::workflow::connection::State;
use crate::store::codec::{self, CodecError, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands under a connection's key, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionV1 {
    consent: [u8; 16],
    sealed: Vec<u8>,
}

impl ConnectionV1 {
    /// What is sealed, and under whose key.
    pub(super) const fn new(consent: ConsentId, sealed: Vec<u8>) -> Self {
        Self { consent: consent.0.into_bytes(), sealed }
    }
}

impl Record for ConnectionV1 {
    const KIND: u8 = b'D';
    const SCHEMA: u8 = 1;
}

/// A connection, second schema: with its login id, and what is known of its last reading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConnectionBodyV2 {
    first: ConnectionBodyV1,
    login_id: Option<String>,
    fault: Option<u8>,
    retry_at: Option<i64>,
    retry_until: Option<i64>,
}

impl Record for ConnectionBodyV2 {
    const KIND: u8 = b'c';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<ConnectionBodyV1>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<ConnectionBodyV1> for ConnectionBodyV2 {
    fn from(first: ConnectionBodyV1) -> Self {
        Self { first, login_id: None, fault: None, retry_at: None, retry_until: None }
    }
}

/// A connection, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConnectionBodyV1 {
    institution: [u8; 7],
    login: [u8; 16],
    state: u8,
    created: i64,
    updated: i64,
    last_used: Option<i64>,
    is_challenged: bool,
    session: Option<String>,
    generation: u32,
    accounts_generation: u32,
    transactions_generation: u32,
    accounts: Vec<([u8; 16], [u8; 8])>,
}

impl Record for ConnectionBodyV1 {
    const KIND: u8 = b'c';
    const SCHEMA: u8 = 1;
}

/// The stored value of a user's connection; `version` is that of the user who stands beside it.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    user: UserId,
    connection: &Connection,
    version: u64,
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let place = key::connection(user, connection.id);
    let sealed = seal::seal(&ConnectionBodyV2::from(connection), &place, key, nonce)?;
    Ok(codec::encode(version, &ConnectionV1::new(connection.consent, sealed))?)
}

/// Which consent covers a stored connection, and with its key sealed it.
///
/// # Errors
/// When the value is damaged.
pub fn consent_of(value: &[u8]) -> Result<ConsentId, RecordError> {
    let (_, stored) = codec::decode::<ConnectionV1>(value)?;
    Ok(ConsentId(Uuid::from_bytes(stored.consent)))
}

/// Reads a stored connection.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(
    user: UserId,
    id: ConnectionId,
    value: &[u8],
    key: &DataKey,
) -> Result<Connection, RecordError> {
    let (_, stored) = codec::decode::<ConnectionV1>(value)?;
    let body: ConnectionBodyV2 = seal::open(&stored.sealed, &key::connection(user, id), key)?;
    body.into_connection(id, ConsentId(Uuid::from_bytes(stored.consent)))
}

impl From<&Connection> for ConnectionBodyV1 {
    fn from(connection: &Connection) -> Self {
        Self {
            institution: connection.institution.0,
            login: connection.login,
            state: state_number(connection.state),
            created: connection.created.0,
            updated: connection.updated.0,
            last_used: connection.last_used.map(|at| at.0),
            is_challenged: connection.is_challenged,
            session: connection.session.as_ref().map(|session| session.reveal().to_owned()),
            generation: connection.generation,
            accounts_generation: connection.accounts_generation,
            transactions_generation: connection.transactions_generation,
            accounts: connection.accounts.iter().map(|mark| (*mark.id.bytes(), mark.digest)).collect(),
        }
    }
}

impl From<&Connection> for ConnectionBodyV2 {
    fn from(connection: &Connection) -> Self {
        Self {
            first: ConnectionBodyV1::from(connection),
            login_id: connection.login_id.as_ref().map(|id| id.reveal().to_owned()),
            fault: connection.fault.map(cause_number),
            retry_at: connection.retry_at.map(|at| at.0),
            retry_until: connection.retry_until.map(|at| at.0),
        }
    }
}

impl ConnectionBodyV2 {
    fn into_connection(self, id: ConnectionId, consent: ConsentId) -> Result<Connection, RecordError> {
        let mark = |(id, digest)| AccountMark { id: AccountId(Uuid::from_bytes(id)), digest };
        let Self { first, login_id, fault, retry_at, retry_until } = self;
        Ok(Connection {
            id,
            consent,
            institution: InstitutionId(first.institution),
            login: first.login,
            state: state_from(first.state)?,
            created: UnixMillis(first.created),
            updated: UnixMillis(first.updated),
            last_used: first.last_used.map(UnixMillis),
            is_challenged: first.is_challenged,
            login_id: login_id.map(Secret::new),
            session: first.session.map(Secret::new),
            fault: fault.map(cause_from).transpose()?,
            retry_at: retry_at.map(UnixMillis),
            retry_until: retry_until.map(UnixMillis),
            generation: first.generation,
            accounts_generation: first.accounts_generation,
            transactions_generation: first.transactions_generation,
            accounts: first.accounts.into_iter().map(mark).collect(),
        })
    }
}

pub(super) const fn state_number(state: State) -> u8 {
    match state {
        State::Pending => 1,
        State::Active => 2,
        State::Invalid => 3,
        State::Deleted => 4,
    }
}

pub(super) fn state_from(number: u8) -> Result<State, RecordError> {
    let all = State::ALL.iter().copied();
    all.into_iter().find(|state| state_number(*state) == number).ok_or(RecordError::Number(number))
}
