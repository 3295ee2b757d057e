//! Reads one user from the store. Must not know: what is done with it.

use crate::crypto::DataKey;
use crate::domain::id::UserId;
use crate::domain::user::Presence;
use crate::engine::records::{RecordError, user};
use crate::store::{Store, StoreError, key, vault};
use std::sync::Arc;
use thiserror::Error;

/// A user as the store has it.
pub struct Loaded {
    /// What there is under that name.
    pub presence: Presence,
    /// The version that the next commit replaces; 0 when there is none.
    pub version: u64,
    /// The key of its records.
    pub key: Option<Arc<DataKey>>,
}

/// Why a user cannot be read.
#[derive(Debug, Clone, Error)]
pub enum LoadError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored value is damaged.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Where users are read from.
pub struct Library {
    /// The records.
    pub store: Arc<dyn Store>,
    /// The data keys.
    pub keys: Arc<vault::DataKeys>,
}

impl Library {
    /// The user of that name, with its version and key.
    ///
    /// # Errors
    /// When the store does not answer or the value is damaged.
    pub fn user(&self, id: UserId) -> Result<Loaded, LoadError> {
        let Some(value) = self.store.get(&key::user(id))? else {
            return Ok(Loaded { presence: Presence::Absent, version: 0, key: None });
        };
        let data_key = self.keys.get(id.bytes())?.map(Arc::new);
        let (version, presence) = user::decode(id, &value, data_key.as_deref())?;
        Ok(Loaded { presence, version, key: data_key })
    }
}
