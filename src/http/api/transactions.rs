//! `/users/{id}/transactions` (contract section 2.9): what went in and out, the newest first, page by page.
//! Must not know: how it was read.

use super::paging::{PAGE_MAX, bad_next, limit, next_page};
use super::view::path;
use super::view::transaction::{TransactionList, TransactionView};
use super::{Asker, Call, apart, call, wanted};
use crate::domain::access::AccessTo;
use crate::domain::id::TransactionId;
use crate::engine::read::transactions::TransactionCursor;
use crate::http::body::Form;
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json};
use http::StatusCode;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users" / String / "transactions").and(call(web.clone())).then(
        |user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("users" / String / "transactions" / String).and(call(web)).then(
        |user: String, transaction: String, call: Call| async move {
            let answer = get(&user, &transaction, &call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

/// Which page, as the query asks for it.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    limit: usize,
    cursor: Option<TransactionCursor>,
}

impl Page {
    /// Reads `limit` and `next`; empty ones count as absent.
    fn read(query: &Form) -> Result<Self, ApiError> {
        let limit = query.one("limit")?.map_or(Ok(PAGE_MAX), limit)?;
        let cursor = query.one("next")?.map(|text| TransactionCursor::parse(text).ok_or_else(bad_next));
        Ok(Self { limit, cursor: cursor.transpose()? })
    }
}

async fn list(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    let query = call.query();
    let page = Page::read(&query)?;
    let filter = query.one("filter")?.unwrap_or_default();
    let wanted = wanted::transactions(filter)?;
    let (engine, asking) = (call.web.engine.clone(), call.asking(&on));
    let read = async move { engine.transactions(asking, &wanted, page.cursor, page.limit).await };
    let found = apart(read).await??;
    let path = path::transactions(on.user);
    let next = found.next.map(|cursor| next_page(&path, page.limit, filter, &cursor.to_string()));
    call.was_shown(&on, AccessTo::Transactions, !found.transactions.is_empty());
    let settings = &call.web.settings;
    let list = TransactionList::new(settings, on.user, &found.transactions, found.total, next.as_deref());
    Ok(json(StatusCode::OK, &list))
}

async fn get(user: &str, transaction: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    let id = TransactionId::parse(transaction)
        .ok_or_else(|| ApiError::not_valid("Transaction ID value is not valid", "transactionId"))?;
    let (engine, asking) = (call.web.engine.clone(), call.asking(&on));
    let found = apart(async move { engine.transaction(asking, id).await }).await??;
    let found = found.ok_or_else(ApiError::not_found)?;
    call.was_shown(&on, AccessTo::Transactions, true);
    Ok(json(StatusCode::OK, &TransactionView::new(&call.web.settings, on.user, &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, ApiError> {
        Page::read(&Form::parse(query.as_bytes()))
    }

    #[test]
    fn a_page_holds_as_many_as_is_said_and_no_more_than_may_be() {
        for (query, limit) in
            [("", 500), ("limit=", 500), ("limit=1", 1), ("limit=500", 500), ("next=&limit=7", 7)]
        {
            assert_eq!(page(query), Ok(Page { limit, cursor: None }), "{query}");
        }
        for bad in ["0", "-1", "x", "1.5", "%2B", "1e2", "00"] {
            let error = ApiError::not_valid("Limit value is not valid", "limit");
            assert_eq!(page(&format!("limit={bad}")), Err(error), "{bad}");
        }
        for much in ["501", "100000", "99999999999999999999999"] {
            let error = ApiError::not_valid("Maximum limit allowed is 500", "limit");
            assert_eq!(page(&format!("limit={much}")), Err(error), "{much}");
        }
    }

    #[test]
    fn a_place_in_the_list_is_one_that_we_gave() {
        for bad in ["x", "34f27291-d38d-4a42-81bb-cf59bc7d9e59", &"f".repeat(1000)] {
            let error = ApiError::not_valid("Next value is not valid", "next");
            assert_eq!(page(&format!("next={bad}")), Err(error), "{bad:.40}");
        }
    }
}
