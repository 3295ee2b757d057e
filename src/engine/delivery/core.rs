//! Which webhook is told next, over all of them. A plain struct without async. Slots are taken in two
//! lanes, so that receivers that fail or are slow hold up nobody who keeps up. Must not know: what a
//! message says, how it is sent.

use super::change::{Ask, Asked, Change, Subscriber, Wanted};
use super::line::{Lane, Line, Next, TooMany};
use super::rows::Loaded;
use super::sweep::Place;
use crate::domain::delivery::{Attempt, Judged, Message, MessageKey, judge};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::webhook_delivery::Limit;
use crate::engine::committer::CommitError;
use crate::engine::house::House;
use crate::engine::records::delivery::Halt;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Tries under way at a time to receivers that keep up.
pub const HEALTHY_MAX: usize = 64;

/// Tries under way at a time to receivers that fail or are slow.
pub const TROUBLED_MAX: usize = 32;

/// Webhooks that are read at a time.
pub const LOADING_MAX: usize = 16;

/// How often the webhooks are listed again: whoever changed one may have ended before telling.
pub const REFRESH: Span = Span::seconds(60);

/// How often what is not shown any more is swept away.
pub const SWEEP_EVERY: Span = Span::minutes(10);

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// All webhooks of one application, or of all, as they stand now.
    Listed(Option<ApplicationId>, Vec<Subscriber>),
    /// The webhooks could not be listed.
    NotListed,
    /// Webhooks of this application were changed.
    Changed(ApplicationId),
    /// An application has new events.
    Rung(ApplicationId),
    /// A webhook was read; nothing when it could not be.
    Loaded(WebhookId, Option<Loaded>),
    /// A try is over.
    Tried(WebhookId, Tried),
    /// A change is durable, or is not.
    Written(WebhookId, u64, Result<u64, CommitError>),
    /// A question about one webhook, with the token of whoever waits.
    Ask(u64, WebhookId, Ask),
    /// A step of the sweep is done: where the next one goes on; nothing at the end, or when it could not be.
    Swept(Option<Place>),
    /// Time passed.
    Tick,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// There was an answer, or none: the message as it stood before, and the try.
    Attempted(Box<Message>, Attempt),
    /// There is nothing to tell any more.
    Lost,
    /// It did not begin.
    NotNow,
}

/// What is asked of the shell.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// List the webhooks of this application, or all.
    List(Option<ApplicationId>),
    /// Tell from now on when this application has new events.
    Listen(ApplicationId),
    /// Read this.
    Load(Wanted),
    /// Try this message once, and say how it went.
    Deliver(Subscriber, MessageKey),
    /// Make this durable, and say so under this epoch.
    Write(u64, Box<Change>),
    /// Remove the next rows that are not shown any more, from here on, and say where it goes on.
    Sweep(Option<Place>),
    /// Answer whoever waits.
    Reply(u64, Result<Asked, Refusal>),
    /// Come back then.
    WakeAt(UnixMillis),
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such webhook.
    Unknown,
    /// There are too many replays of it already.
    TooMany,
    /// It changed meanwhile, or is not read yet: asking again is safe.
    Again,
}

impl From<TooMany> for Refusal {
    fn from(_: TooMany) -> Self {
        Self::TooMany
    }
}

/// What the operator sees of one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// Which webhook, and whose.
    pub subscriber: Subscriber,
    /// All events up to this number were taken up.
    pub told: u64,
    /// Tries that are due some time, as far as they are in memory.
    pub retries: usize,
    /// Tries in a row that failed.
    pub failures: u32,
    /// Replays that are not through.
    pub replays: usize,
    /// Where it takes its slots.
    pub lane: Lane,
    /// Why nothing goes there.
    pub halt: Option<Halt>,
    /// A try is under way.
    pub is_under_way: bool,
}

