//! `/users`.

use crate::rig::{Rig, answer, refusal};
use reqwest::Method;
use serde_json::{Value, json};

const STRANGER: &str = "4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11";

#[tokio::test]
async fn a_user_is_made_read_changed_and_forgotten() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let sent = json!({
        "email": "ada@example.test", "mobile": "+61 400 111 222", "firstName": "Ada", "lastName": "Quill",
        "businessName": "Quill", "businessIdNo": "51 824 753 556", "businessIdNoType": "ABN",
        "businessAddress": {"addressLine1": "1 High St", "suburb": "Sydney", "state": "NSW", "postcode": "2000", "countryCode": "AUS"},
        "verificationStatus": true, "verificationDate": "01/02/2026", "redirectUrl": "ignored", "more": [{}]
    });
    let response = rig.call(&partner.token, Method::POST, "/users").json(&sent).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (201, &"application/json".parse().unwrap())
    );
    let made: Value = response.json().await.unwrap();
    let id = made["id"].as_str().unwrap();
    let own = format!("{}/users/{id}", rig.base);
    let mut head = json!({
        "type": "user", "id": id, "email": "ada@example.test", "mobile": "+61400111222",
        "firstName": "Ada", "middleName": "", "lastName": "Quill",
        "businessName": "Quill", "businessIdNo": "51 824 753 556", "businessIdNoType": "ABN",
        "businessAddress": {"addressLine1": "1 High St", "addressLine2": "", "suburb": "Sydney", "state": "NSW", "postcode": "2000", "countryCode": "AUS"},
        "verificationStatus": true, "verificationDate": "01/02/2026", "links": {"self": own}
    });
    assert_eq!(made, head);

    let path = format!("/users/{id}");
    let change = json!({"firstName": "Augusta", "email": null});
    let (status, changed) = answer(rig.call(&partner.token, Method::POST, &path).json(&change)).await;
    head["firstName"] = "Augusta".into();
    assert_eq!((status, &changed), (200, &head));

    let (status, read) = answer(rig.call(&partner.token, Method::GET, &path)).await;
    let none = json!({"type": "list", "count": 0, "data": []});
    head["name"] = "".into();
    head["connections"] = none.clone();
    head["accounts"] = none;
    head["links"] = json!({
        "self": own, "auth_link": null, "accounts": format!("{own}/accounts"),
        "connections": format!("{own}/connections"), "transactions": format!("{own}/transactions")
    });
    assert_eq!((status, &read), (200, &head));

    let response = rig.call(&partner.token, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert!(response.headers().get("content-type").is_none() && response.bytes().await.unwrap().is_empty());
    for method in [Method::GET, Method::DELETE] {
        let refused = refusal(rig.call(&partner.token, method, &path)).await;
        assert_eq!((refused.0, refused.1.as_str()), (404, "resource-not-found"));
    }
}

#[tokio::test]
async fn a_user_with_an_email_alone_has_an_empty_mobile() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let sent = json!({"email": "ada@example.test"});
    let (status, body) = answer(rig.call(&partner.token, Method::POST, "/users/").json(&sent)).await;
    assert_eq!((status, &body["mobile"]), (201, &"".into()));
    assert!(body.get("businessName").is_none() && body.get("verificationStatus").is_none());
}

#[tokio::test]
async fn a_field_may_have_as_many_characters_as_the_document_says_in_any_script() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for letter in ["a", "\u{e9}", "\u{5d0}", "\u{1f511}"] {
        let name = letter.repeat(120);
        let sent = json!({"email": "ada@example.test", "firstName": name});
        let (status, body) = answer(rig.call(&partner.token, Method::POST, "/users").json(&sent)).await;
        assert_eq!((status, &body["firstName"]), (201, &json!(name)), "{letter}");
        let long = json!({"email": "ada@example.test", "firstName": letter.repeat(121)});
        let refused = refusal(rig.call(&partner.token, Method::POST, "/users").json(&long)).await;
        assert_eq!(refused, (400, "parameter-not-valid".into(), "firstName".into()), "{letter}");
    }
}

