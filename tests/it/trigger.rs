//! `authlink trigger` as its user meets it: what it says happened is heard by a real receiver.

use crate::bank;
use crate::listen::Listener;
use crate::process::{Demo, run, text};
use crate::receiver::{Receiver, status};
use crate::rig::{Rig, answer};
use authlink::clock::{Clock, SystemClock};
use authlink::domain::application::Mode;
use authlink::domain::event::EventKind;
use authlink::http::admin::trigger::{self, TriggerRequest};
use authlink::http::error::{ApiError, Code};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_of_event_happens_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let list = text(&run(folder.path(), &["trigger", "--list"]).await.stdout);
    let bank = bank::start(Arc::new(|| SystemClock.now().0)).await;
    let demo = Demo::with(folder.path(), &[], &[("AUTHLINK_SANDBOX_BANK_URL", &bank)]);
    let receiver = Receiver::start(|_, _| status(200)).await;
    let _listener = Listener::start(&demo, &receiver, &[]);
    for event in EventKind::ALL.map(EventKind::name) {
        let output = run(folder.path(), &["trigger", &event, "--json"]).await;
        assert!(list.lines().any(|line| line == event), "{event}");
        assert!(output.status.success(), "{event}: {}", text(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        // The demo's own user and link stand before, and were not listened to.
        let place = usize::try_from(said["cursor"].as_u64().unwrap()).unwrap() - 3;
        let told = receiver.hears(place + 1).await.swap_remove(place).json();
        assert_eq!((&told["eventTypeId"], &told["eventId"]), (&event.into(), &said["event"]));
    }
    // The same for a user that is there.
    let user = demo.ready.user_id.clone();
    let output = run(folder.path(), &["trigger", "auth_link.locked", "--user", &user]).await;
    assert!(
        text(&output.stdout).starts_with(&format!("auth_link.locked  user {user}  cursor ")),
        "{output:?}"
    );
    let client = Client::new();
    let url = format!("{}/users/{user}/timeline", demo.ready.api_url);
    let answer = client.get(url).bearer_auth(demo.token(&client).await).send().await.unwrap();
    let timeline: Value = answer.json().await.unwrap();
    assert_eq!(timeline["data"][0]["eventType"], "locked");
}

#[tokio::test]
async fn what_cannot_happen_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refused = async |arguments: &[&str], holds: &str| {
        let output = run(folder.path(), arguments).await;
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(holds) && said.lines().count() == 1, "{said}");
        assert!(output.stdout.is_empty());
    };
    refused(&["trigger", "user.created"], "no server runs on").await;
    let demo = Demo::with(folder.path(), &[], &[]);
    refused(&["trigger", "consent.flew"], "event wants one of user.created, ").await;
    refused(&["trigger", "statement.created"], "No statement is read by this server yet").await;
    refused(&["trigger", "consent.warning", "--user", &demo.ready.user_id], "comes with time").await;
    let nobody = "30338d31-e739-4388-b45e-914d4dfbdef6";
    refused(&["trigger", "user.updated", "--app", nobody], "no such application").await;
    refused(&["trigger", "user.updated", "--user", "x"], "user wants an id").await;
    refused(&["trigger", "user.created", "--user", nobody], "makes a user of its own").await;
    refused(&["trigger", "user.deleted", "--user", nobody], "").await;
    demo.kill();
}

async fn happens(rig: &Rig, event: &str, user: Option<&str>) -> Result<String, ApiError> {
    let application = rig.engine.house().applications()[0].id.to_string();
    let request =
        TriggerRequest { event: event.into(), application: Some(application), user: user.map(Into::into) };
    trigger::run(&rig.engine, &request).await.map(|done| done.user)
}

#[tokio::test]
async fn made_up_users_are_known_and_those_of_clocks_go_in_the_end() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let mut users = Vec::new();
    for _ in 0..10 {
        users.push(happens(&rig, "auth_link.expired", None).await.unwrap());
    }
    let clocks = rig.engine.clocks(partner.id);
    assert_eq!(clocks.len(), 8);
    assert!(clocks.iter().all(|clock| clock.name == "authlink trigger"));
    for (number, user) in users.iter().enumerate() {
        let (status, body) = answer(rig.call(&partner.token, Method::GET, &format!("/users/{user}"))).await;
        assert_eq!(status, if number < 2 { 404 } else { 200 }, "{body}");
        if number >= 2 {
            assert_eq!((&body["firstName"], &body["lastName"]), (&json!("Trigger"), &json!("Event")));
            assert_eq!(body["email"], format!("trigger.{user}@example.test"));
        }
    }
}

#[tokio::test]
async fn what_a_user_has_already_does_not_happen_again() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61491570006").await;
    for _ in 0..2 {
        happens(&rig, "connection.created", Some(&user)).await.unwrap();
    }
    for event in ["connection.created", "consent.created"] {
        let refused = happens(&rig, event, Some(&user)).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotPossibleNow, "{event}");
    }
    let path = format!("/users/{user}/connections");
    let (_, connections) = answer(rig.call(&partner.token, Method::GET, &path)).await;
    assert_eq!(connections["data"].as_array().unwrap().len(), 2, "{connections}");
}

#[tokio::test]
async fn nothing_is_made_to_happen_in_a_live_application() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let house = rig.engine.house();
    let mut live = house.application(partner.id).unwrap().as_ref().clone();
    live.mode = Mode::Live;
    house.publish(live);
    for application in [None, Some(partner.id.to_string())] {
        let request = TriggerRequest { event: "user.created".into(), application, user: None };
        let refused = trigger::run(&rig.engine, &request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotPossibleNow);
    }
    assert_eq!(rig.engine.last_event(partner.id).unwrap(), 0);
}
