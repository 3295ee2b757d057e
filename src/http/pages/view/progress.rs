//! How the banks of a person stand, one box each: at work step by step, waiting for an answer, stopped
//! and why, connected with its accounts. It is the part of the hub that changes while one looks, so it
//! has a template of its own, sent again whenever something changed. Must not know: jobs, streams.

use super::{AccountLine, Bank, Frame, Moment};
use crate::http::pages::language::{Names, Reader, Words};
use askama::Template;

/// The part of the hub that changes by itself.
#[derive(Debug, Template)]
#[template(path = "live.html")]
pub struct Live {
    /// What stands around it on its page.
    pub frame: Frame,
    /// The banks, newest first.
    pub boxes: Vec<BankBox>,
    /// One more may be added.
    pub may_add: bool,
    /// They are here to declare that all is disclosed.
    pub may_declare: bool,
    /// Binds the forms to this browser.
    pub csrf: String,
}

/// All of it is rendered by its own template, so nothing is left to escape.
impl askama::filters::HtmlSafe for Live {}

/// One bank and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankBox {
    /// Its name on the page: the same while it changes.
    pub key: String,
    /// Which bank.
    pub bank: Bank,
    /// How it stands.
    pub stand: Stand,
    /// What was found there so far, or before.
    pub accounts: Vec<AccountLine>,
    /// How many more were found there that stand with another bank or login already.
    pub elsewhere: usize,
}

/// How a bank stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// It is being read.
    Working {
        /// Since when.
        since: Moment,
        /// How long it takes.
        pace: Pace,
        /// Step by step.
        steps: Vec<Step>,
    },
    /// It asks the person something.
    Asking {
        /// Which job.
        job: String,
        /// How long it waits.
        until: Moment,
        /// Step by step.
        steps: Vec<Step>,
    },
    /// It ended without.
    Stopped(Stopped),
    /// All was read.
    Connected {
        /// When.
        read: Option<Moment>,
    },
}

/// How long a bank takes, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As a rule less than a minute.
    Minute,
    /// As a rule so many minutes.
    Minutes(u64),
    /// Longer than it does as a rule.
    Long,
}

impl Pace {
    /// In a sentence.
    pub fn words(self, frame: &Frame) -> Words<'static> {
        match self {
            Self::Minute => frame.say("pace-minute"),
            Self::Minutes(count) => frame.say("pace-minutes").with("count", count),
            Self::Long => frame.say("pace-long"),
        }
    }
}

/// One step of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done in it.
    pub kind: StepKind,
    /// How far it is.
    pub mark: Mark,
}

/// What is done in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Login id and password are checked.
    SignIn,
    /// The person answers.
    Question,
    /// Accounts are found.
    Accounts,
    /// Transactions are read.
    Transactions,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It comes later.
    Next,
    /// It is under way.
    Now,
    /// It lies behind.
    Done,
    /// The bank did not ask for it.
    Skipped,
}

macro_rules! stops {
    ($($(#[$doc:meta])* $name:ident = $title:literal, $words:literal, $next:literal;)+) => {
        /// Why it ended without, as far as the person can do something about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Stopped {
            $($(#[$doc])* $name,)+
        }

        impl Stopped {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What happened, in a few words: a message.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// What it means and what to do, in whole sentences: a message.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }

            /// What the way on says: a message.
            pub const fn next(self) -> &'static str {
                match self { $(Self::$name => $next,)+ }
            }
        }
    };
}

stops! {
    /// Login id and password do not belong together.
    WrongLogin = "stop-wrong-login", "stop-wrong-login-words", "stop-wrong-login-next";
    /// The bank locked the login.
    Locked = "stop-locked", "stop-locked-words", "stop-locked-next";
    /// The person must do something at the bank first.
    ActionNeeded = "stop-action-needed", "stop-action-needed-words", "stop-action-needed-next";
    /// The bank does not answer.
    Unavailable = "stop-unavailable", "stop-unavailable-words", "stop-unavailable-next";
    /// We stopped before the bank had let the person in.
    Interrupted = "stop-interrupted", "stop-interrupted-words", "stop-interrupted-next";
    /// Nobody answered in time.
    Unanswered = "stop-unanswered", "stop-unanswered-words", "stop-unanswered-next";
    /// The person left it out.
    LeftOut = "stop-left-out", "stop-left-out-words", "stop-left-out-next";
    /// It took longer than anything may.
    TooLong = "stop-too-long", "stop-too-long-words", "stop-too-long-next";
    /// The bank does not know us any more.
    SignedOut = "stop-signed-out", "stop-signed-out-words", "stop-signed-out-next";
    /// What the person agreed to ended meanwhile.
    ConsentOver = "stop-consent-over", "stop-consent-over-words", "stop-consent-over-next";
    /// It was begun elsewhere, and waits for an answer there.
    Elsewhere = "stop-elsewhere", "stop-elsewhere-words", "stop-elsewhere-next";
    /// Anything else.
    Broken = "stop-broken", "stop-broken-words", "stop-broken-next";
}

impl Step {
    /// What is done in it: a message.
    pub const fn name(self) -> &'static str {
        match self.kind {
            StepKind::SignIn => "step-sign-in",
            StepKind::Question => "step-question",
            StepKind::Accounts => "step-accounts",
            StepKind::Transactions => "step-transactions",
        }
    }

    /// How far it is, for ears: a message.
    pub const fn mark_word(self) -> &'static str {
        match self.mark {
            Mark::Next => "mark-next",
            Mark::Now => "mark-now",
            Mark::Done | Mark::Skipped => "mark-was",
        }
    }

    /// How it is drawn.
    pub const fn class(self) -> &'static str {
        match self.mark {
            Mark::Next => "next",
            Mark::Now => "now",
            Mark::Done | Mark::Skipped => "was",
        }
    }
}

