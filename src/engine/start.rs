//! Starts the actors of a server, each where it belongs. Must not know: what any of them does.

use super::clocks::actor::{Begin as BeginClocks, Clockkeeper};
use super::clocks::core::KeeperCore;
use super::delivery::actor::Outlet;
use super::shared::{Places, Shared, start_in};
use super::{Limits, accesses, delivery, dispatcher, housekeeper, shard, timekeeper};
use actix::Arbiter;
use std::sync::Arc;

/// How many deadlines the near queue holds.
const TIMEKEEPER_QUEUE_MAX: usize = 100_000;

/// How many users are told at a time that something is due.
pub(super) const TIMEKEEPER_TOLD_MAX: usize = 256;

/// All of them. What cannot be told an outlet tells no webhook.
pub(super) fn start_actors(
    shared: &Arc<Shared>,
    limits: Limits,
    keeper: KeeperCore,
    outlet: Option<Outlet>,
    arbiter: &actix::ArbiterHandle,
) {
    let shards = limits.shards.clamp(1, 64);
    let per_shard = shard::core::Limits { users_max: (limits.users_max / shards).max(1), idle: limits.idle };
    let capacity = shared.mailbox_capacity;
    let start_shard = |_| {
        let (core, shared) = (shard::core::ShardCore::new(per_shard), shared.clone());
        start_in(&Arbiter::new().handle(), capacity, move || shard::actor::Shard::new(core, shared))
    };
    let shards = (0..shards).map(start_shard).collect();
    let (for_timekeeper, for_dispatcher) = (shared.clone(), shared.clone());
    let timekeeper = start_in(arbiter, capacity, move || {
        let core = timekeeper::core::TimekeeperCore::new(TIMEKEEPER_QUEUE_MAX, TIMEKEEPER_TOLD_MAX);
        timekeeper::actor::Timekeeper::new(core, for_timekeeper)
    });
    let dispatcher = start_in(arbiter, capacity, move || dispatcher::actor::Dispatcher::new(for_dispatcher));
    // On a thread of its own: signing and encrypting take time.
    let delivery = outlet.map(|outlet| {
        let shared = shared.clone();
        let make = move || delivery::actor::Delivery::new(shared, outlet);
        start_in(&Arbiter::new().handle(), capacity, make)
    });
    let for_keeper = shared.clone();
    let clockkeeper = start_in(arbiter, capacity, move || Clockkeeper::new(keeper, for_keeper));
    let make = || Places { shards, timekeeper, dispatcher, delivery, clockkeeper };
    let places = shared.places.get_or_init(make);
    // Fresh mailboxes have room for one message each.
    let _ = places.timekeeper.try_send(timekeeper::actor::Begin);
    let _ = places.dispatcher.try_send(dispatcher::actor::Begin);
    let _ = places.clockkeeper.try_send(BeginClocks);
    // An arbiter that has ended keeps no house.
    let _ = arbiter.spawn(housekeeper::keep(shared.clone()));
    let _ = arbiter.spawn(accesses::keep(shared.clone()));
    let _ = places.delivery.as_ref().map(|delivery| delivery.try_send(delivery::actor::Begin));
}
