//! Transactions of all sources as one list, the newest first, page by page. Their keys hold day, account
//! and place, so most of what is looked at is never opened. Must not know: who asks, how often.

use super::ReadError;
use super::sources::{Source, each_row, owners};
use crate::domain::account::{Transaction, TransactionClass};
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, TransactionId};
use crate::domain::institution::InstitutionId;
use crate::engine::records::{RecordError, data};
use crate::store::Store;
use crate::store::key::{self, Kind, PLACE, Place, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// A pending transaction has no day of posting. It is among those of a span that reaches into so many last
/// days (contract section 4.3).
const PENDING_DAYS: u32 = 7;

/// Which transactions are wanted: all of each list must hold, an empty one lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransactionFilter {
    /// Of this account.
    pub account: Vec<AccountId>,
    /// By this connection.
    pub connection: Vec<ConnectionId>,
    /// At this institution.
    pub institution: Vec<InstitutionId>,
    /// Not before this day.
    pub from: Option<Day>,
    /// Not after this day.
    pub until: Option<Day>,
    /// Whether it is final.
    pub is_posted: Vec<bool>,
    /// Whether the money came in.
    pub is_credit: Vec<bool>,
    /// What it is.
    pub class: Vec<TransactionClass>,
}

fn all_are<T: PartialEq>(all: &[T], value: &T) -> bool {
    all.iter().all(|one| one == value)
}

impl TransactionFilter {
    const fn looks_inside(&self) -> bool {
        !(self.is_posted.is_empty() && self.is_credit.is_empty() && self.class.is_empty())
    }

    fn is_in_span(&self, day: Day) -> bool {
        self.from.is_none_or(|from| day >= from) && self.until.is_none_or(|until| day <= until)
    }

    fn lets_inside_through(&self, transaction: &Transaction) -> bool {
        let facts = &transaction.facts;
        all_are(&self.is_posted, &facts.is_posted)
            && all_are(&self.is_credit, &(facts.amount.0 >= 0))
            && all_are(&self.class, &facts.class)
    }
}

/// Where a page ended: the next begins behind it. It stays right when newer transactions come, and when
/// the same ones are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionCursor([u8; PLACE]);

impl TransactionCursor {
    /// Reads what its `Display` wrote, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; PLACE];
        if text.len() != PLACE * 2 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for TransactionCursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// Some of the transactions that fit a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionPage {
    /// How many fit, on all pages.
    pub total: usize,
    /// Those of this page, the newest day first.
    pub transactions: Vec<Transaction>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<TransactionCursor>,
}

/// A row that fits.
struct Found<'a> {
    source: &'a Source,
    row: Vec<u8>,
    value: Vec<u8>,
    opened: Option<Transaction>,
}

impl Found<'_> {
    fn open(self) -> Result<Transaction, RecordError> {
        let Self { source, row, value, opened } = self;
        opened.map_or_else(|| data::transaction(&row, &value, source.key()), Ok)
    }
}

/// One page of the transactions that fit, and how many fit in all. Each account's come from one source. At
/// most one page of them is in memory.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn transactions(
    store: &dyn Store,
    sources: &[Source],
    filter: &TransactionFilter,
    cursor: Option<TransactionCursor>,
    limit: usize,
    today: Day,
) -> Result<TransactionPage, ReadError> {
    let wanted: Vec<&Source> = sources
        .iter()
        .filter(|source| all_are(&filter.connection, &source.connection()))
        .filter(|source| all_are(&filter.institution, &source.institution()))
        .collect();
    let owners = owners(wanted.iter().copied());
    let lately = Lately::of(filter, today);
    let limit = limit.max(1);
    let (mut total, mut page) = (0, BTreeMap::<[u8; PLACE], Found<'_>>::new());
    for source in wanted {
        each_row(store, key::read_in(Kind::Transaction, &source.transactions()), |row, value| {
            let (_, place) = key::read_transaction(&row).ok_or(RecordError::Key)?;
            if lately.is_past(filter, place.day) {
                return Ok(ControlFlow::Break(()));
            }
            let is_shown = owners.get(&place.account) == Some(&source.connection());
            let must_be_pending = !filter.is_in_span(place.day);
            if !is_shown
                || !all_are(&filter.account, &place.account)
                || (must_be_pending && !lately.holds(place.day))
            {
                return Ok(ControlFlow::Continue(()));
            }
            let mut found = Found { source, row, value, opened: None };
            if must_be_pending || filter.looks_inside() {
                let opened = data::transaction(&found.row, &found.value, source.key())?;
                if !filter.lets_inside_through(&opened) || (must_be_pending && opened.facts.is_posted) {
                    return Ok(ControlFlow::Continue(()));
                }
                found.opened = Some(opened);
            }
            total += 1;
            let at = place.bytes();
            // One more than the page holds shows that another page follows.
            let has_room = page.len() <= limit || page.last_key_value().is_some_and(|(last, _)| at < *last);
            if has_room && cursor.is_none_or(|cursor| at > cursor.0) {
                page.insert(at, found);
                if page.len() > limit + 1 {
                    page.pop_last();
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let is_last = page.len() <= limit;
    let mut last = None;
    let mut transactions = Vec::new();
    for (at, found) in page.into_iter().take(limit) {
        transactions.push(found.open()?);
        last = Some(TransactionCursor(at));
    }
    Ok(TransactionPage { total, transactions, next: last.filter(|_| !is_last) })
}

/// From which day on a pending transaction is let through a span of days that it does not stand in.
struct Lately(Option<Day>);

impl Lately {
    fn of(filter: &TransactionFilter, today: Day) -> Self {
        let first = today.minus(PENDING_DAYS);
        let has_span = filter.from.is_some() || filter.until.is_some();
        let reaches = filter.until.is_none_or(|until| until >= first);
        Self(Some(first).filter(|_| has_span && reaches))
    }

    fn holds(&self, day: Day) -> bool {
        self.0.is_some_and(|first| day >= first)
    }

    /// Rows come the newest day first: behind this one no more fit.
    fn is_past(&self, filter: &TransactionFilter, day: Day) -> bool {
        filter.from.is_some_and(|from| day < from) && !self.holds(day)
    }
}

/// One transaction, if it is shown. Keys are looked at, and one row is opened.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn transaction(
    store: &dyn Store,
    sources: &[Source],
    id: TransactionId,
) -> Result<Option<Transaction>, ReadError> {
    let owners = owners(sources);
    let mut found = None;
    for source in sources {
        each_row(store, key::read_in(Kind::Transaction, &source.transactions()), |row, value| {
            let (_, place): (_, Place) = key::read_transaction(&row).ok_or(RecordError::Key)?;
            if place.transaction != id || owners.get(&place.account) != Some(&source.connection()) {
                return Ok(ControlFlow::Continue(()));
            }
            found = Some(data::transaction(&row, &value, source.key())?);
            Ok(ControlFlow::Break(()))
        })?;
        if found.is_some() {
            break;
        }
    }
    Ok(found)
}

/// The names of all transactions of one reading. Keys are looked at, and no row is opened.
///
/// # Errors
/// When the store does not answer or a key is damaged.
pub fn transaction_ids(store: &dyn Store, reading: &Reading) -> Result<BTreeSet<TransactionId>, ReadError> {
    let mut ids = BTreeSet::new();
    each_row(store, key::read_in(Kind::Transaction, reading), |row, _| {
        let (_, place) = key::read_transaction(&row).ok_or(RecordError::Key)?;
        ids.insert(place.transaction);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(ids)
}
