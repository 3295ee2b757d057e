//! The independent tally: what was acknowledged to whom. Knows nothing of how the server keeps it, and
//! judges each answer and each stored user by it (AL-1, AL-3, AL-4, OTP-1, DUR-1, ISO-1). What was asked
//! and never answered may have happened or not: both are right.

use super::Outcome;
use super::asks::Wish;
use super::checker::Checker;
use super::errands::Errands;
use super::facts::Facts;
use super::jobs::JobTally;
use super::reissue::Presses;
use super::world::{Asked, Asker};
use crate::crypto::Keyring;
use crate::domain::auth_link::LinkHash;
use crate::domain::clock::TestClock;
use crate::domain::command::{Failure, LinkFace, LinkView, Reply, SessionView};
use crate::domain::connection::Generation;
use crate::domain::consent_session::Origin;
use crate::domain::id::{
    ApplicationId, AuthLinkId, ClockId, ConnectionId, ConsentId, EffectId, JobId, SessionId, UserId,
};
use crate::domain::job::Job;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::auth_link::State;
use crate::engine::user::core::{Refusal, Trouble};
use std::collections::{BTreeMap, BTreeSet};

/// A code that was made durable on its way to a phone.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) digits: String,
    pub(super) created: UnixMillis,
    pub(super) not_after: UnixMillis,
}

/// What was acknowledged of a link. Ranks only grow: open, entered, over.
#[derive(Debug, Clone)]
pub(super) struct LinkTally {
    pub(super) user: UserId,
    pub(super) hash: LinkHash,
    pub(super) expires: UnixMillis,
    /// When it was acknowledged, and what time it was for its user.
    pub(super) known: UnixMillis,
    pub(super) known_time: UnixMillis,
    pub(super) entered: Option<UnixMillis>,
    pub(super) over: Option<UnixMillis>,
    pub(super) end: Option<State>,
    pub(super) wrong: u32,
    pub(super) tries_asked: u32,
    pub(super) sends: u32,
    pub(super) session: Option<SessionId>,
}

impl LinkTally {
    /// A link that becomes known at an instant, which was that time for its user.
    pub(super) fn new(
        user: UserId,
        hash: LinkHash,
        expires: UnixMillis,
        (known, known_time): (UnixMillis, UnixMillis),
    ) -> Self {
        Self {
            user,
            hash,
            expires,
            known,
            known_time,
            entered: None,
            over: None,
            end: None,
            wrong: 0,
            tries_asked: 0,
            sends: 0,
            session: None,
        }
    }
}

/// What was acknowledged of a user.
#[derive(Debug, Clone)]
pub(super) struct UserTally {
    pub(super) application: ApplicationId,
    /// The test clock that it is to live by.
    pub(super) clock: Option<ClockId>,
    pub(super) created: bool,
    pub(super) delete_asked: bool,
    pub(super) deleted: bool,
    /// Links that were asked for and never acknowledged.
    pub(super) links_unknown: u32,
    pub(super) consents: Vec<ConsentId>,
    pub(super) consents_ended: Vec<ConsentId>,
}

/// The tally.
pub(super) struct Ledger {
    pub(super) facts: Facts,
    keyring: Keyring,
    pub(super) users: BTreeMap<UserId, UserTally>,
    order: Vec<UserId>,
    pub(super) links: BTreeMap<AuthLinkId, LinkTally>,
    pub(super) links_of: BTreeMap<UserId, Vec<AuthLinkId>>,
    pub(super) codes: BTreeMap<AuthLinkId, Vec<Code>>,
    pub(super) jobs: BTreeMap<JobId, JobTally>,
    /// The texts that the gateway refused: their codes may die before their time.
    pub(super) refused: BTreeSet<EffectId>,
    /// Connections that somebody asked to delete.
    pub(super) deletions: BTreeSet<ConnectionId>,
    /// Whose connections somebody asked to purge.
    pub(super) purges_asked: BTreeSet<UserId>,
    /// Up to which generation what a connection showed was purged.
    pub(super) purged: BTreeMap<ConnectionId, Generation>,
    policies: BTreeMap<ApplicationId, u32>,
    /// How each test clock was shown last.
    pub(super) clocks: BTreeMap<ClockId, TestClock>,
    /// Clocks that somebody asked to remove.
    pub(super) clocks_going: BTreeSet<ClockId>,
    pub(super) errands: Errands,
    pub(super) presses: Presses,
}

