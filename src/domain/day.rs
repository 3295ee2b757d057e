//! Calendar days as plain numbers. Must not know: time zones; a day is what the institution says it is.

use crate::domain::time::UnixMillis;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

const MILLIS: i64 = 86_400_000;

/// A day: how many since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// The day of an instant, in UTC.
    pub fn of(at: UnixMillis) -> Self {
        Self(i32::try_from(at.0.div_euclid(MILLIS)).unwrap_or(i32::MAX))
    }

    /// Reads `YYYY-MM-DD`; what follows, as the time of an RFC 3339 instant, is let be.
    pub fn parse(text: &str) -> Option<Self> {
        let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        Some(Self(i32::try_from(days).ok()?))
    }

    /// Its first instant, in UTC.
    pub fn midnight(self) -> UnixMillis {
        UnixMillis(i64::from(self.0) * MILLIS)
    }

    /// So many days earlier.
    #[must_use]
    pub fn minus(self, days: u32) -> Self {
        Self(self.0.saturating_sub_unsigned(days))
    }
}

impl std::fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.midnight().date_time().format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_printed_and_counted() {
        let day = Day::parse("2026-03-01").unwrap();
        assert_eq!(day.to_string(), "2026-03-01");
        assert_eq!(Day::parse("2026-03-01T10:15:00Z"), Some(day));
        assert_eq!(day.minus(1).to_string(), "2026-02-28");
        assert_eq!(Day::of(UnixMillis(-1)).to_string(), "1969-12-31");
        assert_eq!(Day::of(day.midnight()), day);
        assert_eq!(Day::parse("01.03.2026"), None);
        assert_eq!(Day::parse("2026-02-30"), None);
    }
}
