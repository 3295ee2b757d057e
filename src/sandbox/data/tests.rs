//! Every person at every institution: what they have adds up, hangs together, and stays.

use super::institution::INSTITUTIONS;
use super::persona::PERSONAS;
use super::*;
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2026-03-18 at 05:30 UTC, a Wednesday afternoon where the accounts are.
const NOW: i64 = 1_773_811_800_000;

fn bank() -> &'static Institution {
    Institution::find("AU00000").unwrap()
}

fn everyone() -> Vec<(&'static Institution, Persona)> {
    let all = INSTITUTIONS.iter().flat_map(|one| PERSONAS.map(|persona| (one, persona)));
    let all: Vec<_> = all.filter(|(one, persona)| one.knows(*persona)).collect();
    assert_eq!(all.len(), 4 * 8 + 1);
    all
}

/// Everything of an account, newest first.
fn all(book: &Book, account_no: &str) -> Vec<Transaction> {
    book.transactions(account_no, Span::default(), usize::MAX).unwrap().transactions
}

fn posted(book: &Book, account_no: &str) -> Vec<Transaction> {
    all(book, account_no).into_iter().filter(|one| one.status == Status::Posted).collect()
}

fn of_class(book: &Book, class: AccountClass) -> Vec<Transaction> {
    let accounts = book.accounts();
    let fitting = accounts.iter().filter(|account| account.class == class);
    fitting.flat_map(|account| posted(book, account.account_no)).collect()
}

/// A decimal string as cents, read with eyes of its own.
fn cents(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap();
    assert_eq!(part.len(), 2, "{text}");
    format!("{whole}{part}").parse().unwrap()
}

#[test]
fn balances_add_up_for_everyone_everywhere() {
    for seed in [1, 2, 77] {
        for (institution, persona) in everyone() {
            let book = Book::of(seed, institution, persona, NOW);
            for account in book.accounts() {
                let list = posted(&book, account.account_no);
                assert_eq!(list.first().unwrap().balance.as_deref(), Some(account.balance.as_str()));
                for two in list.windows(2) {
                    let [newer, older] = two else { panic!("not two") };
                    let balance = |one: &Transaction| cents(one.balance.as_ref().unwrap());
                    assert_eq!(
                        balance(newer),
                        balance(older) + cents(&newer.amount),
                        "{persona:?} {newer:?}"
                    );
                    assert!(newer.post_date >= older.post_date, "{newer:?} {older:?}");
                    let went_out = newer.amount.starts_with('-');
                    assert_eq!(newer.direction == Direction::Debit, went_out);
                    assert_ne!(cents(&newer.amount), 0);
                }
            }
        }
    }
}

#[test]
fn nobody_has_less_than_nothing_nor_owes_more_than_was_lent() {
    for seed in 0..12 {
        for (institution, persona) in everyone() {
            let book = Book::of(seed, institution, persona, NOW);
            for account in book.accounts() {
                let limit = account.credit_limit.as_deref().map_or(0, cents);
                // Interest and late fees may come on top of a card's limit.
                let beyond = if account.class == AccountClass::CreditCard { 50_000 } else { 0 };
                for one in posted(&book, account.account_no) {
                    let balance = cents(one.balance.as_ref().unwrap());
                    let who = format!("{} {persona:?} seed {seed}: {one:?}", institution.id);
                    match account.class {
                        AccountClass::Transaction | AccountClass::Savings | AccountClass::TermDeposit => {
                            assert!(balance >= 0, "{who}");
                        }
                        _ => assert!((-limit - beyond..=0).contains(&balance), "{who}"),
                    }
                }
            }
        }
    }
}

