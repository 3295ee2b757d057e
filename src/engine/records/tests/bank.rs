//! Connections, jobs and what was read of institutions: each opens in its own place and with its own key
//! alone, and the largest of them fit.

use super::super::{RecordError, connection, data, event, identity, job, outbox};
use super::values::*;
use crate::domain::command::Rows;
use crate::domain::connection::{ACCOUNTS_MAX, AccountMark};
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{AccountId, ConnectionId, IdentityId, JobId, TransactionId, UserId};
use crate::domain::secret::Secret;
use crate::engine::committer::Write;
use crate::engine::records::data::ReadingWriter;
use crate::engine::records::outbox::{OutboxHead, Sweep, Wish};
use crate::store::VALUE_BYTES_MAX;
use crate::store::codec::CodecError;
use crate::store::key::{self, Place, Reading};
use uuid::Uuid;

const NONCE: [u8; 24] = [7; 24];

fn row(write: Write) -> (Vec<u8>, Vec<u8>) {
    (write.key, write.value.unwrap())
}

#[test]
fn connections_and_jobs_open_in_their_places_with_their_keys_alone() {
    let (first, other) = (connection_that_failed(), ConnectionId(Uuid::from_u128(99)));
    let value = connection::encode(USER, &first, 5, &consent_key(), NONCE).unwrap();
    let read = |user, id, key| connection::decode(user, id, &value, &key);
    assert_eq!(read(USER, CONNECTION, consent_key()), Ok(first.clone()));
    assert_eq!(connection::consent_of(&value), Ok(first.consent));
    let stranger = UserId(Uuid::from_u128(99));
    for (user, id, key) in
        [(stranger, CONNECTION, consent_key()), (USER, other, consent_key()), (USER, CONNECTION, key())]
    {
        assert_eq!(read(user, id, key), Err(RecordError::Seal));
    }
    let value = job::encode(USER, &job_of_a_refresh(), 5, &key(), NONCE).unwrap();
    let read = |user, id, key| job::decode(user, id, &value, &key);
    assert_eq!(read(USER, JOB, key()), Ok(job_of_a_refresh()));
    for (user, id, key) in
        [(stranger, JOB, key()), (USER, JobId(Uuid::from_u128(99)), key()), (USER, JOB, consent_key())]
    {
        assert_eq!(read(user, id, key), Err(RecordError::Seal));
    }
}

#[test]
fn what_was_read_opens_under_its_whole_key_alone() {
    let key = consent_key();
    let writer = ReadingWriter::new(READING, &key);
    let later = Reading { generation: READING.generation + 1, ..READING };
    let strangers = Reading { user: UserId(Uuid::from_u128(99)), ..READING };

    let (at, value) = row(writer.account(&account_sample(), NONCE).unwrap());
    assert_eq!(data::account(&at, &value, &key), Ok(account_sample()));
    let id = account_sample().id;
    for moved in [
        key::account(&later, id),
        key::account(&strangers, id),
        key::account(&READING, AccountId(Uuid::from_u128(99))),
    ] {
        assert_eq!(data::account(&moved, &value, &key), Err(RecordError::Seal));
    }

    let (at, value) = row(writer.transaction(&transaction_sample(), 6, NONCE).unwrap());
    assert_eq!(data::transaction(&at, &value, &key), Ok(transaction_sample()));
    let (_, place) = key::read_transaction(&at).unwrap();
    assert_eq!(place.ordinal, 6);
    let name = TransactionId(Uuid::from_u128(99));
    for moved in [
        key::transaction(&later, &place),
        key::transaction(&READING, &Place { ordinal: 7, ..place }),
        key::transaction(&READING, &Place { day: place.day.minus(1), ..place }),
        key::transaction(&READING, &Place { transaction: name, ..place }),
    ] {
        assert_eq!(data::transaction(&moved, &value, &key), Err(RecordError::Seal));
    }

    let (at, value) = row(writer.identity(&identity_sample(), NONCE).unwrap());
    assert_eq!(identity::decode(&at, &value, &key), Ok(identity_sample()));
    let moved = key::identity(&READING, IdentityId(Uuid::from_u128(99)));
    assert_eq!(identity::decode(&moved, &value, &key), Err(RecordError::Seal));
    assert_eq!(identity::decode(&at, &value, &super::key()), Err(RecordError::Seal));
    assert_eq!(data::account(&at, &value, &key), Err(RecordError::Key), "another kind of row");
}

/// The most that a connection can hold, beside a bank session of this many bytes.
const BANK_SESSION_BYTES: usize = 1024;

/// The longest login id that is taken.
const LOGIN_ID_BYTES: usize = 256;

