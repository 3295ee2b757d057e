//! `/events/feed` and `/users/{id}/timeline`: everything that happened, once, in order.

use super::customer::{Customer, MOBILE};
use crate::rig::{Partner, Rig, Setup, answer, refusal};
use authlink::domain::time::Span;
use authlink::engine::Limits;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

async fn read(rig: &Rig, partner: &Partner, query: &str) -> Value {
    let (status, body) = answer(rig.call(&partner.token, Method::GET, &format!("/events/feed{query}"))).await;
    assert_eq!(status, 200, "{body}");
    body
}

fn names(feed: &Value) -> Vec<String> {
    let name =
        |one: &Value| format!("{}.{}", one["entity"].as_str().unwrap(), one["eventType"].as_str().unwrap());
    feed["data"].as_array().unwrap().iter().map(name).collect()
}

fn cursors(feed: &Value) -> Vec<u64> {
    let all = feed["data"].as_array().unwrap().iter();
    all.map(|one| one["cursor"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn everything_that_happened_comes_once_in_order_and_page_by_page() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    let link = rig.link(&ada.partner, &ada.user).await;
    rig.enter(&link, MOBILE).await;
    let whole = read(&rig, &ada.partner, "").await;
    let all = cursors(&whole);
    assert_eq!(all, (1..=all.len() as u64).collect::<Vec<_>>());
    let happened = names(&whole);
    for wanted in ["user.created", "auth_link.created", "auth_link.verified", "transactions.updated"] {
        assert!(happened.iter().any(|one| one == wanted), "{wanted}: {happened:?}");
    }
    assert_eq!((&whole["isCut"], whole["cursor"].as_str()), (&json!(false), Some(&*all.len().to_string())));

    let (mut seen, mut place) = (Vec::new(), "/events/feed?limit=3".to_owned());
    loop {
        let (_, page) = answer(rig.call(&ada.partner.token, Method::GET, &place)).await;
        if page["count"] == 0 {
            break;
        }
        seen.extend(cursors(&page));
        place = page["links"]["next"].as_str().unwrap().strip_prefix(&rig.base).unwrap().to_owned();
    }
    assert_eq!(seen, all);

    let filtered = read(&rig, &ada.partner, "?filter=event.entity.eq('auth_link')&limit=2").await;
    assert_eq!(names(&filtered)[0], "auth_link.created");
    let next = filtered["links"]["next"].as_str().unwrap();
    assert!(next.contains("filter=event.entity.eq"), "{next}");
    let two = ["user.created", "auth_link.verified"];
    let filter = format!("event.type.in('{}','{}'),user.id.eq('{}')", two[0], two[1], ada.user);
    let some = read(&rig, &ada.partner, &format!("?filter={filter}")).await;
    let wanted: Vec<_> = happened.iter().filter(|name| two.contains(&name.as_str())).cloned().collect();
    assert_eq!((names(&some), wanted.len()), (wanted, 2));
    assert_eq!(some["cursor"], whole["cursor"], "what was passed over is not asked for again");
    let of_two = read(&rig, &ada.partner, "?filter=event.entity.in('user','consent')").await;
    assert!(names(&of_two).iter().all(|name| name.starts_with("user.") || name.starts_with("consent.")));
    let entities: BTreeSet<String> =
        names(&of_two).iter().filter_map(|name| Some(name.split_once('.')?.0.to_owned())).collect();
    assert_eq!(entities.len(), 2, "{entities:?}");
    let verb = read(&rig, &ada.partner, "?filter=event.type.in('verified')").await;
    assert_eq!(names(&verb), ["auth_link.verified"]);
    let one = filtered["data"][0]["id"].as_str().unwrap();
    assert_eq!(filtered["data"][0]["links"]["self"], format!("{}/events/{one}", rig.base));
    let other = rig.partner("Harbour Credit").await;
    assert_eq!(read(&rig, &other, "").await["count"], 0, "nobody else's");
    let (_, list) = answer(rig.call(&ada.partner.token, Method::GET, "/events")).await;
    assert!(
        !names(&list).iter().any(|name| name.starts_with("auth_link")),
        "the compatible list is what it was"
    );
}

#[tokio::test]
async fn an_answer_waits_for_what_happens() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let nothing = read(&rig, &partner, "?after=latest&wait=0").await;
    assert_eq!((&nothing["count"], &nothing["cursor"]), (&json!(0), &json!("0")));
    let waits = read(&rig, &partner, "?wait=20");
    tokio::pin!(waits);
    assert!(futures_util::poll!(waits.as_mut()).is_pending());
    let user = rig.user(&partner, "+61400111222").await;
    let told = tokio::time::timeout(PATIENCE, waits).await.expect("it rings");
    assert_eq!(
        (names(&told), told["data"][0]["userId"].as_str()),
        (vec!["user.created".into()], Some(&*user))
    );
    let filtered = read(&rig, &partner, "?after=1&wait=20&filter=event.type.eq('auth_link.created')");
    tokio::pin!(filtered);
    assert!(futures_util::poll!(filtered.as_mut()).is_pending());
    rig.user(&partner, "+61400111333").await;
    rig.link(&partner, &user).await;
    let told = tokio::time::timeout(PATIENCE, filtered).await.expect("it rings");
    assert_eq!((names(&told), cursors(&told)), (vec!["auth_link.created".into()], vec![3]));
}

/// What a stream says, event by event: its id and its data.
async fn next(response: &mut Response, held: &mut String) -> (u64, Value) {
    loop {
        if let Some((block, rest)) = held.clone().split_once("\n\n") {
            let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            let (id, data) = (line("id: "), line("data: "));
            rest.clone_into(held);
            if let (Some(id), Some(data)) = (id, data) {
                return (id.parse().unwrap(), serde_json::from_str(&data).unwrap());
            }
            continue;
        }
        let chunk = tokio::time::timeout(PATIENCE, response.chunk()).await.expect("a stream that tells");
        held.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
    }
}

async fn open(rig: &Rig, partner: &Partner, last: Option<u64>) -> Response {
    let request = rig.call(&partner.token, Method::GET, "/events/feed").header("Accept", "text/event-stream");
    let request = match last {
        Some(last) => request.header("Last-Event-ID", last.to_string()),
        None => request,
    };
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

#[tokio::test]
async fn a_stream_tells_what_happens_and_goes_on_where_it_broke_off() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let (mut stream, mut held) = (open(&rig, &partner, None).await, String::new());
    let (number, event) = next(&mut stream, &mut held).await;
    assert_eq!((number, &event["userId"], &event["cursor"]), (1, &json!(user), &json!("1")));
    rig.link(&partner, &user).await;
    let (number, event) = next(&mut stream, &mut held).await;
    assert_eq!((number, &event["eventType"]), (2, &json!("created")));
    drop(stream);
    rig.link(&partner, &user).await;
    let (mut stream, mut held) = (open(&rig, &partner, Some(2)).await, String::new());
    assert_eq!(next(&mut stream, &mut held).await.0, 3);
    assert_eq!(next(&mut stream, &mut held).await.0, 4);
    rig.stop();
    let rest = tokio::time::timeout(PATIENCE, stream.text()).await;
    assert!(rest.expect("a stream ends with its server").is_ok());
}

#[tokio::test]
async fn a_timeline_is_one_persons_part_newest_first() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let (ada, other) = (rig.user(&partner, "+61400111222").await, rig.user(&partner, "+61400111333").await);
    rig.link(&partner, &ada).await;
    rig.link(&partner, &other).await;
    let path = format!("/users/{ada}/timeline");
    let (status, whole) = answer(rig.call(&partner.token, Method::GET, &path)).await;
    assert_eq!((status, names(&whole)), (200, vec!["auth_link.created".into(), "user.created".into()]));
    assert_eq!(cursors(&whole), [3, 1]);
    let (_, page) = answer(rig.call(&partner.token, Method::GET, &format!("{path}?limit=1"))).await;
    assert_eq!(cursors(&page), [3]);
    let next = page["links"]["next"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
    let (_, page) = answer(rig.call(&partner.token, Method::GET, next)).await;
    assert_eq!(cursors(&page), [1]);
    let stranger = rig.partner("Harbour Credit").await;
    assert_eq!(refusal(rig.call(&stranger.token, Method::GET, &path)).await.0, 404);
}

#[tokio::test]
async fn what_is_not_understood_is_named() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for (query, parameter) in [
        ("after=x", "after"),
        ("after=-1", "after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("wait=21", "wait"),
        ("filter=event.type.eq('auth_link.flew')", "filter"),
        ("filter=event.type.in('auth_link.opened','auth_link.flew')", "filter"),
        ("filter=event.type.in('auth_link.opened'),event.type.eq('user.created')", "filter"),
        ("filter=event.type.eq('auth_link.opened'),event.type.in('user.created')", "filter"),
        ("filter=event.entity.in('auth_link','bank')", "filter"),
        ("filter=user.id.in('4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11')", "filter"),
        ("limit=1&limit=2", "limit"),
        ("after=1&after=2", "after"),
    ] {
        let refused = refusal(rig.call(&partner.token, Method::GET, &format!("/events/feed?{query}"))).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, parameter), "{query}");
    }
    for (header, query) in [("", "?after=x"), ("1", "?after=x"), ("x", ""), ("+1", "")] {
        let request = rig.call(&partner.token, Method::GET, &format!("/events/feed{query}"));
        let refused = refusal(request.header("Last-Event-ID", header)).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, "after"), "{header:?} {query}");
    }
    let much = answer(rig.call(&partner.token, Method::GET, "/events/feed?limit=501")).await.1;
    assert_eq!(much["data"][0]["detail"], "Maximum limit allowed is 500", "as of every list");
    let listed = rig.call(&partner.token, Method::GET, "/events?filter=event.type.in('user.created')");
    assert_eq!(refusal(listed).await.0, 400, "the compatible list has what its contract has");
    let (_, plain) = answer(rig.call(&partner.token, Method::GET, "/events/types")).await;
    let (_, all) = answer(rig.call(&partner.token, Method::GET, "/events/types?include=all")).await;
    assert_eq!(plain["size"], 15);
    let ids: Vec<&str> =
        all["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 15 && ids.contains(&"auth_link.opened"), "{ids:?}");
    let one = rig.call(&partner.token, Method::GET, "/events/types/auth_link.opened");
    assert_eq!(answer(one).await.0, 200);
    let bad = refusal(rig.call(&partner.token, Method::GET, "/events/types?include=some")).await;
    assert_eq!((bad.0, bad.2.as_str()), (400, "include"));
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let feed = rig.call(&partner.token, Method::GET, "/events/feed").header("Accept", "text/event-stream");
    let mut feed = feed.send().await.unwrap();
    assert_eq!(feed.status(), 200);
    rig.user(&partner, "+61400111222").await;
    let mut told = String::new();
    while !told.contains("id: 1\n") {
        told.push_str(std::str::from_utf8(&feed.chunk().await.unwrap().unwrap()).unwrap());
    }
    rig.advance(Span::minutes(61));
    let fresh = Partner { token: rig.token(&partner.key, "scope=SERVER_ACCESS").await, ..partner };
    rig.user(&fresh, "+61400111333").await;
    let told = tokio::time::timeout(PATIENCE, feed.text()).await.expect("it goes on").unwrap();
    assert!(!told.contains("id: 2\n"), "{told}");
    // It goes on where it was, for whoever may read.
    let again = read(&rig, &fresh, "?after=1").await;
    assert_eq!(names(&again), ["user.created"]);
}

#[tokio::test]
async fn one_application_leaves_places_for_the_readers_of_others() {
    let engine = Limits { shards: 2, feed_readers: 2, ..Limits::default() };
    let rig = Rig::with(Setup { engine, ..Setup::default() });
    let (one, other) = (rig.partner("Quill Lending").await, rig.partner("Harbour Credit").await);
    let open = |partner: &Partner| {
        rig.call(&partner.token, Method::GET, "/events/feed").header("Accept", "text/event-stream").send()
    };
    let first = open(&one).await.unwrap();
    let _second = open(&one).await.unwrap();
    let third = open(&one).await.unwrap();
    assert_eq!((third.status().as_u16(), third.headers().contains_key("retry-after")), (503, true));
    let metrics = rig.engine.metrics().render();
    assert!(metrics.contains("limit_refusals_total{limit=\"feed_readers\"} 1"), "{metrics}");
    assert_eq!(open(&other).await.unwrap().status(), 200, "another application has places of its own");
    drop(first);
    let freed = async {
        while open(&one).await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, freed).await.expect("who goes leaves a place");
}
