//! `/users` (contract section 2.1): a person as the partner describes them. Must not know: which
//! profiles are good.

use super::once::rendered;
use super::view::{Reference, path};
use super::{Asker, Call, OnUser, call, unexpected};
use crate::domain::command::{Command, Reply, UserView};
use crate::domain::id::{AccountId, ClockId, UserId};
use crate::domain::mobile::Mobile;
use crate::domain::profile::{Address, Profile, ProfileChanges};
use crate::engine::mark::Rendered;
use crate::http::error::{Answer, ApiError, Source};
use crate::http::{Response, Web, json, no_content};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let all = warp::path!("users").and(call(web.clone())).then(|mut call: Call| async move {
        let answer = create(&mut call).await;
        call.finish(answer).await
    });
    let one = warp::path!("users" / String).and(call(web.clone())).then(
        |user: String, mut call: Call| async move {
            let answer = on_user(&user, &mut call).await;
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed().or(without_id(web)).unify().boxed()
}

/// What stands in a path before an id, what that id is called, and as a parameter.
const NAMED: [(&str, &str, &str); 5] = [
    ("users", "User ID not supplied", "userId"),
    ("connections", "Connection ID not supplied", "connectionId"),
    ("accounts", "Account ID not supplied", "accountId"),
    ("transactions", "Transaction ID not supplied", "transactionId"),
    ("jobs", "Job ID not supplied", "jobId"),
];

/// Which id is missing in the middle of a path. One at its end is none: that is a list, with a slash behind it.
/// Jobs are listed nowhere but with their user.
fn missing(path: &str) -> Option<(&'static str, &'static str)> {
    let mut segments = path.strip_prefix('/')?.split('/').peekable();
    let mut before = segments.next().filter(|first| ["users", "jobs"].contains(first))?;
    let is_list = before == "users";
    while let Some(segment) = segments.next() {
        if segment.is_empty() && (segments.peek().is_some() || !is_list) {
            let named = NAMED.into_iter().find(|(word, ..)| *word == before)?;
            return Some((named.1, named.2));
        }
        before = segment;
    }
    None
}

/// `/users//…` and the like: the caller's variable was empty, and it is told so (contract section 3.3).
fn without_id(web: Web) -> BoxedFilter<(Response,)> {
    let find = |path: FullPath| async move { missing(path.as_str()).ok_or_else(warp::reject::not_found) };
    let answer = |(detail, parameter): (&'static str, &'static str), call: Call| async move {
        let missing = ApiError::not_supplied(detail, Source::parameter(parameter));
        let answer = call.allowed(Asker::ServerOrOwn).and_then(|_| Err(missing));
        call.finish(answer).await
    };
    warp::path::full().and_then(find).and(call(web)).then(answer).boxed()
}

async fn create(call: &mut Call) -> Answer {
    if call.method != Method::POST {
        return Err(ApiError::method_not_allowed("POST, OPTIONS"));
    }
    let (_, caller) = call.server()?;
    let (changes, clock) = posted(call).await?;
    if let Some(clock) = clock {
        call.web.engine.count_clock_members(clock)?;
    }
    let user = UserId(call.web.engine.draw()?.uuid());
    let command = Command::CreateUser(Box::new(changes), clock);
    call.once(user, caller, command, |web, reply| head(StatusCode::CREATED, web, reply)).await
}

async fn on_user(user: &str, call: &mut Call) -> Answer {
    match call.method {
        Method::GET => get(user, call).await,
        Method::POST => update(user, call).await,
        Method::DELETE => delete(user, call).await,
        _ => Err(ApiError::method_not_allowed("GET, HEAD, POST, DELETE, OPTIONS")),
    }
}

async fn get(user: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::ServerOrOwn)?;
    let view = seen(call.ask(on.user, on.caller, Command::GetUser).await?)?;
    let accounts = accounts(&on, call).await?;
    Ok(json(StatusCode::OK, &WholeUser::new(&call.web, &view, &accounts)))
}

