//! An account has one name for as long as its person is known: whichever way it is read again, and
//! through whichever connection or consent. So have the transactions that are final.

use super::consents::consent_on;
use super::customer::Customer;
use crate::rig::{Rig, answer};
use reqwest::Method;
use std::collections::BTreeSet;

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
