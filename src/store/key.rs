//! The key map: what stands under which key. One tree, one byte for the kind, then fixed-width fields
//! in big-endian order, so that ranges read in the order that people mean. A retired kind's byte stays
//! reserved for ever. docs/STORAGE.md shows this map with the records; what is read of institutions has
//! its keys in [`reading`], what is sent to webhooks in [`delivery`].

mod access;
mod delivery;
mod mark;
mod notice;
mod reading;

pub use access::{AccessBlock, access, access_block, access_blocks_before, read_access, read_access_block};
pub use delivery::{
    attempt, attempts, message, read_attempt, read_message, read_retry, read_webhook_cursor, retry,
    webhook_cursor,
};
pub use mark::{mark, mark_due, mark_part, marks_due, read_mark_due};
pub use notice::{notice, notice_part, read_notice_part};
pub use reading::{
    PLACE, Place, Reading, account, identity, read_account, read_after, read_before, read_by, read_identity,
    read_in, read_terms, read_transaction, terms, terms_of, transaction,
};

use crate::domain::id::{
    ApplicationId, ClockId, ConnectionId, ConsentId, EffectId, EventId, JobId, UserId, WebhookId,
};
use crate::domain::time::UnixMillis;
use uuid::Uuid;

/// The first byte of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// `# name`: facts about the store itself.
    Meta = b'#',
    /// `0 user consent part`: what was agreed to, word for word.
    Notice = b'0',
    /// `A application`
    Application = b'A',
    /// `B user connection generation account`: accounts.
    Account = b'B',
    /// `C user consent`: ended consents.
    Consent = b'C',
    /// `D user connection`
    Connection = b'D',
    /// `E application sequence`
    Event = b'E',
    /// `F webhook due sequence run`: messages that are tried again.
    Retry = b'F',
    /// `G application`: how many connections its users have.
    ConnectionTally = b'G',
    /// `H user job`
    Job = b'H',
    /// `I user connection generation identity`: who the person is.
    Identity = b'I',
    /// `J job`: a job, to its user.
    JobRoute = b'J',
    /// `K hash`: an application's key.
    ApiKey = b'K',
    /// `L hash`: a public id, to its user.
    Link = b'L',
    /// `M sent effect`: the sandbox inbox.
    Inbox = b'M',
    /// `N application`: the last event's sequence.
    Sequence = b'N',
    /// `O effect`: the outbox.
    Outbox = b'O',
    /// `P application version`
    Policy = b'P',
    /// `Q mark`: a request that is done once, by its key and place.
    Mark = b'Q',
    /// `R due mark`: when a mark is forgotten.
    MarkDue = b'R',
    /// `S hash`: a browser's session, to its user.
    BrowserSession = b'S',
    /// `T clock due user kind`: deadlines.
    Deadline = b'T',
    /// `U user`
    User = b'U',
    /// `V webhook`: how far it was told.
    WebhookCursor = b'V',
    /// `W application webhook`
    Webhook = b'W',
    /// `X user connection generation !day account !ordinal transaction`: transactions, the newest first.
    Transaction = b'X',
    /// `Y owner`: the slot of a data key in the `keys` file.
    KeySlot = b'Y',
    /// `Z user`: the latest declaration that all accounts are disclosed.
    Attestation = b'Z',
    /// `a webhook sequence run number`: one attempt of a message.
    Attempt = b'a',
    /// `e event`: an event's id, to its place.
    EventIndex = b'e',
    /// `f application`: how its pages look.
    Look = b'f',
    /// `j user block`: who read what of a user, in a block of days.
    Access = b'j',
    /// `k clock`: a test clock.
    Clock = b'k',
    /// `l user sequence`: the events of a user, by their numbers in the application's list.
    Timeline = b'l',
    /// `m block user`: such a block, to be found when it is over its time.
    AccessBlock = b'm',
    /// `n user connection generation account part`: what is laid down about an account.
    Terms = b'n',
    /// `o application`: which way its pages lead.
    Flow = b'o',
    /// `p application part`: a part of an application's logo.
    LogoPart = b'p',
    /// `q clock`: a test clock that goes, behind its users.
    ClosingClock = b'q',
    /// `v clock user`: who lives by a test clock.
    ClockMember = b'v',
    /// `r mark part`: what such a request was answered.
    MarkPart = b'r',
    /// `w webhook sequence run`: a message, once it was tried.
    Message = b'w',
}

