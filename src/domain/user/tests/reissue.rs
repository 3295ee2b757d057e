//! A new link by text, for who holds one that is over.

use super::*;
use crate::domain::auth_link::{LinkWords, PublicId};
use crate::domain::command::Held;
use crate::domain::event::{EventData, LinkReason};
use crate::domain::workflow::auth_link::State;

const BEFORE: &str = "Quill: your link\nhttps://links.example.test/";

/// A world whose partner lets people ask, with a link.
fn allowing() -> (World, LinkHash) {
    let (mut world, link) = World::with_link();
    world.application.look.flow.reissues_links = true;
    (world, link)
}

impl World {
    fn ask_again(&mut self, hash: LinkHash) -> Result<Reply, Failure> {
        self.ask_with(Held::Link(hash))
    }

    fn ask_with(&mut self, held: Held) -> Result<Reply, Failure> {
        let (partner, words) = (self.application.id, LinkWords(BEFORE.into()));
        self.person(Command::Reissue { held, partner, words })
    }

    /// The texts with links: the number and the whole of each.
    fn links_sent(&self) -> Vec<(String, String)> {
        let texts = self.effects.iter().filter_map(|effect| match effect {
            Effect::SendLink { to, words, public_id, .. } => Some((to.e164(), words.with(*public_id))),
            _ => None,
        });
        texts.collect()
    }

    fn latest(&self) -> crate::domain::auth_link::AuthLink {
        let Presence::Here(user) = &self.presence else { panic!() };
        user.link.clone().unwrap()
    }

    /// Nothing was made, nothing was sent, nothing was told.
    fn nothing_comes_of(&mut self, hash: LinkHash) -> Failure {
        let before = (self.presence.clone(), self.effects.len(), self.events.len());
        let failure = self.ask_again(hash).unwrap_err();
        assert!((self.presence.clone(), self.effects.len(), self.events.len()) == before);
        failure
    }
}

/// A link's whole text, as it has to be.
fn text_of(id: PublicId) -> (String, String) {
    (MOBILE.into(), format!("{BEFORE}{}", id.reveal()))
}

/// How a link comes to its end.
type Way = fn(&mut World, LinkHash);

#[test]
fn a_link_that_is_over_is_followed_by_a_new_one_whichever_way_it_ended() {
    let ends: [(State, Way); 4] = [
        (State::Expired, |world, _| world.now = world.now.plus(WEEK)),
        (State::Locked, |world, link| {
            drop(world.code(link));
            while world.try_wrong(link) != Failure::CodeLocked {}
        }),
        (State::Abandoned, |world, link| {
            world.enter(link, cookie(1));
            world.person(Command::Leave(cookie(1))).unwrap();
        }),
        (State::Completed, |world, link| {
            world.enter(link, cookie(1));
            world.agree(cookie(1)).unwrap();
            world.person(Command::Disclose { cookie: cookie(1), leave_out: false, gaps: None }).unwrap();
        }),
    ];
    for (end, comes) in ends {
        let (mut world, link) = allowing();
        comes(&mut world, link);
        world.ask_again(link).unwrap();
        let new = world.latest();
        assert_ne!(new.hash, link, "{end:?}");
        assert_eq!((new.state, new.expires), (State::Issued, world.now.plus(WEEK)), "{end:?}");
        assert_eq!(world.links_sent(), [text_of(new.public_id)], "{end:?}");
        let created = world.events.last().unwrap();
        assert_eq!(created.kind, EventKind::LinkCreated);
        let EventData::Link(then) = &created.data else { panic!() };
        assert_eq!((then.id, then.reason), (new.id, Some(LinkReason::Reissued)), "{end:?}");
        assert!(!world.events.iter().any(|event| event.kind == EventKind::LinkReplaced), "{end:?}");
        assert_eq!(world.user().dead_links[0].end, end);
    }
}

#[test]
fn who_holds_an_older_link_is_sent_the_newest_one_and_no_other() {
    let (mut world, old) = allowing();
    let newest = world.link();
    let (events, before) = (world.events.len(), world.latest());
    world.ask_again(old).unwrap();
    assert_eq!(world.links_sent(), [text_of(before.public_id)]);
    assert_eq!(world.latest(), before, "it is as it was, to the millisecond of its end");
    assert_eq!(world.events.len(), events);
    // Also while its code is on the way, which stays the one that counts.
    let code = world.code(newest);
    world.ask_again(old).unwrap();
    assert_eq!(world.links_sent().len(), 2);
    world.try_code(newest, &code, Entry::Token).unwrap();
}

