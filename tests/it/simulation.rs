//! Runs of the simulator: fixed seeds, fresh seeds, the same seed twice, and a lying store.
//!
//! `AUTHLINK_SEED=n` runs that seed alone and prints its whole log; `AUTHLINK_STEPS=n` sets how long a
//! run is; `AUTHLINK_SEEDS=n` sets how many fresh seeds are run (`./test long` takes tens of thousands).

use authlink::random::{EntropySource, SystemEntropy};
use authlink::sim;
use std::collections::BTreeSet;

/// Steps of one run.
const STEPS: u32 = 300;

/// How many fixed and how many fresh seeds an ordinary test run takes.
const SEEDS: u64 = 240;

/// What must have happened at least once within the fixed seeds: a run that never gets there proves
/// nothing about it.
const MARKS: &[&str] = &[
    "a clock did as it was asked",
    "a clock is gone",
    "a clock told its users",
    "a clock waited for an institution",
    "a clock was on its way in a crash",
    "a code came late",
    "a code superseded another",
    "a commit met a conflict",
    "a conflict made a user load again",
    "a crash kept an unsynced batch",
    "a failed write ended the process",
    "a full disk refused a commit",
    "a group of several commits",
    "a late text was dropped",
    "a link locked",
    "a link was required",
    "a partner ended a consent",
    "a name was used for something else",
    "a named request met itself",
    "a named request was about somebody who is gone",
    "a named request was answered as before",
    "a named request was done",
    "a policy changed",
    "a policy changed under a page",
    "a question was lost in a crash",
    "a race of right codes had one winner",
    "a right code was accepted",
    "a second link carried the consent over",
    "a stranger saw nothing",
    "a text was repeated under its key",
    "a token was revoked",
    "a token was used twice",
    "a user panicked",
    "a user panicked with a commit under way",
    "a user was deleted",
    "a withdrawn text was not sent",
    "an alarm came for nothing",
    "an alarm was lost",
    "a user was too busy to retire",
    "an idle user was retired",
    "cut at apply",
    "cut at slot destroy",
    "cut at slot sync",
    "cut at slot write",
    "cut at sync",
    "cut between commit and effect",
    "cut between effect and its write-down",
    "cut between sync and reply",
    "disclosed by browser",
    "disclosed by token",
    "a connection was deleted",
    "a connection was purged",
    "a connection was refreshed",
    "a login was read",
    "a login was read again",
    "a partner read accounts and transactions",
    "a password was changed",
    "a question was over before its answer",
    "a refresh needed its person",
    "a refresh was under way already",
    "accounts came to be shown",
    "an account was held by two logins",
    "disclosing was asked about",
    "more than one batch of transactions was read",
    "new transactions were told of",
    "several were refreshed at once",
    "what was read was purged",
    "a message arrived",
    "a message arrived at a later try",
    "a message arrived once more",
    "a mark that was over made room",
    "a message outlived its process",
    "a message was refused",
    "old messages were swept away",
    "a job went on in a second try",
    "event account.updated",
    "event connection.deleted",
    "event connection.invalidated",
    "event connection.updated",
    "a consent was wanted first",
    "cut between commit and work",
    "event connection.activated",
    "event connection.created",
    "event transactions.updated",
    "somebody answered a question",
    "somebody signed in somewhere",
    "event auth_link.abandoned",
    "event auth_link.completed",
    "event auth_link.created",
    "event auth_link.deleted",
    "event auth_link.expired",
    "event auth_link.locked",
    "event auth_link.opened",
    "event auth_link.otp_failed",
    "event auth_link.otp_sent",
    "event auth_link.replaced",
    "event auth_link.verified",
    "event consent.archived",
    "event consent.created",
    "event consent.expired",
    "event consent.reminder",
    "event consent.warning",
    "event consent.revoked",
    "event user.created",
    "event user.deleted",
    "event user.updated",
    "events were told again",
    "events went",
    "marks went",
    "no more texts for a link",
    "the clock jumped",
    "the gateway refused a text",
    "the gateway took too long",
    "the gateway was down",
    "the process was killed",
    "two links were asked for at once",
    "what was lost in a crash was answered when it was asked again",
    "somebody came to connect",
    "somebody came to manage",
    "somebody came to extend",
    "somebody came to update",
    "somebody came to reauthorise",
    "a consent was extended",
    "an errand was done already",
    "there was nothing to extend",
    "an errand by a link was done",
    "an errand by a token was done",
    "a person withdrew a consent",
    "a person ended a connection",
    "a link was asked for by text",
    "a press came to nothing",
    "a new link came by text",
    "the latest link came by text",
    "a link that came by text was entered",
    "a text whose link was over was not sent",
    "a text with a link was on its way in a crash",
    "a text with a link went out once more",
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn steps() -> u32 {
    number("AUTHLINK_STEPS").map_or(STEPS, |steps| u32::try_from(steps).unwrap())
}

/// Runs seeds until one breaks a rule; says what happened.
fn run_all(seeds: impl Iterator<Item = u64>) -> BTreeSet<&'static str> {
    let mut marks = BTreeSet::new();
    for seed in seeds {
        match sim::run(seed, steps()) {
            Ok(report) => marks.extend(report.marks),
            Err(failure) => panic!("\n{failure}\n"),
        }
    }
    marks
}

#[test]
fn simulation_of_the_fixed_seeds_breaks_no_rule_and_sees_everything() {
    if let Some(seed) = number("AUTHLINK_SEED") {
        match sim::run(seed, steps()) {
            Ok(report) => println!("{}\n{}", report.options, report.log.join("\n")),
            Err(failure) => panic!("\n{failure}\n"),
        }
        return;
    }
    let seen = run_all(0..SEEDS);
    let missing: Vec<_> = MARKS.iter().filter(|mark| !seen.contains(*mark)).collect();
    assert!(missing.is_empty(), "never happened: {missing:#?}");
}

#[test]
fn simulation_of_fresh_seeds_breaks_no_rule() {
    let first = SystemEntropy.draw().unwrap().below(1 << 40);
    let count = number("AUTHLINK_SEEDS").unwrap_or(SEEDS);
    println!("fresh seeds from {first} on, {count} of them");
    run_all(first..first + count);
}

#[test]
fn simulation_of_the_same_seed_gives_the_same_log() {
    for seed in [1, 2, 3] {
        let (one, other) = (sim::run(seed, steps()).unwrap(), sim::run(seed, steps()).unwrap());
        assert!(one.log.len() > 100, "a run that says nothing proves nothing");
        assert_eq!(one, other, "seed {seed}");
    }
    assert_ne!(sim::run(1, 50).unwrap().log, sim::run(2, 50).unwrap().log);
}

#[test]
fn simulation_notices_a_store_that_lies_about_syncing() {
    for seed in 0..20 {
        let failure = sim::run_on_a_lying_store(seed, 100).expect_err("a lie must be noticed");
        assert_eq!(failure.violation.name, "DUR-1", "seed {seed}: {}", failure.violation.what);
    }
}
