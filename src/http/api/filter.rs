//! The grammar of `?filter=` (contract section 4.3): `property.op(arg, …)`, joined by commas.
//! Must not know: which properties an endpoint has.

/// The longest filter that is looked at, in bytes.
const FILTER_BYTES_MAX: usize = 4096;

/// One statement of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `user.id` and the like.
    pub property: String,
    /// `eq` and the like, any word.
    pub operator: String,
    /// At least one argument, without its quotes.
    pub arguments: Vec<String>,
}

/// Reads a filter, already decoded; empty text has no statements.
///
/// # Errors
/// The part that is not a statement, cut so that it can be named.
pub fn parse(text: &str) -> Result<Vec<Statement>, String> {
    let text = text.trim();
    if text.len() > FILTER_BYTES_MAX {
        return Err("the filter is too long".into());
    }
    if text.is_empty() {
        return Ok(Vec::new());
    }
    split(text, ',').into_iter().map(|part| statement(part).ok_or_else(|| named(part))).collect()
}

/// A part of a filter as an error may repeat it.
pub fn named(part: &str) -> String {
    part.trim().chars().filter(|letter| !letter.is_control()).take(80).collect()
}

/// Splits at `separator`, but not within quotes or brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut quoted, mut depth) = (Vec::new(), 0, false, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            letter if letter == separator && !quoted && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn statement(part: &str) -> Option<Statement> {
    let (head, rest) = part.trim().split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let (property, operator) = head.rsplit_once('.')?;
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !property.split('.').all(is_word) || !is_word(operator) {
        return None;
    }
    let arguments = split(inner, ',').into_iter().map(argument).collect::<Option<Vec<_>>>()?;
    Some(Statement { property: property.into(), operator: operator.into(), arguments })
}

/// An argument with or without quotes around it; none within.
fn argument(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = match text.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'')?,
        None => text,
    };
    (!bare.is_empty() && !bare.contains(['\'', '(', ')'])).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(property: &str, operator: &str, arguments: &[&str]) -> Statement {
        Statement {
            property: property.into(),
            operator: operator.into(),
            arguments: arguments.iter().map(|text| (*text).into()).collect(),
        }
    }

    #[test]
    fn statements_are_read_with_and_without_quotes() {
        assert_eq!(parse(""), Ok(vec![]));
        assert_eq!(parse("user.id.eq('a-b')"), Ok(vec![one("user.id", "eq", &["a-b"])]));
        assert_eq!(parse("user.id.eq(a-b)"), Ok(vec![one("user.id", "eq", &["a-b"])]));
        assert_eq!(
            parse(" event.entity.eq('user') , event.type.in('a,b', c)"),
            Ok(vec![one("event.entity", "eq", &["user"]), one("event.type", "in", &["a,b", "c"])])
        );
    }

    #[test]
    fn what_is_not_a_statement_is_named() {
        for bad in [
            "user",
            "user.id",
            "user.id.eq",
            "user.id.eq(",
            "eq('a')",
            "user..eq('a')",
            "a.eq()",
            "a.eq('a)",
            "a.eq('a''b')",
            "a.eq(b)x",
            "a-b.eq(c)",
            "a.eq((b))",
        ] {
            assert_eq!(parse(bad), Err(bad.to_owned()), "{bad}");
        }
        assert_eq!(parse("a.eq(b),,"), Err(String::new()));
        assert_eq!(parse("a.eq(b),c"), Err("c".into()));
        assert!(parse(&"x".repeat(5000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_was_written_is_what_is_read(names in proptest::collection::vec("[a-z]{1,6}", 2..4), argument in "[^'()\\p{C}]{0,20}[^'()\\p{C}\\s]") {
            let text = format!("{}.eq('{argument}')", names.join("."));
            prop_assert_eq!(parse(&text), Ok(vec![one(&names.join("."), "eq", &[&argument])]));
        }
    }
}
