//! What is told of links and jobs: heard by a webhook, read under `/events/{id}`, and in no compatible list.

use super::deliveries::{get, rig, subscribe};
use crate::receiver::{Receiver, status};
use crate::rig::{Partner, Rig, answer, user_id};
use authlink::domain::command::{Caller, Command};
use authlink::domain::errand::Errand;
use authlink::domain::event::EventKind;
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const MOBILE: &str = "+61400111222";

/// Everything that a compatible list does not have.
fn kinds() -> Vec<String> {
    EventKind::ALL.into_iter().filter(|kind| !kind.is_compatible()).map(EventKind::name).collect()
}

/// An application whose webhook hears of links and jobs.
async fn listening(rig: &Rig, receiver: &Receiver) -> Partner {
    let partner = rig.partner("Quill Lending").await;
    let kinds = kinds();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    subscribe(rig, &partner, &receiver.url(), &kinds).await;
    partner
}

/// The first `count` events that were heard of, with their types, as they are read.
async fn told(rig: &Rig, partner: &Partner, receiver: &Receiver, count: usize) -> Vec<(String, Value)> {
    let mut told = Vec::new();
    for heard in receiver.hears(count).await {
        let body = heard.json();
        let event = get(rig, partner, &format!("/events/{}", body["eventId"].as_str().unwrap())).await;
        assert_eq!(event["dataRef"], body["links"]["eventEntity"]);
        told.push((body["eventTypeId"].as_str().unwrap().to_owned(), event));
    }
    told
}

/// Somebody enters by a link and agrees: the token that the link's code earned.
async fn agree(rig: &Rig, user: &str, link: &str) -> String {
    let token = rig.enter(link, MOBILE).await;
    let claims =
        authlink::http::token::verify(&rig.engine.house().keyring, &token, rig.engine.now()).unwrap();
    let (id, cookie) = (user_id(user), [1; 32]);
    let exchange =
        Command::Exchange { cookie, old_cookie: None, return_state: None, errand: Errand::default() };
    rig.engine.ask(id, claims.caller().unwrap(), exchange, Uuid::nil()).await.unwrap();
    let agree = Command::Agree { cookie, policy_version: 1, shown: None };
    rig.engine.ask(id, Caller::Applicant, agree, Uuid::nil()).await.unwrap();
    token
}

/// Signs in with a link's token: the job.
async fn sign_in(rig: &Rig, token: &str, user: &str, login: &str, password: &str) -> String {
    let body = json!({"institution": {"id": "AU00000"}, "loginId": login, "password": password});
    let request = rig.call(token, Method::POST, &format!("/users/{user}/connections")).json(&body);
    let (status, job) = answer(request).await;
    assert_eq!(status, 202, "{job}");
    job["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_journey_is_told_from_the_link_to_the_disclosure_with_each_step() {
    let (rig, receiver) = (rig(&["5s"]), Receiver::start(|_, _| status(204)).await);
    let partner = listening(&rig, &receiver).await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    answer(rig.request(Method::GET, &format!("/client_auth/{link}"))).await;
    let token = agree(&rig, &user, &link).await;
    let job = sign_in(&rig, &token, &user, "Whistler", "ShowBox").await;
    receiver.hears(8).await;
    let disclosed = rig.call(&token, Method::PUT, &format!("/client_auth/{link}"));
    assert_eq!(answer(disclosed).await.0, 204);

    let told = told(&rig, &partner, &receiver, 9).await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    let expected = [
        "auth_link.created",
        "auth_link.opened",
        "auth_link.otp_sent",
        "auth_link.verified",
        "job.created",
        "job.updated",
        "job.updated",
        "job.completed",
        "auth_link.completed",
    ];
    assert_eq!(kinds, expected);
    let own = format!("{}/users/{user}/auth_link", rig.base);
    let steps = ["start", "start", "code", "consent", "review"];
    let states = ["issued", "issued", "challenged", "in_session", "completed"];
    let of_link = told.iter().filter(|(kind, _)| kind.starts_with("auth_link"));
    for (((_, event), step), state) in of_link.zip(steps).zip(states) {
        let data = &event["data"];
        assert_eq!((&data["step"], &data["status"]), (&json!(step), &json!(state)), "{event}");
        assert_eq!((&data["links"]["self"], &event["dataRef"]), (&json!(own), &json!(own)));
        assert!(!event.to_string().contains(&link), "the secret is not told");
    }
    assert_eq!(told[8].1["data"]["jobIds"], json!([job]));
    let steps = |place: usize| -> Vec<Value> {
        let steps = told[place].1["data"]["steps"].as_array().unwrap();
        steps.iter().map(|step| step["status"].clone()).collect()
    };
    assert_eq!(steps(4), ["in-progress", "pending", "pending"].map(Value::from));
    assert_eq!(steps(5), ["success", "in-progress", "pending"].map(Value::from));
    assert_eq!(steps(6), ["success", "success", "in-progress"].map(Value::from));
    assert_eq!(steps(7), ["success"; 3].map(Value::from));
    assert_eq!(told[7].1["dataRef"], format!("{}/jobs/{job}", rig.base));

    let listed = get(&rig, &partner, "/events").await;
    for event in listed["data"].as_array().unwrap() {
        assert!(!["auth_link", "job"].contains(&event["entity"].as_str().unwrap()), "{event}");
    }
    let types = get(&rig, &partner, "/events/types").await.to_string();
    assert!(!types.contains("auth_link") && !types.contains("job."));
}

#[tokio::test]
async fn whoever_goes_no_further_is_told_of_with_the_step_and_the_reason() {
    let (rig, receiver) = (rig(&["5s"]), Receiver::start(|_, _| status(204)).await);
    let partner = listening(&rig, &receiver).await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    let token = agree(&rig, &user, &link).await;
    sign_in(&rig, &token, &user, "Whistler", "nobody's").await;
    // Made, sent, entered, begun, failed.
    receiver.hears(5).await;
    rig.advance(Span::minutes(15));
    let partner = Partner { token: rig.token(&partner.key, "scope=SERVER_ACCESS").await, ..partner };
    let left = format!("/users/{user}/auth_link");
    assert_eq!(answer(rig.call(&partner.token, Method::DELETE, &left)).await.0, 204);
    let told = told(&rig, &partner, &receiver, 7).await;
    let [_, _, _, (begun, _), (failed, job), (abandoned, event), (deleted, last)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        [begun, failed, abandoned, deleted],
        ["job.created", "job.failed", "auth_link.abandoned", "auth_link.deleted"]
    );
    assert_eq!(job["data"]["steps"][0]["result"]["code"], "invalid-credentials");
    let data = &event["data"];
    assert_eq!(
        (&data["step"], &data["reason"], &data["status"]),
        (&json!("sign-in"), &json!("idle"), &json!("abandoned"))
    );
    assert!(data["endedDate"].is_string());
    assert_eq!((&last["data"]["status"], &last["data"]["step"]), (&json!("deleted"), &json!("sign-in")));

    // What is told of somebody who is not there any more is names alone.
    assert_eq!(answer(rig.call(&partner.token, Method::DELETE, &format!("/users/{user}"))).await.0, 204);
    let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
    let erased = get(&rig, &partner, &format!("/events/{}", id(event))).await;
    assert_eq!(erased["data"], json!({"type": "auth_link", "id": data["id"]}));
    let erased = get(&rig, &partner, &format!("/events/{}", id(job))).await;
    assert_eq!(erased["data"], json!({"type": "job", "id": job["data"]["id"]}));
}
