//! What a run says: one line a step, and the marks of what happened at least once. The same seed gives
//! the same lines, byte for byte.

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
