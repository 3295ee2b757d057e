//! Removes what is not shown any more: messages that ended long ago, and all that is left of webhooks that are
//! gone. A plain function without async, one step at a time. Must not know: who is tried when.

use super::rows;
use crate::domain::delivery::MessageKey;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Table;
use crate::domain::workflow::webhook_delivery::{Limit, WebhookDelivery};
use crate::engine::committer::{Commit, Write};
use crate::engine::read::ReadError;
use crate::engine::records::RecordError;
use crate::engine::records::delivery;
use crate::store::key::Kind;
use crate::store::{Order, Store, StoreError, key};
use uuid::Uuid;

/// Rows that one commit removes at most, but for the attempts of its last message.
pub const SWEEP_ROWS_MAX: usize = 128;

/// Messages that one step looks at.
const LOOKED_AT_MAX: usize = 512;

/// How far the numbers of test messages may lie ahead of the events that happened when they were sent: these are
/// looked at too.
const TESTS_AHEAD: u64 = 1024;

/// Where a sweep goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// At this webhook, or the next one that there is.
    webhook: WebhookId,
    /// Behind this message of it; nothing for its first.
    behind: Option<MessageKey>,
}

/// One step.
#[derive(Debug, Default)]
pub struct Step {
    /// Rows that go.
    pub commit: Commit,
    /// Where it goes on; nothing at the end.
    pub next: Option<Place>,
}

/// The next rows to go, from a place on. `owner` says whose a webhook is, while it is there; messages of one that is
/// go when they ended so long ago as the table says.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn step(
    store: &dyn Store,
    table: &Table<WebhookDelivery>,
    from: Option<Place>,
    owner: impl Fn(WebhookId) -> Option<ApplicationId>,
    now: UnixMillis,
) -> Result<Step, ReadError> {
    let (first, end) = key::all(Kind::WebhookCursor);
    let first = from.map_or(first, |place| key::webhook_cursor(place.webhook));
    let Some((row, _)) = store.scan(&first, &end, Order::Ascending, 1)?.pop() else {
        return Ok(Step::default());
    };
    let webhook = key::read_webhook_cursor(&row).ok_or(RecordError::Key)?;
    let (gone, next) = if let Some(application) = owner(webhook) {
        let behind = from.filter(|place| place.webhook == webhook).and_then(|place| place.behind);
        let before = now.minus(table.span(Limit::Kept));
        let (gone, last) = ended(store, table, (application, webhook), behind, before)?;
        (gone, last.map(|last| Place { webhook, behind: Some(last) }))
    } else {
        let mut gone = left(store, webhook)?;
        let is_through = gone.len() < SWEEP_ROWS_MAX;
        gone.extend(is_through.then_some(row));
        (gone, (!is_through).then_some(Place { webhook, behind: None }))
    };
    let behind = WebhookId(Uuid::from_u128(webhook.0.as_u128().wrapping_add(1)));
    let next = next.unwrap_or(Place { webhook: behind, behind: None });
    let writes = gone.into_iter().map(|key| Write { key, value: None }).collect();
    Ok(Step { commit: Commit { writes, ..Commit::default() }, next: Some(next) })
}

/// What is left of a webhook beside its cursor.
fn left(store: &dyn Store, webhook: WebhookId) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut rows = Vec::new();
    for kind in [Kind::Retry, Kind::Attempt, Kind::Message] {
        let (from, to) = key::all_of(kind, webhook.bytes());
        let found = store.scan(&from, &to, Order::Ascending, SWEEP_ROWS_MAX - rows.len())?;
        rows.extend(found.into_iter().map(|(row, _)| row));
    }
    Ok(rows)
}

/// Messages that ended long ago, with their attempts, wherever they stand between others; and the last that was
/// looked at, where there are more.
fn ended(
    store: &dyn Store,
    table: &Table<WebhookDelivery>,
    (application, webhook): (ApplicationId, WebhookId),
    behind: Option<MessageKey>,
    before: UnixMillis,
) -> Result<(Vec<Vec<u8>>, Option<MessageKey>), ReadError> {
    let (first, end) = key::all_of(Kind::Message, webhook.bytes());
    let row_of = |one: MessageKey| key::message(webhook, one.sequence, one.run);
    let from = behind.map_or(first, |one| [row_of(one).as_slice(), &[0]].concat());
    let to = first_too_young(store, application, before)?
        .map_or(end, |sequence| key::message(webhook, sequence, 0));
    let (mut rows, mut last) = (Vec::new(), None);
    let found = store.scan(&from, &to, Order::Ascending, LOOKED_AT_MAX)?;
    let is_more = found.len() == LOOKED_AT_MAX;
    for (row, value) in found {
        if rows.len() >= SWEEP_ROWS_MAX {
            return Ok((rows, last));
        }
        let (_, sequence, run) = key::read_message(&row).ok_or(RecordError::Key)?;
        last = Some(MessageKey { sequence, run });
        // One that cannot be read stays where it is, and holds up none behind it.
        let Ok((state, updated)) = delivery::end(&value) else {
            tracing::error!(%webhook, sequence, run, "a message cannot be read, and is not swept");
            continue;
        };
        if table.is_end(state) && updated < before {
            let (from, to) = key::attempts(webhook, sequence, run);
            let attempts = store.scan(&from, &to, Order::Ascending, SWEEP_ROWS_MAX)?;
            rows.push(row);
            rows.extend(attempts.into_iter().map(|(row, _)| row));
        }
    }
    Ok((rows, last.filter(|_| is_more)))
}

/// From which number on no message can have ended before an instant: what it tells of happened later. Nothing where
/// all that happened is older.
fn first_too_young(
    store: &dyn Store,
    application: ApplicationId,
    before: UnixMillis,
) -> Result<Option<u64>, ReadError> {
    let (from, to) = key::all_of(Kind::Event, application.bytes());
    let newest = store.scan(&from, &to, Order::Descending, 1)?.pop();
    let Some((_, newest)) = newest.and_then(|(row, _)| key::read_event(&row)) else { return Ok(None) };
    let first = rows::first_event(store, application, newest, before)?;
    Ok((first <= newest).then(|| first.saturating_add(TESTS_AHEAD)))
}
