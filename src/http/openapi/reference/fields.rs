//! Reads schemas as rows: each member by its way from the top, what it may be, what it means. Must not know:
//! whose body it is.

use super::prose::{inline, set};
use super::{list, members, text};
use serde_json::Value;

/// How deep members within members are told of.
const DEPTH_MAX: usize = 5;

/// A member of a body, or a parameter.
#[derive(Debug)]
pub(super) struct Field {
    /// `data[].id`.
    pub name: String,
    /// Where a parameter stands; empty for members.
    pub place: String,
    /// What it may be.
    pub kind: String,
    /// Whether it is always there.
    pub is_required: bool,
    /// What it means.
    pub description: String,
    /// How it may look.
    pub example: String,
}

/// What a reference leads to, with what stands beside it.
fn resolved(document: &Value, schema: &Value) -> Value {
    let Some(pointer) = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) else {
        return schema.clone();
    };
    let mut whole = document.pointer(pointer).cloned().unwrap_or_default();
    if whole.get("$ref").is_some() {
        whole = resolved(document, &whole);
    }
    for (name, value) in members(schema).filter(|(name, _)| *name != "$ref") {
        whole[name] = value.clone();
    }
    whole
}

/// A literal, or a word for it.
fn literal(value: &Value) -> String {
    match value {
        Value::String(word) if word.is_empty() => "an empty text".into(),
        Value::String(word) => format!("<code>{}</code>", inline(word)),
        other => format!("<code>{}</code>", inline(&other.to_string())),
    }
}

/// What a value may be, in words.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(value) = schema.get("const") {
        return literal(value);
    }
    if let Some(values) = schema.get("enum") {
        return list(values).map(literal).collect::<Vec<_>>().join(", ");
    }
    for choice in ["anyOf", "oneOf"] {
        let kinds: Vec<String> = list(&schema[choice]).map(|one| kind(document, one)).collect();
        if !kinds.is_empty() && schema.get("type").is_none() {
            return kinds.join(" or ");
        }
    }
    let names: Vec<String> = match &schema["type"] {
        Value::String(name) => vec![name.clone()],
        names => list(names).map(text).collect(),
    };
    let words = names.iter().map(|name| match name.as_str() {
        "string" => match schema["format"].as_str() {
            Some(format) => format!("text ({})", inline(format)),
            None => "text".into(),
        },
        "array" => format!("list of: {}", kind(document, &schema["items"])),
        "boolean" => "<code>true</code> or <code>false</code>".into(),
        "null" => "<code>null</code>".into(),
        other => other.to_owned(),
    });
    let said = words.collect::<Vec<_>>().join(" or ");
    if said.is_empty() { "object".into() } else { said }
}

/// The members of a body.
pub(super) fn of(document: &Value, schema: &Value) -> Vec<Field> {
    let mut all = Vec::new();
    descend(document, schema, "", DEPTH_MAX, &mut all);
    all
}

fn descend(document: &Value, schema: &Value, way: &str, depth: usize, all: &mut Vec<Field>) {
    if depth == 0 {
        return;
    }
    let schema = resolved(document, schema);
    for part in ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|word| list(&schema[word])) {
        descend(document, part, way, depth, all);
    }
    if schema.get("items").is_some() {
        descend(document, &schema["items"], &format!("{way}[]"), depth, all);
    }
    for (name, member) in members(&schema["properties"]) {
        let name = if way.is_empty() { name.clone() } else { format!("{way}.{name}") };
        // Parts of a choice may say once more what the whole says.
        if all.iter().any(|known| known.name == name) {
            continue;
        }
        let whole = resolved(document, member);
        let short = name.rsplit('.').next().unwrap_or(&name);
        all.push(Field {
            place: String::new(),
            kind: kind(document, member),
            is_required: list(&schema["required"]).any(|required| required == short),
            description: inline(&text(&whole["description"])),
            example: String::new(),
            name: name.clone(),
        });
        descend(document, member, &name, depth - 1, all);
    }
}

impl Field {
    /// A parameter of an operation.
    pub(super) fn parameter(document: &Value, given: &Value) -> Self {
        let whole = resolved(document, given);
        let example = match whole.get("example") {
            Some(Value::String(word)) => word.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        Self {
            name: text(&whole["name"]),
            place: text(&whole["in"]),
            kind: kind(document, &whole["schema"]),
            is_required: whole["required"] == true,
            description: set(&text(&whole["description"])),
            example,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_told_of_by_their_way() {
        let document =
            json!({"components": {"schemas": {"Id": {"type": "string", "description": "An id."}}}});
        let schema = json!({"type": "object", "required": ["data"], "properties": {"data": {"type": "array",
            "items": {"allOf": [{"properties": {"id": {"$ref": "#/components/schemas/Id"}}}]}},
            "kind": {"enum": ["a", "", null]}}});
        let told: Vec<_> = of(&document, &schema)
            .into_iter()
            .map(|field| (field.name, field.kind, field.is_required, field.description))
            .collect();
        let row = |name: &str, kind: &str, is_required, description: &str| {
            (name.to_owned(), kind.to_owned(), is_required, description.to_owned())
        };
        assert_eq!(
            told,
            [
                row("data", "list of: object", true, ""),
                row("data[].id", "text", false, "An id."),
                row("kind", "<code>a</code>, an empty text, <code>null</code>", false, ""),
            ]
        );
    }

    #[test]
    fn what_leads_back_to_itself_ends() {
        let document = json!({"components": {"schemas": {"A": {"properties": {"a": {"$ref": "#/components/schemas/A"}}}}}});
        assert_eq!(of(&document, &json!({"$ref": "#/components/schemas/A"})).len(), DEPTH_MAX);
    }
}
