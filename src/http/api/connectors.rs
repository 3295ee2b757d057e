//! `/connectors` (contract sections 2.6 and 9.5): an institution by one way to connect to it, for
//! partners and, under `/public`, for everybody. Must not know: how an institution is reached.

use super::filter::{Filter, Operator, Property};
use super::users::SelfLink;
use super::view::connector::ConnectorView;
use super::{Asker, Call, call};
use crate::domain::application::{Mode, Permission};
use crate::domain::institution::{Connector, Institution, InstitutionId, Method};
use crate::http::error::{Answer, ApiError, Code};
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::Serialize;
use warp::Filter as _;
use warp::filters::BoxedFilter;

/// What all institutions of the sandbox have in common (contract section 9.1).
pub(super) const STAGE: &str = "live";
pub(super) const STATUS: &str = "operational";

/// What stands in their place where a connector is described and nobody can connect by it yet: clients leave
/// such ones out of what they offer.
const STAGE_SHUT: &str = "alpha";
const STATUS_SHUT: &str = "under-maintenance";

pub(super) const KIND: &str = "Test Bank";
pub(super) const TIER: &str = "4";
pub(super) const COUNTRY: &str = "Australia";

/// What stands over the fields of a sign-in.
pub(super) const LOGIN_ID_CAPTION: &str = "Login ID";
pub(super) const PASSWORD_CAPTION: &str = "Password";

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

/// How far a connector is.
pub(super) const fn stage(connector: Connector) -> &'static str {
    if connector.is_open() { STAGE } else { STAGE_SHUT }
}

/// Whether it works.
pub(super) const fn status(connector: Connector) -> &'static str {
    if connector.is_open() { STATUS } else { STATUS_SHUT }
}

/// How one signs in.
pub(super) const fn authorization(connector: Connector) -> &'static str {
    match connector.method {
        Method::Web => connector.institution.authorization.word(),
        Method::OpenBanking => "other",
    }
}

/// A row of a table of properties.
pub(super) const fn property<T>(
    name: &'static str,
    operators: &'static [Operator],
    accepts: fn(&str) -> bool,
    values: fn(&T) -> Vec<&str>,
) -> Property<T> {
    Property { name, operators, accepts, values }
}

const EQ: &[Operator] = &[Operator::Eq];
const EQ_NE: &[Operator] = &[Operator::Eq, Operator::Ne];
pub(super) const EQ_NE_IN: &[Operator] = &[Operator::Eq, Operator::Ne, Operator::In];

/// What connectors are filtered by (contract section 4.3). Nothing here runs a browser: the engine is
/// the other one. It goes by two names.
const PROPERTIES: &[Property<Connector>] = &[
    property(
        "connector.id",
        EQ,
        |text| InstitutionId::parse(text).is_some(),
        |one| vec![one.institution.id.as_str()],
    ),
    property("connector.method", EQ, |word| METHODS.contains(&word), |one| one.method.words().to_vec()),
    property("connector.status", EQ_NE_IN, is_status, |one| vec![status(*one)]),
    property("connector.stage", EQ_NE_IN, is_stage, |one| vec![stage(*one)]),
    property("connector.scopes", EQ_NE_IN, |word| Permission::parse(word).is_some(), |one| scopes(*one)),
    property("connector.institution.country", EQ_NE_IN, is_country, |_| vec![COUNTRY]),
    property("connector.institution.tier", EQ_NE_IN, is_tier, |_| vec![TIER]),
    property("connector.institution.type", EQ_NE, is_kind, |_| vec![KIND]),
    property("connector.authorization.type", EQ_NE_IN, is_authorization, |one| vec![authorization(*one)]),
    property("connector.connectorEngine", EQ_NE, |word| ENGINES.contains(&word), |_| vec!["node"]),
    property("connector.connectorCategory", EQ_NE, |word| ENGINES.contains(&word), |_| vec!["node"]),
];

/// Which clusters of data can be had by it, as the wire calls them.
pub(super) fn scopes(connector: Connector) -> Vec<&'static str> {
    connector.scopes().iter().map(|permission| permission.text().scope).collect()
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
    let (claims, _) = call.allowed(Asker::ServerOrOwn)?;
    let application = house.application(claims.application);
    Ok(application.map_or(&[], |one| Institution::offered(house.institutions, one.mode)))
}

/// The filter that a caller gives for objects of one kind.
pub(super) fn filter<T>(call: &Call, properties: &[Property<T>]) -> Result<Filter<T>, ApiError> {
    Filter::read(call.query().one("filter")?.unwrap_or_default(), properties)
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
    let (offered, filter) = (offered(call, door)?, filter(call, PROPERTIES)?);
    let wanted = offered.iter().flat_map(Institution::connectors).filter(|one| filter.passes(one));
    let data = wanted.map(|one| ConnectorView::new(&call.web, one)).collect();
    Ok(json(StatusCode::OK, &List::new(data, call.web.url(&door.path("/connectors")))))
}

fn one(call: &Call, door: Door, id: &str, method: &str) -> Answer {
    let institution = found(call, door, id)?;
    let method = Method::parse(method).ok_or_else(unknown)?;
    let connector = institution.connectors().find(|one| one.method == method).ok_or_else(unknown)?;
    Ok(json(StatusCode::OK, &ConnectorView::new(&call.web, connector)))
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
