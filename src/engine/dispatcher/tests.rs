//! Proofs of what a try comes to: the entry goes, the event says how, the inbox keeps its bounds.

use super::inbox::{BEHIND, INBOX_LIFETIME, INBOX_TEXTS_MAX};
use super::perform::{Ending, Entry, Task, ending, read};
use crate::adapters::sms::Arrival;
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::application::{Application, Mode};
use crate::domain::auth_link::AuthLink;
use crate::domain::entropy::Entropy;
use crate::domain::event::{EventData, EventKind, LinkReason, Stage};
use crate::domain::id::{ApplicationId, AuthLinkId, EffectId, UserId};
use crate::domain::mobile::Mobile;
use crate::domain::profile::Profile;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::User;
use crate::domain::workflow::Workflows;
use crate::engine::committer::{Commit, CommitError, CommitterCore, NewKey, Write};
use crate::engine::house::House;
use crate::engine::open::{Opened, join};
use crate::engine::records::event;
use crate::engine::records::outbox::{self, OutboxHead, Text, Wish};
use crate::engine::records::user as user_record;
use crate::engine::user::load::Library;
use crate::store::key::{self, Kind};
use crate::store::memory::MemoryStore;
use crate::store::vault::MemorySlots;
use crate::store::{Batch, Order};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const NOW: UnixMillis = UnixMillis(1_767_225_600_123);

fn house(mode: Mode) -> House {
    let application = Application {
        id: ApplicationId(Uuid::from_u128(1)),
        name: "Quill".into(),
        mode,
        created: NOW,
        redirect_url: None,
        requires_link: false,
        keys: BTreeMap::new(),
        look: crate::domain::look::Look::default(),
        webhooks: BTreeMap::new(),
        policies: BTreeMap::new(),
    };
    let keyring = Keyring::derive(&MasterKey::new([1; 32]));
    House::new(Workflows::load(&BTreeMap::new()).unwrap(), keyring, "localhost".into(), &[], [application])
}

fn head(id: u128) -> OutboxHead {
    OutboxHead {
        id: EffectId(Uuid::from_u128(id)),
        application: ApplicationId(Uuid::from_u128(1)),
        user: UserId(Uuid::from_u128(7)),
        clock: None,
        created: NOW,
        not_after: NOW.plus(Span::minutes(10)),
        wish: Wish::Text { link: AuthLinkId(Uuid::from_u128(8)) },
    }
}

fn text() -> Text {
    Text { to: "+61400111222".into(), body: "123456 is your code".into() }
}

struct Bench {
    house: House,
    opened: Opened,
    committer: CommitterCore,
}

impl Bench {
    fn new(mode: Mode) -> Self {
        let house = house(mode);
        let opened =
            join(Arc::new(MemoryStore::default()), Box::new(MemorySlots::default()), house.keyring.clone());
        let committer = CommitterCore::open(opened.store.clone(), opened.vault.clone()).unwrap();
        Self { house, opened, committer }
    }

    /// An entry in the outbox, opened.
    fn entry(&self, id: u128) -> Entry {
        let value = outbox::encode(&head(id), Some(&text()), &self.house.keyring, [5; 24]).unwrap();
        self.opened.store.apply(&Batch(vec![(key::outbox(head(id).id), Some(value))])).unwrap();
        match read(self.opened.store.as_ref(), &self.house.keyring, head(id).id) {
            Ok(Some(Task::Text(entry))) => entry,
            _ => panic!("no text"),
        }
    }

    fn end(&self, entry: &Entry, how: Ending, now: UnixMillis) -> Commit {
        let mut entropy = Entropy::new([4; 32]);
        ending(&self.house, &self.library(), entry, how, now, &mut entropy).unwrap()
    }

    /// A user whose latest link this is, with one code asked for: the key of its records.
    fn settle(&mut self, link: AuthLinkId) -> DataKey {
        let (id, key, table) = (head(1).user, DataKey::new([8; 32]), &self.house.workflows.auth_link);
        let mut entropy = Entropy::new([9; 32]);
        let mobile = Mobile::parse("+61400111222").unwrap();
        let mut latest = AuthLink::issue(mobile, table, &self.house.keyring, &mut entropy, NOW);
        latest.id = link;
        latest.new_code(head(1).id, table, &self.house.keyring, &mut entropy, NOW);
        let user = User {
            id,
            application: head(1).application,
            clock: None,
            attestation: None,
            created: NOW,
            profile: Profile::default(),
            link: Some(latest),
            dead_links: Vec::new(),
            session: None,
            token_session: None,
            consent: None,
            connections: Vec::new(),
            jobs: Vec::new(),
        };
        let mut commit = Commit::default();
        let value = user_record::encode(&user, 1, &key, [7; 24]).unwrap();
        commit.writes.push(Write { key: key::user(id), value: Some(value) });
        commit.new_keys.push(NewKey { owner: *id.bytes(), key: DataKey::new([8; 32]), nonce: [7; 24] });
        assert!(self.committer.commit(vec![commit])[0].is_ok());
        key
    }

