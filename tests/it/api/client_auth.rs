//! The link protocol.

use crate::rig::{Rig, Setup, answer};
use authlink::domain::command::{Caller, Command};
use authlink::domain::errand::Errand;
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const MOBILE: &str = "+61400111222";
const STRANGER: &str = "7b0f2f0a-93c4-4f1e-b1f5-2f4b5f0c9d77";

async fn link(rig: &Rig) -> (crate::rig::Partner, String, String) {
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    (partner, user, link)
}

fn wrong(code: &str) -> String {
    let digit = if code.starts_with('0') { '1' } else { '0' };
    format!("{digit}{}", &code[1..])
}

#[tokio::test]
async fn the_four_calls_lead_from_the_link_to_its_end() {
    let rig = Rig::start();
    let (partner, user, link) = link(&rig).await;
    for mount in ["", "/Production_v1", "/Development"] {
        for tail in ["", "some/path/", "auth-link/"] {
            let path = format!("{mount}/client_auth/{tail}{link}");
            let request = rig.request(Method::GET, &path).header("Content-Type", "application/json");
            let (status, body) = answer(request).await;
            assert_eq!(status, 200, "{path}");
            assert_eq!(
                body,
                json!({"mobile": "222", "appName": "Quill Lending", "partner": {
                    "name": "Quill Lending", "connectSupported": true, "uploadSupported": false,
                    "institutionRegion": "Australia", "hideTestBanks": false, "hideBetaBanks": false}})
            );
        }
    }
    let path = format!("/client_auth/{link}");
    let request = rig.request(Method::POST, &path).header("Content-Type", "application/json");
    assert_eq!(answer(request).await, (200, json!({})));
    let code = rig.code(MOBILE, 1).await;
    let (status, body) = answer(rig.try_code(&link, &code)).await;
    assert_eq!((status, &body["expires_in"], &body["token_type"]), (200, &3600.into(), &"Bearer".into()));
    let token = body["access_token"].as_str().unwrap();

    for spent in
        [rig.request(Method::GET, &path), rig.request(Method::POST, &path), rig.try_code(&link, &code)]
    {
        assert_eq!(answer(spent).await.0, 404, "the link is spent");
    }
    let put = || rig.call(token, Method::PUT, &path);
    assert_eq!(answer(put()).await.0, 409, "nobody has agreed yet");
    let cookie = [1; 32];
    let id = crate::rig::user_id(&user);
    let caller = authlink::http::token::verify(&rig.engine.house().keyring, token, rig.engine.now()).unwrap();
    let exchange =
        Command::Exchange { cookie, old_cookie: None, return_state: None, errand: Errand::default() };
    rig.engine.ask(id, caller.caller().unwrap(), exchange, Uuid::nil()).await.unwrap();
    let agree = Command::Agree { cookie, policy_version: 1, shown: None };
    rig.engine.ask(id, Caller::Applicant, agree, Uuid::nil()).await.unwrap();
    for _ in 0..2 {
        let response = put().send().await.unwrap();
        assert_eq!(response.status(), 204, "again with the same token: done already");
        assert!(response.headers().get("content-type").is_none());
    }
    let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
    assert_eq!(answer(request).await.0, 404);
}

