//! What is laid down about an account, as clients know it (contract section 2.8, `meta`). A member that was not
//! told is not there; lists that clients know as null when nothing is in them are that. Must not know: who
//! may see it.

use crate::domain::terms::{
    CardDue, Charge, Discount, Every, Feature, Fee, Loan, MailAddress, More, Rate, Share, Sum, TermDeposit,
    Terms, Tier, Word,
};
use serde::Serialize;

/// Nothing, where nothing is in a list.
fn listed<'a, F, V: From<&'a F>>(all: &'a [F]) -> Option<Vec<V>> {
    (!all.is_empty()).then(|| all.iter().map(V::from).collect())
}

fn told(every: Option<&Every>) -> Option<&str> {
    every.map(Every::text)
}

/// An amount, and the currency that it is in.
fn parts(sum: Option<&Sum>) -> (Option<String>, Option<&str>) {
    (sum.map(|sum| sum.amount.to_string()), sum.map(|sum| &*sum.currency))
}

/// What is laid down about an account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetaView<'a> {
    fees: Option<Vec<FeeView<'a>>>,
    deposit_rates: Option<Vec<DepositRateView<'a>>>,
    lending_rates: Option<Vec<LendingRateView<'a>>>,
    term_deposit: Vec<TermDepositView<'a>>,
    loan: Option<LoanView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_card: Option<CreditCardView<'a>>,
    features: Option<Vec<FeatureView<'a>>>,
    addresses: Option<Vec<AddressView<'a>>>,
}

impl<'a> From<&'a Terms> for MetaView<'a> {
    fn from(terms: &'a Terms) -> Self {
        Self {
            fees: listed(&terms.fees),
            deposit_rates: listed(&terms.deposit_rates),
            lending_rates: listed(&terms.lending_rates),
            term_deposit: terms.term_deposits.iter().map(TermDepositView::from).collect(),
            loan: terms.loan.as_ref().map(LoanView::from),
            credit_card: terms.card.as_ref().map(CreditCardView::from),
            features: listed(&terms.features),
            addresses: listed(&terms.addresses),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MoreView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_info: Option<&'a str>,
}

impl<'a> From<&'a More> for MoreView<'a> {
    fn from(more: &'a More) -> Self {
        Self { additional_value: more.value.as_deref(), additional_info: more.info.as_deref() }
    }
}

/// How much: one of them.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct ChargeView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_rate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_rate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accrued_rate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_rate: Option<&'a str>,
}

