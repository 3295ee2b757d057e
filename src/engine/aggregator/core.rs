//! One user's jobs in the works. A plain struct without async: the actor moves its messages, the
//! simulator drives it. Each job goes its own way, so that a slow or broken institution holds up no
//! other. Must not know: actix, channels, HTTP, what a report means.

use super::work::{Act, Work};
use crate::crypto::DataKey;
use crate::domain::bank::{Answer, BankFault, BankSession, Request};
use crate::domain::entropy::Entropy;
use crate::domain::id::{JobId, TransactionId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Plan, Report};
use crate::domain::secret::Secret;
use crate::domain::time::UnixMillis;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::house::House;
use crate::engine::pace::Took;
use crate::engine::user::core::{Refusal, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names one thing that was asked of the shell, until its answer is there.
pub type Token = u64;

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// Work on this.
    Begin {
        /// What is to be done.
        plan: Box<Plan>,
        /// The consent's key; without one there is nothing that could be stored.
        key: Option<Arc<DataKey>>,
        /// The transactions that are shown already.
        known: BTreeSet<TransactionId>,
    },
    /// The person answered.
    Answer {
        /// Which job.
        job: JobId,
        /// Which try.
        attempt: u32,
        /// One for each prompt.
        answers: Vec<Secret>,
    },
    /// The job is over: nothing more of it is wanted.
    Stop(JobId),
    /// A bank session is not needed any more.
    SignOut(InstitutionId, BankSession),
    /// An institution answered, or did not.
    Answered(Token, Result<Answer, BankFault>),
    /// What was to be stored is durable, or is not.
    Stored(Token, Result<(), CommitError>),
    /// The user took a report in; whether the work goes on.
    Heard(Token, Result<bool, Refusal>),
    /// Time passed.
    Tick,
}

/// Everything that is asked of the shell.
#[derive(Debug)]
pub enum Output {
    /// Ask an institution; the answer is wanted under this token.
    Call {
        /// Names it.
        token: Token,
        /// Where.
        institution: InstitutionId,
        /// What.
        request: Request,
    },
    /// Make this durable, after everything that people wait for.
    Store {
        /// Names it.
        token: Token,
        /// What.
        commit: Commit,
    },
    /// Tell the user.
    Report {
        /// Names it.
        token: Token,
        /// Which job.
        job: JobId,
        /// Which try.
        attempt: u32,
        /// What happened.
        report: Report,
    },
    /// Nobody works on this try any more, and its end was not written down.
    Dropped(JobId, u32),
    /// All that was wanted there was read, and took so long.
    Read(InstitutionId, Took),
    /// Come back then.
    WakeAt(UnixMillis),
}

/// What the operator sees of one job in the works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// Which job.
    pub job: JobId,
    /// Which try.
    pub attempt: u32,
    /// Where.
    pub institution: InstitutionId,
    /// What it is at.
    pub step: &'static str,
    /// How often that was tried in vain.
    pub tries: u32,
}

/// What goes on for a job that is over.
enum Orphan {
    /// It is signed in to there.
    SignIn(InstitutionId),
    /// The user is being told that it was, and may not take that in any more.
    Told(InstitutionId, BankSession),
}

/// All jobs of one user that are in the works.
pub struct AggregatorCore {
    house: Arc<House>,
    works: BTreeMap<JobId, Work>,
    awaited: BTreeMap<Token, JobId>,
    /// Sign-ins under way whose job is over: what they open is closed again.
    orphans: BTreeMap<Token, Orphan>,
    tokens: Token,
}

impl AggregatorCore {
    /// Nothing to do yet.
    pub fn new(house: Arc<House>) -> Self {
        let (works, awaited, orphans) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { house, works, awaited, orphans, tokens: 0 }
    }

    /// Whether there is nothing left to do.
    pub fn is_idle(&self) -> bool {
        self.works.is_empty() && self.orphans.is_empty()
    }

    /// What the operator sees.
    pub fn observe(&self) -> Vec<Observed> {
        self.works.values().map(Work::observe).collect()
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: UnixMillis, entropy: [u8; 32], input: Input, out: &mut Vec<Output>) {
        let mut entropy = Entropy::new(entropy);
        match input {
            Input::Begin { plan, key, known } => self.begin(now, *plan, key, known, out),
            Input::Answer { job, attempt, answers } => {
                if let Some(work) = self.works.get_mut(&job).filter(|work| work.attempt() == attempt) {
                    work.answered_by_person(answers);
                    self.go_on(now, job, out);
                }
            }
            Input::Stop(job) => self.stop(job, out),
            Input::SignOut(institution, session) => self.sign_out(institution, session, out),
            Input::Answered(token, result) => self.answered(now, &mut entropy, token, result, out),
            Input::Stored(token, result) => {
                if let Some(job) = self.take(token) {
                    let held = self.works.get_mut(&job).is_some_and(|work| work.stored(now, result));
                    self.after(now, job, held, out);
                }
            }
            Input::Heard(token, result) => self.heard(now, token, &result, out),
            Input::Tick => self.wake(now, out),
        }
        out.extend(self.works.values().filter_map(Work::wakes_at).min().map(Output::WakeAt));
    }

