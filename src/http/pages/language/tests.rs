//! Every language says the same, with the same things in the same places, and nothing is said that no
//! page needs.

use super::*;
use crate::domain::application::Permission;
use crate::domain::money::Money;
use crate::domain::time::UnixMillis;
use crate::http::pages::view::{End, Frame, Moment};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is in a message besides words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    places: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Parts {
    fn read(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    let tags = value.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
                    self.tags.extend(tags.map(Into::into));
                }
                PatternElement::Placeable { expression: Expression::Inline(inline) } => self.place(inline),
                PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                    self.place(selector);
                    for variant in variants {
                        self.read(&variant.value);
                    }
                }
            }
        }
    }

    fn place(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => drop(self.places.insert(id.name.into())),
            other => panic!("{other:?}: a message holds places and words alone"),
        }
    }
}

fn messages(language: &Language) -> BTreeMap<String, Parts> {
    let resource = FluentResource::try_new(language.source.into());
    let resource = resource.unwrap_or_else(|(_, faults)| panic!("{}: {faults:?}", language.tag));
    let mut all = BTreeMap::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let mut parts = Parts::default();
        parts.read(message.value.as_ref().unwrap());
        let before = all.insert(message.id.name.to_owned(), parts);
        assert!(before.is_none(), "{}: {} stands twice", language.tag, message.id.name);
    }
    all
}

#[test]
fn every_language_says_the_same_with_the_same_parts() {
    let standard = messages(Language::standard());
    assert!(standard.len() > 300, "only {} messages", standard.len());
    for language in &LANGUAGES[1..] {
        let own = messages(language);
        let ids = |all: &BTreeMap<String, Parts>| all.keys().cloned().collect::<BTreeSet<_>>();
        let (there, here) = (ids(&standard), ids(&own));
        assert!(there.is_subset(&here), "{}: lacks {:?}", language.tag, there.difference(&here));
        assert!(here.is_subset(&there), "{}: has besides {:?}", language.tag, here.difference(&there));
        for (id, parts) in &own {
            let (mut mine, theirs) = (parts.places.clone(), &standard[id].places);
            // What only chooses between words may choose nothing in a language without that choice.
            mine.extend(theirs.iter().filter(|name| CHOOSERS.contains(&name.as_str())).cloned());
            assert_eq!(&mine, theirs, "{}: {id} has other places", language.tag);
            assert_eq!(parts.tags, standard[id].tags, "{}: {id} has other tags", language.tag);
        }
    }
}

/// Numbers that a message may choose its words by without saying them.
const CHOOSERS: [&str; 1] = ["count"];

#[test]
fn messages_hold_no_markup_but_the_little_that_is_agreed() {
    for language in &LANGUAGES {
        for (id, parts) in messages(language) {
            for tag in &parts.tags {
                let fine = tag.starts_with('/')
                    || tag.starts_with("a href=\"")
                    || [
                        "b",
                        "strong",
                        "code",
                        "b class=\"num\"",
                        "b class=\"nb\"",
                        "span class=\"num\"",
                        "span class=\"nb\"",
                    ]
                    .contains(&tag.as_str());
                assert!(fine, "{}: {id} holds <{tag}>", language.tag);
            }
        }
    }
}

/// Every text file under a folder.
fn texts(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            texts(&entry.path(), found);
        } else {
            found.push(std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn what_is_said_is_there_and_what_is_there_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut templates, mut code) = (Vec::new(), Vec::new());
    texts(&root.join("web/templates"), &mut templates);
    texts(&root.join("src/http/pages"), &mut code);
    code.push(std::fs::read_to_string(root.join("src/http/texts.rs")).unwrap());
    let quoted = |texts: &[String]| -> BTreeSet<String> {
        texts.iter().flat_map(|text| text.split('"').map(Into::into).collect::<Vec<String>>()).collect()
    };
    let known = messages(Language::standard());
    let said: BTreeSet<String> = templates
        .iter()
        .flat_map(|text| {
            let alone = text.split("say(\"").skip(1).flat_map(|rest| rest.split('"').take(1));
            // Of a pair, both: what stands between them is no name.
            let pairs = text.split("say_by(\"").skip(1).flat_map(|rest| rest.split('"').step_by(2).take(2));
            alone.chain(pairs).map(Into::into).collect::<Vec<String>>()
        })
        .collect();
    assert!(said.len() > 150, "only {} are said by templates", said.len());
    let lost: Vec<_> = said.iter().filter(|id| !known.contains_key(*id)).collect();
    assert!(lost.is_empty(), "said, but not there: {lost:?}");
    let (in_code, ends) = (quoted(&code), End::ALL.iter().map(|end| end.id()).collect::<Vec<_>>());
    let is_of_an_end = |id: &str| {
        ends.iter().any(|end| {
            [format!("{end}-lead"), format!("{end}-lead-bare"), format!("{end}-next")].contains(&id.into())
        })
    };
    let is_used = |id: &&String| {
        said.contains(*id) || in_code.contains(*id) || is_of_an_end(id) || id.starts_with("data-")
    };
    let unused: Vec<_> = known.keys().filter(|id| !is_used(id)).collect();
    assert!(unused.is_empty(), "there, but never said: {unused:?}");
}

#[test]
fn the_clusters_of_data_have_the_words_of_the_standard() {
    let frame = Frame::default();
    let mut seen = BTreeSet::new();
    for permission in Permission::ALL {
        let text = permission.text();
        for term in text.attributes.iter().chain([&text.name, &text.purpose]) {
            assert_eq!(frame.data(term).to_string().replace("&#39;", "'"), *term);
            seen.insert(*term);
        }
    }
    let known = messages(Language::standard());
    assert_eq!(known.keys().filter(|id| id.starts_with("data-")).count(), seen.len(), "one is never shown");
}

