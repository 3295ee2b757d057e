//! Proofs of reading what was read: each account from one source, the newest first, whatever the page size
//! each row exactly once, and nothing without its key.

use super::sources::{self, AccountFilter, Known, Sources, Wanted};
use super::transactions::{self, TransactionCursor, TransactionFilter, TransactionPage};
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::account::{
    Account, AccountClass, AccountFacts, Identity, IdentityFacts, Ownership, Transaction, TransactionClass,
    TransactionFacts,
};
use crate::domain::connection::ConnectionView;
use crate::domain::day::Day;
use crate::domain::id::{AccountId, ConnectionId, ConsentId, IdentityId, TransactionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::money::Money;
use crate::domain::terms::{Feature, More, Terms};
use crate::domain::time::UnixMillis;
use crate::domain::workflow::connection::State;
use crate::engine::committer::{Commit, CommitterCore, NewKey, Write};
use crate::engine::open::join;
use crate::engine::records::data::ReadingWriter;
use crate::engine::user::load::Library;
use crate::store::key::Reading;
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const USER: UserId = UserId(Uuid::from_u128(7));
const CONSENT: ConsentId = ConsentId(Uuid::from_u128(10));
const TODAY: Day = Day(20_000);

fn account_id(number: u8) -> AccountId {
    AccountId(Uuid::from_u128(number.into()))
}

fn connection_id(number: u8) -> ConnectionId {
    ConnectionId(Uuid::from_u128(100 + u128::from(number)))
}

fn institution(number: u8) -> InstitutionId {
    InstitutionId(*if number == 0 { b"AU00000" } else { b"AU00001" })
}

fn account(connection: u8, number: u8) -> Account {
    Account {
        id: account_id(number),
        connection: connection_id(connection),
        institution: institution(connection),
        updated: UnixMillis(i64::from(number / 2)),
        span: None,
        facts: AccountFacts {
            number: format!("0620010000{number}"),
            reference: None,
            bsb: None,
            name: format!("of connection {connection}"),
            product: String::new(),
            class: AccountClass::Savings,
            currency: "AUD".into(),
            balance: None,
            available_funds: None,
            credit_limit: None,
            ownership: Ownership::Unknown,
            holder: None,
            terms: None,
        },
    }
}

/// The same, where what is laid down about it is shown, too: enough for several rows.
fn with_terms(connection: u8, number: u8) -> Account {
    let mut account = account(connection, number);
    let feature = |value: usize| Feature {
        kind: "OTHER",
        more: More { value: Some(format!("{connection} {number} {value}")), info: Some("x".repeat(900)) },
        is_activated: None,
    };
    let terms = Terms { features: (0..9).map(feature).collect(), ..Terms::default() };
    account.facts.terms = Some(Box::new(terms));
    account
}

/// One row in short: days before today, account, ordinal, whether it is posted, cents.
type Short = (u8, u8, u32, bool, i8);

fn transaction(connection: u8, (days, account, ordinal, is_posted, cents): Short) -> Transaction {
    let name = (u128::from(days) << 64) | (u128::from(account) << 32) | u128::from(ordinal);
    Transaction {
        id: TransactionId(Uuid::from_u128(name)),
        account: account_id(account),
        connection: connection_id(connection),
        institution: institution(connection),
        facts: TransactionFacts {
            reference: String::new(),
            is_posted,
            day: TODAY.minus(days.into()),
            made: None,
            description: "Something".into(),
            amount: Money(cents.into()),
            currency: "AUD".into(),
            balance: None,
            class: if cents % 3 == 0 { TransactionClass::BankFee } else { TransactionClass::Payment },
            sub_class: None,
        },
    }
}

/// A store with the key of one consent.
struct Bench {
    committer: CommitterCore,
    library: Library,
}

impl Bench {
    fn new() -> Self {
        let keyring = Keyring::derive(&MasterKey::new([1; 32]));
        let opened = join(Arc::new(MemoryStore::default()), Box::new(MemorySlots::default()), keyring);
        let committer = CommitterCore::open(opened.store.clone(), opened.vault).unwrap();
        let mut bench = Self { committer, library: Library { store: opened.store, keys: opened.keys } };
        let key = NewKey { owner: *CONSENT.bytes(), key: key(), nonce: [0; 24] };
        bench.commit(Commit { new_keys: vec![key], ..Commit::default() });
        bench
    }

    fn commit(&mut self, commit: Commit) {
        assert!(self.committer.commit(vec![commit])[0].is_ok());
    }

    /// A reading by a connection: these accounts, these transactions.
    fn read(&mut self, connection: u8, generation: u32, accounts: &[u8], rows: &[Short]) -> ConnectionView {
        let reading = Reading { user: USER, connection: connection_id(connection), generation };
        let key = key();
        let writer = ReadingWriter::new(reading, &key);
        let mut writes: Vec<Write> = Vec::new();
        for number in accounts {
            let account = with_terms(connection, *number);
            writes.push(writer.account(&account, [1; 24]).unwrap());
            writes.extend(writer.terms(&account, || [4; 24]).unwrap());
        }
        for row in rows {
            writes.push(writer.transaction(&transaction(connection, *row), row.2, [2; 24]).unwrap());
        }
        self.commit(Commit { writes, ..Commit::default() });
        ConnectionView {
            id: connection_id(connection),
            consent: CONSENT,
            institution: institution(connection),
            state: State::Active,
            created: UnixMillis(0),
            last_used: Some(UnixMillis(0)),
            is_challenged: false,
            fault: None,
            accounts_generation: generation,
            transactions_generation: generation,
            accounts: accounts.iter().map(|number| account_id(*number)).collect(),
        }
    }

    fn open(&self, views: &[ConnectionView]) -> Sources {
        sources::open(&self.library, USER, views).unwrap()
    }

    fn page(
        &self,
        views: &[ConnectionView],
        filter: &TransactionFilter,
        cursor: Option<TransactionCursor>,
        limit: usize,
    ) -> TransactionPage {
        let (store, sources) = (self.library.store.as_ref(), self.open(views));
        transactions::transactions(store, &sources.open, filter, cursor, limit, TODAY).unwrap()
    }

    /// All pages of one size, from a cursor on.
    fn pages(
        &self,
        views: &[ConnectionView],
        filter: &TransactionFilter,
        mut cursor: Option<TransactionCursor>,
        limit: usize,
    ) -> (Vec<usize>, Vec<Transaction>) {
        let (mut totals, mut all) = (Vec::new(), Vec::new());
        loop {
            let page = self.page(views, filter, cursor, limit);
            assert!(page.transactions.len() <= limit);
            assert!(page.next.is_none() || page.transactions.len() == limit, "only the last page is short");
            totals.push(page.total);
            assert!(totals.len() < 1000, "the pages come to an end");
            all.extend(page.transactions);
            cursor = page.next.map(|next| TransactionCursor::parse(&next.to_string()).unwrap());
            if cursor.is_none() {
                return (totals, all);
            }
        }
    }

    fn accounts(&self, views: &[ConnectionView], filter: &AccountFilter) -> Vec<(AccountId, ConnectionId)> {
        let found = sources::accounts(self.library.store.as_ref(), &self.open(views).open, filter).unwrap();
        found.into_iter().map(|account| (account.id, account.connection)).collect()
    }
}

fn key() -> DataKey {
    DataKey::new([3; 32])
}

/// What each of up to three connections has read: which accounts, and what happened in them.
fn readings() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<Short>)>> {
    let accounts = prop::collection::btree_set(0_u8..4, 0..4);
    let rows = prop::collection::btree_map((0_u8..12, 0_u8..4, 0_u32..3), (any::<bool>(), -4_i8..4), 0..25);
    let reading = (accounts, rows).prop_map(|(accounts, rows)| {
        let rows = rows
            .into_iter()
            .map(|((days, account, ordinal), (is_posted, cents))| (days, account, ordinal, is_posted, cents));
        (accounts.into_iter().collect(), rows.collect())
    });
    prop::collection::vec(reading, 0..4)
}

