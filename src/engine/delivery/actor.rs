//! The Delivery's actor: reads queues, signs and sends, commits how it went. An attempt is written down after
//! it: a crash in between sends the same message under the same name once more.

use super::change::{Ask, Asked, Change, Subscriber, Wanted};
use super::core::{DeliveryCore, Input, Observed, Output, Refusal, Tally, Tried};
use super::rows;
use super::sweep::{self, Place, Step};
use crate::adapters::webhook::{Post, WebhookSender};
use crate::domain::application::Application;
use crate::domain::delivery::{Answer, Attempt, MessageKey};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::UnixMillis;
use crate::domain::webhook::body::Body;
use crate::domain::workflow::webhook_delivery::Limit;
use crate::engine::alarm::Alarm;
use crate::engine::committer::CommitError;
use crate::engine::shared::Shared;
use crate::metrics::Outcome;
use actix::{Actor, AsyncContext, Context, Handler, Message};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What deliveries need of the world.
#[derive(Clone)]
pub struct Outlet {
    /// Carries messages.
    pub sender: Arc<dyn WebhookSender>,
    /// Every link in a message begins with it.
    pub base_url: String,
}

/// Everything is in place: begin.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Begin;

/// Webhooks of this application may have changed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Changed(pub ApplicationId);

/// A question about one webhook.
#[derive(Message)]
#[rtype(result = "()")]
pub struct AskWebhook {
    /// Which.
    pub webhook: WebhookId,
    /// What.
    pub ask: Ask,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Asked, Refusal>>,
}

/// How do the queues stand?
#[derive(Message)]
#[rtype(result = "()")]
pub struct Observe(pub oneshot::Sender<(Tally, Vec<Observed>)>);

/// Something comes back of what was asked of the world.
#[derive(Message)]
#[rtype(result = "()")]
struct Back(Input);

#[derive(Message)]
#[rtype(result = "()")]
struct Wake;

/// The teller of webhooks.
pub struct Delivery {
    core: DeliveryCore,
    shared: Arc<Shared>,
    outlet: Arc<Outlet>,
    waiting: BTreeMap<u64, oneshot::Sender<Result<Asked, Refusal>>>,
    next_token: u64,
    alarm: Alarm,
}

impl Delivery {
    /// One that has read nothing yet.
    pub fn new(shared: Arc<Shared>, outlet: Outlet) -> Self {
        let core = DeliveryCore::new(shared.house.clone());
        Self {
            core,
            shared,
            outlet: Arc::new(outlet),
            waiting: BTreeMap::new(),
            next_token: 0,
            alarm: Alarm::default(),
        }
    }

    fn drive(&mut self, input: Input, ctx: &mut Context<Self>) {
        let (mut inputs, mut is_listed) = (vec![input], false);
        while let Some(input) = inputs.pop() {
            let now = self.shared.clock.now();
            // Without entropy the waits have no jitter.
            let entropy = self.shared.entropy.draw().map(|mut entropy| entropy.bytes()).unwrap_or_default();
            let mut out = Vec::new();
            self.core.handle(now, entropy, input, &mut out);
            for output in out {
                match output {
                    Output::List(scope) => {
                        is_listed |= scope.is_none();
                        inputs.push(Input::Listed(scope, self.list(scope)));
                    }
                    Output::Listen(application) => self.listen(application, ctx),
                    Output::Load(wanted) => inputs.push(self.load(&wanted)),
                    Output::Deliver(one, key) => self.deliver(one, key, ctx),
                    Output::Write(epoch, change) => self.write(epoch, &change, ctx),
                    Output::Reply(token, answer) => {
                        // Whoever asked may be gone.
                        let _ = self.waiting.remove(&token).map(|reply| reply.send(answer));
                    }
                    Output::Sweep(from) => self.sweep(now, from, ctx),
                    Output::WakeAt(at) => self.alarm.set(now, at, Wake, ctx),
                }
            }
        }
        let metrics = &self.shared.metrics;
        let number = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        metrics.webhooks_waiting.set(number(self.core.waiting()));
        metrics.deliveries_under_way.set(number(self.core.under_way().iter().sum()));
        // Looks at each webhook: once a minute is often enough.
        if is_listed {
            metrics.webhooks_halted.set(number(self.core.tally().halted));
        }
    }

