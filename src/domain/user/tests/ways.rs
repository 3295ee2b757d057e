//! What a partner says about the way of its pages binds whoever connects there, and not its own requests.

use super::World;
use super::bank::{CAREFUL, OTHER, PLAIN, connecting, job};
use super::cookie;
use crate::domain::command::Failure;
use crate::domain::institution::InstitutionId;
use crate::domain::job::Cause;

#[test]
fn people_connect_where_the_partner_offers_it() {
    let (mut world, _) = World::connecting();
    world.application.look.flow.institutions = [InstitutionId::parse(OTHER).unwrap()].into();
    assert_eq!(world.connect(PLAIN, "gavin"), Err(Failure::InstitutionRefused));
    assert!(world.connect(OTHER, "gavin").is_ok());
    assert!(world.server(connecting(None, PLAIN, "gavin")).is_ok(), "the partner's own request");
}

#[test]
fn where_one_login_is_wanted_a_second_one_is_refused_until_the_first_one_fails() {
    let (mut world, _) = World::connecting();
    world.application.look.flow.is_single = true;
    let first = world.connect(PLAIN, "gavin").unwrap().id;
    for (institution, login) in [(PLAIN, "hooli"), (OTHER, "gavin")] {
        assert_eq!(world.connect(institution, login), Err(Failure::NotNow), "one is on its way");
    }
    assert_eq!(world.connect(PLAIN, "gavin").map(|job| job.id), Ok(first), "a double click is harmless");
    world.fail(first, Cause::InvalidCredentials);
    let second = world.connect(OTHER, "gavin").unwrap().id;
    world.read_all(second);
    assert_eq!(world.connect(CAREFUL, "gavin"), Err(Failure::NotNow), "one is connected");
    assert!(world.connect(OTHER, "gavin").is_ok(), "the same login may be read anew");
    assert!(world.server(connecting(None, CAREFUL, "gavin")).map(job).is_ok(), "the partner's own request");
}

#[test]
fn as_a_rule_people_connect_as_many_as_they_have() {
    let (mut world, _) = World::connecting();
    for institution in [PLAIN, OTHER, CAREFUL] {
        assert!(world.connect(institution, "gavin").is_ok());
    }
}

#[test]
fn a_login_id_comes_back_to_the_session_that_typed_it_and_failed() {
    let (mut world, _) = World::connecting();
    let typed = |world: &mut World, browser| {
        let logins = world.visit(cookie(browser)).unwrap().logins;
        logins.iter().map(|(job, login)| (*job, login.reveal().to_owned())).collect::<Vec<_>>()
    };
    let refused = world.connect(PLAIN, "gavin").unwrap().id;
    let fine = world.connect(OTHER, "hooli").unwrap().id;
    assert_eq!(typed(&mut world, 1), [], "it is on its way");
    world.fail(refused, Cause::InvalidCredentials);
    world.read_all(fine);
    assert_eq!(typed(&mut world, 1), [(refused, "gavin".to_owned())]);
    let link = world.link();
    world.enter(link, cookie(2));
    assert_eq!(typed(&mut world, 2), [], "another session is told nothing");
}
