//! The session's side of a user: beginning, consenting, disclosing, leaving, and its limits.
//! The arrows are those of workflows/consent_session.toml; here stands what they mean.

use super::Turn;
use crate::domain::attestation::{AnsweredGap, Attestation, FoundGap};
use crate::domain::command::{Caller, Failure, Reply, SessionView};
use crate::domain::consent_session::{ConsentSession, CookieHash, Origin, carried};
use crate::domain::errand::Errand;
use crate::domain::event::{LinkReason, Stage};
use crate::domain::id::SessionId;
use crate::domain::job::Job;
use crate::domain::notice::Shown;
use crate::domain::workflow::auth_link::Input as LinkInput;
use crate::domain::workflow::consent::Input as ConsentInput;
use crate::domain::workflow::consent_session::{Action, Guard, Input, Limit, State};
use crate::domain::workflow::job::Input as JobInput;
use crate::domain::workflow::{Refusal, Step};

/// A browser that comes with a token.
pub(super) struct Visit {
    /// What it will hold.
    pub(super) cookie: CookieHash,
    /// What it holds.
    pub(super) old_cookie: Option<CookieHash>,
    /// The partner's `state`.
    pub(super) return_state: Option<String>,
    /// What its person is sent for.
    pub(super) errand: Errand,
}

/// Which of the two sessions that a user can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The one by the latest link.
    Link,
    /// The one by a partner's token.
    Token,
}

