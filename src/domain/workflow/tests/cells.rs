//! Every cell of every table, taken through `step` and `fall_due` and compared with an expectation
//! that does not read the files.

use super::workflows;
use crate::domain::workflow::{
    Names, Refusal, Step, Table, Workflow, Workflows, auth_link, connection, consent, consent_session, draw,
    job, webhook_delivery,
};
use crate::golden;

/// What a cell must come to when its guard says yes, and when it says no.
struct Expected<W: Workflow> {
    yes: Step<W>,
    no: Step<W>,
}

fn go<W: Workflow>(to: W::State, action: Option<W::Action>) -> Expected<W> {
    let step = Step::Moved { to, action };
    Expected { yes: step, no: step }
}

fn guarded<W: Workflow>(to: W::State, action: Option<W::Action>, refusal: Refusal) -> Expected<W> {
    Expected { yes: Step::Moved { to, action }, no: Step::Refused(refusal) }
}

fn always<W: Workflow>(step: Step<W>) -> Expected<W> {
    Expected { yes: step, no: step }
}

/// Takes every cell of the table both ways and holds it to `on` and `after`.
fn hold<W: Workflow>(
    table: &Table<W>,
    on: impl Fn(W::State, W::Input) -> Expected<W>,
    after: impl Fn(W::State, W::Limit) -> Expected<W>,
) where
    Step<W>: PartialEq,
{
    for state in W::State::ALL.iter().copied() {
        for input in W::Input::ALL.iter().copied() {
            let expected = on(state, input);
            let place = format!("{} {} on {}", W::NAME, state.name(), input.name());
            assert_eq!(table.step(state, input, |_| true), expected.yes, "{place}, yes");
            assert_eq!(table.step(state, input, |_| false), expected.no, "{place}, no");
        }
        for limit in W::Limit::ALL.iter().copied() {
            let expected = after(state, limit);
            let place = format!("{} {} after {}", W::NAME, state.name(), limit.name());
            assert_eq!(table.fall_due(state, limit, |_| true), expected.yes, "{place}, yes");
            assert_eq!(table.fall_due(state, limit, |_| false), expected.no, "{place}, no");
        }
    }
}

#[test]
fn the_auth_link_answers_every_input_and_limit_as_decided() {
    use auth_link::{Action, Input as I, Limit, State as S};
    let on = |state, input| match (state, input) {
        (S::Completed | S::Abandoned | S::Locked | S::Expired | S::Deleted | S::Replaced, _) => {
            always(Step::Ended)
        }
        (state, I::View) => go(state, None),
        (_, I::Replace) => go(S::Replaced, Some(Action::EndLink)),
        (_, I::Delete) => go(S::Deleted, Some(Action::EndLink)),
        (S::InSession, I::Disclose) => go(S::Completed, Some(Action::Complete)),
        (S::InSession, I::Abandon) => go(S::Abandoned, Some(Action::Abandon)),
        (S::InSession | S::Issued, I::TextRefused) => go(state, None),
        (S::Challenged, I::TextRefused) => go(S::Issued, Some(Action::MissText)),
        (S::InSession, _) => guarded(S::InSession, None, Refusal::LinkSpent),
        (state, I::Disclose | I::Abandon) => guarded(state, None, Refusal::NotNow),
        (_, I::RequestCode) => guarded(S::Challenged, Some(Action::SendCode), Refusal::SmsLimit),
        (state, I::RequestCodeEarly) => go(state, None),
        (S::Challenged, I::CodeRight) => go(S::InSession, Some(Action::OpenSession)),
        (S::Challenged, I::CodeWrong) => go(S::Challenged, Some(Action::CountWrong)),
        (S::Challenged, I::CodeWrongLast) => go(S::Locked, Some(Action::Lock)),
        (state, I::CodeRight | I::CodeWrong | I::CodeWrongLast | I::CodeLate) => {
            guarded(state, None, Refusal::CodeLate)
        }
    };
    let after = |state, limit| match (state, limit) {
        (S::Issued | S::Challenged, Limit::Lifetime) => go(S::Expired, Some(Action::Expire)),
        (S::Challenged, Limit::CodeLifetime) => go(S::Issued, Some(Action::ForgetCode)),
        _ => always(Step::Ignored),
    };
    hold(&workflows().auth_link, on, after);
}

