//! The gateway and the phones: texts come, come late, come twice, or never.

use super::options::Fault;
use super::process::Owner;
use super::queue::Event;
use super::world::{Asker, World};
use super::{Outcome, Violation};
use crate::adapters::sms::{Arrival, SmsError};
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::entropy::Entropy;
use crate::domain::id::{AuthLinkId, EffectId, JobId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::dispatcher::core::{Swept, Tried};
use crate::engine::dispatcher::perform::{self, Ending, Entry, Task};
use crate::engine::records::outbox::{OutboxHead, Wish};
use crate::engine::user::core::Refusal;
use std::collections::BTreeMap;

/// How long the dispatcher waits for the gateway.
const PATIENCE: Span = Span::seconds(15);

/// How far the dispatcher is with a job's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Look,
    Resume { was_open: Option<bool> },
    LookAgain,
}

/// What the dispatcher is about with an open job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Errand {
    head: OutboxHead,
    job: JobId,
    stage: Stage,
}

/// What people have on their phones.
#[derive(Debug, Default)]
pub(super) struct Phones {
    /// The codes that came for a link, oldest first.
    received: BTreeMap<AuthLinkId, Vec<String>>,
    /// What went under each key: a repeat must be the same text.
    sent: BTreeMap<EffectId, (String, String)>,
    /// The gateway takes nothing.
    pub(super) is_down: bool,
}

impl Phones {
    /// The codes that came for a link, oldest first.
    pub(super) fn codes(&self, link: AuthLinkId) -> &[String] {
        self.received.get(&link).map_or(&[], Vec::as_slice)
    }
}

impl World {
    /// One try of an effect, as the dispatcher's shell makes it.
    pub(super) fn perform(&mut self, id: EffectId) {
        let read = perform::read(self.disk.as_ref(), &self.keyring, id);
        let entry = match read {
            Ok(Some(Task::Text(entry))) => entry,
            Ok(Some(Task::Gather(head, job))) => {
                return self.see_to(Errand { head, job, stage: Stage::Look });
            }
            Ok(Some(Task::Sweep(..))) => return self.soon(2, Event::Tried(id, Tried::IsSweep)),
            Ok(None) | Err(_) => {
                self.log.mark("a withdrawn text was not sent");
                return self.soon(2, Event::Tried(id, Tried::Ended));
            }
        };
        let wanted = self.process.as_ref().map(|process| perform::is_wanted(&process.library, &entry));
        match wanted {
            Some(Ok(true)) => {}
            Some(Ok(false)) => {
                self.log.mark("a text whose link was over was not sent");
                return self.submit(Owner::Errand(id), perform::dropped(&entry.head));
            }
            Some(Err(_)) | None => return self.soon(2, Event::Tried(id, Tried::Again)),
        }
        if self.ledger.time_by(entry.head.clock, self.now) > entry.head.not_after {
            self.log.mark("a late text was dropped");
            self.soon(2, Event::Handed(Box::new(entry), Ok(Ending::TooLate)));
            return;
        }
        let slow = self.options.has(Fault::GatewaySlow) && self.dice.chance(15);
        let way = if slow { self.dice.between(15_001, 40_000) } else { self.dice.between(20, 1500) };
        if slow {
            self.log.mark("the gateway took too long");
            // Nobody waits that long: the try counts as failed, and the text arrives all the same.
            let again = read_again(self, id);
            if let Some(entry) = again {
                self.queue.at(self.now.plus(PATIENCE), Event::Handed(Box::new(entry), Err(SmsError::Later)));
            }
        }
        self.queue.at(self.now.plus(Span(way)), Event::AtGateway(Box::new(entry), self.now, slow));
    }

    /// A text is at the gateway: from here on it cannot be taken back.
    pub(super) fn at_gateway(
        &mut self,
        entry: Box<Entry>,
        looked: UnixMillis,
        nobody_waits: bool,
    ) -> Outcome<()> {
        let id = entry.head.id;
        if self.phones.is_down {
            self.log.mark("the gateway was down");
            self.handed_soon(entry, Err(SmsError::Later), nobody_waits);
            return Ok(());
        }
        if self.options.has(Fault::GatewayRefuses) && !self.healed && self.dice.chance(10) {
            self.log.mark("the gateway refused a text");
            self.ledger.refused.insert(id);
            self.handed_soon(entry, Err(SmsError::Refused), nobody_waits);
            return Ok(());
        }
        self.checker.text_goes(&entry)?;
        let text = (entry.text.to.clone(), entry.text.body.clone());
        let known = self.phones.sent.insert(id, text.clone());
        if known.as_ref().is_some_and(|known| *known != text) {
            let what = "another text went under the same key".to_owned();
            return Err(Violation { name: "DUR-2", what });
        }
        let repeats = self.options.has(Fault::GatewayRepeats) && self.dice.chance(20);
        if known.is_some() {
            self.log.mark("a text was repeated under its key");
        }
        // A gateway that knows the key delivers nothing twice; some deliver twice by themselves.
        let times = usize::from(known.is_none()) + usize::from(repeats);
        if matches!(entry.head.wish, Wish::Link { .. }) {
            self.link_arrives(&entry, looked)?;
        } else {
            let code: String = entry.text.body.chars().take(6).collect();
            let received = self.phones.received.entry(entry.link).or_default();
            received.extend(std::iter::repeat_n(code, times));
        }
        self.log.line(self.now, format!("text {id} arrives {times} times"));
        self.handed_soon(entry, Ok(Ending::Sent(Arrival::AtOnce)), nobody_waits);
        Ok(())
    }

