//! One committed sample for each stored struct (tests/fixtures/records): made by the code of its day
//! from fixed values, and read by every later one. A sample is never written again: a changed struct is
//! a new struct with the next schema, and a new sample beside the old.

use super::application::{ApiKeyV1, ApplicationV1, PolicyV1};
use super::consent::{self, ConsentV1};
use super::event::{self, EventDataV1, EventV1};
use super::outbox::{self, InboxV1, OutboxHead, OutboxV1, Text, TextV1};
use super::route::{BrowserRouteV1, DeadlineV1, LinkRouteV1};
use super::user::{self, UserEnvelopeV1, UserV1};
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::application::{Application, Mode, Permission, Policy};
use crate::domain::auth_link::{AuthLink, DeadLink, OneTimeCode, PublicId};
use crate::domain::consent::Consent;
use crate::domain::consent_session::{ConsentSession, Origin};
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::id::{
    ApiKeyId, ApplicationId, AuthLinkId, ConsentId, EffectId, EventId, SessionId, UserId,
};
use crate::domain::mobile::Mobile;
use crate::domain::profile::{Address, Business, Profile};
use crate::domain::time::UnixMillis;
use crate::domain::user::{DeadlineKind, Presence, User};
use crate::domain::workflow::{Names, auth_link, consent as consent_workflow, consent_session};
use crate::engine::committer::core::{EventIndexV1, SequenceV1};
use crate::engine::open::IdentityV1;
use crate::golden;
use crate::store::codec::{self, Record};
use crate::store::vault::KeySlotV1;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const AT: UnixMillis = UnixMillis(1_767_225_600_123);
const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));
const USER: UserId = UserId(Uuid::from_u128(7));
const LINK: AuthLinkId = AuthLinkId(Uuid::from_u128(8));
const EFFECT: EffectId = EffectId(Uuid::from_u128(9));

const fn later(millis: i64) -> UnixMillis {
    UnixMillis(AT.0 + millis)
}

fn keyring() -> Keyring {
    Keyring::derive(&MasterKey::new([1; 32]))
}

fn key() -> DataKey {
    DataKey::new([2; 32])
}

fn profile() -> Profile {
    let address = Address {
        line_1: "1 Example Street".into(),
        line_2: "Level 2".into(),
        suburb: "Sample".into(),
        state: "NSW".into(),
        postcode: "2000".into(),
        country_code: "AUS".into(),
    };
    Profile {
        email: "ada@example.test".into(),
        mobile: Mobile::parse("+61400111222").ok(),
        first_name: "Ada".into(),
        middle_name: "B".into(),
        last_name: "Sample".into(),
        business: Business {
            name: "Sample Pty".into(),
            number: "123".into(),
            number_type: "ABN".into(),
            address,
        },
        verification_status: Some(true),
        verification_date: "01/02/2026".into(),
    }
}

fn consent_sample() -> Consent {
    Consent {
        id: ConsentId(Uuid::from_u128(10)),
        policy_version: 3,
        permissions: Permission::ALL.to_vec(),
        state: consent_workflow::State::Active,
        created: AT,
        updated: later(1),
        expires: later(2),
        revoked: Some(later(3)),
    }
}

fn session(origin: Origin, state: consent_session::State) -> ConsentSession {
    ConsentSession {
        id: SessionId(Uuid::from_u128(11)),
        origin,
        state,
        started: AT,
        touched: later(1),
        idle_at: later(2),
        total_at: later(3),
        cookie: Some([12; 32]),
        return_state: Some("s1".into()),
        carried: true,
        ended: Some(later(4)),
    }
}

fn user_sample() -> User {
    let ends = auth_link::State::ALL.iter().skip(3).zip(1_u8..);
    User {
        id: USER,
        application: APPLICATION,
        created: AT,
        profile: profile(),
        link: Some(AuthLink {
            id: LINK,
            public_id: PublicId(Uuid::from_u128(13)),
            hash: [14; 16],
            mobile: Mobile::parse("+61400333444").unwrap(),
            state: auth_link::State::Challenged,
            created: AT,
            expires: later(5),
            opened: Some(later(1)),
            code: Some(OneTimeCode { hash: [15; 32], expires: later(6), effect: EFFECT }),
            sends: 2,
            last_sent: Some(later(2)),
            wrong_tries: 1,
            ended: None,
        }),
        dead_links: ends.map(|(end, byte)| DeadLink { hash: [byte; 16], end: *end, ended: AT }).collect(),
        session: Some(session(Origin::Link(LINK), consent_session::State::Disclosed)),
        token_session: Some(session(Origin::ClientToken, consent_session::State::Connecting)),
        consent: Some(consent_sample()),
        connections: Vec::new(),
        jobs: Vec::new(),
    }
}

