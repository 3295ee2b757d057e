//! The thin HTTP facade: parses, asks the engine once, renders. Must not know: any rule of the product.
//!
//! [`api`] is the partner's wire and the link protocol, [`pages`] what applicants see, [`admin`] what
//! operators see. [`listen`] is the one accept loop under all of them, with `patience` and what it sees
//! of a connection, `activity`; [`edge`] is what happens to every request and answer, [`body`] reads bodies, [`error`] is the one table of errors, [`token`] the
//! bearer tokens, [`rate`] counts callers, [`texts`] words text messages, [`picture`] draws institutions, [`openapi`] is the document of the wire.

mod activity;
pub mod admin;
pub mod api;
pub mod body;
pub mod edge;
pub mod error;
pub mod listen;
pub mod openapi;
pub mod pages;
mod patience;
pub mod picture;
pub mod rate;
pub mod texts;
pub mod token;

use crate::domain::time::Span;
use crate::engine::Engine;
use error::ApiError;
use http::header::{CONTENT_TYPE, STRICT_TRANSPORT_SECURITY};
use http::{HeaderValue, StatusCode};
use rate::{Rate, Rates};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;
use warp::Filter;
use warp::filters::BoxedFilter;

/// What every route answers.
pub type Response = warp::reply::Response;

/// What the surfaces are told by the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The public base URL without a slash at its end: every absolute link begins with it.
    pub public_base_url: String,
    /// Serves the demo's own page to come back to (`/demo/returned`).
    pub is_demo: bool,
}

impl Settings {
    /// An absolute URL on the public listener; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_base_url)
    }

    /// Whether the public base URL is https: then cookies are `__Host-` and Secure.
    pub fn is_https(&self) -> bool {
        self.public_base_url.starts_with("https://")
    }
}

/// What every route may use. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// Answers questions.
    pub engine: Engine,
    /// What the configuration says.
    pub settings: Arc<Settings>,
    /// Counts who asks.
    pub rates: Arc<Rates>,
}

impl Web {
    /// An absolute URL on the public listener; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        self.settings.url(path)
    }

    /// Counts a request by the address of its caller.
    ///
    /// # Errors
    /// How long the caller has to wait.
    fn count_address(
        &self,
        rate: Rate,
        context: &RequestContext,
        headers: &http::HeaderMap,
    ) -> Result<(), Span> {
        let Some(peer) = context.peer else { return Ok(()) };
        self.rates.count(rate, self.rates.client(peer.ip(), headers), self.engine.metrics())
    }
}

/// What every handler may know about a request besides what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestContext {
    /// Follows it from its head to its commit.
    pub request_id: Uuid,
    /// Who is at the other end of the connection; a proxy, where there is one.
    pub peer: Option<SocketAddr>,
}

/// The context of a request, as [`edge`] wrote it. Never rejects.
pub fn context() -> BoxedFilter<(RequestContext,)> {
    warp::ext::optional::<edge::RequestId>()
        .and(warp::ext::optional::<edge::PeerAddr>())
        .map(|id: Option<edge::RequestId>, peer: Option<edge::PeerAddr>| RequestContext {
            request_id: id.map_or(Uuid::nil(), |id| id.0),
            peer: peer.map(|peer| peer.0),
        })
        .boxed()
}

/// An answer in JSON.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(text) => {
            let mut response = Response::new(text.into());
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        // Views have string keys and numbers that are finite: a defect of ours.
        Err(_) => ApiError::from(crate::engine::user::core::Trouble::Defect).into_response(),
    }
}

/// An answer without a body, and so without a content type (contract section 8.2).
pub fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Everything that the public listener answers. What has fixed words comes first; a link's
/// `/{linkId}` is matched last, among the pages.
pub fn public_routes(web: Web) -> BoxedFilter<(Response,)> {
    let document = openapi::routes(&web);
    let routes =
        api::routes(web.clone()).or(document).unify().boxed().or(pages::routes(web.clone())).unify().boxed();
    let is_https = web.settings.is_https();
    let held = move |mut response: Response| {
        if is_https {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS.clone());
        }
        response
    };
    rate::gate(web).or(routes).unify().map(held).boxed()
}

/// Where the public URL is https, a browser that was here once asks by no other way for a year.
static HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
