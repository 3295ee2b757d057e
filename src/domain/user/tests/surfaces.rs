//! The table of decisions section 1, printed from what the commands answer in each state: a golden
//! file, so that a review sees each surface that changes.

use super::bank::{OTHER, PLAIN, connecting};
use super::{START, WEEK, World, cookie};
use crate::domain::auth_link::{CodeText, LinkHash};
use crate::domain::command::{Caller, Command, Entry};
use crate::domain::errand::Errand;
use crate::domain::id::JobId;
use crate::golden;
use std::fmt::Write;
use uuid::Uuid;

/// A world in one state of the link: the world, the link, and the token if the code was tried.
type Reached = (World, LinkHash, Option<Caller>);
type Reach = fn() -> Reached;

fn entered() -> Reached {
    let (mut world, link, token) = World::with_token();
    world.exchange(token, cookie(1), None).unwrap();
    (world, link, Some(token))
}

/// Somebody agreed and connected one login, which was read.
fn agreed() -> Reached {
    let (mut world, link, token) = entered();
    world.agree(cookie(1)).unwrap();
    let job = world.connect(PLAIN, "gavin").unwrap().id;
    world.read_all(job);
    (world, link, token)
}

/// The job that was begun in the session, or one that nobody knows.
fn its_job(world: &World) -> JobId {
    world.user().jobs.first().map_or(JobId(Uuid::from_u128(4)), |job| job.id)
}

fn after(reach: Reach, then: fn(&mut World, LinkHash)) -> Reached {
    let (mut world, link, token) = reach();
    then(&mut world, link);
    (world, link, token)
}

fn issued() -> Reached {
    let (world, link) = World::with_link();
    (world, link, None)
}

const STATES: [(&str, Reach); 13] = [
    ("issued", issued),
    ("challenged", || after(issued, |world, link| drop(world.request(link)))),
    ("in_session, asked", entered),
    ("in_session, agreed", agreed),
    ("completed", || after(agreed, |world, _| drop(world.disclose(cookie(1))))),
    ("abandoned by leaving", || after(agreed, |world, _| drop(world.leave(cookie(1))))),
    ("abandoned by idling", || after(agreed, |world, _| world.wait(crate::domain::time::Span::minutes(15)))),
    ("locked", || {
        after(issued, |world, link| {
            world.request(link).unwrap();
            (0..5).for_each(|_| _ = world.try_wrong(link));
        })
    }),
    ("expired", || after(issued, |world, _| world.now = START.plus(WEEK))),
    ("deleted", || after(issued, |world, _| drop(world.server(Command::DeleteLink)))),
    ("deleted while in_session", || after(agreed, |world, _| drop(world.server(Command::DeleteLink)))),
    ("replaced", || after(issued, |world, _| _ = world.link())),
    ("replaced while in_session", || after(agreed, |world, _| _ = world.link())),
];

fn told<T, E: std::fmt::Debug>(result: &Result<T, E>, good: &str) -> String {
    match result {
        Ok(_) => good.to_owned(),
        Err(failure) => format!("{failure:?}"),
    }
}

/// What each surface answers; each is asked of a world of its own, so that none sees another's traces.
fn row(reach: Reach) -> Vec<(&'static str, String)> {
    let fresh = || reach().0;
    let link = reach().1;
    let token = reach().2;
    let face = fresh().view(link).map(|face| face.state);
    let (own, other) = (
        fresh().view_with(link, Some(cookie(1))).map(|face| face.session.is_own),
        fresh().view_with(link, Some(cookie(2))).map(|face| face.session.is_own),
    );
    let code = CodeText::parse("000000").unwrap();
    let right = fresh().last_text().map(|(_, code, _)| code);
    let wrong = fresh().try_code(link, &code, Entry::Token);
    let by_token = |command: Command| {
        token.map_or_else(|| "-".to_owned(), |token| told(&fresh().ask(token, command), "ok"))
    };
    vec![
        ("GET auth_link", told(&fresh().get_link(), "200")),
        ("user.links.auth_link", if fresh().get_user().has_link { "url".into() } else { "null".into() }),
        ("DELETE auth_link", told(&fresh().server(Command::DeleteLink), "204")),
        ("view", face.map_or_else(|failure| format!("{failure:?}"), |state| format!("{state:?}"))),
        ("view, own browser", format!("{own:?}")),
        ("view, other browser", format!("{other:?}")),
        ("request a code", told(&fresh().request(link), "ok")),
        ("try a wrong code", told(&wrong, "entered")),
        (
            "try the last code",
            right.map_or_else(
                || "-".into(),
                |code| told(&fresh().try_code(link, &code, Entry::Token), "entered"),
            ),
        ),
        (
            "session",
            fresh()
                .visit(cookie(1))
                .map_or_else(|failure| format!("{failure:?}"), |view| format!("{:?}", view.state)),
        ),
        ("session, connect", told(&fresh().connect(OTHER, "gavin"), "ok")),
        ("session, disclose", told(&fresh().disclose(cookie(1)), "ok")),
        ("token, read the user", by_token(Command::GetUser)),
        ("token, connect", by_token(connecting(None, OTHER, "gavin"))),
        ("token, its session's job", by_token(Command::GetJob(its_job(&fresh())))),
        ("token, list of jobs", by_token(Command::ListJobs)),
        ("token, disclose", by_token(Command::DiscloseByToken { hash: link })),
        (
            "token, exchange elsewhere",
            by_token(Command::Exchange {
                cookie: cookie(2),
                old_cookie: None,
                return_state: None,
                errand: Errand::default(),
            }),
        ),
    ]
}

#[test]
fn every_surface_answers_as_the_golden_table_says() {
    let mut printed =
        String::from("What each surface answers in each state of a link (decisions, section 1).\n");
    for (state, reach) in STATES {
        writeln!(printed, "\n{state}").unwrap();
        for (surface, answer) in row(reach) {
            writeln!(printed, "  {surface:<26} {answer}").unwrap();
        }
    }
    golden::compare("link_surfaces.txt", &printed);
}
