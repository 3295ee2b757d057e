//! Joins the files of the document. In a file an operation says in a word what it has in common with others,
//! and here that becomes what OpenAPI wants:
//!
//! - `access`: who may ask (`server`, `own`, `any`, `none`, `key`, `code`, `link-token`), with the errors that
//!   follow from it;
//! - `filter`: which table of filters.json its query has;
//! - `errors`: names in errors.json, each an example of an answer;
//! - `protocol`: of an operation that has errors of its own (`link`, `document`).
//!
//! Path parameters are looked up by name. A test holds every name to be known.

use super::File;
use crate::http::error::Code;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Object = Map<String, Value>;

/// The id under which examples were asked.
const REQUEST_ID: &str = "6f1d2a90-1c6e-4b0b-9a77-3f0e5d2c8b14";

/// The files as one document. What cannot be read is left out: the tests read all of it.
pub(super) fn joined(frame: &str, errors: &str, filters: &str, groups: &[File]) -> Value {
    let mut document = read(frame);
    let tables = Tables { errors: read(errors), filters: read(filters) };
    let (mut tags, mut paths, mut schemas) = (Vec::new(), Object::new(), Object::new());
    for (_, text) in groups {
        let mut group = object(&read(text));
        let tag = group.remove("tag").unwrap_or_default();
        for (path, operations) in object(&group["paths"]) {
            let operations = object(&operations).into_iter();
            let whole = operations.map(|(method, one)| {
                let one = tables.operation((&path, &method), &tag["name"], object(&one));
                (method, one)
            });
            let whole = whole.collect::<Object>();
            paths.insert(path, Value::Object(whole));
        }
        schemas.extend(object(&group["schemas"]));
        tags.push(tag);
    }
    document["tags"] = Value::Array(tags);
    document["paths"] = Value::Object(paths);
    if let Some(all) = document["components"]["schemas"].as_object_mut() {
        all.extend(schemas);
        all["Error"]["properties"]["code"]["enum"] = Code::ALL.iter().map(|code| code.words().0).collect();
    }
    document
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn object(value: &Value) -> Object {
    value.as_object().cloned().unwrap_or_default()
}

fn words(value: Option<Value>) -> Vec<String> {
    value.and_then(|all| serde_json::from_value(all).ok()).unwrap_or_default()
}

struct Tables {
    errors: Value,
    filters: Value,
}

impl Tables {
    fn operation(&self, (path, method): (&str, &str), tag: &Value, mut given: Object) -> Value {
        let access = given.remove("access").unwrap_or_default();
        let access = access.as_str().unwrap_or_default();
        let mut errors = words(given.remove("errors"));
        if given.remove("protocol").is_none() {
            errors.extend(usual(path, access).into_iter().map(str::to_owned));
        }
        let mut parameters: Vec<Value> = names_in(path).map(reference).collect();
        if is_done_once(method, access) {
            parameters.push(reference("idempotencyKey"));
            errors.extend(ONCE.map(str::to_owned));
        }
        parameters
            .extend(given.remove("parameters").and_then(|all| all.as_array().cloned()).unwrap_or_default());
        if let Some(table) = given.remove("filter") {
            parameters.push(filter(&object(&self.filters[table.as_str().unwrap_or_default()])));
            errors.extend(FILTERED.map(str::to_owned));
        }
        let mut responses = object(&given.remove("responses").unwrap_or_default());
        responses.values_mut().for_each(with_request_id);
        responses.extend(self.refusals(&errors));
        let mut whole = Object::new();
        whole.insert("tags".into(), json!([tag]));
        whole.extend(given);
        if !parameters.is_empty() {
            whole.insert("parameters".into(), Value::Array(parameters));
        }
        whole.insert("security".into(), security(access));
        whole.extend(scopes(access).map(|scopes| ("x-scopes".to_owned(), scopes)));
        whole.insert("responses".into(), Value::Object(responses));
        Value::Object(whole)
    }

    /// The errors, a response for each status, with an example of each.
    fn refusals(&self, names: &[String]) -> Object {
        let mut by_status: BTreeMap<u16, Refusal> = BTreeMap::new();
        for name in names {
            let Some((status, code, example)) = self.refusal(name) else { continue };
            let refusal = by_status.entry(status).or_default();
            refusal.codes.insert(code);
            refusal.examples.insert(name.clone(), json!({ "value": example }));
        }
        by_status
            .into_iter()
            .map(|(status, refusal)| (status.to_string(), refusal.response(status)))
            .collect()
    }

    fn refusal(&self, name: &str) -> Option<(u16, &'static str, Value)> {
        let given = self.errors.get(name)?;
        let code = Code::ALL.into_iter().find(|code| given["code"] == code.words().0)?;
        let (word, usual, title) = code.words();
        let status = given["status"].as_u64().and_then(|status| status.try_into().ok());
        let mut error =
            json!({ "type": "error", "code": word, "title": given.get("title").unwrap_or(&json!(title)) });
        for member in ["detail", "source"] {
            if let Some(value) = given.get(member) {
                error[member] = value.clone();
            }
        }
        let envelope = json!({ "type": "list", "correlationId": REQUEST_ID, "data": [error] });
        Some((status.unwrap_or(usual.as_u16()), word, envelope))
    }
}

#[derive(Default)]
struct Refusal {
    codes: BTreeSet<&'static str>,
    examples: Object,
}

impl Refusal {
    fn response(self, status: u16) -> Value {
        let listed: Vec<String> = self.codes.iter().map(|code| format!("`{code}`")).collect();
        let codes: Vec<&str> = self.codes.into_iter().collect();
        let of_these =
            json!({ "properties": { "data": { "items": { "properties": { "code": { "enum": codes } } } } } });
        let mut response = json!({
            "description": listed.join(", "),
            "content": { "application/json": {
                "schema": { "allOf": [{ "$ref": "#/components/schemas/ErrorList" }, of_these] },
                "examples": self.examples,
            } },
        });
        with_request_id(&mut response);
        if matches!(status, 409 | 429 | 503) {
            response["headers"]["Retry-After"] = json!({ "$ref": "#/components/headers/Retry-After" });
        }
        response
    }
}

fn with_request_id(response: &mut Value) {
    response["headers"]["X-Request-Id"] = json!({ "$ref": "#/components/headers/X-Request-Id" });
}

/// What can come of naming a request.
const ONCE: [&str; 4] = ["bad-idempotency-key", "under-way", "key-reused", "answer-gone"];

/// What can be wrong with a filter.
const FILTERED: [&str; 2] = ["filter", "twice"];

/// Whether a caller may name the request, so that it is done once.
fn is_done_once(method: &str, access: &str) -> bool {
    method == "post" && matches!(access, "server" | "own" | "any")
}

/// The errors that follow from who may ask, and from what the path names.
fn usual(path: &str, access: &str) -> Vec<&'static str> {
    let by_access: &[&str] = match access {
        "server" => &["accept", "no-token", "expired-token", "scope"],
        "any" => &["accept", "no-token", "link-over", "expired-token", "scope"],
        "own" => &["accept", "no-token", "link-over", "not-yours", "expired-token", "scope"],
        "none" => &["accept"],
        _ => &[],
    };
    let by_path: &[&str] = if path.contains("{userId}") { &["user-id", "no-user"] } else { &[] };
    let by_rate: &[&str] = if access == "key" { &[] } else { &["too-often"] };
    [by_access, by_path, by_rate, &["broken", "busy"]].concat()
}

