//! The user's actor: [`core`] decides and keeps the order, [`actor`] moves messages, [`batch`] turns a
//! decision into one commit, [`load`] reads a user back.

pub mod actor;
mod again;
mod batch;

pub use batch::REAL_TIME;
pub mod core;
pub mod load;
#[cfg(test)]
mod tests;
mod trouble;
