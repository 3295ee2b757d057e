//! The filters of what a person has: which properties connections, jobs, accounts and transactions have,
//! and how each may be compared (contract section 4.3). Must not know: the grammar, how rows are read.

use super::filter::{self, No, Statement};
use crate::domain::account::TransactionClass;
use crate::domain::connection::ConnectionView;
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Job;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names as _;
use crate::domain::workflow::connection::State;
use crate::engine::read::sources::{AccountFilter, Wanted};
use crate::engine::read::transactions::TransactionFilter;
use crate::http::error::ApiError;

/// Reads a filter statement by statement.
fn read<T: Default>(
    text: &str,
    mut add: impl FnMut(&Statement, &mut T) -> Result<(), No>,
) -> Result<T, ApiError> {
    let mut wanted = T::default();
    for statement in filter::parse(text)? {
        add(&statement, &mut wanted).map_err(|no| statement.refused(no))?;
    }
    Ok(wanted)
}

/// The one value of `property.eq(value)`.
fn equal<T>(statement: &Statement, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, No> {
    parse(statement.equal()?).ok_or(No::Unknown)
}

/// The one value of `property.eq(value)` or `property.ne(value)`.
fn equal_or_not<T>(statement: &Statement, parse: impl FnOnce(&str) -> Option<T>) -> Result<Wanted<T>, No> {
    let wanted = match statement.operator.as_str() {
        "eq" => Wanted::Is,
        "ne" => Wanted::IsNot,
        _ => return Err(No::Operator),
    };
    let [value] = statement.arguments.as_slice() else { return Err(No::Unknown) };
    parse(value).map(wanted).ok_or(No::Unknown)
}

/// States of connections that clients know and none of ours can be in: asking for them finds nothing.
const STATES_ELSEWHERE: [&str; 2] = ["pre-init", "init"];

/// Which connections are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ConnectionFilter {
    id: Vec<ConnectionId>,
    /// In their words: some are of states that none can be in.
    state: Vec<String>,
    institution: Vec<InstitutionId>,
}

impl ConnectionFilter {
    /// Reads a filter, already decoded.
    ///
    /// # Errors
    /// 400 that names the part which is not known here.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        read(text, |statement, wanted: &mut Self| {
            match statement.property.as_str() {
                "connection.id" | "id" => wanted.id.push(equal(statement, ConnectionId::parse)?),
                "connection.status" | "status" => wanted.state.push(equal(statement, state)?),
                "institution.id" => wanted.institution.push(equal(statement, InstitutionId::parse)?),
                _ => return Err(No::Unknown),
            }
            Ok(())
        })
    }

    /// Whether a connection is wanted.
    pub fn passes(&self, one: &ConnectionView) -> bool {
        self.id.iter().all(|id| *id == one.id)
            && self.state.iter().all(|state| state == one.state.name())
            && self.institution.iter().all(|id| *id == one.institution)
    }
}

fn state(word: &str) -> Option<String> {
    let is_known = STATES_ELSEWHERE.contains(&word) || State::parse(word).is_some();
    is_known.then(|| word.to_owned())
}

/// Which jobs are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    connection: Vec<ConnectionId>,
}

impl JobFilter {
    /// Reads a filter, already decoded.
    ///
    /// # Errors
    /// 400 that names the part which is not known here.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        read(text, |statement, wanted: &mut Self| match statement.property.as_str() {
            "connection.id" => {
                wanted.connection.push(equal(statement, ConnectionId::parse)?);
                Ok(())
            }
            _ => Err(No::Unknown),
        })
    }

    /// Whether a job is wanted.
    pub fn passes(&self, one: &Job) -> bool {
        self.connection.iter().all(|id| *id == one.connection)
    }
}

/// Which accounts are wanted.
///
/// # Errors
/// 400 that names the part which is not known here.
pub fn accounts(text: &str) -> Result<AccountFilter, ApiError> {
    read(text, |statement, wanted: &mut AccountFilter| {
        match statement.property.as_str() {
            "account.id" => wanted.account.push(equal_or_not(statement, AccountId::parse)?),
            "connection.id" => wanted.connection.push(equal_or_not(statement, ConnectionId::parse)?),
            "institution.id" => wanted.institution.push(equal_or_not(statement, InstitutionId::parse)?),
            _ => return Err(No::Unknown),
        }
        Ok(())
    })
}

/// Which transactions are wanted.
///
/// # Errors
/// 400 that names the part which is not known here.
pub fn transactions(text: &str) -> Result<TransactionFilter, ApiError> {
    read(text, |statement, wanted: &mut TransactionFilter| {
        match statement.property.as_str() {
            "account.id" => wanted.account.push(equal(statement, AccountId::parse)?),
            "connection.id" => wanted.connection.push(equal(statement, ConnectionId::parse)?),
            "institution.id" => wanted.institution.push(equal(statement, InstitutionId::parse)?),
            "transaction.postDate" => narrow(wanted, span(statement)?),
            "transaction.status" => {
                wanted.is_posted.push(equal(statement, |word| one_of(word, "posted", "pending"))?);
            }
            "transaction.direction" => {
                wanted.is_credit.push(equal(statement, |word| one_of(word, "credit", "debit"))?);
            }
            "transaction.class" => wanted.class.push(equal(statement, TransactionClass::parse)?),
            _ => return Err(No::Unknown),
        }
        Ok(())
    })
}

