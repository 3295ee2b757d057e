//! The server under load: one that runs already, or this same program in a process of its own.

use super::BenchError;
use serde::Deserialize;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A server and the key to it.
pub struct Server {
    /// Its base URL.
    pub api_url: String,
    /// A key of an application there.
    pub api_key: String,
    child: Option<Child>,
}

#[derive(Deserialize)]
struct Ready {
    api_url: String,
    api_key: String,
}

impl Server {
    /// One that runs already.
    pub fn running(api_url: &str, api_key: &str) -> Self {
        Self { api_url: api_url.trim_end_matches('/').into(), api_key: api_key.into(), child: None }
    }

    /// Starts one with its data in `folder`; it ends with this value.
    ///
    /// # Errors
    /// When it does not say that it is ready.
    pub async fn start(folder: &Path) -> Result<Self, BenchError> {
        let data = folder.join("data");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| BenchError::Server("it has no output".into()))?;
        let line = BufReader::new(stdout).lines().next_line().await?.unwrap_or_default();
        let ready: Ready = serde_json::from_str(&line).map_err(|_| {
            BenchError::Server(format!("it did not start; try `authlink demo --data {}`", data.display()))
        })?;
        Ok(Self { api_url: ready.api_url, api_key: ready.api_key, child: Some(child) })
    }

    /// Ends a server that was started here.
    pub async fn stop(mut self) {
        if let Some(child) = &mut self.child {
            // One that has ended already needs no end.
            let _ = child.kill().await;
        }
    }
}
