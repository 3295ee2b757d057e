//! The real program in a process of its own: started, killed, started again. Ends with its value.

use serde::Deserialize;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

/// How long a command may take that ends by itself; generous, for the machine may be busy.
const COMMAND_TIME_MAX: Duration = Duration::from_mins(2);

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

/// The program, without what the environment of the tests would set in it.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authlink"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AUTHLINK_") {
            command.env_remove(name);
        }
    }
    command
}

/// A demo server.
pub struct Demo {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub ready: Ready,
}

impl Demo {
    /// Starts one on ports of its own and waits until it says that it is ready.
    pub fn start(data: &Path) -> Self {
        Self::with(data, &[], &[])
    }

    /// The same with more arguments and environment.
    pub fn with(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        command
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .envs(environment.iter().copied());
        Self::of(command)
    }

    /// One that is started by a command of the test's own.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let Ok(ready) = serde_json::from_str(&line) else {
            let _ = child.kill();
            panic!("not ready: {line:?}, {}", child.wait().unwrap());
        };
        Self { child, stdout, ready }
    }

    /// A token for everything of its application.
    pub async fn token(&self, client: &reqwest::Client) -> String {
        let request = client.post(format!("{}/token", self.ready.api_url)).header("basiq-version", "3.0");
        let request = request.header("Authorization", format!("Basic {}", self.ready.api_key));
        let answer = request.form(&[("scope", "SERVER_ACCESS")]).send().await.unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        self.end();
    }

    /// SIGTERM: it ends by itself. Its exit code, and what it still wrote to standard output.
    pub fn terminate(mut self) -> (Option<i32>, String) {
        self.signal();
        self.finish()
    }

    /// SIGTERM, without waiting.
    pub fn signal(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it ends by itself.
    pub fn finish(&mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
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

/// A program that is killed when the test is done with it.
pub struct Guard(pub Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command that ends by itself; one that does not is killed, and the test fails.
pub async fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = program();
    command.args(arguments).arg("--data").arg(data);
    finished(command).await
}

/// The same for a command as it is.
pub async fn finished(command: Command) -> Output {
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(COMMAND_TIME_MAX, command.output()).await.expect("it does not end").unwrap()
}

/// What a command wrote.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
