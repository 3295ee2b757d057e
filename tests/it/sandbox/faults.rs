//! What goes wrong: by request, by limits, on purpose.

use super::{Bank, NOW, answered, refused, text};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn what_is_no_address_method_or_body_is_told_so() {
    let bank = Bank::at(1, NOW, false).await;
    refused(&bank.login("AU99999", "jared", "django").await, 404, "unknown-institution");
    refused(&bank.get("/AU99999/accounts", "x").await, 404, "unknown-institution");
    for path in ["/", "/AU00000", "/AU00000/accounts/1", "/control/faults", "/institutions/x"] {
        refused(&bank.get(path, "x").await, 404, "not-found");
    }
    refused(&bank.get("/AU00000/login", "x").await, 405, "method-not-allowed");
    let deep = "[".repeat(10_000);
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"["jared","django"]"#,
        r#"{"login_id":"jared"}"#,
        r#"{"login_id":"jared","password":1}"#,
        r#"{"login_id":"jared","password":"django"}x"#,
        &format!(r#"{{"login_id":"jared","password":"django","x":{deep}}}"#),
    ] {
        let request = bank.request(Method::POST, "/AU00000/login").body(body.to_owned());
        refused(&answered(request).await, 400, "bad-body");
    }
    let many = json!({ "answers": vec!["1234"; 9] });
    refused(&bank.post("/AU00002/login/x/answer", &many).await, 400, "bad-body");
    refused(&bank.post("/AU00002/login/x/answer", &json!({ "answers": "1234" })).await, 400, "bad-body");
    refused(&bank.post("/AU00002/login/x/answer", &json!({ "answers": [] })).await, 410, "challenge-expired");
    let long = json!({ "login_id": "jared", "password": "x".repeat(16 * 1024) });
    refused(&bank.post("/AU00000/login", &long).await, 413, "body-too-long");
}

#[tokio::test]
async fn faults_do_what_they_say_and_end_when_they_are_used_up() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "Whistler", "ShowBox").await;
    let right = bank.rows("/AU00000/accounts", &token, "accounts").await;
    bank.fault(json!({ "step": "accounts", "fault": "down", "times": 2 })).await;
    for left in [1, 0] {
        refused(&bank.get("/AU00000/accounts", &token).await, 503, "unavailable");
        let faults = bank.get("/control/faults", "x").await.1["faults"].clone();
        assert_eq!(faults.as_array().unwrap().first().map_or(0, |one| one["times"].as_u64().unwrap()), left);
    }
    assert_eq!(bank.rows("/AU00000/accounts", &token, "accounts").await, right);
    bank.fault(json!({ "step": "accounts", "fault": "double", "times": 1 })).await;
    let doubled = bank.rows("/AU00000/accounts", &token, "accounts").await;
    let twice: Vec<Value> = right.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
    assert_eq!(doubled, twice);
    bank.fault(json!({ "step": "accounts", "fault": "fewer", "times": 1 })).await;
    let fewer = bank.rows("/AU00000/accounts", &token, "accounts").await;
    assert_eq!(fewer, right[..right.len().div_ceil(2)]);
    assert!(!fewer.is_empty() && fewer.len() < right.len());
    bank.fault(json!({ "step": "accounts", "fault": "malformed", "times": 1 })).await;
    let answer = bank.request(Method::GET, "/AU00000/accounts").bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.json::<Value>().await.unwrap_err().is_decode());
    bank.fault(json!({ "step": "accounts", "fault": "half", "times": 1 })).await;
    let mut answer = bank.request(Method::GET, "/AU00000/accounts").bearer_auth(&token).send().await.unwrap();
    let promised = answer.content_length().unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    assert!((1..promised).contains(&(first.len() as u64)), "{} of {promised}", first.len());
    answer.chunk().await.expect_err("the connection breaks");
    assert_eq!(bank.rows("/AU00000/accounts", &token, "accounts").await, right);
}

#[tokio::test]
async fn a_fault_is_for_its_person_institution_and_step_alone() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "Whistler", "ShowBox").await;
    bank.fault(json!({ "step": "login", "login_id": "jared", "institution": "AU00000", "fault": "down" }))
        .await;
    refused(&bank.login("AU00000", "jared", "django").await, 503, "unavailable");
    assert_eq!(bank.login("AU00001", "jared", "django").await.0, StatusCode::OK);
    assert_eq!(bank.login("AU00000", "richard", "tabsnotspaces").await.0, StatusCode::OK);
    assert_eq!(bank.get("/AU00000/accounts", &token).await.0, StatusCode::OK);
    bank.fault(json!({ "step": "login", "login_id": "jared", "institution": "AU00000", "fault": "none" }))
        .await;
    assert_eq!(bank.login("AU00000", "jared", "django").await.0, StatusCode::OK);
    assert_eq!(bank.get("/control/faults", "x").await.1, json!({ "faults": [] }));
    bank.fault(json!({ "step": "profile", "fault": "down" })).await;
    refused(&bank.get("/AU00000/profile", &token).await, 503, "unavailable");
    for (body, code) in [
        (json!({ "step": "login", "fault": "double" }), "bad-fault"),
        (json!({ "step": "answer", "fault": "fewer" }), "bad-fault"),
        (json!({ "step": "login", "fault": "odd" }), "bad-body"),
        (json!({ "step": "login", "fault": "down", "unknown": 1 }), "bad-body"),
    ] {
        refused(&answered(bank.request(Method::PUT, "/control/faults").json(&body)).await, 400, code);
    }
}

/// Nothing is timed here: a client with less patience than the fault gets nothing, one with more does.
#[tokio::test]
async fn slow_and_silent_banks_hold_up_those_who_wait_for_them() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "Whistler", "ShowBox").await;
    for (fault, status) in [("slow", StatusCode::OK), ("timeout", StatusCode::SERVICE_UNAVAILABLE)] {
        bank.fault(json!({ "step": "transactions", "fault": fault, "latency_ms": 120_000, "times": 1 }))
            .await;
        let no = text(&bank.rows("/AU00000/accounts", &token, "accounts").await[0]["account_no"]);
        let path = format!("/AU00000/accounts/{no}/transactions");
        let impatient =
            bank.request(Method::GET, &path).bearer_auth(&token).timeout(Duration::from_millis(200));
        assert!(impatient.send().await.unwrap_err().is_timeout());
        bank.fault(json!({ "step": "transactions", "fault": fault, "latency_ms": 20, "times": 1 })).await;
        assert_eq!(bank.get(&path, &token).await.0, status);
        assert_eq!(bank.get(&path, &token).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_and_a_garbled_request_end_the_connection() {
    let bank = Bank::start().await;
    let address = bank.base.trim_start_matches("http://");
    let long = format!("GET /institutions HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(64 * 1024));
    for (request, status) in [(long.as_str(), "HTTP/1.1 431"), ("\u{1}\r\n\r\n", "HTTP/1.1 400")] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        // The bank may hang up before all of it is written.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(String::from_utf8_lossy(&answer).starts_with(status), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(answered(bank.request(Method::GET, "/institutions")).await.0, StatusCode::OK);
}
