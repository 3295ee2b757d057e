//! `POST /token`.

use crate::rig::{Rig, Setup, answer, refusal};
use authlink::domain::id::ApplicationId;
use authlink::domain::time::{Span, UnixMillis};
use authlink::http::rate::RateLimits;
use authlink::http::token::{self, Claims, Scope};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_becomes_a_token_with_and_without_a_content_type() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for content_type in [Some("application/x-www-form-urlencoded"), None] {
        let mut request = rig
            .request(Method::POST, "/token/")
            .header("authorization", format!("basic {}", partner.key))
            .header("Basiq-Version", "3.0")
            .body("scope=SERVER_ACCESS");
        if let Some(value) = content_type {
            request = request.header("Content-Type", value);
        }
        let (status, body) = answer(request).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!((&body["expires_in"], &body["token_type"]), (&3600.into(), &"Bearer".into()));
        assert!(body["access_token"].as_str().unwrap().split('.').count() == 3);
    }
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let post =
        || rig.request(Method::POST, "/token").header("basiq-version", "3.0").body("scope=SERVER_ACCESS");
    let twice = STANDARD.encode(&partner.key);
    let strange = STANDARD.encode("no pair here");
    assert_eq!(refusal(post()).await, (400, "parameter-not-supplied".into(), "authorization".into()));
    for bad in ["Bearer abc", "Basic", "Basic !!!", &format!("Basic {twice}"), &format!("Basic {strange}")] {
        let refused = refusal(post().header("Authorization", bad)).await;
        assert_eq!(refused, (400, "parameter-not-valid".into(), "authorization".into()), "{bad}");
    }
    let unknown =
        STANDARD.encode("4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11:4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11");
    let refused = refusal(post().header("Authorization", format!("Basic {unknown}"))).await;
    assert_eq!(refused, (404, "parameter-not-valid".into(), String::new()));

    for (version, detail) in [
        (None, "Basiq-version must be specified in HTTP request header"),
        (Some("0.9"), "Version 0.9 is no longer supported. Please upgrade to the latest version"),
    ] {
        let mut request = rig
            .request(Method::POST, "/token")
            .header("Authorization", format!("Basic {}", partner.key))
            .body("scope=SERVER_ACCESS");
        if let Some(version) = version {
            request = request.header("basiq-version", version);
        }
        let (status, body) = answer(request).await;
        let error = &body["data"][0];
        assert_eq!((status, &error["title"]), (400, &"Required parameter not valid".into()));
        assert_eq!(error["detail"], detail);
        assert_eq!(error["source"]["pointer"], "header/basiq-version");
    }
}

#[tokio::test]
async fn scopes_are_the_two_that_there_are_and_none_opens_nothing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let form = |text: String| rig.token_request(&partner.key).body(text);
    assert_eq!(refusal(form("scope=ALL".into())).await.2, "scope");
    let refused = refusal(form("scope=CLIENT_ACCESS".into())).await;
    assert_eq!(refused, (400, "parameter-not-supplied".into(), "userId".into()));
    let refused = refusal(form("scope=CLIENT_ACCESS&userId=x".into())).await;
    assert_eq!(refused, (400, "parameter-not-valid".into(), "userId".into()));
    let stranger = "scope=CLIENT_ACCESS&userId=4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11".into();
    assert_eq!(refusal(form(stranger)).await.0, 404);
    let other = rig.partner("Another").await;
    let foreign = rig.token_request(&other.key).body(format!("scope=CLIENT_ACCESS&userId={user}"));
    assert_eq!(refusal(foreign).await.0, 404, "another application's user");

    let unscoped = rig.token(&partner.key, "").await;
    let refused = refusal(rig.call(&unscoped, Method::GET, &format!("/users/{user}"))).await;
    assert_eq!((refused.0, refused.1.as_str()), (403, "forbidden-access"));
}

