//! Session tokens: they hold what they mean, under a key that follows from the seed, so that a bank
//! that was started again honours them. Not secret from whoever knows the seed: this is a test bank.
//! Must not know: accounts.

use super::data::institution::Institution;
use super::data::persona::Persona;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use uuid::Uuid;

/// How long a session lasts, in milliseconds: 90 days.
pub const SESSION_MS: i64 = 90 * 24 * 3600 * 1000;

/// How many ended sessions are remembered, and how many that showed what they show once; the oldest are
/// forgotten first.
const ENDED_MAX: usize = 1024;

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 512;

/// A session as its owner gets it.
#[derive(Serialize)]
pub struct Session {
    session_token: String,
    expires_at: String,
}

fn remember(all: &mut VecDeque<Vec<u8>>, one: Vec<u8>) {
    if all.len() >= ENDED_MAX {
        all.pop_front();
    }
    all.push_back(one);
}

/// Makes and checks tokens.
pub struct Sessions {
    key: [u8; 32],
    /// Numbers tokens and challenges, so that no two are the same.
    made: u64,
    ended: VecDeque<Vec<u8>>,
    /// Under which of those that show the accounts once they were shown.
    read: VecDeque<Vec<u8>>,
}

impl Sessions {
    /// Those of a seed.
    pub fn of(seed: u64) -> Self {
        let label = b"sandbox bank session key";
        let key = Sha256::new().chain_update(label).chain_update(seed.to_be_bytes()).finalize();
        Self { key: key.into(), made: 0, ended: VecDeque::new(), read: VecDeque::new() }
    }

    /// A new session.
    pub fn open(&mut self, institution: &Institution, persona: Persona, now: i64) -> Session {
        self.made += 1;
        let expires = now.saturating_add(SESSION_MS);
        let text = format!("{}/{}/{expires}/{now}.{}", institution.id, persona.login_id(), self.made);
        let mac = self.mac(text.as_bytes()).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
        Session {
            session_token: [URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(mac)].join("."),
            expires_at: DateTime::from_timestamp_millis(expires)
                .unwrap_or_default()
                .to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }

    /// Whose session it is; nobody's, when it is not of this institution, over, ended or made up.
    pub fn check(&self, token: &str, institution: &Institution, now: i64) -> Option<Persona> {
        let (text, mac) = self.proved(token)?;
        let mut parts = text.split('/');
        let (id, login_id, expires) = (parts.next()?, parts.next()?, parts.next()?);
        let lives = id == institution.id && now < expires.parse().ok()? && !self.ended.contains(&mac);
        Persona::find(login_id).filter(|_| lives)
    }

    /// Ends a session, as long as this process remembers it.
    pub fn end(&mut self, token: &str) {
        let Some((_, mac)) = self.proved(token) else { return };
        remember(&mut self.ended, mac);
    }

    /// Whether the accounts were not shown under this session, as long as this process remembers it. From
    /// here on they were.
    pub fn is_first_reading(&mut self, token: &str) -> bool {
        let Some((_, mac)) = self.proved(token) else { return false };
        let is_first = !self.read.contains(&mac);
        if is_first {
            remember(&mut self.read, mac);
        }
        is_first
    }

    /// An id that nobody guesses who does not know the seed.
    pub fn fresh_id(&mut self, now: i64) -> Uuid {
        self.made += 1;
        let text = format!("challenge/{now}/{}", self.made);
        let mac = self.mac(text.as_bytes()).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
        let mut bytes = [0; 16];
        for (byte, from) in bytes.iter_mut().zip(mac) {
            *byte = from;
        }
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    fn proved(&self, token: &str) -> Option<(String, Vec<u8>)> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (text, mac) = token.split_once('.')?;
        let (text, mac) = (URL_SAFE_NO_PAD.decode(text).ok()?, URL_SAFE_NO_PAD.decode(mac).ok()?);
        self.mac(&text)?.verify_slice(&mac).ok()?;
        Some((String::from_utf8(text).ok()?, mac))
    }

    /// A key of any length fits: there is always one.
    fn mac(&self, text: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(text);
        Some(mac)
    }
}
