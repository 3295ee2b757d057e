//! The link's side of a user: making, looking, asking for a code, trying one, and every end.
//! The arrows are those of workflows/auth_link.toml; here stands what its guards and actions mean.

use super::Turn;
use crate::domain::auth_link::{AuthLink, CodeText, CodeWords, DEAD_LINKS_MAX, DeadLink, LinkHash};
use crate::domain::command::{
    CodeFace, Effect, Entered, Entry, Failure, LinkFace, LinkView, Reply, SessionFace,
};
use crate::domain::consent_session::{ConsentSession, CookieHash, Origin};
use crate::domain::event::{EventKind, LinkReason, Stage};
use crate::domain::id::{EffectId, SessionId};
use crate::domain::mobile::Mobile;
use crate::domain::profile::ProfileFault;
use crate::domain::workflow::auth_link::{Action, Guard, Input, Limit, State};
use crate::domain::workflow::{Refusal, Step};

impl Turn<'_> {
    pub(super) fn create_link(&mut self, mobile: Option<&str>) -> Result<Reply, Failure> {
        let mobile = self.number_to_prove(mobile)?;
        self.make_link(mobile, None);
        self.link_view()
    }

    /// A new link takes the place of the latest one, which is dead at once.
    pub(super) fn make_link(&mut self, mobile: Mobile, reason: Option<LinkReason>) {
        self.end_latest(Input::Replace);
        self.shelve_latest();
        let (now, tables) = (self.ctx.now, self.ctx.workflows);
        let link = AuthLink::issue(mobile, &tables.auth_link, self.ctx.keyring, &mut self.ctx.entropy, now);
        // The session by the older link stays until the new link opens one: its browser may see how it ended.
        self.user.link = Some(link);
        self.link_event_by(EventKind::LinkCreated, reason);
    }

    fn number_to_prove(&self, given: Option<&str>) -> Result<Mobile, Failure> {
        match given {
            Some(text) => Mobile::parse(text).map_err(|_| Failure::Profile(ProfileFault::Mobile)),
            None => self.user.profile.mobile.clone().ok_or(Failure::MobileMissing),
        }
    }

    /// The latest link makes room: only how it ended is kept.
    fn shelve_latest(&mut self) {
        let Some(link) = self.user.link.take() else { return };
        self.user.dead_links.insert(0, link.remains(self.ctx.now));
        self.user.dead_links.truncate(DEAD_LINKS_MAX);
    }

    pub(super) fn get_link(&self) -> Result<Reply, Failure> {
        let link = self.user.link.as_ref().ok_or(Failure::LinkNone)?;
        match link.state {
            State::Issued | State::Challenged | State::InSession => self.link_view(),
            State::Abandoned | State::Locked | State::Expired => Err(Failure::LinkOver(link.state)),
            State::Completed | State::Deleted | State::Replaced => Err(Failure::LinkNone),
        }
    }

    fn link_view(&self) -> Result<Reply, Failure> {
        let link = self.user.link.as_ref().ok_or(Failure::LinkNone)?;
        Ok(Reply::Link(Box::new(LinkView {
            id: link.id,
            user: self.user.id,
            public_id: link.public_id,
            mobile: link.mobile.clone(),
            expires: link.expires,
            state: link.state,
        })))
    }

    pub(super) fn delete_link(&mut self) -> Result<Reply, Failure> {
        let link = self.user.link.as_ref().ok_or(Failure::LinkNone)?;
        match link.state {
            State::Issued | State::Challenged | State::InSession => self.end_latest(Input::Delete),
            // Gone until somebody deletes it: it stays over, but is not the latest link any more.
            State::Abandoned | State::Locked | State::Expired => {
                self.dead_link_deleted();
                self.shelve_latest();
            }
            State::Completed | State::Deleted | State::Replaced => return Err(Failure::LinkNone),
        }
        Ok(Reply::Done)
    }

    fn end_latest(&mut self, input: Input) {
        if self.user.link.as_ref().is_some_and(|link| !link.is_ended()) {
            // Every open state answers replace and delete; the table is checked for it.
            let _ = self.step_link(input);
        }
    }

    pub(super) fn view_link(&mut self, hash: LinkHash, cookie: Option<CookieHash>) -> Result<Reply, Failure> {
        if let Some(dead) = self.user.dead_links.iter().find(|dead| dead.hash == hash) {
            return Ok(Reply::Face(Box::new(self.dead_face(*dead))));
        }
        let first = self.latest(hash)?.opened.is_none() && !self.latest(hash)?.is_ended();
        if first {
            let now = self.ctx.now;
            self.user.link.iter_mut().for_each(|link| link.opened = Some(now));
            self.link_event(EventKind::LinkOpened);
        }
        // The table says that looking never moves a link; a test holds it to that.
        let _ = self.step_link(Input::View);
        Ok(Reply::Face(Box::new(self.face(cookie))))
    }

    pub(super) fn request_code(
        &mut self,
        hash: LinkHash,
        words: &'static dyn CodeWords,
    ) -> Result<Reply, Failure> {
        let table = &self.ctx.workflows.auth_link;
        let input = self.open_link(hash)?.classify_request(table, self.ctx.now);
        self.words = Some(words);
        self.step_link(input)?;
        Ok(Reply::Requested(Box::new(self.face(None))))
    }

    /// Judges one try. Right codes are spent here, once: the copy that commits first wins, and the
    /// next try finds the link in a session.
    pub(super) fn try_code(
        &mut self,
        hash: LinkHash,
        code: &CodeText,
        entry: Entry,
    ) -> Result<Reply, Failure> {
        let tables = self.ctx.workflows;
        let input = self.open_link(hash)?.classify_try(code, &tables.auth_link, self.ctx.keyring);
        self.count_miss(&entry);
        self.step_link(input)?;
        match input {
            Input::CodeRight => self.enter(entry),
            Input::CodeWrongLast => Err(Failure::CodeLocked),
            _ => {
                let left = self.user.link.as_ref().map_or(0, |link| link.tries_left(&tables.auth_link));
                Err(Failure::CodeWrong { tries_left: left })
            }
        }
    }

    /// The code is spent. A browser that enters it again is told apart by the cookie that it earns with it:
    /// what earns none is a miss, and counts like one, or whoever knew a browser's entry cookie could guess on.
    fn count_miss(&mut self, entry: &Entry) {
        let Entry::Cookie { cookie, .. } = entry else { return };
        if self.takes_code_again() && !self.owns_session(*cookie) {
            self.count_wrong();
        }
    }

    /// As long as a code counts, and within the tries that its link has.
    fn takes_code_again(&self) -> bool {
        let table = &self.ctx.workflows.auth_link;
        let (Some(link), Some(session)) = (self.user.link.as_ref(), self.own_session()) else { return false };
        let until = session.started.plus(table.span(Limit::CodeLifetime));
        link.state == State::InSession && link.tries_left(table) > 0 && self.ctx.now < until
    }

    /// The gateway refused a text for good. Only the one with the living code matters any more.
    pub(super) fn text_refused(&mut self, text: EffectId) -> Result<Reply, Failure> {
        let living = self.user.link.as_ref().and_then(|link| link.code.as_ref());
        if living.is_some_and(|code| code.effect == text) {
            self.step_link(Input::TextRefused)?;
        }
        Ok(Reply::Done)
    }

    fn enter(&mut self, entry: Entry) -> Result<Reply, Failure> {
        if let (Entry::Cookie { cookie, return_state, errand }, Some(session)) =
            (entry, self.user.session.as_mut())
        {
            session.cookie = Some(cookie);
            session.carry(return_state);
            self.take_errand(super::sessions::Which::Link, errand);
        }
        let link = self.user.link.as_ref().ok_or(Failure::LinkUnknown)?;
        let session = self.user.session.as_ref().ok_or(Failure::LinkUnknown)?;
        Ok(Reply::Entered(Entered {
            user: self.user.id,
            application: self.user.application,
            link: link.id,
            session: session.id,
        }))
    }

    /// The latest link, if `hash` is its own; an older one is over.
    fn latest(&self, hash: LinkHash) -> Result<&AuthLink, Failure> {
        if self.user.dead_links.iter().any(|dead| dead.hash == hash) {
            return Err(Failure::LinkOver(self.end_of_older()));
        }
        self.user.link.as_ref().filter(|link| link.hash == hash).ok_or(Failure::LinkUnknown)
    }

    fn open_link(&self, hash: LinkHash) -> Result<&AuthLink, Failure> {
        let link = self.latest(hash)?;
        if link.is_ended() { Err(Failure::LinkOver(link.state)) } else { Ok(link) }
    }

    /// Moves the latest link along its table and does what the arrow asks.
    pub(super) fn step_link(&mut self, input: Input) -> Result<(), Failure> {
        let table = &self.ctx.workflows.auth_link;
        let Some(link) = self.user.link.as_ref() else { return Err(Failure::LinkUnknown) };
        let step = table.step(link.state, input, |guard| match guard {
            Guard::MaySend => link.sends < table.count(Limit::CodeSends),
            Guard::Never => false,
        });
        self.take_link_step(step)
    }

    pub(super) fn link_falls_due(&mut self, limit: Limit) {
        let table = &self.ctx.workflows.auth_link;
        let Some(link) = self.user.link.as_ref() else { return };
        // Arrows of deadlines have no guards, and an ended link has no deadlines.
        let _ = self.take_link_step(table.fall_due(link.state, limit, |_| true));
    }

    fn take_link_step(
        &mut self,
        step: Step<crate::domain::workflow::auth_link::AuthLink>,
    ) -> Result<(), Failure> {
        match step {
            Step::Moved { to, action } => {
                self.user.link.iter_mut().for_each(|link| link.state = to);
                if let Some(action) = action {
                    self.do_link_action(action, to);
                }
                Ok(())
            }
            Step::Refused(refusal) => Err(self.link_refusal(refusal)),
            Step::Ended => {
                Err(Failure::LinkOver(self.user.link.as_ref().map_or(State::Deleted, |link| link.state)))
            }
            Step::Ignored => Ok(()),
        }
    }

    fn link_refusal(&self, refusal: Refusal) -> Failure {
        match refusal {
            Refusal::SmsLimit => {
                let rest = self.user.link.as_ref().map(|link| link.expires.since(self.ctx.now));
                Failure::SmsLimit { retry_after: rest.unwrap_or_default() }
            }
            Refusal::CodeLate => Failure::CodeLate,
            Refusal::LinkSpent => Failure::LinkSpent,
            _ => Failure::NotNow,
        }
    }

    /// The session by which somebody was in is over: they left it, or a limit did.
    pub(super) fn abandon_link(&mut self, reason: LinkReason, from: Option<Stage>) -> Result<(), Failure> {
        self.step_link(Input::Abandon)?;
        self.link_event_from(EventKind::LinkAbandoned, Some(reason), from);
        Ok(())
    }

    fn do_link_action(&mut self, action: Action, to: State) {
        match action {
            Action::SendCode => self.send_code(),
            Action::CountWrong => {
                self.count_wrong();
                self.link_event_by(EventKind::LinkCodeFailed, Some(LinkReason::WrongCode));
            }
            Action::Lock => {
                self.count_wrong();
                self.close_link();
                self.link_event_by(EventKind::LinkCodeFailed, Some(LinkReason::WrongCode));
                self.link_event(EventKind::LinkLocked);
            }
            // A text that has not gone by now is not taken back: it is dropped as too late, and that is told.
            Action::ForgetCode => self.user.link.iter_mut().for_each(|link| link.code = None),
            Action::MissText => {
                self.withdraw_text();
                self.link_event_by(EventKind::LinkCodeFailed, Some(LinkReason::TextRefused));
            }
            Action::OpenSession => self.open_session(),
            Action::Complete => {
                self.close_link();
                self.link_event(EventKind::LinkCompleted);
            }
            // Why, and how far they had come, is told with the end of their session.
            Action::Abandon => self.close_link(),
            Action::Expire => {
                self.close_link();
                self.link_event(EventKind::LinkExpired);
            }
            Action::EndLink => {
                let from = self.user.stage();
                self.close_link();
                self.revoke_session();
                let kind = match to {
                    State::Replaced => EventKind::LinkReplaced,
                    _ => EventKind::LinkDeleted,
                };
                self.link_event_from(kind, None, from);
            }
        }
    }

    fn count_wrong(&mut self) {
        self.user.link.iter_mut().for_each(|link| link.wrong_tries += 1);
    }

    /// An end state was reached: nothing is left that could still happen to it.
    fn close_link(&mut self) {
        self.withdraw_text();
        let now = self.ctx.now;
        self.user.link.iter_mut().for_each(|link| link.ended = Some(now));
    }

    /// The living code dies, and its text is taken back if it has not gone yet.
    pub(super) fn withdraw_text(&mut self) {
        let code = self.user.link.as_mut().and_then(|link| link.code.take());
        self.effects.extend(code.map(|code| Effect::Withdraw(code.effect)));
    }

    fn send_code(&mut self) {
        self.withdraw_text();
        let id = self.effect_id();
        let (Some(link), Some(words)) = (self.user.link.as_mut(), self.words) else { return };
        let (table, keyring) = (&self.ctx.workflows.auth_link, self.ctx.keyring);
        let (code, not_after) = link.new_code(id, table, keyring, &mut self.ctx.entropy, self.ctx.now);
        let (link, to) = (link.id, link.mobile.clone());
        self.effects.push(Effect::SendCode { id, link, to, code, words, not_after });
    }

    /// The code was right: the number is proved and the session begins.
    fn open_session(&mut self) {
        self.withdraw_text();
        let id = SessionId(self.ctx.entropy.uuid());
        let Some(link) = self.user.link.as_ref() else { return };
        let origin = Origin::Link(link.id);
        let table = &self.ctx.workflows.consent_session;
        self.user.session = Some(ConsentSession::open(id, origin, None, table, self.ctx.now));
        self.link_event(EventKind::LinkVerified);
        self.resume(super::sessions::Which::Link);
    }

    /// However an older link ended, what its holder needs to know is that a newer one took its place,
    /// or that the partner has withdrawn it and there is none.
    fn end_of_older(&self) -> State {
        if self.user.link.is_some() { State::Replaced } else { State::Deleted }
    }

    fn dead_face(&self, dead: DeadLink) -> LinkFace {
        LinkFace {
            user: self.user.id,
            application: self.user.application,
            state: self.end_of_older(),
            mobile_ending: None,
            now: self.ctx.now,
            expires: dead.ended,
            code: None,
            was_refused: false,
            sends_left: 0,
            ended: Some(dead.ended),
            takes_code_again: false,
            session: SessionFace::default(),
            has_consent: self.has_consent(),
        }
    }

    fn face(&self, cookie: Option<CookieHash>) -> LinkFace {
        let table = &self.ctx.workflows.auth_link;
        let link = self.user.link.as_ref();
        let code = link.and_then(|link| {
            let living = link.code.as_ref()?;
            Some(CodeFace {
                sent_at: link.last_sent.unwrap_or(self.ctx.now),
                is_second: link.sends > 1,
                expires: living.expires,
                next_send_at: link.next_send_at(table).unwrap_or(self.ctx.now),
                tries_left: link.tries_left(table),
            })
        });
        let is_own = cookie.is_some_and(|cookie| self.owns_session(cookie));
        let (closes, end) = match self.own_session() {
            Some(session) if session.ended.is_some() => (None, Some(session.state)),
            session => (session.map(|session| session.idle_at.min(session.total_at)), None),
        };
        LinkFace {
            user: self.user.id,
            application: self.user.application,
            state: link.map_or(State::Deleted, |link| link.state),
            mobile_ending: link.map(|link| link.mobile.ending()),
            now: self.ctx.now,
            expires: link.map_or(self.ctx.now, |link| link.expires),
            code,
            was_refused: link.is_some_and(|link| link.was_refused(table, self.ctx.now)),
            sends_left: link.map_or(0, |link| table.count(Limit::CodeSends).saturating_sub(link.sends)),
            ended: link.and_then(|link| link.ended),
            takes_code_again: self.takes_code_again(),
            session: SessionFace { is_own, end, closes },
            has_consent: self.has_consent(),
        }
    }

    fn has_consent(&self) -> bool {
        self.user.consent.as_ref().is_some_and(|consent| consent.is_active(self.ctx.now))
    }

    /// The session that the latest link led to.
    fn own_session(&self) -> Option<&ConsentSession> {
        let link = self.user.link.as_ref()?.id;
        self.user.session.as_ref().filter(|session| session.origin == Origin::Link(link))
    }

    fn owns_session(&self, cookie: CookieHash) -> bool {
        let held = self.own_session().and_then(|session| session.cookie);
        held.is_some_and(|held| crate::crypto::matches(&held, &cookie))
    }
}
