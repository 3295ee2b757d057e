//! A made-up access log; and the largest one of a block fits into a value.

use super::super::access::{self, AccessBlockV1, AccessV1, AccessV2};
use super::values::AT;
use super::{Sample, kept, plain, sample};
use crate::domain::access::{AccessBy, AccessLog, AccessTo, Accesses};
use crate::domain::day::Day;
use crate::domain::time::Span;
use crate::store::key::AccessBlock;
use crate::store::{VALUE_BYTES_MAX, codec};

fn log() -> AccessLog {
    let mut log = AccessLog::default();
    for (by, to, minutes) in [
        (AccessBy::Application, AccessTo::Accounts, 0),
        (AccessBy::Application, AccessTo::Accounts, 5),
        (AccessBy::Application, AccessTo::Transactions, 6),
        (AccessBy::Operator, AccessTo::Identity, 7),
    ] {
        log.count(by, to, AT.plus(Span::minutes(minutes)));
    }
    log
}

/// Each stored struct of these, once.
pub(super) fn samples() -> Vec<Sample> {
    let value = access::encode(AccessBlock::of(Day::of(AT)), &log(), 3).unwrap();
    let (version, second) = codec::decode::<AccessV2>(&value).unwrap();
    vec![plain(version, &AccessV1::from(&second)), sample::<AccessV2>(value), plain(0, &AccessBlockV1)]
}

#[test]
fn a_block_is_read_back_as_it_was_written() {
    let block = AccessBlock::of(Day::of(AT));
    // Times are kept with their milliseconds.
    assert_eq!(access::decode(block, &access::encode(block, &log(), 3).unwrap()).unwrap(), (3, log()));
    assert_eq!(access::decode(block, &kept("AccessV1")).unwrap(), (3, log()), "by an older program");
    let other = access::encode(block.next(), &log(), 3).unwrap();
    assert_eq!(access::decode(block.next(), &other).unwrap(), (3, AccessLog::default()), "other days");
}

#[test]
fn the_largest_block_fits_into_a_value() {
    let block = AccessBlock::of(Day(20_000));
    let mut log = AccessLog::default();
    for day in 0..AccessBlock::DAYS.cast_signed() {
        let day = Day(block.first().0 + day);
        let last = day.midnight().plus(Span(86_399_999));
        let accesses = Accesses { count: u32::MAX, first: day.midnight(), last };
        for by in AccessBy::ALL {
            log.0.extend(AccessTo::ALL.map(|to| ((day, by, to), accesses)));
        }
    }
    let value = access::encode(block, &log, u64::MAX).unwrap();
    assert!(value.len() <= VALUE_BYTES_MAX, "{}", value.len());
    assert_eq!(access::decode(block, &value).unwrap(), (u64::MAX, log));
}
