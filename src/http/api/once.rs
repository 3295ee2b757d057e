//! Requests that are done once: `Idempotency-Key` on every POST (decisions section 4). Asked again under the
//! same key, the same is answered for a day, also after a crash. Must not know: how marks are kept.

use super::{Call, unexpected};
use crate::crypto::Purpose;
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{ApplicationId, AuthLinkId, SessionId, UserId};
use crate::domain::time::Span;
use crate::engine::application::core::{Command as ApplicationCommand, Done, Refusal as ApplicationRefusal};
use crate::engine::mark::{Kept, Mark, Rendered, Turn};
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::error::{Answer, ApiError, Code, Source};
use crate::http::token::{Claims, Scope};
use crate::http::{Response, Web, no_content};
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;
use std::sync::Arc;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// After that long a request that was under way is done, mostly.
const UNDER_WAY_RETRY: Span = Span::seconds(1);

/// An answer in JSON, as it is sent and kept.
pub(super) fn rendered<T: Serialize>(status: StatusCode, view: &T) -> Option<Rendered> {
    serde_json::to_vec(view).ok().map(|body| Rendered { status: status.as_u16(), body })
}

/// An answer without a body.
pub(super) fn nothing() -> Rendered {
    Rendered { status: StatusCode::NO_CONTENT.as_u16(), body: Vec::new() }
}

