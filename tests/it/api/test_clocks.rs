//! `/test_clocks`: users who live by a clock of their partner's, and those who do not.

use super::consents::consent;
use super::customer::Customer;
use crate::bank;
use crate::rig::{Partner, Rig, Setup, answer, refusal};
use authlink::domain::application::Mode;
use authlink::domain::event::Event;
use authlink::domain::id::ApplicationId;
use authlink::domain::time::Span;
use authlink::engine::export::{Cursor, Exported};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const MOBILE: &str = "+61400111222";
const START: &str = "2026-03-01T09:00:00Z";

/// A partner with a clock that stands at [`START`].
struct Clocked<'a> {
    rig: &'a Rig,
    partner: Partner,
    clock: String,
}

impl<'a> Clocked<'a> {
    async fn new(rig: &'a Rig) -> Self {
        let partner = rig.partner("Quill Lending").await;
        let clock = make(rig, &partner).await;
        Self { rig, partner, clock }
    }

    fn call(&self, method: Method, rest: &str) -> RequestBuilder {
        self.rig.call(&self.partner.token, method, &format!("/test_clocks/{}{rest}", self.clock))
    }

    fn sending(&self, way: &Value) -> RequestBuilder {
        self.call(Method::POST, "/advance").json(way)
    }

    /// Sends the clock somewhere: it is there when this comes back.
    async fn advance(&self, way: Value) -> Value {
        let (status, body) = answer(self.sending(&way)).await;
        assert_eq!((status, &body["status"]), (200, &json!("ready")), "{body}");
        body
    }

    async fn user(&self) -> String {
        user_by(self.rig, &self.partner, &self.clock).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = answer(self.rig.call(&self.partner.token, Method::GET, path)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// What happened to this application's users, oldest first.
    async fn happened(&self) -> Vec<Event> {
        happened(self.rig, self.partner.id).await
    }
}

async fn make(rig: &Rig, partner: &Partner) -> String {
    let request = rig.call(&partner.token, Method::POST, "/test_clocks").json(&json!({ "now": START }));
    let (status, body) = answer(request).await;
    assert_eq!(status, 201, "{body}");
    body["id"].as_str().unwrap().to_owned()
}

async fn user_by(rig: &Rig, partner: &Partner, clock: &str) -> String {
    let (status, body) = answer(making(rig, partner, &json!(clock))).await;
    assert_eq!((status, &body["testClock"]), (201, &json!(clock)), "{body}");
    body["id"].as_str().unwrap().to_owned()
}

fn making(rig: &Rig, partner: &Partner, clock: &Value) -> RequestBuilder {
    let body = json!({ "mobile": MOBILE, "testClock": clock });
    rig.call(&partner.token, Method::POST, "/users").json(&body)
}

async fn happened(rig: &Rig, application: ApplicationId) -> Vec<Event> {
    let (mut cursor, mut found) = (Some(Cursor::default()), Vec::new());
    while let Some(from) = cursor {
        let page = rig.engine.export(&from).await.unwrap();
        found.extend(page.records.into_iter().filter_map(|record| match record {
            Exported::Event(of, number, event) if of == application => Some((number, event)),
            _ => None,
        }));
        cursor = page.next;
    }
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, event)| event).collect()
}

/// What happened, with the days since [`START`].
fn days(events: &[Event]) -> Vec<(String, i64)> {
    let start = chrono::DateTime::parse_from_rfc3339(START).unwrap().timestamp_millis();
    let told = |event: &Event| {
        let (entity, verb) = event.kind.words();
        (format!("{entity}.{verb}"), (event.at.0 - start) / 86_400_000)
    };
    events.iter().map(told).collect()
}

fn named(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(name, day)| ((*name).to_owned(), *day)).collect()
}

