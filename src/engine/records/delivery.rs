//! Webhook deliveries: how far each webhook was told, messages that were tried, their attempts. A message
//! holds names and times; what a partner wrote into a test message is sealed under the house's key.

use super::RecordError;
use super::event::{kind_from, kind_number};
use crate::crypto::{self, Keyring};
use crate::domain::delivery::{Answer, Attempt, HaltCause, Message, MessageKey, NoAnswer};
use crate::domain::id::{EventId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::webhook_delivery::State;
use crate::store::codec::{self, CodecError, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};

/// How far a webhook was told, as it is worked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// All events up to this number were taken up.
    pub told: u64,
    /// Replays that are not through, the oldest first.
    pub runs: Vec<Run>,
    /// The last number that was given to a replay.
    pub last_run: u32,
    /// The last number that was given to a test message.
    pub tests: u64,
    /// How many tries in a row failed.
    pub failures: u32,
    /// Whether the last answer took long.
    pub is_slow: bool,
    /// Why nothing goes there any more.
    pub halt: Option<Halt>,
}

/// Events that are told once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The run's number.
    pub run: u32,
    /// All before this one were taken up.
    pub next: u64,
    /// The last one.
    pub to: u64,
}

/// Since when and why nothing goes to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Halt {
    /// How often the partner had said how it should be: whatever it says later lifts this.
    pub term: u32,
    /// Why.
    pub cause: HaltCause,
    /// Since when.
    pub at: UnixMillis,
}

impl Halt {
    /// Whether it stands against what the partner said then.
    pub const fn holds(&self, term: u32) -> bool {
        self.term == term
    }
}

/// How far a webhook was told, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookCursorV1 {
    told: u64,
    runs: Vec<Run>,
    last_run: u32,
    tests: u64,
    failures: u32,
    is_slow: bool,
    halt: Option<(u32, u8, i64)>,
}

impl Record for WebhookCursorV1 {
    const KIND: u8 = b'V';
    const SCHEMA: u8 = 1;
}

impl From<&Cursor> for WebhookCursorV1 {
    fn from(cursor: &Cursor) -> Self {
        let Cursor { told, runs, last_run, tests, failures, is_slow, halt } = cursor.clone();
        let halt = halt.map(|halt| (halt.term, halt_number(halt.cause), halt.at.0));
        Self { told, runs, last_run, tests, failures, is_slow, halt }
    }
}

impl TryFrom<WebhookCursorV1> for Cursor {
    type Error = RecordError;

    fn try_from(record: WebhookCursorV1) -> Result<Self, RecordError> {
        let WebhookCursorV1 { told, runs, last_run, tests, failures, is_slow, halt } = record;
        let read = |(term, cause, at): (u32, u8, i64)| {
            halt_from(cause).map(|cause| Halt { term, cause, at: UnixMillis(at) })
        };
        Ok(Self { told, runs, last_run, tests, failures, is_slow, halt: halt.map(read).transpose()? })
    }
}

/// A message that was tried, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageV1 {
    event: [u8; 32],
    kind: u8,
    state: u8,
    tries: u32,
    created: i64,
    updated: i64,
    next: Option<i64>,
    text: Option<Vec<u8>>,
}

impl Record for MessageV1 {
    const KIND: u8 = b'w';
    const SCHEMA: u8 = 1;
}

/// One attempt, first schema: its number stands in its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptV1 {
    at: i64,
    took: u64,
    /// A status, or none and why.
    status: Option<u16>,
    why: u8,
}

impl Record for AttemptV1 {
    const KIND: u8 = b'a';
    const SCHEMA: u8 = 1;
}

/// One attempt, second schema: it says where it went, sealed, for a URL may hold what lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptV2 {
    first: AttemptV1,
    url: Option<Vec<u8>>,
}

impl Record for AttemptV2 {
    const KIND: u8 = b'a';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<AttemptV1>(payload).map(|first| Self { first, url: None }),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

/// A message that is tried again, first schema: its key says everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryV1;

impl Record for RetryV1 {
    const KIND: u8 = b'F';
    const SCHEMA: u8 = 1;
}

fn place(webhook: WebhookId, key: MessageKey) -> Vec<u8> {
    key::message(webhook, key.sequence, key.run)
}

/// The stored value of a message.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    webhook: WebhookId,
    key: MessageKey,
    message: &Message,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let seal =
        |text: &String| crypto::seal(keyring.system_key(), nonce, &place(webhook, key), text.as_bytes());
    let record = MessageV1 {
        event: message.event.0,
        kind: kind_number(message.kind),
        state: message_state_number(message.state),
        tries: message.tries,
        created: message.created.0,
        updated: message.updated.0,
        next: message.next.map(|at| at.0),
        text: message.text.as_ref().map(seal),
    };
    Ok(codec::encode(0, &record)?)
}

