//! The Clockkeeper's actor: reads the index of each test clock, tells users what is due, commits where a
//! clock stands, sleeps. Holds no rule of the product.

use super::core::{Ask, Input, KeeperCore, Observed, Output, Refusal, Token};
use super::held::TOLD_MAX;
use super::stored;
use super::told::Fired;
use crate::domain::clock::TestClock;
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{ClockId, UserId};
use crate::domain::time::UnixMillis;
use crate::engine::committer::CommitError;
use crate::engine::mark::Mark;
use crate::engine::shard_of;
use crate::engine::shared::Shared;
use crate::engine::user::actor::Ask as AskUser;
use crate::engine::user::core::{Refusal as UserRefusal, Trouble};
use actix::{Actor, Addr, AsyncContext, Context, Handler, Message};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use uuid::Uuid;

/// Users who are asked something at a time, for all clocks together.
pub const ASKED_MAX: usize = 256;

/// Where an answer goes.
type Answer = oneshot::Sender<Result<TestClock, Refusal>>;

/// One question to the keeper.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Asked {
    /// What.
    pub ask: Ask,
    /// What it leaves, where it is done once.
    pub mark: Option<Box<Mark<TestClock>>>,
    /// Where the answer goes. Whoever waits may be gone: what was asked happens all the same.
    pub reply: Answer,
}

/// A deadline of a clock was committed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Armed(pub ClockId, pub UnixMillis);

/// Everything is in place: begin.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Begin;

/// How do the clocks stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Vec<Observed>>);

/// Something that was begun has ended.
#[derive(Message)]
#[rtype(result = "()")]
struct Came(Input);

/// The keeper of test clocks.
pub struct Clockkeeper {
    core: KeeperCore,
    shared: Arc<Shared>,
    waiting: BTreeMap<Token, Answer>,
    next_token: Token,
    wake_at: Option<UnixMillis>,
    /// Places for questions to users: many clocks may move at a time.
    places: Arc<Semaphore>,
}

impl Clockkeeper {
    /// A keeper that has done nothing yet.
    pub fn new(core: KeeperCore, shared: Arc<Shared>) -> Self {
        let places = Arc::new(Semaphore::new(ASKED_MAX));
        Self { core, shared, waiting: BTreeMap::new(), next_token: 0, wake_at: None, places }
    }

    fn drive(&mut self, input: Input, ctx: &Context<Self>) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let real = self.shared.clock.now();
            // Without entropy no clock is made; of the rest only a mark wants any.
            let entropy = self.shared.entropy.draw().map_or([0; 32], |mut drawn| drawn.bytes());
            let mut out = Vec::new();
            self.core.handle(real, entropy, input, &mut out);
            for output in out {
                inputs.extend(self.perform(real, output, ctx));
            }
        }
    }

    fn perform(&mut self, real: UnixMillis, output: Output, ctx: &Context<Self>) -> Option<Input> {
        let shared = &self.shared;
        match output {
            Output::Commit(clock, commit) => {
                let this = ctx.address();
                let answer = Box::new(move |result: Result<u64, CommitError>| {
                    tell(&this, Input::Committed(clock, result));
                });
                shared.committer.submit(*commit, answer);
            }
            Output::Publish(clock, is_closing) => shared.house.clocks.publish(clock, is_closing),
            Output::Withdraw(clock) => shared.house.clocks.withdraw(clock),
            Output::Load { clock, behind } => {
                let read = stored::deadlines(shared.store.as_ref(), clock, behind, TOLD_MAX);
                return Some(Input::Loaded(clock, readable(clock, read)));
            }
            Output::LoadMembers { clock, behind } => {
                let read = stored::members(shared.store.as_ref(), clock, behind, TOLD_MAX);
                return Some(Input::Members(clock, readable(clock, read)));
            }
            Output::AskWork(clock, users) => self.ask_work(clock, users, ctx),
            Output::Fire(clock, users) => {
                shared.metrics.clock_deadlines_fired.inc_by(users.len() as u64);
                self.tell_users(clock, users, || Command::FallDue, ctx);
            }
            Output::Erase(clock, users) => self.tell_users(clock, users, || Command::DeleteUser, ctx),
            Output::Reply(token, answer) => {
                // Whoever asked may be gone.
                drop(self.waiting.remove(&token).map(|reply| reply.send(answer)));
            }
            Output::WakeAt(at) => self.sleep(real, at, ctx),
        }
        None
    }

    fn tell_users(
        &self,
        clock: ClockId,
        users: Vec<UserId>,
        command: impl Fn() -> Command,
        ctx: &Context<Self>,
    ) {
        for user in users {
            let (asker, command, this) = (self.asker(), command(), ctx.address());
            drop(actix::spawn(async move {
                let fired = match asker.ask(user, command).await {
                    // One that is not there has nothing to do.
                    Ok(_) | Err(UserRefusal::Rule(_)) => Fired::Done,
                    Err(UserRefusal::Trouble(Trouble::Defect)) => Fired::Broken,
                    Err(UserRefusal::Trouble(_)) => Fired::Later,
                };
                tell(&this, Input::Fired(clock, user, fired));
            }));
        }
    }

    fn ask_work(&self, clock: ClockId, users: Vec<UserId>, ctx: &Context<Self>) {
        let (asker, this) = (self.asker(), ctx.address());
        drop(actix::spawn(async move {
            let mut works = false;
            for user in users {
                if let Ok(Reply::Jobs(jobs)) = asker.ask(user, Command::ListJobs).await {
                    works |= jobs.iter().any(|job| job.is_open() && !job.is_waiting());
                }
            }
            tell(&this, Input::Working(clock, works));
        }));
    }

    fn asker(&self) -> Asker {
        Asker { shared: self.shared.clone(), places: self.places.clone() }
    }

    fn sleep(&mut self, real: UnixMillis, at: UnixMillis, ctx: &Context<Self>) {
        if self.wake_at.is_some_and(|set| set <= at && set > real) {
            return;
        }
        self.wake_at = Some(at);
        let this = ctx.address();
        drop(actix::spawn(async move {
            tokio::time::sleep(Duration::from_millis(at.since(real).0.max(1))).await;
            tell(&this, Input::Tick);
        }));
    }
}

