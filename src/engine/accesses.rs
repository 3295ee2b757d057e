//! The access log as it is kept: reads count in memory, and one writer adds them to their users' rows, half a
//! minute later at most. So a read waits for no write, and a crash loses the counts of that half minute and
//! nothing else. Must not know: HTTP, what was read.

use super::committer::{Commit, CommitError, Condition, Expect, Write};
use super::read::ReadError;
use super::records::RecordError;
use super::records::access::{self, AccessBlockV1};
use super::shared::Shared;
use super::user::core::Trouble;
use super::user::load::Library;
use super::{Engine, readable};
use crate::domain::access::{AccessBy, AccessLog, AccessTo};
use crate::domain::day::Day;
use crate::domain::id::UserId;
use crate::domain::time::{Span, UnixMillis};
use crate::store::key::{self, AccessBlock, Kind};
use crate::store::{Order, Store, codec};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long accesses are kept, unless the operator says otherwise.
pub const LIFETIME: Span = Span::days(365);

/// The longest that an operator may have them kept.
pub const LIFETIME_MAX: Span = Span::days(400);

/// How long accesses are counted in memory alone, unless the operator says otherwise.
pub const FLUSH: Span = Span::seconds(30);

/// Users whose accesses may wait to be written. At half of them they are written at once; of one more
/// nothing is counted, and the metric says so.
pub const WAITING_MAX: usize = 65_536;

/// Users whose accesses are written at a time: as many small commits, which share one sync.
const FLUSHED_MAX: usize = 64;

/// Parts of what waits: as many reads are counted without meeting.
const PARTS: usize = 64;

/// How often a row is written that is changed in between.
const TRIES: u32 = 4;

type Part = BTreeMap<UserId, AccessLog>;

/// What was counted and is not written yet.
pub struct Waiting {
    parts: [Mutex<Part>; PARTS],
    users: AtomicUsize,
    /// Rings when there is much to write.
    much: Notify,
    /// Whoever writes: between taking and committing nobody reads.
    turn: tokio::sync::Mutex<()>,
    flush: Span,
    /// How long what is written is kept.
    pub lifetime: Span,
}

impl Waiting {
    /// Nothing waits yet; nothing is to wait longer than `flush`.
    pub fn new(lifetime: Span, flush: Span) -> Self {
        Self {
            parts: std::array::from_fn(|_| Mutex::default()),
            users: AtomicUsize::new(0),
            much: Notify::new(),
            turn: tokio::sync::Mutex::new(()),
            flush,
            lifetime,
        }
    }

