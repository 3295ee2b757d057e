//! One webhook's queue: what is told next, what is tried again, what waits to be written down. One try is
//! under way at a time, so new events arrive in order wherever the receiver keeps up; what failed steps
//! aside. Must not know: other webhooks, how a message is sent, how records are kept.

use super::change::{Ask, Asked, Change, Done, Subscriber, Wanted, WantedPage};
use super::rows::{Loaded, Page};
use crate::domain::delivery::{Attempt, Judged, LIVE, Message, MessageKey, RUN_MAX, TEST, test_event};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::CommitError;
use crate::engine::records::delivery::{Cursor, Halt, Run};
use std::collections::BTreeSet;

/// Tries of one webhook that are not written down yet, at most: so many are repeated after a crash.
pub const UNWRITTEN_MAX: usize = 16;

/// Tries that are due that a webhook keeps in memory; the rest stays in the store.
pub const NEAR_MAX: usize = 64;

/// Messages of a webhook that are shown at a time, at most.
pub const PAGE_OF_MESSAGES_MAX: usize = 500;

/// Replays of one webhook that are not through, at most.
pub const RUNS_MAX: usize = 8;

/// How far the cursor may run ahead over events that nobody wants before that is written down.
const UNWANTED_MAX: u64 = 1000;

/// After the first failure in a row new events wait so long, after each further one twice as long.
const PAUSE_FIRST: Span = Span::seconds(1);

/// How long what the store refused waits.
const STORE_AGAIN: Span = Span::seconds(5);

/// Where slots are taken from: receivers that fail or are slow take none from those that keep up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The last try arrived, quickly.
    Healthy,
    /// It did not.
    Troubled,
}

/// What a queue wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try this one.
    Try(MessageKey),
    /// Read the store.
    Load,
    /// Nothing before this instant, or before something comes.
    Wait(Option<UnixMillis>),
}

#[derive(Debug, Default)]
struct Writing {
    done: Vec<Done>,
    tests: Vec<(MessageKey, Message)>,
    answers: Vec<(u64, Asked)>,
}

/// The queue.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own: any may hold beside any")]
#[derive(Debug)]
pub struct Line {
    /// Whose.
    pub subscriber: Subscriber,
    /// Changes with everything that makes what is under way void.
    pub epoch: u64,
    /// New events may have come.
    pub has_new: bool,
    /// It stands in its lane's queue.
    pub is_queued: bool,
    /// It is being read, or waits for that.
    pub is_loading: bool,
    /// When it wants to be looked at.
    pub alarm: Option<UnixMillis>,
    is_loaded: bool,
    version: u64,
    cursor: Cursor,
    written_to: u64,
    page: Option<Page>,
    last_page: u32,
    retries: BTreeSet<(UnixMillis, MessageKey)>,
    /// Tries that are due later than this stand in the store alone.
    horizon: Option<UnixMillis>,
    is_retry_next: bool,
    /// When what is under way was due, if it was tried again.
    taken: Option<UnixMillis>,
    ready: Writing,
    writing: Option<Writing>,
    is_changed: bool,
    write_from: UnixMillis,
    load_from: UnixMillis,
    /// New events wait until then.
    pause_until: UnixMillis,
    /// All wait until then.
    alone_until: UnixMillis,
}

impl Line {
    /// A queue that nothing is known of yet.
    pub fn new(subscriber: Subscriber, epoch: u64) -> Self {
        let never = UnixMillis(i64::MIN);
        Self {
            subscriber,
            epoch,
            has_new: true,
            is_queued: false,
            is_loading: false,
            alarm: None,
            is_loaded: false,
            version: 0,
            cursor: Cursor::default(),
            written_to: 0,
            page: None,
            last_page: LIVE,
            retries: BTreeSet::new(),
            horizon: None,
            is_retry_next: false,
            taken: None,
            ready: Writing::default(),
            writing: None,
            is_changed: false,
            write_from: never,
            load_from: never,
            pause_until: never,
            alone_until: never,
        }
    }

    /// The cursor, with what is not written down yet.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Tries that are known to be due some time.
    pub fn retries(&self) -> usize {
        self.retries.len()
    }

    /// Why nothing goes there.
    pub fn halt(&self) -> Option<Halt> {
        self.cursor.halt.filter(|halt| halt.holds(self.subscriber.term))
    }

    /// Where its tries take their slots.
    pub fn lane(&self) -> Lane {
        let in_trouble = self.cursor.failures > 0 || self.cursor.is_slow;
        if in_trouble { Lane::Troubled } else { Lane::Healthy }
    }

    /// Its webhook was changed. A new approval begins anew.
    pub fn meet(&mut self, subscriber: Subscriber) {
        if subscriber.term != self.subscriber.term && self.is_loaded {
            let never = UnixMillis(i64::MIN);
            (self.pause_until, self.alone_until) = (never, never);
            self.cursor.failures = 0;
            self.has_new = true;
        }
        self.subscriber = subscriber;
    }

