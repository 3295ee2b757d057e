//! Which effects go when. A plain struct without async. Must not know: what a text says, how it is
//! sent. An effect goes out only after its commit, under its own id as idempotency key; it ends by
//! being done, refused for good, withdrawn, or too late. Sweeps go one step at a time, behind all else.

use crate::domain::id::EffectId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Effects that are under way at a time.
pub const IN_FLIGHT_MAX: usize = 32;

/// How many effects are read from the outbox at a time.
pub const LOAD_MAX: usize = 1000;

/// How often the outbox is read again: whoever committed an effect may have ended before telling.
pub const REFRESH: Span = Span::seconds(60);

/// Waits between tries of one effect; the last value repeats until `not_after`.
const WAITS: [Span; 5] =
    [Span::seconds(1), Span::seconds(2), Span::seconds(5), Span::seconds(15), Span::seconds(30)];

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// These effects were committed.
    Committed(Vec<EffectId>),
    /// A part of the outbox, as read.
    Loaded {
        /// What stands there, in order.
        ids: Vec<EffectId>,
        /// Whether more stands behind it.
        more: bool,
    },
    /// An effect was tried.
    Tried(EffectId, Tried),
    /// A sweep came one step further, or did not.
    Swept(EffectId, Swept),
    /// Time passed.
    Tick,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It ended and its entry is gone: done, refused for good, withdrawn or too late.
    Ended,
    /// Try again later.
    Again,
    /// Somebody else has it in hand and removes its entry. When the outbox is read again and it is still
    /// there, they are asked again.
    HandedOn,
    /// It removes rows, many perhaps: it waits until no other does.
    IsSweep,
}

/// How one step of a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// More rows are left.
    More,
    /// None is, and its entry is gone.
    Ended,
    /// Nothing was removed. It is taken up again when the outbox is read again.
    Failed,
}

/// What is asked of the shell.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Read at most [`LOAD_MAX`] entries of the outbox, and see that they are durable.
    Load {
        /// Only what stands behind this one.
        after: Option<EffectId>,
    },
    /// Try this effect once, and say how it went.
    Perform(EffectId),
    /// Remove the next rows of this sweep, and say how it went.
    Sweep(EffectId),
    /// Come back then.
    WakeAt(UnixMillis),
}

/// What the operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Effects that wait for their turn.
    pub waiting: usize,
    /// Effects under way.
    pub under_way: usize,
    /// Effects that ended since the start.
    pub ended: u64,
    /// Tries that have to be repeated, since the start.
    pub repeated: u64,
}

/// How far the outbox was read: what was committed before this start stands there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Loading {
    #[default]
    NotYet,
    Asked,
    More(EffectId),
    Complete(UnixMillis),
}

/// The order of effects.
#[derive(Debug, Default)]
pub struct DispatcherCore {
    due: BTreeSet<(UnixMillis, EffectId)>,
    tries: BTreeMap<EffectId, usize>,
    under_way: BTreeSet<EffectId>,
    /// Sweeps that wait for their turn. One step of one sweep is under way at a time, so that a group of
    /// commits never holds more than one of them: people wait for those.
    sweeps: BTreeSet<EffectId>,
    sweeping: Option<EffectId>,
    loading: Loading,
    ended: u64,
    repeated: u64,
}

