//! What an application's core decides of webhooks, and what is written of it. Must not know: how messages
//! reach them.

use super::core::{Refusal, WebhookCommand};
use crate::crypto::Keyring;
use crate::domain::application::Application;
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::secret::WebhookSecret;
use crate::domain::webhook::target::Reach;
use crate::domain::webhook::{WEBHOOKS_MAX, Webhook, WebhookChanges, WebhookFault};
use crate::domain::workflow::Workflows;
use crate::domain::workflow::webhook_delivery::Limit;
use crate::engine::committer::Write;
use crate::engine::records::{RecordError, webhook};
use crate::store::key;
use std::collections::BTreeMap;

/// What the operator says of all webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookRules {
    /// How far they may reach.
    pub reach: Reach,
    /// How long messages are signed with the secret of before too, once it was rotated.
    pub rotation: Span,
}

impl WebhookRules {
    /// Those that the tables say, beside how far webhooks may reach.
    pub fn new(reach: Reach, workflows: &Workflows) -> Self {
        Self { reach, rotation: workflows.webhook_delivery.span(Limit::Rotation) }
    }
}

/// The application with one webhook made, changed or gone, and which.
pub(super) fn decide(
    mut application: Application,
    command: WebhookCommand,
    rules: WebhookRules,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<(Application, WebhookId), Refusal> {
    let reach = rules.reach;
    let known =
        |application: &Application, id| application.webhooks.get(&id).cloned().ok_or(WebhookFault::Unknown);
    let one = match command {
        WebhookCommand::Create(changes, since) => {
            if application.webhooks.len() >= WEBHOOKS_MAX {
                return Err(WebhookFault::TooMany.into());
            }
            let new = Webhook::new(WebhookId(entropy.uuid()), secret(entropy), since, now);
            changed(&application, new, changes, reach, since, now)?
        }
        WebhookCommand::Update(id, changes, last) => {
            let one = known(&application, id)?;
            changed(&application, one, changes, reach, last, now)?
        }
        WebhookCommand::Rotate(id) => known(&application, id)?.rotated(secret(entropy), now, rules.rotation),
        WebhookCommand::Delete(id) => {
            known(&application, id)?;
            application.webhooks.remove(&id);
            return Ok((application, id));
        }
    };
    let id = one.id;
    application.webhooks.insert(id, one);
    Ok((application, id))
}

fn secret(entropy: &mut Entropy) -> WebhookSecret {
    WebhookSecret::new(entropy.nonce())
}

fn changed(
    application: &Application,
    one: Webhook,
    changes: WebhookChanges,
    reach: Reach,
    last: u64,
    now: UnixMillis,
) -> Result<Webhook, WebhookFault> {
    let id = one.id;
    let others = application.webhooks.values().filter(|other| other.id != id);
    one.changed(changes, others, reach, last, now)
}

/// What changes in the rows of an application's webhooks.
pub(super) fn writes(
    application: ApplicationId,
    before: Option<&BTreeMap<WebhookId, Webhook>>,
    after: &BTreeMap<WebhookId, Webhook>,
    keyring: &Keyring,
    entropy: &mut Entropy,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    for (id, one) in after {
        if before.and_then(|before| before.get(id)) != Some(one) {
            let value = webhook::encode(application, one, keyring, entropy.nonce())?;
            writes.push(Write { key: key::webhook(application, *id), value: Some(value) });
        }
    }
    let gone = before.into_iter().flat_map(BTreeMap::keys).filter(|id| !after.contains_key(id));
    writes.extend(gone.map(|id| Write { key: key::webhook(application, *id), value: None }));
    Ok(writes)
}
