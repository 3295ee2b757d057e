//! (room under construction)

use super::{Response, Web};
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this surface.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let _ = web;
    warp::path("nothing-here-yet").map(Response::default).boxed()
}
