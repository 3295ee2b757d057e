//! One-time codes: spent once, counted with the link, late ones free of charge, texts held back.

use super::{MS, START, WEEK, World, cookie};
use crate::domain::auth_link::CodeText;
use crate::domain::command::{Caller, Command, Effect, Entry, Failure, Reply};
use crate::domain::errand::Errand;
use crate::domain::event::EventKind;
use crate::domain::time::Span;
use crate::domain::workflow::auth_link::State;
use std::collections::BTreeMap;

const TEN_MINUTES: Span = Span::minutes(10);

#[test]
fn the_first_right_code_spends_the_link_and_the_second_finds_it_spent() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    let entry = || Entry::Cookie { cookie: cookie(1), return_state: None, errand: Errand::default() };
    world.try_code(link, &code, entry()).unwrap();
    let session = world.user().session.clone();
    assert_eq!(world.try_code(link, &code, entry()), Err(Failure::LinkSpent));
    assert_eq!(world.try_wrong(link), Failure::LinkSpent);
    assert_eq!(world.request(link), Err(Failure::LinkSpent));
    assert_eq!(world.user().session, session, "one code, one session");
    assert_eq!(world.count(EventKind::LinkVerified), 1);
    assert_eq!(world.get_link().unwrap().state, State::InSession);
    assert!(world.get_user().has_link);
    assert_eq!(world.withdrawn().len(), 1, "a text that has not gone yet is of no use any more");
}

#[test]
fn once_somebody_is_in_other_codes_of_browsers_count_until_none_is_looked_at() {
    let by = |number| Entry::Cookie { cookie: cookie(number), return_state: None, errand: Errand::default() };
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    world.try_wrong(link);
    world.try_code(link, &code, by(1)).unwrap();
    let again = |world: &mut World| world.view_with(link, Some(cookie(1))).unwrap().takes_code_again;
    for number in 2..=5 {
        assert!(again(&mut world));
        assert_eq!(world.try_code(link, &code, by(1)), Err(Failure::LinkSpent));
        assert!(!world.committed, "what earns the session's own cookie is no miss");
        assert_eq!(world.try_code(link, &code, by(number)), Err(Failure::LinkSpent));
        assert!(world.committed, "a miss is committed before its answer");
    }
    assert_eq!(world.user().link.as_ref().unwrap().wrong_tries, 5);
    assert!(!again(&mut world), "five in all, before and after");
    assert_eq!(world.try_code(link, &code, by(9)), Err(Failure::LinkSpent));
    assert!(!world.committed, "and none is counted any more");
    assert_eq!(world.get_link().unwrap().state, State::InSession, "who is in stays in");
}

#[test]
fn a_spent_code_is_looked_at_for_as_long_as_a_code_counts() {
    let (mut world, link) = World::with_link();
    world.enter(link, cookie(1));
    world.wait(Span(TEN_MINUTES.0 - 1));
    assert!(world.view_with(link, Some(cookie(1))).unwrap().takes_code_again);
    world.wait(MS);
    assert!(!world.view_with(link, Some(cookie(1))).unwrap().takes_code_again);
}

#[test]
fn wrong_tries_are_counted_with_the_link_over_resends_and_the_fifth_locks() {
    let (mut world, link) = World::with_link();
    for left in [4, 3] {
        if left == 4 {
            world.request(link).unwrap();
        }
        assert_eq!(world.try_wrong(link), Failure::CodeWrong { tries_left: left });
        assert!(world.committed, "a wrong try is committed before its answer");
    }
    world.wait(Span::seconds(30));
    world.request(link).unwrap();
    assert_eq!(world.view(link).unwrap().code.unwrap().tries_left, 3, "a resend resets nothing");
    for left in [2, 1] {
        assert_eq!(world.try_wrong(link), Failure::CodeWrong { tries_left: left });
    }
    let right = world.last_text().unwrap().1;
    assert_eq!(world.try_wrong(link), Failure::CodeLocked);
    assert_eq!(world.try_code(link, &right, Entry::Token), Err(Failure::LinkOver(State::Locked)));
    assert_eq!(world.request(link), Err(Failure::LinkOver(State::Locked)));
    assert_eq!(world.get_link(), Err(Failure::LinkOver(State::Locked)));
    assert!(!world.get_user().has_link);
    assert_eq!((world.count(EventKind::LinkCodeFailed), world.count(EventKind::LinkLocked)), (5, 1));
}

#[test]
fn the_right_code_still_enters_after_four_wrong_ones() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    for _ in 0..4 {
        world.try_wrong(link);
    }
    world.try_code(link, &code, Entry::Token).unwrap();
}

