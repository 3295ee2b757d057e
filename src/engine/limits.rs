//! What an operator may set of the engine, each with its default. Must not know: where it is set.

use super::aggregator::gate::{self, GateLimits};
use super::{accesses, feed, housekeeper, mark};
use crate::domain::time::Span;
use crate::domain::webhook::target::Reach;

/// The engine's limits, each with its default and bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Shards; more than there are free cores only adds hops (1 to 64).
    pub shards: usize,
    /// Commands under way at a time (1 to [`admission::PERMITS_MAX`]).
    pub permits: u32,
    /// Users in memory at most, over all shards.
    pub users_max: usize,
    /// How long an unused user stays in memory.
    pub idle: Span,
    /// What one institution is asked at most: calls at a time (1 to 1,024), how long one may take, and may wait
    /// in line before (1 s to 2 min), failures in a row (1 to 1,000), and the rest after them (1 s to 10 min).
    pub institutions: GateLimits,
    /// How long the answer of a request that is done once is kept (1 min to 30 days).
    pub mark_lifetime: Span,
    /// How long events are kept (7 days, which the compatible list shows, to 400).
    pub event_lifetime: Span,
    /// How long accesses to the data of users are kept (30 days to 400).
    pub access_lifetime: Span,
    /// How long they are counted in memory alone (1 s to 10 min).
    pub access_flush: Span,
    /// Readers of one application that wait for events at a time (1 to [`feed::WAITING_MAX`]).
    pub feed_readers: usize,
    /// How far webhooks may reach.
    pub webhook_reach: Reach,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            shards: (cores / 2).max(1),
            permits: 1024,
            users_max: 200_000,
            idle: Span::minutes(2),
            institutions: gate::LIMITS,
            mark_lifetime: mark::LIFETIME,
            event_lifetime: housekeeper::EVENT_LIFETIME,
            access_lifetime: accesses::LIFETIME,
            access_flush: accesses::FLUSH,
            feed_readers: feed::READERS,
            webhook_reach: Reach::Public,
        }
    }
}
