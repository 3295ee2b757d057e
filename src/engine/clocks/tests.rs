//! Proofs of the keeper: what is due is told in order of its instants and once, with the clock standing at
//! each; stops are durable first; a way goes on after a crash; a clock that runs wakes by itself.

mod world;

use super::core::{Ask, CLOCKS_MAX, Change, Input, KeeperCore, NewClock, Output, Refusal};
use super::held::{HOLD_MAX, TOLD_MAX};
use super::told::Fired;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::clock::{ADVANCE_MAX, ClockFault, TestClock, Way};
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::CommitError;
use crate::engine::mark::{LIFETIME, Mark, Rendered};
use crate::engine::user::core::Trouble;
use crate::store::key::{self, Kind};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

const START: UnixMillis = UnixMillis(1_767_225_600_000);
const REAL: UnixMillis = UnixMillis(1_800_000_000_000);
const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));

fn keyring() -> Keyring {
    Keyring::derive(&MasterKey::new([1; 32]))
}

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn day(days: u64) -> UnixMillis {
    START.plus(Span::days(days))
}

/// A keeper, an index, and users who do what is due when they are told.
struct Bench {
    core: KeeperCore,
    real: UnixMillis,
    draws: u8,
    /// As the store has them.
    clocks: BTreeMap<ClockId, (TestClock, u64, bool)>,
    /// As everybody sees them.
    shown: BTreeMap<ClockId, TestClock>,
    index: BTreeSet<(ClockId, UnixMillis, UserId)>,
    members: BTreeSet<(ClockId, UserId)>,
    marks: BTreeSet<Vec<u8>>,
    /// Who is being served by an institution.
    working: BTreeSet<UserId>,
    /// What a user sets when it has done what was due: once, then nothing.
    next: BTreeMap<UserId, Vec<UnixMillis>>,
    /// How the next ones who are told answer, before all do what they should.
    answers: VecDeque<Fired>,
    commits: VecDeque<Result<u64, CommitError>>,
    /// Who did what was due when, by their clock.
    done: Vec<(UserId, UnixMillis)>,
    replies: Vec<(u64, Result<TestClock, Refusal>)>,
    wake_at: Option<UnixMillis>,
    /// After so many steps the process is killed.
    steps_left: usize,
    pending: VecDeque<Input>,
}

impl Bench {
    fn new() -> Self {
        Self {
            core: KeeperCore::new(keyring(), []),
            real: REAL,
            draws: 0,
            clocks: BTreeMap::new(),
            shown: BTreeMap::new(),
            index: BTreeSet::new(),
            members: BTreeSet::new(),
            marks: BTreeSet::new(),
            working: BTreeSet::new(),
            next: BTreeMap::new(),
            answers: VecDeque::new(),
            commits: VecDeque::new(),
            done: Vec::new(),
            replies: Vec::new(),
            wake_at: None,
            steps_left: usize::MAX,
            pending: VecDeque::new(),
        }
    }

    fn with_clock() -> (Self, ClockId) {
        let mut bench = Self::new();
        let clock = bench.create(START, false).unwrap();
        (bench, clock.id)
    }

    fn create(&mut self, at: UnixMillis, runs: bool) -> Result<TestClock, Refusal> {
        let new = NewClock { application: APPLICATION, name: " a year ".into(), at: Some(at), runs };
        self.ask(Ask::Create(new));
        self.replies.pop().unwrap().1
    }

    fn ask(&mut self, ask: Ask) {
        self.give(Input::Ask(7, ask));
    }

    fn advance(&mut self, clock: ClockId, span: Span) {
        self.ask(Ask::Change(APPLICATION, clock, Change::Advance(Way::By(span))));
    }

    fn advance_once(&mut self, clock: ClockId, span: Span) {
        let render = Arc::new(|_: &TestClock| Some(Rendered { status: 202, body: b"{}".to_vec() }));
        let mark = Mark { id: [1; 32], body: [2; 32], lifetime: LIFETIME, render };
        let ask = Ask::Change(APPLICATION, clock, Change::Advance(Way::By(span)));
        self.give(Input::AskOnce(7, ask, Box::new(mark)));
    }

    fn reply(&mut self) -> Result<TestClock, Refusal> {
        assert_eq!(self.replies.len(), 1, "one answer for one question");
        self.replies.pop().unwrap().1
    }

