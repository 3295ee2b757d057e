//! The aggregator's core by itself: what it asks, stores and reports, in which order, and what it does
//! when institutions lie, fail or are silent.

use super::core::{AggregatorCore, Input, Output, Token};
use super::work::READ_TRIES;
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::account::{AccountClass, AccountFacts, Ownership, TransactionClass, TransactionFacts};
use crate::domain::bank::{Answer, BankChallenge, BankFault, ChallengeMethod, Credentials, Request};
use crate::domain::command::Failure;
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, ConsentId, EffectId, JobId, TransactionId, UserId};
use crate::domain::institution::{InstitutionId, SANDBOX};
use crate::domain::job::{Cause, Coverage, Plan, Report, Start};
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::Workflows;
use crate::engine::committer::{Commit, CommitError, Expect};
use crate::engine::house::House;
use crate::engine::pace::Took;
use crate::engine::user::core::Trouble;
use crate::store::key;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const BANK: InstitutionId = SANDBOX[0].id;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn sign_in() -> Start {
    Start::SignIn(Credentials { login_id: secret("Whistler"), password: secret("ShowBox") })
}

fn plan(number: u128, start: Start) -> Plan {
    Plan {
        user: UserId(Uuid::from_u128(1)),
        job: JobId(Uuid::from_u128(number)),
        attempt: 1,
        effect: EffectId(Uuid::from_u128(number)),
        connection: ConnectionId(Uuid::from_u128(number)),
        consent: ConsentId(Uuid::from_u128(2)),
        institution: BANK,
        generation: 1,
        shown: 0,
        start,
        coverage: Coverage { profile: true, terms: true, transactions: true },
        from: Day(100),
    }
}

fn account(number: &str) -> AccountFacts {
    AccountFacts {
        number: number.into(),
        reference: None,
        bsb: None,
        name: "Everyday".into(),
        product: "Plain".into(),
        class: AccountClass::Transaction,
        currency: "AUD".into(),
        balance: Some(Money(100)),
        available_funds: None,
        credit_limit: None,
        ownership: Ownership::OneParty,
        holder: None,
        terms: None,
    }
}

fn transaction(reference: &str, day: i32) -> TransactionFacts {
    TransactionFacts {
        reference: reference.into(),
        is_posted: true,
        day: Day(day),
        made: None,
        description: "BEANS".into(),
        amount: Money(-680),
        currency: "AUD".into(),
        balance: None,
        class: TransactionClass::Payment,
        sub_class: None,
    }
}

/// A core with somebody who answers for its shell.
struct Bench {
    core: AggregatorCore,
    house: Arc<House>,
    now: UnixMillis,
    draws: u8,
    out: Vec<Output>,
}

impl Bench {
    fn new() -> Self {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let workflows = Workflows::load(&BTreeMap::new()).unwrap();
        let house = Arc::new(House::new(workflows, keyring, "localhost".into(), SANDBOX, []));
        let core = AggregatorCore::new(house.clone());
        Self { core, house, now: UnixMillis(1_000_000), draws: 0, out: Vec::new() }
    }

    fn put(&mut self, input: Input) {
        self.draws += 1;
        self.core.handle(self.now, [self.draws; 32], input, &mut self.out);
    }

    fn begin(&mut self, plan: Plan, known: &[TransactionId]) {
        let key = Some(Arc::new(DataKey::new([9; 32])));
        self.put(Input::Begin { plan: Box::new(plan), key, known: known.iter().copied().collect() });
    }

    /// The one thing that is asked at the moment, besides waking.
    fn one(&mut self) -> Output {
        let mut asked: Vec<Output> =
            self.out.drain(..).filter(|one| !matches!(one, Output::WakeAt(_) | Output::Read(..))).collect();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }

