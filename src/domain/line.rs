//! What may stand in a line of text that people read beside our own words: a name, a title, what a bank calls
//! an account. Must not know: whose text it is, where it is shown.

/// What has no place in a line of text: line breaks, and signs that turn the direction of what follows.
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
