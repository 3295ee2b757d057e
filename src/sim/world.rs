//! One run: everything there is, and the loop that takes what happens next.

use super::banks::Banks;
use super::checker::Checker;
use super::dice::Dice;
use super::disk::Disk;
use super::facts::Facts;
use super::gateway::Phones;
use super::ledger::Ledger;
use super::log::{BEGINNING, Log};
use super::options::Options;
use super::people::People;
use super::process::Process;
use super::queue::{Event, Queue};
use super::webhooks::Receivers;
use super::{Failure, Outcome, Report, TAIL_LINES, Violation};
use crate::crypto::{Keyring, MasterKey};
use crate::domain::command::{Caller, Command};
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Workflows;
use crate::engine::aggregator::core as aggregator;
use crate::engine::application::core as application;
use crate::engine::clocks::core as clocks;
use crate::engine::delivery::core as delivery;
use crate::engine::dispatcher::core as dispatcher;
use crate::engine::timekeeper::core as timekeeper;
use crate::store::memory::Faults;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest way of a message between people and the server (milliseconds).
const WAY_MILLIS: u64 = 40;

/// Who asked, and what the tally must know to judge the answer.
#[derive(Debug, Clone)]
pub(super) enum Asker {
    Timekeeper,
    Dispatcher(super::gateway::Errand),
    Gateway(crate::engine::records::outbox::OutboxHead),
    Aggregator(super::gathering::AggregatorId, u64),
    Clock(ClockId),
    Person(super::asks::Wish),
}

/// A question on its way.
pub(super) struct Asked {
    pub(super) token: u64,
    pub(super) user: UserId,
    pub(super) caller: Caller,
    pub(super) command: Option<Command>,
    pub(super) asker: Asker,
    /// It is done once, and asked again when nobody answers.
    pub(super) once: Option<super::named::Once>,
    /// When it was sent, and what time it was for its user.
    pub(super) at: UnixMillis,
    pub(super) time: UnixMillis,
}

/// Before what the power is going to be cut, beside cuts at a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CutPlan {
    Answers,
    Effects,
    WriteDown,
}

/// One run.
pub(super) struct World {
    pub(super) now: UnixMillis,
    pub(super) dice: Dice,
    pub(super) options: Options,
    pub(super) log: Log,
    pub(super) queue: Queue,
    pub(super) disk: Arc<Disk>,
    pub(super) keyring: Keyring,
    pub(super) workflows: Workflows,
    pub(super) process: Option<Process>,
    pub(super) instances_started: u64,
    pub(super) asks: BTreeMap<u64, Asked>,
    pub(super) tokens: u64,
    pub(super) application_asks: BTreeMap<u64, application::Command>,
    pub(super) clock_asks: BTreeMap<u64, Option<super::named::Once>>,
    pub(super) cut_plan: Option<CutPlan>,
    pub(super) healed: bool,
    pub(super) ledger: Ledger,
    pub(super) checker: Checker,
    pub(super) people: People,
    pub(super) phones: Phones,
    pub(super) banks: Banks,
    pub(super) receivers: Receivers,
}

impl World {
    /// A world that has not begun.
    pub(super) fn new(seed: u64, steps: u32, store_lies: bool) -> Result<Self, Box<Failure>> {
        let mut dice = Dice::new(seed);
        let options = Options::draw(seed, steps, store_lies, &mut dice);
        let keyring = Keyring::derive(&MasterKey::new(dice.bytes()));
        let disk = Arc::new(Disk::default());
        let workflows = Workflows::load(&BTreeMap::new()).map_err(|faults| {
            let violation = super::broken("TABLES", format!("{faults:?}"));
            let options = options.to_string();
            Box::new(Failure { seed, steps, options, violation, tail: Vec::new() })
        })?;
        let ledger = Ledger::new(Facts::of(&workflows), keyring.clone());
        let checker = Checker::new(disk.clone(), keyring.clone(), workflows.clone());
        let world = Self {
            now: BEGINNING,
            dice,
            options,
            log: Log::default(),
            queue: Queue::default(),
            disk,
            keyring,
            workflows,
            process: None,
            instances_started: 0,
            asks: BTreeMap::new(),
            tokens: 0,
            application_asks: BTreeMap::new(),
            clock_asks: BTreeMap::new(),
            cut_plan: None,
            healed: false,
            ledger,
            checker,
            people: People::default(),
            phones: Phones::default(),
            banks: Banks::default(),
            receivers: Receivers::new(seed),
        };
        world.set_lies();
        Ok(world)
    }

