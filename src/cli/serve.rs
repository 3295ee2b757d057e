//! `authlink serve`: the server with what the configuration says and nothing made up.

use super::failure::Failure;
use super::options::ServeOptions;
use super::server::{self, Launch, Server};
use super::{files, log, master_key, runtime};
use crate::adapters::sms::Inbox;
use crate::http::admin::AdminToken;
use crate::random::{EntropySource, SystemEntropy};
use clap::Args;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// The file of the admin token; remove it, and the next start makes another.
const TOKEN_FILE: &str = "admin.token";

/// The shortest admin token that is taken from the file, in characters.
const TOKEN_CHARS_MIN: usize = 32;

/// Run the server for real: no made-up data, a master key of your own
#[derive(Args)]
#[command(after_help = "\
Examples:
  # a master key, once; keep it apart from the data
  (umask 077; head -c 32 /dev/urandom > master.key)
  # listen on 127.0.0.1:4400, keep data in ./authlink-data
  authlink serve --master-key-file master.key
  # an application and its API key, also while the server runs
  authlink app create --name \"Quill Lending\" --master-key-file master.key
  # with a file of settings
  authlink config show > authlink.toml
  authlink serve --config authlink.toml

SIGTERM and Ctrl-C end it in order: requests under way are answered first. A
second one ends it at once, and loses nothing that was acknowledged.

Exit codes: 0 ended in order, 1 could not start, 75 the store failed (start it
again), 78 the configuration is wrong.")]
pub(super) struct Serve {
    #[command(flatten)]
    options: ServeOptions,
}

impl Serve {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let config = self.options.load(&[])?.config;
        log::start(config.log);
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let key = master_key::required(&config, "serve")?;
        let opened = server::open(&config, &key)?;
        let admin_token = admin_token(&config.data)?;
        let gateway = Arc::new(Inbox::silent());
        runtime::block_on(async {
            let institutions = server::institutions(config.bank_url.as_deref())?;
            let launch = Launch { config, opened, gateway, institutions, admin_token, is_demo: false };
            let server = Server::start(launch).await?;
            server.run(|| Ok(())).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The token in the folder: the same at every start, so that whoever scrapes metrics can keep it.
fn admin_token(folder: &Path) -> Result<AdminToken, Failure> {
    let path = folder.join(TOKEN_FILE);
    if let Some(bytes) = files::read(&path)? {
        let text = String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
        if text.len() >= TOKEN_CHARS_MIN {
            return Ok(AdminToken::new(text));
        }
        let path = path.display();
        return Err(Failure::configuration(format!(
            "{path} holds no token of at least {TOKEN_CHARS_MIN} characters: remove it, and the next start makes one"
        )));
    }
    let token = fresh_token()?;
    files::write_secret(&path, token.reveal().as_bytes())?;
    Ok(token)
}

/// A token of 244 random bits.
pub(super) fn fresh_token() -> Result<AdminToken, Failure> {
    let mut entropy = SystemEntropy.draw().map_err(|error| Failure::new(error.to_string()))?;
    Ok(AdminToken::new(format!("{}{}", entropy.uuid().simple(), entropy.uuid().simple())))
}
