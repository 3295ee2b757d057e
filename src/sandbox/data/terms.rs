//! What is laid down about an account: fees, rates, features, what is due when. It follows from the life that
//! the account is part of: what is told here is what is charged, earned and paid there. Must not know: who
//! asks.

use super::plan::{AccountClass, AccountPlan, Amount, Class, Plan, Rule, When};
use super::profile::Address;
use super::{CURRENCY, decimal};
use chrono::{Datelike, Months, NaiveDate};
use serde_json::{Value, json};

/// A late payment on a card costs this, in cents.
pub const LATE_FEE: i64 = 2_000;

/// The part of what savings earn that is no bonus, in hundredths of a per cent a year.
const BASE_RATE: i64 = 50;

/// What owing on a card costs, where nothing is ever owed long enough to see it.
const CARD_RATE: i64 = 1_399;

/// At least so much of a card is to be paid, in cents.
const CARD_LEAST: i64 = 2_500;

/// What follows from the rules of a life for one of its accounts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Laid {
    /// In hundredths of a per cent a year.
    rate: Option<i64>,
    /// Each month, in cents.
    fee: Option<i64>,
    /// On which day of each month, and how many cents.
    instalment: Option<(u32, i64)>,
    /// On which day of each month a card is paid.
    card_day: Option<u32>,
}

impl Laid {
    /// What the rules of a life say about its account at this place.
    pub fn of(plan: &Plan, account: usize) -> Self {
        let mut laid = Self::default();
        for rule in &plan.rules {
            match rule {
                Rule::Interest { account: at, rate, .. } if *at == account => laid.rate = Some(*rate),
                Rule::Card { card, day, .. } if *card == account => laid.card_day = Some(*day),
                Rule::Flow(flow) => {
                    let (When::Monthly(day), Amount::Fixed(cents)) = (flow.when, flow.amount) else {
                        continue;
                    };
                    let is_fee = |line: super::plan::Line| line.class == Class::BankFee && flow.key == "fee";
                    if flow.from.is_some_and(|(from, line)| from == account && is_fee(line)) {
                        laid.fee = Some(cents);
                    }
                    let repays = |line: super::plan::Line| line.class == Class::LoanRepayment;
                    if flow.to.is_some_and(|(to, line)| to == account && repays(line)) {
                        laid.instalment = Some((day, cents));
                    }
                }
                _ => {}
            }
        }
        laid
    }
}

/// An account on a day.
pub struct Standing<'a> {
    /// As it was opened.
    pub plan: &'a AccountPlan,
    /// By which rules it lives.
    pub laid: Laid,
    /// What is in it, in cents.
    pub balance: i64,
    /// The day.
    pub today: NaiveDate,
    /// Who it is made out to.
    pub holder: &'a str,
    /// Where that is.
    pub address: &'a Address,
}

