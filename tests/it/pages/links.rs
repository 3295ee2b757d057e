//! The link's own pages: looking, asking for a code, trying one, and every way a link ends.

use super::browser::Browser;
use super::enter;
use super::place::{Place, Setup};

const OTHER: &str = "/6f1c2a34-0000-4000-8000-000000000000";

/// A code that is not `code`.
fn wrong(code: &str) -> String {
    other(code, 1)
}

/// Another one for each `step`.
fn other(code: &str, step: u32) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + step) % 1_000_000)
}

#[tokio::test]
async fn the_whole_way_without_a_script() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;

    let start = browser.get(&format!("{link}?state=s%201%26x&action=connect")).await;
    assert_eq!(start.brief(), (200, "Quill Lending asks to see your bank data"));
    assert!(start.html.contains("mobile ending in <b class=\"num\">222</b>"));
    assert!(start.html.contains("Saturday 5 December 2026 at 9:14 am UTC"), "until when it works");
    assert!(!start.html.contains("491570"), "the number itself stays hidden");

    let sent = browser.post(&start.form("Text me a code")).await;
    assert_eq!(
        (sent.status, sent.location()),
        (303, &*format!("{link}/code?state=s%201%26x&action=connect"))
    );
    let code_page = browser.get(sent.location()).await;
    assert_eq!(code_page.brief(), (200, "Enter the code we texted you"));
    assert!(code_page.html.contains("You can ask for a new one in <span class=\"num\">30</span> seconds"));
    assert!(
        code_page.html.contains("autocomplete=\"one-time-code\"")
            && code_page.html.contains("inputmode=\"numeric\"")
    );

    let code = place.code(1).await;
    let typed = format!(" {} {}", &code[..3], &code[3..]);
    let entered = browser.post(&code_page.form("Continue").with("code", &typed)).await;
    assert_eq!((entered.status, entered.location()), (303, "/home?arrived=1"));

    let consent = browser.get(entered.location()).await;
    assert_eq!(consent.brief(), (200, "Share bank data with Quill Lending?"));
    for said in [
        "Account balance and details",
        "Transaction details",
        "12 months",
        "2 years",
        "28 Nov 2027",
        "How to stop",
    ] {
        assert!(consent.html.contains(said), "the consent page does not say {said}");
    }
    assert_eq!(place.consent().await, None, "reading is not agreeing");
    let agreed = browser.press(&consent.form("I agree")).await;
    assert_eq!(agreed.brief(), (200, "Choose your bank"), "they were sent to connect");
    let agreed = browser.get("/connect").await;
    assert_eq!(agreed.brief(), (200, "Your banks"));
    assert!(place.consent().await.is_some());

    let done = browser.press(&agreed.form("I have disclosed all my accounts")).await;
    assert_eq!(done.brief(), (200, "Thank you. That’s everything."));
    assert_eq!(done.link("Back to Quill Lending"), "https://partner.example/back?flow=1&state=s%201%26x");
    assert_eq!(place.link_state().await, "no link");
    let after = browser.get(&link).await;
    assert_eq!(after.brief(), (410, "This link is finished"));
    assert_eq!(after.link("See your receipt"), "/home");
}

#[tokio::test]
async fn looking_spends_nothing_and_sends_nothing() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    for path in [link.clone(), format!("{link}/code"), format!("{link}?state=x")] {
        for _ in 0..3 {
            assert_eq!(browser.get(&path).await.status, 200);
            let head = browser.head(&path).await;
            assert_eq!((head.status, head.html.len()), (200, 0));
            assert!(head.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        }
    }
    assert_eq!((place.texts(), &*place.link_state().await), (0, "Issued"));
    assert_eq!(enter(&place, &mut browser, &link).await.status, 200);
}

