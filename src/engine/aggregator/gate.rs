//! What one institution is asked by all users together: so many calls at a time, and none for a while
//! after it failed several times in a row. Each institution has a gate of its own. Must not know: who
//! asks, what.

use crate::domain::bank::BankFault;
use crate::domain::institution::InstitutionId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Calls to one institution at a time; more wait in line.
pub const CALLS_MAX: usize = 32;

/// How long a call may wait in line, and then how long it may take, unless the operator says otherwise.
pub const CALL_DEADLINE: Span = Span::seconds(30);

/// Failures in a row after which an institution is left alone.
pub const FAILURES_MAX: u32 = 8;

/// How long it is left alone; then one call tries.
pub const REST: Span = Span::seconds(10);

/// Whether an institution is asked at all: a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    failures: u32,
    rests_until: Option<UnixMillis>,
}

impl Breaker {
    /// Whether a call may go out now. After a rest the first one that asks may, and tries for all.
    pub fn may_call(&mut self, now: UnixMillis) -> bool {
        match self.rests_until {
            Some(until) if now < until => false,
            Some(_) => {
                self.rests_until = Some(now.plus(REST));
                true
            }
            None => true,
        }
    }

    /// How a call ended. A no of the institution is an answer; only silence and nonsense are failures.
    pub fn ended(&mut self, now: UnixMillis, fault: Option<BankFault>) {
        if fault == Some(BankFault::Unavailable) {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES_MAX {
                self.rests_until = Some(now.plus(REST));
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
    breaker: Mutex<Breaker>,
}

impl Gate {
    /// Whether a call may go out now.
    pub fn may_call(&self, now: UnixMillis) -> bool {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).may_call(now)
    }

    /// How a call ended.
    pub fn ended(&self, now: UnixMillis, fault: Option<BankFault>) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).ended(now, fault);
    }
}

/// The gates of all institutions.
#[derive(Debug)]
pub struct Gates {
    /// How long a call may wait in line, and then how long it may take.
    pub call_max: Span,
    all: Mutex<BTreeMap<InstitutionId, Arc<Gate>>>,
}

impl Gates {
    /// Gates through which nothing has gone yet.
    pub fn new(call_max: Span) -> Self {
        Self { call_max, all: Mutex::default() }
    }

    /// The gate of one institution.
    pub fn of(&self, institution: InstitutionId) -> Arc<Gate> {
        let mut gates = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Gate { places: Semaphore::new(CALLS_MAX), breaker: Mutex::default() });
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
        for _ in 0..FAILURES_MAX {
            assert!(breaker.may_call(now));
            breaker.ended(now, BROKEN);
        }
        assert!(!breaker.may_call(now));
        let later = now.plus(REST);
        assert!(breaker.may_call(later), "one tries for all");
        assert!(!breaker.may_call(later), "and only one");
        breaker.ended(later, BROKEN);
        assert!(!breaker.may_call(later.plus(Span(1))));
        let again = later.plus(REST);
        assert!(breaker.may_call(again));
        breaker.ended(again, None);
        assert!(breaker.may_call(again) && breaker.may_call(again));
    }

    #[test]
    fn a_no_is_an_answer_and_no_failure() {
        let mut breaker = Breaker::default();
        for _ in 0..3 * FAILURES_MAX {
            breaker.ended(UnixMillis(0), Some(BankFault::InvalidCredentials));
            assert!(breaker.may_call(UnixMillis(0)));
        }
    }
}
