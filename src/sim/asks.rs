//! What people do: each deed is one or two questions to the server, or time that passes.

use super::Outcome;
use super::named::{What, first_name, mobile};
use super::options::{Deed, Fault};
use super::people::{Browser, Token};
use super::world::{Asker, World};
use crate::domain::auth_link::CodeText;
use crate::domain::command::{Caller, Command, Entry};
use crate::domain::connection::Generation;
use crate::domain::consent_session::CookieHash;
use crate::domain::entropy::Entropy;
use crate::domain::errand::Errand;
use crate::domain::id::{AuthLinkId, ConnectionId, ConsentId, JobId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::Span;

/// What somebody wants, with what the tally needs to judge the answer. Prints no code and no cookie.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Wish {
    CreateUser,
    UpdateUser,
    DeleteUser,
    GetUser,
    CreateLink,
    GetLink,
    DeleteLink,
    /// Under another partner's name, or not.
    Reissue {
        is_foreign: bool,
    },
    GetConsent,
    EndConsent(ConsentId),
    Pry,
    Look(AuthLinkId),
    RequestCode(AuthLinkId),
    Try {
        link: AuthLinkId,
        digits: String,
        cookie: Option<CookieHash>,
        is_race: bool,
    },
    DiscloseByToken(AuthLinkId),
    Exchange {
        cookie: CookieHash,
        link: Option<AuthLinkId>,
    },
    ViewSession(CookieHash),
    Agree(CookieHash),
    Decline(CookieHash),
    /// Whether what still waits is left out.
    Disclose(CookieHash, bool),
    Connect {
        login: usize,
    },
    Answer(JobId),
    GetJob(JobId),
    DeleteConnection(ConnectionId),
    Refresh(ConnectionId),
    RefreshAll,
    Update(ConnectionId),
    /// The last generation that was shown when it was asked for.
    Purge(ConnectionId, Generation),
    ListAccounts,
    Leave(CookieHash),
    /// What they were sent for.
    Extend(CookieHash),
    Finish(CookieHash),
    /// On their own page.
    Withdraw(CookieHash, ConsentId),
    Disconnect(CookieHash, ConnectionId),
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CreateUser => out.write_str("create user"),
            Self::UpdateUser => out.write_str("update user"),
            Self::DeleteUser => out.write_str("delete user"),
            Self::GetUser => out.write_str("get user"),
            Self::CreateLink => out.write_str("create link"),
            Self::GetLink => out.write_str("get link"),
            Self::DeleteLink => out.write_str("delete link"),
            Self::Reissue { .. } => out.write_str("a new link by text"),
            Self::GetConsent => out.write_str("get consent"),
            Self::EndConsent(id) => write!(out, "end consent {id}"),
            Self::Pry => out.write_str("pry"),
            Self::Look(link) => write!(out, "look at {link}"),
            Self::RequestCode(link) => write!(out, "request code for {link}"),
            Self::Try { link, .. } => write!(out, "try code for {link}"),
            Self::DiscloseByToken(link) => write!(out, "disclose {link} by token"),
            Self::Exchange { link, .. } => write!(out, "exchange token of {link:?}"),
            Self::ViewSession(_) => out.write_str("view session"),
            Self::Agree(_) => out.write_str("agree"),
            Self::Decline(_) => out.write_str("decline"),
            Self::Disclose(_, true) => out.write_str("disclose and leave out what waits"),
            Self::Disclose(_, false) => out.write_str("disclose"),
            Self::Connect { login } => write!(out, "connect login {login}"),
            Self::Answer(job) => write!(out, "answer for {job}"),
            Self::GetJob(job) => write!(out, "get job {job}"),
            Self::DeleteConnection(id) => write!(out, "delete connection {id}"),
            Self::Refresh(id) => write!(out, "refresh connection {id}"),
            Self::RefreshAll => out.write_str("refresh all connections"),
            Self::Update(id) => write!(out, "update connection {id}"),
            Self::Purge(id, _) => write!(out, "purge connection {id}"),
            Self::ListAccounts => out.write_str("list accounts"),
            Self::Leave(_) => out.write_str("leave"),
            Self::Extend(_) => out.write_str("extend"),
            Self::Finish(_) => out.write_str("finish"),
            Self::Withdraw(_, id) => write!(out, "withdraw consent {id}"),
            Self::Disconnect(_, id) => write!(out, "end connection {id}"),
        }
    }
}