#[test]
fn nobody_is_put_out_and_what_was_taken_back_stays_so() {
    let (mut world, old) = allowing();
    let newest = world.link();
    assert_eq!(world.nothing_comes_of(newest), Failure::NotNow, "it is open");
    world.enter(newest, cookie(1));
    assert_eq!(world.nothing_comes_of(old), Failure::NotNow, "somebody is in");
    assert_eq!(world.nothing_comes_of(newest), Failure::NotNow);
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.nothing_comes_of(newest), Failure::NotNow, "the partner took it back");
    assert_eq!(world.nothing_comes_of(old), Failure::NotNow);

    let (mut world, link) = allowing();
    world.now = world.now.plus(WEEK);
    world.server(Command::DeleteLink).unwrap();
    assert_eq!(world.nothing_comes_of(link), Failure::LinkUnknown, "what was over was taken back");
}

#[test]
fn a_browser_whose_session_is_over_asks_as_the_holder_of_its_link() {
    let (mut world, link) = allowing();
    world.enter(link, cookie(1));
    let held = Held::Browser(cookie(1));
    assert_eq!(world.ask_with(held), Err(Failure::NotNow), "it is in");
    world.wait(Span::minutes(15));
    assert_eq!(world.ask_with(Held::Browser(cookie(2))), Err(Failure::SessionUnknown));
    world.ask_with(held).unwrap();
    assert_eq!(world.links_sent(), [text_of(world.latest().public_id)]);
    assert_ne!(world.latest().hash, link);
    // Once more, now that it is replaced: the same one again.
    world.ask_with(held).unwrap();
    assert_eq!(world.links_sent()[1], world.links_sent()[0]);

    // Who came by a token of the partner's has no link to lose.
    let mut world = World::new();
    world.application.look.flow.reissues_links = true;
    world.link();
    let caller = Caller::Client(world.application.id);
    world.exchange(caller, cookie(3), None).unwrap();
    world.wait(Span::minutes(15));
    assert_eq!(world.ask_with(Held::Browser(cookie(3))), Err(Failure::NotNow));
    assert!(world.links_sent().is_empty());
}

#[test]
fn only_where_the_partner_lets_people_ask_and_only_for_its_own_links() {
    let (mut world, link) = allowing();
    world.now = world.now.plus(WEEK);
    world.server(Command::GetUser).unwrap();
    world.person(Command::FallDue).unwrap();
    world.application.look.flow.reissues_links = false;
    assert_eq!(world.nothing_comes_of(link), Failure::NotNow);
    world.application.look.flow.reissues_links = true;
    assert_eq!(world.nothing_comes_of([9; 16]), Failure::LinkUnknown);
    let other = ApplicationId(Uuid::from_u128(2));
    let as_another =
        Command::Reissue { held: Held::Link(link), partner: other, words: LinkWords(BEFORE.into()) };
    assert_eq!(world.person(as_another), Err(Failure::NotNow));
    assert!(world.links_sent().is_empty());
    world.ask_again(link).unwrap();
}

#[test]
fn a_text_goes_to_a_number_that_is_in_no_doubt() {
    let (mut world, link) = allowing();
    world.now = world.now.plus(WEEK);
    world.person(Command::FallDue).unwrap();
    let changes = ProfileChanges { mobile: Some(OTHER_MOBILE.into()), ..ProfileChanges::default() };
    world.server(Command::UpdateUser(Box::new(changes))).unwrap();
    assert_eq!(world.nothing_comes_of(link), Failure::MobileMissing, "two numbers are known");

    // A link for a number of its own, of a user who has none.
    let mut world = World::empty();
    world.application.look.flow.reissues_links = true;
    let changes = ProfileChanges { email: Some("a@example.test".into()), ..ProfileChanges::default() };
    world.server(Command::CreateUser(Box::new(changes), None)).unwrap();
    world.server(Command::CreateLink { mobile: Some(OTHER_MOBILE.into()) }).unwrap();
    let link = world.latest().hash;
    world.now = world.now.plus(WEEK);
    world.ask_again(link).unwrap();
    assert_eq!(world.links_sent()[0].0, OTHER_MOBILE);
    assert_eq!(world.latest().mobile.e164(), OTHER_MOBILE);
}

#[test]
fn a_text_with_a_link_shows_nothing_of_itself() {
    let (mut world, link) = allowing();
    world.now = world.now.plus(WEEK);
    world.ask_again(link).unwrap();
    let shown = format!("{:?}", world.effects);
    let secret = world.latest().public_id.reveal();
    assert!(shown.contains("SendLink") && !shown.contains(&secret) && !shown.contains("example.test"));
}
