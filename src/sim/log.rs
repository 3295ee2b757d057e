//! What a run says: one line a step, and the marks of what happened at least once. The same seed gives
//! the same lines, byte for byte.

use crate::domain::event::EventKind;
use crate::domain::time::UnixMillis;
use std::collections::BTreeSet;

/// When every run begins (2026-01-01T00:00:00Z): a constant, so that logs are comparable.
pub(super) const BEGINNING: UnixMillis = UnixMillis(1_767_225_600_000);

/// The lines and marks of one run.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: Vec<String>,
    marks: BTreeSet<&'static str>,
}

impl Log {
    /// One line, with the time since the beginning.
    pub(super) fn line(&mut self, now: UnixMillis, text: impl AsRef<str>) {
        let passed = now.since(BEGINNING).0;
        self.lines.push(format!("{}.{:03} {}", passed / 1000, passed % 1000, text.as_ref()));
    }

    /// Notes that something interesting happened.
    pub(super) fn mark(&mut self, name: &'static str) {
        self.marks.insert(name);
    }

    /// The last lines.
    pub(super) fn tail(&self, count: usize) -> Vec<String> {
        self.lines[self.lines.len().saturating_sub(count)..].to_vec()
    }

    /// All lines and marks.
    pub(super) fn take(self) -> (Vec<String>, BTreeSet<&'static str>) {
        (self.lines, self.marks)
    }
}

/// The mark of an event that happened.
pub(super) const fn event_mark(kind: EventKind) -> &'static str {
    match kind {
        EventKind::UserCreated => "event user.created",
        EventKind::UserUpdated => "event user.updated",
        EventKind::UserDeleted => "event user.deleted",
        EventKind::ConsentCreated => "event consent.created",
        EventKind::ConsentUpdated => "event consent.updated",
        EventKind::ConsentRevoked => "event consent.revoked",
        EventKind::ConsentExpired => "event consent.expired",
        EventKind::ConsentArchived => "event consent.archived",
        EventKind::LinkCreated => "event auth_link.created",
        EventKind::LinkOpened => "event auth_link.opened",
        EventKind::LinkCodeSent => "event auth_link.otp_sent",
        EventKind::LinkCodeFailed => "event auth_link.otp_failed",
        EventKind::LinkLocked => "event auth_link.locked",
        EventKind::LinkVerified => "event auth_link.verified",
        EventKind::LinkAbandoned => "event auth_link.abandoned",
        EventKind::LinkCompleted => "event auth_link.completed",
        EventKind::LinkExpired => "event auth_link.expired",
        EventKind::LinkReplaced => "event auth_link.replaced",
        EventKind::LinkDeleted => "event auth_link.deleted",
        EventKind::ConnectionCreated => "event connection.created",
        EventKind::ConnectionActivated => "event connection.activated",
        EventKind::ConnectionUpdated => "event connection.updated",
        EventKind::ConnectionInvalidated => "event connection.invalidated",
        EventKind::ConnectionDeleted => "event connection.deleted",
        EventKind::AccountUpdated => "event account.updated",
        EventKind::TransactionsUpdated => "event transactions.updated",
    }
}
