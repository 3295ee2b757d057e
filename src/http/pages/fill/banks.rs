//! Fills the pages about banks: which box each bank has, and what the pages around them show. Must not
//! know: requests, which page it is (pick), how it looks.

use super::errands::renews_alone;
use super::facts::{BankFacts, ChallengeFacts, ConnectionFacts, JobFacts};
use super::inside;
use crate::domain::account::Account;
use crate::domain::application::Application;
use crate::domain::bank::ChallengeMethod;
use crate::domain::command::SessionView;
use crate::domain::gap::Gap;
use crate::domain::id::JobId;
use crate::domain::institution::{Authorization, Institution, SANDBOX};
use crate::domain::time::UnixMillis;
use crate::engine::house::House;
use crate::http::pages::language::Sum;
use crate::http::pages::search;
use crate::http::pages::view::{
    AccountLine, Bank, BankBox, BankLine, BanksPage, ChallengePage, CheckPage, FieldFault, GapBox, Live,
    Moment, Pace, Prompt, Question, Shared, SharedBank, SignInPage, Stand, StepAt, Stopped, WaitingBank,
    WaitingPage, WorkingBank,
};

const MINUTE_MILLIS: u64 = 60_000;

/// What somebody typed to sign in, as far as it was refused without asking the bank.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The login id, to be shown again.
    pub login_id: String,
    /// What is wrong with it.
    pub login_fault: Option<FieldFault>,
    /// What is wrong with the password.
    pub password_fault: Option<FieldFault>,
}

/// What somebody answered to a challenge, as far as it was refused.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// The places of fields that were left empty.
    pub missing: Vec<usize>,
    /// The institution says that it is wrong.
    pub is_wrong: bool,
}

/// The part of the hub that changes by itself.
pub fn live(house: &House, view: &SessionView, facts: &BankFacts, csrf: String) -> Live {
    let application = house.application(view.application);
    Live {
        frame: inside(application.as_deref(), view, Some(StepAt::Banks)),
        may_add: may_add(application.as_deref(), facts),
        may_declare: !renews_alone(view),
        boxes: by_need(facts),
        csrf,
    }
}

/// The boxes as the hub has them: what needs the person first, for a question waits for minutes only.
pub(super) fn by_need(facts: &BankFacts) -> Vec<BankBox> {
    let mut boxes = boxes(facts);
    boxes.sort_by_key(|one| need(&one.stand));
    boxes
}

const fn need(stand: &Stand) -> u8 {
    match stand {
        Stand::Asking { .. } => 0,
        Stand::Stopped(_) => 1,
        Stand::Working { .. } => 2,
        Stand::Connected { .. } => 3,
    }
}

/// Whether one more login may be connected.
pub(in crate::http::pages) fn may_add(application: Option<&Application>, facts: &BankFacts) -> bool {
    !application.is_some_and(|one| one.look.flow.is_single) || !facts.has_login()
}

/// One box with what it is ordered by.
struct Placed {
    at: UnixMillis,
    one: BankBox,
}

/// The box of each bank, newest first. A connection and the newest job for it share one. A try that
/// brought nothing is not shown any more once there is a newer one at the same bank.
pub(super) fn boxes(facts: &BankFacts) -> Vec<BankBox> {
    let mut placed: Vec<Placed> = facts
        .connections
        .iter()
        .filter_map(|connection| connection_box(connection, facts))
        .chain(facts.jobs.iter().filter(|job| stands_alone(job, facts)).filter_map(alone_box))
        .collect();
    placed.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.one.key.cmp(&b.one.key)));
    let mut shown: Vec<BankBox> = Vec::new();
    for Placed { one, .. } in placed {
        let is_empty_try = matches!(one.stand, Stand::Stopped(_)) && one.accounts.is_empty();
        if !is_empty_try || shown.iter().all(|newer| newer.bank != one.bank) {
            shown.push(one);
        }
    }
    shown
}

/// Nothing was read for it that could be shown.
fn stands_alone(job: &JobFacts, facts: &BankFacts) -> bool {
    let is_listed = |id| facts.connections.iter().any(|connection| connection.id == id);
    !job.connection.is_some_and(is_listed) && job.stopped != Some(Stopped::LeftOut)
}

