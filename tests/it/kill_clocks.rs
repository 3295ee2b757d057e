//! A test clock is on its way with many users due at many instants, and the real process is killed again and
//! again. It arrives all the same, and each thing has happened once, in order, at its instant.

use crate::process::{Demo, Ready, run, text};
use authlink::random::{EntropySource, SystemEntropy};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Users of the clock, each with a link of another instant.
const USERS: usize = 80;

/// How long a test waits for something that must come; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    async fn new(ready: &Ready) -> Self {
        let http = Client::new();
        let request = http.post(format!("{}/token", ready.api_url));
        let request = request.header("authorization", format!("Basic {}", ready.api_key));
        let request = request.header("basiq-version", "3.0").form(&[("scope", "SERVER_ACCESS")]);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        Self { http, url: ready.api_url.clone(), token: body["access_token"].as_str().unwrap().to_owned() }
    }

    fn request(&self, method: Method, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if body.is_null() { request } else { request.json(body) }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self.request(method, path, &body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Sends a clock a long way, under one name.
    fn send_off(&self, clock: &str) -> JoinHandle<()> {
        let path = format!("/test_clocks/{clock}/advance");
        let advance = self.request(Method::POST, &path, &json!({ "by": "19d" }));
        let advance = advance.header("idempotency-key", "nineteen days");
        // The process may be killed before it answers.
        tokio::spawn(async move { drop(advance.send().await) })
    }

    /// Asks the same once more: whether it was answered before.
    async fn ask_again(&self, clock: &str) -> String {
        let path = format!("/test_clocks/{clock}/advance");
        let advance = self.request(Method::POST, &path, &json!({ "by": "19d" }));
        let answer = advance.header("idempotency-key", "nineteen days").send().await.unwrap();
        answer.headers()["idempotent-replayed"].to_str().unwrap().to_owned()
    }

    async fn status(&self, clock: &str) -> String {
        let clock = self.ask(Method::GET, &format!("/test_clocks/{clock}"), Value::Null).await;
        clock["status"].as_str().unwrap().to_owned()
    }
}

/// Makes a clock and its users; when each link ends, by its user.
async fn prepare(api: &Api) -> (String, BTreeMap<String, String>) {
    let made = api.ask(Method::POST, "/test_clocks", json!({ "now": "2026-03-01T09:00:00Z" })).await;
    let clock = made["id"].as_str().unwrap().to_owned();
    let mut ends = BTreeMap::new();
    for number in 0..USERS {
        let person = json!({ "mobile": "+61400111222", "testClock": clock });
        let user = api.ask(Method::POST, "/users", person).await["id"].as_str().unwrap().to_owned();
        let link = api.ask(Method::POST, &format!("/users/{user}/auth_link"), Value::Null).await;
        ends.insert(user, link["expiresAt"].as_str().unwrap().to_owned());
        // Some of them are due at one instant.
        if number % 4 != 0 {
            let path = format!("/test_clocks/{clock}/advance");
            api.ask(Method::POST, &path, json!({ "by": "1s" })).await;
        }
    }
    (clock, ends)
}

/// Every record.
async fn export(data: &std::path::Path) -> Vec<Value> {
    let out = run(data, &["export"]).await;
    assert!(out.status.success(), "{}", text(&out.stderr));
    text(&out.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What became of the links, in the order of the application's list: whose and when.
fn ended(records: &[Value]) -> Vec<(String, String)> {
    let events = records.iter();
    let mut found: Vec<(u64, String, String)> = events
        .filter(|one| one["record"] == "event" && one["event"] == "auth_link.expired")
        .map(|one| {
            let word = |name: &str| one[name].as_str().unwrap().to_owned();
            (one["number"].as_u64().unwrap(), word("user"), word("at"))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, user, at)| (user, at)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_on_its_way_survives_every_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut entropy = SystemEntropy.draw().unwrap();
    let mut server = Demo::start(folder.path());
    let mut api = Api::new(&server.ready).await;
    let (clock, ends) = prepare(&api).await;
    let mut asked = api.send_off(&clock);
    let set_out = async {
        while api.status(&clock).await != "advancing" {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, set_out).await.expect("it does not set out");
    let mut kills = 0;
    while api.status(&clock).await == "advancing" && kills < 40 {
        tokio::time::sleep(Duration::from_millis(entropy.below(30))).await;
        server.kill();
        kills += 1;
        server = Demo::start(folder.path());
        api = Api::new(&server.ready).await;
        asked = api.send_off(&clock);
    }
    let arrived = async {
        while api.status(&clock).await != "ready" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, arrived).await.expect("it does not arrive");
    asked.await.unwrap();
    let again = api.ask_again(&clock).await;
    assert_eq!(again, "true", "it is answered as before, and not sent off again");
    let records = export(folder.path()).await;
    let stands = records.iter().find(|one| one["record"] == "clock" && one["id"] == clock.as_str()).unwrap();
    assert_eq!((&stands["at"], &stands["target"]), (&json!("2026-03-20T09:01:00Z"), &Value::Null));
    let found = ended(&records);
    let seen: BTreeMap<String, String> = found.iter().cloned().collect();
    assert_eq!((found.len(), &seen), (USERS, &ends), "after {kills} kills");
    assert!(found.is_sorted_by_key(|(_, at)| at), "{found:?}");
    assert!(kills > 0, "it was there before the first kill");
    println!("{kills} kills on the way of {USERS} users");
}