    /// The whole run.
    pub(super) fn run(mut self) -> Result<Report, Box<Failure>> {
        match self.live() {
            Ok(()) => {
                let (log, marks) = self.log.take();
                Ok(Report { options: self.options.to_string(), log, marks })
            }
            Err(violation) => Err(Box::new(Failure {
                seed: self.options.seed,
                steps: self.options.steps,
                options: self.options.to_string(),
                tail: self.log.tail(TAIL_LINES),
                violation,
            })),
        }
    }

    fn live(&mut self) -> Outcome<()> {
        self.queue.at(self.now, Event::Boot);
        self.pass(Span(1))?;
        for number in 0..self.options.applications {
            self.found_application(number)?;
        }
        self.pass(Span::seconds(1))?;
        self.people.applications = self.ledger.applications();
        for (number, id) in self.people.applications.clone().into_iter().enumerate() {
            self.found_webhooks(number, id)?;
            self.found_clock(id)?;
            if self.options.new_links {
                let look = self.some_look();
                self.ask_application(id, look)?;
            }
        }
        self.pass(Span::seconds(1))?;
        for step in 0..self.options.steps {
            if self.dice.below(self.options.fault_every) == 0 {
                self.something_breaks()?;
            }
            self.somebody_acts(step)?;
            let pause = match self.dice.below(10) {
                0..=3 => self.dice.between(0, 50),
                4..=8 => self.dice.between(50, 3000),
                _ => self.dice.between(3000, 60_000),
            };
            self.pass(Span(pause))?;
        }
        self.come_to_rest()
    }

    fn found_application(&mut self, number: usize) -> Outcome<()> {
        let id = ApplicationId(crate::domain::entropy::Entropy::new(self.dice.bytes()).uuid());
        let name = ["Quill Lending", "Harbour Credit", "Lantern Homes"][number % 3].to_owned();
        let mode = crate::domain::application::Mode::Sandbox;
        self.ask_application(id, application::Command::Create { name, mode, redirect_url: None })
    }

    /// Asks an application's core: the operator's way, which needs no admission.
    pub(super) fn ask_application(
        &mut self,
        id: ApplicationId,
        command: application::Command,
    ) -> Outcome<()> {
        self.tokens += 1;
        self.log
            .line(self.now, format!("#{} the operator asks application {id} for {command:?}", self.tokens));
        self.application_asks.insert(self.tokens, command.clone());
        self.drive_application(id, application::Input::Ask(self.tokens, command))
    }

    /// Sends a question to the server.
    pub(super) fn ask(&mut self, user: UserId, caller: Caller, command: Command, asker: Asker) {
        if let Asker::Person(wish) = &asker {
            let (number, who) = (self.tokens + 1, super::people::name(caller));
            self.log.line(self.now, format!("#{number} {who} asks {user}: {wish:?}"));
            self.ledger.sent(user, wish);
        }
        let token = self.ask_directly(user, caller, command, asker);
        self.soon(WAY_MILLIS, Event::Ask(token));
    }

    /// The same, for somebody who brings it to the user without the shard.
    pub(super) fn ask_directly(
        &mut self,
        user: UserId,
        caller: Caller,
        command: Command,
        asker: Asker,
    ) -> u64 {
        self.tokens += 1;
        let token = self.tokens;
        let (at, time) = (self.now, self.ledger.time_of(user, self.now));
        let asked = Asked { token, user, caller, command: Some(command), asker, once: None, at, time };
        self.asks.insert(token, asked);
        token
    }

    /// A question will never be answered: what was asked may or may not have happened.
    pub(super) fn lost(&mut self, token: u64) {
        if let Some(once) = self.asks.remove(&token).and_then(|ask| ask.once) {
            self.named_lost(once);
        }
    }

    /// Within so many milliseconds this happens.
    pub(super) fn soon(&mut self, within: u64, event: Event) {
        let at = self.now.plus(Span(self.dice.between(0, within)));
        self.queue.at(at, event);
    }

    /// Time passes, and all that is on its way arrives.
    pub(super) fn pass(&mut self, span: Span) -> Outcome<()> {
        let until = self.now.plus(span);
        while let Some((at, event)) = self.queue.next(until) {
            self.now = self.now.max(at);
            self.happens(event)?;
            self.look()?;
        }
        self.now = self.now.max(until);
        Ok(())
    }

