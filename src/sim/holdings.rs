//! What one login holds at its institution, and how that goes on: accounts, transactions, a person. Every
//! text in it carries a mark, so that one that stands on the disk in the clear is found. Must not know:
//! who reads it.

use super::dice::Dice;
use crate::domain::account::{
    AccountClass, AccountFacts, IdentityFacts, Ownership, TransactionClass, TransactionFacts,
};
use crate::domain::day::Day;
use crate::domain::money::Money;
use crate::domain::terms::{self, Charge, Every, Fee, More, Terms};

/// Stands in every text of an institution and in everything that people type there.
pub(super) const MARK: &str = "s3cr3t";

/// An account with its transactions, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) facts: AccountFacts,
    pub(super) transactions: Vec<TransactionFacts>,
    /// How many were ever made: the next one's name.
    made: u32,
}

/// What a login holds at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) identity: IdentityFacts,
    pub(super) accounts: Vec<Held>,
    version: u32,
    opened: u32,
}

impl Holding {
    /// What a login begins with. Its first account is `shared` where two logins hold it together.
    pub(super) fn new(name: &str, shared: &str, today: Day, dice: &mut Dice) -> Self {
        let identity = IdentityFacts {
            full_name: format!("{MARK} {name}"),
            first_name: format!("{MARK} Ada"),
            last_name: format!("{MARK} Quill"),
            email_addresses: vec![format!("{MARK}@example.test")],
            ..IdentityFacts::default()
        };
        let mut holding = Self { identity, accounts: Vec::new(), version: 0, opened: 0 };
        let accounts = if dice.chance(5) { 0 } else { dice.between(1, 3) };
        for index in 0..accounts {
            let number = if index == 0 { shared.to_owned() } else { holding.number(name) };
            holding.open(number, today, dice);
        }
        holding
    }

    fn number(&mut self, name: &str) -> String {
        self.opened += 1;
        format!("{MARK}-{name}-{}", self.opened)
    }

    fn open(&mut self, number: String, today: Day, dice: &mut Dice) {
        let facts = AccountFacts {
            number,
            reference: None,
            bsb: Some(format!("{MARK}-062")),
            name: format!("{MARK} Everyday"),
            product: format!("{MARK} Everyday Plus"),
            class: AccountClass::Transaction,
            currency: "AUD".into(),
            balance: None,
            available_funds: None,
            credit_limit: None,
            ownership: Ownership::OneParty,
            holder: Some(format!("{MARK} Ada Quill")),
            terms: Some(Box::new(terms())),
        };
        let mut held = Held { facts, transactions: Vec::new(), made: 0 };
        // Now and then more than one batch of records.
        let count = match dice.below(60) {
            0 => dice.between(129, 160),
            1..=9 => 0,
            _ => dice.between(1, 10),
        };
        for index in (0..count).rev() {
            held.post(today.minus(u32::try_from(index / 3 + 1).unwrap_or(1)), dice);
        }
        held.pend(self.version, today, dice);
        self.accounts.push(held);
    }

    /// What it holds the next time: money moves, accounts are renamed, opened and closed.
    pub(super) fn next(&self, name: &str, today: Day, dice: &mut Dice) -> Self {
        let mut next = self.clone();
        next.version += 1;
        for held in &mut next.accounts {
            held.transactions.retain(|one| one.is_posted);
            for _ in 0..dice.below(4) {
                held.post(today, dice);
            }
            held.pend(next.version, today, dice);
            if dice.chance(15) {
                held.facts.name = format!("{MARK} Everyday {}", next.version);
            }
        }
        if dice.chance(10) {
            next.accounts.pop();
        }
        if dice.chance(10) {
            let number = next.number(name);
            next.open(number, today, dice);
        }
        next
    }
}

/// What is laid down about each account: more than stands in one row.
fn terms() -> Terms {
    let fee = |number: usize| Fee {
        name: format!("{MARK} fee {number} {}", "x".repeat(100)),
        kind: terms::FEES[number % terms::FEES.len()],
        charge: Some(Charge::Amount(Money(500))),
        every: Every::parse("P1M"),
        currency: Some("AUD".into()),
        more: More { value: None, info: Some(format!("{MARK} {}", "x".repeat(120))) },
        discounts: Vec::new(),
    };
    Terms { fees: (0..16).map(fee).collect(), ..Terms::default() }
}

impl Held {
    /// One more is posted, behind those that wait.
    fn post(&mut self, day: Day, dice: &mut Dice) {
        let amount = Money(i64::try_from(dice.below(20_000)).unwrap_or(0) - 15_000);
        self.made += 1;
        let balance = Money(self.facts.balance.unwrap_or_default().0 + amount.0);
        self.facts.balance = Some(balance);
        let number = self.made;
        self.transactions.insert(0, transaction(format!("t{number}"), day, amount, Some(balance)));
    }

    /// Some wait, under names that they keep until the next time.
    fn pend(&mut self, version: u32, today: Day, dice: &mut Dice) {
        for number in 0..dice.below(3) {
            let waiting = transaction(format!("p{version}-{number}"), today, Money(-500), None);
            self.transactions.insert(0, waiting);
        }
    }
}

fn transaction(reference: String, day: Day, amount: Money, balance: Option<Money>) -> TransactionFacts {
    TransactionFacts {
        description: format!("{MARK} shop {reference}"),
        reference,
        is_posted: balance.is_some(),
        day,
        made: None,
        amount,
        currency: "AUD".into(),
        balance,
        class: TransactionClass::Payment,
        sub_class: Some(("411".into(), format!("{MARK} groceries"))),
    }
}