#[tokio::test]
async fn a_link_is_handed_over_to_a_phone_without_being_spent() {
    let place = Place::open().await;
    let (mut desk, mut phone) = (Browser::new(&place.base), Browser::new(&place.base));
    let link = place.link().await;
    let start = desk.get(&format!("{link}?state=s1")).await;
    let page = desk.get(&start.link("On a computer? Continue on your phone")).await;
    assert_eq!(page.brief(), (200, "Continue on your phone"));
    assert!(page.html.contains("<svg class=\"square\"") && !page.html.contains("<form"), "nothing to press");
    assert_eq!(page.link("Carry on here instead"), format!("{link}?state=s1"));
    assert_eq!((place.texts(), &*place.link_state().await), (0, "Issued"));
    // The phone opens the same link, and the desk is told where it goes on.
    assert_eq!(enter(&place, &mut phone, &format!("{link}?state=s1")).await.status, 200);
    assert_eq!(desk.get(&format!("{link}/phone")).await.brief(), (410, "This link has been used"));
    let long = desk.get(&format!("{OTHER}/phone")).await;
    assert_eq!(long.brief(), (404, "We don’t know this link"));
    let second = place.link().await;
    let long = desk.get(&format!("{second}/phone?state={}", "x".repeat(3000))).await;
    assert_eq!(long.status, 303, "an address that fits in no square goes on without one");
}

#[tokio::test]
async fn each_end_of_a_link_has_its_page() {
    let place = Place::open().await;
    let mut stranger = Browser::new(&place.base);
    assert_eq!(stranger.get(OTHER).await.brief(), (404, "We don’t know this link"));
    assert_eq!(stranger.get(&OTHER[..20]).await.brief(), (404, "We don’t know this link"), "cut short");

    let first = place.link().await;
    let second = place.link().await;
    assert_eq!(stranger.get(&first).await.brief(), (410, "There is a newer link"));
    assert_eq!(stranger.get(&format!("{first}/code")).await.status, 410);
    place.delete_link().await;
    assert_eq!(stranger.get(&second).await.brief(), (410, "This link was withdrawn"));

    let third = place.link().await;
    let stale = stranger.get(&third).await.form("Text me a code");
    place.advance(7 * 86_400);
    assert_eq!(stranger.get(&third).await.brief(), (410, "This link has expired"));
    assert_eq!(stranger.press(&stale).await.brief(), (410, "This link has expired"), "also for an old form");
    assert_eq!(place.texts(), 0);

    let fourth = place.link().await;
    let mut owner = Browser::new(&place.base);
    enter(&place, &mut owner, &fourth).await;
    assert_eq!(stranger.get(&fourth).await.brief(), (410, "This link has been used"));
    let own = owner.get(&fourth).await;
    assert_eq!((own.status, own.location()), (303, "/home"));
    place.advance(15 * 60);
    assert_eq!(stranger.get(&fourth).await.brief(), (410, "This link closed unfinished"));
    assert_eq!(owner.get("/home").await.brief(), (410, "We closed this page, to keep you safe"));
}

#[tokio::test]
async fn wrong_codes_are_counted_down_and_lock_the_link() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&link).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let code = place.code(1).await;
    for (typed, said) in [("", "six digits"), ("12345", "six digits"), ("abcdef", "six digits")] {
        let shown = browser.press(&page.form("Continue").with("code", typed)).await;
        assert_eq!((shown.status, shown.title()), (200, "Error: the code has six digits – Quill Lending"));
        assert!(shown.html.contains(said), "{typed}");
    }
    for (step, left) in (1..).zip(["4 more times", "3 more times", "2 more times", "once more"]) {
        let shown = browser.press(&page.form("Continue").with("code", &other(&code, step))).await;
        assert_eq!((shown.status, shown.title()), (200, "Error: wrong code – Quill Lending"));
        assert!(shown.html.contains(left), "{left}");
        assert!(shown.html.contains(" aria-invalid=\"true\" autofocus>"), "the field wants the reader");
    }
    let locked = browser.press(&page.form("Continue").with("code", &other(&code, 5))).await;
    assert_eq!(locked.brief(), (410, "This link is locked"));
    let right = browser.press(&page.form("Continue").with("code", &code)).await;
    assert_eq!(right.brief(), (410, "This link is locked"), "the right code comes too late");
}

