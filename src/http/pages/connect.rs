//! The pages about banks: the hub, finding a bank, signing in, a bank's question, what still waits, and
//! the stream of progress. Every press is answered by 303, but for what was left empty. Must not know:
//! any rule of the product, what a bank is asked.

use super::answer;
use super::browser::Cookie;
use super::fill::banks::{self, Answered, Typed};
use super::fill::{self, facts::BankFacts};
use super::home::HomeRequest;
use super::pick::{SessionPage, session_page};
use super::stream;
use super::view::{End, FieldFault};
use crate::domain::application::Application;
use crate::domain::bank::{Credentials, LOGIN_ID_BYTES_MAX, TYPED_CHARS_MAX};
use crate::domain::command::{Caller, Command, SessionView};
use crate::domain::consent_session::CookieHash;
use crate::domain::id::JobId;
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::secret::Secret;
use crate::domain::workflow::consent_session::State;
use crate::engine::judge::{ChallengeAnswer, Judged};
use crate::engine::user::core::{Refusal, Trouble};
use crate::engine::watch::Watching;
use crate::http::Response;
use crate::http::body::{Body, Form};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};
use warp::Reply as _;

/// How often a stream says that it still stands.
const BEAT: Duration = Duration::from_secs(15);

/// How soon after one event the next may follow: a burst of changes is one.
const PAUSE: Duration = Duration::from_millis(150);

/// Somebody inside, with all that the pages show of their banks.
pub(super) struct Inside {
    pub(super) cookie: Cookie,
    pub(super) view: SessionView,
    pub(super) facts: BankFacts,
}

impl Inside {
    fn application(&self, request: &HomeRequest) -> Option<Arc<Application>> {
        request.web.engine.house().application(self.view.application)
    }

    /// Back to the hub when no login may be added to those that are there.
    #[expect(clippy::result_large_err, reason = "both ways out are answers, made once for each request")]
    fn may_add(&self, request: &HomeRequest) -> Result<(), Response> {
        let may_add = banks::may_add(self.application(request).as_deref(), &self.facts);
        if may_add { Ok(()) } else { Err(answer::go("/connect")) }
    }

    /// The institution, where the partner offers it.
    #[expect(clippy::result_large_err, reason = "both ways out are answers, made once for each request")]
    fn offered(&self, request: &HomeRequest, id: &str) -> Result<&'static Institution, Response> {
        let found = institution(request, id)?;
        let is_offered = self.application(request).is_none_or(|one| one.look.flow.offers(found.id));
        if is_offered { Ok(found) } else { Err(answer::go("/connect/banks")) }
    }

    /// Where their banks stand: who was sent to sign in again has a list of that, with its own end.
    pub(super) fn banks(&self) -> &'static str {
        if session_page(&self.view) == SessionPage::Renew { "/connect/renew" } else { "/connect" }
    }

    pub(super) fn csrf(&self, request: &HomeRequest) -> String {
        self.cookie.csrf(&request.web.engine.house().keyring)
    }
}

/// Who asks, when they may connect; otherwise where they are sent.
pub(super) async fn inside(request: &HomeRequest) -> Result<Inside, Response> {
    let unknown = || answer::bare(&request.reader, End::SessionUnknown);
    let cookie = request.cookie().ok_or_else(unknown)?;
    let hash = request.hash(&cookie);
    let view = match request.view(hash).await {
        Ok(view) => view,
        Err(refusal) => return Err(request.refused(hash, refusal).await),
    };
    if view.state != State::Connecting {
        return Err(answer::go("/home"));
    }
    match request.facts(&view).await {
        Ok(facts) => Ok(Inside { cookie, view, facts }),
        Err(refusal) => Err(request.refused(hash, refusal).await),
    }
}

/// A press: the browser, and what it sent.
pub(super) async fn pressed(request: &HomeRequest, mut body: Body) -> Result<(Cookie, Form), Response> {
    let form = body.form().await.ok();
    request.trusted(form).map_err(|end| answer::bare(&request.reader, end))
}

pub(super) fn either(result: Result<Response, Response>) -> Response {
    result.unwrap_or_else(|elsewhere| elsewhere)
}

/// `GET /connect`
pub async fn hub(request: HomeRequest) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            let (house, still) = (request.web.engine.house(), request.query.get("still").is_some());
            let page = fill::connect(house, &inside.view, &inside.facts, still, inside.csrf(&request));
            let broken = || {
                answer::ended(&request.reader, fill::session_ended(house, &inside.view, End::Broken, None))
            };
            Ok(page.map_or_else(broken, |page| answer::page(&request.reader, StatusCode::OK, page)))
        }
        .await,
    )
}

/// `GET /connect/banks?q=`
pub async fn find(request: HomeRequest) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            inside.may_add(&request)?;
            let query = request.query.get("q").unwrap_or_default();
            let page = banks::banks(request.web.engine.house(), &inside.view, &inside.facts, query);
            Ok(answer::page(&request.reader, StatusCode::OK, page))
        }
        .await,
    )
}

