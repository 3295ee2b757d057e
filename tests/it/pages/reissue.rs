//! A new link by text, for who holds one that is over: where it is offered, what comes of it, and that the
//! answer says nothing.

use super::browser::{Browser, Form, Shown};
use super::enter;
use super::place::Place;
use std::time::Duration;

const NEW: &str = "Text me a new link";
const NEWEST: &str = "Text me the newest link";
const DAY: i64 = 24 * 60 * 60;

/// A server whose partner lets people ask.
async fn allowing() -> Place {
    let place = Place::open().await;
    allow(&place, "").await;
    place
}

async fn allow(place: &Place, more: &str) {
    place.set_look(toml::from_str(&format!("[flow]\nreissue = true\n{more}")).unwrap()).await.unwrap();
}

/// A link of a week ago, with its page.
async fn expired(place: &Place) -> (String, Shown) {
    let link = place.link().await;
    place.advance(7 * DAY);
    let page = Browser::new(&place.base).get(&link).await;
    assert_eq!(page.brief(), (410, "This link has expired"));
    (link, page)
}

/// The path of the link in a text.
fn link_in<'a>(place: &Place, text: &'a str) -> &'a str {
    text.lines().last().unwrap().strip_prefix(place.base.as_str()).expect("the text ends with a link")
}

#[tokio::test]
async fn a_press_on_a_dead_link_brings_one_that_opens() {
    let place = allowing().await;
    let (link, page) = expired(&place).await;
    let mut browser = Browser::new(&place.base);
    assert!(
        page.html.contains("mobile ending in <b class=\"num\">222</b>, if that is still"),
        "{}",
        page.html
    );

    let pressed = browser.post(&page.form(NEW)).await;
    assert_eq!(pressed.status, 303);
    let sent = browser.get(pressed.location()).await;
    assert_eq!(sent.brief(), (200, "Look at your phone"));
    assert!(sent.html.contains("<span>Quill Lending</span>"), "it is in the partner's look");
    assert!(sent.html.contains("https://partner.example/back?flow=1"), "and leads on");
    assert!(!sent.html.contains("222") && !pressed.location().contains(&link[1..]), "and says nothing of it");

    let text = place.text(1).await;
    assert!(text.starts_with("Quill Lending: your link to share bank data."), "{text}");
    let new = link_in(&place, &text);
    assert_ne!(new, link);
    assert_eq!(browser.get(&link).await.brief(), (410, "There is a newer link"));
    let start = browser.get(new).await;
    assert_eq!(start.brief(), (200, "Quill Lending asks to see your bank data"));
    assert!(start.html.contains("Saturday 12 December 2026"), "for a week from now: {}", start.html);
    place.advance(60);
    assert_eq!(enter(&place, &mut browser, new).await.brief(), (200, "Share bank data with Quill Lending?"));
    assert_eq!((place.happened("auth_link.created"), place.happened("auth_link.replaced")), (2, 0));
    assert_eq!(place.happened("auth_link.otp_sent"), 1, "a link is no code");
}

#[tokio::test]
async fn looking_sends_nothing_wherever_it_looks() {
    let place = allowing().await;
    let (link, page) = expired(&place).await;
    let action = page.form(NEW).action;
    assert_eq!(action, format!("{link}/again"));
    let mut scanner = Browser::new(&place.base);
    for path in [link.as_str(), &action, &format!("{link}/code"), "/sent", "/sent?by=x"] {
        let expected = if path.starts_with("/sent") { 200 } else { 410 };
        assert_eq!(scanner.get(path).await.status, expected, "{path}");
        assert_eq!(scanner.head(path).await.status, expected, "{path}");
    }
    assert_eq!((place.texts_wished(), place.happened("auth_link.created")), (0, 1));
}

