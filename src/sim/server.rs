//! Moves what comes into the cores and what comes out of them: the shells' part, on the queue.

use super::process::{Instance, InstanceId, Owner, Pending};
use super::queue::Event;
use super::world::{Asker, World};
use super::{Outcome, options::Fault};
use crate::domain::command::{Caller, Command};
use crate::domain::id::UserId;
use crate::domain::time::UnixMillis;
use crate::engine::aggregator::core as aggregator;
use crate::engine::application::core as application;
use crate::engine::clocks::core as clocks;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::delivery::core as delivery;
use crate::engine::dispatcher::core as dispatcher;
use crate::engine::shard::core as shard;
use crate::engine::timekeeper::core as timekeeper;
use crate::engine::user::core::{Ask, Input, NOBODY, Output, Refusal, Trouble, UserCore};
use crate::store::key::Kind;
use crate::store::{Order, Store, key};

impl World {
    /// A question reaches the server: the shard brings the user into memory, or says no.
    pub(super) fn ask_arrives(&mut self, token: u64) -> Outcome<()> {
        let Some(ask) = self.asks.get_mut(&token) else { return Ok(()) };
        let user = ask.user;
        let Some(command) = ask.command.take() else { return Ok(()) };
        let caller = ask.caller;
        let Some(process) = self.process.as_mut() else {
            self.log.line(self.now, format!("#{token} finds nobody"));
            self.lost(token);
            return Ok(());
        };
        let mut out = Vec::new();
        process.shard.handle(self.now, shard::Input::Wanted(user), &mut out);
        let mut command = Some(command);
        for output in out {
            match output {
                shard::Output::Start(user) => self.start_instance(user)?,
                shard::Output::Retire(user, question) => self.retire(user, question),
                shard::Output::Stop(user) => self.stop(user),
                shard::Output::Refuse(_) => self.answer(token, Err(Trouble::Defect.into()))?,
                shard::Output::Deliver(user) => {
                    let instance = self.process.as_ref().and_then(|process| process.live.get(&user).copied());
                    match (instance, command.take()) {
                        (Some(instance), Some(command)) => self.deliver(instance, token, caller, command)?,
                        _ => self.answer(token, Err(Trouble::Defect.into()))?,
                    }
                }
            }
        }
        Ok(())
    }

    fn start_instance(&mut self, user: UserId) -> Outcome<()> {
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        let loaded = process.library.user(user);
        let loaded =
            loaded.map_err(|error| super::broken("DUR-1", format!("a user cannot be read: {error}")))?;
        let core = UserCore::new(user, process.house.clone(), loaded);
        self.instances_started += 1;
        let waiting = std::collections::BTreeSet::new();
        let instance = Instance { user, core, waiting, aggregator: None };
        process.instances.insert(self.instances_started, instance);
        process.live.insert(user, self.instances_started);
        Ok(())
    }

    /// A report reaches the user that it belongs to, if that one is still in memory.
    pub(super) fn tell(&mut self, token: u64, instance: InstanceId) -> Outcome<()> {
        let Some(ask) = self.asks.get_mut(&token) else { return Ok(()) };
        let (caller, command) = (ask.caller, ask.command.take());
        let is_there = self.process.as_ref().is_some_and(|process| process.instances.contains_key(&instance));
        let Some(command) = command.filter(|_| is_there) else {
            self.lost(token);
            return Ok(());
        };
        self.deliver(instance, token, caller, command)
    }

    fn deliver(&mut self, instance: InstanceId, token: u64, caller: Caller, command: Command) -> Outcome<()> {
        let one = self.process.as_mut().and_then(|process| process.instances.get_mut(&instance));
        if let Some(one) = one {
            one.waiting.insert(token);
        }
        let mark = self.asks.get(&token).and_then(|ask| ask.once.as_ref()).map(|once| Box::new(once.mark()));
        self.drive_user(instance, Input::Ask(Ask { token, caller, command, mark }))
    }