    fn happens(&mut self, event: Event) -> Outcome<()> {
        match event {
            Event::Boot => self.boot()?,
            Event::Ask(token) => self.ask_arrives(token)?,
            Event::Named(sending) => self.named_arrives(sending)?,
            Event::Keeper(input) => self.drive_keeper(*input)?,
            Event::WakeKeeper(at) => self.keeper_wakes(at)?,
            Event::ClockArmed(clock, at) => self.drive_keeper(clocks::Input::Armed(clock, at))?,
            Event::KeepHouse => self.keep_house()?,
            Event::Group => self.group(),
            Event::Answered(owner, result) => self.answered(owner, result)?,
            Event::Armed(user, at) => self.drive_timekeeper(timekeeper::Input::Armed(user, at)),
            Event::Done(user) => self.drive_timekeeper(timekeeper::Input::Done(user)),
            Event::WakeTimekeeper(at) => {
                let current = self.process.as_ref().and_then(|process| process.timekeeper_wakes);
                if current == Some(at) {
                    self.process.iter_mut().for_each(|process| process.timekeeper_wakes = None);
                    self.drive_timekeeper(timekeeper::Input::Tick);
                }
            }
            Event::Effects(_) if self.cut_plan == Some(CutPlan::Effects) => {
                self.log.mark("cut between commit and effect");
                self.power_cut();
            }
            Event::Effects(ids) => self.drive_dispatcher(dispatcher::Input::Committed(ids)),
            Event::WakeDispatcher(at) => {
                self.process.iter_mut().for_each(|process| {
                    process.dispatcher_wakes = process.dispatcher_wakes.filter(|set| *set != at);
                });
                self.drive_dispatcher(dispatcher::Input::Tick);
            }
            Event::Wanted(id, gather) => self.wanted(id, gather)?,
            Event::WakeAggregator(id) => self.aggregator_wakes(id)?,
            Event::AtBank(call) => self.at_bank(&call)?,
            Event::CallEnded(id, token, institution, told) => {
                self.call_ended(id, token, institution, told)?;
            }
            Event::BankAnswered(id, token, told) => {
                self.drive_aggregator(id, aggregator::Input::Answered(token, told))?;
            }
            Event::Tell(token, instance) => self.tell(token, instance)?,
            Event::Heard(id, token, heard) => {
                self.drive_aggregator(id, aggregator::Input::Heard(token, heard))?;
            }
            Event::Unattended(instance, what) => self.hears_unattended(instance, what)?,
            Event::AtGateway(entry, looked, too_slow) => self.at_gateway(entry, looked, too_slow)?,
            Event::Handed(_, Ok(_)) if self.cut_plan == Some(CutPlan::WriteDown) => {
                self.log.mark("cut between effect and its write-down");
                self.power_cut();
            }
            Event::Handed(entry, ending) => self.handed(&entry, ending)?,
            Event::Tried(id, tried) => self.drive_dispatcher(dispatcher::Input::Tried(id, tried)),
            Event::ShardTick => {
                self.shard_tick_at(self.now);
                self.queue.at(self.now.plus(Span::seconds(30)), Event::ShardTick);
            }
            Event::Retire(id, question) => self.retire_asked(id, question),
            Event::Rested(id, question) => self.rested(id, question),
            Event::Delivery(input) => self.drive_delivery(*input)?,
            Event::WakeDelivery(at) => self.delivery_wakes(at)?,
            Event::AtReceiver(letter, nobody_waits) => self.at_receiver(&letter, nobody_waits)?,
            Event::RoomAgain => self.room_again(),
            Event::GatewayUp => self.phones.is_down = false,
        }
        Ok(())
    }

    fn group(&mut self) {
        let Some(process) = self.process.as_mut() else { return };
        let (owners, results) = process.commit_group();
        self.checker.tried(&owners, &results, process);
        let moved = process.committer.take_moved();
        let (poisoned, sweeps) = (process.committer.is_poisoned(), process.sweeps());
        if let Some(cut) = self.disk.cut() {
            self.log.line(self.now, format!("the group of {} meets a {cut}", owners.len()));
            self.log.mark(cut);
            self.power_cut();
            return;
        }
        self.log.line(
            self.now,
            format!("a group of {} {}", owners.len(), if poisoned { "fails" } else { "holds" }),
        );
        if poisoned {
            self.process_ends_itself();
            return;
        }
        if sweeps {
            self.soon(50, Event::Group);
        }
        for application in moved.into_keys() {
            let rung = delivery::Input::Rung(application);
            self.queue.at(self.now.plus(Span(1)), Event::Delivery(Box::new(rung)));
        }
        if owners.len() > 1 {
            self.log.mark("a group of several commits");
        }
        for ((owner, _), result) in owners.into_iter().zip(results) {
            match result {
                Ok(_) => {}
                Err(crate::engine::committer::CommitError::Full) => {
                    self.log.mark("a full disk refused a commit");
                }
                Err(_) => self.log.mark("a commit met a conflict"),
            }
            self.soon(6, Event::Answered(owner, result));
        }
        if self.cut_plan == Some(CutPlan::Answers) {
            self.log.mark("cut between sync and reply");
            self.power_cut();
        }
    }