/// The accounts that are shown, those that were read last first: also those of deleted connections.
async fn accounts(on: &OnUser, call: &Call) -> Result<Vec<AccountId>, ApiError> {
    let Reply::Connections(sources) = call.ask(on.user, on.caller, Command::ListSources).await? else {
        return Err(unexpected());
    };
    let mut seen = BTreeSet::new();
    let all = sources.into_iter().flat_map(|source| source.accounts);
    Ok(all.filter(|id| seen.insert(*id)).collect())
}

async fn update(user: &str, call: &mut Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    let (changes, clock) = posted(call).await?;
    if clock.is_some() {
        return Err(ApiError::not_valid("A test clock is chosen when the user is made.", "testClock"));
    }
    let command = Command::UpdateUser(Box::new(changes));
    call.once(on.user, on.caller, command, |web, reply| head(StatusCode::OK, web, reply)).await
}

async fn delete(user: &str, call: &Call) -> Answer {
    let on = call.on_user(user, Asker::Server)?;
    call.ask(on.user, on.caller, Command::DeleteUser).await?;
    Ok(no_content())
}

fn head(status: StatusCode, web: &Web, reply: &Reply) -> Option<Rendered> {
    match reply {
        Reply::User(view) => {
            rendered(status, &UserHead::new(web, view.id, &view.profile).living_by(view.clock))
        }
        _ => None,
    }
}

fn seen(reply: Reply) -> Result<UserView, ApiError> {
    if let Reply::User(view) = reply { Ok(*view) } else { Err(unexpected()) }
}

const UNREADABLE: &str = "Posted user is not in valid format.";

/// What is said of the person, and the test clock that they are to live by: a member of ours alone.
async fn posted(call: &mut Call) -> Result<(ProfileChanges, Option<ClockId>), ApiError> {
    let posted = call.body.json::<PostedUser>(UNREADABLE).await?;
    let posted = posted.ok_or_else(|| ApiError::unreadable(UNREADABLE))?;
    let wrong = || ApiError::not_valid("Test clock ID value is not valid", "testClock");
    let clock = posted.test_clock.as_ref().map(|text| ClockId::parse(text).ok_or_else(wrong)).transpose()?;
    Ok((posted.changes(), clock))
}

/// The members that a partner may send. What is absent or null stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedUser {
    email: Option<String>,
    mobile: Option<String>,
    first_name: Option<String>,
    middle_name: Option<String>,
    last_name: Option<String>,
    business_name: Option<String>,
    business_id_no: Option<String>,
    business_id_no_type: Option<String>,
    business_address: Option<PostedAddress>,
    verification_status: Option<bool>,
    verification_date: Option<String>,
    test_clock: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostedAddress {
    address_line1: Option<String>,
    address_line2: Option<String>,
    suburb: Option<String>,
    state: Option<String>,
    postcode: Option<String>,
    country_code: Option<String>,
}

impl PostedUser {
    fn changes(self) -> ProfileChanges {
        ProfileChanges {
            email: self.email,
            mobile: self.mobile,
            first_name: self.first_name,
            middle_name: self.middle_name,
            last_name: self.last_name,
            business_name: self.business_name,
            business_number: self.business_id_no,
            business_number_type: self.business_id_no_type,
            business_address: self.business_address.map(PostedAddress::address),
            verification_status: self.verification_status,
            verification_date: self.verification_date,
        }
    }
}

impl PostedAddress {
    fn address(self) -> Address {
        Address {
            line_1: self.address_line1.unwrap_or_default(),
            line_2: self.address_line2.unwrap_or_default(),
            suburb: self.suburb.unwrap_or_default(),
            state: self.state.unwrap_or_default(),
            postcode: self.postcode.unwrap_or_default(),
            country_code: self.country_code.unwrap_or_default(),
        }
    }
}

