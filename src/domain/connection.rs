//! The connection: a person's login at one institution, what stands for it, and which of what was read
//! by it is shown. The arrows stand in workflows/connection.toml. Must not know: jobs, HTTP, records.

use crate::crypto::{Keyring, Purpose};
use crate::domain::account::Account;
use crate::domain::bank::BankSession;
use crate::domain::id::{AccountId, ConnectionId, ConsentId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Cause;
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use crate::domain::workflow::connection::State;

/// The most accounts that one connection keeps: more would not fit its record.
pub const ACCOUNTS_MAX: usize = 100;

/// Which login at an institution, as a keyed hash: connecting it again finds the same connection.
pub type LoginHash = [u8; 16];

/// Which reading of an institution: what is read is written under a number of its own, and shown when
/// that number is. Zero stands for none.
pub type Generation = u32;

/// What is remembered of an account, to tell later whether it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountMark {
    /// Which account.
    pub id: AccountId,
    /// Hash of all that it has but balances.
    pub digest: [u8; 8],
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// The consent that covers it: it ends with that.
    pub consent: ConsentId,
    /// Where.
    pub institution: InstitutionId,
    /// Which login there.
    pub login: LoginHash,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created: UnixMillis,
    /// When it last changed.
    pub updated: UnixMillis,
    /// When it was last read by with success.
    pub last_used: Option<UnixMillis>,
    /// The institution asked for more than a password.
    pub is_challenged: bool,
    /// Which login it is, in the person's words; older programs did not keep it.
    pub login_id: Option<Secret>,
    /// What stands for the sign-in.
    pub session: Option<BankSession>,
    /// Why its last job came to nothing, if it did.
    pub fault: Option<Cause>,
    /// Deadline `retry`: when it is read by again, as the institution did not work.
    pub retry_at: Option<UnixMillis>,
    /// Later than this it is not tried again by itself.
    pub retry_until: Option<UnixMillis>,
    /// The last generation that was given out.
    pub generation: Generation,
    /// The generation of the accounts that are shown.
    pub accounts_generation: Generation,
    /// The generation of the transactions that are shown.
    pub transactions_generation: Generation,
    /// The accounts that are shown.
    pub accounts: Vec<AccountMark>,
}

/// A connection as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// Its name.
    pub id: ConnectionId,
    /// The consent that covers it.
    pub consent: ConsentId,
    /// Where.
    pub institution: InstitutionId,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created: UnixMillis,
    /// When it was last read by with success.
    pub last_used: Option<UnixMillis>,
    /// The institution asked for more than a password.
    pub is_challenged: bool,
    /// Why its last job came to nothing, if it did.
    pub fault: Option<Cause>,
    /// The generation of the accounts that are shown.
    pub accounts_generation: Generation,
    /// The generation of the transactions that are shown.
    pub transactions_generation: Generation,
    /// The accounts that are shown.
    pub accounts: Vec<AccountId>,
}

impl Connection {
    /// A connection that begins now.
    pub fn new(
        id: ConnectionId,
        consent: ConsentId,
        institution: InstitutionId,
        login: Login,
        now: UnixMillis,
    ) -> Self {
        Self {
            id,
            consent,
            institution,
            login: login.hash,
            login_id: Some(login.id),
            state: State::Pending,
            created: now,
            updated: now,
            last_used: None,
            is_challenged: false,
            session: None,
            fault: None,
            retry_at: None,
            retry_until: None,
            generation: 0,
            accounts_generation: 0,
            transactions_generation: 0,
            accounts: Vec::new(),
        }
    }

    /// Whether what it has is enough to read again: what stands for a sign-in, and nothing known against it.
    pub fn can_be_refreshed(&self) -> bool {
        let is_refused =
            matches!(self.fault, Some(Cause::InvalidCredentials | Cause::Locked | Cause::SessionOver));
        self.session.is_some() && !is_refused
    }

    /// As it may be shown: without what stands for the sign-in.
    pub fn view(&self) -> ConnectionView {
        ConnectionView {
            id: self.id,
            consent: self.consent,
            institution: self.institution,
            state: self.state,
            created: self.created,
            last_used: self.last_used,
            is_challenged: self.is_challenged,
            fault: self.fault,
            accounts_generation: self.accounts_generation,
            transactions_generation: self.transactions_generation,
            accounts: self.accounts.iter().map(|mark| mark.id).collect(),
        }
    }
}

/// A login of a person at an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// By which it is found.
    pub hash: LoginHash,
    /// In the person's words: no password, and kept as if it were one.
    pub id: Secret,
}

impl Login {
    /// The login that a person calls `id`.
    pub fn of(keyring: &Keyring, user: UserId, institution: InstitutionId, id: &Secret) -> Self {
        let parts = [b"login".as_slice(), user.bytes(), &institution.0, id.reveal().as_bytes()];
        let hash = keyring.hash(Purpose::DerivedId, &parts);
        let mut half = [0_u8; 16];
        half.copy_from_slice(&hash[..16]);
        Self { hash: half, id: id.clone() }
    }
}

/// What is remembered of an account. Balances are left out: they change each day, and nobody is told.
pub fn mark(keyring: &Keyring, account: &Account) -> AccountMark {
    let facts = &account.facts;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let limit = facts.credit_limit.map(|limit| limit.to_string());
    let parts = [
        facts.number.clone(),
        text(&facts.bsb),
        facts.name.clone(),
        facts.product.clone(),
        facts.class.name().to_owned(),
        facts.currency.clone(),
        text(&limit),
        facts.ownership.name().to_owned(),
        text(&facts.holder),
    ];
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let hash = keyring.hash(Purpose::DerivedId, &[&[b"mark".as_slice()], parts.as_slice()].concat());
    let mut digest = [0_u8; 8];
    digest.copy_from_slice(&hash[..8]);
    AccountMark { id: account.id, digest }
}
