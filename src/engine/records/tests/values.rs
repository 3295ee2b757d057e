//! The fixed values that samples are made of. What stands here is stored in committed files: it is only
//! ever added to.

use super::looks::look;
use crate::crypto::{DataKey, Keyring, MasterKey};
use crate::domain::account::{
    Account, AccountClass, AccountFacts, Identity, IdentityFacts, OrganisationFacts, Ownership,
    PostalAddress, Transaction, TransactionClass, TransactionFacts,
};
use crate::domain::application::{Application, Mode, Permission, Policy};
use crate::domain::auth_link::{AuthLink, DeadLink, OneTimeCode, PublicId};
use crate::domain::bank::ChallengeMethod;
use crate::domain::clock::TestClock;
use crate::domain::command::Rows;
use crate::domain::connection::{AccountMark, Connection};
use crate::domain::consent::Consent;
use crate::domain::consent_session::{ConsentSession, Origin};
use crate::domain::day::Day;
use crate::domain::delivery::{Answer, Attempt, HaltCause, Message, MessageKey, TEST};
use crate::domain::errand::Errand;
use crate::domain::event::{Event, EventData, EventKind, LinkReason, LinkThen, Stage};
use crate::domain::id::{
    AccountId, ApplicationId, AuthLinkId, ClockId, ConnectionId, ConsentId, EffectId, EventId, IdentityId,
    JobId, SessionId, TransactionId, UserId, WebhookId,
};
use crate::domain::institution::InstitutionId;
use crate::domain::job::{Cause, Challenge, Job, JobFailure, Occasion, StepName};
use crate::domain::mobile::Mobile;
use crate::domain::money::Money;
use crate::domain::profile::{Address, Business, Profile};
use crate::domain::secret::Secret;
use crate::domain::time::{Span, UnixMillis};
use crate::domain::user::User;
use crate::domain::workflow::{
    Names, auth_link, connection, consent as consent_workflow, consent_session, job, webhook_delivery,
};
use crate::engine::records::delivery::{Cursor, Halt, Run};
use crate::engine::records::outbox::{OutboxHead, Sweep, Text, Wish};
use crate::store::key::Reading;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) const AT: UnixMillis = UnixMillis(1_767_225_600_123);
pub(super) const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(1));
pub(super) const USER: UserId = UserId(Uuid::from_u128(7));
pub(super) const LINK: AuthLinkId = AuthLinkId(Uuid::from_u128(8));
pub(super) const EFFECT: EffectId = EffectId(Uuid::from_u128(9));

pub(super) const fn later(millis: i64) -> UnixMillis {
    UnixMillis(AT.0 + millis)
}

pub(super) fn keyring() -> Keyring {
    Keyring::derive(&MasterKey::new([1; 32]))
}

pub(super) fn key() -> DataKey {
    DataKey::new([2; 32])
}

pub(super) fn profile() -> Profile {
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

pub(super) fn consent_sample() -> Consent {
    Consent {
        id: ConsentId(Uuid::from_u128(10)),
        policy_version: 3,
        permissions: Permission::ALL.to_vec(),
        state: consent_workflow::State::Active,
        created: AT,
        updated: later(1),
        expires: later(2),
        warning_at: None,
        reminder_at: None,
        revoked: Some(later(3)),
        deletion_asked: false,
    }
}

/// A consent with what it is due for.
pub(super) fn consent_with_deadlines() -> Consent {
    Consent { warning_at: Some(later(4)), reminder_at: Some(later(5)), ..consent_sample() }
}

/// One that was withdrawn with a wish.
pub(super) fn consent_with_a_wish() -> Consent {
    Consent { deletion_asked: true, ..consent_with_deadlines() }
}

pub(super) fn session(origin: Origin, state: consent_session::State) -> ConsentSession {
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
        errand: Errand::default(),
        former: Vec::new(),
        ended: Some(later(4)),
    }
}

