//! The committer's thread: takes what waits, hands it to the core as one group, gives the answers.
//! A thread of its own, because syncing blocks and an actor that blocks stalls its whole arbiter.
//! Must not know: what is written, who waits.

use super::core::{Commit, CommitError, CommitterCore, DurableSequence};
use crate::engine::bell::Bell;
use crate::metrics::{Metrics, Outcome};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Commits in one group at most: larger groups gain no throughput and cost latency (docs/PERFORMANCE.md).
pub const GROUP_COMMITS_MAX: usize = 128;

/// Bulk commits in one group at most: each holds up to 128 rows, and people wait for the same sync.
pub const GROUP_BULK_MAX: usize = 1;

/// How often free space is looked at.
const SPACE_INTERVAL: Duration = Duration::from_secs(1);

/// Slots of the keys file that are swept between two groups.
const SWEEP_SLOTS: u64 = 512;

/// Called once with the answer, on the committer's thread: it must not block.
pub type Answer = Box<dyn FnOnce(Result<u64, CommitError>) + Send>;

enum Order {
    Commit(Box<Commit>, Answer),
    Bulk(Box<Commit>, Answer),
    Stop,
}

/// Where commits are handed in.
#[derive(Clone)]
pub struct Committer {
    orders: Sender<Order>,
    durable: DurableSequence,
    full: Arc<AtomicBool>,
}

impl Committer {
    /// Starts the thread. `on_failure` is called once when the store fails: the process must end.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        core: CommitterCore,
        metrics: Arc<Metrics>,
        bell: Bell,
        on_failure: Box<dyn FnOnce() + Send>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (orders, waiting) = channel();
        let full = Arc::new(AtomicBool::new(false));
        let committer = Self { orders, durable: core.durable(), full: full.clone() };
        let mut worker = Worker {
            core,
            metrics,
            bell,
            full,
            bulk: VecDeque::new(),
            sweep_from: Some(0),
            on_failure: Some(on_failure),
        };
        let thread =
            std::thread::Builder::new().name("committer".into()).spawn(move || worker.run(&waiting))?;
        Ok((committer, thread))
    }

    /// Hands a commit in. The answer always comes, but for the end of the process.
    pub fn submit(&self, commit: Commit, answer: Answer) {
        self.send(Order::Commit(Box::new(commit), answer));
    }

    /// Hands in a commit of many rows that nobody waits for: few of them go with each group, behind all
    /// others.
    pub fn submit_bulk(&self, commit: Commit, answer: Answer) {
        self.send(Order::Bulk(Box::new(commit), answer));
    }

    fn send(&self, order: Order) {
        if let Err(lost) = self.orders.send(order)
            && let Order::Commit(_, answer) | Order::Bulk(_, answer) = lost.0
        {
            answer(Err(CommitError::Poisoned));
        }
    }

    /// Hands a commit in and waits for the answer.
    ///
    /// # Errors
    /// Why it does not hold.
    pub async fn commit(&self, commit: Commit) -> Result<u64, CommitError> {
        answered(|answer| self.submit(commit, answer)).await
    }

    /// The same for a commit of many rows, as [`Committer::submit_bulk`] has it.
    ///
    /// # Errors
    /// Why it does not hold.
    pub async fn commit_bulk(&self, commit: Commit) -> Result<u64, CommitError> {
        answered(|answer| self.submit_bulk(commit, answer)).await
    }

    /// For readers of ranges.
    pub fn durable(&self) -> &DurableSequence {
        &self.durable
    }

    /// Whether writes are refused for want of room.
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// What waits is committed, then the thread ends.
    pub fn stop(&self) {
        // A thread that has ended needs no stopping.
        let _ = self.orders.send(Order::Stop);
    }
}

async fn answered(submit: impl FnOnce(Answer)) -> Result<u64, CommitError> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    // Whoever asked may have gone; the commit holds all the same.
    submit(Box::new(move |result| {
        let _ = reply.send(result);
    }));
    answer.await.unwrap_or(Err(CommitError::Poisoned))
}

struct Worker {
    core: CommitterCore,
    metrics: Arc<Metrics>,
    bell: Bell,
    full: Arc<AtomicBool>,
    bulk: VecDeque<(Commit, Answer)>,
    sweep_from: Option<u64>,
    on_failure: Option<Box<dyn FnOnce() + Send>>,
}

impl Worker {
    fn run(&mut self, waiting: &Receiver<Order>) {
        let (mut space_checked, mut stopping) = (None::<Instant>, false);
        while !stopping || !self.bulk.is_empty() {
            let mut next = if self.bulk.is_empty() {
                let Some(first) = self.next(waiting) else { return };
                Some(first)
            } else {
                waiting.try_recv().ok()
            };
            let mut group = Vec::new();
            while let Some(order) = next.take() {
                match order {
                    Order::Commit(commit, answer) => group.push((*commit, answer)),
                    Order::Bulk(commit, answer) => self.bulk.push_back((*commit, answer)),
                    Order::Stop => stopping = true,
                }
                if group.len() < GROUP_COMMITS_MAX && !stopping {
                    next = waiting.try_recv().ok();
                }
            }
            let few = self.bulk.len().min(GROUP_BULK_MAX);
            group.extend(self.bulk.drain(..few));
            if space_checked.is_none_or(|at| at.elapsed() >= SPACE_INTERVAL) {
                self.check_space();
                space_checked = Some(Instant::now());
            }
            self.commit(group);
            self.sweep();
        }
    }

