//! A few supervisors share all users among them. [`core`] knows who is in memory, who idles and who
//! keeps panicking; [`actor`] starts, feeds and retires.

pub mod actor;
pub mod core;
