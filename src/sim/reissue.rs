//! Links by text, asked for by whoever holds one that is over, where the partner lets people ask. What must hold:
//! a press makes a new link only where the latest lets nobody in and nobody is in by it (AL-1); a text that was
//! promised goes out, to the number that is known, and its link lets in, or is over for a reason that was seen
//! (DUR-1, DUR-2). How often somebody may press is counted by the HTTP room, which is not here.

use super::asks::Wish;
use super::checker::{Checker, broken};
use super::ledger::{Ledger, LinkTally};
use super::world::{Asked, World};
use super::{Outcome, log::Log};
use crate::domain::application::Application;
use crate::domain::auth_link::{AuthLink, LinkWords, PublicId};
use crate::domain::command::{Command, Failure, Held, Reply};
use crate::domain::id::{ApplicationId, AuthLinkId, EffectId, UserId};
use crate::domain::look::Look;
use crate::domain::look::flow::Flow;
use crate::domain::time::UnixMillis;
use crate::domain::user::{Presence, User};
use crate::domain::workflow::auth_link::{Limit, State};
use crate::engine::application::core as application;
use crate::engine::dispatcher::perform::Entry;
use crate::engine::records::outbox::OutboxHead;
use crate::engine::user::core::Refusal;
use crate::store::{Batch, key};
use std::collections::{BTreeMap, BTreeSet};

/// How many characters of a text are the link's secret: its end.
const SECRET_CHARS: usize = 36;

/// What people did, and what came of it outside.
#[derive(Debug, Default)]
pub(super) struct Presses {
    /// How often a new link was asked for, where that was not refused.
    asked: BTreeMap<UserId, usize>,
    /// The texts with links that the gateway took.
    handed: BTreeSet<EffectId>,
    /// Whether an application lets people ask, and since when it is so.
    offers: BTreeMap<ApplicationId, (bool, UnixMillis)>,
}

impl Presses {
    /// A question was sent: from now on it may happen.
    pub(super) fn sent(&mut self, user: UserId, wish: &Wish) {
        if matches!(wish, Wish::Reissue { .. }) {
            *self.asked.entry(user).or_default() += 1;
        }
    }

    /// How an application is from now on.
    pub(super) fn offered(&mut self, application: &Application, now: UnixMillis) {
        let is_offered = application.look.flow.reissues_links;
        let known = self.offers.entry(application.id).or_insert((is_offered, now));
        if known.0 != is_offered {
            *known = (is_offered, now);
        }
    }

    /// Whether a press of then could come to something.
    fn may(&self, application: ApplicationId, decided: UnixMillis) -> bool {
        self.offers.get(&application).is_some_and(|(is_offered, since)| *is_offered || decided <= *since)
    }
}

/// A text with a link, as it became durable.
#[derive(Debug, Clone, Copy)]
struct Texted {
    head: OutboxHead,
    link: AuthLinkId,
}

/// What was made durable of it.
#[derive(Debug, Default)]
pub(super) struct Reissues {
    texts: BTreeMap<EffectId, Texted>,
    /// When a link was seen to let nobody in any more.
    closed: BTreeMap<AuthLinkId, UnixMillis>,
    /// The links that were made by a press.
    made: BTreeMap<UserId, BTreeSet<AuthLinkId>>,
}

impl Reissues {
    /// A text with a link became durable.
    pub(super) fn promised(&mut self, head: OutboxHead, link: AuthLinkId) {
        self.texts.insert(head.id, Texted { head, link });
    }

    /// Whether a press made that link.
    pub(super) fn has_made(&self, user: UserId, link: AuthLinkId) -> bool {
        self.made.get(&user).is_some_and(|made| made.contains(&link))
    }
}

const fn is_open(link: &AuthLink) -> bool {
    matches!(link.state, State::Issued | State::Challenged)
}

fn here(presence: Option<&Presence>) -> Option<&User> {
    match presence {
        Some(Presence::Here(user)) => Some(user),
        _ => None,
    }
}

/// Whether somebody could still get in by the latest link, or is in, as far as is known of then.
fn lets_in(user: &User, link: &AuthLink, time: UnixMillis) -> bool {
    match link.state {
        State::Issued | State::Challenged => time < link.expires,
        State::InSession => {
            user.session.as_ref().is_some_and(|session| time < session.idle_at.min(session.total_at))
        }
        _ => false,
    }
}

