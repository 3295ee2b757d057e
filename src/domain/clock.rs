//! A test clock: the time of some users of a sandbox application, moved at the partner's wish. It stands
//! still or runs, and an advance takes it on to an instant past every deadline on the way. Must not know:
//! whose deadlines these are, who stops at them.

use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::{Span, UnixMillis};

/// The longest name of a clock, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// How far one advance goes at most: a consent of a year with all that comes of it fits in.
pub const ADVANCE_MAX: Span = Span::days(400);

/// The earliest instant that a clock shows: 2000-01-01.
pub const EARLIEST: UnixMillis = UnixMillis(946_684_800_000);

/// The latest instant that a clock shows: 2100-01-01.
pub const LATEST: UnixMillis = UnixMillis(4_102_444_800_000);

/// A test clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestClock {
    /// Its name.
    pub id: ClockId,
    /// Whose clock.
    pub application: ApplicationId,
    /// What the partner calls it.
    pub name: String,
    /// When it was made, by real time.
    pub created: UnixMillis,
    /// What it showed when it was set last.
    pub at: UnixMillis,
    /// It runs, and has since this instant of real time; without one it stands still.
    pub runs_since: Option<UnixMillis>,
    /// It is on its way there, from deadline to deadline, and does not run meanwhile.
    pub target: Option<UnixMillis>,
}

/// How far a clock is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To an instant.
    To(UnixMillis),
    /// So much further than it shows.
    By(Span),
}

/// Why a clock does not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// It is on its way already.
    #[error("the clock is on its way")]
    OnItsWay,
    /// Clocks go forward only.
    #[error("a clock goes forward only")]
    Backward,
    /// More than [`ADVANCE_MAX`] at once, or past [`LATEST`].
    #[error("further than a clock goes at once")]
    TooFar,
}

impl TestClock {
    /// What it shows at an instant of real time.
    pub fn now(&self, real: UnixMillis) -> UnixMillis {
        match self.runs_since {
            Some(since) if self.target.is_none() => self.at.plus(real.since(since)).min(LATEST),
            _ => self.at,
        }
    }

    /// The instant of real time at which it shows `at`, if nobody touches it; never, when it stands.
    pub fn real_of(&self, at: UnixMillis) -> Option<UnixMillis> {
        let since = self.runs_since.filter(|_| self.target.is_none())?;
        Some(since.plus(at.since(self.at)))
    }

    /// Sets out. It stays where it is until somebody takes it on.
    ///
    /// # Errors
    /// When it is on its way already, or the instant is not one to go to.
    pub fn set_out(&mut self, way: Way, real: UnixMillis) -> Result<(), ClockFault> {
        let now = self.now(real);
        let to = match way {
            Way::To(at) => at,
            Way::By(span) => now.plus(span),
        };
        if self.target.is_some() {
            return Err(ClockFault::OnItsWay);
        }
        if to < now {
            return Err(ClockFault::Backward);
        }
        if to.since(now) > ADVANCE_MAX || to > LATEST {
            return Err(ClockFault::TooFar);
        }
        self.at = now;
        self.target = Some(to);
        Ok(())
    }

    /// Stops at an instant of its way, never further back and never past its end.
    pub fn stop_at(&mut self, at: UnixMillis) {
        if let Some(target) = self.target {
            self.at = at.max(self.at).min(target);
        }
    }

    /// It is where it was sent, and runs on if it ran before.
    pub fn arrive(&mut self, real: UnixMillis) {
        if let Some(target) = self.target.take() {
            self.at = target.max(self.at);
            self.runs_since = self.runs_since.map(|_| real);
        }
    }

    /// Whether it can be let go.
    ///
    /// # Errors
    /// When it is on its way.
    pub const fn may_go(&self) -> Result<(), ClockFault> {
        if self.target.is_some() { Err(ClockFault::OnItsWay) } else { Ok(()) }
    }

    /// Lets it run, or stand still.
    ///
    /// # Errors
    /// When it is on its way.
    pub fn set_running(&mut self, runs: bool, real: UnixMillis) -> Result<(), ClockFault> {
        if self.target.is_some() {
            return Err(ClockFault::OnItsWay);
        }
        if runs != self.runs_since.is_some() {
            self.at = self.now(real);
            self.runs_since = runs.then_some(real);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const START: UnixMillis = UnixMillis(1_767_225_600_000);

    fn real(seconds: u64) -> UnixMillis {
        UnixMillis(1_800_000_000_000).plus(Span::seconds(seconds))
    }

    fn clock() -> TestClock {
        TestClock {
            id: ClockId::new(6).unwrap(),
            application: ApplicationId(Uuid::from_u128(1)),
            name: "a year".into(),
            created: real(0),
            at: START,
            runs_since: None,
            target: None,
        }
    }

    #[test]
    fn it_stands_still_until_it_runs_and_then_keeps_what_it_shows() {
        let mut clock = clock();
        assert_eq!(clock.now(real(100)), START);
        assert_eq!(clock.real_of(START.plus(Span(1))), None);
        clock.set_running(true, real(100)).unwrap();
        assert_eq!(clock.now(real(107)), START.plus(Span::seconds(7)));
        assert_eq!(clock.real_of(START.plus(Span::seconds(9))), Some(real(109)));
        clock.set_running(true, real(108)).unwrap();
        assert_eq!(clock.runs_since, Some(real(100)), "it ran already");
        clock.set_running(false, real(110)).unwrap();
        assert_eq!(clock.now(real(500)), START.plus(Span::seconds(10)));
    }

    #[test]
    fn a_way_is_gone_in_steps_and_never_back() {
        let mut clock = clock();
        clock.set_running(true, real(0)).unwrap();
        let target = START.plus(Span::days(7));
        clock.set_out(Way::To(target), real(5)).unwrap();
        assert_eq!(clock.now(real(90)), START.plus(Span::seconds(5)), "on its way it does not run");
        assert_eq!(clock.set_out(Way::To(target), real(90)), Err(ClockFault::OnItsWay));
        assert_eq!(clock.may_go(), Err(ClockFault::OnItsWay));
        assert_eq!(clock.set_running(false, real(90)), Err(ClockFault::OnItsWay));
        clock.stop_at(START.plus(Span::days(1)));
        clock.stop_at(START);
        assert_eq!((clock.now(real(93)), clock.target), (START.plus(Span::days(1)), Some(target)));
        clock.stop_at(LATEST);
        assert_eq!((clock.now(real(93)), clock.target), (target, Some(target)), "never past its end");
        clock.arrive(real(94));
        assert_eq!((clock.now(real(94)), clock.target), (target, None));
        assert_eq!(clock.now(real(96)), target.plus(Span::seconds(2)), "and runs on");
    }

    #[test]
    fn no_way_is_too_long_or_leads_back() {
        let mut clock = clock();
        assert_eq!(clock.set_out(Way::To(UnixMillis(START.0 - 1)), real(0)), Err(ClockFault::Backward));
        let far = START.plus(ADVANCE_MAX);
        assert_eq!(clock.set_out(Way::To(far.plus(Span(1))), real(0)), Err(ClockFault::TooFar));
        assert_eq!(clock.set_out(Way::By(ADVANCE_MAX), real(0)), Ok(()));
        let mut late = TestClock { at: LATEST, ..self::clock() };
        assert_eq!(late.set_out(Way::By(Span(1)), real(0)), Err(ClockFault::TooFar));
        late.set_running(true, real(0)).unwrap();
        assert_eq!(late.now(real(1000)), LATEST);
    }
}
