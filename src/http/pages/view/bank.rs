//! A bank and its accounts as pages show them: name and picture, masked numbers, amounts with their
//! sign. Must not know: jobs, where accounts come from.

use crate::domain::account::{AccountClass, AccountFacts};
use crate::domain::institution::{Institution, InstitutionId};
use crate::http::pages::language::Sum;

/// An institution as people know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank {
    /// Its id.
    pub id: InstitutionId,
    /// What people read.
    pub name: &'static str,
}

impl Bank {
    /// The institution with that id, if it is one that people can connect to.
    pub fn find(id: InstitutionId) -> Option<Self> {
        Institution::find(id).map(Self::of)
    }

    /// That institution.
    pub const fn of(institution: &Institution) -> Self {
        Self { id: institution.id, name: institution.name }
    }

    /// Where its picture is.
    pub fn picture(&self) -> String {
        format!("/assets/institutions/{}.svg", self.id)
    }

    /// What a browser may fill a field with: what it kept for this bank, and for no other at this address.
    pub fn autofill(&self, field: &str) -> String {
        format!("section-{} {field}", self.id.to_string().to_ascii_lowercase())
    }

    /// A made-up one: the sandbox's, by their place in its list.
    pub fn sample(place: usize) -> Self {
        let list = crate::domain::institution::SANDBOX;
        Self::of(&list[place % list.len()])
    }
}

/// One account, as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// What the person called it.
    pub name: String,
    /// What it is: a message.
    pub kind: &'static str,
    /// The last digits of its number; empty when it has none.
    pub ending: String,
    /// What is there; absent when the institution does not say.
    pub balance: Option<Sum>,
    /// The balance is a debt.
    pub owes: bool,
}

impl AccountLine {
    /// The line of an account.
    pub fn of(facts: &AccountFacts) -> Self {
        let is_debt =
            matches!(facts.class, AccountClass::CreditCard | AccountClass::Mortgage | AccountClass::Loan);
        Self {
            name: if facts.name.is_empty() { facts.product.clone() } else { facts.name.clone() },
            kind: kind(facts.class),
            ending: ending(&facts.number),
            balance: facts.balance.map(|money| Sum { money, currency: facts.currency.clone() }),
            owes: is_debt && facts.balance.is_some_and(|money| money.0 < 0),
        }
    }
}

const fn kind(class: AccountClass) -> &'static str {
    match class {
        AccountClass::Transaction => "kind-transaction",
        AccountClass::Savings => "kind-savings",
        AccountClass::CreditCard => "kind-credit-card",
        AccountClass::Mortgage => "kind-mortgage",
        AccountClass::Loan => "kind-loan",
        AccountClass::Investment => "kind-investment",
        AccountClass::TermDeposit => "kind-term-deposit",
        AccountClass::Unknown => "kind-unknown",
    }
}

/// The last four digits, and of a short number never more than half.
fn ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let is_masked = digits.len() < number.len();
    let shown = if is_masked { digits.len().min(4) } else { (digits.len() / 2).min(4) };
    digits[digits.len() - shown..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_its_end_alone() {
        for (number, shown) in [
            ("062000123456789", "6789"),
            ("xxxxxxxxxxxx9031", "9031"),
            ("xx31", "31"),
            ("123456", "456"),
            ("12", "2"),
            ("", ""),
        ] {
            assert_eq!(ending(number), shown, "{number}");
        }
    }
}
