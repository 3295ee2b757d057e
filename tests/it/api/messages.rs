//! Messages of webhooks: lists, attempts, test messages, telling once more (contract sections 2.12 and 7.5).

use super::deliveries::{get, is_signed_by, rig, subscribe};
use crate::receiver::{Receiver, status};
use crate::rig::{Partner, Rig, answer, refusal};
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn messages_of(webhook: &Value) -> String {
    format!("/notifications/webhooks/{}/messages", webhook["id"].as_str().unwrap())
}

/// The list of a webhook's messages, once it has `count` that are delivered.
async fn delivered(rig: &Rig, partner: &Partner, webhook: &Value, count: usize) -> Vec<Value> {
    let path = format!("{}?filter=status.eq('delivered')", messages_of(webhook));
    loop {
        let list = get(rig, partner, &path).await;
        let all = list["data"].as_array().unwrap().clone();
        if all.len() >= count {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn post(rig: &Rig, partner: &Partner, path: &str, body: Value) -> (u16, Value) {
    answer(rig.call(&partner.token, Method::POST, path).json(&body)).await
}

#[tokio::test]
async fn a_message_is_shown_with_its_attempts_under_the_name_that_its_receiver_saw() {
    let rig = rig(&["20ms"]);
    let receiver = Receiver::start(|number, _| status(if number == 0 { 502 } else { 200 })).await;
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    assert_eq!(get(&rig, &partner, &messages_of(&webhook)).await["data"], json!([]));
    rig.user(&partner, "+61400111222").await;
    let heard = receiver.hears(2).await;
    let listed = delivered(&rig, &partner, &webhook, 1).await.remove(0);
    let (id, body) = (heard[0].header("webhook-id").to_owned(), heard[0].json());
    let path = format!("{}/{id}", messages_of(&webhook));
    let own = format!("{}{path}", rig.base);
    assert_eq!(listed.get("attempts"), None);
    assert_eq!(
        (&listed["id"], &listed["webhookId"], &listed["eventTypeId"], &listed["eventId"]),
        (&json!(id), &webhook["id"], &json!("user.created"), &body["eventId"])
    );
    assert_eq!((&listed["payload"], &listed["nextAttemptDate"]), (&body, &Value::Null));
    let links = json!({"self": own, "webhook": webhook["links"]["self"], "event": body["links"]["event"]});
    assert_eq!(listed["links"], links);

    let mut one = get(&rig, &partner, &path).await;
    let attempts = one.as_object_mut().unwrap().remove("attempts").unwrap();
    assert_eq!(one, listed);
    let facts = |n: usize| {
        let one = &attempts[n];
        (
            one["response"].clone(),
            one["responseStatusCode"].clone(),
            one["status"].clone(),
            one["url"].clone(),
        )
    };
    // Where an attempt went does not change with the webhook.
    let url = json!(receiver.url());
    let moved = json!({"url": format!("{}/elsewhere", receiver.url())});
    let webhook_path = format!("/notifications/webhooks/{}", webhook["id"].as_str().unwrap());
    assert_eq!(post(&rig, &partner, &webhook_path, moved.clone()).await.1["url"], moved["url"]);
    assert_eq!(get(&rig, &partner, &path).await["attempts"], attempts);
    assert_eq!(facts(0), (json!("OK"), json!(200), json!("Success"), url.clone()), "the newest first");
    assert_eq!(facts(1), (json!("Bad Gateway"), json!(502), json!("Failed"), url));
    assert_eq!(attempts.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_list_goes_page_by_page_and_each_message_is_on_one_of_them() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created", "user.deleted"]).await;
    for number in 0..7 {
        let user = rig.user(&partner, &format!("+614000010{number:02}")).await;
        let request = rig.call(&partner.token, Method::DELETE, &format!("/users/{user}"));
        assert_eq!(answer(request).await.0, 204);
    }
    let all = delivered(&rig, &partner, &webhook, 14).await;
    let filter = "filter=message.eventTypeId.eq('user.created')";
    let (mut next, mut seen) = (format!("{}?limit=3&{filter}", messages_of(&webhook)), Vec::new());
    loop {
        let page = get(&rig, &partner, &next).await;
        let data = page["data"].as_array().unwrap().clone();
        assert_eq!((&page["count"], &page["size"]), (&json!(data.len()), &json!(data.len())));
        seen.extend(data);
        let Some(url) = page["links"]["next"].as_str() else { break };
        next = url.strip_prefix(&rig.base).unwrap().to_owned();
    }
    let created: Vec<_> = all.into_iter().filter(|one| one["eventTypeId"] == json!("user.created")).collect();
    assert_eq!((seen.len(), &seen), (7, &created));
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("next=12", "next"),
        ("filter=name.eq('x')", "filter"),
        ("filter=status.eq('Perhaps')", "filter"),
    ] {
        let path = format!("{}?{query}", messages_of(&webhook));
        let refused = refusal(rig.call(&partner.token, Method::GET, &path)).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, parameter), "{query}");
    }
}

#[tokio::test]
async fn a_test_message_reaches_every_webhook_with_the_words_that_were_given() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let other = Receiver::start(|_, _| status(200)).await;
    let partner = rig.partner("Quill Lending").await;
    let path = "/notifications/messages/test";
    let wanted = json!({"eventTypeId": "user.created", "Text": "is anybody there"});
    let (status, nobody) = post(&rig, &partner, path, wanted.clone()).await;
    let error = &nobody["data"][0];
    assert_eq!((status, &error["code"]), (400, &json!("no-webhooks-found")), "{nobody}");
    assert_eq!(error["title"], "No webhooks found for an app");
    let said = format!(
        "No webhooks found for an app: {}, at least one webhook should exist in the system",
        partner.id
    );
    assert_eq!(error["detail"], said);
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    subscribe(&rig, &partner, &other.url(), &[]).await;
    let sent = rig.call(&partner.token, Method::POST, path).json(&wanted).send().await.unwrap();
    assert_eq!((sent.status(), sent.bytes().await.unwrap().len()), (reqwest::StatusCode::CREATED, 0));
    let heard = receiver.hears(1).await.remove(0);
    assert!(is_signed_by(&heard, &webhook["secret"]));
    let body = heard.json();
    assert_eq!((&body["eventTypeId"], &body["Text"]), (&json!("user.created"), &json!("is anybody there")));
    assert_eq!(body["links"].get("eventEntity"), None);
    let event = body["links"]["event"].as_str().unwrap();
    let path_of_event = event.strip_prefix(&rig.base).unwrap();
    let told = get(&rig, &partner, path_of_event).await;
    assert_eq!(
        (&told["id"], &told["entity"], &told["eventType"]),
        (&body["eventId"], &json!("user"), &json!("created"))
    );
    assert_eq!((&told["userId"], &told["data"]["Text"]), (&json!(""), &json!("is anybody there")));
    let strange = rig.partner("Harbour Credit").await;
    assert_eq!(refusal(rig.call(&strange.token, Method::GET, path_of_event)).await.0, 404);
    let elsewhere = other.hears(1).await.remove(0).json();
    assert_ne!(elsewhere["eventId"], body["eventId"]);
    let shown = delivered(&rig, &partner, &webhook, 1).await.remove(0);
    assert_eq!(shown["payload"], body);
    let replay = format!("{}/{}/replay", messages_of(&webhook), shown["id"].as_str().unwrap());
    let refused = refusal(rig.call(&partner.token, Method::POST, &replay)).await;
    assert_eq!((refused.0, refused.1.as_str()), (409, "not-possible-now"));
    for (body, parameter) in [
        (json!({"Text": "x"}), "eventTypeId"),
        (json!({"eventTypeId": "user.flew"}), "eventTypeId"),
        (json!({"eventTypeId": "consent.archived"}), "eventTypeId"),
        (json!({"eventTypeId": "user.created", "Text": "x".repeat(401)}), "Text"),
    ] {
        let refused = refusal(rig.call(&partner.token, Method::POST, path).json(&body)).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, parameter), "{body}");
    }
    let (_, unknown) = post(&rig, &partner, path, json!({"eventTypeId": "foo.bar"})).await;
    let error = &unknown["data"][0];
    assert_eq!(error["code"], "invalid-content", "{unknown}");
    assert_eq!(error["detail"], "Posted eventTypeId doesn't exists.");
    let none = format!("{}/4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11", messages_of(&webhook));
    let (status, none) = answer(rig.call(&partner.token, Method::GET, &none)).await;
    assert_eq!((status, &none["data"][0]["detail"]), (404, &json!("Message not found.")), "{none}");
}

