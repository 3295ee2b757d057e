//! Errors of the wire: one envelope, and one table from what can go wrong inside to what the caller is
//! told. docs/ERRORS.md explains every code of it. Must not know: routes, the engine's workings.

use super::Response;
use super::token::TokenError;
use crate::domain::command::Failure;
use crate::domain::profile::ProfileFault;
use crate::domain::time::Span;
use crate::domain::workflow::auth_link::State;
use crate::engine::user::core::{Refusal, Trouble};
use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// Every error code of the wire (contract section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Something required is missing.
    ParameterNotSupplied,
    /// A value is refused.
    ParameterNotValid,
    /// A value in the path is refused.
    PathParameterNotValid,
    /// The body cannot be read.
    InvalidContent,
    /// `Accept` leaves us nothing to answer with.
    UnsupportedAccept,
    /// No token, or not one of ours.
    InvalidAuthorizationToken,
    /// The token is another person's.
    UnauthorizedAccess,
    /// The token has expired.
    AccessDenied,
    /// The token has the wrong scope.
    ForbiddenAccess,
    /// Too many token requests, or a body that is too long.
    RequestNotValid,
    /// Not there, for this caller.
    ResourceNotFound,
    /// The path is right, the method is not.
    MethodNotAllowed,
    /// It is there already.
    ResourceAlreadyExists,
    /// Not possible as things stand.
    NotPossibleNow,
    /// It was there and is over.
    ResourceNoLongerAvailable,
    /// The body is of a type that is not read here.
    UnsupportedContentType,
    /// A limit said no.
    TooManyRequests,
    /// A defect of ours.
    InternalServerError,
    /// Not at the moment.
    ServiceUnavailable,
}

impl Code {
    /// All codes, in the order of docs/ERRORS.md.
    pub const ALL: [Self; 19] = [
        Self::ParameterNotSupplied,
        Self::ParameterNotValid,
        Self::PathParameterNotValid,
        Self::InvalidContent,
        Self::UnsupportedAccept,
        Self::InvalidAuthorizationToken,
        Self::UnauthorizedAccess,
        Self::AccessDenied,
        Self::ForbiddenAccess,
        Self::RequestNotValid,
        Self::ResourceNotFound,
        Self::MethodNotAllowed,
        Self::ResourceAlreadyExists,
        Self::NotPossibleNow,
        Self::ResourceNoLongerAvailable,
        Self::UnsupportedContentType,
        Self::TooManyRequests,
        Self::InternalServerError,
        Self::ServiceUnavailable,
    ];

    /// `(code, status, title)` as on the wire, unless a row of the table says otherwise.
    pub const fn words(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::ParameterNotSupplied => {
                ("parameter-not-supplied", StatusCode::BAD_REQUEST, "Required parameter not supplied")
            }
            Self::ParameterNotValid => {
                ("parameter-not-valid", StatusCode::BAD_REQUEST, "Parameter value is not valid")
            }
            Self::PathParameterNotValid => {
                ("path-parameter-not-valid", StatusCode::BAD_REQUEST, "Parameter value is not valid")
            }
            Self::InvalidContent => ("invalid-content", StatusCode::BAD_REQUEST, "Invalid request content"),
            Self::UnsupportedAccept => {
                ("unsupported-accept", StatusCode::BAD_REQUEST, "Accept type is not supported")
            }
            Self::InvalidAuthorizationToken => {
                ("invalid-authorization-token", StatusCode::UNAUTHORIZED, "Invalid authorization token.")
            }
            Self::UnauthorizedAccess => {
                ("unauthorized-access", StatusCode::UNAUTHORIZED, "Unauthorized Access")
            }
            Self::AccessDenied => ("access-denied", StatusCode::FORBIDDEN, "Access denied."),
            Self::ForbiddenAccess => ("forbidden-access", StatusCode::FORBIDDEN, "Forbidden Access"),
            Self::RequestNotValid => ("request-not-valid", StatusCode::FORBIDDEN, "Request not valid"),
            Self::ResourceNotFound => {
                ("resource-not-found", StatusCode::NOT_FOUND, "Requested resource is not found")
            }
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "Method is not allowed")
            }
            Self::ResourceAlreadyExists => {
                ("resource-already-exists", StatusCode::CONFLICT, "Resource already exists")
            }
            Self::NotPossibleNow => {
                ("not-possible-now", StatusCode::CONFLICT, "Not possible as things stand")
            }
            Self::ResourceNoLongerAvailable => {
                ("resource-no-longer-available", StatusCode::GONE, "Resource is no longer available")
            }
            Self::UnsupportedContentType => (
                "unsupported-content-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Content type is not supported",
            ),
            Self::TooManyRequests => {
                ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Too many requests")
            }
            Self::InternalServerError => {
                ("internal-server-error", StatusCode::INTERNAL_SERVER_ERROR, "Internal server error.")
            }
            Self::ServiceUnavailable => {
                ("service-unavailable", StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        }
    }
}

