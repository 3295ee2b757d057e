//! Test clocks: the keeper's shell on the queue, what partners do with clocks, and what must hold of them. TM-1
//! by a clock: it never goes back, it arrives where it was sent, and what happens by it happens in its order.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::ledger::Ledger;
use super::named::{Once, What};
use super::options::Deed;
use super::process::Owner;
use super::queue::Event;
use super::world::{Asker, World};
use crate::domain::clock::{TestClock, Way};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::Presence;
use crate::engine::clocks::core::{Ask, Change, Input, NewClock, Output, Refusal as ClockRefusal};
use crate::engine::clocks::held::TOLD_MAX;
use crate::engine::clocks::stored;
use crate::engine::clocks::told::Fired;
use crate::engine::records::clock::ClockV1;
use crate::engine::user::core::{Refusal, Trouble};
use crate::store::key::{self, Kind};
use crate::store::{Batch, codec};

/// Clocks of one application, in a run.
const CLOCKS_MAX: usize = 3;

impl World {
    /// One input to the keeper of clocks, and all that comes of it.
    pub(super) fn drive_keeper(&mut self, input: Input) -> Outcome<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let entropy = self.dice.bytes();
            let Some(process) = self.process.as_mut() else { return Ok(()) };
            let mut out = Vec::new();
            process.keeper.handle(self.now, entropy, input, &mut out);
            for output in out {
                match output {
                    Output::Commit(clock, commit) => self.submit(Owner::Clock(clock), *commit),
                    Output::Publish(clock, is_closing) => {
                        self.process
                            .iter()
                            .for_each(|one| one.house.clocks.publish(clock.clone(), is_closing));
                        self.ledger.clock_shown(clock, self.now)?;
                    }
                    Output::Withdraw(clock) => {
                        self.log.mark("a clock is gone");
                        self.process.iter().for_each(|one| one.house.clocks.withdraw(clock));
                    }
                    Output::Load { clock, behind } => {
                        let read = stored::deadlines(self.disk.as_ref(), clock, behind, TOLD_MAX);
                        inputs.push(Input::Loaded(clock, read.ok()));
                    }
                    Output::LoadMembers { clock, behind } => {
                        let read = stored::members(self.disk.as_ref(), clock, behind, 2);
                        inputs.push(Input::Members(clock, read.ok()));
                    }
                    Output::AskWork(clock, users) => {
                        let works = users.into_iter().any(|user| self.is_served(user));
                        self.soon(10, Event::Keeper(Box::new(Input::Working(clock, works))));
                    }
                    Output::Fire(clock, users) => self.tell_members(clock, users, || Command::FallDue),
                    Output::Erase(clock, users) => self.tell_members(clock, users, || Command::DeleteUser),
                    Output::Reply(token, answer) => self.clock_answered(token, &answer),
                    Output::WakeAt(at) => self.wake_keeper(at),
                }
            }
        }
        Ok(())
    }

    /// Whether an institution is at work for a user.
    fn is_served(&mut self, user: UserId) -> bool {
        let loaded = self.process.as_ref().and_then(|process| process.library.user(user).ok());
        let Some(Presence::Here(user)) = loaded.map(|loaded| loaded.presence) else { return false };
        let works = user.jobs.iter().any(|job| job.is_open() && !job.is_waiting());
        if works {
            self.log.mark("a clock waited for an institution");
        }
        works
    }

    fn tell_members(&mut self, clock: ClockId, users: Vec<UserId>, command: impl Fn() -> Command) {
        self.log.mark("a clock told its users");
        for user in users {
            self.log.line(self.now, format!("clock {clock} tells {user}: {}", command().name()));
            self.ask(user, Caller::House, command(), Asker::Clock(clock));
        }
    }

    /// What a user did whom its clock told something.
    pub(super) fn told_by_clock(&mut self, clock: ClockId, user: UserId, answer: &Result<Reply, Refusal>) {
        let fired = match answer {
            Ok(_) | Err(Refusal::Rule(_)) => Fired::Done,
            Err(Refusal::Trouble(Trouble::Defect)) => Fired::Broken,
            Err(Refusal::Trouble(_)) => Fired::Later,
        };
        self.soon(5, Event::Keeper(Box::new(Input::Fired(clock, user, fired))));
    }

    fn wake_keeper(&mut self, at: UnixMillis) {
        let Some(process) = self.process.as_mut() else { return };
        if process.keeper_wakes.is_none_or(|set| set > at || set <= self.now) {
            process.keeper_wakes = Some(at);
            self.queue.at(at.max(self.now.plus(Span(1))), Event::WakeKeeper(at));
        }
    }

    /// The keeper's alarm.
    pub(super) fn keeper_wakes(&mut self, at: UnixMillis) -> Outcome<()> {
        self.process.iter_mut().for_each(|process| {
            process.keeper_wakes = process.keeper_wakes.filter(|set| *set != at);
        });
        self.drive_keeper(Input::Tick)
    }

    /// The clocks that a partner finds in its list.
    pub(super) fn clocks_of(&self, application: ApplicationId) -> Vec<TestClock> {
        self.process.as_ref().map(|process| process.house.clocks.of(application)).unwrap_or_default()
    }

    /// Each application may have a clock from the beginning.
    pub(super) fn found_clock(&mut self, application: ApplicationId) -> Outcome<()> {
        if !self.options.clocks {
            return Ok(());
        }
        let new = NewClock { application, name: "first".into(), at: None, runs: false };
        self.ask_keeper(Ask::Create(new), None)
    }

    /// Asks the keeper, once where it is named.
    pub(super) fn ask_keeper(&mut self, ask: Ask, once: Option<Once>) -> Outcome<()> {
        self.tokens += 1;
        let token = self.tokens;
        self.log.line(self.now, format!("#{token} a server asks the keeper for {ask:?}"));
        let mark = once.as_ref().map(|once| Box::new(once.clock_mark()));
        self.clock_asks.insert(token, once);
        self.drive_keeper(match mark {
            Some(mark) => Input::AskOnce(token, ask, mark),
            None => Input::Ask(token, ask),
        })
    }

    fn clock_answered(&mut self, token: u64, answer: &Result<TestClock, ClockRefusal>) {
        let what = match answer {
            Ok(clock) => format!("clock {} at {}", clock.id, clock.at.0),
            Err(refusal) => format!("no: {refusal}"),
        };
        self.log.line(self.now, format!("#{token} {what}"));
        if answer.is_ok() {
            self.log.mark("a clock did as it was asked");
        }
        let Some(Some(once)) = self.clock_asks.remove(&token) else { return };
        let percent = match answer {
            Ok(_) => 50,
            Err(ClockRefusal::Trouble(_)) => 80,
            Err(_) => 10,
        };
        self.named_clock_answered(once, percent);
    }

    /// A partner does something with a clock.
    pub(super) fn clock_acts(&mut self, deed: Deed) -> Outcome<()> {
        let Some(place) = self.dice.place(self.people.applications.len()) else { return Ok(()) };
        let application = self.people.applications[place];
        let clocks = self.clocks_of(application);
        let is_named = self.is_named();
        if deed == Deed::MakeClock {
            let name = format!("clock {}", self.imprint());
            if clocks.len() < CLOCKS_MAX && self.process.is_some() && self.options.clocks {
                if is_named {
                    self.ask_named(What::MakeClock(application, name));
                } else {
                    let (at, runs) = (None, self.dice.chance(20));
                    self.ask_keeper(Ask::Create(NewClock { application, name, at, runs }), None)?;
                }
            }
            return Ok(());
        }
        let Some(place) = self.dice.place(clocks.len()) else { return Ok(()) };
        let (clock, runs) = (clocks[place].id, clocks[place].runs_since.is_some());
        let change = match deed {
            Deed::AdvanceClock => {
                let spans =
                    [Span::minutes(1), Span::minutes(70), Span::days(1), Span::days(8), Span::days(92)];
                let place = self.dice.place(spans.len() + 1).unwrap_or(0);
                let span = spans.get(place).copied().unwrap_or(Span::days(360));
                let span = Span(span.0 + self.imprint());
                if is_named {
                    self.ask_named(What::Advance(application, clock, span));
                    return Ok(());
                }
                let to = clocks[place.min(clocks.len() - 1)].now(self.now).plus(span);
                Change::Advance(if self.dice.chance(20) { Way::To(to) } else { Way::By(span) })
            }
            Deed::RunClock => Change::SetRunning(!runs),
            _ => {
                self.ledger.clocks_going.insert(clock);
                Change::Remove
            }
        };
        self.ask_keeper(Ask::Change(application, clock, change), None)
    }

    /// At rest: every clock goes so far.
    pub(super) fn advance_all(&mut self, span: Span) -> Outcome<()> {
        for application in self.people.applications.clone() {
            for clock in self.clocks_of(application) {
                let change = Change::Advance(Way::By(span));
                self.ask_keeper(Ask::Change(application, clock.id, change), None)?;
            }
        }
        Ok(())
    }

    /// At rest: every clock goes, and nothing of it is left.
    pub(super) fn remove_clocks(&mut self) -> Outcome<()> {
        for application in self.people.applications.clone() {
            for clock in self.clocks_of(application) {
                self.ledger.clocks_going.insert(clock.id);
                self.ask_keeper(Ask::Change(application, clock.id, Change::Remove), None)?;
            }
        }
        self.pass(Span::minutes(1))?;
        for kind in [Kind::Clock, Kind::ClosingClock, Kind::ClockMember] {
            if let Some(row) = self.checker.replay.keys(key::all(kind)).first() {
                return broken("TM-1", format!("a row of kind {kind:?} outlived its clock: {row:?}"));
            }
        }
        Ok(())
    }
}