impl Checker {
    /// One committed step of a user, as far as their links go.
    pub(super) fn check_links_step(
        &mut self,
        before: Option<&Presence>,
        after: &Presence,
        decided: UnixMillis,
        ledger: &Ledger,
        now: UnixMillis,
    ) -> Outcome<()> {
        let (before, after) = (here(before), here(Some(after)));
        let latest = after.and_then(|user| user.link.as_ref());
        let old = before.and_then(|user| user.link.as_ref());
        let is_same = old.zip(latest).is_some_and(|(old, latest)| old.id == latest.id);
        if let Some(old) = old.filter(|old| is_open(old))
            && !(is_same && latest.is_some_and(is_open))
        {
            self.reissues.closed.insert(old.id, now);
        }
        let Some((user, link)) = after.zip(latest).filter(|_| !is_same) else { return Ok(()) };
        if !self.reissues.texts.values().any(|text| text.link == link.id) {
            return Ok(());
        }
        let made = self.reissues.made.entry(user.id).or_default();
        made.insert(link.id);
        let wrong = |what: &str| broken("AL-1", format!("link {} by text: {what}", link.id));
        if made.len() > ledger.presses.asked.get(&user.id).copied().unwrap_or_default() {
            return wrong("nobody asked for it");
        }
        if !ledger.presses.may(user.application, decided) {
            return wrong("its partner does not let people ask");
        }
        let Some((before, old)) = before.zip(old) else { return wrong("there was none before it") };
        if matches!(old.state, State::Deleted | State::Replaced) {
            return wrong("the partner took the one before it back");
        }
        if lets_in(before, old, ledger.time_of(user.id, now)) {
            return wrong("the one before it still let somebody in");
        }
        if link.mobile != old.mobile || before.profile.mobile.as_ref().is_some_and(|own| *own != link.mobile)
        {
            return wrong("it goes to another number");
        }
        Ok(())
    }

    /// A text with a link is asked for while that is the latest and lets in, and is taken back for a reason.
    pub(super) fn check_link_texts(&self, batch: &Batch, ledger: &Ledger, now: UnixMillis) -> Outcome<()> {
        for (row, value) in &batch.0 {
            let text = key::read_outbox(row).and_then(|id| self.reissues.texts.get(&id));
            let Some(Texted { head, link }) = text else { continue };
            let latest = here(self.presence(head.user)).and_then(|user| user.link.as_ref());
            let lets_in = latest.is_some_and(|latest| latest.id == *link && is_open(latest));
            if value.is_some() && !lets_in {
                return broken("AL-1", format!("link {link} is texted and lets nobody in"));
            }
            let is_over = ledger.presses.handed.contains(&head.id)
                || ledger.refused.contains(&head.id)
                || ledger.time_by(head.clock, now) > head.not_after
                || !lets_in;
            if value.is_none() && !is_over {
                return broken("DUR-2", format!("the text with link {link} was dropped, and nobody got it"));
            }
        }
        Ok(())
    }

    /// A text with a link is about to go: nobody saw that it was over when whoever sends it looked, and it is the
    /// link's own text.
    fn link_goes(&self, entry: &Entry, looked: UnixMillis) -> Outcome<()> {
        if self.reissues.closed.get(&entry.link).is_some_and(|closed| *closed < looked) {
            return broken("AL-1", format!("link {} was over, and is texted", entry.link));
        }
        let latest = here(self.presence(entry.head.user)).and_then(|user| user.link.as_ref());
        let Some(link) = latest.filter(|link| link.id == entry.link) else { return Ok(()) };
        if entry.text.to == link.mobile.e164() && entry.text.body.ends_with(&link.public_id.reveal()) {
            return Ok(());
        }
        broken("ISO-1", format!("link {} goes to another number, or another goes", link.id))
    }

    /// What is on its way in a crash.
    pub(super) fn mark_link_texts(&self, log: &mut Log) {
        if self.reissues.texts.keys().any(|id| self.replay.rows().contains_key(&key::outbox(*id))) {
            log.mark("a text with a link was on its way in a crash");
        }
    }
}

