//! One event on its way to one webhook: its name, what a try comes to, when the next one is. The same
//! judgement for the first try and the last. Must not know: who is tried when, how a message is sent.

use crate::crypto::{Keyring, Purpose};
use crate::domain::event::EventKind;
use crate::domain::id::{EventId, MessageId, WebhookId};
use crate::domain::time::{Span, UnixMillis};
use crate::domain::workflow::webhook_delivery::{Action, Input, Limit, State, WebhookDelivery};
use crate::domain::workflow::{Step, Table};
use uuid::Uuid;

/// The run of what is told as it happens.
pub const LIVE: u32 = 0;

/// The last run that a replay can have.
pub const RUN_MAX: u32 = TEST - 1;

/// The run of test messages: their numbers are their own, and no event stands behind them.
pub const TEST: u32 = (1 << 20) - 1;

/// The last number that fits into a message's name.
pub const SEQUENCE_MAX: u64 = (1 << 40) - 1;

/// Which message of a webhook: the event's number in the list of its application, and for the
/// how-many-eth time it goes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    /// The event's number; of a test message, its own.
    pub sequence: u64,
    /// [`LIVE`], a replay, or [`TEST`].
    pub run: u32,
}

impl MessageKey {
    /// What receivers know it by. It follows from the number, so that nothing has to be written before
    /// the first try, and a crash between the try and writing it down repeats the same name.
    pub fn id(self, keyring: &Keyring, webhook: WebhookId) -> MessageId {
        let (sequence, run) = (u128::from(self.sequence & SEQUENCE_MAX), u128::from(self.run & TEST));
        let (high, low) = (run >> 12, run & 0xFFF);
        let hash = u128::from(self.tag(keyring, webhook));
        let bits = (sequence << 88) | (high << 80) | (8 << 76) | (low << 64) | (2 << 62) | hash;
        MessageId(Uuid::from_u128(bits))
    }

    /// The message that a name of this webhook stands for.
    pub fn of(keyring: &Keyring, webhook: WebhookId, id: MessageId) -> Option<Self> {
        let bits = id.0.as_u128();
        let part =
            |from: u32, many: u32| u64::try_from((bits >> from) & ((1 << many) - 1)).ok().unwrap_or_default();
        let run = u32::try_from((part(80, 8) << 12) | part(64, 12)).ok()?;
        let key = Self { sequence: part(88, 40), run };
        (key.id(keyring, webhook) == id).then_some(key)
    }

    /// 62 bits that nobody else can make.
    fn tag(self, keyring: &Keyring, webhook: WebhookId) -> u64 {
        let (sequence, run) = (self.sequence.to_be_bytes(), self.run.to_be_bytes());
        let parts: [&[u8]; 4] = [b"message", webhook.bytes(), &sequence, &run];
        let hash = keyring.hash(Purpose::DerivedId, &parts);
        let (first, _) = hash.split_at(8);
        first.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)) & ((1 << 62) - 1)
    }
}

/// The name of the event that a test message stands for: it leads back to the message, which is all there
/// is of it.
pub fn test_event(webhook: WebhookId, sequence: u64, drawn: EventId) -> EventId {
    let EventId(mut bytes) = drawn;
    let (own, rest) = bytes.split_at_mut(16);
    own.copy_from_slice(webhook.bytes());
    rest.split_at_mut(8).0.copy_from_slice(&sequence.to_be_bytes());
    EventId(bytes)
}

/// The test message that an event's name leads back to, if it is the name of such a one.
pub fn test_message(EventId(bytes): EventId) -> (WebhookId, MessageKey) {
    let part = |from: usize, many: usize| {
        bytes.iter().skip(from).take(many).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte))
    };
    let sequence = u64::try_from(part(16, 8)).unwrap_or_default();
    (WebhookId(Uuid::from_u128(part(0, 16))), MessageKey { sequence, run: TEST })
}

/// A message as it stands. One that was never tried is `pending`, and no record says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event; of a test message, a name that leads back to it.
    pub event: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub tries: u32,
    /// When it was taken up first.
    pub created: UnixMillis,
    /// When it was tried last.
    pub updated: UnixMillis,
    /// When it is tried next.
    pub next: Option<UnixMillis>,
    /// What the partner wrote into a test message.
    pub text: Option<String>,
}

impl Message {
    /// One that nobody tried yet.
    pub fn new(table: &Table<WebhookDelivery>, event: EventId, kind: EventKind, now: UnixMillis) -> Self {
        let state = table.initial();
        Self { event, kind, state, tries: 0, created: now, updated: now, next: None, text: None }
    }
}

