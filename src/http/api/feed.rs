//! `/events/feed`: everything that happened to an application's users, from a number on, by asking, by waiting
//! and as a stream; and `/users/{id}/timeline`, one person's part of it. Both are only ours. Must not know: how
//! events are kept.

use super::events::any_event_filter;
use super::paging::{PAGE_MAX, PageLinks, bad_next, digits, limit, next_page};
use super::view::event::EventView;
use super::{Asker, Call, apart, call, were_shown};
use crate::domain::application::Application;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::id::ApplicationId;
use crate::domain::time::UnixMillis;
use crate::engine::bell::Listening;
use crate::engine::feed::{FeedPage, Seat};
use crate::engine::read::events::EventFilter;
use crate::engine::user::core::Trouble;
use crate::http::body::Form;
use crate::http::error::{self, Answer, ApiError};
use crate::http::token::{self, Claims, Scope, TokenError};
use crate::http::{Response, Web, json};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply as _};

/// The longest that an answer waits for something to happen, in seconds: shorter than proxies wait.
const WAIT_SECONDS_MAX: u64 = 20;

/// How often a stream says that it still stands.
const BEAT: Duration = Duration::from_secs(15);

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let feed = warp::path!("events" / "feed").and(call(web.clone())).then(|call: Call| async move {
        let answer = feed(&call).await;
        call.finish(answer).await
    });
    let timeline = warp::path!("users" / String / "timeline").and(call(web)).then(
        |user: String, call: Call| async move {
            let answer = timeline(&user, &call).await;
            call.finish(answer).await
        },
    );
    feed.boxed().or(timeline.boxed()).unify().boxed()
}

/// What a reader of the feed asks for.
struct Wanted {
    application: ApplicationId,
    /// With which token: who waits may see its key revoked.
    claims: Claims,
    after: u64,
    limit: usize,
    filter: EventFilter,
    /// The filter as it was written.
    text: String,
}

async fn feed(call: &Call) -> Answer {
    call.only_get()?;
    let streams = wants_stream(call);
    let claims = if streams { call.claims.clone()? } else { call.allowed(Asker::Server)?.0 };
    if claims.scope != Scope::Server {
        return Err(error::forbidden());
    }
    let query = call.query();
    let text = query.one("filter")?.unwrap_or_default().to_owned();
    let wanted = Wanted {
        application: claims.application,
        claims,
        after: after(call, &query, claims.application)?,
        limit: query.one("limit")?.map_or(Ok(PAGE_MAX), limit)?,
        filter: any_event_filter(&text)?,
        text,
    };
    let wait = number(&query, "wait", 0, WAIT_SECONDS_MAX)?;
    if streams { stream(call, wanted) } else { page(call, wanted, Duration::from_secs(wait)).await }
}

fn wants_stream(call: &Call) -> bool {
    let given = call.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|text| text.split(',')).any(|range| range.trim().starts_with("text/event-stream"))
}

fn number(query: &Form, name: &'static str, or: u64, most: u64) -> Result<u64, ApiError> {
    let Some(text) = query.one(name)? else { return Ok(or) };
    let number = digits(text).filter(|number| *number <= most);
    number.ok_or_else(|| ApiError::not_valid(format!("A whole number from 0 to {most} is wanted"), name))
}

/// Behind which number. A stream that is opened again says so in a header, beside the query of its first time.
fn after(call: &Call, query: &Form, application: ApplicationId) -> Result<u64, ApiError> {
    let asked = query.one("after")?.map(|text| place(call, text, application)).transpose()?;
    let again = match call.headers.get(&LAST_EVENT_ID) {
        Some(value) => place(call, value.to_str().unwrap_or("?"), application)?,
        None => None,
    };
    Ok(again.or(asked.flatten()).unwrap_or(0))
}

fn place(call: &Call, text: &str, application: ApplicationId) -> Result<Option<u64>, ApiError> {
    match text {
        "" => Ok(None),
        "latest" => Ok(Some(call.web.engine.last_event(application)?)),
        text => digits(text)
            .map(Some)
            .ok_or_else(|| ApiError::not_valid("After is a cursor of this feed, or latest", "after")),
    }
}

async fn read(web: &Web, wanted: &Wanted) -> Result<FeedPage, ApiError> {
    let engine = web.engine.clone();
    let (application, after, limit, filter) =
        (wanted.application, wanted.after, wanted.limit, wanted.filter.clone());
    Ok(apart(async move { engine.feed(application, after, limit, &filter) }).await??)
}