impl BankBox {
    /// Something goes on by itself: it will look different soon.
    pub const fn is_running(&self) -> bool {
        matches!(self.stand, Stand::Working { .. } | Stand::Asking { .. })
    }

    /// Read to its end.
    pub const fn is_connected(&self) -> bool {
        matches!(self.stand, Stand::Connected { .. })
    }

    /// What a screen reader says when it changes, once each.
    pub fn told(&self, frame: &Frame) -> Words<'static> {
        let words = match &self.stand {
            Stand::Working { steps, .. } => {
                let now = steps.iter().find(|step| step.mark == Mark::Now);
                let step = frame.say(now.map_or("at-work", |step| step.name()));
                frame.say("told-working").with("step", step)
            }
            Stand::Asking { .. } => frame.say("told-asking"),
            Stand::Stopped(why) => frame.say("told-stopped").with("why", frame.say(why.title())),
            Stand::Connected { .. } => frame.say("told-connected").with("connected", self.connected(frame)),
        };
        words.with("bank", self.bank.name)
    }

    /// "Connected, 3 accounts".
    pub fn connected(&self, frame: &Frame) -> Words<'static> {
        frame.say("connected").with("found", self.found().words(frame))
    }

    /// What was found there.
    pub const fn found(&self) -> Found {
        Found { here: self.accounts.len(), elsewhere: self.elsewhere }
    }
}

/// How many accounts were found at a bank, and how many of them are counted with another login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Shown with this login.
    pub here: usize,
    /// Shown with another one.
    pub elsewhere: usize,
}

impl Found {
    /// The bank shows no account at all.
    pub const fn is_nothing(self) -> bool {
        self.here == 0 && self.elsewhere == 0
    }

    /// "3 accounts".
    pub fn words(self, frame: &Frame) -> Words<'static> {
        let accounts = |count: usize| frame.say("accounts").with("count", count);
        match (self.here, self.elsewhere) {
            (here, 0) => accounts(here),
            (0, elsewhere) => frame.say("found-elsewhere-only").with("elsewhere", accounts(elsewhere)),
            (here, elsewhere) => {
                let words = frame.say("found-and-elsewhere").with("here", accounts(here));
                words.with("elsewhere", elsewhere)
            }
        }
    }
}

impl Live {
    /// Something goes on by itself.
    pub fn is_running(&self) -> bool {
        self.boxes.iter().any(BankBox::is_running)
    }

    /// The partner sees no account yet.
    pub fn has_no_account(&self) -> bool {
        self.boxes.iter().all(|one| one.found().is_nothing())
    }

    /// To declare now is not what most people want: something goes on, or nothing is here.
    pub fn is_early(&self) -> bool {
        self.is_running() || self.has_no_account()
    }

    /// Turns it to who reads it.
    pub fn speak(&mut self, reader: &Reader) {
        self.frame.reader = reader.clone();
    }

    fn named(&self, fits: impl Fn(&Stand) -> bool) -> Option<Names> {
        let mut names: Vec<String> = Vec::new();
        for one in self.boxes.iter().filter(|one| fits(&one.stand)) {
            if names.iter().all(|name| name != one.bank.name) {
                names.push(one.bank.name.to_owned());
            }
        }
        (!names.is_empty()).then_some(Names(names))
    }

    /// The banks that are at work.
    pub fn working(&self) -> Option<Names> {
        self.named(|stand| matches!(stand, Stand::Working { .. }))
    }

    /// The banks that wait for an answer.
    pub fn asking(&self) -> Option<Names> {
        self.named(|stand| matches!(stand, Stand::Asking { .. }))
    }

    /// The banks that are not connected.
    pub fn stopped(&self) -> Option<Names> {
        self.named(|stand| matches!(stand, Stand::Stopped(_)))
    }
}
