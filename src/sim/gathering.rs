//! Moves what comes into the aggregators' cores and what comes out of them: their shells' part, on the
//! queue. Questions to institutions go out and come back, or come too late; what is told goes to the user
//! that an aggregator belongs to.

use super::process::{InstanceId, Owner};
use super::queue::Event;
use super::world::{Asker, CutPlan, World};
use super::{Outcome, broken};
use crate::domain::bank::{BankFault, BankSession, Request};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::id::{JobId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Gather, Plan, Report};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::aggregator::core::{AggregatorCore, Input, Output, Token};
use crate::engine::aggregator::gate;
use crate::engine::read::transactions::transaction_ids;
use crate::engine::user::core as user;
use crate::engine::user::core::{Refusal, Trouble};
use crate::store::key::Reading;
use std::sync::Arc;

/// Names one aggregator in memory.
pub(super) type AggregatorId = u64;

/// How long a sign-in may still be under way when whoever asked for it is gone.
const AFTERMATH: Span = Span::seconds(65);

/// One aggregator in memory.
pub(super) struct Aggregator {
    pub(super) instance: InstanceId,
    pub(super) user: UserId,
    core: AggregatorCore,
    wakes: Option<UnixMillis>,
    /// Words of its user that have not reached it.
    words: u32,
}

/// A question on its way to an institution.
pub(super) struct Call {
    aggregator: AggregatorId,
    token: Token,
    institution: InstitutionId,
    request: Request,
    /// How long the answer takes back.
    back: u64,
    /// Whether anybody waits for it.
    waits: bool,
}

impl Call {
    /// Whoever asked is gone.
    pub(super) fn nobody_waits(&mut self) {
        self.waits = false;
    }
}

/// A report's kind, for the log.
const fn name(report: &Report) -> &'static str {
    match report {
        Report::SignedIn(_) => "signed in",
        Report::Challenged { .. } => "asked",
        Report::AnswerWrong => "answered wrong",
        Report::Accounts(_) => "accounts",
        Report::Transactions { .. } => "transactions",
        Report::Failed(_) => "failed",
    }
}

impl World {
    /// A user's word to whoever works on its jobs: one begins where nobody does, but not to stop.
    pub(super) fn gather(&mut self, instance: InstanceId, gather: Gather) {
        let Some(process) = self.process.as_mut() else { return };
        let Some(owner) = process.instances.get_mut(&instance) else { return };
        if owner.aggregator.is_none() && matches!(gather, Gather::Stop(_)) {
            return;
        }
        let id = *owner.aggregator.get_or_insert_with(|| {
            self.instances_started += 1;
            self.instances_started
        });
        let user = owner.user;
        let house = process.house.clone();
        let one = process.aggregators.entry(id).or_insert_with(|| Aggregator {
            instance,
            user,
            core: AggregatorCore::new(house),
            wakes: None,
            words: 0,
        });
        one.words += 1;
        self.queue.at(self.now, Event::Wanted(id, gather));
    }

    /// The word reaches it.
    pub(super) fn wanted(&mut self, id: AggregatorId, gather: Gather) -> Outcome<()> {
        if self.cut_plan == Some(CutPlan::Effects) {
            self.log.mark("cut between commit and work");
            self.power_cut();
            return Ok(());
        }
        let one = self.process.as_mut().and_then(|process| process.aggregators.get_mut(&id));
        if let Some(one) = one {
            one.words -= 1;
        }
        let input = match gather {
            Gather::Begin(plan) => self.beginning(plan)?,
            Gather::Answer { job, attempt, answers } => Input::Answer { job, attempt, answers },
            Gather::Stop(job) => Input::Stop(job),
            Gather::SignOut { institution, session } => Input::SignOut(institution, session),
        };
        self.drive_aggregator(id, input)
    }

    /// What a plan needs from the store.
    fn beginning(&mut self, plan: Box<Plan>) -> Outcome<Input> {
        let Some(process) = self.process.as_ref() else { return Ok(Input::Tick) };
        let unreadable = |what: String| broken("DUR-1", what);
        let key = process.library.keys.get(plan.consent.bytes());
        let key = key.map_err(|error| unreadable(error.to_string()))?.map(Arc::new);
        let shown = Reading { user: plan.user, connection: plan.connection, generation: plan.shown };
        let known = transaction_ids(self.disk.as_ref(), &shown);
        let known = known.map_err(|error| unreadable(error.to_string()))?;
        if plan.attempt > 1 {
            self.log.mark("a job went on in a second try");
        }
        Ok(Input::Begin { plan, key, known })
    }

