//! Numbers that stand in stored values, in a golden file: only ever added to.

use super::super::{
    access, attestation, connection, consent, data, delivery, event, job, look, outbox, user,
};
use crate::domain::access::{AccessBy, AccessTo};
use crate::domain::account::{AccountClass, Ownership, TransactionClass};
use crate::domain::application::Permission;
use crate::domain::bank::ChallengeMethod;
use crate::domain::command::Rows;
use crate::domain::delivery::{HaltCause, NoAnswer};
use crate::domain::errand::Action;
use crate::domain::event::{EventKind, LinkReason, Stage};
use crate::domain::gap::{GapAnswer, GapKind};
use crate::domain::job::{Cause, Occasion, StepName};
use crate::domain::look::Font;
use crate::domain::look::logo::Format;
use crate::domain::user::DeadlineKind;
use crate::domain::workflow::{
    Names, auth_link, connection as connection_workflow, consent as consent_workflow, consent_session,
    job as job_workflow, webhook_delivery,
};
use crate::golden;
use std::fmt::Write;

#[test]
fn stored_numbers_are_never_given_to_something_else() {
    let mut printed = String::from("Numbers that stand in stored values: only ever added to.\n");
    let mut line =
        |set: &str, number: u8, name: &str| writeln!(printed, "{set:<16} {number:>3} {name}").unwrap();
    for state in auth_link::State::ALL.iter().copied() {
        line("auth_link", user::link_state_number(state), state.name());
    }
    for state in consent_session::State::ALL.iter().copied() {
        line("consent_session", user::session_state_number(state), state.name());
    }
    for action in Action::ALL {
        line("errand", user::action_number(action), action.name());
    }
    gaps(&mut line);
    for state in consent_workflow::State::ALL.iter().copied() {
        line("consent", consent::state_number(state), state.name());
    }
    events(&mut line);
    for permission in Permission::ALL {
        line("permission", consent::permission_number(permission), permission.text().scope);
    }
    for state in connection_workflow::State::ALL.iter().copied() {
        line("connection", connection::state_number(state), state.name());
    }
    for state in job_workflow::State::ALL.iter().copied() {
        line("job", job::state_number(state), state.name());
    }
    for step in [
        StepName::VerifyCredentials,
        StepName::MfaChallenge,
        StepName::RetrieveAccounts,
        StepName::RetrieveTransactions,
    ] {
        line("step", job::step_number(step), step.word());
    }
    for occasion in Occasion::ALL {
        line("occasion", job::occasion_number(occasion), occasion.name());
    }
    for cause in Cause::ALL {
        line("cause", job::cause_number(cause), &format!("{cause:?}"));
    }
    for method in [ChallengeMethod::Token, ChallengeMethod::SecurityQuestions] {
        line("challenge", job::method_number(method), method.word());
    }
    for class in AccountClass::ALL.iter().copied() {
        line("account", data::account_class_number(class), class.name());
    }
    for ownership in Ownership::ALL.iter().copied() {
        line("ownership", data::ownership_number(ownership), ownership.name());
    }
    for class in TransactionClass::ALL.iter().copied() {
        line("transaction", data::transaction_class_number(class), class.name());
    }
    for rows in Rows::ALL {
        line("rows", outbox::rows_number(rows), &format!("{rows:?}"));
    }
    for kind in DeadlineKind::ALL {
        line("deadline", kind.number(), kind.name());
    }
    deliveries(&mut line);
    looks(&mut line);
    accesses(&mut line);
    golden::compare("stored_numbers.txt", &printed);
}

fn gaps(line: &mut impl FnMut(&str, u8, &str)) {
    for kind in GapKind::ALL {
        line("gap", attestation::gap_number(kind), kind.name());
    }
    for answer in GapAnswer::ALL {
        line("gap answer", attestation::answer_number(answer), answer.name());
    }
}

fn deliveries(line: &mut impl FnMut(&str, u8, &str)) {
    for state in webhook_delivery::State::ALL.iter().copied() {
        line("message", delivery::message_state_number(state), state.name());
    }
    for cause in [HaltCause::Exhausted, HaltCause::Gone] {
        line("halt", delivery::halt_number(cause), &format!("{cause:?}"));
    }
    for why in NoAnswer::ALL {
        line("no answer", delivery::no_answer_number(why), &format!("{why:?}"));
    }
}

fn looks(line: &mut impl FnMut(&str, u8, &str)) {
    for font in Font::ALL {
        line("font", look::font_number(font), font.name());
    }
    for format in Format::ALL {
        line("picture", look::format_number(format), format.extension());
    }
}

fn accesses(line: &mut impl FnMut(&str, u8, &str)) {
    for by in AccessBy::ALL {
        line("access by", access::by_number(by), by.name());
    }
    for to in AccessTo::ALL {
        line("access to", access::to_number(to), to.name());
    }
}

fn events(line: &mut impl FnMut(&str, u8, &str)) {
    for kind in EventKind::ALL {
        line("event", event::kind_number(kind), &format!("{kind:?}"));
    }
    for stage in Stage::ALL {
        line("stage", event::link::stage_number(stage), stage.word());
    }
    for reason in LinkReason::ALL {
        line("reason", event::link::reason_number(reason), reason.word());
    }
}
