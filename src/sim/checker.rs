//! What was made durable, replayed row by row beside the store: after any crash the store must hold
//! exactly that. Each acknowledged batch is checked as it comes: the fence, the index rows, the outbox,
//! the events, and that no secret stands anywhere in the clear.

use super::disk::Disk;
use super::ledger::{Code, Ledger};
use super::log::{Log, event_mark};
use super::process::{Answers, Owner, Process};
use super::{Outcome, Violation};
use crate::crypto::{DataKey, Keyring};
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{ApplicationId, AuthLinkId, ConsentId, EffectId, EventId, UserId};
use crate::domain::time::UnixMillis;
use crate::domain::user::{Presence, User, invariants};
use crate::domain::workflow::{Workflows, auth_link};
use crate::engine::committer::CommitError;
use crate::engine::dispatcher::perform::Entry;
use crate::engine::records::outbox::Wish;
use crate::engine::records::{event, outbox, user as user_record};
use crate::store::codec;
use crate::store::key::{self, Kind};
use crate::store::vault::{KeySlotV1, Vault};
use crate::store::{Batch, Order, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

struct Stored {
    version: u64,
    presence: Presence,
    decided: UnixMillis,
}

/// The replay.
pub(super) struct Checker {
    disk: Arc<Disk>,
    vault: Vault,
    keyring: Keyring,
    workflows: Workflows,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    users: BTreeMap<UserId, Stored>,
    decided: BTreeMap<UserId, UnixMillis>,
    events: BTreeMap<ApplicationId, Vec<(u64, Event)>>,
    event_ids: BTreeSet<EventId>,
    once: BTreeMap<(AuthLinkId, &'static str), u32>,
    texts: BTreeMap<EffectId, UnixMillis>,
    secrets: BTreeSet<String>,
    public_ids: BTreeSet<[u8; 16]>,
}

fn broken<T>(name: &'static str, what: impl Into<String>) -> Outcome<T> {
    Err(Violation { name, what: what.into() })
}

fn readable<T, E: std::fmt::Display>(result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| Violation {
        name: "DUR-1",
        what: format!("a durable record cannot be read: {error}"),
    })
}

impl Checker {
    /// Nothing is durable yet.
    pub(super) fn new(disk: Arc<Disk>, keyring: Keyring, workflows: Workflows) -> Self {
        let slots = Box::new(super::disk::DiskSlots(disk.clone()));
        Self {
            disk,
            vault: Vault::new(slots, keyring.clone()),
            keyring,
            workflows,
            rows: BTreeMap::new(),
            users: BTreeMap::new(),
            decided: BTreeMap::new(),
            events: BTreeMap::new(),
            event_ids: BTreeSet::new(),
            once: BTreeMap::new(),
            texts: BTreeMap::new(),
            secrets: BTreeSet::new(),
            public_ids: BTreeSet::new(),
        }
    }

    /// A group was tried: when each of its commits that hold, or may hold, was decided. Where the store
    /// failed nobody knows, and what is found after the next start was decided then.
    pub(super) fn tried(&mut self, owners: &[(Owner, UnixMillis)], results: &Answers, process: &Process) {
        // Of two commits on one version the first holds.
        for (index, (owner, decided)) in owners.iter().enumerate().rev() {
            let refused =
                matches!(results.get(index), Some(Err(CommitError::Conflict { .. } | CommitError::Full)));
            let Owner::User(id) = owner else { continue };
            let user = process.instances.get(id).map(|instance| instance.user);
            if let Some(user) = user.filter(|_| !refused) {
                self.decided.insert(user, *decided);
            }
        }
    }

    /// The durable state of a user.
    pub(super) fn presence(&self, user: UserId) -> Option<&Presence> {
        self.users.get(&user).map(|stored| &stored.presence)
    }

    /// Whether a consent is durable: active or ended.
    pub(super) fn knows_consent(&self, user: UserId, consent: ConsentId) -> bool {
        let active = match self.presence(user) {
            Some(Presence::Here(user)) => user.consent.as_ref().map(|active| active.id),
            _ => None,
        };
        active == Some(consent) || self.rows.contains_key(&key::consent(user, consent))
    }

    /// Takes in what was acknowledged as durable since the last time, batch by batch. Says whose
    /// records changed.
    pub(super) fn take_in(
        &mut self,
        ledger: &mut Ledger,
        log: &mut Log,
        now: UnixMillis,
    ) -> Outcome<Vec<UserId>> {
        let mut all = Vec::new();
        for batch in self.disk.take_synced() {
            let mut changed = BTreeSet::new();
            for (key, value) in &batch.0 {
                match value {
                    Some(value) => {
                        self.new_row(key, value, ledger, log)?;
                        self.rows.insert(key.clone(), value.clone());
                    }
                    None => drop(self.rows.remove(key)),
                }
                if key.first() == Some(&(Kind::User as u8)) {
                    let id = key.get(1..17).and_then(|bytes| uuid::Uuid::from_slice(bytes).ok());
                    changed.extend(id.map(UserId));
                }
            }
            for user in &changed {
                self.user_changed(*user, ledger, log, now)?;
            }
            self.check_index(&changed)?;
            self.check_outbox()?;
            self.check_secrets(&batch)?;
            all.extend(changed);
        }
        Ok(all)
    }

    fn new_row(&mut self, key: &[u8], value: &[u8], ledger: &mut Ledger, log: &mut Log) -> Outcome<()> {
        if let Some(id) = key::read_outbox(key)
            && let head = readable(outbox::head(id, value))?
            && let Wish::Text { link } = head.wish
        {
            let text = readable(outbox::text(id, value, &self.keyring))?;
            let digits: String = text.body.chars().take(6).collect();
            self.secrets.extend([digits.clone(), text.to.trim_start_matches('+').to_owned()]);
            if ledger.codes.get(&link).is_some_and(|codes| !codes.is_empty()) {
                log.mark("a code superseded another");
            }
            let code = Code { digits, created: head.created, not_after: head.not_after };
            ledger.code_written(link, code);
            self.texts.insert(id, head.not_after);
        }
        if let Some((application, sequence)) = key::read_event(key) {
            let happened = readable(event::decode(value, None))?;
            return self.event_added(application, sequence, happened, ledger, log);
        }
        Ok(())
    }

    /// Events are numbered without gaps, are nobody else's, and what can happen once happens once.
    fn event_added(
        &mut self,
        application: ApplicationId,
        sequence: u64,
        happened: Event,
        ledger: &Ledger,
        log: &mut Log,
    ) -> Outcome<()> {
        let list = self.events.entry(application).or_default();
        let expected = list.last().map_or(1, |(last, _)| last + 1);
        if sequence != expected {
            return broken(
                "DUR-1",
                format!("event {sequence} of {application} came where {expected} was due"),
            );
        }
        if ledger.application_of(happened.user) != application {
            return broken("ISO-1", format!("event {sequence} of {application} is about another's user"));
        }
        if !self.event_ids.insert(happened.id) {
            return broken("TM-1", "an event has the name of another");
        }
        let (entity, verb) = happened.kind.words();
        let end = matches!(
            happened.kind,
            EventKind::LinkCompleted
                | EventKind::LinkAbandoned
                | EventKind::LinkExpired
                | EventKind::LinkLocked
                | EventKind::LinkReplaced
        );
        if let Some(link) = happened.link {
            let name = if end { "end" } else { verb };
            let count = self.once.entry((link, name)).or_insert(0);
            *count += 1;
            // A partner may delete what was abandoned, locked or expired before, once; nothing else.
            let over = list.iter().any(|(_, one)| {
                one.link == Some(link)
                    && matches!(
                        one.kind,
                        EventKind::LinkCompleted | EventKind::LinkReplaced | EventKind::LinkDeleted
                    )
            });
            let goes_on = end || happened.kind == EventKind::LinkDeleted;
            if over && goes_on {
                return broken("AL-2", format!("{entity}.{verb} of link {link} came after its end"));
            }
            let once = end
                || matches!(
                    happened.kind,
                    EventKind::LinkCreated
                        | EventKind::LinkVerified
                        | EventKind::LinkOpened
                        | EventKind::LinkDeleted
                );
            if once && *count > 1 {
                return broken("TM-1", format!("{entity}.{verb} of link {link} happened twice"));
            }
        }
        if let Some(consent) = happened.consent {
            let twice = list.iter().any(|(_, one)| one.consent == Some(consent) && one.kind == happened.kind);
            if twice {
                return broken("TM-1", format!("{entity}.{verb} of consent {consent} happened twice"));
            }
        }
        log.mark(event_mark(happened.kind));
        list.push((sequence, happened));
        Ok(())
    }

    fn key_of(&self, user: UserId) -> Outcome<Option<DataKey>> {
        let Some(row) = self.rows.get(&key::key_slot(user.bytes())) else { return Ok(None) };
        let (_, slot) = readable(codec::decode::<KeySlotV1>(row))?;
        readable(self.vault.read(slot.0, user.bytes()))
    }

    fn read_user(&self, id: UserId) -> Outcome<Option<(u64, Presence)>> {
        let Some(value) = self.rows.get(&key::user(id)) else { return Ok(None) };
        let data_key = self.key_of(id)?;
        let stored = readable(user_record::decode(id, value, data_key.as_ref()))?;
        Ok(Some((stored.version, stored.presence)))
    }

    fn user_changed(&mut self, id: UserId, ledger: &Ledger, log: &mut Log, now: UnixMillis) -> Outcome<()> {
        let Some((version, presence)) = self.read_user(id)? else {
            return broken("DUR-1", format!("the record of user {id} was removed"));
        };
        let old = self.users.remove(&id);
        if old.as_ref().map_or(0, |old| old.version) + 1 != version {
            return broken("DUR-1", format!("user {id} came to version {version} past the fence"));
        }
        let earlier = old.as_ref().map_or(UnixMillis(0), |old| old.decided);
        let decided = self.decided.get(&id).copied().unwrap_or(earlier);
        if let Presence::Here(after) = &presence {
            let before = match old.as_ref().map(|old| &old.presence) {
                Some(Presence::Here(before)) => Some(before.as_ref()),
                _ => None,
            };
            if matches!(old.as_ref().map(|old| &old.presence), Some(Presence::Deleted)) {
                return broken("DUR-1", format!("user {id} came back from deletion"));
            }
            invariants::check(before, after, &self.workflows, decided).map_err(|wrong| Violation {
                name: wrong.name,
                what: format!("user {id}: {}", wrong.what),
            })?;
            if let Some(before) = before {
                ledger.check_step(before, after, now)?;
            }
            if after.session.as_ref().is_some_and(|session| session.carried) {
                log.mark("a second link carried the consent over");
            }
            if let Some(link) = &after.link {
                self.public_ids.insert(*link.public_id.0.as_bytes());
                self.secrets.insert(link.public_id.reveal());
            }
        }
        self.users.insert(id, Stored { version, presence, decided });
        Ok(())
    }

    /// The rows beside a user are exactly those that its state asks for.
    fn check_index(&self, changed: &BTreeSet<UserId>) -> Outcome<()> {
        for id in changed {
            let Some(stored) = self.users.get(id) else { continue };
            let user = match &stored.presence {
                Presence::Here(user) => Some(user.as_ref()),
                Presence::Absent | Presence::Deleted => None,
            };
            let mut wanted: BTreeSet<(UnixMillis, u8)> = BTreeSet::new();
            wanted.extend(user.into_iter().flat_map(User::deadlines).map(|(kind, at)| (at, kind.number())));
            let found: BTreeSet<(UnixMillis, u8)> = self
                .of(Kind::Deadline)
                .filter_map(|(key, _)| key::read_deadline(key))
                .filter(|(_, _, owner, _)| owner == id)
                .map(|(_, at, _, kind)| (at, kind))
                .collect();
            if wanted != found {
                return broken("TM-1", format!("user {id} has deadlines {wanted:?} and rows {found:?}"));
            }
            let keyed = self.rows.contains_key(&key::key_slot(id.bytes()));
            if keyed != user.is_some() {
                return broken("DUR-1", format!("user {id} and its key slot do not go together"));
            }
        }
        let here = self.users.values().filter_map(|stored| match &stored.presence {
            Presence::Here(user) => Some(user.as_ref()),
            Presence::Absent | Presence::Deleted => None,
        });
        let (mut links, mut browsers) = (BTreeSet::new(), BTreeSet::new());
        for user in here {
            links.extend(user.link_hashes().map(|hash| key::link(&hash)));
            browsers.extend(user.cookies().map(|hash| key::browser_session(&hash)));
        }
        let same = |kind, wanted: &BTreeSet<Vec<u8>>| self.of(kind).map(|(key, _)| key).eq(wanted.iter());
        if !same(Kind::Link, &links) || !same(Kind::BrowserSession, &browsers) {
            return broken("DUR-1", "routing rows and what they point to do not go together");
        }
        Ok(())
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        let (from, to) = key::all(kind);
        self.rows.range(from..to)
    }

    /// Only the living code of a link may still be on its way.
    fn check_outbox(&self) -> Outcome<()> {
        for (key, value) in self.of(Kind::Outbox) {
            let Some(id) = key::read_outbox(key) else { continue };
            let head = readable(outbox::head(id, value))?;
            if !matches!(head.wish, Wish::Text { .. }) {
                continue;
            }
            let living = match self.presence(head.user) {
                Some(Presence::Here(user)) => {
                    user.link.as_ref().and_then(|link| link.code.as_ref()).map(|code| code.effect)
                }
                _ => None,
            };
            if living != Some(id) {
                return broken("OTP-1", format!("text {id} is on its way and its code is dead"));
            }
        }
        Ok(())
    }

    /// No code, no number and no public id stands in a value in the clear (OTP-2).
    fn check_secrets(&self, batch: &Batch) -> Outcome<()> {
        for (key, value) in &batch.0 {
            let Some(value) = value else { continue };
            let first: BTreeSet<u8> = self.public_ids.iter().map(|id| id[0]).collect();
            let raw = value
                .windows(16)
                .any(|window| first.contains(&window[0]) && self.public_ids.iter().any(|id| window == id));
            let words = value.split(|byte| !byte.is_ascii_graphic()).filter(|word| word.len() >= 6);
            let clear = words.into_iter().any(|word| {
                let text = String::from_utf8_lossy(word);
                self.secrets.iter().any(|secret| text.contains(secret.as_str()))
            });
            if raw || clear {
                let kind = char::from(key.first().copied().unwrap_or(b'?'));
                return broken("OTP-2", format!("a secret stands in the clear in a value of kind {kind}"));
            }
        }
        Ok(())
    }

    /// A text is about to go: its commit is durable, and it is not too late (DUR-2).
    pub(super) fn text_goes(&self, entry: &Entry) -> Outcome<()> {
        if self.texts.contains_key(&entry.head.id) {
            Ok(())
        } else {
            broken("DUR-2", format!("text {} goes and its commit is not durable", entry.head.id))
        }
    }

    /// What is in memory is what is durable, wherever nothing is under way.
    pub(super) fn check_memory(&self, process: Option<&Process>) -> Outcome<()> {
        for instance in process.into_iter().flat_map(|process| process.instances.values()) {
            let orphaned = process.is_some_and(|process| process.orphaned.contains(&instance.user));
            if orphaned || !instance.core.is_idle() {
                continue;
            }
            let same = match (instance.core.presence(), self.presence(instance.user)) {
                (Presence::Absent, None) => true,
                (here, Some(stored)) => here == stored,
                (_, None) => false,
            };
            if !same {
                return broken(
                    "DUR-1",
                    format!("user {} is another in memory than on the disk", instance.user),
                );
            }
        }
        Ok(())
    }

    /// After a start the store holds exactly what was acknowledged, and what a crash may have kept.
    pub(super) fn compare_with_disk(&self) -> Outcome<()> {
        let rows = readable(self.disk.scan(&[0], &[255], Order::Ascending, usize::MAX))?;
        let differs = rows.len() != self.rows.len()
            || rows.iter().zip(&self.rows).any(|((key, value), (ours, kept))| key != ours || value != kept);
        if differs {
            return broken(
                "DUR-1",
                format!("the store holds {} rows where {} are durable", rows.len(), self.rows.len()),
            );
        }
        for (id, stored) in &self.users {
            let again = self.read_user(*id)?.map(|(_, presence)| presence);
            if again.as_ref() != Some(&stored.presence) {
                return broken("DUR-1", format!("user {id} reads otherwise than before"));
            }
        }
        Ok(())
    }

    /// What a partner is shown is all that is durable of its own, newest first, and nothing else.
    pub(super) fn shown(&self, application: ApplicationId, shown: &[Event], now: UnixMillis) -> Outcome<()> {
        let all = self.events.get(&application).map_or(&[][..], Vec::as_slice);
        let reach = crate::engine::read::EVENT_LIST_REACH;
        let wanted =
            all.iter().rev().map(|(_, event)| event).take_while(|event| now.since(event.at) <= reach);
        let wanted: Vec<EventId> =
            wanted.filter(|event| event.kind.is_compatible()).map(|event| event.id).collect();
        if shown.iter().map(|event| event.id).eq(wanted.iter().copied()) {
            Ok(())
        } else {
            broken("ISO-1", format!("{} events are shown where {} are durable", shown.len(), wanted.len()))
        }
    }

    /// Nothing is overdue, nothing is on its way, no key slot is an orphan.
    pub(super) fn demand_quiet(&self, now: UnixMillis) -> Outcome<()> {
        let due = self.of(Kind::Deadline).filter_map(|(key, _)| key::read_deadline(key));
        if let Some((_, at, user, kind)) = due.into_iter().find(|(_, at, _, _)| *at <= now) {
            return broken("TM-1", format!("deadline {kind} of {user} was due {} ms ago", now.since(at).0));
        }
        let open = self.of(Kind::Outbox).count();
        if open > 0 {
            return broken("QUIET", format!("{open} texts are still in the outbox"));
        }
        for slot in 0..readable(self.vault.count())? {
            let Some(owner) = readable(self.vault.owner(slot))? else { continue };
            let named = self.rows.get(&key::key_slot(&owner)).map(|row| codec::decode::<KeySlotV1>(row));
            if !matches!(named, Some(Ok((_, KeySlotV1(named)))) if named == slot) {
                return broken("QUIET", format!("key slot {slot} belongs to nobody"));
            }
        }
        self.check_states(now)
    }

    fn check_states(&self, now: UnixMillis) -> Outcome<()> {
        for (id, stored) in &self.users {
            let Presence::Here(user) = &stored.presence else { continue };
            invariants::check(None, user, &self.workflows, now).map_err(|wrong| Violation {
                name: wrong.name,
                what: format!("user {id}: {}", wrong.what),
            })?;
            let open = user.link.as_ref().is_some_and(|link| {
                matches!(link.state, auth_link::State::Issued | auth_link::State::Challenged)
            });
            if open && user.link.as_ref().is_some_and(|link| link.expires <= now) {
                return broken("TM-1", format!("user {id} has an open link past its time"));
            }
        }
        Ok(())
    }
}
