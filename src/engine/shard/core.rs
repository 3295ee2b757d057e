//! Who is in memory. A plain struct without async. Must not know: what users do.

use crate::domain::id::UserId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::{BTreeMap, BTreeSet};

/// How long a user that keeps panicking is left alone.
pub const PENALTY: Span = Span::seconds(30);

/// Panics within [`PENALTY`] after which a user is left alone.
pub const STRIKES_MAX: u32 = 3;

/// How many users that panicked are remembered.
const STRUCK_MAX: usize = 1000;

/// How exactly the last use is known: writing it down at each message would cost more than it is worth.
const GRAIN_MILLIS: i64 = 1000;

/// Numbers the questions whether anything is under way: an answer to an earlier one says nothing about
/// what was sent since.
pub type Question = u64;

/// What comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Somebody has a message for this user.
    Wanted(UserId),
    /// This user ended by itself and must start from the store next time; `struck` when it panicked.
    Ended {
        /// Who.
        user: UserId,
        /// Whether it panicked.
        struck: bool,
    },
    /// This user says that nothing is under way, and to which question that is the answer.
    Rested(UserId, Question),
    /// Time passed.
    Tick,
}

/// What is asked of the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Read this user from the store and start it.
    Start(UserId),
    /// Give it the message.
    Deliver(UserId),
    /// Give the sender a no: this user keeps panicking.
    Refuse(UserId),
    /// Ask this user whether anything is under way.
    Retire(UserId, Question),
    /// Let this user go: nothing is under way, and nothing was sent to it since it was asked.
    Stop(UserId),
}

/// Bounds of one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Users in memory; beyond it the longest unused go, as soon as nothing is under way with them.
    pub users_max: usize,
    /// How long an unused user stays.
    pub idle: Span,
}

/// What the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Users in memory.
    pub users: usize,
    /// Users started since the start.
    pub started: u64,
    /// Users retired since the start.
    pub retired: u64,
    /// Users that panicked lately.
    pub struck: usize,
}

/// One shard's book.
#[derive(Debug)]
pub struct ShardCore {
    limits: Limits,
    used: BTreeMap<UserId, UnixMillis>,
    by_use: BTreeSet<(UnixMillis, UserId)>,
    /// Asked to retire, and not wanted since. A user with a commit under way must not be started a
    /// second time: the second would answer from what the first is about to change.
    retiring: BTreeMap<UserId, Question>,
    questions: Question,
    strikes: BTreeMap<UserId, (u32, UnixMillis)>,
    started: u64,
    retired: u64,
}

impl ShardCore {
    /// An empty shard.
    pub fn new(limits: Limits) -> Self {
        let (used, by_use, strikes) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self {
            limits,
            used,
            by_use,
            retiring: BTreeMap::new(),
            questions: 0,
            strikes,
            started: 0,
            retired: 0,
        }
    }

    /// What the operator sees.
    pub fn observe(&self) -> Observed {
        let (users, struck) = (self.used.len(), self.strikes.len());
        Observed { users, started: self.started, retired: self.retired, struck }
    }