    /// The webhooks as their applications' last commits left them.
    fn list(&self, scope: Option<ApplicationId>) -> Vec<Subscriber> {
        let house = &self.shared.house;
        let of = |application: &Application| -> Vec<Subscriber> {
            let one = |(id, webhook): (&WebhookId, &crate::domain::webhook::Webhook)| Subscriber {
                webhook: *id,
                application: application.id,
                term: webhook.term,
                since: webhook.since,
            };
            application.webhooks.iter().map(one).collect()
        };
        match scope {
            Some(id) => house.application(id).iter().flat_map(|one| of(one)).collect(),
            None => house.applications().iter().flat_map(|one| of(one)).collect(),
        }
    }

    fn listen(&self, application: ApplicationId, ctx: &Context<Self>) {
        let mut listening = self.shared.bell.listen(application);
        let this = ctx.address();
        drop(actix::spawn(async move {
            loop {
                listening.heard().await;
                if !this.connected() {
                    return;
                }
                back(&this, Input::Rung(application));
            }
        }));
    }

    fn load(&self, wanted: &Wanted) -> Input {
        let shared = &self.shared;
        let application = shared.house.application(wanted.application);
        let webhook = application.as_ref().and_then(|one| one.webhooks.get(&wanted.webhook));
        let wants = |kind, number| webhook.is_some_and(|webhook| webhook.is_told(kind, number));
        let loaded = rows::load(shared.store.as_ref(), shared.committer.durable(), wanted, wants);
        if let Err(error) = &loaded {
            tracing::error!(webhook = %wanted.webhook, %error, "a webhook's queue cannot be read; it is tried again");
        }
        Input::Loaded(wanted.webhook, loaded.ok())
    }

    fn deliver(&self, one: Subscriber, key: MessageKey, ctx: &Context<Self>) {
        let (shared, outlet, this) = (self.shared.clone(), self.outlet.clone(), ctx.address());
        drop(actix::spawn(async move {
            let tried = try_once(&shared, &outlet, one, key).await;
            back(&this, Input::Tried(one.webhook, tried));
        }));
    }

    fn write(&self, epoch: u64, change: &Change, ctx: &Context<Self>) {
        let (webhook, this) = (change.subscriber.webhook, ctx.address());
        let commit = self.shared.entropy.draw().ok().and_then(|mut entropy| {
            let commit = rows::commit(&self.shared.house.keyring, change, &mut entropy);
            commit.map_err(|error| tracing::error!(%webhook, %error, "attempts cannot be written down")).ok()
        });
        let written = move |result| back(&this, Input::Written(webhook, epoch, result));
        match commit {
            Some(commit) => self.shared.committer.submit(commit, Box::new(written)),
            None => written(Err(CommitError::Full)),
        }
    }

    fn sweep(&self, now: UnixMillis, from: Option<Place>, ctx: &Context<Self>) {
        let (house, this) = (&self.shared.house, ctx.address());
        let table = &house.workflows.webhook_delivery;
        let all = house.applications();
        let owner = |id| all.iter().find(|one| one.webhooks.contains_key(&id)).map(|one| one.id);
        match sweep::step(self.shared.store.as_ref(), table, from, owner, now) {
            Ok(Step { commit, next }) if commit.writes.is_empty() => back(&this, Input::Swept(next)),
            Ok(Step { commit, next }) => {
                let swept = move |result: Result<u64, CommitError>| {
                    back(&this, Input::Swept(next.filter(|_| result.is_ok())));
                };
                self.shared.committer.submit_bulk(commit, Box::new(swept));
            }
            Err(error) => {
                tracing::error!(%error, "rows of webhooks cannot be swept; it is tried again");
                back(&this, Input::Swept(None));
            }
        }
    }
}

