//! The sandbox bank as its clients meet it: a server of its own, over a real socket.

mod command;
mod faults;
mod logins;
mod reads;

use authlink::sandbox::{Options, serve};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// 2026-03-18 at 05:30 UTC.
pub const NOW: i64 = 1_773_811_800_000;
const DAY: i64 = 24 * 3600 * 1000;

/// Who can sign in, as docs/SANDBOX.md lists it: login id, password, answers.
pub const PERSONS: [(&str, &str, &[&str]); 8] = [
    ("Wentworth-Smith", "whislter", &["Authlink", "AU00000"]),
    ("Whistler", "ShowBox", &["Authlink", "AU00000"]),
    ("Gilfoyle", "PiedPiper", &["Hooli"]),
    ("gavinBelson", "hooli2016", &["Hooli"]),
    ("jared", "django", &["1234"]),
    ("richard", "tabsnotspaces", &["1234"]),
    ("laurieBream", "business2024", &["1234"]),
    ("ashMann", "hooli2024", &["1234"]),
];

/// A bank in this process; ends with its value.
pub struct Bank {
    pub base: String,
    client: Client,
    clock: Arc<AtomicI64>,
    stop: DropGuard,
    /// When it is one of this process.
    served: Option<JoinHandle<()>>,
}

impl Bank {
    pub async fn start() -> Self {
        Self::at(1, NOW, true).await
    }

    async fn at(seed: u64, now: i64, is_controlled: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(AtomicI64::new(now));
        let (told, stop) = (clock.clone(), CancellationToken::new());
        let now = Arc::new(move || told.load(Ordering::SeqCst));
        let options = Options { seed, latency: Duration::ZERO, is_controlled, now };
        let served = Some(tokio::spawn(serve(listener, options, stop.clone())));
        Self { base, client: Client::new(), clock, stop: stop.drop_guard(), served }
    }

    /// Ends it; when this is done, nobody listens there any more.
    pub async fn end(self) {
        drop(self.stop);
        if let Some(served) = self.served {
            served.await.unwrap();
        }
    }

    pub fn advance(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answered(self.request(Method::POST, path).json(body)).await
    }

    async fn login(&self, institution: &str, login_id: &str, password: &str) -> (StatusCode, Value) {
        let body = json!({ "login_id": login_id, "password": password });
        self.post(&format!("/{institution}/login"), &body).await
    }

    pub async fn session(&self, institution: &str, login_id: &str, password: &str) -> String {
        let (status, body) = self.login(institution, login_id, password).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        text(&body["session_token"])
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        answered(self.request(Method::GET, path).bearer_auth(token)).await
    }

    async fn rows(&self, path: &str, token: &str, name: &str) -> Vec<Value> {
        let (status, body) = self.get(path, token).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body[name].as_array().unwrap().clone()
    }

    /// All transactions of an account, page after page, newest first.
    pub async fn transactions(&self, institution: &str, account_no: &str, token: &str) -> Vec<Value> {
        let path = format!("/{institution}/accounts/{account_no}/transactions");
        let (mut all, mut query) = (Vec::new(), String::new());
        loop {
            let (status, body) = self.get(&format!("{path}{query}"), token).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let page = body["transactions"].as_array().unwrap();
            assert!(!page.is_empty() && page.len() <= 100);
            all.extend(page.iter().cloned());
            let Some(next) = body["next_cursor"].as_str() else { return all };
            assert_eq!(page.len(), 100, "only the last page may be short");
            query = format!("?cursor={next}");
        }
    }

    pub async fn fault(&self, fault: Value) {
        let (status, body) = answered(self.request(Method::PUT, "/control/faults").json(&fault)).await;
        assert_eq!(status, StatusCode::OK, "{fault} {body}");
    }
}

async fn answered(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    (answer.status(), answer.json().await.unwrap())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[track_caller]
fn refused(answer: &(StatusCode, Value), status: u16, code: &str) {
    assert_eq!((answer.0.as_u16(), answer.1["code"].as_str()), (status, Some(code)), "{}", answer.1);
    let members: BTreeSet<&str> = answer.1.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["code", "detail"]));
}

fn cents(value: &Value) -> i64 {
    let (whole, part) = value.as_str().unwrap().split_once('.').unwrap();
    assert_eq!(part.len(), 2);
    format!("{whole}{part}").parse().unwrap()
}
