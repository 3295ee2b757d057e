//! What all actors of one server share, and how they reach each other. Must not know: any rule.

use crate::adapters::sms::SmsGateway;
use crate::clock::Clock;
use crate::engine::committer::Committer;
use crate::engine::dispatcher::actor::{Committed, Dispatcher};
use crate::engine::house::House;
use crate::engine::shard::actor::Shard;
use crate::engine::timekeeper::actor::{Armed, Timekeeper};
use crate::engine::user::load::Library;
use crate::metrics::Metrics;
use crate::random::EntropySource;
use crate::store::Store;
use actix::Addr;
use std::sync::{Arc, OnceLock};

/// Where the actors are, once all have started.
pub struct Places {
    /// The shards, in order.
    pub shards: Vec<Addr<Shard>>,
    /// The supervisor of deadlines.
    pub timekeeper: Addr<Timekeeper>,
    /// The performer of effects.
    pub dispatcher: Addr<Dispatcher>,
}

/// Shared by all actors.
pub struct Shared {
    /// Lifecycles, keys, applications.
    pub house: Arc<House>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Entropy.
    pub entropy: Arc<dyn EntropySource>,
    /// Records.
    pub store: Arc<dyn Store>,
    /// Users as the store has them.
    pub library: Library,
    /// Makes things durable.
    pub committer: Committer,
    /// Carries texts.
    pub gateway: Arc<dyn SmsGateway>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Messages that may wait for one actor: never fewer than there are permits.
    pub mailbox_capacity: usize,
    /// Set once, when all have started.
    pub places: OnceLock<Places>,
}

impl Shared {
    /// Tells that a deadline was committed. Lost words are found again in the index.
    pub fn tell_timekeeper(&self, armed: Armed) {
        if let Some(places) = self.places.get() {
            // A full mailbox loses nothing: the durable index is read again within a minute.
            let _ = places.timekeeper.try_send(armed);
        }
    }

    /// Tells that effects were committed.
    pub fn tell_dispatcher(&self, committed: Committed) {
        if let Some(places) = self.places.get() {
            #[expect(
                clippy::disallowed_methods,
                reason = "a lost word would leave a text unsent until the next start"
            )]
            places.dispatcher.do_send(committed);
        }
    }
}
