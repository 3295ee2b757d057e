//! `authlink export`: every record as JSON lines.

use super::failure::Failure;
use super::options::DataOptions;
use super::runtime;
use super::target::{Missing, Target};
use clap::Args;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Write every record as one JSON line, for reading
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink export --data authlink-demo > records.jsonl
  # the last events
  authlink export --data authlink-demo | grep '\"record\":\"event\"' | tail
  # a file that only you can read
  authlink export --to records.jsonl

Applications, policies, users with their profiles and the state of their links,
consents, who read what, events, and what waits in the outbox. Codes, keys,
hashes, cookies and the secrets of links are not in it. It holds personal data:
treat it so. The people whose data it holds see that it was made.")]
pub(super) struct Export {
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    options: DataOptions,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let config = self.options.load()?.config;
        let out = Mutex::new(self.open()?);
        let unwritable = |error| Failure::new(format!("the export cannot be written: {error}"));
        let write = |part: &[u8]| {
            out.lock().unwrap_or_else(PoisonError::into_inner).write_all(part).map_err(|error| {
                match error.kind() {
                    // A reader that has seen enough, as `head` does.
                    ErrorKind::BrokenPipe => Failure::quiet(),
                    _ => unwritable(error),
                }
            })
        };
        runtime::block_on(async {
            let target = Target::find(&config, "export", Missing::Refuse).await?;
            let done = target.export(write).await;
            target.close().await;
            done
        })?;
        out.into_inner().unwrap_or_else(PoisonError::into_inner).flush().map_err(unwritable)?;
        Ok(ExitCode::SUCCESS)
    }

    fn open(&self) -> Result<Box<dyn Write>, Failure> {
        let Some(path) = &self.to else { return Ok(Box::new(std::io::stdout())) };
        let opened = File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
        let refused = |error| Failure::new(format!("{} cannot be written: {error}", path.display()));
        Ok(Box::new(opened.map_err(refused)?))
    }
}
