//! The adapter of the sandbox bank, against a real one over the network, and against liars.

use super::liar::{Liar, whole};
use crate::sandbox::{Bank, NOW, PERSONS};
use authlink::adapters::institution::Institution;
use authlink::adapters::sandbox_bank::SandboxBank;
use authlink::domain::account::{AccountClass, AccountFacts, IdentityFacts, Ownership, TransactionFacts};
use authlink::domain::bank::{
    Answer, BankChallenge, BankFault, BankSession, ChallengeMethod, Credentials, Request,
};
use authlink::domain::day::Day;
use authlink::domain::institution::InstitutionId;
use authlink::domain::money::Money;
use authlink::domain::secret::Secret;
use authlink::domain::time::UnixMillis;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const PLAIN: InstitutionId = InstitutionId(*b"AU00000");
const CAREFUL: InstitutionId = InstitutionId(*b"AU00002");

/// Well before the first day that the bank tells of.
const LONG_AGO: Day = Day(18_000);

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn sign_in(login_id: &str, password: &str) -> Request {
    Request::SignIn(Credentials { login_id: secret(login_id), password: secret(password) })
}

fn reply(challenge: &BankChallenge, answers: &[&str]) -> Request {
    let answers = answers.iter().map(|answer| secret(answer)).collect();
    Request::Answer { challenge: challenge.reference.clone(), answers }
}

fn page(session: &BankSession, number: &str, from: Day, cursor: Option<String>) -> Request {
    Request::Transactions { session: session.clone(), account: number.into(), from, cursor }
}

fn reading(session: &BankSession) -> Request {
    Request::Accounts { session: session.clone(), with_terms: true }
}

fn adapter(bank: &Bank) -> SandboxBank {
    SandboxBank::new(&bank.base).unwrap()
}

async fn challenged(adapter: &SandboxBank, id: InstitutionId, login: (&str, &str)) -> BankChallenge {
    match adapter.ask(id, &sign_in(login.0, login.1)).await {
        Ok(Answer::Challenged(challenge)) => challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

async fn session(adapter: &SandboxBank, id: InstitutionId, request: &Request) -> BankSession {
    match adapter.ask(id, request).await {
        Ok(Answer::SignedIn(session)) => session,
        other => panic!("no session: {other:?}"),
    }
}

async fn whistler(adapter: &SandboxBank) -> BankSession {
    session(adapter, PLAIN, &sign_in("Whistler", "ShowBox")).await
}

async fn accounts(adapter: &SandboxBank, id: InstitutionId, session: &BankSession) -> Vec<AccountFacts> {
    match adapter.ask(id, &reading(session)).await {
        Ok(Answer::Accounts(accounts)) => accounts,
        other => panic!("no accounts: {other:?}"),
    }
}

async fn profile(adapter: &SandboxBank, id: InstitutionId, session: &BankSession) -> IdentityFacts {
    match adapter.ask(id, &Request::Profile(session.clone())).await {
        Ok(Answer::Profile(profile)) => *profile,
        other => panic!("no profile: {other:?}"),
    }
}

/// All transactions of an account since `from`, page after page.
async fn transactions(
    adapter: &SandboxBank,
    session: &BankSession,
    number: &str,
    from: Day,
) -> Vec<TransactionFacts> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        match adapter.ask(PLAIN, &page(session, number, from, cursor)).await {
            Ok(Answer::Transactions { transactions, next }) => {
                all.extend(transactions);
                cursor = next;
            }
            other => panic!("no page: {other:?}"),
        }
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn everybody_signs_in_where_a_password_is_enough_and_where_more_is_asked() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    for (login_id, password, answers) in PERSONS {
        let plain = session(&adapter, PLAIN, &sign_in(login_id, password)).await;
        assert!(!accounts(&adapter, PLAIN, &plain).await.is_empty(), "{login_id}");
        let challenge = challenged(&adapter, CAREFUL, (login_id, password)).await;
        assert_eq!(challenge.prompts.len(), answers.len(), "{login_id}");
        let careful = session(&adapter, CAREFUL, &reply(&challenge, answers)).await;
        assert!(!accounts(&adapter, CAREFUL, &careful).await.is_empty(), "{login_id}");
    }
}

#[tokio::test]
async fn a_challenge_takes_wrong_answers_for_a_while_and_the_right_one_once() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let challenge = challenged(&adapter, CAREFUL, ("Whistler", "ShowBox")).await;
    assert_eq!(challenge.method, ChallengeMethod::SecurityQuestions);
    assert_eq!(challenge.description, "Answer your security questions");
    assert_eq!(challenge.prompts[1], "What's the ID of this institution?");
    for wrong in [&["Authlink"][..], &["Hooli", "AU00000"], &[]] {
        let answer = adapter.ask(CAREFUL, &reply(&challenge, wrong)).await;
        assert_eq!(answer, Err(BankFault::WrongAnswer), "{wrong:?}");
    }
    let right = reply(&challenge, &["Authlink", "AU00002"]);
    assert_eq!(adapter.ask(PLAIN, &right).await, Err(BankFault::ChallengeOver), "another institution's");
    session(&adapter, CAREFUL, &right).await;
    assert_eq!(adapter.ask(CAREFUL, &right).await, Err(BankFault::ChallengeOver), "used");

    let late = challenged(&adapter, CAREFUL, ("jared", "django")).await;
    assert_eq!((late.method, late.prompts), (ChallengeMethod::Token, vec!["OTP Password".to_owned()]));
    let late = challenged(&adapter, CAREFUL, ("jared", "django")).await;
    bank.advance(120_000);
    assert_eq!(adapter.ask(CAREFUL, &reply(&late, &["1234"])).await, Err(BankFault::ChallengeOver));
    let made_up = BankChallenge { reference: secret("../../accounts"), ..late };
    assert_eq!(adapter.ask(CAREFUL, &reply(&made_up, &["1234"])).await, Err(BankFault::ChallengeOver));
}

