//! Which box each bank has, from jobs and connections as they come.

use super::banks::{boxes, by_need, shared};
use super::facts::{BankFacts, ChallengeFacts, ConnectionFacts, JobFacts};
use crate::domain::account::{AccountClass, AccountFacts, Ownership};
use crate::domain::bank::ChallengeMethod;
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::institution::SANDBOX;
use crate::domain::money::Money;
use crate::domain::time::{Span, UnixMillis};
use crate::http::pages::view::{BankBox, Frame, Mark, Pace, Stand, Step, StepKind, Stopped};
use uuid::Uuid;

fn steps(marks: [Mark; 3]) -> Vec<Step> {
    let kinds = [StepKind::SignIn, StepKind::Accounts, StepKind::Transactions];
    kinds.into_iter().zip(marks).map(|(kind, mark)| Step { kind, mark }).collect()
}

/// A job at the bank at that place of the list, made at that moment, with the connection of that number.
fn job(number: u8, bank: usize, connection: Option<u8>) -> JobFacts {
    JobFacts {
        id: JobId(Uuid::from_u128(number.into())),
        institution: SANDBOX[bank].id,
        connection: connection.map(|number| ConnectionId(Uuid::from_u128(number.into()))),
        steps: steps([Mark::Now, Mark::Next, Mark::Next]),
        challenge: None,
        stopped: None,
        created: UnixMillis(i64::from(number)),
        still: Span(0),
        usual: None,
    }
}

fn stopped(job: JobFacts, why: Stopped) -> JobFacts {
    JobFacts { stopped: Some(why), ..job }
}

fn done(job: JobFacts) -> JobFacts {
    JobFacts { steps: steps([Mark::Done; 3]), ..job }
}

fn asking(job: JobFacts) -> JobFacts {
    let challenge = ChallengeFacts {
        method: ChallengeMethod::Token,
        description: "Enter the code.".into(),
        prompts: vec!["Code".into()],
        expires: UnixMillis(100),
    };
    JobFacts { challenge: Some(challenge), ..job }
}

fn account() -> AccountFacts {
    AccountFacts {
        number: "062000123456789".into(),
        reference: None,
        bsb: Some("062000".into()),
        name: String::new(),
        product: "Low Rate Card".into(),
        class: AccountClass::CreditCard,
        currency: "AUD".into(),
        balance: Some(Money(-84_217)),
        available_funds: None,
        credit_limit: None,
        ownership: Ownership::OneParty,
        holder: None,
        terms: None,
    }
}

fn connection(number: u8, bank: usize, is_active: bool, accounts: usize) -> ConnectionFacts {
    ConnectionFacts {
        id: ConnectionId(Uuid::from_u128(number.into())),
        institution: SANDBOX[bank].id,
        stopped: (!is_active).then_some(Stopped::SignedOut),
        created: UnixMillis(i64::from(number)),
        read: None,
        accounts: vec![account(); accounts],
        elsewhere: 0,
    }
}

/// A box in a few words.
fn brief(one: &BankBox) -> String {
    let stand = match &one.stand {
        Stand::Working { .. } => "working".into(),
        Stand::Asking { .. } => "asking".into(),
        Stand::Connected { .. } => "connected".into(),
        Stand::Stopped(why) => format!("{why:?}"),
    };
    let kind = one.key.split('-').next().unwrap();
    format!("{kind} {} {stand} {}", one.bank.id, one.accounts.len())
}

fn shown(jobs: Vec<JobFacts>, connections: Vec<ConnectionFacts>) -> Vec<String> {
    boxes(&BankFacts { jobs, connections }).iter().map(brief).collect()
}

#[test]
fn nothing_is_promised_that_was_not_seen_or_has_not_come() {
    for (usual_seconds, still_seconds, pace) in [
        (None, 0, Pace::Minute),
        (None, 120, Pace::Minute),
        (None, 121, Pace::Long),
        (Some(0), 0, Pace::Minute),
        (Some(60), 0, Pace::Minute),
        (Some(61), 240, Pace::Minutes(2)),
        (Some(61), 241, Pace::Long),
    ] {
        let usual = usual_seconds.map(Span::seconds);
        let one = JobFacts { usual, still: Span::seconds(still_seconds), ..job(1, 0, None) };
        let boxes = boxes(&BankFacts { jobs: vec![one], connections: vec![] });
        let Stand::Working { pace: shown, .. } = boxes[0].stand else { panic!("{boxes:?}") };
        assert_eq!(shown, pace, "{usual_seconds:?} {still_seconds}");
    }
}

