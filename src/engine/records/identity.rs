//! Who a person is, as an institution knows them: a row beside the accounts, sealed as they are.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::account::{Identity, IdentityFacts, OrganisationFacts, PostalAddress};
use crate::domain::institution::InstitutionId;
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};

/// What stands under an identity's key, first schema: the sealed [`PersonIdentityBodyV1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonIdentityV1(Vec<u8>);

impl Record for PersonIdentityV1 {
    const KIND: u8 = b'I';
    const SCHEMA: u8 = 1;
}

/// An identity, first schema; its key holds its name and its connection's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PersonIdentityBodyV1 {
    institution: [u8; 7],
    updated: i64,
    /// The whole name, then first, middle and last.
    names: [String; 4],
    phone_numbers: Vec<String>,
    email_addresses: Vec<String>,
    addresses: Vec<PostalAddressV1>,
    organisation: Option<OrganisationV1>,
}

impl Record for PersonIdentityBodyV1 {
    const KIND: u8 = b'i';
    const SCHEMA: u8 = 1;
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PostalAddressV1 {
    lines: [String; 3],
    postcode: String,
    city: String,
    state: String,
    country: String,
    country_code: String,
    formatted: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OrganisationV1 {
    business_name: String,
    legal_name: String,
    abn: String,
    acn: String,
    organisation_type: String,
    industry_code: String,
    registered_country: String,
    agent_role: String,
}

pub(super) fn encode(
    identity: &Identity,
    row_key: &[u8],
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let sealed = seal::seal(&PersonIdentityBodyV1::from(identity), row_key, key, nonce)?;
    Ok(codec::encode(0, &PersonIdentityV1(sealed))?)
}

/// Reads the identity of a row.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(row_key: &[u8], value: &[u8], key: &DataKey) -> Result<Identity, RecordError> {
    let (reading, id) = key::read_identity(row_key).ok_or(RecordError::Key)?;
    let (_, PersonIdentityV1(sealed)) = codec::decode::<PersonIdentityV1>(value)?;
    let body: PersonIdentityBodyV1 = seal::open(&sealed, row_key, key)?;
    let [full_name, first_name, middle_name, last_name] = body.names;
    Ok(Identity {
        id,
        connection: reading.connection,
        institution: InstitutionId(body.institution),
        updated: UnixMillis(body.updated),
        facts: IdentityFacts {
            full_name,
            first_name,
            middle_name,
            last_name,
            phone_numbers: body.phone_numbers,
            email_addresses: body.email_addresses,
            addresses: body.addresses.into_iter().map(PostalAddressV1::into_address).collect(),
            organisation: body.organisation.map(OrganisationV1::into_organisation),
        },
    })
}

impl From<&Identity> for PersonIdentityBodyV1 {
    fn from(identity: &Identity) -> Self {
        let facts = identity.facts.clone();
        Self {
            institution: identity.institution.0,
            updated: identity.updated.0,
            names: [facts.full_name, facts.first_name, facts.middle_name, facts.last_name],
            phone_numbers: facts.phone_numbers,
            email_addresses: facts.email_addresses,
            addresses: facts.addresses.into_iter().map(PostalAddressV1::from).collect(),
            organisation: facts.organisation.map(OrganisationV1::from),
        }
    }
}

impl From<PostalAddress> for PostalAddressV1 {
    fn from(address: PostalAddress) -> Self {
        let PostalAddress { lines, postcode, city, state, country, country_code, formatted } = address;
        Self { lines, postcode, city, state, country, country_code, formatted }
    }
}

impl PostalAddressV1 {
    fn into_address(self) -> PostalAddress {
        let Self { lines, postcode, city, state, country, country_code, formatted } = self;
        PostalAddress { lines, postcode, city, state, country, country_code, formatted }
    }
}

impl From<OrganisationFacts> for OrganisationV1 {
    fn from(facts: OrganisationFacts) -> Self {
        Self {
            business_name: facts.business_name,
            legal_name: facts.legal_name,
            abn: facts.abn,
            acn: facts.acn,
            organisation_type: facts.organisation_type,
            industry_code: facts.industry_code,
            registered_country: facts.registered_country,
            agent_role: facts.agent_role,
        }
    }
}

impl OrganisationV1 {
    fn into_organisation(self) -> OrganisationFacts {
        OrganisationFacts {
            business_name: self.business_name,
            legal_name: self.legal_name,
            abn: self.abn,
            acn: self.acn,
            organisation_type: self.organisation_type,
            industry_code: self.industry_code,
            registered_country: self.registered_country,
            agent_role: self.agent_role,
        }
    }
}
