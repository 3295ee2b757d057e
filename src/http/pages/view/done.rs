//! The page after the declaration: thanks, the receipt, the way back.

use super::{Bank, Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use askama::Template;

/// Thank you.
#[derive(Debug, Template)]
#[template(path = "done.html")]
pub struct DonePage {
    /// What stands around it.
    pub frame: Frame,
    /// Who asked.
    pub partner: String,
    /// What goes on; absent when the consent has ended meanwhile.
    pub receipt: Option<Receipt>,
    /// The banks that are part of it.
    pub banks: Vec<SharedBank>,
    /// When all was declared disclosed.
    pub declared: Moment,
    /// The redirect URL with what the partner gets back.
    pub way_back: Option<String>,
}

/// What the person agreed to.
#[derive(Debug)]
pub struct Receipt {
    /// The purpose in a few words.
    pub purpose: String,
    /// What is shared.
    pub cluster_names: Vec<&'static str>,
    /// When it ends by itself.
    pub ends: Moment,
}

/// One bank of the receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedBank {
    /// What people read.
    pub name: &'static str,
    /// What was found there, or how it goes on.
    pub what: String,
}

impl Page for DonePage {
    const NAME: &'static str = "done";

    fn samples() -> Vec<Self> {
        let at = UnixMillis(1_795_857_240_000);
        let bank =
            |place: usize, what: &str| SharedBank { name: Bank::sample(place).name, what: what.into() };
        let banks =
            [bank(0, "3 accounts"), bank(1, "1 account"), bank(2, "still at work: it goes on by itself")];
        let sample = |has_receipt: bool, banks: &[SharedBank], way_back: Option<&str>| {
            let frame = Frame::sample(Some(StepAt::Done));
            Self {
                partner: frame.partner.clone().unwrap_or_default(),
                frame,
                receipt: has_receipt.then(|| Receipt {
                    purpose: "To see whether you can afford the loan you asked for".into(),
                    cluster_names: vec!["Account balance and details", "Transaction details"],
                    ends: Moment::date(at),
                }),
                banks: banks.to_vec(),
                declared: Moment::full(at),
                way_back: way_back.map(Into::into),
            }
        };
        let back = "https://partner.example/back?flow=1&jobId=1&jobIds=1&state=s%201";
        vec![sample(true, &banks, Some(back)), sample(true, &[], Some(back)), sample(false, &[], None)]
    }
}