fn frame(language: &'static Language) -> Frame {
    Frame { reader: Reader::of(language), ..Frame::default() }
}

#[test]
fn times_and_amounts_are_written_as_the_language_writes_them() {
    let at = UnixMillis(1_795_857_240_000);
    let bare = |text: String| {
        text.chars().filter(|letter| !matches!(letter, '\u{2066}'..='\u{2069}')).collect::<String>()
    };
    let shown: Vec<[String; 4]> = LANGUAGES
        .iter()
        .map(|language| {
            let frame = frame(language);
            let time = |moment: Moment| {
                let text = frame.show(moment).to_string();
                text.split(['>', '<']).nth(2).unwrap().to_owned()
            };
            let sum = |cents, currency: &str| {
                bare(frame.show(Sum { money: Money(cents), currency: currency.into() }).to_string())
            };
            [time(Moment::full(at)), time(Moment::clock(at)), sum(-123_456_789, "AUD"), sum(1_200, "EUR")]
        })
        .collect();
    assert_eq!(
        shown[0],
        ["Saturday 28 November 2026 at 9:14 am UTC", "9:14 am UTC", "−$1,234,567.89", "EUR\u{a0}12.00"]
    );
    assert!(shown[1][0].contains("السبت") && shown[1][0].contains("نوفمبر"), "{:?}", shown[1]);
    assert_eq!(shown[1][2..], ["−$1,234,567.89", "EUR\u{a0}12.00"]);
    assert!(shown[2][0].to_lowercase().contains("thứ bảy"), "{:?}", shown[2]);
    assert_eq!(shown[2][2..], ["−$1.234.567,89", "EUR\u{a0}12,00"]);
    for text in shown.iter().flatten() {
        assert!(!text.contains('%') && !text.is_empty(), "{text}");
    }
}

#[test]
fn names_stand_in_a_sentence() {
    let listed = |names: &[&str]| {
        frame(Language::standard()).show(Names(names.iter().map(|name| (*name).into()).collect())).to_string()
    };
    assert_eq!([listed(&[]), listed(&["A"]), listed(&["A", "B"])], ["", "A", "A and B"]);
    assert_eq!(listed(&["A", "B", "C", "D"]), "A, B, C and D");
}

#[test]
fn whatever_is_put_in_is_escaped() {
    for language in &LANGUAGES {
        let frame = Frame { partner: Some("<i>&\"".into()), ..frame(language) };
        let text = frame.say("sign-in-once").with("bank", "<script>").to_string();
        assert!(!text.contains("<i>") && !text.contains("<script>"), "{text}");
        assert!(text.contains("&#60;i&#62;&#38;&#34;") && text.contains("&#60;script&#62;"), "{text}");
    }
}

#[test]
fn a_language_is_found_by_its_tag_and_by_what_a_browser_asks_for() {
    let found = |tag| Language::find(tag).map(|one| one.tag);
    assert_eq!(
        [found("ar-EG"), found("EN"), found("vi"), found("de"), found("")],
        [Some("ar"), Some("en-AU"), Some("vi"), None, None]
    );
    for (header, tag) in [
        ("", None),
        ("de-DE,fr;q=0.8", None),
        ("ar", Some("ar")),
        ("de,vi;q=0.5,en;q=0.4", Some("vi")),
        ("en;q=0.4, ar;q=0.9", Some("ar")),
        ("vi;q=0, en", Some("en-AU")),
        ("vi;q=x", None),
        ("*", None),
    ] {
        assert_eq!(Language::negotiate(header).map(|one| one.tag), tag, "{header}");
    }
}

fn asking(headers: &[(&str, &str)], query: &str) -> Reader {
    let mut all = http::HeaderMap::new();
    for (name, value) in headers {
        all.append(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    Reader::asking(&all, query)
}

#[test]
fn an_address_beats_the_cookie_and_the_cookie_beats_the_browser() {
    let (browser, cookie) = (("accept-language", "vi"), ("cookie", "a=b; authlink-language=ar"));
    assert_eq!(asking(&[browser, cookie], "state=1&lang=en").language().tag, "en-AU");
    assert_eq!(asking(&[browser, cookie], "lang=xx").language().tag, "ar");
    assert_eq!(asking(&[browser], "").language().tag, "vi");
    assert_eq!(asking(&[], "").language().tag, "en-AU");
    assert!(asking(&[browser, cookie], "").cookie().is_none(), "nothing was chosen");
    let kept = asking(&[], "lang=ar").cookie().unwrap();
    assert!(
        kept.to_str().unwrap().starts_with("authlink-language=ar; Path=/; Max-Age=31536000; SameSite=Lax")
    );
}

#[test]
fn the_other_languages_are_at_the_same_address() {
    let reader = asking(&[], "lang=vi").at("/x", "state=a%22b&lang=vi&&z");
    let urls: Vec<String> = reader.choices().into_iter().map(|one| one.url).collect();
    assert_eq!(urls, ["/x?lang=en-AU&state=a%22b&z", "/x?lang=ar&state=a%22b&z"]);
    assert!(asking(&[], "").choices().is_empty(), "what cannot be asked for again has no other language");
    assert_eq!(asking(&[], "").at("/x", "lang=vi&a=1&b=2").here().as_deref(), Some("/x?a=1&b=2"));
    for elsewhere in ["//evil.example", "/\\evil.example"] {
        assert_eq!(asking(&[], "").at(elsewhere, "").here(), None, "{elsewhere}");
    }
}
