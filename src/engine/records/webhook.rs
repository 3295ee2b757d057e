//! Webhooks of applications, sealed as a whole under the house's key: secrets stand in them.

use super::event::{kind_from, kind_number};
use super::{RecordError, seal};
use crate::crypto::Keyring;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::secret::WebhookSecret;
use crate::store::codec::{self, CodecError, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A webhook, first schema: all of it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookV1(pub(super) Vec<u8>);

impl Record for WebhookV1 {
    const KIND: u8 = b'W';
    const SCHEMA: u8 = 1;
}

/// What is sealed of it, second schema: since when it wants what it did not want from its beginning on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookBodyV2 {
    first: WebhookBodyV1,
    /// Stored numbers of kinds, and those of events.
    later: Vec<(u8, u64)>,
}

impl Record for WebhookBodyV2 {
    const KIND: u8 = b'g';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<WebhookBodyV1>(payload).map(|first| Self { first, later: Vec::new() }),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

/// What is sealed of it, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookBodyV1 {
    name: String,
    description: String,
    url: String,
    /// Stored numbers of kinds.
    events: Vec<u8>,
    secret: [u8; 24],
    old_secret: Option<([u8; 24], i64)>,
    created: i64,
    since: u64,
    updated: i64,
    term: u32,
}

impl Record for WebhookBodyV1 {
    const KIND: u8 = b'g';
    const SCHEMA: u8 = 1;
}

impl From<&Webhook> for WebhookBodyV1 {
    fn from(webhook: &Webhook) -> Self {
        Self {
            name: webhook.name.clone(),
            description: webhook.description.clone(),
            url: webhook.url.clone(),
            events: webhook.events.iter().map(|kind| kind_number(*kind)).collect(),
            secret: *webhook.secret.bytes(),
            old_secret: webhook.old_secret.as_ref().map(|(secret, until)| (*secret.bytes(), until.0)),
            created: webhook.created.0,
            since: webhook.since,
            updated: webhook.updated.0,
            term: webhook.term,
        }
    }
}

impl From<&Webhook> for WebhookBodyV2 {
    fn from(webhook: &Webhook) -> Self {
        let later = webhook.later.iter().map(|(kind, number)| (kind_number(*kind), *number));
        Self { first: WebhookBodyV1::from(webhook), later: later.collect() }
    }
}

impl WebhookBodyV2 {
    fn into_webhook(self, id: WebhookId) -> Result<Webhook, RecordError> {
        let Self { first, later } = self;
        let kinds = first.events.into_iter().map(kind_from);
        let later = later.into_iter().map(|(kind, number)| Ok((kind_from(kind)?, number)));
        let old = first.old_secret.map(|(secret, until)| (WebhookSecret::new(secret), UnixMillis(until)));
        Ok(Webhook {
            id,
            name: first.name,
            description: first.description,
            url: first.url,
            events: kinds.collect::<Result<BTreeSet<_>, _>>()?,
            secret: WebhookSecret::new(first.secret),
            old_secret: old,
            created: UnixMillis(first.created),
            since: first.since,
            later: later.collect::<Result<BTreeMap<_, _>, RecordError>>()?,
            updated: UnixMillis(first.updated),
            term: first.term,
        })
    }
}

/// A webhook, as it is stored.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    application: ApplicationId,
    webhook: &Webhook,
    keyring: &Keyring,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let place = key::webhook(application, webhook.id);
    let sealed = seal::seal(&WebhookBodyV2::from(webhook), &place, keyring.system_key(), nonce)?;
    Ok(codec::encode(0, &WebhookV1(sealed))?)
}

/// A stored webhook.
///
/// # Errors
/// When it is damaged or stood elsewhere.
pub fn decode(
    application: ApplicationId,
    id: WebhookId,
    value: &[u8],
    keyring: &Keyring,
) -> Result<Webhook, RecordError> {
    let (_, WebhookV1(sealed)) = codec::decode(value)?;
    let place = key::webhook(application, id);
    seal::open::<WebhookBodyV2>(&sealed, &place, keyring.system_key())?.into_webhook(id)
}
