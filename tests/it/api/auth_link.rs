//! `/users/{id}/auth_link`.

use crate::rig::{Partner, Rig, answer, refusal};
use authlink::domain::time::{Span, UnixMillis};
use reqwest::Method;
use serde_json::json;

const MOBILE: &str = "+61400111222";

async fn status_and_detail(rig: &Rig, partner: &Partner, user: &str) -> (u16, String) {
    let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
    let (status, body) = answer(request).await;
    (status, body["data"][0]["detail"].as_str().unwrap_or_default().to_owned())
}

async fn shown_on_user(rig: &Rig, partner: &Partner, user: &str) -> bool {
    let (_, body) = answer(rig.call(&partner.token, Method::GET, &format!("/users/{user}"))).await;
    let link = &body["links"]["auth_link"];
    assert!(link.is_null() || *link == format!("{}/users/{user}/auth_link", rig.base), "{link}");
    !link.is_null()
}

#[tokio::test]
async fn a_link_is_made_with_any_empty_body_and_read_back() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let path = format!("/users/{user}/auth_link");
    let post = || rig.call(&partner.token, Method::POST, &path);
    let before = rig.engine.now();
    for request in [
        post(),
        post().header("Content-Type", "application/json"),
        post().json(&json!({})),
        post().json(&json!({"redirectUrl": "https://ignored.example.test"})),
    ] {
        assert_eq!(answer(request).await.0, 201);
    }
    let (status, made) = answer(post()).await;
    assert_eq!(status, 201);
    let own = format!("{}{path}", rig.base);
    let public = made["links"]["public"].as_str().unwrap();
    let secret = public.strip_prefix(&format!("{}/", rig.base)).unwrap();
    assert!(uuid::Uuid::try_parse(secret).is_ok() && made["id"] != secret);
    assert_eq!(
        made,
        json!({
            "type": "auth_link", "id": made["id"], "userId": user, "mobile": MOBILE,
            "expiresAt": made["expiresAt"], "status": "issued", "links": {"self": own, "public": public}
        })
    );
    let lives = chrono::DateTime::parse_from_rfc3339(made["expiresAt"].as_str().unwrap()).unwrap();
    let (earliest, latest) = (before.plus(Span::days(7)), rig.engine.now().plus(Span::days(7)));
    assert!(made["expiresAt"].as_str().unwrap().ends_with('Z'));
    assert!(lives.timestamp() >= earliest.0 / 1000 && lives.timestamp() <= latest.0 / 1000);

    let (status, read) = answer(rig.call(&partner.token, Method::GET, &format!("{path}/"))).await;
    assert_eq!((status, &read), (200, &made));
    assert!(shown_on_user(&rig, &partner, &user).await);
}

#[tokio::test]
async fn the_given_number_beats_the_users_and_one_must_be_there() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let post = |user: &str| rig.call(&partner.token, Method::POST, &format!("/users/{user}/auth_link"));
    let (_, body) = answer(post(&user).json(&json!({"mobile": "+61 400 111 333"}))).await;
    assert_eq!(body["mobile"], "+61400111333");
    for bad in ["0400111333", "call me", ""] {
        let refused = refusal(post(&user).json(&json!({"mobile": bad}))).await;
        assert_eq!(refused, (400, "parameter-not-valid".into(), "mobile".into()), "{bad}");
    }
    assert_eq!(refusal(post(&user).json(&json!({"mobile": 1}))).await.1, "invalid-content");
    let (_, made) =
        answer(rig.call(&partner.token, Method::POST, "/users").json(&json!({"email": "a@example.test"})))
            .await;
    let mailed = made["id"].as_str().unwrap();
    let refused = refusal(post(mailed)).await;
    assert_eq!(refused, (400, "parameter-not-supplied".into(), "mobile".into()));
    assert_eq!(answer(post(mailed).json(&json!({"mobile": MOBILE}))).await.0, 201);
}

#[tokio::test]
async fn a_deleted_link_is_gone_at_once() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    assert_eq!(status_and_detail(&rig, &partner, &user).await, (404, "Resource not found.".into()));
    let link = rig.link(&partner, &user).await;
    let delete = || rig.call(&partner.token, Method::DELETE, &format!("/users/{user}/auth_link"));
    assert_eq!(answer(delete()).await.0, 204);
    assert_eq!(status_and_detail(&rig, &partner, &user).await, (404, "Resource not found.".into()));
    assert!(!shown_on_user(&rig, &partner, &user).await);
    assert_eq!(answer(rig.request(Method::GET, &format!("/client_auth/{link}"))).await.0, 404);
    assert_eq!(refusal(delete()).await.0, 404);
}