#[tokio::test]
async fn whatever_is_not_a_living_link_gets_one_answer() {
    let rig = Rig::start();
    let (partner, user, old) = link(&rig).await;
    let newer = rig.link(&partner, &user).await;
    answer(rig.call(&partner.token, Method::DELETE, &format!("/users/{user}/auth_link"))).await;
    let upper = newer.to_uppercase();
    let nil = Uuid::nil().to_string();
    let ids = [
        STRANGER,
        old.as_str(),
        newer.as_str(),
        upper.as_str(),
        nil.as_str(),
        "x",
        "%00",
        "a%2Fb",
        "token",
        "...",
    ];
    let mut seen: Vec<(u16, Value)> = Vec::new();
    for id in ids {
        let path = format!("/client_auth/{id}");
        seen.push(answer(rig.request(Method::GET, &path)).await);
        seen.push(answer(rig.request(Method::POST, &path)).await);
        if id != "a%2Fb" {
            seen.push(answer(rig.try_code(id, "123456")).await);
        }
    }
    assert_eq!(answer(rig.request(Method::GET, "/client_auth")).await, seen[0]);
    assert_eq!(answer(rig.request(Method::GET, "/client_auth/")).await, seen[0]);
    assert_eq!(seen[0].0, 404);
    assert!(seen[0].1["message"].is_string());
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn five_wrong_codes_lock_the_link_and_a_resend_resets_nothing() {
    let rig = Rig::start();
    let (partner, user, link) = link(&rig).await;
    assert_eq!(rig.send(&link).await, 200);
    let code = rig.code(MOBILE, 1).await;
    for _ in 0..3 {
        let (status, body) = answer(rig.try_code(&link, &wrong(&code))).await;
        assert_eq!(status, 401);
        assert!(body["message"].is_string());
    }
    rig.advance(Span::seconds(30));
    assert_eq!(rig.send(&link).await, 200);
    let code = rig.code(MOBILE, 2).await;
    assert_eq!(answer(rig.try_code(&link, &wrong(&code))).await.0, 401);
    let response = rig.try_code(&link, &wrong(&code)).send().await.unwrap();
    assert_eq!(response.status(), 204, "the try that locks");
    assert!(response.headers().get("content-type").is_none());
    assert!(response.bytes().await.unwrap().is_empty());
    assert_eq!(answer(rig.try_code(&link, &code)).await.0, 404, "the right code comes too late");
    assert_eq!(rig.send(&link).await, 404);
    let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
    let (status, body) = answer(request).await;
    assert_eq!(status, 410);
    assert_eq!(body["data"][0]["detail"], "Auth link was locked after too many wrong codes.");
}

#[tokio::test]
async fn wrong_codes_at_once_are_counted_one_by_one() {
    let rig = Rig::start();
    let (_, _, link) = link(&rig).await;
    assert_eq!(rig.send(&link).await, 200);
    let code = wrong(&rig.code(MOBILE, 1).await);
    let tries = (0..20).map(|_| answer(rig.try_code(&link, &code)));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(tries).await.into_iter().map(|(status, _)| status).collect();
    statuses.sort_unstable();
    let expected: Vec<u16> = [vec![204], vec![401; 4], vec![404; 15]].concat();
    assert_eq!(statuses, expected);
}

#[tokio::test]
async fn right_codes_at_once_earn_one_token() {
    let rig = Rig::start();
    for round in 1..=5 {
        let (_, _, link) = link(&rig).await;
        assert_eq!(rig.send(&link).await, 200);
        let code = rig.code(MOBILE, round).await;
        let tries = (0..10).map(|_| answer(rig.try_code(&link, &code)));
        let answers = futures_util::future::join_all(tries).await;
        let tokens = answers.iter().filter(|(_, body)| body["access_token"].is_string()).count();
        assert_eq!(tokens, 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|(status, _)| *status == 404).count(), 9);
    }
}

#[tokio::test]
async fn a_resend_within_the_cool_down_sends_nothing_and_the_eleventh_text_is_refused() {
    let rig = Rig::start();
    let (_, _, link) = link(&rig).await;
    let path = format!("/client_auth/{link}");
    for (sent, cooldown) in [30, 60, 120, 120, 120, 120, 120, 120, 120].into_iter().enumerate() {
        assert_eq!(rig.send(&link).await, 200);
        rig.code(MOBILE, sent + 1).await;
        rig.advance(Span::seconds(cooldown - 5));
        assert_eq!(answer(rig.request(Method::POST, &path)).await, (200, json!({})), "within the cool-down");
        assert_eq!(rig.texts(MOBILE), sent + 1);
        rig.advance(Span::seconds(5));
    }
    assert_eq!(rig.send(&link).await, 200);
    let code = rig.code(MOBILE, 10).await;
    rig.advance(Span::seconds(120));
    let response = rig.request(Method::POST, &path).send().await.unwrap();
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait > 6 * 24 * 3600 && wait <= 7 * 24 * 3600, "{wait}");
    assert!(response.json::<Value>().await.unwrap()["message"].is_string());
    assert_eq!(rig.texts(MOBILE), 10);
    assert_eq!(answer(rig.try_code(&link, &code)).await.0, 200, "the last code still counts");
}