/// The person's members as the wire has them: names are there when they are empty, the rest is not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    email: &'a str,
    mobile: String,
    first_name: &'a str,
    middle_name: &'a str,
    last_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    business_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    business_id_no: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    business_id_no_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_address: Option<AddressView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_status: Option<bool>,
    #[serde(skip_serializing_if = "str::is_empty")]
    verification_date: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressView<'a> {
    address_line1: &'a str,
    address_line2: &'a str,
    suburb: &'a str,
    state: &'a str,
    postcode: &'a str,
    country_code: &'a str,
}

impl<'a> Members<'a> {
    fn new(profile: &'a Profile) -> Self {
        let address = &profile.business.address;
        let view = AddressView {
            address_line1: &address.line_1,
            address_line2: &address.line_2,
            suburb: &address.suburb,
            state: &address.state,
            postcode: &address.postcode,
            country_code: &address.country_code,
        };
        Self {
            email: &profile.email,
            mobile: profile.mobile.as_ref().map(Mobile::e164).unwrap_or_default(),
            first_name: &profile.first_name,
            middle_name: &profile.middle_name,
            last_name: &profile.last_name,
            business_name: &profile.business.name,
            business_id_no: &profile.business.number,
            business_id_no_type: &profile.business.number_type,
            business_address: (*address != Address::default()).then_some(view),
            verification_status: profile.verification_status,
            verification_date: &profile.verification_date,
        }
    }
}

/// A user as it comes back when it was written, and in events.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserHead<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    #[serde(flatten)]
    members: Members<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_clock: Option<String>,
    links: SelfLink,
}

/// The links of something that has no others.
#[derive(Serialize)]
pub(super) struct SelfLink {
    /// Its URL.
    #[serde(rename = "self")]
    pub(super) own: String,
}

impl<'a> UserHead<'a> {
    /// The user's head.
    pub(super) fn new(web: &Web, id: UserId, profile: &'a Profile) -> Self {
        let links = SelfLink { own: web.url(&format!("/users/{id}")) };
        let (id, members) = (id.to_string(), Members::new(profile));
        Self { kind: "user", id, members, test_clock: None, links }
    }

    /// With the test clock that the user lives by.
    fn living_by(self, clock: Option<ClockId>) -> Self {
        Self { test_clock: clock.map(|clock| clock.to_string()), ..self }
    }
}

/// A user as it is read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeUser<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    /// A member of old that is always empty.
    name: &'static str,
    #[serde(flatten)]
    members: Members<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_clock: Option<String>,
    connections: Embedded,
    accounts: Embedded,
    links: UserLinks,
}

/// What is shown of a user's connections and accounts.
#[derive(Serialize)]
struct Embedded {
    #[serde(rename = "type")]
    kind: &'static str,
    count: usize,
    data: Vec<Reference>,
}

impl Embedded {
    const fn new(data: Vec<Reference>) -> Self {
        Self { kind: "list", count: data.len(), data }
    }
}

#[derive(Serialize)]
struct UserLinks {
    #[serde(rename = "self")]
    own: String,
    auth_link: Option<String>,
    accounts: String,
    connections: String,
    transactions: String,
}

impl<'a> WholeUser<'a> {
    fn new(web: &Web, view: &'a UserView, accounts: &[AccountId]) -> Self {
        let (settings, user) = (&web.settings, view.id);
        let connections = view.connections.iter();
        let own = settings.url(&path::user(user));
        Self {
            kind: "user",
            id: view.id.to_string(),
            name: "",
            members: Members::new(&view.profile),
            test_clock: view.clock.map(|clock| clock.to_string()),
            connections: Embedded::new(
                connections.map(|one| Reference::connection(settings, user, one.id)).collect(),
            ),
            accounts: Embedded::new(
                accounts.iter().map(|id| Reference::account(settings, user, *id)).collect(),
            ),
            links: UserLinks {
                auth_link: view.has_link.then(|| format!("{own}/auth_link")),
                accounts: settings.url(&path::accounts(user)),
                connections: settings.url(&path::connections(user)),
                transactions: settings.url(&path::transactions(user)),
                own,
            },
        }
    }
}
