//! One job in the works: which step it is at, what is asked next, and what an answer leads to. Sign-ins
//! and answers are asked once; reads are repeated a few times, further and further apart. What was typed
//! is handed out once and not kept.

mod rows;

use super::core::{Observed, may_tell_again};
use crate::crypto::{DataKey, Keyring};
use crate::domain::account::{Account, IdentityFacts, TransactionFacts};
use crate::domain::bank::{Answer, BankChallenge, BankFault, BankSession, Request};
use crate::domain::entropy::Entropy;
use crate::domain::id::TransactionId;
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Plan, Report, Start};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::engine::committer::{Commit, CommitError, Condition, Expect, Write};
use crate::engine::house::House;
use crate::engine::pace::Took;
use crate::engine::records::RecordError;
use crate::engine::user::core::Refusal;
use crate::store::key;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// How often a read is tried.
pub(super) const READ_TRIES: u32 = 4;

/// The wait before the second try of a read; it doubles with each, give or take a half.
const READ_WAIT: Span = Span(500);

/// The wait before something that could not be stored or told is tried again.
const HOUSE_WAIT: Span = Span::seconds(2);

/// How many records one commit of many holds.
const BATCH_MAX: usize = 128;

/// How many transactions of one account are read; an institution that tells of more is not believed.
const TRANSACTIONS_MAX: usize = 50_000;

/// How many pages of one account are read: one that turns in circles is not followed for ever.
const PAGES_MAX: u32 = 2000;

/// What is asked of the shell for a job.
#[derive(Debug)]
pub(super) enum Act {
    Call(Request),
    Store(Commit),
    Report(Report),
}

/// Where a job in the works is.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    SignIn,
    TellChallenged(BankChallenge),
    AwaitAnswer,
    Answer,
    TellWrong,
    TellSignedIn,
    Profile,
    Accounts,
    StoreAccounts,
    TellAccounts,
    Transactions,
    StoreTransactions,
    TellTransactions,
    TellFailed(Cause),
}

impl Step {
    const fn name(&self) -> &'static str {
        match self {
            Self::SignIn => "sign in",
            Self::TellChallenged(_) | Self::TellWrong | Self::TellSignedIn => "tell of the sign-in",
            Self::AwaitAnswer => "await an answer",
            Self::Answer => "answer",
            Self::Profile => "read the profile",
            Self::Accounts => "read accounts",
            Self::StoreAccounts => "store accounts",
            Self::TellAccounts => "tell of accounts",
            Self::Transactions => "read transactions",
            Self::StoreTransactions => "store transactions",
            Self::TellTransactions => "tell of transactions",
            Self::TellFailed(_) => "tell of the failure",
        }
    }
}

/// The transactions of one account while they are read.
#[derive(Debug, Default)]
struct Pages {
    account: usize,
    cursor: Option<String>,
    read: u32,
    facts: Vec<TransactionFacts>,
}

/// One job in the works.
pub(super) struct Work {
    plan: Plan,
    key: Arc<DataKey>,
    known: BTreeSet<TransactionId>,
    step: Step,
    session: Option<BankSession>,
    /// The bank session is of before, and the institution has not answered to it yet.
    is_untried: bool,
    /// What comes once the user knows that it did.
    after_signed_in: Option<Step>,
    challenge: Option<Secret>,
    answers: Option<Vec<Secret>>,
    identity: Option<IdentityFacts>,
    accounts: Vec<Account>,
    pages: Pages,
    batches: VecDeque<Vec<Write>>,
    new: u32,
    tries: u32,
    asked: bool,
    wake_at: Option<UnixMillis>,
    /// Since when it is at what is measured next.
    since: UnixMillis,
    took: Option<Took>,
}

