//! What a partner tells us about a person, checked once on its way in (contract section 2.1).
//! Must not know: JSON, HTTP, records.

use crate::domain::email;
use crate::domain::mobile::Mobile;
use serde::{Deserialize, Serialize};

/// The longest text of one field, in characters.
pub const FIELD_CHARS_MAX: usize = 120;

/// All texts of a profile but its email together, in bytes: keeps a user's snapshot within its 4 KiB. In plain
/// letters each of the twelve may be full.
pub const TEXTS_BYTES_MAX: usize = 12 * FIELD_CHARS_MAX;

/// The longest email address, in bytes (RFC 5321).
pub const EMAIL_BYTES_MAX: usize = 254;

/// A person as the partner describes them. Empty text means: not given.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Email address, or empty.
    pub email: String,
    /// Mobile number, checked.
    pub mobile: Option<Mobile>,
    /// First name.
    pub first_name: String,
    /// Middle name.
    pub middle_name: String,
    /// Last name.
    pub last_name: String,
    /// Business, when there is one.
    pub business: Business,
    /// Whether the partner has verified the person; `None` when not said.
    pub verification_status: Option<bool>,
    /// `DD/MM/YYYY`, as given.
    pub verification_date: String,
}

/// The business of a person. Empty text means: not given.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Business {
    /// Name; needed where there is a number.
    pub name: String,
    /// Number, free text.
    pub number: String,
    /// `ABN` or `ACN`.
    pub number_type: String,
    /// Address lines and the rest, by wire name.
    pub address: Address,
}

/// A postal address. Empty text means: not given.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// First line.
    pub line_1: String,
    /// Second line.
    pub line_2: String,
    /// Suburb.
    pub suburb: String,
    /// State.
    pub state: String,
    /// Postcode.
    pub postcode: String,
    /// Three-letter country code.
    pub country_code: String,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Profile(..)")
    }
}

impl std::fmt::Debug for Business {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Business(..)")
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Address(..)")
    }
}

/// The members that a partner sent: `None` leaves a member as it is.
#[derive(Clone, Default)]
pub struct ProfileChanges {
    /// Email address.
    pub email: Option<String>,
    /// Mobile number, as typed.
    pub mobile: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Name of the business.
    pub business_name: Option<String>,
    /// Number of the business.
    pub business_number: Option<String>,
    /// `ABN` or `ACN`.
    pub business_number_type: Option<String>,
    /// Address of the business, replaced as a whole.
    pub business_address: Option<Address>,
    /// Verified or not.
    pub verification_status: Option<bool>,
    /// `DD/MM/YYYY`.
    pub verification_date: Option<String>,
}

impl std::fmt::Debug for ProfileChanges {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ProfileChanges(..)")
    }
}

/// Why a profile is refused. The member is named as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// Neither email nor mobile would be left.
    #[error("one of email or mobile is required")]
    NoContact,
    /// Not an email address.
    #[error("email is in bad format")]
    Email,
    /// Not a mobile number with `+`.
    #[error("mobile is in bad format")]
    Mobile,
    /// A business number without a business name.
    #[error("business name is required when a business number is provided")]
    BusinessName,
    /// Longer than [`FIELD_CHARS_MAX`].
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// All together longer than [`TEXTS_BYTES_MAX`].
    #[error("the texts are too long together")]
    TooMuch,
    /// Not one of the allowed values.
    #[error("{0} has a value that is not allowed")]
    NotAllowed(&'static str),
}

impl Profile {
    /// The profile after `changes`; nothing of it is kept when something is refused.
    ///
    /// # Errors
    /// The first fault, in the order of the wire's members.
    pub fn with(&self, changes: ProfileChanges) -> Result<Self, ProfileFault> {
        let mut next = self.clone();
        if let Some(text) = changes.email {
            next.email = checked_email(text)?;
        }
        if let Some(text) = changes.mobile {
            next.mobile = match text.trim() {
                "" => None,
                given => Some(Mobile::parse(given).map_err(|_| ProfileFault::Mobile)?),
            };
        }
        set(&mut next.first_name, changes.first_name, "firstName")?;
        set(&mut next.middle_name, changes.middle_name, "middleName")?;
        set(&mut next.last_name, changes.last_name, "lastName")?;
        set(&mut next.business.name, changes.business_name, "businessName")?;
        set(&mut next.business.number, changes.business_number, "businessIdNo")?;
        set(&mut next.business.number_type, changes.business_number_type, "businessIdNoType")?;
        set(&mut next.verification_date, changes.verification_date, "verificationDate")?;
        if let Some(address) = changes.business_address {
            next.business.address = address.checked()?;
        }
        if let Some(status) = changes.verification_status {
            next.verification_status = Some(status);
        }
        next.checked()
    }

