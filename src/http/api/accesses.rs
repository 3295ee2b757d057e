//! `/users/{id}/accesses`: who read which data of a person, and when. Beyond the compatible wire
//! (docs/COMPATIBILITY.md). Must not know: what counts as an access.

use super::view::List;
use super::{Asker, Call, call};
use crate::domain::access::{AccessPlace, Accesses};
use crate::domain::command::Command;
use crate::http::error::Answer;
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("users" / String / "accesses")
        .and(call(web))
        .then(|user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        })
        .boxed()
}

async fn list(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    call.unfiltered()?;
    // Whether there is such a user, and whose, its actor knows.
    call.ask(on.user, on.caller, Command::GetUser).await?;
    let log = call.web.engine.access_log(on.user).await?;
    // The newest day first.
    let data: Vec<AccessView> = log.0.iter().rev().map(AccessView::of).collect();
    let path = format!("/users/{}/accesses", on.user);
    Ok(json(StatusCode::OK, &List::new(&call.web.settings, &path, data)))
}

#[derive(Serialize)]
struct AccessView {
    #[serde(rename = "type")]
    kind: &'static str,
    date: String,
    by: &'static str,
    to: &'static str,
    count: u32,
    first: String,
    last: String,
}

impl AccessView {
    fn of(((day, by, to), accesses): (&AccessPlace, &Accesses)) -> Self {
        Self {
            kind: "access",
            date: day.to_string(),
            by: by.name(),
            to: to.name(),
            count: accesses.count,
            first: accesses.first.rfc3339(),
            last: accesses.last.rfc3339(),
        }
    }
}
