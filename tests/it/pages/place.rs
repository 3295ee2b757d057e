//! A server of its own for each test: real actors and a real listener over a store in memory, with a
//! clock that the test moves.

use crate::bank;
use authlink::adapters::sandbox_bank::SandboxBank;
use authlink::adapters::sms::Inbox;
use authlink::clock::Clock;
use authlink::crypto::{Keyring, MasterKey};
use authlink::domain::application::{Mode, Policy};
use authlink::domain::command::{Caller, Command, Reply};
use authlink::domain::connection::ConnectionView;
use authlink::domain::event::EventKind;
use authlink::domain::id::{AccountId, ApplicationId, ConsentId, JobId, UserId};
use authlink::domain::job::Job;
use authlink::domain::look::wanted::WantedLook;
use authlink::domain::notice::Notice;
use authlink::domain::profile::ProfileChanges;
use authlink::domain::time::UnixMillis;
use authlink::domain::workflow::Workflows;
use authlink::engine::application::core::Command as ApplicationCommand;
use authlink::engine::data::Asking;
use authlink::engine::read::events::{EventFilter, EventPlace};
use authlink::engine::read::sources::AccountFilter;
use authlink::engine::records::outbox::Wish;
use authlink::engine::{Engine, Limits, Parts, open};
use authlink::http::admin;
use authlink::http::listen::{ListenLimits, Surface, serve};
use authlink::http::rate::{RateLimits, Rates};
use authlink::http::token::{Claims, Scope, issue};
use authlink::http::{Settings, Web, public_routes};
use authlink::metrics::Metrics;
use authlink::random::SystemEntropy;
use authlink::store::Store;
use authlink::store::memory::{Faults, MemoryStore};
use authlink::store::vault::MemorySlots;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The number of the one person of these tests.
pub const MOBILE: &str = "+61491570222";

/// Saturday 28 November 2026, 9:14 am UTC.
pub const START: i64 = 1_795_857_240_000;

/// A clock that the test moves.
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

/// How the server is set up.
#[derive(Clone, Copy)]
pub struct Setup {
    pub is_https: bool,
    pub requires_link: bool,
}

/// A running server with one application and one user. Ends with its value.
pub struct Place {
    pub base: String,
    engine: Engine,
    clock: Arc<HandClock>,
    store: Arc<MemoryStore>,
    application: ApplicationId,
    user: UserId,
    stop: CancellationToken,
}

impl Place {
    pub async fn open() -> Self {
        Self::with(Setup { is_https: false, requires_link: false }).await
    }

