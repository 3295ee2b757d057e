//! A message and its attempts on the wire (contract section 7.5). Must not know: how messages travel.

use crate::domain::delivery::{Answer, Attempt};
use crate::domain::id::{MessageId, WebhookId};
use crate::domain::path;
use crate::domain::time::UnixMillis;
use crate::domain::webhook::body::Body;
use crate::domain::webhook::{Webhook, WebhookStatus};
use crate::domain::workflow::Names as _;
use crate::engine::webhooks::Sent;
use crate::http::Web;
use http::StatusCode;
use serde::Serialize;

/// Where a message is read.
pub(super) fn path_of(webhook: WebhookId, id: MessageId) -> String {
    format!("/notifications/webhooks/{webhook}/messages/{id}")
}

/// One message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageView<'a> {
    id: String,
    webhook_id: String,
    event_type_id: String,
    event_id: String,
    /// Where it stands, in our words.
    status: &'static str,
    created_date: String,
    /// When it is tried next.
    next_attempt_date: Option<String>,
    payload: Body,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Vec<AttemptView<'a>>>,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    webhook: String,
    event: String,
}

/// One attempt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptView<'a> {
    id: String,
    url: &'a str,
    response: String,
    response_status_code: Option<u16>,
    timestamp: String,
    /// How long it took, in milliseconds.
    duration: u64,
    status: &'static str,
}

impl<'a> MessageView<'a> {
    /// A message as a list has it.
    pub(super) fn new(web: &Web, webhook: &Webhook, status: WebhookStatus, sent: &Sent) -> Self {
        let message = &sent.message;
        // A webhook that waits for its partner is tried at no time that we know.
        let next = message.next.filter(|_| status == WebhookStatus::Active);
        Self {
            id: sent.id.to_string(),
            webhook_id: webhook.id.to_string(),
            event_type_id: message.kind.name(),
            event_id: message.event.to_string(),
            status: message.state.name(),
            created_date: message.created.rfc3339(),
            next_attempt_date: next.map(UnixMillis::rfc3339),
            payload: Body::new(&web.settings.public_base_url, message, sent.event.as_ref()),
            attempts: None,
            links: Links {
                own: web.url(&path_of(webhook.id, sent.id)),
                webhook: web.url(&format!("/notifications/webhooks/{}", webhook.id)),
                event: web.url(&path::event(message.event)),
            },
        }
    }

    /// The same with its attempts.
    pub(super) fn with_attempts(self, webhook: &'a Webhook, sent: &'a Sent) -> Self {
        let attempts = sent.attempts.iter().map(|one| AttemptView::new(webhook, sent.id, one)).collect();
        Self { attempts: Some(attempts), ..self }
    }
}

impl<'a> AttemptView<'a> {
    fn new(webhook: &'a Webhook, message: MessageId, attempt: &'a Attempt) -> Self {
        let (response, code) = match attempt.answer {
            Answer::Status(code, _) => {
                let words = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
                (words.unwrap_or_default().to_owned(), Some(code))
            }
            Answer::None(why) => (why.words().to_owned(), None),
        };
        Self {
            id: format!("{message}-{}", attempt.number),
            // What an older program sent did not say where to: there is what the webhook has now.
            url: attempt.url.as_deref().unwrap_or(&webhook.url),
            response,
            response_status_code: code,
            timestamp: attempt.at.rfc3339(),
            duration: attempt.took.0,
            status: if attempt.answer.is_success() { "Success" } else { "Failed" },
        }
    }
}