    /// One input to a user in memory, and all that comes of it.
    pub(super) fn drive_user(&mut self, id: InstanceId, input: Input) -> Outcome<()> {
        let entropy = self.dice.bytes();
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        let Some(instance) = process.instances.get_mut(&id) else { return Ok(()) };
        let user = instance.user;
        let mut out = Vec::new();
        instance.core.handle(self.now, entropy, input, &mut out);
        for output in out {
            match output {
                Output::Commit(commit) => self.submit(Owner::User(id), commit),
                // Panics are told by the shard's part below: a core that says this found a broken invariant.
                Output::Reply { answer: Err(Refusal::Trouble(Trouble::Defect)), .. } => {
                    return Err(super::broken("DEFECT", format!("user {user} found a defect in itself")));
                }
                // What a user asked itself.
                Output::Reply { token: NOBODY, .. } => {}
                Output::Reply { token, answer } => {
                    let one = self.process.as_mut().and_then(|process| process.instances.get_mut(&id));
                    if let Some(one) = one {
                        one.waiting.remove(&token);
                    }
                    self.answer(token, answer)?;
                }
                Output::Alarm(at) if self.options.has(Fault::LoseAlarm) && self.dice.chance(50) => {
                    self.log.line(self.now, format!("the alarm for {} is lost", at.since(self.now).0));
                    self.log.mark("an alarm was lost");
                }
                Output::Alarm(at) => self.soon(5, Event::Armed(user, at)),
                Output::ClockAlarm(clock, at) => self.soon(5, Event::ClockArmed(clock, at)),
                Output::Effects(ids) => self.soon(5, Event::Effects(ids)),
                Output::Gather(gather) => self.gather(id, gather),
                Output::Reload => {
                    self.log.mark("a conflict made a user load again");
                    self.give_up(id, Trouble::Conflict)?;
                }
            }
        }
        Ok(())
    }

    /// What is in memory cannot be trusted: all who wait are told, the next message loads it again.
    pub(super) fn give_up(&mut self, id: InstanceId, trouble: Trouble) -> Outcome<()> {
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        let Some(instance) = process.instances.remove(&id) else { return Ok(()) };
        let user = instance.user;
        let aggregator = instance.aggregator;
        if instance.core.is_idle() {
            process.orphaned.remove(&user);
        } else {
            process.orphaned.insert(user);
        }
        if process.live.get(&user) == Some(&id) {
            process.live.remove(&user);
            let struck = trouble == Trouble::Defect;
            process.shard.handle(self.now, shard::Input::Ended { user, struck }, &mut Vec::new());
        }
        if let Some(one) = aggregator {
            self.forget_aggregator(one);
        }
        for token in instance.waiting {
            self.answer(token, Err(trouble.into()))?;
        }
        Ok(())
    }

    /// The shard asks a user whether anything is under way.
    fn retire(&mut self, user: UserId, question: shard::Question) {
        let Some(process) = &self.process else { return };
        if let Some(id) = process.live.get(&user).copied() {
            self.soon(5, Event::Retire(id, question));
        }
    }

    /// A user in memory was asked: it answers only when nothing is under way.
    pub(super) fn retire_asked(&mut self, id: InstanceId, question: shard::Question) {
        let Some(process) = &self.process else { return };
        match process.instances.get(&id) {
            Some(instance) if instance.core.is_idle() => self.soon(5, Event::Rested(id, question)),
            Some(_) => self.log.mark("a user was too busy to retire"),
            None => {}
        }
    }

    /// The shard hears that nothing is under way, and lets the user go if nothing was sent since.
    pub(super) fn rested(&mut self, id: InstanceId, question: shard::Question) {
        let Some(process) = self.process.as_mut() else { return };
        let Some(user) = process.instances.get(&id).map(|instance| instance.user) else { return };
        if process.live.get(&user) != Some(&id) {
            return;
        }
        let mut out = Vec::new();
        process.shard.handle(self.now, shard::Input::Rested(user, question), &mut out);
        for output in out {
            if let shard::Output::Stop(user) = output {
                self.stop(user);
            }
        }
    }

    fn stop(&mut self, user: UserId) {
        let Some(process) = self.process.as_mut() else { return };
        if let Some(id) = process.live.remove(&user) {
            self.log.mark("an idle user was retired");
            let aggregator = process.instances.remove(&id).and_then(|one| one.aggregator);
            if let Some(one) = aggregator {
                self.forget_aggregator(one);
            }
        }
    }

