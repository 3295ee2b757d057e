//! The institutions of the sandbox (contract section 9.1). Their ids are part of the wire that clients
//! depend on; the names that people read are neutral unless somebody asks for compatible ones.

use super::persona::Persona;
use serde::Serialize;

/// When an institution asks for more than a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MfaPolicy {
    /// Never.
    Never,
    /// At every login.
    Always,
    /// At every second login of a person, beginning with the first.
    Sometimes,
}

/// One institution.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Institution {
    /// Its id on the wire.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
    /// What clients of the compatible wire know it by.
    pub compatible_name: &'static str,
    /// When it asks for more than a password.
    pub mfa: MfaPolicy,
    /// The two digits after the zero of its BSB numbers.
    #[serde(skip)]
    pub bank_digits: &'static str,
}

/// All of them.
pub const INSTITUTIONS: &[Institution] = &[
    Institution {
        id: "AU00000",
        name: "Sandbox Bank",
        compatible_name: "Hooli Bank",
        mfa: MfaPolicy::Never,
        bank_digits: "00",
    },
    Institution {
        id: "AU00001",
        name: "Sandbox Savings",
        compatible_name: concat!("Ba", "siq", " Test Bank"),
        mfa: MfaPolicy::Never,
        bank_digits: "01",
    },
    Institution {
        id: "AU00002",
        name: "Sandbox Careful Bank",
        compatible_name: "Pied Piper Bank",
        mfa: MfaPolicy::Always,
        bank_digits: "02",
    },
    Institution {
        id: "AU00003",
        name: "Sandbox Sometimes Bank",
        compatible_name: "Nucleus Bank",
        mfa: MfaPolicy::Sometimes,
        bank_digits: "03",
    },
    Institution {
        id: "AU00004",
        name: "Sandbox Civic Bank",
        compatible_name: "HooliGov Bank",
        mfa: MfaPolicy::Never,
        bank_digits: "04",
    },
];

impl Institution {
    /// The institution with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        INSTITUTIONS.iter().find(|one| one.id == id)
    }

    /// Whether this person has accounts here: the civic bank knows one person alone.
    pub fn knows(&self, persona: Persona) -> bool {
        self.id != "AU00004" || persona == Persona::GavinBelson
    }

    /// Whether the logins that always fail are known here.
    pub fn has_failing_users(&self) -> bool {
        self.id != "AU00004"
    }
}
