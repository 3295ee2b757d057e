//! What can go wrong inside, and what the caller is told (contract sections 3.2 to 3.4). The link
//! protocol has a table of its own in [`crate::http::api`].

use super::{ApiError, Code, Source, StepError};
use crate::domain::command::Failure;
use crate::domain::job::Cause;
use crate::domain::profile::{ProfileFault, TEXTS_BYTES_MAX};
use crate::domain::time::Span;
use crate::domain::webhook::WebhookFault;
use crate::domain::workflow::auth_link::State;
use crate::engine::user::core::{Refusal, Trouble};
use crate::engine::webhooks::AskRefusal;
use crate::http::token::TokenError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rule(failure) => failure.into(),
            Refusal::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<WebhookFault> for ApiError {
    fn from(fault: WebhookFault) -> Self {
        match fault {
            WebhookFault::Unknown => {
                Self::new(Code::ResourceNotFound).detailed("Webhook with provided id doesn't exist.")
            }
            WebhookFault::UrlMissing => Self::not_supplied("URL is required.", Source::parameter("url")),
            WebhookFault::Url(why) => Self::not_valid(format!("URL is refused: {why}."), "url"),
            WebhookFault::UrlTaken => {
                Self::new(Code::ResourceAlreadyExists).detailed("Webhook with provided url already exists.")
            }
            WebhookFault::EventUnknown => {
                Self::unreadable("Posted subscribedEvents contains unsupported event types.")
                    .at("subscribedEvents")
            }
            WebhookFault::EventTaken => Self::new(Code::EventAlreadySubscribed).at("subscribedEvents").detailed(
                "Posted subscribedEvents contains events that are already subscribed to for this application.",
            ),
            WebhookFault::TooLong(what) => {
                Self::not_valid("At most 100 characters for the name, 400 for the description.", what)
            }
            WebhookFault::TooMany => {
                Self::new(Code::AccessDenied).detailed("Limit reached for webhooks of this application.")
            }
        }
    }
}

impl From<AskRefusal> for ApiError {
    fn from(refusal: AskRefusal) -> Self {
        match refusal {
            AskRefusal::Unknown => WebhookFault::Unknown.into(),
            AskRefusal::TooMany => Self::new(Code::TooManyRequests)
                .detailed("As many replays of this webhook as there may be are not through yet.")
                .retry_after(Span::minutes(1)),
            AskRefusal::Trouble(trouble) => trouble.into(),
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
            Failure::ClockUnknown => Self::not_valid("There is no such test clock.", "testClock"),
            Failure::ClockFull => limit_reached("Limit reached for users of this test clock."),
            Failure::Profile(fault) => fault.into(),
            Failure::MobileMissing => {
                Self::not_supplied("Mobile number is required.", Source::parameter("mobile"))
            }
            Failure::LinkNone
            | Failure::LinkUnknown
            | Failure::LinkSpent
            | Failure::ConsentUnknown
            | Failure::SessionUnknown
            | Failure::ConnectionUnknown
            | Failure::JobUnknown => Self::not_found(),
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
            Failure::PolicyChanged => not_now("The policy changed meanwhile: read it again."),
            Failure::PolicyMissing => not_now("The application has no consent policy yet."),
            Failure::JobOver => not_now("The job is over."),
            Failure::JobsWaiting => not_now("Jobs of this person wait for an answer."),
            Failure::GapsUnasked => not_now("The person was not asked about what seems to be missing."),
            Failure::NotNow => not_now("Something else is under way there: try again once it is over."),
            Failure::AnswersMissing => Self::not_supplied(
                "One answer for each input of the challenge is required.",
                Source::parameter("mfa-response"),
            ),
            Failure::ConsentNeeded => {
                Self::new(Code::AccessDenied).detailed("The user has not given a consent that covers this.")
            }
            Failure::InstitutionRefused => Self::new(Code::AccessDenied)
                .detailed("Please contact us to have your API key enabled for Connections."),
            Failure::CredentialsRefused => StepError::of(Cause::SessionOver).into(),
            Failure::LoginMissing => Self::not_supplied(
                "Login ID parameter is required.",
                Source::pointing("loginId", "connection/loginId"),
            ),
            Failure::LoginOther => Self::new(Code::ParameterNotValid)
                .detailed("Login ID is not the one of this connection: connect it as another one.")
                .from_source(Source::pointing("loginId", "connection/loginId")),
            Failure::ConnectionNotActive => {
                Self::not_valid("Connection is not active: refresh it first.", "connectionId")
            }
            Failure::TooManyConnections => limit_reached("Limit reached for connections of this user."),
            Failure::TooManySandboxConnections => limit_reached("Limit reached for sandbox connections."),
            Failure::TooManyJobs => Self::new(Code::TooManyRequests)
                .detailed("Too many jobs of this user are open.")
                .retry_after(JOBS_RETRY),
        }
    }
}

/// It would be possible at another time.
fn not_now(detail: &'static str) -> ApiError {
    ApiError::new(Code::NotPossibleNow).detailed(detail)
}

/// There are as many as may be.
fn limit_reached(detail: &'static str) -> ApiError {
    ApiError::new(Code::AccessDenied).detailed(detail)
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
                let source = Source::parameter("businessName");
                Self::not_supplied("Business name is required when business number is provided.", source)
            }
            ProfileFault::TooLong(member) => {
                Self::not_valid(format!("Provided {member} is too long."), member)
            }
            ProfileFault::TooMuch => Self::new(Code::ParameterNotValid).detailed(format!(
                "The texts of a user, but for the email, have more than {TEXTS_BYTES_MAX} bytes in UTF-8 together."
            )),
            ProfileFault::NotAllowed(member) => {
                Self::not_valid(format!("Provided {member} is not one of the allowed values."), member)
            }
        }
    }
}

/// How long a caller waits before trying again when the house is busy.
const BUSY_RETRY: Span = Span::seconds(1);

/// How long a caller waits before trying again when many jobs are open.
const JOBS_RETRY: Span = Span::seconds(10);

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
    use http::StatusCode;
    use http::header::RETRY_AFTER;

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
