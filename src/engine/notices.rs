//! Reads what people were shown and agreed to. It stands in the commit that gives the consent, so whoever
//! was told of a consent finds it. Must not know: who asks, pages.

use super::read::ReadError;
use super::records::notice;
use super::user::core::Trouble;
use super::{Engine, readable};
use crate::domain::id::{ConsentId, UserId};
use crate::domain::notice::Notice;
use crate::store::{Order, Row, Store, key};

/// The rows of a notice, at most `limit`.
fn rows(store: &dyn Store, user: UserId, consent: ConsentId, limit: usize) -> Result<Vec<Row>, ReadError> {
    let (from, to) = key::notice(user, consent);
    Ok(store.scan(&from, &to, Order::Ascending, limit)?)
}

/// The notice of a consent; none of one that was given before there were any, or that nobody read a page for.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn read(store: &dyn Store, user: UserId, consent: ConsentId) -> Result<Option<Notice>, ReadError> {
    let rows = rows(store, user, consent, usize::MAX)?;
    Ok(notice::decode(rows.iter().map(|(_, value)| value.as_slice()))?)
}

fn language(store: &dyn Store, user: UserId, consent: ConsentId) -> Result<Option<String>, ReadError> {
    let first = rows(store, user, consent, 1)?.pop();
    Ok(first.map(|(_, value)| notice::language(&value)).transpose()?)
}

impl Engine {
    /// What a person was shown when they gave a consent.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn notice(&self, user: UserId, consent: ConsentId) -> Result<Option<Notice>, Trouble> {
        readable(read(self.shared.store.as_ref(), user, consent))
    }

    /// In which language they were shown it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn notice_language(&self, user: UserId, consent: ConsentId) -> Result<Option<String>, Trouble> {
        readable(language(self.shared.store.as_ref(), user, consent))
    }
}