#[test]
fn a_job_and_its_connection_share_a_box_from_beginning_to_end() {
    let first = job(1, 0, Some(9));
    for (job, active, accounts, said) in [
        (first.clone(), false, 0, "working 0"),
        (asking(first.clone()), false, 0, "asking 0"),
        (first.clone(), false, 2, "working 2"),
        (done(first.clone()), true, 2, "connected 2"),
        (stopped(first.clone(), Stopped::Unavailable), false, 2, "Unavailable 2"),
    ] {
        let shown = shown(vec![job], vec![connection(9, 0, active, accounts)]);
        assert_eq!(shown, [format!("connection AU00000 {said}")]);
    }
    assert_eq!(shown(vec![], vec![connection(9, 0, true, 1)]), ["connection AU00000 connected 1"]);
    assert_eq!(shown(vec![], vec![connection(9, 0, false, 1)]), ["connection AU00000 SignedOut 1"]);
}

#[test]
fn a_connection_whose_job_is_not_shown_here_says_why_it_does_not_work() {
    use crate::domain::connection::{Connection, Login};
    use crate::domain::id::ConsentId;
    use crate::domain::job::Cause;
    use crate::domain::secret::Secret;
    use crate::domain::workflow::connection::State;
    for (state, fault, stopped) in [
        (State::Pending, None, Some(Stopped::Elsewhere)),
        (State::Active, None, None),
        (State::Invalid, None, Some(Stopped::SignedOut)),
        (State::Invalid, Some(Cause::SessionOver), Some(Stopped::SignedOut)),
        (State::Invalid, Some(Cause::InvalidCredentials), Some(Stopped::WrongLogin)),
        (State::Invalid, Some(Cause::Interrupted), Some(Stopped::Interrupted)),
        (State::Invalid, Some(Cause::LeftOut), Some(Stopped::LeftOut)),
    ] {
        let (id, consent) = (ConnectionId(Uuid::nil()), ConsentId(Uuid::nil()));
        let login = Login { hash: [0; 16], id: Secret::new(String::new()) };
        let one = Connection::new(id, consent, SANDBOX[0].id, login, UnixMillis(0));
        let view = Connection { state, fault, ..one }.view();
        assert_eq!(super::facts::why_stopped(&view), stopped, "{state:?} {fault:?}");
        let facts = ConnectionFacts { stopped, ..connection(9, 0, true, 0) };
        let boxes = shown(vec![], vec![facts]);
        assert_eq!(boxes.is_empty(), stopped == Some(Stopped::LeftOut), "{boxes:?}");
    }
}

#[test]
fn a_job_whose_connection_is_not_known_stands_alone_until_it_ends() {
    assert_eq!(shown(vec![job(1, 0, None)], vec![]), ["job AU00000 working 0"]);
    assert_eq!(shown(vec![job(1, 0, Some(9))], vec![]), ["job AU00000 working 0"]);
    let wrong = stopped(job(1, 0, None), Stopped::WrongLogin);
    assert_eq!(shown(vec![wrong], vec![]), ["job AU00000 WrongLogin 0"]);
    assert!(shown(vec![done(job(1, 0, None))], vec![]).is_empty());
}

#[test]
fn a_try_that_brought_nothing_gives_way_to_a_newer_one() {
    let wrong = |number| stopped(job(number, 0, None), Stopped::WrongLogin);
    assert_eq!(shown(vec![wrong(1), wrong(2), job(3, 0, None)], vec![]), ["job AU00000 working 0"]);
    assert_eq!(shown(vec![wrong(1), wrong(2)], vec![]), ["job AU00000 WrongLogin 0"]);
    assert_eq!(
        shown(vec![wrong(1)], vec![connection(5, 0, true, 1)]),
        ["connection AU00000 connected 1"],
        "connected since"
    );
    assert_eq!(
        shown(vec![wrong(7)], vec![connection(5, 0, true, 1)]),
        ["job AU00000 WrongLogin 0", "connection AU00000 connected 1"],
        "another login at the same bank"
    );
    assert_eq!(
        shown(vec![wrong(2), job(3, 1, None)], vec![]),
        ["job AU00001 working 0", "job AU00000 WrongLogin 0"],
        "another bank takes nothing away"
    );
}

#[test]
fn what_was_left_out_is_not_shown_as_a_failure() {
    let left = |connection| stopped(job(1, 0, connection), Stopped::LeftOut);
    assert!(shown(vec![left(None)], vec![]).is_empty());
    assert!(shown(vec![left(Some(9))], vec![connection(9, 0, false, 0)]).is_empty());
}

