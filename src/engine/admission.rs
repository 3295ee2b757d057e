//! Admission: a counted permit for each command that is let in. An actix mailbox bounds nothing by
//! itself, so the bound is here, at the edge; full means "busy, try again". Must not know: who asks.

use crate::metrics::Metrics;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many permits there may be.
pub const PERMITS_MAX: u32 = 65_536;

/// Hands out permits.
#[derive(Debug, Clone)]
pub struct Admission {
    permits: Arc<Semaphore>,
    total: u32,
    metrics: Arc<Metrics>,
}

/// The right to have one command under way; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _inner: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.metrics.permits_taken.dec();
    }
}

impl Admission {
    /// `total` permits (1 to [`PERMITS_MAX`]).
    pub fn new(total: u32, metrics: Arc<Metrics>) -> Self {
        let total = total.clamp(1, PERMITS_MAX);
        Self { permits: Arc::new(Semaphore::new(total as usize)), total, metrics }
    }

    /// A permit, or none when all are taken or the server is stopping.
    pub fn enter(&self) -> Option<Permit> {
        if let Ok(inner) = self.permits.clone().try_acquire_owned() {
            self.metrics.permits_taken.inc();
            Some(Permit { _inner: inner, metrics: self.metrics.clone() })
        } else {
            self.metrics.refuse("admission_permits");
            None
        }
    }

    /// How many there are, and how many are free.
    pub fn observe(&self) -> (u32, usize) {
        (self.total, self.permits.available_permits())
    }

    /// Waits until every permit is back, and lets nobody in from then on.
    pub async fn close(&self) {
        // Taking all of them is what nobody being inside means; an error means closed already.
        let all = self.permits.acquire_many(self.total).await;
        self.permits.close();
        drop(all);
    }
}
