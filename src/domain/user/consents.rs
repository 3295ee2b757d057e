//! The consent's side of a user: giving, and every way it ends. The arrows are those of
//! workflows/consent.toml; here stands what they mean.

use super::Turn;
use crate::domain::application::Policy;
use crate::domain::attestation::Attestation;
use crate::domain::command::{Caller, Failure, Reply};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::event::{EventData, EventKind};
use crate::domain::id::ConsentId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::consent::{Action, Input, Limit, State};
use crate::domain::workflow::consent_session::{Input as SessionInput, Limit as SessionLimit};
use crate::domain::workflow::{Step, consent};

impl Turn<'_> {
    /// Whether the active consent was given on the policy that is current.
    pub(super) fn has_current_consent(&self) -> bool {
        let current = self.ctx.application.policy().map(|policy| policy.version);
        let given = self.user.consent.as_ref().filter(|consent| consent.is_active(self.ctx.now));
        given.is_some_and(|consent| Some(consent.policy_version) == current)
    }

    /// Whether what was shown then can still be agreed to: no longer ago than a session lasts, and before its
    /// own end.
    pub(super) fn counts_from(&self, policy: &Policy, shown: UnixMillis) -> bool {
        let (tables, now) = (self.ctx.workflows, self.ctx.now);
        let longest = tables.consent_session.span(SessionLimit::Total);
        let ends = shown.plus(crate::domain::consent::duration(policy, &tables.consent));
        shown <= now && now.since(shown) <= longest && now < ends
    }

    /// The person agreed to the current policy, for as long as they were shown: over midnight, too, it ends on
    /// the day that the page named. One consent is active at a time: the one before ends.
    pub(super) fn give_consent(&mut self) -> Result<(), Failure> {
        let application = self.ctx.application;
        let policy = application.policy().ok_or(Failure::PolicyMissing)?;
        if self.user.consent.is_some() {
            self.step_consent(Input::Supersede)?;
        }
        let duration = crate::domain::consent::duration(policy, &self.ctx.workflows.consent);
        let id = ConsentId(self.ctx.entropy.uuid());
        let (now, shown) = (self.ctx.now, self.shown.take());
        let from = shown.as_ref().map_or(now, |shown| shown.at);
        let mut consent = Consent::give(id, policy, from.plus(duration), now);
        consent.schedule(&self.ctx.workflows.consent);
        self.user.consent = Some(consent.clone());
        self.notice = shown.map(|shown| (id, Box::new(shown.notice)));
        self.event(EventKind::ConsentCreated, None, Some(id), EventData::Consent(consent));
        Ok(())
    }

    /// It lasts as long from now as it was to last when it was given: the terms are those that were agreed to,
    /// and the policy that they stand in may meanwhile have a successor.
    fn extend_consent(&mut self) {
        let (tables, now) = (self.ctx.workflows, self.ctx.now);
        let Some(consent) = self.user.consent.as_mut() else { return };
        let policy = self.ctx.application.policies.get(&consent.policy_version);
        let longest = tables.consent.span(Limit::Duration);
        let lasts =
            policy.map_or(longest, |policy| crate::domain::consent::duration(policy, &tables.consent));
        consent.extend(now.plus(lasts), &tables.consent, now);
        let (id, data) = (consent.id, EventData::Consent(consent.clone()));
        self.event(EventKind::ConsentUpdated, None, Some(id), data);
    }

    /// The partner revokes it, or the person withdraws it by a token of theirs.
    pub(super) fn end_consent_for(&mut self, caller: Caller, id: ConsentId) -> Result<Reply, Failure> {
        self.user.consent.as_ref().filter(|consent| consent.id == id).ok_or(Failure::ConsentUnknown)?;
        let input = match caller {
            Caller::Server(_) | Caller::House => Input::Revoke,
            Caller::Client(_) | Caller::LinkClient { .. } | Caller::Applicant => Input::Withdraw,
        };
        self.step_consent(input)?;
        self.consent_is_over();
        Ok(Reply::Done)
    }

    /// The person withdraws it on a page. That the partner deletes more than its policy promises can only be
    /// asked where the policy lets it keep something.
    pub(super) fn withdraw(
        &mut self,
        cookie: CookieHash,
        id: ConsentId,
        wants_deletion: bool,
    ) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        self.step_session(which, SessionInput::Touch)?;
        let consent = self.user.consent.as_mut().filter(|consent| consent.id == id);
        let consent = consent.ok_or(Failure::ConsentUnknown)?;
        let policy = self.ctx.application.policies.get(&consent.policy_version);
        consent.deletion_asked = wants_deletion && policy.is_some_and(|policy| policy.retain_data);
        self.step_consent(Input::Withdraw)?;
        self.consent_is_over();
        self.view_of(which)
    }

    pub(super) fn consent_falls_due(&mut self, limit: Limit) {
        let Some(state) = self.user.consent.as_ref().map(|consent| consent.state) else { return };
        let step = self.ctx.workflows.consent.fall_due(state, limit, |_| true);
        let _ = self.take_consent_step(step);
        if self.user.consent.is_none() {
            self.consent_is_over();
        }
    }

    pub(super) fn step_consent(&mut self, input: Input) -> Result<(), Failure> {
        let state = self.user.consent.as_ref().map(|consent| consent.state).ok_or(Failure::ConsentUnknown)?;
        let step = self.ctx.workflows.consent.step(state, input, |_| true);
        self.take_consent_step(step)
    }

    fn take_consent_step(&mut self, step: Step<consent::Consent>) -> Result<(), Failure> {
        match step {
            Step::Moved { to, action } => {
                match action {
                    None => (),
                    Some(Action::Extend) => self.extend_consent(),
                    Some(Action::Warn) => self.warn_of_consent(),
                    Some(Action::Remind) => self.remind_of_consent(),
                    Some(Action::Expire) => self.end_consent(EventKind::ConsentExpired, to, false),
                    Some(Action::EndConsent) => self.end_consent(EventKind::ConsentRevoked, to, false),
                    Some(Action::EndConsentByPartner) => {
                        self.end_consent(EventKind::ConsentRevoked, to, true);
                    }
                }
                Ok(())
            }
            Step::Refused(_) => Err(Failure::NotNow),
            Step::Ended => Err(Failure::ConsentUnknown),
            Step::Ignored => Ok(()),
        }
    }

    /// A consent that was given before there were warnings and reminders gets them.
    pub(super) fn schedule_consent(&mut self) {
        let table = &self.ctx.workflows.consent;
        let old = self.user.consent.as_mut().filter(|consent| consent.reminder_at.is_none());
        if let Some(consent) = old {
            consent.schedule(table);
        }
    }

    /// It ends soon. When that is noticed after its end, only the end is told.
    fn warn_of_consent(&mut self) {
        let Some(consent) = self.user.consent.as_mut() else { return };
        consent.warning_at = None;
        self.tell_of_consent(EventKind::ConsentWarning);
    }

    /// It is still there.
    fn remind_of_consent(&mut self) {
        let (table, now) = (&self.ctx.workflows.consent, self.ctx.now);
        let Some(consent) = self.user.consent.as_mut() else { return };
        consent.remind_again(table, now);
        self.tell_of_consent(EventKind::ConsentReminder);
    }

    fn tell_of_consent(&mut self, kind: EventKind) {
        let active = self.user.consent.as_ref().filter(|consent| consent.is_active(self.ctx.now));
        let Some(consent) = active.cloned() else { return };
        self.event(kind, None, Some(consent.id), EventData::Consent(consent));
    }

    /// It ends and becomes history: what it covered goes with it.
    fn end_consent(&mut self, kind: EventKind, to: State, by_partner: bool) {
        let Some(mut consent) = self.user.consent.take() else { return };
        consent.state = to;
        consent.updated = self.ctx.now;
        (consent.warning_at, consent.reminder_at) = (None, None);
        if kind == EventKind::ConsentRevoked {
            consent.revoked = Some(self.ctx.now);
        }
        let (id, data) = (consent.id, EventData::Consent(consent.clone()));
        self.event(kind, None, Some(id), data.clone());
        if by_partner {
            self.event(EventKind::ConsentArchived, None, Some(id), data);
        }
        let is_of_it = |attestation: &mut Attestation| attestation.consent == id;
        self.user.attestation.take_if(is_of_it);
        self.ended_consents.push(consent);
        self.end_covered(id);
    }
}
