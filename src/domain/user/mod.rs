//! The user: one person of one application, with the latest link, the sessions and the consent.
//! The whole of it decides at once: a command comes in with the time, entropy and the tables, and a
//! [`Outcome`] comes out. Must not know: actors, records, HTTP.

mod access;
mod connections;
mod consents;
mod deadlines;
mod happenings;
pub mod invariants;
mod jobs;
mod links;
mod profile;
mod refreshes;
mod reissue;
mod reports;
mod sessions;
#[cfg(test)]
mod tests;

pub use deadlines::DeadlineKind;
pub use jobs::JOBS_MAX;

use crate::crypto::Keyring;
use crate::domain::application::Application;
use crate::domain::attestation::Attestation;
use crate::domain::auth_link::{AuthLink, CodeWords, DeadLink, LinkHash};
use crate::domain::command::{Caller, Command, Effect, Failure, Reply};
use crate::domain::connection::Connection;
use crate::domain::consent::Consent;
use crate::domain::consent_session::{ConsentSession, CookieHash};
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{ApplicationId, AuthLinkId, ClockId, ConsentId, EffectId, EventId, UserId};
use crate::domain::job::{Gather, Job};
use crate::domain::notice::{Notice, Shown};
use crate::domain::profile::Profile;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::consent_session::ConsentSession as Machine;
use crate::domain::workflow::{Table, Workflows};
use sessions::Visit;

/// Everything that is rewritten at every step of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub id: UserId,
    /// Whose user.
    pub application: ApplicationId,
    /// The test clock that it lives by; without one it lives by real time. Chosen when it is made.
    pub clock: Option<ClockId>,
    /// When it was made.
    pub created: UnixMillis,
    /// The person.
    pub profile: Profile,
    /// The latest link, also when it is over.
    pub link: Option<AuthLink>,
    /// Older links, newest first.
    pub dead_links: Vec<DeadLink>,
    /// The session by the latest link.
    pub session: Option<ConsentSession>,
    /// The latest session by a partner's token.
    pub token_session: Option<ConsentSession>,
    /// The active consent.
    pub consent: Option<Consent>,
    /// The latest declaration that all accounts are disclosed, while its consent lasts.
    pub attestation: Option<Attestation>,
    /// The connections that it covers, oldest first; records of their own.
    pub connections: Vec<Connection>,
    /// Open jobs and those that ended lately, oldest first; records of their own.
    pub jobs: Vec<Job>,
}

/// What there is under a user's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Never made.
    Absent,
    /// There.
    Here(Box<User>),
    /// Deleted: late inputs must not make it again.
    Deleted,
}

/// What a decision may look at besides the user.
pub struct Context<'a> {
    /// The time by the user's clock: what deadlines and people go by.
    pub now: UnixMillis,
    /// The real time: what the world outside goes by.
    pub real: UnixMillis,
    /// Entropy for ids and codes.
    pub entropy: Entropy,
    /// The lifecycles.
    pub workflows: &'a Workflows,
    /// For keyed hashes.
    pub keyring: &'a Keyring,
    /// Whose user it is.
    pub application: &'a Application,
}

/// What becomes of the user.
#[derive(Debug)]
pub enum Next {
    /// As it was: nothing to commit.
    Unchanged,
    /// This is the new state.
    Save(Box<User>),
    /// Forget it.
    Delete,
}

/// A decision: nothing of it holds before its commit.
#[derive(Debug)]
pub struct Outcome {
    /// What becomes of the user.
    pub next: Next,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What is asked of the world.
    pub effects: Vec<Effect>,
    /// The consent that was given, with what its person was shown.
    pub notice: Option<(ConsentId, Box<Notice>)>,
    /// Consents that ended and become history.
    pub ended_consents: Vec<Consent>,
    /// What those who work on jobs are told once it is committed; stored nowhere.
    pub gathers: Vec<Gather>,
    /// The answer.
    pub reply: Result<Reply, Failure>,
}

