//! Partners who name what they ask, and ask it again: because nobody answered, because two of them do it at
//! once, or for no reason; and now and then with another body. The HTTP room's part of a request that is done
//! once, on the queue: its turn, its mark, its answer.

use super::asks::Wish;
use super::process::Owner;
use super::queue::Event;
use super::world::{Asker, World};
use super::{Outcome, broken};
use crate::domain::clock::{TestClock, Way};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, ClockId, ConnectionId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::domain::time::Span;
use crate::domain::user::Presence;
use crate::engine::clocks::core::{Ask, Change, NewClock};
use crate::engine::mark::{self, Found, Kept, LIFETIME, Mark, Rendered, Turn};
use crate::engine::user::core::Refusal;
use std::sync::Arc;

/// How often a partner asks under one name, at most.
const ASKED_MAX: u32 = 6;

/// Bytes that make an answer longer than one record holds.
const LONG: usize = 4000;

/// What a partner asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A user of this first name.
    CreateUser(ApplicationId, String, Option<ClockId>),
    /// That a user has this first name.
    UpdateUser(UserId, String),
    /// A link for this number.
    CreateLink(UserId, String),
    Refresh(UserId, ConnectionId),
    RefreshAll(UserId),
    Purge(UserId, ConnectionId),
    /// A clock of this name.
    MakeClock(ApplicationId, String),
    /// That a clock goes so far.
    Advance(ApplicationId, ClockId, Span),
}

impl What {
    /// What can be seen of it wherever it was done, and by nothing else.
    fn imprint(&self) -> Option<String> {
        match self {
            Self::CreateUser(_, text, _)
            | Self::UpdateUser(_, text)
            | Self::CreateLink(_, text)
            | Self::MakeClock(_, text) => Some(text.clone()),
            Self::Advance(_, clock, span) => Some(sent_off(*clock, *span)),
            Self::Refresh(..) | Self::RefreshAll(_) | Self::Purge(..) => None,
        }
    }

    const fn user(&self) -> Option<UserId> {
        match self {
            Self::CreateUser(..) | Self::MakeClock(..) | Self::Advance(..) => None,
            Self::UpdateUser(user, _)
            | Self::CreateLink(user, _)
            | Self::Refresh(user, _)
            | Self::RefreshAll(user)
            | Self::Purge(user, _) => Some(*user),
        }
    }
}

/// A request with a name.
#[derive(Debug)]
pub(super) struct Request {
    /// What was asked under it: the same each time, but for a partner's mistake.
    pub(super) bodies: Vec<What>,
    asked: u32,
    was_lost: bool,
    /// What it was answered first, since its mark was made.
    pub(super) answer: Option<Rendered>,
}

impl Request {
    /// What can be seen of it.
    pub(super) fn imprints(&self) -> impl Iterator<Item = String> {
        self.bodies.iter().filter_map(What::imprint)
    }

    /// Whether doing it twice looks as doing it once.
    pub(super) fn may_be_unseen(&self) -> bool {
        matches!(self.bodies[0], What::UpdateUser(..))
    }

    /// Whom it was meant for.
    pub(super) fn users(&self) -> impl Iterator<Item = UserId> {
        self.bodies.iter().filter_map(What::user)
    }
}

/// One asking of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sending {
    id: [u8; 32],
    body: u8,
}

/// A request that is being done.
#[derive(Debug)]
pub(super) struct Once {
    sending: Sending,
    _turn: Turn,
}

impl Once {
    /// What it leaves, when the keeper of clocks is asked.
    pub(super) fn clock_mark(&self) -> Mark<TestClock> {
        let Sending { id, body } = self.sending;
        let answer = |clock: &TestClock| {
            Some(Rendered { status: 202, body: format!("clock {} of {}", clock.id, clock.name).into_bytes() })
        };
        Mark { id, body: [body; 32], lifetime: LIFETIME, render: Arc::new(answer) }
    }

    /// What it leaves.
    pub(super) fn mark(&self) -> Mark<Reply> {
        let Sending { id, body } = self.sending;
        let render = Arc::new(|reply: &Reply| Some(render(reply)));
        Mark { id, body: [body; 32], lifetime: LIFETIME, render }
    }
}

/// An answer, as the HTTP room would write it: with the secret of a link.
fn render(reply: &Reply) -> Rendered {
    let (status, text) = match reply {
        Reply::User(view) => (201, format!("user {} {}", view.id, view.profile.first_name)),
        Reply::Link(view) => (201, format!("link {} {}", view.id, view.public_id.reveal())),
        Reply::Job(job) | Reply::JobAgain(job) => (202, format!("job {}", job.id)),
        Reply::JobOpen(job) => (202, format!("job {}, open already", job.id)),
        Reply::Jobs(jobs) => {
            let ids: Vec<String> = jobs.iter().map(|job| job.id.to_string()).collect();
            (202, format!("{}{}", ids.join(" "), ".".repeat(LONG)))
        }
        _ => (204, String::new()),
    };
    Rendered { status, body: text.into_bytes() }
}

