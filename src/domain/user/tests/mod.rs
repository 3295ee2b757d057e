//! Proofs of the user's rules (decisions section 1): through commands alone, on a world with one user,
//! whose clock moves when a test says so. Each rule has a test that fails when the rule is broken.

mod answering;
mod bank;
mod bounds;
mod codes;
mod connections;
mod consents;
mod endings;
mod errands;
mod gathering;
mod happenings;
mod job_ends;
mod links;
mod properties;
mod refreshes;
mod reissue;
mod sessions;
mod surfaces;
mod ways;

use super::{Context, Next, Outcome, Presence, User, decide, invariants};
use crate::crypto::{Keyring, MasterKey};
use crate::domain::application::{Application, Mode, Policy};
use crate::domain::auth_link::{CodeText, LinkHash};
use crate::domain::command::{
    Caller, Command, Effect, Entered, Entry, Failure, LinkFace, LinkView, Reply, SessionView, UserView,
};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::entropy::Entropy;
use crate::domain::errand::Errand;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, ConsentId, EffectId, UserId};
use crate::domain::job::Gather;
use crate::domain::notice::Notice;
use crate::domain::profile::ProfileChanges;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Workflows;
use std::collections::BTreeMap;
use uuid::Uuid;

const START: UnixMillis = UnixMillis(1_767_225_600_123);
const DAY: Span = Span::days(1);
const WEEK: Span = Span::days(7);
const MS: Span = Span(1);
const MOBILE: &str = "+61400111222";
const OTHER_MOBILE: &str = "+61400333444";

/// The cookie of the browser number `number`.
const fn cookie(number: u8) -> CookieHash {
    [number; 32]
}

/// One user, a clock and everything that came out so far.
struct World {
    now: UnixMillis,
    presence: Presence,
    application: Application,
    workflows: Workflows,
    keyring: Keyring,
    draws: u64,
    events: Vec<Event>,
    effects: Vec<Effect>,
    gathers: Vec<Gather>,
    notices: Vec<(ConsentId, Box<Notice>)>,
    ended_consents: Vec<Consent>,
    /// Whether the last command changed anything.
    committed: bool,
}

impl World {
    /// Nobody is there yet.
    fn empty() -> Self {
        Self::with(&BTreeMap::new())
    }

    fn with(overrides: &BTreeMap<String, crate::domain::workflow::Overrides>) -> Self {
        let policy = Policy::standard();
        Self {
            now: START,
            presence: Presence::Absent,
            application: Application {
                id: ApplicationId(Uuid::from_u128(1)),
                name: "Quill".into(),
                mode: Mode::Sandbox,
                created: START,
                redirect_url: None,
                requires_link: false,
                keys: BTreeMap::new(),
                look: crate::domain::look::Look::default(),
                webhooks: BTreeMap::new(),
                policies: BTreeMap::from([(policy.version, policy)]),
            },
            workflows: Workflows::load(overrides).unwrap(),
            keyring: Keyring::derive(&MasterKey::new([1; 32])),
            draws: 0,
            events: Vec::new(),
            effects: Vec::new(),
            gathers: Vec::new(),
            notices: Vec::new(),
            ended_consents: Vec::new(),
            committed: false,
        }
    }

    /// A user with a mobile number and no link.
    fn new() -> Self {
        let mut world = Self::empty();
        world.create_user().unwrap();
        world
    }

    fn create_user(&mut self) -> Result<Reply, Failure> {
        let changes = ProfileChanges { mobile: Some(MOBILE.into()), ..ProfileChanges::default() };
        self.server(Command::CreateUser(Box::new(changes), None))
    }

    /// A user with a link, and the link.
    fn with_link() -> (Self, LinkHash) {
        let mut world = Self::new();
        let link = world.link();
        (world, link)
    }

    /// A user with somebody in a session by the link, in the browser 1.
    fn in_session() -> (Self, LinkHash) {
        let (mut world, link) = Self::with_link();
        world.enter(link, cookie(1));
        (world, link)
    }

    /// Somebody entered by the API: the token, not exchanged yet.
    fn with_token() -> (Self, LinkHash, Caller) {
        let (mut world, link) = Self::with_link();
        let token = world.token(link);
        (world, link, token)
    }

    fn id() -> UserId {
        UserId(Uuid::from_u128(7))
    }

