//! Who read what and when: what the partner reads over the wire stands on the person's own page.

use super::browser::{Browser, Shown};
use super::errands::{come, share};
use super::place::Place;
use authlink::domain::id::AccountId;

const NONE: &str = "Nobody has read your bank data here in the last 12 months";

async fn page(place: &Place) -> Shown {
    let mut browser = Browser::new(&place.base);
    come(place, &mut browser, "&action=manage").await.1
}

/// What the lines say, the newest first: who read what, how often.
fn lines(page: &Shown) -> Vec<String> {
    let (_, part) = page.html.split_once("id=\"reads\"").expect("the part is there");
    let part = part.split("</section>").next().unwrap();
    let line = |row: &str| {
        let (what, times) = row.split_once("</b> <small>").unwrap();
        format!("{what} | {}", times.split("<time").next().unwrap().trim())
    };
    part.split("<span><b>").skip(1).map(line).collect()
}

#[tokio::test]
async fn each_read_of_the_partner_stands_on_the_persons_page() {
    let place = Place::open().await;
    share(&place).await;
    assert!(page(&place).await.html.contains(NONE));
    let account: AccountId = place.accounts().await[0];
    for path in ["accounts", &format!("accounts/{account}"), "transactions", "identities", "connections"] {
        assert_eq!(place.read(path).await, 200, "{path}");
        place.advance(60);
    }
    assert_eq!(place.read("attestation").await, 200);
    place.advance(60);
    let first = [
        "Quill Lending read what you declared when you finished | Once, on",
        "Quill Lending read which banks you connected | Once, on",
        "Quill Lending read your name and contact details | Once, on",
        "Quill Lending read your transactions | Once, on",
        "Quill Lending read your accounts | 2 times, last on",
    ];
    let shown = page(&place).await;
    assert_eq!(lines(&shown), first);
    assert!(!shown.html.contains(NONE) && shown.html.contains("Saturday 28 November 2026 at"));

    place.advance(86_400);
    assert_eq!(place.read("transactions?limit=3").await, 200);
    let mut both = vec!["Quill Lending read your transactions | Once, on"];
    both.extend(first);
    assert_eq!(lines(&page(&place).await), both, "another day is another line");

    let consent = place.consent().await.unwrap();
    place.end_consent(consent).await;
    assert_eq!(place.read("transactions").await, 200, "there is nothing in it any more");
    let after = page(&place).await;
    assert!(after.html.contains("You share nothing with Quill Lending"));
    assert_eq!(lines(&after), both, "what was read stays known");
}

#[tokio::test]
async fn what_shows_nothing_of_the_person_is_no_access() {
    let place = Place::open().await;
    for path in ["accounts", "transactions", "identities", "connections", "jobs"] {
        assert_eq!(place.read(path).await, 200, "{path} of who shares nothing");
    }
    share(&place).await;
    let stranger = "00000000-0000-4000-8000-000000000000";
    for path in ["accounts", "transactions", "identities"] {
        assert_eq!(place.read(&format!("{path}/{stranger}")).await, 404, "{path}");
        assert_eq!(place.read(&format!("{path}?filter=x.eq('y')")).await, 400, "{path}");
        let with_their_own = place.read_as_person(path).await;
        assert_eq!(with_their_own, if path == "identities" { 200 } else { 403 }, "{path}");
    }
    for path in ["", "consents"] {
        assert_eq!(place.read(path).await, 200, "{path}");
    }
    let shown = page(&place).await;
    assert!(shown.html.contains(NONE), "{:?}", lines(&shown));
}

#[tokio::test]
async fn an_export_of_the_operator_counts_once_for_each_kind_of_data() {
    let place = Place::open().await;
    share(&place).await;
    place.export().await;
    let shown = lines(&page(&place).await);
    assert_eq!(
        shown.iter().map(|line| line.split(" | ").next().unwrap()).collect::<Vec<_>>(),
        [
            "The operator of this service looked up which banks you connected",
            "The operator of this service exported your name and contact details",
            "The operator of this service exported your transactions",
            "The operator of this service exported your accounts",
        ]
    );
    assert!(shown.iter().all(|line| line.ends_with("| Once, on")), "{shown:?}");
    let exported = place.export().await;
    let log = exported.lines().find(|line| line.contains("\"record\":\"accesses\"")).unwrap();
    assert!(log.contains("\"by\":\"operator\"") && log.contains("\"to\":\"transactions\""), "{log}");
}

#[tokio::test]
async fn of_many_the_newest_are_shown_and_the_page_says_that_there_are_more() {
    let place = Place::open().await;
    share(&place).await;
    for _ in 0..31 {
        assert_eq!(place.read("accounts").await, 200);
        place.advance(86_400);
    }
    let shown = page(&place).await;
    assert_eq!(lines(&shown).len(), 30);
    assert!(shown.html.contains("26 earlier lines") && shown.html.contains("There is more from before"));
    place.advance(365 * 86_400);
    assert!(lines(&page(&place).await).is_empty(), "after their time they are shown no more");
}

#[tokio::test]
async fn it_is_said_in_the_readers_language() {
    let place = Place::open().await;
    share(&place).await;
    for _ in 0..3 {
        assert_eq!(place.read("transactions").await, 200);
    }
    for (tag, said) in [("ar", "3 مرات، آخرها"), ("vi", "3 lần, lần cuối"), ("en", "3 times, last on")]
    {
        let mut browser = Browser::new(&place.base);
        let (_, page) = come(&place, &mut browser, &format!("&action=manage&lang={tag}")).await;
        assert!(page.html.contains(said), "{tag}");
    }
}
