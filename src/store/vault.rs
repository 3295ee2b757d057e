//! The `keys` file: data keys in fixed slots, wrapped by the master key, outside sled. A slot is
//! overwritten in place when its key is destroyed: sled's log would keep a deleted key, and with it
//! everything the key sealed. Which slot is whose, a row in the store says.
//!
//! Must not know: whose keys they are, when they come and go.

use super::codec::{self, Record};
use super::{Store, StoreError, key};
use crate::crypto::{DataKey, Keyring};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of one slot.
pub const SLOT_BYTES: usize = 128;

const MARK: [u8; 4] = *b"AKS1";
const WRAPPED: usize = 24 + 32 + 16;

/// A key and the slot it goes to.
#[derive(Debug, Clone)]
pub struct SlotWrite {
    /// Which slot.
    pub slot: u64,
    /// Whose key.
    pub owner: [u8; 16],
    /// The key.
    pub key: DataKey,
    /// For the wrapping.
    pub nonce: [u8; 24],
}

/// Where slots are kept.
pub trait Slots: Send + Sync {
    /// The bytes of a slot; `None` beyond the end.
    ///
    /// # Errors
    /// When the disk says no.
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>>;
    /// Overwrites a slot in place.
    ///
    /// # Errors
    /// When the disk says no.
    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()>;
    /// Makes everything written durable.
    ///
    /// # Errors
    /// When the disk says no.
    fn sync(&self) -> std::io::Result<()>;
    /// How many slots there are, used or free.
    ///
    /// # Errors
    /// When the disk says no.
    fn count(&self) -> std::io::Result<u64>;
}

/// The slots of a file.
#[derive(Debug)]
pub struct FileSlots(File);

impl FileSlots {
    /// Opens or makes the file, readable by its owner alone.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let is_new = !path.exists();
        let file =
            File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        if is_new {
            file.sync_all()?;
            path.parent()
                .filter(|parent| parent.is_dir())
                .map_or(Ok(()), |parent| File::open(parent)?.sync_all())?;
        }
        Ok(Self(file))
    }
}

impl Slots for FileSlots {
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>> {
        if slot >= self.count()? {
            return Ok(None);
        }
        let mut bytes = [0; SLOT_BYTES];
        self.0.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64)?;
        Ok(Some(bytes))
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()> {
        self.0.write_all_at(bytes, slot * SLOT_BYTES as u64)
    }

    fn sync(&self) -> std::io::Result<()> {
        self.0.sync_data()
    }

    fn count(&self) -> std::io::Result<u64> {
        // A slot that a crash cut short was never acknowledged: it is free.
        Ok(self.0.metadata()?.len() / SLOT_BYTES as u64)
    }
}

/// Slots in memory, for the simulator: a crash takes what was not synced.
#[derive(Debug, Default)]
pub struct MemorySlots(Mutex<SlotsTwice>);

/// What is visible and what is durable.
type SlotsTwice = (Vec<[u8; SLOT_BYTES]>, Vec<[u8; SLOT_BYTES]>);

impl MemorySlots {
    fn with<T>(&self, work: impl FnOnce(&mut SlotsTwice) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The machine stops.
    pub fn crash(&self) {
        self.with(|(visible, durable)| visible.clone_from(durable));
    }
}

impl Slots for MemorySlots {
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>> {
        Ok(self.with(|(visible, _)| usize::try_from(slot).ok().and_then(|slot| visible.get(slot).copied())))
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()> {
        let slot = usize::try_from(slot).map_err(std::io::Error::other)?;
        self.with(|(visible, _)| {
            if visible.len() <= slot {
                visible.resize(slot + 1, [0; SLOT_BYTES]);
            }
            visible[slot] = *bytes;
        });
        Ok(())
    }

    fn sync(&self) -> std::io::Result<()> {
        self.with(|(visible, durable)| durable.clone_from(visible));
        Ok(())
    }

    fn count(&self) -> std::io::Result<u64> {
        Ok(self.with(|(visible, _)| visible.len() as u64))
    }
}

/// Which slot is an owner's, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySlotV1(pub u64);

impl Record for KeySlotV1 {
    const KIND: u8 = b'Y';
    const SCHEMA: u8 = 1;
}

/// The keys file with the key that wraps what is in it.
pub struct Vault {
    slots: Box<dyn Slots>,
    keyring: Keyring,
}

impl Vault {
    /// A vault over `slots`.
    pub fn new(slots: Box<dyn Slots>, keyring: Keyring) -> Self {
        Self { slots, keyring }
    }

    /// Writes keys to their slots; durable after [`Vault::sync`].
    ///
    /// # Errors
    /// When the disk says no.
    pub fn write(&self, write: &SlotWrite) -> Result<(), StoreError> {
        let wrapped = self.keyring.wrap(&write.key, write.nonce, &write.owner);
        let mut bytes = [0; SLOT_BYTES];
        bytes[..4].copy_from_slice(&MARK);
        bytes[4..20].copy_from_slice(&write.owner);
        bytes[20..20 + WRAPPED].copy_from_slice(&wrapped);
        self.slots.write(write.slot, &bytes).map_err(failed)
    }

