//! Hosts the domain in actors: shards, users, the timekeeper, the dispatcher, the committer. Commits
//! first, then replies and acts. Must not know: HTTP, pages, what a rule of the product says.
//!
//! [`Engine`] is all that the other rooms see: it is asked, and it answers.

pub mod accesses;
pub mod admission;
pub mod aggregator;
pub mod alarm;
pub mod application;
pub mod bell;
pub mod clocks;
pub mod committer;
pub mod data;
pub mod delivery;
pub mod dispatcher;
pub mod export;
pub mod feed;
pub mod house;
pub mod housekeeper;
pub mod judge;
mod limits;
pub mod mark;
pub mod notices;
pub mod open;
pub mod pace;
pub mod read;
pub mod records;
pub mod shard;
pub mod shared;
mod start;
#[cfg(test)]
mod tests;
pub mod timekeeper;
pub mod upgrade;
pub mod user;
pub mod watch;
pub mod webhooks;

use crate::adapters::institution::Institution;
use crate::adapters::sms::SmsGateway;
use crate::clock::Clock;
use crate::domain::auth_link::LinkHash;
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::entropy::Entropy;
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, EventId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Workflows;
use crate::metrics::Metrics;
use crate::random::EntropySource;
use crate::store::StoreError;
use actix::{Addr, Arbiter};
use admission::Admission;
use application::actor::ApplicationActor;
use clocks::core::KeeperCore;
use committer::{Committer, CommitterCore};
use delivery::actor::Outlet;
use house::House;
pub use limits::Limits;
use open::Opened;
use read::events::{self, EventFilter, EventList, EventPlace};
use read::{InboxText, ReadError};
use shared::Shared;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use user::actor::Ask;
use user::core::{Refusal, Trouble};
use user::load::Library;
use uuid::Uuid;

/// What an engine is made of.
pub struct Parts {
    /// The open store.
    pub opened: Opened,
    /// The lifecycles with the operator's limits.
    pub workflows: Workflows,
    /// The host that texts are bound to.
    pub public_host: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Entropy.
    pub entropy: Arc<dyn EntropySource>,
    /// Carries texts.
    pub gateway: Arc<dyn SmsGateway>,
    /// The way to institutions.
    pub institutions: Arc<dyn Institution>,
    /// The way to webhooks; without one nobody is told, and nothing is lost by that.
    pub outlet: Option<Outlet>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Called once when the store fails: the process must end.
    pub on_failure: Box<dyn FnOnce() + Send>,
    /// The limits.
    pub limits: Limits,
}

/// Why an engine does not start. Nothing was changed.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store does not answer or is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record that is read at the start is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The operating system gives no thread.
    #[error("no thread could be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    admission: Admission,
    applications: Arc<Mutex<BTreeMap<ApplicationId, Addr<ApplicationActor>>>>,
    arbiter: actix::ArbiterHandle,
    committer_thread: Arc<Mutex<Option<std::thread::JoinHandle<()>>>>,
}

/// Which of `shards` a user belongs to.
pub fn shard_of(user: UserId, shards: usize) -> usize {
    usize::try_from(user.0.as_u128() % shards.max(1) as u128).unwrap_or(0)
}

impl Engine {
    /// Starts all actors. Needs a running actix system.
    ///
    /// # Errors
    /// When the store cannot be read or a thread not started.
    pub fn start(parts: Parts) -> Result<Self, StartError> {
        let Parts {
            opened,
            workflows,
            public_host,
            clock,
            entropy,
            gateway,
            institutions,
            outlet,
            metrics,
            on_failure,
            limits,
        } = parts;
        let applications = read::applications(opened.store.as_ref(), &opened.keyring)?;
        let house = Arc::new(House::new(
            workflows,
            opened.keyring.clone(),
            public_host,
            institutions.directory(),
            applications,
        ));
        let stored_clocks = clocks::stored::clocks(opened.store.as_ref())?;
        for (clock, _, is_closing) in &stored_clocks {
            house.clocks.publish(clock.clone(), *is_closing);
        }
        let library = Library { store: opened.store.clone(), keys: opened.keys };
        upgrade::count_connections(&library)?;
        let core = CommitterCore::open(opened.store.clone(), opened.vault.clone())?;
        let bell = bell::Bell::default();
        let (committer, thread) = Committer::start(core, metrics.clone(), bell.clone(), on_failure)?;
        let shared = Arc::new(Shared {
            house,
            clock,
            entropy,
            store: opened.store,
            library,
            committer,
            bell,
            gateway,
            institutions,
            gates: aggregator::gate::Gates::new(limits.institutions),
            pace: pace::Pace::default(),
            webhook_reach: limits.webhook_reach,
            turns: mark::Turns::default(),
            accesses: accesses::Waiting::new(limits.access_lifetime, limits.access_flush),
            event_lifetime: limits.event_lifetime,
            mark_lifetime: limits.mark_lifetime,
            seats: feed::Seats::new(limits.feed_readers),
            watchers: watch::Watchers::default(),
            stopping: CancellationToken::new(),
            metrics: metrics.clone(),
            mailbox_capacity: limits.permits as usize
                + start::TIMEKEEPER_TOLD_MAX
                + clocks::actor::ASKED_MAX
                + 64,
            places: OnceLock::new(),
        });
        let arbiter = Arbiter::new().handle();
        let keeper = KeeperCore::new(shared.house.keyring.clone(), stored_clocks);
        start::start_actors(&shared, limits, keeper, outlet, &arbiter);
        Ok(Self {
            admission: Admission::new(limits.permits, metrics),
            shared,
            applications: Arc::default(),
            arbiter,
            committer_thread: Arc::new(Mutex::new(Some(thread))),
        })
    }

