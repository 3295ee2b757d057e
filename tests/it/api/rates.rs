//! How often one caller may ask: by key, by person and by address, on every surface (contract section 10).

use crate::rig::{Rig, Setup, answer, refusal};
use authlink::engine::application::core::Command as ApplicationCommand;
use authlink::http::rate::RateLimits;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;

fn limited(rates: RateLimits) -> Rig {
    Rig::with(Setup { rates, ..Setup::default() })
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// So many are answered, the next one is not; says what it was answered. So few that the next one comes back
/// long after a test is over.
async fn until_refused(most: u32, ask: impl Fn() -> RequestBuilder) -> Response {
    for number in 0..most {
        assert_ne!(send(ask()).await.status(), 429, "request {number} of {most}");
    }
    let refused = send(ask()).await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    refused
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back_and_stops_nobody_else() {
    let rig = limited(RateLimits { key_requests: 3, ..RateLimits::NONE });
    let (one, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    let refused = until_refused(3, || rig.call(&one.token, Method::GET, "/events")).await;
    let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    let envelope: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(
        envelope,
        json!({
            "type": "list",
            "correlationId": id,
            "data": [{
                "type": "error",
                "code": "too-many-requests",
                "title": "Too many requests",
                "detail": "Too many requests. Wait as long as Retry-After says, then send this again."
            }]
        })
    );
    let user = rig.call(&one.token, Method::POST, "/users").json(&json!({"email": "ada@example.test"}));
    assert_eq!(refusal(user).await.0, 429, "nothing is done");
    let (status, users) = answer(rig.call(&other.token, Method::GET, "/events")).await;
    assert_eq!((status, users["data"].as_array().map(Vec::len)), (200, Some(0)), "another key goes on");
    let metrics = rig.engine.metrics().render();
    assert!(metrics.contains("authlink_limit_refusals_total{limit=\"key_requests\"} 2"), "{metrics}");
}

#[tokio::test]
async fn keys_of_one_application_are_counted_apart_and_a_fresh_token_helps_nobody() {
    let rig = limited(RateLimits { key_requests: 3, ..RateLimits::NONE });
    let partner = rig.partner("Quill Lending").await;
    let second =
        rig.engine.ask_application(partner.id, ApplicationCommand::AddKey).await.unwrap().key.unwrap();
    let (first, scope) = (&partner.key, "scope=SERVER_ACCESS");
    let token = rig.token(first, scope).await;
    until_refused(3, || rig.call(&token, Method::GET, "/events")).await;
    let again = rig.token(first, scope).await;
    assert_eq!(send(rig.call(&again, Method::GET, "/events")).await.status(), 429);
    let token = rig.token(second.reveal(), scope).await;
    assert_eq!(send(rig.call(&token, Method::GET, "/events")).await.status(), 200);
}

#[tokio::test]
async fn an_address_without_a_token_is_answered_in_the_words_of_its_surface() {
    let rates = RateLimits { address_requests: 3, ..RateLimits::NONE };
    let link = "7b0f2f0a-93c4-4f1e-b1f5-2f4b5f0c9d77";
    let rig = limited(rates);
    let partner = rig.partner("Quill Lending").await;
    let page = until_refused(3, || rig.request(Method::GET, &format!("/{link}"))).await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("Please wait a moment"));
    let protocol = format!("/client_auth/{link}");
    let told = send(rig.request(Method::GET, &protocol)).await;
    assert_eq!((told.status().as_u16(), told.headers().contains_key("retry-after")), (429, true));
    let told: serde_json::Value = told.json().await.unwrap();
    assert_eq!(told, json!({"message": "Too many requests. Wait a moment, then try again."}));
    let code = rig.request(Method::POST, &format!("{protocol}/token"));
    let code = code.header("Authorization", format!("Basic SMS_CODE:{link}"));
    assert_eq!(send(code).await.status(), 429, "what names a link is no token");
    assert_eq!(refusal(rig.request(Method::GET, "/public/connectors")).await.1, "too-many-requests");
    assert_eq!(refusal(rig.call("no-token-of-ours", Method::GET, "/events")).await.0, 429);
    let held = send(rig.call(&partner.token, Method::GET, "/events")).await;
    assert_eq!(held.status(), 200, "whoever has a token is not counted by address");
}

#[tokio::test]
async fn a_token_helps_nobody_where_none_is_looked_at() {
    let rates = RateLimits { address_requests: 3, ..RateLimits::NONE };
    let link = "/7b0f2f0a-93c4-4f1e-b1f5-2f4b5f0c9d77";
    for path in
        ["/docs", "/openapi.json", link, "/home", "/public/connectors", "/public/institutions", "/events"]
    {
        let rig = limited(rates);
        let ask = || rig.request(Method::GET, path).header("Authorization", "Basic of-nobody");
        until_refused(3, ask).await;
    }
    let rig = limited(rates);
    let partner = rig.partner("Quill Lending").await;
    until_refused(3, || rig.call(&partner.token, Method::GET, "/docs")).await;
}

#[tokio::test]
async fn guesses_at_tokens_are_counted_by_address() {
    let rig = limited(RateLimits { address_requests: 3, ..RateLimits::NONE });
    until_refused(3, || rig.call("no-token-of-ours", Method::GET, "/events")).await;
}

#[tokio::test]
async fn behind_a_proxy_of_ours_people_are_counted_apart() {
    let rates = RateLimits { address_requests: 3, ..RateLimits::NONE };
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let rig = Rig::with(Setup { rates, trusted_proxies, ..Setup::default() });
    let from = |who: &str| rig.request(Method::GET, "/public/connectors").header("X-Forwarded-For", who);
    until_refused(3, || from("203.0.113.7")).await;
    assert_eq!(send(from("203.0.113.8")).await.status(), 200);
    assert_eq!(send(from("203.0.113.8, 203.0.113.7")).await.status(), 429, "the last one is who asks");
    let rig = limited(rates);
    let from = |who: &str| rig.request(Method::GET, "/public/connectors").header("X-Forwarded-For", who);
    until_refused(3, || from("203.0.113.7")).await;
    assert_eq!(send(from("203.0.113.8")).await.status(), 429, "anybody may write that header");
}
