//! A password on its way from the wire to the one comparison. Must not know: whose it is.

use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password. Has neither `Debug` nor `Display` nor `Serialize`, and is wiped when it is dropped.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// What it is, for the one place that compares it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
