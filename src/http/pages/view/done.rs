//! The page after the declaration: thanks, the receipt, the way back.

use super::{Bank, Found, Frame, Moment, Page, StepAt};
use crate::domain::time::{Span, UnixMillis};
use crate::http::pages::language::Words;
use askama::Template;

/// Thank you.
#[derive(Debug, Template)]
#[template(path = "done.html")]
pub struct DonePage {
    /// What stands around it.
    pub frame: Frame,
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
    /// What helps to find it.
    pub number: String,
    /// The purpose in a few words.
    pub purpose: String,
    /// What is shared.
    pub cluster_names: Vec<&'static str>,
    /// When they agreed.
    pub agreed: Moment,
    /// When it ends by itself.
    pub ends: Moment,
}

/// One bank of the receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedBank {
    /// What people read.
    pub name: &'static str,
    /// How it stands.
    pub what: Shared,
}

/// How a bank of the receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Connected.
    Found(Found),
    /// It is still being read.
    Working,
    /// It waits for an answer.
    Asking,
    /// Nothing is shared from there.
    Nothing,
    /// Not connected any more; so many accounts were read before.
    Before {
        /// How many.
        accounts: usize,
    },
}

impl SharedBank {
    /// One line of the receipt.
    pub fn words(&self, frame: &Frame) -> Words<'static> {
        let what = match self.what {
            Shared::Found(found) => found.words(frame),
            Shared::Working => frame.say("shared-working"),
            Shared::Asking => frame.say("shared-asking"),
            Shared::Nothing => frame.say("shared-nothing"),
            Shared::Before { accounts } => {
                let accounts = frame.say("accounts").with("count", accounts);
                frame.say("shared-before").with("accounts", accounts)
            }
        };
        frame.say("shared-bank").with("bank", self.name).with("what", what)
    }
}

impl Page for DonePage {
    const NAME: &'static str = "done";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let at = UnixMillis(1_795_857_240_000);
        let bank = |place: usize, what: Shared| SharedBank { name: Bank::sample(place).name, what };
        let found = |here, elsewhere| Shared::Found(Found { here, elsewhere });
        let banks = [
            bank(0, found(3, 0)),
            bank(1, found(1, 2)),
            bank(2, Shared::Working),
            bank(3, Shared::Asking),
            bank(4, Shared::Before { accounts: 2 }),
        ];
        let sample = |has_receipt: bool, banks: &[SharedBank], way_back: Option<&str>| {
            let frame = Frame::sample(Some(StepAt::Done));
            let frame = if banks.is_empty() { frame.with_sample_ways() } else { frame };
            Self {
                frame,
                receipt: has_receipt.then(|| Receipt {
                    number: "4F6C-1D2E".into(),
                    purpose: "To see whether you can afford the loan you asked for".into(),
                    cluster_names: vec!["Account balance and details", "Transaction details"],
                    agreed: Moment::full(at),
                    ends: Moment::date(at.plus(Span::days(365))),
                }),
                banks: banks.to_vec(),
                declared: Moment::full(at),
                way_back: way_back.map(Into::into),
            }
        };
        let back = "https://partner.example/back?flow=1&jobId=1&jobIds=1&state=s%201";
        let visit = |page: Self| Self { frame: page.frame.of_sample_visit(), ..page };
        vec![
            sample(true, &banks, Some(back)),
            sample(true, &[], Some(back)),
            sample(false, &[], None),
            visit(sample(true, &banks, Some(back))),
        ]
    }
}
