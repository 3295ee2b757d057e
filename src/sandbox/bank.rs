//! What the bank keeps while it runs: open challenges, ended sessions, faults, and what it has worked
//! out in this minute. Must not know: HTTP.

use super::challenge::{Challenges, Told};
use super::data::Book;
use super::data::institution::{Institution, MfaPolicy};
use super::data::magic::Quirk;
use super::data::persona::Persona;
use super::fault::{Faults, Step, Trouble};
use super::session::{Session, Sessions};
use super::{LATENCY_MAX, Options};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One running bank.
pub struct Bank {
    options: Options,
    challenges: Mutex<Challenges>,
    sessions: Mutex<Sessions>,
    faults: Mutex<Faults>,
    /// How often each person logged in at the institution that asks every second time.
    logins: Mutex<BTreeMap<&'static str, u64>>,
    books: Mutex<BTreeMap<BookKey, (i64, Arc<Book>)>>,
}

/// Institution and login id: there are few of them, so that all books fit.
type BookKey = (&'static str, &'static str);

/// A minute, in milliseconds: a book is the same for a whole one.
const MINUTE: i64 = 60_000;

/// What was proved is whole also when a thread panicked while it held the lock: go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bank {
    /// A bank that nobody has used yet.
    pub fn new(options: Options) -> Self {
        let options = Options { latency: options.latency.min(LATENCY_MAX), ..options };
        Self {
            sessions: Mutex::new(Sessions::of(options.seed)),
            options,
            challenges: Mutex::default(),
            faults: Mutex::default(),
            logins: Mutex::default(),
            books: Mutex::default(),
        }
    }

    /// How long every request takes at least.
    pub fn latency(&self) -> Duration {
        self.options.latency
    }

    /// Whether `/control` is there.
    pub fn is_controlled(&self) -> bool {
        self.options.is_controlled
    }

    /// The faults.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    /// What happens to an answer; counts it. A fault that was set comes before what always goes wrong for
    /// a magic user.
    pub fn strike(
        &self,
        institution: &Institution,
        login_id: &str,
        persona: Option<Persona>,
        step: Step,
    ) -> Option<Trouble> {
        let set = self.faults().strike(institution.id, login_id, step);
        set.or_else(|| persona.and_then(Persona::quirk).and_then(|quirk| Trouble::of(quirk, step)))
    }

    /// Whether this login must prove more than a password.
    pub fn must_ask(&self, institution: &Institution, persona: Persona) -> bool {
        let is_about_that =
            |quirk| matches!(quirk, Quirk::Forgets | Quirk::Disbelieves | Quirk::Spoilt(Step::Answer, _));
        if persona.quirk().is_some_and(is_about_that) {
            return true;
        }
        match institution.mfa {
            MfaPolicy::Never => false,
            MfaPolicy::Always => true,
            MfaPolicy::Sometimes => {
                let mut logins = lock(&self.logins);
                let count = logins.entry(persona.login_id()).or_default();
                *count += 1;
                *count % 2 == 1
            }
        }
    }

    /// A challenge for this person.
    pub fn challenge(&self, institution: &Institution, persona: Persona) -> Told {
        let now = self.now();
        let id = lock(&self.sessions).fresh_id(now);
        lock(&self.challenges).open(id, institution, persona, now)
    }

    /// Judges answers to a challenge.
    pub fn judge(
        &self,
        id: &str,
        institution: &Institution,
        answers: &[String],
    ) -> Result<Persona, super::answer::Refusal> {
        lock(&self.challenges).answer(id, institution, answers, self.now())
    }

    /// A session for this person.
    pub fn open_session(&self, institution: &Institution, persona: Persona) -> Session {
        lock(&self.sessions).open(institution, persona, self.now())
    }

    /// Whose session this is.
    pub fn person(&self, token: &str, institution: &Institution) -> Option<Persona> {
        lock(&self.sessions).check(token, institution, self.now())
    }

    /// Whether the accounts may be read under this session: where it shows them once, this was it.
    pub fn may_read_accounts(&self, token: &str, persona: Persona) -> bool {
        persona.quirk() != Some(Quirk::ReadOnce) || lock(&self.sessions).is_first_reading(token)
    }

    /// Whether an account has another name by now: the accounts were read under this session before.
    pub fn has_renamed(&self, token: &str, persona: Persona) -> bool {
        persona.quirk() == Some(Quirk::Renames) && !lock(&self.sessions).is_first_reading(token)
    }

    /// Ends a session.
    pub fn end_session(&self, token: &str) {
        lock(&self.sessions).end(token);
    }

    /// What the institution knows of this person's money now.
    pub fn book(&self, institution: &'static Institution, persona: Persona) -> Arc<Book> {
        let (key, now) = ((institution.id, persona.login_id()), self.now());
        let minute = now.div_euclid(MINUTE);
        if let Some((of, book)) = lock(&self.books).get(&key)
            && *of == minute
        {
            return book.clone();
        }
        let book = Arc::new(Book::of(self.options.seed, institution, persona, now));
        lock(&self.books).insert(key, (minute, book.clone()));
        book
    }

    fn now(&self) -> i64 {
        (self.options.now)()
    }
}
