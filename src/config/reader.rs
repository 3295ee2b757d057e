//! Converts settings key by key, and notes every fault instead of stopping at the first.
//! Must not know: which settings there are.

use super::source::{Fault, Settings, print};
use crate::domain::time::Span;
use crate::domain::workflow::limits::{Bound, Value as LimitValue, print_span};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use toml::Value;

/// Takes settings out one by one. After a fault a stand-in comes back; [`Reader::faults`] says that
/// nothing of it may be used.
pub struct Reader<'a> {
    settings: &'a Settings,
    /// What was wrong so far.
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// A reader of `settings`, going on with the faults that were found before.
    pub fn new(settings: &'a Settings, faults: Vec<Fault>) -> Self {
        Self { settings, faults }
    }

    fn convert<T>(&mut self, key: &str, stand_in: T, read: impl FnOnce(&Value) -> Result<T, String>) -> T {
        let Some(setting) = self.settings.get(key) else {
            self.faults.push(Fault { place: "default".into(), reason: format!("{key} is missing") });
            return stand_in;
        };
        read(&setting.value).unwrap_or_else(|reason| {
            let reason = format!("{key} {reason}, not {}", print(&setting.value));
            self.faults.push(Fault::at(&setting.source, reason));
            stand_in
        })
    }

    /// An address and a port.
    pub fn address(&mut self, key: &str) -> SocketAddr {
        let wants = "wants an address and a port such as \"127.0.0.1:4400\" or \"[::1]:4400\"";
        self.convert(key, SocketAddr::from(([127, 0, 0, 1], 0)), |value| {
            value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| wants.to_owned())
        })
    }

    /// A base URL without a slash at its end; `None` when it is empty.
    pub fn base_url(&mut self, key: &str) -> Option<String> {
        self.convert(key, None, |value| match value.as_str() {
            Some("") => Ok(None),
            Some(text) => checked_base_url(text).map(|()| Some(text.to_owned())),
            None => Err("wants a URL in quotes".into()),
        })
    }

    /// A path.
    pub fn path(&mut self, key: &str) -> PathBuf {
        self.optional_path(key, "wants a folder").unwrap_or_else(|| {
            let place = self.settings.get(key).map_or("default".into(), |setting| setting.source.to_string());
            self.faults.push(Fault { place, reason: format!("{key} wants a folder, not nothing") });
            PathBuf::new()
        })
    }

    /// A path; `None` when it is empty.
    pub fn optional_path(&mut self, key: &str, wants: &str) -> Option<PathBuf> {
        self.convert(key, None, |value| {
            let text = value.as_str().ok_or_else(|| format!("{wants} in quotes"))?;
            Ok((!text.is_empty()).then(|| PathBuf::from(text)))
        })
    }

    /// A whole number within bounds.
    pub fn number(&mut self, key: &str, min: u64, max: u64) -> u64 {
        self.convert(key, min, |value| {
            let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
            number
                .filter(|number| (min..=max).contains(number))
                .ok_or_else(|| format!("wants a whole number from {min} to {max}"))
        })
    }

    /// A duration within bounds.
    pub fn span(&mut self, key: &str, min: Span, max: Span) -> Span {
        self.convert(key, min, |value| match Bound::deadline(min, max).read(value) {
            Ok(LimitValue::Span(span)) => Ok(span),
            _ => Err(format!(
                "wants a duration such as \"30s\", from {} to {}",
                print_span(min),
                print_span(max)
            )),
        })
    }

    /// Networks, or single addresses; of a variable that says nothing, none.
    pub fn networks(&mut self, key: &str) -> Vec<IpNet> {
        let wants = "wants networks such as [\"10.0.0.0/8\", \"::1\"]";
        let one = |value: &Value| {
            let text = value.as_str()?;
            text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
        };
        self.convert(key, Vec::new(), |value| {
            let all = value.as_array().map(|all| all.iter().map(one).collect::<Option<Vec<_>>>());
            let all = all.flatten().ok_or_else(|| wants.to_owned())?;
            // Whoever says for whom they ask would be believed.
            if all.iter().any(|net| net.prefix_len() == 0) {
                return Err("wants the proxies in front of this server, and a /0 is everybody".to_owned());
            }
            Ok(all)
        })
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)], stand_in: T) -> T {
        self.convert(key, stand_in, |value| {
            let given = value.as_str();
            let found = words.iter().find(|(word, _)| Some(*word) == given).map(|(_, meaning)| *meaning);
            found.ok_or_else(|| {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                format!("wants one of {}", words.join(", "))
            })
        })
    }

    /// A limit of a lifecycle, checked and handed on as it is; `None` when it was not set.
    pub fn limit(&mut self, key: &str, bound: Bound) -> Option<Value> {
        let setting = self.settings.get(key)?;
        match bound.read(&setting.value) {
            Ok(_) => Some(setting.value.clone()),
            Err(reason) => {
                self.faults.push(Fault::at(&setting.source, format!("{key} {reason}")));
                None
            }
        }
    }
}

/// Says what is wrong with a base URL.
fn checked_base_url(text: &str) -> Result<(), String> {
    let wants = "wants http:// or https://, a host, perhaps a port, and nothing after it";
    let uri: http::Uri = text.parse().map_err(|_| wants.to_owned())?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https")).ok_or(wants)?;
    let authority = uri.authority().filter(|one| !one.host().is_empty()).ok_or(wants)?;
    // Written anew it must be the same: that leaves no path, no query, no slash, no user in front.
    let same = format!("{scheme}://{authority}") == text && !authority.as_str().contains('@');
    if same { Ok(()) } else { Err(wants.to_owned()) }
}