#[tokio::test]
async fn a_wrong_try_counts_once_however_often_its_page_is_loaded_or_its_form_is_sent() {
    let place = Place::open().await;
    let (mut browser, mut second) = (Browser::new(&place.base), Browser::new(&place.base));
    let link = place.link().await;
    let start = browser.get(&format!("{link}?state=s1")).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let code = place.code(1).await;
    let form = page.form("Continue").with("code", &wrong(&code));
    let pressed = browser.post(&form).await;
    assert_eq!((pressed.status, pressed.location()), (303, &*format!("{link}/code?state=s1")));
    for _ in 0..3 {
        let shown = browser.get(pressed.location()).await;
        assert!(shown.title().starts_with("Error: wrong code") && shown.html.contains("4 more times"));
    }
    // A double click without a script, twice at once.
    let mut twin = browser.clone();
    let (one, two) = tokio::join!(browser.post(&form), twin.post(&form));
    assert_eq!((one.status, two.status), (303, 303));
    let shown = browser.get(&format!("{link}/code")).await;
    assert!(shown.html.contains("4 more times"), "the same try counts once");
    let spoken = browser.clone().get(&format!("{link}/code?lang=vi")).await;
    assert!(
        spoken.html.contains("lang=\"vi\"") && spoken.html.contains("role=\"alert\""),
        "in each language"
    );

    // Another browser's try is another, and what is said is said to each alone.
    second.get(&format!("{link}/code")).await;
    assert!(second.press(&form).await.html.contains("3 more times"));
    assert!(!Browser::new(&place.base).get(&format!("{link}/code")).await.html.contains("role=\"alert\""));
    // So is the same one after others.
    browser.press(&form.clone().with("code", &other(&code, 2))).await;
    assert!(browser.press(&form).await.html.contains("once more"));
    place.advance(120);
    let fresh = browser.press(&start.form("Text me a code")).await;
    assert!(!fresh.html.contains("role=\"alert\""), "what was wrong with the code before is over");
}

#[tokio::test]
async fn whoever_asks_for_a_text_is_told_whether_one_went() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let form = browser.get(&link).await.form("Text me a code");
    let first = browser.press(&form).await;
    assert!(!first.html.contains("role=\"status\"><svg"), "the first one needs no word");
    place.advance(10);
    let early = browser.press(&form).await;
    assert!(early.html.contains("<b>No other text was sent.</b> The last one went at "), "{}", early.html);
    assert!(
        browser.get(&format!("{link}/code")).await.html.contains("No other text was sent"),
        "on a reload"
    );
    place.advance(20);
    let later = browser.get(&format!("{link}/code")).await;
    assert!(!later.html.contains("No other text was sent"), "by now one may be asked for");
    let second = browser.press(&form).await;
    assert!(second.html.contains("<b>We texted a new code at "), "{}", second.html);
    place.code(2).await;
    assert_eq!(place.texts(), 2);
    let shown = browser.press(&second.form("Continue").with("code", "12")).await;
    assert!(shown.html.contains("We texted a new code") && shown.html.contains("six digits"));
}

#[tokio::test]
async fn a_press_that_was_not_done_has_a_way_to_press_again() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&format!("{link}?state=s1")).await;
    let forged = browser.post(&start.form("Text me a code").with("csrf", "")).await;
    assert_eq!(forged.brief(), (403, "Please try that again"));
    let again = browser.get(&forged.link("Try again")).await;
    assert_eq!(again.brief(), (200, "Quill Lending asks to see your bank data"));
    assert!(again.form("Text me a code").action.ends_with("?state=s1"));
    enter(&place, &mut browser, &link).await;
    let form = browser.get("/home").await.form("I agree");
    let forged = browser.post(&form.with("csrf", "")).await;
    assert_eq!((forged.status, &*forged.link("Try again")), (403, "/home"));
    assert!(forged.html.contains("href=\"/home?lang=ar\""), "and the other languages");
}

#[tokio::test]
async fn a_code_that_ran_out_is_said_and_not_counted() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&link).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let code = place.code(1).await;
    place.advance(10 * 60);
    let late = browser.press(&page.form("Continue").with("code", &code)).await;
    assert_eq!((late.status, late.title()), (200, "Error: the code has run out – Quill Lending"));
    let again = browser.press(&late.form("Text me a new code")).await;
    let fresh = place.code(2).await;
    let shown = browser.press(&again.form("Continue").with("code", &wrong(&fresh))).await;
    assert!(shown.html.contains("4 more times"), "the late try was counted");
}

