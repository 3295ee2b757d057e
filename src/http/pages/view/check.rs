//! The page before the declaration: what the transactions show to be missing, one question each. Asked in
//! plain words, answered with a tick, and never in the way: who has nothing to add goes on.

use super::{AccountLine, Frame, Moment, Page, StepAt};
use crate::domain::day::Day;
use crate::domain::gap::GapKind;
use crate::domain::money::Money;
use crate::http::pages::language::{Sum, Words};
use askama::Template;

/// Is anything missing?
#[derive(Debug, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    /// What stands around it.
    pub frame: Frame,
    /// What seems to be missing.
    pub gaps: Vec<GapBox>,
    /// What still waits for an answer was left out already.
    pub leave_out: bool,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// One thing that seems to be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapBox {
    /// What.
    pub kind: GapKind,
    /// Its name in the form: kind and wording.
    pub key: String,
    /// How the bank words it.
    pub wording: String,
    /// How often.
    pub count: u32,
    /// The newest one.
    pub last: Moment,
    /// How much it was.
    pub amount: Sum,
    /// The account that shows it, when it is still there.
    pub account: Option<AccountLine>,
}

impl GapBox {
    /// The question: a message.
    pub const fn title(&self) -> &'static str {
        match self.kind {
            GapKind::Account => "check-account",
            GapKind::Card => "check-card",
            GapKind::Loan => "check-loan",
            GapKind::PartOfPay => "check-part-of-pay",
        }
    }

    /// What is ticked by whom it is no gap of: a message.
    pub const fn not_mine(&self) -> &'static str {
        match self.kind {
            GapKind::Account | GapKind::Card | GapKind::Loan => "check-not-mine",
            GapKind::PartOfPay => "check-not-so",
        }
    }

    /// What shows it.
    pub fn shown(&self, frame: &Frame) -> Words<'static> {
        let words = frame.say("check-shown").with("wording", &self.wording).with("times", self.count);
        words.with("amount", &self.amount).with("last", self.last)
    }
}

impl Page for CheckPage {
    const NAME: &'static str = "check";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let account = AccountLine {
            name: "Everyday & <more>".into(),
            kind: "kind-transaction",
            ending: "4417".into(),
            balance: None,
            owes: false,
        };
        let gap = |kind: GapKind, wording: &str, count: u32, account: Option<&AccountLine>| GapBox {
            kind,
            key: format!("{}:{wording}", kind.name()),
            wording: wording.into(),
            count,
            last: Moment::date(Day(20_420).midnight()),
            amount: Sum { money: Money(84_217), currency: "AUD".into() },
            account: account.cloned(),
        };
        let sample = |gaps: Vec<GapBox>, leave_out: bool| Self {
            frame: Frame::sample(Some(StepAt::Banks)),
            gaps,
            leave_out,
            csrf: "sample".into(),
        };
        let all = vec![
            gap(GapKind::PartOfPay, "SALARY ARBOUR DIGITAL SPLIT", 12, Some(&account)),
            gap(GapKind::Loan, "OTHER LENDER HOME LOAN REPAYMENT", 6, Some(&account)),
            gap(GapKind::Card, "OTHER ISSUER CARD PAYMENT", 1, Some(&account)),
            gap(GapKind::Account, "TRANSFER TO \"<b>SAVER</b>\" XX2208", 2, None),
        ];
        vec![sample(all.clone(), false), sample(all[2..3].to_vec(), true)]
    }
}
