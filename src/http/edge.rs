//! What happens to every request on its way in and to every answer on its way out: request id, CORS,
//! headers that fit everything, a time limit, contained panics, the error envelope, metrics, one line
//! of log. Must not know: what the routes under it do.

use super::Response;
use super::error::ApiError;
use crate::engine::Engine;
use crate::metrics::{Answered, Metrics};
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_LENGTH,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use std::any::Any;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::util::{BoxCloneSyncService, MapResponse};
use tower::{Layer, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use uuid::Uuid;
use warp::filters::BoxedFilter;

/// Follows a request from its head to its commit; the caller reads it in `X-Request-Id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// The request was a HEAD: it is answered like a GET, but nothing that is used once may be used by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsHead;

/// Which listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Partners and applicants.
    Public,
    /// Operators.
    Admin,
}

impl Surface {
    /// The label in `/metrics`.
    pub fn label(self, path: &str) -> &'static str {
        let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        match (self, first) {
            (Self::Admin, _) => "admin",
            (Self::Public, "client_auth" | "Production_v1" | "Development") => "client_auth",
            (
                Self::Public,
                "token" | "users" | "jobs" | "events" | "notifications" | "connectors" | "institutions"
                | "public" | "openapi.json",
            ) => "api",
            (Self::Public, _) => "pages",
        }
    }
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way out.
pub type OutBody = UnsyncBoxBody<Bytes, Fault>;

type Routes = BoxCloneSyncService<Request<Incoming>, http::Response<OutBody>, Infallible>;

