//! The actors as they run: panics contained, users let go and read again, full houses, texts that wait.

mod accesses;

use super::application::core::Command as ApplicationCommand;
use super::*;
use crate::adapters::sms::{Arrival, Message, SmsError, SmsGateway};
use crate::clock::SystemClock;
use crate::crypto::{Keyring, MasterKey};
use crate::domain::application::Mode;
use crate::domain::auth_link::PublicId;
use crate::domain::command::Rows;
use crate::domain::id::{AccountId, ConnectionId, JobId};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::Span;
use crate::engine::records::outbox::{Sweep, Wish};
use crate::random::SystemEntropy;
use crate::store::key::{self, Kind, Reading};
use crate::store::memory::{Faults, MemoryStore};
use crate::store::space::FreeSpace;
use crate::store::vault::{MemorySlots, SLOT_BYTES, Slots};
use crate::store::{Batch, Order, Row, Store};
use std::sync::Condvar;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A store whose syncs wait while the gate is closed.
#[derive(Default)]
struct GatedStore {
    inner: MemoryStore,
    closed: Mutex<bool>,
    opened: Condvar,
}

impl GatedStore {
    fn set_closed(&self, closed: bool) {
        *self.closed.lock().unwrap() = closed;
        self.opened.notify_all();
    }
}

impl Store for GatedStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.apply(batch)
    }

    fn sync(&self) -> Result<(), StoreError> {
        let closed = self.closed.lock().unwrap();
        drop(self.opened.wait_while(closed, |closed| *closed).unwrap());
        self.inner.sync()
    }

    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        self.inner.space()
    }
}

/// A gateway that takes nothing until it is told to.
#[derive(Default)]
struct DownGateway {
    up: AtomicBool,
    asked: AtomicU64,
}

#[async_trait::async_trait]
impl SmsGateway for DownGateway {
    async fn send(&self, _: Message<'_>) -> Result<Arrival, SmsError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.up.load(Ordering::SeqCst) { Ok(Arrival::AtOnce) } else { Err(SmsError::Later) }
    }
}

/// Slots that outlive an engine, as a file does.
#[derive(Clone, Default)]
struct KeptSlots(Arc<MemorySlots>);

impl Slots for KeptSlots {
    fn read(&self, slot: u64) -> std::io::Result<Option<[u8; SLOT_BYTES]>> {
        self.0.read(slot)
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> std::io::Result<()> {
        self.0.write(slot, bytes)
    }

    fn sync(&self) -> std::io::Result<()> {
        self.0.sync()
    }

    fn count(&self) -> std::io::Result<u64> {
        self.0.count()
    }
}

struct House {
    store: Arc<GatedStore>,
    slots: KeptSlots,
    gateway: Arc<DownGateway>,
}

impl House {
    fn new() -> Self {
        let house = Self { store: Arc::default(), slots: KeptSlots::default(), gateway: Arc::default() };
        house.gateway.up.store(true, Ordering::SeqCst);
        house
    }

