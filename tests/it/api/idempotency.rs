//! `Idempotency-Key`: what is asked again under the same name is answered the same, and done once.

use super::customer::{Customer, MOBILE};
use crate::rig::{Partner, Rig, answer, refusal};
use authlink::domain::time::Span;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Sends a request under a name: its status, its body, and whether it was answered before.
async fn named(request: RequestBuilder, name: &str) -> (u16, Value, bool) {
    let response = request.header("Idempotency-Key", name).send().await.unwrap();
    let replayed = response.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or(Value::Null), replayed)
}

/// Sends it twice: the second answer is the first one.
async fn twice(name: &str, request: impl Fn() -> RequestBuilder) -> (u16, Value) {
    let (status, body, replayed) = named(request(), name).await;
    assert!((200..300).contains(&status) && !replayed, "{status} {body}");
    let again = named(request(), name).await;
    assert_eq!(again, (status, body.clone(), true));
    (status, body)
}

async fn users(rig: &Rig, partner: &Partner) -> usize {
    let (_, events) = answer(rig.call(&partner.token, Method::GET, "/events")).await;
    events["data"].as_array().unwrap().iter().filter(|one| one["eventType"] == "created").count()
}

#[tokio::test]
async fn a_user_is_made_once_whatever_name_the_request_has() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let make =
        || rig.call(&partner.token, Method::POST, "/users").json(&json!({"email": "ada@example.test"}));
    let (status, user) = twice("first", make).await;
    assert_eq!(status, 201);
    let (_, other, _) = named(make(), "second").await;
    assert_ne!(user["id"], other["id"], "another name is another request");
    let (_, third) = answer(make()).await;
    assert_ne!(third["id"], user["id"], "and so is one without");
    assert_eq!(users(&rig, &partner).await, 3);

    let changed =
        || rig.call(&partner.token, Method::POST, "/users").json(&json!({"email": "b@example.test"}));
    let refused = refusal(changed().header("Idempotency-Key", "first")).await;
    assert_eq!((refused.0, refused.1.as_str()), (422, "idempotency-key-reused"));
    let other = rig.partner("Harbour Credit").await;
    let make = || rig.call(&other.token, Method::POST, "/users").json(&json!({"email": "ada@example.test"}));
    let (_, theirs) = twice("first", make).await;
    assert_ne!(theirs["id"], user["id"], "names are their application's");
}

#[tokio::test]
async fn every_post_about_a_person_is_done_once() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let post = |rest: &str, body: Value| ada.call(Method::POST, &ada.path(rest)).json(&body);
    twice("name", || post("", json!({"firstName": "Ada"}))).await;
    let connect = json!({"institution": {"id": "AU00000"}, "loginId": "Whistler", "password": "ShowBox"});
    let (_, job) = twice("connect", || post("/connections", connect.clone())).await;
    let job = ada.ended(job["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "success");
    let (_, list) = answer(ada.call(Method::GET, &ada.path("/jobs"))).await;
    assert_eq!(list["size"], 1, "one sign-in");
    let source = job["links"]["source"].as_str().unwrap().to_owned();
    let id = source.rsplit('/').next().unwrap();
    let one = format!("/connections/{id}");
    for (name, rest, body) in [
        ("refresh", format!("{one}/refresh"), json!({})),
        ("update", one.clone(), json!({"password": "ShowBox"})),
        ("all", "/connections/refresh".to_owned(), json!({})),
    ] {
        let (_, begun) = twice(name, || post(&rest, body.clone())).await;
        let job = begun["id"].as_str().or(begun["data"][0]["id"].as_str()).unwrap();
        ada.ended(job).await;
    }
    let (_, list) = answer(ada.call(Method::GET, &ada.path("/jobs"))).await;
    assert_eq!(list["size"], 4, "each once");
    assert_eq!(twice("purge", || post(&format!("{one}/purge"), json!({}))).await, (204, Value::Null));
    let (status, link) = twice("link", || post("/auth_link", json!({}))).await;
    assert_eq!(status, 201);
    let (_, latest) = answer(ada.call(Method::GET, &ada.path("/auth_link"))).await;
    assert_eq!(latest["links"]["public"], link["links"]["public"], "the first one is still the latest");
}

#[tokio::test]
async fn an_answer_to_a_question_is_given_once_and_what_came_of_it_is_kept() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let job = ada.begin("AU00003", "jared", "django").await;
    ada.asked(&job).await;
    let path = format!("/jobs/{job}/mfa");
    let give = |text: &str| ada.call(Method::POST, &path).json(&json!({"mfa-response": [text]}));
    let (status, wrong, replayed) = named(give("0000"), "wrong").await;
    assert_eq!((status, replayed), (400, false), "{wrong}");
    assert_eq!(named(give("0000"), "wrong").await, (400, wrong, true), "the institution is not asked again");
    twice("right", || give("1234")).await;
    assert_eq!(ada.ended(&job).await["status"], "success");
}

