//! Entries of the outbox of each schema.

use super::super::outbox::{self, OutboxHead, OutboxV2, OutboxV3, OutboxV4, Wish};
use super::values::{EFFECT, LINK, head, keyring, sweep, text};
use super::{Sample, kept, plain, sample};
use crate::domain::id::ClockId;
use crate::store::codec;

fn third(head: &OutboxHead) -> OutboxV3 {
    let value = outbox::encode(head, None, &keyring(), [19; 24]).unwrap();
    OutboxV3::from(codec::decode::<OutboxV4>(&value).unwrap().1)
}

pub(super) fn clocked_sweep() -> OutboxHead {
    OutboxHead { clock: ClockId::new(6), ..sweep() }
}

fn with_a_link() -> OutboxHead {
    OutboxHead { wish: Wish::Link { link: LINK }, ..head() }
}

/// Each stored struct of these, once.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        plain(0, &OutboxV2::from(third(&sweep()))),
        plain(0, &third(&clocked_sweep())),
        sample::<OutboxV4>(outbox::encode(&with_a_link(), Some(&text()), &keyring(), [19; 24]).unwrap()),
    ]
}

#[test]
fn a_text_with_a_link_is_told_from_one_with_a_code() {
    assert_eq!(outbox::head(EFFECT, &kept("OutboxV4")).unwrap(), with_a_link());
    assert!(outbox::text(EFFECT, &kept("OutboxV4"), &keyring()).unwrap() == text());
    assert!(outbox::encode(&with_a_link(), None, &keyring(), [19; 24]).is_err(), "the text is missing");
}
