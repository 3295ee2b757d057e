//! Which page shows what the engine answered: plain functions from replies and refusals to pages. The
//! table is printed and compared in the tests (decisions section 1). Must not know: HTTP, words.

use super::view::End;
use crate::domain::command::{Failure, LinkFace, SessionView};
use crate::domain::errand::{Action, Errand};
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
    /// Asked whether it should last longer.
    Extend,
    /// Shown where a new sign-in is needed.
    Renew,
    /// Shown what is shared, to see and to end.
    Manage,
    /// There is no consent for what they were sent for.
    Nothing,
    /// All disclosed.
    Done,
    /// What they were sent for is done.
    Finished,
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
        State::InSession if face.session.is_own => LinkPage::Home,
        State::InSession => LinkPage::Ended(End::InUse),
        State::Completed => LinkPage::Ended(End::Finished),
        State::Abandoned if face.session.end == Some(consent_session::State::TimedOut) => {
            LinkPage::Ended(End::TimedOut)
        }
        State::Abandoned if !face.has_consent && face.session.end == Some(consent_session::State::Left) => {
            LinkPage::Ended(End::NothingAgreed)
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
        State::Consenting | State::Connecting => inside_page(view),
        State::Disclosed => SessionPage::Done,
        State::Left => SessionPage::Left,
        State::Finished => SessionPage::Finished,
        // Whichever of the two limits came first was the one that ended it.
        State::TimedOut if view.total_at <= view.idle_at => SessionPage::Ended(End::TooLong),
        State::TimedOut => SessionPage::Ended(End::Idle),
        State::Revoked if view.is_replaced => SessionPage::Ended(End::Replaced),
        State::Revoked => SessionPage::Ended(End::Withdrawn),
    }
}

/// What somebody who is inside was sent for decides what they are shown, until they agreed in here.
fn inside_page(view: &SessionView) -> SessionPage {
    let is_connecting = view.state == consent_session::State::Connecting;
    match view.errand.action {
        Action::Manage => SessionPage::Manage,
        _ if is_connecting && !view.carried => SessionPage::Connect,
        Action::Extend | Action::Update | Action::Reauthorise if view.consent.is_none() => {
            SessionPage::Nothing
        }
        Action::Extend => SessionPage::Extend,
        Action::Update if view.is_current => SessionPage::Extend,
        Action::Reauthorise if is_connecting => SessionPage::Renew,
        _ if is_connecting => SessionPage::Connect,
        _ => SessionPage::Consent,
    }
}

/// Where somebody goes who comes in, or has just agreed: to what they were sent for.
pub fn landing(view: &SessionView) -> String {
    let is_known = |id| view.connections.iter().any(|one| one.id == id);
    let page = session_page(view);
    match (page, view.errand) {
        (SessionPage::Connect | SessionPage::Renew, Errand { connection: Some(id), .. }) if is_known(id) => {
            format!("/connect/connections/{id}")
        }
        (SessionPage::Connect, Errand { institution: Some(id), .. }) => format!("/connect/banks/{id}"),
        (SessionPage::Connect, Errand { action: Action::Connect, .. }) => "/connect/banks".into(),
        (SessionPage::Connect, _) => "/connect".into(),
        (SessionPage::Renew, _) => "/connect/renew".into(),
        (SessionPage::Manage, _) => "/manage".into(),
        _ => "/home".into(),
    }
}

/// What becomes of a refusal on a session's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The session's own page says how things stand: a double click, the back button, another window.
    Home,
    /// The page with the banks does.
    Banks,
    /// The page that asks what becomes of what still waits for an answer.
    Waiting,
    /// The page that asks about what seems to be missing.
    Check,
    /// A dead end.
    Ended(End),
}

