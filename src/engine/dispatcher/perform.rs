//! What one try of an effect comes to, as commits. Plain functions without async, for the actor and the
//! simulator alike. Must not know: how a text is carried.

use crate::crypto::Keyring;
use crate::domain::application::Mode;
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{EffectId, EventId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::{Commit, Condition, Expect, NewEvent, Write};
use crate::engine::house::House;
use crate::engine::records::outbox::{OutboxHead, Text};
use crate::engine::records::{RecordError, event, outbox};
use crate::store::key::Kind;
use crate::store::{Order, Store, StoreError, key};

/// Texts that the sandbox inbox keeps.
pub const INBOX_TEXTS_MAX: usize = 200;

/// How long the sandbox inbox keeps a text.
pub const INBOX_LIFETIME: Span = Span::days(1);

/// How a text's way ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The gateway has it.
    Sent,
    /// The gateway will never take it.
    Refused,
    /// It would come too late to be of use.
    TooLate,
}

/// An entry of the outbox, opened.
pub struct Entry {
    /// What it says in the clear.
    pub head: OutboxHead,
    /// The text.
    pub text: Text,
}

/// Reads an entry; `None` when it was taken back.
///
/// # Errors
/// When the store does not answer or the entry is damaged.
pub fn read(store: &dyn Store, keyring: &Keyring, id: EffectId) -> Result<Option<Entry>, ReadError> {
    let Some(value) = store.get(&key::outbox(id))? else { return Ok(None) };
    Ok(Some(Entry { head: outbox::head(id, &value)?, text: outbox::text(id, &value, keyring)? }))
}

/// Why an entry cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The entry is damaged.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// The entry goes, the event says how, and in the sandbox the text comes to the inbox: all in one.
///
/// # Errors
/// When a record would be too long, or the inbox cannot be read.
pub fn ending(
    house: &House,
    store: &dyn Store,
    entry: &Entry,
    ending: Ending,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<Commit, ReadError> {
    let head = &entry.head;
    let mut commit = Commit::default();
    commit.conditions.push(Condition { key: key::outbox(head.id), expect: Expect::Present });
    commit.writes.push(Write { key: key::outbox(head.id), value: None });
    let kind = match ending {
        Ending::Sent => EventKind::LinkCodeSent,
        Ending::Refused | Ending::TooLate => EventKind::LinkCodeFailed,
    };
    let id = EventId(entropy.bytes());
    let (user, link) = (head.user, Some(head.link));
    let happened =
        Event { id, kind, at: now, user, link, consent: None, subject: None, data: EventData::Nothing };
    let encoded = event::encode(&happened, None, entropy.nonce())?;
    commit.events.push(NewEvent { application: head.application, id, encoded });
    let sandbox = house.application(head.application).is_some_and(|one| one.mode == Mode::Sandbox);
    if ending == Ending::Sent && sandbox {
        let value = outbox::encode_inbox(head, &entry.text, now, &house.keyring, entropy.nonce())?;
        commit.writes.push(Write { key: key::inbox(now, head.id), value: Some(value) });
        commit.writes.extend(overflow(store, now)?);
    }
    Ok(commit)
}

/// What the inbox holds too much of, or for too long.
fn overflow(store: &dyn Store, now: UnixMillis) -> Result<Vec<Write>, StoreError> {
    let (from, to) = key::all(Kind::Inbox);
    let rows = store.scan(&from, &to, Order::Descending, INBOX_TEXTS_MAX * 2)?;
    let kept = |index: usize, key: &[u8]| {
        let sent = key::read_inbox(key).map(|(sent, _)| sent);
        index + 1 < INBOX_TEXTS_MAX && sent.is_some_and(|sent| now.since(sent) < INBOX_LIFETIME)
    };
    let gone = rows.into_iter().enumerate().filter(|(index, (key, _))| !kept(*index, key));
    Ok(gone.map(|(_, (key, _))| Write { key, value: None }).collect())
}
