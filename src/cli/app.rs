//! `authlink app`: applications and their keys.

use super::failure::Failure;
use super::options::DataOptions;
use super::target::{Missing, Target};
use super::{runtime, say};
use crate::domain::id::ApplicationId;
use crate::domain::look::logo::{LOGO_BYTES_MAX, LogoFault};
use crate::domain::look::wanted::WantedLook;
use crate::http::admin::look::LookView;
use crate::http::admin::operations::{ApplicationView, Configuration, KeyList, Made, NewApplication};
use crate::http::admin::policy::PolicyView;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make applications (partners), their API keys and their look
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink app create --name \"Quill Lending\" --redirect-url https://quill.example/back
  # one more key; the others go on working
  authlink app key --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11
  authlink app list --data authlink-demo
  # the partner's name, colours, font and words on all its pages
  authlink app look --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 quill.toml

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

The others go on working: give out the new one, then revoke the old one
(authlink app keys, authlink app revoke). An application has at most 20.")]
    Key {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        #[command(flatten)]
        output: Output,
    },
    /// Show an application's API keys: their ids and when they were made
    #[command(after_help = "\
Examples:
  authlink app keys --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11

A key itself is not stored and shown nowhere. Its id is the `keyid` in the
payload of every token that was got with it.")]
    Keys {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        #[command(flatten)]
        output: Output,
    },
    /// Take an API key back, and every token that was got with it
    #[command(after_help = "\
Examples:
  authlink app revoke --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 \\
    --key-id 0f8c2a4b6d1e3f57
  # the only one, on purpose: nobody gets a token until there is another key
  authlink app revoke --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 \\
    --key-id 0f8c2a4b6d1e3f57 --last

