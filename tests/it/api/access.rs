//! Who may ask what: every operation of the document, asked by every kind of caller. What each is answered
//! follows from what the document says of the operation alone, so that a new route cannot be forgotten.

use super::consents::consent_on;
use super::customer::{Customer, MOBILE};
use crate::rig::{Partner, Rig, answer, user_id};
use authlink::domain::command::{Caller, Command};
use authlink::domain::time::Span;
use authlink::http::openapi;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What names something that belongs to nobody.
const SHARED: &[&str] = &["eventTypeId", "institutionId", "connectorId", "method"];

/// What is made by connecting a bank.
const GATHERED: &[&str] = &["consentId", "connectionId", "jobId", "accountId", "transactionId", "identityId"];

/// An operation, as the document has it.
struct Operation {
    method: Method,
    template: String,
    given: Value,
}

impl Operation {
    fn all() -> Vec<Self> {
        let paths = openapi::document()["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(template, operations)| {
            operations.as_object().unwrap().iter().map(|(method, given)| Self {
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                template: template.clone(),
                given: given.clone(),
            })
        });
        all.collect()
    }

    fn place(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.template.split('/').filter_map(|one| one.strip_prefix('{')?.strip_suffix('}'))
    }

    fn is_opened_by(&self, scope: &str) -> bool {
        self.given["x-scopes"].as_array().is_some_and(|all| all.contains(&json!(scope)))
    }

    fn wants(&self, scheme: &str) -> bool {
        self.given["security"].as_array().unwrap().iter().any(|one| one.get(scheme).is_some())
    }

    /// Of the link protocol, whose errors are messages.
    fn is_protocol(&self) -> bool {
        self.template.starts_with("/client_auth/")
    }

    fn path(&self, ids: &BTreeMap<String, String>) -> String {
        let segments = self.template.split('/').map(|one| match one.strip_prefix('{') {
            Some(name) => ids[name.trim_end_matches('}')].as_str(),
            None => one,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The body of its example, so that nothing is refused for what it says.
    fn body(&self) -> Option<Value> {
        let content = self.given["requestBody"]["content"].as_object()?.values().next()?;
        let example = content.get("example").cloned();
        example.or_else(|| content["examples"].as_object()?.values().next()?.get("value").cloned())
    }

    fn ask(&self, rig: &Rig, token: Option<&str>, ids: &BTreeMap<String, String>) -> RequestBuilder {
        let request = rig.request(self.method.clone(), &self.path(ids));
        let request = token.into_iter().fold(request, RequestBuilder::bearer_auth);
        self.body().iter().fold(request, reqwest::RequestBuilder::json)
    }
}

/// What a caller is told, as far as it is about who asks.
#[derive(Debug, PartialEq, Eq)]
enum Door {
    /// It is open; what is behind it is not told here.
    Open,
    /// It is closed, by status and code.
    Closed(u16, &'static str),
    /// There is nothing of that name for this caller.
    Nothing,
}

const NO_TOKEN: Door = Door::Closed(401, "invalid-authorization-token");
const EXPIRED: Door = Door::Closed(403, "access-denied");
const WRONG_SCOPE: Door = Door::Closed(403, "forbidden-access");
const NOT_YOURS: Door = Door::Closed(401, "unauthorized-access");

/// What an answer says of the door.
fn door(status: u16, body: &Value) -> Door {
    let error = &body["data"][0];
    let closed = |code| Door::Closed(status, code);
    match (status, error["code"].as_str().unwrap_or_default()) {
        (401, "invalid-authorization-token") => closed("invalid-authorization-token"),
        (401, "unauthorized-access") => closed("unauthorized-access"),
        (403, "forbidden-access") => closed("forbidden-access"),
        (403, "access-denied") if error["detail"] == "Token has expired" => closed("access-denied"),
        (404, "resource-not-found") => Door::Nothing,
        _ => Door::Open,
    }
}

/// Callers of all kinds; those of the operation's own partner come with it.
struct Strangers {
    expired: String,
    other: Partner,
}

/// What there is to ask about, and who has a right to it.
struct World {
    partner: Partner,
    own: String,
    anothers: String,
    without_scope: String,
    ids: BTreeMap<String, String>,
}

impl World {
    /// Everything that the path of an operation names, made for it alone.
    async fn of(rig: &Rig, operation: &Operation) -> Self {
        let parameters = openapi::document()["components"]["parameters"].as_object().unwrap();
        let example = |name: &str| parameters[name]["example"].as_str().unwrap().to_owned();
        let mut ids: BTreeMap<String, String> =
            operation.names().map(|name| (name.to_owned(), example(name))).collect();
        let mut partner = rig.partner("Quill Lending").await;
        let user = if operation.names().any(|name| GATHERED.contains(&name)) {
            let ada = Customer::of(rig, partner).await;
            ids.extend(gathered(&ada).await);
            partner = ada.partner;
            ada.user
        } else {
            rig.user(&partner, MOBILE).await
        };
        ids.extend(made(rig, &partner, &user, operation).await);
        let another = rig.user(&partner, MOBILE).await;
        let own = rig.client_token(&partner.key, &user).await;
        let anothers = rig.client_token(&partner.key, &another).await;
        let without_scope = rig.token(&partner.key, "").await;
        ids.insert("userId".into(), user);
        Self { partner, own, anothers, without_scope, ids }
    }
}

/// The ids of what was gathered at a bank.
async fn gathered(ada: &Customer<'_>) -> Vec<(String, String)> {
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let mut ids = vec![("connectionId".to_owned(), connection)];
    for (name, list) in [
        ("consentId", "/consents"),
        ("jobId", "/jobs"),
        ("accountId", "/accounts"),
        ("transactionId", "/transactions"),
        ("identityId", "/identities"),
    ] {
        let all = ada.read(list).await;
        ids.push((name.to_owned(), all["data"][0]["id"].as_str().unwrap().to_owned()));
    }
    ids
}

/// The ids of what a partner makes.
async fn made(rig: &Rig, partner: &Partner, user: &str, operation: &Operation) -> Vec<(String, String)> {
    let mut ids = Vec::new();
    if operation.template.ends_with("/auth_link") && operation.method != Method::POST {
        rig.link(partner, user).await;
    }
    if operation.template.ends_with("/attestation") {
        consent_on(rig, partner, user, 9, 1).await;
        let declare = Command::Disclose { cookie: [9; 32], leave_out: false, gaps: Some(Vec::new()) };
        rig.engine.ask(user_id(user), Caller::Applicant, declare, Uuid::nil()).await.unwrap();
    }
    for name in operation.names() {
        let (path, body) = match name {
            "webhookId" => (
                "/notifications/webhooks",
                json!({"name": "all", "url": "https://hooks.example.test/", "subscribedEvents": ["user.updated"]}),
            ),
            "clockId" => ("/test_clocks", json!({"name": "a year"})),
            "eventId" => {
                let (_, all) = answer(rig.call(&partner.token, Method::GET, "/events")).await;
                ids.push((name.to_owned(), all["data"][0]["id"].as_str().unwrap().to_owned()));
                continue;
            }
            "linkId" => {
                ids.push((name.to_owned(), rig.link(partner, user).await));
                continue;
            }
            _ => continue,
        };
        let (status, body) = answer(rig.call(&partner.token, Method::POST, path).json(&body)).await;
        assert_eq!(status, 201, "{body}");
        ids.push((name.to_owned(), body["id"].as_str().unwrap().to_owned()));
    }
    ids
}

/// What is expected of an operation that a token of `/token` may open, in the order of asking: whoever may ask
/// comes last, for then it may be gone.
fn expected(operation: &Operation) -> [Door; 7] {
    let is_of_user = operation.names().any(|name| name == "userId");
    let is_owned = operation.names().any(|name| !SHARED.contains(&name));
    let (anothers, own) = match (operation.is_opened_by("CLIENT_ACCESS"), is_of_user) {
        (false, _) => (WRONG_SCOPE, WRONG_SCOPE),
        (true, true) => (NOT_YOURS, Door::Open),
        (true, false) if is_owned => (Door::Nothing, Door::Open),
        (true, false) => (Door::Open, Door::Open),
    };
    let other = if is_owned { Door::Nothing } else { Door::Open };
    [NO_TOKEN, NO_TOKEN, EXPIRED, WRONG_SCOPE, anothers, other, own]
}

async fn hold(rig: &Rig, strangers: &Strangers, operation: &Operation) {
    let world = World::of(rig, operation).await;
    let callers = [
        ("nobody", None),
        ("a garbled token", Some("garbled")),
        ("an expired token", Some(strangers.expired.as_str())),
        ("a token without a scope", Some(world.without_scope.as_str())),
        ("another person", Some(world.anothers.as_str())),
        ("another application", Some(strangers.other.token.as_str())),
        ("the person", Some(world.own.as_str())),
    ];
    for ((name, token), expected) in callers.into_iter().zip(expected(operation)) {
        let (status, body) = answer(operation.ask(rig, token, &world.ids)).await;
        assert_eq!(door(status, &body), expected, "{} by {name}: {status} {body}", operation.place());
    }
    // The person may have ended it with a right to; where not, it is there for the partner.
    let is_there =
        !operation.is_opened_by("CLIENT_ACCESS") && !operation.names().any(|name| name == "messageId");
    let (status, body) = answer(operation.ask(rig, Some(&world.partner.token), &world.ids)).await;
    let told = door(status, &body);
    let is_open = told == Door::Open || told == Door::Nothing && !is_there;
    assert!(is_open, "{}: {status} {body}", operation.place());
}

#[tokio::test]
async fn every_operation_is_open_to_whom_the_document_says_and_closed_to_all_others() {
    let rig = Rig::start();
    let other = rig.partner("Brook Finance").await;
    let expired = other.token.clone();
    rig.advance(Span(2 * 60 * 60 * 1000));
    let other = Partner { token: rig.token(&other.key, "scope=SERVER_ACCESS").await, ..other };
    let strangers = Strangers { expired, other };
    let all = Operation::all();
    let held = all.iter().filter(|one| one.wants("token") && !one.is_protocol());
    let mut count = 0;
    for operation in held {
        hold(&rig, &strangers, operation).await;
        count += 1;
    }
    assert!(count > 40, "{count} operations were held");
}

#[tokio::test]
async fn what_needs_no_token_looks_at_none() {
    let rig = Rig::start();
    for operation in Operation::all().iter().filter(|one| one.given["security"] == json!([])) {
        let world = World::of(&rig, operation).await;
        for token in [None, Some("garbled"), Some(world.own.as_str()), Some(world.partner.token.as_str())] {
            let (status, body) = answer(operation.ask(&rig, token, &world.ids)).await;
            assert!(status < 300, "{}: {status} {body}", operation.place());
        }
    }
}

#[tokio::test]
async fn the_link_protocol_has_keys_of_its_own() {
    let rig = Rig::start();
    let all = Operation::all();
    for operation in all.iter().filter(|one| one.wants("code") || one.is_protocol() && one.wants("token")) {
        let world = World::of(&rig, operation).await;
        for (token, at_end) in [
            (None, if operation.wants("code") { 403 } else { 401 }),
            (Some(world.own.as_str()), 403),
            (Some(world.partner.token.as_str()), 403),
        ] {
            let (status, body) = answer(operation.ask(&rig, token, &world.ids)).await;
            assert_eq!(status, at_end, "{}: {body}", operation.place());
            assert!(body["message"].is_string(), "{}: {body}", operation.place());
        }
    }
}
