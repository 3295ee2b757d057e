//! Turns a decision into one commit: the snapshot, the routing and deadline rows that changed, ended
//! consents, outbox entries, events, keys. What is written follows from the difference between the
//! user before and after, so no rule of the product has to remember its rows.

use crate::adapters::sms;
use crate::crypto::DataKey;
use crate::domain::command::Effect;
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, EffectId, UserId};
use crate::domain::time::UnixMillis;
use crate::domain::user::{Next, Outcome, Presence, User};
use crate::engine::committer::{Commit, Condition, Expect, NewEvent, NewKey, Write};
use crate::engine::house::House;
use crate::engine::records::consent::ConsentV1;
use crate::engine::records::outbox::{self, OutboxHead, Text};
use crate::engine::records::route::{BrowserRouteV1, DeadlineV1, LinkRouteV1};
use crate::engine::records::{RecordError, event, user as user_record};
use crate::store::codec;
use crate::store::key;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The clock of deadlines that follow real time; test clocks come beside it.
pub const REAL_TIME: u64 = 0;

/// A commit with what becomes true when it is done.
pub(super) struct Made {
    pub(super) commit: Commit,
    pub(super) next: Presence,
    pub(super) key: Option<Arc<DataKey>>,
    pub(super) alarms: Vec<UnixMillis>,
    pub(super) effects: Vec<EffectId>,
}

#[expect(clippy::too_many_arguments, reason = "everything a commit is made of, once")]
pub(super) fn build(
    house: &House,
    before: Option<&User>,
    version: u64,
    old_key: Option<&Arc<DataKey>>,
    id: UserId,
    outcome: Outcome,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<Made, RecordError> {
    let mut commit = Commit::default();
    let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
    commit.conditions.push(Condition { key: key::user(id), expect });
    let (next, data_key, application) = match outcome.next {
        Next::Save(after) => {
            let data_key = old_key.cloned().unwrap_or_else(|| new_key(&mut commit, id, entropy));
            let value = user_record::encode(&after, version + 1, &data_key, entropy.nonce())?;
            commit.writes.push(Write { key: key::user(id), value: Some(value) });
            let application = after.application;
            (Presence::Here(after), Some(data_key), Some(application))
        }
        Next::Delete => {
            let application = before.map(|user| user.application);
            if let Some(application) = application {
                let value = user_record::tombstone(application, version + 1)?;
                commit.writes.push(Write { key: key::user(id), value: Some(value) });
            }
            commit.destroyed_keys.push(*id.bytes());
            (Presence::Deleted, None, application)
        }
        Next::Unchanged => {
            (before.map_or(Presence::Absent, |user| Presence::Here(Box::new(user.clone()))), None, None)
        }
    };
    let after = match &next {
        Presence::Here(user) => Some(user.as_ref()),
        Presence::Absent | Presence::Deleted => None,
    };
    rows(&mut commit, id, before, after)?;
    let alarms = deadlines(&mut commit, id, before, after)?;
    for consent in &outcome.ended_consents {
        let value = codec::encode(0, &ConsentV1::from(consent))?;
        commit.writes.push(Write { key: key::consent(id, consent.id), value: Some(value) });
    }
    let effects = effects(&mut commit, house, application, id, outcome.effects, now, entropy)?;
    for one in &outcome.events {
        let encoded =
            event::encode(one, data_key.as_deref().or(old_key.map(AsRef::as_ref)), entropy.nonce())?;
        if let Some(application) = application {
            commit.events.push(NewEvent { application, id: one.id, encoded });
        }
    }
    Ok(Made { commit, next, key: data_key, alarms, effects })
}

fn new_key(commit: &mut Commit, id: UserId, entropy: &mut Entropy) -> Arc<DataKey> {
    let bytes = entropy.bytes();
    commit.new_keys.push(NewKey { owner: *id.bytes(), key: DataKey::new(bytes), nonce: entropy.nonce() });
    Arc::new(DataKey::new(bytes))
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

fn deadlines(
    commit: &mut Commit,
    id: UserId,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<Vec<UnixMillis>, RecordError> {
    let set = |user: Option<&User>| user.into_iter().flat_map(User::deadlines).collect::<BTreeSet<_>>();
    let (old, new) = (set(before), set(after));
    let row = |(kind, at): &(crate::domain::user::DeadlineKind, UnixMillis)| {
        key::deadline(REAL_TIME, *at, id, kind.number())
    };
    for one in new.difference(&old) {
        let value = codec::encode(0, &DeadlineV1)?;
        commit.writes.push(Write { key: row(one), value: Some(value) });
    }
    commit.writes.extend(old.difference(&new).map(|one| Write { key: row(one), value: None }));
    Ok(new.difference(&old).map(|(_, at)| *at).collect())
}

fn effects(
    commit: &mut Commit,
    house: &House,
    application: Option<ApplicationId>,
    user: UserId,
    effects: Vec<Effect>,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<Vec<EffectId>, RecordError> {
    let mut new = Vec::new();
    for effect in effects {
        match effect {
            Effect::Gather { .. } | Effect::Sweep { .. } => {}
            Effect::Withdraw(id) => commit.writes.push(Write { key: key::outbox(id), value: None }),
            Effect::SendCode { id, link, to, code, not_after } => {
                let Some(application) = application else { continue };
                let partner = house.application(application).map(|one| one.name.clone()).unwrap_or_default();
                let body = sms::compose(code.reveal(), &partner, &house.public_host);
                let head = OutboxHead { id, application, user, link, created: now, not_after };
                let text = Text { to: to.e164(), body };
                let value = outbox::encode(&head, &text, &house.keyring, entropy.nonce())?;
                commit.writes.push(Write { key: key::outbox(id), value: Some(value) });
                new.push(id);
            }
        }
    }
    Ok(new)
}