/// What is there; where nothing is, what comes first within the time that the caller waits.
async fn page(call: &Call, mut wanted: Wanted, wait: Duration) -> Answer {
    let asked = wanted.after;
    let mut found = read(&call.web, &wanted).await?;
    let mut is_cut = found.is_cut;
    if found.events.is_empty() && found.is_end && !wait.is_zero() {
        let (_seat, mut bell) = listening(call, &wanted)?;
        let stopping = call.web.engine.stopping();
        let ends = tokio::time::sleep(wait);
        tokio::pin!(ends);
        // What happened between reading and listening is read, not heard.
        loop {
            wanted.after = found.cursor;
            found = read(&call.web, &wanted).await?;
            is_cut |= found.is_cut;
            if !found.events.is_empty() {
                break;
            }
            let goes_on = tokio::select! {
                () = bell.heard() => true,
                () = &mut ends => false,
                () = stopping.cancelled() => false,
            };
            if !goes_on {
                break;
            }
        }
    }
    were_shown(&call.web, found.events.iter().map(|(_, event)| event)).await;
    if !token::stands(call.web.engine.house(), &wanted.claims) {
        return Err(TokenError::Invalid.into());
    }
    let application = call.web.engine.house().application(wanted.application);
    let data = found.events.iter();
    let data: Vec<_> =
        data.map(|(number, event)| Item::new(&call.web, application.as_deref(), *number, event)).collect();
    let place = |after: u64| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", &after.to_string());
        query.append_pair("limit", &wanted.limit.to_string());
        if !wanted.text.is_empty() {
            query.append_pair("filter", &wanted.text);
        }
        call.web.url(&format!("/events/feed?{}", query.finish()))
    };
    let links = PageLinks { own: place(asked), next: Some(place(found.cursor)) };
    let cursor = found.cursor.to_string();
    Ok(json(StatusCode::OK, &Feed { kind: "list", count: data.len(), data, cursor, is_cut, links }))
}

fn listening(call: &Call, wanted: &Wanted) -> Result<(Seat, Listening), ApiError> {
    Ok(call.web.engine.listen(wanted.application).ok_or(Trouble::Busy)?)
}

/// The same, as it happens (server-sent events): the number of each is its id.
fn stream(call: &Call, wanted: Wanted) -> Answer {
    let (seat, bell) = listening(call, &wanted)?;
    let (sender, mut texts) = channel(16);
    let (web, ends) = (call.web.clone(), call.token_ends());
    drop(tokio::spawn(async move {
        tell(&web, wanted, bell, &sender, ends).await;
        drop(seat);
    }));
    let stream = futures_util::stream::poll_fn(move |waker| {
        texts.poll_recv(waker).map(|text| text.map(Ok::<Bytes, Infallible>))
    });
    let mut response = warp::reply::stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy that gathers what it passes on would hold the news back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Writes until the reader goes, its token ends, the server stops, or the store does not answer: the reader
/// comes again, with a token that counts.
async fn tell(web: &Web, mut wanted: Wanted, mut bell: Listening, sender: &Sender<Bytes>, ends: UnixMillis) {
    let stopping = web.engine.stopping();
    if sender.send("retry: 1000\n\n".into()).await.is_err() {
        return;
    }
    loop {
        let Ok(page) = read(web, &wanted).await else { return };
        if !token::stands(web.engine.house(), &wanted.claims) {
            return;
        }
        if page.is_cut && sender.send("event: cut\ndata: {}\n\n".into()).await.is_err() {
            return;
        }
        let application = web.engine.house().application(wanted.application);
        for (number, event) in &page.events {
            // A reader may be slow, and so a page may take long.
            if web.engine.now() >= ends {
                return;
            }
            let item = Item::new(web, application.as_deref(), *number, event);
            let Ok(data) = serde_json::to_string(&item) else { return };
            let text = format!("id: {number}\nevent: {}\ndata: {data}\n\n", event.kind.name());
            were_shown(web, [event]).await;
            if sender.send(text.into()).await.is_err() {
                return;
            }
        }
        wanted.after = page.cursor;
        if !page.is_end {
            continue;
        }
        let rest = Duration::from_millis(ends.since(web.engine.now()).0);
        if rest.is_zero() {
            return;
        }
        let alive = tokio::select! {
            () = bell.heard() => true,
            () = tokio::time::sleep(BEAT.min(rest)) => sender.send(": here\n\n".into()).await.is_ok(),
            () = sender.closed() => false,
            () = stopping.cancelled() => false,
        };
        if !alive {
            return;
        }
    }
}

async fn timeline(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    call.unfiltered()?;
    call.ask(on.user, on.caller, Command::GetUser).await?;
    let query = call.query();
    let limit = query.one("limit")?.map_or(Ok(PAGE_MAX), limit)?;
    let before = query.one("next")?.map(|text| digits(text).ok_or_else(bad_next)).transpose()?;
    let engine = call.web.engine.clone();
    let (events, next) =
        apart(async move { engine.timeline(on.application, on.user, before, limit) }).await??;
    were_shown(&call.web, events.iter().map(|(_, event)| event)).await;
    let application = call.web.engine.house().application(on.application);
    let data: Vec<_> = events
        .iter()
        .map(|(number, event)| Item::new(&call.web, application.as_deref(), *number, event))
        .collect();
    let path = format!("/users/{}/timeline", on.user);
    let next = next.map(|next| call.web.url(&next_page(&path, limit, "", &next.to_string())));
    let links = PageLinks { own: call.web.url(&path), next };
    Ok(json(StatusCode::OK, &Timeline { kind: "list", count: data.len(), data, links }))
}

/// An event with its number.
#[derive(Serialize)]
struct Item<'a> {
    cursor: String,
    #[serde(flatten)]
    event: EventView<'a>,
}

impl<'a> Item<'a> {
    fn new(web: &Web, application: Option<&Application>, number: u64, event: &'a Event) -> Self {
        Self { cursor: number.to_string(), event: EventView::new(web, application, event) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Feed<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    count: usize,
    data: Vec<Item<'a>>,
    cursor: String,
    is_cut: bool,
    links: PageLinks,
}

#[derive(Serialize)]
struct Timeline<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    count: usize,
    data: Vec<Item<'a>>,
    links: PageLinks,
}
