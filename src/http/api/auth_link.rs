//! `/users/{id}/auth_link` (contract section 2.2): the one live link of a person. Must not know: when
//! a link lives.

use super::once::rendered;
use super::{Asker, Call, call, unexpected};
use crate::domain::command::{Command, LinkView, Reply};
use crate::domain::workflow::Names as _;
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("users" / String / "auth_link")
        .and(call(web))
        .then(|user: String, mut call: Call| async move {
            let answer = answer(&user, &mut call).await;
            call.finish(answer).await
        })
        .boxed()
}

async fn answer(user: &str, call: &mut Call) -> Answer {
    match call.method {
        Method::POST => create(user, call).await,
        Method::GET => get(user, call).await,
        Method::DELETE => delete(user, call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, DELETE, OPTIONS")),
    }
}

#[derive(Default, Deserialize)]
struct PostedLink {
    mobile: Option<String>,
}

async fn create(user: &str, call: &mut Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    let posted = call.body.json::<PostedLink>("Posted auth link is not in valid format.").await?;
    let mobile = posted.unwrap_or_default().mobile;
    call.once(on.user, on.caller, Command::CreateLink { mobile }, |web, reply| match reply {
        Reply::Link(view) => rendered(StatusCode::CREATED, &AuthLinkView::new(web, view)),
        _ => None,
    })
    .await
}

async fn get(user: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    let view = seen(call.ask(on.user, on.caller, Command::GetLink).await?)?;
    Ok(json(StatusCode::OK, &AuthLinkView::new(&call.web, &view)))
}

async fn delete(user: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    call.ask(on.user, on.caller, Command::DeleteLink).await?;
    Ok(no_content())
}

fn seen(reply: Reply) -> Result<LinkView, ApiError> {
    if let Reply::Link(view) = reply { Ok(*view) } else { Err(unexpected()) }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthLinkView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    user_id: String,
    mobile: String,
    expires_at: String,
    /// Where the link stands; a member that only we have.
    status: &'static str,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    public: String,
}

impl AuthLinkView {
    fn new(web: &Web, view: &LinkView) -> Self {
        Self {
            kind: "auth_link",
            id: view.id.to_string(),
            user_id: view.user.to_string(),
            mobile: view.mobile.e164(),
            expires_at: view.expires.rfc3339(),
            status: view.state.name(),
            links: Links {
                own: web.url(&format!("/users/{}/auth_link", view.user)),
                public: web.url(&format!("/{}", view.public_id.reveal())),
            },
        }
    }
}