fn tell(keeper: &Addr<Clockkeeper>, input: Input) {
    #[expect(clippy::disallowed_methods, reason = "a lost word would stop a clock for good; few at a time")]
    keeper.do_send(Came(input));
}

fn readable<T, E: std::fmt::Display>(clock: ClockId, read: Result<T, E>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(%clock, %error, "a clock's rows cannot be read; tried again"))
        .ok()
}

/// Asks users.
struct Asker {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
}

impl Asker {
    /// The house's own question to a user: it needs no permit of those that callers share.
    async fn ask(&self, user: UserId, command: Command) -> Result<Reply, UserRefusal> {
        // The places are never closed.
        let _place = self.places.acquire().await;
        let (reply, answer) = oneshot::channel();
        let (caller, request_id) = (Caller::House, Uuid::nil());
        let ask = AskUser { user, caller, command, mark: None, reply, permit: None, request_id };
        let places = self.shared.places.get().ok_or(Trouble::Busy)?;
        let shard = &places.shards[shard_of(user, places.shards.len())];
        shard.try_send(ask).map_err(|_| Trouble::Busy)?;
        answer.await.unwrap_or(Err(Trouble::Busy.into()))
    }
}

impl Actor for Clockkeeper {
    type Context = Context<Self>;
}

impl Handler<Asked> for Clockkeeper {
    type Result = ();

    fn handle(&mut self, asked: Asked, ctx: &mut Self::Context) {
        let token = self.next_token;
        self.next_token += 1;
        self.waiting.insert(token, asked.reply);
        let input = match asked.mark {
            Some(mark) => Input::AskOnce(token, asked.ask, mark),
            None => Input::Ask(token, asked.ask),
        };
        self.drive(input, ctx);
    }
}

impl Handler<Armed> for Clockkeeper {
    type Result = ();

    fn handle(&mut self, armed: Armed, ctx: &mut Self::Context) {
        self.drive(Input::Armed(armed.0, armed.1), ctx);
    }
}

impl Handler<Begin> for Clockkeeper {
    type Result = ();

    fn handle(&mut self, _: Begin, ctx: &mut Self::Context) {
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<Came> for Clockkeeper {
    type Result = ();

    fn handle(&mut self, came: Came, ctx: &mut Self::Context) {
        if matches!(came.0, Input::Tick) {
            self.wake_at = None;
        }
        self.drive(came.0, ctx);
    }
}

impl Handler<Observe> for Clockkeeper {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send(self.core.observe());
    }
}
