//! The routes that only look: metrics, shards, actors, timers, test clocks, the outbox, webhooks, the sandbox
//! inbox.

use super::views::{self, time};
use super::{Query, Response, Web, get, get_admin, id_in_path, ok, query, settle, text};
use crate::domain::access::{AccessBy, AccessTo};
use crate::domain::application::Mode;
use crate::domain::id::UserId;
use crate::domain::mobile::Mobile;
use crate::domain::user::Presence;
use crate::http::error::{Answer, ApiError};
use serde_json::{Value, json};
use warp::Filter;
use warp::filters::BoxedFilter;

/// Rows in one answer, unless the caller says otherwise.
const LIMIT: usize = 100;

/// Rows in one answer at most.
const LIMIT_MAX: usize = 1000;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All of them.
pub(super) fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let shards = answer(get_admin("shards"), &web, |web, _| async move { shards(&web).await });
    let actors = answer(get_admin("actors"), &web, |web, query| async move { actors(&web, &query).await });
    let timers = answer(get_admin("timers"), &web, |web, query| async move { timers(&web, &query).await });
    let clocks = answer(get_admin("clocks"), &web, |web, _| async move { clocks(&web).await });
    let outbox = answer(get_admin("outbox"), &web, |web, query| async move { outbox(&web, &query).await });
    let sms = answer(get_admin("sms"), &web, |web, query| async move { sms(&web, &query) });
    let webhooks =
        answer(get_admin("webhooks"), &web, |web, query| async move { webhooks(&web, &query).await });
    let few = metrics(web.clone()).or(shards).unify().or(actors).unify().boxed();
    let more = timers.or(clocks).unify().or(outbox).unify().or(sms).unify().boxed();
    let more = more.or(webhooks).unify().boxed();
    few.or(more).unify().or(actor_route(web)).unify().boxed()
}

fn metrics(web: Web) -> BoxedFilter<(Response,)> {
    get("metrics").map(move |_: Query| text(OPENMETRICS, web.engine.metrics().render())).boxed()
}

fn answer<F>(
    route: BoxedFilter<(Query,)>,
    web: &Web,
    handle: impl Fn(Web, Query) -> F + Clone + Send + Sync + 'static,
) -> BoxedFilter<(Response,)>
where
    F: Future<Output = Answer> + Send,
{
    let web = web.clone();
    route
        .then(move |query: Query| {
            let answer = handle(web.clone(), query);
            async move { settle(answer.await) }
        })
        .boxed()
}

fn actor_route(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("admin" / "actors" / String)
        .and(warp::get())
        .and(query())
        .then(move |id: String, _: Query| {
            let web = web.clone();
            async move { settle(actor(&web, &id).await) }
        })
        .boxed()
}

async fn shards(web: &Web) -> Answer {
    let rows = web.engine.observe_shards().await.into_iter().enumerate().map(|(number, shard)| {
        json!({
            "shard": number,
            "users": shard.users,
            "started": shard.started,
            "retired": shard.retired,
            "struck": shard.struck,
        })
    });
    let (total, free) = web.engine.observe_permits();
    Ok(ok(&json!({ "shards": rows.collect::<Vec<_>>(), "permits": { "total": total, "free": free } })))
}

async fn actors(web: &Web, query: &Query) -> Answer {
    let limit = query.limit(LIMIT, LIMIT_MAX)?;
    let wrong = || ApiError::not_valid("after wants the last user of the page before", "after");
    let after = query.text("after").map(|text| UserId::parse(text).ok_or_else(wrong)).transpose()?;
    let users = web.engine.list_users(after, limit).await;
    let next = users.last().filter(|_| users.len() == limit).map(|(user, _)| user.to_string());
    let rows = users.iter().map(|(user, used)| json!({ "user": user.to_string(), "used": time(*used) }));
    Ok(ok(&json!({ "actors": rows.collect::<Vec<_>>(), "next": next })))
}

