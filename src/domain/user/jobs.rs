//! The jobs of a user: beginning one, answering its challenge, and every way it ends. The arrows are
//! those of workflows/job.toml; here stands what they mean.

use super::sessions::Which;
use super::{Turn, User};
use crate::domain::application::{Mode, Permission};
use crate::domain::bank::Credentials;
use crate::domain::command::{Caller, Effect, Failure, Reply};
use crate::domain::connection::{Generation, Login};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::day::Day;
use crate::domain::id::{ConnectionId, ConsentId, EffectId, JobId, SessionId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Coverage, Gather, Job, JobFailure, Occasion, Plan, Start, StepName};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::job::{Action, Guard, Input, Limit, State};
use crate::domain::workflow::{Step, connection};

/// How many jobs of a user are remembered, open ones included; the oldest that ended go first.
pub const JOBS_MAX: usize = 100;

/// How long an ended job is remembered (contract section 5.2).
pub const KEPT_DAYS: u64 = 7;

impl User {
    /// The job of that name.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The jobs that are at work or waiting.
    pub fn open_jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.is_open())
    }

    /// What a session is shown, in order of creation: the jobs that it began, and what others left at
    /// work. What waits for an answer is for the session alone that it was asked in.
    pub fn jobs_shown(&self, session: SessionId) -> Vec<Job> {
        let is_shown = |job: &&Job| job.session == Some(session) || (job.is_open() && !job.is_waiting());
        self.jobs.iter().filter(is_shown).cloned().collect()
    }

    /// What was typed as login id for the jobs that a session began and that failed: it is shown again to
    /// whoever typed it, and to no other session.
    pub fn logins_refused(&self, session: SessionId) -> Vec<(JobId, Secret)> {
        let failed = self.jobs.iter().filter(|job| job.session == Some(session) && job.failure.is_some());
        let login = |job: &Job| Some((job.id, self.connection(job.connection)?.login_id.clone()?));
        failed.filter_map(login).collect()
    }
}

