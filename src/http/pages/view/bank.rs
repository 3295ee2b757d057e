//! A bank and its accounts as pages show them: name and picture, masked numbers, amounts with their
//! sign. Must not know: jobs, where accounts come from.

use crate::domain::account::{AccountClass, AccountFacts};
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::money::Money;

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
    /// What it is: "Savings".
    pub kind: &'static str,
    /// The last digits of its number; empty when it has none.
    pub ending: String,
    /// What is there; absent when the institution does not say.
    pub balance: Option<String>,
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
            balance: facts.balance.map(|money| amount(money, &facts.currency)),
            owes: is_debt && facts.balance.is_some_and(|money| money.0 < 0),
        }
    }
}

const fn kind(class: AccountClass) -> &'static str {
    match class {
        AccountClass::Transaction => "Everyday",
        AccountClass::Savings => "Savings",
        AccountClass::CreditCard => "Credit card",
        AccountClass::Mortgage => "Home loan",
        AccountClass::Loan => "Loan",
        AccountClass::Investment => "Investment",
        AccountClass::TermDeposit => "Term deposit",
        AccountClass::Unknown => "Account",
    }
}

/// The last four digits, and of a short number never more than half.
fn ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let is_masked = digits.len() < number.len();
    let shown = if is_masked { digits.len().min(4) } else { (digits.len() / 2).min(4) };
    digits[digits.len() - shown..].iter().collect()
}

/// An amount as people write it: "$2,318.40", "−$842.17", "EUR 12.00".
pub fn amount(money: Money, currency: &str) -> String {
    let cents = money.0.unsigned_abs();
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if money.0 < 0 { "−" } else { "" };
    let unit = if currency == "AUD" { "$".to_owned() } else { format!("{currency}\u{a0}") };
    format!("{sign}{unit}{grouped}.{:02}", cents % 100)
}

/// Several names in one sentence: "A", "A and B", "A, B and C".
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// "1 account", "3 accounts", "no account".
pub fn accounts_in_words(count: usize) -> String {
    match count {
        0 => "no account".into(),
        1 => "1 account".into(),
        count => format!("{count} accounts"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_as_people_write_it() {
        for (cents, currency, said) in [
            (231_840, "AUD", "$2,318.40"),
            (-84_217, "AUD", "−$842.17"),
            (0, "AUD", "$0.00"),
            (-38_120_000_000, "AUD", "−$381,200,000.00"),
            (123_456_789, "AUD", "$1,234,567.89"),
            (1_200, "EUR", "EUR\u{a0}12.00"),
        ] {
            assert_eq!(amount(Money(cents), currency), said);
        }
    }

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

    #[test]
    fn names_stand_in_a_sentence() {
        assert_eq!(listed(["A"]), "A");
        assert_eq!(listed(["A", "B"]), "A and B");
        assert_eq!(listed(["A", "B", "C"]), "A, B and C");
        assert_eq!([0, 1, 2].map(accounts_in_words), ["no account", "1 account", "2 accounts"]);
    }
}
