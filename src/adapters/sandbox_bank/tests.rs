//! What is made of the bank's words, also of those that it should not say.

use super::{No, SandboxBank, SandboxBankError, segment, wire};
use crate::domain::account::{AccountClass, IdentityFacts, Ownership, TransactionClass};
use crate::domain::bank::{Answer, BankFault, ChallengeMethod, Credentials, Request};
use crate::domain::connection::ACCOUNTS_MAX;
use crate::domain::day::Day;
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use serde_json::{Value, json};

/// What a record may take of the 4 KiB besides what it says: names, sealing, envelope.
const ROOM_BYTES: usize = 512;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn sign_in() -> Request {
    Request::SignIn(Credentials { login_id: secret("ada"), password: secret("word") })
}

fn reply() -> Request {
    Request::Answer { challenge: secret("c1"), answers: vec![secret("1234")] }
}

fn transactions(cursor: Option<&str>) -> Request {
    Request::Transactions {
        session: secret("s"),
        account: "062000000000001".into(),
        from: Day(20_000),
        cursor: cursor.map(Into::into),
    }
}

pub(super) fn accounts(with_terms: bool) -> Request {
    Request::Accounts { session: secret("s"), with_terms }
}

fn all_requests() -> [Request; 6] {
    let session = || secret("s");
    let reads = [Request::Profile(session()), accounts(true), transactions(None)];
    let [profile, accounts, transactions] = reads;
    [sign_in(), reply(), profile, accounts, transactions, Request::SignOut(session())]
}

pub(super) fn answer(request: &Request, body: &Value) -> Result<Answer, BankFault> {
    answer_text(request, &body.to_string())
}

fn answer_text(request: &Request, body: &str) -> Result<Answer, BankFault> {
    wire::answer(request, body.as_bytes()).map_err(fault)
}

fn fault(no: No) -> BankFault {
    match no {
        No::Said(fault) => fault,
        No::Spoilt(_) => BankFault::Unavailable,
    }
}

pub(super) fn account() -> Value {
    json!({
        "account_no": "062000000000001", "bsb": "062000", "name": "Everyday", "product": "Plain Account",
        "class": "transaction", "currency": "AUD", "balance": "1520.40", "available_funds": null,
        "credit_limit": null, "ownership": "ONE_PARTY", "holder": "ADA QUILL"
    })
}

fn transaction() -> Value {
    json!({
        "id": "t1", "status": "posted", "description": "COFFEE", "amount": "-6.80", "currency": "AUD",
        "direction": "debit", "class": "payment", "sub_class": {"code": "451", "title": "Cafes"},
        "post_date": "2026-02-28T00:00:00Z", "transaction_date": null, "balance": "1520.40"
    })
}

fn profile() -> Value {
    json!({
        "full_name": "Ada Quill", "first_name": "Ada", "middle_name": "", "last_name": "Quill",
        "phone_numbers": ["+614XXXXX222"], "email_addresses": ["ada@example.test"],
        "physical_addresses": [{
            "address_line1": "1 Sample Street", "address_line2": null, "address_line3": null,
            "postcode": "2000", "city": "Sydney", "state": "NSW", "country": "Australia",
            "country_code": "AUS", "formatted_address": "1 Sample Street, Sydney"
        }],
        "organisation": {
            "business_name": "Quill", "legal_name": "Quill Pty Ltd", "abn": "1", "acn": "2",
            "organisation_type": "COMPANY", "industry_code": "6962", "establishment_date": "2016-07-01",
            "registered_country": "AUS", "role": "Director"
        }
    })
}

/// `row` with one member replaced.
pub(super) fn with(mut row: Value, member: &str, value: Value) -> Value {
    row[member] = value;
    row
}

fn accounts_of(rows: &[Value]) -> Result<Answer, BankFault> {
    answer(&accounts(true), &json!({ "accounts": rows }))
}

fn page_of(rows: &[Value]) -> Result<Answer, BankFault> {
    answer(&transactions(None), &json!({ "transactions": rows, "next_cursor": null }))
}

#[test]
fn only_a_plain_base_url_is_taken() {
    for good in ["http://127.0.0.1:4402", "http://127.0.0.1:4402/", "http://bank.example.test/sandbox"] {
        assert!(SandboxBank::new(good).is_ok_and(|bank| !bank.base.ends_with('/')), "{good}");
    }
    for bad in [
        "",
        "127.0.0.1:4402",
        "https://bank.example.test",
        "ftp://bank.example.test",
        "http://",
        "http://jared:django@bank.example.test",
        "http://bank.example.test/?seed=1",
        "http://bank.example.test/#x",
    ] {
        assert_eq!(SandboxBank::new(bad).err(), Some(SandboxBankError::BaseUrl), "{bad}");
    }
}