    /// One input to an aggregator, and all that comes of it.
    pub(super) fn drive_aggregator(&mut self, id: AggregatorId, input: Input) -> Outcome<()> {
        let entropy = self.dice.bytes();
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        let Some(one) = process.aggregators.get_mut(&id) else { return Ok(()) };
        let mut out = Vec::new();
        one.core.handle(self.now, entropy, input, &mut out);
        for output in out {
            match output {
                Output::Call { token, institution, request } => self.call(id, token, institution, request)?,
                Output::Store { token, commit } => self.submit(Owner::Work(id, token), commit),
                Output::Report { token, job, attempt, report } => {
                    self.report(id, token, job, attempt, report);
                }
                Output::Dropped(job, attempt) => {
                    self.log.mark("work on a job was dropped");
                    self.unattended(id, Some((job, attempt)));
                }
                // Nothing of the product follows from how long it took.
                Output::Read(..) => {}
                Output::WakeAt(at) => self.wake_aggregator(id, at),
            }
        }
        Ok(())
    }

    fn unattended(&mut self, id: AggregatorId, what: Option<(JobId, u32)>) {
        let one = self.process.as_ref().and_then(|process| process.aggregators.get(&id));
        if let Some(instance) = one.map(|one| one.instance) {
            self.queue.at(self.now, Event::Unattended(instance, what));
        }
    }

    /// A user hears that nobody works on this.
    pub(super) fn hears_unattended(
        &mut self,
        instance: InstanceId,
        what: Option<(JobId, u32)>,
    ) -> Outcome<()> {
        self.drive_user(instance, user::Input::Unattended(what))
    }

    fn wake_aggregator(&mut self, id: AggregatorId, at: UnixMillis) {
        let one = self.process.as_mut().and_then(|process| process.aggregators.get_mut(&id));
        let Some(one) = one else { return };
        if one.wakes.is_none_or(|set| set > at || set <= self.now) {
            one.wakes = Some(at);
            self.queue.at(at, Event::WakeAggregator(id));
        }
    }

    /// The alarm of an aggregator.
    pub(super) fn aggregator_wakes(&mut self, id: AggregatorId) -> Outcome<()> {
        let one = self.process.as_mut().and_then(|process| process.aggregators.get_mut(&id));
        if let Some(one) = one {
            one.wakes = None;
        }
        self.drive_aggregator(id, Input::Tick)
    }

    /// A question goes out, unless its institution is left alone for a while.
    fn call(
        &mut self,
        id: AggregatorId,
        token: Token,
        institution: InstitutionId,
        request: Request,
    ) -> Outcome<()> {
        self.check_call(id, &request)?;
        let (out, back) = self.banks.ways(institution, self.now, &mut self.dice);
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        if !process.breakers.entry(institution).or_default().may_call(&gate::LIMITS, self.now) {
            self.log.mark("an institution was left alone");
            self.banks.not_closed(&request);
            self.soon(3, Event::BankAnswered(id, token, Err(BankFault::Unavailable)));
            return Ok(());
        }
        self.log.line(self.now, format!("{institution} is asked to {}", request.name()));
        let waits = out + back < gate::LIMITS.call.0;
        if !waits {
            self.log.mark("an institution took too long");
            let late = Event::CallEnded(id, token, institution, Err(BankFault::Unavailable));
            self.queue.at(self.now.plus(gate::LIMITS.call), late);
        }
        let call = Call { aggregator: id, token, institution, request, back, waits };
        self.queue.at(self.now.plus(Span(out)), Event::AtBank(Box::new(call)));
        Ok(())
    }

    /// A question is at its institution: what it does there is done, whoever hears of it.
    pub(super) fn at_bank(&mut self, call: &Call) -> Outcome<()> {
        let Call { aggregator, token, institution, ref request, back, waits } = *call;
        let told = self.banks.ask(self.now, &mut self.dice, institution, request, waits)?;
        // Whoever asked may be gone by now, however long the question was on its way.
        let is_heard =
            self.process.as_ref().is_some_and(|process| process.aggregators.contains_key(&aggregator));
        if let (false, Ok(crate::domain::bank::Answer::SignedIn(session))) = (is_heard, &told) {
            self.banks.excuse_one(session);
        }
        let says = match &told {
            Ok(_) => "something".to_owned(),
            Err(fault) => format!("{fault:?}"),
        };
        self.log.line(self.now, format!("{institution} says {says} to {}", request.name()));
        self.log.mark(match &told {
            Ok(crate::domain::bank::Answer::Challenged(_)) => "an institution wanted to know more",
            Ok(_) => "an institution answered",
            Err(BankFault::InvalidCredentials) => "a login was refused",
            Err(BankFault::Locked) => "a login was locked",
            Err(BankFault::ActionRequired) => "a login wanted an action",
            Err(BankFault::WrongAnswer) => "an answer was wrong",
            Err(BankFault::ChallengeOver) => "an answer came too late",
            Err(BankFault::SessionOver) => "a bank session was over",
            Err(BankFault::Unavailable) => "an institution did not work",
        });
        if waits {
            let end = Event::CallEnded(aggregator, token, institution, told);
            self.queue.at(self.now.plus(Span(back)), end);
        }
        Ok(())
    }

