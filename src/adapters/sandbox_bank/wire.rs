//! What the sandbox bank is told and what it says, in its own words, and what that is in ours. Every
//! text has a limit here, so that no bank makes a record longer than the store keeps. Must not know:
//! sockets.

use super::{No, terms};
use crate::domain::account::{
    AccountClass, AccountFacts, IdentityFacts, OrganisationFacts, Ownership, PostalAddress, TransactionClass,
    TransactionFacts,
};
use crate::domain::bank::{Answer, BankChallenge, BankFault, ChallengeMethod, Credentials, Request};
use crate::domain::connection::ACCOUNTS_MAX;
use crate::domain::day::Day;
use crate::domain::line::is_invisible;
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::domain::workflow::Names;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The most rows that are looked at in one list.
const ROWS_MAX: usize = 500;

/// The longest bank session, in bytes.
const SESSION_BYTES_MAX: usize = 1024;

/// The longest name that the bank gives to a challenge, an account, a transaction or a place in a
/// list, in bytes. A longer one is refused: half a name is another's.
const REFERENCE_BYTES_MAX: usize = 128;

/// The most prompts of a challenge.
const PROMPTS_MAX: usize = 4;

/// The most phone numbers and email addresses of a person, each.
const CONTACTS_MAX: usize = 3;

/// The most addresses of a person.
const ADDRESSES_MAX: usize = 2;

/// The longest email address, in bytes. A longer one is left out: half of one is another's.
const EMAIL_BYTES_MAX: usize = 128;

/// How a transaction reads, in bytes.
const DESCRIPTION_BYTES_MAX: usize = 512;

/// Sentences and whole addresses, in bytes.
const SENTENCE_BYTES_MAX: usize = 256;

/// Names of people, accounts, products, in bytes.
pub(super) const NAME_BYTES_MAX: usize = 128;

/// Lines of an address, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 96;

/// Cities, countries and roles, in bytes.
pub(super) const WORD_BYTES_MAX: usize = 64;

/// Codes, postcodes and numbers that registers give, in bytes.
pub(super) const CODE_BYTES_MAX: usize = 32;

#[derive(Serialize)]
struct LoginBody<'a> {
    login_id: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct AnswersBody<'a> {
    answers: Vec<&'a str>,
}

/// The body of a login.
pub fn credentials(credentials: &Credentials) -> Zeroizing<Vec<u8>> {
    let Credentials { login_id, password } = credentials;
    json(&LoginBody { login_id: login_id.reveal(), password: password.reveal() })
}

/// The body of answers to a challenge.
pub fn answers(answers: &[Secret]) -> Zeroizing<Vec<u8>> {
    json(&AnswersBody { answers: answers.iter().map(Secret::reveal).collect() })
}

fn json<T: Serialize>(value: &T) -> Zeroizing<Vec<u8>> {
    // Room for all of it, so that growing leaves no copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    // Strings alone: this cannot fail.
    let _ = serde_json::to_writer(&mut *body, value);
    body
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

/// What the bank means by a status that says no. A code that does not belong to the question is none.
pub fn refusal(request: &Request, body: &[u8]) -> No {
    let refusal: Refusal = match parse(body) {
        Ok(refusal) => refusal,
        Err(no) => return no,
    };
    let is_login = matches!(request, Request::SignIn(_) | Request::Answer { .. });
    let is_answer = matches!(request, Request::Answer { .. });
    No::Said(match refusal.code.as_str() {
        "invalid-credentials" if is_login && !is_answer => BankFault::InvalidCredentials,
        "account-locked" if is_login => BankFault::Locked,
        "wrong-answer" if is_answer => BankFault::WrongAnswer,
        "challenge-expired" if is_answer => BankFault::ChallengeOver,
        "session-expired" if !is_login => BankFault::SessionOver,
        "action-required" => BankFault::ActionRequired,
        _ => return No::Spoilt("an unknown refusal"),
    })
}

/// What the bank answers to a question that it does not refuse.
pub fn answer(request: &Request, body: &[u8]) -> Result<Answer, No> {
    match request {
        Request::SignIn(_) | Request::Answer { .. } => parse::<LoginView>(body)?.answer(),
        Request::Profile(_) => Ok(Answer::Profile(Box::new(parse::<ProfileView>(body)?.facts()))),
        Request::Accounts { with_terms, .. } => {
            let mut rows = parse::<AccountsView>(body)?.accounts;
            // What was not asked for is not kept.
            rows.iter_mut().filter(|_| !with_terms).for_each(|row| row.terms = None);
            // Masked numbers may be the same on several; then the bank's own names tell them apart.
            let accounts = unique(facts(rows, AccountView::facts)?, |one, other| {
                one.number == other.number && one.reference == other.reference
            })?;
            if accounts.len() > ACCOUNTS_MAX {
                return Err(No::Spoilt("too many accounts"));
            }
            Ok(Answer::Accounts(accounts))
        }
        Request::Transactions { cursor, .. } => {
            let page = parse::<TransactionsView>(body)?;
            let next = page.next_cursor.map(reference).transpose()?;
            // A page that leads to itself would never end.
            if next.is_some() && next == *cursor {
                return Err(No::Spoilt("a page that leads to itself"));
            }
            let rows = facts(page.transactions, TransactionView::facts)?;
            Ok(Answer::Transactions {
                transactions: unique(rows, |one, other| one.reference == other.reference)?,
                next,
            })
        }
        Request::SignOut(_) => parse::<Nothing>(body).map(|Nothing {}| Answer::Done),
    }
}

/// One object. What the parser says may repeat what was sent: it stays here.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, No> {
    // Objects alone: a struct would be read from a list too.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(No::Spoilt("no object"));
    }
    serde_json::from_slice(body).map_err(|_| No::Spoilt("an unknown shape"))
}

