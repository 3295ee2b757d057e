//! The tally of jobs: what was acknowledged of them holds, each ends once, and its numbers only grow
//! (JOB-1, TM-1, DUR-1).

use super::asks::Wish;
use super::ledger::Ledger;
use super::world::Asked;
use super::{Outcome, broken};
use crate::domain::command::Reply;
use crate::domain::id::{ConnectionId, ConsentId, UserId};
use crate::domain::job::{Cause, Job};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::{JOBS_MAX, User};
use crate::domain::workflow::job::State;
use crate::engine::user::core::Refusal;

/// How long a job is remembered once it is over.
const KEPT: Span = Span::days(7);

/// What was acknowledged of a job.
#[derive(Debug, Clone)]
pub(super) struct JobTally {
    user: UserId,
    connection: ConnectionId,
    consent: ConsentId,
    /// When it was told of last, and what time it was for its user when that was asked for.
    told: UnixMillis,
    asked: UnixMillis,
    job: Job,
}

impl Ledger {
    /// What an answer tells of jobs: nothing older than before, and no end is ever left.
    pub(super) fn note_jobs(
        &mut self,
        ask: &Asked,
        wish: &Wish,
        answer: &Result<Reply, Refusal>,
        now: UnixMillis,
    ) -> Outcome<()> {
        let jobs = match answer {
            Ok(Reply::Job(job) | Reply::JobOpen(job) | Reply::JobAgain(job)) => {
                std::slice::from_ref(job.as_ref())
            }
            Ok(Reply::Jobs(jobs)) => jobs,
            Ok(Reply::Session(view)) => &view.jobs,
            _ => return Ok(()),
        };
        for job in jobs {
            if matches!(wish, Wish::Connect { .. } | Wish::Update(_) | Wish::Refresh(_)) && !job.is_open() {
                return Err(broken("JOB-1", format!("work is answered with job {}, which is over", job.id)));
            }
            if let Some(known) = self.jobs.get(&job.id) {
                // An answer to an earlier question may be on its way behind that to a later one.
                let is_newer = ask.at >= known.told;
                if known.user != ask.user {
                    return Err(broken("ISO-1", format!("job {} is somebody else's", job.id)));
                }
                if is_newer && goes_back(&known.job, job) {
                    return Err(broken("JOB-1", format!("job {} went back to what it was", job.id)));
                }
                if !is_newer {
                    continue;
                }
            }
            // What falls due while it is asked about (its own time, its consent's) is told at once, and
            // committed with its alarm or later: until then it is not what is stored.
            if job.ended.is_some_and(|ended| ended >= ask.time) {
                continue;
            }
            let (user, connection, consent, job) = (ask.user, job.connection, job.consent, job.clone());
            let (told, asked) = (now, ask.time);
            self.jobs.insert(job.id, JobTally { user, connection, consent, told, asked, job });
        }
        Ok(())
    }

    /// What was acknowledged of a user's jobs is not older than what is stored (DUR-1).
    pub(super) fn check_jobs(&self, user: &User, time: UnixMillis) -> Outcome<()> {
        for one in &user.connections {
            let purged = self.purged.get(&one.id).copied().unwrap_or(0);
            let shown = [one.accounts_generation, one.transactions_generation];
            if shown.into_iter().any(|number| number > 0 && number <= purged) {
                return Err(broken(
                    "DUR-1",
                    format!("what connection {} showed was purged and is back", one.id),
                ));
            }
        }
        let is_full = user.jobs.len() >= JOBS_MAX;
        for (id, known) in self.jobs.iter().filter(|(_, known)| known.user == user.id) {
            let Some(stored) = user.job(*id) else {
                let not_over_before = known.job.ended.unwrap_or(known.asked);
                let is_forgotten = is_full || time >= not_over_before.plus(KEPT);
                if is_forgotten {
                    continue;
                }
                return Err(broken("DUR-1", format!("job {id} was acknowledged and is gone")));
            };
            if goes_back(&known.job, stored) {
                return Err(broken("DUR-1", format!("job {id} is older than what was acknowledged")));
            }
            let is_covered = user.consent.as_ref().is_some_and(|consent| consent.id == known.consent);
            let is_there = user.connections.iter().any(|one| one.id == known.connection);
            // A purge takes what a deletion left.
            let may_be_gone = self.errands.may_be_gone(known.connection)
                || self.deletions.contains(&known.connection) && self.purges_asked.contains(&user.id);
            if is_covered && !is_there && !may_be_gone {
                return Err(broken("DUR-1", format!("the connection of job {id} is gone")));
            }
        }
        Ok(())
    }

    /// One committed step of a user's jobs: no deadline moves, nothing ends early, an end is the end.
    pub(super) fn check_job_steps(&self, before: &User, after: &User) -> Outcome<()> {
        for job in &after.jobs {
            let wrong = |what: &str| Err(broken("TM-1", format!("job {}: {what}", job.id)));
            if job.total_at != job.created.plus(self.facts.job_total) {
                return wrong("its end moved");
            }
            let failed = job.failure.map(|failure| failure.cause).zip(job.ended);
            if failed.is_some_and(|(cause, ended)| cause == Cause::TimedOut && ended < job.total_at) {
                return wrong("it timed out early");
            }
            let Some(old) = before.job(job.id) else {
                let is_new = matches!(job.state, State::Verifying | State::Refreshing) && job.attempt == 1;
                if is_new && job.is_open() {
                    continue;
                }
                return wrong("it did not begin at its beginning");
            };
            if goes_back(old, job) {
                return wrong("it went back to what it was");
            }
            let asked = |job: &Job| job.challenge.as_ref().map(|asked| asked.expires);
            let is_asked_anew = old.state != State::Challenged && job.state == State::Challenged;
            match (asked(old), asked(job)) {
                (Some(then), Some(now)) if now != then && !is_asked_anew => {
                    return wrong("the end of its question moved");
                }
                (_, Some(now)) if is_asked_anew && now > job.updated.plus(self.facts.question) => {
                    return wrong("its question lasts too long");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether `now` cannot come after `then`.
fn goes_back(then: &Job, now: &Job) -> bool {
    let ended = then.ended.is_some() && then != now;
    let rank = |job: &Job| match job.state {
        State::Verifying | State::Refreshing => 0,
        State::Challenged | State::Answering => 1,
        State::RetrievingAccounts => 2,
        State::RetrievingTransactions => 3,
        State::Success | State::Failed => 4,
    };
    ended || rank(now) < rank(then) || now.attempt < then.attempt || now.answers < then.answers
}
