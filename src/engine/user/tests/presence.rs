//! Proofs of what reading with a link's token leaves behind: that its person is there, beside the answer.

use super::{Bench, START, Whole, create, create_link, names};
use crate::domain::auth_link::LinkHash;
use crate::domain::command::{Caller, Command, Entered, Entry, Reply};
use crate::domain::time::{Span, UnixMillis};

/// A user whose person entered with the code, and their token.
fn entered() -> (Whole, Caller) {
    let mut whole = Whole::new();
    whole.ask(super::SERVER, create()).unwrap();
    whole.ask(super::SERVER, create_link()).unwrap();
    let hash: LinkHash = whole.bench.user().link.as_ref().unwrap().hash;
    whole.ask(Caller::Applicant, Command::RequestCode { hash, words: &"is your code" }).unwrap();
    let command = Command::TryCode { hash, code: whole.code(), entry: Entry::Token };
    let Ok(Reply::Entered(Entered { application, link, session, .. })) =
        whole.ask(Caller::Applicant, command)
    else {
        panic!("the code is right")
    };
    (whole, Caller::LinkClient { application, link, session })
}

fn idle_at(bench: &Bench) -> UnixMillis {
    bench.user().session.as_ref().unwrap().idle_at
}

#[test]
fn who_reads_with_a_links_token_is_there_and_that_is_committed_behind_the_answer() {
    let (whole, token) = entered();
    let mut bench = whole.bench;
    let begun = idle_at(&bench);
    bench.now = START.plus(Span(59_999));
    assert_eq!(names(&bench.ask(1, token, Command::GetUser)), ["reply 1 ok"], "once a minute at most");
    bench.now = START.plus(Span::minutes(10));
    assert_eq!(names(&bench.ask(2, token, Command::GetUser)), ["reply 2 ok", "commit"]);
    assert_eq!(names(&bench.ask(3, token, Command::ListJobs)), ["reply 3 ok"], "it waits for nothing");
    assert_eq!(idle_at(&bench), begun, "nothing holds before its commit");
    bench.committed();
    assert_eq!(idle_at(&bench), begun.plus(Span::minutes(10)));
    assert!(bench.core.is_idle(), "the second read needed no commit of its own");
}

#[test]
fn a_partner_that_reads_is_not_the_person() {
    let (whole, _) = entered();
    let mut bench = whole.bench;
    bench.now = START.plus(Span::minutes(10));
    for caller in [super::SERVER, Caller::Client(super::APPLICATION)] {
        assert_eq!(names(&bench.ask(1, caller, Command::GetUser)), ["reply 1 ok"]);
    }
}
