//! `/connectors` (contract sections 2.6 and 9.5): an institution by one way to connect to it, for
//! partners and, under `/public`, for everybody. Must not know: how an institution is reached.

use super::filter::{Filter, Operator, Property};
use super::users::SelfLink;
use super::{Access, Call, call};
use crate::domain::application::{Mode, Permission};
use crate::domain::institution::{Institution, InstitutionId};
use crate::http::body::Form;
use crate::http::error::{Answer, ApiError, Code};
use crate::http::{Response, Web, json, picture};
use http::StatusCode;
use serde::Serialize;
use warp::Filter as _;
use warp::filters::BoxedFilter;

/// The one way to connect that there is so far.
pub(super) const METHOD: &str = "web";

/// What all institutions of the sandbox have in common (contract section 9.1).
pub(super) const STAGE: &str = "live";
pub(super) const STATUS: &str = "operational";
pub(super) const KIND: &str = "Test Bank";
pub(super) const TIER: &str = "4";
pub(super) const COUNTRY: &str = "Australia";

/// What stands over the fields of a sign-in.
pub(super) const LOGIN_ID_CAPTION: &str = "Login ID";
pub(super) const PASSWORD_CAPTION: &str = "Password";

/// What can be read at an institution of the sandbox.
const SCOPES: [Permission; 6] = [
    Permission::PersonBasic,
    Permission::PersonDetail,
    Permission::OrganisationBasic,
    Permission::AccountBasic,
    Permission::AccountDetail,
    Permission::TransactionDetail,
];

const METHODS: [&str; 5] = ["web", "openbanking", "open-banking", "pdf", "csv"];
const ENGINES: [&str; 2] = ["chrome", "node"];
const STAGES: [&str; 3] = ["live", "beta", "alpha"];
const STATUSES: [&str; 6] = [
    "operational",
    "degraded-performance",
    "partial-outage",
    "major-outage",
    "under-maintenance",
    "under-improvement",
];
const COUNTRIES: [&str; 2] = ["Australia", "New Zealand"];
const TIERS: [&str; 4] = ["1", "2", "3", "4"];
const AUTHORIZATIONS: [&str; 5] = ["user", "token", "other", "user-mfa", "user-mfa-intermittent"];
const KINDS: [&str; 8] = [
    "Bank",
    "Bank (Foreign)",
    "Test Bank",
    "Credit Union",
    "Financial Services",
    "Superannuation",
    "Building Society",
    "Government",
];

pub(super) fn is_stage(word: &str) -> bool {
    STAGES.contains(&word)
}

pub(super) fn is_status(word: &str) -> bool {
    STATUSES.contains(&word)
}

pub(super) fn is_country(word: &str) -> bool {
    COUNTRIES.contains(&word)
}

pub(super) fn is_tier(word: &str) -> bool {
    TIERS.contains(&word)
}

pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

pub(super) fn is_authorization(word: &str) -> bool {
    AUTHORIZATIONS.contains(&word)
}

/// A row of a table of properties.
pub(super) const fn property(
    name: &'static str,
    operators: &'static [Operator],
    accepts: fn(&str) -> bool,
    values: fn(&Institution) -> Vec<&str>,
) -> Property<Institution> {
    Property { name, operators, accepts, values }
}

const EQ: &[Operator] = &[Operator::Eq];
const EQ_NE: &[Operator] = &[Operator::Eq, Operator::Ne];
pub(super) const EQ_NE_IN: &[Operator] = &[Operator::Eq, Operator::Ne, Operator::In];

/// What connectors are filtered by (contract section 4.3). Nothing here runs a browser: the engine is
/// the other one. It goes by two names.
const PROPERTIES: &[Property<Institution>] = &[
    property("connector.id", EQ, |text| InstitutionId::parse(text).is_some(), |one| vec![one.id.as_str()]),
    property("connector.method", EQ, |word| METHODS.contains(&word), |_| vec![METHOD]),
    property("connector.status", EQ_NE_IN, is_status, |_| vec![STATUS]),
    property("connector.stage", EQ_NE_IN, is_stage, |_| vec![STAGE]),
    property("connector.scopes", EQ_NE_IN, |word| Permission::parse(word).is_some(), |_| scopes()),
    property("connector.institution.country", EQ_NE_IN, is_country, |_| vec![COUNTRY]),
    property("connector.institution.tier", EQ_NE_IN, is_tier, |_| vec![TIER]),
    property("connector.institution.type", EQ_NE, is_kind, |_| vec![KIND]),
    property("connector.authorization.type", EQ_NE_IN, is_authorization, |one| {
        vec![one.authorization.word()]
    }),
    property("connector.connectorEngine", EQ_NE, |word| ENGINES.contains(&word), |_| vec!["node"]),
    property("connector.connectorCategory", EQ_NE, |word| ENGINES.contains(&word), |_| vec!["node"]),
];

fn scopes() -> Vec<&'static str> {
    SCOPES.iter().map(|permission| permission.text().scope).collect()
}

/// By which door somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// With a token.
    Partner,
    /// Without one, under `/public`.
    Public,
}

impl Door {
    /// The whole path of what is `path` behind this door.
    pub(super) fn path(self, path: &str) -> String {
        match self {
            Self::Partner => path.to_owned(),
            Self::Public => format!("/public{path}"),
        }
    }
}