#[tokio::test]
async fn a_new_code_replaces_the_one_before_and_each_dies_after_ten_minutes() {
    let rig = Rig::start();
    let (_, _, link) = link(&rig).await;
    assert_eq!(answer(rig.try_code(&link, "123456")).await.0, 401, "none was asked for");
    assert_eq!(rig.send(&link).await, 200);
    let first = rig.code(MOBILE, 1).await;
    rig.advance(Span::seconds(30));
    assert_eq!(rig.send(&link).await, 200);
    let second = rig.code(MOBILE, 2).await;
    if first != second {
        assert_eq!(answer(rig.try_code(&link, &first)).await.0, 401);
    }
    rig.advance(Span::minutes(10));
    for _ in 0..10 {
        assert_eq!(answer(rig.try_code(&link, &second)).await.0, 401, "late tries do not count");
    }
    assert_eq!(rig.send(&link).await, 200);
    let third = rig.code(MOBILE, 3).await;
    assert_eq!(answer(rig.try_code(&link, &third)).await.0, 200);
}

#[tokio::test]
async fn looking_never_spends_and_never_sends() {
    let rig = Rig::start();
    let (partner, user, link) = link(&rig).await;
    for path in [format!("/client_auth/{link}"), format!("/{link}"), format!("/client_auth/{link}/token")] {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            for _ in 0..3 {
                rig.request(method.clone(), &path).send().await.unwrap();
            }
        }
    }
    let head = rig.request(Method::HEAD, &format!("/client_auth/{link}")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
    assert_eq!(answer(request).await.1["status"], "issued");
    rig.enter(&link, MOBILE).await;
    assert_eq!(rig.texts(MOBILE), 1, "the one that was asked for");
}

#[tokio::test]
async fn the_third_call_wants_its_header_and_six_digits() {
    let rig = Rig::start();
    let (_, _, link) = link(&rig).await;
    assert_eq!(rig.send(&link).await, 200);
    let code = rig.code(MOBILE, 1).await;
    let path = format!("/client_auth/{link}/token");
    let post = |header: Option<String>| {
        let request = rig.request(Method::POST, &path).json(&json!({"sms-code": code}));
        if let Some(value) = header { request.header("Authorization", value) } else { request }
    };
    for bad in [
        None,
        Some(format!("Basic SMS_CODE:{STRANGER}")),
        Some(format!("Bearer SMS_CODE:{link}")),
        Some(format!("Basic {link}")),
    ] {
        let (status, body) = answer(post(bad)).await;
        assert_eq!(status, 403);
        assert!(body["message"].is_string());
    }
    for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        assert_eq!(answer(rig.try_code(&link, bad)).await.0, 400, "{bad}");
    }
    let strange = |body: &'static str| {
        let header = format!("Basic SMS_CODE:{link}");
        rig.request(Method::POST, &path)
            .header("Authorization", header)
            .header("Content-Type", "application/json")
            .body(body)
    };
    for bad in ["", "{", "[]", r#"{"sms-code":123456}"#, r#"{"code":"123456"}"#] {
        let (status, body) = answer(strange(bad)).await;
        assert_eq!(status, 400, "{bad}");
        assert!(body["message"].is_string());
    }
    let request = post(Some(format!("Basic SMS_CODE:auth-link/{link}")));
    assert_eq!(answer(request).await.0, 200, "nothing of it was counted");
}

