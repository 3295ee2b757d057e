//! `/users/{id}/transactions`: pages, filters, members.

use super::customer::{Customer, STRANGER};
use crate::rig::{Rig, answer, refusal};
use authlink::domain::day::Day;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_page_leads_to_the_next_until_all_were_read_once() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect("AU00000", "Wentworth-Smith", "whislter").await;
    ada.connect("AU00001", "Whistler", "ShowBox").await;
    let first = ada.read("/transactions").await;
    let size = first["size"].as_u64().unwrap();
    assert!(size > 1000, "{size}");
    assert_eq!((&first["count"], &first["type"]), (&json!(500), &json!("list")));
    for (limit, filter, all) in
        [(500, "", size), (137, "", size), (50, "transaction.direction.eq('credit')", 0)]
    {
        let mut request = ada
            .call(Method::GET, &ada.path("/transactions"))
            .query(&[("limit", limit.to_string().as_str()), ("filter", filter)]);
        let (mut seen, mut pages) = (Vec::<Value>::new(), 0);
        let size = loop {
            let (status, page) = answer(request).await;
            assert_eq!(status, 200, "{page}");
            let data = page["data"].as_array().unwrap();
            assert_eq!(page["count"], data.len());
            seen.extend(data.iter().cloned());
            pages += 1;
            let Some(next) = page["links"].get("next") else { break page["size"].as_u64().unwrap() };
            assert_eq!(data.len(), limit, "a page that is not the last is full");
            request = rig.client.get(next.as_str().unwrap()).bearer_auth(&ada.partner.token);
        };
        assert!(pages > 1 && (all == 0 || size == all), "{pages} pages, {size} of {all}");
        let ids: BTreeSet<_> = seen.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!((seen.len() as u64, ids.len()), (size, seen.len()));
        let days: Vec<_> = seen.iter().filter_map(|one| one["postDate"].as_str()).collect();
        assert!(days.is_sorted_by(|one, other| one >= other), "newest first");
    }
}

#[tokio::test]
async fn a_transaction_has_every_member_that_clients_read() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let list = ada.read("/transactions").await;
    let own = format!("{}{}", rig.base, ada.path("/transactions"));
    assert_eq!(list["links"]["self"], own);
    for one in list["data"].as_array().unwrap() {
        assert_eq!((&one["type"], &one["currency"]), (&json!("transaction"), &json!("AUD")));
        assert_eq!((&one["connection"], &one["institution"]), (&json!(connection), &json!("AU00000")));
        let is_debit = one["amount"].as_str().unwrap().starts_with('-');
        assert_eq!(one["direction"], if is_debit { "debit" } else { "credit" });
        if one["status"] == "posted" {
            assert!(one["postDate"].as_str().unwrap().ends_with("T00:00:00Z"), "{one}");
            assert_eq!(one["transactionDate"], "");
            assert!(one["balance"].as_str().unwrap().contains('.'));
        } else {
            assert_eq!((&one["status"], &one["postDate"]), (&json!("pending"), &Value::Null));
            assert_eq!(one["balance"], "");
        }
        assert_eq!((&one["enrich"], &one["reference"]), (&Value::Null, &json!("")));
        assert!(one["subClass"].is_null() || one["subClass"]["title"].is_string());
        assert_eq!(one["links"]["connection"], Value::Null);
    }
    let posted = list["data"].as_array().unwrap().iter().find(|one| one["status"] == "posted").unwrap();
    for link in ["self", "account", "institution"] {
        let read = ada.get(posted["links"][link].as_str().unwrap().strip_prefix(&rig.base).unwrap()).await;
        assert!(link != "self" || &read == posted);
    }
}

#[tokio::test]
async fn transactions_are_filtered_by_day_kind_and_place() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let connection = ada.connect("AU00000", "Wentworth-Smith", "whislter").await;
    ada.connect("AU00001", "Whistler", "ShowBox").await;
    let today = Day::of(rig.engine.now());
    let (from, until) = (today.minus(60).to_string(), today.minus(30).to_string());
    let between =
        ada.filtered("/transactions", &format!("transaction.postDate.bt('{from}','{until}')")).await;
    let day = |one: &Value| one["postDate"].as_str().unwrap()[..10].to_owned();
    assert!(!between.is_empty());
    assert!(between.iter().all(|one| (from.clone()..=until.clone()).contains(&day(one))));
    let same = format!("transaction.postDate.gteq('{from}'),transaction.postDate.lteq('{until}T00:00:00Z')");
    assert_eq!(ada.filtered("/transactions", &same).await, between);
    let inner = format!("transaction.postDate.gt('{from}'),transaction.postDate.lt('{until}')");
    let inner = ada.filtered("/transactions", &inner).await;
    assert!(inner.iter().all(|one| day(one) > from && day(one) < until) && inner.len() < between.len());
    let on_day =
        ada.filtered("/transactions", &format!("transaction.postDate.eq('{}')", day(&between[0]))).await;
    assert!(on_day.contains(&between[0]) && on_day.iter().all(|one| day(one) == day(&between[0])));

    let account = between[0]["account"].as_str().unwrap();
    for (filter, member, value) in [
        ("institution.id.eq('AU00001')".to_owned(), "institution", "AU00001"),
        (format!("connection.id.eq('{connection}')"), "connection", connection.as_str()),
        (format!("account.id.eq('{account}')"), "account", account),
        ("transaction.direction.eq('credit')".into(), "direction", "credit"),
        ("transaction.class.eq('transfer')".into(), "class", "transfer"),
        ("transaction.status.eq('posted')".into(), "status", "posted"),
    ] {
        let found = ada.filtered("/transactions", &filter).await;
        assert!(!found.is_empty() && found.iter().all(|one| one[member] == value), "{filter}");
    }
    assert!(ada.filtered("/transactions", &format!("connection.id.eq('{STRANGER}')")).await.is_empty());
}

