//! Reads that no actor owns: routes, keys, lists. Everything here is durable or only a hint: what is
//! newer than the durable sequence is skipped, and of routes the user's actor has the last word.

pub mod events;
pub mod sources;
#[cfg(test)]
mod tests;
pub mod transactions;

use crate::crypto::{DataKey, Keyring};
use crate::domain::application::{ApiKey, Application, Policy};
use crate::domain::auth_link::LinkHash;
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, JobId, UserId, WebhookId};
use crate::domain::look::Look;
use crate::domain::look::flow::Flow;
use crate::domain::time::UnixMillis;
use crate::domain::user::DeadlineKind;
use crate::domain::webhook::Webhook;
use crate::engine::dispatcher::inbox::INBOX_LIFETIME;
use crate::engine::records::application::{ApiKeyV1, ApplicationV1, PolicyV2};
use crate::engine::records::consent::ConsentV3;
use crate::engine::records::look::{FlowV2, LogoPartV1, LookV1};
use crate::engine::records::outbox::OutboxHead;
use crate::engine::records::route::{BrowserRouteV1, JobRouteV1, LinkRouteV1};
use crate::engine::records::{RecordError, event, outbox, webhook};
use crate::engine::user::load::Library;
use crate::store::codec::{self, Record};
use crate::store::key::Kind;
use crate::store::{Order, Store, StoreError, key};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Ended consents in one answer at most.
pub const CONSENT_HISTORY_MAX: usize = 500;

/// Why something cannot be read.
#[derive(Debug, Clone, Error)]
pub enum ReadError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored value is damaged.
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn record<R: Record>(value: Option<Vec<u8>>) -> Result<Option<R>, ReadError> {
    let read = value.map(|value| codec::decode::<R>(&value).map(|(_, record)| record));
    Ok(read.transpose().map_err(RecordError::from)?)
}

/// Whose link a public id is.
///
/// # Errors
/// When the store does not answer or the row is damaged.
pub fn user_of_link(store: &dyn Store, hash: &LinkHash) -> Result<Option<UserId>, ReadError> {
    Ok(record::<LinkRouteV1>(store.get(&key::link(hash))?)?.map(|route| route.user()))
}

/// Whose session a browser's cookie is.
///
/// # Errors
/// When the store does not answer or the row is damaged.
pub fn user_of_browser(store: &dyn Store, hash: &CookieHash) -> Result<Option<UserId>, ReadError> {
    Ok(record::<BrowserRouteV1>(store.get(&key::browser_session(hash))?)?.map(|route| route.user()))
}

/// Whose job it is.
///
/// # Errors
/// When the store does not answer or the row is damaged.
pub fn user_of_job(store: &dyn Store, id: JobId) -> Result<Option<UserId>, ReadError> {
    Ok(record::<JobRouteV1>(store.get(&key::job_route(id))?)?.map(|route| route.user()))
}

/// Whose key a hash is.
///
/// # Errors
/// When the store does not answer or the row is damaged.
pub fn application_of_key(store: &dyn Store, hash: &[u8; 32]) -> Result<Option<ApplicationId>, ReadError> {
    Ok(record::<ApiKeyV1>(store.get(&key::api_key(hash))?)?.map(|row| row.application()))
}

/// An application with its version, as the store has it.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn application(
    store: &dyn Store,
    keyring: &Keyring,
    id: ApplicationId,
) -> Result<Option<(u64, Application)>, ReadError> {
    let own = keys(store)?.remove(&id).unwrap_or_default();
    application_with(store, keyring, id, own)
}

/// The keys of all applications, by application and word.
type ApiKeys = BTreeMap<ApplicationId, BTreeMap<u64, ApiKey>>;

fn keys(store: &dyn Store) -> Result<ApiKeys, ReadError> {
    let (from, to) = key::all(Kind::ApiKey);
    let mut keys = ApiKeys::new();
    for (row, value) in store.scan(&from, &to, Order::Ascending, usize::MAX)? {
        let hash = key::read_api_key(&row).ok_or(RecordError::Key)?;
        let Some(one) = record::<ApiKeyV1>(Some(value))? else { continue };
        let of = keys.entry(one.application()).or_default();
        of.insert(ApiKey::word(&hash), ApiKey { hash, created: one.created() });
    }
    Ok(keys)
}

