//! The names of the auth link's lifecycle, its bounds and its safety rules.

use super::{Bound, Names, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/auth_link.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthLink;

names! {
    /// Where a link can stand.
    State {
        /// Made, no living code.
        Issued = "issued",
        /// A code was texted.
        Challenged = "challenged",
        /// Spent by a right code: one person is in.
        InSession = "in_session",
        /// All disclosed.
        Completed = "completed",
        /// Left, or a session limit was reached.
        Abandoned = "abandoned",
        /// Too many wrong codes.
        Locked = "locked",
        /// Its days are over.
        Expired = "expired",
        /// Withdrawn by the partner.
        Deleted = "deleted",
        /// A newer link took its place.
        Replaced = "replaced",
    }
}

names! {
    /// What can come to a link.
    Input {
        /// Somebody looks.
        View = "view",
        /// Somebody wants a text.
        RequestCode = "request_code",
        /// Somebody wants a text while the last one is still fresh.
        RequestCodeEarly = "request_code_early",
        /// The right code.
        CodeRight = "code_right",
        /// A wrong code with tries left.
        CodeWrong = "code_wrong",
        /// The last wrong code.
        CodeWrongLast = "code_wrong_last",
        /// A code where none is alive.
        CodeLate = "code_late",
        /// The gateway will never take the text with the living code.
        TextRefused = "text_refused",
        /// All is disclosed.
        Disclose = "disclose",
        /// The session ended without disclosure.
        Abandon = "abandon",
        /// A newer link is made.
        Replace = "replace",
        /// The partner withdraws it.
        Delete = "delete",
    }
}

names! {
    /// What an arrow can ask.
    Guard {
        /// Texts are left.
        MaySend = "may_send",
        /// Always says no.
        Never = "never",
    }
}

names! {
    /// What an arrow can do.
    Action {
        /// Make a code and text it.
        SendCode = "send_code",
        /// Count a wrong code.
        CountWrong = "count_wrong",
        /// Count the last wrong code and close.
        Lock = "lock",
        /// The code is worthless.
        ForgetCode = "forget_code",
        /// The code is worthless, for it will reach nobody; say so.
        MissText = "miss_text",
        /// Open the session.
        OpenSession = "open_session",
        /// Close: disclosed.
        Complete = "complete",
        /// Close: left.
        Abandon = "abandon",
        /// Close: its days are over.
        Expire = "expire",
        /// Close: replaced or deleted; whoever is in is out.
        EndLink = "end_link",
    }
}

names! {
    /// The numbers.
    Limit {
        /// How long it lets people in.
        Lifetime = "lifetime",
        /// How long a code counts.
        CodeLifetime = "code_lifetime",
        /// Wrong codes until it locks.
        CodeTries = "code_tries",
        /// Texts per link.
        CodeSends = "code_sends",
        /// Waits between texts; the last repeats.
        CodeCooldown = "code_cooldown",
    }
}

impl Workflow for AuthLink {
    const NAME: &'static str = "auth_link";
    const SOURCE: &'static str = include_str!("../../../workflows/auth_link.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        match limit {
            Limit::Lifetime => Bound::deadline(Span::seconds(1), Span::days(30)),
            Limit::CodeLifetime => Bound::deadline(Span::seconds(1), Span::minutes(60)),
            Limit::CodeTries => Bound::Count { min: 1, max: 10 },
            Limit::CodeSends => Bound::Count { min: 1, max: 20 },
            Limit::CodeCooldown => Bound::Spans { min: Span(0), max: Span::minutes(60), len_max: 20 },
        }
    }

    fn safety(table: &Table<Self>) -> Vec<String> {
        let mut wrong = Vec::new();
        for state in State::ALL.iter().copied() {
            for (what, arrow) in table.arrows(state) {
                let enters = arrow.to == State::InSession && state != State::InSession;
                if enters && (state, what) != (State::Challenged, Input::CodeRight.name()) {
                    wrong.push(format!("only a right code while challenged opens a session, not `{what}`"));
                }
                if what == Input::View.name() && arrow.to != state {
                    wrong.push(format!("looking must not move a link, but does in `{}`", state.name()));
                }
            }
        }
        wrong
    }
}