impl World {
    /// A number that nothing else of this run has.
    pub(super) fn imprint(&mut self) -> u64 {
        self.people.imprints += 1;
        self.people.imprints
    }

    /// A partner asks something under a name; now and then two of its machines do.
    pub(super) fn ask_named(&mut self, what: What) {
        let id = self.dice.bytes();
        self.log.line(self.now, format!("{what:?} gets the name {:02x}{:02x}", id[0], id[1]));
        let request = Request { bodies: vec![what], asked: 0, was_lost: false, answer: None };
        self.checker.marks.requests.insert(id, request);
        let times = if self.dice.chance(15) { 2 } else { 1 };
        for _ in 0..times {
            self.send_named(Sending { id, body: 0 }, 40);
        }
    }

    fn send_named(&mut self, sending: Sending, within: u64) {
        let Some(request) = self.checker.marks.requests.get_mut(&sending.id) else { return };
        if request.asked < ASKED_MAX && !self.healed {
            request.asked += 1;
            self.soon(within, Event::Named(sending));
        }
    }

    /// A partner asks once more, with so many of a hundred chances.
    fn again(&mut self, mut sending: Sending, percent: u64) {
        if !self.dice.chance(percent) {
            return;
        }
        if self.dice.chance(15) {
            sending.body = self.another_body(sending.id);
        }
        // Some wait until their name counts no more, or almost.
        let within = if self.dice.chance(10) { LIFETIME.0 + Span::minutes(1).0 } else { 20_000 };
        self.send_named(sending, within);
    }

    fn another_body(&mut self, id: [u8; 32]) -> u8 {
        let text = self.imprint();
        let Some(request) = self.checker.marks.requests.get_mut(&id) else { return 0 };
        if request.bodies.len() == 1 {
            let other = match &request.bodies[0] {
                What::CreateUser(application, _, clock) => {
                    What::CreateUser(*application, first_name(text), *clock)
                }
                What::MakeClock(application, _) => What::MakeClock(*application, format!("clock {text}")),
                What::Advance(application, clock, _) => {
                    What::Advance(*application, *clock, Span(Span::minutes(30).0 + text))
                }
                What::UpdateUser(user, _) => What::UpdateUser(*user, first_name(text)),
                What::CreateLink(user, _) => What::CreateLink(*user, mobile(text)),
                What::Refresh(..) | What::RefreshAll(_) | What::Purge(..) => return 0,
            };
            request.bodies.push(other);
        }
        1
    }

    /// Nobody knows whether it was done: its partner asks again.
    pub(super) fn named_lost(&mut self, once: Once) {
        let sending = once.sending;
        drop(once);
        self.checker.marks.requests.get_mut(&sending.id).into_iter().for_each(|one| one.was_lost = true);
        self.again(sending, 90);
    }

    /// A named request reaches the server.
    pub(super) fn named_arrives(&mut self, sending: Sending) -> Outcome<()> {
        if self.healed {
            return Ok(());
        }
        let Some(process) = &self.process else {
            self.again(sending, 90);
            return Ok(());
        };
        let Some(turn) = process.turns.take(sending.id) else {
            self.log.mark("a named request met itself");
            self.again(sending, 70);
            return Ok(());
        };
        match mark::find(&process.library, &self.keyring, &sending.id, self.now) {
            Err(error) => Err(broken("DUR-1", format!("a mark cannot be read: {error}"))),
            Ok(Found::Over(commit)) => {
                self.log.mark("a mark that was over made room");
                self.submit(Owner::Nobody, commit);
                self.again(sending, 100);
                Ok(())
            }
            Ok(Found::Kept(kept)) => self.answered_before(sending, kept),
            Ok(Found::Nothing) => self.do_named(Once { sending, _turn: turn }),
        }
    }

