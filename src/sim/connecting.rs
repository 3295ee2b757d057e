//! What people do at institutions by way of us: sign in, answer, look how it goes; and what partners do
//! with it.

use super::asks::Wish;
use super::named::What;
use super::options::Deed;
use super::people::Browser;
use super::world::{Asker, World};
use crate::domain::command::{Caller, Command};
use crate::domain::consent_session::CookieHash;
use crate::domain::id::{ConnectionId, JobId, UserId};
use crate::domain::job::Job;

/// Where somebody signs in from.
#[derive(Debug, Clone, Copy)]
enum From {
    Browser(CookieHash),
    Client(Caller),
}

impl From {
    /// How the server hears of it.
    const fn caller(self) -> (Caller, Option<CookieHash>) {
        match self {
            Self::Browser(cookie) => (Caller::Applicant, Some(cookie)),
            Self::Client(caller) => (caller, None),
        }
    }
}

impl World {
    /// Whoever has accounts does something about them, or a partner does.
    pub(super) fn account_holder_acts(&mut self, user: UserId, deed: Deed) {
        let application = self.ledger.application_of(user);
        match deed {
            Deed::Connect | Deed::ConnectWrong => {
                let Some(from) = self.whence(user) else { return };
                self.connect(user, from, deed == Deed::Connect);
            }
            Deed::ConnectTwice => {
                let Some(from) = self.whence(user) else { return };
                let login = self.banks.login(user, &mut self.dice);
                self.sign_in(user, from, login, true);
                self.sign_in(user, from, login, true);
            }
            Deed::ConnectByPartner => {
                let server = self.dice.chance(50);
                let caller = if server { Caller::Server(application) } else { Caller::Client(application) };
                self.connect(user, From::Client(caller), true);
            }
            Deed::Answer | Deed::AnswerWrong => {
                let asked = self.asked_of(user);
                if let Some(place) = self.dice.place(asked.len()) {
                    self.answer_for(user, &asked[place], deed == Deed::Answer);
                }
            }
            Deed::Watch => self.watch(user),
            Deed::RefreshAll if self.is_named() => self.ask_named(What::RefreshAll(user)),
            Deed::RefreshAll => self.by_partner(user, Command::RefreshConnections, Wish::RefreshAll),
            Deed::DeleteConnection | Deed::Refresh | Deed::Update | Deed::UpdateWrong | Deed::Purge => {
                let ours = self.people.jobs.values().filter(|(owner, _)| *owner == user);
                let ours: Vec<_> = ours.map(|(_, job)| job.connection).collect();
                if let Some(place) = self.dice.place(ours.len()) {
                    self.act_on_connection(user, ours[place], deed);
                }
            }
            _ => self.by_partner(user, Command::ListSources, Wish::ListAccounts),
        }
    }

    fn act_on_connection(&mut self, user: UserId, id: ConnectionId, deed: Deed) {
        match deed {
            Deed::DeleteConnection => {
                self.by_partner(user, Command::DeleteConnection(id), Wish::DeleteConnection(id));
            }
            Deed::Refresh if self.is_named() => self.ask_named(What::Refresh(user, id)),
            Deed::Purge if self.is_named() => self.ask_named(What::Purge(user, id)),
            Deed::Refresh => self.by_partner(user, Command::RefreshConnection(id), Wish::Refresh(id)),
            Deed::Purge => {
                let shown = self.checker.generation_shown(user, id);
                self.by_partner(user, Command::PurgeConnection(id), Wish::Purge(id, shown));
            }
            _ => self.update(user, id, deed == Deed::Update),
        }
    }

    /// Somebody types a new password for a login that is connected, and now and then its name too.
    fn update(&mut self, user: UserId, connection: ConnectionId, is_right: bool) {
        let Some(from) = self.whence(user) else { return };
        let Some(login) = self.people.logins.get(&connection).copied() else { return };
        let credentials = self.banks.type_in(login, is_right);
        let (caller, cookie) = from.caller();
        let login_id = self.dice.chance(50).then_some(credentials.login_id);
        let password = credentials.password;
        let command = Command::UpdateConnection { cookie, connection, login_id, password };
        self.ask(user, caller, command, Asker::Person(Wish::Update(connection)));
    }

