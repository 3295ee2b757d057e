//! The names of the connection's lifecycle, its bounds and its safety rules.

use super::{Bound, Names, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/connection.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection;

names! {
    /// Where a connection can stand.
    State {
        /// Nothing was read by it yet.
        Pending = "pending",
        /// The last job came to its end.
        Active = "active",
        /// The last job did not.
        Invalid = "invalid",
        /// Deleted by the partner; what was read by it stays.
        Deleted = "deleted",
    }
}

names! {
    /// What can come to a connection.
    Input {
        /// A job came to its end, the first that did.
        CompleteFirst = "complete_first",
        /// A job came to its end again.
        Complete = "complete",
        /// A job failed for a cause that lies with the person.
        Refuse = "refuse",
        /// A job failed for another cause.
        Fail = "fail",
        /// The partner wants what was read at its institution removed.
        Purge = "purge",
        /// The partner deletes it.
        Delete = "delete",
    }
}

names! {
    /// What an arrow can ask.
    Guard {
        /// Always says no.
        Never = "never",
    }
}

names! {
    /// What an arrow can do.
    Action {
        /// Say that it works from now on.
        Activate = "activate",
        /// Say that the person must act.
        Invalidate = "invalidate",
        /// Say that it changed.
        Update = "update",
        /// Remove what was read at its institution.
        Purge = "purge",
        /// Read by it once more.
        TryAgain = "try_again",
        /// Say that it is gone.
        Delete = "delete",
    }
}

names! {
    /// The numbers.
    Limit {
        /// How many a user can have.
        PerUser = "per_user",
        /// How many all users of a sandbox application can have.
        PerSandbox = "per_sandbox",
        /// How long after a reading that came to nothing it is tried again.
        Retry = "retry",
        /// How long it is tried again.
        RetryFor = "retry_for",
    }
}

impl Workflow for Connection {
    const NAME: &'static str = "connection";
    const SOURCE: &'static str = include_str!("../../../workflows/connection.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        match limit {
            Limit::PerUser => Bound::Count { min: 1, max: 50 },
            Limit::PerSandbox => Bound::Count { min: 1, max: 10_000_000 },
            Limit::Retry => Bound::deadline(Span::seconds(1), Span::days(7)),
            Limit::RetryFor => Bound::Span { min: Span(0), max: Span::days(30), is_deadline: false },
        }
    }

    fn safety(table: &Table<Self>) -> Vec<String> {
        let mut wrong = Vec::new();
        let ended_well = [Input::CompleteFirst.name(), Input::Complete.name()];
        for state in State::ALL.iter().copied() {
            for (what, arrow) in table.arrows(state) {
                if arrow.to == State::Active && state != State::Active && !ended_well.contains(&what) {
                    wrong.push(format!("`{what}` makes a connection active without a job that ended well"));
                }
            }
        }
        wrong
    }
}
