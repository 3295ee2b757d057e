//! What happened, as the partner may read it: one list per application, in the order of commits.
//! Must not know: how events are numbered, stored or rendered.

pub mod link;

pub use link::{LinkReason, LinkThen, Stage};

use crate::domain::account::Account;
use crate::domain::connection::ConnectionView;
use crate::domain::consent::Consent;
use crate::domain::id::{AuthLinkId, ConsentId, EventId, UserId};
use crate::domain::job::Job;
use crate::domain::profile::Profile;
use crate::domain::time::UnixMillis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Every kind of event. The number is stored: it is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// `user.created`
    UserCreated,
    /// `user.updated`
    UserUpdated,
    /// `user.deleted`
    UserDeleted,
    /// `consent.created`
    ConsentCreated,
    /// `consent.updated`
    ConsentUpdated,
    /// `consent.revoked`
    ConsentRevoked,
    /// `consent.expired`
    ConsentExpired,
    /// `consent.archived`: the partner ended it
    ConsentArchived,
    /// `auth_link.created`
    LinkCreated,
    /// `auth_link.opened`: first look at its page
    LinkOpened,
    /// `auth_link.otp_sent`: a text was handed over
    LinkCodeSent,
    /// `auth_link.otp_failed`: a wrong code, or a text that could not go
    LinkCodeFailed,
    /// `auth_link.locked`
    LinkLocked,
    /// `auth_link.verified`
    LinkVerified,
    /// `auth_link.abandoned`
    LinkAbandoned,
    /// `auth_link.completed`
    LinkCompleted,
    /// `auth_link.expired`
    LinkExpired,
    /// `auth_link.replaced`
    LinkReplaced,
    /// `auth_link.deleted`
    LinkDeleted,
    /// `connection.created`
    ConnectionCreated,
    /// `connection.activated`
    ConnectionActivated,
    /// `connection.updated`
    ConnectionUpdated,
    /// `connection.invalidated`: the person must act
    ConnectionInvalidated,
    /// `connection.deleted`
    ConnectionDeleted,
    /// `account.updated`: anything but a balance changed
    AccountUpdated,
    /// `transactions.updated`: new ones came
    TransactionsUpdated,
    /// `consent.warning`: it ends soon
    ConsentWarning,
    /// `consent.reminder`: it is still there
    ConsentReminder,
    /// `job.created`
    JobCreated,
    /// `job.updated`: another step began
    JobUpdated,
    /// `job.completed`: all was read
    JobCompleted,
    /// `job.failed`
    JobFailed,
}

impl EventKind {
    /// All kinds, in the order of their stored numbers.
    pub const ALL: [Self; 32] = [
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::ConsentCreated,
        Self::ConsentUpdated,
        Self::ConsentRevoked,
        Self::ConsentExpired,
        Self::ConsentArchived,
        Self::LinkCreated,
        Self::LinkOpened,
        Self::LinkCodeSent,
        Self::LinkCodeFailed,
        Self::LinkLocked,
        Self::LinkVerified,
        Self::LinkAbandoned,
        Self::LinkCompleted,
        Self::LinkExpired,
        Self::LinkReplaced,
        Self::LinkDeleted,
        Self::ConnectionCreated,
        Self::ConnectionActivated,
        Self::ConnectionUpdated,
        Self::ConnectionInvalidated,
        Self::ConnectionDeleted,
        Self::AccountUpdated,
        Self::TransactionsUpdated,
        Self::ConsentWarning,
        Self::ConsentReminder,
        Self::JobCreated,
        Self::JobUpdated,
        Self::JobCompleted,
        Self::JobFailed,
    ];

