//! One committed sample for each stored struct (tests/fixtures/records): made by the code of its day
//! from fixed values, and read by every later one. A sample is never written again: a changed struct is
//! a new struct with the next schema, and a new sample beside the old.

mod accesses;
mod bank;
mod looks;
mod notices;
mod numbers;
mod outboxes;
mod sizes;
mod terms;
mod values;
mod webhooks;

use super::application::{ApiKeyV1, ApplicationV1, PolicyV1};
use super::attestation::{self, AttestationBodyV1, AttestationV1};
use super::clock::{ClockMemberV1, ClockV1};
use super::connection::{self, ConnectionBodyV1, ConnectionBodyV2, ConnectionV1};
use super::consent::{ConsentV1, ConsentV2, ConsentV3};
use super::data::{AccountBodyV1, AccountV1, ReadingWriter, TransactionBodyV1, TransactionV1};
use super::delivery::{self, AttemptV1, AttemptV2, MessageV1, RetryV1, WebhookCursorV1};
use super::event::{self, EventDataV1, EventDataV2, EventDataV3, EventV1, EventV2, EventV3};
use super::identity::{PersonIdentityBodyV1, PersonIdentityV1};
use super::job::{self, JobBodyV1, JobBodyV2, JobV1};
use super::mark::{self, MarkDueV1, MarkPartBodyV1, MarkPartV1, MarkV1};
use super::outbox::{self, InboxV1, OutboxV1, TextV1};
use super::route::{BrowserRouteV1, DeadlineV1, JobRouteV1, LinkRouteV1};
use super::seal;
use super::user::{self, Counts, Stored, UserEnvelopeV1, UserV1, UserV2, UserV3, UserV4};
use crate::crypto::{self, DataKey};
use crate::domain::application::Policy;
use crate::domain::attestation::{AnsweredGap, Attestation};
use crate::domain::auth_link::DeadLink;
use crate::domain::consent::Consent;
use crate::domain::day::Day;
use crate::domain::delivery::{Answer, Attempt, NoAnswer};
use crate::domain::errand::{Action, Errand};
use crate::domain::event::{Event, EventData, EventKind};
use crate::domain::gap::{Gap, GapAnswer, GapKind};
use crate::domain::id::{AccountId, ApiKeyId, ClockId, EffectId, SessionId, UserId};
use crate::domain::institution::InstitutionId;
use crate::domain::money::Money;
use crate::domain::profile::Address;
use crate::domain::user::{Presence, User};
use crate::domain::workflow::auth_link;
use crate::engine::committer::ConnectionTallyV1;
use crate::engine::committer::Write as Row;
use crate::engine::committer::core::SequenceV1;
use crate::engine::committer::events::{EventIndexV1, TimelineV1};
use crate::engine::open::IdentityV1;
use crate::store::codec::{self, Record};
use crate::store::key as store_key;
use crate::store::vault::KeySlotV1;
use looks::*;
use outboxes::clocked_sweep;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use values::*;

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

fn attempt_bytes(attempt: &Attempt) -> Vec<u8> {
    delivery::encode_attempt(WEBHOOK, MESSAGE, attempt, &keyring(), [24; 24]).unwrap()
}

fn attestation_bytes() -> Vec<u8> {
    attestation::encode(USER, &attestation_sample(), 5, &consent_key(), [29; 24]).unwrap()
}

