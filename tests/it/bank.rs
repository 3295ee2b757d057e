//! The sandbox bank for tests: a server of its own on a port of its own, that can be broken.

use authlink::sandbox::{self, Options};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Starts a bank that lives as long as the runtime it is started on: where it is reached.
pub async fn start(now: sandbox::Now) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let options = Options { seed: 1, latency: Duration::ZERO, is_controlled: true, now };
    drop(tokio::spawn(sandbox::serve(listener, options, CancellationToken::new())));
    url
}

/// The time of a clock as the bank wants it.
pub fn time_of(clock: Arc<dyn authlink::clock::Clock>) -> sandbox::Now {
    Arc::new(move || clock.now().0)
}

/// Sets a fault: `{"step": "transactions", "fault": "down"}` and the like (docs/SANDBOX.md).
pub async fn fault(url: &str, fault: serde_json::Value) {
    let client = reqwest::Client::new();
    let answer = client.put(format!("{url}/control/faults")).json(&fault).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}
