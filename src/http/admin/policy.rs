//! What people of an application are asked to agree to, as the operator writes it: plain functions over the
//! engine. A change is a new version; whoever agreed before is asked again when they come. Must not know:
//! HTTP requests, terminals.

use crate::domain::application::{Permission, Policy};
use crate::domain::id::ApplicationId;
use crate::engine::Engine;
use crate::engine::application::core::{Command, Refusal};
use crate::http::error::ApiError;
use serde::{Deserialize, Serialize};

/// A policy as it is written. It is whole: what is not in it is the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedPolicy {
    /// The purpose in a few words.
    pub purpose_title: String,
    /// The purpose in a sentence.
    pub purpose_description: String,
    /// How long a consent lasts, in days.
    pub duration_days: u32,
    /// How far back data goes, in days.
    pub retrieval_days: u32,
    /// A de-identified copy may be kept when the consent ends.
    pub retain_data: bool,
    /// What is asked for, by scope values.
    pub permissions: Vec<String>,
    /// Who helps the partner, and may see the data for the same purpose.
    pub supporting_parties: Vec<String>,
}

impl Default for WantedPolicy {
    fn default() -> Self {
        Self::from(&Policy::standard())
    }
}

impl From<&Policy> for WantedPolicy {
    fn from(policy: &Policy) -> Self {
        let scopes = policy.permissions.iter().map(|permission| permission.text().scope.to_owned());
        Self {
            purpose_title: policy.purpose_title.clone(),
            purpose_description: policy.purpose_description.clone(),
            duration_days: policy.duration_days,
            retrieval_days: policy.retrieval_days,
            retain_data: policy.retain_data,
            permissions: scopes.collect(),
            supporting_parties: policy.supporting_parties.clone(),
        }
    }
}

/// A policy as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Whose.
    pub application: String,
    /// Which version it is; none when there is no policy.
    pub version: Option<u32>,
    /// The policy.
    pub policy: WantedPolicy,
}

/// What new people are asked to agree to.
///
/// # Errors
/// When there is no such application.
pub fn get(engine: &Engine, id: ApplicationId) -> Result<PolicyView, ApiError> {
    let application = engine.house().application(id).ok_or(Refusal::Unknown)?;
    let policy = application.policy();
    Ok(PolicyView {
        application: id.to_string(),
        version: policy.map(|one| one.version),
        policy: policy.map(WantedPolicy::from).unwrap_or_default(),
    })
}

/// They are asked for this from now on; the same once more is no new version.
///
/// # Errors
/// What is wrong with it; or why nothing was done.
pub async fn set(engine: &Engine, id: ApplicationId, wanted: WantedPolicy) -> Result<PolicyView, ApiError> {
    let policy = read(wanted)?;
    let now = get(engine, id)?;
    if now.version.is_some() && now.policy == WantedPolicy::from(&policy) {
        return Ok(now);
    }
    engine.ask_application(id, Command::SetPolicy(Box::new(policy))).await?;
    get(engine, id)
}

fn read(wanted: WantedPolicy) -> Result<Policy, ApiError> {
    let mut permissions = Vec::new();
    for scope in &wanted.permissions {
        let Some(permission) = Permission::parse(scope) else {
            let known = Permission::ALL.map(|one| one.text().scope).join(", ");
            return Err(ApiError::not_valid(format!("The permissions are some of {known}."), "permissions"));
        };
        permissions.push(permission);
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(Policy {
        // The version is given where it is kept.
        version: 0,
        purpose_title: wanted.purpose_title,
        purpose_description: wanted.purpose_description,
        duration_days: wanted.duration_days,
        retrieval_days: wanted.retrieval_days,
        retain_data: wanted.retain_data,
        permissions,
        supporting_parties: wanted.supporting_parties,
    })
}
