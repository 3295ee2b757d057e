//! A made-up notice; and the longest one fits into its parts.

use super::super::notice::{self, NoticePartV1};
use super::values::{USER, consent_sample};
use super::{Sample, sample};
use crate::domain::notice::{NOTICE_BYTES_MAX, Notice};

fn made_up(text: String) -> Notice {
    Notice::new("vi", text).unwrap()
}

fn values(notice: &Notice) -> Vec<Vec<u8>> {
    let rows = notice::encode(USER, consent_sample().id, notice).unwrap();
    assert!(rows.is_sorted());
    rows.into_iter().map(|(_, value)| value).collect()
}

/// Each stored struct of these, once.
pub(super) fn samples() -> Vec<Sample> {
    let mut values = values(&made_up("Chia sẻ dữ liệu?\nTôi đồng ý".into()));
    vec![sample::<NoticePartV1>(values.remove(0))]
}

#[test]
fn a_notice_is_read_back_as_it_was_written_however_long() {
    // Letters of two bytes, so that parts end within one.
    for letters in [0, 1, 1535, 1536, 1537, 5000, NOTICE_BYTES_MAX / 2] {
        let notice = made_up("\u{e9}".repeat(letters));
        let values = values(&notice);
        assert_eq!(notice::language(&values[0]).unwrap(), "vi");
        let read = notice::decode(values.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(read, Some(notice), "{letters}");
    }
    assert_eq!(notice::decode([]).unwrap(), None);
    assert!(Notice::new("vi", "x".repeat(NOTICE_BYTES_MAX + 1)).is_none());
}
