//! Institutions (data holders): which there are, and how one signs in there. Must not know: how they
//! are reached.

use crate::domain::application::{Mode, Permission};
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

/// A way of connecting to an institution (contract section 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// By signing in as the person does.
    Web,
    /// By the person's authorisation at the institution. Described so far, and not offered to people.
    OpenBanking,
}

impl Method {
    /// All, in the order of lists.
    pub const ALL: [Self; 2] = [Self::Web, Self::OpenBanking];

    /// The words on the wire, the one that we write first.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Web => &["web"],
            Self::OpenBanking => &["openbanking", "open-banking"],
        }
    }

    /// The word that we write.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::OpenBanking => "openbanking",
        }
    }

    /// Reads any of its words.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.words().contains(&word))
    }
}

/// What the register of data holders says of an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Where it explains how data is shared.
    pub faq: &'static str,
    /// Who answers questions about that.
    pub email: &'static str,
    /// Its policy on that.
    pub policy: &'static str,
    /// Its number in the register.
    pub provider_number: &'static str,
    /// Its business number.
    pub abn: &'static str,
    /// Its company number.
    pub acn: &'static str,
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
    /// What the register says of it, where it is a data holder.
    pub registered: Option<Registered>,
}

/// An institution by one way of connecting to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connector {
    /// The institution.
    pub institution: &'static Institution,
    /// The way.
    pub method: Method,
}

impl Connector {
    /// Which clusters of data can be had there that way (contract section 9.5).
    pub const fn scopes(self) -> &'static [Permission] {
        match self.method {
            Method::Web => &[
                Permission::PersonBasic,
                Permission::PersonDetail,
                Permission::OrganisationBasic,
                Permission::AccountBasic,
                Permission::AccountDetail,
                Permission::TransactionDetail,
            ],
            Method::OpenBanking => &[
                Permission::PersonBasic,
                Permission::PersonDetail,
                Permission::OrganisationBasic,
                Permission::OrganisationDetail,
                Permission::AccountBasic,
                Permission::AccountDetail,
                Permission::TransactionDetail,
            ],
        }
    }

    /// Whether people can be sent there.
    pub const fn is_open(self) -> bool {
        matches!(self.method, Method::Web)
    }
}

const fn sandbox(
    id: [u8; 7],
    name: &'static str,
    short_name: &'static str,
    authorization: Authorization,
    colour: &'static str,
) -> Institution {
    Institution { id: InstitutionId(id), name, short_name, authorization, colour, registered: None }
}

/// What the register would say of an institution of the sandbox. Addresses are of names that nobody can have,
/// and the numbers are none that any check lets through.
macro_rules! made_up {
    ($name:literal, $digit:literal) => {
        Some(Registered {
            faq: concat!("https://", $name, ".example.test/open-banking"),
            email: concat!("open-banking@", $name, ".example.test"),
            policy: concat!("https://", $name, ".example.test/cdr-policy"),
            provider_number: concat!("DHTST00000", $digit),
            abn: concat!("1200000010", $digit),
            acn: concat!("00000010", $digit),
        })
    };
}

/// The institutions of the sandbox bank (contract section 9.1), in order of id. Displayed names are our
/// own (decisions section 9).
pub const SANDBOX: &[Institution] = &[
    Institution {
        registered: made_up!("sandbox-bank", "0"),
        ..sandbox(*b"AU00000", "Sandbox Bank", "Sandbox", Authorization::User, "#1d6f5f")
    },
    Institution {
        registered: made_up!("sandbox-savings", "1"),
        ..sandbox(*b"AU00001", "Sandbox Savings", "Savings", Authorization::User, "#2f5d9b")
    },
    Institution {
        registered: made_up!("sandbox-careful", "2"),
        ..sandbox(*b"AU00002", "Sandbox Careful Bank", "Careful", Authorization::UserMfa, "#7a3e9d")
    },
    Institution {
        registered: made_up!("sandbox-sometimes", "3"),
        ..sandbox(
            *b"AU00003",
            "Sandbox Sometimes Bank",
            "Sometimes",
            Authorization::UserMfaIntermittent,
            "#9b5a1f",
        )
    },
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

    /// It by each way of connecting to it, in their order.
    pub fn connectors(&'static self) -> impl Iterator<Item = Connector> {
        let has = move |method: &Method| *method == Method::Web || self.registered.is_some();
        Method::ALL.into_iter().filter(has).map(move |method| Connector { institution: self, method })
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

    /// The sum that a number of the Australian Business Register divides by 89.
    fn abn_sum(abn: &str) -> u32 {
        let weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
        let digits = abn.bytes().map(|digit| u32::from(digit - b'0')).enumerate();
        digits.zip(weights).map(|((at, digit), weight)| (digit - u32::from(at == 0)) * weight).sum()
    }

    fn acn_check(acn: &str) -> u32 {
        let digits = acn.bytes().take(8).map(|digit| u32::from(digit - b'0'));
        (10 - digits.zip((1..=8).rev()).map(|(digit, weight)| digit * weight).sum::<u32>() % 10) % 10
    }

    #[test]
    fn the_numbers_of_the_sandbox_are_nobodys() {
        assert_eq!(abn_sum("51824753556") % 89, 0, "one that its register gives as a sample");
        assert_eq!(acn_check("000000019"), 9, "one that its register gives as a sample");
        for one in SANDBOX.iter().filter_map(|one| one.registered) {
            assert_eq!((one.abn.len(), one.acn.len()), (11, 9));
            assert_ne!(abn_sum(one.abn) % 89, 0, "{}", one.abn);
            assert_ne!(acn_check(one.acn).to_string(), one.acn[8..], "{}", one.acn);
        }
    }

    #[test]
    fn an_institution_has_a_connector_for_each_way() {
        let methods = |id: &[u8; 7]| -> Vec<Method> {
            Institution::find(InstitutionId(*id)).unwrap().connectors().map(|one| one.method).collect()
        };
        assert_eq!(methods(b"AU00000"), Method::ALL);
        assert_eq!(methods(b"AU00004"), [Method::Web], "no data holder");
        for method in Method::ALL {
            assert_eq!(method.words().first(), Some(&method.word()));
            assert!(method.words().iter().all(|word| Method::parse(word) == Some(method)));
        }
        assert_eq!(Method::parse("pdf"), None);
    }
}
