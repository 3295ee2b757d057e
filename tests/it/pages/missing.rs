//! Before the declaration: what the transactions show to be missing is asked about, and what the person says
//! is the partner's to read.

use super::browser::{Browser, Shown};
use crate::api::customer::{Customer, MOBILE};
use crate::rig::{Rig, answer};
use reqwest::Method;
use serde_json::json;

const DECLARE: &str = "I have disclosed all my accounts";

/// The hub of somebody who comes by a partner's token.
async fn hub(rig: &Rig, customer: &Customer<'_>) -> (Browser, Shown) {
    let mut browser = Browser::new(&rig.base);
    let token = customer.token().await;
    let mut shown = browser.get(&format!("/home?token={token}")).await;
    while shown.status == 303 {
        let place = shown.location().to_owned();
        shown = browser.get(&place).await;
    }
    assert_eq!(shown.brief(), (200, "Your banks"));
    (browser, shown)
}

#[tokio::test]
async fn a_card_that_is_paid_but_not_here_is_asked_about_and_the_answer_is_kept() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    customer.connect("AU00000", "ashMann", "hooli2024").await;
    let (mut browser, hub) = hub(&rig, &customer).await;
    let none = answer(customer.call(Method::GET, &customer.path("/attestation"))).await;
    assert_eq!(none.0, 404, "nothing is declared yet");

    let check = browser.press(&hub.form(DECLARE)).await;
    assert_eq!(check.brief(), (200, "Is anything missing?"));
    assert!(check.html.contains("You make payments on a card that isn’t here"), "{}", check.html);
    // It is paid each month, on the 21st: five or six of them lie in 180 days.
    let said = |times| format!("“OTHER ISSUER CARD PAYMENT”, {times} times in the last six months.");
    assert!([5, 6].iter().any(|times| check.html.contains(&said(times))), "{}", check.html);
    assert_eq!(check.link("Add it"), "/connect/banks");
    assert_eq!(check.link("Back to your banks"), "/connect");
    assert_eq!(answer(customer.call(Method::GET, &customer.path("/attestation"))).await.0, 404);

    // Who says to have been shown something else is shown it.
    let unasked = check.form(DECLARE).with("shown", "card:SOMETHING ELSE");
    assert_eq!(browser.press(&unasked).await.brief(), (200, "Is anything missing?"));
    let form = check.form(DECLARE).with("not_mine", "card:OTHER ISSUER CARD PAYMENT");
    let done = browser.press(&form).await;
    assert_eq!(done.brief(), (200, "Thank you. That’s everything."));
    let kept = customer.read("/attestation").await;
    let [gap] = &kept["gaps"].as_array().unwrap()[..] else { panic!("one gap: {kept}") };
    assert_eq!(
        [&gap["missing"], &gap["description"], &gap["answer"]],
        [&json!("card"), &json!("OTHER ISSUER CARD PAYMENT"), &json!("not-mine")]
    );
    assert!((5..=6).contains(&gap["count"].as_u64().unwrap()), "{gap}");
    let consent = customer.read("/consents").await["data"][0]["id"].as_str().unwrap().to_owned();
    assert!(kept["links"]["consent"].as_str().unwrap().ends_with(&consent));
    // Twice is harmless, and changes nothing.
    assert_eq!(browser.press(&form).await.brief(), (200, "Thank you. That’s everything."));
    assert_eq!(customer.read("/attestation").await, kept);

    let (status, _) =
        answer(customer.call(Method::DELETE, &customer.path(&format!("/consents/{consent}")))).await;
    assert_eq!(status, 204);
    let gone = answer(customer.call(Method::GET, &customer.path("/attestation"))).await;
    assert_eq!(gone.0, 404, "it goes with its consent");
}

#[tokio::test]
async fn who_ticks_nothing_is_not_held_up_and_a_stranger_s_answer_counts_for_nothing() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    customer.connect("AU00000", "ashMann", "hooli2024").await;
    let (mut browser, hub) = hub(&rig, &customer).await;
    let check = browser.press(&hub.form(DECLARE)).await;
    let done = browser.press(&check.form(DECLARE).with("not_mine", "loan:SOMETHING ELSE")).await;
    assert_eq!(done.brief(), (200, "Thank you. That’s everything."));
    let kept = customer.read("/attestation").await;
    assert_eq!((kept["gaps"].as_array().unwrap().len(), &kept["gaps"][0]["answer"]), (1, &json!("none")));
}