    fn boot(&mut self) -> Outcome<()> {
        let started = Process::start(&self.disk, &self.keyring, &self.workflows, self.options.resident_max);
        let process = match started {
            Ok(process) => process,
            Err(_) if self.disk.cut().is_some() => {
                self.log.mark("cut while starting");
                self.power_cut();
                return Ok(());
            }
            Err(_) if self.disk.fails() => {
                self.log.mark("a write failed while starting");
                self.process_ends_itself();
                return Ok(());
            }
            Err(error) => return Err(super::broken("DUR-1", format!("does not start: {error}"))),
        };
        self.log.line(self.now, "the server is up");
        for application in process.house.applications() {
            self.receivers.changing.note(&application, self.now);
            self.ledger.presses.offered(&application, self.now);
        }
        for (clock, _, _) in process.house.clocks.all() {
            if clock.target.is_some() {
                self.log.mark("a clock was on its way in a crash");
            }
            self.ledger.clock_shown(clock, self.now)?;
        }
        self.process = Some(process);
        self.look()?;
        self.checker.compare_with_disk()?;
        self.ledger.check_all(self.now, &self.checker)?;
        self.check_applications()?;
        self.check_webhooks()?;
        self.checker.mark_link_texts(&mut self.log);
        self.drive_timekeeper(timekeeper::Input::Tick);
        self.drive_dispatcher(dispatcher::Input::Tick);
        self.drive_delivery(delivery::Input::Tick)?;
        self.drive_keeper(clocks::Input::Tick)?;
        self.soon(20, Event::Group);
        self.queue.at(self.now.plus(Span(1)), Event::KeepHouse);
        self.queue.at(self.now.plus(Span::seconds(30)), Event::ShardTick);
        Ok(())
    }

    /// What was acknowledged as durable since the last look is checked, and tallied.
    pub(super) fn look(&mut self) -> Outcome<()> {
        let changed = self.checker.take_in(&mut self.ledger, &self.banks, &mut self.log, self.now)?;
        for user in changed {
            self.ledger.check_user(user, self.now, &self.checker)?;
        }
        self.checker.check_memory(self.process.as_ref())
    }

    pub(super) fn set_lies(&self) {
        self.disk.set_faults(Faults { lies: self.options.store_lies, ..Faults::default() });
    }

    fn come_to_rest(&mut self) -> Outcome<()> {
        self.log.line(self.now, "everything heals");
        self.healed = true;
        self.cut_plan = None;
        self.phones.is_down = false;
        self.banks.heal();
        self.disk.heal();
        self.set_lies();
        if self.options.store_lies {
            self.power_cut();
        }
        self.pass(Span::seconds(30))?;
        self.heal_receivers()?;
        self.pass(Span::minutes(3))?;
        // Whoever lives by a clock is asked nothing for ever.
        self.advance_all(Span::minutes(10))?;
        self.pass(Span::minutes(5))?;
        self.demand_quiet(true)?;
        for days in [8, 40, 400] {
            // A machine that was off: everything that fell due meanwhile is done, once.
            self.power_cut();
            self.sleep(Span::days(days));
            self.pass(Span::seconds(10))?;
            self.advance_all(Span::days(days))?;
            self.pass(Span::minutes(5))?;
            self.demand_quiet(false)?;
            if days == 8 {
                self.demand_all_told()?;
            }
        }
        self.checker.demand_kept(self.now)?;
        self.demand_no_orphans()?;
        self.remove_clocks()
    }

    /// The clock jumps: what was on its way comes late.
    pub(super) fn sleep(&mut self, span: Span) {
        let from = self.now;
        self.now = from.plus(span);
        self.checker.kept.jumps(from, self.now);
        self.log.line(self.now, format!("{} s passed at once", span.0 / 1000));
    }

    fn demand_quiet(&mut self, again: bool) -> Outcome<()> {
        // What falls due at this very moment gets one; what was due before it has had its time.
        while self.checker.falls_due(self.now, &self.ledger) {
            self.pass(Span::seconds(1))?;
        }
        let broken = |name: &'static str, what: String| Err(Violation { name, what });
        if let Some((token, ask)) = self.asks.iter().find(|(_, ask)| matches!(ask.asker, Asker::Person(_))) {
            return broken("REPLY", format!("question #{token} to {} has no answer", ask.user));
        }
        if let Some(process) = &self.process {
            let seen = process.dispatcher.observe();
            if seen.waiting + seen.under_way > 0 {
                return broken("QUIET", format!("effects are still open: {seen:?}"));
            }
        }
        self.checker.compare_with_disk()?;
        self.checker.demand_quiet(self.now, again, &self.ledger)?;
        self.demand_quiet_banks()?;
        self.ledger.check_all(self.now, &self.checker)
    }
}
