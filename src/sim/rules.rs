//! The tally's judgement: tries of codes as they are answered, and users as they are stored.

use super::Outcome;
use super::checker::Checker;
use super::ledger::{Ledger, LinkTally, UserTally};
use super::world::Asked;
use crate::domain::auth_link::REMEMBERED_DAYS;
use crate::domain::command::{Failure, Reply};
use crate::domain::id::{AuthLinkId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{Presence, User};
use crate::domain::workflow::auth_link::State;
use crate::engine::user::core::Refusal;

impl Ledger {
    pub(super) fn note_try(
        &mut self,
        ask: &Asked,
        id: AuthLinkId,
        digits: &str,
        answer: &Result<Reply, Refusal>,
        now: UnixMillis,
    ) -> Outcome<()> {
        let newest = self.codes.get(&id).and_then(|codes| codes.last()).cloned();
        let is_right = newest.as_ref().is_some_and(|code| code.digits == digits);
        let alive = newest.as_ref().is_some_and(|code| ask.time < code.not_after);
        let broken = |name: &'static str, what: &str| {
            Err(super::Violation { name, what: format!("link {id}: {what}") })
        };
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        match answer {
            Ok(Reply::Entered(entered)) => {
                if link.over.is_some_and(|over| over < ask.at) {
                    return broken("AL-3", "somebody entered a link that was over");
                }
                if !is_right || !alive {
                    return broken("OTP-1", "a code was accepted that is not the living one");
                }
                if ask.time >= link.expires {
                    return broken("AL-1", "somebody entered after its time");
                }
                if link.session.is_some() {
                    return broken("AL-4", "a right code was accepted twice");
                }
                if link.wrong >= self.facts.tries {
                    return broken("OTP-1", "a code was accepted after the last try");
                }
                link.session = Some(entered.session);
                link.entered.get_or_insert(now);
            }
            Err(Refusal::Rule(Failure::CodeWrong { .. } | Failure::CodeLocked)) => {
                let before = newest.is_some_and(|code| code.created < ask.at);
                if is_right && before {
                    return broken("OTP-1", "the living code was called wrong");
                }
                link.wrong += 1;
                if *answer == Err(Refusal::Rule(Failure::CodeLocked)) {
                    self.over(id, Some(State::Locked), now);
                } else if link.wrong >= self.facts.tries {
                    return broken("OTP-1", "the last wrong code did not lock it");
                }
            }
            Err(Refusal::Rule(Failure::LinkSpent)) => {
                link.entered.get_or_insert(now);
            }
            _ => {}
        }
        Ok(())
    }

    /// Every user is compared.
    pub(super) fn check_all(&self, now: UnixMillis, checker: &Checker) -> Outcome<()> {
        self.users.keys().try_for_each(|user| self.check_user(*user, now, checker))
    }

    /// What is stored of a user is not older than what was acknowledged (DUR-1).
    pub(super) fn check_user(&self, id: UserId, now: UnixMillis, checker: &Checker) -> Outcome<()> {
        let Some(tally) = self.users.get(&id) else { return Ok(()) };
        let time = self.time_of(id, now);
        match checker.presence(id) {
            None | Some(Presence::Absent) if tally.created => {
                Err(super::broken("DUR-1", format!("user {id} was acknowledged and is gone")))
            }
            None | Some(Presence::Absent) => Ok(()),
            Some(Presence::Deleted) if self.may_be_deleted(id) => Ok(()),
            Some(Presence::Deleted) => Err(super::broken("DUR-1", format!("nobody deleted user {id}"))),
            Some(Presence::Here(_)) if tally.deleted => {
                Err(super::broken("DUR-1", format!("user {id} was deleted and is back")))
            }
            Some(Presence::Here(user)) => {
                self.check_links(tally, user, time, checker)?;
                self.check_jobs(user, time)?;
                self.check_sharing(user, checker)?;
                Self::check_consents(tally, user, checker)
            }
        }
    }

    fn check_links(
        &self,
        tally: &UserTally,
        user: &User,
        time: UnixMillis,
        checker: &Checker,
    ) -> Outcome<()> {
        let known = self.links_of.get(&user.id).map_or(&[][..], Vec::as_slice);
        let newest = known.iter().filter_map(|id| self.links.get(id)).map(|link| link.expires).max();
        if let Some(latest) = &user.link {
            let behind = newest.is_some_and(|newest| latest.expires < newest);
            if behind {
                return Err(super::broken("DUR-1", format!("user {} fell back to an older link", user.id)));
            }
            let is_asked = tally.links_unknown > 0 || checker.reissues.has_made(user.id, latest.id);
            if !known.contains(&latest.id) && !is_asked {
                return Err(super::broken("AL-1", format!("nobody asked for link {}", latest.id)));
            }
        }
        for id in known {
            let Some(link) = self.links.get(id) else { continue };
            Self::check_link(*id, link, user, time)?;
        }
        Ok(())
    }

    fn check_link(id: AuthLinkId, link: &LinkTally, user: &User, time: UnixMillis) -> Outcome<()> {
        let broken = |name: &'static str, what: &str| {
            Err(super::Violation { name, what: format!("link {id}: {what}") })
        };
        let Some(latest) = user.link.as_ref().filter(|latest| latest.id == id) else {
            let dead = user.dead_links.iter().find(|dead| dead.hash == link.hash);
            let forgotten = time >= link.known_time.plus(Span::days(REMEMBERED_DAYS));
            let full = user.dead_links.len() >= crate::domain::auth_link::DEAD_LINKS_MAX;
            if dead.is_some_and(|dead| link.end.is_some_and(|end| end != dead.end)) {
                return broken("AL-2", "its end changed when it was shelved");
            }
            let fine = dead.is_some() || forgotten || full;
            return if fine { Ok(()) } else { broken("DUR-1", "it is forgotten too soon") };
        };
        let entered = !matches!(latest.state, State::Issued | State::Challenged);
        if link.entered.is_some() && !entered {
            return broken("DUR-1", "it was spent and is open again");
        }
        if link.over.is_some() && latest.ended.is_none() {
            return broken("DUR-1", "it was over and goes on");
        }
        if link.end.is_some_and(|end| end != latest.state) {
            return broken("AL-2", "its end changed");
        }
        if latest.wrong_tries < link.wrong {
            return broken("DUR-1", "wrong tries were forgotten");
        }
        if latest.wrong_tries > link.tries_asked {
            return broken("OTP-1", "more wrong tries are counted than there were");
        }
        if latest.sends < link.sends {
            return broken("DUR-1", "texts were forgotten");
        }
        let session = user.session.as_ref().map(|session| session.id);
        if latest.state == State::InSession && link.session.is_some() && session != link.session {
            return broken("AL-4", "another session took the place of the one that the code opened");
        }
        Ok(())
    }

    fn check_consents(tally: &UserTally, user: &User, checker: &Checker) -> Outcome<()> {
        for id in &tally.consents {
            if !checker.knows_consent(user.id, *id) {
                return Err(super::broken("DUR-1", format!("consent {id} was acknowledged and is gone")));
            }
        }
        let active = user.consent.as_ref().map(|consent| consent.id);
        if active.is_some_and(|active| tally.consents_ended.contains(&active)) {
            return Err(super::broken("DUR-1", "a consent that was ended is active".to_owned()));
        }
        Ok(())
    }

    /// One committed step of a user: nothing early, nothing restarted, nothing that the rules do not
    /// know (TM-1, OTP-1, AL-2). `decided` is not before the step was decided.
    pub(super) fn check_step(&self, before: &User, after: &User, decided: UnixMillis) -> Outcome<()> {
        let broken = |name: &'static str, what: &str| {
            Err(super::Violation { name, what: format!("user {}: {what}", after.id) })
        };
        if let Some(link) = &after.link {
            if link.expires != link.created.plus(self.facts.lifetime) {
                return broken("TM-1", "a link's end moved");
            }
            if link.state == State::Expired && link.ended.is_some_and(|ended| ended < link.expires) {
                return broken("TM-1", "a link expired early");
            }
            let code_end = link.last_sent.map(|at| at.plus(self.facts.code_lifetime));
            if link.code.as_ref().is_some_and(|code| Some(code.expires) != code_end) {
                return broken("TM-1", "a code's end moved");
            }
        }
        if let (Some(old), Some(new)) = (&before.link, &after.link)
            && old.id == new.id
        {
            if !may_move(old.state, new.state) {
                return broken("AL-2", "a link moved where no arrow leads");
            }
            if new.sends > old.sends + 1 {
                return broken("OTP-1", "one request sent more than one text");
            }
            let cooling = old.last_sent.map(|at| at.plus(self.facts.cooldown_after(old.sends)));
            let alive =
                old.code.as_ref().is_some_and(|code| new.last_sent.is_some_and(|at| at < code.expires));
            if new.sends > old.sends
                && alive
                && cooling.zip(new.last_sent).is_some_and(|(at, sent)| sent < at)
            {
                return broken("OTP-1", "a text was sent inside the cool-down");
            }
            let vanished = old.code.as_ref().filter(|_| new.code.is_none() && new.state == State::Issued);
            if vanished.is_some_and(|code| decided < code.expires && !self.refused.contains(&code.effect)) {
                return broken("TM-1", "a code died early");
            }
        }
        // A dead link that the partner deletes is shelved, and that is not forgetting.
        let shelved = |hash| after.dead_links.iter().any(|dead| dead.hash == hash);
        let forgotten = after.link.is_none() && before.link.as_ref().is_some_and(|link| !shelved(link.hash));
        let ended = before.link.as_ref().and_then(|link| link.ended);
        if forgotten && ended.is_none_or(|ended| decided < ended.plus(Span::days(REMEMBERED_DAYS))) {
            return broken("TM-1", "a link was forgotten early");
        }
        self.check_job_steps(before, after)?;
        self.check_sessions(after)
    }

    fn check_sessions(&self, user: &User) -> Outcome<()> {
        use crate::domain::workflow::consent_session::State as SessionState;
        for session in [&user.session, &user.token_session].into_iter().flatten() {
            // While work of theirs is under way nobody idles (decisions section 1).
            let is_busy = user.open_jobs().any(|job| job.session == Some(session.id));
            let idles = session.idle_at == session.touched.plus(self.facts.idle);
            let rests = session.idle_at == session.total_at;
            let limits = match (session.ended.is_some(), is_busy) {
                (true, _) => idles || rests,
                (false, busy) => {
                    if busy {
                        rests
                    } else {
                        idles
                    }
                }
            };
            if session.total_at != session.started.plus(self.facts.total) || !limits {
                return Err(super::broken("TM-1", format!("a limit of session {} moved", session.id)));
            }
            let due = session.idle_at.min(session.total_at);
            if session.state == SessionState::TimedOut && session.ended.is_none_or(|ended| ended < due) {
                return Err(super::broken("TM-1", format!("session {} timed out early", session.id)));
            }
        }
        Ok(())
    }
}

/// Whether one commit may move a link so: an arrow of the rules, or what fell due and then an arrow.
fn may_move(from: State, to: State) -> bool {
    match from {
        _ if from == to => true,
        State::Issued => matches!(to, State::Challenged | State::Expired | State::Deleted),
        State::Challenged => {
            matches!(to, State::Issued | State::InSession | State::Locked | State::Expired | State::Deleted)
        }
        State::InSession => matches!(to, State::Completed | State::Abandoned | State::Deleted),
        _ => false,
    }
}
