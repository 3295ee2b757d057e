//! What each address does: parse, ask the bank, answer, and let a fault spoil the answer. Must not
//! know: how routes are told apart.

use super::answer::{Answer, Refusal, Response};
use super::bank::Bank;
use super::body::Body;
use super::data::institution::{INSTITUTIONS, Institution};
use super::data::persona::{self, Failing, Known, Persona};
use super::data::{Place, Span, profile};
use super::fault::{Kind, Step, Trouble};
use super::secret::Secret;
use chrono::NaiveDate;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use warp::Reply;

/// The longest page of transactions.
pub const PAGE_MAX: usize = 100;

/// The most answers that are read of one body.
const ANSWERS_MAX: usize = 8;

/// What an account is called that was renamed.
const NEW_NAME: &str = "Household";

/// How long the first half of a broken body has to go out.
const HALF_TIME: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
struct Login {
    login_id: String,
    password: Secret,
}

#[derive(Deserialize)]
struct Answers {
    answers: Vec<String>,
}

/// Where and as whom something is asked.
pub struct Visit {
    /// The bank.
    pub bank: Arc<Bank>,
    /// The institution of the path.
    pub institution: String,
    /// The header, when there is one that can be read.
    pub authorization: Option<String>,
}

impl Visit {
    fn institution(&self) -> Result<&'static Institution, Refusal> {
        Institution::find(&self.institution).ok_or(Refusal::UnknownInstitution)
    }

    fn token(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    fn person(&self) -> Result<(&'static Institution, Persona), Refusal> {
        let institution = self.institution()?;
        let person = self.token().and_then(|token| self.bank.person(token, institution));
        Ok((institution, person.ok_or(Refusal::SessionExpired)?))
    }
}

/// `GET /institutions`
pub async fn institutions(bank: Arc<Bank>) -> Response {
    tokio::time::sleep(bank.latency()).await;
    Answer::ok(&INSTITUTIONS).into_response()
}

/// `POST /{institution}/login`
pub async fn login(visit: Visit, body: Body) -> Response {
    tokio::time::sleep(visit.bank.latency()).await;
    let asked = match visit.institution() {
        Ok(institution) => body.json::<Login>().await.map(|login| (institution, login)),
        Err(refusal) => Err(refusal),
    };
    let (institution, login) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return Answer::from(refusal).into_response(),
    };
    let known = persona::find(institution, &login.login_id, login.password.reveal());
    let persona = if let Some(Known::Person(persona)) = known { Some(persona) } else { None };
    let trouble = visit.bank.strike(institution, &login.login_id, persona, Step::Login);
    // The password has done its work: it does not wait with a slow answer.
    drop(login);
    troubled(trouble, || admit(&visit.bank, institution, known)).await
}

/// What follows from the password alone.
fn admit(bank: &Bank, institution: &'static Institution, known: Option<Known>) -> Answer {
    match known {
        None => Refusal::InvalidCredentials.into(),
        Some(Known::Failing(Failing::Locked)) => Refusal::AccountLocked.into(),
        Some(Known::Failing(Failing::ActionRequired)) => Refusal::ActionRequired.into(),
        Some(Known::Failing(Failing::Unavailable)) => Refusal::Unavailable.into(),
        Some(Known::Person(person)) if bank.must_ask(institution, person) => {
            Answer::ok(&json!({ "challenge": bank.challenge(institution, person) }))
        }
        Some(Known::Person(person)) => Answer::ok(&bank.open_session(institution, person)),
    }
}

/// `POST /{institution}/login/{challenge}/answer`
pub async fn answer(visit: Visit, challenge: String, body: Body) -> Response {
    tokio::time::sleep(visit.bank.latency()).await;
    let judged = async {
        let institution = visit.institution()?;
        let Answers { answers } = body.json().await?;
        if answers.len() > ANSWERS_MAX {
            return Err(Refusal::BadBody);
        }
        Ok((institution, visit.bank.judge(&challenge, institution, &answers)?))
    };
    match judged.await {
        Err(refusal) => Answer::from(refusal).into_response(),
        Ok((institution, person)) => {
            let trouble = visit.bank.strike(institution, person.login_id(), Some(person), Step::Answer);
            troubled(trouble, || Answer::ok(&visit.bank.open_session(institution, person))).await
        }
    }
}

/// `POST /{institution}/logout`
pub async fn logout(visit: Visit) -> Response {
    tokio::time::sleep(visit.bank.latency()).await;
    let ended = visit.person().map(|_| {
        visit.bank.end_session(visit.token().unwrap_or_default());
        Answer::ok(&json!({}))
    });
    ended.unwrap_or_else(Answer::from).into_response()
}

/// `GET /{institution}/profile`
pub async fn profile(visit: Visit) -> Response {
    read(&visit, Step::Profile, |_, person| Ok(Answer::ok(&profile::profile(person)))).await
}

