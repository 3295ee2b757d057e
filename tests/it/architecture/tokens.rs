//! A small tokenizer for Rust: identifiers, `::` and single signs, each with its line. Comments and
//! the insides of strings are left out. And the paths that the tokens spell, made whole: `use` trees
//! are unfolded, `self` and `super` replaced by the module that the file is.

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// A path, from its first segment on, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
}

impl Named {
    /// Whether it goes along `parts` from its first segment on.
    pub fn begins(&self, parts: &[&str]) -> bool {
        self.path.len() >= parts.len() && self.path.iter().zip(parts).all(|(one, part)| one == part)
    }

    /// Whether `parts` stand in it side by side.
    pub fn holds(&self, parts: &[&str]) -> bool {
        self.path.windows(parts.len()).any(|window| window == parts)
    }
}

/// Cuts source text into tokens.
pub fn tokens(source: &str) -> Vec<Token> {
    let letters: Vec<char> = source.chars().collect();
    let (mut at, mut line, mut out) = (0, 1, Vec::new());
    while at < letters.len() {
        let from = at;
        let text = match (letters[at], letters.get(at + 1)) {
            ('/', Some('/')) => {
                at = until(&letters, at, |letter| letter == '\n');
                None
            }
            ('/', Some('*')) => {
                at = after_comment(&letters, at);
                None
            }
            ('"', _) => {
                at = after_string(&letters, at + 1);
                Some("\"\"".to_owned())
            }
            ('\'', _) => {
                at = after_quote(&letters, at);
                None
            }
            (letter, _) if letter.is_alphabetic() || letter == '_' => {
                let word_end = until(&letters, at, |one| !(one.is_alphanumeric() || one == '_'));
                let word: String = letters[at..word_end].iter().collect();
                at = word_end;
                raw_string(&letters, &word, &mut at).or(Some(word))
            }
            (letter, _) if letter.is_ascii_digit() => {
                at = until(&letters, at, |one| !(one.is_alphanumeric() || one == '_'));
                Some("0".to_owned())
            }
            (':', Some(':')) => {
                at += 2;
                Some("::".to_owned())
            }
            (letter, _) if letter.is_whitespace() => {
                at += 1;
                None
            }
            (letter, _) => {
                at += 1;
                Some(letter.to_string())
            }
        };
        out.extend(text.map(|text| Token { text, line }));
        line += letters[from..at.min(letters.len())].iter().filter(|letter| **letter == '\n').count();
    }
    out
}

fn until(letters: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    letters[from..].iter().position(|letter| stop(*letter)).map_or(letters.len(), |found| from + found)
}

