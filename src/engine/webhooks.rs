//! Questions about webhooks: whether they are told, what was sent to them and how that went; and what is asked
//! of their queues. Must not know: HTTP, who is tried when.

use super::delivery::actor::{AskWebhook, Observe};
use super::delivery::change::{Ask, Asked};
use super::delivery::core::{Observed, Refusal, Tally};
use super::delivery::line::PAGE_OF_MESSAGES_MAX;
use super::delivery::rows;
use super::user::core::Trouble;
use super::{Engine, readable};
use crate::domain::delivery::{Attempt, Message, MessageKey, test_message};
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, EventId, MessageId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::{Webhook, WebhookStatus};
use tokio::sync::oneshot;

/// A message as it stands, under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What the receiver knows it by.
    pub id: MessageId,
    /// Its place in the queue.
    pub key: MessageKey,
    /// How it stands.
    pub message: Message,
    /// What it tells of; a test message tells of nothing, nor does one whose event is gone.
    pub event: Option<Event>,
    /// Its attempts, newest first, when they were asked for.
    pub attempts: Vec<Attempt>,
}

impl Engine {
    /// Whether a webhook is told.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn webhook_status(&self, webhook: &Webhook) -> Result<WebhookStatus, Trouble> {
        let cursor = readable(rows::cursor(self.shared.store.as_ref(), webhook.id))?;
        let halt = cursor.and_then(|(_, cursor)| cursor.halt).filter(|halt| halt.holds(webhook.term));
        Ok(if halt.is_some() { WebhookStatus::PendingApproval } else { WebhookStatus::Active })
    }

    /// At most `limit` messages of a webhook that were tried, the newest events first, behind `before`; and
    /// where older ones go on.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn webhook_messages(
        &self,
        application: ApplicationId,
        webhook: WebhookId,
        before: Option<MessageKey>,
        limit: usize,
    ) -> Result<(Vec<Sent>, Option<MessageKey>), Trouble> {
        let (store, keyring) = (self.shared.store.as_ref(), &self.shared.house.keyring);
        let limit = limit.min(PAGE_OF_MESSAGES_MAX);
        let (found, next) = readable(rows::messages(store, keyring, (application, webhook), before, limit))?;
        let sent = found.into_iter().map(|(key, message, event)| Sent {
            id: key.id(keyring, webhook),
            key,
            message,
            event,
            attempts: Vec::new(),
        });
        Ok((sent.collect(), next))
    }

    /// One message of a webhook, with its attempts.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn webhook_message(
        &self,
        application: ApplicationId,
        webhook: WebhookId,
        id: MessageId,
    ) -> Result<Option<Sent>, Trouble> {
        let (store, keyring) = (self.shared.store.as_ref(), &self.shared.house.keyring);
        let Some(key) = MessageKey::of(keyring, webhook, id) else { return Ok(None) };
        let found = readable(rows::stored(store, keyring, (application, webhook), key))?;
        let Some((message, event)) = found else { return Ok(None) };
        let attempts = readable(rows::attempts(store, &self.shared.house.keyring, webhook, key))?;
        Ok(Some(Sent { id, key, message, event, attempts }))
    }

    /// Tells a webhook once more of the events `from` to `to`: the number of the run.
    ///
    /// # Errors
    /// Why it is not told.
    pub async fn replay(&self, webhook: WebhookId, from: u64, to: u64) -> Result<u32, AskRefusal> {
        match self.ask_webhook(webhook, Ask::Replay { from, to }).await? {
            Asked::Replay(run) => Ok(run),
            Asked::Test(_) => Err(Trouble::Defect.into()),
        }
    }

    /// Sends a test message to a webhook: its name.
    ///
    /// # Errors
    /// Why it is not sent.
    pub async fn test_webhook(
        &self,
        webhook: WebhookId,
        kind: EventKind,
        text: Option<String>,
    ) -> Result<MessageId, AskRefusal> {
        let event = EventId(self.draw()?.bytes());
        let table = &self.shared.house.workflows.webhook_delivery;
        let message = Message { text, ..Message::new(table, event, kind, self.now()) };
        match self.ask_webhook(webhook, Ask::Test(Box::new(message))).await? {
            Asked::Test(key) => Ok(key.id(&self.shared.house.keyring, webhook)),
            Asked::Replay(_) => Err(Trouble::Defect.into()),
        }
    }

    /// The test message that an event's name stands for, while it is kept and its webhook is there.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn test_event(&self, application: ApplicationId, id: EventId) -> Result<Option<Message>, Trouble> {
        let (webhook, key) = test_message(id);
        let owner = self.house().application(application);
        if !owner.is_some_and(|owner| owner.webhooks.contains_key(&webhook)) {
            return Ok(None);
        }
        let (store, keyring) = (self.shared.store.as_ref(), &self.shared.house.keyring);
        let found = readable(rows::stored(store, keyring, (application, webhook), key))?;
        Ok(found.map(|(message, _)| message).filter(|message| message.event == id))
    }

    /// The numbers of the first and the last event of an application that happened from `since` to `until`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn events_between(
        &self,
        application: ApplicationId,
        since: UnixMillis,
        until: UnixMillis,
    ) -> Result<Option<(u64, u64)>, Trouble> {
        let (store, last) = (self.shared.store.as_ref(), self.last_event(application)?);
        let from = readable(rows::first_event(store, application, last, since))?;
        let behind = readable(rows::first_event(store, application, last, until.plus(Span(1))))?;
        Ok((from < behind).then(|| (from, behind - 1)))
    }

    async fn ask_webhook(&self, webhook: WebhookId, ask: Ask) -> Result<Asked, AskRefusal> {
        let places = self.shared.places.get().ok_or(Trouble::Busy)?;
        let delivery = places.delivery.as_ref().ok_or(Trouble::Busy)?;
        let (reply, answer) = oneshot::channel();
        delivery.try_send(AskWebhook { webhook, ask, reply }).map_err(|_| Trouble::Busy)?;
        let answer = answer.await.map_err(|_| Trouble::Defect)?;
        if answer == Err(Refusal::TooMany) {
            self.shared.metrics.refuse("webhook_replays");
        }
        Ok(answer?)
    }

    /// How the queues of all webhooks stand; nothing where nobody is told.
    pub async fn observe_webhooks(&self) -> Option<(Tally, Vec<Observed>)> {
        let delivery = self.shared.places.get()?.delivery.as_ref()?;
        let (reply, answer) = oneshot::channel();
        delivery.try_send(Observe(reply)).ok()?;
        answer.await.ok()
    }
}

/// Why nothing was asked of a webhook's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskRefusal {
    /// There is no such webhook.
    #[error("there is no such webhook")]
    Unknown,
    /// As many replays as there may be are not through.
    #[error("too many replays are not through")]
    TooMany,
    /// The machinery cannot, at the moment or at all.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Refusal> for AskRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::Unknown,
            Refusal::TooMany => Self::TooMany,
            Refusal::Again => Self::Trouble(Trouble::Busy),
        }
    }
}