#[test]
fn a_transfer_between_own_accounts_is_on_both_sides() {
    let pairs = [
        ("TRANSFER TO SAVINGS", "TRANSFER FROM EVERYDAY"),
        ("TRANSFER TO EVERYDAY", "TRANSFER FROM SAVINGS"),
        ("CARD REPAYMENT", "PAYMENT RECEIVED - THANK YOU"),
        ("LOAN REPAYMENT", "REPAYMENT RECEIVED"),
        ("LOAN DRAWDOWN", "PERSONAL LOAN FUNDS"),
    ];
    let mut seen = BTreeSet::new();
    for (institution, persona) in everyone() {
        let book = Book::of(1, institution, persona, NOW);
        let accounts = book.accounts();
        let list: Vec<(&str, Transaction)> = accounts
            .iter()
            .flat_map(|account| {
                posted(&book, account.account_no).into_iter().map(|one| (account.account_no, one))
            })
            .collect();
        for (out, into) in pairs {
            let side = |text: &str, sign: i64| {
                let fitting = list.iter().filter(|(_, one)| one.description == text);
                let mut side: Vec<_> =
                    fitting.map(|(_, one)| (one.post_date.clone(), sign * cents(&one.amount))).collect();
                side.sort();
                side
            };
            let (left, reached) = (side(out, -1), side(into, 1));
            assert_eq!(left, reached, "{persona:?}: {out}");
            assert!(left.iter().all(|(_, cents)| *cents > 0));
            if !left.is_empty() {
                seen.insert(out);
            }
            let on = |text: &str| -> BTreeSet<&str> {
                list.iter().filter(|(_, one)| one.description == text).map(|(no, _)| *no).collect()
            };
            assert!(on(out).is_disjoint(&on(into)), "{persona:?}: {out}");
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

#[test]
fn what_whistler_sends_is_what_jared_gets() {
    for institution in INSTITUTIONS.iter().filter(|one| one.knows(Persona::Jared)) {
        let side = |persona, text: &str, sign: i64| -> Vec<(Option<String>, i64)> {
            let book = Book::of(5, institution, persona, NOW);
            let list = of_class(&book, AccountClass::Transaction);
            let fitting = list.into_iter().filter(|one| one.description == text);
            fitting.map(|one| (one.post_date, sign * cents(&one.amount))).collect()
        };
        let sent = side(Persona::Whistler, "TRANSFER TO JARED", -1);
        assert_eq!(sent, side(Persona::Jared, "TRANSFER FROM WHISTLER", 1));
        assert_eq!(sent.len(), 24, "{}", institution.id);
        assert!(sent.iter().all(|(_, cents)| *cents >= 60_000));
    }
}

#[test]
fn thirteen_months_are_told_without_a_gap() {
    for (institution, persona) in everyone() {
        let book = Book::of(1, institution, persona, NOW);
        let account = &book.accounts()[0];
        let days: Vec<NaiveDate> = posted(&book, account.account_no)
            .iter()
            .map(|one| one.post_date.as_deref().unwrap()[..10].parse().unwrap())
            .collect();
        let (newest, oldest) = (days[0], days[days.len() - 1]);
        assert!((newest - oldest).num_days() >= 700, "{persona:?}: {oldest} to {newest}");
        assert!(oldest >= account.history_from && newest <= account.history_to);
        let widest = days.windows(2).map(|two| (two[0] - two[1]).num_days()).max().unwrap();
        assert!(widest <= 10, "{persona:?}: nothing for {widest} days");
        assert!(days.len() >= 250, "{persona:?}: {}", days.len());
    }
}

#[test]
fn the_past_stays_as_it_was_while_hours_and_days_pass() {
    for persona in [Persona::Gilfoyle, Persona::GavinBelson, Persona::Jared] {
        let mut before: Option<BTreeMap<String, Vec<Transaction>>> = None;
        let mut grew = 0;
        for step in 0..96 {
            let book = Book::of(3, bank(), persona, NOW + step * HOUR);
            let now: BTreeMap<String, Vec<Transaction>> = book
                .accounts()
                .iter()
                .map(|account| {
                    let mut list = posted(&book, account.account_no);
                    list.reverse();
                    (account.account_no.to_owned(), list)
                })
                .collect();
            for (account, earlier) in before.iter().flatten() {
                let later = &now[account];
                // The oldest day leaves the history at midnight.
                let first = later.first().unwrap();
                let left: Vec<&Transaction> =
                    earlier.iter().filter(|one| one.post_date >= first.post_date).collect();
                assert!(left.len() + 40 > earlier.len() && left.len() <= later.len());
                assert!(left.iter().zip(later).all(|(one, same)| *one == same), "{persona:?} {account}");
                grew += later.len() - left.len();
            }
            before = Some(now);
        }
        assert!(grew >= 3, "{persona:?}: only {grew} in four days");
    }
}

#[test]
fn the_same_is_told_again_and_another_seed_tells_something_else() {
    let told = |seed| {
        let book = Book::of(seed, bank(), Persona::Richard, NOW);
        let accounts = serde_json::to_value(book.accounts()).unwrap();
        let lists: Vec<_> = book.accounts().iter().map(|account| all(&book, account.account_no)).collect();
        (accounts, lists)
    };
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
}

#[test]
fn a_purchase_is_pending_for_hours_and_then_posted_under_a_lasting_id() {
    let at = |now| Book::of(1, bank(), Persona::Whistler, now);
    let account = at(NOW).accounts()[0].account_no.to_owned();
    let (mut most, mut seen) = (0, 0);
    for step in 0..400 {
        let now = NOW + step * HOUR;
        let list = all(&at(now), &account);
        let pending: Vec<&Transaction> =
            list.iter().take_while(|one| one.status == Status::Pending).collect();
        assert!(list[pending.len()..].iter().all(|one| one.status == Status::Posted));
        most = most.max(pending.len());
        let Some(one) = pending.first() else { continue };
        seen += 1;
        assert!(one.balance.is_none() && one.post_date.is_none() && one.transaction_date.is_some());
        let later = all(&at(now + MINUTE), &account);
        assert!(later.iter().all(|other| other.id != one.id), "a pending id stays");
        let after = all(&at(now + DAY), &account);
        let same = |other: &&Transaction| {
            other.status == Status::Posted
                && other.transaction_date == one.transaction_date
                && other.amount == one.amount
        };
        assert_eq!(after.iter().filter(same).count(), 1, "{one:?}");
        let book = at(now);
        let waiting: i64 = pending.iter().map(|one| cents(&one.amount)).sum();
        let told = &book.accounts()[0];
        assert_eq!(cents(told.available_funds.as_ref().unwrap()), cents(&told.balance) + waiting);
    }
    assert!(seen > 50 && (1..=PENDING_MAX).contains(&most), "{seen} {most}");
}

#[test]
fn ids_and_account_numbers_belong_to_one_alone() {
    let (mut numbers, mut own, mut ids, mut count) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), 0);
    for (institution, persona) in everyone() {
        let book = Book::of(1, institution, persona, NOW);
        for account in book.accounts() {
            assert!(numbers.insert(account.account_no.to_owned()), "{}", account.account_no);
            assert!(own.insert(account.id.to_owned()), "{}", account.id);
            let by_id = all(&book, account.id);
            assert_eq!(by_id, all(&book, account.account_no), "asked for either way");
            let list = all(&book, account.account_no);
            count += list.len();
            ids.extend(list.into_iter().map(|one| one.id));
            if account.class == AccountClass::CreditCard {
                assert!(account.bsb.is_none() && account.account_no.contains("XXXXXXXX"));
            } else {
                assert!(
                    account.account_no.starts_with(account.bsb.unwrap()) && account.account_no.len() == 15
                );
            }
        }
    }
    assert_eq!(ids.len(), count);
}

#[test]
fn a_list_is_cut_by_days_and_by_places() {
    let book = Book::of(1, bank(), Persona::AshMann, NOW);
    let account = book.accounts()[0].account_no.to_owned();
    let whole = all(&book, &account);
    let mut paged = Vec::new();
    let mut span = Span::default();
    loop {
        let page = book.transactions(&account, span, 7).unwrap();
        assert!(page.transactions.len() <= 7);
        paged.extend(page.transactions);
        let Some(next) = page.next else { break };
        span.below = Some(next);
    }
    assert_eq!(paged, whole);
    let day = |text: &str| Some(text.parse().unwrap());
    let some = Span { from: day("2025-06-01"), to: day("2025-06-30"), below: None };
    let june = book.transactions(&account, some, usize::MAX).unwrap().transactions;
    let wanted: Vec<_> = whole
        .into_iter()
        .filter(|one| one.post_date.as_ref().is_some_and(|date| date.starts_with("2025-06-")))
        .collect();
    assert!(wanted.len() > 10);
    assert_eq!(june, wanted);
    assert!(book.transactions("000000", Span::default(), 7).is_none());
}

/// How many of the last 13 months' transactions read like this.
fn count(persona: Persona, text: &str) -> usize {
    let book = Book::of(1, bank(), persona, NOW);
    let accounts = book.accounts();
    let list = accounts.iter().flat_map(|account| posted(&book, account.account_no));
    let since = Some("2025-02-18T00:00:00Z".to_owned());
    list.filter(|one| one.post_date >= since && one.description.contains(text)).count()
}

#[test]
fn everyone_lives_the_life_of_the_contract() {
    use Persona::{AshMann, GavinBelson, Gilfoyle, Jared, LaurieBream, Richard, WentworthSmith, Whistler};
    for (persona, text, least, most) in [
        (WentworthSmith, "SALARY ARBOUR", 12, 14),
        (WentworthSmith, "WAGES ST BRANNOC", 27, 29),
        (WentworthSmith, "WHEELHOUSE FINANCE", 27, 29),
        (WentworthSmith, "REPAYMENT RECEIVED", 12, 14),
        (Whistler, "SALARY PINE", 27, 29),
        (Whistler, "BOWERBIRD REALTY RENT", 27, 29),
        (Whistler, "SPLITLY", 10, 60),
        (Gilfoyle, "SALARY BASALT", 11, 20),
        (Gilfoyle, "JOBSEEKER", 11, 15),
        (Gilfoyle, "LATE PAYMENT FEE", 3, 3),
        (Gilfoyle, "BOWERBIRD REALTY RENT", 12, 14),
        (GavinBelson, "SALARY ORCHID", 12, 14),
        (GavinBelson, "TUTORING", 55, 58),
        (Jared, "PAYOUT", 55, 58),
        (Jared, "OTHER LENDER HOME LOAN", 12, 14),
        (Jared, "WHEELHOUSE FINANCE", 27, 29),
        (Richard, "SALARY CEDARLINE", 27, 29),
        (Richard, "OTHER LENDER HOME LOAN", 24, 28),
        (Richard, "OTHER ISSUER CARD", 36, 42),
        (Richard, "RENT UNIT 4", 55, 58),
        (LaurieBream, "INV PAYMENT", 150, 300),
        (AshMann, "OTHER ISSUER CARD", 12, 14),
        (AshMann, "BOWERBIRD REALTY RENT", 27, 29),
        (AshMann, "RENT ROOM 2", 55, 58),
        (AshMann, "COINHARBOR", 5, 40),
        (AshMann, "SILVER REEL", 15, 70),
        (AshMann, "ATM", 20, 80),
    ] {
        let found = count(persona, text);
        assert!((least..=most).contains(&found), "{persona:?} {text}: {found}");
    }
}

#[test]
fn pay_later_grows_without_work_and_salaries_grow_with_it() {
    let gilfoyle = Book::of(1, bank(), Persona::Gilfoyle, NOW);
    let list = of_class(&gilfoyle, AccountClass::Transaction);
    let in_month = |month: &str| -> i64 {
        let fitting = list.iter().filter(|one| one.sub_class.is_some_and(|sub| sub.code == "623"));
        fitting
            .filter(|one| one.post_date.as_ref().unwrap().starts_with(month))
            .map(|one| -cents(&one.amount))
            .sum()
    };
    let months = ["2025-07", "2025-09", "2025-11"].map(in_month);
    assert!(0 < months[0] && months[0] < months[1] && months[1] < months[2], "{months:?}");
    let gavin = Book::of(1, bank(), Persona::GavinBelson, NOW);
    let list = of_class(&gavin, AccountClass::Transaction);
    let pay: Vec<i64> =
        list.iter().filter(|one| one.description.contains("SALARY")).map(|one| cents(&one.amount)).collect();
    assert!(pay.windows(2).all(|two| two[0] >= two[1]) && pay[0] > pay[12] && pay[12] > pay[22], "{pay:?}");
}

#[test]
fn accounts_are_those_of_the_contract() {
    use AccountClass::{CreditCard, Loan, Mortgage, Savings, TermDeposit, Transaction};
    for (persona, classes, ownership) in [
        (Persona::WentworthSmith, vec![Transaction, Savings, Mortgage, CreditCard], Ownership::TwoParty),
        (Persona::Whistler, vec![Transaction, Savings], Ownership::OneParty),
        (Persona::Gilfoyle, vec![Transaction, Savings, CreditCard], Ownership::OneParty),
        (Persona::GavinBelson, vec![Transaction, Savings, Loan, CreditCard], Ownership::OneParty),
        (Persona::Jared, vec![Transaction, Savings, CreditCard, TermDeposit], Ownership::OneParty),
        (Persona::Richard, vec![Transaction, Savings, Mortgage, CreditCard], Ownership::OneParty),
        (Persona::LaurieBream, vec![Transaction, Savings, CreditCard], Ownership::Other),
        (Persona::AshMann, vec![Transaction, Savings], Ownership::OneParty),
    ] {
        let book = Book::of(1, bank(), persona, NOW);
        let accounts = book.accounts();
        assert_eq!(accounts.iter().map(|account| account.class).collect::<Vec<_>>(), classes, "{persona:?}");
        assert!(accounts.iter().all(|account| account.ownership == ownership), "{persona:?}");
        let is_business = persona == Persona::LaurieBream;
        assert_eq!(profile::profile(persona).organisation.is_some(), is_business);
    }
}

#[test]
fn any_time_can_be_asked_for() {
    for now in [i64::MIN, -1, 0, 1_640_995_200_000, NOW + 20 * 365 * DAY] {
        let book = Book::of(1, bank(), Persona::GavinBelson, now);
        assert_eq!(book.accounts().len(), 4, "{now}");
    }
}

#[test]
fn what_is_not_there_is_not_paid_unless_two_agreed_on_it() {
    use super::plan::{Amount, Flow, Line, Part, Plan, Rule, Season, When};
    let account = AccountPlan {
        key: "x",
        name: "X",
        product: "X",
        class: AccountClass::Transaction,
        opening: 250,
        limit: None,
        ownership: Ownership::OneParty,
    };
    let line = Line { texts: &["X"], class: Class::Payment, sub: None };
    for (shared, left) in [(false, 50), (true, -350)] {
        let flow = Flow {
            key: "x",
            when: When::Often(1000),
            season: Season::Always,
            amount: Amount::Fixed(200),
            part: Part::Morning,
            from: Some((0, line)),
            to: None,
            shared,
        };
        let plan = Plan { accounts: vec![account], rules: vec![Rule::Flow(flow)] };
        let chance = Chance { own: Dice::of(1, &[]), shared: Dice::of(1, &[]) };
        let last = FIRST_DAY + Days::new(2);
        let entries = simulate::live(&plan, chance, FIRST_DAY, last);
        assert_eq!(entries[0].last().unwrap().balance, left, "{shared}");
    }
}
