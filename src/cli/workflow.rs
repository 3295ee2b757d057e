//! `authlink workflow`: the lifecycles, checked and drawn.

use super::failure::Failure;
use super::options::DataOptions;
use super::say;
use crate::domain::workflow::Workflows;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Check or draw the lifecycles of links, sessions, consents, connections, jobs and messages
#[derive(Args)]
#[command(after_help = "\
Examples:
  # the tables, with the limits that the configuration sets
  authlink workflow check
  # a Mermaid state diagram
  authlink workflow draw auth_link > auth_link.mmd")]
pub(super) struct WorkflowCommand {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Check every table with the limits that the configuration sets
    #[command(after_help = "\
Examples:
  authlink workflow check --config authlink.toml

Limits and their bounds: docs/SETTINGS.md.")]
    Check {
        #[command(flatten)]
        options: DataOptions,
    },
    /// Print one lifecycle as a Mermaid diagram
    #[command(after_help = "\
Examples:
  authlink workflow draw auth_link > auth_link.mmd

What the states are: docs/ARCHITECTURE.md.")]
    Draw {
        /// auth_link, consent_session, consent, connection, job or webhook_delivery
        name: String,
    },
}

impl WorkflowCommand {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            What::Check { options } => {
                // Loading compiles every table and refuses all of them for any fault.
                options.load()?;
                say(&format!("Fine: {}.\n", Workflows::NAMES.join(", ")))?;
            }
            What::Draw { name } => {
                let loaded = Workflows::load(&std::collections::BTreeMap::new());
                let workflows = loaded.map_err(|faults| {
                    Failure::new(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
                })?;
                let unknown =
                    || Failure::new(format!("there is no workflow {name}: {}", Workflows::NAMES.join(", ")));
                say(&workflows.draw(&name).ok_or_else(unknown)?)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
