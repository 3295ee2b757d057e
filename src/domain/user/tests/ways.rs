//! What a partner says about the way of its pages binds whoever connects there, and not its own requests.

use super::World;
use super::bank::{CAREFUL, OTHER, PLAIN, connecting, job};
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
