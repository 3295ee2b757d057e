//! Events: ids and times in the clear, the state of things at that moment sealed: under the user's key, or
//! under the consent's where it was read under a consent. What has no key any more has ids and times only.

pub(super) mod link;

use self::link::LinkThenV1;
use super::RecordError;
use super::connection::{state_from, state_number};
use super::consent::{ConsentV1, ConsentV2};
use super::data::AccountBodyV1;
use super::job::JobBodyV2;
use super::seal;
use crate::crypto::DataKey;
use crate::domain::account::Account;
use crate::domain::connection::ConnectionView;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{AccountId, AuthLinkId, ConnectionId, ConsentId, EventId, JobId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event, third schema: the second knew one time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventV3 {
    id: [u8; 32],
    kind: u8,
    at: i64,
    recorded: i64,
    user: [u8; 16],
    link: Option<[u8; 16]>,
    consent: Option<[u8; 16]>,
    subject: Option<[u8; 16]>,
    data: SealedV2,
}

impl Record for EventV3 {
    const KIND: u8 = b'E';
    const SCHEMA: u8 = 3;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<EventV1>(payload).map(|first| Self::from(EventV2::from(first))),
            2 => codec::read_payload::<EventV2>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

/// An event, second schema: the first knew one key alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventV2 {
    id: [u8; 32],
    kind: u8,
    at: i64,
    user: [u8; 16],
    link: Option<[u8; 16]>,
    consent: Option<[u8; 16]>,
    subject: Option<[u8; 16]>,
    data: SealedV2,
}

/// The sealed [`EventDataV3`], and by whose key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum SealedV2 {
    Nothing,
    ByUser(Vec<u8>),
    ByConsent(Vec<u8>),
}

impl Record for EventV2 {
    const KIND: u8 = b'E';
    const SCHEMA: u8 = 2;
}

impl From<EventV2> for EventV3 {
    fn from(second: EventV2) -> Self {
        let EventV2 { id, kind, at, user, link, consent, subject, data } = second;
        Self { id, kind, at, recorded: at, user, link, consent, subject, data }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<EventV3> for EventV2 {
    fn from(third: EventV3) -> Self {
        let EventV3 { id, kind, at, recorded: _, user, link, consent, subject, data } = third;
        Self { id, kind, at, user, link, consent, subject, data }
    }
}

/// An event, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventV1 {
    pub(super) id: [u8; 32],
    pub(super) kind: u8,
    pub(super) at: i64,
    pub(super) user: [u8; 16],
    pub(super) link: Option<[u8; 16]>,
    pub(super) consent: Option<[u8; 16]>,
    pub(super) sealed: Option<Vec<u8>>,
}

impl Record for EventV1 {
    const KIND: u8 = b'E';
    const SCHEMA: u8 = 1;
}

impl From<EventV1> for EventV2 {
    fn from(first: EventV1) -> Self {
        let EventV1 { id, kind, at, user, link, consent, sealed } = first;
        let data = sealed.map_or(SealedV2::Nothing, SealedV2::ByUser);
        Self { id, kind, at, user, link, consent, subject: None, data }
    }
}

/// What an event holds, third schema: of links and jobs too.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EventDataV3 {
    Second(EventDataV2),
    Link(LinkThenV1),
    Job { id: [u8; 16], job: Box<JobBodyV2> },
}

impl Record for EventDataV3 {
    const KIND: u8 = b'd';
    const SCHEMA: u8 = 3;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<EventDataV1>(payload).map(|first| Self::Second(first.into())),
            2 => codec::read_payload::<EventDataV2>(payload).map(Self::Second),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

/// What an event holds, second schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EventDataV2 {
    User(Box<super::user::ProfileV1>),
    Consent(ConsentV1),
    Connection(ConnectionViewV1),
    Account { id: [u8; 16], connection: [u8; 16], account: Box<AccountBodyV1> },
    Transactions { connection: ConnectionViewV1, new: u32 },
}

impl Record for EventDataV2 {
    const KIND: u8 = b'd';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<EventDataV1>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<EventDataV1> for EventDataV2 {
    fn from(first: EventDataV1) -> Self {
        match first {
            EventDataV1::User(profile) => Self::User(profile),
            EventDataV1::Consent(consent) => Self::Consent(consent),
        }
    }
}

/// What an event holds, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EventDataV1 {
    User(Box<super::user::ProfileV1>),
    Consent(ConsentV1),
}