impl Ledger {
    /// What an answer to a press says.
    pub(super) fn note_press(
        &mut self,
        ask: &Asked,
        wish: &Wish,
        answer: &Result<Reply, Refusal>,
        checker: &Checker,
    ) -> Outcome<()> {
        let Wish::Reissue { is_foreign } = wish else { return Ok(()) };
        match answer {
            Ok(_) if *is_foreign => broken("ISO-1", "a link was texted under another partner's name"),
            Ok(_) => {
                let is_promised = |text: &Texted| text.head.user == ask.user && text.head.created >= ask.at;
                if checker.reissues.texts.values().any(is_promised) {
                    return Ok(());
                }
                broken("DUR-1", format!("a link by text was promised to {}, and none is kept", ask.user))
            }
            Err(Refusal::Rule(_)) => {
                let asked = self.presses.asked.entry(ask.user).or_default();
                *asked = asked.saturating_sub(1);
                Ok(())
            }
            Err(Refusal::Trouble(_)) => Ok(()),
        }
    }
}

impl World {
    /// Whether people may ask, as the operator sets it now.
    pub(super) fn some_look(&mut self) -> application::Command {
        let flow = Flow { reissues_links: self.dice.chance(70), ..Flow::default() };
        application::Command::SetLook(Box::new(Look { flow, ..Look::default() }))
    }

    /// Whoever holds a link or a session, mostly one that is over, asks for a new link.
    pub(super) fn press(&mut self, user: UserId) {
        let browser = self.browser(user).filter(|_| self.dice.chance(40));
        let link = self.some_link(user).and_then(|link| self.ledger.hash_of(link));
        let held = browser.map(|browser| Held::Browser(browser.cookie)).or(link.map(Held::Link));
        let Some(held) = held else { return };
        let own = self.ledger.application_of(user);
        let other = self.people.applications.iter().copied().find(|one| *one != own);
        let other = other.filter(|_| self.dice.chance(5));
        // Now and then somebody presses twice.
        for _ in 0..if self.dice.chance(30) { 2 } else { 1 } {
            let words = LinkWords("You asked for a new link: https://links.example.test/".into());
            let command = Command::Reissue { held, partner: other.unwrap_or(own), words };
            self.by_applicant(user, command, Wish::Reissue { is_foreign: other.is_some() });
        }
    }

    /// A text with a link reaches its phone: whoever reads it knows the link from now on.
    pub(super) fn link_arrives(&mut self, entry: &Entry, looked: UnixMillis) -> Outcome<()> {
        self.checker.link_goes(entry, looked)?;
        let is_again = !self.ledger.presses.handed.insert(entry.head.id);
        let (user, id) = (entry.head.user, entry.link);
        let body = &entry.text.body;
        let secret =
            body.len().checked_sub(SECRET_CHARS).and_then(|at| body.get(at..)).and_then(PublicId::parse);
        let Some(hash) = secret.map(|secret| secret.hash(&self.keyring)) else {
            return broken("DUR-2", format!("the text with link {id} does not end with it"));
        };
        let is_made = self.checker.reissues.has_made(user, id);
        self.log.mark(match (is_again, is_made) {
            (true, _) => "a text with a link went out once more",
            (false, true) => "a new link came by text",
            (false, false) => "the latest link came by text",
        });
        let is_kept =
            here(self.checker.presence(user)).is_some_and(|user| user.link_hashes().any(|one| one == hash));
        if !is_kept && !self.checker.reissues.closed.contains_key(&id) {
            return broken("DUR-1", format!("link {id} was texted and is not kept"));
        }
        if is_kept && !self.ledger.links.contains_key(&id) {
            // A text may lie with the gateway for weeks: its link was made before, and may be over as long.
            let lifetime = self.checker.workflows.auth_link.span(Limit::Lifetime);
            let made = entry.head.not_after.minus(lifetime);
            let known = (self.now, self.ledger.time_of(user, self.now).min(made));
            self.ledger.know_link(id, LinkTally::new(user, hash, entry.head.not_after, known));
        }
        Ok(())
    }

    /// What came of presses at least once.
    pub(super) fn mark_press(&mut self, user: UserId, wish: &Wish, answer: &Result<Reply, Refusal>) {
        let mark = match (wish, answer) {
            (Wish::Reissue { .. }, Ok(_)) => "a link was asked for by text",
            (Wish::Reissue { .. }, Err(Refusal::Rule(Failure::NotNow))) => "a press came to nothing",
            (Wish::Try { link, .. }, Ok(_)) if self.checker.reissues.has_made(user, *link) => {
                "a link that came by text was entered"
            }
            _ => return,
        };
        self.log.mark(mark);
    }
}
