//! The real process is killed while it tells a real receiver. Every event whose cause was acknowledged arrives,
//! under one name, whatever happened in between.

use crate::process::{Demo, Ready};
use crate::receiver::{Receiver, status};
use authlink::random::{EntropySource, SystemEntropy};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUNDS: usize = 5;

/// Waits so short that a test can wait for them.
const CONFIG: &str = "[workflow.webhook_delivery]\nretries = [\"100ms\", \"200ms\", \"400ms\", \"800ms\", \"2s\", \"2s\", \"2s\", \"2s\", \"2s\"]\npause = \"100ms\"\n";

struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    async fn new(ready: &Ready) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let asked = http
            .post(format!("{}/token", ready.api_url))
            .header("authorization", format!("Basic {}", ready.api_key))
            .header("basiq-version", "3.0")
            .form(&[("scope", "SERVER_ACCESS")]);
        let body: Value = asked.send().await.unwrap().json().await.unwrap();
        Self { http, url: ready.api_url.clone(), token: body["access_token"].as_str().unwrap().to_owned() }
    }

    /// `None` when no whole answer came.
    async fn post(&self, path: &str, body: Value) -> Option<Value> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(&body);
        let answer = request.send().await.ok()?;
        assert_eq!(answer.status(), 201);
        answer.json().await.ok()
    }
}

async fn make_users(api: Arc<Api>, made: Arc<Mutex<BTreeSet<String>>>) {
    while let Some(user) = api.post("/users", json!({"mobile": "+61400111222"})).await {
        made.lock().unwrap().insert(user["id"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_every_event_arrives_under_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("authlink.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let data = folder.path().join("data");
    let arguments = ["--config", config.to_str().unwrap()];
    // Every fifth message is refused.
    let receiver = Receiver::start(|number, _| status(if number % 5 == 4 { 503 } else { 200 })).await;
    let made = Arc::<Mutex<BTreeSet<String>>>::default();
    let mut entropy = SystemEntropy.draw().unwrap();
    for round in 0..ROUNDS {
        let demo = Demo::with(&data, &arguments, &[]);
        let api = Arc::new(Api::new(&demo.ready).await);
        if round == 0 {
            let webhook = json!({"url": receiver.url(), "subscribedEvents": ["user.created"]});
            api.post("/notifications/webhooks", webhook).await.unwrap();
        }
        let workers: Vec<_> = (0..4).map(|_| tokio::spawn(make_users(api.clone(), made.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(150 + entropy.below(500))).await;
        demo.kill();
        for worker in workers {
            worker.await.unwrap();
        }
    }
    let users = made.lock().unwrap().clone();
    assert!(users.len() > 50, "{}", users.len());
    let demo = Demo::with(&data, &arguments, &[]);
    let all_arrived = async {
        while !users.is_subset(&took(&receiver)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let arrived = tokio::time::timeout(Duration::from_mins(2), all_arrived).await;
    let missing: Vec<_> = users.difference(&took(&receiver)).cloned().collect();
    assert!(arrived.is_ok(), "{} of {} never came: {missing:?}", missing.len(), users.len());
    let mut names = BTreeMap::<String, BTreeSet<String>>::new();
    for heard in receiver.heard() {
        let event = heard.json()["eventId"].as_str().unwrap().to_owned();
        names.entry(event).or_default().insert(heard.header("webhook-id").to_owned());
    }
    assert!(names.values().all(|names| names.len() == 1), "{names:?}");
    demo.kill();
}

/// The users of whom the receiver took a message.
fn took(receiver: &Receiver) -> BTreeSet<String> {
    let taken = receiver.heard().into_iter().enumerate().filter(|(number, _)| number % 5 != 4);
    taken
        .map(|(_, heard)| {
            let entity = heard.json()["links"]["eventEntity"].as_str().unwrap().to_owned();
            entity.rsplit('/').next().unwrap().to_owned()
        })
        .collect()
}