fn one_of(word: &str, yes: &str, no: &str) -> Option<bool> {
    if word == yes { Some(true) } else { (word == no).then_some(false) }
}

/// From which day on, and until which.
type DaySpan = (Option<Day>, Option<Day>);

fn narrow(wanted: &mut TransactionFilter, (from, until): DaySpan) {
    wanted.from = wanted.from.max(from);
    wanted.until = [wanted.until, until].into_iter().flatten().min();
}

/// The days whose transactions fit: each is posted at the first instant of its day, in UTC.
fn span(statement: &Statement) -> Result<DaySpan, No> {
    let arguments: Vec<&str> = statement.arguments.iter().map(String::as_str).collect();
    if let ("bt", [both]) = (statement.operator.as_str(), arguments.as_slice()) {
        // Some write one text for both ends.
        let (from, until) = both.split_once(',').ok_or(No::Day)?;
        return between(from, until);
    }
    match (statement.operator.as_str(), arguments.as_slice()) {
        ("bt", [from, until]) => between(from, until),
        ("eq", [at]) => between(at, at),
        ("gteq", [at]) => Ok((Some(instant(at)?.day_from()), None)),
        ("lteq", [at]) => Ok((None, Some(instant(at)?.day_until()))),
        ("gt", [at]) => Ok((Some(next(instant(at)?.day_until())), None)),
        ("lt", [at]) => Ok((None, Some(instant(at)?.day_from().minus(1)))),
        ("eq" | "gteq" | "gt" | "lteq" | "lt" | "bt", _) => Err(No::Unknown),
        _ => Err(No::Operator),
    }
}

fn between(from: &str, until: &str) -> Result<DaySpan, No> {
    Ok((Some(instant(from)?.day_from()), Some(instant(until)?.day_until())))
}

fn next(day: Day) -> Day {
    Day(day.0.saturating_add(1))
}

/// An instant between first instants of days.
struct Instant(UnixMillis);

impl Instant {
    /// The first day that begins at it or later.
    fn day_from(&self) -> Day {
        let day = self.day_until();
        if day.midnight() == self.0 { day } else { next(day) }
    }

    /// The last day that begins at it or earlier.
    fn day_until(&self) -> Day {
        Day::of(self.0)
    }
}

