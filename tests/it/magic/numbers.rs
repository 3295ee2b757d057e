//! Texts to magic numbers, as the partner and the applicant meet them.

use super::{events, row};
use crate::pages::browser::{Browser, Shown};
use crate::process::Demo;
use crate::rig::{Partner, Rig, answer};
use authlink::adapters::sms::magic::LATE;
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const LATE_NUMBER: &str = "+61491575254";
const LOST: &str = "+61491575789";
const DOUBLED: &str = "+61491576398";
const OUT_OF_ORDER: &str = "+61491576801";
const REFUSED: &str = "+61491577426";
const BUSY: &str = "+61491577644";

const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody who opened a link and asked for a code.
struct Applicant {
    rig: Rig,
    partner: Partner,
    mobile: &'static str,
    link: String,
    browser: Browser,
}

impl Applicant {
    async fn asks(mobile: &'static str) -> Self {
        let rig = Rig::start();
        let partner = rig.partner("Quill Lending").await;
        let user = rig.user(&partner, mobile).await;
        let link = rig.link(&partner, &user).await;
        let mut browser = Browser::new(&rig.base);
        let start = browser.get(&format!("/{link}")).await;
        browser.press(&start.form("Text me a code")).await;
        Self { rig, partner, mobile, link, browser }
    }

    async fn code_page(&mut self) -> Shown {
        self.browser.get(&format!("/{}/code", self.link)).await
    }

    /// Waits until the partner has so many events of that name.
    async fn told(&self, name: &str, count: usize) {
        row(self.mobile).tells_partner(name);
        let told = async {
            while events(&self.rig, &self.partner).await.iter().filter(|event| *event == name).count() < count
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("the partner is not told");
    }

    async fn asks_again(&mut self) {
        self.rig.advance(Span::seconds(30));
        let page = self.code_page().await;
        self.browser.press(&page.form("Text me a new code")).await;
    }

    async fn enters(&mut self, code: &str) -> Shown {
        let page = self.code_page().await;
        self.browser.press(&page.form("Continue").with("code", code)).await
    }
}

#[tokio::test]
async fn a_late_text_comes_when_it_was_said_to() {
    let mut person = Applicant::asks(LATE_NUMBER).await;
    person.told("auth_link.otp_sent", 1).await;
    assert_eq!(person.rig.texts(LATE_NUMBER), 0);
    person.rig.advance(LATE);
    let code = person.rig.code(LATE_NUMBER, 1).await;
    assert_eq!(person.enters(&code).await.heading(), "Share bank data with Quill Lending?");
}

#[tokio::test]
async fn a_late_text_is_dead_for_whoever_asked_for_another() {
    let mut person = Applicant::asks(LATE_NUMBER).await;
    person.told("auth_link.otp_sent", 1).await;
    person.asks_again().await;
    person.told("auth_link.otp_sent", 2).await;
    person.rig.advance(Span::seconds(LATE.0 / 1000 - 30));
    let code = person.rig.code(LATE_NUMBER, 1).await;
    assert_eq!(person.rig.texts(LATE_NUMBER), 1, "the second one is late as well");
    assert!(person.enters(&code).await.title().starts_with("Error: wrong code"));
}

#[tokio::test]
async fn a_lost_text_is_sent_and_never_seen() {
    let mut person = Applicant::asks(LOST).await;
    person.told("auth_link.otp_sent", 1).await;
    person.asks_again().await;
    person.told("auth_link.otp_sent", 2).await;
    person.rig.advance(Span::minutes(9));
    assert_eq!(person.rig.texts(LOST), 0);
}

#[tokio::test]
async fn a_doubled_text_is_one_code() {
    let mut person = Applicant::asks(DOUBLED).await;
    person.told("auth_link.otp_sent", 1).await;
    let code = person.rig.code(DOUBLED, 2).await;
    let texts = person.rig.engine.inbox(Some(DOUBLED), 10).unwrap();
    assert_eq!((texts.len(), &texts[0].body), (2, &texts[1].body));
    let sent = events(&person.rig, &person.partner).await;
    assert_eq!(sent.iter().filter(|event| *event == "auth_link.otp_sent").count(), 1);
    assert_eq!(person.enters(&code).await.status, 200);
}

#[tokio::test]
async fn an_older_text_comes_behind_a_newer_one_and_its_code_is_dead() {
    let mut person = Applicant::asks(OUT_OF_ORDER).await;
    person.told("auth_link.otp_sent", 1).await;
    assert_eq!(person.rig.texts(OUT_OF_ORDER), 0);
    person.asks_again().await;
    let newer = person.rig.code(OUT_OF_ORDER, 1).await;
    person.rig.advance(Span::seconds(1));
    let older = person.rig.code(OUT_OF_ORDER, 2).await;
    let told = person.enters(&older).await;
    assert!(told.title().starts_with("Error: wrong code"));
    for words in row(OUT_OF_ORDER).shown() {
        assert!(told.html.contains(words), "{words}");
    }
    assert_eq!(person.enters(&newer).await.status, 200);
}

#[tokio::test]
async fn a_refused_text_is_told_to_both() {
    let mut person = Applicant::asks(REFUSED).await;
    person.told("auth_link.otp_failed", 1).await;
    let page = person.code_page().await;
    assert_eq!(row(REFUSED).shown(), [page.heading()]);
    assert!(
        page.html.contains("ending in <b class=\"num\">426</b> doesn’t take our messages"),
        "{}",
        page.html
    );
    // Nobody waits for a text that cannot come: the next one goes at once, and is refused as well.
    person.browser.press(&page.form("Text me a new code")).await;
    person.told("auth_link.otp_failed", 2).await;
    assert_eq!(person.code_page().await.heading(), page.heading());
    let seen = events(&person.rig, &person.partner).await;
    assert!(!seen.iter().any(|event| event == "auth_link.otp_sent") && person.rig.texts(REFUSED) == 0);
}

#[tokio::test]
async fn a_busy_gateway_takes_the_text_in_the_end() {
    let mut person = Applicant::asks(BUSY).await;
    let code = person.rig.code(BUSY, 1).await;
    person.told("auth_link.otp_sent", 1).await;
    assert_eq!(person.enters(&code).await.status, 200);
}

/// A demo's partner, by the wire.
struct Api {
    client: reqwest::Client,
    demo: Demo,
    token: String,
}

impl Api {
    async fn of(demo: Demo) -> Self {
        let client = reqwest::Client::new();
        let request = client.post(format!("{}/token", demo.ready.api_url));
        let request = request.header("authorization", format!("Basic {}", demo.ready.api_key));
        let request = request.header("basiq-version", "3.0").form(&[("scope", "SERVER_ACCESS")]);
        let (_, body) = answer(request).await;
        Self { client, token: body["access_token"].as_str().unwrap().to_owned(), demo }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.request(Method::POST, format!("{}{path}", self.demo.ready.api_url));
        let (status, body) = answer(request.bearer_auth(&self.token).json(body)).await;
        assert!((200..300).contains(&status), "{path}: {body}");
        body
    }