    fn start(&self, limits: Limits) -> Engine {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = open::join(self.store.clone(), Box::new(self.slots.clone()), keyring);
        Engine::start(Parts {
            opened,
            workflows: Workflows::load(&BTreeMap::new()).unwrap(),
            public_host: "localhost".into(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            gateway: self.gateway.clone(),
            institutions: Arc::new(crate::adapters::institution::Nowhere),
            outlet: None,
            metrics: Arc::default(),
            on_failure: Box::new(|| panic!("the store failed")),
            limits,
        })
        .unwrap()
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    actix::System::with_tokio_rt(runtime).block_on(test);
}

async fn application(engine: &Engine) -> Caller {
    let id = ApplicationId(engine.draw().unwrap().uuid());
    let create = ApplicationCommand::Create { name: "Quill".into(), mode: Mode::Sandbox, redirect_url: None };
    engine.ask_application(id, create).await.unwrap();
    Caller::Server(id)
}

async fn user(engine: &Engine, caller: Caller) -> UserId {
    let id = UserId(engine.draw().unwrap().uuid());
    let profile = ProfileChanges { mobile: Some("+61400111222".into()), ..ProfileChanges::default() };
    engine.ask(id, caller, Command::CreateUser(Box::new(profile), None), Uuid::nil()).await.unwrap();
    id
}

async fn link(engine: &Engine, caller: Caller, user: UserId) -> PublicId {
    let create = Command::CreateLink { mobile: None };
    let Ok(Reply::Link(link)) = engine.ask(user, caller, create, Uuid::nil()).await else {
        panic!("no link")
    };
    link.public_id
}

async fn read(engine: &Engine, caller: Caller, user: UserId) -> Result<Reply, Refusal> {
    engine.ask(user, caller, Command::GetUser, Uuid::nil()).await
}

#[test]
fn a_panic_ends_one_user_alone_and_the_store_has_it_again() {
    run(async {
        let engine = House::new().start(Limits::default());
        let caller = application(&engine).await;
        let (one, other) = (user(&engine, caller).await, user(&engine, caller).await);
        for _ in 1..shard::core::STRIKES_MAX {
            let panicked = engine.ask(one, caller, Command::Panic, Uuid::nil()).await;
            assert_eq!(panicked, Err(Trouble::Defect.into()));
            assert!(read(&engine, caller, one).await.is_ok(), "it starts again from the store");
        }
        let last = engine.ask(one, caller, Command::Panic, Uuid::nil()).await;
        assert_eq!(last, Err(Trouble::Defect.into()));
        assert_eq!(
            read(&engine, caller, one).await,
            Err(Trouble::Defect.into()),
            "it is left alone for a while"
        );
        assert!(read(&engine, caller, other).await.is_ok());
        assert_eq!(engine.metrics().user_panics.get(), u64::from(shard::core::STRIKES_MAX));
    });
}

#[test]
fn users_that_are_let_go_are_read_again_from_the_store() {
    run(async {
        let engine = House::new().start(Limits { shards: 1, users_max: 2, ..Limits::default() });
        let caller = application(&engine).await;
        let mut users = Vec::new();
        for _ in 0..20 {
            users.push(user(&engine, caller).await);
        }
        for user in users {
            assert!(read(&engine, caller, user).await.is_ok());
        }
        assert!(engine.metrics().users_evicted.get() >= 30, "{}", engine.metrics().users_evicted.get());
    });
}

#[test]
fn a_full_house_says_so_and_what_is_under_way_is_answered() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits { permits: 1, ..Limits::default() });
        let caller = application(&engine).await;
        let id = user(&engine, caller).await;
        house.store.set_closed(true);
        let (asked, waits) = (engine.clone(), Command::CreateLink { mobile: None });
        let first = tokio::spawn(async move { asked.ask(id, caller, waits, Uuid::nil()).await });
        while engine.observe_permits().1 > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(read(&engine, caller, id).await, Err(Trouble::Busy.into()));
        assert!(!first.is_finished(), "nothing is answered before it is durable");
        house.store.set_closed(false);
        assert!(matches!(first.await.unwrap(), Ok(Reply::Link(_))));
        assert!(read(&engine, caller, id).await.is_ok(), "the permit is back");
    });
}

#[test]
fn a_caller_that_goes_away_cancels_nothing() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits::default());
        let caller = application(&engine).await;
        let id = user(&engine, caller).await;
        house.store.set_closed(true);
        {
            let asked = engine.ask(id, caller, Command::CreateLink { mobile: None }, Uuid::nil());
            tokio::pin!(asked);
            tokio::select! {
                biased;
                _ = &mut asked => panic!("answered before it was durable"),
                () = tokio::task::yield_now() => {}
            }
        }
        house.store.set_closed(false);
        engine.drain(Duration::from_mins(1)).await;
        let engine = house.start(Limits::default());
        let Ok(Reply::User(view)) = read(&engine, caller, id).await else { panic!("the user is lost") };
        assert!(view.has_link);
    });
}

#[test]
fn a_text_that_had_not_gone_goes_after_the_next_start() {
    run(async {
        let house = House::new();
        house.gateway.up.store(false, Ordering::SeqCst);
        let engine = house.start(Limits::default());
        let caller = application(&engine).await;
        let id = user(&engine, caller).await;
        let hash = link(&engine, caller, id).await.hash(&engine.house().keyring);
        engine
            .ask(id, Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }, Uuid::nil())
            .await
            .unwrap();
        while house.gateway.asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(engine.outbox(10).unwrap().len(), 1);
        assert!(engine.inbox(None, 10).unwrap().is_empty());
        engine.drain(Duration::from_mins(1)).await;
        house.gateway.up.store(true, Ordering::SeqCst);
        let engine = house.start(Limits::default());
        while engine.inbox(None, 10).unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(engine.outbox(10).unwrap().is_empty());
        assert_eq!(engine.inbox(None, 10).unwrap().len(), 1);
    });
}

