//! Webhooks and their receivers: the delivery core's shell on the queue, receivers that take, refuse, dawdle
//! and are gone, and what must hold of it. WH-1: each event reaches each webhook that wants it, or all its
//! tries failed. WH-2: under one name, and at its first try in order.

use super::Outcome;
use super::changing::Changing;
use super::checker::{broken, readable};
use super::dice::Dice;
use super::process::Owner;
use super::queue::Event;
use super::world::World;
use crate::domain::delivery::{Answer, Attempt, LIVE, Message, MessageKey, NoAnswer};
use crate::domain::entropy::Entropy;
use crate::domain::event::EventKind;
use crate::domain::id::{ApplicationId, EventId, MessageId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::{Webhook, WebhookChanges};
use crate::engine::application::core::{Command, WebhookCommand};
use crate::engine::delivery::change::{Change, Subscriber, Wanted};
use crate::engine::delivery::core::{Input, Output, Tried};
use crate::engine::delivery::{rows, sweep};
use std::collections::{BTreeMap, BTreeSet};

/// The longest way of a message to its receiver (milliseconds).
const WAY_MILLIS: u64 = 40;

/// A message on its way to its receiver.
pub(super) struct Letter {
    one: Subscriber,
    key: MessageKey,
    message: Message,
    at: UnixMillis,
}

/// How a receiver is.
struct Mood {
    /// So many of a hundred messages are refused.
    refuses: u64,
    /// So many of a hundred answers come late, or never.
    dawdles: u64,
}

/// Everybody who is told.
pub(super) struct Receivers {
    /// Of their own, so that what they draw changes nothing elsewhere.
    dice: Dice,
    moods: BTreeMap<WebhookId, Mood>,
    names: BTreeMap<(WebhookId, EventId), MessageId>,
    first: BTreeMap<WebhookId, u64>,
    took: BTreeSet<(WebhookId, MessageKey)>,
    tries: BTreeMap<(WebhookId, MessageKey), u32>,
    pub(super) changing: Changing,
    /// When the sweep that is under way began, while nothing of it failed.
    pub(super) sweep_began: Option<UnixMillis>,
    is_healed: bool,
}

impl Receivers {
    /// Nobody has heard anything.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed ^ 0x5745_4248_4F4F_4B53),
            moods: BTreeMap::new(),
            names: BTreeMap::new(),
            first: BTreeMap::new(),
            took: BTreeSet::new(),
            tries: BTreeMap::new(),
            changing: Changing::default(),
            sweep_began: None,
            is_healed: false,
        }
    }

    /// What a receiver says, and after how long.
    fn answer(&mut self, webhook: WebhookId) -> (Span, Answer) {
        let dice = &mut self.dice;
        let mood = self.moods.entry(webhook).or_insert_with(|| Mood {
            refuses: [0, 20, 60, 100][dice.place(4).unwrap_or(0)],
            dawdles: [0, 0, 10, 40][dice.place(4).unwrap_or(0)],
        });
        if self.is_healed {
            return (Span(dice.between(1, 50)), Answer::Status(200, None));
        }
        if dice.chance(mood.dawdles) {
            let late = Span(dice.between(1000, 14_000));
            let never = (Span::seconds(15), Answer::None(NoAnswer::TimedOut));
            return if dice.chance(50) { never } else { (late, Answer::Status(200, None)) };
        }
        let answer = match dice.below(10) {
            _ if !dice.chance(mood.refuses) => Answer::Status(200, None),
            0 => Answer::Status(429, Some(Span::seconds(dice.between(1, 4000)))),
            1 if dice.chance(5) => Answer::Status(410, None),
            2 => Answer::None(NoAnswer::NoConnection),
            _ => Answer::Status(500, None),
        };
        (Span(dice.between(1, 300)), answer)
    }
}

impl World {
    /// Each application wants to be told, at one place or two.
    pub(super) fn found_webhooks(&mut self, number: usize, application: ApplicationId) -> Outcome<()> {
        let all: Vec<String> =
            EventKind::ALL.into_iter().filter(|kind| kind.can_be_subscribed()).map(EventKind::name).collect();
        let (some, rest): (Vec<String>, Vec<String>) =
            all.into_iter().partition(|_| self.receivers.dice.chance(60));
        for (place, events) in [some, rest].into_iter().enumerate() {
            let url = Some(format!("https://hooks.example.test/{number}/{place}"));
            let changes = WebhookChanges { url, events: Some(events), ..WebhookChanges::default() };
            let create = Command::Webhook(WebhookCommand::Create(changes, 0));
            self.ask_application(application, create)?;
        }
        Ok(())
    }