/// Every stored struct there is, once: whoever adds one, adds it here.
fn samples() -> Vec<Sample> {
    let (nonce, writer_key) = ([22; 24], consent_key());
    let writer = ReadingWriter::new(READING, &writer_key);
    let row = |write: Row| write.value.unwrap();
    let mut all = vec![
        plain(5, &UserV1::from(UserV2::from(UserV3::from(UserV4::from(&user_sample()))))),
        plain(5, &UserV2::from(UserV3::from(UserV4::from(&user_with_records())))),
        plain(5, &UserV3::from(UserV4::from(&user_with_deadlines()))),
        plain(5, &UserV4::from(&user_with_an_errand())),
        plain(0, &AttestationBodyV1::from(&attestation_sample())),
        sample::<AttestationV1>(attestation_bytes()),
        plain(5, &first_envelope()),
        plain(0, &ConsentV1::from(ConsentV2::from(&consent_sample()))),
        plain(0, &ConsentV2::from(&consent_with_deadlines())),
        plain(0, &ConsentV3::from(&consent_with_a_wish())),
        plain(0, &first_event()),
        plain(0, &second_event()),
        plain(0, &with_second_data(&clocked_event())),
        plain(0, &EventDataV1::User(Box::new((&profile()).into()))),
        plain(0, &EventDataV2::of(&account_event().data).unwrap()),
        plain(0, &EventDataV3::of(&link_event().data).unwrap()),
        plain(0, &first_outbox()),
        sample::<InboxV1>(outbox::encode_inbox(&head(), &text(), later(7), &keyring(), [20; 24]).unwrap()),
        plain(0, &TextV1 { to: text().to, body: text().body }),
        plain(2, &ApplicationV1::from(&application())),
        plain(0, &PolicyV1::from(&policy())),
        plain(0, &ApiKeyV1::new(APPLICATION, ApiKeyId(Uuid::from_u128(21)), AT)),
        plain(0, &LinkRouteV1(*USER.bytes())),
        plain(0, &BrowserRouteV1(*USER.bytes())),
        plain(0, &JobRouteV1(*USER.bytes())),
        plain(0, &ConnectionBodyV1::from(&connection_sample())),
        plain(0, &ConnectionBodyV2::from(&connection_that_failed())),
        plain(5, &first_connection()),
        plain(0, &JobBodyV1::from(&job_sample())),
        plain(0, &JobBodyV2::from(&job_of_a_refresh())),
        plain(5, &first_job()),
        plain(0, &AccountBodyV1::from(&account_sample())),
        sample::<AccountV1>(row(writer.account(&account_sample(), nonce).unwrap())),
        plain(0, &TransactionBodyV1::from(&transaction_sample())),
        sample::<TransactionV1>(row(writer.transaction(&transaction_sample(), 6, nonce).unwrap())),
        plain(0, &PersonIdentityBodyV1::from(&identity_sample())),
        sample::<PersonIdentityV1>(row(writer.identity(&identity_sample(), nonce).unwrap())),
        plain(0, &DeadlineV1),
        plain(2, &ClockV1::from(&clock_sample())),
        plain(0, &ClockMemberV1),
        plain(3, &WebhookCursorV1::from(&webhook_cursor())),
        sample::<MessageV1>(
            delivery::encode(WEBHOOK, MESSAGE, &message_sample(), &keyring(), [23; 24]).unwrap(),
        ),
        plain(0, &AttemptV1::from(&attempt_sample(Answer::Status(502, None)))),
        sample::<AttemptV2>(attempt_bytes(&attempt_sample(Answer::Status(502, None)))),
        plain(0, &RetryV1),
        plain(0, &mark_sample()),
        sample::<MarkPartV1>(mark::encode_part(&[24; 32], 1, b"an answer", &key(), [25; 24]).unwrap()),
        plain(0, &MarkPartBodyV1::new(b"an answer")),
        plain(0, &MarkDueV1),
        plain(9, &SequenceV1(9)),
        plain(0, &ConnectionTallyV1(9)),
        plain(0, &EventIndexV1 { application: *APPLICATION.bytes(), sequence: 9 }),
        plain(4, &TimelineV1(*APPLICATION.bytes())),
        plain(0, &KeySlotV1(3)),
        plain(0, &IdentityV1 { check: keyring().check_value() }),
    ];
    all.extend([looks::samples(), outboxes::samples(), webhooks::samples()].into_iter().flatten());
    all.extend([accesses::samples(), terms::samples(), notices::samples()].into_iter().flatten());
    all
}

fn mark_sample() -> MarkV1 {
    MarkV1 { body: [26; 32], user: Some(*USER.bytes()), status: 201, parts: 2, forgotten: AT.0 }
}

/// A user with two connections and three jobs beside it.
fn user_with_records() -> User {
    let mut user = user_sample();
    user.connections = vec![connection_sample(); 2];
    user.jobs = vec![job_sample(); 3];
    user
}