fn application_with(
    store: &dyn Store,
    keyring: &Keyring,
    id: ApplicationId,
    keys: BTreeMap<u64, ApiKey>,
) -> Result<Option<(u64, Application)>, ReadError> {
    let Some(value) = store.get(&key::application(id))? else { return Ok(None) };
    let (version, head) = codec::decode::<ApplicationV1>(&value).map_err(RecordError::from)?;
    let webhooks = webhooks(store, keyring, id)?;
    let look = look(store, id)?;
    Ok(Some((version, head.into_application(id, keys, look, policies(store, id)?, webhooks))))
}

fn look(store: &dyn Store, id: ApplicationId) -> Result<Look, ReadError> {
    let stored = record::<LookV1>(store.get(&key::look(id))?)?;
    let look = stored.map(Look::try_from).transpose()?.unwrap_or_default();
    let (from, to) = key::all_of(Kind::LogoPart, id.bytes());
    let mut parts = Vec::new();
    for (_, value) in store.scan(&from, &to, Order::Ascending, usize::MAX)? {
        parts.extend(record::<LogoPartV1>(Some(value))?);
    }
    let flow = record::<FlowV2>(store.get(&key::flow(id))?)?.map(Flow::from).unwrap_or_default();
    Ok(Look { logo: LogoPartV1::join(&parts)?.map(Arc::new), flow, ..look })
}

fn webhooks(
    store: &dyn Store,
    keyring: &Keyring,
    id: ApplicationId,
) -> Result<BTreeMap<WebhookId, Webhook>, ReadError> {
    let (from, to) = key::all_of(Kind::Webhook, id.bytes());
    let rows = store.scan(&from, &to, Order::Ascending, usize::MAX)?;
    let read = rows.iter().map(|(row, value)| {
        let (_, one) = key::read_webhook(row).ok_or(RecordError::Key)?;
        Ok((one, webhook::decode(id, one, value, keyring)?))
    });
    read.collect()
}

fn policies(store: &dyn Store, id: ApplicationId) -> Result<BTreeMap<u32, Policy>, ReadError> {
    let (from, to) = key::all_of(Kind::Policy, id.bytes());
    let mut policies = BTreeMap::new();
    for (_, value) in store.scan(&from, &to, Order::Ascending, usize::MAX)? {
        let (_, stored) = codec::decode::<PolicyV2>(&value).map_err(RecordError::from)?;
        let policy = Policy::try_from(stored)?;
        policies.insert(policy.version, policy);
    }
    Ok(policies)
}

/// All applications of the store.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn applications(store: &dyn Store, keyring: &Keyring) -> Result<Vec<Application>, ReadError> {
    let (from, to) = key::all(Kind::Application);
    let rows = store.scan(&from, &to, Order::Ascending, usize::MAX)?;
    let ids = rows.iter().filter_map(|(key, _)| key::read_application(key));
    let mut keys = keys(store)?;
    let read = ids.filter_map(|id| {
        application_with(store, keyring, id, keys.remove(&id).unwrap_or_default()).transpose()
    });
    read.map(|one| one.map(|(_, application)| application)).collect()
}

/// The ended consents of a user, newest first.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn ended_consents(store: &dyn Store, user: UserId) -> Result<Vec<Consent>, ReadError> {
    let (from, to) = key::all_of(Kind::Consent, user.bytes());
    let mut consents = Vec::new();
    for (_, value) in store.scan(&from, &to, Order::Ascending, CONSENT_HISTORY_MAX)? {
        let (_, stored) = codec::decode::<ConsentV3>(&value).map_err(RecordError::from)?;
        consents.push(Consent::try_from(stored)?);
    }
    consents.sort_by_key(|consent| std::cmp::Reverse((consent.created, consent.id)));
    Ok(consents)
}

