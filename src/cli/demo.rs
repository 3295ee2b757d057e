//! `authlink demo`: the server with a sandbox application, a user and a link, ready to be tried.

use super::failure::Failure;
use super::options::{Presets, ServeOptions};
use super::serve::fresh_token;
use super::server::{self, Launch, Server};
use super::{files, log, master_key, runtime, say};
use crate::adapters::sms::Inbox;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::engine::Engine;
use crate::http::admin::AdminToken;
use crate::http::admin::operations::{self, Configuration, NewApplication};
use crate::http::admin::seed::APPLICATION_NAME;
use crate::random::SystemEntropy;
use crate::sandbox;
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What stays the same at every start.
const FILE: &str = "demo.json";

/// The person who opens the link: made up, with a number that no carrier gives to people.
const MOBILE: &str = "+61 491 570 006";

/// How long the demo's bank takes for everything: long enough to be watched.
const BANK_LATENCY: Duration = Duration::from_millis(300);

/// What the demo sets differently, before the operator has a say.
// Whoever tries it comes from this machine alone.
const PRESETS: &Presets = &[
    ("data", "authlink-demo"),
    ("log.level", "warn"),
    ("webhooks.reach", "anywhere"),
    ("http.connections_per_address", "65536"),
    ("http.rates.token_requests", "0"),
    ("http.rates.key_requests", "0"),
    ("http.rates.address_requests", "0"),
    ("http.rates.reissue_presses", "0"),
    ("http.rates.reissue_texts", "0"),
];

/// Try it: a server with a made-up application, a user and a link, ready in a second
#[derive(Args)]
#[command(after_help = "\
Examples:
  # open the link that it prints
  authlink demo
  # on any free ports, in a folder of your choice
  authlink demo --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --data demo
  # for scripts: one line when it is ready
  authlink demo --json

The folder (./authlink-demo, unless you name one) keeps everything: the API key
and the admin token are the same at every start, users and links stay, and each
start adds a fresh user with a link. Text messages appear on the terminal and
under /admin/sms. Ctrl-C stops it; remove the folder to begin anew.")]
pub(super) struct Demo {
    #[command(flatten)]
    options: ServeOptions,
    /// Print one line of JSON when ready, and nothing else on standard output
    #[arg(long)]
    json: bool,
}

/// What the folder keeps. Shows nothing of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    application: String,
    api_key: String,
    admin_token: String,
}

/// What the demo tells when it is ready.
#[derive(Serialize)]
struct Ready {
    api_url: String,
    api_key: String,
    admin_url: String,
    admin_token: String,
    user_id: String,
    link: String,
}

