//! Writing a decision down: the commit that a user waits for, and what becomes of the user with it.
//! Must not know: actix, threads, channels, HTTP.

use super::{InFlight, Output, Refusal, Token, Trouble, UserCore, answer};
use crate::domain::command::Reply;
use crate::domain::entropy::Entropy;
use crate::domain::time::UnixMillis;
use crate::domain::user::{self, Next, Outcome, Presence};
use crate::engine::committer::Commit;
use crate::engine::mark::{self, Mark, Sealing};
use crate::engine::user::batch;

impl UserCore {
    /// Hands the decision to the store; a state that breaks an invariant is a defect, and is not written.
    pub(super) fn commit(
        &mut self,
        (now, real): (UnixMillis, UnixMillis),
        entropy: &mut Entropy,
        (token, mark): (Token, Option<Box<Mark<Reply>>>),
        outcome: Outcome,
        out: &mut Vec<Output>,
    ) {
        let before = match &self.presence {
            Presence::Here(user) => Some(user.as_ref()),
            Presence::Absent | Presence::Deleted => None,
        };
        if let Next::Save(after) = &outcome.next
            && let Err(broken) = user::invariants::check(before, after, &self.house.workflows, now)
        {
            tracing::error!(user = %self.id, invariant = broken.name, what = broken.what, "a broken invariant was not committed");
            out.push(Output::Reply { token, answer: Err(Trouble::Defect.into()) });
            return;
        }
        let answer = outcome.reply.clone().map_err(Refusal::from);
        let version = self.version + u64::from(!matches!(outcome.next, Next::Unchanged));
        let decided = batch::Decided {
            house: &self.house,
            id: self.id,
            before,
            version: self.version,
            key: self.key.clone(),
            consent_key: self.consent_key.clone(),
            outcome,
            real,
        };
        let made = batch::build(decided, entropy).and_then(|mut made| {
            if let (Some(mark), Ok(reply), Some(key)) = (&mark, &answer, &made.key) {
                let sealing = Sealing::User(self.id, key);
                mark::add(&mut made.commit, mark, reply, &sealing, real, entropy)?;
            }
            Ok(made)
        });
        match made {
            Ok(made) => {
                self.in_flight = Some(InFlight {
                    token,
                    next: made.next,
                    version,
                    key: made.key,
                    consent_key: made.consent_key,
                    answer,
                    this: None,
                    alarms: made.alarms,
                    effects: made.effects,
                    gathers: made.gathers,
                });
                out.push(Output::Commit(made.commit));
            }
            Err(error) => {
                tracing::error!(user = %self.id, %error, "a decision could not be written down");
                out.push(Output::Reply { token, answer: Err(Trouble::Defect.into()) });
            }
        }
    }

    /// What was asked is as it was asked for already: only that this was said is written down.
    pub(super) fn commit_mark(
        &mut self,
        real: UnixMillis,
        entropy: &mut Entropy,
        token: Token,
        outcome: Outcome,
        mark: Option<Box<Mark<Reply>>>,
        out: &mut Vec<Output>,
    ) {
        let mut commit = Commit::default();
        let written = match (&mark, &outcome.reply, &self.key) {
            (Some(mark), Ok(reply), Some(key)) => {
                mark::add(&mut commit, mark, reply, &Sealing::User(self.id, key), real, entropy)
            }
            _ => return out.push(answer(token, outcome)),
        };
        if let Err(error) = written {
            tracing::error!(user = %self.id, %error, "an answer could not be written down");
            return out.push(Output::Reply { token, answer: Err(Trouble::Defect.into()) });
        }
        self.in_flight = Some(InFlight {
            token,
            next: self.presence.clone(),
            version: self.version,
            key: self.key.clone(),
            consent_key: self.consent_key.clone(),
            answer: outcome.reply.map_err(Refusal::from),
            this: None,
            alarms: Vec::new(),
            effects: Vec::new(),
            gathers: Vec::new(),
        });
        out.push(Output::Commit(commit));
    }
}
