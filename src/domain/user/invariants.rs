//! The invariants of one user, named once (docs/ARCHITECTURE.md lists all). The simulator checks them
//! after every step; the running server checks them before every commit.

use super::{JOBS_MAX, User};
use crate::domain::auth_link::REMEMBERED_DAYS;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::{Workflows, auth_link, consent, consent_session, job};

/// A broken invariant: its name and what was seen. Holds no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}")]
pub struct Broken {
    /// `AL-1` and the like.
    pub name: &'static str,
    /// What was seen.
    pub what: &'static str,
}

/// Checks a state that is about to be committed, and the step that led to it.
///
/// # Errors
/// The first broken invariant.
pub fn check(before: Option<&User>, after: &User, tables: &Workflows, now: UnixMillis) -> Result<(), Broken> {
    check_link(after, tables)?;
    check_sessions(after, now)?;
    check_consent(after)?;
    check_connections(after)?;
    check_jobs(after, tables, now)?;
    before.map_or(Ok(()), |before| check_step(before, after, tables, now))
}

fn holds(rule: bool, name: &'static str, what: &'static str) -> Result<(), Broken> {
    if rule { Ok(()) } else { Err(Broken { name, what }) }
}

fn check_link(user: &User, tables: &Workflows) -> Result<(), Broken> {
    let Some(link) = &user.link else { return Ok(()) };
    let table = &tables.auth_link;
    holds(table.is_end(link.state) == link.ended.is_some(), "AL-2", "an end state and its time go together")?;
    let in_session = link.state == auth_link::State::InSession;
    let live = user.session.as_ref().is_some_and(|session| session.ended.is_none());
    holds(in_session == live, "AL-4", "a link is in session exactly while its session lives")?;
    let tries = table.count(auth_link::Limit::CodeTries);
    holds(link.wrong_tries <= tries, "OTP-1", "no more wrong codes than allowed")?;
    let locked = link.wrong_tries >= tries;
    holds(!locked || link.is_ended() || in_session, "OTP-1", "nobody enters after the last wrong code")?;
    holds(link.sends <= table.count(auth_link::Limit::CodeSends), "OTP-1", "no more texts than allowed")?;
    let may_hold_code = link.state == auth_link::State::Challenged;
    holds(link.code.is_some() == may_hold_code, "OTP-1", "a living code exactly while challenged")
}

fn check_sessions(user: &User, now: UnixMillis) -> Result<(), Broken> {
    for session in [&user.session, &user.token_session].into_iter().flatten() {
        let over = now >= session.idle_at || now >= session.total_at;
        holds(!over || session.ended.is_some(), "AL-3", "no session outlives its limits")?;
        let connecting = session.state == consent_session::State::Connecting && session.ended.is_none();
        let covered = user.consent.as_ref().is_some_and(|consent| consent.is_active(now));
        holds(!connecting || covered, "CS-1", "nothing connects without an active consent")?;
    }
    Ok(())
}

fn check_consent(user: &User) -> Result<(), Broken> {
    let attested = user.attestation.as_ref().map(|attestation| attestation.consent);
    let covered = attested.is_none_or(|id| user.consent.as_ref().is_some_and(|consent| consent.id == id));
    holds(covered, "CS-2", "an attestation goes with its consent")?;
    let Some(consent) = &user.consent else { return Ok(()) };
    holds(consent.state == consent::State::Active, "CS-2", "an ended consent is history, not state")
}

fn check_connections(user: &User) -> Result<(), Broken> {
    let covered = |consent| user.consent.as_ref().is_some_and(|active| active.id == consent);
    for one in &user.connections {
        holds(covered(one.consent), "CS-2", "a connection ends with its consent")?;
        let shown = one.accounts_generation.max(one.transactions_generation);
        holds(shown <= one.generation, "CS-2", "what is shown was given out as a generation")?;
    }
    Ok(())
}

fn check_jobs(user: &User, tables: &Workflows, now: UnixMillis) -> Result<(), Broken> {
    let open = tables.job.count(job::Limit::OpenPerUser) as usize;
    holds(user.open_jobs().count() <= open, "JOB-1", "no more open jobs than allowed")?;
    holds(user.jobs.len() <= JOBS_MAX, "JOB-1", "no more jobs than are remembered")?;
    for one in &user.jobs {
        holds(
            tables.job.is_end(one.state) == one.ended.is_some(),
            "JOB-1",
            "an end state and its time go together",
        )?;
        holds((one.state == job::State::Failed) == one.failure.is_some(), "JOB-1", "what failed says why")?;
        let over = now >= one.total_at;
        holds(!(one.is_open() && over), "JOB-1", "every job ends")?;
        let late = one.is_waiting() && one.challenge.as_ref().is_none_or(|asked| now >= asked.expires);
        holds(!late, "JOB-1", "no question is waited on for longer than its time")?;
        let covered = user.consent.as_ref().is_some_and(|active| active.id == one.consent);
        holds(!one.is_open() || covered, "CS-1", "nothing is fetched without the consent that covers it")?;
        let connected = user.connection(one.connection).is_some();
        holds(!one.is_open() || connected, "CS-1", "an open job has its connection")?;
    }
    Ok(())
}

fn check_step(before: &User, after: &User, tables: &Workflows, now: UnixMillis) -> Result<(), Broken> {
    holds(before.application == after.application, "ISO-1", "a user never changes its application")?;
    let (Some(old), Some(new)) = (&before.link, &after.link) else { return Ok(()) };
    if old.id == new.id {
        let ended = tables.auth_link.is_end(old.state);
        holds(!ended || old.state == new.state, "AL-2", "an end state is never left")?;
        holds(new.wrong_tries >= old.wrong_tries, "OTP-1", "wrong tries are never forgotten")?;
        holds(new.sends >= old.sends, "OTP-1", "texts are never forgotten")?;
    } else {
        let shelved =
            after.dead_links.iter().any(|dead| dead.hash == old.hash && tables.auth_link.is_end(dead.end));
        // One that ended long ago is forgotten by the same step that makes the newer one.
        let forgotten = old.ended.is_some_and(|ended| ended.plus(Span::days(REMEMBERED_DAYS)) <= now);
        holds(shelved || forgotten, "AL-1", "a replaced link is over and remembered")?;
    }
    Ok(())
}
