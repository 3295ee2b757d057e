//! The pages of those who sign in again: what is connected, and the one that takes a password for one of
//! them. Must not know: any rule of the product.

use super::connect::{Inside, either, fault, inside, login_fault, pressed};
use super::fill::errands::{self, Retyped};
use super::home::HomeRequest;
use super::view::{FieldFault, LoginFault};
use super::{answer, fill};
use crate::domain::command::{Command, Failure};
use crate::domain::id::ConnectionId;
use crate::domain::secret::Secret;
use crate::engine::user::core::Refusal;
use crate::http::Response;
use crate::http::body::Body;
use http::StatusCode;

/// `GET /connect/renew`
pub async fn list(request: HomeRequest) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            let house = request.web.engine.house();
            let page = errands::renew(house, &inside.view, &inside.facts, inside.csrf(&request));
            Ok(answer::page(&request.reader, StatusCode::OK, page))
        }
        .await,
    )
}

/// `GET /connect/connections/{id}`
pub async fn login(request: HomeRequest, id: String) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            let id = ConnectionId::parse(&id).ok_or_else(|| answer::go("/connect/renew"))?;
            Ok(login_page(&request, &inside, id, Retyped::default(), StatusCode::OK))
        }
        .await,
    )
}

fn login_page(
    request: &HomeRequest,
    inside: &Inside,
    id: ConnectionId,
    typed: Retyped,
    status: StatusCode,
) -> Response {
    let (house, csrf) = (request.web.engine.house(), inside.csrf(request));
    let page = fill::errands::renew_login(house, &inside.view, &inside.facts, id, typed, csrf);
    page.map_or_else(|| answer::go("/connect/renew"), |page| answer::page(&request.reader, status, page))
}

/// `POST /connect/connections/{id}`
pub async fn do_login(request: HomeRequest, id: String, body: Body) -> Response {
    either(
        async {
            let (cookie, form) = pressed(&request, body).await?;
            let id = ConnectionId::parse(&id).ok_or_else(|| answer::go("/connect/renew"))?;
            let login_id = form.get("login_id").map(|text| text.trim().to_owned());
            let password = Secret::new(form.get("password").unwrap_or_default().to_owned());
            let mut typed = Retyped {
                asks_login: login_id.is_some(),
                login_fault: login_id.as_deref().and_then(login_fault).map(LoginFault::Field),
                password_fault: fault(password.reveal()),
            };
            if typed.login_fault.is_none() && typed.password_fault.is_none() {
                let hash = request.hash(&cookie);
                let login_id = login_id.map(Secret::new);
                let command =
                    Command::UpdateConnection { cookie: Some(hash), connection: id, login_id, password };
                match request.ask(hash, command).await {
                    Ok(_) => return Ok(answer::go(inside(&request).await?.banks())),
                    Err(Refusal::Rule(Failure::LoginMissing)) => {
                        typed.asks_login = true;
                        typed.login_fault = Some(LoginFault::Field(FieldFault::Missing));
                    }
                    Err(Refusal::Rule(Failure::LoginOther)) => typed.login_fault = Some(LoginFault::Other),
                    // It is gone, or being read at the moment: the list says how it stands.
                    Err(Refusal::Rule(Failure::ConnectionUnknown | Failure::NotNow)) => {
                        return Ok(answer::go("/connect/renew"));
                    }
                    Err(refusal) => return Err(request.refused(hash, refusal).await),
                }
            }
            let inside = inside(&request).await?;
            Ok(login_page(&request, &inside, id, typed, StatusCode::UNPROCESSABLE_ENTITY))
        }
        .await,
    )
}