fn event_sample(data: EventData) -> Event {
    Event {
        id: EventId([16; 32]),
        kind: EventKind::ConsentCreated,
        at: AT,
        user: USER,
        link: Some(LINK),
        consent: Some(ConsentId(Uuid::from_u128(10))),
        subject: None,
        data,
    }
}

fn head() -> OutboxHead {
    OutboxHead {
        id: EFFECT,
        application: APPLICATION,
        user: USER,
        link: LINK,
        created: AT,
        not_after: later(600_000),
    }
}

fn text() -> Text {
    Text { to: "+61400333444".into(), body: "123456 is your code".into() }
}

fn application() -> Application {
    Application {
        id: APPLICATION,
        name: "Quill".into(),
        mode: Mode::Sandbox,
        created: AT,
        redirect_url: Some("https://example.test/back".into()),
        requires_link: true,
        policies: BTreeMap::from([(1, policy())]),
    }
}

fn policy() -> Policy {
    Policy {
        version: 1,
        purpose_title: "A title".into(),
        purpose_description: "A description.".into(),
        duration_days: 30,
        retrieval_days: 60,
        retain_data: true,
        permissions: Permission::ALL.to_vec(),
    }
}

/// A stored struct: its name, the bytes that the code makes of the fixed values, and a reader that
/// writes again what it read.
struct Sample {
    name: &'static str,
    bytes: Vec<u8>,
    again: fn(&[u8]) -> Vec<u8>,
}

fn sample<R: Record>(bytes: Vec<u8>) -> Sample {
    let again = |bytes: &[u8]| {
        let (version, record) = codec::decode::<R>(bytes).unwrap();
        codec::encode(version, &record).unwrap()
    };
    let name = std::any::type_name::<R>().rsplit("::").next().unwrap();
    Sample { name, bytes, again }
}

fn plain<R: Record>(version: u64, record: &R) -> Sample {
    sample::<R>(codec::encode(version, record).unwrap())
}