/// Decides one command. Due deadlines are done first, so that nothing lives past its time even when
/// its alarm is late.
pub fn decide(
    presence: &Presence,
    id: UserId,
    ctx: Context<'_>,
    caller: Caller,
    command: Command,
) -> Outcome {
    let user = match (presence, command) {
        (Presence::Here(user), command) => {
            let turn = Turn::new(user.as_ref().clone(), ctx);
            return turn.run(user, caller, command);
        }
        (Presence::Absent, Command::CreateUser(changes, clock)) => {
            profile::create(id, &ctx, &changes).map(|user| User { clock, ..user })
        }
        (Presence::Absent | Presence::Deleted, _) => Err(Failure::UserUnknown),
    };
    match user {
        Ok(user) => {
            let mut turn = Turn::new(user, ctx);
            turn.user_event(EventKind::UserCreated);
            let reply = Reply::User(Box::new(turn.user.view(turn.ctx.now)));
            turn.finish(Ok(reply), None)
        }
        Err(failure) => Outcome::refused(failure),
    }
}

impl Outcome {
    fn refused(failure: Failure) -> Self {
        Self {
            next: Next::Unchanged,
            events: Vec::new(),
            effects: Vec::new(),
            notice: None,
            ended_consents: Vec::new(),
            gathers: Vec::new(),
            reply: Err(failure),
        }
    }
}

/// One decision in the making: a copy of the user and all that piles up beside it.
struct Turn<'a> {
    ctx: Context<'a>,
    user: User,
    events: Vec<Event>,
    effects: Vec<Effect>,
    /// What whoever agrees was shown.
    shown: Option<Box<Shown>>,
    /// What the text says that somebody asks for.
    words: Option<&'static dyn CodeWords>,
    notice: Option<(ConsentId, Box<Notice>)>,
    ended_consents: Vec<Consent>,
    gathers: Vec<Gather>,
    deleted: bool,
}

impl<'a> Turn<'a> {
    fn new(user: User, ctx: Context<'a>) -> Self {
        Self {
            ctx,
            user,
            events: Vec::new(),
            effects: Vec::new(),
            shown: None,
            words: None,
            notice: None,
            ended_consents: Vec::new(),
            gathers: Vec::new(),
            deleted: false,
        }
    }

    fn run(mut self, before: &User, caller: Caller, command: Command) -> Outcome {
        self.fall_due();
        let is_read = command.is_read();
        let reply = self.may(caller, &command).and_then(|()| self.obey(caller, command));
        if reply.is_ok() && !is_read {
            self.came(caller);
        }
        if !self.deleted {
            self.tell_of_jobs(before);
        }
        self.finish(reply, Some(before))
    }

    fn obey(&mut self, caller: Caller, command: Command) -> Result<Reply, Failure> {
        match command {
            Command::CreateUser(..) => Err(Failure::UserExists),
            Command::GetUser => Ok(Reply::User(Box::new(self.user.view(self.ctx.now)))),
            Command::UpdateUser(changes) => self.update_profile(*changes),
            Command::DeleteUser => Ok(self.delete_user()),
            Command::CreateLink { mobile } => self.create_link(mobile.as_deref()),
            Command::GetLink => self.get_link(),
            Command::DeleteLink => self.delete_link(),
            Command::GetConsent => Ok(Reply::Consent(self.user.consent.clone().map(Box::new))),
            Command::GetAttestation => Ok(Reply::Attestation(self.user.attestation.clone().map(Box::new))),
            Command::EndConsent(id) => self.end_consent_for(caller, id),
            Command::ViewLink { hash, cookie } => self.view_link(hash, cookie),
            Command::RequestCode { hash, words } => self.request_code(hash, words),
            Command::TextRefused(text) => self.text_refused(text),
            Command::TryCode { hash, code, entry } => self.try_code(hash, &code, entry),
            Command::Reissue { held, partner, words } => self.reissue(held, partner, words),
            Command::DiscloseByToken { hash } => self.disclose_by_token(caller, hash),
            Command::Exchange { cookie, old_cookie, return_state, errand } => {
                self.exchange(caller, Visit { cookie, old_cookie, return_state, errand })
            }
            Command::ViewSession(cookie) => self.view_session(cookie),
            Command::Agree { cookie, policy_version, shown } => self.agree(cookie, policy_version, shown),
            Command::Decline(cookie) => self.decline(cookie),
            Command::Disclose { cookie, leave_out, gaps } => self.disclose(cookie, leave_out, gaps),
            Command::Leave(cookie) => self.leave(cookie),
            Command::Withdraw { cookie, consent, wants_deletion } => {
                self.withdraw(cookie, consent, wants_deletion)
            }
            Command::Disconnect { cookie, connection } => self.disconnect(cookie, connection),
            Command::Extend(cookie) => self.extend(cookie),
            Command::Finish(cookie) => self.finish_errand(cookie),
            Command::PeekSession(cookie) => self.peek_session(cookie),
            Command::Connect { cookie, institution, credentials } => {
                self.connect(caller, cookie, institution, credentials)
            }
            Command::AnswerChallenge { cookie, job, answers } => {
                self.answer_challenge(caller, cookie, job, answers)
            }
            Command::ListConnections => Ok(Reply::Connections(self.user.connection_views())),
            Command::GetConnection(id) => self.get_connection(id),
            Command::DeleteConnection(id) => self.delete_connection(id),
            Command::UpdateConnection { cookie, connection, login_id, password } => {
                self.update_connection(caller, cookie, connection, login_id, password)
            }
            Command::RefreshConnection(id) => self.refresh_connection(id),
            Command::RefreshConnections => self.refresh_connections(),
            Command::PurgeConnection(id) => self.purge_connection(id),
            Command::ListSources => Ok(Reply::Connections(self.user.source_views())),
            Command::ListJobs => Ok(Reply::Jobs(self.user.jobs.iter().rev().cloned().collect())),
            Command::GetJob(id) => self.get_job(caller, id),
            Command::ResumeJob(id) => self.resume_job(id),
            Command::Report { job, attempt, report } => self.report(job, attempt, *report),
            Command::Touch | Command::FallDue => Ok(Reply::Done),
            #[cfg(test)]
            Command::Panic => panic!("a defect on purpose"),
            Command::Inspect => Ok(Reply::Inspected(Box::new(self.user.clone()))),
        }
    }

