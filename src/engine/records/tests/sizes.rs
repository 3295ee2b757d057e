//! The largest of each fits into a value.

use super::*;

#[test]
fn the_largest_user_fits_into_a_value() {
    use crate::domain::profile::{EMAIL_BYTES_MAX, FIELD_BYTES_MAX, ProfileChanges};
    let long = || Some("x".repeat(FIELD_BYTES_MAX));
    let field = || "x".repeat(FIELD_BYTES_MAX);
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
