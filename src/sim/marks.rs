//! What was named and is done once, as durable. ONCE-1: what is asked under one name is done as often as its
//! mark was made, in the very batch that makes it; a mark is made anew only behind its time. KEEP-1: none goes
//! before its time, and with it goes all of it.

use super::Outcome;
use super::checker::{Checker, broken, readable};
use super::named::Request;
use crate::domain::id::UserId;
use crate::domain::time::UnixMillis;
use crate::domain::user::User;
use crate::engine::mark::{self, Found};
use crate::engine::records::mark::MarkV1;
use crate::store::key::{self, Kind};
use crate::store::{Batch, codec};
use std::collections::BTreeMap;

/// A mark, as durable.
#[derive(Debug, Clone, Copy)]
struct Made {
    times: usize,
    forgotten: UnixMillis,
    is_there: bool,
}

/// All marks, and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// What was asked by name.
    pub(super) requests: BTreeMap<[u8; 32], Request>,
    made: BTreeMap<[u8; 32], Made>,
    /// Whom what can be seen is about, once for each time that it was done.
    done: BTreeMap<String, Vec<Option<UserId>>>,
}

impl Marks {
    /// Whom a request was about, as far as that can be seen.
    pub(super) fn about(&self, request: &Request) -> Vec<UserId> {
        let seen = request.imprints().filter_map(|imprint| self.done.get(&imprint)).flatten();
        seen.flatten().copied().chain(request.users()).collect()
    }

    /// One committed step of a user: what can be seen of named requests.
    pub(super) fn note_user(&mut self, before: Option<&User>, after: &User) {
        let name = &after.profile.first_name;
        if before.is_none_or(|before| before.profile.first_name != *name) {
            self.done.entry(name.clone()).or_default().push(Some(after.id));
        }
        let old = before.and_then(|before| before.link.as_ref()).map(|link| link.id);
        if let Some(link) = after.link.as_ref().filter(|link| Some(link.id) != old) {
            self.done.entry(link.mobile.e164()).or_default().push(Some(after.id));
        }
    }

    /// Something can be seen that is about no user.
    pub(super) fn note(&mut self, imprint: String) {
        self.done.entry(imprint).or_default().push(None);
    }

    fn written(&mut self, id: [u8; 32], forgotten: UnixMillis) -> Outcome<()> {
        let Some(request) = self.requests.get_mut(&id) else {
            return broken("ONCE-1", "a mark was made of what nobody named");
        };
        let known = self.made.get(&id).copied();
        if known.is_some_and(|known| known.is_there) {
            return broken("ONCE-1", "a mark was made where there is one");
        }
        request.answer = None;
        let times = known.map_or(0, |known| known.times) + 1;
        self.made.insert(id, Made { times, forgotten, is_there: true });
        Ok(())
    }

    fn removed(&mut self, id: [u8; 32]) {
        let Some(made) = self.made.get_mut(&id) else { return };
        made.is_there = false;
    }

    fn check(&self) -> Outcome<()> {
        for (id, request) in &self.requests {
            let made = self.made.get(id).map_or(0, |made| made.times);
            let mut imprints = request.imprints().peekable();
            if imprints.peek().is_none() {
                continue;
            }
            let done: usize = imprints.map(|imprint| self.done.get(&imprint).map_or(0, Vec::len)).sum();
            // What a user is called already leaves nothing to be seen when it is asked for once more.
            let is_seen = done == made || request.may_be_unseen() && (1..made).contains(&done);
            if !is_seen {
                let what = format!("{:?} was done {done} times under {made} marks", request.bodies);
                return broken("ONCE-1", what);
            }
        }
        Ok(())
    }
}

impl Checker {
    /// The marks of a batch that is replayed.
    pub(super) fn check_marks(&mut self, batch: &Batch, now: UnixMillis) -> Outcome<()> {
        for (row, value) in &batch.0 {
            let id = row.strip_prefix(&[Kind::Mark as u8]).and_then(|rest| <[u8; 32]>::try_from(rest).ok());
            let Some(id) = id else { continue };
            let Some(value) = value else {
                self.marks.removed(id);
                continue;
            };
            let forgotten = readable(codec::decode::<MarkV1>(value))?.1.forgotten();
            if !self.kept.may_end(Kind::Mark, forgotten, now) {
                return broken("KEEP-1", format!("a mark of {} is forgotten at {}", now.0, forgotten.0));
            }
            self.marks.written(id, forgotten)?;
        }
        self.marks.check()
    }

    /// Nothing is left of a mark that is over, at rest.
    pub(super) fn demand_marks(&self, now: UnixMillis) -> Outcome<()> {
        for (id, made) in &self.marks.made {
            if made.is_there && made.forgotten <= now {
                return broken("KEEP-1", "a mark is kept behind its time");
            }
            let found = readable(mark::find(&self.library, &self.keyring, id, now))?;
            if made.is_there != matches!(found, Found::Kept(_)) {
                return broken("ONCE-1", "a mark is another than it was made");
            }
        }
        let there = self.marks.made.values().filter(|made| made.is_there).count();
        let due = self.replay.keys(key::all(Kind::MarkDue)).len();
        let parts = self.replay.keys(key::all(Kind::MarkPart));
        let has_mark = |part: &Vec<u8>| {
            let id = part.get(1..33).and_then(|id| <[u8; 32]>::try_from(id).ok());
            id.and_then(|id| self.marks.made.get(&id)).is_some_and(|made| made.is_there)
        };
        if due == there && parts.iter().all(has_mark) {
            Ok(())
        } else {
            broken("KEEP-1", format!("of {there} marks there are {due} dates and {} parts", parts.len()))
        }
    }
}
