//! A new link by text, for who holds one that is over: the press, and the page behind it. What is answered
//! follows from the form alone, in the same time: whether there is such a link, a user, a number, whether
//! the partner allows it, whether too much was asked for, cannot be told from it. Looking sends nothing.
//! Must not know: which link is sent, and to whom (domain/user/reissue).

use super::answer;
use super::browser::PARTNER_FIELD;
use super::fill;
use super::home::HomeRequest;
use super::language::Reader;
use super::link::LinkRequest;
use super::pick::trouble;
use super::view::End;
use crate::domain::command::{Caller, Command, Held};
use crate::domain::id::ApplicationId;
use crate::engine::user::core::Refusal;
use crate::http::body::{Body, Form};
use crate::http::rate::Rate;
use crate::http::{RequestContext, Response, Web, texts};
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
        let words = texts::link_words(self.reader, partner.brand(), &self.web.url("/"));
        let command = Command::Reissue { held: self.held, partner: partner.id, words };
        engine.ask(user, Caller::Applicant, command, self.context.request_id).await.map(drop)
    }
}