#[tokio::test]
async fn a_profile_that_is_refused_changes_nothing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let long = "x".repeat(121);
    let cases = [
        (json!({"email": "ada"}), "parameter-not-valid", "email"),
        (json!({"mobile": "0400111222"}), "parameter-not-valid", "mobile"),
        (json!({"mobile": "+610"}), "parameter-not-valid", "mobile"),
        (json!({"email": "", "mobile": ""}), "parameter-not-supplied", ""),
        (json!({"mobile": "+61400111222", "businessIdNo": "1"}), "parameter-not-supplied", "businessName"),
        (json!({"mobile": "+61400111222", "firstName": long}), "parameter-not-valid", "firstName"),
        (
            json!({"mobile": "+61400111222", "businessIdNoType": "TFN"}),
            "parameter-not-valid",
            "businessIdNoType",
        ),
        (json!({"mobile": 61_400_111_222_u64}), "invalid-content", "mobile"),
        (json!({"firstName": ["Ada"]}), "invalid-content", "firstName"),
        (json!(["ada@example.test"]), "invalid-content", ""),
    ];
    for path in ["/users".to_owned(), format!("/users/{user}")] {
        for (sent, code, parameter) in &cases {
            let refused = refusal(rig.call(&partner.token, Method::POST, &path).json(sent)).await;
            assert_eq!(refused, (400, (*code).into(), (*parameter).into()), "{path} {sent}");
        }
        assert_eq!(refusal(rig.call(&partner.token, Method::POST, &path)).await.1, "invalid-content");
    }
    assert_eq!(
        refusal(rig.call(&partner.token, Method::POST, "/users").json(&json!({}))).await.1,
        "parameter-not-supplied"
    );
    let wide = "\u{5d0}".repeat(120);
    let all = ["firstName", "middleName", "lastName", "businessName", "businessIdNo", "verificationDate"];
    let mut sent = json!({"mobile": "+61400111222", "businessAddress": {"addressLine1": wide}});
    for name in all {
        sent[name] = wide.clone().into();
    }
    for path in ["/users".to_owned(), format!("/users/{user}")] {
        let (status, body) = answer(rig.call(&partner.token, Method::POST, &path).json(&sent)).await;
        let detail = "The texts of a user, but for the email, have more than 1440 bytes in UTF-8 together.";
        assert_eq!((status, &body["data"][0]["detail"]), (400, &detail.into()), "{path}");
    }
    let (_, read) = answer(rig.call(&partner.token, Method::GET, &format!("/users/{user}"))).await;
    assert_eq!((&read["mobile"], &read["firstName"]), (&"+61400111222".into(), &"".into()));
}

/// Every operation on a user: method, path after the user, whether a client token may.
const OPERATIONS: [(Method, &str, bool); 8] = [
    (Method::GET, "", true),
    (Method::POST, "", false),
    (Method::DELETE, "", false),
    (Method::POST, "/auth_link", false),
    (Method::GET, "/auth_link", false),
    (Method::DELETE, "/auth_link", true),
    (Method::GET, "/consents", true),
    (Method::DELETE, "/consents/4f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11", true),
];

#[tokio::test]
async fn who_may_do_what_is_the_table_of_scopes() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let (own, other) = (rig.user(&partner, "+61400111222").await, rig.user(&partner, "+61400111333").await);
    let client = rig.client_token(&partner.key, &own).await;
    let call = |method: &Method, user: &str, tail: &str| {
        let request = rig.call(&client, method.clone(), &format!("/users/{user}{tail}"));
        if *method == Method::POST { request.json(&json!({})) } else { request }
    };
    for (method, tail, may) in OPERATIONS {
        let (own, other) = (
            refusal_or_ok(call(&method, &own, tail)).await,
            refusal_or_ok(call(&method, &other, tail)).await,
        );
        if may {
            assert!(![401, 403].contains(&own.0), "{method} {tail}: {own:?}");
            assert_eq!(other, (401, "unauthorized-access".into()), "{method} {tail}");
        } else {
            assert_eq!(own, (403, "forbidden-access".into()), "{method} {tail}");
            assert_eq!(other, (403, "forbidden-access".into()), "{method} {tail}");
        }
    }
    for (method, path) in [(Method::POST, "/users"), (Method::GET, "/events"), (Method::GET, "/events/types")]
    {
        let refused = refusal(rig.call(&client, method, path)).await;
        assert_eq!(refused.1, "forbidden-access", "{path}");
    }
}

