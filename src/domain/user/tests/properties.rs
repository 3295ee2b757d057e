//! Random commands at random times: the invariants hold after each, ends are never left, and the same
//! inputs give the same decision.

use super::{Caller, Command, DAY, Entry, Failure, LinkHash, MS, Presence, World, cookie};
use crate::domain::auth_link::CodeText;
use crate::domain::id::ConsentId;
use crate::domain::profile::ProfileChanges;
use crate::domain::time::Span;
use crate::domain::user::Outcome;
use proptest::prelude::*;
use uuid::Uuid;

/// One step of a random life. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Act {
    Link(bool),
    DeleteLink,
    View(u8, u8),
    Request(u8),
    Right(u8, u8),
    Wrong(u8),
    Exchange(u8, bool),
    Visit(u8),
    Agree(u8),
    Decline(u8),
    Disclose(u8),
    DiscloseByToken(u8),
    Leave(u8),
    EndConsent(bool),
    ChangePolicy,
    Update,
    DeleteUser,
    Read(u8),
    Alarm,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<bool>().prop_map(Act::Link),
        1 => Just(Act::DeleteLink),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(link, browser)| Act::View(link, browser)),
        6 => any::<u8>().prop_map(Act::Request),
        6 => (any::<u8>(), any::<u8>()).prop_map(|(link, browser)| Act::Right(link, browser)),
        4 => any::<u8>().prop_map(Act::Wrong),
        3 => (any::<u8>(), any::<bool>()).prop_map(|(browser, by_link)| Act::Exchange(browser, by_link)),
        3 => any::<u8>().prop_map(Act::Visit),
        4 => any::<u8>().prop_map(Act::Agree),
        1 => any::<u8>().prop_map(Act::Decline),
        2 => any::<u8>().prop_map(Act::Disclose),
        1 => any::<u8>().prop_map(Act::DiscloseByToken),
        1 => any::<u8>().prop_map(Act::Leave),
        1 => any::<bool>().prop_map(Act::EndConsent),
        1 => Just(Act::ChangePolicy),
        1 => Just(Act::Update),
        1 => Just(Act::DeleteUser).prop_filter("rare", |_| true),
        2 => any::<u8>().prop_map(Act::Read),
        3 => Just(Act::Alarm),
    ]
}

fn step() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => (0_u64..40_000).prop_map(Span),
        3 => (0_u64..20).prop_map(Span::minutes),
        1 => (0_u64..9).prop_map(Span::days),
        1 => Just(MS),
        1 => Just(Span(30 * DAY.0)),
    ]
}

fn browser(number: u8) -> super::CookieHash {
    cookie(1 + number % 3)
}

/// Which link: mostly the latest, sometimes an older one.
fn link(links: &[LinkHash], number: u8) -> LinkHash {
    let from_the_end = usize::from(number % 4 / 3) * usize::from(number / 4);
    links.iter().rev().nth(from_the_end).copied().unwrap_or([0xEE; 16])
}

