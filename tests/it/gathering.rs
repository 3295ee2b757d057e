//! Whole journeys through the engine against the real sandbox bank: several institutions side by side,
//! questions, failures, and what is read of it all.

use crate::bank;
use crate::rig::Rig;
use authlink::domain::auth_link::CodeText;
use authlink::domain::bank::Credentials;
use authlink::domain::command::{Caller, Command, Entry, Failure, Reply, SessionView};
use authlink::domain::errand::Errand;
use authlink::domain::id::{ApplicationId, JobId, UserId};
use authlink::domain::institution::InstitutionId;
use authlink::domain::job::{Cause, Job, StepName, StepStatus};
use authlink::domain::secret::Secret;
use authlink::domain::workflow::{connection, job};
use authlink::engine::data::Asking;
use authlink::engine::judge::{ChallengeAnswer, Judged};
use authlink::engine::read::sources::AccountFilter;
use authlink::engine::read::transactions::TransactionFilter;
use authlink::engine::user::core::Refusal;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);
const MOBILE: &str = "+61491570157";
const COOKIE: [u8; 32] = [7; 32];

/// A person of a partner, in a session that may connect.
struct Person<'a> {
    rig: &'a Rig,
    application: ApplicationId,
    user: UserId,
}

impl<'a> Person<'a> {
    async fn enter(rig: &'a Rig) -> Self {
        let partner = rig.partner("Quill Lending").await;
        let user = UserId::parse(&rig.user(&partner, MOBILE).await).unwrap();
        let person = Self { rig, application: partner.id, user };
        let server = Caller::Server(partner.id);
        let Reply::Link(link) = person.ask(server, Command::CreateLink { mobile: None }).await.unwrap()
        else {
            panic!()
        };
        let hash = link.public_id.hash(&rig.engine.house().keyring);
        person.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).await.unwrap();
        let code = CodeText::parse(&rig.code(MOBILE, 1).await).unwrap();
        let entry = Entry::Cookie { cookie: COOKIE, return_state: None, errand: Errand::default() };
        person.ask(Caller::Applicant, Command::TryCode { hash, code, entry }).await.unwrap();
        person
            .ask(Caller::Applicant, Command::Agree { cookie: COOKIE, policy_version: 1, shown: None })
            .await
            .unwrap();
        person
    }

    async fn ask(&self, caller: Caller, command: Command) -> Result<Reply, Refusal> {
        self.rig.engine.ask(self.user, caller, command, Uuid::nil()).await
    }

    async fn connect(&self, institution: &str, login_id: &str, password: &str) -> Result<JobId, Refusal> {
        let command = Command::Connect {
            cookie: Some(COOKIE),
            institution: InstitutionId::parse(institution).unwrap(),
            credentials: Credentials {
                login_id: Secret::new(login_id.into()),
                password: Secret::new(password.into()),
            },
        };
        match self.ask(Caller::Applicant, command).await? {
            Reply::Job(job) | Reply::JobAgain(job) => Ok(job.id),
            other => panic!("{other:?}"),
        }
    }

    async fn session(&self) -> SessionView {
        match self.ask(Caller::Applicant, Command::PeekSession(COOKIE)).await.unwrap() {
            Reply::Session(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    async fn job(&self, id: JobId) -> Job {
        self.session().await.jobs.into_iter().find(|job| job.id == id).unwrap()
    }

    /// Watches until the job is as wanted.
    async fn until(&self, id: JobId, wanted: impl Fn(&Job) -> bool) -> Job {
        let mut watching = self.rig.engine.watch(self.user).unwrap();
        let seen = async {
            loop {
                let job = self.job(id).await;
                if wanted(&job) {
                    return job;
                }
                watching.changed().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("it does not come to that")
    }

    async fn ended(&self, id: JobId) -> Job {
        self.until(id, |job| !job.is_open()).await
    }

    async fn answer(&self, job: JobId, answers: &[&str]) -> Result<Judged, Refusal> {
        let answers = answers.iter().map(|text| Secret::new((*text).into())).collect();
        let caller = Caller::Applicant;
        let answer = ChallengeAnswer { cookie: Some(COOKIE), job, answers, mark: None };
        self.rig.engine.answer_challenge(self.user, caller, answer, Uuid::nil()).await
    }

    fn asking(&self) -> Asking {
        Asking { user: self.user, caller: Caller::Server(self.application), request_id: Uuid::nil() }
    }

    /// Every transaction by pages of `limit`, and how many there are said to be.
    async fn transactions(&self, limit: usize) -> (Vec<Uuid>, usize) {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let filter = TransactionFilter::default();
            let page = self.rig.engine.transactions(self.asking(), &filter, cursor, limit).await.unwrap();
            all.extend(page.transactions.iter().map(|one| one.id.0));
            cursor = page.next;
            if cursor.is_none() {
                return (all, page.total);
            }
        }
    }
}

#[tokio::test]
async fn two_banks_are_connected_side_by_side_and_one_asks_a_question() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    let plain = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    let careful = person.connect("AU00002", "jared", "django").await.unwrap();
    person.until(careful, Job::is_waiting).await;
    assert!(matches!(person.answer(careful, &["9999"]).await.unwrap(), Judged::Wrong(_)));
    assert!(matches!(person.answer(careful, &["1234"]).await.unwrap(), Judged::Right(_)));
    for id in [plain, careful] {
        let job = person.ended(id).await;
        assert_eq!((job.state, job.failure), (job::State::Success, None));
        assert!(job.steps().iter().all(|(_, status)| *status == StepStatus::Success));
    }
    let session = person.session().await;
    assert!(session.connections.iter().all(|one| one.state == connection::State::Active));
    let accounts = rig.engine.accounts(person.asking(), &AccountFilter::default()).await.unwrap();
    let at: BTreeSet<_> = accounts.iter().map(|one| one.institution).collect();
    assert_eq!((session.connections.len(), at.len()), (2, 2));
    let (all, total) = person.transactions(97).await;
    let distinct: BTreeSet<_> = all.iter().collect();
    assert!(all.len() > 500 && all.len() == total && distinct.len() == total, "{} of {total}", all.len());
    let newest = rig.engine.transactions(person.asking(), &TransactionFilter::default(), None, 500).await;
    let days: Vec<_> = newest.unwrap().transactions.iter().map(|one| one.facts.day).collect();
    assert!(days.is_sorted_by(|one, other| one >= other), "newest first");
    assert_eq!(rig.engine.identities(person.asking()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn connecting_the_same_login_again_updates_and_never_doubles() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    let first = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    person.ended(first).await;
    let before = person.transactions(500).await;
    let accounts = rig.engine.accounts(person.asking(), &AccountFilter::default()).await.unwrap();
    let second = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    let job = person.ended(second).await;
    assert_eq!(job.state, job::State::Success);
    assert_eq!(person.session().await.connections.len(), 1);
    let again = rig.engine.accounts(person.asking(), &AccountFilter::default()).await.unwrap();
    let ids =
        |all: &[authlink::domain::account::Account]| all.iter().map(|one| one.id).collect::<BTreeSet<_>>();
    assert_eq!(ids(&accounts), ids(&again));
    assert_eq!(person.transactions(500).await.1, before.1);
}

#[tokio::test]
async fn every_way_a_bank_says_no_is_told_by_the_step_it_happened_at() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    for (login_id, password, cause) in [
        ("Whistler", "wrong", Cause::InvalidCredentials),
        ("bighead", "password", Cause::Locked),
        ("erlich", "aviato", Cause::ActionRequired),
        ("jianYang", "nothotdog", Cause::Unavailable),
    ] {
        let id = person.connect("AU00000", login_id, password).await.unwrap();
        let failure = person.ended(id).await.failure.unwrap();
        assert_eq!((failure.step, failure.cause), (StepName::VerifyCredentials, cause), "{login_id}");
    }
    let id = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    assert_eq!(
        person.ended(id).await.state,
        job::State::Success,
        "the wrong password is mended by the right one"
    );
    bank::fault(&rig.bank, json!({ "step": "transactions", "login_id": "Gilfoyle", "fault": "down" })).await;
    let id = person.connect("AU00000", "Gilfoyle", "PiedPiper").await.unwrap();
    let failure = person.ended(id).await.failure.unwrap();
    assert_eq!((failure.step, failure.cause), (StepName::RetrieveTransactions, Cause::Unavailable));
}

#[tokio::test]
async fn a_bank_that_lies_or_stumbles_a_few_times_is_read_all_the_same() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    for (step, fault, times) in
        [("accounts", "malformed", 1), ("transactions", "half", 2), ("profile", "down", 3)]
    {
        bank::fault(&rig.bank, json!({ "step": step, "fault": fault, "times": times })).await;
    }
    let id = person.connect("AU00000", "ashMann", "hooli2024").await.unwrap();
    assert_eq!(person.ended(id).await.state, job::State::Success);
    let whole = person.transactions(500).await.1;
    bank::fault(&rig.bank, json!({ "step": "transactions", "fault": "double" })).await;
    bank::fault(&rig.bank, json!({ "step": "accounts", "fault": "double" })).await;
    let id = person.connect("AU00000", "ashMann", "hooli2024").await.unwrap();
    assert_eq!(person.ended(id).await.state, job::State::Success);
    assert_eq!(person.transactions(500).await.1, whole, "each row once");
}

#[tokio::test]
async fn a_dead_bank_holds_up_nobody() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    bank::fault(&rig.bank, json!({ "step": "login", "institution": "AU00001", "fault": "timeout" })).await;
    let dead = person.connect("AU00001", "Whistler", "ShowBox").await.unwrap();
    let well = person.connect("AU00000", "jared", "django").await.unwrap();
    assert_eq!(person.ended(well).await.state, job::State::Success);
    assert!(person.job(dead).await.is_open());
}

#[tokio::test]
async fn the_end_of_the_consent_ends_the_work_and_takes_all_that_was_read() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    let done = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    person.ended(done).await;
    bank::fault(&rig.bank, json!({ "step": "transactions", "fault": "slow", "latency_ms": 300 })).await;
    let running = person.connect("AU00000", "richard", "tabsnotspaces").await.unwrap();
    person.until(running, |job| job.state == job::State::RetrievingTransactions).await;
    let consent = person.session().await.consent.unwrap().id;
    person.ask(Caller::Server(person.application), Command::EndConsent(consent)).await.unwrap();
    let failure = person.job(running).await.failure.unwrap();
    assert_eq!(failure.cause, Cause::ConsentOver);
    assert!(person.session().await.connections.is_empty());
    assert!(rig.engine.accounts(person.asking(), &AccountFilter::default()).await.unwrap().is_empty());
    assert_eq!(person.transactions(500).await, (vec![], 0));
    let refused = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap_err();
    assert_eq!(refused, Failure::ConsentNeeded.into());
}

