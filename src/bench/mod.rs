//! The load harness: a closed loop of clients over real connections, against a server of its own in a
//! process of its own, or one that runs already. Must not know: how the server works inside.
//!
//! Figures are medians over repeats with their smallest and largest, beside a probe of the disk in the
//! same run: a sync is what a durable write waits for, so absolute figures mean little without it.

mod client;
mod journey;
mod probe;
mod report;
mod server;
mod workload;

pub use report::Report;

use clap::Args;
use std::path::PathBuf;
use thiserror::Error;
use workload::{Plan, Target};

/// What is measured, and how long.
#[derive(Debug, Clone, Args)]
pub struct BenchOptions {
    /// Base URL of a server that runs already; without it one is started in a fresh folder
    #[arg(long, requires = "api_key")]
    pub api_url: Option<String>,
    /// Its API key
    #[arg(long, requires = "api_url")]
    pub api_key: Option<String>,
    /// Folder for the server that is started; a temporary one when absent
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Users that are made before anything is measured
    #[arg(long, default_value_t = 1000)]
    pub users: usize,
    /// Connections at a time, one run each
    #[arg(long, value_delimiter = ',', default_values_t = [1_usize, 16, 64])]
    pub connections: Vec<usize>,
    /// Seconds per run
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Repeats of each run
    #[arg(long, default_value_t = 5)]
    pub repeats: usize,
    /// What is done: create (a link for a random user), read (that user's link), journey (all of it, with two banks)
    #[arg(long, value_delimiter = ',', default_values_t = [Workload::Create, Workload::Read])]
    pub workloads: Vec<Workload>,
    /// Print one JSON line instead of a table
    #[arg(long)]
    pub json: bool,
}

/// One kind of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// `POST /users/{id}/auth_link`: a durable write that replaces the link before.
    Create,
    /// `GET /users/{id}/auth_link`: a read through the user's actor.
    Read,
    /// A whole journey: user, link, code, consent, two banks, all transactions, disclosure.
    Journey,
}

impl std::fmt::Display for Workload {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Journey => "journey",
        })
    }
}

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The server did not start or does not answer.
    #[error("the server: {0}")]
    Server(String),
    /// The server refused something that a measurement needs.
    #[error("{what} was answered with {status}: {body}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// The beginning of the answer.
        body: String,
    },
    /// The disk or the network of this machine.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The protocol.
    #[error("{0}")]
    Http(String),
}

/// Runs everything that was asked for.
///
/// # Errors
/// Why nothing was measured. Refused and failed requests within a run are counted, not errors.
pub async fn run(options: &BenchOptions) -> Result<Report, BenchError> {
    let folder = data_folder(options)?;
    let server = match (&options.api_url, &options.api_key) {
        (Some(url), Some(key)) => server::Server::running(url, key),
        _ => server::Server::start(&folder).await?,
    };
    let target = Target::prepare(&server, options.users).await?;
    let mut report = Report::new(options);
    for repeat in 0..options.repeats.max(1) {
        // Interleaved, so that a slow minute of the machine falls on all of them alike.
        for workload in &options.workloads {
            for connections in &options.connections {
                let probe = probe::fdatasyncs_per_second(&folder)?;
                let plan = Plan { workload: *workload, connections: *connections, seconds: options.seconds };
                let run = workload::measure(&target, plan, repeat as u64).await?;
                report.add(plan, run, probe);
            }
        }
    }
    server.stop().await;
    if options.data.is_none() {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(report)
}

fn data_folder(options: &BenchOptions) -> Result<PathBuf, BenchError> {
    let folder = match &options.data {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("authlink-bench-{}", std::process::id())),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
