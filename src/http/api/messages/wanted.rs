//! Which messages of a webhook are wanted (contract section 4.3): their properties, with `message.` before
//! them or without. Must not know: how messages are kept.

use crate::domain::day::Day;
use crate::domain::delivery::Message;
use crate::domain::event::EventKind;
use crate::domain::id::{EventId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Names as _;
use crate::domain::workflow::webhook_delivery::State;
use crate::http::api::filter::{self, No, Statement};
use crate::http::error::ApiError;

/// Which messages are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct MessageFilter {
    webhook: Vec<WebhookId>,
    event: Vec<EventId>,
    kind: Vec<EventKind>,
    state: Vec<Vec<State>>,
    from: Option<UnixMillis>,
    /// From this one on none is wanted.
    before: Option<UnixMillis>,
}

impl MessageFilter {
    /// Reads a filter, already decoded.
    ///
    /// # Errors
    /// 400 that names the part which is not known here.
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        let mut wanted = Self::default();
        for statement in filter::parse(text)? {
            wanted.add(&statement).map_err(|no| statement.refused(no))?;
        }
        Ok(wanted)
    }

    fn add(&mut self, statement: &Statement) -> Result<(), No> {
        let property = statement.property.strip_prefix("message.").unwrap_or(&statement.property);
        if property == "date" {
            let is_known = ["eq", "bt", "gteq", "gt", "lt", "lteq"].contains(&statement.operator.as_str());
            let no = if is_known { No::Unknown } else { No::Operator };
            return self.narrow(statement).ok_or(no);
        }
        if !["webhookId", "eventId", "eventTypeId", "status"].contains(&property) {
            return Err(No::Unknown);
        }
        self.hold(property, statement.equal()?).ok_or(No::Unknown)
    }

    /// Wants `property` to be `value`.
    fn hold(&mut self, property: &str, value: &str) -> Option<()> {
        match property {
            "webhookId" => self.webhook.push(WebhookId::parse(value)?),
            "eventId" => self.event.push(EventId::parse(value)?),
            "eventTypeId" => self.kind.push(EventKind::parse(value)?),
            "status" => self.state.push(states(value)?),
            _ => return None,
        }
        Some(())
    }

    /// Days mean all of themselves, instants the second that they name.
    fn narrow(&mut self, statement: &Statement) -> Option<()> {
        let arguments: Vec<&str> = match statement.arguments.as_slice() {
            // Some write one text for both ends.
            [both] => both.split(',').collect(),
            all => all.iter().map(String::as_str).collect(),
        };
        let (from, before) = match (statement.operator.as_str(), arguments.as_slice()) {
            ("eq", [at]) => (Some(span(at)?.0), Some(span(at)?.1)),
            ("bt", [from, until]) => (Some(span(from)?.0), Some(span(until)?.1)),
            ("gteq", [at]) => (Some(span(at)?.0), None),
            ("gt", [at]) => (Some(span(at)?.1), None),
            ("lt", [at]) => (None, Some(span(at)?.0)),
            ("lteq", [at]) => (None, Some(span(at)?.1)),
            _ => return None,
        };
        self.from = self.from.max(from);
        self.before = [self.before, before].into_iter().flatten().min();
        Some(())
    }

    /// Whether a message of that webhook is wanted.
    pub(super) fn passes(&self, webhook: WebhookId, message: &Message) -> bool {
        self.webhook.iter().all(|id| *id == webhook)
            && self.event.iter().all(|id| *id == message.event)
            && self.kind.iter().all(|kind| *kind == message.kind)
            && self.state.iter().all(|states| states.contains(&message.state))
            && self.from.is_none_or(|from| from <= message.created)
            && self.before.is_none_or(|before| message.created < before)
    }
}

/// Where a message stands, in our words; or how its last attempt ended, in the words of attempts.
fn states(word: &str) -> Option<Vec<State>> {
    match word {
        "Success" => Some(vec![State::Delivered]),
        "Failed" => Some(vec![State::Retrying, State::Exhausted]),
        word => State::parse(word).map(|state| vec![state]),
    }
}

/// When a day or an instant begins, and when it is over.
fn span(text: &str) -> Option<(UnixMillis, UnixMillis)> {
    let text = text.trim();
    if text.len() == 10 {
        let from = Day::parse(text)?.midnight();
        return Some((from, from.plus(Span::days(1))));
    }
    let read = chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp();
    let from = UnixMillis(read.saturating_mul(1000));
    Some((from, from.plus(Span::seconds(1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::Table;
    use uuid::Uuid;

    fn message(state: State, created: &str) -> Message {
        let at = chrono::DateTime::parse_from_rfc3339(created).unwrap().timestamp_millis();
        let table = Table::embedded(&std::collections::BTreeMap::new()).unwrap();
        let new = Message::new(&table, EventId([1; 32]), EventKind::UserCreated, UnixMillis(at));
        Message { state, ..new }
    }

    #[test]
    fn messages_are_filtered_by_what_they_are_and_when_they_were() {
        let webhook = WebhookId(Uuid::from_u128(7));
        let one = message(State::Retrying, "2026-03-01T02:33:19.500Z");
        let passes = |text: &str| MessageFilter::read(text).unwrap().passes(webhook, &one);
        let event = "01".repeat(32);
        for yes in [
            String::new(),
            "eventTypeId.eq('user.created')".into(),
            "message.status.eq(Failed),status.eq('retrying')".into(),
            format!("message.eventId.eq('{event}')"),
            format!("webhookId.eq('{webhook}')"),
            "date.eq('2026-03-01')".into(),
            "message.date.eq('2026-03-01T02:33:19Z')".into(),
            "date.bt('2026-02-01','2026-03-01')".into(),
            "date.bt('2026-02-01,2026-03-01')".into(),
            "date.gteq('2026-03-01'),date.lt('2026-03-02')".into(),
            "date.gt('2026-03-01T02:33:18Z')".into(),
            "date.lteq('2026-03-01T02:33:19Z')".into(),
        ] {
            assert!(passes(&yes), "{yes}");
        }
        for no in [
            "eventTypeId.eq('user.deleted')",
            "status.eq('Success')",
            "status.eq('exhausted')",
            "date.gt('2026-03-01')",
            "date.lt('2026-03-01')",
            "date.eq('2026-03-01T02:33:20Z')",
        ] {
            assert!(!passes(no), "{no}");
        }
    }

    #[test]
    fn what_a_message_has_not_is_refused() {
        for (bad, part) in [
            ("name.eq('x')", "name"),
            ("name.ne('x')", "name"),
            ("status.eq('Perhaps')", "status"),
            ("status.ne('Success')", "status.ne"),
            ("eventTypeId.eq('user.flew')", "eventTypeId"),
            ("eventId.eq('12')", "eventId"),
            ("webhookId.eq('x')", "webhookId"),
            ("date.eq('yesterday')", "date"),
            ("date.bt('2026-03-01')", "date"),
            ("date.in('2026-03-01')", "date.in"),
        ] {
            assert_eq!(MessageFilter::read(bad), Err(filter::refused(part)), "{bad}");
        }
    }
}
