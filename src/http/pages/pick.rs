//! Which page shows what the engine answered: plain functions from replies and refusals to pages. The
//! table is printed and compared in the tests (decisions section 1). Must not know: HTTP, words.

use super::view::End;
use crate::domain::command::{Failure, LinkFace, SessionView};
use crate::domain::workflow::{auth_link, consent_session};
use crate::engine::user::core::Trouble;

/// Where somebody who opens a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPage {
    /// The link is open: start and code pages.
    Open,
    /// This browser is in by it: it goes on there.
    Home,
    /// A dead end.
    Ended(End),
}

/// Where somebody is who holds a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPage {
    /// Asked to agree.
    Consent,
    /// Agreed.
    Connect,
    /// All disclosed.
    Done,
    /// Said no, or left.
    Left,
    /// A dead end.
    Ended(End),
}

/// The page of a link.
pub fn link_page(face: &LinkFace) -> LinkPage {
    use auth_link::State;
    match face.state {
        State::Issued | State::Challenged => LinkPage::Open,
        State::InSession if face.is_own_session => LinkPage::Home,
        State::InSession => LinkPage::Ended(End::InUse),
        State::Completed => LinkPage::Ended(End::Finished),
        State::Abandoned if face.session_end == Some(consent_session::State::TimedOut) => {
            LinkPage::Ended(End::TimedOut)
        }
        State::Abandoned => LinkPage::Ended(End::LeftUnfinished),
        State::Locked => LinkPage::Ended(End::Locked),
        State::Expired => LinkPage::Ended(End::Expired),
        State::Deleted => LinkPage::Ended(End::Withdrawn),
        State::Replaced => LinkPage::Ended(End::Replaced),
    }
}

/// The page of a session.
pub fn session_page(view: &SessionView) -> SessionPage {
    use consent_session::State;
    match view.state {
        State::Consenting => SessionPage::Consent,
        State::Connecting => SessionPage::Connect,
        State::Disclosed => SessionPage::Done,
        State::Left => SessionPage::Left,
        // Whichever of the two limits came first was the one that ended it.
        State::TimedOut if view.total_at <= view.idle_at => SessionPage::Ended(End::TooLong),
        State::TimedOut => SessionPage::Ended(End::Idle),
        State::Revoked if view.is_replaced => SessionPage::Ended(End::Replaced),
        State::Revoked => SessionPage::Ended(End::Withdrawn),
    }
}

/// What becomes of a refusal on a session's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The session's own page says how things stand: a double click, the back button, another window.
    Home,
    /// A dead end.
    Ended(End),
}

/// What becomes of a refused press, or of a token that opens nothing.
pub fn refused(failure: Failure) -> Refused {
    match failure {
        Failure::SessionOver(_) | Failure::ConsentNeeded | Failure::NotNow => Refused::Home,
        Failure::PolicyChanged => Refused::Ended(End::PolicyChanged),
        Failure::PolicyMissing => Refused::Ended(End::PolicyMissing),
        Failure::TokenRevoked => Refused::Ended(End::TokenDead),
        Failure::TokenUsed => Refused::Ended(End::TokenUsed),
        Failure::LinkRequired => Refused::Ended(End::LinkRequired),
        // Whatever else a user can answer has no place on these pages: nothing is open here.
        _ => Refused::Ended(End::SessionUnknown),
    }
}

/// What is wrong with the machinery, as people may read it.
pub const fn trouble(trouble: Trouble) -> End {
    match trouble {
        Trouble::Busy | Trouble::Full | Trouble::Conflict => End::Busy,
        Trouble::Store | Trouble::Defect => End::Broken,
    }
}
