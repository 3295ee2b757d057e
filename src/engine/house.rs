//! What every core may look at: the lifecycles, the keys, the applications, the test clocks, the name of
//! this server. Read-only but for the applications and the clocks, which their own commits replace. Must not know: actors, HTTP.

use crate::crypto::Keyring;
use crate::domain::application::Application;
use crate::domain::id::ApplicationId;
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::workflow::Workflows;
use crate::engine::clocks::registry::Clocks;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Shared by all cores of one server.
#[derive(Debug)]
pub struct House {
    /// The lifecycles with their limits.
    pub workflows: Workflows,
    /// Keyed hashes, sealing, signing.
    pub keyring: Keyring,
    /// The host that texts are bound to: the public base URL without scheme and port.
    pub public_host: String,
    /// The institutions that people can connect to, in order of id.
    pub institutions: &'static [Institution],
    /// The test clocks: what their users' time is.
    pub clocks: Clocks,
    applications: RwLock<BTreeMap<ApplicationId, Arc<Application>>>,
}

impl House {
    /// A house with the applications that the store holds.
    pub fn new(
        workflows: Workflows,
        keyring: Keyring,
        public_host: String,
        institutions: &'static [Institution],
        applications: impl IntoIterator<Item = Application>,
    ) -> Self {
        let applications = applications.into_iter().map(|one| (one.id, Arc::new(one))).collect();
        let (clocks, applications) = (Clocks::default(), RwLock::new(applications));
        Self { workflows, keyring, public_host, institutions, clocks, applications }
    }

    /// The institution with that id, where people can connect to it.
    pub fn institution(&self, id: InstitutionId) -> Option<&'static Institution> {
        self.institutions.iter().find(|one| one.id == id)
    }

    /// The application of that name.
    pub fn application(&self, id: ApplicationId) -> Option<Arc<Application>> {
        self.applications.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// All applications, by id.
    pub fn applications(&self) -> Vec<Arc<Application>> {
        self.applications.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Shows an application whose commit is done.
    pub fn publish(&self, application: Application) {
        let mut all = self.applications.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(application.id, Arc::new(application));
    }
}
