//! Performs committed effects from the outbox, again and again until each is done, dead or too late.
//! [`core`] decides what goes when, [`actor`] opens entries, calls the gateway and commits.

pub mod actor;
pub mod core;
pub mod inbox;
pub mod perform;
#[cfg(test)]
mod tests;
