//! The end of a consent, in each of its ways: its connections and all that was read by them are gone on every
//! route and from the store, and the consent stays as history.

use super::customer::Customer;
use crate::rig::{Rig, answer, refusal};
use authlink::domain::time::Span;
use authlink::store::key::Kind;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a test waits for something that must come; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// What belongs to a consent in the store.
const COVERED: [Kind; 4] = [Kind::Connection, Kind::Account, Kind::Identity, Kind::Transaction];

/// Waits until nothing is left of what was covered: what cannot be shown any more is swept away soon.
async fn is_swept(rig: &Rig) {
    let gone = async {
        while COVERED.into_iter().any(|kind| rig.rows(kind) > 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("rows are left");
}

/// A path to one of each thing that was read of a person.
async fn things(ada: &Customer<'_>, connection: &str) -> Vec<String> {
    let mut all = vec![ada.path(&format!("/connections/{connection}"))];
    for list in ["/accounts", "/transactions", "/identities"] {
        let first = ada.read(list).await["data"][0]["id"].as_str().unwrap().to_owned();
        all.push(ada.path(&format!("{list}/{first}")));
    }
    all
}

async fn nothing_is_left(ada: &Customer<'_>, things: &[String]) {
    for thing in things {
        assert_eq!(refusal(ada.call(Method::GET, thing)).await.0, 404, "{thing}");
    }
    for list in ["/connections", "/accounts", "/transactions", "/identities"] {
        assert_eq!(ada.read(list).await["data"], json!([]), "{list}");
    }
    let user = ada.read("").await;
    assert_eq!((&user["connections"]["count"], &user["accounts"]["count"]), (&json!(0), &json!(0)));
    for step in ["refresh", "purge"] {
        let refused = refusal(ada.call(Method::POST, &format!("{}/{step}", things[0]))).await;
        assert_eq!(refused.0, 404, "{step}");
    }
    assert_eq!(refusal(ada.sign_in("AU00000", "Whistler", "ShowBox")).await.0, 403);
}

/// The types of what happened to consents, oldest first.
async fn told(ada: &Customer<'_>) -> Vec<Value> {
    let filter = [("filter", "event.entity.eq('consent')")];
    let (_, body) = answer(ada.call(Method::GET, "/events").query(&filter)).await;
    body["data"].as_array().unwrap().iter().rev().map(|event| event["eventType"].clone()).collect()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Partner,
    Person,
    Time,
}

/// Ends the consent at `path`.
async fn end(rig: &Rig, ada: &mut Customer<'_>, path: &str, way: Way) {
    let ended = match way {
        Way::Partner => answer(ada.call(Method::DELETE, path)).await.0,
        Way::Person => answer(rig.call(&ada.token().await, Method::DELETE, path)).await.0,
        Way::Time => {
            rig.advance(Span::days(365));
            ada.partner.token = rig.token(&ada.partner.key, "scope=SERVER_ACCESS").await;
            204
        }
    };
    assert_eq!(ended, 204, "{way:?}");
}

#[tokio::test]
async fn a_consent_that_ends_takes_all_it_covered_with_it_whatever_ends_it() {
    for (way, status, kinds) in [
        (Way::Partner, "revoked", &["created", "revoked", "archived"][..]),
        (Way::Person, "revoked", &["created", "revoked"]),
        // What happened a year ago is not in the list any more.
        (Way::Time, "expired", &["expired"]),
    ] {
        let rig = Rig::start();
        let mut ada = Customer::enter(&rig).await;
        let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
        ada.connect("AU00001", "Gilfoyle", "PiedPiper").await;
        let things = things(&ada, &connection).await;
        assert!(COVERED.into_iter().all(|kind| rig.rows(kind) > 0));
        assert_eq!(rig.rows(Kind::KeySlot), 2, "the person's key, and the consent's");
        let consent = ada.read("/consents").await["data"][0]["id"].as_str().unwrap().to_owned();
        let path = ada.path(&format!("/consents/{consent}"));
        end(&rig, &mut ada, &path, way).await;
        nothing_is_left(&ada, &things).await;
        let listed = ada.read("/consents").await;
        let [one] = listed["data"].as_array().unwrap().as_slice() else { panic!("{listed}") };
        assert_eq!((&one["id"], &one["status"]), (&json!(consent), &json!(status)), "{way:?}");
        assert_eq!(one.get("revoked").is_some(), way != Way::Time, "{way:?}");
        assert_eq!(&ada.get(&path).await, one, "and by its own name");
        assert_eq!(told(&ada).await, kinds.iter().map(|kind| json!(kind)).collect::<Vec<_>>(), "{way:?}");
        is_swept(&rig).await;
        assert_eq!(rig.rows(Kind::KeySlot), 1, "{way:?}: its key went with it");
        nothing_is_left(&ada, &things).await;
    }
}
