//! The Dispatcher's actor: opens entries, calls the gateway, asks users about open jobs, sweeps, commits how
//! it ended. A text goes out only after its commit; a crash between sending and writing that down sends
//! the same text under the same key once more.

use super::core::{DispatcherCore, Input, LOAD_MAX, Observed, Output, Swept, Tried};
use super::perform::{self, Ending, Entry, Task};
use crate::adapters::sms::{Message as Sms, SmsError};
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::id::{EffectId, JobId, UserId};
use crate::domain::time::UnixMillis;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::records::outbox::OutboxHead;
use crate::engine::shard_of;
use crate::engine::shared::Shared;
use crate::engine::user::actor::Ask;
use crate::engine::user::core::{Refusal, Trouble};
use crate::metrics::Outcome;
use crate::store::key::Kind;
use crate::store::{Order, key};
use actix::{Actor, AsyncContext, Context, Handler, Message};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// Effects were committed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Committed(pub Vec<EffectId>);

/// Everything is in place: begin.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Begin;

/// How does the outbox stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<Observed>);

#[derive(Message)]
#[rtype(result = "()")]
struct TriedOnce(EffectId, Tried);

#[derive(Message)]
#[rtype(result = "()")]
struct SweptOnce(EffectId, Swept);

#[derive(Message)]
#[rtype(result = "()")]
struct Loaded {
    ids: Vec<EffectId>,
    more: bool,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Wake;

/// How long the gateway has for one text.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

/// The performer of effects.
pub struct Dispatcher {
    core: DispatcherCore,
    shared: Arc<Shared>,
    wake_at: Option<UnixMillis>,
}

impl Dispatcher {
    /// A dispatcher that has read nothing yet.
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { core: DispatcherCore::default(), shared, wake_at: None }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let now = self.shared.clock.now();
        let mut out = Vec::new();
        self.core.handle(now, input, &mut out);
        for output in out {
            match output {
                Output::Load { after } => self.load(after, ctx),
                Output::Perform(id) => self.perform(id, ctx),
                Output::Sweep(id) => self.sweep(id, ctx),
                Output::WakeAt(at) => self.sleep(now, at, ctx),
            }
        }
        let observed = self.core.observe();
        let open = observed.waiting + observed.under_way;
        self.shared.metrics.effects_open.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    fn load(&self, after: Option<EffectId>, ctx: &Context<Self>) {
        let (shared, this) = (self.shared.clone(), ctx.address());
        drop(actix::spawn(async move {
            let (ids, more) = read_outbox(&shared, after);
            // What can be read may not be durable yet. An empty commit is answered after all before it
            // are, however it is answered, so from here on nothing that was read can be taken back.
            let _ = shared.committer.commit(Commit::default()).await;
            #[expect(
                clippy::disallowed_methods,
                reason = "a lost word would end the reading for good; one at a time"
            )]
            this.do_send(Loaded { ids, more });
        }));
    }

    fn perform(&self, id: EffectId, ctx: &Context<Self>) {
        let (shared, this) = (self.shared.clone(), ctx.address());
        drop(actix::spawn(async move {
            let tried = try_once(&shared, id).await;
            #[expect(
                clippy::disallowed_methods,
                reason = "a lost word would keep a place taken for ever; few at a time"
            )]
            this.do_send(TriedOnce(id, tried));
        }));
    }

    fn sweep(&self, id: EffectId, ctx: &Context<Self>) {
        let (shared, this) = (self.shared.clone(), ctx.address());
        drop(actix::spawn(async move {
            let swept = sweep_once(&shared, id).await;
            #[expect(clippy::disallowed_methods, reason = "a lost word would end all sweeps; one at a time")]
            this.do_send(SweptOnce(id, swept));
        }));
    }

    fn sleep(&mut self, now: UnixMillis, at: UnixMillis, ctx: &Context<Self>) {
        if self.wake_at.is_some_and(|set| set <= at && set > now) {
            return;
        }
        self.wake_at = Some(at);
        let this = ctx.address();
        drop(actix::spawn(async move {
            tokio::time::sleep(Duration::from_millis(at.since(now).0)).await;
            // A full mailbox means that the dispatcher is awake.
            let _ = this.try_send(Wake);
        }));
    }
}

