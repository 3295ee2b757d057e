//! `/docs`: the document as a page for people, made once from the document and the table of errors when the
//! server starts. It needs no script, no network and nothing of anybody else. [`fields`] reads schemas,
//! [`prose`] sets texts. Must not know: what an operation does.

mod fields;
mod prose;

use super::document;
use crate::http::{Response, Web};
use askama::Template;
use fields::Field;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use prose::{inline, set};
use serde_json::{Map, Value};
use std::sync::Arc;
use warp::Filter;
use warp::filters::BoxedFilter;

/// What to do about each code: the one table of it.
const ERRORS: &str = include_str!("../../../../docs/ERRORS.md");

const STYLE: &str = include_str!("../../../../web/assets/reference.css");

/// Our own sheet, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The page.
#[derive(Debug, Template)]
#[template(path = "reference.html")]
struct ReferencePage {
    title: String,
    version: String,
    summary: String,
    base_url: String,
    introduction: String,
    groups: Vec<Group>,
    codes: Vec<Code>,
}

/// Operations that people read together.
#[derive(Debug)]
struct Group {
    id: String,
    name: String,
    description: String,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    who: String,
    parameters: Vec<Field>,
    request: Option<Content>,
    responses: Vec<Answer>,
    errors: Vec<Refusal>,
}

/// A body: what is in it, and how it looks.
#[derive(Debug)]
struct Content {
    kind: String,
    is_required: bool,
    fields: Vec<Field>,
    examples: Vec<Example>,
}

#[derive(Debug)]
struct Example {
    name: String,
    text: String,
}

#[derive(Debug)]
struct Answer {
    status: String,
    description: String,
    content: Option<Content>,
}

/// An error of an operation.
#[derive(Debug)]
struct Refusal {
    status: String,
    /// None in the link protocol, whose errors are messages.
    code: Option<String>,
    text: String,
    source: String,
    /// What to do about it.
    advice: Option<String>,
}

