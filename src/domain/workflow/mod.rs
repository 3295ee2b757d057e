//! Lifecycles: the arrow tables of workflows/*.toml, compiled at start and refused as a whole when
//! anything is wrong with them. [`grammar`] reads a file, [`compile`] checks it and makes the dense
//! table, [`limits`] knows durations and bounds, [`draw`] prints tables for people.
//!
//! Must not know: what guards and actions mean (domain/user), who calls.

pub mod auth_link;
pub mod compile;
pub mod connection;
pub mod consent;
pub mod consent_session;
pub mod draw;
pub mod grammar;
pub mod job;
pub mod limits;
#[cfg(test)]
mod tests;
pub mod webhook_delivery;

pub use compile::Table;
pub use grammar::Fault;
pub use limits::{Bound, Overrides};

use std::collections::BTreeMap;

/// The names of one closed set: states, inputs, guards, actions or limits.
pub trait Names: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// All of them, in order.
    const ALL: &'static [Self];
    /// As it stands in the file: lower case with underscores.
    fn name(self) -> &'static str;
    /// The place in [`Names::ALL`].
    fn index(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(0)
    }
    /// The one with that name.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// Declares a closed set of names: the enum and its words in the file, side by side.
macro_rules! names {
    ($(#[$doc:meta])* $set:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $set { $($(#[$each])* $variant),+ }

        impl $crate::domain::workflow::Names for $set {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
pub(crate) use names;

names! {
    /// Why a table says no: every error code that an `else` may name, for all lifecycles.
    Refusal {
        /// The link was spent by a right code.
        LinkSpent = "link-spent",
        /// No more texts for this link.
        SmsLimit = "sms-limit",
        /// No living code.
        CodeLate = "code-late",
        /// Agree first.
        ConsentNeeded = "consent-needed",
        /// The right to be here is not proved.
        OriginNotProved = "origin-not-proved",
        /// Nothing was read by it, or not lately.
        NotActive = "not-active",
        /// Not possible at this point.
        NotNow = "not-now",
    }
}

/// One lifecycle: its file, and the names that the file may use.
pub trait Workflow: Sized + Copy + std::fmt::Debug + Send + Sync + 'static {
    /// Its name: `workflows/NAME.toml`.
    const NAME: &'static str;
    /// The embedded file.
    const SOURCE: &'static str;
    /// Where it can stand.
    type State: Names;
    /// What can come.
    type Input: Names;
    /// What can be asked before an arrow is taken.
    type Guard: Names;
    /// What an arrow can do.
    type Action: Names;
    /// The numbers.
    type Limit: Names;

    /// What a limit is and between what it may lie.
    fn bound(limit: Self::Limit) -> Bound;

    /// The safety rules that no file may break, as sentences about what is wrong.
    fn safety(table: &Table<Self>) -> Vec<String>;
}

/// What an arrow leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow<W: Workflow> {
    /// The next state; the same for `stay`.
    pub to: W::State,
    /// What must hold, and the answer when it does not.
    pub guard: Option<(W::Guard, Refusal)>,
    /// What is done.
    pub action: Option<W::Action>,
}

/// What taking an arrow comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<W: Workflow> {
    /// Taken; `to` is the same state for `stay`.
    Moved {
        /// The next state.
        to: W::State,
        /// What is to be done.
        action: Option<W::Action>,
    },
    /// The guard said no.
    Refused(Refusal),
    /// It is over: an end state answers nothing.
    Ended,
    /// This limit means nothing in this state.
    Ignored,
}

/// All lifecycles of this server.
#[derive(Debug, Clone)]
pub struct Workflows {
    /// The auth link.
    pub auth_link: Table<auth_link::AuthLink>,
    /// The session.
    pub consent_session: Table<consent_session::ConsentSession>,
    /// The consent.
    pub consent: Table<consent::Consent>,
    /// The connection.
    pub connection: Table<connection::Connection>,
    /// The job.
    pub job: Table<job::Job>,
    /// A webhook's message.
    pub webhook_delivery: Table<webhook_delivery::WebhookDelivery>,
}

impl Workflows {
    /// The embedded lifecycles with the operator's limits, by workflow name.
    ///
    /// # Errors
    /// Every fault there is, at once.
    pub fn load(overrides: &BTreeMap<String, Overrides>) -> Result<Self, Vec<Fault>> {
        let mut faults = unknown(overrides);
        let none = Overrides::new();
        let of = |name: &str| overrides.get(name).unwrap_or(&none);
        let auth_link = collect(Table::embedded(of(auth_link::AuthLink::NAME)), &mut faults);
        let consent_session =
            collect(Table::embedded(of(consent_session::ConsentSession::NAME)), &mut faults);
        let consent = collect(Table::embedded(of(consent::Consent::NAME)), &mut faults);
        let connection = collect(Table::embedded(of(connection::Connection::NAME)), &mut faults);
        let job = collect(Table::embedded(of(job::Job::NAME)), &mut faults);
        let webhook_delivery =
            collect(Table::embedded(of(webhook_delivery::WebhookDelivery::NAME)), &mut faults);
        let loaded = || {
            Some(Self {
                auth_link: auth_link?,
                consent_session: consent_session?,
                consent: consent?,
                connection: connection?,
                job: job?,
                webhook_delivery: webhook_delivery?,
            })
        };
        loaded().filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The names of all lifecycles.
    pub const NAMES: [&'static str; 6] = [
        auth_link::AuthLink::NAME,
        consent_session::ConsentSession::NAME,
        consent::Consent::NAME,
        connection::Connection::NAME,
        job::Job::NAME,
        webhook_delivery::WebhookDelivery::NAME,
    ];

    /// Every limit there is: its workflow, its name, and what it may be.
    pub fn bounds() -> Vec<(&'static str, &'static str, Bound)> {
        fn of<W: Workflow>() -> impl Iterator<Item = (&'static str, &'static str, Bound)> {
            W::Limit::ALL.iter().map(|limit| (W::NAME, limit.name(), W::bound(*limit)))
        }
        of::<auth_link::AuthLink>()
            .chain(of::<consent_session::ConsentSession>())
            .chain(of::<consent::Consent>())
            .chain(of::<connection::Connection>())
            .chain(of::<job::Job>())
            .chain(of::<webhook_delivery::WebhookDelivery>())
            .collect()
    }

    /// Every limit in use, as a file would set it: its workflow, its name, its value.
    pub fn limits(&self) -> Vec<(&'static str, &'static str, toml::Value)> {
        fn of<W: Workflow>(
            table: &Table<W>,
        ) -> impl Iterator<Item = (&'static str, &'static str, toml::Value)> {
            W::Limit::ALL.iter().map(|limit| (W::NAME, limit.name(), table.value(*limit).to_toml()))
        }
        of(&self.auth_link)
            .chain(of(&self.consent_session))
            .chain(of(&self.consent))
            .chain(of(&self.connection))
            .chain(of(&self.job))
            .chain(of(&self.webhook_delivery))
            .collect()
    }

    /// One lifecycle as a Mermaid diagram.
    pub fn draw(&self, name: &str) -> Option<String> {
        match name {
            auth_link::AuthLink::NAME => Some(draw::mermaid(&self.auth_link)),
            consent_session::ConsentSession::NAME => Some(draw::mermaid(&self.consent_session)),
            consent::Consent::NAME => Some(draw::mermaid(&self.consent)),
            connection::Connection::NAME => Some(draw::mermaid(&self.connection)),
            job::Job::NAME => Some(draw::mermaid(&self.job)),
            webhook_delivery::WebhookDelivery::NAME => Some(draw::mermaid(&self.webhook_delivery)),
            _ => None,
        }
    }
}

fn unknown(overrides: &BTreeMap<String, Overrides>) -> Vec<Fault> {
    let strange = overrides.keys().filter(|name| !Workflows::NAMES.contains(&name.as_str()));
    strange.map(|name| Fault::of_limits(name, format!("there is no workflow `{name}`"))).collect()
}

fn collect<T>(result: Result<T, Vec<Fault>>, faults: &mut Vec<Fault>) -> Option<T> {
    result.map_err(|found| faults.extend(found)).ok()
}
