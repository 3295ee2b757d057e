//! The parts of the bank that need no socket: challenges, sessions and faults within their bounds.

use super::answer::Refusal;
use super::challenge::{CHALLENGE_MS, CHALLENGES_MAX, Challenges, TRIES_MAX};
use super::data::institution::{INSTITUTIONS, Institution};
use super::data::persona::{Ask, Failing, Known, PERSONAS, Persona, find};
use super::fault::{FAULTS_MAX, Fault, Faults, Kind, Step, Trouble};
use super::session::{SESSION_MS, Sessions};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

fn at(id: &str) -> &'static Institution {
    Institution::find(id).unwrap()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn everyone_signs_in_with_their_own_password_alone() {
    for (persona, login_id, password) in [
        (Persona::WentworthSmith, "Wentworth-Smith", "whislter"),
        (Persona::Whistler, "Whistler", "ShowBox"),
        (Persona::Gilfoyle, "Gilfoyle", "PiedPiper"),
        (Persona::GavinBelson, "gavinBelson", "hooli2016"),
        (Persona::Jared, "jared", "django"),
        (Persona::Richard, "richard", "tabsnotspaces"),
        (Persona::LaurieBream, "laurieBream", "business2024"),
        (Persona::AshMann, "ashMann", "hooli2024"),
    ] {
        for institution in INSTITUTIONS {
            let here = institution.id != "AU00004" || persona == Persona::GavinBelson;
            let known = find(institution, login_id, password);
            assert_eq!(known, here.then_some(Known::Person(persona)), "{login_id} at {}", institution.id);
            for (login, word) in [
                (login_id, "wrong"),
                (login_id, ""),
                (&login_id.to_uppercase(), password),
                (login_id, &password.to_uppercase()),
                (login_id, &format!("{password} ")),
            ] {
                assert_eq!(find(institution, login, word), None, "{login} {word}");
            }
        }
    }
    assert_eq!(find(at("AU00000"), "jared", "ShowBox"), None);
}

#[test]
fn some_logins_always_fail_in_their_own_way() {
    for (login_id, password, how) in [
        ("bighead", "password", Failing::Locked),
        ("erlich", "aviato", Failing::ActionRequired),
        ("jianYang", "nothotdog", Failing::Unavailable),
    ] {
        assert_eq!(find(at("AU00002"), login_id, password), Some(Known::Failing(how)));
        assert_eq!(find(at("AU00002"), login_id, "wrong"), None);
        assert_eq!(find(at("AU00004"), login_id, password), None);
    }
}

#[test]
fn answers_are_those_of_the_contract() {
    let here = at("AU00002");
    let vendor = concat!("Ba", "siq");
    for (ask, right) in [
        (Ask::Code, vec!["1234"]),
        (Ask::Code, vec![" 1234 "]),
        (Ask::FirstCompany, vec!["Hooli"]),
        (Ask::FavouriteAndId, vec![vendor, "AU00000"]),
        (Ask::FavouriteAndId, vec![vendor, "AU00002"]),
        (Ask::FavouriteAndId, vec!["Authlink", "AU00000"]),
    ] {
        assert!(ask.accepts(here, &words(&right)), "{right:?}");
        assert_eq!(ask.input().len(), right.len());
    }
    for (ask, wrong) in [
        (Ask::Code, vec!["1235"]),
        (Ask::Code, vec![]),
        (Ask::Code, vec!["1234", "1234"]),
        (Ask::FirstCompany, vec!["hooli"]),
        (Ask::FavouriteAndId, vec![vendor, "AU00003"]),
        (Ask::FavouriteAndId, vec!["Hooli", "AU00000"]),
        (Ask::FavouriteAndId, vec![vendor]),
    ] {
        assert!(!ask.accepts(here, &words(&wrong)), "{wrong:?}");
    }
    let asks = PERSONAS.map(Persona::ask);
    let code = |persona: Persona| asks[PERSONAS.iter().position(|one| *one == persona).unwrap()];
    assert_eq!(code(Persona::Jared), Ask::Code);
    assert_eq!(code(Persona::Richard), Ask::Code);
    assert_eq!(code(Persona::GavinBelson), Ask::FirstCompany);
    assert_eq!(code(Persona::Gilfoyle), Ask::FirstCompany);
    assert_eq!(code(Persona::Whistler), Ask::FavouriteAndId);
    assert_eq!(code(Persona::WentworthSmith), Ask::FavouriteAndId);
}

#[test]
fn a_challenge_takes_five_wrong_answers_or_one_right_one() {
    let (mut open, here) = (Challenges::default(), at("AU00002"));
    let id = |number| Uuid::from_u128(number);
    let try_it = |open: &mut Challenges, number, answer: &str, now| {
        open.answer(&id(number).to_string(), here, &words(&[answer]), now)
    };
    open.open(id(1), here, Persona::Jared, 0);
    open.open(id(2), here, Persona::Jared, 0);
    for _ in 0..TRIES_MAX {
        assert_eq!(try_it(&mut open, 1, "0000", 1), Err(Refusal::WrongAnswer));
    }
    assert_eq!(try_it(&mut open, 1, "1234", 1), Err(Refusal::ChallengeGone));
    assert_eq!(try_it(&mut open, 2, "0000", 1), Err(Refusal::WrongAnswer));
    assert_eq!(try_it(&mut open, 2, "1234", 1), Ok(Persona::Jared));
    assert_eq!(try_it(&mut open, 2, "1234", 1), Err(Refusal::ChallengeGone));
    open.open(id(3), here, Persona::Jared, 0);
    let elsewhere = open.answer(&id(3).to_string(), at("AU00003"), &words(&["1234"]), 1);
    assert_eq!(elsewhere, Err(Refusal::ChallengeGone));
    assert_eq!(try_it(&mut open, 3, "1234", CHALLENGE_MS - 1), Ok(Persona::Jared));
    open.open(id(4), here, Persona::Jared, 0);
    assert_eq!(try_it(&mut open, 4, "1234", CHALLENGE_MS), Err(Refusal::ChallengeGone));
    assert_eq!(open.answer("x", here, &[], 0), Err(Refusal::ChallengeGone));
}