/// What becomes of a refused press, or of a token that opens nothing.
pub fn refused(failure: Failure) -> Refused {
    match failure {
        Failure::SessionOver(_) | Failure::ConsentNeeded | Failure::NotNow => Refused::Home,
        Failure::JobUnknown | Failure::JobOver | Failure::AnswersMissing | Failure::InstitutionRefused => {
            Refused::Banks
        }
        Failure::JobsWaiting => Refused::Waiting,
        Failure::GapsUnasked => Refused::Check,
        Failure::TooManyJobs => Refused::Ended(End::Busy),
        Failure::TooManyConnections | Failure::TooManySandboxConnections => Refused::Ended(End::TooManyBanks),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::SessionFace;
    use crate::domain::connection::{Connection, Login};
    use crate::domain::consent::Consent;
    use crate::domain::consent_session::Origin;
    use crate::domain::id::{ApplicationId, AuthLinkId, ConnectionId, ConsentId, SessionId, UserId};
    use crate::domain::institution::InstitutionId;
    use crate::domain::secret::Secret;
    use crate::domain::time::UnixMillis;
    use crate::domain::workflow::Names;
    use std::fmt::Write;
    use uuid::Uuid;

    const GOLDEN: &str = include_str!("../../../tests/golden/pages.txt");

    fn face(
        state: auth_link::State,
        (is_own, has_consent): (bool, bool),
        end: Option<consent_session::State>,
    ) -> LinkFace {
        LinkFace {
            user: UserId(Uuid::nil()),
            application: ApplicationId(Uuid::nil()),
            state,
            mobile_ending: Some("222".into()),
            now: UnixMillis(0),
            expires: UnixMillis(0),
            code: None,
            was_refused: false,
            sends_left: 10,
            ended: None,
            takes_code_again: false,
            session: SessionFace { is_own, end, closes: None },
            has_consent,
        }
    }

    fn view(state: consent_session::State, is_replaced: bool, total_at: i64) -> SessionView {
        SessionView {
            session: SessionId(Uuid::nil()),
            user: UserId(Uuid::nil()),
            application: ApplicationId(Uuid::nil()),
            state,
            origin: Origin::Link(AuthLinkId(Uuid::nil())),
            mobile_ending: Some("222".into()),
            now: UnixMillis(0),
            idle_at: UnixMillis(100),
            total_at: UnixMillis(total_at),
            return_state: None,
            carried: true,
            errand: Errand::default(),
            former: Vec::new(),
            is_current: true,
            is_replaced,
            cookie: None,
            consent: None,
            jobs: Vec::new(),
            connections: Vec::new(),
            ended: None,
            logins: Vec::new(),
        }
    }

    fn link_row(face: &LinkFace) -> String {
        match link_page(face) {
            LinkPage::Open => "start and code, 200".into(),
            LinkPage::Home => "303 to /home".into(),
            LinkPage::Ended(end) => format!("{}, {}", end.name(), end.status().as_u16()),
        }
    }

    fn session_row(view: &SessionView) -> String {
        match session_page(view) {
            SessionPage::Ended(end) => format!("{}, {}", end.name(), end.status().as_u16()),
            SessionPage::Connect => "303 to /connect".into(),
            SessionPage::Renew => "303 to /connect/renew".into(),
            SessionPage::Nothing => "Nothing, 409".into(),
            SessionPage::Manage => "303 to /manage".into(),
            page => format!("{page:?}, 200"),
        }
    }

    fn refusal_row(failure: Failure) -> String {
        match refused(failure) {
            Refused::Home => "303 to /home".into(),
            Refused::Banks => "303 to /connect".into(),
            Refused::Waiting => "303 to /connect/waiting".into(),
            Refused::Check => "303 to /connect/check".into(),
            Refused::Ended(end) => format!("{}, {}", end.name(), end.status().as_u16()),
        }
    }

    fn table() -> String {
        let mut text =
            String::from("link state | session ended as | agreed | this browser's | page, status\n");
        for state in auth_link::State::ALL.iter().copied() {
            let ends = match state {
                auth_link::State::Abandoned => {
                    vec![Some(consent_session::State::Left), Some(consent_session::State::TimedOut)]
                }
                _ => vec![None],
            };
            let all = ends.into_iter().flat_map(|end| [(end, false), (end, true)]);
            for ((end, agreed), own) in all.flat_map(|all| [(all, false), (all, true)]) {
                let row = link_row(&face(state, (own, agreed), end));
                let word = |is| if is { "yes" } else { "no" };
                let (end, agreed, own) =
                    (end.map_or("-", consent_session::State::name), word(agreed), word(own));
                writeln!(text, "{} | {end} | {agreed} | {own} | {row}", state.name()).unwrap();
            }
        }
        text.push_str("\nsession state | link replaced | first limit | page, status\n");
        for state in consent_session::State::ALL.iter().copied() {
            for (replaced, total_at) in [(false, 200), (false, 100), (true, 200)] {
                let row = session_row(&view(state, replaced, total_at));
                let (replaced, first) =
                    (if replaced { "yes" } else { "no" }, if total_at > 100 { "idle" } else { "total" });
                writeln!(text, "{} | {replaced} | {first} | {row}", state.name()).unwrap();
            }
        }
        errands(&mut text);
        text.push_str("\nrefusal at /home | page, status\n");
        for failure in [
            Failure::SessionOver(consent_session::State::Left),
            Failure::ConsentNeeded,
            Failure::NotNow,
            Failure::PolicyChanged,
            Failure::PolicyMissing,
            Failure::TokenRevoked,
            Failure::TokenUsed,
            Failure::LinkRequired,
            Failure::JobUnknown,
            Failure::JobOver,
            Failure::AnswersMissing,
            Failure::InstitutionRefused,
            Failure::JobsWaiting,
            Failure::GapsUnasked,
            Failure::TooManyJobs,
            Failure::TooManyConnections,
            Failure::TooManySandboxConnections,
            Failure::SessionUnknown,
            Failure::UserUnknown,
        ] {
            writeln!(text, "{failure} | {}", refusal_row(failure)).unwrap();
        }
        text
    }

    /// Where whoever is sent for something is shown it, and where they land.
    fn errands(text: &mut String) {
        use consent_session::State::{Connecting, Consenting};
        text.push_str("\nsent for | consent | session state | page, status | lands at\n");
        let (connection, bank) = (ConnectionId(Uuid::nil()), InstitutionId::parse("AU00000"));
        let places = [(None, None), (bank, None), (None, Some(connection))];
        for action in Action::ALL {
            for (consent, state) in [
                ("none", Consenting),
                ("outdated", Consenting),
                ("outdated", Connecting),
                ("current", Consenting),
                ("current", Connecting),
                ("given here", Connecting),
            ] {
                let mut view = view(state, false, 200);
                view.consent = (consent != "none").then(consent_sample);
                (view.is_current, view.carried) = (consent != "outdated", consent != "given here");
                let bank = bank.unwrap();
                let login = Login { hash: [0; 16], id: Secret::new(String::new()) };
                let one = Connection::new(connection, ConsentId(Uuid::nil()), bank, login, UnixMillis(0));
                view.connections = vec![one.view()];
                let lands = places.map(|(institution, connection)| {
                    view.errand = Errand { action, institution, connection };
                    landing(&view)
                });
                let (row, lands) = (session_row(&view), lands.join(" "));
                writeln!(text, "{} | {consent} | {} | {row} | {lands}", action.name(), state.name()).unwrap();
            }
        }
    }

    fn consent_sample() -> Consent {
        let policy = crate::domain::application::Policy::standard();
        Consent::give(ConsentId(Uuid::nil()), &policy, UnixMillis(1), UnixMillis(0))
    }

    #[test]
    fn the_table_of_states_and_pages_is_the_one_that_was_agreed() {
        let table = table();
        assert_eq!(table, GOLDEN, "the table changed; when that is meant, the golden file becomes:\n{table}");
    }
}
