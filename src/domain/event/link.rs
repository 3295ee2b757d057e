//! How a link stood when something happened to it: how far its person had come, and why it went no further.
//! Holds no number and no secret. Must not know: what moves a link.

use crate::domain::auth_link::AuthLink;
use crate::domain::id::{AuthLinkId, JobId};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::auth_link::State;

/// Why something happened to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkReason {
    /// A wrong code was tried.
    WrongCode,
    /// The gateway refused the text.
    TextRefused,
    /// The text could not go while its code lived.
    TextLate,
    /// The person left.
    Left,
    /// The person did not agree.
    Declined,
    /// The person did nothing for too long.
    Idle,
    /// The person took too long as a whole.
    TooLong,
    /// The person asked for it, on the page of a link that was over.
    Reissued,
}

impl LinkReason {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 8] = [
        Self::WrongCode,
        Self::TextRefused,
        Self::TextLate,
        Self::Left,
        Self::Declined,
        Self::Idle,
        Self::TooLong,
        Self::Reissued,
    ];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::WrongCode => "wrong-code",
            Self::TextRefused => "text-refused",
            Self::TextLate => "text-late",
            Self::Left => "left",
            Self::Declined => "declined",
            Self::Idle => "idle",
            Self::TooLong => "too-long",
            Self::Reissued => "reissued",
        }
    }
}

/// How far a person had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// No code was asked for; the page may have been looked at.
    Start,
    /// A code was asked for.
    Code,
    /// Asked to agree.
    Consent,
    /// Picking an institution, or at its sign-in page: nothing was sent there yet.
    Institution,
    /// An institution refused the login.
    SignIn,
    /// An institution's question waits, or was not answered in time.
    Mfa,
    /// An institution is read, or could not be.
    Progress,
    /// Something is connected: all that was missing is to say that it is all.
    Review,
}

impl Stage {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 8] = [
        Self::Start,
        Self::Code,
        Self::Consent,
        Self::Institution,
        Self::SignIn,
        Self::Mfa,
        Self::Progress,
        Self::Review,
    ];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Code => "code",
            Self::Consent => "consent",
            Self::Institution => "institution",
            Self::SignIn => "sign-in",
            Self::Mfa => "mfa",
            Self::Progress => "progress",
            Self::Review => "review",
        }
    }
}

/// A link as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkThen {
    /// Its name for the partner.
    pub id: AuthLinkId,
    /// Where it stood.
    pub state: State,
    /// When it was made.
    pub created: UnixMillis,
    /// Until when somebody may enter by it.
    pub expires: UnixMillis,
    /// The first look at its page.
    pub opened: Option<UnixMillis>,
    /// When it reached its end.
    pub ended: Option<UnixMillis>,
    /// Texts that were asked for.
    pub sends: u32,
    /// Wrong codes that were tried.
    pub wrong_tries: u32,
    /// How far its person had come.
    pub stage: Stage,
    /// Why it happened.
    pub reason: Option<LinkReason>,
    /// The jobs that its person began, oldest first.
    pub jobs: Vec<JobId>,
}

impl LinkThen {
    /// A link by which nobody is in.
    pub fn of(link: &AuthLink) -> Self {
        Self {
            id: link.id,
            state: link.state,
            created: link.created,
            expires: link.expires,
            opened: link.opened,
            ended: link.ended,
            sends: link.sends,
            wrong_tries: link.wrong_tries,
            stage: if link.sends > 0 { Stage::Code } else { Stage::Start },
            reason: None,
            jobs: Vec::new(),
        }
    }
}
