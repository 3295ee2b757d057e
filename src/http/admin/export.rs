//! The export: every record as one JSON line for reading. It holds what the operator holds, profiles
//! in full among it; it never holds a code, a key, a hash, a cookie, the secret of a link or a bank session,
//! and of account numbers only the last digits.

mod data;

use super::views::{self, time};
use crate::domain::access::{AccessBy, AccessTo};
use crate::domain::application::{Application, Policy};
use crate::domain::clock::TestClock;
use crate::domain::connection::Generation;
use crate::domain::event::{Event, EventData};
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::look::Look;
use crate::domain::look::wanted::WantedLook;
use crate::domain::mobile::Mobile;
use crate::domain::profile::Profile;
use crate::domain::user::{Presence, User};
use crate::engine::Engine;
use crate::engine::export::{Cursor, Exported};
use crate::engine::user::core::Trouble;
use crate::http::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use warp::Reply;

/// Pages that wait for a slow reader.
const PAGES_AHEAD: usize = 2;

/// Accesses that one export remembers to have counted. Where it holds the data of more people than that, what
/// comes back later (in an event) may count once more.
const COUNTED_MAX: usize = 65_536;

/// All lines, a page of them at a time. The stream ends with an error when a read fails: what came so
/// far is not the whole then.
pub fn pages(engine: Engine) -> Receiver<Result<Bytes, Trouble>> {
    let (sender, receiver) = channel(PAGES_AHEAD);
    tokio::spawn(async move {
        if let Err(trouble) = read_all(&engine, &sender).await {
            // A reader that is gone wants no error.
            let _ = sender.send(Err(trouble)).await;
        }
    });
    receiver
}

async fn read_all(engine: &Engine, sender: &Sender<Result<Bytes, Trouble>>) -> Result<(), Trouble> {
    let (mut from, mut counted) = (Cursor::default(), BTreeSet::new());
    loop {
        let page = engine.export(&from).await?;
        for access in page.records.iter().filter_map(access) {
            if counted.insert(access) {
                engine.count_access(access.0, AccessBy::Operator, access.1);
                engine.settle_accesses().await;
            }
            if counted.len() >= COUNTED_MAX {
                counted.clear();
            }
        }
        let lines = page.records.iter().flat_map(|record| [line(record).to_string(), "\n".to_owned()]);
        if sender.send(Ok(lines.collect::<String>().into())).await.is_err() {
            return Ok(());
        }
        match page.next {
            Some(next) => from = next,
            None => return Ok(()),
        }
    }
}

/// Whose data a record is, and of which kind: what a person is told of.
fn access(record: &Exported) -> Option<(UserId, AccessTo)> {
    match record {
        Exported::Account(user, ..) | Exported::Terms(user, ..) => Some((*user, AccessTo::Accounts)),
        Exported::Transaction(user, ..) => Some((*user, AccessTo::Transactions)),
        Exported::Identity(user, ..) => Some((*user, AccessTo::Identity)),
        Exported::Connection(user, ..) | Exported::Job(user, ..) => Some((*user, AccessTo::Connections)),
        Exported::Event(_, _, event) => Some((event.user, AccessTo::in_event(&event.data)?)),
        _ => None,
    }
}

/// The export as an answer that is written as it is read.
pub(super) fn response(engine: Engine) -> Response {
    let mut pages = pages(engine);
    let stream = futures_util::stream::poll_fn(move |waker| pages.poll_recv(waker));
    let mut response = warp::reply::stream(stream).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}

/// One record as JSON.
fn line(record: &Exported) -> Value {
    match record {
        Exported::Application(application) => application_line(application),
        Exported::Policy(application, policy) => policy_line(*application, policy),
        Exported::User(id, Presence::Here(user)) => user_line(*id, user),
        Exported::User(id, Presence::Deleted | Presence::Absent) => {
            json!({ "record": "user", "id": id.to_string(), "deleted": true })
        }
        Exported::Consent(user, consent) => {
            let mut line = views::consent(consent);
            line["record"] = "consent".into();
            line["user"] = user.to_string().into();
            line
        }
        Exported::Notice(user, consent, notice) => of("notice", *user, data::notice(*consent, notice)),
        Exported::Accesses(user, log) => of("accesses", *user, data::accesses(log)),
        Exported::Event(application, number, event) => event_line(*application, *number, event),
        Exported::Outbox(head) => {
            let mut line = views::outbox(head);
            line["record"] = "outbox".into();
            line
        }
        Exported::Connection(user, connection) => {
            of("connection", *user, data::connection(&connection.view(), connection.updated))
        }
        Exported::Look(id, look) => look_line(*id, look),
        Exported::Job(user, job) => of("job", *user, data::job(job)),
        Exported::Account(user, generation, account) => {
            read_under("account", *user, *generation, data::account(account))
        }
        Exported::Transaction(user, generation, transaction) => {
            read_under("transaction", *user, *generation, data::transaction(transaction))
        }
        Exported::Terms(user, generation, account, terms) => {
            read_under("terms", *user, *generation, data::terms(*account, terms))
        }
        Exported::Clock(clock, is_closing) => clock_line(clock, *is_closing),
        Exported::Identity(user, generation, identity) => {
            read_under("identity", *user, *generation, data::identity(identity))
        }
    }
}

