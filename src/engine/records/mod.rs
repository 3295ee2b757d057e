//! What is stored, as frozen structs: one per kind and schema. A struct that shipped never changes; a
//! change is a new struct with a new schema number that reads every older one. Each has a committed
//! sample file (tests/fixtures/records) and a test. Must not know: how values are wrapped and written
//! (store/codec.rs), when they are written (the cores).

pub mod access;
pub mod application;
pub mod attestation;
pub mod clock;
pub mod connection;
pub mod consent;
pub mod data;
pub mod delivery;
pub mod event;
pub mod identity;
pub mod job;
pub mod look;
pub mod mark;
pub mod notice;
pub mod outbox;
pub mod route;
mod seal;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod user;
pub mod webhook;

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
    /// A record that another one counts is not there, or is not counted.
    #[error("a stored value counts {counted} records and {found} are there")]
    Count {
        /// As many as there should be.
        counted: u32,
        /// As many as there are.
        found: usize,
    },
    /// A key does not follow its kind.
    #[error("a stored value stands under a key of another kind")]
    Key,
    /// An answer that is kept is too long, or of another kind than the question.
    #[error("an answer cannot be kept")]
    Answer,
    /// A text in it is not what it was when it was written.
    #[error("a stored value holds a text that is not valid any more")]
    Text,
}
