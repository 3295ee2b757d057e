//! How the admin routes show a user: states, deadlines and counters in full, the person masked. No
//! public id, no code, no cookie, no name. Must not know: routes.

use crate::domain::auth_link::AuthLink;
use crate::domain::connection::Connection;
use crate::domain::consent::Consent;
use crate::domain::consent_session::{ConsentSession, Origin};
use crate::domain::delivery::HaltCause;
use crate::domain::job::Job;
use crate::domain::mobile::Mobile;
use crate::domain::time::UnixMillis;
use crate::domain::user::{Presence, User};
use crate::domain::workflow::Names;
use crate::engine::aggregator::core::Observed as InTheWorks;
use crate::engine::delivery::core::Observed as Queue;
use crate::engine::delivery::line::Lane;
use crate::engine::records::outbox::{OutboxHead, Wish};
use crate::engine::user::core::Observed;
use serde_json::{Value, json};

/// An instant as people and programs read it.
pub(super) fn time(at: UnixMillis) -> Value {
    Value::String(at.rfc3339())
}

/// An instant, or nothing.
pub(super) fn maybe(at: Option<UnixMillis>) -> Value {
    at.map_or(Value::Null, time)
}

/// An address by which its owner knows it, and others do not: `a…@example.test`.
pub(super) fn masked_email(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    let first = local.chars().next().filter(|_| local.chars().count() > 1);
    Some(format!("{}…@{domain}", first.map(String::from).unwrap_or_default()))
}

/// One user in memory. `None` when there is and was no such user.
pub(super) fn actor(
    id: &str,
    observed: &Observed,
    in_the_works: &[InTheWorks],
    permits: (u32, usize),
) -> Option<Value> {
    let (presence, person) = match &observed.presence {
        Presence::Absent => return None,
        Presence::Deleted => ("deleted", Value::Null),
        Presence::Here(user) => ("here", person(user)),
    };
    let deadlines: Vec<Value> = observed
        .deadlines
        .iter()
        .map(|(kind, at)| json!({ "deadline": kind.name(), "at": time(*at) }))
        .collect();
    let transitions: Vec<Value> = observed
        .transitions
        .iter()
        .rev()
        .map(|one| json!({ "at": time(one.at), "command": one.command, "done": one.done }))
        .collect();
    let aggregator: Vec<Value> = in_the_works
        .iter()
        .map(|one| {
            json!({
                "job": one.job.to_string(),
                "attempt": one.attempt,
                "institution": one.institution.as_str(),
                "step": one.step,
                "tries": one.tries,
            })
        })
        .collect();
    Some(json!({
        "user": id,
        "presence": presence,
        "version": observed.version,
        "waiting": observed.waiting,
        "committing": observed.committing,
        "state": person,
        "aggregator": aggregator,
        "deadlines": deadlines,
        "transitions": transitions,
        "permits": { "total": permits.0, "free": permits.1 },
    }))
}

fn person(user: &User) -> Value {
    json!({
        "application": user.application.to_string(),
        "clock": user.clock.map(|clock| clock.to_string()),
        "created": time(user.created),
        "mobile_ending": user.profile.mobile.as_ref().map(Mobile::ending),
        "email": masked_email(&user.profile.email),
        "auth_link": user.link.as_ref().map(link),
        "older_links": user.dead_links.len(),
        "consent_session": user.session.as_ref().map(session),
        "token_session": user.token_session.as_ref().map(session),
        "consent": user.consent.as_ref().map(consent),
        "connections": user.connections.iter().map(connection).collect::<Vec<_>>(),
        "jobs": user.jobs.iter().rev().map(job).collect::<Vec<_>>(),
    })
}

/// A connection without what stands for its sign-in.
fn connection(one: &Connection) -> Value {
    json!({
        "id": one.id.to_string(),
        "institution": one.institution.as_str(),
        "state": one.state.name(),
        "created": time(one.created),
        "last_used": maybe(one.last_used),
        "has_bank_session": one.session.is_some(),
        "accounts": one.accounts.len(),
        "accounts_generation": one.accounts_generation,
        "transactions_generation": one.transactions_generation,
        "fault": one.fault.map(crate::domain::job::Cause::name),
        "retry_at": maybe(one.retry_at),
    })
}

