//! Who can sign in, with what, and what they are asked (contract sections 9.2 to 9.4). All of them are
//! made up, and their passwords are no secrets.

use super::institution::Institution;
use super::magic::{self, Magic, Quirk};
use super::plan::Ownership;
use serde::Serialize;

/// A person with accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persona {
    /// A couple with two salaries and a mortgage.
    WentworthSmith,
    /// One salary, pay-later, large transfers to Jared.
    Whistler,
    /// A salary that stops, a benefit, more and more pay-later, late fees.
    Gilfoyle,
    /// A salary that grows, tutoring, a personal loan.
    GavinBelson,
    /// Gig income, transfers from Whistler, a mortgage elsewhere.
    Jared,
    /// A high salary, rents, three mortgages, four cards.
    Richard,
    /// A business.
    LaurieBream,
    /// Rent in and out, gambling, cash, crypto.
    AshMann,
    /// One whose bank goes wrong.
    Magic(&'static Magic),
}

/// All persons but the magic ones, in the order of the contract.
pub const PERSONAS: [Persona; 8] = [
    Persona::WentworthSmith,
    Persona::Whistler,
    Persona::Gilfoyle,
    Persona::GavinBelson,
    Persona::Jared,
    Persona::Richard,
    Persona::LaurieBream,
    Persona::AshMann,
];

/// How a login ends that can end in no other way (contract section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// The account is locked.
    Locked,
    /// The person must do something at the institution first.
    ActionRequired,
    /// The institution does not work right now.
    Unavailable,
}

/// Whom a login id and a password belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A person with accounts.
    Person(Persona),
    /// A login that always fails.
    Failing(Failing),
}

const FAILING: [(&str, &str, Failing); 3] = [
    ("bighead", "password", Failing::Locked),
    ("erlich", "aviato", Failing::ActionRequired),
    ("jianYang", "nothotdog", Failing::Unavailable),
];

/// How a person proves more than a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A code.
    Token,
    /// Questions.
    SecurityQuestions,
}

/// What a person is asked after the password (contract section 9.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// A code.
    Code,
    /// One question.
    FirstCompany,
    /// Two questions.
    FavouriteAndId,
}

/// The favourite company of two persons, as the compatible wire has it: put together, for the name
/// belongs on one page alone.
const FAVOURITE_COMPATIBLE: &str = concat!("Ba", "siq");

/// The same in words of our own.
const FAVOURITE: &str = "Authlink";

impl Ask {
    /// What kind it is.
    pub const fn method(self) -> Method {
        match self {
            Self::Code => Method::Token,
            Self::FirstCompany | Self::FavouriteAndId => Method::SecurityQuestions,
        }
    }

    /// What people read above the fields.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Code => "Enter the code we sent you",
            Self::FirstCompany | Self::FavouriteAndId => "Answer your security questions",
        }
    }

    /// The label of each field.
    pub const fn input(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["OTP Password"],
            Self::FirstCompany => &["What's your first company?"],
            Self::FavouriteAndId => &["What's your favourite company?", "What's the ID of this institution?"],
        }
    }

    /// Whether these are the answers. Blanks around them do not count.
    pub fn accepts(self, institution: &Institution, answers: &[String]) -> bool {
        let answers: Vec<&str> = answers.iter().map(|answer| answer.trim()).collect();
        match (self, answers.as_slice()) {
            (Self::Code, ["1234"]) | (Self::FirstCompany, ["Hooli"]) => true,
            // The sources have one id for all institutions; a person would give the institution's own.
            (Self::FavouriteAndId, [favourite, id]) => {
                [FAVOURITE, FAVOURITE_COMPATIBLE].contains(favourite)
                    && (*id == "AU00000" || *id == institution.id)
            }
            _ => false,
        }
    }
}

impl Persona {
    /// What the person types first.
    pub const fn login_id(self) -> &'static str {
        self.login().0
    }

    const fn login(self) -> (&'static str, &'static str) {
        match self {
            Self::WentworthSmith => ("Wentworth-Smith", "whislter"),
            Self::Whistler => ("Whistler", "ShowBox"),
            Self::Gilfoyle => ("Gilfoyle", "PiedPiper"),
            Self::GavinBelson => ("gavinBelson", "hooli2016"),
            Self::Jared => ("jared", "django"),
            Self::Richard => ("richard", "tabsnotspaces"),
            Self::LaurieBream => ("laurieBream", "business2024"),
            Self::AshMann => ("ashMann", "hooli2024"),
            Self::Magic(magic) => (magic.login_id, magic::PASSWORD),
        }
    }

    /// By whose login id the accounts go: those of a co-owner are somebody else's first.
    pub const fn owner(self) -> &'static str {
        match self.quirk() {
            Some(Quirk::CoOwner) => Self::WentworthSmith.login_id(),
            _ => self.login_id(),
        }
    }

    /// Whether an account of the owner's is this person's as well.
    pub fn sees(self, ownership: Ownership) -> bool {
        self.quirk() != Some(Quirk::CoOwner) || ownership == Ownership::TwoParty
    }

    /// The person with this login id.
    pub fn find(login_id: &str) -> Option<Self> {
        Self::all().find(|one| one.login_id() == login_id)
    }

    fn all() -> impl Iterator<Item = Self> {
        PERSONAS.into_iter().chain(magic::USERS.iter().map(Self::Magic))
    }

    /// What goes wrong at their bank; with most, nothing does.
    pub const fn quirk(self) -> Option<Quirk> {
        if let Self::Magic(magic) = self { Some(magic.quirk) } else { None }
    }

    /// What the person is asked where an institution asks.
    pub const fn ask(self) -> Ask {
        match self {
            Self::Jared | Self::Richard | Self::LaurieBream | Self::AshMann | Self::Magic(_) => Ask::Code,
            Self::GavinBelson | Self::Gilfoyle => Ask::FirstCompany,
            Self::Whistler | Self::WentworthSmith => Ask::FavouriteAndId,
        }
    }
}

/// Whom this pair belongs to at an institution; nobody, when anything of it is wrong.
pub fn find(institution: &Institution, login_id: &str, password: &str) -> Option<Known> {
    let person = Persona::all().find(|one| one.login() == (login_id, password));
    let failing = FAILING.iter().find(|(login, word, _)| (*login, *word) == (login_id, password));
    match (person, failing) {
        (Some(persona), _) => institution.knows(persona).then_some(Known::Person(persona)),
        (None, Some((_, _, how))) => institution.has_failing_users().then_some(Known::Failing(*how)),
        (None, None) => None,
    }
}