    fn call(&mut self) -> (Token, Request) {
        match self.one() {
            Output::Call { token, request, .. } => (token, request),
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, result: Result<Answer, BankFault>) -> Request {
        let (token, request) = self.call();
        self.put(Input::Answered(token, result));
        request
    }

    fn hear(&mut self) -> Report {
        match self.one() {
            Output::Report { token, report, .. } => {
                self.put(Input::Heard(token, Ok(true)));
                report
            }
            other => panic!("{other:?}"),
        }
    }

    fn store(&mut self) -> Commit {
        match self.one() {
            Output::Store { token, commit } => {
                self.put(Input::Stored(token, Ok(())));
                commit
            }
            other => panic!("{other:?}"),
        }
    }

    /// Through the sign-in and the profile.
    fn signed_in(&mut self) {
        self.answer(Ok(Answer::SignedIn(secret("session"))));
        assert_eq!(self.hear(), Report::SignedIn(secret("session")));
        self.answer(Ok(Answer::Profile(Box::default())));
    }

    fn wake(&mut self) {
        let at = self.out.iter().find_map(|one| match one {
            Output::WakeAt(at) => Some(*at),
            _ => None,
        });
        self.now = at.expect("something to wake for");
        self.out.clear();
        self.put(Input::Tick);
    }

    fn id(&self, number: &str, reference: &str) -> TransactionId {
        let account = AccountId::of(&self.house.keyring, UserId(Uuid::from_u128(1)), BANK, &account(number));
        TransactionId::of(&self.house.keyring, account, reference)
    }
}

fn page(transactions: Vec<TransactionFacts>, next: Option<&str>) -> Answer {
    Answer::Transactions { transactions, next: next.map(str::to_owned) }
}

#[test]
fn a_job_goes_from_the_sign_in_to_its_last_transaction() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    bench.signed_in();
    let facts = vec![account("1"), account("2")];
    assert_eq!(bench.answer(Ok(Answer::Accounts(facts))).name(), "accounts");
    let stored = bench.store();
    assert_eq!(stored.writes.len(), 3, "the identity and two accounts");
    let Report::Accounts(accounts) = bench.hear() else { panic!() };
    assert_eq!(accounts.len(), 2);
    bench.answer(Ok(page(vec![transaction("c", 103), transaction("b", 102)], Some("more"))));
    let second = bench.answer(Ok(page(vec![transaction("a", 101)], None)));
    assert!(matches!(second, Request::Transactions { cursor: Some(cursor), .. } if cursor == "more"));
    assert_eq!(bench.store().writes.len(), 4, "three transactions, and the account with its days");
    bench.answer(Ok(page(vec![], None)));
    bench.store();
    assert_eq!(bench.hear(), Report::Transactions { new: 3 });
}

#[test]
fn rows_hold_only_while_the_job_is_open() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    bench.signed_in();
    bench.answer(Ok(Answer::Accounts(vec![account("1")])));
    let Output::Store { token, commit } = bench.one() else { panic!() };
    let condition = &commit.conditions[0];
    assert_eq!(
        (condition.key.clone(), condition.expect),
        (key::outbox(EffectId(Uuid::from_u128(7))), Expect::Present)
    );
    bench.put(Input::Stored(token, Err(CommitError::Conflict { kind: b'O' })));
    assert!(matches!(bench.one(), Output::Dropped(..)));
    assert!(bench.core.is_idle());
}

#[test]
fn a_question_is_put_to_the_person_and_a_wrong_answer_is_put_again() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    let challenge = BankChallenge {
        reference: secret("challenge"),
        method: ChallengeMethod::Token,
        description: "A code".into(),
        prompts: vec!["Code".into()],
    };
    bench.answer(Ok(Answer::Challenged(challenge)));
    assert!(matches!(bench.hear(), Report::Challenged { .. }));
    assert!(bench.out.is_empty(), "it waits for the person");
    let job = JobId(Uuid::from_u128(7));
    bench.put(Input::Answer { job, attempt: 2, answers: vec![secret("0")] });
    assert!(bench.out.is_empty(), "an answer to another try is none");
    bench.put(Input::Answer { job, attempt: 1, answers: vec![secret("1")] });
    let asked = bench.answer(Err(BankFault::WrongAnswer));
    assert_eq!(asked, Request::Answer { challenge: secret("challenge"), answers: vec![secret("1")] });
    assert_eq!(bench.hear(), Report::AnswerWrong);
    bench.put(Input::Answer { job, attempt: 1, answers: vec![secret("2")] });
    bench.answer(Ok(Answer::SignedIn(secret("session"))));
    assert_eq!(bench.hear(), Report::SignedIn(secret("session")));
}