fn facts<V, F>(rows: Vec<V>, facts: impl Fn(V) -> Result<F, No>) -> Result<Vec<F>, No> {
    if rows.len() > ROWS_MAX {
        return Err(No::Spoilt("too many rows"));
    }
    rows.into_iter().map(facts).collect()
}

/// A row that comes twice counts once; two that share a name and differ are nonsense.
fn unique<F: PartialEq>(rows: Vec<F>, same_name: impl Fn(&F, &F) -> bool) -> Result<Vec<F>, No> {
    let mut kept: Vec<F> = Vec::with_capacity(rows.len());
    for row in rows {
        match kept.iter().find(|one| same_name(one, &row)) {
            None => kept.push(row),
            Some(one) if *one == row => {}
            Some(_) => return Err(No::Spoilt("two rows with one name")),
        }
    }
    Ok(kept)
}

/// Text for people: on one line, in the direction of its own letters, and no longer than so many bytes.
pub(super) fn clipped(text: &str, bytes_max: usize) -> String {
    let line = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let line: String = line.filter(|letter| !is_invisible(*letter)).collect();
    let line = line.trim();
    line[..line.floor_char_boundary(bytes_max)].trim_end().to_owned()
}

/// How many of a telephone number's last digits can be read.
const PHONE_ENDING: usize = 3;

/// A telephone number, masked: by the bank, or where it did not, here.
fn masked(phone: &str) -> String {
    let is_masked = phone.contains(['X', 'x', '*']);
    let mut digits = phone.chars().filter(char::is_ascii_digit).count();
    let mask = |letter: char| {
        let is_digit = letter.is_ascii_digit();
        digits -= usize::from(is_digit);
        if is_digit && digits >= PHONE_ENDING && !is_masked { 'X' } else { letter }
    };
    phone.chars().map(mask).collect()
}

/// A name that the bank gives to something, whole.
fn reference(text: String) -> Result<String, No> {
    let is_whole = text.len() <= REFERENCE_BYTES_MAX && !text.chars().any(is_invisible);
    // Dots alone would mean another path.
    let is_name = text.chars().any(char::is_alphanumeric);
    if is_whole && is_name { Ok(text) } else { Err(No::Spoilt("an unusable name")) }
}

fn money(text: &str) -> Result<Money, No> {
    Money::parse(text).ok_or(No::Spoilt("no amount"))
}

fn optional_money(text: Option<&str>) -> Result<Option<Money>, No> {
    text.map(money).transpose()
}

pub(super) fn currency(text: String) -> Result<String, No> {
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { Ok(text) } else { Err(No::Spoilt("no currency")) }
}

fn day(text: Option<&str>) -> Result<Day, No> {
    text.and_then(Day::parse).ok_or(No::Spoilt("no day"))
}

