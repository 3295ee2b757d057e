//! The largest of each fits into a value.

use super::super::application::PolicyV2;
use super::super::look::{FlowV2, LogoPartV1, LookV1};
use super::*;
use crate::domain::look::Look;
use crate::domain::look::flow::Flow;

#[test]
fn the_largest_user_fits_into_a_value() {
    use crate::domain::profile::{EMAIL_BYTES_MAX, FIELD_CHARS_MAX, ProfileChanges};
    let long = || Some("x".repeat(FIELD_CHARS_MAX));
    let field = || "x".repeat(FIELD_CHARS_MAX);
    let address = Address {
        line_1: field(),
        line_2: field(),
        suburb: field(),
        state: field(),
        postcode: field(),
        country_code: field(),
    };
    let mut user = user_sample();
    let local = "a".repeat(64);
    let email = format!("{local}@{}.test", ["b".repeat(60), "c".repeat(60), "d".repeat(60)].join("."));
    assert!(email.len() <= EMAIL_BYTES_MAX);
    let changes = ProfileChanges {
        email: Some(email),
        mobile: Some("+61400111222".into()),
        first_name: long(),
        middle_name: long(),
        last_name: long(),
        business_name: long(),
        business_number: long(),
        business_number_type: Some("ABN".into()),
        business_address: Some(address),
        verification_status: Some(true),
        verification_date: long(),
    };
    user.profile = user.profile.with(changes).unwrap();
    user.dead_links = vec![DeadLink { hash: [1; 16], end: auth_link::State::Replaced, ended: AT }; 20];
    let state = Some("s".repeat(crate::domain::consent_session::RETURN_STATE_BYTES_MAX));
    for session in [&mut user.session, &mut user.token_session].into_iter().flatten() {
        session.return_state.clone_from(&state);
        let bank = InstitutionId::parse("AU00003").unwrap();
        let connection = Some(CONNECTION);
        session.errand = Errand { action: Action::Manage, institution: Some(bank), connection };
        session.former = vec![bank; crate::domain::consent_session::FORMER_MAX];
    }
    let value = user::encode(&user, u64::MAX, &key(), [1; 24]).unwrap();
    assert!(value.len() <= crate::store::VALUE_BYTES_MAX, "{}", value.len());
    let event = event_sample(EventData::User(Box::new(user.profile)));
    event::encode(&event, Some(&key()), [1; 24]).unwrap();
}

#[test]
fn the_largest_look_fits_into_a_value() {
    use crate::domain::look::{BRAND_CHARS_MAX, Greeting, SUBTITLE_CHARS_MAX, TITLE_CHARS_MAX};
    let longest = |most| Some("\u{1f511}".repeat(most));
    let greeting = Greeting { title: longest(TITLE_CHARS_MAX), subtitle: longest(SUBTITLE_CHARS_MAX) };
    let look = Look { brand_name: longest(BRAND_CHARS_MAX), greeting, ..look() };
    codec::encode(0, &LookV1::from(&look)).unwrap();
}

#[test]
fn the_largest_logo_fits_into_its_parts_and_comes_back() {
    use crate::domain::look::logo::{LOGO_BYTES_MAX, Logo};
    for size in [1, 3999, 4000, 4001, LOGO_BYTES_MAX] {
        let bytes: Vec<u8> = (0..=255).cycle().take(size).collect();
        let logo = Logo { bytes: bytes.into(), ..logo() };
        let mut parts = LogoPartV1::of(&logo);
        for part in &parts {
            codec::encode(0, part).unwrap();
        }
        assert_eq!(LogoPartV1::join(&parts), Ok(Some(logo)));
        parts.pop();
        assert_eq!(LogoPartV1::join(&parts).is_ok(), parts.is_empty(), "a part is missing");
    }
}

#[test]
fn the_largest_flow_fits_into_a_value() {
    use crate::domain::look::flow::{INSTITUTIONS_MAX, REFERENCE_CHARS_MAX, URL_BYTES_MAX};
    let id = |number: usize| {
        crate::domain::institution::InstitutionId(format!("AU{number:05}").into_bytes().try_into().unwrap())
    };
    let flow = Flow {
        institutions: (0..INSTITUTIONS_MAX).map(id).collect(),
        reference_name: Some("\u{1f511}".repeat(REFERENCE_CHARS_MAX)),
        manage_url: Some("x".repeat(URL_BYTES_MAX)),
        ..flow()
    };
    codec::encode(0, &FlowV2::from(&flow)).unwrap();
}

#[test]
fn the_largest_policy_fits_into_a_value() {
    use crate::domain::application::{PARTIES_MAX, PARTY_CHARS_MAX};
    let policy = Policy {
        purpose_title: "x".repeat(120),
        purpose_description: "x".repeat(400),
        supporting_parties: vec!["\u{1f511}".repeat(PARTY_CHARS_MAX); PARTIES_MAX],
        ..policy()
    };
    codec::encode(0, &PolicyV2::from(&policy)).unwrap();
}
