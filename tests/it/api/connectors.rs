//! `/connectors`, and `/institutions` as older clients know them.

use super::customer::Customer;
use crate::rig::{Partner, Rig, answer, refusal};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const IDS: [&str; 5] = ["AU00000", "AU00001", "AU00002", "AU00003", "AU00004"];

async fn list(rig: &Rig, partner: &Partner, path: &str, filter: &str) -> Vec<String> {
    let request = rig.call(&partner.token, Method::GET, path).query(&[("filter", filter)]);
    let (status, body) = answer(request).await;
    assert_eq!(status, 200, "{filter}: {body}");
    ids(&body)
}

fn ids(body: &Value) -> Vec<String> {
    let data = body["data"].as_array().unwrap();
    assert_eq!(body["totalCount"], data.len());
    data.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn connector(base: &str) -> Value {
    json!({
        "type": "connector",
        "id": "AU00002",
        "method": "web",
        "stage": "live",
        "status": "operational",
        "institution": {
            "type": "Test Bank",
            "name": "Sandbox Careful Bank",
            "shortName": "Careful",
            "tier": "4",
            "country": "Australia",
            "logo": logo(base)
        },
        "scopes": [
            "customer.person.basic",
            "customer.person.detail",
            "customer.organisation.basic",
            "account.basic",
            "account.detail",
            "transaction.detail"
        ],
        "authorization": {
            "type": "user-mfa",
            "meta": { "login_id_caption": "Login ID", "password_caption": "Password" }
        },
        "stats": { "averageDurationMs": null },
        "links": { "self": format!("{base}/connectors/AU00002/web") }
    })
}

/// The same institution by the other way: what the register says of it, and no form.
fn open_banking(base: &str) -> Value {
    json!({
        "type": "connector",
        "id": "AU00002",
        "method": "openbanking",
        "stage": "alpha",
        "status": "under-maintenance",
        "institution": {
            "type": "Test Bank",
            "name": "Sandbox Careful Bank",
            "shortName": "Careful",
            "tier": "4",
            "country": "Australia",
            "cdrFAQ": "https://sandbox-careful.example.test/open-banking",
            "cdrEmail": "open-banking@sandbox-careful.example.test",
            "cdrPolicy": "https://sandbox-careful.example.test/cdr-policy",
            "cdrProviderNumber": "DHTST000002",
            "abn": "12000000102",
            "acn": "000000102",
            "logo": logo(base)
        },
        "scopes": [
            "customer.person.basic",
            "customer.person.detail",
            "customer.organisation.basic",
            "customer.organisation.detail",
            "account.basic",
            "account.detail",
            "transaction.detail"
        ],
        "authorization": { "type": "other" },
        "stats": { "averageDurationMs": null },
        "links": { "self": format!("{base}/connectors/AU00002/openbanking") }
    })
}

fn logo(base: &str) -> Value {
    json!({
        "type": "image",
        "colors": { "primary": "#7a3e9d" },
        "links": {
            "full": format!("{base}/assets/institutions/AU00002-full.svg"),
            "square": format!("{base}/assets/institutions/AU00002.svg")
        }
    })
}

fn institution(base: &str) -> Value {
    let web = json!(["web"]);
    json!({
        "type": "institution",
        "id": "AU00002",
        "name": "Sandbox Careful Bank",
        "shortName": "Careful",
        "institutionType": "Test Bank",
        "country": "Australia",
        "serviceName": "Online Banking",
        "serviceType": "Personal Banking",
        "authorization": "user-mfa",
        "stage": "live",
        "status": "operational",
        "tier": "4",
        "loginIdCaption": "Login ID",
        "passwordCaption": "Password",
        "features": {
            "login": web,
            "mfaChallenge": web,
            "accounts": {
                "accountHolder": web, "accountNo": web, "availableFunds": web, "balance": web,
                "currency": web, "lastUpdated": web, "meta": web, "name": web
            },
            "transactions": {
                "amount": web, "balance": web, "class": web, "date": web, "description": web, "status": web
            },
            "profile": {
                "emailAddresses": web, "firstName": web, "fullName": web, "lastName": web,
                "middleName": web, "phoneNumbers": web, "physicalAddresses": web
            }
        },
        "logo": logo(base),
        "stats": { "averageDurationMs": null },
        "links": { "self": format!("{base}/institutions/AU00002") }
    })
}

#[tokio::test]
async fn institutions_are_told_in_both_forms_with_and_without_a_token() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, "+61400111222").await;
    let person = rig.client_token(&partner.key, &user).await;
    let by_each_way: Vec<&str> = IDS[..4].iter().flat_map(|id| [*id, *id]).chain([IDS[4]]).collect();
    let (web, other) = (connector(&rig.base), open_banking(&rig.base));
    let forms = [
        ("/connectors", "/connectors/AU00002/web", web, &by_each_way[..], 4),
        ("/connectors", "/connectors/AU00002/openbanking", other.clone(), &by_each_way, 5),
        ("/connectors", "/connectors/AU00002/open-banking", other, &by_each_way, 5),
        ("/institutions", "/institutions/AU00002", institution(&rig.base), &IDS, 2),
    ];
    for (all, one, form, wanted, place) in forms {
        for (prefix, token) in [("", Some(&partner.token)), ("", Some(&person)), ("/public", None)] {
            let get = |path: &str| {
                let path = format!("{prefix}{path}");
                token.map_or_else(
                    || rig.request(Method::GET, &path),
                    |token| rig.call(token, Method::GET, &path),
                )
            };
            let (status, body) = answer(get(all)).await;
            assert_eq!((status, &body["type"]), (200, &json!("list")), "{body}");
            assert_eq!(ids(&body), wanted);
            assert_eq!(body["links"], json!({ "self": format!("{}{prefix}{all}", rig.base) }));
            assert_eq!(body["data"][place], form);
            let members = body.as_object().unwrap().len();
            assert_eq!(members, 4, "type, totalCount, data, links: {body}");
            assert_eq!(answer(get(one)).await, (200, form.clone()));
        }
    }
    // Every link leads somewhere.
    for list in ["/public/institutions", "/public/connectors"] {
        let (_, body) = answer(rig.request(Method::GET, list)).await;
        for one in body["data"].as_array().unwrap() {
            let own = one["links"]["self"].as_str().unwrap().strip_prefix(&rig.base).unwrap();
            assert_eq!(answer(rig.call(&person, Method::GET, own)).await, (200, one.clone()));
        }
    }
}

