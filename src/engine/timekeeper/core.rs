//! Which users are due, in order, at a bounded rate. A plain struct without async.
//! Must not know: what a deadline means, what falling due does.

use crate::domain::id::UserId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead the index is read.
pub const HORIZON: Span = Span::minutes(2);

/// How often it is read again, also to find what a lost alarm left behind.
pub const REFRESH: Span = Span::seconds(60);

/// How long a user that was told has before it is told again.
pub const PATIENCE: Span = Span::seconds(10);

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A deadline was committed.
    Armed(UserId, UnixMillis),
    /// The near end of the index, as read; `complete` when nothing up to the horizon was left out.
    Loaded {
        /// Who and when.
        rows: Vec<(UnixMillis, UserId)>,
        /// Whether nothing up to the horizon was left out.
        complete: bool,
    },
    /// The user has done what was due.
    Done(UserId),
    /// Time passed.
    Tick,
}

/// What is asked of the shell.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Read the index from its beginning up to here.
    Load {
        /// Up to where.
        until: UnixMillis,
        /// At most so many rows.
        limit: usize,
    },
    /// Tell this user that something is due.
    Fire(UserId),
    /// Come back then.
    WakeAt(UnixMillis),
}

/// What the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Deadlines in the queue.
    pub queued: usize,
    /// Users that were told and have not answered.
    pub told: usize,
    /// The earliest deadline in the queue.
    pub next: Option<UnixMillis>,
    /// Users told since the start.
    pub fired: u64,
}

/// The queue.
#[derive(Debug)]
pub struct TimekeeperCore {
    queue: BTreeSet<(UnixMillis, UserId)>,
    told: BTreeMap<UserId, UnixMillis>,
    load_at: UnixMillis,
    loading: bool,
    fired: u64,
    queue_max: usize,
    told_max: usize,
}

impl TimekeeperCore {
    /// An empty queue that holds at most `queue_max` deadlines and has at most `told_max` users told
    /// at a time: that bounds the rate after a long downtime.
    pub fn new(queue_max: usize, told_max: usize) -> Self {
        Self {
            queue: BTreeSet::new(),
            told: BTreeMap::new(),
            load_at: UnixMillis(i64::MIN),
            loading: false,
            fired: 0,
            queue_max,
            told_max,
        }
    }

    /// What the operator sees.
    pub fn observe(&self) -> Observed {
        Observed {
            queued: self.queue.len(),
            told: self.told.len(),
            next: self.queue.first().map(|(at, _)| *at),
            fired: self.fired,
        }
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Armed(user, at) => self.arm(now, user, at),
            Input::Done(user) => {
                self.told.remove(&user);
            }
            Input::Loaded { rows, complete } => {
                self.loading = false;
                for (at, user) in rows {
                    self.arm(now, user, at);
                }
                // Where rows were left out, the rest is read as soon as these are done.
                self.load_at = if complete { now.plus(REFRESH) } else { now.plus(Span::seconds(1)) };
            }
            Input::Tick => {}
        }
        self.fire(now, out);
        self.plan(now, out);
    }

    fn arm(&mut self, now: UnixMillis, user: UserId, at: UnixMillis) {
        // What lies beyond the horizon is found by a later reading of the index.
        if at <= now.plus(HORIZON) && self.queue.len() < self.queue_max {
            self.queue.insert((at, user));
        }
    }

    fn fire(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        self.told.retain(|_, at| now.since(*at) < PATIENCE);
        while let Some((at, user)) = self.queue.first().copied() {
            if at > now || self.told.len() >= self.told_max {
                return;
            }
            self.queue.pop_first();
            if self.told.insert(user, now).is_none() {
                self.fired += 1;
                out.push(Output::Fire(user));
            }
        }
    }

    fn plan(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        if !self.loading && self.load_at <= now {
            self.loading = true;
            out.push(Output::Load { until: now.plus(HORIZON), limit: self.queue_max });
        }
        let next = self.queue.first().map(|(at, _)| *at);
        let patience = (!self.told.is_empty()).then(|| now.plus(Span(100)));
        let wake = [next.map(|at| if at <= now { now.plus(Span(100)) } else { at }), patience]
            .into_iter()
            .flatten()
            .min()
            .map_or(self.load_at, |at| at.min(self.load_at));
        out.push(Output::WakeAt(wake.max(now.plus(Span(1)))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn at(core: &mut TimekeeperCore, now: i64, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        core.handle(UnixMillis(now), input, &mut out);
        out
    }

    fn fired(out: &[Output]) -> Vec<UserId> {
        out.iter().filter_map(|one| if let Output::Fire(user) = one { Some(*user) } else { None }).collect()
    }

    #[test]
    fn a_deadline_fires_when_it_is_due_and_not_before() {
        let mut core = TimekeeperCore::new(100, 100);
        assert!(fired(&at(&mut core, 0, Input::Armed(user(1), UnixMillis(50)))).is_empty());
        assert!(fired(&at(&mut core, 49, Input::Tick)).is_empty());
        assert_eq!(fired(&at(&mut core, 50, Input::Tick)), vec![user(1)]);
        assert!(fired(&at(&mut core, 51, Input::Tick)).is_empty());
    }

    #[test]
    fn deadlines_beyond_the_horizon_wait_in_the_index() {
        let mut core = TimekeeperCore::new(100, 100);
        at(&mut core, 0, Input::Armed(user(1), UnixMillis(0).plus(HORIZON).plus(Span(1))));
        assert_eq!(core.observe().queued, 0);
    }

    #[test]
    fn after_a_downtime_the_rate_is_bounded_and_the_order_is_that_of_the_deadlines() {
        let mut core = TimekeeperCore::new(100, 2);
        let rows = (1..=5_u8).map(|n| (UnixMillis(i64::from(n)), user(u128::from(n)))).collect();
        let first = at(&mut core, 1000, Input::Loaded { rows, complete: true });
        assert_eq!(fired(&first), vec![user(1), user(2)]);
        assert_eq!(fired(&at(&mut core, 1001, Input::Done(user(1)))), vec![user(3)]);
    }

    #[test]
    fn a_user_that_does_not_answer_is_told_again() {
        let mut core = TimekeeperCore::new(100, 1);
        at(&mut core, 0, Input::Armed(user(1), UnixMillis(0)));
        let rows = vec![(UnixMillis(0), user(1))];
        let later = i64::try_from(PATIENCE.0).unwrap() + 1;
        let out = at(&mut core, later, Input::Loaded { rows, complete: true });
        assert_eq!(fired(&out), vec![user(1)]);
    }

    #[test]
    fn the_index_is_read_at_the_start_and_again_after_a_while() {
        let mut core = TimekeeperCore::new(100, 1);
        let loads = |out: &[Output]| out.iter().any(|one| matches!(one, Output::Load { .. }));
        assert!(loads(&at(&mut core, 0, Input::Tick)));
        assert!(!loads(&at(&mut core, 1, Input::Tick)));
        at(&mut core, 2, Input::Loaded { rows: vec![], complete: true });
        assert!(!loads(&at(&mut core, 3, Input::Tick)));
        let later = i64::try_from(REFRESH.0).unwrap() + 3;
        assert!(loads(&at(&mut core, later, Input::Tick)));
    }
}