#[test]
fn banks_stand_newest_first_and_a_job_brings_its_bank_to_the_top() {
    let connections = || vec![connection(1, 0, true, 1), connection(2, 1, true, 1)];
    let ids = |jobs| -> Vec<String> {
        shown(jobs, connections()).iter().map(|one| one.split(' ').nth(1).unwrap().into()).collect()
    };
    assert_eq!(ids(vec![]), ["AU00001", "AU00000"]);
    assert_eq!(ids(vec![job(3, 0, Some(1))]), ["AU00000", "AU00001"]);
    assert_eq!(ids(vec![job(3, 4, None)]), ["AU00004", "AU00001", "AU00000"]);
}

#[test]
fn what_needs_the_person_comes_first_on_the_hub() {
    let jobs = vec![asking(job(2, 2, None)), stopped(job(3, 3, None), Stopped::Locked), job(4, 4, None)];
    let facts = BankFacts { jobs, connections: vec![connection(5, 0, true, 1), connection(1, 1, true, 1)] };
    let said: Vec<String> = by_need(&facts).iter().map(brief).collect();
    assert_eq!(
        said,
        [
            "job AU00002 asking 0",
            "job AU00003 Locked 0",
            "job AU00004 working 0",
            "connection AU00000 connected 1",
            "connection AU00001 connected 1"
        ]
    );
}

#[test]
fn what_is_at_work_is_no_question_and_what_ended_is_neither() {
    let jobs = vec![asking(job(1, 2, None)), job(3, 4, None), job(2, 3, None), done(job(4, 0, None))];
    let facts = BankFacts { jobs, connections: vec![] };
    let working: Vec<i64> = facts.working().iter().map(|job| job.created.0).collect();
    assert_eq!((working, facts.waiting().len()), (vec![2, 3], 1));
}

#[test]
fn what_waits_and_how_the_last_try_ended_can_be_asked() {
    let facts = BankFacts {
        jobs: vec![
            asking(job(4, 2, None)),
            asking(job(2, 3, None)),
            stopped(asking(job(1, 2, None)), Stopped::Unanswered),
            stopped(job(3, 0, None), Stopped::Locked),
        ],
        connections: vec![],
    };
    let waiting: Vec<i64> = facts.waiting().iter().map(|(job, _)| job.created.0).collect();
    assert_eq!(waiting, [2, 4], "oldest first, and none that ended");
    assert_eq!(facts.last_stop(SANDBOX[0].id), Some(Stopped::Locked));
    assert_eq!(facts.last_stop(SANDBOX[2].id), None, "the newest one there has not ended");
    assert_eq!(facts.last_stop(SANDBOX[4].id), None);
}

#[test]
fn the_receipt_says_how_each_bank_goes_on() {
    let facts = BankFacts {
        jobs: vec![job(5, 2, Some(2)), stopped(job(4, 4, None), Stopped::Locked)],
        connections: vec![connection(1, 0, true, 2), connection(2, 2, false, 0)],
    };
    let frame = Frame::default();
    let said: Vec<String> = shared(&facts).iter().map(|one| one.words(&frame).to_string()).collect();
    assert_eq!(
        said,
        [
            "Sandbox Careful Bank: still at work: it goes on by itself",
            "Sandbox Civic Bank: not connected",
            "Sandbox Bank: 2 accounts"
        ]
    );
}

#[test]
fn an_account_is_one_line_with_a_masked_number() {
    let facts = BankFacts { jobs: vec![], connections: vec![connection(1, 0, true, 1)] };
    let line = boxes(&facts).remove(0).accounts.remove(0);
    assert_eq!((&*line.name, line.kind, &*line.ending), ("Low Rate Card", "kind-credit-card", "6789"));
    let balance = line.balance.map(|sum| Frame::default().show(sum).to_string());
    assert_eq!((balance.as_deref(), line.owes), (Some("−$842.17"), true));
}

#[test]
fn accounts_that_another_login_has_too_are_counted_once_and_said_to_be_so() {
    let words = |own: usize, elsewhere: usize| {
        let facts = ConnectionFacts { elsewhere, ..connection(9, 0, true, own) };
        let facts = BankFacts { jobs: vec![], connections: vec![facts] };
        let frame = Frame::default();
        let shown = boxes(&facts)[0].connected(&frame).to_string();
        let found = shown.strip_prefix("Connected, ").unwrap();
        assert_eq!(shared(&facts)[0].words(&frame).to_string(), format!("Sandbox Bank: {found}"));
        shown
    };
    assert_eq!(words(2, 0), "Connected, 2 accounts");
    assert_eq!(words(2, 1), "Connected, 2 accounts, and 1 shared through another login already");
    assert_eq!(words(0, 1), "Connected, 1 account, shared through another login already");
    assert_eq!(words(0, 0), "Connected, no account");
}
