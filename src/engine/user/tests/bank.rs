//! Connections and jobs through a user's life: their records follow, what was read opens while its consent
//! lasts, and nothing of it is left afterwards.

use super::super::load::{Library, LoadError, Loaded};
use super::{SERVER, USER, Whole, create, create_link, house};
use crate::domain::account::{
    Account, AccountClass, AccountFacts, Ownership, Transaction, TransactionClass, TransactionFacts,
};
use crate::domain::bank::Credentials;
use crate::domain::command::{Caller, Command, Entry, Reply, Rows};
use crate::domain::connection::{ConnectionView, Generation};
use crate::domain::day::Day;
use crate::domain::errand::Errand;
use crate::domain::event::EventData;
use crate::domain::id::{AccountId, ConsentId, TransactionId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Job, Report};
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use crate::domain::terms::{Feature, More, Terms};
use crate::engine::committer::{Commit, ConnectionTallyV1};
use crate::engine::dispatcher::perform;
use crate::engine::read::sources::{self, AccountFilter};
use crate::engine::read::{Keys, transactions};
use crate::engine::records::RecordError;
use crate::engine::records::data::ReadingWriter;
use crate::engine::records::outbox::Wish;
use crate::engine::upgrade;
use crate::engine::user::core::{Output, UserCore};
use crate::store::key::{self, Kind, Reading};
use crate::store::{Batch, Order, Row, Store, StoreError, codec, space};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const COOKIE: [u8; 32] = [3; 32];
const BANK: InstitutionId = InstitutionId(*b"AU00000");

/// The person signs in.
pub fn connecting(login_id: &str) -> Command {
    let secret = |text: &str| Secret::new(text.into());
    let credentials = Credentials { login_id: secret(login_id), password: secret("open sesame") };
    Command::Connect { cookie: Some(COOKIE), institution: BANK, credentials }
}

impl Whole {
    /// A user whose person has agreed.
    pub fn connecting() -> Self {
        let mut whole = Self::new();
        whole.ask(SERVER, create()).unwrap();
        whole.ask(SERVER, create_link()).unwrap();
        let hash = whole.bench.user().link.as_ref().unwrap().hash;
        whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
        let (code, entry) =
            (whole.code(), Entry::Cookie { cookie: COOKIE, return_state: None, errand: Errand::default() });
        whole.ask(Caller::Applicant, Command::TryCode { hash, code, entry }).unwrap();
        whole
            .ask(Caller::Applicant, Command::Agree { cookie: COOKIE, policy_version: 1, shown: None })
            .unwrap();
        whole
    }

    fn consent(&self) -> ConsentId {
        self.bench.user().consent.as_ref().unwrap().id
    }

    pub fn connect(&mut self, login_id: &str) -> Job {
        match self.ask(Caller::Applicant, connecting(login_id)).unwrap() {
            Reply::Job(job) | Reply::JobAgain(job) => *job,
            other => panic!("{other:?}"),
        }
    }

    pub fn report(&mut self, job: &Job, report: Report) {
        let command = Command::Report { job: job.id, attempt: job.attempt, report: Box::new(report) };
        self.ask(Caller::House, command).unwrap();
    }

    /// Somebody works on a job to its end: one account, and this many transactions in it.
    fn read_all(&mut self, job: &Job, many: u32) {
        self.report(job, Report::SignedIn(Secret::new("bank session".into())));
        let reading = Reading { user: USER, connection: job.connection, generation: job.generation };
        let key = self.library.keys.get(job.consent.bytes()).unwrap().unwrap();
        let writer = ReadingWriter::new(reading, &key);
        let account = account(job);
        let mut writes = vec![writer.account(&account, [1; 24]).unwrap()];
        writes.extend(writer.terms(&account, || [3; 24]).unwrap());
        for number in 0..many {
            writes.push(writer.transaction(&transaction(job, number), number, [2; 24]).unwrap());
        }
        assert!(self.committer.commit(vec![Commit { writes, ..Commit::default() }])[0].is_ok());
        self.report(job, Report::Accounts(vec![account]));
        self.report(job, Report::Transactions { new: many });
    }

    /// Does what the outbox asks to be swept; how many commits it took.
    fn sweep(&mut self) -> usize {
        let mut commits = 0;
        let sweeps = self.outbox().into_iter().filter_map(|head| match head.wish {
            Wish::Sweep(sweep) => Some((head, sweep)),
            _ => None,
        });
        for (head, sweep) in sweeps.collect::<Vec<_>>() {
            loop {
                let step = perform::sweep(self.library.store.as_ref(), &head, &sweep).unwrap();
                assert!(step.commit.writes.len() <= perform::SWEEP_ROWS_MAX);
                assert!(self.committer.commit(vec![step.commit])[0].is_ok());
                commits += 1;
                if step.is_last {
                    break;
                }
            }
        }
        commits
    }

