//! Who read the person's data, and when: a part of their own page.

use super::Moment;
use crate::domain::access::{AccessBy, AccessTo};
use crate::domain::time::UnixMillis;

/// How many lines are open to the eye; the others unfold.
const OPEN: usize = 4;

/// What is shown of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPart {
    /// The newest first.
    pub lines: Vec<AccessLine>,
    /// There are more from before this instant.
    pub older_than: Option<Moment>,
    /// For how many days it is kept.
    pub kept_days: u32,
}

/// What somebody read of one kind on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLine {
    /// Who.
    pub by: AccessBy,
    /// What.
    pub to: AccessTo,
    /// How often.
    pub times: u32,
    /// When last. With its day, for the reader's own day may be another than the one that was counted by.
    pub last: Moment,
}

impl AccessLine {
    /// The message that says who read what.
    pub const fn id(&self) -> &'static str {
        match (self.by, self.to) {
            (AccessBy::Application, AccessTo::Accounts) => "access-application-accounts",
            (AccessBy::Application, AccessTo::Transactions) => "access-application-transactions",
            (AccessBy::Application, AccessTo::Identity) => "access-application-identity",
            (AccessBy::Application, AccessTo::Connections) => "access-application-connections",
            (AccessBy::Application, AccessTo::Attestation) => "access-application-attestation",
            (AccessBy::Operator, AccessTo::Accounts) => "access-operator-accounts",
            (AccessBy::Operator, AccessTo::Transactions) => "access-operator-transactions",
            (AccessBy::Operator, AccessTo::Identity) => "access-operator-identity",
            (AccessBy::Operator, AccessTo::Connections) => "access-operator-connections",
            (AccessBy::Operator, AccessTo::Attestation) => "access-operator-attestation",
        }
    }
}

impl AccessPart {
    /// The newest.
    pub fn open(&self) -> &[AccessLine] {
        &self.lines[..self.lines.len().min(OPEN)]
    }

    /// Those before.
    pub fn folded(&self) -> &[AccessLine] {
        &self.lines[self.lines.len().min(OPEN)..]
    }

    /// Made up: so many lines.
    pub(super) fn sample(count: usize, is_more: bool) -> Self {
        const MINUTE: i64 = 60_000;
        let last = |line: usize| {
            UnixMillis(1_795_857_240_000 - 500 * MINUTE * i64::try_from(line).unwrap_or_default())
        };
        let places = AccessBy::ALL.into_iter().flat_map(|by| AccessTo::ALL.map(|to| (by, to)));
        let lines = places.cycle().take(count).enumerate().map(|(line, (by, to))| AccessLine {
            by,
            to,
            times: [1, 2, 7, 12, 1200][line % 5],
            last: Moment::full(last(line)),
        });
        Self {
            lines: lines.collect(),
            older_than: is_more.then(|| Moment::full(last(count))),
            kept_days: 365,
        }
    }
}
