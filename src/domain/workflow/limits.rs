//! The numbers of a lifecycle: durations as people write them, and the bounds that code sets.

use crate::domain::time::Span;
use std::collections::BTreeMap;

/// An operator's limits for one workflow, by name, as they stand in the configuration.
pub type Overrides = BTreeMap<String, toml::Value>;

/// What a limit is, and between what it may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A duration.
    Span {
        /// At least.
        min: Span,
        /// At most.
        max: Span,
        /// Whether `after.LIMIT` may name it.
        is_deadline: bool,
    },
    /// A number.
    Count {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// A list of durations.
    Spans {
        /// Each at least.
        min: Span,
        /// Each at most.
        max: Span,
        /// At most so many.
        len_max: usize,
    },
}

/// A limit's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A duration.
    Span(Span),
    /// A number.
    Count(u32),
    /// A list of durations.
    Spans(Vec<Span>),
}

impl Value {
    /// The value as a file would set it.
    pub fn to_toml(&self) -> toml::Value {
        let text = |span: &Span| toml::Value::String(print_span(*span));
        match self {
            Self::Span(span) => text(span),
            Self::Count(count) => toml::Value::Integer(i64::from(*count)),
            Self::Spans(spans) => toml::Value::Array(spans.iter().map(text).collect()),
        }
    }
}

impl Bound {
    /// A duration whose end is an event.
    pub const fn deadline(min: Span, max: Span) -> Self {
        Self::Span { min, max, is_deadline: true }
    }

    /// Whether `after.LIMIT` may name it.
    pub const fn is_deadline(self) -> bool {
        matches!(self, Self::Span { is_deadline: true, .. })
    }

    /// Reads and checks a value.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn read(self, value: &toml::Value) -> Result<Value, String> {
        match self {
            Self::Span { min, max, .. } => read_span(value, min, max).map(Value::Span),
            Self::Count { min, max } => {
                let number = value.as_integer().ok_or("wants a whole number")?;
                let number = u32::try_from(number).ok().filter(|number| (min..=max).contains(number));
                number.map(Value::Count).ok_or_else(|| format!("must lie between {min} and {max}"))
            }
            Self::Spans { min, max, len_max } => {
                let list = value.as_array().ok_or("wants a list of durations such as [\"30s\", \"60s\"]")?;
                if list.is_empty() || list.len() > len_max {
                    return Err(format!("wants 1 to {len_max} durations"));
                }
                let spans = list.iter().map(|one| read_span(one, min, max)).collect::<Result<_, _>>()?;
                Ok(Value::Spans(spans))
            }
        }
    }
}

fn read_span(value: &toml::Value, min: Span, max: Span) -> Result<Span, String> {
    let text = value.as_str().ok_or("wants a duration such as \"7d\", \"10m\" or \"30s\"")?;
    let span = parse_span(text)
        .ok_or_else(|| format!("`{text}` is not a duration such as \"7d\", \"10m\" or \"30s\""))?;
    if (min..=max).contains(&span) {
        Ok(span)
    } else {
        Err(format!("`{text}` must lie between {} and {}", print_span(min), print_span(max)))
    }
}

/// Reads a duration: digits and one unit of `ms`, `s`, `m`, `h`, `d`.
pub fn parse_span(text: &str) -> Option<Span> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit).map(Span)
}

/// Writes a duration in the largest unit that fits.
pub fn print_span(span: Span) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let fits = units.into_iter().find(|(unit, _)| span.0 > 0 && span.0.is_multiple_of(*unit));
    match fits {
        Some((unit, name)) => format!("{}{name}", span.0 / unit),
        None if span.0 == 0 => "0s".into(),
        None => format!("{}ms", span.0),
    }
}