#[tokio::test]
async fn who_cannot_sign_in_is_told_why() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    for (login_id, password, fault) in [
        ("bighead", "password", BankFault::Locked),
        ("erlich", "aviato", BankFault::ActionRequired),
        ("jianYang", "nothotdog", BankFault::Unavailable),
        ("jared", "wrong", BankFault::InvalidCredentials),
        ("", "", BankFault::InvalidCredentials),
    ] {
        for id in [PLAIN, CAREFUL] {
            assert_eq!(adapter.ask(id, &sign_in(login_id, password)).await, Err(fault), "{login_id} {id}");
        }
    }
    let nowhere = InstitutionId(*b"AU99999");
    assert_eq!(adapter.ask(nowhere, &sign_in("jared", "django")).await, Err(BankFault::Unavailable));
}

#[tokio::test]
async fn a_profile_says_who_signed_in() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = session(&adapter, PLAIN, &sign_in("jared", "django")).await;
    let facts = profile(&adapter, PLAIN, &person).await;
    assert_eq!((facts.full_name.as_str(), facts.middle_name.as_str()), ("Jared Hale Moss", "Hale"));
    assert_eq!(facts.phone_numbers, ["+614XXXXX105"]);
    assert_eq!(facts.email_addresses, ["jared.moss@example.test"]);
    assert_eq!(facts.addresses.len(), 1);
    let address = &facts.addresses[0];
    assert_eq!(address.lines, ["28 Demo Crescent", "", ""]);
    assert_eq!((address.city.as_str(), address.country_code.as_str()), ("Adelaide", "AUS"));
    assert_eq!(address.formatted, "28 Demo Crescent, Adelaide SA 5000, Australia");
    assert_eq!(facts.organisation, None);
    let business = session(&adapter, PLAIN, &sign_in("laurieBream", "business2024")).await;
    let business = profile(&adapter, PLAIN, &business).await.organisation.unwrap();
    assert_eq!(
        (business.legal_name.as_str(), business.agent_role.as_str()),
        ("Bream Consulting Pty Ltd", "Director")
    );
}

