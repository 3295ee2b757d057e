//! The admin listener: who gets in, what is shown, and what is not.

use crate::process::{Demo, run, text};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

struct Admin {
    client: Client,
    url: String,
    token: String,
}

impl Admin {
    fn of(demo: &Demo) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, url: demo.ready.admin_url.clone(), token: demo.ready.admin_token.clone() }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    async fn read(&self, path: &str) -> (StatusCode, String) {
        let answer = self.get(path).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn object(&self, path: &str) -> Value {
        let (status, body) = self.read(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

const CLOSED: [&str; 15] = [
    "/metrics",
    "/admin/shards",
    "/admin/actors",
    "/admin/actors/30338d31-e739-4388-b45e-914d4dfbdef6",
    "/admin/timers",
    "/admin/clocks",
    "/admin/outbox",
    "/admin/webhooks",
    "/admin/sms",
    "/admin/applications",
    "/admin/export",
    "/admin/seed",
    "/admin/trigger",
    "/admin",
    "/nothing/here",
];

#[tokio::test]
async fn only_health_is_open_and_everything_else_wants_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    for open in ["/healthz", "/readyz"] {
        let answer = admin.client.get(format!("{}{open}", admin.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{open}");
    }
    let half = &admin.token[..32];
    let strange: &[u8] = b"Bearer \xff\xfe";
    for path in CLOSED {
        let url = format!("{}{path}", admin.url);
        let bare = |request: RequestBuilder| request;
        let tries: [(&str, RequestBuilder); 7] = [
            ("no token", bare(admin.client.get(&url))),
            ("another token", admin.client.get(&url).bearer_auth("x".repeat(64))),
            ("half a token", admin.client.get(&url).bearer_auth(half)),
            ("no scheme", admin.client.get(&url).header("authorization", &admin.token)),
            ("not text", admin.client.get(&url).header("authorization", strange)),
            ("an API key", admin.client.get(&url).bearer_auth(&demo.ready.api_key)),
            ("a write", admin.client.post(&url).json(&json!({"name": "X"}))),
        ];
        for (what, request) in tries {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path} with {what}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["data"][0]["code"], "invalid-authorization-token");
        }
    }
    assert_eq!(admin.read("/nothing/here").await.0, StatusCode::NOT_FOUND);
    let listed = admin.object("/admin/applications").await;
    assert_eq!(listed["applications"].as_array().unwrap().len(), 1, "a write without a token was done");
}

#[tokio::test]
async fn a_user_is_shown_with_states_and_without_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let path = format!("/admin/actors/{}", demo.ready.user_id);
    let (_, body) = admin.read(&path).await;
    let shown: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(shown["state"]["auth_link"]["state"], "issued");
    assert_eq!(shown["state"]["mobile_ending"], "006");
    assert_eq!(shown["state"]["email"], "a…@example.test");
    assert_eq!(shown["deadlines"][0]["deadline"], "auth_link.lifetime");
    assert_eq!(shown["transitions"][0]["command"], "create_link");
    let public_id = demo.ready.link.rsplit('/').next().unwrap();
    for hidden in ["491570006", "491 570", "ada.arbor", "Ada", "Arbor", public_id] {
        assert!(!body.contains(hidden), "{hidden} in {body}");
    }
    let nobody = "/admin/actors/00000000-0000-4000-8000-000000000000";
    assert_eq!(admin.read(nobody).await.0, StatusCode::NOT_FOUND);
    assert_eq!(admin.read("/admin/actors/x").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_look_at_who_is_connected_counts_as_an_access() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let (status, made) = admin.post("/admin/trigger", json!({"event": "connection.activated"})).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    for (user, counted) in [(&demo.ready.user_id[..], 0), (made["user"].as_str().unwrap(), 1)] {
        admin.object(&format!("/admin/actors/{user}")).await;
        let (_, metrics) = admin.read("/metrics").await;
        assert!(metrics.contains(&format!("\nauthlink_accesses_total {counted}\n")), "{metrics}");
    }
}

#[tokio::test]
async fn actors_come_in_pages_that_hold_each_once() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let (status, report) = admin.post("/admin/seed", json!({"users": 25, "links": 25})).await;
    assert_eq!((status, &report["users_made"]), (StatusCode::OK, &json!(25)));
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = admin.object(&format!("/admin/actors?limit=10{after}")).await;
        let rows = page["actors"].as_array().unwrap();
        assert!(rows.len() <= 10);
        seen.extend(rows.iter().map(|row| row["user"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (26, 26));
    for wrong in ["limit=0", "limit=1001", "limit=x", "after=x"] {
        assert_eq!(admin.read(&format!("/admin/actors?{wrong}")).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn the_machinery_is_shown_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let shards = admin.object("/admin/shards").await;
    let users: u64 =
        shards["shards"].as_array().unwrap().iter().map(|one| one["users"].as_u64().unwrap()).sum();
    assert_eq!(users, 1);
    assert_eq!(shards["permits"]["total"], shards["permits"]["free"]);
    let timers = admin.object("/admin/timers").await;
    assert_eq!(timers["deadlines"][0]["user"], demo.ready.user_id.as_str());
    assert_eq!(admin.object("/admin/clocks").await["clocks"], json!([]));
    assert_eq!(admin.object("/admin/outbox").await["entries"], json!([]));
    assert_eq!(admin.object("/admin/sms?to=+61491570006&limit=5").await["texts"], json!([]));
    assert_eq!(admin.read("/admin/sms?to=ada").await.0, StatusCode::BAD_REQUEST);
    let answer = admin.get("/metrics").send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let metrics = answer.text().await.unwrap();
    assert!(metrics.contains("authlink_commands_total{name=\"create_link\",outcome=\"ok\"} 1"), "{metrics}");
    assert!(metrics.trim_end().ends_with("# EOF"));
}

#[tokio::test]
async fn applications_are_made_and_changed_and_bad_bodies_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let new = json!({"name": "Cedar Credit", "redirect_url": "https://cedar.example/back"});
    let (status, made) = admin.post("/admin/applications", new).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["application"]["id"].as_str().unwrap();
    let (status, more) = admin.post(&format!("/admin/applications/{id}/keys"), json!({})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(more["key"], made["key"]);
    let change = json!({"requires_link": true});
    let (status, changed) = admin.post(&format!("/admin/applications/{id}"), change).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(changed["application"]["requires_link"], true);
    assert_eq!(changed["application"]["redirect_url"], "https://cedar.example/back");
    assert!(changed.get("key").is_none());
    let (_, gone) = admin.post(&format!("/admin/applications/{id}"), json!({"redirect_url": ""})).await;
    assert_eq!(gone["application"]["redirect_url"], Value::Null);
    assert_eq!(gone["application"]["requires_link"], true);
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!([]), StatusCode::BAD_REQUEST),
        (json!({"name": 7}), StatusCode::BAD_REQUEST),
        (json!({"name": ""}), StatusCode::BAD_REQUEST),
        (json!({"name": "X", "mode": "wild"}), StatusCode::BAD_REQUEST),
        (json!({"name": "X", "mode": "live"}), StatusCode::CONFLICT),
        (json!({"name": "X", "redirect_url": "javascript:x"}), StatusCode::BAD_REQUEST),
    ] {
        let (answered, error) = admin.post("/admin/applications", body.clone()).await;
        assert_eq!(answered, status, "{body}: {error}");
        assert_eq!(error["data"][0]["type"], "error", "{error}");
    }
    let (status, _) = admin.post("/admin/seed", json!({"users": 5000, "links": 0})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "one request must stay small");
    assert_eq!(admin.object("/admin/applications").await["applications"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_look_is_set_shown_and_exported_and_an_unreadable_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let list = admin.object("/admin/applications").await;
    let id = list["applications"][0]["id"].as_str().unwrap();
    let path = format!("/admin/applications/{id}/look");
    let plain = admin.object(&path).await;
    assert_eq!(
        plain["look"],
        json!({"brand": {"font": "serif", "radius": 14}, "greeting": {}, "flow": {"skip_success": false, "multiple_connections": true, "reissue": false}})
    );
    let (status, set) = admin.post(&path, json!({"brand": {"name": "Cedar", "colour": "#6b2347"}})).await;
    assert_eq!((status, &set["look"]["brand"]["text"]), (StatusCode::OK, &json!("#ffffff")), "{set}");
    assert_eq!(admin.object(&path).await, set);
    let (_, exported) = admin.read("/admin/export").await;
    let line = json!({"record": "look", "application": id, "look": set["look"]});
    assert!(exported.lines().any(|one| serde_json::from_str::<Value>(one).unwrap() == line), "{exported}");
    for (body, said) in [
        (json!({"brand": {"colour": "#ffcc00"}}), "has to be 4.50 : 1"),
        (json!({"brand": {"color": "#6b2347"}}), "known options alone"),
        (json!({"brand": {"radius": 25}}), "0 to 24 pixels"),
        (json!([]), "known options alone"),
    ] {
        let (status, error) = admin.post(&path, body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(error["data"][0]["detail"].as_str().unwrap().contains(said), "{body}: {error}");
    }
    assert_eq!(admin.object(&path).await, set, "a refused look changes nothing");
    let nobody = "/admin/applications/00000000-0000-4000-8000-000000000000/look";
    assert_eq!(admin.read(nobody).await.0, StatusCode::NOT_FOUND);
    assert_eq!(admin.post(nobody, json!({})).await.0, StatusCode::NOT_FOUND);
}

/// Asks for a text and reads its code where the operator does.
async fn texted_code(demo: &Demo, admin: &Admin) -> String {
    let (api, id) = demo.ready.link.rsplit_once('/').unwrap();
    let ask = admin.client.post(format!("{api}/client_auth/{id}"));
    let asked = ask.header("authorization", format!("Basic SMS_CODE:{id}")).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::OK);
    // Texts go out after their commit, at the dispatcher's pace.
    for _ in 0..10_000 {
        let inbox = admin.object("/admin/sms?to=%2B61491570006&limit=1").await;
        if let Some(body) = inbox["texts"][0]["body"].as_str() {
            assert_eq!(admin.object("/admin/sms?to=+61400111222").await["texts"], json!([]));
            return body.split(' ').next().unwrap().to_owned();
        }
    }
    panic!("no text came");
}

/// The export is read by people and kept in files: every secret that the server knows is searched in it.
#[tokio::test]
async fn the_export_is_whole_and_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let (status, _) = admin.post("/admin/seed", json!({"users": 700, "links": 700})).await;
    assert_eq!(status, StatusCode::OK);
    let (status, streamed) = admin.read("/admin/export").await;
    assert_eq!(status, StatusCode::OK);
    let through_server = text(&run(folder.path(), &["export"]).await.stdout);
    assert!(through_server == streamed, "the command and the route differ");
    let code = texted_code(&demo, &admin).await;
    let (_, after_text) = admin.read("/admin/export").await;
    assert!(after_text.contains("auth_link.otp_sent"), "the text left no event");
    let words: Vec<&str> = after_text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    assert!(!words.contains(&code.as_str()) && !after_text.contains("is your code"));
    let secrets = [
        demo.ready.api_key.clone(),
        demo.ready.admin_token.clone(),
        demo.ready.link.rsplit('/').next().unwrap().to_owned(),
    ];
    demo.kill();
    let local = text(&run(folder.path(), &["export"]).await.stdout);
    assert!(local == after_text, "the folder and the server differ");
    for secret in secrets {
        assert!(!after_text.contains(&secret));
    }
    let mut counts = std::collections::BTreeMap::new();
    for line in streamed.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        *counts.entry(line["record"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    // More than one page of each, and no record twice.
    let expected = [("application", 1), ("event", 2 * 701), ("policy", 1), ("user", 701)];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let mut lines: Vec<&str> = streamed.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), streamed.lines().count());
}

#[tokio::test]
async fn the_queues_of_webhooks_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let admin = Admin::of(&demo);
    let empty = json!({
        "webhooks": 0, "halted": 0, "under_way": {"healthy": 0, "troubled": 0}, "waiting": 0, "queues": []
    });
    assert_eq!(admin.object("/admin/webhooks").await, empty);
    let http = Client::builder().no_proxy().build().unwrap();
    let token = http
        .post(format!("{}/token", demo.ready.api_url))
        .header("authorization", format!("Basic {}", demo.ready.api_key))
        .header("basiq-version", "3.0")
        .form(&[("scope", "SERVER_ACCESS")]);
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    let post = |path: &str, body: Value| {
        let request = http.post(format!("{}{path}", demo.ready.api_url));
        request.bearer_auth(token["access_token"].as_str().unwrap()).json(&body).send()
    };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let webhook = json!({"url": format!("http://{nobody}/"), "subscribedEvents": ["user.created"]});
    let webhook: Value = post("/notifications/webhooks", webhook).await.unwrap().json().await.unwrap();
    post("/users", json!({"mobile": "+61400111222"})).await.unwrap();
    let queue = loop {
        let shown = admin.object("/admin/webhooks").await;
        assert_eq!(shown["webhooks"], json!(1));
        let queue = shown["queues"][0].clone();
        if queue["retries"] == json!(1) {
            break queue;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    assert_eq!(
        (&queue["webhook"], &queue["behind"], &queue["halted"]),
        (&webhook["id"], &json!(0), &Value::Null)
    );
    assert_eq!((&queue["failures"], &queue["lane"]), (&json!(1), &json!("troubled")));
    let metrics = admin.read("/metrics").await.1;
    assert!(
        metrics.contains("authlink_deliveries_total{name=\"webhook\",outcome=\"no_answer\"} 1"),
        "{metrics}"
    );
}