#[tokio::test]
async fn how_long_an_institution_takes_is_what_was_seen_there() {
    let rig = Rig::start();
    let ada = Customer::enter(&rig).await;
    let stats = async |path: &str| ada.get(path).await["stats"]["averageDurationMs"].clone();
    for path in ["/connectors/AU00000/web", "/institutions/AU00000"] {
        assert_eq!(stats(path).await, Value::Null, "{path}: nobody was there");
    }
    let failed = ada.begin("AU00000", "Whistler", "wrong").await;
    assert_eq!(ada.ended(&failed).await["status"], "failed");
    assert_eq!(stats("/connectors/AU00000/web").await, Value::Null, "nothing was read");
    ada.connect("AU00000", "Whistler", "ShowBox").await;
    let seen = stats("/connectors/AU00000/web").await;
    let number = |name: &str| seen[name].as_u64().unwrap();
    let steps = ["verifyCredentials", "retrieveAccounts", "retrieveTransactions", "retrieveMeta"];
    assert_eq!(number("total"), steps.iter().map(|step| number(step)).sum::<u64>(), "{seen}");
    assert_eq!(stats("/institutions/AU00000").await, seen, "the older form has the same");
    assert_eq!(stats("/connectors/AU00000/openbanking").await, Value::Null, "that way nobody came");
    assert_eq!(stats("/connectors/AU00001/web").await, Value::Null, "nor to another");
}

