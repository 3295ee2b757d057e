//! The keys of notices: what a person was shown and agreed to, in parts. Must not know: what it says.

use super::{Kind, following, id_at, key};
use crate::domain::id::{ConsentId, UserId};

/// A part of the notice of a consent.
pub fn notice_part(user: UserId, consent: ConsentId, part: u8) -> Vec<u8> {
    key(Kind::Notice, &[user.bytes(), consent.bytes(), &[part]])
}

/// The whole notice of a consent: the ends of a range.
pub fn notice(user: UserId, consent: ConsentId) -> (Vec<u8>, Vec<u8>) {
    let from = key(Kind::Notice, &[user.bytes(), consent.bytes()]);
    let to = following(&from);
    (from, to)
}

/// Whose notice, of which consent, and which part of it.
pub fn read_notice_part(row: &[u8]) -> Option<(UserId, ConsentId, u8)> {
    let (user, consent) = (UserId(id_at(row, 1)?), ConsentId(id_at(row, 17)?));
    (row.len() == 34 && row[0] == Kind::Notice as u8).then(|| (user, consent, row[33]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_parts_of_a_notice_stand_together_in_order() {
        let (user, consent) = (UserId(Uuid::from_u128(7)), ConsentId(Uuid::from_u128(u128::MAX)));
        let (from, to) = notice(user, consent);
        let rows: Vec<_> = [0, 1, 255].map(|part| notice_part(user, consent, part)).to_vec();
        assert!(rows.is_sorted() && rows.iter().all(|row| from <= *row && *row < to));
        assert_eq!(read_notice_part(&rows[1]), Some((user, consent, 1)));
        assert_eq!(read_notice_part(&rows[1][..33]), None);
        let other = notice_part(UserId(Uuid::from_u128(8)), ConsentId(Uuid::nil()), 0);
        assert!(other >= to);
    }
}