    /// Hands a commit to the committer, which gathers for a moment.
    pub(super) fn submit(&mut self, owner: Owner, commit: Commit) {
        let Some(process) = self.process.as_mut() else { return };
        let user = match owner {
            Owner::User(id) => process.instances.get(&id).map(|one| one.user),
            _ => None,
        };
        let decided = user.map_or(self.now, |user| self.ledger.time_of(user, self.now));
        process.pending.push(Pending { owner, commit, decided });
        if process.pending.len() == 1 {
            // Most groups go at once; now and then the disk is slow and more gather.
            let slow = self.dice.chance(10);
            self.soon(if slow { 150 } else { 8 }, Event::Group);
        }
    }

    /// The committer's answer reaches whoever asked.
    pub(super) fn answered(&mut self, owner: Owner, result: Result<u64, CommitError>) -> Outcome<()> {
        match owner {
            Owner::User(id) => self.drive_user(id, Input::Committed(result)),
            Owner::Application(id) => self.drive_application(id, application::Input::Committed(result)),
            Owner::Effect(id) => {
                // As the dispatcher's shell has it: a conflict means that it was taken back meanwhile.
                let tried = match result {
                    Ok(_) | Err(CommitError::Conflict { .. }) => dispatcher::Tried::Ended,
                    Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => {
                        dispatcher::Tried::Again
                    }
                };
                self.drive_dispatcher(dispatcher::Input::Tried(id, tried));
                Ok(())
            }
            Owner::Errand(id) => {
                let tried = match result {
                    Ok(_) | Err(CommitError::Conflict { .. }) => dispatcher::Tried::Ended,
                    Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => {
                        dispatcher::Tried::HandedOn
                    }
                };
                self.drive_dispatcher(dispatcher::Input::Tried(id, tried));
                Ok(())
            }
            Owner::Work(id, token) => {
                self.drive_aggregator(id, aggregator::Input::Stored(token, result.map(|_| ())))
            }
            Owner::Webhook(id, epoch) => self.drive_delivery(delivery::Input::Written(id, epoch, result)),
            Owner::Nobody => Ok(()),
            Owner::Clock(id) => self.drive_keeper(clocks::Input::Committed(id, result)),
            Owner::WebhookSweep(next) => {
                self.receivers.sweep_began = self.receivers.sweep_began.filter(|_| result.is_ok());
                self.drive_delivery(delivery::Input::Swept(next.filter(|_| result.is_ok())))
            }
            Owner::Sweep(id, is_last) => {
                let swept = match result {
                    Ok(_) if !is_last => dispatcher::Swept::More,
                    Ok(_) | Err(CommitError::Conflict { .. }) => dispatcher::Swept::Ended,
                    Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => {
                        dispatcher::Swept::Failed
                    }
                };
                self.drive_dispatcher(dispatcher::Input::Swept(id, swept));
                Ok(())
            }
        }
    }