/// A job: where it stands, and how it failed if it did.
fn job(one: &Job) -> Value {
    json!({
        "id": one.id.to_string(),
        "connection": one.connection.to_string(),
        "institution": one.institution.as_str(),
        "state": one.state.name(),
        "occasion": one.occasion.name(),
        "attempt": one.attempt,
        "generation": one.generation,
        "created": time(one.created),
        "updated": time(one.updated),
        "total_at": time(one.total_at),
        "challenge_expires": maybe(one.challenge.as_ref().map(|asked| asked.expires)),
        "wrong_answers": one.challenge.as_ref().map_or(0, |asked| asked.wrong),
        "failed_at": one.failure.map(|failure| failure.step.word()),
        "cause": one.failure.map(|failure| failure.cause.name()),
        "ended": maybe(one.ended),
    })
}

/// A link without its secret.
pub(super) fn link(link: &AuthLink) -> Value {
    json!({
        "id": link.id.to_string(),
        "state": link.state.name(),
        "mobile_ending": link.mobile.ending(),
        "created": time(link.created),
        "expires": time(link.expires),
        "opened": maybe(link.opened),
        "code_expires": maybe(link.code.as_ref().map(|code| code.expires)),
        "sends": link.sends,
        "last_sent": maybe(link.last_sent),
        "wrong_tries": link.wrong_tries,
        "ended": maybe(link.ended),
    })
}

/// A session without its cookie and without what the partner carries in it.
pub(super) fn session(session: &ConsentSession) -> Value {
    let origin = match session.origin {
        Origin::Link(_) => "link",
        Origin::ClientToken => "client_token",
    };
    json!({
        "id": session.id.to_string(),
        "state": session.state.name(),
        "origin": origin,
        "started": time(session.started),
        "touched": time(session.touched),
        "idle_at": time(session.idle_at),
        "total_at": time(session.total_at),
        "in_browser": session.cookie.is_some(),
        "ended": maybe(session.ended),
    })
}

/// How a webhook's queue stands; `last` is the number of its application's newest event.
pub(super) fn webhook(one: &Queue, last: u64) -> Value {
    let halt = one.halt.map(|halt| {
        let cause = match halt.cause {
            HaltCause::Exhausted => "exhausted",
            HaltCause::Gone => "gone",
        };
        json!({ "cause": cause, "since": time(halt.at) })
    });
    let lane = match one.lane {
        Lane::Healthy => "healthy",
        Lane::Troubled => "troubled",
    };
    json!({
        "webhook": one.subscriber.webhook.to_string(),
        "application": one.subscriber.application.to_string(),
        "told": one.told,
        "behind": last.saturating_sub(one.told),
        "retries": one.retries,
        "replays": one.replays,
        "failures": one.failures,
        "lane": lane,
        "under_way": one.is_under_way,
        "halted": halt,
    })
}

/// What an entry of the outbox says without being opened.
pub(super) fn outbox(head: &OutboxHead) -> Value {
    let wish = match head.wish {
        Wish::Text { .. } => "text",
        Wish::Link { .. } => "link",
        Wish::Gather { .. } => "gather",
        Wish::Sweep(_) => "sweep",
    };
    let mut shown = json!({
        "id": head.id.to_string(),
        "application": head.application.to_string(),
        "user": head.user.to_string(),
        "wish": wish,
        "created": time(head.created),
        "not_after": time(head.not_after),
    });
    match head.wish {
        Wish::Text { link } | Wish::Link { link } => shown["link"] = link.to_string().into(),
        Wish::Gather { job } => shown["job"] = job.to_string().into(),
        Wish::Sweep(sweep) => {
            shown["connection"] = sweep.connection.to_string().into();
            // It is never too late.
            shown["not_after"] = Value::Null;
        }
    }
    shown
}

/// A consent.
pub(super) fn consent(consent: &Consent) -> Value {
    let permissions: Vec<&str> =
        consent.permissions.iter().map(|permission| permission.text().scope).collect();
    json!({
        "id": consent.id.to_string(),
        "state": consent.state.name(),
        "policy_version": consent.policy_version,
        "permissions": permissions,
        "created": time(consent.created),
        "updated": time(consent.updated),
        "expires": time(consent.expires),
        "revoked": maybe(consent.revoked),
    })
}

#[cfg(test)]
mod tests {
    use super::masked_email;

    #[test]
    fn an_address_keeps_its_domain_and_one_letter() {
        assert_eq!(masked_email("ada.quill@example.test").as_deref(), Some("a…@example.test"));
        assert_eq!(masked_email("a@example.test").as_deref(), Some("…@example.test"));
        assert_eq!(masked_email(""), None);
    }
}
