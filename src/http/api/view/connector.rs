//! A connector on the wire (contract section 2.6), and what an institution in the older form shares with it.

use crate::domain::institution::{Connector, Institution, Method, Registered};
use crate::engine::pace::Average;
use crate::http::api::connectors::{
    COUNTRY, KIND, LOGIN_ID_CAPTION, PASSWORD_CAPTION, TIER, authorization, scopes, stage, status,
};
use crate::http::api::users::SelfLink;
use crate::http::{Web, picture};
use serde::Serialize;

/// An institution by one way of connecting to it.
#[derive(Serialize)]
pub(in crate::http::api) struct ConnectorView {
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
    #[serde(flatten)]
    registered: Option<RegisteredView>,
    logo: Logo,
}

/// What the register of data holders says.
#[derive(Serialize)]
struct RegisteredView {
    #[serde(rename = "cdrFAQ")]
    faq: &'static str,
    #[serde(rename = "cdrEmail")]
    email: &'static str,
    #[serde(rename = "cdrPolicy")]
    policy: &'static str,
    #[serde(rename = "cdrProviderNumber")]
    provider_number: &'static str,
    abn: &'static str,
    acn: &'static str,
}

impl RegisteredView {
    const fn new(Registered { faq, email, policy, provider_number, abn, acn }: Registered) -> Self {
        Self { faq, email, policy, provider_number, abn, acn }
    }
}

#[derive(Serialize)]
struct AuthorizationView {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Captions>,
}

#[derive(Serialize)]
struct Captions {
    login_id_caption: &'static str,
    password_caption: &'static str,
}

/// How long things take there (contract section 2.6): nothing until this process has seen it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::api) struct Stats {
    average_duration_ms: Option<Durations>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Durations {
    verify_credentials: u64,
    retrieve_accounts: u64,
    retrieve_transactions: u64,
    /// What belongs to it comes with the accounts.
    retrieve_meta: u64,
    total: u64,
}

impl Stats {
    pub(in crate::http::api) fn new(web: &Web, connector: Connector) -> Self {
        let seen = web.engine.pace_of(connector.institution.id).filter(|_| connector.is_open());
        Self { average_duration_ms: seen.map(Durations::new) }
    }
}

impl Durations {
    const fn new(average: Average) -> Self {
        Self {
            verify_credentials: average.verify.0,
            retrieve_accounts: average.accounts.0,
            retrieve_transactions: average.transactions.0,
            retrieve_meta: 0,
            total: average.total().0,
        }
    }
}

/// The picture of an institution.
#[derive(Serialize)]
pub(in crate::http::api) struct Logo {
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
    pub(in crate::http::api) fn new(web: &Web, institution: &Institution) -> Self {
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
    pub(in crate::http::api) fn new(web: &Web, connector: Connector) -> Self {
        let Connector { institution, method } = connector;
        let id = institution.id.as_str();
        let by_form = method == Method::Web;
        Self {
            kind: "connector",
            id,
            method: method.word(),
            stage: stage(connector),
            status: status(connector),
            institution: InstitutionView {
                kind: KIND,
                name: institution.name,
                short_name: institution.short_name,
                tier: TIER,
                country: COUNTRY,
                registered: institution.registered.filter(|_| !by_form).map(RegisteredView::new),
                logo: Logo::new(web, institution),
            },
            scopes: scopes(connector),
            authorization: AuthorizationView {
                kind: authorization(connector),
                meta: by_form.then_some(Captions {
                    login_id_caption: LOGIN_ID_CAPTION,
                    password_caption: PASSWORD_CAPTION,
                }),
            },
            stats: Stats::new(web, connector),
            links: SelfLink { own: web.url(&format!("/connectors/{id}/{}", method.word())) },
        }
    }
}
