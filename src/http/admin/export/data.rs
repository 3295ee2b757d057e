//! Lines of connections, jobs and what was read of institutions. No bank session and no whole account number
//! is among them. Must not know: which records there are.

use crate::domain::access::{AccessLog, AccessPlace, Accesses};
use crate::domain::account::{Account, Identity, Transaction};
use crate::domain::connection::ConnectionView;
use crate::domain::event::{LinkReason, LinkThen};
use crate::domain::id::{AccountId, ConsentId};
use crate::domain::job::Job;
use crate::domain::notice::Notice;
use crate::domain::terms::Terms;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use crate::http::admin::views::{maybe, time};
use crate::http::api::view::meta::MetaView;
use serde_json::{Value, json};

/// The last three digits of an account's number.
fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let ending = digits.len().checked_sub(3).filter(|hidden| *hidden > 0);
    format!("…{}", ending.map_or_else(String::new, |from| digits[from..].iter().collect()))
}

/// A connection as it may be shown.
pub(super) fn view(view: &ConnectionView) -> Value {
    json!({
        "id": view.id.to_string(),
        "consent": view.consent.to_string(),
        "institution": view.institution.to_string(),
        "state": view.state.name(),
        "created": time(view.created),
        "last_used": maybe(view.last_used),
        "is_challenged": view.is_challenged,
        "accounts_generation": view.accounts_generation,
        "transactions_generation": view.transactions_generation,
    })
}

/// A connection.
pub(super) fn connection(shown: &ConnectionView, updated: UnixMillis) -> Value {
    let mut line = view(shown);
    line["updated"] = time(updated);
    line["accounts"] = shown.accounts.iter().map(ToString::to_string).collect();
    line
}

/// A link as it stood when something happened to it.
pub(super) fn link(then: &LinkThen) -> Value {
    json!({
        "id": then.id.to_string(),
        "state": then.state.name(),
        "step": then.stage.word(),
        "reason": then.reason.map(LinkReason::word),
        "created": time(then.created),
        "expires": time(then.expires),
        "opened": maybe(then.opened),
        "ended": maybe(then.ended),
        "sends": then.sends,
        "wrong_tries": then.wrong_tries,
        "jobs": then.jobs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// A job. What an institution asked is not among it: it may name the person.
pub(super) fn job(job: &Job) -> Value {
    let step = |(name, status): &(crate::domain::job::StepName, crate::domain::job::StepStatus)| json!({ "step": name.word(), "status": status.word() });
    json!({
        "id": job.id.to_string(),
        "connection": job.connection.to_string(),
        "consent": job.consent.to_string(),
        "institution": job.institution.to_string(),
        "session": job.session.map(|session| session.to_string()),
        "occasion": job.occasion.name(),
        "state": job.state.name(),
        "steps": job.steps().iter().map(step).collect::<Vec<_>>(),
        "failure": job.failure.map(|failure| format!("{:?}", failure.cause)),
        "duplicates": job.duplicates.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "attempt": job.attempt,
        "created": time(job.created),
        "updated": time(job.updated),
        "total_at": time(job.total_at),
        "ended": maybe(job.ended),
    })
}

/// An account.
pub(super) fn account(account: &Account) -> Value {
    let facts = &account.facts;
    json!({
        "id": account.id.to_string(),
        "connection": account.connection.to_string(),
        "institution": account.institution.to_string(),
        "updated": time(account.updated),
        "number": masked(&facts.number),
        "name": facts.name,
        "product": facts.product,
        "class": facts.class.name(),
        "currency": facts.currency,
        "balance": facts.balance.map(|amount| amount.to_string()),
        "available_funds": facts.available_funds.map(|amount| amount.to_string()),
        "credit_limit": facts.credit_limit.map(|amount| amount.to_string()),
        "ownership": facts.ownership.name(),
        "holder": facts.holder,
        "from": account.span.map(|(from, _)| from.to_string()),
        "to": account.span.map(|(_, to)| to.to_string()),
    })
}

/// What is laid down about an account.
pub(super) fn terms(account: AccountId, terms: &Terms) -> Value {
    json!({ "account": account.to_string(), "terms": MetaView::from(terms) })
}

/// A transaction.
pub(super) fn transaction(transaction: &Transaction) -> Value {
    let facts = &transaction.facts;
    json!({
        "id": transaction.id.to_string(),
        "account": transaction.account.to_string(),
        "connection": transaction.connection.to_string(),
        "institution": transaction.institution.to_string(),
        "is_posted": facts.is_posted,
        "day": facts.day.to_string(),
        "description": facts.description,
        "amount": facts.amount.to_string(),
        "currency": facts.currency,
        "balance": facts.balance.map(|amount| amount.to_string()),
        "class": facts.class.name(),
        "sub_class": facts.sub_class,
    })
}

/// What a user was shown and agreed to.
pub(super) fn notice(consent: ConsentId, notice: &Notice) -> Value {
    json!({ "consent": consent.to_string(), "language": notice.language, "text": notice.text })
}

/// Who read what of a user, on some days in a row.
pub(super) fn accesses(log: &AccessLog) -> Value {
    let line = |((day, by, to), accesses): (&AccessPlace, &Accesses)| {
        json!({
            "day": day.to_string(),
            "by": by.name(),
            "to": to.name(),
            "count": accesses.count,
            "first": time(accesses.first),
            "last": time(accesses.last),
        })
    };
    json!({ "lines": log.0.iter().map(line).collect::<Vec<_>>() })
}

/// Who a user is.
pub(super) fn identity(identity: &Identity) -> Value {
    json!({
        "id": identity.id.to_string(),
        "connection": identity.connection.to_string(),
        "institution": identity.institution.to_string(),
        "updated": time(identity.updated),
        "person": identity.facts,
    })
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_account_number_keeps_its_last_three_digits() {
        assert_eq!(masked("062001900044113"), "…113");
        assert_eq!(masked("XXXX-XXXX-XXXX-4321"), "…321");
        assert_eq!(masked("113"), "…");
        assert_eq!(masked(""), "…");
    }
}
