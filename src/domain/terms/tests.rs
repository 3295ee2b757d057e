//! What is read of single members, and a sample that has them all.

use super::*;

fn share(text: &str) -> Share {
    Share::parse(text).unwrap()
}

fn sum(cents: i64) -> Sum {
    Sum { amount: Money(cents), currency: "AUD".into() }
}

fn more(value: &str) -> More {
    More { value: Some(value.into()), info: Some("In words".into()) }
}

fn rate(kind: &'static str) -> Rate {
    let tier = Tier { name: "All".into(), unit: "DOLLAR", least: 0, most: Some(9), method: Some("PER_TIER") };
    Rate {
        kind,
        rate: share("0.0435"),
        comparison: Some(share("0.0447")),
        calculated: Every::parse("P1D"),
        applied: Every::parse("P1M"),
        due: Some("IN_ARREARS"),
        repayment: Some("INTEREST_ONLY"),
        purpose: Some("INVESTMENT"),
        tiers: vec![tier.clone(), Tier { most: None, method: None, unit: "MONTH", ..tier }],
        more: more("a rate"),
    }
}

/// A fee with all its members.
pub fn fee(charge: Charge) -> Fee {
    let discount = Discount {
        description: "Less".into(),
        kind: "FEE_CAP",
        charge: Some(Charge::FeeRate(share("0.5"))),
        more: more("a discount"),
        eligibility: vec!["STAFF", "STUDENT"],
    };
    Fee {
        name: "Fee".into(),
        kind: "PERIODIC",
        charge: Some(charge),
        every: Every::parse("P1Y"),
        currency: Some("AUD".into()),
        more: more("a fee"),
        discounts: vec![discount.clone(), Discount { charge: None, more: More::default(), ..discount }],
    }
}

fn loan() -> Loan {
    Loan {
        started: Some(Day(18_000)),
        ends: Some(Day(29_000)),
        repayment: Some("PRINCIPAL_AND_INTEREST"),
        lent: Some(sum(68_000_000)),
        next_instalment: Some(Day(20_500)),
        least_instalment: Some(sum(410_000)),
        every: Every::parse("P2W"),
        most_redraw: Some(sum(2)),
        least_redraw: Some(sum(1)),
        is_offset: Some(true),
    }
}

/// Every member of what can be laid down, each told at least once.
pub fn terms_sample() -> Terms {
    let charges = [
        Charge::Amount(Money(500)),
        Charge::BalanceRate(share("0.01")),
        Charge::TransactionRate(share("0.03")),
        Charge::AccruedRate(share("-0.1")),
    ];
    let matures =
        TermDeposit { lodged: Day(1), matures: Day(366), at_maturity: Some(sum(7)), then: "ROLLED_OVER" };
    let address = MailAddress {
        name: Some("ADA SAMPLE".into()),
        lines: ["1 Sample Street".into(), "Two".into(), "Three".into()],
        postcode: Some("2000".into()),
        city: "Sydney".into(),
        state: "NSW".into(),
        country: Some("AUS".into()),
    };
    let feature = Feature { kind: "INTEREST_FREE", more: more("P55D"), is_activated: Some(false) };
    Terms {
        fees: charges.map(fee).into(),
        deposit_rates: vec![rate("BONUS"), rate("FIXED")],
        lending_rates: vec![rate("PENALTY")],
        term_deposits: vec![matures.clone(), TermDeposit { at_maturity: None, ..matures }],
        loan: Some(loan()),
        card: Some(CardDue {
            least: Money(2_500),
            all: Money(9_900),
            currency: Some("AUD".into()),
            by: Day(3),
        }),
        features: vec![feature.clone(), Feature { is_activated: None, more: More::default(), ..feature }],
        addresses: vec![address],
    }
}

#[test]
fn shares_and_spans_are_read_as_the_wire_has_them() {
    for good in ["0.0435", "-0.0025", "0", "1.5"] {
        assert_eq!(Share::parse(good).as_ref().map(Share::text), Some(good));
    }
    for bad in ["", "-", "4,35", "4.35%", ".5", "5.", "1e3", "+1", "0.000000000000001"] {
        assert_eq!(Share::parse(bad), None, "{bad}");
    }
    for good in ["P1M", "P14D", "P0W", "P1Y"] {
        assert_eq!(Every::parse(good).as_ref().map(Every::text), Some(good));
    }
    for bad in ["", "P", "PM", "P1", "1M", "P1M1D", "PT1H", "P-1M", "P1000000M", "p1m"] {
        assert_eq!(Every::parse(bad), None, "{bad}");
    }
    assert_eq!((word(FEES, "EVENT"), word(FEES, "event")), (Some("EVENT"), None));
}
