//! What connections, jobs, accounts, transactions and events look like on the wire (contract sections 2.5 to 2.9,
//! 5 and 7.2), member by member and in that order. Must not know: routes, the engine.

pub mod account;
pub mod connection;
pub(super) mod connector;
pub mod event;
pub mod identity;
pub mod job;
pub mod link;
pub mod meta;
#[cfg(test)]
pub(super) mod tests;
pub mod transaction;

pub use crate::domain::path;

use super::users::SelfLink;
use crate::domain::application::Permission;
use crate::domain::consent::Consent;
use crate::domain::id::{AccountId, ConnectionId, JobId, UserId};
use crate::domain::institution::InstitutionId;
use crate::http::Settings;
use serde::Serialize;

/// A list without counters.
#[derive(Serialize)]
pub struct List<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Vec<T>,
    links: SelfLink,
}

impl<T> List<T> {
    /// A list that is read at `path`.
    pub fn new(settings: &Settings, path: &str, data: Vec<T>) -> Self {
        Self { kind: "list", data, links: SelfLink { own: settings.url(path) } }
    }
}

/// A list that is read nowhere else: it came of what was asked.
#[derive(Serialize)]
pub struct Unlinked<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Vec<T>,
}

impl<T> Unlinked<T> {
    /// Such a list.
    pub const fn new(data: Vec<T>) -> Self {
        Self { kind: "list", data }
    }
}

/// Something by its name, and where to read it.
#[derive(Serialize)]
pub struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    links: SelfLink,
}

impl Reference {
    /// What a call that begins a job comes back with.
    pub fn job(settings: &Settings, id: JobId) -> Self {
        Self::new("job", id.to_string(), settings.url(&path::job(id)))
    }

    /// An institution.
    pub fn institution(settings: &Settings, id: InstitutionId) -> Self {
        Self::new("institution", id.to_string(), settings.url(&path::institution(id)))
    }

    /// A connection.
    pub fn connection(settings: &Settings, user: UserId, id: ConnectionId) -> Self {
        Self::new("connection", id.to_string(), settings.url(&path::connection(user, id)))
    }

    /// An account.
    pub fn account(settings: &Settings, user: UserId, id: AccountId) -> Self {
        Self::new("account", id.to_string(), settings.url(&path::account(user, id)))
    }

    const fn new(kind: &'static str, id: String, own: String) -> Self {
        Self { kind, id, links: SelfLink { own } }
    }
}

/// What the person agreed to show of what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that people agree to by itself")]
pub struct Shown {
    /// Account numbers; without it they are masked.
    pub account_detail: bool,
    /// Who the person is.
    pub name: bool,
    /// How to reach the person.
    pub contact: bool,
    /// The organisation that the person acts for.
    pub organisation: bool,
}

impl Shown {
    /// What a consent covers; nothing without one.
    pub fn by(consent: Option<&Consent>) -> Self {
        let covers = |one| consent.is_some_and(|consent| consent.permissions.contains(&one));
        Self {
            account_detail: covers(Permission::AccountDetail),
            name: covers(Permission::PersonBasic) || covers(Permission::PersonDetail),
            contact: covers(Permission::PersonDetail),
            organisation: covers(Permission::OrganisationBasic) || covers(Permission::OrganisationDetail),
        }
    }
}