    fn views(&mut self) -> Vec<ConnectionView> {
        match self.ask(SERVER, Command::ListSources).unwrap() {
            Reply::Connections(views) => views,
            other => panic!("{other:?}"),
        }
    }

    /// How many accounts and transactions are shown by these.
    fn shown(&self, views: &[ConnectionView]) -> (usize, usize) {
        let (store, open) = (self.library.store.as_ref(), sources::open(&self.library, USER, views).unwrap());
        let accounts = sources::accounts(store, &open.open, &AccountFilter::default()).unwrap();
        let filter = transactions::TransactionFilter::default();
        let page = transactions::transactions(store, &open.open, &filter, None, 10, Day(20_000)).unwrap();
        (accounts.len(), page.total)
    }

    /// What was read under each number: rows of accounts and of transactions.
    fn generations(&self) -> Vec<(Generation, Kind)> {
        let accounts = self.rows(Kind::Account).into_iter().filter_map(|row| key::read_account(&row));
        let mut all: Vec<_> = accounts.map(|(reading, _)| (reading.generation, Kind::Account)).collect();
        let rows = self.rows(Kind::Transaction).into_iter().filter_map(|row| key::read_transaction(&row));
        all.extend(rows.map(|(reading, _)| (reading.generation, Kind::Transaction)));
        let rows = self.rows(Kind::Terms).into_iter().filter_map(|row| key::read_terms(&row));
        all.extend(rows.map(|(reading, ..)| (reading.generation, Kind::Terms)));
        all
    }

    /// What the events of this user hold, as far as it can be opened.
    fn events(&self) -> Vec<EventData> {
        let (from, to) = key::all(Kind::Event);
        let rows = self.library.store.scan(&from, &to, Order::Ascending, 1000).unwrap();
        let mut keys = Keys::new(&self.library);
        rows.iter().map(|(_, value)| keys.event(value).unwrap().data).collect()
    }
}

fn account(job: &Job) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(1)),
        connection: job.connection,
        institution: BANK,
        updated: job.created,
        span: None,
        facts: AccountFacts {
            number: "062001900044113".into(),
            reference: None,
            bsb: None,
            name: format!("read under {}", job.generation),
            product: "Sample".into(),
            class: AccountClass::Transaction,
            currency: "AUD".into(),
            balance: Some(Money(1)),
            available_funds: None,
            credit_limit: None,
            ownership: Ownership::OneParty,
            holder: None,
            terms: Some(Box::new(terms())),
        },
    }
}

fn terms() -> Terms {
    let feature = Feature { kind: "REDRAW", more: More::default(), is_activated: Some(true) };
    Terms { features: vec![feature], ..Terms::default() }
}

fn transaction(job: &Job, number: u32) -> Transaction {
    Transaction {
        id: TransactionId(Uuid::from_u128(number.into())),
        account: AccountId(Uuid::from_u128(1)),
        connection: job.connection,
        institution: BANK,
        facts: TransactionFacts {
            reference: number.to_string(),
            is_posted: true,
            day: Day(20_000),
            made: None,
            description: "Something".into(),
            amount: Money(-100),
            currency: "AUD".into(),
            balance: None,
            class: TransactionClass::Payment,
            sub_class: None,
        },
    }
}

#[test]
fn a_second_reading_takes_the_place_of_the_first_and_the_rest_is_swept_away() {
    let mut whole = Whole::connecting();
    let first = whole.connect("ada");
    whole.read_all(&first, 3);
    let views = whole.views();
    assert_eq!(whole.shown(&views), (1, 3));
    assert_eq!(whole.sweep(), Rows::ALL.len(), "one commit each: nothing is left over");
    assert_eq!(whole.shown(&views), (1, 3));
    whole.bench.now = whole.bench.now.plus(crate::domain::time::Span::minutes(1));
    let second = whole.connect("ada");
    assert_eq!((second.connection, second.generation), (first.connection, first.generation + 1));
    whole.read_all(&second, 300);
    assert_eq!(whole.generations().len(), 2 + 3 + 2 + 300);
    whole.sweep();
    let left = whole.generations();
    assert!(left.len() == 302 && left.iter().all(|(generation, _)| *generation == second.generation));
    let views = whole.views();
    assert_eq!(whole.shown(&views), (1, 300));
    assert!(whole.outbox().is_empty());
}

