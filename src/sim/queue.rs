//! What is on its way: one queue in order of time, then in order of sending.

use super::banks::Told;
use super::gathering::{AggregatorId, Call};
use super::named::Sending;
use super::process::{InstanceId, Owner};
use super::webhooks::Letter;
use crate::adapters::sms::SmsError;
use crate::domain::id::{ClockId, EffectId, JobId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Gather;
use crate::domain::time::UnixMillis;
use crate::engine::aggregator::core::Token;
use crate::engine::clocks::core as clocks;
use crate::engine::committer::CommitError;
use crate::engine::delivery::core as delivery;
use crate::engine::dispatcher::core::Tried;
use crate::engine::dispatcher::perform::{Ending, Entry};
use crate::engine::shard::core::Question;
use crate::engine::user::core::Refusal;
use std::collections::BTreeMap;

/// Everything that can happen by itself.
pub(super) enum Event {
    /// The machine is up: the process starts.
    Boot,
    /// A question reaches the server.
    Ask(u64),
    /// The committer takes what waits.
    Group,
    /// The committer's answer reaches whoever asked.
    Answered(Owner, Result<u64, CommitError>),
    /// The timekeeper hears of a deadline.
    Armed(UserId, UnixMillis),
    /// The timekeeper hears that a user has done what was due.
    Done(UserId),
    /// The timekeeper's alarm.
    WakeTimekeeper(UnixMillis),
    /// The dispatcher hears of effects.
    Effects(Vec<EffectId>),
    /// The dispatcher's alarm.
    WakeDispatcher(UnixMillis),
    /// A user's word reaches whoever works on its jobs.
    Wanted(AggregatorId, Gather),
    /// An aggregator's alarm.
    WakeAggregator(AggregatorId),
    /// A question reaches its institution.
    AtBank(Box<Call>),
    /// The answer is there, or the time for it is over.
    CallEnded(AggregatorId, Token, InstitutionId, Told),
    /// A question could not even go out.
    BankAnswered(AggregatorId, Token, Told),
    /// A report reaches its user in memory.
    Tell(u64, InstanceId),
    /// How a report was taken in.
    Heard(AggregatorId, Token, Result<bool, Refusal>),
    /// A user hears that nobody works on a try, or on any.
    Unattended(InstanceId, Option<(JobId, u32)>),
    /// A text reaches the gateway; the flag says that nobody waits for the answer any more.
    AtGateway(Box<Entry>, UnixMillis, bool),
    /// The dispatcher hears how the handing over went.
    Handed(Box<Entry>, Result<Ending, SmsError>),
    /// The dispatcher hears how a try ended.
    Tried(EffectId, Tried),
    /// The shard looks for idle users.
    ShardTick,
    /// A user in memory is asked whether anything is under way.
    Retire(InstanceId, Question),
    /// The shard hears that nothing is.
    Rested(InstanceId, Question),
    /// Something comes to whoever tells webhooks.
    Delivery(Box<delivery::Input>),
    /// Its alarm.
    WakeDelivery(UnixMillis),
    /// A message reaches its receiver; the flag says that nobody waits for the answer any more.
    AtReceiver(Box<Letter>, bool),
    /// A named request reaches the server.
    Named(Sending),
    /// Something comes to the keeper of test clocks.
    Keeper(Box<clocks::Input>),
    /// Its alarm.
    WakeKeeper(UnixMillis),
    /// A deadline of a test clock was committed.
    ClockArmed(ClockId, UnixMillis),
    /// Somebody looks for what is over its time.
    KeepHouse,
    /// The disk has room again.
    RoomAgain,
    /// The gateway works again.
    GatewayUp,
}

impl Event {
    /// Whether it lives in the server's memory, and dies with the process.
    const fn dies_with_process(&self) -> bool {
        !matches!(
            self,
            Self::Boot
                | Self::Ask(_)
                | Self::Named(_)
                | Self::AtGateway(..)
                | Self::AtBank(_)
                | Self::AtReceiver(..)
                | Self::RoomAgain
                | Self::GatewayUp
        )
    }
}

/// The queue.
#[derive(Default)]
pub(super) struct Queue {
    events: BTreeMap<(UnixMillis, u64), Event>,
    sent: u64,
}

impl Queue {
    /// Something will happen then.
    pub(super) fn at(&mut self, at: UnixMillis, event: Event) {
        self.sent += 1;
        self.events.insert((at, self.sent), event);
    }

    /// The next thing that happens up to `until`.
    pub(super) fn next(&mut self, until: UnixMillis) -> Option<(UnixMillis, Event)> {
        let first = self.events.first_entry().filter(|entry| entry.key().0 <= until)?;
        let at = first.key().0;
        Some((at, first.remove()))
    }

    /// The process is gone, and with it all that was in its memory. Texts and questions that left arrive
    /// all the same.
    pub(super) fn forget_process(&mut self) {
        self.events.retain(|_, event| !event.dies_with_process());
        for event in self.events.values_mut() {
            match event {
                Event::AtGateway(_, _, nobody_waits) | Event::AtReceiver(_, nobody_waits) => {
                    *nobody_waits = true;
                }
                Event::AtBank(call) => call.nobody_waits(),
                _ => {}
            }
        }
    }
}
