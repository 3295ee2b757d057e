//! Notices: the words that were agreed to, in parts, beside the consent. They name nobody, so they are not
//! sealed and stay with the history of consents.

use super::RecordError;
use crate::domain::id::{ConsentId, UserId};
use crate::domain::notice::Notice;
use crate::store::Row;
use crate::store::codec::{self, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};

/// Bytes of a notice in one record.
const PART_BYTES_MAX: usize = 3072;

/// A part of a notice, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePartV1 {
    language: String,
    text: Vec<u8>,
}

impl Record for NoticePartV1 {
    const KIND: u8 = b'0';
    const SCHEMA: u8 = 1;
}

/// The rows of a notice; at least one, as each says the language.
///
/// # Errors
/// When it is longer than a notice may be.
pub fn encode(user: UserId, consent: ConsentId, notice: &Notice) -> Result<Vec<Row>, RecordError> {
    let mut texts: Vec<&[u8]> = notice.text.as_bytes().chunks(PART_BYTES_MAX).collect();
    if texts.is_empty() {
        texts.push(&[]);
    }
    let rows = texts.into_iter().enumerate().map(|(part, text)| {
        let part = u8::try_from(part).map_err(|_| RecordError::Answer)?;
        let record = NoticePartV1 { language: notice.language.clone(), text: text.to_vec() };
        Ok((key::notice_part(user, consent, part), codec::encode(0, &record)?))
    });
    rows.collect()
}

/// The language of a notice, by any part of it.
///
/// # Errors
/// When it is damaged.
pub fn language(value: &[u8]) -> Result<String, RecordError> {
    Ok(codec::decode::<NoticePartV1>(value)?.1.language)
}

/// Reads the values of a notice, in order; none, where there are none.
///
/// # Errors
/// When one is damaged.
pub fn decode<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<Notice>, RecordError> {
    let (mut language, mut bytes) = (None, Vec::new());
    for value in values {
        let (_, part) = codec::decode::<NoticePartV1>(value)?;
        bytes.extend(part.text);
        language = Some(part.language);
    }
    let text = String::from_utf8(bytes).map_err(|_| RecordError::Text)?;
    Ok(language.map(|language| Notice { language, text }))
}
