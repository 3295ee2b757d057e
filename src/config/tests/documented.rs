//! The table of docs/SETTINGS.md is what the program takes: no setting is missing there, none is there that is
//! none, and its defaults and bounds are those that are checked.

use super::load;
use crate::config::source::print;
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../../docs/SETTINGS.md");

/// The rows by the name of the setting: default and what it takes, as they are written.
fn rows() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let cells = |line: &'static str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, does, default, takes] = cells[..] else { panic!("{line}") };
        assert!(!does.is_empty() && !takes.is_empty(), "{line}");
        (name.trim_matches('`'), (default.trim_matches('`'), takes))
    };
    TABLE.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// Every setting with its default.
fn settings() -> BTreeMap<String, String> {
    let loaded = load(None, &[], &[]).unwrap();
    let own = loaded.settings.iter().map(|(name, one)| (name.clone(), print(&one.value)));
    let limits = loaded.config.workflows.limits().into_iter();
    let limits =
        limits.map(|(workflow, limit, value)| (format!("workflow.{workflow}.{limit}"), print(&value)));
    own.chain(limits).collect()
}

#[test]
fn every_setting_stands_in_the_table_with_its_default() {
    let told: BTreeMap<String, String> =
        rows().into_iter().map(|(name, (default, _))| (name.to_owned(), default.to_owned())).collect();
    assert_eq!(told, settings());
}

#[test]
fn the_bounds_in_the_table_are_those_that_are_checked() {
    for (name, (default, takes)) in rows() {
        let words: Vec<&str> = takes.split(' ').collect();
        let bounds = words.windows(3).rev().find(|three| three[1] == "to").map(|three| (three[0], three[2]));
        let far = match bounds {
            Some(_) if default.starts_with('[') => "[\"99999d\"]",
            Some(_) if default.starts_with('"') => "\"99999d\"",
            Some(_) => "999999999999999",
            None => "false",
        };
        let faults = load(Some(&format!("{name} = {far}")), &[], &[]).unwrap_err();
        let expected = match bounds {
            Some((min, max)) => [format!("from {min} to {max}"), format!("between {min} and {max}")],
            None if takes.starts_with('`') && takes.contains("`, `") => {
                let listed = format!("one of {}", takes.replace('`', "\""));
                [listed.clone(), listed]
            }
            None => [format!("{name} wants"), format!("{name} wants")],
        };
        let fault = faults.iter().find(|fault| fault.contains(name)).unwrap();
        assert!(expected.iter().any(|words| fault.contains(words.as_str())), "{name}: {takes}: {fault}");
    }
}