#[test]
fn work_on_a_job_is_begun_by_whoever_decided_and_not_by_the_dispatcher() {
    let mut whole = Whole::connecting();
    let commit = super::commit(whole.bench.ask(1, Caller::Applicant, connecting("ada")));
    let result = whole.committer.commit(vec![commit]).pop().unwrap();
    let out = whole.bench.handle(super::Input::Committed(result));
    assert!(!out.iter().any(|one| matches!(one, Output::Effects(_))), "{:?}", super::names(&out));
    let wishes: Vec<_> = whole.outbox().into_iter().map(|head| (head.wish, head.not_after)).collect();
    let job = whole.bench.user().jobs[0].clone();
    assert_eq!(wishes, [(Wish::Gather { job: job.id }, job.total_at)]);
    // A sweep is the dispatcher's.
    let report = Report::Failed(crate::domain::job::Cause::Unavailable);
    let command = Command::Report { job: job.id, attempt: 1, report: Box::new(report) };
    let commit = super::commit(whole.bench.ask(2, Caller::House, command));
    let result = whole.committer.commit(vec![commit]).pop().unwrap();
    let told = whole.bench.handle(super::Input::Committed(result)).into_iter().find_map(|one| match one {
        Output::Effects(ids) => Some(ids.len()),
        _ => None,
    });
    assert_eq!(told, Some(whole.outbox().len()));
}

#[test]
fn the_end_of_a_consent_leaves_nothing_that_opens() {
    let mut whole = Whole::connecting();
    let job = whole.connect("ada");
    // More than one commit takes away.
    whole.read_all(&job, 300);
    whole.sweep();
    let (views, consent) = (whole.views(), whole.consent());
    let is_covered = |data: &EventData| data.is_covered();
    assert!(whole.events().iter().any(is_covered));
    whole.ask(SERVER, Command::EndConsent(consent)).unwrap();
    assert!(whole.library.keys.get(consent.bytes()).unwrap().is_none());
    assert!(whole.library.keys.get(USER.bytes()).unwrap().is_some(), "the person stays");
    assert!(!whole.rows(Kind::Transaction).is_empty(), "rows go by and by");
    assert_eq!(whole.shown(&views), (0, 0), "and open for nobody meanwhile");
    assert!(!whole.events().iter().any(is_covered));
    assert!(whole.views().is_empty());
    assert!(whole.sweep() > Rows::ALL.len());
    assert!(!whole.generations().iter().any(|(_, kind)| *kind == Kind::Terms));
    for kind in [Kind::Account, Kind::Identity, Kind::Transaction, Kind::Connection, Kind::Outbox] {
        assert!(whole.rows(kind).is_empty(), "{kind:?}");
    }
    assert_eq!(whole.rows(Kind::Job).len(), 1, "that it happened is remembered for its days");
    // The next consent has a key of its own.
    whole.ask(Caller::Applicant, Command::Agree { cookie: COOKIE, policy_version: 1, shown: None }).unwrap();
    let next = whole.consent();
    assert!(next != consent && whole.library.keys.get(next.bytes()).unwrap().is_some());
}

#[test]
fn a_deleted_user_leaves_no_key_and_in_the_end_no_row() {
    let mut whole = Whole::connecting();
    let done = whole.connect("ada");
    whole.read_all(&done, 5);
    whole.connect("ada at work");
    let consent = whole.consent();
    whole.ask(SERVER, Command::DeleteUser).unwrap();
    assert!(whole.library.keys.get(consent.bytes()).unwrap().is_none());
    assert!(whole.library.keys.get(USER.bytes()).unwrap().is_none());
    whole.sweep();
    for kind in [
        Kind::Account,
        Kind::Terms,
        Kind::Identity,
        Kind::Transaction,
        Kind::Connection,
        Kind::Job,
        Kind::JobRoute,
        Kind::Outbox,
        Kind::Deadline,
        Kind::KeySlot,
    ] {
        assert!(whole.rows(kind).is_empty(), "{kind:?}");
    }
}

#[test]
fn a_consent_that_an_older_program_gave_gets_its_key_with_the_next_commit() {
    let mut whole = Whole::connecting();
    let consent = whole.consent();
    let commit = Commit { destroyed_keys: vec![*consent.bytes()], ..Commit::default() };
    assert!(whole.committer.commit(vec![commit])[0].is_ok());
    let loaded = whole.library.user(USER).unwrap();
    assert!(loaded.consent_key.is_none() && loaded.presence == *whole.bench.core.presence());
    whole.bench.core = UserCore::new(USER, house(), loaded);
    whole.ask(SERVER, create_link()).unwrap();
    let made = whole.library.keys.get(consent.bytes()).unwrap();
    assert!(made.is_some() && whole.library.user(USER).unwrap().consent_key.is_some());
}

