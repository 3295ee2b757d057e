//! What the document shows as an example is what it says.

use super::{closed, escaped, faults, members};
use serde_json::Value;

/// Every example of a media type with what it stands at.
fn examples(media: &Value) -> Vec<(String, &Value)> {
    let named = media.get("examples").map(members).into_iter().flatten();
    let named = named.map(|(name, one)| (name.clone(), &one["value"]));
    named.chain(media.get("example").map(|one| ("the example".to_owned(), one))).collect()
}

/// Holds the examples of everything that has a `content` at this place.
fn hold(pointer: &str, value: &Value, wrong: &mut Vec<String>) -> usize {
    let mut count = 0;
    for (media_type, media) in value.get("content").map(members).into_iter().flatten() {
        let schema = format!("{pointer}/content/{}/schema", escaped(media_type));
        for (name, example) in examples(media) {
            count += 1;
            wrong.extend(
                faults(&schema, example).into_iter().map(|fault| format!("{pointer}: {name}: {fault}")),
            );
        }
    }
    count
}

#[test]
fn every_example_is_what_its_schema_says() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (path, operations) in members(&closed()["paths"]) {
        for (method, operation) in members(operations) {
            let place = format!("/paths/{}/{method}", escaped(path));
            if let Some(body) = operation.get("requestBody") {
                let found = hold(&format!("{place}/requestBody"), body, &mut wrong);
                assert!(found > 0, "{place}: the body has no example");
            }
            for (status, response) in members(&operation["responses"]) {
                let found = hold(&format!("{place}/responses/{status}"), response, &mut wrong);
                let has_content = response.get("content").is_some() && path != "/openapi.json";
                assert!(!has_content || found > 0, "{place}: {status} has no example");
                count += found;
            }
            for (at, parameter) in
                operation.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate()
            {
                if let Some(example) = parameter.get("example") {
                    let schema = format!("{place}/parameters/{at}/schema");
                    wrong.extend(
                        faults(&schema, example).into_iter().map(|fault| format!("{place}: {fault}")),
                    );
                }
            }
        }
    }
    for (name, parameter) in members(&closed()["components"]["parameters"]) {
        let faults = faults(&format!("/components/parameters/{name}/schema"), &parameter["example"]);
        wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(count > 300, "{count} examples were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_value_that_is_not_what_the_document_says_is_found() {
    let schema = "/components/schemas/SelfLink";
    let good = serde_json::json!({ "self": "https://api.example.test/users" });
    assert!(faults(schema, &good).is_empty());
    for bad in [
        serde_json::json!({}),
        serde_json::json!({ "self": 1 }),
        serde_json::json!({ "self": "no url" }),
        serde_json::json!({ "self": "https://api.example.test/users", "other": 1 }),
    ] {
        assert!(!faults(schema, &bad).is_empty(), "{bad}");
    }
}
