//! `/users/{id}/connections/…/refresh`, `/purge` and the older update: reading again, by the wire.

use super::customer::{Customer, STRANGER};
use crate::bank;
use crate::rig::{Rig, answer, refusal, user_id};
use authlink::domain::command::{Caller, Command};
use authlink::domain::time::Span;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Customer<'_> {
    fn post(&self, rest: &str) -> RequestBuilder {
        self.call(Method::POST, &self.path(rest))
    }

    /// Reads by a connection again: the job.
    async fn refresh(&self, connection: &str) -> String {
        let (status, stub) = answer(self.post(&format!("/connections/{connection}/refresh"))).await;
        assert_eq!(status, 202, "{stub}");
        stub["id"].as_str().unwrap().to_owned()
    }

    fn update(&self, connection: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/connections/{connection}")).json(body)
    }

    /// The ids of a list.
    async fn ids(&self, rest: &str) -> BTreeSet<String> {
        let list = self.read(rest).await;
        list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn status(&self, connection: &str) -> String {
        let one = self.read(&format!("/connections/{connection}")).await;
        one["status"].as_str().unwrap().to_owned()
    }

    /// Lets time pass, and does what fell due meanwhile. Tokens do not live that long.
    async fn wait(&mut self, span: Span) {
        self.rig.advance(span);
        self.partner.token = self.rig.token(&self.partner.key, "scope=SERVER_ACCESS").await;
        let user = user_id(&self.user);
        self.rig.engine.ask(user, Caller::House, Command::FallDue, Uuid::nil()).await.unwrap();
    }
}

fn step(job: &Value, number: usize) -> (&Value, &Value, &Value) {
    let step = &job["steps"][number];
    (&step["status"], &step["result"]["code"], &step["result"]["detail"])
}

