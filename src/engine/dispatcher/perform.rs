//! What one try of an effect comes to, as commits: a text's end, some rows that are swept away. Plain
//! functions without async, for the actor and the simulator alike. Must not know: how a text is carried.

use crate::adapters::sms::Arrival;
use crate::crypto::Keyring;
use crate::domain::application::Mode;
use crate::domain::auth_link::AuthLink;
use crate::domain::command::Rows;
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventData, EventKind, LinkReason};
use crate::domain::id::{AuthLinkId, EffectId, EventId, JobId};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::auth_link::State;
use crate::engine::committer::{Commit, Condition, Expect, NewEvent, Write};
use crate::engine::dispatcher::inbox;
use crate::engine::house::House;
use crate::engine::records::outbox::{OutboxHead, Sweep, Text, Wish};
use crate::engine::records::{RecordError, event, outbox};
use crate::engine::user::load::{Library, LoadError};
use crate::store::key::{Kind, Reading};
use crate::store::{Order, Store, StoreError, key};

/// Rows that one commit sweeps away at most: others' commits stand in the same group and wait for it.
pub const SWEEP_ROWS_MAX: usize = 128;

/// How a text's way ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The gateway has it, and it comes to the phone like this.
    Sent(Arrival),
    /// It would come too late to be of use.
    TooLate,
}

/// A text of the outbox, opened.
pub struct Entry {
    /// What it says in the clear.
    pub head: OutboxHead,
    /// The link that it is for.
    pub link: AuthLinkId,
    /// The text.
    pub text: Text,
}

/// What an entry of the outbox asks for.
pub enum Task {
    /// Hand this text over.
    Text(Entry),
    /// See that somebody works on this job.
    Gather(OutboxHead, JobId),
    /// Remove these rows.
    Sweep(OutboxHead, Sweep),
}

/// Reads an entry; `None` when it was taken back.
///
/// # Errors
/// When the store does not answer or the entry is damaged.
pub fn read(store: &dyn Store, keyring: &Keyring, id: EffectId) -> Result<Option<Task>, ReadError> {
    let Some(value) = store.get(&key::outbox(id))? else { return Ok(None) };
    let head = outbox::head(id, &value)?;
    Ok(Some(match head.wish {
        Wish::Text { link } | Wish::Link { link } => {
            Task::Text(Entry { head, link, text: outbox::text(id, &value, keyring)? })
        }
        Wish::Gather { job } => Task::Gather(head, job),
        Wish::Sweep(sweep) => Task::Sweep(head, sweep),
    }))
}

/// Whether a text is of use to who gets it. A code that is dead was taken back; a link that lets nobody in any
/// more was not, as its user keeps no list of texts: whoever sends it looks.
///
/// # Errors
/// When its user cannot be read.
pub fn is_wanted(library: &Library, entry: &Entry) -> Result<bool, LoadError> {
    if !matches!(entry.head.wish, Wish::Link { .. }) {
        return Ok(true);
    }
    let owner = library.alone(entry.head.user)?;
    let latest = owner.as_ref().and_then(|(user, _)| user.link.as_ref());
    let is_open = |link: &AuthLink| matches!(link.state, State::Issued | State::Challenged);
    Ok(latest.is_some_and(|link| link.id == entry.link && is_open(link)))
}

/// A commit that holds while an entry stands, and removes it.
fn removal(id: EffectId) -> Commit {
    let mut commit = Commit::default();
    commit.conditions.push(Condition { key: key::outbox(id), expect: Expect::Present });
    commit.writes.push(Write { key: key::outbox(id), value: None });
    commit
}

/// The entry goes: nobody is left who could do what it asks for.
pub fn dropped(head: &OutboxHead) -> Commit {
    removal(head.id)
}

/// The next rows of a sweep go, and with the last of them the entry.
pub struct SweepStep {
    /// The commit.
    pub commit: Commit,
    /// Whether nothing is left after it.
    pub is_last: bool,
}

/// At most [`SWEEP_ROWS_MAX`] rows of generations up to the last that was given out when this was asked
/// for, but of the one that is shown.
///
/// # Errors
/// When the store does not answer.
pub fn sweep(store: &dyn Store, head: &OutboxHead, sweep: &Sweep) -> Result<SweepStep, StoreError> {
    let kinds: &[Kind] = match sweep.rows {
        Rows::Accounts => &[Kind::Account, Kind::Terms],
        Rows::Identities => &[Kind::Identity],
        Rows::Transactions => &[Kind::Transaction],
    };
    let reading = |generation| Reading { user: head.user, connection: sweep.connection, generation };
    let mut gone = Vec::new();
    for kind in kinds.iter().copied() {
        let before = key::read_before(kind, &reading(sweep.keep.min(sweep.up_to.saturating_add(1))));
        let after = key::read_after(kind, &reading(sweep.keep), sweep.up_to);
        for (from, to) in [before, after] {
            gone.extend(store.scan(&from, &to, Order::Ascending, SWEEP_ROWS_MAX - gone.len())?);
        }
    }
    let is_last = gone.len() < SWEEP_ROWS_MAX;
    let mut commit = removal(head.id);
    if !is_last {
        commit.writes.clear();
    }
    commit.writes.extend(gone.into_iter().map(|(key, _)| Write { key, value: None }));
    Ok(SweepStep { commit, is_last })
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

/// The entry goes, the event says how, and in the sandbox the text comes to the inbox: all in one. Of a text
/// with a link no event tells: that its link was asked for is told with the link.
///
/// # Errors
/// When a record would be too long, or the inbox cannot be read.
pub fn ending(
    house: &House,
    library: &Library,
    entry: &Entry,
    ending: Ending,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<Commit, ReadError> {
    let head = &entry.head;
    let mut commit = removal(head.id);
    if matches!(head.wish, Wish::Text { .. }) {
        commit.events.push(told(house, library, entry, ending, now, entropy)?);
    }
    let sandbox = house.application(head.application).is_some_and(|one| one.mode == Mode::Sandbox);
    if let Ending::Sent(arrival) = ending
        && sandbox
    {
        let store = library.store.as_ref();
        commit.writes.extend(inbox::arrives(&house.keyring, store, entry, arrival, now, entropy)?);
    }
    Ok(commit)
}

/// The event that says how the way of a code's text ended.
fn told(
    house: &House,
    library: &Library,
    entry: &Entry,
    ending: Ending,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<NewEvent, ReadError> {
    let head = &entry.head;
    let (kind, reason) = match ending {
        Ending::Sent(_) => (EventKind::LinkCodeSent, None),
        Ending::TooLate => (EventKind::LinkCodeFailed, Some(LinkReason::TextLate)),
    };
    let owner = library.alone(head.user).unwrap_or_else(|error| {
        tracing::error!(user = %head.user, %error, "the end of a text is told without how its link stands");
        None
    });
    let then = owner.as_ref().and_then(|(user, _)| user.link_then(reason));
    // Of a link that is not the latest any more there is nothing to show.
    let then = then.filter(|then| then.id == entry.link);
    let id = EventId(entropy.bytes());
    let at = house.clocks.now(head.clock, now);
    let (user, link) = (head.user, Some(entry.link));
    let happened = Event {
        id,
        kind,
        at,
        recorded: now,
        user,
        link,
        consent: None,
        subject: None,
        data: then.map_or(EventData::Nothing, |then| EventData::Link(Box::new(then))),
    };
    let encoded = event::encode(&happened, owner.as_ref().map(|(_, key)| key), entropy.nonce())?;
    Ok(NewEvent { application: head.application, user, id, encoded })
}