fn alone_box(job: &JobFacts) -> Option<Placed> {
    let one = BankBox {
        key: format!("job-{}", job.id),
        bank: Bank::find(job.institution)?,
        stand: job_stand(job)?,
        accounts: Vec::new(),
        elsewhere: 0,
    };
    Some(Placed { at: job.created, one })
}

fn connection_box(connection: &ConnectionFacts, facts: &BankFacts) -> Option<Placed> {
    let own = facts.jobs.iter().filter(|job| job.connection == Some(connection.id));
    let newest = own.max_by_key(|job| (job.created, job.id));
    let stand = newest.and_then(job_stand).unwrap_or_else(|| {
        let read = connection.read.map(Moment::clock);
        connection.stopped.map_or(Stand::Connected { read }, Stand::Stopped)
    });
    // Left out before anything was read: there is nothing to show.
    if stand == Stand::Stopped(Stopped::LeftOut) && connection.accounts.is_empty() {
        return None;
    }
    let one = BankBox {
        key: format!("connection-{}", connection.id),
        bank: Bank::find(connection.institution)?,
        stand,
        accounts: connection.accounts.iter().map(AccountLine::of).collect(),
        elsewhere: connection.elsewhere,
    };
    Some(Placed { at: newest.map_or(connection.created, |job| job.created.max(connection.created)), one })
}

/// How a job stands; none when it ended well, and its connection says the rest.
fn job_stand(job: &JobFacts) -> Option<Stand> {
    if let Some(why) = job.stopped {
        return Some(Stand::Stopped(why));
    }
    if job.is_done() {
        return None;
    }
    let steps = job.steps.clone();
    Some(match &job.challenge {
        Some(challenge) => {
            Stand::Asking { job: job.id.to_string(), until: Moment::clock(challenge.expires), steps }
        }
        None => Stand::Working { since: Moment::clock(job.created), pace: pace(job), steps },
    })
}

/// How long it takes: a bank that was not seen yet is taken for one of the many that need seconds. Nothing
/// is promised once nothing has changed for twice as long as that.
fn pace(job: &JobFacts) -> Pace {
    let minutes = job.usual.map_or(1, |usual| usual.0.div_ceil(MINUTE_MILLIS)).max(1);
    match minutes {
        _ if job.still.0 > 2 * minutes * MINUTE_MILLIS => Pace::Long,
        1 => Pace::Minute,
        minutes => Pace::Minutes(minutes),
    }
}

/// The page that finds a bank.
pub fn banks(house: &House, view: &SessionView, facts: &BankFacts, query: &str) -> BanksPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    let is_connected = |one: &Institution| {
        facts.connections.iter().any(|connection| connection.institution == one.id && connection.is_active())
    };
    let is_offered = |one: &&Institution| application.is_none_or(|app| app.look.flow.offers(one.id));
    let line = |one: &Institution| BankLine {
        bank: Bank::of(one),
        note: match one.authorization {
            _ if is_connected(one) => "bank-connected",
            Authorization::User => "bank-login",
            Authorization::UserMfa => "bank-asks",
            Authorization::UserMfaIntermittent => "bank-may-ask",
        },
    };
    BanksPage {
        frame: inside(application, view, Some(StepAt::Banks)),
        query: query.trim().to_owned(),
        found: search::find(query, SANDBOX).into_iter().filter(|one| is_offered(one)).map(line).collect(),
        total: SANDBOX.iter().filter(is_offered).count(),
    }
}

/// The page that takes login id and password.
pub fn sign_in(
    house: &House,
    view: &SessionView,
    institution: &Institution,
    facts: &BankFacts,
    typed: Typed,
    csrf: String,
) -> SignInPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    SignInPage {
        frame: inside(application, view, Some(StepAt::Banks)),
        bank: Bank::of(institution),
        last: facts.last_stop(institution.id),
        login_id: typed.login_id,
        login_fault: typed.login_fault,
        password_fault: typed.password_fault,
        csrf,
    }
}

/// The page that takes an answer, or says that the time for it is over; none when that job waits for
/// nothing, and the hub says how it stands.
pub fn challenge(
    house: &House,
    view: &SessionView,
    job: &JobFacts,
    answered: &Answered,
    csrf: String,
) -> Option<ChallengePage> {
    let open = job.challenge.as_ref().filter(|_| job.is_open());
    if open.is_none() && job.stopped != Some(Stopped::Unanswered) {
        return None;
    }
    let application = house.application(view.application);
    let application = application.as_deref();
    Some(ChallengePage {
        frame: inside(application, view, Some(StepAt::Banks)),
        bank: Bank::find(job.institution)?,
        question: open.map(|challenge| question(challenge, answered, view.now)),
        is_wrong: answered.is_wrong,
        job: job.id.to_string(),
        csrf,
    })
}

