//! Where events stand: their numbers in the list of an application, their index by name, the timeline of
//! each user. Readers see a number only when all smaller ones are durable. Must not know: what an event says.

use super::core::DurableSequence;
use crate::domain::id::{ApplicationId, UserId};
use crate::store::codec::{self, Record};
use crate::store::{Order, Store, StoreError, key};
use serde::{Deserialize, Serialize};

/// Where an event stands, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventIndexV1 {
    /// The application's id.
    pub application: [u8; 16],
    /// Its number there.
    pub sequence: u64,
}

impl Record for EventIndexV1 {
    const KIND: u8 = b'e';
    const SCHEMA: u8 = 1;
}

/// One line of a user's timeline, first schema: whose list the event stands in; its number is in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineV1(pub [u8; 16]);

impl Record for TimelineV1 {
    const KIND: u8 = b'l';
    const SCHEMA: u8 = 1;
}

/// A page of an application's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// Sequences and wrapped values, newest first; only what is durable.
    pub events: Vec<(u64, Vec<u8>)>,
    /// Where older ones go on, if there may be any.
    pub before: Option<u64>,
}

/// At most `limit` of an application's newest events: those before the sequence `before`, or from the
/// newest on.
///
/// # Errors
/// When the store does not answer.
pub fn durable_events(
    store: &dyn Store,
    durable: &DurableSequence,
    application: ApplicationId,
    before: Option<u64>,
    limit: usize,
) -> Result<EventPage, StoreError> {
    let known = durable.get();
    let (from, end) = key::all_of(key::Kind::Event, application.bytes());
    let to = before.map_or(end, |sequence| key::event(application, sequence));
    let rows = store.scan(&from, &to, Order::Descending, limit)?;
    let is_full = rows.len() == limit;
    let oldest = rows.last().and_then(|(key, _)| key::read_event(key)).map(|(_, sequence)| sequence);
    let shown = rows
        .into_iter()
        .filter(|(_, value)| codec::peek_version(value).is_ok_and(|version| version <= known));
    let events =
        shown.filter_map(|(key, value)| key::read_event(&key).map(|(_, sequence)| (sequence, value)));
    Ok(EventPage { events: events.collect(), before: oldest.filter(|_| is_full) })
}

/// At most `limit` of an application's oldest events behind the number `after`, oldest first, as wrapped
/// values; only what is durable.
///
/// # Errors
/// When the store does not answer.
pub fn durable_events_after(
    store: &dyn Store,
    durable: &DurableSequence,
    application: ApplicationId,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let known = durable.get();
    let from = key::event(application, after.saturating_add(1));
    let (_, to) = key::all_of(key::Kind::Event, application.bytes());
    let rows = store.scan(&from, &to, Order::Ascending, limit)?;
    // The first that is not durable hides all behind it: numbers are given out in the order of commits.
    let shown = rows
        .into_iter()
        .take_while(|(_, value)| codec::peek_version(value).is_ok_and(|version| version <= known));
    Ok(shown.filter_map(|(key, value)| key::read_event(&key).map(|(_, number)| (number, value))).collect())
}

/// The last durable number of an application's events; 0 when there is none.
///
/// # Errors
/// When the store does not answer.
pub fn last_durable_event(
    store: &dyn Store,
    durable: &DurableSequence,
    application: ApplicationId,
) -> Result<u64, StoreError> {
    let mut before = None;
    loop {
        let page = durable_events(store, durable, application, before, 16)?;
        if let Some((number, _)) = page.events.first() {
            return Ok(*number);
        }
        before = page.before;
        if before.is_none() {
            return Ok(0);
        }
    }
}

/// A page of a user's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    /// Applications and numbers, newest first; only what is durable.
    pub lines: Vec<(ApplicationId, u64)>,
    /// Where older ones go on, if there may be any.
    pub before: Option<u64>,
}

/// At most `limit` of a user's newest lines: those before the number `before`, or from the newest on.
///
/// # Errors
/// When the store does not answer or a line is damaged.
pub fn durable_timeline(
    store: &dyn Store,
    durable: &DurableSequence,
    user: UserId,
    before: Option<u64>,
    limit: usize,
) -> Result<TimelinePage, StoreError> {
    let known = durable.get();
    let (from, end) = key::all_of(key::Kind::Timeline, user.bytes());
    let to = before.map_or(end, |number| key::timeline(user, number));
    let rows = store.scan(&from, &to, Order::Descending, limit)?;
    let is_full = rows.len() == limit;
    let oldest = rows.last().and_then(|(key, _)| key::read_timeline(key)).map(|(_, number)| number);
    let mut lines = Vec::with_capacity(rows.len());
    for (key, value) in rows {
        let (version, line) =
            codec::decode::<TimelineV1>(&value).map_err(|error| StoreError::Value(error.to_string()))?;
        if version <= known
            && let Some((_, number)) = key::read_timeline(&key)
        {
            lines.push((ApplicationId(uuid::Uuid::from_bytes(line.0)), number));
        }
    }
    Ok(TimelinePage { lines, before: oldest.filter(|_| is_full) })
}