fn back(this: &actix::Addr<Delivery>, input: Input) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a lost word would keep a place taken for ever; no more than there are places"
    )]
    this.do_send(Back(input));
}

/// One attempt: reads the message, signs it for this attempt, and sends it.
async fn try_once(shared: &Shared, outlet: &Outlet, one: Subscriber, key: MessageKey) -> Tried {
    // A process that ends begins nothing: the next one goes on where this one stopped.
    if shared.stopping.is_cancelled() {
        return Tried::NotNow;
    }
    let (house, at) = (&shared.house, shared.clock.now());
    let table = &house.workflows.webhook_delivery;
    let Some(application) = house.application(one.application) else { return Tried::NotNow };
    let Some(webhook) = application.webhooks.get(&one.webhook) else { return Tried::NotNow };
    let place = (one.application, one.webhook, key);
    let (message, event) = match rows::message(shared.store.as_ref(), &house.keyring, table, place, at) {
        Ok(Some(found)) => found,
        Ok(None) => return Tried::Lost,
        Err(error) => {
            tracing::error!(webhook = %one.webhook, %error, "a message cannot be read; it is tried again");
            return Tried::NotNow;
        }
    };
    let id = key.id(&house.keyring, one.webhook).to_string();
    let body = Body::new(&outlet.base_url, &message, event.as_ref()).bytes();
    let signatures = webhook.signatures(&id, at, &body);
    let (url, patience) = (webhook.url.clone(), table.span(Limit::Timeout));
    let sent_to = Some(url.clone());
    let answer = outlet.sender.post(Post { url, id, at, signatures, body, patience }).await;
    let took = shared.clock.now().since(at);
    let outcome = match answer {
        answer if answer.is_success() => "delivered",
        Answer::Status(..) => "refused",
        Answer::None(_) => "no_answer",
    };
    shared.metrics.deliveries.get_or_create(&Outcome { name: "webhook", outcome }).inc();
    if let Some(event) = event.filter(|_| message.tries == 0 && answer.is_success()) {
        let lag = shared.clock.now().since(event.recorded).0;
        shared
            .metrics
            .delivery_lag_seconds
            .observe(f64::from(u32::try_from(lag).unwrap_or(u32::MAX)) / 1000.0);
    }
    let attempt = Attempt { number: message.tries.saturating_add(1), at, took, answer, url: sent_to };
    Tried::Attempted(Box::new(message), attempt)
}

impl Actor for Delivery {
    type Context = Context<Self>;
}

impl Handler<Begin> for Delivery {
    type Result = ();

    fn handle(&mut self, _: Begin, ctx: &mut Self::Context) {
        self.drive(Input::Tick, ctx);
    }
}

impl Handler<Changed> for Delivery {
    type Result = ();

    fn handle(&mut self, changed: Changed, ctx: &mut Self::Context) {
        self.drive(Input::Changed(changed.0), ctx);
    }
}

impl Handler<AskWebhook> for Delivery {
    type Result = ();

    fn handle(&mut self, ask: AskWebhook, ctx: &mut Self::Context) {
        let token = self.next_token;
        self.next_token += 1;
        self.waiting.insert(token, ask.reply);
        self.drive(Input::Ask(token, ask.webhook, ask.ask), ctx);
    }
}

impl Handler<Observe> for Delivery {
    type Result = ();

    fn handle(&mut self, observe: Observe, _: &mut Self::Context) {
        // Whoever asked may be gone.
        let _ = observe.0.send((self.core.tally(), self.core.observe().collect()));
    }
}

impl Handler<Back> for Delivery {
    type Result = ();

    fn handle(&mut self, back: Back, ctx: &mut Self::Context) {
        self.drive(back.0, ctx);
    }
}

impl Handler<Wake> for Delivery {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.alarm.rang();
        self.drive(Input::Tick, ctx);
    }
}