#[tokio::test]
async fn a_clock_is_made_read_moved_and_let_go() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let own = format!("{}/test_clocks/{}", rig.base, world.clock);
    let (_, read) = answer(world.call(Method::GET, "")).await;
    let created = read["created"].clone();
    let expected = json!({
        "type": "test-clock", "id": world.clock, "name": "", "status": "ready", "running": false,
        "now": "2026-03-01T09:00:00.000Z", "target": null, "nextDeadline": null, "users": 0,
        "created": created, "links": { "self": own },
    });
    assert_eq!(read, expected);
    let user = world.user().await;
    rig.link(&world.partner, &user).await;
    let whole = world.get(&format!("/users/{user}")).await;
    assert_eq!(whole["testClock"], world.clock);
    let moved = world.advance(json!({ "by": "1d" })).await;
    assert_eq!((&moved["now"], &moved["users"]), (&json!("2026-03-02T09:00:00.000Z"), &json!(1)));
    assert_eq!(moved["nextDeadline"], "2026-03-08T09:00:00.000Z", "the link's");
    let moved = world.advance(json!({ "to": "2026-03-02T20:00:00+10:00" })).await;
    assert_eq!(moved["now"], "2026-03-02T10:00:00.000Z", "an instant of any zone");
    let listed = world.get("/test_clocks").await;
    assert_eq!((&listed["count"], &listed["data"][0]), (&json!(1), &moved));
    assert_eq!(answer(world.call(Method::DELETE, "")).await.0, 204);
    assert_eq!(refusal(world.call(Method::GET, "")).await.0, 404);
    assert_eq!(world.get("/test_clocks").await["count"], 0);
    let gone = rig.call(&world.partner.token, Method::GET, &format!("/users/{user}"));
    assert_eq!(refusal(gone).await.0, 404, "its users go with it");
    assert_eq!(days(&world.happened().await).last().unwrap().0, "user.deleted");
}

#[tokio::test]
async fn a_link_lives_seven_days_of_its_users_clock() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let (user, real) = (world.user().await, rig.user(&world.partner, "+61400111333").await);
    let link = rig.link(&world.partner, &user).await;
    rig.link(&world.partner, &real).await;
    let path = format!("/users/{user}/auth_link");
    assert_eq!(world.get(&path).await["expiresAt"], "2026-03-08T09:00:00Z", "what is shown is its own time");
    assert_eq!(rig.send(&link).await, 200);
    let code = rig.code(MOBILE, 1).await;
    world.advance(json!({ "by": "11m" })).await;
    let late = answer(rig.try_code(&link, &code)).await;
    assert_eq!(late.0, 401, "the code is older than ten minutes: {}", late.1);
    let token = rig.enter(&link, MOBILE).await;
    assert!(!token.is_empty(), "a text goes out at any time, and its code counts for ten minutes again");
    world.advance(json!({ "by": "14m" })).await;
    world.advance(json!({ "by": "1m" })).await;
    let over = refusal(rig.call(&world.partner.token, Method::GET, &path)).await;
    assert_eq!(over.0, 410, "nobody was there for fifteen minutes");
    rig.link(&world.partner, &user).await;
    world.advance(json!({ "by": "7d" })).await;
    let over = refusal(rig.call(&world.partner.token, Method::GET, &path)).await;
    assert_eq!((over.0, over.1.as_str()), (410, "resource-no-longer-available"));
    let theirs = format!("/users/{real}/auth_link");
    assert_eq!(world.get(&theirs).await["status"], "issued", "real time did not pass");
    let told = days(&world.happened().await);
    let expired: Vec<_> = told.iter().filter(|(name, _)| name == "auth_link.expired").collect();
    assert_eq!(expired, [&("auth_link.expired".to_owned(), 7)], "{told:?}");
}

