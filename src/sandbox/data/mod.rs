//! What the sandbox bank knows: institutions, persons, accounts and what happened on them. All of it
//! follows from a seed and the time, and is told the same way each time: what was posted once stays as
//! it was. Pure. Must not know: sockets, sessions, clocks.

mod dice;
pub mod institution;
mod lives;
pub mod magic;
pub mod persona;
mod plan;
pub mod profile;
mod simulate;
mod terms;
#[cfg(test)]
mod tests;

use self::dice::Dice;
use self::institution::Institution;
use self::magic::Quirk;
use self::persona::Persona;
use self::plan::{AccountClass, AccountPlan, Class, Ownership, SubClass};
use self::simulate::{Chance, Entry};
use self::terms::{Laid, Standing};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Timelike};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How far back an institution tells, in days.
pub const HISTORY_DAYS: u64 = 730;

/// How many transactions of an account may be pending.
pub const PENDING_MAX: usize = 3;

/// How long before it is posted a purchase is known, in minutes.
const PENDING_MINUTES: i64 = 360;

/// Australia without summer time: 10 hours before UTC.
const OFFSET_SECONDS: i32 = 10 * 3600;

/// Where all lives begin. Never moved: what was posted would change.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2022, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Everything that an institution knows of a person's money at a time.
#[derive(Debug)]
pub struct Book {
    institution: &'static Institution,
    seed: u64,
    holder: String,
    address: profile::Address,
    /// The time, where the accounts are.
    now: NaiveDateTime,
    ledgers: Vec<Ledger>,
}

#[derive(Debug)]
struct Ledger {
    plan: AccountPlan,
    laid: Laid,
    number: Number,
    /// Posted, within the history, oldest first.
    posted: Vec<Entry>,
    /// Known and not posted yet, oldest first.
    pending: Vec<Entry>,
    /// After the last posted one.
    balance: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    bsb: Option<String>,
    /// As it is told: of a card, masked.
    told: String,
    /// The institution's own name for the account.
    id: String,
    /// What stands for the account in the ids of its transactions.
    mark: String,
}

/// An account as it is told (contract section 2.8). Amounts are decimal strings with two places; what
/// is owed is negative.
#[derive(Debug, Serialize)]
pub struct Account<'a> {
    /// BSB and number without separators; of a card, masked.
    pub account_no: &'a str,
    /// The institution's own name for it: its alone, and the same for all who own it.
    pub id: &'a str,
    /// The branch; cards have none.
    pub bsb: Option<&'a str>,
    /// What the person called it.
    pub name: &'static str,
    /// What the institution calls it.
    pub product: &'static str,
    /// What it is.
    pub class: AccountClass,
    /// Always AUD.
    pub currency: &'static str,
    /// After the newest posted transaction.
    pub balance: String,
    /// What can be spent, pending ones counted; loans have none.
    pub available_funds: Option<String>,
    /// Of a card, what may be owed; of a loan, what was lent.
    pub credit_limit: Option<String>,
    /// Who owns it.
    pub ownership: Ownership,
    /// Whose it is, as the institution writes it.
    pub holder: &'a str,
    /// The first day that transactions are told of, as YYYY-MM-DD.
    pub history_from: NaiveDate,
    /// The last one.
    pub history_to: NaiveDate,
    /// What is laid down about it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<serde_json::Value>,
}

/// Whether it is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is, and never changes.
    Posted,
    /// It is known, and will be posted within hours under another id.
    Pending,
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// In.
    Credit,
    /// Out.
    Debit,
}

/// A transaction as it is told (contract section 2.9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transaction {
    /// Stable once posted; of a pending one, another each minute.
    pub id: Uuid,
    /// Whether it is final.
    pub status: Status,
    /// How it reads.
    pub description: &'static str,
    /// Negative: went out.
    pub amount: String,
    /// Always AUD.
    pub currency: &'static str,
    /// Which way.
    pub direction: Direction,
    /// Its kind.
    pub class: Class,
    /// What it was for, of payments.
    pub sub_class: Option<SubClass>,
    /// The day of a posted one at midnight UTC, as RFC 3339.
    pub post_date: Option<String>,
    /// When a purchase was made, as RFC 3339; nothing for others.
    pub transaction_date: Option<String>,
    /// What was there afterwards; pending ones have none.
    pub balance: Option<String>,
}

/// The place of a posted transaction in its account: a page goes on below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its day.
    pub day: NaiveDate,
    /// Its place among those of the day.
    pub number: u32,
}

/// Which transactions are asked for. Days count as they are where the accounts are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// Not before this day.
    pub from: Option<NaiveDate>,
    /// Not after this day.
    pub to: Option<NaiveDate>,
    /// Older than this one.
    pub below: Option<Place>,
}

