//! What the operator may set: embedded defaults, then a file, the environment, flags; each wins over
//! the one before. Every value has a default (defaults.toml) and bounds (here); all faults are listed
//! at once, each with its key and where it stands. Must not know: what is done with the values.

mod reader;
mod source;
#[cfg(test)]
mod tests;

pub use source::{Fault, Setting, Settings, Source};

use crate::domain::time::Span;
use crate::domain::webhook::target::Reach;
use crate::domain::workflow::limits::Bound;
use crate::domain::workflow::{Overrides, Workflows};
use crate::engine::Limits;
use crate::engine::accesses;
use crate::engine::admission::PERMITS_MAX;
use crate::engine::aggregator::gate::GateLimits;
use crate::engine::feed::WAITING_MAX;
use crate::http::listen::ListenLimits;
use crate::http::rate::RateLimits;
use ipnet::IpNet;
use reader::Reader;
use source::{PREFIX, from_toml, from_word, print, variable};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The variable that holds the master key. Not a setting: its value is shown nowhere.
pub const MASTER_KEY_VARIABLE: &str = "AUTHLINK_MASTER_KEY";

/// Where commands that talk to a server as a partner does find their API key. It is no setting.
pub const API_KEY_VARIABLE: &str = "AUTHLINK_API_KEY";

const DEFAULTS: &str = include_str!("defaults.toml");

const MIB: u64 = 1024 * 1024;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// The least important level that is shown: `error` to `trace`.
    pub level: &'static str,
}

/// The configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The public listener.
    pub listen: SocketAddr,
    /// The operator's listener.
    pub admin_listen: SocketAddr,
    /// The base URL, when one is set.
    pub public_base_url: Option<String>,
    /// Where the sandbox bank is reached, when there is one.
    pub bank_url: Option<String>,
    /// The folder of the store.
    pub data: PathBuf,
    /// The file with the master key, when one is set.
    pub master_key_file: Option<PathBuf>,
    /// Memory for the store's page cache, in bytes.
    pub cache_bytes: u64,
    /// The engine's limits.
    pub engine: Limits,
    /// The log.
    pub log: Log,
    /// The limits of each listener.
    pub http: ListenLimits,
    /// How often one caller may ask.
    pub rates: RateLimits,
    /// Proxies that are believed when they say for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// The lifecycles with the operator's limits.
    pub workflows: Workflows,
}

/// Where a configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// What a command sets differently, before the operator has a say: name and word.
    pub presets: Vec<(&'static str, &'static str)>,
    /// The file, when one was named.
    pub file: Option<PathBuf>,
    /// Variables: name and value.
    pub environment: Vec<(String, String)>,
    /// Flags: the setting's name, the flag, the word.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// A configuration with the raw settings that it was made from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Where each comes from.
    pub settings: Settings,
}

impl Sources {
    /// Takes our variables from those of this process.
    #[must_use]
    pub fn with_environment(mut self) -> Self {
        let all = std::env::vars_os();
        let read = all.map(|(name, value)| (lossy(&name), lossy(&value)));
        self.environment = read.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        self
    }

    /// Reads, joins and checks everything.
    ///
    /// # Errors
    /// Every fault there is, at once.
    pub fn load(&self) -> Result<Loaded, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut settings: Settings =
            from_toml(DEFAULTS, |_| Source::Default, &mut faults).into_iter().collect();
        let known = Known::new(&settings);
        for (name, word) in &self.presets {
            put_word(&mut settings, name, word, known.example(name), Source::Demo);
        }
        if let Some(path) = &self.file {
            read_file(path, &known, &mut settings, &mut faults);
        }
        read_environment(&self.environment, &known, &mut settings, &mut faults);
        for (name, flag, word) in &self.flags {
            put_word(&mut settings, name, word, known.example(name), Source::Flag(flag));
        }
        let config = convert(&settings, &known, faults)?;
        Ok(Loaded { config, settings })
    }
}

