//! Tells webhooks of events: each webhook has a durable cursor over the events of its application, and
//! what failed is tried again by its own schedule. [`core`] decides who is tried when, [`line`] is one
//! webhook's queue, [`rows`] reads and writes its records, [`sweep`]
//! removes what is not shown any more, [`change`] is what goes between, [`actor`] signs and sends.

pub mod actor;
pub mod change;
pub mod core;
pub mod line;
pub mod rows;
pub mod sweep;
#[cfg(test)]
mod tests;