fn question(challenge: &ChallengeFacts, answered: &Answered, now: UnixMillis) -> Question {
    let prompt = |(place, label): (usize, &String)| Prompt {
        label: label.clone(),
        is_code: challenge.method == ChallengeMethod::Token,
        is_missing: answered.missing.contains(&place),
    };
    Question {
        description: challenge.description.trim().trim_end_matches('.').to_owned(),
        prompts: challenge.prompts.iter().enumerate().map(prompt).collect(),
        until: Moment::clock(challenge.expires),
        seconds: challenge.expires.since(now).seconds_up(),
    }
}

/// The page that asks about what is not over yet; once all is, it takes the declaration. None where a bank
/// stopped, or there is none: the hub says how it stands.
pub fn waiting(house: &House, view: &SessionView, facts: &BankFacts, csrf: String) -> Option<WaitingPage> {
    let one = |(job, challenge): (&JobFacts, &ChallengeFacts)| {
        let until = Moment::clock(challenge.expires);
        Some(WaitingBank { bank: Bank::find(job.institution)?, job: job.id.to_string(), until })
    };
    let asking: Vec<WaitingBank> = facts.waiting().into_iter().filter_map(one).collect();
    let at_work = |job: &JobFacts| {
        let since = Moment::clock(job.created);
        Some(WorkingBank { bank: Bank::find(job.institution)?, since, pace: pace(job) })
    };
    let working: Vec<WorkingBank> = facts.working().into_iter().filter_map(at_work).collect();
    let is_over = asking.is_empty() && working.is_empty();
    let boxes = boxes(facts);
    if is_over && (boxes.is_empty() || !boxes.iter().all(BankBox::is_connected)) {
        return None;
    }
    let application = house.application(view.application);
    let frame = inside(application.as_deref(), view, Some(StepAt::Banks));
    Some(WaitingPage { frame, asking, working, csrf })
}

/// The name of a gap in a form.
pub fn gap_key(gap: &Gap) -> String {
    format!("{}:{}", gap.kind.name(), gap.wording)
}

/// The page before the declaration.
pub fn check(
    house: &House,
    view: &SessionView,
    gaps: &[Gap],
    accounts: &[Account],
    leave_out: bool,
    csrf: String,
) -> CheckPage {
    let application = house.application(view.application);
    let one = |gap: &Gap| {
        let account = accounts.iter().find(|account| account.id == gap.account);
        let currency = account.map_or_else(|| "AUD".into(), |account| account.facts.currency.clone());
        GapBox {
            kind: gap.kind,
            key: gap_key(gap),
            wording: gap.wording.clone(),
            count: gap.count,
            last: Moment::date(gap.last_day.midnight()),
            amount: Sum { money: gap.last_amount, currency },
            account: account.map(|account| AccountLine::of(&account.facts)),
        }
    };
    CheckPage {
        frame: inside(application.as_deref(), view, Some(StepAt::Banks)),
        gaps: gaps.iter().map(one).collect(),
        leave_out,
        csrf,
    }
}

/// The banks of the receipt, newest first.
pub(super) fn shared(facts: &BankFacts) -> Vec<SharedBank> {
    let what = |one: &BankBox| match &one.stand {
        Stand::Connected { .. } => Shared::Found(one.found()),
        Stand::Working { .. } => Shared::Working,
        Stand::Asking { .. } => Shared::Asking,
        Stand::Stopped(_) if one.accounts.is_empty() => Shared::Nothing,
        Stand::Stopped(_) => Shared::Before { accounts: one.accounts.len() },
    };
    boxes(facts).iter().map(|one| SharedBank { name: one.bank.name, what: what(one) }).collect()
}

/// The redirect URL with the jobs of this session and the partner's state.
pub(super) fn return_url(
    application: Option<&Application>,
    view: &SessionView,
    jobs: &[JobId],
) -> Option<String> {
    let url = application?.redirect_url.as_deref()?;
    Some(crate::http::pages::answer::way_back(url, jobs, view.return_state.as_deref()))
}
