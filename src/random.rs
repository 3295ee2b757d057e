//! The one file that draws entropy. Everything else gets it as a value.
//!
//! Must not know: what the entropy is used for.

use crate::domain::entropy::Entropy;

/// Where entropy comes from. The simulator has its own, from a seed.
pub trait EntropySource: Send + Sync {
    /// 32 fresh bytes.
    ///
    /// # Errors
    /// When the operating system has no entropy to give.
    fn draw(&self) -> Result<Entropy, NoEntropy>;
}

/// The operating system gave no entropy. Nothing was done; retrying is safe.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no entropy")]
pub struct NoEntropy;

/// Entropy of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl EntropySource for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws entropy")]
    fn draw(&self) -> Result<Entropy, NoEntropy> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|_| NoEntropy)?;
        Ok(Entropy::new(seed))
    }
}

/// A hash that changes with each process and cannot be foreseen from outside: for spreading what others
/// choose over a table of ours.
#[derive(Debug, Default)]
pub struct SecretHash(std::hash::RandomState);

impl SecretHash {
    /// The hash of a value.
    pub fn of(&self, value: impl std::hash::Hash) -> u64 {
        std::hash::BuildHasher::hash_one(&self.0, value)
    }
}
