//! `/users/{id}/connections` (contract section 2.7): a person's logins at institutions, what signs in there
//! without a page of ours, and what reads them again. Must not know: when an institution may be asked.

use super::jobs::frame;
use super::once::{nothing, rendered};
use super::view::connection::{ConnectionView, Eyes, ListedConnection, Whole};
use super::view::job::{JobOfKnown, JobView};
use super::view::{List, Reference, Unlinked, path};
use super::wanted::ConnectionFilter;
use super::{Asker, Call, call, unexpected};
use crate::domain::access::AccessTo;
use crate::domain::bank::{Credentials, LOGIN_ID_BYTES_MAX, TYPED_CHARS_MAX};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::ConnectionId;
use crate::domain::institution::InstitutionId;
use crate::domain::secret::Secret;
use crate::engine::mark::Rendered;
use crate::engine::read::sources::{AccountFilter, Wanted};
use crate::http::body::SecretText;
use crate::http::error::{Answer, ApiError, Code, Source};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::Deserialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users" / String / "connections").and(call(web.clone())).then(
        |user: String, mut call: Call| async move {
            let answer = on_all(&user, &mut call).await;
            call.finish(answer).await
        },
    );
    let refresh_all = warp::path!("users" / String / "connections" / "refresh").and(call(web.clone())).then(
        |user: String, mut call: Call| async move {
            let answer = refresh_all(&user, &mut call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("users" / String / "connections" / String).and(call(web.clone())).then(
        |user: String, connection: String, mut call: Call| async move {
            let answer = on_one(&user, &connection, &mut call).await;
            call.finish(answer).await
        },
    );
    let refresh = warp::path!("users" / String / "connections" / String / "refresh")
        .and(call(web.clone()))
        .then(|user: String, connection: String, mut call: Call| async move {
            let answer = refresh(&user, &connection, &mut call).await;
            call.finish(answer).await
        });
    let purge = warp::path!("users" / String / "connections" / String / "purge").and(call(web)).then(
        |user: String, connection: String, mut call: Call| async move {
            let answer = purge(&user, &connection, &mut call).await;
            call.finish(answer).await
        },
    );
    all.boxed()
        .or(refresh_all.boxed())
        .unify()
        .boxed()
        .or(one.boxed())
        .unify()
        .boxed()
        .or(refresh.boxed())
        .unify()
        .boxed()
        .or(purge.boxed())
        .unify()
        .boxed()
}

async fn on_all(user: &str, call: &mut Call) -> Answer {
    match call.method {
        Method::GET => list(user, call).await,
        Method::POST => create(user, call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, OPTIONS")),
    }
}

async fn on_one(user: &str, connection: &str, call: &mut Call) -> Answer {
    match call.method {
        Method::GET => get(user, connection, call).await,
        Method::POST => update(user, connection, call).await,
        Method::DELETE => delete(user, connection, call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, DELETE, OPTIONS")),
    }
}

async fn list(user: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    let wanted = ConnectionFilter::read(call.query().one("filter")?.unwrap_or_default())?;
    let Reply::Connections(all) = call.ask(on.user, on.caller, Command::ListConnections).await? else {
        return Err(unexpected());
    };
    let settings = &call.web.settings;
    let data = all.iter().filter(|one| wanted.passes(one));
    let data: Vec<_> = data.map(|one| ListedConnection::new(settings, on.user, one)).collect();
    call.was_shown(&on, AccessTo::Connections, !data.is_empty());
    Ok(json(StatusCode::OK, &List::new(settings, &path::connections(on.user), data)))
}

fn parse(connection: &str) -> Result<ConnectionId, ApiError> {
    ConnectionId::parse(connection)
        .ok_or_else(|| ApiError::not_valid("Connection ID value is not valid", "connectionId"))
}

async fn get(user: &str, connection: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let id = parse(connection)?;
    let Reply::Connection(connection) = call.ask(on.user, on.caller, Command::GetConnection(id)).await?
    else {
        return Err(unexpected());
    };
    let shown = call.shown(&on).await?;
    let (asking, engine) = (call.asking(&on), &call.web.engine);
    let filter = AccountFilter { connection: vec![Wanted::Is(id)], ..AccountFilter::default() };
    let accounts = engine.accounts(asking, &filter).await?;
    let identities = if shown.name { engine.identities(asking).await? } else { Vec::new() };
    let identity = identities.iter().map(|one| &one.identity).find(|one| one.connection == id);
    let eyes = if matches!(on.caller, Caller::Server(_)) { Eyes::Partner } else { Eyes::Person };
    call.was_shown(&on, AccessTo::Connections, true);
    call.was_shown(&on, AccessTo::Accounts, !accounts.is_empty());
    call.was_shown(&on, AccessTo::Identity, identity.is_some());
    let whole = Whole { connection: &connection, accounts: &accounts, identity };
    Ok(json(StatusCode::OK, &ConnectionView::new(&call.web.settings, on.user, &whole, shown, eyes)))
}

async fn delete(user: &str, connection: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    call.ask(on.user, on.caller, Command::DeleteConnection(parse(connection)?)).await?;
    Ok(no_content())
}

/// Reads by it again. Where that is under way, its job is the answer, as it stands.
async fn refresh(user: &str, connection: &str, call: &mut Call) -> Answer {
    call.only_post()?;
    let on = call.on_user(user, Asker::Server)?;
    let (user, command) = (on.user, Command::RefreshConnection(parse(connection)?));
    let render = move |web: &Web, reply: &Reply| match reply {
        Reply::Job(_) => begun(web, reply),
        Reply::JobOpen(job) => rendered(StatusCode::OK, &JobView::new(frame(web), user, job)),
        _ => None,
    };
    let response = call.once(user, on.caller, command, render).await?;
    // A job that begins is told by its name alone.
    call.was_shown(&on, AccessTo::Connections, response.status() == StatusCode::OK);
    Ok(response)
}

async fn refresh_all(user: &str, call: &mut Call) -> Answer {
    call.only_post()?;
    let on = call.on_user(user, Asker::Server)?;
    call.once(on.user, on.caller, Command::RefreshConnections, |web, reply| {
        let Reply::Jobs(jobs) = reply else { return None };
        let data = jobs.iter().map(|job| Reference::job(&web.settings, job.id)).collect();
        rendered(StatusCode::ACCEPTED, &Unlinked::new(data))
    })
    .await
}

async fn purge(user: &str, connection: &str, call: &mut Call) -> Answer {
    call.only_post()?;
    let on = call.on_user(user, Asker::Server)?;
    let command = Command::PurgeConnection(parse(connection)?);
    call.once(on.user, on.caller, command, |_, _| Some(nothing())).await
}

/// A job was begun: where it is read.
fn begun(web: &Web, reply: &Reply) -> Option<Rendered> {
    match reply {
        Reply::Job(job) => rendered(StatusCode::ACCEPTED, &Reference::job(&web.settings, job.id)),
        _ => None,
    }
}

const UNREADABLE: &str = "Posted connection is not in valid format.";

/// What signs in. Other members, as a second login id, belong to institutions that we do not reach.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedConnection {
    institution: Option<PostedInstitution>,
    login_id: Option<SecretText>,
    password: Option<SecretText>,
}

#[derive(Deserialize)]
struct PostedInstitution {
    id: Option<String>,
}

/// What signs in again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedUpdate {
    login_id: Option<SecretText>,
    password: Option<SecretText>,
}

async fn update(user: &str, connection: &str, call: &mut Call) -> Answer {
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let connection = parse(connection)?;
    let posted = call.body.json::<PostedUpdate>(UNREADABLE).await?;
    let posted = posted.ok_or_else(|| ApiError::unreadable(UNREADABLE))?;
    let password = password(posted.password)?;
    let login_id = posted.login_id.filter(|given| !given.0.reveal().is_empty());
    let login_id = login_id.map(|given| login_id_of(Some(given))).transpose()?;
    let command = Command::UpdateConnection { cookie: None, connection, login_id, password };
    call.once(on.user, on.caller, command, begun).await
}

async fn create(user: &str, call: &mut Call) -> Answer {
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let posted = call.body.json::<PostedConnection>(UNREADABLE).await?;
    let (credentials, institution) = posted.ok_or_else(|| ApiError::unreadable(UNREADABLE))?.read()?;
    let is_known = |id: &InstitutionId| call.web.engine.house().institution(*id).is_some();
    let institution = InstitutionId::parse(&institution).filter(is_known).ok_or_else(|| {
        ApiError::new(Code::ParameterNotValid)
            .detailed("Requested institution does not exist.")
            .from_source(at_institution())
    })?;
    let (user, command) = (on.user, Command::Connect { cookie: None, institution, credentials });
    call.once(user, on.caller, command, move |web, reply| match reply {
        Reply::JobAgain(job) => {
            rendered(StatusCode::ACCEPTED, &JobOfKnown::new(&web.settings, user, job.id, job.connection))
        }
        _ => begun(web, reply),
    })
    .await
}

fn at_institution() -> Source {
    Source::pointing("id", "connection/institution/id")
}

impl PostedConnection {
    /// Whose login, and at which institution. The texts are those that clients know, two blanks included.
    fn read(self) -> Result<(Credentials, String), ApiError> {
        let (login_id, password) = (login_id_of(self.login_id)?, password(self.password)?);
        let institution = self.institution.and_then(|one| one.id).filter(|id| !id.is_empty());
        let institution = institution.ok_or_else(|| {
            ApiError::not_supplied("Institution ID  parameter is required.", at_institution())
        })?;
        Ok((Credentials { login_id, password }, institution))
    }
}

fn login_id_of(given: Option<SecretText>) -> Result<Secret, ApiError> {
    let login_id = typed(given, "loginId", "Login ID parameter is required.", "Login ID value is not valid")?;
    if login_id.reveal().len() <= LOGIN_ID_BYTES_MAX {
        return Ok(login_id);
    }
    let detail =
        format!("Login ID value is not valid: it has more than {LOGIN_ID_BYTES_MAX} bytes in UTF-8.");
    let source = Source::pointing("loginId", "connection/loginId");
    Err(ApiError::new(Code::ParameterNotValid).detailed(detail).from_source(source))
}

fn password(given: Option<SecretText>) -> Result<Secret, ApiError> {
    typed(given, "password", "Password parameter is required.", "Password value is not valid")
}

fn typed(
    given: Option<SecretText>,
    member: &'static str,
    missing: &'static str,
    not_valid: &'static str,
) -> Result<Secret, ApiError> {
    let source = Source::pointing(member, format!("connection/{member}"));
    match given.map(|given| given.0).filter(|text| !text.reveal().is_empty()) {
        None => Err(ApiError::not_supplied(missing, source)),
        Some(text) if text.reveal().chars().count() > TYPED_CHARS_MAX => {
            Err(ApiError::new(Code::ParameterNotValid).detailed(not_valid).from_source(source))
        }
        Some(text) => Ok(text),
    }
}