impl World {
    /// Somebody does something.
    pub(super) fn somebody_acts(&mut self, step: u32) -> Outcome<()> {
        let deed = self.options.deed(&mut self.dice);
        self.log.line(self.now, format!("step {step}: {deed:?}"));
        let users = self.ledger.users();
        let Some(place) = self.dice.place(users.len()) else {
            self.create_user();
            return Ok(());
        };
        // Most of the time the same few people go on: a journey needs many steps.
        let user = if self.dice.chance(60) { users[users.len() - 1] } else { users[place] };
        match deed {
            Deed::CreateUser => self.create_user(),
            Deed::ChangePolicy | Deed::Configure => return self.operate(deed),
            Deed::MakeWebhook
            | Deed::ChangeWebhook
            | Deed::RotateWebhook
            | Deed::RemoveWebhook
            | Deed::Replay => return self.webhook_acts(deed),
            Deed::MakeClock | Deed::AdvanceClock | Deed::RunClock | Deed::RemoveClock => {
                return self.clock_acts(deed);
            }
            Deed::ListEvents => return self.list_events(),
            Deed::ListConsents => self.by_partner(user, Command::GetConsent, Wish::GetConsent),
            Deed::SitIdle | Deed::Sleep => return self.time_passes(deed),
            Deed::Scan => {
                for (user, link) in self.ledger.all_links() {
                    self.look_at(user, link);
                }
            }
            Deed::GoOn => self.go_on(user),
            Deed::Reissue => self.press(user),
            Deed::ExhaustTexts => return self.exhaust_texts(user),
            Deed::UpdateUser
            | Deed::DeleteUser
            | Deed::GetUser
            | Deed::CreateLink
            | Deed::CreateTwoLinks
            | Deed::GetLink
            | Deed::DeleteLink
            | Deed::EndConsent
            | Deed::Pry
            | Deed::ClientToken => self.partner_acts(user, deed),
            Deed::Look
            | Deed::RequestCode
            | Deed::RequestCodeAgain
            | Deed::TryRight
            | Deed::TryWrong
            | Deed::TryOld
            | Deed::Race => self.link_holder_acts(user, deed),
            Deed::Connect
            | Deed::ConnectTwice
            | Deed::ConnectWrong
            | Deed::ConnectByPartner
            | Deed::Answer
            | Deed::AnswerWrong
            | Deed::Watch
            | Deed::DeleteConnection
            | Deed::Refresh
            | Deed::RefreshAll
            | Deed::Update
            | Deed::UpdateWrong
            | Deed::Purge
            | Deed::ListAccounts => self.account_holder_acts(user, deed),
            Deed::Visit | Deed::Extend | Deed::FinishErrand | Deed::Withdraw | Deed::Disconnect => {
                self.errand_acts(user, deed);
            }
            _ => self.browser_acts(user, deed),
        }
        Ok(())
    }

    /// Minutes pass, or days at once.
    fn time_passes(&mut self, deed: Deed) -> Outcome<()> {
        if deed == Deed::SitIdle {
            let idle = [Span::minutes(3), Span::minutes(11), Span::minutes(16)];
            let place = self.dice.place(idle.len()).unwrap_or(0);
            return self.pass(idle[place]);
        }
        // Among them what brings a reminder of a consent, its warning and its end, and what ends
        // just before something kept goes.
        let days = [1, 7, 29, 31, 91, 359, 370].map(Span::days);
        let days = [&[Span::minutes(61), Span::minutes(1410)], &days[..]].concat();
        let place = self.dice.place(days.len()).unwrap_or(0);
        self.log.mark("the clock jumped");
        self.sleep(days[place]);
        Ok(())
    }

