//! A new link by text, for who holds one that is over: the press, and the page behind it. What is answered
//! follows from the form alone, in the same time: whether there is such a link, a user, a number, whether
//! the partner allows it, whether too much was asked for, cannot be told from it. Looking sends nothing.
//! Must not know: which link is sent, and to whom (domain/user/reissue).

use super::answer;
use super::browser::PARTNER_FIELD;
use super::fill;
use super::language::{Plain, Reader, Words};
use super::link::LinkRequest;
use super::pick::trouble;
use super::view::End;
use crate::domain::auth_link::LinkWords;
use crate::domain::command::Command;
use crate::domain::id::ApplicationId;
use crate::engine::user::core::Refusal;
use crate::http::body::{Body, Form};
use crate::http::rate::Rate;
use crate::http::{Response, Web};
use http::StatusCode;
use std::time::Duration;

/// Where the page behind the press is.
const PLACE: &str = "/sent";

/// No press is answered sooner: longer than a commit takes, so that the time does not say whether there
/// was one.
const ANSWER_AFTER: Duration = Duration::from_millis(300);

/// The longest name in a text, in characters: the whole stays within three segments in every language.
const NAME_CHARS_MAX: usize = 40;

/// `POST /{linkId}/again`: text me a new one.
pub async fn press(request: LinkRequest, mut body: Body) -> Response {
    let Some(form) = request.trusted(&mut body).await else {
        return answer::bare(&request.reader, End::Forged);
    };
    let partner = form.get(PARTNER_FIELD).and_then(ApplicationId::parse);
    let (done, ()) = tokio::join!(reissue(&request, partner), tokio::time::sleep(ANSWER_AFTER));
    match done {
        Err(Refusal::Trouble(wrong)) => answer::bare(&request.reader, trouble(wrong)),
        // Done, or refused by a rule: that is nobody's business here.
        Ok(()) | Err(Refusal::Rule(_)) => answer::go(&place(partner)),
    }
}

/// `GET /sent`.
pub fn page(web: &Web, query: &Form, reader: &Reader) -> Response {
    let partner = query.get(PARTNER_FIELD).and_then(ApplicationId::parse);
    let partner = partner.and_then(|id| web.engine.house().application(id));
    answer::page(reader, StatusCode::OK, fill::sent(partner.as_deref()))
}

fn place(partner: Option<ApplicationId>) -> String {
    partner.map_or_else(|| PLACE.into(), |id| format!("{PLACE}?{PARTNER_FIELD}={id}"))
}

async fn reissue(request: &LinkRequest, partner: Option<ApplicationId>) -> Result<(), Refusal> {
    let (web, hash) = (&request.web, request.hash());
    let person = web.engine.user_of_link(&hash)?.map_or(hash, |user| *user.bytes());
    // Who presses too often uses up no text of anybody.
    if web.count_address(Rate::ReissuePresses, &request.context, &request.headers).is_err()
        || web.rates.count(Rate::ReissueTexts, person, web.engine.metrics()).is_err()
    {
        return Ok(());
    }
    let Some(partner) = partner.and_then(|id| web.engine.house().application(id)) else { return Ok(()) };
    let words = LinkWords(compose(&request.reader, partner.brand(), &web.url("/")));
    request.ask(Command::Reissue { hash, partner: partner.id, words }).await.map(drop)
}

/// What the text says, up to the secret of its link.
fn compose(reader: &Reader, name: &str, base: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_control());
    let name = Plain(letters.take(NAME_CHARS_MAX).collect());
    format!("{}\n{base}", Words::of(reader.language(), "text-new-link").with("partner", name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::language::LANGUAGES;

    /// Where links of a server with a long name are, and a link's secret.
    const BASE: &str = "https://links.quill-and-daughters.example/";
    const SECRET: &str = "6f1c2a34-0000-4000-8000-000000000000";

    /// The letters of the GSM 7-bit default alphabet (3GPP TS 23.038), and those that take two places of it.
    const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
        ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const WIDE: &str = "^{}\\[~]|€";

    /// In how many segments a text goes.
    fn segments(text: &str) -> usize {
        let places = |letter| match letter {
            letter if PLAIN.contains(letter) => Some(1),
            letter if WIDE.contains(letter) => Some(2),
            _ => None,
        };
        let (length, one, each) = match text.chars().map(places).sum::<Option<usize>>() {
            Some(length) => (length, 160, 153),
            None => (text.encode_utf16().count(), 70, 67),
        };
        if length <= one { 1 } else { length.div_ceil(each) }
    }

    fn text(language: usize, name: &str) -> String {
        compose(&Reader::of(&LANGUAGES[language]), name, BASE) + SECRET
    }

    #[test]
    fn segments_are_counted_as_phones_count_them() {
        let cases = [("a", 160, 1), ("a", 161, 2), ("a", 307, 3), ("{", 80, 1), ("{", 81, 2)];
        let others = [("ب", 70, 1), ("ب", 71, 2), ("ạ", 202, 4)];
        for (letter, times, expected) in cases.into_iter().chain(others) {
            assert_eq!(segments(&letter.repeat(times)), expected, "{letter} {times} times");
        }
    }

    #[test]
    fn a_text_with_a_link_is_short_in_every_language() {
        assert_eq!(segments(&text(0, "Quill Lending")), 1, "{}", text(0, "Quill Lending"));
        for language in 0..LANGUAGES.len() {
            for name in ["Quill & Daughters Lending", &"x".repeat(200), "شركة الإقراض"] {
                let text = text(language, name);
                assert!(segments(&text) <= 3, "{} segments: {text}", segments(&text));
            }
        }
    }

    #[test]
    fn a_text_with_a_link_says_whose_it_is_and_ends_with_the_link() {
        for language in 0..LANGUAGES.len() {
            let text = text(language, "Quill & Daughters\nhttps://evil.example <b>");
            assert!(text.contains("Quill & Daughtershttps://"), "as it is, and in one line: {text}");
            assert_eq!(text.lines().count(), 2, "{text}");
            assert_eq!(text.lines().last(), Some(format!("{BASE}{SECRET}").as_str()));
        }
    }
}
