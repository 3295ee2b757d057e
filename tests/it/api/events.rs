//! `/events`.

use super::customer::Customer;
use crate::rig::{Partner, Rig, answer, refusal};
use authlink::domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

const MOBILE: &str = "+61400111222";

async fn list(rig: &Rig, partner: &Partner, filter: &str) -> Vec<Value> {
    let request = rig.call(&partner.token, Method::GET, "/events").query(&[("filter", filter)]);
    let (status, body) = answer(request).await;
    assert_eq!((status, &body["type"]), (200, &"list".into()), "{body}");
    assert_eq!(body["links"], json!({"self": format!("{}/events", rig.base)}));
    body["data"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<String> {
    let kind = |event: &Value| {
        format!("{}.{}", event["entity"].as_str().unwrap(), event["eventType"].as_str().unwrap())
    };
    events.iter().map(kind).collect()
}

#[tokio::test]
async fn what_happened_is_listed_newest_first_and_to_its_application_alone() {
    let rig = Rig::start();
    let (partner, other) = (rig.partner("Quill Lending").await, rig.partner("Another").await);
    let user = rig.user(&partner, MOBILE).await;
    rig.user(&other, MOBILE).await;
    let path = format!("/users/{user}");
    answer(rig.call(&partner.token, Method::POST, &path).json(&json!({"firstName": "Ada"}))).await;
    rig.link(&partner, &user).await;
    let events = list(&rig, &partner, "").await;
    assert_eq!(kinds(&events), vec!["user.updated", "user.created"], "link events are not in this list yet");

    let event = &events[0];
    let own = format!("{}{path}", rig.base);
    let id = event["id"].as_str().unwrap();
    assert!(id.len() == 64 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    assert!(event["createdDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!((&event["userId"], &event["dataRef"]), (&user.as_str().into(), &own.as_str().into()));
    assert_eq!((&event["data"]["type"], &event["data"]["firstName"]), (&"user".into(), &"Ada".into()));
    assert_eq!(events[1]["data"]["firstName"], "", "the state of things at that moment");
    assert_eq!(event["links"], json!({"self": format!("{}/events/{id}", rig.base)}));

    let (status, one) = answer(rig.call(&partner.token, Method::GET, &format!("/events/{id}"))).await;
    assert_eq!((status, &one), (200, event));
    assert_eq!(refusal(rig.call(&other.token, Method::GET, &format!("/events/{id}"))).await.0, 404);
    let unknown = "0".repeat(64);
    assert_eq!(refusal(rig.call(&partner.token, Method::GET, &format!("/events/{unknown}"))).await.0, 404);
    let refused = refusal(rig.call(&partner.token, Method::GET, "/events/x")).await;
    assert_eq!(refused, (400, "path-parameter-not-valid".into(), "eventId".into()));

    answer(rig.call(&partner.token, Method::DELETE, &path)).await;
    let events = list(&rig, &partner, "").await;
    assert_eq!(kinds(&events), vec!["user.deleted", "user.updated", "user.created"]);
    for event in &events {
        assert_eq!(event["data"], json!({"type": "user", "id": user}), "what was erased is a name alone");
    }
}

#[tokio::test]
async fn events_are_filtered_by_user_entity_and_type() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let (ada, ben) = (rig.user(&partner, MOBILE).await, rig.user(&partner, "+61400111333").await);
    answer(rig.call(&partner.token, Method::POST, &format!("/users/{ada}")).json(&json!({"firstName": "A"})))
        .await;
    for (filter, count) in [
        (format!("user.id.eq('{ada}')"), 2),
        (format!("user.id.eq({ben})"), 1),
        ("event.entity.eq('user')".into(), 3),
        ("event.entity.eq('consent')".into(), 0),
        ("event.type.eq('created')".into(), 2),
        ("event.type.eq('user.created')".into(), 2),
        (format!("event.type.eq('created'), user.id.eq('{ada}')"), 1),
        ("user.id.eq('4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11')".into(), 0),
    ] {
        assert_eq!(list(&rig, &partner, &filter).await.len(), count, "{filter}");
    }
    let raw = rig.call(&partner.token, Method::GET, &format!("/events?filter=user.id.eq('{ada}')"));
    assert_eq!(answer(raw).await.1["data"].as_array().unwrap().len(), 2, "quotes as they are typed");
    for bad in [
        "user.name.eq('a')",
        "user.id.eq('a')",
        "user.id.gt('1')",
        "event.type.eq('made')",
        "x",
        "user.id.eq('",
    ] {
        let request = rig.call(&partner.token, Method::GET, "/events").query(&[("filter", bad)]);
        assert_eq!(refusal(request).await, (400, "parameter-not-valid".into(), "filter".into()), "{bad}");
    }
}

/// All pages from an address on.
async fn pages(rig: &Rig, partner: &Partner, first: &str) -> (Vec<Value>, usize) {
    let (mut seen, mut next, mut count) = (Vec::new(), first.to_owned(), 0);
    loop {
        let (status, body) = answer(rig.call(&partner.token, Method::GET, &next)).await;
        assert_eq!((status, &body["links"]["self"]), (200, &json!(format!("{}/events", rig.base))), "{body}");
        seen.extend(body["data"].as_array().unwrap().iter().cloned());
        count += 1;
        match body["links"].get("next") {
            Some(url) => url.as_str().unwrap().strip_prefix(&rig.base).unwrap().clone_into(&mut next),
            None => return (seen, count),
        }
    }
}

#[tokio::test]
async fn whoever_follows_the_pages_sees_each_event_once() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let (ada, ben) = (rig.user(&partner, MOBILE).await, rig.user(&partner, "+61400111333").await);
    for (user, name) in [(&ada, "A"), (&ben, "B"), (&ada, "C"), (&ben, "D"), (&ada, "E")] {
        let path = format!("/users/{user}");
        answer(rig.call(&partner.token, Method::POST, &path).json(&json!({"firstName": name}))).await;
        rig.link(&partner, user).await;
    }
    let all = list(&rig, &partner, "").await;
    assert_eq!(all.len(), 7);
    for (limit, count) in [(1, 7), (3, 3), (7, 1), (500, 1)] {
        assert_eq!(pages(&rig, &partner, &format!("/events?limit={limit}")).await, (all.clone(), count));
    }
    let filter = format!("user.id.eq('{ada}')");
    let hers = list(&rig, &partner, &filter).await;
    assert_eq!(hers.len(), 4);
    assert_eq!(pages(&rig, &partner, &format!("/events?limit=2&filter={filter}")).await, (hers, 2));

    let get = |query: &str| rig.call(&partner.token, Method::GET, &format!("/events?{query}"));
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("next=x", "next"),
        ("next=-1", "next"),
        ("limit=1&limit=2", "limit"),
        ("filter=event.type.eq(created)&filter=event.entity.eq(user)", "filter"),
    ] {
        let refused = (400, "parameter-not-valid".into(), parameter.into());
        assert_eq!(refusal(get(query)).await, refused, "{query}");
    }
}

#[tokio::test]
async fn the_list_reaches_back_seven_days() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    rig.user(&partner, MOBILE).await;
    rig.advance(Span::days(7));
    let partner = Partner { token: rig.token(&partner.key, "scope=SERVER_ACCESS").await, ..partner };
    rig.user(&partner, "+61400111333").await;
    assert_eq!(list(&rig, &partner, "").await.len(), 1);
}

#[tokio::test]
async fn the_types_are_the_fifteen_that_can_be_subscribed_to() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let get = |path: &str| rig.call(&partner.token, Method::GET, path);
    let (status, body) = answer(get("/events/types")).await;
    assert_eq!((status, &body["size"], &body["count"]), (200, &15.into(), &15.into()));
    let types = body["data"].as_array().unwrap();
    assert_eq!(types.len(), 15);
    for one in types {
        let (status, read) = answer(get(&format!("/events/types/{}", one["id"].as_str().unwrap()))).await;
        assert_eq!((status, &read), (200, one));
        assert_eq!(one["type"], "eventType");
    }
    assert_eq!(refusal(get("/events/types/user.made")).await.0, 404);
    for bad in ["user", "user.created.twice", "User.Created", ".created"] {
        let refused = refusal(get(&format!("/events/types/{bad}"))).await;
        assert_eq!(refused, (400, "path-parameter-not-valid".into(), "eventTypeId".into()), "{bad}");
    }
}