    /// Half of what a partner may name it names.
    pub(super) fn is_named(&mut self) -> bool {
        self.options.names && self.dice.chance(50)
    }

    fn create_user(&mut self) {
        if self.people.users_asked >= self.options.users_max {
            return;
        }
        let Some(place) = self.dice.place(self.people.applications.len()) else { return };
        let application = self.people.applications[place];
        let id = UserId(Entropy::new(self.dice.bytes()).uuid());
        let mobile = format!("+614001112{:02}", self.people.users_asked + 10);
        self.people.users_asked += 1;
        let clocks = self.clocks_of(application);
        let clock = self.dice.place(clocks.len()).map(|place| clocks[place].id);
        let clock = clock.filter(|_| self.dice.chance(70));
        if self.is_named() {
            let name = first_name(self.imprint());
            return self.ask_named(What::CreateUser(application, name, clock));
        }
        self.ledger.wants_user(id, application, clock);
        let changes = ProfileChanges {
            mobile: Some(mobile),
            first_name: Some("Ada".into()),
            ..ProfileChanges::default()
        };
        let command = Command::CreateUser(Box::new(changes), clock);
        self.ask(id, Caller::Server(application), command, Asker::Person(Wish::CreateUser));
    }

    pub(super) fn by_partner(&mut self, user: UserId, command: Command, wish: Wish) {
        let application = self.ledger.application_of(user);
        self.ask(user, Caller::Server(application), command, Asker::Person(wish));
    }

    pub(super) fn by_applicant(&mut self, user: UserId, command: Command, wish: Wish) {
        self.ask(user, Caller::Applicant, command, Asker::Person(wish));
    }

    fn create_link(&mut self, user: UserId) {
        if self.is_named() {
            let mobile = mobile(self.imprint());
            return self.ask_named(What::CreateLink(user, mobile));
        }
        let given = if self.dice.chance(30) { Some("+61400333444".to_owned()) } else { None };
        self.by_partner(user, Command::CreateLink { mobile: given }, Wish::CreateLink);
    }

    pub(super) fn partner_acts(&mut self, user: UserId, deed: Deed) {
        match deed {
            Deed::UpdateUser if self.is_named() => {
                let name = first_name(self.imprint());
                self.ask_named(What::UpdateUser(user, name));
            }
            Deed::UpdateUser => {
                let name = first_name(self.imprint());
                let changes = ProfileChanges { first_name: Some(name), ..ProfileChanges::default() };
                self.by_partner(user, Command::UpdateUser(Box::new(changes)), Wish::UpdateUser);
            }
            Deed::DeleteUser => {
                if self.options.has(Fault::CutAtWrite) && self.dice.chance(50) {
                    // Around the end of a key, the order of writes matters most.
                    self.disk.cut_after(self.dice.between(0, 4));
                }
                self.by_partner(user, Command::DeleteUser, Wish::DeleteUser);
            }
            Deed::GetUser => self.by_partner(user, Command::GetUser, Wish::GetUser),
            Deed::CreateLink => self.create_link(user),
            Deed::CreateTwoLinks => {
                self.log.mark("two links were asked for at once");
                self.create_link(user);
                self.create_link(user);
            }
            Deed::GetLink => self.by_partner(user, Command::GetLink, Wish::GetLink),
            Deed::DeleteLink => self.by_partner(user, Command::DeleteLink, Wish::DeleteLink),
            Deed::EndConsent => {
                let known = self.ledger.consents(user);
                let id = known.last().copied().unwrap_or(ConsentId(user.0));
                self.by_partner(user, Command::EndConsent(id), Wish::EndConsent(id));
            }
            Deed::Pry => {
                let own = self.ledger.application_of(user);
                let other = self.people.applications.iter().copied().find(|one| *one != own);
                let command = [Command::GetUser, Command::GetLink, Command::DeleteUser, Command::GetConsent];
                let place = self.dice.place(command.len()).unwrap_or(0);
                let command = command.into_iter().nth(place);
                if let (Some(other), Some(command)) = (other, command) {
                    self.ask(user, Caller::Server(other), command, Asker::Person(Wish::Pry));
                }
            }
            _ => {
                let application = self.ledger.application_of(user);
                let cookie = self.dice.bytes();
                let command = Command::Exchange {
                    cookie,
                    old_cookie: None,
                    return_state: None,
                    errand: Errand::default(),
                };
                let wish = Wish::Exchange { cookie, link: None };
                self.ask(user, Caller::Client(application), command, Asker::Person(wish));
            }
        }
    }

