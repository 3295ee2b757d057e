//! Proofs of deliveries: the core over real records and a real committer, with receivers that are played, on
//! virtual time. A crash throws away all but the store.

mod crashes;
mod orders;
mod sweeps;
mod troubles;

use super::change::{Ask, Asked, Subscriber};
use super::core::{DeliveryCore, Input, Output, Refusal, Tried};
use super::rows;
use super::sweep;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::delivery::{Answer, Attempt, LIVE, Message, MessageKey};
use crate::domain::entropy::Entropy;
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{ApplicationId, EventId, UserId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Workflows;
use crate::engine::committer::events::last_durable_event;
use crate::engine::committer::{Commit, CommitError, CommitterCore, NewEvent, Write};
use crate::engine::house::House;
use crate::engine::open::join;
use crate::engine::records::event;
use crate::store::key::{self, Kind};
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use crate::store::{Order, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));
const OK: Answer = Answer::Status(200, None);
const BAD: Answer = Answer::Status(500, None);
/// A quick answer.
const QUICK: Span = Span(20);

fn webhook(number: u128) -> WebhookId {
    WebhookId(Uuid::from_u128(number))
}

fn live(sequence: u64) -> MessageKey {
    MessageKey { sequence, run: LIVE }
}

/// Entropy that follows from two numbers.
fn numbered(byte: u8, number: u64) -> Entropy {
    let mut seed = [byte; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    Entropy::new(seed)
}

enum Coming {
    Tried(WebhookId, Tried),
    Written(WebhookId, u64, Result<u64, CommitError>),
    Input(Input),
}

type Receiver = Box<dyn FnMut(UnixMillis, MessageKey) -> (Span, Answer)>;

/// A server that does nothing but deliver, and the world around it.
struct World {
    house: Arc<House>,
    store: Arc<MemoryStore>,
    committer: CommitterCore,
    core: DeliveryCore,
    now: UnixMillis,
    coming: BTreeMap<(UnixMillis, u64), Coming>,
    count: u64,
    wake: Option<UnixMillis>,
    subscribers: BTreeMap<WebhookId, Subscriber>,
    receivers: BTreeMap<WebhookId, Receiver>,
    /// Who heard what, when it began.
    heard: Vec<(UnixMillis, WebhookId, MessageKey)>,
    /// Who took what.
    took: Vec<(WebhookId, MessageKey)>,
    replies: Vec<(u64, Result<Asked, Refusal>)>,
    is_full: bool,
    loads: usize,
    /// What all want, and behind which event.
    wanted: BTreeMap<EventKind, u64>,
}

impl World {
    fn new() -> Self {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let workflows = Workflows::load(&BTreeMap::new()).unwrap();
        let house = Arc::new(House::new(workflows, keyring.clone(), "localhost".into(), &[], []));
        let store = Arc::new(MemoryStore::default());
        let opened = join(store.clone(), Box::new(MemorySlots::default()), keyring);
        let committer = CommitterCore::open(opened.store.clone(), opened.vault).unwrap();
        Self {
            core: DeliveryCore::new(house.clone()),
            house,
            store,
            committer,
            now: UnixMillis(1_000_000),
            coming: BTreeMap::new(),
            count: 0,
            wake: None,
            subscribers: BTreeMap::new(),
            receivers: BTreeMap::new(),
            heard: Vec::new(),
            took: Vec::new(),
            replies: Vec::new(),
            is_full: false,
            loads: 0,
            wanted: [(EventKind::UserCreated, 0)].into(),
        }
    }

    /// A webhook, and how its receiver answers.
    fn webhook(
        &mut self,
        number: u128,
        answer: impl FnMut(UnixMillis, MessageKey) -> (Span, Answer) + 'static,
    ) -> WebhookId {
        let id = webhook(number);
        let durable = self.committer.durable();
        let since = last_durable_event(self.store.as_ref(), &durable, APPLICATION).unwrap();
        let one = Subscriber { webhook: id, application: APPLICATION, term: 1, since };
        self.subscribers.insert(id, one);
        self.receivers.insert(id, Box::new(answer));
        self.commit(vec![(key::webhook(APPLICATION, id), Some(()))]);
        self.input(Input::Changed(APPLICATION));
        id
    }

    fn commit(&mut self, rows: Vec<(Vec<u8>, Option<()>)>) {
        let value = || crate::store::codec::encode(0, &crate::engine::records::delivery::RetryV1).unwrap();
        let writes = rows.into_iter().map(|(key, there)| Write { key, value: there.map(|()| value()) });
        let commit = Commit { writes: writes.collect(), ..Commit::default() };
        assert!(self.committer.commit(vec![commit])[0].is_ok());
    }

    fn remove(&mut self, id: WebhookId) {
        self.subscribers.remove(&id);
        self.commit(vec![(key::webhook(APPLICATION, id), None)]);
        self.input(Input::Changed(APPLICATION));
    }

    /// Something happens to a user of the application.
    fn happens(&mut self, kind: EventKind) {
        self.count += 1;
        let mut entropy = numbered(7, self.count);
        let (id, user) = (EventId(entropy.bytes()), UserId(Uuid::from_u128(7)));
        let (link, consent, subject) = (None, None, None);
        let happened = Event {
            id,
            kind,
            at: self.now,
            recorded: self.now,
            user,
            link,
            consent,
            subject,
            data: EventData::Nothing,
        };
        let encoded = event::encode(&happened, None, [0; 24]).unwrap();
        let events = vec![NewEvent { application: APPLICATION, user, id, encoded }];
        assert!(self.committer.commit(vec![Commit { events, ..Commit::default() }])[0].is_ok());
        self.input(Input::Rung(APPLICATION));
    }

    fn happen(&mut self, many: usize) {
        (0..many).for_each(|_| self.happens(EventKind::UserCreated));
    }

    fn later(&mut self, after: Span, coming: Coming) {
        self.count += 1;
        self.coming.insert((self.now.plus(after), self.count), coming);
    }

    fn input(&mut self, input: Input) {
        let mut out = Vec::new();
        self.count += 1;
        let entropy = numbered(8, self.count).bytes();
        self.core.handle(self.now, entropy, input, &mut out);
        for output in out {
            self.output(output);
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::List(scope) => {
                let all = self.subscribers.values().copied().collect();
                self.later(Span(0), Coming::Input(Input::Listed(scope, all)));
            }
            Output::Listen(_) => {}
            Output::Load(wanted) => {
                self.loads += 1;
                let durable = self.committer.durable();
                let wants = |kind, number| self.wanted.get(&kind).is_some_and(|since| number > *since);
                let loaded = rows::load(self.store.as_ref(), &durable, &wanted, wants).unwrap();
                self.later(Span(1), Coming::Input(Input::Loaded(wanted.webhook, Some(loaded))));
            }
            Output::Deliver(one, key) => self.deliver(one, key),
            Output::Write(epoch, change) => {
                let commit = rows::commit(&self.house.keyring, &change, &mut Entropy::new([9; 32])).unwrap();
                let result = if self.is_full {
                    Err(CommitError::Full)
                } else {
                    self.committer.commit(vec![commit]).remove(0)
                };
                self.later(Span(3), Coming::Written(change.subscriber.webhook, epoch, result));
            }
            Output::Sweep(from) => {
                let (table, subscribers) = (&self.house.workflows.webhook_delivery, &self.subscribers);
                let owner = |id| subscribers.get(&id).map(|one| one.application);
                let step = sweep::step(self.store.as_ref(), table, from, owner, self.now).unwrap();
                assert!(step.commit.writes.len() < 2 * sweep::SWEEP_ROWS_MAX);
                assert!(self.committer.commit(vec![step.commit])[0].is_ok());
                self.later(Span(2), Coming::Input(Input::Swept(step.next)));
            }
            Output::Reply(token, answer) => self.replies.push((token, answer)),
            Output::WakeAt(at) => self.wake = Some(at),
        }
    }

    fn deliver(&mut self, one: Subscriber, key: MessageKey) {
        let table = &self.house.workflows.webhook_delivery;
        let place = (one.application, one.webhook, key);
        let read = rows::message(self.store.as_ref(), &self.house.keyring, table, place, self.now).unwrap();
        let Some((message, event)) = read else {
            return self.later(Span(0), Coming::Tried(one.webhook, Tried::Lost));
        };
        assert_eq!(event.is_none(), message.text.is_some(), "a test message alone stands for no event");
        self.heard.push((self.now, one.webhook, key));
        let (took, answer) = self.receivers.get_mut(&one.webhook).unwrap()(self.now, key);
        if answer.is_success() {
            self.took.push((one.webhook, key));
        }
        let attempt = Attempt { number: message.tries + 1, at: self.now, took, answer, url: None };
        self.later(took, Coming::Tried(one.webhook, Tried::Attempted(Box::new(message), attempt)));
    }

    /// Lets time pass; what is due at its end happens too.
    fn pass(&mut self, span: Span) {
        let until = self.now.plus(span);
        loop {
            let next = self.coming.first_key_value().map(|((at, _), _)| *at);
            let wake = self.wake.filter(|wake| next.is_none_or(|next| *wake < next));
            let Some(at) = wake.or(next).filter(|at| *at <= until) else { break };
            self.now = self.now.max(at);
            if wake.is_some() {
                self.wake = None;
                self.input(Input::Tick);
            } else if let Some((_, coming)) = self.coming.pop_first() {
                match coming {
                    Coming::Tried(webhook, tried) => self.input(Input::Tried(webhook, tried)),
                    Coming::Written(webhook, epoch, result) => {
                        self.input(Input::Written(webhook, epoch, result));
                    }
                    Coming::Input(input) => self.input(input),
                }
            }
        }
        self.now = until;
    }

    /// The process ends and begins again, after a while.
    fn crash(&mut self, down: Span) {
        self.coming.clear();
        self.wake = None;
        self.core = DeliveryCore::new(self.house.clone());
        self.now = self.now.plus(down);
        self.input(Input::Tick);
    }

    fn ask(&mut self, token: u64, id: WebhookId, ask: Ask) {
        self.input(Input::Ask(token, id, ask));
    }

    fn heard_by(&self, id: WebhookId) -> Vec<MessageKey> {
        self.heard.iter().filter(|(_, one, _)| *one == id).map(|(_, _, key)| *key).collect()
    }

    fn times_of(&self, id: WebhookId, key: MessageKey) -> Vec<i64> {
        let of = self.heard.iter().filter(|(_, one, heard)| *one == id && *heard == key);
        of.map(|(at, _, _)| at.0).collect()
    }

    fn rows(&self, kind: Kind) -> usize {
        let (from, to) = key::all(kind);
        self.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap().len()
    }

    fn stored(&self, id: WebhookId, key: MessageKey) -> Message {
        let table = &self.house.workflows.webhook_delivery;
        let place = (APPLICATION, id, key);
        rows::message(self.store.as_ref(), &self.house.keyring, table, place, self.now).unwrap().unwrap().0
    }

    fn told(&self, id: WebhookId) -> u64 {
        rows::cursor(self.store.as_ref(), id).unwrap().map_or(0, |(_, cursor)| cursor.told)
    }
}