fn security(access: &str) -> Value {
    match access {
        "server" | "own" | "any" | "link-token" => json!([{ "token": [] }]),
        "key" => json!([{ "key": [] }]),
        "code" => json!([{ "code": [] }]),
        _ => json!([]),
    }
}

fn scopes(access: &str) -> Option<Value> {
    match access {
        "server" => Some(json!(["SERVER_ACCESS"])),
        "own" | "any" => Some(json!(["SERVER_ACCESS", "CLIENT_ACCESS"])),
        "link-token" => Some(json!(["CLIENT_ACCESS"])),
        _ => None,
    }
}

/// The parameters of a path: `userId` of `/users/{userId}`.
pub(super) fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The query parameter of a table of properties.
fn filter(table: &Object) -> Value {
    let mut lines = vec![
        "Statements `property.operator('value')`, joined by commas: all must hold. Properties:".to_owned(),
    ];
    let mut statements = Vec::new();
    for (property, rule) in table {
        let operators = words(rule.get("operators").cloned());
        let value = value_pattern(&rule["value"]);
        lines.push(format!("- `{property}`: `{}`; {}", operators.join("`, `"), value_text(&rule["value"])));
        statements.extend(operators.iter().map(|operator| statement(property, operator, &value)));
    }
    let one = format!("({})", statements.join("|"));
    let example = table.iter().next().map(|(property, rule)| {
        let operator = rule["operators"][0].as_str().unwrap_or_default();
        format!("{property}.{operator}('{}')", example_value(&rule["value"]))
    });
    json!({
        "name": "filter",
        "in": "query",
        "description": lines.join("\n"),
        "schema": { "type": "string", "pattern": format!("^({one}(,{one})*)?$") },
        "example": example.unwrap_or_default(),
    })
}

fn statement(property: &str, operator: &str, value: &str) -> String {
    let arguments = match operator {
        "in" => format!("{value}(,{value})*"),
        "bt" => format!("{value},{value}"),
        _ => value.to_owned(),
    };
    format!("{}\\.{operator}\\({arguments}\\)", property.replace('.', "\\."))
}