    fn decide(&mut self, caller: Caller, command: Command) -> Outcome {
        self.draws += 1;
        let mut seed = [3; 32];
        seed[..8].copy_from_slice(&self.draws.to_be_bytes());
        let ctx = Context {
            now: self.now,
            real: self.now,
            entropy: Entropy::new(seed),
            workflows: &self.workflows,
            keyring: &self.keyring,
            application: &self.application,
        };
        decide(&self.presence, Self::id(), ctx, caller, command)
    }

    /// Decides, holds the result to the invariants, and commits it.
    fn ask(&mut self, caller: Caller, command: Command) -> Result<Reply, Failure> {
        let Outcome { next, events, effects, notice, ended_consents, gathers, reply } =
            self.decide(caller, command);
        self.committed = !matches!(next, Next::Unchanged);
        // What changes nothing may ask for something: that is committed by itself.
        let is_quiet =
            events.is_empty() && gathers.is_empty() && notice.is_none() && ended_consents.is_empty();
        assert!(self.committed || is_quiet, "nothing without a commit");
        assert!(reply.is_ok() || self.committed || effects.is_empty(), "a refusal asks for nothing");
        match next {
            Next::Unchanged => {}
            Next::Save(after) => {
                let before = match &self.presence {
                    Presence::Here(user) => Some(user.as_ref()),
                    Presence::Absent | Presence::Deleted => None,
                };
                assert_eq!(invariants::check(before, &after, &self.workflows, self.now), Ok(()));
                self.presence = Presence::Here(after);
            }
            Next::Delete => self.presence = Presence::Deleted,
        }
        self.events.extend(events);
        self.effects.extend(effects);
        self.gathers.extend(gathers);
        self.notices.extend(notice);
        self.ended_consents.extend(ended_consents);
        reply
    }

    fn server(&mut self, command: Command) -> Result<Reply, Failure> {
        self.ask(Caller::Server(self.application.id), command)
    }

    fn client(&mut self, command: Command) -> Result<Reply, Failure> {
        self.ask(Caller::Client(self.application.id), command)
    }

    fn person(&mut self, command: Command) -> Result<Reply, Failure> {
        self.ask(Caller::Applicant, command)
    }

    /// The alarm rings.
    fn alarm(&mut self) {
        assert_eq!(self.ask(Caller::House, Command::FallDue), Ok(Reply::Done));
    }

    fn wait(&mut self, span: Span) {
        self.now = self.now.plus(span);
    }

    fn user(&self) -> &User {
        match &self.presence {
            Presence::Here(user) => user,
            other => panic!("{other:?}"),
        }
    }

    fn link(&mut self) -> LinkHash {
        self.server(Command::CreateLink { mobile: None }).unwrap();
        self.user().link.as_ref().unwrap().hash
    }

    fn get_link(&mut self) -> Result<LinkView, Failure> {
        self.server(Command::GetLink).map(|reply| match reply {
            Reply::Link(link) => *link,
            other => panic!("{other:?}"),
        })
    }

    fn get_user(&mut self) -> UserView {
        match self.server(Command::GetUser).unwrap() {
            Reply::User(user) => *user,
            other => panic!("{other:?}"),
        }
    }

    fn view(&mut self, hash: LinkHash) -> Result<LinkFace, Failure> {
        self.view_with(hash, None)
    }

    fn view_with(&mut self, hash: LinkHash, cookie: Option<CookieHash>) -> Result<LinkFace, Failure> {
        self.person(Command::ViewLink { hash, cookie }).map(|reply| match reply {
            Reply::Face(face) => *face,
            other => panic!("{other:?}"),
        })
    }

    fn request(&mut self, hash: LinkHash) -> Result<LinkFace, Failure> {
        self.person(Command::RequestCode { hash, words: &"is your code" }).map(|reply| match reply {
            Reply::Requested(face) => *face,
            other => panic!("{other:?}"),
        })
    }

    /// Asks for a code and reads it from the text.
    fn code(&mut self, hash: LinkHash) -> CodeText {
        self.request(hash).unwrap();
        self.last_text().unwrap().1
    }

