//! What can be asked of a user, and by whom; what comes back is beside it. Must not know: HTTP, actors,
//! records.

mod effect;
mod failure;
mod reply;

pub use effect::{Effect, Rows};
pub use failure::Failure;
pub use reply::{CodeFace, Entered, LinkFace, LinkView, Reply, SessionFace, SessionView, UserView};

use crate::domain::attestation::FoundGap;
use crate::domain::auth_link::{CodeText, CodeWords, LinkHash, LinkWords};
use crate::domain::bank::Credentials;
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::Errand;
use crate::domain::id::{
    ApplicationId, AuthLinkId, ClockId, ConnectionId, ConsentId, EffectId, JobId, SessionId,
};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Report;
use crate::domain::notice::Shown;
use crate::domain::profile::ProfileChanges;
use crate::domain::secret::Secret;

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

/// What somebody holds of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// Its address.
    Link(LinkHash),
    /// The cookie of the session that it led to.
    Browser(CookieHash),
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
        /// What the link's address says that the person is sent for.
        errand: Errand,
    },
}

/// Everything that can be asked of one user. Its `Debug` is its name alone: commands hold codes,
/// numbers and what partners told us about people.
pub enum Command {
    /// Make the user, to live by a test clock or by real time.
    CreateUser(Box<ProfileChanges>, Option<ClockId>),
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
    /// The latest declaration that all accounts are disclosed.
    GetAttestation,
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
        /// What the text says behind the code.
        words: &'static dyn CodeWords,
    },
    /// The gateway refused a text for good.
    TextRefused(EffectId),
    /// Try a code.
    TryCode {
        /// Which link.
        hash: LinkHash,
        /// The digits.
        code: CodeText,
        /// How a right one enters.
        entry: Entry,
    },
    /// The holder of a link that is over asks for a new one, by text to the number that is known.
    Reissue {
        /// What they hold of the link that is over.
        held: Held,
        /// Whose link it is, as whoever asks has it: that name stands in the words.
        partner: ApplicationId,
        /// What the text says before the new link's secret.
        words: LinkWords,
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
        /// What the person is sent for.
        errand: Errand,
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
        /// The same, word for word, and when; none where nobody read a page.
        shown: Option<Box<Shown>>,
    },
    /// "No, don't share".
    Decline(CookieHash),
    /// "I have disclosed all my accounts".
    Disclose {
        /// Whose session.
        cookie: CookieHash,
        /// Finish without what is not over, rather than asking about it: what waits for an answer is left out,
        /// what is at work goes on.
        leave_out: bool,
        /// What seems to be missing, and what the person was asked about it; none when nobody looked.
        gaps: Option<Vec<FoundGap>>,
    },
    /// Leave: the link is used up.
    Leave(CookieHash),
    /// The person withdraws the consent.
    Withdraw {
        /// Whose session.
        cookie: CookieHash,
        /// Which consent was shown.
        consent: ConsentId,
        /// The copy that the partner may keep is to be deleted too.
        wants_deletion: bool,
    },
    /// The person ends one connection, and what was read by it.
    Disconnect {
        /// Whose session.
        cookie: CookieHash,
        /// Which connection.
        connection: ConnectionId,
    },
    /// Let the consent last longer: as long from now as it was to last when it was given.
    Extend(CookieHash),
    /// What the person was sent for is done.
    Finish(CookieHash),

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
    /// Sign in with a new password as the login that a connection is.
    UpdateConnection {
        /// The browser, when a page asks; otherwise the caller's token says who.
        cookie: Option<CookieHash>,
        /// Which connection.
        connection: ConnectionId,
        /// Its login id, where it was not kept.
        login_id: Option<Secret>,
        /// What the person typed.
        password: Secret,
    },
    /// Read by one of them again.
    RefreshConnection(ConnectionId),
    /// Read by all of them again that can be.
    RefreshConnections,
    /// Remove what was read at the institution of one; the connection stays.
    PurgeConnection(ConnectionId),
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

    /// The person of a link's token asked for something: they are here. What is asked besides reading says
    /// so itself.
    Touch,
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
                | Self::GetAttestation
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
            Self::CreateUser(..) => "create_user",
            Self::GetUser => "get_user",
            Self::UpdateUser(_) => "update_user",
            Self::DeleteUser => "delete_user",
            Self::CreateLink { .. } => "create_link",
            Self::GetLink => "get_link",
            Self::DeleteLink => "delete_link",
            Self::GetConsent => "get_consent",
            Self::GetAttestation => "get_attestation",
            Self::EndConsent(_) => "end_consent",
            Self::ViewLink { .. } => "view_link",
            Self::RequestCode { .. } => "request_code",
            Self::TextRefused(_) => "text_refused",
            Self::TryCode { .. } => "try_code",
            Self::Reissue { .. } => "reissue",
            Self::DiscloseByToken { .. } => "disclose_by_token",
            Self::Exchange { .. } => "exchange",
            Self::ViewSession(_) => "view_session",
            Self::PeekSession(_) => "peek_session",
            Self::Connect { .. } => "connect",
            Self::AnswerChallenge { .. } => "answer_challenge",
            Self::ListConnections => "list_connections",
            Self::GetConnection(_) => "get_connection",
            Self::DeleteConnection(_) => "delete_connection",
            Self::UpdateConnection { .. } => "update_connection",
            Self::RefreshConnection(_) => "refresh_connection",
            Self::RefreshConnections => "refresh_connections",
            Self::PurgeConnection(_) => "purge_connection",
            Self::ListSources => "list_sources",
            Self::ListJobs => "list_jobs",
            Self::GetJob(_) => "get_job",
            Self::ResumeJob(_) => "resume_job",
            Self::Report { .. } => "report",
            Self::Agree { .. } => "agree",
            Self::Decline(_) => "decline",
            Self::Disclose { .. } => "disclose",
            Self::Leave(_) => "leave",
            Self::Withdraw { .. } => "withdraw",
            Self::Disconnect { .. } => "disconnect",
            Self::Extend(_) => "extend",
            Self::Finish(_) => "finish",
            Self::Touch => "touch",
            Self::FallDue => "fall_due",
            Self::Inspect => "inspect",
            #[cfg(test)]
            Self::Panic => "panic",
        }
    }
}
