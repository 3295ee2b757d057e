//! What was made durable, replayed row by row beside the store: after any crash the store must hold
//! exactly that. Each acknowledged batch is checked as it comes: the fence here, the rows beside users and
//! secrets in [`super::rows`], events in [`super::happened`], what is shown in [`super::shown`].

use super::banks::Banks;
use super::disk::Disk;
use super::keeping::Kept;
use super::ledger::{Code, Ledger};
use super::log::Log;
use super::marks::Marks;
use super::process::{Answers, Owner, Process};
use super::reissue::Reissues;
use super::replay::Replay;
use super::shown::Shown;
use super::{Outcome, Violation};
use crate::crypto::Keyring;
use crate::domain::clock::TestClock;
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, AuthLinkId, ClockId, ConsentId, EffectId, EventId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{Presence, invariants};
use crate::domain::workflow::{Workflows, auth_link};
use crate::engine::committer::CommitError;
use crate::engine::dispatcher::perform::Entry;
use crate::engine::open;
use crate::engine::read::Keys;
use crate::engine::records::outbox::Wish;
use crate::engine::records::{attestation, connection, event, job, outbox, user};
use crate::engine::user::load::Library;
use crate::store::key::{self, Kind};
use crate::store::vault::{Vault, slot_of};
use crate::store::{Batch, Order, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A user as it is durable.
pub(super) struct Stored {
    version: u64,
    pub(super) presence: Presence,
    decided: UnixMillis,
}

/// The replay.
pub(super) struct Checker {
    disk: Arc<Disk>,
    vault: Arc<Vault>,
    pub(super) keyring: Keyring,
    pub(super) workflows: Workflows,
    pub(super) replay: Arc<Replay>,
    pub(super) library: Library,
    pub(super) users: BTreeMap<UserId, Stored>,
    decided: BTreeMap<UserId, UnixMillis>,
    pub(super) events: BTreeMap<ApplicationId, Vec<(u64, Event)>>,
    pub(super) event_ids: BTreeSet<EventId>,
    pub(super) once: BTreeMap<(AuthLinkId, &'static str), u32>,
    /// Of which end of which consent was warned.
    pub(super) warned: BTreeSet<(ConsentId, UnixMillis)>,
    texts: BTreeMap<EffectId, UnixMillis>,
    pub(super) secrets: BTreeSet<String>,
    pub(super) public_ids: BTreeSet<[u8; 16]>,
    pub(super) shown: Shown,
    pub(super) marks: Marks,
    pub(super) kept: Kept,
    pub(super) reissues: Reissues,
    pub(super) clocks: BTreeMap<ClockId, TestClock>,
    /// What time it was by each clock when something happened last.
    pub(super) happened: BTreeMap<ClockId, UnixMillis>,
}

pub(super) fn broken<T>(name: &'static str, what: impl Into<String>) -> Outcome<T> {
    Err(Violation { name, what: what.into() })
}

pub(super) fn readable<T, E: std::fmt::Display>(result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| Violation {
        name: "DUR-1",
        what: format!("a durable record cannot be read: {error}"),
    })
}

impl Checker {
    /// Nothing is durable yet.
    pub(super) fn new(disk: Arc<Disk>, keyring: Keyring, workflows: Workflows) -> Self {
        let slots = Box::new(super::disk::DiskSlots(disk.clone()));
        let replay = Arc::new(Replay::default());
        let opened = open::join(replay.clone(), slots, keyring.clone());
        Self {
            disk,
            vault: opened.vault,
            replay,
            library: Library { store: opened.store, keys: opened.keys },
            keyring,
            workflows,
            users: BTreeMap::new(),
            decided: BTreeMap::new(),
            events: BTreeMap::new(),
            event_ids: BTreeSet::new(),
            once: BTreeMap::new(),
            warned: BTreeSet::new(),
            texts: BTreeMap::new(),
            secrets: BTreeSet::new(),
            public_ids: BTreeSet::new(),
            shown: Shown::default(),
            marks: Marks::default(),
            kept: Kept::default(),
            reissues: Reissues::default(),
            clocks: BTreeMap::new(),
            happened: BTreeMap::new(),
        }
    }

    /// A group was tried: when each of its commits that hold, or may hold, was decided. Where the store
    /// failed nobody knows, and what is found after the next start was decided then.
    pub(super) fn tried(&mut self, owners: &[(Owner, UnixMillis)], results: &Answers, process: &Process) {
        // Of two commits on one version the first holds.
        for (index, (owner, decided)) in owners.iter().enumerate().rev() {
            let refused = matches!(
                results.get(index),
                Some(Err(CommitError::Conflict { .. } | CommitError::TallyFull | CommitError::Full))
            );
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
        active == Some(consent) || self.replay.rows().contains_key(&key::consent(user, consent))
    }

    /// Takes in what was acknowledged as durable since the last time, batch by batch. Says whose
    /// records changed.
    pub(super) fn take_in(
        &mut self,
        ledger: &mut Ledger,
        banks: &Banks,
        log: &mut Log,
        now: UnixMillis,
    ) -> Outcome<Vec<UserId>> {
        let mut all = Vec::new();
        for batch in self.disk.take_synced() {
            let mut changed = BTreeSet::new();
            for (key, value) in &batch.0 {
                if let Some(value) = value {
                    self.new_row(key, value, ledger, log)?;
                }
                if key.first() == Some(&(Kind::User as u8)) {
                    let id = key.get(1..17).and_then(|bytes| uuid::Uuid::from_slice(bytes).ok());
                    changed.extend(id.map(UserId));
                }
            }
            self.check_kept(&batch, now)?;
            readable(self.replay.apply(&batch))?;
            for user in &changed {
                self.user_changed(*user, &batch, ledger, banks, log, now)?;
            }
            self.check_link_texts(&batch, ledger, now)?;
            self.check_clocks(&batch)?;
            self.check_marks(&batch, now)?;
            self.check_news(&batch, log)?;
            self.check_times(&batch, ledger)?;
            let is_bulk = |key: &[u8]| {
                let told = [Kind::WebhookCursor, Kind::Message, Kind::Attempt, Kind::Retry, Kind::Timeline];
                let bulk = [Kind::Account, Kind::Terms, Kind::Identity, Kind::Transaction, Kind::Meta];
                let once = [Kind::Mark, Kind::MarkDue, Kind::MarkPart, Kind::Event, Kind::EventIndex];
                let bulk = bulk.into_iter().chain(told).chain(once);
                bulk.into_iter().any(|kind| key.first() == Some(&(kind as u8)))
            };
            if !batch.0.iter().all(|(key, _)| is_bulk(key)) {
                self.check_index(&changed)?;
                self.check_outbox(now, ledger)?;
            }
            self.check_secrets(&batch)?;
            all.extend(changed);
        }
        self.looked(now);
        Ok(all)
    }

    fn new_row(&mut self, key: &[u8], value: &[u8], ledger: &mut Ledger, log: &mut Log) -> Outcome<()> {
        if let Some(id) = key::read_outbox(key)
            && let head = readable(outbox::head(id, value))?
            && let Wish::Text { link } | Wish::Link { link } = head.wish
        {
            let text = readable(outbox::text(id, value, &self.keyring))?;
            self.texts.insert(id, head.not_after);
            if matches!(head.wish, Wish::Link { .. }) {
                self.reissues.promised(head, link);
                return Ok(());
            }
            let digits: String = text.body.chars().take(6).collect();
            self.secrets.extend([digits.clone(), text.to.trim_start_matches('+').to_owned()]);
            if ledger.codes.get(&link).is_some_and(|codes| !codes.is_empty()) {
                log.mark("a code superseded another");
            }
            let code = Code { digits, created: head.created, not_after: head.not_after };
            ledger.code_written(link, code);
        }
        if let Some((application, sequence)) = key::read_event(key) {
            let happened = readable(event::decode(value, None))?;
            return self.event_added(application, sequence, happened, ledger, log);
        }
        Ok(())
    }

    fn read_user(&self, id: UserId) -> Outcome<(u64, Presence)> {
        let loaded = readable(self.library.user(id))?;
        Ok((loaded.version, loaded.presence))
    }

    /// The same, where only what stands in a batch is opened; the rest is as it was.
    fn read_changed(&self, id: UserId, batch: &Batch) -> Outcome<(u64, Presence)> {
        let Some(value) = readable(self.replay.get(&key::user(id)))? else {
            return Ok((0, Presence::Absent));
        };
        let mut keys = Keys::new(&self.library);
        let own = readable(keys.of(id.bytes()))?;
        let stored = readable(user::decode(id, &value, own.as_deref()))?;
        let Presence::Here(mut user) = stored.presence else { return Ok((stored.version, stored.presence)) };
        if let Some(Presence::Here(before)) = self.presence(id) {
            user.connections.clone_from(&before.connections);
            user.jobs.clone_from(&before.jobs);
            user.attestation.clone_from(&before.attestation);
        }
        for (row, value) in &batch.0 {
            if let Some((_, one)) = key::read_connection(row).filter(|(owner, _)| *owner == id) {
                user.connections.retain(|old| old.id != one);
                let Some(value) = value else { continue };
                let covering = readable(keys.of(readable(connection::consent_of(value))?.bytes()))?;
                let Some(key) = covering else { return broken("DUR-1", "a connection has no key") };
                user.connections.push(readable(connection::decode(id, one, value, &key))?);
            }
            if *row == key::attestation(id) {
                let consent = user.consent.as_ref().map(|consent| consent.id);
                let covering =
                    consent.map(|consent| readable(keys.of(consent.bytes()))).transpose()?.flatten();
                let declared = value.as_ref().zip(covering.as_ref());
                let declared = declared.map(|(value, key)| readable(attestation::decode(id, value, key)));
                user.attestation = declared.transpose()?;
            }
            if let Some((_, one)) = key::read_job(row).filter(|(owner, _)| *owner == id) {
                user.jobs.retain(|old| old.id != one);
                let Some((value, key)) = value.as_ref().zip(own.as_ref()) else { continue };
                user.jobs.push(readable(job::decode(id, one, value, key))?);
            }
        }
        user.connections.sort_by_key(|one| (one.created, one.id));
        user.jobs.sort_by_key(|one| (one.created, one.id));
        Ok((stored.version, Presence::Here(user)))
    }

    fn user_changed(
        &mut self,
        id: UserId,
        batch: &Batch,
        ledger: &mut Ledger,
        banks: &Banks,
        log: &mut Log,
        now: UnixMillis,
    ) -> Outcome<()> {
        let (version, presence) = self.read_changed(id, batch)?;
        if version == 0 {
            return broken("DUR-1", format!("the record of user {id} was removed"));
        }
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
                ledger.check_step(before, after, ledger.time_of(id, now))?;
            }
            ledger.check_errand_step(before, after)?;
            self.marks.note_user(before, after);
            self.note_shown(before, after, banks, log)?;
            if after.session.as_ref().is_some_and(|session| session.carried) {
                log.mark("a second link carried the consent over");
            }
            if let Some(link) = &after.link {
                self.public_ids.insert(*link.public_id.0.as_bytes());
                self.secrets.insert(link.public_id.reveal());
            }
        }
        self.check_links_step(old.as_ref().map(|old| &old.presence), &presence, decided, ledger, now)?;
        self.users.insert(id, Stored { version, presence, decided });
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
        let durable = self.replay.rows();
        let differs = rows.len() != durable.len()
            || rows
                .iter()
                .zip(durable.iter())
                .any(|((key, value), (ours, kept))| key != ours || value != kept);
        if differs {
            return broken(
                "DUR-1",
                format!("the store holds {} rows where {} are durable", rows.len(), durable.len()),
            );
        }
        drop(durable);
        for (id, stored) in &self.users {
            if self.read_user(*id)?.1 != stored.presence {
                return broken("DUR-1", format!("user {id} reads otherwise than before"));
            }
        }
        Ok(())
    }

    /// Whether a deadline falls due in this second.
    pub(super) fn falls_due(&self, now: UnixMillis, ledger: &Ledger) -> bool {
        let due = self.replay.keys(key::all(Kind::Deadline));
        let is_new = |clock, at| {
            let by = |now| ledger.time_by(ClockId::new(clock), now);
            by(now.minus(Span::seconds(1))) < at && at <= by(now)
        };
        due.iter().filter_map(|key| key::read_deadline(key)).any(|(clock, at, ..)| is_new(clock, at))
    }

    /// Nothing is overdue, nothing is on its way, no key slot is an orphan.
    pub(super) fn demand_quiet(&self, now: UnixMillis, again: bool, ledger: &Ledger) -> Outcome<()> {
        let due = self.replay.keys(key::all(Kind::Deadline));
        let due = due.iter().filter_map(|key| key::read_deadline(key));
        let is_due = |clock, at| at <= ledger.time_by(ClockId::new(clock), now);
        if let Some((_, at, user, kind)) = due.into_iter().find(|(clock, at, ..)| is_due(*clock, *at)) {
            return broken("TM-1", format!("deadline {kind} of {user} was due at {}", at.0));
        }
        let open = self.replay.keys(key::all(Kind::Outbox)).len();
        if open > 0 {
            return broken("QUIET", format!("{open} wishes are still in the outbox"));
        }
        for slot in 0..readable(self.vault.count())? {
            let Some(owner) = readable(self.vault.owner(slot))? else { continue };
            if readable(slot_of(self.replay.as_ref(), &owner))? != Some(slot) {
                return broken("QUIET", format!("key slot {slot} belongs to nobody"));
            }
        }
        self.check_members()?;
        self.check_states(now, ledger)?;
        self.check_rests(again)
    }

    fn check_states(&self, now: UnixMillis, ledger: &Ledger) -> Outcome<()> {
        for (id, stored) in &self.users {
            let Presence::Here(user) = &stored.presence else { continue };
            let now = ledger.time_of(*id, now);
            invariants::check(None, user, &self.workflows, now).map_err(|wrong| Violation {
                name: wrong.name,
                what: format!("user {id}: {}", wrong.what),
            })?;
            let open = user.link.as_ref().is_some_and(|link| {
                matches!(link.state, auth_link::State::Issued | auth_link::State::Challenged)
            });
            if user.open_jobs().next().is_some() {
                return broken("JOB-1", format!("user {id} has an open job, and nothing goes on"));
            }
            if open && user.link.as_ref().is_some_and(|link| link.expires <= now) {
                return broken("TM-1", format!("user {id} has an open link past its time"));
            }
        }
        Ok(())
    }
}