impl Turn<'_> {
    pub(super) fn session(&self, which: Which) -> Option<&ConsentSession> {
        match which {
            Which::Link => self.user.session.as_ref(),
            Which::Token => self.user.token_session.as_ref(),
        }
    }

    fn session_mut(&mut self, which: Which) -> Option<&mut ConsentSession> {
        match which {
            Which::Link => self.user.session.as_mut(),
            Which::Token => self.user.token_session.as_mut(),
        }
    }

    /// A browser presents a token at the consent page. A link's token is exchanged once; a partner's
    /// token opens a session of its own, which ends the one before.
    pub(super) fn exchange(&mut self, caller: Caller, visit: Visit) -> Result<Reply, Failure> {
        match caller {
            Caller::LinkClient { .. } => self.exchange_link_token(visit),
            Caller::Client(_) if self.ctx.application.requires_link => Err(Failure::LinkRequired),
            Caller::Client(_) => self.exchange_client_token(visit),
            Caller::Server(_) | Caller::Applicant | Caller::House => Err(Failure::TokenRevoked),
        }
    }

    fn exchange_link_token(&mut self, visit: Visit) -> Result<Reply, Failure> {
        let session = self.user.session.as_mut().ok_or(Failure::TokenRevoked)?;
        match session.cookie {
            None if session.ended.is_some() => return Err(Failure::TokenRevoked),
            None => {
                session.cookie = Some(visit.cookie);
                self.take_errand(Which::Link, visit.errand);
            }
            // The same browser again (back button, reload): it goes on with what it has.
            Some(held) if visit.old_cookie.is_some_and(|old| crate::crypto::matches(&held, &old)) => {}
            Some(_) => return Err(Failure::TokenUsed),
        }
        self.session_mut(Which::Link)
            .into_iter()
            .for_each(|session| session.carry(visit.return_state.clone()));
        self.view_of(Which::Link)
    }

    /// The same browser that is sent for the same again (back button, reload) goes on with what it has.
    fn exchange_client_token(&mut self, visit: Visit) -> Result<Reply, Failure> {
        let now = self.ctx.now;
        let is_same = self.user.token_session.as_ref().is_some_and(|session| {
            let held = session.cookie.zip(visit.old_cookie);
            session.is_live(now)
                && session.errand == visit.errand
                && session.return_state == carried(visit.return_state.clone())
                && held.is_some_and(|(held, old)| crate::crypto::matches(&held, &old))
        });
        if !is_same {
            let id = SessionId(self.ctx.entropy.uuid());
            let table = &self.ctx.workflows.consent_session;
            let mut session = ConsentSession::open(id, Origin::ClientToken, Some(visit.cookie), table, now);
            session.carry(visit.return_state);
            self.user.token_session = Some(session);
            self.resume(Which::Token);
            self.take_errand(Which::Token, visit.errand);
        }
        self.view_of(Which::Token)
    }

    /// What the partner sent the person for. Signing in again needs a consent, and no newer policy.
    pub(super) fn take_errand(&mut self, which: Which, errand: Errand) {
        self.session_mut(which).into_iter().for_each(|session| session.errand = errand);
        if errand.renews() && self.step_session(which, Input::Renew).is_ok() {
            self.session_mut(which).into_iter().for_each(|session| session.carried = true);
        }
    }

    /// A session that finds an active consent on the current policy goes straight on to connecting.
    pub(super) fn resume(&mut self, which: Which) {
        let resumed = self.step_session(which, Input::Resume).is_ok();
        self.session_mut(which).into_iter().for_each(|session| session.carried = resumed);
    }

    pub(super) fn view_session(&mut self, cookie: CookieHash) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        let table = &self.ctx.workflows.consent_session;
        if self.session(which).is_some_and(|session| session.wants_touch(table, self.ctx.now)) {
            let _ = self.step_session(which, Input::Touch);
        }
        self.view_of(which)
    }

    /// Whoever works with the token of a link is there as much as whoever looks at a page.
    pub(super) fn came(&mut self, caller: Caller) {
        if self.user.wants_touch(caller, &self.ctx.workflows.consent_session, self.ctx.now) {
            let _ = self.step_session(Which::Link, Input::Touch);
        }
    }

    pub(super) fn peek_session(&self, cookie: CookieHash) -> Result<Reply, Failure> {
        self.view_of(self.whose(cookie)?)
    }

    pub(super) fn agree(
        &mut self,
        cookie: CookieHash,
        policy_version: u32,
        shown: Option<Box<Shown>>,
    ) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        let policy = self.ctx.application.policy().ok_or(Failure::PolicyMissing)?;
        let is_asked = self.session(which).is_some_and(|session| session.state == State::Consenting);
        let is_current = shown.as_ref().is_none_or(|shown| self.counts_from(policy, shown.at));
        if is_asked && (policy.version != policy_version || !is_current) {
            return Err(Failure::PolicyChanged);
        }
        self.shown = shown;
        self.step_session(which, Input::Agree)?;
        self.session_mut(which).into_iter().for_each(|session| session.carried = false);
        self.touch(which);
        self.view_of(which)
    }

    pub(super) fn decline(&mut self, cookie: CookieHash) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        self.step_session(which, Input::Decline)?;
        self.view_of(which)
    }

    pub(super) fn leave(&mut self, cookie: CookieHash) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        self.step_session(which, Input::Leave)?;
        self.view_of(which)
    }

    /// The consent lasts longer, and with that the errand is done. A second press finds the session over.
    pub(super) fn extend(&mut self, cookie: CookieHash) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        let is_live = self.session(which).is_some_and(|session| session.ended.is_none());
        if is_live {
            self.active_consent()?;
        }
        self.step_session(which, Input::Finish)?;
        self.step_consent(ConsentInput::Extend)?;
        self.view_of(which)
    }

    pub(super) fn finish_errand(&mut self, cookie: CookieHash) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        self.step_session(which, Input::Finish)?;
        self.view_of(which)
    }

    /// What is not over yet is asked about first: what waits for an answer, and what is at work and may ask
    /// for one yet. With `leave_out` the first ends unanswered and the second goes on by itself. Then comes
    /// what seems to be missing: all of `gaps` has to be asked about, so that nothing is kept as asked that
    /// was not.
    pub(super) fn disclose(
        &mut self,
        cookie: CookieHash,
        leave_out: bool,
        gaps: Option<Vec<FoundGap>>,
    ) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        // A double click, or the back button: it is disclosed, and stays so.
        if self.session(which).is_some_and(|session| session.state == State::Disclosed) {
            return self.view_of(which);
        }
        let session = self.session(which).map(|session| session.id).ok_or(Failure::SessionUnknown)?;
        let is_at_work = self.user.jobs_shown(session).iter().any(Job::is_open);
        if !leave_out && is_at_work && self.is_connecting(which) {
            return Err(Failure::JobsWaiting);
        }
        let gaps = match gaps {
            Some(found) => Some(self.asked(which, found)?),
            None => None,
        };
        // Where not all was read, nothing found does not say that somebody looked.
        let gaps = gaps.filter(|asked| !asked.is_empty() || !is_at_work);
        self.step_session(which, Input::Disclose)?;
        self.attest(session, gaps);
        self.leave_out_waiting(session);
        self.view_of(which)
    }

    fn asked(&self, which: Which, found: Vec<FoundGap>) -> Result<Vec<AnsweredGap>, Failure> {
        if self.is_connecting(which) && found.iter().any(|one| one.answer.is_none()) {
            return Err(Failure::GapsUnasked);
        }
        Ok(found.into_iter().filter_map(FoundGap::answered).collect())
    }

    /// Keeps the declaration; the one before is of no use any more.
    fn attest(&mut self, session: SessionId, gaps: Option<Vec<AnsweredGap>>) {
        let (at, consent) = (self.ctx.now, self.user.consent.as_ref().map(|consent| consent.id));
        self.user.attestation = consent.map(|consent| Attestation { at, session, consent, gaps });
    }

    fn is_connecting(&self, which: Which) -> bool {
        self.session(which).is_some_and(|session| session.state == State::Connecting)
    }

    fn leave_out_waiting(&mut self, session: SessionId) {
        for job in self.waiting_jobs(session) {
            let _ = self.step_job(job, JobInput::LeaveOut);
        }
    }

    /// Call 4 of the link protocol (contract section 8.2). Again with the same token: done already.
    pub(super) fn disclose_by_token(
        &mut self,
        caller: Caller,
        hash: crate::domain::auth_link::LinkHash,
    ) -> Result<Reply, Failure> {
        let Caller::LinkClient { link, .. } = caller else { return Err(Failure::TokenRevoked) };
        let ours = self.user.link.as_ref().filter(|ours| ours.id == link && ours.hash == hash);
        ours.ok_or(Failure::LinkUnknown)?;
        if self.session(Which::Link).is_some_and(|session| session.state == State::Disclosed) {
            return Ok(Reply::Done);
        }
        self.step_session(Which::Link, Input::Disclose)?;
        if let Some(session) = self.user.session.as_ref().map(|session| session.id) {
            self.attest(session, None);
            self.leave_out_waiting(session);
        }
        Ok(Reply::Done)
    }

    /// The session that this browser holds, also when it is over.
    pub(super) fn whose(&self, cookie: CookieHash) -> Result<Which, Failure> {
        [Which::Link, Which::Token]
            .into_iter()
            .find(|which| {
                let held = self.session(*which).and_then(|session| session.cookie);
                held.is_some_and(|held| crate::crypto::matches(&held, &cookie))
            })
            .ok_or(Failure::SessionUnknown)
    }

    pub(super) fn view_of(&self, which: Which) -> Result<Reply, Failure> {
        let session = self.session(which).ok_or(Failure::SessionUnknown)?;
        // Once a newer link stands there, the number at hand is that one's, which this browser never proved.
        let own_link = self.user.link.as_ref().filter(|_| !self.is_replaced(session));
        let mobile = match which {
            Which::Link => own_link.map(|link| &link.mobile),
            Which::Token => self.user.profile.mobile.as_ref(),
        };
        Ok(Reply::Session(Box::new(SessionView {
            session: session.id,
            user: self.user.id,
            application: self.user.application,
            state: session.state,
            origin: session.origin,
            mobile_ending: mobile.map(crate::domain::mobile::Mobile::ending),
            now: self.ctx.now,
            idle_at: session.idle_at,
            total_at: session.total_at,
            return_state: session.return_state.clone(),
            carried: session.carried,
            errand: session.errand,
            former: session.former.clone(),
            is_current: self.has_current_consent(),
            is_replaced: self.is_replaced(session),
            cookie: session.cookie,
            consent: self.user.consent.clone(),
            jobs: self.user.jobs_shown(session.id),
            connections: self.user.connection_views(),
            ended: session.ended,
            logins: self.user.logins_refused(session.id),
        })))
    }

    fn is_replaced(&self, session: &ConsentSession) -> bool {
        let Origin::Link(by) = session.origin else { return false };
        self.user.link.as_ref().is_some_and(|latest| latest.id != by)
    }

    /// The person is here. While a job of theirs is open they do not idle: `total` alone bounds it.
    pub(super) fn touch(&mut self, which: Which) {
        let (table, now) = (&self.ctx.workflows.consent_session, self.ctx.now);
        let busy = self.session(which).is_some_and(|session| self.has_open_jobs(session.id));
        let touch = |session: &mut ConsentSession| {
            session.touch(table, now);
            if busy {
                session.idle_at = session.total_at;
            }
        };
        match which {
            Which::Link => self.user.session.iter_mut().for_each(touch),
            Which::Token => self.user.token_session.iter_mut().for_each(touch),
        }
    }

    pub(super) fn session_falls_due(&mut self, by_token: bool, limit: Limit) {
        let which = if by_token { Which::Token } else { Which::Link };
        let Some(session) = self.session(which) else { return };
        let reason = if session.total_at <= self.ctx.now { LinkReason::TooLong } else { LinkReason::Idle };
        let step = self.ctx.workflows.consent_session.fall_due(session.state, limit, |_| true);
        let _ = self.take_session_step(which, step, reason);
    }

    /// The link was deleted or replaced: whoever is inside by it is out.
    pub(super) fn revoke_session(&mut self) {
        // The session of an older link may still be there, to be looked at: its end was another.
        let link = self.user.link.as_ref().map(|link| Origin::Link(link.id));
        let session = self.user.session.as_ref().filter(|session| Some(session.origin) == link);
        let session = session.map(|session| session.id);
        let _ = self.step_session(Which::Link, Input::Revoke);
        if let Some(session) = session {
            self.link_of_jobs_is_over(session);
        }
    }

    /// The consent is over: whoever was connecting on it is asked again.
    pub(super) fn consent_is_over(&mut self) {
        for which in [Which::Link, Which::Token] {
            let _ = self.step_session(which, Input::ConsentEnded);
        }
    }

    pub(super) fn step_session(&mut self, which: Which, input: Input) -> Result<(), Failure> {
        let Some(session) = self.session(which) else { return Err(Failure::SessionUnknown) };
        let origin_proved = match session.origin {
            // A session by a link exists because its code was right; it must still be that link's.
            Origin::Link(link) => self.user.link.as_ref().is_some_and(|ours| ours.id == link),
            Origin::ClientToken => !self.ctx.application.requires_link,
        };
        let is_current = self.has_current_consent();
        let is_covered = self.user.consent.as_ref().is_some_and(|consent| consent.is_active(self.ctx.now));
        let step = self.ctx.workflows.consent_session.step(session.state, input, |guard| match guard {
            Guard::OriginProved => origin_proved,
            Guard::MayConnect => origin_proved && is_current,
            Guard::IsCovered => origin_proved && is_covered,
            Guard::Never => false,
        });
        let reason = if input == Input::Decline { LinkReason::Declined } else { LinkReason::Left };
        self.take_session_step(which, step, reason)
    }

    fn take_session_step(
        &mut self,
        which: Which,
        step: Step<crate::domain::workflow::consent_session::ConsentSession>,
        reason: LinkReason,
    ) -> Result<(), Failure> {
        match step {
            Step::Moved { to, action } => {
                let from = self.user.stage();
                self.session_mut(which).into_iter().for_each(|session| session.state = to);
                self.end_session_at_end(which, to);
                action.map_or(Ok(()), |action| self.do_session_action(which, action, (reason, from)))
            }
            Step::Refused(Refusal::ConsentNeeded) => Err(Failure::ConsentNeeded),
            Step::Refused(_) => Err(Failure::NotNow),
            Step::Ended => Err(self
                .session(which)
                .map_or(Failure::SessionUnknown, |session| Failure::SessionOver(session.state))),
            Step::Ignored => Ok(()),
        }
    }

    fn end_session_at_end(&mut self, which: Which, to: State) {
        let now = self.ctx.now;
        if self.ctx.workflows.consent_session.is_end(to) {
            self.session_mut(which).into_iter().for_each(|session| session.ended = Some(now));
        }
    }

    /// What the end of a session means for the link that led to it: the same commit ends both.
    fn do_session_action(
        &mut self,
        which: Which,
        action: Action,
        (reason, from): (LinkReason, Option<Stage>),
    ) -> Result<(), Failure> {
        let by_link = which == Which::Link;
        match action {
            Action::ActivateConsent => {
                let former = self.user.institutions();
                self.give_consent()?;
                self.session_mut(which).into_iter().for_each(|session| session.former.clone_from(&former));
                Ok(())
            }
            Action::Touch => {
                self.touch(which);
                Ok(())
            }
            Action::Disclose if by_link => self.step_link(LinkInput::Disclose),
            Action::Leave | Action::TimeOut if by_link => self.abandon_link(reason, from),
            Action::Disclose | Action::Leave | Action::TimeOut => Ok(()),
        }
    }
}
