//! One test clock and its way: from deadline to deadline up to where it was sent, or along real time. Each
//! stop is durable before anybody is told that something is due there, so that no user's time goes back
//! in a crash; where it was sent is durable too, so that the way goes on after one. Must not know: actors,
//! what a deadline means.

use super::core::{Change, Output, Refusal, Token};
use super::question::Asker;
use super::told::{Fired, Told};
use crate::domain::clock::TestClock;
use crate::domain::id::UserId;
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::{Commit, CommitError, Condition, Expect, Write};
use crate::engine::records::RecordError;
use crate::engine::records::clock::ClockV1;
use crate::engine::user::core::Trouble;
use crate::store::{codec, key};
use std::collections::VecDeque;

/// Users that are told at a time, and rows that are read at a time.
pub const TOLD_MAX: usize = 256;

/// How long a clock waits, in real time, while a user who is due is being served by an institution.
pub const HOLD_MAX: Span = Span::minutes(2);

/// How often it looks meanwhile.
const HOLD_STEP: Span = Span(200);

/// How often the index of a running clock is read at least.
const REFRESH: Span = Span::seconds(60);

/// How long it waits after a read or a write that failed.
const PAUSE: Span = Span::seconds(1);

/// The users who are due at one instant, and the last row that was read of them.
#[derive(Debug, Clone)]
struct Stop {
    at: UnixMillis,
    users: Vec<UserId>,
    last: (UnixMillis, UserId),
}

/// What follows on a commit.
#[derive(Debug, Clone)]
enum After {
    /// It is there.
    Made(Token),
    /// It set out.
    SetOut(Token),
    /// It runs, or stands.
    Set(Token),
    /// It stands at a stop of its way.
    Stopped(Stop),
    /// It is where it was sent.
    Arrived,
    /// It takes no users any more.
    Closed(Token),
    /// It is gone.
    Gone,
}

/// What is under way.
#[derive(Debug)]
enum Phase {
    Rest,
    Committing(Box<TestClock>, After),
    Loading,
    /// Somebody looks whether those who are due are being served by an institution.
    Asking(Stop, UnixMillis),
    Holding(Stop, UnixMillis, UnixMillis),
    Firing(Stop, Told),
    LoadingMembers,
    Erasing(UserId, Told),
    Pausing(UnixMillis),
}

/// One clock in the keeper's hands.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) clock: TestClock,
    version: u64,
    pub(super) is_closing: bool,
    phase: Phase,
    /// Nothing up to this row is told again.
    behind: Option<(UnixMillis, UserId)>,
    erased: Option<UserId>,
    /// When to look at the index, in real time.
    look_at: Option<UnixMillis>,
    waiting: VecDeque<(Asker, Change)>,
    on_arrival: Vec<Token>,
}

impl Held {
    /// A clock as the store has it: whatever was due before the start is looked for at once.
    pub(super) fn stored(clock: TestClock, version: u64, is_closing: bool) -> Self {
        Self { look_at: Some(UnixMillis(i64::MIN)), ..Self::fresh(clock, version, is_closing) }
    }

    fn fresh(clock: TestClock, version: u64, is_closing: bool) -> Self {
        let (waiting, on_arrival) = (VecDeque::new(), Vec::new());
        let phase = Phase::Rest;
        let (behind, erased, look_at) = (None, None, None);
        Self { clock, version, is_closing, phase, behind, erased, look_at, waiting, on_arrival }
    }

    /// A clock that is about to be made; none, where it cannot be written down.
    pub(super) fn make(
        real: UnixMillis,
        clock: TestClock,
        asker: Asker,
        out: &mut Vec<Output>,
    ) -> Option<Self> {
        let mut held = Self::fresh(clock.clone(), 0, false);
        held.commit_for(real, clock, After::Made(asker.token), asker, out);
        matches!(held.phase, Phase::Committing(..)).then_some(held)
    }

