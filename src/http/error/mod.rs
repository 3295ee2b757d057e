//! Errors of the wire: one envelope, and one table from what can go wrong inside to what the caller is
//! told. [`code`] has the codes, [`table`] the table, [`step`] what is said of jobs; docs/ERRORS.md explains
//! them. Must not know: routes, the engine's workings.

mod code;
mod step;
mod table;

pub use code::Code;
pub use step::{StepError, wrong_answer};
pub use table::forbidden;

use super::Response;
use crate::domain::time::Span;
use crate::engine::user::core::Trouble;
use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// Which part of the request is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// The member, query parameter or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<Cow<'static, str>>,
    /// Where it stands, such as `header/basiq-version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Cow<'static, str>>,
}

impl Source {
    /// A member, query parameter or path parameter.
    pub const fn parameter(name: &'static str) -> Self {
        Self { parameter: Some(Cow::Borrowed(name)), pointer: None }
    }

    /// A parameter, and where exactly it stands.
    pub fn pointing(name: &'static str, pointer: impl Into<Cow<'static, str>>) -> Self {
        Self { parameter: Some(Cow::Borrowed(name)), pointer: Some(pointer.into()) }
    }

    /// A member of the body, by its name.
    pub const fn member(name: String) -> Self {
        Self { parameter: Some(Cow::Owned(name)), pointer: None }
    }
}

/// One error on its way to the caller. [`super::listen`] writes its envelope, with the request's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: Code,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    source: Option<Box<Source>>,
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
            source: Some(Box::new(source)),
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

    /// Nothing is answered there, whoever asks.
    pub fn no_route() -> Self {
        Self::new(Code::ResourceNotFound).detailed("Route not found for this API version.")
    }

    /// The path is right, but only `allow` is answered there.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let error = Self::new(Code::MethodNotAllowed).detailed(format!("Allowed here: {allow}."));
        Self { allow: Some(allow), ..error }
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
            StatusCode::NOT_FOUND => Self::no_route(),
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
        self.from_source(Source::parameter(parameter))
    }

    /// With everything about where the fault is.
    #[must_use]
    pub fn from_source(self, source: Source) -> Self {
        Self { source: Some(Box::new(source)), ..self }
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

    /// How long to wait before a retry makes sense.
    pub const fn wait(&self) -> Option<Span> {
        self.retry_after
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
            source: self.source.as_deref(),
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
    source: Option<&'a Source>,
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let no_contact =
            ApiError::from(crate::domain::profile::ProfileFault::NoContact).envelope(Uuid::nil());
        let read: serde_json::Value = serde_json::from_slice(&no_contact).unwrap();
        assert_eq!(read["data"][0]["source"], serde_json::json!({}));
    }
}
