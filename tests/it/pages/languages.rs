//! Pages in the reader's language: chosen by the link, kept by a cookie, or asked for by the browser.

use super::browser::Browser;
use super::place::Place;

#[tokio::test]
async fn a_link_that_names_a_language_is_read_in_it_to_the_end() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&format!("{link}?state=s%201&lang=ar")).await;
    assert_eq!((start.status, start.headers["content-language"].to_str().unwrap()), (200, "ar"));
    assert!(start.html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{}", start.heading());
    assert!(start.html.contains("\u{2068}Quill Lending\u{2069}"), "a name keeps its own direction");
    let sent = browser.post(&start.form("إرسال رمز برسالة نصية")).await;
    assert_eq!(sent.location(), format!("{link}/code?state=s%201&lang=ar"));
    let page = browser.get(sent.location()).await;
    let code = place.code(1).await;
    let consent = browser.press(&page.form("متابعة").with("code", &code)).await;
    // The session's address says no language; the cookie does.
    assert!(consent.html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{}", consent.heading());
    let agreed = browser.press(&consent.form("أوافق")).await;
    assert!(agreed.html.contains("<html lang=\"ar\" dir=\"rtl\">"));
    let english = browser.get(&agreed.link("English")).await;
    assert_eq!(english.brief(), (200, "Your banks"));
    assert_eq!(browser.get("/connect").await.brief(), (200, "Your banks"), "the new choice is kept");
    let done = browser.press(&english.form("I have disclosed all my accounts")).await;
    assert_eq!(done.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s%201");
}

#[tokio::test]
async fn a_browser_is_answered_in_what_it_asks_for() {
    let place = Place::open().await;
    let link = place.link().await;
    let client = reqwest::Client::new();
    for (wanted, tag) in [("vi-VN,vi;q=0.9,en;q=0.5", "vi"), ("de-DE", "en-AU"), ("ar,en", "ar")] {
        let get = |path: &str| {
            let request = client.get(format!("{}{path}", place.base));
            request.header("accept", "text/html").header("accept-language", wanted).send()
        };
        for path in [&*link, "/nothing-of-ours", "/home", "/connect"] {
            let answer = get(path).await.unwrap();
            assert_eq!(answer.headers()["content-language"], tag, "{path}");
            assert!(!answer.headers().contains_key("set-cookie") || path == link, "nothing was chosen");
            assert!(answer.text().await.unwrap().contains(&format!("<html lang=\"{tag}\"")), "{path}");
        }
    }
}

#[tokio::test]
async fn no_page_writes_the_token_of_its_address_into_a_link() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let shown = browser.get("/home?token=not.a.token&lang=vi").await;
    assert_eq!((shown.status, shown.headers["content-language"].to_str().unwrap()), (410, "vi"));
    assert!(!shown.html.contains("not.a.token") && !shown.html.contains("hreflang"), "{}", shown.html);
}

#[tokio::test]
async fn a_code_is_texted_in_the_language_of_the_page_on_which_it_was_asked_for() {
    const LAST: &str = "@links.example #";
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&format!("{link}?lang=ar")).await;
    browser.post(&start.form("إرسال رمز برسالة نصية")).await;
    let (text, code) = (place.text(1).await, place.code(1).await);
    let words = "هو رمزك لمشاركة بياناتك المصرفية مع \u{2068}Quill Lending\u{2069}.";
    assert!(text.starts_with(&format!("{code} {words}")) && code.len() == 6, "{text}");
    assert_eq!(
        text.lines().last(),
        Some(format!("{LAST}{code}").as_str()),
        "to be read from the left, as it is"
    );
    // The next one is asked for on the page in another language, which the cookie keeps.
    place.advance(31);
    browser.get(&format!("{link}/code?lang=vi")).await;
    let page = browser.get(&format!("{link}/code")).await;
    browser.post(&page.form("Nhắn mã mới cho tôi")).await;
    let (text, code) = (place.text(2).await, place.code(2).await);
    assert!(text.starts_with(&format!("{code} là mã")) && text.contains("Quill Lending"), "{text}");
    assert_eq!(text.lines().last(), Some(format!("{LAST}{code}").as_str()));
}
