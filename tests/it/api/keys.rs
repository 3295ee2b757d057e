//! A key that is taken back opens nothing any more, and neither does what was got with it.

use crate::rig::{Partner, Rig, answer, refusal};
use authlink::domain::id::ApplicationId;
use authlink::engine::application::core::{Command, Done, Refusal};
use authlink::http::token;
use reqwest::Method;

const MOBILE: &str = "+61400111222";

async fn ask(rig: &Rig, application: ApplicationId, command: Command) -> Result<Done, Refusal> {
    rig.engine.ask_application(application, command).await
}

/// Revokes the key that this token was got with.
async fn revoke(rig: &Rig, partner: &Partner) {
    let claims = token::verify(&rig.engine.house().keyring, &partner.token, rig.engine.now()).unwrap();
    ask(rig, partner.id, Command::RevokeKey { key: claims.key, even_last: false }).await.unwrap();
}

async fn second(rig: &Rig, partner: &Partner) -> String {
    let done = ask(rig, partner.id, Command::AddKey).await.unwrap();
    done.key.unwrap().reveal().to_owned()
}

#[tokio::test]
async fn a_revoked_key_and_every_token_by_it_is_refused_from_then_on() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let user = rig.user(&partner, MOBILE).await;
    let link = rig.link(&partner, &user).await;
    let of_person = rig.enter(&link, MOBILE).await;
    let client = rig.client_token(&partner.key, &user).await;
    let other_key = second(&rig, &partner).await;
    let other = rig.token(&other_key, "scope=SERVER_ACCESS").await;
    let path = format!("/users/{user}");
    let status = async |token: &str| answer(rig.call(token, Method::GET, &path)).await.0;
    assert_eq!(status(&client).await, 200);
    revoke(&rig, &partner).await;
    for token in [&partner.token, &client] {
        let refused = refusal(rig.call(token, Method::GET, &path)).await;
        assert_eq!((refused.0, refused.1.as_str()), (401, "invalid-authorization-token"));
    }
    assert_eq!(answer(rig.token_request(&partner.key).body("scope=SERVER_ACCESS")).await.0, 404);
    let page = rig.request(Method::GET, &format!("/home?token={client}")).send().await.unwrap();
    assert!(
        page.headers().get("set-cookie").is_none_or(|cookie| !cookie.to_str().unwrap().contains("session"))
    );
    assert_ne!(page.status(), 303, "no session is opened");
    assert_eq!(status(&other).await, 200, "the other key is as good as before");
    assert_eq!(status(&of_person).await, 200, "a code earned it, and no key");
}

#[tokio::test]
async fn who_waits_for_events_with_a_revoked_key_is_told_nothing() {
    let rig = Rig::start();
    let partner = rig.partner("Quill Lending").await;
    let key = second(&rig, &partner).await;
    let token = rig.token(&key, "scope=SERVER_ACCESS").await;
    let other = Partner { id: partner.id, key, token };
    let wait = rig.call(&partner.token, Method::GET, "/events/feed?after=latest&wait=20");
    let stream = rig.call(&partner.token, Method::GET, "/events/feed?after=latest");
    let mut stream = stream.header("Accept", "text/event-stream").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let waiting = tokio::spawn(async move { answer(wait).await });
    revoke(&rig, &partner).await;
    rig.user(&other, MOBILE).await;
    assert_eq!(waiting.await.unwrap().0, 401);
    let mut seen = Vec::new();
    while let Some(part) = stream.chunk().await.unwrap() {
        seen.extend(part);
    }
    let seen = String::from_utf8(seen).unwrap();
    assert!(!seen.contains("user.created"), "{seen}");
}
