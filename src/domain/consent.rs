//! The consent: what a person agreed to, until when, and how it ended. The arrows stand in
//! workflows/consent.toml. Must not know: sessions, links, HTTP, records.

use crate::domain::application::{Permission, Policy};
use crate::domain::id::ConsentId;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Table;
use crate::domain::workflow::consent::{Consent as Machine, Limit, State};

/// A consent. Holds ids and times only, so that its history may outlive an erasure; the words are
/// those of the policy version it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its name on the wire.
    pub id: ConsentId,
    /// The policy version that was shown and agreed to.
    pub policy_version: u32,
    /// What was agreed to: exactly what was shown.
    pub permissions: Vec<Permission>,
    /// Where it stands.
    pub state: State,
    /// When it was given.
    pub created: UnixMillis,
    /// When it last changed.
    pub updated: UnixMillis,
    /// Deadline `duration`.
    pub expires: UnixMillis,
    /// Deadline `warning`: when it is said that it ends soon. None once it was said, or where it is too short.
    pub warning_at: Option<UnixMillis>,
    /// Deadline `reminder`: when it is next said that it is there. None in a consent of before there were any.
    pub reminder_at: Option<UnixMillis>,
    /// When it was withdrawn or revoked; expiry has `expires` alone.
    pub revoked: Option<UnixMillis>,
    /// The person who withdrew it asked that the partner deletes also the copy that its policy lets it keep.
    pub deletion_asked: bool,
}

/// How long a consent on `policy` lasts: what the policy says, within what the operator allows. The page
/// that asks shows the same.
pub fn duration(policy: &Policy, table: &Table<Machine>) -> Span {
    Span(policy.duration().0.min(table.span(Limit::Duration).0))
}

impl Consent {
    /// A consent given now on `policy`.
    pub fn give(id: ConsentId, policy: &Policy, expires: UnixMillis, now: UnixMillis) -> Self {
        Self {
            id,
            policy_version: policy.version,
            permissions: policy.permissions.clone(),
            state: State::Active,
            created: now,
            updated: now,
            expires,
            warning_at: None,
            reminder_at: None,
            revoked: None,
            deletion_asked: false,
        }
    }

    /// Sets when the partner hears of it next: before its end, and as often as the table says from its last
    /// change on.
    pub fn schedule(&mut self, table: &Table<Machine>) {
        let warning = self.expires.minus(table.span(Limit::Warning));
        self.warning_at = Some(warning).filter(|at| *at > self.updated);
        self.reminder_at = Some(self.updated.plus(table.span(Limit::Reminder)));
    }

    /// It ends at `expires` instead; one that would end later anyway is not cut short.
    pub fn extend(&mut self, expires: UnixMillis, table: &Table<Machine>, now: UnixMillis) {
        self.expires = self.expires.max(expires);
        self.updated = now;
        self.schedule(table);
    }

    /// Sets when the partner is reminded next, after `now`. Times that were missed are not made up for.
    pub fn remind_again(&mut self, table: &Table<Machine>, now: UnixMillis) {
        let every = table.span(Limit::Reminder).0.max(1);
        let rounds = now.since(self.updated).0 / every + 1;
        self.reminder_at = Some(self.updated.plus(Span(every.saturating_mul(rounds))));
    }

    /// Whether it covers anything at `now`.
    pub fn is_active(&self, now: UnixMillis) -> bool {
        self.state == State::Active && now < self.expires
    }
}