#[tokio::test]
async fn only_the_token_that_the_code_earned_ends_its_link() {
    let rig = Rig::start();
    let (partner, user, link) = link(&rig).await;
    let path = format!("/client_auth/{link}");
    let token = rig.enter(&link, MOBILE).await;
    let client = rig.client_token(&partner.key, &user).await;
    let status = |request| async { answer(request).await.0 };
    assert_eq!(status(rig.request(Method::PUT, &path)).await, 401);
    assert_eq!(status(rig.call("x", Method::PUT, &path)).await, 401);
    assert_eq!(status(rig.call(&partner.token, Method::PUT, &path)).await, 403);
    assert_eq!(status(rig.call(&client, Method::PUT, &path)).await, 403);
    assert_eq!(status(rig.call(&token, Method::PUT, &format!("/client_auth/{STRANGER}"))).await, 404);
    let other = rig.user(&partner, "+61400111333").await;
    let foreign = rig.link(&partner, &other).await;
    assert_eq!(status(rig.call(&token, Method::PUT, &format!("/client_auth/{foreign}"))).await, 404);
    rig.advance(Span::minutes(61));
    assert_eq!(status(rig.call(&token, Method::PUT, &path)).await, 403, "the token has expired");
}

#[tokio::test]
async fn who_works_with_the_token_alone_does_not_idle() {
    let rig = Rig::start();
    let (_, user, link) = link(&rig).await;
    let token = rig.enter(&link, MOBILE).await;
    let status = || async { answer(rig.call(&token, Method::GET, &format!("/users/{user}"))).await.0 };
    for minutes in [14, 14, 14] {
        rig.advance(Span::minutes(minutes));
        assert_eq!(status().await, 200);
        // That they are there is written down behind the answer; here time flies faster than that.
        rig.engine.settle().await.unwrap();
    }
    rig.advance(Span::minutes(15));
    assert_eq!(status().await, 401, "nobody was there for a quarter of an hour");
}

#[tokio::test]
async fn short_limits_of_an_operator_are_kept() {
    let seconds = |text: &str| toml::Value::String(text.into());
    let rig = Rig::with(Setup {
        overrides: vec![
            ("auth_link", "lifetime", seconds("2s")),
            ("auth_link", "code_tries", toml::Value::Integer(1)),
        ],
        ..Setup::default()
    });
    let (_, _, first) = link(&rig).await;
    assert_eq!(rig.send(&first).await, 200);
    let code = wrong(&rig.code(MOBILE, 1).await);
    assert_eq!(answer(rig.try_code(&first, &code)).await.0, 204, "one try");
    let (_, _, second) = link(&rig).await;
    rig.advance(Span::seconds(2));
    assert_eq!(answer(rig.request(Method::GET, &format!("/client_auth/{second}"))).await.0, 410);
}

#[tokio::test]
async fn errors_have_the_body_of_this_protocol_and_the_headers_of_all() {
    let rig = Rig::start();
    let (_, _, link) = link(&rig).await;
    for (method, path, status, allow) in [
        (Method::DELETE, format!("/client_auth/{link}"), 405, Some("GET, HEAD, POST, PUT, OPTIONS")),
        (Method::PATCH, format!("/client_auth/{link}"), 405, Some("GET, HEAD, POST, PUT, OPTIONS")),
        (Method::GET, format!("/client_auth/{link}/token"), 405, Some("POST, OPTIONS")),
        (Method::GET, format!("/client_auth/{STRANGER}"), 404, None),
    ] {
        let response = rig.request(method, &path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().get("allow").map(|value| value.to_str().unwrap()), allow);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        assert!(response.headers().contains_key("x-request-id"));
        let body: Value = response.json().await.unwrap();
        assert!(body["message"].is_string() && body.get("data").is_none(), "{body}");
    }
}
