//! `/events` (contract sections 2.4 and 7): what happened to an application's users, newest first.
//! Must not know: how events are kept.

use super::filter::{self, No, Statement};
use super::paging::{PageLinks, bad_next, digits, limit, next_page};
use super::users::SelfLink;
use super::view::event::{EventView, TestEventView};
use super::{Asker, Call, apart, call, were_shown};
use crate::domain::event::EventKind;
use crate::domain::id::{ApplicationId, EventId, UserId};
use crate::engine::read::events::{EVENT_LIST_MAX, EventFilter, EventPlace};
use crate::http::error::{Answer, ApiError, Code};
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeSet;
use warp::Filter;
use warp::filters::BoxedFilter;

/// Every type that can be subscribed to (contract section 7.1), with its description.
const TYPES: [(&str, &str); 15] = [
    ("account.updated", "when an account is updated"),
    ("connection.activated", "when a connection is activated"),
    ("connection.created", "when a connection is created"),
    ("connection.deleted", "when a connection is deleted"),
    ("connection.invalidated", "when a connection is invalidated"),
    ("consent.created", "when a consent is created"),
    ("consent.expired", "when a consent is expired"),
    ("consent.reminder", "when a consent has been active for 90 days since the last update"),
    ("consent.revoked", "when a consent is revoked"),
    ("consent.updated", "when a consent is updated"),
    ("consent.warning", "when a consent is about to expire"),
    ("transactions.updated", "when transactions are updated"),
    ("user.created", "when an user is created"),
    ("user.deleted", "when an user is deleted"),
    ("user.updated", "when an user is updated"),
];

/// Types that only we have, and that are told apart from those: in the feed, in timelines, to webhooks.
const MORE_TYPES: [(&str, &str); 15] = [
    ("auth_link.abandoned", "when a person leaves, or a session ends unfinished"),
    ("auth_link.completed", "when a person says that all accounts are disclosed"),
    ("auth_link.created", "when an auth link is made"),
    ("auth_link.deleted", "when an auth link is deleted"),
    ("auth_link.expired", "when an auth link expires unused"),
    ("auth_link.locked", "when an auth link is locked after too many wrong codes"),
    ("auth_link.opened", "when an auth link is opened for the first time"),
    ("auth_link.otp_failed", "when a code is wrong, or a text with one cannot go"),
    ("auth_link.otp_sent", "when a text with a code is handed over"),
    ("auth_link.replaced", "when a newer auth link takes its place"),
    ("auth_link.verified", "when the right code is given"),
    ("job.completed", "when a job has done all its steps"),
    ("job.created", "when a job begins"),
    ("job.failed", "when a step of a job fails"),
    ("job.updated", "when a job goes on to its next step"),
];

/// Types that are in the list of events alone.
const UNLISTED_TYPES: [&str; 2] = ["connection.updated", "consent.archived"];

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let types = warp::path!("events" / "types").and(call(web.clone())).then(|call: Call| async move {
        let answer = types(&call);
        call.finish(answer).await
    });
    let one_type = warp::path!("events" / "types" / String).and(call(web.clone())).then(
        |id: String, call: Call| async move {
            let answer = one_type(&id, &call);
            call.finish(answer).await
        },
    );
    let all = warp::path!("events").and(call(web.clone())).then(|call: Call| async move {
        let answer = list(&call).await;
        call.finish(answer).await
    });
    let one = warp::path!("events" / String).and(call(web)).then(|id: String, call: Call| async move {
        let answer = one(&id, &call).await;
        call.finish(answer).await
    });
    types
        .boxed()
        .or(one_type.boxed())
        .unify()
        .boxed()
        .or(all.boxed())
        .unify()
        .boxed()
        .or(one.boxed())
        .unify()
        .boxed()
}

async fn list(call: &Call) -> Answer {
    call.only_get()?;
    let (application, _) = call.server()?;
    let query = call.query();
    let limit = query.one("limit")?.map_or(Ok(EVENT_LIST_MAX), limit)?;
    let next = query.one("next")?;
    let before = next.map(|text| digits(text).ok_or_else(bad_next)).transpose()?;
    let text = query.one("filter")?.unwrap_or_default();
    let filter = event_filter(text)?;
    let engine = call.web.engine.clone();
    let place = EventPlace { before, limit };
    let found = apart(async move { engine.events(application, &filter, place) }).await??;
    were_shown(&call.web, &found.events).await;
    let application = call.web.engine.house().application(application);
    let data: Vec<_> =
        found.events.iter().map(|event| EventView::new(&call.web, application.as_deref(), event)).collect();
    let next = found.next.map(|next| call.web.url(&next_page("/events", limit, text, &next.to_string())));
    let links = PageLinks { own: call.web.url("/events"), next };
    Ok(json(StatusCode::OK, &List { kind: "list", data, links }))
}

