//! The integration tests: one binary, a module each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails says where")]

mod adapters;
mod admin;
mod api;
mod architecture;
mod bank;
mod cli;
mod document;
mod gathering;
mod kill;
mod kill_clocks;
mod kill_feed;
mod kill_journeys;
mod kill_reissue;
mod kill_webhooks;
mod listen;
mod look_command;
mod magic;
mod pages;
mod process;
mod readme;
mod receiver;
mod rig;
mod sandbox;
mod simulation;
mod trigger;
