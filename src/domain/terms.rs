//! What an institution lays down about an account: fees, rates, features, what is due when (contract section
//! 2.8, `meta`). It is handed on as it was told and nothing is decided by it, so its words stay words, each of
//! a closed list. Must not know: how it is fetched, stored or rendered.

use crate::domain::day::Day;
use crate::domain::money::Money;

/// A word of one of the closed lists here.
pub type Word = &'static str;

/// What a fee is for.
pub const FEES: &[Word] = &[
    "DEPOSIT",
    "EVENT",
    "EXIT",
    "PAYMENT",
    "PERIODIC",
    "PURCHASE",
    "TRANSACTION",
    "UPFRONT",
    "VARIABLE",
    "WITHDRAWAL",
];

/// How a discount is earned.
pub const DISCOUNTS: &[Word] = &["BALANCE", "DEPOSITS", "ELIGIBILITY_ONLY", "FEE_CAP", "PAYMENTS"];

/// Who is given a discount.
pub const ELIGIBILITIES: &[Word] = &[
    "BUSINESS",
    "EMPLOYMENT_STATUS",
    "INTRODUCTORY",
    "MAX_AGE",
    "MIN_AGE",
    "MIN_INCOME",
    "MIN_TURNOVER",
    "NATURAL_PERSON",
    "OTHER",
    "PENSION_RECIPIENT",
    "RESIDENCY_STATUS",
    "STAFF",
    "STUDENT",
];

/// What earns.
pub const DEPOSIT_RATES: &[Word] =
    &["BONUS", "BUNDLE_BONUS", "FIXED", "FLOATING", "INTRODUCTORY", "MARKET_LINKED", "VARIABLE"];

/// What owing costs by.
pub const LENDING_RATES: &[Word] = &[
    "BUNDLE_DISCOUNT_FIXED",
    "BUNDLE_DISCOUNT_VARIABLE",
    "CASH_ADVANCE",
    "DISCOUNT",
    "FIXED",
    "FLOATING",
    "INTRODUCTORY",
    "MARKET_LINKED",
    "PENALTY",
    "PURCHASE",
    "VARIABLE",
];

/// What the ends of a tier count.
pub const UNITS: &[Word] = &["DAY", "DOLLAR", "MONTH", "PERCENT"];

/// What a tier's rate counts for.
pub const TIER_METHODS: &[Word] = &["PER_TIER", "WHOLE_BALANCE"];

/// When interest is due.
pub const INTEREST_DUE: &[Word] = &["IN_ADVANCE", "IN_ARREARS"];

/// What a repayment pays.
pub const REPAYMENTS: &[Word] = &["INTEREST_ONLY", "PRINCIPAL_AND_INTEREST"];

/// What a loan is for.
pub const PURPOSES: &[Word] = &["INVESTMENT", "OWNER_OCCUPIED"];

/// What happens when a deposit matures.
pub const MATURITIES: &[Word] = &["HOLD_ON_MATURITY", "PAID_OUT_AT_MATURITY", "ROLLED_OVER"];

/// What an account can do.
pub const FEATURES: &[Word] = &[
    "ADDITIONAL_CARDS",
    "BALANCE_TRANSFERS",
    "BILL_PAYMENT",
    "BONUS_REWARDS",
    "CARD_ACCESS",
    "CASHBACK_OFFER",
    "COMPLEMENTARY_PRODUCT_DISCOUNTS",
    "DIGITAL_BANKING",
    "DIGITAL_WALLET",
    "DONATE_INTEREST",
    "EXTRA_REPAYMENTS",
    "FRAUD_PROTECTION",
    "FREE_TXNS",
    "FREE_TXNS_ALLOWANCE",
    "GUARANTOR",
    "INSURANCE",
    "INSTALMENT_PLAN",
    "INTEREST_FREE",
    "INTEREST_FREE_TRANSFERS",
    "LOYALTY_PROGRAM",
    "NOTIFICATIONS",
    "NPP_ENABLED",
    "NPP_PAYID",
    "OFFSET",
    "OTHER",
    "OVERDRAFT",
    "REDRAW",
    "RELATIONSHIP_MANAGEMENT",
    "UNLIMITED_TXNS",
];

/// The word of a list that a text is.
pub fn word(list: &[Word], text: &str) -> Option<Word> {
    list.iter().copied().find(|one| *one == text)
}

/// Digits at most of a share, with its point and its sign.
const SHARE_BYTES_MAX: usize = 16;

/// Bytes at most of a span between two times.
const EVERY_BYTES_MAX: usize = 8;

/// A share of one, as decimal text: `0.0435` is 4.35 % a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share(String);

impl Share {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (text.len() <= SHARE_BYTES_MAX && is_number(whole) && is_number(part)).then(|| Self(text.into()))
    }

    /// As it was told.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// How often something comes back: a span by ISO 8601 of one unit, as `P1M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Every(String);

