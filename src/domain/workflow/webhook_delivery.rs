//! The names of a webhook message's lifecycle, its bounds and its safety rules.

use super::{Bound, Names, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/webhook_delivery.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookDelivery;

names! {
    /// Where a message can stand.
    State {
        /// It was not tried yet.
        Pending = "pending",
        /// It was tried and failed, and is tried again.
        Retrying = "retrying",
        /// The receiver has it.
        Delivered = "delivered",
        /// All tries failed.
        Exhausted = "exhausted",
    }
}

names! {
    /// What can come of a try.
    Input {
        /// The receiver took it.
        Accept = "accept",
        /// It did not, and there are tries left.
        Fail = "fail",
        /// It did not, and this was the last try.
        FailLast = "fail_last",
        /// The receiver says that it is gone for good.
        Gone = "gone",
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
        /// Set the time of the next try.
        TryLater = "try_later",
        /// Stop everything to this webhook until the partner approves it again.
        Halt = "halt",
    }
}

names! {
    /// The numbers.
    Limit {
        /// The waits between tries.
        Retries = "retries",
        /// How long one try may take.
        Timeout = "timeout",
        /// The longest wait that a receiver can ask for.
        RetryAfter = "retry_after",
        /// The longest wait between first tries to a receiver that fails.
        Pause = "pause",
        /// From when on a receiver is slow.
        Slow = "slow",
        /// How long a message is shown.
        Kept = "kept",
        /// How long a rotated secret counts.
        Rotation = "rotation",
    }
}

impl Workflow for WebhookDelivery {
    const NAME: &'static str = "webhook_delivery";
    const SOURCE: &'static str = include_str!("../../../workflows/webhook_delivery.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        let span = |min, max| Bound::Span { min, max, is_deadline: false };
        match limit {
            Limit::Retries => Bound::Spans { min: Span(0), max: Span::days(1), len_max: 15 },
            Limit::Timeout => span(Span(100), Span::minutes(1)),
            Limit::RetryAfter => span(Span(0), Span::days(1)),
            Limit::Pause => span(Span(0), Span::minutes(15)),
            Limit::Slow => span(Span(10), Span::minutes(1)),
            Limit::Kept => span(Span::seconds(1), Span::days(365)),
            Limit::Rotation => span(Span(0), Span::days(30)),
        }
    }

    fn safety(table: &Table<Self>) -> Vec<String> {
        let mut wrong = Vec::new();
        for state in State::ALL.iter().copied() {
            for (what, arrow) in table.arrows(state) {
                if arrow.to == State::Delivered && what != Input::Accept.name() {
                    wrong.push(format!("`{what}` says delivered though the receiver did not take it"));
                }
                let halts = arrow.action == Some(Action::Halt);
                if arrow.to == State::Exhausted && state != State::Exhausted && !halts {
                    wrong.push(format!("`{what}` gives a message up and goes on as if nothing were"));
                }
                if what == Input::Gone.name() && !halts {
                    wrong.push("`gone` does not halt".into());
                }
            }
        }
        wrong
    }
}
