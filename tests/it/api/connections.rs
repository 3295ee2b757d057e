//! `/users/{id}/connections`: signing in without a page of ours, reading and deleting.

use super::customer::{Customer, MOBILE, STRANGER, members};
use crate::rig::{Rig, answer, refusal};
use authlink::domain::application::{Permission, Policy};
use authlink::engine::application::core::Command as ApplicationCommand;
use reqwest::Method;
use serde_json::{Value, json};

/// The detail and the source of a refusal.
async fn told(request: reqwest::RequestBuilder) -> (u16, String, Value) {
    let (status, body) = answer(request).await;
    (
        status,
        body["data"][0]["detail"].as_str().unwrap_or_default().to_owned(),
        body["data"][0]["source"].clone(),
    )
}

#[tokio::test]
async fn what_signs_in_must_be_whole() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let post = |body: &Value| ada.call(Method::POST, &ada.path("/connections")).json(body);
    let institution = at("id", "institution/id");
    for (body, detail, source) in [
        (json!({}), "Login ID parameter is required.", at("loginId", "loginId")),
        (json!({"loginId": ""}), "Login ID parameter is required.", at("loginId", "loginId")),
        (json!({"loginId": "a"}), "Password parameter is required.", at("password", "password")),
        (
            json!({"loginId": "a", "password": null}),
            "Password parameter is required.",
            at("password", "password"),
        ),
        (
            json!({"loginId": "a", "password": "b"}),
            "Institution ID  parameter is required.",
            institution.clone(),
        ),
        (
            json!({"loginId": "a", "password": "b", "institution": {}}),
            "Institution ID  parameter is required.",
            institution.clone(),
        ),
        (
            json!({"loginId": "a", "password": "b", "institution": {"id": "AU99999"}}),
            "Requested institution does not exist.",
            institution.clone(),
        ),
        (
            json!({"loginId": "a", "password": "b", "institution": {"id": "bank"}}),
            "Requested institution does not exist.",
            institution,
        ),
    ] {
        assert_eq!(told(post(&body)).await, (400, detail.into(), source), "{body:.80}");
    }
    for unreadable in
        [json!([]), json!({"loginId": 1}), json!({"loginId": "a", "password": "b", "institution": "AU00000"})]
    {
        let (status, detail, _) = told(post(&unreadable)).await;
        assert_eq!(
            (status, detail.as_str()),
            (400, "Posted connection is not in valid format."),
            "{unreadable}"
        );
    }
    let path = ada.path("/connections");
    assert_eq!(refusal(ada.call(Method::POST, &path)).await, (400, "invalid-content".into(), String::new()));
    let typed = ada.call(Method::POST, &path).header("Content-Type", "text/plain").body("{}");
    assert_eq!(refusal(typed).await, (415, "unsupported-content-type".into(), String::new()));
    assert_eq!(ada.read("/jobs").await["size"], 0, "nothing began");
}

/// Where in the body something is wrong.
fn at(parameter: &str, pointer: &str) -> Value {
    json!({"parameter": parameter, "pointer": format!("connection/{pointer}")})
}

#[tokio::test]
async fn what_signs_in_is_as_long_as_the_document_says() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let institution = at("id", "institution/id");
    for (body, detail, source) in [
        (
            json!({"loginId": "a", "password": "\u{e9}".repeat(257)}),
            "Password value is not valid",
            at("password", "password"),
        ),
        (
            json!({"loginId": "a", "password": "\u{1f511}".repeat(256)}),
            "Institution ID  parameter is required.",
            institution.clone(),
        ),
        (
            json!({"loginId": "\u{e9}".repeat(128), "password": "b"}),
            "Institution ID  parameter is required.",
            institution.clone(),
        ),
        (
            json!({"loginId": "\u{e9}".repeat(129), "password": "b"}),
            "Login ID value is not valid: it has more than 256 bytes in UTF-8.",
            at("loginId", "loginId"),
        ),
        (
            json!({"loginId": "\u{e9}".repeat(257), "password": "b"}),
            "Login ID value is not valid",
            at("loginId", "loginId"),
        ),
        (
            json!({"loginId": "a", "password": "b".repeat(257)}),
            "Password value is not valid",
            at("password", "password"),
        ),
    ] {
        let post = ada.call(Method::POST, &ada.path("/connections")).json(&body);
        assert_eq!(told(post).await, (400, detail.into(), source), "{body:.80}");
    }
}

#[tokio::test]
async fn signing_in_is_for_people_who_consented() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let body = json!({
        "institution": {"id": "AU00000"}, "loginId": "Whistler", "password": "ShowBox",
        "securityCode": "1", "secondaryLoginId": "2"
    });
    let post = |token: &str, user: &str| {
        rig.call(token, Method::POST, &format!("/users/{user}/connections")).json(&body)
    };
    let ben = rig.user(&ada.partner, "+61400111333").await;
    let denied = (403, "access-denied".to_owned(), String::new());
    assert_eq!(refusal(post(&ada.partner.token, &ben)).await, denied, "no consent");
    let bens = rig.client_token(&ada.partner.key, &ben).await;
    assert_eq!(refusal(post(&bens, &ada.user)).await.1, "unauthorized-access");
    let other = rig.partner("Another").await;
    assert_eq!(refusal(post(&other.token, &ada.user)).await.0, 404);
    assert_eq!(refusal(post(&ada.partner.token, STRANGER)).await.0, 404);
    assert_eq!(answer(post(&ada.token().await, &ada.user)).await.0, 202, "the person's own token");
}