    /// The next rows of a sweep, as the dispatcher's shell removes them.
    pub(super) fn sweep(&mut self, id: EffectId) -> Result<(), Swept> {
        let disk = self.disk.clone();
        let read = perform::read(disk.as_ref(), &self.keyring, id).map_err(|_| Swept::Failed)?;
        let Some(Task::Sweep(head, sweep)) = read else { return Err(Swept::Ended) };
        let step = perform::sweep(disk.as_ref(), &head, &sweep).map_err(|_| Swept::Failed)?;
        self.log.mark("rows that nothing shows were swept away");
        self.submit(Owner::Sweep(id, step.is_last), step.commit);
        Ok(())
    }

    /// An open job: its user sees that somebody works on it, as the dispatcher's shell asks for it.
    fn see_to(&mut self, errand: Errand) {
        let Errand { head, job, stage } = errand;
        let command = match stage {
            Stage::Look | Stage::LookAgain => Command::GetJob(job),
            Stage::Resume { .. } => Command::ResumeJob(job),
        };
        self.ask(head.user, Caller::House, command, Asker::Dispatcher(errand));
    }

    /// The user's answer: it is asked to go on, or the entry is of no use to anybody. In the steps of the
    /// dispatcher's shell.
    pub(super) fn seen_to(&mut self, errand: Errand, answer: &Result<Reply, Refusal>) {
        let is_open = match answer {
            Ok(Reply::Job(job)) => Some(job.is_open()),
            Err(Refusal::Rule(Failure::UserUnknown | Failure::JobUnknown)) => Some(false),
            _ => None,
        };
        let is_troubled = matches!(answer, Err(Refusal::Trouble(_)));
        match errand.stage {
            Stage::Look => self.see_to(Errand { stage: Stage::Resume { was_open: is_open }, ..errand }),
            Stage::Resume { was_open: Some(false) } if !is_troubled => {
                self.see_to(Errand { stage: Stage::LookAgain, ..errand });
            }
            Stage::LookAgain if is_open == Some(false) => {
                self.submit(Owner::Errand(errand.head.id), perform::dropped(&errand.head));
            }
            Stage::Resume { .. } | Stage::LookAgain => {
                self.soon(2, Event::Tried(errand.head.id, Tried::HandedOn));
            }
        }
    }

    /// The user knows of a refused text: its entry goes, if it still stands.
    pub(super) fn told_of_refusal(&mut self, head: &OutboxHead, answer: &Result<Reply, Refusal>) {
        match answer {
            Ok(_) | Err(Refusal::Rule(_)) => self.submit(Owner::Errand(head.id), perform::dropped(head)),
            Err(Refusal::Trouble(_)) => self.soon(2, Event::Tried(head.id, Tried::Again)),
        }
    }

    fn handed_soon(&mut self, entry: Box<Entry>, sent: Result<Ending, SmsError>, nobody_waits: bool) {
        if !nobody_waits && self.process.is_some() {
            self.soon(20, Event::Handed(entry, sent));
        }
    }

    /// How the handing over went is written down, or the text is tried again.
    pub(super) fn handed(&mut self, entry: &Entry, sent: Result<Ending, SmsError>) -> Outcome<()> {
        let id = entry.head.id;
        let mut entropy = Entropy::new(self.dice.bytes());
        let Some(process) = self.process.as_ref() else { return Ok(()) };
        let ending = match sent {
            Ok(ending) => ending,
            Err(SmsError::Later) => {
                self.soon(2, Event::Tried(id, Tried::Again));
                return Ok(());
            }
            Err(SmsError::Refused) => {
                let (user, refused) = (entry.head.user, Command::TextRefused(id));
                self.ask(user, Caller::House, refused, Asker::Gateway(entry.head));
                return Ok(());
            }
        };
        let commit = perform::ending(&process.house, &process.library, entry, ending, self.now, &mut entropy);
        let commit = commit.map_err(|error| super::broken("DUR-2", error.to_string()))?;
        self.submit(Owner::Effect(id), commit);
        Ok(())
    }
}

fn read_again(world: &World, id: EffectId) -> Option<Entry> {
    match perform::read(world.disk.as_ref(), &world.keyring, id) {
        Ok(Some(Task::Text(entry))) => Some(entry),
        _ => None,
    }
}
