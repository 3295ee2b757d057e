//! The session's pages: agreeing or not, disclosing, leaving, limits, tokens, and the second link.

use super::browser::Browser;
use super::enter;
use super::place::{Place, Setup};

#[tokio::test]
async fn no_is_no_and_says_the_way_back() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    let no = consent.form("No, don’t share");
    let left = browser.press(&no).await;
    assert_eq!(left.brief(), (200, "Nothing is shared"));
    assert_eq!(left.link("Back to Quill Lending"), "https://partner.example/back?flow=1");
    assert_eq!(place.consent().await, None);
    assert_eq!(browser.press(&no).await.brief(), (200, "Nothing is shared"), "twice is once");
    assert_eq!(browser.press(&consent.form("I agree")).await.brief(), (200, "Nothing is shared"));
    let over = browser.get(&link).await;
    assert_eq!(over.brief(), (410, "Nothing is shared"));
    assert!(over.html.contains("Changed your mind?") && !over.html.contains("What you agreed to"));
}

#[tokio::test]
async fn an_end_says_what_came_of_what_was_agreed_to_and_claims_nothing_else() {
    let kept = "What you agreed to and connected is kept.";
    let none = "Nothing is agreed to, and nothing is shared.";
    for agrees in [false, true] {
        let (said, other) = if agrees { (kept, none) } else { (none, kept) };
        let place = Place::open().await;
        let mut browser = Browser::new(&place.base);
        let link = place.link().await;
        let consent = enter(&place, &mut browser, &link).await;
        if agrees {
            browser.press(&consent.form("I agree")).await;
        }
        let stranger = Browser::new(&place.base).get(&link).await;
        assert_eq!(stranger.brief(), (410, "This link has been used"));
        assert!(
            stranger.html.contains("closes by itself at <span class=\"nb\"><time datetime=\"2026-11-28T09:")
        );
        place.advance(15 * 60);
        // A press that comes too late is told to be none.
        let paused = browser.press(&consent.form("I agree")).await;
        assert_eq!(paused.brief(), (410, "We closed this page, to keep you safe"));
        assert!(paused.html.contains("If you pressed a button after that, it doesn’t count."));
        let over = Browser::new(&place.base).get(&link).await;
        assert_eq!(over.brief(), (410, "This link closed unfinished"));
        for page in [&paused, &over] {
            assert!(page.html.contains(said) && !page.html.contains(other), "{agrees}: {}", page.html);
        }
        assert_eq!(place.consent().await.is_some(), agrees);
        let newer = place.link().await;
        let replaced = browser.get(&link).await;
        assert_eq!(replaced.brief(), (410, "There is a newer link"));
        assert!(!replaced.html.contains("agreed to"), "a link tells nobody what came of another");
        assert_eq!(browser.get(&newer).await.status, 200);
    }
}

#[tokio::test]
async fn double_clicks_and_the_back_button_are_harmless() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    let agree = consent.form("I agree");
    let early = agree.clone();
    let premature = browser::disclose_from(&early);
    assert_eq!(browser.press(&premature).await.heading(), "Share bank data with Quill Lending?");
    let agreed = browser.press(&agree).await;
    let first = place.consent().await;
    assert_eq!(browser.press(&agree).await.heading(), agreed.heading());
    assert_eq!(place.consent().await, first, "agreeing twice is one consent");
    let no = browser.press(&consent.form("No, don’t share")).await;
    assert_eq!(no.brief(), (409, "You have agreed already"));
    let spoken = browser.clone().get(&no.link("Tiếng Việt")).await;
    assert_eq!(spoken.status, 409, "it can be loaded again, and in each language");
    let disclose = agreed.form("I have disclosed all my accounts");
    for _ in 0..2 {
        assert_eq!(browser.press(&disclose).await.brief(), (200, "Thank you. That’s everything."));
    }
    assert_eq!(
        browser.press(&agreed.form("Leave without finishing")).await.heading(),
        "Thank you. That’s everything."
    );
    assert_eq!(browser.press(&agree).await.heading(), "Thank you. That’s everything.");
    assert_eq!(place.consent().await, first);
}

