//! Reads one user from the store, with the connections and jobs that stand beside it. Must not know: what
//! is done with it.

use crate::crypto::DataKey;
use crate::domain::connection::Connection;
use crate::domain::id::UserId;
use crate::domain::job::Job;
use crate::domain::user::{Presence, User};
use crate::engine::records::user::Stored;
use crate::engine::records::{RecordError, attestation, connection, job, user};
use crate::store::key::Kind;
use crate::store::{Order, Row, Store, StoreError, key, vault};
use std::sync::Arc;
use thiserror::Error;

/// How often a user is read that changes while it is read.
const TRIES: u32 = 4;

/// A user as the store has it.
#[derive(Clone)]
pub struct Loaded {
    /// What there is under that name.
    pub presence: Presence,
    /// The version that the next commit replaces; 0 when there is none.
    pub version: u64,
    /// The key of its records.
    pub key: Option<Arc<DataKey>>,
    /// The key of what its active consent covers; an older program gave consents without one.
    pub consent_key: Option<Arc<DataKey>>,
}

impl Loaded {
    /// Nobody has that name.
    pub const fn absent() -> Self {
        Self { presence: Presence::Absent, version: 0, key: None, consent_key: None }
    }
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
    /// The user of that name, with its connections and jobs, its version and keys.
    ///
    /// # Errors
    /// When the store does not answer or a value is damaged.
    pub fn user(&self, id: UserId) -> Result<Loaded, LoadError> {
        let row = key::user(id);
        let mut value = self.store.get(&row)?;
        let mut tries = 0;
        loop {
            let Some(stored) = &value else { return Ok(Loaded::absent()) };
            let loaded = self.whole(id, stored);
            tries += 1;
            // Its rows are read one after the other. A commit in between, of an actor that has gone, leaves
            // parts of two versions in hand: then the snapshot has changed, and all is read again.
            let now = self.store.get(&row)?;
            if now == value || tries == TRIES {
                return loaded;
            }
            value = now;
        }
    }

    /// The user of that name alone, without its connections and jobs, and its key; none where it is deleted.
    ///
    /// # Errors
    /// When the store does not answer or a value is damaged.
    pub fn alone(&self, id: UserId) -> Result<Option<(User, DataKey)>, LoadError> {
        let Some(value) = self.store.get(&key::user(id))? else { return Ok(None) };
        let Some(key) = self.keys.get(id.bytes())? else { return Ok(None) };
        match user::decode(id, &value, Some(&key))?.presence {
            Presence::Here(user) => Ok(Some((*user, key))),
            Presence::Absent | Presence::Deleted => Ok(None),
        }
    }

    fn whole(&self, id: UserId, value: &[u8]) -> Result<Loaded, LoadError> {
        let key = self.keys.get(id.bytes())?.map(Arc::new);
        let Stored { version, presence, counts } = user::decode(id, value, key.as_deref())?;
        let Presence::Here(mut user) = presence else {
            return Ok(Loaded { presence, version, key, consent_key: None });
        };
        let consent_key = match &user.consent {
            Some(consent) => self.keys.get(consent.id.bytes())?.map(Arc::new),
            None => None,
        };
        if counts.connections > 0 {
            let key = consent_key.as_deref().ok_or(RecordError::Seal)?;
            user.connections = self.connections(&user, counts.connections, key)?;
        }
        if let (Some(key), true) = (consent_key.as_deref(), user.consent.is_some()) {
            let stored = self.store.get(&key::attestation(id))?;
            let declared = stored.map(|value| attestation::decode(id, &value, key)).transpose()?;
            user.attestation = declared;
        }
        if counts.jobs > 0 {
            let key = key.as_deref().ok_or(RecordError::Seal)?;
            user.jobs = self.jobs(&user, counts.jobs, key)?;
        }
        Ok(Loaded { presence: Presence::Here(user), version, key, consent_key })
    }

    /// Every row of a kind that a user has; as many as it counts.
    fn rows(&self, kind: Kind, user: UserId, counted: u32) -> Result<Vec<Row>, LoadError> {
        let (from, to) = key::all_of(kind, user.bytes());
        let rows = self.store.scan(&from, &to, Order::Ascending, usize::MAX)?;
        let found = rows.len();
        if found == counted as usize { Ok(rows) } else { Err(RecordError::Count { counted, found }.into()) }
    }

    fn connections(&self, user: &User, counted: u32, key: &DataKey) -> Result<Vec<Connection>, LoadError> {
        let mut all = Vec::new();
        for (row, value) in self.rows(Kind::Connection, user.id, counted)? {
            let (_, id) = key::read_connection(&row).ok_or(RecordError::Key)?;
            all.push(connection::decode(user.id, id, &value, key)?);
        }
        all.sort_by_key(|one| (one.created, one.id));
        Ok(all)
    }

    fn jobs(&self, user: &User, counted: u32, key: &DataKey) -> Result<Vec<Job>, LoadError> {
        let mut all = Vec::new();
        for (row, value) in self.rows(Kind::Job, user.id, counted)? {
            let (_, id) = key::read_job(&row).ok_or(RecordError::Key)?;
            all.push(job::decode(user.id, id, &value, key)?);
        }
        all.sort_by_key(|one| (one.created, one.id));
        Ok(all)
    }
}
