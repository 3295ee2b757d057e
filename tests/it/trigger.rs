//! `authlink trigger` as its user meets it: what it says happened is heard by a real receiver.

use crate::listen::Listener;
use crate::process::{Demo, run, text};
use crate::receiver::{Receiver, status};
use crate::rig::Rig;
use authlink::domain::application::Mode;
use authlink::domain::event::EventKind;
use authlink::http::admin::trigger::{self, KINDS, TriggerRequest};
use authlink::http::error::Code;
use reqwest::Client;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_in_the_list_happens_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let list = text(&run(folder.path(), &["trigger", "--list"]).await.stdout);
    assert_eq!(list.lines().collect::<Vec<_>>(), KINDS.map(EventKind::name));
    let demo = Demo::start(folder.path());
    let receiver = Receiver::start(|_, _| status(200)).await;
    let _listener = Listener::start(&demo, &receiver, &[]);
    for event in list.lines() {
        let output = run(folder.path(), &["trigger", event, "--json"]).await;
        assert!(output.status.success(), "{event}: {}", text(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let heard = receiver.hears(1).await;
        let cursor = usize::try_from(said["cursor"].as_u64().unwrap()).unwrap();
        // The demo's own user and link stand before, and were not listened to.
        let heard = if heard.len() < cursor - 2 { receiver.hears(cursor - 2).await } else { heard };
        let told = heard[cursor - 3].json();
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
    refused(&["trigger", "consent.reminder"], "event wants one of user.created, ").await;
    let nobody = "30338d31-e739-4388-b45e-914d4dfbdef6";
    refused(&["trigger", "user.updated", "--app", nobody], "no such application").await;
    refused(&["trigger", "user.updated", "--user", "x"], "user wants an id").await;
    refused(&["trigger", "user.created", "--user", nobody], "makes a user of its own").await;
    refused(&["trigger", "user.deleted", "--user", nobody], "").await;
    demo.kill();
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
