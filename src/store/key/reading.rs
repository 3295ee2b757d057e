//! The keys of what is read of institutions: accounts, their terms, identities, transactions. Each reading has a number
//! of its own in its keys, so that what one wrote is shown, or swept away, as a whole. Must not know: what
//! the numbers mean, who gives them out.

use super::{Kind, following, id_at, key};
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, IdentityId, TransactionId, UserId};
use uuid::Uuid;

/// Days so that later ones have smaller bytes, also before 1970.
fn newest_first(day: Day) -> [u8; 4] {
    (!(day.0.cast_unsigned() ^ (1 << 31))).to_be_bytes()
}

/// One reading of an institution: what was read by a connection under one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// Whose.
    pub user: UserId,
    /// By which connection.
    pub connection: ConnectionId,
    /// Under which number.
    pub generation: u32,
}

impl Reading {
    fn bytes(&self) -> [u8; READING] {
        let mut bytes = [0; READING];
        bytes[..16].copy_from_slice(self.user.bytes());
        bytes[16..32].copy_from_slice(self.connection.bytes());
        bytes[32..].copy_from_slice(&self.generation.to_be_bytes());
        bytes
    }
}

const READING: usize = 16 + 16 + 4;

/// The bytes of a [`Place`].
pub const PLACE: usize = 4 + 16 + 4 + 16;

/// Where a transaction stands among all of a user: in the order of its bytes the newest day is first, in
/// it account by account, and in an account the highest ordinal. The place stays when newer ones come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The day.
    pub day: Day,
    /// The account.
    pub account: AccountId,
    /// Which of its account and day, counted from the oldest.
    pub ordinal: u32,
    /// Its name.
    pub transaction: TransactionId,
}

impl Place {
    /// As it stands in keys.
    pub fn bytes(&self) -> [u8; PLACE] {
        let mut bytes = [0; PLACE];
        bytes[..4].copy_from_slice(&newest_first(self.day));
        bytes[4..20].copy_from_slice(self.account.bytes());
        bytes[20..24].copy_from_slice(&(!self.ordinal).to_be_bytes());
        bytes[24..].copy_from_slice(self.transaction.bytes());
        bytes
    }

    /// Reads what [`Place::bytes`] made.
    pub fn read(bytes: &[u8; PLACE]) -> Self {
        let four = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let id = |at: usize| {
            let mut id = [0; 16];
            id.copy_from_slice(&bytes[at..at + 16]);
            Uuid::from_bytes(id)
        };
        Self {
            day: Day((!four(0) ^ (1 << 31)).cast_signed()),
            account: AccountId(id(4)),
            ordinal: !four(20),
            transaction: TransactionId(id(24)),
        }
    }
}

/// An account, as it was read once.
pub fn account(reading: &Reading, id: AccountId) -> Vec<u8> {
    key(Kind::Account, &[&reading.bytes(), id.bytes()])
}

/// A part of what is laid down about an account, as it was read once.
pub fn terms(reading: &Reading, account: AccountId, part: u16) -> Vec<u8> {
    key(Kind::Terms, &[&reading.bytes(), account.bytes(), &part.to_be_bytes()])
}

/// All that is laid down about an account, as it was read once: the ends of a range.
pub fn terms_of(reading: &Reading, account: AccountId) -> (Vec<u8>, Vec<u8>) {
    let from = key(Kind::Terms, &[&reading.bytes(), account.bytes()]);
    let to = following(&from);
    (from, to)
}

/// An identity, as it was read once.
pub fn identity(reading: &Reading, id: IdentityId) -> Vec<u8> {
    key(Kind::Identity, &[&reading.bytes(), id.bytes()])
}

/// A transaction, as it was read once.
pub fn transaction(reading: &Reading, place: &Place) -> Vec<u8> {
    key(Kind::Transaction, &[&reading.bytes(), &place.bytes()])
}

/// Everything of one kind that was read by a connection: the ends of a range.
pub fn read_by(kind: Kind, user: UserId, connection: ConnectionId) -> (Vec<u8>, Vec<u8>) {
    let from = key(kind, &[user.bytes(), connection.bytes()]);
    let to = following(&from);
    (from, to)
}

/// Everything of one kind and one reading: the ends of a range.
pub fn read_in(kind: Kind, reading: &Reading) -> (Vec<u8>, Vec<u8>) {
    let from = key(kind, &[&reading.bytes()]);
    let to = following(&from);
    (from, to)
}

/// Everything of one kind and the readings before this one: the ends of a range.
pub fn read_before(kind: Kind, reading: &Reading) -> (Vec<u8>, Vec<u8>) {
    let from = key(kind, &[reading.user.bytes(), reading.connection.bytes()]);
    (from, key(kind, &[&reading.bytes()]))
}

/// Everything of one kind and the readings after this one, up to and including `until`: the ends of a
/// range, which is empty when there can be none.
pub fn read_after(kind: Kind, reading: &Reading, until: u32) -> (Vec<u8>, Vec<u8>) {
    let (_, from) = read_in(kind, reading);
    let (_, to) = read_in(kind, &Reading { generation: until, ..*reading });
    let to = to.max(from.clone());
    (from, to)
}

/// An account's reading and id.
pub fn read_account(key: &[u8]) -> Option<(Reading, AccountId)> {
    read_member(Kind::Account, key).map(|(reading, id)| (reading, AccountId(id)))
}

