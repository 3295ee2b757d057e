//! Signing in: personas, challenges, sessions.

use super::{Bank, DAY, NOW, PERSONS, answered, refused, text};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn failing_users_and_strangers_fail_each_in_their_way() {
    let bank = Bank::start().await;
    for institution in ["AU00000", "AU00001", "AU00002", "AU00003"] {
        for (login_id, password, status, code) in [
            ("bighead", "password", 401, "account-locked"),
            ("erlich", "aviato", 403, "action-required"),
            ("jianYang", "nothotdog", 503, "unavailable"),
            ("bighead", "wrong", 401, "invalid-credentials"),
            ("jared", "ShowBox", 401, "invalid-credentials"),
            ("JARED", "django", 401, "invalid-credentials"),
            ("", "", 401, "invalid-credentials"),
        ] {
            refused(&bank.login(institution, login_id, password).await, status, code);
        }
    }
}

#[tokio::test]
async fn a_wrong_answer_leaves_the_challenge_open_for_the_right_one() {
    let bank = Bank::start().await;
    let (status, body) = bank.login("AU00002", "Whistler", "ShowBox").await;
    assert_eq!((status, body["session_token"].is_null()), (StatusCode::OK, true));
    let challenge = &body["challenge"];
    assert_eq!(challenge["method"], "security-questions");
    assert_eq!(challenge["expires_ms"], 120_000);
    assert_eq!(challenge["description"], "Answer your security questions");
    let input = json!(["What's your favourite company?", "What's the ID of this institution?"]);
    assert_eq!(challenge["input"], input);
    let path = format!("/AU00002/login/{}/answer", text(&challenge["id"]));
    let wrong = bank.post(&path, &json!({ "answers": ["Hooli", "AU00000"] })).await;
    refused(&wrong, 422, "wrong-answer");
    let elsewhere = path.replace("AU00002", "AU00003");
    let right = json!({ "answers": ["Authlink", "AU00002"] });
    refused(&bank.post(&elsewhere, &right).await, 410, "challenge-expired");
    let (status, session) = bank.post(&path, &right).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    assert_eq!(session["expires_at"], "2026-06-16T05:30:00Z");
    bank.rows("/AU00002/accounts", &text(&session["session_token"]), "accounts").await;
    refused(&bank.post(&path, &right).await, 410, "challenge-expired");
}

#[tokio::test]
async fn a_challenge_ends_after_five_tries_and_after_two_minutes() {
    let bank = Bank::start().await;
    let challenge = async || {
        let (_, body) = bank.login("AU00002", "jared", "django").await;
        assert_eq!(body["challenge"]["method"], "token");
        assert_eq!(body["challenge"]["input"], json!(["OTP Password"]));
        format!("/AU00002/login/{}/answer", text(&body["challenge"]["id"]))
    };
    let path = challenge().await;
    for _ in 0..5 {
        refused(&bank.post(&path, &json!({ "answers": ["9999"] })).await, 422, "wrong-answer");
    }
    refused(&bank.post(&path, &json!({ "answers": ["1234"] })).await, 410, "challenge-expired");
    let (in_time, late) = (challenge().await, challenge().await);
    bank.advance(119_999);
    assert_eq!(bank.post(&in_time, &json!({ "answers": ["1234"] })).await.0, StatusCode::OK);
    bank.advance(1);
    refused(&bank.post(&late, &json!({ "answers": ["1234"] })).await, 410, "challenge-expired");
}

#[tokio::test]
async fn one_institution_asks_at_every_second_login_of_a_person() {
    let bank = Bank::start().await;
    let mut asked = Vec::new();
    for _ in 0..10 {
        for login in [("jared", "django"), ("richard", "tabsnotspaces")] {
            asked.push(!bank.login("AU00003", login.0, login.1).await.1["challenge"].is_null());
        }
    }
    let wanted: Vec<bool> = (0..20).map(|number| number % 4 < 2).collect();
    assert_eq!(asked, wanted);
}

#[tokio::test]
async fn a_session_lives_ninety_days_also_in_a_restarted_bank_until_the_logout() {
    let first = Bank::start().await;
    let token = first.session("AU00000", "jared", "django").await;
    let before = first.rows("/AU00000/accounts", &token, "accounts").await;
    drop(first);
    let bank = Bank::start().await;
    assert_eq!(bank.rows("/AU00000/accounts", &token, "accounts").await, before);
    refused(&bank.get("/AU00001/accounts", &token).await, 401, "session-expired");
    refused(&Bank::at(2, NOW, false).await.get("/AU00000/accounts", &token).await, 401, "session-expired");
    bank.advance(90 * DAY - 1);
    assert_eq!(bank.get("/AU00000/profile", &token).await.0, StatusCode::OK);
    bank.advance(1);
    for path in ["/AU00000/accounts", "/AU00000/profile", "/AU00000/accounts/1/transactions"] {
        refused(&bank.get(path, &token).await, 401, "session-expired");
        refused(&answered(bank.request(Method::GET, path)).await, 401, "session-expired");
    }
    let token = bank.session("AU00000", "jared", "django").await;
    let logout = || bank.request(Method::POST, "/AU00000/logout").bearer_auth(&token);
    assert_eq!(answered(logout()).await.0, StatusCode::OK);
    refused(&answered(logout()).await, 401, "session-expired");
    refused(&bank.get("/AU00000/accounts", &token).await, 401, "session-expired");
}

#[tokio::test]
async fn no_answer_repeats_a_password() {
    let bank = Bank::start().await;
    let secret = "correct-horse-7141";
    let mut heard = String::new();
    for institution in ["AU00000", "AU00002", "AU99999"] {
        for body in [
            json!({ "login_id": "jared", "password": secret }).to_string(),
            json!({ "login_id": secret, "password": secret }).to_string(),
            json!({ "password": secret }).to_string(),
            json!({ "login_id": "jared", "password": [secret] }).to_string(),
            format!("{{\"password\":\"{secret}\""),
        ] {
            let request = bank.request(Method::POST, &format!("/{institution}/login")).body(body);
            let answer = request.send().await.unwrap();
            heard = [heard, format!("{:?}", answer.headers())].concat();
            heard.push_str(&answer.text().await.unwrap());
        }
    }
    assert!(heard.len() > 1000 && !heard.contains(secret) && !heard.contains("7141"), "{heard}");
    // A right password is in nothing that follows from it either.
    let mut heard = String::new();
    for (login_id, password, _) in PERSONS {
        let token = bank.session("AU00001", login_id, password).await;
        heard.push_str(&token);
        for path in ["/AU00001/accounts", "/AU00001/profile", "/control/faults"] {
            heard.push_str(&bank.get(path, &token).await.1.to_string());
        }
        assert!(!heard.contains(password), "{password}");
    }
    assert!(heard.len() > 5000);
}
