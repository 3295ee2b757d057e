//! Events: ids and times in the clear, the state of things at that moment sealed under the user's key.

use super::RecordError;
use super::consent::ConsentV1;
use crate::crypto::{self, DataKey};
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{AuthLinkId, ConsentId, EventId, UserId};
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventV1 {
    id: [u8; 32],
    kind: u8,
    at: i64,
    user: [u8; 16],
    link: Option<[u8; 16]>,
    consent: Option<[u8; 16]>,
    sealed: Option<Vec<u8>>,
}

impl Record for EventV1 {
    const KIND: u8 = b'E';
    const SCHEMA: u8 = 1;
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EventDataV1 {
    User(Box<super::user::ProfileV1>),
    Consent(ConsentV1),
}

impl Record for EventDataV1 {
    const KIND: u8 = b'd';
    const SCHEMA: u8 = 1;
}

/// The stored value of an event, before the committer stamps it.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(event: &Event, key: Option<&DataKey>, nonce: [u8; 24]) -> Result<Vec<u8>, RecordError> {
    let data = match &event.data {
        EventData::Nothing
        | EventData::Connection(_)
        | EventData::Account(_)
        | EventData::Transactions { .. } => None,
        EventData::User(profile) => Some(EventDataV1::User(Box::new(profile.as_ref().into()))),
        EventData::Consent(consent) => Some(EventDataV1::Consent(consent.into())),
    };
    let sealed = match (data, key) {
        (Some(data), Some(key)) => Some(crypto::seal(key, nonce, &event.id.0, &codec::encode(0, &data)?)),
        _ => None,
    };
    let record = EventV1 {
        id: event.id.0,
        kind: kind_number(event.kind),
        at: event.at.0,
        user: *event.user.bytes(),
        link: event.link.map(|link| *link.bytes()),
        consent: event.consent.map(|consent| *consent.bytes()),
        sealed,
    };
    Ok(codec::encode(0, &record)?)
}

/// Whose event a stored value is.
///
/// # Errors
/// When the value is damaged.
pub fn owner(value: &[u8]) -> Result<UserId, RecordError> {
    let (_, record) = codec::decode::<EventV1>(value)?;
    Ok(UserId(Uuid::from_bytes(record.user)))
}

/// Reads a stored event. Without a key (the user was deleted) it has ids and times only.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(value: &[u8], key: Option<&DataKey>) -> Result<Event, RecordError> {
    let (_, record) = codec::decode::<EventV1>(value)?;
    let data = match (&record.sealed, key) {
        (Some(sealed), Some(key)) => {
            let plain = crypto::open(key, &record.id, sealed).map_err(|_| RecordError::Seal)?;
            match codec::decode::<EventDataV1>(&plain)?.1 {
                EventDataV1::User(profile) => EventData::User(Box::new(profile.into_profile()?)),
                EventDataV1::Consent(consent) => EventData::Consent(consent.try_into()?),
            }
        }
        _ => EventData::Nothing,
    };
    Ok(Event {
        id: EventId(record.id),
        kind: kind_from(record.kind)?,
        at: UnixMillis(record.at),
        user: UserId(Uuid::from_bytes(record.user)),
        link: record.link.map(|link| AuthLinkId(Uuid::from_bytes(link))),
        consent: record.consent.map(|consent| ConsentId(Uuid::from_bytes(consent))),
        subject: None,
        data,
    })
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
    }
}

fn kind_from(number: u8) -> Result<EventKind, RecordError> {
    EventKind::ALL.into_iter().find(|kind| kind_number(*kind) == number).ok_or(RecordError::Number(number))
}