#[test]
fn a_code_counts_for_ten_minutes_to_the_millisecond_and_a_late_try_is_not_counted() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    let at = world.now;
    world.now = at.plus(Span(TEN_MINUTES.0 - 1));
    assert_eq!(world.try_wrong(link), Failure::CodeWrong { tries_left: 4 });
    world.wait(MS);
    assert_eq!(world.try_code(link, &code, Entry::Token), Err(Failure::CodeLate));
    for _ in 0..9 {
        assert_eq!(world.try_wrong(link), Failure::CodeLate);
    }
    assert_eq!(world.user().link.as_ref().unwrap().wrong_tries, 1);
    assert_eq!(world.withdrawn(), Vec::new(), "a late text is dropped by those who send it, who tell of it");
    let code = world.code(link);
    world.now = world.now.plus(Span(TEN_MINUTES.0 - 1));
    world.try_code(link, &code, Entry::Token).unwrap();
}

#[test]
fn a_try_before_any_text_is_late_and_not_counted() {
    let (mut world, link) = World::with_link();
    for _ in 0..6 {
        assert_eq!(world.try_wrong(link), Failure::CodeLate);
        assert!(!world.committed);
    }
    assert_eq!(world.view(link).unwrap().state, State::Issued);
}

#[test]
fn texts_wait_thirty_sixty_and_then_always_a_hundred_and_twenty_seconds() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    for (sent, seconds) in [30, 60, 120, 120, 120].into_iter().enumerate() {
        let at = world.now;
        let face = world.view(link).unwrap().code.unwrap();
        assert_eq!(face.next_send_at, at.plus(Span::seconds(seconds)));
        world.now = at.plus(Span(seconds * 1000 - 1));
        let state = world.user().clone();
        world.request(link).unwrap();
        assert!(!world.committed, "inside the cool-down nothing is sent and nothing counted");
        assert_eq!((world.user(), world.texts()), (&state, sent + 1));
        world.wait(MS);
        world.request(link).unwrap();
        assert_eq!(world.texts(), sent + 2);
    }
}

#[test]
fn a_dead_code_needs_no_cool_down() {
    let short = toml::from_str("[auth_link]\ncode_lifetime = \"1s\"").unwrap();
    let mut world = World::with(&short);
    world.create_user().unwrap();
    let link = world.link();
    world.request(link).unwrap();
    world.wait(Span(999));
    world.request(link).unwrap();
    assert_eq!(world.texts(), 1);
    world.wait(MS);
    world.request(link).unwrap();
    assert_eq!(world.texts(), 2, "the person has no living code: waiting would help nobody");
}

#[test]
fn ten_texts_a_link_and_then_a_limit_that_says_for_how_long() {
    let (mut world, link) = World::with_link();
    for sent in 1..=10 {
        world.request(link).unwrap();
        assert_eq!(world.view(link).unwrap().sends_left, 10 - sent);
        if sent == 10 {
            world.request(link).unwrap();
            assert!(!world.committed, "inside its cool-down the tenth answers as before");
        }
        world.wait(Span::seconds(120));
    }
    let retry_after = START.plus(WEEK).since(world.now);
    assert_eq!(world.request(link), Err(Failure::SmsLimit { retry_after }));
    assert_eq!(world.texts(), 10);
    let code = world.last_text().unwrap().1;
    world.try_code(link, &code, Entry::Token).unwrap();
}

#[test]
fn the_limit_of_texts_holds_when_no_code_lives_either() {
    let (mut world, link) = World::with_link();
    for _ in 0..10 {
        world.request(link).unwrap();
        world.wait(TEN_MINUTES);
    }
    assert!(matches!(world.request(link), Err(Failure::SmsLimit { .. })));
    assert_eq!((world.texts(), world.view(link).unwrap().state), (10, State::Issued));
}

#[test]
fn a_resend_takes_the_old_text_back_and_kills_the_old_code() {
    let (mut world, link) = World::with_link();
    let old = world.code(link);
    let old_text = world.last_text().unwrap().0;
    world.wait(Span::seconds(30));
    let new = world.code(link);
    assert_ne!(old.reveal(), new.reveal());
    assert_eq!(world.withdrawn(), vec![old_text]);
    assert_eq!(world.try_code(link, &old, Entry::Token), Err(Failure::CodeWrong { tries_left: 4 }));
    world.try_code(link, &new, Entry::Token).unwrap();
}

#[test]
fn a_text_says_after_when_it_is_worthless() {
    let (mut world, link) = World::with_link();
    world.request(link).unwrap();
    let Some(Effect::SendCode { not_after, link: of, .. }) = world.effects.last() else { panic!() };
    let ours = world.user().link.as_ref().unwrap();
    assert_eq!((*not_after, *of), (START.plus(TEN_MINUTES), ours.id));
    assert_eq!(ours.code.as_ref().unwrap().expires, *not_after);
}

