//! What is taken for a gap and what is not, by the wordings that banks use.

use super::*;
use crate::domain::account::{AccountClass, AccountFacts, Ownership, TransactionFacts};
use crate::domain::id::{ConnectionId, TransactionId};
use crate::domain::institution::SANDBOX;
use crate::domain::time::UnixMillis;
use uuid::Uuid;

const TODAY: i32 = 20_000;

fn account(number: u8, digits: &str) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(number.into())),
        connection: ConnectionId(Uuid::nil()),
        institution: SANDBOX[0].id,
        updated: UnixMillis(0),
        span: None,
        facts: AccountFacts {
            number: digits.into(),
            reference: None,
            bsb: None,
            name: "Everyday".into(),
            product: "Everyday Account".into(),
            class: AccountClass::Transaction,
            currency: "AUD".into(),
            balance: None,
            available_funds: None,
            credit_limit: None,
            ownership: Ownership::OneParty,
            holder: None,
            terms: None,
        },
    }
}

/// What stands in a statement: account, days ago, words, cents.
fn line(account: u8, days_ago: i32, description: &str, cents: i64) -> Transaction {
    let class = match description {
        text if text.starts_with("TRANSFER") => TransactionClass::Transfer,
        text if text.contains("CAR LOAN") => TransactionClass::LoanRepayment,
        _ => TransactionClass::Payment,
    };
    Transaction {
        id: TransactionId(Uuid::from_u128(u128::from(days_ago.unsigned_abs()) << 8 | u128::from(account))),
        account: AccountId(Uuid::from_u128(account.into())),
        connection: ConnectionId(Uuid::nil()),
        institution: SANDBOX[0].id,
        facts: TransactionFacts {
            reference: String::new(),
            is_posted: true,
            day: Day(TODAY - days_ago),
            made: None,
            description: description.into(),
            amount: Money(cents),
            currency: "AUD".into(),
            balance: None,
            class,
            sub_class: None,
        },
    }
}

/// The gaps that two accounts, ending in 4417 and 9031, show by these lines.
fn found(lines: &[Transaction]) -> Vec<(GapKind, String, u32)> {
    let accounts = [account(1, "062000004417"), account(2, "xxxxxxxxxxxx9031")];
    find(&accounts, lines).into_iter().map(|gap| (gap.kind, gap.wording, gap.count)).collect()
}

fn monthly(description: &str, cents: i64) -> Vec<Transaction> {
    [3, 33, 64].map(|ago| line(1, ago, description, cents)).to_vec()
}

#[test]
fn each_kind_of_gap_is_told_by_how_banks_word_it() {
    for (description, cents, kind) in [
        ("OTHER ISSUER CARD PAYMENT", -40_000, GapKind::Card),
        ("BPAY AMEX 377700000000", -40_000, GapKind::Card),
        ("CREDIT CARD AUTOPAY XX7712", -40_000, GapKind::Card),
        ("OTHER LENDER HOME LOAN REPAYMENT", -215_000, GapKind::Loan),
        ("WHEELHOUSE FINANCE CAR LOAN DD", -50_000, GapKind::Loan),
        ("TRANSFER TO SAVINGS", -30_000, GapKind::Account),
        ("TFR TO ONLINE SAVER", -30_000, GapKind::Account),
        ("INTERNET TRANSFER TO XX2208", -30_000, GapKind::Account),
        ("SALARY ARBOUR DIGITAL SPLIT", 200_000, GapKind::PartOfPay),
        ("PAYROLL MERIDIAN 1 OF 2", 200_000, GapKind::PartOfPay),
    ] {
        let kinds: Vec<(GapKind, u32)> =
            found(&monthly(description, cents)).into_iter().map(|(kind, _, count)| (kind, count)).collect();
        assert_eq!(kinds, [(kind, 3)], "{description}");
    }
}

#[test]
fn what_is_everyday_life_is_no_gap() {
    for (description, cents) in [
        ("METROCARD TOP UP", -2_000),
        ("TRANSFER TO JARED", -90_000),
        ("TRANSFER FROM WHISTLER", 90_000),
        ("SALARY ARBOUR DIGITAL", 720_450),
        ("SPLITLY PAY IN 4", -4_000),
        ("GIFT CARD SHOP", -5_000),
        ("CATCHMENT WATER", -12_000),
        ("ATM WITHDRAWAL", -10_000),
    ] {
        assert_eq!(found(&monthly(description, cents)), [], "{description}");
    }
}

#[test]
fn money_that_arrives_in_an_account_that_is_here_shows_no_gap() {
    let mut lines = monthly("TRANSFER TO SAVINGS", -30_000);
    lines.extend([2, 31, 64].map(|ago| line(2, ago, "TRANSFER FROM EVERYDAY", 30_000)));
    assert_eq!(found(&lines), []);
    // One that came too late, or before it left, is another one.
    let late = [line(1, 40, "TRANSFER TO SAVINGS", -30_000), line(2, 36, "DEPOSIT", 30_000)];
    let early = [line(1, 9, "TRANSFER TO SAVINGS", -30_000), line(2, 10, "DEPOSIT", 30_000)];
    let both: Vec<Transaction> = late.into_iter().chain(early).collect();
    assert_eq!(found(&both), [(GapKind::Account, "TRANSFER TO SAVINGS".into(), 2)]);
}

#[test]
fn a_number_that_is_here_shows_no_gap() {
    assert_eq!(found(&monthly("CARD PAYMENT XX9031", -40_000)), []);
    assert_eq!(found(&monthly("TRANSFER TO XX4417", -40_000)), []);
    assert_eq!(found(&monthly("CARD PAYMENT XX9032", -40_000)).len(), 1);
}

#[test]
fn one_transfer_may_be_a_gift_and_pending_ones_show_nothing() {
    assert_eq!(found(&[line(1, 5, "TRANSFER TO MY SAVINGS", -100)]), []);
    assert_eq!(found(&[line(1, 5, "OTHER ISSUER CARD PAYMENT", -100)]).len(), 1);
    let mut pending = monthly("OTHER ISSUER CARD PAYMENT", -100);
    for one in &mut pending {
        one.facts.is_posted = false;
    }
    assert_eq!(found(&pending), []);
}

#[test]
fn what_differs_each_time_is_left_out_and_the_newest_one_is_shown() {
    let lines = [
        line(1, 40, "OTHER ISSUER CARD PAYMENT 20260301 REF88123", -40_000),
        line(1, 10, "Other Issuer Card Payment 20260401 REF99001", -55_000),
    ];
    let [gap] = &find(&[], &lines)[..] else { panic!("one gap") };
    assert_eq!((gap.wording.as_str(), gap.count), ("OTHER ISSUER CARD PAYMENT", 2));
    assert_eq!((gap.last_day, gap.last_amount), (Day(TODAY - 10), Money(55_000)));
}

#[test]
fn the_most_telling_come_first_and_no_more_than_can_be_read() {
    let mut lines = Vec::new();
    for bank in ["A", "B", "C", "D", "E", "F", "G"] {
        lines.extend(monthly(&format!("{bank} CARD PAYMENT"), -100));
    }
    lines.push(line(1, 5, "OTHER LENDER HOME LOAN REPAYMENT", -100));
    let gaps = find(&[], &lines);
    assert_eq!((gaps.len(), gaps[0].kind, gaps[1].kind), (GAPS_MAX, GapKind::Loan, GapKind::Card));
    let long = "CARD PAYMENT ".repeat(30);
    assert_eq!(find(&[], &monthly(&long, -1))[0].wording.len(), WORDING_BYTES_MAX);
}
