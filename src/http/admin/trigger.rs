//! Makes an event happen for a user of a sandbox application, the way that a partner, a person, a bank and time
//! would: each step is an ordinary command, the code is the one that was texted, the bank is the sandbox's, and
//! time is that of a test clock. A plain function over the engine. Must not know: HTTP requests.

mod bank;
mod time;
mod walk;

use super::seed::owner;
use crate::domain::application::Mode;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::ApplicationId;
use crate::engine::Engine;
use crate::http::error::{ApiError, Code};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use walk::{Walk, Who};

/// How long it may take from the first step to the event in the feed: shorter than a request may by itself.
const TIME_MAX: Duration = Duration::from_secs(25);

/// Why nothing is told of statements.
const NO_STATEMENTS: &str = "No statement is read by this server yet, so nothing happens to one.";

/// What brings an event about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// A request of the partner.
    Partner,
    /// A person with a link.
    Person,
    /// Signing in at the sandbox bank.
    Bank,
    /// Time.
    Time,
}

const fn brought_by(kind: EventKind) -> By {
    match kind {
        EventKind::UserCreated
        | EventKind::UserUpdated
        | EventKind::UserDeleted
        | EventKind::LinkCreated
        | EventKind::LinkReplaced
        | EventKind::LinkDeleted => By::Partner,
        EventKind::LinkOpened
        | EventKind::LinkCodeSent
        | EventKind::LinkCodeFailed
        | EventKind::LinkLocked
        | EventKind::LinkVerified
        | EventKind::LinkAbandoned
        | EventKind::LinkCompleted
        | EventKind::ConsentCreated
        | EventKind::ConsentUpdated
        | EventKind::ConsentRevoked
        | EventKind::ConsentArchived => By::Person,
        EventKind::ConnectionCreated
        | EventKind::ConnectionActivated
        | EventKind::ConnectionUpdated
        | EventKind::ConnectionInvalidated
        | EventKind::ConnectionDeleted
        | EventKind::AccountUpdated
        | EventKind::TransactionsUpdated
        | EventKind::JobCreated
        | EventKind::JobUpdated
        | EventKind::JobCompleted
        | EventKind::JobFailed => By::Bank,
        EventKind::LinkExpired
        | EventKind::ConsentWarning
        | EventKind::ConsentReminder
        | EventKind::ConsentExpired => By::Time,
    }
}

/// What can be made to happen.
pub fn kinds() -> impl Iterator<Item = EventKind> {
    EventKind::ALL.into_iter()
}

/// What is to happen, and to whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TriggerRequest {
    /// `auth_link.locked`
    pub event: String,
    /// The sandbox application; the one that made-up data belongs to when absent.
    #[serde(default)]
    pub application: Option<String>,
    /// One of its users; a made-up one when absent.
    #[serde(default)]
    pub user: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triggered {
    /// Whose feed it stands in.
    pub application: String,
    /// To whom.
    pub user: String,
    /// The event's id.
    pub event: String,
    /// Its number in the feed.
    pub cursor: u64,
}

/// Makes it happen, and answers once it stands in the feed.
///
/// # Errors
/// Why it did not; the steps before stay done.
pub async fn run(engine: &Engine, request: &TriggerRequest) -> Result<Triggered, ApiError> {
    let kind = known(&request.event)?;
    let application = owner(engine, request.application.as_deref()).await?;
    if engine.house().application(application).is_none_or(|one| one.mode != Mode::Sandbox) {
        return Err(impossible("Nothing is made to happen to users of a live application."));
    }
    let done = tokio::time::timeout(TIME_MAX, go(engine, application, request.user.as_deref(), kind)).await;
    let (walk, (cursor, event)) = done.unwrap_or_else(|_| {
        Err(impossible(
            "It has not happened in time; what was done on the way stays done. The user's timeline shows how far it came.",
        ))
    })?;
    let (application, user) = (application.to_string(), walk.user.to_string());
    Ok(Triggered { application, user, event: event.id.to_string(), cursor })
}

fn known(name: &str) -> Result<EventKind, ApiError> {
    if name.starts_with("statement.") {
        return Err(impossible(NO_STATEMENTS));
    }
    EventKind::parse(name).ok_or_else(|| {
        let all: Vec<_> = kinds().map(EventKind::name).collect();
        ApiError::not_valid(format!("event wants one of {}", all.join(", ")), "event")
    })
}

async fn go<'a>(
    engine: &'a Engine,
    application: ApplicationId,
    given: Option<&str>,
    kind: EventKind,
) -> Result<(Walk<'a>, (u64, Event)), ApiError> {
    let after = engine.last_event(application)?;
    let by = brought_by(kind);
    let who = match given {
        Some(_) if by == By::Time => return Err(time::only_a_made_up_one(kind)),
        Some(_) if kind == EventKind::UserCreated => {
            return Err(ApiError::not_valid("user.created makes a user of its own", "user"));
        }
        Some(text) => Who::Given(text),
        None if by == By::Time => Who::MadeUp(Some(time::clock(engine, application).await?)),
        None => Who::MadeUp(None),
    };
    let walk = Walk::begin(engine, application, who).await?;
    match by {
        By::Partner => walk.partner_to(kind).await?,
        By::Person => walk.person_to(kind).await?,
        By::Bank => walk.bank_to(kind).await?,
        By::Time => walk.time_to(kind).await?,
    }
    let found = walk.happened(&[kind], after).await?;
    Ok((walk, found))
}

fn impossible(why: &'static str) -> ApiError {
    ApiError::new(Code::NotPossibleNow).detailed(why)
}
