//! The institutions of a run: they let people in, ask them things, tell what is held, and end what they
//! opened; slowly, or not at all for a while, or with nonsense. What they tell is known here exactly, so
//! that what is shown can be compared with it. Must not know: who asks, what is made of the answers.

use super::dice::Dice;
use super::holdings::{Holding, MARK};
use super::{Outcome, broken};
use crate::domain::account::TransactionFacts;
use crate::domain::bank::{
    Answer, BankChallenge, BankFault, BankSession, ChallengeMethod, Credentials, Request,
};
use crate::domain::day::Day;
use crate::domain::id::UserId;
use crate::domain::institution::{Authorization, Institution, InstitutionId, SANDBOX};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a question of an institution stands.
const QUESTION: Span = Span::minutes(5);

/// Wrong answers after which a login is locked.
const WRONG_MAX: u32 = 3;

/// Logins of one person at one institution.
const LOGINS_MAX: usize = 2;

/// What comes back of a question.
pub(super) type Told = Result<Answer, BankFault>;

/// One login of a person.
#[derive(Debug)]
struct Login {
    user: UserId,
    institution: InstitutionId,
    name: String,
    /// The number of the account that all logins of the person there hold together.
    shared: String,
    /// What it meets with each time.
    refusal: Option<BankFault>,
    /// What it held when somebody was let in last.
    holding: Option<Arc<Holding>>,
    /// How often somebody asked us to sign in there.
    wanted: u32,
    sign_ins: u32,
}

/// What an institution opened for a login.
#[derive(Debug)]
struct Opened {
    login: usize,
    holding: Arc<Holding>,
    at: UnixMillis,
    is_open: bool,
    /// Nobody can be expected to close it.
    is_excused: bool,
    page: usize,
    /// It tells of what is older than it was asked for, too.
    tells_all: bool,
    /// What it was asked for last.
    from: Day,
}

#[derive(Debug)]
struct Question {
    login: usize,
    asked: UnixMillis,
    wrong: u32,
    asks_again: bool,
}

/// How an institution is, and until when.
#[derive(Debug, Clone, Copy, Default)]
struct Mood {
    down: UnixMillis,
    slow: UnixMillis,
    lies: UnixMillis,
}

/// What goes wrong at an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Down,
    Slow,
    Lies,
}

/// What was told through one bank session, all in all.
#[derive(Debug, Clone)]
pub(super) struct Telling {
    holding: Arc<Holding>,
    from: Day,
}

impl Telling {
    /// The accounts, each with what it may show of transactions, newest first.
    pub(super) fn accounts(
        &self,
    ) -> impl Iterator<Item = (&crate::domain::account::AccountFacts, Vec<&TransactionFacts>)> {
        self.holding.accounts.iter().map(|held| {
            let lately = held.transactions.iter().filter(|one| one.day >= self.from);
            (&held.facts, lately.collect())
        })
    }

    /// The person.
    pub(super) fn identity(&self) -> &crate::domain::account::IdentityFacts {
        &self.holding.identity
    }
}

/// All institutions.
#[derive(Debug, Default)]
pub(super) struct Banks {
    logins: Vec<Login>,
    opened: BTreeMap<String, Opened>,
    questions: BTreeMap<String, Question>,
    moods: BTreeMap<InstitutionId, Mood>,
    /// Whose sign-ins up to then nobody can be expected to close.
    excused: BTreeMap<UserId, UnixMillis>,
    made: u64,
}

// What people know.
impl Banks {
    /// A login of this person somewhere: one that they have, or a new one.
    pub(super) fn login(&mut self, user: UserId, dice: &mut Dice) -> usize {
        let institution = SANDBOX[dice.place(SANDBOX.len()).unwrap_or(0)].id;
        let has = |login: &Login| login.user == user && login.institution == institution;
        let known: Vec<usize> = (0..self.logins.len()).filter(|index| has(&self.logins[*index])).collect();
        if known.len() >= LOGINS_MAX || (!known.is_empty() && dice.chance(60)) {
            return known[dice.place(known.len()).unwrap_or(0)];
        }
        let shared = format!("{MARK}-{user}-{institution}");
        let refusal = match dice.below(12) {
            0 => Some(BankFault::Locked),
            1 => Some(BankFault::ActionRequired),
            _ => None,
        };
        let name = format!("{user}-{institution}-{}", known.len());
        let (holding, wanted, sign_ins) = (None, 0, 0);
        self.logins.push(Login { user, institution, name, shared, refusal, holding, wanted, sign_ins });
        self.logins.len() - 1
    }

