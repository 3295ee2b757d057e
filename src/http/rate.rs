//! How often one caller may ask: requests with a token by its key or its person, all others by their
//! address, token requests on their own (contract sections 1.1 and 10, decisions section 3: real time).
//! Also who the caller is where proxies stand in front. Must not know: what is asked for.

use super::api::{has_bearer, too_many_for_the_link_protocol};
use super::edge::Surface;
use super::error::{ApiError, Code};
use super::pages::{raw_query, too_many_page};
use super::{RequestContext, Response, Web, context};
use crate::domain::time::Span;
use crate::metrics::Metrics;
use crate::random::SecretHash;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use ipnet::IpNet;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;

/// The time in which token requests are counted (contract section 1.1).
const TOKEN_WINDOW: Duration = Duration::from_mins(5);

/// The time in which all else is counted.
const WINDOW: Duration = Duration::from_mins(1);

/// The time in which presses for a new link are counted.
const PRESS_WINDOW: Duration = Duration::from_hours(1);

/// The time in which texts with links are counted.
const TEXT_WINDOW: Duration = Duration::from_hours(24);

/// Callers are counted in so many bins, so that memory has a bound. Two that fall into one bin share its
/// limit; which they are changes with each start and cannot be chosen from outside.
const BINS: u64 = 1 << 18;

/// The limits, each with its default; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Token requests of one address in five minutes.
    pub token_requests: u32,
    /// Requests by the tokens of one key, or of one person, in a minute.
    pub key_requests: u32,
    /// Requests without a valid token of one address in a minute: pages, the link protocol, guesses.
    pub address_requests: u32,
    /// Presses of one address for a new link by text, in an hour.
    pub reissue_presses: u32,
    /// Such presses that count for one person, in a day.
    pub reissue_texts: u32,
}

impl RateLimits {
    /// No limit at all.
    pub const NONE: Self = Self {
        token_requests: 0,
        key_requests: 0,
        address_requests: 0,
        reissue_presses: 0,
        reissue_texts: 0,
    };
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            token_requests: 1500,
            key_requests: 60_000,
            address_requests: 6000,
            reissue_presses: 30,
            reissue_texts: 3,
        }
    }
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// [`RateLimits::token_requests`].
    TokenRequests,
    /// [`RateLimits::key_requests`].
    KeyRequests,
    /// [`RateLimits::address_requests`].
    AddressRequests,
    /// [`RateLimits::reissue_presses`].
    ReissuePresses,
    /// [`RateLimits::reissue_texts`].
    ReissueTexts,
}

impl Rate {
    /// Its name in `/metrics`.
    const fn name(self) -> &'static str {
        match self {
            Self::TokenRequests => "token_requests",
            Self::KeyRequests => "key_requests",
            Self::AddressRequests => "address_requests",
            Self::ReissuePresses => "reissue_presses",
            Self::ReissueTexts => "reissue_texts",
        }
    }
}

type Limiter<C> = RateLimiter<u32, HashMapStateStore<u32>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Counts callers.
pub struct Rates<C: Clock = DefaultClock> {
    clock: C,
    bins: SecretHash,
    proxies: Vec<IpNet>,
    token: Option<Limiter<C>>,
    key: Option<Limiter<C>>,
    address: Option<Limiter<C>>,
    reissue_presses: Option<Limiter<C>>,
    reissue_texts: Option<Limiter<C>>,
}