/// The layers around the routes of one listener. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    surface: Surface,
    engine: Engine,
    routes: Routes,
}

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl Edge {
    /// Puts the layers around `routes`.
    pub fn new(
        surface: Surface,
        engine: Engine,
        routes: BoxedFilter<(Response,)>,
        request_time_max: Duration,
    ) -> Self {
        let timed = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, request_time_max)
            .layer(warp::service(routes));
        let whole = MapResponse::new(CatchPanicLayer::custom(panicked).layer(timed), boxed);
        Self { surface, engine, routes: BoxCloneSyncService::new(whole) }
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        self.engine.metrics()
    }

    /// Answers one request. Whatever happens, there is an answer.
    pub async fn answer(&self, mut request: Request<Incoming>) -> http::Response<OutBody> {
        let started = Instant::now();
        // Without entropy no request gets far; one that does is told so by the routes.
        let id = self.engine.draw().map_or(Uuid::nil(), |mut entropy| entropy.uuid());
        request.extensions_mut().insert(RequestId(id));
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let is_head = method == Method::HEAD;
        if is_head {
            // Every GET answers HEAD; the body is dropped below.
            *request.method_mut() = Method::GET;
            request.extensions_mut().insert(IsHead);
        }
        let response = match (self.surface, &method) {
            (Surface::Public, &Method::OPTIONS) => preflight(),
            _ => self.route(request).await,
        };
        let mut response = enveloped(response, id);
        self.dress(response.headers_mut(), id);
        if is_head {
            response = without_body(response);
        }
        self.note(&method, &path, response.status(), id, started);
        response
    }

    async fn route(&self, request: Request<Incoming>) -> http::Response<OutBody> {
        // The layers and the routes have no errors: this is an answer.
        match self.routes.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn dress(&self, headers: &mut HeaderMap, id: Uuid) {
        if let Ok(value) = HeaderValue::from_str(&id.hyphenated().to_string()) {
            headers.insert(X_REQUEST_ID.clone(), value);
        }
        if self.surface == Surface::Public && !is_html(headers) {
            allow_all_origins(headers);
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let usual = [
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-store"),
            (X_FRAME_OPTIONS, "DENY"),
            (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        ];
        for (name, value) in usual {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }

    fn note(&self, method: &Method, path: &str, status: StatusCode, id: Uuid, started: Instant) {
        let metrics = self.metrics();
        let answered = Answered { surface: self.surface.label(path), status: status.as_u16() };
        metrics.answers.get_or_create(&answered).inc();
        metrics.request_seconds.observe(started.elapsed().as_secs_f64());
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            metrics.refuse("body_bytes");
        }
        let (path, status) = (shape(path), status.as_u16());
        if status >= 500 {
            tracing::warn!(request_id = %id, %method, path, status, "a request failed");
        } else {
            tracing::debug!(request_id = %id, %method, path, status, "a request was answered");
        }
    }
}

fn panicked(_: Box<dyn Any + Send>) -> http::Response<Full<Bytes>> {
    // What a panic says may hold anything: the panic hook has logged where it was.
    let mut response = http::Response::new(Full::default());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn boxed<B>(response: http::Response<B>) -> http::Response<OutBody>
where
    B: http_body::Body<Data = Bytes, Error = Fault> + Send + 'static,
{
    response.map(BodyExt::boxed_unsync)
}

fn preflight() -> http::Response<OutBody> {
    let mut response = http::Response::new(nothing());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn nothing() -> OutBody {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

fn content_type_starts(headers: &HeaderMap, with: &str) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(with.as_bytes()))
}

fn is_html(headers: &HeaderMap) -> bool {
    content_type_starts(headers, "text/html")
}

/// Any origin, without credentials (contract section 8.6). Pages are not shared.
fn allow_all_origins(headers: &mut HeaderMap) {
    let all = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE, OPTIONS"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "Content-Type, Authorization, Accept, If-None-Match, Idempotency-Key, Last-Event-ID, basiq-version",
        ),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "X-Request-Id, Retry-After, ETag, Idempotent-Replayed, Allow"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Every error leaves as HTML, as a body of its surface's own, or as the envelope.
fn enveloped(response: http::Response<OutBody>, id: Uuid) -> http::Response<OutBody> {
    let status = response.status();
    let error = match response.extensions().get::<ApiError>() {
        Some(error) => error.clone(),
        None if !status.is_client_error() && !status.is_server_error() => return response,
        None if is_html(response.headers()) => return response,
        None if content_type_starts(response.headers(), "application/json") => return response,
        None => ApiError::of_status(status),
    };
    let (mut parts, _) = error.clone().into_response().into_parts();
    let (old, _) = response.into_parts();
    // What a layer said beside its status still holds, but not what it said about its body.
    for (name, value) in &old.headers {
        if name != CONTENT_LENGTH && name != CONTENT_TYPE && !parts.headers.contains_key(name) {
            parts.headers.append(name, value.clone());
        }
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = Full::new(Bytes::from(error.envelope(id))).map_err(|never| match never {});
    http::Response::from_parts(parts, body.boxed_unsync())
}

fn without_body(response: http::Response<OutBody>) -> http::Response<OutBody> {
    let (mut parts, body) = response.into_parts();
    if let Some(len) = body.size_hint().exact() {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
    }
    http::Response::from_parts(parts, nothing())
}

/// The words that our paths are made of. Whatever else stands in a path may be a secret.
const WORDS: [&str; 56] = [
    "Development",
    "Production_v1",
    "accounts",
    "actors",
    "admin",
    "agree",
    "applications",
    "assets",
    "auth_link",
    "client_auth",
    "code",
    "connections",
    "connectors",
    "consent",
    "consents",
    "decline",
    "demo",
    "disclose",
    "docs",
    "events",
    "export",
    "feed",
    "healthz",
    "home",
    "identities",
    "institutions",
    "jobs",
    "keys",
    "leave",
    "messages",
    "metrics",
    "mfa",
    "notifications",
    "openapi.json",
    "outbox",
    "policies",
    "public",
    "readyz",
    "replay",
    "returned",
    "rotate",
    "seed",
    "session",
    "shards",
    "sms",
    "static",
    "test",
    "timeline",
    "timers",
    "token",
    "transactions",
    "trigger",
    "types",
    "users",
    "web",
    "webhooks",
];

/// A path with everything but its words left out: what a log may hold.
fn shape(path: &str) -> String {
    let shown = |segment| if WORDS.contains(&segment) || segment.is_empty() { segment } else { "*" };
    path.split('/').take(12).map(shown).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_holds_the_words_of_a_path_and_nothing_else() {
        let link = "7b0f2f0a-93c4-4f1e-b1f5-2f4b5f0c9d77";
        for (path, shown) in [
            ("/", "/"),
            ("/users", "/users"),
            (&format!("/users/{link}/auth_link"), "/users/*/auth_link"),
            (&format!("/{link}/code"), "/*/code"),
            (&format!("/client_auth/auth-link/{link}/token"), "/client_auth/*/*/token"),
            ("/482913", "/*"),
            (&"/x".repeat(100), &"/*".repeat(11)),
        ] {
            assert_eq!(shape(path), shown);
        }
    }

    #[test]
    fn surfaces_are_told_apart_by_their_first_word() {
        assert_eq!(Surface::Admin.label("/users"), "admin");
        assert_eq!(Surface::Public.label("//users/x"), "api");
        assert_eq!(Surface::Public.label("/Production_v1/client_auth/x"), "client_auth");
        assert_eq!(Surface::Public.label("/home"), "pages");
    }
}
