//! What is counted, under the names that `/metrics` shows. Labels come from closed sets: never an id,
//! never a number. Must not know: who counts.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// One label: what was done and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// What.
    pub name: &'static str,
    /// `ok`, or the reason.
    pub outcome: &'static str,
}

/// One label: a limit by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LimitName {
    /// Which limit.
    pub limit: &'static str,
}

/// One label: a request by its surface and the class of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    /// `api`, `client_auth`, `pages` or `admin`.
    pub surface: &'static str,
    /// The status, such as 201.
    pub status: u16,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    /// Commands by name and outcome.
    pub commands: Family<Outcome, Counter>,
    /// Commits by outcome.
    pub commits: Family<Outcome, Counter>,
    /// Seconds for one group: conditions, batch and sync.
    pub commit_seconds: Histogram,
    /// Commits in one group.
    pub commits_per_group: Histogram,
    /// 1 while writes are refused for want of room.
    pub store_full: Gauge,
    /// Users in memory.
    pub users_resident: Gauge,
    /// Users started from the store.
    pub users_started: Counter,
    /// Users dropped from memory because they idled.
    pub users_evicted: Counter,
    /// Panics contained in a user.
    pub user_panics: Counter,
    /// Permits taken at the moment.
    pub permits_taken: Gauge,
    /// How often a limit said no.
    pub limit_refusals: Family<LimitName, Counter>,
    /// Deadlines fired.
    pub deadlines_fired: Counter,
    /// Users told that something is due by their test clock.
    pub clock_deadlines_fired: Counter,
    /// Deadlines in the near queue.
    pub deadlines_queued: Gauge,
    /// Tries of effects by outcome.
    pub effects: Family<Outcome, Counter>,
    /// Effects that wait for their turn or are under way.
    pub effects_open: Gauge,
    /// Attempts to tell webhooks by outcome.
    pub deliveries: Family<Outcome, Counter>,
    /// Attempts under way.
    pub deliveries_under_way: Gauge,
    /// Seconds from an event to its arrival at the first attempt.
    pub delivery_lag_seconds: Histogram,
    /// Webhooks to which nothing goes any more.
    pub webhooks_halted: Gauge,
    /// Webhooks that wait for a place.
    pub webhooks_waiting: Gauge,
    /// Accesses to the data of users that were counted.
    pub accesses: Counter,
    /// Accesses that were not: too many users wait, or a row does not read.
    pub accesses_lost: Counter,
    /// Users whose accesses wait to be written down.
    pub access_users_waiting: Gauge,
    /// Old blocks of accesses that were removed.
    pub access_blocks_pruned: Counter,
    /// Forgotten marks that were removed.
    pub marks_pruned: Counter,
    /// Old events that were removed.
    pub events_pruned: Counter,
    /// How long the oldest row has waited to be removed, at the last look; 0 when none waits.
    pub prune_lag_seconds: Gauge,
    /// Calls to institutions by outcome.
    pub bank_calls: Family<Outcome, Counter>,
    /// Users whose jobs are worked on at the moment.
    pub aggregators_running: Gauge,
    /// Answers by surface and status.
    pub answers: Family<Answered, Counter>,
    /// Seconds from a request's head to its answer's head.
    pub request_seconds: Histogram,
    /// Open connections of all listeners.
    pub connections_open: Gauge,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Metrics(..)")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.000_1, 2.0, 16));
        let mut metrics = Self {
            registry: Registry::with_prefix("authlink"),
            commands: Family::default(),
            commits: Family::default(),
            commit_seconds: seconds(),
            commits_per_group: Histogram::new(exponential_buckets(1.0, 2.0, 8)),
            store_full: Gauge::default(),
            users_resident: Gauge::default(),
            users_started: Counter::default(),
            users_evicted: Counter::default(),
            user_panics: Counter::default(),
            permits_taken: Gauge::default(),
            limit_refusals: Family::default(),
            deadlines_fired: Counter::default(),
            clock_deadlines_fired: Counter::default(),
            deadlines_queued: Gauge::default(),
            effects: Family::default(),
            effects_open: Gauge::default(),
            deliveries: Family::default(),
            deliveries_under_way: Gauge::default(),
            delivery_lag_seconds: Histogram::new(exponential_buckets(0.001, 4.0, 14)),
            webhooks_halted: Gauge::default(),
            webhooks_waiting: Gauge::default(),
            accesses: Counter::default(),
            accesses_lost: Counter::default(),
            access_users_waiting: Gauge::default(),
            access_blocks_pruned: Counter::default(),
            marks_pruned: Counter::default(),
            events_pruned: Counter::default(),
            prune_lag_seconds: Gauge::default(),
            bank_calls: Family::default(),
            aggregators_running: Gauge::default(),
            answers: Family::default(),
            request_seconds: seconds(),
            connections_open: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register_deliveries(&mut self) {
        let registry = &mut self.registry;
        registry.register("deliveries", "Attempts to tell webhooks by outcome", self.deliveries.clone());
        let under_way = self.deliveries_under_way.clone();
        registry.register("deliveries_under_way", "Attempts under way", under_way);
        let help = "From an event to its arrival, where the first attempt arrives";
        registry.register_with_unit("delivery_lag", help, Unit::Seconds, self.delivery_lag_seconds.clone());
        let halted = self.webhooks_halted.clone();
        registry.register("webhooks_halted", "Webhooks to which nothing goes any more", halted);
        registry.register(
            "webhooks_waiting",
            "Webhooks that wait for a place",
            self.webhooks_waiting.clone(),
        );
    }

    fn register_accesses(&mut self) {
        let registry = &mut self.registry;
        registry.register("accesses", "Accesses to the data of users", self.accesses.clone());
        registry.register("accesses_lost", "Accesses that were not counted", self.accesses_lost.clone());
        let help = "Users whose accesses wait to be written down";
        registry.register("access_users_waiting", help, self.access_users_waiting.clone());
    }

    fn register_pruned(&mut self) {
        let registry = &mut self.registry;
        let blocks = self.access_blocks_pruned.clone();
        registry.register("access_blocks_pruned", "Old blocks of accesses that were removed", blocks);
        registry.register("marks_pruned", "Forgotten marks that were removed", self.marks_pruned.clone());
        registry.register("events_pruned", "Old events that were removed", self.events_pruned.clone());
        let help = "How long the oldest row has waited to be removed";
        registry.register_with_unit("prune_lag", help, Unit::Seconds, self.prune_lag_seconds.clone());
    }

    fn register(&mut self) {
        self.register_deliveries();
        self.register_accesses();
        self.register_pruned();
        let registry = &mut self.registry;
        registry.register("bank_calls", "Calls to institutions by outcome", self.bank_calls.clone());
        let running = self.aggregators_running.clone();
        registry.register("aggregators_running", "Users whose jobs are worked on", running);
        registry.register("commands", "Commands by name and outcome", self.commands.clone());
        registry.register("commits", "Commits by outcome", self.commits.clone());
        let help = "One group of commits, conditions to sync";
        registry.register_with_unit("commit", help, Unit::Seconds, self.commit_seconds.clone());
        registry.register("commits_per_group", "Commits in one group", self.commits_per_group.clone());
        registry.register(
            "store_full",
            "1 while writes are refused for want of room",
            self.store_full.clone(),
        );
        registry.register("users_resident", "Users in memory", self.users_resident.clone());
        registry.register("users_started", "Users started from the store", self.users_started.clone());
        registry.register("users_evicted", "Idle users dropped from memory", self.users_evicted.clone());
        registry.register("user_panics", "Panics contained in a user", self.user_panics.clone());
        registry.register("permits_taken", "Admission permits taken", self.permits_taken.clone());
        registry.register("limit_refusals", "How often a limit said no", self.limit_refusals.clone());
        registry.register("deadlines_fired", "Deadlines fired", self.deadlines_fired.clone());
        let help = "Users told that something is due by their test clock";
        registry.register("clock_deadlines_fired", help, self.clock_deadlines_fired.clone());
        registry.register("deadlines_queued", "Deadlines in the near queue", self.deadlines_queued.clone());
        registry.register("effects", "Tries of effects by outcome", self.effects.clone());
        registry.register("effects_open", "Effects waiting or under way", self.effects_open.clone());
        registry.register("answers", "Answers by surface and status", self.answers.clone());
        let help = "From a request's head to its answer's head";
        registry.register_with_unit("request", help, Unit::Seconds, self.request_seconds.clone());
        registry.register(
            "connections_open",
            "Open connections of all listeners",
            self.connections_open.clone(),
        );
    }

    /// Everything in the text format that Prometheus reads.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    /// Counts a limit that said no.
    pub fn refuse(&self, limit: &'static str) {
        self.limit_refusals.get_or_create(&LimitName { limit }).inc();
    }
}
