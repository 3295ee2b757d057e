//! The simulator: one seed drives partners, people, phones, institutions, the clock, the disk and every
//! kind of crash over the real domain, the real cores, codec and records, on virtual time and one
//! queue; a tally of its own is compared after every step; at the end everything is healed and quiet is
//! demanded. No threads, no async, no clock, no entropy: the same seed gives the same log.
//!
//! [`world`] holds the run, [`process`], [`server`] and [`gathering`] stand for the actix shells,
//! [`people`], [`asks`], [`named`], [`errands`], [`reissue`] and [`connecting`] for everybody outside, [`gateway`] for the phones, [`banks`] and
//! [`holdings`] for institutions, [`webhooks`] and [`changing`] for whoever is told, [`clocks`] for test clocks, [`disk`] and [`faults`] for what breaks, [`ledger`], [`jobs`] and
//! [`rules`] for what was acknowledged, [`checker`] with [`replay`], [`rows`], [`marks`], [`keeping`], [`happened`] and [`shown`]
//! for what was made durable. Must not know: HTTP, sled, actix.

mod asks;
mod banks;
mod changing;
mod checker;
mod clocks;
mod connecting;
mod dice;
mod disk;
mod errands;
mod facts;
mod faults;
mod gateway;
mod gathering;
mod happened;
mod holdings;
mod jobs;
mod keeping;
mod ledger;
mod log;
mod marks;
mod named;
mod options;
mod people;
mod process;
mod queue;
mod reissue;
mod replay;
mod rows;
mod rules;
mod server;
mod shown;
mod webhooks;
mod world;

use std::collections::BTreeSet;

/// How many lines of the log a failure shows.
const TAIL_LINES: usize = 60;

/// What a run that broke nothing says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was drawn from the seed.
    pub options: String,
    /// Every step.
    pub log: Vec<String>,
    /// What happened at least once.
    pub marks: BTreeSet<&'static str>,
}

/// A broken rule: its name as in docs/ARCHITECTURE.md, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `AL-1` and the like.
    pub name: &'static str,
    /// What was seen.
    pub what: String,
}

/// A run that broke a rule: everything that is needed to see it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// How many steps were asked for.
    pub steps: u32,
    /// What was drawn from the seed.
    pub options: String,
    /// Which rule was broken.
    pub violation: Violation,
    /// The end of the log.
    pub tail: Vec<String>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "{}", self.options)?;
        self.tail.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out, "broken: {} {}", self.violation.name, self.violation.what)?;
        write!(
            out,
            "alone: AUTHLINK_SEED={} AUTHLINK_STEPS={} cargo test --test it simulation",
            self.seed, self.steps
        )
    }
}

impl std::error::Error for Failure {}

type Outcome<T> = Result<T, Violation>;

/// A broken rule.
fn broken(name: &'static str, what: impl Into<String>) -> Violation {
    Violation { name, what: what.into() }
}

/// One run.
///
/// # Errors
/// The first broken rule, with the way to see it again.
pub fn run(seed: u64, steps: u32) -> Result<Report, Box<Failure>> {
    world::World::new(seed, steps, false)?.run()
}

/// One run on a store whose syncs do nothing: a good checker refuses it as soon as the power is cut.
///
/// # Errors
/// The first broken rule, with the way to see it again.
pub fn run_on_a_lying_store(seed: u64, steps: u32) -> Result<Report, Box<Failure>> {
    world::World::new(seed, steps, true)?.run()
}
