//! Every route of the wire is in the document, and every operation of the document is answered. The routes are
//! read from the code: each is written as `warp::path!(…)` in a file of src/http/api.

use super::{closed, members};
use crate::rig::Rig;
use reqwest::Method;
use std::collections::BTreeSet;
use std::path::Path;

/// Routes that are written in another way: the link protocol takes any path that ends like this, and lists of
/// institutions are there with and without `/public`.
const WRITTEN_OTHERWISE: &[&str] = &["/client_auth/{}", "/client_auth/{}/token"];

/// The segments of `warp::path!("users" / String / "jobs")` as `/users/{}/jobs`.
fn shape(inner: &str) -> String {
    let segment = |part: &str| {
        part.strip_prefix('"').map_or("{}".to_owned(), |word| word.trim_end_matches('"').to_owned())
    };
    let segments: Vec<_> = inner.split('/').map(|part| segment(part.trim())).collect();
    format!("/{}", segments.join("/"))
}

/// Every path that a file of the wire has.
fn paths_of(text: &str) -> Vec<String> {
    let found = text.match_indices("warp::path!(").filter_map(|(at, start)| {
        let rest = &text[at + start.len()..];
        rest.find(')').map(|end| shape(&rest[..end]))
    });
    let all: Vec<String> = found.collect();
    let is_public_too = text.contains("warp::path(\"public\")") || text.contains("door(");
    let public = all.iter().filter(|_| is_public_too).map(|path| format!("/public{path}"));
    public.chain(all.iter().cloned()).collect()
}

fn routes() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut routes: BTreeSet<String> = WRITTEN_OTHERWISE.iter().map(|path| (*path).to_owned()).collect();
    let files = std::fs::read_dir(root.join("api")).unwrap().map(|entry| entry.unwrap().path());
    for file in files
        .chain([root.join("openapi/mod.rs")])
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
    {
        routes.extend(paths_of(&std::fs::read_to_string(file).unwrap()));
    }
    routes
}

/// `/users/{userId}` as `/users/{}`.
fn without_names(template: &str) -> String {
    let segments = template.split('/').map(|one| if one.starts_with('{') { "{}" } else { one });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_of_the_code_is_in_the_document_and_none_besides() {
    let written: BTreeSet<String> =
        members(&closed()["paths"]).keys().map(|path| without_names(path)).collect();
    let routes = routes();
    let missing: Vec<_> = routes.difference(&written).collect();
    assert!(missing.is_empty(), "the document does not have {missing:?}");
    let too_much: Vec<_> = written.difference(&routes).collect();
    assert!(too_much.is_empty(), "no route answers {too_much:?}");
}

/// The methods that the server itself says a path has.
async fn answered(rig: &Rig, token: &str, path: &str) -> BTreeSet<String> {
    let response = rig.call(token, Method::PATCH, path).send().await.unwrap();
    assert_eq!(response.status(), 405, "PATCH {path}");
    let allow = response.headers()["allow"].to_str().unwrap().to_owned();
    let all = allow.split(", ").filter(|method| !["HEAD", "OPTIONS"].contains(method));
    all.map(str::to_lowercase).collect()
}

#[tokio::test]
async fn every_method_of_a_path_is_in_the_document_and_none_besides() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for (template, operations) in members(&closed()["paths"]) {
        let segments = template.split('/').map(|one| match one.strip_prefix('{') {
            Some(name) => {
                let name = name.trim_end_matches('}');
                closed()["components"]["parameters"][name]["example"].as_str().unwrap()
            }
            None => one,
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let written: BTreeSet<String> = members(operations).keys().cloned().collect();
        assert_eq!(answered(&rig, &partner.token, &path).await, written, "{template}");
    }
}

#[test]
fn routes_are_read_from_the_code() {
    assert_eq!(shape("\"users\" / String / \"jobs\""), "/users/{}/jobs");
    assert_eq!(
        paths_of("a warp::path!(\"token\").b\nwarp::path!(\"jobs\" / String)"),
        ["/token", "/jobs/{}"]
    );
    let found = routes();
    assert!(found.contains("/users/{}/auth_link") && found.contains("/public/connectors/{}/{}"), "{found:?}");
}
