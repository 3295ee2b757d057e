//! The command line: parses arguments, joins the configuration, starts the rooms in order, prints.
//! One file per command. Must not know: rules of the product, how HTTP is spoken.

mod app;
mod bench;
mod completions;
mod config;
mod demo;
mod export;
mod failure;
mod files;
mod listen;
mod log;
mod master_key;
mod options;
mod pages;
mod runtime;
mod sandbox;
mod seed;
mod serve;
mod server;
mod target;
mod trigger;
mod workflow;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "authlink",
    version,
    about = "A self-hosted server for auth links: consent links that work once.",
    after_help = "Begin with `authlink demo`: it needs nothing and shows everything.",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    App(app::App),
    Pages(pages::Pages),
    Listen(listen::Listen),
    Trigger(trigger::Trigger),
    Export(export::Export),
    Seed(seed::Seed),
    Config(config::ConfigCommand),
    Workflow(workflow::WorkflowCommand),
    Sandbox(sandbox::Sandbox),
    Bench(bench::Bench),
    Completions(completions::Completions),
}

/// Runs the command that was typed, and says how it ended.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::App(command) => command.run(),
        Command::Pages(command) => command.run(),
        Command::Listen(command) => command.run(),
        Command::Trigger(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Seed(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Workflow(command) => command.run(),
        Command::Sandbox(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Completions(command) => command.run(),
    };
    done.unwrap_or_else(|failure: Failure| failure.report())
}

/// Writes to standard output. A reader that went away, as `head` does, is no fault.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_is_whole_and_teaches_with_examples() {
        let mut program = Cli::command();
        program.build();
        program.clone().debug_assert();
        let inner =
            program.get_subcommands().flat_map(|one| one.get_subcommands().map(move |two| (Some(one), two)));
        let all = program.get_subcommands().map(|one| (None, one)).chain(inner);
        // What clap adds to a group by itself teaches in its own way.
        for (outer, command) in all.filter(|(_, one)| one.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let way = outer.map_or(String::new(), |one: &clap::Command| format!("{} ", one.get_name()));
            let name = format!("{way}{}", command.get_name());
            assert!(help.contains(&format!("authlink {name}")), "{name} has no examples");
            assert!(help.lines().all(|line| line.chars().count() <= 88), "{name}: a line is too wide");
            assert!(command.get_about().is_some(), "{name} says nothing about itself");
        }
    }
}
