//! `authlink seed`: made-up users and links, for tests and benches.

use super::failure::Failure;
use super::options::DataOptions;
use super::target::{Missing, Target};
use super::{runtime, say};
use crate::http::admin::seed::{SeedReport, SeedRequest, USERS_MAX};
use clap::Args;
use std::process::ExitCode;

/// Make users and links for tests and benches: the same seed makes the same users
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink seed --users 1000 --links 1000 --data authlink-demo
  # three links each, of which the last is the living one
  authlink seed --users 10 --links 30 --seed 7

They belong to the sandbox application \"Quill Lending\" unless --app names
another. A repeat finds the users that are there, and makes their links anew.")]
pub(super) struct Seed {
    /// Users in all
    #[arg(long, value_name = "N")]
    users: u64,
    /// Links in all, spread evenly over the users
    #[arg(long, value_name = "M", default_value_t = 0)]
    links: u64,
    /// The same seed makes the same users
    #[arg(long = "seed", value_name = "S", default_value_t = 0)]
    start: u64,
    /// The application that gets them
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    #[command(flatten)]
    options: DataOptions,
}

impl Seed {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let config = self.options.load()?.config;
        let report = runtime::block_on(async {
            let target = Target::find(&config, "seed", Missing::Make).await?;
            let done = self.all(&target).await;
            target.close().await;
            done
        })?;
        let line = serde_json::to_string(&report).map_err(|error| Failure::new(error.to_string()))?;
        say(&format!("{line}\n"))?;
        Ok(ExitCode::SUCCESS)
    }

    /// One request after the other, so that a running server answers each in its time.
    async fn all(&self, target: &Target) -> Result<SeedReport, Failure> {
        let mut report = SeedReport::default();
        let mut from = 0;
        while from < self.users || report.application.is_empty() {
            let request = SeedRequest {
                users: self.users,
                links: self.links,
                seed: self.start,
                application: self.app.clone(),
                from,
                count: Some(USERS_MAX.min(self.users - from)),
            };
            let part = target.seed(&request).await?;
            report = SeedReport { application: part.application.clone(), ..report.plus(&part) };
            from = from.saturating_add(USERS_MAX).min(self.users);
        }
        Ok(report)
    }
}
