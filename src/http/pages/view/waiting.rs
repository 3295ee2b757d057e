//! The page between "I have disclosed all my accounts" and the end, where a bank is not over yet. One that
//! waits for an answer: finish it, or leave it out. One at work: it may ask something yet, and what is missing
//! shows once it is read, so wait a moment, or don't. Asked once; when all is read, it takes the declaration.

use super::{Bank, Frame, Moment, Pace, Page, StepAt};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::Names;
use askama::Template;

/// Finish it, or finish without.
#[derive(Debug, Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// What stands around it.
    pub frame: Frame,
    /// The banks that wait for an answer.
    pub asking: Vec<WaitingBank>,
    /// The banks that are at work.
    pub working: Vec<WorkingBank>,
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

/// A bank that is at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingBank {
    /// Which bank.
    pub bank: Bank,
    /// Since when.
    pub since: Moment,
    /// How long it takes.
    pub pace: Pace,
}

fn names<'a>(banks: impl Iterator<Item = &'a Bank>) -> Names {
    Names(banks.map(|bank| bank.name.to_owned()).collect())
}

impl WaitingPage {
    /// Nothing is asked or at work any more.
    pub const fn is_over(&self) -> bool {
        self.asking.is_empty() && self.working.is_empty()
    }

    /// The banks that wait for an answer, in one sentence.
    pub fn asking_names(&self) -> Names {
        names(self.asking.iter().map(|one| &one.bank))
    }

    /// The banks that are at work, in one sentence.
    pub fn working_names(&self) -> Names {
        names(self.working.iter().map(|one| &one.bank))
    }

    /// How things stand: as long as this is the same, the page is right.
    pub fn state(&self) -> String {
        let asking = self.asking.iter().map(|one| format!("asks {}", one.job));
        let working = self.working.iter().map(|one| format!("works {}", one.bank.id));
        asking.chain(working).collect::<Vec<_>>().join(", ")
    }
}

impl Page for WaitingPage {
    const NAME: &'static str = "waiting";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let at = Moment::clock(UnixMillis(1_795_857_240_000));
        let asks = |place: usize| WaitingBank {
            bank: Bank::sample(place),
            job: format!("6f1c2a34-0000-4000-8000-00000000000{place}"),
            until: at,
        };
        let works = |place: usize, pace| WorkingBank { bank: Bank::sample(place), since: at, pace };
        let sample = |asking: Vec<WaitingBank>, working: Vec<WorkingBank>| {
            let frame = Frame::sample(Some(StepAt::Banks));
            Self { frame, asking, working, csrf: "sample".into() }
        };
        let (soon, later) = (works(0, Pace::Minute), works(4, Pace::Minutes(2)));
        vec![
            sample(vec![asks(2)], vec![]),
            sample(vec![asks(2), asks(3)], vec![]),
            sample(vec![], vec![soon.clone()]),
            sample(vec![], vec![soon.clone(), later]),
            sample(vec![asks(2)], vec![soon]),
            sample(vec![], vec![]),
        ]
    }
}
