//! `/test_clocks`: clocks of a sandbox application that its users may live by, moved at its wish. Ours
//! alone. Must not know: what a clock does with its users.

use super::once::{Begun, answered, rendered};
use super::users::SelfLink;
use super::{Call, call, unexpected};
use crate::domain::application::Mode;
use crate::domain::clock::{ADVANCE_MAX, ClockFault, TestClock, Way};
use crate::domain::id::{ApplicationId, ClockId};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::limits::parse_span;
use crate::engine::clocks::ask::{Changed, ClockView};
use crate::engine::clocks::core::{Ask, CLOCKS_MAX, Change, NewClock, Refusal};
use crate::engine::mark::Rendered;
use crate::engine::user::core::Trouble;
use crate::http::error::{Answer, ApiError, Code, Source};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use warp::Filter;
use warp::filters::BoxedFilter;

/// How long an answer waits for a clock to be where it was sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("test_clocks").and(call(web.clone())).then(|mut call: Call| async move {
        let answer = on_all(&mut call).await;
        call.finish(answer).await
    });
    let one = warp::path!("test_clocks" / String).and(call(web.clone())).then(
        |clock: String, call: Call| async move {
            let answer = on_one(&clock, &call).await;
            call.finish(answer).await
        },
    );
    let advance = warp::path!("test_clocks" / String / "advance").map(|clock| (clock, Verb::Advance));
    let freeze = warp::path!("test_clocks" / String / "freeze").map(|clock| (clock, Verb::Freeze));
    let run = warp::path!("test_clocks" / String / "run").map(|clock| (clock, Verb::Run));
    let verbs = advance.or(freeze).unify().or(run).unify().boxed();
    let change = verbs.and(call(web)).then(|(clock, verb): (String, Verb), mut call: Call| async move {
        let answer = change(&clock, verb, &mut call).await;
        call.finish(answer).await
    });
    all.boxed().or(one.boxed()).unify().boxed().or(change.boxed()).unify().boxed()
}

/// What can be done with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Advance,
    Freeze,
    Run,
}

