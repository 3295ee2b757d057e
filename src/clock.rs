//! The one file that reads the clock. Everything else gets the time as a value.
//!
//! Must not know: what the time is used for.

use crate::domain::time::UnixMillis;

/// Where real time comes from. The simulator has its own.
pub trait Clock: Send + Sync {
    /// The time now, in milliseconds since 1970-01-01 UTC.
    fn now(&self) -> UnixMillis;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> UnixMillis {
        UnixMillis(chrono::Utc::now().timestamp_millis())
    }
}
