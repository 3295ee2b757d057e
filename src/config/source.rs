//! Where settings come from: the embedded defaults, a file, the environment, flags. Each layer becomes
//! a flat list of names and raw values, so that every fault can name its key and its place.
//! Must not know: what a setting means, what its value may be.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use toml::Value;
use toml::de::{DeTable, DeValue};

/// What an environment variable of ours begins with.
pub const PREFIX: &str = "AUTHLINK_";

/// Where a value comes from, as people find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The embedded defaults.
    Default,
    /// What the demo sets.
    Demo,
    /// A configuration file and the line in it, counted from 1.
    File(String, usize),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
    /// The limits of an embedded lifecycle.
    Workflow(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::Demo => out.write_str("demo"),
            Self::File(name, line) => write!(out, "{name}:{line}"),
            Self::Environment(variable) => write!(out, "environment {variable}"),
            Self::Flag(flag) => out.write_str(flag),
            Self::Workflow(name) => write!(out, "workflows/{name}.toml"),
        }
    }
}

/// A raw value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// As it was written.
    pub value: Value,
    /// Where.
    pub source: Source,
}

/// What is wrong with the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Fault {
    /// A file and line, a variable, a flag.
    pub place: String,
    /// What is wrong, with the key.
    pub reason: String,
}

impl Fault {
    /// A fault at a source.
    pub fn at(source: &Source, reason: impl Into<String>) -> Self {
        Self { place: source.to_string(), reason: reason.into() }
    }
}

/// Settings by dotted name.
pub type Settings = BTreeMap<String, Setting>;

/// Reads TOML into flat settings; what cannot be read is noted, and the rest is kept.
pub fn from_toml(
    text: &str,
    source: impl Fn(usize) -> Source,
    faults: &mut Vec<Fault>,
) -> Vec<(String, Setting)> {
    let line_of = |offset: usize| 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map_or(1, |span| line_of(span.start));
        faults.push(Fault::at(&source(line), error.message()));
    }
    let mut found = Vec::new();
    let mut open = vec![(String::new(), table.into_inner())];
    while let Some((prefix, table)) = open.pop() {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let place = source(line_of(key.span().start));
            match value.into_inner() {
                DeValue::Table(inner) => open.push((format!("{name}."), inner)),
                value => match plain(&value) {
                    Some(value) => found.push((name, Setting { value, source: place })),
                    None => faults.push(Fault::at(&place, format!("{name} has a value of no use here"))),
                },
            }
        }
    }
    found
}

/// The values that settings have, out of the parser's own.
fn plain(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::String(text.to_string())),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Integer)
        }
        DeValue::Boolean(yes) => Some(Value::Boolean(*yes)),
        DeValue::Float(number) => number.as_str().parse().ok().map(Value::Float),
        DeValue::Array(list) => {
            list.iter().map(|one| plain(one.get_ref())).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The variable of a setting.
pub fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase().replace('.', "_"))
}

/// Reads a word of the environment or the command line as the kind of value that `like` is.
pub fn from_word(word: &str, like: &Value) -> Value {
    let text = || Value::String(word.to_owned());
    match like {
        Value::Integer(_) => word.trim().parse().map_or_else(|_| text(), Value::Integer),
        Value::Array(_) if word.trim_start().starts_with('[') => {
            // As in the file: `["10.0.0.0/8", "::1"]`.
            let read = format!("list = {word}").parse::<toml::Table>().ok();
            read.and_then(|mut table| table.remove("list")).unwrap_or_else(text)
        }
        Value::Array(_) => {
            Value::Array(word.split(',').map(|one| Value::String(one.trim().to_owned())).collect())
        }
        _ => text(),
    }
}

/// Writes a value as TOML does.
pub fn print(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Datetime(at) => at.to_string(),
        Value::Array(list) => {
            format!("[{}]", list.iter().map(print).collect::<Vec<_>>().join(", "))
        }
        Value::Table(_) => "{ … }".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // Writing to a string cannot fail.
            letter if letter.is_control() => drop(write!(out, "\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
