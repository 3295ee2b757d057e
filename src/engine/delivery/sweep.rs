//! Removes what is not shown any more: messages that ended long ago, and all that is left of webhooks that are
//! gone. A plain function without async, one step at a time. Must not know: who is tried when.

use crate::domain::id::WebhookId;
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

/// One step.
#[derive(Debug, Default)]
pub struct Step {
    /// Rows that go.
    pub commit: Commit,
    /// From which webhook on it goes on; nothing at the end.
    pub next: Option<WebhookId>,
}

/// The next rows to go: those of the first webhook from `from` on. `stands` says whether a webhook is there;
/// messages of one that is go when they ended so long ago as the table says.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn step(
    store: &dyn Store,
    table: &Table<WebhookDelivery>,
    from: Option<WebhookId>,
    stands: impl Fn(WebhookId) -> bool,
    now: UnixMillis,
) -> Result<Step, ReadError> {
    let (first, end) = key::all(Kind::WebhookCursor);
    let first = from.map_or(first, key::webhook_cursor);
    let before = now.minus(table.span(Limit::Kept));
    let Some((row, _)) = store.scan(&first, &end, Order::Ascending, 1)?.pop() else {
        return Ok(Step::default());
    };
    let webhook = key::read_webhook_cursor(&row).ok_or(RecordError::Key)?;
    let mut gone =
        if stands(webhook) { ended(store, table, webhook, before)? } else { left(store, webhook)? };
    let is_through = gone.len() < SWEEP_ROWS_MAX;
    if is_through && !stands(webhook) {
        gone.push(row);
    }
    let behind = WebhookId(Uuid::from_u128(webhook.0.as_u128().wrapping_add(1)));
    let writes = gone.into_iter().map(|key| Write { key, value: None }).collect();
    let commit = Commit { writes, ..Commit::default() };
    Ok(Step { commit, next: Some(if is_through { behind } else { webhook }) })
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

/// Messages that ended long ago, with their attempts. They stand in the order of their events, which is all
/// but that of their ends: the first that ended lately ends the search.
fn ended(
    store: &dyn Store,
    table: &Table<WebhookDelivery>,
    webhook: WebhookId,
    before: UnixMillis,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let (from, to) = key::all_of(Kind::Message, webhook.bytes());
    let mut rows = Vec::new();
    for (row, value) in store.scan(&from, &to, Order::Ascending, SWEEP_ROWS_MAX)? {
        let (state, updated) = delivery::end(&value)?;
        if !table.is_end(state) {
            continue;
        }
        if updated >= before || rows.len() >= SWEEP_ROWS_MAX {
            break;
        }
        let (_, sequence, run) = key::read_message(&row).ok_or(RecordError::Key)?;
        let (from, to) = key::attempts(webhook, sequence, run);
        let attempts = store.scan(&from, &to, Order::Ascending, SWEEP_ROWS_MAX)?;
        rows.push(row);
        rows.extend(attempts.into_iter().map(|(row, _)| row));
    }
    Ok(rows)
}
