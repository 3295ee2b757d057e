//! What README.md shows of the feed runs as it stands there.

use crate::process::{Demo, Guard};
use reqwest::Client;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The example that holds `words`.
fn example(words: &str) -> &'static str {
    let blocks = include_str!("../../README.md").split("```sh\n").skip(1);
    let mut blocks = blocks.filter_map(|rest| rest.split("```").next()).filter(|block| block.contains(words));
    let found = blocks.next().unwrap_or_else(|| panic!("no example with {words}"));
    assert_eq!(blocks.next(), None);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_feed_runs_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let client = Client::new();
    let token = demo.token(&client).await;
    let mut shell = Command::new("bash");
    shell.args(["-euc", example("/events/feed")]).env("API", &demo.ready.api_url).env("TOKEN", &token);
    let mut shell = Guard(shell.stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(shell.0.stdout.take().unwrap()).lines();
    let url = format!("{}/users", demo.ready.api_url);
    drop(tokio::spawn(async move {
        // What is waited for has to happen behind the cursor, whenever the example has come to it.
        loop {
            let request = client.post(&url).bearer_auth(&token).json(&json!({"mobile": "+61400111222"}));
            if request.send().await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }));
    let (sender, mut said) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut text = String::new();
    while text.matches("event: user.created\n").count() < 2 {
        let line = tokio::time::timeout(Duration::from_mins(1), said.recv()).await.expect("it goes on");
        text.push_str(&line.expect("it does not end"));
        text.push('\n');
    }
    demo.kill();
    // The two pages have no line end of their own: they stand before the stream's first line.
    let (pages, stream) = text.split_once("retry: ").unwrap();
    let mut pages = serde_json::Deserializer::from_str(pages).into_iter::<Value>();
    let (first, waited) = (pages.next().unwrap().unwrap(), pages.next().unwrap().unwrap());
    assert_eq!(first["data"][0]["cursor"], "1");
    assert!(waited["count"].as_u64().unwrap() > 0, "{waited}");
    let behind: u64 = waited["data"][0]["cursor"].as_str().unwrap().parse().unwrap();
    let ids = stream.lines().filter_map(|line| line.strip_prefix("id: "));
    let ids: Vec<u64> = ids.map(|id| id.parse().unwrap()).collect();
    assert_eq!(ids, (behind..).take(ids.len()).collect::<Vec<_>>());
}
