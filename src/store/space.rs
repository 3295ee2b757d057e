//! How much room the disk has, and when that is too little to write.

use super::StoreError;
use std::path::Path;

/// Below this much room nothing is written (bytes).
pub const FREE_BYTES_MIN: u64 = 256 * 1024 * 1024;

/// File systems smaller than this count by share instead (bytes).
pub const SMALL_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// Room on a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeSpace {
    /// What is free for us (bytes).
    pub free_bytes: u64,
    /// All there is (bytes).
    pub total_bytes: u64,
}

impl FreeSpace {
    /// Asks the file system of `folder`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn of(folder: &Path) -> Result<Self, StoreError> {
        let stat = rustix::fs::statvfs(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
        let block = stat.f_frsize;
        Ok(Self {
            free_bytes: stat.f_bavail.saturating_mul(block),
            total_bytes: stat.f_blocks.saturating_mul(block),
        })
    }

    /// Whether writes are to be refused: sled's own write errors are sticky, so we stop before them.
    pub fn is_low(self) -> bool {
        if self.total_bytes < SMALL_BYTES {
            self.free_bytes < self.total_bytes / 20
        } else {
            self.free_bytes < FREE_BYTES_MIN
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_256_mib_or_a_twentieth_of_a_small_disk() {
        let space = |free_bytes, total_bytes| FreeSpace { free_bytes, total_bytes };
        assert!(space(FREE_BYTES_MIN - 1, SMALL_BYTES).is_low());
        assert!(!space(FREE_BYTES_MIN, SMALL_BYTES).is_low());
        assert!(space(49, 1000).is_low());
        assert!(!space(50, 1000).is_low());
    }

    #[test]
    fn this_machine_answers() {
        let here = FreeSpace::of(Path::new(".")).unwrap();
        assert!(here.total_bytes > 0 && here.free_bytes <= here.total_bytes);
    }
}
