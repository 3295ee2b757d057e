//! Removes what is over its time: forgotten marks, old accesses, and events older than anybody may ask for. One commit at
//! a time, behind all others, so that people never wait for it; a crash loses at most one such commit, which
//! the next start does again. Must not know: what a mark or an event says.

use super::committer::{Commit, Condition, Expect, Write};
use super::mark;
use super::read::ReadError;
use super::records::{RecordError, event};
use super::shared::Shared;
use super::user::load::Library;
use crate::domain::day::Day;
use crate::domain::id::ApplicationId;
use crate::domain::time::{Span, UnixMillis};
use crate::store::key::{AccessBlock, Kind};
use crate::store::{Order, Store, key};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long events are kept, unless the operator says otherwise.
pub const EVENT_LIFETIME: Span = Span::days(30);

/// Rows that one commit removes at most, but for the parts of its last mark.
pub const ROWS_MAX: usize = 128;

/// Rows of one event: itself, its name, its line in a timeline.
const ROWS_AN_EVENT: usize = 3;

/// How long until it is looked again, at most and at least.
const PAUSES: (Span, Span) = (Span(100), Span::minutes(1));

/// What one commit removes.
#[derive(Debug, Default)]
pub struct Step {
    /// Rows that go.
    pub commit: Commit,
    /// Marks or events among them.
    pub gone: u64,
    /// Since when the first of them is over its time.
    pub over_since: Option<UnixMillis>,
    /// Whether there may be more.
    pub is_more: bool,
}

/// The marks that are forgotten first. A mark that was made anew under its name in between stands under
/// another instant: then nothing of the commit holds.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn marks(library: &Library, now: UnixMillis) -> Result<Step, ReadError> {
    let (from, to) = key::marks_due(now);
    let rows = library.store.scan(&from, &to, Order::Ascending, ROWS_MAX / 2)?;
    let mut step = Step { is_more: rows.len() == ROWS_MAX / 2, ..Step::default() };
    for (row, _) in rows {
        if step.commit.writes.len() >= ROWS_MAX {
            step.is_more = true;
            break;
        }
        let (forgotten, id) = key::read_mark_due(&row).ok_or(RecordError::Key)?;
        step.commit.writes.extend(mark::forget(library, &id, forgotten)?);
        step.commit.conditions.push(Condition { key: row, expect: Expect::Present });
        step.gone += 1;
        step.over_since = step.over_since.or(Some(forgotten));
    }
    Ok(step)
}

/// The blocks of accesses that are over their time as wholes, the oldest first. Nobody writes into those any more.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn accesses(store: &dyn Store, now: UnixMillis, lifetime: Span) -> Result<Step, ReadError> {
    let oldest = AccessBlock::of(Day::of(now.minus(lifetime)));
    let (from, to) = key::access_blocks_before(oldest);
    let rows = store.scan(&from, &to, Order::Ascending, ROWS_MAX / 2)?;
    let mut step = Step { is_more: rows.len() == ROWS_MAX / 2, ..Step::default() };
    for (row, _) in rows {
        let (block, user) = key::read_access_block(&row).ok_or(RecordError::Key)?;
        step.over_since = step.over_since.or(Some(block.next().first().midnight().plus(lifetime)));
        let gone = [row, key::access(user, block)];
        step.commit.writes.extend(gone.map(|key| Write { key, value: None }));
        step.gone += 1;
    }
    Ok(step)
}

/// The first application from `from` on that has events.
///
/// # Errors
/// When the store does not answer.
pub fn next_application(
    store: &dyn Store,
    from: Option<ApplicationId>,
) -> Result<Option<ApplicationId>, ReadError> {
    let (first, end) = key::all(Kind::Event);
    let first = from.map_or(first, |id| key::all_of(Kind::Event, id.bytes()).0);
    let found = store.scan(&first, &end, Order::Ascending, 1)?.pop();
    found.map(|(row, _)| Ok(key::read_event(&row).ok_or(RecordError::Key)?.0)).transpose()
}

