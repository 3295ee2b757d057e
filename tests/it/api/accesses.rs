//! `/users/{id}/accesses`.

use super::customer::{Customer, MOBILE, STRANGER};
use crate::bank;
use crate::rig::{Rig, answer, refusal};
use authlink::http::admin::trigger::{self, TriggerRequest};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the partner's server read so far: how often, by kind.
async fn counted(ada: &Customer<'_>) -> BTreeMap<String, u64> {
    let list = ada.read("/accesses").await;
    let line = |one: &Value| (one["to"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    list["data"].as_array().unwrap().iter().filter(|one| one["by"] == "application").map(line).collect()
}

/// What reading this counts.
async fn counts(ada: &Customer<'_>, path: &str) -> Vec<String> {
    let before = counted(ada).await;
    ada.get(path).await;
    let mut kinds = Vec::new();
    for (to, count) in counted(ada).await {
        match count - before.get(&to).copied().unwrap_or_default() {
            0 => {}
            1 => kinds.push(to),
            more => panic!("{path} counts {more} of {to}"),
        }
    }
    kinds
}

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn the_partner_and_the_person_read_who_read_what() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let own = ada.path("/accesses");
    let empty = json!({"type": "list", "data": [], "links": {"self": format!("{}{own}", rig.base)}});
    assert_eq!(ada.read("/accesses").await, empty);
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    for _ in 0..3 {
        ada.read("/transactions?limit=2").await;
    }
    ada.read("/accounts").await;
    let mut list = ada.read("/accesses").await;
    // The job was watched.
    let jobs = list["data"].as_array_mut().unwrap().remove(0);
    assert_eq!(jobs["to"], "connections");
    let seen = |one: &Value| (one["by"].clone(), one["to"].clone(), one["count"].clone());
    let [one, other] = list["data"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(seen(one), (json!("application"), json!("transactions"), json!(3)));
    assert_eq!(seen(other), (json!("application"), json!("accounts"), json!(1)));
    let (date, first, last) = (&one["date"], one["first"].as_str().unwrap(), one["last"].as_str().unwrap());
    assert!(first <= last && first.starts_with(date.as_str().unwrap()), "{one}");
    let person = rig.call(&ada.token().await, Method::GET, &own);
    let mut own = answer(person).await;
    own.1["data"].as_array_mut().unwrap().remove(0);
    assert_eq!(own, (200, list), "what is shared is theirs to know");
}

#[tokio::test]
async fn an_answer_counts_once_for_each_kind_of_what_it_shows() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let link = rig.link(&ada.partner, &ada.user).await;
    for rest in ["", "/auth_link", "/consents", "/connections", "/jobs", "/accounts", "/timeline"] {
        assert_eq!(counts(&ada, &ada.path(rest)).await, NOTHING, "{rest} of who shares nothing");
    }
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let token = rig.enter(&link, MOBILE).await;
    let attested = ada.path("/attestation");
    assert_eq!(refusal(ada.call(Method::GET, &attested)).await.0, 404);
    assert_eq!(counted(&ada).await.get("attestation"), None, "nothing is declared yet");
    let declare = rig.call(&token, Method::PUT, &format!("/client_auth/{link}"));
    assert_eq!(declare.send().await.unwrap().status(), 204);

    let consents = ada.read("/consents").await;
    let consent = consents["data"][0]["id"].as_str().unwrap();
    let job = ada.read("/jobs").await["data"][0]["id"].as_str().unwrap().to_owned();
    let whole = ["accounts", "connections", "identity"];
    for (path, shown) in [
        (ada.path(""), &NOTHING[..]),
        (ada.path("/consents"), &NOTHING),
        (ada.path(&format!("/consents/{consent}")), &NOTHING),
        (ada.path("/accesses"), &NOTHING),
        (ada.path("/connections?filter=institution.id.eq('AU00001')"), &NOTHING),
        (ada.path("/connections"), &["connections"]),
        (ada.path(&format!("/connections/{connection}")), &whole),
        (ada.path("/jobs"), &["connections"]),
        (format!("/jobs/{job}"), &["connections"]),
        (ada.path("/accounts"), &["accounts"]),
        (ada.path("/transactions"), &["transactions"]),
        (ada.path("/identities"), &["identity"]),
        (attested, &["attestation"]),
    ] {
        assert_eq!(counts(&ada, &path).await, shown, "{path}");
    }
    let before = counted(&ada).await;
    let own = rig.call(&ada.token().await, Method::GET, &format!("/jobs/{job}"));
    assert_eq!(answer(own).await.0, 200);
    assert_eq!(counted(&ada).await, before, "what is theirs");
}

#[tokio::test]
async fn an_event_counts_for_what_it_holds() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let other = Customer::of(&rig, rig.partner("Fern Finance").await).await;
    other.connect("AU00000", "Whistler", "ShowBox").await;
    let request = TriggerRequest {
        event: "account.updated".into(),
        application: Some(ada.partner.id.to_string()),
        user: Some(ada.user.clone()),
    };
    trigger::run(&rig.engine, &request).await.unwrap();
    let before = counted(&other).await;

    let feed = ada.get(&format!("/events/feed?filter=user.id.eq('{}')", ada.user)).await;
    let mut seen = BTreeMap::new();
    for event in feed["data"].as_array().unwrap() {
        let entity = event["entity"].as_str().unwrap();
        let kinds = counts(&ada, &format!("/events/{}", event["id"].as_str().unwrap())).await;
        assert_eq!(*seen.entry(entity).or_insert(kinds.clone()), kinds, "{event}");
    }
    let seen: Vec<_> = seen.iter().map(|(entity, kinds)| format!("{entity}: {}", kinds.join(" "))).collect();
    assert_eq!(
        seen,
        [
            "account: accounts",
            "auth_link: ",
            "connection: connections",
            "consent: ",
            "job: connections",
            "transactions: ",
            "user: "
        ]
    );
    let both = ["accounts", "connections"];
    for path in ["/events".to_owned(), "/events/feed".into(), ada.path("/timeline")] {
        assert_eq!(counts(&ada, &path).await, both, "{path}: many events, one answer");
    }
    assert_eq!(counts(&ada, "/events?filter=event.entity.eq('user')").await, NOTHING);

    let at = counted(&ada).await;
    let stream =
        rig.call(&ada.partner.token, Method::GET, "/events/feed").header("accept", "text/event-stream");
    let (mut stream, mut text) = (stream.send().await.unwrap(), String::new());
    while !text.contains("event: account.updated") {
        text += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    drop(stream);
    let streamed = |to: &str, from: u64| from + text.matches(to).count() as u64;
    let now = counted(&ada).await;
    assert_eq!(now["accounts"], streamed("event: account.updated", at["accounts"]), "each by itself");
    assert!(now["connections"] >= streamed("event: connection.", at["connections"]));

    assert_eq!(counted(&other).await, before, "another's are another's");
    assert_eq!(
        answer(ada.call(Method::DELETE, &ada.path(&format!("/connections/{connection}")))).await.0,
        204
    );
}

#[tokio::test]
async fn a_job_that_a_refresh_finds_at_work_is_shown_and_one_that_it_begins_is_named() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    bank::fault(&rig.bank, json!({ "step": "transactions", "fault": "slow", "latency_ms": 2000 })).await;
    let refresh = || ada.call(Method::POST, &ada.path(&format!("/connections/{id}/refresh")));
    let before = counted(&ada).await["connections"];
    for (status, shown) in [(202, 0), (200, 1)] {
        assert_eq!(answer(refresh()).await.0, status);
        assert_eq!(counted(&ada).await["connections"], before + shown, "{status}");
    }
}

#[tokio::test]
async fn nobody_elses_accesses_are_there() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let other = rig.partner("Fern Finance").await;
    let foreign = refusal(rig.call(&other.token, Method::GET, &ada.path("/accesses"))).await;
    let unknown = refusal(ada.call(Method::GET, &format!("/users/{STRANGER}/accesses"))).await;
    assert_eq!((foreign.0, &foreign), (404, &unknown));
    let filtered = ada.call(Method::GET, &ada.path("/accesses")).query(&[("filter", "by.eq('operator')")]);
    assert_eq!(refusal(filtered).await.0, 400);
    assert_eq!(answer(ada.call(Method::DELETE, &ada.path(""))).await.0, 204);
    assert_eq!(refusal(ada.call(Method::GET, &ada.path("/accesses"))).await.0, 404);
}