impl Rates {
    /// Nobody has been counted. `proxies` are believed when they say for whom they ask.
    pub fn new(limits: RateLimits, proxies: Vec<IpNet>) -> Self {
        Self::with_clock(limits, proxies, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Rates<C> {
    fn with_clock(limits: RateLimits, proxies: Vec<IpNet>, clock: C) -> Self {
        let limiter = |most: u32, window: Duration| {
            let most = NonZeroU32::new(most)?;
            let quota = Quota::with_period(window / most.get())?.allow_burst(most);
            Some(RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()))
        };
        Self {
            bins: SecretHash::default(),
            proxies,
            token: limiter(limits.token_requests, TOKEN_WINDOW),
            key: limiter(limits.key_requests, WINDOW),
            address: limiter(limits.address_requests, WINDOW),
            reissue_presses: limiter(limits.reissue_presses, PRESS_WINDOW),
            reissue_texts: limiter(limits.reissue_texts, TEXT_WINDOW),
            clock,
        }
    }

    /// Counts one request of a caller.
    ///
    /// # Errors
    /// How long the caller has to wait.
    pub fn count(&self, rate: Rate, caller: impl Hash, metrics: &Metrics) -> Result<(), Span> {
        let limiter = match rate {
            Rate::TokenRequests => &self.token,
            Rate::KeyRequests => &self.key,
            Rate::AddressRequests => &self.address,
            Rate::ReissuePresses => &self.reissue_presses,
            Rate::ReissueTexts => &self.reissue_texts,
        };
        let Some(limiter) = limiter else { return Ok(()) };
        let bin = u32::try_from(self.bins.of(caller) % BINS).unwrap_or(0);
        limiter.check_key(&bin).map_err(|until| {
            metrics.refuse(rate.name());
            let wait = until.wait_time_from(self.clock.now());
            Span(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
        })
    }

    /// Who asks: the address at the other end, or, where that is a proxy of ours, the last one in
    /// `X-Forwarded-For` that is none. What stands before that was written by whoever asked.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_ours = |address: IpAddr| self.proxies.iter().any(|net| net.contains(&address.to_canonical()));
        let mut last = peer;
        let told = headers.get_all("x-forwarded-for").iter().rev();
        let told = told.flat_map(|value| value.to_str().unwrap_or_default().split(',').rev());
        for address in told {
            if !is_ours(last) {
                break;
            }
            match address.trim().parse() {
                Ok(before) => last = before,
                Err(_) => break,
            }
        }
        block(last)
    }
}

/// Whoever has one IPv6 address usually has its whole /64: they count as one.
pub(super) fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        four @ IpAddr::V4(_) => four,
    }
}

/// The error that says so on the wire.
pub fn too_many(wait: Span) -> ApiError {
    ApiError::new(Code::TooManyRequests)
        .detailed("Too many requests. Wait as long as Retry-After says, then send this again.")
        .retry_after(wait)
}

/// Stands before all routes of the public listener and answers whoever asks too often without a token. Who
/// has one is counted where it is looked at, and token requests have a limit of their own: wherever nobody
/// looks at a token, bringing one changes nothing.
pub fn gate(web: Web) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and(context())
        .and(warp::header::headers_cloned())
        .and(raw_query())
        .and_then(move |path: FullPath, context: RequestContext, headers: HeaderMap, query: String| {
            let answer = refuse(&web, (path.as_str(), &query), context, &headers);
            async move { answer.ok_or_else(warp::reject::not_found) }
        })
        .boxed()
}

fn refuse(
    web: &Web,
    (path, query): (&str, &str),
    context: RequestContext,
    headers: &HeaderMap,
) -> Option<Response> {
    if is_judged_by_token(path, headers) {
        return None;
    }
    let wait = web.count_address(Rate::AddressRequests, &context, headers).err()?;
    Some(match Surface::Public.label(path) {
        "client_auth" => too_many_for_the_link_protocol(wait),
        "pages" => too_many_page(headers, (path, query), wait),
        _ => too_many(wait).into_response(),
    })
}

