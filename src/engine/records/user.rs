//! The user's snapshot: rewritten at every step, sealed as a whole under the user's own key. Connections and
//! jobs are records of their own; the snapshot says how many.

mod old;
mod session;

pub use old::{UserV1, UserV2, UserV3};
#[cfg(test)]
pub(super) use session::{action_number, session_state_number};

use session::SessionV2;

use super::RecordError;
use super::consent::ConsentV2;
use crate::crypto::{self, DataKey};
use crate::domain::auth_link::{AuthLink, DeadLink, OneTimeCode, PublicId};
use crate::domain::id::{ApplicationId, AuthLinkId, ClockId, EffectId, UserId};
use crate::domain::mobile::Mobile;
use crate::domain::profile::{Address, Business, Profile};
use crate::domain::time::UnixMillis;
use crate::domain::user::{Presence, User};
use crate::domain::workflow::auth_link;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands under a user's key: whose it is in the clear, all else sealed. Without a body it is a
/// tombstone, which keeps late inputs from making the user again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEnvelopeV1 {
    /// The application's id.
    pub application: [u8; 16],
    /// The sealed [`UserV4`], or nothing.
    pub body: Option<Vec<u8>>,
}

impl Record for UserEnvelopeV1 {
    const KIND: u8 = b'U';
    const SCHEMA: u8 = 1;
}

/// How many records of their own belong to a user: one without costs no range, and one that is missing
/// is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections.
    pub connections: u32,
    /// Jobs.
    pub jobs: u32,
}

/// The snapshot, fourth schema: what a session's person was sent for, and where they had connected before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserV4 {
    created: i64,
    profile: ProfileV1,
    link: Option<LinkV1>,
    dead_links: Vec<DeadLinkV1>,
    session: Option<SessionV2>,
    token_session: Option<SessionV2>,
    consent: Option<ConsentV2>,
    connections: u32,
    jobs: u32,
    clock: Option<u64>,
}

