//! Keeps records: keys and values in order, whole batches at once, durable when told so.
//!
//! Must not know: what a value means, who decides, that there are actors. Only `sled.rs` names sled,
//! only `codec.rs` names bincode.

pub mod codec;
pub mod key;
pub mod memory;
pub mod sled;
pub mod space;
pub mod vault;

use thiserror::Error;

/// The largest stored value in bytes: sled moves large pages to files that the second sync does not
/// cover, so big things are many small records.
pub const VALUE_BYTES_MAX: usize = 4096;

/// A store that does not answer, in a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The disk or the engine said no.
    #[error("the store failed: {0}")]
    Failed(String),
    /// Another process has it open.
    #[error("the store in {0} is open in another process; stop that one first")]
    Taken(String),
    /// What is on the disk cannot be read.
    #[error(
        "the store in {folder} is damaged ({what}); restore a backup into an empty folder and start from there"
    )]
    Damaged {
        /// Where.
        folder: String,
        /// What was seen.
        what: String,
    },
    /// A value does not follow the rules of its kind.
    #[error("a stored value is damaged: {0}")]
    Value(String),
}

/// Which way a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Writes that happen together or not at all. `None` removes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch(pub Vec<(Vec<u8>, Option<Vec<u8>>)>);

/// Where records are kept.
pub trait Store: Send + Sync {
    /// The value under a key.
    ///
    /// # Errors
    /// When the store does not answer.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` rows with `from <= key < to`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// Writes a batch: whole, visible at once, not durable yet.
    ///
    /// # Errors
    /// When the store does not answer; then nothing is known about the batch.
    fn apply(&self, batch: &Batch) -> Result<(), StoreError>;

    /// Makes everything applied so far durable.
    ///
    /// # Errors
    /// When it may not be durable; never to be tried again.
    fn sync(&self) -> Result<(), StoreError>;

    /// How much room is left, where that is known.
    ///
    /// # Errors
    /// When the file system does not answer.
    fn space(&self) -> Result<Option<space::FreeSpace>, StoreError>;
}