#[tokio::test]
async fn what_waits_for_an_answer_elsewhere_says_so_and_can_be_taken_over() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    let job = customer.begin("AU00002", "jared", "django").await;
    customer.asked(&job).await;
    let (mut browser, hub) = hub(&rig, &customer).await;
    assert!(hub.html.contains("Not finished yet") && !hub.html.contains("What was read before"));
    let page = browser.get("/connect/banks/AU00002").await;
    let form = page.form("Sign in").with("login_id", "jared").with("password", "django");
    let hub = browser.press(&form).await;
    assert_eq!(hub.link("Answer Sandbox Careful Bank"), format!("/connect/jobs/{job}/answer"));
    let asked = browser.press(&hub.form(DECLARE)).await;
    assert_eq!(asked.heading(), "Sandbox Careful Bank still waits for your answer");
    let done = browser.press(&asked.form("Leave it out and finish")).await;
    assert_eq!(done.brief(), (200, "Thank you. That’s everything."));
}

#[tokio::test]
async fn a_first_sign_in_that_failed_elsewhere_says_how() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    let job = customer.begin("AU00000", "ashMann", "wrong").await;
    customer.ended(&job).await;
    let (_, hub) = hub(&rig, &customer).await;
    assert!(hub.html.contains("Login ID or password is wrong"), "{}", hub.html);
    assert!(hub.html.contains("sees no account of yours yet") && !hub.html.contains("What was read before"));
    assert!(hub.html.contains(&format!("<button class=\"btn alt\">{DECLARE}")), "to declare now is early");
}

#[tokio::test]
async fn the_stream_speaks_the_language_of_its_page() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    customer.connect("AU00000", "ashMann", "hooli2024").await;
    let (mut browser, _) = hub(&rig, &customer).await;
    for (language, said) in
        [("ar", "أفصحت عن جميع حساباتي"), ("vi", "Tôi đã khai báo tất cả"), ("en", DECLARE)]
    {
        let page = browser.get(&format!("/connect?lang={language}")).await;
        let told = browser.get("/connect/progress").await;
        assert!(page.html.contains(said) && told.html.contains(said), "{language}: {}", told.html);
    }
}

#[tokio::test]
async fn who_has_nothing_missing_is_not_asked() {
    let rig = Rig::start();
    let customer = Customer::enter(&rig).await;
    let (mut browser, empty) = hub(&rig, &customer).await;
    assert_eq!(browser.get("/connect/check").await.location(), "/connect", "there is nothing to ask");
    assert_eq!(browser.get("/connect/waiting").await.location(), "/connect", "nothing is under way");
    let done = browser.press(&empty.form(DECLARE)).await;
    assert_eq!(done.brief(), (200, "Thank you. That’s everything."));
    assert_eq!(customer.read("/attestation").await["gaps"], json!([]));
    assert_eq!(browser.get("/connect/check").await.location(), "/home", "it is over");
}

#[tokio::test]
async fn a_declaration_that_a_partner_s_page_sends_says_that_nobody_was_asked() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let customer = Customer::of(&rig, partner).await;
    let link = rig.link(&customer.partner, &customer.user).await;
    let token = rig.enter(&link, MOBILE).await;
    let declare = rig.call(&token, Method::PUT, &format!("/client_auth/{link}"));
    assert_eq!(declare.send().await.unwrap().status(), 204);
    assert_eq!(customer.read("/attestation").await["gaps"], json!(null));
}

#[tokio::test]
async fn the_personas_show_what_they_have_elsewhere_and_nothing_else() {
    let rig = Rig::start();
    for (login_id, password, missing) in [
        ("Wentworth-Smith", "whislter", &["loan"][..]),
        ("Whistler", "ShowBox", &[]),
        ("Gilfoyle", "PiedPiper", &[]),
        ("gavinBelson", "hooli2016", &[]),
        ("jared", "django", &["loan", "loan"]),
        ("richard", "tabsnotspaces", &["loan", "loan", "card"]),
        ("laurieBream", "business2024", &[]),
        ("ashMann", "hooli2024", &["card"]),
    ] {
        let customer = Customer::enter(&rig).await;
        customer.connect("AU00000", login_id, password).await;
        let (mut browser, hub) = hub(&rig, &customer).await;
        let mut shown = browser.press(&hub.form(DECLARE)).await;
        if !missing.is_empty() {
            shown = browser.press(&shown.form(DECLARE)).await;
        }
        assert_eq!(shown.brief(), (200, "Thank you. That’s everything."), "{login_id}");
        let kept = customer.read("/attestation").await;
        let gaps = kept["gaps"].as_array().unwrap();
        let found: Vec<&str> = gaps.iter().map(|gap| gap["missing"].as_str().unwrap()).collect();
        assert_eq!(found, missing, "{login_id}: {kept}");
    }
}
