//! The housekeeper's shell on the queue, and what must hold of what is removed. KEEP-1: marks, events and
//! messages are kept for their time, and go behind it.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::process::Owner;
use super::queue::Event;
use super::world::World;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::webhook_delivery::Limit;
use crate::engine::housekeeper::{self, EVENT_LIFETIME, Step};
use crate::engine::records::delivery;
use crate::store::key::{self, Kind};
use crate::store::{Batch, Store};
use uuid::Uuid;

/// How often it looks, and how soon again where there is more.
const PAUSES: (Span, Span) = (Span::seconds(60), Span(100));

impl World {
    /// Removes what is over its time: a step of marks, and one of each application's events.
    pub(super) fn keep_house(&mut self) -> Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        let store = process.library.store.as_ref();
        let mut steps = vec![("marks went", readable(housekeeper::marks(&process.library, self.now))?)];
        let mut next = readable(housekeeper::next_application(store, None))?;
        while let Some(id) = next {
            let step = readable(housekeeper::events(store, id, self.now, EVENT_LIFETIME))?;
            steps.push(("events went", step));
            let behind = ApplicationId(Uuid::from_u128(id.0.as_u128() + 1));
            next = readable(housekeeper::next_application(store, Some(behind)))?;
        }
        let is_more = steps.iter().any(|(_, step)| step.is_more);
        for (name, Step { commit, gone, .. }) in steps {
            if gone > 0 {
                self.log.mark(name);
                self.submit(Owner::Nobody, commit);
            }
        }
        let pause = if is_more { PAUSES.1 } else { PAUSES.0 };
        self.queue.at(self.now.plus(pause), Event::KeepHouse);
        Ok(())
    }
}

impl Checker {
    /// What a batch removes is over its time; looked at before it is replayed.
    pub(super) fn check_removals(&self, batch: &Batch, now: UnixMillis) -> Outcome<()> {
        let kept = self.workflows.webhook_delivery.span(Limit::Kept);
        let gone: Vec<&Vec<u8>> =
            batch.0.iter().filter(|(_, value)| value.is_none()).map(|(row, _)| row).collect();
        let goes = |row: &[u8]| gone.iter().any(|one| one.as_slice() == row);
        for row in &gone {
            if let Some((application, number)) = key::read_event(row) {
                let all = self.events.get(&application).map_or(&[][..], Vec::as_slice);
                let event = all.iter().find(|(one, _)| *one == number).map(|(_, event)| event);
                let is_last = all.last().is_none_or(|(last, _)| *last == number);
                if is_last || event.is_none_or(|event| now < event.recorded.plus(EVENT_LIFETIME)) {
                    return broken("KEEP-1", format!("event {number} of {application} went early"));
                }
            }
            let Some((webhook, sequence, run)) = key::read_message(row) else { continue };
            let Some(value) = readable(self.replay.get(row))? else { continue };
            let (state, ended) = readable(delivery::end(&value))?;
            let is_over = self.workflows.webhook_delivery.is_end(state) && ended.plus(kept) <= now;
            let is_left = !self.has_webhook(webhook) || goes(&key::webhook_cursor(webhook));
            if !is_over && !is_left {
                return broken("KEEP-1", format!("message {sequence}/{run} of webhook {webhook} went early"));
            }
        }
        Ok(())
    }

    /// Whether an event is still kept.
    pub(super) fn keeps_event(&self, application: ApplicationId, number: u64) -> bool {
        self.replay.rows().contains_key(&key::event(application, number))
    }

    /// Whether a webhook is there, as durable.
    fn has_webhook(&self, webhook: WebhookId) -> bool {
        self.replay.keys(key::all(Kind::Webhook)).iter().any(|row| row.ends_with(webhook.bytes()))
    }

    /// Nothing is kept behind its time, when there was time enough.
    pub(super) fn demand_kept(&self, now: UnixMillis) -> Outcome<()> {
        let keys = self.replay.keys(key::all(Kind::Event));
        for (row, next) in keys.iter().zip(keys.iter().skip(1)) {
            let (Some((application, number)), Some((other, _))) =
                (key::read_event(row), key::read_event(next))
            else {
                continue;
            };
            // The newest one of an application stays.
            let all = self.events.get(&application).filter(|_| application == other);
            let event = all.and_then(|all| all.iter().find(|(one, _)| *one == number));
            if event.is_some_and(|(_, event)| event.recorded.plus(EVENT_LIFETIME) <= now) {
                return broken("KEEP-1", format!("event {number} of {application} is kept behind its time"));
            }
        }
        let kept = self.workflows.webhook_delivery.span(Limit::Kept);
        for row in self.replay.keys(key::all(Kind::Message)) {
            let Some(value) = readable(self.replay.get(&row))? else { continue };
            let (state, ended) = readable(delivery::end(&value))?;
            if self.workflows.webhook_delivery.is_end(state) && ended.plus(kept) <= now {
                return broken("KEEP-1", "a message is kept behind its time");
            }
        }
        self.demand_marks(now)
    }
}
