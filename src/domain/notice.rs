//! The notice: what a person was shown and agreed to, word for word, in the language in which they read it.
//! It is about the partner and what it asks for, and names nobody who agreed. Must not know: pages, records.

use crate::domain::time::UnixMillis;

/// The longest notice, in bytes: several times what the longest policy can come to.
pub const NOTICE_BYTES_MAX: usize = 48 * 1024;

/// What a person was shown and agreed to.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// In which language, as a BCP 47 tag.
    pub language: String,
    /// Word for word, a line for each paragraph.
    pub text: String,
}

impl Notice {
    /// None, where it is too long to be kept: a defect.
    pub fn new(language: &str, text: String) -> Option<Self> {
        (text.len() <= NOTICE_BYTES_MAX).then(|| Self { language: language.to_owned(), text })
    }
}

/// A notice as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The words.
    pub notice: Notice,
    /// When: the days that they name are counted from here, and so is what is agreed to.
    pub at: UnixMillis,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Notice({}, ..)", self.language)
    }
}