/// `GET /{institution}/accounts`
pub async fn accounts(visit: Visit, query: String) -> Response {
    read(&visit, Step::Accounts, |institution, person| {
        let with_terms = with_terms(&query).ok_or(Refusal::BadQuery)?;
        let token = visit.token().unwrap_or_default();
        if !visit.bank.may_read_accounts(token, person) {
            return Err(Refusal::SessionExpired);
        }
        let book = visit.bank.book(institution, person);
        let accounts = if with_terms { book.accounts_with_terms() } else { book.accounts() };
        let answer = Answer::ok(&json!({ "accounts": accounts }));
        Ok(if visit.bank.has_renamed(token, person) { renamed(answer) } else { answer })
    })
    .await
}

/// `GET /{institution}/accounts/{account_no}/transactions`
pub async fn transactions(visit: Visit, account_no: String, query: String) -> Response {
    read(&visit, Step::Transactions, |institution, person| {
        let span = span(&query).ok_or(Refusal::BadQuery)?;
        let book = visit.bank.book(institution, person);
        let page = book.transactions(&account_no, span, PAGE_MAX).ok_or(Refusal::UnknownAccount)?;
        let next = page.next.map(|Place { day, number }| format!("{day}.{number}"));
        Ok(Answer::ok(&json!({ "transactions": page.transactions, "next_cursor": next })))
    })
    .await
}

/// Answers the owner of a session, with what faults make of it.
async fn read(
    visit: &Visit,
    step: Step,
    make: impl FnOnce(&'static Institution, Persona) -> Result<Answer, Refusal>,
) -> Response {
    tokio::time::sleep(visit.bank.latency()).await;
    match visit.person() {
        Err(refusal) => Answer::from(refusal).into_response(),
        Ok((institution, person)) => {
            let trouble = visit.bank.strike(institution, person.login_id(), Some(person), step);
            troubled(trouble, || make(institution, person).unwrap_or_else(Answer::from)).await
        }
    }
}

/// Makes an answer and lets a fault spoil it. What the answer did stays done, also when it is spoilt.
async fn troubled(trouble: Option<Trouble>, make: impl FnOnce() -> Answer) -> Response {
    let Some(Trouble { kind, latency }) = trouble else { return make().into_response() };
    tokio::time::sleep(latency).await;
    match kind {
        Kind::Down | Kind::Timeout => Answer::from(Refusal::Unavailable).into_response(),
        Kind::None | Kind::Slow => make().into_response(),
        Kind::Malformed => {
            let text = "<html><body>Scheduled maintenance";
            warp::reply::with_header(text, CONTENT_TYPE, "application/json").into_response()
        }
        Kind::Half => half(&make()),
        Kind::Double => with_rows(make(), |rows| {
            *rows = rows.drain(..).flat_map(|row| [row.clone(), row]).collect();
        }),
        Kind::Fewer => with_rows(make(), |rows| rows.truncate(rows.len().div_ceil(2))),
    }
}

/// The first half of the body; then the connection breaks, short of what its head promised.
fn half(answer: &Answer) -> Response {
    let mut first = answer.body.to_string().into_bytes();
    let length = first.len();
    first.truncate(length / 2);
    let chunks = stream::unfold(Some(first), |left| async move {
        match left {
            Some(first) if !first.is_empty() => Some((Ok(bytes::Bytes::from(first)), Some(Vec::new()))),
            Some(_) => {
                tokio::time::sleep(HALF_TIME).await;
                Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), None))
            }
            None => None,
        }
    });
    let mut response = warp::reply::stream(chunks).into_response();
    *response.status_mut() = answer.status;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The first account has another name.
fn renamed(mut answer: Answer) -> Answer {
    if let Some(name) = answer.body.pointer_mut("/accounts/0/name") {
        *name = NEW_NAME.into();
    }
    answer
}

/// The answer with its list as `change` leaves it.
fn with_rows(mut answer: Answer, change: impl Fn(&mut Vec<Value>)) -> Response {
    for name in ["accounts", "transactions"] {
        if let Some(rows) = answer.body.get_mut(name).and_then(Value::as_array_mut) {
            change(rows);
        }
    }
    answer.into_response()
}

/// Reads `terms`; nothing when it says neither yes nor no.
fn with_terms(query: &str) -> Option<bool> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "terms").map_or(Some(false), |(_, value)| value.parse().ok())
}

/// Reads `from`, `to` and `cursor`; nothing when one of them cannot be read.
fn span(query: &str) -> Option<Span> {
    let mut span = Span::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "from" => span.from = Some(day(&value)?),
            "to" => span.to = Some(day(&value)?),
            "cursor" => {
                let (on, number) = value.split_once('.')?;
                span.below = Some(Place { day: day(on)?, number: number.parse().ok()? });
            }
            _ => {}
        }
    }
    Some(span)
}

fn day(text: &str) -> Option<NaiveDate> {
    // Exactly so many letters: the parser alone would take fewer digits.
    if text.len() == 10 { text.parse().ok() } else { None }
}
