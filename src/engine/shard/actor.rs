//! The shard's actor: starts users, hands messages on, retires the idle. actix's own supervisor does
//! not survive a panic and restarts the same value; this one rebuilds from the store.

use super::core::{Input, Observed, Output, Question, ShardCore};
use crate::domain::id::UserId;
use crate::domain::time::UnixMillis;
use crate::engine::shared::{Shared, start_here};
use crate::engine::user::actor::{Ask, Observe as ObserveUser, Retire, Seen, Stop, UserActor};
use crate::engine::user::core::{Trouble, UserCore};
use actix::{Actor, Addr, AsyncContext, Context, Handler, Message};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often idle users are looked for.
const TICK: Duration = Duration::from_secs(5);

/// A user ended by itself.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Restart {
    /// Who.
    pub user: UserId,
    /// Which actor of that user: a later one is left alone.
    pub from: Addr<UserActor>,
    /// Whether it panicked.
    pub struck: bool,
}

/// A user was asked to retire, and nothing is under way with it.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Rested {
    /// Who.
    pub user: UserId,
    /// Which actor of that user.
    pub from: Addr<UserActor>,
    /// The question that this answers.
    pub question: Question,
}

/// How does this shard stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Observed>);

/// Who is in memory here?
#[derive(Message)]
#[rtype(result = "()")]
pub struct ListUsers {
    /// Only ids after this one.
    pub after: Option<UserId>,
    /// At most so many.
    pub limit: usize,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Vec<(UserId, UnixMillis)>>,
}

/// How does this user stand? Starts it when it is not in memory.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Inspect {
    /// Who.
    pub user: UserId,
    /// Where the answer goes; dropped when the user cannot be read.
    pub reply: oneshot::Sender<Seen>,
}

/// One shard.
pub struct Shard {
    core: ShardCore,
    shared: Arc<Shared>,
    live: BTreeMap<UserId, Addr<UserActor>>,
}

impl Shard {
    /// An empty shard.
    pub const fn new(core: ShardCore, shared: Arc<Shared>) -> Self {
        Self { core, shared, live: BTreeMap::new() }
    }

    /// Brings a user into memory if need be, and calls `deliver` with its address, or `None`.
    fn with_user(
        &mut self,
        user: UserId,
        ctx: &Context<Self>,
        deliver: impl FnOnce(Result<Addr<UserActor>, Trouble>),
    ) {
        let now = self.shared.clock.now();
        let mut out = Vec::new();
        self.core.handle(now, Input::Wanted(user), &mut out);
        let mut deliver = Some(deliver);
        for output in out {
            match output {
                Output::Start(user) => self.start(user, ctx),
                Output::Retire(user, question) => self.retire(user, question),
                Output::Stop(user) => self.stop(user),
                Output::Refuse(_) => {
                    if let Some(deliver) = deliver.take() {
                        deliver(Err(Trouble::Defect));
                    }
                }
                Output::Deliver(user) => {
                    let found =
                        self.live.get(&user).filter(|addr| addr.connected()).cloned().ok_or(Trouble::Defect);
                    if found.is_err() {
                        self.live.remove(&user);
                        self.core.handle(now, Input::Ended { user, struck: false }, &mut Vec::new());
                    }
                    if let Some(deliver) = deliver.take() {
                        deliver(found);
                    }
                }
            }
        }
    }

    fn start(&mut self, user: UserId, ctx: &Context<Self>) {
        let library = &self.shared.library;
        // A damaged page of the store may panic when it is read: that is one user's trouble, not all users'.
        let loaded = catch_unwind(AssertUnwindSafe(|| library.user(user)));
        match loaded {
            Ok(Ok(loaded)) => {
                let core = UserCore::new(user, self.shared.house.clone(), loaded);
                let actor = UserActor::new(user, core, self.shared.clone(), ctx.address());
                self.live.insert(user, start_here(self.shared.mailbox_capacity, actor));
            }
            Ok(Err(error)) => tracing::error!(%user, %error, "a user cannot be read"),
            Err(_) => tracing::error!(%user, "reading a user panicked"),
        }
    }

    fn retire(&self, user: UserId, question: Question) {
        if let Some(addr) = self.live.get(&user) {
            // A full mailbox belongs to a user that is busy: it is asked again later.
            let _ = addr.try_send(Retire(question));
        }
    }

    fn stop(&mut self, user: UserId) {
        if let Some(addr) = self.live.remove(&user) {
            self.shared.metrics.users_evicted.inc();
            #[expect(clippy::disallowed_methods, reason = "an actor that is not told would stay for ever")]
            addr.do_send(Stop);
        }
    }
}

impl Actor for Shard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(TICK, |shard, _| {
            let mut out = Vec::new();
            shard.core.handle(shard.shared.clock.now(), Input::Tick, &mut out);
            for output in out {
                if let Output::Retire(user, question) = output {
                    shard.retire(user, question);
                }
            }
        });
    }
}

impl Handler<Ask> for Shard {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Self::Context) {
        self.with_user(ask.user, ctx, |found| match found {
            Ok(addr) => {
                if let Err(error) = addr.try_send(ask) {
                    match error {
                        actix::dev::SendError::Full(ask) | actix::dev::SendError::Closed(ask) => {
                            ask.refuse(Trouble::Busy);
                        }
                    }
                }
            }
            Err(trouble) => ask.refuse(trouble),
        });
    }
}

impl Handler<Restart> for Shard {
    type Result = ();

    fn handle(&mut self, restart: Restart, _: &mut Self::Context) {
        let Restart { user, from, struck } = restart;
        if self.live.get(&user) != Some(&from) {
            return;
        }
        self.live.remove(&user);
        self.core.handle(self.shared.clock.now(), Input::Ended { user, struck }, &mut Vec::new());
    }
}

impl Handler<Rested> for Shard {
    type Result = ();

    fn handle(&mut self, rested: Rested, _: &mut Self::Context) {
        let Rested { user, from, question } = rested;
        if self.live.get(&user) != Some(&from) {
            return;
        }
        let mut out = Vec::new();
        self.core.handle(self.shared.clock.now(), Input::Rested(user, question), &mut out);
        for output in out {
            if let Output::Stop(user) = output {
                self.stop(user);
            }
        }
    }
}

impl Handler<Observe> for Shard {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send(self.core.observe());
    }
}

impl Handler<ListUsers> for Shard {
    type Result = ();

    fn handle(&mut self, list: ListUsers, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = list.reply.send(self.core.users(list.after, list.limit));
    }
}

impl Handler<Inspect> for Shard {
    type Result = ();

    fn handle(&mut self, inspect: Inspect, ctx: &mut Self::Context) {
        self.with_user(inspect.user, ctx, |found| {
            if let Ok(addr) = found {
                // A user that is too busy to answer is shown as not there.
                let _ = addr.try_send(ObserveUser(inspect.reply));
            }
        });
    }
}
