//! What is laid down about an account is read as far as it makes sense, and never more than is kept.

use super::super::tests::{account, accounts, answer, boastful, with};
use super::terms;
use crate::domain::account::AccountFacts;
use crate::domain::bank::Answer;
use crate::domain::day::Day;
use crate::domain::money::Money;
use crate::domain::terms::{Charge, Every, Share, Terms};
use serde_json::{Value, json};

/// What a record may hold of the 4 KiB besides names, sealing and heads.
const RECORD_BYTES_MAX: usize = 4096 - 512;

fn told() -> Value {
    let discount = json!({
        "description": "Students pay less", "type": "ELIGIBILITY_ONLY", "fee_rate": "0.5", "value": "18",
        "info": "While they study", "eligibility": ["STUDENT"]
    });
    let rate = json!({
        "type": "FIXED", "rate": "0.0440", "comparison_rate": "0.0452", "calculated": "P1D",
        "applied": "P1M", "interest_due": "IN_ARREARS", "repayment": "INTEREST_ONLY",
        "purpose": "INVESTMENT", "value": "x", "info": "For a year",
        "tiers": [{ "name": "All", "unit": "DOLLAR", "minimum": 0, "maximum": 9, "method": "PER_TIER" }]
    });
    json!({
        "fees": [{
            "name": "Monthly fee", "type": "PERIODIC", "amount": "5.00", "frequency": "P1M",
            "currency": "AUD", "value": "x", "info": "Each month", "discounts": [discount]
        }],
        "deposit_rates": [rate.clone()],
        "lending_rates": [rate],
        "term_deposits": [{
            "lodged": "2026-01-01", "matures": "2027-01-01", "amount": "99.00", "currency": "AUD",
            "instructions": "ROLLED_OVER"
        }],
        "loan": {
            "started": "2020-07-01", "ends": "2050-07-01", "repayment": "PRINCIPAL_AND_INTEREST",
            "amount": "680000.00", "currency": "AUD", "next_instalment": "2026-03-20",
            "minimum_instalment": "4100.00", "frequency": "P1M", "maximum_redraw": "5.00",
            "minimum_redraw": "1.00", "offset": true
        },
        "card": { "minimum": "25.00", "due": "99.00", "currency": "AUD", "due_date": "2026-03-26" },
        "features": [{ "type": "REDRAW", "value": "x", "info": "Of what was paid", "activated": true }],
        "addresses": [{
            "mailing_name": "ADA QUILL", "address_line1": "1 Sample Street", "address_line2": null,
            "address_line3": null, "postcode": "2000", "city": "Sydney", "state": "NSW",
            "country_code": "AUS"
        }]
    })
}

fn read(told: Value) -> Terms {
    terms(told).expect("something is laid down")
}

