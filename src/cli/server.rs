//! A server from its folder to its end: opens, listens, serves, drains. `serve` and `demo` share it.

use super::failure::Failure;
use super::files;
use super::runtime::{self, Signals};
use crate::adapters::institution::{Institution, Nowhere};
use crate::adapters::sandbox_bank::SandboxBank;
use crate::adapters::sms::SmsGateway;
use crate::adapters::webhook::HttpSender;
use crate::clock::SystemClock;
use crate::config::{Config, reachable};
use crate::crypto::{Keyring, MasterKey};
use crate::engine::delivery::actor::Outlet;
use crate::engine::open::{self, OpenError, Opened};
use crate::engine::{Engine, Parts};
use crate::http::admin::{self, Admin, AdminToken};
use crate::http::listen::{self, Surface};
use crate::http::rate::Rates;
use crate::http::{Settings, Web, public_routes, token};
use crate::metrics::Metrics;
use crate::random::SystemEntropy;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What data commands find a running server by.
pub(super) const ADMIN_FILE: &str = "admin.json";

/// How a second signal ends the process: as an interrupt from the keyboard would.
const INTERRUPTED: i32 = 130;

/// Where a running server is reached by its operator.
#[derive(Serialize, Deserialize)]
pub(super) struct AdminFile {
    /// The admin listener.
    pub(super) url: String,
    /// Its token.
    pub(super) token: String,
}

/// Opens the folder of a configuration.
pub(super) fn open(config: &Config, key: &MasterKey) -> Result<Opened, Failure> {
    files::make_folder(&config.data)?;
    let opened = open::open(&config.data, Keyring::derive(key), config.cache_bytes);
    let opened = opened.map_err(|error| match error {
        OpenError::WrongKey | OpenError::KeysGone(_) => Failure::configuration(error.to_string()),
        OpenError::Store(_) => Failure::new(error.to_string()),
    })?;
    // The folder around it may be the operator's own, and is left as it is.
    files::shut_folder(&config.data.join("store"))?;
    Ok(opened)
}

/// The way to the institutions at `bank_url`; to none where there is no such URL.
pub(super) fn institutions(bank_url: Option<&str>) -> Result<Arc<dyn Institution>, Failure> {
    let Some(url) = bank_url else { return Ok(Arc::new(Nowhere)) };
    let bank = SandboxBank::new(url).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Arc::new(bank))
}

/// The way to webhooks, as far as the configuration lets them reach.
fn outlet(config: &Config, base_url: String) -> Result<Outlet, Failure> {
    let reach = config.engine.webhook_reach;
    let sender = HttpSender::new(move |address| reach.allows(address));
    let sender = sender.map_err(|error| Failure::new(error.to_string()))?;
    Ok(Outlet { sender: Arc::new(sender), base_url })
}

/// Starts the engine over an open store.
pub(super) fn start_engine(
    config: &Config,
    opened: Opened,
    public_host: String,
    gateway: Arc<dyn SmsGateway>,
    institutions: Arc<dyn Institution>,
    outlet: Option<Outlet>,
    on_failure: Box<dyn FnOnce() + Send>,
) -> Result<Engine, Failure> {
    let parts = Parts {
        opened,
        workflows: config.workflows.clone(),
        public_host,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        gateway,
        institutions,
        outlet,
        metrics: Arc::new(Metrics::default()),
        on_failure,
        limits: config.engine,
    };
    Engine::start(parts).map_err(|error| Failure::new(error.to_string()))
}

/// What a server is started with.
pub(super) struct Launch {
    /// The configuration.
    pub(super) config: Config,
    /// The open store.
    pub(super) opened: Opened,
    /// Carries texts.
    pub(super) gateway: Arc<dyn SmsGateway>,
    /// The way to institutions.
    pub(super) institutions: Arc<dyn Institution>,
    /// The token of the admin listener.
    pub(super) admin_token: AdminToken,
    /// Serves the demo's own page.
    pub(super) is_demo: bool,
}

/// A server that listens and does not answer yet.
pub(super) struct Server {
    /// Answers questions.
    pub(super) engine: Engine,
    /// Every absolute link begins with it.
    pub(super) base_url: String,
    /// The admin listener, as this machine reaches it.
    pub(super) admin_url: String,
    config: Config,
    public: TcpListener,
    admin: TcpListener,
    admin_token: AdminToken,
    is_demo: bool,
    signals: Signals,
    failed: CancellationToken,
}

