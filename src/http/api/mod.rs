//! The partner's wire and the link protocol, a file per group of routes. Every leaf answers all
//! methods of its path, so that what is not allowed can be said exactly. Must not know: any rule of
//! the product, pages.

mod accesses;
mod accounts;
mod attestation;
mod auth_link;
mod client_auth;
mod connections;
mod connectors;
mod consents;
mod events;
mod feed;
mod filter;
mod identities;
mod institutions;
mod jobs;
mod messages;
mod once;
mod paging;
mod test_clocks;
mod token;
mod transactions;
mod users;
pub(super) mod view;
mod wanted;
mod webhooks;

use super::body::{self, Body, Form};
use super::error::{self, Answer, ApiError, Code};
use super::rate::{self, Rate};
use super::token::{Claims, Scope, TokenError};
use super::{RequestContext, Response, Web};
use crate::domain::access::{AccessBy, AccessTo};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::event::Event;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::data::Asking;
pub use client_auth::too_many as too_many_for_the_link_protocol;
use http::header::{ACCEPT, AUTHORIZATION, HeaderName};
use http::{HeaderMap, Method};
use std::collections::BTreeSet;
use view::Shown;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this surface.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    token::routes(web.clone())
        .or(users::routes(web.clone()))
        .unify()
        .boxed()
        .or(auth_link::routes(web.clone()))
        .unify()
        .boxed()
        .or(attestation::routes(web.clone()))
        .unify()
        .or(accesses::routes(web.clone()))
        .unify()
        .boxed()
        .or(consents::routes(web.clone()))
        .unify()
        .boxed()
        .or(feed::routes(web.clone()))
        .unify()
        .boxed()
        .or(events::routes(web.clone()))
        .unify()
        .boxed()
        .or(connections::routes(web.clone()))
        .unify()
        .boxed()
        .or(jobs::routes(web.clone()))
        .unify()
        .boxed()
        .or(identities::routes(web.clone()))
        .unify()
        .boxed()
        .or(accounts::routes(web.clone()))
        .unify()
        .boxed()
        .or(transactions::routes(web.clone()))
        .unify()
        .boxed()
        .or(test_clocks::routes(web.clone()))
        .unify()
        .boxed()
        .or(connectors::routes(&web))
        .unify()
        .boxed()
        .or(institutions::routes(&web))
        .unify()
        .boxed()
        .or(webhooks::routes(web.clone()))
        .unify()
        .boxed()
        .or(messages::routes(web.clone()))
        .unify()
        .boxed()
        .or(client_auth::routes(web))
        .unify()
        .boxed()
}

/// One request, with everything that a handler may look at.
struct Call {
    web: Web,
    context: RequestContext,
    method: Method,
    path: String,
    headers: HeaderMap,
    query: Option<String>,
    claims: Result<Claims, ApiError>,
    body: Body,
}

/// Who may use an operation (contract section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// The partner's server alone.
    Server,
    /// The partner's server, and the person for themselves.
    ServerOrOwn,
}

/// Takes a request apart. Never rejects: who may not be here is told so by the handler.
fn call(web: Web) -> BoxedFilter<(Call,)> {
    warp::method()
        .and(warp::path::full())
        .and(super::context())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().map(Some).or(warp::any().map(|| None)).unify())
        .and(body::take())
        .map(
            move |method,
                  path: warp::path::FullPath,
                  context: RequestContext,
                  headers: HeaderMap,
                  query,
                  body| Call {
                claims: claims(&web, &context, &headers),
                web: web.clone(),
                context,
                method,
                path: path.as_str().trim_end_matches('/').to_owned(),
                headers,
                query,
                body,
            },
        )
        .boxed()
}

