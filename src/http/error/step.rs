//! What a job's failure is called on the wire (contract section 5.5): the error in the step at which it
//! ended, and the answer to whoever wanted to go on with it. Must not know: how a job fails.

use super::{ApiError, Code};
use crate::domain::job::Cause;
use http::StatusCode;

/// The error of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepError {
    /// For programs.
    pub code: Code,
    /// In a few words.
    pub title: &'static str,
    /// In a sentence.
    pub detail: &'static str,
}

/// What the wire says of each cause.
impl StepError {
    /// The error of a step that failed for this cause.
    pub const fn of(cause: Cause) -> Self {
        match cause {
            Cause::InvalidCredentials => Self {
                code: Code::InvalidCredentials,
                title: "Cannot login to target institution: invalid username or password.",
                detail: "Cannot login to target institution: invalid username or password. \
                         Please check credentials and try again.",
            },
            Cause::Locked => Self {
                code: Code::InvalidCredentials,
                title: "Cannot login to target institution: this account is locked.",
                detail: "Account is locked",
            },
            Cause::SessionOver => Self {
                detail: "Cannot login to target institution using supplied credentials. \
                         Please check credentials and try again.",
                ..Self::usual(Code::InvalidCredentials)
            },
            Cause::ActionRequired => Self {
                detail: "An action is required from end-user before account details can be returned.",
                ..Self::usual(Code::ActionRequired)
            },
            Cause::Unavailable => Self {
                detail: "Service is currently unavailable. Please try again later.",
                ..Self::usual(Code::ServiceUnavailable)
            },
            Cause::Interrupted => Self {
                detail: "Signing in was interrupted, and passwords are not kept. A new sign-in is needed.",
                ..Self::usual(Code::ServiceUnavailable)
            },
            Cause::ConsentOver => Self { detail: "access_denied", ..Self::usual(Code::AuthorizationFailed) },
            Cause::ChallengeOver => Self::late("The institution's question was not answered in time."),
            Cause::TimedOut => Self::late("The job took too long."),
            Cause::LeftOut => Self::late("The end-user finished without this connection."),
            Cause::LinkOver => {
                Self::late("The auth link was deleted or replaced before the sign-in was done.")
            }
        }
    }

    const fn usual(code: Code) -> Self {
        let (_, _, title) = code.words();
        Self { code, title, detail: "" }
    }

    const fn late(detail: &'static str) -> Self {
        Self { detail, ..Self::usual(Code::JobTimedOut) }
    }
}

impl From<StepError> for ApiError {
    /// For whoever wants to go on with a job that is over: always 400, for trying again cannot help.
    fn from(error: StepError) -> Self {
        let StepError { code, title, detail } = error;
        Self::new(code).titled(title).detailed(detail).with_status(StatusCode::BAD_REQUEST)
    }
}

/// The answer to an institution's question was wrong; it may be tried again.
pub fn wrong_answer() -> ApiError {
    ApiError::new(Code::InvalidCredentials)
        .detailed(
            "Cannot login to target institution: the answer is not right. Please check it and try again.",
        )
        .at("mfa-response")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_in_the_document_with_its_code() {
        let document = include_str!("../../../docs/ERRORS.md");
        for cause in Cause::ALL {
            let StepError { code, title, detail } = StepError::of(cause);
            let row = format!("| {detail} | `{}` | {title} |", code.words().0);
            assert!(document.lines().any(|line| line == row), "docs/ERRORS.md lacks\n{row}");
        }
    }

    #[test]
    fn a_job_that_is_over_is_said_to_be_so_with_400_and_no_retry() {
        for cause in Cause::ALL {
            let error = ApiError::from(StepError::of(cause));
            assert_eq!((error.status(), error.wait()), (StatusCode::BAD_REQUEST, None), "{cause:?}");
        }
    }
}
