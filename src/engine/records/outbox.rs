//! The outbox: committed wishes to act on the world, and the sandbox's inbox of texts that went out.
//! A text is sealed under the house's own key, for it goes when it is done (invariant OTP-2).

use super::RecordError;
use crate::crypto::{self, Keyring};
use crate::domain::command::Rows;
use crate::domain::connection::Generation;
use crate::domain::id::{ApplicationId, AuthLinkId, ClockId, ConnectionId, EffectId, JobId, UserId};
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One wish, fourth schema: the third knew of texts with codes alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxV4 {
    application: [u8; 16],
    user: [u8; 16],
    clock: Option<u64>,
    created: i64,
    not_after: i64,
    wish: WishV3,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum WishV3 {
    Text { link: [u8; 16], sealed: Vec<u8> },
    Gather { job: [u8; 16] },
    Sweep { connection: [u8; 16], rows: u8, keep: u32, up_to: u32 },
    Link { link: [u8; 16], sealed: Vec<u8> },
}

impl Record for OutboxV4 {
    const KIND: u8 = b'O';
    const SCHEMA: u8 = 4;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        let third = match schema {
            1 => codec::read_payload::<OutboxV1>(payload).map(|first| OutboxV2::from(first).into()),
            2 => codec::read_payload::<OutboxV2>(payload).map(Into::into),
            3 => codec::read_payload::<OutboxV3>(payload),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        };
        third.map(Self::from)
    }
}

impl From<OutboxV3> for OutboxV4 {
    fn from(third: OutboxV3) -> Self {
        let OutboxV3 { application, user, clock, created, not_after, wish } = third;
        let wish = match wish {
            WishV2::Text { link, sealed } => WishV3::Text { link, sealed },
            WishV2::Gather { job } => WishV3::Gather { job },
            WishV2::Sweep { connection, rows, keep, up_to } => {
                WishV3::Sweep { connection, rows, keep, up_to }
            }
        };
        Self { application, user, clock, created, not_after, wish }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<OutboxV4> for OutboxV3 {
    fn from(fourth: OutboxV4) -> Self {
        let OutboxV4 { application, user, clock, created, not_after, wish } = fourth;
        let wish = match wish {
            WishV3::Text { link, sealed } | WishV3::Link { link, sealed } => WishV2::Text { link, sealed },
            WishV3::Gather { job } => WishV2::Gather { job },
            WishV3::Sweep { connection, rows, keep, up_to } => {
                WishV2::Sweep { connection, rows, keep, up_to }
            }
        };
        Self { application, user, clock, created, not_after, wish }
    }
}

/// One wish, third schema: the second knew real time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxV3 {
    application: [u8; 16],
    user: [u8; 16],
    clock: Option<u64>,
    created: i64,
    not_after: i64,
    wish: WishV2,
}

impl Record for OutboxV3 {
    const KIND: u8 = b'O';
    const SCHEMA: u8 = 3;
}

impl From<OutboxV2> for OutboxV3 {
    fn from(second: OutboxV2) -> Self {
        let OutboxV2 { application, user, created, not_after, wish } = second;
        Self { application, user, clock: None, created, not_after, wish }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<OutboxV3> for OutboxV2 {
    fn from(third: OutboxV3) -> Self {
        let OutboxV3 { application, user, clock: _, created, not_after, wish } = third;
        Self { application, user, created, not_after, wish }
    }
}

/// One wish, second schema: the first knew texts alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxV2 {
    application: [u8; 16],
    user: [u8; 16],
    created: i64,
    not_after: i64,
    wish: WishV2,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum WishV2 {
    Text { link: [u8; 16], sealed: Vec<u8> },
    Gather { job: [u8; 16] },
    Sweep { connection: [u8; 16], rows: u8, keep: u32, up_to: u32 },
}

impl Record for OutboxV2 {
    const KIND: u8 = b'O';
    const SCHEMA: u8 = 2;
}

impl From<OutboxV1> for OutboxV2 {
    fn from(first: OutboxV1) -> Self {
        let OutboxV1 { application, user, link, created, not_after, sealed } = first;
        Self { application, user, created, not_after, wish: WishV2::Text { link, sealed } }
    }
}

/// One text that is to go out, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxV1 {
    pub(super) application: [u8; 16],
    pub(super) user: [u8; 16],
    pub(super) link: [u8; 16],
    pub(super) created: i64,
    pub(super) not_after: i64,
    pub(super) sealed: Vec<u8>,
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
    /// The test clock that the user lives by.
    pub clock: Option<ClockId>,
    /// When it was asked for.
    pub created: UnixMillis,
    /// After this it is dropped, by the user's clock: a code that is dead is of no use.
    pub not_after: UnixMillis,
    /// What is wished.
    pub wish: Wish,
}

/// What can be wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// That a text goes out, which stands beside it, sealed.
    Text {
        /// For which link.
        link: AuthLinkId,
    },
    /// That a text with a link in it goes out, which stands beside it, sealed.
    Link {
        /// Which link.
        link: AuthLinkId,
    },
    /// That somebody works on a job.
    Gather {
        /// Which.
        job: JobId,
    },
    /// That what was read and is not shown any more goes.
    Sweep(Sweep),
}

/// Which rows are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Of which connection.
    pub connection: ConnectionId,
    /// Which rows.
    pub rows: Rows,
    /// The generation that stays; zero: none.
    pub keep: Generation,
    /// Later ones than this are let be.
    pub up_to: Generation,
}