/// What the adapter makes of it is what the bank says, row by row.
#[tokio::test]
async fn accounts_and_transactions_are_those_of_the_bank() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = whistler(&adapter).await;
    let rows = accounts(&adapter, PLAIN, &person).await;
    let everyday = rows.iter().find(|row| row.class == AccountClass::Transaction).unwrap();
    assert_eq!(everyday.number.len(), 15);
    assert_eq!(everyday.bsb.as_deref(), Some(&everyday.number[..6]));
    assert_eq!((everyday.currency.as_str(), everyday.ownership), ("AUD", Ownership::OneParty));
    assert_eq!(everyday.holder.as_deref(), Some("WHISTLER SMITH"));

    let told = bank.transactions("AU00000", &everyday.number, person.reveal()).await;
    let read = transactions(&adapter, &person, &everyday.number, LONG_AGO).await;
    assert!(read.len() > 300 && read.len() == told.len(), "{} of {}", read.len(), told.len());
    for (fact, row) in read.iter().zip(&told) {
        assert_eq!(row["id"], fact.reference);
        assert_eq!(
            (row["amount"].clone(), row["description"].clone()),
            (fact.amount.to_string().into(), fact.description.clone().into())
        );
        assert_eq!(row["status"] == "posted", fact.is_posted);
        assert_eq!(row["balance"].as_str().and_then(Money::parse), fact.balance);
        let made = fact.made.map(UnixMillis::rfc3339);
        assert_eq!(row["transaction_date"].as_str(), made.as_deref());
        let dated = row["post_date"].as_str().or(row["transaction_date"].as_str()).unwrap();
        assert_eq!(dated[..10], fact.day.to_string());
        let sub_class = fact.sub_class.as_ref().map(|(code, title)| json!({ "code": code, "title": title }));
        assert_eq!(row["sub_class"], json!(sub_class));
    }
    let names: BTreeSet<&str> = read.iter().map(|fact| fact.reference.as_str()).collect();
    assert_eq!(names.len(), read.len(), "no row comes twice");
    assert_eq!(read.iter().find(|fact| fact.is_posted).unwrap().balance, everyday.balance);

    let since = Day::of(UnixMillis(NOW)).minus(30);
    let recent = transactions(&adapter, &person, &everyday.number, since).await;
    assert!(!recent.is_empty() && recent.len() < 100 && recent.iter().all(|fact| fact.day >= since));
    assert_eq!(recent[..], read[..recent.len()]);
}

#[tokio::test]
async fn a_session_that_is_over_is_over_for_everything() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = whistler(&adapter).await;
    let number = accounts(&adapter, PLAIN, &person).await[0].number.clone();
    assert_eq!(adapter.ask(PLAIN, &Request::SignOut(person.clone())).await, Ok(Answer::Done));
    for session in [person, secret("made up"), secret("two\r\nlines")] {
        // What does not fit into a header never was a session of the bank's: it is not even sent.
        let is_sendable = !session.reveal().contains('\n');
        let fault = if is_sendable { BankFault::SessionOver } else { BankFault::Unavailable };
        for request in [
            Request::Profile(session.clone()),
            reading(&session),
            page(&session, &number, LONG_AGO, None),
            Request::SignOut(session.clone()),
        ] {
            assert_eq!(adapter.ask(PLAIN, &request).await, Err(fault), "{}", request.name());
        }
    }
    let person = whistler(&adapter).await;
    for request in
        [page(&person, "062000000000000", LONG_AGO, None), page(&person, &number, LONG_AGO, Some("x".into()))]
    {
        assert_eq!(adapter.ask(PLAIN, &request).await, Err(BankFault::Unavailable));
    }
    bank.advance(90 * 24 * 3600 * 1000);
    assert_eq!(adapter.ask(PLAIN, &reading(&person)).await, Err(BankFault::SessionOver));
}

