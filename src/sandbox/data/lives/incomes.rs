//! Lives of people whose income is not the same twice.

use super::singles::from_whistler;
use super::words::{
    CAR_LOAN, CASH, EARNED, EVERYDAY, GYM, HOME_LOAN_ELSEWHERE, OWED, RENT, SAVINGS, TRANSIT, account, bill,
    buy, card, daily_and_savings, home, income, refund, repayment, round, shopping,
};
use crate::sandbox::data::plan::{AccountClass, AccountPlan, Amount, Pay, Plan, Rule, Season, When};

/// A monthly salary that grows, weekly tutoring, a personal loan, a card.
pub fn gavin_belson() -> Plan {
    const LOAN: usize = 2;
    const CARD: usize = 3;
    const LENT: i64 = 2_800_000;
    let loan = account("loan", "Car Loan", AccountClass::Loan, -LENT);
    let mut accounts = daily_and_savings(380_000, 900_000);
    accounts.push(AccountPlan { limit: Some(LENT), ..loan });
    accounts.push(card("Card", 1_500_000));
    let tutoring = &["TUTORING A NOVAK", "TUTORING FEE M DIAS", "TUTORING S PATEL"];
    let mut rules = vec![
        income("salary", When::Payday(15), Amount::Grows(690_000, 25), &["SALARY ORCHID CLOUD"]),
        income("tutoring", When::Weekly(5), Amount::Between(9_000, 18_000), tutoring),
        refund(CARD, 6),
        Rule::Interest { account: SAVINGS, rate: 425, line: EARNED },
        Rule::Interest { account: LOAN, rate: 1_049, line: OWED },
        repayment("loan", LOAN, When::Monthly(18), 62_000),
        bill("rent", When::Monthly(2), Amount::Fixed(260_000), RENT),
        bill("gym", When::Weekly(3), Amount::Fixed(2_450), GYM),
    ];
    rules.extend(home(90));
    rules.push(Rule::Card { card: CARD, from: EVERYDAY, day: 24, pay: Pay::Full, missed: Season::Always });
    rules.push(Rule::TopUp { loan: LOAN, to: EVERYDAY, amount: LENT });
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 320_000, most: 800_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 4_000_000 });
    rules.extend(shopping(CARD, 110));
    rules.push(round("cash", 30, (4_000, 16_000), CASH));
    Plan { accounts, rules }
}

/// Weekly gig income, transfers from Whistler, a mortgage and a car loan elsewhere, a card, a term
/// deposit.
pub fn jared() -> Plan {
    const CARD: usize = 2;
    const DEPOSIT: usize = 3;
    let mut accounts = daily_and_savings(260_000, 520_000);
    accounts.push(card("Card", 800_000));
    accounts.push(account("deposit", "Term Deposit", AccountClass::TermDeposit, 1_500_000));
    let gig = &["PEDALDROP DELIVERIES PAYOUT", "ERRANDLY TASKS PAYOUT"];
    let mut rules = vec![
        income("gig", When::Weekly(2), Amount::Between(48_000, 172_000), gig),
        Rule::Interest { account: SAVINGS, rate: 360, line: EARNED },
        Rule::Interest { account: DEPOSIT, rate: 440, line: EARNED },
        bill("mortgage", When::Monthly(19), Amount::Fixed(215_000), HOME_LOAN_ELSEWHERE),
        bill("car", When::Fortnightly(8), Amount::Fixed(18_500), CAR_LOAN),
    ];
    rules.extend(home(70));
    rules.push(Rule::Card { card: CARD, from: EVERYDAY, day: 23, pay: Pay::Full, missed: Season::Always });
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 260_000, most: 480_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 2_000_000 });
    rules.push(from_whistler());
    rules.extend(shopping(CARD, 75));
    rules.push(buy(EVERYDAY, "transit", 90, (2_000, 2_000), TRANSIT));
    Plan { accounts, rules }
}