#[tokio::test]
async fn disclosing_while_a_question_waits_asks_once_what_becomes_of_it() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    let running = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    let waiting = person.connect("AU00002", "richard", "tabsnotspaces").await.unwrap();
    person.until(waiting, Job::is_waiting).await;
    let disclose = |leave_out| Command::Disclose { cookie: COOKIE, leave_out, gaps: None };
    let asked = person.ask(Caller::Applicant, disclose(false)).await.unwrap_err();
    assert_eq!(asked, Failure::JobsWaiting.into());
    person.ask(Caller::Applicant, disclose(true)).await.unwrap();
    assert_eq!(person.job(waiting).await.failure.unwrap().cause, Cause::LeftOut);
    assert_eq!(person.ended(running).await.state, job::State::Success, "what runs goes on to its end");
}

/// Every line of the export.
async fn exported(rig: &Rig) -> Vec<serde_json::Value> {
    let mut pages = authlink::http::admin::export::pages(rig.engine.clone());
    let mut text = Vec::new();
    while let Some(page) = pages.recv().await {
        text.extend(page.unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn the_export_holds_what_was_read_and_no_account_number() {
    let rig = Rig::start();
    let person = Person::enter(&rig).await;
    let job = person.connect("AU00000", "Whistler", "ShowBox").await.unwrap();
    person.ended(job).await;
    let accounts = rig.engine.accounts(person.asking(), &AccountFilter::default()).await.unwrap();
    let (all, _) = person.transactions(500).await;
    let lines = exported(&rig).await;
    let count = |record: &str| lines.iter().filter(|line| line["record"] == record).count();
    assert_eq!((count("connection"), count("job"), count("identity")), (1, 1, 1));
    assert_eq!((count("account"), count("transaction")), (accounts.len(), all.len()));
    assert_eq!(count("terms"), accounts.len(), "what is laid down about each");
    let terms = lines.iter().find(|line| line["record"] == "terms").unwrap();
    assert_eq!(terms["terms"]["addresses"][0]["simple"]["city"], "Carlton", "{terms}");
    let text = lines.iter().map(ToString::to_string).collect::<String>();
    for account in &accounts {
        let number = &account.facts.number;
        assert!(number.len() > 3 && !text.contains(number.as_str()), "a whole account number");
    }
    assert!(text.contains(&format!(
        "\"number\":\"…{}\"",
        &accounts[0].facts.number[accounts[0].facts.number.len() - 3..]
    )));
    assert!(!text.contains("ShowBox"));
    let consent = person.session().await.consent.unwrap().id;
    person.ask(Caller::Server(person.application), Command::EndConsent(consent)).await.unwrap();
    let lines = exported(&rig).await;
    for record in ["connection", "account", "terms", "transaction", "identity"] {
        assert!(lines.iter().all(|line| line["record"] != record), "{record}");
    }
    let covered = |line: &&serde_json::Value| {
        let is_covered = ["connection.", "account.", "transactions."];
        let event = line["event"].as_str().unwrap_or_default();
        is_covered.iter().any(|entity| event.starts_with(entity))
    };
    let covered: Vec<_> = lines.iter().filter(covered).collect();
    assert!(
        !covered.is_empty() && covered.iter().all(|line| line["data"].is_null()),
        "ids and times are left"
    );
}
