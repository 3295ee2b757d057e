//! What people know: the cookies and tokens they were given, and what they were told. They know
//! nothing that the server did not tell them.

use super::Outcome;
use super::asks::Wish;
use super::options::Deed;
use super::world::{Asked, World};
use crate::domain::application::Policy;
use crate::domain::command::{Caller, Reply};
use crate::domain::consent::Consent;
use crate::domain::consent_session::CookieHash;
use crate::domain::errand::Action;
use crate::domain::id::{ApplicationId, AuthLinkId, ConnectionId, JobId, UserId};
use crate::domain::job::Job;
use crate::engine::application::core as application;
use crate::engine::user::core::Refusal;
use std::collections::BTreeMap;

/// A browser that was let in.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    pub(super) user: UserId,
    pub(super) cookie: CookieHash,
    /// By which link; none for a partner's token.
    pub(super) link: Option<AuthLinkId>,
    /// The consent that it was shown last.
    pub(super) consent: Option<Consent>,
    /// What it was sent for.
    pub(super) errand: Action,
    pub(super) over: bool,
    /// The jobs that it was shown last.
    pub(super) jobs: Vec<Job>,
}

/// A token that a right code earned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) user: UserId,
    pub(super) caller: Caller,
    pub(super) link: AuthLinkId,
    /// The browser that exchanged it.
    pub(super) cookie: Option<CookieHash>,
}

/// Everybody outside.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) applications: Vec<ApplicationId>,
    pub(super) browsers: Vec<Browser>,
    pub(super) tokens: Vec<Token>,
    /// What somebody was told of a job last.
    pub(super) jobs: BTreeMap<JobId, (UserId, Job)>,
    /// With which login a connection was made.
    pub(super) logins: BTreeMap<ConnectionId, usize>,
    /// How many users were asked for.
    pub(super) users_asked: usize,
    /// How many things were asked by which they can be told apart.
    pub(super) imprints: u64,
}

/// A caller's name in the log.
pub(super) const fn name(caller: Caller) -> &'static str {
    match caller {
        Caller::Server(_) => "a server",
        Caller::Client(_) => "a partner's client",
        Caller::LinkClient { .. } => "a link's client",
        Caller::Applicant => "an applicant",
        Caller::House => "the house",
    }
}

/// An answer in the log.
pub(super) fn told(answer: &Result<Reply, Refusal>) -> String {
    match answer {
        Ok(Reply::User(view)) => format!("user, link {}", view.has_link),
        Ok(Reply::Link(view)) => format!("link {} {:?}", view.id, view.state),
        Ok(Reply::Consent(consent)) => format!("consent {:?}", consent.as_ref().map(|one| one.id)),
        Ok(Reply::Attestation(found)) => format!("attestation {:?}", found.as_ref().map(|one| one.at)),
        Ok(Reply::Face(face)) => format!("face {:?}", face.state),
        Ok(Reply::Requested(face)) => format!("requested, {:?}", face.code),
        Ok(Reply::Entered(entered)) => format!("entered {}", entered.session),
        Ok(Reply::Session(view)) => format!("session {} {:?}", view.session, view.state),
        Ok(Reply::Connections(all)) => format!("{} connections", all.len()),
        Ok(Reply::Connection(one)) => format!("connection {} {:?}", one.id, one.state),
        Ok(Reply::Jobs(all)) => format!("{} jobs", all.len()),
        Ok(Reply::Job(job)) => format!("job {} {:?}", job.id, job.state),
        Ok(Reply::JobOpen(job)) => format!("job {} {:?}, open already", job.id, job.state),
        Ok(Reply::JobAgain(job)) => format!("job {} {:?}, of a known login", job.id, job.state),
        Ok(Reply::Gathering(goes_on)) => format!("reported, goes on {goes_on}"),
        Ok(Reply::Done) => "done".into(),
        Ok(Reply::Inspected(_)) => "inspected".into(),
        Err(refusal) => format!("no: {refusal}"),
    }
}