fn lossy(text: &std::ffi::OsStr) -> String {
    text.to_string_lossy().into_owned()
}

/// The settings that there are, each with a value of its kind; limits of lifecycles with their bounds.
struct Known {
    examples: BTreeMap<String, toml::Value>,
    limits: Vec<(&'static str, &'static str, Bound)>,
}

impl Known {
    fn new(defaults: &Settings) -> Self {
        let mut examples: BTreeMap<String, toml::Value> =
            defaults.iter().map(|(name, setting)| (name.clone(), setting.value.clone())).collect();
        let limits = Workflows::bounds();
        for (workflow, limit, bound) in &limits {
            let example = match bound {
                Bound::Span { .. } => toml::Value::String(String::new()),
                Bound::Count { .. } => toml::Value::Integer(0),
                Bound::Spans { .. } => toml::Value::Array(Vec::new()),
            };
            examples.insert(limit_key(workflow, limit), example);
        }
        Self { examples, limits }
    }

    fn example(&self, name: &str) -> Option<&toml::Value> {
        self.examples.get(name)
    }

    /// What was probably meant: a name that is near, or one whose last part is this.
    fn nearest(&self, name: &str) -> Option<&str> {
        let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        let far = |one: &str| {
            let whole = strsim::damerau_levenshtein(one, name);
            if last(one) == last(name) { whole.min(1) } else { whole }
        };
        let near = self.examples.keys().map(|one| (far(one), one)).min()?;
        (near.0 <= 2 + name.len() / 8).then_some(near.1.as_str())
    }

    fn unknown(&self, name: &str) -> String {
        match self.nearest(name) {
            Some(near) => format!("there is no setting {name}; did you mean {near}?"),
            None => format!("there is no setting {name}; `authlink config show` lists all"),
        }
    }
}

fn limit_key(workflow: &str, limit: &str) -> String {
    format!("workflow.{workflow}.{limit}")
}

fn put_word(settings: &mut Settings, name: &str, word: &str, example: Option<&toml::Value>, source: Source) {
    let empty = toml::Value::String(String::new());
    let value = from_word(word, example.unwrap_or(&empty));
    settings.insert(name.to_owned(), Setting { value, source });
}

fn read_file(path: &Path, known: &Known, settings: &mut Settings, faults: &mut Vec<Fault>) {
    let name = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.push(Fault { place: name, reason: format!("the file cannot be read: {error}") });
            return;
        }
    };
    for (key, setting) in from_toml(&text, |line| Source::File(name.clone(), line), faults) {
        if known.example(&key).is_some() {
            settings.insert(key, setting);
        } else {
            faults.push(Fault::at(&setting.source, known.unknown(&key)));
        }
    }
}

fn read_environment(
    environment: &[(String, String)],
    known: &Known,
    settings: &mut Settings,
    faults: &mut Vec<Fault>,
) {
    let names: BTreeMap<String, &str> =
        known.examples.keys().map(|name| (variable(name), name.as_str())).collect();
    for (name, word) in environment {
        if [MASTER_KEY_VARIABLE, API_KEY_VARIABLE].contains(&name.as_str()) || word.is_empty() {
            continue;
        }
        let source = Source::Environment(name.clone());
        if let Some(key) = names.get(name) {
            put_word(settings, key, word, known.example(key), source);
            continue;
        }
        let meant = name.trim_start_matches(PREFIX).to_lowercase();
        let near = names.keys().map(|one| (strsim::damerau_levenshtein(one, name), one)).min();
        let hint = match near {
            Some((1..=3, one)) => format!("; did you mean {one}?"),
            _ => String::new(),
        };
        faults.push(Fault::at(&source, format!("there is no setting {meant}{hint}")));
    }
}

