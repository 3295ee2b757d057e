//! The server under load: one that runs already, or this same program in a process of its own.

use super::BenchError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Every user of a measure connects, and all are of one application.
const CONNECTIONS_MAX: &str = "10000000";

/// A server and the key to it.
pub struct Server {
    /// Its base URL.
    pub api_url: String,
    /// A key of an application there.
    pub api_key: String,
    /// Its admin listener and the token of that, where the server was started here.
    pub admin: Option<(String, String)>,
    children: Vec<Child>,
}

#[derive(Deserialize)]
struct Ready {
    api_url: String,
    api_key: String,
    admin_url: String,
    admin_token: String,
}

#[derive(Deserialize)]
struct BankReady {
    url: String,
}

impl Server {
    /// One that runs already.
    pub fn running(api_url: &str, api_key: &str) -> Self {
        let (api_url, api_key) = (api_url.trim_end_matches('/').into(), api_key.into());
        Self { api_url, api_key, admin: None, children: Vec::new() }
    }

    /// Starts one with its data in `folder`, and a sandbox bank that answers at once; they end with this
    /// value.
    ///
    /// # Errors
    /// When they do not say that they are ready.
    pub async fn start(folder: &Path) -> Result<Self, BenchError> {
        let data = folder.join("data");
        let mut bank = Command::new(std::env::current_exe()?);
        bank.args(["sandbox", "--json", "--listen", "127.0.0.1:0", "--latency-ms", "0"]);
        let (bank, BankReady { url }) = launch(bank, "authlink sandbox").await?;
        let mut server = Command::new(std::env::current_exe()?);
        server
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("AUTHLINK_SANDBOX_BANK_URL", url)
            .env("AUTHLINK_WORKFLOW_CONNECTION_PER_SANDBOX", CONNECTIONS_MAX);
        let try_it = format!("authlink demo --data {}", data.display());
        let (server, ready): (Child, Ready) = launch(server, &try_it).await?;
        let admin = Some((ready.admin_url, ready.admin_token));
        Ok(Self { api_url: ready.api_url, api_key: ready.api_key, admin, children: vec![server, bank] })
    }

    /// Ends what was started here.
    pub async fn stop(mut self) {
        for child in &mut self.children {
            // One that has ended already needs no end.
            let _ = child.kill().await;
        }
    }
}

/// Starts a program that says in one line of JSON when it is ready.
async fn launch<T: DeserializeOwned>(mut command: Command, try_it: &str) -> Result<(Child, T), BenchError> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
    let stdout = child.stdout.take().ok_or_else(|| BenchError::Server("it has no output".into()))?;
    let line = BufReader::new(stdout).lines().next_line().await?.unwrap_or_default();
    let ready = serde_json::from_str(&line)
        .map_err(|_| BenchError::Server(format!("it did not start; try `{try_it}`")))?;
    Ok((child, ready))
}