fn instant(text: &str) -> Result<UnixMillis, No> {
    let read = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| No::Spoilt("no instant"))?;
    Ok(UnixMillis(read.timestamp_millis()))
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct LoginView {
    session_token: Option<String>,
    challenge: Option<ChallengeView>,
}

#[derive(Deserialize)]
struct ChallengeView {
    id: String,
    method: String,
    description: String,
    input: Vec<String>,
}

impl LoginView {
    fn answer(self) -> Result<Answer, No> {
        match (self.session_token, self.challenge) {
            (Some(token), None) => {
                // It goes into a header as it is.
                let is_token = token.bytes().all(|byte| byte.is_ascii_graphic());
                if token.is_empty() || token.len() > SESSION_BYTES_MAX || !is_token {
                    return Err(No::Spoilt("an unusable session"));
                }
                Ok(Answer::SignedIn(Secret::new(token)))
            }
            (None, Some(challenge)) => challenge.challenge().map(Answer::Challenged),
            _ => Err(No::Spoilt("neither session nor challenge, or both")),
        }
    }
}

impl ChallengeView {
    fn challenge(self) -> Result<BankChallenge, No> {
        let method = match self.method.as_str() {
            "token" => ChallengeMethod::Token,
            "security-questions" => ChallengeMethod::SecurityQuestions,
            // Nobody could answer it.
            _ => return Err(No::Spoilt("an unknown challenge")),
        };
        let prompts: Vec<String> = self.input.iter().map(|prompt| clipped(prompt, NAME_BYTES_MAX)).collect();
        if prompts.is_empty() || prompts.len() > PROMPTS_MAX {
            return Err(No::Spoilt("no prompts, or too many"));
        }
        let description = clipped(&self.description, SENTENCE_BYTES_MAX);
        Ok(BankChallenge { reference: Secret::new(reference(self.id)?), method, description, prompts })
    }
}

#[derive(Deserialize)]
struct AccountsView {
    accounts: Vec<AccountView>,
}

#[derive(Deserialize)]
struct AccountView {
    account_no: String,
    id: Option<String>,
    bsb: Option<String>,
    name: String,
    product: String,
    class: String,
    currency: String,
    balance: Option<String>,
    available_funds: Option<String>,
    credit_limit: Option<String>,
    ownership: String,
    holder: Option<String>,
    terms: Option<serde_json::Value>,
}

impl AccountView {
    fn facts(self) -> Result<AccountFacts, No> {
        Ok(AccountFacts {
            number: reference(self.account_no)?,
            reference: self.id.map(reference).transpose()?,
            bsb: self.bsb.map(|bsb| clipped(&bsb, CODE_BYTES_MAX)),
            name: clipped(&self.name, NAME_BYTES_MAX),
            product: clipped(&self.product, NAME_BYTES_MAX),
            // A kind that we have no word for is still an account.
            class: AccountClass::parse(&self.class).unwrap_or(AccountClass::Unknown),
            currency: currency(self.currency)?,
            balance: optional_money(self.balance.as_deref())?,
            available_funds: optional_money(self.available_funds.as_deref())?,
            credit_limit: optional_money(self.credit_limit.as_deref())?,
            ownership: Ownership::parse(&self.ownership).unwrap_or(Ownership::Unknown),
            holder: self.holder.map(|holder| clipped(&holder, NAME_BYTES_MAX)),
            terms: self.terms.and_then(terms::terms).map(Box::new),
        })
    }
}

