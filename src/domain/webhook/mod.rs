//! A webhook: where an application wants to be told of its events, of which, and with what secret each
//! message is signed. Must not know: how messages travel, how it is stored.

pub mod body;
pub mod secret;
pub mod target;

use crate::domain::event::EventKind;
use crate::domain::id::WebhookId;
use crate::domain::time::{Span, UnixMillis};
use secret::WebhookSecret;
use std::collections::{BTreeMap, BTreeSet};
use target::{Reach, TargetFault};

/// Webhooks of one application at most.
pub const WEBHOOKS_MAX: usize = 20;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 400;

/// Whether messages go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookStatus {
    /// They do.
    Active,
    /// They do not, until the partner says that it is mended: a message failed at its last try, or the
    /// receiver said that it is gone.
    PendingApproval,
}

impl WebhookStatus {
    /// The word of the wire (contract section 2.12).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::PendingApproval => "pending-approval",
        }
    }
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its name on the wire.
    pub id: WebhookId,
    /// In the partner's words.
    pub name: String,
    /// In the partner's words.
    pub description: String,
    /// Where to.
    pub url: String,
    /// Of what it is told.
    pub events: BTreeSet<EventKind>,
    /// Signs every message.
    pub secret: WebhookSecret,
    /// The secret of before, and until when it signs beside the new one.
    pub old_secret: Option<(WebhookSecret, UnixMillis)>,
    /// When it was made.
    pub created: UnixMillis,
    /// What happened up to this number of the application's events came before it.
    pub since: u64,
    /// Of what it was not told from its beginning on: what happened up to this number came before that.
    pub later: BTreeMap<EventKind, u64>,
    /// When the partner said last how it should be.
    pub updated: UnixMillis,
    /// How often the partner said so: what stopped it before that counts no more.
    pub term: u32,
}

/// What a partner wants of a webhook; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChanges {
    /// Where to.
    pub url: Option<String>,
    /// In the partner's words.
    pub name: Option<String>,
    /// In the partner's words.
    pub description: Option<String>,
    /// Of what it is told: type ids.
    pub events: Option<Vec<String>>,
}

/// Why a webhook cannot be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookFault {
    /// There is none of that name.
    #[error("there is no such webhook")]
    Unknown,
    /// It goes nowhere.
    #[error("a webhook wants a url")]
    UrlMissing,
    /// It goes where nothing may go.
    #[error("the url is refused: {0}")]
    Url(TargetFault),
    /// Another webhook of the application goes there.
    #[error("another webhook goes there")]
    UrlTaken,
    /// An event that there is not, or that no webhook is told of.
    #[error("no webhook is told of such an event")]
    EventUnknown,
    /// Another webhook of the application is told of it.
    #[error("another webhook is told of it")]
    EventTaken,
    /// The name or the description is too long.
    #[error("the {0} is too long")]
    TooLong(&'static str),
    /// The application has as many as it may have.
    #[error("an application has at most {WEBHOOKS_MAX} webhooks")]
    TooMany,
}

impl Webhook {
    /// One that is told of nothing yet. What happened up to the event `since` came before it.
    pub fn new(id: WebhookId, secret: WebhookSecret, since: u64, now: UnixMillis) -> Self {
        Self {
            id,
            name: String::new(),
            description: String::new(),
            url: String::new(),
            events: BTreeSet::new(),
            secret,
            old_secret: None,
            created: now,
            since,
            later: BTreeMap::new(),
            updated: now,
            term: 0,
        }
    }

    /// As the partner wants it, beside the `others` of the application. Where it was stopped, it is told again.
    /// What it comes to want counts behind the event `last`: nobody is told of old events because a crash
    /// made us look at them again, and each webhook hears what happens in its order.
    ///
    /// # Errors
    /// Why it cannot be so; then it is as it was.
    pub fn changed<'a>(
        mut self,
        changes: WebhookChanges,
        others: impl Iterator<Item = &'a Self> + Clone,
        reach: Reach,
        last: u64,
        now: UnixMillis,
    ) -> Result<Self, WebhookFault> {
        if let Some(url) = changes.url {
            target::check(&url, reach).map_err(WebhookFault::Url)?;
            self.url = url;
        }
        if self.url.is_empty() {
            return Err(WebhookFault::UrlMissing);
        }
        if others.clone().any(|other| other.url == self.url) {
            return Err(WebhookFault::UrlTaken);
        }
        self.name = fitting("name", changes.name, self.name, NAME_CHARS_MAX)?;
        self.description =
            fitting("description", changes.description, self.description, DESCRIPTION_CHARS_MAX)?;
        if let Some(events) = changes.events {
            let kind = |id: &String| {
                EventKind::parse(id).filter(|kind| kind.can_be_subscribed()).ok_or(WebhookFault::EventUnknown)
            };
            let events: BTreeSet<EventKind> = events.iter().map(kind).collect::<Result<_, _>>()?;
            self.later.retain(|kind, _| events.contains(kind));
            let new = events.difference(&self.events).filter(|_| last > self.since);
            self.later.extend(new.map(|kind| (*kind, last)));
            self.events = events;
        }
        if others.clone().any(|other| !other.events.is_disjoint(&self.events)) {
            return Err(WebhookFault::EventTaken);
        }
        self.updated = now;
        self.term = self.term.saturating_add(1);
        Ok(self)
    }

    /// Whether it is told of the event of this number.
    pub fn is_told(&self, kind: EventKind, number: u64) -> bool {
        let since = self.later.get(&kind).copied().unwrap_or(self.since);
        self.events.contains(&kind) && number > since
    }

    /// With a fresh secret; messages are signed with the one of before too, for so long.
    #[must_use]
    pub fn rotated(mut self, secret: WebhookSecret, now: UnixMillis, overlap: Span) -> Self {
        let old = std::mem::replace(&mut self.secret, secret);
        self.old_secret = Some((old, now.plus(overlap)));
        self
    }

    /// The value of `webhook-signature` for one attempt at `now`: a signature by each secret that counts.
    pub fn signatures(&self, id: &str, now: UnixMillis, body: &[u8]) -> String {
        let old = self.old_secret.iter().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        let seconds = now.0.div_euclid(1000);
        let all: Vec<String> =
            std::iter::once(&self.secret).chain(old).map(|secret| secret.sign(id, seconds, body)).collect();
        all.join(" ")
    }
}

