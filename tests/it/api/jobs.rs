//! `/jobs`: signing in watched step by step, questions, failures.

use super::customer::{Customer, MOBILE, STRANGER};
use crate::bank;
use crate::rig::{Rig, answer, refusal, user_id};
use authlink::domain::command::{Caller, Command};
use authlink::domain::errand::Errand;
use authlink::domain::id::{ApplicationId, AuthLinkId, SessionId};
use authlink::domain::time::Span;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

fn titles(job: &Value) -> Vec<(&str, &str)> {
    let steps = job["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["title"].as_str().unwrap(), step["status"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_sign_in_ends_with_links_to_all_that_was_read() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let (status, stub) = answer(ada.sign_in("AU00000", "Whistler", "ShowBox")).await;
    let id = stub["id"].as_str().unwrap();
    let own = format!("{}/jobs/{id}", rig.base);
    assert_eq!((status, &stub), (202, &json!({"type": "job", "id": id, "links": {"self": own}})));

    let job = ada.ended(id).await;
    assert_eq!(
        (&job["type"], &job["jobType"], &job["status"]),
        (&json!("job"), &json!("connection"), &json!("success"))
    );
    assert!(job["created"].as_str().unwrap() <= job["updated"].as_str().unwrap());
    assert_eq!(job["institution"]["id"], "AU00000");
    let done =
        ["verify-credentials", "retrieve-accounts", "retrieve-transactions"].map(|step| (step, "success"));
    assert_eq!(titles(&job), done);
    for (step, filled) in [(0, "institution"), (1, "data"), (2, "data")] {
        let result = &job["steps"][step]["result"];
        assert_eq!(result["type"], "link");
        let read = ada.get(result["url"].as_str().unwrap()).await;
        assert!(read[filled].as_array().map_or(read[filled].is_object(), |data| !data.is_empty()), "{read}");
    }
    let source = job["links"]["source"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
    assert_eq!(ada.get(source).await["status"], "active");

    let (status, seen) = answer(rig.call(&ada.token().await, Method::GET, &format!("/jobs/{id}"))).await;
    assert_eq!((status, &seen), (200, &job), "the person sees the same");
    let list = ada.read("/jobs").await;
    assert_eq!(list["links"]["self"], format!("{}{}", rig.base, ada.path("/jobs")));
    assert_eq!((&list["type"], &list["size"], &list["data"]), (&json!("list"), &json!(1), &json!([job])));
}

#[tokio::test]
async fn jobs_are_listed_newest_first_and_by_connection() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let plain = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let locked = ada.begin("AU00001", "bighead", "password").await;
    ada.ended(&locked).await;
    let list = ada.read("/jobs").await;
    assert_eq!((&list["size"], &list["data"][0]["id"]), (&json!(2), &json!(locked)));
    let error = &list["data"][0]["steps"][0]["result"];
    assert_eq!(
        (&error["detail"], &error["details"]),
        (&json!("Account is locked"), &json!("Account is locked"))
    );
    let of_plain = ada.filtered("/jobs", &format!("connection.id.eq('{plain}')")).await;
    assert_eq!((of_plain.len(), &of_plain[0]["id"]), (1, &list["data"][1]["id"]));
    assert!(ada.filtered("/jobs", &format!("connection.id.eq('{STRANGER}')")).await.is_empty());
    let bad = ada.call(Method::GET, &ada.path("/jobs?filter=job.id.eq('x')"));
    assert_eq!(refusal(bad).await, (400, "parameter-not-valid".into(), "filter".into()));
    rig.advance(Span::days(7));
    let token = rig.token(&ada.partner.key, "scope=SERVER_ACCESS").await;
    let (_, late) = answer(rig.call(&token, Method::GET, &ada.path("/jobs"))).await;
    assert_eq!(late["size"], 0, "seven days later they are forgotten");
}

#[tokio::test]
async fn a_login_that_fails_says_why_in_its_first_step() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let wrong = "Cannot login to target institution: invalid username or password. \
                 Please check credentials and try again.";
    let action = "An action is required from end-user before account details can be returned.";
    for (login_id, password, code, detail) in [
        ("Whistler", "wrong", "invalid-credentials", wrong),
        ("bighead", "password", "invalid-credentials", "Account is locked"),
        ("erlich", "aviato", "account-not-accessible-requires-user-action", action),
        (
            "jianYang",
            "nothotdog",
            "service-unavailable",
            "Service is currently unavailable. Please try again later.",
        ),
    ] {
        let job = ada.begin("AU00000", login_id, password).await;
        let job = ada.ended(&job).await;
        let pending = ["retrieve-accounts", "retrieve-transactions"].map(|step| (step, "pending"));
        assert_eq!(titles(&job), [&[("verify-credentials", "failed")][..], &pending].concat());
        let result = &job["steps"][0]["result"];
        assert_eq!((&result["code"], &result["detail"]), (&json!(code), &json!(detail)), "{login_id}");
        assert_eq!((&job["status"], &job["steps"][1]["result"]), (&json!("failed"), &Value::Null));
        let source = job["links"]["source"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
        assert_eq!(ada.get(source).await["status"], "invalid");
    }
}

#[tokio::test]
async fn a_bank_that_breaks_while_it_is_read_fails_the_step_that_it_broke() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    bank::fault(&rig.bank, json!({"step": "transactions", "fault": "malformed"})).await;
    let job = ada.begin("AU00000", "Whistler", "ShowBox").await;
    let job = ada.ended(&job).await;
    let steps = [
        ("verify-credentials", "success"),
        ("retrieve-accounts", "success"),
        ("retrieve-transactions", "failed"),
    ];
    assert_eq!(titles(&job), steps);
    assert_eq!(job["steps"][2]["result"]["code"], "service-unavailable");
    assert!(!ada.read("/accounts").await["data"].as_array().unwrap().is_empty(), "what was read stays");
    assert_eq!(ada.read("/transactions").await["size"], 0);
}

