//! A store in memory that can fail on purpose: for the simulator and for tests. What is applied is
//! visible; what is synced survives a crash; of the rest, a prefix may.

use super::space::FreeSpace;
use super::{Batch, Order, Row, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// What goes wrong, and when. Counts are of calls to come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// This many applies succeed, then one fails.
    pub fail_apply_after: Option<u64>,
    /// This many syncs succeed, then one fails.
    pub fail_sync_after: Option<u64>,
    /// Syncs claim success and do nothing: only to show that the checker notices.
    pub lies: bool,
    /// The disk is nearly full.
    pub is_full: bool,
}

#[derive(Debug, Default)]
struct Inner {
    visible: Rows,
    durable: Rows,
    unsynced: Vec<Batch>,
    faults: Faults,
    applies: u64,
    syncs: u64,
}

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what goes wrong from here on.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// How many applies and syncs there were.
    pub fn counts(&self) -> (u64, u64) {
        let inner = self.lock();
        (inner.applies, inner.syncs)
    }

    /// Batches that a crash may take.
    pub fn unsynced(&self) -> usize {
        self.lock().unsynced.len()
    }

    /// The machine stops: what was synced is there, and of what was not the first `keep` batches.
    pub fn crash(&self, keep: usize) {
        let mut inner = self.lock();
        let kept: Vec<Batch> = inner.unsynced.drain(..).take(keep).collect();
        for batch in &kept {
            write(&mut inner.durable, batch);
        }
        inner.visible = inner.durable.clone();
        inner.faults = Faults::default();
    }
}

fn write(rows: &mut Rows, batch: &Batch) {
    for (key, value) in &batch.0 {
        match value {
            Some(value) => rows.insert(key.clone(), value.clone()),
            None => rows.remove(key),
        };
    }
}

fn falls_now(counter: &mut Option<u64>) -> bool {
    match counter {
        Some(0) => true,
        Some(left) => {
            *left -= 1;
            false
        }
        None => false,
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().visible.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let inner = self.lock();
        let rows =
            inner.visible.range(from.to_vec()..to.to_vec()).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match order {
            Order::Ascending => rows.take(limit).collect(),
            Order::Descending => rows.rev().take(limit).collect(),
        })
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        if falls_now(&mut inner.faults.fail_apply_after) {
            return Err(StoreError::Failed("a write failed on purpose".into()));
        }
        inner.applies += 1;
        write(&mut inner.visible, batch);
        inner.unsynced.push(batch.clone());
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        let mut inner = self.lock();
        if falls_now(&mut inner.faults.fail_sync_after) {
            return Err(StoreError::Failed("a sync failed on purpose".into()));
        }
        inner.syncs += 1;
        if !inner.faults.lies {
            let batches = std::mem::take(&mut inner.unsynced);
            for batch in &batches {
                write(&mut inner.durable, batch);
            }
        }
        Ok(())
    }

    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        let is_full = self.lock().faults.is_full;
        Ok(is_full.then_some(FreeSpace { free_bytes: 0, total_bytes: 1 << 40 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: &str) -> Batch {
        Batch(vec![(key.into(), Some(value.into()))])
    }

    #[test]
    fn a_crash_takes_what_was_not_synced() {
        let store = MemoryStore::default();
        store.apply(&put("a", "1")).unwrap();
        store.sync().unwrap();
        store.apply(&put("b", "2")).unwrap();
        store.apply(&put("c", "3")).unwrap();
        store.crash(1);
        let keys: Vec<_> = store.scan(b"a", b"z", Order::Descending, 9).unwrap();
        assert_eq!(
            keys.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
            vec![b"b".to_vec(), b"a".to_vec()]
        );
    }

    #[test]
    fn faults_come_when_they_are_told_to() {
        let store = MemoryStore::default();
        store.set_faults(Faults { fail_apply_after: Some(1), fail_sync_after: Some(0), ..Faults::default() });
        store.apply(&put("a", "1")).unwrap();
        assert!(store.apply(&put("b", "2")).is_err());
        assert!(store.sync().is_err());
        store.set_faults(Faults { lies: true, ..Faults::default() });
        store.sync().unwrap();
        store.crash(0);
        assert_eq!(store.get(b"a").unwrap(), None);
    }
}