fn fitting(
    what: &'static str,
    new: Option<String>,
    old: String,
    most: usize,
) -> Result<String, WebhookFault> {
    let text = new.unwrap_or(old);
    if text.chars().count() > most { Err(WebhookFault::TooLong(what)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    fn webhook(number: u128) -> Webhook {
        let secret = WebhookSecret::new([u8::try_from(number).unwrap(); 24]);
        Webhook::new(WebhookId(Uuid::from_u128(number)), secret, 0, NOW)
    }

    fn wants(url: &str, events: &[&str]) -> WebhookChanges {
        let events = events.iter().map(|id| (*id).to_owned()).collect();
        WebhookChanges { url: Some(url.into()), events: Some(events), ..WebhookChanges::default() }
    }

    fn change(one: Webhook, changes: WebhookChanges, others: &[Webhook]) -> Result<Webhook, WebhookFault> {
        one.changed(changes, others.iter(), Reach::Public, 0, NOW)
    }

    #[test]
    fn what_is_absent_stays_as_it_is() {
        let one = change(webhook(1), wants("https://hooks.example.test/a", &["user.created"]), &[]).unwrap();
        let named = WebhookChanges { name: Some("all".into()), ..WebhookChanges::default() };
        let later = one.clone().changed(named, [].iter(), Reach::Public, 7, NOW.plus(Span(5))).unwrap();
        assert_eq!((later.name.as_str(), later.url, later.events), ("all", one.url, one.events));
        assert_eq!(later.updated, NOW.plus(Span(5)));
    }

    #[test]
    fn what_it_comes_to_want_counts_from_then_on() {
        let (created, updated) = (EventKind::UserCreated, EventKind::UserUpdated);
        let wants = |one: Webhook, events, last| {
            let changes = wants("https://hooks.example.test/a", events);
            one.changed(changes, [].iter(), Reach::Public, last, NOW).unwrap()
        };
        let first = |one: &Webhook, kind| (0..100).find(|number| one.is_told(kind, *number));
        let secret = WebhookSecret::new([1; 24]);
        let one = Webhook::new(WebhookId(Uuid::from_u128(1)), secret, 10, NOW);
        let one = wants(one, &["user.created"], 10);
        assert_eq!((first(&one, created), first(&one, updated)), (Some(11), None));
        let one = wants(one, &["user.created", "user.updated"], 20);
        assert_eq!((first(&one, created), first(&one, updated)), (Some(11), Some(21)));
        let one = wants(one, &["user.updated"], 30);
        assert_eq!((first(&one, created), first(&one, updated)), (None, Some(21)));
        let one = wants(one, &["user.created", "user.updated"], 40);
        assert_eq!((first(&one, created), first(&one, updated)), (Some(41), Some(21)));
    }

    #[test]
    fn urls_and_events_are_one_webhooks_alone() {
        let one = change(webhook(1), wants("https://hooks.example.test/a", &["user.created"]), &[]).unwrap();
        let others = [one];
        let new = |url, events: &[&str]| change(webhook(2), wants(url, events), &others).err();
        assert_eq!(new("https://hooks.example.test/a", &[]), Some(WebhookFault::UrlTaken));
        assert_eq!(
            new("https://hooks.example.test/b", &["user.deleted", "user.created"]),
            Some(WebhookFault::EventTaken)
        );
        assert_eq!(new("https://hooks.example.test/b", &["user.deleted"]), None);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let new = |changes| change(webhook(1), changes, &[]).err();
        assert_eq!(new(WebhookChanges::default()), Some(WebhookFault::UrlMissing));
        let url = "https://hooks.example.test/a";
        for bad in ["", "user", "user.flew", "connection.updated", "consent.archived", "user.created "] {
            assert_eq!(new(wants(url, &[bad])), Some(WebhookFault::EventUnknown), "{bad}");
        }
        let long = WebhookChanges { name: Some("x".repeat(101)), ..wants(url, &[]) };
        assert_eq!(new(long), Some(WebhookFault::TooLong("name")));
        assert!(matches!(new(wants("http://hooks.example.test", &[])), Some(WebhookFault::Url(_))));
    }

    #[test]
    fn a_change_takes_up_again_what_was_stopped() {
        let one = change(webhook(1), wants("https://hooks.example.test/a", &[]), &[]).unwrap();
        assert_eq!(change(one.clone(), WebhookChanges::default(), &[]).unwrap().term, one.term + 1);
    }

    #[test]
    fn for_so_long_both_secrets_sign() {
        let (first, overlap) = (webhook(1), Span::minutes(180));
        let both = first.clone().rotated(WebhookSecret::new([9; 24]), NOW, overlap);
        let at = |one: &Webhook, now| one.signatures("msg_1", now, b"{}");
        let (last, over) = (NOW.plus(Span(overlap.0 - 1)), NOW.plus(overlap));
        let signed = at(&both, last);
        let [new, old] = signed.split(' ').collect::<Vec<_>>()[..] else { panic!("{signed}") };
        assert_eq!(old, at(&first, last));
        assert_ne!(new, old);
        assert_eq!(at(&both, over).split(' ').count(), 1);
    }
}
