//! Institutions (data holders): which there are, and how one signs in there. Must not know: how they
//! are reached.

use crate::domain::application::Mode;
use serde::{Deserialize, Serialize};

/// An institution's name on the wire: two letters and five digits (contract section 0).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstitutionId(pub [u8; 7]);

impl InstitutionId {
    /// Reads `AU00000` and the like, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 7] = text.as_bytes().try_into().ok()?;
        let (country, number) = bytes.split_at(2);
        let valid = country.iter().all(u8::is_ascii_uppercase) && number.iter().all(u8::is_ascii_digit);
        valid.then_some(Self(bytes))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        // Letters and digits by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for InstitutionId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

impl std::fmt::Debug for InstitutionId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// How one signs in (contract section 2.6, `authorization.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorization {
    /// Login id and password.
    User,
    /// And a question or code each time.
    UserMfa,
    /// And a question or code now and then.
    UserMfaIntermittent,
}

impl Authorization {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::UserMfa => "user-mfa",
            Self::UserMfaIntermittent => "user-mfa-intermittent",
        }
    }

    /// Whether a job there has a step for the challenge.
    pub const fn may_challenge(self) -> bool {
        matches!(self, Self::UserMfa | Self::UserMfaIntermittent)
    }
}

/// One institution that people can connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// What people read.
    pub name: &'static str,
    /// What people read where there is little room.
    pub short_name: &'static str,
    /// How one signs in.
    pub authorization: Authorization,
    /// Its colour, for its picture: `#rrggbb`.
    pub colour: &'static str,
}

const fn sandbox(
    id: [u8; 7],
    name: &'static str,
    short_name: &'static str,
    authorization: Authorization,
    colour: &'static str,
) -> Institution {
    Institution { id: InstitutionId(id), name, short_name, authorization, colour }
}

/// The institutions of the sandbox bank (contract section 9.1), in order of id. Displayed names are our
/// own (decisions section 9).
pub const SANDBOX: &[Institution] = &[
    sandbox(*b"AU00000", "Sandbox Bank", "Sandbox", Authorization::User, "#1d6f5f"),
    sandbox(*b"AU00001", "Sandbox Savings", "Savings", Authorization::User, "#2f5d9b"),
    sandbox(*b"AU00002", "Sandbox Careful Bank", "Careful", Authorization::UserMfa, "#7a3e9d"),
    sandbox(
        *b"AU00003",
        "Sandbox Sometimes Bank",
        "Sometimes",
        Authorization::UserMfaIntermittent,
        "#9b5a1f",
    ),
    sandbox(*b"AU00004", "Sandbox Civic Bank", "Civic", Authorization::User, "#6b4f4f"),
];

impl Institution {
    /// Those of `all` that people of such an application can connect to: so far all are the sandbox bank's,
    /// and that is for made-up data alone.
    pub const fn offered(all: &'static [Self], mode: Mode) -> &'static [Self] {
        match mode {
            Mode::Sandbox => all,
            Mode::Live => &[],
        }
    }

    /// The institution with that id.
    pub fn find(id: InstitutionId) -> Option<&'static Self> {
        SANDBOX.iter().find(|one| one.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_people_are_not_offered_the_sandbox_bank() {
        assert_eq!(Institution::offered(SANDBOX, Mode::Live), &[]);
        assert_eq!(Institution::offered(SANDBOX, Mode::Sandbox), SANDBOX);
        assert!(SANDBOX.is_sorted_by_key(|one| one.id), "lists are in order of id");
    }
}
