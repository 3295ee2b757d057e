//! `/institutions` (contract section 2.6): the older, flat form of a connector by the `web` method. Links
//! of connections and accounts point here. Must not know: how an institution is reached.

use super::connectors::{
    COUNTRY, Door, EQ_NE_IN, KIND, LOGIN_ID_CAPTION, List, PASSWORD_CAPTION, STAGE, STATUS, TIER, filter,
    found, is_authorization, is_country, is_kind, is_stage, is_status, is_tier, offered, property,
};
use super::filter::Property;
use super::users::SelfLink;
use super::view::connector::{Logo, Stats};
use super::{Call, call};
use crate::domain::institution::{Connector, Institution, Method};
use crate::http::error::Answer;
use crate::http::{Response, Web, json};
use http::StatusCode;
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The way of connecting that this form knows.
const METHOD: &str = Method::Web.word();

/// What people call the service that they sign in to.
const SERVICE_NAME: &str = "Online Banking";
const SERVICE_KIND: &str = "Personal Banking";

/// What institutions are filtered by (contract section 4.3). What a connector may be (`active`), where
/// data comes from and which services there are is no closed set: any word may be asked for.
const PROPERTIES: &[Property<Institution>] = &[
    property("institution.stage", EQ_NE_IN, is_stage, |_| vec![STAGE]),
    property("institution.status", EQ_NE_IN, is_status, |_| vec![STATUS]),
    property("institution.connectorStatus", EQ_NE_IN, |_| true, |_| vec!["active"]),
    property("institution.country", EQ_NE_IN, is_country, |_| vec![COUNTRY]),
    property("institution.tier", EQ_NE_IN, is_tier, |_| vec![TIER]),
    property("institution.institutionType", EQ_NE_IN, is_kind, |_| vec![KIND]),
    property("institution.serviceType", EQ_NE_IN, |_| true, |_| vec![SERVICE_KIND]),
    property("institution.authorization", EQ_NE_IN, is_authorization, |one| vec![one.authorization.word()]),
    property("institution.openBankingSource", EQ_NE_IN, |_| true, |_| vec![METHOD]),
];

/// The routes of this group.
pub fn routes(web: &Web) -> BoxedFilter<(Response,)> {
    let partner = warp::any().map(|| Door::Partner).boxed();
    let public = warp::path("public").map(|| Door::Public).boxed();
    let door = public.or(partner).unify().boxed();
    let all = door.clone().and(warp::path!("institutions")).and(call(web.clone())).then(
        |door: Door, call: Call| async move {
            let answer = list(&call, door);
            call.finish(answer).await
        },
    );
    let one = door.and(warp::path!("institutions" / String)).and(call(web.clone())).then(
        |door: Door, id: String, call: Call| async move {
            let answer = found(&call, door, &id)
                .map(|one| json(StatusCode::OK, &InstitutionView::new(&call.web, one)));
            call.finish(answer).await
        },
    );
    all.boxed().or(one.boxed()).unify().boxed()
}

fn list(call: &Call, door: Door) -> Answer {
    let (offered, filter) = (offered(call, door)?, filter(call, PROPERTIES)?);
    let wanted = offered.iter().filter(|one| filter.passes(one));
    let data = wanted.map(|one| InstitutionView::new(&call.web, one)).collect();
    Ok(json(StatusCode::OK, &List::new(data, call.web.url(&door.path("/institutions")))))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstitutionView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'static str,
    name: &'static str,
    short_name: &'static str,
    institution_type: &'static str,
    country: &'static str,
    service_name: &'static str,
    service_type: &'static str,
    authorization: &'static str,
    stage: &'static str,
    status: &'static str,
    tier: &'static str,
    login_id_caption: &'static str,
    password_caption: &'static str,
    features: Features,
    logo: Logo,
    stats: Stats,
    links: SelfLink,
}

/// By which methods something can be had.
type Methods = &'static [&'static str];

const BY_WEB: Methods = &[METHOD];
const BY_NONE: Methods = &[];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Features {
    login: Methods,
    mfa_challenge: Methods,
    accounts: AccountFeatures,
    transactions: TransactionFeatures,
    profile: ProfileFeatures,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountFeatures {
    account_holder: Methods,
    account_no: Methods,
    available_funds: Methods,
    balance: Methods,
    currency: Methods,
    last_updated: Methods,
    meta: Methods,
    name: Methods,
}

#[derive(Serialize)]
struct TransactionFeatures {
    amount: Methods,
    balance: Methods,
    class: Methods,
    date: Methods,
    description: Methods,
    status: Methods,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileFeatures {
    email_addresses: Methods,
    first_name: Methods,
    full_name: Methods,
    last_name: Methods,
    middle_name: Methods,
    phone_numbers: Methods,
    physical_addresses: Methods,
}

impl Features {
    const fn of(institution: &Institution) -> Self {
        Self {
            login: BY_WEB,
            mfa_challenge: if institution.authorization.may_challenge() { BY_WEB } else { BY_NONE },
            accounts: AccountFeatures {
                account_holder: BY_WEB,
                account_no: BY_WEB,
                available_funds: BY_WEB,
                balance: BY_WEB,
                currency: BY_WEB,
                last_updated: BY_WEB,
                meta: BY_WEB,
                name: BY_WEB,
            },
            transactions: TransactionFeatures {
                amount: BY_WEB,
                balance: BY_WEB,
                class: BY_WEB,
                date: BY_WEB,
                description: BY_WEB,
                status: BY_WEB,
            },
            profile: ProfileFeatures {
                email_addresses: BY_WEB,
                first_name: BY_WEB,
                full_name: BY_WEB,
                last_name: BY_WEB,
                middle_name: BY_WEB,
                phone_numbers: BY_WEB,
                physical_addresses: BY_WEB,
            },
        }
    }
}

impl InstitutionView {
    fn new(web: &Web, institution: &'static Institution) -> Self {
        let id = institution.id.as_str();
        Self {
            kind: "institution",
            id,
            name: institution.name,
            short_name: institution.short_name,
            institution_type: KIND,
            country: COUNTRY,
            service_name: SERVICE_NAME,
            service_type: SERVICE_KIND,
            authorization: institution.authorization.word(),
            stage: STAGE,
            status: STATUS,
            tier: TIER,
            login_id_caption: LOGIN_ID_CAPTION,
            password_caption: PASSWORD_CAPTION,
            features: Features::of(institution),
            logo: Logo::new(web, institution),
            stats: Stats::new(web, Connector { institution, method: Method::Web }),
            links: SelfLink { own: web.url(&format!("/institutions/{id}")) },
        }
    }
}
