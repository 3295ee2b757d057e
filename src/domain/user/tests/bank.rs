//! What tests of connections and jobs say on behalf of people and of whoever works at institutions.

use super::{World, cookie};
use crate::domain::account::{Account, AccountClass, AccountFacts, Ownership};
use crate::domain::auth_link::LinkHash;
use crate::domain::bank::{BankSession, ChallengeMethod, Credentials};
use crate::domain::command::{Caller, Command, Effect, Failure, Reply, Rows, SessionView};
use crate::domain::connection::{Connection, Generation};
use crate::domain::consent_session::CookieHash;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::{AccountId, ConnectionId, ConsentId, EffectId, JobId};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Gather, Job, Plan, Report};
use crate::domain::money::Money;
use crate::domain::secret::Secret;
use crate::domain::workflow::Overrides;
use std::collections::BTreeMap;

/// Login id and password alone.
pub const PLAIN: &str = "AU00000";
/// Another such.
pub const OTHER: &str = "AU00001";
/// A question each time.
pub const CAREFUL: &str = "AU00002";
/// A question now and then.
pub const SOMETIMES: &str = "AU00003";

pub fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub fn credentials(login: &str) -> Credentials {
    Credentials { login_id: secret(login), password: secret("hooli2016") }
}

/// The command that signs in as `login` at `institution`.
pub fn connecting(cookie: Option<CookieHash>, institution: &str, login: &str) -> Command {
    let institution = InstitutionId::parse(institution).unwrap();
    Command::Connect { cookie, institution, credentials: credentials(login) }
}

/// The person is let in.
pub fn signed_in() -> Report {
    Report::SignedIn(secret("bank-session-1"))
}

/// The institution asks for one code.
pub fn challenged() -> Report {
    Report::Challenged {
        method: ChallengeMethod::Token,
        description: "Enter the code we sent you".into(),
        prompts: vec!["Code".into()],
    }
}

pub fn job(reply: Reply) -> Job {
    match reply {
        Reply::Job(job) | Reply::JobAgain(job) => *job,
        other => panic!("{other:?}"),
    }
}

impl World {
    /// Somebody agreed and may connect, in the browser 1.
    pub fn connecting() -> (Self, LinkHash) {
        let (mut world, link) = Self::in_session();
        world.agree(cookie(1)).unwrap();
        (world, link)
    }

    /// The same with limits of the test's own.
    pub fn connecting_with(overrides: &BTreeMap<String, Overrides>) -> (Self, LinkHash) {
        let mut world = Self::with(overrides);
        world.create_user().unwrap();
        let link = world.link();
        world.enter(link, cookie(1));
        world.agree(cookie(1)).unwrap();
        (world, link)
    }

    /// The same with a job at `institution`, just begun.
    pub fn with_job(institution: &str) -> (Self, JobId) {
        let (mut world, _) = Self::connecting();
        let job = world.connect(institution, "gavin").unwrap().id;
        (world, job)
    }

    /// The same, signed in.
    pub fn reading() -> (Self, JobId) {
        let (mut world, job) = Self::with_job(PLAIN);
        world.report(job, signed_in()).unwrap();
        (world, job)
    }

    /// The same where the institution asks.
    pub fn asked() -> (Self, JobId) {
        let (mut world, job) = Self::with_job(CAREFUL);
        world.report(job, challenged()).unwrap();
        (world, job)
    }

    /// The same with everything read.
    pub fn connected() -> (Self, JobId) {
        let (mut world, job) = Self::with_job(PLAIN);
        world.read_all(job);
        (world, job)
    }

    /// The browser 1 signs in somewhere.
    pub fn connect(&mut self, institution: &str, login: &str) -> Result<Job, Failure> {
        self.person(connecting(Some(cookie(1)), institution, login)).map(job)
    }

    /// Whoever works on the job reports of the try that counts; whether the work goes on.
    pub fn report(&mut self, job: JobId, report: Report) -> Result<bool, Failure> {
        let attempt = self.job(job).attempt;
        self.report_of(job, attempt, report)
    }

    pub fn report_of(&mut self, job: JobId, attempt: u32, report: Report) -> Result<bool, Failure> {
        let command = Command::Report { job, attempt, report: Box::new(report) };
        self.ask(Caller::House, command).map(|reply| match reply {
            Reply::Gathering(goes_on) => goes_on,
            other => panic!("{other:?}"),
        })
    }

    /// The institution lets the person in, and everything is read.
    pub fn read_all(&mut self, job: JobId) {
        self.report(job, signed_in()).unwrap();
        let accounts = vec![self.account(job, "100200300", "Everyday")];
        self.report(job, Report::Accounts(accounts)).unwrap();
        self.report(job, Report::Transactions { new: 3 }).unwrap();
    }