/// A row of the table of errors.
#[derive(Debug)]
struct Code {
    word: String,
    status: String,
    when: String,
    what_to_do: String,
    retry: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A name as the end of an address.
fn anchor(name: &str) -> String {
    name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
}

impl ReferencePage {
    fn new(base_url: &str) -> Self {
        let (document, codes) = (document(), codes());
        let info = &document["info"];
        Self {
            title: text(&info["title"]),
            version: text(&info["version"]),
            summary: text(&info["summary"]),
            base_url: base_url.to_owned(),
            introduction: set(&text(&info["description"])),
            groups: list(&document["tags"]).map(|tag| Group::new((document, &codes), tag)).collect(),
            codes,
        }
    }
}

impl Group {
    fn new((document, codes): (&Value, &[Code]), tag: &Value) -> Self {
        let name = text(&tag["name"]);
        let all = members(&document["paths"])
            .flat_map(|(path, all)| members(all).map(move |(method, one)| (path, method, one)));
        let own = all.filter(|(_, _, one)| one["tags"][0] == tag["name"]);
        Self {
            id: anchor(&name),
            description: set(&text(&tag["description"])),
            operations: own
                .map(|(path, method, one)| {
                    Operation::new((document, codes), (path.as_str(), method.as_str()), one)
                })
                .collect(),
            name,
        }
    }
}

impl Operation {
    fn new((document, codes): (&Value, &[Code]), (path, method): (&str, &str), given: &Value) -> Self {
        let is_success = |status: &str| status.starts_with('2') || status.starts_with('3');
        let responses = members(&given["responses"]);
        let (good, bad): (Vec<_>, Vec<_>) = responses.partition(|(status, _)| is_success(status));
        let parameters = list(&given["parameters"]).map(|one| Field::parameter(document, one));
        Self {
            id: text(&given["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&given["summary"]),
            description: set(&text(&given["description"])),
            who: who(given),
            parameters: parameters.collect(),
            request: Content::new(document, &given["requestBody"]),
            responses: good
                .into_iter()
                .map(|(status, one)| Answer {
                    status: status.clone(),
                    description: inline(&text(&one["description"])),
                    content: Content::new(document, one),
                })
                .collect(),
            errors: bad.into_iter().flat_map(|(status, one)| refusals(codes, status, one)).collect(),
        }
    }
}

/// Who may ask, in a sentence.
fn who(given: &Value) -> String {
    let scheme = list(&given["security"]).find_map(|one| members(one).next()).map(|(name, _)| name.as_str());
    let scopes: Vec<String> =
        list(&given["x-scopes"]).map(|scope| format!("<code>{}</code>", inline(&text(scope)))).collect();
    match scheme {
        Some("token") => format!("Bearer token: {}", scopes.join(" or ")),
        Some("key") => "The API key, as <code>Authorization: Basic</code>".into(),
        Some("code") => "<code>Authorization: Basic SMS_CODE:</code> and the id of the link".into(),
        _ => "Everybody: no token".into(),
    }
}

impl Content {
    /// What a request or a response says of its body.
    fn new(document: &Value, given: &Value) -> Option<Self> {
        let (kind, content) = members(&given["content"]).next()?;
        let mut examples: Vec<Example> =
            content.get("example").map(|value| Example::new("", value)).into_iter().collect();
        examples.extend(members(&content["examples"]).map(|(name, one)| Example::new(name, &one["value"])));
        Some(Self {
            kind: kind.clone(),
            is_required: given["required"] == true,
            fields: fields::of(document, &content["schema"]),
            examples,
        })
    }
}

impl Example {
    fn new(name: &str, value: &Value) -> Self {
        Self { name: name.to_owned(), text: serde_json::to_string_pretty(value).unwrap_or_default() }
    }
}

fn refusals(codes: &[Code], status: &str, response: &Value) -> Vec<Refusal> {
    let content = &response["content"]["application/json"];
    let examples = members(&content["examples"]).map(|(_, one)| &one["value"]);
    examples
        .chain(content.get("example"))
        .map(|value| {
            let error = &value["data"][0];
            let code = error["code"].as_str().map(str::to_owned);
            let said = if code.is_some() {
                error.get("detail").unwrap_or(&error["title"])
            } else {
                &value["message"]
            };
            let source = error["source"]["pointer"].as_str().or(error["source"]["parameter"].as_str());
            Refusal {
                status: status.to_owned(),
                text: text(said),
                source: source.unwrap_or_default().to_owned(),
                advice: codes
                    .iter()
                    .find(|known| Some(&known.word) == code.as_ref())
                    .map(|known| known.what_to_do.clone()),
                code,
            }
        })
        .collect()
}

/// The rows of the table of errors.
fn codes() -> Vec<Code> {
    let rows = ERRORS.lines().skip_while(|line| *line != "## Codes").skip(1);
    let rows = rows.take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| {
        let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
        Some(Code {
            word: cells.next()?.trim_matches('`').to_owned(),
            status: inline(cells.next()?),
            when: inline(cells.next()?),
            what_to_do: inline(cells.next()?),
            retry: inline(cells.next()?),
        })
    })
    .collect()
}

/// The type of a page.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// A page as text; nothing of it where it does not render, which is a defect of ours.
pub(super) fn render(page: &impl Template) -> String {
    page.render().unwrap_or_else(|fault| {
        tracing::error!(%fault, "a page of the reference does not render");
        String::new()
    })
}

/// A page or its sheet, for those who read.
pub(super) fn answer(method: &Method, kind: &'static str, body: &str) -> Response {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let mut response = Response::new(if is_read { body.to_owned().into() } else { String::new().into() });
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    put(CONTENT_TYPE, kind);
    put(CONTENT_SECURITY_POLICY, POLICY);
    put(CACHE_CONTROL, "no-cache");
    put(REFERRER_POLICY, "no-referrer");
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(X_FRAME_OPTIONS, "DENY");
    if !is_read {
        put(ALLOW, "GET, HEAD, OPTIONS");
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    }
    response
}

/// `/docs` and its sheet.
pub(super) fn routes(web: &Web) -> BoxedFilter<(Response,)> {
    let page: Arc<str> = render(&ReferencePage::new(&web.settings.public_base_url)).into();
    let whole =
        warp::path!("docs").and(warp::method()).map(move |method| answer(&method, HTML, &page)).boxed();
    let sheet = warp::path!("docs" / "reference.css")
        .and(warp::method())
        .map(|method| answer(&method, "text/css; charset=utf-8", STYLE))
        .boxed();
    whole.or(sheet).unify().boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::error::Code as Known;

    #[test]
    fn every_operation_and_every_code_is_on_the_page() {
        let page = ReferencePage::new("https://api.example.test").render().unwrap();
        for (path, all) in members(&document()["paths"]) {
            for (method, one) in members(all) {
                let id = text(&one["operationId"]);
                assert!(page.contains(&format!("id=\"{id}\"")), "{method} {path} has no place");
                assert!(page.contains(&format!("href=\"#{id}\"")), "nothing leads to {method} {path}");
            }
        }
        for code in Known::ALL {
            let word = code.words().0;
            assert!(page.contains(&format!("id=\"error-{word}\"")), "{word} is not explained");
        }
    }

    #[test]
    fn every_link_leads_somewhere_and_no_place_is_there_twice() {
        let page = ReferencePage::new("https://api.example.test").render().unwrap();
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(all.len(), ids.len(), "an id is there twice");
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(all.contains(&target), "nothing is at #{target}");
        }
        let elsewhere = page.split("src=\"").skip(1).count() + page.matches("<script").count();
        assert_eq!(elsewhere, 0, "it loads something");
    }

    #[test]
    fn an_error_says_what_to_do() {
        let all = codes();
        assert_eq!(all.len(), Known::ALL.len());
        assert!(all.iter().all(|code| !code.what_to_do.is_empty() && !code.retry.is_empty()), "{all:?}");
    }
}