#[tokio::test]
async fn texts_wait_for_the_cool_down_and_end_with_the_tenth() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let form = browser.get(&link).await.form("Text me a code");
    browser.press(&form).await;
    place.code(1).await;
    place.advance(10);
    let early = browser.press(&form).await;
    assert!(early.html.contains("<span class=\"num\">20</span> seconds"), "the seconds left are shown");
    assert_eq!(place.texts(), 1, "nothing is sent inside the cool-down");
    for count in 2..=10 {
        place.advance(120);
        browser.press(&form).await;
        place.code(count).await;
    }
    let last = browser.get(&format!("{link}/code")).await;
    assert!(last.html.contains("No more texts can go") && !last.has_button("Text me a new code"));
    place.advance(120);
    let refused = browser.press(&form).await;
    assert_eq!(refused.status, 200);
    assert!(refused.html.contains("No more texts can go for this link"));
    let code = place.code(10).await;
    let entered = browser.press(&refused.form("Continue").with("code", &code)).await;
    assert_eq!(entered.heading(), "Share bank data with Quill Lending?", "the last code still works");
}

#[tokio::test]
async fn the_right_code_sent_twice_is_one_session_in_one_browser() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&link).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let form = page.form("Continue").with("code", &place.code(1).await);

    // A double click: the browser throws the first answer away, and its cookie with it.
    let before = browser.cookies.clone();
    assert_eq!(browser.post(&form).await.location(), "/home");
    browser.cookies = before;
    let second = browser.post(&form).await;
    assert_eq!((second.status, second.location()), (303, "/home"));
    assert_eq!(browser.get("/home").await.heading(), "Share bank data with Quill Lending?");

    let mut other = Browser::new(&place.base);
    other.get(&link).await;
    other.get(&format!("{link}/code")).await;
    assert_eq!(other.press(&form).await.brief(), (410, "This link has been used"), "another browser");
    assert_eq!(other.get("/home").await.status, 404);
}

#[tokio::test]
async fn who_was_cut_off_at_the_right_code_enters_it_again_in_the_same_browser() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&format!("{link}?state=s1")).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let code = place.code(1).await;
    let mut other = Browser::new(&place.base);
    other.get(&format!("{link}/code")).await;
    let before = browser.cookies.clone();
    assert_eq!(browser.post(&page.form("Continue").with("code", &code)).await.location(), "/home");
    browser.cookies = before;

    let stopped = browser.get(&link).await;
    assert_eq!(stopped.brief(), (410, "This link has been used"));
    let again = stopped.form("Continue");
    let other_code = browser.press(&again.clone().with("code", &wrong(&code))).await;
    assert_eq!(other_code.brief(), (410, "This link has been used"), "another code earns nothing");
    assert_eq!(browser.post(&again.clone().with("code", &code)).await.location(), "/home");
    assert_eq!(browser.get("/home").await.heading(), "Share bank data with Quill Lending?");

    let theirs = other.get(&link).await.form("Continue").with("code", &code);
    let refused = other.press(&theirs).await;
    assert_eq!(refused.brief(), (410, "This link has been used"), "the right code in another browser");
    let stranger = Browser::new(&place.base).get(&link).await;
    assert!(!stranger.has_button("Continue"), "who never saw the code page is offered nothing");
}

