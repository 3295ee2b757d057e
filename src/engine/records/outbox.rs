//! The outbox: committed wishes to act on the world, and the sandbox's inbox of texts that went out.
//! The text is sealed under the house's own key, for it goes when it is done (invariant OTP-2).

use super::RecordError;
use crate::crypto::{self, Keyring};
use crate::domain::id::{ApplicationId, AuthLinkId, EffectId, UserId};
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One text that is to go out, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxV1 {
    application: [u8; 16],
    user: [u8; 16],
    link: [u8; 16],
    created: i64,
    not_after: i64,
    sealed: Vec<u8>,
}

impl Record for OutboxV1 {
    const KIND: u8 = b'O';
    const SCHEMA: u8 = 1;
}

/// One text that went out in the sandbox, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxV1 {
    application: [u8; 16],
    sent: i64,
    sealed: Vec<u8>,
}

impl Record for InboxV1 {
    const KIND: u8 = b'M';
    const SCHEMA: u8 = 1;
}

#[derive(Serialize, Deserialize)]
pub(super) struct TextV1 {
    pub(super) to: String,
    pub(super) body: String,
}

impl Record for TextV1 {
    const KIND: u8 = b't';
    const SCHEMA: u8 = 1;
}

/// A text with its number: opened only by whoever sends or shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The number, E.164.
    pub to: String,
    /// What it says.
    pub body: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Text(..)")
    }
}

/// What an outbox entry says without being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxHead {
    /// Its name and idempotency key.
    pub id: EffectId,
    /// Of which application.
    pub application: ApplicationId,
    /// For which user.
    pub user: UserId,
    /// For which link.
    pub link: AuthLinkId,
    /// When it was asked for.
    pub created: UnixMillis,
    /// After this it is dropped.
    pub not_after: UnixMillis,
}

fn seal(text: &Text, bound: &[u8], keyring: &Keyring, nonce: [u8; 24]) -> Result<Vec<u8>, RecordError> {
    let plain = codec::encode(0, &TextV1 { to: text.to.clone(), body: text.body.clone() })?;
    Ok(crypto::seal(keyring.system_key(), nonce, bound, &plain))
}

fn open(sealed: &[u8], bound: &[u8], keyring: &Keyring) -> Result<Text, RecordError> {
    let plain = crypto::open(keyring.system_key(), bound, sealed).map_err(|_| RecordError::Seal)?;
    let (_, text) = codec::decode::<TextV1>(&plain)?;
    Ok(Text { to: text.to, body: text.body })
}

/// The stored value of an outbox entry.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    head: &OutboxHead,
    text: &Text,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let record = OutboxV1 {
        application: *head.application.bytes(),
        user: *head.user.bytes(),
        link: *head.link.bytes(),
        created: head.created.0,
        not_after: head.not_after.0,
        sealed: seal(text, head.id.bytes(), keyring, nonce)?,
    };
    Ok(codec::encode(0, &record)?)
}

/// What an outbox entry says without being opened.
///
/// # Errors
/// When it is damaged.
pub fn head(id: EffectId, value: &[u8]) -> Result<OutboxHead, RecordError> {
    let (_, record) = codec::decode::<OutboxV1>(value)?;
    Ok(OutboxHead {
        id,
        application: ApplicationId(Uuid::from_bytes(record.application)),
        user: UserId(Uuid::from_bytes(record.user)),
        link: AuthLinkId(Uuid::from_bytes(record.link)),
        created: UnixMillis(record.created),
        not_after: UnixMillis(record.not_after),
    })
}

/// Opens an outbox entry, for sending.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn text(id: EffectId, value: &[u8], keyring: &Keyring) -> Result<Text, RecordError> {
    let (_, record) = codec::decode::<OutboxV1>(value)?;
    open(&record.sealed, id.bytes(), keyring)
}

/// The stored value of a text in the inbox.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode_inbox(
    head: &OutboxHead,
    text: &Text,
    sent: UnixMillis,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let sealed = seal(text, head.id.bytes(), keyring, nonce)?;
    let record = InboxV1 { application: *head.application.bytes(), sent: sent.0, sealed };
    Ok(codec::encode(0, &record)?)
}

/// Opens a text in the inbox: when it went, of which application, and what it says.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn inbox(
    id: EffectId,
    value: &[u8],
    keyring: &Keyring,
) -> Result<(UnixMillis, ApplicationId, Text), RecordError> {
    let (_, record) = codec::decode::<InboxV1>(value)?;
    let text = open(&record.sealed, id.bytes(), keyring)?;
    Ok((UnixMillis(record.sent), ApplicationId(Uuid::from_bytes(record.application)), text))
}
