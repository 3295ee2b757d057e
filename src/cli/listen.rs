//! `authlink listen`: what happens to an application's users, told to a receiver on this machine as a webhook
//! would be. It asks the server, so nothing here needs a public address. Must not know: how events are kept.

mod feed;
mod forward;

use super::failure::Failure;
use super::runtime::{self, Signals};
use super::say;
use crate::config::API_KEY_VARIABLE;
use crate::domain::event::EventKind;
use crate::domain::webhook::secret::WebhookSecret;
use crate::random::{EntropySource, SystemEntropy};
use clap::Args;
use feed::Feed;
use forward::Forward;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

/// Between an answer that held nothing and the next question: a server that is about to stop answers at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Receive live signed webhooks on your own machine, without a public address
#[derive(Args)]
#[command(after_help = "\
Examples:
  AUTHLINK_API_KEY=... authlink listen --forward-to http://localhost:3000/hooks
  # two types alone, signed with a secret that your receiver knows already
  authlink listen --forward-to http://localhost:3000/hooks \\
    --events consent.created,auth_link.completed --secret whsec_...
  # go on behind the last event that was told, as its line and the last line say
  authlink listen --forward-to http://localhost:3000/hooks --after 42

Every event of the application, those of links and jobs among them, is posted
once, in order, with the headers and the body of a webhook; webhook-id is the
event's id. An answer that is no 2xx is shown, and the event is not sent again.
It connects again by itself, and goes on where it was. Ctrl-C stops it.")]
pub(super) struct Listen {
    /// Your receiver; events go nowhere else, redirects are not followed
    #[arg(long, value_name = "URL")]
    forward_to: String,
    /// The server, over http or https
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4400")]
    api_url: String,
    /// The application's API key; better in AUTHLINK_API_KEY, which other users cannot see
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// What signs; a fresh one is made and printed unless given
    #[arg(long, value_name = "WHSEC")]
    secret: Option<String>,
    /// These types alone, as `consent.created`
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    events: Vec<String>,
    /// Behind this number of the feed; 0 begins with the oldest [default: what happens from now on]
    #[arg(long, value_name = "CURSOR")]
    after: Option<u64>,
}

impl Listen {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let wanted = kinds(&self.events)?;
        let (secret, is_fresh) = match &self.secret {
            Some(text) => (WebhookSecret::parse(text).ok_or_else(wrong_secret)?, false),
            None => (fresh_secret()?, true),
        };
        let key = match self.api_key {
            Some(key) => key,
            None => std::env::var(API_KEY_VARIABLE).map_err(|_| {
                Failure::new(format!(
                    "the application's API key is wanted, in {API_KEY_VARIABLE} or --api-key"
                ))
            })?,
        };
        let shown = if is_fresh { format!("Secret   {}\n", secret.text().as_str()) } else { String::new() };
        let to = self.forward_to.clone();
        let way = Forward::new(self.forward_to, secret)?;
        let feed = Feed::new(&self.api_url, &key, &wanted)?;
        runtime::block_on(async {
            let mut signals = Signals::listen()?;
            let ends = Session { feed, way }.follow(self.after, |from| {
                say(&format!("Forward  {to}\nFrom     {from}\n{shown}Ready; Ctrl-C stops it.\n"))
            });
            tokio::select! {
                done = ends => done,
                () = signals.next() => Ok(()),
            }
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The types that are told; none given is all.
fn kinds(given: &[String]) -> Result<BTreeSet<EventKind>, Failure> {
    let known = |name: &String| {
        EventKind::parse(name).ok_or_else(|| {
            let all: Vec<_> = EventKind::ALL.into_iter().map(EventKind::name).collect();
            Failure::new(format!("{name} is no type of event; there are {}", all.join(", ")))
        })
    };
    given.iter().map(known).collect()
}

fn wrong_secret() -> Failure {
    Failure::new("--secret wants whsec_ and 24 bytes in Base64, as it was printed here or for a webhook")
}

fn fresh_secret() -> Result<WebhookSecret, Failure> {
    let mut entropy = SystemEntropy.draw().map_err(|error| Failure::new(error.to_string()))?;
    Ok(WebhookSecret::new(entropy.nonce()))
}

/// One listening, from its beginning to its end.
struct Session {
    feed: Feed,
    way: Forward,
}

impl Session {
    /// Tells what happens behind `after`, without an end of its own.
    async fn follow(
        mut self,
        after: Option<u64>,
        ready: impl FnOnce(u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut cursor = self.feed.begin(after).await?;
        ready(cursor)?;
        loop {
            let page = self.feed.page(cursor).await?;
            if page.is_cut {
                eprintln!("authlink: some events behind {cursor} are not kept any more");
            }
            for item in &page.data {
                say(&self.way.tell(item).await)?;
            }
            cursor = page.cursor()?;
            if page.data.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_or_named() {
        let one = |name: &str| kinds(&[name.to_owned()]);
        assert!(one("auth_link.locked").is_ok_and(|kinds| kinds.contains(&EventKind::LinkLocked)));
        assert_eq!(kinds(&[]), Ok(BTreeSet::new()));
        for bad in ["", "locked", "auth_link.", "auth_link.made"] {
            assert!(one(bad).is_err(), "{bad}");
        }
    }
}