async fn on_all(call: &mut Call) -> Answer {
    match call.method {
        Method::GET => list(call),
        Method::POST => create(call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, OPTIONS")),
    }
}

async fn on_one(clock: &str, call: &Call) -> Answer {
    match call.method {
        Method::GET => {
            let (application, id) = named(clock, call)?;
            let clock = call.web.engine.clock(application, id).ok_or_else(ApiError::not_found)?;
            shown(call, StatusCode::OK, clock)
        }
        Method::DELETE => {
            let (application, id) = named(clock, call)?;
            match call.web.engine.change_clock(application, id, Change::Remove, None, PATIENCE).await? {
                Changed::Done(_) => Ok(no_content()),
                Changed::OnItsWay => {
                    let mut response = no_content();
                    *response.status_mut() = StatusCode::ACCEPTED;
                    Ok(response)
                }
            }
        }
        _ => Err(ApiError::method_not_allowed("GET, HEAD, DELETE, OPTIONS")),
    }
}

async fn change(clock: &str, verb: Verb, call: &mut Call) -> Answer {
    call.only_post()?;
    let (application, id) = named(clock, call)?;
    let change = match verb {
        Verb::Advance => Change::Advance(way(call).await?),
        Verb::Freeze => Change::SetRunning(false),
        Verb::Run => Change::SetRunning(true),
    };
    ask_once(call, Ask::Change(application, id, change)).await
}

/// Asks the keeper, once where the caller named it: the first commit that comes of it leaves the mark.
async fn ask_once(call: &mut Call, ask: Ask) -> Answer {
    let (application, at_once) = match &ask {
        Ask::Create(new) => (new.application, StatusCode::CREATED),
        Ask::Change(application, _, Change::Advance(_)) => (*application, StatusCode::ACCEPTED),
        Ask::Change(application, ..) => (*application, StatusCode::OK),
    };
    let named = match call.begin(application).await? {
        Begun::Known(response) => return Ok(response),
        Begun::Unnamed => None,
        Begun::Named(named) => Some(named),
    };
    let writes = move |web: &Web, clock: &TestClock| written(web, at_once, clock.clone());
    let mark = named.as_ref().map(|named| Box::new(named.mark(&call.web, writes)));
    let engine = call.web.engine.clone();
    let (changed, id) = match ask {
        Ask::Create(new) => (engine.make_clock(new, mark).await.map(Changed::Done), None),
        Ask::Change(_, id, change) => {
            (engine.change_clock(application, id, change, mark, PATIENCE).await, Some(id))
        }
    };
    let (status, clock) = match (changed, &named) {
        (Err(Refusal::Trouble(Trouble::Conflict)), Some(named)) => return call.lost_the_race(named).await,
        (Err(refusal), _) => return Err(refusal.into()),
        (Ok(Changed::Done(clock)), _) if id.is_some() => (StatusCode::OK, clock),
        (Ok(Changed::Done(clock)), _) => (StatusCode::CREATED, clock),
        (Ok(Changed::OnItsWay), _) => {
            let clock = id.and_then(|id| engine.clock(application, id)).ok_or_else(ApiError::not_found)?;
            (StatusCode::ACCEPTED, clock)
        }
    };
    let rendered = written(&call.web, status, clock).ok_or_else(unexpected)?;
    // A clock is shown with what it shows by then: what is answered now is what asking again is answered.
    if let Some(named) = named {
        engine.amend_mark(&named.id, &rendered).await?;
    }
    Ok(answered(rendered))
}

/// A sandbox application: live ones have people in them, whose time nobody sets.
fn sandbox(call: &Call) -> Result<ApplicationId, ApiError> {
    let (application, _) = call.server()?;
    let mode = call.web.engine.house().application(application).map(|one| one.mode);
    if mode == Some(Mode::Sandbox) {
        return Ok(application);
    }
    Err(ApiError::new(Code::AccessDenied).detailed("Test clocks are for sandbox applications alone."))
}

fn named(clock: &str, call: &Call) -> Result<(ApplicationId, ClockId), ApiError> {
    let application = sandbox(call)?;
    let id = ClockId::parse(clock)
        .ok_or_else(|| ApiError::not_valid("Test clock ID value is not valid", "clockId"))?;
    Ok((application, id))
}

fn list(call: &Call) -> Answer {
    let application = sandbox(call)?;
    call.unfiltered()?;
    let mut data = Vec::new();
    for clock in call.web.engine.clocks(application) {
        data.push(ClockShown::new(&call.web, call.web.engine.clock_view(clock)?));
    }
    let own = call.web.url("/test_clocks");
    Ok(json(StatusCode::OK, &List { kind: "list", count: data.len(), data, links: SelfLink { own } }))
}

const UNREADABLE: &str = "Posted test clock is not in valid format.";

/// What a partner says of a new clock.
#[derive(Default, Deserialize)]
struct Posted {
    name: Option<String>,
    now: Option<String>,
    running: Option<bool>,
}

async fn create(call: &mut Call) -> Answer {
    let application = sandbox(call)?;
    let posted = call.body.json::<Posted>(UNREADABLE).await?.unwrap_or_default();
    let at = posted.now.map(|text| moment(&text, "now")).transpose()?;
    let new = NewClock {
        application,
        name: posted.name.unwrap_or_default(),
        at,
        runs: posted.running.unwrap_or_default(),
    };
    ask_once(call, Ask::Create(new)).await
}

/// Where an advance leads: one of both.
#[derive(Default, Deserialize)]
struct PostedWay {
    to: Option<String>,
    by: Option<String>,
}

async fn way(call: &mut Call) -> Result<Way, ApiError> {
    let posted = call.body.json::<PostedWay>(UNREADABLE).await?.unwrap_or_default();
    match (posted.to, posted.by) {
        (Some(to), None) => moment(&to, "to").map(Way::To),
        (None, Some(by)) => parse_span(&by).map(Way::By).ok_or_else(|| {
            ApiError::not_valid("A span is digits and one of ms, s, m, h, d, such as 7d.", "by")
        }),
        (None, None) => {
            Err(ApiError::not_supplied("One of 'to' or 'by' is required.", Source::parameter("by")))
        }
        (Some(_), Some(_)) => Err(ApiError::not_valid("Only one of 'to' and 'by' can be given.", "by")),
    }
}

fn moment(text: &str, member: &'static str) -> Result<UnixMillis, ApiError> {
    let read = chrono::DateTime::parse_from_rfc3339(text).map(|at| UnixMillis(at.timestamp_millis()));
    read.map_err(|_| ApiError::not_valid("An instant is like 2026-03-01T09:00:00Z.", member))
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::not_found(),
            Refusal::TooMany => Self::new(Code::AccessDenied)
                .detailed(format!("Limit reached: an application has at most {CLOCKS_MAX} test clocks.")),
            Refusal::Name => Self::not_valid("Name is too long, or has line breaks.", "name"),
            Refusal::At => Self::not_valid("A test clock shows the years 2000 to 2099.", "now"),
            Refusal::Clock(ClockFault::OnItsWay) => Self::new(Code::NotPossibleNow)
                .detailed("The test clock is advancing: wait until its status is ready."),
            Refusal::Clock(ClockFault::Backward) => Self::not_valid("A test clock goes forward only.", "to"),
            Refusal::Clock(ClockFault::TooFar) => {
                let days = ADVANCE_MAX.0 / 86_400_000;
                let detail = format!("A test clock advances {days} days at a time, and not past 2099.");
                Self::not_valid(detail, "by")
            }
            Refusal::Trouble(trouble) => trouble.into(),
        }
    }
}

fn written(web: &Web, status: StatusCode, clock: TestClock) -> Option<Rendered> {
    let view = web.engine.clock_view(clock).ok()?;
    rendered(status, &ClockShown::new(web, view))
}

fn shown(call: &Call, status: StatusCode, clock: TestClock) -> Answer {
    let view = call.web.engine.clock_view(clock).map_err(|_| unexpected())?;
    Ok(json(status, &ClockShown::new(&call.web, view)))
}

#[derive(Serialize)]
struct List {
    #[serde(rename = "type")]
    kind: &'static str,
    count: usize,
    data: Vec<ClockShown>,
    links: SelfLink,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockShown {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: String,
    status: &'static str,
    running: bool,
    now: String,
    target: Option<String>,
    next_deadline: Option<String>,
    users: usize,
    created: String,
    links: SelfLink,
}

impl ClockShown {
    fn new(web: &Web, view: ClockView) -> Self {
        let ClockView { clock, now, next_deadline, users } = view;
        Self {
            kind: "test-clock",
            id: clock.id.to_string(),
            status: if clock.target.is_some() { "advancing" } else { "ready" },
            running: clock.runs_since.is_some(),
            now: now.rfc3339_millis(),
            target: clock.target.map(UnixMillis::rfc3339_millis),
            next_deadline: next_deadline.map(UnixMillis::rfc3339_millis),
            users,
            created: clock.created.rfc3339(),
            links: SelfLink { own: web.url(&format!("/test_clocks/{}", clock.id)) },
            name: clock.name,
        }
    }
}
