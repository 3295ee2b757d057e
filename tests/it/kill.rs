//! The real process under real load is killed at random moments, again and again. Everything that was
//! acknowledged is there afterwards; what was asked and not answered may be there or not.

use crate::process::{Demo, Ready};
use authlink::random::{EntropySource, SystemEntropy};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const WORKERS: usize = 8;

/// What one worker knows of one user: every number is of answers that came.
#[derive(Debug, Clone)]
struct Tally {
    user: String,
    /// The last link that was answered, and whether one more was asked for without an answer.
    link: Option<String>,
    link_maybe: bool,
    wrong: u32,
    wrong_maybe: u32,
    deleted: bool,
    deleted_maybe: bool,
}

struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    async fn new(ready: &Ready) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let answer = http
            .post(format!("{}/token", ready.api_url))
            .header("authorization", format!("Basic {}", ready.api_key))
            .header("basiq-version", "3.0")
            .form(&[("scope", "SERVER_ACCESS")])
            .send()
            .await
            .unwrap();
        let body: Value = answer.json().await.unwrap();
        Self { http, url: ready.api_url.clone(), token: body["access_token"].as_str().unwrap().to_owned() }
    }

    /// `None` when no whole answer came.
    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Option<(StatusCode, Value)> {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        request = if path.starts_with("/client_auth") {
            request.header("authorization", format!("Basic SMS_CODE:{}", public_id_in(path)))
        } else {
            request.bearer_auth(&self.token)
        };
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}

fn public_id_in(path: &str) -> &str {
    path.trim_start_matches("/client_auth/").split('/').next().unwrap()
}

fn public_id(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

/// Works until the server is gone, and tells what was answered.
async fn work(api: &Api, tallies: &mut Vec<Tally>) {
    loop {
        let Some((status, body)) = api.ask("POST", "/users", Some(json!({"mobile": "+61400111222"}))).await
        else {
            return;
        };
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let user = body["id"].as_str().unwrap().to_owned();
        let (link, link_maybe, wrong, wrong_maybe) = (None, false, 0, 0);
        tallies.push(Tally {
            user,
            link,
            link_maybe,
            wrong,
            wrong_maybe,
            deleted: false,
            deleted_maybe: false,
        });
        let tally = tallies.last_mut().unwrap();
        if one_user(api, tally).await.is_none() {
            return;
        }
    }
}

async fn one_user(api: &Api, tally: &mut Tally) -> Option<()> {
    for _ in 0..2 {
        tally.link_maybe = true;
        let (status, body) = api.ask("POST", &format!("/users/{}/auth_link", tally.user), None).await?;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        tally.link = Some(body["links"]["public"].as_str().unwrap().to_owned());
        tally.link_maybe = false;
    }
    let id = public_id(tally.link.as_ref()?).to_owned();
    let (status, body) = api.ask("POST", &format!("/client_auth/{id}"), None).await?;
    assert_eq!(status, StatusCode::OK, "{body}");
    for _ in 0..2 {
        tally.wrong_maybe += 1;
        // Not a code that can ever be drawn twice in a row by chance: a right guess would be a 200.
        let (status, body) =
            api.ask("POST", &format!("/client_auth/{id}/token"), Some(json!({"sms-code": "000000"}))).await?;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{body}");
        tally.wrong_maybe -= 1;
        tally.wrong += 1;
    }
    if tally.user.as_bytes()[0].is_multiple_of(4) {
        tally.deleted_maybe = true;
        let (status, body) = api.ask("DELETE", &format!("/users/{}", tally.user), None).await?;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
        tally.deleted = true;
    }
    Some(())
}

/// Checks one user against what was answered.
async fn check(api: &Api, tally: &Tally) {
    let (status, _) = api.ask("GET", &format!("/users/{}", tally.user), None).await.unwrap();
    if tally.deleted {
        assert_eq!(status, StatusCode::NOT_FOUND, "a deleted user is back: {tally:?}");
        return;
    }
    if tally.deleted_maybe && status == StatusCode::NOT_FOUND {
        return;
    }
    assert_eq!(status, StatusCode::OK, "a user is lost: {tally:?}");
    let (status, body) = api.ask("GET", &format!("/users/{}/auth_link", tally.user), None).await.unwrap();
    let Some(acknowledged) = &tally.link else {
        assert!(status == StatusCode::NOT_FOUND || tally.link_maybe, "{status} {body}");
        return;
    };
    assert_eq!(status, StatusCode::OK, "a link is lost: {tally:?} {body}");
    // The port may be another after a restart; the id is the same.
    let now = public_id(body["links"]["public"].as_str().unwrap()).to_owned();
    if now != public_id(acknowledged) {
        assert!(tally.link_maybe, "an acknowledged link was undone: {tally:?}");
        return;
    }
    exhaust(api, tally, &now).await;
}

/// Wrong codes until the link locks: no more than what was left.
async fn exhaust(api: &Api, tally: &Tally, id: &str) {
    if tally.wrong == 0 {
        return;
    }
    for tried in tally.wrong + 1..=5 {
        let asked =
            api.ask("POST", &format!("/client_auth/{id}/token"), Some(json!({"sms-code": "000000"}))).await;
        let (status, body) = asked.unwrap();
        if status == StatusCode::NO_CONTENT {
            assert!(tried + tally.wrong_maybe >= 5, "locked after {tried} wrong codes: {tally:?}");
            return;
        }
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{body}");
    }
    panic!("wrong codes were forgotten: {tally:?}");
}

async fn events_are_there(api: &Api, tally: &Tally) {
    let filter = format!("/events?filter=user.id.eq('{}')", tally.user);
    let (status, body) = api.ask("GET", &filter, None).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{body}");
    let created =
        body["data"].as_array().unwrap().iter().filter(|event| event["eventType"] == "created").count();
    assert_eq!(created, 1, "{tally:?} {body}");
}

async fn one_round(data: &std::path::Path, load: Duration, tallies: Vec<Tally>) -> Vec<Tally> {
    let server = Demo::start(data);
    let ready = server.ready.clone();
    let api = std::sync::Arc::new(Api::new(&ready).await);
    let mut checks = tokio::task::JoinSet::new();
    for tally in tallies {
        let api = api.clone();
        checks.spawn(async move {
            check(&api, &tally).await;
            events_are_there(&api, &tally).await;
        });
        if checks.len() >= WORKERS {
            checks.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = checks.join_next().await {
        done.unwrap();
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        let api = api.clone();
        workers.spawn(async move {
            let mut tallies = Vec::new();
            work(&api, &mut tallies).await;
            tallies
        });
    }
    tokio::time::sleep(load).await;
    server.kill();
    let mut known = Vec::new();
    while let Some(done) = workers.join_next().await {
        known.extend(done.unwrap());
    }
    known
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_kill() {
    let kills: u32 = std::env::var("AUTHLINK_KILLS").ok().and_then(|many| many.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let mut entropy = SystemEntropy.draw().unwrap();
    let (mut known, mut acknowledged) = (Vec::new(), 0);
    for round in 0..=kills {
        let load =
            if round == kills { Duration::ZERO } else { Duration::from_millis(40 + entropy.below(260)) };
        known = one_round(folder.path(), load, known).await;
        acknowledged += known.len();
    }
    assert!(
        acknowledged as u64 > u64::from(kills),
        "the load was too small to prove anything: {acknowledged}"
    );
    println!("{kills} kills, {acknowledged} acknowledged users checked");
}
