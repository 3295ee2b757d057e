//! What a user answers, and what each surface may see of it. Must not know: HTTP, actors, records.

use crate::domain::attestation::Attestation;
use crate::domain::auth_link::PublicId;
use crate::domain::connection::ConnectionView;
use crate::domain::consent::Consent;
use crate::domain::consent_session::{CookieHash, Origin};
use crate::domain::errand::Errand;
use crate::domain::id::{ApplicationId, AuthLinkId, ClockId, JobId, SessionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Job;
use crate::domain::mobile::Mobile;
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::domain::user::User;
use crate::domain::workflow::{auth_link, consent_session};

/// What comes back when it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The user.
    User(Box<UserView>),
    /// The link.
    Link(Box<LinkView>),
    /// The active consent, if there is one.
    Consent(Option<Box<Consent>>),
    /// The latest declaration, if there is one.
    Attestation(Option<Box<Attestation>>),
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
    /// One that was at work already.
    JobOpen(Box<Job>),
    /// One of a login that was connected before: no second connection was made.
    JobAgain(Box<Job>),
    /// What was reported is written down; whether the work goes on.
    Gathering(bool),
    /// Done; nothing to say.
    Done,
    /// How things stand.
    Inspected(Box<User>),
}

/// The user as the partner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    /// Its name.
    pub id: UserId,
    /// The person.
    pub profile: Profile,
    /// The test clock that it lives by.
    pub clock: Option<ClockId>,
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
    /// The time by the user's clock, that what is left of a deadline is counted from.
    pub now: UnixMillis,
    /// Until when it lets people in.
    pub expires: UnixMillis,
    /// The living code, if one was texted.
    pub code: Option<CodeFace>,
    /// No code lives because the gateway refused the last text for good.
    pub was_refused: bool,
    /// Texts left, also when the last code has run out.
    pub sends_left: u32,
    /// When it ended.
    pub ended: Option<UnixMillis>,
    /// The code that was right may be entered once more, where the answer to it was lost.
    pub takes_code_again: bool,
    /// The session that it led to.
    pub session: SessionFace,
    /// A consent of the person is active: something is agreed to.
    pub has_consent: bool,
}

/// A link's session as whoever holds the link's URL may see it; all absent where there was none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionFace {
    /// This browser holds it, and it lives.
    pub is_own: bool,
    /// How it ended, when it is over.
    pub end: Option<consent_session::State>,
    /// When it closes by itself if nothing happens, while somebody is in.
    pub closes: Option<UnixMillis>,
}

/// The living code as the person may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeFace {
    /// When its text was asked for.
    pub sent_at: UnixMillis,
    /// There was one before, which is dead.
    pub is_second: bool,
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
    /// The time by the user's clock, that what is left of a deadline is counted from.
    pub now: UnixMillis,
    /// When idling ends it.
    pub idle_at: UnixMillis,
    /// When it ends in any case.
    pub total_at: UnixMillis,
    /// The partner's `state`.
    pub return_state: Option<String>,
    /// It began on a consent that was already there.
    pub carried: bool,
    /// What the partner sent the person for.
    pub errand: Errand,
    /// Where they had connected under a consent that ended when they agreed in here.
    pub former: Vec<InstitutionId>,
    /// The active consent was given on the current policy.
    pub is_current: bool,
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
    /// What was typed as login id for the jobs that were begun in it and failed.
    pub logins: Vec<(JobId, Secret)>,
}