It counts from the answer on, and cannot be taken back. People who are on a page
already go on; links, webhooks and data stay.")]
    Revoke {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        /// The key's id, as `app keys` shows it; never the key
        #[arg(long, value_name = "KEY_ID")]
        key_id: String,
        /// Also when no other key is left
        #[arg(long)]
        last: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Say where people go back to, and whether a link is required
    #[command(after_help = "\
Examples:
  authlink app update --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 \\
    --redirect-url https://quill.example/done
  authlink app update --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 --requires-link true

What is not named stays as it is. An empty redirect URL means that pages lead
nowhere at their end.")]
    Update {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        /// Where people go back to; empty: nowhere
        #[arg(long, value_name = "URL")]
        redirect_url: Option<String>,
        /// Refuse sessions that began with a partner's token instead of a link
        #[arg(long, value_name = "BOOL")]
        requires_link: Option<bool>,
        #[command(flatten)]
        output: Output,
    },
    /// Set or show how an application's pages look
    #[command(after_help = "\
Examples:
  authlink app look --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 quill.toml
  # as it is now, as a file of the same kind
  authlink app look --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11

The file is the whole look: what is not in it is the default. A colour that
cannot be read where the pages put it is refused, with the ratio and the nearest
one that can. docs/BRANDING.md has every option.")]
    Look {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        /// A TOML file with the look; without it, the look is shown
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Set or show what people of an application are asked to agree to
    #[command(after_help = "\
Examples:
  authlink app policy --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 policy.toml
  # as it is now, as a file of the same kind
  authlink app policy --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11

A change is a new version: whoever agreed to an earlier one is asked again when
they come. docs/BRANDING.md has every option.")]
    Policy {
        /// Its id, as `app list` shows it
        #[arg(long, value_name = "ID")]
        app: String,
        /// A TOML file with the policy; without it, the policy is shown
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
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
                let id = application(&app)?;
                let made = output.with(Missing::Refuse, async |target| target.add_key(id).await)?;
                output.print(&made, made_text(&made))?;
            }
            AppCommand::Keys { app, output } => {
                let id = application(&app)?;
                let list = output.with(Missing::Refuse, async |target| target.keys(id).await)?;
                output.print(&list, keys_text(&list))?;
            }
            AppCommand::Revoke { app, key_id, last, output } => {
                let (id, key) = (application(&app)?, key_word(&key_id)?);
                let list =
                    output.with(Missing::Refuse, async |target| target.revoke_key(id, key, last).await)?;
                output.print(&list, format!("Revoked. What is left:\n{}", keys_text(&list)))?;
            }
            AppCommand::Update { app, redirect_url, requires_link, output } => {
                let (id, wanted) = (application(&app)?, Configuration { redirect_url, requires_link });
                let made = output.with(Missing::Refuse, async |target| target.configure(id, wanted).await)?;
                output.print(&made.application, line(&made.application))?;
            }
            AppCommand::Look { app, file, output } => {
                let id = application(&app)?;
                let wanted = file.as_deref().map(read_look).transpose()?;
                let view = output.with(Missing::Refuse, async |target| target.look(id, wanted).await)?;
                output.print(&view, look_text(&view)?)?;
            }
            AppCommand::Policy { app, file, output } => {
                let id = application(&app)?;
                let wanted = file.as_deref().map(read_toml).transpose()?;
                let view = output.with(Missing::Refuse, async |target| target.policy(id, wanted).await)?;
                output.print(&view, policy_text(&view)?)?;
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

pub(super) fn application(id: &str) -> Result<ApplicationId, Failure> {
    let wrong = || Failure::new("--app wants an id as `authlink app list` shows it");
    ApplicationId::parse(id).ok_or_else(wrong)
}

/// Whoever gives the key itself is told so without it.
fn key_word(id: &str) -> Result<u64, Failure> {
    let wrong = || Failure::new("--key-id wants 16 digits and letters as `authlink app keys` shows them");
    u64::from_str_radix(id, 16).ok().filter(|_| id.len() == 16).ok_or_else(wrong)
}

fn keys_text(list: &KeyList) -> String {
    if list.keys.is_empty() {
        return "no key: authlink app key makes one\n".to_owned();
    }
    let lines: Vec<_> = list.keys.iter().map(|key| format!("{}  made {}", key.id, key.created)).collect();
    lines.join("\n") + "\n"
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| wrong(path, &error))?;
    toml::from_str(&text).map_err(|error| wrong(path, &error))
}

/// A look from a file, with the picture that it names beside it.
pub(super) fn read_look(path: &Path) -> Result<WantedLook, Failure> {
    let mut look: WantedLook = read_toml(path)?;
    if let Some(logo) = &mut look.logo
        && let Some(file) = logo.file.take()
    {
        let picture = path.parent().unwrap_or(path).join(file);
        let bytes = std::fs::read(&picture).map_err(|error| wrong(&picture, &error))?;
        // What is too heavy is refused with that reason; a video must not be sent for it.
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(wrong(&picture, &LogoFault::Heavy));
        }
        logo.data = Some(STANDARD.encode(bytes));
    }
    Ok(look)
}

fn policy_text(view: &PolicyView) -> Result<String, Failure> {
    let options = toml::to_string(&view.policy).map_err(|error| Failure::new(error.to_string()))?;
    let version = view.version.map_or_else(|| "none yet".into(), |version| format!("version {version}"));
    Ok(format!("# the policy of {} ({version})\n{options}", view.application))
}

/// The look as a file that would make it.
fn look_text(view: &LookView) -> Result<String, Failure> {
    let options = toml::to_string(&view.look).map_err(|error| Failure::new(error.to_string()))?;
    Ok(format!("# the look of {} ({})\n{options}", view.name, view.application))
}

fn made_text(made: &Made) -> String {
    let ApplicationView { id, name, mode, .. } = &made.application;
    let key = made.key.as_deref().unwrap_or_default();
    let key_id = made.key_id.as_deref().unwrap_or_default();
    format!(
        "Application  {name} ({mode})\nId           {id}\nAPI key      {key}\nKey id       {key_id}\n\nKeep the key: it is not shown again.\n"
    )
}

fn line(one: &ApplicationView) -> String {
    format!("{}  {:<8} {}\n", one.id, one.mode, one.name)
}