async fn actor(web: &Web, id: &str) -> Answer {
    let user = id_in_path(UserId::parse(id))?;
    let (observed, works) = web.engine.inspect(user).await.ok_or(crate::engine::user::core::Trouble::Busy)?;
    if let Presence::Here(person) = &observed.presence
        && !(person.connections.is_empty() && person.jobs.is_empty())
    {
        web.engine.count_access(user, AccessBy::Operator, AccessTo::Connections);
    }
    let shown = views::actor(&user.to_string(), &observed, &works, web.engine.observe_permits());
    Ok(ok(&shown.ok_or_else(ApiError::not_found)?))
}

async fn timers(web: &Web, query: &Query) -> Answer {
    let limit = query.limit(LIMIT, LIMIT_MAX)?;
    let seen = web.engine.observe_timers().await;
    let next = web.engine.next_deadlines(limit)?;
    let rows: Vec<Value> = next
        .into_iter()
        .map(|(at, user, kind)| json!({ "at": time(at), "user": user.to_string(), "deadline": kind }))
        .collect();
    Ok(ok(&json!({
        "queued": seen.queued,
        "told": seen.told,
        "next": seen.next.map(time),
        "fired": seen.fired,
        "deadlines": rows,
    })))
}

async fn clocks(web: &Web) -> Answer {
    let now = web.engine.now();
    let rows = web.engine.observe_clocks().await.into_iter().map(|seen| {
        json!({
            "clock": seen.clock.id.to_string(),
            "application": seen.clock.application.to_string(),
            "name": seen.clock.name,
            "now": time(seen.clock.now(now)),
            "running": seen.clock.runs_since.is_some(),
            "target": seen.clock.target.map(time),
            "goes": seen.is_closing,
            "doing": seen.doing,
        })
    });
    Ok(ok(&json!({ "clocks": rows.collect::<Vec<_>>() })))
}

async fn webhooks(web: &Web, query: &Query) -> Answer {
    let limit = query.limit(LIMIT, LIMIT_MAX)?;
    let (tally, all) = web.engine.observe_webhooks().await.ok_or(crate::engine::user::core::Trouble::Busy)?;
    let mut rows = Vec::new();
    for one in all.iter().take(limit) {
        let last = web.engine.last_event(one.subscriber.application)?;
        rows.push(views::webhook(one, last));
    }
    Ok(ok(&json!({
        "webhooks": tally.webhooks,
        "halted": tally.halted,
        "under_way": { "healthy": tally.under_way[0], "troubled": tally.under_way[1] },
        "waiting": tally.waiting,
        "queues": rows,
    })))
}

async fn outbox(web: &Web, query: &Query) -> Answer {
    let limit = query.limit(LIMIT, LIMIT_MAX)?;
    let seen = web.engine.observe_outbox().await;
    let rows = web.engine.outbox(limit)?.into_iter().map(|head| views::outbox(&head));
    Ok(ok(&json!({
        "waiting": seen.waiting,
        "under_way": seen.under_way,
        "ended": seen.ended,
        "repeated": seen.repeated,
        "entries": rows.collect::<Vec<_>>(),
    })))
}

fn sms(web: &Web, query: &Query) -> Answer {
    let limit = query.limit(LIMIT, LIMIT_MAX)?;
    let to = query.text("to").map(number).transpose()?;
    let sandbox = |id| web.engine.house().application(id).is_some_and(|one| one.mode == Mode::Sandbox);
    let texts = web.engine.inbox(to.as_deref(), limit)?;
    let rows = texts.into_iter().filter(|text| sandbox(text.application)).map(|text| {
        json!({
            "sent": time(text.sent),
            "arrived": time(text.arrived),
            "application": text.application.to_string(),
            "to": text.to,
            "body": text.body,
        })
    });
    Ok(ok(&json!({ "texts": rows.collect::<Vec<_>>() })))
}

/// A number in a query, where a plus that nobody escaped arrives as a space.
fn number(text: &str) -> Result<String, ApiError> {
    let digits = text.trim().trim_start_matches('+');
    let wrong = |_| ApiError::not_valid("to wants a number with its country code", "to");
    Mobile::parse(&format!("+{digits}")).map(|mobile| mobile.e164()).map_err(wrong)
}
