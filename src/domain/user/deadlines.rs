//! Deadlines as data: which there are, when they are due, and what falling due does. Early and
//! repeated alarms find nothing due; a late one does what is due, once.

use super::{Turn, User};
use crate::domain::auth_link::REMEMBERED_DAYS;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::auth_link::State as LinkState;
use crate::domain::workflow::{auth_link, consent, consent_session, job};

/// Every kind of deadline of a user. The number is stored: it is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DeadlineKind {
    /// The link lets nobody in from here on.
    LinkLifetime = 1,
    /// The one-time code is worthless.
    CodeLifetime = 2,
    /// The session by the link idled too long.
    SessionIdle = 3,
    /// The session by the link lasted too long.
    SessionTotal = 4,
    /// The session by a partner's token idled too long.
    TokenSessionIdle = 5,
    /// The session by a partner's token lasted too long.
    TokenSessionTotal = 6,
    /// The consent ends by itself.
    ConsentDuration = 7,
    /// An ended link is forgotten.
    LinkForgotten = 8,
    /// A job lasts too long.
    JobTotal = 9,
    /// An institution's question was not answered.
    JobChallenge = 10,
    /// An ended job is forgotten.
    JobForgotten = 11,
    /// The partner hears that the consent ends soon.
    ConsentWarning = 12,
    /// The partner hears that the consent is there.
    ConsentReminder = 13,
    /// What an institution could not answer is asked again.
    ConnectionRetry = 14,
}

impl DeadlineKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::LinkLifetime,
        Self::CodeLifetime,
        Self::SessionIdle,
        Self::SessionTotal,
        Self::TokenSessionIdle,
        Self::TokenSessionTotal,
        Self::ConsentDuration,
        Self::LinkForgotten,
        Self::JobTotal,
        Self::JobChallenge,
        Self::JobForgotten,
        Self::ConsentWarning,
        Self::ConsentReminder,
        Self::ConnectionRetry,
    ];

    /// The stored number.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Its name for the operator.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LinkLifetime => "auth_link.lifetime",
            Self::CodeLifetime => "auth_link.code_lifetime",
            Self::SessionIdle => "consent_session.idle",
            Self::SessionTotal => "consent_session.total",
            Self::TokenSessionIdle => "consent_session.token.idle",
            Self::TokenSessionTotal => "consent_session.token.total",
            Self::ConsentDuration => "consent.duration",
            Self::LinkForgotten => "auth_link.forgotten",
            Self::JobTotal => "job.total",
            Self::JobChallenge => "job.challenge",
            Self::JobForgotten => "job.forgotten",
            Self::ConsentWarning => "consent.warning",
            Self::ConsentReminder => "consent.reminder",
            Self::ConnectionRetry => "connection.retry",
        }
    }

    /// The kind with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

impl User {
    /// Every deadline that is set, in order of kind.
    pub fn deadlines(&self) -> Vec<(DeadlineKind, UnixMillis)> {
        let mut due = Vec::new();
        if let Some(link) =
            self.link.as_ref().filter(|link| matches!(link.state, LinkState::Issued | LinkState::Challenged))
        {
            due.push((DeadlineKind::LinkLifetime, link.expires));
            due.extend(link.code.iter().map(|code| (DeadlineKind::CodeLifetime, code.expires)));
        }
        for (session, idle, total) in [
            (&self.session, DeadlineKind::SessionIdle, DeadlineKind::SessionTotal),
            (&self.token_session, DeadlineKind::TokenSessionIdle, DeadlineKind::TokenSessionTotal),
        ] {
            if let Some(session) = session.as_ref().filter(|session| session.ended.is_none()) {
                due.extend([(idle, session.idle_at), (total, session.total_at)]);
            }
        }
        if let Some(consent) = &self.consent {
            due.push((DeadlineKind::ConsentDuration, consent.expires));
            due.extend(consent.warning_at.map(|at| (DeadlineKind::ConsentWarning, at)));
            let reminder = consent.reminder_at.filter(|at| *at < consent.expires);
            due.extend(reminder.map(|at| (DeadlineKind::ConsentReminder, at)));
        }
        due.extend(self.next_forgotten().map(|at| (DeadlineKind::LinkForgotten, at)));
        let total = self.open_jobs().map(|job| job.total_at).min();
        due.extend(total.map(|at| (DeadlineKind::JobTotal, at)));
        let asked = self.open_jobs().filter(|job| job.is_waiting()).filter_map(|job| job.challenge.as_ref());
        due.extend(asked.map(|asked| asked.expires).min().map(|at| (DeadlineKind::JobChallenge, at)));
        let retry = self.connections.iter().filter_map(|one| one.retry_at).min();
        due.extend(retry.map(|at| (DeadlineKind::ConnectionRetry, at)));
        due.extend(self.next_job_forgotten().map(|at| (DeadlineKind::JobForgotten, at)));
        due
    }

    fn next_forgotten(&self) -> Option<UnixMillis> {
        let latest = self.link.as_ref().and_then(|link| link.ended);
        let older = self.dead_links.iter().map(|dead| dead.ended);
        latest.into_iter().chain(older).min().map(|ended| ended.plus(Span::days(REMEMBERED_DAYS)))
    }
}

impl Turn<'_> {
    /// Does everything that is due at `now`, in the order in which it fell due.
    pub(super) fn fall_due(&mut self) {
        self.schedule_consent();
        // Each round ends, resets or forgets one thing, so the count below is never reached; it keeps
        // a mistake in a rule from becoming an endless loop.
        for _ in 0..256 {
            let now = self.ctx.now;
            let due = self
                .user
                .deadlines()
                .into_iter()
                .filter(|(_, at)| *at <= now)
                .min_by_key(|(kind, at)| (*at, *kind));
            let Some((kind, _)) = due else { return };
            self.one_falls_due(kind);
        }
    }

    fn one_falls_due(&mut self, kind: DeadlineKind) {
        match kind {
            DeadlineKind::LinkLifetime => self.link_falls_due(auth_link::Limit::Lifetime),
            DeadlineKind::CodeLifetime => self.link_falls_due(auth_link::Limit::CodeLifetime),
            DeadlineKind::SessionIdle => self.session_falls_due(false, consent_session::Limit::Idle),
            DeadlineKind::SessionTotal => self.session_falls_due(false, consent_session::Limit::Total),
            DeadlineKind::TokenSessionIdle => self.session_falls_due(true, consent_session::Limit::Idle),
            DeadlineKind::TokenSessionTotal => self.session_falls_due(true, consent_session::Limit::Total),
            DeadlineKind::ConsentDuration => self.consent_falls_due(consent::Limit::Duration),
            DeadlineKind::ConsentWarning => self.consent_falls_due(consent::Limit::Warning),
            DeadlineKind::ConsentReminder => self.consent_falls_due(consent::Limit::Reminder),
            DeadlineKind::LinkForgotten => self.forget_links(),
            DeadlineKind::JobTotal => self.job_falls_due(job::Limit::Total),
            DeadlineKind::JobChallenge => self.job_falls_due(job::Limit::Challenge),
            DeadlineKind::JobForgotten => self.forget_jobs(),
            DeadlineKind::ConnectionRetry => self.retries_fall_due(),
        }
    }

    fn forget_links(&mut self) {
        let now = self.ctx.now;
        let is_over = |ended: UnixMillis| ended.plus(Span::days(REMEMBERED_DAYS)) <= now;
        self.user.dead_links.retain(|dead| !is_over(dead.ended));
        if self.user.link.as_ref().and_then(|link| link.ended).is_some_and(is_over) {
            self.user.link = None;
            self.user.session = None;
        }
    }
}
