//! Opens a folder: the store, the keys file, and the master key that must be theirs. A store with a
//! missing or wrong key is refused before anything is changed. Must not know: actors, HTTP.

use crate::crypto::{self, Keyring};
use crate::store::codec::{self, Record};
use crate::store::sled::SledStore;
use crate::store::vault::{DataKeys, FileSlots, Slots, Vault};
use crate::store::{Batch, Store, StoreError, key};
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
}

/// Opens the sled store and the keys file in `folder`, making them when they are not there.
///
/// # Errors
/// One sentence about what to do.
pub fn open(folder: &Path, keyring: Keyring, cache_bytes: u64) -> Result<Opened, OpenError> {
    std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
    let store: Arc<dyn Store> = Arc::new(SledStore::open(&folder.join("store"), cache_bytes)?);
    identify(store.as_ref(), &keyring)?;
    let slots =
        FileSlots::open(&folder.join("keys")).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(join(store, Box::new(slots), keyring))
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

    #[test]
    fn a_store_knows_its_master_key_again_and_refuses_another() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = |byte| Keyring::derive(&MasterKey::new([byte; 32]));
        drop(open(folder.path(), keyring(1), 1 << 24).unwrap());
        assert_eq!(open(folder.path(), keyring(2), 1 << 24).err(), Some(OpenError::WrongKey));
        assert!(open(folder.path(), keyring(1), 1 << 24).is_ok());
    }
}