#[test]
fn a_segment_stays_one() {
    assert_eq!(segment("5000XXXXXXXX0042"), "5000XXXXXXXX0042");
    assert_eq!(segment("a/b?c#d%2Fé"), "a%2Fb%3Fc%23d%252F%C3%A9");
}

/// In the order of `all_requests`.
#[test]
fn a_refusal_means_something_where_it_belongs_alone() {
    use BankFault::{
        ActionRequired, ChallengeOver, InvalidCredentials, Locked, SessionOver, Unavailable, WrongAnswer,
    };
    for (code, means) in [
        (
            "invalid-credentials",
            [InvalidCredentials, Unavailable, Unavailable, Unavailable, Unavailable, Unavailable],
        ),
        ("account-locked", [Locked, Locked, Unavailable, Unavailable, Unavailable, Unavailable]),
        ("action-required", [ActionRequired; 6]),
        ("wrong-answer", [Unavailable, WrongAnswer, Unavailable, Unavailable, Unavailable, Unavailable]),
        (
            "challenge-expired",
            [Unavailable, ChallengeOver, Unavailable, Unavailable, Unavailable, Unavailable],
        ),
        ("session-expired", [Unavailable, Unavailable, SessionOver, SessionOver, SessionOver, SessionOver]),
        ("unknown-institution", [Unavailable; 6]),
        ("made-up", [Unavailable; 6]),
    ] {
        let body = json!({ "code": code, "detail": "It says." }).to_string();
        for (request, means) in all_requests().iter().zip(means) {
            assert_eq!(fault(wire::refusal(request, body.as_bytes())), means, "{code} {}", request.name());
        }
    }
    for body in ["", "{}", "[]", r#"["session-expired"]"#, r#"{"code":1}"#, "<html>"] {
        for request in &all_requests() {
            assert_eq!(fault(wire::refusal(request, body.as_bytes())), Unavailable, "{body}");
        }
    }
}