    /// Any link of the user that somebody may still hold, mostly the newest.
    pub(super) fn some_link(&mut self, user: UserId) -> Option<AuthLinkId> {
        let links = self.ledger.links(user);
        let place = self.dice.place(links.len())?;
        if self.dice.chance(80) { links.last().copied() } else { Some(links[place]) }
    }

    fn look_at(&mut self, user: UserId, link: AuthLinkId) {
        let cookie = self.browser(user).map(|browser| browser.cookie);
        let Some(hash) = self.ledger.hash_of(link) else { return };
        self.by_applicant(user, Command::ViewLink { hash, cookie }, Wish::Look(link));
    }

    fn request_code(&mut self, user: UserId, link: AuthLinkId) {
        let Some(hash) = self.ledger.hash_of(link) else { return };
        self.by_applicant(
            user,
            Command::RequestCode { hash, words: &"is your code" },
            Wish::RequestCode(link),
        );
    }

    fn try_code(&mut self, user: UserId, link: AuthLinkId, digits: &str, is_race: bool) {
        let Some(hash) = self.ledger.hash_of(link) else { return };
        let Some(code) = CodeText::parse(digits) else { return };
        let cookie = if self.dice.chance(60) { Some(self.dice.bytes()) } else { None };
        let entry = match cookie {
            Some(cookie) => {
                let sent = self.dice.chance(30);
                let errand = if sent { self.some_errand(user) } else { Errand::default() };
                Entry::Cookie { cookie, return_state: Some("s".into()), errand }
            }
            None => Entry::Token,
        };
        let wish = Wish::Try { link, digits: digits.to_owned(), cookie, is_race };
        self.by_applicant(user, Command::TryCode { hash, code, entry }, wish);
    }

    fn link_holder_acts(&mut self, user: UserId, deed: Deed) {
        let Some(link) = self.some_link(user) else { return };
        let codes = self.phones.codes(link).to_vec();
        match deed {
            Deed::Look => self.look_at(user, link),
            Deed::RequestCode => self.request_code(user, link),
            Deed::RequestCodeAgain => {
                for _ in 0..self.dice.between(2, 4) {
                    self.request_code(user, link);
                }
            }
            Deed::TryRight => {
                if let Some(code) = codes.last() {
                    self.try_code(user, link, code, false);
                }
            }
            Deed::TryWrong => {
                for _ in 0..self.dice.between(1, 3) {
                    let digits = format!("{:06}", self.dice.below(1_000_000));
                    self.try_code(user, link, &digits, false);
                }
            }
            Deed::TryOld => {
                if let Some(place) = self.dice.place(codes.len()) {
                    self.try_code(user, link, &codes[place], false);
                }
            }
            _ => {
                if let Some(code) = codes.last() {
                    self.try_code(user, link, code, true);
                    self.try_code(user, link, code, true);
                }
            }
        }
    }

    pub(super) fn browser(&self, user: UserId) -> Option<Browser> {
        self.people.browsers.iter().rev().find(|browser| browser.user == user).cloned()
    }

    pub(super) fn token(&self, user: UserId) -> Option<Token> {
        self.people.tokens.iter().rev().find(|token| token.user == user).copied()
    }