/// The accounts of an answer to a question with this wish.
fn facts(row: Value, with_terms: bool) -> AccountFacts {
    match answer(&accounts(with_terms), &json!({ "accounts": [row] })) {
        Ok(Answer::Accounts(mut all)) => all.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_that_is_told_is_read() {
    let all = read(told());
    let (fee, discount) = (&all.fees[0], &all.fees[0].discounts[0]);
    assert_eq!(
        (fee.kind, &fee.charge, &fee.every),
        ("PERIODIC", &Some(Charge::Amount(Money(500))), &Every::parse("P1M"))
    );
    assert_eq!((discount.kind, &discount.eligibility), ("ELIGIBILITY_ONLY", &vec!["STUDENT"]));
    assert_eq!(discount.charge, Share::parse("0.5").map(Charge::FeeRate));
    assert_eq!(discount.more.info.as_deref(), Some("While they study"));
    assert_eq!((all.deposit_rates.len(), all.deposit_rates[0].rate.text()), (1, "0.0440"));
    let owed = &all.lending_rates[0];
    assert_eq!(
        (owed.due, owed.repayment, owed.purpose),
        (Some("IN_ARREARS"), Some("INTEREST_ONLY"), Some("INVESTMENT"))
    );
    assert_eq!((owed.tiers[0].most, owed.tiers[0].method), (Some(9), Some("PER_TIER")));
    assert_eq!(all.term_deposits[0].matures, Day::parse("2027-01-01").unwrap());
    assert_eq!(all.term_deposits[0].at_maturity.as_ref().map(|sum| sum.amount), Some(Money(9_900)));
    let loan = all.loan.unwrap();
    assert_eq!(loan.least_instalment.map(|sum| sum.amount), Some(Money(410_000)));
    assert_eq!((loan.is_offset, loan.most_redraw.map(|sum| sum.amount)), (Some(true), Some(Money(500))));
    assert_eq!(all.card.map(|card| (card.least, card.all)), Some((Money(2_500), Money(9_900))));
    assert_eq!((all.features[0].kind, all.features[0].is_activated), ("REDRAW", Some(true)));
    assert_eq!(all.addresses[0].lines, ["1 Sample Street", "", ""]);
}

#[test]
fn it_is_kept_where_it_was_asked_for_and_what_makes_no_sense_costs_nobody_the_account() {
    let row = with(account(), "terms", told());
    assert_eq!(facts(row.clone(), true).terms.as_deref(), Some(&read(told())));
    assert_eq!(facts(row, false).terms, None, "told to somebody who did not ask");
    for nothing in [Value::Null, json!(1), json!([]), json!({}), json!({ "fees": 1 }), json!({ "fees": [] })]
    {
        assert_eq!(facts(with(account(), "terms", nothing.clone()), true).terms, None, "{nothing}");
    }
}

#[test]
fn one_thing_that_makes_no_sense_is_left_out_alone() {
    let whole = read(told());
    for (list, member, nonsense) in [
        ("fees", "type", json!("BRIBE")),
        ("fees", "name", Value::Null),
        ("deposit_rates", "rate", json!("4.4 %")),
        ("lending_rates", "type", json!("BONUS")),
        ("term_deposits", "matures", json!("next year")),
        ("term_deposits", "instructions", Value::Null),
        ("features", "type", json!("redraw")),
        ("addresses", "city", json!(1)),
    ] {
        let mut row = told();
        let good = row[list][0].clone();
        row[list] = json!([with(good.clone(), member, nonsense), "nonsense", good]);
        assert_eq!(read(row), whole, "{list} {member}");
    }
    for (member, nonsense) in [
        ("amount", json!("five")),
        ("amount", json!(5)),
        ("frequency", json!("monthly")),
        ("currency", json!("aud")),
        ("discounts", json!(["nonsense"])),
    ] {
        let mut row = told();
        row["fees"][0][member] = nonsense.clone();
        let fees = read(row).fees;
        // What is no text at all spoils the whole fee; a text that says nothing, its own member.
        assert!(fees.len() <= 1 && fees != whole.fees, "{member}: {nonsense}");
        assert_eq!(fees.is_empty(), nonsense.is_number(), "{member}: {nonsense}");
    }
    for (member, nonsense) in [("due", Value::Null), ("due_date", json!("soon"))] {
        let mut row = told();
        row["card"][member] = nonsense;
        assert_eq!(read(row).card, None);
    }
}

#[test]
fn no_bank_makes_a_term_longer_than_a_record_or_more_of_them_than_are_kept() {
    let kept = [
        "type",
        "amount",
        "frequency",
        "currency",
        "rate",
        "comparison_rate",
        "calculated",
        "applied",
        "interest_due",
        "repayment",
        "purpose",
        "lodged",
        "matures",
        "instructions",
        "unit",
        "minimum",
        "maximum",
        "method",
        "fee_rate",
        "eligibility",
        "activated",
        "started",
    ];
    let mut row = told();
    for list in ["fees", "deposit_rates", "lending_rates", "features", "addresses", "term_deposits"] {
        let mut one = boastful(row[list][0].clone(), &[&kept[..], &["discounts", "tiers"]].concat());
        for inner in ["discounts", "tiers"] {
            if one[inner].is_array() {
                let mut inmost = boastful(one[inner][0].clone(), &kept);
                if inmost["eligibility"].is_array() {
                    inmost["eligibility"] = vec!["PENSION_RECIPIENT"; 50].into();
                }
                one[inner] = vec![inmost; 50].into();
            }
        }
        row[list] = vec![one; 100].into();
    }
    let all = read(row);
    let counts = [all.fees.len(), all.deposit_rates.len(), all.lending_rates.len(), all.features.len()];
    assert_eq!(counts, [24; 4]);
    assert_eq!((all.term_deposits.len(), all.addresses.len()), (2, 2));
    assert_eq!((all.fees[0].discounts.len(), all.fees[0].discounts[0].eligibility.len()), (4, 4));
    assert_eq!(all.lending_rates[0].tiers.len(), 8);
    // Names of members are longer than what a record has in their stead.
    let (fee, rate) = (format!("{:?}", all.fees[0]), format!("{:?}", all.lending_rates[0]));
    assert!(fee.len() > 1_500 && fee.len() < RECORD_BYTES_MAX, "{}", fee.len());
    assert!(rate.len() > 1_000 && rate.len() < RECORD_BYTES_MAX, "{}", rate.len());
    let address = format!("{:?}", all.addresses[0]);
    assert!(address.len() > 400 && address.len() < RECORD_BYTES_MAX, "{}", address.len());
}
