//! What was read of institutions: accounts, transactions, and who the person is. Sealed under the key of
//! the consent that covers it, row by row, each bound to its whole key: with that key all of it is gone.

use super::{RecordError, seal};
use crate::crypto::DataKey;
use crate::domain::account::{
    Account, AccountClass, AccountFacts, Ownership, Transaction, TransactionClass, TransactionFacts,
};
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId};
use crate::domain::institution::InstitutionId;
use crate::domain::money::Money;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use crate::engine::committer::Write;
use crate::store::codec::{self, Record};
use crate::store::key::{self, Place, Reading};
use serde::{Deserialize, Serialize};

/// What stands under an account's key, first schema: the sealed [`AccountBodyV1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountV1(Vec<u8>);

impl Record for AccountV1 {
    const KIND: u8 = b'B';
    const SCHEMA: u8 = 1;
}

/// An account, first schema; its key holds its name and its connection's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccountBodyV1 {
    institution: [u8; 7],
    updated: i64,
    span: Option<(i32, i32)>,
    number: String,
    bsb: Option<String>,
    name: String,
    product: String,
    class: u8,
    currency: String,
    balance: Option<i64>,
    available_funds: Option<i64>,
    credit_limit: Option<i64>,
    ownership: u8,
    holder: Option<String>,
}

impl Record for AccountBodyV1 {
    const KIND: u8 = b'b';
    const SCHEMA: u8 = 1;
}

/// What stands under a transaction's key, first schema: the sealed [`TransactionBodyV1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionV1(Vec<u8>);

impl Record for TransactionV1 {
    const KIND: u8 = b'X';
    const SCHEMA: u8 = 1;
}

/// A transaction, first schema; its key holds its day and its names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TransactionBodyV1 {
    institution: [u8; 7],
    reference: String,
    is_posted: bool,
    made: Option<i64>,
    description: String,
    amount: i64,
    currency: String,
    balance: Option<i64>,
    class: u8,
    sub_class: Option<(String, String)>,
}

impl Record for TransactionBodyV1 {
    const KIND: u8 = b'x';
    const SCHEMA: u8 = 1;
}

/// Writes what one reading of an institution brings: every row under its number, sealed under the key
/// of the consent. Nothing of it is shown before the connection names that number.
pub struct ReadingWriter<'a> {
    reading: Reading,
    key: &'a DataKey,
}

impl<'a> ReadingWriter<'a> {
    /// Over one reading and the key of the consent that covers it.
    pub const fn new(reading: Reading, key: &'a DataKey) -> Self {
        Self { reading, key }
    }

    /// The row of an account.
    ///
    /// # Errors
    /// When it would be longer than a value may be.
    pub fn account(&self, account: &Account, nonce: [u8; 24]) -> Result<Write, RecordError> {
        let key = key::account(&self.reading, account.id);
        let sealed = seal::seal(&AccountBodyV1::from(account), &key, self.key, nonce)?;
        Ok(Write { value: Some(codec::encode(0, &AccountV1(sealed))?), key })
    }

    /// The rows of what is laid down about an account, where something is.
    ///
    /// # Errors
    /// When one would be longer than a value may be.
    pub fn terms(
        &self,
        account: &Account,
        mut nonce: impl FnMut() -> [u8; 24],
    ) -> Result<Vec<Write>, RecordError> {
        let Some(terms) = &account.facts.terms else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for (part, body) in (0..).zip(super::terms::bodies(terms)?) {
            let key = key::terms(&self.reading, account.id, part);
            let value = super::terms::encode(&body, &key, self.key, nonce())?;
            rows.push(Write { value: Some(value), key });
        }
        Ok(rows)
    }

    /// The row of a transaction: the `ordinal`th of its account and day, counted from the oldest.
    ///
    /// # Errors
    /// When it would be longer than a value may be.
    pub fn transaction(
        &self,
        transaction: &Transaction,
        ordinal: u32,
        nonce: [u8; 24],
    ) -> Result<Write, RecordError> {
        let place = Place {
            day: transaction.facts.day,
            account: transaction.account,
            ordinal,
            transaction: transaction.id,
        };
        let key = key::transaction(&self.reading, &place);
        let sealed = seal::seal(&TransactionBodyV1::from(transaction), &key, self.key, nonce)?;
        Ok(Write { value: Some(codec::encode(0, &TransactionV1(sealed))?), key })
    }

    /// The row of who the person is.
    ///
    /// # Errors
    /// When it would be longer than a value may be.
    pub fn identity(
        &self,
        identity: &crate::domain::account::Identity,
        nonce: [u8; 24],
    ) -> Result<Write, RecordError> {
        let key = key::identity(&self.reading, identity.id);
        let value = super::identity::encode(identity, &key, self.key, nonce)?;
        Ok(Write { value: Some(value), key })
    }
}

/// Reads the account of a row.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn account(row_key: &[u8], value: &[u8], key: &DataKey) -> Result<Account, RecordError> {
    let (reading, id) = key::read_account(row_key).ok_or(RecordError::Key)?;
    let (_, AccountV1(sealed)) = codec::decode::<AccountV1>(value)?;
    let body: AccountBodyV1 = seal::open(&sealed, row_key, key)?;
    body.into_account(id, reading.connection)
}

