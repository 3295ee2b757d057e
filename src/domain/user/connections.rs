//! The connections of a user: making, deleting, and what the end of a job or of the consent does to
//! them. The arrows are those of workflows/connection.toml; here stands what they mean.

use super::{Turn, User};
use crate::domain::command::{Effect, Failure, Reply, Rows};
use crate::domain::connection::{Connection, ConnectionView, Generation, Login, LoginHash};
use crate::domain::consent_session::{CookieHash, FORMER_MAX};
use crate::domain::event::{EventData, EventKind};
use crate::domain::id::{ConnectionId, ConsentId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::Gather;
use crate::domain::workflow::connection::{Action, Input, Limit, State};
use crate::domain::workflow::consent_session::Input as SessionInput;
use crate::domain::workflow::job::Input as JobInput;
use crate::domain::workflow::{self, Refusal, Step};
use std::collections::BTreeSet;

impl User {
    /// The connection of that name, unless it was deleted.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|one| one.id == id && one.state != State::Deleted)
    }

    /// How many connections were not deleted.
    pub fn connection_count(&self) -> u64 {
        let live = self.connections.iter().filter(|one| one.state != State::Deleted);
        live.count() as u64
    }

    /// Where something is connected, each once, as many as are remembered.
    pub(super) fn institutions(&self) -> Vec<InstitutionId> {
        let live = self.connections.iter().filter(|one| one.state != State::Deleted);
        let all: BTreeSet<InstitutionId> = live.map(|one| one.institution).collect();
        all.into_iter().take(FORMER_MAX).collect()
    }

    /// The connections that were not deleted, newest first.
    pub fn connection_views(&self) -> Vec<ConnectionView> {
        let live = self.connections.iter().filter(|one| one.state != State::Deleted);
        let mut views: Vec<ConnectionView> = live.map(Connection::view).collect();
        views.sort_by_key(|view| std::cmp::Reverse((view.created, view.id)));
        views
    }

    /// Every connection by which something may have been read, the one that was read last first.
    pub(super) fn source_views(&self) -> Vec<ConnectionView> {
        let mut views: Vec<ConnectionView> = self.connections.iter().map(Connection::view).collect();
        views.sort_by_key(|view| std::cmp::Reverse((view.last_used, view.created, view.id)));
        views
    }
}

