//! What one institution is asked by all users together: so many calls at a time, and none for a while
//! after it failed several times in a row. Each institution has a gate of its own. Must not know: who
//! asks, what.

use crate::domain::bank::BankFault;
use crate::domain::institution::InstitutionId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// What one institution is asked at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateLimits {
    /// Calls at a time; more wait in line.
    pub calls: usize,
    /// How long a call may wait in line, and then how long it may take.
    pub call: Span,
    /// Failures in a row after which it is left alone.
    pub failures: u32,
    /// How long it is left alone; then one call tries.
    pub rest: Span,
}

/// What holds unless the operator says otherwise.
pub const LIMITS: GateLimits =
    GateLimits { calls: 32, call: Span::seconds(30), failures: 8, rest: Span::seconds(10) };

/// Whether an institution is asked at all: a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    failures: u32,
    rests_until: Option<UnixMillis>,
}

impl Breaker {
    /// Whether a call may go out now. After a rest the first one that asks may, and tries for all.
    pub fn may_call(&mut self, limits: &GateLimits, now: UnixMillis) -> bool {
        match self.rests_until {
            Some(until) if now < until => false,
            Some(_) => {
                self.rests_until = Some(now.plus(limits.rest));
                true
            }
            None => true,
        }
    }

    /// How a call ended. A no of the institution is an answer; only silence and nonsense are failures.
    pub fn ended(&mut self, limits: &GateLimits, now: UnixMillis, fault: Option<BankFault>) {
        if fault == Some(BankFault::Unavailable) {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= limits.failures {
                self.rests_until = Some(now.plus(limits.rest));
            }
        } else {
            *self = Self::default();
        }
    }
}

/// The gate of one institution.
#[derive(Debug)]
pub struct Gate {
    /// Places in line.
    pub places: Semaphore,
    limits: GateLimits,
    breaker: Mutex<Breaker>,
}

impl Gate {
    /// Whether a call may go out now.
    pub fn may_call(&self, now: UnixMillis) -> bool {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).may_call(&self.limits, now)
    }

    /// How a call ended.
    pub fn ended(&self, now: UnixMillis, fault: Option<BankFault>) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).ended(&self.limits, now, fault);
    }
}

/// The gates of all institutions.
#[derive(Debug)]
pub struct Gates {
    /// The limits of each.
    pub limits: GateLimits,
    all: Mutex<BTreeMap<InstitutionId, Arc<Gate>>>,
}

impl Gates {
    /// Gates through which nothing has gone yet.
    pub fn new(limits: GateLimits) -> Self {
        Self { limits, all: Mutex::default() }
    }

    /// The gate of one institution.
    pub fn of(&self, institution: InstitutionId) -> Arc<Gate> {
        let mut gates = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let (places, limits) = (Semaphore::new(self.limits.calls), self.limits);
        let new = || Arc::new(Gate { places, limits, breaker: Mutex::default() });
        gates.entry(institution).or_insert_with(new).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKEN: Option<BankFault> = Some(BankFault::Unavailable);

    #[test]
    fn an_institution_that_keeps_failing_is_left_alone_and_then_tried_by_one() {
        let mut breaker = Breaker::default();
        let now = UnixMillis(0);
        for _ in 0..LIMITS.failures {
            assert!(breaker.may_call(&LIMITS, now));
            breaker.ended(&LIMITS, now, BROKEN);
        }
        assert!(!breaker.may_call(&LIMITS, now));
        let later = now.plus(LIMITS.rest);
        assert!(breaker.may_call(&LIMITS, later), "one tries for all");
        assert!(!breaker.may_call(&LIMITS, later), "and only one");
        breaker.ended(&LIMITS, later, BROKEN);
        assert!(!breaker.may_call(&LIMITS, later.plus(Span(1))));
        let again = later.plus(LIMITS.rest);
        assert!(breaker.may_call(&LIMITS, again));
        breaker.ended(&LIMITS, again, None);
        assert!(breaker.may_call(&LIMITS, again) && breaker.may_call(&LIMITS, again));
    }

    #[test]
    fn the_operators_limits_hold() {
        let limits = GateLimits { calls: 2, failures: 1, rest: Span::minutes(1), ..LIMITS };
        let gate = Gates::new(limits).of(InstitutionId::parse("AU00000").unwrap());
        assert_eq!(gate.places.available_permits(), 2);
        gate.ended(UnixMillis(0), BROKEN);
        assert!(!gate.may_call(UnixMillis(59_999)));
        assert!(gate.may_call(UnixMillis(60_000)));
    }

    #[test]
    fn a_no_is_an_answer_and_no_failure() {
        let mut breaker = Breaker::default();
        for _ in 0..3 * LIMITS.failures {
            breaker.ended(&LIMITS, UnixMillis(0), Some(BankFault::InvalidCredentials));
            assert!(breaker.may_call(&LIMITS, UnixMillis(0)));
        }
    }
}
