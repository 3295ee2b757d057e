//! One of everything that is shown, and the golden file of how it is shown. Made-up ids and people.

use super::account::{AccountHead, AccountView};
use super::connection::{ConnectionThen, ConnectionView, Eyes, ListedConnection, NewTransactions, Whole};
use super::identity::{IdentityList, IdentityView};
use super::job::{Frame, JobList, JobView};
use super::link::LinkThenView;
use super::transaction::TransactionList;
use super::{Reference, Shown, Unlinked};
use crate::domain::account::{
    Account, AccountClass, AccountFacts, Identity, IdentityFacts, OrganisationFacts, Ownership,
    PostalAddress, Transaction, TransactionClass, TransactionFacts,
};
use crate::domain::bank::ChallengeMethod;
use crate::domain::connection;
use crate::domain::day::Day;
use crate::domain::event::{LinkReason, LinkThen, Stage};
use crate::domain::id::{
    AccountId, AuthLinkId, ConnectionId, ConsentId, EffectId, IdentityId, JobId, TransactionId, UserId,
};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Challenge, Job, JobFailure, Occasion, StepName};
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use crate::domain::terms::{Loan, Terms, tests::terms_sample};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::auth_link;
use crate::domain::workflow::job::State;
use crate::engine::read::sources::Known;
use crate::golden;
use crate::http::Settings;
use serde::Serialize;
use std::fmt::Write as _;
use uuid::Uuid;

const NOW: UnixMillis = UnixMillis(1_772_332_389_000);
const USER: UserId = UserId(Uuid::from_u128(0x4f6c_1d2e));
const CONNECTION: ConnectionId = ConnectionId(Uuid::from_u128(0xc2b6_a3f0));
const PLAIN: InstitutionId = InstitutionId(*b"AU00000");
const CAREFUL: InstitutionId = InstitutionId(*b"AU00002");
const ALL: Shown = Shown { account_detail: true, name: true, contact: true, organisation: true };
const NAME: Shown = Shown { account_detail: false, name: true, contact: false, organisation: false };
const ORGANISATION: Shown = Shown { account_detail: false, name: false, contact: false, organisation: true };

fn settings() -> Settings {
    Settings { public_base_url: "https://api.example.test".into(), is_demo: false }
}

/// An everyday account.
pub fn account() -> Account {
    Account {
        id: AccountId(Uuid::from_u128(0x5e0a_8c11)),
        connection: CONNECTION,
        institution: PLAIN,
        updated: NOW,
        span: Some((Day(20_149), Day(20_512))),
        facts: AccountFacts {
            number: "062001900044113".into(),
            reference: None,
            bsb: Some("062001".into()),
            name: "Everyday".into(),
            product: "Plain Transaction".into(),
            class: AccountClass::Transaction,
            currency: "AUD".into(),
            balance: Some(Money(152_040)),
            available_funds: Some(Money(148_815)),
            credit_limit: Some(Money(50_000)),
            ownership: Ownership::OneParty,
            holder: Some("ADA QUILL".into()),
            terms: None,
        },
    }
}

/// A card of which little is known.
fn card() -> Account {
    let facts = AccountFacts {
        number: "5000XXXXXXXX1234".into(),
        reference: None,
        bsb: None,
        class: AccountClass::CreditCard,
        balance: None,
        available_funds: None,
        ownership: Ownership::Unknown,
        holder: None,
        terms: None,
        ..account().facts
    };
    Account { id: AccountId(Uuid::from_u128(0x5e0a_8c12)), span: None, facts, ..account() }
}

fn transaction() -> Transaction {
    Transaction {
        id: TransactionId(Uuid::from_u128(0x91b3_d0aa)),
        account: account().id,
        connection: CONNECTION,
        institution: PLAIN,
        facts: TransactionFacts {
            reference: "t-1".into(),
            is_posted: true,
            day: Day(20_512),
            made: Some(NOW),
            description: "BEAN COUNTER CAFE SYDNEY".into(),
            amount: Money(-680),
            currency: "AUD".into(),
            balance: Some(Money(152_040)),
            class: TransactionClass::Payment,
            sub_class: Some(("451".into(), "Cafes and Restaurants".into())),
        },
    }
}

fn pending() -> Transaction {
    let facts = TransactionFacts {
        is_posted: false,
        amount: Money(0),
        balance: None,
        class: TransactionClass::Refund,
        sub_class: None,
        ..transaction().facts
    };
    Transaction { id: TransactionId(Uuid::from_u128(0x91b3_d0ab)), facts, ..transaction() }
}

fn connection() -> connection::ConnectionView {
    let consent = ConsentId(Uuid::from_u128(1));
    let login = connection::Login { hash: [0; 16], id: Secret::new("Whistler".into()) };
    let mut one = connection::Connection::new(CONNECTION, consent, PLAIN, login, NOW);
    one.state = crate::domain::workflow::connection::State::Active;
    one.last_used = Some(NOW.plus(Span::seconds(9)));
    one.view()
}