    fn token(&mut self) -> Token {
        self.tokens += 1;
        self.tokens
    }

    /// Closes a bank session. Whether that was heard changes nothing here: it ends by itself at last.
    fn sign_out(&mut self, institution: InstitutionId, session: BankSession, out: &mut Vec<Output>) {
        let token = self.token();
        out.push(Output::Call { token, institution, request: Request::SignOut(session) });
    }

    fn take(&mut self, token: Token) -> Option<JobId> {
        self.awaited.remove(&token)
    }

    fn begin(
        &mut self,
        now: UnixMillis,
        plan: Plan,
        key: Option<Arc<DataKey>>,
        known: BTreeSet<TransactionId>,
        out: &mut Vec<Output>,
    ) {
        let (job, attempt) = (plan.job, plan.attempt);
        // A newer try of the same job takes the place of the one before.
        self.stop(job, out);
        match key {
            Some(key) => {
                self.works.insert(job, Work::begin(now, plan, key, known));
                self.go_on(now, job, out);
            }
            None => out.push(Output::Dropped(job, attempt)),
        }
    }

    fn stop(&mut self, job: JobId, out: &mut Vec<Output>) {
        let Some(work) = self.works.remove(&job) else { return };
        let tokens: Vec<Token> =
            self.awaited.iter().filter(|(_, whose)| **whose == job).map(|(token, _)| *token).collect();
        if let Some((institution, session)) = work.opened().filter(|_| tokens.is_empty()) {
            self.sign_out(institution, session, out);
        }
        for token in tokens {
            self.awaited.remove(&token);
            if work.is_signing_in() {
                self.orphans.insert(token, Orphan::SignIn(work.institution()));
            } else if let Some((institution, session)) = work.opened() {
                self.orphans.insert(token, Orphan::Told(institution, session));
            }
        }
    }

    fn answered(
        &mut self,
        now: UnixMillis,
        entropy: &mut Entropy,
        token: Token,
        result: Result<Answer, BankFault>,
        out: &mut Vec<Output>,
    ) {
        if let Some(Orphan::SignIn(institution)) = self.orphans.remove(&token) {
            if let Ok(Answer::SignedIn(session)) = result {
                self.sign_out(institution, session, out);
            }
            return;
        }
        let Some(job) = self.take(token) else { return };
        let house = self.house.clone();
        if let Some(work) = self.works.get_mut(&job) {
            work.answered(now, entropy, &house, result);
        }
        self.go_on(now, job, out);
    }

    /// How a report was taken in. A job that ended while its sign-in was told of keeps no bank session: whoever
    /// opened it closes it.
    fn heard(&mut self, now: UnixMillis, token: Token, heard: &Result<bool, Refusal>, out: &mut Vec<Output>) {
        let job = self.take(token);
        let opened = match (job, self.orphans.remove(&token)) {
            (Some(job), _) => self.works.get(&job).and_then(Work::opened),
            (None, Some(Orphan::Told(institution, session))) => Some((institution, session)),
            (None, _) => None,
        };
        // What may be told again is not lost yet, where somebody is there to tell it.
        let is_lost = match heard {
            Ok(goes_on) => !goes_on,
            Err(Refusal::Rule(_)) => true,
            Err(refusal) => job.is_none() && may_tell_again(refusal),
        };
        if let Some((institution, session)) = opened.filter(|_| is_lost) {
            self.sign_out(institution, session, out);
        }
        if let Some(job) = job {
            let held = self.works.get_mut(&job).is_some_and(|work| work.heard(now, heard));
            self.after(now, job, held, out);
        }
    }

    /// After a store or a report: on, or it is over.
    fn after(&mut self, now: UnixMillis, job: JobId, held: bool, out: &mut Vec<Output>) {
        if held {
            self.go_on(now, job, out);
        } else if let Some(work) = self.works.remove(&job)
            && !work.is_told()
        {
            out.push(Output::Dropped(job, work.attempt()));
        }
    }

    /// Does what comes next for a job, unless it waits for something.
    fn go_on(&mut self, now: UnixMillis, job: JobId, out: &mut Vec<Output>) {
        let Some(work) = self.works.get_mut(&job) else { return };
        let (institution, attempt) = (work.institution(), work.attempt());
        let Some(act) = work.act(now) else { return };
        out.extend(work.took(now).map(|took| Output::Read(institution, took)));
        let token = self.token();
        self.awaited.insert(token, job);
        out.push(match act {
            Act::Call(request) => Output::Call { token, institution, request },
            Act::Store(commit) => Output::Store { token, commit },
            Act::Report(report) => Output::Report { token, job, attempt, report },
        });
    }

    fn wake(&mut self, now: UnixMillis, out: &mut Vec<Output>) {
        let due: Vec<JobId> = self
            .works
            .iter()
            .filter(|(_, work)| work.wakes_at().is_some_and(|at| at <= now))
            .map(|(job, _)| *job)
            .collect();
        for job in due {
            self.go_on(now, job, out);
        }
    }
}

/// Whether a report that was not taken in may be told again: nothing of it was done.
pub(super) const fn may_tell_again(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Trouble(Trouble::Busy | Trouble::Full))
}