fn after_comment(letters: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < letters.len() {
        match (letters[at], letters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn after_string(letters: &[char], from: usize) -> usize {
    let mut at = from;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// After a character, or after the `'` of a lifetime.
fn after_quote(letters: &[char], from: usize) -> usize {
    if letters.get(from + 1) == Some(&'\\') {
        return until(letters, from + 3, |letter| letter == '\'') + 1;
    }
    if letters.get(from + 2) == Some(&'\'') { from + 3 } else { from + 1 }
}

/// The string that a prefix such as `r#` or `b` opens; `at` stands after the prefix's letters.
fn raw_string(letters: &[char], word: &str, at: &mut usize) -> Option<String> {
    let is_raw = matches!(word, "r" | "br" | "cr");
    let hashes = until(letters, *at, |letter| letter != '#') - *at;
    let opens = letters.get(*at + hashes) == Some(&'"');
    if is_raw && opens {
        let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
        let rest: String = letters[*at + hashes + 1..].iter().collect();
        let inside = rest.find(&end).map_or(rest.chars().count(), |bytes| rest[..bytes].chars().count());
        *at += hashes + 1 + inside + end.len();
        return Some("\"\"".to_owned());
    }
    if matches!(word, "b" | "c") && letters.get(*at) == Some(&'"') {
        *at = after_string(letters, *at + 1);
        return Some("\"\"".to_owned());
    }
    if word == "b" && letters.get(*at) == Some(&'\'') {
        *at = after_quote(letters, *at);
        return Some("0".to_owned());
    }
    None
}

/// The module that a file below `src` is: `domain/user/links.rs` is `crate::domain::user::links`.
pub fn module_of(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let parts = inside.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main"));
    std::iter::once("crate").chain(parts).map(str::to_owned).collect()
}

/// Every path that the tokens spell, also those of one segment in `use`.
pub fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let (mut out, mut at, mut depth) = (Vec::new(), 0, 0_usize);
    let mut inner: Vec<(String, usize)> = Vec::new();
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    while at < tokens.len() {
        let token = &tokens[at];
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inner.retain(|(_, opened)| *opened <= depth);
            }
            _ => {}
        }
        let here: Vec<String> =
            module.iter().cloned().chain(inner.iter().map(|(name, _)| name.clone())).collect();
        if token.text == "mod" && is(at + 2, "{") {
            inner.push((tokens[at + 1].text.clone(), depth + 1));
            at += 2;
        } else if token.text == "use" || (token.text == "crate" && at > 0 && is(at - 1, "extern")) {
            at = use_tree(tokens, at + 1, &[], &here, &mut out);
        } else if is_word(&token.text) || token.text == "::" {
            let (path, next) = spelled(tokens, at);
            if path.len() > 1 || token.text == "::" {
                out.push(Named { path: whole(path, &here), line: token.line });
            }
            at = next.max(at + 1);
        } else {
            at += 1;
        }
    }
    out
}

fn is_word(text: &str) -> bool {
    text.chars().next().is_some_and(|letter| letter.is_alphabetic() || letter == '_')
}

/// Segments joined by `::`, and the place after them.
fn spelled(tokens: &[Token], from: usize) -> (Vec<String>, usize) {
    let (mut path, mut at) = (Vec::new(), from);
    if tokens[at].text == "::" {
        at += 1;
    }
    while tokens.get(at).is_some_and(|token| is_word(&token.text)) {
        path.push(tokens[at].text.clone());
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|token| token.text == "::")
            && tokens.get(at + 1).is_some_and(|token| is_word(&token.text));
        if !goes_on {
            break;
        }
        at += 1;
    }
    (path, at)
}

/// One branch of a `use` tree, down to its leaves; gives the place after it.
fn use_tree(
    tokens: &[Token],
    from: usize,
    prefix: &[String],
    here: &[String],
    out: &mut Vec<Named>,
) -> usize {
    let Some(first) = tokens.get(from) else { return from };
    let line = first.line;
    let (path, mut at) = spelled(tokens, from);
    let full: Vec<String> = prefix.iter().cloned().chain(path).collect();
    if tokens.get(at).is_some_and(|token| token.text == "::") {
        at += 1;
    }
    match tokens.get(at).map(|token| token.text.as_str()) {
        Some("{") => {
            at += 1;
            while tokens.get(at).is_some_and(|token| token.text != "}") {
                at = if tokens[at].text == "," { at + 1 } else { use_tree(tokens, at, &full, here, out) };
            }
            at + 1
        }
        Some("*") => {
            out.push(Named { path: whole(full, here), line });
            at + 1
        }
        Some("as") => {
            out.push(Named { path: whole(full, here), line });
            at + 2
        }
        _ => {
            if !full.is_empty() {
                out.push(Named { path: whole(full, here), line });
            }
            at.max(from + 1)
        }
    }
}

/// `self` and `super` replaced by what they stand for here.
fn whole(path: Vec<String>, here: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path.first().map(String::as_str) {
        Some("super") => {
            let kept = here.len().saturating_sub(ups).max(1);
            here[..kept].iter().cloned().chain(path.into_iter().skip(ups)).collect()
        }
        Some("self") => here.iter().cloned().chain(path.into_iter().skip(1)).collect(),
        _ => path,
    }
}

