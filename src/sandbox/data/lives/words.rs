//! What the lives are written with: accounts, lines, and rules in few words.

use crate::sandbox::data::plan::{
    AccountClass, AccountPlan, Amount, Class, Flow, Line, Ownership, Part, Rule, Season, SubClass, When,
};

/// The account for daily money is always the first.
pub const EVERYDAY: usize = 0;
/// Savings are always the second.
pub const SAVINGS: usize = 1;

const fn sub(code: &'static str, title: &'static str) -> SubClass {
    SubClass { code, title }
}

const fn payment(texts: &'static [&'static str], sub: SubClass) -> Line {
    Line { texts, class: Class::Payment, sub: Some(sub) }
}

/// A line without a sub class.
pub const fn line(texts: &'static [&'static str], class: Class) -> Line {
    Line { texts, class, sub: None }
}

/// Groceries.
pub const GROCERIES: Line = payment(
    &["FERNWAY MARKETS 0412", "FERNWAY MARKETS 0733", "GREEN CRATE GROCERS", "DAYBREAK FOODS CARLTON"],
    sub("411", "Supermarket and Grocery Stores"),
);
/// Coffee, lunch, dinner.
pub const CAFES: Line = payment(
    &["BEAN LANTERN CAFE", "NOODLE ALLEY", "THE COPPER LADLE", "SALT & SESAME PIZZA", "QUAYSIDE KIOSK"],
    sub("451", "Cafes, Restaurants and Takeaway Food Services"),
);
/// Fuel.
pub const FUEL: Line =
    payment(&["RIVERBEND FUEL 118", "RIVERBEND FUEL 204", "OUTPOST PETROL"], sub("400", "Fuel Retailing"));
/// Clothes, things.
pub const SHOPS: Line = payment(
    &["LINEN & LOOM", "HALFMOON DEPARTMENT STORE", "TINKERS HARDWARE", "PAGE THREE BOOKS"],
    sub("426", "Department Stores"),
);
/// A pharmacy.
pub const PHARMACY: Line =
    payment(&["WILLOW PHARMACY"], sub("427", "Pharmaceutical and Other Store-Based Retailing"));
/// Films and music.
pub const STREAMING: Line =
    payment(&["LUMENFLIX MONTHLY"], sub("570", "Internet Publishing and Broadcasting"));
/// More music.
pub const MUSIC: Line = payment(&["TUNEWELL PREMIUM"], sub("570", "Internet Publishing and Broadcasting"));
/// A gym.
pub const GYM: Line = payment(&["IRON FERN GYM"], sub("911", "Sports and Physical Recreation Activities"));
/// A telephone.
pub const PHONE: Line = payment(&["SKYLARK MOBILE BILL"], sub("580", "Telecommunications Services"));
/// The internet at home.
pub const INTERNET: Line = payment(&["PLAINSNET BROADBAND"], sub("591", "Internet Service Providers"));
/// Electricity.
pub const POWER: Line =
    payment(&["BRIGHTWATER ENERGY"], sub("264", "On Selling Electricity and Electricity Market Operation"));
/// Water.
pub const WATER: Line =
    payment(&["CATCHMENT WATER"], sub("281", "Water Supply, Sewerage and Drainage Services"));
/// Insurance.
pub const INSURANCE: Line = payment(&["HARROW INSURANCE"], sub("632", "Health and General Insurance"));
/// Rent that is paid.
pub const RENT: Line = payment(&["BOWERBIRD REALTY RENT"], sub("672", "Real Estate Services"));
/// A ticket.
pub const TRANSIT: Line = payment(&["METROCARD TOP UP"], sub("462", "Urban Bus Transport"));
/// Gambling.
pub const GAMBLING: Line =
    payment(&["LUCKY PELICAN BETTING", "SILVER REEL GAMING"], sub("920", "Gambling Activities"));
/// Crypto currency.
pub const CRYPTO: Line = payment(
    &["COINHARBOR EXCHANGE", "BLOCKSHED CRYPTO"],
    sub("641", "Auxiliary Finance and Investment Services"),
);
/// Pay-later instalments.
pub const PAY_LATER: Line =
    payment(&["SPLITLY PAY IN 4", "LATERCO INSTALMENT"], sub("623", "Non-Depository Financing"));
/// A loan on a car, at another lender.
pub const CAR_LOAN: Line =
    line(&["WHEELHOUSE FINANCE CAR LOAN", "WHEELHOUSE FINANCE CAR LOAN DD"], Class::LoanRepayment);
/// A home loan at another lender.
pub const HOME_LOAN_ELSEWHERE: Line = line(&["OTHER LENDER HOME LOAN REPAYMENT"], Class::LoanRepayment);
/// A card of another institution.
pub const CARD_ELSEWHERE: Line = line(&["OTHER ISSUER CARD PAYMENT"], Class::Payment);
/// Notes.
pub const CASH: Line = line(&["ATM WITHDRAWAL", "CASH OUT ATM 2291"], Class::CashWithdrawal);
/// The monthly fee.
pub const ACCOUNT_FEE: Line = line(&["MONTHLY ACCOUNT FEE"], Class::BankFee);
/// Interest that savings earn.
pub const EARNED: Line = line(&["CREDIT INTEREST"], Class::Interest);
/// Interest on a loan.
pub const OWED: Line = line(&["INTEREST CHARGED"], Class::LoanInterest);
/// A repayment, where the money leaves.
pub const REPAY: Line = line(&["LOAN REPAYMENT"], Class::LoanRepayment);
/// A repayment, where the loan is.
pub const REPAID: Line = line(&["REPAYMENT RECEIVED"], Class::LoanRepayment);
/// Something given back.
pub const REFUND: Line = line(&["REFUND LINEN & LOOM", "REFUND TINKERS HARDWARE"], Class::Refund);

