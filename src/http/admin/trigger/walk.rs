//! One user on the way to an event: what their partner does, and what a person does who holds a link. Must not
//! know: banks, time.

use super::impossible;
use crate::domain::auth_link::{CodeText, LinkHash};
use crate::domain::command::{Caller, Command, Entry, Failure, LinkView, Reply};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::Errand;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::engine::Engine;
use crate::engine::read::events::EventFilter;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::error::ApiError;
use crate::http::texts::plain_code_words;

/// More wrong codes than any link takes.
const WRONG_CODES_MAX: usize = 32;

/// What made-up people are called, so that a receiver sees that nobody is behind them.
const NAME: (&str, &str) = ("Trigger", "Event");

/// To whom it is to happen.
pub(super) enum Who<'a> {
    /// One of the application's users.
    Given(&'a str),
    /// One that is made for it, to live by a clock or by real time.
    MadeUp(Option<ClockId>),
}

/// One user on the way.
pub(super) struct Walk<'a> {
    pub(super) engine: &'a Engine,
    pub(super) application: ApplicationId,
    pub(super) user: UserId,
    /// The clock that was made for them.
    pub(super) clock: Option<ClockId>,
}

impl<'a> Walk<'a> {
    pub(super) async fn begin(
        engine: &'a Engine,
        application: ApplicationId,
        who: Who<'_>,
    ) -> Result<Self, ApiError> {
        match who {
            Who::Given(text) => {
                let user =
                    UserId::parse(text).ok_or_else(|| ApiError::not_valid("user wants an id", "user"))?;
                let walk = Self { engine, application, user, clock: None };
                walk.server(Command::GetUser).await?;
                Ok(walk)
            }
            Who::MadeUp(clock) => {
                let mut entropy = engine.draw()?;
                let walk = Self { engine, application, user: UserId(entropy.uuid()), clock };
                let person = ProfileChanges {
                    email: Some(format!("trigger.{}@example.test", walk.user)),
                    // Numbers that no carrier gives to people, below those at which texts go wrong.
                    mobile: Some(format!("+6149157{:04}", entropy.below(5000))),
                    first_name: Some(NAME.0.into()),
                    last_name: Some(NAME.1.into()),
                    ..ProfileChanges::default()
                };
                walk.server(Command::CreateUser(Box::new(person), clock)).await?;
                Ok(walk)
            }
        }
    }

    /// What the partner asks for.
    pub(super) async fn partner_to(&self, kind: EventKind) -> Result<(), ApiError> {
        match kind {
            EventKind::UserUpdated => {
                // Another name than before, or nothing would have changed.
                let last_name = Some(format!("{} {}", NAME.1, self.engine.draw()?.below(1_000_000)));
                let changes = ProfileChanges { last_name, ..ProfileChanges::default() };
                self.server(Command::UpdateUser(Box::new(changes))).await?;
            }
            EventKind::UserDeleted => {
                self.server(Command::DeleteUser).await?;
            }
            EventKind::LinkCreated => {
                self.link().await?;
            }
            EventKind::LinkReplaced => {
                self.link().await?;
                self.link().await?;
            }
            EventKind::LinkDeleted => {
                self.link().await?;
                self.server(Command::DeleteLink).await?;
            }
            // The user was made at the beginning.
            _ => (),
        }
        Ok(())
    }

    /// What a person does who holds a fresh link.
    pub(super) async fn person_to(&self, kind: EventKind) -> Result<(), ApiError> {
        if kind == EventKind::ConsentCreated && self.consent().await?.is_some() {
            return Err(impossible("The user has an active consent, and is not asked again while it lasts."));
        }
        let (link, hash) = self.open().await?;
        match kind {
            EventKind::LinkOpened => return Ok(()),
            EventKind::LinkCodeSent => return self.request_code(hash).await,
            EventKind::LinkCodeFailed => return self.try_wrongly(&link, hash, 1).await,
            EventKind::LinkLocked => return self.try_wrongly(&link, hash, WRONG_CODES_MAX).await,
            _ => (),
        }
        let cookie = self.enter(&link, hash).await?;
        match kind {
            EventKind::LinkVerified => return Ok(()),
            EventKind::LinkAbandoned => return self.person(Command::Leave(cookie)).await.map(drop),
            _ => self.agree(cookie).await?,
        }
        match kind {
            EventKind::LinkCompleted => {
                self.person(Command::Disclose { cookie, leave_out: true, gaps: None }).await.map(drop)
            }
            // What they agreed to lasts longer: as an errand, that ends their stay.
            EventKind::ConsentUpdated => self.person(Command::Extend(cookie)).await.map(drop),
            // The person withdraws, or the partner ends it: the second is told of as both.
            EventKind::ConsentRevoked => self.end_consent(Caller::Client(self.application)).await,
            EventKind::ConsentArchived => self.end_consent(Caller::Server(self.application)).await,
            _ => Ok(()),
        }
    }

