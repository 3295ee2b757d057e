//! Who reads a page: in which language, and at which address, so that the page can offer the others.
//! A language is chosen by `?lang=` in the address, then by the cookie that such a choice leaves, then by
//! what the browser asks for. Must not know: which page it is.

use super::{LANGUAGES, Language};
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::{HeaderMap, HeaderValue};

/// The cookie that keeps a choice: it says nothing but a language.
pub const LANGUAGE_COOKIE: &str = "authlink-language";

/// How long a choice is kept.
const CHOICE_LIFETIME_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Who reads a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    language: &'static Language,
    /// Path, and query without `lang`, where the page can be asked for again.
    place: Option<(String, String)>,
    chosen: Option<&'static Language>,
}

/// One language to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its tag.
    pub tag: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// The way it is written.
    pub is_rtl: bool,
    /// Where the same page is in it.
    pub url: String,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Language {}

impl Default for Reader {
    fn default() -> Self {
        Self::of(Language::standard())
    }
}

impl Reader {
    /// Somebody who reads that language, at no address.
    pub const fn of(language: &'static Language) -> Self {
        Self { language, place: None, chosen: None }
    }

    /// Whoever sent these headers, with that query (without its `?`).
    pub fn asking(headers: &HeaderMap, query: &str) -> Self {
        let chosen = query_value(query, "lang").and_then(|tag| Language::find(&tag));
        let kept = || header(headers, COOKIE.as_str()).and_then(kept_choice);
        let wanted = || header(headers, ACCEPT_LANGUAGE.as_str()).and_then(Language::negotiate);
        let language = chosen.or_else(kept).or_else(wanted).unwrap_or_else(Language::standard);
        Self { language, place: None, chosen }
    }

    /// The page can be asked for again at `path`, with that query (without its `?`).
    #[must_use]
    pub fn at(mut self, path: &str, query: &str) -> Self {
        // Browsers take that for another host's.
        if path.starts_with("//") || path.contains('\\') {
            return self;
        }
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !is_lang(pair));
        let query = kept.fold(String::new(), |query, pair| query + "&" + pair);
        self.place = Some((path.to_owned(), query));
        self
    }

    /// Where the page can be asked for again.
    pub fn here(&self) -> Option<String> {
        let (path, query) = self.place.as_ref()?;
        Some(if query.is_empty() { path.clone() } else { format!("{path}?{}", &query[1..]) })
    }

    /// In which language.
    pub const fn language(&self) -> &'static Language {
        self.language
    }

    /// The other languages of this page; none where it cannot be asked for again.
    pub fn choices(&self) -> Vec<Choice> {
        let others = LANGUAGES.iter().filter(|one| *one != self.language);
        let choice = |one: &'static Language| {
            let (path, query) = self.place.as_ref()?;
            let url = format!("{path}?lang={}{query}", one.tag);
            Some(Choice { tag: one.tag, name: one.name, is_rtl: one.is_rtl, url })
        };
        others.filter_map(choice).collect()
    }

    /// The cookie that keeps what was chosen just now.
    pub fn cookie(&self) -> Option<HeaderValue> {
        let tag = self.chosen?.tag;
        let text = format!(
            "{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age={CHOICE_LIFETIME_SECONDS}; SameSite=Lax; HttpOnly"
        );
        HeaderValue::from_str(&text).ok()
    }
}

fn is_lang(pair: &str) -> bool {
    pair.split('=').next() == Some("lang")
}

fn query_value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn kept_choice(cookies: &str) -> Option<&'static Language> {
    let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(name, _)| *name == LANGUAGE_COOKIE).and_then(|(_, tag)| Language::find(tag))
}
