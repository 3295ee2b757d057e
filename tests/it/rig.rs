//! A whole server in this process: engine, store on disk, listener on a port of its own. Its clock can
//! be moved forward, so that seven days take no time. Ends with its value.

use crate::bank;
use crate::document::{self, Told};
use async_trait::async_trait;
use authlink::adapters::institution::Institution;
use authlink::adapters::sandbox_bank::SandboxBank;
use authlink::adapters::sms::Inbox;
use authlink::adapters::webhook::HttpSender;
use authlink::clock::{Clock, SystemClock};
use authlink::crypto::{Keyring, MasterKey};
use authlink::domain::application::Mode;
use authlink::domain::bank::{Answer, BankFault, Request};
use authlink::domain::id::{ApplicationId, UserId};
use authlink::domain::institution::{self, InstitutionId};
use authlink::domain::time::{Span, UnixMillis};
use authlink::domain::workflow::{Overrides, Workflows};
use authlink::engine::application::core::Command as ApplicationCommand;
use authlink::engine::delivery::actor::Outlet;
use authlink::engine::{Engine, Limits, Parts, open};
use authlink::http::listen::{self, ListenLimits, Surface};
use authlink::http::rate::{RateLimits, Rates};
use authlink::http::{Response, Settings, Web, public_routes};
use authlink::metrics::Metrics;
use authlink::random::{EntropySource, SystemEntropy};
use authlink::store::key::{self, Kind};
use authlink::store::{Order, Store};
use ipnet::IpNet;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use warp::filters::BoxedFilter;

/// How long a test waits for something that must come; generous, for the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// The clock of the machine, moved forward.
#[derive(Default)]
struct MovedClock(AtomicU64);

impl Clock for MovedClock {
    fn now(&self) -> UnixMillis {
        SystemClock.now().plus(Span(self.0.load(Ordering::SeqCst)))
    }
}

/// What a server is started with.
pub struct Setup {
    /// Limits of workflows, as an operator would set them: `(workflow, limit, value)`.
    pub overrides: Vec<(&'static str, &'static str, toml::Value)>,
    /// Limits of the engine.
    pub engine: Limits,
    /// Limits of the listener.
    pub listen: ListenLimits,
    /// How often one caller may ask.
    pub rates: RateLimits,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What the listener answers.
    pub routes: fn(Web) -> BoxedFilter<(Response,)>,
}

impl Default for Setup {
    fn default() -> Self {
        let engine = Limits { shards: 2, ..Limits::default() };
        Self {
            overrides: Vec::new(),
            engine,
            listen: ListenLimits::default(),
            rates: RateLimits::default(),
            trusted_proxies: Vec::new(),
            routes: public_routes,
        }
    }
}

/// A running server and a client of it.
pub struct Rig {
    pub base: String,
    /// Where the sandbox bank is reached.
    pub bank: String,
    pub engine: Engine,
    pub client: Client,
    /// What the bank was asked, in order, by the names of requests.
    asked: Arc<Asked>,
    store: Arc<dyn Store>,
    clock: Arc<MovedClock>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

/// The way to the bank, with a list of what was asked on it.
struct Asked {
    bank: SandboxBank,
    names: Mutex<Vec<&'static str>>,
}

#[async_trait]
impl Institution for Asked {
    fn directory(&self) -> &'static [institution::Institution] {
        self.bank.directory()
    }

    async fn ask(&self, id: InstitutionId, request: &Request) -> Result<Answer, BankFault> {
        let with_terms = matches!(request, Request::Accounts { with_terms: true, .. });
        let names = [request.name()].into_iter().chain(with_terms.then_some("terms"));
        self.names.lock().unwrap().extend(names);
        self.bank.ask(id, request).await
    }
}

/// An application of a test, with a server token.
pub struct Partner {
    pub id: ApplicationId,
    pub key: String,
    pub token: String,
}

impl Rig {
    /// A server with its usual limits.
    pub fn start() -> Self {
        Self::with(Setup::default())
    }