#[tokio::test]
async fn a_refresh_is_a_job_like_any_other_and_reads_the_same_accounts() {
    let rig = Rig::start();
    let mut ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let (accounts, size) = (ada.ids("/accounts").await, ada.read("/transactions").await["size"].clone());
    let (status, stub) = answer(ada.post(&format!("/connections/{id}/refresh"))).await;
    let job = stub["id"].as_str().unwrap().to_owned();
    let own = format!("{}/jobs/{job}", rig.base);
    assert_eq!((status, &stub), (202, &json!({"type": "job", "id": job, "links": {"self": own}})));
    let job = ada.ended(&job).await;
    let titles: Vec<&str> =
        job["steps"].as_array().unwrap().iter().map(|step| step["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["verify-credentials", "retrieve-accounts", "retrieve-transactions"]);
    for step in 0..3 {
        assert_eq!(
            (&job["steps"][step]["status"], job["status"].as_str()),
            (&json!("success"), Some("success"))
        );
        ada.get(job["steps"][step]["result"]["url"].as_str().unwrap()).await;
    }
    assert!(job["links"]["source"].as_str().unwrap().ends_with(&id));
    assert_eq!(ada.ids("/accounts").await, accounts);
    assert!(ada.read("/transactions").await["size"].as_u64() >= size.as_u64());
    // Days later there is news.
    ada.wait(Span::days(3)).await;
    let later = ada.refresh(&id).await;
    ada.ended(&later).await;
    assert_eq!(ada.ids("/accounts").await, accounts);
    let events = ada.get(&format!("/events?filter=user.id.eq('{}')", ada.user)).await;
    let newest: Vec<String> = events["data"].as_array().unwrap()[..2]
        .iter()
        .map(|event| {
            format!("{}.{}", event["entity"].as_str().unwrap(), event["eventType"].as_str().unwrap())
        })
        .collect();
    assert_eq!(newest, ["transactions.updated", "connection.updated"]);
}

#[tokio::test]
async fn a_refresh_of_what_is_read_already_answers_with_that_job() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    bank::fault(&rig.bank, json!({ "step": "transactions", "fault": "slow", "latency_ms": 500 })).await;
    let job = ada.refresh(&id).await;
    let (status, running) = answer(ada.post(&format!("/connections/{id}/refresh"))).await;
    assert_eq!((status, &running["id"], &running["type"]), (200, &json!(job), &json!("job")));
    assert_eq!((&running["status"], running["steps"].as_array().unwrap().len()), (&json!("in-progress"), 3));
    let (status, all) = answer(ada.post("/connections/refresh")).await;
    assert_eq!((status, &all["data"][0]["id"]), (202, &json!(job)));
    assert_eq!(ada.ended(&job).await["status"], "success");
}

#[tokio::test]
async fn all_connections_are_refreshed_at_once_but_those_that_need_their_person() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let (_, none) = answer(ada.post("/connections/refresh")).await;
    assert_eq!(none, json!({"type": "list", "data": []}));
    let one = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let two = ada.connect("AU00001", "jared", "django").await;
    let locked = ada.begin("AU00001", "bighead", "password").await;
    ada.ended(&locked).await;
    let (status, list) = answer(ada.post("/connections/refresh")).await;
    assert_eq!((status, list.as_object().unwrap().len()), (202, 2), "{list}");
    let stubs = list["data"].as_array().unwrap();
    let mut read = BTreeSet::new();
    for stub in stubs {
        assert_eq!(stub.as_object().unwrap().len(), 3, "{stub}");
        let job = ada.ended(stub["id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "success");
        read.insert(job["links"]["source"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned());
    }
    assert_eq!(read, BTreeSet::from([one, two]));
}

#[tokio::test]
async fn a_session_that_the_bank_ended_asks_for_a_new_password() {
    let rig = Rig::start();
    let mut ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    ada.wait(Span::days(91)).await;
    let job = ada.refresh(&id).await;
    let job = ada.ended(&job).await;
    let detail = "Cannot login to target institution using supplied credentials. \
                  Please check credentials and try again.";
    assert_eq!(step(&job, 0), (&json!("failed"), &json!("invalid-credentials"), &json!(detail)));
    assert_eq!((ada.status(&id).await.as_str(), &job["status"]), ("invalid", &json!("failed")));
    let refresh = ada.post(&format!("/connections/{id}/refresh"));
    let (status, body) = answer(refresh).await;
    let error = &body["data"][0];
    assert_eq!(
        (status, &error["code"], &error["detail"]),
        (400, &json!("invalid-credentials"), &json!(detail))
    );
    assert_eq!(error["title"], "Cannot login to target institution, check credentials.");
    // The password alone is enough: which login it is was kept.
    let (status, stub) = answer(ada.update(&id, &json!({"password": "ShowBox", "securityCode": "1"}))).await;
    assert_eq!((status, stub.as_object().unwrap().len()), (202, 3), "{stub}");
    assert_eq!(ada.ended(stub["id"].as_str().unwrap()).await["status"], "success");
    assert_eq!(ada.status(&id).await, "active");
    let job = ada.refresh(&id).await;
    assert_eq!(ada.ended(&job).await["status"], "success");
}

#[tokio::test]
async fn an_update_wants_a_password_and_the_login_that_it_is() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    for (body, detail, parameter) in [
        (json!({}), "Password parameter is required.", "password"),
        (json!({"password": "a".repeat(257)}), "Password value is not valid", "password"),
        (json!({"password": "a", "loginId": "a".repeat(257)}), "Login ID value is not valid", "loginId"),
        (
            json!({"password": "ShowBox", "loginId": "jared"}),
            "Login ID is not the one of this connection: connect it as another one.",
            "loginId",
        ),
    ] {
        let (status, told) = answer(ada.update(&id, &body)).await;
        let error = &told["data"][0];
        assert_eq!((status, &error["detail"]), (400, &json!(detail)), "{body:.60}");
        assert_eq!(error["source"]["parameter"], parameter);
    }
    let text = ada.post(&format!("/connections/{id}")).header("Content-Type", "text/plain").body("{}");
    assert_eq!(refusal(text).await, (415, "unsupported-content-type".into(), String::new()));
    let none = ada.post(&format!("/connections/{id}"));
    assert_eq!(refusal(none).await, (400, "invalid-content".into(), String::new()));
    let stranger = ada.update(STRANGER, &json!({"password": "a"}));
    assert_eq!(refusal(stranger).await, (404, "resource-not-found".into(), String::new()));
    assert_eq!(ada.read("/jobs").await["size"], 1, "nothing began");

    let (_, stub) = answer(ada.update(&id, &json!({"password": "wrong", "loginId": "Whistler"}))).await;
    let job = ada.ended(stub["id"].as_str().unwrap()).await;
    assert_eq!(step(&job, 0).1, "invalid-credentials");
    assert_eq!(ada.status(&id).await, "invalid");
    // The person may as well.
    let own = rig.call(&ada.token().await, Method::POST, &ada.path(&format!("/connections/{id}")));
    let (status, stub) = answer(own.json(&json!({"password": "ShowBox"}))).await;
    assert_eq!(status, 202, "{stub}");
    ada.ended(stub["id"].as_str().unwrap()).await;
    assert_eq!(ada.status(&id).await, "active");
    assert_eq!(ada.ids("/connections").await.len(), 1);
}

#[tokio::test]
async fn what_was_purged_is_gone_until_it_is_read_again() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let elsewhere = ada.connect("AU00001", "jared", "django").await;
    let here = "institution.id.eq('AU00000')";
    let of = |list: Vec<Value>| list.iter().map(|one| one["id"].to_string()).collect::<BTreeSet<_>>();
    let accounts = of(ada.filtered("/accounts", here).await);
    let purge = || ada.post(&format!("/connections/{id}/purge"));
    let (status, body) = answer(purge()).await;
    assert_eq!((status, body), (204, Value::Null));
    assert!(ada.filtered("/accounts", here).await.is_empty());
    assert!(ada.filtered("/transactions", here).await.is_empty());
    assert!(!ada.filtered("/accounts", "institution.id.eq('AU00001')").await.is_empty());
    let one = ada.read(&format!("/connections/{id}")).await;
    assert_eq!((&one["status"], &one["accounts"]["data"]), (&json!("active"), &json!([])));
    assert!(one.get("profile").is_none(), "who the person is was read there too");
    assert_eq!(answer(purge()).await.0, 204, "again is harmless");
    let job = ada.refresh(&id).await;
    ada.ended(&job).await;
    assert_eq!(of(ada.filtered("/accounts", here).await), accounts, "the same accounts by the same names");
    assert!(!ada.filtered("/transactions", here).await.is_empty());

    let locked = ada.begin("AU00001", "bighead", "password").await;
    let invalid = ada.ended(&locked).await["links"]["source"].as_str().unwrap().to_owned();
    let invalid = invalid.rsplit_once('/').unwrap().1.to_owned();
    let refused = refusal(ada.post(&format!("/connections/{invalid}/purge"))).await;
    assert_eq!(refused, (400, "parameter-not-valid".into(), "connectionId".into()));
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "slow", "latency_ms": 500 })).await;
    let running = ada.refresh(&elsewhere).await;
    let busy = ada.post(&format!("/connections/{elsewhere}/purge"));
    assert_eq!(refusal(busy).await, (409, "not-possible-now".into(), String::new()));
    ada.ended(&running).await;
}