    /// Gives an input, and does all that is asked for until nothing more comes of it.
    fn give(&mut self, input: Input) {
        self.pending.push_back(input);
        while let Some(input) = self.pending.pop_front() {
            if self.steps_left == 0 {
                self.pending.clear();
                return;
            }
            self.steps_left -= 1;
            self.draws = self.draws.wrapping_add(1);
            let mut out = Vec::new();
            self.core.handle(self.real, [self.draws; 32], input, &mut out);
            self.wake_at = None;
            for output in out {
                self.perform(output);
            }
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Commit(clock, commit) => {
                let met = commit.conditions.iter().find(|one| self.marks.contains(&one.key));
                let met = met.map_or(Ok(1), |one| Err(CommitError::Conflict { kind: one.key[0] }));
                let result = self.commits.pop_front().unwrap_or(met);
                if result.is_ok() {
                    self.write(&commit);
                }
                self.pending.push_back(Input::Committed(clock, result));
            }
            Output::Publish(clock, _) => {
                let durable = &self.clocks[&clock.id].0;
                let is_held = clock.runs_since.is_none() && durable.now(self.real) == clock.at;
                assert!(durable == &clock || is_held, "nobody sees what is not durable");
                let before = self.shown.insert(clock.id, clock.clone());
                assert!(before.is_none_or(|before| before.at <= clock.at), "no clock goes back");
            }
            Output::Withdraw(clock) => drop(self.shown.remove(&clock)),
            Output::Load { clock, behind } => {
                let theirs = self.index.iter().filter(|row| row.0 == clock).map(|row| (row.1, row.2));
                let rows = theirs.filter(|row| behind.is_none_or(|behind| *row > behind));
                self.pending.push_back(Input::Loaded(clock, Some(rows.take(TOLD_MAX).collect())));
            }
            Output::LoadMembers { clock, behind } => {
                let theirs = self.members.iter().filter(|row| row.0 == clock).map(|row| row.1);
                let users = theirs.filter(|user| behind.is_none_or(|behind| *user > behind));
                self.pending.push_back(Input::Members(clock, Some(users.take(TOLD_MAX).collect())));
            }
            Output::AskWork(clock, users) => {
                let works = users.iter().any(|user| self.working.contains(user));
                self.pending.push_back(Input::Working(clock, works));
            }
            Output::Fire(clock, users) => self.fire(clock, users),
            Output::Erase(clock, users) => {
                for user in users {
                    self.members.remove(&(clock, user));
                    self.pending.push_back(Input::Fired(clock, user, Fired::Done));
                }
            }
            Output::Reply(token, answer) => self.replies.push((token, answer)),
            Output::WakeAt(at) => self.wake_at = Some(at),
        }
    }

    fn write(&mut self, commit: &crate::engine::committer::Commit) {
        for write in &commit.writes {
            if write.key[0] == Kind::Mark as u8 {
                self.marks.insert(write.key.clone());
            }
            let Some(id) = key::read_clock(&write.key) else { continue };
            let is_closing = write.key[0] == Kind::ClosingClock as u8;
            match &write.value {
                Some(value) => {
                    let (version, stored) =
                        crate::store::codec::decode::<crate::engine::records::clock::ClockV1>(value).unwrap();
                    self.clocks.insert(id, (stored.into_clock(id), version, is_closing));
                }
                None => drop(self.clocks.remove(&id)),
            }
        }
    }

    fn fire(&mut self, clock: ClockId, users: Vec<UserId>) {
        let now = self.shown[&clock].now(self.real);
        for user in users {
            let fired = self.answers.pop_front().unwrap_or(Fired::Done);
            if fired == Fired::Done {
                let due: Vec<_> =
                    self.index.iter().filter(|row| row.2 == user && row.1 <= now).copied().collect();
                for row in due {
                    self.done.push((user, now));
                    self.index.remove(&row);
                }
                let next = self.next.get_mut(&user).and_then(Vec::pop);
                self.index.extend(next.map(|at| (clock, at, user)));
            }
            self.pending.push_back(Input::Fired(clock, user, fired));
        }
    }

    fn wait(&mut self, span: Span) {
        self.real = self.real.plus(span);
        self.give(Input::Tick);
    }