#[test]
fn what_has_not_the_shape_of_an_answer_is_none() {
    let deep = format!(r#"{{"x":{}"#, "[".repeat(100_000));
    for body in ["", "null", "[]", "[[]]", "x", "{", r#"{"accounts":[]}x"#, &deep] {
        for request in &all_requests() {
            assert_eq!(answer_text(request, body), Err(BankFault::Unavailable), "{body:.20}");
        }
    }
    let challenge = |id: &str, method: &str, input: Value| json!({ "challenge": { "id": id, "method": method, "description": "d", "input": input } });
    for body in [
        json!({}),
        json!({ "session_token": "" }),
        json!({ "session_token": "a b" }),
        json!({ "session_token": "a\r\nb" }),
        json!({ "session_token": "s".repeat(1025) }),
        json!({ "session_token": 1 }),
        json!({ "session_token": "s", "challenge": { "id": "c", "method": "token", "description": "d", "input": ["a"] } }),
        challenge("", "token", json!(["a"])),
        challenge("..", "token", json!(["a"])),
        challenge(&"c".repeat(129), "token", json!(["a"])),
        challenge("c", "push", json!(["a"])),
        challenge("c", "token", json!([])),
        challenge("c", "token", json!(["a", "b", "c", "d", "e"])),
        challenge("c", "token", json!("a")),
    ] {
        for request in [sign_in(), reply()] {
            assert_eq!(answer(&request, &body), Err(BankFault::Unavailable), "{body}");
        }
    }
}

#[test]
fn a_login_ends_in_a_session_or_a_challenge() {
    let body = json!({ "session_token": "abc", "expires_at": "2026-06-16T05:30:00Z", "news": [1] });
    assert_eq!(answer(&sign_in(), &body), Ok(Answer::SignedIn(secret("abc"))));
    let body = json!({ "challenge": {
        "id": "c1", "method": "security-questions", "description": "Two\nlines", "input": ["First?", "Second?"]
    } });
    let Ok(Answer::Challenged(challenge)) = answer(&sign_in(), &body) else { panic!("no challenge") };
    assert_eq!((challenge.reference.reveal(), challenge.method), ("c1", ChallengeMethod::SecurityQuestions));
    assert_eq!((challenge.description.as_str(), challenge.prompts.len()), ("Two lines", 2));
    assert_eq!(answer(&Request::SignOut(secret("s")), &json!({})), Ok(Answer::Done));
}

#[test]
fn rows_that_say_nonsense_are_no_answer() {
    for (member, value) in [
        ("account_no", json!("")),
        ("account_no", json!("..")),
        ("account_no", json!("a\nb")),
        ("account_no", json!("1".repeat(129))),
        ("account_no", json!(62)),
        ("currency", json!("aud")),
        ("currency", json!("AUDX")),
        ("balance", json!("1,520.40")),
        ("balance", json!(1520.40)),
        ("credit_limit", json!("99999999999999999999")),
        ("name", Value::Null),
    ] {
        let row = with(account(), member, value.clone());
        assert_eq!(accounts_of(&[row]), Err(BankFault::Unavailable), "{member}: {value}");
    }
    for (member, value) in [
        ("id", json!("")),
        ("status", json!("maybe")),
        ("amount", json!("")),
        ("amount", Value::Null),
        ("post_date", Value::Null),
        ("post_date", json!("28.02.2026")),
        ("transaction_date", json!("2026-02-28")),
        ("sub_class", json!("451")),
        ("balance", json!("x")),
    ] {
        let row = with(transaction(), member, value.clone());
        assert_eq!(page_of(&[row]), Err(BankFault::Unavailable), "{member}: {value}");
    }
    // A pending one has the day on which it was made, and must say it.
    let pending = with(transaction(), "status", json!("pending"));
    assert_eq!(page_of(std::slice::from_ref(&pending)), Err(BankFault::Unavailable));
    let dated = with(pending, "transaction_date", json!("2026-03-02T22:15:00Z"));
    let Ok(Answer::Transactions { transactions, .. }) = page_of(&[dated]) else { panic!("no page") };
    let made = chrono::DateTime::parse_from_rfc3339("2026-03-02T22:15:00Z").unwrap().timestamp_millis();
    assert_eq!(transactions[0].day, Day::parse("2026-03-02").unwrap());
    assert_eq!((transactions[0].made.unwrap().0, transactions[0].is_posted), (made, false));
}

#[test]
fn words_that_we_do_not_have_become_plain_ones() {
    let row = with(with(account(), "class", json!("hoard")), "ownership", json!("CROWD"));
    let Ok(Answer::Accounts(accounts)) = accounts_of(&[row]) else { panic!("no accounts") };
    assert_eq!((accounts[0].class, accounts[0].ownership), (AccountClass::Unknown, Ownership::Unknown));
    assert_eq!(accounts[0].balance, Some(Money(152_040)));
    for (amount, class) in [("-6.80", TransactionClass::Payment), ("6.80", TransactionClass::DirectCredit)] {
        let row = with(with(transaction(), "class", json!("barter")), "amount", json!(amount));
        let Ok(Answer::Transactions { transactions, .. }) = page_of(&[row]) else { panic!("no page") };
        assert_eq!(transactions[0].class, class);
    }
}

#[test]
fn a_row_counts_once_and_a_name_means_one_row() {
    let Ok(Answer::Accounts(accounts)) = accounts_of(&[account(), account()]) else { panic!("no accounts") };
    assert_eq!(accounts.len(), 1);
    let other = with(account(), "balance", json!("0.00"));
    assert_eq!(accounts_of(&[account(), other]), Err(BankFault::Unavailable));
    let other = with(transaction(), "amount", json!("-6.81"));
    assert_eq!(page_of(&[transaction(), transaction(), other]), Err(BankFault::Unavailable));
}

#[test]
fn there_is_an_end_to_rows_and_to_pages() {
    let rows = |count: usize| -> Vec<Value> {
        (0..count).map(|number| with(account(), "account_no", json!(number.to_string()))).collect()
    };
    assert!(accounts_of(&rows(ACCOUNTS_MAX)).is_ok());
    assert_eq!(accounts_of(&rows(ACCOUNTS_MAX + 1)), Err(BankFault::Unavailable));
    assert_eq!(page_of(&vec![transaction(); 501]), Err(BankFault::Unavailable));
    let page = |next: Value| json!({ "transactions": [], "next_cursor": next });
    let after = |next: Value| answer(&transactions(Some("here")), &page(next));
    assert!(after(json!("there")).is_ok() && after(Value::Null).is_ok());
    for bad in [json!("here"), json!(""), json!("x".repeat(129)), json!(1)] {
        assert_eq!(after(bad.clone()), Err(BankFault::Unavailable), "{bad}");
    }
}

/// The text in a value, with eight bytes beside each as the store's codec writes them.
fn weight(texts: &[&str]) -> usize {
    texts.iter().map(|text| text.len() + 8).sum()
}

fn identity_weight(facts: &IdentityFacts) -> usize {
    let mut texts: Vec<&str> =
        vec![&facts.full_name, &facts.first_name, &facts.middle_name, &facts.last_name];
    texts.extend(facts.phone_numbers.iter().chain(&facts.email_addresses).map(String::as_str));
    for one in &facts.addresses {
        texts.extend(one.lines.iter().map(String::as_str));
        texts.extend([&*one.postcode, &one.city, &one.state, &one.country]);
        texts.extend([&*one.country_code, &one.formatted]);
    }
    if let Some(one) = &facts.organisation {
        texts.extend([&*one.business_name, &one.legal_name, &one.abn, &one.acn]);
        texts.extend([&*one.organisation_type, &one.industry_code]);
        texts.extend([&*one.registered_country, &one.agent_role]);
    }
    weight(&texts)
}

/// Every text that may be cut made endless, every list of the profile long.
pub(super) fn boastful(mut value: Value, kept: &[&str]) -> Value {
    let endless = Value::String("é\u{1}😀 ".repeat(2000));
    let members = value.as_object_mut().unwrap();
    for (name, member) in members.iter_mut().filter(|(name, _)| !kept.contains(&name.as_str())) {
        *member = match member.take() {
            Value::Array(rows) if name == "email_addresses" => vec![rows[0].clone(); 50].into(),
            Value::Array(rows) if rows[0].is_object() => vec![boastful(rows[0].clone(), &[]); 50].into(),
            Value::Array(_) => vec![endless.clone(); 50].into(),
            Value::Object(inner) => boastful(Value::Object(inner), &[]),
            _ => endless.clone(),
        };
    }
    value
}

#[test]
fn no_bank_makes_a_record_longer_than_the_store_keeps() {
    let record_bytes_max = 4096 - ROOM_BYTES;
    let long_email = format!("{}@example.test", "a".repeat(115));
    let honest = with(profile(), "email_addresses", json!([long_email]));
    let body = boastful(honest, &[]);
    let Ok(Answer::Profile(facts)) = answer(&Request::Profile(secret("s")), &body) else { panic!("none") };
    assert_eq!((facts.email_addresses.len(), facts.addresses.len()), (3, 2));
    assert!(!facts.full_name.contains('\u{1}') && facts.full_name.len() > 200);
    let bytes = identity_weight(&facts);
    assert!((3000..record_bytes_max).contains(&bytes), "{bytes}");
    let kept = ["account_no", "currency", "balance", "available_funds", "credit_limit"];
    let Ok(Answer::Accounts(rows)) = accounts_of(&[boastful(account(), &kept)]) else { panic!("none") };
    let one = &rows[0];
    let holder = one.holder.as_deref().unwrap();
    let texts = [&*one.number, one.bsb.as_deref().unwrap(), &one.name, &one.product, holder];
    assert!(one.name.len() > 100 && weight(&texts) < record_bytes_max);
    let kept = ["id", "status", "amount", "currency", "post_date", "transaction_date", "balance"];
    let Ok(Answer::Transactions { transactions, .. }) = page_of(&[boastful(transaction(), &kept)]) else {
        panic!("none")
    };
    let one = &transactions[0];
    let (code, title) = one.sub_class.as_ref().unwrap();
    assert!(one.description.len() > 500 && weight(&[&one.description, code, title]) < record_bytes_max);
    let long = with(profile(), "email_addresses", json!(["a".repeat(129), "ada@example.test"]));
    let Ok(Answer::Profile(facts)) = answer(&Request::Profile(secret("s")), &long) else { panic!("none") };
    assert_eq!(facts.email_addresses, ["ada@example.test"], "half an address is another's");
}

#[test]
fn no_text_of_a_bank_turns_the_line_that_it_stands_in() {
    let row = with(account(), "name", json!("Every\u{202e}day\u{2028} \u{200b}savings"));
    let Ok(Answer::Accounts(accounts)) = accounts_of(&[row]) else { panic!("no accounts") };
    assert_eq!(accounts[0].name, "Everyday savings");
}

#[test]
fn what_is_sent_is_what_was_typed() {
    let typed = Credentials { login_id: secret("a\"b"), password: secret("wörd\\") };
    let sent: Value = serde_json::from_slice(&wire::credentials(&typed)).unwrap();
    assert_eq!(sent, json!({ "login_id": "a\"b", "password": "wörd\\" }));
    let sent: Value = serde_json::from_slice(&wire::answers(&[secret("1"), secret("2")])).unwrap();
    assert_eq!(sent, json!({ "answers": ["1", "2"] }));
}

#[test]
fn a_telephone_number_is_masked_by_the_bank_or_by_us() {
    for (told, kept) in [
        ("+614XXXXX222", "+614XXXXX222"),
        ("XXXX XXX 222", "XXXX XXX 222"),
        ("+61400111222", "+XXXXXXXX222"),
        ("(02) 9999 1234", "(XX) XXXX X234"),
        ("12", "12"),
        ("", ""),
    ] {
        let body = with(profile(), "phone_numbers", json!([told]));
        let Ok(Answer::Profile(facts)) = answer(&Request::Profile(secret("s")), &body) else { panic!() };
        assert_eq!(facts.phone_numbers, [kept]);
    }
}
