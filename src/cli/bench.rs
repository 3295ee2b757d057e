//! `authlink bench`: the load harness.

use super::failure::Failure;
use super::{runtime, say};
use crate::bench::{self, BenchOptions};
use clap::Args;
use std::process::ExitCode;

/// Measure: a closed loop of clients against a server of its own, or one that runs already
#[derive(Args)]
#[command(after_help = "\
Examples:
  # a server of its own in a temporary folder
  authlink bench
  authlink bench --users 200 --connections 8 --seconds 2 --repeats 3
  authlink bench --api-url http://127.0.0.1:4400 --api-key KEY

Medians over the repeats, beside a probe of the disk: build with --release, and
read the figures together with it.")]
pub(super) struct Bench {
    #[command(flatten)]
    options: BenchOptions,
}

impl Bench {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let report = runtime::block_on(async {
            bench::run(&self.options).await.map_err(|error| Failure::new(error.to_string()))
        })?;
        let text = if self.options.json { report.json() } else { report.table() };
        say(&format!("{}\n", text.trim_end()))?;
        Ok(ExitCode::SUCCESS)
    }
}
