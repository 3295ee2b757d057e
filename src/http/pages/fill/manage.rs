//! Fills the person's own page, the page that asks before something is ended, and the receipt. Must not
//! know: requests, how it looks.

use super::facts::{BankFacts, ConnectionFacts};
use super::{DAY_MILLIS, inside, leading_on, receipt as given};
use crate::domain::access::{AccessLog, AccessPlace, Accesses};
use crate::domain::application::{Application, Policy};
use crate::domain::command::SessionView;
use crate::domain::consent::Consent;
use crate::domain::errand::Action;
use crate::domain::id::ConnectionId;
use crate::domain::institution::InstitutionId;
use crate::domain::notice::Notice;
use crate::domain::time::Span;
use crate::domain::workflow::consent::State;
use crate::domain::workflow::consent_session;
use crate::engine::house::House;
use crate::http::pages::language::Names;
use crate::http::pages::view::{
    AccessLine, AccessPart, AccountLine, Bank, EndedLine, ManagePage, ManagedBank, Moment, NoticePart,
    Receipt, ReceiptPage, SharedNow, WithdrawPage,
};

/// How many ended consents the page names.
const ENDED_MAX: usize = 20;

/// How many lines of the access log it shows.
const ACCESSES_MAX: usize = 30;

/// What is shared, and what was. `stopped` is where something was ended a moment ago.
pub fn manage(
    house: &House,
    view: &SessionView,
    facts: &BankFacts,
    (consents, accesses, notice): (&[Consent], AccessPart, Option<Notice>),
    stopped: Option<InstitutionId>,
    csrf: String,
) -> ManagePage {
    let application = house.application(view.application);
    let application = application.as_deref();
    let now = application.zip(view.consent.as_ref());
    let is_back = |id| facts.connections.iter().any(|one| one.institution == id);
    let ended = consents.iter().filter(|one| one.state != State::Active).take(ENDED_MAX);
    ManagePage {
        frame: leading_on(inside(application, view, None), application),
        now: now.map(|(application, consent)| shared_now(application, consent, facts)),
        notice: notice.as_ref().map(NoticePart::of),
        accesses,
        ended: ended.map(|one| ended_line(application, one)).collect(),
        stopped: stopped.filter(|id| !is_back(*id)).and_then(Bank::find),
        may_connect: view.state == consent_session::State::Connecting,
        is_visit: view.errand.action == Action::Manage,
        csrf,
    }
}

/// The newest accesses, as far as they are shown; `kept` is for how long there are any.
pub fn accesses(log: &AccessLog, kept: Span) -> AccessPart {
    let mut all: Vec<(&AccessPlace, &Accesses)> = log.0.iter().collect();
    all.sort_by_key(|(place, accesses)| std::cmp::Reverse((accesses.last, **place)));
    let is_more = all.len() > ACCESSES_MAX;
    all.truncate(ACCESSES_MAX);
    let oldest = all.last().map(|(_, accesses)| Moment::full(accesses.last));
    let line = |((_, by, to), accesses): (&AccessPlace, &Accesses)| AccessLine {
        by: *by,
        to: *to,
        times: accesses.count,
        last: Moment::full(accesses.last),
    };
    AccessPart {
        lines: all.into_iter().map(line).collect(),
        older_than: oldest.filter(|_| is_more),
        kept_days: u32::try_from(kept.0 / DAY_MILLIS).unwrap_or(u32::MAX),
    }
}

fn shared_now(application: &Application, consent: &Consent, facts: &BankFacts) -> SharedNow {
    let Receipt { purpose, cluster_names, ends, .. } = given(application, consent);
    SharedNow {
        purpose,
        cluster_names,
        agreed: Moment::full(consent.created),
        ends,
        retains_data: retains(Some(application), consent),
        banks: facts.connections.iter().filter_map(|one| managed(one, facts)).collect(),
    }
}

fn managed(one: &ConnectionFacts, facts: &BankFacts) -> Option<ManagedBank> {
    let is_open = facts.jobs.iter().any(|job| job.connection == Some(one.id) && job.is_open());
    let lines = one.accounts.iter().map(AccountLine::of);
    Some(ManagedBank {
        connection: one.id.to_string(),
        bank: Bank::find(one.institution)?,
        accounts: lines.map(|line| (line.name, line.ending)).collect(),
        read: one.read.map(Moment::full),
        needs_sign_in: !one.is_active() && !is_open,
    })
}

fn policy<'a>(application: Option<&'a Application>, consent: &Consent) -> Option<&'a Policy> {
    application?.policies.get(&consent.policy_version)
}

fn retains(application: Option<&Application>, consent: &Consent) -> bool {
    policy(application, consent).is_some_and(|policy| policy.retain_data)
}

/// When it was over: who withdraws, at once; whose time is over, at its end.
fn over_at(consent: &Consent) -> Moment {
    Moment::full(consent.revoked.unwrap_or(consent.expires))
}

fn ended_line(application: Option<&Application>, consent: &Consent) -> EndedLine {
    EndedLine {
        id: consent.id.to_string(),
        at: over_at(consent),
        ran_out: consent.state == State::Expired,
        purpose: policy(application, consent).map(|policy| policy.purpose_title.clone()).unwrap_or_default(),
    }
}

/// The page that asks before everything ends; none when nothing is shared.
pub fn withdraw_all(
    house: &House,
    view: &SessionView,
    facts: &BankFacts,
    csrf: String,
) -> Option<WithdrawPage> {
    let application = house.application(view.application);
    let application = application.as_deref();
    let consent = view.consent.as_ref()?;
    let places: std::collections::BTreeSet<_> = facts.connections.iter().map(|one| one.institution).collect();
    let names = places.into_iter().filter_map(Bank::find).map(|bank| bank.name.to_owned());
    Some(WithdrawPage {
        frame: inside(application, view, None),
        one: None,
        action: "/manage/withdraw".into(),
        consent: consent.id.to_string(),
        banks: Names(names.collect()),
        retains_data: retains(application, consent),
        csrf,
    })
}

/// The page that asks before one connection ends; none when there is no such one.
pub fn withdraw_one(
    house: &House,
    view: &SessionView,
    facts: &BankFacts,
    id: ConnectionId,
    csrf: String,
) -> Option<WithdrawPage> {
    let one = facts.connections.iter().find(|one| one.id == id)?;
    let page = withdraw_all(house, view, facts, csrf)?;
    let action = format!("/manage/connections/{id}/withdraw");
    Some(WithdrawPage { one: Some(Bank::find(one.institution)?), action, ..page })
}

/// The receipt of a consent that ended.
pub fn receipt(
    house: &House,
    view: &SessionView,
    consent: &Consent,
    notice: Option<&Notice>,
) -> Option<ReceiptPage> {
    let application = house.application(view.application)?;
    let Receipt { number, purpose, cluster_names, agreed, .. } = given(&application, consent);
    Some(ReceiptPage {
        frame: inside(Some(&application), view, None),
        number,
        purpose,
        cluster_names,
        agreed,
        at: over_at(consent),
        ran_out: consent.state == State::Expired,
        retains_data: retains(Some(&application), consent),
        deletion_asked: consent.deletion_asked,
        notice: notice.map(NoticePart::of),
    })
}
