//! Instants and spans as plain numbers of milliseconds. Must not know: where the time comes from.

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct UnixMillis(pub i64);

/// A span of time in milliseconds, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span(pub u64);

impl UnixMillis {
    /// The instant `span` later; saturates instead of wrapping.
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }

    /// The instant that far before.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }

    /// How long from `earlier` to here; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with second precision and `Z`, as the wire wants it (contract section 0).
    pub fn rfc3339(self) -> String {
        self.date_time().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The same with milliseconds, where the wire is finer.
    pub fn rfc3339_millis(self) -> String {
        self.date_time().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// The same instant as a calendar value; instants beyond the calendar become its ends.
    pub fn date_time(self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::from_timestamp_millis(self.0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
    }
}

impl Span {
    /// A span of whole seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }

    /// A span of whole days of 24 hours.
    pub const fn days(days: u64) -> Self {
        Self::minutes(days.saturating_mul(24 * 60))
    }

    /// Whole seconds, rounded up: what `Retry-After` and countdowns show.
    pub const fn seconds_up(self) -> u64 {
        self.0.div_ceil(1000)
    }
}
