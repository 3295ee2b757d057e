//! The link protocol (contract section 8): what the published component and its older sister call from
//! a browser. Errors here have a body of their own, `{"message":"…"}`. Must not know: pages, when a
//! link lives.

use super::token::TokenView;
use super::{Call, call, credentials};
use crate::domain::auth_link::{CodeText, LinkHash, PublicId};
use crate::domain::command::{Caller, Command, Entry, Failure, LinkFace, Reply};
use crate::domain::id::UserId;
use crate::domain::time::Span;
use crate::domain::workflow::auth_link::State;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::error::ApiError;
use crate::http::texts::plain_code_words;
use crate::http::token::{Claims, Scope};
use crate::http::{Response, Web, json, no_content};
use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::Tail;

/// What a call comes to.
type Outcome = Result<Response, Refused>;

/// Why a call was not answered: a status and a sentence for whoever looks.
struct Refused {
    status: StatusCode,
    message: &'static str,
    retry_after: Option<Span>,
    allow: Option<&'static str>,
}

impl Refused {
    const fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message, retry_after: None, allow: None }
    }

    /// One answer for every link that is not there, or not any more.
    const fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "This link is not known.")
    }

    const fn method(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method is not allowed.") }
    }

    fn into_response(self) -> Response {
        // An end of tries has no body and no content type: else an older client tries to read it.
        if self.status == StatusCode::NO_CONTENT {
            return no_content();
        }
        let mut response = json(self.status, &MessageView { message: self.message });
        let headers = response.headers_mut();
        if let Some(span) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(span.seconds_up().max(1)));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[derive(Serialize)]
struct MessageView {
    message: &'static str,
}

/// What whoever asks too often is told.
pub fn too_many(wait: Span) -> Response {
    let message = "Too many requests. Wait a moment, then try again.";
    let refused = Refused::new(StatusCode::TOO_MANY_REQUESTS, message);
    Refused { retry_after: Some(wait), ..refused }.into_response()
}

/// The routes of this group, with the places where older clients look for them.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let plain = warp::path("client_auth").boxed();
    let production = warp::path("Production_v1").and(warp::path("client_auth")).boxed();
    let development = warp::path("Development").and(warp::path("client_auth")).boxed();
    let mounts = plain.or(production).unify().boxed().or(development).unify().boxed();
    mounts
        .and(warp::path::tail())
        .and(call(web))
        .then(|tail: Tail, mut call: Call| async move {
            let outcome = answer(tail.as_str(), &mut call).await;
            call.body.discard().await;
            outcome.unwrap_or_else(Refused::into_response)
        })
        .boxed()
}

/// The last segment names the link: clients send whatever path their page has (contract section 8.1).
async fn answer(tail: &str, call: &mut Call) -> Outcome {
    let segments: Vec<&str> = tail.split('/').filter(|segment| !segment.is_empty()).collect();
    match (&call.method, segments.as_slice()) {
        (_, []) => Err(Refused::unknown()),
        (&Method::POST, [.., id, "token"]) => try_code(id, call).await,
        (_, [.., _, "token"]) => Err(Refused::method("POST, OPTIONS")),
        (&Method::GET, [.., id]) => view(id, call).await,
        (&Method::POST, [.., id]) => request_code(id, call).await,
        (&Method::PUT, [.., id]) => disclose(id, call).await,
        _ => Err(Refused::method("GET, HEAD, POST, PUT, OPTIONS")),
    }
}

/// Call 1: who asks, and the end of the number.
async fn view(id: &str, call: &Call) -> Outcome {
    let (user, hash) = find(id, call)?;
    let reply = ask(call, user, Caller::Applicant, Command::ViewLink { hash, cookie: None }).await?;
    let Reply::Face(face) = reply else { return Err(Trouble::Defect.into()) };
    match face.state {
        State::Issued | State::Challenged => Ok(json(StatusCode::OK, &FaceView::new(&call.web, &face))),
        over => Err(Failure::LinkOver(over).into()),
    }
}

/// Call 2: a text with a code. Within the cool-down the one that is on its way will do.
async fn request_code(id: &str, call: &Call) -> Outcome {
    let (user, hash) = find(id, call)?;
    ask(call, user, Caller::Applicant, Command::RequestCode { hash, words: plain_code_words() }).await?;
    Ok(json(StatusCode::OK, &Nothing {}))
}

#[derive(Deserialize)]
struct PostedCode {
    #[serde(rename = "sms-code")]
    code: String,
}

/// Call 3: a code becomes a token.
async fn try_code(id: &str, call: &mut Call) -> Outcome {
    if !names_link(call, id) {
        let text = "The authorization header does not belong to this link.";
        return Err(Refused::new(StatusCode::FORBIDDEN, text));
    }
    let posted = call.body.json::<PostedCode>("").await;
    let code = posted.map_err(|error| Refused::new(error.status(), "The request cannot be read."))?;
    let code = code.and_then(|posted| CodeText::parse(&posted.code));
    let code = code.ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, "sms-code must have 6 digits."))?;
    let (user, hash) = find(id, call)?;
    let command = Command::TryCode { hash, code, entry: Entry::Token };
    let Reply::Entered(entered) = ask(call, user, Caller::Applicant, command).await? else {
        return Err(Trouble::Defect.into());
    };
    let claims = Claims {
        application: entered.application,
        key: 0,
        user: Some(entered.user),
        scope: Scope::Client,
        link: Some((entered.link, entered.session)),
    };
    let view = TokenView::issue(&call.web, &claims).map_err(|_| Trouble::Defect)?;
    Ok(json(StatusCode::OK, &view))
}

