//! Everything that happened to an application's users, in the order of its numbers, from a number on; and one
//! user's part of it. A reader that keeps the last number it saw misses nothing and sees nothing twice. Must
//! not know: how it is sent.

use super::Engine;
use super::bell::Listening;
use super::committer::events::{TimelinePage, durable_events_after, durable_timeline};
use super::read::events::EventFilter;
use super::read::{Keys, ReadError};
use super::records::event;
use super::user::core::Trouble;
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, UserId};
use crate::store::key;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Readers that wait for what happens next, at a time: they hold a place for as long as they wait.
pub const WAITING_MAX: usize = 4096;

/// Events that are looked at for one page of a filter; the next page goes on behind them.
const LOOKED_AT_MAX: usize = 10_000;

/// Events that are read at a time.
const STRIDE: usize = 500;

/// So many of them may be one application's, where nothing is set.
pub const READERS: usize = 256;

/// The places of those who wait: some for each application, under a number for all.
#[derive(Debug, Clone)]
pub struct Seats {
    all: Arc<Semaphore>,
    of_application: usize,
    taken: Arc<Mutex<BTreeMap<ApplicationId, usize>>>,
}

impl Seats {
    /// All are free; one application may take so many.
    pub fn new(of_application: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(WAITING_MAX)), of_application, taken: Arc::default() }
    }

    /// A place, or which limit leaves none.
    fn take(&self, application: ApplicationId) -> Result<Seat, &'static str> {
        let permit = self.all.clone().try_acquire_owned().map_err(|_| "feed_waiting")?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(application).or_default();
        if *count >= self.of_application {
            return Err("feed_readers");
        }
        *count += 1;
        Ok(Seat { application, taken: self.taken.clone(), _permit: permit })
    }
}

/// A place for one who waits; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    application: ApplicationId,
    taken: Arc<Mutex<BTreeMap<ApplicationId, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.application) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.application);
            }
        }
    }
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// Events with their numbers, oldest first.
    pub events: Vec<(u64, Event)>,
    /// What happened up to this number was looked at.
    pub cursor: u64,
    /// Something behind the number that was asked for is not kept any more.
    pub is_cut: bool,
    /// Nothing more is there at the moment.
    pub is_end: bool,
}

/// Events with their numbers, newest first, and where older ones go on.
pub type TimelineOf = (Vec<(u64, Event)>, Option<u64>);

impl Engine {
    /// What happened behind the number `after`, at most `limit` events that fit the filter.
    ///
    /// # Errors
    /// When the store does not answer or a record is damaged.
    pub fn feed(
        &self,
        application: ApplicationId,
        after: u64,
        limit: usize,
        filter: &EventFilter,
    ) -> Result<FeedPage, Trouble> {
        super::readable(self.read_feed(application, after, limit, filter))
    }

    fn read_feed(
        &self,
        application: ApplicationId,
        after: u64,
        limit: usize,
        filter: &EventFilter,
    ) -> Result<FeedPage, ReadError> {
        let (store, durable) = (self.shared.store.as_ref(), self.shared.committer.durable());
        let mut keys = Keys::new(&self.shared.library);
        let mut page = FeedPage { events: Vec::new(), cursor: after, is_cut: false, is_end: false };
        let mut looked = 0;
        while page.events.len() < limit && looked < LOOKED_AT_MAX {
            let rows = durable_events_after(store, durable, application, page.cursor, STRIDE)?;
            page.is_cut |= looked == 0 && rows.first().is_some_and(|(first, _)| *first > after + 1);
            let is_last = rows.len() < STRIDE;
            let count = rows.len();
            for (number, value) in rows {
                if page.events.len() == limit {
                    return Ok(page);
                }
                page.cursor = number;
                // Without a key first: opening a seal costs.
                if filter.fits(&event::decode(&value, None)?) {
                    page.events.push((number, keys.event(&value)?));
                }
            }
            looked += count;
            if is_last {
                page.is_end = true;
                break;
            }
        }
        Ok(page)
    }

    /// One user's part of it, newest first: at most `limit` lines before the number `before`; and where older
    /// ones go on.
    ///
    /// # Errors
    /// When the store does not answer or a record is damaged.
    pub fn timeline(
        &self,
        application: ApplicationId,
        user: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<TimelineOf, Trouble> {
        super::readable(self.read_timeline(application, user, before, limit))
    }

    fn read_timeline(
        &self,
        application: ApplicationId,
        user: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<TimelineOf, ReadError> {
        let (store, durable) = (self.shared.store.as_ref(), self.shared.committer.durable());
        let mut keys = Keys::new(&self.shared.library);
        let TimelinePage { lines, before } = durable_timeline(store, durable, user, before, limit)?;
        let mut events = Vec::new();
        for (_, number) in lines.into_iter().filter(|(owner, _)| *owner == application) {
            let Some(value) = store.get(&key::event(application, number))? else { continue };
            events.push((number, keys.event(&value)?));
        }
        Ok((events, before))
    }

    /// Listens to what happens to an application's users from now on; nothing, when too many do, of all or of its own.
    pub fn listen(&self, application: ApplicationId) -> Option<(Seat, Listening)> {
        match self.shared.seats.take(application) {
            Ok(seat) => Some((seat, self.shared.bell.listen(application))),
            Err(limit) => {
                self.shared.metrics.refuse(limit);
                None
            }
        }
    }
}
