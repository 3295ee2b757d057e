//! What all actors of one server share, and how they reach each other. Must not know: any rule.

use crate::adapters::institution::Institution;
use crate::adapters::sms::SmsGateway;
use crate::clock::Clock;
use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::target::Reach;
use crate::engine::aggregator::gate::Gates;
use crate::engine::bell::Bell;
use crate::engine::clocks::actor::{Armed as ArmedClock, Clockkeeper};
use crate::engine::committer::Committer;
use crate::engine::delivery::actor::{Changed, Delivery};
use crate::engine::dispatcher::actor::{Committed, Dispatcher};
use crate::engine::house::House;
use crate::engine::shard::actor::Shard;
use crate::engine::timekeeper::actor::{Armed, Timekeeper};
use crate::engine::user::load::Library;
use crate::engine::watch::Watchers;
use crate::metrics::Metrics;
use crate::random::EntropySource;
use crate::store::Store;
use actix::{Actor, Addr, ArbiterHandle, Context};
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// Where the actors are, once all have started.
pub struct Places {
    /// The shards, in order.
    pub shards: Vec<Addr<Shard>>,
    /// The supervisor of deadlines.
    pub timekeeper: Addr<Timekeeper>,
    /// The performer of effects.
    pub dispatcher: Addr<Dispatcher>,
    /// The teller of webhooks, where there is one: a command over a folder tells nobody.
    pub delivery: Option<Addr<Delivery>>,
    /// The keeper of test clocks.
    pub clockkeeper: Addr<Clockkeeper>,
}

/// Shared by all actors.
pub struct Shared {
    /// Requests that are done once and under way.
    pub turns: super::mark::Turns,
    /// How long the answers of those are kept.
    pub mark_lifetime: Span,
    /// Accesses that are not written down yet.
    pub accesses: super::accesses::Waiting,
    /// How long events are kept.
    pub event_lifetime: Span,
    /// How far webhooks may reach.
    pub webhook_reach: Reach,
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
    /// Rings when an application has new events.
    pub bell: Bell,
    /// The places of those who wait for what happens next.
    pub seats: super::feed::Seats,
    /// Carries texts.
    pub gateway: Arc<dyn SmsGateway>,
    /// The way to institutions.
    pub institutions: Arc<dyn Institution>,
    /// What each of them is asked by all users together.
    pub gates: Gates,
    /// How long each of them takes.
    pub pace: super::pace::Pace,
    /// Who is watched.
    pub watchers: Watchers,
    /// The server is about to stop: whoever only listens goes.
    pub stopping: CancellationToken,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Messages that may wait for one actor: never fewer than there are permits.
    pub mailbox_capacity: usize,
    /// Set once, when all have started.
    pub places: OnceLock<Places>,
}

/// Starts an actor on an arbiter with room for `capacity` messages from the first moment: actix's own way
/// gives it room for 16 until it has run once, and refuses a burst that comes before that.
pub fn start_in<A: Actor<Context = Context<A>>>(
    arbiter: &ArbiterHandle,
    capacity: usize,
    make: impl FnOnce() -> A + Send + 'static,
) -> Addr<A> {
    let (sender, receiver) = actix::dev::channel::channel(capacity);
    // An arbiter that has ended leaves an address that is not connected, which its users look at.
    arbiter.spawn_fn(move || {
        Context::with_receiver(receiver).run(make());
    });
    Addr::new(sender)
}

/// The same on the arbiter of whoever calls.
pub fn start_here<A: Actor<Context = Context<A>>>(capacity: usize, actor: A) -> Addr<A> {
    let (sender, receiver) = actix::dev::channel::channel(capacity);
    Context::with_receiver(receiver).run(actor);
    Addr::new(sender)
}

impl Shared {
    /// Tells that a deadline was committed. Lost words are found again in the index.
    pub fn tell_timekeeper(&self, armed: Armed) {
        if let Some(places) = self.places.get() {
            // A full mailbox loses nothing: the durable index is read again within a minute.
            let _ = places.timekeeper.try_send(armed);
        }
    }

    /// Tells that an application was changed. Lost words are found again within a minute.
    pub fn tell_delivery(&self, application: ApplicationId) {
        if let Some(delivery) = self.places.get().and_then(|places| places.delivery.as_ref()) {
            let _ = delivery.try_send(Changed(application));
        }
    }

    /// Tells that a deadline of a test clock was committed.
    pub fn tell_clockkeeper(&self, clock: ClockId, at: UnixMillis) {
        if let Some(places) = self.places.get() {
            // A full mailbox belongs to a clock that is moving: it reads the index itself.
            let _ = places.clockkeeper.try_send(ArmedClock(clock, at));
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

#[cfg(test)]
mod tests {
    use super::*;
    use actix::{Arbiter, Handler, Message, System};

    const BURST: usize = 400;

    struct Word;

    impl Message for Word {
        type Result = ();
    }

    struct Listener;

    impl Actor for Listener {
        type Context = Context<Self>;
    }

    impl Handler<Word> for Listener {
        type Result = ();

        fn handle(&mut self, _: Word, _: &mut Self::Context) {}
    }

    fn taken(addr: &Addr<Listener>) -> usize {
        (0..BURST).filter(|_| addr.try_send(Word).is_ok()).count()
    }

    #[test]
    fn a_burst_before_an_actors_first_turn_is_taken_whole() {
        System::new().block_on(async {
            let arbiter = Arbiter::new();
            let (go, wait) = std::sync::mpsc::channel::<()>();
            arbiter.spawn_fn(move || {
                let _ = wait.recv();
            });
            let elsewhere = start_in(&arbiter.handle(), BURST, || Listener);
            assert_eq!(taken(&elsewhere), BURST);
            drop(go);
            // Nothing is awaited in between: it has had no turn yet.
            assert_eq!(taken(&start_here(BURST, Listener)), BURST);
            arbiter.stop();
        });
    }
}