/// Why a receiver did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoAnswer {
    /// Not within the time.
    TimedOut,
    /// Its name leads nowhere.
    NoName,
    /// It leads where nothing may be sent: a private address, a loopback.
    Forbidden,
    /// Nobody takes the connection.
    NoConnection,
    /// Its certificate is not right.
    NotTrusted,
    /// It broke off, or said what is no answer.
    Broken,
}

impl NoAnswer {
    /// All of them, in the order of their stored numbers.
    pub const ALL: [Self; 6] =
        [Self::TimedOut, Self::NoName, Self::Forbidden, Self::NoConnection, Self::NotTrusted, Self::Broken];

    /// For whoever reads the attempts.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TimedOut => "no answer in time",
            Self::NoName => "the host's name is not known",
            Self::Forbidden => "the host's address is private or reserved; nothing was sent",
            Self::NoConnection => "no connection",
            Self::NotTrusted => "the certificate is not trusted",
            Self::Broken => "the connection broke off",
        }
    }
}

/// What a receiver said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A status, and how long it wants to be left alone.
    Status(u16, Option<Span>),
    /// Nothing.
    None(NoAnswer),
}

impl Answer {
    /// Whether the message arrived.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Status(200..=299, _))
    }
}

/// One try, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which one, from 1 on.
    pub number: u32,
    /// When it began: the time that was signed.
    pub at: UnixMillis,
    /// How long it took.
    pub took: Span,
    /// How it ended.
    pub answer: Answer,
    /// Where it went; unknown of those that an older program made.
    pub url: Option<String>,
}

/// Why nothing goes to a webhook any more, until its partner approves it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HaltCause {
    /// All tries of one message failed.
    Exhausted,
    /// The receiver answered 410.
    Gone,
}

/// What a try comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The message from now on.
    pub message: Message,
    /// Whether all stops.
    pub halt: Option<HaltCause>,
    /// How long the receiver wants to be left alone, within the limit.
    pub leave_alone: Span,
}