/// What a valid token says. Its requests are counted by its key or its person, all others by address.
fn claims(web: &Web, context: &RequestContext, headers: &HeaderMap) -> Result<Claims, ApiError> {
    let given = credentials(headers, "bearer").ok_or(TokenError::Invalid)?;
    let claims = super::token::accept(web.engine.house(), given, web.engine.now());
    let count = |claims: &Claims| {
        let caller = (claims.application, claims.key, claims.user);
        web.rates.count(Rate::KeyRequests, caller, web.engine.metrics())
    };
    let counted = match &claims {
        Ok(claims) => count(claims),
        Err(_) => web.count_address(Rate::AddressRequests, context, headers),
    };
    counted.map_err(rate::too_many)?;
    Ok(claims?)
}

/// Whether a token is brought, of whatever worth: then [`claims`] counts the request.
pub fn has_bearer(headers: &HeaderMap) -> bool {
    credentials(headers, "bearer").is_some()
}

/// What stands behind the scheme in `Authorization`; the scheme may be written in any case.
fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = text(headers, &AUTHORIZATION)?.trim().split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Call {
    /// Who asks, if they may: token, scope, and whether we can answer in a way that they read.
    fn allowed(&self, asker: Asker) -> Result<(Claims, Caller), ApiError> {
        let claims = self.claims.clone()?;
        let caller = claims.caller().ok_or_else(error::forbidden)?;
        if asker == Asker::Server && claims.scope != Scope::Server {
            return Err(error::forbidden());
        }
        self.readable()?;
        Ok((claims, caller))
    }

    /// When the token that was brought stops to count; at once, where none does.
    fn token_ends(&self) -> UnixMillis {
        let (keyring, now) = (&self.web.engine.house().keyring, self.web.engine.now());
        let token = credentials(&self.headers, "bearer");
        token.and_then(|token| super::token::end(keyring, token, now)).unwrap_or(now)
    }

    /// Counts a request of this address.
    fn count_address(&self, rate: Rate) -> Result<(), Span> {
        self.web.count_address(rate, &self.context, &self.headers)
    }

    /// Whether we can answer in a way that the caller reads.
    fn readable(&self) -> Result<(), ApiError> {
        if accepts_json(&self.headers) {
            return Ok(());
        }
        Err(ApiError::new(Code::UnsupportedAccept)
            .detailed("Accept type application/json is not supported on requested endpoint."))
    }

    /// Whether this is a question, where nothing else is answered.
    fn only_get(&self) -> Result<(), ApiError> {
        if self.method == Method::GET {
            return Ok(());
        }
        Err(ApiError::method_not_allowed("GET, HEAD, OPTIONS"))
    }

    /// Whether this asks for something to be done, where nothing else is answered.
    fn only_post(&self) -> Result<(), ApiError> {
        if self.method == Method::POST {
            return Ok(());
        }
        Err(ApiError::method_not_allowed("POST, OPTIONS"))
    }

    /// The partner's server.
    fn server(&self) -> Result<(ApplicationId, Caller), ApiError> {
        self.allowed(Asker::Server).map(|(claims, caller)| (claims.application, caller))
    }

    /// The user that the path names, for a caller who may ask about them.
    fn on_user(&self, user: &str, asker: Asker) -> Result<OnUser, ApiError> {
        let (claims, caller) = self.allowed(asker)?;
        let user =
            UserId::parse(user).ok_or_else(|| ApiError::not_valid("User ID value is not valid", "userId"))?;
        if claims.scope == Scope::Client && claims.user != Some(user) {
            return Err(ApiError::new(Code::UnauthorizedAccess)
                .detailed("You are not authorized to access this resource"));
        }
        Ok(OnUser { user, caller, application: claims.application })
    }

    /// What stands behind the question mark.
    fn query(&self) -> Form {
        Form::parse(self.query.as_deref().unwrap_or_default().as_bytes())
    }

    /// Refuses a filter where there is nothing to filter by: one that is ignored shows what nobody asked for.
    fn unfiltered(&self) -> Result<(), ApiError> {
        let query = self.query();
        match filter::parse(query.one("filter")?.unwrap_or_default())?.first() {
            None => Ok(()),
            Some(statement) => Err(statement.refused(filter::No::Unknown)),
        }
    }

    /// Who asks about whom, for what was read of institutions.
    const fn asking(&self, on: &OnUser) -> Asking {
        Asking { user: on.user, caller: on.caller, request_id: self.context.request_id }
    }

    /// The partner was shown something of a person: it stands in the access log. What a person's own token
    /// reads does not, and nothing does where nothing was there to show.
    fn was_shown(&self, on: &OnUser, to: AccessTo, is_something: bool) {
        if is_something && matches!(on.caller, Caller::Server(_)) {
            self.web.engine.count_access(on.user, AccessBy::Application, to);
        }
    }

    /// What the person agreed to show.
    async fn shown(&self, on: &OnUser) -> Result<Shown, ApiError> {
        match self.ask(on.user, on.caller, Command::GetConsent).await? {
            Reply::Consent(consent) => Ok(Shown::by(consent.as_deref())),
            _ => Err(unexpected()),
        }
    }

    /// Asks a user. What a POST changes is asked [`Call::once`], so that no route forgets to.
    async fn ask(&self, user: UserId, caller: Caller, command: Command) -> Result<Reply, ApiError> {
        if self.method == Method::POST && !command.is_read() {
            tracing::error!(command = command.name(), "a POST is not done once");
            return Err(unexpected());
        }
        Ok(self.web.engine.ask(user, caller, command, self.context.request_id).await?)
    }

    /// The answer, once the request has been read to its end: a caller that is still writing would
    /// not get to read it.
    async fn finish(mut self, answer: Answer) -> Response {
        self.body.discard().await;
        error::settle(answer)
    }
}