impl Standing<'_> {
    /// What is laid down about it. What an account of its kind has none of is null, or an empty list.
    pub fn terms(&self) -> Value {
        let is_debt =
            matches!(self.plan.class, AccountClass::Loan | AccountClass::Mortgage | AccountClass::CreditCard);
        let (earns, owes) =
            if is_debt { (vec![], self.lending_rates()) } else { (self.deposit_rates(), vec![]) };
        json!({
            "fees": self.fees(),
            "deposit_rates": earns,
            "lending_rates": owes,
            "term_deposits": self.term_deposits(),
            "loan": self.loan(),
            "card": self.card(),
            "features": self.features(),
            "addresses": [self.letters()],
        })
    }

    fn fees(&self) -> Vec<Value> {
        let fee = |name: &str, kind: &str, cents: i64| json!({ "name": name, "type": kind, "amount": decimal(cents), "currency": CURRENCY });
        let monthly = self.laid.fee.map(|cents| {
            let mut monthly = fee("Monthly account fee", "PERIODIC", cents);
            monthly["frequency"] = "P1M".into();
            monthly["discounts"] = json!([{
                "description": "Students and pensioners pay no monthly fee",
                "type": "ELIGIBILITY_ONLY",
                "amount": decimal(cents),
                "eligibility": ["STUDENT", "PENSION_RECIPIENT"],
            }]);
            monthly
        });
        let abroad = json!({
            "name": "Money in another currency", "type": "TRANSACTION", "transaction_rate": share(300),
            "info": "Of what is paid, in Australian dollars",
        });
        let others = match self.plan.class {
            AccountClass::Transaction => vec![abroad],
            AccountClass::CreditCard => vec![fee("Late payment", "EVENT", LATE_FEE), abroad],
            AccountClass::Mortgage => vec![fee("Discharge", "EXIT", 35_000)],
            AccountClass::Loan => vec![fee("Establishment", "UPFRONT", 15_000)],
            AccountClass::Savings | AccountClass::TermDeposit => vec![],
        };
        monthly.into_iter().chain(others).collect()
    }

    fn deposit_rates(&self) -> Vec<Value> {
        let Some(rate) = self.laid.rate else { return vec![] };
        let earned = |kind: &str, rate: i64| json!({ "type": kind, "rate": share(rate), "calculated": "P1D", "applied": "P1M" });
        if self.plan.class == AccountClass::TermDeposit {
            let mut fixed = earned("FIXED", rate);
            let whole = "WHOLE_BALANCE";
            fixed["tiers"] = json!([
                { "name": "12 months", "unit": "MONTH", "minimum": 12, "maximum": 12, "method": whole }
            ]);
            return vec![fixed];
        }
        let mut bonus = earned("BONUS", rate - BASE_RATE);
        bonus["info"] = "In months in which something was laid by".into();
        bonus["tiers"] = json!([
            { "name": "Up to $250,000", "unit": "DOLLAR", "minimum": 0, "maximum": 250_000, "method": "PER_TIER" }
        ]);
        vec![earned("VARIABLE", BASE_RATE), bonus]
    }

    fn lending_rates(&self) -> Vec<Value> {
        let owed = |kind: &str, rate: i64| {
            json!({
                "type": kind, "rate": share(rate), "calculated": "P1D", "applied": "P1M",
                "interest_due": "IN_ARREARS",
            })
        };
        let Some(rate) =
            self.laid.rate.or((self.plan.class == AccountClass::CreditCard).then_some(CARD_RATE))
        else {
            return vec![];
        };
        if self.plan.class == AccountClass::CreditCard {
            return vec![owed("PURCHASE", rate), owed("CASH_ADVANCE", rate + 200)];
        }
        let is_home = self.plan.class == AccountClass::Mortgage;
        let mut loan = owed(if is_home { "VARIABLE" } else { "FIXED" }, rate);
        loan["comparison_rate"] = share(rate + 12).into();
        loan["repayment"] = "PRINCIPAL_AND_INTEREST".into();
        if is_home {
            loan["purpose"] = "OWNER_OCCUPIED".into();
            loan["tiers"] = json!([
                { "name": "Up to 80 % of the value", "unit": "PERCENT", "minimum": 0, "maximum": 80 }
            ]);
        }
        vec![loan]
    }

    /// Twelve months at a time, from New Year on.
    fn term_deposits(&self) -> Vec<Value> {
        if self.plan.class != AccountClass::TermDeposit {
            return vec![];
        }
        let lodged = self.today.with_ordinal(1).unwrap_or(self.today);
        let matures = later(lodged, 12);
        let months = 12 - self.today.month0();
        let rate = self.laid.rate.unwrap_or_default();
        let then = (0..months).fold(self.balance, |there, _| there + there * rate / (12 * 10_000));
        vec![json!({
            "lodged": lodged, "matures": matures, "amount": decimal(then), "currency": CURRENCY,
            "instructions": "ROLLED_OVER",
        })]
    }

    fn loan(&self) -> Value {
        let (started, years) = match self.plan.class {
            AccountClass::Mortgage => (NaiveDate::from_ymd_opt(2020, 7, 1), 30),
            AccountClass::Loan => (NaiveDate::from_ymd_opt(2021, 12, 1), 5),
            _ => return Value::Null,
        };
        let first = started.unwrap_or(self.today);
        // One that is paid off is drawn again for as long.
        let terms = self.today.years_since(first).unwrap_or_default() / years;
        let (started, ends) = (later(first, terms * years * 12), later(first, (terms + 1) * years * 12));
        let (day, cents) = self.laid.instalment.unwrap_or((1, 0));
        json!({
            "started": started,
            "ends": ends,
            "repayment": "PRINCIPAL_AND_INTEREST",
            "amount": self.plan.limit.map(decimal),
            "currency": CURRENCY,
            "next_instalment": next(self.today, day),
            "minimum_instalment": decimal(cents),
            "frequency": "P1M",
            "offset": false,
        })
    }

    fn card(&self) -> Value {
        let Some(day) = self.laid.card_day else { return Value::Null };
        let owed = (-self.balance).max(0);
        json!({
            "minimum": decimal((owed / 50).max(CARD_LEAST).min(owed)),
            "due": decimal(owed),
            "currency": CURRENCY,
            "due_date": next(self.today, day),
        })
    }

    fn features(&self) -> Vec<Value> {
        let can = |kind: &str, is_activated: bool| json!({ "type": kind, "activated": is_activated });
        match self.plan.class {
            AccountClass::Transaction => {
                vec![can("CARD_ACCESS", true), can("DIGITAL_BANKING", true), can("NPP_PAYID", false)]
            }
            AccountClass::CreditCard => vec![
                can("CARD_ACCESS", true),
                json!({
                    "type": "INTEREST_FREE", "value": "P55D", "activated": true,
                    "info": "Purchases, when all that is due is paid",
                }),
            ],
            AccountClass::Mortgage => vec![can("EXTRA_REPAYMENTS", true), can("REDRAW", false)],
            AccountClass::Loan => vec![can("EXTRA_REPAYMENTS", true)],
            AccountClass::Savings => vec![can("DIGITAL_BANKING", true)],
            AccountClass::TermDeposit => vec![],
        }
    }

    fn letters(&self) -> Value {
        let Address {
            address_line1, address_line2, address_line3, postcode, city, state, country_code, ..
        } = self.address;
        json!({
            "mailing_name": self.holder,
            "address_line1": address_line1,
            "address_line2": address_line2,
            "address_line3": address_line3,
            "postcode": postcode,
            "city": city,
            "state": state,
            "country_code": country_code,
        })
    }
}

