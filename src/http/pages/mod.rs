//! What applicants see: the pages of a link and of a consent session. Server-rendered, whole without
//! a script. Parses, asks the engine, picks the page by the reply. Must not know: any rule of the
//! product, and how a page looks (web/templates).

pub mod assets;
pub mod gallery;
pub mod view;

#[cfg(test)]
mod tests;

use super::{Response, Web};
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this surface.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let _ = web;
    warp::path("nothing-here-yet").map(Response::default).boxed()
}
