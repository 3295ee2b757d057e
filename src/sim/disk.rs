//! The disk of a run: the memory store and the key slots as one machine, whose power can be cut at any
//! write. Remembers what was acknowledged as durable, for the checker. Must not know: what is written.
//!
//! The faults it models: everything not synced is lost but for a prefix of the batches; slots that were
//! not synced are kept or lost; a failed write or sync; a full disk; and, to show that the checker
//! notices, syncs that do nothing. It does not model: bytes that change by themselves, batches that are
//! torn (sled's checksums cut those off), a sync that fails and is repeated (the process ends instead).

use crate::store::memory::{Faults, MemoryStore};
use crate::store::space::FreeSpace;
use crate::store::vault::{MemorySlots, SLOT_BYTES, Slots};
use crate::store::{Batch, Order, Row, Store, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct State {
    /// This many writes still succeed, then the power is cut.
    cut_after: Option<u64>,
    /// At what kind of write it was cut.
    cut: Option<&'static str>,
    /// A write or sync to come is going to fail.
    fails: bool,
    /// Applied, and not acknowledged as durable.
    unsynced: Vec<Batch>,
    /// Acknowledged as durable, and not yet seen by the checker.
    synced: Vec<Batch>,
}

/// Store and slots of one machine.
#[derive(Debug, Default)]
pub(super) struct Disk {
    store: MemoryStore,
    slots: MemorySlots,
    state: Mutex<State>,
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power is cut at the write after the next `writes`.
    pub(super) fn cut_after(&self, writes: u64) {
        self.state().cut_after = Some(writes);
    }

    /// At what kind of write the power was cut.
    pub(super) fn cut(&self) -> Option<&'static str> {
        self.state().cut
    }

    /// Sets what goes wrong in the store from here on.
    pub(super) fn set_faults(&self, faults: Faults) {
        self.state().fails = faults.fail_apply_after.is_some() || faults.fail_sync_after.is_some();
        self.store.set_faults(faults);
    }

    /// Whether a write or sync is going to fail.
    pub(super) fn fails(&self) -> bool {
        self.state().fails
    }

    /// Batches that a crash may take.
    pub(super) fn unsynced(&self) -> usize {
        self.state().unsynced.len()
    }

    /// The machine stops. Of what was not synced, the first `keep` batches are there; slots that were
    /// not synced are there or not.
    pub(super) fn crash(&self, keep: usize, keep_slots: bool) {
        let mut state = self.state();
        let kept: Vec<Batch> = state.unsynced.drain(..).take(keep).collect();
        state.synced.extend(kept);
        (state.cut, state.cut_after, state.fails) = (None, None, false);
        self.store.crash(keep);
        if keep_slots {
            // Memory does not fail to sync.
            let _ = self.slots.sync();
        }
        self.slots.crash();
    }

    /// The power stays on after all.
    pub(super) fn heal(&self) {
        let mut state = self.state();
        (state.cut, state.cut_after, state.fails) = (None, None, false);
        self.store.set_faults(Faults::default());
    }

    /// What was acknowledged as durable since the last call.
    pub(super) fn take_synced(&self) -> Vec<Batch> {
        std::mem::take(&mut self.state().synced)
    }

    /// Whether this write still reaches the disk.
    fn reaches(&self, what: &'static str) -> bool {
        let mut state = self.state();
        match state.cut_after {
            _ if state.cut.is_some() => return false,
            Some(0) => state.cut = Some(what),
            Some(left) => state.cut_after = Some(left - 1),
            None => {}
        }
        state.cut.is_none()
    }
}

fn power() -> StoreError {
    StoreError::Failed("the power was cut".into())
}

impl Store for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.store.scan(from, to, order, limit)
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        if !self.reaches("cut at apply") {
            return Err(power());
        }
        self.store.apply(batch)?;
        self.state().unsynced.push(batch.clone());
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        if !self.reaches("cut at sync") {
            return Err(power());
        }
        self.store.sync()?;
        let mut state = self.state();
        let batches = std::mem::take(&mut state.unsynced);
        state.synced.extend(batches);
        Ok(())
    }

    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        self.store.space()
    }
}

/// The slots of a disk, as the vault wants them.
pub(super) struct DiskSlots(pub(super) Arc<Disk>);

impl Slots for DiskSlots {
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>> {
        self.0.slots.read(slot)
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()> {
        let is_destroyed = bytes.iter().all(|byte| *byte == 0);
        if !self.0.reaches(if is_destroyed { "cut at slot destroy" } else { "cut at slot write" }) {
            return Err(std::io::Error::other("the power was cut"));
        }
        self.0.slots.write(slot, bytes)
    }

    fn sync(&self) -> std::io::Result<()> {
        if !self.0.reaches("cut at slot sync") {
            return Err(std::io::Error::other("the power was cut"));
        }
        self.0.slots.sync()
    }

    fn count(&self) -> std::io::Result<u64> {
        self.0.slots.count()
    }
}
