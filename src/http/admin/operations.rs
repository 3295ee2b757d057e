//! What the operator does to applications, as plain functions over the engine: the admin routes call
//! them, and so does the command line when no server runs. Must not know: HTTP requests, terminals.

use crate::domain::application::{Application, Mode};
use crate::domain::id::ApplicationId;
use crate::engine::Engine;
use crate::engine::application::core::{Command, Done, Refusal};
use crate::http::error::{ApiError, Code};
use serde::{Deserialize, Serialize};

/// An application that is to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewApplication {
    /// What people read: who asks.
    pub name: String,
    /// `sandbox` or `live`; sandbox when absent.
    #[serde(default)]
    pub mode: Option<String>,
    /// Where people go back to.
    #[serde(default)]
    pub redirect_url: Option<String>,
}

/// What is to be changed of an application; an absent member leaves it as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Configuration {
    /// Where people go back to; empty: nowhere.
    #[serde(default)]
    pub redirect_url: Option<String>,
    /// Refuse sessions that began with a partner's token.
    #[serde(default)]
    pub requires_link: Option<bool>,
}

/// An application as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationView {
    /// Its id.
    pub id: String,
    /// What people read: who asks.
    pub name: String,
    /// `sandbox` or `live`.
    pub mode: String,
    /// When it was made.
    pub created: String,
    /// Where people go back to.
    pub redirect_url: Option<String>,
    /// Refuses sessions that began with a partner's token.
    pub requires_link: bool,
    /// The policy version that new consents are given on.
    pub policy_version: Option<u32>,
}

/// All applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationList {
    /// In order of id.
    pub applications: Vec<ApplicationView>,
}

/// An application, and a fresh key where one was made: told once. Shows nothing of the key.
#[derive(Clone, Serialize, Deserialize)]
pub struct Made {
    /// The application.
    pub application: ApplicationView,
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Made({})", self.application.id)
    }
}

impl From<&Application> for ApplicationView {
    fn from(application: &Application) -> Self {
        Self {
            id: application.id.to_string(),
            name: application.name.clone(),
            mode: application.mode.name().to_owned(),
            created: application.created.rfc3339(),
            redirect_url: application.redirect_url.clone(),
            requires_link: application.requires_link,
            policy_version: application.policy().map(|policy| policy.version),
        }
    }
}

impl From<Done> for Made {
    fn from(done: Done) -> Self {
        let key = done.key.as_ref().map(|key| key.reveal().to_owned());
        Self { application: done.application.as_ref().into(), key }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::Unknown => Self::not_found().detailed(sentence),
            Refusal::LiveWithoutGateway => Self::new(Code::NotPossibleNow).detailed(sentence),
            Refusal::Name => Self::not_valid(sentence, "name"),
            Refusal::RedirectUrl => Self::not_valid(sentence, "redirect_url"),
            Refusal::Webhook(fault) => fault.into(),
            Refusal::Policy(_) => Self::not_valid(sentence, "policy"),
            Refusal::Trouble(trouble) => trouble.into(),
        }
    }
}

/// Makes an application with a first key.
///
/// # Errors
/// Why nothing was made.
pub async fn create(engine: &Engine, new: NewApplication) -> Result<Made, ApiError> {
    let wrong = || ApiError::not_valid("the mode is sandbox or live", "mode");
    let mode = new.mode.as_deref().map_or(Some(Mode::Sandbox), Mode::parse).ok_or_else(wrong)?;
    let id = ApplicationId(engine.draw()?.uuid());
    let command = Command::Create { name: new.name, mode, redirect_url: new.redirect_url };
    Ok(engine.ask_application(id, command).await?.into())
}

/// Gives an application one more key.
///
/// # Errors
/// Why nothing was done.
pub async fn add_key(engine: &Engine, id: ApplicationId) -> Result<Made, ApiError> {
    // Asking starts an actor for whatever name it is given: only those that are there are asked.
    engine.house().application(id).ok_or(Refusal::Unknown)?;
    Ok(engine.ask_application(id, Command::AddKey).await?.into())
}

/// Changes an application.
///
/// # Errors
/// Why nothing was done.
pub async fn configure(engine: &Engine, id: ApplicationId, wanted: Configuration) -> Result<Made, ApiError> {
    let now = engine.house().application(id).ok_or(Refusal::Unknown)?;
    let command = Command::Configure {
        redirect_url: wanted.redirect_url.or_else(|| now.redirect_url.clone()),
        requires_link: wanted.requires_link.unwrap_or(now.requires_link),
    };
    Ok(engine.ask_application(id, command).await?.into())
}

/// All applications.
pub fn list(engine: &Engine) -> ApplicationList {
    let all = engine.house().applications();
    ApplicationList { applications: all.iter().map(|one| one.as_ref().into()).collect() }
}
