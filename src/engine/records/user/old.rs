//! The snapshots of older programs: read, and written by nothing but the test that keeps their samples.

use super::session::{SessionV1, SessionV2};
use super::{DeadLinkV1, LinkV1, ProfileV1, UserV4};
use crate::engine::records::consent::{ConsentV1, ConsentV2};
use crate::store::codec::Record;
use serde::{Deserialize, Serialize};

/// The snapshot, third schema: room for what the consent is due for, and for the user's clock.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserV3 {
    created: i64,
    profile: ProfileV1,
    link: Option<LinkV1>,
    dead_links: Vec<DeadLinkV1>,
    session: Option<SessionV1>,
    token_session: Option<SessionV1>,
    consent: Option<ConsentV2>,
    connections: u32,
    jobs: u32,
    clock: Option<u64>,
}

impl Record for UserV3 {
    const KIND: u8 = b'u';
    const SCHEMA: u8 = 3;
}

impl From<UserV3> for UserV4 {
    fn from(third: UserV3) -> Self {
        Self {
            created: third.created,
            profile: third.profile,
            link: third.link,
            dead_links: third.dead_links,
            session: third.session.map(SessionV2::from),
            token_session: third.token_session.map(SessionV2::from),
            consent: third.consent,
            connections: third.connections,
            jobs: third.jobs,
            clock: third.clock,
        }
    }
}

/// The snapshot, second schema: the first and how many records stand beside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserV2 {
    first: UserV1,
    connections: u32,
    jobs: u32,
}

impl Record for UserV2 {
    const KIND: u8 = b'u';
    const SCHEMA: u8 = 2;
}

/// The snapshot, first schema.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserV1 {
    created: i64,
    profile: ProfileV1,
    link: Option<LinkV1>,
    dead_links: Vec<DeadLinkV1>,
    session: Option<SessionV1>,
    token_session: Option<SessionV1>,
    consent: Option<ConsentV1>,
}

impl Record for UserV1 {
    const KIND: u8 = b'u';
    const SCHEMA: u8 = 1;
}

impl From<UserV1> for UserV2 {
    fn from(first: UserV1) -> Self {
        Self { first, connections: 0, jobs: 0 }
    }
}

impl From<UserV2> for UserV3 {
    fn from(UserV2 { first, connections, jobs }: UserV2) -> Self {
        Self {
            created: first.created,
            profile: first.profile,
            link: first.link,
            dead_links: first.dead_links,
            session: first.session,
            token_session: first.token_session,
            consent: first.consent.map(ConsentV2::from),
            connections,
            jobs,
            clock: None,
        }
    }
}

/// The other way, for the samples.
#[cfg(test)]
impl From<UserV4> for UserV3 {
    fn from(fourth: UserV4) -> Self {
        Self {
            created: fourth.created,
            profile: fourth.profile,
            link: fourth.link,
            dead_links: fourth.dead_links,
            session: fourth.session.map(SessionV1::from),
            token_session: fourth.token_session.map(SessionV1::from),
            consent: fourth.consent,
            connections: fourth.connections,
            jobs: fourth.jobs,
            clock: fourth.clock,
        }
    }
}

#[cfg(test)]
impl From<UserV3> for UserV2 {
    fn from(third: UserV3) -> Self {
        let first = UserV1 {
            created: third.created,
            profile: third.profile,
            link: third.link,
            dead_links: third.dead_links,
            session: third.session,
            token_session: third.token_session,
            consent: third.consent.map(ConsentV1::from),
        };
        Self { first, connections: third.connections, jobs: third.jobs }
    }
}

#[cfg(test)]
impl From<UserV2> for UserV1 {
    fn from(second: UserV2) -> Self {
        second.first
    }
}
