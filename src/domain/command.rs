//! What can be asked of a user, and what comes back. Must not know: HTTP, actors, records.

use crate::domain::auth_link::{CodeText, LinkHash, PublicId};
use crate::domain::bank::Credentials;
use crate::domain::connection::{ConnectionView, Generation};
use crate::domain::consent::Consent;
use crate::domain::consent_session::{CookieHash, Origin};
use crate::domain::id::{
    ApplicationId, AuthLinkId, ConnectionId, ConsentId, EffectId, JobId, SessionId, UserId,
};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Job, Report};
use crate::domain::mobile::Mobile;
use crate::domain::profile::{Profile, ProfileChanges, ProfileFault};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::{auth_link, consent_session};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The partner's server.
    Server(ApplicationId),
    /// A client token of the partner, for this user.
    Client(ApplicationId),
    /// A client token that a link's code earned: it dies with its link or session.
    LinkClient {
        /// The application of the token.
        application: ApplicationId,
        /// The link of the token.
        link: AuthLinkId,
        /// The session of the token.
        session: SessionId,
    },
    /// Somebody who holds a link's URL, or a browser with our cookie.
    Applicant,
    /// The house itself: timers, the dispatcher, the operator.
    House,
}

/// How a right code enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Through the API: a token comes back, which a browser exchanges once.
    Token,
    /// On our own page: the browser gets a cookie.
    Cookie {
        /// Keyed hash of the cookie that will be set.
        cookie: CookieHash,
        /// The partner's `state`, when the link carried one.
        return_state: Option<String>,
    },
}

/// Everything that can be asked of one user. Its `Debug` is its name alone: commands hold codes,
/// numbers and what partners told us about people.
pub enum Command {
    /// Make the user.
    CreateUser(Box<ProfileChanges>),
    /// Read the user.
    GetUser,
    /// Change some members.
    UpdateUser(Box<ProfileChanges>),
    /// Forget the user and all that belongs to them.
    DeleteUser,
    /// Make a link; the one before is dead at once.
    CreateLink {
        /// The number to prove; the user's own when absent.
        mobile: Option<String>,
    },
    /// Read the latest link.
    GetLink,
    /// Withdraw the latest link.
    DeleteLink,
    /// The active consent.
    GetConsent,
    /// The partner ends a consent.
    EndConsent(ConsentId),

    /// Look at a link. Spends nothing and sends nothing.
    ViewLink {
        /// Which link.
        hash: LinkHash,
        /// The cookie of the browser, if it has one.
        cookie: Option<CookieHash>,
    },
    /// Ask for a text with a code.
    RequestCode {
        /// Which link.
        hash: LinkHash,
    },
    /// Try a code.
    TryCode {
        /// Which link.
        hash: LinkHash,
        /// The digits.
        code: CodeText,
        /// How a right one enters.
        entry: Entry,
    },
    /// "I have disclosed all my accounts" by the token that the code earned.
    DiscloseByToken {
        /// Which link.
        hash: LinkHash,
    },

    /// A browser presents a token at the consent page and becomes the session.
    Exchange {
        /// Keyed hash of the cookie that will be set.
        cookie: CookieHash,
        /// The cookie that the browser had already.
        old_cookie: Option<CookieHash>,
        /// The partner's `state`.
        return_state: Option<String>,
    },
    /// Look at one's session.
    ViewSession(CookieHash),
    /// The same for a page that looks by itself: nobody is noted as being there.
    PeekSession(CookieHash),
    /// Agree to the policy version that was shown.
    Agree {
        /// Whose session.
        cookie: CookieHash,
        /// What was shown.
        policy_version: u32,
    },
    /// "No, don't share".
    Decline(CookieHash),
    /// "I have disclosed all my accounts".
    Disclose {
        /// Whose session.
        cookie: CookieHash,
        /// Leave out what still waits for an answer, rather than asking about it.
        leave_out: bool,
    },
    /// Leave: the link is used up.
    Leave(CookieHash),

