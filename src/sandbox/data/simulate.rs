//! Lives a plan day by day, from a fixed first day on. A day is decided by what was there when it
//! began and by dice: so the past is the same whenever it is told. Must not know: who the person is,
//! what is shown of it.

use super::dice::Dice;
use super::plan::{
    AccountClass, AccountPlan, Amount, Class, Flow, Line, Part, Pay, Plan, Rule, Season, SubClass, When,
};
use super::terms::LATE_FEE;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// What happened on an account, posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// On which day.
    pub day: NaiveDate,
    /// In which minute of that day.
    pub minute: u32,
    /// Its place among those of the day, from 0.
    pub number: u32,
    /// How much came in; negative: went out.
    pub cents: i64,
    /// What was there afterwards.
    pub balance: i64,
    /// How it reads.
    pub text: &'static str,
    /// Its kind.
    pub class: Class,
    /// What it was for.
    pub sub: Option<SubClass>,
    /// Whether it was bought in a shop, and known before it was posted.
    pub is_purchase: bool,
}

/// The dice of a life: a person's own, and those of agreements with others at the institution.
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    /// The person's own.
    pub own: Dice,
    /// Of agreements with others.
    pub shared: Dice,
}

/// What is posted, before the day is put in order.
struct Draft {
    account: usize,
    minute: u32,
    cents: i64,
    text: &'static str,
    class: Class,
    sub: Option<SubClass>,
    is_purchase: bool,
}

struct Run<'a> {
    accounts: &'a [AccountPlan],
    chance: Chance,
    first: NaiveDate,
    day: NaiveDate,
    /// What is in each account once all drafts are posted.
    expected: Vec<i64>,
    drafts: Vec<Draft>,
}

/// All entries of each account, oldest first, from `first` to `last` inclusive.
pub fn live(plan: &Plan, chance: Chance, first: NaiveDate, last: NaiveDate) -> Vec<Vec<Entry>> {
    let mut entries: Vec<Vec<Entry>> = vec![Vec::new(); plan.accounts.len()];
    let opening: Vec<i64> = plan.accounts.iter().map(|account| account.opening).collect();
    let mut balances = opening.clone();
    let mut run =
        Run { accounts: &plan.accounts, chance, first, day: first, expected: opening, drafts: Vec::new() };
    while run.day <= last {
        for rule in &plan.rules {
            run.apply(rule);
        }
        post(&mut run, &mut entries, &mut balances);
        let Some(next) = run.day.checked_add_days(Days::new(1)) else { break };
        run.day = next;
    }
    entries
}

/// Puts the drafts of a day in order and posts them.
fn post(run: &mut Run<'_>, entries: &mut [Vec<Entry>], balances: &mut [i64]) {
    let mut numbers = vec![0_u32; balances.len()];
    run.drafts.sort_by_key(|draft| draft.minute);
    for draft in run.drafts.drain(..) {
        let account = draft.account;
        let places = (entries.get_mut(account), balances.get_mut(account), numbers.get_mut(account));
        let (Some(entries), Some(balance), Some(number)) = places else { continue };
        *balance += draft.cents;
        entries.push(Entry {
            day: run.day,
            minute: draft.minute,
            number: *number,
            cents: draft.cents,
            balance: *balance,
            text: draft.text,
            class: draft.class,
            sub: draft.sub,
            is_purchase: draft.is_purchase,
        });
        *number += 1;
    }
}

