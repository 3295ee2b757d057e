//! Magic numbers and users: the table of docs/SANDBOX.md is what the code does, and each row shows the
//! partner and the applicant what it says.

mod numbers;
mod users;

use crate::rig::{Partner, Rig};
use authlink::adapters::sms::magic::NUMBERS;
use authlink::sandbox::data::magic::USERS;
use serde_json::Value;
use std::collections::BTreeSet;

/// A row of the table in the document.
struct Row {
    kind: String,
    which: String,
    partner: String,
    applicant: String,
}

fn table() -> Vec<Row> {
    let document = include_str!("../../../docs/SANDBOX.md");
    let (_, rest) = document.split_once("\n## Magic numbers and users\n").unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.map(|line| line.split('|').map(str::trim).map(str::to_owned).collect::<Vec<_>>());
    let read = cells.map(|cells| {
        let [_, kind, which, _, partner, applicant, _] = cells.try_into().unwrap();
        Row { kind, which: which.trim_matches('`').to_owned(), partner, applicant }
    });
    read.collect()
}

fn row(which: &str) -> Row {
    table().into_iter().find(|row| row.which == which).unwrap_or_else(|| panic!("no row for {which}"))
}

impl Row {
    /// What the partner sees, in the document's words.
    fn tells_partner(&self, words: &str) {
        assert!(self.partner.contains(words), "{}: {words} is not in: {}", self.which, self.partner);
    }

    /// Everything that stands in quotes for the applicant.
    fn shown(&self) -> Vec<&str> {
        self.applicant.split('“').skip(1).map(|rest| rest.split('”').next().unwrap()).collect()
    }
}

#[test]
fn the_document_has_a_row_for_everything_that_is_magic_and_no_other() {
    let table = table();
    let of = |kind: &str| -> BTreeSet<String> {
        table.iter().filter(|row| row.kind == kind).map(|row| row.which.clone()).collect()
    };
    let numbers: BTreeSet<String> = NUMBERS.iter().map(|(number, _)| (*number).to_owned()).collect();
    let users: BTreeSet<String> = USERS.iter().map(|magic| magic.login_id.to_owned()).collect();
    assert_eq!((of("number"), of("user")), (numbers.clone(), users.clone()));
    assert_eq!(table.len(), numbers.len() + users.len());
}

/// The names of all events of a partner, oldest first, those of the link included.
async fn events(rig: &Rig, partner: &Partner) -> Vec<String> {
    let mut pages = authlink::http::admin::export::pages(rig.engine.clone());
    let mut text = Vec::new();
    while let Some(page) = pages.recv().await {
        text.extend(page.unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ours =
        lines.filter(|line| line["record"] == "event" && line["application"] == partner.id.to_string());
    ours.map(|line| line["event"].as_str().unwrap().to_owned()).collect()
}
