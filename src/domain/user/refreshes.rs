//! Reading an institution again: with the bank session of before, at the partner's wish or because the
//! institution did not work the last time, and with a new password. Must not know: HTTP, records.

use super::Turn;
use crate::domain::application::Mode;
use crate::domain::bank::Credentials;
use crate::domain::command::{Caller, Failure, Reply};
use crate::domain::connection::{Connection, Login};
use crate::domain::consent_session::CookieHash;
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::job::{Cause, Occasion, Start};
use crate::domain::secret::Secret;
use crate::domain::workflow::connection::{Limit, State};
use crate::domain::workflow::job::State as JobState;

impl Turn<'_> {
    /// Reads by a connection again. Where a job does so already, that one is the answer.
    pub(super) fn refresh_connection(&mut self, id: ConnectionId) -> Result<Reply, Failure> {
        let found = self.user.connection(id).ok_or(Failure::ConnectionUnknown)?;
        let can_be_refreshed = found.can_be_refreshed();
        if let Some(job) = self.user.open_jobs().find(|job| job.connection == id) {
            return Ok(Reply::JobOpen(Box::new(job.clone())));
        }
        if self.ctx.application.mode == Mode::Live {
            return Err(Failure::InstitutionRefused);
        }
        if !can_be_refreshed {
            return Err(Failure::CredentialsRefused);
        }
        if !self.may_begin_job() {
            return Err(Failure::TooManyJobs);
        }
        let job = self.begin_refresh(id, Occasion::Refresh)?;
        self.job_reply(job)
    }

    /// Reads by every connection again that can be: what is read already goes on, what needs its person is
    /// left out. Where they are more than may be open at a time, those read last are left out too.
    pub(super) fn refresh_connections(&mut self) -> Result<Reply, Failure> {
        if self.ctx.application.mode == Mode::Live {
            return Err(Failure::InstitutionRefused);
        }
        let live = self.user.connections.iter().filter(|one| one.state != State::Deleted);
        let mut all: Vec<&Connection> = live.collect();
        all.sort_by_key(|one| (one.last_used, one.created, one.id));
        let all: Vec<(ConnectionId, bool)> =
            all.into_iter().map(|one| (one.id, one.can_be_refreshed())).collect();
        let mut jobs = Vec::new();
        for (id, can_be_refreshed) in all {
            let running = self.open_job_of(id);
            let begins = running.is_none() && can_be_refreshed && self.may_begin_job();
            let job = if begins { Some(self.begin_refresh(id, Occasion::Refresh)?) } else { running };
            jobs.extend(job.and_then(|job| self.user.job(job)).cloned());
        }
        Ok(Reply::Jobs(jobs))
    }

    /// Signs in again as the login that it is. Whether the password is right, the institution says.
    pub(super) fn update_connection(
        &mut self,
        caller: Caller,
        cookie: Option<CookieHash>,
        id: ConnectionId,
        login_id: Option<Secret>,
        password: Secret,
    ) -> Result<Reply, Failure> {
        let which = self.acts_in(caller, cookie)?;
        let found = self.user.connection(id).ok_or(Failure::ConnectionUnknown)?;
        if self.ctx.application.mode == Mode::Live {
            return Err(Failure::InstitutionRefused);
        }
        self.active_consent()?;
        let login_id = login_id.or_else(|| found.login_id.clone()).ok_or(Failure::LoginMissing)?;
        let login = Login::of(self.ctx.keyring, self.user.id, found.institution, &login_id);
        if login.hash != found.login {
            return Err(Failure::LoginOther);
        }
        match self.open_job_of(id).and_then(|job| self.user.job(job)).map(|job| (job.id, job.state)) {
            // It is not known yet whether the bank session will do; the password would be lost.
            Some((_, JobState::Refreshing)) => return Err(Failure::NotNow),
            Some((running, _)) => {
                self.take_over(running, which);
                return self.job_reply(running);
            }
            None => {}
        }
        if !self.may_begin_job() {
            return Err(Failure::TooManyJobs);
        }
        self.connection_mut(id).into_iter().for_each(|one| one.login_id = Some(login_id.clone()));
        let start = Start::SignIn(Credentials { login_id, password });
        let job = self.begin_job(id, Occasion::Update, which, start)?;
        self.job_reply(job)
    }

    fn begin_refresh(&mut self, id: ConnectionId, occasion: Occasion) -> Result<JobId, Failure> {
        let session = self.user.connection(id).and_then(|one| one.session.clone());
        let session = session.ok_or(Failure::CredentialsRefused)?;
        self.connection_mut(id).into_iter().for_each(|one| one.retry_at = None);
        self.begin_job(id, occasion, None, Start::Refresh { session })
    }

    /// What an institution could not answer is asked again after a while, for some days. Where it asks for
    /// more than a password, only its person can go on; a first reading has its person there.
    pub(super) fn set_retry(&mut self, id: ConnectionId, occasion: Occasion, cause: Cause) {
        let (now, table) = (self.ctx.now, &self.ctx.workflows.connection);
        let (wait, lasts) = (table.span(Limit::Retry), table.span(Limit::RetryFor));
        let Some(one) = self.connection_mut(id) else { return };
        let may_retry = cause == Cause::Unavailable
            && occasion != Occasion::Connect
            && one.can_be_refreshed()
            && !one.is_challenged;
        let until = one.retry_until.unwrap_or_else(|| now.plus(lasts));
        let at = Some(now.plus(wait)).filter(|at| may_retry && *at <= until);
        (one.retry_at, one.retry_until) = (at, at.map(|_| until));
    }

    /// What waits to be tried again is due.
    pub(super) fn retries_fall_due(&mut self) {
        let now = self.ctx.now;
        let due = self.user.connections.iter().filter(|one| one.retry_at.is_some_and(|at| at <= now));
        let due: Vec<(ConnectionId, State)> = due.map(|one| (one.id, one.state)).collect();
        for (id, state) in due {
            self.connection_mut(id).into_iter().for_each(|one| one.retry_at = None);
            let step = self.ctx.workflows.connection.fall_due(state, Limit::Retry, |_| true);
            let _ = self.take_connection_step(id, step);
        }
    }

    /// Its time has come: it is read by again, or, while too much else is read, after another while.
    pub(super) fn try_again(&mut self, id: ConnectionId) {
        if self.open_job_of(id).is_some() {
            return;
        }
        if self.may_begin_job() {
            let _ = self.begin_refresh(id, Occasion::Retry);
        } else {
            let at = self.ctx.now.plus(self.ctx.workflows.connection.span(Limit::Retry));
            self.connection_mut(id).into_iter().for_each(|one| one.retry_at = Some(at));
        }
    }
}
