//! What the bank tells: institutions, accounts, transactions, profiles.

use super::DAY;
use super::{Bank, PERSONS, answered, cents, refused, text};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn institutions_are_told_with_neutral_and_compatible_names() {
    let bank = Bank::start().await;
    let (status, body) = answered(bank.request(Method::GET, "/institutions")).await;
    assert_eq!(status, StatusCode::OK);
    let told: Vec<(String, String)> =
        body.as_array().unwrap().iter().map(|one| (text(&one["id"]), text(&one["mfa"]))).collect();
    let mfa = ["never", "never", "always", "sometimes", "never"];
    let wanted: Vec<(String, String)> =
        mfa.iter().enumerate().map(|(at, mfa)| (format!("AU0000{at}"), (*mfa).to_owned())).collect();
    assert_eq!(told, wanted);
    for one in body.as_array().unwrap() {
        assert!(text(&one["name"]).starts_with("Sandbox "), "{one}");
        assert_ne!(one["name"], one["compatible_name"]);
    }
    assert_eq!(body[2]["compatible_name"], "Pied Piper Bank");
}

#[tokio::test]
async fn everyone_gets_accounts_that_add_up_everywhere() {
    let bank = Bank::start().await;
    for institution in ["AU00000", "AU00001", "AU00002", "AU00003", "AU00004"] {
        for (login_id, password, answers) in PERSONS {
            let answer = bank.login(institution, login_id, password).await;
            if institution == "AU00004" && login_id != "gavinBelson" {
                refused(&answer, 401, "invalid-credentials");
                continue;
            }
            let is_asked = ["AU00002", "AU00003"].contains(&institution);
            let token = if is_asked {
                let id = text(&answer.1["challenge"]["id"]);
                let path = format!("/{institution}/login/{id}/answer");
                let (status, session) = bank.post(&path, &json!({ "answers": answers })).await;
                assert_eq!(status, StatusCode::OK, "{session}");
                text(&session["session_token"])
            } else {
                text(&answer.1["session_token"])
            };
            let accounts = bank.rows(&format!("/{institution}/accounts"), &token, "accounts").await;
            assert!(accounts.len() >= 2);
            let first = &accounts[0];
            let list = bank.transactions(institution, &text(&first["account_no"]), &token).await;
            let list: Vec<&Value> = list.iter().filter(|one| one["status"] == "posted").collect();
            assert_eq!(list[0]["balance"], first["balance"]);
            for two in list.windows(2) {
                let (newer, older) = (two[0], two[1]);
                assert_eq!(cents(&newer["balance"]), cents(&older["balance"]) + cents(&newer["amount"]));
            }
            let oldest = text(&list[list.len() - 1]["post_date"]);
            assert!(oldest.as_str() < "2025-02-18", "{login_id} at {institution}: {oldest}");
        }
    }
}

#[tokio::test]
async fn an_account_a_transaction_and_a_profile_have_all_their_members() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "laurieBream", "business2024").await;
    let accounts = bank.rows("/AU00000/accounts", &token, "accounts").await;
    let members = |value: &Value| {
        let names: BTreeSet<String> = value.as_object().unwrap().keys().cloned().collect();
        names.into_iter().collect::<Vec<_>>().join(" ")
    };
    for account in &accounts {
        assert_eq!(
            members(account),
            "account_no available_funds balance bsb class credit_limit currency history_from history_to holder id \
             name ownership product"
        );
        assert_eq!(account["holder"], "BREAM CONSULTING PTY LTD");
        assert_eq!(account["currency"], "AUD");
    }
    assert_eq!(accounts[2]["class"], "credit-card");
    assert_eq!(accounts[2]["credit_limit"], "20000.00");
    let list = bank.transactions("AU00000", &text(&accounts[0]["account_no"]), &token).await;
    for one in &list {
        assert_eq!(
            members(one),
            "amount balance class currency description direction id post_date status sub_class transaction_date"
        );
        assert_eq!(one["balance"].is_null(), one["status"] == "pending");
        assert_eq!(one["post_date"].is_null(), one["status"] == "pending");
        assert_eq!(one["direction"] == "debit", cents(&one["amount"]) < 0);
    }
    let (_, profile) = bank.get("/AU00000/profile", &token).await;
    assert_eq!(profile["organisation"]["legal_name"], "Bream Consulting Pty Ltd");
    assert_eq!(profile["phone_numbers"], json!(["+614XXXXX107"]));
    assert_eq!(profile["full_name"], "Laurie Bream");
    let token = bank.session("AU00000", "ashMann", "hooli2024").await;
    let (_, profile) = bank.get("/AU00000/profile", &token).await;
    assert_eq!(profile["organisation"], Value::Null);
}

