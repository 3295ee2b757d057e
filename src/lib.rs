//! authlink: a self-hosted server for auth links.
//!
//! The rooms and who may call whom (docs/ARCHITECTURE.md draws them):
//!
//! ```text
//! http ──▶ engine ──▶ domain
//!            │
//!            ├──▶ store
//!            └──▶ adapters
//! ```
//!
//! `domain` is pure: time, entropy and ids come in as values. `engine` hosts it in actors. `store`
//! keeps records; `adapters` do what committed effects ask. `http` parses, calls one method, renders.
//! `tests/it/architecture.rs` reads this code and fails on a forbidden path.

pub mod adapters;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod engine;
#[cfg(test)]
mod golden;
pub mod http;
pub mod metrics;
pub mod random;
pub mod sandbox;
pub mod sim;
pub mod store;