impl Ledger {
    /// A clock is shown so from now on: it never goes back.
    pub(super) fn clock_shown(&mut self, clock: TestClock, now: UnixMillis) -> Outcome<()> {
        let before = self.clocks.get(&clock.id).map(|before| before.now(now));
        let shows = clock.now(now);
        if let Some(before) = before.filter(|before| *before > shows) {
            let what = format!("clock {} went back by {} ms", clock.id, before.since(shows).0);
            return broken("TM-1", what);
        }
        self.clocks.insert(clock.id, clock);
        Ok(())
    }

    /// The time of whoever lives by a clock, or by none.
    pub(super) fn time_by(&self, clock: Option<ClockId>, now: UnixMillis) -> UnixMillis {
        clock.and_then(|clock| self.clocks.get(&clock)).map_or(now, |clock| clock.now(now))
    }

    /// The time of a user.
    pub(super) fn time_of(&self, user: UserId, now: UnixMillis) -> UnixMillis {
        self.time_by(self.users.get(&user).and_then(|tally| tally.clock), now)
    }

    /// Whether somebody asked that a user goes, by itself or with its clock.
    pub(super) fn may_be_deleted(&self, user: UserId) -> bool {
        let Some(tally) = self.users.get(&user) else { return false };
        tally.delete_asked || tally.clock.is_some_and(|clock| self.clocks_going.contains(&clock))
    }
}

