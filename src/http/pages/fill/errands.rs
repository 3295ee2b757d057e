//! Fills the pages of those who were sent here for something else than to share: to extend, to sign in
//! again, and the ends of that. Must not know: requests, which page it is (pick), how it looks.

use super::banks::return_url;
use super::facts::{BankFacts, ConnectionFacts};
use super::{inside, leading_on, receipt};
use crate::domain::application::Application;
use crate::domain::command::SessionView;
use crate::domain::consent::duration;
use crate::domain::errand::Action;
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::time::Span;
use crate::engine::house::House;
use crate::http::pages::language::Names;
use crate::http::pages::view::{
    AccountLine, Bank, ExtendPage, FieldFault, FinishedPage, LoginFault, Moment, NothingPage, Receipt,
    RenewBank, RenewLoginPage, RenewPage, Stopped, WaitingBank,
};
use std::collections::BTreeSet;

/// What was typed to sign in again, as far as it was refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retyped {
    /// The login id has to be typed.
    pub asks_login: bool,
    /// What is wrong with it.
    pub login_fault: Option<LoginFault>,
    /// What is wrong with the password.
    pub password_fault: Option<FieldFault>,
}

/// The page that asks whether sharing should last longer; none when nothing is shared.
pub fn extend(house: &House, view: &SessionView, csrf: String) -> Option<ExtendPage> {
    let application = house.application(view.application)?;
    let consent = view.consent.as_ref()?;
    let Receipt { purpose, cluster_names, ends, .. } = receipt(&application, consent);
    let policy = application.policies.get(&consent.policy_version)?;
    let lasts = duration(policy, &house.workflows.consent);
    let until = view.now.plus(lasts).max(consent.expires);
    // Less than a day more, on the same date as a rule, is not worth a question.
    let is_later = until.since(consent.expires).0 >= (lasts.0 / 2).min(Span::days(1).0);
    let places: BTreeSet<_> = view.connections.iter().map(|one| one.institution).collect();
    Some(ExtendPage {
        frame: leading_on(inside(Some(&application), view, None), Some(&application)),
        purpose,
        cluster_names,
        banks: places.into_iter().filter_map(Bank::find).collect(),
        ends,
        would_end: is_later.then(|| Moment::date(until)),
        csrf,
    })
}

/// What is connected, and where a new sign-in is needed.
pub fn renew(house: &House, view: &SessionView, facts: &BankFacts, csrf: String) -> RenewPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    let mut page = RenewPage {
        frame: leading_on(inside(application, view, None), application),
        needed: Vec::new(),
        asking: Vec::new(),
        working: Vec::new(),
        fine: Vec::new(),
        csrf,
    };
    for one in &facts.connections {
        let newest = facts.jobs.iter().filter(|job| job.connection == Some(one.id));
        let newest = newest.max_by_key(|job| (job.created, job.id));
        let open = newest.filter(|job| job.is_open());
        match (open, one.stopped) {
            (Some(job), _) => match (&job.challenge, Bank::find(one.institution)) {
                (Some(challenge), Some(bank)) => {
                    let until = Moment::clock(challenge.expires);
                    page.asking.push(WaitingBank { bank, job: job.id.to_string(), until });
                }
                _ => page.working.extend(renew_bank(one)),
            },
            (None, None) => page.fine.extend(renew_bank(one)),
            (None, Some(_)) => {
                let why = newest.and_then(|job| job.stopped).map_or("renew-needed", Stopped::title);
                page.needed.extend(renew_bank(one).map(|one| (one, why)));
            }
        }
    }
    page
}

fn renew_bank(one: &ConnectionFacts) -> Option<RenewBank> {
    let accounts = Names(one.accounts.iter().map(|facts| AccountLine::of(facts).name).collect());
    Some(RenewBank { connection: one.id.to_string(), bank: Bank::find(one.institution)?, accounts })
}

/// The page that takes a password for a connection; none when there is no such one.
pub fn renew_login(
    house: &House,
    view: &SessionView,
    facts: &BankFacts,
    id: ConnectionId,
    typed: Retyped,
    csrf: String,
) -> Option<RenewLoginPage> {
    let application = house.application(view.application);
    let application = application.as_deref();
    Some(RenewLoginPage {
        frame: inside(application, view, None),
        one: renew_bank(facts.connections.iter().find(|one| one.id == id)?)?,
        asks_login: typed.asks_login,
        login_fault: typed.login_fault,
        password_fault: typed.password_fault,
        csrf,
    })
}

/// Where somebody had connected before, and has not again.
pub(super) fn former(view: &SessionView) -> Vec<Bank> {
    let is_back = |id| view.connections.iter().any(|one| one.institution == id);
    view.former.iter().filter(|id| !is_back(**id)).filter_map(|id| Bank::find(*id)).collect()
}

/// Whether somebody is here to sign in again.
pub(super) fn is_renewing(view: &SessionView) -> bool {
    view.errand.action == Action::Reauthorise
}

/// Whether that is all they are here for: who agreed in here declares at the end.
pub(super) fn renews_alone(view: &SessionView) -> bool {
    is_renewing(view) && view.carried
}

/// What they were sent for is done: the partner gets the names of the jobs that it took.
pub fn finished(house: &House, view: &SessionView, jobs: &[JobId]) -> FinishedPage {
    let application = house.application(view.application);
    let application: Option<&Application> = application.as_deref();
    FinishedPage {
        frame: inside(application, view, None),
        sharing_until: view.consent.as_ref().map(|consent| Moment::date(consent.expires)),
        at: Moment::full(view.ended.unwrap_or(view.now)),
        way_back: return_url(application, view, jobs),
    }
}

/// It needs a consent, and there is none.
pub fn nothing(house: &House, view: &SessionView) -> NothingPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    NothingPage { frame: inside(application, view, None), way_back: return_url(application, view, &[]) }
}