fn of(record: &str, user: UserId, mut line: Value) -> Value {
    line["record"] = record.into();
    line["user"] = user.to_string().into();
    line
}

/// What was read of an institution: shown where its connection names the same number.
fn read_under(record: &str, user: UserId, generation: Generation, line: Value) -> Value {
    let mut line = of(record, user, line);
    line["generation"] = generation.into();
    line
}

fn clock_line(clock: &TestClock, is_closing: bool) -> Value {
    json!({
        "record": "clock",
        "id": clock.id.to_string(),
        "application": clock.application.to_string(),
        "name": clock.name,
        "created": time(clock.created),
        "at": time(clock.at),
        "runs_since": clock.runs_since.map(time),
        "target": clock.target.map(time),
        "goes": is_closing,
    })
}

fn look_line(application: ApplicationId, look: &Look) -> Value {
    json!({
        "record": "look",
        "application": application.to_string(),
        "look": WantedLook::from(look),
    })
}

fn application_line(application: &Application) -> Value {
    json!({
        "record": "application",
        "id": application.id.to_string(),
        "name": application.name,
        "mode": application.mode.name(),
        "created": time(application.created),
        "redirect_url": application.redirect_url,
        "requires_link": application.requires_link,
    })
}

fn policy_line(application: ApplicationId, policy: &Policy) -> Value {
    let permissions: Vec<&str> =
        policy.permissions.iter().map(|permission| permission.text().scope).collect();
    json!({
        "record": "policy",
        "application": application.to_string(),
        "version": policy.version,
        "purpose_title": policy.purpose_title,
        "purpose_description": policy.purpose_description,
        "duration_days": policy.duration_days,
        "retrieval_days": policy.retrieval_days,
        "retain_data": policy.retain_data,
        "supporting_parties": policy.supporting_parties,
        "permissions": permissions,
    })
}

fn user_line(id: UserId, user: &User) -> Value {
    json!({
        "record": "user",
        "id": id.to_string(),
        "application": user.application.to_string(),
        "clock": user.clock.map(|clock| clock.to_string()),
        "created": time(user.created),
        "profile": profile(&user.profile),
        "auth_link": user.link.as_ref().map(views::link),
        "older_links": user.dead_links.len(),
        "consent_session": user.session.as_ref().map(views::session),
        "token_session": user.token_session.as_ref().map(views::session),
        "consent": user.consent.as_ref().map(views::consent),
    })
}

fn profile(profile: &Profile) -> Value {
    let business = &profile.business;
    json!({
        "email": profile.email,
        "mobile": profile.mobile.as_ref().map(Mobile::e164),
        "first_name": profile.first_name,
        "middle_name": profile.middle_name,
        "last_name": profile.last_name,
        "business": {
            "name": business.name,
            "number": business.number,
            "number_type": business.number_type,
            "address": business.address,
        },
        "verification_status": profile.verification_status,
        "verification_date": profile.verification_date,
    })
}

fn event_line(application: ApplicationId, number: u64, event: &Event) -> Value {
    let (entity, verb) = event.kind.words();
    let data = match &event.data {
        EventData::Nothing => Value::Null,
        EventData::Connection(one) => data::view(one),
        EventData::Account(one) => data::account(one),
        EventData::Transactions { connection, new } => {
            json!({ "connection": connection.id.to_string(), "new": new })
        }
        EventData::User(one) => profile(one),
        EventData::Consent(one) => views::consent(one),
        EventData::Link(one) => data::link(one),
        EventData::Job(one) => data::job(one),
    };
    json!({
        "record": "event",
        "application": application.to_string(),
        "number": number,
        "id": event.id.to_string(),
        "event": format!("{entity}.{verb}"),
        "at": time(event.at),
        "recorded": time(event.recorded),
        "user": event.user.to_string(),
        "auth_link": event.link.map(|link| link.to_string()),
        "consent": event.consent.map(|consent| consent.to_string()),
        "subject": event.subject.map(|subject| subject.to_string()),
        "data": data,
    })
}