#[tokio::test]
async fn webhooks_are_made_and_rotated_once() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let all = "/notifications/webhooks";
    let body = json!({"url": "https://hooks.example.test/all"});
    let (_, made) = twice("make", || rig.call(&partner.token, Method::POST, all).json(&body)).await;
    let rotate = format!("{all}/{}/rotate", made["id"].as_str().unwrap());
    let (_, rotated) = twice("rotate", || rig.call(&partner.token, Method::POST, &rotate)).await;
    assert_ne!(rotated["secret"], made["secret"]);
    let one = format!("{all}/{}", made["id"].as_str().unwrap());
    let name = json!({"name": "all"});
    let (_, named) = twice("make", || rig.call(&partner.token, Method::POST, &one).json(&name)).await;
    assert_eq!(named["secret"], rotated["secret"], "the same name at another place is another request");
}

#[tokio::test]
async fn what_is_no_single_commit_is_done_once_too() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let post = |path: &str, body: Value| rig.call(&partner.token, Method::POST, path).json(&body);
    let clocks = || post("/test_clocks", json!({"name": "one"}));
    let (status, clock) = twice("clock", clocks).await;
    assert_eq!(status, 201);
    let (_, list) = answer(rig.call(&partner.token, Method::GET, "/test_clocks")).await;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    let advance = format!("/test_clocks/{}/advance", clock["id"].as_str().unwrap());
    let (_, first) = twice("advance", || post(&advance, json!({"by": "1d"}))).await;
    let (_, now) = answer(rig.call(&partner.token, Method::GET, &advance.replace("/advance", ""))).await;
    assert_eq!(now["now"], first["now"], "a day, not two");

    let hook = json!({"url": "https://hooks.example.test/all", "subscribedEvents": ["user.created"]});
    let (_, webhook) = answer(post("/notifications/webhooks", hook)).await;
    let messages = format!("/notifications/webhooks/{}/messages", webhook["id"].as_str().unwrap());
    let test = || post("/notifications/messages/test", json!({"eventTypeId": "user.created"}));
    assert_eq!(twice("test", test).await, (201, Value::Null));
    let (_, list) = answer(rig.call(&partner.token, Method::GET, &messages)).await;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "one message");
}

