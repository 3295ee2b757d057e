//! Records that are sealed as a whole: a stored struct inside, bound to the key that it stands under, so
//! that it opens in its own place alone. Must not know: what is inside, whose keys they are.

use super::RecordError;
use crate::crypto::{self, DataKey};
use crate::store::codec::{self, Record};
use zeroize::Zeroize;

/// Seals a record for its place.
///
/// # Errors
/// When it would be longer than a value may be.
pub(super) fn seal<R: Record>(
    record: &R,
    place: &[u8],
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let mut plain = codec::encode(0, record)?;
    let sealed = crypto::seal(key, nonce, place, &plain);
    plain.zeroize();
    Ok(sealed)
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// When it is damaged, stood elsewhere, or the key does not open it.
pub(super) fn open<R: Record>(sealed: &[u8], place: &[u8], key: &DataKey) -> Result<R, RecordError> {
    let mut plain = crypto::open(key, place, sealed).map_err(|_| RecordError::Seal)?;
    let record = codec::decode::<R>(&plain).map(|(_, record)| record);
    plain.zeroize();
    Ok(record?)
}
