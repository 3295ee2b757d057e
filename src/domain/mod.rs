//! The product's rules, and the only place where they live.
//!
//! Pure: given a state, an input, the time and some entropy, a decision comes out: the events that
//! happened, the effects that are asked for, the reply. Must not know: async, I/O, clocks,
//! randomness, actix, warp, sled, and how records are stored.

pub mod access;
pub mod account;
pub mod application;
pub mod attestation;
pub mod auth_link;
pub mod bank;
pub mod clock;
pub mod command;
pub mod connection;
pub mod consent;
pub mod consent_session;
pub mod day;
pub mod delivery;
pub mod email;
pub mod entropy;
pub mod errand;
pub mod event;
pub mod gap;
pub mod id;
pub mod institution;
pub mod job;
pub mod line;
pub mod look;
pub mod mobile;
pub mod money;
pub mod notice;
pub mod path;
pub mod profile;
pub mod secret;
pub mod terms;
pub mod time;
pub mod user;
pub mod webhook;
pub mod workflow;
