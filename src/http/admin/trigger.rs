//! Makes an event happen for a user of a sandbox application, the way that a partner and a person would: each
//! step is an ordinary command, the code is the one that was texted. A plain function over the engine. Must
//! not know: HTTP requests.

use super::seed::owner;
use crate::domain::application::Mode;
use crate::domain::auth_link::{CodeText, LinkHash};
use crate::domain::command::{Caller, Command, Entry, Failure, LinkView, Reply};
use crate::domain::consent_session::CookieHash;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::engine::Engine;
use crate::engine::read::EventFilter;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::error::{ApiError, Code};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What can be made to happen.
pub const KINDS: [EventKind; 15] = [
    EventKind::UserCreated,
    EventKind::UserUpdated,
    EventKind::UserDeleted,
    EventKind::LinkCreated,
    EventKind::LinkReplaced,
    EventKind::LinkDeleted,
    EventKind::LinkOpened,
    EventKind::LinkCodeSent,
    EventKind::LinkCodeFailed,
    EventKind::LinkLocked,
    EventKind::LinkVerified,
    EventKind::LinkAbandoned,
    EventKind::LinkCompleted,
    EventKind::ConsentCreated,
    EventKind::ConsentArchived,
];

/// How long an event may take to be read in the feed; a text takes a moment.
const HAPPENS_WITHIN: Duration = Duration::from_secs(10);

/// More wrong codes than any link takes.
const WRONG_CODES_MAX: usize = 32;

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
    let kind = EventKind::parse(&request.event).filter(|kind| KINDS.contains(kind)).ok_or_else(|| {
        let all: Vec<_> = KINDS.into_iter().map(EventKind::name).collect();
        ApiError::not_valid(format!("event wants one of {}", all.join(", ")), "event")
    })?;
    let application = owner(engine, request.application.as_deref()).await?;
    if engine.house().application(application).is_none_or(|one| one.mode != Mode::Sandbox) {
        return Err(impossible("Nothing is made to happen to users of a live application."));
    }
    let after = engine.last_event(application)?;
    let walk = Walk::begin(engine, application, request.user.as_deref(), kind).await?;
    walk.to(kind).await?;
    let (cursor, event) = walk.happened(kind, after).await?;
    let (application, user) = (application.to_string(), walk.user.to_string());
    Ok(Triggered { application, user, event: event.id.to_string(), cursor })
}

fn impossible(why: &'static str) -> ApiError {
    ApiError::new(Code::NotPossibleNow).detailed(why)
}

/// One user on the way to an event.
struct Walk<'a> {
    engine: &'a Engine,
    application: ApplicationId,
    user: UserId,
}

impl<'a> Walk<'a> {
    /// With the user that was named, or a made-up one.
    async fn begin(
        engine: &'a Engine,
        application: ApplicationId,
        given: Option<&str>,
        kind: EventKind,
    ) -> Result<Self, ApiError> {
        if let Some(text) = given {
            if kind == EventKind::UserCreated {
                return Err(ApiError::not_valid("user.created makes a user of its own", "user"));
            }
            let user = UserId::parse(text).ok_or_else(|| ApiError::not_valid("user wants an id", "user"))?;
            let walk = Self { engine, application, user };
            walk.server(Command::GetUser).await?;
            return Ok(walk);
        }
        let mut entropy = engine.draw()?;
        let walk = Self { engine, application, user: UserId(entropy.uuid()) };
        // Numbers that no carrier gives to people, below those at which texts go wrong.
        let mobile = format!("+6149157{:04}", entropy.below(5000));
        let email = format!("trigger.{}@example.test", walk.user);
        let person = ProfileChanges {
            email: Some(email),
            mobile: Some(mobile),
            first_name: Some("Tri".into()),
            last_name: Some("Gger".into()),
            ..ProfileChanges::default()
        };
        walk.server(Command::CreateUser(Box::new(person), None)).await?;
        Ok(walk)
    }

    async fn to(&self, kind: EventKind) -> Result<(), ApiError> {
        match kind {
            EventKind::UserCreated => Ok(()),
            EventKind::UserUpdated => {
                // Another name than before, or nothing would have changed.
                let last_name = Some(format!("Gger {}", self.engine.draw()?.below(1_000_000)));
                let changes = ProfileChanges { last_name, ..ProfileChanges::default() };
                self.server(Command::UpdateUser(Box::new(changes))).await.map(drop)
            }
            EventKind::UserDeleted => self.server(Command::DeleteUser).await.map(drop),
            EventKind::LinkCreated => self.link().await.map(drop),
            EventKind::LinkReplaced => {
                self.link().await?;
                self.link().await.map(drop)
            }
            EventKind::LinkDeleted => {
                self.link().await?;
                self.server(Command::DeleteLink).await.map(drop)
            }
            _ => self.person_to(kind).await,
        }
    }

