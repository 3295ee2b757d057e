//! The page that takes login id and password for one bank. Neither is kept; the login id is shown again
//! when something was missing, the password never.

use super::progress::Stopped;
use super::{Bank, Frame, Page, StepAt};
use askama::Template;

/// Sign in to a bank.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where.
    pub bank: Bank,
    /// How the last try here ended.
    pub last: Option<Stopped>,
    /// What was typed as login id.
    pub login_id: String,
    /// What is wrong with it.
    pub login_fault: Option<FieldFault>,
    /// What is wrong with the password.
    pub password_fault: Option<FieldFault>,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// What is wrong with a field: nothing was sent to the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldFault {
    /// It is empty.
    Missing,
    /// No bank's is that long.
    TooLong,
}

impl FieldFault {
    /// What to do about it: a message.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "fault-missing",
            Self::TooLong => "fault-too-long",
        }
    }
}

impl SignInPage {
    /// Something is wrong with what was typed.
    pub const fn is_refused(&self) -> bool {
        self.login_fault.is_some() || self.password_fault.is_some()
    }
}

impl Page for SignInPage {
    const NAME: &'static str = "sign_in";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |last: Option<Stopped>, login_id: &str, login_fault, password_fault| {
            let frame = Frame::sample(Some(StepAt::Banks));
            Self {
                frame,
                bank: Bank::sample(0),
                last,
                login_id: login_id.into(),
                login_fault,
                password_fault,
                csrf: "sample".into(),
            }
        };
        let missing = Some(FieldFault::Missing);
        let mut pages = vec![
            sample(None, "", None, None),
            sample(None, "Wentworth-Smith\"><b>", None, missing),
            sample(None, "", missing, missing),
            sample(None, "x", Some(FieldFault::TooLong), None),
        ];
        pages.extend(Stopped::ALL.iter().map(|why| sample(Some(*why), "", None, None)));
        pages
    }
}