fn key(kind: Kind, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(kind as u8);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

/// Milliseconds so that earlier instants have smaller bytes, also before 1970.
fn sortable(at: UnixMillis) -> [u8; 8] {
    (at.0.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn unsortable(bytes: [u8; 8]) -> UnixMillis {
    UnixMillis((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed())
}

/// A fact about the store.
pub fn meta(name: &str) -> Vec<u8> {
    key(Kind::Meta, &[name.as_bytes()])
}

/// An application.
pub fn application(id: ApplicationId) -> Vec<u8> {
    key(Kind::Application, &[id.bytes()])
}

/// One policy version of an application.
pub fn policy(application: ApplicationId, version: u32) -> Vec<u8> {
    key(Kind::Policy, &[application.bytes(), &version.to_be_bytes()])
}

/// How an application's pages look.
pub fn look(application: ApplicationId) -> Vec<u8> {
    key(Kind::Look, &[application.bytes()])
}

/// Which way an application's pages lead.
pub fn flow(application: ApplicationId) -> Vec<u8> {
    key(Kind::Flow, &[application.bytes()])
}

/// A part of an application's logo.
pub fn logo_part(application: ApplicationId, place: u8) -> Vec<u8> {
    key(Kind::LogoPart, &[application.bytes(), &[place]])
}

/// A webhook of an application.
pub fn webhook(application: ApplicationId, id: WebhookId) -> Vec<u8> {
    key(Kind::Webhook, &[application.bytes(), id.bytes()])
}

/// An application's key, by its keyed hash.
pub fn api_key(hash: &[u8; 32]) -> Vec<u8> {
    key(Kind::ApiKey, &[hash])
}

/// The keyed hash of an application's key.
pub fn read_api_key(row: &[u8]) -> Option<[u8; 32]> {
    let hash = row.strip_prefix(&[Kind::ApiKey as u8])?;
    hash.try_into().ok()
}

/// A user's snapshot.
pub fn user(id: UserId) -> Vec<u8> {
    key(Kind::User, &[id.bytes()])
}

/// Where a public id leads, by its keyed hash.
pub fn link(hash: &[u8; 16]) -> Vec<u8> {
    key(Kind::Link, &[hash])
}

/// Where a browser's cookie leads, by its keyed hash.
pub fn browser_session(hash: &[u8; 32]) -> Vec<u8> {
    key(Kind::BrowserSession, &[hash])
}

/// An ended consent.
pub fn consent(user: UserId, id: ConsentId) -> Vec<u8> {
    key(Kind::Consent, &[user.bytes(), id.bytes()])
}

/// An event at its place.
pub fn event(application: ApplicationId, sequence: u64) -> Vec<u8> {
    key(Kind::Event, &[application.bytes(), &sequence.to_be_bytes()])
}

/// Where an event stands.
pub fn event_index(id: EventId) -> Vec<u8> {
    key(Kind::EventIndex, &[&id.0])
}

/// A line of a user's timeline.
pub fn timeline(user: UserId, sequence: u64) -> Vec<u8> {
    key(Kind::Timeline, &[user.bytes(), &sequence.to_be_bytes()])
}

/// The last sequence of an application.
pub fn sequence(application: ApplicationId) -> Vec<u8> {
    key(Kind::Sequence, &[application.bytes()])
}

/// How many connections the users of an application have.
pub fn connection_tally(application: ApplicationId) -> Vec<u8> {
    key(Kind::ConnectionTally, &[application.bytes()])
}

/// An outbox entry.
pub fn outbox(id: EffectId) -> Vec<u8> {
    key(Kind::Outbox, &[id.bytes()])
}

/// A text in the sandbox inbox.
pub fn inbox(sent: UnixMillis, id: EffectId) -> Vec<u8> {
    key(Kind::Inbox, &[&sortable(sent), id.bytes()])
}

/// A deadline of a user.
pub fn deadline(clock: u64, due: UnixMillis, user: UserId, kind: u8) -> Vec<u8> {
    key(Kind::Deadline, &[&clock.to_be_bytes(), &sortable(due), user.bytes(), &[kind]])
}

/// All deadlines of one clock up to and including `until`: the ends of a range.
pub fn deadlines(clock: u64, until: UnixMillis) -> (Vec<u8>, Vec<u8>) {
    let clock = clock.to_be_bytes();
    let end = UnixMillis(until.0.saturating_add(1));
    (key(Kind::Deadline, &[&clock]), key(Kind::Deadline, &[&clock, &sortable(end)]))
}

/// A test clock.
pub fn clock(id: ClockId) -> Vec<u8> {
    key(Kind::Clock, &[&id.number().to_be_bytes()])
}

/// A test clock that goes, behind its users.
pub fn closing_clock(id: ClockId) -> Vec<u8> {
    key(Kind::ClosingClock, &[&id.number().to_be_bytes()])
}

/// Who lives by a test clock.
pub fn clock_member(clock: ClockId, user: UserId) -> Vec<u8> {
    key(Kind::ClockMember, &[&clock.number().to_be_bytes(), user.bytes()])
}

/// All who live by a test clock: the ends of a range.
pub fn clock_members(clock: ClockId) -> (Vec<u8>, Vec<u8>) {
    let from = key(Kind::ClockMember, &[&clock.number().to_be_bytes()]);
    let to = following(&from);
    (from, to)
}

/// The slot of an owner's data key.
pub fn key_slot(owner: &[u8; 16]) -> Vec<u8> {
    key(Kind::KeySlot, &[owner])
}

/// A connection.
pub fn connection(user: UserId, id: ConnectionId) -> Vec<u8> {
    key(Kind::Connection, &[user.bytes(), id.bytes()])
}

/// A job.
pub fn job(user: UserId, id: JobId) -> Vec<u8> {
    key(Kind::Job, &[user.bytes(), id.bytes()])
}

/// Whose job it is.
pub fn job_route(id: JobId) -> Vec<u8> {
    key(Kind::JobRoute, &[id.bytes()])
}

/// A user's latest declaration.
pub fn attestation(user: UserId) -> Vec<u8> {
    key(Kind::Attestation, &[user.bytes()])
}

/// Everything of one kind: the ends of a range.
pub fn all(kind: Kind) -> (Vec<u8>, Vec<u8>) {
    (vec![kind as u8], vec![kind as u8 + 1])
}

/// Everything of one kind that begins with an id: the ends of a range.
pub fn all_of(kind: Kind, id: &[u8; 16]) -> (Vec<u8>, Vec<u8>) {
    let from = key(kind, &[id]);
    let to = following(&from);
    (from, to)
}

/// The first key behind all that begin so: add one, carrying; the kind byte in front is never 0xFF.
fn following(prefix: &[u8]) -> Vec<u8> {
    let mut next = prefix.to_vec();
    for byte in next.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    next
}

fn id_at(key: &[u8], at: usize) -> Option<Uuid> {
    let bytes = key.get(at..at + 16)?.try_into().ok()?;
    Some(Uuid::from_bytes(bytes))
}

fn eight_at(key: &[u8], at: usize) -> Option<[u8; 8]> {
    key.get(at..at + 8)?.try_into().ok()
}

/// A deadline's clock, time, user and kind.
pub fn read_deadline(key: &[u8]) -> Option<(u64, UnixMillis, UserId, u8)> {
    let clock = u64::from_be_bytes(eight_at(key, 1)?);
    let due = unsortable(eight_at(key, 9)?);
    let user = UserId(id_at(key, 17)?);
    (key.len() == 34 && key[0] == Kind::Deadline as u8).then_some((clock, due, user, key[33]))
}

/// A test clock, there or going.
pub fn read_clock(key: &[u8]) -> Option<ClockId> {
    let is_clock = [Kind::Clock as u8, Kind::ClosingClock as u8].contains(key.first()?);
    let number = u64::from_be_bytes(eight_at(key, 1)?);
    (key.len() == 9 && is_clock).then(|| ClockId::new(number))?
}

/// Who lives by which test clock.
pub fn read_clock_member(key: &[u8]) -> Option<(ClockId, UserId)> {
    let clock = ClockId::new(u64::from_be_bytes(eight_at(key, 1)?))?;
    (key.len() == 25 && key[0] == Kind::ClockMember as u8)
        .then(|| id_at(key, 9).map(|id| (clock, UserId(id))))?
}

/// An event's application and sequence.
pub fn read_event(key: &[u8]) -> Option<(ApplicationId, u64)> {
    let application = ApplicationId(id_at(key, 1)?);
    let sequence = u64::from_be_bytes(eight_at(key, 17)?);
    (key.len() == 25 && key[0] == Kind::Event as u8).then_some((application, sequence))
}

/// A timeline line's user and sequence.
pub fn read_timeline(key: &[u8]) -> Option<(UserId, u64)> {
    let user = UserId(id_at(key, 1)?);
    let sequence = u64::from_be_bytes(eight_at(key, 17)?);
    (key.len() == 25 && key[0] == Kind::Timeline as u8).then_some((user, sequence))
}

/// An outbox entry's id.
pub fn read_outbox(key: &[u8]) -> Option<EffectId> {
    (key.len() == 17 && key[0] == Kind::Outbox as u8).then(|| id_at(key, 1).map(EffectId))?
}

/// An inbox text's time and id.
pub fn read_inbox(key: &[u8]) -> Option<(UnixMillis, EffectId)> {
    let sent = unsortable(eight_at(key, 1)?);
    (key.len() == 25 && key[0] == Kind::Inbox as u8).then(|| id_at(key, 9).map(|id| (sent, EffectId(id))))?
}

/// A policy's application and version.
pub fn read_policy(key: &[u8]) -> Option<(ApplicationId, u32)> {
    let application = ApplicationId(id_at(key, 1)?);
    let version = u32::from_be_bytes(key.get(17..21)?.try_into().ok()?);
    (key.len() == 21 && key[0] == Kind::Policy as u8).then_some((application, version))
}

/// A user's id.
pub fn read_user(key: &[u8]) -> Option<UserId> {
    (key.len() == 17 && key[0] == Kind::User as u8).then(|| id_at(key, 1).map(UserId))?
}

/// An ended consent's user and id.
pub fn read_consent(key: &[u8]) -> Option<(UserId, ConsentId)> {
    let user = UserId(id_at(key, 1)?);
    (key.len() == 33 && key[0] == Kind::Consent as u8)
        .then(|| id_at(key, 17).map(|id| (user, ConsentId(id))))?
}

/// A connection's user and id.
pub fn read_connection(key: &[u8]) -> Option<(UserId, ConnectionId)> {
    let user = UserId(id_at(key, 1)?);
    (key.len() == 33 && key[0] == Kind::Connection as u8)
        .then(|| id_at(key, 17).map(|id| (user, ConnectionId(id))))?
}

/// A job's user and id.
pub fn read_job(key: &[u8]) -> Option<(UserId, JobId)> {
    let user = UserId(id_at(key, 1)?);
    (key.len() == 33 && key[0] == Kind::Job as u8).then(|| id_at(key, 17).map(|id| (user, JobId(id))))?
}

/// The job of a row that says whose it is.
pub fn read_job_route(key: &[u8]) -> Option<JobId> {
    (key.len() == 17 && key[0] == Kind::JobRoute as u8).then(|| id_at(key, 1).map(JobId))?
}

/// An application's id.
pub fn read_application(key: &[u8]) -> Option<ApplicationId> {
    (key.len() == 17 && key[0] == Kind::Application as u8).then(|| id_at(key, 1).map(ApplicationId))?
}

/// Whose look it is.
pub fn read_look(key: &[u8]) -> Option<ApplicationId> {
    (key.len() == 17 && key[0] == Kind::Look as u8).then(|| id_at(key, 1).map(ApplicationId))?
}

/// Whose webhook a key is, and which.
pub fn read_webhook(key: &[u8]) -> Option<(ApplicationId, WebhookId)> {
    let is_one = key.len() == 33 && key[0] == Kind::Webhook as u8;
    is_one.then(|| id_at(key, 1).map(ApplicationId).zip(id_at(key, 17).map(WebhookId)))?
}

#[cfg(test)]
mod tests;