#[tokio::test]
async fn who_knows_a_browser_from_before_cannot_guess_their_way_into_its_session() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    // Whoever sat here before kept what the browser holds.
    let start = browser.get(&link).await;
    browser.get(&format!("{link}/code")).await;
    let mut before = Browser::new(&place.base);
    before.cookies.clone_from(&browser.cookies);
    assert_eq!(before.cookies.len(), 1);
    let page = browser.press(&start.form("Text me a code")).await;
    assert_ne!(browser.cookies, before.cookies, "a text brings a fresh one");
    let code = place.code(1).await;
    let form = page.form("Continue").with("code", &code);
    let entry = browser.cookies.clone();
    assert_eq!(browser.post(&form).await.location(), "/home");
    assert_eq!(before.press(&form).await.brief(), (410, "This link has been used"));

    // Also the one who knows that one has no more tries than the link.
    let mut guesser = Browser::new(&place.base);
    guesser.cookies = entry;
    for _ in 0..4 {
        assert!(guesser.get(&link).await.has_button("Continue"));
        let missed = guesser.press(&form.clone().with("code", &wrong(&code))).await;
        assert_eq!(missed.brief(), (410, "This link has been used"));
    }
    assert!(!guesser.get(&link).await.has_button("Continue"), "five misses in all");
    assert_eq!(guesser.press(&form).await.brief(), (410, "This link has been used"));
    assert_eq!(browser.get("/home").await.heading(), "Share bank data with Quill Lending?");
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_does_not_spend_the_code() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let start = browser.get(&link).await;
    let page = browser.press(&start.form("Text me a code")).await;
    let form = page.form("Continue").with("code", &place.code(1).await);
    browser.cookies.clear();
    let told = browser.post(&form).await;
    assert_eq!(told.status, 422);
    assert!(told.html.contains("keeps no cookie") && told.title().starts_with("Error: "), "{}", told.html);
    assert_eq!(&*place.link_state().await, "Challenged", "nothing was tried");
    // That answer brought the cookie again, and this time it was kept.
    assert_eq!(browser.post(&form).await.location(), "/home");
}

#[tokio::test]
async fn a_form_that_is_not_ours_does_nothing() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let form = browser.get(&link).await.form("Text me a code");
    let elsewhere = Place::open().await;
    let foreign_link = elsewhere.link().await;
    let foreign = Browser::new(&elsewhere.base).get(&foreign_link).await.form("Text me a code");
    let foreign_csrf = &foreign.fields[0].1;
    for bad in [form.clone().with("csrf", ""), form.clone().with("csrf", foreign_csrf)] {
        assert_eq!(browser.post(&bad).await.brief(), (403, "Please try that again"));
    }
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("origin", "https://evil.example")],
        &[("content-type", "text/plain")],
    ] {
        assert_eq!(browser.post_with(&form, headers).await.status, 403, "{headers:?}");
    }
    let long = form.clone().with("filler", &"x".repeat(20_000));
    assert_eq!(browser.post(&long).await.status, 403, "too long to be ours");
    assert_eq!((place.texts(), &*place.link_state().await), (0, "Issued"));
    let good = browser.post_with(&form, &[("sec-fetch-site", "same-origin"), ("origin", "null")]).await;
    assert_eq!(good.status, 303);
}

#[tokio::test]
async fn a_server_that_cannot_write_says_what_to_do_and_loses_nothing() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let form = browser.get(&link).await.form("Text me a code");
    place.set_full(true).await;
    let busy = browser.post(&form).await;
    assert_eq!(busy.brief(), (503, "Please wait a moment"));
    assert_eq!(busy.headers["retry-after"], "30");
    assert_eq!(browser.get(&link).await.status, 200, "looking goes on");
    place.set_full(false).await;
    let shown = browser.press(&form).await;
    assert_eq!(shown.brief(), (200, "Enter the code we texted you"));
    place.code(1).await;
}

#[tokio::test]
async fn pages_are_closed_and_cookies_guarded() {
    for is_https in [false, true] {
        let place = Place::with(Setup { is_https, requires_link: false }).await;
        let mut browser = Browser::new(&place.base);
        let link = place.link().await;
        let shown = browser.get(&link).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-robots-tag", "noindex, nofollow"),
        ] {
            assert_eq!(shown.headers[name], value);
        }
        let held = shown.headers.get("strict-transport-security");
        assert_eq!(
            held.map(reqwest::header::HeaderValue::as_bytes),
            is_https.then_some(&b"max-age=31536000"[..])
        );
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && policy.contains("connect-src 'self'")
        );
        assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(!shown.headers.contains_key("access-control-allow-origin"), "pages are not shared");

        enter(&place, &mut browser, &link).await;
        let name = if is_https { "__Host-authlink=" } else { "authlink=" };
        let set = browser.set.iter().find(|set| set.starts_with(name)).expect("no session cookie");
        assert!(set.contains("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
        assert_eq!(set.contains("; Secure"), is_https, "{set}");
        assert!(!set.contains("Domain") && !set.contains("Max-Age"), "{set}");
    }
}