    /// Where a login is.
    pub(super) fn institution(&self, login: usize) -> Option<InstitutionId> {
        self.logins.get(login).map(|login| login.institution)
    }

    /// What somebody types to sign in; from now on it may reach the institution once more.
    pub(super) fn type_in(&mut self, login: usize, is_right: bool) -> Credentials {
        let Some(login) = self.logins.get_mut(login) else {
            return Credentials { login_id: secret(""), password: secret("") };
        };
        login.wanted += 1;
        let password = if is_right { password(login) } else { secret("wrong") };
        Credentials { login_id: secret(&login.name), password }
    }

    /// What somebody answers.
    pub(super) fn answer(&self, login: usize, is_right: bool) -> Secret {
        let right = self.logins.get(login).filter(|_| is_right).map(right_answer);
        right.unwrap_or_else(|| secret("wrong answer"))
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(format!("{MARK} {text}"))
}

fn password(login: &Login) -> Secret {
    secret(&format!("password of {}", login.name))
}

fn right_answer(login: &Login) -> Secret {
    secret(&format!("answer of {}", login.name))
}

// What goes wrong.
impl Banks {
    /// For so long an institution is in trouble.
    pub(super) fn trouble(&mut self, institution: InstitutionId, trouble: Trouble, until: UnixMillis) {
        let mood = self.moods.entry(institution).or_default();
        match trouble {
            Trouble::Down => mood.down = until,
            Trouble::Slow => mood.slow = until,
            Trouble::Lies => mood.lies = until,
        }
    }

    /// An institution ends all that it opened.
    pub(super) fn end_all(&mut self, institution: InstitutionId) {
        for opened in self.opened.values_mut() {
            if self.logins[opened.login].institution == institution {
                opened.is_open = false;
            }
        }
    }

    /// All troubles are over.
    pub(super) fn heal(&mut self) {
        self.moods.clear();
    }

    /// How long a question is on its way there and back, in milliseconds.
    pub(super) fn ways(&self, institution: InstitutionId, now: UnixMillis, dice: &mut Dice) -> (u64, u64) {
        let mood = self.moods.get(&institution).copied().unwrap_or_default();
        let back = if now < mood.slow { dice.between(3000, 60_000) } else { dice.between(5, 700) };
        (dice.between(5, 200), back)
    }

    /// Whoever might have closed what is opened for these users until then may be gone.
    pub(super) fn excuse(&mut self, whose: impl Fn(UserId) -> bool, until: UnixMillis) {
        for opened in self.opened.values_mut() {
            opened.is_excused |= whose(self.logins[opened.login].user);
        }
        for user in self.logins.iter().map(|login| login.user).filter(|user| whose(*user)) {
            self.excused.insert(user, until);
        }
    }

