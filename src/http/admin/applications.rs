//! The routes that do something: applications, export, seed, trigger.

use super::look;
use super::operations::{self, Configuration, NewApplication};
use super::policy;
use super::seed::{self, SeedRequest};
use super::trigger::{self, TriggerRequest};
use super::{Query, Response, Web, export, get_admin, id_in_path, ok, query, settle};
use crate::domain::id::ApplicationId;
use crate::http::body::{self, Body};
use crate::http::error::{Answer, ApiError};
use crate::http::json;
use http::StatusCode;
use serde::de::DeserializeOwned;
use warp::Filter;
use warp::filters::BoxedFilter;

/// All of them.
pub(super) fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let (for_list, for_export) = (web.clone(), web.clone());
    let list = get_admin("applications").map(move |_: Query| ok(&operations::list(&for_list.engine))).boxed();
    let export = get_admin("export").map(move |_: Query| export::response(for_export.engine.clone())).boxed();
    let one = create(web.clone()).or(keys(web.clone())).unify().boxed();
    let other = configure(web.clone()).or(seed_route(web.clone())).unify().boxed();
    let other = other
        .or(trigger_route(web.clone()))
        .unify()
        .or(look_routes(web.clone()))
        .unify()
        .or(policy_routes(web))
        .unify()
        .boxed();
    list.or(export).unify().or(one).unify().or(other).unify().boxed()
}

/// A route that takes a body, does what it says, and shows what came of it.
fn doing<T, V, F>(
    web: Web,
    path: &'static str,
    (wants, status): (&'static str, StatusCode),
    run: impl Fn(Web, T) -> F + Clone + Send + Sync + 'static,
) -> BoxedFilter<(Response,)>
where
    T: DeserializeOwned + Send,
    V: serde::Serialize,
    F: Future<Output = Result<V, ApiError>> + Send,
{
    warp::path("admin")
        .and(warp::path(path))
        .and(warp::path::end())
        .and(warp::post())
        .and(body::take())
        .then(move |mut body: Body| {
            let (web, run) = (web.clone(), run.clone());
            async move {
                let shown = async { Ok(json(status, &run(web, read(&mut body, wants).await?).await?)) };
                settle(shown.await)
            }
        })
        .boxed()
}

fn create(web: Web) -> BoxedFilter<(Response,)> {
    let wants = ("An application wants at least {\"name\": \"…\"}.", StatusCode::CREATED);
    doing(web, "applications", wants, |web, new: NewApplication| async move {
        operations::create(&web.engine, new).await
    })
}

fn keys(web: Web) -> BoxedFilter<(Response,)> {
    let path = || warp::path!("admin" / "applications" / String / "keys");
    let (for_list, for_revoke) = (web.clone(), web.clone());
    let list = path().and(warp::get()).map(move |id: String| {
        let keys =
            id_in_path(ApplicationId::parse(&id)).and_then(|id| operations::keys(&for_list.engine, id));
        settle(keys.map(|keys| ok(&keys)))
    });
    let add = path().and(warp::post()).then(move |id: String| {
        let web = web.clone();
        async move { settle(add_key(&web, &id).await) }
    });
    let revoke = warp::path!("admin" / "applications" / String / "keys" / String)
        .and(warp::delete())
        .and(query())
        .then(move |id: String, key: String, query: Query| {
            let web = for_revoke.clone();
            async move { settle(revoke_key(&web, &id, &key, &query).await) }
        });
    list.or(add).unify().or(revoke).unify().boxed()
}

async fn revoke_key(web: &Web, id: &str, key: &str, query: &Query) -> Answer {
    let id = id_in_path(ApplicationId::parse(id))?;
    let even_last = match query.text("last") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(ApiError::not_valid("last is true or false", "last")),
    };
    Ok(ok(&operations::revoke_key(&web.engine, id, key, even_last).await?))
}

async fn add_key(web: &Web, id: &str) -> Answer {
    let id = id_in_path(ApplicationId::parse(id))?;
    Ok(created(&operations::add_key(&web.engine, id).await?))
}

fn configure(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("admin" / "applications" / String)
        .and(warp::post())
        .and(body::take())
        .then(move |id: String, mut body: Body| {
            let web = web.clone();
            async move {
                settle(
                    async {
                        let id = id_in_path(ApplicationId::parse(&id))?;
                        let wanted: Configuration =
                            read(&mut body, "A configuration is a JSON object.").await?;
                        Ok(ok(&operations::configure(&web.engine, id, wanted).await?))
                    }
                    .await,
                )
            }
        })
        .boxed()
}

fn look_routes(web: Web) -> BoxedFilter<(Response,)> {
    let path = || warp::path!("admin" / "applications" / String / "look");
    let for_get = web.clone();
    let get = path().and(warp::get()).map(move |id: String| {
        let view = id_in_path(ApplicationId::parse(&id)).and_then(|id| look::get(&for_get.engine, id));
        settle(view.map(|view| ok(&view)))
    });
    let set = path().and(warp::post()).and(body::take()).then(move |id: String, mut body: Body| {
        let web = web.clone();
        async move { settle(set_look(&web, &id, &mut body).await) }
    });
    get.or(set).unify().boxed()
}

fn policy_routes(web: Web) -> BoxedFilter<(Response,)> {
    let path = || warp::path!("admin" / "applications" / String / "policy");
    let for_get = web.clone();
    let get = path().and(warp::get()).map(move |id: String| {
        let view = id_in_path(ApplicationId::parse(&id)).and_then(|id| policy::get(&for_get.engine, id));
        settle(view.map(|view| ok(&view)))
    });
    let set = path().and(warp::post()).and(body::take()).then(move |id: String, mut body: Body| {
        let web = web.clone();
        async move { settle(set_policy(&web, &id, &mut body).await) }
    });
    get.or(set).unify().boxed()
}

async fn set_policy(web: &Web, id: &str, body: &mut Body) -> Answer {
    let id = id_in_path(ApplicationId::parse(id))?;
    let wanted = read(body, "A policy is a JSON object with known options alone.").await?;
    Ok(ok(&policy::set(&web.engine, id, wanted).await?))
}

async fn set_look(web: &Web, id: &str, body: &mut Body) -> Answer {
    let id = id_in_path(ApplicationId::parse(id))?;
    let wanted =
        read(body, "A look is {\"brand\": {…}, \"greeting\": {…}} with known options alone.").await?;
    Ok(ok(&look::set(&web.engine, id, wanted).await?))
}

fn seed_route(web: Web) -> BoxedFilter<(Response,)> {
    let wants = ("A seed wants {\"users\": N, \"links\": M}.", StatusCode::OK);
    doing(
        web,
        "seed",
        wants,
        |web, request: SeedRequest| async move { seed::run(&web.engine, &request).await },
    )
}

fn trigger_route(web: Web) -> BoxedFilter<(Response,)> {
    let wants = ("A trigger wants {\"event\": \"auth_link.created\"}.", StatusCode::OK);
    doing(web, "trigger", wants, |web, request: TriggerRequest| async move {
        trigger::run(&web.engine, &request).await
    })
}

async fn read<T: DeserializeOwned>(body: &mut Body, wants: &'static str) -> Result<T, ApiError> {
    body.json(wants).await?.ok_or_else(|| ApiError::unreadable(wants))
}

fn created<T: serde::Serialize>(value: &T) -> Response {
    json(StatusCode::CREATED, value)
}
