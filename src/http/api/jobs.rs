//! `/jobs` (contract sections 2.5 and 5): how work at an institution goes, and the answer to what it asks.
//! Must not know: what a step means, how an answer is judged.

use super::once::{Begun, rendered};
use super::view::Reference;
use super::view::job::{Frame, JobList, JobView};
use super::wanted::JobFilter;
use super::{Asker, Call, OnUser, call, unexpected};
use crate::domain::access::AccessTo;
use crate::domain::command::{Command, Failure, Reply};
use crate::domain::id::JobId;
use crate::domain::job::{Job, StepName};
use crate::domain::secret::Secret;
use crate::domain::workflow::job::Limit;
use crate::engine::judge::ChallengeAnswer;
use crate::engine::judge::Judged;
use crate::engine::mark::Rendered;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::body::SecretText;
use crate::http::error::{Answer, ApiError, Source, StepError, wrong_answer};
use crate::http::{Response, Web, json};
use http::{Method, StatusCode};
use serde::Deserialize;
use warp::Filter;
use warp::filters::BoxedFilter;

/// The longest answer, in characters: as the document says it.
const ANSWER_CHARS_MAX: usize = 256;

/// The routes of this group.
pub fn routes(web: Web) -> BoxedFilter<(Response,)> {
    let one =
        warp::path!("jobs" / String).and(call(web.clone())).then(|job: String, call: Call| async move {
            let answer = get(&job, &call).await;
            call.finish(answer).await
        });
    let question = warp::path!("jobs" / String / "mfa").and(call(web.clone())).then(
        |job: String, mut call: Call| async move {
            let answer = answer_question(&job, &mut call).await;
            call.finish(answer).await
        },
    );
    let all =
        warp::path!("users" / String / "jobs").and(call(web)).then(|user: String, call: Call| async move {
            let answer = list(&user, &call).await;
            call.finish(answer).await
        });
    one.boxed().or(question.boxed()).unify().boxed().or(all.boxed()).unify().boxed()
}

/// What every job that is shown needs to know.
pub(super) fn frame(web: &Web) -> Frame<'_> {
    let patience = web.engine.house().workflows.job.span(Limit::Challenge);
    Frame { settings: &web.settings, patience }
}