    /// The users in memory from `after` on, in order of id.
    pub fn users(&self, after: Option<UserId>, limit: usize) -> Vec<(UserId, UnixMillis)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        self.used.range((from, Unbounded)).take(limit).map(|(user, at)| (*user, *at)).collect()
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Wanted(user) => self.wanted(now, user, out),
            Input::Ended { user, struck } => {
                self.forget(user);
                if struck {
                    self.strike(now, user);
                }
            }
            Input::Rested(user, question) => self.rested(user, question, out),
            Input::Tick => self.tick(now, out),
        }
    }

    fn wanted(&mut self, now: UnixMillis, user: UserId, out: &mut Vec<Output>) {
        self.retiring.remove(&user);
        if self
            .strikes
            .get(&user)
            .is_some_and(|(count, at)| *count >= STRIKES_MAX && now.since(*at) < PENALTY)
        {
            out.push(Output::Refuse(user));
            return;
        }
        match self.used.get(&user).copied() {
            Some(at) if now.0 - at.0 < GRAIN_MILLIS => {}
            Some(at) => {
                self.by_use.remove(&(at, user));
                self.note(now, user);
            }
            None => {
                self.make_room(now, out);
                self.note(now, user);
                self.started += 1;
                out.push(Output::Start(user));
            }
        }
        out.push(Output::Deliver(user));
    }

    fn note(&mut self, now: UnixMillis, user: UserId) {
        self.used.insert(user, now);
        self.by_use.insert((now, user));
    }

    fn forget(&mut self, user: UserId) {
        self.retiring.remove(&user);
        if let Some(at) = self.used.remove(&user) {
            self.by_use.remove(&(at, user));
        }
    }

    /// Asks the longest unused. One that is busy stays, and counts as used.
    fn retire_first(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        if let Some((_, user)) = self.by_use.pop_first() {
            self.note(now, user);
            self.questions += 1;
            self.retiring.insert(user, self.questions);
            out.push(Output::Retire(user, self.questions));
        }
    }

    fn rested(&mut self, user: UserId, question: Question, out: &mut Vec<Output>) {
        if self.retiring.get(&user) == Some(&question) {
            self.forget(user);
            self.retired += 1;
            out.push(Output::Stop(user));
        }
    }

    /// One for the newcomer, and one for each that was too busy to go before.
    fn make_room(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        for _ in self.limits.users_max..=self.used.len() {
            self.retire_first(now, out);
        }
    }

    fn tick(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        let idle = self.by_use.iter().take_while(|(at, _)| now.since(*at) >= self.limits.idle).count();
        for _ in 0..idle {
            self.retire_first(now, out);
        }
        self.strikes.retain(|_, (_, at)| now.since(*at) < PENALTY);
    }

    fn strike(&mut self, now: UnixMillis, user: UserId) {
        if self.strikes.len() < STRUCK_MAX || self.strikes.contains_key(&user) {
            let entry = self.strikes.entry(user).or_insert((0, now));
            *entry = (entry.0 + 1, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn core(users_max: usize) -> ShardCore {
        ShardCore::new(Limits { users_max, idle: Span::seconds(60) })
    }

    fn at(core: &mut ShardCore, seconds: i64, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        core.handle(UnixMillis(seconds * 1000), input, &mut out);
        out
    }

    #[test]
    fn a_user_is_started_once_and_then_fed() {
        let mut core = core(10);
        assert_eq!(
            at(&mut core, 0, Input::Wanted(user(1))),
            vec![Output::Start(user(1)), Output::Deliver(user(1))]
        );
        assert_eq!(at(&mut core, 5, Input::Wanted(user(1))), vec![Output::Deliver(user(1))]);
        at(&mut core, 6, Input::Ended { user: user(1), struck: false });
        assert_eq!(at(&mut core, 7, Input::Wanted(user(1))).len(), 2);
    }

    #[test]
    fn the_idle_go_and_the_used_stay() {
        let mut core = core(10);
        at(&mut core, 0, Input::Wanted(user(1)));
        at(&mut core, 0, Input::Wanted(user(2)));
        at(&mut core, 30, Input::Wanted(user(2)));
        for (second, number, question) in [(60, 1, 1), (90, 2, 2)] {
            assert_eq!(at(&mut core, second, Input::Tick), vec![Output::Retire(user(number), question)]);
            let rested = Input::Rested(user(number), question);
            assert_eq!(at(&mut core, second, rested), vec![Output::Stop(user(number))]);
        }
        assert_eq!(core.observe(), Observed { users: 0, started: 2, retired: 2, struck: 0 });
    }

    #[test]
    fn a_full_shard_lets_the_longest_unused_go() {
        let mut core = core(2);
        for (second, number) in [(0, 1), (1, 2), (2, 1)] {
            at(&mut core, second, Input::Wanted(user(number)));
        }
        let out = at(&mut core, 3, Input::Wanted(user(3)));
        assert_eq!(out, vec![Output::Retire(user(2), 1), Output::Start(user(3)), Output::Deliver(user(3))]);
    }

    #[test]
    fn a_user_that_is_wanted_again_or_busy_stays() {
        let mut core = core(10);
        at(&mut core, 0, Input::Wanted(user(1)));
        assert_eq!(at(&mut core, 60, Input::Tick), vec![Output::Retire(user(1), 1)]);
        assert_eq!(at(&mut core, 61, Input::Wanted(user(1))), vec![Output::Deliver(user(1))]);
        assert!(at(&mut core, 61, Input::Rested(user(1), 1)).is_empty(), "a message is on its way to it");
        assert_eq!(at(&mut core, 121, Input::Tick), vec![Output::Retire(user(1), 2)]);
        assert!(at(&mut core, 121, Input::Rested(user(1), 1)).is_empty(), "an answer to an earlier question");
        assert!(at(&mut core, 122, Input::Tick).is_empty(), "one that does not answer is busy");
        assert_eq!(core.observe().users, 1);
    }

    #[test]
    fn a_user_that_keeps_panicking_is_left_alone_for_a_while() {
        let mut core = core(10);
        for _ in 0..STRIKES_MAX {
            at(&mut core, 0, Input::Wanted(user(1)));
            at(&mut core, 0, Input::Ended { user: user(1), struck: true });
        }
        assert_eq!(at(&mut core, 1, Input::Wanted(user(1))), vec![Output::Refuse(user(1))]);
        assert_eq!(at(&mut core, 1, Input::Wanted(user(2))).len(), 2);
        assert_eq!(at(&mut core, 31, Input::Wanted(user(1))).len(), 2);
    }
}