impl Every {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let count = text.strip_prefix('P')?.strip_suffix(['D', 'W', 'M', 'Y'])?;
        let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        (text.len() <= EVERY_BYTES_MAX && is_count).then(|| Self(text.into()))
    }

    /// As it was told.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What an institution says about something besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct More {
    /// A value, where the kind of thing has one.
    pub value: Option<String>,
    /// A sentence.
    pub info: Option<String>,
}

/// How much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charge {
    /// So much.
    Amount(Money),
    /// A share of the balance.
    BalanceRate(Share),
    /// A share of what is moved.
    TransactionRate(Share),
    /// A share of the interest.
    AccruedRate(Share),
    /// A share of the fee: of discounts.
    FeeRate(Share),
}

/// Less to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// What it is.
    pub description: String,
    /// One of [`DISCOUNTS`].
    pub kind: Word,
    /// How much less.
    pub charge: Option<Charge>,
    /// Whatever else is said.
    pub more: More,
    /// For whom, of [`ELIGIBILITIES`].
    pub eligibility: Vec<Word>,
}

/// A fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// What it is called.
    pub name: String,
    /// One of [`FEES`].
    pub kind: Word,
    /// How much.
    pub charge: Option<Charge>,
    /// How often.
    pub every: Option<Every>,
    /// Three letters.
    pub currency: Option<String>,
    /// Whatever else is said.
    pub more: More,
    /// Who pays less.
    pub discounts: Vec<Discount>,
}

/// A part of a balance, or of a time, with a rate of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// What it is called.
    pub name: String,
    /// One of [`UNITS`].
    pub unit: Word,
    /// From so many on.
    pub least: i64,
    /// Up to so many.
    pub most: Option<i64>,
    /// One of [`TIER_METHODS`].
    pub method: Option<Word>,
}

/// What money earns, or owing costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// One of [`DEPOSIT_RATES`], or of [`LENDING_RATES`].
    pub kind: Word,
    /// How much, in a year.
    pub rate: Share,
    /// With what comes on top: of lending.
    pub comparison: Option<Share>,
    /// How often it is worked out.
    pub calculated: Option<Every>,
    /// How often it is added.
    pub applied: Option<Every>,
    /// One of [`INTEREST_DUE`]: of lending.
    pub due: Option<Word>,
    /// One of [`REPAYMENTS`]: of lending.
    pub repayment: Option<Word>,
    /// One of [`PURPOSES`]: of lending.
    pub purpose: Option<Word>,
    /// Where it counts, when not everywhere.
    pub tiers: Vec<Tier>,
    /// Whatever else is said.
    pub more: More,
}

/// An amount in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// How much.
    pub amount: Money,
    /// Three letters.
    pub currency: String,
}

/// Money that is laid down until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermDeposit {
    /// Since when.
    pub lodged: Day,
    /// Until when.
    pub matures: Day,
    /// What there will be.
    pub at_maturity: Option<Sum>,
    /// One of [`MATURITIES`].
    pub then: Word,
}

/// How a loan is paid off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loan {
    /// Since when.
    pub started: Option<Day>,
    /// Until when.
    pub ends: Option<Day>,
    /// One of [`REPAYMENTS`].
    pub repayment: Option<Word>,
    /// What was lent.
    pub lent: Option<Sum>,
    /// When something is due next.
    pub next_instalment: Option<Day>,
    /// How much at least.
    pub least_instalment: Option<Sum>,
    /// How often.
    pub every: Option<Every>,
    /// What can be drawn again, at most.
    pub most_redraw: Option<Sum>,
    /// What can be drawn again, at least.
    pub least_redraw: Option<Sum>,
    /// Whether what other accounts hold counts against it.
    pub is_offset: Option<bool>,
}

/// What is due on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDue {
    /// At least so much.
    pub least: Money,
    /// All of it.
    pub all: Money,
    /// Three letters.
    pub currency: Option<String>,
    /// By when.
    pub by: Day,
}

/// Something that an account can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// One of [`FEATURES`].
    pub kind: Word,
    /// Whatever else is said.
    pub more: More,
    /// Whether it is in use.
    pub is_activated: Option<bool>,
}

/// Where letters about an account go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailAddress {
    /// To whom.
    pub name: Option<String>,
    /// Up to three lines; the first is always there.
    pub lines: [String; 3],
    /// The postcode.
    pub postcode: Option<String>,
    /// The city.
    pub city: String,
    /// The state, as people shorten it.
    pub state: String,
    /// The country in three letters.
    pub country: Option<String>,
}

/// All that is laid down about an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// What it costs.
    pub fees: Vec<Fee>,
    /// What it earns.
    pub deposit_rates: Vec<Rate>,
    /// What owing costs.
    pub lending_rates: Vec<Rate>,
    /// Until when it is laid down.
    pub term_deposits: Vec<TermDeposit>,
    /// How it is paid off.
    pub loan: Option<Loan>,
    /// What is due.
    pub card: Option<CardDue>,
    /// What it can do.
    pub features: Vec<Feature>,
    /// Where letters go.
    pub addresses: Vec<MailAddress>,
}

#[cfg(test)]
pub mod tests;
