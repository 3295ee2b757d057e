//! What a store of an older program lacks is added once, before anything else is written. Must not know:
//! actors, HTTP.

use super::committer::ConnectionTallyV1;
use super::committer::core::SequenceV1;
use super::read::ReadError;
use super::user::load::{Library, LoadError};
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::user::Presence;
use crate::store::key::{self, Kind};
use crate::store::{Batch, Order, StoreError, codec};
use std::collections::BTreeMap;

/// Says that connections were counted.
const COUNTED: &str = "connections counted";

/// Users that are looked at at a time.
const CHUNK: usize = 512;

/// Counts the connections of each application, in a store where that was not done yet. All counts become
/// true at once, with the mark that they are: a process that ends before has counted nothing.
///
/// # Errors
/// When the store does not answer.
pub fn count_connections(library: &Library) -> Result<(), ReadError> {
    let store = library.store.as_ref();
    if store.get(&key::meta(COUNTED))?.is_some() {
        return Ok(());
    }
    let mut rows = vec![(key::meta(COUNTED), Some(encoded(&SequenceV1(0))?))];
    for (application, count) in counts(library)? {
        rows.push((key::connection_tally(application), Some(encoded(&ConnectionTallyV1(count))?)));
    }
    store.apply(&Batch(rows))?;
    store.sync()?;
    Ok(())
}

fn encoded<R: codec::Record>(record: &R) -> Result<Vec<u8>, StoreError> {
    codec::encode(0, record).map_err(|error| StoreError::Value(error.to_string()))
}

fn counts(library: &Library) -> Result<BTreeMap<ApplicationId, u64>, ReadError> {
    let (mut from, to) = key::all(Kind::User);
    let mut counts = BTreeMap::new();
    loop {
        let rows = library.store.scan(&from, &to, Order::Ascending, CHUNK)?;
        for (row, _) in &rows {
            if let Some((application, count)) = key::read_user(row).map_or(Ok(None), |id| of(library, id))? {
                *counts.entry(application).or_insert(0) += count;
            }
        }
        let Some((last, _)) = rows.last().filter(|_| rows.len() == CHUNK) else { return Ok(counts) };
        from = [last.as_slice(), &[0]].concat();
    }
}

/// How many connections a user has. One whose records are damaged has none that could be used, and keeps
/// nobody else from starting.
fn of(library: &Library, id: UserId) -> Result<Option<(ApplicationId, u64)>, StoreError> {
    match library.user(id) {
        Ok(loaded) => Ok(match loaded.presence {
            Presence::Here(user) => Some((user.application, user.connection_count())),
            Presence::Absent | Presence::Deleted => None,
        }),
        Err(LoadError::Store(error)) => Err(error),
        Err(LoadError::Record(error)) => {
            tracing::error!(user = %id, %error, "a damaged user was not counted");
            Ok(None)
        }
    }
}