/// Which part of the request is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// The member, query parameter or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<&'static str>,
    /// Where it stands, such as `header/basiq-version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<&'static str>,
}

/// One error on its way to the caller. [`super::listen`] writes its envelope, with the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: Code,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    source: Option<Source>,
    retry_after: Option<Span>,
    allow: Option<&'static str>,
    closes: bool,
}

/// What a handler comes to.
pub type Answer = Result<Response, ApiError>;

/// The answer of a handler, as every route gives it.
pub fn settle(answer: Answer) -> Response {
    answer.unwrap_or_else(ApiError::into_response)
}

impl ApiError {
    /// An error with the usual status and title of its code.
    pub const fn new(code: Code) -> Self {
        let (_, status, title) = code.words();
        Self {
            status,
            code,
            title,
            detail: None,
            source: None,
            retry_after: None,
            allow: None,
            closes: false,
        }
    }

    /// Something required is missing: `source` names it.
    pub fn not_supplied(detail: &'static str, source: Source) -> Self {
        Self {
            detail: Some(Cow::Borrowed(detail)),
            source: Some(source),
            ..Self::new(Code::ParameterNotSupplied)
        }
    }

    /// A value is refused: `parameter` names it.
    pub fn not_valid(detail: impl Into<Cow<'static, str>>, parameter: &'static str) -> Self {
        Self::new(Code::ParameterNotValid).detailed(detail).at(parameter)
    }

    /// Not there, or another application's: both look the same.
    pub fn not_found() -> Self {
        Self::new(Code::ResourceNotFound).detailed("Resource not found.")
    }

