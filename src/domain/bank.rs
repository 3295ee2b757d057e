//! What is asked of an institution and what it answers, whoever carries it. Must not know: HTTP, users,
//! jobs.

use crate::domain::account::{AccountFacts, IdentityFacts, TransactionFacts};
use crate::domain::day::Day;
use crate::domain::secret::Secret;
use thiserror::Error;

/// The longest login id or password, in characters: no bank's is that long.
pub const TYPED_CHARS_MAX: usize = 256;

/// The longest login id, in bytes: it is kept with its connection, whose record has no room for more.
pub const LOGIN_ID_BYTES_MAX: usize = 256;

/// What a person types at sign-in. Used once, kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The login id.
    pub login_id: Secret,
    /// The password.
    pub password: Secret,
}

/// What stands for a sign-in from then on: the bank session. Sealed wherever it is kept.
pub type BankSession = Secret;

/// How a person is asked for more than a password (contract section 5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeMethod {
    /// A code.
    Token,
    /// Questions.
    SecurityQuestions,
}

impl ChallengeMethod {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::SecurityQuestions => "security-questions",
        }
    }
}

/// What an institution wants to know besides the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankChallenge {
    /// The institution's name for it: whoever holds it may answer.
    pub reference: Secret,
    /// How it asks.
    pub method: ChallengeMethod,
    /// What it says about it.
    pub description: String,
    /// One prompt for each answer.
    pub prompts: Vec<String>,
}

/// One question to an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Sign in. Never repeated by itself.
    SignIn(Credentials),
    /// Answer a challenge. Never repeated by itself.
    Answer {
        /// Which challenge.
        challenge: Secret,
        /// One for each prompt, in order.
        answers: Vec<Secret>,
    },
    /// Who signed in?
    Profile(BankSession),
    /// Which accounts are there?
    Accounts {
        /// On whose behalf.
        session: BankSession,
        /// Whether what is laid down about them is wanted, too.
        with_terms: bool,
    },
    /// What happened in one account, newest first?
    Transactions {
        /// On whose behalf.
        session: BankSession,
        /// Which account, as the institution calls it.
        account: String,
        /// Not before this day.
        from: Day,
        /// Where the page before ended.
        cursor: Option<String>,
    },
    /// The bank session is not needed any more.
    SignOut(BankSession),
}

impl Request {
    /// Its name, for logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignIn(_) => "sign_in",
            Self::Answer { .. } => "answer",
            Self::Profile(_) => "profile",
            Self::Accounts { .. } => "accounts",
            Self::Transactions { .. } => "transactions",
            Self::SignOut(_) => "sign_out",
        }
    }

    /// Whether it may be repeated when it failed: only reads are.
    pub const fn is_read(&self) -> bool {
        matches!(self, Self::Profile(_) | Self::Accounts { .. } | Self::Transactions { .. })
    }
}

/// What an institution answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Signed in, or the challenge is passed.
    SignedIn(BankSession),
    /// It wants to know more first.
    Challenged(BankChallenge),
    /// Who signed in.
    Profile(Box<IdentityFacts>),
    /// The accounts.
    Accounts(Vec<AccountFacts>),
    /// Some transactions, newest first.
    Transactions {
        /// They.
        transactions: Vec<TransactionFacts>,
        /// Where the next page begins, if there is one.
        next: Option<String>,
    },
    /// Done; nothing to say.
    Done,
}

/// Why an institution does not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BankFault {
    /// Login id and password do not belong together.
    #[error("login id and password do not belong together")]
    InvalidCredentials,
    /// The login is locked.
    #[error("the login is locked")]
    Locked,
    /// The person must do something at the institution first.
    #[error("the person must do something at the institution first")]
    ActionRequired,
    /// The answer to a challenge was wrong; it may be tried again.
    #[error("the answer is wrong")]
    WrongAnswer,
    /// The challenge is over.
    #[error("the challenge is over")]
    ChallengeOver,
    /// The bank session is over.
    #[error("the bank session is over")]
    SessionOver,
    /// It does not work, does not answer, or answers nonsense: a read may be repeated.
    #[error("the institution does not work at the moment")]
    Unavailable,
}