#[tokio::test]
async fn what_happens_to_a_connection_is_told_with_how_it_stood() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let job = ada.begin("AU00002", "ashMann", "hooli2024").await;
    ada.asked(&job).await;
    let right = ada.call(Method::POST, &format!("/jobs/{job}/mfa")).json(&json!({"mfa-response": ["1234"]}));
    assert_eq!(answer(right).await.0, 202);
    ada.ended(&job).await;
    let connection = ada.read("/connections").await["data"][0]["id"].as_str().unwrap().to_owned();
    let events = list(&rig, &ada.partner, "").await;
    let told = ["transactions.updated", "connection.activated", "connection.updated", "connection.created"];
    assert_eq!(kinds(&events)[..4], told);
    let own = format!("{}{}", rig.base, ada.path(&format!("/connections/{connection}")));
    let [new, activated, _, created] = &events[..4] else { panic!() };
    for (event, status, asked) in [(activated, "active", true), (created, "pending", false)] {
        let data = &event["data"];
        assert_eq!((&event["dataRef"], &data["links"]["self"]), (&json!(own), &json!(own)));
        assert_eq!((&data["type"], &data["id"]), (&json!("connection"), &json!(connection)));
        assert_eq!((&data["status"], &data["mfaEnabled"]), (&json!(status), &json!(asked)));
        assert_eq!(data["institution"]["id"], "AU00002");
        let path = format!("/events/{}", event["id"].as_str().unwrap());
        assert_eq!(&ada.get(&path).await, event);
    }
    let transactions = format!("{}{}", rig.base, ada.path("/transactions"));
    assert_eq!(new["dataRef"], transactions);
    // At some hours purchases are pending: those are not told of as new.
    let posted = "/transactions?filter=transaction.status.eq('posted')";
    let size = ada.read(posted).await["size"].to_string();
    let filter = format!("{transactions}?filter=connection.id.eq('{connection}')");
    let reference = json!({"type": "connection", "id": connection, "links": {"self": own}});
    let whole = json!({
        "type": "transactions", "connection": reference, "count": size, "links": {"self": filter}
    });
    assert_eq!(new["data"], whole);
    assert_eq!(list(&rig, &ada.partner, "event.entity.eq('transactions')").await.len(), 1);
    assert_eq!(list(&rig, &ada.partner, "event.type.eq('connection.activated')").await.len(), 1);
}

