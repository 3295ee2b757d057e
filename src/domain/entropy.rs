//! Entropy as a value: one draw of 32 bytes, spread over as many ids, codes and secrets as one
//! decision needs. Same draw and same order of calls, same values: that is what makes a simulated
//! run repeatable. Must not know: where the 32 bytes come from.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// A stream of unpredictable bytes that grows from one draw (HMAC-SHA-256 in counter mode).
pub struct Entropy {
    seed: [u8; 32],
    drawn: u64,
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Entropy(..)")
    }
}

impl Entropy {
    /// A stream from 32 bytes that nobody else has.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 32 bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        // The key has a fixed length, which HMAC takes without exception.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.seed) else { return self.seed };
        mac.update(&self.drawn.to_be_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A random UUID (version 4, 122 random bits).
    pub fn uuid(&mut self) -> Uuid {
        let bytes = self.bytes();
        let mut half = [0_u8; 16];
        half.copy_from_slice(&bytes[..16]);
        uuid::Builder::from_random_bytes(half).into_uuid()
    }

    /// A nonce for sealing (24 bytes).
    pub fn nonce(&mut self) -> [u8; 24] {
        let bytes = self.bytes();
        let mut nonce = [0_u8; 24];
        nonce.copy_from_slice(&bytes[..24]);
        nonce
    }

    /// A number below `bound`, without bias worth a name (64 bits reduced).
    pub fn below(&mut self, bound: u64) -> u64 {
        let bytes = self.bytes();
        let mut eight = [0_u8; 8];
        eight.copy_from_slice(&bytes[..8]);
        u64::from_be_bytes(eight) % bound.max(1)
    }

    /// A child stream, so that one more draw here does not shift what others get.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::new(self.bytes())
    }
}
