//! One partner: made, given keys, configured. A plain struct without async. A key is told once, to
//! whoever asked for it; what is stored is its keyed hash.

use super::looks;
use super::webhooks::{self, WebhookRules};
use crate::crypto::{Keyring, Purpose};
use crate::domain::application::{ApiKey, Application, KEYS_MAX, Mode, Policy};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApiKeyId, ApplicationId, WebhookId};
use crate::domain::line::is_invisible;
use crate::domain::look::Look;
use crate::domain::time::UnixMillis;
use crate::domain::webhook::{Webhook, WebhookChanges, WebhookFault};
use crate::engine::committer::{Commit, CommitError, Condition, Expect, Write};
use crate::engine::mark::{self, Mark, Sealing};
use crate::engine::records::RecordError;
use crate::engine::records::application::{ApiKeyV1, ApplicationV1, PolicyV2};
use crate::engine::user::core::Trouble;
use crate::store::codec;
use crate::store::key;
use base64::Engine as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroize;

/// The longest name of an application, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// The longest redirect URL, in bytes.
pub const REDIRECT_BYTES_MAX: usize = 1024;

/// A key in the clear, on its way to whoever asked for it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyText(String);

impl ApiKeyText {
    fn draw(entropy: &mut Entropy) -> Self {
        let plain = format!("{}:{}", entropy.uuid(), entropy.uuid());
        Self(base64::engine::general_purpose::STANDARD.encode(plain))
    }

    /// The key, for its owner alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for ApiKeyText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for ApiKeyText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ApiKeyText(..)")
    }
}

/// What a key is found by.
pub fn key_hash(keyring: &Keyring, text: &str) -> [u8; 32] {
    keyring.hash(Purpose::ApiKey, &[text.as_bytes()])
}

/// What can be asked of an application.
#[derive(Debug, Clone)]
pub enum Command {
    /// Make it, with a first key.
    Create {
        /// What people read: who asks.
        name: String,
        /// Sandbox or live.
        mode: Mode,
        /// Where people go back to.
        redirect_url: Option<String>,
    },
    /// Give it one more key.
    AddKey,
    /// One of its keys, and every token that was got with it, is none any more.
    RevokeKey {
        /// The word that the key is told apart by.
        key: u64,
        /// Also when no other is left.
        even_last: bool,
    },
    /// Say where people go back to, and whether a link is required.
    Configure {
        /// Where people go back to.
        redirect_url: Option<String>,
        /// Refuse sessions that began with a partner's token.
        requires_link: bool,
    },
    /// Ask new people something else: a new policy version. Its number is set here.
    SetPolicy(Box<Policy>),
    /// This is how its pages look from now on, as a whole.
    SetLook(Box<Look>),
    /// Something about a webhook.
    Webhook(WebhookCommand),
}

/// What can be asked of an application's webhooks.
#[derive(Debug, Clone)]
pub enum WebhookCommand {
    /// One more; what happened up to that number of the application's events came before it.
    Create(WebhookChanges, u64),
    /// As the partner wants it; what it comes to want counts behind that number of the application's events.
    Update(WebhookId, WebhookChanges, u64),
    /// A fresh secret.
    Rotate(WebhookId),
    /// None any more: what was not delivered is dropped.
    Delete(WebhookId),
}

