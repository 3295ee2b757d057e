//! The page between "I have disclosed all my accounts" and the end, where a bank still waits for an
//! answer: finish it, or leave it out. Asked once.

use super::{Bank, Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::Names;
use askama::Template;

/// Finish it, or leave it out.
#[derive(Debug, Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// What stands around it.
    pub frame: Frame,
    /// The banks that wait.
    pub waiting: Vec<WaitingBank>,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// A bank that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingBank {
    /// Which bank.
    pub bank: Bank,
    /// Which job, as the path has it.
    pub job: String,
    /// How long it waits.
    pub until: Moment,
}

impl WaitingPage {
    /// The banks in one sentence.
    pub fn names(&self) -> Names {
        Names(self.waiting.iter().map(|one| one.bank.name.to_owned()).collect())
    }
}

impl Page for WaitingPage {
    const NAME: &'static str = "waiting";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let one = |place: usize| WaitingBank {
            bank: Bank::sample(place),
            job: format!("6f1c2a34-0000-4000-8000-00000000000{place}"),
            until: Moment::clock(UnixMillis(1_795_857_240_000)),
        };
        let sample = |waiting: Vec<WaitingBank>| {
            let frame = Frame::sample(Some(StepAt::Banks));
            Self { frame, waiting, csrf: "sample".into() }
        };
        vec![sample(vec![one(2)]), sample(vec![one(2), one(3)])]
    }
}
