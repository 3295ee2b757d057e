//! The ConnectionAggregator's actor: moves messages between its user, institutions and the committer.
//! Holds no rule of the product. A panic in the core ends this actor alone; the user hears of it and
//! sets somebody to work again.

use super::core::{AggregatorCore, Input, Observed, Output, Token};
use crate::domain::bank::{Answer, BankFault, Request};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{JobId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Gather, Plan, Report};
use crate::domain::time::UnixMillis;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::read;
use crate::engine::shared::Shared;
use crate::engine::user::actor::{Ask, Unattended, UserActor};
use crate::engine::user::core::{Refusal, Trouble};
use crate::metrics::Outcome;
use crate::store::key::Reading;
use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// What the user wants done, after its commit.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Wanted(pub Gather);

/// How do things stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Vec<Observed>>);

/// The user is gone from memory: nobody would hear what is reported.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop;

#[derive(Message)]
#[rtype(result = "()")]
struct Came(Input);

#[derive(Message)]
#[rtype(result = "()")]
struct Wake;

/// The jobs of one user in the works.
pub struct ConnectionAggregator {
    user: UserId,
    core: AggregatorCore,
    shared: Arc<Shared>,
    owner: Addr<UserActor>,
    wake_at: Option<UnixMillis>,
}

impl ConnectionAggregator {
    /// An aggregator with nothing to do yet.
    pub fn new(user: UserId, shared: Arc<Shared>, owner: Addr<UserActor>) -> Self {
        let core = AggregatorCore::new(shared.house.clone());
        shared.metrics.aggregators_running.inc();
        Self { user, core, shared, owner, wake_at: None }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let now = self.shared.clock.now();
        let Ok(mut entropy) = self.shared.entropy.draw() else { return self.give_up(ctx) };
        let mut out = Vec::new();
        let core = &mut self.core;
        let handled = catch_unwind(AssertUnwindSafe(|| core.handle(now, entropy.bytes(), input, &mut out)));
        if handled.is_err() {
            tracing::error!(user = %self.user, "an aggregator panicked; its jobs begin again");
            return self.give_up(ctx);
        }
        for output in out {
            self.perform(now, output, ctx);
        }
    }

    fn perform(&mut self, now: UnixMillis, output: Output, ctx: &Context<Self>) {
        match output {
            Output::Call { token, institution, request } => self.call(token, institution, request, ctx),
            Output::Store { token, commit } => self.store(token, commit, ctx),
            Output::Report { token, job, attempt, report } => self.report(token, job, attempt, report, ctx),
            Output::Dropped(job, attempt) => self.tell_owner(Unattended(Some((job, attempt)))),
            Output::Read(institution, took) => self.shared.pace.note(institution, took, now),
            Output::WakeAt(at) => self.sleep(now, at, ctx),
        }
    }

    fn call(&self, token: Token, institution: InstitutionId, request: Request, ctx: &Context<Self>) {
        let (shared, this) = (self.shared.clone(), ctx.address());
        drop(actix::spawn(async move {
            let result = ask_bank(&shared, institution, &request).await;
            tell(&this, Input::Answered(token, result));
        }));
    }

    fn store(&self, token: Token, commit: Commit, ctx: &Context<Self>) {
        let this = ctx.address();
        let done =
            move |result: Result<u64, CommitError>| tell(&this, Input::Stored(token, result.map(|_| ())));
        self.shared.committer.submit_bulk(commit, Box::new(done));
    }

    fn report(&self, token: Token, job: JobId, attempt: u32, report: Report, ctx: &Context<Self>) {
        let (this, owner, user) = (ctx.address(), self.owner.clone(), self.user);
        drop(actix::spawn(async move {
            let command = Command::Report { job, attempt, report: Box::new(report) };
            let heard = ask_owner(&owner, user, command).await;
            tell(&this, Input::Heard(token, heard));
        }));
    }