mod browser {
    use super::super::browser::Form;

    /// The press that comes too early, with the field of a form that is there.
    pub fn disclose_from(form: &Form) -> Form {
        Form { action: "/home/disclose".into(), fields: form.fields.clone() }
    }
}

#[tokio::test]
async fn leaving_closes_the_link_and_keeps_the_consent() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    let agreed = browser.press(&consent.form("I agree")).await;
    let leave = agreed.form("Leave without finishing");
    for _ in 0..2 {
        let left = browser.press(&leave).await;
        assert_eq!(left.brief(), (200, "You left without finishing"));
        assert!(left.html.contains("What you agreed to goes on"));
    }
    assert!(browser.get(&link).await.html.contains("What you agreed to and connected is kept."));
    assert!(place.consent().await.is_some());
    assert_eq!(place.link_state().await, "the link is over");
    assert_eq!(browser.get(&link).await.brief(), (410, "This link was left unfinished"));
}

#[tokio::test]
async fn a_second_link_carries_on_and_the_first_browser_is_told() {
    let place = Place::open().await;
    let (mut first, mut second) = (Browser::new(&place.base), Browser::new(&place.base));
    let link = place.link().await;
    let consent = enter(&place, &mut first, &link).await;
    first.press(&consent.form("I agree")).await;
    let given = place.consent().await;

    let newer = place.link().await;
    let told = first.get("/home").await;
    assert_eq!(told.brief(), (410, "There is a newer link"));
    assert!(told.html.contains("Quill Lending"), "who asks is still named");
    place.advance(60);
    let carried = enter(&place, &mut second, &newer).await;
    assert_eq!(carried.brief(), (200, "Your banks"));
    assert!(carried.html.contains("Welcome back."), "{}", carried.html);
    assert!(carried.html.contains("Saturday 28 November 2026 at 9:14 am UTC"), "when it was agreed to");
    let done = second.press(&carried.form("I have disclosed all my accounts")).await;
    assert_eq!(done.status, 200);
    assert_eq!(place.consent().await, given, "nothing was revoked");
}

#[tokio::test]
async fn a_changed_policy_is_read_before_it_is_agreed_to() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    place.change_policy().await;
    let refused = browser.press(&consent.form("I agree")).await;
    assert_eq!(refused.brief(), (409, "Please read it again"));
    assert_eq!(
        browser.get("/home?told=agreed-already").await.status,
        200,
        "what is not so is told to nobody"
    );
    assert_eq!(place.consent().await, None);
    let again = browser.get(&refused.link("Read what it asks for now")).await;
    assert!(again.html.contains("To see something else"));
    browser.press(&again.form("I agree")).await;
    let old = place.consent().await;
    assert!(old.is_some());

    place.change_policy().await;
    let newer = place.link().await;
    place.advance(60);
    let asked = enter(&place, &mut browser, &newer).await;
    assert!(asked.html.contains("What Quill Lending asks for has changed"));
    browser.press(&asked.form("I agree")).await;
    assert_ne!(place.consent().await, old);
}

#[tokio::test]
async fn a_consent_that_ends_meanwhile_is_asked_for_again() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    let agreed = browser.press(&consent.form("I agree")).await;
    place.end_consent(place.consent().await.unwrap()).await;
    let shown = browser.press(&agreed.form("I have disclosed all my accounts")).await;
    assert_eq!(shown.brief(), (200, "Share bank data with Quill Lending?"));
    assert_eq!(place.link_state().await, "InSession", "nothing was disclosed");
}

#[tokio::test]
async fn a_session_ends_by_its_limits_and_by_the_partner() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    for _ in 0..5 {
        place.advance(11 * 60);
        assert_eq!(browser.get("/home").await.status, 200, "looking keeps it open");
    }
    place.advance(5 * 60);
    assert_eq!(browser.get("/home").await.brief(), (410, "Your time here is over"));
    assert_eq!(browser.press(&consent.form("I agree")).await.brief(), (410, "Your time here is over"));
    assert_eq!(place.consent().await, None);

    let newer = place.link().await;
    let consent = enter(&place, &mut browser, &newer).await;
    place.delete_link().await;
    assert_eq!(browser.press(&consent.form("I agree")).await.brief(), (410, "This link was withdrawn"));
    assert_eq!(place.consent().await, None);
}