impl Server {
    /// Takes the ports and starts the engine.
    pub(super) async fn start(launch: Launch) -> Result<Self, Failure> {
        let Launch { config, opened, gateway, institutions, admin_token, is_demo } = launch;
        token::install();
        runtime::raise_open_files();
        let signals = Signals::listen()?;
        let (public, public_at) = bind(config.listen, "public listener", "--listen").await?;
        let (admin, admin_at) = bind(config.admin_listen, "admin listener", "--admin-listen").await?;
        let base_url = config.base_url(public_at);
        if config.public_base_url.is_none() && public_at.ip().is_unspecified() {
            tracing::warn!(%base_url, "listening on every address without public_base_url: links work on this machine alone");
        }
        let failed = CancellationToken::new();
        let failure = failed.clone();
        let on_failure = Box::new(move || failure.cancel());
        let (outlet, host) = (outlet(&config, base_url.clone())?, host_of(&base_url));
        let engine = start_engine(&config, opened, host, gateway, institutions, Some(outlet), on_failure)?;
        let admin_url = format!("http://{}", reachable(admin_at));
        tracing::info!(public = %public_at, admin = %admin_at, %base_url, data = %config.data.display(), "listening");
        Ok(Self { engine, base_url, admin_url, config, public, admin, admin_token, is_demo, signals, failed })
    }

    /// Answers until a signal comes, then ends in order; `ready` is called when the first request
    /// would be answered.
    pub(super) async fn run(self, ready: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let Self { engine, base_url, admin_url, config, public, admin, admin_token, is_demo, .. } = self;
        let (mut signals, failed) = (self.signals, self.failed);
        let settings = Settings { public_base_url: base_url, is_demo };
        let rates = Rates::new(config.rates, config.trusted_proxies.clone());
        let web = Web { engine: engine.clone(), settings: Arc::new(settings), rates: Arc::new(rates) };
        let draining = Arc::new(AtomicBool::new(false));
        let access = Admin { token: admin_token.clone(), draining: draining.clone() };
        let (limits, drain_time_max) = (config.http.clone(), config.http.drain_time_max);
        let (public_routes, admin_routes) = (public_routes(web.clone()), admin::routes(web, access));
        let public = Listener::spawn(|stop| {
            listen::serve(public, public_routes, Surface::Public, engine.clone(), limits.clone(), stop)
        });
        let admin = Listener::spawn(|stop| {
            listen::serve(admin, admin_routes, Surface::Admin, engine.clone(), limits, stop)
        });
        let file = AdminFileGuard::write(&config, &admin_url, &admin_token)?;
        ready()?;
        tokio::select! {
            () = signals.next() => (),
            () = failed.cancelled() => return Err(Failure::store_failed()),
        }
        tracing::info!("stopping: requests under way are answered, new ones are not taken");
        draining.store(true, Ordering::Relaxed);
        engine.stopping().cancel();
        let end = async {
            public.stop().await;
            admin.stop().await;
            drop(file);
            engine.drain(drain_time_max).await;
        };
        tokio::select! {
            () = end => {
                tracing::info!("stopped");
                Ok(())
            }
            () = failed.cancelled() => Err(Failure::store_failed()),
            () = signals.next() => {
                eprintln!("authlink: stopped at once; what was acknowledged is safe");
                std::process::exit(INTERRUPTED)
            }
        }
    }
}

/// One listener at work.
struct Listener {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Listener {
    /// Runs what `serve` makes of the stop.
    fn spawn<F: Future<Output = ()> + Send + 'static>(serve: impl FnOnce(CancellationToken) -> F) -> Self {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(serve(stop.clone())), stop }
    }

    /// Takes no more requests, and waits for those under way.
    async fn stop(self) {
        self.stop.cancel();
        // A listener that panicked has nobody left to wait for.
        let _ = self.task.await;
    }
}

/// The file by which data commands find this server; gone when the server ends in order.
struct AdminFileGuard(PathBuf);

impl AdminFileGuard {
    fn write(config: &Config, url: &str, token: &AdminToken) -> Result<Self, Failure> {
        let path = config.data.join(ADMIN_FILE);
        let file = AdminFile { url: url.to_owned(), token: token.reveal().to_owned() };
        let text = serde_json::to_vec(&file).map_err(|error| Failure::new(error.to_string()))?;
        files::write_secret(&path, &text)?;
        Ok(Self(path))
    }
}

impl Drop for AdminFileGuard {
    fn drop(&mut self) {
        // A file that stays behind is recognised as stale by whoever reads it.
        let _ = std::fs::remove_file(&self.0);
    }
}

pub(super) async fn bind(
    wanted: SocketAddr,
    what: &str,
    flag: &str,
) -> Result<(TcpListener, SocketAddr), Failure> {
    let refused = |error: std::io::Error| {
        Failure::new(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "{wanted} (the {what}) is taken by another process: stop that one, or choose another port with {flag}"
            ),
            _ => format!("{wanted} (the {what}) cannot be listened on: {error}"),
        })
    };
    let socket = TcpListener::bind(wanted).await.map_err(refused)?;
    let bound = socket.local_addr().map_err(refused)?;
    Ok((socket, bound))
}

/// The host that texts are bound to.
fn host_of(base_url: &str) -> String {
    let host = base_url.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.unwrap_or_default()
}
