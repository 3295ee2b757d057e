//! The real program in a process of its own: started, killed, started again. Ends with its value.

use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the demo says when it is ready.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    pub api_url: String,
    pub api_key: String,
    pub admin_url: String,
    pub admin_token: String,
    pub user_id: String,
    pub link: String,
}

/// A demo server.
pub struct Demo {
    child: Child,
    pub ready: Ready,
}

impl Demo {
    /// Starts one on ports of its own and waits until it says that it is ready.
    pub fn start(data: &Path) -> Self {
        Self::with(data, &[], &[])
    }

    /// The same with more arguments and environment.
    pub fn with(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_authlink"))
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("not ready: {error}: {line:?}"));
        Self { child, ready }
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.end();
    }
}