#[tokio::test]
async fn a_whole_life_passes_in_one_call_in_order_and_each_thing_once() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let (ada, ben) = (world.user().await, world.user().await);
    consent(&rig, &world.partner, &ada, 1).await;
    rig.link(&world.partner, &ben).await;
    world.advance(json!({ "by": "400d" })).await;
    let events = world.happened().await;
    let told = days(&events);
    let passed: Vec<_> = told.iter().skip_while(|(_, day)| *day == 0).cloned().collect();
    let expected = [
        ("auth_link.expired", 7),
        ("consent.reminder", 90),
        ("consent.reminder", 180),
        ("consent.reminder", 270),
        ("consent.warning", 358),
        ("consent.reminder", 360),
        ("consent.expired", 365),
    ];
    assert_eq!(passed, named(&expected), "each sets the next, and each is told once");
    assert!(events.is_sorted_by_key(|event| event.at), "the list is in the order of their time: {told:?}");
    let now = rig.engine.now();
    assert!(events.iter().all(|event| event.recorded <= now && now.since(event.recorded) < Span::minutes(5)));
    // What is kept for seven days is kept for real ones.
    let listed = world.get("/events").await;
    let kinds: Vec<_> = listed["data"].as_array().unwrap().iter().map(|one| &one["createdDate"]).collect();
    assert!(kinds.contains(&&json!("2027-03-01T09:00:00Z")), "{kinds:?}");
    let again = world.advance(json!({ "by": "400d" })).await;
    assert_eq!(again["nextDeadline"], Value::Null, "nothing is left to fall due");
    assert_eq!(world.happened().await.len(), events.len(), "and nothing happens twice");
}

#[tokio::test]
async fn clocks_and_applications_do_not_mix() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let other = Clocked::new(&rig).await;
    let second = make(&rig, &world.partner).await;
    let (one, two) = (world.user().await, user_by(&rig, &world.partner, &second).await);
    let theirs = other.user().await;
    for (partner, user) in [(&world.partner, &one), (&world.partner, &two), (&other.partner, &theirs)] {
        rig.link(partner, user).await;
    }
    world.advance(json!({ "by": "8d" })).await;
    let status = |partner: &Partner, user: &str| {
        let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(status(&world.partner, &one).await, 410);
    assert_eq!((status(&world.partner, &two).await, status(&other.partner, &theirs).await), (200, 200));
    for (method, rest) in
        [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/run"), (Method::POST, "/freeze")]
    {
        let path = format!("/test_clocks/{}{rest}", world.clock);
        assert_eq!(refusal(rig.call(&other.partner.token, method, &path)).await.0, 404, "{rest}");
    }
    let path = format!("/test_clocks/{}/advance", world.clock);
    let request = rig.call(&other.partner.token, Method::POST, &path).json(&json!({ "by": "1d" }));
    assert_eq!(refusal(request).await.0, 404);
    let refused = refusal(making(&rig, &other.partner, &json!(world.clock))).await;
    assert_eq!(refused, (400, "parameter-not-valid".into(), "testClock".into()));
    assert_eq!(other.get("/test_clocks").await["count"], 1);
}

#[tokio::test]
async fn a_clock_that_runs_has_its_users_told_by_itself() {
    let short = ("auth_link", "lifetime", toml::Value::from("2s"));
    let rig = Rig::with(Setup { overrides: vec![short], ..Setup::default() });
    let world = Clocked::new(&rig).await;
    let user = world.user().await;
    rig.link(&world.partner, &user).await;
    let (status, body) = answer(world.call(Method::POST, "/run")).await;
    assert_eq!((status, &body["running"]), (200, &json!(true)), "{body}");
    let expired = async {
        while !days(&world.happened().await).iter().any(|one| one.0 == "auth_link.expired") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), expired).await.expect("nobody was told");
    let (_, frozen) = answer(world.call(Method::POST, "/freeze")).await;
    let (_, later) = answer(world.call(Method::GET, "")).await;
    assert_eq!(
        (&frozen["running"], &frozen["now"]),
        (&json!(false), &later["now"]),
        "it keeps what it shows"
    );
    let moved = world.advance(json!({ "by": "0s" })).await;
    assert_eq!(moved["now"], later["now"], "nowhere is a way too");
}

