//! A new link by text, for who holds one that is over: the press, and the page behind it. What is answered
//! follows from the form alone, in the same time: whether there is such a link, a user, a number, whether
//! the partner allows it, whether too much was asked for, cannot be told from it. Looking sends nothing.
//! Must not know: which link is sent, and to whom (domain/user/reissue).

use super::answer;
use super::browser::PARTNER_FIELD;
use super::fill;
use super::home::HomeRequest;
use super::language::{Plain, Reader, Words};
use super::link::LinkRequest;
use super::pick::trouble;
use super::view::End;
use crate::domain::auth_link::LinkWords;
use crate::domain::command::{Caller, Command, Held};
use crate::domain::id::ApplicationId;
use crate::domain::mobile::name_in_text;
use crate::engine::user::core::Refusal;
use crate::http::body::{Body, Form};
use crate::http::rate::Rate;
use crate::http::{RequestContext, Response, Web};
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Where the page behind the press is.
const PLACE: &str = "/sent";

/// No press is answered sooner: longer than a commit takes, so that the time does not say whether there
/// was one.
const ANSWER_AFTER: Duration = Duration::from_millis(300);

/// Who presses, on whichever page.
struct Presser<'a> {
    web: &'a Web,
    context: &'a RequestContext,
    headers: &'a HeaderMap,
    reader: &'a Reader,
    held: Held,
}

/// `POST /{linkId}/again`: text me a new one.
pub async fn press(request: LinkRequest, mut body: Body) -> Response {
    let Some(form) = request.trusted(&mut body).await else {
        return answer::bare(&request.reader, End::Forged);
    };
    let LinkRequest { web, context, headers, reader, .. } = &request;
    Presser { web, context, headers, reader, held: Held::Link(request.hash()) }.answer(&form).await
}

/// `POST /again`: the same, from a session that is over.
pub async fn press_inside(request: HomeRequest, mut body: Body) -> Response {
    let form = body.form().await.ok();
    let (cookie, form) = match request.trusted(form) {
        Ok(trusted) => trusted,
        Err(end) => return answer::bare(&request.reader, end),
    };
    let HomeRequest { web, context, headers, reader, .. } = &request;
    Presser { web, context, headers, reader, held: Held::Browser(request.hash(&cookie)) }.answer(&form).await
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

impl Presser<'_> {
    async fn answer(&self, form: &Form) -> Response {
        let partner = form.get(PARTNER_FIELD).and_then(ApplicationId::parse);
        let (done, ()) = tokio::join!(self.ask(partner), tokio::time::sleep(ANSWER_AFTER));
        match done {
            Err(Refusal::Trouble(wrong)) => answer::bare(self.reader, trouble(wrong)),
            // Done, or refused by a rule: that is nobody's business here.
            Ok(()) | Err(Refusal::Rule(_)) => answer::go(&place(partner)),
        }
    }

    async fn ask(&self, partner: Option<ApplicationId>) -> Result<(), Refusal> {
        let (engine, metrics) = (&self.web.engine, self.web.engine.metrics());
        let user = match self.held {
            Held::Link(hash) => engine.user_of_link(&hash)?,
            Held::Browser(cookie) => engine.user_of_browser(&cookie)?,
        };
        // Who presses too often uses up no text of anybody; who is nobody is counted by what they hold.
        if self.web.count_address(Rate::ReissuePresses, self.context, self.headers).is_err() {
            return Ok(());
        }
        let counted = match user {
            Some(user) => self.web.rates.count(Rate::ReissueTexts, user, metrics),
            None => self.web.rates.count(Rate::ReissueTexts, self.held, metrics),
        };
        let partner = partner.and_then(|id| engine.house().application(id));
        let (Ok(()), Some(user), Some(partner)) = (counted, user, partner) else { return Ok(()) };
        let words = LinkWords(compose(self.reader, partner.brand(), &self.web.url("/")));
        let command = Command::Reissue { held: self.held, partner: partner.id, words };
        engine.ask(user, Caller::Applicant, command, self.context.request_id).await.map(drop)
    }
}

/// What the text says, up to the secret of its link.
fn compose(reader: &Reader, name: &str, base: &str) -> String {
    let name = Plain(name_in_text(name));
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
