//! What a partner sends people here for (contract section 6.3): by a token in the address, and by what a
//! link's own address says.

use super::browser::{Browser, Shown};
use super::enter;
use super::place::{Place, Setup};
use authlink::domain::id::ConnectionId;

/// Follows an address to where it leads.
async fn follow(browser: &mut Browser, address: &str) -> (String, Shown) {
    let (mut place, mut shown) = (address.to_owned(), browser.get(address).await);
    while shown.status == 303 {
        place = shown.location().to_owned();
        shown = browser.get(&place).await;
    }
    (place, shown)
}

/// Comes with a client token, sent for something.
pub async fn come(place: &Place, browser: &mut Browser, rest: &str) -> (String, Shown) {
    follow(browser, &format!("/home?token={}{rest}", place.client_token())).await
}

/// Signs in at a bank on its page, and waits until all is read.
pub async fn sign_in(place: &Place, browser: &mut Browser, page: &Shown, login: &str, password: &str) {
    let form = page.form("Sign in").with("login_id", login).with("password", password);
    assert_eq!(browser.post(&form).await.location(), "/connect");
    place.settle().await;
}

/// Agrees by a token and connects one bank; ends with the session.
pub async fn share(place: &Place) -> ConnectionId {
    let mut browser = Browser::new(&place.base);
    let (_, consent) = come(place, &mut browser, "&institutionId=AU00000").await;
    let page = browser.press(&consent.form("I agree")).await;
    sign_in(place, &mut browser, &page, "gavinBelson", "hooli2016").await;
    let hub = browser.get("/connect").await;
    browser.press(&hub.form("I have disclosed all my accounts")).await;
    place.connections().await[0].id
}

#[tokio::test]
async fn whoever_has_not_agreed_is_asked_first_and_then_lands_where_they_were_sent() {
    let place = Place::open().await;
    for action in ["", "&action=null", "&action=connect", "&action=whatever"] {
        let mut browser = Browser::new(&place.base);
        let (address, consent) = come(&place, &mut browser, &format!("{action}&institutionId=AU00001")).await;
        assert_eq!(
            (address.as_str(), consent.heading()),
            ("/home", "Share bank data with Quill Lending?"),
            "{action}"
        );
        let agreed = browser.post(&consent.form("I agree")).await;
        assert_eq!(agreed.location(), "/connect/banks/AU00001", "{action}");
        place.end_consent(place.consent().await.unwrap()).await;
    }
}

#[tokio::test]
async fn connect_skips_what_was_agreed_to_and_brings_state_and_jobs_back() {
    let place = Place::open().await;
    share(&place).await;
    let mut browser = Browser::new(&place.base);
    let (address, page) = come(&place, &mut browser, "&action=connect&state=s%201").await;
    assert_eq!((address.as_str(), page.heading()), ("/connect/banks", "Choose your bank"));
    place.advance(60);
    let (address, page) =
        come(&place, &mut browser, "&action=connect&institutionId=AU00001&state=s%202").await;
    assert_eq!((address.as_str(), page.heading()), ("/connect/banks/AU00001", "Sign in to Sandbox Savings"));
    sign_in(&place, &mut browser, &page, "gavinBelson", "hooli2016").await;
    let hub = browser.get("/connect").await;
    let done = browser.press(&hub.form("I have disclosed all my accounts")).await;
    let job = place.jobs().await[0];
    let expected = format!("https://partner.example/back?flow=1&jobId={job}&jobIds={job}&state=s%202");
    assert_eq!(done.link("Back to Quill Lending"), expected);
}

