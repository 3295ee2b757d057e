//! `/users/{id}/consents` (contract section 2.3): what a person agreed to, with its history. Must not
//! know: what ends a consent.

use super::users::SelfLink;
use super::{Asker, Call, call};
use crate::domain::application::{Application, Permission, Policy};
use crate::domain::command::Command;
use crate::domain::consent::Consent;
use crate::domain::id::{ConsentId, UserId};
use crate::domain::workflow::Names as _;
use crate::http::error::{Answer, ApiError};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users" / String / "consents").and(call(web.clone())).then(
        |user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        },
    );
    let one = warp::path!("users" / String / "consents" / String).and(call(web)).then(
        |user: String, consent: String, call: Call| async move {
            let answer = one(&user, &consent, &call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

async fn list(user: &str, call: &Call) -> Answer {
    if call.method != Method::GET {
        return Err(ApiError::method_not_allowed("GET, HEAD, OPTIONS"));
    }
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    call.unfiltered()?;
    let consents = call.web.engine.consents(on.user, on.caller, call.context.request_id).await?;
    let application = call.web.engine.house().application(on.application);
    let view = |consent: &Consent| ConsentView::new(&call.web, application.as_deref(), on.user, consent);
    let data: Vec<_> = consents.iter().map(view).collect();
    let own = call.web.url(&format!("/users/{}/consents", on.user));
    Ok(json(StatusCode::OK, &List { kind: "list", size: data.len(), data, links: SelfLink { own } }))
}

async fn one(user: &str, consent: &str, call: &Call) -> Answer {
    if call.method != Method::DELETE && call.method != Method::GET {
        return Err(ApiError::method_not_allowed("GET, HEAD, DELETE, OPTIONS"));
    }
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let id = ConsentId::parse(consent)
        .ok_or_else(|| ApiError::not_valid("Consent ID value is not valid", "consentId"))?;
    if call.method == Method::DELETE {
        call.ask(on.user, on.caller, Command::EndConsent(id)).await?;
        return Ok(no_content());
    }
    let consents = call.web.engine.consents(on.user, on.caller, call.context.request_id).await?;
    let consent = consents.iter().find(|one| one.id == id).ok_or_else(ApiError::not_found)?;
    let application = call.web.engine.house().application(on.application);
    let view = ConsentView::new(&call.web, application.as_deref(), on.user, consent);
    Ok(json(StatusCode::OK, &view.whole(call, on.user, consent)?))
}

#[derive(Serialize)]
struct List {
    #[serde(rename = "type")]
    kind: &'static str,
    size: usize,
    data: Vec<ConsentView>,
    links: SelfLink,
}

/// A consent on the wire, with the words of the policy version that was agreed to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsentView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    created: String,
    updated: String,
    expiry_date: String,
    origin: &'static str,
    status: &'static str,
    purpose: Purposes,
    data: DataView,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deletion_requested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    links: Links,
}

#[derive(Serialize)]
struct Purposes {
    primary: Words,
    other: Option<bool>,
}

#[derive(Serialize)]
struct Words {
    title: String,
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataView {
    retain_data: bool,
    initial_retrieval_days: Option<u32>,
    organisation: Option<bool>,
    permissions: Vec<PermissionView>,
}

#[derive(Serialize)]
struct PermissionView {
    scope: &'static str,
    required: bool,
    consented: bool,
    entity: &'static str,
    information: Information,
    purpose: Words,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Information {
    name: &'static str,
    description: &'static str,
    attribute_list: &'static [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Links {
    #[serde(rename = "self")]
    own: String,
    consent_policy: String,
    latest_consent_policy: String,
}

impl ConsentView {
    /// The consent, with the words that its application had for it.
    pub(super) fn new(web: &Web, application: Option<&Application>, user: UserId, consent: &Consent) -> Self {
        let policy = application.and_then(|one| one.policies.get(&consent.policy_version));
        let latest =
            application.and_then(Application::policy).map_or(consent.policy_version, |one| one.version);
        let purpose = |of: fn(&Policy) -> &String| policy.map(of).cloned().unwrap_or_default();
        Self {
            kind: "consent",
            id: consent.id.to_string(),
            created: consent.created.rfc3339(),
            updated: consent.updated.rfc3339(),
            expiry_date: consent.expires.rfc3339(),
            origin: "user",
            status: consent.state.name(),
            purpose: Purposes {
                primary: Words {
                    title: purpose(|policy| &policy.purpose_title),
                    description: purpose(|policy| &policy.purpose_description),
                },
                other: None,
            },
            data: DataView {
                retain_data: policy.is_some_and(|policy| policy.retain_data),
                initial_retrieval_days: policy.map(|policy| policy.retrieval_days),
                organisation: None,
                permissions: consent.permissions.iter().copied().map(PermissionView::new).collect(),
            },
            revoked: consent.revoked.map(crate::domain::time::UnixMillis::rfc3339),
            deletion_requested: false,
            language: None,
            links: Links {
                own: web.url(&format!("/users/{user}/consents/{}", consent.id)),
                consent_policy: web.url(&format!("/policies/{}", consent.policy_version)),
                latest_consent_policy: web.url(&format!("/policies/{latest}")),
            },
        }
    }
}

impl ConsentView {
    /// The same with what goes beyond the original. Its list allows no further members, and clients are made from
    /// that: only the read of one consent, which it does not have, says these.
    fn whole(self, call: &Call, user: UserId, consent: &Consent) -> Result<Self, ApiError> {
        let language = call.web.engine.notice_language(user, consent.id)?;
        Ok(Self { deletion_requested: consent.deletion_asked, language, ..self })
    }
}

impl PermissionView {
    fn new(permission: Permission) -> Self {
        let text = permission.text();
        Self {
            scope: text.scope,
            required: permission.is_required(),
            consented: true,
            entity: text.entity,
            information: Information {
                name: text.name,
                description: text.description,
                attribute_list: text.attributes,
            },
            purpose: Words { title: text.name.to_owned(), description: text.purpose.to_owned() },
        }
    }
}
