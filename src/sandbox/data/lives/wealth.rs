//! Lives with much in them: an investor, and a business.

use super::words::{
    ACCOUNT_FEE, CAFES, CAR_LOAN, CARD_ELSEWHERE, EARNED, EVERYDAY, FUEL, GYM, HOME_LOAN_ELSEWHERE,
    INSURANCE, INTERNET, OWED, PHONE, POWER, RENT, SAVINGS, SHOPS, account, bill, buy, card,
    daily_and_savings, home, income, line, refund, repayment, shopping,
};
use crate::sandbox::data::plan::{
    AccountClass, AccountPlan, Amount, Class, Line, Ownership, Pay, Plan, Rule, Season, When,
};

/// A high fortnightly salary; two rents come in; three mortgages and four cards, of which one each is
/// here; two car loans elsewhere.
pub fn richard() -> Plan {
    const MORTGAGE: usize = 2;
    const CARD: usize = 3;
    let home_loan = account("mortgage", "Home", AccountClass::Mortgage, -78_000_000);
    let mut accounts = daily_and_savings(980_000, 4_200_000);
    accounts.push(AccountPlan { limit: Some(80_000_000), ..home_loan });
    accounts.push(AccountPlan { product: "Platinum Card", ..card("Platinum", 2_500_000) });
    let elsewhere = |key, day| bill(key, When::Monthly(day), Amount::Between(30_000, 90_000), CARD_ELSEWHERE);
    let mut rules = vec![
        income("salary", When::Fortnightly(3), Amount::Fixed(685_100), &["SALARY CEDARLINE SYSTEMS"]),
        income("rent 1", When::Weekly(0), Amount::Fixed(54_000), &["BOWERBIRD REALTY RENT UNIT 4"]),
        income("rent 2", When::Weekly(1), Amount::Fixed(61_000), &["HEARTHSIDE PROPERTY RENT 12 ELM"]),
        refund(CARD, 10),
        Rule::Interest { account: SAVINGS, rate: 435, line: EARNED },
        Rule::Interest { account: MORTGAGE, rate: 620, line: OWED },
        repayment("mortgage", MORTGAGE, When::Monthly(14), 500_000),
        bill("mortgage 2", When::Monthly(16), Amount::Fixed(295_000), HOME_LOAN_ELSEWHERE),
        bill("mortgage 3", When::Monthly(23), Amount::Fixed(320_000), HOME_LOAN_ELSEWHERE),
        bill("car 1", When::Monthly(9), Amount::Fixed(52_000), CAR_LOAN),
        bill("car 2", When::Monthly(11), Amount::Fixed(64_000), CAR_LOAN),
        elsewhere("card 2", 6),
        elsewhere("card 3", 13),
        elsewhere("card 4", 25),
        bill("gym", When::Weekly(4), Amount::Fixed(3_500), GYM),
    ];
    rules.extend(home(150));
    rules.push(Rule::Card { card: CARD, from: EVERYDAY, day: 27, pay: Pay::Full, missed: Season::Always });
    rules.push(Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 900_000, most: 1_900_000 });
    rules.push(Rule::Invest { account: SAVINGS, above: 12_000_000 });
    rules.extend(shopping(CARD, 160));
    Plan { accounts, rules }
}

/// A business: customers, suppliers, wages, tax.
pub fn laurie_bream() -> Plan {
    const CARD: usize = 2;
    const SUPPLIERS: Line =
        line(&["INKWELL PRINT SUPPLIES", "CLEARDESK OFFICE HIRE", "TANGRAM DESIGN STUDIO"], Class::Payment);
    const WAGES: Line = line(&["WAGES BATCH PAYMENT"], Class::Payment);
    const TAX: Line = line(&["TAX OFFICE ACTIVITY STATEMENT"], Class::Payment);
    const MERCHANT_FEE: Line = line(&["MERCHANT FACILITY FEE"], Class::BankFee);
    let customers = &["INV PAYMENT GARDENIA GROUP", "INV PAYMENT T ELLERY", "INV PAYMENT MOSSBANK PTY LTD"];
    let mut accounts = vec![
        AccountPlan {
            product: "Business Account",
            ..account("everyday", "Business Operating", AccountClass::Transaction, 3_400_000)
        },
        AccountPlan {
            product: "Business Saver",
            ..account("savings", "Tax and Super", AccountClass::Savings, 2_600_000)
        },
        AccountPlan { product: "Business Card", ..card("Business Card", 2_000_000) },
    ];
    for account in &mut accounts {
        account.ownership = Ownership::Other;
    }
    let sales = |key| income(key, When::Often(280), Amount::Between(45_000, 480_000), customers);
    let rules = vec![
        sales("sales 1"),
        sales("sales 2"),
        Rule::Interest { account: SAVINGS, rate: 380, line: EARNED },
        bill("wages", When::Fortnightly(10), Amount::Between(910_000, 970_000), WAGES),
        bill("suppliers", When::Often(150), Amount::Between(60_000, 420_000), SUPPLIERS),
        bill("office", When::Monthly(1), Amount::Fixed(420_000), RENT),
        bill("tax", When::Quarterly(28), Amount::Between(480_000, 620_000), TAX),
        bill("phone", When::Monthly(5), Amount::Fixed(18_900), PHONE),
        bill("internet", When::Monthly(8), Amount::Fixed(12_900), INTERNET),
        bill("power", When::Quarterly(17), Amount::Between(64_000, 98_000), POWER),
        bill("insurance", When::Monthly(12), Amount::Fixed(31_500), INSURANCE),
        bill("merchant", When::Monthly(2), Amount::Fixed(3_500), MERCHANT_FEE),
        bill("fee", When::Monthly(28), Amount::Fixed(1_000), ACCOUNT_FEE),
        Rule::Card { card: CARD, from: EVERYDAY, day: 22, pay: Pay::Full, missed: Season::Always },
        Rule::Sweep { daily: EVERYDAY, savings: SAVINGS, least: 2_500_000, most: 6_000_000 },
        Rule::Invest { account: SAVINGS, above: 8_000_000 },
        buy(CARD, "lunches", 260, (1_800, 16_000), CAFES),
        buy(CARD, "fuel", 140, (5_500, 12_500), FUEL),
        buy(CARD, "things", 110, (3_000, 42_000), SHOPS),
    ];
    Plan { accounts, rules }
}