impl World {
    /// Whoever asked remembers what they were given.
    pub(super) fn learn(&mut self, ask: &Asked, wish: &Wish, answer: &Result<Reply, Refusal>) {
        let user = ask.user;
        self.learn_jobs(ask, wish, answer);
        match (wish, answer) {
            (Wish::Try { cookie: Some(cookie), link, .. }, Ok(Reply::Entered(_))) => {
                let (cookie, link) = (*cookie, Some(*link));
                self.people.browsers.push(Browser {
                    user,
                    cookie,
                    link,
                    consent: None,
                    errand: Action::default(),
                    over: false,
                    jobs: Vec::new(),
                });
            }
            (Wish::Try { cookie: None, link, .. }, Ok(Reply::Entered(entered))) => {
                let caller = Caller::LinkClient {
                    application: entered.application,
                    link: entered.link,
                    session: entered.session,
                };
                self.people.tokens.push(Token { user, caller, link: *link, cookie: None });
            }
            (Wish::Exchange { cookie, link }, Ok(Reply::Session(view))) => {
                if let Some(token) = self.people.tokens.iter_mut().find(|token| Some(token.link) == *link) {
                    token.cookie.get_or_insert(*cookie);
                }
                let (cookie, link, consent) = (*cookie, *link, view.consent.clone());
                self.people.browsers.push(Browser {
                    user,
                    cookie,
                    link,
                    consent,
                    errand: view.errand.action,
                    over: false,
                    jobs: Vec::new(),
                });
            }
            (
                Wish::ViewSession(cookie)
                | Wish::Agree(cookie)
                | Wish::Decline(cookie)
                | Wish::Disclose(cookie, _)
                | Wish::Leave(cookie)
                | Wish::Extend(cookie)
                | Wish::Finish(cookie)
                | Wish::Withdraw(cookie, _)
                | Wish::Disconnect(cookie, _),
                Ok(Reply::Session(view)),
            ) => {
                let ours = self.people.browsers.iter_mut().filter(|browser| browser.cookie == *cookie);
                ours.for_each(|browser| {
                    browser.consent.clone_from(&view.consent);
                    browser.errand = view.errand.action;
                    browser.over = view.ended.is_some();
                    browser.jobs.clone_from(&view.jobs);
                });
                if view.carried && view.ended.is_none() {
                    self.log.mark("a second link carried the consent over");
                }
            }
            _ => {}
        }
        self.mark_answer(wish, answer);
        self.mark_errand(wish, answer);
        self.mark_press(user, wish, answer);
    }

    fn learn_jobs(&mut self, ask: &Asked, wish: &Wish, answer: &Result<Reply, Refusal>) {
        let jobs = match answer {
            Ok(Reply::Job(job) | Reply::JobOpen(job) | Reply::JobAgain(job)) => {
                std::slice::from_ref(job.as_ref())
            }
            Ok(Reply::Jobs(jobs)) => jobs,
            Ok(Reply::Session(view)) => &view.jobs,
            _ => return,
        };
        if let (Wish::Connect { login }, Some(job)) = (wish, jobs.first()) {
            self.people.logins.insert(job.connection, *login);
        }
        self.people.jobs.extend(jobs.iter().map(|job| (job.id, (ask.user, job.clone()))));
    }