/// Reads the transaction of a row.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn transaction(row_key: &[u8], value: &[u8], key: &DataKey) -> Result<Transaction, RecordError> {
    let (reading, place) = key::read_transaction(row_key).ok_or(RecordError::Key)?;
    let (_, TransactionV1(sealed)) = codec::decode::<TransactionV1>(value)?;
    let body: TransactionBodyV1 = seal::open(&sealed, row_key, key)?;
    body.into_transaction(reading.connection, &place)
}

impl From<&Account> for AccountBodyV1 {
    fn from(account: &Account) -> Self {
        let facts = account.facts.clone();
        Self {
            institution: account.institution.0,
            updated: account.updated.0,
            span: account.span.map(|(from, to)| (from.0, to.0)),
            number: facts.number,
            bsb: facts.bsb,
            name: facts.name,
            product: facts.product,
            class: account_class_number(facts.class),
            currency: facts.currency,
            balance: facts.balance.map(|amount| amount.0),
            available_funds: facts.available_funds.map(|amount| amount.0),
            credit_limit: facts.credit_limit.map(|amount| amount.0),
            ownership: ownership_number(facts.ownership),
            holder: facts.holder,
        }
    }
}

impl AccountBodyV1 {
    pub(super) fn into_account(
        self,
        id: AccountId,
        connection: ConnectionId,
    ) -> Result<Account, RecordError> {
        Ok(Account {
            id,
            connection,
            institution: InstitutionId(self.institution),
            updated: UnixMillis(self.updated),
            span: self.span.map(|(from, to)| (Day(from), Day(to))),
            facts: AccountFacts {
                number: self.number,
                reference: None,
                bsb: self.bsb,
                name: self.name,
                product: self.product,
                class: account_class_from(self.class)?,
                currency: self.currency,
                balance: self.balance.map(Money),
                available_funds: self.available_funds.map(Money),
                credit_limit: self.credit_limit.map(Money),
                ownership: ownership_from(self.ownership)?,
                holder: self.holder,
                terms: None,
            },
        })
    }
}

impl From<&Transaction> for TransactionBodyV1 {
    fn from(transaction: &Transaction) -> Self {
        let facts = transaction.facts.clone();
        Self {
            institution: transaction.institution.0,
            reference: facts.reference,
            is_posted: facts.is_posted,
            made: facts.made.map(|at| at.0),
            description: facts.description,
            amount: facts.amount.0,
            currency: facts.currency,
            balance: facts.balance.map(|amount| amount.0),
            class: transaction_class_number(facts.class),
            sub_class: facts.sub_class,
        }
    }
}

impl TransactionBodyV1 {
    fn into_transaction(self, connection: ConnectionId, place: &Place) -> Result<Transaction, RecordError> {
        Ok(Transaction {
            id: place.transaction,
            account: place.account,
            connection,
            institution: InstitutionId(self.institution),
            facts: TransactionFacts {
                reference: self.reference,
                is_posted: self.is_posted,
                day: place.day,
                made: self.made.map(UnixMillis),
                description: self.description,
                amount: Money(self.amount),
                currency: self.currency,
                balance: self.balance.map(Money),
                class: transaction_class_from(self.class)?,
                sub_class: self.sub_class,
            },
        })
    }
}

pub(super) const fn account_class_number(class: AccountClass) -> u8 {
    match class {
        AccountClass::Transaction => 1,
        AccountClass::Savings => 2,
        AccountClass::CreditCard => 3,
        AccountClass::Mortgage => 4,
        AccountClass::Loan => 5,
        AccountClass::Investment => 6,
        AccountClass::TermDeposit => 7,
        AccountClass::Unknown => 8,
    }
}

fn account_class_from(number: u8) -> Result<AccountClass, RecordError> {
    let all = AccountClass::ALL.iter().copied();
    all.into_iter().find(|class| account_class_number(*class) == number).ok_or(RecordError::Number(number))
}

pub(super) const fn ownership_number(ownership: Ownership) -> u8 {
    match ownership {
        Ownership::Unknown => 1,
        Ownership::OneParty => 2,
        Ownership::TwoParty => 3,
        Ownership::ManyParty => 4,
        Ownership::Other => 5,
    }
}

fn ownership_from(number: u8) -> Result<Ownership, RecordError> {
    let all = Ownership::ALL.iter().copied();
    all.into_iter().find(|one| ownership_number(*one) == number).ok_or(RecordError::Number(number))
}

pub(super) const fn transaction_class_number(class: TransactionClass) -> u8 {
    match class {
        TransactionClass::BankFee => 1,
        TransactionClass::Payment => 2,
        TransactionClass::CashWithdrawal => 3,
        TransactionClass::Transfer => 4,
        TransactionClass::LoanInterest => 5,
        TransactionClass::Refund => 6,
        TransactionClass::DirectCredit => 7,
        TransactionClass::Interest => 8,
        TransactionClass::LoanRepayment => 9,
    }
}

fn transaction_class_from(number: u8) -> Result<TransactionClass, RecordError> {
    let all = TransactionClass::ALL.iter().copied();
    all.into_iter()
        .find(|class| transaction_class_number(*class) == number)
        .ok_or(RecordError::Number(number))
}
