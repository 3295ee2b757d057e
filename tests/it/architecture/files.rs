//! The rules for everything that is committed: words that stay out, templates, workflow files, the
//! named packages. The needles are put together here, so that this file does not hold them.

use std::path::{Path, PathBuf};

/// What is never looked into: made by tools, or not ours.
const SKIPPED: &[&str] =
    &["target", ".git", "node_modules", ".venv", "authlink-demo", "shots", "__pycache__"];

/// Every file of the project, by its path from the root, in order.
pub fn all(root: &Path) -> Vec<String> {
    let (mut files, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(&name);
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                files.push(path.to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    files
}

/// Words that stay out of every file, each with its reason.
fn forbidden() -> Vec<(String, &'static str)> {
    let glue = |parts: &[&str]| parts.concat();
    vec![
        (glue(&["/wo", "rk/"]), "a path of one machine"),
        (glue(&["/ro", "ot/"]), "a path of one machine"),
        (glue(&["/tm", "p/"]), "a path of one machine"),
        (glue(&["/ho", "me/"]), "a path of one machine"),
        (glue(&["index.cra", "tes.io"]), "a registry's host"),
        (glue(&["registry.np", "mjs"]), "a registry's host"),
        (glue(&["files.python", "hosted"]), "a registry's host"),
        (glue(&["pyp", "i.org"]), "a registry's host"),
    ]
}

/// What is wrong with the words of one text file.
pub fn words(file: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let forbidden = forbidden();
    for (number, line) in text.lines().enumerate() {
        let lower = without_our_paths(&line.to_lowercase());
        for (needle, reason) in &forbidden {
            if lower.contains(needle) {
                wrong.push(format!("{file}:{}: `{needle}`: {reason}", number + 1));
            }
        }
        if names_the_vendor(file, &lower) {
            wrong.push(format!("{file}:{}: the other vendor's name does not belong here", number + 1));
        }
    }
    wrong
}

/// The session's pages live where other systems keep their users: those addresses are ours.
fn without_our_paths(lower: &str) -> String {
    let home = ["/ho", "me/"].concat();
    let ours = ["agree", "decline", "disclose", "leave", "extend", "finish", "…"];
    ours.iter().fold(lower.to_owned(), |text, press| text.replace(&format!("{home}{press}"), ""))
}

/// The name may stand in docs/COMPATIBILITY.md, in header names, and in the names of tests.
fn names_the_vendor(file: &str, lower: &str) -> bool {
    let name = ["ba", "siq"].concat();
    if file == "docs/COMPATIBILITY.md" || !lower.contains(&name) {
        return false;
    }
    let without_headers =
        lower.replace(&format!("{name}-version"), "").replace(&format!("{name}_version"), "");
    // The published component of the link protocol, in the lists of what browser tests need.
    let package = format!("@{name}/connect-auth");
    let is_list = file.starts_with("tests/browser/package") && lower.contains(&package);
    let without_headers = if is_list { without_headers.replace(&package, "") } else { without_headers };
    let is_test_name = file.starts_with("tests/") && without_headers.trim_start().starts_with("fn ");
    without_headers.contains(&name) && !is_test_name && !file.starts_with("tests/fixtures/")
}

/// What is wrong with a page template: `safe` would let what people typed become markup.
pub fn template(file: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let packed: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
        if packed.contains("|safe") {
            wrong.push(format!("{file}:{}: `safe` is forbidden in templates", number + 1));
        }
    }
    wrong
}

/// What is wrong with a workflow file.
pub fn workflow(file: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if lines < 120 { Vec::new() } else { vec![format!("{file}: {lines} lines: that rule belongs in Rust")] }
}

/// The packages that the house is built on: they stay.
const NAMED: [&str; 9] =
    ["actix", "tokio", "sled", "serde", "bincode", "async-trait", "uuid", "chrono", "warp"];

/// What is wrong with Cargo.toml.
pub fn manifest(text: &str) -> Vec<String> {
    let manifest: toml::Table = toml::from_str(text).unwrap();
    let held = |name: &&str| manifest.get("dependencies").is_some_and(|all| all.get(name).is_some());
    let missing = NAMED.iter().filter(|name| !held(name));
    missing.map(|name| format!("Cargo.toml: {name} is one of the nine named packages")).collect()
}

#[test]
fn words_that_stay_out_are_found() {
    for word in [["x /wo", "rk/y"], ["/Ro", "ot/.cargo"], ["registry.np", "mjs.org"], ["Ba", "siq"]] {
        assert_eq!(words("src/x.rs", &format!("ok\n{}\n", word.concat())).len(), 1, "{word:?}");
    }
    assert_eq!(words("src/x.rs", "include_str!(\"../workflows/x.toml\") framework/y"), Vec::<String>::new());
    let (ours, theirs) = (["/ho", "me/agree"].concat(), ["/ho", "me/x/agree"].concat());
    assert_eq!((words("src/x.rs", &ours).len(), words("src/x.rs", &theirs).len()), (0, 1), "our addresses");
    let vendor = ["ba", "siq"].concat();
    for (file, line, wrong) in [
        ("src/x.rs", format!("{vendor}-version"), 0),
        ("docs/COMPATIBILITY.md", vendor.clone(), 0),
        ("docs/OTHER.md", vendor.clone(), 1),
        ("tests/it/x.rs", format!("fn a_{vendor}_client_works() {{"), 0),
        ("tests/it/x.rs", format!("let a = \"{vendor}\";"), 1),
        ("tests/browser/package.json", format!("\"@{vendor}/connect-auth\": \"1\""), 0),
        ("tests/browser/package.json", format!("\"@{vendor}/other\": \"1\""), 1),
        ("tests/browser/x.mjs", format!("\"@{vendor}/connect-auth\""), 1),
    ] {
        assert_eq!(words(file, &line).len(), wrong, "{file}");
    }
}

#[test]
fn templates_workflows_and_the_manifest_are_held() {
    assert_eq!(template("web/templates/x.html", "{{ name | safe }}").len(), 1);
    assert_eq!(template("web/templates/x.html", "{{ name }} is safe").len(), 0);
    assert_eq!(workflow("workflows/x.toml", &"a\n".repeat(120)).len(), 1);
    assert_eq!(workflow("workflows/x.toml", &"a\n".repeat(119)).len(), 0);
    assert_eq!(manifest("[dependencies]\nserde = \"1\"\n").len(), NAMED.len() - 1);
}
