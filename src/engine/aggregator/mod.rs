//! The connection aggregator: one per user that is gathering. It works on that user's jobs side by side,
//! asks institutions, stores what they tell, and reports each step to the user as an ordinary input.
//! [`core`] decides, [`work`] is one job in the works, [`gate`] bounds what one institution is asked by
//! all users together, [`actor`] moves the messages. Must not know: what a report means for the user.

pub mod actor;
pub mod core;
pub mod gate;
#[cfg(test)]
mod tests;
mod work;
