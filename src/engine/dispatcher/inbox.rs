//! The sandbox's phone: where its texts arrive, at once or as a magic number has it. A row stands under
//! the instant at which its text arrives and is seen from then on, so that a text that is late survives
//! a restart. Must not know: why a text arrives like that.

use super::perform::{Entry, ReadError};
use crate::adapters::sms::Arrival;
use crate::crypto::Keyring;
use crate::domain::entropy::Entropy;
use crate::domain::id::EffectId;
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::Write;
use crate::engine::records::outbox;
use crate::store::key::Kind;
use crate::store::{Order, Row, Store, key};

/// Texts that the sandbox inbox keeps.
pub const INBOX_TEXTS_MAX: usize = 200;

/// How long the sandbox inbox keeps a text; a text that waits for the next one waits no longer.
pub const INBOX_LIFETIME: Span = Span::days(1);

/// How much later an older text arrives than the newer one that it waited for.
pub const BEHIND: Span = Span::seconds(1);

/// The rows by which a text arrives, and those that go for it.
pub(super) fn arrives(
    keyring: &Keyring,
    store: &dyn Store,
    entry: &Entry,
    arrival: Arrival,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<Vec<Write>, ReadError> {
    let (from, to) = key::all(Kind::Inbox);
    let rows = store.scan(&from, &to, Order::Descending, INBOX_TEXTS_MAX * 2)?;
    let mut text = |at: UnixMillis, id: EffectId| -> Result<Write, ReadError> {
        let head = outbox::OutboxHead { id, ..entry.head };
        let value = outbox::encode_inbox(&head, &entry.text, now, keyring, entropy.nonce())?;
        Ok(Write { key: key::inbox(at, id), value: Some(value) })
    };
    let id = entry.head.id;
    let mut writes = match arrival {
        Arrival::AtOnce => vec![text(now, id)?],
        Arrival::After(span) => vec![text(now.plus(span), id)?],
        Arrival::Twice => vec![text(now, id)?, text(now, second(id))?],
        Arrival::Never => Vec::new(),
        Arrival::BehindTheNext => match waiting(keyring, entry, &rows, now)? {
            Some((older, row)) => {
                let (gone, value) = row.clone();
                let moved = Write { key: key::inbox(now.plus(BEHIND), older), value: Some(value) };
                vec![text(now, id)?, moved, Write { key: gone, value: None }]
            }
            None => vec![text(now.plus(INBOX_LIFETIME), id)?],
        },
    };
    let new = writes.iter().filter(|write| write.value.is_some()).count();
    let old = rows.iter().map(|(key, _)| key).filter(|key| !writes.iter().any(|write| write.key == **key));
    let gone = overflow(old, new, now);
    writes.extend(gone);
    Ok(writes)
}

/// The name of a text's double: another one, and the same again when the text is repeated.
fn second(id: EffectId) -> EffectId {
    EffectId(uuid::Uuid::from_u128(!id.0.as_u128()))
}

/// The text to the same number that waits for this one.
fn waiting<'a>(
    keyring: &Keyring,
    entry: &Entry,
    rows: &'a [Row],
    now: UnixMillis,
) -> Result<Option<(EffectId, &'a Row)>, ReadError> {
    // The newest stand first, and those that have not arrived yet before all others.
    for row in rows {
        let Some((arrived, id)) = key::read_inbox(&row.0).filter(|(arrived, _)| *arrived > now) else {
            break;
        };
        let (_, application, text) = outbox::inbox(id, &row.1, keyring)?;
        if arrived.since(now) > BEHIND && application == entry.head.application && text.to == entry.text.to {
            return Ok(Some((id, row)));
        }
    }
    Ok(None)
}

/// What the inbox holds too much of beside so many new rows, or for too long.
fn overflow<'a>(old: impl Iterator<Item = &'a Vec<u8>>, new: usize, now: UnixMillis) -> Vec<Write> {
    let kept = |index: usize, key: &[u8]| {
        let arrived = key::read_inbox(key).map(|(arrived, _)| arrived);
        index + new < INBOX_TEXTS_MAX && arrived.is_some_and(|arrived| now.since(arrived) < INBOX_LIFETIME)
    };
    let gone = old.enumerate().filter(|(index, key)| !kept(*index, key));
    gone.map(|(_, key)| Write { key: key.clone(), value: None }).collect()
}