    /// Sign in at an institution and read what the consent covers.
    Connect {
        /// The browser, when a page asks; otherwise the caller's token says who.
        cookie: Option<CookieHash>,
        /// Where.
        institution: InstitutionId,
        /// What the person typed.
        credentials: Credentials,
    },
    /// Answer what an institution asks.
    AnswerChallenge {
        /// The browser, when a page asks.
        cookie: Option<CookieHash>,
        /// Which job.
        job: JobId,
        /// One for each prompt.
        answers: Vec<Secret>,
    },
    /// The connections that were not deleted.
    ListConnections,
    /// One of them.
    GetConnection(ConnectionId),
    /// The partner deletes one; what was read by it stays.
    DeleteConnection(ConnectionId),
    /// Every connection by which something may have been read, also deleted ones.
    ListSources,
    /// The jobs of the last seven days, newest first.
    ListJobs,
    /// One of them.
    GetJob(JobId),
    /// Nobody is at work on this job: go on with it, or end it.
    ResumeJob(JobId),
    /// How work on a job goes.
    Report {
        /// Which job.
        job: JobId,
        /// Which try.
        attempt: u32,
        /// What happened.
        report: Box<Report>,
    },

    /// Do what is due.
    FallDue,
    /// Say how things stand, for the operator; personal data masked.
    Inspect,
    /// A defect on purpose: shows that it is contained.
    #[cfg(test)]
    Panic,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Command({})", self.name())
    }
}

impl Command {
    /// Whether it only reads: it never commits and never waits for a commit.
    pub const fn is_read(&self) -> bool {
        matches!(
            self,
            Self::GetUser
                | Self::GetLink
                | Self::GetConsent
                | Self::PeekSession(_)
                | Self::ListConnections
                | Self::GetConnection(_)
                | Self::ListSources
                | Self::ListJobs
                | Self::GetJob(_)
                | Self::Inspect
        )
    }

    /// Its name, for logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CreateUser(_) => "create_user",
            Self::GetUser => "get_user",
            Self::UpdateUser(_) => "update_user",
            Self::DeleteUser => "delete_user",
            Self::CreateLink { .. } => "create_link",
            Self::GetLink => "get_link",
            Self::DeleteLink => "delete_link",
            Self::GetConsent => "get_consent",
            Self::EndConsent(_) => "end_consent",
            Self::ViewLink { .. } => "view_link",
            Self::RequestCode { .. } => "request_code",
            Self::TryCode { .. } => "try_code",
            Self::DiscloseByToken { .. } => "disclose_by_token",
            Self::Exchange { .. } => "exchange",
            Self::ViewSession(_) => "view_session",
            Self::PeekSession(_) => "peek_session",
            Self::Connect { .. } => "connect",
            Self::AnswerChallenge { .. } => "answer_challenge",
            Self::ListConnections => "list_connections",
            Self::GetConnection(_) => "get_connection",
            Self::DeleteConnection(_) => "delete_connection",
            Self::ListSources => "list_sources",
            Self::ListJobs => "list_jobs",
            Self::GetJob(_) => "get_job",
            Self::ResumeJob(_) => "resume_job",
            Self::Report { .. } => "report",
            Self::Agree { .. } => "agree",
            Self::Decline(_) => "decline",
            Self::Disclose { .. } => "disclose",
            Self::Leave(_) => "leave",
            Self::FallDue => "fall_due",
            Self::Inspect => "inspect",
            #[cfg(test)]
            Self::Panic => "panic",
        }
    }
}

/// What comes back when it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The user.
    User(Box<UserView>),
    /// The link.
    Link(Box<LinkView>),
    /// The active consent, if there is one.
    Consent(Option<Box<Consent>>),
    /// A link as its holder sees it.
    Face(Box<LinkFace>),
    /// A text is on its way, or (inside the cool-down) was already.
    Requested(Box<LinkFace>),
    /// The code was right.
    Entered(Entered),
    /// The session.
    Session(Box<SessionView>),
    /// Connections, newest first.
    Connections(Vec<ConnectionView>),
    /// One connection.
    Connection(Box<ConnectionView>),
    /// Jobs, newest first.
    Jobs(Vec<Job>),
    /// One job.
    Job(Box<Job>),
    /// What was reported is written down; whether the work goes on.
    Gathering(bool),
    /// Done; nothing to say.
    Done,
    /// How things stand.
    Inspected(Box<crate::domain::user::User>),
}

/// The user as the partner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    /// Its name.
    pub id: UserId,
    /// The person.
    pub profile: Profile,
    /// Whether a link shows on it (decisions section 1).
    pub has_link: bool,
    /// The connections that were not deleted, newest first.
    pub connections: Vec<ConnectionView>,
}