impl<'a> ChargeView<'a> {
    fn new(charge: Option<&'a Charge>) -> Self {
        let none = Self::default();
        match charge {
            None => none,
            Some(Charge::Amount(amount)) => Self { amount: Some(amount.to_string()), ..none },
            Some(Charge::BalanceRate(share)) => Self { balance_rate: Some(share.text()), ..none },
            Some(Charge::TransactionRate(share)) => Self { transaction_rate: Some(share.text()), ..none },
            Some(Charge::AccruedRate(share)) => Self { accrued_rate: Some(share.text()), ..none },
            Some(Charge::FeeRate(share)) => Self { fee_rate: Some(share.text()), ..none },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FeeView<'a> {
    name: &'a str,
    fee_type: Word,
    #[serde(flatten)]
    charge: ChargeView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accrual_frequency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(flatten)]
    more: MoreView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discounts: Option<Vec<DiscountView<'a>>>,
}

impl<'a> From<&'a Fee> for FeeView<'a> {
    fn from(fee: &'a Fee) -> Self {
        Self {
            name: &fee.name,
            fee_type: fee.kind,
            charge: ChargeView::new(fee.charge.as_ref()),
            accrual_frequency: told(fee.every.as_ref()),
            currency: fee.currency.as_deref(),
            more: (&fee.more).into(),
            discounts: listed(&fee.discounts),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscountView<'a> {
    description: &'a str,
    discount_type: Word,
    #[serde(flatten)]
    charge: ChargeView<'a>,
    #[serde(flatten)]
    more: MoreView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eligibility: Option<Vec<EligibilityView>>,
}

impl<'a> From<&'a Discount> for DiscountView<'a> {
    fn from(discount: &'a Discount) -> Self {
        Self {
            description: &discount.description,
            discount_type: discount.kind,
            charge: ChargeView::new(discount.charge.as_ref()),
            more: (&discount.more).into(),
            eligibility: listed(&discount.eligibility),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EligibilityView {
    discount_eligibility_type: Word,
}

impl From<&Word> for EligibilityView {
    fn from(word: &Word) -> Self {
        Self { discount_eligibility_type: word }
    }
}

/// What rates of both kinds tell.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RateView<'a> {
    rate: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    calculation_frequency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_frequency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tiers: Option<Vec<TierView<'a>>>,
    #[serde(flatten)]
    more: MoreView<'a>,
}

impl<'a> From<&'a Rate> for RateView<'a> {
    fn from(rate: &'a Rate) -> Self {
        Self {
            rate: rate.rate.text(),
            calculation_frequency: told(rate.calculated.as_ref()),
            application_frequency: told(rate.applied.as_ref()),
            tiers: listed(&rate.tiers),
            more: (&rate.more).into(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DepositRateView<'a> {
    deposit_rate_type: Word,
    #[serde(flatten)]
    rate: RateView<'a>,
}

impl<'a> From<&'a Rate> for DepositRateView<'a> {
    fn from(rate: &'a Rate) -> Self {
        Self { deposit_rate_type: rate.kind, rate: rate.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LendingRateView<'a> {
    lending_rate_type: Word,
    #[serde(flatten)]
    rate: RateView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison_rate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interest_payment_due: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repayment_type: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loan_purpose: Option<Word>,
}

impl<'a> From<&'a Rate> for LendingRateView<'a> {
    fn from(rate: &'a Rate) -> Self {
        Self {
            lending_rate_type: rate.kind,
            rate: rate.into(),
            comparison_rate: rate.comparison.as_ref().map(Share::text),
            interest_payment_due: rate.due,
            repayment_type: rate.repayment,
            loan_purpose: rate.purpose,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TierView<'a> {
    name: &'a str,
    unit_of_measure: Word,
    minimum_value: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_application_method: Option<Word>,
}

impl<'a> From<&'a Tier> for TierView<'a> {
    fn from(tier: &'a Tier) -> Self {
        Self {
            name: &tier.name,
            unit_of_measure: tier.unit,
            minimum_value: tier.least,
            maximum_value: tier.most,
            rate_application_method: tier.method,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TermDepositView<'a> {
    lodgement_date: String,
    maturity_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maturity_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maturity_currency: Option<&'a str>,
    maturity_instructions: Word,
}

impl<'a> From<&'a TermDeposit> for TermDepositView<'a> {
    fn from(deposit: &'a TermDeposit) -> Self {
        let (maturity_amount, maturity_currency) = parts(deposit.at_maturity.as_ref());
        Self {
            lodgement_date: deposit.lodged.to_string(),
            maturity_date: deposit.matures.to_string(),
            maturity_amount,
            maturity_currency,
            maturity_instructions: deposit.then,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoanView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repayment_type: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_loan_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_loan_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_instalment_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_instalment_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_instalment_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_redraw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_redraw_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_redraw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_redraw_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repayment_frequency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_account_enabled: Option<bool>,
}

impl<'a> From<&'a Loan> for LoanView<'a> {
    fn from(loan: &'a Loan) -> Self {
        let (original_loan_amount, original_loan_currency) = parts(loan.lent.as_ref());
        let (min_instalment_amount, min_instalment_currency) = parts(loan.least_instalment.as_ref());
        let (max_redraw, max_redraw_currency) = parts(loan.most_redraw.as_ref());
        let (min_redraw, min_redraw_currency) = parts(loan.least_redraw.as_ref());
        Self {
            start_date: loan.started.map(|day| day.to_string()),
            end_date: loan.ends.map(|day| day.to_string()),
            repayment_type: loan.repayment,
            original_loan_amount,
            original_loan_currency,
            next_instalment_date: loan.next_instalment.map(|day| day.to_string()),
            min_instalment_amount,
            min_instalment_currency,
            max_redraw,
            max_redraw_currency,
            min_redraw,
            min_redraw_currency,
            repayment_frequency: told(loan.every.as_ref()),
            offset_account_enabled: loan.is_offset,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreditCardView<'a> {
    min_payment_amount: String,
    payment_due_amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_currency: Option<&'a str>,
    payment_due_date: String,
}

impl<'a> From<&'a CardDue> for CreditCardView<'a> {
    fn from(due: &'a CardDue) -> Self {
        Self {
            min_payment_amount: due.least.to_string(),
            payment_due_amount: due.all.to_string(),
            payment_currency: due.currency.as_deref(),
            payment_due_date: due.by.to_string(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FeatureView<'a> {
    feature_type: Word,
    #[serde(flatten)]
    more: MoreView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_activated: Option<bool>,
}

impl<'a> From<&'a Feature> for FeatureView<'a> {
    fn from(feature: &'a Feature) -> Self {
        Self { feature_type: feature.kind, more: (&feature.more).into(), is_activated: feature.is_activated }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressView<'a> {
    address_type: &'static str,
    simple: SimpleAddress<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SimpleAddress<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    mailing_name: Option<&'a str>,
    address_line1: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line2: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line3: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<&'a str>,
    city: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'a str>,
}

impl<'a> From<&'a MailAddress> for AddressView<'a> {
    fn from(address: &'a MailAddress) -> Self {
        let [address_line1, address_line2, address_line3] = &address.lines;
        Self {
            address_type: "simple",
            simple: SimpleAddress {
                mailing_name: address.name.as_deref(),
                address_line1,
                address_line2,
                address_line3,
                postcode: address.postcode.as_deref(),
                city: &address.city,
                state: &address.state,
                country: address.country.as_deref(),
            },
        }
    }
}