/// What should be shown, found the long way.
fn expected(
    readings: &[(Vec<u8>, Vec<Short>)],
    fits: impl Fn(&Transaction) -> bool,
    is_wanted: impl Fn(u8) -> bool,
) -> Vec<Transaction> {
    let mut owners = BTreeMap::new();
    for (connection, (accounts, _)) in (0_u8..).zip(readings).filter(|(connection, _)| is_wanted(*connection))
    {
        for account in accounts {
            owners.entry(*account).or_insert(connection);
        }
    }
    let mut all = Vec::new();
    for (connection, (_, rows)) in (0_u8..).zip(readings) {
        let shown = rows.iter().filter(|row| owners.get(&row.1) == Some(&connection));
        all.extend(shown.map(|row| (row.2, transaction(connection, *row))).filter(|(_, one)| fits(one)));
    }
    all.sort_by_key(|(ordinal, one)| (Reverse(one.facts.day), one.account, Reverse(*ordinal), one.id));
    all.into_iter().map(|(_, one)| one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_page_size_each_transaction_is_shown_once_in_order(readings in readings(), limit in 1_usize..9) {
        let mut bench = Bench::new();
        let read = |(connection, (accounts, rows)): (u8, &(Vec<u8>, Vec<Short>))| {
            bench.read(connection, 1, accounts, rows)
        };
        let views: Vec<_> = (0_u8..).zip(&readings).map(read).collect();
        let (totals, all) = bench.pages(&views, &TransactionFilter::default(), None, limit);
        let wanted = expected(&readings, |_| true, |_| true);
        prop_assert!(totals.iter().all(|total| *total == wanted.len()));
        prop_assert_eq!(all, wanted);
    }

    #[test]
    fn a_filter_lets_through_what_fits_and_counts_it(
        readings in readings(),
        limit in 1_usize..9,
        account in prop::option::of(0_u8..4),
        connection in prop::option::of(0_u8..3),
        (newest, oldest) in (prop::option::of(0_u32..12), prop::option::of(0_u32..12)),
        is_posted: Option<bool>,
        is_credit: Option<bool>,
        is_fee: Option<bool>,
    ) {
        let mut bench = Bench::new();
        let read = |(connection, (accounts, rows)): (u8, &(Vec<u8>, Vec<Short>))| {
            bench.read(connection, 1, accounts, rows)
        };
        let views: Vec<_> = (0_u8..).zip(&readings).map(read).collect();
        let class = |is_fee| if is_fee { TransactionClass::BankFee } else { TransactionClass::Payment };
        let filter = TransactionFilter {
            account: account.map(account_id).into_iter().collect(),
            connection: connection.map(connection_id).into_iter().collect(),
            institution: Vec::new(),
            from: oldest.map(|days| TODAY.minus(days)),
            until: newest.map(|days| TODAY.minus(days)),
            is_posted: is_posted.into_iter().collect(),
            is_credit: is_credit.into_iter().collect(),
            class: is_fee.map(class).into_iter().collect(),
        };
        let fits = |one: &Transaction| {
            let (facts, day) = (&one.facts, one.facts.day);
            let is_in = oldest.is_none_or(|days| day >= TODAY.minus(days))
                && newest.is_none_or(|days| day <= TODAY.minus(days));
            let is_late = newest.is_none_or(|days| days <= 7) && day >= TODAY.minus(7);
            account.is_none_or(|number| one.account == account_id(number))
                && (is_in || (is_late && !facts.is_posted))
                && is_posted.is_none_or(|wanted| wanted == facts.is_posted)
                && is_credit.is_none_or(|wanted| wanted == (facts.amount.0 >= 0))
                && is_fee.is_none_or(|wanted| class(wanted) == facts.class)
        };
        let wanted = expected(&readings, fits, |number| connection.is_none_or(|wanted| wanted == number));
        let (totals, all) = bench.pages(&views, &filter, None, limit);
        prop_assert!(totals.iter().all(|total| *total == wanted.len()));
        prop_assert_eq!(all, wanted);
    }

    #[test]
    fn a_cursor_stays_right_when_newer_ones_are_read(
        old in prop::collection::btree_set((1_u8..6, 0_u8..3, 0_u32..3), 1..30),
        new in prop::collection::btree_set((0_u8..1, 0_u8..3, 0_u32..3), 0..9),
        limit in 1_usize..9,
    ) {
        let mut bench = Bench::new();
        let short = |(days, account, ordinal): (u8, u8, u32)| (days, account, ordinal, true, 1);
        let before: Vec<Short> = old.iter().copied().map(short).collect();
        let first = [bench.read(0, 1, &[0, 1, 2], &before)];
        let page = bench.page(&first, &TransactionFilter::default(), None, limit);
        let after: Vec<Short> = old.iter().chain(&new).copied().map(short).collect();
        let second = [bench.read(0, 2, &[0, 1, 2], &after)];
        let mut all = page.transactions;
        if let Some(cursor) = page.next {
            all.extend(bench.pages(&second, &TransactionFilter::default(), Some(cursor), limit).1);
        }
        let wanted = expected(&[(vec![0, 1, 2], before)], |_| true, |_| true);
        prop_assert_eq!(all, wanted);
    }
}

#[test]
fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
    let mut bench = Bench::new();
    let views = [bench.read(0, 1, &[0], &[(0, 0, 0, true, 1), (0, 0, 1, true, 1)])];
    let next = bench.page(&views, &TransactionFilter::default(), None, 1).next.unwrap();
    let text = next.to_string();
    assert_eq!(TransactionCursor::parse(&text), Some(next));
    for bad in ["", "00", &text[1..], &text.to_uppercase(), &text.replace('0', "é"), &format!("{text}00")] {
        assert_eq!(TransactionCursor::parse(bad), None, "{bad}");
    }
}