/// The oldest events of an application, where they are over their time. Its newest one stays: its number is
/// where readers go on.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn events(
    store: &dyn Store,
    application: ApplicationId,
    now: UnixMillis,
    lifetime: Span,
) -> Result<Step, ReadError> {
    let (from, to) = key::all_of(Kind::Event, application.bytes());
    let most = ROWS_MAX / ROWS_AN_EVENT;
    let mut rows = store.scan(&from, &to, Order::Ascending, most + 1)?;
    let mut step = Step { is_more: rows.len() > most, ..Step::default() };
    rows.pop();
    for (row, value) in rows {
        let (_, number) = key::read_event(&row).ok_or(RecordError::Key)?;
        let event = event::decode(&value, None)?;
        let over_since = event.recorded.plus(lifetime);
        if over_since > now {
            step.is_more = false;
            break;
        }
        let gone = [row, key::event_index(event.id), key::timeline(event.user, number)];
        step.commit.writes.extend(gone.map(|key| Write { key, value: None }));
        step.gone += 1;
        step.over_since = step.over_since.or(Some(over_since));
    }
    Ok(step)
}

/// Keeps house until the server stops.
pub async fn keep(shared: Arc<Shared>) {
    let shortest = shared.mark_lifetime.min(shared.event_lifetime);
    let pause = Duration::from_millis(Span(shortest.0 / 10).clamp(PAUSES.0, PAUSES.1).0);
    let work = async {
        loop {
            pass(&shared).await;
            tokio::time::sleep(pause).await;
        }
    };
    tokio::select! {
        () = shared.stopping.cancelled() => {}
        () = work => {}
    }
}

/// Removes all that is over its time, marks, accesses and events in turn: none holds up the others, not even where
/// a row of one cannot be read.
async fn pass(shared: &Shared) {
    let (store, metrics) = (shared.store.as_ref(), &shared.metrics);
    let (mut has_marks, mut has_accesses, mut is_whole) = (true, true, true);
    let mut read = |what: &'static str, of: Option<ApplicationId>, step: Result<Step, ReadError>| {
        step.unwrap_or_else(|error| {
            tracing::error!(%error, ?of, "{what} that are over their time cannot be read; it is tried again");
            is_whole = false;
            Step::default()
        })
    };
    let mut application = next(store, None);
    while has_marks || has_accesses || application.is_some() {
        let now = shared.clock.now();
        let mut lag = Span(0);
        if has_marks {
            let step = read("marks", None, marks(&shared.library, now));
            lag = lag.max(step.over_since.map_or(Span(0), |since| now.since(since)));
            has_marks = step.is_more;
            metrics.marks_pruned.inc_by(remove(shared, step, &mut has_marks).await);
        }
        if has_accesses {
            let step = read("accesses", None, accesses(store, now, shared.accesses.lifetime));
            lag = lag.max(step.over_since.map_or(Span(0), |since| now.since(since)));
            has_accesses = step.is_more;
            metrics.access_blocks_pruned.inc_by(remove(shared, step, &mut has_accesses).await);
        }
        if let Some(id) = application {
            let step = read("events", Some(id), events(store, id, now, shared.event_lifetime));
            lag = lag.max(step.over_since.map_or(Span(0), |since| now.since(since)));
            let mut is_more = step.is_more;
            metrics.events_pruned.inc_by(remove(shared, step, &mut is_more).await);
            if !is_more {
                let behind = ApplicationId(Uuid::from_u128(id.0.as_u128().saturating_add(1)));
                application = next(store, Some(behind)).filter(|next| *next != id);
            }
        }
        metrics.prune_lag_seconds.set(i64::try_from(lag.0 / 1000).unwrap_or(i64::MAX));
    }
    if is_whole {
        metrics.prune_lag_seconds.set(0);
    }
}

/// The next application that has events, where that can be read.
fn next(store: &dyn Store, from: Option<ApplicationId>) -> Option<ApplicationId> {
    next_application(store, from).unwrap_or_else(|error| {
        tracing::error!(%error, "which applications have events cannot be read; it is tried again");
        None
    })
}

/// Commits a step, and says how many went. One that does not hold is for the next pass.
async fn remove(shared: &Shared, step: Step, is_more: &mut bool) -> u64 {
    if step.gone == 0 {
        return 0;
    }
    let is_done = shared.committer.commit_bulk(step.commit).await.is_ok();
    *is_more &= is_done;
    if is_done { step.gone } else { 0 }
}

#[cfg(test)]
mod tests;
