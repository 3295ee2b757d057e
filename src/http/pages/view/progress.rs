//! How the banks of a person stand, one box each: at work step by step, waiting for an answer, stopped
//! and why, connected with its accounts. It is the part of the hub that changes while one looks, so it
//! has a template of its own, sent again whenever something changed. Must not know: jobs, streams.

use super::bank::{accounts_in_words, listed};
use super::{AccountLine, Bank, Moment};
use askama::Template;

/// The part of the hub that changes by itself.
#[derive(Debug, Template)]
#[template(path = "live.html")]
pub struct Live {
    /// Who asks.
    pub partner: String,
    /// The banks, newest first.
    pub boxes: Vec<BankBox>,
    /// When the page closes by itself.
    pub idle_at: Moment,
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
    ($($(#[$doc:meta])* $name:ident = $title:literal, $next:literal;)+) => {
        /// Why it ended without, as far as the person can do something about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Stopped {
            $($(#[$doc])* $name,)+
        }

        impl Stopped {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What happened, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// What the way on says.
            pub const fn next(self) -> &'static str {
                match self { $(Self::$name => $next,)+ }
            }
        }
    };
}

stops! {
    /// Login id and password do not belong together.
    WrongLogin = "Login ID or password is wrong", "Try again";
    /// The bank locked the login.
    Locked = "The bank has locked your login", "It’s unlocked: sign in again";
    /// The person must do something at the bank first.
    ActionNeeded = "The bank needs you first", "I’ve done it: sign in again";
    /// The bank does not answer.
    Unavailable = "The bank isn’t answering", "Try again";
    /// We stopped before the bank had let the person in.
    Interrupted = "We were interrupted", "Sign in again";
    /// Nobody answered in time.
    Unanswered = "The time to answer ran out", "Sign in again";
    /// The person left it out.
    LeftOut = "You left it out", "Sign in again";
    /// It took longer than anything may.
    TooLong = "It took too long", "Sign in again";
    /// The bank does not know us any more.
    SignedOut = "The bank wants you to sign in again", "Sign in again";
    /// What the person agreed to ended meanwhile.
    ConsentOver = "Sharing ended meanwhile", "Sign in again";
    /// Anything else.
    Broken = "It didn’t work", "Try again";
}

impl Stopped {
    /// What it means and what to do, in whole sentences.
    pub fn words(self, bank: &str) -> String {
        match self {
            Self::WrongLogin => format!(
                "{bank} didn’t accept what you typed. Check both before you try again: banks often lock a \
                login after a few wrong tries."
            ),
            Self::Locked => format!(
                "{bank} did this to protect you, and only {bank} can undo it. Contact it by its app or the \
                number on your card. Then come back here."
            ),
            Self::ActionNeeded => format!(
                "{bank} wants you to do something in its own app or website first: accept new terms, say, or \
                change an old password. Do that, then come back here."
            ),
            Self::Unavailable => format!(
                "It’s {bank}, not you. Try again now, or in a few minutes. You can add your other banks \
                meanwhile."
            ),
            Self::Interrupted => {
                "It’s us, not you: we had to stop while signing you in. We keep no passwords, so please sign \
                in again."
                    .into()
            }
            Self::Unanswered => format!(
                "{bank} waits a short time only, and then starts from the beginning. Sign in again, and have \
                the answer or your phone at hand."
            ),
            Self::LeftOut => "You finished without it. You can still add it.".into(),
            Self::TooLong => format!("{bank} didn’t come to an end, so we stopped. Sign in again to go on."),
            Self::SignedOut => format!(
                "{bank} doesn’t let us read any more with your last sign-in. What was read before is kept."
            ),
            Self::ConsentOver => {
                format!("What you had agreed to ended while {bank} was at work, so nothing was read.")
            }
            Self::Broken => "It’s us, not you. Please try again.".into(),
        }
    }
}

impl Step {
    /// What is done in it.
    pub const fn name(self) -> &'static str {
        match self.kind {
            StepKind::SignIn => "Signing in",
            StepKind::Question => "Answering its question",
            StepKind::Accounts => "Finding accounts",
            StepKind::Transactions => "Getting transactions",
        }
    }

    /// How far it is, for ears.
    pub const fn mark_word(self) -> &'static str {
        match self.mark {
            Mark::Next => "Next",
            Mark::Now => "Now",
            Mark::Done | Mark::Skipped => "Done",
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
    pub fn told(&self) -> String {
        let name = self.bank.name;
        match &self.stand {
            Stand::Working { steps, .. } => {
                let now = steps.iter().find(|step| step.mark == Mark::Now);
                format!("{name}: {}.", now.map_or("at work", |step| step.name()))
            }
            Stand::Asking { .. } => format!("{name} waits for your answer."),
            Stand::Stopped(why) => format!("{name}: {}.", why.title()),
            Stand::Connected { .. } => format!("{name}: {}.", self.connected_words()),
        }
    }

    /// "Connected, 3 accounts".
    pub fn connected_words(&self) -> String {
        format!("Connected, {}", self.found_words())
    }

    /// "3 accounts", and which of them are counted once although two logins have them.
    pub fn found_words(&self) -> String {
        let (here, elsewhere) = (self.accounts.len(), self.elsewhere);
        match (here, elsewhere) {
            (_, 0) => accounts_in_words(here),
            (0, _) => format!("{}, shared through another login already", accounts_in_words(elsewhere)),
            _ => format!("{}, and {elsewhere} shared through another login already", accounts_in_words(here)),
        }
    }
}

impl Live {
    /// Something goes on by itself.
    pub fn is_running(&self) -> bool {
        self.boxes.iter().any(BankBox::is_running)
    }

    fn named(&self, fits: impl Fn(&Stand) -> bool) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for one in self.boxes.iter().filter(|one| fits(&one.stand)) {
            if !names.contains(&one.bank.name) {
                names.push(one.bank.name);
            }
        }
        (!names.is_empty()).then(|| listed(names))
    }

    /// The banks that are at work.
    pub fn working(&self) -> Option<String> {
        self.named(|stand| matches!(stand, Stand::Working { .. }))
    }

    /// The banks that wait for an answer.
    pub fn asking(&self) -> Option<String> {
        self.named(|stand| matches!(stand, Stand::Asking { .. }))
    }

    /// The banks that are not connected.
    pub fn stopped(&self) -> Option<String> {
        self.named(|stand| matches!(stand, Stand::Stopped(_)))
    }
}
