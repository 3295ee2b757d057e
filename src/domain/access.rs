//! The access log: who read which data of a person, and when, counted by day. What a page of the person's
//! own shows of it is made of these alone. Must not know: where accesses are counted, how they are kept.
//!
//! What counts: an answer that holds something which was read at the person's institutions, or which the person
//! told here: at which institutions they are, what these asked, what they declared. It counts once for each kind
//! of it. What does not: names, links, instants and numbers of what there is (the way there, and the house's own
//! work); what the partner wrote itself (the profile of a user, the number of a link); what both agreed to (a
//! consent); and how far somebody came on a page.

use super::day::Day;
use super::event::EventData;
use super::time::UnixMillis;
use std::collections::BTreeMap;

/// Who read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessBy {
    /// The partner, by its server.
    Application,
    /// Whoever runs this service, by an export or a look at a user.
    Operator,
}

impl AccessBy {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Application, Self::Operator];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Operator => "operator",
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessTo {
    /// Accounts, with their balances.
    Accounts,
    /// Transactions.
    Transactions,
    /// Who the person is to an institution.
    Identity,
    /// At which institutions they are connected, and how that goes: connections, and the jobs that work on them.
    Connections,
    /// What they declared in the end, with what they were asked before it.
    Attestation,
}

impl AccessTo {
    /// All there are.
    pub const ALL: [Self; 5] =
        [Self::Accounts, Self::Transactions, Self::Identity, Self::Connections, Self::Attestation];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Transactions => "transactions",
            Self::Identity => "identity",
            Self::Connections => "connections",
            Self::Attestation => "attestation",
        }
    }

    /// What an event shows. That there are new transactions, and how many, shows none of them.
    pub const fn in_event(data: &EventData) -> Option<Self> {
        match data {
            EventData::Account(_) => Some(Self::Accounts),
            EventData::Connection(_) | EventData::Job(_) => Some(Self::Connections),
            EventData::Nothing
            | EventData::User(_)
            | EventData::Consent(_)
            | EventData::Transactions { .. }
            | EventData::Link(_) => None,
        }
    }
}

/// How often something was read on a day, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accesses {
    /// How often.
    pub count: u32,
    /// First.
    pub first: UnixMillis,
    /// Last.
    pub last: UnixMillis,
}

impl Accesses {
    const fn once(at: UnixMillis) -> Self {
        Self { count: 1, first: at, last: at }
    }

    fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// What accesses are counted under: on which day (of UTC), by whom, to what.
pub type AccessPlace = (Day, AccessBy, AccessTo);

/// The accesses to one person's data, or some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessLog(pub BTreeMap<AccessPlace, Accesses>);

impl AccessLog {
    /// Counts one.
    pub fn count(&mut self, by: AccessBy, to: AccessTo, at: UnixMillis) {
        self.add((Day::of(at), by, to), &Accesses::once(at));
    }

    /// Adds some that were counted elsewhere.
    pub fn join(&mut self, other: &Self) {
        for (place, accesses) in &other.0 {
            self.add(*place, accesses);
        }
    }

    fn add(&mut self, place: AccessPlace, more: &Accesses) {
        self.0.entry(place).and_modify(|known| known.join(more)).or_insert(*more);
    }
}

#[cfg(test)]
mod tests {
    use super::AccessBy::{Application, Operator};
    use super::*;
    use crate::domain::time::Span;

    #[test]
    fn accesses_are_counted_by_day_by_whom_and_to_what() {
        let at = |minutes| Day(20_000).midnight().plus(Span::minutes(minutes));
        let (mut log, mut other) = (AccessLog::default(), AccessLog::default());
        log.count(Application, AccessTo::Accounts, at(10));
        log.count(Application, AccessTo::Accounts, at(5));
        log.count(Operator, AccessTo::Accounts, at(7));
        other.count(Application, AccessTo::Accounts, at(1439));
        other.count(Application, AccessTo::Accounts, at(1440));
        other.count(Application, AccessTo::Identity, at(8));
        log.join(&other);
        log.count(Application, AccessTo::Accounts, at(6));
        let seen = |day, by, to| log.0.get(&(Day(day), by, to)).map(|one| (one.count, one.first, one.last));
        assert_eq!(seen(20_000, Application, AccessTo::Accounts), Some((4, at(5), at(1439))));
        assert_eq!(seen(20_001, Application, AccessTo::Accounts), Some((1, at(1440), at(1440))));
        assert_eq!(seen(20_000, Operator, AccessTo::Accounts), Some((1, at(7), at(7))));
        assert_eq!(seen(20_000, Application, AccessTo::Identity), Some((1, at(8), at(8))));
        assert_eq!(log.0.len(), 4);
    }

    #[test]
    fn a_count_does_not_begin_anew() {
        let mut one = Accesses { count: u32::MAX, ..Accesses::once(UnixMillis(5)) };
        one.join(&Accesses::once(UnixMillis(6)));
        assert_eq!((one.count, one.last), (u32::MAX, UnixMillis(6)));
    }
}
