//! Whom a data command talks to: the running server through its admin listener, or, when none runs,
//! an engine of its own over the store. Both come to the same functions.

use super::failure::Failure;
use super::server::{self, ADMIN_FILE, AdminFile};
use super::{files, master_key};
use crate::adapters::institution::Nowhere;
use crate::adapters::sms::Inbox;
use crate::config::Config;
use crate::domain::id::ApplicationId;
use crate::domain::look::wanted::WantedLook;
use crate::engine::Engine;
use crate::http::admin::export;
use crate::http::admin::look::{self, LookView};
use crate::http::admin::operations::{self, ApplicationList, Configuration, KeyList, Made, NewApplication};
use crate::http::admin::policy::{self, PolicyView, WantedPolicy};
use crate::http::admin::seed::{self, SeedReport, SeedRequest};
use crate::http::admin::trigger::{TriggerRequest, Triggered};
use crate::http::error::ApiError;
use reqwest::{Client, Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a running server may take to say that it is there.
const HELLO: Duration = Duration::from_secs(5);

/// How long the engine of a command may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// A running server, or an engine of this command's own.
pub(super) enum Target {
    /// Through the admin listener.
    Remote(Remote),
    /// In this process.
    Local(Engine),
}

/// Whether a command may make a store that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is made.
    Make,
    /// There is nothing to work on.
    Refuse,
}

impl Target {
    /// Finds the server of the folder, or opens the folder. Needs a running system of actors.
    pub(super) async fn find(config: &Config, command: &str, missing: Missing) -> Result<Self, Failure> {
        if let Some(remote) = Remote::find(config).await? {
            return Ok(Self::Remote(remote));
        }
        if missing == Missing::Refuse && !config.data.join("store").exists() {
            let folder = config.data.display();
            return Err(Failure::new(format!("there is no store in {folder}: name its folder with --data")));
        }
        let key = master_key::of_folder(config, command)?;
        let opened = server::open(config, &key)?;
        let gateway = Arc::new(Inbox::silent());
        // No text is made by these commands, so no host is ever written into one.
        let engine = server::start_engine(
            config,
            opened,
            String::new(),
            gateway,
            Arc::new(Nowhere),
            None,
            Box::new(|| ()),
        )?;
        Ok(Self::Local(engine))
    }

    /// The server that runs on the folder; a command that needs what only a server does has no other way.
    pub(super) async fn running(config: &Config) -> Result<Remote, Failure> {
        let folder = config.data.display();
        let none =
            || Failure::new(format!("no server runs on {folder}: start one, or name its folder with --data"));
        Remote::find(config).await?.ok_or_else(none)
    }

    /// Makes an application.
    pub(super) async fn create(&self, new: NewApplication) -> Result<Made, Failure> {
        match self {
            Self::Remote(remote) => remote.ask(Method::POST, "/admin/applications", Some(&new)).await,
            Self::Local(engine) => Ok(operations::create(engine, new).await?),
        }
    }

    /// Gives an application one more key.
    pub(super) async fn add_key(&self, id: ApplicationId) -> Result<Made, Failure> {
        match self {
            Self::Remote(remote) => {
                remote.ask(Method::POST, &format!("/admin/applications/{id}/keys"), None::<&()>).await
            }
            Self::Local(engine) => Ok(operations::add_key(engine, id).await?),
        }
    }

    /// The keys of an application.
    pub(super) async fn keys(&self, id: ApplicationId) -> Result<KeyList, Failure> {
        match self {
            Self::Remote(remote) => {
                remote.ask(Method::GET, &format!("/admin/applications/{id}/keys"), None::<&()>).await
            }
            Self::Local(engine) => Ok(operations::keys(engine, id)?),
        }
    }

    /// Takes a key of an application back.
    pub(super) async fn revoke_key(
        &self,
        id: ApplicationId,
        key: u64,
        even_last: bool,
    ) -> Result<KeyList, Failure> {
        let key = format!("{key:016x}");
        match self {
            Self::Remote(remote) => {
                let path = format!("/admin/applications/{id}/keys/{key}?last={even_last}");
                remote.ask(Method::DELETE, &path, None::<&()>).await
            }
            Self::Local(engine) => Ok(operations::revoke_key(engine, id, &key, even_last).await?),
        }
    }

    /// Changes an application.
    pub(super) async fn configure(&self, id: ApplicationId, wanted: Configuration) -> Result<Made, Failure> {
        match self {
            Self::Remote(remote) => {
                remote.ask(Method::POST, &format!("/admin/applications/{id}"), Some(&wanted)).await
            }
            Self::Local(engine) => Ok(operations::configure(engine, id, wanted).await?),
        }
    }