/// The job that the path names, with its person; one answer for all that the caller may not see.
async fn find(job: &str, call: &Call) -> Result<(OnUser, Job), ApiError> {
    let (claims, caller) = call.allowed(Asker::ServerOrOwn)?;
    let id = JobId::parse(job).ok_or_else(|| ApiError::not_valid("Job ID value is not valid", "jobId"))?;
    let user = call.web.engine.job_owner(id)?.ok_or_else(ApiError::not_found)?;
    if claims.user.is_some_and(|own| own != user) {
        return Err(ApiError::not_found());
    }
    let on = OnUser { user, caller, application: claims.application };
    match call.web.engine.ask(user, caller, Command::GetJob(id), call.context.request_id).await {
        Ok(Reply::Job(job)) => Ok((on, *job)),
        Ok(_) => Err(unexpected()),
        Err(Refusal::Rule(Failure::UserUnknown)) => Err(ApiError::not_found()),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn get(job: &str, call: &Call) -> Answer {
    call.only_get()?;
    let (on, job) = find(job, call).await?;
    call.was_shown(&on, AccessTo::Connections, true);
    Ok(json(StatusCode::OK, &JobView::new(frame(&call.web), on.user, &job)))
}

async fn list(user: &str, call: &Call) -> Answer {
    call.only_get()?;
    let on = call.on_user(user, Asker::Server)?;
    let wanted = JobFilter::read(call.query().one("filter")?.unwrap_or_default())?;
    let Reply::Jobs(jobs) = call.ask(on.user, on.caller, Command::ListJobs).await? else {
        return Err(unexpected());
    };
    let jobs: Vec<Job> = jobs.into_iter().filter(|job| wanted.passes(job)).collect();
    call.was_shown(&on, AccessTo::Connections, !jobs.is_empty());
    let list = JobList::new(frame(&call.web), on.user, jobs.iter());
    Ok(json(StatusCode::OK, &list))
}

const UNREADABLE: &str = "Posted answer is not in valid format: mfa-response is an array of strings.";

#[derive(Deserialize)]
struct PostedAnswers {
    #[serde(rename = "mfa-response")]
    answers: Option<Vec<SecretText>>,
}

async fn answer_question(job: &str, call: &mut Call) -> Answer {
    if call.method != Method::POST {
        return Err(ApiError::method_not_allowed("POST, OPTIONS"));
    }
    let (on, job) = find(job, call).await?;
    let answers = posted(call).await?;
    let (mark, named) = match call.begin(on.application).await? {
        Begun::Known(response) => return Ok(response),
        Begun::Unnamed => (None, None),
        Begun::Named(named) => (Some(Box::new(named.mark(&call.web, accepted))), Some(named)),
    };
    let (engine, request_id) = (call.web.engine.clone(), call.context.request_id);
    let answer = ChallengeAnswer { cookie: None, job: job.id, answers, mark };
    let judged = engine.answer_challenge(on.user, on.caller, answer, request_id).await;
    let answer = match (judged, &named) {
        (Err(Refusal::Trouble(Trouble::Conflict)), Some(named)) => return call.lost_the_race(named).await,
        (judged, _) => told(judged, job.id, call).await,
    };
    // The institution was asked: what it said is what asking again is answered, not that it was asked.
    if let (Some(named), Err(error)) = (named, &answer)
        && error.status().is_client_error()
    {
        let body = error.envelope(request_id);
        engine.amend_mark(&named.id, &Rendered { status: error.status().as_u16(), body }).await?;
    }
    answer
}

/// The answer was taken, and the job goes on.
fn accepted(web: &Web, reply: &Reply) -> Option<Rendered> {
    match reply {
        Reply::Job(job) => rendered(StatusCode::ACCEPTED, &Reference::job(&web.settings, job.id)),
        _ => None,
    }
}

async fn told(judged: Result<Judged, Refusal>, job: JobId, call: &Call) -> Answer {
    match judged {
        Ok(Judged::Over(job)) if !was_right(&job) => Err(over(&job)),
        Ok(Judged::Right(job) | Judged::Over(job)) => {
            Ok(json(StatusCode::ACCEPTED, &Reference::job(&call.web.settings, job.id)))
        }
        Ok(Judged::Wrong(_)) => Err(wrong_answer()),
        // It ended since it was looked at, or before.
        Err(Refusal::Rule(Failure::JobOver)) => Err(over(&find(&job.to_string(), call).await?.1)),
        Err(Refusal::Rule(Failure::NotNow)) => {
            Err(ApiError::not_valid("The job does not wait for an answer.", "jobId"))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn posted(call: &mut Call) -> Result<Vec<Secret>, ApiError> {
    let posted = call.body.json_of_any_type::<PostedAnswers>(UNREADABLE).await?;
    let posted = posted.ok_or_else(|| ApiError::unreadable(UNREADABLE))?;
    let answers = posted.answers.ok_or_else(|| {
        ApiError::not_supplied("MFA response parameter is required.", Source::parameter("mfa-response"))
    })?;
    let answers: Vec<Secret> = answers.into_iter().map(|one| one.0).collect();
    if answers.iter().any(|one| one.reveal().chars().count() > ANSWER_CHARS_MAX) {
        return Err(ApiError::not_valid("MFA response value is not valid", "mfa-response"));
    }
    Ok(answers)
}

/// Whether a job that is over got past its question: what came to nothing was the reading.
fn was_right(job: &Job) -> bool {
    job.failure.is_none_or(|failure| failure.step > StepName::MfaChallenge)
}

/// Why a job that is over takes no answer.
fn over(job: &Job) -> ApiError {
    match job.failure {
        Some(failure) => StepError::of(failure.cause).into(),
        None => ApiError::not_valid("The job is done and does not wait for an answer.", "jobId"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::{Cause, JobFailure};
    use crate::domain::workflow::job::State;
    use crate::http::api::view::tests::job;

    #[test]
    fn an_answer_was_right_where_its_job_failed_behind_the_question() {
        let failed = |step| {
            let failure = Some(JobFailure { step, cause: Cause::Unavailable });
            Job { failure, ..job(State::Failed) }
        };
        assert!(!was_right(&failed(StepName::VerifyCredentials)));
        assert!(!was_right(&failed(StepName::MfaChallenge)));
        assert!(was_right(&failed(StepName::RetrieveAccounts)));
        assert!(was_right(&failed(StepName::RetrieveTransactions)));
    }
}