    /// A call came to its end, well or not.
    pub(super) fn call_ended(
        &mut self,
        id: AggregatorId,
        token: Token,
        institution: InstitutionId,
        told: super::banks::Told,
    ) -> Outcome<()> {
        let Some(process) = self.process.as_mut() else { return Ok(()) };
        process.breakers.entry(institution).or_default().ended(
            &gate::LIMITS,
            self.now,
            told.as_ref().err().copied(),
        );
        self.drive_aggregator(id, Input::Answered(token, told))
    }

    /// What is reported goes straight to the user that it belongs to.
    fn report(&mut self, id: AggregatorId, token: Token, job: JobId, attempt: u32, report: Report) {
        let one = self.process.as_ref().and_then(|process| process.aggregators.get(&id));
        let Some((instance, user)) = one.map(|one| (one.instance, one.user)) else { return };
        self.log.line(self.now, format!("of job {job} is reported: {} (try {attempt})", name(&report)));
        let command = Command::Report { job, attempt, report: Box::new(report) };
        let asker = Asker::Aggregator(id, token);
        let asked = self.ask_directly(user, Caller::House, command, asker);
        self.soon(3, Event::Tell(asked, instance));
    }

    /// How a report was taken in reaches whoever made it.
    pub(super) fn heard(&mut self, id: AggregatorId, token: Token, answer: &Result<Reply, Refusal>) {
        let heard = match answer {
            Ok(Reply::Gathering(goes_on)) => Ok(*goes_on),
            Ok(_) => Err(Trouble::Defect.into()),
            Err(refusal) => Err(*refusal),
        };
        if heard == Ok(false) {
            self.log.mark("a report came for nothing");
        }
        self.soon(3, Event::Heard(id, token, heard));
    }

    /// An aggregator panics: its user hears that nobody is at work.
    pub(super) fn lose_aggregator(&mut self) {
        let Some(process) = &self.process else { return };
        let all: Vec<AggregatorId> = process.aggregators.keys().copied().collect();
        let busy: Vec<AggregatorId> =
            all.iter().copied().filter(|id| !process.aggregators[id].core.is_idle()).collect();
        let all = if busy.is_empty() { all } else { busy };
        let Some(place) = self.dice.place(all.len()) else { return };
        self.log.mark("an aggregator panicked");
        self.unattended(all[place], None);
        self.forget_aggregator(all[place]);
    }

    /// An aggregator is gone, and with it what it knew.
    pub(super) fn forget_aggregator(&mut self, id: AggregatorId) {
        let Some(process) = self.process.as_mut() else { return };
        let Some(one) = process.aggregators.remove(&id) else { return };
        if let Some(owner) = process.instances.get_mut(&one.instance) {
            owner.aggregator = None;
        }
        self.banks.excuse(|user| user == one.user, self.now.plus(AFTERMATH));
    }

    /// The process is gone: nobody can be expected to close what was opened.
    pub(super) fn forget_all_aggregators(&mut self) {
        self.banks.excuse(|_| true, self.now.plus(AFTERMATH));
    }

    /// Nothing is read without a consent that covers it (CS-1): the bank session belongs to a connection
    /// of a job that is open, as durable, unless word of its end is on its way.
    fn check_call(&self, id: AggregatorId, request: &Request) -> Outcome<()> {
        let session: &BankSession = match request {
            Request::Profile(session)
            | Request::Accounts { session, .. }
            | Request::Transactions { session, .. } => session,
            Request::SignIn(_) | Request::Answer { .. } | Request::SignOut(_) => return Ok(()),
        };
        self.ledger.check_reading(session, self.now)?;
        let Some(process) = &self.process else { return Ok(()) };
        let Some(one) = process.aggregators.get(&id) else { return Ok(()) };
        let owner = process.instances.get(&one.instance);
        let is_coming = one.words > 0 || owner.is_none_or(|owner| owner.core.committing().is_some());
        if is_coming || self.checker.is_reading(one.user, session) {
            return Ok(());
        }
        Err(broken("CS-1", format!("{} of user {} without an open job", request.name(), one.user)))
    }
}
