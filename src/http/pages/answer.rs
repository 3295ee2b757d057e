//! How a page leaves: status, headers, and the ways to go elsewhere. Must not know: what a page shows.

use super::language::Reader;
use super::view::{End, EndedPage, Frame, Page};
use crate::domain::id::JobId;
use crate::http::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Nothing from elsewhere, nothing inline, no frames; forms post to us alone. The way to the partner is
/// a link that the person follows, unless the partner wants the last press to lead there.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same, where a press leads straight on to the partner: browsers hold the way of a form against it.
fn policy(page: &Frame) -> HeaderValue {
    let led = page.look.leads_to.as_ref().and_then(|origin| {
        HeaderValue::from_str(&POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}")))
            .ok()
    });
    led.unwrap_or(HeaderValue::from_static(POLICY))
}

/// How long somebody waits who came when it was too busy, in seconds.
const BUSY_RETRY_SECONDS: u64 = 30;

/// Unreserved characters stand for themselves (RFC 3986 section 2.3).
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A page, as it is sent to who reads it.
pub fn page<P: Page>(reader: &Reader, status: StatusCode, mut page: P) -> Response {
    page.speak(reader);
    let Ok(html) = page.render() else {
        tracing::error!(page = P::NAME, "a page does not render");
        let mut response = Response::default();
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let mut response = Response::new(html.into());
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy(page.frame()));
    set(&mut response, CONTENT_LANGUAGE, reader.language().tag);
    closed(&mut response);
    with_cookie(response, reader.cookie())
}

/// A dead end.
pub fn ended(reader: &Reader, dead: EndedPage) -> Response {
    let end = dead.end;
    let response = page(reader, end.status(), dead);
    match end {
        End::Busy => retry_after(response, BUSY_RETRY_SECONDS),
        _ => response,
    }
}

/// A dead end of which nothing more is known.
pub fn bare(reader: &Reader, end: End) -> Response {
    ended(reader, EndedPage::bare(end))
}

/// "See other": what was posted is done, and is shown there.
pub fn go(place: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    match HeaderValue::from_str(place) {
        Ok(place) => response.headers_mut().insert(LOCATION, place),
        // Places are made of our own paths and of a query that arrived as a header-safe URI.
        Err(_) => return bare(&Reader::default(), End::Broken),
    };
    closed(&mut response);
    response
}

/// Says when asking again can be answered otherwise.
pub fn retry_after(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Gives the browser a cookie.
pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Never kept, never framed, never guessed at, never found, and no address of ours told to anyone.
fn closed(response: &mut Response) {
    set(response, CACHE_CONTROL, "no-store");
    set(response, REFERRER_POLICY, "no-referrer");
    set(response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, X_FRAME_OPTIONS, "DENY");
    set(response, HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    set(response, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// The partner's redirect URL with what it gets back: the jobs in order, the last one also by itself,
/// and its state. A query that it has already is kept (contract section 6.4).
pub fn way_back(redirect_url: &str, jobs: &[JobId], state: Option<&str>) -> String {
    let mut query = Vec::new();
    if let Some(last) = jobs.last() {
        let ids: Vec<String> = jobs.iter().map(JobId::to_string).collect();
        query.push(format!("jobId={last}&jobIds={}", ids.join(",")));
    }
    query.extend(state.map(|state| format!("state={}", utf8_percent_encode(state, QUERY_VALUE))));
    if query.is_empty() {
        return redirect_url.to_owned();
    }
    let (base, fragment) = match redirect_url.split_once('#') {
        Some((base, fragment)) => (base, format!("#{fragment}")),
        None => (redirect_url, String::new()),
    };
    let joint = match base.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{base}{joint}{}{fragment}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_keeps_the_query_and_brings_the_state() {
        for (url, state, expected) in [
            ("https://p.example/back", None, "https://p.example/back"),
            ("https://p.example/back", Some("s1"), "https://p.example/back?state=s1"),
            ("https://p.example/?a=b", Some("x y&z="), "https://p.example/?a=b&state=x%20y%26z%3D"),
            ("https://p.example/?", Some("ü"), "https://p.example/?state=%C3%BC"),
            ("https://p.example/?a=b&", Some("-._~"), "https://p.example/?a=b&state=-._~"),
            ("https://p.example/#top", Some("s1"), "https://p.example/?state=s1#top"),
        ] {
            assert_eq!(way_back(url, &[], state), expected);
        }
    }

    #[test]
    fn the_way_back_names_the_jobs_in_order_and_the_last_by_itself() {
        let [one, two] = [1, 2].map(|number| JobId(uuid::Uuid::from_u128(number)));
        let back = |jobs: &[JobId], state| way_back("https://p.example/back?flow=1", jobs, state);
        let (first, second) = (one.to_string(), two.to_string());
        assert_eq!(back(&[one], None), format!("https://p.example/back?flow=1&jobId={first}&jobIds={first}"));
        assert_eq!(
            back(&[one, two], Some("s&1")),
            format!("https://p.example/back?flow=1&jobId={second}&jobIds={first},{second}&state=s%261")
        );
    }

    #[test]
    fn a_place_that_is_no_header_leads_nowhere() {
        assert_eq!(go("/home").headers()["location"], "/home");
        assert_eq!(go("/home\r\nset-cookie: x").status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
