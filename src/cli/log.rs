//! The log: one line per thing worth knowing, on standard error, so that standard output stays for
//! what a command is asked to print.

use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts the log. What other crates have to say is shown from warnings on.
pub(super) fn start(log: Log) {
    let others = if log.level == "error" { "error" } else { "warn" };
    let filter = EnvFilter::new(format!("{others},authlink={}", log.level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second log in one process could only fail in a test, and then the first one is the log.
    let _ = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