#[tokio::test]
async fn what_a_bank_could_not_answer_is_asked_again_on_the_way() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let user = world.user().await;
    consent(&rig, &world.partner, &user, 1).await;
    let Clocked { rig, partner, clock } = world;
    let customer = Customer { rig, partner, user };
    let connection = customer.connect("AU00000", "Whistler", "ShowBox").await;
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "down" })).await;
    let refresh = customer.call(Method::POST, &customer.path(&format!("/connections/{connection}/refresh")));
    let (status, job) = answer(refresh).await;
    assert_eq!(status, 202, "{job}");
    assert_eq!(customer.ended(job["id"].as_str().unwrap()).await["status"], "failed");
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "slow", "latency_ms": 1500 })).await;
    let Customer { rig, partner, user } = customer;
    let world = Clocked { rig, partner, clock };
    let moved = world.advance(json!({ "by": "1d" })).await;
    assert_eq!(moved["now"], "2026-03-02T09:00:00.000Z");
    let jobs = world.get(&format!("/users/{user}/jobs")).await;
    let last = &jobs["data"][0];
    // The bank took real time, of which none passes on the way: it was let finish.
    assert_eq!((&jobs["size"], &last["status"]), (&json!(3), &json!("success")), "{last}");
    assert_eq!(last["created"], "2026-03-01T11:00:00Z", "two hours later, by the clock");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let bad = |code: &str, parameter: &str| (400, code.to_owned(), parameter.to_owned());
    for (body, expected) in [
        (json!({}), bad("parameter-not-supplied", "by")),
        (json!({ "by": "1d", "to": START }), bad("parameter-not-valid", "by")),
        (json!({ "by": "a week" }), bad("parameter-not-valid", "by")),
        (json!({ "by": "401d" }), bad("parameter-not-valid", "by")),
        (json!({ "by": "18446744073709551615ms" }), bad("parameter-not-valid", "by")),
        (json!({ "to": "tomorrow" }), bad("parameter-not-valid", "to")),
        (json!({ "to": "2026-03-01T08:59:59Z" }), bad("parameter-not-valid", "to")),
        (json!({ "to": 5 }), bad("invalid-content", "to")),
    ] {
        assert_eq!(refusal(world.sending(&body)).await, expected, "{body}");
    }
    for (body, parameter) in [
        (json!({ "name": "x".repeat(81) }), "name"),
        (json!({ "now": "1999-12-31T23:59:59Z" }), "now"),
        (json!({ "now": "2100-01-01T00:00:00Z" }), "now"),
        (json!({ "now": "noon" }), "now"),
    ] {
        let request = rig.call(&world.partner.token, Method::POST, "/test_clocks").json(&body);
        assert_eq!(refusal(request).await, bad("parameter-not-valid", parameter), "{body}");
    }
    for id in ["x", "0000000000000000", "00F39A1C77D04E21"] {
        let request = rig.call(&world.partner.token, Method::GET, &format!("/test_clocks/{id}"));
        assert_eq!(refusal(request).await, bad("parameter-not-valid", "clockId"), "{id}");
        let request = making(&rig, &world.partner, &json!(id));
        assert_eq!(refusal(request).await, bad("parameter-not-valid", "testClock"), "{id}");
    }
    let unknown = making(&rig, &world.partner, &json!("00f39a1c77d04e21"));
    assert_eq!(refusal(unknown).await, bad("parameter-not-valid", "testClock"));
    let user = rig.user(&world.partner, MOBILE).await;
    let request = rig.call(&world.partner.token, Method::POST, &format!("/users/{user}"));
    let request = request.json(&json!({ "testClock": world.clock }));
    assert_eq!(
        refusal(request).await,
        bad("parameter-not-valid", "testClock"),
        "it is chosen at the beginning"
    );
    let client = rig.client_token(&world.partner.key, &user).await;
    assert_eq!(refusal(rig.call(&client, Method::GET, "/test_clocks")).await.0, 403);
    for _ in 0..31 {
        make(&rig, &world.partner).await;
    }
    let request = rig.call(&world.partner.token, Method::POST, "/test_clocks");
    assert_eq!(refusal(request).await, (403, "access-denied".into(), String::new()), "32 are enough");
}

