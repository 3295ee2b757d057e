//! The auth link: what it holds and how it answers. The arrows stand in workflows/auth_link.toml.
//! Must not know: sessions and consents (domain/user joins them), HTTP, records.

use crate::crypto::{Keyring, Purpose};
use crate::domain::entropy::Entropy;
use crate::domain::id::{AuthLinkId, EffectId};
use crate::domain::mobile::Mobile;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Table;
use crate::domain::workflow::auth_link::{AuthLink as Machine, Input, Limit, State};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

/// How long an ended link still answers with its end before it is as if it had never been.
pub const REMEMBERED_DAYS: u64 = 30;

/// How many older links of a user are remembered, newest first.
pub const DEAD_LINKS_MAX: usize = 20;

/// The keyed hash of a public id: what finds a link without holding its secret (128 bits).
pub type LinkHash = [u8; 16];

/// The secret in the URL. Whoever has it may ask for a code, and nothing more.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicId(pub Uuid);

impl std::fmt::Debug for PublicId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PublicId(..)")
    }
}

impl PublicId {
    /// Reads the path segment of a link: a UUID in canonical form, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        (id.hyphenated().to_string() == text).then_some(Self(id))
    }

    /// The path segment. Only the code that writes the link to its owner may call it.
    pub fn reveal(&self) -> String {
        self.0.hyphenated().to_string()
    }

    /// What the link is found by.
    pub fn hash(&self, keyring: &Keyring) -> LinkHash {
        short(keyring.hash(Purpose::PublicId, &[self.0.as_bytes()]))
    }
}

fn short(hash: [u8; 32]) -> LinkHash {
    let mut half = [0_u8; 16];
    half.copy_from_slice(&hash[..16]);
    half
}

/// What a text with a link in it says before the link's secret, which is its end: words in the language of
/// whoever reads it, and where our links are. Whoever asks for the text brings them; only the text of the
/// outbox is made of them.
#[derive(Clone)]
pub struct LinkWords(pub String);

impl LinkWords {
    /// The whole text. It ends with the link, so that no sign behind it is taken for a part of it.
    pub fn with(&self, id: PublicId) -> String {
        format!("{}{}", self.0, id.reveal())
    }
}

impl std::fmt::Debug for LinkWords {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("LinkWords(..)")
    }
}

/// What a text with a code says behind the code, in the language of whoever asks for it. They hand it over; it
/// speaks where the text of the outbox is made, as the partner's name is known there.
pub trait CodeWords: std::fmt::Debug + Sync {
    /// The words, for a partner of that name.
    fn for_partner(&'static self, partner: &str) -> String;
}

/// The same words whoever the partner is.
impl CodeWords for &'static str {
    fn for_partner(&'static self, _: &str) -> String {
        (*self).to_owned()
    }
}

/// A one-time code in the clear: six digits on their way to the outbox, and nowhere else.
#[derive(Clone)]
pub struct CodeText([u8; 6]);

impl CodeText {
    /// A fresh code, leading zeros included.
    pub fn draw(entropy: &mut Entropy) -> Self {
        let mut number = entropy.below(1_000_000);
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        Self(digits)
    }

    /// Reads six digits; spaces and hyphens that phones and people put in are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
        let digits: [u8; 6] = digits.try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The digits, for the text message alone.
    pub fn reveal(&self) -> &str {
        // Six ASCII digits by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The whole text. The code is first in every language, so that it is read without opening the text; the
    /// last line binds it to our host, so that a phone offers it there and nowhere else (the origin-bound
    /// one-time code format of WICG).
    pub fn in_text(&self, words: &str, host: &str) -> String {
        let code = self.reveal();
        format!("{code} {words}\n\n@{host} #{code}")
    }

    fn hash(&self, keyring: &Keyring, link: AuthLinkId) -> [u8; 32] {
        keyring.hash(Purpose::Code, &[link.bytes(), &self.0])
    }
}

impl Drop for CodeText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for CodeText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CodeText(..)")
    }
}

/// The living one-time code of a link, as a keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeCode {
    /// Keyed hash of link and digits.
    pub hash: [u8; 32],
    /// Deadline `code_lifetime`.
    pub expires: UnixMillis,
    /// The outbox entry that carries it.
    pub effect: EffectId,
}

