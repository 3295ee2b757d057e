//! How long institutions take: each step's average over the last days, as connectors show it (contract
//! section 2.6, `stats`). Kept in memory: a start knows nothing until something was read since. Must not know:
//! who is served, what is read.

use crate::domain::day::Day;
use crate::domain::institution::InstitutionId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Over how many days, today included, it is averaged.
pub const DAYS: u32 = 7;

/// How long one job took that was done, without the time that its person took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Took {
    /// Until the institution let somebody in; a job that went on after a restart does not know.
    pub verify: Option<Span>,
    /// From there until the accounts were there.
    pub accounts: Span,
    /// From there until all transactions were.
    pub transactions: Span,
}

/// How long each step takes on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Average {
    /// Signing in.
    pub verify: Span,
    /// Finding accounts.
    pub accounts: Span,
    /// Getting transactions.
    pub transactions: Span,
}

impl Average {
    /// All steps together.
    pub const fn total(self) -> Span {
        Span(self.verify.0.saturating_add(self.accounts.0).saturating_add(self.transactions.0))
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    millis: u64,
    count: u64,
}

impl Sum {
    const fn add(&mut self, span: Span) {
        self.millis = self.millis.saturating_add(span.0);
        self.count = self.count.saturating_add(1);
    }

    const fn with(self, other: Self) -> Self {
        Self {
            millis: self.millis.saturating_add(other.millis),
            count: self.count.saturating_add(other.count),
        }
    }

    fn average(self) -> Option<Span> {
        self.millis.checked_div(self.count).map(Span)
    }
}

/// The steps of one day, in their order.
type Sums = [Sum; 3];

/// What was measured, by institution and day: as many rows as there are institutions, each of [`DAYS`].
#[derive(Debug, Default)]
pub struct Pace(Mutex<BTreeMap<InstitutionId, BTreeMap<Day, Sums>>>);

impl Pace {
    /// A job at an institution was done at `now`.
    pub fn note(&self, institution: InstitutionId, took: Took, now: UnixMillis) {
        let today = Day::of(now);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let days = all.entry(institution).or_default();
        days.retain(|day, _| is_recent(*day, today));
        let [verify, accounts, transactions] = days.entry(today).or_default();
        if let Some(span) = took.verify {
            verify.add(span);
        }
        accounts.add(took.accounts);
        transactions.add(took.transactions);
    }

    /// How long an institution takes, as far as anybody has seen lately; nothing while a step is not known.
    pub fn of(&self, institution: InstitutionId, now: UnixMillis) -> Option<Average> {
        let today = Day::of(now);
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = all.get(&institution)?.iter().filter(|(day, _)| is_recent(**day, today));
        let mut sums = Sums::default();
        for (_, day) in recent {
            for (sum, one) in sums.iter_mut().zip(day) {
                *sum = sum.with(*one);
            }
        }
        drop(all);
        let [verify, accounts, transactions] = sums.map(Sum::average);
        Some(Average { verify: verify?, accounts: accounts?, transactions: transactions? })
    }
}

/// Days of the future are of a clock that was set back: they do not count.
fn is_recent(day: Day, today: Day) -> bool {
    day > today.minus(DAYS) && day <= today
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: InstitutionId = InstitutionId(*b"AU00000");
    const OTHER: InstitutionId = InstitutionId(*b"AU00001");

    fn took(verify: Option<u64>, accounts: u64, transactions: u64) -> Took {
        Took { verify: verify.map(Span), accounts: Span(accounts), transactions: Span(transactions) }
    }

    fn on(day: i32) -> UnixMillis {
        Day(day).midnight().plus(Span::minutes(5))
    }

    #[test]
    fn each_step_has_an_average_over_the_last_days() {
        let pace = Pace::default();
        assert_eq!(pace.of(BANK, on(100)), None, "nothing was seen yet");
        pace.note(BANK, took(None, 10, 20), on(100));
        assert_eq!(pace.of(BANK, on(100)), None, "nobody signed in yet");
        pace.note(BANK, took(Some(300), 30, 60), on(103));
        let average = Average { verify: Span(300), accounts: Span(20), transactions: Span(40) };
        assert_eq!((pace.of(BANK, on(103)), pace.of(OTHER, on(103))), (Some(average), None));
        assert_eq!(pace.of(BANK, on(106)), Some(average), "seven days, today included");
        let later = Average { accounts: Span(30), transactions: Span(60), ..average };
        assert_eq!(pace.of(BANK, on(107)), Some(later), "the oldest day is over");
        assert_eq!(pace.of(BANK, on(110)), None);
        assert_eq!(pace.of(BANK, on(99)), None, "a clock that was set back knows nothing of later days");
    }

    #[test]
    fn no_more_days_are_kept_than_count() {
        let pace = Pace::default();
        for day in 0..100 {
            pace.note(BANK, took(Some(1), 1, 1), on(day));
        }
        let kept = pace.0.lock().unwrap()[&BANK].len();
        assert_eq!(kept, DAYS as usize);
    }
}