#[derive(Deserialize)]
struct TransactionsView {
    transactions: Vec<TransactionView>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct TransactionView {
    id: String,
    status: String,
    description: String,
    amount: String,
    currency: String,
    class: String,
    sub_class: Option<SubClassView>,
    post_date: Option<String>,
    transaction_date: Option<String>,
    balance: Option<String>,
}

#[derive(Deserialize)]
struct SubClassView {
    code: String,
    title: String,
}

impl TransactionView {
    /// The amount alone says which way money went: there is no second word that could contradict it.
    fn facts(self) -> Result<TransactionFacts, No> {
        let is_posted = match self.status.as_str() {
            "posted" => true,
            "pending" => false,
            // Whether it is final cannot be guessed.
            _ => return Err(No::Spoilt("an unknown status")),
        };
        let (amount, made) = (money(&self.amount)?, self.transaction_date.as_deref());
        let by_direction =
            if amount < Money(0) { TransactionClass::Payment } else { TransactionClass::DirectCredit };
        let titled =
            |sub: SubClassView| (clipped(&sub.code, CODE_BYTES_MAX), clipped(&sub.title, NAME_BYTES_MAX));
        Ok(TransactionFacts {
            reference: reference(self.id)?,
            is_posted,
            day: day(if is_posted { self.post_date.as_deref() } else { made })?,
            made: made.map(instant).transpose()?,
            description: clipped(&self.description, DESCRIPTION_BYTES_MAX),
            amount,
            currency: currency(self.currency)?,
            balance: optional_money(self.balance.as_deref())?,
            // A kind that we have no word for is the plain one of its direction.
            class: TransactionClass::parse(&self.class).unwrap_or(by_direction),
            sub_class: self.sub_class.map(titled),
        })
    }
}

#[derive(Deserialize)]
struct ProfileView {
    full_name: String,
    first_name: String,
    middle_name: String,
    last_name: String,
    phone_numbers: Vec<String>,
    email_addresses: Vec<String>,
    physical_addresses: Vec<AddressView>,
    organisation: Option<OrganisationView>,
}

#[derive(Deserialize)]
struct AddressView {
    address_line1: String,
    address_line2: Option<String>,
    address_line3: Option<String>,
    postcode: String,
    city: String,
    state: String,
    country: String,
    country_code: String,
    formatted_address: String,
}

#[derive(Deserialize)]
struct OrganisationView {
    business_name: String,
    legal_name: String,
    abn: String,
    acn: String,
    organisation_type: String,
    industry_code: String,
    registered_country: String,
    role: String,
}

impl ProfileView {
    /// A profile is for people to read: what is too long or too many is left out.
    fn facts(self) -> IdentityFacts {
        let name = |text: &str| clipped(text, NAME_BYTES_MAX);
        let phones = self.phone_numbers.iter().take(CONTACTS_MAX);
        let emails = self.email_addresses.into_iter().filter(|email| email.len() <= EMAIL_BYTES_MAX);
        IdentityFacts {
            full_name: clipped(&self.full_name, SENTENCE_BYTES_MAX),
            first_name: name(&self.first_name),
            middle_name: name(&self.middle_name),
            last_name: name(&self.last_name),
            phone_numbers: phones.map(|phone| masked(&clipped(phone, CODE_BYTES_MAX))).collect(),
            email_addresses: emails
                .take(CONTACTS_MAX)
                .map(|email| clipped(&email, EMAIL_BYTES_MAX))
                .collect(),
            addresses: self
                .physical_addresses
                .into_iter()
                .take(ADDRESSES_MAX)
                .map(AddressView::address)
                .collect(),
            organisation: self.organisation.map(OrganisationView::facts),
        }
    }
}

impl AddressView {
    fn address(self) -> PostalAddress {
        let line = |text: Option<&str>| clipped(text.unwrap_or_default(), LINE_BYTES_MAX);
        PostalAddress {
            lines: [
                line(Some(&self.address_line1)),
                line(self.address_line2.as_deref()),
                line(self.address_line3.as_deref()),
            ],
            postcode: clipped(&self.postcode, CODE_BYTES_MAX),
            city: clipped(&self.city, WORD_BYTES_MAX),
            state: clipped(&self.state, CODE_BYTES_MAX),
            country: clipped(&self.country, WORD_BYTES_MAX),
            country_code: clipped(&self.country_code, CODE_BYTES_MAX),
            formatted: clipped(&self.formatted_address, SENTENCE_BYTES_MAX),
        }
    }
}

impl OrganisationView {
    fn facts(self) -> OrganisationFacts {
        OrganisationFacts {
            business_name: clipped(&self.business_name, NAME_BYTES_MAX),
            legal_name: clipped(&self.legal_name, NAME_BYTES_MAX),
            abn: clipped(&self.abn, CODE_BYTES_MAX),
            acn: clipped(&self.acn, CODE_BYTES_MAX),
            organisation_type: clipped(&self.organisation_type, CODE_BYTES_MAX),
            industry_code: clipped(&self.industry_code, CODE_BYTES_MAX),
            registered_country: clipped(&self.registered_country, CODE_BYTES_MAX),
            agent_role: clipped(&self.role, WORD_BYTES_MAX),
        }
    }
}
