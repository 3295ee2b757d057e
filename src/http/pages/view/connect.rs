//! The hub, "Your banks": what is shared already, what is at work, the way to another bank, the
//! declaration, and Leave.

use super::progress::{BankBox, Live, Mark, Pace, Stand, Step, StepKind, Stopped};
use super::{AccountLine, Bank, Frame, Moment, Page, StepAt};
use crate::domain::money::Money;
use crate::domain::time::UnixMillis;
use crate::http::pages::language::{Reader, Sum};
use askama::Template;

/// Your banks.
#[derive(Debug, Template)]
#[template(path = "connect.html")]
pub struct ConnectPage {
    /// What stands around it.
    pub frame: Frame,
    /// The session began on a consent that was already there.
    pub carried: bool,
    /// What changes while one looks.
    pub live: Live,
    /// Without a script the page loads itself again while something goes on, unless it was told not to.
    pub stays_still: bool,
    /// Where somebody had connected before, and has not again.
    pub former: Vec<Bank>,
    /// They were sent here to sign in again.
    pub is_renewing: bool,
    /// The purpose in a few words.
    pub purpose: String,
    /// What was agreed to.
    pub cluster_names: Vec<&'static str>,
    /// When it was agreed to.
    pub agreed: Moment,
    /// When it ends by itself.
    pub ends: Moment,
    /// Binds the forms to this browser.
    pub csrf: String,
}

const AT: UnixMillis = UnixMillis(1_795_857_240_000);

fn steps(marks: &[(StepKind, Mark)]) -> Vec<Step> {
    marks.iter().map(|&(kind, mark)| Step { kind, mark }).collect()
}

fn line(name: &str, kind: &'static str, ending: &str, cents: Option<i64>, owes: bool) -> AccountLine {
    let balance = cents.map(|cents| Sum { money: Money(cents), currency: "AUD".into() });
    AccountLine { name: name.into(), kind, ending: ending.into(), balance, owes }
}

fn accounts() -> Vec<AccountLine> {
    vec![
        line("Everyday", "kind-transaction", "4417", Some(231_840), false),
        line("Holidays <3 & a name that somebody made rather long", "kind-savings", "4425", None, false),
        line("Low Rate Card", "kind-credit-card", "9031", Some(-84_217), true),
    ]
}

/// Every way in which a bank can stand.
fn every_box() -> Vec<BankBox> {
    let mut number = 0;
    let mut one = |bank: usize, stand: Stand, accounts: Vec<AccountLine>| {
        number += 1;
        BankBox { key: format!("bank-{number}"), bank: Bank::sample(bank), stand, accounts, elsewhere: 0 }
    };
    let since = Moment::clock(AT);
    let at_pace = |pace, marks: &[(StepKind, Mark)]| Stand::Working { since, pace, steps: steps(marks) };
    let working = |marks: &[(StepKind, Mark)]| at_pace(Pace::Minute, marks);
    let (sign_in, question) = (StepKind::SignIn, StepKind::Question);
    let (read_accounts, read_transactions) = (StepKind::Accounts, StepKind::Transactions);
    let (next, now, done) = (Mark::Next, Mark::Now, Mark::Done);
    let asked = [(sign_in, done), (question, now), (read_accounts, next), (read_transactions, next)];
    let skipped =
        [(sign_in, done), (question, Mark::Skipped), (read_accounts, now), (read_transactions, next)];
    let asking = Stand::Asking { job: "job".into(), until: Moment::clock(AT), steps: steps(&asked) };
    let mut all = vec![
        one(0, working(&[(sign_in, now), (read_accounts, next), (read_transactions, next)]), vec![]),
        one(2, asking, vec![]),
        one(2, working(&asked), vec![]),
        one(3, at_pace(Pace::Long, &skipped), vec![]),
        one(3, at_pace(Pace::Minutes(3), &skipped), vec![]),
        one(1, working(&[(sign_in, done), (read_accounts, done), (read_transactions, now)]), accounts()),
    ];
    for why in Stopped::ALL {
        let found_before = if *why == Stopped::SignedOut { accounts() } else { vec![] };
        all.push(one(4, Stand::Stopped(*why), found_before));
    }
    all.push(one(0, Stand::Connected { read: Some(Moment::clock(AT)) }, accounts()));
    all.push(one(1, Stand::Connected { read: None }, vec![]));
    all
}

impl Page for ConnectPage {
    const NAME: &'static str = "connect";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn speak(&mut self, reader: &Reader) {
        self.frame.reader = reader.clone();
        self.live.speak(reader);
    }

    fn samples() -> Vec<Self> {
        let sample = |carried: bool, stays_still: bool, boxes: Vec<BankBox>| {
            let frame = Frame::sample(Some(StepAt::Banks));
            let live = Live {
                frame: frame.clone(),
                may_add: carried || boxes.is_empty(),
                may_declare: true,
                boxes,
                csrf: "sample".into(),
            };
            Self {
                frame,
                carried,
                live,
                stays_still,
                former: Vec::new(),
                is_renewing: false,
                purpose: "To see whether you can afford the loan you asked for".into(),
                cluster_names: vec!["Name, occupation, contact details", "Account balance and details"],
                agreed: Moment::full(AT),
                ends: Moment::date(AT),
                csrf: "sample".into(),
            }
        };
        let alone = every_box().into_iter().map(|one| sample(false, false, vec![one]));
        let is_connected = |one: &BankBox| one.is_connected() && !one.accounts.is_empty();
        let mut usual = every_box();
        usual.retain(|one| is_connected(one) || one.key == "bank-2" || one.key == "bank-6");
        let mut pages = vec![
            sample(false, false, vec![]),
            sample(true, false, vec![]),
            sample(true, false, every_box().into_iter().filter(is_connected).collect()),
            sample(false, false, usual.clone()),
            sample(false, true, usual),
            sample(false, false, every_box()),
        ];
        pages.extend(alone);
        let former = vec![Bank::sample(1), Bank::sample(3)];
        pages.push(Self { former, ..sample(false, false, vec![]) });
        let mut renewing = Self { is_renewing: true, ..sample(true, false, vec![]) };
        renewing.live.may_declare = false;
        pages.push(renewing);
        pages
    }
}
