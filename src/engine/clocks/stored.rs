//! What the store holds of test clocks: themselves, what falls due by them, who lives by them. Must not
//! know: what is done with it.

use crate::domain::clock::TestClock;
use crate::domain::id::{ClockId, UserId};
use crate::domain::time::UnixMillis;
use crate::engine::read::ReadError;
use crate::engine::records::RecordError;
use crate::engine::records::clock::ClockV1;
use crate::store::key::{self, Kind};
use crate::store::{Order, Store, codec};

/// Later than anything is due.
const NEVER: UnixMillis = UnixMillis(i64::MAX - 1);

/// All clocks, each with its version and whether it goes.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn clocks(store: &dyn Store) -> Result<Vec<(TestClock, u64, bool)>, ReadError> {
    let mut found = Vec::new();
    for kind in [Kind::Clock, Kind::ClosingClock] {
        let (from, to) = key::all(kind);
        for (row, value) in store.scan(&from, &to, Order::Ascending, usize::MAX)? {
            let id = key::read_clock(&row).ok_or(RecordError::Key)?;
            let (version, stored) = codec::decode::<ClockV1>(&value).map_err(RecordError::from)?;
            found.push((stored.into_clock(id), version, kind == Kind::ClosingClock));
        }
    }
    Ok(found)
}

/// The smallest key behind one.
fn behind(key: Vec<u8>) -> Vec<u8> {
    [key, vec![0]].concat()
}

/// The next deadlines of a clock, in order: behind those of one user at one instant, or from the first on.
///
/// # Errors
/// When the store does not answer.
pub fn deadlines(
    store: &dyn Store,
    clock: ClockId,
    after: Option<(UnixMillis, UserId)>,
    limit: usize,
) -> Result<Vec<(UnixMillis, UserId)>, ReadError> {
    let (first, to) = key::deadlines(clock.number(), NEVER);
    let last_of = |(at, user)| behind(key::deadline(clock.number(), at, user, u8::MAX));
    let from = after.map_or(first, last_of);
    let rows = store.scan(&from, &to, Order::Ascending, limit)?;
    let read = rows.iter().filter_map(|(row, _)| key::read_deadline(row));
    Ok(read.map(|(_, at, user, _)| (at, user)).collect())
}

/// The next who live by a clock, in order of id: behind one, or from the first on.
///
/// # Errors
/// When the store does not answer.
pub fn members(
    store: &dyn Store,
    clock: ClockId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<UserId>, ReadError> {
    let (first, to) = key::clock_members(clock);
    let from = after.map_or(first, |user| behind(key::clock_member(clock, user)));
    let rows = store.scan(&from, &to, Order::Ascending, limit)?;
    Ok(rows.iter().filter_map(|(row, _)| key::read_clock_member(row)).map(|(_, user)| user).collect())
}
