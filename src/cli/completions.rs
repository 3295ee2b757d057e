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
  authlink completions zsh > ~/.zfunc/_authlink
  authlink completions fish > ~/.config/fish/completions/authlink.fish")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_is_told_of_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "authlink", &mut script);
            let script = String::from_utf8(script).unwrap();
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell} lacks {}", command.get_name());
            }
            assert!(script.contains("redirect-url"), "{shell} lacks flags");
        }
    }
}