    pub fn fail(&mut self, job: JobId, cause: Cause) {
        self.report(job, Report::Failed(cause)).unwrap();
    }

    pub fn answer(&mut self, job: JobId, answers: &[&str]) -> Result<Job, Failure> {
        let answers = answers.iter().map(|text| secret(text)).collect();
        self.person(Command::AnswerChallenge { cookie: Some(cookie(1)), job, answers }).map(self::job)
    }

    pub fn resume(&mut self, job: JobId) {
        assert_eq!(self.ask(Caller::House, Command::ResumeJob(job)), Ok(Reply::Done));
    }

    pub fn leave_out(&mut self) -> Result<SessionView, Failure> {
        self.person(Command::Disclose { cookie: cookie(1), leave_out: true, gaps: None }).map(super::session)
    }

    pub fn job(&self, id: JobId) -> Job {
        self.user().job(id).unwrap().clone()
    }

    /// The state of a job in a word, with its cause where it failed.
    pub fn standing(&self, id: JobId) -> String {
        let job = self.job(id);
        job.failure.map_or_else(|| format!("{:?}", job.state), |failure| format!("{:?}", failure.cause))
    }

    /// The one connection that there is.
    pub fn connection(&self) -> &Connection {
        assert_eq!(self.user().connections.len(), 1);
        &self.user().connections[0]
    }

    pub fn consent_id(&self) -> ConsentId {
        self.user().consent.as_ref().unwrap().id
    }

    pub fn end_consent(&mut self) {
        let id = self.consent_id();
        assert_eq!(self.server(Command::EndConsent(id)), Ok(Reply::Done));
    }

    /// An account as whoever works on the job would store it.
    pub fn account(&self, job: JobId, number: &str, name: &str) -> Account {
        let job = self.job(job);
        let facts = AccountFacts {
            number: number.into(),
            reference: None,
            bsb: Some("062000".into()),
            name: name.into(),
            product: "Everyday".into(),
            class: AccountClass::Transaction,
            currency: "AUD".into(),
            balance: Some(Money(12_345)),
            available_funds: Some(Money(12_345)),
            credit_limit: None,
            ownership: Ownership::OneParty,
            holder: Some("Gavin Belson".into()),
            terms: None,
        };
        Account {
            id: AccountId::of(&self.keyring, Self::id(), job.institution, &facts),
            connection: job.connection,
            institution: job.institution,
            updated: self.now,
            span: None,
            facts,
        }
    }

    /// What was begun since, in order.
    pub fn begun(&self) -> Vec<&Plan> {
        self.gathers
            .iter()
            .filter_map(|gather| match gather {
                Gather::Begin(plan) => Some(plan.as_ref()),
                _ => None,
            })
            .collect()
    }

    pub fn stopped(&self) -> Vec<JobId> {
        self.gathers
            .iter()
            .filter_map(|gather| match gather {
                Gather::Stop(job) => Some(*job),
                _ => None,
            })
            .collect()
    }

    pub fn signed_out(&self) -> Vec<&BankSession> {
        self.gathers
            .iter()
            .filter_map(|gather| match gather {
                Gather::SignOut { session, .. } => Some(session),
                _ => None,
            })
            .collect()
    }

    /// The outbox entries of open jobs: asked for and not taken back.
    pub fn standing_gathers(&self) -> Vec<JobId> {
        let gone = self.withdrawn();
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Gather { id, job, .. } if !gone.contains(id) => Some(*job),
                _ => None,
            })
            .collect()
    }

    /// The sweeps that were asked for since the effect number `from`.
    pub fn sweeps(&self, from: usize) -> Vec<(ConnectionId, Rows, Generation, Generation)> {
        self.effects[from..]
            .iter()
            .filter_map(|effect| match effect {
                Effect::Sweep { connection, rows, keep, up_to, .. } => {
                    Some((*connection, *rows, *keep, *up_to))
                }
                _ => None,
            })
            .collect()
    }

    /// The kinds of all events about connections, accounts and transactions since the event number `from`.
    pub fn news(&self, from: usize) -> Vec<EventKind> {
        let covered = self.events[from..].iter().filter(|event| event.data.is_covered());
        covered.map(|event: &Event| event.kind).collect()
    }

    /// The names of all effects: none is given twice.
    pub fn effect_ids(&self) -> Vec<EffectId> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Gather { id, .. }
                | Effect::Sweep { id, .. }
                | Effect::SendCode { id, .. }
                | Effect::SendLink { id, .. } => Some(*id),
                Effect::Withdraw(_) => None,
            })
            .collect()
    }
}
