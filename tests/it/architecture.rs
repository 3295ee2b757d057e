//! Reads the code as text and fails on what the architecture forbids (docs/ARCHITECTURE.md): who may
//! name which package, which room may know which, what stays pure, short and calm. Matches paths, not
//! only `use` lines, and looks into neither comments nor strings.

mod files;
mod rules;
mod tokens;

use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file, or nothing when it is not text.
fn text(file: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(file)).unwrap()).ok()
}

#[track_caller]
fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "the architecture says no:\n{}", wrong.join("\n"));
}

fn rust_files() -> Vec<String> {
    let all = files::all(root())
        .into_iter()
        .filter(|file| Path::new(file).extension().is_some_and(|ending| ending == "rs"));
    let ours: Vec<String> =
        all.filter(|file| ["src/", "tests/", "benches/"].iter().any(|room| file.starts_with(room))).collect();
    assert!(ours.iter().any(|file| file == "src/domain/user/links.rs"), "nothing was read: {ours:?}");
    ours
}

#[test]
fn every_file_keeps_to_its_room() {
    let wrong: Vec<String> =
        rust_files().iter().flat_map(|file| rules::judge(file, &text(file).unwrap())).collect();
    nothing(&wrong);
}

#[test]
fn every_listed_exception_is_still_there() {
    let mut listed: BTreeSet<(&str, &str)> =
        rules::LONG_FUNCTIONS.iter().map(|(file, name, _, _)| (*file, *name)).collect();
    for file in rust_files() {
        for function in tokens::functions(&tokens::tokens(&text(&file).unwrap())) {
            listed.retain(|(place, name)| *place != file || *name != function.name);
        }
    }
    assert!(listed.is_empty(), "take these out of LONG_FUNCTIONS: {listed:?}");
}

#[test]
fn some_words_stay_out_of_every_file() {
    let mut wrong = Vec::new();
    for file in files::all(root()) {
        wrong.extend(text(&file).map(|text| files::words(&file, &text)).unwrap_or_default());
    }
    nothing(&wrong);
}

#[test]
fn templates_never_trust_what_people_typed() {
    let pages = files::all(root()).into_iter().filter(|file| file.starts_with("web/templates/"));
    let wrong: Vec<String> =
        pages.flat_map(|file| files::template(&file, &text(&file).unwrap_or_default())).collect();
    nothing(&wrong);
}

#[test]
fn lifecycles_stay_small_and_the_named_packages_stay() {
    let all = files::all(root());
    let workflows: Vec<&String> = all.iter().filter(|file| file.starts_with("workflows/")).collect();
    assert!(workflows.len() >= 3, "{workflows:?}");
    let mut wrong: Vec<String> =
        workflows.into_iter().flat_map(|file| files::workflow(file, &text(file).unwrap())).collect();
    wrong.extend(files::manifest(&text("Cargo.toml").unwrap()));
    nothing(&wrong);
}