/// A function, where it begins and how many lines it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// Every function with a body.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts =
        tokens.windows(2).enumerate().filter(|(_, pair)| pair[0].text == "fn" && is_word(&pair[1].text));
    starts
        .filter_map(|(at, pair)| body_end(tokens, at).map(|end| (pair, end)))
        .map(|(pair, end)| Function {
            name: pair[1].text.clone(),
            line: pair[0].line,
            lines: tokens[end].line - pair[0].line + 1,
        })
        .collect()
}

/// The closing brace of the body that begins after `from`; `None` when there is no body.
fn body_end(tokens: &[Token], from: usize) -> Option<usize> {
    let (mut round, mut at) = (0_i32, from);
    loop {
        match tokens.get(at)?.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            ";" if round == 0 => return None,
            "{" if round == 0 => return closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
}

/// The brace that closes the one at `from`.
pub fn closing(tokens: &[Token], from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The tokens without inline test modules and test functions.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if is_cfg_test(tokens, at) {
            let item = at + 7;
            let end = tokens[item..].iter().position(|token| matches!(token.text.as_str(), "{" | ";"));
            let end = end.map(|found| item + found);
            at = match end {
                Some(end) if tokens[end].text == "{" => {
                    closing(tokens, end).map_or(tokens.len(), |end| end + 1)
                }
                Some(end) => end + 1,
                None => tokens.len(),
            };
        } else {
            out.push(tokens[at].clone());
            at += 1;
        }
    }
    out
}

/// `#[cfg(test)]` begins here.
pub fn is_cfg_test(tokens: &[Token], at: usize) -> bool {
    let wanted = ["#", "[", "cfg", "(", "test", ")", "]"];
    wanted
        .iter()
        .enumerate()
        .all(|(step, text)| tokens.get(at + step).is_some_and(|token| token.text == *text))
}

#[test]
fn comments_and_strings_are_no_tokens() {
    let source = "a // sled::Db\n/* x /* sled */ sled */ \"sled::Db \\\" sled\" r#\"sled \" sled\"# b'\\'' 'x' '\\n' &'a b";
    let words: Vec<String> = tokens(source).into_iter().map(|token| token.text).collect();
    assert_eq!(words, ["a", "\"\"", "\"\"", "0", "&", "a", "b"]);
    let lines: Vec<usize> = tokens("a\n\"x\ny\"\nb").into_iter().map(|token| token.line).collect();
    assert_eq!(lines, [1, 2, 4]);
}

#[test]
fn paths_are_unfolded_and_made_whole() {
    let source = "use ::sled; use crate::a::{self, b::{C, D as E}, f::*}; use super::x::Y;\n\
                  fn z() { super::super::q::r(); mod_a::b(); let v = Vec::<std::fs::File>::new(); }\n\
                  mod inner { use super::k::L; } use self::m::N; extern crate actix;";
    let module = module_of("src/domain/user/links.rs");
    let seen: Vec<String> =
        paths(&tokens(source), &module).into_iter().map(|named| named.path.join("::")).collect();
    for path in [
        "sled",
        "crate::a::self",
        "crate::a::b::C",
        "crate::a::b::D",
        "crate::a::f",
        "crate::domain::user::x::Y",
        "crate::domain::q::r",
        "mod_a::b",
        "std::fs::File",
        "crate::domain::user::links::k::L",
        "crate::domain::user::links::m::N",
        "actix",
    ] {
        assert!(seen.iter().any(|one| one == path), "{path} in {seen:?}");
    }
}

#[test]
fn functions_are_measured_from_fn_to_brace() {
    let source = "trait T { fn no(); }\nfn a(x: [u8; 3]) -> u8 {\n  { }\n}\nimpl X { fn b() {} }";
    let seen: Vec<_> =
        functions(&tokens(source)).into_iter().map(|one| (one.name, one.line, one.lines)).collect();
    assert_eq!(seen, [("a".to_owned(), 2, 3), ("b".to_owned(), 5, 1)]);
}

#[test]
fn test_modules_are_taken_out() {
    let source = "fn a() {} #[cfg(test)] mod tests { fn b() { x.unwrap(); } } #[cfg(test)] mod t; fn c() {}";
    let names: Vec<_> = functions(&without_tests(&tokens(source))).into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["a", "c"]);
}