/// Whose terms a row holds, of which reading, and which part of them.
pub fn read_terms(key: &[u8]) -> Option<(Reading, AccountId, u16)> {
    let (reading, rest) = read_reading(Kind::Terms, key)?;
    let (account, part) = rest.split_at_checked(16)?;
    let part = u16::from_be_bytes(part.try_into().ok()?);
    Some((reading, AccountId(id_at(account, 0)?), part))
}

/// An identity's reading and id.
pub fn read_identity(key: &[u8]) -> Option<(Reading, IdentityId)> {
    read_member(Kind::Identity, key).map(|(reading, id)| (reading, IdentityId(id)))
}

fn read_member(kind: Kind, key: &[u8]) -> Option<(Reading, Uuid)> {
    let (reading, rest) = read_reading(kind, key)?;
    (rest.len() == 16).then(|| id_at(rest, 0).map(|id| (reading, id)))?
}

fn read_reading(kind: Kind, key: &[u8]) -> Option<(Reading, &[u8])> {
    let (user, connection) = (UserId(id_at(key, 1)?), ConnectionId(id_at(key, 17)?));
    let generation = u32::from_be_bytes(key.get(33..37)?.try_into().ok()?);
    (key[0] == kind as u8).then_some((Reading { user, connection, generation }, &key[37..]))
}

/// A transaction's reading and place.
pub fn read_transaction(key: &[u8]) -> Option<(Reading, Place)> {
    let (reading, rest) = read_reading(Kind::Transaction, key)?;
    Some((reading, Place::read(rest.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place((day, account, ordinal, transaction): (i32, u128, u32, u128)) -> Place {
        Place {
            day: Day(day),
            account: AccountId(Uuid::from_u128(account)),
            ordinal,
            transaction: TransactionId(Uuid::from_u128(transaction)),
        }
    }

    fn reading(generation: u32) -> Reading {
        let (user, connection) = (UserId(Uuid::from_u128(7)), ConnectionId(Uuid::from_u128(u128::MAX)));
        Reading { user, connection, generation }
    }

    /// Few numbers, so that they meet; the ends among them.
    fn number() -> impl Strategy<Value = u32> {
        prop::sample::select(vec![0, 1, 2, 3, u32::MAX - 1, u32::MAX])
    }

    proptest! {
        #[test]
        fn transactions_sort_by_day_account_and_ordinal_the_newest_first(
            one in (any::<i32>(), 0_u128..3, any::<u32>(), any::<u128>()),
            other in (any::<i32>(), 0_u128..3, any::<u32>(), any::<u128>()),
        ) {
            use std::cmp::Reverse;
            let order = |(day, account, ordinal, id)| (Reverse(day), account, Reverse(ordinal), id);
            let (first, second) = (transaction(&reading(1), &place(one)), transaction(&reading(1), &place(other)));
            prop_assert_eq!(first.cmp(&second), order(one).cmp(&order(other)));
            prop_assert_eq!(read_transaction(&first), Some((reading(1), place(one))));
        }

        #[test]
        fn each_reading_is_in_one_of_the_ranges_before_in_and_after(
            at in number(),
            pivot in number(),
            until in number(),
        ) {
            let row = account(&reading(at), AccountId(Uuid::from_u128(u128::MAX)));
            let holds = |(from, to): (Vec<u8>, Vec<u8>)| from <= row && row < to;
            prop_assert!(holds(read_by(Kind::Account, reading(at).user, reading(at).connection)));
            prop_assert_eq!(holds(read_before(Kind::Account, &reading(pivot))), at < pivot);
            prop_assert_eq!(holds(read_in(Kind::Account, &reading(pivot))), at == pivot);
            let after = read_after(Kind::Account, &reading(pivot), until);
            prop_assert!(after.0 <= after.1);
            prop_assert_eq!(holds(after), at > pivot && at <= until);
            prop_assert_eq!(read_account(&row).map(|(reading, _)| reading), Some(reading(at)));
        }
    }

    #[test]
    fn a_key_is_read_as_its_own_kind_alone() {
        let row = identity(&reading(4), IdentityId(Uuid::from_u128(8)));
        assert_eq!(read_identity(&row), Some((reading(4), IdentityId(Uuid::from_u128(8)))));
        assert!(read_account(&row).is_none() && read_transaction(&row).is_none());
        for cut in 0..row.len() {
            assert_eq!(read_identity(&row[..cut]), None);
        }
    }

    #[test]
    fn the_terms_of_an_account_stand_together_and_apart_from_its_neighbours() {
        let (one, other) = (AccountId(Uuid::from_u128(0xff)), AccountId(Uuid::from_u128(0x100)));
        let (from, to) = terms_of(&reading(4), one);
        let holds = |row: &[u8]| from.as_slice() <= row && row < to.as_slice();
        for part in [0, 1, 256, u16::MAX] {
            let row = terms(&reading(4), one, part);
            assert!(holds(&row) && read_terms(&row) == Some((reading(4), one, part)));
            assert!(!holds(&terms(&reading(4), other, part)) && !holds(&terms(&reading(5), one, part)));
            assert!((0..row.len()).all(|cut| read_terms(&row[..cut]).is_none()));
        }
        assert!(terms(&reading(4), one, 1) < terms(&reading(4), one, 256));
        assert_eq!(read_terms(&account(&reading(4), one)), None);
    }
}