#[tokio::test]
async fn a_bank_that_breaks_is_unavailable_and_nothing_is_repeated_by_itself() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = whistler(&adapter).await;
    let number = accounts(&adapter, PLAIN, &person).await[0].number.clone();
    for fault in ["down", "malformed", "half"] {
        for (step, request) in [
            ("login", sign_in("Whistler", "ShowBox")),
            ("profile", Request::Profile(person.clone())),
            ("accounts", reading(&person)),
            ("transactions", page(&person, &number, LONG_AGO, None)),
        ] {
            // Once: a second try by the adapter would succeed.
            bank.fault(json!({ "step": step, "fault": fault, "times": 1 })).await;
            assert_eq!(adapter.ask(PLAIN, &request).await, Err(BankFault::Unavailable), "{fault} {step}");
            assert!(adapter.ask(PLAIN, &request).await.is_ok(), "{fault} {step} is over");
        }
    }
}

#[tokio::test]
async fn rows_that_come_twice_count_once() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = whistler(&adapter).await;
    let right = accounts(&adapter, PLAIN, &person).await;
    let number = &right[0].number;
    let page = page(&person, number, LONG_AGO, None);
    let rows = adapter.ask(PLAIN, &page).await;
    bank.fault(json!({ "step": "accounts", "fault": "double" })).await;
    bank.fault(json!({ "step": "transactions", "fault": "double" })).await;
    assert_eq!(accounts(&adapter, PLAIN, &person).await, right);
    assert_eq!(adapter.ask(PLAIN, &page).await, rows);
    assert!(matches!(rows, Ok(Answer::Transactions { transactions, .. }) if transactions.len() == 100));
}

/// Nothing is timed: whoever has less patience than the fault gets nothing, and can ask again.
#[tokio::test]
async fn patience_is_the_callers() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    let person = whistler(&adapter).await;
    let request = reading(&person);
    for fault in ["slow", "timeout"] {
        bank.fault(json!({ "step": "accounts", "fault": fault, "latency_ms": 120_000, "times": 1 })).await;
        let impatient = tokio::time::timeout(Duration::from_millis(200), adapter.ask(PLAIN, &request));
        assert!(impatient.await.is_err(), "{fault}");
        assert!(adapter.ask(PLAIN, &request).await.is_ok(), "{fault} is over");
    }
    bank.fault(json!({ "step": "accounts", "fault": "timeout", "latency_ms": 10, "times": 1 })).await;
    assert_eq!(adapter.ask(PLAIN, &request).await, Err(BankFault::Unavailable));
}

#[tokio::test]
async fn a_bank_that_is_gone_is_unavailable() {
    let bank = Bank::start().await;
    let adapter = adapter(&bank);
    // A connection is open and kept when the bank ends.
    let person = whistler(&adapter).await;
    bank.end().await;
    for request in [reading(&person), sign_in("Whistler", "ShowBox")] {
        assert_eq!(adapter.ask(PLAIN, &request).await, Err(BankFault::Unavailable));
    }
}

