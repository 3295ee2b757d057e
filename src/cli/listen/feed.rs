//! Reads the feed of an application over the wire: its token, its pages, what to do when nobody answers.
//! Must not know: who is told.

use crate::cli::failure::Failure;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// How long an answer may take: longer than the server lets us wait.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(40);

/// How long the server is asked to wait for something to happen, in seconds.
const WAIT_SECONDS: &str = "20";

/// Events on a page.
const PAGE: &str = "100";

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
    client: Client,
    base: String,
    key: String,
    token: Option<String>,
}

impl Feed {
    /// A reader that has asked nothing yet.
    pub(super) fn new(api_url: &str, key: &str) -> Result<Self, Failure> {
        if !api_url.starts_with("http://") {
            return Err(Failure::new("--api-url wants a URL that begins with http://"));
        }
        let client = Client::builder().no_proxy().connect_timeout(CONNECT_TIME_MAX).timeout(ANSWER_TIME_MAX);
        let client = client.redirect(reqwest::redirect::Policy::none()).build();
        let client = client.map_err(|error| Failure::new(error.without_url().to_string()))?;
        let base = api_url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, key: key.to_owned(), token: None })
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
        let request = self.client.get(format!("{}/events/feed", self.base)).query(place).bearer_auth(token);
        let answer = send(request).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Err(Trouble::Token);
        }
        read(answer).await
    }

    async fn fresh_token(&self) -> Result<String, Trouble> {
        let request = self.client.post(format!("{}/token", self.base)).header("basiq-version", "3.0");
        let request = request.header("authorization", format!("Basic {}", self.key));
        let answer = send(request.form(&[("scope", "SERVER_ACCESS")])).await?;
        Ok(read::<Token>(answer).await?.access_token)
    }
}

async fn send(request: RequestBuilder) -> Result<Response, Trouble> {
    request.send().await.map_err(|error| {
        if error.is_builder() {
            return Trouble::Final(Failure::new(
                "--api-url or the API key cannot be sent: one of them is wrong",
            ));
        }
        Trouble::Passing(if error.is_connect() { "nobody answers" } else { "the answer broke off" }.into())
    })
}

async fn read<T: for<'de> Deserialize<'de>>(answer: Response) -> Result<T, Trouble> {
    let status = answer.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Trouble::Passing(format!("the server answered {}", status.as_u16())));
    }
    let body = answer.bytes().await.map_err(|_| Trouble::Passing("the answer broke off".into()))?;
    if !status.is_success() {
        let sentence = crate::cli::target::sentence(&body).unwrap_or_default();
        return Err(Trouble::Final(Failure::new(format!(
            "the server answered {}: {sentence}",
            status.as_u16()
        ))));
    }
    serde_json::from_slice(&body).map_err(|_| {
        Trouble::Final(Failure::new("the server's answer cannot be read: is it another version?"))
    })
}
