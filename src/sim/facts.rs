//! The numbers that the tally judges by, read once from the tables.

use crate::domain::time::Span;
use crate::domain::workflow::{Workflows, auth_link, consent, consent_session, job};

/// The numbers of the rules.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) lifetime: Span,
    pub(super) code_lifetime: Span,
    pub(super) tries: u32,
    pub(super) sends: u32,
    pub(super) cooldown: Vec<Span>,
    pub(super) idle: Span,
    pub(super) total: Span,
    pub(super) job_total: Span,
    pub(super) question: Span,
    pub(super) warning: Span,
    pub(super) reminder: Span,
}

impl Facts {
    /// The numbers of these tables.
    pub(super) fn of(tables: &Workflows) -> Self {
        let (link, session) = (&tables.auth_link, &tables.consent_session);
        Self {
            lifetime: link.span(auth_link::Limit::Lifetime),
            code_lifetime: link.span(auth_link::Limit::CodeLifetime),
            tries: link.count(auth_link::Limit::CodeTries),
            sends: link.count(auth_link::Limit::CodeSends),
            cooldown: link.spans(auth_link::Limit::CodeCooldown).to_vec(),
            idle: session.span(consent_session::Limit::Idle),
            total: session.span(consent_session::Limit::Total),
            job_total: tables.job.span(job::Limit::Total),
            question: tables.job.span(job::Limit::Challenge),
            warning: tables.consent.span(consent::Limit::Warning),
            reminder: tables.consent.span(consent::Limit::Reminder),
        }
    }

    /// How long after its `sends`-th text a living code keeps the next one away.
    pub(super) fn cooldown_after(&self, sends: u32) -> Span {
        let index = usize::try_from(sends).unwrap_or(0).saturating_sub(1);
        self.cooldown.get(index).or(self.cooldown.last()).copied().unwrap_or_default()
    }
}
