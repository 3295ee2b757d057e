//! What a partner tells us about a person, checked once on its way in (contract section 2.1).
//! Must not know: JSON, HTTP, records.

use crate::domain::email;
use crate::domain::mobile::Mobile;
use serde::{Deserialize, Serialize};

/// The longest text of one field, in bytes: keeps a user's snapshot within its 4 KiB.
pub const FIELD_BYTES_MAX: usize = 120;

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
    /// Longer than [`FIELD_BYTES_MAX`].
    #[error("{0} is too long")]
    TooLong(&'static str),
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
        Ok(self)
    }
}

impl Address {
    fn checked(self) -> Result<Self, ProfileFault> {
        let fields =
            [&self.line_1, &self.line_2, &self.suburb, &self.state, &self.postcode, &self.country_code];
        if fields.iter().any(|text| text.len() > FIELD_BYTES_MAX) {
            Err(ProfileFault::TooLong("businessAddress"))
        } else {
            Ok(self)
        }
    }
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
        if text.len() > FIELD_BYTES_MAX {
            return Err(ProfileFault::TooLong(name));
        }
        *field = text;
    }
    Ok(())
}