    /// The process was killed: what the store has is all there is.
    fn restart(&mut self) {
        self.core = KeeperCore::new(keyring(), self.clocks.values().cloned());
        self.shown = self.clocks.iter().map(|(id, stored)| (*id, stored.0.clone())).collect();
        self.pending.clear();
        self.steps_left = usize::MAX;
        self.give(Input::Tick);
    }
}

#[test]
fn what_is_due_on_the_way_is_done_in_order_and_once_with_the_clock_at_its_instant() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.extend([(clock, day(5), user(1)), (clock, day(2), user(2)), (clock, day(9), user(3))]);
    // What is due sets the next, also before what somebody else is due for.
    bench.next.insert(user(2), vec![day(6), day(3)]);
    bench.advance(clock, Span::days(7));
    let arrived = bench.reply().unwrap();
    assert_eq!((arrived.now(REAL), arrived.target), (day(7), None));
    let expected = [(2, 2), (2, 3), (1, 5), (2, 6)];
    assert_eq!(bench.done, expected.map(|(who, when)| (user(who), day(when))));
    assert_eq!(bench.index, BTreeSet::from([(clock, day(9), user(3))]), "what lies ahead stays");
    bench.advance(clock, Span::days(2));
    bench.reply().unwrap();
    assert_eq!(bench.done.last(), Some(&(user(3), day(9))), "also what is due at the very end");
    assert_eq!(bench.wake_at, None, "a clock that stands wakes nobody");
}

#[test]
fn more_users_than_are_told_at_a_time_at_one_instant_are_all_told() {
    let (mut bench, clock) = Bench::with_clock();
    let many = TOLD_MAX as u128 * 2 + 7;
    bench.index.extend((0..many).map(|number| (clock, day(1), user(number))));
    bench.advance(clock, Span::days(1));
    bench.reply().unwrap();
    assert_eq!(bench.done.len() as u128, many);
    assert!(bench.index.is_empty());
}

#[test]
fn two_clocks_do_not_mix() {
    let (mut bench, one) = Bench::with_clock();
    let other = bench.create(START, false).unwrap().id;
    bench.index.extend([(one, day(1), user(1)), (other, day(1), user(2))]);
    bench.advance(one, Span::days(3));
    bench.reply().unwrap();
    assert_eq!(bench.done, vec![(user(1), day(1))]);
    assert_eq!(bench.shown[&other].now(REAL), START);
}

#[test]
fn a_kill_at_any_step_loses_nothing_and_repeats_nothing() {
    let far = 40;
    for steps in 0..far {
        let (mut bench, clock) = Bench::with_clock();
        bench.index.extend([(clock, day(1), user(1)), (clock, day(1), user(2)), (clock, day(4), user(1))]);
        bench.next.insert(user(2), vec![day(3)]);
        bench.steps_left = steps;
        bench.advance(clock, Span::days(7));
        bench.restart();
        let whole = [(1, 1), (2, 1), (2, 3), (1, 4)].map(|(who, when)| (user(who), day(when)));
        // Killed before its first commit was taken, nobody set out.
        let expected = if bench.done.is_empty() { &[][..] } else { &whole[..] };
        assert_eq!(bench.done, expected, "after {steps} steps");
        let stands = &bench.clocks[&clock].0;
        let at = if bench.done.is_empty() { START } else { day(7) };
        assert_eq!((stands.at, stands.target), (at, None), "after {steps} steps");
        assert!(steps < 2 || !bench.done.is_empty());
    }
}

#[test]
fn a_way_with_a_name_is_set_out_on_once_wherever_it_is_killed() {
    let mut met = 0;
    for steps in 0..20 {
        let (mut bench, clock) = Bench::with_clock();
        bench.index.extend([(clock, day(1), user(1)), (clock, day(2), user(2))]);
        bench.steps_left = steps;
        bench.advance_once(clock, Span::days(3));
        bench.restart();
        bench.replies.clear();
        bench.advance_once(clock, Span::days(3));
        assert_eq!(bench.clocks[&clock].0.at, day(3), "killed after {steps} steps");
        assert_eq!(bench.done, [(user(1), day(1)), (user(2), day(2))], "killed after {steps} steps");
        met += u32::from(bench.reply() == Err(Trouble::Conflict.into()));
    }
    assert!((15..20).contains(&met), "{met} of them had set out before");
}