    /// A browser that was let in, or a token.
    fn whence(&mut self, user: UserId) -> Option<From> {
        let token = self.token(user).map(|token| From::Client(token.caller));
        let browser = self.browser(user).map(|browser| From::Browser(browser.cookie));
        if self.dice.chance(20) { token.or(browser) } else { browser.or(token) }
    }

    fn connect(&mut self, user: UserId, from: From, is_right: bool) {
        let login = self.banks.login(user, &mut self.dice);
        self.sign_in(user, from, login, is_right);
    }

    fn sign_in(&mut self, user: UserId, from: From, login: usize, is_right: bool) {
        let Some(institution) = self.banks.institution(login) else { return };
        let credentials = self.banks.type_in(login, is_right);
        let (caller, cookie) = from.caller();
        let command = Command::Connect { cookie, institution, credentials };
        self.ask(user, caller, command, Asker::Person(Wish::Connect { login }));
    }

    /// The jobs that wait for an answer, as this person knows of it.
    fn asked_of(&self, user: UserId) -> Vec<Job> {
        let ours = self.people.jobs.values().filter(|(owner, job)| *owner == user && job.is_waiting());
        ours.map(|(_, job)| job.clone()).collect()
    }

    fn answer_for(&mut self, user: UserId, job: &Job, is_right: bool) {
        let Some(from) = self.whence(user) else { return };
        let Some(login) = self.people.logins.get(&job.connection).copied() else { return };
        let prompts = job.challenge.as_ref().map_or(0, |asked| asked.prompts.len());
        let answers = vec![self.banks.answer(login, is_right); prompts];
        let (caller, cookie) = from.caller();
        let command = Command::AnswerChallenge { cookie, job: job.id, answers };
        self.ask(user, caller, command, Asker::Person(Wish::Answer(job.id)));
    }

    /// Somebody looks how it goes: at their session, at a job by token, or the partner at one.
    fn watch(&mut self, user: UserId) {
        let jobs: Vec<JobId> =
            self.people.jobs.iter().filter(|(_, (owner, _))| *owner == user).map(|(id, _)| *id).collect();
        let job = self.dice.place(jobs.len()).map(|place| jobs[place]);
        match (job, self.browser(user), self.token(user)) {
            (Some(job), _, Some(token)) if self.dice.chance(30) => {
                self.ask(user, token.caller, Command::GetJob(job), Asker::Person(Wish::GetJob(job)));
            }
            (_, Some(Browser { cookie, .. }), _) if self.dice.chance(70) => {
                self.by_applicant(user, Command::ViewSession(cookie), Wish::ViewSession(cookie));
            }
            (Some(job), ..) => self.by_partner(user, Command::GetJob(job), Wish::GetJob(job)),
            _ => {}
        }
    }

    pub(super) fn disclose(&mut self, user: UserId, cookie: CookieHash, leave_out: bool) {
        let command = Command::Disclose { cookie, leave_out, gaps: None };
        self.by_applicant(user, command, Wish::Disclose(cookie, leave_out));
    }

    /// Whatever brings somebody on who agreed: a few institutions, their questions, and the disclosure.
    pub(super) fn bring_on(&mut self, browser: &Browser) {
        if self.run_errand(browser) {
            return;
        }
        let (user, cookie) = (browser.user, browser.cookie);
        let waiting = browser.jobs.iter().find(|job| job.is_waiting()).cloned();
        let is_busy = browser.jobs.iter().any(Job::is_open);
        match waiting {
            Some(job) if self.dice.chance(70) => {
                let is_right = self.dice.chance(80);
                return self.answer_for(user, &job, is_right);
            }
            _ if is_busy && self.dice.chance(70) => {
                return self.by_applicant(user, Command::ViewSession(cookie), Wish::ViewSession(cookie));
            }
            _ => {}
        }
        let wanted = self.dice.between(1, 4);
        if (browser.jobs.len() as u64) < wanted {
            self.connect(user, From::Browser(cookie), true);
            // Whoever signs in looks at what comes of it.
            self.by_applicant(user, Command::ViewSession(cookie), Wish::ViewSession(cookie));
        } else {
            let leave_out = self.dice.chance(60);
            self.disclose(user, cookie, leave_out);
        }
    }
}
