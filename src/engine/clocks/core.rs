//! The keeper of test clocks: makes them, moves them, lets them go, and has their users told what is due.
//! A plain struct without async. Must not know: actors, what a deadline means, HTTP.

use super::held::Held;
use super::question::Asker;
use super::told::Fired;
use crate::crypto::Keyring;
use crate::domain::clock::{ClockFault, EARLIEST, LATEST, NAME_CHARS_MAX, TestClock, Way};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, ClockId, UserId};
use crate::domain::line::is_invisible;
use crate::domain::time::UnixMillis;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::mark::Mark;
use crate::engine::user::core::Trouble;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use thiserror::Error;

/// Test clocks that an application may own.
pub const CLOCKS_MAX: usize = 32;

/// Names one waiting caller.
pub type Token = u64;

/// What a clock is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClock {
    /// Whose clock.
    pub application: ApplicationId,
    /// What the partner calls it.
    pub name: String,
    /// What it shows first; real time when absent.
    pub at: Option<UnixMillis>,
    /// Whether it runs.
    pub runs: bool,
}

/// What becomes of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It goes forward; answered when it is there.
    Advance(Way),
    /// It runs, or stands still.
    SetRunning(bool),
    /// It goes, with all who live by it; answered when it is gone.
    Remove,
}

/// What can be asked of the keeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Make one.
    Create(NewClock),
    /// Change one.
    Change(ApplicationId, ClockId, Change),
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The application has no such clock.
    #[error("there is no such clock")]
    Unknown,
    /// The application has as many as it may.
    #[error("an application has at most {CLOCKS_MAX} clocks")]
    TooMany,
    /// The name is too long.
    #[error("a clock's name has at most {NAME_CHARS_MAX} characters and no line breaks")]
    Name,
    /// Not an instant that a clock shows.
    #[error("a clock shows the years 2000 to 2099")]
    At,
    /// Not as the clock stands.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// The machinery cannot, at the moment or at all.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A question, with the token of whoever waits.
    Ask(Token, Ask),
    /// A question that is done once.
    AskOnce(Token, Ask, Box<Mark<TestClock>>),
    /// A clock's commit is done, or is not.
    Committed(ClockId, Result<u64, CommitError>),
    /// The next rows of a clock's index, in order; nothing where it cannot be read.
    Loaded(ClockId, Option<Vec<(UnixMillis, UserId)>>),
    /// Whether any of those who are due is being served by an institution.
    Working(ClockId, bool),
    /// What a user did who was told that something is due, or that it goes.
    Fired(ClockId, UserId, Fired),
    /// The next who live by a clock, in order; nothing where they cannot be read.
    Members(ClockId, Option<Vec<UserId>>),
    /// A deadline of a clock was committed.
    Armed(ClockId, UnixMillis),
    /// Time passed.
    Tick,
}

/// What is asked of the shell.
#[derive(Debug)]
pub enum Output {
    /// Make this durable, and say so.
    Commit(ClockId, Box<Commit>),
    /// This is how a clock is from now on, and whether it goes.
    Publish(TestClock, bool),
    /// This clock is gone.
    Withdraw(ClockId),
    /// Read the next [`super::held::TOLD_MAX`] rows of a clock's index.
    Load {
        /// Whose.
        clock: ClockId,
        /// Only what stands behind this row.
        behind: Option<(UnixMillis, UserId)>,
    },
    /// Ask whether any of these is being served by an institution.
    AskWork(ClockId, Vec<UserId>),
    /// Tell these users that something is due.
    Fire(ClockId, Vec<UserId>),
    /// Read the next [`super::held::TOLD_MAX`] who live by a clock.
    LoadMembers {
        /// Which.
        clock: ClockId,
        /// Only who stands behind this one.
        behind: Option<UserId>,
    },
    /// Remove these users.
    Erase(ClockId, Vec<UserId>),
    /// Answer whoever waits.
    Reply(Token, Result<TestClock, Refusal>),
    /// Come back then.
    WakeAt(UnixMillis),
}

/// What the operator sees of one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The clock.
    pub clock: TestClock,
    /// It goes, behind its users.
    pub is_closing: bool,
    /// What the keeper does with it.
    pub doing: &'static str,
}