#[test]
fn who_cannot_now_is_told_again_before_the_clock_goes_on() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.extend([(clock, day(1), user(1)), (clock, day(2), user(2))]);
    bench.answers.extend([Fired::Later, Fired::Broken]);
    bench.advance(clock, Span::days(7));
    for _ in 0..2 {
        assert_eq!((bench.replies.len(), bench.shown[&clock].at), (0, day(1)));
        bench.wait(Span::seconds(1));
    }
    assert_eq!(bench.done, vec![(user(1), day(1)), (user(2), day(2))]);
    bench.reply().unwrap();
    bench.index.extend([(clock, day(8), user(1)), (clock, day(9), user(2))]);
    bench.answers.extend([Fired::Broken; 3]);
    bench.advance(clock, Span::days(7));
    bench.wait(Span::seconds(1));
    bench.wait(Span::seconds(1));
    bench.reply().unwrap();
    let late = [(user(2), day(9)), (user(1), day(14))];
    assert_eq!(
        bench.done[2..],
        late,
        "one that is broken holds up nobody, and is tried once more at the end"
    );
}

#[test]
fn a_write_that_fails_is_tried_again_on_the_way_and_told_before_it() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.insert((clock, day(1), user(1)));
    bench.commits.push_back(Err(CommitError::Full));
    bench.advance(clock, Span::days(7));
    assert_eq!(bench.reply(), Err(Refusal::Trouble(Trouble::Full)));
    assert_eq!(bench.shown[&clock].target, None);
    bench.commits.extend([Ok(1), Err(CommitError::Full)]);
    bench.advance(clock, Span::days(7));
    assert!(bench.done.is_empty() && bench.shown[&clock].at == START, "it has not stopped anywhere");
    bench.wait(Span::seconds(2));
    assert_eq!(bench.done, vec![(user(1), day(1))]);
    assert_eq!(bench.reply().unwrap().at, day(7));
}

#[test]
fn an_institution_at_work_is_let_finish_but_not_for_ever() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.insert((clock, day(1), user(1)));
    bench.working.insert(user(1));
    bench.advance(clock, Span::days(7));
    bench.wait(Span::seconds(5));
    assert_eq!((bench.done.len(), bench.shown[&clock].at), (0, START), "it stands where the work began");
    bench.working.clear();
    bench.wait(Span::seconds(1));
    assert_eq!(bench.done, vec![(user(1), day(1))]);
    bench.reply().unwrap();
    bench.index.insert((clock, day(8), user(1)));
    bench.working.insert(user(1));
    bench.advance(clock, Span::days(7));
    bench.wait(HOLD_MAX);
    assert_eq!(bench.done.last(), Some(&(user(1), day(8))));
}

#[test]
fn a_clock_that_runs_wakes_by_itself_and_one_that_stands_does_not() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.insert((clock, START.plus(Span::seconds(20)), user(1)));
    bench.wait(Span::days(1));
    assert!(bench.done.is_empty());
    bench.ask(Ask::Change(APPLICATION, clock, Change::SetRunning(true)));
    bench.reply().unwrap();
    assert_eq!(bench.wake_at, Some(bench.real.plus(Span::seconds(20))));
    bench.index.insert((clock, START.plus(Span::seconds(5)), user(2)));
    bench.give(Input::Armed(clock, START.plus(Span::seconds(5))));
    bench.wait(Span::seconds(5));
    assert_eq!(bench.done, vec![(user(2), START.plus(Span::seconds(5)))]);
    bench.restart();
    bench.wait(Span::seconds(15));
    assert_eq!(bench.done.last(), Some(&(user(1), START.plus(Span::seconds(20)))));
    bench.ask(Ask::Change(APPLICATION, clock, Change::SetRunning(false)));
    assert_eq!(bench.reply().unwrap().now(REAL), START.plus(Span::seconds(20)));
}