impl Work {
    pub(super) fn begin(
        now: UnixMillis,
        plan: Plan,
        key: Arc<DataKey>,
        known: BTreeSet<TransactionId>,
    ) -> Self {
        let session = match &plan.start {
            Start::SignIn(_) => None,
            Start::Refresh { session } | Start::Resume { session } => Some(session.clone()),
        };
        let is_untried = matches!(plan.start, Start::Refresh { .. });
        let step = if session.is_none() { Step::SignIn } else { first_read(&plan) };
        Self {
            plan,
            key,
            known,
            step,
            session,
            is_untried,
            after_signed_in: None,
            challenge: None,
            answers: None,
            identity: None,
            accounts: Vec::new(),
            pages: Pages::default(),
            batches: VecDeque::new(),
            new: 0,
            tries: 0,
            asked: false,
            wake_at: None,
            since: now,
            took: Some(Took::default()),
        }
    }

    /// How long it took, said once, when all is read: the user's own answer to that may never be heard here.
    pub(super) fn took(&mut self, now: UnixMillis) -> Option<Took> {
        if self.step != Step::TellTransactions {
            return None;
        }
        let transactions = self.lap(now);
        self.took.take().map(|took| Took { transactions, ..took })
    }

    /// How long it was at what just ended.
    fn lap(&mut self, now: UnixMillis) -> Span {
        let span = now.since(self.since);
        self.since = now;
        span
    }

    /// The user heard of what was done until here: so long it took. While the person is asked nothing is measured.
    fn measure(&mut self, now: UnixMillis) {
        match self.step {
            Step::TellSignedIn | Step::TellChallenged(_) | Step::TellWrong => {
                let lap = self.lap(now);
                self.took.iter_mut().for_each(|took| {
                    let until_here = took.verify.unwrap_or_default();
                    took.verify = Some(Span(until_here.0.saturating_add(lap.0)));
                });
            }
            Step::TellAccounts => {
                let lap = self.lap(now);
                self.took.iter_mut().for_each(|took| took.accounts = lap);
            }
            _ => {}
        }
    }

    pub(super) const fn attempt(&self) -> u32 {
        self.plan.attempt
    }

    pub(super) const fn institution(&self) -> InstitutionId {
        self.plan.institution
    }

    pub(super) const fn wakes_at(&self) -> Option<UnixMillis> {
        self.wake_at
    }

    pub(super) fn is_signing_in(&self) -> bool {
        self.asked && matches!(self.step, Step::SignIn | Step::Answer)
    }

    /// The bank session that the user is being told of, where a sign-in of this try opened it.
    pub(super) fn opened(&self) -> Option<(InstitutionId, BankSession)> {
        let is_new = matches!(self.step, Step::TellSignedIn) && self.after_signed_in.is_none();
        self.session.clone().filter(|_| is_new).map(|session| (self.institution(), session))
    }

    /// Whether the user knows how it ended.
    pub(super) const fn is_told(&self) -> bool {
        matches!(self.step, Step::TellFailed(_) | Step::TellTransactions) && !self.asked
    }

    pub(super) fn observe(&self) -> Observed {
        Observed {
            job: self.plan.job,
            attempt: self.plan.attempt,
            institution: self.plan.institution,
            step: self.step.name(),
            tries: self.tries,
        }
    }

    pub(super) fn answered_by_person(&mut self, answers: Vec<Secret>) {
        self.answers = Some(answers);
    }

    /// What comes next; nothing while an answer is awaited or a wait is not over.
    pub(super) fn act(&mut self, now: UnixMillis) -> Option<Act> {
        if self.asked || self.wake_at.is_some_and(|at| at > now) {
            return None;
        }
        self.wake_at = None;
        if self.step == Step::AwaitAnswer {
            self.answers.as_ref()?;
            self.step = Step::Answer;
            self.since = now;
        }
        let act = self.next_act();
        self.asked = true;
        Some(act)
    }