pub(super) fn user_sample() -> User {
    let ends = auth_link::State::ALL.iter().skip(3).zip(1_u8..);
    User {
        id: USER,
        application: APPLICATION,
        clock: None,
        attestation: None,
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

pub(super) fn event_sample(data: EventData) -> Event {
    Event {
        id: EventId([16; 32]),
        kind: EventKind::ConsentCreated,
        at: AT,
        recorded: AT,
        user: USER,
        link: Some(LINK),
        consent: Some(ConsentId(Uuid::from_u128(10))),
        subject: None,
        data,
    }
}

/// A link that was left in the middle of things.
pub(super) fn link_then() -> LinkThen {
    LinkThen {
        id: LINK,
        state: auth_link::State::Abandoned,
        created: AT,
        expires: later(3),
        opened: Some(later(1)),
        ended: Some(later(5)),
        sends: 2,
        wrong_tries: 1,
        stage: Stage::SignIn,
        reason: Some(LinkReason::Left),
        jobs: vec![JOB],
    }
}

pub(super) fn clock_sample() -> TestClock {
    TestClock {
        id: ClockId::new(6).unwrap(),
        application: APPLICATION,
        name: "a year".into(),
        created: AT,
        at: later(1),
        runs_since: Some(later(2)),
        target: Some(later(3)),
    }
}

pub(super) fn head() -> OutboxHead {
    OutboxHead {
        id: EFFECT,
        application: APPLICATION,
        user: USER,
        clock: None,
        created: AT,
        not_after: later(600_000),
        wish: Wish::Text { link: LINK },
    }
}

pub(super) fn text() -> Text {
    Text { to: "+61400333444".into(), body: "123456 is your code".into() }
}

pub(super) fn application() -> Application {
    Application {
        id: APPLICATION,
        name: "Quill".into(),
        mode: Mode::Sandbox,
        created: AT,
        redirect_url: Some("https://example.test/back".into()),
        requires_link: true,
        keys: BTreeMap::new(),
        look: look(),
        webhooks: BTreeMap::new(),
        policies: BTreeMap::from([(1, policy())]),
    }
}

pub(super) fn policy() -> Policy {
    Policy {
        version: 1,
        purpose_title: "A title".into(),
        purpose_description: "A description.".into(),
        duration_days: 30,
        retrieval_days: 60,
        retain_data: true,
        permissions: Permission::ALL.to_vec(),
        supporting_parties: Vec::new(),
    }
}

pub(super) const CONNECTION: ConnectionId = ConnectionId(Uuid::from_u128(30));
pub(super) const JOB: JobId = JobId(Uuid::from_u128(31));
pub(super) const INSTITUTION: InstitutionId = InstitutionId(*b"AU00002");
pub(super) const READING: Reading = Reading { user: USER, connection: CONNECTION, generation: 4 };

/// The key of the consent.
pub(super) fn consent_key() -> DataKey {
    DataKey::new([3; 32])
}

pub(super) fn connection_sample() -> Connection {
    let mark =
        |number: u8| AccountMark { id: AccountId(Uuid::from_u128(number.into())), digest: [number; 8] };
    Connection {
        id: CONNECTION,
        consent: ConsentId(Uuid::from_u128(10)),
        institution: INSTITUTION,
        login: [32; 16],
        state: connection::State::Active,
        created: AT,
        updated: later(1),
        last_used: Some(later(2)),
        is_challenged: true,
        login_id: None,
        session: Some(Secret::new("bank-session-of-ada".into())),
        fault: None,
        retry_at: None,
        retry_until: None,
        generation: 5,
        accounts_generation: 4,
        transactions_generation: 3,
        accounts: vec![mark(33), mark(34)],
    }
}

/// A connection that waits to be tried again.
pub(super) fn connection_that_failed() -> Connection {
    Connection {
        login_id: Some(Secret::new("login-id-of-ada".into())),
        fault: Some(Cause::Unavailable),
        retry_at: Some(later(7_200_000)),
        retry_until: Some(later(604_800_000)),
        ..connection_sample()
    }
}

/// A job that was begun for another occasion, and found what was there.
pub(super) fn job_of_a_refresh() -> Job {
    let duplicates = [33, 34].map(|number| AccountId(Uuid::from_u128(number))).to_vec();
    Job { occasion: Occasion::Retry, duplicates, ..job_sample() }
}

pub(super) fn job_sample() -> Job {
    Job {
        id: JOB,
        effect: EFFECT,
        connection: CONNECTION,
        consent: ConsentId(Uuid::from_u128(10)),
        institution: INSTITUTION,
        occasion: Occasion::Connect,
        session: Some(SessionId(Uuid::from_u128(11))),
        created: AT,
        updated: later(1),
        state: job::State::Failed,
        attempt: 2,
        generation: 5,
        total_at: later(3_600_000),
        challenge: Some(Challenge {
            method: ChallengeMethod::SecurityQuestions,
            description: "Two questions for Ada".into(),
            prompts: vec!["Colour?".into(), "Town?".into()],
            expires: later(120_000),
            wrong: 1,
        }),
        answers: 2,
        duplicates: Vec::new(),
        failure: Some(JobFailure { step: StepName::MfaChallenge, cause: Cause::ChallengeOver }),
        ended: Some(later(4)),
    }
}

pub(super) fn account_sample() -> Account {
    Account {
        id: AccountId(Uuid::from_u128(33)),
        connection: CONNECTION,
        institution: INSTITUTION,
        updated: later(1),
        span: Some((Day(20_000), Day(20_400))),
        facts: AccountFacts {
            number: "062001900044113".into(),
            reference: None,
            bsb: Some("062001".into()),
            name: "Everyday".into(),
            product: "Sample Everyday".into(),
            class: AccountClass::CreditCard,
            currency: "AUD".into(),
            balance: Some(Money(152_040)),
            available_funds: Some(Money(148_815)),
            credit_limit: Some(Money(-500_000)),
            ownership: Ownership::TwoParty,
            holder: Some("ADA SAMPLE".into()),
            terms: None,
        },
    }
}

pub(super) fn transaction_sample() -> Transaction {
    Transaction {
        id: TransactionId(Uuid::from_u128(35)),
        account: AccountId(Uuid::from_u128(33)),
        connection: CONNECTION,
        institution: INSTITUTION,
        facts: TransactionFacts {
            reference: "R-1".into(),
            is_posted: true,
            day: Day(20_400),
            made: Some(later(5)),
            description: "BEAN COUNTER CAFE".into(),
            amount: Money(-680),
            currency: "AUD".into(),
            balance: Some(Money(152_040)),
            class: TransactionClass::Payment,
            sub_class: Some(("451".into(), "Cafes".into())),
        },
    }
}

pub(super) fn identity_sample() -> Identity {
    let [first, second, third] = ["1 Example Street", "Level 2", ""].map(String::from);
    Identity {
        id: IdentityId(Uuid::from_u128(36)),
        connection: CONNECTION,
        institution: INSTITUTION,
        updated: later(1),
        facts: IdentityFacts {
            full_name: "Ada B Sample".into(),
            first_name: "Ada".into(),
            middle_name: "B".into(),
            last_name: "Sample".into(),
            phone_numbers: vec!["XXXX XXX 222".into()],
            email_addresses: vec!["ada@example.test".into()],
            addresses: vec![PostalAddress {
                lines: [first, second, third],
                postcode: "2000".into(),
                city: "Sydney".into(),
                state: "NSW".into(),
                country: "Australia".into(),
                country_code: "AUS".into(),
                formatted: "1 Example Street, Level 2, Sydney NSW 2000".into(),
            }],
            organisation: Some(OrganisationFacts {
                business_name: "Sample".into(),
                legal_name: "Sample Pty".into(),
                abn: "123".into(),
                acn: "456".into(),
                organisation_type: "COMPANY".into(),
                industry_code: "789".into(),
                registered_country: "AUS".into(),
                agent_role: "Director".into(),
            }),
        },
    }
}

pub(super) fn sweep() -> OutboxHead {
    let sweep = Sweep { connection: CONNECTION, rows: Rows::Transactions, keep: 3, up_to: 5 };
    OutboxHead { not_after: UnixMillis(i64::MAX), wish: Wish::Sweep(sweep), ..head() }
}

pub(super) const WEBHOOK: WebhookId = WebhookId(Uuid::from_u128(40));

pub(super) const MESSAGE: MessageKey = MessageKey { sequence: 3, run: TEST };

pub(super) fn webhook_cursor() -> Cursor {
    Cursor {
        told: 900,
        runs: vec![Run { run: 5, next: 17, to: 200 }],
        last_run: 6,
        tests: 3,
        failures: 2,
        is_slow: true,
        halt: Some(Halt { term: 4, cause: HaltCause::Gone, at: later(5) }),
    }
}

pub(super) fn message_sample() -> Message {
    Message {
        event: EventId([41; 32]),
        kind: EventKind::ConsentRevoked,
        state: webhook_delivery::State::Retrying,
        tries: 4,
        created: AT,
        updated: later(6),
        next: Some(later(7)),
        text: Some("is anybody there".into()),
    }
}

pub(super) fn attempt_sample(answer: Answer) -> Attempt {
    Attempt {
        number: 4,
        at: AT,
        took: Span(321),
        answer,
        url: Some("https://hooks.example.test/all?token=7".into()),
    }
}
