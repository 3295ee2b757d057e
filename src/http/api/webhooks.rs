//! `/notifications/webhooks` (contract section 2.12): where an application wants to be told of its events.
//! Must not know: what may be a webhook, how messages travel.

use super::once::rendered;
use super::users::SelfLink;
use super::{Call, call, unexpected};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::domain::webhook::{Webhook, WebhookChanges, WebhookFault};
use crate::engine::application::core::{Command, WebhookCommand};
use crate::http::error::{Answer, ApiError, Code};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all =
        warp::path!("notifications" / "webhooks").and(call(web.clone())).then(|mut call: Call| async move {
            let answer = all(&mut call).await;
            call.finish(answer).await
        });
    let one = warp::path!("notifications" / "webhooks" / String).and(call(web.clone())).then(
        |id: String, mut call: Call| async move {
            let answer = one(&id, &mut call).await;
            call.finish(answer).await
        },
    );
    let rotate = warp::path!("notifications" / "webhooks" / String / "rotate").and(call(web)).then(
        |id: String, mut call: Call| async move {
            let answer = rotate(&id, &mut call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed().or(rotate.boxed()).unify().boxed()
}

async fn all(call: &mut Call) -> Answer {
    match call.method {
        Method::GET => list(call),
        Method::POST => create(call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, OPTIONS")),
    }
}

async fn one(id: &str, call: &mut Call) -> Answer {
    match call.method {
        Method::GET => get(id, call),
        Method::POST => update(id, call).await,
        Method::DELETE => delete(id, call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, DELETE, OPTIONS")),
    }
}

fn list(call: &Call) -> Answer {
    let (application, _) = call.server()?;
    call.unfiltered()?;
    let application = call.web.engine.house().application(application).ok_or_else(unexpected)?;
    let mut all: Vec<&Webhook> = application.webhooks.values().collect();
    all.sort_by_key(|one| std::cmp::Reverse((one.created, one.id)));
    let data = all.into_iter().map(|one| WebhookView::new(&call.web, one)).collect::<Result<Vec<_>, _>>()?;
    let links = SelfLink { own: call.web.url("/notifications/webhooks") };
    Ok(json(StatusCode::OK, &List { kind: "list", size: data.len(), count: data.len(), data, links }))
}

async fn create(call: &mut Call) -> Answer {
    let (application, _) = call.server()?;
    let changes = posted(call).await?;
    let since = call.web.engine.last_event(application)?;
    ask(call, application, WebhookCommand::Create(changes, since), StatusCode::CREATED).await
}

fn get(id: &str, call: &Call) -> Answer {
    let (application, _) = call.server()?;
    let id = webhook_id(id)?;
    let application = call.web.engine.house().application(application).ok_or_else(unexpected)?;
    let found = application.webhooks.get(&id).ok_or(WebhookFault::Unknown)?;
    Ok(json(StatusCode::OK, &WebhookView::new(&call.web, found)?))
}

async fn update(id: &str, call: &mut Call) -> Answer {
    let (application, _) = call.server()?;
    let id = webhook_id(id)?;
    let changes = posted(call).await?;
    let last = call.web.engine.last_event(application)?;
    ask(call, application, WebhookCommand::Update(id, changes, last), StatusCode::OK).await
}

async fn rotate(id: &str, call: &mut Call) -> Answer {
    call.only_post()?;
    let (application, _) = call.server()?;
    ask(call, application, WebhookCommand::Rotate(webhook_id(id)?), StatusCode::OK).await
}

async fn delete(id: &str, call: &Call) -> Answer {
    let (application, _) = call.server()?;
    let command = Command::Webhook(WebhookCommand::Delete(webhook_id(id)?));
    call.web.engine.ask_application(application, command).await?;
    Ok(no_content())
}

/// Says how a webhook should be; its secret is shown to whoever does.
async fn ask(
    call: &mut Call,
    application: ApplicationId,
    command: WebhookCommand,
    status: StatusCode,
) -> Answer {
    call.once_of_application(application, Command::Webhook(command), move |web, done| {
        let now = done.webhook.as_deref()?;
        rendered(status, &WebhookView::new(web, now).ok()?.with_secret(now))
    })
    .await
}

pub(super) fn webhook_id(text: &str) -> Result<WebhookId, ApiError> {
    WebhookId::parse(text).ok_or_else(|| {
        ApiError::new(Code::PathParameterNotValid).detailed("Webhook ID value is not valid").at("webhookId")
    })
}

pub(super) const UNREADABLE: &str = "Posted request not valid.";

async fn posted(call: &mut Call) -> Result<WebhookChanges, ApiError> {
    let posted = call.body.json::<Posted>(UNREADABLE).await?;
    posted.map(Posted::changes).ok_or_else(|| ApiError::unreadable(UNREADABLE))
}

/// The members that a partner may send. What is absent or null stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    url: Option<String>,
    name: Option<String>,
    description: Option<String>,
    subscribed_events: Option<Events>,
}

/// An array of type ids, or a single one: examples in the wild show both (contract section 2.12).
#[derive(Deserialize)]
#[serde(untagged)]
enum Events {
    One(String),
    All(Vec<String>),
}

impl Posted {
    fn changes(self) -> WebhookChanges {
        let events = self.subscribed_events.map(|events| match events {
            Events::One(id) => vec![id],
            Events::All(ids) => ids,
        });
        WebhookChanges { url: self.url, name: self.name, description: self.description, events }
    }
}

/// A webhook on the wire. Its secret is shown to whoever has just said how it should be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: &'a str,
    description: &'a str,
    url: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Until when messages are signed with the secret of before too.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_secret_until: Option<String>,
    subscribed_events: Vec<String>,
    links: SelfLink,
}

impl<'a> WebhookView<'a> {
    fn new(web: &Web, webhook: &'a Webhook) -> Result<Self, ApiError> {
        let status = web.engine.webhook_status(webhook)?;
        let until = webhook.old_secret.as_ref().map(|(_, until)| *until);
        let now: UnixMillis = web.engine.now();
        Ok(Self {
            kind: "webhook",
            id: webhook.id.to_string(),
            name: &webhook.name,
            description: &webhook.description,
            url: &webhook.url,
            status: status.name(),
            secret: None,
            old_secret_until: until.filter(|until| now < *until).map(UnixMillis::rfc3339),
            subscribed_events: webhook.events.iter().map(|kind| kind.name()).collect(),
            links: SelfLink { own: web.url(&format!("/notifications/webhooks/{}", webhook.id)) },
        })
    }

    fn with_secret(self, webhook: &Webhook) -> Self {
        Self { secret: Some(webhook.secret.text().to_string()), ..self }
    }
}

#[derive(Serialize)]
struct List<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    size: usize,
    count: usize,
    data: Vec<WebhookView<'a>>,
    links: SelfLink,
}