#[tokio::test]
async fn what_is_not_there_is_an_institution_that_does_not_exist() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for prefix in ["", "/public"] {
        for path in [
            "/connectors/AU99999/web",
            "/connectors/AU00000/pdf",
            "/connectors/AU00004/openbanking",
            "/connectors/AU00000/csv",
            "/connectors/AU00000/WEB",
            "/connectors/au00000/web",
            "/connectors/x/web",
            "/institutions/AU99999",
            "/institutions/x",
        ] {
            let path = format!("{prefix}{path}");
            let (status, body) = answer(rig.call(&partner.token, Method::GET, &path)).await;
            let error = &body["data"][0];
            assert_eq!((status, &error["code"]), (404, &json!("resource-not-found")), "{path}: {body}");
            assert_eq!(error["detail"], "Requested institution does not exist.", "{path}");
        }
        for path in ["/connectors/AU00000", "/connectors/AU00000/web/x", "/institutions/AU00000/web"] {
            let (status, body) =
                answer(rig.call(&partner.token, Method::GET, &format!("{prefix}{path}"))).await;
            assert_eq!(
                (status, &body["data"][0]["detail"]),
                (404, &json!("Route not found for this API version.")),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn who_may_not_ask_is_told_so() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let unscoped = rig.token(&partner.key, "").await;
    for path in ["/connectors", "/connectors/AU00000/web", "/institutions", "/institutions/AU00000"] {
        let get = |path: &str| rig.request(Method::GET, path);
        assert_eq!(refusal(get(path)).await.1, "invalid-authorization-token", "{path}");
        assert_eq!(refusal(get(path).bearer_auth("x.y.z")).await.0, 401, "{path}");
        assert_eq!(refusal(get(path).bearer_auth(&unscoped)).await.1, "forbidden-access", "{path}");
        let public = format!("/public{path}");
        for request in [get(path).bearer_auth(&partner.token), get(&public)] {
            let refused = refusal(request.header("Accept", "text/html")).await;
            assert_eq!((refused.0, refused.1.as_str()), (400, "unsupported-accept"), "{path}");
        }
        assert_eq!(answer(get(&public).bearer_auth("x.y.z")).await.0, 200, "no token is looked at");
        for path in [path, &public] {
            let response = rig.call(&partner.token, Method::POST, path).send().await.unwrap();
            assert_eq!(response.status(), 405);
            assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS");
        }
    }
}

#[tokio::test]
async fn connectors_are_filtered_by_everything_that_the_grammar_has() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let both: Vec<&str> = IDS[..4].iter().flat_map(|id| [*id, *id]).chain([IDS[4]]).collect();
    let (all, web, other, none): (&[&str], &[&str], &[&str], &[&str]) = (&both, &IDS, &IDS[..4], &[]);
    for (filter, wanted) in [
        ("connector.id.eq('AU00003')", &both[6..8]),
        ("connector.id.eq(AU00003)", &both[6..8]),
        ("connector.id.eq('AU99999')", none),
        ("connector.method.eq('web')", web),
        ("connector.method.eq('open-banking')", other),
        ("connector.method.eq('openbanking')", other),
        ("connector.method.eq('pdf')", none),
        ("connector.method.eq('csv')", none),
        ("connector.status.eq('operational')", web),
        ("connector.status.ne('major-outage')", all),
        ("connector.status.in('operational','degraded-performance')", web),
        ("connector.stage.eq('live')", web),
        ("connector.stage.ne('live')", other),
        ("connector.stage.ne('alpha')", web),
        ("connector.stage.in('alpha','beta')", other),
        ("connector.scopes.eq('account.detail')", all),
        ("connector.scopes.eq('customer.organisation.detail')", other),
        ("connector.scopes.ne('customer.organisation.detail')", web),
        ("connector.scopes.ne('account.detail')", none),
        ("connector.scopes.in('customer.organisation.detail','account.basic')", all),
        ("connector.institution.country.eq('Australia')", all),
        ("connector.institution.country.ne('Australia')", none),
        ("connector.institution.country.in('Australia', 'New Zealand')", all),
        ("connector.institution.tier.eq('4')", all),
        ("connector.institution.tier.ne('4')", none),
        ("connector.institution.tier.in('1','2')", none),
        ("connector.institution.type.eq('Test Bank')", all),
        ("connector.institution.type.ne('Bank (Foreign)')", all),
        ("connector.authorization.type.eq('user-mfa')", &IDS[2..3]),
        ("connector.authorization.type.eq('other')", other),
        ("connector.authorization.type.ne('other')", web),
        ("connector.authorization.type.in('user-mfa','user-mfa-intermittent')", &IDS[2..4]),
        ("connector.connectorEngine.eq('node')", all),
        ("connector.connectorEngine.ne('chrome')", all),
        ("connector.connectorCategory.eq('chrome')", none),
        ("connector.stage.eq('live'),connector.institution.tier.in('1','2')", none),
        ("connector.authorization.type.ne('user'), connector.id.eq('AU00002')", &both[4..6]),
        ("connector.method.eq('web'), connector.id.eq('AU00002')", &IDS[2..3]),
    ] {
        assert_eq!(list(&rig, &partner, "/connectors", filter).await, wanted, "{filter}");
    }
    let public = rig.request(Method::GET, "/public/connectors");
    let (_, body) = answer(public.query(&[("filter", "connector.id.eq('AU00001')")])).await;
    assert_eq!(ids(&body), &both[2..4]);
}

#[tokio::test]
async fn institutions_are_filtered_by_everything_that_the_grammar_has() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for (property, has, has_not) in [
        ("stage", "live", "alpha"),
        ("status", "operational", "partial-outage"),
        ("connectorStatus", "active", "inactive"),
        ("country", "Australia", "New Zealand"),
        ("tier", "4", "1"),
        ("institutionType", "Test Bank", "Bank (Foreign)"),
        ("serviceType", "Personal Banking", "Card Access"),
        ("openBankingSource", "web", "openbanking"),
    ] {
        for (condition, is_all) in [
            (format!("eq('{has}')"), true),
            (format!("eq('{has_not}')"), false),
            (format!("ne('{has}')"), false),
            (format!("ne('{has_not}')"), true),
            (format!("in('{has_not}','{has}')"), true),
            (format!("in('{has_not}')"), false),
        ] {
            let filter = format!("institution.{property}.{condition}");
            let found = list(&rig, &partner, "/institutions", &filter).await;
            assert_eq!(found.len(), if is_all { IDS.len() } else { 0 }, "{filter}");
        }
    }
    for (filter, wanted) in [
        ("institution.authorization.eq('user-mfa')", &IDS[2..3]),
        ("institution.authorization.ne('user')", &IDS[2..4]),
        ("institution.authorization.in('user-mfa','user-mfa-intermittent')", &IDS[2..4]),
    ] {
        assert_eq!(list(&rig, &partner, "/institutions", filter).await, wanted, "{filter}");
    }
}

