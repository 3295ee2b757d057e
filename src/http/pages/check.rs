//! "I have disclosed all my accounts", and what is asked before it: what is not over yet, and what the
//! transactions show to be missing. Must not know: what is a gap, what a declaration ends.

use super::answer;
use super::browser::Cookie;
use super::connect::{either, inside};
use super::fill::banks::{self, gap_key};
use super::home::HomeRequest;
use super::pick::{SessionPage, session_page};
use crate::domain::attestation::FoundGap;
use crate::domain::command::{Caller, Command, Failure, SessionView};
use crate::domain::gap::{Gap, GapAnswer};
use crate::engine::data::Asking;
use crate::engine::read::sources::AccountFilter;
use crate::engine::user::core::Refusal;
use crate::http::Response;
use crate::http::body::Form;
use http::StatusCode;

impl HomeRequest {
    const fn house_asks(&self, view: &SessionView) -> Asking {
        Asking { user: view.user, caller: Caller::House, request_id: self.context.request_id }
    }

    async fn gaps(&self, view: &SessionView) -> Result<Vec<Gap>, Refusal> {
        self.web.engine.gaps(self.house_asks(view)).await
    }
}

/// `GET /connect/check`: the question; the hub when there is none.
pub async fn page(request: HomeRequest) -> Response {
    let Some(cookie) = request.cookie() else { return answer::go("/home") };
    let hash = request.hash(&cookie);
    let shown = async {
        let view = request.view(hash).await?;
        if session_page(&view) != SessionPage::Connect {
            return Ok(answer::go("/home"));
        }
        let gaps = request.gaps(&view).await?;
        if gaps.is_empty() {
            return Ok(answer::go("/connect"));
        }
        let accounts =
            request.web.engine.accounts(request.house_asks(&view), &AccountFilter::default()).await?;
        let house = request.web.engine.house();
        let (leave_out, csrf) = (request.query.get("leave_out").is_some(), cookie.csrf(&house.keyring));
        let page = banks::check(house, &view, &gaps, &accounts, leave_out, csrf);
        Ok::<_, Refusal>(answer::page(&request.reader, StatusCode::OK, page))
    };
    match shown.await {
        Ok(response) => response,
        Err(refusal) => request.refused(hash, refusal).await,
    }
}

/// `GET /connect/waiting`: what is not over yet; once all is, what seems to be missing, or the declaration.
pub async fn waiting(request: HomeRequest) -> Response {
    either(
        async {
            let inside = inside(&request).await?;
            let (house, csrf) = (request.web.engine.house(), inside.csrf(&request));
            let page = banks::waiting(house, &inside.view, &inside.facts, csrf);
            let page = page.ok_or_else(|| answer::go("/connect"))?;
            if page.is_over() {
                match request.gaps(&inside.view).await {
                    Ok(gaps) if gaps.is_empty() => {}
                    Ok(_) => return Ok(answer::go("/connect/check")),
                    Err(refusal) => {
                        return Err(request.refused(request.hash(&inside.cookie), refusal).await);
                    }
                }
            }
            Ok(answer::page(&request.reader, StatusCode::OK, page))
        }
        .await,
    )
}

/// `POST /home/disclose`. The form names what was shown; what turned up since is not among it.
pub async fn disclose(request: &HomeRequest, cookie: &Cookie, form: &Form) -> Result<Response, Refusal> {
    let hash = request.hash(cookie);
    let leave_out = form.get("leave_out") == Some("yes");
    let view = request.view(hash).await?;
    let found = request.gaps(&view).await?;
    let gaps = Some(found.into_iter().map(|gap| asked(gap, form)).collect());
    match request.ask(hash, Command::Disclose { cookie: hash, leave_out, gaps }).await {
        Ok(_) => Ok(request.done(hash).await),
        Err(Refusal::Rule(Failure::GapsUnasked)) if leave_out => {
            Ok(answer::go("/connect/check?leave_out=yes"))
        }
        Err(refusal) => Err(refusal),
    }
}

fn asked(gap: Gap, form: &Form) -> FoundGap {
    let key = gap_key(&gap);
    let is_in = |name: &'static str| form.all(name).any(|one| one == key);
    let said = || if is_in("not_mine") { GapAnswer::NotMine } else { GapAnswer::None };
    FoundGap { answer: is_in("shown").then(said), gap }
}