/// Every stored struct there is, once: whoever adds one, adds it here.
fn samples() -> Vec<Sample> {
    let consent_event = event_sample(EventData::Consent(consent_sample()));
    vec![
        plain(5, &UserV1::from(&user_sample())),
        sample::<UserEnvelopeV1>(user::encode(&user_sample(), 5, &key(), [17; 24]).unwrap()),
        plain(0, &ConsentV1::from(&consent_sample())),
        sample::<EventV1>(event::encode(&consent_event, Some(&key()), [18; 24]).unwrap()),
        plain(0, &EventDataV1::User(Box::new((&profile()).into()))),
        sample::<OutboxV1>(outbox::encode(&head(), &text(), &keyring(), [19; 24]).unwrap()),
        sample::<InboxV1>(outbox::encode_inbox(&head(), &text(), later(7), &keyring(), [20; 24]).unwrap()),
        plain(0, &TextV1 { to: text().to, body: text().body }),
        plain(2, &ApplicationV1::from(&application())),
        plain(0, &PolicyV1::from(&policy())),
        plain(0, &ApiKeyV1::new(APPLICATION, ApiKeyId(Uuid::from_u128(21)), AT)),
        plain(0, &LinkRouteV1(*USER.bytes())),
        plain(0, &BrowserRouteV1(*USER.bytes())),
        plain(0, &DeadlineV1),
        plain(9, &SequenceV1(9)),
        plain(0, &EventIndexV1 { application: *APPLICATION.bytes(), sequence: 9 }),
        plain(0, &KeySlotV1(3)),
        plain(0, &IdentityV1 { check: keyring().check_value() }),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> PathBuf {
    root().join("tests/fixtures/records").join(format!("{name}.bin"))
}

/// The committed sample of a struct.
fn kept(name: &str) -> Vec<u8> {
    std::fs::read(file(name)).unwrap_or_else(|_| {
        panic!(
            "{name} has no sample: run once with UPDATE_GOLDEN=1 and commit tests/fixtures/records/{name}.bin"
        )
    })
}

#[test]
fn every_sample_is_read_and_written_again_byte_for_byte() {
    let mut written = Vec::new();
    for sample in samples() {
        // What is missing may be added; what is there is never touched.
        if std::env::var_os("UPDATE_GOLDEN").is_some_and(|set| set == "1") && !file(sample.name).exists() {
            std::fs::write(file(sample.name), &sample.bytes).unwrap();
            written.push(sample.name);
        }
        let kept = kept(sample.name);
        assert_eq!((sample.again)(&kept), kept, "{}", sample.name);
        assert_eq!(sample.bytes, kept, "{}: the fixed values are written differently today", sample.name);
    }
    assert!(written.is_empty(), "samples were written, look at them and run again: {written:?}");
}

#[test]
fn sealed_samples_open_to_the_values_they_were_made_of() {
    let (version, presence) = user::decode(USER, &kept("UserEnvelopeV1"), Some(&key())).unwrap();
    assert_eq!((version, presence), (5, Presence::Here(Box::new(user_sample()))));
    let event = event::decode(&kept("EventV1"), Some(&key())).unwrap();
    assert_eq!(event, event_sample(EventData::Consent(consent_sample())));
    let closed = event::decode(&kept("EventV1"), None).unwrap();
    assert_eq!(closed, event_sample(EventData::Nothing), "without its key only ids and times are left");
    let opened = outbox::text(EFFECT, &kept("OutboxV1"), &keyring()).unwrap();
    assert!(opened == text() && outbox::head(EFFECT, &kept("OutboxV1")).unwrap() == head());
    let (sent, of, shown) = outbox::inbox(EFFECT, &kept("InboxV1"), &keyring()).unwrap();
    assert!((sent, of) == (later(7), APPLICATION) && shown == text());
    let (_, stored) = codec::decode::<ConsentV1>(&kept("ConsentV1")).unwrap();
    assert_eq!(Consent::try_from(stored).unwrap(), consent_sample());
    let (_, stored) = codec::decode::<ApplicationV1>(&kept("ApplicationV1")).unwrap();
    assert_eq!(stored.into_application(APPLICATION, BTreeMap::from([(1, policy())])), application());
    let (_, stored) = codec::decode::<PolicyV1>(&kept("PolicyV1")).unwrap();
    assert_eq!(Policy::try_from(stored).unwrap(), policy());
    let (_, stored) = codec::decode::<ApiKeyV1>(&kept("ApiKeyV1")).unwrap();
    assert_eq!(stored.application(), APPLICATION);
    let (_, stored) = codec::decode::<LinkRouteV1>(&kept("LinkRouteV1")).unwrap();
    assert_eq!(stored.user(), USER);
}

#[test]
fn a_sealed_value_opens_in_its_own_place_alone() {
    let value = kept("UserEnvelopeV1");
    let other = UserId(Uuid::from_u128(99));
    assert!(user::decode(other, &value, Some(&key())).is_err(), "another user's name");
    assert!(
        user::decode(USER, &codec::restamp(value.clone(), 6).unwrap(), Some(&key())).is_err(),
        "another version"
    );
    assert!(user::decode(USER, &value, Some(&DataKey::new([3; 32]))).is_err(), "another key");
    assert!(user::decode(USER, &value, None).is_err(), "no key");
    assert!(outbox::text(EffectId(Uuid::from_u128(99)), &kept("OutboxV1"), &keyring()).is_err());
}

#[test]
fn nothing_personal_stands_in_the_clear() {
    let stored = ["UserEnvelopeV1", "EventV1", "OutboxV1", "InboxV1"].map(kept).concat();
    for secret in ["ada@example.test", "61400111222", "61400333444", "Ada", "123456", "s1"] {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found || secret.len() < 3, "{secret}");
    }
    let public = *Uuid::from_u128(13).as_bytes();
    assert!(!stored.windows(16).any(|window| window == public), "the public id is kept sealed");
}

#[test]
fn a_tombstone_holds_whose_user_it_was_and_nothing_else() {
    let value = user::tombstone(APPLICATION, 6).unwrap();
    assert_eq!(user::decode(USER, &value, None).unwrap(), (6, Presence::Deleted));
    assert_eq!(user::peek(&value).unwrap(), (APPLICATION, true));
    assert!(value.len() < 64);
}

/// Every struct in the code that is stored, by its name.
fn stored_structs(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            stored_structs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let named = source.lines().filter_map(|line| line.trim_start().strip_prefix("impl Record for "));
            found.extend(named.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned));
        }
    }
}

