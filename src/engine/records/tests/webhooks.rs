//! Made-up webhooks.

use super::super::seal;
use super::super::webhook::{self, WebhookBodyV1, WebhookBodyV2, WebhookV1};
use super::values::{APPLICATION, AT, keyring};
use super::{Sample, kept, plain};
use crate::domain::event::EventKind;
use crate::domain::id::WebhookId;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::secret::WebhookSecret;
use crate::store::key;
use std::collections::BTreeMap;
use uuid::Uuid;

fn webhook_sample() -> Webhook {
    Webhook {
        id: WebhookId(Uuid::from_u128(40)),
        name: "all".into(),
        description: "A description.".into(),
        url: "https://hooks.example.test/all".into(),
        events: [EventKind::UserCreated, EventKind::TransactionsUpdated].into(),
        secret: WebhookSecret::new([41; 24]),
        old_secret: Some((WebhookSecret::new([42; 24]), AT)),
        created: AT,
        since: 43,
        later: BTreeMap::new(),
        updated: AT,
        term: 44,
    }
}

/// A webhook that came to want more.
fn webhook_that_changed() -> Webhook {
    Webhook { later: [(EventKind::TransactionsUpdated, 45)].into(), ..webhook_sample() }
}

/// As it was written first.
fn first_webhook() -> WebhookV1 {
    let (webhook, keyring) = (webhook_sample(), keyring());
    let (body, place) = (WebhookBodyV1::from(&webhook), key::webhook(APPLICATION, webhook.id));
    WebhookV1(seal::seal(&body, &place, keyring.system_key(), [22; 24]).unwrap())
}

/// Each stored struct of these, once.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        plain(0, &first_webhook()),
        plain(0, &WebhookBodyV1::from(&webhook_sample())),
        plain(0, &WebhookBodyV2::from(&webhook_that_changed())),
    ]
}

#[test]
fn webhooks_of_before_are_read_and_those_of_today_come_back_as_they_were() {
    let (id, keyring) = (webhook_sample().id, keyring());
    let first = webhook::decode(APPLICATION, id, &kept("WebhookV1"), &keyring);
    assert_eq!(first.unwrap(), webhook_sample());
    let value = webhook::encode(APPLICATION, &webhook_that_changed(), &keyring, [23; 24]).unwrap();
    assert_eq!(webhook::decode(APPLICATION, id, &value, &keyring).unwrap(), webhook_that_changed());
}
