//! Pages of lists (contract section 4.2): how many a page holds, where it goes on, and how that is written.
//! Must not know: what is listed.

use crate::http::error::ApiError;
use serde::Serialize;

/// How many a page holds at most, and where nothing else is said.
pub(super) const PAGE_MAX: usize = 500;

/// How many a page holds, as the query asks for it.
pub(super) fn limit(text: &str) -> Result<usize, ApiError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<usize>() {
        Ok(limit @ 1..=PAGE_MAX) => Ok(limit),
        Ok(0) => Err(ApiError::not_valid("Limit value is not valid", "limit")),
        // Too many digits for a number of ours are too many things too.
        _ if is_number => Err(ApiError::not_valid("Maximum limit allowed is 500", "limit")),
        _ => Err(ApiError::not_valid("Limit value is not valid", "limit")),
    }
}

/// Digits alone, and no more of them than the document says.
pub(super) fn digits(text: &str) -> Option<u64> {
    let is_fit = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_fit)
}

/// What a caller is told who names a place that is none of ours.
pub(super) fn bad_next() -> ApiError {
    ApiError::not_valid("Next value is not valid", "next")
}

/// Where the next page is read. It says all that this one was asked with: clients take it as it is.
pub(super) fn next_page(path: &str, limit: usize, filter: &str, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &limit.to_string());
    if !filter.is_empty() {
        query.append_pair("filter", filter);
    }
    query.append_pair("next", next);
    format!("{path}?{}", query.finish())
}

/// The links of a page.
#[derive(Serialize)]
pub(super) struct PageLinks {
    /// The URL of its list.
    #[serde(rename = "self")]
    pub(super) own: String,
    /// Where the next page is read; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}