    /// The path is right, but only `allow` is answered there.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed) }
    }

    /// The body cannot be read as what it should be.
    pub fn unreadable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidContent).detailed(detail)
    }

    /// The body is longer than is read here. The connection is closed with the answer.
    pub fn too_long() -> Self {
        Self { closes: true, ..Self::new(Code::RequestNotValid).detailed("Request Too Long") }
            .with_status(StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// A body type that is not read here.
    pub fn content_type(given: &str) -> Self {
        // What is echoed has been a header value, and is cut so that nobody can fill an answer with it.
        let shown: String = given.chars().filter(char::is_ascii_graphic).take(80).collect();
        Self::new(Code::UnsupportedContentType)
            .detailed(format!("Content type {shown} is not supported on requested endpoint."))
    }

    /// Whatever the layers below said in their own way.
    pub fn of_status(status: StatusCode) -> Self {
        let error = match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(Code::MethodNotAllowed),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_long(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(Code::UnsupportedContentType),
            StatusCode::TOO_MANY_REQUESTS => Self::new(Code::TooManyRequests),
            StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy.into(),
            status if status.is_server_error() => Trouble::Defect.into(),
            _ => Self::new(Code::InvalidContent).detailed("Invalid request"),
        };
        error.with_status(status)
    }

    /// With a sentence for the caller.
    #[must_use]
    pub fn detailed(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With the parameter at fault.
    #[must_use]
    pub fn at(self, parameter: &'static str) -> Self {
        Self { source: Some(Source { parameter: Some(parameter), pointer: None }), ..self }
    }

    /// With everything about where the fault is.
    #[must_use]
    pub fn from_source(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// With another title than its code usually has.
    #[must_use]
    pub fn titled(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    /// With another status than its code usually has.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With the time after which a retry makes sense.
    #[must_use]
    pub fn retry_after(self, span: Span) -> Self {
        Self { retry_after: Some(span), ..self }
    }

    /// Its status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Its code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The answer without its envelope: whoever knows the request's id writes that.
    pub fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(span) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(span.seconds_up().max(1)));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(self);
        response
    }

    /// The envelope (contract section 3.1).
    pub fn envelope(&self, correlation_id: Uuid) -> Vec<u8> {
        let item = Item {
            kind: "error",
            code: self.code.words().0,
            title: self.title,
            detail: self.detail.as_deref(),
            source: self.source,
        };
        let envelope =
            Envelope { kind: "list", correlation_id: correlation_id.hyphenated().to_string(), data: [item] };
        // Strings alone: this cannot fail.
        serde_json::to_vec(&envelope).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "correlationId")]
    correlation_id: String,
    data: [Item<'a>; 1],
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rule(failure) => failure.into(),
            Refusal::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::UserUnknown => {
                Self::new(Code::ResourceNotFound).detailed("Requested user does not exist.")
            }
            Failure::UserExists => Self::new(Code::ResourceAlreadyExists).detailed("User already exists."),
            Failure::Profile(fault) => fault.into(),
            Failure::MobileMissing => {
                let source = Source { parameter: Some("mobile"), pointer: None };
                Self::not_supplied("Mobile number is required.", source)
            }
            Failure::LinkNone
            | Failure::LinkUnknown
            | Failure::LinkSpent
            | Failure::ConsentUnknown
            | Failure::SessionUnknown => Self::not_found(),
            Failure::LinkOver(state) => {
                Self::new(Code::ResourceNoLongerAvailable).detailed(why_link_is_over(state))
            }
            Failure::SessionOver(_) => {
                Self::new(Code::ResourceNoLongerAvailable).detailed("The session is over.")
            }
            Failure::CodeWrong { .. } | Failure::CodeLate => {
                Self::new(Code::UnauthorizedAccess).detailed("The code is not valid.")
            }
            Failure::CodeLocked => {
                Self::new(Code::ResourceNoLongerAvailable).detailed(why_link_is_over(State::Locked))
            }
            Failure::SmsLimit { retry_after } => Self::new(Code::TooManyRequests)
                .detailed("No more text messages are sent for this link.")
                .retry_after(retry_after),
            Failure::TokenRevoked | Failure::TokenUsed => Self::new(Code::InvalidAuthorizationToken)
                .detailed("The link that this token came from is over."),
            Failure::LinkRequired => forbidden(),
            Failure::PolicyChanged | Failure::PolicyMissing | Failure::ConsentNeeded | Failure::NotNow => {
                Self::new(Code::NotPossibleNow)
            }
        }
    }
}

/// How the partner is told that the latest link of a user is over (decisions section 1).
const fn why_link_is_over(state: State) -> &'static str {
    match state {
        State::Expired => "Auth link has expired.",
        State::Locked => "Auth link was locked after too many wrong codes.",
        State::Abandoned => "Auth link was left unfinished.",
        State::Completed => "Auth link was completed.",
        State::Deleted => "Auth link was deleted.",
        State::Replaced => "Auth link was replaced by a newer one.",
        State::Issued | State::Challenged | State::InSession => "Auth link is in use.",
    }
}