fn identity() -> Identity {
    let address = PostalAddress {
        lines: ["1 Sample Street".into(), "Unit 2".into(), String::new()],
        postcode: "2000".into(),
        city: "Sydney".into(),
        state: "NSW".into(),
        country: "Australia".into(),
        country_code: "AUS".into(),
        formatted: "2/1 Sample Street, Sydney NSW 2000".into(),
    };
    let facts = IdentityFacts {
        full_name: "Ada Quill".into(),
        first_name: "Ada".into(),
        last_name: "Quill".into(),
        phone_numbers: vec!["+614XXXXX222".into()],
        email_addresses: vec!["ada@example.test".into()],
        addresses: vec![address],
        ..IdentityFacts::default()
    };
    let id = IdentityId(Uuid::from_u128(1));
    Identity { id, connection: CONNECTION, institution: PLAIN, updated: NOW, facts }
}

/// A job at an institution that does not ask.
pub fn job(state: State) -> Job {
    Job {
        id: JobId(Uuid::from_u128(0xb8d0_c4e2)),
        effect: EffectId(Uuid::from_u128(2)),
        connection: CONNECTION,
        consent: ConsentId(Uuid::from_u128(1)),
        institution: PLAIN,
        occasion: Occasion::Connect,
        session: None,
        created: NOW,
        updated: NOW.plus(Span::seconds(3)),
        state,
        attempt: 1,
        generation: 1,
        total_at: NOW.plus(Span::minutes(60)),
        challenge: None,
        answers: 0,
        duplicates: Vec::new(),
        failure: None,
        ended: None,
    }
}

fn failed(step: StepName, cause: Cause) -> Job {
    Job { failure: Some(JobFailure { step, cause }), ended: Some(NOW), ..job(State::Failed) }
}

/// A job at an institution that asks for more.
fn careful(of: Job) -> Job {
    let asked = of.state != State::Verifying;
    let challenge = Challenge {
        method: ChallengeMethod::Token,
        description: "Enter the code we sent you".into(),
        prompts: vec!["OTP Password".into()],
        expires: NOW.plus(Span::seconds(120)),
        wrong: 0,
    };
    Job { institution: CAREFUL, challenge: Some(challenge).filter(|_| asked), ..of }
}

fn frame(settings: &Settings) -> Frame<'_> {
    Frame { settings, patience: Span::seconds(120) }
}

fn print<T: Serialize>(name: &str, view: &T, out: &mut String) {
    writeln!(out, "# {name}\n{}\n", serde_json::to_string_pretty(view).unwrap()).unwrap();
}

fn accounts_and_transactions(settings: &Settings, out: &mut String) {
    print("account", &AccountView::new(settings, USER, &account(), ALL), out);
    print("account: a card, without account.detail", &AccountView::new(settings, USER, &card(), NAME), out);
    let told = |terms: Terms| {
        let account = account();
        let facts = AccountFacts { terms: Some(Box::new(terms)), ..account.facts };
        Account { facts, ..account }
    };
    let whole = told(terms_sample());
    let without = AccountView::new(settings, USER, &whole, NAME);
    assert!(serde_json::to_value(&without).unwrap()["meta"].is_null(), "not without account.detail");
    let event = serde_json::to_value(AccountView::in_event(settings, USER, &whole)).unwrap();
    assert!(event["meta"].is_null(), "nor in an event");
    print("account: with all that can be laid down", &AccountView::new(settings, USER, &whole, ALL), out);
    let little = told(Terms { loan: Some(Loan::default()), ..Terms::default() });
    print("account: with little of it", &AccountView::new(settings, USER, &little, ALL), out);
    print("account in an event", &AccountView::in_event(settings, USER, &account()), out);
    print("account within its connection", &AccountHead::new(settings, USER, &account(), ALL), out);
    let page = [pending(), transaction()];
    let next = "/users/u/transactions?limit=2&next=c";
    print("transactions", &TransactionList::new(settings, USER, &page, 7, Some(next)), out);
    print("transactions: none", &TransactionList::new(settings, USER, &[], 0, None), out);
}

fn connections(settings: &Settings, out: &mut String) {
    let (connection, accounts, identity) = (connection(), [account()], identity());
    let whole = Whole { connection: &connection, accounts: &accounts, identity: Some(&identity) };
    print("connection in a list", &ListedConnection::new(settings, USER, &connection), out);
    let never = connection::ConnectionView { last_used: None, ..connection.clone() };
    print("connection that was never read by", &ListedConnection::new(settings, USER, &never), out);
    print("connection", &ConnectionView::new(settings, USER, &whole, ALL, Eyes::Partner), out);
    let narrow = ConnectionView::new(settings, USER, &whole, NAME, Eyes::Person);
    print("connection for the person, name and basic accounts", &narrow, out);
    let bare = Whole { accounts: &[], ..whole };
    let bare = ConnectionView::new(settings, USER, &bare, Shown::default(), Eyes::Partner);
    print("connection without accounts and profile", &bare, out);
    print("connection in an event", &ConnectionThen::new(settings, USER, &connection), out);
    print("transactions in an event", &NewTransactions::new(settings, USER, &connection, 13), out);
}

