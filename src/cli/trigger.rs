//! `authlink trigger`: makes an event happen to a user of the sandbox.

use super::failure::Failure;
use super::options::DataOptions;
use super::target::Target;
use super::{runtime, say};
use crate::domain::event::EventKind;
use crate::http::admin::trigger::{self, TriggerRequest};
use clap::Args;
use std::process::ExitCode;

/// Make an event happen in the sandbox: for a made-up user, or one that you name
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink trigger auth_link.locked --data authlink-demo
  authlink trigger auth_link.completed --user 4fd8cd7f-fe57-4799-904c-c4f884939078
  # a year passes on a test clock of its own
  authlink trigger consent.expired --data authlink-demo
  authlink trigger --list

Nothing is pretended: a link is made, opened, texted its code, tried, agreed to,
a bank of the sandbox is signed in at and read, time passes on a test clock, so
the events on the way there happen too. It wants a server that runs on the
folder, and an application of the sandbox.")]
pub(super) struct Trigger {
    /// What is to happen
    #[arg(value_name = "EVENT", required_unless_present = "list")]
    event: Option<String>,
    /// Show what can be made to happen
    #[arg(long, conflicts_with = "event")]
    list: bool,
    /// To this user, whose link is replaced where one is needed [default: a made-up one]
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// The application, of the sandbox [default: "Quill Lending"]
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: DataOptions,
}

impl Trigger {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some(event) = self.event else {
            let all: Vec<_> = trigger::kinds().map(EventKind::name).collect();
            say(&format!("{}\n", all.join("\n")))?;
            return Ok(ExitCode::SUCCESS);
        };
        let config = self.options.load()?.config;
        let request = TriggerRequest { event, application: self.app, user: self.user };
        let done = runtime::block_on(async { Target::running(&config).await?.trigger(&request).await })?;
        let text = if self.json {
            serde_json::to_string(&done).map_err(|error| Failure::new(error.to_string()))?
        } else {
            let (event, user) = (&request.event, &done.user);
            format!("{event}  user {user}  cursor {}  event {}", done.cursor, done.event)
        };
        say(&format!("{text}\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}
