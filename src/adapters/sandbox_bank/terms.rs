//! What the sandbox bank says is laid down about an account, and what that is in ours. People read it and
//! nothing is decided by it: what makes no sense, is too long or too much is left out, and the rest is kept.
//! Must not know: sockets, the account itself.

#[cfg(test)]
mod tests;

use super::wire::{CODE_BYTES_MAX, LINE_BYTES_MAX, NAME_BYTES_MAX, WORD_BYTES_MAX, clipped, currency};
use crate::domain::day::Day;
use crate::domain::money::Money;
use crate::domain::terms::{
    self, CardDue, Charge, Discount, Every, Feature, Fee, Loan, MailAddress, More, Rate, Share, Sum,
    TermDeposit, Terms, Tier, Word, word,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most fees, rates of a kind, and features of an account, each.
const LIST_MAX: usize = 24;

/// The most term deposits and addresses of an account, each.
const FEW_MAX: usize = 2;

/// The most discounts of a fee, and the most who are given one.
const DISCOUNTS_MAX: usize = 4;

/// The most tiers of a rate.
const TIERS_MAX: usize = 8;

#[derive(Deserialize)]
struct TermsView {
    fees: Option<Vec<Value>>,
    deposit_rates: Option<Vec<Value>>,
    lending_rates: Option<Vec<Value>>,
    term_deposits: Option<Vec<Value>>,
    loan: Option<Value>,
    card: Option<Value>,
    features: Option<Vec<Value>>,
    addresses: Option<Vec<Value>>,
}

/// What is laid down, as far as it can be read; nothing where none of it can.
pub(super) fn terms(told: Value) -> Option<Terms> {
    let view = serde_json::from_value::<TermsView>(told).ok()?;
    let terms = Terms {
        fees: each(view.fees, LIST_MAX, FeeView::fee),
        deposit_rates: each(view.deposit_rates, LIST_MAX, |one: RateView| one.rate(terms::DEPOSIT_RATES)),
        lending_rates: each(view.lending_rates, LIST_MAX, |one: RateView| one.rate(terms::LENDING_RATES)),
        term_deposits: each(view.term_deposits, FEW_MAX, TermDepositView::deposit),
        loan: one(view.loan, LoanView::loan),
        card: one(view.card, CardView::due),
        features: each(view.features, LIST_MAX, FeatureView::feature),
        addresses: each(view.addresses, FEW_MAX, AddressView::address),
    };
    (terms != Terms::default()).then_some(terms)
}

fn one<V: DeserializeOwned, F>(told: Option<Value>, read: impl Fn(V) -> Option<F>) -> Option<F> {
    read(serde_json::from_value(told?).ok()?)
}

fn each<V: DeserializeOwned, F>(
    told: Option<Vec<Value>>,
    most: usize,
    read: impl Fn(V) -> Option<F>,
) -> Vec<F> {
    told.into_iter().flatten().filter_map(|row| one(Some(row), &read)).take(most).collect()
}

/// What is told, where it can be read.
fn money(text: Option<&str>) -> Option<Money> {
    Money::parse(text?)
}

fn share(text: Option<&str>) -> Option<Share> {
    Share::parse(text?)
}

fn every(text: Option<&str>) -> Option<Every> {
    Every::parse(text?)
}

fn day(text: Option<&str>) -> Option<Day> {
    Day::parse(text?)
}

fn letters(text: Option<&str>) -> Option<String> {
    currency(text?.to_owned()).ok()
}

fn kind(list: &[Word], text: Option<&str>) -> Option<Word> {
    word(list, text?)
}

fn sum(amount: Option<&str>, currency: Option<&str>) -> Option<Sum> {
    Some(Sum { amount: money(amount)?, currency: letters(currency)? })
}

/// Text, where there is any.
fn text(told: Option<&str>, bytes_max: usize) -> Option<String> {
    Some(clipped(told?, bytes_max)).filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
struct MoreView {
    value: Option<String>,
    info: Option<String>,
}

impl MoreView {
    fn more(self) -> More {
        More {
            value: text(self.value.as_deref(), CODE_BYTES_MAX),
            info: text(self.info.as_deref(), NAME_BYTES_MAX),
        }
    }
}

#[derive(Deserialize)]
struct ChargeView {
    amount: Option<String>,
    balance_rate: Option<String>,
    transaction_rate: Option<String>,
    accrued_rate: Option<String>,
    fee_rate: Option<String>,
}

impl ChargeView {
    /// The first of them that is there.
    fn charge(self) -> Option<Charge> {
        let amount = money(self.amount.as_deref()).map(Charge::Amount);
        amount
            .or_else(|| share(self.balance_rate.as_deref()).map(Charge::BalanceRate))
            .or_else(|| share(self.transaction_rate.as_deref()).map(Charge::TransactionRate))
            .or_else(|| share(self.accrued_rate.as_deref()).map(Charge::AccruedRate))
            .or_else(|| share(self.fee_rate.as_deref()).map(Charge::FeeRate))
    }
}

#[derive(Deserialize)]
struct FeeView {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    charge: ChargeView,
    frequency: Option<String>,
    currency: Option<String>,
    #[serde(flatten)]
    more: MoreView,
    discounts: Option<Vec<Value>>,
}

impl FeeView {
    fn fee(self) -> Option<Fee> {
        Some(Fee {
            name: clipped(&self.name, NAME_BYTES_MAX),
            kind: word(terms::FEES, &self.kind)?,
            charge: self.charge.charge(),
            every: every(self.frequency.as_deref()),
            currency: letters(self.currency.as_deref()),
            more: self.more.more(),
            discounts: each(self.discounts, DISCOUNTS_MAX, DiscountView::discount),
        })
    }
}

#[derive(Deserialize)]
struct DiscountView {
    description: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    charge: ChargeView,
    #[serde(flatten)]
    more: MoreView,
    eligibility: Option<Vec<Value>>,
}

impl DiscountView {
    fn discount(self) -> Option<Discount> {
        Some(Discount {
            description: clipped(&self.description, NAME_BYTES_MAX),
            kind: word(terms::DISCOUNTS, &self.kind)?,
            charge: self.charge.charge(),
            more: self.more.more(),
            eligibility: each(self.eligibility, DISCOUNTS_MAX, |text: String| {
                word(terms::ELIGIBILITIES, &text)
            }),
        })
    }
}

#[derive(Deserialize)]
struct TierView {
    name: String,
    unit: String,
    minimum: i64,
    maximum: Option<i64>,
    method: Option<String>,
}

impl TierView {
    fn tier(self) -> Option<Tier> {
        Some(Tier {
            name: clipped(&self.name, WORD_BYTES_MAX),
            unit: word(terms::UNITS, &self.unit)?,
            least: self.minimum,
            most: self.maximum,
            method: kind(terms::TIER_METHODS, self.method.as_deref()),
        })
    }
}

#[derive(Deserialize)]
struct RateView {
    #[serde(rename = "type")]
    kind: String,
    rate: String,
    comparison_rate: Option<String>,
    calculated: Option<String>,
    applied: Option<String>,
    interest_due: Option<String>,
    repayment: Option<String>,
    purpose: Option<String>,
    tiers: Option<Vec<Value>>,
    #[serde(flatten)]
    more: MoreView,
}

impl RateView {
    fn rate(self, kinds: &[Word]) -> Option<Rate> {
        Some(Rate {
            kind: word(kinds, &self.kind)?,
            rate: Share::parse(&self.rate)?,
            comparison: share(self.comparison_rate.as_deref()),
            calculated: every(self.calculated.as_deref()),
            applied: every(self.applied.as_deref()),
            due: kind(terms::INTEREST_DUE, self.interest_due.as_deref()),
            repayment: kind(terms::REPAYMENTS, self.repayment.as_deref()),
            purpose: kind(terms::PURPOSES, self.purpose.as_deref()),
            tiers: each(self.tiers, TIERS_MAX, TierView::tier),
            more: self.more.more(),
        })
    }
}

#[derive(Deserialize)]
struct TermDepositView {
    lodged: Option<String>,
    matures: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    instructions: String,
}

impl TermDepositView {
    fn deposit(self) -> Option<TermDeposit> {
        Some(TermDeposit {
            lodged: day(self.lodged.as_deref())?,
            matures: day(self.matures.as_deref())?,
            at_maturity: sum(self.amount.as_deref(), self.currency.as_deref()),
            then: word(terms::MATURITIES, &self.instructions)?,
        })
    }
}

#[derive(Deserialize)]
struct LoanView {
    started: Option<String>,
    ends: Option<String>,
    repayment: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    next_instalment: Option<String>,
    minimum_instalment: Option<String>,
    frequency: Option<String>,
    maximum_redraw: Option<String>,
    minimum_redraw: Option<String>,
    offset: Option<bool>,
}

impl LoanView {
    fn loan(self) -> Option<Loan> {
        let currency = self.currency.as_deref();
        let loan = Loan {
            started: day(self.started.as_deref()),
            ends: day(self.ends.as_deref()),
            repayment: kind(terms::REPAYMENTS, self.repayment.as_deref()),
            lent: sum(self.amount.as_deref(), currency),
            next_instalment: day(self.next_instalment.as_deref()),
            least_instalment: sum(self.minimum_instalment.as_deref(), currency),
            every: every(self.frequency.as_deref()),
            most_redraw: sum(self.maximum_redraw.as_deref(), currency),
            least_redraw: sum(self.minimum_redraw.as_deref(), currency),
            is_offset: self.offset,
        };
        (loan != Loan::default()).then_some(loan)
    }
}

#[derive(Deserialize)]
struct CardView {
    minimum: Option<String>,
    due: Option<String>,
    currency: Option<String>,
    due_date: Option<String>,
}

impl CardView {
    fn due(self) -> Option<CardDue> {
        Some(CardDue {
            least: money(self.minimum.as_deref())?,
            all: money(self.due.as_deref())?,
            currency: letters(self.currency.as_deref()),
            by: day(self.due_date.as_deref())?,
        })
    }
}

#[derive(Deserialize)]
struct FeatureView {
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    more: MoreView,
    activated: Option<bool>,
}

impl FeatureView {
    fn feature(self) -> Option<Feature> {
        let kind = word(terms::FEATURES, &self.kind)?;
        Some(Feature { kind, more: self.more.more(), is_activated: self.activated })
    }
}

#[derive(Deserialize)]
struct AddressView {
    mailing_name: Option<String>,
    address_line1: String,
    address_line2: Option<String>,
    address_line3: Option<String>,
    postcode: Option<String>,
    city: String,
    state: String,
    country_code: Option<String>,
}

impl AddressView {
    fn address(self) -> Option<MailAddress> {
        let line = |told: Option<&str>| text(told, LINE_BYTES_MAX).unwrap_or_default();
        let first = text(Some(&self.address_line1), LINE_BYTES_MAX)?;
        Some(MailAddress {
            name: text(self.mailing_name.as_deref(), NAME_BYTES_MAX),
            lines: [first, line(self.address_line2.as_deref()), line(self.address_line3.as_deref())],
            postcode: text(self.postcode.as_deref(), CODE_BYTES_MAX),
            city: clipped(&self.city, WORD_BYTES_MAX),
            state: clipped(&self.state, CODE_BYTES_MAX),
            country: text(self.country_code.as_deref(), CODE_BYTES_MAX),
        })
    }
}