async fn one(id: &str, call: &Call) -> Answer {
    call.only_get()?;
    let (application, _) = call.server()?;
    let id = EventId::parse(id).ok_or_else(|| {
        ApiError::new(Code::PathParameterNotValid).detailed("Event ID value is not valid").at("eventId")
    })?;
    let Some(event) = call.web.engine.event(application, id)? else {
        return test_event(application, id, call);
    };
    were_shown(&call.web, [&event]).await;
    let application = call.web.engine.house().application(application);
    Ok(json(StatusCode::OK, &EventView::new(&call.web, application.as_deref(), &event)))
}

/// What a test message leads to (contract section 12.2 AC): there is as much of it as was sent.
fn test_event(application: ApplicationId, id: EventId, call: &Call) -> Answer {
    let message = call.web.engine.test_event(application, id)?.ok_or_else(ApiError::not_found)?;
    Ok(json(StatusCode::OK, &TestEventView::new(&call.web, &message)))
}

fn types(call: &Call) -> Answer {
    call.only_get()?;
    call.allowed(Asker::Server)?;
    call.unfiltered()?;
    let query = call.query();
    let ours: &[(&str, &str)] = match query.one("include")? {
        None => &[],
        Some("all") => &MORE_TYPES,
        Some(_) => return Err(ApiError::not_valid("Include value is not valid", "include")),
    };
    let all = TYPES.iter().chain(ours);
    let data: Vec<_> = all.map(|(id, description)| TypeView::new(&call.web, id, description)).collect();
    let own = if ours.is_empty() { "/events/types" } else { "/events/types?include=all" };
    let links = SelfLink { own: call.web.url(own) };
    Ok(json(StatusCode::OK, &TypeList { kind: "list", size: data.len(), count: data.len(), data, links }))
}

fn one_type(id: &str, call: &Call) -> Answer {
    call.only_get()?;
    call.allowed(Asker::Server)?;
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !id.split_once('.').is_some_and(|(entity, verb)| is_word(entity) && is_word(verb)) {
        return Err(ApiError::new(Code::PathParameterNotValid)
            .detailed("Event Type ID parameter is not valid")
            .at("eventTypeId"));
    }
    let (id, description) =
        TYPES.iter().chain(&MORE_TYPES).find(|(known, _)| *known == id).ok_or_else(|| {
            ApiError::new(Code::ResourceNotFound).detailed("Requested event type does not exist.")
        })?;
    Ok(json(StatusCode::OK, &TypeView::new(&call.web, id, description)))
}

/// Which events a list is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    /// Those that clients know, compared as they know it.
    Compatible,
    /// All, where also one of several may be wanted.
    All,
}

impl Among {
    fn has(self, id: &str) -> bool {
        self == Self::All || all_types().any(|one| one == id)
    }

    /// Every kind there is, where it is among these.
    fn kinds(self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.into_iter().filter(move |kind| self.has(&kind.name()))
    }

    /// The words of `property.eq(word)` or `property.in(word, …)`, all of which must be known.
    fn words(
        self,
        statement: &Statement,
        is_known: impl Fn(&str, EventKind) -> bool,
    ) -> Result<BTreeSet<String>, No> {
        let words = match statement.operator.as_str() {
            "in" if self == Self::All => statement.choices(),
            _ => vec![statement.equal()?],
        };
        if !words.iter().all(|word| self.kinds().any(|kind| is_known(word, kind))) {
            return Err(No::Unknown);
        }
        Ok(words.into_iter().map(str::to_owned).collect())
    }
}

fn event_filter(text: &str) -> Result<EventFilter, ApiError> {
    filter_among(text, Among::Compatible)
}

/// The same over events of every kind, and over more than one of them.
pub(super) fn any_event_filter(text: &str) -> Result<EventFilter, ApiError> {
    filter_among(text, Among::All)
}