    /// What a person does who holds a fresh link.
    async fn person_to(&self, kind: EventKind) -> Result<(), ApiError> {
        let link = self.link().await?;
        let hash = link.public_id.hash(&self.engine.house().keyring);
        self.person(Command::ViewLink { hash, cookie: None }).await?;
        if kind == EventKind::LinkOpened {
            return Ok(());
        }
        let before = self.engine.last_event(self.application)?;
        self.person(Command::RequestCode { hash }).await?;
        if kind == EventKind::LinkCodeSent {
            return Ok(());
        }
        self.happened(EventKind::LinkCodeSent, before).await?;
        let code = self.texted(&link)?;
        let cookie = self.engine.draw()?.bytes();
        match kind {
            EventKind::LinkCodeFailed => return self.try_wrongly(hash, &code, cookie, 1).await,
            EventKind::LinkLocked => return self.try_wrongly(hash, &code, cookie, WRONG_CODES_MAX).await,
            _ => (),
        }
        let entry = Entry::Cookie { cookie, return_state: None };
        self.person(Command::TryCode { hash, code, entry }).await?;
        match kind {
            EventKind::LinkAbandoned => self.person(Command::Leave(cookie)).await.map(drop),
            EventKind::ConsentCreated => self.agree(cookie).await,
            EventKind::ConsentArchived => {
                self.agree(cookie).await?;
                let Reply::Consent(Some(consent)) = self.server(Command::GetConsent).await? else {
                    return Err(Trouble::Defect.into());
                };
                self.server(Command::EndConsent(consent.id)).await.map(drop)
            }
            EventKind::LinkCompleted => {
                self.agree(cookie).await?;
                self.person(Command::Disclose { cookie, leave_out: true }).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn link(&self) -> Result<LinkView, ApiError> {
        match self.server(Command::CreateLink { mobile: None }).await? {
            Reply::Link(link) => Ok(*link),
            _ => Err(Trouble::Defect.into()),
        }
    }

    /// The digits of the latest text to the link's number.
    fn texted(&self, link: &LinkView) -> Result<CodeText, ApiError> {
        let texts = self.engine.inbox(Some(&link.mobile.e164()), 1)?;
        let body = texts.first().map(|text| text.body.as_str()).unwrap_or_default();
        let words = body.split(|letter: char| !letter.is_ascii_digit());
        words.filter(|word| word.len() == 6).find_map(CodeText::parse).ok_or_else(|| {
            impossible("No text with a code arrived: the user has a number at which texts go wrong.")
        })
    }

    async fn try_wrongly(
        &self,
        hash: LinkHash,
        right: &CodeText,
        cookie: CookieHash,
        times: usize,
    ) -> Result<(), ApiError> {
        let wrong = if right.reveal() == "000000" { "000001" } else { "000000" };
        for _ in 0..times {
            let code = CodeText::parse(wrong).ok_or(Trouble::Defect)?;
            let entry = Entry::Cookie { cookie, return_state: None };
            match self.ask(Caller::Applicant, Command::TryCode { hash, code, entry }).await {
                Err(Refusal::Rule(Failure::CodeWrong { .. })) => (),
                Err(Refusal::Trouble(trouble)) => return Err(trouble.into()),
                // The link is locked.
                _ => break,
            }
        }
        Ok(())
    }

    async fn agree(&self, cookie: CookieHash) -> Result<(), ApiError> {
        let application = self.engine.house().application(self.application);
        let policy = application.as_ref().and_then(|one| one.policy()).ok_or(Trouble::Defect)?;
        self.person(Command::Agree { cookie, policy_version: policy.version }).await.map(drop)
    }

    async fn server(&self, command: Command) -> Result<Reply, ApiError> {
        self.ask(Caller::Server(self.application), command).await.map_err(ApiError::from)
    }

    async fn person(&self, command: Command) -> Result<Reply, ApiError> {
        self.ask(Caller::Applicant, command).await.map_err(ApiError::from)
    }

    async fn ask(&self, caller: Caller, command: Command) -> Result<Reply, Refusal> {
        let request_id = self.engine.draw()?.uuid();
        self.engine.ask(self.user, caller, command, request_id).await
    }

    /// The first event of this kind behind `after`, once it stands in the feed.
    async fn happened(&self, kind: EventKind, after: u64) -> Result<(u64, Event), ApiError> {
        let filter = EventFilter { user: Some(self.user), kind: Some(kind.name()), ..EventFilter::default() };
        let (_seat, mut bell) = self.engine.listen(self.application).ok_or(Trouble::Busy)?;
        let comes = async {
            let mut after = after;
            loop {
                let page = self.engine.feed(self.application, after, 1, &filter)?;
                if let Some(found) = page.events.into_iter().next() {
                    return Ok(found);
                }
                after = page.cursor;
                if page.is_end {
                    bell.heard().await;
                }
            }
        };
        let found = tokio::time::timeout(HAPPENS_WITHIN, comes).await;
        found.unwrap_or_else(|_| Err(impossible("Every step was done, and the event has not happened yet.")))
    }
}
