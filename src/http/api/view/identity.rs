//! Who a person is to an institution, on the wire (contract section 2.11). What is not known, or was not
//! agreed to, is an empty text: clients know no absent members here.

use super::{Shown, path};
use crate::domain::account::{IdentityFacts, OrganisationFacts, PostalAddress};
use crate::domain::id::UserId;
use crate::engine::read::sources::Known;
use crate::http::Settings;
use serde::Serialize;

/// How every institution that we reach is signed in to.
const SOURCE: &str = "web";

/// An identity.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    created: String,
    updated: String,
    source: &'static str,
    #[serde(rename = "connectionID")]
    connection_id: String,
    #[serde(rename = "institutionID")]
    institution_id: String,
    full_name: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    middle_name: &'a str,
    /// No institution that we reach tells it, nor the next three.
    title: &'static str,
    #[serde(rename = "DOB")]
    born: &'static str,
    occupation_code: &'static str,
    occupation_code_version: &'static str,
    phone_numbers: &'a [String],
    email_addresses: &'a [String],
    physical_addresses: Vec<AddressView<'a>>,
    organisation: OrganisationView<'a>,
    links: Links,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    address_line1: &'a str,
    address_line2: &'a str,
    address_line3: &'a str,
    postcode: &'a str,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    country_code: &'a str,
    formatted_address: &'a str,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganisationView<'a> {
    agent_first_name: &'a str,
    agent_last_name: &'a str,
    agent_role: &'a str,
    business_name: &'a str,
    legal_name: &'a str,
    short_name: &'a str,
    abn: &'a str,
    acn: &'a str,
    #[serde(rename = "isACNCRegistered")]
    is_charity: bool,
    industry_code: &'a str,
    industry_code_version: &'a str,
    organisation_type: &'a str,
    registered_country: &'a str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    /// Called a job, and always a connection: clients know it so.
    job: String,
}

impl<'a> IdentityView<'a> {
    /// The identity of a person, as much of it as was agreed to.
    pub fn new(settings: &Settings, user: UserId, known: &'a Known, shown: Shown) -> Self {
        let Known { since, identity } = known;
        let facts = &identity.facts;
        let name = |text: &'a String| if shown.name { text.as_str() } else { "" };
        let contact = |all: &'a [String]| if shown.contact { all } else { &[] };
        let addresses = facts.addresses.iter().filter(|_| shown.contact);
        Self {
            kind: "identity",
            id: identity.id.to_string(),
            created: since.rfc3339_millis(),
            updated: identity.updated.rfc3339_millis(),
            source: SOURCE,
            connection_id: identity.connection.to_string(),
            institution_id: identity.institution.to_string(),
            full_name: name(&facts.full_name),
            first_name: name(&facts.first_name),
            last_name: name(&facts.last_name),
            middle_name: name(&facts.middle_name),
            title: "",
            born: "",
            occupation_code: "",
            occupation_code_version: "",
            phone_numbers: contact(&facts.phone_numbers),
            email_addresses: contact(&facts.email_addresses),
            physical_addresses: addresses.map(AddressView::new).collect(),
            organisation: OrganisationView::new(facts, shown),
            links: Links {
                own: settings.url(&path::identity(user, identity.id)),
                job: settings.url(&path::connection(user, identity.connection)),
            },
        }
    }
}

impl<'a> AddressView<'a> {
    fn new(address: &'a PostalAddress) -> Self {
        let [first, second, third] = &address.lines;
        Self {
            kind: "simple",
            address_line1: first,
            address_line2: second,
            address_line3: third,
            postcode: &address.postcode,
            city: &address.city,
            state: &address.state,
            country: &address.country,
            country_code: &address.country_code,
            formatted_address: &address.formatted,
        }
    }
}

impl<'a> OrganisationView<'a> {
    /// The person acts for it: their name is its agent's.
    fn new(facts: &'a IdentityFacts, shown: Shown) -> Self {
        let Some(organisation) = facts.organisation.as_ref().filter(|_| shown.organisation) else {
            return Self::default();
        };
        let OrganisationFacts {
            business_name,
            legal_name,
            abn,
            acn,
            organisation_type,
            industry_code,
            registered_country,
            agent_role,
        } = organisation;
        Self {
            agent_first_name: &facts.first_name,
            agent_last_name: &facts.last_name,
            agent_role,
            business_name,
            legal_name,
            abn,
            acn,
            industry_code,
            organisation_type,
            registered_country,
            ..Self::default()
        }
    }
}

/// All identities of a person: a list without links.
#[derive(Serialize)]
pub struct IdentityList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    count: usize,
    data: Vec<IdentityView<'a>>,
}

impl<'a> IdentityList<'a> {
    /// Identities of a person.
    pub fn new(settings: &Settings, user: UserId, all: &'a [Known], shown: Shown) -> Self {
        let data: Vec<_> = all.iter().map(|one| IdentityView::new(settings, user, one, shown)).collect();
        Self { kind: "list", count: data.len(), data }
    }
}
