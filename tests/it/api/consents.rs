//! `/users/{id}/consents`.

use crate::rig::{Partner, Rig, answer, refusal, user_id};
use authlink::domain::command::{Caller, Command, Reply};
use authlink::domain::errand::Errand;
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const MOBILE: &str = "+61400111222";
const STRANGER: &str = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";

/// Gives a consent on the policy that an application has from the start, as a browser does that presented
/// a partner's token.
pub async fn consent(rig: &Rig, partner: &Partner, user: &str, cookie: u8) -> String {
    consent_on(rig, partner, user, cookie, 1).await
}

/// Gives a consent on one policy version.
pub async fn consent_on(rig: &Rig, partner: &Partner, user: &str, cookie: u8, policy_version: u32) -> String {
    let (id, cookie) = (user_id(user), [cookie; 32]);
    let exchange =
        Command::Exchange { cookie, old_cookie: None, return_state: None, errand: Errand::default() };
    rig.engine.ask(id, Caller::Client(partner.id), exchange, Uuid::nil()).await.unwrap();
    let agree = Command::Agree { cookie, policy_version, shown: None };
    let Reply::Session(session) = rig.engine.ask(id, Caller::Applicant, agree, Uuid::nil()).await.unwrap()
    else {
        panic!("no session")
    };
    session.consent.unwrap().id.to_string()
}

async fn list(rig: &Rig, token: &str, user: &str) -> Value {
    let (status, body) = answer(rig.call(token, Method::GET, &format!("/users/{user}/consents"))).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn a_user_without_consents_has_an_empty_list() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let own = format!("{}/users/{user}/consents", rig.base);
    let empty = json!({"type": "list", "size": 0, "data": [], "links": {"self": own}});
    assert_eq!(list(&rig, &partner.token, &user).await, empty);
    assert_eq!(
        refusal(rig.call(&partner.token, Method::GET, &format!("/users/{STRANGER}/consents"))).await.0,
        404
    );
}

#[tokio::test]
async fn a_consent_has_every_member_that_clients_read() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let id = consent(&rig, &partner, &user, 1).await;
    let client = rig.client_token(&partner.key, &user).await;
    let listed = list(&rig, &client, &user).await;
    assert_eq!(listed["size"], 1);
    let one = &listed["data"][0];
    assert_eq!(
        (&one["type"], &one["id"], &one["status"]),
        (&"consent".into(), &id.as_str().into(), &"active".into())
    );
    assert_eq!((&one["origin"], &one["purpose"]["other"]), (&"user".into(), &Value::Null));
    assert!(
        one["purpose"]["primary"]["title"].is_string()
            && one["purpose"]["primary"]["description"].is_string()
    );
    assert_eq!(one["data"]["initialRetrievalDays"], 730);
    assert_eq!((&one["data"]["retainData"], &one["data"]["organisation"]), (&false.into(), &Value::Null));
    assert!(one.get("revoked").is_none());
    let created = chrono::DateTime::parse_from_rfc3339(one["created"].as_str().unwrap()).unwrap();
    let expires = chrono::DateTime::parse_from_rfc3339(one["expiryDate"].as_str().unwrap()).unwrap();
    assert_eq!(expires - created, chrono::Duration::days(365));
    assert_eq!(one["links"]["self"], format!("{}/users/{user}/consents/{id}", rig.base));
    assert_eq!(one["links"]["consentPolicy"], format!("{}/policies/1", rig.base));
    assert_eq!(one["links"]["latestConsentPolicy"], format!("{}/policies/1", rig.base));
    let permissions = one["data"]["permissions"].as_array().unwrap();
    let basic = permissions.iter().find(|one| one["scope"] == "account.basic").unwrap();
    assert_eq!((&basic["required"], &basic["consented"]), (&true.into(), &true.into()));
    assert_eq!(basic["entity"], "account");
    assert_eq!(
        basic["information"]["attributeList"],
        json!(["Name of account", "Type of account", "Account balance"])
    );
    assert!(basic["information"]["name"].is_string() && basic["purpose"]["title"].is_string());
}

#[tokio::test]
async fn a_consent_that_the_partner_ends_stays_as_revoked() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let first = consent(&rig, &partner, &user, 1).await;
    let delete = |id: &str| rig.call(&partner.token, Method::DELETE, &format!("/users/{user}/consents/{id}"));
    assert_eq!(refusal(delete(STRANGER)).await.0, 404);
    let refused = refusal(delete("x")).await;
    assert_eq!(refused, (400, "parameter-not-valid".into(), "consentId".into()));
    let foreign = rig.partner("Another").await;
    let path = format!("/users/{user}/consents/{first}");
    assert_eq!(refusal(rig.call(&foreign.token, Method::DELETE, &path)).await.0, 404);
    assert_eq!(list(&rig, &partner.token, &user).await["data"][0]["status"], "active");

    rig.advance(Span::seconds(2));
    assert_eq!(answer(delete(&first)).await.0, 204);
    assert_eq!(refusal(delete(&first)).await.0, 404);
    let listed = list(&rig, &partner.token, &user).await;
    assert_eq!((&listed["size"], &listed["data"][0]["status"]), (&1.into(), &"revoked".into()));
    assert!(listed["data"][0]["revoked"].as_str().unwrap() > listed["data"][0]["created"].as_str().unwrap());

    rig.advance(Span::seconds(2));
    let second = consent(&rig, &partner, &user, 2).await;
    let listed = list(&rig, &partner.token, &user).await;
    let ids: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, vec![second.as_str(), first.as_str()], "newest first");
}

#[tokio::test]
async fn a_consent_ends_by_itself_when_its_time_is_over() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    consent(&rig, &partner, &user, 1).await;
    rig.advance(Span::days(365));
    let token = rig.token(&partner.key, "scope=SERVER_ACCESS").await;
    // Before its alarm has rung, and after somebody wrote: the list is the same.
    let late = list(&rig, &token, &user).await;
    assert_eq!((&late["size"], &late["data"][0]["status"]), (&1.into(), &"expired".into()), "{late}");
    assert!(late["data"][0].get("revoked").is_none());
    rig.link(&Partner { token: token.clone(), ..partner }, &user).await;
    let written = list(&rig, &token, &user).await;
    assert_eq!((&written["size"], &written["data"][0]["id"]), (&1.into(), &late["data"][0]["id"]));
    assert_eq!(written["data"][0]["status"], "expired");
}
