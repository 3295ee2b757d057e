//! Accounts, transactions and identities as institutions tell of them, with our own names for them. The
//! names follow from what the institution calls them, so that reading again updates and never doubles.
//! Must not know: how they are fetched, stored or rendered.

use crate::crypto::{Keyring, Purpose};
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, IdentityId, TransactionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::money::Money;
use crate::domain::terms::Terms;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::names;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

names! {
    /// What an account is (contract section 2.8, `class.type`).
    AccountClass {
        /// Everyday money.
        Transaction = "transaction",
        /// Savings.
        Savings = "savings",
        /// A credit card.
        CreditCard = "credit-card",
        /// A loan on a home.
        Mortgage = "mortgage",
        /// Another loan.
        Loan = "loan",
        /// Investments.
        Investment = "investment",
        /// Money laid down until a day.
        TermDeposit = "term-deposit",
        /// Anything else.
        Unknown = "unknown",
    }
}

names! {
    /// Who owns an account (contract section 2.8, `accountOwnership`).
    Ownership {
        /// The institution does not say.
        Unknown = "UNKNOWN",
        /// One person.
        OneParty = "ONE_PARTY",
        /// Two.
        TwoParty = "TWO_PARTY",
        /// More.
        ManyParty = "MANY_PARTY",
        /// Something else.
        Other = "OTHER",
    }
}

names! {
    /// What a transaction is (contract section 2.9, `class`).
    TransactionClass {
        /// What the institution charges.
        BankFee = "bank-fee",
        /// Paid for something.
        Payment = "payment",
        /// Cash.
        CashWithdrawal = "cash-withdrawal",
        /// From account to account.
        Transfer = "transfer",
        /// What a loan costs.
        LoanInterest = "loan-interest",
        /// Money back.
        Refund = "refund",
        /// Money in.
        DirectCredit = "direct-credit",
        /// What savings earn.
        Interest = "interest",
        /// Paid off a loan.
        LoanRepayment = "loan-repayment",
    }
}

/// An account as the institution tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFacts {
    /// BSB and number without separators; of a card, masked.
    pub number: String,
    /// The institution's own name for it, where it gives one: by that it is asked for. Not kept.
    pub reference: Option<String>,
    /// The branch; cards have none.
    pub bsb: Option<String>,
    /// What the person called it.
    pub name: String,
    /// What the institution calls it.
    pub product: String,
    /// What it is.
    pub class: AccountClass,
    /// Three letters.
    pub currency: String,
    /// After the newest posted transaction.
    pub balance: Option<Money>,
    /// What can be spent.
    pub available_funds: Option<Money>,
    /// What may be owed, or was lent.
    pub credit_limit: Option<Money>,
    /// Who owns it.
    pub ownership: Ownership,
    /// Whose it is, as the institution writes it.
    pub holder: Option<String>,
    /// What is laid down about it, where that was asked for and told. Kept by itself.
    pub terms: Option<Box<Terms>>,
}

/// What stands for a digit that is not told.
const MASKS: [char; 4] = ['X', 'x', '*', '\u{2022}'];

impl AccountFacts {
    /// How the institution is asked for it.
    pub fn asked_by(&self) -> &str {
        self.reference.as_ref().unwrap_or(&self.number)
    }
}

/// An account that was connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name; the same whenever this person connects this account again.
    pub id: AccountId,
    /// Through which connection it is read.
    pub connection: ConnectionId,
    /// Where it is.
    pub institution: InstitutionId,
    /// When it was read last.
    pub updated: UnixMillis,
    /// The days that its transactions are known of, once they are.
    pub span: Option<(Day, Day)>,
    /// What the institution tells.
    pub facts: AccountFacts,
}

/// A transaction as the institution tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionFacts {
    /// The institution's own name for it; of a pending one, another each time.
    pub reference: String,
    /// Whether it is final.
    pub is_posted: bool,
    /// The day it was posted, or (pending) made.
    pub day: Day,
    /// When it was made, where the institution says so.
    pub made: Option<UnixMillis>,
    /// How it reads.
    pub description: String,
    /// Negative: went out.
    pub amount: Money,
    /// Three letters.
    pub currency: String,
    /// What was there afterwards; pending ones have none.
    pub balance: Option<Money>,
    /// What it is.
    pub class: TransactionClass,
    /// What it was for: code and title.
    pub sub_class: Option<(String, String)>,
}

/// A transaction of a connected account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its name; posted ones keep it.
    pub id: TransactionId,
    /// Its account.
    pub account: AccountId,
    /// Through which connection it was read.
    pub connection: ConnectionId,
    /// Where it is.
    pub institution: InstitutionId,
    /// What the institution tells.
    pub facts: TransactionFacts,
}

/// An address as an institution keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Up to three lines.
    pub lines: [String; 3],
    /// The postcode.
    pub postcode: String,
    /// The city.
    pub city: String,
    /// The state, as people shorten it.
    pub state: String,
    /// The country.
    pub country: String,
    /// The country in three letters.
    pub country_code: String,
    /// All of it in one line.
    pub formatted: String,
}

