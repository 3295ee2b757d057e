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
    nobody: Option<&'static str>,
}

impl<'a> Words<'a> {
    /// The message of that name.
    pub fn of(language: &'static Language, id: &'a str) -> Self {
        Self { language, id, arguments: FluentArgs::new(), nobody: None }
    }

    /// Whether there is a message of that name.
    pub fn exists(id: &str) -> bool {
        Language::standard().bundle().has_message(id)
    }

    /// Puts the message `id` in, in the place of a name: where a sentence begins with it, with a capital.
    #[must_use]
    pub fn with_nobody(mut self, name: &'static str, id: &'static str) -> Self {
        let nobody = Words::of(self.language, id);
        self.nobody = Some(id);
        self = self.with(name, nobody);
        self
    }

    fn text(&self) -> Option<String> {
        let text = self.language.say(self.id, &self.arguments)?;
        let nobody = self.nobody.and_then(|id| self.language.say(id, &FluentArgs::new()));
        Some(nobody.map_or(text.clone(), |nobody| begun(&text, &nobody)))
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
        out.write_str(&self.text().ok_or(std::fmt::Error)?)
    }
}

/// A message inside another.
impl Put for Words<'_> {
    fn put(&self, _: &'static Language) -> FluentValue<'static> {
        self.text().unwrap_or_default().into()
    }
}

/// The text, where each sentence that begins with these words begins with a capital.
fn begun(text: &str, words: &str) -> String {
    let mut letters = words.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let mut whole = String::new();
    for (number, part) in text.split(words).enumerate() {
        if number > 0 {
            whole.push_str(if begins(&whole) { &capital } else { words });
        }
        whole.push_str(part);
    }
    whole
}

/// Whether what comes next begins a sentence; tags are no part of one.
fn begins(before: &str) -> bool {
    let mut rest = before.trim_end();
    while let Some((start, _)) = rest.strip_suffix('>').and_then(|tagged| tagged.rsplit_once('<')) {
        rest = start.trim_end();
    }
    rest.is_empty() || rest.ends_with(['.', '?', '!'])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::view::Frame;

    #[test]
    fn a_sentence_that_begins_with_nobody_begins_with_a_capital() {
        for (text, expected) in [
            ("they asked. <b>they went</b>, they say", "They asked. <b>They went</b>, they say"),
            ("<b>Why?</b> they know: they went.", "<b>Why?</b> They know: they went."),
            ("ask they", "ask they"),
        ] {
            assert_eq!(begun(text, "they"), expected);
        }
        let frame = Frame::default();
        let said = frame.say("end-replaced-lead-bare").to_string();
        assert!(said.starts_with("The company that sent you here has made"), "{said}");
        assert!(frame.say("end-expired-next").to_string().starts_with("<b>Ask the company"));
    }
}
