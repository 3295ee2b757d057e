//! Sources: the connections by which what is shown was read, each with the key that opens it. A generation
//! that a source names was stored, and durable, before the user's actor came to name it, and what is swept
//! away is named by none: so the rows of a named generation need no look at the durable sequence. Must
//! not know: who asks, how often.

use super::ReadError;
use crate::crypto::DataKey;
use crate::domain::account::{Account, Identity};
use crate::domain::connection::{ConnectionView, Generation};
use crate::domain::id::{AccountId, ConnectionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::terms::Terms;
use crate::domain::time::UnixMillis;
use crate::engine::records::{data, identity, terms};
use crate::engine::user::load::Library;
use crate::store::key::{self, Kind, Reading};
use crate::store::{Order, Store};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Rows that are read at a time.
const CHUNK: usize = 512;

/// One connection by which something is shown, and the key that opens it.
pub struct Source {
    user: UserId,
    view: ConnectionView,
    key: Arc<DataKey>,
}

impl Source {
    /// Which connection.
    pub const fn connection(&self) -> ConnectionId {
        self.view.id
    }

    /// At which institution.
    pub const fn institution(&self) -> InstitutionId {
        self.view.institution
    }

    pub(super) fn key(&self) -> &DataKey {
        &self.key
    }

    const fn reading(&self, generation: Generation) -> Reading {
        Reading { user: self.user, connection: self.view.id, generation }
    }

    /// The transactions that are shown, and who wrote them.
    pub(super) const fn transactions(&self) -> Reading {
        self.reading(self.view.transactions_generation)
    }

    const fn accounts(&self) -> Reading {
        self.reading(self.view.accounts_generation)
    }
}

/// The sources of a user, in the order in which they come first.
pub struct Sources {
    /// Those that open.
    pub open: Vec<Source>,
    /// Some do not: their consent has ended, or is just ending.
    pub some_are_closed: bool,
}

/// Finds the key of each source. What has none is not there.
///
/// # Errors
/// When the store does not answer.
pub fn open(library: &Library, user: UserId, views: &[ConnectionView]) -> Result<Sources, ReadError> {
    let mut keys = super::Keys::new(library);
    let mut sources = Sources { open: Vec::new(), some_are_closed: false };
    for view in views {
        match keys.of(view.consent.bytes())? {
            Some(key) => sources.open.push(Source { user, view: view.clone(), key }),
            None => sources.some_are_closed = true,
        }
    }
    Ok(sources)
}

/// From which source each account is shown: from the first that lists it.
pub(super) fn owners<'a>(sources: impl IntoIterator<Item = &'a Source>) -> BTreeMap<AccountId, ConnectionId> {
    let mut owners = BTreeMap::new();
    for source in sources {
        for account in &source.view.accounts {
            owners.entry(*account).or_insert(source.connection());
        }
    }
    owners
}

/// Reads a range to its end, or until it is enough.
pub(super) fn each_row(
    store: &dyn Store,
    (mut from, to): (Vec<u8>, Vec<u8>),
    mut look: impl FnMut(Vec<u8>, Vec<u8>) -> Result<ControlFlow<()>, ReadError>,
) -> Result<(), ReadError> {
    loop {
        let rows = store.scan(&from, &to, Order::Ascending, CHUNK)?;
        let is_last = rows.len() < CHUNK;
        if let Some((last, _)) = rows.last() {
            from = [last.as_slice(), &[0]].concat();
        }
        for (key, value) in rows {
            if look(key, value)?.is_break() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

/// What a filter says of one property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<T> {
    /// It is this.
    Is(T),
    /// It is anything else.
    IsNot(T),
}

impl<T: PartialEq> Wanted<T> {
    fn holds(&self, value: &T) -> bool {
        match self {
            Self::Is(wanted) => wanted == value,
            Self::IsNot(unwanted) => unwanted != value,
        }
    }
}

fn all_hold<T: PartialEq>(all: &[Wanted<T>], value: &T) -> bool {
    all.iter().all(|one| one.holds(value))
}

/// Which accounts are wanted: all of each list must hold, an empty one lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of the account.
    pub account: Vec<Wanted<AccountId>>,
    /// Of its connection.
    pub connection: Vec<Wanted<ConnectionId>>,
    /// Of its institution.
    pub institution: Vec<Wanted<InstitutionId>>,
    /// What is laid down about them is wanted, too.
    pub with_terms: bool,
}

/// The accounts that are shown, those that were read last first. One that several sources list is shown
/// once, from the first of those that the filter lets through.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn accounts(
    store: &dyn Store,
    sources: &[Source],
    filter: &AccountFilter,
) -> Result<Vec<Account>, ReadError> {
    let wanted: Vec<&Source> = sources
        .iter()
        .filter(|source| all_hold(&filter.connection, &source.connection()))
        .filter(|source| all_hold(&filter.institution, &source.institution()))
        .collect();
    let owners = owners(wanted.iter().copied());
    let mut found = Vec::new();
    for source in wanted {
        each_row(store, key::read_in(Kind::Account, &source.accounts()), |row, value| {
            let id = key::read_account(&row).map(|(_, id)| id);
            let is_shown = |id: &AccountId| {
                owners.get(id) == Some(&source.connection()) && all_hold(&filter.account, id)
            };
            if id.as_ref().is_some_and(is_shown) {
                found.push(data::account(&row, &value, source.key())?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let mut its =
            found.iter_mut().filter(|one| filter.with_terms && one.connection == source.connection());
        its.try_for_each(|account| add_terms(store, source, account))?;
    }
    found.sort_by_key(|account| std::cmp::Reverse((account.updated, account.id)));
    Ok(found)
}

/// One account, if it is shown; with what is laid down about it, or without.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn account(
    store: &dyn Store,
    sources: &[Source],
    id: AccountId,
    with_terms: bool,
) -> Result<Option<Account>, ReadError> {
    let Some(source) = sources.iter().find(|source| source.view.accounts.contains(&id)) else {
        return Ok(None);
    };
    let row = key::account(&source.accounts(), id);
    let Some(value) = store.get(&row)? else { return Ok(None) };
    let mut account = data::account(&row, &value, source.key())?;
    if with_terms {
        add_terms(store, source, &mut account)?;
    }
    Ok(Some(account))
}

/// What is laid down about an account, from the rows beside its own.
fn add_terms(store: &dyn Store, source: &Source, account: &mut Account) -> Result<(), ReadError> {
    each_row(store, key::terms_of(&source.accounts(), account.id), |row, value| {
        let all: &mut Terms = account.facts.terms.get_or_insert_default();
        terms::decode(&row, &value, source.key(), all)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// Who the person is to one institution, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// When the connection was made by which it is known.
    pub since: UnixMillis,
    /// What the institution knows.
    pub identity: Identity,
}

/// Who the person is, as each source knows them.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn identities(store: &dyn Store, sources: &[Source]) -> Result<Vec<Known>, ReadError> {
    let mut found = Vec::new();
    for source in sources {
        each_row(store, key::read_in(Kind::Identity, &source.accounts()), |row, value| {
            let identity = identity::decode(&row, &value, source.key())?;
            found.push(Known { since: source.view.created, identity });
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}
