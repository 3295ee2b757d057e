//! The real process is killed while it gathers, again and again. Every job that was acknowledged is there
//! afterwards and comes to its end: past its sign-in by itself, before it as an honest failure. What is
//! shown then is what the bank holds, each transaction once.

use crate::bank;
use crate::process::{Demo, Ready};
use authlink::clock::{Clock, SystemClock};
use authlink::crypto::{Keyring, MasterKey};
use authlink::engine::open;
use authlink::random::{EntropySource, SystemEntropy};
use authlink::store::Order;
use authlink::store::key::{self, Kind};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How long is waited for a job to end; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(3);

/// The logins of a round: institution, login id, password.
const LOGINS: [(&str, &str, &str); 4] = [
    ("AU00000", "Whistler", "ShowBox"),
    ("AU00001", "Gilfoyle", "PiedPiper"),
    ("AU00000", "ashMann", "hooli2024"),
    ("AU00004", "gavinBelson", "hooli2016"),
];

struct Api {
    http: Client,
    url: String,
    admin: (String, String),
    token: String,
}

impl Api {
    async fn new(ready: &Ready) -> Self {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let form = [("scope", "SERVER_ACCESS")];
        let request = http
            .post(format!("{}/token", ready.api_url))
            .header("authorization", format!("Basic {}", ready.api_key))
            .header("basiq-version", "3.0")
            .form(&form);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        let admin = (ready.admin_url.clone(), ready.admin_token.clone());
        Self { http, url: ready.api_url.clone(), admin, token }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    /// A user with an active consent, by the way that a person goes.
    async fn consented(&self, mobile: &str) -> String {
        let new = self.call(Method::POST, "/users").json(&json!({ "mobile": mobile })).send().await.unwrap();
        let user: Value = new.json().await.unwrap();
        let user = user["id"].as_str().unwrap().to_owned();
        let made = self.call(Method::POST, &format!("/users/{user}/auth_link")).send().await.unwrap();
        let link: Value = made.json().await.unwrap();
        let id = link["links"]["public"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let entry = format!("{}/client_auth/{id}", self.url);
        assert_eq!(self.http.post(&entry).send().await.unwrap().status(), StatusCode::OK);
        let code = self.code(mobile).await;
        let request = self
            .http
            .post(format!("{entry}/token"))
            .header("authorization", format!("Basic SMS_CODE:{id}"))
            .json(&json!({ "sms-code": code }));
        let token: Value = request.send().await.unwrap().json().await.unwrap();
        self.agree(token["access_token"].as_str().unwrap()).await;
        user
    }

    async fn code(&self, mobile: &str) -> String {
        let url = format!("{}/admin/sms", self.admin.0);
        loop {
            let request = self.http.get(&url).query(&[("to", mobile)]).bearer_auth(&self.admin.1);
            let texts: Value = request.send().await.unwrap().json().await.unwrap();
            if let Some(body) = texts["texts"][0]["body"].as_str() {
                return body[..6].to_owned();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn agree(&self, token: &str) {
        let home = format!("{}/home", self.url);
        let entered = self.http.get(&home).query(&[("token", token)]).send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = self.http.get(&home).header("cookie", &cookie).send().await.unwrap();
        let page = page.text().await.unwrap();
        let form = ["csrf", "policy_version", "language", "notice"].map(|name| (name, field(&page, name)));
        let agree = self.http.post(format!("{home}/agree")).header("cookie", &cookie).form(&form);
        assert_eq!(agree.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    }

    /// Waits until none of the user's jobs is under way, and gives them by id.
    async fn settled(&self, user: &str) -> BTreeMap<String, Value> {
        let ended = async {
            loop {
                let jobs = self.get(&format!("/users/{user}/jobs")).await;
                let jobs = jobs["data"].as_array().unwrap().clone();
                if jobs.iter().all(|job| job["status"] != "in-progress") {
                    break jobs
                        .into_iter()
                        .map(|job| (job["id"].as_str().unwrap().to_owned(), job))
                        .collect();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("a job does not end")
    }

    /// Every posted transaction of a connection's institution, by its pages.
    async fn transactions(&self, user: &str) -> Vec<(String, String)> {
        let (mut all, mut next) = (Vec::new(), Some(format!("/users/{user}/transactions?limit=500")));
        while let Some(path) = next {
            let page = self.get(&path).await;
            for one in page["data"].as_array().unwrap() {
                if one["status"] == "posted" {
                    let text = |name: &str| one[name].as_str().unwrap().to_owned();
                    all.push((text("connection"), text("id")));
                }
            }
            next = page["links"]["next"].as_str().map(|url| url.strip_prefix(&self.url).unwrap().to_owned());
        }
        all
    }
}

fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split_once('"').unwrap().0.to_owned()
}

async fn connect(api: &Api, user: &str, login: (&str, &str, &str)) -> Option<(String, String)> {
    let (institution, login_id, password) = login;
    let body = json!({ "institution": { "id": institution }, "loginId": login_id, "password": password });
    let answer =
        api.call(Method::POST, &format!("/users/{user}/connections")).json(&body).send().await.ok()?;
    let status = answer.status();
    let job: Value = answer.json().await.ok()?;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    Some((job["id"].as_str().unwrap().to_owned(), login_id.to_owned()))
}

/// How many posted transactions each login has: what a run that nobody kills shows.
async fn counted(api: &Api) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (number, login) in LOGINS.into_iter().enumerate() {
        let user = api.consented(&format!("+6149157001{number}")).await;
        connect(api, &user, login).await.unwrap();
        let jobs = api.settled(&user).await;
        assert!(jobs.values().all(|job| job["status"] == "success"), "{jobs:?}");
        counts.insert(login.1.to_owned(), api.transactions(&user).await.len());
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_survive_every_kill_and_show_each_transaction_once() {
    let kills: u32 = std::env::var("AUTHLINK_KILLS").ok().and_then(|many| many.parse().ok()).unwrap_or(8);
    let folder = tempfile::tempdir().unwrap();
    // The bank's clock stands still, so that nothing new is posted while the test runs.
    let now = SystemClock.now().0;
    let bank = bank::start(Arc::new(move || now)).await;
    let environment = [("AUTHLINK_SANDBOX_BANK_URL", bank.as_str())];
    let start = || Demo::with(folder.path(), &[], &environment);
    let mut entropy = SystemEntropy.draw().unwrap();
    let server = start();
    let api = Api::new(&server.ready).await;
    let counts = counted(&api).await;
    let user = api.consented("+61491570156").await;
    server.kill();
    let (mut acknowledged, mut seen): (Vec<(String, String)>, [usize; 2]) = (Vec::new(), [0, 0]);
    for round in 0..kills {
        let server = start();
        let api = Api::new(&server.ready).await;
        api.settled(&user).await;
        let (first, second) = (LOGINS[round as usize % 4], LOGINS[(round as usize + 1) % 4]);
        let (one, other) = tokio::join!(connect(&api, &user, first), connect(&api, &user, second));
        acknowledged.extend(one.into_iter().chain(other));
        tokio::time::sleep(Duration::from_millis(entropy.below(400))).await;
        server.kill();
    }
    let server = start();
    let api = Api::new(&server.ready).await;
    let jobs = api.settled(&user).await;
    for (id, login_id) in &acknowledged {
        let job = jobs.get(id).unwrap_or_else(|| panic!("an acknowledged job is lost: {login_id}"));
        let failed = job["steps"].as_array().unwrap().iter().find(|step| step["status"] == "failed");
        match failed {
            None => seen[0] += 1,
            Some(step) => {
                assert_eq!(step["title"], "verify-credentials", "past its sign-in it goes on: {job}");
                assert_eq!(step["result"]["code"], "service-unavailable", "{job}");
                seen[1] += 1;
            }
        }
    }
    // Once more without a kill: now every login is there whole.
    for login in LOGINS {
        connect(&api, &user, login).await.unwrap();
    }
    let jobs = api.settled(&user).await;
    assert!(jobs.values().rev().any(|job| job["status"] == "success"));
    let shown = api.transactions(&user).await;
    let ids: BTreeSet<&String> = shown.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), shown.len(), "each once");
    assert_eq!(shown.len(), counts.values().sum::<usize>(), "all of them: {counts:?}");
    println!(
        "{kills} kills: {} jobs went on to their end, {} said that they need a new sign-in",
        seen[0], seen[1]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_that_was_ended_stays_ended_over_a_kill_and_nothing_it_covered_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let bank = bank::start(Arc::new(|| SystemClock.now().0)).await;
    let environment = [("AUTHLINK_SANDBOX_BANK_URL", bank.as_str())];
    let start = || Demo::with(folder.path(), &[], &environment);
    let server = start();
    let api = Api::new(&server.ready).await;
    let user = api.consented("+61491570157").await;
    connect(&api, &user, LOGINS[0]).await.unwrap();
    api.settled(&user).await;
    assert!(!api.transactions(&user).await.is_empty());
    // One that is read while the consent ends.
    connect(&api, &user, LOGINS[1]).await.unwrap();
    let consents = format!("/users/{user}/consents");
    let id = api.get(&consents).await["data"][0]["id"].as_str().unwrap().to_owned();
    let ended = api.call(Method::DELETE, &format!("{consents}/{id}")).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    server.kill();

    let server = start();
    let api = Api::new(&server.ready).await;
    let consent = api.get(&consents).await["data"][0].clone();
    assert_eq!((&consent["id"], &consent["status"]), (&json!(id), &json!("revoked")));
    for list in ["connections", "accounts", "transactions", "identities"] {
        assert_eq!(api.get(&format!("/users/{user}/{list}")).await["data"], json!([]), "{list}");
    }
    assert_eq!(api.settled(&user).await.len(), 2, "no job is open, and both are remembered");
    let swept = async {
        loop {
            let request = api.http.get(format!("{}/admin/outbox", api.admin.0)).bearer_auth(&api.admin.1);
            let outbox: Value = request.send().await.unwrap().json().await.unwrap();
            if outbox["entries"].as_array().unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, swept).await.expect("something is left to do");
    server.kill();
    let key = std::fs::read(folder.path().join("master.key")).unwrap();
    let keyring = Keyring::derive(&MasterKey::new(key.try_into().unwrap()));
    let opened = open::open(folder.path(), keyring, 16 << 20).unwrap();
    for kind in [Kind::Connection, Kind::Account, Kind::Identity, Kind::Transaction] {
        let (from, to) = key::all(kind);
        let rows = opened.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap();
        assert!(rows.is_empty(), "{} rows of {kind:?} are left", rows.len());
    }
}
