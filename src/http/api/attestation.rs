//! `/users/{id}/attestation`: the latest declaration of a person that all accounts are disclosed, with what
//! they were asked before it. Beyond the compatible wire (docs/COMPATIBILITY.md). Must not know: what is a
//! gap.

use super::{Asker, Call, call, unexpected};
use crate::domain::access::AccessTo;
use crate::domain::attestation::{AnsweredGap, Attestation};
use crate::domain::command::{Command, Reply};
use crate::domain::id::UserId;
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    warp::path!("users" / String / "attestation")
        .and(call(web))
        .then(|user: String, call: Call| async move {
            let answer = read(&user, &call).await;
            call.finish(answer).await
        })
        .boxed()
}

async fn read(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let Reply::Attestation(found) = call.ask(on.user, on.caller, Command::GetAttestation).await? else {
        return Err(unexpected());
    };
    let attestation = found.ok_or_else(ApiError::not_found)?;
    call.was_shown(&on, AccessTo::Attestation, true);
    Ok(json(StatusCode::OK, &AttestationView::new(&call.web, on.user, &attestation)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttestationView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    date: String,
    gaps: Option<Vec<GapView<'a>>>,
    links: Links,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GapView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    missing: &'static str,
    description: &'a str,
    count: u32,
    last_date: String,
    last_amount: String,
    account: String,
    answer: &'static str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    user: String,
    consent: String,
}

impl<'a> AttestationView<'a> {
    fn new(web: &Web, user: UserId, attestation: &'a Attestation) -> Self {
        let gaps = attestation.gaps.as_ref();
        Self {
            kind: "attestation",
            date: attestation.at.rfc3339(),
            gaps: gaps.map(|gaps| gaps.iter().map(GapView::of).collect()),
            links: Links {
                own: web.url(&format!("/users/{user}/attestation")),
                user: web.url(&format!("/users/{user}")),
                consent: web.url(&format!("/users/{user}/consents/{}", attestation.consent)),
            },
        }
    }
}

impl<'a> GapView<'a> {
    fn of(AnsweredGap { gap, answer }: &'a AnsweredGap) -> Self {
        Self {
            kind: "gap",
            missing: gap.kind.name(),
            description: &gap.wording,
            count: gap.count,
            last_date: gap.last_day.to_string(),
            last_amount: gap.last_amount.to_string(),
            account: gap.account.to_string(),
            answer: answer.name(),
        }
    }
}
