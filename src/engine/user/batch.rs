//! Turns a decision into one commit: the snapshot, connections and jobs, the routing and deadline rows that
//! changed, ended consents, outbox entries, events, keys. What is written follows from the difference
//! between the user before and after, so no rule of the product has to remember its rows.

use crate::crypto::DataKey;
use crate::domain::application::{Application, Mode};
use crate::domain::command::Effect;
use crate::domain::connection::Connection;
use crate::domain::consent::Consent;
use crate::domain::entropy::Entropy;
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, ClockId, ConnectionId, ConsentId, EffectId, JobId, UserId};
use crate::domain::job::{Gather, Job};
use crate::domain::notice::Notice;
use crate::domain::time::UnixMillis;
use crate::domain::user::{Next, Outcome, Presence, User};
use crate::domain::workflow::connection::Limit;
use crate::engine::accesses;
use crate::engine::committer::{Commit, Condition, Expect, NewEvent, NewKey, Tally, Write};
use crate::engine::house::House;
use crate::engine::records::clock::ClockMemberV1;
use crate::engine::records::consent::ConsentV3;
use crate::engine::records::outbox::{self, OutboxHead, Sweep, Text, Wish};
use crate::engine::records::route::{BrowserRouteV1, DeadlineV1, JobRouteV1, LinkRouteV1};
use crate::engine::records::{RecordError, attestation, connection, event, job, notice, user as user_record};
use crate::store::codec;
use crate::store::key;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The clock of deadlines that follow real time; test clocks have numbers of their own.
pub const REAL_TIME: u64 = 0;

/// Never too late.
const NEVER: UnixMillis = UnixMillis(i64::MAX);

/// A decision, and what was there before it.
pub(super) struct Decided<'a> {
    pub(super) house: &'a House,
    pub(super) id: UserId,
    pub(super) before: Option<&'a User>,
    /// The version that is replaced; 0 when there is none.
    pub(super) version: u64,
    /// The key of the user's records.
    pub(super) key: Option<Arc<DataKey>>,
    /// The key of what the active consent covers.
    pub(super) consent_key: Option<Arc<DataKey>>,
    pub(super) outcome: Outcome,
    /// Real time.
    pub(super) real: UnixMillis,
}

/// A commit with what becomes true when it is done.
pub(super) struct Made {
    pub(super) commit: Commit,
    pub(super) next: Presence,
    pub(super) key: Option<Arc<DataKey>>,
    pub(super) consent_key: Option<Arc<DataKey>>,
    pub(super) alarms: Vec<UnixMillis>,
    /// What the dispatcher should look at. Work on a job is not among it: whoever decided begins that.
    pub(super) effects: Vec<EffectId>,
    /// What those who work on jobs are told, as it was decided.
    pub(super) gathers: Vec<Gather>,
}

pub(super) fn build(decided: Decided<'_>, entropy: &mut Entropy) -> Result<Made, RecordError> {
    let Decided { house, id, before, version, key: old_key, consent_key, outcome, real } = decided;
    let Outcome { next, events, effects, notice, ended_consents, gathers, reply: _ } = outcome;
    let mut commit = Commit::default();
    let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
    commit.conditions.push(Condition { key: key::user(id), expect });
    let old_application = before.map(|user| user.application);
    let (next, data_key, application) = match next {
        Next::Save(after) => {
            let data_key = old_key.clone().unwrap_or_else(|| new_key(&mut commit, *id.bytes(), entropy));
            let value = user_record::encode(&after, version + 1, &data_key, entropy.nonce())?;
            commit.writes.push(Write { key: key::user(id), value: Some(value) });
            let application = after.application;
            (Presence::Here(after), Some(data_key), Some(application))
        }
        Next::Delete => {
            if let Some(application) = old_application {
                let value = user_record::tombstone(application, version + 1)?;
                commit.writes.push(Write { key: key::user(id), value: Some(value) });
            }
            commit.destroyed_keys.push(*id.bytes());
            commit.writes.extend(accesses::removal(id, real));
            (Presence::Deleted, None, old_application)
        }
        Next::Unchanged => {
            let same = before.map_or(Presence::Absent, |user| Presence::Here(Box::new(user.clone())));
            (same, old_key.clone(), old_application)
        }
    };
    let after = match &next {
        Presence::Here(user) => Some(user.as_ref()),
        Presence::Absent | Presence::Deleted => None,
    };
    let consent_key = key_of_consent(&mut commit, before, after, consent_key, entropy);
    let change = Change { id, version: version + 1, before, after };
    rows(&mut commit, id, before, after)?;
    clock_member(&mut commit, id, before, after)?;
    connections(&mut commit, &change, consent_key.as_deref(), entropy)?;
    declaration(&mut commit, &change, consent_key.as_deref(), entropy)?;
    commit.tally = application.and_then(|application| tally(house, application, before, after));
    jobs(&mut commit, &change, data_key.as_deref(), entropy)?;
    let alarms = deadlines(&mut commit, id, before, after)?;
    history(&mut commit, id, notice.as_ref(), &ended_consents)?;
    let keys = EventKeys {
        user: data_key.clone().or(old_key),
        consent: after.and_then(|user| user.consent.as_ref()).map(|consent| consent.id),
        consent_key: consent_key.clone(),
    };
    for one in application.iter().flat_map(|_| &events) {
        let encoded = event::encode(one, keys.of(one), entropy.nonce())?;
        let numbered = |application| NewEvent { application, user: id, id: one.id, encoded };
        commit.events.extend(application.map(numbered));
    }
    let clock = clock_of(before, after);
    let wishes = Wishes { house, application, user: id, clock, real };
    let effects = wishes.write(&mut commit, effects, entropy)?;
    Ok(Made { commit, next, key: data_key, consent_key, alarms, effects, gathers })
}