#[expect(clippy::result_large_err, reason = "both ways out are answers, made once for each request")]
fn institution(request: &HomeRequest, id: &str) -> Result<&'static Institution, Response> {
    let known = InstitutionId::parse(id).and_then(|id| request.web.engine.house().institution(id));
    known.ok_or_else(|| answer::go("/connect/banks"))
}

/// `GET /connect/banks/{id}`
pub async fn sign_in(request: HomeRequest, id: String) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            inside.may_add(&request)?;
            let institution = inside.offered(&request, &id)?;
            let login_id = inside.facts.last_login(&inside.view.logins, institution.id);
            let typed = Typed { login_id: login_id.unwrap_or_default(), ..Typed::default() };
            Ok(sign_in_page(&request, &inside, institution, typed, StatusCode::OK))
        }
        .await,
    )
}

fn sign_in_page(
    request: &HomeRequest,
    inside: &Inside,
    institution: &Institution,
    typed: Typed,
    status: StatusCode,
) -> Response {
    let (house, csrf) = (request.web.engine.house(), inside.csrf(request));
    answer::page(
        &request.reader,
        status,
        banks::sign_in(house, &inside.view, institution, &inside.facts, typed, csrf),
    )
}

/// `POST /connect/banks/{id}`
pub async fn do_sign_in(request: HomeRequest, id: String, body: Body) -> Response {
    either(
        async {
            let (cookie, form) = pressed(&request, body).await?;
            let institution = institution(&request, &id)?;
            let login_id = form.get("login_id").unwrap_or_default().trim().to_owned();
            let password = Secret::new(form.get("password").unwrap_or_default().to_owned());
            let typed = Typed {
                login_fault: login_fault(&login_id),
                password_fault: fault(password.reveal()),
                login_id: login_id.clone(),
            };
            if typed.login_fault.is_some() || typed.password_fault.is_some() {
                let inside = inside(&request).await?;
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(sign_in_page(&request, &inside, institution, typed, status));
            }
            let hash = request.hash(&cookie);
            let credentials = Credentials { login_id: Secret::new(login_id), password };
            let command = Command::Connect { cookie: Some(hash), institution: institution.id, credentials };
            match request.ask(hash, command).await {
                Ok(_) => Ok(answer::go("/connect")),
                Err(refusal) => Err(request.refused(hash, refusal).await),
            }
        }
        .await,
    )
}

pub(super) fn fault(typed: &str) -> Option<FieldFault> {
    match typed.chars().count() {
        0 => Some(FieldFault::Missing),
        1..=TYPED_CHARS_MAX => None,
        _ => Some(FieldFault::TooLong),
    }
}

/// A login id is kept: it has a bound in bytes as well.
pub(super) fn login_fault(login_id: &str) -> Option<FieldFault> {
    let is_wide = login_id.len() > LOGIN_ID_BYTES_MAX;
    fault(login_id).or(is_wide.then_some(FieldFault::TooLong))
}

/// `GET /connect/jobs/{id}/answer`
pub async fn challenge(request: HomeRequest, id: String) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            challenge_page(&request, &inside, &id, &[], StatusCode::OK)
        }
        .await,
    )
}

/// A wrong answer is counted with the job, so that a reload shows it too.
#[expect(clippy::result_large_err, reason = "both ways out are answers, made once for each request")]
fn challenge_page(
    request: &HomeRequest,
    inside: &Inside,
    id: &str,
    missing: &[usize],
    status: StatusCode,
) -> Result<Response, Response> {
    let elsewhere = || answer::go(inside.banks());
    let job = JobId::parse(id).and_then(|id| inside.facts.job(id)).ok_or_else(elsewhere)?;
    let wrong = inside.view.jobs.iter().find(|one| one.id == job.id).and_then(|one| one.challenge.as_ref());
    let is_wrong = missing.is_empty() && wrong.is_some_and(|asked| asked.wrong > 0);
    let answered = Answered { missing: missing.to_vec(), is_wrong };
    let (engine, csrf) = (&request.web.engine, inside.csrf(request));
    let page = banks::challenge(engine.house(), &inside.view, job, &answered, csrf);
    Ok(answer::page(&request.reader, status, page.ok_or_else(elsewhere)?))
}

