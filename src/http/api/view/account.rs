//! An account on the wire (contract section 2.8), in its own list and within its connection.

use super::meta::MetaView;
use super::{Reference, Shown, path};
use crate::domain::account::{Account, AccountClass};
use crate::domain::day::Day;
use crate::domain::id::UserId;
use crate::domain::money::Money;
use crate::domain::workflow::Names as _;
use crate::http::Settings;
use serde::Serialize;
use std::borrow::Cow;

/// How many digits of a masked number can be read, and how long it must be that any can.
const MASKED_ENDING: usize = 4;
const MASKED_LENGTH_MIN: usize = 8;

/// The number, as much of it as may be shown. Of a card the institution itself masks it.
fn number(account: &Account, shown: Shown) -> Cow<'_, str> {
    let number = &account.facts.number;
    if shown.account_detail {
        return Cow::Borrowed(number);
    }
    let length = number.chars().count();
    let ending = if length < MASKED_LENGTH_MIN { 0 } else { MASKED_ENDING };
    let masked = number.chars().enumerate().map(|(at, one)| if at < length - ending { 'X' } else { one });
    Cow::Owned(masked.collect())
}

fn money(amount: Option<Money>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

/// What kind of account.
#[derive(Serialize)]
struct Class<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    product: &'a str,
}

impl<'a> Class<'a> {
    fn new(account: &'a Account) -> Self {
        Self { kind: account.facts.class.name(), product: &account.facts.product }
    }
}

/// An account within its connection.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountHead<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: &'a str,
    currency: &'a str,
    class: Class<'a>,
    account_no: Cow<'a, str>,
    available_funds: Option<String>,
    balance: Option<String>,
    last_updated: String,
    status: &'static str,
    links: HeadLinks,
}

#[derive(Serialize)]
struct HeadLinks {
    #[serde(rename = "self")]
    own: String,
    transactions: String,
}

impl<'a> AccountHead<'a> {
    /// The account of a person.
    pub fn new(settings: &Settings, user: UserId, account: &'a Account, shown: Shown) -> Self {
        Self {
            kind: "account",
            id: account.id.to_string(),
            name: &account.facts.name,
            currency: &account.facts.currency,
            class: Class::new(account),
            account_no: number(account, shown),
            available_funds: money(account.facts.available_funds),
            balance: money(account.facts.balance),
            last_updated: account.updated.rfc3339(),
            status: "available",
            links: HeadLinks {
                own: settings.url(&path::account(user, account.id)),
                transactions: settings.url(&path::transactions_of(user, account.id)),
            },
        }
    }
}

/// An account by itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    account_no: Cow<'a, str>,
    name: &'a str,
    currency: &'a str,
    class: Class<'a>,
    account_holder: Option<&'a str>,
    account_ownership: &'static str,
    is_owned: bool,
    balance: Option<String>,
    available_funds: Option<String>,
    credit_limit: Option<String>,
    status: &'static str,
    institution: String,
    connection: Through,
    last_updated: String,
    /// Rates, fees and terms, where they are shown and told.
    meta: Option<MetaView<'a>>,
    transaction_intervals: Vec<Interval>,
    links: Links,
}

/// Through which connection it is read: its name, and in events more.
#[derive(Serialize)]
#[serde(untagged)]
enum Through {
    Name(String),
    Reference(Box<Reference>),
}

#[derive(Serialize)]
struct Interval {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    transactions: String,
    institution: String,
    /// Always null: clients know it so.
    connection: Option<()>,
}

impl<'a> AccountView<'a> {
    /// The account of a person.
    pub fn new(settings: &Settings, user: UserId, account: &'a Account, shown: Shown) -> Self {
        let facts = &account.facts;
        let has_limit =
            matches!(facts.class, AccountClass::CreditCard | AccountClass::Loan | AccountClass::Mortgage);
        Self {
            kind: "account",
            id: account.id.to_string(),
            account_no: number(account, shown),
            name: &facts.name,
            currency: &facts.currency,
            class: Class::new(account),
            account_holder: facts.holder.as_deref(),
            account_ownership: facts.ownership.name(),
            is_owned: true,
            balance: money(facts.balance),
            available_funds: money(facts.available_funds),
            credit_limit: money(facts.credit_limit.filter(|_| has_limit)),
            status: "available",
            institution: account.institution.to_string(),
            connection: Through::Name(account.connection.to_string()),
            last_updated: account.updated.rfc3339(),
            meta: facts.terms.as_deref().filter(|_| shown.account_detail).map(MetaView::from),
            transaction_intervals: account.span.map(Interval::new).into_iter().collect(),
            links: Links {
                own: settings.url(&path::account(user, account.id)),
                transactions: settings.url(&path::transactions_of(user, account.id)),
                institution: settings.url(&path::institution(account.institution)),
                connection: None,
            },
        }
    }

    /// As it stands in an event: its number is masked there, whatever was agreed to, for events go further
    /// than accounts do.
    pub fn in_event(settings: &Settings, user: UserId, account: &'a Account) -> Self {
        let connection = Reference::connection(settings, user, account.connection);
        Self {
            connection: Through::Reference(Box::new(connection)),
            ..Self::new(settings, user, account, Shown::default())
        }
    }
}

impl Interval {
    fn new((from, to): (Day, Day)) -> Self {
        Self { from: from.to_string(), to: to.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::api::view::tests::account;

    #[test]
    fn a_number_is_whole_only_where_that_was_agreed_to() {
        let masked = |text: &str| {
            let mut account = account();
            account.facts.number = text.into();
            number(&account, Shown::default()).into_owned()
        };
        assert_eq!(masked("062001900044113"), "XXXXXXXXXXX4113");
        assert_eq!(masked("5000XXXXXXXX1234"), "XXXXXXXXXXXX1234");
        assert_eq!(masked("12345678"), "XXXX5678");
        assert_eq!(masked("1234567"), "XXXXXXX", "so few digits would say nearly all");
        assert_eq!(masked(""), "");
        let shown = Shown { account_detail: true, ..Shown::default() };
        assert_eq!(number(&account(), shown), account().facts.number);
    }
}