#[tokio::test]
async fn a_question_is_answered_and_judged_at_once() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.begin("AU00002", "jared", "django").await;
    let job = ada.asked(&id).await;
    let waiting = [
        ("verify-credentials", "success"),
        ("mfa-challenge", "in-progress"),
        ("retrieve-accounts", "pending"),
        ("retrieve-transactions", "pending"),
    ];
    assert_eq!(titles(&job), waiting);
    let challenge = job["steps"][1]["result"].clone();
    let response = format!("{}/jobs/{id}/mfa", rig.base);
    assert_eq!(challenge["links"], json!({"response": response}));
    assert_eq!((&challenge["type"], &challenge["method"]), (&json!("mfa"), &json!("token")));
    assert_eq!((&challenge["input"], &challenge["expiryMs"]), (&json!(["OTP Password"]), &json!(120_000)));
    assert!(challenge["description"].is_string());

    let token = ada.token().await;
    let path = format!("/jobs/{id}/mfa");
    let post = |body: &str| rig.call(&token, Method::POST, &path).body(body.to_owned());
    let typed = |body: &str| post(body).header("Content-Type", "text/plain;charset=UTF-8");
    let not_valid = |code: &str, parameter: &str| (400, code.to_owned(), parameter.to_owned());
    assert_eq!(
        refusal(typed(r#"{"mfa-response":["9999"]}"#)).await,
        not_valid("invalid-credentials", "mfa-response")
    );
    assert_eq!(ada.get(&format!("/jobs/{id}")).await["steps"], job["steps"], "still asked");
    assert_eq!(refusal(post("{")).await, not_valid("invalid-content", ""));
    assert_eq!(refusal(post("")).await, not_valid("invalid-content", ""));
    assert_eq!(
        refusal(post(r#"{"mfa-response":"1234"}"#)).await,
        not_valid("invalid-content", "mfa-response")
    );
    for missing in ["{}", r#"{"mfa-response":[]}"#, r#"{"mfa-response":["1234","1234"]}"#] {
        assert_eq!(
            refusal(post(missing)).await,
            not_valid("parameter-not-supplied", "mfa-response"),
            "{missing}"
        );
    }
    // What is counted are characters: so many of more than a byte are an answer, if a wrong one.
    let answer_of = |text: &str| json!({ "mfa-response": [text] }).to_string();
    let wide = answer_of(&"ü".repeat(256));
    assert_eq!(refusal(post(&wide)).await, not_valid("invalid-credentials", "mfa-response"));
    for long in ["1".repeat(257), "ü".repeat(257)] {
        let refused = refusal(post(&answer_of(&long))).await;
        assert_eq!(refused, not_valid("parameter-not-valid", "mfa-response"));
    }

    let (status, stub) = answer(typed(r#"{"mfa-response":["1234"]}"#)).await;
    let own = format!("{}/jobs/{id}", rig.base);
    assert_eq!((status, stub), (202, json!({"type": "job", "id": id, "links": {"self": own}})));
    let now = ada.get(&format!("/jobs/{id}")).await;
    assert_eq!(now["steps"][1], json!({"title": "mfa-challenge", "status": "success", "result": challenge}));
    assert_eq!(ada.ended(&id).await["status"], "success");
    assert_eq!(
        refusal(typed(r#"{"mfa-response":["1234"]}"#)).await,
        not_valid("parameter-not-valid", "jobId")
    );
}

#[tokio::test]
async fn several_questions_are_answered_in_their_order() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.begin("AU00002", "Whistler", "ShowBox").await;
    let job = ada.asked(&id).await;
    assert_eq!(job["steps"][1]["result"]["method"], "security-questions");
    assert_eq!(job["steps"][1]["result"]["input"].as_array().unwrap().len(), 2);
    let post = |answers: &[&str]| {
        ada.call(Method::POST, &format!("/jobs/{id}/mfa")).json(&json!({ "mfa-response": answers }))
    };
    assert_eq!(refusal(post(&["AU00000", "Authlink"])).await.1, "invalid-credentials");
    assert_eq!(answer(post(&["Authlink", "AU00000"])).await.0, 202, "the partner's server may answer too");
    assert_eq!(ada.ended(&id).await["status"], "success");
}

#[tokio::test]
async fn a_bank_that_asks_now_and_then_skips_the_step_when_it_does_not() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.begin("AU00003", "jared", "django").await;
    ada.asked(&id).await;
    let right = ada.call(Method::POST, &format!("/jobs/{id}/mfa")).json(&json!({"mfa-response": ["1234"]}));
    assert_eq!(answer(right).await.0, 202);
    ada.ended(&id).await;
    let id = ada.begin("AU00003", "jared", "django").await;
    let job = ada.ended(&id).await;
    assert_eq!(job["steps"][1], json!({"title": "mfa-challenge", "status": "skipped", "result": null}));
    assert_eq!(job["status"], "success");
    assert_eq!(ada.read("/connections").await["data"].as_array().unwrap().len(), 1, "the same connection");
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_its_job() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.begin("AU00002", "jared", "django").await;
    ada.asked(&id).await;
    let post = || ada.call(Method::POST, &format!("/jobs/{id}/mfa")).json(&json!({"mfa-response": ["1234"]}));
    rig.advance(Span::seconds(120));
    assert_eq!(refusal(post()).await, (400, "job-timed-out".into(), String::new()));
    let job = ada.ended(&id).await;
    assert_eq!(job["steps"][1]["status"], "failed");
    assert_eq!(job["steps"][1]["result"]["code"], "job-timed-out");
    assert_eq!(refusal(post()).await.1, "job-timed-out");
}

#[tokio::test]
async fn a_job_that_does_not_ask_takes_no_answer() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    bank::fault(&rig.bank, json!({"step": "login", "fault": "slow", "latency_ms": 60_000})).await;
    let id = ada.begin("AU00000", "Whistler", "ShowBox").await;
    let post = ada.call(Method::POST, &format!("/jobs/{id}/mfa")).json(&json!({"mfa-response": ["1234"]}));
    assert_eq!(refusal(post).await, (400, "parameter-not-valid".into(), "jobId".into()));
    assert_eq!(ada.get(&format!("/jobs/{id}")).await["steps"][0]["status"], "in-progress");
}

#[tokio::test]
async fn a_job_is_for_its_application_and_its_person_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.begin("AU00002", "jared", "django").await;
    ada.asked(&id).await;
    let (other, ben) = (rig.partner("Another").await, rig.user(&ada.partner, "+61400111333").await);
    let (bens, unscoped) =
        (rig.client_token(&ada.partner.key, &ben).await, rig.token(&ada.partner.key, "").await);
    let body = json!({"mfa-response": ["1234"]});
    for (method, path) in [(Method::GET, format!("/jobs/{id}")), (Method::POST, format!("/jobs/{id}/mfa"))] {
        let call = |token: &str, path: &str| rig.call(token, method.clone(), path).json(&body);
        for token in [&other.token, &bens] {
            assert_eq!(refusal(call(token, &path)).await, (404, "resource-not-found".into(), String::new()));
        }
        assert_eq!(refusal(call(&unscoped, &path)).await.1, "forbidden-access");
        assert_eq!(refusal(rig.request(method.clone(), &path)).await.1, "invalid-authorization-token");
        let named = |id: &str| path.replace(path.split('/').nth(2).unwrap(), id);
        assert_eq!(refusal(call(&ada.partner.token, &named(STRANGER))).await.0, 404);
        let malformed = refusal(call(&ada.partner.token, &named("1"))).await;
        assert_eq!(malformed, (400, "parameter-not-valid".into(), "jobId".into()));
        assert_eq!(refusal(rig.call(&ada.partner.token, Method::PUT, &path)).await.0, 405);
    }
    assert_eq!(ada.get(&format!("/jobs/{id}")).await["steps"][1]["status"], "in-progress", "nobody answered");

    let all = ada.path("/jobs");
    assert_eq!(refusal(rig.call(&ada.token().await, Method::GET, &all)).await.1, "forbidden-access");
    assert_eq!(refusal(rig.call(&other.token, Method::GET, &all)).await.0, 404);
    assert_eq!(refusal(rig.call(&ada.partner.token, Method::POST, &all)).await.0, 405);
}

#[tokio::test]
async fn the_token_of_a_link_signs_in_answers_and_watches_also_after_all_is_disclosed() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    let token = rig.enter(&link, MOBILE).await;
    agree(&rig, partner.id, &user, &token).await;
    let ada = Customer { rig: &rig, partner, user };
    let body = json!({"institution": {"id": "AU00002"}, "loginId": "jared", "password": "django"});
    let connections = ada.path("/connections");
    let (status, stub) = answer(rig.call(&token, Method::POST, &connections).json(&body)).await;
    assert_eq!(status, 202, "{stub}");
    let path = format!("/jobs/{}", stub["id"].as_str().unwrap());
    ada.asked(stub["id"].as_str().unwrap()).await;
    let right = rig.call(&token, Method::POST, &format!("{path}/mfa")).body(r#"{"mfa-response":["1234"]}"#);
    assert_eq!(answer(right).await.0, 202);
    let job = ada.ended(stub["id"].as_str().unwrap()).await;

    let disclosed = rig.request(Method::PUT, &format!("/client_auth/{link}")).bearer_auth(&token);
    assert_eq!(answer(disclosed).await.0, 204);
    assert_eq!(answer(rig.call(&token, Method::GET, &path)).await, (200, job));
    let own = format!("{connections}/{}", ada.read("/connections").await["data"][0]["id"].as_str().unwrap());
    for (method, path) in [(Method::GET, &own), (Method::POST, &connections)] {
        let refused = refusal(rig.call(&token, method, path).json(&body)).await;
        assert_eq!((refused.0, refused.1.as_str()), (401, "invalid-authorization-token"), "{path}");
    }
    let later = ada.begin("AU00000", "Whistler", "ShowBox").await;
    ada.ended(&later).await;
    let others = rig.call(&token, Method::GET, &format!("/jobs/{later}"));
    assert_eq!(refusal(others).await.0, 404, "of another session");
}

/// Agrees as a browser does that exchanged a link's token.
async fn agree(rig: &Rig, application: ApplicationId, user: &str, token: &str) {
    let payload = STANDARD_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    let link = AuthLinkId::parse(claims["linkid"].as_str().unwrap()).unwrap();
    let session = SessionId::parse(claims["sessionid"].as_str().unwrap()).unwrap();
    let caller = Caller::LinkClient { application, link, session };
    let exchange = Command::Exchange {
        cookie: [1; 32],
        old_cookie: None,
        return_state: None,
        errand: Errand::default(),
    };
    rig.engine.ask(user_id(user), caller, exchange, Uuid::nil()).await.unwrap();
    let agree = Command::Agree { cookie: [1; 32], policy_version: 1, shown: None };
    rig.engine.ask(user_id(user), Caller::Applicant, agree, Uuid::nil()).await.unwrap();
}
