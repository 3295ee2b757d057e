//! Test clocks and who lives by them. Nothing personal, so not sealed.

use crate::domain::clock::TestClock;
use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::UnixMillis;
use crate::store::codec::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A test clock, first schema; its name is in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockV1 {
    application: [u8; 16],
    name: String,
    created: i64,
    at: i64,
    runs_since: Option<i64>,
    target: Option<i64>,
}

impl Record for ClockV1 {
    const KIND: u8 = b'k';
    const SCHEMA: u8 = 1;
}

impl From<&TestClock> for ClockV1 {
    fn from(clock: &TestClock) -> Self {
        Self {
            application: *clock.application.bytes(),
            name: clock.name.clone(),
            created: clock.created.0,
            at: clock.at.0,
            runs_since: clock.runs_since.map(|at| at.0),
            target: clock.target.map(|at| at.0),
        }
    }
}

impl ClockV1 {
    /// The clock of this name.
    pub fn into_clock(self, id: ClockId) -> TestClock {
        TestClock {
            id,
            application: ApplicationId(Uuid::from_bytes(self.application)),
            name: self.name,
            created: UnixMillis(self.created),
            at: UnixMillis(self.at),
            runs_since: self.runs_since.map(UnixMillis),
            target: self.target.map(UnixMillis),
        }
    }
}

/// That a user lives by a test clock, first schema: its key holds both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockMemberV1;

impl Record for ClockMemberV1 {
    const KIND: u8 = b'v';
    const SCHEMA: u8 = 1;
}