    pub(super) fn excuse_one(&mut self, session: &BankSession) {
        self.opened.get_mut(session.reveal()).into_iter().for_each(|opened| opened.is_excused = true);
    }
}

// What is asked.
impl Banks {
    /// One question reaches its institution. `waits` says whether anybody still waits for the answer.
    pub(super) fn ask(
        &mut self,
        now: UnixMillis,
        dice: &mut Dice,
        institution: InstitutionId,
        request: &Request,
        waits: bool,
    ) -> Outcome<Told> {
        let mood = self.moods.get(&institution).copied().unwrap_or_default();
        let flaky = request.is_read() && dice.chance(3);
        if now < mood.down || flaky {
            self.not_closed(request);
            return Ok(Err(BankFault::Unavailable));
        }
        let told = match request {
            Request::SignIn(credentials) => self.sign_in(now, dice, institution, credentials)?,
            Request::Answer { challenge, answers } => self.judge(now, dice, challenge, answers),
            Request::Profile(session) => self.tell_profile(now, session, dice),
            Request::Accounts { session, with_terms } => self.tell_accounts(session, *with_terms, dice),
            Request::Transactions { session, account, from, cursor } => {
                self.tell_transactions(session, account, *from, cursor.as_deref(), dice)
            }
            Request::SignOut(session) => {
                self.inside(session).map(|opened| opened.is_open = false).ok();
                Ok(Answer::Done)
            }
        };
        let lies = now < mood.lies && dice.chance(30);
        if (lies || !waits)
            && let Ok(Answer::SignedIn(session)) = &told
        {
            self.excuse_one(session);
        }
        Ok(match told {
            // What cannot be read is as if it had not been said; some answer another question.
            Ok(_) if lies && dice.chance(50) => Err(BankFault::Unavailable),
            Ok(_) if lies => Ok(Answer::Done),
            told => told,
        })
    }

    /// A question that is never heard.
    pub(super) fn not_closed(&mut self, request: &Request) {
        if let Request::SignOut(session) = request {
            self.excuse_one(session);
        }
    }

    fn sign_in(
        &mut self,
        now: UnixMillis,
        dice: &mut Dice,
        institution: InstitutionId,
        credentials: &Credentials,
    ) -> Outcome<Told> {
        let typed = credentials.login_id.reveal();
        let found = self.logins.iter().position(|one| secret(&one.name).reveal() == typed);
        let Some(index) = found else { return Ok(Err(BankFault::InvalidCredentials)) };
        let login = &mut self.logins[index];
        if login.institution != institution {
            return Err(broken("ISO-1", "a login went to another institution"));
        }
        login.sign_ins += 1;
        if login.sign_ins > login.wanted {
            return Err(broken("JOB-1", "a login was repeated by itself"));
        }
        if credentials.password != password(login) {
            return Ok(Err(BankFault::InvalidCredentials));
        }
        if let Some(refusal) = login.refusal {
            return Ok(Err(refusal));
        }
        let authorization = Institution::find(institution).map(|one| one.authorization);
        let asks = match authorization {
            Some(Authorization::UserMfa) => true,
            Some(Authorization::UserMfaIntermittent) => dice.chance(50),
            _ => false,
        };
        Ok(Ok(if asks { self.question(now, dice, index) } else { self.open(now, dice, index) }))
    }

    fn name(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{MARK}-{what}-{}", self.made)
    }

    fn question(&mut self, now: UnixMillis, dice: &mut Dice, login: usize) -> Answer {
        let reference = self.name("question");
        let asks_again = dice.chance(15);
        self.questions.insert(reference.clone(), Question { login, asked: now, wrong: 0, asks_again });
        let prompts = (0..dice.between(1, 2)).map(|number| format!("{MARK} prompt {number}")).collect();
        let method =
            if dice.chance(50) { ChallengeMethod::Token } else { ChallengeMethod::SecurityQuestions };
        let description = format!("{MARK} tell us more");
        Answer::Challenged(BankChallenge { reference: Secret::new(reference), method, description, prompts })
    }

    /// Lets somebody in. Since the last time, things went on.
    fn open(&mut self, now: UnixMillis, dice: &mut Dice, index: usize) -> Answer {
        let session = self.name("session");
        let login = &mut self.logins[index];
        let today = Day::of(now);
        let holding = match &login.holding {
            None => Arc::new(Holding::new(&login.name, &login.shared, today, dice)),
            Some(last) if dice.chance(60) => Arc::new(last.next(&login.name, today, dice)),
            Some(last) => last.clone(),
        };
        login.holding = Some(holding.clone());
        let is_excused = self.excused.get(&login.user).is_some_and(|until| now <= *until);
        let page = usize::try_from(dice.between(4, 40)).unwrap_or(4);
        let tells_all = dice.chance(20);
        let (login, at, is_open, from) = (index, now, true, today);
        let opened = Opened { login, holding, at, is_open, is_excused, page, tells_all, from };
        self.opened.insert(session.clone(), opened);
        Answer::SignedIn(Secret::new(session))
    }