#[test]
fn every_stored_struct_has_a_sample_and_a_number_of_its_own() {
    let mut found = BTreeSet::new();
    stored_structs(&root().join("src"), &mut found);
    let listed: BTreeSet<String> = samples().iter().map(|sample| sample.name.to_owned()).collect();
    assert_eq!(found, listed);
    let kinds: BTreeMap<(u8, u8), &str> =
        samples().iter().map(|sample| (codec::peek_kind(&sample.bytes).unwrap(), sample.name)).collect();
    assert_eq!(kinds.len(), listed.len(), "two structs share a kind and schema: {kinds:?}");
    let files = std::fs::read_dir(root().join("tests/fixtures/records")).unwrap().count();
    assert!(files >= listed.len(), "samples of older schemas stay");
}

#[test]
fn stored_numbers_are_never_given_to_something_else() {
    let mut printed = String::from("Numbers that stand in stored values: only ever added to.\n");
    let mut line =
        |set: &str, number: u8, name: &str| writeln!(printed, "{set:<16} {number:>3} {name}").unwrap();
    for state in auth_link::State::ALL.iter().copied() {
        line("auth_link", user::link_state_number(state), state.name());
    }
    for state in consent_session::State::ALL.iter().copied() {
        line("consent_session", user::session_state_number(state), state.name());
    }
    for state in consent_workflow::State::ALL.iter().copied() {
        line("consent", consent::state_number(state), state.name());
    }
    for kind in EventKind::ALL {
        line("event", event::kind_number(kind), &format!("{kind:?}"));
    }
    for permission in Permission::ALL {
        line("permission", consent::permission_number(permission), permission.text().scope);
    }
    for kind in DeadlineKind::ALL {
        line("deadline", kind.number(), kind.name());
    }
    golden::compare("stored_numbers.txt", &printed);
}

#[test]
fn the_largest_user_fits_into_a_value() {
    use crate::domain::profile::{EMAIL_BYTES_MAX, FIELD_BYTES_MAX, ProfileChanges};
    let long = || Some("x".repeat(FIELD_BYTES_MAX));
    let field = || "x".repeat(FIELD_BYTES_MAX);
    let address = Address {
        line_1: field(),
        line_2: field(),
        suburb: field(),
        state: field(),
        postcode: field(),
        country_code: field(),
    };
    let mut user = user_sample();
    let local = "a".repeat(64);
    let email = format!("{local}@{}.test", ["b".repeat(60), "c".repeat(60), "d".repeat(60)].join("."));
    assert!(email.len() <= EMAIL_BYTES_MAX);
    let changes = ProfileChanges {
        email: Some(email),
        mobile: Some("+61400111222".into()),
        first_name: long(),
        middle_name: long(),
        last_name: long(),
        business_name: long(),
        business_number: long(),
        business_number_type: Some("ABN".into()),
        business_address: Some(address),
        verification_status: Some(true),
        verification_date: long(),
    };
    user.profile = user.profile.with(changes).unwrap();
    user.dead_links = vec![DeadLink { hash: [1; 16], end: auth_link::State::Replaced, ended: AT }; 20];
    let state = Some("s".repeat(crate::domain::consent_session::RETURN_STATE_BYTES_MAX));
    for session in [&mut user.session, &mut user.token_session].into_iter().flatten() {
        session.return_state.clone_from(&state);
    }
    let value = user::encode(&user, u64::MAX, &key(), [1; 24]).unwrap();
    assert!(value.len() <= crate::store::VALUE_BYTES_MAX, "{}", value.len());
    let event = event_sample(EventData::User(Box::new(user.profile)));
    event::encode(&event, Some(&key()), [1; 24]).unwrap();
}
