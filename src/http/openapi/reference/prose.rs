//! Sets the texts of the document, which are written in a small part of Markdown: paragraphs, lists,
//! `code` and **strong**. Must not know: where a text stands.

/// A text that is set already: all of it was made here, of our own document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ready(String);

/// A text that [`inline`] or [`set`] made, for a page.
pub(super) fn ready(text: impl AsRef<str>) -> Ready {
    Ready(text.as_ref().to_owned())
}

impl std::fmt::Display for Ready {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Ready {}

/// A text as it may stand in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Every second piece between two marks is what the mark says.
fn marked(text: &str, mark: &str, tag: &str, inner: impl Fn(&str) -> String) -> String {
    let pieces: Vec<&str> = text.split(mark).collect();
    // A mark without its partner is no mark.
    if pieces.len().is_multiple_of(2) {
        return inner(text);
    }
    let set = pieces.iter().enumerate().map(|(at, piece)| match at % 2 {
        0 => inner(piece),
        _ => format!("<{tag}>{}</{tag}>", escaped(piece)),
    });
    set.collect::<Vec<_>>().concat()
}

/// A text within a line; links lead nowhere here, and keep their words alone.
pub(super) fn inline(text: &str) -> String {
    marked(&unlinked(text), "`", "code", |piece| marked(piece, "**", "strong", escaped))
}

/// `[words](place)` as its words.
fn unlinked(text: &str) -> String {
    let Some((before, rest)) = text.split_once('[') else { return text.to_owned() };
    match rest.split_once("](").and_then(|(words, rest)| Some((words, rest.split_once(')')?.1))) {
        Some((words, after)) => format!("{before}{words}{}", unlinked(after)),
        None => text.to_owned(),
    }
}

/// A text of paragraphs and lists.
pub(super) fn set(text: &str) -> String {
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(block).collect()
}

fn block(block: &str) -> String {
    let (items, words): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with("- "));
    let paragraph =
        if words.is_empty() { String::new() } else { format!("<p>{}</p>", inline(&words.join(" "))) };
    if items.is_empty() {
        return paragraph;
    }
    let items = items.iter().map(|item| format!("<li>{}</li>", inline(item.trim_start_matches("- "))));
    format!("{paragraph}<ul>{}</ul>", items.collect::<Vec<_>>().concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_set_and_escaped() {
        for (text, html) in [
            ("a `b<c` **d** & e", "a <code>b&lt;c</code> <strong>d</strong> &amp; e"),
            ("an open ` mark", "an open ` mark"),
            ("`**` stays", "<code>**</code> stays"),
            ("see [how often](X.md#y), then [", "see how often, then ["),
        ] {
            assert_eq!(inline(text), html);
        }
        assert_eq!(
            set("One.\n\nTwo:\n- a\n- `b`"),
            "<p>One.</p><p>Two:</p><ul><li>a</li><li><code>b</code></li></ul>"
        );
        assert_eq!(set(""), "");
    }
}
