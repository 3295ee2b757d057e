//! Marks of requests that are done once, and the parts of their answers, sealed under the key of whom they
//! are about: with it an answer is gone.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};

/// A mark, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkV1 {
    /// Keyed hash of what was sent.
    pub(in crate::engine) body: [u8; 32],
    /// The user whose key seals the answer; the house's, where there is none.
    pub(in crate::engine) user: Option<[u8; 16]>,
    pub(in crate::engine) status: u16,
    pub(in crate::engine) parts: u8,
    pub(in crate::engine) forgotten: i64,
}

impl Record for MarkV1 {
    const KIND: u8 = b'Q';
    const SCHEMA: u8 = 1;
}

/// A part of an answer, first schema: all of it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPartV1(Vec<u8>);

impl Record for MarkPartV1 {
    const KIND: u8 = b'r';
    const SCHEMA: u8 = 1;
}

/// What is sealed of it, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPartBodyV1(Vec<u8>);

impl MarkPartBodyV1 {
    /// A part.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl Record for MarkPartBodyV1 {
    const KIND: u8 = b's';
    const SCHEMA: u8 = 1;
}

/// When a mark is forgotten: the row of the index holds nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkDueV1;

impl Record for MarkDueV1 {
    const KIND: u8 = b'R';
    const SCHEMA: u8 = 1;
}

/// A part of an answer, as it is stored.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode_part(
    id: &[u8; 32],
    part: u8,
    bytes: &[u8],
    sealing: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let body = MarkPartBodyV1::new(bytes);
    let sealed = seal::seal(&body, &key::mark_part(id, part), sealing, nonce)?;
    Ok(codec::encode(0, &MarkPartV1(sealed))?)
}

/// A stored part of an answer.
///
/// # Errors
/// When it is damaged, stood elsewhere, or the key does not open it.
pub fn decode_part(id: &[u8; 32], part: u8, value: &[u8], sealing: &DataKey) -> Result<Vec<u8>, RecordError> {
    let (_, MarkPartV1(sealed)) = codec::decode(value)?;
    Ok(seal::open::<MarkPartBodyV1>(&sealed, &key::mark_part(id, part), sealing)?.0)
}

impl MarkV1 {
    /// Until when it counts.
    pub const fn forgotten(&self) -> UnixMillis {
        UnixMillis(self.forgotten)
    }
}