    fn exchange(&mut self, token: Token) {
        let again = self.dice.chance(30);
        let (cookie, old_cookie) = match token.cookie {
            Some(held) if again => (held, Some(held)),
            _ => (self.dice.bytes(), None),
        };
        let command = Command::Exchange { cookie, old_cookie, return_state: None, errand: Errand::default() };
        let wish = Wish::Exchange { cookie, link: Some(token.link) };
        self.ask(token.user, token.caller, command, Asker::Person(wish));
    }

    fn disclose_by_token(&mut self, token: Token) {
        let Some(hash) = self.ledger.hash_of(token.link) else { return };
        let wish = Wish::DiscloseByToken(token.link);
        self.ask(token.user, token.caller, Command::DiscloseByToken { hash }, Asker::Person(wish));
    }

    fn browser_acts(&mut self, user: UserId, deed: Deed) {
        match (deed, self.token(user)) {
            (Deed::Exchange, Some(token)) => return self.exchange(token),
            (Deed::DiscloseByToken, Some(token)) => return self.disclose_by_token(token),
            _ => {}
        }
        let Some(Browser { cookie, .. }) = self.browser(user) else { return };
        match deed {
            Deed::ViewSession => {
                self.by_applicant(user, Command::ViewSession(cookie), Wish::ViewSession(cookie));
            }
            Deed::Agree => self.agree(user, cookie),
            Deed::Decline => self.by_applicant(user, Command::Decline(cookie), Wish::Decline(cookie)),
            Deed::Disclose => self.disclose(user, cookie, true),
            Deed::DiscloseAsking => self.disclose(user, cookie, false),
            Deed::Leave => self.by_applicant(user, Command::Leave(cookie), Wish::Leave(cookie)),
            _ => {}
        }
    }

    pub(super) fn agree(&mut self, user: UserId, cookie: CookieHash) {
        let current = self.ledger.policy_of(user);
        // Now and then the page shows a version that has changed since.
        let policy_version = if self.dice.chance(10) { current.saturating_sub(1) } else { current };
        self.by_applicant(user, Command::Agree { cookie, policy_version, shown: None }, Wish::Agree(cookie));
    }

    /// Somebody asks for a text again and again, as soon as one may.
    fn exhaust_texts(&mut self, user: UserId) -> Outcome<()> {
        let Some(link) = self.ledger.open_link(user, self.now) else { return Ok(()) };
        for _ in 0..=self.ledger.facts.sends {
            self.request_code(user, link);
            self.pass(Span::seconds(121))?;
        }
        Ok(())
    }

    /// Whatever brings this person on.
    fn go_on(&mut self, user: UserId) {
        let Some(link) = self.ledger.open_link(user, self.now) else {
            return if self.dice.chance(50) { self.press(user) } else { self.create_link(user) };
        };
        let codes = self.phones.codes(link).to_vec();
        if !self.ledger.is_entered(link) {
            return match codes.last() {
                Some(code) if self.dice.chance(80) => self.try_code(user, link, code, false),
                _ => self.request_code(user, link),
            };
        }
        let token = self.token(user).filter(|token| token.link == link);
        match self.browser(user).filter(|browser| browser.link == Some(link) && !browser.over) {
            Some(browser) if browser.consent.is_none() => self.agree(user, browser.cookie),
            Some(browser) => self.bring_on(&browser),
            None => match token {
                Some(token) if token.cookie.is_none() || self.dice.chance(50) => self.exchange(token),
                Some(token) => self.disclose_by_token(token),
                None => self.create_link(user),
            },
        }
    }

    /// A partner reads its events page by page: all that are durable, newest first, and nobody else's.
    fn list_events(&mut self) -> Outcome<()> {
        let Some(place) = self.dice.place(self.people.applications.len()) else { return Ok(()) };
        let application = self.people.applications[place];
        let Some(process) = &self.process else { return Ok(()) };
        let read = super::happened::listed(&process.library, &process.durable(), application, self.now);
        let shown =
            read.map_err(|error| super::broken("DUR-1", format!("events cannot be read: {error}")))?;
        self.log.line(self.now, format!("{} events are shown", shown.len()));
        self.checker.shown(application, &shown, self.now)
    }
}