#[test]
fn the_largest_connection_fits_and_what_is_larger_is_refused() {
    let mark = |number| AccountMark { id: AccountId(Uuid::from_u128(number)), digest: [255; 8] };
    let mut one = connection_that_failed();
    one.login_id = Some(Secret::new("l".repeat(LOGIN_ID_BYTES)));
    one.accounts = (0..ACCOUNTS_MAX as u128).map(mark).collect();
    one.session = Some(Secret::new("s".repeat(BANK_SESSION_BYTES)));
    let value = connection::encode(USER, &one, u64::MAX, &consent_key(), NONCE).unwrap();
    assert!(value.len() <= VALUE_BYTES_MAX, "{}", value.len());
    one.session = Some(Secret::new("s".repeat(VALUE_BYTES_MAX)));
    let refused = connection::encode(USER, &one, 1, &consent_key(), NONCE);
    assert!(matches!(refused, Err(RecordError::Codec(CodecError::TooLong(_)))));
}

#[test]
fn texts_that_are_too_long_are_refused_and_nothing_panics() {
    let long = "x".repeat(VALUE_BYTES_MAX);
    let is_refused =
        |result: Result<(), RecordError>| matches!(result, Err(RecordError::Codec(CodecError::TooLong(_))));
    let mut job = job_sample();
    job.challenge.as_mut().unwrap().description.clone_from(&long);
    assert!(is_refused(job::encode(USER, &job, 1, &key(), NONCE).map(drop)));
    let key = consent_key();
    let writer = ReadingWriter::new(READING, &key);
    let (mut account, mut transaction, mut identity) =
        (account_sample(), transaction_sample(), identity_sample());
    account.facts.name.clone_from(&long);
    transaction.facts.description.clone_from(&long);
    identity.facts.full_name.clone_from(&long);
    assert!(is_refused(writer.account(&account, NONCE).map(drop)));
    assert!(is_refused(writer.transaction(&transaction, 0, NONCE).map(drop)));
    assert!(is_refused(writer.identity(&identity, NONCE).map(drop)));
    let event =
        Event { kind: EventKind::AccountUpdated, ..event_sample(EventData::Account(Box::new(account))) };
    assert!(is_refused(event::encode(&event, Some(&key), NONCE).map(drop)));
    // Sealed it is longer than before.
    let mut edge = transaction_sample();
    let fits = |edge: &crate::domain::account::Transaction| writer.transaction(edge, 0, NONCE).is_ok();
    edge.facts.description = "x".repeat(VALUE_BYTES_MAX - 200);
    assert!(fits(&edge));
    edge.facts.description = "x".repeat(VALUE_BYTES_MAX - 146);
    assert!(!fits(&edge));
}

#[test]
fn events_of_what_is_covered_open_with_the_consents_key_alone() {
    let mut view = connection_sample().view();
    let all = [
        EventData::Connection(Box::new(view.clone())),
        EventData::Account(Box::new(account_sample())),
        EventData::Transactions { connection: Box::new(view.clone()), new: 13 },
    ];
    // An event does not keep which accounts there were.
    view.accounts.clear();
    let kept = [
        EventData::Connection(Box::new(view.clone())),
        EventData::Account(Box::new(account_sample())),
        EventData::Transactions { connection: Box::new(view), new: 13 },
    ];
    for (data, kept) in all.into_iter().zip(kept) {
        let happened = Event { subject: Some(CONNECTION.0), ..event_sample(data) };
        let value = event::encode(&happened, Some(&consent_key()), NONCE).unwrap();
        assert_eq!(event::key_owner(&value), Ok(happened.consent.map(|consent| *consent.bytes())));
        let expected = Event { data: kept, ..happened.clone() };
        assert_eq!(event::decode(&value, Some(&consent_key())), Ok(expected));
        assert_eq!(event::decode(&value, Some(&key())), Err(RecordError::Seal));
        let closed = Event { data: EventData::Nothing, ..happened.clone() };
        assert_eq!(event::decode(&value, None), Ok(closed.clone()), "once the key is gone");
        let value = event::encode(&happened, None, NONCE).unwrap();
        assert_eq!((event::key_owner(&value), event::decode(&value, None)), (Ok(None), Ok(closed)));
    }
    let profile = event_sample(EventData::User(Box::new(profile())));
    let value = event::encode(&profile, Some(&key()), NONCE).unwrap();
    assert_eq!(event::key_owner(&value), Ok(Some(*USER.bytes())));
}

#[test]
fn every_wish_is_read_back_and_only_a_text_has_one() {
    let swept = |rows| Wish::Sweep(Sweep { connection: CONNECTION, rows, keep: 0, up_to: u32::MAX });
    for wish in [Wish::Gather { job: JOB }].into_iter().chain(Rows::ALL.map(swept)) {
        let head = OutboxHead { wish, ..head() };
        let value = outbox::encode(&head, None, &keyring(), NONCE).unwrap();
        assert_eq!(outbox::head(EFFECT, &value), Ok(head));
        assert_eq!(outbox::text(EFFECT, &value, &keyring()).err(), Some(RecordError::Text));
    }
    let value = outbox::encode(&head(), Some(&text()), &keyring(), NONCE).unwrap();
    assert_eq!(outbox::head(EFFECT, &value), Ok(head()));
    assert!(outbox::text(EFFECT, &value, &keyring()).unwrap() == text());
    assert_eq!(outbox::encode(&head(), None, &keyring(), NONCE).err(), Some(RecordError::Text));
}
