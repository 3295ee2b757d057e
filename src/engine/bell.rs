//! Tells that an application has new events: each group that is durable rings for those it holds events
//! of. Only the last number goes over it: whoever listens reads. Must not know: what is listened for.

use crate::domain::id::ApplicationId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Rings for applications.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Mutex<BTreeMap<ApplicationId, watch::Sender<u64>>>>);

/// Hears one application. What rang between two looks is not missed.
#[derive(Debug)]
pub struct Listening(watch::Receiver<u64>);

impl Bell {
    /// Begins to listen; what is durable already is read, not heard.
    pub fn listen(&self, application: ApplicationId) -> Listening {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Listening(all.entry(application).or_insert_with(|| watch::channel(0).0).subscribe())
    }

    /// The application's events up to this number are durable.
    pub fn ring(&self, application: ApplicationId, last: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = all.get(&application)
            && sender.send(last).is_err()
        {
            all.remove(&application);
        }
    }
}

impl Listening {
    /// Waits until it rings; at once when it rang since the last call, or since the beginning.
    pub async fn heard(&mut self) {
        // Nobody rings any more only when the server has ended.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    #[test]
    fn it_rings_for_those_who_listen_and_forgets_those_who_went() {
        let (bell, one) = (Bell::default(), ApplicationId(Uuid::from_u128(1)));
        bell.ring(one, 1);
        let mut listening = bell.listen(one);
        assert!(listening.heard().now_or_never().is_none(), "what rang before is read, not heard");
        bell.ring(ApplicationId(Uuid::from_u128(2)), 9);
        assert!(listening.heard().now_or_never().is_none());
        bell.ring(one, 2);
        bell.ring(one, 3);
        assert!(listening.heard().now_or_never().is_some());
        assert!(listening.heard().now_or_never().is_none());
        drop(listening);
        bell.ring(one, 4);
        assert!(bell.0.lock().unwrap().is_empty());
        let mut again = bell.listen(one);
        bell.ring(one, 5);
        assert!(again.heard().now_or_never().is_some());
    }
}