    /// Overwrites slots: what their keys sealed is gone for good once [`Vault::sync`] is done.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn destroy(&self, slot: u64) -> Result<(), StoreError> {
        self.slots.write(slot, &[0; SLOT_BYTES]).map_err(failed)
    }

    /// Makes writes and destructions durable.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.slots.sync().map_err(failed)
    }

    /// The key in a slot, if it is still that owner's.
    ///
    /// # Errors
    /// When the disk says no, or the slot is damaged.
    pub fn read(&self, slot: u64, owner: &[u8; 16]) -> Result<Option<DataKey>, StoreError> {
        let Some(bytes) = self.slots.read(slot).map_err(failed)? else { return Ok(None) };
        if bytes[..4] != MARK || bytes[4..20] != owner[..] {
            return Ok(None);
        }
        let key = self.keyring.unwrap_key(&bytes[20..20 + WRAPPED], owner);
        key.map(Some).map_err(|_| StoreError::Value("a data key does not unwrap".into()))
    }

    /// The owner in a slot; `None` when it is free.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn owner(&self, slot: u64) -> Result<Option<[u8; 16]>, StoreError> {
        let bytes = self.slots.read(slot).map_err(failed)?;
        Ok(bytes.filter(|bytes| bytes[..4] == MARK).and_then(|bytes| bytes[4..20].try_into().ok()))
    }

    /// How many slots there are, used or free.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn count(&self) -> Result<u64, StoreError> {
        self.slots.count().map_err(failed)
    }
}

fn failed(error: std::io::Error) -> StoreError {
    StoreError::Failed(format!("the keys file: {error}"))
}

/// Finds an owner's key: the row says which slot, the slot holds the key.
#[derive(Clone)]
pub struct DataKeys {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
}

impl DataKeys {
    /// Over a store and its vault.
    pub fn new(store: Arc<dyn Store>, vault: Arc<Vault>) -> Self {
        Self { store, vault }
    }

    /// The key of an owner; `None` when it never had one or it was destroyed.
    ///
    /// # Errors
    /// When the store does not answer or the row or slot is damaged.
    pub fn get(&self, owner: &[u8; 16]) -> Result<Option<DataKey>, StoreError> {
        match slot_of(self.store.as_ref(), owner)? {
            Some(slot) => self.vault.read(slot, owner),
            None => Ok(None),
        }
    }
}

/// The slot that the store names for an owner.
///
/// # Errors
/// When the store does not answer or the row is damaged.
pub fn slot_of(store: &dyn Store, owner: &[u8; 16]) -> Result<Option<u64>, StoreError> {
    let row = store.get(&key::key_slot(owner))?;
    let read = |value: Vec<u8>| codec::decode::<KeySlotV1>(&value).map(|(_, slot)| slot.0);
    row.map(read).transpose().map_err(|error| StoreError::Value(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{MasterKey, open, seal};

    fn keyring() -> Keyring {
        Keyring::derive(&MasterKey::new([1; 32]))
    }

    fn write(slot: u64, owner: u8) -> SlotWrite {
        SlotWrite { slot, owner: [owner; 16], key: DataKey::new([owner; 32]), nonce: [owner; 24] }
    }

    #[test]
    fn a_key_comes_back_for_its_owner_alone() {
        let vault = Vault::new(Box::new(MemorySlots::default()), keyring());
        vault.write(&write(3, 7)).unwrap();
        let sealed = seal(&DataKey::new([7; 32]), [0; 24], b"", b"x");
        let key = vault.read(3, &[7; 16]).unwrap().unwrap();
        assert!(open(&key, b"", &sealed).is_ok());
        assert!(vault.read(3, &[8; 16]).unwrap().is_none());
        assert!(vault.read(2, &[7; 16]).unwrap().is_none());
        assert!(vault.read(99, &[7; 16]).unwrap().is_none());
        assert_eq!(vault.owner(3).unwrap(), Some([7; 16]));
    }

    #[test]
    fn a_destroyed_key_is_nowhere_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let vault = Vault::new(Box::new(FileSlots::open(&path).unwrap()), keyring());
        vault.write(&write(0, 7)).unwrap();
        vault.write(&write(1, 8)).unwrap();
        vault.sync().unwrap();
        let holds = |owner: u8| {
            let bytes = std::fs::read(&path).unwrap();
            let wrapped = keyring().wrap(&DataKey::new([owner; 32]), [owner; 24], &[owner; 16]);
            bytes.windows(16).any(|window| window == &wrapped[24..40])
        };
        assert!(holds(7) && holds(8));
        vault.destroy(0).unwrap();
        vault.sync().unwrap();
        assert!(!holds(7) && holds(8));
        assert_eq!(vault.count().unwrap(), 2);
        assert_eq!(vault.owner(0).unwrap(), None);
    }

    #[test]
    fn the_file_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        FileSlots::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
