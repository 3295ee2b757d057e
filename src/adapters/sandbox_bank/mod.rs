//! The sandbox bank over the network, as any bank would be reached (docs/SANDBOX.md has its wire).
//! [`wire`] reads what it says. Must not know: how that bank works inside, users, jobs.

mod terms;
#[cfg(test)]
mod tests;
mod wire;

use super::institution::Institution;
use crate::domain::bank::{Answer, BankFault, Request};
use crate::domain::institution::{self, InstitutionId};
use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use std::time::Duration;
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest body that is read of an answer, in bytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How long a connection may take to come about. How long an answer may take is the caller's.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// How many connections are kept open while nothing is asked.
const IDLE_CONNECTIONS_MAX: usize = 16;

/// How long one is kept: shorter than the bank waits for a head, so that it never hangs up on a question.
const IDLE_TIME_MAX: Duration = Duration::from_secs(20);

/// What stands as it is in a segment of a path: what RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why there is no way to the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SandboxBankError {
    /// The base URL is not one that can be used.
    #[error(
        "the sandbox bank's base URL must be http://HOST or http://HOST:PORT, without user, query or fragment"
    )]
    BaseUrl,
    /// The operating system gives no client.
    #[error("no HTTP client can be made")]
    Client,
}

/// Why there is no answer.
enum No {
    /// The bank says no.
    Said(BankFault),
    /// It says nothing that can be used; the words are for the log.
    Spoilt(&'static str),
}

/// The way to a sandbox bank. One client with its pool of connections.
pub struct SandboxBank {
    client: Client,
    /// Without a slash at its end.
    base: String,
}

impl SandboxBank {
    /// The bank at `base_url`. Nothing is asked yet.
    ///
    /// # Errors
    /// The URL cannot be used, or no client can be made.
    pub fn new(base_url: &str) -> Result<Self, SandboxBankError> {
        let url = Url::parse(base_url).map_err(|_| SandboxBankError::BaseUrl)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if url.scheme() != "http" || !is_bare {
            return Err(SandboxBankError::BaseUrl);
        }
        // What the environment says of proxies does not count: passwords go to the bank alone.
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIME_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_idle_timeout(IDLE_TIME_MAX)
            .build()
            .map_err(|_| SandboxBankError::Client)?;
        Ok(Self { client, base: url.as_str().trim_end_matches('/').to_owned() })
    }

    /// The question as it goes out.
    fn message(&self, id: InstitutionId, request: &Request) -> RequestBuilder {
        let at = |path: &str| format!("{}/{id}/{path}", self.base);
        match request {
            Request::SignIn(credentials) => {
                with_json(self.client.post(at("login")), wire::credentials(credentials))
            }
            Request::Answer { challenge, answers } => {
                let path = format!("login/{}/answer", segment(challenge.reveal()));
                with_json(self.client.post(at(&path)), wire::answers(answers))
            }
            Request::Profile(session) => self.client.get(at("profile")).bearer_auth(session.reveal()),
            Request::Accounts { session, with_terms } => {
                let question = self.client.get(at("accounts")).bearer_auth(session.reveal());
                // Nothing is asked for that is not wanted.
                if *with_terms { question.query(&[("terms", "true")]) } else { question }
            }
            Request::Transactions { session, account, from, cursor } => {
                let path = format!("accounts/{}/transactions", segment(account));
                let query = [("from", Some(from.to_string())), ("cursor", cursor.clone())];
                let query: Vec<_> = query.into_iter().filter(|(_, value)| value.is_some()).collect();
                self.client.get(at(&path)).bearer_auth(session.reveal()).query(&query)
            }
            Request::SignOut(session) => self.client.post(at("logout")).bearer_auth(session.reveal()),
        }
    }

    async fn exchange(&self, id: InstitutionId, request: &Request) -> Result<Answer, No> {
        // What the client says of its errors holds the URL, and that may hold an account number: it stays here.
        let sent = self.message(id, request).send().await;
        let response = sent.map_err(|_| No::Spoilt("no answer"))?;
        let status = response.status();
        if status == StatusCode::OK {
            return wire::answer(request, &body(response).await?);
        }
        if status.is_client_error() {
            return Err(wire::refusal(request, &body(response).await?));
        }
        Err(No::Spoilt("status"))
    }
}

#[async_trait]
impl Institution for SandboxBank {
    fn directory(&self) -> &'static [institution::Institution] {
        institution::SANDBOX
    }

    async fn ask(&self, id: InstitutionId, request: &Request) -> Result<Answer, BankFault> {
        self.exchange(id, request).await.map_err(|no| match no {
            No::Said(fault) => fault,
            No::Spoilt(why) => {
                tracing::debug!(institution = %id, request = request.name(), why, "an answer is of no use");
                BankFault::Unavailable
            }
        })
    }
}

/// Text as one segment of a path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The body is wiped when it is sent.
fn with_json(builder: RequestBuilder, body: Zeroizing<Vec<u8>>) -> RequestBuilder {
    builder
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .body(bytes::Bytes::from_owner(body))
}

/// The whole body, within its limit. It may hold a bank session: wiped when it is read.
async fn body(mut response: Response) -> Result<Zeroizing<Vec<u8>>, No> {
    let promised = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if promised > BODY_BYTES_MAX {
        return Err(No::Spoilt("too long"));
    }
    // Once, so that growing leaves no copies behind.
    let mut read = Zeroizing::new(Vec::with_capacity(promised));
    while let Some(chunk) = response.chunk().await.map_err(|_| No::Spoilt("broken off"))? {
        if chunk.len() > BODY_BYTES_MAX - read.len() {
            return Err(No::Spoilt("too long"));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}
