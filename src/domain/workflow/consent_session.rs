//! The names of the session's lifecycle, its bounds and its safety rules.

use super::{Bound, Names, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/consent_session.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentSession;

names! {
    /// Where a session can stand.
    State {
        /// Asked to agree.
        Consenting = "consenting",
        /// Agreed; connects institutions.
        Connecting = "connecting",
        /// All disclosed.
        Disclosed = "disclosed",
        /// Left, or said no.
        Left = "left",
        /// What they were sent for is done.
        Finished = "finished",
        /// Idled or lasted too long.
        TimedOut = "timed_out",
        /// Its link was deleted or replaced.
        Revoked = "revoked",
    }
}

names! {
    /// What can come to a session.
    Input {
        /// It begins: perhaps a consent is there already.
        Resume = "resume",
        /// The person is to sign in again at what is connected.
        Renew = "renew",
        /// The person agrees.
        Agree = "agree",
        /// The person says no.
        Decline = "decline",
        /// The person signs in at an institution, or answers it.
        Connect = "connect",
        /// The person says that all is disclosed.
        Disclose = "disclose",
        /// The person leaves.
        Leave = "leave",
        /// What the person was sent for is done.
        Finish = "finish",
        /// The person is still here.
        Touch = "touch",
        /// The consent ended meanwhile.
        ConsentEnded = "consent_ended",
        /// The link was deleted or replaced.
        Revoke = "revoke",
    }
}

names! {
    /// What an arrow can ask.
    Guard {
        /// The number is proved, or the partner's token allowed.
        OriginProved = "origin_proved",
        /// That, and an active consent on the current policy.
        MayConnect = "may_connect",
        /// The first, and an active consent, also on an older policy.
        IsCovered = "is_covered",
        /// Always says no.
        Never = "never",
    }
}

names! {
    /// What an arrow can do.
    Action {
        /// Write the consent down.
        ActivateConsent = "activate_consent",
        /// Note that the person is here.
        Touch = "touch",
        /// The link is completed with it.
        Disclose = "disclose",
        /// The link is abandoned with it.
        Leave = "leave",
        /// The link is abandoned with it.
        TimeOut = "time_out",
    }
}

names! {
    /// The numbers.
    Limit {
        /// How long nothing may happen.
        Idle = "idle",
        /// How long it may last.
        Total = "total",
        /// How rarely a touch is committed.
        Touch = "touch",
    }
}

impl Workflow for ConsentSession {
    const NAME: &'static str = "consent_session";
    const SOURCE: &'static str = include_str!("../../../workflows/consent_session.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        match limit {
            Limit::Idle => Bound::deadline(Span::seconds(1), Span::days(1)),
            Limit::Total => Bound::deadline(Span::seconds(1), Span::days(7)),
            Limit::Touch => Bound::Span { min: Span(0), max: Span::minutes(10), is_deadline: false },
        }
    }

    fn safety(table: &Table<Self>) -> Vec<String> {
        let mut wrong = Vec::new();
        for state in State::ALL.iter().copied().filter(|state| *state != State::Connecting) {
            for (what, arrow) in table.arrows(state).filter(|(_, arrow)| arrow.to == State::Connecting) {
                let guard = arrow.guard.map(|(guard, _)| guard);
                let agrees =
                    guard == Some(Guard::OriginProved) && arrow.action == Some(Action::ActivateConsent);
                let is_covered = matches!(guard, Some(Guard::MayConnect | Guard::IsCovered));
                if !is_covered && !agrees {
                    wrong.push(format!(
                        "`{what}` reaches connecting without a proved origin and an active consent"
                    ));
                }
            }
        }
        wrong
    }
}