impl Turn<'_> {
    pub(super) fn get_job(&self, caller: Caller, id: JobId) -> Result<Reply, Failure> {
        let job = self.user.job(id).ok_or(Failure::JobUnknown)?;
        // A token of a link that is over sees the jobs of its own session alone.
        if let Caller::LinkClient { session, .. } = caller
            && self.user.session.as_ref().is_some_and(|ours| ours.ended.is_some())
            && job.session != Some(session)
        {
            return Err(Failure::JobUnknown);
        }
        Ok(Reply::Job(Box::new(job.clone())))
    }

    /// Signs in at an institution: through a page, or by a token. The same login that is being signed in
    /// already answers with the job that does.
    pub(super) fn connect(
        &mut self,
        caller: Caller,
        cookie: Option<CookieHash>,
        institution: InstitutionId,
        credentials: Credentials,
    ) -> Result<Reply, Failure> {
        let which = self.acts_in(caller, cookie)?;
        if self.ctx.application.mode == Mode::Live {
            return Err(Failure::InstitutionRefused);
        }
        let flow = &self.ctx.application.look.flow;
        // What the partner offers binds its pages, not its own requests.
        if cookie.is_some() && !flow.offers(institution) {
            return Err(Failure::InstitutionRefused);
        }
        let consent = self.active_consent()?;
        let login = Login::of(self.ctx.keyring, self.user.id, institution, &credentials.login_id);
        let known = self.known_connection(institution, login.hash);
        if cookie.is_some() && flow.is_single && self.has_other_login(known) {
            return Err(Failure::NotNow);
        }
        if let Some(running) = known.and_then(|known| self.open_job_of(known)) {
            self.take_over(running, which);
            return self.job_again(running);
        }
        if !self.may_begin_job() {
            return Err(Failure::TooManyJobs);
        }
        let connection = match known {
            None => self.new_connection(consent, institution, login)?,
            Some(known) => {
                // An older program did not keep it.
                self.connection_mut(known).into_iter().for_each(|one| one.login_id = Some(login.id.clone()));
                known
            }
        };
        let id = self.begin_job(connection, Occasion::Connect, which, Start::SignIn(credentials))?;
        if known.is_some() { self.job_again(id) } else { self.job_reply(id) }
    }

    /// The active consent, by its name.
    pub(super) fn active_consent(&self) -> Result<ConsentId, Failure> {
        let consent = self.user.consent.as_ref().filter(|consent| consent.is_active(self.ctx.now));
        consent.map(|consent| consent.id).ok_or(Failure::ConsentNeeded)
    }

    /// Whether one more job may be open.
    pub(super) fn may_begin_job(&self) -> bool {
        self.user.open_jobs().count() < self.ctx.workflows.job.count(Limit::OpenPerUser) as usize
    }

    /// A job for a connection that has none open: from its commit on, somebody works on it.
    pub(super) fn begin_job(
        &mut self,
        connection: ConnectionId,
        occasion: Occasion,
        which: Option<Which>,
        start: Start,
    ) -> Result<JobId, Failure> {
        let session = which.and_then(|which| self.session(which)).map(|session| session.id);
        let job = self.new_job(connection, occasion, session)?;
        let (id, is_signed_in) = (job.id, !matches!(start, Start::SignIn(_)));
        // Where nothing covers it any more there is no plan, and nobody may be wanted for it.
        let plan = self.plan(&job, start).ok_or(Failure::ConsentNeeded)?;
        self.effects.push(Effect::Gather { id: job.effect, job: id, not_after: job.total_at });
        self.user.jobs.push(job);
        self.user.jobs.sort_by_key(|job| (job.created, job.id));
        self.forget_surplus_jobs();
        if is_signed_in {
            self.step_job(id, Input::Refresh)?;
        }
        self.gathers.push(Gather::Begin(Box::new(plan)));
        if let Some(which) = which {
            self.touch(which);
        }
        Ok(id)
    }

    /// A job whose session is over goes over to the one that signs in there again: else nobody could see
    /// it there, or answer for it.
    pub(super) fn take_over(&mut self, id: JobId, which: Option<Which>) {
        let held = self.user.job(id).and_then(|job| job.session);
        let is_held = [Which::Link, Which::Token].into_iter().filter_map(|one| self.session(one));
        let is_held = is_held.filter(|one| one.ended.is_none()).any(|one| Some(one.id) == held);
        let Some(which) = which.filter(|_| !is_held) else { return };
        let session = self.session(which).map(|session| session.id);
        self.job_mut(id).into_iter().for_each(|job| job.session = session);
        self.touch(which);
    }

    /// The session in which a caller acts, once it may connect there; a partner's own call has none.
    pub(super) fn acts_in(
        &mut self,
        caller: Caller,
        cookie: Option<CookieHash>,
    ) -> Result<Option<Which>, Failure> {
        let which = match (cookie, caller) {
            (Some(cookie), _) => Some(self.whose(cookie)?),
            (None, Caller::LinkClient { .. }) => Some(Which::Link),
            (None, Caller::Applicant) => return Err(Failure::SessionUnknown),
            (None, Caller::Client(_) | Caller::Server(_) | Caller::House) => None,
        };
        if let Some(which) = which {
            self.step_session(which, crate::domain::workflow::consent_session::Input::Connect)?;
        }
        Ok(which)
    }

    fn new_job(
        &mut self,
        connection: ConnectionId,
        occasion: Occasion,
        session: Option<SessionId>,
    ) -> Result<Job, Failure> {
        let now = self.ctx.now;
        let found = self.user.connection(connection).ok_or(Failure::ConnectionUnknown)?;
        let (consent, institution) = (found.consent, found.institution);
        let (id, effect) = (JobId(self.ctx.entropy.uuid()), EffectId(self.ctx.entropy.uuid()));
        let total = self.ctx.workflows.job.span(Limit::Total);
        let state = self.ctx.workflows.job.initial();
        let generation = self.next_generation(connection);
        Ok(Job {
            id,
            effect,
            connection,
            consent,
            institution,
            occasion,
            session,
            created: now,
            updated: now,
            state,
            attempt: 1,
            generation,
            total_at: now.plus(total),
            challenge: None,
            answers: 0,
            duplicates: Vec::new(),
            failure: None,
            ended: None,
        })
    }

    fn next_generation(&mut self, connection: ConnectionId) -> Generation {
        self.connection_mut(connection).map_or(0, |one| {
            one.generation += 1;
            one.generation
        })
    }

    /// The active consent, where it is the one that covers this job (invariant CS-1).
    fn cover(&self, job: &Job) -> Option<&Consent> {
        let consent = self.user.consent.as_ref().filter(|consent| consent.is_active(self.ctx.now));
        consent.filter(|consent| consent.id == job.consent)
    }

    /// What is needed to work on a job; nothing where no active consent covers it.
    fn plan(&self, job: &Job, start: Start) -> Option<Plan> {
        let consent = self.cover(job)?;
        let connection = self.user.connection(job.connection)?;
        let covers = |wanted: &[Permission]| consent.permissions.iter().any(|one| wanted.contains(one));
        let policy = self.ctx.application.policies.get(&consent.policy_version);
        let days = policy.map_or(0, |policy| policy.retrieval_days);
        Some(Plan {
            user: self.user.id,
            job: job.id,
            attempt: job.attempt,
            effect: job.effect,
            connection: job.connection,
            consent: job.consent,
            institution: job.institution,
            generation: job.generation,
            shown: connection.transactions_generation,
            start,
            coverage: Coverage {
                profile: covers(&[
                    Permission::PersonBasic,
                    Permission::PersonDetail,
                    Permission::OrganisationBasic,
                    Permission::OrganisationDetail,
                ]),
                terms: covers(&[Permission::AccountDetail]),
                transactions: covers(&[Permission::TransactionDetail]),
            },
            from: Day::of(self.ctx.real).minus(days),
        })
    }

    /// The oldest that ended go first, and before all others those that were tried again by themselves:
    /// nobody asked for them.
    fn forget_surplus_jobs(&mut self) {
        while self.user.jobs.len() > JOBS_MAX {
            let ended = || self.user.jobs.iter().enumerate().filter(|(_, job)| !job.is_open());
            let retry = ended().find(|(_, job)| job.occasion == Occasion::Retry);
            let Some((oldest, _)) = retry.or_else(|| ended().next()) else { return };
            self.user.jobs.remove(oldest);
        }
    }

    /// Hands the person's answer on. How it was judged is read from the job once it has left `answering`.
    pub(super) fn answer_challenge(
        &mut self,
        caller: Caller,
        cookie: Option<CookieHash>,
        id: JobId,
        answers: Vec<Secret>,
    ) -> Result<Reply, Failure> {
        let which = self.acts_in(caller, cookie)?;
        let job = self.user.job(id).ok_or(Failure::JobUnknown)?;
        let session = which.and_then(|which| self.session(which)).map(|session| session.id);
        if cookie.is_some() && job.session != session {
            return Err(Failure::JobUnknown);
        }
        let prompts = job.challenge.as_ref().map_or(0, |challenge| challenge.prompts.len());
        if job.is_waiting() && answers.len() != prompts {
            return Err(Failure::AnswersMissing);
        }
        let attempt = job.attempt;
        self.step_job(id, Input::Answer)?;
        self.gathers.push(Gather::Answer { job: id, attempt, answers });
        self.job_reply(id)
    }

    pub(super) fn job_reply(&self, id: JobId) -> Result<Reply, Failure> {
        self.user.job(id).map(|job| Reply::Job(Box::new(job.clone()))).ok_or(Failure::JobUnknown)
    }

    /// The job of a login that was connected before.
    fn job_again(&self, id: JobId) -> Result<Reply, Failure> {
        self.user.job(id).map(|job| Reply::JobAgain(Box::new(job.clone()))).ok_or(Failure::JobUnknown)
    }

    /// Nobody is at work on it: whoever was has gone with a restart. Past the sign-in it goes on.
    pub(super) fn resume_job(&mut self, id: JobId) -> Result<Reply, Failure> {
        if self.user.job(id).is_some_and(Job::is_open) {
            self.step_job(id, Input::Resume)?;
        }
        Ok(Reply::Done)
    }

    pub(super) fn job_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.user.jobs.iter_mut().find(|job| job.id == id)
    }

    pub(super) fn open_jobs_of(&self, connection: ConnectionId) -> Vec<JobId> {
        self.user.open_jobs().filter(|job| job.connection == connection).map(|job| job.id).collect()
    }

    /// The job that is at work for a connection: there is one at most.
    pub(super) fn open_job_of(&self, connection: ConnectionId) -> Option<JobId> {
        self.user.open_jobs().find(|job| job.connection == connection).map(|job| job.id)
    }

    /// Whether a session has work under way: then it does not idle.
    pub(super) fn has_open_jobs(&self, session: SessionId) -> bool {
        self.user.open_jobs().any(|job| job.session == Some(session))
    }

    /// An input whose failure, if it brings one, follows from the input itself.
    pub(super) fn step_job(&mut self, id: JobId, input: Input) -> Result<(), Failure> {
        let cause = match input {
            Input::Resume => Cause::Interrupted,
            Input::LeaveOut => Cause::LeftOut,
            Input::LinkOver => Cause::LinkOver,
            Input::ConsentOver => Cause::ConsentOver,
            _ => Cause::Unavailable,
        };
        self.fail_job(id, input, cause)
    }

    pub(super) fn fail_job(&mut self, id: JobId, input: Input, cause: Cause) -> Result<(), Failure> {
        let Some(job) = self.user.job(id) else { return Err(Failure::JobUnknown) };
        let is_covered = self.cover(job).is_some();
        let step = self.ctx.workflows.job.step(job.state, input, |guard| match guard {
            Guard::IsCovered => is_covered,
            Guard::Never => false,
        });
        self.take_job_step(id, step, cause)
    }

    pub(super) fn job_falls_due(&mut self, limit: Limit) {
        let now = self.ctx.now;
        let due: Vec<(JobId, State)> = self
            .user
            .open_jobs()
            .filter(|job| match limit {
                Limit::Total => job.total_at <= now,
                _ => job.is_waiting() && job.challenge.as_ref().is_some_and(|asked| asked.expires <= now),
            })
            .map(|job| (job.id, job.state))
            .collect();
        let cause = if limit == Limit::Total { Cause::TimedOut } else { Cause::ChallengeOver };
        for (id, state) in due {
            let step = self.ctx.workflows.job.fall_due(state, limit, |_| true);
            let _ = self.take_job_step(id, step, cause);
        }
    }

    fn take_job_step(
        &mut self,
        id: JobId,
        step: Step<crate::domain::workflow::job::Job>,
        cause: Cause,
    ) -> Result<(), Failure> {
        match step {
            Step::Moved { to, action } => {
                let (now, is_end) = (self.ctx.now, self.ctx.workflows.job.is_end(to));
                let Some(job) = self.job_mut(id) else { return Err(Failure::JobUnknown) };
                let at = job.step();
                let moved = job.state != to;
                job.state = to;
                if moved || action.is_some() {
                    job.updated = now;
                }
                if is_end {
                    job.ended = Some(now);
                }
                if let Some(action) = action {
                    self.do_job_action(id, action, at, cause);
                }
                if is_end {
                    self.job_ended(id);
                }
                Ok(())
            }
            Step::Refused(crate::domain::workflow::Refusal::ConsentNeeded) => Err(Failure::ConsentNeeded),
            Step::Refused(_) => Err(Failure::NotNow),
            Step::Ended => Err(Failure::JobOver),
            Step::Ignored => Ok(()),
        }
    }

    fn do_job_action(&mut self, id: JobId, action: Action, at: StepName, cause: Cause) {
        match action {
            Action::PassAnswer => self.job_mut(id).into_iter().for_each(|job| job.answers += 1),
            Action::CountWrong => {
                if let Some(challenge) = self.job_mut(id).and_then(|job| job.challenge.as_mut()) {
                    challenge.wrong += 1;
                }
            }
            Action::Fail => {
                let failure = JobFailure { step: at, cause };
                self.job_mut(id).into_iter().for_each(|job| job.failure = Some(failure));
                self.connection_failed(id, cause);
            }
            Action::BeginAgain => self.begin_again(id),
            // What these mean comes with the report that brought them.
            Action::KeepSession | Action::AskPerson | Action::ShowAccounts | Action::Finish => {}
        }
    }

    fn connection_failed(&mut self, id: JobId, cause: Cause) {
        let Some(job) = self.user.job(id) else { return };
        let (connection, generation, occasion) = (job.connection, job.generation, job.occasion);
        if let Some(one) = self.connection_mut(connection) {
            one.fault = Some(cause);
            if cause == Cause::SessionOver {
                one.session = None;
            }
        }
        self.set_retry(connection, occasion, cause);
        let input =
            if cause.lies_with_person() { connection::Input::Refuse } else { connection::Input::Fail };
        let _ = self.step_connection(connection, input);
        self.sweep(connection, generation);
    }

    /// A new try, under a number of its own: what the old one still writes is never shown.
    fn begin_again(&mut self, id: JobId) {
        let Some((connection, state)) = self.user.job(id).map(|job| (job.connection, job.state)) else {
            return;
        };
        let generation = self.next_generation(connection);
        let Some(session) = self.user.connection(connection).and_then(|one| one.session.clone()) else {
            let _ = self.fail_job(id, Input::Fail, Cause::SessionOver);
            return;
        };
        let Some(job) = self.job_mut(id) else { return };
        job.attempt += 1;
        job.generation = generation;
        let job = job.clone();
        // The accounts of the try before stay shown; this one reads them again under its own number.
        let is_tried = state != State::Refreshing;
        let start = if is_tried { Start::Resume { session } } else { Start::Refresh { session } };
        let plan = self.plan(&job, start);
        self.gathers.extend(plan.map(|plan| Gather::Begin(Box::new(plan))));
    }

    /// Nobody works on it any more, nothing waits for it, and its session may idle again.
    fn job_ended(&mut self, id: JobId) {
        let Some(job) = self.user.job(id) else { return };
        let (effect, session) = (job.effect, job.session);
        self.effects.push(Effect::Withdraw(effect));
        self.gathers.push(Gather::Stop(id));
        for which in [Which::Link, Which::Token] {
            let ours = self.session(which).is_some_and(|one| Some(one.id) == session && one.ended.is_none());
            if ours {
                self.touch(which);
            }
        }
    }

    /// The jobs of a session that wait for the person.
    pub(super) fn waiting_jobs(&self, session: SessionId) -> Vec<JobId> {
        let ours = self.user.open_jobs().filter(|job| job.session == Some(session));
        ours.filter(|job| job.is_waiting()).map(|job| job.id).collect()
    }

    /// The link that led to this session is deleted or replaced: what waits for the person ends.
    pub(super) fn link_of_jobs_is_over(&mut self, session: SessionId) {
        let ours: Vec<JobId> =
            self.user.open_jobs().filter(|job| job.session == Some(session)).map(|job| job.id).collect();
        for job in ours {
            let _ = self.step_job(job, Input::LinkOver);
        }
    }

    pub(super) fn forget_jobs(&mut self) {
        let now = self.ctx.now;
        self.user.jobs.retain(|job| job.ended.is_none_or(|ended| ended.plus(Span::days(KEPT_DAYS)) > now));
    }
}

impl User {
    /// When the next ended job is forgotten.
    pub(super) fn next_job_forgotten(&self) -> Option<UnixMillis> {
        self.jobs.iter().filter_map(|job| job.ended).min().map(|ended| ended.plus(Span::days(KEPT_DAYS)))
    }
}
