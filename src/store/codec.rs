//! How a value is wrapped: magic, kind, schema, version, length, checksum, then the payload in bincode
//! (legacy layout: fixed-width little-endian integers, so that other codecs can read it). The version
//! is outside the payload, so that a condition can be checked without decoding.
//!
//! Must not know: what the kinds mean.

use super::VALUE_BYTES_MAX;
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

const MAGIC: [u8; 2] = [0xA1, 0x1C];
const HEADER: usize = 20;

/// A value that cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CodecError {
    /// Longer than [`VALUE_BYTES_MAX`].
    #[error("a value of {0} bytes is longer than {VALUE_BYTES_MAX}")]
    TooLong(usize),
    /// Shorter than its header, or not as long as it says.
    #[error("a value is cut short or too long")]
    Length,
    /// Does not begin as every value does.
    #[error("a value does not begin as one")]
    Magic,
    /// Of another kind.
    #[error("a value of kind {found} where {wanted} was wanted")]
    Kind {
        /// What was wanted.
        wanted: u8,
        /// What is there.
        found: u8,
    },
    /// Written by a newer program.
    #[error("a value of kind {kind} has schema {schema}, which this program does not know")]
    Schema {
        /// The kind.
        kind: u8,
        /// Its schema.
        schema: u8,
    },
    /// Its bytes changed.
    #[error("a value's checksum is wrong")]
    Checksum,
    /// Its payload does not follow its schema.
    #[error("a value's payload does not follow its schema")]
    Payload,
}

/// A stored struct. Once shipped it is frozen; a change is a new struct with the next schema number.
pub trait Record: Serialize + DeserializeOwned {
    /// The kind: the first byte of its keys.
    const KIND: u8;
    /// The schema that this struct is.
    const SCHEMA: u8;

    /// Reads a payload of an older schema.
    ///
    /// # Errors
    /// When that schema was never shipped.
    fn read_old(schema: u8, _payload: &[u8]) -> Result<Self, CodecError> {
        Err(CodecError::Schema { kind: Self::KIND, schema })
    }
}

/// Wraps a record with the version of what it belongs to.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode<R: Record>(version: u64, record: &R) -> Result<Vec<u8>, CodecError> {
    let payload =
        bincode::serde::encode_to_vec(record, bincode::config::legacy()).map_err(|_| CodecError::Payload)?;
    let mut value = Vec::with_capacity(HEADER + payload.len());
    value.extend(MAGIC);
    value.extend([R::KIND, R::SCHEMA]);
    value.extend(version.to_be_bytes());
    value.extend(u32::try_from(payload.len()).map_err(|_| CodecError::TooLong(payload.len()))?.to_be_bytes());
    value.extend([0; 4]);
    value.extend(payload);
    stamp(&mut value);
    if value.len() > VALUE_BYTES_MAX { Err(CodecError::TooLong(value.len())) } else { Ok(value) }
}

/// Reads a record and its version.
///
/// # Errors
/// What is wrong with it; each kind of damage has its own.
pub fn decode<R: Record>(value: &[u8]) -> Result<(u64, R), CodecError> {
    let head = Head::read(value)?;
    if head.kind != R::KIND {
        return Err(CodecError::Kind { wanted: R::KIND, found: head.kind });
    }
    let record = if head.schema == R::SCHEMA {
        read_payload(head.payload)?
    } else {
        R::read_old(head.schema, head.payload)?
    };
    Ok((head.version, record))
}

/// Reads a whole payload: what is left over is damage.
///
/// # Errors
/// When it does not follow the struct.
pub fn read_payload<T: DeserializeOwned>(payload: &[u8]) -> Result<T, CodecError> {
    let config = bincode::config::legacy().with_limit::<VALUE_BYTES_MAX>();
    let (record, read) =
        bincode::serde::decode_from_slice(payload, config).map_err(|_| CodecError::Payload)?;
    if read == payload.len() { Ok(record) } else { Err(CodecError::Payload) }
}

/// The version in a value's header.
///
/// # Errors
/// When the value is damaged.
pub fn peek_version(value: &[u8]) -> Result<u64, CodecError> {
    Ok(Head::read(value)?.version)
}

/// The kind and schema in a value's header.
///
/// # Errors
/// When the value is damaged.
pub fn peek_kind(value: &[u8]) -> Result<(u8, u8), CodecError> {
    Head::read(value).map(|head| (head.kind, head.schema))
}