fn read_outbox(shared: &Shared, after: Option<EffectId>) -> (Vec<EffectId>, bool) {
    let (all, to) = key::all(Kind::Outbox);
    let from = after.map_or(all, |id| [key::outbox(id).as_slice(), &[0]].concat());
    match shared.store.scan(&from, &to, Order::Ascending, LOAD_MAX) {
        Ok(rows) => {
            (rows.iter().filter_map(|(key, _)| key::read_outbox(key)).collect(), rows.len() == LOAD_MAX)
        }
        Err(error) => {
            tracing::error!(%error, "the outbox cannot be read; it is tried again");
            (Vec::new(), false)
        }
    }
}

/// One try: reads the entry and does what it asks for, or says who does.
async fn try_once(shared: &Shared, id: EffectId) -> Tried {
    match perform::read(shared.store.as_ref(), &shared.house.keyring, id) {
        Ok(Some(Task::Text(entry))) => try_text(shared, entry).await,
        Ok(Some(Task::Gather(head, job))) => see_to_job(shared, &head, job).await,
        Ok(Some(Task::Sweep(..))) => Tried::IsSweep,
        Ok(None) => Tried::Ended,
        Err(error) => {
            tracing::error!(effect = %id, %error, "an entry of the outbox cannot be read; it stays where it is");
            Tried::Ended
        }
    }
}

/// Hands the text over, and commits how it ended.
async fn try_text(shared: &Shared, entry: Entry) -> Tried {
    match perform::is_wanted(&shared.library, &entry) {
        Ok(true) => {}
        Ok(false) => return drop_entry(shared, &entry.head).await,
        Err(error) => {
            tracing::error!(effect = %entry.head.id, %error, "whom a text is for cannot be read");
            return Tried::Again;
        }
    }
    let by_its_clock = shared.house.clocks.now(entry.head.clock, shared.clock.now());
    let is_late = by_its_clock > entry.head.not_after;
    let sent = if is_late { Ok(Ending::TooLate) } else { send(shared, &entry).await };
    let outcome = match sent {
        Ok(Ending::Sent(_)) => "sent",
        Ok(Ending::TooLate) => "too_late",
        Err(SmsError::Refused) => "refused",
        Err(SmsError::Later) => "later",
    };
    shared.metrics.effects.get_or_create(&Outcome { name: "sms", outcome }).inc();
    match sent {
        Ok(ending) => write_down(shared, &entry, ending).await,
        Err(SmsError::Refused) => tell_of_refusal(shared, &entry.head).await,
        Err(SmsError::Later) => Tried::Again,
    }
}

/// A refused text: its user takes it back, so that the page says so and the event stands with it.
async fn tell_of_refusal(shared: &Shared, head: &OutboxHead) -> Tried {
    match ask(shared, head.user, Command::TextRefused(head.id)).await {
        Ok(_) | Err(Refusal::Rule(_)) => drop_entry(shared, head).await,
        Err(Refusal::Trouble(_)) => Tried::Again,
    }
}

/// The entry of what nobody wants any more goes, if it still stands.
async fn drop_entry(shared: &Shared, head: &OutboxHead) -> Tried {
    match shared.committer.commit(perform::dropped(head)).await {
        Ok(_) | Err(CommitError::Conflict { .. }) => Tried::Ended,
        Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => Tried::HandedOn,
    }
}

/// An open job: its user sees that somebody works on it, and the end of the job takes the entry back.
async fn see_to_job(shared: &Shared, head: &OutboxHead, job: JobId) -> Tried {
    let look = || ask(shared, head.user, Command::GetJob(job));
    let before = is_open(&look().await);
    // However it is answered: while the entry stands, it is asked again. This question waits its turn behind
    // a commit under way: the one that made the entry can be durable before its user has heard of it, and
    // who only looks is told of the time before.
    let resumed = ask(shared, head.user, Command::ResumeJob(job)).await;
    if before != Some(false) || matches!(resumed, Err(Refusal::Trouble(_))) {
        return Tried::HandedOn;
    }
    match is_open(&look().await) {
        Some(false) => drop_entry(shared, head).await,
        Some(true) | None => Tried::HandedOn,
    }
}

/// Whether a job is open, as its user says; none when that cannot be said now.
fn is_open(answer: &Result<Reply, Refusal>) -> Option<bool> {
    match answer {
        Ok(Reply::Job(job)) => Some(job.is_open()),
        Err(Refusal::Rule(Failure::UserUnknown | Failure::JobUnknown)) => Some(false),
        _ => None,
    }
}

