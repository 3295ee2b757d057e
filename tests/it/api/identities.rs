//! `/users/{id}/identities`.

use super::customer::{Customer, STRANGER};
use crate::rig::{Rig, answer, refusal};
use authlink::domain::application::{Permission, Policy};
use authlink::engine::application::core::Command as ApplicationCommand;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn an_identity_has_every_member_that_clients_read() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    assert_eq!(ada.read("/identities").await, json!({"type": "list", "count": 0, "data": []}));
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let list = ada.read("/identities").await;
    let [one] = list["data"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!((&list["type"], &list["count"]), (&json!("list"), &json!(1)));
    let id = one["id"].as_str().unwrap();
    let own = ada.path(&format!("/identities/{id}"));
    let through = format!("{}{}", rig.base, ada.path(&format!("/connections/{connection}")));
    assert_eq!(one["links"], json!({"self": format!("{}{own}", rig.base), "job": through}));
    assert_eq!(
        (&one["type"], &one["source"], &one["connectionID"], &one["institutionID"]),
        (&json!("identity"), &json!("web"), &json!(connection), &json!("AU00000"))
    );
    assert_eq!((&one["fullName"], &one["middleName"]), (&json!("Whistler Smith"), &json!("")));
    assert_eq!(one["phoneNumbers"], json!(["+614XXXXX102"]), "masked");
    assert_eq!(one["physicalAddresses"][0]["countryCode"], "AUS");
    assert_eq!(one["organisation"]["isACNCRegistered"], false);
    assert!(one["created"].as_str().unwrap() < one["updated"].as_str().unwrap());
    assert_eq!(&ada.get(&own).await, one);
    let person = rig.call(&ada.token().await, Method::GET, &own);
    assert_eq!(answer(person).await, (200, one.clone()), "the person may read it too");
}

#[tokio::test]
async fn of_a_person_only_what_was_agreed_to_is_shown() {
    let rig = Rig::start();
    for (permission, name, phones, business) in [
        (Permission::PersonBasic, "Laurie", 0, ""),
        (Permission::PersonDetail, "Laurie", 1, ""),
        (Permission::OrganisationBasic, "", 0, "Laurie"),
    ] {
        let partner = rig.partner("Quill Lending").await;
        let permissions = vec![permission, Permission::AccountBasic];
        let policy = Policy { version: 1, permissions, ..Policy::standard() };
        rig.engine
            .ask_application(partner.id, ApplicationCommand::SetPolicy(Box::new(policy)))
            .await
            .unwrap();
        let laurie = Customer::with_policy(&rig, partner, 2).await;
        laurie.connect("AU00000", "laurieBream", "business2024").await;
        let list = laurie.read("/identities").await;
        let one = &list["data"][0];
        assert_eq!(one["firstName"], name, "{permission:?}: {one}");
        assert_eq!(one["phoneNumbers"].as_array().unwrap().len(), phones, "{permission:?}");
        assert_eq!(one["physicalAddresses"].as_array().unwrap().len(), phones, "{permission:?}");
        assert_eq!(one["organisation"]["agentFirstName"], business, "{permission:?}");
        assert_eq!(one["organisation"]["abn"].as_str().unwrap().is_empty(), business.is_empty());
    }
}

#[tokio::test]
async fn nothing_is_known_where_nothing_was_agreed_to() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let policy = Policy { version: 1, permissions: vec![Permission::AccountBasic], ..Policy::standard() };
    rig.engine.ask_application(partner.id, ApplicationCommand::SetPolicy(Box::new(policy))).await.unwrap();
    let ada = Customer::with_policy(&rig, partner, 2).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    assert_eq!(ada.read("/identities").await["count"], 0);
}

#[tokio::test]
async fn identities_are_for_their_application_and_their_person_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    let list: Value = ada.read("/identities").await;
    let own = ada.path(&format!("/identities/{}", list["data"][0]["id"].as_str().unwrap()));
    let other = rig.partner("Another").await;
    let ben = rig.user(&other, "+61400111333").await;
    let bens = rig.client_token(&other.key, &ben).await;
    for path in [&ada.path("/identities"), &own] {
        assert_eq!(refusal(rig.call(&other.token, Method::GET, path)).await.0, 404);
        assert_eq!(refusal(rig.call(&bens, Method::GET, path)).await.1, "unauthorized-access");
        assert_eq!(refusal(rig.request(Method::GET, path)).await.0, 401);
        assert_eq!(refusal(ada.call(Method::POST, path)).await.0, 405);
    }
    let unknown = ada.call(Method::GET, &ada.path(&format!("/identities/{STRANGER}")));
    assert_eq!(refusal(unknown).await, (404, "resource-not-found".into(), String::new()));
    let malformed = refusal(ada.call(Method::GET, &ada.path("/identities/1"))).await;
    assert_eq!(malformed, (400, "parameter-not-valid".into(), "identityId".into()));
}