#[tokio::test]
async fn a_link_lives_seven_days_to_the_second() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    // Tokens live for an hour: fresh ones are asked for as time goes by.
    let start = rig.engine.now();
    let left = |now: UnixMillis| Span::days(7).0 - now.since(start).0;
    rig.advance(Span(left(rig.engine.now()) - 30_000));
    let partner = Partner { token: rig.token(&partner.key, "scope=SERVER_ACCESS").await, ..partner };
    assert_eq!(status_and_detail(&rig, &partner, &user).await.0, 200);
    assert_eq!(answer(rig.request(Method::GET, &format!("/client_auth/{link}"))).await.0, 200);
    rig.advance(Span(30_000));
    assert_eq!(status_and_detail(&rig, &partner, &user).await, (410, "Auth link has expired.".into()));
    assert!(!shown_on_user(&rig, &partner, &user).await);
    let (status, body) = answer(rig.request(Method::GET, &format!("/client_auth/{link}"))).await;
    assert_eq!(status, 410);
    assert!(body["message"].is_string(), "{body}");
    assert_eq!(rig.send(&link).await, 410);
    assert_eq!(answer(rig.try_code(&link, "123456")).await.0, 410);
    rig.advance(Span::days(30));
    let partner = Partner { token: rig.token(&partner.key, "scope=SERVER_ACCESS").await, ..partner };
    assert_eq!(status_and_detail(&rig, &partner, &user).await.0, 404, "30 days later it is forgotten");
}

#[tokio::test]
async fn of_links_made_at_once_exactly_one_works() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    for _ in 0..5 {
        let links = futures_util::future::join_all((0..4).map(|_| rig.link(&partner, &user))).await;
        let views =
            links.iter().map(|link| answer(rig.request(Method::GET, &format!("/client_auth/{link}"))));
        let statuses: Vec<u16> =
            futures_util::future::join_all(views).await.into_iter().map(|(status, _)| status).collect();
        let works: Vec<_> = links.iter().zip(&statuses).filter(|(_, status)| **status == 200).collect();
        assert_eq!(works.len(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 404].contains(status)), "{statuses:?}");
        let (_, read) =
            answer(rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"))).await;
        assert_eq!(read["links"]["public"], format!("{}/{}", rig.base, works[0].0));
    }
}

#[tokio::test]
async fn the_state_of_the_link_is_shown_and_its_end_is_named() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    let status = || async {
        let request = rig.call(&partner.token, Method::GET, &format!("/users/{user}/auth_link"));
        answer(request).await.1["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(rig.send(&link).await, 200);
    assert_eq!(status().await, "challenged");
    rig.code(MOBILE, 1).await;
    rig.advance(Span::seconds(30));
    let token = rig.enter(&link, MOBILE).await;
    assert_eq!(status().await, "in_session");
    assert!(shown_on_user(&rig, &partner, &user).await);
    rig.advance(Span::minutes(16));
    let left = (410, "Auth link was left unfinished.".into());
    assert_eq!(status_and_detail(&rig, &partner, &user).await, left);
    assert!(!shown_on_user(&rig, &partner, &user).await);
    let refused = refusal(rig.call(&token, Method::GET, &format!("/users/{user}"))).await;
    assert_eq!(refused.0, 401, "the token that the link earned ends with its session");
    let delete = || rig.call(&partner.token, Method::DELETE, &format!("/users/{user}/auth_link"));
    assert_eq!(answer(delete()).await.0, 204, "what is over can be cleared away");
    assert_eq!(status_and_detail(&rig, &partner, &user).await.0, 404);
    assert_eq!(refusal(delete()).await.0, 404);
}

#[tokio::test]
async fn deleting_or_replacing_a_link_revokes_the_token_that_it_earned() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let (path, own) = (format!("/users/{user}/auth_link"), format!("/users/{user}"));
    let link = rig.link(&partner, &user).await;
    let token = rig.enter(&link, MOBILE).await;
    assert_eq!(answer(rig.call(&token, Method::GET, &own)).await.0, 200);
    assert_eq!(answer(rig.call(&token, Method::DELETE, &path)).await.0, 204, "its holder may delete it");
    assert_eq!(refusal(rig.call(&token, Method::GET, &own)).await.1, "invalid-authorization-token");

    let link = rig.link(&partner, &user).await;
    let token = rig.enter(&link, MOBILE).await;
    rig.link(&partner, &user).await;
    assert_eq!(refusal(rig.call(&token, Method::GET, &own)).await.0, 401);
    let put = rig.call(&token, Method::PUT, &format!("/client_auth/{link}"));
    assert_eq!(answer(put).await.0, 401);
}
