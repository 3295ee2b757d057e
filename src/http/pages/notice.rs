//! What a page says, word for word: the notice that is kept with a consent. The same text is made when the
//! page is shown and, as of then, when its button is pressed: a form says when its page was shown, and proves
//! by a keyed hash which text it said.
//! Must not know: which page it is.

use super::language::{Language, Reader};
use super::view::{ConsentPage, Page};
use crate::crypto::{Keyring, Purpose, matches};
use crate::domain::notice::{Notice, Shown};
use crate::domain::time::UnixMillis;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The hidden field that says when its page was shown, and proves which words it said then.
pub const NOTICE_FIELD: &str = "notice";

/// The hidden field that says in which language.
pub const LANGUAGE_FIELD: &str = "language";

/// Elements whose text goes on in the same line.
const INLINE: [&str; 10] = ["a", "b", "strong", "span", "time", "small", "code", "svg", "path", "circle"];

/// What a page says in that language; nothing, where it does not render. Those are the words of its main block:
/// what the frame says of itself, as when the page closes by itself, is none of it.
pub fn of(language: &'static Language, page: &mut ConsentPage) -> Option<Shown> {
    page.speak(&Reader::of(language));
    let words = page.as_main().render().ok()?;
    Some(Shown { notice: Notice::new(language.tag, text(&words))?, at: page.shown })
}

/// Proves that a page of ours said these words then, and says when.
pub fn proof(keyring: &Keyring, shown: &Shown) -> String {
    let Shown { notice, at: UnixMillis(at) } = shown;
    let parts = [b"notice", notice.language.as_bytes(), notice.text.as_bytes(), &at.to_be_bytes()];
    format!("{at}.{}", URL_SAFE_NO_PAD.encode(keyring.hash(Purpose::Csrf, &parts)))
}

/// When a page was shown, as its proof says it.
pub fn shown_at(proof: &str) -> Option<UnixMillis> {
    proof.split_once('.')?.0.parse().ok().map(UnixMillis)
}

/// Whether it does, in the same time wherever it differs.
pub fn is_proof(keyring: &Keyring, shown: &Shown, given: &str) -> bool {
    matches(proof(keyring, shown).as_bytes(), given.as_bytes())
}

/// The text of a page of ours: a line for each paragraph, without markup.
fn text(html: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut end = |line: &mut String| {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !words.is_empty() {
            lines.push(words.join(" "));
        }
        line.clear();
    };
    let mut rest = html;
    while let Some((words, after)) = rest.split_once('<') {
        line.push_str(words);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !INLINE.contains(&name) {
            end(&mut line);
        }
        rest = after;
    }
    line.push_str(rest);
    end(&mut line);
    unescaped(&lines.join("\n"))
}

/// Undoes what escaping did: those alone are there.
fn unescaped(text: &str) -> String {
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use crate::http::pages::language::LANGUAGES;

    #[test]
    fn a_text_has_a_line_for_each_paragraph_and_no_markup() {
        let html = "<h1>Share &#38; go</h1>\n<p class=\"x\">For <strong>one</strong>\n  purpose.</p><ul><li>A</li><li>B \
                    <b>C</b></li></ul><form><input name=\"csrf\" value=\"secret\"><button>Yes</button></form>";
        assert_eq!(text(html), "Share & go\nFor one purpose.\nA\nB C\nYes");
        assert_eq!(text("&#38;#60;"), "&#60;", "once");
    }

    /// What the page ends with; what the frame says of itself is not agreed to.
    fn last_words(language: &'static Language, page: &ConsentPage) -> String {
        let mut frame = page.frame.clone();
        frame.reader = Reader::of(language);
        let id = match (page.earlier_until.is_some(), frame.is_visit) {
            (false, false) => "consent-choice",
            (false, true) => "consent-choice-visit",
            (true, false) => "consent-choice-again",
            (true, true) => "consent-choice-again-visit",
        };
        unescaped(&text(&frame.say(id).to_string()))
    }

    #[test]
    fn every_sample_says_what_it_asks_for_and_nothing_that_binds_its_form() {
        for language in &LANGUAGES {
            for mut page in ConsentPage::samples() {
                page.csrf = "a-secret-of-the-form".into();
                let Shown { notice, at } = of(language, &mut page).unwrap();
                assert_eq!(at, page.shown);
                assert_eq!(notice.language, language.tag);
                assert!(!notice.text.contains('<') && !notice.text.contains("a-secret"), "{}", notice.text);
                assert!(!notice.text.contains("&#"), "{}", notice.text);
                assert!(notice.text.contains(&page.purpose) && notice.text.contains("Quill & Daughters"));
                let lines = notice.text.lines().count();
                assert!(lines > 20, "{lines}");
                assert!(notice.text.ends_with(&last_words(language, &page)), "{}", notice.text);
                page.frame.closes = None;
                let again = of(language, &mut page).unwrap();
                assert_eq!(again.notice, notice, "the same page says the same, whenever it closes");
            }
        }
    }

    #[test]
    fn a_proof_is_of_these_words_in_this_language_at_that_time() {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let shown = |language: &str, text: &str, at| {
            let notice = Notice { language: language.into(), text: text.into() };
            Shown { notice, at: UnixMillis(at) }
        };
        let given = proof(&keyring, &shown("vi", "a", 7));
        assert_eq!(shown_at(&given), Some(UnixMillis(7)));
        assert!(is_proof(&keyring, &shown("vi", "a", 7), &given));
        for other in [shown("ar", "a", 7), shown("vi", "b", 7), shown("v", "ia", 7), shown("vi", "a", 8)] {
            assert!(!is_proof(&keyring, &other, &given), "{other:?}");
        }
    }
}