    fn library(&self) -> Library {
        Library { store: self.opened.store.clone(), keys: self.opened.keys.clone() }
    }

    fn rows(&self, kind: Kind) -> Vec<Vec<u8>> {
        let (from, to) = key::all(kind);
        let rows = self.opened.store.scan(&from, &to, Order::Ascending, 2000).unwrap();
        rows.into_iter().map(|(key, _)| key).collect()
    }

    /// `count` texts that went at `at`, a millisecond apart.
    fn fill_inbox(&self, count: i64, at: UnixMillis) {
        let rows = (0..count).map(|number| {
            let (sent, head) = (UnixMillis(at.0 + number), head(1000 + u128::try_from(number).unwrap()));
            let value = outbox::encode_inbox(&head, &text(), sent, &self.house.keyring, [6; 24]).unwrap();
            (key::inbox(sent, head.id), Some(value))
        });
        self.opened.store.apply(&Batch(rows.collect())).unwrap();
    }
}

#[test]
fn an_ended_text_leaves_the_outbox_and_says_how() {
    for (how, kind, in_inbox) in [
        (Ending::Sent(Arrival::AtOnce), EventKind::LinkCodeSent, 1),
        (Ending::Sent(Arrival::Twice), EventKind::LinkCodeSent, 2),
        (Ending::Sent(Arrival::Never), EventKind::LinkCodeSent, 0),
        (Ending::TooLate, EventKind::LinkCodeFailed, 0),
    ] {
        let mut bench = Bench::new(Mode::Sandbox);
        let entry = bench.entry(1);
        let commit = bench.end(&entry, how, NOW);
        let happened = event::decode(&commit.events[0].encoded, None).unwrap();
        assert_eq!((happened.kind, happened.user, happened.link), (kind, entry.head.user, Some(entry.link)));
        assert_eq!(bench.committer.commit(vec![commit]), [Ok(1)]);
        assert_eq!((bench.rows(Kind::Outbox).len(), bench.rows(Kind::Inbox).len()), (0, in_inbox));
    }
}

#[test]
fn what_is_told_of_a_text_shows_how_its_link_stands_under_the_users_key() {
    for (how, reason) in
        [(Ending::Sent(Arrival::AtOnce), None), (Ending::TooLate, Some(LinkReason::TextLate))]
    {
        let mut bench = Bench::new(Mode::Sandbox);
        let entry = bench.entry(1);
        let key = bench.settle(entry.link);
        let commit = bench.end(&entry, how, NOW);
        let told = event::decode(&commit.events[0].encoded, Some(&key)).unwrap();
        let EventData::Link(then) = told.data else { panic!("{told:?}") };
        assert_eq!((then.id, then.sends, then.stage, then.reason), (entry.link, 1, Stage::Code, reason));
        assert_eq!(event::key_owner(&commit.events[0].encoded), Ok(Some(*entry.head.user.bytes())));
        assert_eq!(bench.committer.commit(vec![commit]).len(), 1);
    }
    let mut bench = Bench::new(Mode::Sandbox);
    let entry = bench.entry(1);
    let key = bench.settle(AuthLinkId(Uuid::from_u128(99)));
    let commit = bench.end(&entry, Ending::TooLate, NOW);
    let told = event::decode(&commit.events[0].encoded, Some(&key)).unwrap();
    assert_eq!((told.data, told.link), (EventData::Nothing, Some(entry.link)), "another link is the latest");
}

#[test]
fn a_text_that_was_taken_back_meanwhile_did_not_happen() {
    let mut bench = Bench::new(Mode::Sandbox);
    let entry = bench.entry(1);
    let commit = bench.end(&entry, Ending::Sent(Arrival::AtOnce), NOW);
    bench.opened.store.apply(&Batch(vec![(key::outbox(entry.head.id), None)])).unwrap();
    assert_eq!(bench.committer.commit(vec![commit]), [Err(CommitError::Conflict { kind: b'O' })]);
    assert_eq!((bench.rows(Kind::Inbox).len(), bench.rows(Kind::Event).len()), (0, 0));
}

#[test]
fn a_live_text_comes_to_no_inbox() {
    let mut bench = Bench::new(Mode::Live);
    let entry = bench.entry(1);
    let commit = bench.end(&entry, Ending::Sent(Arrival::AtOnce), NOW);
    assert_eq!(bench.committer.commit(vec![commit]), [Ok(1)]);
    assert_eq!((bench.rows(Kind::Outbox).len(), bench.rows(Kind::Inbox).len()), (0, 0));
}

