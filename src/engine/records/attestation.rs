//! The declaration that all accounts are disclosed: sealed under the key of the consent that it was made
//! under, so that what transactions showed goes with it.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::attestation::{AnsweredGap, Attestation};
use crate::domain::day::Day;
use crate::domain::gap::{Gap, GapAnswer, GapKind};
use crate::domain::id::{AccountId, ConsentId, SessionId, UserId};
use crate::domain::money::Money;
use crate::domain::time::UnixMillis;
use crate::store::codec::{self, Record};
use crate::store::key;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands under the key of a user's declaration, first schema: the sealed [`AttestationBodyV1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationV1(Vec<u8>);

impl Record for AttestationV1 {
    const KIND: u8 = b'Z';
    const SCHEMA: u8 = 1;
}

/// A declaration, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AttestationBodyV1 {
    at: i64,
    session: [u8; 16],
    consent: [u8; 16],
    gaps: Option<Vec<GapV1>>,
}

impl Record for AttestationBodyV1 {
    const KIND: u8 = b'z';
    const SCHEMA: u8 = 1;
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct GapV1 {
    kind: u8,
    wording: String,
    count: u32,
    last_day: i32,
    last_amount: i64,
    account: [u8; 16],
    answer: u8,
}

/// The stored value of a user's declaration; `version` is that of the user who stands beside it.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(
    user: UserId,
    attestation: &Attestation,
    version: u64,
    key: &DataKey,
    nonce: [u8; 24],
) -> Result<Vec<u8>, RecordError> {
    let body = AttestationBodyV1::from(attestation);
    let sealed = seal::seal(&body, &key::attestation(user), key, nonce)?;
    Ok(codec::encode(version, &AttestationV1(sealed))?)
}

/// Reads a stored declaration.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(user: UserId, value: &[u8], key: &DataKey) -> Result<Attestation, RecordError> {
    let (_, AttestationV1(sealed)) = codec::decode::<AttestationV1>(value)?;
    let body: AttestationBodyV1 = seal::open(&sealed, &key::attestation(user), key)?;
    body.try_into()
}

impl From<&Attestation> for AttestationBodyV1 {
    fn from(attestation: &Attestation) -> Self {
        Self {
            at: attestation.at.0,
            session: *attestation.session.bytes(),
            consent: *attestation.consent.bytes(),
            gaps: attestation.gaps.as_ref().map(|gaps| gaps.iter().map(GapV1::from).collect()),
        }
    }
}

impl TryFrom<AttestationBodyV1> for Attestation {
    type Error = RecordError;

    fn try_from(record: AttestationBodyV1) -> Result<Self, RecordError> {
        let gaps = record.gaps.map(|gaps| gaps.into_iter().map(AnsweredGap::try_from).collect());
        Ok(Self {
            at: UnixMillis(record.at),
            session: SessionId(Uuid::from_bytes(record.session)),
            consent: ConsentId(Uuid::from_bytes(record.consent)),
            gaps: gaps.transpose()?,
        })
    }
}

impl From<&AnsweredGap> for GapV1 {
    fn from(AnsweredGap { gap, answer }: &AnsweredGap) -> Self {
        Self {
            kind: gap_number(gap.kind),
            wording: gap.wording.clone(),
            count: gap.count,
            last_day: gap.last_day.0,
            last_amount: gap.last_amount.0,
            account: *gap.account.bytes(),
            answer: answer_number(*answer),
        }
    }
}

impl TryFrom<GapV1> for AnsweredGap {
    type Error = RecordError;

    fn try_from(record: GapV1) -> Result<Self, RecordError> {
        let kind = GapKind::ALL.into_iter().find(|kind| gap_number(*kind) == record.kind);
        let answer = GapAnswer::ALL.into_iter().find(|answer| answer_number(*answer) == record.answer);
        Ok(Self {
            gap: Gap {
                kind: kind.ok_or(RecordError::Number(record.kind))?,
                wording: record.wording,
                count: record.count,
                last_day: Day(record.last_day),
                last_amount: Money(record.last_amount),
                account: AccountId(Uuid::from_bytes(record.account)),
            },
            answer: answer.ok_or(RecordError::Number(record.answer))?,
        })
    }
}

pub(super) const fn gap_number(kind: GapKind) -> u8 {
    match kind {
        GapKind::Account => 1,
        GapKind::Card => 2,
        GapKind::Loan => 3,
        GapKind::PartOfPay => 4,
    }
}

pub(super) const fn answer_number(answer: GapAnswer) -> u8 {
    match answer {
        GapAnswer::None => 1,
        GapAnswer::NotMine => 2,
    }
}