/// The same, living by a test clock, with a consent that is due for something.
fn user_with_deadlines() -> User {
    User { clock: ClockId::new(6), consent: Some(consent_with_deadlines()), ..user_with_records() }
}

/// The same, sent here for something, after a consent that ended.
fn user_with_an_errand() -> User {
    let mut user = user_with_deadlines();
    let bank = InstitutionId::parse("AU00003").unwrap();
    for session in [&mut user.session, &mut user.token_session].into_iter().flatten() {
        let connection = Some(CONNECTION);
        session.errand = Errand { action: Action::Reauthorise, institution: Some(bank), connection };
        session.former = vec![bank; 2];
    }
    user
}

/// A declaration with what was asked before it.
pub(super) fn attestation_sample() -> Attestation {
    let gap = |kind, wording: &str, answer| AnsweredGap {
        gap: Gap {
            kind,
            wording: wording.into(),
            count: 6,
            last_day: Day(20_505),
            last_amount: Money(41_250),
            account: AccountId(Uuid::from_u128(31)),
        },
        answer,
    };
    let gaps = vec![
        gap(GapKind::Card, "OTHER ISSUER CARD PAYMENT", GapAnswer::NotMine),
        gap(GapKind::Loan, "OTHER LENDER HOME LOAN REPAYMENT", GapAnswer::None),
    ];
    let session = SessionId(Uuid::from_u128(30));
    Attestation { at: later(9), session, consent: consent_sample().id, gaps: Some(gaps) }
}

/// What the first schemas were written as.
fn first_envelope() -> UserEnvelopeV1 {
    let plain =
        codec::encode(5, &UserV1::from(UserV2::from(UserV3::from(UserV4::from(&user_sample()))))).unwrap();
    let place = [b"user".as_slice(), USER.bytes(), &5_u64.to_be_bytes()].concat();
    let body = crypto::seal(&key(), [17; 24], &place, &plain);
    UserEnvelopeV1 { application: *APPLICATION.bytes(), body: Some(body) }
}

fn first_connection() -> ConnectionV1 {
    let place = store_key::connection(USER, CONNECTION);
    let body = ConnectionBodyV1::from(&connection_sample());
    let sealed = seal::seal(&body, &place, &consent_key(), [22; 24]).unwrap();
    ConnectionV1::new(connection_sample().consent, sealed)
}

fn first_job() -> JobV1 {
    let body = JobBodyV1::from(&job_sample());
    JobV1::new(seal::seal(&body, &store_key::job(USER, JOB), &key(), [22; 24]).unwrap())
}

fn first_event() -> EventV1 {
    let event = event_sample(EventData::Nothing);
    let data = codec::encode(0, &EventDataV1::Consent(ConsentV2::from(&consent_sample()).into())).unwrap();
    EventV1 {
        id: event.id.0,
        kind: event::kind_number(event.kind),
        at: event.at.0,
        user: *USER.bytes(),
        link: Some(*LINK.bytes()),
        consent: event.consent.map(|consent| *consent.bytes()),
        sealed: Some(crypto::seal(&key(), [18; 24], &event.id.0, &data)),
    }
}

fn first_outbox() -> OutboxV1 {
    OutboxV1 {
        application: *APPLICATION.bytes(),
        user: *USER.bytes(),
        link: *LINK.bytes(),
        created: head().created.0,
        not_after: head().not_after.0,
        sealed: outbox::seal(&text(), EFFECT.bytes(), &keyring(), [19; 24]).unwrap(),
    }
}

fn account_event() -> Event {
    let subject = Some(account_sample().id.0);
    Event { link: None, subject, ..event_sample(EventData::Account(Box::new(account_sample()))) }
}

fn link_event() -> Event {
    Event { kind: EventKind::LinkAbandoned, ..event_sample(EventData::Link(Box::new(link_then()))) }
}

/// What the second schemas were written as.
fn second_event() -> EventV2 {
    EventV2::from(with_second_data(&account_event()))
}

/// An event whose data is of the second schema.
fn with_second_data(event: &Event) -> EventV3 {
    let data = EventDataV2::of(&event.data).unwrap();
    EventV3::of(event, Some(seal::seal(&data, &event.id.0, &consent_key(), [18; 24]).unwrap()))
}