fn convert(settings: &Settings, known: &Known, faults: Vec<Fault>) -> Result<Config, Vec<Fault>> {
    let mut read = Reader::new(settings, faults);
    let (listen, admin_listen) = (read.address("listen"), read.address("admin_listen"));
    let engine = engine_limits(&mut read);
    let log = log(&mut read);
    let public_base_url = read.base_url("public_base_url");
    let bank_url = read.base_url("sandbox.bank_url");
    let data = read.path("data");
    let master_key_file = read.optional_path("master_key_file", "wants a file");
    let cache_bytes = read.number("store.cache_bytes", MIB, MIB * MIB);
    let (rates, trusted_proxies) = (rate_limits(&mut read), read.networks("http.trusted_proxies"));
    let http = ListenLimits { proxies: trusted_proxies.clone(), ..http_limits(&mut read) };
    let mut overrides: BTreeMap<String, Overrides> = BTreeMap::new();
    for (workflow, limit, bound) in &known.limits {
        if let Some(value) = read.limit(&limit_key(workflow, limit), *bound) {
            overrides.entry((*workflow).to_owned()).or_default().insert((*limit).to_owned(), value);
        }
    }
    let mut faults = read.faults;
    let workflows = Workflows::load(&overrides).map_err(|found| {
        faults.extend(found.into_iter().map(|fault| Fault { place: fault.place, reason: fault.reason }));
    });
    match workflows {
        Ok(workflows) if faults.is_empty() => Ok(Config {
            listen,
            admin_listen,
            public_base_url,
            bank_url,
            data,
            master_key_file,
            cache_bytes,
            engine,
            log,
            http,
            rates,
            trusted_proxies,
            workflows,
        }),
        _ => Err(faults),
    }
}

fn engine_limits(read: &mut Reader<'_>) -> Limits {
    let shards = match read.number("engine.shards", 0, 64) {
        0 => Limits::default().shards,
        number => usize::try_from(number).unwrap_or(1),
    };
    let permits = read.number("engine.permits", 1, u64::from(PERMITS_MAX));
    let reaches = [("public", Reach::Public), ("anywhere", Reach::Anywhere)];
    let users_max = read.number("engine.users_max", 1, 10_000_000);
    let feed_readers = read.number("engine.feed_readers", 1, WAITING_MAX as u64);
    Limits {
        shards,
        permits: u32::try_from(permits).unwrap_or(PERMITS_MAX),
        users_max: usize::try_from(users_max).unwrap_or(usize::MAX),
        idle: read.span("engine.idle", Span::seconds(1), Span::days(1)),
        institutions: gate_limits(read),
        mark_lifetime: read.span("engine.mark_lifetime", Span::minutes(1), Span::days(30)),
        event_lifetime: read.span("engine.event_lifetime", Span::days(7), Span::days(400)),
        access_lifetime: read.span("engine.access_lifetime", Span::days(30), accesses::LIFETIME_MAX),
        access_flush: read.span("engine.access_flush", Span::seconds(1), Span::minutes(10)),
        feed_readers: usize::try_from(feed_readers).unwrap_or(WAITING_MAX),
        webhook_reach: read.word("webhooks.reach", &reaches, Reach::Public),
    }
}

fn gate_limits(read: &mut Reader<'_>) -> GateLimits {
    let calls = read.number("engine.institution_calls", 1, 1024);
    let failures = read.number("engine.institution_failures", 1, 1000);
    GateLimits {
        calls: usize::try_from(calls).unwrap_or(1),
        call: read.span("engine.institution_call_max", Span::seconds(1), Span::minutes(2)),
        failures: u32::try_from(failures).unwrap_or(1),
        rest: read.span("engine.institution_rest", Span::seconds(1), Span::minutes(10)),
    }
}

fn http_limits(read: &mut Reader<'_>) -> ListenLimits {
    let connections_max = read.number("http.connections_max", 1, 65_536);
    let per_address = read.number("http.connections_per_address", 1, 65_536);
    let mut time = |key, min| Duration::from_millis(read.span(key, min, Span::minutes(10)).0);
    ListenLimits {
        connections_max: usize::try_from(connections_max).unwrap_or(1),
        connections_per_address: usize::try_from(per_address).unwrap_or(1),
        proxies: Vec::new(),
        head_time_max: time("http.head_time_max", Span::seconds(1)),
        request_time_max: time("http.request_time_max", Span::seconds(1)),
        write_time_max: time("http.write_time_max", Span::seconds(1)),
        drain_time_max: time("http.drain_time_max", Span(0)),
    }
}