#[test]
fn an_account_of_several_connections_is_shown_once_from_the_first() {
    let mut bench = Bench::new();
    let views = [bench.read(0, 1, &[1, 2], &[]), bench.read(1, 4, &[2, 3, 6], &[])];
    let at = |account, connection| (account_id(account), connection_id(connection));
    let all = AccountFilter::default();
    assert_eq!(bench.accounts(&views, &all), [at(6, 1), at(3, 1), at(2, 0), at(1, 0)], "the newest first");
    let of_second =
        AccountFilter { connection: vec![Wanted::Is(connection_id(1))], ..AccountFilter::default() };
    assert_eq!(bench.accounts(&views, &of_second), [at(6, 1), at(3, 1), at(2, 1)]);
    let elsewhere =
        AccountFilter { institution: vec![Wanted::IsNot(institution(0))], ..AccountFilter::default() };
    assert_eq!(bench.accounts(&views, &elsewhere), [at(6, 1), at(3, 1), at(2, 1)]);
    let not_two = [Wanted::IsNot(account_id(2)), Wanted::IsNot(account_id(6))];
    let without = AccountFilter { account: not_two.to_vec(), ..AccountFilter::default() };
    assert_eq!(bench.accounts(&views, &without), [at(3, 1), at(1, 0)]);

    let (store, sources) = (bench.library.store.as_ref(), bench.open(&views));
    let one = |number| sources::account(store, &sources.open, account_id(number), false).unwrap();
    assert_eq!(one(2), Some(account(0, 2)));
    assert_eq!(one(3), Some(account(1, 3)));
    assert_eq!(one(9), None);

    let whole = |number| sources::account(store, &sources.open, account_id(number), true).unwrap();
    assert_eq!(whole(2), Some(with_terms(0, 2)), "what the source lays down that shows it");
    assert_eq!(whole(3), Some(with_terms(1, 3)));
    assert_eq!(whole(9), None);
    let all = |filter: &AccountFilter| sources::accounts(store, &sources.open, filter).unwrap();
    let wanted = [(1, 6), (1, 3), (0, 2), (0, 1)];
    let told = wanted.map(|(connection, number)| with_terms(connection, number));
    assert_eq!(all(&AccountFilter { with_terms: true, ..AccountFilter::default() }), told);
    let bare = wanted.map(|(connection, number)| account(connection, number));
    assert_eq!(all(&AccountFilter::default()), bare, "nothing of it where it is not asked for");
}

