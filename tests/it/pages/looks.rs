//! The partner's own look: on every page of a link and of a session, from one file.

use super::browser::{Browser, Shown};
use super::enter;
use super::errands::{come, share};
use super::place::Place;
use authlink::domain::look::wanted::WantedLook;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A look as a file has it.
fn look(text: &str) -> WantedLook {
    toml::from_str(text).unwrap()
}

/// The style sheets of a page, in order.
fn sheets(shown: &Shown) -> Vec<String> {
    let links = shown.html.split("<link rel=\"stylesheet\" href=\"").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn own_sheet(shown: &Shown) -> Option<String> {
    sheets(shown).into_iter().find(|path| path.starts_with("/assets/looks/"))
}

const QUILL: &str = r##"
[brand]
name = "Quill & Daughters"
colour = "#6b2347"
font = "slab"
radius = 4

[greeting]
title = "Good to have you here"
subtitle = "With your accounts in view we can tell you within the hour."
"##;

#[tokio::test]
async fn every_page_of_a_link_wears_the_partner_s_look() {
    let place = Place::open().await;
    place.set_look(look(QUILL)).await.unwrap();
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&link).await;
    let code = browser.get(&format!("{link}/code")).await;
    let consent = enter(&place, &mut browser, &link).await;
    let text = place.text(1).await;
    assert!(text.contains("Quill & Daughters") && !text.contains("Quill Lending"), "{text}");
    let hub = browser.press(&consent.form("I agree")).await;
    let banks = browser.get("/connect/banks").await;
    let done = browser.press(&hub.form("I have disclosed all my accounts")).await;
    let dead = Browser::new(&place.base).get(&link).await;
    let sheet = own_sheet(&start).unwrap();
    for (name, shown) in [
        ("start", &start),
        ("code", &code),
        ("consent", &consent),
        ("hub", &hub),
        ("banks", &banks),
        ("done", &done),
        ("dead", &dead),
    ] {
        assert!(shown.html.contains("<p class=\"who\"><span>Quill &#38; Daughters</span>"), "{name}");
        assert!(!shown.html.contains("Quill Lending"), "{name} has the application's own name");
        assert_eq!(own_sheet(shown).as_ref(), Some(&sheet), "{name}");
        assert!(shown.html.contains("<meta name=\"theme-color\" content=\"#6b2347\""), "{name}");
        let speaks = shown.html.contains("Good to have you here") && shown.html.contains("within the hour.");
        assert_eq!(speaks, ["start", "consent"].contains(&name), "{name}");
    }
    assert_eq!(dead.status, 410);

    let file = browser.get(&sheet).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable");
    assert!(file.html.contains("--brand:#6b2347;--brand-on:#ffffff;"), "{}", file.html);
    assert!(file.html.contains("--brand-radius:0.25rem"), "{}", file.html);
}

#[tokio::test]
async fn another_look_is_another_file_and_none_is_the_house_s_own() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let plain = browser.get(&link).await;
    assert_eq!(own_sheet(&plain), None);
    assert!(plain.html.contains("<span>Quill Lending</span>") && !plain.html.contains("class=\"greeting\""));

    place.set_look(look(QUILL)).await.unwrap();
    let first = own_sheet(&browser.get(&link).await).unwrap();
    place.set_look(look("[brand]\ncolour = \"#123456\"\n")).await.unwrap();
    let changed = browser.get(&link).await;
    let second = own_sheet(&changed).unwrap();
    assert_ne!(first, second);
    assert!(changed.html.contains("<span>Quill Lending</span>"), "what a file leaves out is the default");
    assert_eq!(browser.get(&second).await.status, 200);
    for gone in [first.as_str(), "/assets/looks/x/y.css", "/assets/looks/", &second.replace(".css", ".js")] {
        assert_eq!(browser.get(gone).await.status, 404, "{gone}");
    }

    place.set_look(look("")).await.unwrap();
    assert_eq!(browser.get(&link).await.html, plain.html, "as if nothing had ever been set");
}

