//! Every link in every answer: whole, under the configured base, and leading somewhere.

use super::customer::Customer;
use super::deliveries::{rig, subscribe};
use crate::receiver::{Receiver, status};
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where a walk begins: every list, and what no list leads to.
const STARTS: [&str; 10] = [
    "/connectors",
    "/institutions",
    "/public/connectors",
    "/public/institutions",
    "/events",
    "/events/types",
    "/notifications/webhooks",
    "/test_clocks",
    "/connectors/AU00002/web",
    "/institutions/AU00002",
];
const OF_A_USER: [&str; 7] =
    ["", "/auth_link", "/consents", "/connections", "/accounts", "/jobs", "/identities"];

/// Nothing can be read behind a policy's link: the contract (its section 2.3) gives it no route.
fn status_of(path: &str) -> u16 {
    if path.starts_with("/policies/") { 404 } else { 200 }
}

/// As many answers of one shape are looked at: transactions alone are thousands.
const SAME_MAX: usize = 12;

/// A path without what names one of many: a page of a list is of another shape than what stands on it.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_name = |part: &&str| part.len() < 30 && !part.starts_with("AU");
    let words: Vec<&str> = path.split('/').filter(is_name).collect();
    let asked: Vec<&str> = query.split('&').filter_map(|one| one.split('=').next()).collect();
    format!("{}?{}", words.join("/"), asked.join("&"))
}

/// The texts that stand for a place, and for places within the answer of a job (which are paths).
fn places(value: &Value, in_links: bool, whole: &mut BTreeSet<String>, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "url" && members.get("type").is_some_and(|kind| kind == "link") {
                    paths.insert(member.as_str().unwrap().to_owned());
                }
                places(member, in_links || name == "links", whole, paths);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| places(one, in_links, whole, paths)),
        Value::String(text) if in_links => drop(whole.insert(text.clone())),
        _ => {}
    }
}

#[tokio::test]
async fn every_link_is_whole_and_leads_somewhere() {
    let rig = rig(&["20ms"]);
    let receiver = Receiver::start(|_, _| status(200)).await;
    let ada = Customer::enter(&rig).await;
    let webhook = subscribe(&rig, &ada.partner, &receiver.url(), &["connection.created"]).await;
    rig.link(&ada.partner, &ada.user).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    receiver.hears(1).await;
    let messages = format!("/notifications/webhooks/{}/messages", webhook["id"].as_str().unwrap());
    let few = ada.path("/transactions?limit=3");
    let mut waiting: Vec<String> = STARTS.map(str::to_owned).to_vec();
    waiting.extend(OF_A_USER.map(|rest| ada.path(rest)));
    waiting.extend([messages, few]);
    let (mut seen, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        let same = shapes.entry(shape(&path)).or_default();
        if *same == SAME_MAX || !seen.insert(path.clone()) {
            continue;
        }
        *same += 1;
        let response = ada.call(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), status_of(&path), "{path}");
        let is_read = response.status() == 200;
        let Ok(body) = serde_json::from_slice::<Value>(&response.bytes().await.unwrap()) else { continue };
        kinds.extend(body["type"].as_str().filter(|_| is_read).map(str::to_owned));
        let (mut whole, mut paths) = (BTreeSet::new(), BTreeSet::new());
        places(&body, false, &mut whole, &mut paths);
        assert!(paths.iter().all(|one| one.starts_with("/users/")), "{path}: {paths:?}");
        for link in whole {
            let rest = link.strip_prefix(&rig.base);
            let rest = rest.unwrap_or_else(|| panic!("{path}: {link} is not under the base"));
            assert!(rest.starts_with('/'), "{path}: {link}");
            paths.insert(rest.to_owned());
        }
        waiting.extend(paths);
    }
    let walked = ["account", "auth_link", "connection", "connector", "event", "eventType", "identity"];
    let walked = walked.into_iter().chain(["institution", "job", "list", "transaction", "user", "webhook"]);
    let missing: Vec<&str> = walked.filter(|kind| !kinds.contains(*kind)).collect();
    assert!(missing.is_empty(), "nobody looked at {missing:?}");
}
