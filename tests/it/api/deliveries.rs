//! What reaches a webhook (contract section 7): real messages to real receivers.

use crate::receiver::{Heard, Receiver, status};
use crate::rig::{Partner, Rig, Setup, answer};
use authlink::domain::webhook::secret::WebhookSecret;
use authlink::domain::webhook::target::Reach;
use authlink::engine::Limits;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const ALL: &str = "/notifications/webhooks";

/// A server that reaches this machine, and comes back after these waits.
pub(super) fn rig(retries: &[&str]) -> Rig {
    let engine = Limits { webhook_reach: Reach::Anywhere, ..Setup::default().engine };
    let retries = toml::Value::Array(retries.iter().map(|one| toml::Value::String((*one).into())).collect());
    let pause = toml::Value::String("50ms".into());
    let overrides = vec![("webhook_delivery", "retries", retries), ("webhook_delivery", "pause", pause)];
    Rig::with(Setup { overrides, engine, ..Setup::default() })
}

pub(super) async fn subscribe(rig: &Rig, partner: &Partner, url: &str, events: &[&str]) -> Value {
    let body = json!({"url": url, "subscribedEvents": events});
    let (status, webhook) = answer(rig.call(&partner.token, Method::POST, ALL).json(&body)).await;
    assert_eq!(status, 201, "{webhook}");
    webhook
}

