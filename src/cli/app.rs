//! `authlink app`: applications and their keys.

use super::failure::Failure;
use super::options::DataOptions;
use super::target::{Missing, Target};
use super::{runtime, say};
use crate::domain::id::ApplicationId;
use crate::http::admin::operations::{ApplicationView, Made, NewApplication};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::process::ExitCode;

/// Make applications (partners) and API keys
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink app create --name \"Quill Lending\" --redirect-url https://quill.example/back
  # one more key; the others go on working
  authlink app key --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11
  authlink app list --data authlink-demo

They talk to the server that runs on the folder, or work on the folder itself
when none runs, which wants the master key. A key is shown once: what is stored
is its hash.")]
pub(super) struct App {
    #[command(subcommand)]
    command: AppCommand,
}

#[derive(Subcommand)]
enum AppCommand {
    /// Make an application with its first API key
    #[command(after_help = "\
Examples:
  authlink app create --name \"Quill Lending\" --redirect-url https://quill.example/back

People read the name on every page. The key is shown once. What the partner asks
next: POST /token, see /docs of the server.")]
    Create {
        /// What people read: who asks
        #[arg(long, value_name = "NAME")]
        name: String,
        /// sandbox (made-up data) or live (real people)
        #[arg(long, value_name = "MODE", default_value = "sandbox")]
        mode: String,
        /// Where people go back to
        #[arg(long, value_name = "URL")]
        redirect_url: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Give an application one more API key
    #[command(after_help = "\
Examples:
  authlink app key --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11

The others go on working: give out the new one, then let the old one rest.")]
    Key {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        #[command(flatten)]
        output: Output,
    },
    /// Show all applications
    #[command(after_help = "\
Examples:
  authlink app list --data authlink-demo
  # for scripts
  authlink app list --json")]
    List {
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Args)]
struct Output {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: DataOptions,
}

impl App {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            AppCommand::Create { name, mode, redirect_url, output } => {
                let new = NewApplication { name, mode: Some(mode), redirect_url };
                let made = output.with(Missing::Make, async |target| target.create(new).await)?;
                output.print(&made, made_text(&made))?;
            }
            AppCommand::Key { app, output } => {
                let wrong = || Failure::new("--app wants an id as `authlink app list` shows it");
                let id = ApplicationId::parse(&app).ok_or_else(wrong)?;
                let made = output.with(Missing::Refuse, async |target| target.add_key(id).await)?;
                output.print(&made, made_text(&made))?;
            }
            AppCommand::List { output } => {
                let list = output.with(Missing::Refuse, async |target| target.list().await)?;
                output.print(&list, list.applications.iter().map(line).collect())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Output {
    fn with<T>(
        &self,
        missing: Missing,
        work: impl AsyncFnOnce(&Target) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let config = self.options.load()?.config;
        runtime::block_on(async {
            let target = Target::find(&config, "this command", missing).await?;
            let done = work(&target).await;
            target.close().await;
            done
        })
    }

    fn print<T: Serialize>(&self, value: &T, text: String) -> Result<(), Failure> {
        if self.json {
            let line = serde_json::to_string(value).map_err(|error| Failure::new(error.to_string()))?;
            say(&format!("{line}\n"))
        } else {
            say(&text)
        }
    }
}

fn made_text(made: &Made) -> String {
    let ApplicationView { id, name, mode, .. } = &made.application;
    let key = made.key.as_deref().unwrap_or_default();
    format!(
        "Application  {name} ({mode})\nId           {id}\nAPI key      {key}\n\nKeep the key: it is not shown again.\n"
    )
}

fn line(one: &ApplicationView) -> String {
    format!("{}  {:<8} {}\n", one.id, one.mode, one.name)
}
