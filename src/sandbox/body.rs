//! Request bodies: read with limits in length and time, then as one JSON object. What was read is
//! wiped, for it may hold a password. Must not know: routes.

use super::answer::Refusal;
use bytes::Buf;
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::time::Duration;
use warp::Filter;
use warp::filters::BoxedFilter;
use zeroize::Zeroizing;

/// The longest body, in bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// How much more is read and thrown away, so that the caller gets to read why.
const DISCARD_BYTES_MAX: usize = 1024 * 1024;

/// How long a body may take.
const BODY_TIME_MAX: Duration = Duration::from_secs(10);

/// A body that was not read yet.
pub struct Body(Pin<Box<dyn Stream<Item = Option<Vec<u8>>> + Send + Sync>>);

/// Takes the body of a request, unread. Never rejects.
pub fn take() -> BoxedFilter<(Body,)> {
    warp::body::stream().map(|stream| Body(Box::pin(StreamExt::map(stream, chunk)))).boxed()
}

/// A chunk; nothing when the connection broke.
fn chunk<B: Buf, E>(chunk: Result<B, E>) -> Option<Vec<u8>> {
    let mut chunk = chunk.ok()?;
    Some(chunk.copy_to_bytes(chunk.remaining()).to_vec())
}

impl Body {
    /// The body as one JSON object. Members that are not known are ignored unless the type minds them.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Refusal> {
        let read = tokio::time::timeout(BODY_TIME_MAX, self.bytes()).await;
        let read = read.map_err(|_| Refusal::TooSlow)??;
        // Objects alone: a struct would be read from a list too.
        if read.trim_ascii().first() != Some(&b'{') {
            return Err(Refusal::BadBody);
        }
        // What the parser says may repeat what was sent: it stays here.
        serde_json::from_slice(&read).map_err(|_| Refusal::BadBody)
    }

    async fn bytes(mut self) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        // Once, so that growing leaves no copies behind.
        let mut read = Zeroizing::new(Vec::with_capacity(BODY_BYTES_MAX));
        while let Some(chunk) = self.0.next().await {
            let chunk = Zeroizing::new(chunk.ok_or(Refusal::BadBody)?);
            if chunk.len() > BODY_BYTES_MAX - read.len() {
                self.discard().await;
                return Err(Refusal::TooLong);
            }
            read.extend_from_slice(&chunk);
        }
        Ok(read)
    }

    async fn discard(&mut self) {
        let mut thrown = 0;
        while thrown < DISCARD_BYTES_MAX
            && let Some(Some(chunk)) = self.0.next().await
        {
            thrown += chunk.len();
        }
    }
}