    /// What it wants, when nothing of it is under way.
    pub fn next(&self, now: UnixMillis) -> Next {
        let unwritten = self.ready.done.len() + self.writing.as_ref().map_or(0, |writing| writing.done.len());
        if self.is_loading {
            return Next::Wait(None);
        }
        if now < self.load_from {
            return Next::Wait(Some(self.load_from));
        }
        if !self.is_loaded {
            return Next::Load;
        }
        if self.halt().is_some() || unwritten >= UNWRITTEN_MAX {
            return Next::Wait(None);
        }
        if now < self.alone_until {
            return Next::Wait(Some(self.alone_until));
        }
        let paused = now < self.pause_until;
        let due = self.retries.first().filter(|(at, _)| *at <= now).map(|(_, key)| *key);
        let fresh = self.page.as_ref().and_then(Page::first).filter(|_| !paused);
        match (due, fresh) {
            (Some(due), Some(fresh)) => return Next::Try(if self.is_retry_next { due } else { fresh }),
            (Some(key), None) | (None, Some(key)) => return Next::Try(key),
            (None, None) => {}
        }
        let wants_page = self.page.is_none() && (self.has_new || !self.cursor.runs.is_empty());
        let wants_retries = self.retries.is_empty() && self.horizon.is_some();
        // What is being written down changes what would be read.
        if (wants_page && !paused || wants_retries) && unwritten == 0 {
            return Next::Load;
        }
        let resumes = (paused && (wants_page || self.page.is_some())).then_some(self.pause_until);
        Next::Wait(self.retries.first().map(|(at, _)| *at).into_iter().chain(resumes).min())
    }

    /// It is read from now on: says what of. New events and replays by turns. What rings from here on is
    /// not missed, whether the reading sees it or not.
    pub fn begin_loading(&mut self) -> Wanted {
        self.is_loading = true;
        let Subscriber { webhook, application, .. } = self.subscriber;
        let mut wanted = Wanted { webhook, application, is_first: !self.is_loaded, page: None };
        if !self.is_loaded || self.page.is_some() {
            return wanted;
        }
        let run = self.cursor.runs.first().filter(|_| self.last_page == LIVE || !self.has_new);
        if let Some(Run { run, next, to }) = run.copied() {
            wanted.page = Some(WantedPage { run, after: next.saturating_sub(1), to });
        } else if std::mem::take(&mut self.has_new) {
            wanted.page = Some(WantedPage { run: LIVE, after: self.cursor.told, to: u64::MAX });
        }
        wanted
    }

    /// It could not be read.
    pub fn not_loaded(&mut self, now: UnixMillis) {
        (self.is_loading, self.has_new) = (false, true);
        self.load_from = now.plus(STORE_AGAIN);
    }

    /// Takes what was read.
    pub fn loaded(&mut self, loaded: Loaded) {
        self.is_loading = false;
        if !self.is_loaded {
            self.is_loaded = true;
            (self.version, self.cursor) = loaded.cursor.unwrap_or_default();
            self.cursor.told = self.cursor.told.max(self.subscriber.since);
            self.written_to = self.cursor.told;
        }
        self.horizon = loaded.horizon;
        self.keep(loaded.retries);
        if let Some(page) = loaded.page {
            self.last_page = page.run;
            self.has_new |= page.run == LIVE && !page.is_end;
            self.page = Some(page);
            self.turn_page();
        }
    }

    /// Tries that are due some time: those that lie far ahead stay in the store.
    fn keep(&mut self, retries: impl IntoIterator<Item = (UnixMillis, MessageKey)>) {
        self.retries.extend(retries);
        while self.retries.len() > 2 * NEAR_MAX {
            self.retries.pop_last();
            self.horizon = self.retries.last().map(|(at, _)| *at);
        }
        if let Some(horizon) = self.horizon {
            self.retries.retain(|(at, _)| *at <= horizon);
        }
    }

    /// It is under way from now on.
    pub fn take(&mut self, key: MessageKey) {
        let due = self.retries.iter().find(|(_, one)| *one == key).copied();
        if let Some(due) = due {
            self.retries.remove(&due);
        } else if let Some(page) = self.page.as_mut() {
            page.take_first();
        }
        self.is_retry_next = due.is_none();
        self.taken = due.map(|(at, _)| at);
    }

    /// A try is over. Without a judgement its event is gone, or its record says that it is over already.
    pub fn tried(
        &mut self,
        now: UnixMillis,
        key: MessageKey,
        told: Option<(Judged, Attempt)>,
        slow: Span,
        pause_max: Span,
    ) {
        let was_due = self.taken.take();
        if let Some((judged, attempt)) = &told {
            let failed = !attempt.answer.is_success();
            self.cursor.is_slow = attempt.took > slow;
            self.cursor.failures = if failed { self.cursor.failures.saturating_add(1) } else { 0 };
            let doubled = PAUSE_FIRST.0.saturating_mul(1 << self.cursor.failures.saturating_sub(1).min(20));
            self.pause_until = if failed { now.plus(Span(doubled.min(pause_max.0))) } else { now };
            self.alone_until = now.plus(judged.leave_alone);
            let (term, at) = (self.subscriber.term, now);
            self.cursor.halt = judged.halt.map(|cause| Halt { term, cause, at }).or(self.cursor.halt);
        }
        if was_due.is_none() {
            self.advance(key.run, key.sequence);
            self.turn_page();
        }
        self.ready.done.push(Done {
            key,
            told: told.map(|(judged, attempt)| (judged.message, attempt)),
            was_due,
        });
    }