/// A business as an institution knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrganisationFacts {
    /// What it is called.
    pub business_name: String,
    /// The name that it is registered under.
    pub legal_name: String,
    /// Its business number.
    pub abn: String,
    /// Its company number.
    pub acn: String,
    /// Its form.
    pub organisation_type: String,
    /// What it does, as a code.
    pub industry_code: String,
    /// Where it is registered.
    pub registered_country: String,
    /// How the person belongs to it.
    pub agent_role: String,
}

/// What an institution knows about a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IdentityFacts {
    /// The whole name.
    pub full_name: String,
    /// The first name.
    pub first_name: String,
    /// The middle name; empty when there is none.
    pub middle_name: String,
    /// The last name.
    pub last_name: String,
    /// Numbers, masked.
    pub phone_numbers: Vec<String>,
    /// Addresses of electronic mail.
    pub email_addresses: Vec<String>,
    /// Postal addresses.
    pub addresses: Vec<PostalAddress>,
    /// The business, where there is one.
    pub organisation: Option<OrganisationFacts>,
}

/// Who a connection belongs to, as the institution knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name; the same whenever this person connects with this login again.
    pub id: IdentityId,
    /// Through which connection it was read.
    pub connection: ConnectionId,
    /// Where it is.
    pub institution: InstitutionId,
    /// When it was read last.
    pub updated: UnixMillis,
    /// What the institution tells.
    pub facts: IdentityFacts,
}

fn derived(keyring: &Keyring, parts: &[&[u8]]) -> Uuid {
    let hash = keyring.hash(Purpose::DerivedId, parts);
    let mut half = [0_u8; 16];
    half.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(half).into_uuid()
}

impl AccountId {
    /// The name of a user's account there. A whole number is an account's own, however it is reached. A masked
    /// one may stand on several: what the institution calls the account joins it, or else its product; not what
    /// the person called it, for that changes.
    pub fn of(keyring: &Keyring, user: UserId, institution: InstitutionId, facts: &AccountFacts) -> Self {
        let number = facts.number.as_bytes();
        if !facts.number.contains(MASKS) {
            return Self(derived(keyring, &[b"account", user.bytes(), &institution.0, number]));
        }
        let told: [&[u8]; 2] = match &facts.reference {
            Some(reference) => [b"reference", reference.as_bytes()],
            None => [b"product", facts.product.as_bytes()],
        };
        let whose: [&[u8]; 4] = [b"masked account", user.bytes(), &institution.0, number];
        Self(derived(keyring, &[&whose[..], &told].concat()))
    }
}

impl TransactionId {
    /// The name of what the institution calls `reference` in that account.
    pub fn of(keyring: &Keyring, account: AccountId, reference: &str) -> Self {
        Self(derived(keyring, &[b"transaction", account.bytes(), reference.as_bytes()]))
    }
}

impl IdentityId {
    /// The name of the person behind a connection.
    pub fn of(keyring: &Keyring, connection: ConnectionId) -> Self {
        Self(derived(keyring, &[b"identity", connection.bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;

    const BANK: InstitutionId = InstitutionId(*b"AU00000");

    fn facts(number: &str, reference: Option<&str>) -> AccountFacts {
        AccountFacts {
            number: number.into(),
            reference: reference.map(Into::into),
            bsb: None,
            name: "Blue".into(),
            product: "Low Rate Card".into(),
            class: AccountClass::CreditCard,
            currency: "AUD".into(),
            balance: Some(Money(-100)),
            available_funds: None,
            credit_limit: None,
            ownership: Ownership::OneParty,
            holder: None,
            terms: None,
        }
    }

    #[test]
    fn an_account_is_named_by_what_stays_and_tells_it_apart() {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let id = |facts: &AccountFacts| AccountId::of(&keyring, UserId(Uuid::from_u128(1)), BANK, facts);
        let whole = facts("062000000000001", Some("a"));
        let by_another_way = AccountFacts {
            reference: Some("b".into()),
            name: "Renamed".into(),
            product: "Plain".into(),
            ownership: Ownership::TwoParty,
            ..whole.clone()
        };
        assert_eq!(id(&whole), id(&by_another_way), "a whole number is enough");
        let mut seen = std::collections::BTreeSet::new();
        for mask in ["5000XXXXXXXX1234", "5000xxxxxxxx1234", "************1234", "\u{2022}\u{2022}1234"] {
            let (one, other) = (facts(mask, Some("a")), facts(mask, Some("b")));
            let renamed = AccountFacts { name: "Red".into(), balance: None, ..one.clone() };
            assert_eq!(id(&one), id(&renamed), "{mask}");
            assert_ne!(id(&one), id(&other), "{mask}: two cards with the same ending");
            let unnamed = facts(mask, None);
            let product = AccountFacts { product: "Platinum Card".into(), ..unnamed.clone() };
            assert_ne!(id(&unnamed), id(&product), "{mask}: two products");
            seen.extend([id(&one), id(&other), id(&unnamed), id(&product)]);
        }
        assert_eq!(seen.len(), 16);
        let elsewhere = AccountId::of(&keyring, UserId(Uuid::from_u128(2)), BANK, &whole);
        assert_ne!(id(&whole), elsewhere, "nobody else's");
    }
}