/// Plain accounts of one person; the rest of an account is set where it differs.
pub const fn account(
    key: &'static str,
    name: &'static str,
    class: AccountClass,
    opening: i64,
) -> AccountPlan {
    let product = match class {
        AccountClass::Transaction => "Everyday Account",
        AccountClass::Savings => "Bonus Saver",
        AccountClass::CreditCard => "Low Rate Card",
        AccountClass::Mortgage => "Variable Home Loan",
        AccountClass::Loan => "Personal Loan",
        AccountClass::TermDeposit => "Term Deposit 12 Months",
    };
    AccountPlan { key, name, product, class, opening, limit: None, ownership: Ownership::OneParty }
}

/// A card that owes nothing on the first day.
pub const fn card(name: &'static str, limit: i64) -> AccountPlan {
    AccountPlan { limit: Some(limit), ..account("card", name, AccountClass::CreditCard, 0) }
}

/// The two accounts that nearly everybody has.
pub fn daily_and_savings(daily: i64, savings: i64) -> Vec<AccountPlan> {
    vec![
        account("everyday", "Everyday", AccountClass::Transaction, daily),
        account("savings", "Rainy Day", AccountClass::Savings, savings),
    ]
}

const fn flow(key: &'static str, when: When, amount: Amount, part: Part) -> Flow {
    Flow { key, when, season: Season::Always, amount, part, from: None, to: None, shared: false }
}

/// Money that comes into the everyday account.
pub const fn income(key: &'static str, when: When, amount: Amount, texts: &'static [&'static str]) -> Rule {
    let to = Some((EVERYDAY, line(texts, Class::DirectCredit)));
    Rule::Flow(Flow { to, ..flow(key, when, amount, Part::Night) })
}

/// A standing payment out of the everyday account.
pub const fn bill(key: &'static str, when: When, amount: Amount, line: Line) -> Rule {
    Rule::Flow(Flow { from: Some((EVERYDAY, line)), ..flow(key, when, amount, Part::Morning) })
}

/// Something bought from this account.
pub const fn buy(
    account: usize,
    key: &'static str,
    of_1000: u64,
    (least, most): (i64, i64),
    line: Line,
) -> Rule {
    let amount = Amount::Between(least, most);
    Rule::Flow(Flow { from: Some((account, line)), ..flow(key, When::Often(of_1000), amount, Part::Shops) })
}

/// Money out of the everyday account in round amounts.
pub const fn round(key: &'static str, of_1000: u64, (least, most): (i64, i64), line: Line) -> Rule {
    let amount = Amount::Notes(least, most);
    Rule::Flow(Flow { from: Some((EVERYDAY, line)), ..flow(key, When::Often(of_1000), amount, Part::Shops) })
}

/// A refund onto this account.
pub const fn refund(account: usize, of_1000: u64) -> Rule {
    let flow = flow("refund", When::Often(of_1000), Amount::Between(1_500, 4_900), Part::Night);
    Rule::Flow(Flow { to: Some((account, REFUND)), ..flow })
}

/// A repayment from the everyday account to a loan of the same person.
pub const fn repayment(key: &'static str, loan: usize, when: When, cents: i64) -> Rule {
    let flow = flow(key, when, Amount::Fixed(cents), Part::Morning);
    Rule::Flow(Flow { from: Some((EVERYDAY, REPAY)), to: Some((loan, REPAID)), ..flow })
}

/// The same only in these months.
pub const fn in_months(rule: Rule, months: &'static [u32]) -> Rule {
    match rule {
        Rule::Flow(flow) => Rule::Flow(Flow { season: Season::In(months), ..flow }),
        other => other,
    }
}

/// What two persons of one institution agreed on: both lives hold it, each its own side.
pub const fn between_persons(
    key: &'static str,
    when: When,
    amount: Amount,
    from: Option<(usize, Line)>,
    to: Option<(usize, Line)>,
) -> Rule {
    Rule::Flow(Flow { from, to, shared: true, ..flow(key, when, amount, Part::Noon) })
}

/// What people with a roof pay for it; `part` hundredths of it.
pub fn home(part: i64) -> Vec<Rule> {
    let between = |least: i64, most: i64| Amount::Between(least * part / 100, most * part / 100);
    vec![
        bill("phone", When::Monthly(5), Amount::Fixed(4_900), PHONE),
        bill("internet", When::Monthly(8), Amount::Fixed(7_990), INTERNET),
        bill("power", When::Quarterly(17), between(28_000, 46_000), POWER),
        bill("water", When::Quarterly(24), between(15_000, 24_000), WATER),
        bill("insurance", When::Monthly(12), Amount::Fixed(11_240 * part / 100), INSURANCE),
        bill("streaming", When::Monthly(3), Amount::Fixed(1_699), STREAMING),
        bill("music", When::Monthly(19), Amount::Fixed(1_299), MUSIC),
    ]
}

/// What is bought day by day from an account; `part` hundredths of what it costs most people.
pub fn shopping(account: usize, part: i64) -> Vec<Rule> {
    let range = |least: i64, most: i64| (least * part / 100, most * part / 100);
    vec![
        buy(account, "groceries", 300, range(2_200, 13_500), GROCERIES),
        buy(account, "cafes", 420, range(480, 3_900), CAFES),
        buy(account, "fuel", 110, range(4_200, 9_800), FUEL),
        buy(account, "shops", 70, range(1_900, 14_000), SHOPS),
        buy(account, "pharmacy", 50, range(800, 5_200), PHARMACY),
    ]
}
