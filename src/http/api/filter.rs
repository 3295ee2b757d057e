//! The grammar of `?filter=` (contract section 4.3): `property.op(arg, …)`, joined by commas, and how
//! objects are held against it. Must not know: which properties an endpoint has.

use crate::http::error::{ApiError, Code, Source};

/// The longest filter that is looked at, in bytes.
const FILTER_BYTES_MAX: usize = 4096;

/// What is said of a filter that cannot be used (contract section 3.3).
const REFUSED: &str = "The provided filter parameter is in invalid format or unsupported";

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

/// What a statement is refused with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// Its property or its value is not one of ours.
    Unknown,
    /// Its property is not compared in this way.
    Operator,
    /// Its property is a day, and its value none.
    Day,
}

impl Statement {
    /// What the caller is told who cannot be given this.
    pub fn refused(&self, no: No) -> ApiError {
        match no {
            No::Unknown => refused(&self.property),
            No::Operator => refused(&format!("{}.{}", self.property, self.operator)),
            No::Day => ApiError::not_valid("PostDate is not valid", "filter"),
        }
    }

    /// The one value of `property.eq(value)`.
    pub fn equal(&self) -> Result<&str, No> {
        match (self.operator.as_str(), self.arguments.as_slice()) {
            ("eq", [value]) => Ok(value),
            ("eq", _) => Err(No::Unknown),
            _ => Err(No::Operator),
        }
    }

    /// The values of `property.in(value, …)`. Some write one text for all of them (contract section 4.3).
    pub fn choices(&self) -> Vec<&str> {
        match self.arguments.as_slice() {
            [all] => all.split(',').map(str::trim).collect(),
            all => all.iter().map(String::as_str).collect(),
        }
    }
}

/// Reads a filter, already decoded; empty text has no statements.
///
/// # Errors
/// 400 that names the part which is not a statement.
pub fn parse(text: &str) -> Result<Vec<Statement>, ApiError> {
    let text = text.trim();
    if text.len() > FILTER_BYTES_MAX {
        return Err(ApiError::not_valid(
            format!("{REFUSED}: it has more than {FILTER_BYTES_MAX} bytes"),
            "filter",
        ));
    }
    if text.is_empty() {
        return Ok(Vec::new());
    }
    split(text, ',').into_iter().map(|part| statement(part).ok_or_else(|| refused(part))).collect()
}

/// A part of a filter as an error may repeat it.
pub fn named(part: &str) -> String {
    part.trim().chars().filter(|letter| !letter.is_control()).take(80).collect()
}

/// What a caller is told whose filter cannot be used: `part` is what it cannot be used for.
pub fn refused(part: &str) -> ApiError {
    ApiError::new(Code::ParameterNotValid)
        .detailed(REFUSED)
        .from_source(Source::pointing("filter", format!("filter/{}", named(part))))
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It is this.
    Eq,
    /// It is not this.
    Ne,
    /// It is one of these.
    In,
}

impl Operator {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "eq" => Some(Self::Eq),
            "ne" => Some(Self::Ne),
            "in" => Some(Self::In),
            _ => None,
        }
    }
}

/// A property of an endpoint's objects.
pub struct Property<T: 'static> {
    /// `connector.stage` and the like.
    pub name: &'static str,
    /// How it may be compared.
    pub operators: &'static [Operator],
    /// What `eq` and `ne` may name. `in` may name anything: what no object has matches none.
    pub accepts: fn(&str) -> bool,
    /// What an object has there; of a list, all of it.
    pub values: fn(&T) -> Vec<&str>,
}

struct Condition<T: 'static> {
    operator: Operator,
    arguments: Vec<String>,
    values: fn(&T) -> Vec<&str>,
}

/// A filter for objects of one kind.
pub struct Filter<T: 'static>(Vec<Condition<T>>);

impl<T> Filter<T> {
    /// Reads a filter, already decoded, that may name these properties; empty text lets all pass.
    ///
    /// # Errors
    /// 400 that names the part which is not known here.
    pub fn read(text: &str, properties: &[Property<T>]) -> Result<Self, ApiError> {
        let conditions = parse(text)?.into_iter().map(|statement| Condition::of(statement, properties));
        Ok(Self(conditions.collect::<Result<_, _>>()?))
    }