async fn refusal_or_ok(request: reqwest::RequestBuilder) -> (u16, String) {
    let (status, body) = answer(request).await;
    (status, body["data"][0]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn another_applications_users_are_as_if_they_were_not_there() {
    let rig = Rig::start();
    let (partner, other) = (rig.partner("Quill Lending").await, rig.partner("Another").await);
    let user = rig.user(&partner, "+61400111222").await;
    rig.link(&partner, &user).await;
    for (method, tail, _) in OPERATIONS {
        let foreign = refusal_or_ok(
            rig.call(&other.token, method.clone(), &format!("/users/{user}{tail}")).json(&json!({})),
        )
        .await;
        let nobody = refusal_or_ok(
            rig.call(&other.token, method.clone(), &format!("/users/{STRANGER}{tail}")).json(&json!({})),
        )
        .await;
        assert_eq!(foreign, (404, "resource-not-found".into()), "{method} {tail}");
        assert_eq!(foreign, nobody, "{method} {tail}");
    }
    let (status, body) =
        answer(rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"))).await;
    assert_eq!(status, 200, "nothing of it was done: {body}");
}

#[tokio::test]
async fn ids_that_are_not_ids_are_refused_by_name() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let upper = STRANGER.to_uppercase();
    for bad in [
        "x",
        "1",
        upper.as_str(),
        "%34f6c1d2e-88aa-4c07-9a51-0b7f3d9e2c11",
        "4f6c1d2e88aa4c079a510b7f3d9e2c11",
        "..%2f",
        "%00",
        "'",
    ] {
        for (method, tail, _) in OPERATIONS {
            let request = rig.call(&partner.token, method, &format!("/users/{bad}{tail}"));
            let refused = refusal(request).await;
            assert_eq!(refused, (400, "parameter-not-valid".into(), "userId".into()), "{bad} {tail}");
        }
    }
}

#[tokio::test]
async fn an_empty_id_is_named_as_what_is_missing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let paths =
        ["/users//", "/users//auth_link", "/users//consents", "/users//consents/x", "/users//anything"];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let response = rig.call(&partner.token, method, path).send().await.unwrap();
            assert_eq!(response.status(), 400, "{path}");
            let error = &response.json::<Value>().await.unwrap()["data"][0];
            assert_eq!(error["code"], "parameter-not-supplied", "{path}");
            assert_eq!(error["detail"], "User ID not supplied", "{path}");
            assert_eq!(error["source"], json!({"parameter": "userId"}), "{path}");
        }
        let refused = refusal(rig.call("nobody", Method::GET, path)).await;
        assert_eq!((refused.0, refused.1.as_str()), (401, "invalid-authorization-token"), "{path}");
    }
    let user = rig.user(&partner, "+61400111222").await;
    for (path, parameter) in [
        (format!("/users/{user}/connections//refresh"), "connectionId"),
        (format!("/users/{user}/connections//"), "connectionId"),
        (format!("/users/{user}/accounts//"), "accountId"),
        (format!("/users/{user}/transactions//x"), "transactionId"),
        ("/jobs/".into(), "jobId"),
        ("/jobs//mfa".into(), "jobId"),
    ] {
        let refused = refusal(rig.call(&partner.token, Method::POST, &path)).await;
        assert_eq!(refused, (400, "parameter-not-supplied".into(), parameter.into()), "{path}");
    }
    for list in ["connections/", "accounts/", "transactions/", "jobs/", "identities/"] {
        let path = format!("/users/{user}/{list}");
        assert_eq!(answer(rig.call(&partner.token, Method::GET, &path)).await.0, 200, "{path}");
    }
    let nowhere = refusal(rig.call(&partner.token, Method::GET, "/nothing/users//x")).await;
    assert_eq!(nowhere.0, 404, "an address of nobody");
}
