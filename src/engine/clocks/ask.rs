//! What the other rooms ask about test clocks. Must not know: HTTP.

use super::actor::{Asked, Observe};
use super::core::{Ask, Change, NewClock, Observed, Refusal};
use super::registry::MEMBERS_MAX;
use super::stored;
use crate::domain::clock::TestClock;
use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::UnixMillis;
use crate::engine::mark::Mark;
use crate::engine::user::core::Trouble;
use crate::engine::{Engine, readable};
use std::time::Duration;
use tokio::sync::oneshot;

/// How a clock stands once it was asked to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is as it was wished.
    Done(TestClock),
    /// It is still on its way there.
    OnItsWay,
}

/// A clock as whoever reads it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockView {
    /// The clock.
    pub clock: TestClock,
    /// What it shows.
    pub now: UnixMillis,
    /// The next instant at which something falls due by it.
    pub next_deadline: Option<UnixMillis>,
    /// How many users live by it.
    pub users: usize,
}

impl Engine {
    /// The test clocks of an application, oldest first.
    pub fn clocks(&self, application: ApplicationId) -> Vec<TestClock> {
        self.shared.house.clocks.of(application)
    }

    /// A test clock of an application.
    pub fn clock(&self, application: ApplicationId, id: ClockId) -> Option<TestClock> {
        self.shared.house.clocks.get(application, id)
    }

    /// A clock with what falls due by it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn clock_view(&self, clock: TestClock) -> Result<ClockView, Trouble> {
        let next = readable(stored::deadlines(self.shared.store.as_ref(), clock.id, None, 1))?;
        let next_deadline = next.first().map(|(at, _)| *at);
        let users = self.count_clock_members(clock.id)?;
        Ok(ClockView { now: clock.now(self.now()), clock, next_deadline, users })
    }

    /// How many live by a clock: counted once, and kept from then on.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn count_clock_members(&self, id: ClockId) -> Result<usize, Trouble> {
        let clocks = &self.shared.house.clocks;
        if let Some(known) = clocks.members(id) {
            return Ok(known);
        }
        let there = readable(stored::members(self.shared.store.as_ref(), id, None, MEMBERS_MAX + 1))?.len();
        clocks.counted(id, there);
        Ok(clocks.members(id).unwrap_or(there))
    }

    /// Makes a test clock; once, with a mark.
    ///
    /// # Errors
    /// Why there is none; `Conflict` also where the mark is there already.
    pub async fn make_clock(
        &self,
        new: NewClock,
        mark: Option<Box<Mark<TestClock>>>,
    ) -> Result<TestClock, Refusal> {
        let made = self.ask_clocks(Ask::Create(new), mark)?.await.unwrap_or(Err(Trouble::Defect.into()));
        if made == Err(Refusal::TooMany) {
            self.shared.metrics.refuse("test_clocks");
        }
        made
    }

    /// Changes a test clock, once with a mark, and waits so long for it to be as it was wished. It goes on
    /// without whoever waits.
    ///
    /// # Errors
    /// Why nothing was done; `Conflict` also where the mark is there already.
    pub async fn change_clock(
        &self,
        application: ApplicationId,
        id: ClockId,
        change: Change,
        mark: Option<Box<Mark<TestClock>>>,
        patience: Duration,
    ) -> Result<Changed, Refusal> {
        let answer = self.ask_clocks(Ask::Change(application, id, change), mark)?;
        tokio::select! {
            answer = answer => answer.unwrap_or(Err(Trouble::Defect.into())).map(Changed::Done),
            () = tokio::time::sleep(patience) => Ok(Changed::OnItsWay),
            () = self.shared.stopping.cancelled() => Ok(Changed::OnItsWay),
        }
    }

    fn ask_clocks(
        &self,
        ask: Ask,
        mark: Option<Box<Mark<TestClock>>>,
    ) -> Result<oneshot::Receiver<Result<TestClock, Refusal>>, Trouble> {
        let (reply, answer) = oneshot::channel();
        let places = self.shared.places.get().ok_or(Trouble::Busy)?;
        places.clockkeeper.try_send(Asked { ask, mark, reply }).map_err(|_| Trouble::Busy)?;
        Ok(answer)
    }

    /// How the clocks stand, for the operator.
    pub async fn observe_clocks(&self) -> Vec<Observed> {
        let (reply, answer) = oneshot::channel();
        // A keeper that is too busy to answer is shown as one without clocks.
        let _ = self.shared.places.get().map(|places| places.clockkeeper.try_send(Observe(reply)));
        answer.await.unwrap_or_default()
    }
}
