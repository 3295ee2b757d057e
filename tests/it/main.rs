//! The integration tests: one binary, a module each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that gives up has failed")]

mod architecture;
