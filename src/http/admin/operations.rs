//! What the operator does to applications, as plain functions over the engine: the admin routes call
//! them, and so does the command line when no server runs. Must not know: HTTP requests, terminals.

use crate::domain::application::{ApiKey, Application, Mode};
use crate::domain::id::ApplicationId;
use crate::engine::Engine;
use crate::engine::application::core::{Command, Done, Refusal, key_hash};
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
    /// What the key is told apart by, in lists and in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// A key as the operator sees it: never the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// What it is told apart by; the `keyid` of tokens that were got with it.
    pub id: String,
    /// When it was made.
    pub created: String,
}

/// The keys of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// Whose.
    pub application: String,
    /// The oldest first.
    pub keys: Vec<KeyView>,
}

impl From<&Application> for KeyList {
    fn from(application: &Application) -> Self {
        let mut keys: Vec<_> = application.keys.iter().collect();
        keys.sort_by_key(|(word, one)| (one.created, **word));
        let keys = keys.into_iter();
        let keys = keys.map(|(word, one)| KeyView { id: key_id(*word), created: one.created.rfc3339() });
        Self { application: application.id.to_string(), keys: keys.collect() }
    }
}

fn key_id(word: u64) -> String {
    format!("{word:016x}")
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

impl Made {
    fn new(engine: &Engine, done: &Done) -> Self {
        let key = done.key.as_ref().map(|key| key.reveal().to_owned());
        let word = |key: &String| ApiKey::word(&key_hash(&engine.house().keyring, key));
        let key_id = key.as_ref().map(|key| key_id(word(key)));
        Self { application: done.application.as_ref().into(), key, key_id }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::Unknown | Refusal::KeyUnknown => Self::not_found().detailed(sentence),
            Refusal::LiveWithoutGateway | Refusal::LastKey | Refusal::TooManyKeys => {
                Self::new(Code::NotPossibleNow).detailed(sentence)
            }
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
    Ok(Made::new(engine, &engine.ask_application(id, command).await?))
}

/// Gives an application one more key.
///
/// # Errors
/// Why nothing was done.
pub async fn add_key(engine: &Engine, id: ApplicationId) -> Result<Made, ApiError> {
    // Asking starts an actor for whatever name it is given: only those that are there are asked.
    engine.house().application(id).ok_or(Refusal::Unknown)?;
    Ok(Made::new(engine, &engine.ask_application(id, Command::AddKey).await?))
}

/// The keys of an application.
///
/// # Errors
/// There is no such application.
pub fn keys(engine: &Engine, id: ApplicationId) -> Result<KeyList, ApiError> {
    Ok(engine.house().application(id).ok_or(Refusal::Unknown)?.as_ref().into())
}

/// Takes a key back, and every token that was got with it; shows the keys that are left. The last one only
/// where that is said.
///
/// # Errors
/// Why nothing was done.
pub async fn revoke_key(
    engine: &Engine,
    id: ApplicationId,
    key: &str,
    even_last: bool,
) -> Result<KeyList, ApiError> {
    engine.house().application(id).ok_or(Refusal::Unknown)?;
    let word = u64::from_str_radix(key, 16).ok().filter(|_| key.len() == 16).ok_or(Refusal::KeyUnknown)?;
    let done = engine.ask_application(id, Command::RevokeKey { key: word, even_last }).await?;
    Ok(done.application.as_ref().into())
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
    Ok(Made::new(engine, &engine.ask_application(id, command).await?))
}

/// All applications.
pub fn list(engine: &Engine) -> ApplicationList {
    let all = engine.house().applications();
    ApplicationList { applications: all.iter().map(|one| one.as_ref().into()).collect() }
}