    /// Whether an object passes.
    pub fn passes(&self, one: &T) -> bool {
        self.0.iter().all(|condition| {
            let values = (condition.values)(one);
            let is_named = values.iter().any(|value| condition.arguments.iter().any(|text| text == value));
            is_named != (condition.operator == Operator::Ne)
        })
    }
}

impl<T> Condition<T> {
    fn of(statement: Statement, properties: &[Property<T>]) -> Result<Self, ApiError> {
        let name = &statement.property;
        let property = properties.iter().find(|one| one.name == name).ok_or_else(|| refused(name))?;
        let operator = Operator::parse(&statement.operator)
            .filter(|operator| property.operators.contains(operator))
            .ok_or_else(|| statement.refused(No::Operator))?;
        let is_one = matches!(statement.arguments.as_slice(), [only] if (property.accepts)(only));
        if operator != Operator::In && !is_one {
            return Err(refused(name));
        }
        let arguments = match operator {
            Operator::In => statement.choices().into_iter().map(str::to_owned).collect(),
            Operator::Eq | Operator::Ne => statement.arguments,
        };
        Ok(Self { operator, arguments, values: property.values })
    }
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

/// An argument with or without quotes around it; none within. Brackets stand within quotes alone.
fn argument(text: &str) -> Option<String> {
    let text = text.trim();
    let (bare, forbidden): (_, &[char]) = match text.strip_prefix('\'') {
        Some(rest) => (rest.strip_suffix('\'')?, &['\'']),
        None => (text, &['\'', '(', ')']),
    };
    (!bare.is_empty() && !bare.contains(forbidden)).then(|| bare.to_owned())
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
        assert_eq!(parse("a.eq('Bank (Foreign)')"), Ok(vec![one("a", "eq", &["Bank (Foreign)"])]));
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
            "a.eq(Bank (Foreign))",
            "a.eq('Bank (Foreign)'",
        ] {
            assert_eq!(parse(bad), Err(refused(bad)), "{bad}");
        }
        assert_eq!(parse("a.eq(b),,"), Err(refused("")));
        assert_eq!(parse("a.eq(b),c"), Err(refused("c")));
        let long = ApiError::not_valid(format!("{REFUSED}: it has more than 4096 bytes"), "filter");
        assert_eq!(parse(&"x".repeat(FILTER_BYTES_MAX + 1)), Err(long), "no part of it is at fault");
    }

    const WORDS: &[Property<Vec<&str>>] = &[Property {
        name: "words",
        operators: &[Operator::Eq, Operator::Ne, Operator::In],
        accepts: |word| word.len() == 1,
        values: Clone::clone,
    }];

    #[test]
    fn objects_pass_by_what_they_have() {
        let passes = |filter: &str, has: &[&'static str]| {
            Filter::read(filter, WORDS).map(|filter| filter.passes(&has.to_vec())).ok()
        };
        for (filter, of_ab, of_c, of_none) in [
            ("", true, true, true),
            ("words.eq('a')", true, false, false),
            ("words.ne('a')", false, true, true),
            ("words.in('b','c')", true, true, false),
            ("words.in('b, c')", true, true, false),
            ("words.in(d,b)", true, false, false),
            ("words.in('long')", false, false, false),
            ("words.eq(a),words.ne(b)", false, false, false),
            ("words.ne(c),words.ne(a)", false, false, true),
        ] {
            let all = [passes(filter, &["a", "b"]), passes(filter, &["c"]), passes(filter, &[])];
            assert_eq!(all, [Some(of_ab), Some(of_c), Some(of_none)], "{filter}");
        }
    }

    #[test]
    fn what_an_endpoint_does_not_have_is_named() {
        for (bad, named) in [
            ("word.eq('a')", "word"),
            ("words.gt('a')", "words.gt"),
            ("words.eq('a','b')", "words"),
            ("words.ne('ab')", "words"),
            ("words.eq(a),x", "x"),
        ] {
            let error = Filter::read(bad, WORDS).err().unwrap();
            assert_eq!(error, refused(named), "{bad}");
        }
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
