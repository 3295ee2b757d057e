//! What a message says (contract section 7.3): names and where to read more, and nothing that would have to be
//! kept secret. Must not know: how it travels.

use crate::domain::delivery::Message;
use crate::domain::event::Event;
use crate::domain::path;
use serde::Serialize;

/// The longest text of a test message, in characters.
pub const TEXT_CHARS_MAX: usize = 400;

/// A message's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    event_type_id: String,
    event_id: String,
    /// What the partner wrote into a test message, under the name that it was sent by.
    #[serde(rename = "Text", skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    links: Links,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Links {
    event: String,
    /// A test message is about nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_entity: Option<String>,
}

impl Body {
    /// Of a message about an event; of a test message without one. It is the same for every try.
    pub fn new(base_url: &str, message: &Message, event: Option<&Event>) -> Self {
        let url = |path: String| format!("{base_url}{path}");
        Self {
            event_type_id: message.kind.name(),
            event_id: message.event.to_string(),
            text: message.text.clone(),
            links: Links {
                event: url(path::event(message.event)),
                event_entity: event.map(|event| url(path::entity(event))),
            },
        }
    }

    /// Of an event that was read over the wire, with the places that stood in it.
    pub fn of_event(type_id: String, event_id: String, event: String, entity: String) -> Self {
        let links = Links { event, event_entity: Some(entity) };
        Self { event_type_id: type_id, event_id, text: None, links }
    }

    /// As it is sent, and signed.
    pub fn bytes(&self) -> Vec<u8> {
        // Texts alone cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{EventData, EventKind};
    use crate::domain::id::{EventId, UserId};
    use crate::domain::time::UnixMillis;
    use crate::domain::workflow::Table;
    use uuid::Uuid;

    #[test]
    fn a_body_names_the_event_and_where_to_read_more() {
        let table = Table::embedded(&std::collections::BTreeMap::new()).unwrap();
        let (id, subject, now) = (EventId([0xAB; 32]), Uuid::from_u128(9), UnixMillis(0));
        let mut message = Message::new(&table, id, EventKind::ConnectionActivated, now);
        let event = Event {
            id,
            kind: message.kind,
            at: now,
            recorded: now,
            user: UserId(Uuid::from_u128(7)),
            link: None,
            consent: None,
            subject: Some(subject),
            data: EventData::Nothing,
        };
        let hex = "ab".repeat(32);
        let composed = Body::new("https://api.example.test", &message, Some(&event));
        let Links { event: place, event_entity } = composed.links.clone();
        let read = Body::of_event(message.kind.name(), hex.clone(), place, event_entity.unwrap());
        assert_eq!(read, composed);
        let body = composed.bytes();
        let expected = format!(
            "{{\"eventTypeId\":\"connection.activated\",\"eventId\":\"{hex}\",\"links\":{{\
             \"event\":\"https://api.example.test/events/{hex}\",\"eventEntity\":\"https://api.example.test/users/\
             00000000-0000-0000-0000-000000000007/connections/00000000-0000-0000-0000-000000000009\"}}}}"
        );
        assert_eq!(String::from_utf8(body).unwrap(), expected);
        message.text = Some("hello".into());
        let body = Body::new("", &message, None).bytes();
        let expected = format!(
            "{{\"eventTypeId\":\"connection.activated\",\"eventId\":\"{hex}\",\"Text\":\"hello\",\
             \"links\":{{\"event\":\"/events/{hex}\"}}}}"
        );
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }
}
