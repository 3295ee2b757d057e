//! Rows of the access log. Times and counts, nothing of what was read, so not sealed.

use super::RecordError;
use crate::domain::access::{AccessBy, AccessLog, AccessTo, Accesses};
use crate::domain::day::Day;
use crate::domain::time::{Span, UnixMillis};
use crate::store::codec::{self, CodecError, Record};
use crate::store::key::AccessBlock;
use serde::{Deserialize, Serialize};

/// The accesses to a user's data in one block of days, second schema: lines of the first were so long that not
/// all kinds had room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessV2(Vec<LineV2>);

impl Record for AccessV2 {
    const KIND: u8 = b'j';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<AccessV1>(payload).map(Self::from),
            schema => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<AccessV1> for AccessV2 {
    fn from(AccessV1(lines): AccessV1) -> Self {
        Self(lines.iter().map(LineV2::from).collect())
    }
}

impl From<&AccessV2> for AccessV1 {
    fn from(AccessV2(lines): &AccessV2) -> Self {
        Self(lines.iter().map(LineV1::from).collect())
    }
}

/// A line of the first schema in as few bits as its numbers need: its day (5), reader (2), kind (3), and the
/// first and the last time (27 each).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LineV2 {
    place: u64,
    count: u32,
}

const TIME_BITS: u32 = 27;

impl From<&LineV1> for LineV2 {
    fn from(line: &LineV1) -> Self {
        let parts = [
            (u64::from(line.day), 5),
            (u64::from(line.by), 2),
            (u64::from(line.to), 3),
            (u64::from(line.first), TIME_BITS),
            (u64::from(line.last), TIME_BITS),
        ];
        let put = |place, (number, bits): (u64, u32)| place << bits | number.min((1 << bits) - 1);
        Self { place: parts.into_iter().fold(0, put), count: line.count }
    }
}

impl From<&LineV2> for LineV1 {
    fn from(line: &LineV2) -> Self {
        let mut left = line.place;
        let mut take = |bits: u32| {
            let number = left & ((1 << bits) - 1);
            left >>= bits;
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        let (last, first) = (take(TIME_BITS), take(TIME_BITS));
        let mut small = |bits| u8::try_from(take(bits)).unwrap_or(u8::MAX);
        let (to, by, day) = (small(3), small(2), small(5));
        Self { day, by, to, count: line.count, first, last }
    }
}

/// The accesses to a user's data in one block of days, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessV1(Vec<LineV1>);

impl Record for AccessV1 {
    const KIND: u8 = b'j';
    const SCHEMA: u8 = 1;
}

/// One day, reader and kind: days count from the block's first, times are milliseconds of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LineV1 {
    day: u8,
    by: u8,
    to: u8,
    count: u32,
    first: u32,
    last: u32,
}

/// That there are accesses of a user in a block, first schema: its key holds both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessBlockV1;

impl Record for AccessBlockV1 {
    const KIND: u8 = b'm';
    const SCHEMA: u8 = 1;
}

/// The stored value of the accesses in a block: those of other days are left out.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(block: AccessBlock, log: &AccessLog, version: u64) -> Result<Vec<u8>, RecordError> {
    let lines = log.0.iter().filter_map(|((day, by, to), accesses)| {
        let inside = (AccessBlock::of(*day) == block).then_some(day.0 - block.first().0)?;
        let millis = |at: UnixMillis| u32::try_from(at.since(day.midnight()).0).unwrap_or(u32::MAX);
        Some(LineV1 {
            day: u8::try_from(inside).ok()?,
            by: by_number(*by),
            to: to_number(*to),
            count: accesses.count,
            first: millis(accesses.first),
            last: millis(accesses.last),
        })
    });
    Ok(codec::encode(version, &AccessV2::from(AccessV1(lines.collect())))?)
}

/// Reads the accesses in a block, with the version of their row.
///
/// # Errors
/// When it is damaged.
pub fn decode(block: AccessBlock, value: &[u8]) -> Result<(u64, AccessLog), RecordError> {
    let (version, stored) = codec::decode::<AccessV2>(value)?;
    let AccessV1(lines) = AccessV1::from(&stored);
    let mut log = AccessLog::default();
    for line in lines {
        let day = Day(block.first().0.saturating_add(line.day.into()));
        let by = AccessBy::ALL.into_iter().find(|by| by_number(*by) == line.by);
        let to = AccessTo::ALL.into_iter().find(|to| to_number(*to) == line.to);
        let place = (day, by.ok_or(RecordError::Number(line.by))?, to.ok_or(RecordError::Number(line.to))?);
        let at = |millis: u32| day.midnight().plus(Span(millis.into()));
        let accesses = Accesses { count: line.count, first: at(line.first), last: at(line.last) };
        log.0.insert(place, accesses);
    }
    Ok((version, log))
}

pub(super) const fn by_number(by: AccessBy) -> u8 {
    match by {
        AccessBy::Application => 1,
        AccessBy::Operator => 2,
    }
}

pub(super) const fn to_number(to: AccessTo) -> u8 {
    match to {
        AccessTo::Accounts => 1,
        AccessTo::Transactions => 2,
        AccessTo::Identity => 3,
        AccessTo::Connections => 4,
        AccessTo::Attestation => 5,
    }
}
