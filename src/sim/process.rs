//! One life of the server: the real cores around one committer, without threads and actors. What the
//! actix shells do between the cores, this does on the queue.

use super::disk::{Disk, DiskSlots};
use super::gathering::{Aggregator, AggregatorId};
use crate::crypto::Keyring;
use crate::domain::id::{ApplicationId, ClockId, EffectId, UserId, WebhookId};
use crate::domain::institution::InstitutionId;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::target::Reach;
use crate::domain::workflow::Workflows;
use crate::engine::aggregator::core::Token;
use crate::engine::aggregator::gate::Breaker;
use crate::engine::application::core::ApplicationCore;
use crate::engine::application::webhooks::WebhookRules;
use crate::engine::clocks::core::KeeperCore;
use crate::engine::clocks::stored;
use crate::engine::committer::{Commit, CommitError, CommitterCore, DurableSequence};
use crate::engine::delivery::core::DeliveryCore;
use crate::engine::dispatcher::core::DispatcherCore;
use crate::engine::house::House;
use crate::engine::mark::Turns;
use crate::engine::open;
use crate::engine::read;
use crate::engine::shard::core::{Limits, ShardCore};
use crate::engine::timekeeper::core::TimekeeperCore;
use crate::engine::user::core::UserCore;
use crate::engine::user::load::Library;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The host that texts are bound to.
const HOST: &str = "links.example.test";

/// Names one user in memory: after a retirement two of the same user may be there for a while.
pub(super) type InstanceId = u64;

/// What the committer answers to a group, in its order.
pub(super) type Answers = Vec<Result<u64, CommitError>>;

/// Who waits for a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    User(InstanceId),
    Application(ApplicationId),
    Effect(EffectId),
    /// An entry of the outbox that is of no use any more.
    Errand(EffectId),
    /// What was read of an institution, and which answer is awaited.
    Work(AggregatorId, Token),
    /// A step of a sweep, and whether it is the last.
    Sweep(EffectId, bool),
    /// How tries of a webhook went, and of which epoch of its queue.
    Webhook(WebhookId, u64),
    /// A step of the sweep of old messages, and where it goes on.
    WebhookSweep(Option<crate::engine::delivery::sweep::Place>),
    /// How a test clock stands.
    Clock(ClockId),
    /// What is removed behind its time: what does not hold is tried again by itself.
    Nobody,
}

/// One user in memory.
pub(super) struct Instance {
    pub(super) user: UserId,
    pub(super) core: UserCore,
    /// Questions that it has not answered.
    pub(super) waiting: BTreeSet<u64>,
    /// Whoever works on its jobs.
    pub(super) aggregator: Option<AggregatorId>,
}

/// A commit that waits for its group.
pub(super) struct Pending {
    pub(super) owner: Owner,
    pub(super) commit: Commit,
    /// When it was decided.
    pub(super) decided: UnixMillis,
}

/// One life of the server.
pub(super) struct Process {
    pub(super) house: Arc<House>,
    pub(super) library: Library,
    pub(super) committer: CommitterCore,
    pub(super) pending: Vec<Pending>,
    pub(super) shard: ShardCore,
    pub(super) live: BTreeMap<UserId, InstanceId>,
    pub(super) instances: BTreeMap<InstanceId, Instance>,
    pub(super) aggregators: BTreeMap<AggregatorId, Aggregator>,
    pub(super) breakers: BTreeMap<InstitutionId, Breaker>,
    pub(super) timekeeper: TimekeeperCore,
    pub(super) timekeeper_wakes: Option<UnixMillis>,
    pub(super) dispatcher: DispatcherCore,
    pub(super) dispatcher_wakes: Option<UnixMillis>,
    pub(super) delivery: DeliveryCore,
    pub(super) delivery_wakes: Option<UnixMillis>,
    pub(super) keeper: KeeperCore,
    pub(super) keeper_wakes: Option<UnixMillis>,
    pub(super) applications: BTreeMap<ApplicationId, ApplicationCore>,
    /// Users that panicked with a commit under way: who is in memory now may not know of it.
    pub(super) orphaned: BTreeSet<UserId>,
    /// Named requests that are being done.
    pub(super) turns: Turns,
    sweep_from: Option<u64>,
}