    /// `(entity, verb)` as on the wire (contract section 7.1).
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::UserCreated => ("user", "created"),
            Self::UserUpdated => ("user", "updated"),
            Self::UserDeleted => ("user", "deleted"),
            Self::ConsentCreated => ("consent", "created"),
            Self::ConsentUpdated => ("consent", "updated"),
            Self::ConsentRevoked => ("consent", "revoked"),
            Self::ConsentExpired => ("consent", "expired"),
            Self::ConsentArchived => ("consent", "archived"),
            Self::LinkCreated => ("auth_link", "created"),
            Self::LinkOpened => ("auth_link", "opened"),
            Self::LinkCodeSent => ("auth_link", "otp_sent"),
            Self::LinkCodeFailed => ("auth_link", "otp_failed"),
            Self::LinkLocked => ("auth_link", "locked"),
            Self::LinkVerified => ("auth_link", "verified"),
            Self::LinkAbandoned => ("auth_link", "abandoned"),
            Self::LinkCompleted => ("auth_link", "completed"),
            Self::LinkExpired => ("auth_link", "expired"),
            Self::LinkReplaced => ("auth_link", "replaced"),
            Self::LinkDeleted => ("auth_link", "deleted"),
            Self::ConnectionCreated => ("connection", "created"),
            Self::ConnectionActivated => ("connection", "activated"),
            Self::ConnectionUpdated => ("connection", "updated"),
            Self::ConnectionInvalidated => ("connection", "invalidated"),
            Self::ConnectionDeleted => ("connection", "deleted"),
            Self::AccountUpdated => ("account", "updated"),
            Self::TransactionsUpdated => ("transactions", "updated"),
            Self::ConsentWarning => ("consent", "warning"),
            Self::ConsentReminder => ("consent", "reminder"),
            Self::JobCreated => ("job", "created"),
            Self::JobUpdated => ("job", "updated"),
            Self::JobCompleted => ("job", "completed"),
            Self::JobFailed => ("job", "failed"),
        }
    }

    /// Its type id: `entity.verb`.
    pub fn name(self) -> String {
        let (entity, verb) = self.words();
        format!("{entity}.{verb}")
    }

    /// The kind with this type id.
    pub fn parse(name: &str) -> Option<Self> {
        let words = name.split_once('.')?;
        Self::ALL.into_iter().find(|kind| kind.words() == words)
    }

    /// Whether a webhook may be told of it: all but two that stand in the list alone (contract section 7.1).
    pub const fn can_be_subscribed(self) -> bool {
        !matches!(self, Self::ConnectionUpdated | Self::ConsentArchived)
    }

    /// Whether it stands in the compatible lists. What happens to links and jobs is told to those alone who
    /// ask for it.
    pub fn is_compatible(self) -> bool {
        !matches!(self.words().0, "auth_link" | "job")
    }
}

/// What the event is about, as it was at that moment. Sealed when stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventData {
    /// Ids and times alone: what may outlive an erasure.
    Nothing,
    /// The person's profile.
    User(Box<Profile>),
    /// The consent.
    Consent(Consent),
    /// The connection.
    Connection(Box<ConnectionView>),
    /// The account.
    Account(Box<Account>),
    /// New transactions.
    Transactions {
        /// Through which connection.
        connection: Box<ConnectionView>,
        /// How many.
        new: u32,
    },
    /// The link.
    Link(Box<LinkThen>),
    /// The job, without what was asked and what was found.
    Job(Box<Job>),
}

impl EventData {
    /// Whether it was read under a consent: it is sealed by that consent's key, and ends with it.
    pub const fn is_covered(&self) -> bool {
        matches!(self, Self::Connection(_) | Self::Account(_) | Self::Transactions { .. })
    }
}

/// One thing that happened to one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name, 64 hex digits on the wire.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When, by the user's clock.
    pub at: UnixMillis,
    /// When, by real time: what is kept for some days is kept for real ones.
    pub recorded: UnixMillis,
    /// Whom it happened to.
    pub user: UserId,
    /// The link it is about.
    pub link: Option<AuthLinkId>,
    /// The consent it is about, or that covers what it is about.
    pub consent: Option<ConsentId>,
    /// The connection or account it is about.
    pub subject: Option<Uuid>,
    /// The state of things at that moment.
    pub data: EventData,
}
