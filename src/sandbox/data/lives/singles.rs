//! Lives of people with one income, when they have one.

use super::words::{
    ACCOUNT_FEE, CASH, EARNED, EVERYDAY, GYM, OWED, PAY_LATER, RENT, SAVINGS, TRANSIT, between_persons, bill,
    buy, card, daily_and_savings, home, in_months, income, line, round, shopping,
};
use crate::sandbox::data::plan::{Amount, Class, Line, Pay, Plan, Rule, Season, When};

/// What Whistler sends to Jared: large, each month.
const TO_JARED: (&str, When, Amount) =
    ("whistler to jared", When::Monthly(16), Amount::Notes(60_000, 140_000));

/// Jared's side of what Whistler sends.
pub const fn from_whistler() -> Rule {
    const LINE: Line = line(&["TRANSFER FROM WHISTLER"], Class::Transfer);
    let (key, when, amount) = TO_JARED;
    between_persons(key, when, amount, None, Some((EVERYDAY, LINE)))
}

/// One fortnightly salary; pay-later; large transfers to Jared.
pub fn whistler() -> Plan {
    const LINE: Line = line(&["TRANSFER TO JARED"], Class::Transfer);
    let (key, when, amount) = TO_JARED;
    let mut rules = vec![
        income("salary", When::Fortnightly(3), Amount::Fixed(264_015), &["SALARY PINE & PEDAL CO"]),
        Rule::Interest { account: SAVINGS, rate: 350, line: EARNED },
        bill("rent", When::Fortnightly(5), Amount::Fixed(98_000), RENT),
        bill("pay later 1", When::Fortnightly(1), Amount::Fixed(4_475), PAY_LATER),
        bill("pay later 2", When::Fortnightly(9), Amount::Fixed(6_250), PAY_LATER),
        bill("gym", When::Weekly(2), Amount::Fixed(1_695), GYM),
    ];
    rules.extend(home(60));
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 220_000, most: 420_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 1_500_000 });
    rules.push(between_persons(key, when, amount, Some((EVERYDAY, LINE)), None));
    rules.extend(shopping(EVERYDAY, 75));
    rules.push(buy(EVERYDAY, "transit", 120, (2_000, 2_000), TRANSIT));
    Plan { accounts: daily_and_savings(310_000, 640_000), rules }
}

/// The months without work: each contract ends in July.
const BENEFIT: &[u32] = &[8, 9, 10, 11, 12, 1];

/// A salary that stops, a benefit after it, more pay-later with each month of it, a card that is
/// paid late.
pub fn gilfoyle() -> Plan {
    const CARD: usize = 2;
    let later = |key, offset, cents| bill(key, When::Fortnightly(offset), Amount::Fixed(cents), PAY_LATER);
    let salary =
        income("salary", When::Fortnightly(10), Amount::Fixed(310_240), &["SALARY BASALT SYSTEMS CONTRACT"]);
    let benefit =
        income("benefit", When::Fortnightly(4), Amount::Fixed(81_610), &["JOBSEEKER PAYMENT GOVT BENEFIT"]);
    let mut accounts = daily_and_savings(140_000, 420_000);
    accounts.push(card("Card", 600_000));
    let mut rules = vec![
        in_months(salary, &[2, 3, 4, 5, 6, 7]),
        in_months(benefit, BENEFIT),
        Rule::Interest { account: SAVINGS, rate: 310, line: EARNED },
        Rule::Interest { account: CARD, rate: 1_999, line: OWED },
        bill("rent", When::Monthly(1), Amount::Fixed(149_500), RENT),
        bill("fee", When::Monthly(28), Amount::Fixed(500), ACCOUNT_FEE),
        later("pay later 1", 0, 3_475),
        in_months(later("pay later 2", 2, 5_500), BENEFIT),
        in_months(later("pay later 3", 5, 6_225), &[9, 10, 11, 12, 1]),
        in_months(later("pay later 4", 7, 7_400), &[10, 11, 12, 1]),
        in_months(later("pay later 5", 9, 8_950), &[11, 12, 1]),
        in_months(later("pay later 6", 12, 9_900), &[12, 1]),
    ];
    rules.extend(home(50));
    let missed = Season::In(&[9, 11, 1]);
    rules.push(Rule::Card { card: CARD, from: EVERYDAY, day: 18, pay: Pay::Percent(45), missed });
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 180_000, most: 320_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 1_500_000 });
    rules.extend(shopping(CARD, 40));
    rules.push(buy(EVERYDAY, "snacks", 250, (450, 2_600), super::words::CAFES));
    rules.push(round("cash", 25, (4_000, 10_000), CASH));
    Plan { accounts, rules }
}