    /// The next order. While none waits, the sweep goes on: an ended key must not stay for want of
    /// commits. While there is too little room, room is looked for also when nobody asks.
    fn next(&mut self, waiting: &Receiver<Order>) -> Option<Order> {
        while self.sweep_from.is_some() {
            match waiting.try_recv() {
                Ok(order) => return Some(order),
                Err(TryRecvError::Empty) => self.sweep(),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        while self.full.load(Ordering::Relaxed) {
            match waiting.recv_timeout(SPACE_INTERVAL) {
                Ok(order) => return Some(order),
                Err(RecvTimeoutError::Timeout) => self.check_space(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        waiting.recv().ok()
    }

    fn check_space(&mut self) {
        let low = self.core.look_at_space();
        if self.full.swap(low, Ordering::Relaxed) != low {
            tracing::warn!(low, "free space on the disk changed: below the bound writes are refused");
        }
        self.metrics.store_full.set(i64::from(low));
    }

    fn commit(&mut self, group: Vec<(Commit, Answer)>) {
        if group.is_empty() {
            return;
        }
        let (commits, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let (started, count) = (Instant::now(), commits.len());
        let results = self.core.commit(commits);
        self.metrics.commit_seconds.observe(started.elapsed().as_secs_f64());
        self.metrics.commits_per_group.observe(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        let mut results = results.into_iter();
        for answer in answers {
            let result = results.next().unwrap_or(Err(CommitError::Poisoned));
            self.metrics
                .commits
                .get_or_create(&Outcome { name: "commit", outcome: outcome_of(&result) })
                .inc();
            answer(result);
        }
        for (application, last) in self.core.take_moved() {
            self.bell.ring(application, last);
        }
        if self.core.is_poisoned()
            && let Some(on_failure) = self.on_failure.take()
        {
            on_failure();
        }
    }

    fn sweep(&mut self) {
        let Some(from) = self.sweep_from else { return };
        if self.core.is_poisoned() {
            self.sweep_from = None;
            return;
        }
        self.sweep_from = match self.core.sweep(from, SWEEP_SLOTS) {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "sweeping the keys file failed; it is tried again at the next start");
                None
            }
        };
    }
}

/// What a commit came to, for the metrics.
const fn outcome_of(result: &Result<u64, CommitError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(CommitError::Conflict { .. }) => "conflict",
        Err(CommitError::TallyFull) => "tally_full",
        Err(CommitError::Full) => "full",
        Err(CommitError::Poisoned) => "poisoned",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Keyring, MasterKey};
    use crate::engine::committer::Write;
    use crate::engine::open;
    use crate::store::memory::{Faults, MemoryStore};
    use crate::store::vault::MemorySlots;
    use std::sync::mpsc::sync_channel;

    fn start(store: Arc<MemoryStore>) -> (Committer, JoinHandle<()>, Receiver<()>) {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = open::join(store, Box::new(MemorySlots::default()), keyring);
        let core = CommitterCore::open(opened.store.clone(), opened.vault).unwrap();
        let (failed, failure) = sync_channel(1);
        let on_failure = Box::new(move || failed.send(()).unwrap());
        let (committer, thread) =
            Committer::start(core, Arc::default(), Bell::default(), on_failure).unwrap();
        (committer, thread, failure)
    }

    fn write(key: &str) -> Commit {
        let writes = vec![Write { key: key.into(), value: None }];
        Commit { writes, ..Commit::default() }
    }

    fn commit(committer: &Committer, key: &str) -> Result<u64, CommitError> {
        let (reply, answer) = sync_channel(1);
        committer.submit(write(key), Box::new(move |result| reply.send(result).unwrap()));
        answer.recv().unwrap()
    }

    #[test]
    fn a_full_disk_refuses_writes_and_recovers_without_being_asked() {
        let store = Arc::new(MemoryStore::default());
        store.set_faults(Faults { is_full: true, ..Faults::default() });
        let (committer, thread, _) = start(store.clone());
        assert_eq!(commit(&committer, "a"), Err(CommitError::Full));
        store.set_faults(Faults::default());
        while committer.is_full() {
            std::thread::yield_now();
        }
        assert_eq!(commit(&committer, "a"), Ok(1));
        committer.stop();
        thread.join().unwrap();
    }

    #[test]
    fn bulk_goes_behind_all_others_and_is_done_before_the_end() {
        let (committer, thread, _) = start(Arc::new(MemoryStore::default()));
        let (reply, answers) = channel();
        let answer = |name: &'static str| -> Answer {
            let reply = reply.clone();
            Box::new(move |result: Result<u64, CommitError>| {
                result.unwrap();
                reply.send(name).unwrap();
            })
        };
        // The thread is held up in an answer until all orders are in.
        let (go, wait) = sync_channel::<()>(0);
        committer.submit(write("first"), Box::new(move |_| wait.recv().unwrap()));
        for _ in 0..3 {
            committer.submit_bulk(write("bulk"), answer("bulk"));
        }
        committer.submit(write("people"), answer("people"));
        committer.stop();
        go.send(()).unwrap();
        thread.join().unwrap();
        drop(reply);
        assert_eq!(answers.iter().collect::<Vec<_>>(), ["people", "bulk", "bulk", "bulk"]);
    }

    #[test]
    fn a_failed_sync_is_told_once_and_answers_everything_with_itself() {
        let store = Arc::new(MemoryStore::default());
        let (committer, thread, failure) = start(store.clone());
        store.set_faults(Faults { fail_sync_after: Some(1), ..Faults::default() });
        assert_eq!(commit(&committer, "a"), Ok(1));
        assert_eq!(commit(&committer, "b"), Err(CommitError::Poisoned));
        failure.recv().unwrap();
        assert_eq!(commit(&committer, "c"), Err(CommitError::Poisoned));
        committer.stop();
        thread.join().unwrap();
        assert_eq!(commit(&committer, "d"), Err(CommitError::Poisoned));
    }
}
