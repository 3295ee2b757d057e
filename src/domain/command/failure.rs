//! Why something was not done. Must not know: statuses, pages, and the words that people read.

use crate::domain::profile::ProfileFault;
use crate::domain::time::Span;
use crate::domain::workflow::{auth_link, consent_session};

/// Why something was not done. What a surface makes of it stands in one table there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No such user, for this caller.
    #[error("no such user")]
    UserUnknown,
    /// A user of that name exists already.
    #[error("the user exists already")]
    UserExists,
    /// The application has no such test clock.
    #[error("no such test clock")]
    ClockUnknown,
    /// As many users live by the test clock as may.
    #[error("too many users live by the test clock")]
    ClockFull,
    /// The profile is refused.
    #[error("{0}")]
    Profile(#[from] ProfileFault),
    /// A link needs a number and there is none.
    #[error("a mobile number is required")]
    MobileMissing,
    /// The user has no link.
    #[error("no link")]
    LinkNone,
    /// The latest link is over: how.
    #[error("the link is over")]
    LinkOver(auth_link::State),
    /// No link of this user has that public id.
    #[error("no such link")]
    LinkUnknown,
    /// The link was spent by a right code.
    #[error("the link was used")]
    LinkSpent,
    /// Wrong digits; so many tries are left.
    #[error("wrong code")]
    CodeWrong {
        /// Tries left before the link locks.
        tries_left: u32,
    },
    /// No living code: too late, or none was asked for.
    #[error("no living code")]
    CodeLate,
    /// This was the last wrong try: the link is locked.
    #[error("the link is locked")]
    CodeLocked,
    /// No more texts for this link.
    #[error("no more texts for this link")]
    SmsLimit {
        /// How long until asking again could be answered otherwise: the rest of the link's life.
        retry_after: Span,
    },
    /// No such consent.
    #[error("no such consent")]
    ConsentUnknown,
    /// The token's link or session is over.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The token was exchanged by another browser already.
    #[error("the token was used")]
    TokenUsed,
    /// The application wants a proved number.
    #[error("a link is required")]
    LinkRequired,
    /// No such session.
    #[error("no such session")]
    SessionUnknown,
    /// The session is over: how.
    #[error("the session is over")]
    SessionOver(consent_session::State),
    /// The policy changed between the page and the press.
    #[error("the policy changed")]
    PolicyChanged,
    /// The application has no policy.
    #[error("the application has no policy")]
    PolicyMissing,
    /// Agree first.
    #[error("consent is needed first")]
    ConsentNeeded,
    /// No such connection.
    #[error("no such connection")]
    ConnectionUnknown,
    /// What stands for a sign-in is missing or known to be refused: the person must sign in.
    #[error("a new sign-in is needed")]
    CredentialsRefused,
    /// Which login it is was not kept.
    #[error("the login id is needed")]
    LoginMissing,
    /// The login is another one than the connection is.
    #[error("the login is another one")]
    LoginOther,
    /// Only what was read lately can be purged.
    #[error("the connection is not active")]
    ConnectionNotActive,
    /// The user has as many connections as may be.
    #[error("too many connections")]
    TooManyConnections,
    /// The users of this application, which is a sandbox, have as many connections as may be.
    #[error("too many connections in this sandbox")]
    TooManySandboxConnections,
    /// This application may not connect there.
    #[error("the institution is not open to this application")]
    InstitutionRefused,
    /// No such job.
    #[error("no such job")]
    JobUnknown,
    /// The job is over.
    #[error("the job is over")]
    JobOver,
    /// As many jobs are open as may be.
    #[error("too many jobs are open")]
    TooManyJobs,
    /// An answer is missing, or there are too many.
    #[error("one answer for each question is needed")]
    AnswersMissing,
    /// The person should say what becomes of jobs that are not over: they wait for an answer, or are at work.
    #[error("jobs are not over")]
    JobsWaiting,
    /// Something seems to be missing that the person was not asked about.
    #[error("what seems to be missing was not asked about")]
    GapsUnasked,
    /// Not possible at this point.
    #[error("not possible at this point")]
    NotNow,
}
