//! The application's actor: [`core`] decides, of webhooks with [`webhooks`], [`actor`] moves
//! messages, and [`asking`] finds it.

pub mod actor;
mod asking;
pub mod core;
mod looks;
#[cfg(test)]
mod tests;
pub mod webhooks;
