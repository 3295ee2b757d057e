//! What people are sent here for, and their own page: they come with an errand, let their consent last longer, end
//! one connection or all of it at once. What must hold of it: what somebody ended is shown and read no more, and
//! its history stays (CS-2); a consent that was extended keeps what is connected, and none lasts longer unasked
//! (CS-3); an errand that is done is done once, and its link is over (AL-3).

use super::asks::Wish;
use super::checker::Checker;
use super::ledger::Ledger;
use super::options::Deed;
use super::people::Browser;
use super::world::{Asked, Asker, World};
use super::{Outcome, broken};
use crate::domain::bank::BankSession;
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::connection::ConnectionView;
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::{Action, Errand};
use crate::domain::id::{ConnectionId, ConsentId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::User;
use crate::domain::workflow::connection::State;
use crate::engine::user::core::Refusal;
use std::collections::BTreeMap;

/// How long a question may be on its way to an institution after its person was told of the end.
const SLACK: Span = Span::seconds(1);

/// What people were told of their errands, and what was seen to become durable of it.
#[derive(Debug, Default)]
pub(super) struct Errands {
    /// When a person was told that they ended a consent, or a connection.
    consents: BTreeMap<ConsentId, UnixMillis>,
    connections: BTreeMap<ConnectionId, UnixMillis>,
    /// Which connections somebody asked to end.
    asked: BTreeMap<ConnectionId, UserId>,
    /// What covers a connection.
    covered: BTreeMap<ConnectionId, ConsentId>,
    /// By which connection a bank session is held.
    held: BTreeMap<String, ConnectionId>,
    /// How long a consent was to last when it was given.
    spans: BTreeMap<ConsentId, Span>,
    /// Whose consent somebody asked to extend.
    extensions: BTreeMap<UserId, u32>,
    /// Until when an extended consent lasts, as its person was told.
    lasts: BTreeMap<ConsentId, UnixMillis>,
}

impl Errands {
    /// Since when a person knows that nothing is read by a connection any more.
    fn ended(&self, connection: ConnectionId) -> Option<UnixMillis> {
        let consent = self.covered.get(&connection).and_then(|consent| self.consents.get(consent));
        self.connections.get(&connection).or(consent).copied()
    }

    /// Whether a person asked that this connection and all of it go.
    pub(super) fn may_be_gone(&self, connection: ConnectionId) -> bool {
        self.asked.contains_key(&connection)
    }

    /// A question was sent: from now on it may happen.
    pub(super) fn sent(&mut self, user: UserId, wish: &Wish) {
        match wish {
            Wish::Extend(_) => *self.extensions.entry(user).or_default() += 1,
            Wish::Disconnect(_, id) => drop(self.asked.insert(*id, user)),
            _ => {}
        }
    }

    /// What is shown of connections after their person ended them (CS-2).
    fn check_shown(&self, shown: &[ConnectionView], ask: &Asked) -> Outcome<()> {
        let is_over = |one: &&ConnectionView| self.ended(one.id).is_some_and(|at| at < ask.at);
        match shown.iter().find(is_over) {
            Some(one) => Err(broken("CS-2", format!("connection {} was ended and is shown", one.id))),
            None => Ok(()),
        }
    }

    /// One committed step of a user.
    fn check_step(&mut self, before: Option<&User>, after: &User) -> Outcome<()> {
        for one in &after.connections {
            self.covered.insert(one.id, one.consent);
            if let Some(session) = &one.session {
                self.held.insert(session.reveal().to_owned(), one.id);
            }
            if self.ended(one.id).is_some() {
                return Err(broken("CS-2", format!("connection {} was ended and is kept", one.id)));
            }
        }
        let Some(consent) = &after.consent else { return Ok(()) };
        let lasts = consent.expires.since(consent.created);
        let given = *self.spans.entry(consent.id).or_insert(lasts);
        let old = before.and_then(|before| before.consent.as_ref()).filter(|old| old.id == consent.id);
        let Some((before, old)) = before.zip(old).filter(|(_, old)| old.expires != consent.expires) else {
            return Ok(());
        };
        let wrong = |what: &str| Err(broken("CS-3", format!("consent {}: {what}", consent.id)));
        if !self.extensions.contains_key(&after.id) || consent.expires < old.expires {
            return wrong("its end moved, and nobody asked for that");
        }
        if consent.expires != consent.updated.plus(given) {
            return wrong("it does not last its full time from when it was extended");
        }
        let active = before.connections.iter().filter(|one| one.state == State::Active);
        let stays = |id: ConnectionId| after.connections.iter().any(|one| one.id == id);
        if active.into_iter().any(|one| !stays(one.id)) {
            return wrong("it was extended, and a connection is gone");
        }
        Ok(())
    }

    /// What a person was told of the end of their consent is not forgotten.
    fn check_kept(&self, user: &User, checker: &Checker) -> Outcome<()> {
        for (id, lasts) in &self.lasts {
            let ours = user.consent.as_ref().filter(|consent| consent.id == *id);
            if ours.is_some_and(|consent| consent.expires < *lasts) {
                return Err(broken("DUR-1", format!("the extension of consent {id} was forgotten")));
            }
        }
        let active = user.consent.as_ref().map(|consent| consent.id);
        if let Some(one) = user.connections.iter().find(|one| Some(one.consent) != active) {
            let what = format!("connection {} outlives consent {}", one.id, one.consent);
            let is_known = checker.knows_consent(user.id, one.consent);
            return Err(broken("CS-2", if is_known { what } else { what + ", which is forgotten" }));
        }
        Ok(())
    }
}

impl Ledger {
    /// What an answer says of an errand, and of what was ended before it was asked for.
    pub(super) fn note_errand(
        &mut self,
        ask: &Asked,
        wish: &Wish,
        answer: &Result<Reply, Refusal>,
        now: UnixMillis,
    ) -> Outcome<()> {
        match answer {
            Ok(Reply::Session(view)) => self.errands.check_shown(&view.connections, ask)?,
            Ok(Reply::Connections(shown)) => self.errands.check_shown(shown, ask)?,
            _ => {}
        }
        let Ok(Reply::Session(view)) = answer else { return Ok(()) };
        match wish {
            Wish::Withdraw(_, id) => {
                self.errands.consents.entry(*id).or_insert(now);
                self.users.get_mut(&ask.user).into_iter().for_each(|tally| tally.consents_ended.push(*id));
                let is_there = |one: &ConnectionView| one.consent == *id;
                if view.consent.as_ref().is_some_and(|one| one.id == *id)
                    || view.connections.iter().any(is_there)
                {
                    return Err(broken("CS-2", format!("consent {id} was withdrawn and is shown")));
                }
            }
            Wish::Disconnect(_, id) => {
                self.errands.connections.entry(*id).or_insert(now);
                if view.connections.iter().any(|one| one.id == *id) {
                    return Err(broken("CS-2", format!("connection {id} was ended and is shown")));
                }
            }
            Wish::Extend(_) => {
                let Some(consent) = &view.consent else {
                    return Err(broken("CS-3", "what was extended is not shown"));
                };
                self.errands.lasts.insert(consent.id, consent.expires);
            }
            _ => {}
        }
        if matches!(wish, Wish::Extend(_) | Wish::Finish(_)) && view.ended.is_none() {
            return Err(broken("AL-3", format!("session {} goes on behind its errand", view.session)));
        }
        Ok(())
    }

    /// One committed step of a user, as far as their errands go.
    pub(super) fn check_errand_step(&mut self, before: Option<&User>, after: &User) -> Outcome<()> {
        self.errands.check_step(before, after)
    }

    /// What is stored of a user is what they were told about their sharing.
    pub(super) fn check_sharing(&self, user: &User, checker: &Checker) -> Outcome<()> {
        self.errands.check_kept(user, checker)
    }

    /// Nothing is read by a connection that its person ended (CS-2).
    pub(super) fn check_reading(&self, session: &BankSession, now: UnixMillis) -> Outcome<()> {
        let connection = self.errands.held.get(session.reveal());
        let ended = connection.and_then(|connection| self.errands.ended(*connection));
        if ended.is_some_and(|ended| ended.plus(SLACK) < now) {
            return Err(broken("CS-2", format!("connection {connection:?} was ended and is read")));
        }
        Ok(())
    }
}

impl World {
    /// What a partner sends somebody for.
    pub(super) fn some_errand(&mut self, user: UserId) -> Errand {
        let action = Action::ALL[self.dice.place(Action::ALL.len()).unwrap_or(0)];
        let ours = self.people.jobs.values().filter(|(owner, _)| *owner == user);
        let ours: Vec<ConnectionId> = ours.map(|(_, job)| job.connection).collect();
        let connection = self.dice.place(ours.len()).map(|place| ours[place]);
        let connection = connection.filter(|_| action == Action::Reauthorise && self.dice.chance(60));
        Errand { action, connection, institution: None }
    }

    /// Somebody comes by a partner's token, sent for something, or does what is to be done on their own page.
    pub(super) fn errand_acts(&mut self, user: UserId, deed: Deed) {
        if deed == Deed::Visit {
            return self.visit(user);
        }
        let Some(browser) = self.browser(user) else { return };
        match deed {
            Deed::Extend => self.extend(user, browser.cookie),
            Deed::FinishErrand => self.finish(user, browser.cookie),
            Deed::Withdraw => self.withdraw(&browser),
            _ => self.disconnect(user, browser.cookie),
        }
    }

    fn visit(&mut self, user: UserId) {
        let application = self.ledger.application_of(user);
        let (cookie, errand) = (self.dice.bytes(), self.some_errand(user));
        let command = Command::Exchange { cookie, old_cookie: None, return_state: None, errand };
        let wish = Wish::Exchange { cookie, link: None };
        self.ask(user, Caller::Client(application), command, Asker::Person(wish));
    }

    fn extend(&mut self, user: UserId, cookie: CookieHash) {
        // Now and then somebody presses twice.
        for _ in 0..if self.dice.chance(30) { 2 } else { 1 } {
            self.by_applicant(user, Command::Extend(cookie), Wish::Extend(cookie));
        }
    }

    fn finish(&mut self, user: UserId, cookie: CookieHash) {
        self.by_applicant(user, Command::Finish(cookie), Wish::Finish(cookie));
    }

    fn withdraw(&mut self, browser: &Browser) {
        let Some(consent) = browser.consent.as_ref().map(|consent| consent.id) else { return };
        let (user, cookie, wants_deletion) = (browser.user, browser.cookie, self.dice.chance(50));
        let command = Command::Withdraw { cookie, consent, wants_deletion };
        self.by_applicant(user, command, Wish::Withdraw(cookie, consent));
        if self.dice.chance(50) {
            // Whoever ended it looks at what is left, and the partner too.
            self.by_applicant(user, Command::ViewSession(cookie), Wish::ViewSession(cookie));
            self.by_partner(user, Command::ListSources, Wish::ListAccounts);
        }
    }

    fn disconnect(&mut self, user: UserId, cookie: CookieHash) {
        let ours = self.people.jobs.values().filter(|(owner, _)| *owner == user);
        let ours: Vec<ConnectionId> = ours.map(|(_, job)| job.connection).collect();
        let Some(place) = self.dice.place(ours.len()) else { return };
        let connection = ours[place];
        let command = Command::Disconnect { cookie, connection };
        self.by_applicant(user, command, Wish::Disconnect(cookie, connection));
    }

    /// Whoever was sent for something does that, and says whether there was anything.
    pub(super) fn run_errand(&mut self, browser: &Browser) -> bool {
        let (user, cookie) = (browser.user, browser.cookie);
        match browser.errand {
            Action::Extend => self.extend(user, cookie),
            Action::Manage if self.dice.chance(40) => self.disconnect(user, cookie),
            Action::Manage if self.dice.chance(40) => self.withdraw(browser),
            Action::Manage | Action::Update | Action::Reauthorise if self.dice.chance(40) => {
                self.finish(user, cookie);
            }
            _ => return false,
        }
        true
    }

    /// What happened of errands at least once.
    pub(super) fn mark_errand(&mut self, wish: &Wish, answer: &Result<Reply, Refusal>) {
        let mark = match (wish, answer) {
            (Wish::Exchange { .. }, Ok(Reply::Session(view))) => match view.errand.action {
                Action::Share => return,
                Action::Connect => "somebody came to connect",
                Action::Manage => "somebody came to manage",
                Action::Extend => "somebody came to extend",
                Action::Update => "somebody came to update",
                Action::Reauthorise => "somebody came to reauthorise",
            },
            (Wish::Extend(_), Ok(_)) => "a consent was extended",
            (Wish::Extend(_) | Wish::Finish(_), Err(Refusal::Rule(Failure::SessionOver(_)))) => {
                "an errand was done already"
            }
            (Wish::Extend(_), Err(Refusal::Rule(Failure::ConsentNeeded))) => "there was nothing to extend",
            (Wish::Finish(_), Ok(Reply::Session(view))) if view.errand.is_visit() => match view.origin {
                crate::domain::consent_session::Origin::Link(_) => "an errand by a link was done",
                crate::domain::consent_session::Origin::ClientToken => "an errand by a token was done",
            },
            (Wish::Withdraw(..), Ok(_)) => "a person withdrew a consent",
            (Wish::Disconnect(..), Ok(_)) => "a person ended a connection",
            _ => return,
        };
        self.log.mark(mark);
    }
}
