//! An event on the wire (contract section 7.2), in every list and stream of events.

use super::account::AccountView;
use super::connection::{ConnectionThen, NewTransactions};
use super::job::JobView;
use super::link::LinkThenView;
use crate::domain::application::Application;
use crate::domain::delivery::Message;
use crate::domain::event::{Event, EventData};
use crate::domain::path;
use crate::http::Web;
use crate::http::api::consents::ConsentView;
use crate::http::api::users::{SelfLink, UserHead};
use serde::Serialize;

/// What happened, with the state of things at that moment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    created_date: String,
    entity: &'static str,
    event_type: &'static str,
    user_id: String,
    data_ref: String,
    data: DataView<'a>,
    links: SelfLink,
}

/// The entity as it was; what was erased since is its name alone.
#[derive(Serialize)]
#[serde(untagged)]
enum DataView<'a> {
    User(Box<UserHead<'a>>),
    Consent(Box<ConsentView>),
    Connection(Box<ConnectionThen>),
    Account(Box<AccountView<'a>>),
    Transactions(Box<NewTransactions>),
    Link(Box<LinkThenView>),
    Job(Box<JobView<'a>>),
    Name {
        #[serde(rename = "type")]
        kind: &'static str,
        id: String,
    },
}

impl<'a> EventView<'a> {
    /// An event of one of the application's users.
    pub fn new(web: &Web, application: Option<&Application>, event: &'a Event) -> Self {
        let (entity, verb) = event.kind.words();
        Self {
            kind: "event",
            id: event.id.to_string(),
            created_date: event.at.rfc3339(),
            entity,
            event_type: verb,
            user_id: event.user.to_string(),
            data_ref: web.url(&path::entity(event)),
            data: DataView::new(web, application, entity, event),
            links: SelfLink { own: web.url(&path::event(event.id)) },
        }
    }
}

/// The event of a test message: about nobody.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestEventView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    created_date: String,
    entity: &'static str,
    event_type: &'static str,
    user_id: &'static str,
    data_ref: &'static str,
    data: TestData<'a>,
    links: SelfLink,
}

#[derive(Serialize)]
struct TestData<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "Text")]
    text: &'a str,
}

impl<'a> TestEventView<'a> {
    /// Of the message that it stands for.
    pub fn new(web: &Web, message: &'a Message) -> Self {
        let (entity, event_type) = message.kind.words();
        Self {
            kind: "event",
            id: message.event.to_string(),
            created_date: message.created.rfc3339(),
            entity,
            event_type,
            user_id: "",
            data_ref: "",
            data: TestData { kind: "test", text: message.text.as_deref().unwrap_or_default() },
            links: SelfLink { own: web.url(&path::event(message.event)) },
        }
    }
}

impl<'a> DataView<'a> {
    fn new(web: &Web, application: Option<&Application>, entity: &'static str, event: &'a Event) -> Self {
        let (settings, user) = (web.settings.as_ref(), event.user);
        match &event.data {
            EventData::User(profile) => Self::User(Box::new(UserHead::new(web, user, profile))),
            EventData::Consent(consent) => {
                Self::Consent(Box::new(ConsentView::new(web, application, user, consent)))
            }
            EventData::Connection(one) => {
                Self::Connection(Box::new(ConnectionThen::new(settings, user, one)))
            }
            EventData::Account(one) => Self::Account(Box::new(AccountView::in_event(settings, user, one))),
            EventData::Transactions { connection, new } => {
                Self::Transactions(Box::new(NewTransactions::new(settings, user, connection, *new)))
            }
            EventData::Link(then) => Self::Link(Box::new(LinkThenView::new(settings, user, then))),
            EventData::Job(job) => Self::Job(Box::new(JobView::in_event(settings, user, job))),
            EventData::Nothing => Self::Name { kind: entity, id: name(entity, event) },
        }
    }
}

/// The name of what an event is about.
fn name(entity: &str, event: &Event) -> String {
    match (entity, event.subject, event.consent) {
        ("connection" | "account" | "transactions" | "job", Some(id), _) => id.to_string(),
        ("auth_link", _, _) => event.link.map_or_else(|| event.user.to_string(), |link| link.to_string()),
        ("consent", _, Some(id)) => id.to_string(),
        _ => event.user.to_string(),
    }
}