    /// The time.
    pub fn now(&self) -> UnixMillis {
        self.shared.clock.now()
    }

    /// Fresh entropy for ids and cookies.
    ///
    /// # Errors
    /// When the operating system has none.
    pub fn draw(&self) -> Result<Entropy, Trouble> {
        self.shared.entropy.draw().map_err(|_| Trouble::Defect)
    }

    /// Lifecycles, keys, applications.
    pub fn house(&self) -> &Arc<House> {
        &self.shared.house
    }

    /// How long an institution takes, as far as this process has seen lately.
    pub fn pace_of(&self, institution: InstitutionId) -> Option<pace::Average> {
        self.shared.pace.of(institution, self.now())
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.shared.metrics
    }

    /// Whether writes are possible at the moment.
    pub fn is_writable(&self) -> bool {
        !self.shared.committer.is_full()
    }

    /// Asks one user something. What was asked happens also when the caller goes away meanwhile.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn ask(
        &self,
        user: UserId,
        caller: Caller,
        command: Command,
        request_id: Uuid,
    ) -> Result<Reply, Refusal> {
        self.send(user, caller, command, None, request_id).await
    }

    async fn send(
        &self,
        user: UserId,
        caller: Caller,
        command: Command,
        mark: Option<Box<mark::Mark<Reply>>>,
        request_id: Uuid,
    ) -> Result<Reply, Refusal> {
        let permit = self.admission.enter().ok_or(Trouble::Busy)?;
        let (reply, answer) = oneshot::channel();
        self.shard(user)?
            .try_send(Ask { user, caller, command, mark, reply, permit: Some(permit), request_id })
            .map_err(|_| Trouble::Busy)?;
        // A sender that is dropped without a word belongs to an actor that ended in between.
        answer.await.unwrap_or(Err(Trouble::Defect.into()))
    }

    fn shard(&self, user: UserId) -> Result<&Addr<shard::actor::Shard>, Trouble> {
        let places = self.shared.places.get().ok_or(Trouble::Busy)?;
        Ok(&places.shards[shard_of(user, places.shards.len())])
    }

    /// Whose link a public id is: a hint, the user has the last word.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn user_of_link(&self, hash: &LinkHash) -> Result<Option<UserId>, Trouble> {
        readable(read::user_of_link(self.shared.store.as_ref(), hash))
    }

    /// Whose session a browser's cookie is: a hint, the user has the last word.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn user_of_browser(&self, hash: &CookieHash) -> Result<Option<UserId>, Trouble> {
        readable(read::user_of_browser(self.shared.store.as_ref(), hash))
    }

    /// Whose key this is.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn application_of_key(&self, text: &str) -> Result<Option<ApplicationId>, Trouble> {
        let hash = application::core::key_hash(&self.shared.house.keyring, text);
        readable(read::application_of_key(self.shared.store.as_ref(), &hash))
    }

    /// All consents of a user, newest first: the active one and the history.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery.
    pub async fn consents(
        &self,
        user: UserId,
        caller: Caller,
        request_id: Uuid,
    ) -> Result<Vec<Consent>, Refusal> {
        let Reply::Consent(active) = self.ask(user, caller, Command::GetConsent, request_id).await? else {
            return Err(Trouble::Defect.into());
        };
        if active.is_none() {
            // What fell due is history only once that is committed, and its alarm may be late. Where
            // nothing can be written, the list goes without it rather than not at all.
            let _ = self.ask(user, Caller::House, Command::FallDue, request_id).await;
        }
        let history = readable(read::ended_consents(self.shared.store.as_ref(), user))?;
        let shown = active.as_ref().map(|active| active.id);
        // A consent that is just ending stands in both; the actor knows which of them is durable.
        let ended = history.into_iter().filter(|consent| Some(consent.id) != shown);
        Ok(active.map(|active| *active).into_iter().chain(ended).collect())
    }

    /// A page of the compatible events of an application, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn events(
        &self,
        application: ApplicationId,
        filter: &EventFilter,
        place: EventPlace,
    ) -> Result<EventList, Trouble> {
        let durable = self.shared.committer.durable();
        readable(events::events(&self.shared.library, durable, application, filter, place, self.now()))
    }

    /// One event of an application.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn event(&self, application: ApplicationId, id: EventId) -> Result<Option<Event>, Trouble> {
        readable(events::event(&self.shared.library, self.shared.committer.durable(), application, id))
    }

    /// The number of the newest event of an application; 0 when there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn last_event(&self, application: ApplicationId) -> Result<u64, Trouble> {
        let (store, durable) = (self.shared.store.as_ref(), self.shared.committer.durable());
        let last = committer::events::last_durable_event(store, durable, application);
        readable(last.map_err(ReadError::from))
    }

    /// Lets nobody in any more, waits for those inside (at most `patience`), and closes the store.
    pub async fn drain(&self, patience: Duration) {
        if tokio::time::timeout(patience, self.admission.close()).await.is_err() {
            tracing::warn!("commands were still under way when the patience ended");
        }
        // Of a store that takes no more they are lost, as in a crash.
        let _ = tokio::time::timeout(patience, accesses::flush(&self.shared)).await;
        self.shared.committer.stop();
        let thread = self.committer_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that panicked has logged it.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

/// Questions of the operator.
impl Engine {
    /// Every shard: users in memory and how many came and went.
    pub async fn observe_shards(&self) -> Vec<shard::core::Observed> {
        let mut seen = Vec::new();
        for shard in self.shared.places.get().map_or(&[][..], |places| &places.shards) {
            let (reply, answer) = oneshot::channel();
            // A shard that is too busy to answer is shown as empty.
            let _ = shard.try_send(shard::actor::Observe(reply));
            seen.push(answer.await.unwrap_or_default());
        }
        seen
    }

    /// The users in memory after `after`, in order of id, at most `limit`, each with its last use.
    pub async fn list_users(&self, after: Option<UserId>, limit: usize) -> Vec<(UserId, UnixMillis)> {
        let mut all = Vec::new();
        for shard in self.shared.places.get().map_or(&[][..], |places| &places.shards) {
            let (reply, answer) = oneshot::channel();
            // A shard that is too busy to answer is left out.
            let _ = shard.try_send(shard::actor::ListUsers { after, limit, reply });
            all.extend(answer.await.unwrap_or_default());
        }
        all.sort_unstable_by_key(|(user, _)| *user);
        all.truncate(limit);
        all
    }

    /// How one user stands, and how its jobs in the works do; `None` when it cannot be read.
    pub async fn inspect(
        &self,
        user: UserId,
    ) -> Option<(user::core::Observed, Vec<aggregator::core::Observed>)> {
        let (reply, answer) = oneshot::channel();
        // A shard that is too busy to answer drops the question, and that is the answer.
        let _ = self.shard(user).ok()?.try_send(shard::actor::Inspect { user, reply });
        let seen = answer.await.ok()?;
        let Some(aggregator) = seen.aggregator else { return Some((seen.observed, Vec::new())) };
        let (reply, answer) = oneshot::channel();
        // One that is too busy to answer, or has just ended, is shown without its work.
        let _ = aggregator.try_send(aggregator::actor::Observe(reply));
        Some((seen.observed, answer.await.unwrap_or_default()))
    }

    /// How the deadlines stand.
    pub async fn observe_timers(&self) -> timekeeper::core::Observed {
        let (reply, answer) = oneshot::channel();
        let _ = self
            .shared
            .places
            .get()
            .map(|places| places.timekeeper.try_send(timekeeper::actor::Observe(reply)));
        answer.await.unwrap_or_default()
    }

    /// The next deadlines of the durable index: when, whose, which.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn next_deadlines(&self, limit: usize) -> Result<Vec<(UnixMillis, UserId, &'static str)>, Trouble> {
        readable(read::next_deadlines(self.shared.store.as_ref(), limit))
    }

    /// How the outbox stands.
    pub async fn observe_outbox(&self) -> dispatcher::core::Observed {
        let (reply, answer) = oneshot::channel();
        let _ = self
            .shared
            .places
            .get()
            .map(|places| places.dispatcher.try_send(dispatcher::actor::Observe(reply)));
        answer.await.unwrap_or_default()
    }

    /// The oldest entries of the outbox, closed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox(&self, limit: usize) -> Result<Vec<records::outbox::OutboxHead>, Trouble> {
        readable(read::outbox(self.shared.store.as_ref(), limit))
    }

    /// The sandbox inbox, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn inbox(&self, to: Option<&str>, limit: usize) -> Result<Vec<InboxText>, Trouble> {
        let (shared, now) = (&self.shared, self.shared.clock.now());
        readable(read::inbox(shared.store.as_ref(), &shared.house.keyring, to, limit, now))
    }

    /// Permits: all there are, and those that are free.
    pub fn observe_permits(&self) -> (u32, usize) {
        self.admission.observe()
    }
}

fn readable<T>(result: Result<T, ReadError>) -> Result<T, Trouble> {
    result.map_err(|error| {
        tracing::error!(%error, "a read failed");
        Trouble::Store
    })
}
