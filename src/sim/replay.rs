//! What was made durable, batch by batch, as a store of its own: never crashes, never fails. Must not
//! know: what is written.

use crate::store::space::FreeSpace;
use crate::store::{Batch, Order, Row, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The rows that are durable.
#[derive(Debug, Default)]
pub(super) struct Replay(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Replay {
    /// All rows, for as long as somebody looks at them.
    pub(super) fn rows(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys of a range.
    pub(super) fn keys(&self, (from, to): (Vec<u8>, Vec<u8>)) -> Vec<Vec<u8>> {
        self.rows().range(from..to).map(|(key, _)| key.clone()).collect()
    }
}

impl Store for Replay {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows().get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let rows = self.rows();
        let found = rows.range(from.to_vec()..to.to_vec()).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match order {
            Order::Ascending => found.take(limit).collect(),
            Order::Descending => found.rev().take(limit).collect(),
        })
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut rows = self.rows();
        for (key, value) in &batch.0 {
            match value {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        Ok(None)
    }
}