/// As the bytes go over the wire: brackets, commas and quotes as they are, blanks as browsers send them.
#[tokio::test]
async fn an_older_client_that_does_not_encode_its_filter_is_understood() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let filter = "institution.stage.ne('alpha'),institution.connectorStatus.eq('active'),\
        institution.country.eq('Australia'),institution.authorization.in('user', 'user-mfa', \
        'user-mfa-intermittent'),institution.openBankingSource.eq('web')";
    assert_eq!(list(&rig, &partner, "/institutions", filter).await, IDS, "encoded");
    for blank in ["%20", "+"] {
        let target = format!("/institutions?filter={}", filter.replace(' ', blank));
        let address = rig.base.strip_prefix("http://").unwrap();
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
            partner.token
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{text}");
        assert_eq!(ids(&serde_json::from_str(body).unwrap()), IDS);
    }
}

#[tokio::test]
async fn a_filter_that_is_not_understood_is_refused_and_its_part_named() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    for (path, bad, named) in [
        ("/connectors", "connector.name.eq('a')", "connector.name"),
        ("/connectors", "institution.stage.eq('live')", "institution.stage"),
        ("/connectors", "connector.id.ne('AU00000')", "connector.id.ne"),
        ("/connectors", "connector.id.eq('hooli')", "connector.id"),
        ("/connectors", "connector.id.eq('AU00000','AU00001')", "connector.id"),
        ("/connectors", "connector.method.in('web')", "connector.method.in"),
        ("/connectors", "connector.method.eq('carrier-pigeon')", "connector.method"),
        ("/connectors", "connector.stage.gt('live')", "connector.stage.gt"),
        ("/connectors", "connector.stage.eq('Live')", "connector.stage"),
        ("/connectors", "connector.institution.type.in('Bank')", "connector.institution.type.in"),
        ("/connectors", "connector.connectorEngine.in('node')", "connector.connectorEngine.in"),
        ("/connectors", "connector.stage.eq('live'),nonsense", "nonsense"),
        ("/connectors", "connector.stage.eq('live", "connector.stage.eq('live"),
        ("/institutions", "connector.stage.eq('live')", "connector.stage"),
        ("/institutions", "institution.id.eq('AU00000')", "institution.id"),
        ("/institutions", "institution.tier.bt('1','4')", "institution.tier.bt"),
        ("/institutions", "institution.tier.eq('5')", "institution.tier"),
    ] {
        for prefix in ["", "/public"] {
            let get = || {
                let path = format!("{prefix}{path}");
                rig.call(&partner.token, Method::GET, &path).query(&[("filter", bad)])
            };
            let refused = refusal(get()).await;
            assert_eq!(refused, (400, "parameter-not-valid".into(), "filter".into()), "{bad}");
            let (_, body) = answer(get()).await;
            let error = &body["data"][0];
            let detail = "The provided filter parameter is in invalid format or unsupported";
            assert_eq!(error["detail"], detail);
            assert_eq!(error["source"]["pointer"], format!("filter/{named}"));
        }
    }
    let long = format!("connector.id.eq('{}')", "x".repeat(5000));
    let get = rig.call(&partner.token, Method::GET, "/connectors").query(&[("filter", &long)]);
    let (status, body) = answer(get).await;
    let error = &body["data"][0];
    assert_eq!((status, &error["source"]), (400, &json!({"parameter": "filter"})), "no part is at fault");
    assert!(error["detail"].as_str().unwrap().ends_with("more than 4096 bytes"), "{error}");
}

