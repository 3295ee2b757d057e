//! Reads all records for people, page by page in order of key: applications, policies, looks, users, ended
//! consents, accesses, connections, jobs, what was read of institutions, events, heads of the outbox, test clocks. Keys, hashes, routes and sealed texts are not among them.
//! What is read here is durable before it is shown. Must not know: JSON, who reads.

use super::Engine;
use super::committer::Commit;
use super::notices;
use super::read::{Keys, ReadError};
use super::records::application::{ApplicationV1, PolicyV2};
use super::records::clock::ClockV1;
use super::records::consent::ConsentV3;
use super::records::look::LookV1;
use super::records::outbox::OutboxHead;
use super::records::{RecordError, access, connection, data, identity, job, outbox, terms, user};
use super::user::core::Trouble;
use super::user::load::{Library, LoadError};
use crate::domain::access::AccessLog;
use crate::domain::account::{Account, Identity, Transaction};
use crate::domain::application::{Application, Policy};
use crate::domain::clock::TestClock;
use crate::domain::connection::{Connection, Generation};
use crate::domain::consent::Consent;
use crate::domain::event::Event;
use crate::domain::id::{AccountId, ApplicationId, ClockId, ConnectionId, ConsentId, JobId, UserId};
use crate::domain::job::Job;
use crate::domain::look::Look;
use crate::domain::notice::Notice;
use crate::domain::terms::Terms;
use crate::domain::user::Presence;
use crate::store::key::{AccessBlock, Kind, Reading};
use crate::store::{Order, codec, key};
use std::collections::BTreeMap;

/// Records in one page at most.
pub const PAGE_RECORDS_MAX: usize = 500;

/// The kinds that are read, in order of key: the cursor rests on that.
const KINDS: [Kind; 17] = [
    Kind::Notice,
    Kind::Application,
    Kind::Account,
    Kind::Consent,
    Kind::Connection,
    Kind::Event,
    Kind::Job,
    Kind::Identity,
    Kind::Outbox,
    Kind::Policy,
    Kind::User,
    Kind::Transaction,
    Kind::Look,
    Kind::Access,
    Kind::Clock,
    Kind::Terms,
    Kind::ClosingClock,
];

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// A partner, its policies beside it.
    Application(Application),
    /// One policy version of an application.
    Policy(ApplicationId, Policy),
    /// How the pages of an application look.
    Look(ApplicationId, Box<Look>),
    /// A user, or the mark that a deleted one leaves.
    User(UserId, Presence),
    /// An ended consent of a user.
    Consent(UserId, Consent),
    /// An event of an application and its number.
    Event(ApplicationId, u64, Event),
    /// What an entry of the outbox says without being opened.
    Outbox(OutboxHead),
    /// What a user was shown and agreed to.
    Notice(UserId, ConsentId, Notice),
    /// Who read what of a user, on some days in a row.
    Accesses(UserId, AccessLog),
    /// A connection of a user.
    Connection(UserId, Box<Connection>),
    /// A job of a user.
    Job(UserId, Box<Job>),
    /// An account of a user, as it was read under a number.
    Account(UserId, Generation, Box<Account>),
    /// Some of what is laid down about an account of a user, as it was read under a number.
    Terms(UserId, Generation, AccountId, Box<Terms>),
    /// A transaction of a user, as it was read under a number.
    Transaction(UserId, Generation, Box<Transaction>),
    /// Who a user is, as it was read under a number.
    Identity(UserId, Generation, Box<Identity>),
    /// A test clock, and whether it goes.
    Clock(TestClock, bool),
}

/// Where a page begins: behind this key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records, in order of key.
    pub records: Vec<Exported>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl Engine {
    /// The next page of the export.
    ///
    /// # Errors
    /// When the store does not answer or a record is damaged.
    pub async fn export(&self, from: &Cursor) -> Result<Page, Trouble> {
        let page = super::readable(page(&self.shared.library, from, PAGE_RECORDS_MAX))?;
        // Refused for want of room it has waited just as long; a store that failed shows nothing.
        match self.settle().await {
            Ok(()) | Err(Trouble::Full) => Ok(page),
            Err(trouble) => Err(trouble),
        }
    }

    /// Commits nothing: when it is answered, all that was applied before is durable, and a write of now
    /// would be taken.
    ///
    /// # Errors
    /// Why a write would not be taken.
    pub async fn settle(&self) -> Result<(), Trouble> {
        Ok(self.shared.committer.commit(Commit::default()).await.map(|_| ())?)
    }
}