#[tokio::test]
async fn extend_asks_lasts_longer_and_says_so() {
    let place = Place::open().await;
    share(&place).await;
    let first = place.consent_until().await;
    place.advance(100 * 86_400);
    let mut browser = Browser::new(&place.base);
    let (address, page) = come(&place, &mut browser, "&action=extend&state=s1").await;
    assert_eq!((address.as_str(), page.brief()), ("/home", (200, "Go on sharing with Quill Lending?")));
    assert_eq!(place.consent_until().await, first, "asking changes nothing");
    let yes = page.form("Go on until then");
    for _ in 0..2 {
        let done = browser.press(&yes).await;
        assert_eq!(done.brief(), (200, "All done"), "twice is once");
        assert_eq!(done.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s1");
    }
    assert_eq!(place.consent_until().await, first + 100 * 86_400_000);
    assert_eq!(place.events("consent.updated"), 1);

    let (_, page) = come(&place, &mut browser, "&action=extend").await;
    assert_eq!(page.heading(), "Nothing to do", "no day would be won");
    assert!(!page.has_button("Go on until then"));
    assert_eq!(browser.press(&page.form("Done")).await.heading(), "All done");
    place.advance(86_400);

    let (_, page) = come(&place, &mut browser, "&action=update").await;
    assert_eq!(page.heading(), "Go on sharing with Quill Lending?", "the policy is the same: as extend");
    let left = browser.press(&page.form("Leave it as it is")).await;
    assert_eq!(left.heading(), "All done");
    assert_eq!(place.events("consent.updated"), 1);
}

#[tokio::test]
async fn what_needs_a_consent_says_so_when_there_is_none() {
    let place = Place::open().await;
    for action in ["extend", "update", "reauthorise"] {
        let mut browser = Browser::new(&place.base);
        let (_, page) = come(&place, &mut browser, &format!("&action={action}&state=s1")).await;
        assert_eq!(page.brief(), (409, "Nothing is shared with Quill Lending"), "{action}");
        assert_eq!(page.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s1");
    }
}

#[tokio::test]
async fn update_asks_again_when_the_policy_changed_and_hints_at_the_old_banks() {
    let place = Place::open().await;
    share(&place).await;
    let old = place.consent().await;
    place.change_policy().await;
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, "&action=update").await;
    assert_eq!(page.heading(), "Share bank data with Quill Lending?");
    assert!(page.html.contains("What Quill Lending asks for has changed"));
    let hub = browser.press(&page.form("I agree")).await;
    assert_ne!(place.consent().await, old);
    assert!(place.connections().await.is_empty(), "the old connections ended with the old consent");
    assert!(hub.html.contains("You had these connected before"), "{}", hub.html);
    assert!(hub.html.contains("href=\"/connect/banks/AU00000\""));
    let page = browser.get("/connect/banks/AU00000").await;
    sign_in(&place, &mut browser, &page, "gavinBelson", "hooli2016").await;
    assert!(!browser.get("/connect").await.html.contains("You had these connected before"), "it is back");
}

#[tokio::test]
async fn what_changed_since_it_was_agreed_to_is_marked() {
    let place = Place::open().await;
    share(&place).await;
    let wanted = "duration_days = 90\nretrieval_days = 365\nretain_data = true\n\
                  supporting_parties = [\"Meadow Brokers\"]\n\
                  permissions = [\"account.basic\", \"transaction.detail\", \"customer.organisation.basic\"]";
    place.set_policy(wanted).await;
    let mut browser = Browser::new(&place.base);
    let page = come(&place, &mut browser, "&action=update").await.1;
    let list = page.html.split("<ul class=\"dots\">").nth(1).unwrap().split("</ul>").next().unwrap();
    let lines: Vec<_> =
        list.split("<li>").skip(1).map(|line| line.trim().trim_end_matches("</li>")).collect();
    for line in [
        "<b>New:</b> Organisation profile",
        "<b>No longer asked for:</b> Name, occupation, contact details",
        "<b>No longer asked for:</b> Account number",
        "<b>New length:</b> 90 days from today. Before, it was 12 months.",
        "<b>New reach:</b> data from the 12 months before. It was 2 years.",
        "<b>May see it too, from now on:</b> Meadow Brokers.",
    ] {
        assert!(lines.contains(&line), "{line}: {lines:#?}");
    }
    assert!(
        lines.iter().any(|line| line.starts_with("<b>New:</b> when sharing ends, Quill Lending may keep"))
    );
    assert!(!list.contains("ransaction"), "what is asked for as before is not marked: {lines:#?}");
    assert!(!list.contains("New purpose"));
}

#[tokio::test]
async fn reauthorise_shows_what_needs_a_sign_in_and_keeps_the_accounts() {
    let place = Place::open().await;
    let connection = share(&place).await;
    let accounts = place.accounts().await;
    assert!(!accounts.is_empty());
    let mut browser = Browser::new(&place.base);
    let (address, fine) = come(&place, &mut browser, "&action=reauthorise").await;
    assert_eq!((address.as_str(), fine.heading()), ("/connect/renew", "Every bank works"));

    // A wrong password makes the connection invalid.
    let login = format!("/connect/connections/{connection}");
    let page = browser.get(&login).await;
    let empty = browser.post(&page.form("Sign in")).await;
    assert_eq!(empty.status, 422);
    let wrong = page.form("Sign in").with("password", "wrong");
    assert_eq!(browser.post(&wrong).await.location(), "/connect/renew");
    place.settle().await;
    assert!(browser.get("/connect/renew").await.html.contains("Login ID or password is wrong"), "and why");
    let hub = browser.get("/connect").await;
    assert!(
        !hub.has_button("I have disclosed all my accounts") && !hub.has_button("Leave without finishing")
    );
    assert_eq!(hub.link("See what is left, and finish"), "/connect/renew");

    // The partner changed what it asks for meanwhile: that is no reason to ask for anything here.
    place.advance(60);
    place.change_policy().await;
    let (address, needed) = come(&place, &mut browser, "&action=reauthorise&state=s2").await;
    assert_eq!((address.as_str(), needed.heading()), ("/connect/renew", "Sign in again"));
    assert!(needed.html.contains(&format!("href=\"{login}\"")));
    let page = browser.get(&login).await;
    let right = page.form("Sign in").with("password", "hooli2016");
    assert_eq!(browser.post(&right).await.location(), "/connect/renew");
    place.settle().await;
    let list = browser.get("/connect/renew").await;
    assert_eq!(list.heading(), "Every bank works");
    assert_eq!(place.accounts().await, accounts, "the same accounts under the same names");
    let done = browser.press(&list.form("Done")).await;
    let job = place.jobs().await[0];
    let expected = format!("https://partner.example/back?flow=1&jobId={job}&jobIds={job}&state=s2");
    assert_eq!(done.link("Back to Quill Lending"), expected);
}

#[tokio::test]
async fn a_connection_that_is_named_is_signed_in_to_at_once() {
    let place = Place::open().await;
    let connection = share(&place).await;
    let mut browser = Browser::new(&place.base);
    for action in ["", "&action=reauthorise", "&action=connect"] {
        let (address, page) =
            come(&place, &mut browser, &format!("{action}&connectionId={connection}")).await;
        assert_eq!(address, format!("/connect/connections/{connection}"), "{action}");
        assert_eq!(page.heading(), "Sign in to Sandbox Bank again");
    }
    let unknown = "&connectionId=00000000-0000-4000-8000-000000000000";
    assert_eq!(come(&place, &mut browser, unknown).await.0, "/connect");
    let list = browser.get("/connect/connections/00000000-0000-4000-8000-000000000000").await;
    assert_eq!(list.location(), "/connect/renew");
}

#[tokio::test]
async fn a_links_own_address_can_say_what_for() {
    let place = Place::with(Setup { is_https: false, requires_link: true }).await;
    let mut browser = Browser::new(&place.base);
    let link = format!("{}?action=connect&institutionId=AU00001&state=s1", place.link().await);
    let consent = enter(&place, &mut browser, &link).await;
    assert_eq!(consent.heading(), "Share bank data with Quill Lending?");
    assert_eq!(browser.post(&consent.form("I agree")).await.location(), "/connect/banks/AU00001");
    place.advance(2 * 86_400);
    let newer = format!("{}?action=extend", place.link().await);
    let page = enter(&place, &mut browser, &newer).await;
    assert_eq!(page.heading(), "Go on sharing with Quill Lending?");
    let newer = format!("{}?institutionId=AU00001", place.link().await);
    place.advance(60);
    assert_eq!(enter(&place, &mut browser, &newer).await.heading(), "Sign in to Sandbox Savings");
}

#[tokio::test]
async fn a_visit_that_closes_by_itself_sends_nobody_for_a_link() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    come(&place, &mut browser, "").await;
    place.advance(15 * 60);
    let paused = browser.get("/home").await;
    assert_eq!(paused.brief(), (410, "We closed this page, to keep you safe"));
    let main = paused.html.split("</main>").next().unwrap();
    assert!(main.contains("come here from Quill Lending again"), "{main}");
    assert!(!main.contains("new link") && main.contains("Nothing is agreed to"), "{main}");
}
