//! What happened, as the partner may read it: numbered without gaps, nobody else's, and what can happen
//! once happens once.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::ledger::Ledger;
use super::log::Log;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{ApplicationId, EventId};
use crate::domain::time::UnixMillis;
use crate::engine::committer::DurableSequence;
use crate::engine::read::events::{self, EVENT_LIST_REACH, EventFilter, EventPlace};
use crate::engine::read::{Keys, ReadError};
use crate::engine::user::load::Library;
use crate::store::{Batch, key};

/// What can happen once to a consent or a connection did not happen before.
fn happened_before(list: &[(u64, Event)], happened: &Event) -> Outcome<()> {
    let (entity, verb) = happened.kind.words();
    let once = match entity {
        // Once it was extended it is warned of again, before its new end.
        "consent" => !matches!(verb, "reminder" | "updated" | "warning"),
        "job" => verb != "updated",
        "connection" => verb != "updated" && verb != "invalidated",
        _ => false,
    };
    let about = |one: &Event| (one.kind, one.consent, one.subject);
    if once && list.iter().any(|(_, one)| about(one) == about(happened)) {
        let what = (happened.consent, happened.subject);
        return broken("TM-1", format!("{entity}.{verb} of {what:?} happened twice"));
    }
    Ok(())
}

/// What is told of a consent by time is told in its time: not too early, and not of one that is over (TM-1).
fn in_time(happened: &Event, ledger: &Ledger) -> Outcome<()> {
    let EventData::Consent(consent) = &happened.data else { return Ok(()) };
    let (at, facts) = (happened.at, &ledger.facts);
    let fine = match happened.kind {
        EventKind::ConsentWarning => at >= consent.expires.minus(facts.warning) && at < consent.expires,
        EventKind::ConsentReminder => at.since(consent.created) >= facts.reminder && at < consent.expires,
        EventKind::ConsentExpired => at >= consent.expires,
        _ => true,
    };
    if fine { Ok(()) } else { broken("TM-1", format!("{} came at {}", happened.kind.name(), at.0)) }
}

impl Checker {
    /// Events are numbered without gaps, are nobody else's, and what can happen once happens once.
    pub(super) fn event_added(
        &mut self,
        application: ApplicationId,
        sequence: u64,
        happened: Event,
        ledger: &Ledger,
        log: &mut Log,
    ) -> Outcome<()> {
        self.in_order(&happened, ledger)?;
        let list = self.events.entry(application).or_default();
        let expected = list.last().map_or(1, |(last, _)| last + 1);
        if sequence != expected {
            return broken(
                "DUR-1",
                format!("event {sequence} of {application} came where {expected} was due"),
            );
        }
        if ledger.application_of(happened.user) != application {
            return broken("ISO-1", format!("event {sequence} of {application} is about another's user"));
        }
        if !self.event_ids.insert(happened.id) {
            return broken("TM-1", "an event has the name of another");
        }
        let (entity, verb) = happened.kind.words();
        let end = matches!(
            happened.kind,
            EventKind::LinkCompleted
                | EventKind::LinkAbandoned
                | EventKind::LinkExpired
                | EventKind::LinkLocked
                | EventKind::LinkReplaced
        );
        if let Some(link) = happened.link {
            let name = if end { "end" } else { verb };
            let count = self.once.entry((link, name)).or_insert(0);
            *count += 1;
            // A partner may delete what was abandoned, locked or expired before, once; nothing else.
            let over = list.iter().any(|(_, one)| {
                one.link == Some(link)
                    && matches!(
                        one.kind,
                        EventKind::LinkCompleted | EventKind::LinkReplaced | EventKind::LinkDeleted
                    )
            });
            let goes_on = end || happened.kind == EventKind::LinkDeleted;
            if over && goes_on {
                return broken("AL-2", format!("{entity}.{verb} of link {link} came after its end"));
            }
            let once = end
                || matches!(
                    happened.kind,
                    EventKind::LinkCreated
                        | EventKind::LinkVerified
                        | EventKind::LinkOpened
                        | EventKind::LinkDeleted
                );
            if once && *count > 1 {
                return broken("TM-1", format!("{entity}.{verb} of link {link} happened twice"));
            }
        }
        happened_before(list, &happened)?;
        log.mark(event_mark(happened.kind));
        list.push((sequence, happened));
        Ok(())
    }