fn page(library: &Library, from: &Cursor, limit: usize) -> Result<Page, ReadError> {
    let mut reader = Reader { library, keys: Keys::new(library), consents: BTreeMap::new() };
    let mut records = Vec::new();
    let mut last = from.0.clone();
    for kind in KINDS {
        let (first, end) = key::all(kind);
        // The smallest key behind the last one that was read.
        let start = if last.is_empty() { first } else { first.max([last.as_slice(), &[0]].concat()) };
        if start >= end {
            continue;
        }
        for (key, value) in library.store.scan(&start, &end, Order::Ascending, limit - records.len())? {
            records.extend(reader.read(kind, &key, &value)?);
            last = key;
        }
        if records.len() >= limit {
            return Ok(Page { records, next: Some(Cursor(last)) });
        }
    }
    Ok(Page { records, next: None })
}

/// Reads records; keys, and which consent covers which connection, are found once each.
struct Reader<'a> {
    library: &'a Library,
    keys: Keys<'a>,
    consents: BTreeMap<(UserId, ConnectionId), Option<ConsentId>>,
}

impl Reader<'_> {
    fn read(&mut self, kind: Kind, key: &[u8], value: &[u8]) -> Result<Option<Exported>, ReadError> {
        Ok(match kind {
            Kind::Application => key::read_application(key).map(|id| application(id, value)).transpose()?,
            Kind::Clock | Kind::ClosingClock => {
                let is_closing = kind == Kind::ClosingClock;
                key::read_clock(key).map(|id| clock(id, is_closing, value)).transpose()?
            }
            Kind::Policy => key::read_policy(key).map(|(id, _)| policy(id, value)).transpose()?,
            Kind::Look => key::read_look(key).map(|id| look(id, value)).transpose()?,
            Kind::User => key::read_user(key).map(|id| self.user(id, value)).transpose()?,
            Kind::Notice => self.notice(key)?,
            Kind::Access => {
                key::read_access(key).map(|(id, block)| accesses(id, block, value)).transpose()?
            }
            Kind::Consent => key::read_consent(key).map(|(id, _)| consent(id, value)).transpose()?,
            Kind::Event => match key::read_event(key) {
                Some((id, number)) => Some(Exported::Event(id, number, self.keys.event(value)?)),
                None => None,
            },
            Kind::Outbox => match key::read_outbox(key) {
                Some(id) => Some(Exported::Outbox(outbox::head(id, value)?)),
                None => None,
            },
            Kind::Connection => match key::read_connection(key) {
                Some((user, id)) => self.connection(user, id, value)?,
                None => None,
            },
            Kind::Job => match key::read_job(key) {
                Some((user, id)) => self.job(user, id, value)?,
                None => None,
            },
            Kind::Account | Kind::Terms | Kind::Transaction | Kind::Identity => {
                self.datum(kind, key, value)?
            }
            _ => None,
        })
    }

    /// By its first part.
    fn notice(&self, row: &[u8]) -> Result<Option<Exported>, ReadError> {
        let Some((user, consent, 0)) = key::read_notice_part(row) else { return Ok(None) };
        let read = notices::read(self.library.store.as_ref(), user, consent)?;
        Ok(read.map(|notice| Exported::Notice(user, consent, notice)))
    }

    /// A connection whose key is gone has ended since: it is not there any more.
    fn connection(
        &mut self,
        user: UserId,
        id: ConnectionId,
        value: &[u8],
    ) -> Result<Option<Exported>, ReadError> {
        let Some(key) = self.keys.of(connection::consent_of(value)?.bytes())? else { return Ok(None) };
        let read = connection::decode(user, id, value, &key)?;
        Ok(Some(Exported::Connection(user, Box::new(read))))
    }

    fn job(&mut self, user: UserId, id: JobId, value: &[u8]) -> Result<Option<Exported>, ReadError> {
        let Some(key) = self.keys.of(user.bytes())? else { return Ok(None) };
        Ok(Some(Exported::Job(user, Box::new(job::decode(user, id, value, &key)?))))
    }

    /// What was read of an institution. Without its connection or its key it waits to be swept away.
    fn datum(&mut self, kind: Kind, row: &[u8], value: &[u8]) -> Result<Option<Exported>, ReadError> {
        let reading = match kind {
            Kind::Account => key::read_account(row).map(|(reading, _)| reading),
            Kind::Identity => key::read_identity(row).map(|(reading, _)| reading),
            Kind::Terms => key::read_terms(row).map(|(reading, ..)| reading),
            _ => key::read_transaction(row).map(|(reading, _)| reading),
        };
        let Some(Reading { user, connection, generation }) = reading else { return Ok(None) };
        let Some(consent) = self.consent_of(user, connection)? else { return Ok(None) };
        let Some(key) = self.keys.of(consent.bytes())? else { return Ok(None) };
        Ok(Some(match kind {
            Kind::Account => Exported::Account(user, generation, Box::new(data::account(row, value, &key)?)),
            Kind::Terms => {
                let mut found = Terms::default();
                let (_, account) = terms::decode(row, value, &key, &mut found)?;
                Exported::Terms(user, generation, account, Box::new(found))
            }
            Kind::Identity => {
                Exported::Identity(user, generation, Box::new(identity::decode(row, value, &key)?))
            }
            _ => Exported::Transaction(user, generation, Box::new(data::transaction(row, value, &key)?)),
        }))
    }

    fn consent_of(&mut self, user: UserId, id: ConnectionId) -> Result<Option<ConsentId>, ReadError> {
        if let Some(known) = self.consents.get(&(user, id)) {
            return Ok(*known);
        }
        let stored = self.library.store.get(&key::connection(user, id))?;
        let found = stored.map(|value| connection::consent_of(&value)).transpose()?;
        self.consents.insert((user, id), found);
        Ok(found)
    }

    fn user(&mut self, id: UserId, value: &[u8]) -> Result<Exported, ReadError> {
        let found = self.keys.of(id.bytes())?;
        let read = user::decode(id, value, found.as_deref()).map(|stored| stored.presence);
        // A user that was deleted between the two reads has lost its key: the record says so by now.
        let presence = match read {
            Ok(presence) => presence,
            Err(_) => self.library.user(id).map_err(read_error)?.presence,
        };
        Ok(Exported::User(id, presence))
    }
}

