//! What does things in the world for us, against a world that is real: sockets, and the sandbox bank.

mod liar;
mod sandbox_bank;
