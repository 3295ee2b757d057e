//! What is laid down about an account: every member of it is kept, in as many rows as it takes.

use super::super::RecordError;
use super::super::terms::{TermsBodyV1, TermsV1, bodies, decode};
use super::values::{READING, account_sample, consent_key};
use super::{Sample, plain, sample};
use crate::domain::account::{Account, AccountFacts};
use crate::domain::id::AccountId;
use crate::domain::money::Money;
use crate::domain::terms::tests::{fee, terms_sample};
use crate::domain::terms::{Charge, Fee, Terms};
use crate::engine::committer::Write;
use crate::engine::records::data::ReadingWriter;
use crate::store::key::{self, Reading};
use uuid::Uuid;

fn about(terms: Terms) -> Account {
    let account = account_sample();
    Account { facts: AccountFacts { terms: Some(Box::new(terms)), ..account.facts }, ..account }
}

fn rows(terms: Terms) -> Vec<Write> {
    let key = consent_key();
    ReadingWriter::new(READING, &key).terms(&about(terms), || [30; 24]).unwrap()
}

pub(super) fn samples() -> Vec<Sample> {
    let body: TermsBodyV1 = bodies(&terms_sample()).unwrap().remove(0);
    let row = rows(terms_sample()).remove(0);
    vec![plain(0, &body), sample::<TermsV1>(row.value.unwrap())]
}

fn read(rows: &[Write]) -> Terms {
    let mut all = Terms::default();
    for row in rows {
        let whose = decode(&row.key, row.value.as_ref().unwrap(), &consent_key(), &mut all).unwrap();
        assert_eq!(whose, (READING, account_sample().id));
    }
    all
}

#[test]
fn every_member_is_kept_in_its_place() {
    assert_eq!(read(&rows(terms_sample())), terms_sample());
    assert!(rows(Terms::default()).is_empty(), "where nothing is laid down nothing is stored");
    let (key, row) = (consent_key(), rows(terms_sample()).remove(0));
    let value = row.value.unwrap();
    let later = Reading { generation: READING.generation + 1, ..READING };
    for moved in [
        key::terms(&later, account_sample().id, 0),
        key::terms(&READING, AccountId(Uuid::from_u128(99)), 0),
        key::terms(&READING, account_sample().id, 1),
    ] {
        assert_eq!(decode(&moved, &value, &key, &mut Terms::default()), Err(RecordError::Seal));
    }
    let strange = key::account(&READING, account_sample().id);
    assert_eq!(decode(&strange, &value, &key, &mut Terms::default()), Err(RecordError::Key));
}

#[test]
fn as_many_rows_as_it_takes_hold_it_in_order() {
    let many = |count: usize| {
        let named = |number: usize| Fee { name: number.to_string(), ..fee(Charge::Amount(Money(1))) };
        Terms { fees: (0..count).map(named).collect(), ..terms_sample() }
    };
    assert_eq!(rows(many(0)).len(), 1, "one row holds what most accounts have");
    for count in [1, 8, 24, 100] {
        let written = rows(many(count));
        assert_eq!(read(&written), many(count), "{count}");
        assert!(written.len() >= count / 12 && written.is_sorted_by_key(|row| row.key.clone()), "{count}");
    }
}