#[tokio::test]
async fn it_is_offered_where_the_partner_lets_people_ask_and_it_helps() {
    let place = Place::open().await;
    let (_, page) = expired(&place).await;
    assert!(!page.html.contains("<form"), "it is off by default");
    allow(&place, "").await;

    // Too many wrong codes.
    let (locked, mut browser) = (place.link().await, Browser::new(&place.base));
    let start = browser.get(&locked).await;
    let code_page = browser.press(&start.form("Text me a code")).await;
    let code = place.code(1).await;
    for wrong in
        ["000001", "000002", "000003", "000004", "000005", "000006"].into_iter().filter(|one| *one != code)
    {
        browser.post(&code_page.form("Continue").with("code", wrong)).await;
    }
    let page = browser.get(&locked).await;
    assert_eq!(page.brief(), (410, "This link is locked"));
    assert!(page.has_button(NEW) && page.html.contains("someone else had your link"));

    // Somebody is in, then leaves; and by the next one all is disclosed.
    let link = place.link().await;
    place.advance(60);
    let consent = enter(&place, &mut browser, &link).await;
    let page = Browser::new(&place.base).get(&link).await;
    assert_eq!(page.brief(), (410, "This link has been used"));
    assert!(!page.has_button(NEW), "it would put somebody out");
    assert!(page.html.contains("then a new one can be texted to you from here"), "{}", page.html);
    let older = browser.get(&locked).await;
    assert_eq!(older.brief(), (410, "There is a newer link"));
    assert!(older.has_button(NEWEST) && !older.html.contains("222"), "an older link has no number");
    browser.press(&consent.form("No, don’t share")).await;
    let page = browser.get(&link).await;
    assert_eq!(page.brief(), (410, "Nothing is shared"));
    assert!(page.has_button(NEW) && !page.html.contains("What you agreed to"), "{}", page.html);

    let link = place.link().await;
    place.advance(60);
    let consent = enter(&place, &mut browser, &link).await;
    let hub = browser.press(&consent.form("I agree")).await;
    browser.press(&hub.form("I have disclosed all my accounts")).await;
    let page = browser.get(&link).await;
    assert_eq!(page.brief(), (410, "This link is finished"));
    assert!(page.has_button(NEW));

    let link = place.link().await;
    place.delete_link().await;
    let page = browser.get(&link).await;
    assert_eq!(page.brief(), (410, "This link was withdrawn"));
    assert!(!page.has_button(NEW), "the partner means it");
}

#[tokio::test]
async fn a_session_that_paused_is_one_press_from_going_on() {
    let place = allowing().await;
    let (link, mut browser) = (place.link().await, Browser::new(&place.base));
    enter(&place, &mut browser, &link).await;
    place.advance(15 * 60);
    let paused = browser.get("/home").await;
    assert_eq!(paused.brief(), (410, "We closed this page, to keep you safe"));
    assert!(paused.html.contains("mobile ending in <b class=\"num\">222</b>, if that is still"));
    let form = paused.form(NEW);
    let pressed = browser.post(&form).await;
    let text = place.text(2).await;
    let start = browser.get(link_in(&place, &text)).await;
    assert_eq!(start.brief(), (200, "Quill Lending asks to see your bank data"));

    // A browser that holds nothing, or something that never was, gets the same or the usual page.
    assert_eq!(Browser::new(&place.base).post(&form).await.brief(), (404, "Nothing is open in this browser"));
    assert_eq!(browser.post(&form.clone().with("csrf", "x")).await.status, 403);
    let before = place.texts_wished();
    place.delete_user().await;
    assert!(seen(&browser.post(&form).await) == seen(&pressed), "of nobody any more");
    assert_eq!(place.texts_wished(), before);
}

