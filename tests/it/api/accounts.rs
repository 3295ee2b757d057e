//! `/users/{id}/accounts`, and the accounts and connections of a user.

use super::customer::{Customer, STRANGER, members};
use crate::rig::{Rig, refusal};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ids(list: &[Value]) -> BTreeSet<String> {
    list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_account_has_every_member_that_clients_read() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "gavinBelson", "hooli2016").await;
    let list = ada.read("/accounts").await;
    let own = format!("{}{}", rig.base, ada.path("/accounts"));
    assert_eq!((&list["type"], &list["links"]), (&json!("list"), &json!({"self": own})));
    let accounts = list["data"].as_array().unwrap();
    let classes: BTreeSet<_> = accounts.iter().map(|one| one["class"]["type"].as_str().unwrap()).collect();
    assert!(classes.contains("transaction") && classes.contains("credit-card"), "{classes:?}");
    for account in accounts {
        assert_eq!((&account["type"], &account["connection"]), (&json!("account"), &json!(id)));
        assert_eq!((&account["institution"], &account["status"]), (&json!("AU00000"), &json!("available")));
        assert_eq!((&account["isOwned"], &account["currency"]), (&json!(true), &json!("AUD")));
        let has_limit =
            ["credit-card", "loan", "mortgage"].contains(&account["class"]["type"].as_str().unwrap());
        assert_eq!(account["creditLimit"].is_string(), has_limit, "{account}");
        assert!(account["meta"].is_object() && account["accountHolder"].is_string());
        let balance = account["balance"].as_str().unwrap();
        assert_eq!(balance.split_once('.').unwrap().1.len(), 2, "{balance}");
        let number = account["accountNo"].as_str().unwrap();
        let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
        assert_eq!(is_whole, account["class"]["type"] != "credit-card", "{number}");
        let span = &account["transactionIntervals"][0];
        assert!(span["from"].as_str().unwrap() <= span["to"].as_str().unwrap());
        assert_eq!(account["links"]["connection"], Value::Null);

        let path = account["links"]["self"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
        assert_eq!(&ada.get(path).await, account);
        let path = account["links"]["transactions"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
        let of_it = ada.get(path).await;
        assert!(of_it["data"].as_array().unwrap().iter().all(|one| one["account"] == account["id"]));
        ada.get(&format!("/institutions/{}", account["institution"].as_str().unwrap())).await;
    }
}

#[tokio::test]
async fn accounts_are_filtered_by_what_they_belong_to() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let (one, other) = (
        ada.connect("AU00000", "Whistler", "ShowBox").await,
        ada.connect("AU00001", "Gilfoyle", "PiedPiper").await,
    );
    let all = ids(ada.read("/accounts").await["data"].as_array().unwrap());
    let first = ids(&ada.filtered("/accounts", &format!("connection.id.eq('{one}')")).await);
    let second = ids(&ada.filtered("/accounts", "institution.id.eq('AU00001')").await);
    assert!(!first.is_empty() && !second.is_empty() && first.is_disjoint(&second));
    assert_eq!(&first | &second, all);
    let some = first.first().unwrap().clone();
    for (filter, wanted) in [
        (format!("connection.id.ne('{other}')"), first.clone()),
        ("institution.id.ne('AU00000')".into(), second.clone()),
        (format!("account.id.eq('{some}')"), [some.clone()].into()),
        (format!("account.id.ne('{some}'),institution.id.eq('AU00000')"), &first - &[some.clone()].into()),
        (format!("account.id.eq('{some}'),institution.id.eq('AU00001')"), BTreeSet::new()),
        (format!("account.id.eq('{STRANGER}')"), BTreeSet::new()),
        (format!("connection.id.ne('{STRANGER}')"), all),
    ] {
        assert_eq!(ids(&ada.filtered("/accounts", &filter).await), wanted, "{filter}");
    }
    let bad = |filter: &str| ada.call(Method::GET, &ada.path("/accounts")).query(&[("filter", filter)]);
    for filter in [&format!("connection.id.eq('{STRANGER}')"), "account.id.eq('1')", "account.name.eq('x')"] {
        assert_eq!(
            refusal(bad(filter)).await,
            (400, "parameter-not-valid".into(), "filter".into()),
            "{filter}"
        );
    }
}

#[tokio::test]
async fn accounts_are_for_their_applications_server_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    let account = ada.read("/accounts").await["data"][0]["id"].as_str().unwrap().to_owned();
    let (other, token) = (rig.partner("Another").await, ada.token().await);
    let ben = rig.user(&ada.partner, "+61400111333").await;
    let (all, one) = (ada.path("/accounts"), ada.path(&format!("/accounts/{account}")));
    for path in [&all, &one] {
        assert_eq!(refusal(rig.call(&other.token, Method::GET, path)).await.0, 404);
        assert_eq!(refusal(rig.call(&token, Method::GET, path)).await.1, "forbidden-access");
        assert_eq!(refusal(rig.request(Method::GET, path)).await.0, 401);
        assert_eq!(refusal(ada.call(Method::DELETE, path)).await.0, 405);
    }
    let elsewhere = format!("/users/{ben}/accounts/{account}");
    assert_eq!(
        refusal(ada.call(Method::GET, &elsewhere)).await,
        (404, "resource-not-found".into(), String::new())
    );
    let malformed = refusal(ada.call(Method::GET, &ada.path("/accounts/1"))).await;
    assert_eq!(malformed, (400, "parameter-not-valid".into(), "accountId".into()));
    assert_eq!(ada.get(&format!("/users/{ben}/accounts")).await["data"], json!([]));
}

#[tokio::test]
async fn a_user_names_the_connections_and_accounts() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let none = json!({"type": "list", "count": 0, "data": []});
    let before = ada.read("").await;
    assert_eq!((&before["connections"], &before["accounts"]), (&none, &none));
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let user = ada.read("").await;
    let own = format!("{}{}", rig.base, ada.path(&format!("/connections/{connection}")));
    let listed = json!({"type": "connection", "id": connection, "links": {"self": own}});
    assert_eq!(user["connections"], json!({"type": "list", "count": 1, "data": [listed]}));
    let accounts = ada.read("/accounts").await["data"].as_array().unwrap().clone();
    let named = user["accounts"]["data"].as_array().unwrap();
    assert_eq!((&user["accounts"]["count"], ids(named)), (&json!(accounts.len()), ids(&accounts)));
    assert!(named.iter().all(|one| members(one) == ["type", "id", "links"]));
    let path = named[0]["links"]["self"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
    assert_eq!(ada.get(path).await["id"], named[0]["id"]);
}