    /// What happens by a clock happens in its order. A text can outlive its user, and then the clock too: with
    /// the clock gone its end is told by the time of everybody.
    fn in_order(&mut self, happened: &Event, ledger: &Ledger) -> Outcome<()> {
        let clock = ledger.users.get(&happened.user).and_then(|tally| tally.clock);
        let Some(clock) = clock.filter(|clock| self.clocks.contains_key(clock)) else { return Ok(()) };
        let last = self.happened.insert(clock, happened.at);
        if last.is_some_and(|last| last > happened.at) {
            let name = happened.kind.name();
            return broken("TM-1", format!("{name} of clock {clock} came behind what was later"));
        }
        Ok(())
    }

    /// What time brings of a consent, it brings in time.
    pub(super) fn check_times(&mut self, batch: &Batch, ledger: &Ledger) -> Outcome<()> {
        let mut keys = Keys::new(&self.library);
        for (row, value) in &batch.0 {
            let Some(value) = value.as_ref().filter(|_| key::read_event(row).is_some()) else { continue };
            let happened = readable(keys.event(value))?;
            in_time(&happened, ledger)?;
            if let (EventKind::ConsentWarning, EventData::Consent(consent)) = (happened.kind, &happened.data)
                && !self.warned.insert((consent.id, consent.expires))
            {
                return broken("TM-1", format!("of the end of consent {} was warned twice", consent.id));
            }
        }
        Ok(())
    }

    /// What a partner is shown is all that is durable of its own, newest first, and nothing else.
    pub(super) fn shown(&self, application: ApplicationId, shown: &[Event], now: UnixMillis) -> Outcome<()> {
        let all = self.events.get(&application).map_or(&[][..], Vec::as_slice);
        let wanted = all
            .iter()
            .rev()
            .map(|(_, event)| event)
            .take_while(|event| now.since(event.recorded) <= EVENT_LIST_REACH);
        let wanted: Vec<EventId> =
            wanted.filter(|event| event.kind.is_compatible()).map(|event| event.id).collect();
        if shown.iter().map(|event| event.id).eq(wanted.iter().copied()) {
            Ok(())
        } else {
            broken("ISO-1", format!("{} events are shown where {} are durable", shown.len(), wanted.len()))
        }
    }
}

/// The list of an application's events, from page to page.
pub(super) fn listed(
    library: &Library,
    durable: &DurableSequence,
    application: ApplicationId,
    now: UnixMillis,
) -> Result<Vec<Event>, ReadError> {
    let filter = EventFilter::default();
    let (mut shown, mut place) = (Vec::new(), EventPlace { before: None, limit: 20 });
    loop {
        let page = events::events(library, durable, application, &filter, place, now)?;
        shown.extend(page.events);
        place.before = page.next;
        if place.before.is_none() {
            return Ok(shown);
        }
    }
}

const fn event_mark(kind: EventKind) -> &'static str {
    match kind {
        EventKind::UserCreated => "event user.created",
        EventKind::UserUpdated => "event user.updated",
        EventKind::UserDeleted => "event user.deleted",
        EventKind::ConsentCreated => "event consent.created",
        EventKind::ConsentUpdated => "event consent.updated",
        EventKind::ConsentRevoked => "event consent.revoked",
        EventKind::ConsentExpired => "event consent.expired",
        EventKind::ConsentArchived => "event consent.archived",
        EventKind::LinkCreated => "event auth_link.created",
        EventKind::LinkOpened => "event auth_link.opened",
        EventKind::LinkCodeSent => "event auth_link.otp_sent",
        EventKind::LinkCodeFailed => "event auth_link.otp_failed",
        EventKind::LinkLocked => "event auth_link.locked",
        EventKind::LinkVerified => "event auth_link.verified",
        EventKind::LinkAbandoned => "event auth_link.abandoned",
        EventKind::LinkCompleted => "event auth_link.completed",
        EventKind::LinkExpired => "event auth_link.expired",
        EventKind::LinkReplaced => "event auth_link.replaced",
        EventKind::LinkDeleted => "event auth_link.deleted",
        EventKind::ConnectionCreated => "event connection.created",
        EventKind::ConnectionActivated => "event connection.activated",
        EventKind::ConnectionUpdated => "event connection.updated",
        EventKind::ConnectionInvalidated => "event connection.invalidated",
        EventKind::ConnectionDeleted => "event connection.deleted",
        EventKind::AccountUpdated => "event account.updated",
        EventKind::TransactionsUpdated => "event transactions.updated",
        EventKind::ConsentWarning => "event consent.warning",
        EventKind::ConsentReminder => "event consent.reminder",
        EventKind::JobCreated => "event job.created",
        EventKind::JobUpdated => "event job.updated",
        EventKind::JobCompleted => "event job.completed",
        EventKind::JobFailed => "event job.failed",
    }
}
