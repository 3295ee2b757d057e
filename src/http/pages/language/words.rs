//! A message on its way into a page, and what can be put into one: names, numbers, instants, amounts.
//! Whatever comes from outside is escaped here, so that a message may hold markup and its values none.
//! Must not know: pages.

use super::Language;
use crate::domain::money::Money;
use askama::filters::{Html, HtmlSafe, escape};
use fluent_bundle::{FluentArgs, FluentValue};
use std::fmt::{Display, Formatter};

/// What can be put into a message.
pub trait Put {
    /// As it stands in that language, escaped.
    fn put(&self, language: &'static Language) -> FluentValue<'static>;
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        (**self).put(language)
    }
}

/// First strong isolate and its end: a name in the other direction does not turn a sentence over (UAX 9).
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

fn escaped(text: &str) -> String {
    escape(text, Html).map_or_else(|_| String::new(), |safe| safe.to_string())
}

impl Put for str {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        isolated(escaped(self), language)
    }
}

impl Put for String {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        self.as_str().put(language)
    }
}

macro_rules! numbers {
    ($($kind:ty)+) => {$(
        impl Put for $kind {
            fn put(&self, _: &'static Language) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )+};
}
numbers!(u32 u64 usize);

/// A path of ours inside a message's link.
pub struct Address(pub String);

impl Put for Address {
    fn put(&self, _: &'static Language) -> FluentValue<'static> {
        escaped(&self.0).into()
    }
}

/// Text for what is no page, and has no markup: nothing in it is escaped.
pub struct Plain(pub String);

impl Put for Plain {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        isolated(self.0.clone(), language)
    }
}

fn isolated(text: String, language: &'static Language) -> FluentValue<'static> {
    let (open, close) = ISOLATE;
    if language.is_rtl { format!("{open}{text}{close}").into() } else { text.into() }
}

/// Several names in one sentence: "A", "A and B", "A, B and C".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Put for Names {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        let joined = |id, first: FluentValue<'static>, name: &'static str, last: &String| {
            let mut both = FluentArgs::new();
            both.set("first", first);
            both.set(name, last.put(language));
            FluentValue::from(language.say(id, &both).unwrap_or_default())
        };
        match self.0.as_slice() {
            [] => FluentValue::from(""),
            [one] => one.put(language),
            [first, middle @ .., last] => {
                let start = first.put(language);
                let start = middle.iter().fold(start, |start, next| joined("list-more", start, "next", next));
                joined("list-pair", start, "last", last)
            }
        }
    }
}

/// An amount as people write it: "$2,318.40", "−$842.17", "EUR 12.00".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// How much.
    pub money: Money,
    /// Its ISO 4217 code.
    pub currency: String,
}

impl Put for Sum {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        let cents = self.money.0.unsigned_abs();
        let whole = (cents / 100).to_string();
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(language.group);
            }
            grouped.push(digit);
        }
        let sign = if self.money.0 < 0 { "−" } else { "" };
        let unit =
            if self.currency == "AUD" { "$".into() } else { format!("{}\u{a0}", escaped(&self.currency)) };
        let amount = format!("{sign}{unit}{grouped}{}{:02}", language.decimal, cents % 100);
        // An amount is read from the left in every language, its sign first.
        if language.is_rtl { format!("\u{2066}{amount}\u{2069}").into() } else { amount.into() }
    }
}

/// A message, and what is put into it.
pub struct Words<'a> {
    language: &'static Language,
    id: &'a str,
    arguments: FluentArgs<'static>,
}

impl<'a> Words<'a> {
    /// The message of that name.
    pub fn of(language: &'static Language, id: &'a str) -> Self {
        Self { language, id, arguments: FluentArgs::new() }
    }

    /// Whether there is a message of that name.
    pub fn exists(id: &str) -> bool {
        Language::standard().bundle().has_message(id)
    }

    /// Puts something in.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Put) -> Self {
        self.arguments.set(name, value.put(self.language));
        self
    }
}

/// Messages and escaped values: nothing is left to escape.
impl HtmlSafe for Words<'_> {}

impl Display for Words<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let text = self.language.say(self.id, &self.arguments).ok_or(std::fmt::Error)?;
        out.write_str(&text)
    }
}

/// A message inside another.
impl Put for Words<'_> {
    fn put(&self, language: &'static Language) -> FluentValue<'static> {
        language.say(self.id, &self.arguments).unwrap_or_default().into()
    }
}

/// A value by itself.
pub struct Shown(pub FluentValue<'static>);

impl HtmlSafe for Shown {}

impl Display for Shown {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            FluentValue::String(text) => out.write_str(text),
            FluentValue::Number(number) => out.write_str(&number.as_string()),
            _ => Err(std::fmt::Error),
        }
    }
}