/// What a token says, as a client reads it that knows no other Base64 than `atob`'s.
fn said(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    assert!(
        payload.bytes().all(|one| one.is_ascii_alphanumeric()),
        "no letter of base64url's own: {payload}"
    );
    let padded = format!("{payload}{}", "=".repeat((4 - payload.len() % 4) % 4));
    serde_json::from_slice(&STANDARD.decode(padded).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_says_what_clients_read_out_of_it() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let own = partner.id.to_string();
    let second = || rig.engine.now().0.div_euclid(1000);
    let before = second();
    let by_link = rig.enter(&rig.link(&partner, &user).await, "+61400111222").await;
    for (token, scope, userid) in [
        (rig.token(&partner.key, "scope=SERVER_ACCESS").await, json!("SERVER_ACCESS"), Value::Null),
        (rig.client_token(&partner.key, &user).await, json!("CLIENT_ACCESS"), json!(user)),
        (by_link, json!("CLIENT_ACCESS"), json!(user)),
        (rig.token(&partner.key, "").await, Value::Null, Value::Null),
    ] {
        let said = said(&token);
        assert_eq!((&said["scope"], &said["userid"]), (&scope, &userid), "{said}");
        assert_eq!(said["version"], "3.0");
        assert_eq!((said["partnerid"].as_str(), said["applicationid"].as_str()), (Some(&*own), Some(&*own)));
        let at = |name: &str| said[name].as_i64().unwrap();
        assert!((before..=second()).contains(&at("iat")) && at("exp") == at("iat") + 3600, "{said}");
        let unset: Vec<_> = said.as_object().unwrap().iter().filter(|(_, value)| value.is_null()).collect();
        assert!(unset.is_empty(), "what is not known is left out: {unset:?}");
        assert!(
            !token.contains(&partner.key) && !said.to_string().contains("+61"),
            "and nothing is given away"
        );
    }
}

#[tokio::test]
async fn one_address_gets_so_many_tokens_and_then_none_for_a_while() {
    let rates = RateLimits { token_requests: 3, address_requests: 1, ..RateLimits::NONE };
    let rig = Rig::with(Setup { rates, ..Setup::default() });
    let asked = || rig.request(Method::POST, "/token").header("Authorization", "Basic eDp5");
    for _ in 0..3 {
        assert_eq!(asked().send().await.unwrap().status(), 400);
    }
    let response = asked().send().await.unwrap();
    assert_eq!(response.status(), 403);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert_eq!(refusal(asked()).await.1, "request-not-valid");
    assert!(rig.engine.metrics().render().contains(r#"limit_refusals_total{limit="token_requests"} 2"#));
}

#[tokio::test]
async fn tokens_that_are_too_old_or_not_ours_open_nothing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let get = |token: &str| rig.call(token, Method::GET, "/events");
    assert_eq!(answer(get(&partner.token)).await.0, 200);
    for bad in ["", "x", "a.b.c", &format!("{}x", partner.token), &partner.key] {
        let refused = refusal(get(bad)).await;
        assert_eq!((refused.0, refused.1.as_str()), (401, "invalid-authorization-token"), "{bad}");
    }
    assert_eq!(refusal(rig.request(Method::GET, "/events")).await.0, 401);
    let basic =
        rig.request(Method::GET, "/events").header("Authorization", format!("Basic {}", partner.token));
    assert_eq!(refusal(basic).await.0, 401);

    rig.advance(Span::seconds(3590));
    assert_eq!(answer(get(&partner.token)).await.0, 200);
    rig.advance(Span::seconds(10));
    let (status, body) = answer(get(&partner.token)).await;
    assert_eq!(status, 403);
    assert_eq!(
        (&body["data"][0]["code"], &body["data"][0]["detail"]),
        (&"access-denied".into(), &"Token has expired".into())
    );
}

#[tokio::test]
async fn a_token_of_an_application_that_is_not_there_opens_nothing() {
    let rig = Rig::start();
    let claims = Claims {
        application: ApplicationId(uuid::Uuid::from_u128(1)),
        key: 0,
        user: None,
        scope: Scope::Server,
        link: None,
    };
    let now: UnixMillis = rig.engine.now();
    let token = token::issue(&rig.engine.house().keyring, &claims, now).unwrap();
    assert_eq!(refusal(rig.call(&token, Method::GET, "/events")).await.0, 401);
}
