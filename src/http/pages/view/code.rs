//! The page that takes the one-time code.

use super::{Frame, Moment, Page, StepAt};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::{Address, Words};
use askama::Template;

/// Enter the code.
#[derive(Debug, Template)]
#[template(path = "code.html")]
pub struct CodePage {
    /// What stands around it.
    pub frame: Frame,
    /// The last three digits of the number.
    pub mobile_ending: String,
    /// Until when the living code works; absent when none lives.
    pub code_until: Option<Moment>,
    /// The last text was refused for good.
    pub was_refused: bool,
    /// What was wrong with the last try.
    pub fault: Option<CodeFault>,
    /// What is to be known of the last text, when it is not the first.
    pub text: Option<LastText>,
    /// Whether a new text can be asked for.
    pub texts: Texts,
    /// The link's path.
    pub path: String,
    /// The link's own query with its `?`, carried on; empty when it has none.
    pub query: String,
    /// Binds the forms to this link.
    pub csrf: String,
}

/// What was wrong with a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// Other digits; so many tries are left.
    Wrong {
        /// Tries before the link locks.
        tries_left: u32,
    },
    /// Not six digits: it was not tried.
    Malformed,
    /// No code lives any more: it was not counted.
    Late,
    /// The browser kept no cookie: it was not tried.
    NoCookie,
}

/// What is to be known of the last text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastText {
    /// It took the place of the one before.
    New {
        /// When it was asked for.
        sent: Moment,
    },
    /// It is still the last: asking once more was too early.
    NotAgain {
        /// When it was asked for.
        sent: Moment,
        /// From when on there can be another.
        at: Moment,
    },
}

/// Whether a new text can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Now.
    Now,
    /// In the cool-down: after so many seconds.
    After {
        /// Seconds from now.
        seconds: u64,
        /// The same as an instant.
        at: Moment,
    },
    /// No more for this link.
    Never,
}

impl CodeFault {
    /// For the title, after "Error:": a message.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wrong { .. } => "code-fault-wrong-title",
            Self::Malformed => "code-fault-malformed-title",
            Self::Late => "code-fault-late-title",
            Self::NoCookie => "code-fault-no-cookie-title",
        }
    }

    /// What happened, and what is left to try.
    pub fn words(self, frame: &Frame) -> Words<'static> {
        let id = match self {
            Self::Wrong { .. } => "code-fault-wrong",
            Self::Malformed => "code-fault-malformed",
            Self::Late => "code-fault-late",
            Self::NoCookie => "code-fault-no-cookie",
        };
        let tries = if let Self::Wrong { tries_left } = self { tries_left } else { 0 };
        frame.say(id).with("tries", tries)
    }
}

impl CodePage {
    /// Where this page is.
    pub fn address(&self) -> Address {
        Address(format!("{}/code{}", self.path, self.query))
    }
}

impl Page for CodePage {
    const NAME: &'static str = "code";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let at = |seconds: i64| UnixMillis(1_795_857_240_000 + seconds * 1000);
        let sample = |lives: bool, fault, texts, query: &str| {
            let frame = Frame::sample(Some(StepAt::Confirm));
            Self {
                frame,
                mobile_ending: "222".into(),
                code_until: lives.then(|| Moment::clock(at(600))),
                was_refused: false,
                fault,
                text: None,
                texts,
                path: "/6f1c2a34-0000-4000-8000-000000000000".into(),
                query: query.into(),
                csrf: "sample".into(),
            }
        };
        let soon = |seconds: u32| Texts::After {
            seconds: u64::from(seconds),
            at: Moment::clock(at(i64::from(seconds))),
        };
        let refused = |fault| Self { was_refused: true, ..sample(false, fault, Texts::Now, "") };
        let sent = Moment::clock(at(-20));
        let told = |text, fault, texts| Self { text: Some(text), ..sample(true, fault, texts, "") };
        vec![
            sample(true, None, soon(30), "?state=s1"),
            sample(true, None, Texts::Now, ""),
            sample(true, Some(CodeFault::Wrong { tries_left: 3 }), soon(1), ""),
            sample(true, Some(CodeFault::Wrong { tries_left: 1 }), Texts::Now, ""),
            sample(true, Some(CodeFault::Malformed), Texts::Now, ""),
            sample(true, Some(CodeFault::NoCookie), Texts::Now, ""),
            sample(true, None, Texts::Never, ""),
            sample(false, Some(CodeFault::Late), Texts::Now, ""),
            sample(false, None, Texts::Now, ""),
            sample(false, None, Texts::Never, ""),
            refused(None),
            refused(Some(CodeFault::Late)),
            told(LastText::New { sent }, None, soon(40)),
            told(LastText::New { sent }, Some(CodeFault::Wrong { tries_left: 2 }), Texts::Now),
            told(LastText::NotAgain { sent, at: Moment::clock(at(10)) }, None, soon(10)),
        ]
    }
}