    pub(super) fn drive_application(
        &mut self,
        id: crate::domain::id::ApplicationId,
        input: application::Input,
    ) -> Outcome<()> {
        let entropy = self.dice.bytes();
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        let disk = self.disk.clone();
        let core = process.application(id, &disk);
        let core = core.map_err(|error| super::broken("DUR-1", error))?;
        let mut out = Vec::new();
        core.handle(self.now, entropy, input, &mut out);
        for output in out {
            match output {
                application::Output::Commit(commit) => self.submit(Owner::Application(id), *commit),
                application::Output::Publish(one) => {
                    self.receivers.changing.note(&one, self.now);
                    self.ledger.presses.offered(&one, self.now);
                    self.process.iter().for_each(|process| process.house.publish(one.as_ref().clone()));
                    self.drive_delivery(delivery::Input::Changed(id))?;
                }
                application::Output::Reply(token, answer) => self.note_application(token, id, &answer),
                application::Output::Reload => {
                    if let Some(process) = self.process.as_mut() {
                        process.forget_application(id);
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn drive_timekeeper(&mut self, input: timekeeper::Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let Some(process) = self.process.as_mut() else { return };
            let mut out = Vec::new();
            process.timekeeper.handle(self.now, input, &mut out);
            for output in out {
                match output {
                    timekeeper::Output::Load { until, limit } => {
                        let (from, to) = key::deadlines(crate::engine::user::REAL_TIME, until);
                        let rows = self.disk.scan(&from, &to, Order::Ascending, limit).unwrap_or_default();
                        let complete = rows.len() < limit;
                        let rows = rows.iter().filter_map(|(key, _)| key::read_deadline(key));
                        let rows = rows.map(|(_, at, user, _)| (at, user)).collect();
                        inputs.push(timekeeper::Input::Loaded { rows, complete });
                    }
                    timekeeper::Output::Fire(user) => {
                        self.ask(user, Caller::House, Command::FallDue, Asker::Timekeeper);
                    }
                    timekeeper::Output::WakeAt(at) => self.wake_timekeeper(at),
                }
            }
        }
    }

    fn wake_timekeeper(&mut self, at: UnixMillis) {
        let Some(process) = self.process.as_mut() else { return };
        if process.timekeeper_wakes != Some(at) {
            process.timekeeper_wakes = Some(at);
            self.queue.at(at, Event::WakeTimekeeper(at));
        }
    }

    pub(super) fn drive_dispatcher(&mut self, input: dispatcher::Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let Some(process) = self.process.as_mut() else { return };
            let mut out = Vec::new();
            process.dispatcher.handle(self.now, input, &mut out);
            for output in out {
                match output {
                    dispatcher::Output::Load { after } => {
                        let (all, to) = key::all(Kind::Outbox);
                        let from = after.map_or(all, |id| [key::outbox(id).as_slice(), &[0]].concat());
                        let rows = self.disk.scan(&from, &to, Order::Ascending, dispatcher::LOAD_MAX);
                        let rows = rows.unwrap_or_default();
                        let more = rows.len() == dispatcher::LOAD_MAX;
                        let ids = rows.iter().filter_map(|(key, _)| key::read_outbox(key)).collect();
                        inputs.push(dispatcher::Input::Loaded { ids, more });
                    }
                    dispatcher::Output::Perform(id) => self.perform(id),
                    dispatcher::Output::Sweep(id) => {
                        let stopped = self.sweep(id).err();
                        inputs.extend(stopped.map(|swept| dispatcher::Input::Swept(id, swept)));
                    }
                    dispatcher::Output::WakeAt(at) => self.wake_dispatcher(at),
                }
            }
        }
    }

    fn wake_dispatcher(&mut self, at: UnixMillis) {
        let Some(process) = self.process.as_mut() else { return };
        if process.dispatcher_wakes.is_none_or(|set| set > at || set <= self.now) {
            process.dispatcher_wakes = Some(at);
            self.queue.at(at, Event::WakeDispatcher(at));
        }
    }

    pub(super) fn shard_tick_at(&mut self, now: UnixMillis) {
        let Some(process) = self.process.as_mut() else { return };
        let mut out = Vec::new();
        process.shard.handle(now, shard::Input::Tick, &mut out);
        for output in out {
            if let shard::Output::Retire(user, question) = output {
                self.retire(user, question);
            }
        }
    }

    /// A question is answered: the tally hears it, and whoever asked goes on.
    pub(super) fn answer(
        &mut self,
        token: u64,
        answer: Result<crate::domain::command::Reply, Refusal>,
    ) -> Outcome<()> {
        let Some(mut ask) = self.asks.remove(&token) else {
            return Err(super::broken("REPLY", format!("question #{token} was answered twice")));
        };
        match ask.asker {
            Asker::Timekeeper if answer.is_ok() => self.soon(5, Event::Done(ask.user)),
            Asker::Timekeeper => {}
            Asker::Clock(clock) => self.told_by_clock(clock, ask.user, &answer),
            Asker::Dispatcher(errand) => self.seen_to(errand, &answer),
            Asker::Gateway(head) => self.told_of_refusal(&head, &answer),
            Asker::Aggregator(id, token) => self.heard(id, token, &answer),
            Asker::Person(ref wish) => {
                self.told(&ask, wish, &answer)?;
                let once = ask.once.take();
                return once.map_or(Ok(()), |once| self.named_answered(once, &answer));
            }
        }
        Ok(())
    }

    fn told(
        &mut self,
        ask: &super::world::Asked,
        wish: &super::asks::Wish,
        answer: &Result<crate::domain::command::Reply, Refusal>,
    ) -> Outcome<()> {
        let token = ask.token;
        self.log.line(self.now, format!("#{token} {}", super::people::told(answer)));
        self.ledger.note(ask, answer, self.now, &self.checker)?;
        self.learn(ask, wish, answer);
        self.check_list(ask, wish, answer)?;
        self.ledger.check_user(ask.user, self.now, &self.checker)
    }
}
