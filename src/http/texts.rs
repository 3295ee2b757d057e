//! What texts say, in the language of the page on which they are asked for. The words are messages beside
//! those of the pages. Must not know: the code and the link's secret, which come in behind this, and who sends.

use super::pages::language::{Language, Plain, Reader, Words};
use crate::domain::auth_link::{CodeWords, LinkWords};
use crate::domain::mobile::name_in_text;

/// What the text says behind a code that is asked for on a page of ours.
pub fn code_words(reader: &Reader) -> &'static dyn CodeWords {
    reader.language()
}

/// The same where no page of ours is read, as in the link protocol: it says of no language.
pub fn plain_code_words() -> &'static dyn CodeWords {
    Language::standard()
}

impl CodeWords for Language {
    fn for_partner(&'static self, partner: &str) -> String {
        said(self, "text-code", partner)
    }
}

/// What the text with a new link says, up to the secret of that link; `base` is where links are.
pub fn link_words(reader: &Reader, partner: &str, base: &str) -> LinkWords {
    LinkWords(format!("{}\n{base}", said(reader.language(), "text-new-link", partner)))
}

fn said(language: &'static Language, message: &str, partner: &str) -> String {
    Words::of(language, message).with("partner", Plain(name_in_text(partner))).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::auth_link::{CodeText, PublicId};
    use crate::http::pages::language::LANGUAGES;

    /// A server with a long name, where its links are, a link's secret, and a code.
    const HOST: &str = "links.quill-and-daughters.example";
    const BASE: &str = "https://links.quill-and-daughters.example/";
    const SECRET: &str = "6f1c2a34-0000-4000-8000-000000000000";
    const CODE: &str = "012345";

    /// Names of partners: a usual one, a long one, and those in letters that make any text wide.
    const NAMES: [&str; 4] = [
        "Quill Lending",
        "Quill & Daughters Cooperative Lending Society of the Coast",
        "شركة الإقراض",
        "شركة الريشة وبناتها التعاونية المحدودة لإقراض سكان الساحل",
    ];

    /// The letters of the GSM 7-bit default alphabet (3GPP TS 23.038), and those that take two places of it.
    const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
        ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const WIDE: &str = "^{}\\[~]|€";

    /// In how many segments a text goes.
    fn segments(text: &str) -> usize {
        let places = |letter| match letter {
            letter if PLAIN.contains(letter) => Some(1),
            letter if WIDE.contains(letter) => Some(2),
            _ => None,
        };
        let (length, one, each) = match text.chars().map(places).sum::<Option<usize>>() {
            Some(length) => (length, 160, 153),
            None => (text.encode_utf16().count(), 70, 67),
        };
        if length <= one { 1 } else { length.div_ceil(each) }
    }

    fn link_text(language: &'static Language, partner: &str) -> String {
        let id = PublicId::parse(SECRET).unwrap();
        link_words(&Reader::of(language), partner, BASE).with(id)
    }

    fn code_text(language: &'static Language, partner: &str) -> String {
        let words = code_words(&Reader::of(language)).for_partner(partner);
        CodeText::parse(CODE).unwrap().in_text(&words, HOST)
    }

    #[test]
    fn segments_are_counted_as_phones_count_them() {
        let cases = [("a", 160, 1), ("a", 161, 2), ("a", 307, 3), ("{", 80, 1), ("{", 81, 2)];
        let others = [("ب", 70, 1), ("ب", 71, 2), ("ạ", 202, 4)];
        for (letter, times, expected) in cases.into_iter().chain(others) {
            assert_eq!(segments(&letter.repeat(times)), expected, "{letter} {times} times");
        }
    }

    #[test]
    fn a_text_is_short_in_every_language() {
        let counted = LANGUAGES.each_ref().map(|language| {
            [code_text, link_text].map(|text: fn(_, &str) -> String| {
                let counted = NAMES.map(|partner| segments(&text(language, partner)));
                (counted[0], counted.into_iter().max().unwrap_or_default())
            })
        });
        // With a usual name, and the most with any: a code's text in Latin letters is one segment.
        assert_eq!(counted, [[(1, 3), (1, 3)], [(2, 3), (3, 3)], [(2, 3), (3, 3)]]);
    }

    #[test]
    fn a_text_with_a_code_begins_with_it_and_its_last_line_binds_it_in_every_language() {
        let said = LANGUAGES.each_ref().map(|language| {
            let text = code_text(language, "Quill & Daughters\n@evil.example #999999");
            let lines: Vec<&str> = text.lines().collect();
            let [words, "", last] = lines[..] else { panic!("{text}") };
            assert_eq!(last, format!("@{HOST} #{CODE}"));
            let words = words.strip_prefix(CODE).unwrap().strip_prefix(' ').unwrap();
            assert!(words.contains("Quill & Daughters@evil"), "as it is, and in one line: {text}");
            words.split("Quill").next().unwrap().to_owned()
        });
        assert_eq!(said[0], "is your code to share bank data with ");
        assert!(said[1].contains("رمزك") && said[1].ends_with('\u{2068}'), "{}", said[1]);
        assert!(said[2].starts_with("là mã"), "{}", said[2]);
        assert_eq!(plain_code_words().for_partner("A"), code_words(&Reader::default()).for_partner("A"));
    }

    #[test]
    fn a_text_with_a_link_says_whose_it_is_and_ends_with_the_link() {
        for language in &LANGUAGES {
            let text = link_text(language, "Quill & Daughters\nhttps://evil.example <b>");
            assert!(text.contains("Quill & Daughtershttps://"), "as it is, and in one line: {text}");
            assert_eq!(text.lines().count(), 2, "{text}");
            assert_eq!(text.lines().last(), Some(format!("{BASE}{SECRET}").as_str()));
        }
    }
}
