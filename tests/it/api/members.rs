//! The accounts and transactions of every persona of the sandbox, held member by member to contract sections
//! 2.8 and 2.9: these members and no others, each of its kind, null only where it may be.

use super::customer::{Customer, members};
use crate::rig::Rig;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether a value is of a kind.
type Kind<'a> = &'a dyn Fn(&Value) -> bool;

/// Holds an object to its members: those that must be there, and those that may.
fn hold(at: &str, value: &Value, must: &[(&str, Kind<'_>)], may: &[(&str, Kind<'_>)]) {
    let there = members(value);
    for (name, _) in must {
        assert!(there.contains(name), "{at}: {name} is missing: {value}");
    }
    for name in there {
        let kind = must.iter().chain(may).find(|(known, _)| *known == name);
        let (_, is_one) = kind.unwrap_or_else(|| panic!("{at}: {name} is nobody's: {value}"));
        assert!(is_one(&value[name]), "{at}: {name} is {}", value[name]);
    }
}

fn each(at: &str, list: &Value, must: &[(&str, Kind<'_>)], may: &[(&str, Kind<'_>)]) {
    for one in list.as_array().unwrap_or(&Vec::new()) {
        hold(at, one, must, may);
    }
}

fn text(value: &Value) -> bool {
    value.is_string()
}

fn filled(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn nothing(value: &Value) -> bool {
    value.is_null()
}

/// A number as text with so many places, or at least one where that is not said.
fn is_decimal(value: &Value, places: Option<usize>) -> bool {
    let Some((whole, part)) = value.as_str().and_then(|text| text.split_once('.')) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_long = places.is_none_or(|places| part.len() == places);
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(part) && is_long
}

fn money(value: &Value) -> bool {
    is_decimal(value, Some(2))
}

fn share(value: &Value) -> bool {
    is_decimal(value, None)
}

/// Letters and digits in the places of a pattern, in which `9` is any digit.
fn is_like(value: &Value, pattern: &str) -> bool {
    value.as_str().is_some_and(|text| {
        let fits = |(one, like): (char, char)| if like == '9' { one.is_ascii_digit() } else { one == like };
        text.len() == pattern.len() && text.chars().zip(pattern.chars()).all(fits)
    })
}

fn day(value: &Value) -> bool {
    is_like(value, "9999-99-99")
}

fn instant(value: &Value) -> bool {
    is_like(value, "9999-99-99T99:99:99Z")
}

fn midnight(value: &Value) -> bool {
    is_like(value, "9999-99-99T00:00:00Z")
}

fn every(value: &Value) -> bool {
    ["P9D", "P9M", "P9Y"].iter().any(|pattern| is_like(value, pattern))
}

fn id(value: &Value) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    value.as_str().is_some_and(|text| {
        let parts: Vec<usize> = text.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || is_hex(byte))
    })
}

fn institution(value: &Value) -> bool {
    is_like(value, "AU99999")
}

fn aud(value: &Value) -> bool {
    value == "AUD"
}

fn yes(value: &Value) -> bool {
    value == &Value::Bool(true)
}

fn flag(value: &Value) -> bool {
    value.is_boolean()
}

fn whole(value: &Value) -> bool {
    value.is_i64()
}

fn list(value: &Value) -> bool {
    value.as_array().is_some_and(|all| !all.is_empty())
}

fn list_or_null(value: &Value) -> bool {
    value.is_null() || list(value)
}

fn url(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("http://127.0.0.1:"))
}

fn or_null(kind: impl Fn(&Value) -> bool) -> impl Fn(&Value) -> bool {
    move |value| value.is_null() || kind(value)
}

