//! The document of the API, in OpenAPI 3.1: written by hand in the JSON files beside this one, a file a
//! group of routes, joined here. What every operation of a kind has is written once: `access`, `filter` and
//! `errors` of an operation are short for what they stand for ([`join`]). [`reference`] shows it to
//! people, [`front`] leads there. Must not know: how a route answers.

mod front;
mod join;
mod reference;

use crate::http::error::ApiError;
use crate::http::{Response, Web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};
use warp::Filter;
use warp::filters::BoxedFilter;

/// A file: its name and its text.
type File = (&'static str, &'static str);

/// What all groups have in common.
const FRAME: &str = include_str!("frame.json");

/// What can go wrong, by the names that operations use.
const ERRORS: &str = include_str!("errors.json");

/// What can be filtered by, by the names that operations use.
const FILTERS: &str = include_str!("filters.json");

/// The groups, in the order in which people read them.
const GROUPS: &[File] = &[
    ("token", include_str!("token.json")),
    ("users", include_str!("users.json")),
    ("auth_link", include_str!("auth_link.json")),
    ("consents", include_str!("consents.json")),
    ("connections", include_str!("connections.json")),
    ("jobs", include_str!("jobs.json")),
    ("accounts", include_str!("accounts.json")),
    ("transactions", include_str!("transactions.json")),
    ("identities", include_str!("identities.json")),
    ("accesses", include_str!("accesses.json")),
    ("events", include_str!("events.json")),
    ("webhooks", include_str!("webhooks.json")),
    ("messages", include_str!("messages.json")),
    ("test_clocks", include_str!("test_clocks.json")),
    ("connectors", include_str!("connectors.json")),
    ("institutions", include_str!("institutions.json")),
    ("client_auth", include_str!("client_auth.json")),
    ("about", include_str!("about.json")),
];

/// The document, without saying where the server is.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| join::joined(FRAME, ERRORS, FILTERS, GROUPS))
}

/// The document as it is served.
struct Served {
    text: String,
    tag: HeaderValue,
}

impl Served {
    fn new(base_url: &str) -> Self {
        let mut document = document().clone();
        document["servers"] = json!([{ "url": base_url }]);
        let text = document.to_string();
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&text)[..12]);
        let tag = HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"0\""));
        Self { text, tag }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let is_known = headers.get(IF_NONE_MATCH).is_some_and(|given| names(given, &self.tag));
        let mut response =
            if is_known { Response::default() } else { Response::new(self.text.clone().into()) };
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response.headers_mut().insert(ETAG, self.tag.clone());
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

/// Whether a list of tags names this one; weak ones are as good here (RFC 9110 section 13.1.2).
fn names(given: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(given), Ok(tag)) = (given.to_str(), tag.to_str()) else { return false };
    given.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*")
}

/// `/openapi.json`; `/docs` for people, and `/` that leads there.
pub fn routes(web: &Web) -> BoxedFilter<(Response,)> {
    let served = Arc::new(Served::new(&web.settings.public_base_url));
    let document = warp::path!("openapi.json")
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .map(move |method: Method, headers: HeaderMap| match method {
            Method::GET => served.answer(&headers),
            _ => ApiError::method_not_allowed("GET, HEAD, OPTIONS").into_response(),
        })
        .boxed();
    document.or(reference::routes(web)).unify().or(front::routes(web)).unify().boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_searched() {
        let named = |given: &'static str| {
            names(&HeaderValue::from_static(given), &HeaderValue::from_static("\"a1\""))
        };
        assert!(named("\"a1\"") && named("\"x\", W/\"a1\"") && named("*"));
        assert!(!named("\"a2\"") && !named("a1") && !named(""));
    }

    #[test]
    fn the_document_says_where_the_server_is() {
        let served = Served::new("https://api.example.test");
        let read: Value = serde_json::from_str(&served.text).unwrap();
        assert_eq!(read["servers"], json!([{ "url": "https://api.example.test" }]));
        assert_ne!(served.tag, Served::new("https://other.example.test").tag);
    }
}