impl Record for EventDataV1 {
    const KIND: u8 = b'd';
    const SCHEMA: u8 = 1;
}

/// A connection as an event shows it: its accounts are not among it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConnectionViewV1 {
    id: [u8; 16],
    consent: [u8; 16],
    institution: [u8; 7],
    state: u8,
    created: i64,
    last_used: Option<i64>,
    is_challenged: bool,
    accounts_generation: u32,
    transactions_generation: u32,
}

/// The stored value of an event, before the committer stamps it. `key` is the consent's for what is
/// covered by one, and else the user's; without it only ids and times are written.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(event: &Event, key: Option<&DataKey>, nonce: [u8; 24]) -> Result<Vec<u8>, RecordError> {
    let sealed = match (EventDataV3::of(&event.data), key) {
        (Some(data), Some(key)) => Some(seal::seal(&data, &event.id.0, key, nonce)?),
        _ => None,
    };
    Ok(codec::encode(0, &EventV3::of(event, sealed))?)
}

impl EventV3 {
    /// An event with its sealed data.
    pub(super) fn of(event: &Event, sealed: Option<Vec<u8>>) -> Self {
        let data = match sealed {
            Some(sealed) if event.data.is_covered() => SealedV2::ByConsent(sealed),
            Some(sealed) => SealedV2::ByUser(sealed),
            None => SealedV2::Nothing,
        };
        Self {
            id: event.id.0,
            kind: kind_number(event.kind),
            at: event.at.0,
            recorded: event.recorded.0,
            user: *event.user.bytes(),
            link: event.link.map(|link| *link.bytes()),
            consent: event.consent.map(|consent| *consent.bytes()),
            subject: event.subject.map(Uuid::into_bytes),
            data,
        }
    }
}

/// Whose key opens a stored event: a user's or a consent's; nobody's when there is nothing to open.
///
/// # Errors
/// When the value is damaged.
pub fn key_owner(value: &[u8]) -> Result<Option<[u8; 16]>, RecordError> {
    let (_, record) = codec::decode::<EventV3>(value)?;
    Ok(match record.data {
        SealedV2::Nothing => None,
        SealedV2::ByUser(_) => Some(record.user),
        SealedV2::ByConsent(_) => record.consent,
    })
}

/// Reads a stored event. Without a key (its owner was deleted or has ended) it has ids and times only.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(value: &[u8], key: Option<&DataKey>) -> Result<Event, RecordError> {
    let (_, record) = codec::decode::<EventV3>(value)?;
    let data = match (&record.data, key) {
        (SealedV2::ByUser(sealed) | SealedV2::ByConsent(sealed), Some(key)) => {
            seal::open::<EventDataV3>(sealed, &record.id, key)?.into_data()?
        }
        _ => EventData::Nothing,
    };
    Ok(Event {
        id: EventId(record.id),
        kind: kind_from(record.kind)?,
        at: UnixMillis(record.at),
        recorded: UnixMillis(record.recorded),
        user: UserId(Uuid::from_bytes(record.user)),
        link: record.link.map(|link| AuthLinkId(Uuid::from_bytes(link))),
        consent: record.consent.map(|consent| ConsentId(Uuid::from_bytes(consent))),
        subject: record.subject.map(Uuid::from_bytes),
        data,
    })
}

impl EventDataV3 {
    pub(super) fn of(data: &EventData) -> Option<Self> {
        Some(match data {
            EventData::Link(then) => Self::Link(then.as_ref().into()),
            EventData::Job(job) => Self::Job { id: *job.id.bytes(), job: Box::new(job.as_ref().into()) },
            other => Self::Second(EventDataV2::of(other)?),
        })
    }

    pub(super) fn into_data(self) -> Result<EventData, RecordError> {
        match self {
            Self::Second(second) => second.into_data(),
            Self::Link(then) => Ok(EventData::Link(Box::new(then.into_then()?))),
            Self::Job { id, job } => Ok(EventData::Job(Box::new(job.into_job(JobId(Uuid::from_bytes(id)))?))),
        }
    }
}