/// Judges one try. `jitter` (0 to 255) makes the wait up to a tenth longer and never shorter, so that
/// those that failed together do not come back together.
pub fn judge(
    table: &Table<WebhookDelivery>,
    message: &Message,
    attempt: &Attempt,
    jitter: u8,
) -> Option<Judged> {
    let (waits, ended) = (table.spans(Limit::Retries), attempt.at.plus(attempt.took));
    let failures = usize::try_from(message.tries).ok()?;
    let wait = waits.get(failures).copied();
    let input = match attempt.answer {
        answer if answer.is_success() => Input::Accept,
        Answer::Status(410, _) => Input::Gone,
        _ if wait.is_none() => Input::FailLast,
        _ => Input::Fail,
    };
    let Step::Moved { to, action } = table.step(message.state, input, |_| false) else { return None };
    let asked = if let Answer::Status(_, Some(asked)) = attempt.answer { asked } else { Span(0) };
    let leave_alone = if input == Input::Accept { Span(0) } else { asked.min(table.span(Limit::RetryAfter)) };
    // A message that met 410 waits for the approval; then it is due at once.
    let wait = if input == Input::Gone { Some(Span(0)) } else { wait };
    let next = (!table.is_end(to)).then(|| wait.unwrap_or_default());
    let longer = |wait: Span| Span(wait.0.saturating_add(wait.0 / 10 * u64::from(jitter) / 255));
    let message = Message {
        state: to,
        tries: attempt.number,
        updated: ended,
        next: next.map(|wait| ended.plus(longer(wait.max(leave_alone)))),
        ..message.clone()
    };
    let halt = (action == Some(Action::Halt)).then_some(match input {
        Input::Gone => HaltCause::Gone,
        _ => HaltCause::Exhausted,
    });
    Some(Judged { message, halt, leave_alone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use proptest::prelude::*;

    fn table() -> Table<WebhookDelivery> {
        Table::embedded(&std::collections::BTreeMap::new()).unwrap()
    }

    fn keyring() -> Keyring {
        Keyring::derive(&MasterKey::new([1; 32]))
    }

    fn attempt(number: u32, at: i64, answer: Answer) -> Attempt {
        Attempt { number, at: UnixMillis(at), took: Span(0), answer, url: None }
    }

    fn fresh() -> Message {
        Message::new(&table(), EventId([3; 32]), EventKind::UserCreated, UnixMillis(0))
    }

    #[test]
    fn the_event_of_a_test_message_leads_back_to_it() {
        let webhook = WebhookId(Uuid::from_u128(0x1234_5678_9ABC_4DEF_8123_4567_89AB_CDEF));
        let event = test_event(webhook, SEQUENCE_MAX - 1, EventId([7; 32]));
        assert_eq!(test_message(event), (webhook, MessageKey { sequence: SEQUENCE_MAX - 1, run: TEST }));
        assert!(event.0.ends_with(&[7; 8]), "the rest of it nobody can guess");
    }

    proptest! {
        #[test]
        fn a_name_leads_back_to_its_message_and_to_no_other(sequence in 0..=SEQUENCE_MAX, run in 0..=TEST, bit in 0_u32..128) {
            let (ring, webhook) = (keyring(), WebhookId(Uuid::from_u128(7)));
            let key = MessageKey { sequence, run };
            let id = key.id(&ring, webhook);
            prop_assert_eq!(id.0.get_version_num(), 8);
            prop_assert_eq!(id.0.get_variant(), uuid::Variant::RFC4122);
            prop_assert_eq!(MessageKey::of(&ring, webhook, id), Some(key));
            let changed = MessageId(Uuid::from_u128(id.0.as_u128() ^ (1 << bit)));
            prop_assert_eq!(MessageKey::of(&ring, webhook, changed), None);
            prop_assert_eq!(MessageKey::of(&ring, WebhookId(Uuid::from_u128(8)), id), None);
        }

        #[test]
        fn jitter_makes_waits_longer_by_a_tenth_at_most(jitter: u8) {
            let judged = judge(&table(), &fresh(), &attempt(1, 0, Answer::Status(500, None)), jitter).unwrap();
            let next = judged.message.next.unwrap().0;
            prop_assert!((5000..=5500).contains(&next), "{next}");
        }
    }

    #[test]
    fn eight_failures_follow_the_schedule_and_exhaust_it() {
        let (mut message, mut now, mut waits) = (fresh(), 0, Vec::new());
        for number in 1..=8 {
            let judged = judge(&table(), &message, &attempt(number, now, Answer::Status(500, None)), 0);
            let judged = judged.unwrap();
            message = judged.message;
            assert_eq!(judged.halt.is_some(), number == 8);
            if let Some(next) = message.next {
                waits.push((next.0 - now) / 1000);
                now = next.0;
            }
        }
        assert_eq!(waits, [5, 300, 1800, 7200, 18_000, 36_000, 36_000]);
        assert_eq!((message.state, message.tries, message.next), (State::Exhausted, 8, None));
        let again = judge(&table(), &message, &attempt(9, now, Answer::Status(200, None)), 0);
        assert!(again.is_none(), "it is over");
    }

    #[test]
    fn every_2xx_is_taken_and_nothing_else() {
        for status in [200, 201, 204, 299] {
            let judged = judge(&table(), &fresh(), &attempt(1, 9, Answer::Status(status, None)), 9).unwrap();
            assert_eq!((judged.message.state, judged.message.next), (State::Delivered, None), "{status}");
        }
        for status in [100, 199, 300, 302, 304, 400, 404, 429, 500, 503] {
            let judged = judge(&table(), &fresh(), &attempt(1, 9, Answer::Status(status, None)), 9).unwrap();
            assert_eq!(judged.message.state, State::Retrying, "{status}");
        }
    }

    #[test]
    fn what_a_receiver_asks_for_is_waited_within_the_limit_and_never_shortens() {
        let after = |asked| {
            let answer = Answer::Status(503, Some(Span::seconds(asked)));
            let judged = judge(&table(), &fresh(), &attempt(1, 0, answer), 0).unwrap();
            (judged.message.next.unwrap().0 / 1000, judged.leave_alone.0 / 1000)
        };
        assert_eq!(after(1), (5, 1));
        assert_eq!(after(60), (60, 60));
        assert_eq!(after(999_999), (3600, 3600));
    }

    #[test]
    fn gone_halts_and_the_message_waits_for_approval() {
        let judged = judge(&table(), &fresh(), &attempt(1, 50, Answer::Status(410, None)), 255).unwrap();
        assert_eq!(judged.halt, Some(HaltCause::Gone));
        assert_eq!((judged.message.state, judged.message.next), (State::Retrying, Some(UnixMillis(50))));
    }

    #[test]
    fn no_answer_is_a_failure_of_its_own_kind() {
        for why in NoAnswer::ALL {
            let judged = judge(&table(), &fresh(), &attempt(1, 0, Answer::None(why)), 0).unwrap();
            assert_eq!(judged.message.state, State::Retrying);
            assert!(!why.words().is_empty());
        }
    }
}