/// A day, or an instant as RFC 3339 has it.
fn instant(text: &str) -> Result<Instant, No> {
    let text = text.trim();
    if text.len() == 10 {
        return Day::parse(text).map(|day| Instant(day.midnight())).ok_or(No::Day);
    }
    let read = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| No::Day)?;
    Ok(Instant(UnixMillis(read.timestamp_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    const ID: &str = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";

    #[track_caller]
    fn names<T: std::fmt::Debug>(result: Result<T, ApiError>, part: &str) {
        let error = result.unwrap_err();
        assert_eq!(error, filter::refused(part));
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn accounts_are_filtered_by_three_names_and_their_contrary() {
        assert_eq!(accounts(""), Ok(AccountFilter::default()));
        let text = format!("account.id.eq('{ID}'),connection.id.ne({ID}),institution.id.eq('AU00000')");
        let wanted = accounts(&text).unwrap();
        assert_eq!(wanted.account, vec![Wanted::Is(AccountId::parse(ID).unwrap())]);
        assert_eq!(wanted.connection, vec![Wanted::IsNot(ConnectionId::parse(ID).unwrap())]);
        assert_eq!(wanted.institution, vec![Wanted::Is(InstitutionId(*b"AU00000"))]);
        for (bad, part) in [
            ("account.id.eq('1')", "account.id"),
            ("account.id.gt('AU00000')", "account.id.gt"),
            ("institution.id.eq('AU00000','AU00001')", "institution.id"),
            ("institution.id.eq('au00000')", "institution.id"),
            ("account.name.eq('x')", "account.name"),
            ("x", "x"),
        ] {
            names(accounts(bad), part);
        }
    }

    #[test]
    fn transactions_are_filtered_by_what_they_are() {
        let text = format!(
            "account.id.eq('{ID}'),connection.id.eq('{ID}'),institution.id.eq('AU00001'),\
             transaction.status.eq('pending'),transaction.direction.eq('credit'),transaction.class.eq('bank-fee')"
        );
        let wanted = transactions(&text).unwrap();
        assert_eq!(wanted.account, vec![AccountId::parse(ID).unwrap()]);
        assert_eq!(wanted.connection, vec![ConnectionId::parse(ID).unwrap()]);
        assert_eq!(wanted.institution, vec![InstitutionId(*b"AU00001")]);
        assert_eq!((wanted.is_posted, wanted.is_credit), (vec![false], vec![true]));
        assert_eq!(wanted.class, vec![TransactionClass::BankFee]);
        for (bad, part) in [
            ("account.id.ne('4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11')", "account.id.ne"),
            ("transaction.status.eq('done')", "transaction.status"),
            ("transaction.direction.eq('in')", "transaction.direction"),
            ("transaction.class.eq('fee')", "transaction.class"),
            ("transaction.postDate.ne('2026-03-01')", "transaction.postDate.ne"),
            ("transaction.postDate.bt('2026-03-01','2026-03-02','2026-03-03')", "transaction.postDate"),
            ("transaction.amount.gt('1')", "transaction.amount"),
        ] {
            names(transactions(bad), part);
        }
    }

    #[test]
    fn days_are_compared_as_the_instants_at_which_they_begin() {
        let span = |operator: &str, arguments: &str| {
            let wanted = transactions(&format!("transaction.postDate.{operator}({arguments})")).unwrap();
            let text = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
            format!("{}..{}", text(wanted.from), text(wanted.until))
        };
        for (operator, arguments, days) in [
            ("eq", "'2026-03-01'", "2026-03-01..2026-03-01"),
            ("eq", "'2026-03-01T00:00:00Z'", "2026-03-01..2026-03-01"),
            ("gteq", "'2026-03-01'", "2026-03-01.."),
            ("gt", "'2026-03-01'", "2026-03-02.."),
            ("lteq", "'2026-03-01'", "..2026-03-01"),
            ("lt", "'2026-03-01'", "..2026-02-28"),
            ("gteq", "'2026-03-01T08:00:00Z'", "2026-03-02.."),
            ("gt", "'2026-03-01T08:00:00Z'", "2026-03-02.."),
            ("lteq", "'2026-03-01T08:00:00Z'", "..2026-03-01"),
            ("lt", "'2026-03-01T08:00:00Z'", "..2026-03-01"),
            ("gteq", "2026-03-01T10:00:00+10:00", "2026-03-01.."),
            ("bt", "'2026-02-01','2026-03-01'", "2026-02-01..2026-03-01"),
            ("bt", "'2026-02-01,2026-03-01'", "2026-02-01..2026-03-01"),
            ("bt", "'2026-02-01T00:00:01Z','2026-03-01'", "2026-02-02..2026-03-01"),
        ] {
            assert_eq!(span(operator, arguments), days, "{operator} {arguments}");
        }
        let nothing = transactions("transaction.postDate.eq('2026-03-01T08:00:00Z')").unwrap();
        assert!(nothing.from > nothing.until, "no day begins then");
        let both = "transaction.postDate.gteq('2026-01-01'),transaction.postDate.gt('2025-01-01'),\
                    transaction.postDate.lt('2026-03-01'),transaction.postDate.lteq('2027-01-01')";
        let wanted = transactions(both).unwrap();
        assert_eq!((wanted.from, wanted.until), (Day::parse("2026-01-01"), Day::parse("2026-02-28")));
    }

    #[test]
    fn what_is_no_day_is_said_to_be_none() {
        for bad in [
            "gt('yesterday')",
            "eq('2026-02-30')",
            "eq('2026-03-01 08:00')",
            "bt('2026-03-01')",
            "bt('2026-03-01','')",
            "bt('2026-03-01','x')",
            "lt('01/03/2026')",
        ] {
            let filter = format!("transaction.postDate.{bad}");
            let error = transactions(&filter).unwrap_err();
            if filter.ends_with("'')") {
                assert_eq!(error, filter::refused(&filter), "an empty argument is no statement");
                continue;
            }
            assert_eq!(error, ApiError::not_valid("PostDate is not valid", "filter"), "{bad}");
        }
    }

    #[test]
    fn connections_and_jobs_are_filtered_with_and_without_their_prefix() {
        let wanted = ConnectionFilter::read(&format!("id.eq('{ID}'),status.eq(active)")).unwrap();
        let same =
            ConnectionFilter::read(&format!("connection.id.eq('{ID}'),connection.status.eq('active')"));
        assert_eq!(Ok(wanted), same);
        assert!(ConnectionFilter::read("institution.id.eq('AU00000'),status.eq('pre-init')").is_ok());
        for (bad, part) in [
            ("status.eq('broken')", "status"),
            ("connection.status.ne('active')", "connection.status.ne"),
            ("connection.method.eq('web')", "connection.method"),
        ] {
            names(ConnectionFilter::read(bad), part);
        }
        assert!(JobFilter::read(&format!("connection.id.eq('{ID}')")).is_ok());
        names(JobFilter::read(&format!("job.id.eq('{ID}')")), "job.id");
    }
}