    fn next_act(&mut self) -> Act {
        let session = || self.session.clone().unwrap_or_else(|| Secret::new(String::new()));
        match &self.step {
            Step::SignIn => Act::Call(self.sign_in()),
            Step::AwaitAnswer | Step::Answer => {
                let challenge = self.challenge.clone().unwrap_or_else(|| Secret::new(String::new()));
                Act::Call(Request::Answer { challenge, answers: self.answers.take().unwrap_or_default() })
            }
            Step::TellChallenged(asked) => Act::Report(Report::Challenged {
                method: asked.method,
                description: asked.description.clone(),
                prompts: asked.prompts.clone(),
            }),
            Step::TellWrong => Act::Report(Report::AnswerWrong),
            Step::TellSignedIn => Act::Report(Report::SignedIn(session())),
            Step::Profile => Act::Call(Request::Profile(session())),
            Step::Accounts => Act::Call(self.ask_for_accounts(session())),
            Step::TellAccounts => Act::Report(Report::Accounts(self.accounts.clone())),
            Step::Transactions => Act::Call(Request::Transactions {
                session: session(),
                account: self
                    .accounts
                    .get(self.pages.account)
                    .map(|account| account.facts.asked_by().to_owned())
                    .unwrap_or_default(),
                from: self.plan.from,
                cursor: self.pages.cursor.clone(),
            }),
            Step::StoreAccounts | Step::StoreTransactions => {
                let rows = self.batches.front().cloned().unwrap_or_default();
                Act::Store(self.commit(rows))
            }
            Step::TellTransactions => Act::Report(Report::Transactions { new: self.new }),
            Step::TellFailed(cause) => Act::Report(Report::Failed(*cause)),
        }
    }

    /// The credentials, once: from here on they are nowhere.
    fn sign_in(&mut self) -> Request {
        let gone = Start::Resume { session: Secret::new(String::new()) };
        match std::mem::replace(&mut self.plan.start, gone) {
            Start::SignIn(credentials) => Request::SignIn(credentials),
            Start::Refresh { session } | Start::Resume { session } => self.ask_for_accounts(session),
        }
    }

    const fn ask_for_accounts(&self, session: BankSession) -> Request {
        Request::Accounts { session, with_terms: self.plan.coverage.terms }
    }

    /// Rows hold only while the job is open: its outbox entry goes with its end.
    fn commit(&self, writes: Vec<Write>) -> Commit {
        let condition = Condition { key: key::outbox(self.plan.effect), expect: Expect::Present };
        Commit { conditions: vec![condition], writes, ..Commit::default() }
    }

    /// An institution answered.
    pub(super) fn answered(
        &mut self,
        now: UnixMillis,
        entropy: &mut Entropy,
        house: &House,
        result: Result<Answer, BankFault>,
    ) {
        self.asked = false;
        let next = match (&self.step, result) {
            (Step::SignIn | Step::Answer, Ok(Answer::SignedIn(session))) => {
                self.session = Some(session);
                self.challenge = None;
                Step::TellSignedIn
            }
            (Step::SignIn | Step::Answer, Ok(Answer::Challenged(asked))) => {
                self.challenge = Some(asked.reference.clone());
                Step::TellChallenged(asked)
            }
            (Step::Answer, Err(BankFault::WrongAnswer)) => Step::TellWrong,
            (Step::SignIn | Step::Answer, Err(fault)) => Step::TellFailed(Cause::of(fault)),
            (Step::Profile, Ok(Answer::Profile(facts))) => {
                self.identity = Some(*facts);
                self.session_taken(Step::Accounts)
            }
            (Step::Accounts, Ok(Answer::Accounts(facts))) => {
                self.take_accounts(now, &house.keyring, facts);
                let rows = self.account_rows(now, entropy, house);
                let next = self.take_rows(rows, Step::StoreAccounts);
                self.session_taken(next)
            }
            (Step::Transactions, Ok(Answer::Transactions { transactions, next })) => {
                return self.take_page(now, entropy, &house.keyring, transactions, next);
            }
            (_, Err(fault @ BankFault::Unavailable)) => return self.read_failed(now, entropy, fault),
            (_, Err(fault)) => Step::TellFailed(Cause::of(fault)),
            // An answer to another question than the one that was asked is none.
            (Step::SignIn | Step::Answer, Ok(_)) => Step::TellFailed(Cause::Unavailable),
            (_, Ok(_)) => return self.read_failed(now, entropy, BankFault::Unavailable),
        };
        self.move_to(next);
    }

    /// The institution read something out by the bank session. Where that was open, the user hears of it first.
    fn session_taken(&mut self, next: Step) -> Step {
        if !std::mem::take(&mut self.is_untried) {
            return next;
        }
        self.after_signed_in = Some(next);
        Step::TellSignedIn
    }

