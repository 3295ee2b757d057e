//! The rows that are durable: those beside a user are exactly those that its state asks for, what stands in
//! the outbox is of use, and no secret stands anywhere in the clear.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::holdings::MARK;
use super::ledger::Ledger;
use crate::domain::id::{ClockId, UserId};
use crate::domain::time::UnixMillis;
use crate::domain::user::{Presence, User};
use crate::engine::records::outbox::{self, Wish};
use crate::engine::user::REAL_TIME;
use crate::store::key::{self, Kind};
use crate::store::{Batch, Order, Row, Store};
use std::collections::{BTreeMap, BTreeSet};

impl Checker {
    /// The rows beside a user are exactly those that its state asks for.
    pub(super) fn check_index(&self, changed: &BTreeSet<UserId>) -> Outcome<()> {
        for id in changed {
            let Some(stored) = self.users.get(id) else { continue };
            let user = match &stored.presence {
                Presence::Here(user) => Some(user.as_ref()),
                Presence::Absent | Presence::Deleted => None,
            };
            let clock = user.and_then(|user| user.clock).map_or(REAL_TIME, ClockId::number);
            let mut wanted: BTreeSet<(u64, UnixMillis, u8)> = BTreeSet::new();
            let deadlines = user.into_iter().flat_map(User::deadlines);
            wanted.extend(deadlines.map(|(kind, at)| (clock, at, kind.number())));
            let found: BTreeSet<(u64, UnixMillis, u8)> = self
                .replay
                .keys(key::all(Kind::Deadline))
                .iter()
                .filter_map(|key| key::read_deadline(key))
                .filter(|(_, _, owner, _)| owner == id)
                .map(|(clock, at, _, kind)| (clock, at, kind))
                .collect();
            if wanted != found {
                return broken("TM-1", format!("user {id} has deadlines {wanted:?} and rows {found:?}"));
            }
        }
        let mut wanted: BTreeMap<Kind, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for user in self.here() {
            let mut add = |kind, keys: Vec<Vec<u8>>| wanted.entry(kind).or_default().extend(keys);
            add(Kind::Link, user.link_hashes().map(|hash| key::link(&hash)).collect());
            add(Kind::BrowserSession, user.cookies().map(|hash| key::browser_session(&hash)).collect());
            let connections = user.connections.iter().map(|one| key::connection(user.id, one.id));
            add(Kind::Connection, connections.collect());
            add(Kind::Job, user.jobs.iter().map(|job| key::job(user.id, job.id)).collect());
            add(Kind::JobRoute, user.jobs.iter().map(|job| key::job_route(job.id)).collect());
            let consent = user.consent.iter().map(|consent| *consent.id.bytes());
            let owners = consent.chain([*user.id.bytes()]);
            let clock = user.clock.map(|clock| key::clock_member(clock, user.id));
            let declared = user.attestation.iter().map(|_| key::attestation(user.id));
            add(Kind::Attestation, declared.collect());
            add(Kind::ClockMember, clock.into_iter().collect());
            add(Kind::KeySlot, owners.map(|owner| key::key_slot(&owner)).collect());
        }
        let kinds = [Kind::Link, Kind::BrowserSession, Kind::Connection, Kind::Job, Kind::JobRoute];
        for kind in kinds.into_iter().chain([Kind::KeySlot, Kind::ClockMember, Kind::Attestation]) {
            let found = self.replay.keys(key::all(kind));
            if !found.iter().eq(wanted.entry(kind).or_default().iter()) {
                return broken("DUR-1", format!("{kind:?} rows and what they belong to do not go together"));
            }
        }
        Ok(())
    }

    /// What stands in the outbox is of use: the living code of a link, an open job, a sweep.
    pub(super) fn check_outbox(&self, now: UnixMillis, ledger: &Ledger) -> Outcome<()> {
        let (mut texts, mut jobs, mut wanted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for user in self.here() {
            texts.extend(user.link.iter().filter_map(|link| link.code.as_ref()).map(|code| code.effect));
            jobs.extend(user.open_jobs().map(|job| job.effect));
            // Of one that something due is about to end, the entry may be gone before.
            let time = ledger.time_of(user.id, now);
            let is_due = user.deadlines().iter().any(|(_, at)| *at <= time);
            wanted.extend(user.open_jobs().map(|job| job.effect).filter(|_| !is_due));
        }
        for (key, value) in self.scan(Kind::Outbox) {
            let Some(id) = key::read_outbox(&key) else { continue };
            let head = readable(outbox::head(id, &value))?;
            match head.wish {
                // One that is too late waits for whoever drops it, and tells of it.
                Wish::Text { .. }
                    if !texts.contains(&id) && ledger.time_by(head.clock, now) < head.not_after =>
                {
                    return broken("OTP-1", format!("text {id} is on its way and its code is dead"));
                }
                Wish::Gather { job } if !jobs.contains(&id) => {
                    return broken("JOB-1", format!("somebody is wanted for job {job}, which is over"));
                }
                Wish::Gather { .. } => drop(wanted.remove(&id)),
                Wish::Text { .. } | Wish::Link { .. } | Wish::Sweep(_) => {}
            }
        }
        match wanted.first() {
            None => Ok(()),
            Some(effect) => broken("JOB-1", format!("a job is open and wish {effect:?} for it is gone")),
        }
    }

    /// No code, no number and no public id stands in a value in the clear (OTP-2), and nothing that was
    /// typed at an institution or told by one.
    pub(super) fn check_secrets(&self, batch: &Batch) -> Outcome<()> {
        let mut first = [false; 256];
        self.public_ids.iter().for_each(|id| first[usize::from(id[0])] = true);
        for (key, value) in &batch.0 {
            let kind = char::from(key.first().copied().unwrap_or(b'?'));
            let is_told = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(MARK);
            if is_told(key) || value.as_deref().is_some_and(is_told) {
                return broken("SECRET", format!("a text of an institution stands in a row of kind {kind}"));
            }
            let Some(value) = value else { continue };
            let mut begins = value.iter().enumerate().filter(|(_, byte)| first[usize::from(**byte)]);
            let raw = begins.any(|(at, _)| self.public_ids.iter().any(|id| value[at..].starts_with(id)));
            let text = String::from_utf8_lossy(value);
            if raw || self.secrets.iter().any(|secret| text.contains(secret.as_str())) {
                return broken("OTP-2", format!("a secret stands in the clear in a value of kind {kind}"));
            }
        }
        Ok(())
    }

    /// All users that are there, as durable.
    pub(super) fn here(&self) -> impl Iterator<Item = &User> {
        self.users.values().filter_map(|stored| match &stored.presence {
            Presence::Here(user) => Some(user.as_ref()),
            Presence::Absent | Presence::Deleted => None,
        })
    }

    /// All rows of a kind.
    pub(super) fn scan(&self, kind: Kind) -> Vec<Row> {
        let (from, to) = key::all(kind);
        self.replay.scan(&from, &to, Order::Ascending, usize::MAX).unwrap_or_default()
    }
}