    fn finish(self, reply: Result<Reply, Failure>, before: Option<&User>) -> Outcome {
        let next = match (self.deleted, before) {
            (true, _) => Next::Delete,
            (false, Some(before)) if *before == self.user => Next::Unchanged,
            (false, _) => Next::Save(Box::new(self.user)),
        };
        Outcome {
            next,
            events: self.events,
            effects: self.effects,
            notice: self.notice,
            ended_consents: self.ended_consents,
            gathers: self.gathers,
            reply,
        }
    }

    fn event(
        &mut self,
        kind: EventKind,
        link: Option<AuthLinkId>,
        consent: Option<ConsentId>,
        data: EventData,
    ) {
        let id = EventId(self.ctx.entropy.bytes());
        let (at, recorded, user) = (self.ctx.now, self.ctx.real, self.user.id);
        self.events.push(Event { id, kind, at, recorded, user, link, consent, subject: None, data });
    }

    /// An event about something that was read under a consent.
    fn event_about(
        &mut self,
        kind: EventKind,
        consent: Option<ConsentId>,
        subject: Option<uuid::Uuid>,
        data: EventData,
    ) {
        let id = EventId(self.ctx.entropy.bytes());
        let (at, recorded, user) = (self.ctx.now, self.ctx.real, self.user.id);
        self.events.push(Event { id, kind, at, recorded, user, link: None, consent, subject, data });
    }

    fn user_event(&mut self, kind: EventKind) {
        let data = EventData::User(Box::new(self.user.profile.clone()));
        self.event(kind, None, None, data);
    }

    fn effect_id(&mut self) -> EffectId {
        EffectId(self.ctx.entropy.uuid())
    }
}

impl User {
    /// Every public id by which this user can be found.
    pub fn link_hashes(&self) -> impl Iterator<Item = LinkHash> + '_ {
        self.link.iter().map(|link| link.hash).chain(self.dead_links.iter().map(|dead| dead.hash))
    }

    /// Whether it is worth a commit that somebody asks with the token of a link: once a minute at most.
    pub fn wants_touch(&self, caller: Caller, table: &Table<Machine>, now: UnixMillis) -> bool {
        let Caller::LinkClient { session, .. } = caller else { return false };
        let own = self.session.as_ref().filter(|own| own.id == session);
        own.is_some_and(|own| own.wants_touch(table, now))
    }

    /// Every browser that holds a session of this user, also one that is over: it may see how.
    pub fn cookies(&self) -> impl Iterator<Item = CookieHash> + '_ {
        [&self.session, &self.token_session].into_iter().flatten().filter_map(|session| session.cookie)
    }
}
