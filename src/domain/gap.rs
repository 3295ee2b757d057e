//! What the transactions of a person show to be missing: money that goes to an account, a card or a loan
//! which is not connected, pay that is split. It asks, it does not accuse: each gap is put to the person in
//! plain words before the declaration, and what they say is kept with it. Must not know: pages, records.
//!
//! A gap is found by how institutions word a transaction, so it can be wrong in both ways; that is why a
//! person answers it, and why a declaration is never refused for one.

use super::account::{Account, Transaction, TransactionClass};
use super::day::Day;
use super::id::AccountId;
use super::money::Money;
use std::collections::{BTreeMap, BTreeSet};

/// How many days of transactions are looked at.
pub const LOOKBACK_DAYS: u32 = 180;

/// The most gaps that a person is asked about: more would not be read.
pub const GAPS_MAX: usize = 6;

/// The longest wording that is kept of a transaction, in bytes.
pub const WORDING_BYTES_MAX: usize = 60;

/// How many days money may take from one bank to another.
const TRANSFER_DAYS: u32 = 3;

/// How often money must have gone to an account before it is asked about: once may be a gift.
const TRANSFERS_MIN: usize = 2;

/// What seems to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// An account of their own that money is moved to.
    Account,
    /// A card that is paid off.
    Card,
    /// A loan that is paid off.
    Loan,
    /// An account that part of the pay goes to.
    PartOfPay,
}

impl GapKind {
    /// All there are, in the order in which people are asked.
    pub const ALL: [Self; 4] = [Self::PartOfPay, Self::Loan, Self::Card, Self::Account];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Card => "card",
            Self::Loan => "loan",
            Self::PartOfPay => "part-of-pay",
        }
    }

    /// Reads what [`GapKind::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// Something that seems to be missing, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What seems to be missing.
    pub kind: GapKind,
    /// How the institution words the transactions that show it. With the kind, its name.
    pub wording: String,
    /// How many they were within [`LOOKBACK_DAYS`].
    pub count: u32,
    /// The newest of them.
    pub last_day: Day,
    /// How much it was then; positive.
    pub last_amount: Money,
    /// The account that shows it.
    pub account: AccountId,
}

/// What a person says to a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapAnswer {
    /// It isn't mine.
    NotMine,
    /// Nothing: the question was shown and passed over.
    None,
}

impl GapAnswer {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::NotMine, Self::None];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotMine => "not-mine",
            Self::None => "none",
        }
    }
}

/// Words that speak of an account of one's own.
const OWN: [&str; 10] =
    ["SAVINGS", "SAVER", "SAVE", "EVERYDAY", "OFFSET", "OWN", "MY", "ACCOUNT", "ACCT", "MORTGAGE"];

/// Words that speak of pay.
const PAY: [&str; 5] = ["SALARY", "PAYROLL", "WAGES", "WAGE", "PAY"];

/// Names that are cards by themselves.
const CARD_NAMES: [&str; 3] = ["AMEX", "VISA", "MASTERCARD"];

/// Words for paying something off.
const PAID: [&str; 7] = ["PAYMENT", "REPAYMENT", "PYMT", "PMT", "RPMT", "AUTOPAY", "BPAY"];

/// What the transactions of one person show to be missing among these accounts, the most telling first.
/// `transactions` are theirs of the last [`LOOKBACK_DAYS`]; pending ones show nothing.
pub fn find(accounts: &[Account], transactions: &[Transaction]) -> Vec<Gap> {
    let posted: Vec<&Transaction> = transactions.iter().filter(|one| one.facts.is_posted).collect();
    let arrived = arrivals(&posted);
    let mut groups: BTreeMap<(GapKind, String), Vec<&Transaction>> = BTreeMap::new();
    for (place, one) in posted.iter().enumerate() {
        let words = words(&one.facts.description);
        if let Some(kind) =
            kind(one, &words).filter(|_| !arrived.contains(&place) && !is_here(&words, accounts))
        {
            groups.entry((kind, wording(&words))).or_default().push(one);
        }
    }
    let mut gaps: Vec<Gap> = groups.into_iter().filter_map(|(name, shown)| gap(name, &shown)).collect();
    let place = |kind: GapKind| GapKind::ALL.iter().position(|one| *one == kind);
    gaps.sort_by_key(|gap| (place(gap.kind), std::cmp::Reverse(gap.count)));
    gaps.truncate(GAPS_MAX);
    gaps
}

