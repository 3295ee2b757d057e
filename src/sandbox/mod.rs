//! The sandbox bank.
pub mod data;
