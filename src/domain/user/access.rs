//! Who may ask what of a user.

use super::Turn;
use crate::domain::command::{Caller, Command, Failure};
use crate::domain::id::{ApplicationId, AuthLinkId, SessionId};
use crate::domain::workflow::{auth_link, consent_session};

impl Turn<'_> {
    /// Refuses callers of other applications as if the user were not there, and tokens whose link or
    /// session is over.
    pub(super) fn may(&self, caller: Caller, command: &Command) -> Result<(), Failure> {
        match caller {
            Caller::House | Caller::Applicant => Ok(()),
            Caller::Server(application) | Caller::Client(application) => self.same_application(application),
            Caller::LinkClient { application, link, session } => {
                self.same_application(application)?;
                self.token_stands(link, session, command)
            }
        }
    }

    fn same_application(&self, application: ApplicationId) -> Result<(), Failure> {
        if application == self.user.application { Ok(()) } else { Err(Failure::UserUnknown) }
    }

    fn token_stands(&self, link: AuthLinkId, session: SessionId, command: &Command) -> Result<(), Failure> {
        let link = self.user.link.as_ref().filter(|ours| ours.id == link).ok_or(Failure::TokenRevoked)?;
        let session =
            self.user.session.as_ref().filter(|ours| ours.id == session).ok_or(Failure::TokenRevoked)?;
        match (link.state, session.state) {
            (auth_link::State::InSession, _) if session.ended.is_none() => Ok(()),
            // The token that disclosed may say so again, and watch the jobs of its session (decisions section 1).
            (auth_link::State::Completed, consent_session::State::Disclosed)
                if matches!(
                    command,
                    Command::DiscloseByToken { .. } | Command::Exchange { .. } | Command::GetJob(_)
                ) =>
            {
                Ok(())
            }
            _ => Err(Failure::TokenRevoked),
        }
    }
}