fn rate_limits(read: &mut Reader<'_>) -> RateLimits {
    let mut most = |key| u32::try_from(read.number(key, 0, 10_000_000)).unwrap_or(0);
    RateLimits {
        token_requests: most("http.rates.token_requests"),
        key_requests: most("http.rates.key_requests"),
        address_requests: most("http.rates.address_requests"),
        reissue_presses: most("http.rates.reissue_presses"),
        reissue_texts: most("http.rates.reissue_texts"),
    }
}

fn log(read: &mut Reader<'_>) -> Log {
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let levels = ["error", "warn", "info", "debug", "trace"].map(|level| (level, level));
    Log {
        format: read.word("log.format", &formats, LogFormat::Text),
        level: read.word("log.level", &levels, "info"),
    }
}

impl Config {
    /// What works and may still be meant otherwise, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.admin_listen.ip().is_loopback() {
            found.push(format!(
                "admin_listen {} is reached from other machines, and it speaks http: its token and what it answers can \
                 be read on the way",
                self.admin_listen
            ));
        }
        let is_local = |host: &str| matches!(host, "localhost" | "[::1]") || host.starts_with("127.");
        let url = self.public_base_url.as_deref().and_then(|text| text.parse::<http::Uri>().ok());
        if let Some(url) = url
            && url.scheme_str() == Some("http")
            && !url.host().is_some_and(is_local)
        {
            found.push(format!(
                "public_base_url {url} is http: links, codes and cookies can be read on the way; put a proxy with TLS \
                 in front and set its https URL"
            ));
        }
        found
    }

    /// The base URL of links: the one that was set, or the address that the public listener got. An
    /// address that means "all of them" is written as the loopback address.
    pub fn base_url(&self, bound: SocketAddr) -> String {
        self.public_base_url.clone().unwrap_or_else(|| format!("http://{}", reachable(bound)))
    }
}

/// The address by which this machine reaches a listener of its own.
pub fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        std::net::IpAddr::V4(ip) if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        std::net::IpAddr::V6(ip) if ip.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

impl Loaded {
    /// Every value in use with its source, as a file that `--config` reads. No secret is in it.
    pub fn show(&self) -> String {
        let mut lines: Vec<(String, String, String)> = Vec::new();
        for (key, setting) in &self.settings {
            lines.push((key.clone(), print(&setting.value), setting.source.to_string()));
        }
        for (workflow, limit, value) in self.config.workflows.limits() {
            let key = limit_key(workflow, limit);
            if !self.settings.contains_key(&key) {
                lines.push((key, print(&value), Source::Workflow(workflow).to_string()));
            }
        }
        // What follows from something else is told beside the value that leaves it open.
        let derived = [
            (
                "public_base_url",
                "\"\"",
                format!("{}, after listen", self.config.base_url(self.config.listen)),
            ),
            ("engine.shards", "0", format!("{}, half the cores", self.config.engine.shards)),
        ];
        for (key, open, effective) in derived {
            if let Some(line) = lines.iter_mut().find(|line| line.0 == key && line.1 == open) {
                line.2 = format!("{}: {effective}", line.2);
            }
        }
        lines.sort_by_key(|(key, ..)| (key.contains('.'), key.clone()));
        let wide = lines.iter().map(|(key, value, _)| key.len() + value.len() + 3).max().unwrap_or(0);
        let line = |(key, value, source): (String, String, String)| {
            format!("{:<wide$}  # {source}\n", format!("{key} = {value}"))
        };
        lines.into_iter().map(line).collect()
    }
}