/// A user before and after.
struct Change<'a> {
    id: UserId,
    /// The version after.
    version: u64,
    before: Option<&'a User>,
    after: Option<&'a User>,
}

fn new_key(commit: &mut Commit, owner: [u8; 16], entropy: &mut Entropy) -> Arc<DataKey> {
    let bytes = entropy.bytes();
    commit.new_keys.push(NewKey { owner, key: DataKey::new(bytes), nonce: entropy.nonce() });
    Arc::new(DataKey::new(bytes))
}

/// A consent's key begins with the commit that gives the consent (or with the next one, where an older
/// program gave it) and ends with the commit that ends it: what it covered cannot be opened from then on.
fn key_of_consent(
    commit: &mut Commit,
    before: Option<&User>,
    after: Option<&User>,
    old: Option<Arc<DataKey>>,
    entropy: &mut Entropy,
) -> Option<Arc<DataKey>> {
    let active = |user: Option<&User>| user.and_then(|user| user.consent.as_ref()).map(|consent| consent.id);
    let (was, is) = (active(before), active(after));
    if was == is && old.is_some() {
        return old;
    }
    let ended: Option<ConsentId> = was.filter(|_| was != is);
    commit.destroyed_keys.extend(ended.map(|consent| *consent.bytes()));
    is.map(|consent| new_key(commit, *consent.bytes(), entropy))
}

/// The keys that events are sealed under.
struct EventKeys {
    user: Option<Arc<DataKey>>,
    consent: Option<ConsentId>,
    consent_key: Option<Arc<DataKey>>,
}

impl EventKeys {
    /// What a consent covers that ends here would be opened by nobody: it is not written at all.
    fn of(&self, event: &Event) -> Option<&DataKey> {
        let is_active = event.consent.is_some() && event.consent == self.consent;
        let covering = self.consent_key.as_deref().filter(|_| is_active);
        if event.data.is_covered() { covering } else { self.user.as_deref() }
    }
}

/// Connections that changed; those that are gone go.
fn connections(
    commit: &mut Commit,
    change: &Change<'_>,
    key: Option<&DataKey>,
    entropy: &mut Entropy,
) -> Result<(), RecordError> {
    let all = |user: Option<&'_ User>| -> BTreeMap<ConnectionId, Connection> {
        let all = user.into_iter().flat_map(|user| &user.connections);
        all.map(|one| (one.id, one.clone())).collect()
    };
    let (old, new) = (all(change.before), all(change.after));
    for (id, one) in &new {
        if old.get(id) == Some(one) {
            continue;
        }
        let key = key.ok_or(RecordError::Seal)?;
        let value = connection::encode(change.id, one, change.version, key, entropy.nonce())?;
        commit.writes.push(Write { key: key::connection(change.id, *id), value: Some(value) });
    }
    let gone = old.keys().filter(|id| !new.contains_key(id));
    commit.writes.extend(gone.map(|id| Write { key: key::connection(change.id, *id), value: None }));
    Ok(())
}

