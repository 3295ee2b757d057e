//! The application's actor: [`core`] decides, [`actor`] moves messages.

pub mod actor;
pub mod core;