    /// The texts to a number, once there are `count`.
    async fn texts(&self, mobile: &str, count: usize) -> Vec<Value> {
        let look = async {
            loop {
                let request = self.client.get(format!("{}/admin/sms", self.demo.ready.admin_url));
                let request = request.query(&[("to", mobile)]).bearer_auth(&self.demo.ready.admin_token);
                let (_, body) = answer(request).await;
                let texts = body["texts"].as_array().unwrap().clone();
                if texts.len() >= count {
                    return texts;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("no text arrived")
    }

    /// The effects that are not done yet.
    async fn open(&self) -> usize {
        let request = self.client.get(format!("{}/admin/outbox", self.demo.ready.admin_url));
        let (_, body) = answer(request.bearer_auth(&self.demo.ready.admin_token)).await;
        body["entries"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_text_that_waits_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let soon = [("AUTHLINK_WORKFLOW_AUTH_LINK_CODE_COOLDOWN", "0s")];
    let api = Api::of(Demo::with(folder.path(), &[], &soon)).await;
    let user = api.post("/users", &json!({ "mobile": OUT_OF_ORDER })).await;
    let link = api.post(&format!("/users/{}/auth_link", user["id"].as_str().unwrap()), &json!({})).await;
    let link = link["links"]["public"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let ask = format!("/client_auth/{link}");
    api.post(&ask, &json!({})).await;
    while api.open().await > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(api.texts(OUT_OF_ORDER, 0).await.is_empty(), "it waits");
    api.demo.kill();
    let api = Api::of(Demo::with(folder.path(), &[], &soon)).await;
    api.post(&ask, &json!({})).await;
    let texts = api.texts(OUT_OF_ORDER, 2).await;
    assert!(texts[0]["arrived"].as_str() > texts[1]["arrived"].as_str(), "a second later: {texts:?}");
    assert!(texts.len() == 2 && texts[0]["body"] != texts[1]["body"], "{texts:?}");
}