impl DispatcherCore {
    /// What the operator sees.
    pub fn observe(&self) -> Observed {
        Observed {
            waiting: self.due.len() + self.sweeps.len(),
            under_way: self.under_way.len() + usize::from(self.sweeping.is_some()),
            ended: self.ended,
            repeated: self.repeated,
        }
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Committed(ids) => self.take_all(now, ids),
            Input::Loaded { ids, more } => {
                let last = ids.last().filter(|_| more);
                self.loading = last.map_or(Loading::Complete(now.plus(REFRESH)), |last| Loading::More(*last));
                self.take_all(now, ids);
            }
            Input::Tried(id, tried) => self.tried(now, id, tried),
            Input::Swept(id, swept) => self.swept(id, swept),
            Input::Tick => {}
        }
        if self.sweeping.is_none()
            && let Some(id) = self.sweeps.pop_first()
        {
            self.sweeping = Some(id);
            out.push(Output::Sweep(id));
        }
        while self.under_way.len() < IN_FLIGHT_MAX
            && let Some((at, id)) = self.due.first().copied()
            && at <= now
        {
            self.due.pop_first();
            self.under_way.insert(id);
            out.push(Output::Perform(id));
        }
        self.load(now, out);
        let again = if let Loading::Complete(at) = self.loading { Some(at) } else { None };
        let next = self.due.first().map(|(at, _)| *at).filter(|_| self.under_way.len() < IN_FLIGHT_MAX);
        out.extend(next.into_iter().chain(again).min().map(Output::WakeAt));
    }

    /// Reads on as soon as what was read is under way: the outbox may be longer than memory wants.
    fn load(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        let after = match self.loading {
            Loading::NotYet => None,
            Loading::More(last) if self.due.len() < LOAD_MAX => Some(last),
            Loading::Complete(at) if at <= now => None,
            Loading::More(_) | Loading::Asked | Loading::Complete(_) => return,
        };
        self.loading = Loading::Asked;
        out.push(Output::Load { after });
    }

    fn take_all(&mut self, now: UnixMillis, ids: Vec<EffectId>) {
        for id in ids {
            if let Entry::Vacant(unknown) = self.tries.entry(id) {
                unknown.insert(0);
                self.due.insert((now, id));
            }
        }
    }

    fn tried(&mut self, now: UnixMillis, id: EffectId, tried: Tried) {
        self.under_way.remove(&id);
        let tries = self.tries.get(&id).copied().unwrap_or(0);
        match tried {
            Tried::Ended => {
                self.tries.remove(&id);
                self.ended += 1;
            }
            Tried::Again => {
                let wait = WAITS.get(tries).or(WAITS.last()).copied().unwrap_or_default();
                self.tries.insert(id, tries + 1);
                self.due.insert((now.plus(wait), id));
                self.repeated += 1;
            }
            Tried::HandedOn => {
                self.tries.remove(&id);
            }
            Tried::IsSweep => {
                self.sweeps.insert(id);
            }
        }
    }

    fn swept(&mut self, id: EffectId, swept: Swept) {
        self.sweeping = None;
        match swept {
            Swept::More => {
                self.sweeps.insert(id);
            }
            Swept::Ended => {
                self.tries.remove(&id);
                self.ended += 1;
            }
            Swept::Failed => {
                self.tries.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn effect(number: u128) -> EffectId {
        EffectId(Uuid::from_u128(number))
    }

    fn at(core: &mut DispatcherCore, now: i64, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        core.handle(UnixMillis(now), input, &mut out);
        out
    }

    fn performed(out: &[Output]) -> usize {
        out.iter().filter(|one| matches!(one, Output::Perform(_))).count()
    }

    #[test]
    fn the_outbox_is_read_at_the_start_and_again_after_a_while() {
        let mut core = DispatcherCore::default();
        let load = Output::Load { after: None };
        assert!(at(&mut core, 0, Input::Tick).contains(&load));
        assert!(!at(&mut core, 1, Input::Tick).contains(&load));
        let again = UnixMillis(2).plus(REFRESH);
        let out = at(&mut core, 2, Input::Loaded { ids: vec![], more: false });
        assert_eq!(out, vec![Output::WakeAt(again)]);
        assert!(!at(&mut core, again.0 - 1, Input::Tick).contains(&load));
        assert!(at(&mut core, again.0, Input::Tick).contains(&load));
    }

    #[test]
    fn a_full_house_does_not_ask_to_be_woken_for_what_is_due_already() {
        let mut core = DispatcherCore::default();
        at(&mut core, 0, Input::Tick);
        let many = (0..100).map(effect).collect();
        let out = at(&mut core, 0, Input::Committed(many));
        assert!(!out.iter().any(|one| matches!(one, Output::WakeAt(_))), "{out:?}");
    }

    #[test]
    fn an_outbox_longer_than_one_reading_is_read_to_its_end() {
        let mut core = DispatcherCore::default();
        at(&mut core, 0, Input::Tick);
        let out = at(&mut core, 0, Input::Loaded { ids: vec![effect(1), effect(2)], more: true });
        assert!(out.contains(&Output::Load { after: Some(effect(2)) }));
        assert_eq!(performed(&at(&mut core, 0, Input::Loaded { ids: vec![effect(3)], more: false })), 1);
    }

    #[test]
    fn the_same_effect_goes_once_however_often_it_is_named() {
        let mut core = DispatcherCore::default();
        let out = at(&mut core, 0, Input::Committed(vec![effect(1), effect(1)]));
        assert_eq!(performed(&out), 1);
        assert_eq!(performed(&at(&mut core, 1, Input::Loaded { ids: vec![effect(1)], more: false })), 0);
    }

    #[test]
    fn a_failed_try_is_repeated_after_its_wait_and_not_before() {
        let mut core = DispatcherCore::default();
        at(&mut core, 0, Input::Committed(vec![effect(1)]));
        assert_eq!(performed(&at(&mut core, 0, Input::Tried(effect(1), Tried::Again))), 0);
        assert_eq!(performed(&at(&mut core, 999, Input::Tick)), 0);
        assert_eq!(performed(&at(&mut core, 1000, Input::Tick)), 1);
        at(&mut core, 1001, Input::Tried(effect(1), Tried::Ended));
        assert_eq!(core.observe(), Observed { waiting: 0, under_way: 0, ended: 1, repeated: 1 });
    }

    #[test]
    fn one_sweep_takes_one_step_at_a_time_and_holds_up_nothing_else() {
        let mut core = DispatcherCore::default();
        at(&mut core, 0, Input::Committed((0..100).map(effect).collect()));
        let mut sweeps = 0;
        for number in 0..IN_FLIGHT_MAX as u128 {
            let out = at(&mut core, 0, Input::Tried(effect(number), Tried::IsSweep));
            sweeps += out.iter().filter(|one| matches!(one, Output::Sweep(_))).count();
            assert_eq!(performed(&out), 1, "its place is free for the next");
        }
        assert_eq!(sweeps, 1);
        let out = at(&mut core, 1, Input::Swept(effect(0), Swept::More));
        assert!(out.contains(&Output::Sweep(effect(0))), "{out:?}");
        let out = at(&mut core, 2, Input::Swept(effect(0), Swept::Ended));
        assert!(out.contains(&Output::Sweep(effect(1))), "{out:?}");
        let known = Input::Loaded { ids: vec![effect(1), effect(2)], more: false };
        let out = at(&mut core, 3, known);
        assert!(!out.iter().any(|one| matches!(one, Output::Sweep(_))), "what waits is not taken twice");
    }

    #[test]
    fn what_failed_or_was_handed_on_is_asked_for_again_when_the_outbox_is_read() {
        let mut core = DispatcherCore::default();
        at(&mut core, 0, Input::Tick);
        at(&mut core, 0, Input::Loaded { ids: vec![effect(1), effect(2)], more: false });
        at(&mut core, 0, Input::Tried(effect(1), Tried::HandedOn));
        at(&mut core, 0, Input::Tried(effect(2), Tried::IsSweep));
        at(&mut core, 0, Input::Swept(effect(2), Swept::Failed));
        assert_eq!(core.observe(), Observed::default(), "nothing waits, nothing ended");
        let out = at(&mut core, REFRESH.0.cast_signed(), Input::Tick);
        assert!(out.contains(&Output::Load { after: None }));
        let out = at(&mut core, 60_000, Input::Loaded { ids: vec![effect(1), effect(2)], more: false });
        assert_eq!(performed(&out), 2);
    }

    #[test]
    fn only_so_many_are_under_way_at_a_time() {
        let mut core = DispatcherCore::default();
        let many = (0..100).map(effect).collect();
        assert_eq!(performed(&at(&mut core, 0, Input::Committed(many))), IN_FLIGHT_MAX);
        assert_eq!(performed(&at(&mut core, 0, Input::Tried(effect(0), Tried::Ended))), 1);
    }
}
