//! The rules for one file: each takes its name and text and says what is wrong. Each has a small bad
//! snippet that it must find.

use super::tokens::{Named, Token, functions, module_of, paths, tokens, without_tests};

/// The longest file, in lines.
pub const FILE_LINES_MAX: usize = 500;

/// The longest function, in lines.
pub const FUNCTION_LINES_MAX: usize = 70;

/// Functions that may be longer, each with its reason. A ratchet: an entry that is not needed any more
/// is refused, and the numbers only go down.
pub const LONG_FUNCTIONS: &[(&str, &str, usize, &str)] =
    &[("src/domain/application.rs", "text", 101, "a table of standard wording, one entry a permission")];

/// A file of ours, read.
pub struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
    /// All tokens.
    pub tokens: Vec<Token>,
    /// All paths.
    pub paths: Vec<Named>,
}

impl<'a> Source<'a> {
    pub fn read(file: &'a str, text: &'a str) -> Self {
        let tokens = tokens(text);
        let paths = paths(&tokens, &module_of(file));
        Self { file, text, tokens, paths }
    }

    fn is_in(&self, room: &str) -> bool {
        self.file.strip_prefix("src/").is_some_and(|inside| {
            inside == format!("{room}.rs")
                || inside.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Tests may do what the running server may not.
    pub fn is_test(&self) -> bool {
        let inside = self.file.starts_with("tests/") || self.file.starts_with("benches/");
        inside
            || self.file.contains("/tests/")
            || self.file.ends_with("/tests.rs")
            || self.file == "src/golden.rs"
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.file)
    }
}

type Rule = fn(&Source<'_>) -> Vec<String>;

/// All rules for a file of Rust.
pub const RULES: &[Rule] = &[crates, clocks, pure, rooms, calm, module_doc, lengths];

/// A package, and the places that may name it.
const OWNED_CRATES: &[(&str, &[&str])] = &[
    ("sled", &["store/sled"]),
    ("actix", &["engine", "cli"]),
    ("actix_rt", &["engine", "cli"]),
    ("warp", &["http", "sandbox"]),
    ("bincode", &["store/codec"]),
    ("getrandom", &["random"]),
    ("jsonwebtoken", &["http", "cli"]),
];

/// Each package that a room owns is named there alone.
fn crates(source: &Source<'_>) -> Vec<String> {
    if !source.file.starts_with("src/") {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for (package, places) in OWNED_CRATES {
        if places.iter().any(|place| source.is_in(place)) {
            continue;
        }
        let named = source.paths.iter().filter(|named| named.begins(&[*package]));
        wrong
            .extend(named.map(|named| {
                source.at(named.line, &format!("names {package}, which belongs to {places:?}"))
            }));
    }
    wrong
}

/// One file reads the clock, one draws entropy.
fn clocks(source: &Source<'_>) -> Vec<String> {
    let clock: &[&[&str]] =
        &[&["Utc", "now"], &["Local", "now"], &["SystemTime", "now"], &["UNIX_EPOCH", "elapsed"]];
    let entropy: &[&[&str]] =
        &[&["Uuid", "new_v4"], &["rand"], &["OsRng"], &["thread_rng"], &["RandomState"]];
    let mut wrong = Vec::new();
    for (owner, needles) in [("clock", clock), ("random", entropy)] {
        if source.is_in(owner) || source.is_test() || !source.file.starts_with("src/") {
            continue;
        }
        for named in &source.paths {
            if needles.iter().any(|needle| named.holds(needle)) {
                wrong.push(source.at(named.line, &format!("only src/{owner}.rs may do this")));
            }
        }
    }
    wrong
}

/// The domain, and the cores beside it, are plain values and plain functions.
fn pure(source: &Source<'_>) -> Vec<String> {
    let in_domain = source.is_in("domain");
    let is_core = source.file.starts_with("src/engine/") && source.file.ends_with("/core.rs");
    if !in_domain && !is_core {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for token in &source.tokens {
        let in_any =
            ["async", "await", "HashMap", "HashSet", "println", "eprintln", "print", "dbg", "Instant"];
        if in_any.contains(&token.text.as_str()) {
            wrong.push(
                source.at(token.line, &format!("`{}` does not belong into rules and cores", token.text)),
            );
        }
    }
    let forbidden: &[&[&str]] = &[
        &["std", "time"],
        &["std", "fs"],
        &["std", "net"],
        &["std", "io"],
        &["std", "env"],
        &["std", "process"],
        &["std", "thread"],
        &["tokio"],
        &["futures_util"],
        &["hyper"],
        &["reqwest"],
    ];
    for named in &source.paths {
        if forbidden.iter().any(|path| named.begins(path)) {
            wrong.push(source.at(
                named.line,
                &format!("`{}` does not belong into rules and cores", named.path.join("::")),
            ));
        }
    }
    wrong
}

/// What a room may use of ours. Rooms that are not named here may use all.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &["domain", "crypto", "golden"]),
    ("crypto", &["crypto"]),
    ("store", &["store", "crypto", "domain::id", "domain::time", "domain::day"]),
    (
        "adapters",
        &[
            "adapters",
            "crypto",
            "metrics",
            "domain::account",
            "domain::bank",
            "domain::connection::ACCOUNTS_MAX",
            "domain::day",
            "domain::delivery",
            "domain::email",
            "domain::entropy",
            "domain::id",
            "domain::institution",
            "domain::line",
            "domain::mobile",
            "domain::money",
            "domain::secret",
            "domain::terms",
            "domain::time",
            "domain::workflow::Names",
        ],
    ),
    ("engine", &["engine", "domain", "store", "adapters", "crypto", "clock", "random", "metrics", "golden"]),
    ("http", &["http", "engine", "domain", "crypto", "clock", "random", "metrics", "golden"]),
    ("sandbox", &["sandbox"]),
    ("clock", &["domain::time"]),
    ("random", &["domain::entropy"]),
];

/// Rooms know only the rooms below them.
fn rooms(source: &Source<'_>) -> Vec<String> {
    let Some((room, allowed)) = ROOMS.iter().find(|(room, _)| source.is_in(room)) else { return Vec::new() };
    let mut wrong = Vec::new();
    for named in &source.paths {
        let begins_ours = matches!(named.path.first().map(String::as_str), Some("crate" | "authlink"));
        if !begins_ours || named.path.len() < 2 {
            continue;
        }
        let inside = named.path[1..].join("::");
        let fits = |place: &&str| inside == **place || inside.starts_with(&format!("{place}::"));
        let is_macro_or_root = named.path.len() == 2 && named.path[1].starts_with(char::is_uppercase);
        if !allowed.iter().any(fits) && !is_macro_or_root {
            wrong.push(source.at(named.line, &format!("{room} may not use `{}`", named.path.join("::"))));
        }
    }
    wrong
}

/// Outside tests nothing may give up in the middle.
fn calm(source: &Source<'_>) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    let tokens = without_tests(&source.tokens);
    let mut wrong = Vec::new();
    for three in tokens.windows(3) {
        let [first, second, third] = three else { continue };
        let (first_text, second_text) = (first.text.as_str(), second.text.as_str());
        let calls = first_text == "." && matches!(second_text, "unwrap" | "expect") && third.text == "(";
        let gives_up = second_text == "!"
            && matches!(first_text, "panic" | "todo" | "unimplemented" | "unreachable")
            && matches!(third.text.as_str(), "(" | "[" | "{");
        if calls || gives_up {
            let what = if calls { second_text } else { first_text };
            wrong.push(source.at(first.line, &format!("`{what}` outside tests")));
        }
    }
    wrong
}

/// Every file begins by saying what it is for.
fn module_doc(source: &Source<'_>) -> Vec<String> {
    if source.text.starts_with("//!") {
        return Vec::new();
    }
    vec![source.at(1, "a module begins with `//!`: what it is for and what it must not know")]
}

/// Files and functions stay short.
fn lengths(source: &Source<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX {
        wrong.push(source.at(1, &format!("{lines} lines; cut it along a real seam before {FILE_LINES_MAX}")));
    }
    for function in functions(&source.tokens) {
        let listed =
            LONG_FUNCTIONS.iter().find(|(file, name, _, _)| *file == source.file && *name == function.name);
        let allowed = listed.map_or(FUNCTION_LINES_MAX, |(_, _, lines, _)| *lines);
        if function.lines > allowed {
            let what = format!("`{}` has {} lines; at most {allowed}", function.name, function.lines);
            wrong.push(source.at(function.line, &what));
        }
        if let Some((_, name, listed, _)) = listed.filter(|_| function.lines < allowed) {
            let what = format!("`{name}` has {} lines: lower its {listed} in LONG_FUNCTIONS", function.lines);
            wrong.push(source.at(function.line, &what));
        }
    }
    wrong
}

/// What all rules say about a snippet.
pub fn judge(file: &str, text: &str) -> Vec<String> {
    let source = Source::read(file, text);
    RULES.iter().flat_map(|rule| rule(&source)).collect()
}

#[cfg(test)]
mod tests {
    use super::{FILE_LINES_MAX, FUNCTION_LINES_MAX, judge};

    #[track_caller]
    fn finds(file: &str, snippet: &str, part: &str) {
        let found = judge(file, &format!("//! A snippet.\n{snippet}\n"));
        assert!(found.iter().any(|one| one.contains(part)), "{file}: {snippet}\n{part} in {found:?}");
    }

    #[track_caller]
    fn allows(file: &str, snippet: &str) {
        assert_eq!(judge(file, &format!("//! A snippet.\n{snippet}\n")), Vec::<String>::new(), "{file}");
    }

    #[test]
    fn packages_are_named_in_their_rooms_alone() {
        finds("src/store/memory.rs", "fn a() { let d: sled::Db = b(); }", "names sled");
        finds("src/engine/read.rs", "use ::sled::{Db};", "names sled");
        finds("src/domain/x.rs", "use actix::prelude::*;", "names actix");
        finds("src/sim/mod.rs", "extern crate actix;", "names actix");
        finds("src/engine/mod.rs", "type R = warp::reply::Response;", "names warp");
        finds("src/engine/mod.rs", "use bincode as b;", "names bincode");
        finds("src/store/mod.rs", "#[actix::main] async fn a() {}", "names actix");
        finds("src/store/mod.rs", "fn a() { getrandom::fill(&mut b); }", "names getrandom");
        allows("src/store/sled.rs", "use ::sled::Db;");
        allows("src/store/mod.rs", "// sled::Db\npub mod sled; const A: &str = \"sled::Db\";");
        allows("src/engine/open.rs", "use crate::store::sled::SledStore;");
        allows("src/engine/shard/actor.rs", "use actix::Actor;");
        allows("src/http/mod.rs", "use warp::Filter;");
        allows("src/sandbox/bank.rs", "use warp::Filter;");
    }

    #[test]
    fn one_file_reads_the_clock_and_one_draws_entropy() {
        finds("src/http/mod.rs", "fn a() { chrono::Utc::now(); }", "src/clock.rs");
        finds(
            "src/cli/mod.rs",
            "use std::time::SystemTime as S; fn a() { SystemTime::now(); }",
            "src/clock.rs",
        );
        finds("src/engine/mod.rs", "fn a() { uuid::Uuid::new_v4(); }", "src/random.rs");
        allows("src/clock.rs", "fn a() { chrono::Utc::now(); }");
    }

    #[test]
    fn the_domain_is_pure_and_so_are_the_cores() {
        for (snippet, part) in [
            ("async fn a() {}", "`async`"),
            ("use std::collections::HashMap;", "`HashMap`"),
            ("use std::collections::HashSet;", "`HashSet`"),
            ("use std::time::Duration;", "std::time"),
            ("fn a() { std::fs::read(b); }", "std::fs"),
            ("use std::{net::IpAddr};", "std::net"),
            ("fn a() { println!(\"x\"); }", "`println`"),
            ("use tokio::sync::Mutex;", "tokio"),
        ] {
            finds("src/domain/user/links.rs", snippet, part);
            finds("src/engine/user/core.rs", snippet, part);
        }
        allows("src/engine/user/actor.rs", "async fn a() { std::time::Duration::ZERO; }");
        allows("src/domain/x.rs", "// async HashMap\nconst A: &str = \"async\";");
    }

    #[test]
    fn rooms_know_only_what_is_below_them() {
        finds("src/domain/x.rs", "use crate::engine::Engine;", "domain may not use");
        finds("src/domain/user/x.rs", "use super::super::super::store::Store;", "domain may not use");
        finds("src/domain/x.rs", "use crate::{crypto, clock};", "`crate::clock`");
        finds("src/store/x.rs", "use crate::domain::user::User;", "store may not use");
        finds(
            "src/adapters/x.rs",
            "use crate::domain::{id::UserId, command::Command};",
            "`crate::domain::command",
        );
        finds("src/engine/x.rs", "fn a() { crate::http::Web; }", "engine may not use");
        finds("src/http/x.rs", "use crate::store::Store;", "http may not use");
        finds("src/sandbox/x.rs", "use crate::crypto::Keyring;", "sandbox may not use");
        finds("src/crypto.rs", "use crate::domain::id::UserId;", "crypto may not use");
        allows("src/store/x.rs", "use crate::domain::{id::UserId, time::UnixMillis}; use super::codec;");
        allows("src/cli/x.rs", "use crate::{http, engine, store};");
    }

    #[test]
    fn nothing_gives_up_outside_tests() {
        for snippet in [
            "fn a() { b.unwrap(); }",
            "fn a() { b.expect(\"x\"); }",
            "fn a() { panic!(\"x\"); }",
            "fn a() { todo!(); }",
        ] {
            finds("src/http/x.rs", snippet, "outside tests");
            allows("tests/it/x.rs", snippet);
            allows("src/domain/user/tests/x.rs", snippet);
            allows("src/http/x.rs", &format!("#[cfg(test)]\nmod tests {{ {snippet} }}"));
        }
        allows("src/http/x.rs", "fn a() { b.unwrap_or(1); c.unwrap_or_default(); } #[expect(x)] fn d() {}");
    }

    #[test]
    fn files_say_what_they_are_for_and_stay_short() {
        assert_eq!(judge("src/http/x.rs", "use a;\n").len(), 1);
        let long = "// x\n".repeat(FILE_LINES_MAX);
        finds("src/http/x.rs", &long, "cut it along");
        let body = "    b();\n".repeat(FUNCTION_LINES_MAX - 1);
        finds("src/http/x.rs", &format!("fn a() {{\n{body}}}"), "at most 70");
        allows("src/http/x.rs", &format!("fn a() {{\n{}}}", "    b();\n".repeat(FUNCTION_LINES_MAX - 2)));
        finds("src/domain/application.rs", "fn text() {}", "lower its");
    }
}