#[test]
fn what_a_job_took_is_told_at_its_end_without_the_time_that_its_person_took() {
    let mut bench = Bench::new();
    let wait = |bench: &mut Bench, millis: u64| bench.now = bench.now.plus(Span(millis));
    bench.begin(plan(7, sign_in()), &[]);
    wait(&mut bench, 300);
    let challenge = BankChallenge {
        reference: secret("challenge"),
        method: ChallengeMethod::Token,
        description: "A code".into(),
        prompts: vec!["Code".into()],
    };
    bench.answer(Ok(Answer::Challenged(challenge)));
    bench.hear();
    wait(&mut bench, 60_000);
    let answers = vec![secret("1")];
    bench.put(Input::Answer { job: JobId(Uuid::from_u128(7)), attempt: 1, answers });
    wait(&mut bench, 40);
    bench.answer(Ok(Answer::SignedIn(secret("session"))));
    bench.hear();
    bench.answer(Ok(Answer::Profile(Box::default())));
    wait(&mut bench, 20);
    bench.answer(Ok(Answer::Accounts(vec![account("1")])));
    bench.store();
    bench.hear();
    wait(&mut bench, 7);
    bench.answer(Ok(page(vec![transaction("a", 101)], None)));
    bench.store();
    let out: Vec<Output> = bench.out.drain(..).collect();
    let [Output::Read(institution, took), Output::Report { token, .. }] = out.as_slice() else {
        panic!("{out:?}")
    };
    let (institution, took, token) = (*institution, *took, *token);
    bench.put(Input::Heard(token, Err(Trouble::Busy.into())));
    bench.wake();
    assert!(matches!(bench.one(), Output::Report { .. }), "told again, and not measured again");
    let wanted = Took { verify: Some(Span(340)), accounts: Span(20), transactions: Span(7) };
    assert_eq!((institution, took), (BANK, wanted));
}

#[test]
fn a_sign_in_is_never_repeated_and_a_read_a_few_times() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    bench.answer(Err(BankFault::Unavailable));
    assert_eq!(bench.hear(), Report::Failed(Cause::Unavailable));
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    bench.signed_in();
    for _ in 1..READ_TRIES {
        assert_eq!(bench.answer(Err(BankFault::Unavailable)).name(), "accounts");
        let before = bench.now;
        bench.wake();
        assert!(bench.now > before);
    }
    bench.answer(Err(BankFault::Unavailable));
    assert_eq!(bench.hear(), Report::Failed(Cause::Unavailable));
}

#[test]
fn who_the_person_is_can_be_missed() {
    let mut bench = Bench::new();
    bench.begin(plan(7, Start::Resume { session: secret("session") }), &[]);
    for _ in 1..READ_TRIES {
        assert_eq!(bench.answer(Err(BankFault::Unavailable)).name(), "profile");
        bench.wake();
    }
    bench.answer(Err(BankFault::Unavailable));
    assert_eq!(bench.call().1.name(), "accounts");
}

#[test]
fn a_session_of_before_is_tried_by_the_first_read_and_told_before_all_else() {
    for profile in [true, false] {
        let mut bench = Bench::new();
        let start = Start::Refresh { session: secret("session") };
        let coverage = Coverage { profile, terms: true, transactions: true };
        bench.begin(Plan { coverage, ..plan(7, start) }, &[]);
        if profile {
            assert_eq!(bench.answer(Ok(Answer::Profile(Box::default()))).name(), "profile");
            assert_eq!(bench.hear(), Report::SignedIn(secret("session")));
            bench.answer(Ok(Answer::Accounts(vec![account("1")])));
        } else {
            assert_eq!(bench.answer(Ok(Answer::Accounts(vec![account("1")]))).name(), "accounts");
            assert_eq!(bench.hear(), Report::SignedIn(secret("session")));
        }
        assert_eq!(bench.store().writes.len(), 1 + usize::from(profile));
        assert!(matches!(bench.hear(), Report::Accounts(_)), "told once");
    }
}

#[test]
fn a_session_of_before_that_is_refused_is_told_as_such() {
    let mut bench = Bench::new();
    bench.begin(plan(7, Start::Refresh { session: secret("session") }), &[]);
    bench.answer(Err(BankFault::SessionOver));
    assert_eq!(bench.hear(), Report::Failed(Cause::SessionOver));
}

#[test]
fn a_profile_that_cannot_be_read_leaves_a_session_of_before_to_the_accounts() {
    let mut bench = Bench::new();
    bench.begin(plan(7, Start::Refresh { session: secret("session") }), &[]);
    for _ in 1..READ_TRIES {
        bench.answer(Err(BankFault::Unavailable));
        bench.wake();
    }
    bench.answer(Err(BankFault::Unavailable));
    bench.answer(Ok(Answer::Accounts(vec![])));
    assert_eq!(bench.hear(), Report::SignedIn(secret("session")));
    bench.store();
    assert_eq!(bench.hear(), Report::Accounts(vec![]));
}

