//! Proofs of the lifecycles: every cell against what is written here by hand, the printed tables, and
//! every fault that the loader must find.

mod cells;
mod loader;

use super::Workflows;
use std::collections::BTreeMap;

/// The lifecycles without an operator's limits.
fn workflows() -> Workflows {
    Workflows::load(&BTreeMap::new()).unwrap()
}