impl Run<'_> {
    fn apply(&mut self, rule: &Rule) {
        match *rule {
            Rule::Flow(flow) => self.flow(&flow),
            Rule::Interest { account, rate, line } => self.interest(account, rate, line),
            Rule::Card { card, from, day, pay, missed } => {
                if self.day.day() == day {
                    self.card(card, from, pay, missed);
                }
            }
            Rule::Sweep { daily, savings, least, most } => {
                if self.day.weekday() == Weekday::Tue {
                    self.sweep(daily, savings, least, most);
                }
            }
            Rule::Invest { account, above } => self.invest(account, above),
            Rule::TopUp { loan, to, amount } => self.top_up(loan, to, amount),
        }
    }

    fn flow(&mut self, flow: &Flow) {
        let dice = if flow.shared { self.chance.shared } else { self.chance.own };
        if !self.in_season(flow.season) || !self.falls_on(flow.when, dice, flow.key) {
            return;
        }
        let mut cents = self.amount(flow.amount, dice, flow.key);
        if let Some((to, _)) = flow.to
            && self.is_debt(to)
        {
            // Nobody pays back more than is owed.
            cents = cents.min(-self.expects(to)).max(0);
        }
        let can_pay = flow.shared || flow.from.is_none_or(|(from, _)| self.available(from) >= cents);
        if cents == 0 || !can_pay {
            return;
        }
        let (start, length) = minutes(flow.part);
        let minute = start + self.small(dice, &[flow.key, " minute"].concat(), length);
        if let Some((from, line)) = flow.from {
            self.draft(from, minute, -cents, line, flow.key, flow.part == Part::Shops);
        }
        if let Some((to, line)) = flow.to {
            self.draft(to, minute, cents, line, flow.key, false);
        }
    }

    fn interest(&mut self, account: usize, rate: i64, line: Line) {
        let next_month = self.day.succ_opt().is_some_and(|next| next.day() == 1);
        let cents = self.expects(account) * rate / (12 * 10_000);
        if next_month && cents != 0 {
            self.draft(account, 30, cents, line, "interest", false);
        }
    }

    fn card(&mut self, card: usize, from: usize, pay: Pay, missed: Season) {
        const FEE: Line = Line { texts: &["LATE PAYMENT FEE"], class: Class::BankFee, sub: None };
        const OUT: Line = Line { texts: &["CARD REPAYMENT"], class: Class::Transfer, sub: None };
        const IN: Line = Line { texts: &["PAYMENT RECEIVED - THANK YOU"], class: Class::Transfer, sub: None };
        let owed = -self.expects(card);
        let wanted = match pay {
            Pay::Full => owed,
            Pay::Percent(part) => owed * part / 100,
        };
        let paid = wanted.min(self.available(from));
        let is_missed = matches!(missed, Season::In(_)) && self.in_season(missed);
        if owed > 2_500 && (is_missed || paid <= 0) {
            self.draft(card, 400, -LATE_FEE, FEE, "late", false);
        } else if paid > 0 {
            self.draft(from, 500, -paid, OUT, "card", false);
            self.draft(card, 500, paid, IN, "card", false);
        }
    }

    fn sweep(&mut self, daily: usize, savings: usize, least: i64, most: i64) {
        const SAVE: Line = Line { texts: &["TRANSFER TO SAVINGS"], class: Class::Transfer, sub: None };
        const SAVED: Line = Line { texts: &["TRANSFER FROM EVERYDAY"], class: Class::Transfer, sub: None };
        const TAKE: Line = Line { texts: &["TRANSFER TO EVERYDAY"], class: Class::Transfer, sub: None };
        const TAKEN: Line = Line { texts: &["TRANSFER FROM SAVINGS"], class: Class::Transfer, sub: None };
        let there = self.expects(daily);
        if there > most {
            let cents = (there - i64::midpoint(least, most)) / 5_000 * 5_000;
            self.draft(daily, 520, -cents, SAVE, "save", false);
            self.draft(savings, 520, cents, SAVED, "save", false);
        } else if there < least {
            let cents = (least - there + 5_000).min(self.expects(savings)) / 5_000 * 5_000;
            if cents > 0 {
                self.draft(savings, 520, -cents, TAKE, "take", false);
                self.draft(daily, 520, cents, TAKEN, "take", false);
            }
        }
    }

    fn invest(&mut self, account: usize, above: i64) {
        const BROKER: SubClass = SubClass { code: "641", title: "Auxiliary Finance and Investment Services" };
        const OUT: Line =
            Line { texts: &["NORTHWALK INVEST FUND PURCHASE"], class: Class::Payment, sub: Some(BROKER) };
        let cents = (self.expects(account) - above) / 50_000 * 50_000;
        if cents > 0 && self.is_quarter_day(20) {
            self.draft(account, 540, -cents, OUT, "invest", false);
        }
    }

    fn top_up(&mut self, loan: usize, to: usize, amount: i64) {
        const DRAWN: Line = Line { texts: &["LOAN DRAWDOWN"], class: Class::Transfer, sub: None };
        const FUNDS: Line = Line { texts: &["PERSONAL LOAN FUNDS"], class: Class::Transfer, sub: None };
        const CAR: SubClass = SubClass { code: "391", title: "Motor Vehicle Retailing" };
        const SPENT: Line = Line { texts: &["KESTREL MOTORS"], class: Class::Payment, sub: Some(CAR) };
        if self.day.day() == 22 && self.expects(loan) > -50_000 {
            self.draft(loan, 530, -amount, DRAWN, "drawn", false);
            self.draft(to, 530, amount, FUNDS, "drawn", false);
            self.draft(to, 560, -amount, SPENT, "spent", false);
        }
    }

    fn draft(&mut self, account: usize, minute: u32, cents: i64, line: Line, key: &str, is_purchase: bool) {
        let Some(expected) = self.expected.get_mut(account) else { return };
        *expected += cents;
        let pick = self.small(self.chance.own, &[key, " text"].concat(), line.texts.len());
        let text = line.texts.get(pick as usize).copied().unwrap_or_default();
        self.drafts.push(Draft {
            account,
            minute,
            cents,
            text,
            class: line.class,
            sub: line.sub,
            is_purchase,
        });
    }

    fn expects(&self, account: usize) -> i64 {
        self.expected.get(account).copied().unwrap_or_default()
    }

    fn is_debt(&self, account: usize) -> bool {
        use AccountClass::{CreditCard, Loan, Mortgage};
        self.accounts.get(account).is_some_and(|plan| matches!(plan.class, Mortgage | Loan | CreditCard))
    }

    /// What can still be taken from an account.
    fn available(&self, account: usize) -> i64 {
        let card = self.accounts.get(account).filter(|plan| plan.class == AccountClass::CreditCard);
        self.expects(account) + card.and_then(|plan| plan.limit).unwrap_or_default()
    }

    fn in_season(&self, season: Season) -> bool {
        match season {
            Season::Always => true,
            Season::In(months) => months.contains(&self.day.month()),
        }
    }

    fn is_quarter_day(&self, day: u32) -> bool {
        self.day.day() == day && self.day.month() % 3 == 1
    }

    fn falls_on(&self, when: When, dice: Dice, key: &str) -> bool {
        // Day 1 of this count was a Monday.
        let days = i64::from(self.day.num_days_from_ce()) - 1;
        match when {
            When::Monthly(day) => self.day.day() == day,
            When::Payday(day) => match self.day.weekday() {
                Weekday::Sat | Weekday::Sun => false,
                Weekday::Fri => (0..3).any(|later| self.day.day() + later == day),
                _ => self.day.day() == day,
            },
            When::Fortnightly(offset) => (days - offset).rem_euclid(14) == 0,
            When::Weekly(offset) => (days - offset).rem_euclid(7) == 0,
            When::Quarterly(day) => self.is_quarter_day(day),
            When::Often(of_1000) => dice.below(key, days, 1000) < of_1000,
        }
    }

    fn amount(&self, amount: Amount, dice: Dice, key: &str) -> i64 {
        let days = i64::from(self.day.num_days_from_ce());
        match amount {
            Amount::Fixed(cents) => cents,
            Amount::Between(least, most) => {
                let span = u64::try_from(most - least + 1).unwrap_or_default();
                least + dice.below(&[key, " amount"].concat(), days, span).cast_signed()
            }
            Amount::Notes(least, most) => {
                const NOTE: i64 = 2_000;
                self.amount(Amount::Between(least / NOTE, most / NOTE), dice, key) * NOTE
            }
            Amount::Grows(cents, by_1000) => {
                let half_years = (days - i64::from(self.first.num_days_from_ce())) / 182;
                (0..half_years.min(60)).fold(cents, |grown, _| grown + grown * by_1000 / 1000)
            }
        }
    }

    fn small(&self, dice: Dice, key: &str, bound: usize) -> u32 {
        let days = i64::from(self.day.num_days_from_ce());
        u32::try_from(dice.below(key, days, bound as u64)).unwrap_or_default()
    }
}

/// The first minute of a part of the day, and how many it has.
const fn minutes(part: Part) -> (u32, usize) {
    match part {
        Part::Night => (60, 120),
        Part::Morning => (240, 180),
        Part::Noon => (480, 120),
        Part::Shops => (720, 600),
    }
}