/// What the operator sees of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Webhooks.
    pub webhooks: usize,
    /// Of those, halted.
    pub halted: usize,
    /// Tries under way, in the healthy lane and in the other.
    pub under_way: [usize; 2],
    /// Webhooks that wait for a slot.
    pub waiting: usize,
}

/// The order of deliveries.
pub struct DeliveryCore {
    house: Arc<House>,
    lines: BTreeMap<WebhookId, Line>,
    /// Whose bells are heard, and whom they are heard for: a bell wakes few of many.
    listening: BTreeMap<ApplicationId, BTreeSet<WebhookId>>,
    epochs: u64,
    under_way: BTreeMap<WebhookId, (MessageKey, Lane, u64)>,
    slots: [usize; 2],
    queues: [VecDeque<WebhookId>; 2],
    to_load: VecDeque<WebhookId>,
    /// What is being read, and of which epoch.
    loading: BTreeMap<WebhookId, u64>,
    alarms: BTreeSet<(UnixMillis, WebhookId)>,
    list_at: UnixMillis,
    /// Nothing while a step is under way.
    sweep_at: Option<UnixMillis>,
}

impl DeliveryCore {
    /// A core that has read nothing yet.
    pub fn new(house: Arc<House>) -> Self {
        Self {
            house,
            lines: BTreeMap::new(),
            listening: BTreeMap::new(),
            epochs: 0,
            under_way: BTreeMap::new(),
            slots: [HEALTHY_MAX, TROUBLED_MAX],
            queues: [VecDeque::new(), VecDeque::new()],
            to_load: VecDeque::new(),
            loading: BTreeMap::new(),
            alarms: BTreeSet::new(),
            list_at: UnixMillis(i64::MIN),
            sweep_at: Some(UnixMillis(i64::MIN)),
        }
    }

    /// What the operator sees of each webhook.
    pub fn observe(&self) -> impl Iterator<Item = Observed> {
        self.lines.iter().map(|(webhook, line)| Observed {
            subscriber: line.subscriber,
            told: line.cursor().told,
            retries: line.retries(),
            failures: line.cursor().failures,
            replays: line.cursor().runs.len(),
            lane: line.lane(),
            halt: line.halt(),
            is_under_way: self.under_way.contains_key(webhook),
        })
    }

    /// What the operator sees of all: looks at each webhook.
    pub fn tally(&self) -> Tally {
        Tally {
            webhooks: self.lines.len(),
            halted: self.lines.values().filter(|line| line.halt().is_some()).count(),
            under_way: self.under_way(),
            waiting: self.waiting(),
        }
    }

    /// Tries under way, in the healthy lane and in the other.
    pub fn under_way(&self) -> [usize; 2] {
        [HEALTHY_MAX - self.slots[0], TROUBLED_MAX - self.slots[1]]
    }

