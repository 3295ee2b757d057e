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
    let (from, end) = key::all_of(key::Kind::Event, application.bytes());
    let to = before.map_or(end, |sequence| key::event(application, sequence));
    let number = |key: &[u8]| key::read_event(key).map(|(_, sequence)| sequence);
    let (events, before) = newest(store, durable, &from, &to, limit, number)?;
    Ok(EventPage { events, before })
}

/// Values with their numbers, the newest first, and where older ones go on.
type Numbered = (Vec<(u64, Vec<u8>)>, Option<u64>);

/// What is durable of at most `limit` rows at the end of a range. A page of what is hidden is not the end.
fn newest(
    store: &dyn Store,
    durable: &DurableSequence,
    from: &[u8],
    to: &[u8],
    limit: usize,
    number: impl Fn(&[u8]) -> Option<u64>,
) -> Result<Numbered, StoreError> {
    let known = durable.get();
    let rows = store.scan(from, to, Order::Descending, limit)?;
    let before = rows.last().filter(|_| rows.len() == limit).and_then(|(key, _)| number(key));
    let is_durable = |value: &[u8]| codec::peek_version(value).is_ok_and(|version| version <= known);
    let shown = rows.into_iter().filter(|(_, value)| is_durable(value));
    Ok((shown.filter_map(|(key, value)| number(&key).map(|number| (number, value))).collect(), before))
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
    let (from, end) = key::all_of(key::Kind::Timeline, user.bytes());
    let to = before.map_or(end, |number| key::timeline(user, number));
    let number = |key: &[u8]| key::read_timeline(key).map(|(_, number)| number);
    let (rows, before) = newest(store, durable, &from, &to, limit, number)?;
    let line = |(number, value): (u64, Vec<u8>)| {
        let (_, line) =
            codec::decode::<TimelineV1>(&value).map_err(|error| StoreError::Value(error.to_string()))?;
        Ok((ApplicationId(uuid::Uuid::from_bytes(line.0)), number))
    };
    Ok(TimelinePage { lines: rows.into_iter().map(line).collect::<Result<_, StoreError>>()?, before })
}
