//! `/notifications/webhooks` (contract section 2.12).

use crate::rig::{Partner, Rig, Setup, answer, refusal};
use authlink::domain::time::{Span, UnixMillis};
use authlink::domain::webhook::target::Reach;
use authlink::engine::Limits;
use reqwest::Method;
use serde_json::{Value, json};

const ALL: &str = "/notifications/webhooks";

async fn made(rig: &Rig, partner: &Partner, body: Value) -> Value {
    let (status, body) = answer(rig.call(&partner.token, Method::POST, ALL).json(&body)).await;
    assert_eq!(status, 201, "{body}");
    body
}

async fn at(rig: &Rig, partner: &Partner, method: Method, path: &str) -> (u16, Value) {
    answer(rig.call(&partner.token, method, path)).await
}

#[tokio::test]
async fn a_webhook_is_made_read_changed_and_deleted() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let empty = json!({
        "type": "list", "size": 0, "count": 0, "data": [], "links": {"self": format!("{}{ALL}", rig.base)}
    });
    assert_eq!(at(&rig, &partner, Method::GET, ALL).await, (200, empty));

    let wanted = json!({
        "url": "https://hooks.example.test/all", "name": "all", "color": "blue",
        "subscribedEvents": ["user.created", "auth_link.completed"]
    });
    let mut webhook = made(&rig, &partner, wanted).await;
    let (id, secret) =
        (webhook["id"].as_str().unwrap().to_owned(), webhook["secret"].as_str().unwrap().to_owned());
    let path = format!("{ALL}/{id}");
    assert!(secret.starts_with("whsec_") && secret.len() == 38, "{}", secret.len());
    webhook.as_object_mut().unwrap().remove("secret");
    assert_eq!(
        webhook,
        json!({
            "type": "webhook", "id": id, "name": "all", "description": "",
            "url": "https://hooks.example.test/all", "status": "active",
            "subscribedEvents": ["user.created", "auth_link.completed"],
            "links": {"self": format!("{}{path}", rig.base)}
        })
    );
    assert_eq!(
        at(&rig, &partner, Method::GET, &path).await,
        (200, webhook.clone()),
        "the secret is not shown"
    );

    let changes = json!({"description": "Everything", "subscribedEvents": "user.deleted", "name": null});
    let (status, changed) = answer(rig.call(&partner.token, Method::POST, &path).json(&changes)).await;
    assert_eq!((status, &changed["secret"]), (200, &json!(secret)));
    assert_eq!(
        (&changed["name"], &changed["description"], &changed["url"], &changed["subscribedEvents"]),
        (&json!("all"), &json!("Everything"), &webhook["url"], &json!(["user.deleted"]))
    );

    let other = made(&rig, &partner, json!({"url": "https://hooks.example.test/other"})).await;
    let (_, list) = at(&rig, &partner, Method::GET, ALL).await;
    assert_eq!((&list["size"], &list["count"]), (&json!(2), &json!(2)));
    assert_eq!(list["data"].as_array().unwrap().iter().filter(|one| one["id"] == other["id"]).count(), 1);
    assert!(!list.to_string().contains("whsec_"));

    assert_eq!(at(&rig, &partner, Method::DELETE, &path).await.0, 204);
    for method in [Method::GET, Method::DELETE] {
        let refused = refusal(rig.call(&partner.token, method, &path)).await;
        assert_eq!((refused.0, refused.1.as_str()), (404, "resource-not-found"));
    }
}

#[tokio::test]
async fn a_secret_is_rotated_and_the_one_of_before_counts_for_a_day() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let webhook = made(&rig, &partner, json!({"url": "https://hooks.example.test/all"})).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    let (status, rotated) = at(&rig, &partner, Method::POST, &format!("{path}/rotate")).await;
    assert_eq!(status, 200);
    assert_ne!(rotated["secret"], webhook["secret"]);
    assert!(rotated["oldSecretUntil"].is_string());
    let (_, now) = at(&rig, &partner, Method::GET, &path).await;
    assert_eq!((&now["oldSecretUntil"], &now["secret"]), (&rotated["oldSecretUntil"], &Value::Null));
    rig.advance(Span::days(1));
    let fresh = rig.token(&partner.key, "scope=SERVER_ACCESS").await;
    let (_, later) = answer(rig.call(&fresh, Method::GET, &path)).await;
    assert_eq!(later.get("oldSecretUntil"), None);
}