#[tokio::test]
async fn the_text_of_a_test_message_may_be_written_small() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let partner = rig.partner("Quill Lending").await;
    subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let wanted = json!({"eventTypeId": "user.created", "text": "is anybody there"});
    assert_eq!(post(&rig, &partner, "/notifications/messages/test", wanted).await.0, 201);
    assert_eq!(receiver.hears(1).await.remove(0).json()["Text"], "is anybody there");
}

#[tokio::test]
async fn a_message_is_told_once_more_under_a_new_name() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    rig.user(&partner, "+61400111222").await;
    let first = delivered(&rig, &partner, &webhook, 1).await.remove(0);
    let path = format!("{}/{}/replay", messages_of(&webhook), first["id"].as_str().unwrap());
    let (status, stub) = answer(rig.call(&partner.token, Method::POST, &path)).await;
    assert_eq!((status, &stub["type"]), (202, &json!("message")));
    assert_ne!(stub["id"], first["id"]);
    let heard = receiver.hears(2).await;
    assert_eq!(json!(heard[1].header("webhook-id")), stub["id"]);
    assert_eq!(heard[0].body, heard[1].body);
    let both = delivered(&rig, &partner, &webhook, 2).await;
    let names: BTreeSet<_> = both.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 2);
}

#[tokio::test]
async fn a_time_is_told_once_more_also_from_before_the_webhook() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let partner = rig.partner("Quill Lending").await;
    let mut users = Vec::new();
    for number in 0..5 {
        users.push(rig.user(&partner, &format!("+614000010{number:02}")).await);
        rig.advance(Span::minutes(10));
    }
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let events = get(&rig, &partner, "/events").await;
    let at = |n: usize| events["data"][n]["createdDate"].as_str().unwrap().to_owned();
    // Newest first: the second to the fourth of five. Seconds are cut, so the end is a minute later.
    let path = format!("/notifications/webhooks/{}/replay", webhook["id"].as_str().unwrap());
    let until = at(1).replace('Z', ".999Z");
    let (status, told) = post(&rig, &partner, &path, json!({"since": at(3), "until": until})).await;
    assert_eq!((status, &told["type"]), (202, &json!("replay")), "{told}");
    let heard = receiver.hears(3).await;
    let told: Vec<_> = heard.iter().map(|one| one.json()["links"]["eventEntity"].clone()).collect();
    let expected: Vec<_> =
        users[1..4].iter().map(|user| json!(format!("{}/users/{user}", rig.base))).collect();
    assert_eq!(told, expected);
    let (status, _) = post(
        &rig,
        &partner,
        &path,
        json!({"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}),
    )
    .await;
    assert_eq!(status, 202, "nothing happened then");
    for (body, parameter) in [
        (json!({}), "since"),
        (json!({"since": "yesterday"}), "since"),
        (json!({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}), "until"),
    ] {
        let refused = refusal(rig.call(&partner.token, Method::POST, &path).json(&body)).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, parameter), "{body}");
    }
}

#[tokio::test]
async fn messages_are_their_applications_alone() {
    let (rig, receiver) = (rig(&["20ms"]), Receiver::start(|_, _| status(200)).await);
    let (partner, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    rig.user(&partner, "+61400111222").await;
    let one = delivered(&rig, &partner, &webhook, 1).await.remove(0);
    let own = format!("{}/{}", messages_of(&webhook), one["id"].as_str().unwrap());
    for (method, path) in [
        (Method::GET, messages_of(&webhook)),
        (Method::GET, own.clone()),
        (Method::POST, format!("{own}/replay")),
    ] {
        assert_eq!(refusal(rig.call(&other.token, method, &path)).await.0, 404);
    }
    let strange = subscribe(&rig, &other, &receiver.url(), &[]).await;
    let moved = format!("{}/{}", messages_of(&strange), one["id"].as_str().unwrap());
    assert_eq!(refusal(rig.call(&other.token, Method::GET, &moved)).await.0, 404, "a name is its webhook's");
    let bad = format!("{}/x", messages_of(&webhook));
    let bad = refusal(rig.call(&partner.token, Method::GET, &bad)).await;
    assert_eq!((bad.0, bad.2.as_str()), (400, "messageId"));
}
