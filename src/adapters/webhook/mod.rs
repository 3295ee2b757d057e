//! Messages to webhooks over the network. [`resolve`] sees to it that a connection goes where it may, each
//! time one is made; [`answer`] reads what comes back. Must not know: what a message says, who is told when.

mod answer;
mod resolve;
#[cfg(test)]
mod tests;

use crate::adapters::https::{self, TlsError};
use crate::domain::delivery::{Answer, NoAnswer};
use crate::domain::time::{Span, UnixMillis};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use resolve::{Allows, Guarded};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to come about, within the time of the whole try.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// How many connections to one receiver are kept open while nothing is sent.
const IDLE_CONNECTIONS_MAX: usize = 1;

/// How long one is kept.
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);

/// Who we say we are.
const AGENT: &str = concat!("authlink/", env!("CARGO_PKG_VERSION"));

/// One message on its way, signed. What is in it is the partner's: it prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// What the receiver knows it by: the same over all tries.
    pub id: String,
    /// When this try began: what was signed.
    pub at: UnixMillis,
    /// The signatures of this try.
    pub signatures: String,
    /// What it says, byte for byte as it was signed.
    pub body: Vec<u8>,
    /// How long it may take, from the name to the answer.
    pub patience: Span,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Post(..)")
    }
}

/// Carries messages to webhooks.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Tries once. Within the message's time there is an answer, or it is known why not.
    async fn post(&self, post: Post) -> Answer;
}

/// The way over HTTP. One client with its pool of connections.
pub struct HttpSender {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>,
    allows: Arc<Allows>,
}

impl HttpSender {
    /// A client that connects to addresses that `allows` says yes to. What
    /// the environment says of proxies does not count.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(allows: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Result<Self, TlsError> {
        let allows: Arc<Allows> = Arc::new(allows);
        let mut connector = HttpConnector::new_with_resolver(Guarded::new(allows.clone()));
        connector.set_connect_timeout(Some(CONNECT_TIME_MAX));
        connector.set_nodelay(true);
        let connector = https::over(connector)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_idle_timeout(IDLE_TIME_MAX)
            .pool_timer(TokioTimer::new())
            .retry_canceled_requests(false)
            .build(connector);
        Ok(Self { client, allows })
    }

    async fn exchange(&self, request: Request<Full<Bytes>>, at: UnixMillis) -> Answer {
        match self.client.request(request).await {
            Ok(response) => answer::read(response, at).await,
            Err(error) => Answer::None(answer::why(&error)),
        }
    }
}

/// The message as it goes out; nothing when its URL is none.
fn request(post: &Post) -> Option<Request<Full<Bytes>>> {
    let uri: Uri = post.url.parse().ok()?;
    let (id, signature) = (post.id.parse().ok()?, post.signatures.parse().ok()?);
    let mut request = Request::new(Full::new(Bytes::from(post.body.clone())));
    (*request.method_mut(), *request.uri_mut()) = (Method::POST, uri);
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(HeaderName::from_static("webhook-id"), id);
    let seconds = HeaderValue::from(post.at.0.div_euclid(1000));
    headers.insert(HeaderName::from_static("webhook-timestamp"), seconds);
    headers.insert(HeaderName::from_static("webhook-signature"), signature);
    Some(request)
}

#[async_trait]
impl WebhookSender for HttpSender {
    async fn post(&self, post: Post) -> Answer {
        let Some(request) = request(&post) else { return Answer::None(NoAnswer::NoName) };
        // An address that stands in the URL itself is never looked up.
        let literal = request.uri().host().and_then(resolve::literal);
        if literal.is_some_and(|address| !(self.allows)(address)) {
            return Answer::None(NoAnswer::Forbidden);
        }
        let patience = Duration::from_millis(post.patience.0);
        let answer = tokio::time::timeout(patience, self.exchange(request, post.at)).await;
        answer.unwrap_or(Answer::None(NoAnswer::TimedOut))
    }
}