/// An event of a user whose clock was set to another day.
fn clocked_event() -> Event {
    Event { at: later(86_400_000), ..account_event() }
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
    let declared = attestation::decode(USER, &kept("AttestationV1"), &consent_key()).unwrap();
    assert_eq!(declared, attestation_sample());
    let part = mark::decode_part(&[24; 32], 1, &kept("MarkPartV1"), &key());
    assert_eq!(part.unwrap(), b"an answer");
    let first = user::decode(USER, &kept("UserEnvelopeV1"), Some(&key())).unwrap();
    let presence = Presence::Here(Box::new(user_sample()));
    let counts = Counts::default();
    assert_eq!(first, Stored { version: 5, presence: presence.clone(), counts }, "by an older program");
    let value = user::encode(&user_with_records(), 5, &key(), [17; 24]).unwrap();
    let counts = Counts { connections: 2, jobs: 3 };
    assert_eq!(user::decode(USER, &value, Some(&key())).unwrap(), Stored { version: 5, presence, counts });
    let event = event::decode(&kept("EventV1"), Some(&key())).unwrap();
    assert_eq!(event, event_sample(EventData::Consent(consent_sample())));
    let closed = event::decode(&kept("EventV1"), None).unwrap();
    assert_eq!(closed, event_sample(EventData::Nothing), "without its key only ids and times are left");
    let one = connection::decode(USER, CONNECTION, &kept("ConnectionV1"), &consent_key()).unwrap();
    assert_eq!(one, connection_sample(), "by an older program");
    assert_eq!(job::decode(USER, JOB, &kept("JobV1"), &key()).unwrap(), job_sample(), "by an older program");
    let opened = outbox::text(EFFECT, &kept("OutboxV1"), &keyring()).unwrap();
    assert!(opened == text() && outbox::head(EFFECT, &kept("OutboxV1")).unwrap() == head());
    let (sent, of, shown) = outbox::inbox(EFFECT, &kept("InboxV1"), &keyring()).unwrap();
    assert!((sent, of) == (later(7), APPLICATION) && shown == text());
    let consents = [consent_sample(), consent_with_deadlines(), consent_with_a_wish()];
    for (name, consent) in ["ConsentV1", "ConsentV2", "ConsentV3"].into_iter().zip(consents) {
        let (_, stored) = codec::decode::<ConsentV3>(&kept(name)).unwrap();
        assert_eq!(Consent::try_from(stored).unwrap(), consent);
    }
    let users = [user_with_records(), user_with_deadlines(), user_with_an_errand()];
    for (name, user) in ["UserV2", "UserV3", "UserV4"].into_iter().zip(users) {
        let (version, stored) = codec::decode::<UserV4>(&kept(name)).unwrap();
        assert_eq!((version, stored == UserV4::from(&user)), (5, true), "{name}");
    }
    let (_, stored) = codec::decode::<ApplicationV1>(&kept("ApplicationV1")).unwrap();
    let policies = BTreeMap::from([(1, policy())]);
    assert_eq!(
        stored.into_application(APPLICATION, BTreeMap::new(), look(), policies, BTreeMap::new()),
        application()
    );
    let (_, stored) = codec::decode::<WebhookCursorV1>(&kept("WebhookCursorV1")).unwrap();
    assert_eq!(delivery::Cursor::try_from(stored).unwrap(), webhook_cursor());
    let message = delivery::decode(WEBHOOK, MESSAGE, &kept("MessageV1"), &keyring()).unwrap();
    assert_eq!(message, message_sample());
    let attempt_of = |bytes: &[u8]| delivery::decode_attempt(WEBHOOK, MESSAGE, 4, bytes, &keyring());
    let attempt = attempt_sample(Answer::Status(502, None));
    assert_eq!(attempt_of(&kept("AttemptV2")).unwrap(), attempt);
    assert_eq!(attempt_of(&kept("AttemptV1")).unwrap(), Attempt { url: None, ..attempt });
    for why in NoAnswer::ALL {
        let attempt = attempt_sample(Answer::None(why));
        let bytes = attempt_bytes(&attempt);
        assert_eq!(attempt_of(&bytes).unwrap(), attempt);
        let elsewhere = delivery::decode_attempt(WEBHOOK, MESSAGE, 5, &bytes, &keyring());
        assert!(elsewhere.is_err(), "what is sealed in one place opens in no other");
        assert!(!bytes.windows(8).any(|part| b"hooks.ex" == part), "a URL stands open in the store");
    }
    let (_, stored) = codec::decode::<ApiKeyV1>(&kept("ApiKeyV1")).unwrap();
    assert_eq!(stored.application(), APPLICATION);
    let (_, stored) = codec::decode::<LinkRouteV1>(&kept("LinkRouteV1")).unwrap();
    assert_eq!(stored.user(), USER);
}

