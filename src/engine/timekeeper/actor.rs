//! The Timekeeper's actor: reads the near end of the index, sleeps to the earliest deadline, and asks
//! users to do what is due.

use super::core::{Input, Observed, Output, TimekeeperCore};
use crate::domain::command::{Caller, Command};
use crate::domain::id::UserId;
use crate::domain::time::UnixMillis;
use crate::engine::alarm::Alarm;
use crate::engine::shared::Shared;
use crate::engine::user::actor::Ask;
use crate::store::{Order, key};
use actix::{Actor, AsyncContext, Context, Handler, Message};
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

/// A deadline was committed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Armed(pub UserId, pub UnixMillis);

#[derive(Message)]
#[rtype(result = "()")]
struct Done(UserId);

#[derive(Message)]
#[rtype(result = "()")]
struct Wake;

/// How does the queue stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Observed>);

/// The supervisor of deadlines.
pub struct Timekeeper {
    core: TimekeeperCore,
    shared: Arc<Shared>,
    alarm: Alarm,
}

impl Timekeeper {
    /// A timekeeper that has read nothing yet.
    pub fn new(core: TimekeeperCore, shared: Arc<Shared>) -> Self {
        Self { core, shared, alarm: Alarm::default() }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let now = self.shared.clock.now();
            let mut out = Vec::new();
            self.core.handle(now, input, &mut out);
            for output in out {
                match output {
                    Output::Load { until, limit } => inputs.push(self.load(until, limit)),
                    Output::Fire(user) => self.fire(user, ctx),
                    Output::WakeAt(at) => self.alarm.set(now, at, Wake, ctx),
                }
            }
        }
        let observed = self.core.observe();
        self.shared.metrics.deadlines_queued.set(i64::try_from(observed.queued).unwrap_or(i64::MAX));
    }

    fn load(&self, until: UnixMillis, limit: usize) -> Input {
        let (from, to) = key::deadlines(crate::engine::user::REAL_TIME, until);
        match self.shared.store.scan(&from, &to, Order::Ascending, limit) {
            Ok(rows) => {
                let complete = rows.len() < limit;
                let rows = rows.iter().filter_map(|(key, _)| key::read_deadline(key));
                Input::Loaded { rows: rows.map(|(_, at, user, _)| (at, user)).collect(), complete }
            }
            Err(error) => {
                tracing::error!(%error, "the deadlines cannot be read; they are tried again");
                Input::Loaded { rows: Vec::new(), complete: false }
            }
        }
    }

    fn fire(&self, user: UserId, ctx: &mut Context<Self>) {
        self.shared.metrics.deadlines_fired.inc();
        let (reply, answer) = oneshot::channel();
        let ask = Ask {
            user,
            caller: Caller::House,
            command: Command::FallDue,
            mark: None,
            reply,
            permit: None,
            request_id: Uuid::nil(),
        };
        // A shard that is too busy loses nothing: the user is told again.
        let sent = self.shared.places.get().and_then(|places| {
            let shard = &places.shards[crate::engine::shard_of(user, places.shards.len())];
            shard.try_send(ask).ok()
        });
        if sent.is_none() {
            return;
        }
        let this = ctx.address();
        let waits = async move {
            if answer.await.is_ok_and(|answer| answer.is_ok()) {
                // A full mailbox only means that the user is told once more.
                let _ = this.try_send(Done(user));
            }
        };
        // On the arbiter and not in this actor's context: there each one would slow down every message.
        drop(actix::spawn(waits));
    }
}

impl Actor for Timekeeper {
    type Context = Context<Self>;
}

impl Handler<Armed> for Timekeeper {
    type Result = ();

    fn handle(&mut self, armed: Armed, ctx: &mut Self::Context) {
        self.drive(Input::Armed(armed.0, armed.1), ctx);
    }
}

impl Handler<Done> for Timekeeper {
    type Result = ();

    fn handle(&mut self, done: Done, ctx: &mut Self::Context) {
        self.drive(Input::Done(done.0), ctx);
    }
}

impl Handler<Wake> for Timekeeper {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.alarm.rang();
        self.drive(Input::Tick, ctx);
    }
}

/// Everything is in place: begin.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Begin;

impl Handler<Begin> for Timekeeper {
    type Result = ();

    fn handle(&mut self, _: Begin, ctx: &mut Self::Context) {
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<Observe> for Timekeeper {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send(self.core.observe());
    }
}