/// The house's own question to a user: it needs no permit, for few are asked at a time.
async fn ask(shared: &Shared, user: UserId, command: Command) -> Result<Reply, Refusal> {
    let (reply, answer) = oneshot::channel();
    let places = shared.places.get().ok_or(Trouble::Busy)?;
    let shard = &places.shards[shard_of(user, places.shards.len())];
    let ask = Ask {
        user,
        caller: Caller::House,
        command,
        mark: None,
        reply,
        permit: None,
        request_id: Uuid::nil(),
    };
    shard.try_send(ask).map_err(|_| Trouble::Busy)?;
    answer.await.unwrap_or(Err(Trouble::Defect.into()))
}

/// The next step of a sweep.
async fn sweep_once(shared: &Shared, id: EffectId) -> Swept {
    let store = shared.store.as_ref();
    let step = match perform::read(store, &shared.house.keyring, id) {
        Ok(Some(Task::Sweep(head, sweep))) => perform::sweep(store, &head, &sweep),
        Ok(_) => return Swept::Ended,
        Err(error) => {
            tracing::error!(effect = %id, %error, "an entry of the outbox cannot be read; it stays where it is");
            return Swept::Failed;
        }
    };
    let step = match step {
        Ok(step) => step,
        Err(error) => {
            tracing::error!(effect = %id, %error, "rows that are not shown any more cannot be read");
            return Swept::Failed;
        }
    };
    match shared.committer.commit_bulk(step.commit).await {
        Ok(_) if step.is_last => Swept::Ended,
        Ok(_) => Swept::More,
        Err(CommitError::Conflict { .. }) => Swept::Ended,
        Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => Swept::Failed,
    }
}

async fn send(shared: &Shared, entry: &Entry) -> Result<Ending, SmsError> {
    let message =
        Sms { idempotency_key: entry.head.id.to_string(), to: &entry.text.to, body: &entry.text.body };
    match tokio::time::timeout(SEND_TIMEOUT, shared.gateway.send(message)).await {
        Ok(sent) => sent.map(Ending::Sent),
        Err(_) => Err(SmsError::Later),
    }
}

async fn write_down(shared: &Shared, entry: &Entry, ending: Ending) -> Tried {
    let Ok(mut entropy) = shared.entropy.draw() else { return Tried::Again };
    let now = shared.clock.now();
    let commit = perform::ending(&shared.house, &shared.library, entry, ending, now, &mut entropy);
    match commit {
        Ok(commit) => match shared.committer.commit(commit).await {
            // A conflict means that it was taken back meanwhile: there is nothing left to write down.
            Ok(_) | Err(CommitError::Conflict { .. }) => Tried::Ended,
            Err(CommitError::TallyFull | CommitError::Full | CommitError::Poisoned) => Tried::Again,
        },
        Err(error) => {
            tracing::error!(effect = %entry.head.id, %error, "the end of a text could not be written down");
            Tried::Again
        }
    }
}

impl Actor for Dispatcher {
    type Context = Context<Self>;
}

impl Handler<Committed> for Dispatcher {
    type Result = ();

    fn handle(&mut self, committed: Committed, ctx: &mut Self::Context) {
        self.drive(Input::Committed(committed.0), ctx);
    }
}

impl Handler<Begin> for Dispatcher {
    type Result = ();

    fn handle(&mut self, _: Begin, ctx: &mut Self::Context) {
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<TriedOnce> for Dispatcher {
    type Result = ();

    fn handle(&mut self, tried: TriedOnce, ctx: &mut Self::Context) {
        self.drive(Input::Tried(tried.0, tried.1), ctx);
    }
}

impl Handler<SweptOnce> for Dispatcher {
    type Result = ();

    fn handle(&mut self, swept: SweptOnce, ctx: &mut Self::Context) {
        self.drive(Input::Swept(swept.0, swept.1), ctx);
    }
}

impl Handler<Loaded> for Dispatcher {
    type Result = ();

    fn handle(&mut self, loaded: Loaded, ctx: &mut Self::Context) {
        self.drive(Input::Loaded { ids: loaded.ids, more: loaded.more }, ctx);
    }
}

impl Handler<Wake> for Dispatcher {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.wake_at = None;
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<Observe> for Dispatcher {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send(self.core.observe());
    }
}
