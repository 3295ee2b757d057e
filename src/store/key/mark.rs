//! The keys of marks: requests that are done once, and what they were answered. A mark's name is a keyed hash.

use super::{Kind, key, sortable, unsortable};
use crate::domain::time::UnixMillis;

/// A mark.
pub fn mark(id: &[u8; 32]) -> Vec<u8> {
    key(Kind::Mark, &[id])
}

/// A part of what was answered.
pub fn mark_part(id: &[u8; 32], part: u8) -> Vec<u8> {
    key(Kind::MarkPart, &[id, &[part]])
}

/// When a mark is forgotten.
pub fn mark_due(at: UnixMillis, id: &[u8; 32]) -> Vec<u8> {
    key(Kind::MarkDue, &[&sortable(at), id])
}

/// Every mark that is forgotten up to an instant: from and to.
pub fn marks_due(until: UnixMillis) -> (Vec<u8>, Vec<u8>) {
    let end = UnixMillis(until.0.saturating_add(1));
    (vec![Kind::MarkDue as u8], key(Kind::MarkDue, &[&sortable(end)]))
}

/// Which mark is forgotten, and when.
pub fn read_mark_due(row: &[u8]) -> Option<(UnixMillis, [u8; 32])> {
    let rest = row.strip_prefix(&[Kind::MarkDue as u8])?;
    let (at, id) = rest.split_first_chunk::<8>()?;
    Some((unsortable(*at), id.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_the_order_in_which_they_are_forgotten() {
        let row = |at, id| mark_due(UnixMillis(at), &[id; 32]);
        assert!(row(5, 9) < row(6, 1) && row(-1, 9) < row(0, 0));
        assert_eq!(read_mark_due(&row(5, 9)), Some((UnixMillis(5), [9; 32])));
        assert_eq!(read_mark_due(&mark(&[9; 32])), None);
        let (from, to) = marks_due(UnixMillis(5));
        assert!(from < row(-5, 0) && row(5, 255) < to && to <= row(6, 0));
    }
}