#[test]
fn a_code_is_good_for_its_own_link_alone() {
    let (mut world, link) = World::with_link();
    let old = world.code(link);
    let newer = world.link();
    world.request(newer).unwrap();
    assert_eq!(world.try_code(newer, &old, Entry::Token), Err(Failure::CodeWrong { tries_left: 4 }));
}

#[test]
fn neither_state_nor_commands_nor_effects_print_a_secret() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    let public = world.get_link().unwrap().public_id.reveal();
    let asked = [
        Command::TryCode { hash: link, code: code.clone(), entry: Entry::Token },
        Command::CreateLink { mobile: Some(super::MOBILE.into()) },
        Command::RequestCode { hash: link, words: &"is your code" },
        Command::ViewLink { hash: link, cookie: Some([0xAB; 32]) },
        Command::ViewSession([0xAB; 32]),
        Command::Exchange {
            cookie: [0xAB; 32],
            old_cookie: Some([0xAB; 32]),
            return_state: Some("partner-secret".into()),
            errand: Errand::default(),
        },
    ];
    let shown = format!("{:?} {:?} {asked:?}", world.user(), world.effects);
    for secret in [code.reveal(), public.as_str(), "61400111222", "partner-secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn six_digits_are_a_code_and_nothing_else_is() {
    for good in ["000000", "123456", "123 456", "123-456"] {
        assert!(CodeText::parse(good).is_some(), "{good}");
    }
    for bad in ["", "12345", "1234567", "12345a", "１２３４５６", "+12345"] {
        assert!(CodeText::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn codes_have_leading_zeros_and_spread_over_all_digits() {
    let mut entropy = crate::domain::entropy::Entropy::new([5; 32]);
    let mut first = BTreeMap::<u8, u32>::new();
    for _ in 0..2000 {
        let code = CodeText::draw(&mut entropy);
        assert!(CodeText::parse(code.reveal()).is_some());
        *first.entry(code.reveal().as_bytes()[0]).or_default() += 1;
    }
    assert_eq!(first.len(), 10);
    assert!(first.values().all(|count| (120..=280).contains(count)), "{first:?}");
}

#[test]
fn a_refused_text_kills_its_own_code_and_says_so_until_another_is_asked_for() {
    let (mut world, link) = World::with_link();
    let code = world.code(link);
    let first = world.last_text().unwrap().0;
    let refuse = |world: &mut World, text| world.ask(Caller::House, Command::TextRefused(text));
    assert_eq!(refuse(&mut world, first), Ok(Reply::Done));
    let face = world.view(link).unwrap();
    assert_eq!((face.state, face.code, face.was_refused), (State::Issued, None, true));
    assert_eq!((world.count(EventKind::LinkCodeFailed), world.withdrawn()), (1, vec![first]));
    assert_eq!(world.try_code(link, &code, Entry::Token), Err(Failure::CodeLate), "and is not counted");
    assert_eq!(refuse(&mut world, first), Ok(Reply::Done));
    assert!(!world.committed, "a repeat does nothing");

    let code = world.code(link);
    assert_eq!(world.texts(), 2, "nobody waits for a text that cannot come");
    assert_eq!(refuse(&mut world, first), Ok(Reply::Done));
    assert!(!world.committed && !world.view(link).unwrap().was_refused, "another text has its own fate");
    world.try_code(link, &code, Entry::Token).unwrap();
}

#[test]
fn a_code_that_ran_out_is_not_said_to_be_refused() {
    let (mut world, link) = World::with_link();
    assert!(!world.view(link).unwrap().was_refused);
    world.request(link).unwrap();
    world.wait(TEN_MINUTES);
    assert!(!world.view(link).unwrap().was_refused);
    world.request(link).unwrap();
    let text = world.last_text().unwrap().0;
    world.ask(Caller::House, Command::TextRefused(text)).unwrap();
    world.wait(Span(TEN_MINUTES.0 - 1));
    assert!(world.view(link).unwrap().was_refused);
    world.wait(MS);
    assert!(!world.view(link).unwrap().was_refused, "its time would be over by now");
}

#[test]
fn a_text_says_what_whoever_asked_for_it_last_wants_it_to_say() {
    let (mut world, link) = World::with_link();
    for words in [&"is your code", &"là mã của bạn"] {
        world.person(Command::RequestCode { hash: link, words }).unwrap();
        let Some(Effect::SendCode { words: said, code, .. }) = world.effects.last() else { panic!() };
        let text = code.in_text(&said.for_partner("Quill"), "links.example");
        assert_eq!(text, format!("{code} {words}\n\n@links.example #{code}", code = code.reveal()));
        world.wait(Span::seconds(61));
    }
    let sent = world.texts();
    world.person(Command::RequestCode { hash: link, words: &"is your code" }).unwrap();
    world.person(Command::RequestCode { hash: link, words: &"là mã của bạn" }).unwrap();
    assert_eq!(world.texts(), sent + 1, "another language alone brings no second text");
}