#[test]
fn what_comes_twice_counts_once_and_what_was_not_asked_for_not_at_all() {
    let mut bench = Bench::new();
    let known = bench.id("1", "a");
    bench.begin(plan(7, Start::Resume { session: secret("session") }), &[known]);
    bench.answer(Ok(Answer::Profile(Box::default())));
    bench.answer(Ok(Answer::Accounts(vec![account("1"), account("1")])));
    bench.store();
    let Report::Accounts(accounts) = bench.hear() else { panic!() };
    assert_eq!(accounts.len(), 1);
    let doubled =
        ["b", "b", "a", "a", "old"].map(|name| transaction(name, if name == "old" { 99 } else { 101 }));
    bench.answer(Ok(page(doubled.into(), None)));
    let rows = bench.store().writes;
    let keys: BTreeSet<_> = rows.iter().map(|row| row.key.clone()).collect();
    assert_eq!((rows.len(), keys.len()), (3, 3), "the account, and two transactions");
    assert_eq!(bench.hear(), Report::Transactions { new: 1 }, "one of them was shown before");
}

#[test]
fn jobs_go_side_by_side_and_a_silent_institution_holds_up_none() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    let (silent, _) = bench.call();
    bench.begin(plan(8, sign_in()), &[]);
    bench.signed_in();
    bench.answer(Ok(Answer::Accounts(vec![])));
    bench.store();
    assert_eq!(bench.hear(), Report::Accounts(vec![]));
    assert_eq!(bench.hear(), Report::Transactions { new: 0 });
    bench.put(Input::Answered(silent, Err(BankFault::InvalidCredentials)));
    assert_eq!(bench.hear(), Report::Failed(Cause::InvalidCredentials));
}

#[test]
fn a_sign_in_that_comes_through_after_the_end_of_its_job_is_signed_out() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    let (token, _) = bench.call();
    bench.put(Input::Stop(JobId(Uuid::from_u128(7))));
    bench.put(Input::Answered(token, Ok(Answer::SignedIn(secret("session")))));
    assert_eq!(bench.call().1, Request::SignOut(secret("session")));
    assert!(bench.core.is_idle());
}

#[test]
fn a_sign_in_whose_job_ended_while_it_was_told_of_is_signed_out() {
    let lost = [Ok(false), Err(Failure::NotNow.into())].map(|heard| (heard, false));
    let all = lost.into_iter().chain([(Err(Trouble::Store.into()), true)]);
    for ((heard, is_kept), is_stopped) in all.flat_map(|one| [(one, false), (one, true)]) {
        let mut bench = Bench::new();
        bench.begin(plan(7, sign_in()), &[]);
        bench.answer(Ok(Answer::SignedIn(secret("session"))));
        let Output::Report { token, .. } = bench.one() else { panic!() };
        if is_stopped {
            bench.put(Input::Stop(JobId(Uuid::from_u128(7))));
        }
        bench.put(Input::Heard(token, heard));
        let asked = std::mem::take(&mut bench.out).into_iter().any(|one| {
            matches!(one, Output::Call { request: Request::SignOut(session), .. } if session == secret("session"))
        });
        assert_ne!(asked, is_kept);
    }
}

#[test]
fn a_full_disk_and_a_busy_house_are_waited_for() {
    let mut bench = Bench::new();
    bench.begin(plan(7, sign_in()), &[]);
    bench.answer(Ok(Answer::SignedIn(secret("session"))));
    let Output::Report { token, .. } = bench.one() else { panic!() };
    bench.put(Input::Heard(token, Err(Trouble::Busy.into())));
    bench.wake();
    assert_eq!(bench.hear(), Report::SignedIn(secret("session")));
    bench.answer(Ok(Answer::Profile(Box::default())));
    bench.answer(Ok(Answer::Accounts(vec![])));
    let Output::Store { token, .. } = bench.one() else { panic!() };
    bench.put(Input::Stored(token, Err(CommitError::Full)));
    bench.wake();
    bench.store();
}

#[test]
fn without_the_consents_key_nothing_begins() {
    let mut bench = Bench::new();
    let plan = plan(7, sign_in());
    bench.put(Input::Begin { plan: Box::new(plan), key: None, known: BTreeSet::new() });
    assert!(matches!(bench.one(), Output::Dropped(..)));
}

#[test]
fn what_was_typed_is_in_nothing_that_can_be_printed() {
    let plan = plan(7, sign_in());
    let printed = format!(
        "{plan:?} {:?}",
        Request::SignIn(Credentials { login_id: secret("Whistler"), password: secret("ShowBox") })
    );
    assert!(!printed.contains("Whistler") && !printed.contains("ShowBox"), "{printed}");
}
