//! The languages of the hosted pages: which there are, which one a reader gets, and what a message says
//! in it. The words are Fluent files in web/languages. Must not know: which page says what, the engine.

mod reader;
mod words;

#[cfg(test)]
mod tests;

pub use reader::{Choice, LANGUAGE_COOKIE, Reader};
pub use words::{Address, Names, Plain, Put, Shown, Sum, Words};

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Locale, Utc};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::OnceLock;

type Bundle = FluentBundle<FluentResource>;

/// A language in which every page can be read.
pub struct Language {
    /// Its BCP 47 tag, as `lang` has it. The first subtag chooses it.
    pub tag: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub is_rtl: bool,
    /// How days and months are called (names of glibc).
    locale: Locale,
    /// Between whole and parts of an amount (CLDR).
    decimal: char,
    /// Between groups of three digits (CLDR).
    group: char,
    source: &'static str,
    bundle: OnceLock<Bundle>,
}

/// All there are; the first is what who asks for none of them gets.
pub static LANGUAGES: [Language; 3] = [
    Language {
        tag: "en-AU",
        name: "English",
        is_rtl: false,
        locale: Locale::en_AU,
        decimal: '.',
        group: ',',
        source: include_str!("../../../../web/languages/en.ftl"),
        bundle: OnceLock::new(),
    },
    Language {
        tag: "ar",
        name: "العربية",
        is_rtl: true,
        locale: Locale::ar_AE,
        decimal: '.',
        group: ',',
        source: include_str!("../../../../web/languages/ar.ftl"),
        bundle: OnceLock::new(),
    },
    Language {
        tag: "vi",
        name: "Tiếng Việt",
        is_rtl: false,
        locale: Locale::vi_VN,
        decimal: ',',
        group: '.',
        source: include_str!("../../../../web/languages/vi.ftl"),
        bundle: OnceLock::new(),
    },
];

impl std::fmt::Debug for Language {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.tag)
    }
}

impl Language {
    /// The one that who asks for nothing else gets.
    pub fn standard() -> &'static Self {
        &LANGUAGES[0]
    }

    /// The language that a tag asks for: `ar-EG` is answered with `ar`, and `EN` with `en-AU`.
    pub fn find(tag: &str) -> Option<&'static Self> {
        let first = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().find(|one| first(one.tag) == first(tag.trim()))
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110 section 12.5.4).
    pub fn negotiate(header: &str) -> Option<&'static Self> {
        let weighed = header.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            Some((Self::find(tag)?, weight)).filter(|(_, weight)| *weight > 0.0)
        });
        // Of equal ones the first.
        weighed.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(found, _)| found)
    }

    fn bundle(&self) -> &Bundle {
        self.bundle.get_or_init(|| {
            let name = self.tag.parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![name]);
            // What is put in isolates itself where that is needed: an address in a message must not.
            bundle.set_use_isolating(false);
            // A file with a fault in it is found by the tests; what can be read of it is kept.
            let resource = FluentResource::try_new(self.source.into()).unwrap_or_else(|(read, _)| read);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }

    /// An instant by the pattern of that name (chrono's `strftime`), days and months by their names here.
    pub fn instant(&'static self, pattern: &str, at: DateTime<Utc>) -> String {
        let pattern = self.say(pattern, &FluentArgs::new()).unwrap_or_default();
        let items: Vec<Item<'_>> = StrftimeItems::new_with_locale(&pattern, self.locale).collect();
        // A pattern that is none is found by the tests; printing one would panic.
        if items.iter().any(|item| matches!(item, Item::Error)) {
            return at.to_rfc3339();
        }
        at.format_localized_with_items(items.iter(), self.locale).to_string()
    }

    /// Writes a message with what it holds: in this language, or in the standard one where it has none.
    fn say(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        [self, Self::standard()].into_iter().find_map(|language| {
            let bundle = language.bundle();
            let message = bundle.get_message(id)?;
            let mut faults = Vec::new();
            let text = bundle.format_pattern(message.value()?, Some(arguments), &mut faults);
            faults.is_empty().then(|| text.into_owned())
        })
    }
}