fn one_of<'a>(words: &'a [&'a str]) -> impl Fn(&Value) -> bool + 'a {
    move |value| value.as_str().is_some_and(|text| words.contains(&text))
}

const CLASSES: &[&str] = &[
    "transaction",
    "savings",
    "credit-card",
    "mortgage",
    "loan",
    "investment",
    "term-deposit",
    "insurance",
    "foreign",
    "unknown",
];

fn hold_account(account: &Value) {
    let class = account["class"]["type"].as_str().unwrap_or_default();
    let is_debt = ["credit-card", "loan", "mortgage"].contains(&class);
    let limit: Kind<'_> = if is_debt { &money } else { &nothing };
    let known = |value: &Value| value == "account";
    let owned = one_of(&["UNKNOWN", "ONE_PARTY", "TWO_PARTY", "MANY_PARTY", "OTHER"]);
    let status = one_of(&["available", "unavailable"]);
    let funds = or_null(money);
    hold(
        "account",
        account,
        &[
            ("type", &known),
            ("id", &id),
            ("accountNo", &filled),
            ("name", &filled),
            ("currency", &aud),
            ("class", &Value::is_object),
            ("accountHolder", &filled),
            ("accountOwnership", &owned),
            ("isOwned", &yes),
            ("balance", &money),
            ("availableFunds", &funds),
            ("creditLimit", limit),
            ("status", &status),
            ("institution", &institution),
            ("connection", &id),
            ("lastUpdated", &instant),
            ("meta", &Value::is_object),
            ("transactionIntervals", &list),
            ("links", &Value::is_object),
        ],
        &[],
    );
    hold("class", &account["class"], &[("type", &one_of(CLASSES)), ("product", &filled)], &[]);
    each("interval", &account["transactionIntervals"], &[("from", &day), ("to", &day)], &[]);
    let links: [(&str, Kind<'_>); 4] =
        [("self", &url), ("transactions", &url), ("institution", &url), ("connection", &nothing)];
    hold("links of an account", &account["links"], &links, &[]);
    hold_meta(&account["meta"], class);
}

fn hold_meta(meta: &Value, class: &str) {
    let deposits: Kind<'_> = if class == "term-deposit" { &list } else { &is_empty };
    let loan: Kind<'_> = if ["loan", "mortgage"].contains(&class) { &Value::is_object } else { &nothing };
    let all: [(&str, Kind<'_>); 7] = [
        ("fees", &list_or_null),
        ("depositRates", &list_or_null),
        ("lendingRates", &list_or_null),
        ("termDeposit", deposits),
        ("loan", loan),
        ("features", &list_or_null),
        ("addresses", &list),
    ];
    let card: [(&str, Kind<'_>); 1] = [("creditCard", &Value::is_object)];
    if class == "credit-card" {
        hold("meta", meta, &[&all[..], &card].concat(), &[]);
        let due: [(&str, Kind<'_>); 4] = [
            ("minPaymentAmount", &money),
            ("paymentDueAmount", &money),
            ("paymentCurrency", &aud),
            ("paymentDueDate", &day),
        ];
        hold("creditCard", &meta["creditCard"], &due, &[]);
    } else {
        hold("meta", meta, &all, &[]);
    }
    hold_fees(&meta["fees"]);
    hold_rates(meta);
    hold_terms(meta);
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn hold_fees(fees: &Value) {
    let charge: [(&str, Kind<'_>); 4] =
        [("amount", &money), ("balanceRate", &share), ("transactionRate", &share), ("accruedRate", &share)];
    let more: [(&str, Kind<'_>); 2] = [("additionalValue", &filled), ("additionalInfo", &filled)];
    let fee = one_of(&[
        "DEPOSIT",
        "EVENT",
        "EXIT",
        "PAYMENT",
        "PERIODIC",
        "PURCHASE",
        "TRANSACTION",
        "UPFRONT",
        "VARIABLE",
        "WITHDRAWAL",
    ]);
    let rest: [(&str, Kind<'_>); 3] =
        [("accrualFrequency", &every), ("currency", &aud), ("discounts", &list)];
    let must: [(&str, Kind<'_>); 2] = [("name", &filled), ("feeType", &fee)];
    each("fee", fees, &must, &[&charge[..], &more, &rest].concat());
    for fee in fees.as_array().unwrap_or(&Vec::new()) {
        assert_eq!(charge.iter().filter(|(name, _)| fee.get(name).is_some()).count(), 1, "{fee}");
        let must: [(&str, Kind<'_>); 2] = [("description", &filled), ("discountType", &filled)];
        let may: [(&str, Kind<'_>); 2] = [("feeRate", &share), ("eligibility", &list)];
        each("discount", &fee["discounts"], &must, &[&charge[..], &more, &may].concat());
        for discount in fee["discounts"].as_array().unwrap_or(&Vec::new()) {
            each("eligibility", &discount["eligibility"], &[("discountEligibilityType", &filled)], &[]);
        }
    }
}

fn hold_rates(meta: &Value) {
    let may: [(&str, Kind<'_>); 5] = [
        ("calculationFrequency", &every),
        ("applicationFrequency", &every),
        ("tiers", &list),
        ("additionalValue", &filled),
        ("additionalInfo", &filled),
    ];
    let earned =
        one_of(&["BONUS", "BUNDLE_BONUS", "FIXED", "FLOATING", "INTRODUCTORY", "MARKET_LINKED", "VARIABLE"]);
    let must: [(&str, Kind<'_>); 2] = [("depositRateType", &earned), ("rate", &share)];
    each("deposit rate", &meta["depositRates"], &must, &may);
    let (due, paid, purpose) = (
        one_of(&["IN_ADVANCE", "IN_ARREARS"]),
        one_of(&["INTEREST_ONLY", "PRINCIPAL_AND_INTEREST"]),
        one_of(&["INVESTMENT", "OWNER_OCCUPIED"]),
    );
    let owed = one_of(&["CASH_ADVANCE", "FIXED", "PURCHASE", "VARIABLE"]);
    let must: [(&str, Kind<'_>); 2] = [("lendingRateType", &owed), ("rate", &share)];
    let of_lending: [(&str, Kind<'_>); 4] = [
        ("comparisonRate", &share),
        ("interestPaymentDue", &due),
        ("repaymentType", &paid),
        ("loanPurpose", &purpose),
    ];
    each("lending rate", &meta["lendingRates"], &must, &[&may[..], &of_lending].concat());
    let (unit, method) =
        (one_of(&["DAY", "DOLLAR", "MONTH", "PERCENT"]), one_of(&["PER_TIER", "WHOLE_BALANCE"]));
    let must: [(&str, Kind<'_>); 3] = [("name", &filled), ("unitOfMeasure", &unit), ("minimumValue", &whole)];
    let may: [(&str, Kind<'_>); 2] = [("maximumValue", &whole), ("rateApplicationMethod", &method)];
    for rates in [&meta["depositRates"], &meta["lendingRates"]] {
        for rate in rates.as_array().unwrap_or(&Vec::new()) {
            each("tier", &rate["tiers"], &must, &may);
        }
    }
}

fn hold_terms(meta: &Value) {
    let then = one_of(&["HOLD_ON_MATURITY", "PAID_OUT_AT_MATURITY", "ROLLED_OVER"]);
    let must: [(&str, Kind<'_>); 5] = [
        ("lodgementDate", &day),
        ("maturityDate", &day),
        ("maturityAmount", &money),
        ("maturityCurrency", &aud),
        ("maturityInstructions", &then),
    ];
    each("term deposit", &meta["termDeposit"], &must, &[]);
    if meta["loan"].is_object() {
        let paid = one_of(&["INTEREST_ONLY", "PRINCIPAL_AND_INTEREST"]);
        let must: [(&str, Kind<'_>); 10] = [
            ("startDate", &day),
            ("endDate", &day),
            ("repaymentType", &paid),
            ("originalLoanAmount", &money),
            ("originalLoanCurrency", &aud),
            ("nextInstalmentDate", &day),
            ("minInstalmentAmount", &money),
            ("minInstalmentCurrency", &aud),
            ("repaymentFrequency", &every),
            ("offsetAccountEnabled", &flag),
        ];
        hold("loan", &meta["loan"], &must, &[]);
    }
    let may: [(&str, Kind<'_>); 3] =
        [("additionalValue", &filled), ("additionalInfo", &filled), ("isActivated", &flag)];
    each("feature", &meta["features"], &[("featureType", &filled)], &may);
    let simple = |value: &Value| value == "simple";
    let must: [(&str, Kind<'_>); 2] = [("addressType", &simple), ("simple", &Value::is_object)];
    each("address", &meta["addresses"], &must, &[]);
    for address in meta["addresses"].as_array().unwrap() {
        let must: [(&str, Kind<'_>); 6] = [
            ("mailingName", &filled),
            ("addressLine1", &filled),
            ("postcode", &filled),
            ("city", &filled),
            ("state", &filled),
            ("country", &filled),
        ];
        hold("simple address", &address["simple"], &must, &[]);
    }
}

fn hold_transaction(one: &Value) {
    let is_posted = one["status"] == "posted";
    let known = |value: &Value| value == "transaction";
    let empty = |value: &Value| value == "";
    let status = one_of(&["pending", "posted"]);
    let direction = if is_out(one) { "debit" } else { "credit" };
    let way = |value: &Value| value == direction;
    let class = one_of(&[
        "bank-fee",
        "payment",
        "cash-withdrawal",
        "transfer",
        "loan-interest",
        "refund",
        "direct-credit",
        "interest",
        "loan-repayment",
    ]);
    let (balance, posted, made): (Kind<'_>, Kind<'_>, Kind<'_>) =
        if is_posted { (&money, &midnight, &empty) } else { (&empty, &nothing, &instant) };
    let sub = or_null(Value::is_object);
    let must: [(&str, Kind<'_>); 18] = [
        ("type", &known),
        ("id", &id),
        ("status", &status),
        ("description", &filled),
        ("reference", &text),
        ("amount", &money),
        ("currency", &aud),
        ("account", &id),
        ("balance", balance),
        ("direction", &way),
        ("class", &class),
        ("institution", &institution),
        ("connection", &id),
        ("transactionDate", made),
        ("postDate", posted),
        ("subClass", &sub),
        ("enrich", &nothing),
        ("links", &Value::is_object),
    ];
    hold("transaction", one, &must, &[]);
    if one["subClass"].is_object() {
        hold("subClass", &one["subClass"], &[("code", &filled), ("title", &filled)], &[]);
    }
    let links: [(&str, Kind<'_>); 4] =
        [("self", &url), ("account", &url), ("institution", &url), ("connection", &nothing)];
    hold("links of a transaction", &one["links"], &links, &[]);
}

fn is_out(transaction: &Value) -> bool {
    transaction["amount"].as_str().is_some_and(|amount| amount.starts_with('-'))
}

/// All pages of what a person's transactions are; how many there were.
async fn hold_transactions(person: &Customer<'_>) -> usize {
    let (mut path, mut held) = (person.path("/transactions"), 0);
    loop {
        let page = person.get(&path).await;
        let named = |value: &Value| value == "list";
        let must: [(&str, Kind<'_>); 5] = [
            ("type", &named),
            ("count", &whole),
            ("size", &whole),
            ("data", &list),
            ("links", &Value::is_object),
        ];
        hold("page", &page, &must, &[]);
        hold("links of a page", &page["links"], &[("self", &url)], &[("next", &url)]);
        let all = page["data"].as_array().unwrap();
        all.iter().for_each(hold_transaction);
        held += all.len();
        let Some(next) = page["links"]["next"].as_str() else {
            assert_eq!(page["size"], held);
            return held;
        };
        path = next.strip_prefix(&person.rig.base).unwrap().to_owned();
    }
}

#[tokio::test]
async fn every_personas_accounts_and_transactions_have_the_contracts_members() {
    let rig = Rig::start();
    let (mut classes, mut transactions) = (BTreeSet::new(), 0);
    for (login_id, password) in [
        ("Wentworth-Smith", "whislter"),
        ("Whistler", "ShowBox"),
        ("Gilfoyle", "PiedPiper"),
        ("gavinBelson", "hooli2016"),
        ("jared", "django"),
        ("richard", "tabsnotspaces"),
        ("laurieBream", "business2024"),
        ("ashMann", "hooli2024"),
        ("twin-cards", "magic"),
    ] {
        println!("{login_id}");
        let person = Customer::enter(&rig).await;
        person.connect("AU00000", login_id, password).await;
        let accounts = person.read("/accounts").await;
        let named = |value: &Value| value == "list";
        let must: [(&str, Kind<'_>); 3] = [("type", &named), ("data", &list), ("links", &Value::is_object)];
        hold("accounts", &accounts, &must, &[]);
        hold("links of accounts", &accounts["links"], &[("self", &url)], &[]);
        for account in accounts["data"].as_array().unwrap() {
            hold_account(account);
            classes.insert(account["class"]["type"].as_str().unwrap().to_owned());
        }
        transactions += hold_transactions(&person).await;
    }
    let seen: Vec<&str> = classes.iter().map(String::as_str).collect();
    assert_eq!(seen, ["credit-card", "loan", "mortgage", "savings", "term-deposit", "transaction"]);
    assert!(transactions > 5_000, "{transactions}");
}