/// What comes back.
#[derive(Debug, Clone)]
pub struct Done {
    /// The application as it is now.
    pub application: Arc<Application>,
    /// A fresh key, if one was asked for.
    pub key: Option<ApiKeyText>,
    /// The webhook that was asked about, as it is now.
    pub webhook: Option<Box<Webhook>>,
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no such application.
    #[error("there is no such application")]
    Unknown,
    /// A live application needs a real SMS gateway.
    #[error(
        "a live application needs a real SMS gateway, and none is configured: make a sandbox application"
    )]
    LiveWithoutGateway,
    /// The name is empty or too long.
    #[error("the name must have 1 to {NAME_CHARS_MAX} characters and no line breaks")]
    Name,
    /// Not a URL that people can be sent to.
    #[error(
        "the redirect URL must begin with https:// or http://, be of plain ASCII without a # part, and have at most {REDIRECT_BYTES_MAX} bytes"
    )]
    RedirectUrl,
    /// There is no such key.
    #[error("the application has no such key: its list shows those that it has")]
    KeyUnknown,
    /// It would be left without a key.
    #[error(
        "it is the only key of the application: make another one first, or say that none is to be left (--last, ?last=true)"
    )]
    LastKey,
    /// It has many already.
    #[error("an application has at most {KEYS_MAX} keys: revoke one that nobody uses any more")]
    TooManyKeys,
    /// A webhook cannot be so.
    #[error(transparent)]
    Webhook(#[from] WebhookFault),
    /// The policy breaks a rule.
    #[error("the policy is refused: {0}")]
    Policy(&'static str),
    /// The machinery cannot, at the moment or at all.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A question, with the token of whoever waits.
    Ask(u64, Command),
    /// A question that is done once.
    AskOnce(u64, Command, Mark<Done>),
    /// The commit is done, or is not.
    Committed(Result<u64, CommitError>),
}

/// What is asked of the shell.
#[derive(Debug)]
pub enum Output {
    /// Make this durable, and say so.
    Commit(Box<Commit>),
    /// Answer whoever waits.
    Reply(u64, Result<Done, Refusal>),
    /// This is how the application is from now on.
    Publish(Box<Application>),
    /// What is in memory may not be what is stored: drop it and read it again.
    Reload,
}

struct InFlight {
    token: u64,
    done: Done,
}

/// One partner.
pub struct ApplicationCore {
    id: ApplicationId,
    keyring: Keyring,
    /// What holds for its webhooks.
    rules: WebhookRules,
    current: Option<Application>,
    version: u64,
    in_flight: Option<InFlight>,
    waiting: std::collections::VecDeque<(u64, Command, Option<Mark<Done>>)>,
}

impl ApplicationCore {
    /// An application as the store has it, or one that is not there yet (version 0).
    pub fn new(
        id: ApplicationId,
        keyring: Keyring,
        rules: WebhookRules,
        current: Option<Application>,
        version: u64,
    ) -> Self {
        let waiting = std::collections::VecDeque::new();
        Self { id, keyring, rules, current, version, in_flight: None, waiting }
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, entropy: [u8; 32], input: Input, out: &mut Vec<Output>) {
        let mut entropy = Entropy::new(entropy);
        match input {
            Input::Ask(token, command) => self.waiting.push_back((token, command, None)),
            Input::AskOnce(token, command, mark) => self.waiting.push_back((token, command, Some(mark))),
            Input::Committed(result) => self.committed(result, out),
        }
        while self.in_flight.is_none()
            && let Some((token, command, mark)) = self.waiting.pop_front()
        {
            if let Err(refusal) = self.decide(now, &mut entropy, (token, mark), command, out) {
                out.push(Output::Reply(token, Err(refusal)));
            }
        }
    }

    fn decide(
        &mut self,
        now: UnixMillis,
        entropy: &mut Entropy,
        (token, mark): (u64, Option<Mark<Done>>),
        command: Command,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let mut webhook = None;
        let (mut next, wants_key) = match command {
            Command::Create { name, mode, redirect_url } => {
                (self.create(name, mode, redirect_url, now)?, true)
            }
            Command::AddKey => (self.current()?, true),
            Command::RevokeKey { key, even_last } => (without_key(self.current()?, key, even_last)?, false),
            Command::Configure { redirect_url, requires_link } => {
                let redirect_url = checked_redirect(redirect_url)?;
                (Application { redirect_url, requires_link, ..self.current()? }, false)
            }
            Command::SetPolicy(policy) => (with_policy(self.current()?, *policy)?, false),
            Command::SetLook(look) => (Application { look: *look, ..self.current()? }, false),
            Command::Webhook(command) => {
                let (next, id) = webhooks::decide(self.current()?, command, self.rules, now, entropy)?;
                webhook = Some(id);
                (next, false)
            }
        };
        let key = wants_key.then(|| ApiKeyText::draw(entropy));
        if let Some(text) = &key {
            add_key(&mut next, key_hash(&self.keyring, text.reveal()), now)?;
        }
        let mut commit = self.write(&next, entropy).map_err(|_| Trouble::Defect)?;
        let webhook = webhook.and_then(|id| next.webhooks.get(&id).cloned().map(Box::new));
        let done = Done { application: Arc::new(next), key, webhook };
        if let Some(mark) = mark {
            let sealing = Sealing::House(&self.keyring);
            mark::add(&mut commit, &mark, &done, &sealing, now, entropy).map_err(|_| Trouble::Defect)?;
        }
        self.in_flight = Some(InFlight { token, done });
        out.push(Output::Commit(Box::new(commit)));
        Ok(())
    }

    fn current(&self) -> Result<Application, Refusal> {
        self.current.clone().ok_or(Refusal::Unknown)
    }

    fn create(
        &self,
        name: String,
        mode: Mode,
        redirect_url: Option<String>,
        now: UnixMillis,
    ) -> Result<Application, Refusal> {
        if mode == Mode::Live {
            return Err(Refusal::LiveWithoutGateway);
        }
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(is_invisible) {
            return Err(Refusal::Name);
        }
        let policy = Policy::standard();
        Ok(Application {
            id: self.id,
            name,
            mode,
            created: now,
            redirect_url: checked_redirect(redirect_url)?,
            requires_link: false,
            keys: BTreeMap::new(),
            look: Look::default(),
            webhooks: BTreeMap::new(),
            policies: BTreeMap::from([(policy.version, policy)]),
        })
    }

    fn write(&self, next: &Application, entropy: &mut Entropy) -> Result<Commit, RecordError> {
        let mut commit = Commit::default();
        let expect = if self.version == 0 { Expect::Absent } else { Expect::Version(self.version) };
        commit.conditions.push(Condition { key: key::application(self.id), expect });
        let value = codec::encode(self.version + 1, &ApplicationV1::from(next))?;
        commit.writes.push(Write { key: key::application(self.id), value: Some(value) });
        let before = self.current.as_ref().map(|current| &current.webhooks);
        commit.writes.extend(webhooks::writes(self.id, before, &next.webhooks, &self.keyring, entropy)?);
        let known = self.current.as_ref().map(|current| &current.policies);
        for (version, policy) in &next.policies {
            if known.is_none_or(|known| !known.contains_key(version)) {
                let value = codec::encode(0, &PolicyV2::from(policy))?;
                commit.writes.push(Write { key: key::policy(self.id, *version), value: Some(value) });
            }
        }
        let look = self.current.as_ref().map_or_else(Look::default, |current| current.look.clone());
        commit.writes.extend(looks::writes(self.id, &look, &next.look)?);
        let known = self.current.as_ref().map(|current| &current.keys);
        for (_, one) in next.keys.iter().filter(|(word, _)| known.is_none_or(|all| !all.contains_key(word))) {
            let value = codec::encode(0, &ApiKeyV1::new(self.id, ApiKeyId(entropy.uuid()), one.created))?;
            commit.writes.push(Write { key: key::api_key(&one.hash), value: Some(value) });
        }
        let gone = known.into_iter().flatten().filter(|(word, _)| !next.keys.contains_key(word));
        commit.writes.extend(gone.map(|(_, one)| Write { key: key::api_key(&one.hash), value: None }));
        Ok(commit)
    }

    fn committed(&mut self, result: Result<u64, CommitError>, out: &mut Vec<Output>) {
        let Some(InFlight { token, done }) = self.in_flight.take() else { return };
        match result {
            Ok(_) => {
                self.version += 1;
                self.current = Some(done.application.as_ref().clone());
                out.push(Output::Publish(Box::new(done.application.as_ref().clone())));
                out.push(Output::Reply(token, Ok(done)));
            }
            Err(error) => {
                out.push(Output::Reply(token, Err(Trouble::from(error).into())));
                if matches!(error, CommitError::Conflict { .. }) {
                    let lost = self.waiting.drain(..).map(|(token, ..)| token);
                    out.extend(lost.map(|token| Output::Reply(token, Err(Trouble::Conflict.into()))));
                    out.push(Output::Reload);
                }
            }
        }
    }
}

fn add_key(application: &mut Application, hash: [u8; 32], created: UnixMillis) -> Result<(), Refusal> {
    if application.keys.len() >= KEYS_MAX {
        return Err(Refusal::TooManyKeys);
    }
    application.keys.insert(ApiKey::word(&hash), ApiKey { hash, created });
    Ok(())
}

fn without_key(mut application: Application, key: u64, even_last: bool) -> Result<Application, Refusal> {
    application.keys.remove(&key).ok_or(Refusal::KeyUnknown)?;
    if application.keys.is_empty() && !even_last {
        return Err(Refusal::LastKey);
    }
    Ok(application)
}

fn checked_redirect(url: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(None) };
    let is_web = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    let is_plain = !url.contains('#') && url.bytes().all(|byte| byte.is_ascii_graphic());
    if is_web && is_plain && url.len() <= REDIRECT_BYTES_MAX {
        Ok(Some(url))
    } else {
        Err(Refusal::RedirectUrl)
    }
}

