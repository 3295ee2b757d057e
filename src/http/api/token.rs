//! `POST /token` (contract section 1.1): a key of an application becomes a token. Must not know: how
//! keys are kept, how tokens are signed.

use super::{Call, call, credentials, text};
use crate::crypto::Keyring;
use crate::domain::application::ApiKey;
use crate::domain::command::{Caller, Command};
use crate::domain::id::{ApplicationId, UserId};
use crate::engine::application::core::key_hash;
use crate::http::error::{Answer, ApiError, Code, Source};
use crate::http::rate::Rate;
use crate::http::token::{self, Claims, Scope, TOKEN_SECONDS, VERSION};
use crate::http::{Response, Web, json};
use base64::Engine as _;
use http::header::{AUTHORIZATION, HeaderName};
use http::{Method, StatusCode};
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;

static BASIQ_VERSION: HeaderName = HeaderName::from_static("basiq-version");

/// What a token request answers, here and in the link protocol.
#[derive(Serialize)]
pub struct TokenView {
    access_token: String,
    expires_in: i64,
    token_type: &'static str,
}

impl TokenView {
    /// A fresh token that says `claims`.
    ///
    /// # Errors
    /// A defect of ours.
    pub fn issue(web: &Web, claims: &Claims) -> Result<Self, ApiError> {
        let signed = token::issue(&web.engine.house().keyring, claims, web.engine.now());
        let access_token = signed.map_err(|_| super::unexpected())?;
        Ok(Self { access_token, expires_in: TOKEN_SECONDS, token_type: "Bearer" })
    }
}

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("token")
        .and(call(web))
        .then(|mut call: Call| async move {
            let answer = answer(&mut call).await;
            call.finish(answer).await
        })
        .boxed()
}

async fn answer(call: &mut Call) -> Answer {
    if call.method != Method::POST {
        return Err(ApiError::method_not_allowed("POST, OPTIONS"));
    }
    if let Err(wait) = call.count_address(Rate::TokenRequests) {
        return Err(ApiError::new(Code::RequestNotValid).detailed("Invalid request").retry_after(wait));
    }
    let key = key(call)?;
    check_version(call)?;
    let application = call.web.engine.application_of_key(key)?.ok_or_else(key_unknown)?;
    let key = key_word(&call.web.engine.house().keyring, key);
    let form = call.body.form().await?;
    let scope = match form.get("scope") {
        None | Some("") => Scope::Unscoped,
        Some("SERVER_ACCESS") => Scope::Server,
        Some("CLIENT_ACCESS") => Scope::Client,
        Some(_) => return Err(ApiError::not_valid("Scope value is not valid", "scope")),
    };
    let user = match scope {
        Scope::Client => Some(user(call, application, form.get("userId")).await?),
        Scope::Server | Scope::Unscoped => None,
    };
    let view = TokenView::issue(&call.web, &Claims { application, key, user, scope, link: None })?;
    Ok(json(StatusCode::OK, &view))
}

/// The key as it was sent, compared as a whole: it is Base64 already, and whoever encodes it again is
/// told so by a 400 rather than by "unknown".
fn key(call: &Call) -> Result<&str, ApiError> {
    let Some(header) = call.headers.get(AUTHORIZATION) else {
        let source = Source::pointing("authorization", "header/authorization");
        return Err(ApiError::not_supplied("Authorization header parameter is required", source));
    };
    let invalid = || ApiError::not_valid("Invalid authorization header", "authorization");
    let given = header.to_str().ok().and_then(|_| credentials(&call.headers, "basic")).ok_or_else(invalid)?;
    let plain = base64::engine::general_purpose::STANDARD.decode(given).map_err(|_| invalid())?;
    if plain.contains(&b':') { Ok(given) } else { Err(invalid()) }
}

/// Which key it is, for the counting of what is asked with its tokens.
fn key_word(keyring: &Keyring, key: &str) -> u64 {
    ApiKey::word(&key_hash(keyring, key))
}

fn check_version(call: &Call) -> Result<(), ApiError> {
    let wrong = || ApiError::new(Code::ParameterNotValid).titled("Required parameter not valid");
    let source = || Source::pointing("basiq-version", "header/basiq-version");
    match text(&call.headers, &BASIQ_VERSION).map(str::trim) {
        Some(VERSION) => Ok(()),
        None | Some("") => Err(wrong()
            .detailed("Basiq-version must be specified in HTTP request header")
            .from_source(source())),
        Some(other) => {
            let shown: String = other.chars().take(20).collect();
            let detail =
                format!("Version {shown} is no longer supported. Please upgrade to the latest version");
            Err(wrong().detailed(detail).from_source(source()))
        }
    }
}

fn key_unknown() -> ApiError {
    ApiError::new(Code::ParameterNotValid)
        .with_status(StatusCode::NOT_FOUND)
        .titled("We have encountered an error")
        .detailed("Unable to authenticate. Please, check your API key")
}

async fn user(call: &Call, application: ApplicationId, given: Option<&str>) -> Result<UserId, ApiError> {
    let given = given
        .filter(|text| !text.is_empty())
        .ok_or_else(|| ApiError::not_supplied("User ID not supplied", Source::parameter("userId")))?;
    let user =
        UserId::parse(given).ok_or_else(|| ApiError::not_valid("User ID value is not valid", "userId"))?;
    call.ask(user, Caller::Server(application), Command::GetUser).await?;
    Ok(user)
}
