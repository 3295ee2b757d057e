//! Opens a folder: the store, the keys file, and the master key that must be theirs. A store with a
//! missing or wrong key is refused before anything is changed. Must not know: actors, HTTP.

use crate::crypto::{self, Keyring};
use crate::store::codec::{self, Record};
use crate::store::sled::SledStore;
use crate::store::vault::{DataKeys, FileSlots, KeySlotV1, Slots, Vault};
use crate::store::{Batch, Order, Store, StoreError, key};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

const IDENTITY: &str = "identity";

/// What a store remembers of its master key, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityV1 {
    pub(crate) check: [u8; 16],
}

impl Record for IdentityV1 {
    const KIND: u8 = b'#';
    const SCHEMA: u8 = 1;
}

/// A store with everything that reads it.
#[derive(Clone)]
pub struct Opened {
    /// Records.
    pub store: Arc<dyn Store>,
    /// The keys file.
    pub vault: Arc<Vault>,
    /// Keys of owners, found by name.
    pub keys: Arc<DataKeys>,
    /// What follows from the master key.
    pub keyring: Keyring,
}

/// Why a folder cannot be opened. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store was made with another master key.
    #[error(
        "the master key is not the one that this store was made with; start with the right key, nothing was changed"
    )]
    WrongKey,
    /// The keys file is gone, cut short, or not this store's.
    #[error(
        "{0} does not hold the keys that the store names, and without them nobody's records open; put back the file that belongs to this store, nothing was changed"
    )]
    KeysGone(String),
}

/// How many owners are looked up in the keys file before it is believed to be this store's. They come in
/// the order of their random ids, so a file that lost one key in a thousand is all but sure to be found.
const OWNERS_CHECKED: usize = 10_000;

/// Opens the sled store and the keys file in `folder`, making them when they are not there.
///
/// # Errors
/// One sentence about what to do.
pub fn open(folder: &Path, keyring: Keyring, cache_bytes: u64) -> Result<Opened, OpenError> {
    std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
    let store: Arc<dyn Store> = Arc::new(SledStore::open(&folder.join("store"), cache_bytes)?);
    identify(store.as_ref(), &keyring)?;
    let path = folder.join("keys");
    let gone = || OpenError::KeysGone(path.display().to_string());
    let owners = owners(store.as_ref())?;
    // Looked at before the file would be made: an empty one gives new users the slots of old ones.
    if !owners.is_empty() && !path.exists() {
        return Err(gone());
    }
    let slots = FileSlots::open(&path).map_err(|error| StoreError::Failed(error.to_string()))?;
    let opened = join(store, Box::new(slots), keyring);
    if has_keys_of(&opened.vault, &owners)? { Ok(opened) } else { Err(gone()) }
}

/// Whether the keys file can be the one that these owners' slots are in. It never gets shorter, so a slot
/// past its end was cut off. One that is destroyed or somebody else's is no fault by itself: the store
/// may be a backup from before an erasure.
fn has_keys_of(vault: &Vault, owners: &[([u8; 16], u64)]) -> Result<bool, StoreError> {
    let (count, mut found) = (vault.count()?, owners.is_empty());
    for (owner, slot) in owners {
        if *slot >= count {
            return Ok(false);
        }
        found = found || vault.owner(*slot)? == Some(*owner);
    }
    Ok(found)
}

/// The first owners of keys, each with the slot that the store names.
fn owners(store: &dyn Store) -> Result<Vec<([u8; 16], u64)>, StoreError> {
    let (first, last) = key::all(key::Kind::KeySlot);
    let rows = store.scan(&first, &last, Order::Ascending, OWNERS_CHECKED)?;
    let damaged = || StoreError::Value("a row of the keys file".into());
    let read = |(key, value): (Vec<u8>, Vec<u8>)| {
        let owner = key.get(1..).and_then(|owner| owner.try_into().ok()).ok_or_else(damaged)?;
        let (_, slot) = codec::decode::<KeySlotV1>(&value).map_err(|_| damaged())?;
        Ok((owner, slot.0))
    };
    rows.into_iter().map(read).collect()
}

/// Joins an open store with its slots, after [`identify`].
pub fn join(store: Arc<dyn Store>, slots: Box<dyn Slots>, keyring: Keyring) -> Opened {
    let vault = Arc::new(Vault::new(slots, keyring.clone()));
    let keys = Arc::new(DataKeys::new(store.clone(), vault.clone()));
    Opened { store, vault, keys, keyring }
}

/// Knows a store by its master key again; a new store is marked with it.
///
/// # Errors
/// When the key is another, or the store does not answer.
pub fn identify(store: &dyn Store, keyring: &Keyring) -> Result<(), OpenError> {
    if let Some(value) = store.get(&key::meta(IDENTITY))? {
        let (_, identity) =
            codec::decode::<IdentityV1>(&value).map_err(|error| StoreError::Value(error.to_string()))?;
        let same = crypto::matches(&identity.check, &keyring.check_value());
        return if same { Ok(()) } else { Err(OpenError::WrongKey) };
    }
    let value = codec::encode(0, &IdentityV1 { check: keyring.check_value() })
        .map_err(|error| StoreError::Value(error.to_string()))?;
    store.apply(&Batch(vec![(key::meta(IDENTITY), Some(value))]))?;
    store.sync()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use crate::store::vault::{SLOT_BYTES, SlotWrite};

    #[test]
    fn a_store_knows_its_master_key_again_and_refuses_another() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = |byte| Keyring::derive(&MasterKey::new([byte; 32]));
        drop(open(folder.path(), keyring(1), 1 << 24).unwrap());
        assert_eq!(open(folder.path(), keyring(2), 1 << 24).err(), Some(OpenError::WrongKey));
        assert!(open(folder.path(), keyring(1), 1 << 24).is_ok());
    }

    #[test]
    fn a_store_without_its_keys_file_is_refused_and_nothing_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = || Keyring::derive(&MasterKey::new([1; 32]));
        let path = folder.path().join("keys");
        let opened = open(folder.path(), keyring(), 1 << 24).unwrap();
        for number in 0..3_u8 {
            let owner = [number; 16];
            let key = crypto::DataKey::new([number; 32]);
            let slot = u64::from(number);
            opened.vault.write(&SlotWrite { slot, owner, key, nonce: [0; 24] }).unwrap();
            let row = codec::encode(0, &KeySlotV1(slot)).unwrap();
            opened.store.apply(&Batch(vec![(key::key_slot(&owner), Some(row))])).unwrap();
        }
        opened.store.sync().unwrap();
        drop(opened);
        let whole = std::fs::read(&path).unwrap();
        let again = || open(folder.path(), keyring(), 1 << 24);
        assert!(again().is_ok());

        std::fs::remove_file(&path).unwrap();
        assert!(matches!(again().err(), Some(OpenError::KeysGone(_))));
        assert!(!path.exists(), "an empty file would be taken for the right one");

        let others = vec![0; whole.len()];
        for bad in [&[][..], &whole[..2 * SLOT_BYTES], &whole[..3 * SLOT_BYTES - 1], &others] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(again().err(), Some(OpenError::KeysGone(_))), "{} bytes", bad.len());
            assert_eq!(std::fs::read(&path).unwrap(), bad);
        }
        std::fs::write(&path, &whole).unwrap();
        assert!(again().is_ok(), "put back, it opens");
        let mut erased = whole;
        erased[..SLOT_BYTES].fill(0);
        std::fs::write(&path, &erased).unwrap();
        assert!(again().is_ok(), "a store from before an erasure opens with the keys from after it");
    }
}