impl Demo {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let config = self.options.load(PRESETS)?.config;
        log::start(config.log);
        let key = master_key::of_demo(&config, &SystemEntropy)?;
        let opened = server::open(&config, &key)?;
        let kept = read_kept(&config.data)?;
        let admin_token = match &kept {
            Some(kept) => AdminToken::new(kept.admin_token.clone()),
            None => fresh_token()?,
        };
        let inbox = if self.json { Inbox::silent() } else { Inbox::on(Box::new(std::io::stdout())) };
        runtime::block_on(async {
            let token = admin_token.clone();
            let bank_url = match &config.bank_url {
                Some(url) => url.clone(),
                None => own_bank().await?,
            };
            let launch = Launch {
                config: config.clone(),
                opened,
                gateway: Arc::new(inbox),
                institutions: server::institutions(Some(&bank_url))?,
                admin_token,
                is_demo: true,
            };
            let server = Server::start(launch).await?;
            let kept = application(&server, &config, kept, &token).await?;
            let ready = person(&server, kept).await?;
            server.run(|| say(&if self.json { ready.json()? } else { ready.text() })).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The demo's own sandbox bank, on any free port: its sessions follow from the seed, so that a bank session
/// of the last start is still one. It ends with the process.
async fn own_bank() -> Result<String, Failure> {
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let (listener, bound) = server::bind(any, "sandbox bank", "--listen").await?;
    let options = sandbox::Options {
        seed: 1,
        latency: BANK_LATENCY,
        is_controlled: false,
        now: Arc::new(|| SystemClock.now().0),
    };
    // Nothing is kept there, so nothing is lost when it ends without a word.
    drop(tokio::spawn(sandbox::serve(listener, options, CancellationToken::new())));
    Ok(format!("http://{bound}"))
}

fn read_kept(folder: &Path) -> Result<Option<Kept>, Failure> {
    let path = folder.join(FILE);
    let Some(bytes) = files::read(&path)? else { return Ok(None) };
    // What the parser says may repeat what is in the file: it stays here.
    serde_json::from_slice(&bytes).map(Some).map_err(|_| {
        let path = path.display();
        Failure::new(format!(
            "{path} cannot be read as the demo's file: remove it, and the next start makes one"
        ))
    })
}

/// The demo's application: the one of the last start, or a new one. People come back to this server.
async fn application(
    server: &Server,
    config: &Config,
    kept: Option<Kept>,
    token: &AdminToken,
) -> Result<Kept, Failure> {
    let engine = &server.engine;
    let redirect_url = Some(format!("{}/demo/returned", server.base_url));
    if let Some(kept) = kept
        && let Some(id) = engine.application_of_key(&kept.api_key).map_err(unready)?
    {
        if engine.house().application(id).is_some_and(|one| one.redirect_url != redirect_url) {
            let wanted = Configuration { redirect_url, requires_link: None };
            operations::configure(engine, id, wanted).await.map_err(Failure::from)?;
        }
        return Ok(kept);
    }
    let new = NewApplication { name: APPLICATION_NAME.into(), mode: None, redirect_url };
    let made = operations::create(engine, new).await.map_err(Failure::from)?;
    let kept = Kept {
        application: made.application.id,
        api_key: made.key.unwrap_or_default(),
        admin_token: token.reveal().to_owned(),
    };
    let text = serde_json::to_vec_pretty(&kept).map_err(unready)?;
    files::write_secret(&config.data.join(FILE), &text)?;
    Ok(kept)
}

/// A fresh user with a link.
async fn person(server: &Server, kept: Kept) -> Result<Ready, Failure> {
    let engine = &server.engine;
    let application = ApplicationId::parse(&kept.application).ok_or_else(|| unready("a damaged id"))?;
    let user = UserId(engine.draw().map_err(unready)?.uuid());
    let profile = ProfileChanges {
        email: Some("ada.arbor@example.test".into()),
        mobile: Some(MOBILE.into()),
        first_name: Some("Ada".into()),
        last_name: Some("Arbor".into()),
        ..ProfileChanges::default()
    };
    ask(engine, application, user, Command::CreateUser(Box::new(profile), None)).await?;
    let reply = ask(engine, application, user, Command::CreateLink { mobile: None }).await?;
    let Reply::Link(link) = reply else { return Err(unready("no link was made")) };
    Ok(Ready {
        api_url: server.base_url.clone(),
        api_key: kept.api_key,
        admin_url: server.admin_url.clone(),
        admin_token: kept.admin_token,
        user_id: user.to_string(),
        link: format!("{}/{}", server.base_url, link.public_id.reveal()),
    })
}

async fn ask(
    engine: &Engine,
    application: ApplicationId,
    user: UserId,
    command: Command,
) -> Result<Reply, Failure> {
    let request_id = engine.draw().map_err(unready)?.uuid();
    engine.ask(user, Caller::Server(application), command, request_id).await.map_err(unready)
}

fn unready(why: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the demo's data could not be made: {why}"))
}

impl Ready {
    fn json(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map(|line| format!("{line}\n")).map_err(unready)
    }

    fn text(&self) -> String {
        let Self { api_url, api_key, admin_url, admin_token, user_id, link } = self;
        format!(
            "\
authlink is ready. Everything in it is made up; Ctrl-C stops it.

  API          {api_url}
  API key      {api_key}
  Admin        {admin_url}
  Admin token  {admin_token}
  User         {user_id}
  Link         {link}

Open the link. Its text messages to {MOBILE} appear here, and under /admin/sms. Or try:

  TOKEN=$(curl -s {api_url}/token -H 'Authorization: Basic {api_key}' -H 'basiq-version: 3.0' -d scope=SERVER_ACCESS | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')
  curl -s {api_url}/users/{user_id}/auth_link -H \"Authorization: Bearer $TOKEN\"
  curl -s {admin_url}/admin/actors/{user_id} -H 'Authorization: Bearer {admin_token}'

"
        )
    }
}