#[test]
fn a_record_that_is_missing_or_too_much_is_noticed() {
    let mut whole = Whole::connecting();
    let job = whole.connect("ada");
    whole.read_all(&job, 1);
    let store = whole.library.store.clone();
    let count = |whole: &Whole| match whole.library.user(USER) {
        Err(LoadError::Record(RecordError::Count { counted, found })) => Some((counted, found)),
        _ => None,
    };
    assert_eq!(count(&whole), None);
    for row in [key::connection(USER, job.connection), key::job(USER, job.id)] {
        let value = store.get(&row).unwrap();
        store.apply(&Batch(vec![(row.clone(), None)])).unwrap();
        assert_eq!(count(&whole), Some((1, 0)));
        let other = [&row[..17], &[9; 16]].concat();
        store.apply(&Batch(vec![(row.clone(), value.clone()), (other.clone(), value)])).unwrap();
        assert_eq!(count(&whole), Some((1, 2)));
        store.apply(&Batch(vec![(other, None)])).unwrap();
    }
    assert_eq!(count(&whole), None);
}

/// A store in which something changes while a range is read.
struct Meddled {
    inner: Arc<dyn Store>,
    scans: AtomicU32,
    meanwhile: Mutex<Option<Batch>>,
}

impl Store for Meddled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.scans.fetch_add(1, Ordering::Relaxed);
        if let Some(batch) = self.meanwhile.lock().unwrap().take() {
            self.inner.apply(&batch)?;
        }
        self.inner.scan(from, to, order, limit)
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.apply(batch)
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.inner.sync()
    }

    fn space(&self) -> Result<Option<space::FreeSpace>, StoreError> {
        self.inner.space()
    }
}

#[test]
fn a_user_without_records_costs_no_range_and_one_that_changes_is_read_again() {
    let mut whole = Whole::connecting();
    let meddled = Arc::new(Meddled {
        inner: whole.library.store.clone(),
        scans: AtomicU32::new(0),
        meanwhile: Mutex::new(None),
    });
    let library = Library { store: meddled.clone(), keys: whole.library.keys.clone() };
    let scans = || meddled.scans.swap(0, Ordering::Relaxed);
    assert!(library.user(USER).unwrap().presence == *whole.bench.core.presence());
    assert_eq!(scans(), 0);
    whole.connect("ada");
    assert!(library.user(USER).unwrap().presence == *whole.bench.core.presence());
    assert_eq!(scans(), 2);
    // The rows of a commit that is applied while the user is read.
    let before = whole.library.store.clone();
    let rows = |whole: &Whole| {
        let (from, to) = (vec![0], vec![255]);
        whole.library.store.scan(&from, &to, Order::Ascending, 10_000).unwrap()
    };
    let old = rows(&whole);
    whole.connect("ada at work");
    let new = rows(&whole);
    let back = old.iter().map(|(key, value)| (key.clone(), Some(value.clone())));
    let gone = new.iter().filter(|row| !old.iter().any(|other| other.0 == row.0));
    before.apply(&Batch(gone.map(|(key, _)| (key.clone(), None)).chain(back).collect())).unwrap();
    let again = new.into_iter().map(|(key, value)| (key, Some(value))).collect();
    *meddled.meanwhile.lock().unwrap() = Some(Batch(again));
    let loaded: Loaded = library.user(USER).unwrap();
    assert!(loaded.presence == *whole.bench.core.presence(), "not half of one and half of the other");
    assert!(scans() > 2);
}

#[test]
fn the_connections_in_a_store_of_an_older_program_are_counted_once() {
    let mut whole = Whole::connecting();
    whole.connect("a");
    whole.connect("b");
    let gone = whole.connect("c").connection;
    whole.ask(SERVER, Command::DeleteConnection(gone)).unwrap();
    let store = whole.library.store.clone();
    let row = key::connection_tally(whole.bench.user().application);
    let counted = || {
        let value = store.get(&row).unwrap();
        value.map(|value| codec::decode::<ConnectionTallyV1>(&value).unwrap().1.0)
    };
    assert_eq!(counted(), Some(2), "counted as it goes");
    let forget = || store.apply(&Batch(vec![(row.clone(), None)])).unwrap();
    forget();
    upgrade::count_connections(&whole.library).unwrap();
    assert_eq!(counted(), Some(2), "counted again from what is stored");
    forget();
    upgrade::count_connections(&whole.library).unwrap();
    assert_eq!(counted(), None, "and only once");
}