#[test]
fn the_inbox_keeps_the_newest_two_hundred_texts() {
    let mut bench = Bench::new(Mode::Sandbox);
    bench.fill_inbox(300, UnixMillis(NOW.0 - 1000));
    let entry = bench.entry(1);
    let commit = bench.end(&entry, Ending::Sent(Arrival::AtOnce), NOW);
    assert_eq!(bench.committer.commit(vec![commit]), [Ok(1)]);
    let kept = bench.rows(Kind::Inbox);
    assert_eq!((kept.len(), INBOX_TEXTS_MAX), (200, 200));
    let sent: Vec<_> = kept.iter().filter_map(|key| key::read_inbox(key)).map(|(sent, _)| sent.0).collect();
    assert_eq!((sent[0], sent[199]), (NOW.0 - 1000 + 101, NOW.0), "the newest, and the new one");
}

#[test]
fn the_inbox_keeps_texts_for_a_day() {
    let mut bench = Bench::new(Mode::Sandbox);
    assert_eq!(INBOX_LIFETIME, Span::days(1));
    bench.fill_inbox(3, UnixMillis(NOW.0 - 86_400_000 - 1));
    let entry = bench.entry(1);
    let commit = bench.end(&entry, Ending::Sent(Arrival::AtOnce), NOW);
    assert_eq!(bench.committer.commit(vec![commit]), [Ok(1)]);
    assert_eq!(bench.rows(Kind::Inbox).len(), 2, "one was sent a millisecond less than a day ago");
}

#[test]
fn a_text_is_shown_for_a_day_even_when_none_came_after_it() {
    let bench = Bench::new(Mode::Sandbox);
    bench.fill_inbox(3, NOW);
    let seen = |now| {
        let store = bench.opened.store.as_ref();
        crate::engine::read::inbox(store, &bench.house.keyring, None, 10, now).unwrap().len()
    };
    assert_eq!(seen(UnixMillis(NOW.0 + 86_400_000 - 1)), 3);
    assert_eq!(seen(UnixMillis(NOW.0 + 86_400_000 + 1)), 1);
    assert_eq!(seen(UnixMillis(NOW.0 + 86_400_000 + 2)), 0);
}

/// The texts that can be read at `now`, the last one first.
fn read_at(bench: &Bench, now: UnixMillis) -> Vec<String> {
    let store = bench.opened.store.as_ref();
    let texts = crate::engine::read::inbox(store, &bench.house.keyring, None, 10, now).unwrap();
    texts.into_iter().map(|text| text.body).collect()
}

fn saying(mut entry: Entry, body: &str, to: &str) -> Entry {
    entry.text = Text { to: to.into(), body: body.into() };
    entry
}

#[test]
fn a_late_text_is_seen_from_its_instant_on_and_for_a_day() {
    let mut bench = Bench::new(Mode::Sandbox);
    let late = Span::seconds(45);
    let entry = bench.entry(1);
    let commit = bench.end(&entry, Ending::Sent(Arrival::After(late)), NOW);
    bench.committer.commit(vec![commit]);
    let arrives = NOW.plus(late);
    assert!(read_at(&bench, NOW).is_empty() && read_at(&bench, UnixMillis(arrives.0 - 1)).is_empty());
    assert_eq!(read_at(&bench, arrives).len(), 1);
    assert_eq!(read_at(&bench, UnixMillis(arrives.plus(INBOX_LIFETIME).0 - 1)).len(), 1);
    assert!(read_at(&bench, arrives.plus(INBOX_LIFETIME)).is_empty());
}

#[test]
fn an_older_text_arrives_behind_the_newer_one_to_the_same_number() {
    let mut bench = Bench::new(Mode::Sandbox);
    let mut send = |id, body: &str, to: &str, now| {
        let entry = saying(bench.entry(id), body, to);
        let commit = bench.end(&entry, Ending::Sent(Arrival::BehindTheNext), now);
        assert!(bench.committer.commit(vec![commit])[0].is_ok());
    };
    send(1, "first", "+61400111222", NOW);
    send(2, "of somebody else", "+61400111223", NOW);
    let later = NOW.plus(Span::minutes(5));
    send(3, "second", "+61400111222", later);
    send(4, "third", "+61400111222", later.plus(Span::seconds(30)));
    assert!(read_at(&bench, UnixMillis(later.0 - 1)).is_empty(), "nothing came before the second");
    assert_eq!(read_at(&bench, later), ["second"]);
    assert_eq!(read_at(&bench, later.plus(BEHIND)), ["first", "second"], "the last one first");
    let patience = NOW.plus(INBOX_LIFETIME);
    assert_eq!(read_at(&bench, patience)[0], "of somebody else", "it waits for a day and then comes");
}

#[test]
fn doubles_and_moves_leave_the_inbox_its_bound() {
    for arrival in [Arrival::AtOnce, Arrival::Twice, Arrival::BehindTheNext, Arrival::After(Span::days(2))] {
        let mut bench = Bench::new(Mode::Sandbox);
        bench.fill_inbox(300, UnixMillis(NOW.0 - 1000));
        for number in 1..=4 {
            let entry = bench.entry(number);
            let commit = bench.end(&entry, Ending::Sent(arrival), NOW);
            bench.committer.commit(vec![commit]);
        }
        assert_eq!(bench.rows(Kind::Inbox).len(), INBOX_TEXTS_MAX, "{arrival:?}");
    }
}
