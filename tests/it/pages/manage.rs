//! The person's own page: seeing what is shared, ending one connection or all of it, and the receipt.

use super::browser::{Browser, Shown};
use super::enter;
use super::errands::{come, share, sign_in};
use super::place::Place;

#[tokio::test]
async fn the_page_says_what_is_shared_from_where_and_until_when() {
    let place = Place::open().await;
    share(&place).await;
    let mut browser = Browser::new(&place.base);
    let (address, page) = come(&place, &mut browser, "&action=manage&state=s1").await;
    assert_eq!((address.as_str(), page.brief()), ("/manage", (200, "What you share")));
    for said in
        ["28 Nov 2027", "Sandbox Bank", "Transaction details", "Quill Lending can see", "Stop all sharing"]
    {
        assert!(page.html.contains(said), "{said}");
    }
    assert_eq!(browser.get("/home").await.location(), "/manage", "they came for this");
    let done = browser.press(&page.form("Done")).await;
    assert_eq!(done.brief(), (200, "All done"));
    assert_eq!(done.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s1");
    assert_eq!(browser.get("/manage").await.location(), "/home", "who is out sees nothing more");
    let mut stranger = Browser::new(&place.base);
    assert_eq!(stranger.get("/manage").await.brief(), (404, "Nothing is open in this browser"));
}

#[tokio::test]
async fn all_of_it_ends_at_once_with_a_receipt_and_stays_as_history() {
    let place = Place::open().await;
    share(&place).await;
    let consent = place.consent().await.unwrap();
    let mut browser = Browser::new(&place.base);
    come(&place, &mut browser, "&action=manage").await;
    let ask = browser.get("/manage/withdraw").await;
    assert_eq!(ask.heading(), "Stop sharing with Quill Lending?");
    assert!(ask.html.contains("nothing new from Sandbox Bank") && !ask.html.contains("checkbox"));
    assert_eq!(place.consent().await, Some(consent), "asking ends nothing");
    let yes = ask.form("Stop sharing");
    for _ in 0..2 {
        let pressed = browser.post(&yes).await;
        assert_eq!((pressed.status, pressed.location()), (303, &*format!("/manage/ended/{consent}")));
    }
    assert_eq!(place.consent().await, None);
    assert!(place.connections().await.is_empty() && place.accounts().await.is_empty());
    assert_eq!(place.events("consent.revoked"), 1, "twice is once");
    assert_eq!(place.events("consent.archived"), 0, "that is for what the partner ends");
    let receipt = browser.get(&format!("/manage/ended/{consent}")).await;
    assert_eq!(receipt.brief(), (200, "Sharing has ended"));
    let number = consent.to_string().to_uppercase();
    assert!(receipt.html.contains(&format!("{}-{}", &number[..4], &number[4..8])));
    assert!(receipt.html.contains("They were told that it ended"));

    let page = browser.get("/manage").await;
    assert!(page.html.contains("You share nothing with Quill Lending at the moment"));
    assert!(page.html.contains(&format!("href=\"/manage/ended/{consent}\"")), "it is history");
    assert_eq!(browser.get("/manage/withdraw").await.location(), "/manage", "nothing is left to end");
    let mut later = Browser::new(&place.base);
    let (_, page) = come(&place, &mut later, "&action=manage").await;
    assert!(page.html.contains(&format!("href=\"/manage/ended/{consent}\"")), "and stays so");
    assert_eq!(later.get("/manage/ended/00000000-0000-4000-8000-000000000000").await.location(), "/manage");
}

#[tokio::test]
async fn one_connection_ends_with_what_was_read_by_it_and_the_other_goes_on() {
    let place = Place::open().await;
    let first = share(&place).await;
    let before = place.accounts().await;
    place.advance(60);
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, "&action=connect&institutionId=AU00001").await;
    sign_in(&place, &mut browser, &page, "gavinBelson", "hooli2016").await;
    assert!(place.accounts().await.len() > before.len());

    let hub = browser.get("/connect").await;
    assert!(hub.html.contains("href=\"/manage\""), "whoever is in finds it");
    let page = browser.get("/manage").await;
    assert!(page.html.contains("Sandbox Savings") && !page.has_button("Done"));
    let address = format!("/manage/connections/{first}/withdraw");
    let ask = browser.get(&address).await;
    assert_eq!(ask.heading(), "Stop sharing from Sandbox Bank?");
    let pressed = browser.post(&ask.form("Stop sharing")).await;
    assert_eq!(pressed.location(), "/manage?stopped=AU00000");
    let left = place.accounts().await;
    assert!(!left.is_empty() && before.iter().all(|id| !left.contains(id)), "what was read there is gone");
    let connections = place.connections().await;
    assert_eq!(connections.iter().map(|one| one.institution.to_string()).collect::<Vec<_>>(), ["AU00001"]);
    let page = browser.get(pressed.location()).await;
    assert!(page.html.contains("You stopped sharing from Sandbox Bank."));
    assert_eq!(browser.post(&ask.form("Stop sharing")).await.location(), "/manage", "twice is once");
    assert_eq!(place.events("connection.deleted"), 1);
    assert_eq!(browser.get(&address).await.location(), "/manage");
    assert!(place.consent().await.is_some(), "what was agreed to goes on");
}