impl Ledger {
    /// A link that is known from now on.
    pub(super) fn know_link(&mut self, id: AuthLinkId, tally: LinkTally) {
        self.links_of.entry(tally.user).or_default().push(id);
        self.links.insert(id, tally);
    }

    /// An empty tally.
    pub(super) fn new(facts: Facts, keyring: Keyring) -> Self {
        Self {
            facts,
            keyring,
            users: BTreeMap::new(),
            order: Vec::new(),
            links: BTreeMap::new(),
            links_of: BTreeMap::new(),
            codes: BTreeMap::new(),
            jobs: BTreeMap::new(),
            refused: BTreeSet::new(),
            deletions: BTreeSet::new(),
            purges_asked: BTreeSet::new(),
            purged: BTreeMap::new(),
            policies: BTreeMap::new(),
            clocks: BTreeMap::new(),
            clocks_going: BTreeSet::new(),
            errands: Errands::default(),
            presses: Presses::default(),
        }
    }

    fn demand(rule: bool, name: &'static str, what: impl Fn() -> String) -> Outcome<()> {
        if rule { Ok(()) } else { Err(super::broken(name, what())) }
    }

    // What people may look up: only what was acknowledged.

    pub(super) fn users(&self) -> Vec<UserId> {
        self.order.clone()
    }

    pub(super) fn application_of(&self, user: UserId) -> ApplicationId {
        self.users.get(&user).map_or(ApplicationId(user.0), |tally| tally.application)
    }

    pub(super) fn links(&self, user: UserId) -> Vec<AuthLinkId> {
        self.links_of.get(&user).cloned().unwrap_or_default()
    }

    pub(super) fn all_links(&self) -> Vec<(UserId, AuthLinkId)> {
        self.links.iter().map(|(id, link)| (link.user, *id)).collect()
    }

    pub(super) fn hash_of(&self, link: AuthLinkId) -> Option<LinkHash> {
        self.links.get(&link).map(|link| link.hash)
    }

    pub(super) fn open_link(&self, user: UserId, now: UnixMillis) -> Option<AuthLinkId> {
        let last = self.links(user).last().copied()?;
        let link = self.links.get(&last)?;
        (link.over.is_none() && (link.entered.is_some() || self.time_of(user, now) < link.expires))
            .then_some(last)
    }

    pub(super) fn is_entered(&self, link: AuthLinkId) -> bool {
        self.links.get(&link).is_some_and(|link| link.entered.is_some())
    }

    pub(super) fn consents(&self, user: UserId) -> Vec<ConsentId> {
        self.users.get(&user).map(|tally| tally.consents.clone()).unwrap_or_default()
    }

    pub(super) fn policy_of(&self, user: UserId) -> u32 {
        self.policies.get(&self.application_of(user)).copied().unwrap_or(1)
    }

    pub(super) fn applications(&self) -> Vec<ApplicationId> {
        self.policies.keys().copied().collect()
    }