#[test]
fn a_clock_that_runs_and_is_to_stand_stands_before_that_is_durable() {
    for change in [Change::SetRunning(false), Change::Advance(Way::By(Span::days(1)))] {
        let mut bench = Bench::new();
        let clock = bench.create(START, true).unwrap();
        let (asked, later) = (REAL.plus(Span::seconds(10)), REAL.plus(Span::seconds(15)));
        let mut out = Vec::new();
        bench.core.handle(
            asked,
            [9; 32],
            Input::Ask(7, Ask::Change(APPLICATION, clock.id, change)),
            &mut out,
        );
        let shown = |out: &[Output]| match out.iter().find(|one| matches!(one, Output::Publish(..))) {
            Some(Output::Publish(shown, _)) => shown.now(later),
            _ => clock.now(later),
        };
        assert_eq!(shown(&out), START.plus(Span::seconds(10)), "nobody sees later than it stands at");
        out.clear();
        bench.core.handle(later, [9; 32], Input::Committed(clock.id, Err(CommitError::Full)), &mut out);
        assert_eq!(
            shown(&out),
            START.plus(Span::seconds(15)),
            "it runs on where that did not become durable"
        );
    }
}

#[test]
fn what_is_committed_late_for_an_instant_that_is_past_is_done_all_the_same() {
    let (mut bench, clock) = Bench::with_clock();
    bench.advance(clock, Span::days(7));
    bench.reply().unwrap();
    bench.index.insert((clock, day(6), user(1)));
    bench.give(Input::Armed(clock, day(6)));
    assert_eq!(bench.done, vec![(user(1), day(7))]);
}

#[test]
fn while_it_is_on_its_way_nothing_else_is_done_with_it() {
    let (mut bench, clock) = Bench::with_clock();
    bench.index.insert((clock, day(1), user(1)));
    bench.working.insert(user(1));
    bench.advance(clock, Span::days(7));
    for change in [Change::Advance(Way::By(Span(1))), Change::SetRunning(true), Change::Remove] {
        bench.ask(Ask::Change(APPLICATION, clock, change));
        assert_eq!(bench.reply(), Err(Refusal::Clock(ClockFault::OnItsWay)));
    }
    bench.working.clear();
    bench.wait(Span::seconds(1));
    bench.reply().unwrap();
    bench.advance(clock, Span(ADVANCE_MAX.0 + 1));
    assert_eq!(bench.reply(), Err(Refusal::Clock(ClockFault::TooFar)));
    let other = ApplicationId(Uuid::from_u128(2));
    bench.ask(Ask::Change(other, clock, Change::Remove));
    assert_eq!(bench.reply(), Err(Refusal::Unknown), "it is not theirs");
}

#[test]
fn a_clock_goes_behind_its_users_also_after_a_kill() {
    for steps in 0..20 {
        let (mut bench, clock) = Bench::with_clock();
        bench.members.extend((0..TOLD_MAX as u128 + 3).map(|number| (clock, user(number))));
        bench.steps_left = steps;
        bench.ask(Ask::Change(APPLICATION, clock, Change::Remove));
        bench.restart();
        let is_gone = bench.clocks.is_empty();
        assert_eq!(is_gone, bench.members.is_empty(), "after {steps} steps");
        assert!(is_gone || steps < 2, "after {steps} steps");
        assert_eq!(is_gone, bench.shown.is_empty());
    }
}

#[test]
fn an_application_owns_so_many_clocks_and_each_has_a_good_name() {
    let mut bench = Bench::new();
    let names: BTreeSet<ClockId> = (0..CLOCKS_MAX).map(|_| bench.create(START, false).unwrap().id).collect();
    assert_eq!(names.len(), CLOCKS_MAX);
    assert_eq!(bench.create(START, false), Err(Refusal::TooMany));
    let other = NewClock {
        application: ApplicationId(Uuid::from_u128(2)),
        name: String::new(),
        at: None,
        runs: true,
    };
    bench.ask(Ask::Create(other.clone()));
    let made = bench.reply().unwrap();
    assert_eq!((made.at, made.runs_since, made.name.as_str()), (REAL, Some(REAL), ""));
    bench.ask(Ask::Create(NewClock { name: "x".repeat(81), ..other.clone() }));
    assert_eq!(bench.reply(), Err(Refusal::Name));
    bench.ask(Ask::Create(NewClock { at: Some(UnixMillis(0)), ..other.clone() }));
    assert_eq!(bench.reply(), Err(Refusal::At));
    bench.commits.push_back(Err(CommitError::Full));
    bench.ask(Ask::Create(other));
    assert_eq!(bench.reply(), Err(Refusal::Trouble(Trouble::Full)));
    assert_eq!(bench.core.observe().len(), CLOCKS_MAX + 1, "what could not be written is not there");
}
