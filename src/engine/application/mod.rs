//! The application's actor: [`core`] decides, of webhooks with [`webhooks`], and [`actor`] moves messages.

pub mod actor;
pub mod core;
#[cfg(test)]
mod tests;
mod webhooks;