/// Some transactions, newest first, and where the next ones begin.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub transactions: Vec<Transaction>,
    /// The last one's place, when there are more.
    pub next: Option<Place>,
}

impl Book {
    /// What `institution` knows of `persona` at `now`, in milliseconds since 1970-01-01 UTC.
    pub fn of(seed: u64, institution: &'static Institution, persona: Persona, now: i64) -> Self {
        let now = local(now);
        let names = [institution.id, persona.owner()];
        let plan = lives::plan(persona);
        let chance = Chance { own: Dice::of(seed, &names), shared: Dice::of(seed, &[institution.id]) };
        let entries = simulate::live(&plan, chance, FIRST_DAY, now.date());
        let numbers = plan.accounts.iter().map(|account| number(seed, institution, persona, account));
        let ledgers = plan
            .accounts
            .iter()
            .enumerate()
            .zip(numbers)
            .zip(entries)
            .filter(|(((_, account), _), _)| persona.sees(account.ownership))
            .map(|(((at, account), number), entries)| {
                Ledger::cut((*account, Laid::of(&plan, at)), number, entries, now)
            })
            .collect();
        let (holder, address) = (profile::holder(persona), profile::address(persona));
        Self { institution, seed, holder, address, now, ledgers }
    }

    /// All accounts.
    pub fn accounts(&self) -> Vec<Account<'_>> {
        self.ledgers.iter().map(|ledger| self.account(ledger)).collect()
    }

    /// All accounts, with what is laid down about them.
    pub fn accounts_with_terms(&self) -> Vec<Account<'_>> {
        let with_terms = |ledger| Account { terms: Some(self.terms(ledger)), ..self.account(ledger) };
        self.ledgers.iter().map(with_terms).collect()
    }

    fn terms(&self, ledger: &Ledger) -> serde_json::Value {
        let Ledger { plan, laid, balance, .. } = ledger;
        let (today, holder, address) = (self.now.date(), &*self.holder, &self.address);
        Standing { plan, laid: *laid, balance: *balance, today, holder, address }.terms()
    }

    fn account<'a>(&'a self, ledger: &'a Ledger) -> Account<'a> {
        let Ledger { plan, number, balance, pending, .. } = ledger;
        let waiting: i64 = pending.iter().map(|entry| entry.cents).sum();
        let limit = plan.limit.unwrap_or_default();
        let available = match plan.class {
            AccountClass::Transaction | AccountClass::Savings => Some(balance + waiting),
            AccountClass::CreditCard => Some(limit + balance + waiting),
            AccountClass::Mortgage | AccountClass::Loan | AccountClass::TermDeposit => None,
        };
        Account {
            account_no: &number.told,
            id: &number.id,
            bsb: number.bsb.as_deref(),
            name: plan.name,
            product: plan.product,
            class: plan.class,
            currency: CURRENCY,
            balance: decimal(*balance),
            available_funds: available.map(decimal),
            credit_limit: plan.limit.map(decimal),
            ownership: plan.ownership,
            holder: &self.holder,
            history_from: oldest(self.now),
            history_to: self.now.date(),
            terms: None,
        }
    }

    /// At most `limit` transactions of an account, by its id or its number; `None` when there is no such account.
    pub fn transactions(&self, account: &str, span: Span, limit: usize) -> Option<Page> {
        let is_it = |ledger: &&Ledger| ledger.number.id == account || ledger.number.told == account;
        let ledger = self.ledgers.iter().find(is_it)?;
        let is_wanted =
            |day: NaiveDate| span.from.is_none_or(|from| day >= from) && span.to.is_none_or(|to| day <= to);
        let mut transactions = Vec::new();
        if span.below.is_none() && is_wanted(self.now.date()) {
            transactions.extend(ledger.pending.iter().rev().map(|entry| self.pending(ledger, entry)));
        }
        let is_below = |entry: &&Entry| span.below.is_none_or(|below| entry.place() < below);
        let mut wanted =
            ledger.posted.iter().rev().filter(is_below).filter(|entry| is_wanted(entry.day)).peekable();
        let mut last = span.below;
        while transactions.len() < limit
            && let Some(entry) = wanted.next()
        {
            last = Some(entry.place());
            transactions.push(self.posted(ledger, entry));
        }
        Some(Page { transactions, next: last.filter(|_| wanted.peek().is_some()) })
    }

    fn posted(&self, ledger: &Ledger, entry: &Entry) -> Transaction {
        let post_date = midnight(entry.day);
        Transaction {
            id: self.id(ledger, entry, "posted"),
            status: Status::Posted,
            post_date: Some(post_date),
            balance: Some(decimal(entry.balance)),
            ..told(entry)
        }
    }

    fn pending(&self, ledger: &Ledger, entry: &Entry) -> Transaction {
        let minute = self.now.format("pending %Y-%m-%dT%H:%M").to_string();
        Transaction {
            id: self.id(ledger, entry, &minute),
            status: Status::Pending,
            post_date: None,
            balance: None,
            ..told(entry)
        }
    }

    fn id(&self, ledger: &Ledger, entry: &Entry, what: &str) -> Uuid {
        let Entry { day, number, .. } = entry;
        let whole = format!("{}/{}/{day}/{number}/{what}", self.institution.id, ledger.number.mark);
        uuid(self.seed, &whole)
    }
}