    /// The last text: its name, its digits and its number.
    fn last_text(&self) -> Option<(EffectId, CodeText, String)> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::SendCode { id, code, to, .. } => Some((*id, code.clone(), to.e164())),
            Effect::SendLink { .. } | Effect::Withdraw(_) | Effect::Gather { .. } | Effect::Sweep { .. } => {
                None
            }
        })
    }

    fn texts(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::SendCode { .. })).count()
    }

    fn withdrawn(&self) -> Vec<EffectId> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Withdraw(id) => Some(*id),
                Effect::SendCode { .. }
                | Effect::SendLink { .. }
                | Effect::Gather { .. }
                | Effect::Sweep { .. } => None,
            })
            .collect()
    }

    fn try_code(&mut self, hash: LinkHash, code: &CodeText, entry: Entry) -> Result<Entered, Failure> {
        let code = code.clone();
        self.person(Command::TryCode { hash, code, entry }).map(|reply| match reply {
            Reply::Entered(entered) => entered,
            other => panic!("{other:?}"),
        })
    }

    fn try_wrong(&mut self, hash: LinkHash) -> Failure {
        let right = self.last_text().map(|(_, code, _)| code.reveal().to_owned());
        let wrong = if right.as_deref() == Some("000000") { "000001" } else { "000000" };
        self.try_code(hash, &CodeText::parse(wrong).unwrap(), Entry::Token).unwrap_err()
    }

    fn enter(&mut self, hash: LinkHash, cookie: CookieHash) -> Entered {
        let code = self.code(hash);
        self.try_code(
            hash,
            &code,
            Entry::Cookie { cookie, return_state: Some("s1".into()), errand: Errand::default() },
        )
        .unwrap()
    }

    fn token(&mut self, hash: LinkHash) -> Caller {
        let code = self.code(hash);
        let Entered { application, link, session, .. } = self.try_code(hash, &code, Entry::Token).unwrap();
        Caller::LinkClient { application, link, session }
    }

    /// The token that the latest session by a link has, or would have.
    fn token_of_session(&self) -> Option<Caller> {
        let Presence::Here(user) = &self.presence else { return None };
        let (link, session) = (user.link.as_ref()?.id, user.session.as_ref()?.id);
        Some(Caller::LinkClient { application: self.application.id, link, session })
    }

    fn link_token(&self) -> Caller {
        self.token_of_session().unwrap()
    }

    fn exchange(
        &mut self,
        caller: Caller,
        cookie: CookieHash,
        old: Option<CookieHash>,
    ) -> Result<SessionView, Failure> {
        let command = Command::Exchange {
            cookie,
            old_cookie: old,
            return_state: Some("s2".into()),
            errand: Errand::default(),
        };
        self.ask(caller, command).map(session)
    }

    fn visit(&mut self, cookie: CookieHash) -> Result<SessionView, Failure> {
        self.person(Command::ViewSession(cookie)).map(session)
    }

    fn agree(&mut self, cookie: CookieHash) -> Result<SessionView, Failure> {
        let policy_version = self.application.policy().map_or(0, |policy| policy.version);
        self.person(Command::Agree { cookie, policy_version, shown: None }).map(session)
    }

    fn disclose(&mut self, cookie: CookieHash) -> Result<SessionView, Failure> {
        self.person(Command::Disclose { cookie, leave_out: false, gaps: None }).map(session)
    }

    fn leave(&mut self, cookie: CookieHash) -> Result<SessionView, Failure> {
        self.person(Command::Leave(cookie)).map(session)
    }

    /// The partner asks for something else from here on.
    fn change_policy(&mut self) {
        let version = self.application.policy().map_or(0, |policy| policy.version) + 1;
        let policy = Policy { version, duration_days: 30, ..Policy::standard() };
        self.application.policies.insert(version, policy);
    }

    fn count(&self, kind: EventKind) -> usize {
        self.events.iter().filter(|event| event.kind == kind).count()
    }

    /// Stays in a session until `until`, by looking at it every ten minutes.
    fn stay(&mut self, cookie: CookieHash, until: UnixMillis) {
        while self.now < until {
            let step = until.since(self.now).0.min(Span::minutes(10).0);
            self.wait(Span(step));
            self.visit(cookie).unwrap();
        }
    }
}

fn session(reply: Reply) -> SessionView {
    match reply {
        Reply::Session(session) => *session,
        other => panic!("{other:?}"),
    }
}
