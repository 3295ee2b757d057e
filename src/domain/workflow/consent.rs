//! The names of the consent's lifecycle, its bounds and its safety rules.

use super::{Bound, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/consent.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent;

names! {
    /// Where a consent can stand.
    State {
        /// It covers what it says.
        Active = "active",
        /// Withdrawn, revoked or superseded.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
    }
}

names! {
    /// What can come to a consent.
    Input {
        /// The person withdraws it.
        Withdraw = "withdraw",
        /// The partner revokes it.
        Revoke = "revoke",
        /// The person lets it last longer.
        Extend = "extend",
        /// A newer one takes its place.
        Supersede = "supersede",
    }
}

names! {
    /// What an arrow can ask: nothing, so far.
    Guard {
        /// Always says no.
        Never = "never",
    }
}

names! {
    /// What an arrow can do.
    Action {
        /// It becomes history.
        EndConsent = "end_consent",
        /// It becomes history, by the partner's hand.
        EndConsentByPartner = "end_consent_by_partner",
        /// It becomes history, by time.
        Expire = "expire",
        /// It ends later.
        Extend = "extend",
        /// The partner hears that it ends soon.
        Warn = "warn",
        /// The partner hears that it is there.
        Remind = "remind",
    }
}

names! {
    /// The numbers.
    Limit {
        /// The longest that a consent may last.
        Duration = "duration",
        /// How long before its end it is said that it ends soon.
        Warning = "warning",
        /// How often it is said that it is there.
        Reminder = "reminder",
    }
}

impl Workflow for Consent {
    const NAME: &'static str = "consent";
    const SOURCE: &'static str = include_str!("../../../workflows/consent.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        match limit {
            Limit::Warning => Bound::deadline(Span::seconds(1), Span::days(90)),
            Limit::Duration | Limit::Reminder => Bound::deadline(Span::seconds(1), Span::days(366)),
        }
    }

    fn safety(_table: &Table<Self>) -> Vec<String> {
        // That end states are never left is checked for every lifecycle.
        Vec::new()
    }
}
