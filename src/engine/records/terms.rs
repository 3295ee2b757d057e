//! What is laid down about an account: rows beside the account's, sealed as it is. One row holds as much as a
//! value may; what does not fit into it stands in the next.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::day::Day;
use crate::domain::id::AccountId;
use crate::domain::money::Money;
use crate::domain::terms::{
    self, CardDue, Charge, Discount, Every, Feature, Fee, Loan, MailAddress, More, Rate, Share, Sum,
    TermDeposit, Terms, Tier, Word,
};
use crate::store::codec::{self, Record};
use crate::store::key::{self, Reading};
use serde::{Deserialize, Serialize};

/// What may stand in one row, in bytes: the seal and two heads come on top.
const ROW_BYTES_MAX: usize = 3_800;

/// What stands under a key of terms, first schema: the sealed [`TermsBodyV1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsV1(Vec<u8>);

impl Record for TermsV1 {
    const KIND: u8 = b'n';
    const SCHEMA: u8 = 1;
}

/// Some of what is laid down, first schema; its key holds which account it is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TermsBodyV1(Vec<TermV1>);

impl Record for TermsBodyV1 {
    const KIND: u8 = b'q';
    const SCHEMA: u8 = 1;
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum TermV1 {
    Fee(FeeV1),
    DepositRate(RateV1),
    LendingRate(RateV1),
    TermDeposit(TermDepositV1),
    Loan(LoanV1),
    Card(CardDueV1),
    Feature(FeatureV1),
    Address(MailAddressV1),
}

/// A value, then a sentence.
type MoreV1 = [Option<String>; 2];

/// An amount in cents, then its currency.
type SumV1 = (i64, String);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum ChargeV1 {
    Amount(i64),
    BalanceRate(String),
    TransactionRate(String),
    AccruedRate(String),
    FeeRate(String),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DiscountV1 {
    description: String,
    kind: String,
    charge: Option<ChargeV1>,
    more: MoreV1,
    eligibility: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FeeV1 {
    name: String,
    kind: String,
    charge: Option<ChargeV1>,
    every: Option<String>,
    currency: Option<String>,
    more: MoreV1,
    discounts: Vec<DiscountV1>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TierV1 {
    name: String,
    unit: String,
    least: i64,
    most: Option<i64>,
    method: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RateV1 {
    kind: String,
    rate: String,
    comparison: Option<String>,
    /// How often it is worked out, then how often it is added.
    every: [Option<String>; 2],
    /// When interest is due, what a repayment pays, what a loan is for.
    words: [Option<String>; 3],
    tiers: Vec<TierV1>,
    more: MoreV1,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TermDepositV1 {
    lodged: i32,
    matures: i32,
    at_maturity: Option<SumV1>,
    then: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LoanV1 {
    started: Option<i32>,
    ends: Option<i32>,
    repayment: Option<String>,
    lent: Option<SumV1>,
    next_instalment: Option<i32>,
    least_instalment: Option<SumV1>,
    every: Option<String>,
    most_redraw: Option<SumV1>,
    least_redraw: Option<SumV1>,
    is_offset: Option<bool>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CardDueV1 {
    least: i64,
    all: i64,
    currency: Option<String>,
    by: i32,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FeatureV1 {
    kind: String,
    more: MoreV1,
    is_activated: Option<bool>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct MailAddressV1 {
    name: Option<String>,
    lines: [String; 3],
    postcode: Option<String>,
    city: String,
    state: String,
    country: Option<String>,
}

/// The bodies of the rows that hold all of this, in order.
pub(super) fn bodies(terms: &Terms) -> Result<Vec<TermsBodyV1>, RecordError> {
    let mut rows: Vec<(usize, TermsBodyV1)> = Vec::new();
    for one in all(terms.clone()) {
        // Its length beside others: the head of a value comes once.
        let bytes = codec::encode(0, &TermsBodyV1(vec![one.clone()]))?.len();
        match rows.last_mut().filter(|(there, _)| there + bytes <= ROW_BYTES_MAX) {
            Some((there, row)) => {
                *there += bytes;
                row.0.push(one);
            }
            None => rows.push((bytes, TermsBodyV1(vec![one]))),
        }
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

pub(super) fn encode(
    body: &TermsBodyV1,
    row_key: &[u8],
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let sealed = seal::seal(body, row_key, key, nonce)?;
    Ok(codec::encode(0, &TermsV1(sealed))?)
}

/// Reads a row: which account of which reading it is about, and adds what it holds.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(
    row_key: &[u8],
    value: &[u8],
    key: &DataKey,
    into: &mut Terms,
) -> Result<(Reading, AccountId), RecordError> {
    let (reading, account, _) = key::read_terms(row_key).ok_or(RecordError::Key)?;
    let (_, TermsV1(sealed)) = codec::decode::<TermsV1>(value)?;
    let body: TermsBodyV1 = seal::open(&sealed, row_key, key)?;
    body.0.into_iter().try_for_each(|one| one.put(into))?;
    Ok((reading, account))
}

fn all(terms: Terms) -> impl Iterator<Item = TermV1> {
    let Terms { fees, deposit_rates, lending_rates, term_deposits, loan, card, features, addresses } = terms;
    let fees = fees.into_iter().map(|one| TermV1::Fee(one.into()));
    let earned = deposit_rates.into_iter().map(|one| TermV1::DepositRate(one.into()));
    let owed = lending_rates.into_iter().map(|one| TermV1::LendingRate(one.into()));
    let deposits = term_deposits.into_iter().map(|one| TermV1::TermDeposit(one.into()));
    let loan = loan.into_iter().map(|one| TermV1::Loan(one.into()));
    let card = card.into_iter().map(|one| TermV1::Card(one.into()));
    let features = features.into_iter().map(|one| TermV1::Feature(one.into()));
    let addresses = addresses.into_iter().map(|one| TermV1::Address(one.into()));
    fees.chain(earned).chain(owed).chain(deposits).chain(loan).chain(card).chain(features).chain(addresses)
}

impl TermV1 {
    fn put(self, into: &mut Terms) -> Result<(), RecordError> {
        match self {
            Self::Fee(one) => into.fees.push(one.read()?),
            Self::DepositRate(one) => into.deposit_rates.push(one.read(terms::DEPOSIT_RATES)?),
            Self::LendingRate(one) => into.lending_rates.push(one.read(terms::LENDING_RATES)?),
            Self::TermDeposit(one) => into.term_deposits.push(one.read()?),
            Self::Loan(one) => into.loan = Some(one.read()?),
            Self::Card(one) => into.card = Some(one.read()),
            Self::Feature(one) => into.features.push(one.read()?),
            Self::Address(one) => into.addresses.push(one.read()),
        }
        Ok(())
    }
}

fn word(list: &[Word], text: &str) -> Result<Word, RecordError> {
    terms::word(list, text).ok_or(RecordError::Text)
}

fn maybe_word(list: &[Word], text: Option<&String>) -> Result<Option<Word>, RecordError> {
    text.map(|text| word(list, text)).transpose()
}

fn share(text: &str) -> Result<Share, RecordError> {
    Share::parse(text).ok_or(RecordError::Text)
}

fn every(text: Option<&String>) -> Result<Option<Every>, RecordError> {
    text.map(|text| Every::parse(text).ok_or(RecordError::Text)).transpose()
}

fn told(every: Option<&Every>) -> Option<String> {
    every.map(|every| every.text().to_owned())
}

fn sum(sum: Option<Sum>) -> Option<SumV1> {
    sum.map(|Sum { amount, currency }| (amount.0, currency))
}

fn read_sum(sum: Option<SumV1>) -> Option<Sum> {
    sum.map(|(cents, currency)| Sum { amount: Money(cents), currency })
}

fn more(more: More) -> MoreV1 {
    [more.value, more.info]
}

fn read_more([value, info]: MoreV1) -> More {
    More { value, info }
}

impl From<Charge> for ChargeV1 {
    fn from(charge: Charge) -> Self {
        let told = |share: Share| share.text().to_owned();
        match charge {
            Charge::Amount(amount) => Self::Amount(amount.0),
            Charge::BalanceRate(share) => Self::BalanceRate(told(share)),
            Charge::TransactionRate(share) => Self::TransactionRate(told(share)),
            Charge::AccruedRate(share) => Self::AccruedRate(told(share)),
            Charge::FeeRate(share) => Self::FeeRate(told(share)),
        }
    }
}

impl ChargeV1 {
    fn read(self) -> Result<Charge, RecordError> {
        Ok(match self {
            Self::Amount(cents) => Charge::Amount(Money(cents)),
            Self::BalanceRate(text) => Charge::BalanceRate(share(&text)?),
            Self::TransactionRate(text) => Charge::TransactionRate(share(&text)?),
            Self::AccruedRate(text) => Charge::AccruedRate(share(&text)?),
            Self::FeeRate(text) => Charge::FeeRate(share(&text)?),
        })
    }
}

impl From<Discount> for DiscountV1 {
    fn from(discount: Discount) -> Self {
        Self {
            description: discount.description,
            kind: discount.kind.into(),
            charge: discount.charge.map(Into::into),
            more: more(discount.more),
            eligibility: discount.eligibility.into_iter().map(Into::into).collect(),
        }
    }
}

impl DiscountV1 {
    fn read(self) -> Result<Discount, RecordError> {
        let whose = self.eligibility.iter().map(|text| word(terms::ELIGIBILITIES, text));
        Ok(Discount {
            description: self.description,
            kind: word(terms::DISCOUNTS, &self.kind)?,
            charge: self.charge.map(ChargeV1::read).transpose()?,
            more: read_more(self.more),
            eligibility: whose.collect::<Result<_, _>>()?,
        })
    }
}

impl From<Fee> for FeeV1 {
    fn from(fee: Fee) -> Self {
        Self {
            name: fee.name,
            kind: fee.kind.into(),
            charge: fee.charge.map(Into::into),
            every: told(fee.every.as_ref()),
            currency: fee.currency,
            more: more(fee.more),
            discounts: fee.discounts.into_iter().map(Into::into).collect(),
        }
    }
}

impl FeeV1 {
    fn read(self) -> Result<Fee, RecordError> {
        Ok(Fee {
            name: self.name,
            kind: word(terms::FEES, &self.kind)?,
            charge: self.charge.map(ChargeV1::read).transpose()?,
            every: every(self.every.as_ref())?,
            currency: self.currency,
            more: read_more(self.more),
            discounts: self.discounts.into_iter().map(DiscountV1::read).collect::<Result<_, _>>()?,
        })
    }
}

impl From<Tier> for TierV1 {
    fn from(Tier { name, unit, least, most, method }: Tier) -> Self {
        Self { name, unit: unit.into(), least, most, method: method.map(Into::into) }
    }
}

impl TierV1 {
    fn read(self) -> Result<Tier, RecordError> {
        let Self { name, unit, least, most, method } = self;
        let method = maybe_word(terms::TIER_METHODS, method.as_ref())?;
        Ok(Tier { name, unit: word(terms::UNITS, &unit)?, least, most, method })
    }
}

impl From<Rate> for RateV1 {
    fn from(rate: Rate) -> Self {
        Self {
            kind: rate.kind.into(),
            rate: rate.rate.text().into(),
            comparison: rate.comparison.map(|share| share.text().to_owned()),
            every: [told(rate.calculated.as_ref()), told(rate.applied.as_ref())],
            words: [rate.due, rate.repayment, rate.purpose].map(|word| word.map(Into::into)),
            tiers: rate.tiers.into_iter().map(Into::into).collect(),
            more: more(rate.more),
        }
    }
}

impl RateV1 {
    fn read(self, kinds: &[Word]) -> Result<Rate, RecordError> {
        let [calculated, applied] = &self.every;
        let [due, repayment, purpose] = &self.words;
        Ok(Rate {
            kind: word(kinds, &self.kind)?,
            rate: share(&self.rate)?,
            comparison: self.comparison.as_deref().map(share).transpose()?,
            calculated: every(calculated.as_ref())?,
            applied: every(applied.as_ref())?,
            due: maybe_word(terms::INTEREST_DUE, due.as_ref())?,
            repayment: maybe_word(terms::REPAYMENTS, repayment.as_ref())?,
            purpose: maybe_word(terms::PURPOSES, purpose.as_ref())?,
            tiers: self.tiers.into_iter().map(TierV1::read).collect::<Result<_, _>>()?,
            more: read_more(self.more),
        })
    }
}

impl From<TermDeposit> for TermDepositV1 {
    fn from(TermDeposit { lodged, matures, at_maturity, then }: TermDeposit) -> Self {
        Self { lodged: lodged.0, matures: matures.0, at_maturity: sum(at_maturity), then: then.into() }
    }
}

impl TermDepositV1 {
    fn read(self) -> Result<TermDeposit, RecordError> {
        let then = word(terms::MATURITIES, &self.then)?;
        let (lodged, matures) = (Day(self.lodged), Day(self.matures));
        Ok(TermDeposit { lodged, matures, at_maturity: read_sum(self.at_maturity), then })
    }
}

impl From<Loan> for LoanV1 {
    fn from(loan: Loan) -> Self {
        Self {
            started: loan.started.map(|day| day.0),
            ends: loan.ends.map(|day| day.0),
            repayment: loan.repayment.map(Into::into),
            lent: sum(loan.lent),
            next_instalment: loan.next_instalment.map(|day| day.0),
            least_instalment: sum(loan.least_instalment),
            every: told(loan.every.as_ref()),
            most_redraw: sum(loan.most_redraw),
            least_redraw: sum(loan.least_redraw),
            is_offset: loan.is_offset,
        }
    }
}

impl LoanV1 {
    fn read(self) -> Result<Loan, RecordError> {
        Ok(Loan {
            started: self.started.map(Day),
            ends: self.ends.map(Day),
            repayment: maybe_word(terms::REPAYMENTS, self.repayment.as_ref())?,
            lent: read_sum(self.lent),
            next_instalment: self.next_instalment.map(Day),
            least_instalment: read_sum(self.least_instalment),
            every: every(self.every.as_ref())?,
            most_redraw: read_sum(self.most_redraw),
            least_redraw: read_sum(self.least_redraw),
            is_offset: self.is_offset,
        })
    }
}

impl From<CardDue> for CardDueV1 {
    fn from(CardDue { least, all, currency, by }: CardDue) -> Self {
        Self { least: least.0, all: all.0, currency, by: by.0 }
    }
}

impl CardDueV1 {
    fn read(self) -> CardDue {
        let Self { least, all, currency, by } = self;
        CardDue { least: Money(least), all: Money(all), currency, by: Day(by) }
    }
}

impl From<Feature> for FeatureV1 {
    fn from(feature: Feature) -> Self {
        let Feature { kind, more: beside, is_activated } = feature;
        Self { kind: kind.into(), more: more(beside), is_activated }
    }
}

impl FeatureV1 {
    fn read(self) -> Result<Feature, RecordError> {
        let Self { kind, more, is_activated } = self;
        Ok(Feature { kind: word(terms::FEATURES, &kind)?, more: read_more(more), is_activated })
    }
}

impl From<MailAddress> for MailAddressV1 {
    fn from(address: MailAddress) -> Self {
        let MailAddress { name, lines, postcode, city, state, country } = address;
        Self { name, lines, postcode, city, state, country }
    }
}

impl MailAddressV1 {
    fn read(self) -> MailAddress {
        let Self { name, lines, postcode, city, state, country } = self;
        MailAddress { name, lines, postcode, city, state, country }
    }
}
