//! Every test clock there is, as all cores see it: what a user's time is follows from here. Changed only
//! by the keeper of clocks, after its commit. Must not know: who moves a clock, and how.

use crate::domain::clock::TestClock;
use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::UnixMillis;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Users that may live by one clock.
pub const MEMBERS_MAX: usize = 10_000;

/// A clock with what is known of it besides.
#[derive(Debug, Clone)]
struct Entry {
    clock: TestClock,
    /// It goes, behind its users: nobody is told of it any more.
    is_closing: bool,
    /// Who lives by it; not counted yet.
    members: Option<usize>,
}

/// Why a user does not get to live by a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEntry {
    /// The application has no such clock.
    Unknown,
    /// As many live by it as may.
    Full,
}

/// All test clocks.
#[derive(Debug, Default)]
pub struct Clocks(RwLock<BTreeMap<ClockId, Entry>>);

impl Clocks {
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<ClockId, Entry>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<ClockId, Entry>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time of whoever lives by this clock. Without one it is real time; so it is by a clock that is
    /// gone, behind which nobody is left.
    pub fn now(&self, clock: Option<ClockId>, real: UnixMillis) -> UnixMillis {
        let Some(id) = clock else { return real };
        self.read().get(&id).map_or(real, |entry| entry.clock.now(real))
    }

    /// A clock of an application.
    pub fn get(&self, application: ApplicationId, id: ClockId) -> Option<TestClock> {
        let all = self.read();
        let entry = all.get(&id).filter(|entry| !entry.is_closing && entry.clock.application == application);
        entry.map(|entry| entry.clock.clone())
    }

    /// The clocks of an application, oldest first.
    pub fn of(&self, application: ApplicationId) -> Vec<TestClock> {
        let all = self.read();
        let theirs = all.values().filter(|one| !one.is_closing && one.clock.application == application);
        let mut clocks: Vec<TestClock> = theirs.map(|entry| entry.clock.clone()).collect();
        clocks.sort_by_key(|clock| (clock.created, clock.id));
        clocks
    }

    /// All of them with who lives by them, where that was counted; for the operator.
    pub fn all(&self) -> Vec<(TestClock, bool, Option<usize>)> {
        self.read().values().map(|one| (one.clock.clone(), one.is_closing, one.members)).collect()
    }

    /// Shows a clock whose commit is done.
    pub fn publish(&self, clock: TestClock, is_closing: bool) {
        let mut all = self.write();
        let members = all.get(&clock.id).and_then(|entry| entry.members);
        all.insert(clock.id, Entry { clock, is_closing, members });
    }

    /// A clock is gone.
    pub fn withdraw(&self, id: ClockId) {
        self.write().remove(&id);
    }

    /// Who lives by a clock, where that was counted.
    pub fn members(&self, id: ClockId) -> Option<usize> {
        self.read().get(&id).and_then(|entry| entry.members)
    }

    /// Notes how many there were before anybody entered; the first count stays.
    pub fn counted(&self, id: ClockId, members: usize) {
        if let Some(entry) = self.write().get_mut(&id) {
            entry.members.get_or_insert(members);
        }
    }

    /// Keeps a place for a user that is about to be made.
    ///
    /// # Errors
    /// Why there is none.
    pub fn enter(&self, application: ApplicationId, id: ClockId) -> Result<(), NoEntry> {
        let mut all = self.write();
        let entry = all.get_mut(&id).filter(|one| !one.is_closing && one.clock.application == application);
        let members = &mut entry.ok_or(NoEntry::Unknown)?.members;
        if members.is_some_and(|members| members >= MEMBERS_MAX) {
            return Err(NoEntry::Full);
        }
        *members = members.map(|members| members + 1);
        Ok(())
    }

    /// A user is gone, or was not made after all.
    pub fn leave(&self, id: ClockId) {
        if let Some(entry) = self.write().get_mut(&id) {
            entry.members = entry.members.map(|members| members.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const REAL: UnixMillis = UnixMillis(1_800_000_000_000);

    fn clock(number: u64, owner: u128) -> TestClock {
        TestClock {
            id: ClockId::new(number).unwrap(),
            application: ApplicationId(Uuid::from_u128(owner)),
            name: String::new(),
            created: REAL,
            at: UnixMillis(5),
            runs_since: None,
            target: None,
        }
    }

    #[test]
    fn a_clock_gives_the_time_of_those_who_live_by_it() {
        let (clocks, one) = (Clocks::default(), clock(6, 1));
        assert_eq!(clocks.now(Some(one.id), REAL), REAL, "nobody lives by a clock that is not there");
        clocks.publish(one.clone(), false);
        assert_eq!(clocks.now(Some(one.id), REAL), UnixMillis(5));
        assert_eq!(clocks.now(ClockId::new(7), REAL), REAL);
        assert_eq!(clocks.now(None, REAL), REAL);
        clocks.publish(one.clone(), true);
        assert_eq!(clocks.now(Some(one.id), REAL), UnixMillis(5), "until the last of them is gone");
    }

    #[test]
    fn an_application_sees_its_own_clocks_alone_and_none_that_goes() {
        let (clocks, one) = (Clocks::default(), clock(6, 1));
        clocks.publish(one.clone(), false);
        clocks.publish(clock(7, 2), false);
        assert_eq!(clocks.of(one.application), vec![one.clone()]);
        let other = ApplicationId(Uuid::from_u128(2));
        assert_eq!(clocks.get(other, one.id), None);
        assert_eq!(clocks.enter(other, one.id), Err(NoEntry::Unknown));
        clocks.publish(one.clone(), true);
        assert_eq!((clocks.get(one.application, one.id), clocks.of(one.application)), (None, vec![]));
        assert_eq!(clocks.enter(one.application, one.id), Err(NoEntry::Unknown));
    }

    #[test]
    fn only_so_many_live_by_a_clock() {
        let (clocks, one) = (Clocks::default(), clock(6, 1));
        clocks.publish(one.clone(), false);
        clocks.counted(one.id, MEMBERS_MAX - 1);
        clocks.counted(one.id, 0);
        assert_eq!(clocks.enter(one.application, one.id), Ok(()));
        assert_eq!(clocks.enter(one.application, one.id), Err(NoEntry::Full));
        clocks.leave(one.id);
        clocks.publish(TestClock { at: UnixMillis(6), ..one.clone() }, false);
        assert_eq!(clocks.enter(one.application, one.id), Ok(()), "a place that was left is free again");
    }
}