#[test]
fn what_the_second_schemas_held_is_read_as_of_real_time() {
    assert_eq!(event::decode(&kept("EventV2"), Some(&consent_key())).unwrap(), account_event());
    assert_eq!(outbox::head(EFFECT, &kept("OutboxV2")).unwrap(), sweep());
    assert_eq!(event::decode(&kept("EventV3"), Some(&consent_key())).unwrap(), clocked_event());
    assert_eq!(outbox::head(EFFECT, &kept("OutboxV3")).unwrap(), clocked_sweep());
    let (_, clock) = codec::decode::<ClockV1>(&kept("ClockV1")).unwrap();
    assert_eq!(clock.into_clock(clock_sample().id), clock_sample());
}

#[test]
fn what_happens_to_links_and_jobs_opens_with_the_users_key() {
    let (_, stored) = codec::decode::<EventDataV3>(&kept("EventDataV3")).unwrap();
    assert_eq!(stored.into_data().unwrap(), link_event().data);
    for name in ["EventDataV1", "EventDataV2"] {
        assert!(codec::decode::<EventDataV3>(&kept(name)).is_ok(), "{name}");
    }
    let job = Event { kind: EventKind::JobFailed, ..event_sample(EventData::Job(Box::new(job_sample()))) };
    for happened in [link_event(), job] {
        let value = event::encode(&happened, Some(&key()), [18; 24]).unwrap();
        assert_eq!(event::key_owner(&value), Ok(Some(*USER.bytes())));
        assert_eq!(event::decode(&value, Some(&key())), Ok(happened.clone()));
        assert!(event::decode(&value, Some(&consent_key())).is_err());
        let closed = Event { data: EventData::Nothing, ..happened };
        assert_eq!(event::decode(&value, None), Ok(closed), "what outlives its person is ids and times");
    }
}

#[test]
fn a_consent_of_the_first_schema_is_read_as_one_that_is_due_for_nothing() {
    let (_, plain) = codec::decode::<ConsentV1>(&kept("ConsentV1")).unwrap();
    assert_eq!(Consent::try_from(ConsentV2::from(plain)).unwrap(), consent_sample());
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
    let events = ["EventV1", "EventV2", "EventV3"].map(kept).concat();
    let sealed = ["UserEnvelopeV1", "OutboxV1", "InboxV1", "ConnectionV1", "JobV1", "AttestationV1"];
    let read = ["AccountV1", "TransactionV1", "PersonIdentityV1"].map(kept).concat();
    let stored = [sealed.map(kept).concat(), events, read].concat();
    for secret in [
        "ada@example.test",
        "61400111222",
        "61400333444",
        "Ada",
        "123456",
        "s1",
        "bank-session",
        "AU00002",
        "Colour",
        "062001",
        "Everyday",
        "CAFE",
        "OTHER ISSUER",
        "Sydney",
    ] {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found || secret.len() < 3, "{secret}");
    }
    let public = *Uuid::from_u128(13).as_bytes();
    assert!(!stored.windows(16).any(|window| window == public), "the public id is kept sealed");
}

#[test]
fn a_tombstone_holds_whose_user_it_was_and_nothing_else() {
    let value = user::tombstone(APPLICATION, 6).unwrap();
    let stored = user::decode(USER, &value, None).unwrap();
    assert_eq!((stored.version, stored.presence), (6, Presence::Deleted));
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