#[tokio::test]
async fn a_link_that_ended_meanwhile_is_not_texted() {
    let place = allowing().await;
    // A gateway that is busy twice: the text waits for a second, and then for two.
    place.change_mobile("+61491577644").await;
    let (_, page) = expired(&place).await;
    Browser::new(&place.base).post(&page.form(NEW)).await;
    assert_eq!(place.wishes(), ["link"]);
    place.delete_link().await;
    for _ in 0..1000 {
        if place.wishes().is_empty() {
            break;
        }
        place.advance(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(place.wishes(), [""; 0], "it is dropped");
    assert_eq!(place.texts_to("+61491577644"), 0);
}

/// Everything that a browser gets, but for the name of the request and the time.
fn seen(shown: &Shown) -> (u16, Vec<(String, String)>, String) {
    let told = |name: &str| !["x-request-id", "date"].contains(&name);
    let headers = shown.headers.iter().filter(|(name, _)| told(name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (shown.status, headers.collect(), shown.html.clone())
}

/// A press, and the page behind it, by a browser that was never here.
async fn pressed(place: &Place, form: &Form) -> [(u16, Vec<(String, String)>, String); 2] {
    let mut browser = Browser::new(&place.base);
    let answer = browser.post(form).await;
    let page = browser.get(answer.location()).await;
    assert_eq!((answer.status, page.status), (303, 200));
    [seen(&answer), seen(&page)]
}

#[tokio::test]
async fn the_answer_says_nothing_of_link_user_and_number() {
    let place = allowing().await;
    let (_, page) = expired(&place).await;
    let form = page.form(NEW);
    let first = pressed(&place, &form).await;
    let newest = place.text(1).await;
    let mut wished = 1;
    let mut same = async |what: &str, comes: usize| {
        wished += comes;
        assert!(pressed(&place, &form).await == first, "{what}: another answer");
        assert_eq!(place.texts_wished(), wished, "{what}");
    };
    same("once more: the newest goes again", 1).await;
    assert_eq!(place.text(2).await, newest);
    same("a third one: as many as a person has in a day", 1).await;
    same("too often", 0).await;
    same("far too often", 0).await;
    assert_eq!(place.refusals("reissue_texts"), 2);
    assert_eq!(place.happened("auth_link.created"), 2, "the new one stays the newest");
}

#[tokio::test]
async fn what_cannot_be_sent_is_answered_as_what_can() {
    let cases =
        ["it works", "the partner lets nobody ask", "another number", "withdrawn", "in use", "deleted"];
    let mut answers = Vec::new();
    for case in cases {
        let place = allowing().await;
        let (link, page) = expired(&place).await;
        match case {
            "the partner lets nobody ask" => place.set_look(toml::from_str("").unwrap()).await.unwrap(),
            "another number" => place.change_mobile("+61491570156").await,
            "withdrawn" => place.delete_link().await,
            "in use" => {
                let newer = place.link().await;
                enter(&place, &mut Browser::new(&place.base), &newer).await;
            }
            "deleted" => {
                place.delete_user().await;
                let gone = Browser::new(&place.base).get(&link).await;
                assert_eq!(gone.brief(), (404, "We don’t know this link"), "as one that never was");
            }
            _ => {}
        }
        let (before, made) = (place.texts_wished(), place.happened("auth_link.created"));
        answers.push((case, pressed(&place, &page.form(NEW)).await));
        let came = usize::from(case == "it works");
        assert_eq!(place.texts_wished() - before, came, "{case}");
        assert_eq!(place.happened("auth_link.created") - made, came, "{case}");
    }
    for (case, answer) in &answers[1..] {
        assert!(
            answer == &answers[0].1,
            "{case} is told from {}:\n{answer:?}\n{:?}",
            answers[0].0,
            answers[0].1
        );
    }
}

#[tokio::test]
async fn a_form_of_another_link_and_one_from_elsewhere_do_nothing() {
    let place = allowing().await;
    let (link, page) = expired(&place).await;
    let form = page.form(NEW);
    let nowhere = "/6f1c2a34-0000-4000-8000-000000000000";
    let other = Form { action: format!("{nowhere}/again"), ..form.clone() };
    let mut browser = Browser::new(&place.base);
    let forged = browser.post(&form.clone().with("csrf", "x")).await;
    assert_eq!(forged.brief(), (403, "Please try that again"));
    // Each leads back to the address that was pressed, and says nothing else.
    let mut unknown = browser.post(&other).await;
    assert_eq!(unknown.link("Try again"), nowhere);
    unknown.html = unknown.html.replace(nowhere, &link);
    assert!(seen(&forged) == seen(&unknown), "a link that never was is no other one");
    let elsewhere = browser.post_with(&form, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(elsewhere.status, 403);
    // Under no partner's name, or another one's, nothing goes out.
    for by in ["", "x", "00000000-0000-0000-0000-000000000009"] {
        assert_eq!(browser.post(&form.clone().with("by", by)).await.status, 303);
    }
    assert_eq!((place.texts_wished(), place.happened("auth_link.created")), (0, 1));
}

#[tokio::test]
async fn the_text_is_in_the_language_of_who_asks_under_the_brand_s_name() {
    for (tag, button, says) in [
        ("ar", "إرسال رابط جديد برسالة نصية", "رابط مشاركة بياناتك المصرفية"),
        ("vi", "Nhắn cho tôi liên kết mới", "liên kết để bạn chia sẻ dữ liệu ngân hàng"),
    ] {
        let place = Place::open().await;
        allow(&place, "[brand]\nname = \"Quill & Daughters\"\n").await;
        let (link, _) = expired(&place).await;
        let mut browser = Browser::new(&place.base);
        let page = browser.get(&format!("{link}?lang={tag}&state=s1")).await;
        let sent = browser.press(&page.form(button)).await;
        assert!(sent.html.contains(&format!("<html lang=\"{tag}\"")), "{}", sent.html);
        let text = place.text(1).await;
        assert!(text.contains(says) && text.contains("Quill & Daughters"), "{text}");
        assert!(!text.contains("s1"), "what stood in the old address is not carried on: {text}");
        assert_eq!(browser.get(link_in(&place, &text)).await.status, 200);
    }
}

#[tokio::test]
async fn the_page_behind_the_press_is_the_partner_s_or_the_house_s() {
    let place = Place::open().await;
    allow(&place, "[brand]\nname = \"Quill & Daughters\"\ncolour = \"#6b2347\"\n").await;
    let (_, page) = expired(&place).await;
    let mut browser = Browser::new(&place.base);
    let sent = browser.press(&page.form(NEW)).await;
    for shown in [&page, &sent] {
        assert!(shown.html.contains("<span>Quill &#38; Daughters</span>"), "{}", shown.html);
        assert!(shown.html.contains("<link rel=\"stylesheet\" href=\"/assets/looks/"), "{}", shown.html);
    }
    let nobody = browser.get("/sent").await;
    assert_eq!(nobody.brief(), (200, "Look at your phone"));
    let unknown = browser.get("/sent?by=00000000-0000-0000-0000-000000000009").await;
    for shown in [&nobody, &unknown] {
        assert!(!shown.html.contains("Quill") && !shown.html.contains("/assets/looks/"));
    }
    assert_eq!(nobody.html, unknown.html.replace("&#38;by=00000000-0000-0000-0000-000000000009", ""));
}
