//! Where a new sign-in is needed: the list of what is connected, and the page that takes a password for
//! one of them.

use super::{Bank, FieldFault, Frame, Moment, Page, WaitingBank};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::Names;
use askama::Template;

/// What is connected, and how each of them stands.
#[derive(Debug, Template)]
#[template(path = "renew.html")]
pub struct RenewPage {
    /// What stands around it.
    pub frame: Frame,
    /// Those that need a new sign-in, newest first, each with why, a message.
    pub needed: Vec<(RenewBank, &'static str)>,
    /// Those that wait for an answer.
    pub asking: Vec<WaitingBank>,
    /// Those that are being signed in to.
    pub working: Vec<RenewBank>,
    /// Those that work.
    pub fine: Vec<RenewBank>,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewBank {
    /// Its name in addresses.
    pub connection: String,
    /// Where.
    pub bank: Bank,
    /// The names of the accounts that it reads.
    pub accounts: Names,
}

/// Sign in again as the login that a connection is.
#[derive(Debug, Template)]
#[template(path = "renew_login.html")]
pub struct RenewLoginPage {
    /// What stands around it.
    pub frame: Frame,
    /// Which.
    pub one: RenewBank,
    /// The login id has to be typed: it was not kept.
    pub asks_login: bool,
    /// What is wrong with it.
    pub login_fault: Option<LoginFault>,
    /// What is wrong with the password.
    pub password_fault: Option<FieldFault>,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// What is wrong with a login id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFault {
    /// It was left empty, or is too long.
    Field(FieldFault),
    /// It is another login than the one that is connected.
    Other,
}

impl LoginFault {
    /// What to do about it: a message.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Field(fault) => fault.words(),
            Self::Other => "fault-other-login",
        }
    }
}

impl RenewPage {
    /// The banks that wait for an answer, in one sentence.
    pub fn asking_names(&self) -> Names {
        Names(self.asking.iter().map(|one| one.bank.name.to_owned()).collect())
    }

    /// How things stand: as long as this is the same, the page is right.
    pub fn state(&self) -> String {
        let asking = self.asking.iter().map(|one| format!("asks {}", one.job));
        let working = self.working.iter().map(|one| format!("works {}", one.connection));
        asking.chain(working).collect::<Vec<_>>().join(", ")
    }
}

impl RenewLoginPage {
    /// Something is wrong with what was typed.
    pub const fn is_refused(&self) -> bool {
        self.login_fault.is_some() || self.password_fault.is_some()
    }
}

fn sample_bank(place: usize, accounts: &[&str]) -> RenewBank {
    let connection = format!("00000000-0000-4000-8000-00000000000{place}");
    RenewBank {
        connection,
        bank: Bank::sample(place),
        accounts: Names(accounts.iter().map(|name| (*name).into()).collect()),
    }
}

impl Page for RenewPage {
    const NAME: &'static str = "renew";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |needed: &[&RenewBank], working: &[&RenewBank], fine: &[&RenewBank]| {
            let banks = |list: &[&RenewBank]| list.iter().map(|one| (*one).clone()).collect();
            let frame = Frame::sample(None);
            Self {
                frame,
                needed: needed.iter().map(|one| ((*one).clone(), "stop-wrong-login")).collect(),
                asking: Vec::new(),
                working: banks(working),
                fine: banks(fine),
                csrf: "sample".into(),
            }
        };
        let until = Moment::clock(UnixMillis(1_795_857_240_000));
        let asks = WaitingBank { bank: Bank::sample(2), job: "job".into(), until };
        let a = sample_bank(0, &["Everyday", "Holidays <3 & more"]);
        let (b, c) = (sample_bank(1, &["Low Rate Card"]), sample_bank(2, &[]));
        vec![
            sample(&[&a, &b], &[], &[&c]),
            sample(&[&a], &[&b], &[]),
            sample(&[], &[], &[&a, &b, &c]),
            sample(&[], &[], &[]),
            Self { asking: vec![asks], ..sample(&[], &[&b], &[&a]) },
        ]
    }
}

impl Page for RenewLoginPage {
    const NAME: &'static str = "renew_login";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |asks_login: bool, login_fault, password_fault| {
            let frame = Frame::sample(None);
            Self {
                frame,
                one: sample_bank(0, &["Everyday", "Holidays <3 & more"]),
                asks_login,
                login_fault,
                password_fault,
                csrf: "sample".into(),
            }
        };
        let missing = Some(FieldFault::Missing);
        vec![
            sample(false, None, None),
            sample(false, None, missing),
            sample(true, Some(LoginFault::Field(FieldFault::Missing)), missing),
            sample(true, Some(LoginFault::Other), None),
        ]
    }
}
