//! The declaration that all accounts are disclosed: when it was made, and what the person was asked before
//! it. The latest one of a person is kept, for as long as the consent that it was made under. Must not
//! know: sessions, pages, records.

use super::gap::{Gap, GapAnswer};
use super::id::{ConsentId, SessionId};
use super::time::UnixMillis;

/// "I have disclosed all my accounts."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// When it was made, by the user's clock.
    pub at: UnixMillis,
    /// In which session.
    pub session: SessionId,
    /// Under which consent: it goes with that one, for gaps are made of what was read.
    pub consent: ConsentId,
    /// What the person was asked, with what they said; none when nobody looked, as for a declaration that a
    /// partner's own page sends.
    pub gaps: Option<Vec<AnsweredGap>>,
}

/// A gap, and what the person said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredGap {
    /// What seemed to be missing.
    pub gap: Gap,
    /// What they said.
    pub answer: GapAnswer,
}

/// A gap as it is found when somebody declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGap {
    /// What seems to be missing.
    pub gap: Gap,
    /// What the person said to it; none when they were not asked yet.
    pub answer: Option<GapAnswer>,
}

impl FoundGap {
    /// With its answer, once there is one.
    pub fn answered(self) -> Option<AnsweredGap> {
        self.answer.map(|answer| AnsweredGap { gap: self.gap, answer })
    }
}