#[tokio::test]
async fn a_login_that_is_being_signed_in_is_not_signed_in_twice() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let first = ada.begin("AU00002", "jared", "django").await;
    ada.asked(&first).await;
    assert_eq!(ada.begin("AU00002", "jared", "django").await, first);
    assert_eq!(ada.read("/connections").await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_login_that_is_connected_already_is_named_before_it_is_read_again() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let post = |login: &'static str, password: &'static str| answer(ada.sign_in("AU00002", login, password));
    let (status, first) = post("jared", "django").await;
    assert_eq!((status, members(&first)), (202, vec!["type", "id", "links"]), "a new login: {first}");
    ada.asked(first["id"].as_str().unwrap()).await;
    let id = ada.read("/connections").await["data"][0]["id"].as_str().unwrap().to_owned();
    let own = format!("{}{}", rig.base, ada.path(&format!("/connections/{id}")));
    let existing = json!({"type": "connection", "id": id, "links": {"self": own}});
    let (status, running) = post("jared", "wrong").await;
    assert_eq!((status, &running["id"], &running["existing"]), (202, &first["id"], &existing), "{running}");
    let mfa = ada.call(Method::POST, &format!("/jobs/{}/mfa", first["id"].as_str().unwrap()));
    assert_eq!(answer(mfa.json(&json!({"mfa-response": ["1234"]}))).await.0, 202);
    ada.ended(first["id"].as_str().unwrap()).await;
    let named = ada.sign_in("AU00002", "jared", "django").header("Idempotency-Key", "again-1");
    let (status, again) = answer(named.try_clone().unwrap()).await;
    assert_eq!((status, &again["existing"]), (202, &existing), "{again}");
    assert_ne!(again["id"], first["id"], "a job of its own");
    assert_eq!(members(&again), ["type", "id", "links", "existing"], "what clients know comes first");
    assert_eq!(answer(named).await, (202, again), "told the same once more");
    assert_eq!(post("richard", "tabsnotspaces").await.1.get("existing"), None, "another login there");
    let elsewhere = answer(ada.sign_in("AU00000", "jared", "django")).await;
    assert_eq!(elsewhere.1.get("existing"), None, "another institution");
    assert_eq!(ada.read("/connections").await["data"].as_array().unwrap().len(), 3, "none twice");
    let delete = ada.call(Method::DELETE, &ada.path(&format!("/connections/{id}")));
    assert_eq!(answer(delete).await.0, 204);
    assert_eq!(post("jared", "django").await.1.get("existing"), None, "what was deleted is not there");
}

#[tokio::test]
async fn a_connection_has_every_member_that_clients_read() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let list = ada.read("/connections").await;
    let own = format!("{}{}", rig.base, ada.path("/connections"));
    assert_eq!((&list["type"], &list["links"]), (&json!("list"), &json!({"self": own})));
    let [listed] = list["data"].as_array().unwrap().as_slice() else { panic!("{list}") };
    let institution = json!({
        "type": "institution", "id": "AU00000",
        "links": {"self": format!("{}/institutions/AU00000", rig.base)}
    });
    assert_eq!(
        (&listed["type"], &listed["id"], &listed["method"]),
        (&json!("connection"), &json!(id), &json!("web"))
    );
    assert_eq!((&listed["status"], &listed["expiryDate"]), (&json!("active"), &json!("")));
    assert!(listed["createdDate"].as_str().unwrap() <= listed["lastUsed"].as_str().unwrap());
    assert_eq!(listed["institution"], institution);

    let one = ada.read(&format!("/connections/{id}")).await;
    for same in ["type", "id", "method", "status", "createdDate", "lastUsed", "expiryDate", "institution"] {
        assert_eq!(one[same], listed[same], "{same}");
    }
    let accounts = one["accounts"]["data"].as_array().unwrap();
    assert!(accounts.len() > 1 && accounts.iter().all(|account| account["accountNo"].is_string()));
    assert_eq!(one["profile"]["lastName"], "Smith");
    assert!(one["profile"]["physicalAddresses"][0]["formattedAddress"].is_string());
    for link in ["self", "user", "accounts", "transactions"] {
        ada.get(one["links"][link].as_str().unwrap().strip_prefix(&rig.base).unwrap()).await;
    }
    let (_, seen) =
        answer(rig.call(&ada.token().await, Method::GET, &ada.path(&format!("/connections/{id}")))).await;
    let hidden = ["status", "createdDate", "lastUsed"];
    let shown: Vec<_> = members(&one).into_iter().filter(|name| !hidden.contains(name)).collect();
    assert_eq!(members(&seen), shown, "the person does not see how it stands");
}

