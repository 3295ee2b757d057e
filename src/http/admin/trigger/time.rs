//! Events that time brings: a made-up user lives by a test clock that was made for them, and the clock is sent to
//! the instant. Must not know: what falls due on the way.

use super::impossible;
use super::walk::Walk;
use crate::domain::clock::Way;
use crate::domain::event::EventKind;
use crate::domain::id::{ApplicationId, ClockId};
use crate::engine::Engine;
use crate::engine::clocks::core::{Change, NewClock, Refusal};
use crate::engine::user::core::Trouble;
use crate::http::error::ApiError;
use std::time::Duration;

/// What the clocks of made-up users are called.
pub const CLOCK_NAME: &str = "authlink trigger";

/// So many of them stand at a time: an application has a bounded number of clocks. The oldest goes first, and its
/// user with it.
pub const CLOCKS_MAX: usize = 8;

/// How long a clock's way is waited for; the event is waited for apart from it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A fresh clock, which stands.
pub(super) async fn clock(engine: &Engine, application: ApplicationId) -> Result<ClockId, ApiError> {
    let ours = engine.clocks(application).into_iter().filter(|clock| clock.name == CLOCK_NAME);
    let ours: Vec<ClockId> = ours.map(|clock| clock.id).collect();
    for old in ours.iter().take((ours.len() + 1).saturating_sub(CLOCKS_MAX)) {
        match engine.change_clock(application, *old, Change::Remove, None, PATIENCE).await {
            // Another trigger was faster.
            Ok(_) | Err(Refusal::Unknown) => (),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    let new = NewClock { application, name: CLOCK_NAME.into(), at: None, runs: false };
    Ok(engine.make_clock(new, None).await?.id)
}

/// What is said of a user who was named: other users may live by the same clock, and none by real time waits.
pub(super) fn only_a_made_up_one(kind: EventKind) -> ApiError {
    let detail = format!(
        "{} comes with time: leave the user out, and a made-up one is sent there; users of a test clock go there with it",
        kind.name()
    );
    ApiError::not_valid(detail, "user")
}

impl Walk<'_> {
    /// What comes by waiting.
    pub(super) async fn time_to(&self, kind: EventKind) -> Result<(), ApiError> {
        let at = if kind == EventKind::LinkExpired {
            self.link().await?.expires
        } else {
            self.person_to(EventKind::LinkCompleted).await?;
            let consent = self.consent().await?.ok_or(Trouble::Defect)?;
            let at = match kind {
                EventKind::ConsentWarning => consent.warning_at,
                EventKind::ConsentReminder => consent.reminder_at.filter(|at| *at < consent.expires),
                _ => Some(consent.expires),
            };
            at.ok_or_else(|| impossible("The application's consents end before that would be due."))?
        };
        let clock = self.clock.ok_or(Trouble::Defect)?;
        let advance = Change::Advance(Way::To(at));
        self.engine.change_clock(self.application, clock, advance, None, PATIENCE).await?;
        Ok(())
    }
}