    fn judge(&mut self, now: UnixMillis, dice: &mut Dice, reference: &Secret, answers: &[Secret]) -> Told {
        let known = self.questions.get_mut(reference.reveal());
        let open = known.filter(|question| now < question.asked.plus(QUESTION));
        let Some(question) = open else { return Err(BankFault::ChallengeOver) };
        let (index, asks_again) = (question.login, question.asks_again);
        let right = right_answer(&self.logins[index]);
        if answers.iter().any(|answer| *answer != right) {
            question.wrong += 1;
            return Err(if question.wrong < WRONG_MAX { BankFault::WrongAnswer } else { BankFault::Locked });
        }
        self.questions.remove(reference.reveal());
        Ok(if asks_again { self.question(now, dice, index) } else { self.open(now, dice, index) })
    }

    fn inside(&mut self, session: &BankSession) -> Result<&mut Opened, BankFault> {
        let opened = self.opened.get_mut(session.reveal());
        opened.filter(|opened| opened.is_open).ok_or(BankFault::SessionOver)
    }

    /// Whose it is. A reading begins with it, and since the one before things may have gone on.
    fn tell_profile(&mut self, now: UnixMillis, session: &BankSession, dice: &mut Dice) -> Told {
        let index = self.inside(session)?.login;
        if dice.chance(40) {
            let login = &mut self.logins[index];
            let last = login.holding.clone();
            let next = last.map(|last| Arc::new(last.next(&login.name, Day::of(now), dice)));
            login.holding.clone_from(&next);
            let opened = self.inside(session)?;
            opened.holding = next.unwrap_or_else(|| opened.holding.clone());
        }
        Ok(Answer::Profile(Box::new(self.inside(session)?.holding.identity.clone())))
    }

    fn tell_accounts(&mut self, session: &BankSession, with_terms: bool, dice: &mut Dice) -> Told {
        let opened = self.inside(session)?;
        let mut all: Vec<_> = opened.holding.accounts.iter().map(|held| held.facts.clone()).collect();
        all.iter_mut().filter(|_| !with_terms).for_each(|one| one.terms = None);
        // Some tell of an account twice.
        if let Some(place) = dice.place(all.len()).filter(|_| dice.chance(20)) {
            all.push(all[place].clone());
        }
        Ok(Answer::Accounts(all))
    }

    fn tell_transactions(
        &mut self,
        session: &BankSession,
        number: &str,
        from: Day,
        cursor: Option<&str>,
        dice: &mut Dice,
    ) -> Told {
        let opened = self.inside(session)?;
        opened.from = from;
        let held = opened.holding.accounts.iter().find(|held| held.facts.number == number);
        let all: Vec<_> = held.into_iter().flat_map(|held| &held.transactions).collect();
        let told = all.into_iter().filter(|one| opened.tells_all || one.day >= from);
        let begin = cursor.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        // Pages overlap where something came in between: one is told twice.
        let again = usize::from(begin > 0 && dice.chance(30));
        let rest: Vec<_> = told.skip(begin - again).cloned().collect();
        let is_last = rest.len() <= opened.page + again;
        let next = (!is_last).then(|| (begin + opened.page).to_string());
        let transactions = rest.into_iter().take(opened.page + again).collect();
        Ok(Answer::Transactions { transactions, next })
    }
}

// What was told.
impl Banks {
    /// What was told through a bank session.
    pub(super) fn telling(&self, session: &BankSession) -> Option<Telling> {
        let opened = self.opened.get(session.reveal())?;
        Some(Telling { holding: opened.holding.clone(), from: opened.from })
    }

    /// A bank session that is open, that nobody holds and that somebody could have closed.
    pub(super) fn forgotten(&self, held: impl Fn(&str) -> bool) -> Option<String> {
        let open = self.opened.iter().filter(|(_, opened)| opened.is_open && !opened.is_excused);
        let mut lost = open.filter(|(session, _)| !held(session));
        lost.next().map(|(_, opened)| {
            let login = &self.logins[opened.login];
            format!("{} since {} ms", login.name, opened.at.0)
        })
    }
}