#[test]
fn the_session_answers_every_input_and_limit_as_decided() {
    use consent_session::{Action, Input as I, Limit, State as S};
    let on = |state, input| match (state, input) {
        (S::Disclosed | S::Left | S::Finished | S::TimedOut | S::Revoked, _) => always(Step::Ended),
        (_, I::Revoke) => go(S::Revoked, None),
        (_, I::Leave) | (S::Consenting, I::Decline) => go(S::Left, Some(Action::Leave)),
        (_, I::Finish) => go(S::Finished, Some(Action::Leave)),
        (state, I::Touch) => go(state, Some(Action::Touch)),
        (_, I::ConsentEnded) => go(S::Consenting, None),
        (S::Connecting, I::Resume | I::Renew | I::Agree) => go(S::Connecting, None),
        (S::Consenting, I::Resume | I::Renew) => guarded(S::Connecting, None, Refusal::ConsentNeeded),
        (S::Consenting, I::Agree) => {
            guarded(S::Connecting, Some(Action::ActivateConsent), Refusal::OriginNotProved)
        }
        (state, I::Connect) => {
            let action = (state == S::Connecting).then_some(Action::Touch);
            guarded(state, action, Refusal::ConsentNeeded)
        }
        (S::Connecting, I::Decline) => guarded(S::Connecting, None, Refusal::NotNow),
        (S::Consenting, I::Disclose) => guarded(S::Consenting, None, Refusal::ConsentNeeded),
        (S::Connecting, I::Disclose) => go(S::Disclosed, Some(Action::Disclose)),
    };
    let after = |state, limit| match (state, limit) {
        (S::Consenting | S::Connecting, Limit::Idle | Limit::Total) => go(S::TimedOut, Some(Action::TimeOut)),
        _ => always(Step::Ignored),
    };
    hold(&workflows().consent_session, on, after);
}

#[test]
fn the_consent_answers_every_input_and_limit_as_decided() {
    use consent::{Action, Input as I, Limit, State as S};
    let on = |state, input| match (state, input) {
        (S::Revoked | S::Expired, _) => always(Step::Ended),
        (S::Active, I::Withdraw | I::Supersede) => go(S::Revoked, Some(Action::EndConsent)),
        (S::Active, I::Extend) => go(S::Active, Some(Action::Extend)),
        (S::Active, I::Revoke) => go(S::Revoked, Some(Action::EndConsentByPartner)),
    };
    let after = |state, limit| match (state, limit) {
        (S::Active, Limit::Duration) => go(S::Expired, Some(Action::Expire)),
        (S::Active, Limit::Warning) => go(S::Active, Some(Action::Warn)),
        (S::Active, Limit::Reminder) => go(S::Active, Some(Action::Remind)),
        _ => always(Step::Ignored),
    };
    hold(&workflows().consent, on, after);
}

#[test]
fn the_connection_answers_every_input_and_limit_as_decided() {
    use connection::{Action, Input as I, Limit, State as S};
    let on = |state, input| match (state, input) {
        (S::Deleted, _) => always(Step::Ended),
        (_, I::Delete) => go(S::Deleted, Some(Action::Delete)),
        (S::Active, I::Purge) => go(S::Active, Some(Action::Purge)),
        (S::Pending | S::Invalid, I::Purge) => guarded(state, None, Refusal::NotActive),
        (S::Pending | S::Invalid, I::CompleteFirst) => go(S::Active, Some(Action::Activate)),
        (S::Active | S::Invalid, I::Complete) => go(S::Active, Some(Action::Update)),
        (S::Active, I::CompleteFirst) | (S::Pending, I::Complete) => guarded(state, None, Refusal::NotNow),
        (S::Active, I::Refuse) => go(S::Invalid, Some(Action::Invalidate)),
        (S::Pending, I::Refuse | I::Fail) | (S::Active, I::Fail) => go(S::Invalid, Some(Action::Update)),
        (S::Invalid, I::Refuse | I::Fail) => go(S::Invalid, None),
    };
    let after = |state, limit| match (state, limit) {
        (S::Invalid, Limit::Retry) => go(S::Invalid, Some(Action::TryAgain)),
        _ => always(Step::Ignored),
    };
    hold(&workflows().connection, on, after);
}

#[test]
fn the_job_answers_every_input_and_limit_as_decided() {
    use job::{Action, Input as I, Limit, State as S};
    let fails = || go(S::Failed, Some(Action::Fail));
    let reads = |state| matches!(state, S::RetrievingAccounts | S::RetrievingTransactions);
    let is_signed_in = |state| state == S::Refreshing || reads(state);
    let on = |state, input| match (state, input) {
        (S::Success | S::Failed, _) => always(Step::Ended),
        (state, I::Resume) if is_signed_in(state) => go(state, Some(Action::BeginAgain)),
        (state, I::LinkOver) if is_signed_in(state) => go(state, None),
        (S::Verifying, I::Refresh) => go(S::Refreshing, None),
        (S::Challenged, I::LeaveOut) | (_, I::Fail | I::ConsentOver | I::Resume | I::LinkOver) => fails(),
        (state, I::LeaveOut) => go(state, None),
        (S::Verifying | S::Refreshing | S::Answering, I::SignedIn) => {
            go(S::RetrievingAccounts, Some(Action::KeepSession))
        }
        (S::Verifying | S::Answering, I::Challenge) => go(S::Challenged, Some(Action::AskPerson)),
        (S::Challenged, I::Answer) => go(S::Answering, Some(Action::PassAnswer)),
        (S::Answering, I::AnswerWrong) => go(S::Challenged, Some(Action::CountWrong)),
        (state, I::AccountsRead) if reads(state) => {
            guarded(S::RetrievingTransactions, Some(Action::ShowAccounts), Refusal::ConsentNeeded)
        }
        (S::RetrievingTransactions, I::TransactionsRead) => {
            guarded(S::Success, Some(Action::Finish), Refusal::ConsentNeeded)
        }
        (state, _) => guarded(state, None, Refusal::NotNow),
    };
    let after = |state, limit| match (state, limit) {
        (S::Success | S::Failed, _) | (_, Limit::OpenPerUser) => always(Step::Ignored),
        (_, Limit::Total) | (S::Challenged, Limit::Challenge) => fails(),
        (_, Limit::Challenge) => always(Step::Ignored),
    };
    hold(&workflows().job, on, after);
}

