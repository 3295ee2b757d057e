//! `authlink config`: what is set, from where, and whether it is fine.

use super::failure::Failure;
use super::options::ServeOptions;
use super::say;
use crate::config::MASTER_KEY_VARIABLE;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Show or check the configuration
#[derive(Args)]
#[command(after_help = "\
Examples:
  # every setting, its value, where it comes from
  authlink config show
  # the same as a file to begin with
  authlink config show > authlink.toml
  # all faults at once; exit code 0 or 78
  authlink config check --config authlink.toml

A file wins over the defaults, the environment over the file, a flag over all.
In the environment a setting is AUTHLINK_ and its name in capitals, with _ for
the dot: AUTHLINK_STORE_CACHE_BYTES.")]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Print every setting with its source; secrets never
    #[command(after_help = "\
Examples:
  authlink config show
  # a file to begin with
  authlink config show > authlink.toml

What each setting does: docs/SETTINGS.md.")]
    Show(ServeOptions),
    /// List all faults, or say that it is fine
    #[command(after_help = "\
Examples:
  # before a restart; exit code 0 or 78
  authlink config check --config authlink.toml")]
    Check(ServeOptions),
}

impl ConfigCommand {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            What::Show(options) => {
                let loaded = options.load(&[])?;
                let set = std::env::var_os(MASTER_KEY_VARIABLE).is_some_and(|text| !text.is_empty());
                let key = match (&loaded.config.master_key_file, set) {
                    (Some(_), _) => "in the file that master_key_file names".to_owned(),
                    (None, true) => format!("in the environment, {MASTER_KEY_VARIABLE}"),
                    (None, false) => "none; serve does not start without".to_owned(),
                };
                say(&format!("{}# The master key: {key}.\n", loaded.show()))?;
            }
            What::Check(options) => {
                let loaded = options.load(&[])?;
                for warning in loaded.config.warnings() {
                    say(&format!("warning: {warning}\n"))?;
                }
                say("The configuration is fine.\n")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