#[tokio::test]
async fn forms_are_bound_to_the_browser_that_got_them() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    let agree = consent.form("I agree");
    let mut stranger = Browser::new(&place.base);
    assert_eq!(stranger.post(&agree).await.brief(), (404, "Nothing is open in this browser"));
    assert_eq!(stranger.get("/home").await.brief(), (404, "Nothing is open in this browser"));
    for (field, value) in [("csrf", "x"), ("policy_version", "one"), ("policy_version", "")] {
        let bad = agree.clone().with(field, value);
        assert_eq!(browser.post(&bad).await.brief(), (403, "Please try that again"), "{field}");
    }
    let far = [("sec-fetch-site", "same-site")];
    assert_eq!(browser.post_with(&agree, &far).await.status, 403);
    browser.cookies.insert("authlink".into(), "A".repeat(43));
    assert_eq!(browser.post(&agree).await.status, 403, "a cookie that was made up");
    assert_eq!(browser.get("/home").await.status, 404);
    assert_eq!(place.consent().await, None);
    assert_eq!(browser.get("/home/agree").await.status, 405);
}

#[tokio::test]
async fn a_token_becomes_a_session_and_leaves_the_address() {
    let place = Place::open().await;
    let link = place.link().await;
    let token = place.link_token(&link).await;
    let address = format!("/home?token={token}&action=null&state=s1");
    let mut browser = Browser::new(&place.base);
    let scanner = Browser::new(&place.base).head(&address).await;
    assert!(!scanner.headers.contains_key("set-cookie"), "a HEAD uses nothing up");
    let entered = browser.get(&address).await;
    assert_eq!((entered.status, entered.location()), (303, "/home"));
    let held = browser.cookies.clone();
    let again = browser.get(&address).await;
    assert_eq!((again.status, again.location()), (303, "/home"), "the back button");
    assert_eq!(browser.cookies, held, "the same browser keeps its cookie");
    let consent = browser.get("/home").await;
    assert_eq!(consent.heading(), "Share bank data with Quill Lending?");
    assert!(!consent.html.contains(&token));

    let mut other = Browser::new(&place.base);
    assert_eq!(other.get(&address).await.brief(), (410, "This address was used already"));
    assert!(other.set.is_empty());
    let left = browser.press(&consent.form("No, don’t share")).await;
    assert_eq!(left.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s1");
    assert_eq!(other.get(&address).await.brief(), (410, "This address no longer works"));
    assert_eq!(other.get("/home?token=nonsense").await.brief(), (410, "This address no longer works"));
}

#[tokio::test]
async fn a_partners_token_opens_a_session_unless_a_link_is_required() {
    for requires_link in [false, true] {
        let place = Place::with(Setup { is_https: false, requires_link }).await;
        let mut browser = Browser::new(&place.base);
        let entered = browser.get(&format!("/home?token={}", place.client_token())).await;
        if requires_link {
            assert_eq!(entered.brief(), (403, "You need a link for this"));
            continue;
        }
        assert_eq!((entered.status, entered.location()), (303, "/home"));
        let consent = browser.get("/home").await;
        let agreed = browser.press(&consent.form("I agree")).await;
        let done = browser.press(&agreed.form("I have disclosed all my accounts")).await;
        assert_eq!(done.status, 200);
        place.advance(3600);
        let late = format!("/home?token={}", "a.b.c");
        assert_eq!(browser.get(&late).await.brief(), (410, "This address no longer works"));
    }
}

#[tokio::test]
async fn the_demos_own_page_shows_what_came_back() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let shown = browser.get("/demo/returned?state=%3Cb%3E&jobId=").await;
    assert_eq!(shown.brief(), (200, "Back at the partner’s page"));
    assert!(shown.html.contains("<dt>state</dt><dd>&#60;b&#62;</dd>"));
}
