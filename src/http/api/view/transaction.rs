//! A transaction on the wire (contract section 2.9), and a page of them.

use super::path;
use crate::domain::account::Transaction;
use crate::domain::id::UserId;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names as _;
use crate::http::Settings;
use serde::Serialize;

/// A transaction.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    status: &'static str,
    description: &'a str,
    reference: &'static str,
    amount: String,
    currency: &'a str,
    account: String,
    /// Of a pending one there is none yet; clients know a text here.
    balance: String,
    direction: &'static str,
    class: &'static str,
    institution: String,
    connection: String,
    /// When a pending one was made.
    transaction_date: String,
    /// The day a posted one was posted, as its first instant.
    post_date: Option<String>,
    sub_class: Option<SubClass<'a>>,
    /// What a merchant's name and place would be: nobody tells us.
    enrich: Option<()>,
    links: Links,
}

#[derive(Serialize)]
struct SubClass<'a> {
    code: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    account: String,
    institution: String,
    /// Always null: clients know it so.
    connection: Option<()>,
}

impl<'a> TransactionView<'a> {
    /// The transaction of a person.
    pub fn new(settings: &Settings, user: UserId, transaction: &'a Transaction) -> Self {
        let facts = &transaction.facts;
        let made = facts.made.filter(|_| !facts.is_posted);
        Self {
            kind: "transaction",
            id: transaction.id.to_string(),
            status: if facts.is_posted { "posted" } else { "pending" },
            description: &facts.description,
            reference: "",
            amount: facts.amount.to_string(),
            currency: &facts.currency,
            account: transaction.account.to_string(),
            balance: facts.balance.map(|balance| balance.to_string()).unwrap_or_default(),
            direction: if facts.amount.0 < 0 { "debit" } else { "credit" },
            class: facts.class.name(),
            institution: transaction.institution.to_string(),
            connection: transaction.connection.to_string(),
            transaction_date: made.map(UnixMillis::rfc3339).unwrap_or_default(),
            post_date: facts.is_posted.then(|| facts.day.midnight().rfc3339()),
            sub_class: facts.sub_class.as_ref().map(|(code, title)| SubClass { code, title }),
            enrich: None,
            links: Links {
                own: settings.url(&path::transaction(user, transaction.id)),
                account: settings.url(&path::account(user, transaction.account)),
                institution: settings.url(&path::institution(transaction.institution)),
                connection: None,
            },
        }
    }
}

/// Some of the transactions that were asked for.
#[derive(Serialize)]
pub struct TransactionList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Those that are here.
    count: usize,
    /// Those that there are, on all pages.
    size: usize,
    data: Vec<TransactionView<'a>>,
    links: PageLinks,
}

#[derive(Serialize)]
struct PageLinks {
    #[serde(rename = "self")]
    own: String,
    /// The next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> TransactionList<'a> {
    /// A page with those of it; `next` is the path of the next one.
    pub fn new(
        settings: &Settings,
        user: UserId,
        transactions: &'a [Transaction],
        size: usize,
        next: Option<&str>,
    ) -> Self {
        Self {
            kind: "list",
            count: transactions.len(),
            size,
            data: transactions.iter().map(|one| TransactionView::new(settings, user, one)).collect(),
            links: PageLinks {
                own: settings.url(&path::transactions(user)),
                next: next.map(|path| settings.url(path)),
            },
        }
    }
}
