//! Reads the feed of an application over the wire: its token, its pages, what to do when nobody answers.
//! Must not know: who is told.

use crate::adapters::https;
use crate::cli::failure::Failure;
use crate::domain::delivery::NoAnswer;
use crate::domain::event::EventKind;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode, request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// How long an answer may take: longer than the server lets us wait.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(40);

/// How long the server is asked to wait for something to happen, in seconds.
const WAIT_SECONDS: &str = "20";

/// Events on a page.
const PAGE: &str = "100";

/// The longest body that is read: many times what a page of events takes.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long a connection is kept while nothing is asked: shorter than a server waits for a head.
const IDLE_TIME_MAX: Duration = Duration::from_secs(10);

/// The first wait before it is asked again, and the longest; each is twice the one before.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// A page of the feed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) data: Vec<Item>,
    cursor: String,
    pub(super) is_cut: bool,
}

/// One event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) cursor: String,
    pub(super) id: String,
    entity: String,
    event_type: String,
    pub(super) user_id: String,
    pub(super) data_ref: String,
    pub(super) links: Links,
}

#[derive(Deserialize)]
pub(super) struct Links {
    #[serde(rename = "self")]
    pub(super) own: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// Why there is no page.
enum Trouble {
    /// Asking again may help.
    Passing(String),
    /// The token is not valid any more.
    Token,
    /// It will not.
    Final(Failure),
}

impl Page {
    /// Up to where it reaches.
    pub(super) fn cursor(&self) -> Result<u64, Failure> {
        self.cursor
            .parse()
            .map_err(|_| Failure::new("the server's cursor cannot be read: is it another version?"))
    }
}

impl Item {
    /// `entity.verb`
    pub(super) fn type_id(&self) -> String {
        format!("{}.{}", self.entity, self.event_type)
    }
}

/// A reader with its key.
pub(super) struct Feed {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    key: String,
    /// As the server is asked for: all types, where it is empty.
    filter: String,
    token: Option<String>,
}

/// The statement that lets these types through alone.
fn filter_of(wanted: &BTreeSet<EventKind>) -> String {
    let names: Vec<_> = wanted.iter().map(|kind| format!("'{}'", kind.name())).collect();
    if names.is_empty() { String::new() } else { format!("event.type.in({})", names.join(",")) }
}

impl Feed {
    /// A reader that has asked nothing yet.
    pub(super) fn new(api_url: &str, key: &str, wanted: &BTreeSet<EventKind>) -> Result<Self, Failure> {
        if !["http://", "https://"].iter().any(|scheme| api_url.starts_with(scheme)) {
            return Err(Failure::new("--api-url wants a URL that begins with http:// or https://"));
        }
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIME_MAX));
        connector.set_nodelay(true);
        let connector = https::over(connector).map_err(|error| Failure::new(error.to_string()))?;
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_TIME_MAX)
            .pool_timer(TokioTimer::new())
            .build(connector);
        let base = api_url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, key: key.to_owned(), filter: filter_of(wanted), token: None })
    }

    /// The first contact: nobody there is a mistake, and no reason to wait.
    pub(super) async fn begin(&mut self, after: Option<u64>) -> Result<u64, Failure> {
        let after = after.map_or_else(|| "latest".to_owned(), |after| after.to_string());
        let place = [("after", after.as_str()), ("limit", "1"), ("wait", "0")];
        let page = match self.ask(&place).await {
            Ok(page) => page,
            Err(Trouble::Final(failure)) => return Err(failure),
            Err(Trouble::Passing(why)) => return Err(Failure::new(format!("{}: {why}", self.base))),
            Err(Trouble::Token) => return Err(Failure::new("the server did not take its own token")),
        };
        match after.parse() {
            Ok(number) => Ok(number),
            Err(_) => page.cursor(),
        }
    }

    /// What is behind `after`, once there is something or the server has waited. It asks until it is answered.
    pub(super) async fn page(&mut self, after: u64) -> Result<Page, Failure> {
        let (first, longest) = WAITS;
        let mut wait = first;
        let after = after.to_string();
        let place = [("after", after.as_str()), ("limit", PAGE), ("wait", WAIT_SECONDS)];
        loop {
            match self.ask(&place).await {
                Ok(page) => {
                    if wait > first {
                        eprintln!("authlink: connected again, going on behind {after}");
                    }
                    return Ok(page);
                }
                Err(Trouble::Final(failure)) => return Err(failure),
                Err(Trouble::Token) => {
                    self.token = None;
                    tokio::time::sleep(first).await;
                }
                Err(Trouble::Passing(why)) => {
                    eprintln!("authlink: {why}; asking again in {} ms", wait.as_millis());
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(longest);
                }
            }
        }
    }

    async fn ask(&mut self, place: &[(&str, &str)]) -> Result<Page, Trouble> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.fresh_token().await?,
        };
        self.token = Some(token.clone());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(place);
        if !self.filter.is_empty() {
            query.append_pair("filter", &self.filter);
        }
        let url = format!("{}/events/feed?{}", self.base, query.finish());
        let request = Request::builder().uri(url).header(AUTHORIZATION, format!("Bearer {token}"));
        let (status, body) = self.send(request, Bytes::new()).await?;
        if status == StatusCode::UNAUTHORIZED {
            return Err(Trouble::Token);
        }
        read(status, &body)
    }

    async fn fresh_token(&self) -> Result<String, Trouble> {
        let request = Request::builder().method(Method::POST).uri(format!("{}/token", self.base));
        let request = request.header(AUTHORIZATION, format!("Basic {}", self.key));
        let request = request.header("basiq-version", "3.0");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, body) = self.send(request, Bytes::from_static(b"scope=SERVER_ACCESS")).await?;
        Ok(read::<Token>(status, &body)?.access_token)
    }

    async fn send(&self, request: request::Builder, body: Bytes) -> Result<(StatusCode, Bytes), Trouble> {
        let request = request.body(Full::new(body)).map_err(|_| {
            let sentence = "--api-url or the API key cannot be sent: one of them is wrong";
            Trouble::Final(Failure::new(sentence))
        })?;
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| unanswered(&error))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), BODY_BYTES_MAX).collect().await;
            Ok((status, body.map_err(|_| broken_off())?.to_bytes()))
        };
        tokio::time::timeout(ANSWER_TIME_MAX, exchange).await.unwrap_or_else(|_| Err(broken_off()))
    }
}

fn broken_off() -> Trouble {
    Trouble::Passing("the answer broke off".into())
}

/// Why there is no answer.
fn unanswered(error: &hyper_util::client::legacy::Error) -> Trouble {
    match https::why(error) {
        NoAnswer::NotTrusted => Trouble::Final(Failure::new(
            "the server's certificate is not one that this machine trusts: SSL_CERT_FILE names one that it should",
        )),
        NoAnswer::NoConnection | NoAnswer::TimedOut | NoAnswer::NoName => {
            Trouble::Passing("nobody answers".into())
        }
        NoAnswer::Broken | NoAnswer::Forbidden => broken_off(),
    }
}

fn read<T: for<'de> Deserialize<'de>>(status: StatusCode, body: &[u8]) -> Result<T, Trouble> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Trouble::Passing(format!("the server answered {}", status.as_u16())));
    }
    if !status.is_success() {
        let sentence = crate::cli::target::sentence(body).unwrap_or_default();
        return Err(Trouble::Final(Failure::new(format!(
            "the server answered {}: {sentence}",
            status.as_u16()
        ))));
    }
    serde_json::from_slice(body).map_err(|_| {
        Trouble::Final(Failure::new("the server's answer cannot be read: is it another version?"))
    })
}