/// The latest link of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthLink {
    /// Its name for the partner.
    pub id: AuthLinkId,
    /// Its secret.
    pub public_id: PublicId,
    /// What the secret is found by.
    pub hash: LinkHash,
    /// The number that is proved: copied when the link was made.
    pub mobile: Mobile,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created: UnixMillis,
    /// Deadline `lifetime`: from this instant on nobody enters by it.
    pub expires: UnixMillis,
    /// First look at its page; looking spends nothing.
    pub opened: Option<UnixMillis>,
    /// The living code, if any.
    pub code: Option<OneTimeCode>,
    /// Texts asked for so far.
    pub sends: u32,
    /// When the last text was asked for.
    pub last_sent: Option<UnixMillis>,
    /// Wrong codes so far; a resend does not reset it.
    pub wrong_tries: u32,
    /// When it reached its end state.
    pub ended: Option<UnixMillis>,
}

/// An older link: only how it ended, for its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLink {
    /// What its secret is found by.
    pub hash: LinkHash,
    /// Its end state.
    pub end: State,
    /// When it ended.
    pub ended: UnixMillis,
}

impl AuthLink {
    /// A fresh link for `mobile`.
    pub fn issue(
        mobile: Mobile,
        table: &Table<Machine>,
        keyring: &Keyring,
        entropy: &mut Entropy,
        now: UnixMillis,
    ) -> Self {
        let public_id = PublicId(entropy.uuid());
        Self {
            id: AuthLinkId(entropy.uuid()),
            hash: public_id.hash(keyring),
            public_id,
            mobile,
            state: table.initial(),
            created: now,
            expires: now.plus(table.span(Limit::Lifetime)),
            opened: None,
            code: None,
            sends: 0,
            last_sent: None,
            wrong_tries: 0,
            ended: None,
        }
    }

    /// Whether somebody may still enter by it (invariant AL-1 counts these).
    pub fn is_open_to_entry(&self, now: UnixMillis) -> bool {
        matches!(self.state, State::Issued | State::Challenged) && now < self.expires
    }

    /// Whether no arrow leads on.
    pub fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// From when on a new text may be asked for; `None` when none was asked for yet.
    pub fn next_send_at(&self, table: &Table<Machine>) -> Option<UnixMillis> {
        let steps = table.spans(Limit::CodeCooldown);
        let sent = usize::try_from(self.sends).unwrap_or(usize::MAX);
        let cooldown = steps.get(sent.saturating_sub(1)).or(steps.last()).copied().unwrap_or(Span(0));
        self.last_sent.map(|at| at.plus(cooldown))
    }

    /// Whether the last text was refused: its code died before its time.
    pub fn was_refused(&self, table: &Table<Machine>, now: UnixMillis) -> bool {
        let until = self.last_sent.map(|at| at.plus(table.span(Limit::CodeLifetime)));
        self.state == State::Issued && self.code.is_none() && until.is_some_and(|until| now < until)
    }

    /// What a wish for a text is: early while a living code is still in its cool-down.
    pub fn classify_request(&self, table: &Table<Machine>, now: UnixMillis) -> Input {
        let cooling = self.next_send_at(table).is_some_and(|at| now < at);
        if cooling && self.code.is_some() { Input::RequestCodeEarly } else { Input::RequestCode }
    }

    /// What a try is. The comparison takes the same time for every wrong code.
    pub fn classify_try(&self, code: &CodeText, table: &Table<Machine>, keyring: &Keyring) -> Input {
        let Some(living) = &self.code else { return Input::CodeLate };
        if crate::crypto::matches(&living.hash, &code.hash(keyring, self.id)) {
            return Input::CodeRight;
        }
        if self.wrong_tries + 1 >= table.count(Limit::CodeTries) {
            Input::CodeWrongLast
        } else {
            Input::CodeWrong
        }
    }

    /// Tries left before the link locks.
    pub fn tries_left(&self, table: &Table<Machine>) -> u32 {
        table.count(Limit::CodeTries).saturating_sub(self.wrong_tries)
    }

    /// Makes the next code and returns it for the outbox; the one before is dead at once.
    pub fn new_code(
        &mut self,
        effect: EffectId,
        table: &Table<Machine>,
        keyring: &Keyring,
        entropy: &mut Entropy,
        now: UnixMillis,
    ) -> (CodeText, UnixMillis) {
        let code = CodeText::draw(entropy);
        let expires = now.plus(table.span(Limit::CodeLifetime));
        self.code = Some(OneTimeCode { hash: code.hash(keyring, self.id), expires, effect });
        self.sends += 1;
        self.last_sent = Some(now);
        (code, expires)
    }

    /// What is remembered of it once a newer link stands in its place.
    pub fn remains(&self, now: UnixMillis) -> DeadLink {
        DeadLink { hash: self.hash, end: self.state, ended: self.ended.unwrap_or(now) }
    }
}
