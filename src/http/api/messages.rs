//! `/notifications/webhooks/{id}/messages` (contract sections 2.12 and 7.5), test messages, and what we have
//! beyond: telling a webhook once more. Must not know: how messages travel, who is tried when.

mod view;
mod wanted;

use super::paging::{PAGE_MAX, PageLinks, bad_next, limit, next_page};
use super::users::SelfLink;
use super::webhooks::{UNREADABLE, webhook_id};
use super::{Call, apart, call, unexpected};
use crate::domain::application::Application;
use crate::domain::delivery::{MessageKey, TEST};
use crate::domain::event::EventKind;
use crate::domain::id::{ApplicationId, MessageId};
use crate::domain::time::UnixMillis;
use crate::domain::webhook::body::TEXT_CHARS_MAX;
use crate::domain::webhook::{Webhook, WebhookFault};
use crate::engine::webhooks::Sent;
use crate::http::error::{Answer, ApiError, Code, Source};
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use view::{MessageView, path_of};
use wanted::MessageFilter;
use warp::Filter;
use warp::filters::BoxedFilter;

/// How many messages are looked at for one page of a filter; the next page goes on behind them.
const LOOKED_AT_MAX: usize = 10_000;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("notifications" / "webhooks" / String / "messages").and(call(web.clone())).then(
        |id: String, call: Call| async move {
            let answer = list(&id, &call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("notifications" / "webhooks" / String / "messages" / String)
        .and(call(web.clone()))
        .then(|id: String, message: String, call: Call| async move {
            let answer = get(&id, &message, &call);
            call.finish(answer).await
        });
    let again = warp::path!("notifications" / "webhooks" / String / "messages" / String / "replay")
        .and(call(web.clone()))
        .then(|id: String, message: String, mut call: Call| async move {
            let answer =
                call.once_aside(|call| Box::pin(async move { replay_one(&id, &message, call).await })).await;
            call.finish(answer).await
        });
    let range = warp::path!("notifications" / "webhooks" / String / "replay").and(call(web.clone())).then(
        |id: String, mut call: Call| async move {
            let answer = call.once_aside(|call| Box::pin(async move { replay(&id, call).await })).await;
            call.finish(answer).await
        },
    );
    let test =
        warp::path!("notifications" / "messages" / "test").and(call(web)).then(|mut call: Call| async move {
            let answer = call.once_aside(|call| Box::pin(test(call))).await;
            call.finish(answer).await
        });
    let read = all.boxed().or(one.boxed()).unify().boxed();
    let told = again.boxed().or(range.boxed()).unify().boxed();
    read.or(told).unify().boxed().or(test.boxed()).unify().boxed()
}

/// The webhook of the path, and its application.
fn on_webhook(id: &str, call: &Call) -> Result<(ApplicationId, Webhook), ApiError> {
    let (application, _) = call.server()?;
    let id = webhook_id(id)?;
    let found = application_of(call, application)?.webhooks.get(&id).cloned();
    Ok((application, found.ok_or(WebhookFault::Unknown)?))
}

fn application_of(call: &Call, id: ApplicationId) -> Result<Arc<Application>, ApiError> {
    call.web.engine.house().application(id).ok_or_else(unexpected)
}

fn message_id(text: &str) -> Result<MessageId, ApiError> {
    MessageId::parse(text).ok_or_else(|| {
        ApiError::new(Code::PathParameterNotValid).detailed("Message ID value is not valid").at("messageId")
    })
}

fn no_message() -> ApiError {
    ApiError::new(Code::ResourceNotFound).detailed("Message not found.")
}

async fn list(id: &str, call: &Call) -> Answer {
    call.only_get()?;
    let (application, webhook) = on_webhook(id, call)?;
    let query = call.query();
    let most = query.one("limit")?.map_or(Ok(PAGE_MAX), limit)?;
    let before = query.one("next")?.map(|text| cursor(text).ok_or_else(bad_next)).transpose()?;
    let filter = query.one("filter")?.unwrap_or_default();
    let wanted = MessageFilter::read(filter)?;
    let (engine, one) = (call.web.engine.clone(), webhook.id);
    let read = async move {
        let (mut found, mut before, mut looked) = (Vec::new(), before, 0);
        loop {
            let (page, next) = engine.webhook_messages(application, one, before, most - found.len())?;
            looked += page.len();
            found.extend(page.into_iter().filter(|sent| wanted.passes(one, &sent.message)));
            before = next;
            if before.is_none() || found.len() >= most || looked >= LOOKED_AT_MAX {
                return Ok::<_, crate::engine::user::core::Trouble>((found, before));
            }
        }
    };
    let (found, next) = apart(read).await??;
    let status = call.web.engine.webhook_status(&webhook)?;
    let data: Vec<_> = found.iter().map(|sent| MessageView::new(&call.web, &webhook, status, sent)).collect();
    let path = format!("/notifications/webhooks/{}/messages", webhook.id);
    let next = next.map(|next| {
        let next = format!("{:016x}{:08x}", next.sequence, next.run);
        call.web.url(&next_page(&path, most, filter, &next))
    });
    let links = PageLinks { own: call.web.url(&path), next };
    Ok(json(StatusCode::OK, &List { kind: "list", size: data.len(), count: data.len(), data, links }))
}

/// Where a page goes on.
fn cursor(text: &str) -> Option<MessageKey> {
    let is_hex = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (sequence, run) = text.split_at_checked(16).filter(|_| is_hex)?;
    Some(MessageKey {
        sequence: u64::from_str_radix(sequence, 16).ok()?,
        run: u32::from_str_radix(run, 16).ok()?,
    })
}

fn found(id: &str, message: &str, call: &Call) -> Result<(Webhook, Sent), ApiError> {
    let (application, webhook) = on_webhook(id, call)?;
    let sent = call.web.engine.webhook_message(application, webhook.id, message_id(message)?)?;
    Ok((webhook, sent.ok_or_else(no_message)?))
}

fn get(id: &str, message: &str, call: &Call) -> Answer {
    call.only_get()?;
    let (webhook, sent) = found(id, message, call)?;
    let status = call.web.engine.webhook_status(&webhook)?;
    let view = MessageView::new(&call.web, &webhook, status, &sent);
    Ok(json(StatusCode::OK, &view.with_attempts(&webhook, &sent)))
}

async fn replay_one(id: &str, message: &str, call: &Call) -> Answer {
    call.only_post()?;
    let (webhook, sent) = found(id, message, call)?;
    if sent.key.run == TEST || sent.event.is_none() {
        return Err(ApiError::new(Code::NotPossibleNow)
            .detailed("There is no event behind this message: it cannot be told once more."));
    }
    let sequence = sent.key.sequence;
    let run = call.web.engine.replay(webhook.id, sequence, sequence).await?;
    let key = MessageKey { sequence, run };
    let id = key.id(&call.web.engine.house().keyring, webhook.id);
    let links = SelfLink { own: call.web.url(&path_of(webhook.id, id)) };
    Ok(json(StatusCode::ACCEPTED, &Stub { kind: "message", id: id.to_string(), links }))
}

async fn replay(id: &str, call: &mut Call) -> Answer {
    call.only_post()?;
    let (application, webhook) = on_webhook(id, call)?;
    let range = call.body.json::<Range>(UNREADABLE).await?.ok_or_else(|| ApiError::unreadable(UNREADABLE))?;
    let now = call.web.engine.now();
    let since = range
        .since
        .as_deref()
        .ok_or_else(|| ApiError::not_supplied("Since is required.", Source::parameter("since")))?;
    let since =
        instant(since).ok_or_else(|| ApiError::not_valid("Since is not an instant by RFC 3339.", "since"))?;
    let until = range.until.as_deref().map_or(Some(now), instant);
    let until = until.filter(|until| since <= *until).ok_or_else(|| {
        ApiError::not_valid("Until is not an instant by RFC 3339, or lies before since.", "until")
    })?;
    let engine = call.web.engine.clone();
    let numbers = apart(async move { engine.events_between(application, since, until) }).await??;
    if let Some((from, to)) = numbers {
        call.web.engine.replay(webhook.id, from, to).await?;
    }
    let (since, until) = (since.rfc3339_millis(), until.rfc3339_millis());
    let links = SelfLink { own: call.web.url(&format!("/notifications/webhooks/{}/messages", webhook.id)) };
    Ok(json(StatusCode::ACCEPTED, &Replayed { kind: "replay", since, until, links }))
}

fn instant(text: &str) -> Option<UnixMillis> {
    let read = chrono::DateTime::parse_from_rfc3339(text.trim()).ok()?;
    Some(UnixMillis(read.timestamp_millis()))
}

async fn test(call: &mut Call) -> Answer {
    call.only_post()?;
    let (application, _) = call.server()?;
    let posted =
        call.body.json::<Posted>(UNREADABLE).await?.ok_or_else(|| ApiError::unreadable(UNREADABLE))?;
    let kind = posted
        .event_type_id
        .ok_or_else(|| ApiError::not_supplied("Event type is required.", Source::parameter("eventTypeId")))?;
    let kind = EventKind::parse(&kind)
        .filter(|kind| kind.can_be_subscribed())
        .ok_or_else(|| ApiError::unreadable("Posted eventTypeId doesn't exists.").at("eventTypeId"))?;
    let text = posted.text.unwrap_or_default();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(ApiError::not_valid("At most 400 characters.", "Text"));
    }
    let webhooks: Vec<_> = application_of(call, application)?.webhooks.keys().copied().collect();
    if webhooks.is_empty() {
        return Err(ApiError::new(Code::NoWebhooksFound).detailed(format!(
            "No webhooks found for an app: {application}, at least one webhook should exist in the system"
        )));
    }
    for webhook in webhooks {
        call.web.engine.test_webhook(webhook, kind, Some(text.clone())).await?;
    }
    let mut response = Response::default();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Of what happened between two instants.
#[derive(Deserialize)]
struct Range {
    since: Option<String>,
    until: Option<String>,
}

/// A test message, with its capital T; a small one is what was meant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    event_type_id: Option<String>,
    #[serde(rename = "Text", alias = "text")]
    text: Option<String>,
}

#[derive(Serialize)]
struct Stub {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    links: SelfLink,
}

#[derive(Serialize)]
struct Replayed {
    #[serde(rename = "type")]
    kind: &'static str,
    since: String,
    until: String,
    links: SelfLink,
}

#[derive(Serialize)]
struct List<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    size: usize,
    count: usize,
    data: Vec<MessageView<'a>>,
    links: PageLinks,
}
