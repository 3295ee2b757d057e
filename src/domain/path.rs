//! Where things are read: paths as links name them. Must not know: the base URL.

use crate::domain::event::Event;
use crate::domain::id::{AccountId, ConnectionId, EventId, IdentityId, JobId, TransactionId, UserId};
use crate::domain::institution::InstitutionId;

/// A person.
pub fn user(user: UserId) -> String {
    format!("/users/{user}")
}

/// The latest link of a person.
pub fn auth_link(user: UserId) -> String {
    format!("/users/{user}/auth_link")
}

/// All connections of a person.
pub fn connections(user: UserId) -> String {
    format!("/users/{user}/connections")
}

/// One of them.
pub fn connection(user: UserId, id: ConnectionId) -> String {
    format!("/users/{user}/connections/{id}")
}

/// All accounts of a person.
pub fn accounts(user: UserId) -> String {
    format!("/users/{user}/accounts")
}

/// One of them.
pub fn account(user: UserId, id: AccountId) -> String {
    format!("/users/{user}/accounts/{id}")
}

/// Those at one institution.
pub fn accounts_at(user: UserId, id: InstitutionId) -> String {
    format!("/users/{user}/accounts?filter=institution.id.eq('{id}')")
}

/// All transactions of a person.
pub fn transactions(user: UserId) -> String {
    format!("/users/{user}/transactions")
}

/// One of them.
pub fn transaction(user: UserId, id: TransactionId) -> String {
    format!("/users/{user}/transactions/{id}")
}

/// Those at one institution.
pub fn transactions_at(user: UserId, id: InstitutionId) -> String {
    format!("/users/{user}/transactions?filter=institution.id.eq('{id}')")
}

/// Those of one account.
pub fn transactions_of(user: UserId, id: AccountId) -> String {
    format!("/users/{user}/transactions?filter=account.id.eq('{id}')")
}

/// Those that were read by one connection.
pub fn transactions_by(user: UserId, id: ConnectionId) -> String {
    format!("/users/{user}/transactions?filter=connection.id.eq('{id}')")
}

/// Who a person is to one institution.
pub fn identity(user: UserId, id: IdentityId) -> String {
    format!("/users/{user}/identities/{id}")
}

/// All jobs of a person.
pub fn jobs(user: UserId) -> String {
    format!("/users/{user}/jobs")
}

/// One of them.
pub fn job(id: JobId) -> String {
    format!("/jobs/{id}")
}

/// Where an institution's question is answered.
pub fn answers(id: JobId) -> String {
    format!("/jobs/{id}/mfa")
}

/// An institution.
pub fn institution(id: InstitutionId) -> String {
    format!("/institutions/{id}")
}

/// An event.
pub fn event(id: EventId) -> String {
    format!("/events/{id}")
}

/// What an event is about, as it stands now.
pub fn entity(event: &Event) -> String {
    let user = event.user;
    match (event.kind.words().0, event.subject, event.consent) {
        ("connection", Some(id), _) => connection(user, ConnectionId(id)),
        ("account", Some(id), _) => account(user, AccountId(id)),
        ("transactions", _, _) => transactions(user),
        ("job", Some(id), _) => job(JobId(id)),
        ("auth_link", _, _) => auth_link(user),
        ("consent", _, Some(id)) => format!("/users/{user}/consents/{id}"),
        _ => self::user(user),
    }
}