#[tokio::test]
async fn a_live_application_has_no_clocks() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let house = rig.engine.house();
    let mut live = house.application(world.partner.id).unwrap().as_ref().clone();
    live.mode = Mode::Live;
    house.publish(live);
    let refused = (403, "access-denied".to_owned(), String::new());
    for (method, path) in [(Method::GET, "/test_clocks"), (Method::POST, "/test_clocks")] {
        assert_eq!(refusal(rig.call(&world.partner.token, method, path)).await, refused, "{path}");
    }
    for (method, rest) in
        [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/run"), (Method::POST, "/advance")]
    {
        assert_eq!(refusal(world.call(method, rest)).await, refused, "{rest}");
    }
}

#[tokio::test]
async fn a_text_and_a_page_go_by_their_persons_clock_days_later() {
    let rig = Rig::start();
    let world = Clocked::new(&rig).await;
    let user = world.user().await;
    let link = rig.link(&world.partner, &user).await;
    rig.advance(Span::days(30));
    let page = rig.request(Method::GET, &format!("/{link}")).send().await.unwrap();
    assert_eq!(page.status(), 200, "a month of real time is nothing to it");
    let page = page.text().await.unwrap();
    assert!(page.contains("2026-03-08T09:00:00Z"), "what it says is its person's time: {page}");
    assert!(!rig.enter(&link, MOBILE).await.is_empty());
    let sent = world.happened().await.into_iter().find(|event| event.kind.words().1 == "otp_sent").unwrap();
    assert_eq!(sent.at.rfc3339(), START, "the text went in real time, and stands where its person is");
    assert!(rig.engine.now().since(sent.recorded) < Span::minutes(5));
}

#[tokio::test]
async fn a_banks_question_waits_for_as_long_as_the_clock_stands() {
    let rig = Rig::start();
    let Clocked { partner, clock, .. } = Clocked::new(&rig).await;
    let mut people = Vec::new();
    for count in [1, 2] {
        let user = user_by(&rig, &partner, &clock).await;
        consent(&rig, &partner, &user, count).await;
        let token = rig.token(&partner.key, "scope=SERVER_ACCESS").await;
        let own = Partner { id: partner.id, key: partner.key.clone(), token };
        let person = Customer { rig: &rig, partner: own, user };
        let job = person.begin("AU00002", "jared", "django").await;
        person.asked(&job).await;
        people.push((person, job));
    }
    rig.advance(Span::days(1));
    let token = rig.token(&partner.key, "scope=SERVER_ACCESS").await;
    for (person, job) in &mut people {
        person.partner.token = token.clone();
        let read = person.get(&format!("/jobs/{job}")).await;
        assert_eq!(read["steps"][1]["status"], "in-progress", "a day of real time is nothing to it: {read}");
    }
    let world = Clocked { rig: &rig, partner: Partner { id: partner.id, key: partner.key, token }, clock };
    // Whoever answers now finds a bank that has forgotten about it.
    let (person, job) = &people[0];
    let mfa = person.call(Method::POST, &format!("/jobs/{job}/mfa"));
    answer(mfa.json(&json!({ "mfa-response": ["1234"] }))).await;
    assert_eq!(person.ended(job).await["steps"][1]["result"]["code"], "job-timed-out");
    // For the other one the time runs out when it has come.
    world.advance(json!({ "by": "119s" })).await;
    let (person, job) = &people[1];
    assert_eq!(person.get(&format!("/jobs/{job}")).await["steps"][1]["status"], "in-progress");
    world.advance(json!({ "by": "1s" })).await;
    let over = person.get(&format!("/jobs/{job}")).await;
    assert_eq!(over["steps"][1]["result"]["code"], "job-timed-out", "{over}");
}