impl Process {
    /// Starts on what the disk holds.
    pub(super) fn start(
        disk: &Arc<Disk>,
        keyring: &Keyring,
        workflows: &Workflows,
        resident_max: usize,
    ) -> Result<Self, String> {
        open::identify(disk.as_ref(), keyring).map_err(|error| error.to_string())?;
        let opened = open::join(disk.clone(), Box::new(DiskSlots(disk.clone())), keyring.clone());
        let committer =
            CommitterCore::open(opened.store.clone(), opened.vault).map_err(|error| error.to_string())?;
        let applications = read::applications(disk.as_ref(), keyring).map_err(|error| error.to_string())?;
        let house = Arc::new(House::new(
            workflows.clone(),
            keyring.clone(),
            HOST.into(),
            crate::domain::institution::SANDBOX,
            applications,
        ));
        let clocks = stored::clocks(disk.as_ref()).map_err(|error| error.to_string())?;
        for (clock, _, is_closing) in &clocks {
            house.clocks.publish(clock.clone(), *is_closing);
        }
        Ok(Self {
            house: house.clone(),
            library: Library { store: opened.store, keys: opened.keys },
            committer,
            pending: Vec::new(),
            shard: ShardCore::new(Limits { users_max: resident_max, idle: Span::minutes(2) }),
            live: BTreeMap::new(),
            instances: BTreeMap::new(),
            aggregators: BTreeMap::new(),
            breakers: BTreeMap::new(),
            timekeeper: TimekeeperCore::new(1000, 4),
            timekeeper_wakes: None,
            dispatcher: DispatcherCore::default(),
            dispatcher_wakes: None,
            delivery: DeliveryCore::new(house.clone()),
            delivery_wakes: None,
            keeper: KeeperCore::new(keyring.clone(), clocks),
            keeper_wakes: None,
            applications: BTreeMap::new(),
            orphaned: BTreeSet::new(),
            turns: Turns::default(),
            sweep_from: Some(0),
        })
    }

    /// For readers of ranges.
    pub(super) fn durable(&self) -> DurableSequence {
        self.committer.durable()
    }

    /// Whether the sweep of the key slots is not through.
    pub(super) fn sweeps(&self) -> bool {
        self.sweep_from.is_some() && !self.committer.is_poisoned()
    }

    /// One group, as the committer's thread does it: room, commits, a part of the sweep.
    pub(super) fn commit_group(&mut self) -> (Vec<(Owner, UnixMillis)>, Answers) {
        self.committer.look_at_space();
        let pending = std::mem::take(&mut self.pending);
        let mut owners = Vec::new();
        let mut commits = Vec::new();
        for one in pending {
            owners.push((one.owner, one.decided));
            commits.push(one.commit);
        }
        let results = self.committer.commit(commits);
        if let (Some(from), false) = (self.sweep_from, self.committer.is_poisoned()) {
            self.sweep_from = self.committer.sweep(from, 4).unwrap_or(None);
        }
        (owners, results)
    }

    /// The application is read from the store when it is asked next.
    pub(super) fn forget_application(&mut self, id: ApplicationId) {
        self.applications.remove(&id);
    }

    /// The application's core, as the store has it.
    pub(super) fn application(
        &mut self,
        id: ApplicationId,
        disk: &Disk,
    ) -> Result<&mut ApplicationCore, String> {
        if !self.applications.contains_key(&id) {
            let stored =
                read::application(disk, &self.house.keyring, id).map_err(|error| error.to_string())?;
            let (version, current) = stored.map_or((0, None), |(version, one)| (version, Some(one)));
            let rules = WebhookRules::new(Reach::Public, &self.house.workflows);
            let core = ApplicationCore::new(id, self.house.keyring.clone(), rules, current, version);
            self.applications.insert(id, core);
        }
        self.applications.get_mut(&id).ok_or_else(|| "an application is not there".to_owned())
    }
}