/// The latest declaration, when it changed; it goes with its consent.
fn declaration(
    commit: &mut Commit,
    change: &Change<'_>,
    key: Option<&DataKey>,
    entropy: &mut Entropy,
) -> Result<(), RecordError> {
    let of = |user: Option<&'_ User>| user.and_then(|user| user.attestation.clone());
    let (old, new) = (of(change.before), of(change.after));
    if old == new {
        return Ok(());
    }
    let value = match new {
        Some(new) => {
            let key = key.ok_or(RecordError::Seal)?;
            Some(attestation::encode(change.id, &new, change.version, key, entropy.nonce())?)
        }
        None => None,
    };
    commit.writes.push(Write { key: key::attestation(change.id), value });
    Ok(())
}

/// What outlives a consent: what was agreed to, from its first commit on, and how it ended.
fn history(
    commit: &mut Commit,
    id: UserId,
    notice: Option<&(ConsentId, Box<Notice>)>,
    ended: &[Consent],
) -> Result<(), RecordError> {
    if let Some((consent, notice)) = notice {
        let rows = notice::encode(id, *consent, notice)?;
        commit.writes.extend(rows.into_iter().map(|(key, value)| Write { key, value: Some(value) }));
    }
    for consent in ended {
        let value = codec::encode(0, &ConsentV3::from(consent))?;
        commit.writes.push(Write { key: key::consent(id, consent.id), value: Some(value) });
    }
    Ok(())
}

/// How many connections came or went. Those that were deleted count no more.
fn tally(
    house: &House,
    application: ApplicationId,
    before: Option<&User>,
    after: Option<&User>,
) -> Option<Tally> {
    let live = |user: Option<&User>| user.map_or(0, User::connection_count);
    let change = live(after).cast_signed() - live(before).cast_signed();
    let is_live = house.application(application).is_some_and(|one| one.mode == Mode::Live);
    let sandbox = u64::from(house.workflows.connection.count(Limit::PerSandbox));
    let most = if is_live { u64::MAX } else { sandbox };
    (change != 0).then_some(Tally { application, change, most })
}

/// Jobs that changed, each found by its name from its first commit on; those that are forgotten go.
fn jobs(
    commit: &mut Commit,
    change: &Change<'_>,
    key: Option<&DataKey>,
    entropy: &mut Entropy,
) -> Result<(), RecordError> {
    let all = |user: Option<&'_ User>| -> BTreeMap<JobId, Job> {
        let all = user.into_iter().flat_map(|user| &user.jobs);
        all.map(|one| (one.id, one.clone())).collect()
    };
    let (old, new) = (all(change.before), all(change.after));
    for (id, one) in &new {
        if old.get(id) == Some(one) {
            continue;
        }
        let key = key.ok_or(RecordError::Seal)?;
        let value = job::encode(change.id, one, change.version, key, entropy.nonce())?;
        commit.writes.push(Write { key: key::job(change.id, *id), value: Some(value) });
        if !old.contains_key(id) {
            let value = codec::encode(0, &JobRouteV1(*change.id.bytes()))?;
            commit.writes.push(Write { key: key::job_route(*id), value: Some(value) });
        }
    }
    for id in old.keys().filter(|id| !new.contains_key(id)) {
        commit.writes.push(Write { key: key::job(change.id, *id), value: None });
        commit.writes.push(Write { key: key::job_route(*id), value: None });
    }
    Ok(())
}

/// Routing rows appear and go with what they point to.
fn rows(
    commit: &mut Commit,
    id: UserId,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), RecordError> {
    let links = |user: Option<&User>| user.into_iter().flat_map(User::link_hashes).collect::<BTreeSet<_>>();
    let (old, new) = (links(before), links(after));
    for hash in new.difference(&old) {
        let value = codec::encode(0, &LinkRouteV1(*id.bytes()))?;
        commit.writes.push(Write { key: key::link(hash), value: Some(value) });
    }
    commit.writes.extend(old.difference(&new).map(|hash| Write { key: key::link(hash), value: None }));
    let cookies = |user: Option<&User>| user.into_iter().flat_map(User::cookies).collect::<BTreeSet<_>>();
    let (old, new) = (cookies(before), cookies(after));
    for hash in new.difference(&old) {
        let value = codec::encode(0, &BrowserRouteV1(*id.bytes()))?;
        commit.writes.push(Write { key: key::browser_session(hash), value: Some(value) });
    }
    commit
        .writes
        .extend(old.difference(&new).map(|hash| Write { key: key::browser_session(hash), value: None }));
    Ok(())
}