#[tokio::test]
async fn what_was_read_under_a_consent_goes_from_events_with_it() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let path = ada.path(&format!("/connections/{connection}"));
    assert_eq!(answer(ada.call(Method::DELETE, &path)).await.0, 204);
    let deleted = list(&rig, &ada.partner, "event.type.eq('connection.deleted')").await;
    assert_eq!((deleted.len(), &deleted[0]["data"]["status"]), (1, &json!("deleted")));
    let consent = ada.read("/consents").await["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(answer(ada.call(Method::DELETE, &ada.path(&format!("/consents/{consent}")))).await.0, 204);
    for entity in ["connection", "transactions"] {
        let events = list(&rig, &ada.partner, &format!("event.entity.eq('{entity}')")).await;
        assert!(!events.is_empty());
        for event in events {
            assert_eq!(event["data"], json!({"type": entity, "id": connection}), "a name alone");
            let place = if entity == "connection" { &path } else { &ada.path("/transactions") };
            assert_eq!(event["dataRef"], format!("{}{place}", rig.base));
        }
    }
    assert_eq!(ada.read("/connections").await["data"], json!([]));
    assert_eq!(ada.read("/accounts").await["data"], json!([]));
    assert_eq!(ada.read("/transactions").await["size"], 0);
    assert_eq!(ada.read("").await["accounts"]["count"], 0);
}
