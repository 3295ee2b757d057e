//! The user's actor: moves messages between callers, the core and the committer. Holds no rule of the
//! product. A panic in the core ends this actor alone: the shard starts a fresh one from the store.

use super::core::{Ask as CoreAsk, Input, Observed, Output, Refusal, Token, Trouble, UserCore};
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::id::{JobId, UserId};
use crate::domain::job::Gather;
use crate::engine::admission::Permit;
use crate::engine::aggregator::actor::{ConnectionAggregator, Stop as StopAggregator, Wanted};
use crate::engine::committer::{Commit, CommitError};
use crate::engine::dispatcher::actor::Committed as EffectsCommitted;
use crate::engine::mark::Mark;
use crate::engine::shard::actor::{Restart, Rested, Shard};
use crate::engine::shard::core::Question;
use crate::engine::shared::{Shared, start_here};
use crate::engine::timekeeper::actor::Armed;
use crate::metrics::Outcome;
use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

/// One question on its way to a user.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Ask {
    /// Which user.
    pub user: UserId,
    /// Who asks.
    pub caller: Caller,
    /// What.
    pub command: Command,
    /// It is done once.
    pub mark: Option<Box<Mark<Reply>>>,
    /// Where the answer goes. Whoever waits may be gone: what was asked happens all the same.
    pub reply: oneshot::Sender<Result<Reply, Refusal>>,
    /// Given back when the answer is there; the house's own questions have none.
    pub permit: Option<Permit>,
    /// Follows the request through the logs.
    pub request_id: Uuid,
}

impl Ask {
    /// Answers without a user.
    pub fn refuse(self, trouble: Trouble) {
        // A caller that is gone wants no answer.
        let _ = self.reply.send(Err(trouble.into()));
    }
}

/// The commit that this user asked for is done, or is not.
#[derive(Message)]
#[rtype(result = "()")]
struct Answered(Result<u64, CommitError>);

/// Nobody works on this try of a job any more; on none, when it says nothing.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Unattended(pub Option<(JobId, u32)>);

/// How do things stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Seen>);

/// A user as the operator sees it, and who works on its jobs.
pub struct Seen {
    /// How the user stands.
    pub observed: Observed,
    /// Whoever can say how its jobs stand.
    pub aggregator: Option<Addr<ConnectionAggregator>>,
}

/// Nobody has needed this user for a while: it says so when nothing is under way.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Retire(pub Question);

/// The shard has let it go: nothing is under way and nothing more will come.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop;

struct Waiting {
    reply: oneshot::Sender<Result<Reply, Refusal>>,
    permit: Option<Permit>,
    command: &'static str,
    request_id: Uuid,
}

/// One user in memory.
pub struct UserActor {
    id: UserId,
    core: UserCore,
    shared: Arc<Shared>,
    shard: Addr<Shard>,
    waiting: BTreeMap<Token, Waiting>,
    next_token: Token,
    aggregator: Option<Addr<ConnectionAggregator>>,
}

impl UserActor {
    /// An actor around a loaded user.
    pub fn new(id: UserId, core: UserCore, shared: Arc<Shared>, shard: Addr<Shard>) -> Self {
        shared.metrics.users_resident.inc();
        shared.metrics.users_started.inc();
        Self { id, core, shared, shard, waiting: BTreeMap::new(), next_token: 0, aggregator: None }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let now = self.shared.clock.now();
        let Ok(mut entropy) = self.shared.entropy.draw() else { return self.give_up(Trouble::Defect, ctx) };
        let mut out = Vec::new();
        let core = &mut self.core;
        let handled = catch_unwind(AssertUnwindSafe(|| core.handle(now, entropy.bytes(), input, &mut out)));
        if handled.is_err() {
            self.shared.metrics.user_panics.inc();
            tracing::error!(user = %self.id, "a user panicked; it starts again from the store");
            return self.give_up(Trouble::Defect, ctx);
        }
        for output in out {
            self.perform(output, ctx);
        }
    }

    fn perform(&mut self, output: Output, ctx: &mut Context<Self>) {
        match output {
            Output::Commit(commit) => self.submit(commit, ctx),
            Output::Reply { token, answer } => self.answer(token, answer),
            Output::Alarm(at) => self.shared.tell_timekeeper(Armed(self.id, at)),
            Output::ClockAlarm(clock, at) => self.shared.tell_clockkeeper(clock, at),
            Output::Effects(ids) => self.shared.tell_dispatcher(EffectsCommitted(ids)),
            Output::Gather(gather) => self.gather(gather, ctx),
            Output::Reload => self.give_up(Trouble::Conflict, ctx),
        }
    }

