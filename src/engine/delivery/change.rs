//! What a webhook's queue asks to be read and written, as values. Must not know: when, how.

use crate::domain::delivery::{Attempt, Message, MessageKey};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::engine::records::delivery::Cursor;

/// A webhook, as far as its queue goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscriber {
    /// Which webhook.
    pub webhook: WebhookId,
    /// Whose.
    pub application: ApplicationId,
    /// How often the partner said how it should be: what halted it before that counts no more.
    pub term: u32,
    /// Events up to this number came before it.
    pub since: u64,
}

/// What is read of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which webhook.
    pub webhook: WebhookId,
    /// Whose.
    pub application: ApplicationId,
    /// Nothing is known of it yet.
    pub is_first: bool,
    /// The next events, if any are wanted.
    pub page: Option<WantedPage>,
}

/// Which events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedPage {
    /// In which run they are told.
    pub run: u32,
    /// Behind this number.
    pub after: u64,
    /// Up to this one.
    pub to: u64,
}

/// A try that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which message.
    pub key: MessageKey,
    /// The message from now on and the try; nothing when its event is gone.
    pub told: Option<(Message, Attempt)>,
    /// When it was due, if it was tried again.
    pub was_due: Option<UnixMillis>,
}

/// What is asked of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Tell these events once more.
    Replay {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Send this, which stands for no event.
    Test(Box<Message>),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The run's number.
    Replay(u32),
    /// The message.
    Test(MessageKey),
}

/// Everything of one webhook that becomes durable together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which webhook.
    pub subscriber: Subscriber,
    /// The version of its cursor that this replaces; 0 when there is none yet.
    pub version: u64,
    /// Its cursor from now on.
    pub cursor: Cursor,
    /// Tries that are over.
    pub done: Vec<Done>,
    /// New test messages.
    pub tests: Vec<(MessageKey, Message)>,
}