impl EventDataV2 {
    pub(super) fn of(data: &EventData) -> Option<Self> {
        Some(match data {
            EventData::Nothing | EventData::Link(_) | EventData::Job(_) => return None,
            EventData::User(profile) => Self::User(Box::new(profile.as_ref().into())),
            EventData::Consent(consent) => Self::Consent(ConsentV2::from(consent).into()),
            EventData::Connection(view) => Self::Connection(view.as_ref().into()),
            EventData::Account(account) => {
                let Account { id, connection, .. } = account.as_ref();
                let (id, connection) = (*id.bytes(), *connection.bytes());
                Self::Account { id, connection, account: Box::new(account.as_ref().into()) }
            }
            EventData::Transactions { connection, new } => {
                Self::Transactions { connection: connection.as_ref().into(), new: *new }
            }
        })
    }

    fn into_data(self) -> Result<EventData, RecordError> {
        Ok(match self {
            Self::User(profile) => EventData::User(Box::new(profile.into_profile()?)),
            Self::Consent(consent) => EventData::Consent(ConsentV2::from(consent).try_into()?),
            Self::Connection(view) => EventData::Connection(Box::new(view.into_view()?)),
            Self::Account { id, connection, account } => {
                let (id, connection) = (Uuid::from_bytes(id), Uuid::from_bytes(connection));
                EventData::Account(Box::new(account.into_account(AccountId(id), ConnectionId(connection))?))
            }
            Self::Transactions { connection, new } => {
                EventData::Transactions { connection: Box::new(connection.into_view()?), new }
            }
        })
    }
}

impl From<&ConnectionView> for ConnectionViewV1 {
    fn from(view: &ConnectionView) -> Self {
        Self {
            id: *view.id.bytes(),
            consent: *view.consent.bytes(),
            institution: view.institution.0,
            state: state_number(view.state),
            created: view.created.0,
            last_used: view.last_used.map(|at| at.0),
            is_challenged: view.is_challenged,
            accounts_generation: view.accounts_generation,
            transactions_generation: view.transactions_generation,
        }
    }
}

impl ConnectionViewV1 {
    fn into_view(self) -> Result<ConnectionView, RecordError> {
        Ok(ConnectionView {
            id: ConnectionId(Uuid::from_bytes(self.id)),
            consent: ConsentId(Uuid::from_bytes(self.consent)),
            institution: InstitutionId(self.institution),
            state: state_from(self.state)?,
            created: UnixMillis(self.created),
            last_used: self.last_used.map(UnixMillis),
            is_challenged: self.is_challenged,
            // An event's own cause tells why.
            fault: None,
            accounts_generation: self.accounts_generation,
            transactions_generation: self.transactions_generation,
            accounts: Vec::new(),
        })
    }
}

pub(super) const fn kind_number(kind: EventKind) -> u8 {
    match kind {
        EventKind::UserCreated => 1,
        EventKind::UserUpdated => 2,
        EventKind::UserDeleted => 3,
        EventKind::ConsentCreated => 4,
        EventKind::ConsentUpdated => 5,
        EventKind::ConsentRevoked => 6,
        EventKind::ConsentExpired => 7,
        EventKind::ConsentArchived => 8,
        EventKind::LinkCreated => 9,
        EventKind::LinkOpened => 10,
        EventKind::LinkCodeSent => 11,
        EventKind::LinkCodeFailed => 12,
        EventKind::LinkLocked => 13,
        EventKind::LinkVerified => 14,
        EventKind::LinkAbandoned => 15,
        EventKind::LinkCompleted => 16,
        EventKind::LinkExpired => 17,
        EventKind::LinkReplaced => 18,
        EventKind::LinkDeleted => 19,
        EventKind::ConnectionCreated => 20,
        EventKind::ConnectionActivated => 21,
        EventKind::ConnectionUpdated => 22,
        EventKind::ConnectionInvalidated => 23,
        EventKind::ConnectionDeleted => 24,
        EventKind::AccountUpdated => 25,
        EventKind::TransactionsUpdated => 26,
        EventKind::ConsentWarning => 27,
        EventKind::ConsentReminder => 28,
        EventKind::JobCreated => 29,
        EventKind::JobUpdated => 30,
        EventKind::JobCompleted => 31,
        EventKind::JobFailed => 32,
    }
}

pub(super) fn kind_from(number: u8) -> Result<EventKind, RecordError> {
    EventKind::ALL.into_iter().find(|kind| kind_number(*kind) == number).ok_or(RecordError::Number(number))
}