/// All clocks in the keeper's hands.
pub struct KeeperCore {
    keyring: Keyring,
    held: BTreeMap<ClockId, Held>,
}

impl KeeperCore {
    /// The clocks as the store has them: each with its version, and whether it goes.
    pub fn new(keyring: Keyring, stored: impl IntoIterator<Item = (TestClock, u64, bool)>) -> Self {
        let held = stored.into_iter().map(|(clock, version, is_closing)| {
            let id = clock.id;
            (id, Held::stored(clock, version, is_closing))
        });
        Self { keyring, held: held.collect() }
    }

    /// What the operator sees.
    pub fn observe(&self) -> Vec<Observed> {
        let seen = |held: &Held| Observed {
            clock: held.clock.clone(),
            is_closing: held.is_closing,
            doing: held.doing(),
        };
        self.held.values().map(seen).collect()
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, real: UnixMillis, entropy: [u8; 32], input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Ask(token, ask) => self.ask(real, entropy, (token, None), ask, out),
            Input::AskOnce(token, ask, mark) => self.ask(real, entropy, (token, Some(mark)), ask, out),
            Input::Committed(clock, result) => {
                if self.held.get_mut(&clock).is_some_and(|held| !held.committed(real, result, out)) {
                    self.held.remove(&clock);
                }
            }
            Input::Loaded(clock, rows) => self.on(clock, |held| held.loaded(real, rows, out)),
            Input::Working(clock, works) => self.on(clock, |held| held.working(real, works, out)),
            Input::Fired(clock, user, fired) => self.on(clock, |held| held.fired(real, user, fired, out)),
            Input::Members(clock, users) => self.on(clock, |held| held.members(real, users, out)),
            Input::Armed(clock, at) => self.on(clock, |held| held.armed(real, at)),
            Input::Tick => {}
        }
        self.held.values_mut().for_each(|held| held.tick(real, out));
        out.extend(self.held.values().filter_map(Held::wake_at).min().map(Output::WakeAt));
    }

    /// What comes for a clock that is gone is about nothing any more.
    fn on(&mut self, clock: ClockId, handle: impl FnOnce(&mut Held)) {
        if let Some(held) = self.held.get_mut(&clock) {
            handle(held);
        }
    }

    fn ask(
        &mut self,
        real: UnixMillis,
        entropy: [u8; 32],
        (token, mark): (Token, Option<Box<Mark<TestClock>>>),
        ask: Ask,
        out: &mut Vec<Output>,
    ) {
        let mut entropy = Entropy::new(entropy);
        let number = entropy.below(u64::MAX).saturating_add(1);
        let asker = Asker::new(token, mark, &self.keyring, entropy);
        match ask {
            Ask::Create(new) => {
                if let Err(refusal) = self.create(real, number, asker, new, out) {
                    out.push(Output::Reply(token, Err(refusal)));
                }
            }
            Ask::Change(application, clock, change) => {
                match self.held.get_mut(&clock).filter(|held| held.clock.application == application) {
                    Some(held) => held.ask(real, asker, change, out),
                    None => out.push(Output::Reply(token, Err(Refusal::Unknown))),
                }
            }
        }
    }

    fn create(
        &mut self,
        real: UnixMillis,
        number: u64,
        asker: Asker,
        new: NewClock,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let name = new.name.trim().to_owned();
        if name.chars().count() > NAME_CHARS_MAX || name.chars().any(is_invisible) {
            return Err(Refusal::Name);
        }
        let at = new.at.unwrap_or(real);
        if !(EARLIEST..LATEST).contains(&at) {
            return Err(Refusal::At);
        }
        let owned = self.held.values().filter(|held| held.clock.application == new.application).count();
        if owned >= CLOCKS_MAX {
            return Err(Refusal::TooMany);
        }
        let id = ClockId::new(number).ok_or(Trouble::Defect)?;
        let runs_since = new.runs.then_some(real);
        let clock =
            TestClock { id, application: new.application, name, created: real, at, runs_since, target: None };
        match self.held.entry(id) {
            Entry::Vacant(free) => drop(Held::make(real, clock, asker, out).map(|held| free.insert(held))),
            Entry::Occupied(_) => return Err(Trouble::Busy.into()),
        }
        Ok(())
    }
}
