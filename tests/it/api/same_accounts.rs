//! An account has one name for as long as its person is known: whichever way it is read again, and
//! through whichever connection or consent. So have the transactions that are final.

use super::consents::consent_on;
use super::customer::Customer;
use crate::rig::{Rig, answer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const BANK: &str = "AU00000";
const LOGIN: &str = "Whistler";
const PASSWORD: &str = "ShowBox";

/// What must not change: the names of the accounts, and of what was posted lately in them.
#[derive(Debug, PartialEq, Eq)]
struct Names {
    accounts: BTreeSet<String>,
    posted: BTreeSet<String>,
}

impl Customer<'_> {
    async fn named(&self, path: &str, filter: &str) -> BTreeSet<String> {
        let all = self.filtered(path, filter).await;
        let names: BTreeSet<String> = all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names.len(), all.len(), "{path}: each is shown once");
        names
    }

    async fn names(&self) -> Names {
        let posted = "transaction.status.eq('posted')";
        Names {
            accounts: self.named("/accounts", "").await,
            posted: self.named("/transactions", posted).await,
        }
    }

    /// Through which connections the accounts are shown.
    async fn through(&self) -> BTreeSet<String> {
        let all = self.filtered("/accounts", "").await;
        all.iter().map(|one| one["connection"].as_str().unwrap().to_owned()).collect()
    }

    async fn done(&self, method: Method, rest: &str) {
        let (status, body) = answer(self.call(method, &self.path(rest))).await;
        assert_eq!(status, 204, "{rest}: {body}");
    }
}

#[tokio::test]
async fn a_connection_that_is_made_again_shows_the_same_accounts_once() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let first = ada.connect(BANK, LOGIN, PASSWORD).await;
    let names = ada.names().await;
    assert!(!names.accounts.is_empty() && !names.posted.is_empty());
    ada.done(Method::DELETE, &format!("/connections/{first}")).await;
    assert_eq!(ada.names().await, names, "what was read stays");
    let second = ada.connect(BANK, LOGIN, PASSWORD).await;
    assert_ne!(first, second, "a deleted connection does not come back");
    assert_eq!(ada.names().await, names, "and nothing is there twice");
    assert_eq!(ada.through().await, [second].into(), "the newest reading is shown");
    let listed = ada.read("").await;
    assert_eq!(listed["accounts"]["count"], names.accounts.len());
}

#[tokio::test]
async fn what_was_purged_and_is_read_again_has_its_names_back() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect(BANK, LOGIN, PASSWORD).await;
    let names = ada.names().await;
    ada.done(Method::POST, &format!("/connections/{id}/purge")).await;
    let none = Names { accounts: BTreeSet::new(), posted: BTreeSet::new() };
    assert_eq!(ada.names().await, none);
    let refresh = ada.call(Method::POST, &ada.path(&format!("/connections/{id}/refresh")));
    let (status, stub) = answer(refresh).await;
    assert_eq!(status, 202, "{stub}");
    let job = ada.ended(stub["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "success", "{job}");
    assert_eq!(ada.names().await, names);
}

#[tokio::test]
async fn a_later_consent_finds_the_accounts_of_an_ended_one_under_their_names() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect(BANK, LOGIN, PASSWORD).await;
    let names = ada.names().await;
    let consents = ada.read("/consents").await;
    let ended = consents["data"][0]["id"].as_str().unwrap();
    ada.done(Method::DELETE, &format!("/consents/{ended}")).await;
    assert!(ada.named("/accounts", "").await.is_empty(), "what it covered is gone");
    let next = consent_on(&rig, &ada.partner, &ada.user, 2, 1).await;
    assert_ne!(ended, next);
    ada.connect(BANK, LOGIN, PASSWORD).await;
    assert_eq!(ada.names().await, names);
}

#[tokio::test]
async fn a_name_says_nothing_about_somebody_elses_account() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    ada.connect(BANK, LOGIN, PASSWORD).await;
    let ben = Customer::of(&rig, rig.partner("Another").await).await;
    ben.connect(BANK, LOGIN, PASSWORD).await;
    let (one, other) = (ada.names().await, ben.names().await);
    assert_eq!((one.accounts.len(), one.posted.len()), (other.accounts.len(), other.posted.len()));
    assert!(one.accounts.is_disjoint(&other.accounts) && one.posted.is_disjoint(&other.posted));
}

#[tokio::test]
async fn two_cards_whose_masked_numbers_are_the_same_are_two_accounts() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let id = ada.connect(BANK, "twin-cards", "magic").await;
    let accounts = ada.filtered("/accounts", "").await;
    let cards: Vec<&Value> = accounts.iter().filter(|one| one["class"]["type"] == "credit-card").collect();
    let [one, other] = cards.as_slice() else { panic!("{accounts:?}") };
    assert_eq!((&one["accountNo"], &one["class"]), (&other["accountNo"], &other["class"]));
    assert_ne!((&one["id"], &one["name"]), (&other["id"], &other["name"]));
    let of = async |card: &Value| {
        let filter = format!("account.id.eq('{}')", card["id"].as_str().unwrap());
        let all = ada.filtered("/transactions", &filter).await;
        all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let (ones, others) = (of(one).await, of(other).await);
    assert!(!ones.is_empty() && !others.is_empty() && ones.is_disjoint(&others), "each has its own");
    let names = ada.names().await;
    let refresh = ada.call(Method::POST, &ada.path(&format!("/connections/{id}/refresh")));
    let (_, stub) = answer(refresh).await;
    assert_eq!(ada.ended(stub["id"].as_str().unwrap()).await["status"], "success");
    assert_eq!(ada.names().await, names);
}

