//! The command `authlink sandbox`.

use super::{Bank, refused, text};
use crate::process::{Guard, finished, program};
use reqwest::Client;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn the_command_says_where_it_is_and_a_restart_tells_the_same() {
    let mut seen: Option<(String, Vec<Value>)> = None;
    for _ in 0..2 {
        let mut command = program();
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--latency-ms", "0", "--json"]);
        let mut child = Guard(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut stdout = BufReader::new(child.0.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready.as_object().unwrap().len(), 1);
        let stop = CancellationToken::new().drop_guard();
        let (clock, client) = (Arc::default(), Client::new());
        let bank = Bank { base: text(&ready["url"]), client, clock, stop, served: None };
        refused(&bank.get("/control/faults", "x").await, 404, "not-found");
        let token = match &seen {
            Some((token, _)) => token.clone(),
            None => bank.session("AU00000", "richard", "tabsnotspaces").await,
        };
        let accounts = bank.rows("/AU00000/accounts", &token, "accounts").await;
        let list = bank.transactions("AU00000", &text(&accounts[2]["account_no"]), &token).await;
        if let Some((_, before)) = &seen {
            assert_eq!(&list[list.len() - 10..], &before[before.len() - 10..]);
        }
        seen = Some((token, list));
        let pid = child.0.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!((child.0.wait().unwrap().code(), rest.as_str()), (Some(0), ""));
    }
}

#[tokio::test]
async fn the_command_refuses_what_would_be_dangerous_or_endless() {
    for (arguments, holds) in [
        (["--listen", "0.0.0.0:0", "--control"].as_slice(), "loopback"),
        (&["--latency-ms", "120001"], "at most 120000"),
    ] {
        let mut command = program();
        command.arg("sandbox").args(arguments);
        let output = finished(command).await;
        assert_eq!(output.status.code(), Some(78));
        assert!(String::from_utf8_lossy(&output.stderr).contains(holds));
    }
}