/// Whether who asks is judged, and counted, by what they bring. The link protocol names a link in place of a
/// token; pages, the document and what is everybody's to read look at none.
fn is_judged_by_token(path: &str, headers: &HeaderMap) -> bool {
    let first = path.split('/').find(|segment| !segment.is_empty());
    match first {
        Some("public" | "openapi.json") => false,
        Some("token") => headers.contains_key(AUTHORIZATION),
        _ => Surface::Public.label(path) == "api" && has_bearer(headers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use http::HeaderValue;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn rates(limits: RateLimits) -> (Rates<FakeRelativeClock>, FakeRelativeClock, Metrics) {
        let clock = FakeRelativeClock::default();
        (Rates::with_clock(limits, Vec::new(), clock.clone()), clock, Metrics::default())
    }

    #[test]
    fn so_many_at_once_and_then_as_many_as_the_window_gives() {
        let (rates, clock, metrics) = rates(RateLimits { token_requests: 300, ..RateLimits::NONE });
        let ask = |who: &str| rates.count(Rate::TokenRequests, ip(who), &metrics);
        for _ in 0..300 {
            assert_eq!(ask("192.0.2.1"), Ok(()));
        }
        assert_eq!(ask("192.0.2.1"), Err(Span::seconds(1)), "300 in 300 s: one a second comes back");
        assert_eq!(ask("192.0.2.2"), Ok(()), "another address has its own");
        clock.advance(Duration::from_millis(999));
        assert_eq!(ask("192.0.2.1"), Err(Span(1)));
        clock.advance(Duration::from_millis(1));
        assert_eq!(ask("192.0.2.1"), Ok(()));
        assert!(ask("192.0.2.1").is_err());
        clock.advance(TOKEN_WINDOW);
        for _ in 0..300 {
            assert_eq!(ask("192.0.2.1"), Ok(()), "who waits has all of them again");
        }
        let text = metrics.render();
        assert!(text.contains("{limit=\"token_requests\"} 3\n"), "{text}");
    }

    #[test]
    fn limits_are_apart_and_none_is_none() {
        let (rates, _, metrics) = rates(RateLimits { key_requests: 1, ..RateLimits::NONE });
        assert_eq!(rates.count(Rate::KeyRequests, 7, &metrics), Ok(()));
        assert!(rates.count(Rate::KeyRequests, 7, &metrics).is_err());
        for _ in 0..10_000 {
            assert_eq!(rates.count(Rate::AddressRequests, 7, &metrics), Ok(()));
        }
    }

    #[test]
    fn memory_is_bounded() {
        let (rates, _, metrics) = rates(RateLimits { key_requests: 1_000_000, ..RateLimits::NONE });
        for caller in 0..BINS * 2 {
            assert_eq!(rates.count(Rate::KeyRequests, caller, &metrics), Ok(()));
        }
        let held = rates.key.as_ref().unwrap().len() as u64;
        assert!(held > BINS / 2 && held <= BINS, "{held}");
    }

    #[test]
    fn proxies_are_believed_and_nobody_else() {
        let nets = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap()).to_vec();
        let rates = Rates::new(RateLimits::default(), nets);
        let asks = |peer: &str, told: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in told {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            rates.client(ip(peer), &headers)
        };
        assert_eq!(asks("10.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        assert_eq!(asks("::ffff:10.0.0.1", &["203.0.113.9"]), ip("203.0.113.9"));
        assert_eq!(asks("10.0.0.1", &["1.2.3.4, 203.0.113.9, 10.0.0.2"]), ip("203.0.113.9"));
        assert_eq!(asks("10.0.0.1", &["1.2.3.4", "203.0.113.9"]), ip("203.0.113.9"), "lines are one list");
        assert_eq!(asks("203.0.113.9", &["1.2.3.4"]), ip("203.0.113.9"), "anybody may write that");
        assert_eq!(asks("10.0.0.1", &[]), ip("10.0.0.1"));
        assert_eq!(asks("10.0.0.1", &["nonsense"]), ip("10.0.0.1"));
        assert_eq!(asks("fd00::1", &["2001:db8::5"]), ip("2001:db8::"));
    }

    #[test]
    fn a_block_of_ipv6_addresses_counts_as_one() {
        assert_eq!(block(ip("2001:db8::1")), block(ip("2001:db8::ffff")));
        assert_ne!(block(ip("2001:db8::1")), block(ip("2001:db8:0:1::1")));
        assert_eq!(block(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