    fn move_to(&mut self, step: Step) {
        self.step = step;
        self.tries = 0;
    }

    /// A read is tried again after a while. Who the person is can be missed; the rest cannot.
    fn read_failed(&mut self, now: UnixMillis, entropy: &mut Entropy, fault: BankFault) {
        self.tries += 1;
        if self.tries < READ_TRIES {
            let wait = READ_WAIT.0 << (self.tries - 1);
            let jittered = wait / 2 + entropy.below(wait + 1);
            self.wake_at = Some(now.plus(Span(jittered)));
        } else if self.step == Step::Profile {
            self.move_to(Step::Accounts);
        } else {
            self.move_to(Step::TellFailed(Cause::of(fault)));
        }
    }

    fn take_page(
        &mut self,
        now: UnixMillis,
        entropy: &mut Entropy,
        keyring: &Keyring,
        transactions: Vec<TransactionFacts>,
        next: Option<String>,
    ) {
        self.tries = 0;
        self.pages.read += 1;
        self.pages.facts.extend(transactions.into_iter().filter(|facts| facts.day >= self.plan.from));
        if self.pages.facts.len() > TRANSACTIONS_MAX || self.pages.read > PAGES_MAX {
            return self.move_to(Step::TellFailed(Cause::Unavailable));
        }
        self.pages.cursor = next;
        if self.pages.cursor.is_some() {
            return;
        }
        let rows = self.transaction_rows(now, entropy, keyring);
        let next = self.take_rows(rows, Step::StoreTransactions);
        self.move_to(next);
    }

    /// Rows to be stored, so many at a time. Where there are none, the store still says whether the job is open.
    fn take_rows(&mut self, rows: Result<Vec<Write>, RecordError>, next: Step) -> Step {
        match rows {
            Ok(rows) => {
                self.batches = rows.chunks(BATCH_MAX).map(<[Write]>::to_vec).collect();
                next
            }
            Err(error) => {
                tracing::error!(job = %self.plan.job, %error, "what an institution told could not be written down");
                Step::TellFailed(Cause::Unavailable)
            }
        }
    }

    /// A commit is durable, or is not; whether the work goes on.
    pub(super) fn stored(&mut self, now: UnixMillis, result: Result<(), CommitError>) -> bool {
        self.asked = false;
        match result {
            Ok(()) => {
                self.batches.pop_front();
                if self.batches.is_empty() && self.step == Step::StoreAccounts {
                    self.move_to(Step::TellAccounts);
                } else if self.batches.is_empty() {
                    self.pages = Pages { account: self.pages.account + 1, ..Pages::default() };
                    self.next_account();
                }
            }
            Err(CommitError::Full) => self.wake_at = Some(now.plus(HOUSE_WAIT)),
            // The job ended meanwhile, or the store failed: nothing more is written.
            Err(CommitError::Conflict { .. } | CommitError::TallyFull | CommitError::Poisoned) => {
                return false;
            }
        }
        true
    }

    fn next_account(&mut self) {
        let more = self.plan.coverage.transactions && self.pages.account < self.accounts.len();
        self.move_to(if more { Step::Transactions } else { Step::TellTransactions });
    }

    /// The user took a report in, or did not; whether the work goes on.
    pub(super) fn heard(&mut self, now: UnixMillis, result: &Result<bool, Refusal>) -> bool {
        self.asked = false;
        if result.is_ok() {
            self.measure(now);
        }
        match result {
            Err(refusal) if may_tell_again(refusal) => self.wake_at = Some(now.plus(HOUSE_WAIT)),
            Ok(true) => match self.step {
                Step::TellSignedIn => {
                    let next = self.after_signed_in.take();
                    self.move_to(next.unwrap_or_else(|| first_read(&self.plan)));
                }
                Step::TellAccounts => self.next_account(),
                _ => self.move_to(Step::AwaitAnswer),
            },
            Ok(false) => return false,
            Err(_) => {
                // Nothing is known of it: whoever looks at the job next begins it again.
                self.asked = true;
                return false;
            }
        }
        true
    }
}

fn first_read(plan: &Plan) -> Step {
    if plan.coverage.profile { Step::Profile } else { Step::Accounts }
}