    /// A session of somebody who came by a fresh link and agreed.
    pub(super) async fn agreed(&self) -> Result<CookieHash, ApiError> {
        let (link, hash) = self.open().await?;
        let cookie = self.enter(&link, hash).await?;
        self.agree(cookie).await?;
        Ok(cookie)
    }

    pub(super) async fn link(&self) -> Result<LinkView, ApiError> {
        match self.server(Command::CreateLink { mobile: None }).await? {
            Reply::Link(link) => Ok(*link),
            _ => Err(Trouble::Defect.into()),
        }
    }

    pub(super) async fn consent(&self) -> Result<Option<Box<Consent>>, ApiError> {
        match self.server(Command::GetConsent).await? {
            Reply::Consent(consent) => Ok(consent),
            _ => Err(Trouble::Defect.into()),
        }
    }

    async fn open(&self) -> Result<(LinkView, LinkHash), ApiError> {
        let link = self.link().await?;
        let hash = link.public_id.hash(&self.engine.house().keyring);
        self.person(Command::ViewLink { hash, cookie: None }).await?;
        Ok((link, hash))
    }

    async fn enter(&self, link: &LinkView, hash: LinkHash) -> Result<CookieHash, ApiError> {
        let code = self.code(link, hash).await?;
        let cookie = self.engine.draw()?.bytes();
        let entry = Entry::Cookie { cookie, return_state: None, errand: Errand::default() };
        self.person(Command::TryCode { hash, code, entry }).await?;
        Ok(cookie)
    }

    async fn request_code(&self, hash: LinkHash) -> Result<(), ApiError> {
        self.person(Command::RequestCode { hash, words: plain_code_words() }).await.map(drop)
    }

    /// The code that was texted.
    async fn code(&self, link: &LinkView, hash: LinkHash) -> Result<CodeText, ApiError> {
        let before = self.engine.last_event(self.application)?;
        self.request_code(hash).await?;
        self.happened(&[EventKind::LinkCodeSent], before).await?;
        let texts = self.engine.inbox(Some(&link.mobile.e164()), 1)?;
        let body = texts.first().map(|text| text.body.as_str()).unwrap_or_default();
        let words = body.split(|letter: char| !letter.is_ascii_digit());
        words.filter(|word| word.len() == 6).find_map(CodeText::parse).ok_or_else(|| {
            impossible("No text with a code arrived: the user has a number at which texts go wrong.")
        })
    }

    async fn try_wrongly(&self, link: &LinkView, hash: LinkHash, times: usize) -> Result<(), ApiError> {
        let right = self.code(link, hash).await?;
        let cookie = self.engine.draw()?.bytes();
        // Others each time: the same one twice running counts once.
        let wrong = (0..=times).map(|number| format!("{number:06}")).filter(|code| code != right.reveal());
        for code in wrong.take(times) {
            let code = CodeText::parse(&code).ok_or(Trouble::Defect)?;
            let entry = Entry::Cookie { cookie, return_state: None, errand: Errand::default() };
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
        self.person(Command::Agree { cookie, policy_version: policy.version, shown: None }).await.map(drop)
    }

    async fn end_consent(&self, caller: Caller) -> Result<(), ApiError> {
        let consent = self.consent().await?.ok_or(Trouble::Defect)?;
        Ok(self.ask(caller, Command::EndConsent(consent.id)).await.map(drop)?)
    }

    pub(super) async fn server(&self, command: Command) -> Result<Reply, ApiError> {
        self.ask(Caller::Server(self.application), command).await.map_err(ApiError::from)
    }

    pub(super) async fn person(&self, command: Command) -> Result<Reply, ApiError> {
        self.ask(Caller::Applicant, command).await.map_err(ApiError::from)
    }

    async fn ask(&self, caller: Caller, command: Command) -> Result<Reply, Refusal> {
        let request_id = self.engine.draw()?.uuid();
        self.engine.ask(self.user, caller, command, request_id).await
    }

    /// The first event of these kinds behind `after`, once it stands in the feed.
    pub(super) async fn happened(&self, kinds: &[EventKind], after: u64) -> Result<(u64, Event), ApiError> {
        let kinds = Some(kinds.iter().copied().collect());
        let filter = EventFilter { user: Some(self.user), kinds, ..EventFilter::default() };
        let (_seat, mut bell) = self.engine.listen(self.application).ok_or(Trouble::Busy)?;
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
    }
}
