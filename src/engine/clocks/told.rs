//! Users who were told something, and who of them has done it: those who could not are told again, those
//! who fail for no good reason not for ever. Must not know: what they were told.

use crate::domain::id::UserId;
use crate::domain::time::{Span, UnixMillis};
use std::collections::{BTreeMap, BTreeSet};

/// How long until those who could not are told again.
const AGAIN: Span = Span(200);

/// How often a user may fail for no good reason before it is left alone: what is due for it is done when
/// somebody asks for it next.
const STRIKES_MAX: u32 = 3;

/// What a user did who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// All of it, or there was nothing to do.
    Done,
    /// Nothing, for want of room or time.
    Later,
    /// Nothing, by a defect.
    Broken,
}

/// Who was told.
#[derive(Debug)]
pub(super) struct Told {
    out: BTreeSet<UserId>,
    again: BTreeSet<UserId>,
    strikes: BTreeMap<UserId, u32>,
    again_at: Option<UnixMillis>,
}

impl Told {
    pub(super) fn new(users: &[UserId]) -> Self {
        let (again, strikes) = (BTreeSet::new(), BTreeMap::new());
        Self { out: users.iter().copied().collect(), again, strikes, again_at: None }
    }

    /// When those who could not want to be told again.
    pub(super) const fn again_at(&self) -> Option<UnixMillis> {
        self.again_at
    }

    /// Those who are told again now.
    pub(super) fn tell_again(&mut self) -> Vec<UserId> {
        self.again_at = None;
        let again = std::mem::take(&mut self.again);
        self.out.extend(again.iter().copied());
        again.into_iter().collect()
    }

    /// One of them answered. Whether all have done it.
    pub(super) fn answered(&mut self, real: UnixMillis, user: UserId, fired: Fired) -> bool {
        if !self.out.remove(&user) {
            return false;
        }
        if fired == Fired::Broken {
            *self.strikes.entry(user).or_default() += 1;
        }
        let is_given_up = self.strikes.get(&user).is_some_and(|strikes| *strikes >= STRIKES_MAX);
        if fired != Fired::Done && is_given_up {
            tracing::error!(%user, "a user of a test clock keeps failing and is left behind");
        } else if fired != Fired::Done {
            self.again.insert(user);
            self.again_at = self.again_at.or_else(|| Some(real.plus(AGAIN)));
        }
        self.out.is_empty() && self.again.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_could_not_is_told_again_and_who_is_broken_not_for_ever() {
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let (now, mut told) = (UnixMillis(0), Told::new(&[one, other]));
        assert!(!told.answered(now, one, Fired::Later));
        assert!(!told.answered(now, other, Fired::Broken));
        assert_eq!(told.again_at(), Some(now.plus(AGAIN)));
        assert_eq!(told.tell_again(), vec![one, other]);
        assert!(!told.answered(now, one, Fired::Done));
        assert!(!told.answered(now, other, Fired::Broken));
        assert_eq!(told.tell_again(), vec![other]);
        assert!(told.answered(now, other, Fired::Broken), "it is left behind");
        assert!(!told.answered(now, other, Fired::Done), "nobody asked");
    }
}