pub(super) async fn get(rig: &Rig, partner: &Partner, path: &str) -> Value {
    let (status, body) = answer(rig.call(&partner.token, Method::GET, path)).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Whether a message carries a signature by this secret, as the standard has it.
pub(super) fn is_signed_by(heard: &Heard, secret: &Value) -> bool {
    let secret = WebhookSecret::parse(secret.as_str().unwrap()).unwrap();
    let seconds = heard.header("webhook-timestamp").parse().unwrap();
    let signature = secret.sign(heard.header("webhook-id"), seconds, heard.body.as_bytes());
    heard.header("webhook-signature").split(' ').any(|one| one == signature)
}

fn path_of(rig: &Rig, url: &Value) -> String {
    url.as_str().unwrap().strip_prefix(&rig.base).unwrap().to_owned()
}

#[tokio::test]
async fn an_event_reaches_its_webhook_signed_and_leads_back_to_itself() {
    let (rig, receiver) = (rig(&["5s"]), Receiver::start(|_, _| status(204)).await);
    let partner = rig.partner("Quill Lending").await;
    rig.user(&partner, "+61400000001").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created", "user.updated"]).await;
    let user = rig.user(&partner, "+61400111222").await;
    let heard = receiver.hears(1).await.remove(0);
    assert!(heard.head.starts_with("POST /hooks HTTP/1.1"));
    assert_eq!(heard.header("content-type"), "application/json");
    assert!(heard.header("user-agent").starts_with("authlink/"));
    assert!(is_signed_by(&heard, &webhook["secret"]));
    let body = heard.json();
    let event = body["eventId"].as_str().unwrap();
    let expected = json!({
        "eventTypeId": "user.created",
        "eventId": event,
        "links": {
            "event": format!("{}/events/{event}", rig.base),
            "eventEntity": format!("{}/users/{user}", rig.base)
        }
    });
    assert_eq!(body, expected, "what happened before it was made is not told");
    let told = get(&rig, &partner, &path_of(&rig, &body["links"]["event"])).await;
    assert_eq!((&told["userId"], &told["eventType"]), (&json!(user), &json!("created")));
    assert_eq!(get(&rig, &partner, &path_of(&rig, &body["links"]["eventEntity"])).await["id"], json!(user));
}

#[tokio::test]
async fn new_events_arrive_in_order_and_other_applications_hear_nothing() {
    let rig = rig(&["5s"]);
    let (ours, theirs) =
        (Receiver::start(|_, _| status(200)).await, Receiver::start(|_, _| status(200)).await);
    let (partner, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    subscribe(&rig, &partner, &ours.url(), &["user.created"]).await;
    subscribe(&rig, &other, &theirs.url(), &["user.created"]).await;
    let mut users = Vec::new();
    for number in 0..30 {
        users.push(rig.user(&partner, &format!("+614000010{number:02}")).await);
    }
    rig.user(&other, "+61400999999").await;
    let heard = ours.hears(30).await;
    let told: Vec<_> = heard.iter().map(|one| one.json()["links"]["eventEntity"].clone()).collect();
    let expected: Vec<_> = users.iter().map(|user| json!(format!("{}/users/{user}", rig.base))).collect();
    assert_eq!(told, expected);
    assert_eq!(theirs.hears(1).await.len(), 1);
}

#[tokio::test]
async fn a_failed_message_comes_again_under_its_name_freshly_signed() {
    let rig = rig(&["1100ms", "10ms"]);
    let receiver = Receiver::start(|number, _| status(if number == 0 { 500 } else { 200 })).await;
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    rig.user(&partner, "+61400111222").await;
    let heard = receiver.hears(2).await;
    let [first, second] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((first.header("webhook-id"), &first.body), (second.header("webhook-id"), &second.body));
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    assert_ne!(first.header("webhook-signature"), second.header("webhook-signature"));
    assert!(is_signed_by(first, &webhook["secret"]) && is_signed_by(second, &webhook["secret"]));
}

#[tokio::test]
async fn for_a_while_after_a_rotation_both_secrets_sign() {
    let (rig, receiver) = (rig(&["5s"]), Receiver::start(|_, _| status(200)).await);
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let path = format!("{ALL}/{}/rotate", webhook["id"].as_str().unwrap());
    let (_, rotated) = answer(rig.call(&partner.token, Method::POST, &path)).await;
    rig.user(&partner, "+61400111222").await;
    let heard = receiver.hears(1).await.remove(0);
    assert!(is_signed_by(&heard, &webhook["secret"]) && is_signed_by(&heard, &rotated["secret"]));
    assert_eq!(heard.header("webhook-signature").split(' ').count(), 2);
}

#[tokio::test]
async fn a_receiver_that_is_gone_stops_its_webhook_and_a_change_takes_it_up_again() {
    let rig = rig(&["5s"]);
    let receiver = Receiver::start(|number, _| status(if number == 0 { 410 } else { 200 })).await;
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    rig.user(&partner, "+61400111222").await;
    receiver.hears(1).await;
    // What comes back of the attempt is written down a moment later.
    while get(&rig, &partner, &path).await["status"] == json!("active") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(get(&rig, &partner, &path).await["status"], json!("pending-approval"));
    let halted = get(&rig, &partner, &format!("{path}/messages")).await["data"][0].clone();
    assert_eq!(halted["nextAttemptDate"], Value::Null, "it is not about to be tried: {halted}");
    let one = get(&rig, &partner, &format!("{path}/messages/{}", halted["id"].as_str().unwrap())).await;
    assert_eq!(one["nextAttemptDate"], Value::Null);
    rig.user(&partner, "+61400111333").await;
    let change = json!({"description": "mended"});
    let (_, changed) = answer(rig.call(&partner.token, Method::POST, &path).json(&change)).await;
    assert_eq!(changed["status"], json!("active"));
    let heard = receiver.hears(3).await;
    let names: BTreeSet<_> = heard.iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!((heard.len(), names.len()), (3, 2), "what was under way comes again, and what came meanwhile");
}

#[tokio::test]
async fn a_receiver_that_says_nothing_holds_up_nobody_else() {
    let rig = rig(&["5s"]);
    let (silent, quick) =
        (Receiver::start(|_, _| String::new()).await, Receiver::start(|_, _| status(200)).await);
    let (one, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    subscribe(&rig, &one, &silent.url(), &["user.created"]).await;
    subscribe(&rig, &other, &quick.url(), &["user.created"]).await;
    rig.user(&one, "+61400111222").await;
    silent.hears(1).await;
    for number in 0..10 {
        rig.user(&other, &format!("+614000010{number:02}")).await;
    }
    quick.hears(10).await;
    assert_eq!(silent.heard().len(), 1, "it is still waited for");
}

#[tokio::test]
async fn what_a_webhook_comes_to_want_is_told_from_then_on() {
    let rig = rig(&["5s"]);
    let receiver = Receiver::start(|number, _| status(if number == 0 { 410 } else { 200 })).await;
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.updated"]).await;
    let path = format!("{ALL}/{}", webhook["id"].as_str().unwrap());
    let user = rig.user(&partner, "+61400111222").await;
    let update = format!("/users/{user}");
    rig.call(&partner.token, Method::POST, &update).json(&json!({"firstName": "Ada"})).send().await.unwrap();
    receiver.hears(1).await;
    while get(&rig, &partner, &path).await["status"] == json!("active") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Nothing goes there, so this stands before it when it goes on.
    rig.user(&partner, "+61400111333").await;
    let change = json!({"subscribedEvents": ["user.updated", "user.created"]});
    let (status, _) = answer(rig.call(&partner.token, Method::POST, &path).json(&change)).await;
    assert_eq!(status, 200);
    let last = rig.user(&partner, "+61400111444").await;
    let told: Vec<Value> = receiver.hears(3).await.iter().map(Heard::json).collect();
    let created: Vec<&Value> =
        told.iter().filter(|one| one["eventTypeId"] == json!("user.created")).collect();
    assert_eq!(created.len(), 1, "{told:#?}");
    assert_eq!(created[0]["links"]["eventEntity"], json!(format!("{}/users/{last}", rig.base)));
}
