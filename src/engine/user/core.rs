//! One user in use: takes commands one at a time, decides on a copy, and lets nothing out before its
//! commit. A plain struct without async: the actor moves its messages, the simulator drives it.
//! Must not know: actix, threads, channels, HTTP.

mod write;

pub use super::trouble::Trouble;

use super::again::{self, Again, Try};
use super::load::Loaded;
use crate::crypto::DataKey;
use crate::domain::application::Application;
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ClockId, EffectId, JobId, UserId};
use crate::domain::job::Gather;
use crate::domain::time::UnixMillis;
use crate::domain::user::{self, Context, DeadlineKind, Next, Outcome, Presence};
use crate::engine::clocks::registry::NoEntry;
use crate::engine::committer::{Commit, CommitError};
use crate::engine::house::House;
use crate::engine::mark::Mark;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use thiserror::Error;

/// How many past commands are kept for the operator.
pub const TRANSITIONS_KEPT: usize = 16;

/// Names one waiting caller.
pub type Token = u64;

/// Where nobody waits: what a user asks itself.
pub const NOBODY: Token = Token::MAX;

/// One question to a user.
#[derive(Debug)]
pub struct Ask {
    /// Who waits for the answer.
    pub token: Token,
    /// Who asks.
    pub caller: Caller,
    /// What.
    pub command: Command,
    /// It is done once.
    pub mark: Option<Box<Mark<Reply>>>,
}

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A question.
    Ask(Ask),
    /// The commit that was asked for is done, or is not.
    Committed(Result<u64, CommitError>),
    /// Nobody works on this try of a job any more; on none, when it says nothing.
    Unattended(Option<(JobId, u32)>),
}

/// Everything that a user can ask of its shell.
#[derive(Debug)]
pub enum Output {
    /// Make this durable, and say so.
    Commit(Commit),
    /// Answer a caller.
    Reply {
        /// Who.
        token: Token,
        /// What.
        answer: Result<Reply, Refusal>,
    },
    /// A deadline was committed.
    Alarm(UnixMillis),
    /// A deadline of the user's test clock was committed.
    ClockAlarm(ClockId, UnixMillis),
    /// Effects were committed: somebody should look at the outbox.
    Effects(Vec<EffectId>),
    /// A job was committed, or what belongs to one: tell whoever works on it.
    Gather(Gather),
    /// What is in memory may not be what is stored: drop it and read it again.
    Reload,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A rule of the product says no.
    #[error(transparent)]
    Rule(#[from] Failure),
    /// The machinery cannot, at the moment or at all.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// One past command, for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// When.
    pub at: UnixMillis,
    /// What was asked.
    pub command: &'static str,
    /// Whether it was done.
    pub done: bool,
}

struct InFlight {
    token: Token,
    next: Presence,
    version: u64,
    key: Option<Arc<DataKey>>,
    consent_key: Option<Arc<DataKey>>,
    answer: Result<Reply, Refusal>,
    this: Option<Try>,
    alarms: Vec<UnixMillis>,
    effects: Vec<EffectId>,
    gathers: Vec<Gather>,
}

/// One user in use.
pub struct UserCore {
    id: UserId,
    house: Arc<House>,
    presence: Presence,
    version: u64,
    key: Option<Arc<DataKey>>,
    consent_key: Option<Arc<DataKey>>,
    in_flight: Option<InFlight>,
    waiting: VecDeque<Ask>,
    transitions: VecDeque<Transition>,
    /// The tries that somebody was set to work on since this user was loaded.
    attended: BTreeSet<(JobId, u32)>,
    again: Option<Again>,
}

/// What the operator sees of a user's machinery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The user, when there is one.
    pub presence: Presence,
    /// The version that is durable.
    pub version: u64,
    /// Questions that wait.
    pub waiting: usize,
    /// A commit is on its way.
    pub committing: bool,
    /// The last commands, oldest first.
    pub transitions: Vec<Transition>,
    /// The deadlines that are set.
    pub deadlines: Vec<(DeadlineKind, UnixMillis)>,
}

impl UserCore {
    /// A user as it was loaded.
    pub fn new(id: UserId, house: Arc<House>, loaded: Loaded) -> Self {
        let Loaded { presence, version, key, consent_key } = loaded;
        let (waiting, transitions) = (VecDeque::new(), VecDeque::new());
        let attended = BTreeSet::new();
        Self {
            id,
            house,
            presence,
            version,
            key,
            consent_key,
            in_flight: None,
            waiting,
            transitions,
            attended,
            again: None,
        }
    }

    /// Whether it can be dropped from memory without losing anything.
    pub fn is_idle(&self) -> bool {
        let open = matches!(&self.presence, Presence::Here(user) if user.open_jobs().next().is_some());
        self.in_flight.is_none() && self.waiting.is_empty() && !open
    }

    /// Whose question the commit under way answers.
    pub fn committing(&self) -> Option<Token> {
        self.in_flight.as_ref().map(|one| one.token)
    }