    fn checked(self) -> Result<Self, ProfileFault> {
        if !matches!(self.business.number_type.as_str(), "" | "ABN" | "ACN") {
            return Err(ProfileFault::NotAllowed("businessIdNoType"));
        }
        if self.email.is_empty() && self.mobile.is_none() {
            return Err(ProfileFault::NoContact);
        }
        if !self.business.number.is_empty() && self.business.name.is_empty() {
            return Err(ProfileFault::BusinessName);
        }
        if self.texts().map(str::len).iter().sum::<usize>() > TEXTS_BYTES_MAX {
            return Err(ProfileFault::TooMuch);
        }
        Ok(self)
    }

    /// The texts that a partner may fill as it likes.
    fn texts(&self) -> [&str; 12] {
        let Business { name, number, address, .. } = &self.business;
        let own =
            [&self.first_name, &self.middle_name, &self.last_name, &self.verification_date, name, number];
        let [first, middle, last, date, name, number] = own.map(String::as_str);
        let [line_1, line_2, suburb, state, postcode, country] = address.texts();
        [first, middle, last, date, name, number, line_1, line_2, suburb, state, postcode, country]
    }
}

impl Address {
    fn checked(self) -> Result<Self, ProfileFault> {
        if self.texts().into_iter().any(is_long) {
            Err(ProfileFault::TooLong("businessAddress"))
        } else {
            Ok(self)
        }
    }

    fn texts(&self) -> [&str; 6] {
        let all = [&self.line_1, &self.line_2, &self.suburb, &self.state, &self.postcode, &self.country_code];
        all.map(String::as_str)
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() > FIELD_CHARS_MAX
}

fn checked_email(text: String) -> Result<String, ProfileFault> {
    let given = text.trim();
    if given.is_empty() || (given.len() <= EMAIL_BYTES_MAX && email::is_valid(given)) {
        Ok(given.to_owned())
    } else {
        Err(ProfileFault::Email)
    }
}

fn set(field: &mut String, text: Option<String>, name: &'static str) -> Result<(), ProfileFault> {
    if let Some(text) = text {
        if is_long(&text) {
            return Err(ProfileFault::TooLong(name));
        }
        *field = text;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every field with this text, and an email.
    fn full(text: &str) -> ProfileChanges {
        let field = || Some(text.to_owned());
        let line = || text.to_owned();
        ProfileChanges {
            email: Some("ada@example.test".into()),
            mobile: None,
            first_name: field(),
            middle_name: field(),
            last_name: field(),
            business_name: field(),
            business_number: field(),
            business_number_type: Some("ABN".into()),
            business_address: Some(Address {
                line_1: line(),
                line_2: line(),
                suburb: line(),
                state: line(),
                postcode: line(),
                country_code: line(),
            }),
            verification_status: None,
            verification_date: field(),
        }
    }

    #[test]
    fn a_field_is_counted_in_characters_and_all_of_them_in_bytes() {
        let read = |changes| Profile::default().with(changes).map(drop);
        let alone = |text: String| ProfileChanges { first_name: Some(text), ..full("") };
        for letter in ["a", "\u{e9}", "\u{5d0}", "\u{1f511}"] {
            assert_eq!(read(alone(letter.repeat(FIELD_CHARS_MAX))), Ok(()), "{letter}");
            let long = read(alone(letter.repeat(FIELD_CHARS_MAX + 1)));
            assert_eq!(long, Err(ProfileFault::TooLong("firstName")), "{letter}");
        }
        let mut address = full("").business_address.unwrap();
        address.country_code = "\u{e9}".repeat(FIELD_CHARS_MAX + 1);
        let long = read(ProfileChanges { business_address: Some(address), ..full("") });
        assert_eq!(long, Err(ProfileFault::TooLong("businessAddress")));
        assert_eq!(read(full(&"a".repeat(FIELD_CHARS_MAX))), Ok(()), "plain letters fit everywhere");
        assert_eq!(read(full(&"\u{e9}".repeat(FIELD_CHARS_MAX / 2))), Ok(()));
        assert_eq!(read(full(&"\u{e9}".repeat(FIELD_CHARS_MAX / 2 + 1))), Err(ProfileFault::TooMuch));
        // Each of them counts.
        let filled = Profile::default().with(full(&"a".repeat(FIELD_CHARS_MAX))).unwrap();
        let wide = |changes| filled.with(changes).map(drop);
        let text = || Some(format!("\u{e9}{}", "a".repeat(FIELD_CHARS_MAX - 1)));
        let none = ProfileChanges::default;
        for changes in [
            ProfileChanges { first_name: text(), ..none() },
            ProfileChanges { middle_name: text(), ..none() },
            ProfileChanges { last_name: text(), ..none() },
            ProfileChanges { business_name: text(), ..none() },
            ProfileChanges { business_number: text(), ..none() },
            ProfileChanges { verification_date: text(), ..none() },
        ] {
            assert_eq!(wide(changes), Err(ProfileFault::TooMuch));
        }
    }
}
