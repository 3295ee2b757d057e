//! Does what committed effects ask of the world. Each adapter sits behind a trait; must not know: who
//! decided, what is stored.

pub mod https;
pub mod institution;
pub mod sandbox_bank;
pub mod sms;
pub mod webhook;
