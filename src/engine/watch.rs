//! Tells pages that a user changed: each committed change of a watched user ticks its channel. Nothing of
//! the change goes over it: whoever watches asks. Must not know: what is watched for.

use crate::domain::id::UserId;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// How many users may be watched at a time.
pub const WATCHED_MAX: usize = 10_000;

type Watched = Arc<RwLock<BTreeMap<UserId, watch::Sender<u64>>>>;

/// Who is watched.
#[derive(Debug, Clone, Default)]
pub struct Watchers(Watched);

/// One who watches. The user is not watched any more when the last of them is dropped.
#[derive(Debug)]
pub struct Watching {
    user: UserId,
    watched: Watched,
    ticks: Option<watch::Receiver<u64>>,
}

impl Watchers {
    /// Begins to watch; nothing when too many are watched.
    pub fn watch(&self, user: UserId) -> Option<Watching> {
        let mut watched = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if watched.len() >= WATCHED_MAX && !watched.contains_key(&user) {
            return None;
        }
        let ticks = watched.entry(user).or_insert_with(|| watch::channel(0).0).subscribe();
        Some(Watching { user, watched: self.0.clone(), ticks: Some(ticks) })
    }

    /// A change of this user is committed.
    pub fn changed(&self, user: UserId) {
        let watched = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = watched.get(&user) {
            sender.send_modify(|ticks| *ticks = ticks.wrapping_add(1));
        }
    }

    /// How many users are watched.
    pub fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Watching {
    /// Waits for a change since the last call, or since the beginning.
    pub async fn changed(&mut self) {
        match &mut self.ticks {
            // The sender lives as long as anybody watches.
            Some(ticks) => drop(ticks.changed().await),
            None => std::future::pending().await,
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        self.ticks = None;
        if watched.get(&self.user).is_some_and(|sender| sender.receiver_count() == 0) {
            watched.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_change_reaches_all_who_watch_and_the_last_to_go_takes_the_channel_along() {
        let watchers = Watchers::default();
        let user = UserId(Uuid::from_u128(1));
        let (mut one, mut other) = (watchers.watch(user).unwrap(), watchers.watch(user).unwrap());
        watchers.changed(UserId(Uuid::from_u128(2)));
        watchers.changed(user);
        one.changed().await;
        other.changed().await;
        drop(one);
        assert_eq!(watchers.count(), 1);
        drop(other);
        assert_eq!(watchers.count(), 0);
    }

    #[tokio::test]
    async fn a_change_between_two_looks_is_not_missed() {
        let watchers = Watchers::default();
        let user = UserId(Uuid::from_u128(1));
        let mut one = watchers.watch(user).unwrap();
        watchers.changed(user);
        watchers.changed(user);
        one.changed().await;
        assert!(futures_util::FutureExt::now_or_never(one.changed()).is_none());
    }
}
