//! The codes of the wire, each with its usual status and title. Must not know: when one is given.

use http::StatusCode;

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
    /// An institution refuses the login, or an answer.
    InvalidCredentials,
    /// The person must do something at the institution first.
    ActionRequired,
    /// The person's consent does not cover it any more.
    AuthorizationFailed,
    /// A job was not done in time.
    JobTimedOut,
    /// Another webhook of the application is told of that event.
    EventAlreadySubscribed,
    /// The application has no webhook that could be told.
    NoWebhooksFound,
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
    /// A request of that name is under way.
    RequestUnderWay,
    /// The name of a request was used for another one.
    IdempotencyKeyReused,
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
    pub const ALL: [Self; 27] = [
        Self::ParameterNotSupplied,
        Self::ParameterNotValid,
        Self::PathParameterNotValid,
        Self::InvalidContent,
        Self::InvalidCredentials,
        Self::ActionRequired,
        Self::AuthorizationFailed,
        Self::JobTimedOut,
        Self::EventAlreadySubscribed,
        Self::NoWebhooksFound,
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
        Self::RequestUnderWay,
        Self::ResourceNoLongerAvailable,
        Self::UnsupportedContentType,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::InternalServerError,
        Self::ServiceUnavailable,
    ];

    /// `(code, status, title)` as on the wire, unless a row of the table says otherwise.
    pub const fn words(self) -> (&'static str, StatusCode, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::ParameterNotSupplied => ("parameter-not-supplied", BAD, "Required parameter not supplied"),
            Self::ParameterNotValid => ("parameter-not-valid", BAD, "Parameter value is not valid"),
            Self::PathParameterNotValid => ("path-parameter-not-valid", BAD, "Parameter value is not valid"),
            Self::InvalidContent => ("invalid-content", BAD, "Invalid request content"),
            Self::InvalidCredentials => {
                ("invalid-credentials", BAD, "Cannot login to target institution, check credentials.")
            }
            Self::ActionRequired => (
                "account-not-accessible-requires-user-action",
                BAD,
                "Account is not accessible, user action is required.",
            ),
            Self::AuthorizationFailed => ("authorization-failed", BAD, "Authorization failed"),
            Self::JobTimedOut => ("job-timed-out", BAD, "Job timed out."),
            Self::EventAlreadySubscribed => ("event-already-subscribed", BAD, "Event already subscribed"),
            Self::NoWebhooksFound => ("no-webhooks-found", BAD, "No webhooks found for an app"),
            Self::UnsupportedAccept => ("unsupported-accept", BAD, "Accept type is not supported"),
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
            Self::RequestUnderWay => ("request-under-way", StatusCode::CONFLICT, "Request is under way"),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Idempotency key is used already",
            ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_is_in_the_document_with_its_status() {
        let document = include_str!("../../../docs/ERRORS.md");
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
}