#[tokio::test]
async fn answers_without_an_end_are_not_read_to_their_end() {
    let too_long = format!(r#"{{"accounts":[],"x":"{}"}}"#, "a".repeat(1 << 20));
    let fits = format!(r#"{{"accounts":[],"x":"{}"}}"#, "a".repeat((1 << 20) - 22));
    assert_eq!(fits.len(), 1 << 20);
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    };
    let request = reading(&secret("s"));
    for (answer, is_read) in [
        (whole("200 OK", &fits), true),
        (chunked(&fits), true),
        (whole("200 OK", &too_long), false),
        (chunked(&too_long), false),
        ("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n{".into(), false),
    ] {
        let liar = Liar::answering(answer).await;
        let answer = SandboxBank::new(&liar.base).unwrap().ask(PLAIN, &request).await;
        let wanted = if is_read { Ok(Answer::Accounts(Vec::new())) } else { Err(BankFault::Unavailable) };
        assert_eq!(answer, wanted);
    }
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_with_a_password() {
    let elsewhere = Liar::saying(r#"{"session_token":"stolen"}"#).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let head =
            format!("HTTP/1.1 {status}\r\nlocation: {}/x\r\ncontent-length: 0\r\n\r\n", elsewhere.base);
        let liar = Liar::answering(head).await;
        let adapter = SandboxBank::new(&liar.base).unwrap();
        for request in [sign_in("jared", "django"), reading(&secret("s"))] {
            assert_eq!(adapter.ask(PLAIN, &request).await, Err(BankFault::Unavailable), "{status}");
        }
        assert_eq!(liar.heard().len(), 2);
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn statuses_and_bodies_that_make_no_sense_are_a_bank_that_does_not_work() {
    let code = r#"{"code":"session-expired","detail":"x"}"#;
    let request = reading(&secret("s"));
    for (answer, fault) in [
        (whole("401 Unauthorized", code), BankFault::SessionOver),
        (whole("418 Odd", code), BankFault::SessionOver),
        (whole("500 Internal Server Error", code), BankFault::Unavailable),
        (whole("503 Service Unavailable", code), BankFault::Unavailable),
        (whole("201 Created", r#"{"accounts":[]}"#), BankFault::Unavailable),
        ("HTTP/1.1 204 No Content\r\n\r\n".into(), BankFault::Unavailable),
        (whole("200 OK", code), BankFault::Unavailable),
        (whole("401 Unauthorized", "<html>"), BankFault::Unavailable),
        (whole("200 OK", ""), BankFault::Unavailable),
        ("SSH-2.0-odd\r\n".into(), BankFault::Unavailable),
        (String::new(), BankFault::Unavailable),
    ] {
        let liar = Liar::answering(answer.clone()).await;
        let said = SandboxBank::new(&liar.base).unwrap().ask(PLAIN, &request).await;
        assert_eq!(said, Err(fault), "{answer}");
    }
}

#[tokio::test]
async fn what_is_laid_down_is_asked_for_where_it_is_wanted_and_nowhere_else() {
    let liar = Liar::saying(r#"{"accounts":[]}"#).await;
    let adapter = SandboxBank::new(&liar.base).unwrap();
    for with_terms in [false, true] {
        let request = Request::Accounts { session: secret("token-1"), with_terms };
        assert_eq!(adapter.ask(PLAIN, &request).await, Ok(Answer::Accounts(vec![])));
    }
    let heard = liar.heard();
    let lines: Vec<&str> = heard.iter().map(|request| request.lines().next().unwrap()).collect();
    assert_eq!(lines, ["GET /AU00000/accounts HTTP/1.1", "GET /AU00000/accounts?terms=true HTTP/1.1"]);
}

#[tokio::test]
async fn secrets_travel_in_bodies_and_headers_and_names_stay_one_segment() {
    let liar = Liar::saying("{}").await;
    let adapter = SandboxBank::new(&format!("{}/sandbox/", liar.base)).unwrap();
    for request in [
        sign_in("jared", "django"),
        Request::Profile(secret("token-1")),
        page(&secret("token-1"), "a/b?c#d", Day(20_454), Some("x&y=z".into())),
        Request::SignOut(secret("token-1")),
    ] {
        let _ = adapter.ask(PLAIN, &request).await;
    }
    let heard = liar.heard();
    let lines: Vec<&str> = heard.iter().map(|request| request.lines().next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "POST /sandbox/AU00000/login HTTP/1.1",
            "GET /sandbox/AU00000/profile HTTP/1.1",
            "GET /sandbox/AU00000/accounts/a%2Fb%3Fc%23d/transactions?from=2026-01-01&cursor=x%26y%3Dz HTTP/1.1",
            "POST /sandbox/AU00000/logout HTTP/1.1",
        ]
    );
    assert!(heard[0].ends_with(r#"{"login_id":"jared","password":"django"}"#), "{}", heard[0]);
    for request in &heard[1..] {
        assert_eq!(request.matches("token-1").count(), 1);
        assert!(request.contains("authorization: Bearer token-1\r\n"), "{request}");
    }
}
