//! A link as it stood when something happened to it: how far its person had come. Its secret and its number are
//! not among it.

use crate::domain::event::LinkThen;
use crate::domain::id::UserId;
use crate::domain::path;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names as _;
use crate::http::Settings;
use crate::http::api::users::SelfLink;
use serde::Serialize;

/// A link of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkThenView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    user_id: String,
    status: &'static str,
    step: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    created_date: String,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_date: Option<String>,
    codes_sent: u32,
    wrong_codes: u32,
    job_ids: Vec<String>,
    links: SelfLink,
}

impl LinkThenView {
    /// A link of a person.
    pub fn new(settings: &Settings, user: UserId, then: &LinkThen) -> Self {
        Self {
            kind: "auth_link",
            id: then.id.to_string(),
            user_id: user.to_string(),
            status: then.state.name(),
            step: then.stage.word(),
            reason: then.reason.map(crate::domain::event::LinkReason::word),
            created_date: then.created.rfc3339(),
            expires_at: then.expires.rfc3339(),
            opened_date: then.opened.map(UnixMillis::rfc3339),
            ended_date: then.ended.map(UnixMillis::rfc3339),
            codes_sent: then.sends,
            wrong_codes: then.wrong_tries,
            job_ids: then.jobs.iter().map(ToString::to_string).collect(),
            links: SelfLink { own: settings.url(&path::auth_link(user)) },
        }
    }
}