    fn do_named(&mut self, once: Once) -> Outcome<()> {
        let request = self.checker.marks.requests.get(&once.sending.id);
        let what = request.and_then(|request| request.bodies.get(usize::from(once.sending.body))).cloned();
        let Some(what) = what else { return Ok(()) };
        match what {
            What::MakeClock(application, name) => {
                let new = NewClock { application, name, at: None, runs: false };
                return self.ask_keeper(Ask::Create(new), Some(once));
            }
            What::Advance(application, clock, span) => {
                let change = Change::Advance(Way::By(span));
                return self.ask_keeper(Ask::Change(application, clock, change), Some(once));
            }
            _ => {}
        }
        let of = |name: String| {
            let mobile = Some("+61400111222".to_owned());
            Box::new(ProfileChanges { mobile, first_name: Some(name), ..ProfileChanges::default() })
        };
        let user = what.user().unwrap_or_else(|| UserId(Entropy::new(self.dice.bytes()).uuid()));
        let (command, wish) = match what {
            What::CreateUser(application, name, clock) => {
                self.ledger.wants_user(user, application, clock);
                (Command::CreateUser(of(name), clock), Wish::CreateUser)
            }
            What::UpdateUser(_, name) => (Command::UpdateUser(of(name)), Wish::UpdateUser),
            What::CreateLink(_, mobile) => (Command::CreateLink { mobile: Some(mobile) }, Wish::CreateLink),
            What::Refresh(_, id) => (Command::RefreshConnection(id), Wish::Refresh(id)),
            What::RefreshAll(_) => (Command::RefreshConnections, Wish::RefreshAll),
            What::MakeClock(..) | What::Advance(..) => return Ok(()),
            What::Purge(_, id) => {
                (Command::PurgeConnection(id), Wish::Purge(id, self.checker.generation_shown(user, id)))
            }
        };
        let number = self.tokens + 1;
        self.log.line(self.now, format!("#{number} a server asks {user} by name: {wish:?}"));
        self.ledger.sent(user, &wish);
        let caller = Caller::Server(self.ledger.application_of(user));
        let token = self.ask_directly(user, caller, command, Asker::Person(wish));
        if let Some(ask) = self.asks.get_mut(&token) {
            ask.once = Some(once);
        }
        self.ask_arrives(token)
    }

    /// It was done before: the answer is the first one (ONCE-1), or another body is refused.
    fn answered_before(&mut self, sending: Sending, kept: Kept) -> Outcome<()> {
        let marks = &mut self.checker.marks;
        let Some(request) = marks.requests.get(&sending.id) else { return Ok(()) };
        let what = format!("{:?}", request.bodies);
        self.log.line(self.now, format!("it was done before: {what}"));
        if kept.body != [sending.body; 32] {
            self.log.mark("a name was used for something else");
            return Ok(());
        }
        let Some(answer) = kept.answer else {
            let about = marks.about(request);
            let is_gone = |user| matches!(self.checker.presence(user), Some(Presence::Deleted));
            self.log.mark("a named request was about somebody who is gone");
            return if about.iter().any(|user| is_gone(*user)) {
                Ok(())
            } else {
                Err(broken("ONCE-1", format!("the answer to {what} is gone, and whom it is about is not")))
            };
        };
        if request.was_lost {
            self.log.mark("what was lost in a crash was answered when it was asked again");
        }
        self.log.mark("a named request was answered as before");
        self.same_answer(sending, answer)?;
        self.again(sending, 30);
        Ok(())
    }

    fn same_answer(&mut self, sending: Sending, answer: Rendered) -> Outcome<()> {
        let Some(request) = self.checker.marks.requests.get_mut(&sending.id) else { return Ok(()) };
        let first = request.answer.get_or_insert_with(|| answer.clone());
        if *first == answer {
            return Ok(());
        }
        Err(broken("ONCE-1", format!("{:?} was answered in two ways", request.bodies)))
    }

    /// A named request was answered by the keeper of clocks: what it comes to is not what its mark says.
    pub(super) fn named_clock_answered(&mut self, once: Once, percent: u64) {
        let sending = once.sending;
        drop(once);
        self.again(sending, percent);
    }

    /// A named request was answered.
    pub(super) fn named_answered(&mut self, once: Once, answer: &Result<Reply, Refusal>) -> Outcome<()> {
        let sending = once.sending;
        drop(once);
        match answer {
            Ok(reply) => {
                self.log.mark("a named request was done");
                self.same_answer(sending, render(reply))?;
                self.again(sending, 50);
            }
            Err(Refusal::Trouble(_)) => self.again(sending, 80),
            Err(Refusal::Rule(_)) => self.again(sending, 10),
        }
        Ok(())
    }
}

/// That a clock was sent so far.
pub(super) fn sent_off(clock: ClockId, span: Span) -> String {
    format!("clock {clock} goes {} ms", span.0)
}

/// A first name that only one request gives.
pub(super) fn first_name(imprint: u64) -> String {
    format!("Ada {imprint}")
}

/// A number that only one request gives.
pub(super) fn mobile(imprint: u64) -> String {
    format!("+61411{imprint:06}")
}
