//! What goes wrong: power cuts, ends of the process, a full disk, panics, retirements, alarms.

use super::Outcome;
use super::banks::Trouble as BankTrouble;
use super::options::{Deed, Fault};
use super::queue::Event;
use super::world::{Asker, CutPlan, World};
use crate::domain::command::{Caller, Command};
use crate::domain::institution::SANDBOX;
use crate::domain::time::Span;
use crate::engine::user::core::Trouble;
use crate::store::memory::Faults;

impl World {
    /// Something of this run's faults breaks.
    pub(super) fn something_breaks(&mut self) -> Outcome<()> {
        let Some(fault) = self.options.fault(&mut self.dice) else { return Ok(()) };
        if self.process.is_none() {
            return Ok(());
        }
        self.log.line(self.now, format!("fault: {fault:?}"));
        match fault {
            Fault::CutAtWrite => {
                let writes = self.dice.below(8);
                self.disk.cut_after(writes);
            }
            Fault::CutBeforeAnswers => self.cut_plan = Some(CutPlan::Answers),
            Fault::CutBeforeEffects => self.cut_plan = Some(CutPlan::Effects),
            Fault::CutBeforeWriteDown => self.cut_plan = Some(CutPlan::WriteDown),
            Fault::Kill => {
                self.log.mark("the process was killed");
                self.end_process();
            }
            Fault::FailWrite => self.fail_a_write(),
            Fault::FullDisk => {
                self.disk.set_faults(Faults {
                    is_full: true,
                    lies: self.options.store_lies,
                    ..Faults::default()
                });
                self.soon(60_000, Event::RoomAgain);
            }
            Fault::Panic => self.panic_somebody()?,
            Fault::Evict => self.shard_tick_at(self.now.plus(Span::minutes(60))),
            Fault::ExtraAlarm => self.extra_alarm(),
            Fault::GatewayDown => {
                self.phones.is_down = true;
                self.soon(900_000, Event::GatewayUp);
            }
            Fault::LoseAggregator => self.lose_aggregator(),
            Fault::BankDown | Fault::BankSlow | Fault::BankLies | Fault::BankEnds => self.bank_breaks(fault),
            Fault::LoseAlarm | Fault::GatewayRefuses | Fault::GatewayRepeats | Fault::GatewaySlow => {}
        }
        Ok(())
    }

    /// The machine stops and comes back: of what was not synced, some of the first batches are there.
    pub(super) fn power_cut(&mut self) {
        let keep = self.dice.below(self.disk.unsynced() as u64 + 1);
        let keep = usize::try_from(keep).unwrap_or(0);
        if keep > 0 {
            self.log.mark("a crash kept an unsynced batch");
        }
        let keep_slots = self.dice.chance(50);
        self.log.line(self.now, format!("the power is cut; {keep} of {} batches stay", self.disk.unsynced()));
        self.disk.crash(keep, keep_slots);
        self.set_lies();
        self.cut_plan = None;
        self.end_process();
    }

    /// The process is gone with all that was in memory; another one starts a little later.
    pub(super) fn end_process(&mut self) {
        self.process = None;
        self.queue.forget_process();
        self.forget_all_aggregators();
        let lost: Vec<u64> =
            self.asks.iter().filter(|(_, ask)| ask.command.is_none()).map(|(token, _)| *token).collect();
        if !lost.is_empty() {
            self.log.mark("a question was lost in a crash");
        }
        for token in lost {
            self.lost(token);
        }
        let waits: Vec<u64> = self
            .asks
            .iter()
            .filter(|(_, ask)| !matches!(ask.asker, Asker::Person(_)))
            .map(|(token, _)| *token)
            .collect();
        for token in waits {
            self.lost(token);
        }
        self.application_asks.clear();
        self.receivers.changing.forget_asks();
        self.receivers.sweep_began = None;
        for once in std::mem::take(&mut self.clock_asks).into_values().flatten() {
            self.named_lost(once);
        }
        self.cut_plan = None;
        self.soon(2000, Event::Boot);
    }

    /// The store failed and the process ended itself: started again, on the same machine or a fresh one.
    pub(super) fn process_ends_itself(&mut self) {
        self.log.mark("a failed write ended the process");
        if self.dice.chance(50) {
            self.power_cut();
        } else {
            self.set_lies();
            self.end_process();
        }
    }

    fn fail_a_write(&mut self) {
        let after = Some(self.dice.below(3));
        let lies = self.options.store_lies;
        let faults = if self.dice.chance(50) {
            Faults { fail_apply_after: after, lies, ..Faults::default() }
        } else {
            Faults { fail_sync_after: after, lies, ..Faults::default() }
        };
        self.disk.set_faults(faults);
    }

    /// The disk has room again.
    pub(super) fn room_again(&mut self) {
        self.log.line(self.now, "the disk has room again");
        self.set_lies();
    }

    fn panic_somebody(&mut self) -> Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        // Somebody with a commit under way, if there is one: what it was told is then never passed on.
        let (busy, idle): (Vec<u64>, Vec<u64>) = process
            .instances
            .keys()
            .copied()
            .partition(|id| process.instances.get(id).is_some_and(|one| !one.core.is_idle()));
        let all = if busy.is_empty() { &idle } else { &busy };
        let Some(place) = self.dice.place(all.len()) else { return Ok(()) };
        let user = process.instances.get(&all[place]).map(|one| one.user);
        self.log.mark(if busy.is_empty() {
            "a user panicked"
        } else {
            "a user panicked with a commit under way"
        });
        self.give_up(all[place], Trouble::Defect)?;
        if let Some(user) = user.filter(|user| self.dice.chance(70) && self.ledger.users().contains(user)) {
            self.partner_acts(user, Deed::CreateLink);
        }
        Ok(())
    }

    /// Something is wrong at an institution for a while.
    fn bank_breaks(&mut self, fault: Fault) {
        let Some(place) = self.dice.place(SANDBOX.len()) else { return };
        let institution = SANDBOX[place].id;
        let until = self.now.plus(Span::seconds(self.dice.between(10, 600)));
        let trouble = match fault {
            Fault::BankDown => BankTrouble::Down,
            Fault::BankSlow => BankTrouble::Slow,
            Fault::BankLies => BankTrouble::Lies,
            _ => return self.banks.end_all(institution),
        };
        self.banks.trouble(institution, trouble, until);
    }

    fn extra_alarm(&mut self) {
        let users = self.ledger.users();
        let Some(place) = self.dice.place(users.len()) else { return };
        let user = users[place];
        self.log.mark("an alarm came for nothing");
        for _ in 0..self.dice.between(1, 3) {
            self.ask(user, Caller::House, Command::FallDue, Asker::Timekeeper);
        }
        self.queue.at(self.now.plus(Span(1)), Event::Armed(user, self.now));
    }
}