    fn part(&self, user: UserId) -> MutexGuard<'_, Part> {
        let number = usize::try_from(user.0.as_u128() % PARTS as u128).unwrap_or(0);
        self.parts[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one; not where too many users wait already.
    fn count(&self, user: UserId, by: AccessBy, to: AccessTo, at: UnixMillis) -> bool {
        let mut one = AccessLog::default();
        one.count(by, to, at);
        self.add(user, &one)
    }

    fn add(&self, user: UserId, log: &AccessLog) -> bool {
        let mut part = self.part(user);
        if let Some(known) = part.get_mut(&user) {
            known.join(log);
            return true;
        }
        if self.users() >= WAITING_MAX {
            return false;
        }
        part.insert(user, log.clone());
        drop(part);
        if self.users.fetch_add(1, Ordering::Relaxed) + 1 >= WAITING_MAX / 2 {
            self.much.notify_one();
        }
        true
    }

    fn users(&self) -> usize {
        self.users.load(Ordering::Relaxed)
    }

    fn take(&self, user: UserId) -> Option<AccessLog> {
        let taken = self.part(user).remove(&user);
        self.users.fetch_sub(usize::from(taken.is_some()), Ordering::Relaxed);
        taken
    }

    fn take_some(&self) -> Vec<(UserId, AccessLog)> {
        let mut taken = Vec::new();
        for part in &self.parts {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            while taken.len() < FLUSHED_MAX
                && let Some(one) = part.pop_first()
            {
                taken.push(one);
            }
        }
        self.users.fetch_sub(taken.len(), Ordering::Relaxed);
        taken
    }
}

/// What adds accesses to the rows of a user; nothing, where the user is gone. It holds as long as the user is
/// there and nobody else wrote the rows.
///
/// # Errors
/// When the store does not answer or a row is damaged.
pub fn addition(library: &Library, user: UserId, log: &AccessLog) -> Result<Option<Commit>, ReadError> {
    let (store, there) = (library.store.as_ref(), key::key_slot(user.bytes()));
    if store.get(&there)?.is_none() {
        return Ok(None);
    }
    let mut commit = Commit::default();
    commit.conditions.push(Condition { key: there, expect: Expect::Present });
    let mut blocks: Vec<AccessBlock> = log.0.keys().map(|(day, ..)| AccessBlock::of(*day)).collect();
    blocks.dedup();
    for block in blocks {
        let row = key::access(user, block);
        let stored = store.get(&row)?.map(|value| access::decode(block, &value)).transpose()?;
        let is_new = stored.is_none();
        let (version, mut all) = stored.unwrap_or_default();
        all.join(log);
        let expect = if is_new { Expect::Absent } else { Expect::Version(version) };
        let value = access::encode(block, &all, version.saturating_add(1))?;
        commit.conditions.push(Condition { key: row.clone(), expect });
        commit.writes.push(Write { key: row, value: Some(value) });
        if is_new {
            let value = codec::encode(0, &AccessBlockV1).map_err(RecordError::from)?;
            commit.writes.push(Write { key: key::access_block(block, user), value: Some(value) });
        }
    }
    Ok(Some(commit))
}

/// What removes all rows that a user can have: whoever deletes the user need not look which there are.
pub fn removal(user: UserId, now: UnixMillis) -> impl Iterator<Item = Write> {
    // A day later than today: clocks are set.
    let (from, to) = (Day::of(now.minus(LIFETIME_MAX)), Day::of(now.plus(Span::days(1))));
    // Blocks go as wholes, so the one before the first may still be there.
    let from = from.minus(AccessBlock::DAYS);
    AccessBlock::between(from, to)
        .flat_map(move |block| [key::access(user, block), key::access_block(block, user)])
        .map(|key| Write { key, value: None })
}

/// The accesses to a user's data of the last days, as they are written.
///
/// # Errors
/// When the store does not answer or a row is damaged.
pub fn read(
    store: &dyn Store,
    user: UserId,
    now: UnixMillis,
    lifetime: Span,
) -> Result<AccessLog, ReadError> {
    let mut log = AccessLog::default();
    let oldest = Day::of(now.minus(lifetime));
    let (_, end) = key::all_of(Kind::Access, user.bytes());
    let from = key::access(user, AccessBlock::of(oldest));
    for (row, value) in store.scan(&from, &end, Order::Ascending, usize::MAX)? {
        let (_, block) = key::read_access(&row).ok_or(RecordError::Key)?;
        log.join(&access::decode(block, &value)?.1);
    }
    log.0.retain(|(day, ..), _| *day >= oldest);
    Ok(log)
}

/// Writes down what waits, now and then, until the server stops.
pub async fn keep(shared: Arc<Shared>) {
    let pause = Duration::from_millis(shared.accesses.flush.0);
    loop {
        // Nothing is being written while this waits, so that stopping breaks nothing off.
        tokio::select! {
            () = shared.stopping.cancelled() => return,
            () = shared.accesses.much.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
        flush(&shared).await;
    }
}

/// Writes down all that waits. What cannot be written goes on waiting.
pub async fn flush(shared: &Shared) {
    loop {
        let _turn = shared.accesses.turn.lock().await;
        let some = shared.accesses.take_some();
        let is_last = some.len() < FLUSHED_MAX;
        let written = join_all(some.into_iter().map(|(user, log)| write(shared, user, log))).await;
        show(shared);
        if is_last || written.contains(&false) {
            return;
        }
    }
}

fn show(shared: &Shared) {
    let waiting = i64::try_from(shared.accesses.users()).unwrap_or(i64::MAX);
    shared.metrics.access_users_waiting.set(waiting);
}

/// Writes the accesses of one user. Those that cannot be written wait again, and it says so.
async fn write(shared: &Shared, user: UserId, log: AccessLog) -> bool {
    for _ in 0..TRIES {
        let commit = match addition(&shared.library, user, &log) {
            Ok(Some(commit)) => commit,
            Ok(None) => return true,
            Err(error) => {
                tracing::error!(%error, %user, "the access log of a user cannot be read");
                lose(shared, &log);
                return false;
            }
        };
        match shared.committer.commit(commit).await {
            Ok(_) => return true,
            Err(CommitError::Conflict { .. }) => {}
            Err(_) => break,
        }
    }
    if !shared.accesses.add(user, &log) {
        lose(shared, &log);
    }
    false
}

/// Counts what is not counted.
fn lose(shared: &Shared, log: &AccessLog) {
    let lost: u64 = log.0.values().map(|accesses| u64::from(accesses.count)).sum();
    shared.metrics.accesses_lost.inc_by(lost);
}

impl Engine {
    /// Counts that somebody read something of a user. It is written down later.
    pub fn count_access(&self, user: UserId, by: AccessBy, to: AccessTo) {
        let (waiting, metrics) = (&self.shared.accesses, &self.shared.metrics);
        if waiting.count(user, by, to, self.now()) {
            metrics.accesses.inc();
        } else {
            metrics.accesses_lost.inc();
            metrics.refuse("access_users_waiting");
        }
    }

    /// Lets those who count many at once wait until there is room for more.
    pub async fn settle_accesses(&self) {
        if self.shared.accesses.users() >= WAITING_MAX / 2 {
            flush(&self.shared).await;
        }
    }

    /// Who read what of a user, up to now. What is shown is written down first, so that no crash takes it
    /// back; where nothing can be written, it goes without the last half minute.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn access_log(&self, user: UserId) -> Result<AccessLog, Trouble> {
        let shared = &self.shared;
        let _turn = shared.accesses.turn.lock().await;
        if let Some(log) = shared.accesses.take(user) {
            write(shared, user, log).await;
        }
        readable(read(shared.store.as_ref(), user, self.now(), shared.accesses.lifetime))
    }

    /// How long accesses are kept.
    pub fn access_lifetime(&self) -> Span {
        self.shared.accesses.lifetime
    }
}

#[cfg(test)]
mod tests;