#[tokio::test]
async fn a_refusal_does_nothing_and_is_not_kept() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let make = |body: Value| rig.call(&partner.token, Method::POST, "/users").json(&body);
    let (status, _, replayed) = named(make(json!({})), "name").await;
    assert_eq!((status, replayed), (400, false));
    let (status, _, replayed) = named(make(json!({"email": "ada@example.test"})), "name").await;
    assert_eq!((status, replayed), (201, false), "the mended request goes by the same name");
    for bad in ["", " ", &"x".repeat(256)] {
        let request = make(json!({"email": "ada@example.test"})).header("Idempotency-Key", bad);
        let refused = refusal(request).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, "idempotency-key"), "{bad:?}");
    }
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_and_goes_with_whom_it_is_about() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let body = json!({"email": "ada@example.test"});
    let make = |token: &str| rig.call(token, Method::POST, "/users").json(&body);
    let (_, kept) = twice("kept", || make(&partner.token)).await;
    let (_, gone) = twice("gone", || make(&partner.token)).await;
    let path = format!("/users/{}", gone["id"].as_str().unwrap());
    assert_eq!(answer(rig.call(&partner.token, Method::DELETE, &path)).await.0, 204);
    let refused = refusal(make(&partner.token).header("Idempotency-Key", "gone")).await;
    assert_eq!((refused.0, refused.1.as_str()), (410, "resource-no-longer-available"));
    rig.advance(Span::days(1));
    let fresh = rig.token(&partner.key, "scope=SERVER_ACCESS").await;
    let (status, later, replayed) = named(make(&fresh), "kept").await;
    assert_eq!((status, replayed), (201, false));
    assert_ne!(later["id"], kept["id"]);
    let (_, _, replayed) = named(make(&fresh), "kept").await;
    assert!(replayed, "and that one is kept again");
}

#[tokio::test]
async fn many_at_once_under_one_name_do_it_once() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let path = format!("/users/{user}/auth_link");
    let ask = || named(rig.call(&partner.token, Method::POST, &path), "link");
    let all = futures_util::future::join_all((0..20).map(|_| ask())).await;
    let mut links: Vec<_> =
        all.iter().filter(|(status, ..)| *status == 201).map(|(_, link, _)| link).collect();
    links.dedup();
    assert_eq!(links.len(), 1, "one link");
    let rest = all.iter().filter(|(status, ..)| *status != 201);
    assert!(
        rest.clone()
            .all(|(status, body, _)| *status == 409 && body["data"][0]["code"] == "request-under-way")
    );
    let (_, again, _) = ask().await;
    assert_eq!(&again, links[0]);
}

#[tokio::test]
async fn what_was_answered_is_for_those_who_may_still_ask() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let link = rig.link(&ada.partner, &ada.user).await;
    let token = rig.enter(&link, MOBILE).await;
    let body = json!({"institution": {"id": "AU00000"}, "loginId": "Whistler", "password": "ShowBox"});
    let connect = |token: &str| rig.call(token, Method::POST, &ada.path("/connections")).json(&body);
    let (status, _) = twice("mine", || connect(&token)).await;
    assert_eq!(status, 202);
    // Another's word is another name.
    let theirs = ada.token().await;
    assert!(!named(connect(&theirs), "mine").await.2, "a token of the partner's for them");
    assert!(!named(connect(&ada.partner.token), "mine").await.2, "the partner's own");

    let over = ada.call(Method::DELETE, &ada.path("/auth_link"));
    assert_eq!(answer(over).await.0, 204);
    let refused = refusal(connect(&token).header("Idempotency-Key", "mine")).await;
    assert_eq!((refused.0, refused.1.as_str()), (401, "invalid-authorization-token"), "the link is over");
}

#[tokio::test]
async fn what_a_partner_did_aside_is_not_told_to_a_person() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let post = |token: &str, path: &str, body: Value| rig.call(token, Method::POST, path).json(&body);
    let hook = json!({"url": "https://hooks.example.test/all", "subscribedEvents": ["user.created"]});
    assert_eq!(answer(post(&partner.token, "/notifications/webhooks", hook)).await.0, 201);
    let test =
        |token: &str| post(token, "/notifications/messages/test", json!({"eventTypeId": "user.created"}));
    assert_eq!(twice("test", || test(&partner.token)).await.0, 201);
    let person = rig.client_token(&partner.key, &user).await;
    assert_eq!(refusal(test(&person).header("Idempotency-Key", "test")).await.0, 403);
}
