//! Lives of people who share a roof.

use super::words::{
    CAR_LOAN, CARD_ELSEWHERE, CASH, CRYPTO, EARNED, EVERYDAY, GAMBLING, GYM, OWED, RENT, SAVINGS, SHOPS,
    account, bill, buy, card, daily_and_savings, home, income, refund, repayment, round, shopping,
};
use crate::sandbox::data::plan::{
    AccountClass, AccountPlan, Amount, Ownership, Pay, Plan, Rule, Season, When,
};

/// Joint; a monthly and a fortnightly salary; a mortgage; a car loan elsewhere; a card.
pub fn wentworth_smith() -> Plan {
    const MORTGAGE: usize = 2;
    const CARD: usize = 3;
    let home_loan = account("mortgage", "Home", AccountClass::Mortgage, -64_000_000);
    let mut accounts = daily_and_savings(420_000, 1_850_000);
    accounts.push(AccountPlan { limit: Some(68_000_000), ..home_loan });
    accounts.push(card("Family Card", 1_200_000));
    for account in &mut accounts {
        account.ownership = Ownership::TwoParty;
    }
    let mut rules = vec![
        income("salary", When::Payday(15), Amount::Fixed(720_450), &["SALARY ARBOUR DIGITAL"]),
        income("wages", When::Fortnightly(3), Amount::Fixed(215_320), &["WAGES ST BRANNOC COLLEGE"]),
        refund(CARD, 8),
        Rule::Interest { account: SAVINGS, rate: 415, line: EARNED },
        Rule::Interest { account: MORTGAGE, rate: 609, line: OWED },
        repayment("mortgage", MORTGAGE, When::Monthly(20), 410_000),
        bill("car", When::Fortnightly(8), Amount::Fixed(31_000), CAR_LOAN),
        bill("gym", When::Weekly(1), Amount::Fixed(1_995), GYM),
    ];
    rules.extend(home(120));
    rules.push(Rule::Card { card: CARD, from: EVERYDAY, day: 26, pay: Pay::Full, missed: Season::Always });
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 350_000, most: 900_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 6_000_000 });
    rules.extend(shopping(CARD, 130));
    rules.push(buy(EVERYDAY, "cash", 30, (5_000, 5_000), CASH));
    Plan { accounts, rules }
}

/// A monthly salary, rent in and out, a card elsewhere; gambling, cash, crypto.
pub fn ash_mann() -> Plan {
    let mut rules = vec![
        income("salary", When::Payday(25), Amount::Fixed(612_380), &["PAYROLL MERIDIAN FREIGHT"]),
        income("sublet", When::Weekly(0), Amount::Fixed(24_000), &["RENT ROOM 2 J OKAFOR"]),
        Rule::Interest { account: SAVINGS, rate: 350, line: EARNED },
        bill("rent", When::Fortnightly(4), Amount::Fixed(105_000), RENT),
        bill("card", When::Monthly(21), Amount::Between(35_000, 80_000), CARD_ELSEWHERE),
    ];
    rules.extend(home(50));
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 320_000, most: 640_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 2_000_000 });
    rules.extend(shopping(EVERYDAY, 70));
    rules.push(round("gambling", 180, (2_000, 10_000), GAMBLING));
    rules.push(round("cash", 110, (4_000, 20_000), CASH));
    rules.push(round("crypto", 60, (4_000, 30_000), CRYPTO));
    Plan { accounts: daily_and_savings(160_000, 210_000), rules }
}

/// The same life with two cards of one product.
pub fn twin_cards() -> Plan {
    let Plan { mut accounts, mut rules } = ash_mann();
    let paid = rules.iter().position(|rule| matches!(rule, Rule::Sweep { .. })).unwrap_or_default();
    for (key, name, day) in [("blue card", "Blue", 18), ("red card", "Red", 24)] {
        let card_place = accounts.len();
        accounts.push(AccountPlan { key, ..card(name, 600_000) });
        let (pay, missed) = (Pay::Full, Season::Always);
        rules.insert(paid, Rule::Card { card: card_place, from: EVERYDAY, day, pay, missed });
        rules.push(buy(card_place, key, 120, (900, 6_000), SHOPS));
    }
    Plan { accounts, rules }
}