/// The routes of this group.
pub fn routes(web: &Web) -> BoxedFilter<(Response,)> {
    let partner = warp::any().map(|| Door::Partner).boxed();
    let public = warp::path("public").map(|| Door::Public).boxed();
    let door = public.or(partner).unify().boxed();
    let all = door.clone().and(warp::path!("connectors")).and(call(web.clone())).then(
        |door: Door, call: Call| async move {
            let answer = list(&call, door);
            call.finish(answer).await
        },
    );
    let one = door.and(warp::path!("connectors" / String / String)).and(call(web.clone())).then(
        |door: Door, id: String, method: String, call: Call| async move {
            let answer = one(&call, door, &id, &method);
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

/// What this caller may be shown.
pub(super) fn offered(call: &Call, door: Door) -> Result<&'static [Institution], ApiError> {
    call.only_get()?;
    let house = call.web.engine.house();
    if door == Door::Public {
        call.readable()?;
        return Ok(Institution::offered(house.institutions, Mode::Sandbox));
    }
    let (claims, _) = call.allowed(Access::ServerOrOwn)?;
    let application = house.application(claims.application);
    Ok(application.map_or(&[], |one| Institution::offered(house.institutions, one.mode)))
}

/// Those of the institutions that this caller asks for.
pub(super) fn wanted(
    call: &Call,
    door: Door,
    properties: &[Property<Institution>],
) -> Result<impl Iterator<Item = &'static Institution>, ApiError> {
    let offered = offered(call, door)?;
    let query = Form::parse(call.query.as_deref().unwrap_or_default().as_bytes());
    let filter = Filter::read(query.get("filter").unwrap_or_default(), properties)?;
    Ok(offered.iter().filter(move |one| filter.passes(one)))
}

/// The institution with that id, where this caller may be shown it.
pub(super) fn found(call: &Call, door: Door, id: &str) -> Result<&'static Institution, ApiError> {
    let all = offered(call, door)?;
    let id = InstitutionId::parse(id).ok_or_else(unknown)?;
    all.iter().find(|one| one.id == id).ok_or_else(unknown)
}

fn unknown() -> ApiError {
    ApiError::new(Code::ResourceNotFound).detailed("Requested institution does not exist.")
}

fn list(call: &Call, door: Door) -> Answer {
    let data = wanted(call, door, PROPERTIES)?.map(|one| ConnectorView::new(&call.web, one)).collect();
    Ok(json(StatusCode::OK, &List::new(data, call.web.url(&door.path("/connectors")))))
}

fn one(call: &Call, door: Door, id: &str, method: &str) -> Answer {
    let institution = found(call, door, id)?;
    if method != METHOD {
        return Err(unknown());
    }
    Ok(json(StatusCode::OK, &ConnectorView::new(&call.web, institution)))
}

/// A list that is not paged.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    total_count: usize,
    data: Vec<T>,
    links: SelfLink,
}

impl<T> List<T> {
    pub(super) fn new(data: Vec<T>, own: String) -> Self {
        Self { kind: "list", total_count: data.len(), data, links: SelfLink { own } }
    }
}

#[derive(Serialize)]
struct ConnectorView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'static str,
    method: &'static str,
    stage: &'static str,
    status: &'static str,
    institution: InstitutionView,
    scopes: Vec<&'static str>,
    authorization: AuthorizationView,
    stats: Stats,
    links: SelfLink,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstitutionView {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    short_name: &'static str,
    tier: &'static str,
    country: &'static str,
    logo: Logo,
}

#[derive(Serialize)]
struct AuthorizationView {
    #[serde(rename = "type")]
    kind: &'static str,
    meta: Captions,
}

#[derive(Serialize)]
struct Captions {
    login_id_caption: &'static str,
    password_caption: &'static str,
}

/// How long things take there; not known yet.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stats {
    average_duration_ms: Option<u64>,
}

/// The picture of an institution.
#[derive(Serialize)]
pub(super) struct Logo {
    #[serde(rename = "type")]
    kind: &'static str,
    colors: Colors,
    links: LogoLinks,
}

#[derive(Serialize)]
struct Colors {
    primary: &'static str,
}

#[derive(Serialize)]
struct LogoLinks {
    full: String,
    square: String,
}

impl Logo {
    pub(super) fn new(web: &Web, institution: &Institution) -> Self {
        Self {
            kind: "image",
            colors: Colors { primary: institution.colour },
            links: LogoLinks {
                full: web.url(&picture::full_path(institution.id)),
                square: web.url(&picture::square_path(institution.id)),
            },
        }
    }
}

impl ConnectorView {
    fn new(web: &Web, institution: &'static Institution) -> Self {
        let id = institution.id.as_str();
        Self {
            kind: "connector",
            id,
            method: METHOD,
            stage: STAGE,
            status: STATUS,
            institution: InstitutionView {
                kind: KIND,
                name: institution.name,
                short_name: institution.short_name,
                tier: TIER,
                country: COUNTRY,
                logo: Logo::new(web, institution),
            },
            scopes: scopes(),
            authorization: AuthorizationView {
                kind: institution.authorization.word(),
                meta: Captions { login_id_caption: LOGIN_ID_CAPTION, password_caption: PASSWORD_CAPTION },
            },
            stats: Stats::default(),
            links: SelfLink { own: web.url(&format!("/connectors/{id}/{METHOD}")) },
        }
    }
}