/// `POST /connect/jobs/{id}/answer`
pub async fn do_answer(request: HomeRequest, id: String, body: Body) -> Response {
    either(
        async {
            let (cookie, form) = pressed(&request, body).await?;
            let inside = inside(&request).await?;
            let elsewhere = || answer::go(inside.banks());
            let job = JobId::parse(&id).ok_or_else(elsewhere)?;
            let asked = inside.facts.job(job).and_then(|job| job.challenge.as_ref()).ok_or_else(elsewhere)?;
            let answers: Vec<Secret> =
                (1..=asked.prompts.len()).map(|place| typed_answer(&form, place)).collect();
            let is_missing = |answer: &Secret| fault(answer.reveal()).is_some();
            let missing: Vec<usize> =
                (0..answers.len()).filter(|place| is_missing(&answers[*place])).collect();
            if !missing.is_empty() {
                return challenge_page(&request, &inside, &id, &missing, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let hash = request.hash(&cookie);
            let answer = ChallengeAnswer { cookie: Some(hash), job, answers, mark: None };
            let (user, request_id) = (inside.view.user, request.context.request_id);
            let engine = &request.web.engine;
            match engine.answer_challenge(user, Caller::Applicant, answer, request_id).await {
                Ok(Judged::Wrong(_)) => Ok(answer::go(&format!("/connect/jobs/{job}/answer"))),
                // What is not judged yet is shown as being at work.
                Ok(Judged::Right(_) | Judged::Over(_)) | Err(Refusal::Trouble(Trouble::Busy)) => {
                    Ok(elsewhere())
                }
                Err(refusal) => Err(request.refused(hash, refusal).await),
            }
        }
        .await,
    )
}

fn typed_answer(form: &Form, place: usize) -> Secret {
    Secret::new(form.get(&format!("answer-{place}")).unwrap_or_default().trim().to_owned())
}

/// `GET /connect/progress`: how the banks stand, now and whenever it changes, until nothing goes on any
/// more. Listening keeps no session open.
pub async fn progress(request: HomeRequest) -> Response {
    let unknown = || answer::bare(&request.reader, End::SessionUnknown);
    let Some(cookie) = request.cookie() else { return unknown() };
    let hash = request.hash(&cookie);
    let view = match request.session(hash, Command::PeekSession(hash)).await {
        Ok(view) => view,
        Err(refusal) => return request.refused(hash, refusal).await,
    };
    let Some(watching) = request.web.engine.watch(view.user) else {
        return answer::bare(&request.reader, End::Busy);
    };
    let (sender, mut texts) = channel(1);
    let csrf = cookie.csrf(&request.web.engine.house().keyring);
    drop(tokio::spawn(async move { listen(&request, hash, csrf, watching, &sender).await }));
    let stream = futures_util::stream::poll_fn(move |waker| {
        texts.poll_recv(waker).map(|text| text.map(Ok::<Bytes, Infallible>))
    });
    let mut response = warp::reply::stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers what it passes on would hold the news back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Writes to one listener until it goes, the server stops, or nothing can change any more.
async fn listen(
    request: &HomeRequest,
    hash: CookieHash,
    csrf: String,
    mut watching: Watching,
    sender: &Sender<Bytes>,
) {
    let stopping = request.web.engine.stopping();
    let mut shown = String::new();
    if sender.send(stream::OPENING.into()).await.is_err() {
        return;
    }
    loop {
        let Some((text, goes_on)) = news(request, hash, &csrf).await else { return };
        if text != shown {
            if sender.send(text.clone().into()).await.is_err() {
                return;
            }
            shown = text;
        }
        if !goes_on {
            return;
        }
        tokio::time::sleep(PAUSE).await;
        let alive = tokio::select! {
            () = watching.changed() => true,
            () = tokio::time::sleep(BEAT) => sender.send(stream::BEAT.into()).await.is_ok(),
            () = sender.closed() => false,
            () = stopping.cancelled() => false,
        };
        if !alive {
            return;
        }
    }
}

/// How the banks stand, and whether that can change by itself; nothing when it cannot be told now, and the
/// browser opens the stream again.
async fn news(request: &HomeRequest, hash: CookieHash, csrf: &str) -> Option<(String, bool)> {
    let view = match request.session(hash, Command::PeekSession(hash)).await {
        Ok(view) => view,
        Err(Refusal::Rule(_)) => return Some((stream::OVER.into(), false)),
        Err(Refusal::Trouble(_)) => return None,
    };
    if view.state != State::Connecting {
        return Some((stream::OVER.into(), false));
    }
    let facts = request.facts(&view).await.ok()?;
    let mut live = banks::live(request.web.engine.house(), &view, &facts, csrf.to_owned());
    live.speak(&request.reader);
    let goes_on = live.is_running();
    Some((stream::event(&live)?, goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_counted_in_characters_and_a_login_id_in_bytes_too() {
        let long = Some(FieldFault::TooLong);
        for letter in ["a", "\u{e9}", "\u{1f511}"] {
            assert_eq!((fault(""), login_fault("")), (Some(FieldFault::Missing), Some(FieldFault::Missing)));
            assert_eq!(fault(&letter.repeat(TYPED_CHARS_MAX)), None, "{letter}");
            assert_eq!(fault(&letter.repeat(TYPED_CHARS_MAX + 1)), long, "{letter}");
            assert_eq!(login_fault(&letter.repeat(LOGIN_ID_BYTES_MAX / letter.len())), None, "{letter}");
            assert_eq!(login_fault(&letter.repeat(LOGIN_ID_BYTES_MAX / letter.len() + 1)), long, "{letter}");
        }
    }
}