#[tokio::test]
async fn how_long_the_secret_of_before_counts_is_the_operators() {
    let overlap = |text: &str| vec![("webhook_delivery", "rotation", toml::Value::String(text.into()))];
    let rig = Rig::with(Setup { overrides: overlap("2h"), ..Setup::default() });
    let partner = rig.partner("Quill Lending").await;
    let webhook = made(&rig, &partner, json!({"url": "https://hooks.example.test/all"})).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    let (before, (_, rotated), after) = (
        rig.engine.now(),
        at(&rig, &partner, Method::POST, &format!("{path}/rotate")).await,
        rig.engine.now(),
    );
    let until = rotated["oldSecretUntil"].as_str().unwrap();
    let hours = |from: UnixMillis| from.plus(Span::minutes(120)).rfc3339();
    assert!(*hours(before) <= *until && *until <= *hours(after), "{until}");
    let rig = Rig::with(Setup { overrides: overlap("0s"), ..Setup::default() });
    let partner = rig.partner("Quill Lending").await;
    let webhook = made(&rig, &partner, json!({"url": "https://hooks.example.test/all"})).await;
    let path = format!("{ALL}/{}/rotate", webhook["id"].as_str().unwrap());
    let (_, rotated) = at(&rig, &partner, Method::POST, &path).await;
    assert_eq!(rotated.get("oldSecretUntil"), None, "it ends at once");
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused_and_changes_nothing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let taken = json!({"url": "https://hooks.example.test/all", "subscribedEvents": ["user.created"]});
    let webhook = made(&rig, &partner, taken).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    let url = "https://hooks.example.test/other";
    let cases = [
        (json!({}), 400, "parameter-not-supplied", "url"),
        (json!({"url": 5}), 400, "invalid-content", "url"),
        (json!({"url": "hooks.example.test"}), 400, "parameter-not-valid", "url"),
        (json!({"url": "http://hooks.example.test/"}), 400, "parameter-not-valid", "url"),
        (json!({"url": "https://169.254.169.254/latest"}), 400, "parameter-not-valid", "url"),
        (json!({"url": "https://localhost/x"}), 400, "parameter-not-valid", "url"),
        (json!({"url": "https://hooks.example.test/all"}), 409, "resource-already-exists", ""),
        (json!({"url": url, "subscribedEvents": ["user.flew"]}), 400, "invalid-content", "subscribedEvents"),
        (
            json!({"url": url, "subscribedEvents": ["consent.archived"]}),
            400,
            "invalid-content",
            "subscribedEvents",
        ),
        (
            json!({"url": url, "subscribedEvents": ["user.created"]}),
            400,
            "event-already-subscribed",
            "subscribedEvents",
        ),
        (json!({"url": url, "name": "x".repeat(101)}), 400, "parameter-not-valid", "name"),
    ];
    for (body, status, code, parameter) in cases {
        let refused = refusal(rig.call(&partner.token, Method::POST, ALL).json(&body)).await;
        assert_eq!(refused, (status, code.to_owned(), parameter.to_owned()), "{body}");
    }
    let change = json!({"url": "https://10.0.0.1/"});
    assert_eq!(refusal(rig.call(&partner.token, Method::POST, &path).json(&change)).await.0, 400);
    let (_, list) = at(&rig, &partner, Method::GET, ALL).await;
    assert_eq!((&list["size"], &list["data"][0]["url"]), (&json!(1), &webhook["url"]));
    let bad = refusal(rig.call(&partner.token, Method::GET, &format!("{ALL}/x"))).await;
    assert_eq!((bad.0, bad.1.as_str(), bad.2.as_str()), (400, "path-parameter-not-valid", "webhookId"));
}

#[tokio::test]
async fn webhooks_are_their_applications_alone() {
    let rig = Rig::start();
    let (one, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    let body = json!({"url": "https://hooks.example.test/all", "subscribedEvents": ["user.created"]});
    let webhook = made(&rig, &one, body.clone()).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/rotate")),
    ] {
        assert_eq!(refusal(rig.call(&other.token, method, &path)).await.0, 404);
    }
    made(&rig, &other, body).await;
    let user = rig.user(&one, "+61400111222").await;
    let client = rig.client_token(&one.key, &user).await;
    assert_eq!(refusal(rig.call(&client, Method::GET, ALL)).await.1, "forbidden-access");
}

#[tokio::test]
async fn an_operator_may_let_webhooks_reach_further() {
    let engine = Limits { webhook_reach: Reach::Anywhere, ..Setup::default().engine };
    let rig = Rig::with(Setup { engine, ..Setup::default() });
    let partner = rig.partner("Quill Lending").await;
    made(&rig, &partner, json!({"url": "http://127.0.0.1:3000/hooks"})).await;
}