pub(super) fn seal(
    text: &Text,
    bound: &[u8],
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let plain = codec::encode(0, &TextV1 { to: text.to.clone(), body: text.body.clone() })?;
    Ok(crypto::seal(keyring.system_key(), nonce, bound, &plain))
}

fn open(sealed: &[u8], bound: &[u8], keyring: &Keyring) -> Result<Text, RecordError> {
    let plain = crypto::open(keyring.system_key(), bound, sealed).map_err(|_| RecordError::Seal)?;
    let (_, text) = codec::decode::<TextV1>(&plain)?;
    Ok(Text { to: text.to, body: text.body })
}

/// The stored value of an outbox entry. The text goes with a wish for one, and with no other.
///
/// # Errors
/// When it would be longer than a value may be, or the text is missing.
pub fn encode(
    head: &OutboxHead,
    text: Option<&Text>,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let sealed = || seal(text.ok_or(RecordError::Text)?, head.id.bytes(), keyring, nonce);
    let wish = match head.wish {
        Wish::Text { link } => WishV3::Text { link: *link.bytes(), sealed: sealed()? },
        Wish::Link { link } => WishV3::Link { link: *link.bytes(), sealed: sealed()? },
        Wish::Gather { job } => WishV3::Gather { job: *job.bytes() },
        Wish::Sweep(Sweep { connection, rows, keep, up_to }) => {
            WishV3::Sweep { connection: *connection.bytes(), rows: rows_number(rows), keep, up_to }
        }
    };
    let record = OutboxV4 {
        application: *head.application.bytes(),
        user: *head.user.bytes(),
        clock: head.clock.map(ClockId::number),
        created: head.created.0,
        not_after: head.not_after.0,
        wish,
    };
    Ok(codec::encode(0, &record)?)
}

/// What an outbox entry says without being opened.
///
/// # Errors
/// When it is damaged.
pub fn head(id: EffectId, value: &[u8]) -> Result<OutboxHead, RecordError> {
    let (_, record) = codec::decode::<OutboxV4>(value)?;
    let wish = match record.wish {
        WishV3::Text { link, .. } => Wish::Text { link: AuthLinkId(Uuid::from_bytes(link)) },
        WishV3::Link { link, .. } => Wish::Link { link: AuthLinkId(Uuid::from_bytes(link)) },
        WishV3::Gather { job } => Wish::Gather { job: JobId(Uuid::from_bytes(job)) },
        WishV3::Sweep { connection, rows, keep, up_to } => {
            let connection = ConnectionId(Uuid::from_bytes(connection));
            Wish::Sweep(Sweep { connection, rows: rows_from(rows)?, keep, up_to })
        }
    };
    Ok(OutboxHead {
        id,
        application: ApplicationId(Uuid::from_bytes(record.application)),
        user: UserId(Uuid::from_bytes(record.user)),
        clock: record.clock.and_then(ClockId::new),
        created: UnixMillis(record.created),
        not_after: UnixMillis(record.not_after),
        wish,
    })
}

/// Opens the text of an outbox entry, for sending.
///
/// # Errors
/// When it is damaged, the key does not open it, or another thing is wished.
pub fn text(id: EffectId, value: &[u8], keyring: &Keyring) -> Result<Text, RecordError> {
    let (_, record) = codec::decode::<OutboxV4>(value)?;
    match record.wish {
        WishV3::Text { sealed, .. } | WishV3::Link { sealed, .. } => open(&sealed, id.bytes(), keyring),
        WishV3::Gather { .. } | WishV3::Sweep { .. } => Err(RecordError::Text),
    }
}

pub(super) const fn rows_number(rows: Rows) -> u8 {
    match rows {
        Rows::Accounts => 1,
        Rows::Identities => 2,
        Rows::Transactions => 3,
    }
}

fn rows_from(number: u8) -> Result<Rows, RecordError> {
    Rows::ALL.into_iter().find(|rows| rows_number(*rows) == number).ok_or(RecordError::Number(number))
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
