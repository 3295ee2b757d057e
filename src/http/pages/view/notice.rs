//! What was agreed to, word for word: a part of the pages that say what is, or was, shared.

use crate::domain::notice::Notice;
use crate::http::pages::language::Language;

/// The words of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePart {
    /// Their language as a tag.
    pub tag: String,
    /// Its name in itself.
    pub language: String,
    /// The way it is written.
    pub is_rtl: bool,
    /// Its paragraphs.
    pub lines: Vec<String>,
}

impl NoticePart {
    /// A notice as it is kept. Its language may be one that there is no more.
    pub fn of(notice: &Notice) -> Self {
        let language = Language::find(&notice.language);
        Self {
            tag: notice.language.clone(),
            language: language.map_or_else(|| notice.language.clone(), |one| one.name.to_owned()),
            is_rtl: language.is_some_and(|one| one.is_rtl),
            lines: notice.text.lines().map(Into::into).collect(),
        }
    }

    /// Made up.
    pub(super) fn sample(tag: &str) -> Self {
        let text = match tag {
            "ar" => "هل تتم مشاركة البيانات المصرفية؟\nلغرض واحد.\nأوافق",
            _ => {
                "Share bank data with Quill & Daughters Lending?\nFor one purpose: to see whether you can afford the loan you asked for.\nYour accounts show your income & <your> spending.\nI agree"
            }
        };
        Self::of(&Notice { language: tag.into(), text: text.into() })
    }
}