    pub async fn with(setup: Setup) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(START)));
        let (stop, (ready, readied)) = (CancellationToken::new(), tokio::sync::oneshot::channel());
        let store = Arc::new(MemoryStore::default());
        let (clock_inside, store_inside, stop_inside) = (clock.clone(), store.clone(), stop.clone());
        std::thread::spawn(move || {
            let system = actix::System::with_tokio_rt(|| {
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
            });
            system.block_on(run(setup, clock_inside, store_inside, stop_inside, ready));
        });
        let (base, engine) = readied.await.unwrap();
        let application = ApplicationId(Uuid::from_u128(1));
        let place = Self { base, engine, clock, store, application, user: UserId(Uuid::from_u128(2)), stop };
        place.furnish(setup).await;
        place
    }

    async fn furnish(&self, setup: Setup) {
        let redirect_url = Some("https://partner.example/back?flow=1".to_owned());
        let create = ApplicationCommand::Create {
            name: "Quill Lending".into(),
            mode: Mode::Sandbox,
            redirect_url: redirect_url.clone(),
        };
        let configure = ApplicationCommand::Configure { redirect_url, requires_link: setup.requires_link };
        for command in [create, configure] {
            self.engine.ask_application(self.application, command).await.unwrap();
        }
        let person = ProfileChanges {
            email: Some("persona@example.test".into()),
            mobile: Some(MOBILE.into()),
            ..ProfileChanges::default()
        };
        self.ask(Command::CreateUser(Box::new(person), None)).await;
    }

    async fn ask(&self, command: Command) -> Reply {
        let caller = Caller::Server(self.application);
        self.engine.ask(self.user, caller, command, Uuid::nil()).await.unwrap()
    }

    /// A fresh link, as a path.
    pub async fn link(&self) -> String {
        let Reply::Link(link) = self.ask(Command::CreateLink { mobile: None }).await else { unreachable!() };
        format!("/{}", link.public_id.reveal())
    }

    pub async fn delete_link(&self) {
        self.ask(Command::DeleteLink).await;
    }

    /// The id of the active consent.
    pub async fn consent(&self) -> Option<ConsentId> {
        let Reply::Consent(consent) = self.ask(Command::GetConsent).await else { unreachable!() };
        consent.map(|consent| consent.id)
    }

    /// Until when it lasts.
    pub async fn consent_until(&self) -> i64 {
        let Reply::Consent(consent) = self.ask(Command::GetConsent).await else { unreachable!() };
        consent.map_or(0, |consent| consent.expires.0)
    }

    /// The connections, newest first.
    pub async fn connections(&self) -> Vec<ConnectionView> {
        let Reply::Connections(all) = self.ask(Command::ListConnections).await else { unreachable!() };
        all
    }

    /// The names of all accounts.
    pub async fn accounts(&self) -> Vec<AccountId> {
        let asking =
            Asking { user: self.user, caller: Caller::Server(self.application), request_id: Uuid::nil() };
        let mut ids: Vec<AccountId> = self
            .engine
            .accounts(asking, &AccountFilter::default())
            .await
            .unwrap()
            .into_iter()
            .map(|account| account.id)
            .collect();
        ids.sort();
        ids
    }

    async fn all_jobs(&self) -> Vec<Job> {
        let Reply::Jobs(jobs) = self.ask(Command::ListJobs).await else { unreachable!() };
        jobs
    }

    /// The names of the jobs, newest first.
    pub async fn jobs(&self) -> Vec<JobId> {
        self.all_jobs().await.iter().map(|job| job.id).collect()
    }

    /// Waits until no job is at work.
    pub async fn settle(&self) {
        for _ in 0..1000 {
            if self.all_jobs().await.iter().all(|job| !job.is_open()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a job does not end");
    }

    /// How many events of that type there were.
    pub fn events(&self, type_id: &str) -> usize {
        let filter = EventFilter {
            kinds: Some(EventKind::parse(type_id).into_iter().collect()),
            ..EventFilter::default()
        };
        self.engine.events(self.application, &filter, EventPlace::default()).unwrap().events.len()
    }

    /// How many events of that type there were, of links and jobs as well.
    pub fn happened(&self, type_id: &str) -> usize {
        let filter = EventFilter {
            kinds: Some(EventKind::parse(type_id).into_iter().collect()),
            ..EventFilter::default()
        };
        self.engine.feed(self.application, 0, 500, &filter).unwrap().events.len()
    }

    pub async fn end_consent(&self, id: ConsentId) {
        self.ask(Command::EndConsent(id)).await;
    }

    /// How the latest link stands, for the partner.
    pub async fn link_state(&self) -> String {
        let caller = Caller::Server(self.application);
        match self.engine.ask(self.user, caller, Command::GetLink, Uuid::nil()).await {
            Ok(Reply::Link(link)) => format!("{:?}", link.state),
            Ok(_) => unreachable!(),
            Err(refusal) => refusal.to_string(),
        }
    }

    /// The partner asks for something else from now on.
    pub async fn change_policy(&self) {
        let policy = Policy { purpose_title: "To see something else".into(), ..Policy::standard() };
        let command = ApplicationCommand::SetPolicy(Box::new(policy));
        self.engine.ask_application(self.application, command).await.unwrap();
    }

    /// The partner may keep a copy from now on.
    pub async fn retain_data(&self) {
        let policy = Policy { retain_data: true, ..Policy::standard() };
        let command = ApplicationCommand::SetPolicy(Box::new(policy));
        self.engine.ask_application(self.application, command).await.unwrap();
    }

    /// Of each consent that ended, whether its person asked for the deletion of that copy.
    pub async fn ended_consents(&self) -> Vec<bool> {
        let caller = Caller::Server(self.application);
        let all = self.engine.consents(self.user, caller, Uuid::nil()).await.unwrap();
        all.iter().filter(|one| one.revoked.is_some()).map(|one| one.deletion_asked).collect()
    }

    /// New people are asked for this from now on.
    pub async fn set_policy(&self, policy: &str) {
        let wanted = toml::from_str(policy).unwrap();
        admin::policy::set(&self.engine, self.application, wanted).await.unwrap();
    }

    /// The pages look so from now on; otherwise what the operator is told.
    pub async fn set_look(&self, wanted: WantedLook) -> Result<(), String> {
        match admin::look::set(&self.engine, self.application, wanted).await {
            Ok(_) => Ok(()),
            Err(error) => Err(String::from_utf8(error.envelope(Uuid::nil())).unwrap()),
        }
    }

    /// The keyword of the partner's API key, that tokens name.
    fn key(&self) -> u64 {
        *self.engine.house().application(self.application).unwrap().keys.keys().next().unwrap()
    }

    /// A client token of the partner.
    pub fn client_token(&self) -> String {
        self.token(None)
    }

    /// What the person was shown when they gave a consent.
    pub fn notice(&self, consent: ConsentId) -> Option<Notice> {
        self.engine.notice(self.user, consent).unwrap()
    }

    /// The consents, as the partner reads them.
    pub async fn read_consents(&self) -> serde_json::Value {
        self.read_of_person("consents").await
    }

    /// One consent, as the partner reads it.
    pub async fn read_consent(&self, id: ConsentId) -> serde_json::Value {
        self.read_of_person(&format!("consents/{id}")).await
    }

    async fn read_of_person(&self, rest: &str) -> serde_json::Value {
        let url = format!("{}/users/{}/{rest}", self.base, self.user);
        let request = reqwest::Client::new().get(url).bearer_auth(self.server_token());
        request.send().await.unwrap().json().await.unwrap()
    }

    fn server_token(&self) -> String {
        let claims = Claims {
            application: self.application,
            key: self.key(),
            user: None,
            scope: Scope::Server,
            link: None,
        };
        issue(&self.engine.house().keyring, &claims, self.engine.now()).unwrap()
    }

    /// The partner reads something of the person: the status.
    pub async fn read(&self, rest: &str) -> u16 {
        self.read_with(&self.server_token(), rest).await
    }

    /// The person's own token reads it.
    pub async fn read_as_person(&self, rest: &str) -> u16 {
        self.read_with(&self.client_token(), rest).await
    }

    async fn read_with(&self, token: &str, rest: &str) -> u16 {
        let path = format!("{}/users/{}/{rest}", self.base, self.user);
        let request = reqwest::Client::new().get(path.trim_end_matches('/')).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    }

    /// What the operator exports.
    pub async fn export(&self) -> String {
        let (mut pages, mut all) = (admin::export::pages(self.engine.clone()), Vec::new());
        while let Some(page) = pages.recv().await {
            all.extend(page.unwrap());
        }
        String::from_utf8(all).unwrap()
    }

    fn token(
        &self,
        link: Option<(authlink::domain::id::AuthLinkId, authlink::domain::id::SessionId)>,
    ) -> String {
        let claims = Claims {
            application: self.application,
            key: self.key(),
            user: Some(self.user),
            scope: Scope::Client,
            link,
        };
        issue(&self.engine.house().keyring, &claims, self.engine.now()).unwrap()
    }

    /// The token that the right code earns through the API.
    pub async fn link_token(&self, link: &str) -> String {
        let id = authlink::domain::auth_link::PublicId::parse(link.trim_start_matches('/')).unwrap();
        let hash = id.hash(&self.engine.house().keyring);
        let ask = |command| self.engine.ask(self.user, Caller::Applicant, command, Uuid::nil());
        ask(Command::RequestCode { hash, words: &"is your code" }).await.unwrap();
        let code = authlink::domain::auth_link::CodeText::parse(&self.code(1).await).unwrap();
        let entry = authlink::domain::command::Entry::Token;
        let Reply::Entered(entered) = ask(Command::TryCode { hash, code, entry }).await.unwrap() else {
            unreachable!()
        };
        self.token(Some((entered.link, entered.session)))
    }

    /// The code of the latest text, once there are `count` of them.
    pub async fn code(&self, count: usize) -> String {
        self.text(count).await.split(' ').next().unwrap().to_owned()
    }

    /// The latest text, once there are `count` of them.
    pub async fn text(&self, count: usize) -> String {
        for _ in 0..6_000 {
            let texts = self.engine.inbox(Some(MOBILE), 200).unwrap();
            if texts.len() >= count {
                return texts[0].body.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no text number {count} came");
    }

    /// How many texts have gone.
    pub fn texts(&self) -> usize {
        self.engine.inbox(Some(MOBILE), 200).unwrap().len()
    }

    /// How many have gone or are to go.
    pub fn texts_wished(&self) -> usize {
        // Before the inbox: a text that goes in between is counted, if not twice.
        self.engine.outbox(200).unwrap().len() + self.texts()
    }

    pub fn texts_to(&self, mobile: &str) -> usize {
        self.engine.inbox(Some(mobile), 200).unwrap().len()
    }

    /// The texts of the outbox, by what they are about.
    pub fn wishes(&self) -> Vec<&'static str> {
        let heads = self.engine.outbox(200).unwrap().into_iter();
        let about = heads.filter_map(|head| match head.wish {
            Wish::Text { .. } => Some("code"),
            Wish::Link { .. } => Some("link"),
            Wish::Gather { .. } | Wish::Sweep(_) => None,
        });
        about.collect()
    }

    /// The user's number is another one from now on.
    pub async fn change_mobile(&self, mobile: &str) {
        let changes = ProfileChanges { mobile: Some(mobile.into()), ..ProfileChanges::default() };
        self.ask(Command::UpdateUser(Box::new(changes))).await;
    }

    pub async fn delete_user(&self) {
        self.ask(Command::DeleteUser).await;
    }

    /// How often that limit said no.
    pub fn refusals(&self, limit: &str) -> u64 {
        let text = self.engine.metrics().render();
        let start = format!("authlink_limit_refusals_total{{limit=\"{limit}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).map_or(0, |count| count.parse().unwrap())
    }

    /// The disk is nearly full, or is not any more; the server has noticed when this returns.
    pub async fn set_full(&self, is_full: bool) {
        self.store.set_faults(Faults { is_full, ..Faults::default() });
        for turn in 0..1000 {
            if self.engine.is_writable() != is_full {
                return;
            }
            // Room is looked for when something is written, at most once a second.
            let first_name = Some(format!("Persona {turn}"));
            let changes = Box::new(ProfileChanges { first_name, ..ProfileChanges::default() });
            let caller = Caller::Server(self.application);
            let _ = self.engine.ask(self.user, caller, Command::UpdateUser(changes), Uuid::nil()).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server did not notice its disk");
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn run(
    setup: Setup,
    clock: Arc<HandClock>,
    store: Arc<dyn Store>,
    stop: CancellationToken,
    ready: tokio::sync::oneshot::Sender<(String, Engine)>,
) {
    let keyring = Keyring::derive(&MasterKey::new([7; 32]));
    open::identify(store.as_ref(), &keyring).unwrap();
    let bank = bank::start(bank::time_of(clock.clone())).await;
    let engine = Engine::start(Parts {
        opened: open::join(store, Box::new(MemorySlots::default()), keyring),
        workflows: Workflows::load(&std::collections::BTreeMap::new()).unwrap(),
        public_host: "links.example".into(),
        clock,
        entropy: Arc::new(SystemEntropy),
        gateway: Arc::new(Inbox::silent()),
        institutions: Arc::new(SandboxBank::new(&bank).unwrap()),
        outlet: None,
        metrics: Arc::new(Metrics::default()),
        on_failure: Box::new(|| panic!("the store failed")),
        limits: Limits { shards: 1, ..Limits::default() },
    })
    .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let public_base_url = if setup.is_https { "https://links.example".into() } else { base.clone() };
    let settings = Arc::new(Settings { public_base_url, is_demo: true });
    let rates = Arc::new(Rates::new(RateLimits::default(), Vec::new()));
    let routes = public_routes(Web { engine: engine.clone(), settings, rates });
    ready.send((base, engine.clone())).ok().unwrap();
    serve(listener, routes, Surface::Public, engine.clone(), ListenLimits::default(), stop).await;
    engine.drain(Duration::from_secs(5)).await;
}