#[tokio::test]
async fn pending_ones_come_with_days_that_reach_into_the_last_week() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    // Which persona has something pending depends on the hour.
    for (login_id, password) in
        [("Whistler", "ShowBox"), ("jared", "django"), ("richard", "tabsnotspaces"), ("ashMann", "hooli2024")]
    {
        ada.connect("AU00000", login_id, password).await;
    }
    let pending = ada.filtered("/transactions", "transaction.status.eq('pending')").await;
    let today = Day::of(rig.engine.now());
    let count = |filter: String| {
        let ada = &ada;
        async move {
            let found = ada.filtered("/transactions", &filter).await;
            found.iter().filter(|one| one["status"] == "pending").count()
        }
    };
    assert_eq!(count(format!("transaction.postDate.gteq('{}')", today.minus(3))).await, pending.len());
    assert_eq!(
        count(format!("transaction.postDate.bt('{}','{}')", today.minus(30), today.minus(5))).await,
        pending.len()
    );
    assert_eq!(
        count(format!("transaction.postDate.bt('{}','{}')", today.minus(30), today.minus(20))).await,
        0
    );
}

#[tokio::test]
async fn what_is_asked_for_must_make_sense() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    for (query, detail, parameter) in [
        ("limit=0", "Limit value is not valid", "limit"),
        ("limit=-1", "Limit value is not valid", "limit"),
        ("limit=ten", "Limit value is not valid", "limit"),
        ("limit=501", "Maximum limit allowed is 500", "limit"),
        ("next=1", "Next value is not valid", "next"),
        ("filter=transaction.postDate.gt('soon')", "PostDate is not valid", "filter"),
        (
            "filter=transaction.id.eq('1')",
            "The provided filter parameter is in invalid format or unsupported",
            "filter",
        ),
    ] {
        let (status, body) =
            answer(ada.call(Method::GET, &ada.path(&format!("/transactions?{query}")))).await;
        let error = &body["data"][0];
        assert_eq!((status, &error["code"]), (400, &json!("parameter-not-valid")), "{query}");
        assert_eq!(
            (&error["detail"], &error["source"]["parameter"]),
            (&json!(detail), &json!(parameter)),
            "{query}"
        );
    }
    let empty = ada.read("/transactions?limit=&filter=&next=").await;
    let own = format!("{}{}", rig.base, ada.path("/transactions"));
    assert_eq!(empty, json!({"type": "list", "count": 0, "size": 0, "data": [], "links": {"self": own}}));
}

#[tokio::test]
async fn transactions_are_for_their_applications_server_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    let id = ada.read("/transactions?limit=1").await["data"][0]["id"].as_str().unwrap().to_owned();
    let (other, token) = (rig.partner("Another").await, ada.token().await);
    let ben = rig.user(&ada.partner, "+61400111333").await;
    for path in [ada.path("/transactions"), ada.path(&format!("/transactions/{id}"))] {
        assert_eq!(refusal(rig.call(&other.token, Method::GET, &path)).await.0, 404);
        assert_eq!(refusal(rig.call(&token, Method::GET, &path)).await.1, "forbidden-access");
        assert_eq!(refusal(rig.request(Method::GET, &path)).await.0, 401);
        assert_eq!(refusal(ada.call(Method::POST, &path)).await.0, 405);
    }
    let elsewhere = format!("/users/{ben}/transactions/{id}");
    assert_eq!(
        refusal(ada.call(Method::GET, &elsewhere)).await,
        (404, "resource-not-found".into(), String::new())
    );
    assert_eq!(refusal(ada.call(Method::GET, &ada.path(&format!("/transactions/{STRANGER}")))).await.0, 404);
    let malformed = refusal(ada.call(Method::GET, &ada.path("/transactions/1"))).await;
    assert_eq!(malformed, (400, "parameter-not-valid".into(), "transactionId".into()));
}
