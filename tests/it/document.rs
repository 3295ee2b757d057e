//! The document of the API against the server: what is answered is what it says, to the last member. Every
//! answer that a test reads through the rig goes through here, so that each test is a test of the document.

mod coverage;
mod examples;

use authlink::http::openapi;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// Where the document stands for its own references.
const PLACE: &str = "urn:authlink:document";

/// The document with every object closed: a member that it does not know is a fault of one of the two.
fn closed() -> &'static Value {
    static CLOSED: OnceLock<Value> = OnceLock::new();
    CLOSED.get_or_init(|| {
        let mut document = openapi::document().clone();
        close(&mut document["components"]["schemas"]);
        close(&mut document["paths"]);
        document
    })
}

fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.insert("unevaluatedProperties".into(), json!(false));
            }
            let inside = members.iter_mut().filter(|(name, _)| !name.starts_with("example"));
            inside.for_each(|(_, one)| close(one));
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

fn registry() -> &'static Registry<'static> {
    static REGISTRY: OnceLock<Registry<'static>> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        Registry::new().draft(Draft::Draft202012).add(PLACE, closed().clone()).unwrap().prepare().unwrap()
    })
}

/// The judge of what stands at that place of the document, made once.
fn validator(pointer: &str) -> Arc<Validator> {
    static MADE: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap();
    let make = || {
        let fragment = pointer.replace('%', "%25").replace('{', "%7B").replace('}', "%7D");
        let schema = json!({ "$ref": format!("{PLACE}#{fragment}") });
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(registry());
        Arc::new(options.should_validate_formats(true).build(&schema).unwrap())
    };
    made.entry(pointer.to_owned()).or_insert_with(make).clone()
}

/// What is wrong with a value, by the schema at that place of the document.
fn faults(pointer: &str, value: &Value) -> Vec<String> {
    let told = |error: jsonschema::ValidationError<'_>| format!("{error} at {}", error.instance_path());
    validator(pointer).iter_errors(value).map(told).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

/// Whether a path is one of a template: `/users/{userId}`.
fn is_of(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits =
        |(wanted, given): (&&str, &&str)| wanted.starts_with('{') && !given.is_empty() || wanted == given;
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// The template of a path; one with fewer parameters first, as `/events/types` is no event.
fn template_of(path: &str) -> Option<&'static String> {
    let all = members(&closed()["paths"]).keys().filter(|template| is_of(template, path));
    all.min_by_key(|template| template.matches('{').count())
}

/// An answer as it came.
pub struct Told<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// Holds an answer against the document. What is no operation of it is not looked at: a page, or a method that
/// is refused.
#[track_caller]
pub fn check(told: &Told<'_>) {
    let Told { method, path, status, content_type, body } = *told;
    let Some(template) = template_of(path) else { return };
    let method = method.to_lowercase();
    let Some(operation) = closed()["paths"][template].get(&method) else { return };
    let place = format!("{method} {template} with {status}");
    let Some(response) = operation["responses"].get(status.to_string()) else {
        panic!("{place} is not in the document: {}", String::from_utf8_lossy(body))
    };
    if response.get("content").is_none() {
        assert!(body.is_empty(), "{place} has no body in the document: {}", String::from_utf8_lossy(body));
        return;
    }
    assert_eq!(content_type, Some("application/json"), "{place}");
    let value: Value = serde_json::from_slice(body).unwrap();
    let pointer =
        format!("/paths/{}/{method}/responses/{status}/content/application~1json/schema", escaped(template));
    let faults = faults(&pointer, &value);
    assert!(faults.is_empty(), "{place} is not what the document says:\n{}\n{value:#}", faults.join("\n"));
}
