//! The errand: what a partner sent a person here for (contract section 6.3), and where. It decides where
//! they land and what they are asked, never what they may do. Must not know: HTTP, pages, records.

use crate::domain::id::ConnectionId;
use crate::domain::institution::InstitutionId;

/// What a person was sent here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// Agree, connect, disclose.
    #[default]
    Share,
    /// Connect, on what was agreed to.
    Connect,
    /// See and end what is shared.
    Manage,
    /// Let what was agreed to last longer.
    Extend,
    /// The same; on a changed policy, agree again.
    Update,
    /// Sign in again where that is needed.
    Reauthorise,
}

impl Action {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Share, Self::Connect, Self::Manage, Self::Extend, Self::Update, Self::Reauthorise];

    /// Its name, as partners write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Connect => "connect",
            Self::Manage => "manage",
            Self::Extend => "extend",
            Self::Update => "update",
            Self::Reauthorise => "reauthorise",
        }
    }

    /// What a partner wrote. A word that is not known means what no word means: whoever is sent here with
    /// it is not turned away.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.name() == text).unwrap_or_default()
    }
}

/// What for, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Errand {
    /// What for.
    pub action: Action,
    /// At which institution: nobody has to choose it any more.
    pub institution: Option<InstitutionId>,
    /// For which connection a new sign-in is wanted.
    pub connection: Option<ConnectionId>,
}

impl Errand {
    /// What a partner wrote; what is not well-formed is left out.
    pub fn parse(action: Option<&str>, institution: Option<&str>, connection: Option<&str>) -> Self {
        Self {
            action: action.map(Action::parse).unwrap_or_default(),
            institution: institution.and_then(InstitutionId::parse),
            connection: connection.and_then(ConnectionId::parse),
        }
    }

    /// Whether it is to sign in again at what is connected: that needs no newer policy.
    pub const fn renews(self) -> bool {
        matches!(self.action, Action::Reauthorise) || self.connection.is_some()
    }

    /// Whether it ends with something else than a declaration about all accounts.
    pub const fn is_visit(self) -> bool {
        !matches!(self.action, Action::Share | Action::Connect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_may_write_whatever_they_like() {
        for (text, action) in [
            (None, Action::Share),
            (Some("null"), Action::Share),
            (Some("undefined"), Action::Share),
            (Some("Manage"), Action::Share),
            (Some("connect"), Action::Connect),
            (Some("manage"), Action::Manage),
            (Some("extend"), Action::Extend),
            (Some("update"), Action::Update),
            (Some("reauthorise"), Action::Reauthorise),
        ] {
            assert_eq!(Errand::parse(text, None, None).action, action, "{text:?}");
        }
        let odd = Errand::parse(None, Some("null"), Some("../1"));
        assert_eq!(odd, Errand::default());
        let place = Errand::parse(Some("connect"), Some("AU00000"), None);
        assert_eq!(place.institution, InstitutionId::parse("AU00000"));
    }
}