#[test]
fn the_oldest_challenge_goes_for_one_too_many() {
    let (mut open, here) = (Challenges::default(), at("AU00002"));
    let last = CHALLENGES_MAX as u128;
    for number in 0..=last {
        open.open(Uuid::from_u128(number), here, Persona::Jared, 0);
    }
    let mut answer = |number| open.answer(&Uuid::from_u128(number).to_string(), here, &words(&["1234"]), 1);
    assert_eq!(answer(0), Err(Refusal::ChallengeGone));
    assert_eq!((answer(1), answer(last)), (Ok(Persona::Jared), Ok(Persona::Jared)));
}

fn token(sessions: &mut Sessions, institution: &Institution, now: i64) -> String {
    let session = serde_json::to_value(sessions.open(institution, Persona::Jared, now)).unwrap();
    session["session_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_session_is_honoured_by_its_seed_until_it_is_over() {
    let here = at("AU00000");
    let mut first = Sessions::of(1);
    let one = token(&mut first, here, 1000);
    let restarted = Sessions::of(1);
    assert_eq!(restarted.check(&one, here, 1000 + SESSION_MS - 1), Some(Persona::Jared));
    assert_eq!(restarted.check(&one, here, 1000 + SESSION_MS), None);
    assert_eq!(restarted.check(&one, at("AU00001"), 1000), None);
    assert_eq!(Sessions::of(2).check(&one, here, 1000), None);
    let (text, mac) = one.split_once('.').unwrap();
    let longer = token(&mut Sessions::of(1), here, 2000);
    let forged = format!("{}.{mac}", longer.split_once('.').unwrap().0);
    for other in ["", ".", text, mac, &forged, &format!("{one}A"), &"A".repeat(100_000)] {
        assert_eq!(restarted.check(other, here, 1000), None, "{other:.80}");
    }
}

#[test]
fn an_ended_session_is_over_and_another_of_the_same_moment_is_not() {
    let (mut sessions, here) = (Sessions::of(1), at("AU00000"));
    let (one, other) = (token(&mut sessions, here, 5), token(&mut sessions, here, 5));
    sessions.end(&one);
    assert_eq!(sessions.check(&one, here, 6), None);
    assert_eq!(sessions.check(&other, here, 6), Some(Persona::Jared));
    let ids: BTreeSet<Uuid> = (0..100).map(|_| sessions.fresh_id(5)).collect();
    assert_eq!(ids.len(), 100);
}

fn fault(value: serde_json::Value) -> Fault {
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_nearest_fault_strikes_so_many_times() {
    let mut faults = Faults::default();
    faults.set(fault(json!({"step": "accounts", "fault": "down"}))).unwrap();
    let here = json!({"institution": "AU00001", "step": "accounts", "fault": "half"});
    faults.set(fault(here)).unwrap();
    let person =
        json!({"login_id": "jared", "step": "accounts", "fault": "slow", "latency_ms": 7, "times": 2});
    faults.set(fault(person)).unwrap();
    let kind = |faults: &mut Faults, institution, login_id, step| {
        faults.strike(institution, login_id, step).map(|trouble| trouble.kind)
    };
    assert_eq!(kind(&mut faults, "AU00000", "jared", Step::Profile), None);
    assert_eq!(kind(&mut faults, "AU00000", "richard", Step::Accounts), Some(Kind::Down));
    assert_eq!(kind(&mut faults, "AU00001", "richard", Step::Accounts), Some(Kind::Half));
    let slow = Trouble { kind: Kind::Slow, latency: Duration::from_millis(7) };
    assert_eq!(faults.strike("AU00001", "jared", Step::Accounts), Some(slow));
    assert_eq!(faults.list().last().unwrap().times, Some(1));
    assert_eq!(faults.strike("AU00001", "jared", Step::Accounts), Some(slow));
    assert_eq!(kind(&mut faults, "AU00001", "jared", Step::Accounts), Some(Kind::Half));
    faults.set(fault(json!({"step": "accounts", "fault": "none"}))).unwrap();
    assert_eq!(kind(&mut faults, "AU00000", "jared", Step::Accounts), None);
    assert_eq!(faults.list().len(), 1);
}

#[test]
fn faults_without_sense_or_bounds_are_refused() {
    let mut faults = Faults::default();
    for bad in [
        json!({"step": "login", "fault": "double"}),
        json!({"step": "profile", "fault": "double"}),
        json!({"step": "login", "fault": "slow", "latency_ms": 120_001}),
        json!({"step": "login", "fault": "down", "times": 0}),
        json!({"step": "login", "fault": "down", "times": 1_000_001}),
        json!({"step": "login", "fault": "down", "login_id": "x".repeat(65)}),
    ] {
        assert_eq!(faults.set(fault(bad.clone())), Err(Refusal::BadFault), "{bad}");
    }
    for number in 0..FAULTS_MAX {
        let one = json!({"step": "login", "fault": "down", "login_id": number.to_string()});
        assert_eq!(faults.set(fault(one)), Ok(()));
    }
    let more = |login_id: &str| fault(json!({"step": "login", "fault": "slow", "login_id": login_id}));
    assert_eq!(faults.set(more("more")), Err(Refusal::TooManyFaults));
    assert_eq!(faults.set(more("7")), Ok(()), "one in the place of another fits");
    assert_eq!(faults.list().len(), FAULTS_MAX);
}