const CURRENCY: &str = "AUD";

impl Ledger {
    /// What can be seen of an account at a time.
    fn cut(
        (plan, laid): (AccountPlan, Laid),
        number: Number,
        entries: Vec<Entry>,
        now: NaiveDateTime,
    ) -> Self {
        let oldest = oldest(now);
        let (mut posted, mut pending, mut balance) = (Vec::new(), Vec::new(), plan.opening);
        for entry in entries {
            if entry.at() <= now {
                balance = entry.balance;
                if entry.day >= oldest {
                    posted.push(entry);
                }
            } else if entry.is_purchase && entry.bought_at() <= now && pending.len() < PENDING_MAX {
                pending.push(entry);
            }
        }
        Self { plan, laid, number, posted, pending, balance }
    }
}

impl Entry {
    /// When it is posted, where the account is.
    fn at(&self) -> NaiveDateTime {
        self.day.and_time(chrono::NaiveTime::MIN) + chrono::Duration::minutes(self.minute.into())
    }

    fn bought_at(&self) -> NaiveDateTime {
        self.at() - chrono::Duration::minutes(PENDING_MINUTES)
    }

    fn place(&self) -> Place {
        Place { day: self.day, number: self.number }
    }
}

/// What is the same for posted and pending ones.
fn told(entry: &Entry) -> Transaction {
    Transaction {
        id: Uuid::nil(),
        status: Status::Posted,
        description: entry.text,
        amount: decimal(entry.cents),
        currency: CURRENCY,
        direction: if entry.cents < 0 { Direction::Debit } else { Direction::Credit },
        class: entry.class,
        sub_class: entry.sub,
        post_date: None,
        transaction_date: entry.is_purchase.then(|| utc(entry.bought_at())),
        balance: None,
    }
}

/// The first day of the history.
fn oldest(now: NaiveDateTime) -> NaiveDate {
    now.date().checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(NaiveDate::MIN).max(FIRST_DAY)
}

/// The number of an account: another one at each institution and for each person. The cards of one whose
/// numbers are twins look the same.
fn number(seed: u64, institution: &Institution, persona: Persona, plan: &AccountPlan) -> Number {
    let is_card = plan.class == AccountClass::CreditCard;
    let is_twin = is_card && persona.quirk() == Some(Quirk::TwinCards);
    let key = if is_twin { "card" } else { plan.key };
    let names = [institution.id, persona.owner(), key, "number"];
    let digits = Dice::of(seed, &names);
    let id = uuid(seed, &format!("account/{}/{}/{}", institution.id, persona.owner(), plan.key)).to_string();
    if is_card {
        let number = format!("5000XXXXXXXX{:04}", digits.below("card", 0, 10_000));
        let mark = if is_twin { id.clone() } else { number.clone() };
        return Number { bsb: None, told: number, id, mark };
    }
    let branch = Dice::of(seed, &names[..2]).below("branch", 0, 1000);
    let bsb = format!("0{}{branch:03}", institution.bank_digits);
    let number = format!("{bsb}{:09}", digits.below("account", 0, 1_000_000_000));
    Number { bsb: Some(bsb), id, mark: number.clone(), told: number }
}

/// Milliseconds since 1970-01-01 UTC as the time where the accounts are.
fn local(now: i64) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(now).unwrap_or_default().naive_utc();
    let local = utc.checked_add_signed(chrono::Duration::seconds(OFFSET_SECONDS.into())).unwrap_or(utc);
    // Whole minutes: nothing here is finer.
    local.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(local)
}

fn utc(local: NaiveDateTime) -> String {
    let offset = FixedOffset::east_opt(OFFSET_SECONDS);
    let there = offset.and_then(|offset| offset.from_local_datetime(&local).single());
    there.map(|time| time.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

/// Cents as a decimal string with two places.
fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// An id that follows from a name.
fn uuid(seed: u64, name: &str) -> Uuid {
    let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(name.as_bytes()).finalize();
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(hash) {
        *byte = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
