//! The partner: an application with its mode, its policy versions and where its people go back to.
//! Must not know: how its keys are checked or its records stored.

use crate::domain::id::{ApplicationId, WebhookId};
use crate::domain::look::Look;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::webhook::Webhook;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether an application works with made-up data or with real people. Fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Made-up data: inbox, sandbox bank, test clocks and triggers are allowed.
    Sandbox,
    /// Real people and real texts.
    Live,
}

impl Mode {
    /// The mode as the command line and the admin endpoint write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }

    /// Reads what [`Mode::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sandbox, Self::Live].into_iter().find(|mode| mode.name() == text)
    }
}

/// A partner as the engine sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its name on the wire: `applicationid` in tokens.
    pub id: ApplicationId,
    /// What people read: who asks.
    pub name: String,
    /// Sandbox or live.
    pub mode: Mode,
    /// When it was made.
    pub created: UnixMillis,
    /// Where people go back to; no redirect when absent.
    pub redirect_url: Option<String>,
    /// Refuse sessions that began with a partner's token instead of a proved number.
    pub requires_link: bool,
    /// Its API keys, by the word that each is told apart by.
    pub keys: BTreeMap<u64, ApiKey>,
    /// How its pages look.
    pub look: Look,
    /// Where it wants to be told of its events.
    pub webhooks: BTreeMap<WebhookId, Webhook>,
    /// Every policy version there ever was, by number; the last is current.
    pub policies: BTreeMap<u32, Policy>,
}

impl Application {
    /// What people read: who asks.
    pub fn brand(&self) -> &str {
        self.look.brand_name.as_ref().unwrap_or(&self.name)
    }

    /// The policy that new consents are given on.
    pub fn policy(&self) -> Option<&Policy> {
        self.policies.values().next_back()
    }
}

/// The most API keys of an application.
pub const KEYS_MAX: usize = 20;

/// An API key as it is kept. The key itself is nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ApiKey {
    /// What it is found by.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: UnixMillis,
}

impl ApiKey {
    /// What a key is told apart by, in lists and in the tokens that were got with it. It gives nothing of
    /// the key away.
    pub fn word(hash: &[u8; 32]) -> u64 {
        let mut word = [0; 8];
        word.copy_from_slice(&hash[..8]);
        u64::from_be_bytes(word)
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ApiKey({:016x})", Self::word(&self.hash))
    }
}

/// The most parties that help a partner.
pub const PARTIES_MAX: usize = 6;

/// The longest name of one, in characters.
pub const PARTY_CHARS_MAX: usize = 80;

/// What people are asked to agree to. Frozen once made: a change is a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// 1, 2, 3, … within the application.
    pub version: u32,
    /// The purpose in a few words.
    pub purpose_title: String,
    /// The purpose in a sentence.
    pub purpose_description: String,
    /// How long a consent lasts, in days (1 to 365).
    pub duration_days: u32,
    /// How far back data goes, in days (1 to 730).
    pub retrieval_days: u32,
    /// A de-identified copy may be kept when the consent ends.
    pub retain_data: bool,
    /// What is asked for; `AccountBasic` is always among them.
    pub permissions: Vec<Permission>,
    /// Who helps the partner, and may see the data for the same purpose.
    pub supporting_parties: Vec<String>,
}

impl Policy {
    /// How long a consent lasts.
    pub fn duration(&self) -> Span {
        Span::days(u64::from(self.duration_days))
    }

    /// The policy an application starts with (contract section 6.2, the boxes that are on).
    pub fn standard() -> Self {
        Self {
            version: 1,
            purpose_title: "To see whether you can afford what you asked for".into(),
            purpose_description:
                "Your accounts and transactions show your income, your spending and what you owe.".into(),
            duration_days: 365,
            retrieval_days: 730,
            retain_data: false,
            permissions: vec![
                Permission::PersonDetail,
                Permission::AccountBasic,
                Permission::AccountDetail,
                Permission::TransactionDetail,
            ],
            supporting_parties: Vec::new(),
        }
    }
}