    fn mark_answer(&mut self, wish: &Wish, answer: &Result<Reply, Refusal>) {
        use crate::domain::command::Failure;
        let mark = match (wish, answer) {
            (_, Err(Refusal::Rule(Failure::CodeLocked))) => "a link locked",
            (_, Err(Refusal::Rule(Failure::CodeLate))) => "a code came late",
            (_, Err(Refusal::Rule(Failure::SmsLimit { .. }))) => "no more texts for a link",
            (_, Err(Refusal::Rule(Failure::PolicyChanged))) => "a policy changed under a page",
            (_, Err(Refusal::Rule(Failure::LinkRequired))) => "a link was required",
            (_, Err(Refusal::Rule(Failure::TokenUsed))) => "a token was used twice",
            (_, Err(Refusal::Rule(Failure::TokenRevoked))) => "a token was revoked",
            (Wish::Try { is_race: true, .. }, Err(Refusal::Rule(Failure::LinkSpent))) => {
                "a race of right codes had one winner"
            }
            (Wish::Try { .. }, Ok(_)) => "a right code was accepted",
            (Wish::Pry, Err(Refusal::Rule(Failure::UserUnknown))) => "a stranger saw nothing",
            (_, Err(Refusal::Rule(Failure::ConsentNeeded))) => "a consent was wanted first",
            (Wish::EndConsent(_), Ok(_)) => "a partner ended a consent",
            (Wish::DeleteUser, Ok(_)) => "a user was deleted",
            (Wish::DiscloseByToken(_), Ok(_)) => "disclosed by token",
            (Wish::Disclose(..), Ok(_)) => "disclosed by browser",
            (Wish::Disclose(..), Err(Refusal::Rule(Failure::JobsWaiting))) => "disclosing was asked about",
            (Wish::DeleteConnection(_), Ok(_)) => "a connection was deleted",
            (Wish::Refresh(_), Ok(Reply::Job(_))) => "a connection was refreshed",
            (Wish::Refresh(_), Ok(_)) => "a refresh was under way already",
            (Wish::Refresh(_), Err(Refusal::Rule(Failure::CredentialsRefused))) => {
                "a refresh needed its person"
            }
            (Wish::RefreshAll, Ok(Reply::Jobs(all))) if all.len() > 1 => "several were refreshed at once",
            (Wish::Update(_), Ok(_)) => "a password was changed",
            (Wish::Purge(..), Ok(_)) => "a connection was purged",
            (Wish::Connect { .. }, Ok(_)) => "somebody signed in somewhere",
            (Wish::Answer(_), Ok(_)) => "somebody answered a question",
            (Wish::Answer(_), Err(Refusal::Rule(Failure::JobOver))) => {
                "a question was over before its answer"
            }
            _ => return,
        };
        self.log.mark(mark);
    }

    /// What the operator does.
    pub(super) fn operate(&mut self, deed: Deed) -> Outcome<()> {
        let Some(place) = self.dice.place(self.people.applications.len()) else { return Ok(()) };
        let id = self.people.applications[place];
        if self.process.is_none() {
            return Ok(());
        }
        let command = match deed {
            Deed::ChangePolicy => {
                let duration_days = [1, 30, 365][self.dice.place(3).unwrap_or(0)];
                application::Command::SetPolicy(Box::new(Policy { duration_days, ..Policy::standard() }))
            }
            _ if self.dice.chance(50) => self.some_look(),
            _ => application::Command::Configure { redirect_url: None, requires_link: self.dice.chance(50) },
        };
        self.ask_application(id, command)
    }

    /// What the operator asked of an application is answered.
    pub(super) fn note_application(
        &mut self,
        token: u64,
        id: ApplicationId,
        answer: &Result<crate::engine::application::core::Done, crate::engine::application::core::Refusal>,
    ) {
        let command = self.application_asks.remove(&token);
        match answer {
            Ok(done) => {
                if let Some(command) = &command {
                    self.receivers.changing.acknowledge(command, done);
                }
                self.log.line(self.now, format!("#{token} the application is as it was asked for"));
                let version = done.application.policy().map_or(0, |policy| policy.version);
                if version > 1 {
                    self.log.mark("a policy changed");
                }
                self.ledger.application(id, version);
            }
            Err(refusal) => self.log.line(self.now, format!("#{token} no: {refusal}")),
        }
    }

    /// After a start: what was acknowledged to the operator is there.
    pub(super) fn check_applications(&self) -> super::Outcome<()> {
        let Some(process) = &self.process else { return Ok(()) };
        for (id, version) in self.ledger.policies() {
            let found =
                process.house.application(id).and_then(|one| one.policy().map(|policy| policy.version));
            if found.is_none_or(|found| found < version) {
                let what = format!("application {id} had policy {version} and has {found:?}");
                return Err(super::broken("DUR-1", what));
            }
        }
        Ok(())
    }
}
