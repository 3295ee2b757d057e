//! Events as partners list them: the compatible ones of the last days, the newest first, page by page; and
//! one by its name. Whoever goes from page to page sees each exactly once. Must not know: who asks, how a
//! place in the list is written.

use super::{Keys, ReadError, record};
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, EventId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::DurableSequence;
use crate::engine::committer::events::{EventIndexV1, durable_events};
use crate::engine::records::{RecordError, event};
use crate::engine::user::load::Library;
use crate::store::{codec, key};
use std::collections::BTreeSet;

/// How far back the compatible event list reaches (contract section 2.4).
pub const EVENT_LIST_REACH: Span = Span::days(7);

/// Events on a page, where nothing is said, and at most.
pub const EVENT_LIST_MAX: usize = 500;

/// Events that are read at a time.
const STRIDE: usize = 500;

/// Events that are looked at for one page of a filter; the next page goes on behind them.
const LOOKED_AT_MAX: usize = 500_000;

/// Which events are wanted; an absent member lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this user.
    pub user: Option<UserId>,
    /// Of one of these entities: `user`, `consent`, …
    pub entities: Option<BTreeSet<String>>,
    /// Of one of these kinds.
    pub kinds: Option<BTreeSet<EventKind>>,
}

impl EventFilter {
    fn lets_through(&self, event: &Event) -> bool {
        event.kind.is_compatible() && self.fits(event)
    }

    /// Whether an event of any kind is wanted.
    pub(in crate::engine) fn fits(&self, event: &Event) -> bool {
        let (entity, _) = event.kind.words();
        self.user.is_none_or(|user| user == event.user)
            && self.entities.as_ref().is_none_or(|entities| entities.contains(entity))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&event.kind))
    }
}

/// Which page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    /// Behind the event of this number; from the newest on where nothing is said.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl Default for EventPlace {
    fn default() -> Self {
        Self { before: None, limit: EVENT_LIST_MAX }
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventList {
    /// The newest first.
    pub events: Vec<Event>,
    /// Behind which number the next page begins; nothing where all was shown.
    pub next: Option<u64>,
}

/// The compatible events of an application that are durable and at most [`EVENT_LIST_REACH`] old by real time,
/// newest first. What happens meanwhile stands before the first page and moves no other.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn events(
    library: &Library,
    durable: &DurableSequence,
    application: ApplicationId,
    filter: &EventFilter,
    place: EventPlace,
    now: UnixMillis,
) -> Result<EventList, ReadError> {
    page(library, durable, application, filter, place, now, LOOKED_AT_MAX)
}

fn page(
    library: &Library,
    durable: &DurableSequence,
    application: ApplicationId,
    filter: &EventFilter,
    place: EventPlace,
    now: UnixMillis,
    looked_at_max: usize,
) -> Result<EventList, ReadError> {
    let mut keys = Keys::new(library);
    let (mut events, mut before, mut last, mut looked) = (Vec::new(), place.before, None, 0);
    loop {
        let page = durable_events(library.store.as_ref(), durable, application, before, STRIDE)?;
        for (number, value) in page.events {
            // Without a key first: most rows do not fit a filter, and opening a seal costs.
            let closed = event::decode(&value, None)?;
            if now.since(closed.recorded) > EVENT_LIST_REACH {
                return Ok(EventList { events, next: None });
            }
            if !filter.lets_through(&closed) {
                continue;
            }
            // One more than the page holds shows that another page follows.
            if events.len() == place.limit.max(1) {
                return Ok(EventList { events, next: last });
            }
            events.push(keys.event(&value)?);
            last = Some(number);
        }
        looked += STRIDE;
        before = page.before;
        if before.is_none() || looked >= looked_at_max {
            return Ok(EventList { events, next: before });
        }
    }
}

/// One event of an application, if it is durable.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn event(
    library: &Library,
    durable: &DurableSequence,
    application: ApplicationId,
    id: EventId,
) -> Result<Option<Event>, ReadError> {
    let store = library.store.as_ref();
    let Some(place) = record::<EventIndexV1>(store.get(&key::event_index(id))?)? else { return Ok(None) };
    if place.application != *application.bytes() {
        return Ok(None);
    }
    let Some(value) = store.get(&key::event(application, place.sequence))? else { return Ok(None) };
    if codec::peek_version(&value).map_err(RecordError::from)? > durable.get() {
        return Ok(None);
    }
    Keys::new(library).event(&value).map(Some)
}

#[cfg(test)]
mod tests;
