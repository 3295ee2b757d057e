//! The page that takes the answer to what a bank asks.

use super::{Bank, Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use askama::Template;

/// Answer your bank.
#[derive(Debug, Template)]
#[template(path = "challenge.html")]
pub struct ChallengePage {
    /// What stands around it.
    pub frame: Frame,
    /// Which bank asks.
    pub bank: Bank,
    /// What it asks; absent when it does not wait any more.
    pub question: Option<Question>,
    /// The last answers were wrong.
    pub is_wrong: bool,
    /// Which job, as the path has it.
    pub job: String,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// What a bank asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the bank says about it; may be empty.
    pub description: String,
    /// One field each.
    pub prompts: Vec<Prompt>,
    /// How long the bank waits.
    pub until: Moment,
    /// The same in seconds from now.
    pub seconds: u64,
}

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the bank calls it.
    pub label: String,
    /// It is a code rather than a sentence.
    pub is_code: bool,
    /// It was left empty.
    pub is_missing: bool,
}

impl ChallengePage {
    /// The answers were not taken.
    pub fn is_refused(&self) -> bool {
        self.is_wrong || self.first_missing().is_some()
    }

    /// The first field that was left empty.
    pub fn first_missing(&self) -> Option<usize> {
        self.question.as_ref()?.prompts.iter().position(|prompt| prompt.is_missing)
    }

    /// Where the reader is put: the field that needs them.
    pub fn is_focused(&self, place: usize) -> bool {
        self.first_missing().map_or(self.is_wrong && place == 0, |first| first == place)
    }
}

impl Question {
    /// It wants a code and nothing else.
    pub fn is_code(&self) -> bool {
        self.prompts.iter().all(|prompt| prompt.is_code)
    }
}

impl Page for ChallengePage {
    const NAME: &'static str = "challenge";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample =
            |description: &str, labels: &[&str], is_code: bool, missing: &[usize], is_wrong: bool| {
                let frame = Frame::sample(Some(StepAt::Banks));
                let prompt = |(place, label): (usize, &&str)| Prompt {
                    label: (*label).into(),
                    is_code,
                    is_missing: missing.contains(&place),
                };
                Self {
                    frame,
                    bank: Bank::sample(2),
                    question: (!labels.is_empty()).then(|| Question {
                        description: description.into(),
                        prompts: labels.iter().enumerate().map(prompt).collect(),
                        until: Moment::clock(UnixMillis(1_795_857_240_000)),
                        seconds: 118,
                    }),
                    is_wrong,
                    job: "6f1c2a34-0000-4000-8000-000000000001".into(),
                    csrf: "sample".into(),
                }
            };
        let (code, two) =
            (["OTP Password"], ["What’s your favourite company?", "What’s the ID of this <institution>?"]);
        vec![
            sample("Enter the code we sent you", &code, true, &[], false),
            sample("Enter the code we sent you", &code, true, &[], true),
            sample("", &code, true, &[0], false),
            sample("Answer your security questions", &two, false, &[], false),
            sample("Answer your security questions", &two, false, &[], true),
            sample("Answer your security questions", &two, false, &[1], false),
            sample("", &["What’s your first company?"], false, &[], false),
            sample("", &[], false, &[], false),
        ]
    }
}