    /// Tells whoever works on this user's jobs; starts one where there is none.
    fn gather(&mut self, gather: Gather, ctx: &Context<Self>) {
        let running = self.aggregator.take().filter(Addr::connected);
        let is_news = !matches!(gather, Gather::Stop(_)) || running.is_some();
        if !is_news {
            return;
        }
        let aggregator = running.unwrap_or_else(|| {
            let actor = ConnectionAggregator::new(self.id, self.shared.clone(), ctx.address());
            start_here(self.shared.mailbox_capacity, actor)
        });
        #[expect(
            clippy::disallowed_methods,
            reason = "a lost word would leave a job without anybody at work"
        )]
        aggregator.do_send(Wanted(gather));
        self.aggregator = Some(aggregator);
    }

    fn submit(&self, commit: Commit, ctx: &Context<Self>) {
        let this = ctx.address();
        #[expect(
            clippy::disallowed_methods,
            reason = "an answer must not be lost for want of room; one per user at most"
        )]
        self.shared.committer.submit(commit, Box::new(move |result| this.do_send(Answered(result))));
    }

    fn answer(&mut self, token: Token, answer: Result<Reply, Refusal>) {
        let Some(waiting) = self.waiting.remove(&token) else { return };
        if matches!(&answer, Err(Refusal::Rule(Failure::ClockFull))) {
            self.shared.metrics.refuse("test_clock_users");
        }
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(Refusal::Rule(_)) => "refused",
            Err(Refusal::Trouble(trouble)) => trouble.name(),
        };
        self.shared.metrics.commands.get_or_create(&Outcome { name: waiting.command, outcome }).inc();
        tracing::debug!(request_id = %waiting.request_id, user = %self.id, command = waiting.command, outcome, "answered");
        // The permit is back before the answer: whoever asks again at once is let in.
        drop(waiting.permit);
        // A caller that is gone wants no answer; what was asked has happened all the same.
        let _ = waiting.reply.send(answer);
    }

    /// What is in memory cannot be trusted: all who wait are told, and the shard starts a fresh one.
    fn give_up(&mut self, trouble: Trouble, ctx: &mut Context<Self>) {
        // The shard hears it first: whoever asks again on this answer finds the fresh one.
        #[expect(clippy::disallowed_methods, reason = "a shard that is not told would keep a dead address")]
        self.shard.do_send(Restart {
            user: self.id,
            from: ctx.address(),
            struck: trouble == Trouble::Defect,
        });
        let tokens: Vec<Token> = self.waiting.keys().copied().collect();
        for token in tokens {
            self.answer(token, Err(trouble.into()));
        }
        ctx.stop();
    }
}

impl Actor for UserActor {
    type Context = Context<Self>;
}

impl Drop for UserActor {
    fn drop(&mut self) {
        if let Some(aggregator) = self.aggregator.take() {
            #[expect(clippy::disallowed_methods, reason = "one that is not told would work for nobody")]
            aggregator.do_send(StopAggregator);
        }
        self.shared.metrics.users_resident.dec();
    }
}

impl Handler<Ask> for UserActor {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Self::Context) {
        let token = self.next_token;
        self.next_token += 1;
        let command = ask.command.name();
        let waiting = Waiting { reply: ask.reply, permit: ask.permit, command, request_id: ask.request_id };
        self.waiting.insert(token, waiting);
        self.drive(
            Input::Ask(CoreAsk { token, caller: ask.caller, command: ask.command, mark: ask.mark }),
            ctx,
        );
    }
}

impl Handler<Answered> for UserActor {
    type Result = ();

    fn handle(&mut self, answered: Answered, ctx: &mut Self::Context) {
        let asked = self.core.committing().and_then(|token| self.waiting.get(&token));
        if let (Some(asked), Ok(sequence)) = (asked, answered.0) {
            tracing::debug!(request_id = %asked.request_id, user = %self.id, command = asked.command, sequence, "committed");
        }
        let is_done = answered.0.is_ok();
        self.drive(Input::Committed(answered.0), ctx);
        if is_done {
            self.shared.watchers.changed(self.id);
        }
    }
}

impl Handler<Unattended> for UserActor {
    type Result = ();

    fn handle(&mut self, unattended: Unattended, ctx: &mut Self::Context) {
        self.drive(Input::Unattended(unattended.0), ctx);
    }
}

impl Handler<Observe> for UserActor {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let aggregator = self.aggregator.clone().filter(Addr::connected);
        let _ = observe.0.send(Seen { observed: self.core.observe(), aggregator });
    }
}

impl Handler<Retire> for UserActor {
    type Result = ();

    fn handle(&mut self, retire: Retire, ctx: &mut Self::Context) {
        if self.core.is_idle() {
            #[expect(clippy::disallowed_methods, reason = "one word per question of the shard")]
            self.shard.do_send(Rested { user: self.id, from: ctx.address(), question: retire.0 });
        }
    }
}

impl Handler<Stop> for UserActor {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