fn command(world: &mut World, links: &[LinkHash], act: &Act) -> (Caller, Command) {
    let server = Caller::Server(world.application.id);
    let token = world.token_of_session().unwrap_or(Caller::Client(world.application.id));
    let person = |command| (Caller::Applicant, command);
    match act {
        Act::Link(other) => {
            (server, Command::CreateLink { mobile: other.then(|| super::OTHER_MOBILE.into()) })
        }
        Act::DeleteLink => (server, Command::DeleteLink),
        Act::View(which, by) => {
            person(Command::ViewLink { hash: link(links, *which), cookie: Some(browser(*by)) })
        }
        Act::Request(which) => person(Command::RequestCode { hash: link(links, *which) }),
        Act::Right(which, by) => {
            let code = world.last_text().map_or_else(|| CodeText::parse("111111").unwrap(), |text| text.1);
            let entry = match by % 4 {
                0 => Entry::Token,
                _ => Entry::Cookie { cookie: browser(*by), return_state: None },
            };
            person(Command::TryCode { hash: link(links, *which), code, entry })
        }
        Act::Wrong(which) => {
            let code = CodeText::parse("000000").unwrap();
            person(Command::TryCode { hash: link(links, *which), code, entry: Entry::Token })
        }
        Act::Exchange(by, by_link) => {
            let caller = if *by_link { token } else { Caller::Client(world.application.id) };
            let old_cookie = Some(browser(by / 3));
            (caller, Command::Exchange { cookie: browser(*by), old_cookie, return_state: None })
        }
        Act::Visit(by) => person(Command::ViewSession(browser(*by))),
        Act::Agree(by) => {
            let policy_version = world.application.policy().map_or(0, |policy| policy.version);
            person(Command::Agree { cookie: browser(*by), policy_version })
        }
        Act::Decline(by) => person(Command::Decline(browser(*by))),
        Act::Disclose(by) => person(Command::Disclose { cookie: browser(*by), leave_out: false }),
        Act::DiscloseByToken(which) => (token, Command::DiscloseByToken { hash: link(links, *which) }),
        Act::Leave(by) => person(Command::Leave(browser(*by))),
        Act::EndConsent(real) => {
            let known = match &world.presence {
                Presence::Here(user) => user.consent.as_ref().map(|consent| consent.id),
                Presence::Absent | Presence::Deleted => None,
            };
            let id = known.filter(|_| *real).unwrap_or(ConsentId(Uuid::from_u128(9)));
            (server, Command::EndConsent(id))
        }
        Act::ChangePolicy => {
            world.change_policy();
            (server, Command::GetUser)
        }
        Act::Update => {
            let changes = ProfileChanges { first_name: Some("Ada".into()), ..ProfileChanges::default() };
            (server, Command::UpdateUser(Box::new(changes)))
        }
        Act::DeleteUser => (server, Command::DeleteUser),
        Act::Read(which) => match which % 3 {
            0 => (server, Command::GetUser),
            1 => (server, Command::GetLink),
            _ => (server, Command::GetConsent),
        },
        Act::Alarm => (Caller::House, Command::FallDue),
    }
}

impl World {
    /// Every session that is over, with how it ended.
    fn over(&self) -> Vec<(crate::domain::id::SessionId, crate::domain::consent_session::ConsentSession)> {
        let Presence::Here(user) = &self.presence else { return Vec::new() };
        let sessions = [&user.session, &user.token_session].into_iter().flatten();
        sessions.filter(|one| one.ended.is_some()).map(|one| (one.id, one.clone())).collect()
    }
}

fn same(one: &Outcome, other: &Outcome) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_breaks_a_rule(life in prop::collection::vec((step(), act()), 1..70)) {
        let mut world = World::new();
        let mut links: Vec<LinkHash> = Vec::new();
        let mut sent = 0;
        for (wait, act) in &life {
            world.wait(*wait);
            let (presence, over) = (world.presence.clone(), world.over());
            let (caller, asked) = command(&mut world, &links, act);
            let (_, again) = command(&mut world, &links, act);
            let first = world.decide(caller, asked);
            world.draws -= 1;
            let second = world.decide(caller, again);
            world.draws -= 1;
            prop_assert!(same(&first, &second), "{act:?} decided in two ways");
            let (_, asked) = command(&mut world, &links, act);
            // The invariants, AL-2 among them, are checked in here after every step.
            let reply = world.ask(caller, asked);
            if presence == Presence::Deleted {
                prop_assert_eq!(&reply, &Err(Failure::UserUnknown));
                prop_assert_eq!(&world.presence, &Presence::Deleted);
            }
            for (id, ended) in over {
                let now = world.over().into_iter().find(|(one, _)| *one == id);
                if let Some((_, now)) = now {
                    prop_assert_eq!(now, ended, "a session that is over changed");
                }
            }
            if let Presence::Here(user) = &world.presence {
                let latest = user.link.as_ref().map(|link| link.hash);
                links.extend(latest.filter(|hash| !links.contains(hash)));
                prop_assert!(user.deadlines().iter().all(|(_, at)| *at > world.now), "something due was left");
                prop_assert!(user.dead_links.len() <= 20);
            }
            prop_assert!(world.texts() - sent <= 1);
            sent = world.texts();
        }
    }
}