    /// Webhooks that wait for a slot.
    pub fn waiting(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, entropy: [u8; 32], input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Listed(scope, all) => self.listed(now, scope, all, out),
            Input::NotListed | Input::Tick => {}
            Input::Changed(application) => out.push(Output::List(Some(application))),
            Input::Rung(application) => self.rung(now, application, out),
            Input::Loaded(webhook, loaded) => self.loaded(now, webhook, loaded, out),
            Input::Tried(webhook, tried) => self.tried(now, entropy, webhook, tried, out),
            Input::Written(webhook, epoch, result) => self.written(now, webhook, epoch, result, out),
            Input::Ask(token, webhook, ask) => self.ask(now, token, webhook, ask, out),
            Input::Swept(Some(next)) => out.push(Output::Sweep(Some(next))),
            Input::Swept(None) => self.sweep_at = Some(now.plus(SWEEP_EVERY)),
        }
        while let Some((at, webhook)) = self.alarms.first().copied()
            && at <= now
        {
            self.alarms.pop_first();
            if let Some(line) = self.lines.get_mut(&webhook) {
                line.alarm = None;
            }
            self.look(now, webhook, out);
        }
        self.pump(now, out);
        if self.list_at <= now {
            self.list_at = now.plus(REFRESH);
            out.push(Output::List(None));
        }
        if self.sweep_at.take_if(|at| *at <= now).is_some() {
            out.push(Output::Sweep(None));
        }
        let alarm = self.alarms.first().map(|(at, _)| *at);
        let wake = [alarm, self.sweep_at].into_iter().flatten().fold(self.list_at, UnixMillis::min);
        out.push(Output::WakeAt(wake));
    }

    fn listed(
        &mut self,
        now: UnixMillis,
        scope: Option<ApplicationId>,
        all: Vec<Subscriber>,
        out: &mut Vec<Output>,
    ) {
        let known: BTreeSet<WebhookId> = all.iter().map(|one| one.webhook).collect();
        let is_meant = |line: &Line| scope.is_none_or(|scope| line.subscriber.application == scope);
        let gone = self.lines.values().filter(|line| is_meant(line));
        let gone: Vec<_> =
            gone.map(|line| line.subscriber.webhook).filter(|id| !known.contains(id)).collect();
        for webhook in gone {
            if let Some(line) = self.lines.remove(&webhook) {
                let of_it = self.listening.get_mut(&line.subscriber.application);
                of_it.map(|all| all.remove(&webhook));
                out.extend(
                    line.waiting().into_iter().map(|token| Output::Reply(token, Err(Refusal::Unknown))),
                );
            }
        }
        for one in all {
            let of_it = self.listening.entry(one.application).or_insert_with(|| {
                out.push(Output::Listen(one.application));
                BTreeSet::new()
            });
            of_it.insert(one.webhook);
            self.epochs += 1;
            let line = self.lines.entry(one.webhook).or_insert_with(|| Line::new(one, self.epochs));
            line.meet(one);
            self.look(now, one.webhook, out);
        }
    }

    fn rung(&mut self, now: UnixMillis, application: ApplicationId, out: &mut Vec<Output>) {
        for webhook in self.listening.get(&application).cloned().unwrap_or_default() {
            if let Some(line) = self.lines.get_mut(&webhook) {
                line.has_new = true;
            }
            self.look(now, webhook, out);
        }
    }

    fn loaded(&mut self, now: UnixMillis, webhook: WebhookId, loaded: Option<Loaded>, out: &mut Vec<Output>) {
        let epoch = self.loading.remove(&webhook);
        let Some(line) = self.lines.get_mut(&webhook).filter(|line| line.is_loading) else { return };
        match loaded {
            // It began anew meanwhile.
            _ if Some(line.epoch) != epoch => self.to_load.push_back(webhook),
            Some(loaded) => line.loaded(loaded),
            None => line.not_loaded(now),
        }
        self.look(now, webhook, out);
    }

    fn tried(
        &mut self,
        now: UnixMillis,
        entropy: [u8; 32],
        webhook: WebhookId,
        tried: Tried,
        out: &mut Vec<Output>,
    ) {
        let Some((key, lane, epoch)) = self.under_way.remove(&webhook) else { return };
        self.slots[lane as usize] += 1;
        let table = &self.house.workflows.webhook_delivery;
        let Some(line) = self.lines.get_mut(&webhook) else { return };
        if line.epoch == epoch {
            let jitter = Entropy::new(entropy).bytes()[0];
            let judged = |message: &Message, attempt: Attempt| -> Option<(Judged, Attempt)> {
                judge(table, message, &attempt, jitter).map(|judged| (judged, attempt))
            };
            let (slow, pause_max) = (table.span(Limit::Slow), table.span(Limit::Pause));
            match tried {
                Tried::Attempted(message, attempt) => {
                    line.tried(now, key, judged(&message, attempt), slow, pause_max);
                }
                Tried::Lost => line.tried(now, key, None, slow, pause_max),
                Tried::NotNow => line.give_back(now, key),
            }
        }
        self.look(now, webhook, out);
    }

    fn written(
        &mut self,
        now: UnixMillis,
        webhook: WebhookId,
        epoch: u64,
        result: Result<u64, CommitError>,
        out: &mut Vec<Output>,
    ) {
        let Some(line) = self.lines.get_mut(&webhook).filter(|line| line.epoch == epoch) else { return };
        if matches!(result, Err(CommitError::Conflict { .. })) {
            // Its webhook is gone, or somebody else wrote its cursor: what is stored is what counts.
            out.extend(line.waiting().into_iter().map(|token| Output::Reply(token, Err(Refusal::Again))));
            self.epochs += 1;
            *line = Line::new(line.subscriber, self.epochs);
            out.push(Output::List(Some(line.subscriber.application)));
        } else {
            let answers = line.written(now, result);
            out.extend(answers.into_iter().map(|(token, asked)| Output::Reply(token, Ok(asked))));
        }
        self.look(now, webhook, out);
    }

    fn ask(&mut self, now: UnixMillis, token: u64, webhook: WebhookId, ask: Ask, out: &mut Vec<Output>) {
        let taken = match self.lines.get_mut(&webhook) {
            None => Err(Refusal::Unknown),
            Some(line) if !line.is_loaded() => Err(Refusal::Again),
            Some(line) => line.ask(now, token, ask).map_err(Refusal::from),
        };
        match taken {
            Ok(()) => self.look(now, webhook, out),
            Err(refusal) => out.push(Output::Reply(token, Err(refusal))),
        }
    }

    /// Does what a webhook wants, as far as that is possible at once.
    fn look(&mut self, now: UnixMillis, webhook: WebhookId, out: &mut Vec<Output>) {
        let Some(line) = self.lines.get_mut(&webhook) else { return };
        if let Some(change) = line.change(now) {
            out.push(Output::Write(line.epoch, Box::new(change)));
        }
        let next = if self.under_way.contains_key(&webhook) { Next::Wait(None) } else { line.next(now) };
        let mut alarm = line.write_from(now);
        match next {
            Next::Try(_) if !line.is_queued => {
                line.is_queued = true;
                self.queues[line.lane() as usize].push_back(webhook);
            }
            Next::Load => {
                line.is_loading = true;
                self.to_load.push_back(webhook);
            }
            Next::Wait(at) => alarm = alarm.into_iter().chain(at).min(),
            Next::Try(_) => {}
        }
        if line.alarm != alarm {
            self.alarms.extend(alarm.map(|at| (at, webhook)));
            if let Some(old) = std::mem::replace(&mut line.alarm, alarm) {
                self.alarms.remove(&(old, webhook));
            }
        }
    }

    /// Gives free places to those that wait, in turn.
    fn pump(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        for lane in [Lane::Healthy, Lane::Troubled] {
            while self.slots[lane as usize] > 0
                && let Some(webhook) = self.queues[lane as usize].pop_front()
            {
                self.begin(now, webhook, lane, out);
            }
        }
        while self.loading.len() < LOADING_MAX
            && let Some(webhook) = self.to_load.pop_front()
        {
            if let Some(line) = self.lines.get_mut(&webhook)
                && let Entry::Vacant(free) = self.loading.entry(webhook)
            {
                free.insert(line.epoch);
                out.push(Output::Load(line.begin_loading()));
            }
        }
    }

    fn begin(&mut self, now: UnixMillis, webhook: WebhookId, lane: Lane, out: &mut Vec<Output>) {
        let is_free = !self.under_way.contains_key(&webhook);
        let Some(line) = self.lines.get_mut(&webhook).filter(|line| line.is_queued) else { return };
        line.is_queued = false;
        let next = line.next(now);
        match next {
            Next::Try(key) if is_free && line.lane() == lane => {
                line.take(key);
                self.slots[lane as usize] -= 1;
                self.under_way.insert(webhook, (key, lane, line.epoch));
                out.push(Output::Deliver(line.subscriber, key));
            }
            // It wants something else by now.
            _ => self.look(now, webhook, out),
        }
    }
}