#[test]
fn only_what_a_source_names_is_shown() {
    let mut bench = Bench::new();
    let old = bench.read(0, 1, &[1], &[(3, 1, 0, true, 1)]);
    let newer = bench.read(0, 2, &[1, 2], &[(3, 1, 0, true, 1), (0, 2, 0, true, 1)]);
    let store = bench.library.store.as_ref();
    for (view, count) in [(&old, 1), (&newer, 2)] {
        let views = std::slice::from_ref(view);
        assert_eq!(bench.page(views, &TransactionFilter::default(), None, 10).total, count);
        assert_eq!(bench.accounts(views, &AccountFilter::default()).len(), count);
    }
    let latest = transaction(0, (0, 2, 0, true, 1));
    let one = |view: &ConnectionView| {
        let sources = bench.open(std::slice::from_ref(view));
        transactions::transaction(store, &sources.open, latest.id).unwrap()
    };
    assert_eq!(one(&newer), Some(latest.clone()));
    assert_eq!(one(&old), None);
    // Accounts are shown before their transactions are.
    let between = ConnectionView { transactions_generation: 1, ..newer };
    assert_eq!(one(&between), None);
    assert_eq!(bench.accounts(&[between], &AccountFilter::default()).len(), 2);
}

#[test]
fn identities_are_read_beside_the_accounts() {
    let mut bench = Bench::new();
    let view = bench.read(0, 3, &[], &[]);
    let identity = Identity {
        id: IdentityId(Uuid::from_u128(5)),
        connection: view.id,
        institution: view.institution,
        updated: UnixMillis(1),
        facts: IdentityFacts { full_name: "Ada Sample".into(), ..IdentityFacts::default() },
    };
    for generation in [2, 3] {
        let reading = Reading { user: USER, connection: view.id, generation };
        let write = ReadingWriter::new(reading, &key()).identity(&identity, [4; 24]).unwrap();
        bench.commit(Commit { writes: vec![write], ..Commit::default() });
    }
    let known = Known { since: view.created, identity };
    let sources = bench.open(&[view]);
    assert_eq!(sources::identities(bench.library.store.as_ref(), &sources.open).unwrap(), [known]);
}

#[test]
fn without_its_key_a_source_is_not_there() {
    let mut bench = Bench::new();
    let views = [bench.read(0, 1, &[1], &[(0, 1, 0, true, 1)])];
    let sources = bench.open(&views);
    assert!(sources.open.len() == 1 && !sources.some_are_closed);
    bench.commit(Commit { destroyed_keys: vec![*CONSENT.bytes()], ..Commit::default() });
    let sources = bench.open(&views);
    assert!(sources.open.is_empty() && sources.some_are_closed);
    let page = bench.page(&views, &TransactionFilter::default(), None, 10);
    assert_eq!((page.total, page.next), (0, None));
}
