//! The words in which a person's life is written down: accounts, and rules that move money on some
//! days. Must not know: who the person is.

use serde::Serialize;

/// What an account is (contract section 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountClass {
    /// For daily money.
    Transaction,
    /// For savings.
    Savings,
    /// A credit card; what is owed is negative.
    CreditCard,
    /// A home loan; what is owed is negative.
    Mortgage,
    /// Another loan; what is owed is negative.
    Loan,
    /// Money for a fixed time.
    TermDeposit,
}

/// Who owns an account (contract section 2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ownership {
    /// One person.
    OneParty,
    /// Two.
    TwoParty,
    /// Something else, as a company.
    Other,
}

/// An account as it is opened.
#[derive(Debug, Clone, Copy)]
pub struct AccountPlan {
    /// Tells a person's accounts apart; the number follows from it.
    pub key: &'static str,
    /// What the person called it.
    pub name: &'static str,
    /// What the institution calls it.
    pub product: &'static str,
    /// What it is.
    pub class: AccountClass,
    /// On the first day, in cents.
    pub opening: i64,
    /// Of a card, in cents: what may be owed. Of a loan: what was lent.
    pub limit: Option<i64>,
    /// Who owns it.
    pub ownership: Ownership,
}

/// The kind of a transaction (contract section 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A fee of the institution.
    BankFee,
    /// Paid to somebody.
    Payment,
    /// Taken out as notes.
    CashWithdrawal,
    /// Between accounts.
    Transfer,
    /// Interest that is owed.
    LoanInterest,
    /// Given back by somebody who was paid.
    Refund,
    /// Paid by somebody.
    DirectCredit,
    /// Interest that is earned.
    Interest,
    /// Paid off a loan.
    LoanRepayment,
}

/// What a payment was for: a group of the Australian and New Zealand industry classification (2006).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SubClass {
    /// Its number.
    pub code: &'static str,
    /// Its name.
    pub title: &'static str,
}

/// How a transaction reads on one side.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// One of these, by chance.
    pub texts: &'static [&'static str],
    /// Its kind.
    pub class: Class,
    /// What it was for.
    pub sub: Option<SubClass>,
}

/// On which days.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// Each month on this day, 1 to 28.
    Monthly(u32),
    /// Each month on the last weekday on or before this day, 3 to 28.
    Payday(u32),
    /// Every 14 days, this many days after a fixed Monday.
    Fortnightly(i64),
    /// Every 7 days, this many days after a Monday.
    Weekly(i64),
    /// Each third month on this day, 1 to 28.
    Quarterly(u32),
    /// On so many of 1,000 days, by chance.
    Often(u64),
}

/// In which months.
#[derive(Debug, Clone, Copy)]
pub enum Season {
    /// In all.
    Always,
    /// In these, 1 to 12.
    In(&'static [u32]),
}

/// How much, in cents.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    /// Always the same.
    Fixed(i64),
    /// Something between the two, by chance.
    Between(i64, i64),
    /// The same in steps of a banknote, 20 dollars.
    Notes(i64, i64),
    /// This much on the first day, and so many thousandths more with each half year.
    Grows(i64, i64),
}

/// The part of a day, in the order in which rules must stand in a plan: what a later part spends is
/// there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Over night: money that comes in.
    Night,
    /// Early: standing orders, fees, loans.
    Morning,
    /// Before noon: transfers between a person's own accounts.
    Noon,
    /// After noon: what is bought; known to the institution some hours before it is posted.
    Shops,
}

/// How a card is paid off.
#[derive(Debug, Clone, Copy)]
pub enum Pay {
    /// All of it.
    Full,
    /// So many hundredths of it.
    Percent(i64),
}

/// Money from a place to a place; a place that is none is outside.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// Tells rules apart: what is by chance follows from it.
    pub key: &'static str,
    /// On which days.
    pub when: When,
    /// In which months.
    pub season: Season,
    /// How much.
    pub amount: Amount,
    /// The part of the day.
    pub part: Part,
    /// Which account it leaves, and how it reads there.
    pub from: Option<(usize, Line)>,
    /// Which account it reaches, and how it reads there.
    pub to: Option<(usize, Line)>,
    /// Two persons agreed on it: it happens whatever is in the account, by dice that both share.
    pub shared: bool,
}

/// One thing that moves money.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Money from a place to a place. Left out when the account does not have it.
    Flow(Flow),
    /// Interest on the last day of each month: so many hundredths of a per cent a year.
    Interest { account: usize, rate: i64, line: Line },
    /// A card is paid off on a day of each month; where it is missed, a late fee is charged instead.
    Card { card: usize, from: usize, day: u32, pay: Pay, missed: Season },
    /// On Tuesdays: above `most` goes to savings; below `least` is filled up from them.
    Sweep { daily: usize, savings: usize, least: i64, most: i64 },
    /// Each quarter: what is above goes out, to be invested elsewhere.
    Invest { account: usize, above: i64 },
    /// A loan that is nearly paid off is drawn again.
    TopUp { loan: usize, to: usize, amount: i64 },
}

/// A whole life.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The accounts; rules name them by their place.
    pub accounts: Vec<AccountPlan>,
    /// The rules, in the order of the parts of the day.
    pub rules: Vec<Rule>,
}
