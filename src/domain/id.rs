//! The names of things. Each is a UUID of its own type, so that one cannot be taken for another.

use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The sixteen bytes, as they stand in keys.
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the canonical lower-case form with hyphens, and nothing else.
            pub fn parse(text: &str) -> Option<Self> {
                let id = Uuid::try_parse(text).ok()?;
                (text.len() == 36 && id.hyphenated().to_string() == text).then_some(Self(id))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(out, "{}", self.0.hyphenated())
            }
        }
    };
}

id!(
    /// A partner: owns users, keys, policies.
    ApplicationId
);
id!(
    /// A person of one application.
    UserId
);
id!(
    /// An auth link, as the partner sees it. Not a secret, and not what the URL holds.
    AuthLinkId
);
id!(
    /// A session of a person after the code was accepted, or with a partner's token.
    SessionId
);
id!(
    /// What a person agreed to.
    ConsentId
);
id!(
    /// One committed wish to act on the world: an entry of the outbox.
    EffectId
);
id!(
    /// One key of an application.
    ApiKeyId
);
id!(
    /// A person's login at an institution that we read by.
    ConnectionId
);
id!(
    /// One piece of work at an institution: signing in and reading.
    JobId
);
id!(
    /// An account of a person; follows from what the institution calls it.
    AccountId
);
id!(
    /// A transaction; follows from its account and what the institution calls it.
    TransactionId
);
id!(
    /// A person as an institution knows them.
    IdentityId
);

id!(
    /// Where an application wants to be told of its events.
    WebhookId
);

id!(
    /// A message on its way to a webhook: follows from the event's number, the same over all tries.
    MessageId
);

/// An event's name: 32 bytes, written as 64 lower-case hex digits (contract section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub [u8; 32]);

impl EventId {
    /// Reads 64 lower-case hex digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (hex_digit(pair[0])? << 4) | hex_digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// A clock's name: the number under which its deadlines stand in the index. Real time is zero there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockId(NonZeroU64);

impl ClockId {
    /// The clock of this number; zero is none.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0.get()
    }

    /// Reads sixteen lower-case hex digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        let is_read = text.len() == 16 && text.bytes().all(is_plain);
        is_read.then(|| u64::from_str_radix(text, 16).ok()).flatten().and_then(Self::new)
    }
}

impl std::fmt::Display for ClockId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_sixteen_lower_case_hex_digits_and_never_zero() {
        let one = ClockId::new(0x00f3_9a1c_77d0_4e21).unwrap();
        assert_eq!(one.to_string(), "00f39a1c77d04e21");
        assert_eq!(ClockId::parse("00f39a1c77d04e21"), Some(one));
        for bad in ["", "0000000000000000", "00F39A1C77D04E21", "f39a1c77d04e21", "+0f39a1c77d04e21", "clock"]
        {
            assert_eq!(ClockId::parse(bad), None, "{bad}");
        }
    }
}