/// The link as the partner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Its name.
    pub id: AuthLinkId,
    /// Its user.
    pub user: UserId,
    /// Its secret, for the partner's eyes.
    pub public_id: PublicId,
    /// The number it proves.
    pub mobile: Mobile,
    /// Until when it lets people in.
    pub expires: UnixMillis,
    /// Where it stands.
    pub state: auth_link::State,
}

/// A link as the person who holds its URL may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFace {
    /// Whose link: for the token of a right code, never shown.
    pub user: UserId,
    /// The application that asks.
    pub application: ApplicationId,
    /// Where it stands; an older link has its end state.
    pub state: auth_link::State,
    /// The last three digits of the number.
    pub mobile_ending: Option<String>,
    /// Until when it lets people in.
    pub expires: UnixMillis,
    /// The living code, if one was texted.
    pub code: Option<CodeFace>,
    /// Texts left, also when the last code has run out.
    pub sends_left: u32,
    /// When it ended.
    pub ended: Option<UnixMillis>,
    /// This browser holds the link's live session.
    pub is_own_session: bool,
    /// How its session ended, when it had one that is over.
    pub session_end: Option<consent_session::State>,
}

/// The living code as the person may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeFace {
    /// Until when it counts.
    pub expires: UnixMillis,
    /// From when on a new one may be asked for.
    pub next_send_at: UnixMillis,
    /// Wrong tries left before the link locks.
    pub tries_left: u32,
}

/// The code was right: what a token or cookie is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered {
    /// Who.
    pub user: UserId,
    /// Of which application.
    pub application: ApplicationId,
    /// By which link.
    pub link: AuthLinkId,
    /// The session.
    pub session: SessionId,
}

/// A session as the person may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Its name.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// Who asks.
    pub application: ApplicationId,
    /// Where it stands.
    pub state: consent_session::State,
    /// Where the right to be here came from.
    pub origin: Origin,
    /// The last three digits of the number that is acted for.
    pub mobile_ending: Option<String>,
    /// When idling ends it.
    pub idle_at: UnixMillis,
    /// When it ends in any case.
    pub total_at: UnixMillis,
    /// The partner's `state`.
    pub return_state: Option<String>,
    /// It began on a consent that was already there.
    pub carried: bool,
    /// A newer link took the place of the one that led here.
    pub is_replaced: bool,
    /// Keyed hash of the cookie that holds it: an exchange by the same browser keeps the one it had.
    pub cookie: Option<CookieHash>,
    /// The consent that is active, if any.
    pub consent: Option<Consent>,
    /// The jobs that it began, and what others left at work, in order of creation.
    pub jobs: Vec<Job>,
    /// The connections that were not deleted, newest first.
    pub connections: Vec<ConnectionView>,
    /// When it ended.
    pub ended: Option<UnixMillis>,
}

/// Why something was not done. What a surface makes of it stands in one table there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No such user, for this caller.
    #[error("no such user")]
    UserUnknown,
    /// A user of that name exists already.
    #[error("the user exists already")]
    UserExists,
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
    /// The user has as many connections as may be.
    #[error("too many connections")]
    TooManyConnections,
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
    /// The person should say what becomes of jobs that wait for an answer.
    #[error("jobs wait for an answer")]
    JobsWaiting,
    /// Not possible at this point.
    #[error("not possible at this point")]
    NotNow,
}

/// What a committed decision asks of the world.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Text a one-time code.
    SendCode {
        /// Its name: the idempotency key at the gateway.
        id: EffectId,
        /// The link it is for.
        link: AuthLinkId,
        /// To whom.
        to: Mobile,
        /// The digits.
        code: CodeText,
        /// After this it is worthless and is dropped.
        not_after: UnixMillis,
    },
    /// Take back what has not been done yet.
    Withdraw(EffectId),
    /// A job is open: see that somebody works on it, also after a restart.
    Gather {
        /// Its name.
        id: EffectId,
        /// Which job.
        job: JobId,
        /// When the job ends in any case.
        not_after: UnixMillis,
    },
    /// Remove what was read and is not shown any more.
    Sweep {
        /// Its name.
        id: EffectId,
        /// Of which connection.
        connection: ConnectionId,
        /// Which rows.
        rows: Rows,
        /// The generation that is shown stays; zero: none.
        keep: Generation,
        /// Later ones than this are let be.
        up_to: Generation,
    },
}

/// What is read of an institution, as rows of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rows {
    /// Accounts.
    Accounts,
    /// Who the person is.
    Identities,
    /// Transactions.
    Transactions,
}

impl Rows {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accounts, Self::Identities, Self::Transactions];
}
