//! The person's own page: what is shared with whom and until when, ending one connection or everything, and
//! the receipts of what has ended. Open to whoever is in, whatever they came for. Must not know: any rule of
//! the product.

use super::browser::Cookie;
use super::connect::{either, pressed};
use super::fill::facts::BankFacts;
use super::fill::manage;
use super::home::HomeRequest;
use super::pick::{SessionPage, session_page, trouble};
use super::view::{End, WithdrawPage};
use super::{answer, fill};
use crate::domain::command::{Caller, Command, Failure, SessionView};
use crate::domain::consent::Consent;
use crate::domain::id::{ConnectionId, ConsentId};
use crate::domain::institution::InstitutionId;
use crate::domain::notice::Notice;
use crate::domain::workflow::consent::State;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::Response;
use crate::http::body::Body;
use http::StatusCode;

/// Somebody inside, with all that the page shows.
struct Owner {
    cookie: Cookie,
    view: SessionView,
    facts: BankFacts,
    consents: Vec<Consent>,
}

impl Owner {
    fn csrf(&self, request: &HomeRequest) -> String {
        self.cookie.csrf(&request.web.engine.house().keyring)
    }

    /// What they were shown when they agreed to that.
    fn notice(&self, request: &HomeRequest, consent: Option<ConsentId>) -> Result<Option<Notice>, Trouble> {
        let Some(consent) = consent else { return Ok(None) };
        request.web.engine.notice(self.view.user, consent)
    }
}

/// Who asks; whoever's session is over is shown how it ended.
async fn owner(request: &HomeRequest) -> Result<Owner, Response> {
    let cookie = request.cookie().ok_or_else(|| answer::bare(&request.reader, End::SessionUnknown))?;
    let hash = request.hash(&cookie);
    let view = match request.view(hash).await {
        Ok(view) => view,
        Err(refusal) => return Err(request.refused(hash, refusal).await),
    };
    if view.ended.is_some() || matches!(session_page(&view), SessionPage::Ended(_)) {
        return Err(answer::go("/home"));
    }
    let facts = match request.facts(&view).await {
        Ok(facts) => facts,
        Err(refusal) => return Err(request.refused(hash, refusal).await),
    };
    match request.web.engine.consents(view.user, Caller::House, request.context.request_id).await {
        Ok(consents) => Ok(Owner { cookie, view, facts, consents }),
        Err(refusal) => Err(request.refused(hash, refusal).await),
    }
}

/// `GET /manage?stopped=`
pub async fn page(request: HomeRequest) -> Response {
    either(
        async {
            let owner = owner(&request).await?;
            let stopped = request.query.get("stopped").and_then(InstitutionId::parse);
            let (engine, csrf) = (&request.web.engine, owner.csrf(&request));
            let stop = |wrong| answer::bare(&request.reader, trouble(wrong));
            let log = engine.access_log(owner.view.user).await.map_err(stop)?;
            let accesses = manage::accesses(&log, engine.access_lifetime());
            let consent = owner.view.consent.as_ref().map(|consent| consent.id);
            let notice = owner.notice(&request, consent).map_err(stop)?;
            let past = (owner.consents.as_slice(), accesses, notice);
            let page = manage::manage(engine.house(), &owner.view, &owner.facts, past, stopped, csrf);
            Ok(answer::page(&request.reader, StatusCode::OK, page))
        }
        .await,
    )
}

fn ask(request: &HomeRequest, page: Option<WithdrawPage>) -> Response {
    page.map_or_else(|| answer::go("/manage"), |page| answer::page(&request.reader, StatusCode::OK, page))
}

/// `GET /manage/withdraw`
pub async fn ask_all(request: HomeRequest) -> Response {
    either(
        async {
            let owner = owner(&request).await?;
            let (house, csrf) = (request.web.engine.house(), owner.csrf(&request));
            Ok(ask(&request, manage::withdraw_all(house, &owner.view, &owner.facts, csrf)))
        }
        .await,
    )
}

/// `GET /manage/connections/{id}/withdraw`
pub async fn ask_one(request: HomeRequest, id: String) -> Response {
    either(
        async {
            let owner = owner(&request).await?;
            let (house, csrf) = (request.web.engine.house(), owner.csrf(&request));
            let page = ConnectionId::parse(&id)
                .and_then(|id| manage::withdraw_one(house, &owner.view, &owner.facts, id, csrf));
            Ok(ask(&request, page))
        }
        .await,
    )
}

/// `POST /manage/withdraw`: the receipt of what was shown says how it is, also to a second press.
pub async fn end_all(request: HomeRequest, body: Body) -> Response {
    either(
        async {
            let (cookie, form) = pressed(&request, body).await?;
            let hash = request.hash(&cookie);
            let Some(consent) = form.get("consent").and_then(ConsentId::parse) else {
                return Err(answer::bare(&request.reader, End::Forged));
            };
            let wants_deletion = form.get("delete_copy") == Some("yes");
            match request.ask(hash, Command::Withdraw { cookie: hash, consent, wants_deletion }).await {
                Ok(_) | Err(Refusal::Rule(Failure::ConsentUnknown)) => {
                    Ok(answer::go(&format!("/manage/ended/{consent}")))
                }
                Err(refusal) => Err(request.refused(hash, refusal).await),
            }
        }
        .await,
    )
}

/// `POST /manage/connections/{id}/withdraw`
pub async fn end_one(request: HomeRequest, id: String, body: Body) -> Response {
    either(
        async {
            let (cookie, _) = pressed(&request, body).await?;
            let hash = request.hash(&cookie);
            let id = ConnectionId::parse(&id).ok_or_else(|| answer::go("/manage"))?;
            let place = match request.view(hash).await {
                Ok(view) => view.connections.iter().find(|one| one.id == id).map(|one| one.institution),
                Err(refusal) => return Err(request.refused(hash, refusal).await),
            };
            match request.ask(hash, Command::Disconnect { cookie: hash, connection: id }).await {
                Ok(_) => Ok(answer::go(
                    &place.map_or_else(|| "/manage".to_owned(), |place| format!("/manage?stopped={place}")),
                )),
                Err(Refusal::Rule(Failure::ConnectionUnknown)) => Ok(answer::go("/manage")),
                Err(Refusal::Trouble(wrong)) => Err(answer::bare(&request.reader, trouble(wrong))),
                Err(refusal) => Err(request.refused(hash, refusal).await),
            }
        }
        .await,
    )
}

/// `GET /manage/ended/{consentId}`
pub async fn receipt(request: HomeRequest, id: String) -> Response {
    either(
        async {
            let owner = owner(&request).await?;
            let id = ConsentId::parse(&id);
            let found = owner.consents.iter().find(|one| Some(one.id) == id && one.state != State::Active);
            let house = request.web.engine.house();
            let stop = |wrong| answer::bare(&request.reader, trouble(wrong));
            let notice = owner.notice(&request, found.map(|consent| consent.id)).map_err(stop)?;
            let receipt = |consent| fill::manage::receipt(house, &owner.view, consent, notice.as_ref());
            let page = found.and_then(receipt);
            Ok(page.map_or_else(
                || answer::go("/manage"),
                |page| answer::page(&request.reader, StatusCode::OK, page),
            ))
        }
        .await,
    )
}