#[tokio::test]
async fn a_look_that_cannot_be_read_changes_nothing() {
    let place = Place::open().await;
    place.set_look(look(QUILL)).await.unwrap();
    let link = place.link().await;
    let before = own_sheet(&Browser::new(&place.base).get(&link).await);
    let refused =
        place.set_look(look("[brand]\ncolour = \"#ffcc00\"\nfont = \"comic\"\n")).await.unwrap_err();
    for said in
        ["#ffcc00 is not readable with a note (#f2ede4)", " : 1 and has to be 4.50 : 1; #", "brand.font"]
    {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert_eq!(own_sheet(&Browser::new(&place.base).get(&link).await), before);
}

const DRAWN: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 30\">\
    <title>Quill</title><path d=\"M0 0h90v30z\" fill=\"#6b2347\"/></svg>";

/// A look with that picture.
fn with_logo(picture: &[u8], more: &str) -> WantedLook {
    let data = STANDARD.encode(picture);
    look(&format!("[logo]\ndata = \"{data}\"\n{more}"))
}

/// The logo of a page.
fn logo(shown: &Shown) -> Option<&str> {
    let (_, rest) = shown.html.split_once("<p class=\"who\"><img class=\"logo")?;
    rest.split_once(" src=\"")?.1.split('"').next()
}

#[tokio::test]
async fn a_logo_is_seen_and_can_do_nothing_else() {
    let place = Place::open().await;
    place.set_look(with_logo(DRAWN.as_bytes(), "")).await.unwrap();
    let (mut browser, link) = (Browser::new(&place.base), place.link().await);
    let start = browser.get(&link).await;
    assert!(
        start.html.contains("alt=\"\" width=\"90\" height=\"30\"><span>Quill Lending</span>"),
        "{}",
        start.html
    );
    assert!(start.html.contains("class=\"logo plate\""));
    let path = logo(&start).unwrap().to_owned();
    let file = browser.get(&path).await;
    assert_eq!(file.status, 200);
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(file.headers[name], value, "{name}");
    }
    assert!(file.html.contains("<path d=\"M0 0h90v30z\"") && !file.html.contains("<title>"), "{}", file.html);

    place.set_look(with_logo(DRAWN.as_bytes(), "says_name = true\nplate = false")).await.unwrap();
    let named = browser.get(&link).await;
    assert_eq!(logo(&named), Some(path.as_str()), "the same picture is the same file");
    assert!(
        named.html.contains("class=\"logo\" src=")
            && named.html.contains("<span class=\"vh\">Quill Lending</span>")
    );

    place.set_look(look("")).await.unwrap();
    assert_eq!(logo(&browser.get(&link).await), None);
    assert_eq!(browser.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_picture_that_could_do_something_is_refused_with_its_place() {
    let place = Place::open().await;
    place.set_look(with_logo(DRAWN.as_bytes(), "")).await.unwrap();
    let (mut browser, link) = (Browser::new(&place.base), place.link().await);
    let before = logo(&browser.get(&link).await).map(str::to_owned);
    let heavy =
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09".as_slice(), &[0; 1024].repeat(32)].concat();
    let script = DRAWN.replace("<title>", "<script>x()</script><title>");
    for (picture, said) in [
        (script.as_bytes(), "line 1: <script> has no place in a logo"),
        (DRAWN.replace("d=", "onload=\"x()\" d=").as_bytes(), "line 1: onload has no place in a logo"),
        (heavy.as_slice(), "more than 32768 bytes"),
        (b"GIF89a".as_slice(), "it is no SVG, PNG, JPEG or WebP"),
    ] {
        let refused = place.set_look(with_logo(picture, "")).await.unwrap_err();
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert_eq!(logo(&browser.get(&link).await).map(str::to_owned), before);
}

/// Agrees, and stands at the hub.
async fn at_the_hub(place: &Place, browser: &mut Browser, query: &str) -> Shown {
    let link = place.link().await;
    let consent = enter(place, browser, &format!("{link}{query}")).await;
    browser.press(&consent.form("I agree")).await
}

/// Signs in at a bank.
async fn sign_in(browser: &mut Browser, bank: &str) -> Shown {
    let page = browser.get(&format!("/connect/banks/{bank}")).await;
    let form = page.form("Sign in").with("login_id", "gavinBelson").with("password", "hooli2016");
    browser.post(&form).await
}

#[tokio::test]
async fn who_has_disclosed_goes_straight_back_where_the_partner_wants_it() {
    let place = Place::open().await;
    place.set_look(look("[flow]\nskip_success = true\n")).await.unwrap();
    let mut browser = Browser::new(&place.base);
    let hub = at_the_hub(&place, &mut browser, "?state=s%201").await;
    let policy = hub.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action 'self' https://partner.example;"),
        "a browser would stop the way: {policy}"
    );
    let back = browser.post(&hub.form("I have disclosed all my accounts")).await;
    assert_eq!((back.status, back.location()), (303, "https://partner.example/back?flow=1&state=s%201"));
    let receipt = browser.get("/home").await;
    assert_eq!(receipt.brief(), (200, "Thank you. That’s everything."), "the receipt can still be seen");
    assert!(receipt.headers["content-security-policy"].to_str().unwrap().contains("form-action 'self';"));

    let usual = Place::open().await;
    let mut other = Browser::new(&usual.base);
    let hub = at_the_hub(&usual, &mut other, "").await;
    assert!(hub.headers["content-security-policy"].to_str().unwrap().contains("form-action 'self';"));
    let shown = other.post(&hub.form("I have disclosed all my accounts")).await;
    assert_eq!((shown.status, shown.location()), (303, "/home"), "as a rule the receipt comes first");
}

#[tokio::test]
async fn whoever_is_done_with_an_errand_goes_straight_back_too() {
    let place = Place::open().await;
    share(&place).await;
    place.set_look(look("[flow]\nskip_success = true\n")).await.unwrap();
    place.advance(2 * 86_400);
    for (action, press) in [("extend", "Go on until then"), ("reauthorise", "Done"), ("manage", "Done")] {
        let mut browser = Browser::new(&place.base);
        let (_, page) = come(&place, &mut browser, &format!("&action={action}&state=s1")).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://partner.example;"), "{action}: {policy}");
        let back = browser.post(&page.form(press)).await;
        let expected = (303, "https://partner.example/back?flow=1&state=s1");
        assert_eq!((back.status, back.location()), expected, "{action}");
        assert_eq!(browser.get("/home").await.heading(), "All done", "{action}");
    }
}

#[tokio::test]
async fn where_one_login_is_wanted_no_second_one_is_offered() {
    let place = Place::open().await;
    place.set_look(look("[flow]\nmultiple_connections = false\n")).await.unwrap();
    let mut browser = Browser::new(&place.base);
    let hub = at_the_hub(&place, &mut browser, "").await;
    assert!(hub.html.contains("href=\"/connect/banks\""));
    let early = browser.get("/connect/banks/AU00001").await;
    let added = sign_in(&mut browser, "AU00000").await;
    assert_eq!((added.status, added.location()), (303, "/connect"));
    let hub = browser.get("/connect").await;
    assert!(!hub.html.contains("href=\"/connect/banks\""), "{}", hub.html);
    assert!(hub.html.contains("Quill Lending needs one sign-in, and it is here."));
    for path in ["/connect/banks", "/connect/banks/AU00001"] {
        let shown = browser.get(path).await;
        assert_eq!((shown.status, shown.location()), (303, "/connect"), "{path}");
    }
    // A form that was open before is answered the same.
    let late = early.form("Sign in").with("login_id", "gavinBelson").with("password", "hooli2016");
    assert_eq!(browser.post(&late).await.status, 303);
    assert_eq!(
        browser.get("/connect").await.html.matches("class=\"box\" id=").count(),
        1,
        "nothing was added"
    );
}

#[tokio::test]
async fn people_choose_from_the_institutions_that_the_partner_offers() {
    let place = Place::open().await;
    place.set_look(look("[flow]\ninstitutions = [\"AU00002\", \"AU00000\"]\n")).await.unwrap();
    let mut browser = Browser::new(&place.base);
    at_the_hub(&place, &mut browser, "").await;
    let banks = browser.get("/connect/banks").await;
    let offered = |shown: &Shown| -> Vec<String> {
        let rows = shown.html.split("<a class=\"row\" href=\"/connect/banks/").skip(1);
        rows.map(|rest| rest[..7].to_owned()).collect()
    };
    assert_eq!(offered(&banks), ["AU00000", "AU00002"]);
    assert!(banks.html.contains("2 banks to choose from."), "{}", banks.html);
    assert_eq!(offered(&browser.get("/connect/banks?q=care").await), ["AU00002"]);
    assert!(offered(&browser.get("/connect/banks?q=au00001").await).is_empty());
    let shown = browser.get("/connect/banks/AU00001").await;
    assert_eq!((shown.status, shown.location()), (303, "/connect/banks"));
    let page = browser.get("/connect/banks/AU00000").await;
    let mut forged = page.form("Sign in").with("login_id", "gavinBelson").with("password", "hooli2016");
    forged.action = "/connect/banks/AU00001".into();
    assert_eq!(browser.post(&forged).await.status, 303);
    assert!(!browser.get("/connect").await.html.contains("class=\"box\" id="), "nothing was added");
}

#[tokio::test]
async fn the_pages_say_where_they_lead() {
    let place = Place::open().await;
    let ways = "[flow]\nreference_name = \"Meadow Brokers\"\nmanage_url = \"https://quill.example/sharing?a=1&b=2\"\n";
    place.set_look(look(ways)).await.unwrap();
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    assert_eq!(consent.link("Manage your data sharing"), "https://quill.example/sharing?a=1&b=2");
    let hub = browser.press(&consent.form("I agree")).await;
    assert!(hub.html.contains("You are taken back to Meadow Brokers."), "{}", hub.html);
    let done = browser.press(&hub.form("I have disclosed all my accounts")).await;
    assert_eq!(done.link("Back to Meadow Brokers"), "https://partner.example/back?flow=1");
    assert_eq!(done.link("Manage your data sharing"), "https://quill.example/sharing?a=1&b=2");
}

#[tokio::test]
async fn who_helps_the_partner_is_named_before_anybody_agrees() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let consent = enter(&place, &mut browser, &link).await;
    assert!(!consent.html.contains("works with"));
    place.set_policy("supporting_parties = [\"Meadow Brokers\", \"Fern & Sons\"]").await;
    let consent = browser.get("/home").await;
    let said =
        "Quill Lending works with Meadow Brokers and Fern &#38; Sons, who may see it for the same purpose.";
    assert!(consent.html.contains(said), "{}", consent.html);
}