/// The test clock of a user; it never changes.
fn clock_of(before: Option<&User>, after: Option<&User>) -> Option<ClockId> {
    after.or(before).and_then(|user| user.clock)
}

/// Who lives by a test clock is found by it, from the first commit to the last. A clock that goes takes
/// nobody any more: the first commit holds only while it is there.
fn clock_member(
    commit: &mut Commit,
    id: UserId,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), RecordError> {
    let Some(clock) = clock_of(before, after) else { return Ok(()) };
    let row = key::clock_member(clock, id);
    match (before, after) {
        (None, Some(_)) => {
            commit.conditions.push(Condition { key: key::clock(clock), expect: Expect::Present });
            commit.writes.push(Write { key: row, value: Some(codec::encode(0, &ClockMemberV1)?) });
        }
        (Some(_), None) => commit.writes.push(Write { key: row, value: None }),
        _ => {}
    }
    Ok(())
}

fn deadlines(
    commit: &mut Commit,
    id: UserId,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<Vec<UnixMillis>, RecordError> {
    let set = |user: Option<&User>| user.into_iter().flat_map(User::deadlines).collect::<BTreeSet<_>>();
    let (old, new) = (set(before), set(after));
    let clock = clock_of(before, after).map_or(REAL_TIME, ClockId::number);
    let row = |(kind, at): &(crate::domain::user::DeadlineKind, UnixMillis)| {
        key::deadline(clock, *at, id, kind.number())
    };
    for one in new.difference(&old) {
        let value = codec::encode(0, &DeadlineV1)?;
        commit.writes.push(Write { key: row(one), value: Some(value) });
    }
    commit.writes.extend(old.difference(&new).map(|one| Write { key: row(one), value: None }));
    Ok(new.difference(&old).map(|(_, at)| *at).collect())
}

/// What entries of the outbox have in common.
struct Wishes<'a> {
    house: &'a House,
    application: Option<ApplicationId>,
    user: UserId,
    clock: Option<ClockId>,
    real: UnixMillis,
}

impl Wishes<'_> {
    /// Writes the entries, and says which of them the dispatcher should look at.
    fn write(
        &self,
        commit: &mut Commit,
        effects: Vec<Effect>,
        entropy: &mut Entropy,
    ) -> Result<Vec<EffectId>, RecordError> {
        let Some(application) = self.application else { return Ok(Vec::new()) };
        let mut new = Vec::new();
        for effect in effects {
            let (id, not_after, wish, text) = match effect {
                Effect::Withdraw(id) => {
                    commit.writes.push(Write { key: key::outbox(id), value: None });
                    continue;
                }
                Effect::SendCode { id, link, to, code, words, not_after } => {
                    let partner = self.house.application(application);
                    let words = words.for_partner(partner.as_deref().map_or("", Application::brand));
                    let body = code.in_text(&words, &self.house.public_host);
                    (id, not_after, Wish::Text { link }, Some(Text { to: to.e164(), body }))
                }
                Effect::SendLink { id, link, to, words, public_id, not_after } => {
                    let text = Text { to: to.e164(), body: words.with(public_id) };
                    (id, not_after, Wish::Link { link }, Some(text))
                }
                Effect::Gather { id, job, not_after } => (id, not_after, Wish::Gather { job }, None),
                Effect::Sweep { id, connection, rows, keep, up_to } => {
                    (id, NEVER, Wish::Sweep(Sweep { connection, rows, keep, up_to }), None)
                }
            };
            let (user, clock, created) = (self.user, self.clock, self.real);
            let head = OutboxHead { id, application, user, clock, created, not_after, wish };
            let value = outbox::encode(&head, text.as_ref(), &self.house.keyring, entropy.nonce())?;
            commit.writes.push(Write { key: key::outbox(id), value: Some(value) });
            new.extend(Some(id).filter(|_| !matches!(wish, Wish::Gather { .. })));
        }
        Ok(new)
    }
}
