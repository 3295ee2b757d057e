//! "I have disclosed all my accounts", and what is asked before it: what still waits for an answer, and what
//! the transactions show to be missing. Must not know: what is a gap, what a declaration ends.

use super::answer;
use super::browser::Cookie;
use super::fill::banks::{self, gap_key};
use super::home::HomeRequest;
use super::pick::{SessionPage, session_page};
use crate::domain::attestation::AnsweredGap;
use crate::domain::command::{Caller, Command, SessionView};
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

/// `POST /home/disclose`. What still waits for an answer is asked about first, then what seems to be missing;
/// who was shown all of that, or has nothing missing, declares. What turned up since the page was shown is asked
/// about as well, so that nothing is kept as asked that was not.
pub async fn disclose(request: &HomeRequest, cookie: &Cookie, form: &Form) -> Result<Response, Refusal> {
    let hash = request.hash(cookie);
    let leave_out = form.get("leave_out") == Some("yes");
    let view = request.view(hash).await?;
    let mut gaps = None;
    let waits = || view.jobs.iter().any(|job| job.session == Some(view.session) && job.is_waiting());
    if session_page(&view) == SessionPage::Connect && (leave_out || !waits()) {
        let found = request.gaps(&view).await?;
        let is_shown = |gap: &Gap| form.all("shown").any(|shown| shown == gap_key(gap));
        if !found.iter().all(is_shown) {
            return Ok(answer::go(if leave_out { "/connect/check?leave_out=yes" } else { "/connect/check" }));
        }
        gaps = Some(found.into_iter().map(|gap| answered(gap, form)).collect());
    }
    request.ask(hash, Command::Disclose { cookie: hash, leave_out, gaps }).await?;
    Ok(request.disclosed(hash).await)
}

fn answered(gap: Gap, form: &Form) -> AnsweredGap {
    let key = gap_key(&gap);
    let is_denied = form.all("not_mine").any(|denied| denied == key);
    AnsweredGap { gap, answer: if is_denied { GapAnswer::NotMine } else { GapAnswer::None } }
}