impl Checker {
    /// The clocks of a batch: each goes from where it was to where it was sent, and arrives there.
    pub(super) fn check_clocks(&mut self, batch: &Batch) -> Outcome<()> {
        for (row, value) in &batch.0 {
            let Some(id) = key::read_clock(row) else { continue };
            let Some(value) = value else {
                let other = if row[0] == Kind::Clock as u8 { key::closing_clock(id) } else { key::clock(id) };
                if !self.replay.rows().contains_key(&other) {
                    self.clocks.remove(&id);
                }
                continue;
            };
            let after = readable(codec::decode::<ClockV1>(value))?.1.into_clock(id);
            let before = self.clocks.insert(id, after.clone());
            let wrong = |what: &str| broken("TM-1", format!("clock {id} {what}"));
            match (before.as_ref().map(|before| before.target), after.target) {
                (None, _) => self.marks.note(after.name.clone()),
                (Some(None), Some(target)) => {
                    self.marks.note(super::named::sent_off(id, target.since(after.at)));
                }
                (Some(Some(then)), Some(now)) if then != now => {
                    return wrong("was sent elsewhere on its way");
                }
                (Some(Some(then)), None) if then != after.at => {
                    return wrong("did not arrive where it was sent");
                }
                _ => {}
            }
            let went_back = before.is_some_and(|before| before.at > after.at);
            let went_past = after.target.is_some_and(|target| after.at > target);
            if went_back || went_past {
                return wrong("stands where it cannot");
            }
        }
        Ok(())
    }

    /// Whether everybody who lives by a clock lives by one that is there.
    pub(super) fn check_members(&self) -> Outcome<()> {
        for user in self.here() {
            if user.clock.is_some_and(|clock| !self.clocks.contains_key(&clock)) {
                return broken("TM-1", format!("user {} lives by a clock that is gone", user.id));
            }
        }
        Ok(())
    }
}
