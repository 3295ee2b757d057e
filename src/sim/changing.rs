//! Webhooks that come, change and go while they are told, and events that are told once more: what partners do
//! with them, and what WH-1 then says. A webhook is told of what it wanted all the time since that happened; of
//! what it did not want when it happened it is not told, unless it was asked for again; a replay that was
//! acknowledged is told like everything else.

use super::Outcome;
use super::checker::broken;
use super::options::Deed;
use super::queue::Event;
use super::world::World;
use crate::domain::application::Application;
use crate::domain::delivery::{LIVE, MessageKey};
use crate::domain::event::{Event as Happened, EventKind};
use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::{Webhook, WebhookChanges};
use crate::engine::application::core::{Command, Done, WebhookCommand};
use crate::engine::delivery::change::{Ask, Asked};
use crate::engine::delivery::core::{Input, Refusal};
use crate::store::key::{self, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Webhooks of one application, in a run.
const WEBHOOKS_MAX: usize = 4;

/// How long it takes at most until what a partner said of a webhook is what it is told by, also when the
/// process ends in between.
const SLACK: Span = Span::seconds(3);

/// What a webhook wanted, since when.
type Wants = Vec<(UnixMillis, BTreeSet<EventKind>)>;

/// What is known of webhooks that change.
#[derive(Default)]
pub(super) struct Changing {
    wants: BTreeMap<WebhookId, Wants>,
    /// As their partners were told that they are.
    acknowledged: BTreeMap<WebhookId, (ApplicationId, Webhook)>,
    removed: BTreeSet<WebhookId>,
    /// Replays that were acknowledged.
    runs: BTreeMap<(WebhookId, u32), (u64, u64)>,
    /// Which replay is asked for.
    asks: BTreeMap<u64, (WebhookId, u64, u64)>,
}

impl Changing {
    /// What an application's webhooks want from now on.
    pub(super) fn note(&mut self, application: &Application, now: UnixMillis) {
        for (id, webhook) in &application.webhooks {
            let wants = self.wants.entry(*id).or_default();
            if wants.last().is_none_or(|(_, last)| *last != webhook.events) {
                wants.push((now, webhook.events.clone()));
            }
        }
    }

    /// What a webhook wanted at any time since then, and from when on.
    fn since(
        &self,
        webhook: WebhookId,
        at: UnixMillis,
    ) -> impl Iterator<Item = &(UnixMillis, BTreeSet<EventKind>)> {
        let all = self.wants.get(&webhook).map_or(&[][..], Vec::as_slice);
        let began = all.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
        let ended = all.iter().zip(began);
        ended.filter(move |(_, end)| end.is_none_or(|end| end.plus(SLACK) > at)).map(|(wants, _)| wants)
    }

    /// Whether a webhook has wanted it ever since it happened.
    pub(super) fn wanted_always(&self, webhook: WebhookId, event: &Happened) -> bool {
        self.since(webhook, event.recorded).all(|(_, set)| set.contains(&event.kind))
    }

    /// Whether it may be told of it in this run: a replay tells of what is wanted by now.
    pub(super) fn may_hear(&self, webhook: WebhookId, run: u32, event: &Happened) -> bool {
        let had_begun = |from: UnixMillis| run != LIVE || from <= event.recorded.plus(SLACK);
        self.since(webhook, event.recorded).any(|(from, set)| had_begun(*from) && set.contains(&event.kind))
    }

    /// The runs in which an event is told to a webhook, with the live one.
    pub(super) fn runs(&self, webhook: &Webhook, number: u64) -> Vec<MessageKey> {
        let (from, to) = ((webhook.id, LIVE), (webhook.id, u32::MAX));
        let replayed =
            self.runs.range(from..=to).filter(|(_, (first, last))| (*first..=*last).contains(&number));
        let replayed = replayed.map(|((_, run), _)| *run);
        let live = (number > webhook.since).then_some(LIVE);
        live.into_iter().chain(replayed).map(|run| MessageKey { sequence: number, run }).collect()
    }

    /// The process is gone, and whoever waited for an answer.
    pub(super) fn forget_asks(&mut self) {
        self.asks.clear();
    }

    /// A partner was told how a webhook is.
    pub(super) fn acknowledge(&mut self, command: &Command, done: &Done) {
        if let (Command::Webhook(_), Some(webhook)) = (command, &done.webhook) {
            let place = (done.application.id, webhook.as_ref().clone());
            self.acknowledged.insert(webhook.id, place);
        }
    }
}

impl World {
    /// A partner does something with a webhook.
    pub(super) fn webhook_acts(&mut self, deed: Deed) -> Outcome<()> {
        let Some(place) = self.dice.place(self.people.applications.len()) else { return Ok(()) };
        let application = self.people.applications[place];
        let house = self.process.as_ref().map(|process| process.house.clone());
        let Some(one) = house.and_then(|house| house.application(application)) else { return Ok(()) };
        let webhooks: Vec<&Webhook> = one.webhooks.values().collect();
        if deed == Deed::MakeWebhook {
            if webhooks.len() >= WEBHOOKS_MAX {
                return Ok(());
            }
            let url = Some(format!("https://hooks.example.test/later/{}", self.imprint()));
            let events = self.free_kinds(&one, None);
            let changes = WebhookChanges { url, events: Some(events), ..WebhookChanges::default() };
            let create = WebhookCommand::Create(changes, self.last_event(application));
            return self.ask_application(application, Command::Webhook(create));
        }
        let Some(place) = self.dice.place(webhooks.len()) else { return Ok(()) };
        let webhook = webhooks[place].id;
        let command = match deed {
            Deed::ChangeWebhook => {
                let events = Some(self.free_kinds(&one, Some(webhook)));
                let changes = WebhookChanges { events, ..WebhookChanges::default() };
                WebhookCommand::Update(webhook, changes, self.last_event(application))
            }
            Deed::RotateWebhook => WebhookCommand::Rotate(webhook),
            Deed::RemoveWebhook => {
                self.receivers.changing.removed.insert(webhook);
                WebhookCommand::Delete(webhook)
            }
            _ => {
                self.replay(application, webhook);
                return Ok(());
            }
        };
        self.ask_application(application, Command::Webhook(command))
    }

    /// The number of an application's last event, as durable.
    fn last_event(&self, application: ApplicationId) -> u64 {
        self.checker.events.get(&application).and_then(|all| all.last()).map_or(0, |last| last.0)
    }

    /// Some of what no other webhook of the application is told of.
    fn free_kinds(&mut self, application: &Application, but: Option<WebhookId>) -> Vec<String> {
        let others = application.webhooks.values().filter(|one| Some(one.id) != but);
        let taken: BTreeSet<EventKind> = others.flat_map(|one| one.events.iter().copied()).collect();
        let free =
            EventKind::ALL.into_iter().filter(|kind| kind.can_be_subscribed() && !taken.contains(kind));
        let free: Vec<EventKind> = free.collect();
        free.into_iter().filter(|_| self.dice.chance(70)).map(EventKind::name).collect()
    }

    /// A partner has one event, or a row of them, told once more.
    fn replay(&mut self, application: ApplicationId, webhook: WebhookId) {
        let last = self.last_event(application);
        if last == 0 {
            return;
        }
        let from = self.dice.between(1, last);
        let to = if self.dice.chance(50) { from } else { self.dice.between(from, last) };
        self.tokens += 1;
        let token = self.tokens;
        self.log
            .line(self.now, format!("#{token} a server wants events {from} to {to} told again to {webhook}"));
        self.receivers.changing.asks.insert(token, (webhook, from, to));
        let ask = Input::Ask(token, webhook, Ask::Replay { from, to });
        self.soon(20, Event::Delivery(Box::new(ask)));
    }

    /// A replay is under way, or is not.
    pub(super) fn replay_answered(&mut self, token: u64, answer: Result<Asked, Refusal>) -> Outcome<()> {
        self.log.line(self.now, format!("#{token} {answer:?}"));
        let Some((webhook, from, to)) = self.receivers.changing.asks.remove(&token) else { return Ok(()) };
        if let Ok(Asked::Replay(run)) = answer {
            self.log.mark("events were told again");
            if self.receivers.changing.runs.insert((webhook, run), (from, to)).is_some() {
                return broken("WH-2", format!("run {run} of webhook {webhook} was given twice"));
            }
        }
        Ok(())
    }

    /// After a start: what was acknowledged of webhooks is there.
    pub(super) fn check_webhooks(&self) -> Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        let changing = &self.receivers.changing;
        for (id, (application, known)) in &changing.acknowledged {
            if changing.removed.contains(id) {
                continue;
            }
            let found = process.house.application(*application).and_then(|one| one.webhooks.get(id).cloned());
            let holds = found.is_some_and(|found| found == *known || found.updated >= known.updated);
            if !holds {
                return broken("DUR-1", format!("webhook {id} is not as it was acknowledged"));
            }
        }
        Ok(())
    }

    /// At rest: nothing is left of a webhook that is gone.
    pub(super) fn demand_no_orphans(&self) -> Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        let there: BTreeSet<[u8; 16]> = process
            .house
            .applications()
            .iter()
            .flat_map(|one| one.webhooks.keys().map(|id| *id.bytes()).collect::<Vec<_>>())
            .collect();
        for kind in [Kind::WebhookCursor, Kind::Message, Kind::Attempt, Kind::Retry] {
            let rows = self.checker.replay.keys(key::all(kind));
            if rows.iter().any(|row| row.get(1..17).is_none_or(|id| !there.iter().any(|one| one == id))) {
                return broken("KEEP-1", format!("a row of kind {kind:?} outlived its webhook"));
            }
        }
        Ok(())
    }
}