#[test]
fn the_webhook_delivery_answers_every_input_and_limit_as_decided() {
    use webhook_delivery::{Action, Input as I, Limit, State as S};
    let on = |state, input| match (state, input) {
        (S::Delivered | S::Exhausted, _) => always(Step::Ended),
        (_, I::Accept) => go(S::Delivered, None),
        (_, I::Fail) => go(S::Retrying, Some(Action::TryLater)),
        (S::Pending, I::FailLast) => guarded(S::Pending, None, Refusal::NotNow),
        (S::Retrying, I::FailLast) => go(S::Exhausted, Some(Action::Halt)),
        (_, I::Gone) => go(S::Retrying, Some(Action::Halt)),
    };
    hold(&workflows().webhook_delivery, on, |_, _: Limit| always(Step::Ignored));
}

/// What holds for every lifecycle there will ever be.
fn sound<W: Workflow>(table: &Table<W>) {
    for state in W::State::ALL.iter().copied() {
        let inputs = W::Input::ALL.iter().map(|input| table.on(state, *input));
        let limits = W::Limit::ALL.iter().map(|limit| table.after(state, *limit));
        let (answered, timed) = (inputs.flatten().count(), limits.flatten().count());
        if table.is_end(state) {
            assert_eq!((answered, timed), (0, 0), "{} {} is an end", W::NAME, state.name());
        } else {
            assert_eq!(answered, W::Input::ALL.len(), "{} {} answers all", W::NAME, state.name());
            assert!(timed > 0 || table.may_rest(state), "{} {} waits for ever", W::NAME, state.name());
        }
        assert_eq!(W::State::parse(state.name()), Some(state));
        assert_eq!(W::State::ALL[state.index()], state);
    }
    assert!(!table.is_end(table.initial()));
}

#[test]
fn ends_are_ends_and_everything_else_answers_and_is_timed() {
    let all = workflows();
    sound(&all.auth_link);
    sound(&all.consent_session);
    sound(&all.consent);
    sound(&all.connection);
    sound(&all.job);
    sound(&all.webhook_delivery);
}

#[test]
fn the_guard_is_asked_once_and_only_where_there_is_one() {
    use auth_link::{Guard, Input, State};
    let table = workflows().auth_link;
    let mut asked = Vec::new();
    table.step(State::Issued, Input::RequestCode, |guard| {
        asked.push(guard);
        true
    });
    table.step(State::Issued, Input::View, |guard| {
        asked.push(guard);
        true
    });
    assert_eq!(asked, vec![Guard::MaySend]);
}

#[test]
fn the_printed_auth_link_is_the_golden_one() {
    golden::compare("workflow_auth_link.txt", &draw::table(&workflows().auth_link));
}

#[test]
fn the_printed_session_is_the_golden_one() {
    golden::compare("workflow_consent_session.txt", &draw::table(&workflows().consent_session));
}

#[test]
fn the_printed_consent_is_the_golden_one() {
    golden::compare("workflow_consent.txt", &draw::table(&workflows().consent));
}

#[test]
fn the_printed_connection_is_the_golden_one() {
    golden::compare("workflow_connection.txt", &draw::table(&workflows().connection));
}

#[test]
fn the_printed_job_is_the_golden_one() {
    golden::compare("workflow_job.txt", &draw::table(&workflows().job));
}

#[test]
fn the_printed_webhook_delivery_is_the_golden_one() {
    golden::compare("workflow_webhook_delivery.txt", &draw::table(&workflows().webhook_delivery));
}

#[test]
fn every_lifecycle_has_its_diagram_and_no_other_name_has_one() {
    let all = workflows();
    for name in Workflows::NAMES {
        assert!(all.draw(name).is_some_and(|drawn| drawn.starts_with("stateDiagram-v2\n")), "{name}");
    }
    assert_eq!(all.draw("jobs"), None);
    let job = all.draw("job").unwrap();
    assert!(job.contains("    answering --> challenged: answer_wrong\n"));
    assert!(!job.contains("retrieving_accounts --> failed: link_over"), "reading goes on without the link");
}

#[test]
fn a_diagram_shows_every_arrow_that_moves_and_no_other() {
    let drawn = workflows().draw("consent").unwrap();
    let expected = "stateDiagram-v2\n    [*] --> active\n    active --> revoked: withdraw\n    \
                    active --> revoked: revoke\n    active --> revoked: supersede\n    \
                    active --> expired: duration\n    revoked --> [*]\n    expired --> [*]\n";
    assert_eq!(drawn, expected);
    assert!(workflows().draw("auth_link").unwrap().contains("challenged --> in_session: code_right"));
    assert!(!workflows().draw("auth_link").unwrap().contains(": view"));
}