#[tokio::test]
async fn where_a_copy_may_be_kept_its_deletion_can_be_asked_for_and_the_partner_reads_that() {
    for asks in [true, false] {
        let place = Place::open().await;
        place.retain_data().await;
        share(&place).await;
        let consent = place.consent().await.unwrap();
        let mut browser = Browser::new(&place.base);
        come(&place, &mut browser, "&action=manage").await;
        let ask = browser.get("/manage/withdraw").await;
        assert!(ask.html.contains("Ask Quill Lending to delete that copy too"));
        let mut form = ask.form("Stop sharing");
        if asks {
            form = form.with("delete_copy", "yes");
        }
        let receipt: Shown = browser.press(&form).await;
        assert_eq!(receipt.html.contains("You asked them to delete it"), asks);
        assert_eq!(place.ended_consents().await, [asks]);
        let read = place.read_consent(consent).await;
        assert_eq!(read.get("deletionRequested").is_some_and(|told| told == true), asks);
        let listed = place.read_consents().await;
        assert_eq!((&listed["data"][0]["status"], &listed["data"][0]["id"]), (&read["status"], &read["id"]));
        assert!(
            listed["data"][0].get("deletionRequested").is_none(),
            "the original's list has no such member"
        );
    }
}

#[tokio::test]
async fn presses_are_bound_to_the_browser_and_to_what_it_was_shown() {
    let place = Place::open().await;
    share(&place).await;
    let consent = place.consent().await;
    let mut browser = Browser::new(&place.base);
    come(&place, &mut browser, "&action=manage").await;
    let yes = browser.get("/manage/withdraw").await.form("Stop sharing");
    assert_eq!(browser.post(&yes.clone().with("csrf", "x")).await.status, 403);
    assert_eq!(browser.post(&yes.clone().with("consent", "x")).await.status, 403);
    let mut stranger = Browser::new(&place.base);
    assert_eq!(stranger.post(&yes).await.status, 404);
    let other = yes.clone().with("consent", "00000000-0000-4000-8000-000000000000");
    assert_eq!(browser.press(&other).await.heading(), "What you share", "another consent is not this one");
    assert_eq!(place.consent().await, consent);
    place.advance(16 * 60);
    assert_eq!(browser.post(&yes).await.location(), "/home", "who idled is out");
    assert_eq!(place.consent().await, consent);
}

#[tokio::test]
async fn whoever_comes_by_a_link_can_end_it_too_and_is_asked_anew() {
    let place = Place::open().await;
    share(&place).await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    assert_eq!(enter(&place, &mut browser, &link).await.heading(), "Your banks");
    let ask = browser.get("/manage/withdraw").await;
    browser.press(&ask.form("Stop sharing")).await;
    assert_eq!(place.consent().await, None);
    assert_eq!(browser.get("/home").await.heading(), "Share bank data with Quill Lending?");
}