    /// A server with limits of the test's own.
    pub fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, stop) = (Arc::<MovedClock>::default(), CancellationToken::new());
        let (ready, started) = std::sync::mpsc::channel();
        let (path, stopped, moved) = (folder.path().to_owned(), stop.clone(), clock.clone());
        let thread = std::thread::spawn(move || {
            let mut threads = tokio::runtime::Builder::new_multi_thread();
            let runtime = threads.worker_threads(2).enable_all().build().unwrap();
            actix::System::with_tokio_rt(move || runtime).block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let base = format!("http://{}", listener.local_addr().unwrap());
                let bank = bank::start(bank::time_of(moved.clone())).await;
                let asked =
                    Arc::new(Asked { bank: SandboxBank::new(&bank).unwrap(), names: Mutex::default() });
                let (engine, store) = start_engine(&path, &setup, moved, asked.clone(), &base);
                let settings = Settings { public_base_url: base.clone(), is_demo: false };
                let rates = Rates::new(setup.rates, setup.trusted_proxies.clone());
                let web =
                    Web { engine: engine.clone(), settings: Arc::new(settings), rates: Arc::new(rates) };
                ready.send((base, bank, engine.clone(), asked, store)).unwrap();
                let routes = (setup.routes)(web);
                listen::serve(listener, routes, Surface::Public, engine.clone(), setup.listen, stopped).await;
                engine.drain(Duration::from_secs(10)).await;
            });
        });
        let (base, bank, engine, asked, store) = started.recv_timeout(PATIENCE).unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, bank, engine, client, asked, store, clock, stop, thread: Some(thread), _folder: folder }
    }

    /// What the bank was asked since the last time this was asked, in order.
    pub fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.names.lock().unwrap())
    }

    /// How many rows of a kind the store holds.
    pub fn rows(&self, kind: Kind) -> usize {
        let (from, to) = key::all(kind);
        self.store.scan(&from, &to, Order::Ascending, usize::MAX).unwrap().len()
    }

    /// Asks the server to end, as a signal does.
    pub fn stop(&self) {
        self.engine.stopping().cancel();
        self.stop.cancel();
    }

    /// Lets time pass.
    pub fn advance(&self, span: Span) {
        self.clock.0.fetch_add(span.0, Ordering::SeqCst);
    }

    /// A request without a token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A request with a token.
    pub fn call(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(token)
    }

    /// A new application with its server token.
    pub async fn partner(&self, name: &str) -> Partner {
        let id = ApplicationId(SystemEntropy.draw().unwrap().uuid());
        let create =
            ApplicationCommand::Create { name: name.into(), mode: Mode::Sandbox, redirect_url: None };
        let done = self.engine.ask_application(id, create).await.unwrap();
        let key = done.key.unwrap().reveal().to_owned();
        let token = self.token(&key, "scope=SERVER_ACCESS").await;
        Partner { id, key, token }
    }

    /// A token for `form`, by the wire.
    pub async fn token(&self, key: &str, form: &'static str) -> String {
        let request = self.token_request(key).body(form);
        let (status, body) = answer(request).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A client token for a user, by the wire.
    pub async fn client_token(&self, key: &str, user: &str) -> String {
        let form = format!("scope=CLIENT_ACCESS&userId={user}");
        let (status, body) = answer(self.token_request(key).body(form)).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A request for a token with everything but its form.
    pub fn token_request(&self, key: &str) -> RequestBuilder {
        self.request(Method::POST, "/token")
            .header("Authorization", format!("Basic {key}"))
            .header("basiq-version", "3.0")
            .header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// A new user with `mobile`.
    pub async fn user(&self, partner: &Partner, mobile: &str) -> String {
        let request = self.call(&partner.token, Method::POST, "/users").json(&json!({ "mobile": mobile }));
        let (status, body) = answer(request).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// A new link of a user: the id in its public URL.
    pub async fn link(&self, partner: &Partner, user: &str) -> String {
        let path = format!("/users/{user}/auth_link");
        let (status, body) = answer(self.call(&partner.token, Method::POST, &path)).await;
        assert_eq!(status, 201, "{body}");
        let public = body["links"]["public"].as_str().unwrap();
        public.strip_prefix(&format!("{}/", self.base)).unwrap().to_owned()
    }

    /// How many texts went to `mobile`.
    pub fn texts(&self, mobile: &str) -> usize {
        self.engine.inbox(Some(mobile), 500).unwrap().len()
    }

    /// The code of the newest text to `mobile`, once `count` texts have arrived.
    pub async fn code(&self, mobile: &str, count: usize) -> String {
        let arrived = async {
            while self.texts(mobile) < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, arrived).await.expect("no text arrived");
        self.engine.inbox(Some(mobile), 500).unwrap()[0].body[..6].to_owned()
    }

    /// Asks for a code by the link protocol.
    pub async fn send(&self, link: &str) -> StatusCode {
        self.request(Method::POST, &format!("/client_auth/{link}")).send().await.unwrap().status()
    }

    /// Tries a code by the link protocol.
    pub fn try_code(&self, link: &str, code: &str) -> RequestBuilder {
        self.request(Method::POST, &format!("/client_auth/{link}/token"))
            .header("Authorization", format!("Basic SMS_CODE:{link}"))
            .json(&json!({ "sms-code": code }))
    }

    /// Goes through a link up to the token that its code earns.
    pub async fn enter(&self, link: &str, mobile: &str) -> String {
        let before = self.texts(mobile);
        assert_eq!(self.send(link).await, 200);
        let code = self.code(mobile, before + 1).await;
        let (status, body) = answer(self.try_code(link, &code)).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.unwrap().expect("the server ended in order");
        }
    }
}

fn start_engine(
    path: &std::path::Path,
    setup: &Setup,
    clock: Arc<MovedClock>,
    asked: Arc<Asked>,
    base: &str,
) -> (Engine, Arc<dyn Store>) {
    let reach = setup.engine.webhook_reach;
    let sender = HttpSender::new(move |address| reach.allows(address)).unwrap();
    let keyring = Keyring::derive(&MasterKey::new([7; 32]));
    let opened = open::open(path, keyring, 16 << 20).unwrap();
    let store = opened.store.clone();
    let mut overrides: BTreeMap<String, Overrides> = BTreeMap::new();
    for (workflow, limit, value) in &setup.overrides {
        overrides.entry((*workflow).into()).or_default().insert((*limit).into(), value.clone());
    }
    let parts = Parts {
        opened,
        workflows: Workflows::load(&overrides).unwrap(),
        public_host: "links.example.test".into(),
        clock,
        entropy: Arc::new(SystemEntropy),
        gateway: Arc::new(Inbox::silent()),
        institutions: asked,
        outlet: Some(Outlet { sender: Arc::new(sender), base_url: base.to_owned() }),
        metrics: Arc::new(Metrics::default()),
        on_failure: Box::new(|| panic!("the store failed")),
        limits: setup.engine,
    };
    (Engine::start(parts).unwrap(), store)
}

/// Sends a request: its status and its body, null when that is not JSON.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let (status, _, bytes) = told(request).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Sends a request. What comes back is held against the document of the API.
async fn told(request: RequestBuilder) -> (u16, HeaderMap, Vec<u8>) {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().to_string(), request.url().path().to_owned());
    let response = client.execute(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.unwrap().to_vec();
    let content_type = headers.get("content-type").map(|value| value.to_str().unwrap());
    document::check(&Told { method: &method, path: &path, status, content_type, body: &body });
    (status, headers, body)
}

/// Sends a request that must be refused with the envelope: status, code and parameter at fault.
pub async fn refusal(request: RequestBuilder) -> (u16, String, String) {
    let (status, headers, body) = told(request).await;
    let id = headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["access-control-allow-origin"], "*", "a browser must be able to read it");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&body["type"], &body["correlationId"]), (&json!("list"), &json!(id)), "{body}");
    let [error] = body["data"].as_array().unwrap().as_slice() else { panic!("{body}") };
    assert_eq!(error["type"], "error");
    assert!(error["title"].is_string() && error["code"].is_string(), "{body}");
    let parameter = error["source"]["parameter"].as_str().unwrap_or_default();
    (status, error["code"].as_str().unwrap().to_owned(), parameter.to_owned())
}

/// The user's id, as the engine has it.
pub fn user_id(text: &str) -> UserId {
    UserId::parse(text).unwrap()
}
