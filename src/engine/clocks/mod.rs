//! Test clocks: what a user's time is ([`registry`]), and who moves a clock and has its users told what
//! falls due ([`core`] decides for all, [`held`] for one, [`actor`] reads, tells and sleeps).

pub mod actor;
pub mod ask;
pub mod core;
pub mod held;
mod question;
pub mod registry;
pub mod stored;
#[cfg(test)]
mod tests;
pub mod told;
