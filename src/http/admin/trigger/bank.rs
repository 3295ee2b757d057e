//! Events that a bank brings: somebody signs in at the sandbox bank, and it is read. Must not know: what a bank
//! answers.

use super::impossible;
use super::walk::Walk;
use crate::domain::bank::Credentials;
use crate::domain::command::{Command, Reply};
use crate::domain::event::EventKind;
use crate::domain::id::ConnectionId;
use crate::domain::institution::{Institution, InstitutionId};
use crate::domain::secret::Secret;
use crate::engine::user::core::Trouble;
use crate::http::error::ApiError;

/// Where somebody signs in: institutions that want no more than a password.
const PLACES: [InstitutionId; 2] = [InstitutionId(*b"AU00000"), InstitutionId(*b"AU00001")];

/// Login id and password of the sandbox (docs/SANDBOX.md): everything is in order.
const WELL: (&str, &str) = ("Whistler", "ShowBox");

/// The password is another.
const REFUSED: (&str, &str) = ("Whistler", "not-the-password");

/// The bank session is good for one reading.
const ONCE: (&str, &str) = ("read-once", "magic");

/// An account has another name at the next reading.
const RENAMED: (&str, &str) = ("renames", "magic");

impl Walk<'_> {
    /// What comes of signing in somewhere.
    pub(super) async fn bank_to(&self, kind: EventKind) -> Result<(), ApiError> {
        let Reply::Connections(there) = self.server(Command::ListConnections).await? else {
            return Err(Trouble::Defect.into());
        };
        let there: Vec<InstitutionId> = there.iter().map(|one| one.institution).collect();
        let institution = place(self.engine.house().institutions, &there)?;
        let cookie = self.agreed().await?;
        let (login_id, password) = match kind {
            EventKind::JobFailed => REFUSED,
            EventKind::ConnectionInvalidated => ONCE,
            EventKind::AccountUpdated => RENAMED,
            _ => WELL,
        };
        let credentials =
            Credentials { login_id: Secret::new(login_id.into()), password: Secret::new(password.into()) };
        let before = self.engine.last_event(self.application)?;
        let connect = Command::Connect { cookie: Some(cookie), institution, credentials };
        let (Reply::Job(job) | Reply::JobAgain(job)) = self.person(connect).await? else {
            return Err(Trouble::Defect.into());
        };
        if kind == EventKind::JobFailed {
            return Ok(());
        }
        self.is_read(before).await?;
        self.then(kind, job.connection).await
    }

    /// Waits until the bank was read.
    async fn is_read(&self, before: u64) -> Result<(), ApiError> {
        let (_, end) = self.happened(&[EventKind::JobCompleted, EventKind::JobFailed], before).await?;
        if end.kind == EventKind::JobCompleted {
            return Ok(());
        }
        Err(impossible("The sandbox bank could not be read: the user's jobs say why."))
    }

    /// What happens to a connection that was read.
    async fn then(&self, kind: EventKind, connection: ConnectionId) -> Result<(), ApiError> {
        match kind {
            EventKind::ConnectionDeleted => {
                self.server(Command::DeleteConnection(connection)).await.map(drop)
            }
            EventKind::ConnectionInvalidated | EventKind::AccountUpdated => {
                self.server(Command::RefreshConnection(connection)).await.map(drop)
            }
            // All else came with the reading.
            _ => Ok(()),
        }
    }
}

/// An institution at which the user has no login: a second one of the same would be no new connection.
fn place(all: &[Institution], there: &[InstitutionId]) -> Result<InstitutionId, ApiError> {
    if all.is_empty() {
        return Err(impossible("This server has no sandbox bank: sandbox.bank_url says where it finds one."));
    }
    let is_free = |one: &InstitutionId| !there.contains(one) && all.iter().any(|known| known.id == *one);
    PLACES.into_iter().find(is_free).ok_or_else(|| {
        impossible("The user has logins at AU00000 and AU00001 already: leave the user out, or name another.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::institution::SANDBOX;
    use crate::http::error::Code;

    #[test]
    fn a_place_is_one_where_the_user_has_no_login() {
        let [first, second] = PLACES;
        assert_eq!(place(SANDBOX, &[]).ok(), Some(first));
        assert_eq!(place(SANDBOX, &[first]).ok(), Some(second));
        for (all, there) in [(SANDBOX, &PLACES[..]), (&[], &[])] {
            assert_eq!(place(all, there).unwrap_err().code(), Code::NotPossibleNow);
        }
    }
}