    /// What it is at, for the operator.
    pub(super) const fn doing(&self) -> &'static str {
        match self.phase {
            Phase::Rest => "rest",
            Phase::Committing(..) => "committing",
            Phase::Loading | Phase::LoadingMembers => "reading",
            Phase::Asking(..) | Phase::Holding(..) => "waiting for institutions",
            Phase::Firing(..) => "telling users",
            Phase::Erasing(..) => "removing users",
            Phase::Pausing(_) => "pausing after a failure",
        }
    }

    /// When it wants to be woken.
    pub(super) fn wake_at(&self) -> Option<UnixMillis> {
        match &self.phase {
            Phase::Rest => self.look_at,
            Phase::Holding(_, _, at) | Phase::Pausing(at) => Some(*at),
            Phase::Firing(_, told) | Phase::Erasing(_, told) => told.again_at(),
            Phase::Committing(..) | Phase::Loading | Phase::Asking(..) | Phase::LoadingMembers => None,
        }
    }

    /// A question: answered at once, or when what is under way is done.
    pub(super) fn ask(&mut self, real: UnixMillis, asker: Asker, change: Change, out: &mut Vec<Output>) {
        if self.is_closing {
            out.push(Output::Reply(asker.token, Err(Refusal::Unknown)));
        } else if matches!(self.phase, Phase::Rest) || self.clock.target.is_some() {
            self.obey(real, asker, change, out);
        } else {
            self.waiting.push_back((asker, change));
        }
    }

    fn obey(&mut self, real: UnixMillis, asker: Asker, change: Change, out: &mut Vec<Output>) {
        let (mut next, token) = (self.clock.clone(), asker.token);
        let (changed, after) = match change {
            Change::Advance(way) => (next.set_out(way, real), After::SetOut(token)),
            Change::SetRunning(runs) => (next.set_running(runs, real), After::Set(token)),
            Change::Remove => (next.may_go(), After::Closed(token)),
        };
        match changed {
            Ok(()) => {
                self.hold(&next, out);
                self.commit_for(real, next, after, asker, out);
            }
            Err(fault) => out.push(Output::Reply(token, Err(fault.into()))),
        }
    }

    /// A clock that runs and is to stand is shown standing at once: it would go back by as long as it takes
    /// to make that durable. In a crash meanwhile it runs on.
    fn hold(&self, next: &TestClock, out: &mut Vec<Output>) {
        let stands = next.runs_since.is_none() || next.target.is_some();
        if self.clock.runs_since.is_some() && stands {
            let held = TestClock { at: next.at, runs_since: None, ..self.clock.clone() };
            out.push(Output::Publish(held, self.is_closing));
        }
    }

    /// A deadline of it was committed.
    pub(super) fn armed(&mut self, real: UnixMillis, at: UnixMillis) {
        let due = if self.clock.now(real) >= at { Some(real) } else { self.clock.real_of(at) };
        self.look_at = self.look_at.into_iter().chain(due).min();
    }

    /// Time passed.
    pub(super) fn tick(&mut self, real: UnixMillis, out: &mut Vec<Output>) {
        let is_due = self.wake_at().is_some_and(|at| at <= real);
        match std::mem::replace(&mut self.phase, Phase::Rest) {
            Phase::Rest | Phase::Pausing(_) if is_due => self.go_on(out),
            Phase::Holding(stop, since, _) if is_due => self.ask_for_work(stop, since, out),
            Phase::Firing(stop, mut told) if is_due => {
                out.push(Output::Fire(self.clock.id, told.tell_again()));
                self.phase = Phase::Firing(stop, told);
            }
            Phase::Erasing(last, mut told) if is_due => {
                out.push(Output::Erase(self.clock.id, told.tell_again()));
                self.phase = Phase::Erasing(last, told);
            }
            other => self.phase = other,
        }
    }

    /// Looks at what is next.
    fn go_on(&mut self, out: &mut Vec<Output>) {
        self.look_at = None;
        let clock = self.clock.id;
        if self.is_closing {
            self.phase = Phase::LoadingMembers;
            out.push(Output::LoadMembers { clock, behind: self.erased });
        } else {
            self.phase = Phase::Loading;
            out.push(Output::Load { clock, behind: self.behind });
        }
    }

    /// The next rows of the index, or nothing where it could not be read.
    pub(super) fn loaded(
        &mut self,
        real: UnixMillis,
        rows: Option<Vec<(UnixMillis, UserId)>>,
        out: &mut Vec<Output>,
    ) {
        let Some(rows) = rows else { return self.pause(real) };
        let until = self.clock.target.unwrap_or_else(|| self.clock.now(real));
        let next = rows.first().map(|(at, _)| *at);
        let Some(at) = next.filter(|at| *at <= until) else { return self.nothing_due(real, next, out) };
        // On its way it stops at each instant; otherwise all that is due is due now.
        let upto = if self.clock.target.is_some() { at.max(self.clock.at) } else { until };
        let due: Vec<_> = rows.into_iter().take_while(|(at, _)| *at <= upto).collect();
        let Some(last) = due.last().copied() else { return self.pause(real) };
        let mut users: Vec<UserId> = due.into_iter().map(|(_, user)| user).collect();
        users.sort_unstable();
        users.dedup();
        let stop = Stop { at, users, last };
        if at > self.clock.at && self.clock.target.is_some() {
            self.ask_for_work(stop, real, out);
        } else {
            self.fire(stop, out);
        }
    }

    fn nothing_due(&mut self, real: UnixMillis, next: Option<UnixMillis>, out: &mut Vec<Output>) {
        if self.clock.target.is_some() {
            let mut arrived = self.clock.clone();
            arrived.arrive(real);
            self.commit(arrived, After::Arrived, out);
            return;
        }
        let next = next.and_then(|at| self.clock.real_of(at));
        let refresh = self.clock.runs_since.map(|_| real.plus(REFRESH));
        self.look_at = self.look_at.into_iter().chain(next).chain(refresh).min();
        self.rest(real, out);
    }

    /// Nothing is under way: who waits for that is answered, and who waits behind it is heard.
    fn rest(&mut self, real: UnixMillis, out: &mut Vec<Output>) {
        self.behind = None;
        self.phase = Phase::Rest;
        let clock = &self.clock;
        out.extend(self.on_arrival.drain(..).map(|token| Output::Reply(token, Ok(clock.clone()))));
        while matches!(self.phase, Phase::Rest)
            && let Some((asker, change)) = self.waiting.pop_front()
        {
            self.obey(real, asker, change, out);
        }
    }

    fn ask_for_work(&mut self, stop: Stop, since: UnixMillis, out: &mut Vec<Output>) {
        out.push(Output::AskWork(self.clock.id, stop.users.clone()));
        self.phase = Phase::Asking(stop, since);
    }

    /// Whether any of those who are due is being served by an institution. An institution takes real
    /// time, of which none passes here: it is let finish first, as it would long have by then.
    pub(super) fn working(&mut self, real: UnixMillis, works: bool, out: &mut Vec<Output>) {
        match std::mem::replace(&mut self.phase, Phase::Rest) {
            Phase::Asking(stop, since) if works && real.since(since) < HOLD_MAX => {
                self.phase = Phase::Holding(stop, since, real.plus(HOLD_STEP));
            }
            Phase::Asking(stop, _) => {
                let mut next = self.clock.clone();
                next.stop_at(stop.at);
                self.commit(next, After::Stopped(stop), out);
            }
            other => self.phase = other,
        }
    }

    fn fire(&mut self, stop: Stop, out: &mut Vec<Output>) {
        out.push(Output::Fire(self.clock.id, stop.users.clone()));
        let told = Told::new(&stop.users);
        self.phase = Phase::Firing(stop, told);
    }

    /// What a user did who was told.
    pub(super) fn fired(&mut self, real: UnixMillis, user: UserId, fired: Fired, out: &mut Vec<Output>) {
        let (Phase::Firing(_, told) | Phase::Erasing(_, told)) = &mut self.phase else { return };
        if !told.answered(real, user, fired) {
            return;
        }
        match &self.phase {
            Phase::Firing(stop, _) => self.behind = Some(stop.last),
            Phase::Erasing(last, _) => self.erased = Some(*last),
            _ => {}
        }
        self.go_on(out);
    }

    /// The next who live by it, or nothing where they could not be read.
    pub(super) fn members(&mut self, real: UnixMillis, users: Option<Vec<UserId>>, out: &mut Vec<Output>) {
        let Some(users) = users else { return self.pause(real) };
        let Some(last) = users.last().copied() else {
            self.commit(self.clock.clone(), After::Gone, out);
            return;
        };
        self.phase = Phase::Erasing(last, Told::new(&users));
        out.push(Output::Erase(self.clock.id, users));
    }

    fn pause(&mut self, real: UnixMillis) {
        self.phase = Phase::Pausing(real.plus(PAUSE));
    }

    /// A step that nobody asked for now.
    fn commit(&mut self, next: TestClock, after: After, out: &mut Vec<Output>) {
        match self.write(&next, &after) {
            Ok(commit) => self.send(next, after, commit, out),
            // Never in practice: a clock is far shorter than a value may be.
            Err(error) => {
                tracing::error!(clock = %self.clock.id, %error, "a clock could not be written down");
            }
        }
    }

    /// What somebody asked for, with what their question leaves.
    fn commit_for(
        &mut self,
        real: UnixMillis,
        next: TestClock,
        after: After,
        asker: Asker,
        out: &mut Vec<Output>,
    ) {
        let token = asker.token;
        let written = self.write(&next, &after);
        match written.and_then(|mut commit| asker.leave(&mut commit, &next, real).map(|()| commit)) {
            Ok(commit) => self.send(next, after, commit, out),
            Err(error) => {
                tracing::error!(clock = %self.clock.id, %error, "a clock could not be written down");
                out.push(Output::Reply(token, Err(Trouble::Defect.into())));
            }
        }
    }

    fn send(&mut self, next: TestClock, after: After, commit: Commit, out: &mut Vec<Output>) {
        self.phase = Phase::Committing(Box::new(next), after);
        out.push(Output::Commit(self.clock.id, Box::new(commit)));
    }

    fn write(&self, next: &TestClock, after: &After) -> Result<Commit, RecordError> {
        let (open, closing) = (key::clock(next.id), key::closing_clock(next.id));
        let value = Some(codec::encode(self.version + 1, &ClockV1::from(next))?);
        let expect = if self.version == 0 { Expect::Absent } else { Expect::Version(self.version) };
        let (held, writes) = match after {
            After::Gone => (closing.clone(), vec![Write { key: closing, value: None }]),
            After::Closed(_) => {
                let gone = Write { key: open.clone(), value: None };
                (open, vec![gone, Write { key: closing, value }])
            }
            _ => (open.clone(), vec![Write { key: open, value }]),
        };
        let conditions = vec![Condition { key: held, expect }];
        Ok(Commit { conditions, writes, ..Commit::default() })
    }

    /// The commit is done, or is not. Says whether the clock is still there.
    pub(super) fn committed(
        &mut self,
        real: UnixMillis,
        result: Result<u64, CommitError>,
        out: &mut Vec<Output>,
    ) -> bool {
        let Phase::Committing(next, after) = std::mem::replace(&mut self.phase, Phase::Rest) else {
            return true;
        };
        if let Err(error) = result {
            return self.not_committed(real, error, after, out);
        }
        self.version += 1;
        self.clock = *next;
        self.is_closing = self.is_closing || matches!(after, After::Closed(_));
        if matches!(after, After::Gone) {
            out.push(Output::Withdraw(self.clock.id));
        } else {
            out.push(Output::Publish(self.clock.clone(), self.is_closing));
        }
        match after {
            After::Made(token) | After::Set(token) => {
                out.push(Output::Reply(token, Ok(self.clock.clone())));
                self.go_on(out);
            }
            After::SetOut(token) | After::Closed(token) => {
                self.on_arrival.push(token);
                self.behind = None;
                self.go_on(out);
            }
            After::Stopped(stop) => self.fire(stop, out),
            After::Arrived => {
                // What was committed while it went, for an instant that it has passed since.
                self.behind = None;
                self.go_on(out);
            }
            After::Gone => {
                let clock = &self.clock;
                out.extend(self.on_arrival.drain(..).map(|token| Output::Reply(token, Ok(clock.clone()))));
                let refused = |(asker, _): (Asker, _)| Output::Reply(asker.token, Err(Refusal::Unknown));
                out.extend(self.waiting.drain(..).map(refused));
                return false;
            }
        }
        true
    }

    /// A question is answered with why; a step of the way is tried again.
    fn not_committed(
        &mut self,
        real: UnixMillis,
        error: CommitError,
        after: After,
        out: &mut Vec<Output>,
    ) -> bool {
        match after {
            After::Made(token) => {
                out.push(Output::Reply(token, Err(Trouble::from(error).into())));
                return false;
            }
            After::SetOut(token) | After::Set(token) | After::Closed(token) => {
                out.push(Output::Publish(self.clock.clone(), self.is_closing));
                out.push(Output::Reply(token, Err(Trouble::from(error).into())));
                self.rest(real, out);
            }
            After::Stopped(_) | After::Arrived | After::Gone => self.pause(real),
        }
        true
    }
}
