//! What a webhook's queue reads and writes: its cursor, the next events, messages, attempts, retries. Plain
//! functions without async, for the actor and the simulator alike. Must not know: who is tried when.

use super::change::{Change, Wanted, WantedPage};
use super::line::NEAR_MAX;
use crate::crypto::Keyring;
use crate::domain::delivery::{Attempt, LIVE, Message, MessageKey, TEST};
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Table;
use crate::domain::workflow::webhook_delivery::WebhookDelivery;
use crate::engine::committer::events::durable_events_after;
use crate::engine::committer::{Commit, Condition, DurableSequence, Expect, Write};
use crate::engine::read::ReadError;
use crate::engine::records::RecordError;
use crate::engine::records::delivery::{self, Cursor, RetryV1, WebhookCursorV1};
use crate::engine::records::event;
use crate::store::key::Kind;
use crate::store::{Order, Store, codec, key};
use std::collections::VecDeque;

/// Events that are read at a time.
pub const PAGE_MAX: usize = 64;

/// The next events of a webhook, in order: those that it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In which run they are told.
    pub run: u32,
    /// All up to this number were looked at.
    pub read_to: u64,
    /// Nothing stood behind it.
    pub is_end: bool,
    /// The numbers.
    pub sequences: VecDeque<u64>,
}

impl Page {
    /// The first that was not told yet.
    pub fn first(&self) -> Option<MessageKey> {
        self.sequences.front().map(|sequence| MessageKey { sequence: *sequence, run: self.run })
    }

    /// The first is under way.
    pub fn take_first(&mut self) {
        self.sequences.pop_front();
    }

    /// It is not.
    pub fn put_first(&mut self, sequence: u64) {
        self.sequences.push_front(sequence);
    }
}

/// What was read of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Its cursor and the cursor's version, when it was asked for and is there.
    pub cursor: Option<(u64, Cursor)>,
    /// What is tried again first.
    pub retries: Vec<(UnixMillis, MessageKey)>,
    /// Up to when those are all; nothing when there are no more.
    pub horizon: Option<UnixMillis>,
    /// The next events, when they were asked for.
    pub page: Option<Page>,
}

/// Reads what a queue wants; `wants` says of which events its webhook is told, by kind and number.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn load(
    store: &dyn Store,
    durable: &DurableSequence,
    wanted: &Wanted,
    wants: impl Fn(EventKind, u64) -> bool,
) -> Result<Loaded, ReadError> {
    let (from, to) = key::all_of(Kind::Retry, wanted.webhook.bytes());
    let rows = store.scan(&from, &to, Order::Ascending, NEAR_MAX)?;
    let read = |(at, sequence, run)| (at, MessageKey { sequence, run });
    let retries: Vec<_> = rows.iter().filter_map(|(row, _)| key::read_retry(row).map(read)).collect();
    let horizon = retries.last().map(|(at, _)| *at).filter(|_| rows.len() == NEAR_MAX);
    let cursor = if wanted.is_first { cursor(store, wanted.webhook)? } else { None };
    let page = |page| read_page(store, durable, wanted.application, page, wants);
    Ok(Loaded { cursor, retries, horizon, page: wanted.page.map(page).transpose()? })
}

/// How far a webhook was told, and the version of that.
///
/// # Errors
/// When the store does not answer or the record is damaged.
pub fn cursor(store: &dyn Store, webhook: WebhookId) -> Result<Option<(u64, Cursor)>, ReadError> {
    let Some(value) = store.get(&key::webhook_cursor(webhook))? else { return Ok(None) };
    let (version, record) = codec::decode::<WebhookCursorV1>(&value).map_err(RecordError::from)?;
    Ok(Some((version, Cursor::try_from(record)?)))
}

fn read_page(
    store: &dyn Store,
    durable: &DurableSequence,
    application: ApplicationId,
    wanted: WantedPage,
    wants: impl Fn(EventKind, u64) -> bool,
) -> Result<Page, ReadError> {
    let WantedPage { run, after, to } = wanted;
    let rows = durable_events_after(store, durable, application, after, PAGE_MAX)?;
    let is_full = rows.len() == PAGE_MAX;
    let last = rows.last().map_or(after, |(sequence, _)| *sequence);
    let is_end = !is_full || last >= to;
    let mut sequences = VecDeque::new();
    for (sequence, value) in rows.into_iter().filter(|(sequence, _)| *sequence <= to) {
        // A replay tells of what is wanted today, also from before that.
        let number = if run == LIVE { sequence } else { u64::MAX };
        if wants(event::decode(&value, None)?.kind, number) {
            sequences.push_back(sequence);
        }
    }
    // A replay ends where it was to end, also when the last events of it are gone.
    let read_to = if is_end && run != LIVE { to } else { last };
    Ok(Page { run, read_to, is_end, sequences })
}

/// A message before its next try, with the event that it tells of; nothing when that is gone. A test
/// message tells of none.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn message(
    store: &dyn Store,
    keyring: &Keyring,
    table: &Table<WebhookDelivery>,
    (application, webhook, key): (ApplicationId, WebhookId, MessageKey),
    now: UnixMillis,
) -> Result<Option<(Message, Option<Event>)>, ReadError> {
    if let Some(found) = stored(store, keyring, (application, webhook), key)? {
        let is_told = key.run == TEST || found.1.is_some();
        return Ok(Some(found).filter(|_| is_told));
    }
    let event = if key.run == TEST { None } else { event_of(store, application, key.sequence)? };
    Ok(event.map(|event| (Message::new(table, event.id, event.kind, now), Some(event))))
}

