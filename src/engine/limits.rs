//! What an operator may set of the engine, each with its default. Must not know: where it is set.

use super::{aggregator, housekeeper, mark};
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
    /// How long one call of an institution may take, and may wait in line before (1 s to 2 min).
    pub institution_call_max: Span,
    /// How long the answer of a request that is done once is kept (1 min to 30 days).
    pub mark_lifetime: Span,
    /// How long events are kept (7 days, which the compatible list shows, to 400).
    pub event_lifetime: Span,
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
            institution_call_max: aggregator::gate::CALL_DEADLINE,
            mark_lifetime: mark::LIFETIME,
            event_lifetime: housekeeper::EVENT_LIFETIME,
            webhook_reach: Reach::Public,
        }
    }
}