    fn tell_owner(&self, word: Unattended) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a lost word would leave a job without anybody at work"
        )]
        self.owner.do_send(word);
    }

    fn sleep(&mut self, now: UnixMillis, at: UnixMillis, ctx: &Context<Self>) {
        if self.wake_at.is_some_and(|set| set <= at && set > now) {
            return;
        }
        self.wake_at = Some(at);
        let this = ctx.address();
        drop(actix::spawn(async move {
            tokio::time::sleep(Duration::from_millis(at.since(now).0)).await;
            // A full mailbox means that it is awake.
            let _ = this.try_send(Wake);
        }));
    }

    fn give_up(&self, ctx: &mut Context<Self>) {
        self.tell_owner(Unattended(None));
        ctx.stop();
    }

    /// What a plan needs from the store: the consent's key, and what is shown already.
    fn begin(&self, plan: Box<Plan>) -> Input {
        let key = self.shared.library.keys.get(plan.consent.bytes()).ok().flatten().map(Arc::new);
        let store = self.shared.store.as_ref();
        let shown = Reading { user: plan.user, connection: plan.connection, generation: plan.shown };
        let known = read::transactions::transaction_ids(store, &shown);
        if let Err(error) = &known {
            tracing::error!(job = %plan.job, %error, "what is shown already cannot be read");
        }
        Input::Begin { plan, key, known: known.unwrap_or_default() }
    }
}

fn tell(aggregator: &Addr<ConnectionAggregator>, input: Input) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a lost answer would leave a job waiting; one per call at most"
    )]
    aggregator.do_send(Came(input));
}

/// One question, in line with all others to that institution, within its time.
async fn ask_bank(
    shared: &Shared,
    institution: InstitutionId,
    request: &Request,
) -> Result<Answer, BankFault> {
    let gate = shared.gates.of(institution);
    let deadline = Duration::from_millis(shared.gates.limits.call.0);
    let result = match tokio::time::timeout(deadline, gate.places.acquire()).await {
        Ok(Ok(_place)) if gate.may_call(shared.clock.now()) => {
            let answer = tokio::time::timeout(deadline, shared.institutions.ask(institution, request)).await;
            let result = answer.unwrap_or(Err(BankFault::Unavailable));
            gate.ended(shared.clock.now(), result.as_ref().err().copied());
            result
        }
        // Whoever was not let out to the institution says nothing about it.
        Ok(_) => {
            shared.metrics.refuse("institution_breaker");
            Err(BankFault::Unavailable)
        }
        Err(_) => {
            shared.metrics.refuse("institution_calls");
            Err(BankFault::Unavailable)
        }
    };
    let outcome = match &result {
        Ok(_) => "ok",
        Err(BankFault::Unavailable) => "unavailable",
        Err(_) => "refused",
    };
    shared.metrics.bank_calls.get_or_create(&Outcome { name: request.name(), outcome }).inc();
    result
}

async fn ask_owner(owner: &Addr<UserActor>, user: UserId, command: Command) -> Result<bool, Refusal> {
    let (reply, answer) = oneshot::channel();
    let ask = Ask {
        user,
        caller: Caller::House,
        command,
        mark: None,
        reply,
        permit: None,
        request_id: Uuid::nil(),
    };
    owner.try_send(ask).map_err(|_| Refusal::Trouble(Trouble::Busy))?;
    match answer.await {
        Ok(Ok(Reply::Gathering(goes_on))) => Ok(goes_on),
        Ok(Ok(_)) | Err(_) => Err(Trouble::Defect.into()),
        Ok(Err(refusal)) => Err(refusal),
    }
}

impl Actor for ConnectionAggregator {
    type Context = Context<Self>;
}

impl Drop for ConnectionAggregator {
    fn drop(&mut self) {
        self.shared.metrics.aggregators_running.dec();
    }
}

impl Handler<Wanted> for ConnectionAggregator {
    type Result = ();

    fn handle(&mut self, wanted: Wanted, ctx: &mut Self::Context) {
        let input = match wanted.0 {
            Gather::Begin(plan) => self.begin(plan),
            Gather::Answer { job, attempt, answers } => Input::Answer { job, attempt, answers },
            Gather::Stop(job) => Input::Stop(job),
            Gather::SignOut { institution, session } => Input::SignOut(institution, session),
        };
        self.drive(input, ctx);
    }
}

impl Handler<Came> for ConnectionAggregator {
    type Result = ();

    fn handle(&mut self, came: Came, ctx: &mut Self::Context) {
        self.drive(came.0, ctx);
    }
}

impl Handler<Wake> for ConnectionAggregator {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.wake_at = None;
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<Observe> for ConnectionAggregator {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send(self.core.observe());
    }
}

impl Handler<Stop> for ConnectionAggregator {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