fn identities(settings: &Settings, out: &mut String) {
    let known = |facts: IdentityFacts| {
        let identity = Identity { facts, updated: NOW.plus(Span(9_104)), ..identity() };
        Known { since: NOW, identity }
    };
    let plain = known(identity().facts);
    let organisation = OrganisationFacts {
        business_name: "Quill".into(),
        legal_name: "Quill Pty Ltd".into(),
        abn: "51 824 753 557".into(),
        acn: "824 753 557".into(),
        organisation_type: "COMPANY".into(),
        industry_code: "6962".into(),
        registered_country: "AUS".into(),
        agent_role: "Director".into(),
    };
    let business = known(IdentityFacts { organisation: Some(organisation), ..identity().facts });
    print("identity", &IdentityView::new(settings, USER, &business, ALL), out);
    print("identity: name alone", &IdentityView::new(settings, USER, &plain, NAME), out);
    let narrow = IdentityView::new(settings, USER, &business, ORGANISATION);
    print("identity: organisation alone", &narrow, out);
    print("identities", &IdentityList::new(settings, USER, &[plain], ALL), out);
}

fn jobs(settings: &Settings, out: &mut String) {
    let frame = frame(settings);
    print("job stub", &Reference::job(settings, job(State::Verifying).id), out);
    for (name, job) in [
        ("job: verifying", job(State::Verifying)),
        ("job: refreshing", job(State::Refreshing)),
        ("job: success", job(State::Success)),
        ("job: accounts that were there", Job { duplicates: vec![account().id], ..job(State::Success) }),
        ("job: asked", careful(job(State::Challenged))),
        ("job: the answer is being judged", careful(job(State::Answering))),
        ("job: reading after the answer", careful(job(State::RetrievingTransactions))),
        ("job: not asked this time", Job { institution: CAREFUL, ..job(State::Success) }),
        ("job: wrong password", failed(StepName::VerifyCredentials, Cause::InvalidCredentials)),
        ("job: not answered", careful(failed(StepName::MfaChallenge, Cause::ChallengeOver))),
        ("job: no accounts", failed(StepName::RetrieveAccounts, Cause::Unavailable)),
    ] {
        print(name, &JobView::new(frame, USER, &job), out);
    }
    let told = careful(failed(StepName::MfaChallenge, Cause::ChallengeOver)).for_event();
    print("job: of an event", &JobView::in_event(settings, USER, &told), out);
    let some = [failed(StepName::VerifyCredentials, Cause::Locked)];
    let stubs = vec![Reference::job(settings, job(State::Refreshing).id)];
    print("all that is refreshed", &Unlinked::new(stubs), out);
    print("jobs", &JobList::new(frame, USER, some.iter()), out);
}

fn links(settings: &Settings, out: &mut String) {
    let made = LinkThen {
        id: AuthLinkId(Uuid::from_u128(0x0d1b_7f60)),
        state: auth_link::State::Issued,
        created: NOW,
        expires: NOW.plus(Span::days(7)),
        opened: None,
        ended: None,
        sends: 0,
        wrong_tries: 0,
        stage: Stage::Start,
        reason: None,
        jobs: Vec::new(),
    };
    let left = LinkThen {
        state: auth_link::State::Abandoned,
        opened: Some(NOW.plus(Span::minutes(1))),
        ended: Some(NOW.plus(Span::minutes(20))),
        sends: 2,
        wrong_tries: 1,
        stage: Stage::SignIn,
        reason: Some(LinkReason::Idle),
        jobs: vec![job(State::Failed).id],
        ..made.clone()
    };
    print("link of an event: made", &LinkThenView::new(settings, USER, &made), out);
    print("link of an event: abandoned", &LinkThenView::new(settings, USER, &left), out);
}

#[test]
fn everything_is_shown_member_by_member() {
    let (settings, mut printed) = (settings(), String::new());
    accounts_and_transactions(&settings, &mut printed);
    connections(&settings, &mut printed);
    identities(&settings, &mut printed);
    jobs(&settings, &mut printed);
    links(&settings, &mut printed);
    golden::compare("wire.txt", printed.trim_end());
}

#[test]
fn every_failure_has_its_words_in_the_step_where_it_happened() {
    let settings = settings();
    for cause in Cause::ALL {
        let job = failed(StepName::RetrieveAccounts, cause);
        let view = serde_json::to_value(JobView::new(frame(&settings), USER, &job)).unwrap();
        let result = &view["steps"][1]["result"];
        assert_eq!(view["status"], "failed");
        assert_eq!(
            view["steps"][2],
            serde_json::json!({"title": "retrieve-transactions", "status": "pending", "result": null})
        );
        for member in ["code", "title", "detail"] {
            assert!(result[member].as_str().is_some_and(|text| !text.is_empty()), "{cause:?}: {result}");
        }
        assert!(result.get("details").is_none(), "in lists alone");
    }
}