/// Reads a stored message.
///
/// # Errors
/// When it is damaged or its seal does not open.
pub fn decode(
    webhook: WebhookId,
    key: MessageKey,
    value: &[u8],
    keyring: &Keyring,
) -> Result<Message, RecordError> {
    let (_, record) = codec::decode::<MessageV1>(value)?;
    let open = |sealed: Vec<u8>| opened(&sealed, &place(webhook, key), keyring);
    Ok(Message {
        event: EventId(record.event),
        kind: kind_from(record.kind)?,
        state: message_state_from(record.state)?,
        tries: record.tries,
        created: UnixMillis(record.created),
        updated: UnixMillis(record.updated),
        next: record.next.map(UnixMillis),
        text: record.text.map(open).transpose()?,
    })
}

/// Where a stored message stands, and when it was tried last: without opening it.
///
/// # Errors
/// When it is damaged.
pub fn end(value: &[u8]) -> Result<(State, UnixMillis), RecordError> {
    let (_, record) = codec::decode::<MessageV1>(value)?;
    Ok((message_state_from(record.state)?, UnixMillis(record.updated)))
}

/// The stored value of an attempt.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode_attempt(
    webhook: WebhookId,
    key: MessageKey,
    attempt: &Attempt,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let place = key::attempt(webhook, key.sequence, key.run, attempt.number);
    let seal = |url: &String| crypto::seal(keyring.system_key(), nonce, &place, url.as_bytes());
    let record = AttemptV2 { first: attempt.into(), url: attempt.url.as_ref().map(seal) };
    Ok(codec::encode(0, &record)?)
}

/// Reads a stored attempt.
///
/// # Errors
/// When it is damaged or its seal does not open.
pub fn decode_attempt(
    webhook: WebhookId,
    key: MessageKey,
    number: u32,
    value: &[u8],
    keyring: &Keyring,
) -> Result<Attempt, RecordError> {
    let (_, AttemptV2 { first, url }) = codec::decode::<AttemptV2>(value)?;
    let place = key::attempt(webhook, key.sequence, key.run, number);
    let answer = match first.status {
        Some(status) => Answer::Status(status, None),
        None => Answer::None(no_answer_from(first.why)?),
    };
    let url = url.map(|sealed| opened(&sealed, &place, keyring)).transpose()?;
    Ok(Attempt { number, at: UnixMillis(first.at), took: Span(first.took), answer, url })
}

fn opened(sealed: &[u8], place: &[u8], keyring: &Keyring) -> Result<String, RecordError> {
    let plain = crypto::open(keyring.system_key(), place, sealed).map_err(|_| RecordError::Seal)?;
    String::from_utf8(plain).map_err(|_| RecordError::Text)
}

impl From<&Attempt> for AttemptV1 {
    fn from(attempt: &Attempt) -> Self {
        let (status, why) = match attempt.answer {
            Answer::Status(status, _) => (Some(status), 0),
            Answer::None(why) => (None, no_answer_number(why)),
        };
        Self { at: attempt.at.0, took: attempt.took.0, status, why }
    }
}

pub(super) const fn message_state_number(state: State) -> u8 {
    match state {
        State::Pending => 1,
        State::Retrying => 2,
        State::Delivered => 3,
        State::Exhausted => 4,
    }
}

fn message_state_from(number: u8) -> Result<State, RecordError> {
    use crate::domain::workflow::Names;
    let found = State::ALL.iter().copied().find(|state| message_state_number(*state) == number);
    found.ok_or(RecordError::Number(number))
}

pub(super) const fn halt_number(cause: HaltCause) -> u8 {
    match cause {
        HaltCause::Exhausted => 1,
        HaltCause::Gone => 2,
    }
}

fn halt_from(number: u8) -> Result<HaltCause, RecordError> {
    match number {
        1 => Ok(HaltCause::Exhausted),
        2 => Ok(HaltCause::Gone),
        _ => Err(RecordError::Number(number)),
    }
}

pub(super) const fn no_answer_number(why: NoAnswer) -> u8 {
    match why {
        NoAnswer::TimedOut => 1,
        NoAnswer::NoName => 2,
        NoAnswer::Forbidden => 3,
        NoAnswer::NoConnection => 4,
        NoAnswer::NotTrusted => 5,
        NoAnswer::Broken => 6,
    }
}

fn no_answer_from(number: u8) -> Result<NoAnswer, RecordError> {
    let found = NoAnswer::ALL.into_iter().find(|why| no_answer_number(*why) == number);
    found.ok_or(RecordError::Number(number))
}