/// The data keys of users and consents, each found once.
pub struct Keys<'a> {
    library: &'a Library,
    known: BTreeMap<[u8; 16], Option<Arc<DataKey>>>,
}

impl<'a> Keys<'a> {
    /// Over a library; none is known yet.
    pub const fn new(library: &'a Library) -> Self {
        Self { library, known: BTreeMap::new() }
    }

    /// The key of an owner; `None` when it never had one or it was destroyed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn of(&mut self, owner: &[u8; 16]) -> Result<Option<Arc<DataKey>>, StoreError> {
        if let Some(known) = self.known.get(owner) {
            return Ok(known.clone());
        }
        let found = self.library.keys.get(owner)?.map(Arc::new);
        self.known.insert(*owner, found.clone());
        Ok(found)
    }

    /// Opens an event with the key of its user or consent.
    ///
    /// # Errors
    /// When the store does not answer or the event is damaged.
    pub fn event(&mut self, value: &[u8]) -> Result<Event, ReadError> {
        let key = match event::key_owner(value)? {
            Some(owner) => self.of(&owner)?,
            None => None,
        };
        Ok(event::decode(value, key.as_deref())?)
    }
}

/// A text in the sandbox inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxText {
    /// When it went.
    pub sent: UnixMillis,
    /// When it arrived.
    pub arrived: UnixMillis,
    /// Of which application.
    pub application: ApplicationId,
    /// The number, E.164.
    pub to: String,
    /// What it says.
    pub body: String,
}

impl std::fmt::Debug for InboxText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("InboxText(..)")
    }
}

/// The texts in the sandbox inbox that have arrived, the last one first; `to` lets only those to one number through.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn inbox(
    store: &dyn Store,
    keyring: &crate::crypto::Keyring,
    to: Option<&str>,
    limit: usize,
    now: UnixMillis,
) -> Result<Vec<InboxText>, ReadError> {
    let (from, end) = key::all(Kind::Inbox);
    let mut texts = Vec::new();
    for (key, value) in store.scan(&from, &end, Order::Descending, limit.saturating_mul(2).max(400))? {
        let Some((arrived, id)) = key::read_inbox(&key).filter(|(arrived, _)| *arrived <= now) else {
            continue;
        };
        // Rows go with the next text; what is too old is not shown meanwhile.
        if now.since(arrived) >= INBOX_LIFETIME {
            break;
        }
        let (sent, application, text) = outbox::inbox(id, &value, keyring)?;
        if to.is_none_or(|wanted| wanted == text.to) && texts.len() < limit {
            texts.push(InboxText { sent, arrived, application, to: text.to, body: text.body });
        }
    }
    Ok(texts)
}

/// The next deadlines of real time: when, whose, which.
///
/// # Errors
/// When the store does not answer.
pub fn next_deadlines(
    store: &dyn Store,
    limit: usize,
) -> Result<Vec<(UnixMillis, UserId, &'static str)>, ReadError> {
    let (from, to) = key::deadlines(crate::engine::user::REAL_TIME, UnixMillis(i64::MAX - 1));
    let rows = store.scan(&from, &to, Order::Ascending, limit)?;
    let read = rows.iter().filter_map(|(key, _)| key::read_deadline(key));
    let named = |number| DeadlineKind::from_number(number).map_or("unknown", DeadlineKind::name);
    Ok(read.map(|(_, at, user, number)| (at, user, named(number))).collect())
}

/// Entries of the outbox, closed.
///
/// # Errors
/// When the store does not answer or an entry is damaged.
pub fn outbox(store: &dyn Store, limit: usize) -> Result<Vec<OutboxHead>, ReadError> {
    let (from, to) = key::all(Kind::Outbox);
    let mut heads = Vec::new();
    for (key, value) in store.scan(&from, &to, Order::Ascending, limit)? {
        if let Some(id) = key::read_outbox(&key) {
            heads.push(outbox::head(id, &value)?);
        }
    }
    heads.sort_by_key(|head| (head.created, head.id));
    Ok(heads)
}