/// One cluster of data that a person may share (contract section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Name and occupation.
    PersonBasic,
    /// Name, occupation and contact details.
    PersonDetail,
    /// Organisation profile.
    OrganisationBasic,
    /// Organisation profile and contact details.
    OrganisationDetail,
    /// Account name, type and balance.
    AccountBasic,
    /// Account numbers and features.
    AccountDetail,
    /// Transaction details.
    TransactionDetail,
}

/// The standard wording of a permission: never reworded, on pages and on the wire alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionText {
    /// `account.basic` and the like.
    pub scope: &'static str,
    /// `connection`, `account`, `transaction` or `identity`.
    pub entity: &'static str,
    /// The name of the cluster.
    pub name: &'static str,
    /// What the cluster is, in a sentence.
    pub description: &'static str,
    /// What is in it.
    pub attributes: &'static [&'static str],
    /// Why it is needed, in a sentence.
    pub purpose: &'static str,
}

impl Permission {
    /// All there are, in the order in which people read them.
    pub const ALL: [Self; 7] = [
        Self::PersonBasic,
        Self::PersonDetail,
        Self::OrganisationBasic,
        Self::OrganisationDetail,
        Self::AccountBasic,
        Self::AccountDetail,
        Self::TransactionDetail,
    ];

    /// Whether sharing makes no sense without it.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::AccountBasic)
    }

    /// The permission with this scope value.
    pub fn parse(scope: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.text().scope == scope)
    }

    /// Its standard wording.
    pub const fn text(self) -> PermissionText {
        match self {
            Self::PersonBasic => PermissionText {
                scope: "customer.person.basic",
                entity: "connection",
                name: "Name and occupation",
                description: "Who you are, as your bank knows you",
                attributes: &["Name", "Occupation"],
                purpose: "To check that the accounts are yours",
            },
            Self::PersonDetail => PermissionText {
                scope: "customer.person.detail",
                entity: "connection",
                name: "Name, occupation, contact details",
                description: "Who you are and how to reach you, as your bank knows you",
                attributes: &[
                    "Name",
                    "Occupation",
                    "Phone",
                    "Email address",
                    "Mail address",
                    "Residential address",
                ],
                purpose: "To check that the accounts are yours",
            },
            Self::OrganisationBasic => PermissionText {
                scope: "customer.organisation.basic",
                entity: "identity",
                name: "Organisation profile",
                description: "The organisation that holds the accounts",
                attributes: &[
                    "Agent name and role",
                    "Organisation name",
                    "Organisation numbers (ABN or ACN)",
                    "Charity status",
                    "Establishment date",
                    "Industry",
                    "Organisation type",
                    "Country of registration",
                ],
                purpose: "To check that the accounts are your organisation's",
            },
            Self::OrganisationDetail => PermissionText {
                scope: "customer.organisation.detail",
                entity: "identity",
                name: "Organisation profile and contact details",
                description: "The organisation that holds the accounts and how to reach it",
                attributes: &[
                    "Agent name and role",
                    "Organisation name",
                    "Organisation numbers (ABN or ACN)",
                    "Charity status",
                    "Establishment date",
                    "Industry",
                    "Organisation type",
                    "Country of registration",
                    "Organisation address",
                    "Mail address",
                    "Phone number",
                ],
                purpose: "To check that the accounts are your organisation's",
            },
            Self::AccountBasic => PermissionText {
                scope: "account.basic",
                entity: "account",
                name: "Account name, type and balance",
                description: "A list of your accounts with their balances",
                attributes: &["Name of account", "Type of account", "Account balance"],
                purpose: "To know what you have and what you owe",
            },
            Self::AccountDetail => PermissionText {
                scope: "account.detail",
                entity: "account",
                name: "Account balance and details",
                description: "Account numbers, rates, fees and terms",
                attributes: &[
                    "Account number",
                    "Interest rates",
                    "Fees",
                    "Discounts",
                    "Account terms",
                    "Account mail address",
                ],
                purpose: "To know the terms of your accounts",
            },
            Self::TransactionDetail => PermissionText {
                scope: "transaction.detail",
                entity: "transaction",
                name: "Transaction details",
                description: "What went in and out of your accounts",
                attributes: &[
                    "Incoming and outgoing transactions",
                    "Amounts",
                    "Dates",
                    "Descriptions",
                    "Who you have sent money to and received money from",
                ],
                purpose: "To work out your income and your spending",
            },
        }
    }
}
