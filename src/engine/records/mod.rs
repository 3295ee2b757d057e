//! What is stored, as frozen structs: one per kind and schema. A struct that shipped never changes; a
//! change is a new struct with a new schema number that reads every older one. Each has a committed
//! sample file (tests/fixtures/records) and a test. Must not know: how values are wrapped and written
//! (store/codec.rs), when they are written (the cores).

pub mod application;
pub mod consent;
pub mod event;
pub mod outbox;
pub mod route;
#[cfg(test)]
mod tests;
pub mod user;

use thiserror::Error;

/// A stored value that cannot be read. Nothing is changed by it; the operator restores or exports.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The wrapping is damaged or unknown.
    #[error("{0}")]
    Codec(#[from] crate::store::codec::CodecError),
    /// The seal does not open: wrong key, or the bytes were moved or changed.
    #[error("a sealed value does not open")]
    Seal,
    /// A number in it stands for nothing.
    #[error("a stored value holds the number {0}, which stands for nothing")]
    Number(u8),
    /// A text in it is not what it was when it was written.
    #[error("a stored value holds a text that is not valid any more")]
    Text,
}