/// The same value with another version.
///
/// # Errors
/// When the value is damaged.
pub fn restamp(mut value: Vec<u8>, version: u64) -> Result<Vec<u8>, CodecError> {
    Head::read(&value)?;
    value[4..12].copy_from_slice(&version.to_be_bytes());
    stamp(&mut value);
    Ok(value)
}

fn stamp(value: &mut [u8]) {
    let checksum = checksum(value);
    value[16..20].copy_from_slice(&checksum.to_be_bytes());
}

/// Over everything but itself.
fn checksum(value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&value[..16]);
    hasher.update(&value[HEADER..]);
    hasher.finalize()
}

struct Head<'a> {
    kind: u8,
    schema: u8,
    version: u64,
    payload: &'a [u8],
}

impl<'a> Head<'a> {
    fn read(value: &'a [u8]) -> Result<Self, CodecError> {
        let (head, payload) = value.split_at_checked(HEADER).ok_or(CodecError::Length)?;
        if head[..2] != MAGIC {
            return Err(CodecError::Magic);
        }
        if number::<4>(&head[12..16]) != payload.len() as u64 {
            return Err(CodecError::Length);
        }
        if number::<4>(&head[16..20]) != u64::from(checksum(value)) {
            return Err(CodecError::Checksum);
        }
        Ok(Self { kind: head[2], schema: head[3], version: number::<8>(&head[4..12]), payload })
    }
}

fn number<const N: usize>(bytes: &[u8]) -> u64 {
    bytes.iter().take(N).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Sample {
        text: String,
        maybe: Option<u64>,
        bytes: Vec<u8>,
    }
    impl Record for Sample {
        const KIND: u8 = b'x';
        const SCHEMA: u8 = 2;
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Other;
    impl Record for Other {
        const KIND: u8 = b'y';
        const SCHEMA: u8 = 1;
    }

    fn sample() -> Sample {
        Sample { text: "hello".into(), maybe: Some(7), bytes: vec![1, 2, 3] }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in ".{0,80}", maybe: Option<u64>, bytes in prop::collection::vec(any::<u8>(), 0..200), version: u64) {
            let record = Sample { text, maybe, bytes };
            let value = encode(version, &record).unwrap();
            prop_assert_eq!(decode::<Sample>(&value).unwrap(), (version, record));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(decode::<Sample>(&bytes).is_err());
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let value = encode(3, &sample()).unwrap();
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 0x10;
            assert!(decode::<Sample>(&changed).is_err(), "byte {at}");
        }
        for cut in 0..value.len() {
            assert!(decode::<Sample>(&value[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(decode::<Sample>(&[value.as_slice(), &[0]].concat()), Err(CodecError::Length));
    }

    #[test]
    fn each_kind_of_damage_has_its_own_name() {
        let value = encode(3, &sample()).unwrap();
        assert_eq!(decode::<Other>(&value).unwrap_err(), CodecError::Kind { wanted: b'y', found: b'x' });
        let mut newer = value.clone();
        newer[3] = 9;
        stamp(&mut newer);
        assert_eq!(decode::<Sample>(&newer), Err(CodecError::Schema { kind: b'x', schema: 9 }));
        let mut magic = value.clone();
        magic[0] = 0;
        assert_eq!(decode::<Sample>(&magic), Err(CodecError::Magic));
        let long = Sample { bytes: vec![0; VALUE_BYTES_MAX], ..sample() };
        assert!(matches!(encode(0, &long), Err(CodecError::TooLong(_))));
    }

    #[test]
    fn a_payload_with_something_left_over_is_damage() {
        let mut value = encode(3, &sample()).unwrap();
        value.push(0);
        let length = u32::try_from(value.len() - HEADER).unwrap();
        value[12..16].copy_from_slice(&length.to_be_bytes());
        stamp(&mut value);
        assert_eq!(decode::<Sample>(&value), Err(CodecError::Payload));
    }

    #[test]
    fn the_version_can_be_read_and_replaced_alone() {
        let value = encode(3, &sample()).unwrap();
        assert_eq!(peek_version(&value), Ok(3));
        let value = restamp(value, 77).unwrap();
        assert_eq!(decode::<Sample>(&value).unwrap(), (77, sample()));
        assert_eq!(peek_kind(&value), Ok((b'x', 2)));
    }
}
