//! The supervisor of deadlines. The truth is the durable index; here is only its near end, in one
//! queue. [`core`] decides, [`actor`] sleeps and reads.

pub mod actor;
pub mod core;
