//! What the bank answers: JSON with a status, and errors that are a code and a sentence. Must not know:
//! why.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONNECTION, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};
use warp::Reply;

/// A response on its way out.
pub type Response = warp::reply::Response;

/// An answer, as long as faults may still change it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Value,
}

/// Why the bank does not do what was asked. The sentences are for people; codes are what clients read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Login id and password belong to nobody here.
    InvalidCredentials,
    /// The person is locked out.
    AccountLocked,
    /// The person must do something at the institution first.
    ActionRequired,
    /// The institution does not work right now; trying again later is safe.
    Unavailable,
    /// An answer to a challenge was wrong; the challenge stays open while tries are left.
    WrongAnswer,
    /// There is no such challenge any more.
    ChallengeGone,
    /// There is no session, or it is over.
    SessionExpired,
    /// There is no such institution.
    UnknownInstitution,
    /// The person has no such account.
    UnknownAccount,
    /// There is nothing at this address.
    NotFound,
    /// Not with this method.
    MethodNotAllowed,
    /// The body is not what this address takes.
    BadBody,
    /// A part of the query cannot be read.
    BadQuery,
    /// The body is too long.
    TooLong,
    /// The body took too long.
    TooSlow,
    /// The fault makes no sense, or is out of bounds.
    BadFault,
    /// No more faults can be kept.
    TooManyFaults,
}

impl Refusal {
    const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::InvalidCredentials => {
                (S::UNAUTHORIZED, "invalid-credentials", "Login id and password do not belong together.")
            }
            Self::AccountLocked => (S::UNAUTHORIZED, "account-locked", "This login is locked."),
            Self::ActionRequired => {
                (S::FORBIDDEN, "action-required", "The customer must sign in here and do something first.")
            }
            Self::Unavailable => {
                (S::SERVICE_UNAVAILABLE, "unavailable", "The bank does not work right now; try again later.")
            }
            Self::WrongAnswer => (S::UNPROCESSABLE_ENTITY, "wrong-answer", "The answer is wrong."),
            Self::ChallengeGone => {
                (S::GONE, "challenge-expired", "There is no such challenge any more; log in again.")
            }
            Self::SessionExpired => {
                (S::UNAUTHORIZED, "session-expired", "There is no session, or it is over; log in again.")
            }
            Self::UnknownInstitution => {
                (S::NOT_FOUND, "unknown-institution", "There is no such institution.")
            }
            Self::UnknownAccount => (S::NOT_FOUND, "unknown-account", "The customer has no such account."),
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is nothing at this address."),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method-not-allowed", "Not with this method at this address.")
            }
            Self::BadBody => {
                (S::BAD_REQUEST, "bad-body", "The body is not the JSON that this address takes.")
            }
            Self::BadQuery => (
                S::BAD_REQUEST,
                "bad-query",
                "from and to are days as 2026-03-01, cursor is one we gave, terms is true or false.",
            ),
            Self::TooLong => (S::PAYLOAD_TOO_LARGE, "body-too-long", "The body is too long."),
            Self::TooSlow => (S::REQUEST_TIMEOUT, "body-too-slow", "The body did not come in time."),
            Self::BadFault => (
                S::BAD_REQUEST,
                "bad-fault",
                "Only lists can be doubled; latency_ms is at most 120000, times 1 to 1000000, names short.",
            ),
            Self::TooManyFaults => {
                (S::CONFLICT, "too-many-faults", "No more faults can be kept; set some to none first.")
            }
        }
    }
}

impl Answer {
    /// 200 with what serde makes of a value.
    pub fn ok<T: Serialize>(value: &T) -> Self {
        match serde_json::to_value(value) {
            Ok(body) => Self { status: StatusCode::OK, body },
            Err(_) => Refusal::Unavailable.into(),
        }
    }

    /// As it goes out.
    pub fn into_response(self) -> Response {
        let mut response =
            warp::reply::with_status(warp::reply::json(&self.body), self.status).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(self.status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
            // What is left of the body is not read.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let (status, code, detail) = refusal.facts();
        Self { status, body: json!({ "code": code, "detail": detail }) }
    }
}
