//! The housekeeper's shell on the queue, and what must hold of what is removed. KEEP-1: marks, events and
//! messages are kept for their time, and go behind it. Judged by what the documents promise and by when things
//! were seen to become durable, never by an instant that the product computed.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::process::Owner;
use super::queue::Event;
use super::world::World;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::housekeeper::{self, EVENT_LIFETIME, Step};
use crate::engine::records::delivery;
use crate::store::key::{self, Kind};
use crate::store::{Batch, Store};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How often it looks, and how soon again where there is more.
const PAUSES: (Span, Span) = (Span::seconds(60), Span(100));

/// What happened, what was told of it once that is over, and what was answered to a request with a name are
/// kept so long: docs/WEBHOOKS.md and docs/OPERATIONS.md promise it.
const PROMISED: [(Kind, Span); 3] =
    [(Kind::Event, Span::days(30)), (Kind::Message, Span::days(30)), (Kind::Mark, Span::days(1))];

/// How far the instant of a decision, or the end of a try, may lie before its commit is durable: the disk may
/// be full for a while.
const SLACK: Span = Span::minutes(5);

/// What is kept for a time only, as durable.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// When it was looked last: what is new became durable behind that.
    looked: UnixMillis,
    /// When the clock jumped last, from where and to where.
    jumped: Option<(UnixMillis, UnixMillis)>,
    /// Between which instants the time of a row began.
    began: BTreeMap<Vec<u8>, (UnixMillis, UnixMillis)>,
}

impl Kept {
    /// The clock jumps.
    pub(super) fn jumps(&mut self, from: UnixMillis, to: UnixMillis) {
        self.jumped = Some((self.since(from), to));
    }

    /// Since when what is found now may have become durable, or was decided: for a while behind a jump it may
    /// have been on its way before it.
    fn since(&self, now: UnixMillis) -> UnixMillis {
        self.jumped.filter(|(_, to)| now < to.plus(SLACK)).map_or(self.looked, |(from, _)| from)
    }

    /// Whether what is new in a batch may count until then.
    pub(super) fn may_end(&self, kind: Kind, end: UnixMillis, now: UnixMillis) -> bool {
        let promised = Self::promised(&[kind as u8]).unwrap_or_default();
        (self.since(now).plus(promised)..=now.plus(promised).plus(SLACK)).contains(&end.plus(SLACK))
    }

    /// How long a row is promised to be kept.
    fn promised(row: &[u8]) -> Option<Span> {
        let kind = *row.first()?;
        PROMISED.into_iter().find(|(one, _)| *one as u8 == kind).map(|(_, span)| span)
    }

    /// Whether a row may not go yet; nothing where its time did not begin.
    fn is_early(&self, row: &[u8], now: UnixMillis) -> Option<bool> {
        let ((began, _), span) = (self.began.get(row)?, Self::promised(row)?);
        Some(now.plus(SLACK) < began.plus(span))
    }

    /// Whether a row is there too long.
    fn is_late(&self, row: &[u8], now: UnixMillis) -> bool {
        let began = self.began.get(row).zip(Self::promised(row));
        began.is_some_and(|((_, began), span)| began.plus(span).plus(SLACK) <= now)
    }

    fn note(&mut self, row: &[u8], value: Option<&Vec<u8>>, tables: &Tables<'_>) -> Outcome<()> {
        if Self::promised(row).is_none() {
            return Ok(());
        }
        let begins = match value {
            Some(value) if row.first() == Some(&(Kind::Message as u8)) => tables.is_over(value)?,
            value => value.is_some(),
        };
        let since = self.since(tables.now);
        if begins {
            self.began.entry(row.to_vec()).or_insert((since, tables.now));
        } else {
            self.began.remove(row);
        }
        Ok(())
    }
}

/// What it takes to read what is kept.
struct Tables<'a> {
    workflows: &'a crate::domain::workflow::Workflows,
    now: UnixMillis,
}

impl Tables<'_> {
    /// Whether a message is tried no more.
    fn is_over(&self, value: &[u8]) -> Outcome<bool> {
        let (state, _) = readable(delivery::end(value))?;
        Ok(self.workflows.webhook_delivery.is_end(state))
    }
}

