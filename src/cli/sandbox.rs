//! `authlink sandbox`: the test bank alone, as a server of its own.

use super::failure::Failure;
use super::runtime::Signals;
use super::{runtime, say, server};
use crate::clock::{Clock, SystemClock};
use crate::sandbox::data::institution::{INSTITUTIONS, MfaPolicy};
use crate::sandbox::{self, LATENCY_MAX, Options};
use clap::Args;
use serde_json::json;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The test bank alone: made-up institutions and persons, reached over the network
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink sandbox
  # answers at once, on any free port, and can be broken on purpose
  authlink sandbox --listen 127.0.0.1:0 --latency-ms 0 --control
  # for scripts: one line when it is ready
  authlink sandbox --json

The same seed tells the same lives, at every start. docs/SANDBOX.md lists who can
sign in where, and what can be broken. Ctrl-C stops it; it keeps nothing.")]
pub(super) struct Sandbox {
    /// Where it listens; port 0: any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4402")]
    listen: SocketAddr,
    /// All data and session keys follow from it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How long every request takes at least, at most 120000
    #[arg(long, value_name = "N", default_value_t = 300)]
    latency_ms: u64,
    /// Let whoever reaches it break it under /control; on loopback alone
    #[arg(long)]
    control: bool,
    /// Print one line of JSON when ready, and nothing else on standard output
    #[arg(long)]
    json: bool,
}

impl Sandbox {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let latency = Duration::from_millis(self.latency_ms);
        if latency > LATENCY_MAX {
            let most = LATENCY_MAX.as_millis();
            return Err(Failure::configuration(format!("--latency-ms is at most {most}")));
        }
        if self.control && !self.listen.ip().is_loopback() {
            return Err(Failure::configuration(
                "--control lets everybody break the bank: it wants a loopback address after --listen",
            ));
        }
        let options = Options {
            seed: self.seed,
            latency,
            is_controlled: self.control,
            now: Arc::new(|| SystemClock.now().0),
        };
        runtime::block_on(async {
            let mut signals = Signals::listen()?;
            let (listener, bound) = server::bind(self.listen, "sandbox bank", "--listen").await?;
            let stop = CancellationToken::new();
            let serving = tokio::spawn(sandbox::serve(listener, options, stop.clone()));
            let url = format!("http://{bound}");
            say(&if self.json { format!("{}\n", json!({ "url": url })) } else { text(&url, self.control) })?;
            signals.next().await;
            stop.cancel();
            serving.await.map_err(|_| Failure::new("the sandbox bank ended in disorder"))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What people read when it is ready.
fn text(url: &str, is_controlled: bool) -> String {
    let institutions: Vec<String> = INSTITUTIONS
        .iter()
        .map(|one| {
            let asks = match one.mfa {
                MfaPolicy::Never => "a password is enough",
                MfaPolicy::Always => "asks for more than a password",
                MfaPolicy::Sometimes => "asks for more at every second login of a person",
            };
            format!("  {}  {:<23} {asks}", one.id, one.name)
        })
        .collect();
    let institutions = institutions.join("\n");
    let control =
        if is_controlled { format!("Break it: PUT {url}/control/faults\n\n") } else { String::new() };
    format!(
        "\
Sandbox bank  {url}

Institutions:
{institutions}

Log in as a made-up person; the token that comes back opens {url}/AU00000/accounts:
  curl -s {url}/AU00000/login -d '{{\"login_id\":\"Whistler\",\"password\":\"ShowBox\"}}'

{control}All persons, their answers and all faults: docs/SANDBOX.md. Never type a real password.
"
    )
}
