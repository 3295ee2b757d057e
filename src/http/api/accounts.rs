//! `/users/{id}/accounts` (contract section 2.8): what a person has and owes. Must not know: how it was
//! read.

use super::view::account::AccountView;
use super::view::{List, path};
use super::{Asker, Call, OnUser, call, unexpected, wanted};
use crate::domain::access::AccessTo;
use crate::domain::command::{Command, Reply};
use crate::domain::id::AccountId;
use crate::engine::read::sources::{AccountFilter, Wanted};
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json};
use http::StatusCode;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users" / String / "accounts").and(call(web.clone())).then(
        |user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("users" / String / "accounts" / String).and(call(web)).then(
        |user: String, account: String, call: Call| async move {
            let answer = get(&user, &account, &call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

async fn list(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    let wanted = wanted::accounts(call.query().one("filter")?.unwrap_or_default())?;
    connections_exist(&on, call, &wanted).await?;
    let (shown, settings) = (call.shown(&on).await?, &call.web.settings);
    let wanted = AccountFilter { with_terms: shown.account_detail, ..wanted };
    let accounts = call.web.engine.accounts(call.asking(&on), &wanted).await?;
    call.was_shown(&on, AccessTo::Accounts, !accounts.is_empty());
    let data = accounts.iter().map(|one| AccountView::new(settings, on.user, one, shown)).collect();
    Ok(json(StatusCode::OK, &List::new(settings, &path::accounts(on.user), data)))
}

/// A connection that is asked for by name must have been there: also a deleted one still shows accounts.
async fn connections_exist(on: &OnUser, call: &Call, wanted: &AccountFilter) -> Result<(), ApiError> {
    if wanted.connection.is_empty() {
        return Ok(());
    }
    let Reply::Connections(all) = call.ask(on.user, on.caller, Command::ListSources).await? else {
        return Err(unexpected());
    };
    let exists = |wanted: &Wanted<_>| match wanted {
        Wanted::Is(id) => all.iter().any(|one| one.id == *id),
        Wanted::IsNot(_) => true,
    };
    if wanted.connection.iter().all(exists) {
        return Ok(());
    }
    Err(ApiError::not_valid("Requested connection does not exist.", "filter"))
}

async fn get(user: &str, account: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    let id = AccountId::parse(account)
        .ok_or_else(|| ApiError::not_valid("Account ID value is not valid", "accountId"))?;
    let shown = call.shown(&on).await?;
    let found = call.web.engine.account(call.asking(&on), id, shown.account_detail).await?;
    let account = found.ok_or_else(ApiError::not_found)?;
    call.was_shown(&on, AccessTo::Accounts, true);
    Ok(json(StatusCode::OK, &AccountView::new(&call.web.settings, on.user, &account, shown)))
}