#[tokio::test]
async fn connections_are_filtered_by_id_status_and_institution() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let good = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let failed = ada.begin("AU00001", "bighead", "password").await;
    ada.ended(&failed).await;
    for (filter, count) in [
        (format!("connection.id.eq('{good}')"), 1),
        (format!("id.eq('{STRANGER}')"), 0),
        ("connection.status.eq('active')".into(), 1),
        ("status.eq('invalid'),institution.id.eq('AU00001')".into(), 1),
        ("status.eq('invalid'),institution.id.eq('AU00000')".into(), 0),
        ("connection.status.eq('pre-init')".into(), 0),
        (String::new(), 2),
    ] {
        assert_eq!(ada.filtered("/connections", &filter).await.len(), count, "{filter}");
    }
    let bad = ada.call(Method::GET, &ada.path("/connections?filter=connection.method.eq('web')"));
    assert_eq!(refusal(bad).await, (400, "parameter-not-valid".into(), "filter".into()));
}

#[tokio::test]
async fn a_deleted_connection_is_gone_and_what_was_read_by_it_stays() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let (accounts, size) = (ada.read("/accounts").await, ada.read("/transactions").await["size"].clone());
    let path = ada.path(&format!("/connections/{id}"));
    let other = rig.partner("Another").await;
    assert_eq!(refusal(rig.call(&other.token, Method::DELETE, &path)).await.0, 404);
    assert_eq!(refusal(rig.call(&ada.token().await, Method::DELETE, &path)).await.1, "forbidden-access");
    assert_eq!(answer(ada.call(Method::DELETE, &path)).await.0, 204);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(refusal(ada.call(method, &path)).await, (404, "resource-not-found".into(), String::new()));
    }
    assert_eq!(ada.read("/connections").await["data"], json!([]));
    assert_eq!(ada.read("/accounts").await, accounts);
    assert_eq!(ada.read("/transactions").await["size"], size);
    assert_eq!(
        ada.filtered("/accounts", &format!("connection.id.eq('{id}')")).await.len(),
        accounts["data"].as_array().unwrap().len()
    );
    assert_ne!(ada.connect("AU00000", "Whistler", "ShowBox").await, id, "connected anew, it is another");
    let again = ada.read("/accounts").await;
    let ids = |list: &Value| {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].to_string())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(ids(&again), ids(&accounts), "and its accounts are the same");
}

#[tokio::test]
async fn connections_are_for_their_application_and_their_person_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let other = rig.partner("Another").await;
    let ben = Customer { rig: &rig, user: rig.user(&other, MOBILE).await, partner: other };
    let (all, one) = (ada.path("/connections"), ada.path(&format!("/connections/{id}")));
    for path in [&all, &one] {
        assert_eq!(refusal(ben.call(Method::GET, path)).await.0, 404);
        assert_eq!(refusal(rig.request(Method::GET, path)).await.0, 401);
        assert_eq!(refusal(ada.call(Method::PUT, path)).await.0, 405);
    }
    assert_eq!(refusal(ben.call(Method::GET, &ben.path(&format!("/connections/{id}")))).await.0, 404);
    assert_eq!(refusal(rig.call(&ada.token().await, Method::GET, &all)).await.1, "forbidden-access");
    assert_eq!(refusal(rig.call(&ben.token().await, Method::GET, &one)).await.1, "unauthorized-access");
    assert_eq!(refusal(ada.call(Method::GET, &ada.path(&format!("/connections/{STRANGER}")))).await.0, 404);
    let malformed = refusal(ada.call(Method::GET, &ada.path("/connections/1"))).await;
    assert_eq!(malformed, (400, "parameter-not-valid".into(), "connectionId".into()));
    assert_eq!(refusal(ada.call(Method::GET, "/users/x/connections")).await.2, "userId");
}

#[tokio::test]
async fn what_was_not_agreed_to_is_not_shown() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let policy = Policy { version: 1, permissions: vec![Permission::AccountBasic], ..Policy::standard() };
    rig.engine.ask_application(partner.id, ApplicationCommand::SetPolicy(Box::new(policy))).await.unwrap();
    let ada = Customer::with_policy(&rig, partner, 2).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let one = ada.read(&format!("/connections/{id}")).await;
    assert!(one.get("profile").is_none(), "{one}");
    let accounts = ada.read("/accounts").await["data"].as_array().unwrap().clone();
    let within = one["accounts"]["data"].as_array().unwrap();
    assert!(!accounts.is_empty());
    for account in accounts.iter().chain(within) {
        let number = account["accountNo"].as_str().unwrap();
        assert!(number.starts_with("XXXXXXX") && !number.ends_with('X'), "{number}");
        assert!(account["meta"].is_null());
    }
    assert_eq!(ada.read("/transactions").await["size"], 0);
}