#[test]
fn a_drained_house_lets_nobody_in() {
    run(async {
        let engine = House::new().start(Limits::default());
        let caller = application(&engine).await;
        let id = user(&engine, caller).await;
        engine.drain(Duration::from_mins(1)).await;
        assert_eq!(read(&engine, caller, id).await, Err(Trouble::Busy.into()));
    });
}

/// A wish in the outbox, as an earlier process left it.
fn wish(number: u128, user: UserId, wish: records::outbox::Wish) -> (Vec<u8>, Option<Vec<u8>>) {
    let head = records::outbox::OutboxHead {
        id: crate::domain::id::EffectId(Uuid::from_u128(number)),
        application: ApplicationId(Uuid::from_u128(1)),
        user,
        clock: None,
        created: UnixMillis(0),
        not_after: UnixMillis(i64::MAX),
        wish,
    };
    let keyring = Keyring::derive(&MasterKey::new([1; 32]));
    (key::outbox(head.id), Some(records::outbox::encode(&head, None, &keyring, [1; 24]).unwrap()))
}

#[test]
fn wishes_of_an_earlier_process_are_seen_to_and_go() {
    run(async {
        let house = House::new();
        let (user, connection) = (UserId(Uuid::from_u128(7)), ConnectionId(Uuid::from_u128(8)));
        let row = |generation, number| {
            let reading = Reading { user, connection, generation };
            (key::account(&reading, AccountId(Uuid::from_u128(number))), Some(vec![1]))
        };
        let mut rows: Vec<_> = (0..300).map(|number| row(1, number)).collect();
        rows.extend([row(2, 1), row(3, 1), row(4, 1)]);
        let sweep = Sweep { connection, rows: Rows::Accounts, keep: 2, up_to: 3 };
        rows.push(wish(1, user, Wish::Sweep(sweep)));
        rows.push(wish(2, user, Wish::Gather { job: JobId(Uuid::from_u128(9)) }));
        house.store.apply(&Batch(rows)).unwrap();
        let engine = house.start(Limits::default());
        while !engine.outbox(10).unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let (from, to) = key::all(Kind::Account);
        let left = house.store.scan(&from, &to, Order::Ascending, 1000).unwrap();
        let left = left.iter().filter_map(|(row, _)| key::read_account(row)).map(|(one, _)| one.generation);
        assert_eq!(left.collect::<Vec<_>>(), [2, 4], "what is shown, and what came later");
    });
}

#[test]
fn what_is_over_its_time_goes_by_itself() {
    run(async {
        let house = House::new();
        let short = Span::seconds(1);
        let limits = Limits { mark_lifetime: short, event_lifetime: short, ..Limits::default() };
        let engine = house.start(limits);
        let caller = application(&engine).await;
        for number in 0..60 {
            let rendered = mark::Rendered { status: 201, body: vec![b'x'; 4000] };
            let id = user(&engine, caller).await;
            engine.leave_mark([number; 32], [0; 32], rendered).await.unwrap();
            assert!(read(&engine, caller, id).await.is_ok());
        }
        let rows = |kind| {
            let (from, to) = key::all(kind);
            house.store.scan(&from, &to, Order::Ascending, 1000).unwrap().len()
        };
        let kinds = [Kind::Mark, Kind::MarkDue, Kind::MarkPart, Kind::Event, Kind::EventIndex];
        while kinds.map(rows) != [0, 0, 0, 1, 1] {
            tokio::task::yield_now().await;
        }
        let metrics = engine.metrics();
        while (metrics.marks_pruned.get(), metrics.events_pruned.get()) != (60, 59) {
            tokio::task::yield_now().await;
        }
        let Caller::Server(application) = caller else { panic!("another caller") };
        assert_eq!(engine.last_event(application).unwrap(), 60);
    });
}

#[test]
fn a_row_that_cannot_be_read_keeps_nothing_else_behind_its_time() {
    run(async {
        let house = House::new();
        // Of the application that comes first.
        let damaged = |number| (key::event(ApplicationId(Uuid::nil()), number), Some(b"damaged".to_vec()));
        house.store.apply(&Batch(vec![damaged(1), damaged(2)])).unwrap();
        let engine = house.start(Limits { event_lifetime: Span::seconds(1), ..Limits::default() });
        let caller = application(&engine).await;
        for _ in 0..5 {
            user(&engine, caller).await;
        }
        let gone = async {
            while engine.metrics().events_pruned.get() != 4 {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(1), gone).await;
        waited.expect("the events of an application wait for those of another");
    });
}
