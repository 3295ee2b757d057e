//! `/users/{id}/accesses`.

use super::customer::{Customer, STRANGER};
use crate::rig::{Rig, answer, refusal};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_partner_and_the_person_read_who_read_what() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let own = ada.path("/accesses");
    let empty = json!({"type": "list", "data": [], "links": {"self": format!("{}{own}", rig.base)}});
    assert_eq!(ada.read("/accesses").await, empty);
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    for _ in 0..3 {
        ada.read("/transactions?limit=2").await;
    }
    ada.read("/accounts").await;
    let list = ada.read("/accesses").await;
    let seen = |one: &Value| (one["by"].clone(), one["to"].clone(), one["count"].clone());
    let [one, other] = list["data"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(seen(one), (json!("application"), json!("transactions"), json!(3)));
    assert_eq!(seen(other), (json!("application"), json!("accounts"), json!(1)));
    let (date, first, last) = (&one["date"], one["first"].as_str().unwrap(), one["last"].as_str().unwrap());
    assert!(first <= last && first.starts_with(date.as_str().unwrap()), "{one}");
    let person = rig.call(&ada.token().await, Method::GET, &own);
    assert_eq!(answer(person).await, (200, list), "what is shared is theirs to know");
}

#[tokio::test]
async fn nobody_elses_accesses_are_there() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let other = rig.partner("Fern Finance").await;
    let foreign = refusal(rig.call(&other.token, Method::GET, &ada.path("/accesses"))).await;
    let unknown = refusal(ada.call(Method::GET, &format!("/users/{STRANGER}/accesses"))).await;
    assert_eq!((foreign.0, &foreign), (404, &unknown));
    let filtered = ada.call(Method::GET, &ada.path("/accesses")).query(&[("filter", "by.eq('operator')")]);
    assert_eq!(refusal(filtered).await.0, 400);
    assert_eq!(answer(ada.call(Method::DELETE, &ada.path(""))).await.0, 204);
    assert_eq!(refusal(ada.call(Method::GET, &ada.path("/accesses"))).await.0, 404);
}
