//! A connection on the wire (contract section 2.7): in lists, by itself with accounts and person, and in
//! events (contract section 7.2).

use super::account::AccountHead;
use super::{Reference, Shown, path};
use crate::domain::account::{Account, Identity, PostalAddress};
use crate::domain::connection::ConnectionView as Connection;
use crate::domain::id::UserId;
use crate::domain::workflow::Names as _;
use crate::http::Settings;
use crate::http::api::users::SelfLink;
use serde::Serialize;

/// How every institution that we reach is signed in to.
const METHOD: &str = "web";

/// Who looks. The person's own token does not see how the connection stands (contract section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// The partner's server.
    Partner,
    /// A token of the person.
    Person,
}

/// How it stands: for the partner's server.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Standing {
    status: &'static str,
    created_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
}

impl Standing {
    fn new(connection: &Connection) -> Self {
        Self {
            status: connection.state.name(),
            created_date: connection.created.rfc3339(),
            last_used: connection.last_used.map(crate::domain::time::UnixMillis::rfc3339),
        }
    }
}

/// A connection in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedConnection {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    method: &'static str,
    #[serde(flatten)]
    standing: Standing,
    /// Empty: such a connection ends with its consent alone.
    expiry_date: &'static str,
    institution: Reference,
    links: ListedLinks,
}

#[derive(Serialize)]
struct ListedLinks {
    #[serde(rename = "self")]
    own: String,
    institution: String,
    accounts: String,
    transactions: String,
}

impl ListedConnection {
    /// A connection of a person.
    pub fn new(settings: &Settings, user: UserId, connection: &Connection) -> Self {
        let institution = connection.institution;
        Self {
            kind: "connection",
            id: connection.id.to_string(),
            method: METHOD,
            standing: Standing::new(connection),
            expiry_date: "",
            institution: Reference::institution(settings, institution),
            links: ListedLinks {
                own: settings.url(&path::connection(user, connection.id)),
                institution: settings.url(&path::institution(institution)),
                accounts: settings.url(&path::accounts_at(user, institution)),
                transactions: settings.url(&path::transactions_at(user, institution)),
            },
        }
    }
}

/// A connection by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    method: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    standing: Option<Standing>,
    expiry_date: &'static str,
    institution: Reference,
    accounts: AccountHeads<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileView<'a>>,
    links: Links,
}

#[derive(Serialize)]
struct AccountHeads<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Vec<AccountHead<'a>>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    user: String,
    accounts: String,
    transactions: String,
}

/// A connection with what is shown by it.
pub struct Whole<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Its accounts.
    pub accounts: &'a [Account],
    /// Whose it is, as the institution knows them.
    pub identity: Option<&'a Identity>,
}

impl<'a> ConnectionView<'a> {
    /// A connection of a person, for these eyes.
    pub fn new(settings: &Settings, user: UserId, whole: &Whole<'a>, shown: Shown, eyes: Eyes) -> Self {
        let connection = whole.connection;
        let institution = connection.institution;
        let accounts = whole.accounts.iter();
        Self {
            kind: "connection",
            id: connection.id.to_string(),
            method: METHOD,
            standing: (eyes == Eyes::Partner).then(|| Standing::new(connection)),
            expiry_date: "",
            institution: Reference::institution(settings, institution),
            accounts: AccountHeads {
                kind: "list",
                data: accounts.map(|one| AccountHead::new(settings, user, one, shown)).collect(),
            },
            profile: whole.identity.filter(|_| shown.name).map(|one| ProfileView::new(one, shown)),
            links: Links {
                own: settings.url(&path::connection(user, connection.id)),
                user: settings.url(&path::user(user)),
                accounts: settings.url(&path::accounts_at(user, institution)),
                transactions: settings.url(&path::transactions_at(user, institution)),
            },
        }
    }
}

/// Who a connection belongs to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileView<'a> {
    full_name: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    middle_name: &'a str,
    phone_numbers: &'a [String],
    email_addresses: &'a [String],
    physical_addresses: Vec<AddressView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressView<'a> {
    address_line1: &'a str,
    address_line2: Option<&'a str>,
    address_line3: Option<&'a str>,
    postcode: &'a str,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    country_code: &'a str,
    formatted_address: &'a str,
}

impl<'a> ProfileView<'a> {
    /// How to reach the person is left out where only the name was agreed to.
    fn new(identity: &'a Identity, shown: Shown) -> Self {
        let facts = &identity.facts;
        let contact = |all: &'a [String]| if shown.contact { all } else { &[] };
        let addresses = facts.addresses.iter().filter(|_| shown.contact);
        Self {
            full_name: &facts.full_name,
            first_name: &facts.first_name,
            last_name: &facts.last_name,
            middle_name: &facts.middle_name,
            phone_numbers: contact(&facts.phone_numbers),
            email_addresses: contact(&facts.email_addresses),
            physical_addresses: addresses.map(AddressView::new).collect(),
        }
    }
}

impl<'a> AddressView<'a> {
    fn new(address: &'a PostalAddress) -> Self {
        let [first, second, third] = &address.lines;
        let line = |text: &'a String| (!text.is_empty()).then_some(text.as_str());
        Self {
            address_line1: first,
            address_line2: line(second),
            address_line3: line(third),
            postcode: &address.postcode,
            city: &address.city,
            state: &address.state,
            country: &address.country,
            country_code: &address.country_code,
            formatted_address: &address.formatted,
        }
    }
}

/// A connection as it stood when something happened to it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionThen {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    #[serde(flatten)]
    standing: Standing,
    mfa_enabled: bool,
    institution: Reference,
    links: ThenLinks,
}

#[derive(Serialize)]
struct ThenLinks {
    #[serde(rename = "self")]
    own: String,
    accounts: String,
    transactions: String,
}

impl ConnectionThen {
    /// The connection of a person, as an event has it.
    pub fn new(settings: &Settings, user: UserId, connection: &Connection) -> Self {
        let institution = connection.institution;
        Self {
            kind: "connection",
            id: connection.id.to_string(),
            standing: Standing::new(connection),
            mfa_enabled: connection.is_challenged,
            institution: Reference::institution(settings, institution),
            links: ThenLinks {
                own: settings.url(&path::connection(user, connection.id)),
                accounts: settings.url(&path::accounts_at(user, institution)),
                transactions: settings.url(&path::transactions_at(user, institution)),
            },
        }
    }
}

/// New transactions, as an event has them.
#[derive(Serialize)]
pub struct NewTransactions {
    #[serde(rename = "type")]
    kind: &'static str,
    connection: Reference,
    /// How many, as text: clients know it so.
    count: String,
    links: SelfLink,
}

impl NewTransactions {
    /// So many new ones through a connection of a person.
    pub fn new(settings: &Settings, user: UserId, connection: &Connection, new: u32) -> Self {
        Self {
            kind: "transactions",
            connection: Reference::connection(settings, user, connection.id),
            count: new.to_string(),
            links: SelfLink { own: settings.url(&path::transactions_by(user, connection.id)) },
        }
    }
}
