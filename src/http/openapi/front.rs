//! The base URL in a browser: what this server is, and where to go from here. Programs that ask there get the
//! envelope, as on every path that is none. Must not know: routes, links.

use super::{document, reference};
use crate::http::{Response, Web};
use askama::Template;
use http::Method;
use std::sync::Arc;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The page.
#[derive(Debug, Template)]
#[template(path = "front.html")]
struct FrontPage<'a> {
    title: &'a str,
    summary: &'a str,
    base_url: &'a str,
}

/// `/`, for browsers alone.
pub(super) fn routes(web: &Web) -> BoxedFilter<(Response,)> {
    let info = &document()["info"];
    let [title, summary] = ["title", "summary"].map(|member| info[member].as_str().unwrap_or_default());
    let page = FrontPage { title, summary, base_url: &web.settings.public_base_url };
    let page: Arc<str> = reference::render(&page).into();
    let for_browsers = |method: Method, accept: Option<String>| async move {
        let is_browser = method == Method::GET && accept.is_some_and(|kinds| kinds.contains("text/html"));
        if is_browser { Ok(method) } else { Err(warp::reject::not_found()) }
    };
    warp::path::end()
        .and(warp::method())
        .and(warp::header::optional::<String>("accept"))
        .and_then(for_browsers)
        .map(move |method| reference::answer(&method, reference::HTML, &page))
        .boxed()
}
