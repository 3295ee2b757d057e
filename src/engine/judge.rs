//! Waiting for what a change brings: a page watches its user, and whoever answers an institution's
//! question waits until the answer is judged. Nothing is parked in the user for it: the answer is
//! committed like any command, the institution's judgement is another commit, and both tick the watch
//! channel. Lost in a crash with whoever waited, who looks at the job instead.

use super::Engine;
use super::mark::Mark;
use super::user::core::{Refusal, Trouble};
use super::watch::Watching;
use crate::domain::command::{Caller, Command, Failure, Reply};
use crate::domain::consent_session::CookieHash;
use crate::domain::id::{JobId, UserId};
use crate::domain::job::Job;
use crate::domain::secret::Secret;
use crate::domain::workflow::job::State;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long an answer may take to be judged before the caller is told to look later.
pub const JUDGEMENT: Duration = Duration::from_secs(15);

/// What a person answers.
#[derive(Debug)]
pub struct ChallengeAnswer {
    /// The browser, when a page asks; otherwise the caller's token says who.
    pub cookie: Option<CookieHash>,
    /// Which job's question.
    pub job: JobId,
    /// One for each prompt.
    pub answers: Vec<Secret>,
    /// It is given once.
    pub mark: Option<Box<Mark<Reply>>>,
}

/// How an institution judged an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It is right, and the job goes on.
    Right(Box<Job>),
    /// It is wrong, and may be tried again.
    Wrong(Box<Job>),
    /// The job is over.
    Over(Box<Job>),
}

impl Engine {
    /// Watches a user's changes; nothing when too many are watched.
    pub fn watch(&self, user: UserId) -> Option<Watching> {
        self.shared.watchers.watch(user)
    }

    /// Ends when the server is about to stop: what only listens should go then.
    pub fn stopping(&self) -> CancellationToken {
        self.shared.stopping.clone()
    }

    /// Answers an institution's question and waits for the judgement.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery; `Busy` when there is no judgement in time: the
    /// answer counts all the same.
    pub async fn answer_challenge(
        &self,
        user: UserId,
        caller: Caller,
        answer: ChallengeAnswer,
        request_id: Uuid,
    ) -> Result<Judged, Refusal> {
        let ChallengeAnswer { cookie, job, answers, mark } = answer;
        let mut watching = self.watch(user).ok_or(Trouble::Busy)?;
        let command = Command::AnswerChallenge { cookie, job, answers };
        let Reply::Job(asked) = self.send(user, caller, command, mark, request_id).await? else {
            return Err(Trouble::Defect.into());
        };
        let judged = async {
            loop {
                if let Some(judged) = self.judged(user, &asked, request_id).await? {
                    return Ok(judged);
                }
                watching.changed().await;
            }
        };
        tokio::time::timeout(JUDGEMENT, judged).await.unwrap_or(Err(Trouble::Busy.into()))
    }

    async fn judged(&self, user: UserId, asked: &Job, request_id: Uuid) -> Result<Option<Judged>, Refusal> {
        let reply = self.ask(user, Caller::House, Command::GetJob(asked.id), request_id).await?;
        let Reply::Job(job) = reply else { return Err(Failure::JobUnknown.into()) };
        Ok(judged(asked.answers, job))
    }
}

/// How the answer was judged that was given as the `given`th one, from where its job stands now; nothing
/// while the institution has not said.
fn judged(given: u32, job: Box<Job>) -> Option<Judged> {
    // A right answer never comes back to a question: if one was asked again, ours was wrong.
    let answered_again = job.answers > given;
    match job.state {
        State::Challenged => Some(Judged::Wrong(job)),
        State::Answering if answered_again => Some(Judged::Wrong(job)),
        State::Verifying | State::Refreshing | State::Answering => None,
        State::RetrievingAccounts | State::RetrievingTransactions | State::Success => {
            Some(Judged::Right(job))
        }
        State::Failed => Some(Judged::Over(job)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Judged, judged};
    use crate::domain::id::{ConnectionId, ConsentId, EffectId, JobId};
    use crate::domain::institution::SANDBOX;
    use crate::domain::job::{Job, Occasion};
    use crate::domain::time::UnixMillis;
    use crate::domain::workflow::Names;
    use crate::domain::workflow::job::State;
    use uuid::Uuid;

    fn job(state: State, answers: u32) -> Box<Job> {
        Box::new(Job {
            id: JobId(Uuid::from_u128(1)),
            effect: EffectId(Uuid::from_u128(2)),
            connection: ConnectionId(Uuid::from_u128(3)),
            consent: ConsentId(Uuid::from_u128(4)),
            institution: SANDBOX[0].id,
            occasion: Occasion::Connect,
            session: None,
            created: UnixMillis(0),
            updated: UnixMillis(0),
            state,
            attempt: 1,
            generation: 1,
            total_at: UnixMillis(1),
            challenge: None,
            answers,
            duplicates: Vec::new(),
            failure: None,
            ended: None,
        })
    }

    /// How the second answer was judged, where its job stands there with so many answers.
    fn word(state: State, answers: u32) -> &'static str {
        match judged(2, job(state, answers)) {
            Some(Judged::Right(_)) => "right",
            Some(Judged::Wrong(_)) => "wrong",
            Some(Judged::Over(_)) => "over",
            None => "not yet",
        }
    }

    #[test]
    fn an_answer_is_judged_by_where_its_job_went() {
        let words = State::ALL.iter().map(|state| (*state, word(*state, 2))).collect::<Vec<_>>();
        let expected = [
            (State::Verifying, "not yet"),
            (State::Refreshing, "not yet"),
            (State::Challenged, "wrong"),
            (State::Answering, "not yet"),
            (State::RetrievingAccounts, "right"),
            (State::RetrievingTransactions, "right"),
            (State::Success, "right"),
            (State::Failed, "over"),
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn an_answer_after_ours_means_that_ours_was_wrong() {
        assert_eq!(word(State::Answering, 3), "wrong");
        assert_eq!(word(State::RetrievingAccounts, 3), "right", "the later one was");
    }
}
