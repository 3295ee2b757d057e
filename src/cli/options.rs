//! The flags that set something, for every command that needs a configuration.

use super::failure::Failure;
use crate::config::{Loaded, Sources};
use clap::Args;
use std::path::PathBuf;

/// Flags of commands that serve. Words stay words here: the configuration checks them all at once.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct ServeOptions {
    #[command(flatten)]
    pub(super) data: DataOptions,
    /// Public listener: API, link protocol, pages [default: 127.0.0.1:4400; port 0: any free one]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Operator's listener [default: 127.0.0.1:4401; port 0: any free one]
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin_listen: Option<String>,
    /// How the public reaches this server; links and texts begin with it [default: http://LISTEN]
    #[arg(long, value_name = "URL")]
    public_base_url: Option<String>,
    /// error, warn, info, debug or trace; the log goes to standard error
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Flags of commands that work on data.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct DataOptions {
    /// Configuration file (TOML); `authlink config show` prints every setting
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder that holds the store
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// File with the master key: 32 bytes, or 64 hex digits
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<String>,
}

/// What a command sets differently: name and word.
pub(super) type Presets = [(&'static str, &'static str)];

impl ServeOptions {
    /// The configuration that these flags, the environment and the file come to.
    pub(super) fn load(&self, presets: &Presets) -> Result<Loaded, Failure> {
        let flags = [
            ("listen", "--listen", &self.listen),
            ("admin_listen", "--admin-listen", &self.admin_listen),
            ("public_base_url", "--public-base-url", &self.public_base_url),
            ("log.level", "--log-level", &self.log_level),
            ("log.format", "--log-format", &self.log_format),
        ];
        self.data.load_with(presets, &flags)
    }
}

impl DataOptions {
    /// The configuration that these flags, the environment and the file come to.
    pub(super) fn load(&self) -> Result<Loaded, Failure> {
        self.load_with(&[], &[])
    }

    fn load_with(
        &self,
        presets: &Presets,
        flags: &[(&'static str, &'static str, &Option<String>)],
    ) -> Result<Loaded, Failure> {
        let own =
            [("data", "--data", &self.data), ("master_key_file", "--master-key-file", &self.master_key_file)];
        let given = flags
            .iter()
            .chain(&own)
            .filter_map(|(name, flag, word)| word.as_ref().map(|word| (*name, *flag, word.clone())));
        let sources = Sources {
            presets: presets.to_vec(),
            file: self.config.clone(),
            flags: given.collect(),
            ..Sources::default()
        };
        sources.with_environment().load().map_err(|faults| Failure::faults(&faults))
    }
}
