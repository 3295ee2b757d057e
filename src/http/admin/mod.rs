//! What operators see and do, on a listener of its own behind a token of its own: health, metrics,
//! actors, timers, the outbox, webhooks, the sandbox inbox, applications, export, seed and trigger. Personal data is
//! masked but in the export, which is the operator's own copy. Must not know: rules of the product.
//!
//! [`operations`], [`seed`] and [`trigger`] are plain functions over the engine: the command line calls them too
//! when no server runs.

mod applications;
pub mod export;
pub mod look;
mod observe;
pub mod operations;
pub mod policy;
pub mod seed;
pub mod trigger;
mod views;

use super::error::{ApiError, Code, settle};
use super::{Response, Web, json};
use crate::crypto;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json as object;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use warp::Filter;
use warp::filters::BoxedFilter;
use zeroize::Zeroize;

/// The token of the admin listener. Shows nothing of itself.
#[derive(Clone)]
pub struct AdminToken(String);

impl AdminToken {
    /// A token that nobody else has.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The token, for its owner alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether a request carries it, compared in constant time.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
        let (scheme, token) = given.split_at_checked(7).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer ") && crypto::matches(token, self.0.as_bytes())
    }
}

impl Drop for AdminToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for AdminToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("AdminToken(..)")
    }
}

/// What the admin routes may use besides the engine.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Who has it may do everything here.
    pub token: AdminToken,
    /// The server is stopping: it is alive and not ready.
    pub draining: Arc<AtomicBool>,
}

/// The routes of this surface. The guard stands before all but the two that are open, so that no
/// route can forget it: whoever has no token is told so, whatever the path.
pub fn routes(web: Web, admin: Admin) -> BoxedFilter<(Response,)> {
    let open = health().or(ready(web.clone(), admin.draining)).unify().boxed();
    let watching = observe::routes(web.clone());
    let doing = applications::routes(web);
    open.or(guard(admin.token)).unify().or(watching).unify().or(doing).unify().boxed()
}

/// Answers whoever has no token, and lets all others through to the routes behind it. It reads the
/// headers as they are: a filter that could reject a strange header would let its sender through.
fn guard(token: AdminToken) -> BoxedFilter<(Response,)> {
    warp::header::headers_cloned()
        .and_then(move |headers: HeaderMap| {
            let known = token.is_in(&headers);
            async move { if known { Err(warp::reject::not_found()) } else { Ok(unauthorized()) } }
        })
        .boxed()
}

fn unauthorized() -> Response {
    let error = ApiError::new(Code::InvalidAuthorizationToken)
        .detailed("The admin listener wants its own token: Authorization: Bearer TOKEN.");
    let mut response = error.into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn health() -> BoxedFilter<(Response,)> {
    get("healthz").map(|_: Query| json(StatusCode::OK, &object!({ "status": "ok" }))).boxed()
}

/// Ready means: the store takes a write at this moment, and the server is not stopping.
fn ready(web: Web, draining: Arc<AtomicBool>) -> BoxedFilter<(Response,)> {
    get("readyz")
        .then(move |_: Query| {
            let (engine, draining) = (web.engine.clone(), draining.load(Ordering::Relaxed));
            async move {
                let reason = match (draining, engine.settle().await) {
                    (true, _) => "stopping",
                    (false, Err(trouble)) => trouble.name(),
                    (false, Ok(())) => return json(StatusCode::OK, &object!({ "status": "ready" })),
                };
                let status = object!({ "status": "not ready", "reason": reason });
                json(StatusCode::SERVICE_UNAVAILABLE, &status)
            }
        })
        .boxed()
}

/// The query of a request, by name; of a name that comes twice the last counts.
#[derive(Debug, Default)]
struct Query(BTreeMap<String, String>);

impl Query {
    fn parse(raw: &str) -> Self {
        Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// `limit`, 1 to `max`.
    fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.text("limit") else { return Ok(default) };
        let number = text.parse().ok().filter(|number| (1..=max).contains(number));
        number.ok_or_else(|| ApiError::not_valid(format!("limit wants 1 to {max}"), "limit"))
    }
}

/// The query, parsed. Never rejects.
fn query() -> BoxedFilter<(Query,)> {
    warp::query::raw().or(warp::any().map(String::new)).unify().map(|raw: String| Query::parse(&raw)).boxed()
}

/// GET of a path of one word, with its query.
fn get(word: &'static str) -> BoxedFilter<(Query,)> {
    warp::path(word).and(warp::path::end()).and(warp::get()).and(query()).boxed()
}

/// GET of `/admin/WORD`, with its query.
fn get_admin(word: &'static str) -> BoxedFilter<(Query,)> {
    warp::path("admin").and(warp::path(word)).and(warp::path::end()).and(warp::get()).and(query()).boxed()
}

/// An id in a path.
fn id_in_path<T>(parsed: Option<T>) -> Result<T, ApiError> {
    parsed.ok_or_else(ApiError::not_found)
}

/// Text with its own content type.
fn text(content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// 200 with a value.
fn ok<T: serde::Serialize>(value: &T) -> Response {
    json(StatusCode::OK, value)
}