impl Turn<'_> {
    pub(super) fn get_connection(&self, id: ConnectionId) -> Result<Reply, Failure> {
        let found = self.user.connection(id).ok_or(Failure::ConnectionUnknown)?;
        Ok(Reply::Connection(Box::new(found.view())))
    }

    /// The partner deletes a connection: it is not read by any more, and what was read stays.
    pub(super) fn delete_connection(&mut self, id: ConnectionId) -> Result<Reply, Failure> {
        self.user.connection(id).ok_or(Failure::ConnectionUnknown)?;
        for job in self.open_jobs_of(id) {
            let _ = self.step_job(job, JobInput::ConsentOver);
        }
        self.step_connection(id, Input::Delete)?;
        Ok(Reply::Done)
    }

    /// The person ends a connection on a page: nothing is read by it any more, and what was read by it goes.
    /// What another login reads there is of that one, and stays.
    pub(super) fn disconnect(&mut self, cookie: CookieHash, id: ConnectionId) -> Result<Reply, Failure> {
        let which = self.whose(cookie)?;
        self.step_session(which, SessionInput::Touch)?;
        self.delete_connection(id)?;
        self.sweep_all(id);
        self.user.connections.retain(|one| one.id != id);
        self.view_of(which)
    }

    /// The partner wants what was read at a connection's institution removed; the connection stays. While
    /// something is read there it would be back in a moment.
    pub(super) fn purge_connection(&mut self, id: ConnectionId) -> Result<Reply, Failure> {
        let found = self.user.connection(id).ok_or(Failure::ConnectionUnknown)?;
        let is_read = self.user.open_jobs().any(|job| job.institution == found.institution);
        if found.state == State::Active && is_read {
            return Err(Failure::NotNow);
        }
        self.step_connection(id, Input::Purge)?;
        Ok(Reply::Done)
    }

    /// Nothing that was read at an institution is shown any more, through whichever connection. Those that
    /// were deleted have nothing left to stand for.
    fn purge_institution(&mut self, institution: InstitutionId) {
        let now = self.ctx.now;
        let up_to = |one: &Connection| if one.state == State::Deleted { u32::MAX } else { one.generation };
        let there = self.user.connections.iter().filter(|one| one.institution == institution);
        let there: Vec<(ConnectionId, Generation)> = there.map(|one| (one.id, up_to(one))).collect();
        for (id, up_to) in there {
            if let Some(one) = self.connection_mut(id) {
                one.accounts.clear();
                (one.accounts_generation, one.transactions_generation) = (0, 0);
                one.updated = now;
            }
            self.sweep(id, up_to);
            if self.user.connection(id).is_some() {
                self.connection_event(EventKind::ConnectionUpdated, id);
            }
        }
        let is_left = |one: &Connection| one.institution != institution || one.state != State::Deleted;
        self.user.connections.retain(is_left);
    }

    /// The connection of this login, if it was connected before.
    pub(super) fn known_connection(
        &self,
        institution: InstitutionId,
        login: LoginHash,
    ) -> Option<ConnectionId> {
        let mut live = self.user.connections.iter().filter(|one| one.state != State::Deleted);
        live.find(|one| one.institution == institution && one.login == login).map(|one| one.id)
    }

    /// Whether another login than this one is connected, or on its way.
    pub(super) fn has_other_login(&self, known: Option<ConnectionId>) -> bool {
        let others = self.user.connections.iter().filter(|one| Some(one.id) != known);
        others
            .filter(|one| one.state != State::Deleted)
            .any(|one| one.state == State::Active || self.open_job_of(one.id).is_some())
    }

    /// A connection of this login under the active consent.
    pub(super) fn new_connection(
        &mut self,
        consent: ConsentId,
        institution: InstitutionId,
        login: Login,
    ) -> Result<ConnectionId, Failure> {
        let most = self.ctx.workflows.connection.count(Limit::PerUser) as usize;
        if self.user.connections.len() >= most {
            return Err(Failure::TooManyConnections);
        }
        let id = ConnectionId(self.ctx.entropy.uuid());
        self.user.connections.push(Connection::new(id, consent, institution, login, self.ctx.now));
        self.user.connections.sort_by_key(|one| (one.created, one.id));
        self.connection_event(EventKind::ConnectionCreated, id);
        Ok(id)
    }

    pub(super) fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.user.connections.iter_mut().find(|one| one.id == id)
    }

    pub(super) fn step_connection(&mut self, id: ConnectionId, input: Input) -> Result<(), Failure> {
        let found = self.user.connections.iter().find(|one| one.id == id);
        let state = found.map(|one| one.state).ok_or(Failure::ConnectionUnknown)?;
        let step = self.ctx.workflows.connection.step(state, input, |_| false);
        self.take_connection_step(id, step)
    }

    pub(super) fn take_connection_step(
        &mut self,
        id: ConnectionId,
        step: Step<workflow::connection::Connection>,
    ) -> Result<(), Failure> {
        match step {
            Step::Moved { to, action } => {
                let now = self.ctx.now;
                self.connection_mut(id).into_iter().for_each(|one| {
                    one.state = to;
                    if action.is_some() {
                        one.updated = now;
                    }
                });
                if let Some(action) = action {
                    self.do_connection_action(id, action);
                }
                Ok(())
            }
            Step::Refused(Refusal::NotActive) => Err(Failure::ConnectionNotActive),
            Step::Refused(_) => Err(Failure::NotNow),
            Step::Ended => Err(Failure::ConnectionUnknown),
            Step::Ignored => Ok(()),
        }
    }

    /// What it means, and what the partner is told (contract section 5.7).
    fn do_connection_action(&mut self, id: ConnectionId, action: Action) {
        let own = match action {
            Action::Activate => Some(EventKind::ConnectionActivated),
            Action::Invalidate => Some(EventKind::ConnectionInvalidated),
            Action::Update => None,
            Action::Delete => {
                self.forget_bank_session(id);
                self.connection_mut(id).into_iter().for_each(|one| one.login_id = None);
                return self.connection_event(EventKind::ConnectionDeleted, id);
            }
            Action::Purge => {
                let institution = self.user.connection(id).map(|one| one.institution);
                return institution.map_or((), |one| self.purge_institution(one));
            }
            Action::TryAgain => return self.try_again(id),
        };
        self.connection_event(EventKind::ConnectionUpdated, id);
        if let Some(kind) = own {
            self.connection_event(kind, id);
        }
    }

    fn forget_bank_session(&mut self, id: ConnectionId) {
        let Some(connection) = self.connection_mut(id) else { return };
        let institution = connection.institution;
        (connection.retry_at, connection.retry_until) = (None, None);
        if let Some(session) = connection.session.take() {
            self.gathers.push(Gather::SignOut { institution, session });
        }
    }

    pub(super) fn connection_event(&mut self, kind: EventKind, id: ConnectionId) {
        let Some(view) = self.user.connections.iter().find(|one| one.id == id).map(Connection::view) else {
            return;
        };
        let consent = Some(view.consent);
        self.event_about(kind, consent, Some(id.0), EventData::Connection(Box::new(view)));
    }

    /// The consent is over: all that it covered goes, each connection is told as deleted, and nothing more
    /// is read.
    pub(super) fn end_covered(&mut self, consent: ConsentId) {
        let covered = self.user.connections.iter().filter(|one| one.consent == consent);
        let covered: Vec<ConnectionId> = covered.map(|one| one.id).collect();
        for id in &covered {
            // One that its partner deleted before is gone already, and was told.
            let _ = self.step_connection(*id, Input::Delete);
        }
        // The jobs after their connections: of one that is gone nothing more is told.
        let open = self.user.jobs.iter().filter(|job| job.is_open() && job.consent == consent);
        let open: Vec<_> = open.map(|job| job.id).collect();
        for job in open {
            let _ = self.step_job(job, JobInput::ConsentOver);
        }
        for id in covered {
            self.forget_bank_session(id);
            self.sweep_all(id);
        }
        self.user.connections.retain(|one| one.consent != consent);
    }

    /// All that was read by a connection goes, also what is shown.
    fn sweep_all(&mut self, connection: ConnectionId) {
        for rows in Rows::ALL {
            let id = self.effect_id();
            self.effects.push(Effect::Sweep { id, connection, rows, keep: 0, up_to: u32::MAX });
        }
    }
}