impl Record for UserV4 {
    const KIND: u8 = b'u';
    const SCHEMA: u8 = 4;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<UserV1>(payload).map(UserV2::from).map(UserV3::from).map(Self::from),
            2 => codec::read_payload::<UserV2>(payload).map(UserV3::from).map(Self::from),
            3 => codec::read_payload::<UserV3>(payload).map(Self::from),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProfileV1 {
    email: String,
    mobile: Option<String>,
    names: [String; 3],
    business: [String; 3],
    address: [String; 6],
    verification_status: Option<bool>,
    verification_date: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LinkV1 {
    id: [u8; 16],
    public_id: [u8; 16],
    hash: [u8; 16],
    mobile: String,
    state: u8,
    created: i64,
    expires: i64,
    opened: Option<i64>,
    code: Option<([u8; 32], i64, [u8; 16])>,
    sends: u32,
    last_sent: Option<i64>,
    wrong_tries: u32,
    ended: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DeadLinkV1 {
    hash: [u8; 16],
    end: u8,
    ended: i64,
}

/// The stored value of a user: sealed under `key`, bound to its name and version.
///
/// # Errors
/// When it would be longer than a value may be.
pub fn encode(user: &User, version: u64, key: &DataKey, nonce: [u8; 24]) -> Result<Vec<u8>, RecordError> {
    let plain = codec::encode(version, &UserV4::from(user))?;
    let body = crypto::seal(key, nonce, &bound_to(user.id, version), &plain);
    let envelope = UserEnvelopeV1 { application: *user.application.bytes(), body: Some(body) };
    Ok(codec::encode(version, &envelope)?)
}

/// The stored value of a deleted user.
///
/// # Errors
/// Never in practice: it is a few bytes long.
pub fn tombstone(application: ApplicationId, version: u64) -> Result<Vec<u8>, RecordError> {
    let envelope = UserEnvelopeV1 { application: *application.bytes(), body: None };
    Ok(codec::encode(version, &envelope)?)
}

/// Whose user a stored value is, and whether it is a tombstone; opens nothing.
///
/// # Errors
/// When the value is damaged.
pub fn peek(value: &[u8]) -> Result<(ApplicationId, bool), RecordError> {
    let (_, envelope) = codec::decode::<UserEnvelopeV1>(value)?;
    Ok((ApplicationId(Uuid::from_bytes(envelope.application)), envelope.body.is_none()))
}

/// A stored user, read: the records that it counts are not in it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The version.
    pub version: u64,
    /// The user, without connections and jobs.
    pub presence: Presence,
    /// How many of them there are.
    pub counts: Counts,
}

/// Reads a stored value.
///
/// # Errors
/// When it is damaged or the key does not open it.
pub fn decode(id: UserId, value: &[u8], key: Option<&DataKey>) -> Result<Stored, RecordError> {
    let (version, envelope) = codec::decode::<UserEnvelopeV1>(value)?;
    let Some(body) = envelope.body else {
        return Ok(Stored { version, presence: Presence::Deleted, counts: Counts::default() });
    };
    let key = key.ok_or(RecordError::Seal)?;
    let plain = crypto::open(key, &bound_to(id, version), &body).map_err(|_| RecordError::Seal)?;
    let (_, stored) = codec::decode::<UserV4>(&plain)?;
    let counts = Counts { connections: stored.connections, jobs: stored.jobs };
    let user = stored.into_user(id, ApplicationId(Uuid::from_bytes(envelope.application)))?;
    Ok(Stored { version, presence: Presence::Here(Box::new(user)), counts })
}

fn bound_to(id: UserId, version: u64) -> Vec<u8> {
    [b"user".as_slice(), id.bytes(), &version.to_be_bytes()].concat()
}

impl From<&User> for UserV4 {
    fn from(user: &User) -> Self {
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        Self {
            created: user.created.0,
            profile: ProfileV1::from(&user.profile),
            link: user.link.as_ref().map(LinkV1::from),
            dead_links: user.dead_links.iter().map(DeadLinkV1::from).collect(),
            session: user.session.as_ref().map(SessionV2::from),
            token_session: user.token_session.as_ref().map(SessionV2::from),
            consent: user.consent.as_ref().map(ConsentV2::from),
            connections: count(user.connections.len()),
            jobs: count(user.jobs.len()),
            clock: user.clock.map(ClockId::number),
        }
    }
}

impl UserV4 {
    fn into_user(self, id: UserId, application: ApplicationId) -> Result<User, RecordError> {
        Ok(User {
            id,
            application,
            clock: self.clock.and_then(ClockId::new),
            attestation: None,
            created: UnixMillis(self.created),
            profile: self.profile.into_profile()?,
            link: self.link.map(LinkV1::into_link).transpose()?,
            dead_links: self.dead_links.into_iter().map(DeadLinkV1::into_dead).collect::<Result<_, _>>()?,
            session: self.session.map(SessionV2::into_session).transpose()?,
            token_session: self.token_session.map(SessionV2::into_session).transpose()?,
            consent: self.consent.map(TryInto::try_into).transpose()?,
            connections: Vec::new(),
            jobs: Vec::new(),
        })
    }
}

impl From<&Profile> for ProfileV1 {
    fn from(profile: &Profile) -> Self {
        let (business, address) = (profile.business.clone(), profile.business.address.clone());
        Self {
            email: profile.email.clone(),
            mobile: profile.mobile.as_ref().map(Mobile::e164),
            names: [profile.first_name.clone(), profile.middle_name.clone(), profile.last_name.clone()],
            business: [business.name, business.number, business.number_type],
            address: [
                address.line_1,
                address.line_2,
                address.suburb,
                address.state,
                address.postcode,
                address.country_code,
            ],
            verification_status: profile.verification_status,
            verification_date: profile.verification_date.clone(),
        }
    }
}

impl ProfileV1 {
    pub(super) fn into_profile(self) -> Result<Profile, RecordError> {
        let [first_name, middle_name, last_name] = self.names;
        let [name, number, number_type] = self.business;
        let [line_1, line_2, suburb, state, postcode, country_code] = self.address;
        let address = Address { line_1, line_2, suburb, state, postcode, country_code };
        Ok(Profile {
            email: self.email,
            mobile: self.mobile.as_deref().map(mobile_from).transpose()?,
            first_name,
            middle_name,
            last_name,
            business: Business { name, number, number_type, address },
            verification_status: self.verification_status,
            verification_date: self.verification_date,
        })
    }
}

impl From<&AuthLink> for LinkV1 {
    fn from(link: &AuthLink) -> Self {
        Self {
            id: *link.id.bytes(),
            public_id: *link.public_id.0.as_bytes(),
            hash: link.hash,
            mobile: link.mobile.e164(),
            state: link_state_number(link.state),
            created: link.created.0,
            expires: link.expires.0,
            opened: link.opened.map(|at| at.0),
            code: link.code.as_ref().map(|code| (code.hash, code.expires.0, *code.effect.bytes())),
            sends: link.sends,
            last_sent: link.last_sent.map(|at| at.0),
            wrong_tries: link.wrong_tries,
            ended: link.ended.map(|at| at.0),
        }
    }
}

impl LinkV1 {
    fn into_link(self) -> Result<AuthLink, RecordError> {
        let code = self.code.map(|(hash, expires, effect)| OneTimeCode {
            hash,
            expires: UnixMillis(expires),
            effect: EffectId(Uuid::from_bytes(effect)),
        });
        Ok(AuthLink {
            id: AuthLinkId(Uuid::from_bytes(self.id)),
            public_id: PublicId(Uuid::from_bytes(self.public_id)),
            hash: self.hash,
            mobile: mobile_from(&self.mobile)?,
            state: link_state_from(self.state)?,
            created: UnixMillis(self.created),
            expires: UnixMillis(self.expires),
            opened: self.opened.map(UnixMillis),
            code,
            sends: self.sends,
            last_sent: self.last_sent.map(UnixMillis),
            wrong_tries: self.wrong_tries,
            ended: self.ended.map(UnixMillis),
        })
    }
}

impl From<&DeadLink> for DeadLinkV1 {
    fn from(dead: &DeadLink) -> Self {
        Self { hash: dead.hash, end: link_state_number(dead.end), ended: dead.ended.0 }
    }
}

impl DeadLinkV1 {
    fn into_dead(self) -> Result<DeadLink, RecordError> {
        Ok(DeadLink { hash: self.hash, end: link_state_from(self.end)?, ended: UnixMillis(self.ended) })
    }
}

/// A number that was checked on its way in; a later release of the number library must not lose it.
fn mobile_from(text: &str) -> Result<Mobile, RecordError> {
    Mobile::stored(text).ok_or(RecordError::Text)
}

pub(super) const fn link_state_number(state: auth_link::State) -> u8 {
    use auth_link::State;
    match state {
        State::Issued => 1,
        State::Challenged => 2,
        State::InSession => 3,
        State::Completed => 4,
        State::Abandoned => 5,
        State::Locked => 6,
        State::Expired => 7,
        State::Deleted => 8,
        State::Replaced => 9,
    }
}

pub(super) fn link_state_from(number: u8) -> Result<auth_link::State, RecordError> {
    use crate::domain::workflow::Names;
    let all = auth_link::State::ALL.iter().copied();
    all.into_iter().find(|state| link_state_number(*state) == number).ok_or(RecordError::Number(number))
}