/// Call 4: all is disclosed, and the link goes.
async fn disclose(id: &str, call: &Call) -> Outcome {
    let claims = call.claims.clone().map_err(|error| token_refused(&error))?;
    let Some(caller @ Caller::LinkClient { .. }) = claims.caller() else {
        return Err(Refused::new(StatusCode::FORBIDDEN, "The token does not belong to this link."));
    };
    let (user, hash) = find(id, call)?;
    // Whose link it is stays unsaid to holders of other tokens.
    if claims.user != Some(user) {
        return Err(Refused::unknown());
    }
    ask(call, user, caller, Command::DiscloseByToken { hash }).await?;
    Ok(no_content())
}

/// `Authorization: Basic SMS_CODE:{linkId}`, as plain text; the id may carry its page's path.
fn names_link(call: &Call, id: &str) -> bool {
    let given = credentials(&call.headers, "basic").and_then(|text| text.strip_prefix("SMS_CODE:"));
    let last = given.and_then(|text| text.trim_end_matches('/').rsplit('/').next());
    last.is_some_and(|last| crate::crypto::matches(last.as_bytes(), id.as_bytes()))
}

/// Whose link it is. What is not even an id is looked for all the same: no answer and no time tells
/// the ways of being unknown apart.
fn find(id: &str, call: &Call) -> Result<(UserId, LinkHash), Refused> {
    let engine = &call.web.engine;
    let hash = PublicId::parse(id).unwrap_or(PublicId(Uuid::nil())).hash(&engine.house().keyring);
    engine.user_of_link(&hash)?.map(|user| (user, hash)).ok_or_else(Refused::unknown)
}

async fn ask(call: &Call, user: UserId, caller: Caller, command: Command) -> Result<Reply, Refused> {
    Ok(call.web.engine.ask(user, caller, command, call.context.request_id).await?)
}

/// The table of this protocol (contract section 8.4, decisions section 1).
impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::LinkOver(State::Expired) => {
                Self::new(StatusCode::GONE, "This link has expired. Ask for a new one.")
            }
            Failure::CodeWrong { .. } | Failure::CodeLate => {
                Self::new(StatusCode::UNAUTHORIZED, "This code is not valid.")
            }
            Failure::CodeLocked => Self::new(StatusCode::NO_CONTENT, ""),
            Failure::SmsLimit { retry_after } => Self {
                retry_after: Some(retry_after),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "No more text messages are sent for this link. Ask for a new one.",
                )
            },
            Failure::TokenRevoked | Failure::TokenUsed => {
                Self::new(StatusCode::UNAUTHORIZED, "The link of this token is over.")
            }
            Failure::ConsentNeeded | Failure::NotNow => {
                Self::new(StatusCode::CONFLICT, "Consent is needed first.")
            }
            _ => Self::unknown(),
        }
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        let error = ApiError::from(trouble);
        let message = match error.status() {
            StatusCode::SERVICE_UNAVAILABLE => "Service is currently unavailable. Please try again later.",
            _ => "Internal server error. Please contact support.",
        };
        Self { retry_after: error.wait(), ..Self::new(error.status(), message) }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rule(failure) => failure.into(),
            Refusal::Trouble(trouble) => trouble.into(),
        }
    }
}

fn token_refused(error: &ApiError) -> Refused {
    match error.status() {
        StatusCode::FORBIDDEN => Refused::new(StatusCode::FORBIDDEN, "Token has expired"),
        _ => Refused::new(StatusCode::UNAUTHORIZED, "Invalid authorization token."),
    }
}

/// `{}`: a client that parses every body must find one.
#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FaceView {
    /// The last digits alone.
    mobile: String,
    app_name: String,
    partner: PartnerView,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the members are the wire's")]
struct PartnerView {
    name: String,
    connect_supported: bool,
    upload_supported: bool,
    institution_region: &'static str,
    hide_test_banks: bool,
    hide_beta_banks: bool,
}

impl FaceView {
    fn new(web: &Web, face: &LinkFace) -> Self {
        let application = web.engine.house().application(face.application);
        let name = application.as_ref().map(|one| one.brand().to_owned()).unwrap_or_default();
        let is_live = application.is_some_and(|one| one.mode == crate::domain::application::Mode::Live);
        Self {
            mobile: face.mobile_ending.clone().unwrap_or_default(),
            app_name: name.clone(),
            partner: PartnerView {
                name,
                connect_supported: true,
                // Nobody can give us statements: a client that offers it leads its person to a 404.
                upload_supported: false,
                institution_region: "Australia",
                hide_test_banks: is_live,
                hide_beta_banks: is_live,
            },
        }
    }
}
