//! A bench that is still to come.

fn main() {}