    /// A try could not even begin: it goes back to where it was taken from.
    pub fn give_back(&mut self, now: UnixMillis, key: MessageKey) {
        match self.taken.take() {
            Some(at) => drop(self.retries.insert((at, key))),
            None => {
                if let Some(page) = self.page.as_mut() {
                    page.put_first(key.sequence);
                }
            }
        }
        self.alone_until = now.plus(STORE_AGAIN);
    }

    /// All of the run up to this number were taken up.
    fn advance(&mut self, run: u32, to: u64) {
        if run == LIVE {
            self.cursor.told = self.cursor.told.max(to);
        } else if let Some(one) = self.cursor.runs.iter_mut().find(|one| one.run == run) {
            one.next = one.next.max(to.saturating_add(1));
            if one.next > one.to {
                self.cursor.runs.retain(|one| one.run != run);
                self.is_changed = true;
            }
        }
    }

    /// A page that is through moves the cursor to its end.
    fn turn_page(&mut self) {
        if let Some(page) = self.page.take_if(|page| page.first().is_none()) {
            self.advance(page.run, page.read_to);
            self.is_changed |= self.cursor.told.saturating_sub(self.written_to) >= UNWANTED_MAX;
        }
    }

    /// Takes a question; it is answered once that is durable.
    ///
    /// # Errors
    /// When there are too many replays already.
    pub fn ask(&mut self, now: UnixMillis, token: u64, ask: Ask) -> Result<(), TooMany> {
        let asked = match ask {
            Ask::Replay { from, to } => {
                if self.cursor.runs.len() >= RUNS_MAX {
                    return Err(TooMany);
                }
                self.cursor.last_run = self.cursor.last_run % RUN_MAX + 1;
                let run = self.cursor.last_run;
                self.cursor.runs.push(Run { run, next: from.max(1), to });
                Asked::Replay(run)
            }
            Ask::Test(mut message) => {
                // Beside the events of its time, so that a list by number is all but one by time.
                self.cursor.tests = self.cursor.tests.max(self.cursor.told) + 1;
                let key = MessageKey { sequence: self.cursor.tests, run: TEST };
                message.next = Some(now);
                message.event = test_event(self.subscriber.webhook, key.sequence, message.event);
                self.ready.tests.push((key, *message));
                Asked::Test(key)
            }
        };
        self.ready.answers.push((token, asked));
        Ok(())
    }

    /// Whether a question can be taken: only behind the first reading.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// What is to be written down now, if anything is.
    pub fn change(&mut self, now: UnixMillis) -> Option<Change> {
        let ready = &self.ready;
        let wants = self.is_changed || !ready.done.is_empty() || !ready.answers.is_empty();
        if !self.is_loaded || self.writing.is_some() || !wants || now < self.write_from {
            return None;
        }
        let writing = std::mem::take(&mut self.ready);
        self.is_changed = false;
        let (done, tests) = (writing.done.clone(), writing.tests.clone());
        self.writing = Some(writing);
        let (subscriber, version, cursor) = (self.subscriber, self.version, self.cursor.clone());
        Some(Change { subscriber, version, cursor, done, tests })
    }

    /// When a write that found no room is tried again.
    pub fn write_from(&self, now: UnixMillis) -> Option<UnixMillis> {
        Some(self.write_from).filter(|at| *at > now && self.writing.is_none())
    }

    /// It is written down, or not; then all is as before and it is tried again. A conflict is not for here:
    /// the queue begins anew.
    pub fn written(&mut self, now: UnixMillis, result: Result<u64, CommitError>) -> Vec<(u64, Asked)> {
        let Some(mut writing) = self.writing.take() else { return Vec::new() };
        if result.is_err() {
            self.write_from = now.plus(STORE_AGAIN);
            self.is_changed = true;
            writing.done.append(&mut self.ready.done);
            writing.tests.append(&mut self.ready.tests);
            writing.answers.append(&mut self.ready.answers);
            self.ready = writing;
            return Vec::new();
        }
        self.version += 1;
        self.written_to = self.cursor.told;
        let tried = writing.done.into_iter().filter_map(|done| Some((done.told?.0.next?, done.key)));
        let tests = writing.tests.into_iter().filter_map(|(key, message)| Some((message.next?, key)));
        self.keep(tried.chain(tests).collect::<Vec<_>>());
        writing.answers
    }

    /// All whose questions are not answered.
    pub fn waiting(&self) -> Vec<u64> {
        let written = self.writing.iter().flat_map(|writing| &writing.answers);
        written.chain(&self.ready.answers).map(|(token, _)| *token).collect()
    }
}

/// There are too many replays of this webhook already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;