fn read_error(error: LoadError) -> ReadError {
    match error {
        LoadError::Store(error) => error.into(),
        LoadError::Record(error) => error.into(),
    }
}

fn application(id: ApplicationId, value: &[u8]) -> Result<Exported, ReadError> {
    let (_, head) = codec::decode::<ApplicationV1>(value).map_err(RecordError::from)?;
    Ok(Exported::Application(head.into_application(
        id,
        BTreeMap::new(),
        Look::default(),
        BTreeMap::new(),
        BTreeMap::new(),
    )))
}

fn policy(id: ApplicationId, value: &[u8]) -> Result<Exported, ReadError> {
    let (_, stored) = codec::decode::<PolicyV2>(value).map_err(RecordError::from)?;
    Ok(Exported::Policy(id, Policy::try_from(stored)?))
}

fn look(id: ApplicationId, value: &[u8]) -> Result<Exported, ReadError> {
    let (_, stored) = codec::decode::<LookV1>(value).map_err(RecordError::from)?;
    Ok(Exported::Look(id, Box::new(Look::try_from(stored)?)))
}

fn clock(id: ClockId, is_closing: bool, value: &[u8]) -> Result<Exported, ReadError> {
    let (_, stored) = codec::decode::<ClockV1>(value).map_err(RecordError::from)?;
    Ok(Exported::Clock(stored.into_clock(id), is_closing))
}

fn accesses(user: UserId, block: AccessBlock, value: &[u8]) -> Result<Exported, ReadError> {
    Ok(Exported::Accesses(user, access::decode(block, value)?.1))
}

fn consent(user: UserId, value: &[u8]) -> Result<Exported, ReadError> {
    let (_, stored) = codec::decode::<ConsentV3>(value).map_err(RecordError::from)?;
    Ok(Exported::Consent(user, Consent::try_from(stored)?))
}