impl From<ProfileFault> for ApiError {
    fn from(fault: ProfileFault) -> Self {
        match fault {
            ProfileFault::NoContact => {
                Self::not_supplied("One of 'email' or 'mobile' is required.", Source::default())
            }
            ProfileFault::Email => Self::not_valid("Provided email is in bad format.", "email"),
            ProfileFault::Mobile => Self::not_valid("Provided mobile is in bad format.", "mobile"),
            ProfileFault::BusinessName => {
                let source = Source { parameter: Some("businessName"), pointer: None };
                Self::not_supplied("Business name is required when business number is provided.", source)
            }
            ProfileFault::TooLong(member) => {
                Self::not_valid(format!("Provided {member} is too long."), member)
            }
            ProfileFault::NotAllowed(member) => {
                Self::not_valid(format!("Provided {member} is not one of the allowed values."), member)
            }
        }
    }
}

/// How long a caller waits before trying again when the house is busy.
const BUSY_RETRY: Span = Span::seconds(1);

/// How long a caller waits before trying again when the disk is full.
const FULL_RETRY: Span = Span::seconds(30);

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        let unavailable = || {
            Self::new(Code::ServiceUnavailable)
                .detailed("Service is currently unavailable. Please try again later.")
        };
        match trouble {
            Trouble::Busy | Trouble::Conflict => unavailable().retry_after(BUSY_RETRY),
            Trouble::Full => unavailable().retry_after(FULL_RETRY),
            Trouble::Store | Trouble::Defect => Self::new(Code::InternalServerError)
                .detailed("Internal server error. Please contact support."),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::new(Code::InvalidAuthorizationToken),
            TokenError::Expired => Self::new(Code::AccessDenied).detailed("Token has expired"),
        }
    }
}

/// The token has not the scope for this.
pub fn forbidden() -> ApiError {
    ApiError::new(Code::ForbiddenAccess).detailed("Access to this resource is forbidden.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_is_in_the_document_with_its_status() {
        let document = include_str!("../../docs/ERRORS.md");
        for code in Code::ALL {
            let (word, status, _) = code.words();
            let row = document.lines().find(|line| line.starts_with(&format!("| `{word}` ")));
            let row = row.unwrap_or_else(|| panic!("docs/ERRORS.md has no row for {word}"));
            assert!(row.contains(status.as_str()), "{word}: {row}");
        }
        let rows = document.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, Code::ALL.len(), "a row of docs/ERRORS.md has no code any more");
    }

    #[test]
    fn codes_are_distinct() {
        let words: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.words().0).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn the_envelope_is_the_one_that_clients_read() {
        let error = ApiError::not_valid("User ID value is not valid", "userId");
        let read: serde_json::Value = serde_json::from_slice(&error.envelope(Uuid::nil())).unwrap();
        assert_eq!(
            read,
            serde_json::json!({
                "type": "list",
                "correlationId": "00000000-0000-0000-0000-000000000000",
                "data": [{
                    "type": "error",
                    "code": "parameter-not-valid",
                    "title": "Parameter value is not valid",
                    "detail": "User ID value is not valid",
                    "source": {"parameter": "userId"}
                }]
            })
        );
        let no_contact = ApiError::from(ProfileFault::NoContact).envelope(Uuid::nil());
        let read: serde_json::Value = serde_json::from_slice(&no_contact).unwrap();
        assert_eq!(read["data"][0]["source"], serde_json::json!({}));
    }

    #[test]
    fn a_retry_is_offered_where_it_helps() {
        for trouble in [Trouble::Busy, Trouble::Full, Trouble::Conflict] {
            let response = ApiError::from(trouble).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(response.headers().contains_key(RETRY_AFTER));
        }
        let limit = Failure::SmsLimit { retry_after: Span(1500) };
        let response = ApiError::from(limit).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let defect = ApiError::from(Trouble::Defect).into_response();
        assert!(!defect.headers().contains_key(RETRY_AFTER));
    }
}
