//! Text messages: the gateways that carry them. Must not know: what one says, links, users, records.

mod inbox;
pub mod magic;

pub use inbox::Inbox;

use crate::domain::time::Span;
use async_trait::async_trait;
use thiserror::Error;

/// One text on its way. Its `Debug` shows nothing of it.
pub struct Message<'a> {
    /// The same for every repeat: a gateway that knows it sends nothing twice.
    pub idempotency_key: String,
    /// The number, E.164.
    pub to: &'a str,
    /// What it says.
    pub body: &'a str,
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Message(..)")
    }
}

/// Why a text did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SmsError {
    /// Not now; the same text under the same key may go later.
    #[error("the gateway cannot take it at the moment")]
    Later,
    /// Never: the number or the text is refused.
    #[error("the gateway refused it")]
    Refused,
}

/// How a text that was taken comes to the phone, as far as a gateway knows. A real one knows nothing
/// and says at once; the sandbox's own phone is whatever is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// As soon as it was taken.
    AtOnce,
    /// So much later.
    After(Span),
    /// Behind the next text to the same number: the older one comes after the newer one.
    BehindTheNext,
    /// Twice.
    Twice,
    /// Never.
    Never,
}

/// What carries texts.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Hands a text over, and says how it arrives.
    ///
    /// # Errors
    /// Whether trying again makes sense.
    async fn send(&self, message: Message<'_>) -> Result<Arrival, SmsError>;
}
