//! What was shown is what is kept: the words that a person agreed to, in the language in which they read them.

use super::browser::Browser;
use super::errands::come;
use super::place::{Place, START};
use authlink::domain::look::wanted::WantedLook;
use authlink::domain::notice::Notice;

const ASKS_IN_VIETNAMESE: &str = "&lang=vi";

fn another_name() -> WantedLook {
    toml::from_str("[brand]\nname = \"Another Name\"\n").unwrap()
}

/// The text of each paragraph and line of a list on a page, as a reader has it, up to where the page speaks of
/// itself.
fn paragraphs(html: &str) -> Vec<String> {
    let (_, main) = html.split_once("<main").unwrap();
    let (main, _) = main.split_once("<p class=\"small soft part\" id=\"idle\"").unwrap();
    let mut found = Vec::new();
    for element in ["p", "li", "h1", "h2", "h3", "button"] {
        let tag = format!("<{element}");
        let opened = main.split(tag.as_str()).skip(1).filter(|rest| rest.starts_with([' ', '>']));
        for rest in opened {
            let (_, rest) = rest.split_once('>').unwrap();
            let inner = rest.split(&format!("</{element}>")).next().unwrap();
            if inner.contains("<p") || inner.contains("<svg") {
                continue;
            }
            let bare: String = inner.split('<').enumerate().fold(String::new(), |text, (place, part)| {
                text + if place == 0 { part } else { part.split_once('>').unwrap().1 }
            });
            found.push(bare.split_whitespace().collect::<Vec<_>>().join(" ").replace("&#39;", "'"));
        }
    }
    found
}

#[tokio::test]
async fn who_agrees_in_vietnamese_has_agreed_to_these_words_in_vietnamese() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, ASKS_IN_VIETNAMESE).await;
    let said = paragraphs(&page.html);
    assert!(said.len() > 20 && said.contains(&"Tôi đồng ý".to_owned()), "{said:?}");
    let form = page.form("Tôi đồng ý");
    for _ in 0..2 {
        assert_eq!(browser.post(&form).await.status, 303, "twice is once");
    }
    let consent = place.consent().await.unwrap();
    let notice = place.notice(consent).unwrap();
    assert_eq!(notice.language, "vi");
    for paragraph in &said {
        assert!(notice.text.lines().any(|line| line == paragraph), "{paragraph}\nis not in\n{}", notice.text);
    }
    let listed = place.read_consents().await;
    assert!(listed["data"][0].get("language").is_none(), "clients of the original know no such member");
    assert_eq!(place.read_consent(consent).await["language"], "vi");

    place.set_look(another_name()).await.unwrap();
    place.change_policy().await;
    place.advance(60 * 86_400);
    assert_eq!(place.notice(consent), Some(notice.clone()), "what changes later changes nothing of it");
    let exported = place.export().await;
    let line = exported.lines().find(|line| line.contains("\"record\":\"notice\"")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["language"], &line["text"]), (&"vi".into(), &notice.text.as_str().into()));
    assert_eq!(line["consent"], consent.to_string());
}

#[tokio::test]
async fn the_persons_page_and_the_receipt_say_what_was_agreed_to() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, ASKS_IN_VIETNAMESE).await;
    browser.press(&page.form("Tôi đồng ý")).await;
    let consent = place.consent().await.unwrap();
    let shown = browser.get("/manage?lang=en").await;
    for said in ["What you agreed to, word for word", "lang=\"vi\" dir=\"ltr\"", "<p>Tôi đồng ý</p>"] {
        assert!(shown.html.contains(said), "{said}");
    }
    let ask = browser.get("/manage/withdraw").await;
    browser.press(&ask.form("Stop sharing")).await;
    let receipt = browser.get(&format!("/manage/ended/{consent}")).await;
    assert!(receipt.html.contains("As you were shown it, in Tiếng Việt."));
    assert!(receipt.html.contains("<p>Tôi đồng ý</p>"));
}

#[tokio::test]
async fn whoever_was_shown_other_words_is_asked_again() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, "").await;
    let form = page.form("I agree");
    for (field, value) in [("notice", "x"), ("language", "vi"), ("language", "tlh"), ("notice", "")] {
        let refused = browser.press(&form.clone().with(field, value)).await;
        assert_eq!(refused.brief(), (409, "Please read it again"), "{field}");
        assert_eq!(place.consent().await, None, "{field}");
    }
    place.set_look(another_name()).await.unwrap();
    assert_eq!(browser.press(&form).await.brief(), (409, "Please read it again"));
    let again = browser.get("/home").await;
    assert_eq!(again.heading(), "Share bank data with Another Name?");
    assert_eq!(place.consent().await, None);
    browser.press(&again.form("I agree")).await;
    let Some(Notice { language, text }) = place.notice(place.consent().await.unwrap()) else {
        panic!("none")
    };
    assert!(language == "en-AU" && text.starts_with("Share bank data with Another Name?"), "{text}");
}

#[tokio::test]
async fn whoever_takes_their_time_to_read_agrees_to_what_was_shown() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let (_, page) = come(&place, &mut browser, "").await;
    assert!(page.html.contains("data-closes="), "the page says when it closes");
    place.advance(7 * 60);
    browser.get("/home").await;
    place.advance(5);
    let done = browser.post(&page.form("I agree")).await;
    assert_eq!((done.status, done.location()), (303, "/connect"));
    let notice = place.notice(place.consent().await.unwrap()).unwrap();
    assert!(!notice.text.contains("still here") && !notice.text.contains("closes"), "{}", notice.text);
}

#[tokio::test]
async fn whoever_reads_over_midnight_agrees_to_what_was_shown_and_it_ends_on_the_day_that_was_shown() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    // It is 9:14 am UTC; five minutes before midnight the page is shown.
    place.advance((14 * 60 + 41) * 60);
    let (_, page) = come(&place, &mut browser, "").await;
    assert!(page.html.contains(">28 Nov 2027<") && !page.html.contains(">29 Nov 2027<"));
    let form = page.form("I agree");
    place.advance(10 * 60);
    let fresh = browser.get("/home").await;
    assert!(fresh.html.contains(">29 Nov 2027<"), "asked for now, the page has other days");
    // When it was shown is proved, too.
    let (_, given) = form.fields.iter().find(|(name, _)| name == "notice").unwrap();
    let (at, proof) = given.split_once('.').unwrap();
    let at: i64 = at.parse().unwrap();
    for other in [at - 1, at + 1, at + 86_400_000, 0, i64::MIN, i64::MAX] {
        let moved = form.clone().with("notice", &format!("{other}.{proof}"));
        assert_eq!(browser.press(&moved).await.brief(), (409, "Please read it again"), "{other}");
    }
    let agreed = browser.post(&form).await;
    assert_eq!((agreed.status, agreed.location()), (303, "/connect"));
    let notice = place.notice(place.consent().await.unwrap()).unwrap();
    assert!(notice.text.contains("28 Nov 2027") && !notice.text.contains("29 Nov 2027"), "{}", notice.text);
    let until = START + (14 * 60 + 41) * 60_000 + 365 * 86_400_000;
    assert_eq!(place.consent_until().await, until, "as long as was shown, to the millisecond");
    assert!(browser.get("/connect").await.html.contains(">28 Nov 2027<"), "and every page says the same");
}
