//! `authlink completions`: what a shell needs to complete our words.

use super::failure::Failure;
use super::{Cli, say};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Print a script that completes commands and flags in your shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink completions bash > ~/.local/share/bash-completion/completions/authlink
  authlink completions zsh > ~/.zfunc/_authlink")]
pub(super) struct Completions {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "authlink", &mut script);
        say(&String::from_utf8_lossy(&script))?;
        Ok(ExitCode::SUCCESS)
    }
}