/// A message that was tried, with the event that it tells of.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn stored(
    store: &dyn Store,
    keyring: &Keyring,
    (application, webhook): (ApplicationId, WebhookId),
    key: MessageKey,
) -> Result<Option<(Message, Option<Event>)>, ReadError> {
    let Some(value) = store.get(&key::message(webhook, key.sequence, key.run))? else { return Ok(None) };
    let message = delivery::decode(webhook, key, &value, keyring)?;
    let event = if key.run == TEST { None } else { event_of(store, application, key.sequence)? };
    Ok(Some((message, event)))
}

fn event_of(
    store: &dyn Store,
    application: ApplicationId,
    sequence: u64,
) -> Result<Option<Event>, ReadError> {
    let value = store.get(&key::event(application, sequence))?;
    Ok(value.map(|value| event::decode(&value, None)).transpose()?)
}

/// The number of the first event of an application, up to `last`, that happened at this instant or later;
/// the one behind `last` when there is none. Events stand in the order of their instants; those that are gone
/// were the first.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn first_event(
    store: &dyn Store,
    application: ApplicationId,
    last: u64,
    at: UnixMillis,
) -> Result<u64, ReadError> {
    let (mut from, mut to) = (1, last.saturating_add(1));
    while from < to {
        let middle = from + (to - from) / 2;
        let is_before = event_of(store, application, middle)?.is_none_or(|event| event.recorded < at);
        (from, to) = if is_before { (middle + 1, to) } else { (from, middle) };
    }
    Ok(from)
}

/// A message with its place and the event that it tells of.
type Found = (MessageKey, Message, Option<Event>);

/// At most `limit` messages of a webhook, the newest events first, behind `before`; and where older ones
/// go on, if there may be any.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn messages(
    store: &dyn Store,
    keyring: &Keyring,
    (application, webhook): (ApplicationId, WebhookId),
    before: Option<MessageKey>,
    limit: usize,
) -> Result<(Vec<Found>, Option<MessageKey>), ReadError> {
    let (from, end) = key::all_of(Kind::Message, webhook.bytes());
    let to = before.map_or(end, |before| key::message(webhook, before.sequence, before.run));
    let rows = store.scan(&from, &to, Order::Descending, limit)?;
    let is_full = rows.len() == limit;
    let found = rows.into_iter().map(|(row, value)| {
        let (_, sequence, run) = key::read_message(&row).ok_or(RecordError::Key)?;
        let key = MessageKey { sequence, run };
        let message = delivery::decode(webhook, key, &value, keyring)?;
        let event = if run == TEST { None } else { event_of(store, application, sequence)? };
        Ok((key, message, event))
    });
    let found = found.collect::<Result<Vec<Found>, ReadError>>()?;
    let next = found.last().map(|(key, _, _)| *key).filter(|_| is_full);
    Ok((found, next))
}

/// The attempts of a message, the newest first.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn attempts(
    store: &dyn Store,
    keyring: &Keyring,
    webhook: WebhookId,
    key: MessageKey,
) -> Result<Vec<Attempt>, ReadError> {
    let (from, to) = key::attempts(webhook, key.sequence, key.run);
    let rows = store.scan(&from, &to, Order::Descending, usize::MAX)?;
    let read = rows.into_iter().map(|(row, value)| {
        let number = key::read_attempt(&row).ok_or(RecordError::Key)?;
        Ok(delivery::decode_attempt(webhook, key, number, &value, keyring)?)
    });
    read.collect()
}

/// A change as a commit: it holds while its webhook stands and nobody else wrote the cursor.
///
/// # Errors
/// When a record would be too long.
pub fn commit(keyring: &Keyring, change: &Change, entropy: &mut Entropy) -> Result<Commit, RecordError> {
    let webhook = change.subscriber.webhook;
    let (cursor, mut commit) = (key::webhook_cursor(webhook), Commit::default());
    let expect = if change.version == 0 { Expect::Absent } else { Expect::Version(change.version) };
    let stands = key::webhook(change.subscriber.application, webhook);
    commit.conditions.push(Condition { key: stands, expect: Expect::Present });
    commit.conditions.push(Condition { key: cursor.clone(), expect });
    let mut put = |key, value| commit.writes.push(Write { key, value });
    put(cursor, Some(codec::encode(change.version + 1, &WebhookCursorV1::from(&change.cursor))?));
    let row = |key: MessageKey| key::message(webhook, key.sequence, key.run);
    let retry = |key: MessageKey, at| key::retry(webhook, at, key.sequence, key.run);
    for done in &change.done {
        if let Some(at) = done.was_due {
            put(retry(done.key, at), None);
        }
        let Some((message, attempt)) = &done.told else { continue };
        let value = delivery::encode(webhook, done.key, message, keyring, entropy.nonce())?;
        put(row(done.key), Some(value));
        let MessageKey { sequence, run } = done.key;
        let value = delivery::encode_attempt(webhook, done.key, attempt, keyring, entropy.nonce())?;
        put(key::attempt(webhook, sequence, run, attempt.number), Some(value));
        if let Some(at) = message.next {
            put(retry(done.key, at), Some(codec::encode(0, &RetryV1)?));
        }
    }
    for (key, message) in &change.tests {
        put(row(*key), Some(delivery::encode(webhook, *key, message, keyring, entropy.nonce())?));
        if let Some(at) = message.next {
            put(retry(*key, at), Some(codec::encode(0, &RetryV1)?));
        }
    }
    Ok(commit)
}