#[tokio::test]
async fn a_joint_account_that_both_owners_connect_is_there_once() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let first = ada.connect(BANK, "Wentworth-Smith", "whislter").await;
    let names = ada.names().await;
    let job = ada.begin(BANK, "co-owner", "magic").await;
    let job = ada.ended(&job).await;
    assert_eq!(job["status"], "success", "{job}");
    let step = job["steps"].as_array().unwrap().iter().find(|one| one["title"] == "retrieve-accounts");
    let told = step.unwrap()["result"]["duplicates"].as_array().unwrap();
    let told: BTreeSet<String> = told.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!((told, names.accounts.len()), (names.accounts.clone(), 4), "all of them, and said so");
    assert_eq!(ada.names().await, names, "each once, with its transactions");
    let joint = ada.filtered("/accounts", "").await;
    assert!(joint.iter().all(|one| one["accountOwnership"] == "TWO_PARTY"), "{joint:?}");
    ada.done(Method::DELETE, &format!("/connections/{first}")).await;
    assert_eq!(ada.names().await, names, "also when one of the two goes");
    // Whoever owns the other half is somebody else.
    let ben = Customer::of(&rig, rig.partner("Another").await).await;
    ben.connect(BANK, "co-owner", "magic").await;
    assert!(ben.names().await.accounts.is_disjoint(&names.accounts));
}

/// What is left of chance: the same walk for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

/// Two that share all accounts, and one whose cards look alike.
const LOGINS: [(&str, &str); 3] =
    [("Wentworth-Smith", "whislter"), ("co-owner", "magic"), ("twin-cards", "magic")];

impl Customer<'_> {
    /// One thing that can happen to what a person has connected; the job that reads after it is over.
    async fn happens(&self, turn: usize, dice: &mut Dice, consents: &mut u8) -> String {
        let connections = self.filtered("/connections", "").await;
        let some = |dice: &mut Dice| {
            let one = connections.get(dice.below(connections.len().max(1)))?;
            Some(one["id"].as_str().unwrap().to_owned())
        };
        // Everybody comes in once, in turn; then it is chance.
        let is_first = turn < LOGINS.len();
        let (login, password) = LOGINS[if is_first { turn } else { dice.below(LOGINS.len()) }];
        let read = async |path: String, body: Value| {
            let (status, stub) = answer(self.call(Method::POST, &self.path(&path)).json(&body)).await;
            assert!([200, 202].contains(&status), "{path}: {stub}");
            let job = self.ended(stub["id"].as_str().unwrap()).await;
            assert_eq!(job["status"], "success", "{path}: {job}");
        };
        match (if is_first { 0 } else { dice.below(8) }, some(dice)) {
            (0..=2, _) | (_, None) => {
                self.connect(BANK, login, password).await;
                format!("{login} signs in")
            }
            (3 | 4, Some(id)) => {
                read(format!("/connections/{id}/refresh"), json!({})).await;
                format!("{id} is refreshed")
            }
            (5, Some(id)) => {
                self.done(Method::POST, &format!("/connections/{id}/purge")).await;
                read(format!("/connections/{id}/refresh"), json!({})).await;
                format!("{id} is purged and read again")
            }
            (6, Some(id)) => {
                self.done(Method::DELETE, &format!("/connections/{id}")).await;
                format!("{id} is deleted")
            }
            (_, Some(_)) => {
                let active = self.filtered("/consents", "").await;
                let id = active[0]["id"].as_str().unwrap();
                self.done(Method::DELETE, &format!("/consents/{id}")).await;
                *consents += 1;
                consent_on(self.rig, &self.partner, &self.user, *consents, 1).await;
                "the consent ends, and another is given".into()
            }
        }
    }
}

#[tokio::test]
async fn whatever_happens_in_whatever_order_an_account_keeps_its_name_and_is_there_once() {
    for seed in [1_u64, 2, 3] {
        let rig = Rig::start();
        let ada = Customer::enter(&rig).await;
        let (mut dice, mut consents) = (Dice(seed * 0x9e37_79b9), 1);
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        let mut walk = Vec::new();
        for turn in 0..16 {
            walk.push(ada.happens(turn, &mut dice, &mut consents).await);
            let accounts = ada.filtered("/accounts", "").await;
            let (mut seen, mut ids) = (BTreeSet::new(), BTreeSet::new());
            for account in &accounts {
                // What a person tells accounts apart by; the wire has no other names of the bank's.
                let known_by = format!("{} {}", account["accountNo"], account["name"]);
                let id = account["id"].as_str().unwrap().to_owned();
                assert!(seen.insert(known_by.clone()), "seed {seed}: {known_by} twice after {walk:?}");
                assert!(ids.insert(id.clone()), "seed {seed}: {id} twice after {walk:?}");
                let before = named.entry(known_by).or_insert_with(|| id.clone());
                assert_eq!(*before, id, "seed {seed}: another name after {walk:?}");
            }
        }
        let distinct: BTreeSet<&String> = named.values().collect();
        assert_eq!((distinct.len(), named.len()), (8, 8), "seed {seed}: all were there once: {walk:?}");
    }
}