/// A user of the path and who asks about them.
#[derive(Debug, Clone, Copy)]
struct OnUser {
    user: UserId,
    caller: Caller,
    application: ApplicationId,
}

/// The partner was shown events, of one person or of many, in one answer.
async fn were_shown<'a>(web: &Web, events: impl IntoIterator<Item = &'a Event>) {
    let shown = events.into_iter().filter_map(|one| Some((one.user, AccessTo::in_event(&one.data)?)));
    // Each kind of each person's data counts once.
    for (user, to) in shown.collect::<BTreeSet<_>>() {
        web.engine.count_access(user, AccessBy::Application, to);
    }
    web.engine.settle_accesses().await;
}

/// Whether the caller reads JSON: only a header that is there and names neither it nor everything
/// says no (contract section 12.2, AE).
fn accepts_json(headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(ACCEPT).iter().peekable();
    let fits = |range: &str| {
        let essence = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(essence.as_str(), "" | "*/*" | "application/*" | "application/json")
    };
    given.peek().is_none() || given.any(|value| value.to_str().is_ok_and(|text| text.split(',').any(fits)))
}

/// Does a long read of the store apart: it would keep a thread that others wait for.
async fn apart<T: Send + 'static>(read: impl Future<Output = T> + Send + 'static) -> Result<T, ApiError> {
    let here = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || here.block_on(read)).await.map_err(|_| unexpected())
}

/// A reply of another kind than the command has: a defect of ours.
fn unexpected() -> ApiError {
    crate::engine::user::core::Trouble::Defect.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), http::HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn accept_says_no_only_when_it_is_there_and_fits_nothing() {
        let goods: [&[&str]; 7] = [
            &[],
            &[""],
            &["*/*"],
            &["application/json"],
            &["text/html, application/*;q=0.8"],
            &["text/html", "Application/JSON; charset=utf-8"],
            &["application/json;q=0.9,text/plain"],
        ];
        for good in goods {
            assert!(accepts_json(&with(ACCEPT, good)), "{good:?}");
        }
        for bad in [&["text/html"][..], &["application/xml", "image/*"], &["application/jsonx"]] {
            assert!(!accepts_json(&with(ACCEPT, bad)), "{bad:?}");
        }
    }

    #[test]
    fn credentials_are_what_stands_behind_their_scheme() {
        let read = |value| credentials(&with(AUTHORIZATION, &[value]), "bearer").map(str::to_owned);
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc ").as_deref(), Some("abc"));
        for other in ["Basic abc", "Bearer", "", "abc"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