fn gap((kind, wording): (GapKind, String), shown: &[&Transaction]) -> Option<Gap> {
    let newest = shown.iter().max_by_key(|one| (one.facts.day, one.id))?;
    let is_often = kind != GapKind::Account || shown.len() >= TRANSFERS_MIN;
    is_often.then(|| Gap {
        kind,
        wording,
        count: u32::try_from(shown.len()).unwrap_or(u32::MAX),
        last_day: newest.facts.day,
        last_amount: Money(newest.facts.amount.0.saturating_abs()),
        account: newest.account,
    })
}

/// The places of what went out of one account and came into another one of them: both ends are here.
fn arrivals(posted: &[&Transaction]) -> BTreeSet<usize> {
    let mut incoming: BTreeMap<i64, Vec<&Transaction>> = BTreeMap::new();
    for one in posted.iter().filter(|one| one.facts.amount.0 > 0) {
        incoming.entry(one.facts.amount.0).or_default().push(one);
    }
    let mut both = BTreeSet::new();
    for (place, out) in posted.iter().enumerate().filter(|(_, one)| one.facts.amount.0 < 0) {
        let Some(candidates) = incoming.get_mut(&out.facts.amount.0.saturating_abs()) else { continue };
        let fits = |one: &&Transaction| {
            let (left, came) = (out.facts.day, one.facts.day);
            one.account != out.account && came >= left && came.minus(TRANSFER_DAYS) <= left
        };
        if let Some(found) = candidates.iter().position(fits) {
            candidates.remove(found);
            both.insert(place);
        }
    }
    both
}

/// The words of a description as they are compared.
fn words(description: &str) -> Vec<String> {
    let parts = description.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_uppercase).collect()
}

/// Words about how money moved, which the same payment has at one time and not at another.
const MEANS: [&str; 5] = ["DD", "DIRECT", "DEBIT", "EFT", "REF"];

/// The wording without what differs each time: dates, receipt numbers, means. A short number stays: it is
/// the end of a card or an account.
fn wording(words: &[String]) -> String {
    let is_receipt = |word: &str| word.len() > 4 && word.chars().any(|letter| letter.is_ascii_digit());
    let kept: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !is_receipt(word) && !MEANS.contains(word)).collect();
    let mut wording = kept.join(" ");
    wording.truncate(wording.floor_char_boundary(WORDING_BYTES_MAX));
    wording
}

fn has(words: &[String], any: &[&str]) -> bool {
    words.iter().any(|word| any.contains(&word.as_str()))
}

/// What a transaction shows by itself, wherever its other end is.
fn kind(one: &Transaction, words: &[String]) -> Option<GapKind> {
    if one.facts.amount.0 > 0 {
        let is_part = has(words, &["SPLIT", "PART"])
            || words.windows(3).any(|three| three[0] == "1" && three[1] == "OF");
        return (has(words, &PAY) && is_part).then_some(GapKind::PartOfPay);
    }
    let is_paid = has(words, &PAID);
    let class = one.facts.class;
    let is_card = has(words, &["CARD"]) || has(words, &CARD_NAMES);
    if (is_card && is_paid) || has(words, &["AMEX"]) {
        return Some(GapKind::Card);
    }
    if class == TransactionClass::LoanRepayment || (has(words, &["LOAN", "MORTGAGE"]) && is_paid) {
        return Some(GapKind::Loan);
    }
    let target = words.iter().position(|word| word == "TO").map_or(&[][..], |place| &words[place + 1..]);
    let moves = class == TransactionClass::Transfer || has(words, &["TRANSFER", "TFR", "XFER"]);
    let is_own = has(target, &OWN) || target.iter().any(|word| ending(word).is_some());
    (moves && is_own).then_some(GapKind::Account)
}

/// The last digits of a masked number: "XX1234", "X1234", "1234".
fn ending(word: &str) -> Option<&str> {
    let digits = word.trim_start_matches(['X', '*']);
    let is_end = (3..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_end.then_some(digits)
}

/// Whether the words name an account that is connected, by the end of its number.
fn is_here(words: &[String], accounts: &[Account]) -> bool {
    let mut endings = words.iter().filter_map(|word| ending(word));
    endings.any(|end| accounts.iter().any(|one| one.facts.number.ends_with(end)))
}

#[cfg(test)]
#[path = "gap/tests.rs"]
mod tests;