    fn webhooks(&self) -> Vec<(ApplicationId, Webhook)> {
        let all = self.process.iter().flat_map(|process| process.house.applications());
        all.flat_map(|one| one.webhooks.values().map(|webhook| (one.id, webhook.clone())).collect::<Vec<_>>())
            .collect()
    }

    fn subscribers(&self, scope: Option<ApplicationId>) -> Vec<Subscriber> {
        let all = self.webhooks().into_iter().filter(|(id, _)| scope.is_none_or(|scope| scope == *id));
        all.map(|(application, one)| Subscriber {
            webhook: one.id,
            application,
            term: one.term,
            since: one.since,
        })
        .collect()
    }

    /// One input to the delivery core, and all that comes of it.
    pub(super) fn drive_delivery(&mut self, input: Input) -> Outcome<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let entropy = self.receivers.dice.bytes();
            let Some(process) = self.process.as_mut() else { return Ok(()) };
            let mut out = Vec::new();
            process.delivery.handle(self.now, entropy, input, &mut out);
            for output in out {
                match output {
                    Output::List(scope) => inputs.push(Input::Listed(scope, self.subscribers(scope))),
                    Output::Load(wanted) => inputs.push(self.load_queue(&wanted)),
                    Output::Deliver(one, key) => self.send_letter(one, key),
                    Output::Write(epoch, change) => self.write_deliveries(epoch, &change)?,
                    Output::Sweep(from) => inputs.extend(self.sweep_messages(from)?),
                    Output::WakeAt(at) => self.wake_delivery(at),
                    Output::Reply(token, answer) => self.replay_answered(token, answer)?,
                    // Everybody hears every bell here.
                    Output::Listen(_) => {}
                }
            }
        }
        Ok(())
    }

    fn load_queue(&self, wanted: &Wanted) -> Input {
        let loaded = self.process.as_ref().and_then(|process| {
            let application = process.house.application(wanted.application);
            let webhook = application.as_ref().and_then(|one| one.webhooks.get(&wanted.webhook));
            let wants = |kind, number| webhook.is_some_and(|one| one.is_told(kind, number));
            rows::load(self.disk.as_ref(), &process.durable(), wanted, wants).ok()
        });
        Input::Loaded(wanted.webhook, loaded)
    }

    fn send_letter(&mut self, one: Subscriber, key: MessageKey) {
        let table = &self.workflows.webhook_delivery;
        let place = (one.application, one.webhook, key);
        let read = rows::message(self.disk.as_ref(), &self.keyring, table, place, self.now);
        let event = match read {
            Ok(Some((message, _))) => {
                Event::AtReceiver(Box::new(Letter { one, key, message, at: self.now }), false)
            }
            // It waited longer than events are kept.
            Ok(None) => {
                self.log.mark("an event was gone before it was told");
                Event::Delivery(Box::new(Input::Tried(one.webhook, Tried::Lost)))
            }
            Err(_) => Event::Delivery(Box::new(Input::Tried(one.webhook, Tried::NotNow))),
        };
        let way = Span(self.receivers.dice.between(1, WAY_MILLIS));
        self.queue.at(self.now.plus(way), event);
    }

    /// A message reaches its receiver, and the answer whoever waits for it.
    pub(super) fn at_receiver(&mut self, letter: &Letter, nobody_waits: bool) -> Outcome<()> {
        let Letter { one, key, message, at } = letter;
        let (webhook, event) = (one.webhook, message.event);
        if !self.checker.event_ids.contains(&event) {
            return broken(
                "DUR-2",
                format!("webhook {webhook} hears of event {event}, which is not durable"),
            );
        }
        let mut happened = self.checker.events.get(&one.application).into_iter().flatten();
        let happened = happened.find(|(number, _)| *number == key.sequence).map(|(_, event)| event);
        let may_hear = |event| self.receivers.changing.may_hear(webhook, key.run, event);
        if !happened.is_some_and(may_hear) {
            return broken("WH-1", format!("webhook {webhook} hears of {}", message.kind.name()));
        }
        let name = key.id(&self.keyring, webhook);
        if key.run == LIVE {
            let known = self.receivers.names.insert((webhook, event), name);
            let first = self.receivers.first.entry(webhook).or_default();
            if known.is_some_and(|known| known != name) {
                return broken("WH-2", format!("event {event} came to webhook {webhook} under two names"));
            }
            if known.is_none() && key.sequence <= *first {
                let what = format!("event {} came to webhook {webhook} first behind {first}", key.sequence);
                return broken("WH-2", what);
            }
            *first = key.sequence.max(*first);
        }
        let (took, answer) = self.receivers.answer(webhook);
        *self.receivers.tries.entry((webhook, *key)).or_default() += 1;
        if answer.is_success() {
            self.receivers.took.insert((webhook, *key));
            if key.run != LIVE {
                self.log.mark("a message arrived once more");
            }
            self.log.mark("a message arrived");
        } else {
            self.log.mark("a message was refused");
        }
        if message.tries > 0 && answer.is_success() {
            self.log.mark("a message arrived at a later try");
        }
        if nobody_waits {
            self.log.mark("a message outlived its process");
            return Ok(());
        }
        let attempt = Attempt { number: message.tries.saturating_add(1), at: *at, took, answer, url: None };
        let tried = Tried::Attempted(Box::new(message.clone()), attempt);
        self.queue.at(self.now.plus(took), Event::Delivery(Box::new(Input::Tried(webhook, tried))));
        Ok(())
    }

    fn write_deliveries(&mut self, epoch: u64, change: &Change) -> Outcome<()> {
        let mut entropy = Entropy::new(self.receivers.dice.bytes());
        let commit = readable(rows::commit(&self.keyring, change, &mut entropy))?;
        self.submit(Owner::Webhook(change.subscriber.webhook, epoch), commit);
        Ok(())
    }

    fn sweep_messages(&mut self, from: Option<sweep::Place>) -> Outcome<Option<Input>> {
        if from.is_none() {
            self.receivers.sweep_began = Some(self.now);
        }
        let all: BTreeMap<WebhookId, ApplicationId> =
            self.webhooks().into_iter().map(|(application, one)| (one.id, application)).collect();
        let table = &self.workflows.webhook_delivery;
        let step = sweep::step(self.disk.as_ref(), table, from, |id| all.get(&id).copied(), self.now);
        let sweep::Step { commit, next } = readable(step)?;
        if !commit.writes.is_empty() {
            self.log.mark("old messages were swept away");
            self.submit(Owner::WebhookSweep(next), commit);
            return Ok(None);
        }
        if let Some(began) = self.receivers.sweep_began.filter(|_| next.is_none()) {
            self.checker.demand_swept(began)?;
        }
        Ok(Some(Input::Swept(next)))
    }

    fn wake_delivery(&mut self, at: UnixMillis) {
        let Some(process) = self.process.as_mut() else { return };
        if process.delivery_wakes != Some(at) {
            process.delivery_wakes = Some(at);
            self.queue.at(at.max(self.now.plus(Span(1))), Event::WakeDelivery(at));
        }
    }

    /// Its alarm: an earlier one that was set again since means nothing.
    pub(super) fn delivery_wakes(&mut self, at: UnixMillis) -> Outcome<()> {
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        if process.delivery_wakes.take_if(|set| *set == at).is_some() {
            self.drive_delivery(Input::Tick)?;
        }
        Ok(())
    }

    /// All receivers work from now on, and their partners say that stopped webhooks are mended.
    pub(super) fn heal_receivers(&mut self) -> Outcome<()> {
        self.receivers.is_healed = true;
        for (application, one) in self.webhooks() {
            let update = WebhookCommand::Update(one.id, WebhookChanges::default(), 0);
            self.ask_application(application, Command::Webhook(update))?;
        }
        Ok(())
    }

    /// WH-1, when there was time enough.
    pub(super) fn demand_all_told(&self) -> Outcome<()> {
        let exhausted = self
            .workflows
            .webhook_delivery
            .spans(crate::domain::workflow::webhook_delivery::Limit::Retries)
            .len();
        for (application, webhook) in self.webhooks() {
            let events = self.checker.events.get(&application).into_iter().flatten();
            let wanted = events.filter(|(_, event)| self.receivers.changing.wanted_always(webhook.id, event));
            let kept = wanted.filter(|(number, _)| self.checker.keeps_event(application, *number));
            let runs = |number| self.receivers.changing.runs(&webhook, number);
            for (key, event) in
                kept.flat_map(|(number, event)| runs(*number).into_iter().map(move |key| (key, event)))
            {
                let place = (webhook.id, key);
                let tries = self.receivers.tries.get(&place).copied().unwrap_or(0);
                let is_told = self.receivers.took.contains(&place) || tries as usize > exhausted;
                if !is_told {
                    let what = format!(
                        "event {key:?} ({}) never came to webhook {} after {tries} tries",
                        event.kind.name(),
                        webhook.id
                    );
                    return broken("WH-1", what);
                }
            }
        }
        Ok(())
    }
}