    /// What people of an application are asked to agree to; from now on this, when one is given.
    pub(super) async fn policy(
        &self,
        id: ApplicationId,
        wanted: Option<WantedPolicy>,
    ) -> Result<PolicyView, Failure> {
        let path = format!("/admin/applications/{id}/policy");
        match (self, wanted) {
            (Self::Remote(remote), Some(wanted)) => remote.ask(Method::POST, &path, Some(&wanted)).await,
            (Self::Remote(remote), None) => remote.ask(Method::GET, &path, None::<&()>).await,
            (Self::Local(engine), Some(wanted)) => Ok(policy::set(engine, id, wanted).await?),
            (Self::Local(engine), None) => Ok(policy::get(engine, id)?),
        }
    }

    /// How an application's pages look; from now on so, when a look is given.
    pub(super) async fn look(
        &self,
        id: ApplicationId,
        wanted: Option<WantedLook>,
    ) -> Result<LookView, Failure> {
        let path = format!("/admin/applications/{id}/look");
        match (self, wanted) {
            (Self::Remote(remote), Some(wanted)) => remote.ask(Method::POST, &path, Some(&wanted)).await,
            (Self::Remote(remote), None) => remote.ask(Method::GET, &path, None::<&()>).await,
            (Self::Local(engine), Some(wanted)) => Ok(look::set(engine, id, wanted).await?),
            (Self::Local(engine), None) => Ok(look::get(engine, id)?),
        }
    }

    /// All applications.
    pub(super) async fn list(&self) -> Result<ApplicationList, Failure> {
        match self {
            Self::Remote(remote) => remote.ask(Method::GET, "/admin/applications", None::<&()>).await,
            Self::Local(engine) => Ok(operations::list(engine)),
        }
    }

    /// Makes users and links.
    pub(super) async fn seed(&self, request: &SeedRequest) -> Result<SeedReport, Failure> {
        match self {
            Self::Remote(remote) => remote.ask(Method::POST, "/admin/seed", Some(request)).await,
            Self::Local(engine) => Ok(seed::run(engine, request).await?),
        }
    }

    /// Hands every part of the export to `write`.
    pub(super) async fn export(&self, write: impl Fn(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
        match self {
            Self::Remote(remote) => {
                let mut answer = remote.send(Method::GET, "/admin/export", None::<&()>).await?;
                while let Some(part) = answer.chunk().await.map_err(broken)? {
                    write(&part)?;
                }
            }
            Self::Local(engine) => {
                let mut pages = export::pages(engine.clone());
                while let Some(page) = pages.recv().await {
                    write(&page.map_err(|trouble| Failure::from(ApiError::from(trouble)))?)?;
                }
            }
        }
        Ok(())
    }

    /// Ends what this command started.
    pub(super) async fn close(self) {
        if let Self::Local(engine) = self {
            engine.drain(DRAIN).await;
        }
    }
}

/// The admin listener of a running server.
pub(super) struct Remote {
    client: Client,
    file: AdminFile,
}

impl Remote {
    /// Makes an event happen.
    pub(super) async fn trigger(&self, request: &TriggerRequest) -> Result<Triggered, Failure> {
        self.ask(Method::POST, "/admin/trigger", Some(request)).await
    }

    async fn find(config: &Config) -> Result<Option<Self>, Failure> {
        let Some(bytes) = files::read(&config.data.join(ADMIN_FILE))? else { return Ok(None) };
        let Ok(file) = serde_json::from_slice::<AdminFile>(&bytes) else { return Ok(None) };
        let client = Client::builder().no_proxy().connect_timeout(HELLO).build().map_err(broken)?;
        let remote = Self { client, file };
        // A server that was killed leaves its file behind: only an answer to its token counts.
        let hello = remote.request(Method::GET, "/admin/applications").timeout(HELLO).send().await;
        Ok(hello.is_ok_and(|answer| answer.status().is_success()).then_some(remote))
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.file.url)).bearer_auth(&self.file.token)
    }

    async fn send<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Response, Failure> {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.map_err(broken)?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let body = answer.bytes().await.map_err(broken)?;
        Err(Failure::new(sentence(&body).unwrap_or_else(|| format!("the server answered {status}"))))
    }

    async fn ask<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<T, Failure> {
        self.send(method, path, body).await?.json().await.map_err(broken)
    }
}

/// What went wrong on the way, without the URL.
fn broken(error: reqwest::Error) -> Failure {
    Failure::new(format!("the running server did not answer to the end: {}", error.without_url()))
}

/// The sentence in an error envelope.
pub(super) fn sentence(envelope: &[u8]) -> Option<String> {
    let envelope: serde_json::Value = serde_json::from_slice(envelope).ok()?;
    let error = envelope.pointer("/data/0")?;
    let text = error.get("detail").or_else(|| error.get("title"))?;
    text.as_str().map(str::to_owned)
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let sentence = sentence(&error.envelope(Uuid::nil()));
        Self::new(sentence.unwrap_or_else(|| error.code().words().2.to_owned()))
    }
}