/// Such an answer, sent.
pub(super) fn answered(rendered: Rendered) -> Response {
    let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status == StatusCode::NO_CONTENT {
        return no_content();
    }
    let is_empty = rendered.body.is_empty();
    let mut response = Response::new(rendered.body.into());
    *response.status_mut() = status;
    if !is_empty {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// Whose name a request has.
enum NamedBy {
    /// It will be refused.
    Nobody,
    /// The partner's server, with whichever key.
    Server,
    /// A person, by a token of the partner's.
    Person(UserId),
    /// A person, by a token of a link's.
    Link(AuthLinkId, SessionId),
}

impl NamedBy {
    fn of(claims: &Claims) -> Self {
        match (claims.scope, claims.user, claims.link) {
            (Scope::Server, ..) => Self::Server,
            (Scope::Client, _, Some((link, session))) => Self::Link(link, session),
            (Scope::Client, Some(user), None) => Self::Person(user),
            _ => Self::Nobody,
        }
    }
}

/// How a request begins.
pub(super) enum Begun {
    /// Its caller gave it no name.
    Unnamed,
    /// It was answered before.
    Known(Response),
    /// It is the first of its name.
    Named(Named),
}

/// The first request of its name, while it has its turn.
pub(super) struct Named {
    /// What its mark is called.
    pub(super) id: [u8; 32],
    body: [u8; 32],
    _turn: Turn,
}

impl Named {
    /// The mark that the request leaves.
    pub(super) fn mark<T>(
        &self,
        web: &Web,
        render: impl Fn(&Web, &T) -> Option<Rendered> + Send + Sync + 'static,
    ) -> Mark<T> {
        let web = web.clone();
        let lifetime = web.engine.mark_lifetime();
        let render = Arc::new(move |made_of: &T| render(&web, made_of));
        Mark { id: self.id, body: self.body, lifetime, render }
    }
}

impl Call {
    /// Looks whether this was asked before. What was sent is read by then.
    pub(super) async fn begin(&mut self, application: ApplicationId) -> Result<Begun, ApiError> {
        let Some(name) = self.headers.get(&IDEMPOTENCY_KEY) else { return Ok(Begun::Unnamed) };
        let is_fit = |text: &&str| (1..=KEY_BYTES_MAX).contains(&text.len());
        let name = name.to_str().ok().map(str::trim).filter(is_fit).ok_or_else(|| {
            ApiError::new(Code::ParameterNotValid)
                .detailed("Idempotency-Key must have 1 to 255 visible ASCII characters")
                .from_source(Source::pointing("idempotency-key", "header/idempotency-key"))
        })?;
        let keyring = &self.web.engine.house().keyring;
        let (method, query) = (self.method.as_str(), self.query.as_deref().unwrap_or_default());
        let mut parts: Vec<&[u8]> = vec![
            b"mark",
            application.bytes(),
            method.as_bytes(),
            self.path.as_bytes(),
            query.as_bytes(),
            name.as_bytes(),
        ];
        // A name is of whoever gave it: the same word of another asker names another request.
        let asker = self.claims.as_ref().map_or(NamedBy::Nobody, NamedBy::of);
        match &asker {
            NamedBy::Nobody | NamedBy::Server => {}
            NamedBy::Person(user) => parts.extend([&b"client"[..], user.bytes()]),
            NamedBy::Link(link, session) => parts.extend([&b"link"[..], link.bytes(), session.bytes()]),
        }
        let id = keyring.hash(Purpose::DerivedId, &parts);
        let digest = self.body.digest().await?;
        let body = self.web.engine.house().keyring.hash(Purpose::DerivedId, &[b"mark body", &digest]);
        let Some(turn) = self.web.engine.turn(id) else {
            return Err(ApiError::new(Code::RequestUnderWay)
                .detailed("A request with this Idempotency-Key is under way.")
                .retry_after(UNDER_WAY_RETRY));
        };
        match self.web.engine.mark(&id).await? {
            Some(kept) => {
                self.judge().await?;
                replayed(kept, body).map(Begun::Known)
            }
            None => Ok(Begun::Named(Named { id, body, _turn: turn })),
        }
    }

    /// What was answered before is for those who may still ask: the token of a link ends with it, and says
    /// so nowhere but at its user.
    async fn judge(&self) -> Result<(), ApiError> {
        let Ok(claims) = &self.claims else { return Ok(()) };
        if let (Some(user), Some(caller @ Caller::LinkClient { .. })) = (claims.user, claims.caller()) {
            self.web.engine.ask(user, caller, Command::GetUser, self.context.request_id).await?;
        }
        Ok(())
    }

    /// Asks a user, once.
    pub(super) async fn once(
        &mut self,
        user: UserId,
        caller: Caller,
        command: Command,
        render: impl Fn(&Web, &Reply) -> Option<Rendered> + Send + Sync + 'static,
    ) -> Answer {
        let request_id = self.context.request_id;
        let named = match self.begin(application_of(caller)?).await? {
            Begun::Known(response) => return Ok(response),
            Begun::Unnamed => {
                let reply = self.web.engine.ask(user, caller, command, request_id).await?;
                return render(&self.web, &reply).map(answered).ok_or_else(unexpected);
            }
            Begun::Named(named) => named,
        };
        let render = Arc::new(render);
        let writes = render.clone();
        let mark = named.mark(&self.web, move |web, reply| writes(web, reply));
        match self.web.engine.ask_once(user, caller, command, mark, request_id).await {
            Ok(reply) => render(&self.web, &reply).map(answered).ok_or_else(unexpected),
            Err(Refusal::Trouble(Trouble::Conflict)) => self.lost_the_race(&named).await,
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Asks an application, once.
    pub(super) async fn once_of_application(
        &mut self,
        application: ApplicationId,
        command: ApplicationCommand,
        render: impl Fn(&Web, &Done) -> Option<Rendered> + Send + Sync + 'static,
    ) -> Answer {
        let named = match self.begin(application).await? {
            Begun::Known(response) => return Ok(response),
            Begun::Unnamed => {
                let done = self.web.engine.ask_application(application, command).await?;
                return render(&self.web, &done).map(answered).ok_or_else(unexpected);
            }
            Begun::Named(named) => named,
        };
        let render = Arc::new(render);
        let writes = render.clone();
        let mark = named.mark(&self.web, move |web, done| writes(web, done));
        match self.web.engine.ask_application_once(application, command, mark).await {
            Ok(done) => render(&self.web, &done).map(answered).ok_or_else(unexpected),
            Err(ApplicationRefusal::Trouble(Trouble::Conflict)) => self.lost_the_race(&named).await,
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Does something that is no single commit, once: the answer is kept right after it is done.
    pub(super) async fn once_aside(
        &mut self,
        work: impl for<'a> FnOnce(&'a mut Self) -> BoxFuture<'a, Answer>,
    ) -> Answer {
        // Who may not ask is told so by the work itself; only a partner's server may.
        let Ok(claims) = self.claims.clone() else { return work(self).await };
        if self.method != Method::POST || claims.scope != Scope::Server {
            return work(self).await;
        }
        let named = match self.begin(claims.application).await? {
            Begun::Known(response) => return Ok(response),
            Begun::Unnamed => return work(self).await,
            Begun::Named(named) => named,
        };
        let response = work(self).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|_| unexpected())?;
        let rendered = Rendered { status, body: body.to_bytes().to_vec() };
        self.web.engine.leave_mark(named.id, named.body, rendered.clone()).await?;
        Ok(answered(rendered))
    }

    /// Somebody changed something meanwhile: perhaps the same request, whose caller had gone.
    pub(super) async fn lost_the_race(&self, named: &Named) -> Answer {
        match self.web.engine.mark(&named.id).await? {
            Some(kept) => replayed(kept, named.body),
            None => Err(Trouble::Conflict.into()),
        }
    }
}

fn application_of(caller: Caller) -> Result<ApplicationId, ApiError> {
    match caller {
        Caller::Server(id) | Caller::Client(id) | Caller::LinkClient { application: id, .. } => Ok(id),
        Caller::Applicant | Caller::House => Err(unexpected()),
    }
}

/// The answer of before, to the same question.
fn replayed(kept: Kept, body: [u8; 32]) -> Answer {
    if kept.body != body {
        return Err(ApiError::new(Code::IdempotencyKeyReused)
            .detailed("This Idempotency-Key was used for another request. Nothing was done."));
    }
    let Some(rendered) = kept.answer else {
        return Err(ApiError::new(Code::ResourceNoLongerAvailable)
            .detailed("This was done and answered, and whom it was about is gone."));
    };
    let mut response = answered(rendered);
    response.headers_mut().insert(IDEMPOTENT_REPLAYED.clone(), HeaderValue::from_static("true"));
    Ok(response)
}