impl World {
    /// Removes what is over its time: a step of marks, and one of each application's events.
    pub(super) fn keep_house(&mut self) -> Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        let store = process.library.store.as_ref();
        let marks = readable(housekeeper::marks(&process.library, self.now))?;
        let mut steps = vec![(key::all(Kind::Mark), "marks went", marks)];
        let mut next = readable(housekeeper::next_application(store, None))?;
        while let Some(id) = next {
            let step = readable(housekeeper::events(store, id, self.now, EVENT_LIFETIME))?;
            steps.push((key::all_of(Kind::Event, id.bytes()), "events went", step));
            let behind = ApplicationId(Uuid::from_u128(id.0.as_u128() + 1));
            next = readable(housekeeper::next_application(store, Some(behind)))?;
        }
        let is_more = steps.iter().any(|(_, _, step)| step.is_more);
        for (range, name, Step { commit, gone, .. }) in steps {
            if gone > 0 {
                self.log.mark(name);
                self.submit(Owner::Nobody, commit);
            } else {
                self.checker.demand_gone(range, self.now)?;
            }
        }
        let pause = if is_more { PAUSES.1 } else { PAUSES.0 };
        self.queue.at(self.now.plus(pause), Event::KeepHouse);
        Ok(())
    }
}

impl Checker {
    /// What a batch removes is over its time; looked at before it is replayed.
    pub(super) fn check_kept(&mut self, batch: &Batch, now: UnixMillis) -> Outcome<()> {
        let is_gone = |row: &[u8]| batch.0.iter().any(|(one, value)| one == row && value.is_none());
        for (row, _) in batch.0.iter().filter(|(_, value)| value.is_none()) {
            let is_early = self.kept.is_early(row, now);
            if let Some((application, number)) = key::read_event(row) {
                let all = self.events.get(&application).map_or(&[][..], Vec::as_slice);
                let is_last = all.last().is_none_or(|(last, _)| *last == number);
                if is_last || is_early != Some(false) {
                    return broken("KEEP-1", format!("event {number} of {application} went early"));
                }
            } else if let Some((webhook, sequence, run)) = key::read_message(row) {
                let is_left = !self.has_webhook(webhook) || is_gone(&key::webhook_cursor(webhook));
                let is_there = readable(self.replay.get(row))?.is_some();
                if is_there && is_early != Some(false) && !is_left {
                    let what = format!("message {sequence}/{run} of webhook {webhook} went early");
                    return broken("KEEP-1", what);
                }
            } else if is_early == Some(true) {
                return broken("KEEP-1", "a mark went early");
            }
        }
        let tables = Tables { workflows: &self.workflows, now };
        for (row, value) in &batch.0 {
            self.kept.note(row, value.as_ref(), &tables)?;
        }
        Ok(())
    }

    /// All that was durable so far was looked at.
    pub(super) fn looked(&mut self, now: UnixMillis) {
        self.kept.looked = now;
    }

    /// Whether an event is still kept.
    pub(super) fn keeps_event(&self, application: ApplicationId, number: u64) -> bool {
        self.replay.rows().contains_key(&key::event(application, number))
    }

    /// Whether a webhook is there, as durable.
    fn has_webhook(&self, webhook: WebhookId) -> bool {
        self.replay.keys(key::all(Kind::Webhook)).iter().any(|row| row.ends_with(webhook.bytes()))
    }

    /// Nothing among these rows is kept behind its time: whoever removes it says that there is nothing. The
    /// newest event of an application stays.
    fn demand_gone(&self, range: (Vec<u8>, Vec<u8>), now: UnixMillis) -> Outcome<()> {
        let keys = self.replay.keys(range);
        for (place, row) in keys.iter().enumerate() {
            let next = keys.get(place + 1).and_then(|next| key::read_event(next));
            let is_newest =
                key::read_event(row).is_some_and(|(one, _)| next.is_none_or(|(other, _)| other != one));
            if !is_newest && self.kept.is_late(row, now) {
                let kind = row.first().copied().map(char::from);
                return broken("KEEP-1", format!("a row of kind {kind:?} is kept behind its time"));
            }
        }
        Ok(())
    }

    /// When a sweep that began then is through, no message that was over for long is there any more, wherever it
    /// stands.
    pub(super) fn demand_swept(&self, began: UnixMillis) -> Outcome<()> {
        for row in self.replay.keys(key::all(Kind::Message)) {
            if self.kept.is_late(&row, began) {
                let webhook = key::read_message(&row).map(|(webhook, ..)| webhook);
                return broken("KEEP-1", format!("a message of webhook {webhook:?} outlived its sweep"));
            }
        }
        Ok(())
    }

    /// Nothing is kept behind its time, when there was time enough.
    pub(super) fn demand_kept(&self, now: UnixMillis) -> Outcome<()> {
        for (kind, _) in PROMISED {
            self.demand_gone(key::all(kind), now)?;
        }
        self.demand_marks(now)
    }
}