fn filter_among(text: &str, among: Among) -> Result<EventFilter, ApiError> {
    let mut wanted = EventFilter::default();
    for statement in filter::parse(text)? {
        apply(&statement, among, &mut wanted).map_err(|no| statement.refused(no))?;
    }
    Ok(wanted)
}

/// Adds one statement, unless its property, operator or value is not one of ours, or is repeated.
fn apply(statement: &Statement, among: Among, wanted: &mut EventFilter) -> Result<(), No> {
    let is_first = match statement.property.as_str() {
        "user.id" => {
            let user = UserId::parse(statement.equal()?).ok_or(No::Unknown)?;
            wanted.user.replace(user).is_none()
        }
        "event.entity" => {
            let named = among.words(statement, |word, kind| kind.words().0 == word)?;
            wanted.entities.replace(named).is_none()
        }
        "event.type" => {
            // `created` as well as `user.created`: both are in use (contract section 4.3).
            let is_named = |word: &str, kind: EventKind| kind.words().1 == word || kind.name() == word;
            let named = among.words(statement, is_named)?;
            let kinds =
                EventKind::ALL.into_iter().filter(|kind| named.iter().any(|one| is_named(one, *kind)));
            wanted.kinds.replace(kinds.collect()).is_none()
        }
        _ => false,
    };
    if is_first { Ok(()) } else { Err(No::Unknown) }
}

fn all_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(id, _)| *id).chain(UNLISTED_TYPES)
}

#[derive(Serialize)]
struct List<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Vec<EventView<'a>>,
    links: PageLinks,
}

#[derive(Serialize)]
struct TypeList {
    #[serde(rename = "type")]
    kind: &'static str,
    size: usize,
    count: usize,
    data: Vec<TypeView>,
    links: SelfLink,
}

#[derive(Serialize)]
struct TypeView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'static str,
    description: &'static str,
    links: SelfLink,
}

impl TypeView {
    fn new(web: &Web, id: &'static str, description: &'static str) -> Self {
        let links = SelfLink { own: web.url(&format!("/events/types/{id}")) };
        Self { kind: "eventType", id, description, links }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_shown_can_be_filtered_for() {
        for kind in EventKind::ALL.into_iter().filter(|kind| kind.is_compatible()) {
            let (entity, verb) = kind.words();
            for filter in [
                format!("event.entity.eq('{entity}')"),
                format!("event.type.eq('{verb}')"),
                format!("event.type.eq({entity}.{verb})"),
            ] {
                assert!(event_filter(&filter).is_ok(), "{filter}");
            }
        }
    }

    #[test]
    fn every_kind_that_can_be_subscribed_to_is_a_type() {
        let listed = |name: &String| TYPES.iter().chain(&MORE_TYPES).any(|(id, _)| id == name);
        for kind in EventKind::ALL {
            assert_eq!(listed(&kind.name()), kind.can_be_subscribed(), "{}", kind.name());
        }
        assert_eq!(TYPES.len() + MORE_TYPES.len() + UNLISTED_TYPES.len(), EventKind::ALL.len());
    }

    #[test]
    fn what_is_not_known_is_named() {
        let id = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";
        assert_eq!(event_filter(""), Ok(EventFilter::default()));
        let wanted = event_filter(&format!("user.id.eq({id}),event.entity.eq('user')")).unwrap();
        assert_eq!((wanted.user, wanted.entities), (UserId::parse(id), Some(["user".to_owned()].into())));
        for (bad, named) in [
            ("user.name.eq('a')", "user.name"),
            ("user.id.eq('a')", "user.id"),
            ("user.id.ne('4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11')", "user.id.ne"),
            ("event.entity.eq('auth_link')", "event.entity"),
            ("event.type.eq('made')", "event.type"),
            ("event.type.eq('created','updated')", "event.type"),
            ("event.type.eq('created'),event.type.eq('updated')", "event.type"),
            ("event.type.in('created')", "event.type.in"),
            ("event.entity.in('user')", "event.entity.in"),
            ("event.entity.ne('user')", "event.entity.ne"),
            ("nonsense", "nonsense"),
        ] {
            let error = event_filter(bad).unwrap_err();
            let read: serde_json::Value = serde_json::from_slice(&error.envelope(uuid::Uuid::nil())).unwrap();
            let source = &read["data"][0]["source"];
            assert_eq!(source["parameter"], "filter");
            assert_eq!(source["pointer"], format!("filter/{named}"), "{bad}");
        }
    }
}