#[tokio::test]
async fn logos_are_pictures_of_our_own() {
    let rig = Rig::start();
    let (_, body) =
        answer(rig.request(Method::GET, "/public/connectors?filter=connector.method.eq('web')")).await;
    let mut seen = std::collections::BTreeSet::new();
    for one in body["data"].as_array().unwrap() {
        let institution = &one["institution"];
        let name = institution["name"].as_str().unwrap();
        let colour = institution["logo"]["colors"]["primary"].as_str().unwrap();
        for (kind, shows_name) in [("square", false), ("full", true)] {
            let url = institution["logo"]["links"][kind].as_str().unwrap();
            let response = rig.client.get(url).send().await.unwrap();
            assert_eq!(response.status(), 200, "{url}");
            let headers = response.headers().clone();
            assert_eq!(headers["content-type"], "image/svg+xml");
            assert_eq!(headers["cache-control"], "public, max-age=86400");
            assert_eq!(headers["access-control-allow-origin"], "*");
            let picture = response.text().await.unwrap();
            assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"), "{picture}");
            assert!(picture.contains(&format!("fill=\"{colour}\"")), "{picture}");
            assert_eq!(picture.contains(&format!(">{name}</text>")), shows_name, "{picture}");
            assert!(seen.insert(picture), "{name} looks like another");
        }
    }
    assert_eq!(seen.len(), 2 * IDS.len());
    for path in ["/assets/institutions/AU99999.svg", "/assets/institutions/AU00000.png"] {
        assert_eq!(answer(rig.request(Method::GET, path)).await.0, 404, "{path}");
    }
}