    /// The durable state.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    /// What the operator sees.
    pub fn observe(&self) -> Observed {
        Observed {
            presence: self.presence.clone(),
            version: self.version,
            waiting: self.waiting.len(),
            committing: self.in_flight.is_some(),
            transitions: self.transitions.iter().copied().collect(),
            deadlines: match &self.presence {
                Presence::Here(user) => user.deadlines(),
                Presence::Absent | Presence::Deleted => Vec::new(),
            },
        }
    }

    /// Takes one input and says what is to be done. Commands are decided one at a time: while a
    /// commit is on its way, reads are answered from what is durable and the rest waits in order.
    pub fn handle(&mut self, real: UnixMillis, entropy: [u8; 32], input: Input, out: &mut Vec<Output>) {
        let mut entropy = Entropy::new(entropy);
        match input {
            Input::Ask(ask) if self.in_flight.is_some() && !ask.command.is_read() => {
                self.waiting.push_back(ask);
            }
            Input::Ask(ask) => self.decide(real, &mut entropy, ask, out),
            Input::Committed(Ok(_)) => self.committed(real, &mut entropy, out),
            Input::Committed(Err(CommitError::TallyFull)) => self.no_place(real, &mut entropy, out),
            Input::Committed(Err(error)) => self.not_committed(error, out),
            Input::Unattended(Some(one)) => drop(self.attended.remove(&one)),
            Input::Unattended(None) => self.attended.clear(),
        }
    }

    /// Whether this asks for somebody to work on a job on which somebody works already.
    fn is_attended(&self, command: &Command) -> bool {
        let (Command::ResumeJob(id), Presence::Here(user)) = (command, &self.presence) else { return false };
        user.job(*id).is_some_and(|job| self.attended.contains(&(*id, job.attempt)))
    }

    fn decide(&mut self, real: UnixMillis, entropy: &mut Entropy, ask: Ask, out: &mut Vec<Output>) {
        let Some(application) = self.application_of(&ask) else {
            out.push(Output::Reply { token: ask.token, answer: Err(Failure::UserUnknown.into()) });
            return;
        };
        if self.is_attended(&ask.command) {
            out.push(Output::Reply { token: ask.token, answer: Ok(Reply::Done) });
            return;
        }
        let (name, is_read, mark, caller) = (ask.command.name(), ask.command.is_read(), ask.mark, ask.caller);
        let joins = match self.enter_clock(&application, &ask.command) {
            Ok(joins) => joins,
            Err(failure) => {
                out.push(Output::Reply { token: ask.token, answer: Err(failure.into()) });
                return;
            }
        };
        let clock = joins.or_else(|| self.clock());
        let now = self.house.clocks.now(clock, real);
        let ctx = Context {
            now,
            real,
            entropy: entropy.fork(),
            workflows: &self.house.workflows,
            keyring: &self.house.keyring,
            application: &application,
        };
        let this = again::this(&self.house.keyring, &ask.command);
        let outcome = user::decide(&self.presence, self.id, ctx, caller, ask.command);
        let said =
            this.zip(self.again).and_then(|(this, last)| last.said(this, self.version, &outcome.reply));
        if let Some(said) = said {
            out.push(Output::Reply { token: ask.token, answer: Err(said.into()) });
            return;
        }
        if !is_read {
            self.note(now, name, outcome.reply.is_ok());
        }
        let came = is_read && outcome.reply.is_ok();
        let wishes = !outcome.effects.is_empty() && outcome.reply.is_ok();
        match outcome.next {
            // Nothing changes but what the world is asked for.
            Next::Unchanged if wishes => {
                self.commit((now, real), entropy, (ask.token, mark), outcome, out);
            }
            // A read that finds something due shows it as done; doing it is the alarm's business.
            Next::Unchanged if mark.is_none() || outcome.reply.is_err() => {
                out.push(answer(ask.token, outcome));
            }
            Next::Save(_) | Next::Delete if is_read => out.push(answer(ask.token, outcome)),
            Next::Unchanged => self.commit_mark(real, entropy, ask.token, outcome, mark, out),
            Next::Save(_) | Next::Delete => {
                self.commit((now, real), entropy, (ask.token, mark), outcome, out);
                self.in_flight.iter_mut().for_each(|one| one.this = this);
            }
        }
        if let Some(clock) = joins.filter(|_| self.in_flight.is_none()) {
            self.house.clocks.leave(clock);
        }
        if came {
            self.note_presence((now, real), entropy, caller, out);
        }
    }

    /// A read commits nothing, but whoever reads with the token of a link is there: that is written down
    /// behind the answer, once for all who ask meanwhile.
    fn note_presence(
        &mut self,
        (now, real): (UnixMillis, UnixMillis),
        entropy: &mut Entropy,
        caller: Caller,
        out: &mut Vec<Output>,
    ) {
        let table = &self.house.workflows.consent_session;
        let Presence::Here(user) = &self.presence else { return };
        let is_said = self.waiting.iter().any(|ask| matches!(ask.command, Command::Touch));
        if is_said || !user.wants_touch(caller, table, now) {
            return;
        }
        let touch = Ask { token: NOBODY, caller, command: Command::Touch, mark: None };
        match self.in_flight {
            Some(_) => self.waiting.push_back(touch),
            None => self.decide(real, entropy, touch, out),
        }
    }

