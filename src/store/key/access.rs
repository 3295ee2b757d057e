//! The keys of the access log: a row for each user and block of days, and one that finds it when the block
//! is over its time. Must not know: what was read.

use super::{Kind, id_at, key};
use crate::domain::day::Day;
use crate::domain::id::UserId;

/// Some days in a row, by their number: those of later days have larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccessBlock(i32);

impl AccessBlock {
    /// How many days.
    pub const DAYS: u32 = 32;

    /// The one that a day is in.
    pub const fn of(day: Day) -> Self {
        Self(day.0.div_euclid(Self::DAYS.cast_signed()))
    }

    /// Its first day.
    pub const fn first(self) -> Day {
        Day(self.0.saturating_mul(Self::DAYS.cast_signed()))
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Those from the one of a day to the one of another.
    pub fn between(from: Day, to: Day) -> impl Iterator<Item = Self> {
        (Self::of(from).0..=Self::of(to).0).map(Self)
    }

    const fn bytes(self) -> [u8; 4] {
        (self.0.cast_unsigned() ^ (1 << 31)).to_be_bytes()
    }

    const fn read(bytes: [u8; 4]) -> Self {
        Self((u32::from_be_bytes(bytes) ^ (1 << 31)).cast_signed())
    }
}

/// The accesses to a user's data in a block of days.
pub fn access(user: UserId, block: AccessBlock) -> Vec<u8> {
    key(Kind::Access, &[user.bytes(), &block.bytes()])
}

/// That there is such a row.
pub fn access_block(block: AccessBlock, user: UserId) -> Vec<u8> {
    key(Kind::AccessBlock, &[&block.bytes(), user.bytes()])
}

/// Everything in the blocks before this one: the ends of a range.
pub fn access_blocks_before(block: AccessBlock) -> (Vec<u8>, Vec<u8>) {
    (vec![Kind::AccessBlock as u8], key(Kind::AccessBlock, &[&block.bytes()]))
}

/// Whose accesses, and in which block.
pub fn read_access(row: &[u8]) -> Option<(UserId, AccessBlock)> {
    let user = UserId(id_at(row, 1)?);
    let block = AccessBlock::read(row.get(17..21)?.try_into().ok()?);
    (row.len() == 21 && row[0] == Kind::Access as u8).then_some((user, block))
}

/// Which block, and of whom.
pub fn read_access_block(row: &[u8]) -> Option<(AccessBlock, UserId)> {
    let block = AccessBlock::read(row.get(1..5)?.try_into().ok()?);
    (row.len() == 21 && row[0] == Kind::AccessBlock as u8).then(|| Some((block, UserId(id_at(row, 5)?))))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn blocks_sort_by_their_days_and_are_found_when_they_are_old() {
        let user = UserId(Uuid::from_u128(u128::MAX));
        for day in [-65, -33, -32, -1, 0, 31, 32, 20_000] {
            let block = AccessBlock::of(Day(day));
            assert!(block.first() <= Day(day) && Day(day) < block.next().first(), "{day}");
            assert!(access(user, block) < access(user, block.next()));
            assert_eq!(read_access(&access(user, block)), Some((user, block)));
            assert_eq!(read_access_block(&access_block(block, user)), Some((block, user)));
            assert_eq!(read_access(&access_block(block, user)), None);
            let (from, to) = access_blocks_before(block.next());
            let holds = |row: &[u8]| from.as_slice() <= row && row < to.as_slice();
            assert!(holds(&access_block(block, user)));
            assert!(!holds(&access_block(block.next(), UserId(Uuid::nil()))));
        }
        assert_eq!(AccessBlock::between(Day(0), Day(64)).count(), 3);
        assert_eq!(AccessBlock::between(Day(31), Day(32)).count(), 2);
    }
}
