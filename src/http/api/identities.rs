//! `/users/{id}/identities` (contract section 2.11): who a person is to each institution. Must not know:
//! how it was read.

use super::view::Shown;
use super::view::identity::{IdentityList, IdentityView};
use super::{Asker, Call, OnUser, call};
use crate::domain::access::AccessTo;
use crate::domain::id::IdentityId;
use crate::engine::read::sources::Known;
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json};
use http::StatusCode;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users" / String / "identities").and(call(web.clone())).then(
        |user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("users" / String / "identities" / String).and(call(web)).then(
        |user: String, identity: String, call: Call| async move {
            let answer = get(&user, &identity, &call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

/// What of the person may be shown, and what is known: nothing where nothing was agreed to.
async fn known(call: &Call, on: &OnUser) -> Result<(Shown, Vec<Known>), ApiError> {
    let shown = call.shown(on).await?;
    if !shown.name && !shown.organisation {
        return Ok((shown, Vec::new()));
    }
    Ok((shown, call.web.engine.identities(call.asking(on)).await?))
}

async fn list(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    call.unfiltered()?;
    let (shown, known) = known(call, &on).await?;
    call.was_shown(&on, AccessTo::Identity, !known.is_empty());
    Ok(json(StatusCode::OK, &IdentityList::new(&call.web.settings, on.user, &known, shown)))
}

async fn get(user: &str, identity: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let id = IdentityId::parse(identity)
        .ok_or_else(|| ApiError::not_valid("Identity ID value is not valid", "identityId"))?;
    let (shown, known) = known(call, &on).await?;
    let one = known.iter().find(|one| one.identity.id == id).ok_or_else(ApiError::not_found)?;
    call.was_shown(&on, AccessTo::Identity, true);
    Ok(json(StatusCode::OK, &IdentityView::new(&call.web.settings, on.user, one, shown)))
}