    /// The test clock that the user lives by.
    fn clock(&self) -> Option<ClockId> {
        if let Presence::Here(user) = &self.presence { user.clock } else { None }
    }

    /// Keeps a place for a user who is made to live by a test clock.
    fn enter_clock(&self, application: &Application, command: &Command) -> Result<Option<ClockId>, Failure> {
        let (Command::CreateUser(_, Some(clock)), Presence::Absent) = (command, &self.presence) else {
            return Ok(None);
        };
        match self.house.clocks.enter(application.id, *clock) {
            Ok(()) => Ok(Some(*clock)),
            Err(NoEntry::Unknown) => Err(Failure::ClockUnknown),
            Err(NoEntry::Full) => Err(Failure::ClockFull),
        }
    }

    /// The application that decides: the user's own, or for a user that is not there yet the caller's.
    fn application_of(&self, ask: &Ask) -> Option<Arc<Application>> {
        let id = match (&self.presence, ask.caller) {
            (Presence::Here(user), _) => user.application,
            (_, Caller::Server(id) | Caller::Client(id) | Caller::LinkClient { application: id, .. }) => id,
            (_, Caller::Applicant | Caller::House) => return None,
        };
        self.house.application(id)
    }

    fn note(&mut self, at: UnixMillis, command: &'static str, done: bool) {
        if self.transitions.len() == TRANSITIONS_KEPT {
            self.transitions.pop_front();
        }
        self.transitions.push_back(Transition { at, command, done });
    }

    fn committed(&mut self, real: UnixMillis, entropy: &mut Entropy, out: &mut Vec<Output>) {
        let Some(done) = self.in_flight.take() else { return };
        let before = self.clock();
        self.presence = done.next;
        let clock = self.clock();
        if let Some(left) = before.filter(|_| clock.is_none()) {
            self.house.clocks.leave(left);
        }
        self.version = done.version;
        self.key = done.key;
        self.consent_key = done.consent_key;
        if let (Some(this), Err(Refusal::Rule(said @ Failure::CodeWrong { .. }))) =
            (done.this, done.answer.as_ref())
        {
            self.again = Some(Again { this, version: self.version, said: *said });
        }
        out.push(Output::Reply { token: done.token, answer: done.answer });
        let alarm = |at| clock.map_or(Output::Alarm(at), |clock| Output::ClockAlarm(clock, at));
        out.extend(done.alarms.into_iter().map(alarm));
        if !done.effects.is_empty() {
            out.push(Output::Effects(done.effects));
        }
        for gather in done.gathers {
            self.note_gather(&gather);
            out.push(Output::Gather(gather));
        }
        self.decide_waiting(real, entropy, out);
    }

    fn decide_waiting(&mut self, real: UnixMillis, entropy: &mut Entropy, out: &mut Vec<Output>) {
        while self.in_flight.is_none()
            && let Some(ask) = self.waiting.pop_front()
        {
            self.decide(real, entropy, ask, out);
        }
    }

    fn note_gather(&mut self, gather: &Gather) {
        match gather {
            Gather::Begin(plan) => drop(self.attended.insert((plan.job, plan.attempt))),
            Gather::Stop(job) => self.attended.retain(|(one, _)| one != job),
            Gather::Answer { .. } | Gather::SignOut { .. } => {}
        }
    }

    /// There is no place for one more connection: that one command is refused, and all else goes on.
    fn no_place(&mut self, real: UnixMillis, entropy: &mut Entropy, out: &mut Vec<Output>) {
        if let Some(refused) = self.in_flight.take() {
            let answer = Err(Failure::TooManySandboxConnections.into());
            out.push(Output::Reply { token: refused.token, answer });
        }
        self.decide_waiting(real, entropy, out);
    }

    /// Nothing of it holds. What is in memory is stale after a conflict, so all who wait start anew.
    fn not_committed(&mut self, error: CommitError, out: &mut Vec<Output>) {
        let trouble = Trouble::from(error);
        let lost = self.in_flight.take();
        if let Some(Presence::Here(user)) = lost.as_ref().map(|lost| &lost.next)
            && let Some(clock) = user.clock.filter(|_| self.version == 0)
        {
            self.house.clocks.leave(clock);
        }
        let first = lost.map(|lost| lost.token);
        let rest = self.waiting.drain(..).map(|ask| ask.token);
        let lost: Vec<Token> = first.into_iter().chain(rest).collect();
        out.extend(lost.into_iter().map(|token| Output::Reply { token, answer: Err(trouble.into()) }));
        if trouble == Trouble::Conflict {
            out.push(Output::Reload);
        }
    }
}

fn answer(token: Token, outcome: Outcome) -> Output {
    Output::Reply { token, answer: outcome.reply.map_err(Refusal::from) }
}