fn with_policy(mut application: Application, mut policy: Policy) -> Result<Application, Refusal> {
    use crate::domain::application::{PARTIES_MAX, PARTY_CHARS_MAX, Permission};
    let fits = |text: &str, max: usize| !text.trim().is_empty() && text.len() <= max;
    if !fits(&policy.purpose_title, 120) || !fits(&policy.purpose_description, 400) {
        return Err(Refusal::Policy(
            "the purpose wants a title of at most 120 bytes and a description of at most 400",
        ));
    }
    if !(1..=365).contains(&policy.duration_days) || !(1..=730).contains(&policy.retrieval_days) {
        return Err(Refusal::Policy("a consent lasts 1 to 365 days and reaches 1 to 730 days back"));
    }
    if !policy.permissions.contains(&Permission::AccountBasic) {
        return Err(Refusal::Policy("account.basic is always asked for"));
    }
    let is_name = |party: &String| {
        let length = party.trim().chars().count();
        (1..=PARTY_CHARS_MAX).contains(&length) && !party.chars().any(is_invisible)
    };
    if policy.supporting_parties.len() > PARTIES_MAX || !policy.supporting_parties.iter().all(is_name) {
        return Err(Refusal::Policy("supporting parties are at most 6, with names of at most 80 characters"));
    }
    policy.permissions.sort_unstable();
    policy.permissions.dedup();
    policy.version = application.policies.keys().next_back().map_or(1, |last| last + 1);
    application.policies.insert(policy.version, policy);
    Ok(application)
}
