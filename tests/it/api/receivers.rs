//! Receivers as they are out there: redirecting, flapping, busy, not there yet, broken for good.

use super::deliveries::{get, rig, subscribe};
use crate::receiver::{Heard, Receiver, status};
use crate::rig::{Partner, Rig, answer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;
use tokio::net::TcpSocket;

fn path_of(webhook: &Value) -> String {
    format!("/notifications/webhooks/{}", webhook["id"].as_str().unwrap())
}

/// A webhook, once its member is `value`.
async fn until(rig: &Rig, partner: &Partner, path: &str, member: &str, value: &str) -> Value {
    loop {
        let shown = get(rig, partner, path).await;
        if shown[member] == json!(value) {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A message with its attempts, once there are so many.
async fn attempts(rig: &Rig, partner: &Partner, webhook: &Value, message: &str, count: usize) -> Vec<Value> {
    let path = format!("{}/messages/{message}", path_of(webhook));
    loop {
        let shown = get(rig, partner, &path).await;
        let all = shown["attempts"].as_array().unwrap().clone();
        if all.len() >= count {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn name(heard: &Heard) -> String {
    heard.header("webhook-id").to_owned()
}

#[tokio::test]
async fn a_redirect_is_followed_by_nobody_and_is_a_failure() {
    let rig = rig(&["20ms"]);
    let elsewhere = Receiver::start(|_, _| status(200)).await;
    let to = elsewhere.url();
    // Each message is sent elsewhere once, each in another way.
    let (ways, seen) = ([301, 302, 303, 307, 308], Mutex::<BTreeSet<String>>::default());
    let receiver = Receiver::start(move |_, heard| {
        let mut seen = seen.lock().unwrap();
        let way = ways.get(seen.len()).copied().filter(|_| seen.insert(name(heard)));
        let Some(code) = way else { return status(200) };
        format!("HTTP/1.1 {code} There\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
    });
    let (receiver, partner) = (receiver.await, rig.partner("Quill Lending").await);
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    for number in 0..5 {
        rig.user(&partner, &format!("+614000010{number:02}")).await;
    }
    let heard = receiver.hears(10).await;
    let names: BTreeSet<_> = heard.iter().map(name).collect();
    assert_eq!(names.len(), 5);
    let all = attempts(&rig, &partner, &webhook, &name(&heard[0]), 2).await;
    assert_eq!((&all[0]["status"], &all[0]["responseStatusCode"]), (&json!("Success"), &json!(200)));
    assert_eq!((&all[1]["status"], &all[1]["responseStatusCode"]), (&json!("Failed"), &json!(301)));
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn a_receiver_that_flaps_gets_everything_and_first_tries_in_order() {
    let rig = rig(&["10ms", "20ms", "40ms", "80ms", "100ms", "100ms", "100ms"]);
    // Two answers of three are failures, of many kinds; but none of a message's fifth try.
    let seen = Mutex::<BTreeMap<String, usize>>::default();
    let says = move |number: usize, heard: &Heard| {
        let mut seen = seen.lock().unwrap();
        let tries = seen.entry(name(heard)).or_default();
        *tries += 1;
        match number % 6 {
            _ if *tries > 4 => status(202),
            0 => status(500),
            1 => status(404),
            3 => "nonsense\r\n\r\n".to_owned(),
            4 => status(429),
            _ => status(202),
        }
    };
    let (receiver, partner) = (Receiver::start(says).await, rig.partner("Quill Lending").await);
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let mut users = Vec::new();
    for number in 0..12 {
        users.push(rig.user(&partner, &format!("+614000010{number:02}")).await);
    }
    let list = format!("{}/messages?filter=status.eq('delivered')", path_of(&webhook));
    while get(&rig, &partner, &list).await["count"] != json!(12) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let heard = receiver.heard();
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    let mut first = Vec::new();
    for one in &heard {
        if let Some(body) = bodies.insert(name(one), one.body.clone()) {
            assert_eq!(body, one.body, "a message says the same at each try");
        } else {
            first.push(one.json()["links"]["eventEntity"].clone());
        }
    }
    let expected: Vec<_> = users.iter().map(|user| json!(format!("{}/users/{user}", rig.base))).collect();
    assert_eq!(first, expected);
    assert_eq!(get(&rig, &partner, &path_of(&webhook)).await["status"], json!("active"));
}

#[tokio::test]
async fn whoever_asks_for_time_gets_it() {
    let rig = rig(&["10ms"]);
    let says = |number: usize, _: &Heard| match number {
        0 => "HTTP/1.1 503 Busy\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n".to_owned(),
        _ => status(200),
    };
    let (receiver, partner) = (Receiver::start(says).await, rig.partner("Quill Lending").await);
    subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    rig.user(&partner, "+61400111222").await;
    let heard = receiver.hears(2).await;
    let at = |n: usize| heard[n].header("webhook-timestamp").parse::<i64>().unwrap();
    assert_eq!(name(&heard[0]), name(&heard[1]));
    assert!(at(1) - at(0) >= 2, "{} after {}", at(1), at(0));
}

#[tokio::test]
async fn what_happened_while_nobody_was_there_arrives_when_somebody_is() {
    let rig = rig(&["50ms", "100ms", "200ms", "400ms", "800ms", "2s", "5s", "10s"]);
    // Nobody listens there, and nobody else can.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let at = socket.local_addr().unwrap();
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &format!("http://{at}/hooks"), &["user.created"]).await;
    for number in 0..3 {
        rig.user(&partner, &format!("+614000010{number:02}")).await;
    }
    let list = format!("{}/messages?filter=status.eq('retrying')", path_of(&webhook));
    let failed = loop {
        let shown = get(&rig, &partner, &list).await;
        if let Some(one) = shown["data"].as_array().unwrap().first() {
            break one["id"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let receiver = Receiver::on(socket.listen(16).unwrap(), |_, _| status(200));
    let heard = receiver.hears(3).await;
    let names: BTreeSet<_> = heard.iter().map(name).collect();
    assert!(names.len() == 3 && names.contains(&failed), "{names:?} and {failed}");
    let all = attempts(&rig, &partner, &webhook, &failed, 2).await;
    let last = all.last().unwrap();
    assert_eq!((&last["status"], &last["responseStatusCode"]), (&json!("Failed"), &Value::Null));
}

#[tokio::test]
async fn after_the_last_try_of_a_message_its_webhook_waits_for_a_word_and_the_message_for_a_replay() {
    let rig = rig(&["10ms", "10ms"]);
    let receiver = Receiver::start(|number, _| status(if number < 3 { 500 } else { 200 })).await;
    let partner = rig.partner("Quill Lending").await;
    let webhook = subscribe(&rig, &partner, &receiver.url(), &["user.created"]).await;
    let path = path_of(&webhook);
    rig.user(&partner, "+61400111222").await;
    let failed = name(&receiver.hears(3).await[0]);
    until(&rig, &partner, &path, "status", "pending-approval").await;
    let later = rig.user(&partner, "+61400111333").await;
    let (status, changed) = answer(rig.call(&partner.token, Method::POST, &path).json(&json!({}))).await;
    assert_eq!((status, &changed["status"]), (200, &json!("active")), "{changed}");
    let heard = receiver.hears(4).await;
    assert_eq!(heard[3].json()["links"]["eventEntity"], json!(format!("{}/users/{later}", rig.base)));
    let again = format!("{path}/messages/{failed}/replay");
    let (status, stub) = answer(rig.call(&partner.token, Method::POST, &again)).await;
    assert_eq!(status, 202, "{stub}");
    let heard = receiver.hears(5).await;
    assert_eq!((&json!(name(&heard[4])), &heard[4].body), (&stub["id"], &heard[0].body));
}