#[tokio::test]
async fn what_is_laid_down_is_told_to_whoever_asks_for_it() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "Gilfoyle", "PiedPiper").await;
    let plain = bank.rows("/AU00000/accounts", &token, "accounts").await;
    assert_eq!(bank.rows("/AU00000/accounts?terms=false", &token, "accounts").await, plain);
    assert!(plain.iter().all(|one| one.get("terms").is_none()));
    let mut told = bank.rows("/AU00000/accounts?terms=true", &token, "accounts").await;
    let terms: Vec<Value> =
        told.iter_mut().map(|one| one.as_object_mut().unwrap().remove("terms").unwrap()).collect();
    assert_eq!(told, plain, "it comes on top");
    assert_eq!((&terms[0]["fees"][0]["amount"], &terms[1]["fees"]), (&json!("5.00"), &json!([])));
    assert_eq!(terms[1]["deposit_rates"][1]["rate"], "0.0260");
    assert_eq!((&terms[2]["lending_rates"][0]["rate"], &terms[2]["loan"]), (&json!("0.1999"), &Value::Null));
    assert_eq!(terms[2]["card"]["due_date"], "2026-03-18");
    for query in ["terms", "terms=", "terms=1", "terms=True"] {
        refused(&bank.get(&format!("/AU00000/accounts?{query}"), &token).await, 400, "bad-query");
    }
}

#[tokio::test]
async fn paging_covers_every_transaction_once_also_while_new_ones_come() {
    let bank = Bank::start().await;
    let token = bank.session("AU00000", "ashMann", "hooli2024").await;
    let accounts = bank.rows("/AU00000/accounts", &token, "accounts").await;
    let no = text(&accounts[0]["account_no"]);
    let all = bank.transactions("AU00000", &no, &token).await;
    let ids: BTreeSet<String> = all.iter().map(|one| text(&one["id"])).collect();
    assert_eq!(ids.len(), all.len());
    assert!(all.len() > 500, "{}", all.len());
    let path = format!("/AU00000/accounts/{no}/transactions");
    let (_, first) = bank.get(&path, &token).await;
    bank.advance(3 * DAY);
    let (_, second) = bank.get(&format!("{path}?cursor={}", text(&first["next_cursor"])), &token).await;
    assert_eq!(second["transactions"].as_array().unwrap(), &all[100..200]);
    let later = bank.transactions("AU00000", &no, &token).await;
    let later: BTreeSet<String> = later.iter().map(|one| text(&one["id"])).collect();
    let kept = all.iter().filter(|one| one["status"] == "posted" && later.contains(&text(&one["id"])));
    let posted = all.iter().filter(|one| one["status"] == "posted").count();
    assert!(posted - kept.count() < 20, "more is gone than the three oldest days");
    assert!(later.len() > ids.len() - 20 && later.difference(&ids).count() >= 3);
    let june = bank.get(&format!("{path}?from=2025-06-01&to=2025-06-30"), &token).await.1;
    let june = june["transactions"].as_array().unwrap();
    let wanted: Vec<&Value> = all
        .iter()
        .filter(|one| one["post_date"].as_str().is_some_and(|date| date.starts_with("2025-06")))
        .collect();
    assert_eq!(june.iter().collect::<Vec<_>>(), wanted);
    for query in ["from=2025-6-1", "to=x", "cursor=x", "cursor=2025-06-01", "cursor=2025-06-01.-1"] {
        refused(&bank.get(&format!("{path}?{query}"), &token).await, 400, "bad-query");
    }
    refused(&bank.get("/AU00000/accounts/123/transactions", &token).await, 404, "unknown-account");
}
