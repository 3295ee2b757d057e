//! Prints a lifecycle for people: every cell of its table (the golden files), or a Mermaid diagram.

use super::limits::{Value, print_span};
use super::{Arrow, Names, Table, Workflow};
use std::fmt::Write;

/// Every cell of the table, one line each.
pub fn table<W: Workflow>(table: &Table<W>) -> String {
    let mut out = format!("workflow {}\ninitial {}\n\n", W::NAME, table.initial().name());
    for limit in W::Limit::ALL {
        line(&mut out, format_args!("limit {} = {}", limit.name(), value(table.value(*limit))));
    }
    for state in W::State::ALL {
        let mark = match (table.is_end(*state), table.may_rest(*state)) {
            (true, _) => " (end)",
            (_, true) => " (rest)",
            _ => "",
        };
        line(&mut out, format_args!("\n{}{mark}", state.name()));
        for input in W::Input::ALL {
            let cell = table.on(*state, *input).map_or_else(|| "-".to_owned(), |one| arrow::<W>(*state, one));
            line(&mut out, format_args!("  on {:<20} {cell}", input.name()));
        }
        for limit in W::Limit::ALL {
            if let Some(one) = table.after(*state, *limit) {
                line(&mut out, format_args!("  after {:<17} {}", limit.name(), arrow::<W>(*state, one)));
            }
        }
    }
    out
}

/// A Mermaid state diagram; arrows that stay where they are, are left out.
pub fn mermaid<W: Workflow>(table: &Table<W>) -> String {
    let mut out = format!("stateDiagram-v2\n    [*] --> {}\n", table.initial().name());
    for state in W::State::ALL {
        for (label, one) in table.arrows(*state).filter(|(_, one)| one.to != *state) {
            line(&mut out, format_args!("    {} --> {}: {label}", state.name(), one.to.name()));
        }
        if table.is_end(*state) {
            line(&mut out, format_args!("    {} --> [*]", state.name()));
        }
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn arrow<W: Workflow>(from: W::State, arrow: Arrow<W>) -> String {
    let mut text = if arrow.to == from { "stay".to_owned() } else { format!("-> {}", arrow.to.name()) };
    if let Some(action) = arrow.action {
        let _ = write!(text, " do {}", action.name());
    }
    if let Some((guard, refusal)) = arrow.guard {
        let _ = write!(text, " if {} else {}", guard.name(), refusal.name());
    }
    text
}

fn value(value: &Value) -> String {
    match value {
        Value::Span(span) => print_span(*span),
        Value::Count(count) => count.to_string(),
        Value::Spans(spans) => spans.iter().map(|span| print_span(*span)).collect::<Vec<_>>().join(" "),
    }
}