/// Hundredths of a per cent as a share of one.
fn share(rate: i64) -> String {
    format!("{}.{:04}", rate / 10_000, rate % 10_000)
}

fn later(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The next day of a month, from today on; it is one of 1 to 28.
fn next(today: NaiveDate, day: u32) -> NaiveDate {
    let this = today.with_day(day).unwrap_or(today);
    if this >= today { this } else { later(this, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::data::institution::{INSTITUTIONS, Institution};
    use crate::sandbox::data::persona::{PERSONAS, Persona};
    use crate::sandbox::data::{Account, Book, Span, Status, Transaction};

    /// 2026-03-18 at 05:30 UTC.
    const NOW: i64 = 1_773_811_800_000;

    fn cents(text: &str) -> i64 {
        text.replace('.', "").parse().unwrap()
    }

    /// A share of one as hundredths of a per cent.
    fn rate(value: &Value) -> i64 {
        let digits = value["rate"].as_str().unwrap().replacen("0.", "", 1);
        assert_eq!(digits.len(), 4);
        digits.parse().unwrap()
    }

    fn posted(book: &Book, account: &Account<'_>) -> Vec<Transaction> {
        let all = book.transactions(account.id, Span::default(), usize::MAX).unwrap().transactions;
        all.into_iter().filter(|one| one.status == Status::Posted).collect()
    }

    /// Holds one account to what happened on it; how much of that there was to see.
    fn hold(book: &Book, account: &Account<'_>) -> usize {
        let terms = account.terms.as_ref().unwrap();
        let list = |name: &str| terms[name].as_array().unwrap().clone();
        let (earns, owes) = (list("deposit_rates"), list("lending_rates"));
        let per_year = if owes.is_empty() { earns.iter().map(rate).sum() } else { rate(&owes[0]) };
        let fee = |kind: &str| list("fees").into_iter().find(|fee| fee["type"] == kind);
        let (mut seen, mut repayments) = (0, Vec::new());
        for one in posted(book, account) {
            let amount = cents(&one.amount);
            match one.description {
                "CREDIT INTEREST" | "INTEREST CHARGED" => {
                    let before = cents(one.balance.as_ref().unwrap()) - amount;
                    assert_eq!(amount, before * per_year / (12 * 10_000), "{} {one:?}", account.name);
                }
                "MONTHLY ACCOUNT FEE" => {
                    assert_eq!(cents(fee("PERIODIC").unwrap()["amount"].as_str().unwrap()), -amount);
                }
                "LATE PAYMENT FEE" => {
                    assert_eq!(cents(fee("EVENT").unwrap()["amount"].as_str().unwrap()), -amount);
                }
                "REPAYMENT RECEIVED" => repayments.push(amount),
                _ => continue,
            }
            seen += 1;
        }
        let (loan, card, owed) = (&terms["loan"], &terms["card"], (-cents(&account.balance)).max(0));
        assert_eq!(loan.is_object(), !repayments.is_empty());
        if loan.is_object() {
            let least = cents(loan["minimum_instalment"].as_str().unwrap());
            assert!(repayments.iter().all(|paid| *paid <= least) && repayments.contains(&least));
            assert!(
                loan["started"].as_str() < Some("2026-03-18") && loan["ends"].as_str() > Some("2026-03-18")
            );
            assert_eq!(loan["amount"].as_str(), account.credit_limit.as_deref());
        }
        assert_eq!(card.is_object(), account.class == AccountClass::CreditCard);
        if card.is_object() {
            assert_eq!(cents(card["due"].as_str().unwrap()), owed);
            assert!(cents(card["minimum"].as_str().unwrap()) <= owed);
        }
        for due in [&loan["next_instalment"], &card["due_date"]].into_iter().filter_map(Value::as_str) {
            assert!(("2026-03-18"..="2026-04-18").contains(&due), "{due}");
        }
        seen
    }

    #[test]
    fn what_is_laid_down_is_what_is_charged_earned_and_paid() {
        let mut seen = 0;
        for (institution, persona) in INSTITUTIONS.iter().flat_map(|one| PERSONAS.map(|who| (one, who))) {
            if institution.knows(persona) {
                let book = Book::of(1, institution, persona, NOW);
                seen += book.accounts_with_terms().iter().map(|account| hold(&book, account)).sum::<usize>();
            }
        }
        assert!(seen > 1000, "{seen}");
    }

    #[test]
    fn a_term_deposit_is_for_the_year_and_what_has_none_says_so() {
        let book = Book::of(1, Institution::find("AU00000").unwrap(), Persona::Jared, NOW);
        let all = book.accounts_with_terms();
        let deposit = all.iter().find(|one| one.class == AccountClass::TermDeposit).unwrap();
        let terms = deposit.terms.as_ref().unwrap();
        let (lodged, matures) = (&terms["term_deposits"][0]["lodged"], &terms["term_deposits"][0]["matures"]);
        assert_eq!((lodged, matures), (&json!("2026-01-01"), &json!("2027-01-01")));
        let then = cents(terms["term_deposits"][0]["amount"].as_str().unwrap());
        assert!(then > cents(&deposit.balance), "{then}");
        assert_eq!(
            (&terms["fees"], &terms["loan"], &terms["card"]),
            (&json!([]), &Value::Null, &Value::Null)
        );
        assert_eq!(terms["addresses"][0]["mailing_name"], "JARED MOSS");
        assert!(book.accounts().iter().all(|one| one.terms.is_none()));
    }

    #[test]
    fn the_next_day_of_a_month_may_be_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(next(day("2026-03-18"), 18), day("2026-03-18"));
        assert_eq!(next(day("2026-12-19"), 18), day("2027-01-18"));
        assert_eq!((share(435), share(1_049)), ("0.0435".into(), "0.1049".into()));
    }
}
