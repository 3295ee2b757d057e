//! Sign-ins of magic users, as the partner and the applicant meet them. Every row goes its whole way: user,
//! link, code, consent, bank, job.

use super::{Row, events, row, table};
use crate::pages::browser::{Browser, Shown};
use crate::rig::{Partner, Rig, Setup, answer, user_id};
use authlink::domain::command::Caller;
use authlink::domain::time::Span;
use authlink::engine::Limits;
use authlink::engine::aggregator::gate::{self, GateLimits};
use authlink::engine::data::Asking;
use authlink::sandbox::data::magic::PASSWORD;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const MOBILE: &str = "+61491570157";
const PATIENCE: Duration = Duration::from_mins(2);

/// Somebody who signed in as a magic user.
struct Applicant {
    rig: Rig,
    partner: Partner,
    user: String,
    browser: Browser,
}

impl Applicant {
    async fn signs_in(login_id: &str) -> Self {
        // A bank that says nothing is waited for much shorter than usual.
        let engine = Limits {
            shards: 1,
            institutions: GateLimits { call: Span::seconds(3), ..gate::LIMITS },
            ..Limits::default()
        };
        let rig = Rig::with(Setup { engine, ..Setup::default() });
        let partner = rig.partner("Quill Lending").await;
        let user = rig.user(&partner, MOBILE).await;
        let link = rig.link(&partner, &user).await;
        let mut browser = Browser::new(&rig.base);
        let start = browser.get(&format!("/{link}")).await;
        let page = browser.press(&start.form("Text me a code")).await;
        let code = rig.code(MOBILE, 1).await;
        let consent = browser.press(&page.form("Continue").with("code", &code)).await;
        browser.press(&consent.form("I agree")).await;
        let bank = browser.get("/connect/banks/AU00000").await;
        let form = bank.form("Sign in").with("login_id", login_id).with("password", PASSWORD);
        assert_eq!(browser.press(&form).await.heading(), "Your banks", "{login_id}");
        Self { rig, partner, user, browser }
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = answer(self.rig.call(&self.partner.token, Method::GET, path)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The job, as the partner sees it.
    async fn job(&self) -> Value {
        let jobs = self.get(&format!("/users/{}/jobs", self.user)).await;
        let id = jobs["data"][0]["id"].as_str().unwrap();
        self.get(&format!("/jobs/{id}")).await
    }

    /// Watches until the job is as wanted.
    async fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut watching = self.rig.engine.watch(user_id(&self.user)).unwrap();
        let seen = async {
            loop {
                let job = self.job().await;
                if wanted(&job) {
                    return job;
                }
                watching.changed().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("it does not come to that")
    }

    async fn ended(&self) -> Value {
        self.until(|job| job["status"] != "in-progress").await
    }

    async fn banks(&mut self) -> Shown {
        self.browser.get("/connect").await
    }

    async fn identities(&self) -> usize {
        let caller = Caller::Server(self.partner.id);
        let asking = Asking { user: user_id(&self.user), caller, request_id: Uuid::nil() };
        self.rig.engine.identities(asking).await.unwrap().len()
    }

    /// Answers what the bank asks, on the page.
    async fn answers(&mut self, text: &str) -> Shown {
        let job =
            self.until(|job| step(job, "in-progress").is_some_and(|step| step["title"] == "mfa-challenge"));
        let path = format!("/connect/jobs/{}/answer", job.await["id"].as_str().unwrap());
        let page = self.browser.get(&path).await;
        self.browser.press(&page.form("Answer").with("answer-1", text)).await
    }
}

fn step<'a>(job: &'a Value, status: &str) -> Option<&'a Value> {
    job["steps"].as_array().unwrap().iter().find(|step| step["status"] == status)
}

/// How a job ended, in the words of the document.
fn told(job: &Value) -> String {
    match step(job, "failed") {
        None => format!("`{}`", job["status"].as_str().unwrap()),
        Some(step) => {
            let (title, code) = (step["title"].as_str().unwrap(), step["result"]["code"].as_str().unwrap());
            format!("`{title}` failed: `{code}`")
        }
    }
}

/// The way of a row that nobody has to answer for.
async fn plain(row: Row) -> Applicant {
    let mut person = Applicant::signs_in(&row.which).await;
    let job = person.ended().await;
    row.tells_partner(&told(&job));
    let page = person.banks().await;
    for words in row.shown() {
        let is_past = words.starts_with("At work");
        assert_eq!(page.html.contains(words), !is_past, "{}: {words}: {}", row.which, page.html);
    }
    let is_well = job["status"] == "success";
    if is_well {
        let wants_identity = !row.partner.contains("without an identity");
        assert_eq!(person.identities().await, usize::from(wants_identity), "{}", row.which);
    }
    let path = format!("/users/{}/transactions?limit=1", person.user);
    let total = person.get(&path).await["size"].as_u64().unwrap();
    assert_eq!(total > 500, is_well, "{}: {total}", row.which);
    person
}

async fn all(prefix: &str) {
    let rows = table().into_iter().filter(|row| row.which.starts_with(prefix));
    let rows = rows.filter(|row| !row.which.ends_with("-answer"));
    let ways: Vec<_> = rows.map(|row| tokio::spawn(plain(row))).collect();
    assert!(!ways.is_empty());
    for way in ways {
        way.await.unwrap();
    }
}

#[tokio::test]
async fn a_bank_that_is_down_fails_the_step_at_which_it_is() {
    all("down-").await;
}

#[tokio::test]
async fn a_bank_that_says_nothing_fails_the_step_at_which_it_does() {
    all("timeout-").await;
}

#[tokio::test]
async fn a_bank_that_makes_no_sense_fails_the_step_at_which_it_does() {
    all("malformed-").await;
}

#[tokio::test]
async fn half_of_what_a_bank_has_to_say_is_nothing() {
    all("half-").await;
}

#[tokio::test]
async fn a_bank_that_fails_at_the_answer_fails_the_step_of_the_answer() {
    for which in ["down-answer", "timeout-answer", "malformed-answer"] {
        let (mut person, row) = (Applicant::signs_in(which).await, row(which));
        person.answers("1234").await;
        row.tells_partner(&told(&person.ended().await));
        let page = person.banks().await;
        assert!(row.shown().iter().all(|words| page.html.contains(words)), "{which}: {}", page.html);
    }
}

#[tokio::test]
async fn half_the_accounts_are_all_that_is_known_of() {
    let person = plain(row("fewer-accounts")).await;
    let accounts = person.get(&format!("/users/{}/accounts", person.user)).await;
    assert_eq!(accounts["data"].as_array().unwrap().len(), 1, "{accounts}");
}

#[tokio::test]
async fn what_a_bank_says_twice_counts_once() {
    all("double-").await;
}

#[tokio::test]
async fn a_bank_whose_cards_look_alike_has_all_of_them() {
    let person = plain(row("twin-cards")).await;
    assert_eq!(person.get(&format!("/users/{}", person.user)).await["accounts"]["count"], 4);
}

#[tokio::test]
async fn a_co_owner_has_what_is_joint() {
    let person = plain(row("co-owner")).await;
    let accounts = person.get(&format!("/users/{}/accounts", person.user)).await;
    let all = accounts["data"].as_array().unwrap();
    assert!(all.len() == 4 && all.iter().all(|one| one["accountOwnership"] == "TWO_PARTY"), "{accounts}");
}

#[tokio::test]
async fn a_slow_bank_is_at_work_for_a_while_and_then_well() {
    let mut person = Applicant::signs_in("slow").await;
    let page = person.banks().await;
    let row = row("slow");
    assert!(row.shown().contains(&"At work since") && page.html.contains("At work since"), "{}", page.html);
    row.tells_partner(&told(&person.ended().await));
    assert!(person.banks().await.html.contains("Connected, 2 accounts"));
}

#[tokio::test]
async fn a_session_that_shows_the_accounts_once_is_good_for_one_reading() {
    let person = plain(row("read-once")).await;
    let connections = person.get(&format!("/users/{}/connections", person.user)).await;
    let id = connections["data"][0]["id"].as_str().unwrap();
    let path = format!("/users/{}/connections/{id}/refresh", person.user);
    let (status, again) = answer(person.rig.call(&person.partner.token, Method::POST, &path)).await;
    assert_eq!(status, 202, "{again}");
    let ended = person.ended().await;
    assert_eq!(ended["id"], again["id"]);
    let failed = ended["steps"].as_array().unwrap().iter().find(|step| step["status"] == "failed").unwrap();
    row("read-once").tells_partner(&format!("`{}`", failed["result"]["code"].as_str().unwrap()));
}

#[tokio::test]
async fn an_account_that_was_renamed_is_told_of_when_it_is_read_again() {
    let person = plain(row("renames")).await;
    let connections = person.get(&format!("/users/{}/connections", person.user)).await;
    let id = connections["data"][0]["id"].as_str().unwrap();
    let path = format!("/users/{}/connections/{id}/refresh", person.user);
    let names = async || -> Vec<String> {
        let accounts = person.get(&format!("/users/{}/accounts", person.user)).await;
        let names = accounts["data"].as_array().unwrap().iter();
        names.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let before = names().await;
    assert!(!before.contains(&"Household".to_owned()), "{before:?}");
    for count in [1, 1] {
        answer(person.rig.call(&person.partner.token, Method::POST, &path)).await;
        assert_eq!(person.ended().await["status"], "success");
        assert!(names().await.contains(&"Household".to_owned()));
        let told = events(&person.rig, &person.partner).await;
        assert_eq!(told.iter().filter(|name| *name == "account.updated").count(), count, "{told:?}");
    }
    row("renames").tells_partner("`account.updated`");
}

#[tokio::test]
async fn a_question_that_the_bank_forgot_ends_as_one_that_nobody_answered() {
    let mut person = Applicant::signs_in("mfa-forgotten").await;
    let row = row("mfa-forgotten");
    person.answers("1234").await;
    row.tells_partner(&told(&person.ended().await));
    let page = person.banks().await;
    assert!(row.shown().iter().all(|words| page.html.contains(words)), "{}", page.html);
}

#[tokio::test]
async fn a_bank_that_believes_no_answer_says_so_each_time() {
    let mut person = Applicant::signs_in("mfa-wrong").await;
    let row = row("mfa-wrong");
    let [each_time, last] = row.shown()[..] else { panic!("two sentences") };
    for _ in 0..4 {
        let page = person.answers("1234").await;
        assert!(page.html.contains(each_time), "{}", page.html);
    }
    let id = person.job().await["id"].as_str().unwrap().to_owned();
    let mfa = person.rig.call(&person.partner.token, Method::POST, &format!("/jobs/{id}/mfa"));
    let (_, refused) = answer(mfa.json(&json!({ "mfa-response": ["1234"] }))).await;
    let code = refused["data"][0]["code"].as_str().unwrap().to_owned();
    row.tells_partner(&format!("`{code}`"));
    assert_eq!(code, "invalid-credentials");
    person.answers("1234").await;
    row.tells_partner(&told(&person.ended().await));
    let page = person.banks().await;
    assert!(page.html.contains(last), "{}", page.html);
}
