//! Who the persons of the sandbox are, as an institution keeps it (contract sections 2.7 and 2.11).
//! Made up: the domains and the numbers belong to nobody.

use super::magic::Quirk;
use super::persona::Persona;
use serde::Serialize;

/// What an institution knows about a person.
#[derive(Debug, Serialize)]
pub struct Profile {
    /// The whole name.
    pub full_name: String,
    /// The first name.
    pub first_name: &'static str,
    /// The middle name; empty when there is none.
    pub middle_name: &'static str,
    /// The last name.
    pub last_name: &'static str,
    /// Numbers, masked.
    pub phone_numbers: Vec<&'static str>,
    /// Addresses of electronic mail.
    pub email_addresses: Vec<String>,
    /// Addresses of stone.
    pub physical_addresses: Vec<Address>,
    /// The business, for one person alone.
    pub organisation: Option<Organisation>,
}

/// An address.
#[derive(Debug, Serialize)]
pub struct Address {
    /// House and street.
    pub address_line1: &'static str,
    /// A second line, where there is one.
    pub address_line2: Option<&'static str>,
    /// A third.
    pub address_line3: Option<&'static str>,
    /// The postcode.
    pub postcode: &'static str,
    /// The city.
    pub city: &'static str,
    /// The state, as people shorten it.
    pub state: &'static str,
    /// The country.
    pub country: &'static str,
    /// The country in three letters.
    pub country_code: &'static str,
    /// All of it in one line.
    pub formatted_address: String,
}

/// A business. Its numbers fail their check digits, so that they belong to nobody.
#[derive(Debug, Serialize)]
pub struct Organisation {
    /// What it is called.
    pub business_name: &'static str,
    /// The name that it is registered under.
    pub legal_name: &'static str,
    /// Its business number.
    pub abn: &'static str,
    /// Its company number.
    pub acn: &'static str,
    /// Its form.
    pub organisation_type: &'static str,
    /// What it does: a class of the Australian and New Zealand industry classification (2006).
    pub industry_code: &'static str,
    /// Since when it exists.
    pub establishment_date: &'static str,
    /// Where it is registered.
    pub registered_country: &'static str,
    /// How the person belongs to it.
    pub role: &'static str,
}

/// First, middle and last name; the masked number; house and street, postcode, city, state.
type Facts = ([&'static str; 3], &'static str, [&'static str; 4]);

const fn facts(persona: Persona) -> Facts {
    match persona {
        Persona::WentworthSmith => (
            ["Maxine", "Ada", "Wentworth-Smith"],
            "+614XXXXX101",
            ["12 Sample Street", "2000", "Sydney", "NSW"],
        ),
        Persona::Whistler => {
            (["Whistler", "", "Smith"], "+614XXXXX102", ["3/40 Example Parade", "3053", "Carlton", "VIC"])
        }
        Persona::Gilfoyle => {
            (["Bert", "", "Gilfoyle"], "+614XXXXX103", ["7 Placeholder Lane", "4000", "Brisbane", "QLD"])
        }
        Persona::GavinBelson => {
            (["Gavin", "", "Belson"], "+614XXXXX104", ["1 Specimen Avenue", "6000", "Perth", "WA"])
        }
        Persona::Jared => {
            (["Jared", "Hale", "Moss"], "+614XXXXX105", ["28 Demo Crescent", "5000", "Adelaide", "SA"])
        }
        Persona::Richard => {
            (["Richard", "", "Birch"], "+614XXXXX106", ["99 Pattern Road", "2600", "Canberra", "ACT"])
        }
        Persona::LaurieBream => {
            (["Laurie", "", "Bream"], "+614XXXXX107", ["5 Mockup Place", "7000", "Hobart", "TAS"])
        }
        Persona::Magic(magic) if matches!(magic.quirk, Quirk::CoOwner) => {
            (["Oliver", "", "Wentworth-Smith"], "+614XXXXX110", ["12 Sample Street", "2000", "Sydney", "NSW"])
        }
        Persona::Magic(_) => {
            (["Mona", "", "Jinks"], "+614XXXXX109", ["13 Mirage Mews", "3000", "Melbourne", "VIC"])
        }
        Persona::AshMann => {
            (["Ash", "", "Mann"], "+614XXXXX108", ["61 Fictive Court", "0800", "Darwin", "NT"])
        }
    }
}

/// What institutions know about this person.
pub fn profile(persona: Persona) -> Profile {
    let ([first_name, middle_name, last_name], phone, _) = facts(persona);
    let names: Vec<&str> =
        [first_name, middle_name, last_name].into_iter().filter(|name| !name.is_empty()).collect();
    let email = format!("{first_name}.{last_name}@example.test").to_lowercase();
    Profile {
        full_name: names.join(" "),
        first_name,
        middle_name,
        last_name,
        phone_numbers: vec![phone],
        email_addresses: vec![email],
        physical_addresses: vec![address(persona)],
        organisation: (persona == Persona::LaurieBream).then_some(BUSINESS),
    }
}

/// Where this person lives.
pub fn address(persona: Persona) -> Address {
    let (_, _, [street, postcode, city, state]) = facts(persona);
    Address {
        address_line1: street,
        address_line2: None,
        address_line3: None,
        postcode,
        city,
        state,
        country: "Australia",
        country_code: "AUS",
        formatted_address: format!("{street}, {city} {state} {postcode}, Australia"),
    }
}

const BUSINESS: Organisation = Organisation {
    business_name: "Bream Consulting",
    legal_name: "Bream Consulting Pty Ltd",
    abn: "12000000000",
    acn: "000000001",
    organisation_type: "COMPANY",
    industry_code: "6962",
    establishment_date: "2016-07-01",
    registered_country: "AUS",
    role: "Director",
};

/// Two names on one account.
const JOINT: &str = "MAXINE & OLIVER WENTWORTH-SMITH";

/// Who an account is made out to, as an institution writes it.
pub fn holder(persona: Persona) -> String {
    match persona {
        Persona::WentworthSmith => JOINT.into(),
        Persona::Magic(magic) if magic.quirk == Quirk::CoOwner => JOINT.into(),
        Persona::LaurieBream => BUSINESS.legal_name.to_uppercase(),
        _ => {
            let ([first, _, last], _, _) = facts(persona);
            format!("{first} {last}").to_uppercase()
        }
    }
}
