//! The product's rules, and the only place where they live.
//!
//! Pure: given a state, an input, the time and some entropy, a decision comes out: the events that
//! happened, the effects that are asked for, the reply. Must not know: async, I/O, clocks,
//! randomness, actix, warp, sled, and how records are stored.

pub mod entropy;
pub mod id;
pub mod time;
pub mod workflow;
