//! A mobile number that codes can go to (decisions section 1): with `+` and country code, checked by a
//! library, never completed by a guess. Must not know: who sends, and how.

use crate::domain::line::is_invisible;
use serde::{Deserialize, Serialize};

/// A checked number. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mobile(String);

/// The text is not a number with `+` that its country's plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mobile number with + and country code")]
pub struct NotAMobile;

/// How many last digits people are shown.
const ENDING_DIGITS: usize = 3;

/// The longest text that is looked at, in bytes; E.164 has 15 digits.
const GIVEN_BYTES_MAX: usize = 64;

impl Mobile {
    /// Reads a number as people type it: spaces, dots, hyphens and brackets are dropped.
    ///
    /// # Errors
    /// When there is no `+`, other letters are in it, or no country's plan allows it.
    pub fn parse(text: &str) -> Result<Self, NotAMobile> {
        if text.len() > GIVEN_BYTES_MAX {
            return Err(NotAMobile);
        }
        let kept: String =
            text.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-' | '(' | ')' | '\u{a0}')).collect();
        if !is_e164(&kept) {
            return Err(NotAMobile);
        }
        let number = phonenumber::parse(None, &kept).map_err(|_| NotAMobile)?;
        // The library drops digits that it takes for a trunk prefix; what is kept must be what was given.
        let written = number.format().mode(phonenumber::Mode::E164).to_string();
        if written == kept && phonenumber::is_valid(&number) { Ok(Self(written)) } else { Err(NotAMobile) }
    }

    /// A number that was checked when it was stored: plans change, and what was accepted stays.
    pub fn stored(text: &str) -> Option<Self> {
        is_e164(text).then(|| Self(text.to_owned()))
    }

    /// The whole number, E.164: for the partner and the gateway alone.
    pub fn e164(&self) -> String {
        self.0.clone()
    }

    /// The last three digits: all that its owner needs to know it by.
    pub fn ending(&self) -> String {
        self.0[self.0.len().saturating_sub(ENDING_DIGITS)..].to_owned()
    }
}

fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

impl std::fmt::Debug for Mobile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Mobile(..)")
    }
}

/// The longest name in a text message, in characters: within three segments in every language.
const TEXT_NAME_CHARS_MAX: usize = 40;

/// A name as a text message bears it: in one line, and no longer than leaves room for the rest.
pub fn name_in_text(name: &str) -> String {
    name.chars().filter(|letter| !is_invisible(*letter)).take(TEXT_NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_in_a_text_stays_in_its_line_and_its_direction() {
        assert_eq!(name_in_text("Quill\u{2028}\u{202e}Len\nding\u{feff}"), "QuillLending");
        assert_eq!(name_in_text(&"x".repeat(99)).len(), TEXT_NAME_CHARS_MAX);
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for given in ["+61400111222", "+61 400 111 222", "+61-400-111-222", "+61 (400) 111.222"] {
            let mobile = Mobile::parse(given).unwrap();
            assert_eq!(mobile.e164(), "+61400111222", "{given}");
            assert_eq!(mobile.ending(), "222");
        }
        assert!(Mobile::parse("+64211234567").is_ok() && Mobile::parse("+14155552671").is_ok());
    }

    #[test]
    fn no_country_is_guessed_and_nothing_is_corrected() {
        for given in [
            "",
            "0400111222",
            "61400111222",
            "+0400111222",
            "+610400111222",
            "+6140011122",
            "+99912345678",
            "+61400abc222",
            "call me",
            "++61400111222",
        ] {
            assert_eq!(Mobile::parse(given), Err(NotAMobile), "{given}");
        }
    }

    #[test]
    fn nothing_of_the_number_is_printed() {
        assert_eq!(format!("{:?}", Mobile::parse("+61400111222").unwrap()), "Mobile(..)");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,80}") {
            if let Ok(mobile) = Mobile::parse(&text) {
                prop_assert_eq!(Mobile::stored(&mobile.e164()), Some(mobile));
            }
        }
    }
}