fn value_pattern(value: &Value) -> String {
    let inner = match value {
        Value::Array(words) => {
            let words: Vec<String> = words
                .iter()
                .filter_map(Value::as_str)
                .map(|word| word.replace('(', "\\(").replace(')', "\\)"))
                .collect();
            format!("({})", words.join("|").replace('.', "\\."))
        }
        Value::String(kind) if kind == "institution" => "[A-Z]{2}[0-9]{5}".into(),
        Value::String(kind) if kind == "day" => DAY.into(),
        Value::String(kind) if kind == "event" => "[0-9a-f]{64}".into(),
        _ => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".into(),
    };
    format!("'{inner}'")
}

/// A day, or an instant.
const DAY: &str = "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?";

fn value_text(value: &Value) -> String {
    match value {
        Value::Array(all) => {
            let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            format!("`{}`", all.join("`, `"))
        }
        Value::String(kind) if kind == "institution" => "an institution, as `AU00000`".into(),
        Value::String(kind) if kind == "day" => "a day, or an instant by RFC 3339".into(),
        Value::String(kind) if kind == "event" => "an event, 64 hex digits".into(),
        _ => "an id".into(),
    }
}

fn example_value(value: &Value) -> &str {
    match value {
        Value::Array(all) => all.first().and_then(Value::as_str).unwrap_or_default(),
        Value::String(kind) if kind == "institution" => "AU00000",
        Value::String(kind) if kind == "day" => "2026-03-01",
        Value::String(kind) if kind == "event" => {
            "9c1f0e6d2b7a4858b1d3f5a7c9e0d2b4f6a8c0e2d4b6f8a0c2e4d6b8f0a2c4e6"
        }
        _ => "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ERRORS, FILTERS, FRAME, GROUPS, document};
    use super::*;

    fn is_json(text: &str) -> bool {
        serde_json::from_str::<Object>(text).is_ok()
    }

    #[test]
    fn every_file_is_read() {
        for (name, text) in GROUPS.iter().chain(&[("frame", FRAME), ("errors", ERRORS), ("filters", FILTERS)])
        {
            assert!(is_json(text), "{name}.json: {:?}", serde_json::from_str::<Object>(text).err());
        }
    }

    #[test]
    fn every_name_is_known_and_used() {
        let tables = Tables { errors: read(ERRORS), filters: read(FILTERS) };
        let (mut errors, mut filters) = (BTreeSet::new(), BTreeSet::new());
        for (name, text) in GROUPS {
            for (path, operations) in object(&read(text)["paths"]) {
                for (method, mut one) in object(&operations) {
                    let place = format!("{name}.json: {method} {path}");
                    let access = one["access"].as_str().unwrap_or_default().to_owned();
                    let known = ["server", "own", "any", "none", "key", "code", "link-token"];
                    assert!(known.contains(&access.as_str()), "{place}: who may ask?");
                    let filter = one["filter"].as_str().map(str::to_owned);
                    errors.extend(filter.iter().flat_map(|_| FILTERED.map(str::to_owned)));
                    assert!(filter.iter().all(|table| tables.filters.get(table).is_some()), "{place}");
                    filters.extend(filter);
                    let mut named = words(one.as_object_mut().unwrap().remove("errors"));
                    if is_done_once(&method, &access) {
                        named.extend(ONCE.map(str::to_owned));
                    }
                    if one.get("protocol").is_none() {
                        named.extend(usual(&path, &access).into_iter().map(str::to_owned));
                    }
                    for error in &named {
                        assert!(tables.refusal(error).is_some(), "{place}: {error} is no known error");
                    }
                    errors.extend(named);
                    for parameter in names_in(&path) {
                        let known = &document()["components"]["parameters"][parameter];
                        assert_eq!(known["name"], parameter, "{place}");
                    }
                }
            }
        }
        let unused = |all: &Value, used: &BTreeSet<String>| {
            object(all).into_iter().map(|(name, _)| name).find(|name| !used.contains(name))
        };
        assert_eq!(unused(&tables.errors, &errors), None, "an error that nothing answers");
        assert_eq!(unused(&tables.filters, &filters), None, "a filter that nothing has");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn follow(value: &Value, place: &str) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(target)) = members.get("$ref") {
                        let pointer = target.strip_prefix('#').unwrap();
                        assert!(document().pointer(pointer).is_some(), "{place}: {target}");
                    }
                    members.iter().for_each(|(name, one)| follow(one, &format!("{place}/{name}")));
                }
                Value::Array(all) => all.iter().for_each(|one| follow(one, place)),
                _ => {}
            }
        }
        follow(document(), "");
    }

    #[test]
    fn operations_are_named_once_and_described() {
        let mut seen = BTreeSet::new();
        for (path, operations) in object(&document()["paths"]) {
            for (method, one) in object(&operations) {
                assert!(seen.insert(one["operationId"].to_string()), "{method} {path}");
                for member in ["summary", "description"] {
                    assert!(
                        one[member].as_str().is_some_and(|text| text.len() > 3),
                        "{method} {path}: {member}"
                    );
                }
                let has_success = object(&one["responses"]).keys().any(|status| status.starts_with('2'));
                assert!(has_success, "{method} {path}");
            }
        }
    }
}
