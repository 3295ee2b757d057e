//! What comes back from a receiver: a status, how long it wants to be left alone, or why there is nothing.
//! What it says beside that is read to a small bound and forgotten. Must not know: what a failure leads to.

use super::resolve::NoAddress;
use crate::adapters::https;
use crate::domain::delivery::{Answer, NoAnswer};
use crate::domain::time::{Span, UnixMillis};
use http::header::RETRY_AFTER;
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use std::error::Error;
use std::time::Duration;

/// So much of a body is read, that the connection can serve again; of a longer one the connection is closed.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// How long a body is waited for: its status has said everything.
const BODY_TIME_MAX: Duration = Duration::from_millis(500);

/// Reads an answer.
pub(super) async fn read(response: Response<Incoming>, at: UnixMillis) -> Answer {
    let (head, body) = response.into_parts();
    // However it ends: dropped half-read, it takes its connection with it.
    let _ = tokio::time::timeout(BODY_TIME_MAX, drain(body)).await;
    Answer::Status(head.status.as_u16(), retry_after(&head.headers, at))
}

async fn drain(mut body: Incoming) {
    let mut left = BODY_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let long = frame.data_ref().map_or(0, bytes::Bytes::len);
        let Some(rest) = left.checked_sub(long) else { return };
        left = rest;
    }
}

/// `Retry-After` in seconds or as a date.
fn retry_after(headers: &HeaderMap, at: UnixMillis) -> Option<Span> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Span::seconds(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(UnixMillis(date.timestamp_millis()).since(at))
}

/// Why there was no answer.
pub(super) fn why(error: &(dyn Error + 'static)) -> NoAnswer {
    match https::chain(error).find_map(|error| error.downcast_ref::<NoAddress>()) {
        Some(NoAddress::Unknown) => NoAnswer::NoName,
        Some(NoAddress::Forbidden) => NoAnswer::Forbidden,
        None => https::why(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_date() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            retry_after(&headers, UnixMillis(1_767_225_600_000))
        };
        assert_eq!(read("120"), Some(Span::seconds(120)));
        assert_eq!(read(" 0 "), Some(Span(0)));
        assert_eq!(read("Thu, 01 Jan 2026 00:01:30 GMT"), Some(Span::seconds(90)));
        assert_eq!(read("Wed, 31 Dec 2025 00:00:00 GMT"), Some(Span(0)), "the past");
        for bad in ["", "soon", "-5", "1.5", "99999999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), UnixMillis(0)), None);
    }
}