    pub(super) fn policies(&self) -> impl Iterator<Item = (ApplicationId, u32)> + '_ {
        self.policies.iter().map(|(id, version)| (*id, *version))
    }

    // What is written down.

    pub(super) fn application(&mut self, id: ApplicationId, policy: u32) {
        self.policies.insert(id, policy);
    }

    pub(super) fn wants_user(&mut self, id: UserId, application: ApplicationId, clock: Option<ClockId>) {
        let tally = UserTally {
            application,
            clock,
            created: false,
            delete_asked: false,
            deleted: false,
            links_unknown: 0,
            consents: Vec::new(),
            consents_ended: Vec::new(),
        };
        self.users.insert(id, tally);
        self.order.push(id);
    }

    /// A question was sent: from now on it may happen.
    pub(super) fn sent(&mut self, user: UserId, wish: &Wish) {
        self.errands.sent(user, wish);
        self.presses.sent(user, wish);
        let Some(tally) = self.users.get_mut(&user) else { return };
        match wish {
            Wish::CreateLink => tally.links_unknown += 1,
            Wish::DeleteUser => tally.delete_asked = true,
            Wish::Purge(..) => drop(self.purges_asked.insert(user)),
            Wish::DeleteConnection(id) => drop(self.deletions.insert(*id)),
            Wish::Try { link, .. } => {
                self.links.get_mut(link).into_iter().for_each(|link| link.tries_asked += 1);
            }
            _ => {}
        }
    }

    pub(super) fn code_written(&mut self, link: AuthLinkId, code: Code) {
        self.codes.entry(link).or_default().push(code);
    }

    /// A question was answered: the answer is judged, and from now on it must hold.
    pub(super) fn note(
        &mut self,
        ask: &Asked,
        answer: &Result<Reply, Refusal>,
        now: UnixMillis,
        checker: &Checker,
    ) -> Outcome<()> {
        let Asker::Person(wish) = &ask.asker else { return Ok(()) };
        if matches!(answer, Err(Refusal::Trouble(Trouble::Defect | Trouble::Store))) {
            return Ok(());
        }
        if let (Wish::CreateLink, Some(tally)) = (wish, self.users.get_mut(&ask.user)) {
            tally.links_unknown = tally.links_unknown.saturating_sub(1);
        }
        self.note_jobs(ask, wish, answer, now)?;
        self.note_errand(ask, wish, answer, now)?;
        self.note_press(ask, wish, answer, checker)?;
        match (wish, answer) {
            (Wish::Pry, Ok(_)) => {
                Err(super::broken("ISO-1", format!("a stranger was answered about {}", ask.user)))
            }
            (_, Err(Refusal::Trouble(_))) | (Wish::Pry, Err(_)) => Ok(()),
            (_, Ok(Reply::Link(view))) => self.note_link(ask, wish, view, now),
            (_, Ok(Reply::Face(face) | Reply::Requested(face))) => self.note_face(ask, wish, face, now),
            (Wish::Try { link, digits, .. }, answer) => self.note_try(ask, *link, digits, answer, now),
            (_, Ok(Reply::Session(view))) => self.note_session(ask, wish, view, now, checker),
            (_, Ok(reply)) => self.note_done(ask, wish, reply, now),
            (_, Err(Refusal::Rule(failure))) => self.note_refusal(ask, wish, *failure, now),
        }
    }

    fn note_done(&mut self, ask: &Asked, wish: &Wish, reply: &Reply, now: UnixMillis) -> Outcome<()> {
        let Some(tally) = self.users.get_mut(&ask.user) else { return Ok(()) };
        match (wish, reply) {
            (Wish::CreateUser, Reply::User(_)) => tally.created = true,
            (Wish::DeleteUser, _) => tally.deleted = true,
            (Wish::EndConsent(id), _) => tally.consents_ended.push(*id),
            (Wish::GetConsent, Reply::Consent(Some(consent))) => {
                let (id, expires) = (consent.id, consent.expires);
                let over = tally.consents_ended.contains(&id);
                tally.consents.push(id);
                tally.consents.dedup();
                Self::demand(!over, "CS-2", || format!("consent {id} was ended and is shown as active"))?;
                Self::demand(ask.time < expires, "CS-1", || format!("consent {id} is active after its end"))?;
            }
            (Wish::Purge(id, shown), _) => {
                self.purged.insert(*id, *shown);
            }
            (Wish::DeleteLink, _) => self.older_are_over(ask.user, ask.at, None, now),
            (Wish::DiscloseByToken(link), _) => self.over(*link, Some(State::Completed), now),
            _ => {}
        }
        Ok(())
    }

    /// All links that were known before a question are over, but for one.
    fn older_are_over(&mut self, user: UserId, before: UnixMillis, but: Option<AuthLinkId>, now: UnixMillis) {
        for id in self.links(user) {
            if Some(id) != but && self.links.get(&id).is_some_and(|link| link.known < before) {
                self.over(id, None, now);
            }
        }
    }

    fn entered(&mut self, link: AuthLinkId, now: UnixMillis) {
        if let Some(link) = self.links.get_mut(&link) {
            link.entered.get_or_insert(now);
        }
    }

    pub(super) fn over(&mut self, link: AuthLinkId, end: Option<State>, now: UnixMillis) {
        if let Some(link) = self.links.get_mut(&link) {
            link.over.get_or_insert(now);
            link.end = link.end.or(end.filter(|end| !matches!(end, State::Replaced | State::Deleted)));
        }
    }

    fn note_link(&mut self, ask: &Asked, wish: &Wish, view: &LinkView, now: UnixMillis) -> Outcome<()> {
        let known = self.links.get(&view.id);
        let over = known.and_then(|link| link.over).is_some_and(|over| over < ask.at);
        Self::demand(!over, "AL-2", || format!("link {} was over and is shown again", view.id))?;
        let older = self.links(ask.user).iter().any(|id| {
            self.links.get(id).is_some_and(|link| link.known < ask.at && link.expires > view.expires)
        });
        Self::demand(!older, "AL-1", || format!("link {} is older than one that was acknowledged", view.id))?;
        let open = matches!(view.state, State::Issued | State::Challenged);
        Self::demand(!open || ask.time < view.expires, "AL-1", || {
            format!("link {} is open after its time", view.id)
        })?;
        if known.is_none() {
            let hash = view.public_id.hash(&self.keyring);
            let known = (now, self.time_of(ask.user, now));
            self.know_link(view.id, LinkTally::new(ask.user, hash, view.expires, known));
        }
        if view.state == State::InSession {
            self.entered(view.id, now);
        }
        if *wish == Wish::CreateLink {
            self.older_are_over(ask.user, ask.at, Some(view.id), now);
        }
        Ok(())
    }

    fn note_face(&mut self, ask: &Asked, wish: &Wish, face: &LinkFace, now: UnixMillis) -> Outcome<()> {
        let (Wish::Look(id) | Wish::RequestCode(id)) = wish else { return Ok(()) };
        let Some(link) = self.links.get(id) else { return Ok(()) };
        let open = matches!(face.state, State::Issued | State::Challenged);
        let over = link.over.is_some_and(|over| over < ask.at);
        Self::demand(!(open && over), "AL-1", || format!("link {id} was over and is open again"))?;
        Self::demand(!open || ask.time < link.expires, "AL-1", || {
            format!("link {id} is open after its time")
        })?;
        let entered = link.entered.is_some_and(|entered| entered < ask.at);
        Self::demand(!(open && entered), "AL-4", || format!("link {id} was spent and is open again"))?;
        match face.state {
            State::Issued | State::Challenged => {
                let sends = self.facts.sends.saturating_sub(face.sends_left);
                self.links.get_mut(id).into_iter().for_each(|link| link.sends = link.sends.max(sends));
            }
            State::InSession => {
                self.entered(*id, now);
            }
            end => self.over(*id, Some(end), now),
        }
        Ok(())
    }

    fn note_session(
        &mut self,
        ask: &Asked,
        wish: &Wish,
        view: &SessionView,
        now: UnixMillis,
        checker: &Checker,
    ) -> Outcome<()> {
        Self::demand(view.user == ask.user, "ISO-1", || "a session of somebody else is shown".into())?;
        let live = view.ended.is_none();
        let in_time = ask.time < view.idle_at && ask.time < view.total_at;
        Self::demand(!live || in_time, "AL-3", || format!("session {} outlives its limits", view.session))?;
        if let Origin::Link(id) = view.origin {
            let over = self.links.get(&id).and_then(|link| link.over).is_some_and(|over| over < ask.at);
            Self::demand(!(live && over), "AL-3", || format!("session {} outlives link {id}", view.session))?;
            match wish {
                Wish::Disclose(..) if view.ended.is_some() => {
                    let first = self.links.get(&id).is_some_and(|link| link.over.is_none());
                    let waits = view.jobs.iter().any(Job::is_waiting);
                    Self::demand(!(first && waits), "JOB-1", || {
                        format!("session {} was disclosed while a job waits", view.session)
                    })?;
                    self.over(id, Some(State::Completed), now);
                }
                Wish::Leave(_) | Wish::Decline(_) | Wish::Extend(_) | Wish::Finish(_) => {
                    self.over(id, Some(State::Abandoned), now);
                }
                _ if !live => self.over(id, None, now),
                _ => {}
            }
        }
        let Some(consent) = &view.consent else { return Ok(()) };
        let id = consent.id;
        Self::demand(checker.knows_consent(ask.user, id), "DUR-1", || {
            format!("consent {id} is shown and not kept")
        })?;
        let Some(tally) = self.users.get_mut(&ask.user) else { return Ok(()) };
        if !tally.consents.contains(&id) {
            tally.consents.push(id);
        }
        Ok(())
    }

    fn note_refusal(&mut self, ask: &Asked, wish: &Wish, failure: Failure, now: UnixMillis) -> Outcome<()> {
        let tally = self.users.get(&ask.user);
        let here = tally.is_some_and(|tally| tally.created && !self.may_be_deleted(ask.user));
        if failure == Failure::UserUnknown && here {
            return Err(super::broken("DUR-1", format!("user {} was there and is unknown", ask.user)));
        }
        if let (Failure::LinkOver(end), Wish::RequestCode(id)) = (failure, wish) {
            self.over(*id, Some(end), now);
        }
        Ok(())
    }
}
