//! The log: one line per thing worth knowing, on standard error, so that standard output stays for
//! what a command is asked to print.

use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Tells where a panic was. A message that was put together at run time may hold anything, so only one
/// that stands in the code is told.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
        tracing::error!(place, message, "a panic");
    }));
}

/// Starts the log. What other crates have to say is shown from warnings on.
pub(super) fn start(log: Log) {
    let others = if log.level == "error" { "error" } else { "warn" };
    let filter = EnvFilter::new(format!("{others},authlink={}", log.level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tell_panics();
    // A second log in one process could only fail in a test, and then the first one is the log.
    let _ = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