#[tokio::test]
async fn what_a_dead_bank_could_not_answer_is_asked_again_after_two_hours() {
    let rig = Rig::start();
    let mut ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "down" })).await;
    let job = ada.refresh(&id).await;
    let job = ada.ended(&job).await;
    let detail = "Service is currently unavailable. Please try again later.";
    assert_eq!(step(&job, 1), (&json!("failed"), &json!("service-unavailable"), &json!(detail)));
    assert_eq!(ada.status(&id).await, "invalid");
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "none" })).await;
    ada.wait(Span::minutes(121)).await;
    let jobs = ada.read("/jobs").await;
    let retry = jobs["data"][0]["id"].as_str().unwrap();
    assert_eq!((&jobs["size"], ada.ended(retry).await["status"].as_str()), (&json!(3), Some("success")));
    assert_eq!(ada.status(&id).await, "active");
}

#[tokio::test]
async fn reading_again_is_for_the_partners_server_alone() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let (own, other) = (ada.token().await, rig.partner("Another").await);
    let one = format!("/connections/{id}");
    for rest in ["/connections/refresh".to_owned(), format!("{one}/refresh"), format!("{one}/purge")] {
        let path = ada.path(&rest);
        let refused = refusal(rig.call(&own, Method::POST, &path)).await;
        assert_eq!(refused, (403, "forbidden-access".into(), String::new()), "{rest}");
        assert_eq!(refusal(rig.call(&other.token, Method::POST, &path)).await.0, 404, "{rest}");
        assert_eq!(refusal(rig.request(Method::POST, &path)).await.0, 401, "{rest}");
        assert_eq!(refusal(ada.call(Method::GET, &path)).await.0, 405, "{rest}");
    }
    let malformed = (400, "parameter-not-valid".to_owned(), "connectionId".to_owned());
    for rest in ["/connections/1/refresh", "/connections/1/purge"] {
        assert_eq!(refusal(ada.post(rest)).await, malformed);
    }
    assert_eq!(refusal(ada.update("1", &json!({"password": "a"}))).await, malformed);
    let update = rig.call(&other.token, Method::POST, &ada.path(&one)).json(&json!({"password": "a"}));
    assert_eq!(refusal(update).await.0, 404);
    for rest in [format!("/connections/{STRANGER}/refresh"), format!("/connections/{STRANGER}/purge")] {
        assert_eq!(refusal(ada.post(&rest)).await, (404, "resource-not-found".into(), String::new()));
    }
}
